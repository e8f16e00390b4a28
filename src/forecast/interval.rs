//! Numbers from one end to another, either of which may be missing.

use super::number_text;
use super::tidy::parse_number;
use crate::math::ln_1p;
use std::fmt;
use std::str::FromStr;

/// The numbers from a lower to an upper end, both of which belong to it; `10..` has no upper end, `..20` no lower one.
///
/// ```
/// use foretell::forecast::Interval;
///
/// let high: Interval = "10..".parse()?;
/// assert!(high.holds(10.0) && !high.holds(9.0));
/// assert_eq!((high.nearest(9.0), high.nearest(11.0)), (10.0, 11.0));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    lower: f64,
    upper: f64,
}

impl Interval {
    /// From these ends, of which one may be infinite.
    ///
    /// # Errors
    /// If the lower end does not lie below the upper one, one is not a number, or both are infinite.
    pub fn new(lower: f64, upper: f64) -> Result<Self, String> {
        if lower.is_infinite() && upper.is_infinite() {
            return Err("an interval has one end at least".to_owned());
        }
        if lower < upper {
            return Ok(Self { lower, upper });
        }
        let (lower, upper) = (number_text(lower), number_text(upper));
        Err(format!(
            "the lower end of an interval must lie below the upper one, but {lower} does not lie below {upper}"
        ))
    }

    /// The lower end; minus infinity where there is none.
    #[must_use]
    pub const fn lower(self) -> f64 {
        self.lower
    }

    /// The upper end; infinity where there is none.
    #[must_use]
    pub const fn upper(self) -> f64 {
        self.upper
    }

    /// The interval of the same numbers on the log scale, `ln(1 + x)`: an end below 0 stays below all of them.
    #[must_use]
    pub(crate) fn on_log_scale(self) -> Self {
        let end = |end: f64| if end > 0.0 { ln_1p(end) } else { end };
        Self { lower: end(self.lower), upper: end(self.upper) }
    }

    /// Whether the number lies in it.
    #[must_use]
    pub fn holds(self, number: f64) -> bool {
        (self.lower..=self.upper).contains(&number)
    }

    /// The number of the interval that is nearest to this one: itself, or an end.
    #[must_use]
    pub fn nearest(self, number: f64) -> f64 {
        number.clamp(self.lower, self.upper)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |end: f64| if end.is_finite() { number_text(end) } else { String::new() };
        write!(formatter, "{}..{}", end(self.lower), end(self.upper))
    }
}

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once("..");
        let (lower, upper) =
            ends.ok_or_else(|| format!("`{text}` is no interval such as `10..20`, `10..` or `..20`"))?;
        let end = |text: &str, none: f64| if text.trim().is_empty() { Ok(none) } else { parse_number(text) };
        Self::new(end(lower, f64::NEG_INFINITY)?, end(upper, f64::INFINITY)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Interval {
        text.parse().expect("it is one")
    }

    #[test]
    fn an_end_may_be_missing_and_what_is_written_is_read_back() {
        for text in ["10..20", "-2.5..", "..1e9", "-4..-0.5"] {
            assert_eq!(read(&read(text).to_string()), read(text), "{text}");
        }
        assert_eq!(read(" 1 .. 2 ").to_string(), "1..2");
        assert_eq!((read("..3").lower(), read("3..").upper()), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(read("1..2").holds(2.0) && read("1..2").holds(1.0) && !read("1..2").holds(2.5));
    }

    #[test]
    fn on_the_log_scale_it_holds_the_same_numbers() {
        for text in ["10..20", "-2.5..", "..1e9", "0..3", "-4..0.5", "..0"] {
            let (natural, logged) = (read(text), read(text).on_log_scale());
            for number in [0.0, 0.25, 0.5, 3.0, 9.99, 10.0, 20.0, 20.01, 1e9, 1.1e9] {
                assert_eq!(logged.holds(ln_1p(number)), natural.holds(number), "{number} in {text}");
            }
        }
    }

    #[test]
    fn what_is_no_interval_is_refused_with_the_reason() {
        let told = |text: &str| text.parse::<Interval>().expect_err("it is none");
        assert_eq!(told("10"), "`10` is no interval such as `10..20`, `10..` or `..20`");
        assert_eq!(told(".."), "an interval has one end at least");
        assert_eq!(told("a..2"), "`a` is not a number");
        for text in ["2..1", "1..1"] {
            assert!(told(text).starts_with("the lower end of an interval must lie below"), "{}", told(text));
        }
        assert!(told("nan..2").contains("is not a number"));
    }
}
