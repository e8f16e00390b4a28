//! How far the answers move if the doubtful inputs are drawn from their priors.
//!
//! Draws of all inputs are dealt out to a few sets of worlds, each of a few blocks. The draws of one set share their random numbers,
//! so they differ (almost) by the inputs alone; what the set's worlds have in common is taken out by moving the mean
//! of each set to the mean of all. The draws are stratified: each prior is cut into as many strata of equal mass as there are draws,
//! every stratum is drawn from once, the draws of each set are spread over the whole prior as well, and the order is shuffled for each
//! parameter by itself.
//!
//! What is left of chance is dealt with in two ways. The worlds of a draw are split into two halves, whose answers share nothing
//! but the inputs: the covariance of the halves over the draws is the variance that the inputs cause, free of chance, and the draws are
//! drawn in towards their mean until they have that variance. Then all are shifted (probabilities on the log-odds scale) so that their
//! mean is the main run's figure, as it must be by the law of total expectation. The interval is that of the 5 % and 95 % quantiles, the
//! variance that of the draws.
//!
//! Under evidence a draw counts as much as the evidence is likely under it.

use super::block::{Arena, Plane, WORDS, WORLDS_PER_BLOCK, both, count, for_each_world, without};
use super::inputs::ParameterValue;
use super::kernel::evidence::sum_where;
use super::kernel::logic::{self, Side};
use super::passes::{Arenas, weights_of};
use super::program::Program;
use super::sampling::Proposal;
use super::streams::{Stream, StreamKey};
use super::tally::{Lossless, Weights};
use crate::math::{logistic, logit};
use crate::plan::{Asked, Comparison, NumberId, Parameter, Plan, PlaneId, Prior};
use rayon::prelude::*;
use std::ops::Range;

/// The share of the draws that the interval holds.
const CENTRAL: f64 = 0.9;

/// Draws are dealt out in turn to so many sets of worlds …
const WORLD_SETS: usize = 8;

/// … if there are at least so many of them, so that each set has enough to tell its own mean.
const DRAWS_FOR_SETS: usize = 64;

/// One figure of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Figure {
    /// The probability of a bit column.
    Share(PlaneId),
    /// The probability that a date never comes.
    Never(NumberId),
    /// A mean.
    Mean(NumberId),
    /// A median.
    Median(NumberId),
}

/// The figures of an ask, in the order of its answer.
#[must_use]
pub(crate) fn figures(what: &Asked) -> Vec<Figure> {
    match what {
        Asked::Binary(plane) => vec![Figure::Share(*plane)],
        Asked::Categorical(options) => options.iter().map(|option| Figure::Share(*option)).collect(),
        Asked::Number(number) => vec![Figure::Mean(*number), Figure::Median(*number)],
        Asked::Date(date) => vec![Figure::Never(*date)],
    }
}

/// What a draw of the inputs gives for every figure of every ask.
#[derive(Debug, Clone)]
pub(crate) struct DrawResult {
    weight: f64,
    /// How many worlds of equal weight those are worth that agree with what is known.
    worth: f64,
    /// Of the first half of the worlds, the second, and both; undefined where none counts.
    figures: Vec<[f64; 3]>,
}

impl DrawResult {
    /// In numbers.
    pub(crate) fn write(&self, out: &mut Vec<Lossless>) {
        out.extend([self.weight, self.worth].map(Lossless));
        out.extend(self.figures.iter().flatten().map(|value| Lossless(*value)));
    }

    /// From its numbers; `None` if they are not as many as the plan's figures need.
    pub(crate) fn read(plan: &Plan, numbers: &[Lossless]) -> Option<Self> {
        let [weight, worth, figures @ ..] = numbers else { return None };
        let expected: usize = plan.asks.iter().map(|ask| self::figures(&ask.what).len()).sum();
        let (triples, rest) = figures.as_chunks::<3>();
        (triples.len() == expected && rest.is_empty()).then(|| Self {
            weight: weight.0,
            worth: worth.0,
            figures: triples.iter().map(|triple| triple.map(|number| number.0)).collect(),
        })
    }
}

/// How many worlds of equal weight a draw is worth in the mean, where draws count as much as what is known is likely under them; `None` if there are
/// no draws.
#[must_use]
pub(crate) fn worth(draws: &[DrawResult]) -> Option<f64> {
    let total: f64 = draws.iter().map(|draw| draw.weight).sum();
    let worth: f64 = draws.iter().map(|draw| draw.weight * draw.worth).sum();
    (!draws.is_empty()).then(|| if total > 0.0 { worth / total } else { 0.0 })
}

