//! Intervals of figures that chance makes too high.

use crate::math::sorted_quantile;
use serde::Serialize;

/// A figure with its interval by the cluster bootstrap; no ends with fewer than ten clusters.
///
/// Where fewer than ten clusters hold a yes, or a no, the interval is stretched to what the figure would be at other chances that so few outcomes do
/// not rule out: the isotonic fit scaled to the ends of the exact interval of the share of yes, and the forecasts themselves, unless refuted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// The lower end.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
}

impl Estimate {
    /// The same, without ends where every draw gave one figure: that tells nothing of chance.
    pub(super) fn with_width(self) -> Self {
        if self.lower < self.upper { self } else { Self { lower: None, upper: None, ..self } }
    }
}

/// The interval of a figure from its draws, about the figure less its bias.
///
/// ```text
/// lower = v - β - (q_hi - m)    upper = v - b + (m - q_lo)        m the mean of the draws, b = m - v, β = max(b, optimism)
/// ```
///
/// held to `range`. MCB, DSC and the calibration errors come out too high, and higher still when data are drawn twice: percentiles of the
/// draws would all lie above the truth of a calibrated forecaster. `optimism` is what the isotonic fit gains by chance alone, which
/// is MCB under calibration, and 0 for figures without such a fit: then the interval is the draws reflected about the figure. With many
/// different probabilities the draws show only about half of the bias; the lower end takes the larger estimate, the upper end the
/// draws'. A test of this file holds the share of intervals that hold the truth. No ends without draws.
pub(super) fn estimate(value: f64, draws: &[f64], optimism: f64, range: (f64, f64), level: f64) -> Estimate {
    let mut drawn: Vec<f64> = draws.iter().copied().filter(|draw| draw.is_finite()).collect();
    if drawn.is_empty() {
        return Estimate { value, lower: None, upper: None };
    }
    drawn.sort_by(f64::total_cmp);
    let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
    let bias = mean - value;
    let most_bias = if optimism > 0.0 { bias.max(optimism) } else { bias };
    let lower = value - most_bias + mean - sorted_quantile(&drawn, 0.5 * (1.0 + level));
    let upper = value - bias + mean - sorted_quantile(&drawn, 0.5 * (1.0 - level));
    Estimate {
        value,
        lower: Some(lower.clamp(range.0, range.1)),
        upper: Some(upper.max(lower).clamp(range.0, range.1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::Sample;
    use crate::calibrate::resample::{observed, redrawn_answers, redrawn_clusters};
    use crate::math::{SplitMix, logistic, logit};

    /// How often the intervals of MCB and DSC hold the truth when probabilities, even over a grid, come true as `truth` says, in clusters
    /// of so many questions that share one draw of chance.
    fn held(truth: impl Fn(f64) -> f64, size: usize) -> [f64; 2] {
        let (questions, simulations) = (200 / size * size, 400);
        let grid: Vec<f64> = (0..200).map(|at| (f64::from(at) + 0.5) / 200.0).collect();
        let mean = |of: &dyn Fn(f64) -> f64| grid.iter().map(|p| of(*p)).sum::<f64>() / 200.0;
        let base = mean(&|p| truth(p));
        let truths = [mean(&|p| (p - truth(p)) * (p - truth(p))), mean(&|p| (base - truth(p)) * (base - truth(p)))];
        let mut held = [0.0; 2];
        for simulation in 0..simulations {
            let mut stream = SplitMix::of_replicate(99, simulation);
            let (mut said, mut happened, mut clusters) = (Vec::new(), Vec::new(), Vec::new());
            for cluster in 0..questions / size {
                // All questions of a cluster share the number that decides them.
                let decides = stream.unit();
                for _ in 0..size {
                    let p = grid[stream.below(200)];
                    said.push(p);
                    happened.push(decides < truth(p));
                    clusters.push(cluster);
                }
            }
            let sample = Sample::of_pairs(&said, &happened, &clusters).expect("well formed");
            let seen = observed(&sample, 10).expect("there are forecasts");
            let again = redrawn_clusters(&sample, 10, 200, simulation);
            let calibrated = redrawn_answers(&sample, 10, 100, simulation, &[], 0.9).figures;
            let optimism = calibrated.iter().map(|draw| draw.brier[1]).sum::<f64>() / 100.0;
            for at in 0..2 {
                let draws: Vec<f64> = again.iter().map(|draw| draw.brier[at + 1]).collect();
                let interval = estimate(seen.brier[at + 1], &draws, optimism, (0.0, f64::INFINITY), 0.95);
                let (lower, upper) = (interval.lower.expect("many clusters"), interval.upper.expect("many clusters"));
                held[at] += f64::from(u8::from(lower <= truths[at] && truths[at] <= upper)) / simulations as f64;
            }
        }
        held
    }

    #[test]
    fn intervals_hold_the_truth_about_as_often_as_they_say() {
        for (name, shares) in [
            ("calibrated", held(|p| p, 1)),
            ("overconfident", held(|p| logistic(0.6 * logit(p)), 1)),
            ("calibrated, clusters of four", held(|p| p, 4)),
        ] {
            // Of 400 intervals that hold the truth in 93 % fewer than 86.25 % do so with a chance below 1e-6.
            assert!(shares.iter().all(|share| *share >= 0.8625), "{name}: {shares:?}");
        }
    }

    #[test]
    fn without_draws_there_are_no_ends() {
        assert_eq!(estimate(0.1, &[], 0.0, (0.0, 1.0), 0.95), Estimate { value: 0.1, lower: None, upper: None });
    }
}
