//! The course of a run: what all chunks need is worked out first, then chunks run until enough is known, then the inputs are drawn.
//!
//! *Groundwork* is what every chunk of the main run needs beforehand: the factors of the beliefs, fitted over all worlds, and where the
//! bins of numbers are fine. It depends on the plan, the seed and the number of worlds alone.

use super::believe::{self, Belief, MOST_BELIEFS, Patterns};
use super::block::WORLDS_PER_BLOCK;
use super::finish::{answers, finish};
use super::forest::Forest;
use super::passes::{
    self, Arenas, Gather, New, Pass, Spares, WORLDS_PER_CHUNK, Windows, blocks_in, blocks_of, chunks_of, windows,
};
use super::program::Program;
use super::sampling::{Conditioned, Drawn, Posterior, Proposal, Sampling, may_be_missed};
use super::strata::Design;
use super::tally::{Counts, Mass, Pivot};
use super::{Impossible, Settings, Stop, Tally, diagnose, doubt, inputs, precision};
use crate::plan::{Draw, Operation, Plan};
use std::ops::Range;
use std::time::{Duration, Instant};

/// What every chunk of the main run needs beforehand.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Groundwork {
    /// The weight of all worlds before the beliefs are held, if there are any.
    pub(crate) before_beliefs: Option<Mass>,
    /// A factor for each pattern of the believed planes.
    pub(crate) factors: Vec<f64>,
    /// Where the bins of each ask's number are fine.
    pub(crate) pivots: Vec<Option<Pivot>>,
    /// How worlds are drawn.
    pub(crate) sampling: Drawn,
}

/// A plan that can be run.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    plan: &'a Plan,
    proposal: Option<&'a Proposal>,
    posterior: Option<&'a Posterior>,
    drawn: Drawn,
    seed: u64,
    design: Design,
    beliefs: Vec<Belief>,
    arenas: Arenas<'a>,
    doubt_draws: u32,
}

/// Chunks of the main run, and what they were built on.
type Built = (Groundwork, Forest<Counts>);

impl<'a> Run<'a> {
    /// Refuses what cannot be run at all.
    pub(crate) fn new(sampling: &'a Sampling<'_>, settings: &Settings) -> Result<Self, Impossible> {
        let plan: &Plan = &sampling.plan;
        let beliefs = believe::beliefs(plan);
        if beliefs.len() > MOST_BELIEFS {
            return Err(Impossible::TooManyBeliefs { beliefs: beliefs.len() });
        }
        check_correlated_numbers(plan)?;
        let doubt_draws = if plan.parameters.is_empty() { 0 } else { doubt::rounded(settings.doubt_draws) };
        Ok(Self {
            plan,
            proposal: sampling.proposal.as_ref(),
            posterior: sampling.posterior,
            drawn: sampling.drawn(),
            seed: settings.seed,
            design: settings.design,
            beliefs,
            arenas: Arenas::new(sampling.posterior.map_or(plan, |posterior| &posterior.plan)),
            doubt_draws,
        })
    }

    /// As many draws of the inputs as are run.
    pub(crate) fn doubt_draws(&self) -> u32 {
        self.doubt_draws
    }

