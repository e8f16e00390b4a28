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
