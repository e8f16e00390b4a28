//! Numbers for people: as many digits as their error leaves meaningful.

/// A share in percent, with one digit more than its error is sure of; with six digits if it has none.
#[must_use]
pub fn percent(share: f64, error: f64) -> String {
    if error <= 0.0 {
        return format!("{} %", significant(share * 100.0, 6));
    }
    let digits = digits_after_point(error * 100.0).min(4);
    format!("{:.digits$} %", share * 100.0)
}

/// The error of a share, in percentage points.
#[must_use]
pub fn percent_error(error: f64) -> String {
    significant(error * 100.0, 2)
}

/// A number, with one digit more than its error is sure of; with six digits if it has none, or is too large to be read in full.
#[must_use]
pub fn figure(value: f64, error: f64) -> String {
    const TOO_LARGE: f64 = 1e15;
    if error <= 0.0 || value.abs() >= TOO_LARGE {
        return significant(value, 6);
    }
    let digits = digits_after_point(error);
    format!("{value:.digits$}")
}

/// How many digits after the point an error of this size leaves meaningful, from 0 to 6.
fn digits_after_point(error: f64) -> usize {
    let mut digits = 0;
    let mut scaled = error;
    while digits < 6 && scaled < 2.0 && scaled > 0.0 {
        scaled *= 10.0;
        digits += 1;
    }
    digits
}

/// A number with so many significant digits, without trailing zeros.
#[must_use]
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{:.*e}", digits.saturating_sub(1), value);
    let rounded: f64 = text.parse().unwrap_or(value);
    if rounded.abs() >= 1e15 || rounded.abs() < 1e-6 { text } else { rounded.to_string() }
}

/// A whole number with its thousands apart.
#[must_use]
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_to_be_read_has_six_digits() {
        assert_eq!(figure(1.234_567_89e94, 3e93), "1.23457e94");
        assert_eq!(figure(-123_456.78, 20.0), "-123457");
    }

    #[test]
    fn a_share_shows_one_digit_more_than_its_error_is_sure_of() {
        assert_eq!(percent(0.212_5, 0.000_4), "21.25 %");
        assert_eq!(percent(0.212_5, 0.02), "21 %");
        assert_eq!(percent(0.212_512_345, 0.0), "21.2512 %");
        assert_eq!((percent(0.0, 0.0), percent(1.0, 0.0)), ("0 %".to_owned(), "100 %".to_owned()));
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(significant(0.001_234, 2), "0.0012");
    }
}
