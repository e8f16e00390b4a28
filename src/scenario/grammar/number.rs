//! Numbers: constants, ranges, quantiles and named families, with caps and cuts after them.

use super::lexing::{amount, arguments, family_name, mark, word, words};
use super::reading::{
    Input, Parsed, described, either, expected, maybe, offset, place, ranged, rest, spanned, verdict,
};
use crate::scenario::codes;
use crate::scenario::phrase::{Limit, NumberPhrase, NumberShape};
use crate::source::Spanned;
use winnow::stream::Stream;

/// The central mass of a range that states none.
pub(in crate::scenario) const RANGE_LEVEL: f64 = 0.9;

/// A whole number phrase.
pub(super) fn number_phrase(input: &mut Input<'_>) -> Parsed<NumberPhrase> {
    let shape = described("a number or a distribution such as `40 to 90`", spanned(shape))(input)?;
    let mut limits = Vec::new();
    while either(input, mark(","))?.is_some() {
        limits.push(spanned(limit)(input)?);
    }
    Ok(NumberPhrase { shape, limits })
}

fn limit(input: &mut Input<'_>) -> Parsed<Limit> {
    if either(input, words(&["at", "least"]))?.is_some() {
        return Ok(Limit::AtLeast(amount(input)?));
    }
    if either(input, words(&["at", "most"]))?.is_some() {
        return Ok(Limit::AtMost(amount(input)?));
    }
    if either(input, words(&["cut", "below"]))?.is_some() {
        return Ok(Limit::CutBelow(amount(input)?));
    }
    words(&["cut", "above"])(input)?;
    Ok(Limit::CutAbove(amount(input)?))
}

fn shape(input: &mut Input<'_>) -> Parsed<NumberShape> {
    let Some(first) = either(input, spanned(amount))? else {
        let name = family_but_like(input, codes::NUMBER)?;
        let is_bell = ["normal", "lognormal"].iter().any(|bell| name.value.eq_ignore_ascii_case(bell));
        if is_bell && opens_with_normal(rest(input)) {
            return mean_in_doubt(input, name);
        }
        let arguments = arguments(input, |input| parameter(input, &OF_NUMBERS))?;
        return Ok(NumberShape::Family { name, arguments });
    };
    if maybe(input, word("to"))?.is_some() {
        let high = spanned(amount)(input)?;
        return Ok(NumberShape::Range { level: RANGE_LEVEL, low: first, high });
    }
    if maybe(input, mark(":"))?.is_some() {
        let (second, range) = ranged(input, amount)?;
        let second = Spanned::new(second, place(input, range.clone()));
        if either(input, word("to"))?.is_some() {
            let high = spanned(amount)(input)?;
            return Ok(NumberShape::Range { level: first.value, low: second, high });
        }
        let mut quantiles = vec![(first, second)];
        while let Some(more) = another_quantile(input)? {
            quantiles.push(more);
        }
        let is_last = rest(input).is_empty() || rest(input).starts_with(',');
        if quantiles.len() < 2 && is_last {
            return verdict(
                input,
                codes::NUMBER,
                range,
                "one quantile does not make a distribution",
                "state at least two, as in `5%: 40, 50%: 60, 95%: 90`, or a range as in `80%: 40 to 90`",
            );
        }
        return Ok(NumberShape::Quantiles(quantiles));
    }
    Ok(NumberShape::Constant(first.value))
}

/// The name of a family. That of a class in its place (`like held`) is refused, for classes hold chances alone.
pub(super) fn family_but_like(input: &mut Input<'_>, code: &'static str) -> Parsed<Spanned<String>> {
    let start = offset(input);
    let name = spanned(family_name)(input)?;
    if name.value == "like" && !rest(input).starts_with('(') {
        let range = start..start + name.value.len();
        let message = "`like` is of chances alone: a class holds a chance, and no number or count";
        return verdict(input, code, range, message, super::NUMBERS_IN_EVENTS);
    }
    Ok(name)
}

/// Of which parameters a doubt can be stated, for whoever states one of another.
pub(super) struct Doubts {
    pub(super) code: &'static str,
    pub(super) of: &'static str,
    pub(super) help: &'static str,
}

const OF_NUMBERS: Doubts = Doubts {
    code: codes::NUMBER,
    of: "the mean of `normal` or `lognormal`",
    help: "write it as in `normal(normal(10, 2), 3)`, which is 10 give or take 2 with a standard deviation of 3; every other parameter is a number",
};

/// A number among the parameters of a family; a distribution in its place would be a doubt that cannot be stated there.
pub(super) fn parameter(input: &mut Input<'_>, doubts: &Doubts) -> Parsed<Spanned<f64>> {
    if let Some(number) = either(input, spanned(amount))? {
        return Ok(number);
    }
    let text = rest(input);
    let name = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap_or_default();
    if !name.is_empty() && text[name.len()..].trim_start().starts_with('(') {
        let start = offset(input);
        return verdict(
            input,
            doubts.code,
            start..start + name.len(),
            format!("expected a number, found `{name}(…)`: a doubt can be stated about {} alone", doubts.of),
            doubts.help,
        );
    }
    expected(input, "a number")
}

/// Whether the first argument that follows is a distribution itself.
fn opens_with_normal(text: &str) -> bool {
    let argument = text.trim_start().strip_prefix('(').map_or("", str::trim_start);
    argument.get(.."normal".len()).is_some_and(|word| word.eq_ignore_ascii_case("normal"))
}

