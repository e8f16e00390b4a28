//! How wide words are, and numbers of any size in as few letters as tell them apart.

use super::svg::digits;
use crate::math::{log10, powf};

/// Numbers from this size on are shortened.
const LONG: f64 = 99_999.5;
/// Digits after the point up to which small numbers stand as they are.
const MOST_DIGITS: usize = 4;

/// About how wide words are whose letters have this size.
///
/// The widths are those of DejaVu Sans, which is wider than Helvetica and Arial: what fits by this fits in these, too.
pub(crate) fn width_of(words: &str, size: f64) -> f64 {
    size * words.chars().map(letter_width).sum::<f64>()
}

/// The width of a letter over its size.
fn letter_width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '·' | 'I' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '⁰'..='⁾' | '¹' | '²' | '³' => 0.44,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' | '+' | '−' | '=' | '<' | '>' | '#' => 0.98,
        letter if letter.is_uppercase() => 0.76,
        // Scripts whose letters are as wide as high.
        letter if u32::from(letter) >= 0x1100 && !('\u{2000}'..'\u{2E80}').contains(&letter) => 1.05,
        _ => 0.64,
    }
}

/// What numbers are counted in.
struct Unit {
    size: f64,
    name: String,
}

impl Unit {
    fn one() -> Self {
        Self { size: 1.0, name: String::new() }
    }

    /// In which numbers up to this one are short: thousands, millions, otherwise a power of ten.
    fn of(largest: f64) -> Self {
        let power = log10(largest).floor();
        let (power, name) = match power as i32 {
            3..=5 => (3.0, "k".to_owned()),
            6..=8 => (6.0, "M".to_owned()),
            whole => (power, format!("·10{}", raised(whole))),
        };
        Self { size: powf(10.0, power), name }
    }

    /// A number with so many digits after the point.
    fn words(&self, value: f64, digits: usize) -> String {
        let words = format!("{:.digits$}", value / self.size);
        // Rounding must not leave a minus before zero.
        if !words.bytes().any(|letter| (b'1'..=b'9').contains(&letter)) {
            return if self.name.is_empty() { words.replace('-', "") } else { "0".to_owned() };
        }
        format!("{}{}", words.replace('-', "−"), self.name)
    }
}

/// A whole number as an exponent.
fn raised(power: i32) -> String {
    let digit = |letter: char| match letter {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    };
    power.to_string().chars().map(digit).collect()
}

/// The words of the ticks of an axis, all in one unit, with the digits that tell them apart: `0.05`, `250k`, `20M`, `5·10⁹`, `2·10⁻⁷`.
pub(crate) fn numbers(ticks: &[f64]) -> Vec<String> {
    let step = match ticks {
        [first, second, ..] => (second - first).abs(),
        _ => 1.0,
    };
    let in_units = |unit: Unit| -> Vec<String> {
        let digits = digits(step / unit.size);
        ticks.iter().map(|tick| unit.words(*tick, digits)).collect()
    };
    let plain = in_units(Unit::one());
    let largest = largest(ticks);
    let is_short = largest < LONG && digits(step) <= MOST_DIGITS;
    if is_short || largest == 0.0 {
        return plain;
    }
    let short = in_units(Unit::of(largest));
    // Neighbours far from zero need their digits in any unit.
    if longest(&short) < longest(&plain) { short } else { plain }
}

/// Figures that stand side by side, in four digits or so of the largest and in one unit.
pub(crate) fn figures(values: &[f64]) -> Vec<String> {
    let largest = largest(values);
    let unit = if largest == 0.0 || (0.001..LONG).contains(&largest) { Unit::one() } else { Unit::of(largest) };
    let before = if largest > 0.0 { (log10(largest / unit.size).floor() + 1.0).max(1.0) as usize } else { 1 };
    // Ordinary scores have four digits after the point, as in the tables.
    let digits = if unit.name.is_empty() { 5_usize.saturating_sub(before) } else { 4_usize.saturating_sub(before) };
    let words = |value: &f64| {
        if value.is_finite() { unit.words(*value, digits) } else { value.to_string().replace("inf", "∞") }
    };
    values.iter().map(words).collect()
}

/// Figures as [`figures`], each with its sign; what rounds to zero has none.
pub(crate) fn signed(values: &[f64]) -> Vec<String> {
    let sign = |words: String| {
        let is_zero = !words.contains(|letter: char| ('1'..='9').contains(&letter) || letter == '∞');
        if is_zero || words.starts_with('−') { words } else { format!("+{words}") }
    };
    figures(values).into_iter().map(sign).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()))
}

fn longest(words: &[String]) -> usize {
    words.iter().map(|words| words.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::svg::ticks;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_of_an_axis_are_short_at_every_size() {
        assert_eq!(numbers(&[0.0, 0.05, 0.1]), ["0.00", "0.05", "0.10"]);
        assert_eq!(numbers(&[-2000.0, 0.0, 2000.0]), ["−2000", "0", "2000"]);
        assert_eq!(numbers(&[-2e6, 0.0, 2e6]), ["−2M", "0", "2M"]);
        assert_eq!(numbers(&[0.0, 5e4, 1e5]), ["0", "50k", "100k"]);
        assert_eq!(numbers(&[0.0, 5e11, 1e12]), ["0", "0.5·10¹²", "1.0·10¹²"]);
        assert_eq!(numbers(&[0.0, 2e-10, 4e-10]), ["0", "2·10⁻¹⁰", "4·10⁻¹⁰"]);
        // Far from zero, close to each other.
        assert_eq!(numbers(&[2e7, 2e7 + 20.0]), ["20000000", "20000020"]);
    }

    #[test]
    fn ticks_of_any_scale_have_different_words_of_twelve_letters_at_most() {
        for power in -300..300_i32 {
            for (low, high) in [(0.0, 1.0), (-3.7, 9.9), (0.11, 0.17), (-5.0, -2.0)] {
                let size = powf(10.0, f64::from(power));
                let ticks = ticks(low * size, high * size);
                let words = numbers(&ticks);
                let different: BTreeSet<&String> = words.iter().collect();
                assert_eq!(different.len(), ticks.len(), "{words:?}");
                assert!(longest(&words) <= 12, "{words:?}");
            }
        }
    }

    #[test]
    fn figures_have_one_unit_and_no_zero_has_a_sign() {
        assert_eq!(signed(&[-0.0123, -0.03, 0.00004]), ["−0.0123", "−0.0300", "0.0000"]);
        assert_eq!(signed(&[-1.2e-18, -2e-18, 0.0]), ["−1.200·10⁻¹⁸", "−2.000·10⁻¹⁸", "0"]);
        assert_eq!(signed(&[4_053_512.18, -1e6, 9e6]), ["+4.054M", "−1.000M", "+9.000M"]);
        assert_eq!(signed(&[1234.56, 12.0]), ["+1234.6", "+12.0"]);
        assert_eq!(signed(&[-0.0]), ["0.0000"]);
        assert_eq!(figures(&[5_079_573_403.4]), ["5.080·10⁹"]);
        assert_eq!(figures(&[f64::INFINITY, 1.0]), ["∞", "1.0000"]);
        assert_eq!(figures(&[]), Vec::<String>::new());
    }

    #[test]
    fn wide_letters_are_wide() {
        assert!(width_of("WWW", 10.0) > width_of("iii", 10.0) && width_of("预测", 10.0) > 20.0);
        assert!((width_of("1234", 10.0) - 25.6).abs() < 1e-9);
    }
}
