//! What would have been: worlds that agree with what is known are run again with something made otherwise and the same random numbers.
//!
//! Both runs of a world share every stream, so whatever an event's own chance was made of is the same in both (a twin network: Balke &
//! Pearl 1994; Pearl 2009, Causality, ch. 7). A yes/no event compares one and the same uniform with its chance in either run, so it changes
//! only where its chance does. Worlds that do not agree with what is known in the factual run are left out, in place of weighting, since
//! what is known must have come about by that noise.

use super::block::{Arena, WORLDS_PER_BLOCK, count, for_each_world};
use super::diagnose::diagnose;
use super::doubt::{Figure, figures};
use super::passes::{WORLDS_PER_CHUNK, blocks_of, chunks_of};
use super::program::Program;
use super::sampling::by_masks;
use super::{Impossible, Settings, on_threads};
use crate::forecast::Estimate;
use crate::plan::{Ask, Asked, Operation, Plan, PlaneId, Touched};
use rayon::prelude::*;

/// One figure as things are and as they would have been; `None` in a run in which no world meets the question's condition, or of a mean only one, which
/// does not tell how far off it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Contrast {
    /// Given what is known.
    pub factual: Option<Estimate>,
    /// Had it been otherwise.
    pub counterfactual: Option<Estimate>,
    /// The second less the first, with the error of paired worlds; `None` unless both are there.
    pub difference: Option<Estimate>,
}

impl Contrast {
    /// The same, without what so many worlds do not tell the error of.
    fn of_several(self, [met, met_otherwise]: [f64; 2]) -> Self {
        let (factual, counterfactual) =
            (self.factual.filter(|_| met > 1.0), self.counterfactual.filter(|_| met_otherwise > 1.0));
        let difference = self.difference.filter(|_| factual.is_some() && counterfactual.is_some());
        Self { factual, counterfactual, difference }
    }

    /// The same of a figure that is made of the same draws in both runs.
    fn unmoved(self) -> Self {
        let nothing = Estimate { value: 0.0, standard_error: 0.0, prior_interval: None };
        Self { counterfactual: self.factual, difference: self.factual.map(|_| nothing), ..self }
    }
}

/// What a run and its twin say.
#[derive(Debug, Clone, PartialEq)]
pub struct Counterfactual {
    /// For each of [`Plan::asks`]: the probability, that of each option, the mean, or the probability of never.
    pub answers: Vec<Vec<Contrast>>,
    /// Worlds run.
    pub worlds: u64,
    /// Those that agree with what is known; the figures are over these.
    pub agreeing: u64,
}

/// Runs `factual` and, in the worlds that agree with what is known in it, `changed`: the same scenario with an intervention and without
/// evidence, which has the same asks.
///
/// # Errors
/// If no world agrees, or something is known that can only be weighed by; see [`Impossible`].
pub fn counterfactual(factual: &Plan, changed: &Plan, settings: &Settings) -> Result<Counterfactual, Impossible> {
    on_threads(settings.threads, || {
        let masked = by_masks(factual)?;
        let twins = Twins {
            plans: [&masked, changed],
            programs: [&masked, changed].map(|plan| Program::new(plan, settings.seed, None, &[])),
            worlds: settings.worlds.max(1),
        };
        let mut sums = Sums::new(factual);
        let chunks = chunks_of(twins.worlds);
        for start in (0..chunks).step_by(64) {
            let window: Vec<Sums> =
                (start..chunks.min(start + 64)).into_par_iter().map(|chunk| twins.chunk(chunk)).collect();
            window.into_iter().for_each(|more| sums.add(&more));
        }
        if sums.agreeing == 0 {
            return Err(diagnose(factual, settings.seed, twins.worlds));
        }
        let certain = [masked.certain(), changed.certain()];
        let otherwise = MadeOtherwise::new(changed);
        let is_otherwise = !is_as_known((factual, certain[0].as_slice()), changed);
        let mut moments = sums.moments.iter();
        let answers = factual
            .asks
            .iter()
            .zip(&changed.asks)
            .map(|(ask, other)| {
                let pairs = kept(&ask.what).into_iter().zip(kept(&other.what));
                let moves = is_otherwise && otherwise.reaches(other);
                pairs
                    .map(|(one, other)| {
                        let known = [(one, &certain[0]), (other, &certain[1])].map(|(figure, certain)| match figure {
                            Figure::Share(plane) => certain[plane.0 as usize].is_none(),
                            Figure::Never(_) => true,
                            Figure::Mean(_) | Figure::Median(_) => false,
                        });
                        let moments = moments.next();
                        let contrast = moments.map(|moments| moments.contrast(sums.agreeing as f64, known));
                        let contrast = contrast.unwrap_or_default();
                        let contrast = match (one, moments) {
                            (Figure::Mean(_), Some(moments)) => contrast.of_several(moments.met()),
                            _ => contrast,
                        };
                        if moves { contrast } else { contrast.unmoved() }
                    })
                    .collect()
            })
            .collect();
        Ok(Counterfactual { answers, worlds: twins.worlds, agreeing: sums.agreeing })
    })
}

