//! Payoffs from worlds: every choice is run in the same worlds, in which what no decision changes is the same.

use super::exactly::Structure;
use super::induction::Payoffs;
use super::problem::{Known, Problem, number_of};
use super::terms::formula;
use crate::error::Error;
use crate::model::{EventId, QuestionTarget};
use crate::plan::{Asked, NumberId, PlaneId};
use crate::simulate::{self, Method, Settings};
use crate::watch::look::{asking, impossible, plan_of};

/// Stretches of worlds that are counted apart, for errors.
const BATCHES: usize = 16;

/// Something that is seen in each world: one of some bins.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) bins: usize,
    /// The bin of each world.
    pub(super) of: Vec<u16>,
}

/// What payoffs are wanted of.
#[derive(Debug)]
pub(super) enum Wanted<'a> {
    /// Events with outcomes.
    Structure(&'a Structure),
    /// A number, cut into bins, and what the file says is known.
    Number(EventId),
    /// What is seen of a number in each world, cut into bins; from the number's values.
    Sample(EventId, &'a super::Sample),
}

/// Payoffs, batch by batch, not divided by the weight of the worlds.
#[derive(Debug)]
pub(super) struct Batches {
    pub(super) payoffs: Vec<Payoffs>,
}

/// What worlds say.
#[derive(Debug)]
pub(super) struct Sampled {
    /// For each thing wanted.
    pub(super) wanted: Vec<Batches>,
    /// For each batch, the weight of its worlds and the sum of what the best choice of each world is worth.
    pub(super) best: Vec<[f64; 2]>,
}

impl Batches {
    /// The mean over some of the batches.
    pub(super) fn over(&self, counts: impl Fn(usize) -> bool) -> Payoffs {
        let first = &self.payoffs[0];
        let mut sum = Payoffs::empty(first.options.clone(), first.learned.clone());
        for (_, batch) in self.payoffs.iter().enumerate().filter(|(at, _)| counts(*at)) {
            for (into, from) in sum.worth.iter_mut().zip(&batch.worth) {
                *into += from;
            }
            for (into, from) in sum.chance.iter_mut().zip(&batch.chance) {
                *into += from;
            }
        }
        let patterns = sum.patterns();
        let totals: Vec<f64> = sum.chance.chunks(patterns).map(|chances| chances.iter().sum()).collect();
        for ((worth, chance), total) in sum.worth.chunks_mut(patterns).zip(sum.chance.chunks_mut(patterns)).zip(totals)
        {
            let scale = if total > 0.0 { 1.0 / total } else { 0.0 };
            worth.iter_mut().chain(chance).for_each(|cell| *cell *= scale);
        }
        sum
    }
}

/// A number's columns and those of its file's information.
struct Columns {
    worth: NumberId,
    /// For each event that anything wants, the planes of its outcomes.
    planes: Vec<(EventId, Vec<PlaneId>)>,
    numbers: Vec<(EventId, NumberId)>,
}

/// Runs every choice in the same worlds.
pub(super) fn payoffs(problem: &Problem<'_>, wanted: &[Wanted<'_>], settings: &Settings) -> Result<Sampled, Error> {
    let base = Structure { knows: problem.knows.clone() };
    let options = problem.option_counts();
    let choices: usize = options.iter().product();
    // Proposals and posteriors would be fitted to each choice anew; these weigh the same world alike under all of them.
    let method = if settings.method == Method::Rejection { Method::Rejection } else { Method::Weighting };
    let settings = Settings { method, doubt_draws: 0, ..*settings };
    let mut best: Vec<f64> = Vec::new();
    let mut weights: Vec<f64> = Vec::new();
    let mut seen: Vec<Option<Seen>> = Vec::new();
    let mut all: Vec<Vec<Payoffs>> = Vec::new();
    for number in 0..choices {
        let choice = Payoffs::empty(options.clone(), vec![1; options.len()]).choice(number);
        let (asked, known, numbers) = questions(problem, wanted, &base);
        let plan = plan_of(problem.model, &problem.situation_of(&choice), asked);
        let columns = columns(&plan.asks, &known, &numbers);
        let planes: Vec<PlaneId> = columns.planes.iter().flat_map(|(_, planes)| planes.iter().copied()).collect();
        let mut kept_numbers = vec![columns.worth];
        kept_numbers.extend(columns.numbers.iter().map(|(_, number)| *number));
        let kept =
            simulate::keep(&plan, &settings, (&planes, &kept_numbers)).map_err(|problem| impossible(&problem))?;
        plan.undivided(kept.divided_by_zero().iter().copied())?;
        let bit = |plane: &[u64], world: usize| (plane[world / 64] >> (world % 64)) & 1 == 1;
        if number == 0 {
            let worlds = kept.agreeing().len() * 64;
            weights = (0..worlds)
                .map(|world| {
                    let weight = kept.weights().map_or(1.0, |weights| weights[world]);
                    if bit(kept.agreeing(), world) { weight } else { 0.0 }
                })
                .collect();
            best = vec![f64::NEG_INFINITY; worlds];
            let values = |event: EventId| {
                let at = columns.numbers.iter().position(|(one, _)| *one == event).unwrap_or(0);
                &kept.numbers()[at + 1]
            };
            seen = wanted
                .iter()
                .map(|one| match one {
                    Wanted::Structure(_) => Ok(None),
                    Wanted::Number(event) => Ok(Some(binned(values(*event), &weights))),
                    Wanted::Sample(event, sample) => {
                        sample.seen(values(*event), &weights, settings.seed).map(|seen| Some(binned(&seen, &weights)))
                    }
                })
                .collect::<Result<_, Error>>()?;
            for (one, seen) in wanted.iter().zip(&seen) {
                let learned = match one {
                    Wanted::Structure(structure) => structure.learned(),
                    Wanted::Number(_) | Wanted::Sample(..) => {
                        let mut learned = base.learned();
                        if let (Some(first), Some(seen)) = (learned.first_mut(), seen) {
                            *first *= seen.bins;
                        }
                        learned
                    }
                };
                all.push(vec![Payoffs::empty(options.clone(), learned); BATCHES]);
            }
        }
        let (worth, cost) = (&kept.numbers()[0], problem.cost(&choice));
        check_finite(worth, &weights)?;
        for (best, worth) in best.iter_mut().zip(worth) {
            *best = best.max(worth - cost);
        }
        let starts: Vec<usize> = columns
            .planes
            .iter()
            .scan(0, |next, (_, planes)| {
                let start = *next;
                *next += planes.len();
                Some(start)
            })
            .collect();
        let outcome = |event: EventId, world: usize| {
            let at = columns.planes.iter().position(|(one, _)| *one == event).unwrap_or(0);
            let planes = &kept.planes()[starts[at]..starts[at] + columns.planes[at].1.len()];
            planes.iter().position(|plane| bit(plane, world)).unwrap_or(0)
        };
        for ((one, seen), batches) in wanted.iter().zip(&seen).zip(&mut all) {
            let flat: Vec<&Known> = match one {
                Wanted::Structure(structure) => structure.flat(),
                _ => base.flat(),
            };
            let worlds = weights.len();
            for world in 0..worlds {
                let weight = weights[world];
                if weight <= 0.0 {
                    continue;
                }
                let first = seen.as_ref().map_or(0, |seen| usize::from(seen.of[world]));
                let pattern = flat
                    .iter()
                    .fold(first, |pattern, known| pattern * known.outcomes.len() + outcome(known.event, world));
                let batch = &mut batches[world * BATCHES / worlds];
                let at = number * batch.patterns() + pattern;
                batch.worth[at] += weight * (worth[world] - cost);
                batch.chance[at] += weight;
            }
        }
    }
    let worlds = weights.len();
    let mut sums = vec![[0.0; 2]; BATCHES];
    for (world, (weight, best)) in weights.iter().zip(&best).enumerate().filter(|(_, (weight, _))| **weight > 0.0) {
        let sum = &mut sums[world * BATCHES / worlds];
        sum[0] += weight;
        sum[1] += weight * best;
    }
    let wanted = all.into_iter().map(|payoffs| Batches { payoffs }).collect();
    Ok(Sampled { wanted, best: sums })
}

