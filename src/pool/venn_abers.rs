//! Venn–Abers prediction: an isotonic map that says how sure it is.

use super::method::{Map, MapMethod};
use crate::math::isotonic;

/// What Venn–Abers says of one probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VennAbersRange {
    /// The isotonic fit there if it had come out no.
    pub if_no: f64,
    /// The isotonic fit there if it had come out yes; not below `if_no`.
    pub if_yes: f64,
    /// One probability for both: `if_yes / (1 - if_no + if_yes)`, which loses least under the logarithmic score whichever is right.
    pub merged: f64,
}

/// The past of a Venn–Abers prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct VennAbers {
    probabilities: Vec<f64>,
    outcomes: Vec<f64>,
}

/// The inductive Venn–Abers predictor of past probabilities. `None` when the lengths differ, there are none, or one lies outside of 0..=1.
///
/// ```
/// let past = foretell::pool::venn_abers(&[0.2, 0.7], &[false, true]).expect("two");
/// let range = past.range(0.7).expect("a probability");
/// assert_eq!((range.if_no, range.if_yes), (0.5, 1.0));
/// ```
///
/// Vovk and Petej (2014), Proc. UAI 30, 829–838; merged: their section 5.
#[must_use]
pub fn venn_abers(probabilities: &[f64], happened: &[bool]) -> Option<VennAbers> {
    let sound = probabilities.len() == happened.len()
        && !probabilities.is_empty()
        && probabilities.iter().all(|p| (0.0..=1.0).contains(p));
    sound.then(|| VennAbers {
        probabilities: probabilities.to_vec(),
        outcomes: happened.iter().map(|yes| f64::from(u8::from(*yes))).collect(),
    })
}

impl VennAbers {
    /// What it says of a probability: two isotonic fits, with it added as a no and as a yes. `None` outside of 0..=1.
    #[must_use]
    pub fn range(&self, probability: f64) -> Option<VennAbersRange> {
        if !(0.0..=1.0).contains(&probability) {
            return None;
        }
        let mut x = self.probabilities.clone();
        x.push(probability);
        let weights = vec![1.0; x.len()];
        let with = |outcome: f64| {
            let mut y = self.outcomes.clone();
            y.push(outcome);
            isotonic(&x, &y, &weights)?.last().copied()
        };
        let (if_no, if_yes) = (with(0.0)?, with(1.0)?);
        Some(VennAbersRange { if_no, if_yes, merged: if_yes / (1.0 - if_no + if_yes) })
    }
}

/// Venn–Abers as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct VennAbersMethod;

impl MapMethod for VennAbersMethod {
    fn name(&self) -> &'static str {
        "venn-abers"
    }

    fn about(&self) -> &'static str {
        "two isotonic maps, with the question as a no and as a yes, made one"
    }

    fn fit(&self, probabilities: &[f64], happened: &[bool]) -> Option<Box<dyn Map>> {
        Some(Box::new(venn_abers(probabilities, happened)?))
    }
}

impl Map for VennAbers {
    fn apply(&self, probability: f64) -> f64 {
        self.range(probability).map_or(probability, |range| range.merged)
    }

    fn learned(&self) -> String {
        format!("from {} questions", self.outcomes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best non-decreasing fit at the last point by its definition: max over lower ends of min over upper ends of means.
    fn fit_at_last(points: &[(f64, f64)]) -> f64 {
        let at = points[points.len() - 1].0;
        let mean = |low: f64, high: f64| {
            let of: Vec<f64> = points.iter().filter(|(x, _)| (low..=high).contains(x)).map(|(_, y)| *y).collect();
            of.iter().sum::<f64>() / of.len() as f64
        };
        let lows = points.iter().map(|(x, _)| *x).filter(|x| *x <= at);
        lows.map(|low| {
            let highs = points.iter().map(|(x, _)| *x).filter(|x| *x >= at);
            highs.map(|high| mean(low, high)).fold(f64::INFINITY, f64::min)
        })
        .fold(f64::NEG_INFINITY, f64::max)
    }

    #[test]
    fn both_ends_are_those_of_the_definition() {
        let said = [0.1, 0.15, 0.3, 0.3, 0.45, 0.5, 0.62, 0.7, 0.85, 0.9];
        let came = [false, true, false, false, true, false, true, true, false, true];
        let past = venn_abers(&said, &came).expect("ten");
        for at in 0..=50 {
            let p = f64::from(at) / 50.0;
            let range = past.range(p).expect("a probability");
            let with = |outcome: f64| {
                let mut points: Vec<(f64, f64)> =
                    said.iter().zip(came).map(|(p, yes)| (*p, f64::from(u8::from(yes)))).collect();
                points.push((p, outcome));
                fit_at_last(&points)
            };
            assert!((range.if_no - with(0.0)).abs() < 1e-12, "{p}: {range:?}");
            assert!((range.if_yes - with(1.0)).abs() < 1e-12, "{p}: {range:?}");
            assert!(range.if_no <= range.merged && range.merged <= range.if_yes, "{range:?}");
        }
        assert_eq!(past.range(1.5), None);
    }
}
