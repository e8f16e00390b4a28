//! What to expect of a pool that was chosen since the past shows a gain: that gain, drawn in.
//!
//! The plain mean is left only where the interval of the gain lies below 0. Where it was left the past's gain was large, by luck more often than
//! not if there is little to be gained, so the figure that chose is too good: by how much nobody can tell from one past. What is told here draws it in
//! by as much as is needed to make a gain that only just sufficed count as none.

use super::choice::Estimate;
use serde::Serialize;

/// What to expect of the pool that is used, on questions like those that were judged.
///
/// Where a recipe was chosen, d being the procedure's score less that of the plain mean and h half its 95 % interval:
///
/// ```text
/// against the mean   d (1 - (h/d)²) = d + h²/|d|        from d - h to d + 2h
/// ```
///
/// and the same is added to the score and to the difference from the best in training: h²/|d| to the figure, h to the upper end. Just beyond the
/// threshold nothing is left of the gain (d = -h), of one that is surer by far nearly all.
///
/// The factor is that of the non-negative garrote: Breiman (1995), Technometrics 37, 373–384. That figures which pass a test are too good: Zöllner and
/// Pritchard (2007), Am. J. Hum. Genet. 80, 605–615.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Expected {
    /// Its mean score.
    pub score: Estimate,
    /// That less the score of the plain mean; 0, whatever luck, where the plain mean is used.
    pub against_mean: Estimate,
    /// That less the score of the best in training.
    pub against_best: Option<Estimate>,
    /// By how much the past's figures are too good, as far as is told here: h²/|d|, and 0 where the plain mean is used or the recipe was named.
    pub drawn_by: f64,
}

impl Expected {
    /// The plain mean is used.
    pub(super) fn of_mean(score: Estimate, against_best: Option<Estimate>) -> Self {
        let none = Estimate { mean: 0.0, lower: Some(0.0), upper: Some(0.0) };
        Self { score, against_mean: none, against_best, drawn_by: 0.0 }
    }

    /// As the past shows it, for a recipe that was named, whatever the past.
    pub(super) fn as_seen(score: Estimate, against_mean: Estimate, against_best: Option<Estimate>) -> Self {
        Self { score, against_mean, against_best, drawn_by: 0.0 }
    }

    /// Drawn in, since the recipe was chosen for these figures. As it is, where they show no gain beyond error.
    #[must_use]
    pub(super) fn drawn_in(self) -> Self {
        let gain = -self.against_mean.mean;
        let Some(half) = self.against_mean.upper.map(|upper| upper + gain).filter(|half| *half < gain) else {
            return self;
        };
        let drawn_by = half * half / gain;
        let drawn = |of: Estimate| Estimate {
            mean: of.mean + drawn_by,
            lower: of.lower,
            upper: of.upper.map(|upper| upper + half),
        };
        Self {
            score: drawn(self.score),
            against_mean: drawn(self.against_mean),
            against_best: self.against_best.map(drawn),
            drawn_by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(mean: f64, half: f64) -> Estimate {
        Estimate { mean, lower: Some(mean - half), upper: Some(mean + half) }
    }

    fn drawn(gain: f64, half: f64) -> Expected {
        Expected::as_seen(with(0.2 - gain, 0.1), with(-gain, half), Some(with(0.01, 0.02))).drawn_in()
    }

    #[test]
    fn a_gain_that_just_sufficed_counts_as_none_and_a_sure_one_nearly_whole() {
        let just = drawn(0.0301, 0.03);
        assert!(just.against_mean.mean.abs() < 3e-4 && just.drawn_by > 0.0298, "{just:?}");
        let sure = drawn(0.3, 0.03);
        assert!((sure.against_mean.mean + 0.297).abs() < 1e-12, "{sure:?}");
        // A quarter is lost where the gain is twice what was needed; the score and the best in training move with it.
        let twice = drawn(0.06, 0.03);
        assert!((twice.against_mean.mean + 0.045).abs() < 1e-12, "{twice:?}");
        assert!((twice.score.mean - 0.155).abs() < 1e-12);
        assert!((twice.against_best.expect("there is one").mean - 0.025).abs() < 1e-12);
        let ends = (twice.against_mean.lower.expect("an end"), twice.against_mean.upper.expect("an end"));
        assert!((ends.0 + 0.09).abs() < 1e-12 && ends.1.abs() < 1e-12, "{ends:?}");
    }

    #[test]
    fn nothing_is_drawn_in_where_no_gain_chose() {
        for (gain, half) in [(0.01, 0.03), (-0.02, 0.01), (0.0, 0.0)] {
            let seen = Expected::as_seen(with(0.2 - gain, 0.1), with(-gain, half), None);
            assert_eq!(seen.drawn_in(), seen, "{gain} {half}");
        }
        let unsure = Estimate { mean: -0.1, lower: None, upper: None };
        let seen = Expected::as_seen(with(0.1, 0.1), unsure, None);
        assert_eq!(seen.drawn_in(), seen);
    }
}
