//! Whether a forecaster's changes of mind are as large as what they learned: movement of belief against reduction of uncertainty.

use crate::math::{cbrt, normal, student};
use crate::score::clustered_mean;
use serde::Serialize;
use std::collections::BTreeMap;

/// Halvings when an end of the interval of a ratio is looked for, and doublings of the ratio until it is taken to have no upper end.
const HALVINGS: usize = 50;
const DOUBLINGS: u32 = 10;

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
    /// Lower end of its 95 % interval; `None` with fewer than two clusters.
    pub ratio_lower: Option<f64>,
    /// Upper end; `None` also where the reduction is not surely above 0, so that no ratio is too large.
    pub ratio_upper: Option<f64>,
    /// Movement less reduction, 0 on average for beliefs that are a martingale.
    pub excess: f64,
    /// Its standard error over clusters; `None` with fewer than two.
    pub standard_error: Option<f64>,
    /// Lower end of its 95 % interval by Hall's t over clusters.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Hall's t: the excess by its standard error, rid of skewness.
    pub statistic: Option<f64>,
    /// The chance of an excess as far from 0 for beliefs that are a martingale: two-sided, Student's t with one degree of freedom less
    /// than there are clusters, and no smaller than under the variance that the forecasts promise.
    pub p: Option<f64>,
}

/// One question of a [`movement_test`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MovementCase {
    /// What moved, and what uncertainty went away.
    pub movement: Movement,
    /// The first probability.
    pub first: f64,
    /// The number of its cluster.
    pub cluster: usize,
}

impl MovementCase {
    /// Of the probabilities that were stated one after another, the answer at the end if it counts. `None` if there are none.
    #[must_use]
    pub fn of_path(probabilities: &[f64], cluster: usize) -> Option<Self> {
        Some(Self { movement: Movement::of_path(probabilities), first: *probabilities.first()?, cluster })
    }

    /// The variance of movement less reduction that the first forecast promises: `reduction (1 - 2 first)²`.
    fn promised(&self) -> f64 {
        self.movement.reduction.max(0.0) * (1.0 - 2.0 * self.first) * (1.0 - 2.0 * self.first)
    }
}

/// The test that movement and reduction of uncertainty have the same mean, by questions in clusters.
///
/// ```text
/// x_i = movement_i - reduction_i        a = mean(x) / s        s² = G/(G-1) sum_g u_g² / G        u_g = G/n sum_{i in g} (x_i - mean(x))
/// t = √G (a + γ a²/3 + γ² a³/27 + γ/(6 G))        γ = sum_g u_g³ / (G s³)
/// ```
///
/// G clusters, n questions. A belief far from 1/2 makes x small and often below 0 or large and seldom above it; Hall's transformation takes
/// that skewness out of Student's t, which without it accuses of too little movement too often. The interval of the ratio is that of all θ
/// for which `movement - θ reduction` passes the same test, after Fieller's idea; it holds 1 if the interval of the excess holds 0. `level` is
/// that of both.
///
/// Where hardly anything that was unlikely has happened yet, all x are small and alike, and their spread says nothing of what may come. So p is
/// no smaller than that of the same mean under the variance that first forecasts promise: `z = sum x_i / √(sum reduction_i (1 - 2 first_i)²)`,
/// since the squares of the steps have the mean of the reduction. It can then be above 5 % where the intervals leave out 1 and 0. `None` when
/// there are no questions.
///
/// Augenblick and Rabin (2021), section 3; Hall (1992), J. R. Stat. Soc. B 54, 221–228; Fieller (1954), J. R. Stat. Soc. B 16, 175–185.
#[must_use]
pub fn movement_test(cases: &[MovementCase], level: f64) -> Option<MovementTest> {
    let clusters: Vec<usize> = cases.iter().map(|case| case.cluster).collect();
    let questions: Vec<Movement> = cases.iter().map(|case| case.movement).collect();
    let excess = |theta: f64| -> Vec<f64> { questions.iter().map(|of| of.movement - theta * of.reduction).collect() };
    let mean = clustered_mean(&excess(1.0), &clusters)?;
    let seen = Skewed::new(&excess(1.0), &clusters);
    let degrees = mean.clusters as f64 - 1.0;
    let reach = student::quantile(degrees, 0.5 * (1.0 + level));
    let ends = seen.as_ref().zip(reach).map(|(seen, reach)| seen.ends(reach));
    let statistic = seen.as_ref().and_then(Skewed::statistic);
    let n = questions.len() as f64;
    let promised = cases.iter().map(MovementCase::promised).sum::<f64>().sqrt() / n;
    let p = seen.as_ref().and_then(|seen| match statistic {
        Some(statistic) => Some(2.0 * student::cdf(degrees, -statistic.abs())),
        None if seen.mean == 0.0 => Some(1.0),
        // Clusters that all say the same show no spread to be tested by; what is promised may still do so.
        None => (promised > 0.0).then_some(0.0),
    });
    let p = p.map(|p| if promised > 0.0 { p.max(2.0 * normal::cdf(-(mean.mean / promised).abs())) } else { p });
    let movement = questions.iter().map(|of| of.movement).sum::<f64>() / n;
    let reduction = questions.iter().map(|of| of.reduction).sum::<f64>() / n;
    let ratio = (reduction > 0.0).then(|| movement / reduction);
    let at = |theta: f64| Skewed::new(&excess(theta), &clusters)?.statistic();
    let ratio_ends = ratio.zip(reach).map(|(ratio, reach)| ends_of_ratio(ratio, reach, at));
    Some(MovementTest {
        questions: questions.len(),
        clusters: mean.clusters,
        movement,
        reduction,
        ratio,
        ratio_lower: ratio_ends.and_then(|ends| ends.0),
        ratio_upper: ratio_ends.and_then(|ends| ends.1),
        excess: mean.mean,
        standard_error: mean.standard_error,
        lower: ends.map(|ends| ends.0),
        upper: ends.map(|ends| ends.1),
        statistic,
        p,
    })
}