fn check_finite(worth: &[f64], weights: &[f64]) -> Result<(), Error> {
    if worth.iter().zip(weights).any(|(worth, weight)| *weight > 0.0 && !worth.is_finite()) {
        return Err(Error::input("a utility is infinite or undefined in some worlds, so no expected utility exists")
            .help("cap it, as in `min(…, 1000)`"));
    }
    Ok(())
}

type Asked3 = (Vec<crate::model::Question>, Vec<Known>, Vec<EventId>);

/// What is asked: the utility, every outcome that anything wants, every number.
fn questions(problem: &Problem<'_>, wanted: &[Wanted<'_>], base: &Structure) -> Asked3 {
    let utilities: Vec<&str> =
        problem.model.utilities.iter().map(|id| problem.model.event(*id).name.as_str()).collect();
    let worth = QuestionTarget::Value(formula(&problem.terms));
    let mut asked = vec![asking(&utilities.join(" + "), worth, None, problem.model)];
    let mut known: Vec<Known> = Vec::new();
    let mut numbers: Vec<EventId> = Vec::new();
    let structures = wanted.iter().filter_map(|one| match one {
        Wanted::Structure(structure) => Some(*structure),
        _ => None,
    });
    for one in std::iter::once(base).chain(structures).flat_map(Structure::flat) {
        if !known.iter().any(|other| other.event == one.event) {
            known.push(one.clone());
        }
    }
    for one in wanted {
        if let Wanted::Number(event) | Wanted::Sample(event, _) = one
            && !numbers.contains(event)
        {
            numbers.push(*event);
        }
    }
    for one in &known {
        for (_, outcome) in &one.outcomes {
            asked.push(asking(
                &problem.model.event(one.event).name,
                QuestionTarget::Holds(outcome.clone()),
                None,
                problem.model,
            ));
        }
    }
    for event in &numbers {
        let target = match problem.model.event(*event).kind {
            crate::model::Kind::Date => QuestionTarget::When(*event),
            _ => QuestionTarget::Value(number_of(*event)),
        };
        asked.push(asking(&problem.model.event(*event).name, target, None, problem.model));
    }
    (asked, known, numbers)
}

