//! Reads what stands in one cell.

use crate::forecast::{check_probability, number_text, without_rounding};

/// A number over 1 that is smaller than this is hardly meant as a percentage.
const HARDLY_PERCENT: f64 = 1.1;

/// Reads a probability: `0.35` or `35%`. What lies beyond 0 or 1 by no more than 1e-12, as sums of floating-point numbers do, is 0 or 1.
///
/// # Errors
/// If it is no number, or not between 0 and 1.
///
/// ```
/// use foretell::forecast::tidy::parse_probability;
/// assert_eq!(parse_probability("35 %"), Ok(0.35));
/// assert!(parse_probability("35").is_err());
/// ```
pub fn parse_probability(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let probability = fraction(text).ok_or_else(|| format!("`{text}` is not a probability such as 0.35 or 35%"))?;
    let probability = without_rounding(probability);
    check_probability(&format!("the probability `{text}`"), probability).map_err(|problem| {
        // What stands there is said once, unless it is written in another way than the number is.
        let again = format!(", but is {text}");
        let problem = match problem.strip_suffix(&again) {
            Some(told) if number_text(probability) == text => told.to_owned(),
            _ => problem,
        };
        if text.ends_with('%') || !(1.0..=100.0).contains(&probability) {
            problem
        } else if probability < HARDLY_PERCENT {
            format!("{problem}; if it is a sum, round it to 1")
        } else {
            format!("{problem}; write {text} percent as `{text}%`")
        }
    })?;
    Ok(probability)
}

/// Reads the level of a quantile: `0.05` or `5%`.
pub(in crate::forecast) fn level(text: &str) -> Result<f64, String> {
    match fraction(text) {
        Some(level) if level > 0.0 && level < 1.0 => Ok(level),
        _ => Err(format!("the quantile `{text}` must be a level strictly between 0 and 1 such as 0.05 or 5%")),
    }
}

/// A number, or a percentage; the decimal point of a percentage is moved in the text, so that `12.3%` is the number 0.123.
fn fraction(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(percentage) => {
            let percentage = percentage.trim_end();
            let exact = format!("{percentage}e-2").parse();
            exact.ok().or_else(|| percentage.parse::<f64>().ok().map(|number| number / 100.0))
        }
        None => text.parse().ok(),
    }
    .map(|number: f64| if number == 0.0 { 0.0 } else { number })
}

/// The largest number that is read, on either side of 0: squares of larger ones are infinite, and so are scores.
const LARGEST: f64 = 1e150;

/// Reads a finite number.
///
/// # Errors
/// If it is none, or so large that scores of it would be infinite.
pub fn parse_number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(number) if number.abs() <= LARGEST => Ok(number),
        Ok(number) if number.is_finite() => Err(format!("`{text}` lies beyond 1e150: scores of it would be infinite")),
        _ => Err(format!("`{text}` is not a number")),
    }
}

/// Reads a list separated by `|`, where `\|` is a `|` in a name and `\\` a backslash. An empty text is an empty list.
#[must_use]
pub fn split_list(text: &str) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut items = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, items.last_mut()) {
            ('|', _) => items.push(String::new()),
            ('\\', Some(item)) => match characters.next() {
                Some(escaped @ ('|' | '\\')) => item.push(escaped),
                other => {
                    item.push('\\');
                    item.extend(other);
                }
            },
            (other, Some(item)) => item.push(other),
            (_, None) => {}
        }
    }
    items.into_iter().map(|item| item.trim().to_owned()).collect()
}

/// Writes a list so that [`split_list`] reads it back.
#[must_use]
pub fn join_list(items: &[String]) -> String {
    items.iter().map(|item| item.replace('\\', "\\\\").replace('|', "\\|")).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_the_nearest_number_to_what_they_say() {
        for (text, expected) in [("35%", 0.35), ("12.3 %", 0.123), ("0%", 0.0), ("100%", 1.0), ("0.07%", 0.0007)] {
            assert_eq!(parse_probability(text), Ok(expected), "{text}");
        }
        assert_eq!(parse_probability("1e-3"), Ok(0.001));
    }

    #[test]
    fn what_sums_of_numbers_are_off_by_is_let_pass_and_no_more() {
        for (text, expected) in
            [("1.0000000000000002", 1.0), ("100.00000000000001%", 1.0), ("-1e-17", 0.0), ("1.0000000000005", 1.0)]
        {
            assert_eq!(parse_probability(text), Ok(expected), "{text}");
        }
        assert_eq!(parse_probability("0.9999999999999998"), Ok(0.999_999_999_999_999_8));
        let refused = parse_probability("1.00001").expect_err("that is no rounding");
        assert!(refused.ends_with("if it is a sum, round it to 1"), "{refused}");
        assert!(parse_probability("-1e-9").is_err() && parse_probability("NaN").is_err());
    }

    #[test]
    fn what_is_no_probability_is_refused_with_a_way_out() {
        assert!(parse_probability("35").unwrap_err().ends_with("write 35 percent as `35%`"));
        for text in ["", "NaN", "inf", "-0.1", "101%", "a third"] {
            assert!(parse_probability(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lists_come_back_with_bars_and_backslashes() {
        for list in [vec![], vec!["a"], vec!["a|b", "c\\", "\\|", "d"]] {
            let list: Vec<String> = list.into_iter().map(str::to_owned).collect();
            assert_eq!(split_list(&join_list(&list)), list);
        }
    }
}