/// As many draws as are run: so many that each set of worlds has as many.
#[must_use]
pub(crate) fn rounded(draws: u32) -> u32 {
    draws.next_multiple_of(world_sets(draws as usize) as u32)
}

/// Some of the draws of a run.
#[derive(Debug, Clone)]
pub(crate) struct Draws {
    /// How many there are in all, as [`rounded`] says.
    pub(crate) all: u32,
    /// Which of them.
    pub(crate) of_them: Range<u32>,
}

/// Runs draws of the inputs: what one gives does not depend on which others are run beside it.
#[must_use]
pub(crate) fn run(
    (plan, proposal): (&Plan, Option<&Proposal>),
    seed: u64,
    draws: Draws,
    blocks: u64,
    factors: &[f64],
    done: &mut dyn FnMut(u64),
) -> Vec<DrawResult> {
    const DRAWS_PER_WINDOW: usize = 32;
    if draws.of_them.is_empty() {
        return Vec::new();
    }
    let sets = world_sets(draws.all as usize);
    let values = draw_parameters(&plan.parameters, seed, draws.all as usize);
    let arenas = Arenas::new(plan);
    let of_them = draws.of_them.start as usize..draws.of_them.end as usize;
    let mut results = Vec::with_capacity(of_them.len());
    let numbered: Vec<(usize, &Vec<ParameterValue>)> = of_them.clone().zip(&values[of_them]).collect();
    for window in numbered.chunks(DRAWS_PER_WINDOW) {
        let window_results: Vec<DrawResult> = window
            .par_iter()
            .with_max_len(1)
            .map(|(draw, values)| {
                let program = Program::new(plan, seed, Some(values), factors).tilted_to(seed, proposal);
                let first_block = (draw % sets) as u64 * blocks;
                arenas.with(|arena| run_draw(plan, &program, arena, first_block..first_block + blocks))
            })
            .collect();
        results.extend(window_results);
        done(window.len() as u64 * blocks);
    }
    results
}

/// How many sets of worlds the draws are dealt out to.
#[must_use]
pub(crate) fn world_sets(draws: usize) -> usize {
    if draws >= DRAWS_FOR_SETS { WORLD_SETS } else { 1 }
}

/// Draws of all parameters: for each draw one value a parameter.
fn draw_parameters(parameters: &[Parameter], seed: u64, draws: usize) -> Vec<Vec<ParameterValue>> {
    let mut columns: Vec<Vec<ParameterValue>> = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        let column = {
            let key = StreamKey::new(seed, &format!("doubt: {}", parameter.name));
            let uniforms = |part| stratified(&key, part, draws).into_iter();
            match &parameter.prior {
                Prior::Beta(beta) => uniforms(0).map(|u| ParameterValue::Probability(beta.quantile(u))).collect(),
                Prior::Gamma(gamma) => uniforms(0).map(|u| ParameterValue::Number(gamma.quantile(u))).collect(),
                Prior::Mean(law) => uniforms(0).map(|u| ParameterValue::Number(law.quantile_of_mean(u))).collect(),
                // Given the draw of its class.
                Prior::Member { class, law } => columns[class.0 as usize]
                    .iter()
                    .zip(uniforms(0))
                    .map(|(class, u)| match class {
                        ParameterValue::Probability(m) => ParameterValue::Probability(
                            law.given(*m).map_or_else(|| law.mean_given(*m), |law| law.quantile(u)),
                        ),
                        other => other.clone(),
                    })
                    .collect(),
                Prior::Dirichlet(dirichlet) => {
                    let sampler = dirichlet.sampler();
                    let options = dirichlet.alphas().len();
                    let breaks: Vec<Vec<f64>> =
                        (1..options).map(|option| stratified(&key, option as u64, draws)).collect();
                    (0..draws)
                        .map(|draw| {
                            let uniforms: Vec<f64> = breaks.iter().map(|column| column[draw]).collect();
                            let mut probabilities = vec![0.0; options];
                            sampler.draw(&uniforms, &mut probabilities);
                            ParameterValue::Probabilities(probabilities)
                        })
                        .collect()
                }
            }
        };
        columns.push(column);
    }
    (0..draws).map(|draw| columns.iter().map(|column| column[draw].clone()).collect()).collect()
}

