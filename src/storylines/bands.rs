//! Bands of numbers: the thresholds of the file's own questions, or thirds.

use super::report::Bands;
use crate::model::{Condition, Formula, Model, QuestionTarget};

/// Where one band ends and the next begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Threshold {
    pub(super) value: f64,
    /// Whether the value itself belongs to the lower band.
    pub(super) is_low: bool,
}

/// The bands of a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Banded {
    pub(super) thresholds: Vec<Threshold>,
    pub(super) from: Bands,
    /// Whether the lowest band is the first threshold alone: nothing lies below it.
    pub(super) starts_with_one_value: bool,
}

/// The thresholds with which questions compare a number, increasing; none if they do not.
pub(super) fn of_questions(formula: &Formula, model: &Model) -> Option<Banded> {
    let mut thresholds = Vec::new();
    for question in &model.questions {
        if let QuestionTarget::Holds(condition) = &question.target {
            collect(condition, formula, &mut thresholds);
        }
    }
    thresholds.sort_by(|left, right| left.value.total_cmp(&right.value).then(left.is_low.cmp(&right.is_low)));
    thresholds.dedup_by(|later, earlier| later.value == earlier.value);
    let banded = Banded { thresholds, from: Bands::Questions, starts_with_one_value: false };
    (!banded.thresholds.is_empty()).then_some(banded)
}

fn collect(condition: &Condition, formula: &Formula, into: &mut Vec<Threshold>) {
    match condition {
        Condition::Not(inner) => collect(inner, formula, into),
        Condition::And(left, right) | Condition::Or(left, right) => {
            collect(left, formula, into);
            collect(right, formula, into);
        }
        Condition::LessOrEqual(left, right) => match (left.as_ref(), right.as_ref()) {
            (number, Formula::Constant(value)) if number == formula => {
                into.push(Threshold { value: *value, is_low: true });
            }
            (Formula::Constant(value), number) if number == formula => {
                into.push(Threshold { value: *value, is_low: false });
            }
            _ => {}
        },
        Condition::Less(left, right) => match (left.as_ref(), right.as_ref()) {
            (number, Formula::Constant(value)) if number == formula => {
                into.push(Threshold { value: *value, is_low: false });
            }
            (Formula::Constant(value), number) if number == formula => {
                into.push(Threshold { value: *value, is_low: true });
            }
            _ => {}
        },
        _ => {}
    }
}

/// Thirds of a weighed sample, rounded as far as that changes no band by more than a twentieth of the distance between them. One value that
/// makes up a third and more is a band of its own.
pub(super) fn thirds(values: &[f64], weights: &[f64]) -> Banded {
    let mut sample: Vec<(f64, f64)> = values
        .iter()
        .copied()
        .zip(weights.iter().copied())
        .filter(|(value, weight)| value.is_finite() && *weight > 0.0)
        .collect();
    sample.sort_by(|left, right| left.0.total_cmp(&right.0));
    let total: f64 = sample.iter().map(|(_, weight)| weight).sum();
    let at = |share: f64| {
        let mut below = 0.0;
        let found = sample.iter().find(|(_, weight)| {
            below += weight;
            below >= share * total
        });
        found.or(sample.last()).map_or(0.0, |(value, _)| *value)
    };
    let (lowest, highest) = (at(0.0), sample.last().map_or(0.0, |(value, _)| *value));
    let (first, second) = (at(1.0 / 3.0), at(2.0 / 3.0));
    let step = if second > first { second - first } else { highest - lowest };
    let heavy = |value: f64| {
        sample.iter().filter(|(other, _)| *other == value).map(|(_, weight)| weight).sum::<f64>() >= total / 50.0
    };
    let mut thresholds: Vec<Threshold> = Vec::new();
    for value in [first, second] {
        let rounded = if heavy(value) { value } else { rounded(value, step) };
        if rounded < highest && thresholds.last().is_none_or(|last| last.value < rounded) {
            thresholds.push(Threshold { value: rounded, is_low: true });
        }
    }
    if thresholds.is_empty() && highest > lowest {
        // More than two thirds have the highest value.
        thresholds.push(Threshold { value: highest, is_low: false });
    }
    let starts_with_one_value = thresholds.first().is_some_and(|first| first.is_low && first.value == lowest);
    Banded { thresholds, from: Bands::Thirds, starts_with_one_value }
}

/// To the nearest multiple of a power of ten that is at most a tenth of a step.
fn rounded(value: f64, step: f64) -> f64 {
    if step <= 0.0 || !step.is_finite() {
        return value;
    }
    let mut digits = 0_i32;
    let mut unit = 1.0;
    while unit > step / 10.0 && digits < 12 {
        unit /= 10.0;
        digits += 1;
    }
    while unit * 10.0 <= step / 10.0 && digits > -12 {
        unit *= 10.0;
        digits -= 1;
    }
    // By way of text, so that 0.3 is 0.3.
    if digits >= 0 {
        format!("{value:.*}", digits as usize).parse().unwrap_or(value)
    } else {
        (value / unit).round() * unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_are_rounded_and_a_value_of_many_is_a_band_of_its_own() {
        let even: Vec<f64> = (0..3000).map(f64::from).collect();
        let banded = thirds(&even, &vec![1.0; 3000]);
        assert_eq!(banded.thresholds.iter().map(|one| one.value).collect::<Vec<_>>(), vec![1000.0, 2000.0]);
        let capped: Vec<f64> = (0..3000).map(|at| if at < 1500 { 0.0 } else { 40.0 + f64::from(at) / 100.0 }).collect();
        let banded = thirds(&capped, &vec![1.0; 3000]);
        assert!(banded.starts_with_one_value && banded.thresholds[0].value == 0.0);
        assert!(thirds(&[5.0; 10], &[1.0; 10]).thresholds.is_empty());
        assert_eq!(rounded(47.123, 30.0), 47.0);
        assert_eq!(rounded(0.3123, 0.2), 0.31);
        assert_eq!(rounded(123_456.0, 60_000.0), 123_000.0);
    }
}
