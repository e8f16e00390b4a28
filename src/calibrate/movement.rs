//! Whether a forecaster's changes of mind are as large as what they learned: movement of belief against reduction of uncertainty.

use crate::math::student;
use crate::score::clustered_mean;
use serde::Serialize;
use std::collections::BTreeMap;

/// How much a belief moved, and how much uncertainty went away meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct Movement {
    /// The sum of squared changes.
    pub movement: f64,
    /// Uncertainty at the start less that at the end; below 0 where the last is nearer to 1/2 than the first.
    pub reduction: f64,
}

impl Movement {
    /// Of one change from a probability to the next.
    #[must_use]
    pub fn of_step(from: f64, to: f64) -> Self {
        Self { movement: (to - from) * (to - from), reduction: from * (1.0 - from) - to * (1.0 - to) }
    }

    /// Of the probabilities that a forecaster stated one after another; the answer, 1 or 0, may stand at the end.
    ///
    /// ```text
    /// movement = sum_t (p_{t+1} - p_t)²        reduction = p_0 (1 - p_0) - p_T (1 - p_T)
    /// movement - reduction = sum_t (p_{t+1} - p_t) (1 - 2 p_t)
    /// ```
    ///
    /// Both add up over the steps. For beliefs that are a martingale – those of anybody who takes in what they learn as they should – each
    /// step of the difference has mean 0, whatever is learned and however often one speaks.
    ///
    /// ```
    /// use foretell::calibrate::Movement;
    ///
    /// let found = Movement::of_path(&[0.5, 0.7, 0.4, 1.0]); // 0.04 + 0.09 + 0.36, and 0.25 - 0
    /// assert!((found.movement - 0.49).abs() < 1e-15 && (found.reduction - 0.25).abs() < 1e-15);
    /// ```
    ///
    /// Augenblick and Rabin (2021), Q. J. Econ. 136, 933–985, proposition 1.
    #[must_use]
    pub fn of_path(probabilities: &[f64]) -> Self {
        probabilities.windows(2).map(|pair| Self::of_step(pair[0], pair[1])).fold(Self::default(), Self::and)
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { movement: self.movement + other.movement, reduction: self.reduction + other.reduction }
    }
}

/// Mean movement against mean reduction of uncertainty, with the test that they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MovementTest {
    /// Questions.
    pub questions: usize,
    /// Clusters of questions that share their fate.
    pub clusters: usize,
    /// Mean movement of a question.
    pub movement: f64,
    /// Mean reduction of uncertainty of a question.
    pub reduction: f64,
    /// Movement by reduction: above 1 for too much movement, below 1 for too little. `None` where uncertainty did not fall.
    pub ratio: Option<f64>,
    /// Lower end of its 95 % interval (Fieller's); `None` with fewer than two clusters, or where the reduction is not surely above 0.
    pub ratio_lower: Option<f64>,
    /// Upper end.
    pub ratio_upper: Option<f64>,
    /// Movement less reduction, 0 on average for beliefs that are a martingale.
    pub excess: f64,
    /// Its standard error over clusters; `None` with fewer than two.
    pub standard_error: Option<f64>,
    /// Lower end of its 95 % interval by Student's t over clusters.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// The excess by its standard error.
    pub statistic: Option<f64>,
    /// The chance of an excess as far from 0 for beliefs that are a martingale: two-sided, Student's t with one degree of freedom less
    /// than there are clusters.
    pub p: Option<f64>,
}

