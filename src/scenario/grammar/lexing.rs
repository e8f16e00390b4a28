//! The small pieces that all phrases are made of: words, marks, names, numbers, days, lengths of time.

use super::reading::{Input, NAME, Parsed, described, either, expected, offset, rest, spaces, verdict};
use crate::scenario::codes;
use crate::scenario::names::{begins_name, continues_name, is_reserved};
use crate::scenario::phrase::{Duration, DurationUnit};
use jiff::civil::Date;
use winnow::Parser;
use winnow::stream::Stream;

/// Letters, digits and `_`, not starting with a digit; without the space after it.
fn identifier<'a>(input: &mut Input<'a>) -> Option<&'a str> {
    let left = rest(input);
    if !left.starts_with(begins_name) {
        return None;
    }
    let length = left.find(|character: char| !continues_name(character)).unwrap_or(left.len());
    Some(input.next_slice(length))
}

/// A keyword, in any case.
pub(super) fn word<'a>(keyword: &'static str) -> impl Fn(&mut Input<'a>) -> Parsed<()> {
    move |input| {
        let before = input.checkpoint();
        if identifier(input).is_some_and(|found| found.eq_ignore_ascii_case(keyword)) {
            spaces(input);
            return Ok(());
        }
        input.reset(&before);
        expected(input, &format!("`{keyword}`"))
    }
}

/// Several keywords in a row.
pub(super) fn words<'a>(keywords: &'static [&'static str]) -> impl Fn(&mut Input<'a>) -> Parsed<()> {
    move |input| {
        let (start, before) = (offset(input), input.checkpoint());
        for keyword in keywords {
            if !identifier(input).is_some_and(|found| found.eq_ignore_ascii_case(keyword)) {
                input.reset(&before);
                debug_assert_eq!(start, offset(input));
                return expected(input, &format!("`{}`", keywords.join(" ")));
            }
            spaces(input);
        }
        Ok(())
    }
}

/// A mark such as `,` or `<=`.
pub(super) fn mark<'a>(text: &'static str) -> impl Fn(&mut Input<'a>) -> Parsed<()> {
    move |input| {
        if rest(input).starts_with(text) {
            input.next_slice(text.len());
            spaces(input);
            Ok(())
        } else {
            expected(input, &format!("`{text}`"))
        }
    }
}

/// A name: an identifier that is no keyword.
pub(super) fn name(input: &mut Input<'_>) -> Parsed<String> {
    let before = input.checkpoint();
    match identifier(input) {
        Some(found) if !is_reserved(found) => {
            spaces(input);
            Ok(found.to_owned())
        }
        _ => {
            input.reset(&before);
            expected(input, NAME)
        }
    }
}

/// The option of an event: a name, or `none`.
pub(super) fn option(input: &mut Input<'_>) -> Parsed<String> {
    let before = input.checkpoint();
    match identifier(input) {
        Some(found) if found == "none" || !is_reserved(found) => {
            spaces(input);
            Ok(found.to_owned())
        }
        _ => {
            input.reset(&before);
            expected(input, "an option")
        }
    }
}

/// The name of a family of distributions, before its `(`.
pub(super) fn family_name(input: &mut Input<'_>) -> Parsed<String> {
    let Some(found) = identifier(input) else {
        return expected(input, "a distribution such as `normal(10, 2)`");
    };
    spaces(input);
    Ok(found.to_owned())
}

/// `(a, b, …)`, at least one.
pub(super) fn arguments<'a, T>(
    input: &mut Input<'a>,
    mut item: impl FnMut(&mut Input<'a>) -> Parsed<T>,
) -> Parsed<Vec<T>> {
    mark("(")(input)?;
    let mut items = vec![item(input)?];
    while either(input, mark(","))?.is_some() {
        items.push(item(input)?);
    }
    mark(")")(input)?;
    Ok(items)
}

/// A number as digits, without a sign and without `%`; `_` may group digits.
fn digits(left: &str) -> Option<usize> {
    let bytes = left.as_bytes();
    let run = |mut at: usize| {
        let start = at;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || (bytes[at] == b'_' && at > start)) {
            at += 1;
        }
        while at > start && bytes[at - 1] == b'_' {
            at -= 1;
        }
        at
    };
    let whole = run(0);
    let mut length = whole;
    if bytes.get(length) == Some(&b'.') {
        let fraction = run(length + 1);
        if fraction > length + 1 {
            length = fraction;
        }
    }
    if length == 0 {
        return None;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = run(length + 1 + sign);
        if exponent > length + 1 + sign {
            length = exponent;
        }
    }
    Some(length)
}

