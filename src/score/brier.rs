//! The Brier score: squared distance between the stated probabilities and what happened.

use super::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// The Brier score of one probability, on the scale from 0 to 1.
///
/// ```text
/// S(p, y) = (p - y)²        y = 1 if yes, 0 if no
/// ```
///
/// Lower is better; 0 is perfect, 1/4 is what 50 % always gets, 1 is the worst. Half the all-class score of the two answers.
///
/// ```
/// use foretell::score::brier;
///
/// assert!((brier(0.9, true) - 0.01).abs() < 1e-15);
/// ```
///
/// Brier (1950), Mon. Weather Rev. 78, 1–3 (who sums over both classes).
#[must_use]
pub fn brier(probability: f64, happened: bool) -> f64 {
    let miss = probability - f64::from(u8::from(happened));
    miss * miss
}

/// The Brier score over all classes, on the scale from 0 to 2.
///
/// ```text
/// S(p, o) = sum_k (p_k - 1{k = o})²
/// ```
///
/// Lower is better. For two classes it is twice [`brier`]. The scale of Good Judgment Open and of Brier's own paper. `None`
/// when there is no option `outcome`.
#[must_use]
pub fn brier_all(probabilities: &[f64], outcome: usize) -> Option<f64> {
    let happened = *probabilities.get(outcome)?;
    let all: f64 = probabilities.iter().map(|p| p * p).sum();
    let rest = (all - happened * happened).max(0.0);
    Some(rest + (1.0 - happened) * (1.0 - happened))
}

/// The Brier score of an ensemble for the event that the value is at least `threshold`.
///
/// ```text
/// S = (i/M - 1{y >= t})²        i of M draws are >= t
/// ```
///
/// Lower is better. `None` when `draws` is empty. See [`brier_ensemble_fair`] for the score of what was sampled.
#[must_use]
pub fn brier_ensemble(draws: &[f64], outcome: f64, threshold: f64) -> Option<f64> {
    let share = share_at_least(draws, threshold)?;
    Some(brier(share, outcome >= threshold))
}

/// The fair Brier score of an ensemble: without bias for the score of the distribution that it samples.
///
/// ```text
/// S = (i/M - 1{y >= t})² - i (M - i) / (M² (M - 1))
/// ```
///
/// Lower is better; can be negative. `None` for fewer than two draws.
///
/// Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.
#[must_use]
pub fn brier_ensemble_fair(draws: &[f64], outcome: f64, threshold: f64) -> Option<f64> {
    brier_ensemble_resized(draws, outcome, threshold, f64::INFINITY)
}

/// The Brier score that an ensemble of `size` draws of the same distribution would have on average, for the event that the value is at least
/// `threshold`, estimated from these draws.
///
/// ```text
/// S = (i/M - 1{y >= t})² - i (M - i) / (M² (M - 1)) (1 - M/m)        i of M draws are >= t, m = size
/// ```
///
/// Lower is better; can be negative. With `size` the number of draws it is [`brier_ensemble`], with an infinite one [`brier_ensemble_fair`]. `None` for fewer than two draws
/// or a size below 1.
///
/// Ferro, Richardson and Weigel (2008), Meteorol. Appl. 15, 19–24.
#[must_use]
pub fn brier_ensemble_resized(draws: &[f64], outcome: f64, threshold: f64, size: f64) -> Option<f64> {
    let share = share_at_least(draws, threshold)?;
    resized(share, draws.len() as f64, outcome >= threshold, size)
}

/// The Brier score of a share of `count` draws, as an ensemble of `size` draws would have it on average.
pub(super) fn resized(share: f64, count: f64, happened: bool, size: f64) -> Option<f64> {
    let bias = share * (1.0 - share) / (count - 1.0) * (1.0 - count / size);
    (count > 1.0 && size >= 1.0).then(|| brier(share, happened) - bias)
}

fn share_at_least(draws: &[f64], threshold: f64) -> Option<f64> {
    let count = draws.iter().filter(|draw| **draw >= threshold).count();
    (!draws.is_empty()).then(|| count as f64 / draws.len() as f64)
}

/// [`brier`] as a rule for records.
#[derive(Debug)]
pub(super) struct Brier;

impl ScoringRule for Brier {
    fn id(&self) -> &'static str {
        "brier"
    }
    fn name(&self) -> &'static str {
        "Brier score (0 to 1)"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Binary]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn bound(&self) -> Option<f64> {
        Some(1.0)
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        match case {
            Case::Binary { probability, happened } => Ok(brier(*probability, *happened).into()),
            _ => Err(Unfit::Kind),
        }
    }
    fn score_each(&self, probabilities: &[f64], happened: &[bool]) -> Result<Vec<Score>, Unfit> {
        Ok(probabilities.iter().zip(happened).map(|(p, yes)| brier(*p, *yes).into()).collect())
    }
}

/// [`brier_all`] as a rule for records.
#[derive(Debug)]
pub(super) struct BrierAll;

impl ScoringRule for BrierAll {
    fn id(&self) -> &'static str {
        "brier_all"
    }
    fn name(&self) -> &'static str {
        "Brier score over all classes (0 to 2)"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Binary, Takes::Categorical, Takes::Ordinal]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn bound(&self) -> Option<f64> {
        Some(2.0)
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        match case {
            Case::Binary { probability, happened } => Ok((2.0 * brier(*probability, *happened)).into()),
            Case::Classes { probabilities, outcome, .. } => {
                brier_all(probabilities, *outcome).map(Score::from).ok_or(Unfit::Kind)
            }
            _ => Err(Unfit::Kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_all_class_score_of_two_classes_is_twice_the_score_of_one() {
        for p in [0.0, 0.2, 0.5, 1.0] {
            let all = brier_all(&[1.0 - p, p], 1).expect("there is a class 1");
            assert!((all - 2.0 * brier(p, true)).abs() < 1e-15);
        }
    }

    #[test]
    fn the_fair_score_averages_to_the_score_of_the_distribution_sampled() {
        // All 2^4 ensembles of four draws of a coin with p = 0.3; the exact mean of the fair score must be (p - y)².
        let p: f64 = 0.3;
        for happened in [false, true] {
            let mean: f64 = (0..16_u32)
                .map(|bits| {
                    let draws: Vec<f64> = (0..4).map(|at| f64::from((bits >> at) & 1)).collect();
                    let ones = bits.count_ones() as i32;
                    let chance = p.powi(ones) * (1.0 - p).powi(4 - ones);
                    chance * brier_ensemble_fair(&draws, f64::from(u8::from(happened)), 0.5).expect("four draws")
                })
                .sum();
            assert!((mean - brier(p, happened)).abs() < 1e-14);
        }
    }
}
