//! How much of the variance of a function each of its inputs carries: Sobol indices and Shapley effects, with their errors.
//!
//! Two samples `A` and `B` of all inputs are mixed: `A_b` is `A` with one input (or several) taken from `B`, `B_a` the other way round. With
//! `V` the variance of `f`,
//!
//! ```text
//! first order    Var(E[f | x_i]) / V     Var(E[f | x_i]) = E[(f(A) - f(A_b)) (f(B_a) - f(B))] / 2
//! total          E[Var(f | x_-i)] / V    E[Var(f | x_-i)] = E[(f(A) - f(A_b))²] / 2
//! Shapley        Σ over orders of  Var(E[f | x_1 .. x_i]) - Var(E[f | x_1 .. x_(i-1)]),  their mean, over V
//! ```
//!
//! All are means of products of differences. Where `f` is simulated, the two factors of a product come from different worlds, and the two values of
//! a difference from the same: so the noise within cancels, and that between has mean 0; nothing is biased by it.
//!
//! Inputs that hang together are drawn one given those before it, in an *order*; what is new in each draw is independent of all
//! before. In an order with an input first its first-order share is that of a function of independent inputs, in one with it last its total one is, and the
//! tails of an order give one term of its Shapley effect.
//!
//! Replicates are independent of each other; errors come from the spread between them, by the jackknife.
//!
//! Source: Azzini and Rosati (2021), Reliability Engineering & System Safety 213, 107647 (first order); Jansen (1999), Computer Physics
//! Communications 117, 35–43 (total); Song, Nelson and Staum (2016), SIAM/ASA J. Uncertainty Quantification 4, 1060–1083, and Goda (2021), Reliability
//! Engineering & System Safety 213, 107702 (Shapley).

use crate::math::{SplitMix, jackknife_error, student};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// A function of inputs, looked at in points where each input comes from one of two samples.
pub(super) trait Mixture: Sync {
    /// Why there is no value.
    type Failure: Send;

    /// How many inputs there are.
    fn inputs(&self) -> usize;

    /// Whether an input hangs together with others, so that it matters in which order they are drawn.
    fn hangs_together(&self, input: usize) -> bool;

    /// Its values at the points of a replicate, twice: from independent worlds, if it is simulated. `order` is that in which the inputs are drawn; `second`
    /// says of which inputs what is new comes from the second sample.
    fn values(&self, replicate: u64, order: &[usize], second: &[bool]) -> Result<Twice, Self::Failure>;
}

/// Two values at each point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Twice {
    /// From one set of worlds.
    pub(super) one: Vec<f64>,
    /// From another; empty where they are the same.
    pub(super) other: Vec<f64>,
}

impl Twice {
    /// Values without noise.
    pub(super) const fn exactly(values: Vec<f64>) -> Self {
        Self { one: values, other: Vec::new() }
    }

    fn other(&self) -> &[f64] {
        if self.other.is_empty() { &self.one } else { &self.other }
    }
}

/// A share of a variance, with its error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Share {
    /// The estimate: it can lie a little outside of 0 to 1.
    pub value: f64,
    /// Of the estimate; 0 where it is exact.
    pub standard_error: f64,
    /// Central 95 %.
    pub interval: (f64, f64),
}

impl Share {
    /// Without error.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        Self { value, standard_error: 0.0, interval: (value, value) }
    }

    /// From estimates that each leave out one of several replicates (jackknife), with an interval by Student's t.
    pub(super) fn jackknife(value: f64, without: &[f64]) -> Self {
        let standard_error = jackknife_error(without);
        let reach = student::quantile(without.len() as f64 - 1.0, 0.975).unwrap_or(f64::MAX) * standard_error;
        Self { value, standard_error, interval: (value - reach, value + reach) }
    }
}

/// What one input carries of a variance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct InputShares {
    /// First order: by how much of it the variance would be smaller in the mean, were this input known.
    pub first: Share,
    /// Total: what would be left of it in the mean, were all other inputs known.
    pub total: Share,
    /// Shapley effect: the part that is due to it, with what it shares with others dealt out evenly. They sum to 1.
    pub shapley: Share,
}

