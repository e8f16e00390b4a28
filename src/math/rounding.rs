//! Rounding for whole days, counts and messages.

/// The whole day in which a moment lies: day `d` is the span `(d - 1, d]`, so 0.2 lies in day 1 and 1.0 too.
#[must_use]
pub fn ceil_days(t: f64) -> i64 {
    t.ceil().clamp(-1e9, 1e9) as i64
}

/// Rounds halves upwards.
#[must_use]
pub fn round_half_up(x: f64) -> f64 {
    (x + 0.5).floor()
}

fn power_of_ten(digits: u8) -> f64 {
    (0..digits).fold(1.0, |power, _| power * 10.0)
}

/// Rounds to so many digits after the point, for messages.
#[must_use]
pub fn round_to(x: f64, digits: u8) -> f64 {
    let scale = power_of_ten(digits);
    (x * scale).round() / scale
}

/// Rounds down to so many digits after the point, for messages.
#[must_use]
pub fn floor_to(x: f64, digits: u8) -> f64 {
    let scale = power_of_ten(digits);
    (x * scale).floor() / scale
}

/// A decimal number as text, with its thousands apart, for messages; what is none stays as it is.
///
/// ```
/// use foretell::math::thousands_apart;
///
/// assert_eq!(["1970000000", "-1234.5", "999"].map(thousands_apart), ["1,970,000,000", "-1,234.5", "999"]);
/// ```
#[must_use]
pub fn thousands_apart(text: &str) -> String {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = unsigned.split_at(unsigned.find('.').unwrap_or(unsigned.len()));
    let are_digits = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(rest.strip_prefix('.').unwrap_or(rest)) {
        return text.to_owned();
    }
    let mut apart = text[..text.len() - unsigned.len()].to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart.push_str(rest);
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_lies_in_the_day_that_ends_at_or_after_it() {
        assert_eq!([0.0, 0.2, 1.0, 1.0001].map(ceil_days), [0, 1, 1, 2]);
    }

    #[test]
    fn halves_go_up_and_digits_are_kept() {
        assert_eq!([0.5, 1.5, 2.49, -0.5].map(round_half_up), [1.0, 2.0, 2.0, 0.0]);
        assert_eq!(round_to(0.123_456, 3), 0.123);
        assert_eq!(floor_to(0.999_9, 3), 0.999);
    }

    #[test]
    fn thousands_stand_apart_in_numbers_alone() {
        let told = ["1000", "-1234567.25", "0.0001", "1e20", "", "-", ".5", "12a", "1.2.3", "2026-01-05"];
        let expected = ["1,000", "-1,234,567.25", "0.0001", "1e20", "", "-", ".5", "12a", "1.2.3", "2026-01-05"];
        assert_eq!(told.map(thousands_apart), expected);
    }
}