/// The value of digits, divided by 100 without rounding twice if a `%` followed.
fn value_of(text: &str, percent: bool) -> Option<f64> {
    let text = text.replace('_', "");
    let value: f64 = if percent {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        format!("{mantissa}e{}", exponent.parse::<i64>().ok()?.saturating_sub(2)).parse().ok()?
    } else {
        text.parse().ok()?
    };
    value.is_finite().then_some(value)
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Allowed,
    Refused,
}

#[derive(Clone, Copy, PartialEq)]
enum Percent {
    Allowed,
    Refused,
}

fn number(input: &mut Input<'_>, sign: Sign, percent: Percent) -> Parsed<f64> {
    let (start, left) = (offset(input), rest(input));
    let signed = usize::from(sign == Sign::Allowed && left.starts_with(['-', '+']));
    if looks_like_date(left).is_some() {
        return expected(input, "a number");
    }
    let Some(length) = digits(&left[signed..]) else {
        return expected(input, "a number");
    };
    let text = &left[..signed + length];
    let after = &left[text.len()..];
    let blank = after.len() - after.trim_start().len();
    let is_percent = percent == Percent::Allowed && after[blank..].starts_with('%');
    let Some(value) = value_of(text, is_percent) else {
        let message = format!("`{text}` is too large a number to be held");
        return verdict(input, codes::NOT_FINITE, start..start + text.len(), message, "write it in a larger unit");
    };
    input.next_slice(text.len() + if is_percent { blank + 1 } else { 0 });
    spaces(input);
    Ok(value)
}

/// A number with or without sign, with or without `%`.
pub(super) fn amount(input: &mut Input<'_>) -> Parsed<f64> {
    number(input, Sign::Allowed, Percent::Allowed)
}

/// A number with or without sign, where `%` has no meaning.
pub(super) fn plain(input: &mut Input<'_>) -> Parsed<f64> {
    number(input, Sign::Allowed, Percent::Refused)
}

/// A number without a sign, with or without `%`: in formulas, where `-` is an operator.
pub(super) fn unsigned(input: &mut Input<'_>) -> Parsed<f64> {
    number(input, Sign::Refused, Percent::Allowed)
}

/// A whole number from 0 on.
pub(super) fn whole(input: &mut Input<'_>) -> Parsed<u32> {
    let left = rest(input);
    let length = left.find(|character: char| !character.is_ascii_digit()).unwrap_or(left.len());
    match left[..length].parse() {
        Ok(value) if !left[length..].starts_with(['.', '_']) && looks_like_date(left).is_none() => {
            input.next_slice(length);
            spaces(input);
            Ok(value)
        }
        _ => expected(input, "a whole number"),
    }
}

/// Year, month and day as digits, if the text begins with a date.
fn looks_like_date(left: &str) -> Option<(i16, i8, i8)> {
    let text = left.get(..10)?;
    let bytes = text.as_bytes();
    let shaped = bytes.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let ends = !left[10..].starts_with(|character: char| continues_name(character));
    (shaped && ends).then_some(())?;
    Some((text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?))
}

/// A day: `2025-10-01`.
pub(super) fn date(input: &mut Input<'_>) -> Parsed<Date> {
    let Some((year, month, day)) = looks_like_date(rest(input)) else {
        return expected(input, "a date such as `2025-10-01`");
    };
    let start = offset(input);
    let Ok(date) = Date::new(year, month, day) else {
        let written = &rest(input)[..10];
        let message = format!("`{written}` is not a day of the calendar");
        return verdict(input, codes::DATE, start..start + 10, message, "a date is year-month-day, as in `2025-10-01`");
    };
    input.next_slice(10);
    spaces(input);
    Ok(date)
}

/// A length of time: `30 days`.
pub(super) fn duration(input: &mut Input<'_>) -> Parsed<Duration> {
    let count = described("a length of time such as `30 days`", plain)(input)?;
    let unit = described("`days`, `weeks`, `months` or `years`", duration_unit)(input)?;
    Ok(Duration { count, unit })
}

fn duration_unit(input: &mut Input<'_>) -> Parsed<DurationUnit> {
    winnow::combinator::alt((
        word("days").value(DurationUnit::Day),
        word("day").value(DurationUnit::Day),
        word("weeks").value(DurationUnit::Week),
        word("week").value(DurationUnit::Week),
        word("months").value(DurationUnit::Month),
        word("month").value(DurationUnit::Month),
        word("years").value(DurationUnit::Year),
        word("year").value(DurationUnit::Year),
    ))
    .parse_next(input)
}
