//! The mean with weights that fall with age, at a rate fitted to the past.

use super::linear::linear;
use super::method::{PoolMethod, Pooling, Said, probabilities};
use super::past::Past;
use super::penalty::Penalty;
use crate::math::{exp2, ln};

/// Half-lives that are tried, in days; besides, no decay at all.
const HALF_LIVES: [f64; 17] =
    [0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 30.0, 45.0, 60.0, 90.0, 180.0, 365.0, 730.0];

/// The pull, in questions: as if so many questions had been met best by equal weights.
const PULL: f64 = 1.0;

/// The half-life, in days, with which forecasts that are weighted by their age would have scored best.
///
/// ```text
/// minimise  1/n sum_i (S(p_i(h), y_i) + 1/n KL(w_i || equal))        p_i(h) = sum_j w_ij p_ij        w_ij proportional to 2^(-age_ij / h)
/// ```
///
/// The age is that behind the newest forecast on the question; `S` is the Brier or the logarithmic score, n the number of questions, KL the
/// divergence of the weights from equal ones. Half-lives from six hours to two years are tried. Infinite where no decay is best; `None` where there are no
/// questions or on none do ages differ.
///
/// Decay of old forecasts in a crowd: Atanasov et al. (2017), Manag. Sci. 63, 691–706.
#[must_use]
pub fn fitted_half_life(past: &Past<'_>, penalty: Penalty) -> Option<f64> {
    let differ = |said: &[Said]| said.iter().any(|of| of.made_at.to_bits() != said[0].made_at.to_bits());
    if !past.questions.iter().any(|question| differ(&question.said)) {
        return None;
    }
    let n = past.questions.len() as f64;
    let loss = |half_life: f64| {
        let of = |said: &[Said], happened: bool| {
            let weights = weights(said, half_life);
            let pooled = linear(&probabilities(said), Some(&weights)).unwrap_or(0.5);
            penalty.of(pooled, happened) + PULL / n * divergence(&weights) / penalty.in_brier()
        };
        past.questions.iter().map(|question| of(&question.said, question.happened)).sum::<f64>()
    };
    let mut best = (f64::INFINITY, loss(f64::INFINITY));
    for half_life in HALF_LIVES {
        let found = loss(half_life);
        if found < best.1 {
            best = (half_life, found);
        }
    }
    Some(best.0)
}

/// The weights of forecasts by age, the newest weighing 1.
fn weights(said: &[Said], half_life: f64) -> Vec<f64> {
    let newest = said.iter().map(|said| said.made_at).fold(f64::NEG_INFINITY, f64::max);
    said.iter().map(|said| exp2((said.made_at - newest) / half_life)).collect()
}

/// The Kullback-Leibler divergence of weights from equal ones, in nats.
fn divergence(weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let count = weights.len() as f64;
    let shares = weights.iter().map(|weight| weight / total).filter(|share| *share > 0.0);
    shares.map(|share| share * ln(share * count)).sum()
}

/// The mean by fitted recency, as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecencyFitted;

#[derive(Debug, Clone, Copy)]
struct Decayed {
    half_life: f64,
}

impl PoolMethod for RecencyFitted {
    fn name(&self) -> &'static str {
        "recency-fitted"
    }

    fn about(&self) -> &'static str {
        "the mean with weights that halve with age, at a half-life fitted to the past"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("questions with forecasts of different days")
    }

    fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Decayed { half_life: fitted_half_life(past, penalty)? }))
    }
}

impl Pooling for Decayed {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        linear(&probabilities(oldest_first), Some(&weights(oldest_first, self.half_life)))
    }

    fn learned(&self) -> Option<String> {
        let days = self.half_life;
        Some(if days.is_finite() { format!("half-life {days} days") } else { "no decay with age".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::pool::History;
    use crate::pool::past::testing::{history, said};

    /// A chance that drifts: each forecast is the chance on its day, with noise. Five forecasters, 0 to `apart` days old.
    fn drifting(seed: u64, drift: f64, count: usize) -> History {
        let mut stream = SplitMix::of_replicate(32, seed);
        let mut rows: Vec<(Vec<f64>, bool)> = Vec::new();
        for _ in 0..count {
            let mut chance: f64 = 0.2 + 0.6 * stream.unit();
            let mut row = Vec::new();
            for _ in 0..5 {
                chance = (chance + drift * (stream.unit() - 0.5)).clamp(0.0, 1.0);
                row.push((chance + 0.3 * (stream.unit() - 0.5)).clamp(0.0, 1.0));
            }
            rows.push((row, stream.unit() < chance));
        }
        let rows: Vec<(&[f64], bool)> = rows.iter().map(|(row, came)| (row.as_slice(), *came)).collect();
        let mut history = history(&rows);
        for question in &mut history.questions {
            question.said.iter_mut().enumerate().for_each(|(at, said)| said.made_at = 10.0 * at as f64);
        }
        history
    }

    #[test]
    fn what_drifts_fast_is_forgotten_and_what_stays_is_kept() {
        let mut forgotten = 0;
        for seed in 0..10 {
            let fast = fitted_half_life(&drifting(seed, 0.8, 400).past(), Penalty::Brier).expect("ages differ");
            assert!(fast <= 21.0, "{fast}");
            let still = fitted_half_life(&drifting(seed, 0.0, 400).past(), Penalty::Brier).expect("ages differ");
            forgotten += usize::from(still < 21.0);
        }
        assert!(forgotten <= 2, "{forgotten} of ten stand still and are forgotten");
        let same_day = history(&[(&[0.2, 0.4], true), (&[0.1, 0.9], false)]);
        assert_eq!(fitted_half_life(&same_day.past(), Penalty::Brier), None);
    }

    #[test]
    fn a_weight_halves_in_a_half_life() {
        let mut three = said(&[0.0, 0.5, 1.0]);
        three.iter_mut().zip([0.0, 10.0, 20.0]).for_each(|(said, day)| said.made_at = day);
        let pool = Decayed { half_life: 10.0 };
        // Weights 1/4, 1/2, 1.
        assert!((pool.pool(&three).expect("three") - 1.25 / 1.75).abs() < 1e-15);
        assert_eq!(Decayed { half_life: f64::INFINITY }.pool(&three), Some(0.5));
        // Ages of centuries leave the newest.
        three[0].made_at = -1e6;
        assert!(pool.pool(&three).is_some_and(f64::is_finite));
    }
}
