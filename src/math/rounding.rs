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
}