/// One uniform in each of as many strata, such that the draws of each set of worlds are stratified too: a sliced Latin hypercube.
///
/// Source: Qian (2012), J. Amer. Statist. Assoc. 107, 393–399.
fn stratified(key: &StreamKey, part: u64, draws: usize) -> Vec<f64> {
    let sets = world_sets(draws);
    let slices = draws / sets;
    let mut jitter = vec![0.0; draws];
    key.open_part(0, part).uniforms(&mut jitter);
    let mut shuffles = key.open_part(1, part);
    // Of the neighbouring strata in a slice each set gets one.
    let strata: Vec<Vec<usize>> = (0..slices).map(|_| shuffled(sets, &mut shuffles)).collect();
    let orders: Vec<Vec<usize>> = (0..sets).map(|_| shuffled(slices, &mut shuffles)).collect();
    (0..draws)
        .map(|draw| {
            let (turn, set) = (draw / sets, draw % sets);
            let slice = orders[set][turn];
            ((slice * sets + strata[slice][set]) as f64 + jitter[draw]) / draws as f64
        })
        .collect()
}

fn shuffled(count: usize, stream: &mut Stream) -> Vec<usize> {
    let mut places = vec![0.0; count];
    stream.uniforms(&mut places);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|left, right| places[*left].total_cmp(&places[*right]));
    order
}

#[derive(Debug, Default, Clone)]
struct Half {
    weight: f64,
    sum: f64,
    values: Vec<(f64, f64)>,
}

impl Half {
    fn value(&mut self, figure: Figure) -> f64 {
        match figure {
            _ if self.weight <= 0.0 => f64::NAN,
            Figure::Median(_) => median(&mut self.values),
            _ => self.sum / self.weight,
        }
    }
}

fn run_draw(plan: &Plan, program: &Program<'_>, arena: &mut Arena, blocks: Range<u64>) -> DrawResult {
    let first_half: Plane = std::array::from_fn(|word| if word < WORDS / 2 { u64::MAX } else { 0 });
    let second_half: Plane = first_half.map(|word| !word);
    let figures: Vec<(Option<PlaneId>, Figure)> =
        plan.asks.iter().flat_map(|ask| figures(&ask.what).into_iter().map(|figure| (ask.given, figure))).collect();
    let worlds = (blocks.end - blocks.start) as usize * WORLDS_PER_BLOCK;
    let mut halves: Vec<[Half; 2]> = figures
        .iter()
        .map(|(_, figure)| {
            let kept = if matches!(figure, Figure::Median(_)) { worlds } else { 0 };
            // The second half is put with the first in the end.
            [kept, kept / 2].map(|room| Half { values: Vec::with_capacity(room), ..Half::default() })
        })
        .collect();
    let (mut total, mut squares) = (0.0, 0.0);
    for block in blocks {
        program.run(arena, block, WORLDS_PER_BLOCK);
        let weights = weights_of(program, arena);
        total += weight_of(&arena.mask, weights);
        squares += weights.map_or_else(|| count(&arena.mask) as f64, |weights| sum_where(weights.squares, &arena.mask));
        for ((given, figure), halves) in figures.iter().zip(&mut halves) {
            for (half, worlds) in halves.iter_mut().zip([&first_half, &second_half]) {
                let mask = both(&both(&arena.mask, worlds), arena.mask_of(*given));
                observe(half, *figure, &mask, arena, weights);
            }
        }
    }
    let figures = figures
        .iter()
        .zip(&mut halves)
        .map(|((_, figure), [first, second])| {
            let values = [first.value(*figure), second.value(*figure)];
            first.weight += second.weight;
            first.sum += second.sum;
            first.values.append(&mut second.values);
            [values[0], values[1], first.value(*figure)]
        })
        .collect();
    let worth = if squares > 0.0 { total * total / squares } else { 0.0 };
    DrawResult { weight: total / worlds as f64, worth, figures }
}