fn columns(asks: &[crate::plan::Ask], known: &[Known], numbers: &[EventId]) -> Columns {
    let number = |at: usize| match asks[at].what {
        Asked::Number(number) | Asked::Date(number) => number,
        _ => unreachable!("a number was asked for"),
    };
    let plane = |at: usize| match asks[at].what {
        Asked::Binary(plane) => plane,
        _ => unreachable!("a condition was asked for"),
    };
    let mut next = 1;
    let planes = known
        .iter()
        .map(|one| {
            let start = next;
            next += one.outcomes.len();
            (one.event, (start..next).map(plane).collect())
        })
        .collect();
    let numbers = numbers.iter().enumerate().map(|(at, event)| (*event, number(next + at))).collect();
    Columns { worth: number(0), planes, numbers }
}

/// Bins of about as many worlds each; equal values in one bin.
fn binned(values: &[f64], weights: &[f64]) -> Seen {
    let mut order: Vec<usize> = (0..values.len()).filter(|world| weights[*world] > 0.0).collect();
    order.sort_by(|left, right| values[*left].total_cmp(&values[*right]));
    let target = order.len().div_ceil(super::sampling::MOST_BINS).max(1);
    let mut of = vec![0_u16; values.len()];
    let (mut bin, mut filled) = (0_u16, 0);
    let mut last: Option<f64> = None;
    for world in order {
        if filled >= target && last.is_some_and(|last| last != values[world]) {
            bin += 1;
            filled = 0;
        }
        of[world] = bin;
        filled += 1;
        last = Some(values[world]);
    }
    Seen { bins: usize::from(bin) + 1, of }
}
