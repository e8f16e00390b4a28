//! Runs the steps of a plan over one block of worlds.

use super::block::{Aligned, Arena, EVERYWHERE, Scratch, WORDS, WORLDS_PER_BLOCK};
use super::inputs::{ParameterValue, ReadyScale, StepInputs, Strata, prepare};
use super::kernel::by_world::ByWorld;
use super::kernel::date::{Dates, Randomness};
use super::kernel::logic::Side;
use super::kernel::number::Likelihood;
use super::kernel::tilted::TiltedDraw;
use super::kernel::{arithmetic, bernoulli, categorical, correlated, evidence, logic, number};
use super::sampling::{Proposal, Tilt};
use super::strata::Design;
use super::streams::{self, Address, StreamKey};
use crate::math::columns;
use crate::plan::{Comparison, Draw, Operand, Operation, Plan, PlaneId, StreamId};
use fearless_simd::Level;

/// A plan with its inputs put in and its streams addressed.
#[derive(Debug, Clone)]
pub(crate) struct Program<'a> {
    plan: &'a Plan,
    inputs: Vec<StepInputs<'a>>,
    keys: Vec<StreamKey>,
    beliefs: &'a [f64],
    weighted: bool,
    /// Says which worlds draw from the proposal, if there is one.
    component: Option<StreamKey>,
    /// Of each step, if there is a proposal; `None` if it is drawn as planned.
    tilts: Vec<Option<TiltedDraw<'a>>>,
    pilot: bool,
    /// Whether what is known changes no weights, since what it depends on is drawn given it.
    conditioned: bool,
    design: Design,
}

impl<'a> Program<'a> {
    /// With the means of the doubtful inputs, or one draw of them. `beliefs` has a factor for each pattern of the believed planes, or
    /// is empty.
    #[must_use]
    pub(crate) fn new(plan: &'a Plan, seed: u64, drawn: Option<&[ParameterValue]>, beliefs: &'a [f64]) -> Self {
        Self {
            plan,
            inputs: prepare(plan, drawn),
            keys: plan.streams.iter().map(|name| StreamKey::new(seed, name)).collect(),
            beliefs,
            weighted: !beliefs.is_empty() || plan.steps.iter().any(|step| weighs(&step.operation)),
            component: None,
            tilts: Vec::new(),
            pilot: false,
            conditioned: false,
            design: Design::Independent,
        }
    }

    /// The same, with a seed of its own for each stream of the plan.
    #[must_use]
    pub(crate) fn seeded(mut self, seeds: &[u64]) -> Self {
        self.keys = self.plan.streams.iter().zip(seeds).map(|(name, seed)| StreamKey::new(*seed, name)).collect();
        self
    }

    /// The same, drawn from a proposal and weighted for that.
    #[must_use]
    pub(crate) fn tilted_to(mut self, seed: u64, proposal: Option<&'a Proposal>) -> Self {
        let Some(proposal) = proposal else { return self };
        self.component = Some(StreamKey::new(seed, "foretell: component"));
        self.weighted = true;
        let halves = |rows: usize| -> Vec<_> {
            (0..rows as u32).map(|row| [2 * row, 2 * row + 1].map(|half| PlaneId(self.plan.planes + half))).collect()
        };
        let ready = |(at, inputs): (usize, &_)| match (proposal.tilt(at)?, inputs) {
            (Tilt::Chances(proposed), StepInputs::Chances(chances, ..)) => {
                Some(TiltedDraw::of_chances(&halves(chances.len()), chances, proposed))
            }
            (Tilt::Options(proposed), StepInputs::Options(options, ..)) => {
                Some(TiltedDraw::of_options(&halves(options.len()), options, proposed))
            }
            (Tilt::Uniforms(members), _) => Some(TiltedDraw::Uniforms(members)),
            _ => unreachable!("a proposal is made for each operation"),
        };
        self.tilts = self.inputs.iter().enumerate().map(ready).collect();
        self
    }