/// How much of the variance of a function each input carries.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct VarianceShares {
    /// The variance.
    pub variance: Share,
    /// One for each input, in their order.
    pub inputs: Vec<InputShares>,
    /// The shares that two inputs carry together beyond what each carries alone (second order), with the indices of the two; empty if they were not
    /// asked for.
    pub pairs: Vec<(usize, usize, Share)>,
}

/// What is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effort {
    pub(super) replicates: u64,
    /// Orders that each replicate walks through for the Shapley effects, beside each its reverse.
    pub(super) walks: usize,
    /// Whether pairs are looked at, too.
    pub(super) pairs: bool,
    pub(super) seed: u64,
}

/// What one replicate says.
struct Replicate {
    variance: f64,
    first: Vec<f64>,
    total: Vec<f64>,
    shapley: Vec<f64>,
    pairs: Vec<f64>,
}

/// The shares; `None` if the variance is not told apart from 0.
pub(super) fn estimate<M: Mixture>(subject: &M, effort: Effort) -> Result<Option<VarianceShares>, M::Failure> {
    let replicates: Vec<Replicate> = (0..effort.replicates)
        .into_par_iter()
        .map(|number| replicate(subject, effort, number))
        .collect::<Result<_, _>>()?;
    let variances: Vec<f64> = replicates.iter().map(|one| one.variance).collect();
    let variance = of_mean(&variances);
    // Four standard errors: beyond that a share of it says something.
    if variance.value <= 4.0 * variance.standard_error || variance.value <= 0.0 {
        return Ok(None);
    }
    let share = |of: &dyn Fn(&Replicate) -> f64| ratio(&replicates.iter().map(of).collect::<Vec<f64>>(), &variances);
    let inputs = (0..subject.inputs())
        .map(|at| InputShares {
            first: share(&|one| one.first[at]),
            total: share(&|one| one.total[at]),
            shapley: share(&|one| one.shapley[at]),
        })
        .collect();
    let pairs = if effort.pairs {
        pairs(subject.inputs()).enumerate().map(|(at, (i, j))| (i, j, share(&|one| one.pairs[at]))).collect()
    } else {
        Vec::new()
    };
    Ok(Some(VarianceShares { variance, inputs, pairs }))
}

fn pairs(inputs: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..inputs).flat_map(move |left| (left + 1..inputs).map(move |right| (left, right)))
}

fn replicate<M: Mixture>(subject: &M, effort: Effort, number: u64) -> Result<Replicate, M::Failure> {
    let inputs = subject.inputs();
    let plain: Vec<usize> = (0..inputs).collect();
    let none = vec![false; inputs];
    let opposite = |second: &[bool]| -> Vec<bool> { second.iter().map(|one| !one).collect() };
    let corners = |order: &[usize], second: &[bool]| -> Result<[Twice; 2], M::Failure> {
        Ok([subject.values(number, order, second)?, subject.values(number, order, &opposite(second))?])
    };
    let [a, b] = corners(&plain, &none)?;
    let mut variances = vec![half_product([&a, &b], [&a, &b])];
    let (mut first, mut total) = (Vec::with_capacity(inputs), Vec::with_capacity(inputs));
    for at in 0..inputs {
        let mut second = none.clone();
        second[at] = true;
        if subject.hangs_together(at) {
            let others = || plain.iter().copied().filter(|other| *other != at);
            let leading: Vec<usize> = std::iter::once(at).chain(others()).collect();
            let [a, b] = corners(&leading, &none)?;
            let [a_b, b_a] = corners(&leading, &second)?;
            first.push(half_product([&a, &a_b], [&b_a, &b]));
            variances.push(half_product([&a_b, &b_a], [&a_b, &b_a]));
            let trailing: Vec<usize> = others().chain(std::iter::once(at)).collect();
            let [a, b] = corners(&trailing, &none)?;
            let [a_b, b_a] = corners(&trailing, &second)?;
            total.push(f64::midpoint(half_product([&a, &a_b], [&a, &a_b]), half_product([&b, &b_a], [&b, &b_a])));
        } else {
            let [a_b, b_a] = corners(&plain, &second)?;
            first.push(half_product([&a, &a_b], [&b_a, &b]));
            total.push(f64::midpoint(half_product([&a, &a_b], [&a, &a_b]), half_product([&b, &b_a], [&b, &b_a])));
            variances.push(half_product([&a_b, &b_a], [&a_b, &b_a]));
        }
    }
    let mut joint = Vec::new();
    if effort.pairs {
        for (left, right) in pairs(inputs) {
            let mut second = none.clone();
            (second[left], second[right]) = (true, true);
            let [a_b, b_a] = corners(&plain, &second)?;
            joint.push(half_product([&a, &a_b], [&b_a, &b]) - first[left] - first[right]);
        }
    }
    let mut random = SplitMix::of_replicate(effort.seed ^ 0x5a5a, number);
    let mut shapley = vec![0.0; inputs];
    let walks = effort.walks.max(1);
    for _ in 0..walks {
        let mut order = plain.clone();
        random.shuffle(&mut order);
        for _ in 0..2 {
            walk(subject, number, &order, &mut shapley)?;
            order.reverse();
        }
    }
    shapley.iter_mut().for_each(|one| *one /= (2 * walks) as f64);
    let variance = variances.iter().sum::<f64>() / variances.len() as f64;
    Ok(Replicate { variance, first, total, shapley, pairs: joint })
}