/// A mean over clusters whose values may lie askew.
#[derive(Debug)]
struct Skewed {
    mean: f64,
    /// Standard deviation of a cluster.
    deviation: f64,
    skewness: f64,
    groups: f64,
}

impl Skewed {
    /// `None` with fewer than two clusters.
    fn new(values: &[f64], clusters: &[usize]) -> Option<Self> {
        let clustered = clustered_mean(values, clusters)?;
        let (n, groups) = (values.len() as f64, clustered.clusters as f64);
        let deviation = clustered.standard_error? * groups.sqrt();
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for (value, cluster) in values.iter().zip(clusters) {
            *sums.entry(*cluster).or_insert(0.0) += groups / n * (value - clustered.mean);
        }
        let cubes: f64 = sums.values().map(|sum| (sum / deviation) * (sum / deviation) * (sum / deviation)).sum();
        let skewness = if deviation > 0.0 { cubes / groups } else { 0.0 };
        Some(Self { mean: clustered.mean, deviation, skewness, groups })
    }

    /// Hall's t; `None` where the values do not differ.
    fn statistic(&self) -> Option<f64> {
        if self.deviation <= 0.0 {
            return None;
        }
        let (a, bend) = (self.mean / self.deviation, self.skewness);
        let taken = a + bend * a * a / 3.0 + bend * bend * a * a * a / 27.0 + bend / (6.0 * self.groups);
        Some(self.groups.sqrt() * taken)
    }

    /// The means that are not further away than `reach`: the inverse of the same transformation.
    fn ends(&self, reach: f64) -> (f64, f64) {
        let bend = self.skewness;
        let back = |y: f64| {
            let y = y - bend / (6.0 * self.groups);
            // For a skewness near 0 the cube root loses its digits and the transformation is the identity.
            if bend.abs() < 1e-6 { y } else { 3.0 / bend * (cbrt(1.0 + bend * y) - 1.0) }
        };
        let y = reach / self.groups.sqrt();
        (self.mean - self.deviation * back(y), self.mean - self.deviation * back(-y))
    }
}