    /// The same for a pilot: weights are those of the evidence alone, and a world that disagrees with it keeps its weight.
    #[must_use]
    pub(crate) fn for_a_pilot(mut self) -> Self {
        self.pilot = true;
        self
    }

    /// The same for a plan that draws the posterior.
    #[must_use]
    pub(crate) fn conditioned(mut self) -> Self {
        self.conditioned = true;
        self.weighted = !self.beliefs.is_empty();
        self
    }

    /// The same, with worlds that go together in another way.
    #[must_use]
    pub(crate) fn designed(mut self, design: Design) -> Self {
        self.design = design;
        self
    }

    fn address(&self, stream: StreamId, block: u64) -> Address<'_> {
        Address { key: &self.keys[stream.0 as usize], block, design: self.design }
    }

    /// The uniforms that a member of a step was drawn by in a block that has just run.
    pub(crate) fn uniforms(&self, step: usize, member: usize, stream: StreamId, arena: &Arena, block: u64) -> Vec<f64> {
        let mut uniforms = vec![0.0; WORLDS_PER_BLOCK];
        streams::fill_uniforms(arena.level, &self.address(stream, block), &mut uniforms);
        if let Some(bins) = self.tilt(step).and_then(|tilt| tilt.bins(member)) {
            arena.tilting.clone().uniforms(bins, &mut uniforms);
        }
        uniforms
    }

    /// What the worlds of a block draw by: the same, or a stratum of a doubtful input for each of them. `bytes` is filled then.
    fn by_world<'b, T>(
        &self,
        same: &'b T,
        strata: Option<&'b Strata<T>>,
        level: Level,
        block: u64,
        bytes: &'b mut [u8],
    ) -> ByWorld<'b, T> {
        let Some(Strata { values, stream }) = strata else { return ByWorld::Same(same) };
        streams::fill_bytes(level, &self.address(*stream, block), bytes);
        ByWorld::Chosen { values, bytes }
    }

    fn tilt(&self, step: usize) -> Option<&TiltedDraw<'a>> {
        self.tilts.get(step).and_then(Option::as_ref)
    }

    /// Whether worlds weigh differently, rather than count or not.
    #[must_use]
    pub(crate) fn weighted(&self) -> bool {
        self.weighted
    }

    /// Fills every column of a block, of which the first `worlds` worlds count, and settles the weights.
    pub(crate) fn run(&self, arena: &mut Arena, block: u64, worlds: usize) {
        arena.start(worlds);
        if self.weighted {
            arena.weights.fill(1.0);
        }
        if let Some(key) = &self.component {
            arena.tilting.start(&mut key.open(block));
        }
        let mut at = arena.combine_planes(&self.plan.steps);
        while let (Some(step), Some(inputs)) = (self.plan.steps.get(at), self.inputs.get(at)) {
            self.step(&step.operation, (inputs, at), arena, block);
            at += 1;
            at += arena.combine_planes(&self.plan.steps[at..]);
        }
        if self.pilot {
            return;
        }
        if self.component.is_some() {
            arena.tilting.weigh(&mut arena.weights);
        }
        if !self.beliefs.is_empty() {
            let mut patterns = std::mem::take(&mut arena.scratch.patterns);
            evidence::patterns(believed(self.plan).map(|plane| arena.plane(plane)), &mut patterns);
            for (weight, pattern) in arena.weights.iter_mut().zip(&patterns) {
                *weight *= self.beliefs[usize::from(*pattern)];
            }
            arena.scratch.patterns = patterns;
        }
        if self.weighted {
            arena.settle_weights();
        }
    }

    fn step(&self, operation: &Operation, (inputs, at): (&StepInputs<'_>, usize), arena: &mut Arena, block: u64) {
        let tilt = self.tilt(at);
        let level = arena.level;
        match operation {
            Operation::ConstantPlane { out, value } => {
                arena.set_plane(*out, &if *value { EVERYWHERE } else { [0; 64] });
            }
            Operation::ConstantNumber { out, value } => arena.fill_number(*out, |_, column| column.fill(*value)),
            Operation::Bernoulli { .. } => self.bernoulli(operation, (inputs, at), arena, block),
            Operation::Categorical { .. } => self.categorical(operation, (inputs, at), arena, block),
            Operation::Number { .. } => self.number(operation, (inputs, tilt), arena, block),
            Operation::Date { .. } => self.date(operation, (inputs, tilt), arena, block),
            Operation::CorrelatedUniforms { out, streams, factor } => {
                let mut normals = std::mem::take(&mut arena.scratch.normals);
                if normals.len() < streams.len() {
                    normals.resize_with(streams.len(), || vec![0.0; WORLDS_PER_BLOCK]);
                }
                for (member, (stream, normals)) in streams.iter().zip(&mut normals).enumerate() {
                    match tilt.and_then(|tilt| tilt.bins(member)) {
                        None => {
                            let uniforms = &mut arena.scratch.uniforms;
                            correlated::normals(level, &self.address(*stream, block), uniforms, normals);
                        }
                        Some(bins) => {
                            streams::fill_uniforms(level, &self.address(*stream, block), normals);
                            arena.tilting.uniforms(bins, normals);
                            normals.iter_mut().for_each(|value| *value = crate::math::normal::quantile(*value));
                        }
                    }
                }
                for (row, out) in out.iter().enumerate() {
                    arena.fill_number(*out, |_, column| correlated::uniforms(level, factor, row, &normals, column));
                }
                arena.scratch.normals = normals;
            }
            Operation::Logic { .. } | Operation::Not { .. } => unreachable!("boolean steps are done together"),
            Operation::Compare { out, comparison, left, right } => {
                let mut plane = [0; WORDS];
                logic::compare(level, *comparison, side(arena, *left), side(arena, *right), &mut plane);
                arena.set_plane(*out, &plane);
            }
            Operation::Arithmetic { out, arithmetic, left, right } => arena.fill_number(*out, |arena, column| {
                arithmetic::combine(arena.level, *arithmetic, side(arena, *left), side(arena, *right), column);
            }),
            Operation::Divide { out, left, right, division } => arena.fill_number(*out, |arena, column| {
                let by_zero = arithmetic::divide(side(arena, *left), side(arena, *right), column);
                let seen = &mut arena.divided_by_zero[*division];
                seen.iter_mut().zip(&by_zero).for_each(|(seen, by_zero)| *seen |= by_zero);
            }),
            Operation::Power { out, left, right, division } => arena.fill_number(*out, |arena, column| {
                let without = arithmetic::raise(side(arena, *left), side(arena, *right), column);
                let seen = &mut arena.divided_by_zero[*division];
                seen.iter_mut().zip(&without).for_each(|(seen, without)| *seen |= without);
            }),
            Operation::Apply { out, function, of, division } => arena.fill_number(*out, |arena, column| {
                let without = arithmetic::apply(arena.level, *function, side(arena, *of), column);
                let seen = &mut arena.divided_by_zero[*division];
                seen.iter_mut().zip(&without).for_each(|(seen, without)| *seen |= without);
            }),
            Operation::Count { out, of } => arena.fill_number(*out, |arena, column| {
                arithmetic::count(of.iter().map(|plane| arena.plane(*plane)), column);
            }),
            Operation::Select { out, condition, then, otherwise } => arena.fill_number(*out, |arena, column| {
                arithmetic::select(arena.plane(*condition), side(arena, *then), side(arena, *otherwise), column);
            }),
            Operation::Require { .. } | Operation::Weigh { .. } if self.conditioned => {}
            Operation::Require { plane, .. } => {
                let plane = *arena.plane(*plane);
                arena.require(&plane);
            }
            Operation::Weigh { plane, ratio, .. } => {
                let plane = *arena.plane(*plane);
                evidence::multiply(&mut arena.weights, &plane, *ratio);
            }
            // Held together, after everything else.
            Operation::Believe { .. } => {}
        }
    }

    fn bernoulli(&self, operation: &Operation, (inputs, at): (&StepInputs<'_>, usize), arena: &mut Arena, block: u64) {
        let level = arena.level;
        let (Operation::Bernoulli { out, draw, rows, evidence }, StepInputs::Chances(probabilities, chances, doubted)) =
            (operation, inputs)
        else {
            unreachable!("inputs are made for each operation")
        };
        match (draw, evidence) {
            (Draw::Stream(stream), None) if let Some(TiltedDraw::Chances(chances, log_ratios)) = self.tilt(at) => {
                let address = self.address(*stream, block);
                arena.halve(rows.iter().map(|row| row.mask));
                let chances = std::slice::from_ref(chances);
                arena.draw_planes(chances, |planes, space| {
                    bernoulli::draw(level, address, chances, planes, space, &[*out]);
                });
                arena.count_tilted(rows, log_ratios, &[*out]);
            }
            (Draw::Stream(stream), None) => {
                let address = self.address(*stream, block);
                let chances = std::slice::from_ref(chances);
                arena.draw_planes(chances, |planes, space| {
                    bernoulli::draw(level, address, chances, planes, space, &[*out]);
                });
            }
            (Draw::Stream(_), Some((value, _))) => {
                for (row, probability) in rows.iter().zip(probabilities).filter(|_| !self.conditioned) {
                    let factor = if *value { *probability } else { 1.0 - probability };
                    let mask = *arena.mask_of(row.mask);
                    evidence::multiply(&mut arena.weights, &mask, factor);
                }
                arena.set_plane(*out, &if *value { EVERYWHERE } else { [0; 64] });
            }
            (Draw::Column(column), evidence) => {
                let mut bytes = std::mem::take(&mut arena.scratch.bytes);
                let mut plane = [0; WORDS];
                for ((row, chance), doubted) in rows.iter().zip(probabilities).zip(doubted) {
                    let chance = self.by_world(chance, doubted.as_ref(), level, block, &mut bytes);
                    let mask = arena.mask_of(row.mask);
                    bernoulli::draw_from_uniforms(arena.number(*column), mask, chance, &mut plane);
                }
                arena.scratch.bytes = bytes;
                // Others share this uniform: what is known selects worlds, and so tells of the others too.
                match evidence {
                    None => arena.set_plane(*out, &plane),
                    Some((true, _)) => {
                        arena.require(&plane);
                        arena.set_plane(*out, &EVERYWHERE);
                    }
                    Some((false, _)) => {
                        arena.require(&plane.map(|word| !word));
                        arena.set_plane(*out, &[0; 64]);
                    }
                }
            }
        }
    }

    fn categorical(
        &self,
        operation: &Operation,
        (inputs, at): (&StepInputs<'_>, usize),
        arena: &mut Arena,
        block: u64,
    ) {
        let level = arena.level;
        let (Operation::Categorical { out, draw, rows, evidence }, StepInputs::Options(options, chances, doubted)) =
            (operation, inputs)
        else {
            unreachable!("inputs are made for each operation")
        };
        match (draw, evidence) {
            (Draw::Stream(stream), None) if let Some(TiltedDraw::Options(chances, log_ratios)) = self.tilt(at) => {
                let address = self.address(*stream, block);
                arena.halve(rows.iter().map(|row| row.mask));
                arena.draw_planes(chances, |planes, space| {
                    categorical::draw(level, address, chances, planes, space, out);
                });
                arena.count_tilted(rows, log_ratios, out);
            }
            (Draw::Stream(stream), None) => {
                let address = self.address(*stream, block);
                arena.draw_planes(chances, |planes, space| {
                    categorical::draw(level, address, chances, planes, space, out);
                });
            }
            (Draw::Stream(_), Some((known, _))) => {
                for (row, options) in rows.iter().zip(options).filter(|_| !self.conditioned) {
                    let mask = *arena.mask_of(row.mask);
                    evidence::multiply(&mut arena.weights, &mask, options.probabilities[*known]);
                }
                known_option(arena, out, *known);
            }
            (Draw::Column(column), evidence) => {
                let mut planes = std::mem::take(&mut arena.scratch.planes);
                planes.resize(planes.len().max(out.len()), Aligned::default());
                let mut bytes = std::mem::take(&mut arena.scratch.bytes);
                planes[..out.len()].fill(Aligned::default());
                for ((row, options), doubted) in rows.iter().zip(options).zip(doubted) {
                    let options = self.by_world(options, doubted.as_ref(), level, block, &mut bytes);
                    let mask = arena.mask_of(row.mask);
                    categorical::draw_from_uniforms(arena.number(*column), mask, options, &mut planes[..out.len()]);
                }
                arena.scratch.bytes = bytes;
                if let Some((known, _)) = evidence {
                    arena.require(&planes[*known]);
                    known_option(arena, out, *known);
                } else {
                    for (out, plane) in out.iter().zip(&planes) {
                        arena.set_plane(*out, plane);
                    }
                }
                arena.scratch.planes = planes;
            }
        }
    }

    fn number(
        &self,
        operation: &Operation,
        (inputs, tilt): (&StepInputs<'_>, Option<&TiltedDraw<'_>>),
        arena: &mut Arena,
        block: u64,
    ) {
        let level = arena.level;
        let (Operation::Number { out, draw, rows, evidence }, StepInputs::Numbers(sources, doubted)) =
            (operation, inputs)
        else {
            unreachable!("inputs are made for each operation")
        };
        if let (Draw::Stream(_), Some((known, _))) = (draw, evidence) {
            let likelihoods = sources.iter().map(|source| source.likelihood(*known));
            let any_mass =
                likelihoods.clone().any(|likelihood| matches!(likelihood, Likelihood::Mass(mass) if mass > 0.0));
            for (row, likelihood) in rows.iter().zip(likelihoods).filter(|_| !self.conditioned) {
                let factor = match likelihood {
                    Likelihood::Mass(mass) => mass,
                    // Next to a probability a density is nothing.
                    Likelihood::Density(_) if any_mass => 0.0,
                    Likelihood::Density(density) => density,
                };
                let mask = *arena.mask_of(row.mask);
                evidence::multiply(&mut arena.weights, &mask, factor);
            }
            arena.fill_number(*out, |_, column| column.fill(*known));
            return;
        }
        arena.fill_number(*out, |arena, column| {
            let mut scratch = std::mem::take(&mut arena.scratch);
            let Scratch { uniforms, gathered, drawn, bytes, .. } = &mut scratch;
            if let Draw::Stream(stream) = draw {
                streams::fill_uniforms(level, &self.address(*stream, block), uniforms);
                if let Some(bins) = tilt.and_then(|tilt| tilt.bins(0)) {
                    arena.tilting.uniforms(bins, uniforms);
                }
            }
            let uniforms = match draw {
                Draw::Stream(_) => &*uniforms,
                Draw::Column(column) => arena.number(*column),
            };
            for ((row, source), doubted) in rows.iter().zip(sources).zip(doubted) {
                match row.mask {
                    mask if doubted.is_some() => {
                        let sources = self.by_world(source, doubted.as_ref(), level, block, bytes);
                        number::draw_each(arena.mask_of(mask), sources, uniforms, column);
                    }
                    None => number::draw(source, uniforms, column),
                    Some(mask) => number::draw_where(arena.plane(mask), source, uniforms, gathered, drawn, column),
                }
            }
            arena.scratch = scratch;
            if let Some((known, _)) = evidence {
                let mut agrees = [0; WORDS];
                let (column, known) = (Side::Column(column), Side::Constant(*known));
                logic::compare(level, Comparison::Equal, column, known, &mut agrees);
                arena.require(&agrees);
            }
        });
    }

    fn date(
        &self,
        operation: &Operation,
        (inputs, tilt): (&StepInputs<'_>, Option<&TiltedDraw<'_>>),
        arena: &mut Arena,
        block: u64,
    ) {
        let level = arena.level;
        let (Operation::Date { out, draw, rows, clock, multipliers, evidence }, StepInputs::Scales(scales)) =
            (operation, inputs)
        else {
            unreachable!("inputs are made for each operation")
        };
        arena.fill_number(*out, |arena, column| {
            let mut scratch = std::mem::take(&mut arena.scratch);
            let Scratch { uniforms, bytes, onsets, factors, dates: space, .. } = &mut scratch;
            let randomness = match draw {
                Draw::Stream(stream) => {
                    streams::fill_uniforms(level, &self.address(*stream, block), uniforms);
                    if let Some(bins) = tilt.and_then(|tilt| tilt.bins(0)) {
                        arena.tilting.uniforms(bins, uniforms);
                    }
                    Randomness::Free
                }
                Draw::Column(column) => {
                    uniforms.copy_from_slice(arena.number(*column));
                    Randomness::Given
                }
            };
            if evidence.is_some() {
                columns::minus_ln(level, uniforms);
            }
            let dates = Dates {
                arena,
                clock: clock.map(|clock| arena.number(clock)),
                multipliers,
                horizon: self.plan.horizon_days,
                randomness,
            };
            dates.start(level, space);
            for (row, scale) in rows.iter().zip(scales) {
                let scale = match scale {
                    ReadyScale::Constant(scale) => ByWorld::Same(scale),
                    ReadyScale::Chosen(strata) => self.by_world(&1.0, Some(strata), level, block, bytes),
                };
                let (mask, hazard) = (arena.mask_of(row.mask), (&row.value.hazard, scale));
                if let Some((evidence, _)) = evidence {
                    dates.fill_given(*evidence, mask, hazard, uniforms, onsets, (factors, column));
                } else {
                    dates.fill(level, mask, hazard, uniforms, space, column);
                }
            }
            if evidence.is_some() && !self.conditioned {
                evidence::multiply_each(&mut arena.weights, factors);
            }
            arena.scratch = scratch;
        });
    }
}

/// The planes of the beliefs of a plan, in order.
pub(crate) fn believed(plan: &Plan) -> impl Iterator<Item = PlaneId> {
    plan.steps.iter().filter_map(|step| match step.operation {
        Operation::Believe { plane, .. } => Some(plane),
        _ => None,
    })
}

/// Whether an operation makes worlds weigh differently.
pub(crate) fn weighs(operation: &Operation) -> bool {
    match operation {
        Operation::Bernoulli { draw: Draw::Stream(_), evidence, .. } => evidence.is_some(),
        Operation::Categorical { draw: Draw::Stream(_), evidence, .. } => evidence.is_some(),
        Operation::Number { draw: Draw::Stream(_), evidence, .. } => evidence.is_some(),
        Operation::Date { evidence, .. } => evidence.is_some(),
        Operation::Weigh { .. } => true,
        _ => false,
    }
}

fn known_option(arena: &mut Arena, out: &[PlaneId], known: usize) {
    for (option, out) in out.iter().enumerate() {
        arena.set_plane(*out, &if option == known { EVERYWHERE } else { [0; 64] });
    }
}

fn side(arena: &Arena, operand: Operand) -> Side<'_> {
    match operand {
        Operand::Column(column) => Side::Column(arena.number(column)),
        Operand::Constant(value) => Side::Constant(value),
    }
}