/// From the first sample to the second, what comes last in the order first: each step is the part of one input.
///
/// With `z` before a step and `z'` after it, the part is `E[(f(A) - (f(z) + f(z')) / 2) (f(z) - f(z'))]`.
fn walk<M: Mixture>(subject: &M, number: u64, order: &[usize], shapley: &mut [f64]) -> Result<(), M::Failure> {
    let mut second = vec![false; subject.inputs()];
    let start = subject.values(number, order, &second)?;
    let mut before = start.clone();
    for input in order.iter().rev() {
        second[*input] = true;
        let after = subject.values(number, order, &second)?;
        let part = |start: &[f64], near: [&[f64]; 2], far: [&[f64]; 2]| {
            let terms = start
                .iter()
                .enumerate()
                .map(|(at, start)| (start - f64::midpoint(near[0][at], near[1][at])) * (far[0][at] - far[1][at]));
            terms.sum::<f64>() / start.len() as f64
        };
        let (one, other) = ([before.one.as_slice(), &after.one], [before.other(), after.other()]);
        shapley[*input] += f64::midpoint(part(&start.one, one, other), part(start.other(), other, one));
        before = after;
    }
    Ok(())
}

/// `E[(left₀ - left₁) (right₀ - right₁)] / 2`, the two factors from different worlds.
fn half_product(left: [&Twice; 2], right: [&Twice; 2]) -> f64 {
    let mean = |left: [&[f64]; 2], right: [&[f64]; 2]| {
        let terms = (0..left[0].len()).map(|at| (left[0][at] - left[1][at]) * (right[0][at] - right[1][at]));
        terms.sum::<f64>() / left[0].len() as f64
    };
    let [one, other] = [left.map(|of| of.one.as_slice()), left.map(Twice::other)];
    let [far_one, far_other] = [right.map(|of| of.one.as_slice()), right.map(Twice::other)];
    0.25 * (mean(one, far_other) + mean(other, far_one))
}

/// The mean of independent estimates.
fn of_mean(values: &[f64]) -> Share {
    ratio(values, &vec![1.0; values.len()])
}

/// The ratio of two means over the same replicates.
fn ratio(above: &[f64], below: &[f64]) -> Share {
    let (top, bottom) = (above.iter().sum::<f64>(), below.iter().sum::<f64>());
    let without: Vec<f64> = above.iter().zip(below).map(|(a, b)| (top - a) / (bottom - b)).collect();
    Share::jackknife(top / bottom, &without)
}