/// `(normal(10, 2), 3)`, after `normal` or `lognormal`.
fn mean_in_doubt(input: &mut Input<'_>, family: Spanned<String>) -> Parsed<NumberShape> {
    mark("(")(input)?;
    word("normal")(input)?;
    mark("(")(input)?;
    let mean = parameter(input, &OF_NUMBERS)?;
    mark(",")(input)?;
    let doubt = parameter(input, &OF_NUMBERS)?;
    mark(")")(input)?;
    mark(",")(input)?;
    let sd = parameter(input, &OF_NUMBERS)?;
    mark(")")(input)?;
    Ok(NumberShape::MeanInDoubt { family, mean, doubt, sd })
}

/// `, 50%: 60`, unless what follows the comma is a limit.
fn another_quantile(input: &mut Input<'_>) -> Parsed<Option<(Spanned<f64>, Spanned<f64>)>> {
    let before = input.checkpoint();
    if either(input, mark(","))?.is_none() {
        return Ok(None);
    }
    let Some(level) = either(input, spanned(amount))? else {
        input.reset(&before);
        return Ok(None);
    };
    mark(":")(input)?;
    Ok(Some((level, spanned(amount)(input)?)))
}

/// The level, lower and upper end of a range.
pub(super) type Range = (f64, Spanned<f64>, Spanned<f64>);

/// `40 to 90` or `80%: 40 to 90`, for the families that share it.
pub(super) fn range(input: &mut Input<'_>, first: Spanned<f64>) -> Parsed<Option<Range>> {
    if either(input, word("to"))?.is_some() {
        return Ok(Some((RANGE_LEVEL, first, spanned(amount)(input)?)));
    }
    if either(input, mark(":"))?.is_none() {
        return Ok(None);
    }
    let low = spanned(amount)(input)?;
    if either(input, word("to"))?.is_none() {
        return expected(input, "`to`");
    }
    Ok(Some((first.value, low, spanned(amount)(input)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::place::Place;

    fn reads(text: &str) -> NumberPhrase {
        grammar::number(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
    }

    #[test]
    fn every_shape_is_read() {
        assert_eq!(reads("-42.5").shape.value, NumberShape::Constant(-42.5));
        assert!(
            matches!(reads("40 TO 90").shape.value, NumberShape::Range { level: 0.9, low, high } if low.value == 40.0 && high.value == 90.0)
        );
        assert!(
            matches!(reads("80%: -5 to 1_000").shape.value, NumberShape::Range { level: 0.8, low, high } if low.value == -5.0 && high.value == 1000.0)
        );
        assert!(
            matches!(reads("5%: 40, 50%: 60, 95%: 90").shape.value, NumberShape::Quantiles(list) if list.len() == 3 && list[1].0.value == 0.5)
        );
        assert!(
            matches!(reads("Normal( normal(10, 2), 3)").shape.value, NumberShape::MeanInDoubt { family, mean, doubt, sd } if family.value == "Normal" && [mean.value, doubt.value, sd.value] == [10.0, 2.0, 3.0])
        );
        assert!(
            matches!(reads("Normal(-1, 2e3)").shape.value, NumberShape::Family { name, arguments } if name.value == "Normal" && arguments[1].value == 2000.0)
        );
    }

    #[test]
    fn limits_keep_their_order_and_place() {
        let phrase = reads("40 to 90, at most 90, cut below 0");
        assert_eq!(phrase.limits[0].value, Limit::AtMost(90.0));
        assert_eq!(phrase.limits[1].value, Limit::CutBelow(0.0));
        assert_eq!((phrase.limits[0].span.start, phrase.limits[0].span.end), (10, 20));
        assert_eq!(phrase.shape.span.end, 8);
        let phrase = reads("5%: 40, 95%: 90, at least 0");
        assert_eq!(phrase.limits[0].value, Limit::AtLeast(0.0));
    }

    #[test]
    fn what_is_no_number_is_refused_at_its_place() {
        for (text, start) in [
            ("40 - 90", 3),
            ("5%: 40", 4),
            ("5%: 40, at most 3", 4),
            ("normal 3", 7),
            ("normal()", 7),
            ("normal(normal(1, 2))", 19),
            ("normal(normal(1), 2)", 15),
            ("uniform(normal(1, 2), 3)", 8),
            ("40 to", 5),
            ("40 to 90, up to 3", 10),
            ("2025-09-01", 0),
            ("40k", 2),
            ("normal(10, gamma(2, 1))", 11),
            ("normal(normal(10, 2), gamma (2, 1))", 22),
            ("normal(normal(normal(1, 1), 2), 3)", 14),
        ] {
            let error = grammar::number(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                ("E0202", Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }

    #[test]
    fn a_doubt_about_another_parameter_is_told_where_one_can_be_stated() {
        for text in ["normal(10, gamma(2, 1))", "normal(normal(10, 2), gamma(2, 1))", "exponential(gamma(2, 1))"] {
            let error = grammar::number(text, &Place::at(0)).expect_err(text);
            assert!(
                error.message.contains("found `gamma(…)`: a doubt can be stated about the mean of"),
                "{}",
                error.message
            );
            assert!(error.help.iter().any(|help| help.contains("normal(normal(10, 2), 3)")), "{:?}", error.help);
        }
        // A word is no distribution.
        let error = grammar::number("normal(10, high)", &Place::at(0)).expect_err("no number");
        assert!(!error.message.contains("doubt"), "{}", error.message);
    }
}