/// Whether all that is made otherwise is what it is known to be anyway; only of yes/no events and options is that looked at.
fn is_as_known((factual, certain): (&Plan, &[Option<bool>]), changed: &Plan) -> bool {
    let made = |plane: PlaneId| {
        changed.steps.iter().find_map(|step| match step.operation {
            Operation::ConstantPlane { out, value } if out == plane => Some(value),
            _ => None,
        })
    };
    let is_known =
        |one: PlaneId, other: PlaneId| made(other).is_none_or(|value| certain[one.0 as usize] == Some(value));
    let numbers = changed.steps.iter().any(|step| matches!(step.operation, Operation::ConstantNumber { .. }));
    !numbers
        && factual.asks.iter().zip(&changed.asks).all(|(ask, other)| match (&ask.what, &other.what) {
            (Asked::Binary(one), Asked::Binary(other)) => is_known(*one, *other),
            (Asked::Categorical(one), Asked::Categorical(other)) => {
                one.iter().zip(other).all(|(one, other)| is_known(*one, *other))
            }
            _ => true,
        })
}

/// The figures that are contrasted.
fn kept(what: &Asked) -> Vec<Figure> {
    figures(what).into_iter().filter(|figure| !matches!(figure, Figure::Median(_))).collect()
}

/// The columns of a plan that follow from a constant, as what is made so is; all others are drawn in the twin as in the factual run.
struct MadeOtherwise {
    planes: Vec<bool>,
    numbers: Vec<bool>,
}

impl MadeOtherwise {
    fn new(changed: &Plan) -> Self {
        let mut found =
            Self { planes: vec![false; changed.planes as usize], numbers: vec![false; changed.numbers as usize] };
        for step in &changed.steps {
            let touched = Touched::by(&step.operation);
            let is_constant =
                matches!(step.operation, Operation::ConstantPlane { .. } | Operation::ConstantNumber { .. });
            if is_constant
                || touched.planes_in.iter().any(|plane| found.planes[plane.0 as usize])
                || touched.numbers_in.iter().any(|number| found.numbers[number.0 as usize])
            {
                touched.planes_out.iter().for_each(|plane| found.planes[plane.0 as usize] = true);
                touched.numbers_out.iter().for_each(|number| found.numbers[number.0 as usize] = true);
            }
        }
        found
    }

    fn reaches(&self, ask: &Ask) -> bool {
        let plane = |plane: &PlaneId| self.planes[plane.0 as usize];
        let what = match &ask.what {
            Asked::Binary(asked) => plane(asked),
            Asked::Categorical(options) => options.iter().any(plane),
            Asked::Number(number) | Asked::Date(number) => self.numbers[number.0 as usize],
        };
        what || ask.given.as_ref().is_some_and(plane)
    }
}

struct Twins<'a> {
    plans: [&'a Plan; 2],
    programs: [Program<'a>; 2],
    worlds: u64,
}

impl Twins<'_> {
    fn chunk(&self, chunk: u64) -> Sums {
        let mut arenas = self.plans.map(Arena::new);
        let mut sums = Sums::new(self.plans[0]);
        let blocks_per_chunk = WORLDS_PER_CHUNK / WORLDS_PER_BLOCK as u64;
        let first = chunk * blocks_per_chunk;
        for block in first..(first + blocks_per_chunk).min(blocks_of(self.worlds)) {
            let worlds = (self.worlds - block * WORLDS_PER_BLOCK as u64).min(WORLDS_PER_BLOCK as u64) as usize;
            self.programs[0].run(&mut arenas[0], block, worlds);
            if count(&arenas[0].mask) == 0 {
                continue;
            }
            self.programs[1].run(&mut arenas[1], block, worlds);
            sums.absorb(self.plans, &arenas);
        }
        sums
    }
}

/// First and second moments, over the worlds that agree, of whether the condition is met and of that times the value: in the factual run, and
/// in its twin.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    sums: [f64; 4],
    products: [[f64; 4]; 4],
}

struct Sums {
    agreeing: u64,
    moments: Vec<Moments>,
}

impl Sums {
    fn new(plan: &Plan) -> Self {
        let figures = plan.asks.iter().map(|ask| kept(&ask.what).len()).sum();
        Self { agreeing: 0, moments: vec![Moments::default(); figures] }
    }