    fn program<'f>(&self, factors: &'f [f64]) -> Program<'f>
    where
        'a: 'f,
    {
        let program = match self.posterior {
            Some(posterior) => Program::new(&posterior.plan, self.seed, None, factors).conditioned(),
            None => Program::new(self.plan, self.seed, None, factors).tilted_to(self.seed, self.proposal),
        };
        program.designed(self.design)
    }

    /// Whether this may be the groundwork of this plan.
    pub(crate) fn fits(&self, groundwork: &Groundwork) -> bool {
        let patterns = if self.beliefs.is_empty() { 0 } else { 1 << self.beliefs.len() };
        groundwork.factors.len() == patterns
            && groundwork.before_beliefs.is_some() == (patterns > 0)
            && groundwork.pivots.len() == self.plan.asks.len()
    }

    /// Adds the patterns of some chunks; the pass before the main run, if there are beliefs.
    fn gather_patterns(
        &self,
        patterns: &mut Forest<Patterns>,
        chunks: Range<u64>,
        worlds: u64,
        done: &mut dyn FnMut(u64),
    ) {
        let program = self.program(&[]);
        let pass = Pass { program: &program, arenas: &self.arenas, worlds };
        pass.grow(patterns, chunks, || Patterns::new(self.beliefs.len()), done);
    }

    /// Fits the beliefs to what the first `worlds` worlds showed; nothing to fit if there are none.
    fn groundwork(&self, patterns: &Forest<Patterns>, worlds: u64) -> Result<Groundwork, Impossible> {
        let mut groundwork = Groundwork { sampling: self.drawn.clone(), ..Groundwork::default() };
        if !self.beliefs.is_empty() {
            let patterns = patterns.clone().fold().unwrap_or_else(|| Patterns::new(self.beliefs.len()));
            if patterns.total.weight <= 0.0 {
                return Err(diagnose::diagnose(self.plan, self.seed, worlds));
            }
            groundwork.factors = if self.plan.has_later_evidence() {
                believe::fit_in_order::<Impossible>(self.plan, &self.beliefs, &mut |stage| {
                    self.masses_at(stage, worlds)
                })?
            } else {
                believe::fit(self.plan, &patterns.masses, &self.beliefs)?
            };
            groundwork.before_beliefs = Some(patterns.total);
        }
        // The first block is looked at beforehand, whatever the number of worlds: the bins depend on the plan and the seed alone.
        let program = self.program(&groundwork.factors);
        groundwork.pivots = self.arenas.with(|arena| {
            program.run(arena, 0, WORLDS_PER_BLOCK);
            Counts::pivots(self.plan, arena)
        });
        Ok(groundwork)
    }

    /// What the same worlds weigh in each pattern of the beliefs by what was known at a stage of them. Where other evidence follows a belief, worlds are drawn as
    /// planned, so they are the same but for what is known.
    fn masses_at(&self, stage: u32, worlds: u64) -> Result<Vec<f64>, Impossible> {
        let known = self.plan.known_at(stage);
        let program = Program::new(&known, self.seed, None, &[]).designed(self.design);
        let patterns = passes::gather(&program, &Arenas::new(&known), worlds, || Patterns::new(self.beliefs.len()));
        if patterns.total.weight > 0.0 {
            Ok(patterns.masses)
        } else {
            Err(diagnose::diagnose(&known, self.seed, worlds))
        }
    }

    /// Adds the counts of some chunks of the main run.
    pub(crate) fn gather_counts(
        &self,
        groundwork: &Groundwork,
        counts: &mut Forest<Counts>,
        chunks: Range<u64>,
        worlds: u64,
        done: &mut dyn FnMut(u64),
    ) {
        let program = self.program(&groundwork.factors);
        let pass = Pass { program: &program, arenas: &self.arenas, worlds };
        pass.grow(counts, chunks, || Counts::new(self.plan, &groundwork.pivots, self.design), done);
    }

    /// Adds what is gathered otherwise of some chunks of the main run.
    pub(crate) fn gather<G: Gather>(
        &self,
        groundwork: &Groundwork,
        gathered: &mut Forest<G>,
        chunks: Range<u64>,
        worlds: u64,
        new: impl New<G>,
    ) {
        let program = self.program(&groundwork.factors);
        let pass = Pass { program: &program, arenas: &self.arenas, worlds };
        pass.grow(gathered, chunks, new, &mut |_| {});
    }

    /// As in [`Tally::may_be_missed`], of worlds that weigh so much together.
    pub(crate) fn may_be_missed(&self, groundwork: &Groundwork, weight: f64) -> Option<f64> {
        let is_fitted = !groundwork.sampling.figures.is_empty();
        is_fitted.then(|| may_be_missed(self.plan, &groundwork.factors, weight)).flatten()
    }

    /// Why what is known leaves none of so many worlds.
    pub(crate) fn why_none(&self, worlds: u64) -> Impossible {
        diagnose::diagnose(self.plan, self.seed, worlds)
    }

    /// Some chunks of a run of so many worlds.
    pub(crate) fn some(&self, chunks: Range<u64>, worlds: u64, done: &mut dyn FnMut(u64)) -> Result<Built, Impossible> {
        let mut patterns = Forest::default();
        if !self.beliefs.is_empty() {
            self.gather_patterns(&mut patterns, 0..chunks_of(worlds), worlds, done);
        }
        let groundwork = self.groundwork(&patterns, worlds)?;
        let mut counts = Forest::default();
        self.gather_counts(&groundwork, &mut counts, chunks, worlds, done);
        Ok((groundwork, counts))
    }

    /// Gathers something else than counts from all of so many worlds.
    pub(crate) fn gather_all<G: Gather>(&self, worlds: u64, new: impl New<G>) -> Result<G, Impossible> {
        let mut patterns = Forest::default();
        if !self.beliefs.is_empty() {
            self.gather_patterns(&mut patterns, 0..chunks_of(worlds), worlds, &mut |_| {});
        }
        let groundwork = self.groundwork(&patterns, worlds)?;
        let program = self.program(&groundwork.factors);
        Ok(passes::gather(&program, &self.arenas, worlds, new))
    }

    /// Blocks that [`Self::some`] and [`Self::doubt`] run.
    pub(crate) fn blocks(&self, chunks: &Range<u64>, draws: &Range<u32>, worlds: u64) -> u64 {
        let beforehand = if self.beliefs.is_empty() { 0 } else { blocks_of(worlds) };
        let of_draws = u64::from(draws.end - draws.start) * self.blocks_per_draw(worlds);
        beforehand + blocks_in(chunks, worlds) + of_draws
    }

    /// Some draws of the inputs.
    pub(crate) fn doubt(
        &self,
        groundwork: &Groundwork,
        draws: Range<u32>,
        worlds: u64,
        done: &mut dyn FnMut(u64),
    ) -> Vec<doubt::DrawResult> {
        let blocks = self.blocks_per_draw(worlds);
        let all = self.doubt_draws;
        doubt::run(
            (self.plan, self.proposal),
            self.seed,
            doubt::Draws { all, of_them: draws },
            blocks,
            &groundwork.factors,
            done,
        )
    }

    /// Blocks for each draw of the inputs: about half as many worlds in all as the main run has, at least one block, at most four.
    fn blocks_per_draw(&self, worlds: u64) -> u64 {
        let worlds_per_draw = worlds / (2 * u64::from(self.doubt_draws.max(1)));
        (worlds_per_draw / WORLDS_PER_BLOCK as u64).clamp(1, 4)
    }

    /// Twice as many chunks again and again, until every figure is exact enough or the worlds are used up.
    fn until_exact(
        &self,
        most: u64,
        (standard_error, first_ask): (f64, usize),
        done: &mut dyn FnMut(u64),
    ) -> Result<(u64, Built), Impossible> {
        let all = chunks_of(most);
        let (mut patterns, mut counts) = (Forest::default(), Forest::default());
        let (mut start, mut end) = (0, 1_u64.min(all));
        loop {
            let worlds = most.min(end * WORLDS_PER_CHUNK);
            if !self.beliefs.is_empty() {
                self.gather_patterns(&mut patterns, start..end, worlds, &mut |_| {});
                // The factors are those of as many worlds as are counted, so all are counted again.
                (counts, start) = (Forest::default(), 0);
            }
            match self.groundwork(&patterns, worlds) {
                Ok(groundwork) => {
                    self.gather_counts(&groundwork, &mut counts, start..end, worlds, done);
                    let exact = || {
                        // A power of two of chunks has one root.
                        let root = counts.roots().next().map(|(_, root)| root).filter(|_| end.is_power_of_two());
                        root.is_some_and(|counts| {
                            precision::worst(&answers(self.plan, counts), first_ask, standard_error).is_none()
                        })
                    };
                    if end == all || exact() {
                        return Ok((worlds, (groundwork, counts)));
                    }
                }
                Err(problem) if end == all => return Err(problem),
                // So few worlds do not show yet what the beliefs are about.
                Err(_) => {}
            }
            (start, end) = (end, (2 * end).min(all));
        }
    }

    /// Chunk after chunk, until what is left to do would pass the time.
    fn until_late(
        &self,
        most: u64,
        time: Duration,
        progress: &(dyn Fn(f64) + Sync),
    ) -> Result<(u64, Built), Impossible> {
        let begun = Instant::now();
        let all = chunks_of(most);
        let time_left_for_more = |end: u64| {
            let worlds = most.min(end * WORLDS_PER_CHUNK);
            let whole = self.blocks(&(0..end), &(0..self.doubt_draws), worlds) as f64 / blocks_of(worlds) as f64;
            let elapsed = begun.elapsed().as_secs_f64() * whole;
            progress((elapsed / time.as_secs_f64()).min(1.0) / whole);
            elapsed < time.as_secs_f64()
        };
        if self.beliefs.is_empty() {
            let groundwork = self.groundwork(&Forest::default(), most)?;
            let program = self.program(&groundwork.factors);
            let pass = Pass { program: &program, arenas: &self.arenas, worlds: most };
            let (end, counts) =
                grow_while(&pass, all, || Counts::new(self.plan, &groundwork.pivots, self.design), &time_left_for_more);
            return Ok((most.min(end * WORLDS_PER_CHUNK), (groundwork, counts)));
        }
        let program = self.program(&[]);
        let pass = Pass { program: &program, arenas: &self.arenas, worlds: most };
        let (end, patterns) = grow_while(&pass, all, || Patterns::new(self.beliefs.len()), &time_left_for_more);
        let worlds = most.min(end * WORLDS_PER_CHUNK);
        let groundwork = self.groundwork(&patterns, worlds)?;
        let mut counts = Forest::default();
        self.gather_counts(&groundwork, &mut counts, 0..end, worlds, &mut |_| {});
        Ok((worlds, (groundwork, counts)))
    }
}

