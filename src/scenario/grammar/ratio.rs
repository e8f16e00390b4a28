//! Ratios: `x4`, `x0.5`, a number, or a strength in words.

use super::lexing::{plain, word};
use super::reading::{Input, Parsed, described, either, expected, rest, spaces};
use crate::scenario::phrase::{Ratio, Strength};
use winnow::Parser;
use winnow::combinator::alt;
use winnow::stream::Stream;

/// A ratio or a strength.
pub(super) fn ratio(input: &mut Input<'_>) -> Parsed<Ratio> {
    described("a ratio such as `x4` or a strength such as `high`", |input| {
        if either(input, times)?.is_some() || !rest(input).starts_with(char::is_alphabetic) {
            return plain(input).map(Ratio::Times);
        }
        let down = either(input, word("down"))?.is_some();
        Ok(Ratio::Strength { strength: strength(input)?, down })
    })(input)
}

/// The `x` before a number.
fn times(input: &mut Input<'_>) -> Parsed<()> {
    let mut after = rest(input).chars();
    let is_times = matches!(after.next(), Some('x' | 'X' | '×'));
    let number = after.as_str().trim_start().starts_with(|next: char| next.is_ascii_digit() || "+-.".contains(next));
    if !(is_times && number) {
        return expected(input, "`x4`");
    }
    let length = rest(input).len() - after.as_str().len();
    input.next_slice(length);
    spaces(input);
    Ok(())
}

/// A strength alone.
pub(super) fn strength(input: &mut Input<'_>) -> Parsed<Strength> {
    alt((word("low").value(Strength::Low), word("medium").value(Strength::Medium), word("high").value(Strength::High)))
        .parse_next(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::place::Place;

    #[test]
    fn ratios_and_strengths_are_read() {
        let reads = |text: &str| {
            grammar::ratio(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
        };
        for (text, ratio) in
            [("x4", 4.0), ("X 0.5", 0.5), ("×4", 4.0), ("x.5", 0.5), ("2", 2.0), ("x0", 0.0), ("x-1", -1.0)]
        {
            assert_eq!(reads(text), Ratio::Times(ratio), "{text}");
        }
        assert_eq!(reads("high"), Ratio::Strength { strength: Strength::High, down: false });
        assert_eq!(reads("Down Low"), Ratio::Strength { strength: Strength::Low, down: true });
    }

    #[test]
    fn what_is_no_ratio_is_refused_at_its_place() {
        for (text, start) in [("x", 0), ("4x", 1), ("50%", 2), ("down", 4), ("up low", 0), ("x4 high", 3)] {
            let error = grammar::ratio(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                ("E0205", Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }
}