    fn add(&mut self, more: &Self) {
        self.agreeing += more.agreeing;
        for (moments, more) in self.moments.iter_mut().zip(&more.moments) {
            for row in 0..4 {
                moments.sums[row] += more.sums[row];
                for column in 0..4 {
                    moments.products[row][column] += more.products[row][column];
                }
            }
        }
    }

    fn absorb(&mut self, plans: [&Plan; 2], arenas: &[Arena; 2]) {
        let mask = arenas[0].mask;
        self.agreeing += count(&mask);
        let asks = plans[0].asks.iter().zip(&plans[1].asks);
        let pairs = asks.flat_map(|(one, other)| {
            let of = |ask: &crate::plan::Ask| kept(&ask.what).into_iter().map(|figure| (figure, ask.given)).collect();
            let (left, right): (Vec<_>, Vec<_>) = (of(one), of(other));
            left.into_iter().zip(right)
        });
        for (moments, pair) in self.moments.iter_mut().zip(pairs) {
            for_each_world(&mask, |world| {
                let (one, other) = (seen(&arenas[0], pair.0, world), seen(&arenas[1], pair.1, world));
                let row = [one.0, one.1, other.0, other.1];
                for (at, left) in row.iter().enumerate() {
                    moments.sums[at] += left;
                    for (product, right) in moments.products[at].iter_mut().zip(row) {
                        *product += left * right;
                    }
                }
            });
        }
    }
}

/// Whether a figure's condition is met in a world, and the value if it is.
fn seen(arena: &Arena, (figure, given): (Figure, Option<PlaneId>), world: usize) -> (f64, f64) {
    let holds = |plane: PlaneId| (arena.plane(plane)[world / 64] >> (world % 64)) & 1 == 1;
    if !given.is_none_or(holds) {
        return (0.0, 0.0);
    }
    match figure {
        Figure::Share(plane) => (1.0, f64::from(u8::from(holds(plane)))),
        Figure::Never(date) => (1.0, f64::from(u8::from(!arena.number(date)[world].is_finite()))),
        Figure::Mean(number) | Figure::Median(number) => {
            let value = arena.number(number)[world];
            if value.is_nan() { (0.0, 0.0) } else { (1.0, value) }
        }
    }
}

impl Moments {
    /// How many worlds meet the condition in each run.
    fn met(&self) -> [f64; 2] {
        [self.sums[0], self.sums[2]]
    }

    /// Both figures and their difference by the delta method; `simulated` says which are shares that are not certain, and so never free of
    /// error.
    fn contrast(&self, agreeing: f64, simulated: [bool; 2]) -> Contrast {
        let mean = self.sums.map(|sum| sum / agreeing);
        // Of each run: the figure, the influences of a world on it, as combinations of its four numbers, and how many worlds count.
        let of_run = |run: usize| -> Option<(f64, [f64; 4], f64)> {
            let (met, sum) = (mean[2 * run], mean[2 * run + 1]);
            if met <= 0.0 {
                return None;
            }
            let mut influence = [0.0; 4];
            influence[2 * run] = -(sum / met) / met;
            influence[2 * run + 1] = 1.0 / met;
            Some((sum / met, influence, met))
        };
        let variance = |influence: [f64; 4]| {
            let mut sum = 0.0;
            for row in 0..4 {
                for column in 0..4 {
                    let covariance = self.products[row][column] / agreeing - mean[row] * mean[column];
                    sum += influence[row] * influence[column] * covariance;
                }
            }
            sum.max(0.0) / agreeing
        };
        let softened = |value: f64, met: f64| {
            let worlds = met * agreeing;
            let share = (value * worlds + 0.5) / (worlds + 1.0);
            share * (1.0 - share) / worlds
        };
        let estimate =
            |value: f64, variance: f64| Estimate { value, standard_error: variance.sqrt(), prior_interval: None };
        let alone = |run: usize| -> Option<Estimate> {
            let (value, influence, met) = of_run(run)?;
            let all_alike = simulated[run] && (value <= 0.0 || value >= 1.0);
            Some(estimate(value, if all_alike { softened(value, met) } else { variance(influence) }))
        };
        let difference = of_run(0).zip(of_run(1)).map(|((one, of_one, met), (other, of_other, met_otherwise))| {
            let apart = variance(std::array::from_fn(|at| of_other[at] - of_one[at]));
            let never_seen = apart == 0.0 && (simulated[0] || simulated[1]);
            estimate(other - one, if never_seen { softened(0.0, met.min(met_otherwise)) } else { apart })
        });
        Contrast { factual: alone(0), counterfactual: alone(1), difference }
    }
}
