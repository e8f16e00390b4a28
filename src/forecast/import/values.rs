//! Values as the field's files write them: missing ones, moments in many forms, probabilities that sum to 1 only when rounded.

pub(super) use crate::forecast::numbers::{cdf, draws, quantiles};
use crate::forecast::tidy::{parse_number, parse_probability};
use crate::forecast::{Forecast, Moment, SUM_TOLERANCE, number_text};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, tz::TimeZone};

/// How far probabilities may be from summing to 1 and still be taken as rounded.
const ROUNDING: f64 = 1e-3;

/// The words of R and Python for a value that is not there.
const MISSING: [&str; 9] = ["", "na", "n/a", "nan", "null", "none", "nat", "<na>", "-"];

/// A cell, unless it is empty or says that it has no value.
pub(in crate::forecast) fn given(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    (!MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word))).then_some(cell)
}

/// A moment as it stands in the field's files: ISO 8601 with or without an offset, with `T` or a space; a time without an offset is
/// taken for UTC.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Moment>() {
        return Ok(moment);
    }
    let civil = text.strip_suffix(" UTC").unwrap_or(text).parse::<DateTime>().ok();
    let instant = civil.and_then(|time| TimeZone::UTC.to_timestamp(time).ok());
    instant.map(Moment::Instant).ok_or_else(|| format!("`{text}` is neither a day nor a time"))
}

/// The time of day of a moment that is not the start of a day, in UTC.
pub(super) fn time_of(moment: Moment) -> Option<Time> {
    match moment {
        Moment::Day(_) => None,
        Moment::Instant(instant) => {
            Some(TimeZone::UTC.to_datetime(instant).time()).filter(|time| *time != Time::midnight())
        }
    }
}

/// The last day of a question that closes then, and the tag that says at what time of that day, unless it counts to its end: what closes at the start of
/// a day has the day before to its end.
pub(super) fn closing(at: Moment) -> (Date, Option<String>) {
    match (at, time_of(at)) {
        (_, Some(time)) => (at.day(), Some(format!("closes_at={time}"))),
        (Moment::Instant(_), None) => (at.day().yesterday().unwrap_or(Date::MIN), None),
        (Moment::Day(day), None) => (day, None),
    }
}

/// The day of such a moment, in UTC.
pub(super) fn day_of(text: &str) -> Result<Date, String> {
    moment(text).map(Moment::day)
}

/// Milliseconds since 1970-01-01, as a moment.
pub(super) fn from_milliseconds(milliseconds: f64) -> Result<Moment, String> {
    let instant = Timestamp::from_millisecond(milliseconds as i64);
    instant.map(Moment::Instant).map_err(|_| format!("`{}` is no time in milliseconds", number_text(milliseconds)))
}

/// A day or time in the American order, `6/25/12` or `3/30/13 0:00`; its time is not needed.
pub(super) fn american_day(text: &str) -> Result<Date, String> {
    let text = text.trim();
    if let Ok(day) = day_of(text) {
        return Ok(day);
    }
    let bad = || format!("`{text}` is not a day such as 6/25/12");
    let parts: Vec<i16> = text
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .split('/')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| bad())?;
    let [month, day, year] = parts.as_slice() else { return Err(bad()) };
    let year = if *year < 100 { 2000 + year } else { *year };
    let (month, day) = (i8::try_from(*month).map_err(|_| bad())?, i8::try_from(*day).map_err(|_| bad())?);
    Date::new(year, month, day).map_err(|_| bad())
}

/// The first day after both; what happened by the later of them was known then at the earliest.
pub(super) fn day_after(a: Date, b: Date) -> Date {
    a.max(b).tomorrow().unwrap_or(Date::MAX)
}

/// A probability of yes.
pub(super) fn binary(text: &str) -> Result<Forecast, String> {
    parse_probability(text).map(|probability| Forecast::Binary { probability })
}

/// Probabilities of options, scaled if they sum to 1 only within rounding.
pub(super) fn categorical(options: Vec<String>, mut probabilities: Vec<f64>) -> Result<Forecast, String> {
    let sum: f64 = probabilities.iter().sum();
    let distance = (sum - 1.0).abs();
    if distance > SUM_TOLERANCE && distance <= ROUNDING + 1e-12 {
        probabilities.iter_mut().for_each(|probability| *probability /= sum);
    }
    let forecast = Forecast::Categorical { options, probabilities };
    forecast.check().map(|()| forecast)
}

/// A list as Python or JSON writes it: `['a', "b"]`, `[0.2, None]`; the items as texts, a list among them as it stands.
pub(super) fn listed(text: &str) -> Result<Vec<String>, String> {
    let bad = || format!("`{text}` is not a list such as [\"a\", \"b\"]");
    let inner = text.trim().strip_prefix(['[', '(']).and_then(|rest| rest.strip_suffix([']', ')'])).ok_or_else(bad)?;
    let mut items = Vec::new();
    let mut letters = inner.chars().peekable();
    loop {
        while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
        let Some(first) = letters.peek().copied() else { break };
        let mut item = String::new();
        if first == '\'' || first == '"' {
            letters.next();
            loop {
                match letters.next().ok_or_else(bad)? {
                    '\\' => item.push(letters.next().ok_or_else(bad)?),
                    letter if letter == first => break,
                    letter => item.push(letter),
                }
            }
        } else if first == '[' || first == '(' {
            item = bracketed(&mut letters).ok_or_else(bad)?;
        } else {
            while let Some(letter) = letters.next_if(|letter| *letter != ',') {
                item.push(letter);
            }
            item.truncate(item.trim_end().len());
        }
        items.push(item);
        while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
        match letters.next() {
            None => break,
            Some(',') => {}
            Some(_) => return Err(bad()),
        }
    }
    Ok(items)
}

