//! A run that keeps its worlds one by one, for what cannot be counted while they pass: the best of many combinations, the largest of
//! several numbers.

use super::block::{self, Arena, WORLDS_PER_BLOCK, both};
use super::diagnose::diagnose;
use super::forest::Combine;
use super::passes::Gather;
use super::run::Run;
use super::sampling::{Conditioned, Sampling};
use super::tally::Weights;
use super::{Impossible, Settings, Stop, on_threads};
use crate::plan::{NumberId, Plan, PlaneId};

/// The worlds of a run, column by column. Bit `b` of word `w` is world `64 w + b`; numbers and weights stand one a world in the same order.
#[derive(Debug, Clone, Default)]
pub struct KeptWorlds {
    agreeing: Vec<u64>,
    planes: Vec<Vec<u64>>,
    numbers: Vec<Vec<f64>>,
    weights: Option<Vec<f64>>,
    divided_by_zero: Vec<u64>,
}

impl KeptWorlds {
    /// The worlds that count.
    #[must_use]
    pub fn agreeing(&self) -> &[u64] {
        &self.agreeing
    }

    /// The bit columns that were asked for, in that order. Bits of worlds that do not count mean nothing.
    #[must_use]
    pub fn planes(&self) -> &[Vec<u64>] {
        &self.planes
    }

    /// The number columns that were asked for, in that order.
    #[must_use]
    pub fn numbers(&self) -> &[Vec<f64>] {
        &self.numbers
    }

    /// What each world weighs; `None` where all weigh alike.
    #[must_use]
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// For each of [`Plan::divisions`], in how many worlds that count it divided by zero.
    #[must_use]
    pub fn divided_by_zero(&self) -> &[u64] {
        &self.divided_by_zero
    }

    /// The weight of the worlds where a bit column holds, and the square of it: `Σ w` and `Σ w²` over those that count.
    #[must_use]
    pub fn mass(&self, plane: &[u64]) -> [f64; 2] {
        let held = plane.iter().zip(&self.agreeing).map(|(word, agreeing)| word & agreeing);
        match &self.weights {
            None => {
                let worlds: u64 = held.map(|word| u64::from(word.count_ones())).sum();
                [worlds as f64; 2]
            }
            Some(weights) => {
                let mut mass = [0.0; 2];
                for (mut word, weights) in held.zip(weights.chunks(64)) {
                    while word != 0 {
                        let weight = weights[word.trailing_zeros() as usize];
                        mass[0] += weight;
                        mass[1] += weight * weight;
                        word &= word - 1;
                    }
                }
                mass
            }
        }
    }
}

/// What is gathered, and of which columns.
struct Gathered<'a> {
    kept: KeptWorlds,
    columns: (&'a [PlaneId], &'a [NumberId]),
}

impl Combine for Gathered<'_> {
    fn combine(&mut self, later: &mut Self) {
        let kept = &mut self.kept;
        kept.agreeing.append(&mut later.kept.agreeing);
        for (column, more) in kept.planes.iter_mut().zip(&mut later.kept.planes) {
            column.append(more);
        }
        for (column, more) in kept.numbers.iter_mut().zip(&mut later.kept.numbers) {
            column.append(more);
        }
        for (count, more) in kept.divided_by_zero.iter_mut().zip(&later.kept.divided_by_zero) {
            *count += more;
        }
        match (&mut kept.weights, &mut later.kept.weights) {
            (Some(weights), Some(more)) => weights.append(more),
            (weights @ None, more) => *weights = more.take(),
            (Some(_), None) => {}
        }
    }
}

impl Gather for Gathered<'_> {
    fn clear(&mut self) {
        let kept = &mut self.kept;
        kept.agreeing.clear();
        kept.planes.iter_mut().for_each(Vec::clear);
        kept.numbers.iter_mut().for_each(Vec::clear);
        kept.weights = None;
        kept.divided_by_zero.fill(0);
    }

    fn absorb(&mut self, _plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        let kept = &mut self.kept;
        kept.agreeing.extend(arena.mask);
        for (column, plane) in kept.planes.iter_mut().zip(self.columns.0) {
            column.extend(arena.plane(*plane));
        }
        for (column, number) in kept.numbers.iter_mut().zip(self.columns.1) {
            column.extend_from_slice(&arena.number(*number)[..WORLDS_PER_BLOCK]);
        }
        for (count, divided) in kept.divided_by_zero.iter_mut().zip(&arena.divided_by_zero) {
            *count += block::count(&both(&arena.mask, divided));
        }
        if let Some(weights) = weights {
            kept.weights.get_or_insert_default().extend_from_slice(&weights.weights[..WORLDS_PER_BLOCK]);
        }
    }
}

/// Runs a plan and keeps some of its columns for every world. The worlds are those of [`simulate`](super::simulate()) with these settings, in their order,
/// rounded up to whole blocks of which the last worlds do not count.
///
/// # Errors
/// If no world is left by what is known, or a belief cannot be met; see [`Impossible`].
pub fn keep<'a>(
    subject: impl Into<Conditioned<'a>>,
    settings: &Settings,
    columns: (&[PlaneId], &[NumberId]),
) -> Result<KeptWorlds, Impossible> {
    let subject = subject.into();
    let settings = Settings { doubt_draws: 0, stop: Stop::AtWorlds, ..*settings };
    on_threads(settings.threads, || {
        let sampling = Sampling::choose(&subject, &settings)?;
        let run = Run::new(&sampling, &settings)?;
        let worlds = settings.worlds.max(1);
        let (planes, numbers) = columns;
        let new = || Gathered {
            kept: KeptWorlds {
                planes: vec![Vec::new(); planes.len()],
                numbers: vec![Vec::new(); numbers.len()],
                divided_by_zero: vec![0; subject.plan.divisions.len()],
                ..KeptWorlds::default()
            },
            columns,
        };
        let kept = run.gather_all(worlds, new)?.kept;
        let agreeing: u64 = kept.agreeing.iter().map(|word| u64::from(word.count_ones())).sum();
        if agreeing == 0 || kept.mass(&vec![u64::MAX; kept.agreeing.len()])[0] <= 0.0 {
            return Err(diagnose(subject.plan, settings.seed, worlds));
        }
        Ok(kept)
    })
}