fn observe(half: &mut Half, figure: Figure, mask: &Plane, arena: &Arena, weights: Option<Weights<'_>>) {
    let weight = |world: usize| weights.map_or(1.0, |weights| weights.weights[world]);
    match figure {
        Figure::Share(plane) => {
            half.weight += weight_of(mask, weights);
            half.sum += weight_of(&both(mask, arena.plane(plane)), weights);
        }
        Figure::Never(date) => {
            let column = arena.number(date);
            half.weight += weight_of(mask, weights);
            let mut comes = [0; WORDS];
            let ever = Side::Constant(f64::MAX);
            logic::compare(arena.level, Comparison::LessOrEqual, Side::Column(column), ever, &mut comes);
            half.sum += weight_of(&without(mask, &comes), weights);
        }
        Figure::Mean(number) | Figure::Median(number) => {
            let column = arena.number(number);
            let keep = matches!(figure, Figure::Median(_));
            for_each_world(mask, |world| {
                let value = column[world];
                if !value.is_nan() {
                    half.weight += weight(world);
                    half.sum += weight(world) * value;
                    if keep {
                        half.values.push((value, weight(world)));
                    }
                }
            });
        }
    }
}

fn weight_of(mask: &Plane, weights: Option<Weights<'_>>) -> f64 {
    weights.map_or_else(|| count(mask) as f64, |weights| sum_where(weights.weights, mask))
}

/// How far doubt about the inputs moves a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// Central 90 %.
    pub(crate) interval: (f64, f64),
    /// Between the draws, free of chance.
    pub(crate) variance: f64,
    /// The standard error of that, as if the draws were independent: stratified ones are a little better.
    pub(crate) variance_error: f64,
}

/// The spread of one figure, by its place among all figures of all asks; `main` is what the main run says.
///
/// `None` if no draw moves it: all draws of a set of worlds give the same to the last bit. Where the draws make what is known more or
/// less likely, or the question has a condition of its own (`conditional`), other worlds count in each of them and everything moves a little; then `None` if the halves do not agree on how it
/// moves (correlation less than three standard errors).
#[must_use]
pub(crate) fn spread(
    draws: &[DrawResult],
    place: usize,
    figure: Figure,
    main: f64,
    conditional: bool,
) -> Option<Spread> {
    let centred = centre_sets(draws, place)?;
    let total: f64 = centred.iter().map(|(weight, _)| weight).sum();
    let mean_of = |value: &dyn Fn(&[f64; 3]) -> f64| {
        centred.iter().map(|(weight, values)| weight * value(values)).sum::<f64>() / total
    };
    let mean = mean_of(&|values| values[2]);
    let means = [mean_of(&|values| values[0]), mean_of(&|values| values[1]), mean];
    let covariance =
        |left: usize, right: usize| mean_of(&|values| (values[left] - means[left]) * (values[right] - means[right]));
    let shared = covariance(0, 1).max(0.0);
    let product = |values: &[f64; 3]| (values[0] - means[0]) * (values[1] - means[1]);
    let squares: f64 = centred
        .iter()
        .map(|(weight, values)| weight * weight * (product(values) - shared) * (product(values) - shared))
        .sum();
    let shared_error = squares.sqrt() / total;
    if conditional || evidence_depends_on_inputs(draws) {
        let squares: f64 = centred.iter().map(|(weight, _)| weight * weight).sum();
        let effective = total * total / squares;
        if shared <= 3.0 / effective.sqrt() * (covariance(0, 0) * covariance(1, 1)).sqrt() {
            return None;
        }
    }
    let variance = covariance(2, 2);
    let shrink = if variance > 0.0 { (shared / variance).min(1.0).sqrt() } else { 0.0 };
    let mut moved: Vec<(f64, f64)> =
        centred.iter().map(|(weight, values)| (mean + shrink * (values[2] - mean), *weight)).collect();
    match figure {
        Figure::Share(_) | Figure::Never(_) => recentre_shares(&mut moved, total, main),
        Figure::Mean(_) if main.is_finite() => moved.iter_mut().for_each(|(value, _)| *value += main - mean),
        Figure::Mean(_) | Figure::Median(_) => {}
    }
    moved.sort_by(|left, right| left.0.total_cmp(&right.0));
    let tail = (1.0 - CENTRAL) / 2.0;
    let interval = (weighted_quantile(&moved, tail), weighted_quantile(&moved, 1.0 - tail));
    let mean = moved.iter().map(|(value, weight)| weight * value).sum::<f64>() / total;
    let variance = moved.iter().map(|(value, weight)| weight * (value - mean) * (value - mean)).sum::<f64>() / total;
    let variance_error = if shared > 0.0 { shared_error * variance / shared } else { 0.0 };
    Some(Spread { interval, variance, variance_error })
}