/// Where the statistic of `movement - θ reduction` falls through `reach` and through `-reach`, as θ grows; `None` where it never does. The
/// lower end is 0 where no ratio is too small.
fn ends_of_ratio(ratio: f64, reach: f64, at: impl Fn(f64) -> Option<f64>) -> (Option<f64>, Option<f64>) {
    let falls = |mut low: f64, mut high: f64, to: f64| {
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if at(middle).is_some_and(|statistic| statistic > to) { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    let lower = match at(0.0) {
        Some(statistic) if statistic > reach => Some(falls(0.0, ratio, reach)),
        other => other.map(|_| 0.0),
    };
    let beyond = (1..=DOUBLINGS).map(|times| ratio * f64::from(1_u32 << times));
    let beyond = beyond.into_iter().find(|theta| at(*theta).is_some_and(|statistic| statistic < -reach));
    (lower, beyond.map(|high| falls(ratio, high, -reach)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{SplitMix, exp_m1, ln_1p, logistic, logit};
    use std::io::Write as _;

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
        let paths = [[0.5, 0.7, 0.4, 1.0].as_slice(), &[0.5, 0.3, 0.0], &[0.25, 0.2, 0.0]];
        let case = |at: usize| MovementCase::of_path(paths[at], at).expect("it is not empty");
        let questions = [case(0), case(1), case(2)];
        // Movements 0.49, 0.13, 0.0425; reductions 0.25, 0.25, 0.1875.
        let found = movement_test(&questions, 0.95).expect("three questions");
        let excess: [f64; 3] = [0.24, -0.12, -0.145];
        let mean = excess.iter().sum::<f64>() / 3.0;
        let error = (excess.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 2.0 / 3.0).sqrt();
        assert!((found.excess - mean).abs() < 1e-15, "{found:?}");
        assert!((found.standard_error.expect("three clusters") - error).abs() < 1e-15);
        assert!((found.ratio.expect("uncertainty fell") - 0.6625 / 0.6875).abs() < 1e-14);
        // Hall's t of the definition, and Student's with two degrees of freedom: P(|T| > t) = 1 - t / sqrt(t² + 2).
        let (deviation, a) = (error * 3_f64.sqrt(), mean / (error * 3_f64.sqrt()));
        let skew = excess.iter().map(|x| (x - mean) * (x - mean) * (x - mean)).sum::<f64>() / 3.0 / deviation.powi(3);
        let t = 3_f64.sqrt() * (a + skew * a * a / 3.0 + skew * skew * a * a * a / 27.0 + skew / 18.0);
        assert!((found.statistic.expect("three clusters") - t).abs() < 1e-12, "{found:?}");
        let p = 1.0 - t.abs() / (t * t + 2.0).sqrt();
        assert!((found.p.expect("three clusters") - p).abs() < 1e-12, "{found:?}");
        assert_eq!(movement_test(&[], 0.95), None);
        let one = movement_test(&questions[..1], 0.95).expect("one question");
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
        let of = |at: usize| {
            let path: Vec<f64> = walk(&mut stream, 6).into_iter().map(&bend).collect();
            MovementCase::of_path(&path, at).expect("it is not empty")
        };
        let found: Vec<MovementCase> = (0..questions).map(of).collect();
        movement_test(&found, 0.95).expect("questions")
    }

    /// 2,000 panels of 80 questions: alarms at a rate of 5 % number from 56 to 151 but for 1e-6 of the time, and of either kind, at 2.5 %, from 21
    /// to 88 (binomial). Student's t without the transformation gives 109 of too little.
    #[test]
    fn martingales_are_accused_as_often_as_the_level_says() {
        let (mut much, mut little) = (0, 0);
        for seed in 0..2000 {
            let found = test_of(seed, 80, |p| p);
            let alarm = found.p.expect("eighty clusters") < 0.05;
            much += usize::from(alarm && found.excess > 0.0);
            little += usize::from(alarm && found.excess < 0.0);
            let ends = found.ratio_lower.zip(found.ratio_upper).expect("uncertainty surely falls");
            let outside = ends.0 > 1.0 || ends.1 < 1.0;
            assert!(outside || !alarm, "an alarm stands in the interval, too: {found:?}");
            let ends = found.lower.zip(found.upper).expect("eighty clusters");
            assert_eq!(outside, ends.0 > 0.0 || ends.1 < 0.0, "both intervals say the same: {found:?}");
        }
        writeln!(std::io::stderr(), "of 2000 panels {much} too much, {little} too little")
            .expect("the terminal takes it");
        assert!((56..=151).contains(&(much + little)), "{much} and {little} of 2000");
        assert!((21..=88).contains(&much) && (21..=88).contains(&little), "{much} and {little} of 2000");
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

    /// What is unlikely and has not happened yet is no fault: twenty questions whose chance of 8 % falls as time passes. Nothing happens on any of them in one
    /// panel of five, and their x are all alike then. At most 151 alarms in 2,000 as above.
    #[test]
    fn nothing_that_is_unlikely_need_have_happened() {
        let mut alarms = 0;
        for seed in 0..2000 {
            let mut stream = SplitMix::of_replicate(23, seed);
            let of = |at: usize| {
                let hazard = -ln_1p(-0.08) / 7.0;
                let mut path = Vec::new();
                let mut happened = 0.0;
                for left in (1..=7).rev() {
                    path.push(-exp_m1(-hazard * f64::from(left)));
                    happened = f64::from(u8::from(stream.unit() < -exp_m1(-hazard)));
                    if happened > 0.0 {
                        break;
                    }
                }
                path.push(happened);
                MovementCase::of_path(&path, at).expect("it is not empty")
            };
            let cases: Vec<MovementCase> = (0..20).map(of).collect();
            alarms += usize::from(movement_test(&cases, 0.95).and_then(|test| test.p).expect("twenty") < 0.05);
        }
        writeln!(std::io::stderr(), "of 2000 panels of what is unlikely {alarms}").expect("the terminal takes it");
        assert!(alarms <= 151, "{alarms}");
    }

    #[test]
    fn clusters_count_and_not_questions() {
        let mut stream = SplitMix::of_replicate(22, 0);
        let mut of = |at: usize| MovementCase::of_path(&walk(&mut stream, 3), at).expect("it is not empty");
        let questions: Vec<MovementCase> = (0..20).map(&mut of).collect();
        let twice: Vec<MovementCase> = questions.iter().chain(&questions).copied().collect();
        let (once, again) = (movement_test(&questions, 0.95), movement_test(&twice, 0.95));
        let (once, again) = (once.expect("twenty"), again.expect("forty"));
        let of = |found: &MovementTest| (found.statistic.expect("they differ"), found.ratio_upper.expect("falls"));
        assert!((of(&once).0 - of(&again).0).abs() < 1e-9, "{once:?} {again:?}");
        assert!((of(&once).1 - of(&again).1).abs() < 1e-9, "{once:?} {again:?}");
    }
}
