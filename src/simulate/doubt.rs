//! How far the answers move if the doubtful inputs are drawn from their priors.
//!
//! Each draw of all inputs is put through the same few blocks of worlds, so that the draws share their random numbers and differ
//! (almost) by the inputs alone. The draws are stratified: each prior is cut into as many strata of equal mass as there are draws, and
//! every stratum is drawn from once, in an order shuffled for each parameter by itself.
//!
//! What is left of chance is dealt with in two ways. The worlds of a draw are split into two halves, whose answers share nothing
//! but the inputs: the covariance of the halves over the draws is the variance that the inputs cause, free of chance, and the draws are
//! drawn in towards their mean until they have that variance. Then all are shifted (probabilities on the log-odds scale) so that their
//! mean is the main run's figure, as it must be by the law of total expectation. The interval is that of the 5 % and 95 % quantiles.
//!
//! Under evidence a draw counts as much as the evidence is likely under it.

use super::block::{Arena, Plane, WORDS, WORLDS_PER_BLOCK, both, count, for_each_world, plane_where};
use super::inputs::ParameterValue;
use super::kernel::evidence::sum_where;
use super::passes::{Arenas, weights_of};
use super::program::Program;
use super::streams::StreamKey;
use super::tally::Weights;
use crate::dist::Dirichlet;
use crate::math::{exp, gamma, log_sum_exp, logistic, logit};
use crate::plan::{Asked, NumberId, Parameter, Plan, PlaneId, Prior};
use rayon::prelude::*;

/// The share of the draws that the interval holds.
const CENTRAL: f64 = 0.9;

/// One figure of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
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
pub fn figures(what: &Asked) -> Vec<Figure> {
    match what {
        Asked::Binary(plane) => vec![Figure::Share(*plane)],
        Asked::Categorical(options) => options.iter().map(|option| Figure::Share(*option)).collect(),
        Asked::Number(number) => vec![Figure::Mean(*number), Figure::Median(*number)],
        Asked::Date(date) => vec![Figure::Never(*date)],
    }
}

/// What a draw of the inputs gives for every figure of every ask.
#[derive(Debug, Clone)]
pub struct DrawResult {
    weight: f64,
    /// Of the first half of the worlds, the second, and both; undefined where none counts.
    figures: Vec<[f64; 3]>,
}

/// Runs the draws.
#[must_use]
pub fn run(
    plan: &Plan,
    seed: u64,
    draws: u32,
    blocks: u64,
    factors: &[f64],
    done: &mut dyn FnMut(u64),
) -> Vec<DrawResult> {
    const DRAWS_PER_WINDOW: usize = 32;
    let values = draw_parameters(&plan.parameters, seed, draws as usize);
    let arenas = Arenas::new(plan);
    let mut results = Vec::with_capacity(values.len());
    for window in values.chunks(DRAWS_PER_WINDOW) {
        let window_results: Vec<DrawResult> = window
            .par_iter()
            .with_max_len(1)
            .map(|values| {
                let program = Program::new(plan, seed, Some(values), factors);
                arenas.with(|arena| run_draw(plan, &program, arena, blocks))
            })
            .collect();
        results.extend(window_results);
        done(window.len() as u64 * blocks);
    }
    results
}

/// Draws of all parameters: for each draw one value a parameter.
fn draw_parameters(parameters: &[Parameter], seed: u64, draws: usize) -> Vec<Vec<ParameterValue>> {
    let columns: Vec<Vec<ParameterValue>> = parameters
        .iter()
        .map(|parameter| {
            let key = StreamKey::new(seed, &format!("doubt: {}", parameter.name));
            let uniforms = |part| stratified(&key, part, draws).into_iter();
            match &parameter.prior {
                Prior::Beta(beta) => uniforms(0).map(|u| ParameterValue::Probability(beta.quantile(u))).collect(),
                Prior::Gamma(gamma) => uniforms(0).map(|u| ParameterValue::Rate(gamma.quantile(u))).collect(),
                Prior::Dirichlet(dirichlet) => draw_dirichlet(dirichlet, &key, draws),
            }
        })
        .collect();
    (0..draws).map(|draw| columns.iter().map(|column| column[draw].clone()).collect()).collect()
}

/// One uniform in each of as many strata, in a shuffled order.
fn stratified(key: &StreamKey, part: u64, draws: usize) -> Vec<f64> {
    let mut jitter = vec![0.0; draws];
    key.open_part(0, 2 * part).uniforms(&mut jitter);
    let mut places = vec![0.0; draws];
    key.open_part(0, 2 * part + 1).uniforms(&mut places);
    let mut order: Vec<usize> = (0..draws).collect();
    order.sort_by(|left, right| places[*left].total_cmp(&places[*right]));
    order.iter().zip(jitter).map(|(stratum, jitter)| (*stratum as f64 + jitter) / draws as f64).collect()
}