/// The test that movement and reduction of uncertainty have the same mean, by questions in clusters.
///
/// ```text
/// x_i = movement_i - reduction_i        t = mean(x) / se        se robust to clusters, G - 1 degrees of freedom
/// ```
///
/// The interval of the ratio is Fieller's: all θ for which the mean of `movement - θ reduction` is within `t` standard errors of 0; it
/// holds 1 exactly if the interval of the excess holds 0. `level` is that of both. `clusters` labels each question with the number
/// of its cluster. `None` when there are no questions or the lengths differ.
///
/// Augenblick and Rabin (2021), section 3; Fieller (1954), J. R. Stat. Soc. B 16, 175–185.
#[must_use]
pub fn movement_test(questions: &[Movement], clusters: &[usize], level: f64) -> Option<MovementTest> {
    let excess: Vec<f64> = questions.iter().map(|of| of.movement - of.reduction).collect();
    let mean = clustered_mean(&excess, clusters)?;
    let degrees = mean.clusters as f64 - 1.0;
    let reach = student::quantile(degrees, 0.5 * (1.0 + level));
    let half = mean.standard_error.zip(reach).map(|(error, reach)| error * reach);
    let p = mean.standard_error.map(|error| {
        if mean.mean == 0.0 {
            1.0
        } else if error > 0.0 {
            2.0 * student::cdf(degrees, -(mean.mean / error).abs())
        } else {
            0.0
        }
    });
    let n = questions.len() as f64;
    let movement = questions.iter().map(|of| of.movement).sum::<f64>() / n;
    let reduction = questions.iter().map(|of| of.reduction).sum::<f64>() / n;
    let ends = reach.and_then(|reach| fieller(questions, clusters, (movement, reduction), reach));
    Some(MovementTest {
        questions: questions.len(),
        clusters: mean.clusters,
        movement,
        reduction,
        ratio: (reduction > 0.0).then(|| movement / reduction),
        ratio_lower: ends.map(|ends| ends.0),
        ratio_upper: ends.map(|ends| ends.1),
        excess: mean.mean,
        standard_error: mean.standard_error,
        lower: half.map(|half| mean.mean - half),
        upper: half.map(|half| mean.mean + half),
        statistic: mean.standard_error.filter(|error| *error > 0.0).map(|error| mean.mean / error),
        p,
    })
}