fn evidence_depends_on_inputs(draws: &[DrawResult]) -> bool {
    let sets = world_sets(draws.len());
    draws.iter().zip(draws.iter().skip(sets)).any(|(draw, next)| draw.weight != next.weight)
}

/// The draws with their weights, each set of worlds moved (and its weights scaled) to the mean of all; `None` if in no set any draw
/// differs.
fn centre_sets(draws: &[DrawResult], place: usize) -> Option<Vec<(f64, [f64; 3])>> {
    let sets = world_sets(draws.len());
    let mut centred = Vec::with_capacity(draws.len());
    let mut set_means = Vec::with_capacity(sets);
    let mut differ = false;
    for set in 0..sets {
        let usable: Vec<(f64, [f64; 3])> = draws
            .iter()
            .skip(set)
            .step_by(sets)
            .filter(|draw| draw.weight > 0.0)
            .map(|draw| (draw.weight, draw.figures[place]))
            .filter(|(_, values)| values.iter().all(|value| value.is_finite()))
            .collect();
        let Some((_, first)) = usable.first() else { continue };
        differ |= usable.iter().any(|(_, values)| values != first);
        let total: f64 = usable.iter().map(|(weight, _)| weight).sum();
        let means: [f64; 3] = std::array::from_fn(|index| {
            usable.iter().map(|(weight, values)| weight * values[index]).sum::<f64>() / total
        });
        centred.extend(usable.iter().map(|(weight, values)| {
            (weight / total * usable.len() as f64, std::array::from_fn(|index| values[index] - means[index]))
        }));
        set_means.push(means);
    }
    let overall: [f64; 3] = std::array::from_fn(|index| {
        set_means.iter().map(|means| means[index]).sum::<f64>() / set_means.len().max(1) as f64
    });
    for (_, values) in &mut centred {
        *values = std::array::from_fn(|index| values[index] + overall[index]);
    }
    differ.then_some(centred)
}

/// Shifts all by the same log-odds so that their weighted mean is `main`.
fn recentre_shares(values: &mut [(f64, f64)], total: f64, main: f64) {
    let logits: Vec<f64> = values.iter().map(|(value, _)| logit(value.clamp(0.0, 1.0))).collect();
    let mean_at = |shift: f64| {
        let sum: f64 = values.iter().zip(&logits).map(|((_, weight), value)| weight * logistic(value + shift)).sum();
        sum / total
    };
    let (mut low, mut high) = (-8.0, 8.0);
    if !(mean_at(low) < main && main < mean_at(high)) {
        return;
    }
    while high - low > 1e-12 {
        let middle = f64::midpoint(low, high);
        *(if mean_at(middle) < main { &mut low } else { &mut high }) = middle;
    }
    for ((value, _), logit) in values.iter_mut().zip(&logits) {
        *value = logistic(logit + low);
    }
}

/// The median of values with their weights, as [`weighted_quantile`] has it. Puts them in another order.
fn median(values: &mut [(f64, f64)]) -> f64 {
    let order = |left: &(f64, f64), right: &(f64, f64)| left.0.total_cmp(&right.0);
    if values.len() < 2 || values.iter().any(|(_, weight)| *weight != 1.0) {
        values.sort_unstable_by(order);
        return weighted_quantile(values, 0.5);
    }
    // Of equal weights only the two about the middle count.
    let middle = values.len() / 2;
    let (below, (value, _), _) = values.select_nth_unstable_by(middle, order);
    let last = below.iter().copied().max_by(order).map_or(*value, |(last, _)| last);
    let two = [(last, 1.0), (*value, 1.0)];
    if below.len() * 2 + 1 > values.len() { weighted_quantile(&two, 0.5) } else { weighted_quantile(&two, 0.75) }
}