/// Letters up to the bracket that closes the one at which they begin; brackets within quotes are letters.
fn bracketed(letters: &mut impl Iterator<Item = char>) -> Option<String> {
    let (mut item, mut depth, mut quote) = (String::new(), 0_usize, None);
    loop {
        let letter = letters.next()?;
        item.push(letter);
        match (quote, letter) {
            (Some(_), '\\') => item.push(letters.next()?),
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(item);
                }
            }
            (Some(_) | None, _) => {}
        }
    }
}

/// A finite number.
pub(super) fn number(text: &str) -> Result<f64, String> {
    parse_number(text)
}

/// Columns in the order of their names. Columns of a table have no order of their own, so what is made of several of them (ids, clusters, tags)
/// takes them in this one: files that order their columns differently then speak of the same questions.
pub(super) fn by_name(names: &[String], mut columns: Vec<usize>) -> Vec<usize> {
    columns.sort_by(|a, b| names[*a].cmp(&names[*b]));
    columns
}

/// Values of several columns, in the order of [`by_name`], as one name; a `/` in a value is written `\/`, so that no two rows of values get the same name.
pub(super) fn joined<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let escaped: Vec<String> =
        values.into_iter().map(|value| value.trim().replace('\\', "\\\\").replace('/', "\\/")).collect();
    escaped.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn moments_are_read_in_the_forms_of_the_field() {
        let instant = Moment::Instant("2026-06-01T12:00:00Z".parse().unwrap());
        for text in
            ["2026-06-01T12:00:00Z", "2026-06-01 12:00:00+00:00", "2026-06-01 12:00:00", "2026-06-01 14:00:00+02:00"]
        {
            assert_eq!(moment(text), Ok(instant), "{text}");
        }
        assert_eq!(moment("2026-06-01"), Ok(Moment::Day(date(2026, 6, 1))));
        assert_eq!(from_milliseconds(1_780_315_200_000.0), Ok(instant));
        assert!(moment("soon").is_err());
    }

    #[test]
    fn a_close_at_the_start_of_a_day_leaves_that_day_out() {
        let close = |text: &str| closing(moment(text).unwrap());
        assert_eq!(close("2025-03-01T00:00:00Z"), (date(2025, 2, 28), None));
        assert_eq!(close("2025-03-01"), (date(2025, 3, 1), None));
        assert_eq!(close("2025-03-01T23:59:00Z"), (date(2025, 3, 1), Some("closes_at=23:59:00".to_owned())));
    }

    #[test]
    fn a_cdf_stays_a_line_between_its_points() {
        let found = cdf(vec![(30.0, 1.0), (10.0, 0.2), (0.0, 0.0), (20.0, 0.2), (25.0, 0.7)]);
        let distribution = "cdf(0, 0, 10, 0.2, 20, 0.2, 25, 0.7, 30, 1)".parse().unwrap();
        assert_eq!(found, Ok(Forecast::Distribution { distribution }));
        // A fall within rounding is none, and neither is what lies as little beyond 0 and 1.
        let found = cdf(vec![(0.0, -1e-4), (10.0, 0.3), (20.0, 0.2995), (30.0, 1.0005)]);
        let distribution = "cdf(0, 0, 10, 0.3, 20, 0.3, 30, 1)".parse().unwrap();
        assert_eq!(found, Ok(Forecast::Distribution { distribution }));
        assert!(cdf(vec![(1.0, 0.5), (2.0, 1.5)]).unwrap_err().contains("between 0 and 1, but is 1.5 at 2"));
        assert!(cdf(vec![(1.0, 0.5), (2.0, 0.4)]).unwrap_err().contains("falls at 2"));
        assert!(cdf(vec![(1.0, 0.5), (1.0, 0.6)]).unwrap_err().contains("two values at 1"));
        assert!(cdf(vec![(1.0, 0.0), (2.0, 1.0)]).is_err());
    }

    #[test]
    fn american_days_have_the_month_first() {
        assert_eq!(american_day("6/25/12"), Ok(date(2012, 6, 25)));
        assert_eq!(american_day("3/30/2013 0:00"), Ok(date(2013, 3, 30)));
        for text in ["25/6/12", "6/25", "x", "6/31/12"] {
            assert!(american_day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lists_of_python_and_of_json_are_read() {
        assert_eq!(listed("['a', \"b's\", 'c, d']"), Ok(vec!["a".to_owned(), "b's".to_owned(), "c, d".to_owned()]));
        assert_eq!(listed("[0.2, None]"), Ok(vec!["0.2".to_owned(), "None".to_owned()]));
        assert_eq!(listed("[]"), Ok(Vec::new()));
        let nested = listed(r#"[('1', ['a', "b)"]), ["2", ["c"]]]"#).expect("a list of lists");
        assert_eq!(nested, [r#"('1', ['a', "b)"])"#, r#"["2", ["c"]]"#]);
        assert_eq!(listed(&nested[0]), Ok(vec!["1".to_owned(), r#"['a', "b)"]"#.to_owned()]));
        for text in ["a", "['a", "['a' 'b']", "[['a']", "[(]"] {
            assert!(listed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_two_rows_of_values_get_the_same_name() {
        assert_ne!(joined(["a/b", "c"]), joined(["a", "b/c"]));
        assert_ne!(joined(["a\\", "b"]), joined(["a", "\\b"]));
    }
}