/// The ratios that are not further than `reach` standard errors from the means; `None` where they have no end.
fn fieller(questions: &[Movement], clusters: &[usize], mean: (f64, f64), reach: f64) -> Option<(f64, f64)> {
    let (movement, reduction) = mean;
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (of, cluster) in questions.iter().zip(clusters) {
        let sum = sums.entry(*cluster).or_default();
        sum.0 += of.movement - movement;
        sum.1 += of.reduction - reduction;
    }
    let (groups, n) = (sums.len() as f64, questions.len() as f64);
    let scale = reach * reach * groups / (groups - 1.0) / (n * n);
    let of = |product: fn(&(f64, f64)) -> f64| scale * sums.values().map(product).sum::<f64>();
    // θ² a - 2 θ b + c <= 0
    let a = reduction * reduction - of(|sum| sum.1 * sum.1);
    let b = movement * reduction - of(|sum| sum.0 * sum.1);
    let c = movement * movement - of(|sum| sum.0 * sum.0);
    if reduction <= 0.0 || a <= 0.0 {
        return None;
    }
    // Not negative in exact arithmetic: the ratio of the means is always among them.
    let root = (b * b - a * c).max(0.0).sqrt();
    Some((((b - root) / a).max(0.0), (b + root) / a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{SplitMix, logistic, logit, normal};

    #[test]
    fn steps_add_up_to_the_path_and_to_the_formula_of_the_difference() {
        let path = [0.5, 0.7, 0.4, 1.0];
        let found = Movement::of_path(&path);
        let difference: f64 = path.windows(2).map(|pair| (pair[1] - pair[0]) * (1.0 - 2.0 * pair[0])).sum();
        assert!((found.movement - found.reduction - difference).abs() < 1e-15);
        assert_eq!(Movement::of_path(&[0.3]), Movement::default());
        // As stated only: 0.04 + 0.09 moved, and from 0.25 to 0.24 reduced.
        let stated = Movement::of_path(&path[..3]);
        assert!((stated.movement - 0.13).abs() < 1e-15 && (stated.reduction - 0.01).abs() < 1e-15, "{stated:?}");
    }

    /// Three questions, worked out by hand.
    #[test]
    fn a_small_example_has_the_figures_worked_out_by_hand() {
        let questions = [[0.5, 0.7, 0.4, 1.0].as_slice(), &[0.5, 0.3, 0.0], &[0.25, 0.2, 0.0]].map(Movement::of_path);
        // Movements 0.49, 0.13, 0.0425; reductions 0.25, 0.25, 0.1875.
        let found = movement_test(&questions, &[0, 1, 2], 0.95).expect("three questions");
        let excess: [f64; 3] = [0.24, -0.12, -0.145];
        let mean = excess.iter().sum::<f64>() / 3.0;
        let error = (excess.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 2.0 / 3.0).sqrt();
        assert!((found.excess - mean).abs() < 1e-15, "{found:?}");
        assert!((found.standard_error.expect("three clusters") - error).abs() < 1e-15);
        assert!((found.ratio.expect("uncertainty fell") - 0.6625 / 0.6875).abs() < 1e-14);
        // Student's t with two degrees of freedom: P(|T| > t) = 1 - t / sqrt(t² + 2).
        let t = (mean / error).abs();
        assert!((found.p.expect("three clusters") - (1.0 - t / (t * t + 2.0).sqrt())).abs() < 1e-12);
        assert_eq!(movement_test(&[], &[], 0.95), None);
        assert_eq!(movement_test(&questions, &[0], 0.95), None);
        let one = movement_test(&questions[..1], &[0], 0.95).expect("one question");
        assert_eq!((one.p, one.lower, one.ratio_lower), (None, None, None));
        assert!((one.ratio.expect("uncertainty fell") - 1.96).abs() < 1e-12);
    }

    /// Beliefs in whether a random walk ends above its start, seen at `looks` times, and whether it did.
    fn walk(stream: &mut SplitMix, looks: usize) -> Vec<f64> {
        let step = 1.0 / (looks + 1) as f64;
        let mut at = normal::quantile(stream.inner_unit()) * 0.7;
        let mut path = Vec::new();
        for look in 0..=looks {
            let left = 1.0 - step * look as f64;
            path.push(normal::cdf(at / left.sqrt()));
            at += step.sqrt() * normal::quantile(stream.inner_unit());
        }
        path.push(f64::from(u8::from(at > 0.0)));
        path
    }

    fn test_of(seed: u64, questions: usize, bend: impl Fn(f64) -> f64) -> MovementTest {
        let mut stream = SplitMix::of_replicate(21, seed);
        let of = |_| {
            let path: Vec<f64> = walk(&mut stream, 6).into_iter().map(&bend).collect();
            Movement::of_path(&path)
        };
        let found: Vec<Movement> = (0..questions).map(of).collect();
        let clusters: Vec<usize> = (0..questions).collect();
        movement_test(&found, &clusters, 0.95).expect("questions")
    }

    /// 2,000 panels of 80 questions: alarms at a rate of 5 % number from 56 to 151 but for 1e-6 of the time (binomial).
    #[test]
    fn martingales_are_accused_as_often_as_the_level_says() {
        let (mut alarms, mut outside) = (0, 0);
        for seed in 0..2000 {
            let found = test_of(seed, 80, |p| p);
            let alarm = found.p.expect("eighty clusters") < 0.05;
            alarms += usize::from(alarm);
            let ends = found.ratio_lower.zip(found.ratio_upper).expect("uncertainty surely falls");
            outside += usize::from(ends.0 > 1.0 || ends.1 < 1.0);
            assert_eq!(alarm, ends.0 > 1.0 || ends.1 < 1.0, "both intervals say the same: {found:?}");
        }
        assert!((56..=151).contains(&alarms) && outside == alarms, "{alarms} of 2000");
    }

    #[test]
    fn too_much_and_too_little_movement_are_seen() {
        let bent = |factor: f64| move |p: f64| if p > 0.0 && p < 1.0 { logistic(factor * logit(p)) } else { p };
        for seed in 0..5 {
            let wild = test_of(seed, 400, bent(1.8));
            assert!(wild.p.expect("clusters") < 0.01 && wild.ratio.expect("falls") > 1.1, "{wild:?}");
            let dull = test_of(seed, 400, bent(0.5));
            assert!(dull.p.expect("clusters") < 0.01 && dull.ratio.expect("falls") < 0.9, "{dull:?}");
        }
    }

    #[test]
    fn clusters_count_and_not_questions() {
        let mut stream = SplitMix::of_replicate(22, 0);
        let questions: Vec<Movement> = (0..20).map(|_| Movement::of_path(&walk(&mut stream, 3))).collect();
        let alone: Vec<usize> = (0..20).collect();
        let twice: Vec<Movement> = questions.iter().chain(&questions).copied().collect();
        let clusters: Vec<usize> = alone.iter().chain(&alone).copied().collect();
        let (once, again) = (movement_test(&questions, &alone, 0.95), movement_test(&twice, &clusters, 0.95));
        let (once, again) = (once.expect("twenty"), again.expect("forty"));
        assert!((once.p.expect("p") - again.p.expect("p")).abs() < 1e-12, "{once:?} {again:?}");
        assert!((once.ratio_upper.expect("falls") - again.ratio_upper.expect("falls")).abs() < 1e-9);
    }
}
