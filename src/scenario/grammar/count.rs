//! Counts: constants, families, a rate seen over a time, ranges.

use super::lexing::{amount, arguments, duration, mark, word};
use super::number::{Doubts, family_but_like, parameter, range};
use super::reading::{Input, Parsed, described, either, maybe, rest, spanned};
use crate::scenario::codes;
use crate::scenario::phrase::CountPhrase;
use crate::source::Spanned;

/// A whole count phrase.
pub(super) fn count_phrase(input: &mut Input<'_>) -> Parsed<CountPhrase> {
    described("a count such as `7` or `poisson(2)`", |input| {
        let Some(first) = either(input, spanned(amount))? else {
            return family(input);
        };
        if maybe(input, word("in"))?.is_some() {
            let seen_in = spanned(duration)(input)?;
            mark(",")(input)?;
            word("over")(input)?;
            let over = spanned(duration)(input)?;
            return Ok(CountPhrase::Rate { events: first, seen_in, over });
        }
        let constant = first.value;
        Ok(match range(input, first)? {
            Some((level, low, high)) => CountPhrase::Range { level, low, high },
            None => CountPhrase::Constant(constant),
        })
    })(input)
}

const OF_COUNTS: Doubts = Doubts {
    code: codes::COUNT,
    of: "the mean of `poisson`, by a Gamma,",
    help: "write it as in `poisson(gamma(2, 1))`, or as a rate such as `3 in 180 days, over 365 days`; every other parameter is a number",
};

fn family(input: &mut Input<'_>) -> Parsed<CountPhrase> {
    let name = family_but_like(input, codes::COUNT)?;
    if name.value.eq_ignore_ascii_case("poisson") && opens_with_gamma(rest(input)) {
        let (shape, rate) = gamma_mean(input)?;
        return Ok(CountPhrase::PoissonGamma { shape, rate });
    }
    Ok(CountPhrase::Family { name, arguments: arguments(input, |input| parameter(input, &OF_COUNTS))? })
}

/// Whether the first argument that follows is a Gamma.
fn opens_with_gamma(text: &str) -> bool {
    let argument = text.trim_start().strip_prefix('(').map_or("", str::trim_start);
    argument.get(.."gamma".len()).is_some_and(|word| word.eq_ignore_ascii_case("gamma"))
}

/// `(gamma(2, 1))`, after `poisson`.
fn gamma_mean(input: &mut Input<'_>) -> Parsed<(Spanned<f64>, Spanned<f64>)> {
    mark("(")(input)?;
    word("gamma")(input)?;
    mark("(")(input)?;
    let shape = spanned(amount)(input)?;
    mark(",")(input)?;
    let rate = spanned(amount)(input)?;
    mark(")")(input)?;
    mark(")")(input)?;
    Ok((shape, rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::place::Place;

    fn reads(text: &str) -> CountPhrase {
        grammar::count(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(reads("7"), CountPhrase::Constant(7.0));
        assert!(
            matches!(reads("binomial(10, 30%)"), CountPhrase::Family { arguments, .. } if arguments[1].value == 0.3)
        );
        assert!(matches!(reads("poisson(2)"), CountPhrase::Family { name, .. } if name.value == "poisson"));
        assert!(
            matches!(reads("Poisson( gamma(2, 1) )"), CountPhrase::PoissonGamma { shape, rate } if (shape.value, rate.value) == (2.0, 1.0))
        );
        assert!(
            matches!(reads("3 in 180 days, over 1 year"), CountPhrase::Rate { seen_in, over, .. } if seen_in.value.days() == 180.0 && over.value.days() == 365.25)
        );
        assert!(matches!(reads("80%: 3 to 12"), CountPhrase::Range { level: 0.8, .. }));
    }

    #[test]
    fn what_is_no_count_is_refused_at_its_place() {
        for (text, start) in [
            ("some", 4),
            ("3 in 180", 8),
            ("3 in 180 days", 13),
            ("poisson(gamma(2))", 15),
            ("poisson(normal(2, 1))", 8),
            ("binomial(10, beta(2, 3))", 13),
            ("3 to", 4),
        ] {
            let error = grammar::count(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                ("E0203", Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }
}