/// Gamma variates over their sum, in logarithms so that small concentrations do not vanish.
fn draw_dirichlet(dirichlet: &Dirichlet, key: &StreamKey, draws: usize) -> Vec<ParameterValue> {
    let columns: Vec<Vec<f64>> = dirichlet
        .alphas()
        .iter()
        .enumerate()
        .map(|(option, concentration)| {
            let uniforms = stratified(key, option as u64, draws);
            uniforms.iter().map(|u| gamma::ln_inverse(*concentration, *u, 1.0 - u)).collect()
        })
        .collect();
    (0..draws)
        .map(|draw| {
            let logarithms: Vec<f64> = columns.iter().map(|column| column[draw]).collect();
            let total = log_sum_exp(&logarithms);
            ParameterValue::Probabilities(logarithms.iter().map(|logarithm| exp(logarithm - total)).collect())
        })
        .collect()
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
            Figure::Median(_) => {
                self.values.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
                weighted_quantile(&self.values, 0.5)
            }
            _ => self.sum / self.weight,
        }
    }
}

fn run_draw(plan: &Plan, program: &Program<'_>, arena: &mut Arena, blocks: u64) -> DrawResult {
    let first_half: Plane = std::array::from_fn(|word| if word < WORDS / 2 { u64::MAX } else { 0 });
    let second_half: Plane = first_half.map(|word| !word);
    let figures: Vec<(Option<PlaneId>, Figure)> =
        plan.asks.iter().flat_map(|ask| figures(&ask.what).into_iter().map(|figure| (ask.given, figure))).collect();
    let mut halves = vec![[Half::default(), Half::default()]; figures.len()];
    let mut total = 0.0;
    for block in 0..blocks {
        program.run(arena, block, WORLDS_PER_BLOCK);
        let weights = weights_of(program, arena);
        total += weight_of(&arena.mask, weights);
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
    DrawResult { weight: total / (blocks as f64 * WORLDS_PER_BLOCK as f64), figures }
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
            half.sum += weight_of(&both(mask, &plane_where(|world| !column[world].is_finite())), weights);
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

/// The interval of one figure, by its place among all figures of all asks; `main` is what the main run says.
///
/// `None` if no draw moves it: all draws give the same to the last bit, or, where evidence makes the worlds of every draw
/// weigh differently, if its halves do not agree on how it moves (correlation less than three standard errors).
#[must_use]
pub fn interval(draws: &[DrawResult], place: usize, figure: Figure, main: f64, weighted: bool) -> Option<(f64, f64)> {
    let usable: Vec<(f64, [f64; 3])> = draws
        .iter()
        .filter(|draw| draw.weight > 0.0)
        .map(|draw| (draw.weight, draw.figures[place]))
        .filter(|(_, values)| values.iter().all(|value| value.is_finite()))
        .collect();
    let (_, first) = usable.first()?;
    if usable.iter().all(|(_, values)| values == first) {
        return None;
    }
    let total: f64 = usable.iter().map(|(weight, _)| weight).sum();
    let mean_of = |value: &dyn Fn(&[f64; 3]) -> f64| {
        usable.iter().map(|(weight, values)| weight * value(values)).sum::<f64>() / total
    };
    let means = [0, 1, 2].map(|index| mean_of(&|values| values[index]));
    let covariance =
        |left: usize, right: usize| mean_of(&|values| (values[left] - means[left]) * (values[right] - means[right]));
    let shared = covariance(0, 1).max(0.0);
    if weighted {
        let squares: f64 = usable.iter().map(|(weight, _)| weight * weight).sum();
        let effective = total * total / squares;
        if shared <= 3.0 / effective.sqrt() * (covariance(0, 0) * covariance(1, 1)).sqrt() {
            return None;
        }
    }
    let variance = covariance(2, 2);
    let shrink = if variance > 0.0 { (shared / variance).min(1.0).sqrt() } else { 0.0 };
    let mut moved: Vec<(f64, f64)> =
        usable.iter().map(|(weight, values)| (means[2] + shrink * (values[2] - means[2]), *weight)).collect();
    match figure {
        Figure::Share(_) | Figure::Never(_) => recentre_shares(&mut moved, total, main),
        Figure::Mean(_) if main.is_finite() => moved.iter_mut().for_each(|(value, _)| *value += main - means[2]),
        Figure::Mean(_) | Figure::Median(_) => {}
    }
    moved.sort_by(|left, right| left.0.total_cmp(&right.0));
    let tail = (1.0 - CENTRAL) / 2.0;
    Some((weighted_quantile(&moved, tail), weighted_quantile(&moved, 1.0 - tail)))
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