/// Runs short windows while there is a reason to go on, the first ones shorter still, so that little time does not end in much work; how many
/// chunks there are then, and what they gave.
fn grow_while<G: Gather>(pass: &Pass<'_>, all: u64, new: impl New<G>, go_on: &dyn Fn(u64) -> bool) -> (u64, Forest<G>) {
    let spares = Spares::new(new);
    let mut forest = Forest::default();
    let mut end = 0;
    'windows: for window in windows(0..all, Windows::Short) {
        let mut start = window.start;
        while start < window.end {
            // As many chunks as there were before: 1, 1, 2, 4 and so on, until windows are whole.
            end = window.end.min(start + start.max(1));
            pass.run(&mut forest, start..end, &spares);
            start = end;
            if !go_on(end) {
                break 'windows;
            }
        }
    }
    (end, forest)
}

/// A whole run.
pub(crate) fn run(
    subject: &Conditioned<'_>,
    settings: &Settings,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Tally, Impossible> {
    let plan = subject.plan;
    let most = settings.worlds.max(1);
    let sampling = Sampling::choose(subject, settings)?;
    let run = Run::new(&sampling, settings)?;
    let all_draws = 0..run.doubt_draws;
    let mut meter = Meter::new(run.blocks(&(0..chunks_of(most)), &all_draws, most), progress);
    let (worlds, (groundwork, forest)) = match settings.stop {
        Stop::AtWorlds => (most, run.some(0..chunks_of(most), most, &mut |blocks| meter.add(blocks))?),
        Stop::AtPrecision { standard_error, first_ask } => {
            run.until_exact(most, (standard_error, first_ask), &mut |blocks| meter.add(blocks))?
        }
        Stop::AfterTime(time) => run.until_late(most, time, progress)?,
    };
    let counts = forest.fold().unwrap_or_else(|| Counts::new(plan, &groundwork.pivots, settings.design));
    let draws = run.doubt(&groundwork, all_draws, worlds, &mut |blocks| meter.add(blocks));
    finish(plan, settings, worlds, &groundwork, &counts, &draws)
}

/// How much of the work is done.
pub(crate) struct Meter<'a> {
    blocks_done: u64,
    all_blocks: u64,
    progress: &'a (dyn Fn(f64) + Sync),
}

impl<'a> Meter<'a> {
    /// Of so many blocks.
    pub(crate) fn new(all_blocks: u64, progress: &'a (dyn Fn(f64) + Sync)) -> Self {
        Self { blocks_done: 0, all_blocks, progress }
    }

    /// So many more have run. With beliefs and a precision asked, blocks run again; then the work is never more than done.
    pub(crate) fn add(&mut self, blocks: u64) {
        self.blocks_done = (self.blocks_done + blocks).min(self.all_blocks);
        (self.progress)(self.blocks_done as f64 / self.all_blocks.max(1) as f64);
    }
}

fn check_correlated_numbers(plan: &Plan) -> Result<(), Impossible> {
    for step in &plan.steps {
        if let Operation::Number { draw: Draw::Column(_), rows, evidence: Some((value, finding)), .. } = &step.operation
            && rows.iter().any(|row| inputs::has_density_at(&row.value, *value))
        {
            let finding = finding.0 as usize;
            return Err(Impossible::CorrelatedNumber { finding, name: plan.findings[finding].clone() });
        }
    }
    Ok(())
}