/// Of values in order with their weights: between the middles of neighbouring weights on a straight line.
fn weighted_quantile(values: &[(f64, f64)], level: f64) -> f64 {
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let target = level * total;
    let mut below = 0.0;
    let mut last: Option<(f64, f64)> = None;
    for (value, weight) in values {
        let middle = below + weight / 2.0;
        if middle >= target {
            return match last {
                Some((last_value, last_middle)) if middle > last_middle && *value > last_value => {
                    last_value + (value - last_value) * ((target - last_middle) / (middle - last_middle))
                }
                _ => *value,
            };
        }
        last = Some((*value, middle));
        below += weight;
    }
    values.last().map_or(f64::NAN, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::strata::Design;
    use crate::simulate::streams::Address;
    use fearless_simd::Level;

    #[test]
    fn draws_hit_every_stratum_once_and_so_do_those_of_each_set() {
        for draws in [8, 24, 64, 200] {
            let sets = world_sets(draws);
            let uniforms = stratified(&StreamKey::new(3, "strata"), 1, draws);
            let strata = |chosen: Vec<f64>, count: usize| {
                let mut strata: Vec<usize> = chosen.iter().map(|u| (u * count as f64) as usize).collect();
                strata.sort_unstable();
                strata
            };
            assert_eq!(strata(uniforms.clone(), draws), (0..draws).collect::<Vec<_>>());
            for set in 0..sets {
                let of_set: Vec<f64> = uniforms.iter().copied().skip(set).step_by(sets).collect();
                assert_eq!(strata(of_set, draws / sets), (0..draws / sets).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_median_needs_no_order() {
        for count in 0..40 {
            let mut values: Vec<(f64, f64)> =
                (0..count).map(|at| (f64::from(at * 17 % 23).sqrt(), if count > 30 { 0.5 } else { 1.0 })).collect();
            let median = median(&mut values);
            values.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
            assert_eq!(median.to_bits(), weighted_quantile(&values, 0.5).to_bits(), "{count}");
        }
    }

    #[test]
    fn chance_alone_makes_no_interval_and_does_not_widen_one() {
        let key = StreamKey::new(4, "noise");
        let noise = Address { key: &key, block: 0, design: Design::Independent };
        let mut normals = vec![0.0; 2 * 800];
        crate::simulate::kernel::correlated::normals(Level::new(), &noise, &mut vec![0.0; normals.len()], &mut normals);
        for signal in [0.0, 1.0] {
            let draws: Vec<DrawResult> = (0..800)
                .map(|draw| {
                    // A signal with standard deviation 1 and as much noise in both halves together.
                    let value = 10.0 + signal * crate::math::normal::quantile((f64::from(draw) + 0.5) / 800.0);
                    let noise = |half: i32| 2.0_f64.sqrt() * normals[(2 * draw + half) as usize];
                    let (first, second) = (value + noise(0), value + noise(1));
                    let weight = 1.0 + f64::from(draw % 3) * 1e-9;
                    DrawResult { weight, worth: 4096.0, figures: vec![[first, second, f64::midpoint(first, second)]] }
                })
                .collect();
            let spread = spread(&draws, 0, Figure::Mean(NumberId(0)), 10.0, false);
            if signal == 0.0 {
                assert_eq!(spread, None);
            } else {
                let Spread { interval: (low, high), variance, variance_error } = spread.unwrap();
                // 1, not 2: the covariance of the halves over 800 draws has a standard error of about 0.1.
                assert!((variance - 1.0).abs() < 0.5, "{variance}");
                // Each half has variance 3, so a product of the two varies by 3² + 1: √(10 / 800).
                assert!((variance_error - 0.112).abs() < 0.03, "{variance_error}");
                // 2 * 1.645, not √2 times that.
                assert!((high - low - 3.29).abs() < 0.4, "{low} {high}");
            }
        }
    }

    #[test]
    fn a_draw_is_worth_what_those_that_count_are() {
        let draw = |weight: f64, worth: f64| DrawResult { weight, worth, figures: Vec::new() };
        assert_eq!(worth(&[]), None);
        assert_eq!(worth(&[draw(0.0, 0.0), draw(0.0, 0.0)]), Some(0.0));
        // What is known is three times as likely under the second.
        assert_eq!(worth(&[draw(0.25, 8.0), draw(0.75, 16.0), draw(0.0, 0.0)]), Some(14.0));
    }

    #[test]
    fn shares_are_moved_on_the_log_odds_scale() {
        let mut values = vec![(0.1, 1.0), (0.5, 1.0), (1.0, 1.0)];
        recentre_shares(&mut values, 3.0, 0.6);
        let mean = values.iter().map(|(value, _)| value).sum::<f64>() / 3.0;
        assert!((mean - 0.6).abs() < 1e-11);
        assert!((logit(values[0].0) - logit(0.1) - logit(values[1].0)).abs() < 1e-9);
        assert_eq!(values[2].0, 1.0);
    }
}
