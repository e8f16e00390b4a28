//! Counts: constants, families, a rate seen over a time, ranges.

use super::lexing::{amount, arguments, duration, family_name, mark, word};
use super::number::range;
use super::reading::{Input, Parsed, described, either, maybe, spanned};
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

fn family(input: &mut Input<'_>) -> Parsed<CountPhrase> {
    let name = spanned(family_name)(input)?;
    if name.value.eq_ignore_ascii_case("poisson")
        && let Some((shape, rate)) = maybe(input, gamma_mean)?
    {
        return Ok(CountPhrase::PoissonGamma { shape, rate });
    }
    Ok(CountPhrase::Family { name, arguments: arguments(input, spanned(amount))? })
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
