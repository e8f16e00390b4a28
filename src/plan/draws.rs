//! Events → the steps that draw them.

use super::columns::{Column, Columns};
use super::{
    Arithmetic, Chance, Comparison, Conditional, DateEvidence, Draw, DrawnChance, FindingId, HazardScale, HazardSource,
    Logic, Multiplier, NumberId, NumberSource, Operand, Operation, Parameter, ParameterId, PlaneId, Prior,
    Probabilities, Row, Since, StreamId,
};
use crate::dist::{Beta, Distribution, Sampler};
use crate::math::{logistic, logit};
use crate::model::{
    Belief, CaseRow, ChanceDefinition, Condition, CountDefinition, CountSpec, Definition, Event, EventId, HazardSpec,
    Made, NumberDefinition, NumberSpec, OptionsBelief, Trigger, WhenDefinition,
};
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of one event by itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    /// A binary event holds or not.
    Binary(bool),
    /// The option of a categorical event.
    Option(usize),
    /// The value of a number.
    Number(f64),
    /// What is known of a date.
    Date(DateEvidence),
}

/// Turns events into steps.
#[derive(Debug, Default)]
pub(super) struct Draws {
    pub(super) columns: Columns,
    pub(super) known: BTreeMap<EventId, (Known, FindingId)>,
    pub(super) made: BTreeMap<EventId, Made>,
    pub(super) uniforms: BTreeMap<EventId, NumberId>,
    /// The parameters of reference classes.
    classes: BTreeMap<usize, ParameterId>,
}

impl Draws {
    pub(super) fn stream(&mut self, name: String) -> StreamId {
        self.columns.plan.streams.push(name);
        StreamId(self.columns.plan.streams.len() as u32 - 1)
    }

    /// Names a finding of a stage; see [`super::Plan::stages`].
    pub(super) fn finding(&mut self, text: String, stage: u32) -> FindingId {
        let plan = &mut self.columns.plan;
        plan.findings.push(text);
        plan.stages.push(stage);
        FindingId(plan.findings.len() as u32 - 1)
    }

    fn parameter(&mut self, name: String, prior: Prior, strata: Vec<f64>, place: Span) -> ParameterId {
        self.columns.plan.parameters.push(Parameter { name, prior, strata, place });
        ParameterId(self.columns.plan.parameters.len() as u32 - 1)
    }

    fn draw(&mut self, id: EventId, event: &Event) -> Draw {
        match self.uniforms.get(&id) {
            Some(column) => Draw::Column(*column),
            None => Draw::Stream(self.stream(event.name.clone())),
        }
    }

    /// The stream by which worlds draw a doubtful input of an event that shares its uniform with others.
    fn doubt_stream(&mut self, id: EventId, input: &str) -> Option<StreamId> {
        self.uniforms.contains_key(&id).then(|| self.stream(format!("{input}/doubt")))
    }

    /// Adds the steps of one event.
    pub(super) fn event(&mut self, id: EventId, event: &Event) {
        let column = match self.made.get(&id) {
            Some(made) => self.made(*made, event),
            None => self.drawn(id, event),
        };
        self.columns.set_event(id, column);
    }

    fn made(&mut self, made: Made, event: &Event) -> Column {
        let label = event.name.as_str();
        let constant = |columns: &mut Columns, value: f64| {
            let out = columns.number();
            columns.step(label, Operation::ConstantNumber { out, value });
            Column::Number(out)
        };
        match made {
            Made::Binary(value) => Column::Plane(self.columns.constant_plane(label, value)),
            Made::Option(chosen) => {
                let planes =
                    (0..event.options().len()).map(|at| self.columns.constant_plane(label, at == chosen)).collect();
                Column::Options(planes)
            }
            Made::Number(value) => constant(&mut self.columns, value),
            Made::On(day) => constant(&mut self.columns, day - 0.5),
            Made::Never => constant(&mut self.columns, f64::INFINITY),
        }
    }

    fn drawn(&mut self, id: EventId, event: &Event) -> Column {
        let label = event.name.as_str();
        match &event.definition {
            Definition::Chance(chance) => Column::Plane(self.chance(id, event, chance)),
            Definition::Causes { background, causes, requires, .. } => {
                Column::Plane(self.causes(event, background.as_ref(), causes, requires.as_ref()))
            }
            Definition::Holds(condition) => Column::Plane(self.columns.condition(condition, label)),
            Definition::Options(rows) => Column::Options(self.options(id, event, rows)),
            Definition::FirstOf(dates) => Column::Options(self.first_of(event, dates)),
            Definition::Number(number) => Column::Number(self.number(id, event, number)),
            Definition::Equals(formula) => Column::Number(self.columns.formula_column(formula, label)),
            Definition::Count(count) => Column::Number(self.count(id, event, count)),
            Definition::When(when) => Column::Number(self.when(id, event, when)),
        }
    }

    /// Rows that do not overlap: each case where it holds and none before it does, all within `within`.
    fn masks<T>(&mut self, rows: &[CaseRow<T>], within: Option<PlaneId>, label: &str) -> Vec<Option<PlaneId>> {
        if let Some(last) = self.last_of_table(rows) {
            let conditions = rows.iter().filter_map(|row| row.condition.as_ref()).chain([&last]);
            let mask = |condition: &Condition| {
                let holds = self.columns.condition(condition, label);
                within.map_or(holds, |within| self.columns.logic(label, Logic::And, within, holds))
            };
            return conditions.map(mask).map(Some).collect();
        }
        let mut left = within;
        let mut masks = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(condition) = &row.condition else {
                masks.push(left);
                break;
            };
            let holds = self.columns.condition(condition, label);
            masks.push(Some(match left {
                None => holds,
                Some(left) => self.columns.logic(label, Logic::And, left, holds),
            }));
            left = Some(match left {
                None => self.columns.not(label, holds),
                Some(left) => self.columns.logic(label, Logic::AndNot, left, holds),
            });
        }
        masks
    }

    /// When the last case holds, where the cases are the rows of a table: each but the last `a is x and b is y` over the same events, and
    /// every combination but one among them. So no case holds where another does.
    fn last_of_table<T>(&self, rows: &[CaseRow<T>]) -> Option<Condition> {
        let (last, stated) = rows.split_last()?;
        if last.condition.is_some() {
            return None;
        }
        let options = |row: &CaseRow<T>| row.condition.as_ref().and_then(Condition::as_options);
        let events: Vec<EventId> = options(stated.first()?)?.into_iter().map(|(event, _)| event).collect();
        if (1..events.len()).any(|at| events[..at].contains(&events[at])) {
            return None;
        }
        let sizes: Vec<usize> = events.iter().map(|event| self.columns.event_options(*event).len()).collect();
        let combinations = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size))?;
        if combinations != rows.len() {
            return None;
        }
        let mut seen = vec![false; combinations];
        for row in stated {
            let options = options(row)?;
            if !options.iter().map(|(event, _)| event).eq(&events) {
                return None;
            }
            let at = options.iter().zip(&sizes).fold(0, |at, ((_, option), size)| at * size + option);
            if std::mem::replace(&mut seen[at], true) {
                return None;
            }
        }
        let mut rest = seen.iter().position(|seen| !seen)?;
        let mut chosen = vec![0; sizes.len()];
        for (option, size) in chosen.iter_mut().zip(&sizes).rev() {
            *option = rest % size;
            rest /= size;
        }
        let parts = events.into_iter().zip(chosen);
        parts.map(|(event, option)| Condition::Options { event, options: vec![option] }).reduce(Condition::and)
    }

    /// The mask of a requirement and of its opposite.
    fn requirement(&mut self, requires: Option<&Condition>, label: &str) -> Option<(PlaneId, PlaneId)> {
        requires.map(|condition| {
            let plane = self.columns.condition(condition, label);
            (plane, self.columns.not(label, plane))
        })
    }

    /// The parameter of a belief: its own, or that of its reference class.
    fn believed(&mut self, name: String, belief: &Belief, prior: &Beta, strata: &[f64]) -> ParameterId {
        let Some(member) = &belief.member else {
            return self.parameter(name, Prior::Beta(*prior), strata.to_vec(), belief.span);
        };
        let known = self.classes.get(&member.class).copied();
        let class = known.unwrap_or_else(|| {
            self.parameter(format!("prior {}", member.name), Prior::Beta(member.prior), Vec::new(), member.place)
        });
        self.classes.insert(member.class, class);
        if let Some(law) = member.own {
            return self.parameter(name, Prior::Member { class, law }, strata.to_vec(), belief.span);
        }
        let parameter = &mut self.columns.plan.parameters[class.0 as usize];
        if parameter.strata.is_empty() {
            parameter.strata = strata.to_vec();
        }
        class
    }

    fn cause_parameter(&mut self, name: &str, belief: &Belief, prior: &Beta) -> ParameterId {
        let at = self.columns.plan.parameters.len();
        self.believed(format!("{name}/{at}"), belief, prior, &[])
    }

    fn chance(&mut self, id: EventId, event: &Event, definition: &ChanceDefinition) -> PlaneId {
        let label = event.name.as_str();
        let requirement = self.requirement(definition.requires.as_ref(), label);
        let masks = self.masks(&definition.rows, requirement.map(|(holds, _)| holds), label);
        let mut rows: Vec<Row<Chance>> = Vec::new();
        for (row_at, (row, mask)) in definition.rows.iter().zip(masks).enumerate() {
            let parameter = row
                .value
                .prior
                .as_ref()
                .map(|prior| self.believed(format!("{label}/{row_at}"), &row.value, prior, &[]));
            let mut split: Vec<(Option<PlaneId>, f64)> = vec![(mask, 0.0)];
            for (condition, ratio) in &definition.odds {
                let holds = self.columns.condition(condition, label);
                let mut finer = Vec::with_capacity(2 * split.len());
                for (mask, log_odds) in split {
                    let (with, without) = match mask {
                        None => (holds, self.columns.not(label, holds)),
                        Some(mask) => (
                            self.columns.logic(label, Logic::And, mask, holds),
                            self.columns.logic(label, Logic::AndNot, mask, holds),
                        ),
                    };
                    finer.push((Some(with), log_odds + crate::math::ln(*ratio)));
                    finer.push((Some(without), log_odds));
                }
                split = finer;
            }
            let stream = parameter.and_then(|_| self.doubt_stream(id, &format!("{label}/{row_at}")));
            rows.extend(split.into_iter().map(|(mask, log_odds)| {
                let mut value = chance(&row.value, log_odds, parameter);
                value.drawn.iter_mut().for_each(|drawn| drawn.stream = stream);
                Row { mask, value }
            }));
        }
        if let Some((_, fails)) = requirement {
            rows.push(Row { mask: Some(fails), value: Chance { predictive: 0.0, drawn: None } });
        }
        let draw = self.draw(id, event);
        let out = self.columns.plane();
        let evidence = match self.known.get(&id) {
            Some((Known::Binary(value), finding)) => Some((*value, *finding)),
            _ => None,
        };
        self.columns.step(label, Operation::Bernoulli { out, draw, rows, evidence });
        out
    }

    fn causes(
        &mut self,
        event: &Event,
        background: Option<&Belief>,
        causes: &[(Condition, String, Belief)],
        requires: Option<&Condition>,
    ) -> PlaneId {
        let label = event.name.as_str();
        let mut sufficient: Vec<PlaneId> = Vec::new();
        let bernoulli = |this: &mut Self, what: &str, belief: &Belief| {
            let parameter =
                belief.prior.as_ref().map(|prior| this.cause_parameter(&format!("{label}/{what}"), belief, prior));
            let draw = Draw::Stream(this.stream(format!("{label}/{what}")));
            let out = this.columns.plane();
            let rows = vec![Row { mask: None, value: chance(belief, 0.0, parameter) }];
            this.columns.step(label, Operation::Bernoulli { out, draw, rows, evidence: None });
            out
        };
        if let Some(background) = background {
            sufficient.push(bernoulli(self, "background", background));
        }
        for (condition, text, strength) in causes {
            let acts = bernoulli(self, text, strength);
            let there = self.columns.condition(condition, label);
            sufficient.push(self.columns.logic(label, Logic::And, acts, there));
        }
        let any = sufficient.into_iter().reduce(|left, right| self.columns.logic(label, Logic::Or, left, right));
        let any = any.unwrap_or_else(|| self.columns.constant_plane(label, false));
        match requires {
            None => any,
            Some(condition) => {
                let holds = self.columns.condition(condition, label);
                self.columns.logic(label, Logic::And, any, holds)
            }
        }
    }

    fn options(&mut self, id: EventId, event: &Event, rows: &[CaseRow<OptionsBelief>]) -> Vec<PlaneId> {
        let label = event.name.as_str();
        let masks = self.masks(rows, None, label);
        let rows = rows
            .iter()
            .zip(masks)
            .enumerate()
            .map(|(row_at, (row, mask))| {
                let drawn = row.value.prior.as_ref().map(|prior| {
                    self.parameter(
                        format!("{label}/{row_at}"),
                        Prior::Dirichlet(prior.clone()),
                        Vec::new(),
                        row.value.span,
                    )
                });
                let stream = drawn.and_then(|_| self.doubt_stream(id, &format!("{label}/{row_at}")));
                Row { mask, value: Probabilities { predictive: row.value.means.clone(), drawn, stream } }
            })
            .collect();
        let draw = self.draw(id, event);
        let out: Vec<PlaneId> = event.options().iter().map(|_| self.columns.plane()).collect();
        let evidence = match self.known.get(&id) {
            Some((Known::Option(option), finding)) => Some((*option, *finding)),
            _ => None,
        };
        self.columns.step(label, Operation::Categorical { out: out.clone(), draw, rows, evidence });
        out
    }

    /// The option of each date is where it is the earliest (of two at one moment, the first listed); the last, where none comes.
    fn first_of(&mut self, event: &Event, dates: &[EventId]) -> Vec<PlaneId> {
        let label = event.name.as_str();
        let dates: Vec<NumberId> = dates.iter().map(|date| self.columns.event_number(*date)).collect();
        let earliest = dates.iter().copied().reduce(|left, right| {
            let out = self.columns.number();
            let (left, right) = (Operand::Column(left), Operand::Column(right));
            self.columns.step(label, Operation::Arithmetic { out, arithmetic: Arithmetic::Minimum, left, right });
            out
        });
        let Some(earliest) = earliest else { return vec![self.columns.constant_plane(label, true)] };
        let some = self.columns.compare(
            label,
            Comparison::LessOrEqual,
            Operand::Column(earliest),
            Operand::Constant(f64::MAX),
        );
        let mut open = some;
        let mut planes = Vec::with_capacity(dates.len() + 1);
        for date in dates {
            let is_first =
                self.columns.compare(label, Comparison::Equal, Operand::Column(date), Operand::Column(earliest));
            planes.push(self.columns.logic(label, Logic::And, open, is_first));
            open = self.columns.logic(label, Logic::AndNot, open, is_first);
        }
        planes.push(self.columns.not(label, some));
        planes
    }

    /// Adds the row for where a number is not drawn.
    fn elsewhere(rows: &mut Vec<Row<NumberSource>>, requirement: Option<(PlaneId, PlaneId)>, otherwise: f64) {
        if let Some((_, fails)) = requirement {
            rows.push(Row { mask: Some(fails), value: NumberSource::Constant(otherwise) });
        }
    }

    fn number_step(&mut self, id: EventId, event: &Event, rows: Vec<Row<NumberSource>>) -> NumberId {
        let draw = self.draw(id, event);
        let out = self.columns.number();
        let evidence = match self.known.get(&id) {
            Some((Known::Number(value), finding)) => Some((*value, *finding)),
            _ => None,
        };
        self.columns.step(&event.name, Operation::Number { out, draw, rows, evidence });
        out
    }

    fn number(&mut self, id: EventId, event: &Event, definition: &NumberDefinition) -> NumberId {
        let requirement = self.requirement(definition.only_if.as_ref(), &event.name);
        let masks = self.masks(&definition.rows, requirement.map(|(holds, _)| holds), &event.name);
        let mut rows: Vec<Row<NumberSource>> = definition
            .rows
            .iter()
            .zip(masks)
            .enumerate()
            .map(|(row_at, (row, mask))| {
                let value = match &row.value {
                    NumberSpec::Constant(value) => NumberSource::Constant(*value),
                    NumberSpec::Distribution(distribution) => {
                        NumberSource::Sampler(Box::new(Sampler::new(distribution)))
                    }
                    NumberSpec::MeanInDoubt { law, predictive, span } => {
                        let input = format!("{}/{row_at}", event.name);
                        self.in_doubt(id, input, Prior::Mean(*law), Conditional::AboutMean(*law), predictive, *span)
                    }
                };
                Row { mask, value }
            })
            .collect();
        Self::elsewhere(&mut rows, requirement, definition.otherwise);
        self.number_step(id, event, rows)
    }

    fn count(&mut self, id: EventId, event: &Event, definition: &CountDefinition) -> NumberId {
        let requirement = self.requirement(definition.only_if.as_ref(), &event.name);
        let masks = self.masks(&definition.rows, requirement.map(|(holds, _)| holds), &event.name);
        let mut rows: Vec<Row<NumberSource>> = Vec::new();
        for (row_at, (row, mask)) in definition.rows.iter().zip(masks).enumerate() {
            let value = match &row.value {
                CountSpec::Constant(value) => NumberSource::Constant(*value),
                CountSpec::Distribution(distribution) => NumberSource::Sampler(Box::new(Sampler::new(distribution))),
                CountSpec::PoissonGamma { rate, exposure, span } => {
                    let input = format!("{}/{row_at}", event.name);
                    let law = Conditional::Poisson { exposure: *exposure };
                    self.in_doubt(id, input, Prior::Gamma(*rate), law, &rate.predictive(*exposure), *span)
                }
            };
            rows.push(Row { mask, value });
        }
        Self::elsewhere(&mut rows, requirement, definition.otherwise);
        self.number_step(id, event, rows)
    }

    /// A number with a parameter in doubt.
    fn in_doubt(
        &mut self,
        id: EventId,
        input: String,
        prior: Prior,
        law: Conditional,
        predictive: &Arc<dyn Distribution>,
        span: Span,
    ) -> NumberSource {
        let stream = self.doubt_stream(id, &input);
        let parameter = self.parameter(input, prior, Vec::new(), span);
        NumberSource::InDoubt { predictive: Box::new(Sampler::new(predictive)), parameter, law, stream }
    }

    fn since(&mut self, trigger: &Trigger, label: &str) -> Since {
        match trigger {
            Trigger::Date(event) => Since::Date(self.columns.event_number(*event)),
            Trigger::Condition(condition) => Since::Plane(self.columns.condition(condition, label)),
            Trigger::All(_) | Trigger::Any(_) => Since::Date(self.onset(trigger, label)),
        }
    }

    /// The day from which a trigger is on; infinite where it never is.
    fn onset(&mut self, trigger: &Trigger, label: &str) -> NumberId {
        let (parts, arithmetic) = match trigger {
            Trigger::Date(event) => return self.columns.event_number(*event),
            Trigger::Condition(condition) => {
                let condition = self.columns.condition(condition, label);
                let out = self.columns.number();
                let (then, otherwise) = (Operand::Constant(0.0), Operand::Constant(f64::INFINITY));
                self.columns.step(label, Operation::Select { out, condition, then, otherwise });
                return out;
            }
            Trigger::All(parts) => (parts, Arithmetic::Maximum),
            Trigger::Any(parts) => (parts, Arithmetic::Minimum),
        };
        let days: Vec<NumberId> = parts.iter().map(|part| self.onset(part, label)).collect();
        let both = days.into_iter().reduce(|left, right| {
            let out = self.columns.number();
            let (left, right) = (Operand::Column(left), Operand::Column(right));
            self.columns.step(label, Operation::Arithmetic { out, arithmetic, left, right });
            out
        });
        both.expect("a combination has parts")
    }

    fn when(&mut self, id: EventId, event: &Event, definition: &WhenDefinition) -> NumberId {
        let label = event.name.as_str();
        let masks = self.masks(&definition.rows, None, label);
        let mut rows: Vec<Row<HazardSource>> = Vec::new();
        for (row_at, (row, mask)) in definition.rows.iter().zip(masks).enumerate() {
            let value = self.hazard(&row.value, &format!("{label}/{row_at}"));
            rows.push(Row { mask, value });
        }
        let mut multipliers: Vec<Multiplier> = Vec::new();
        for (trigger, ratio) in &definition.ratios {
            multipliers.push(Multiplier { before: 1.0, after: *ratio, since: self.since(trigger, label) });
        }
        if let Some(trigger) = &definition.requires {
            multipliers.push(Multiplier { before: 0.0, after: 1.0, since: self.since(trigger, label) });
        }
        let clock = definition.after.map(|parent| self.columns.event_number(parent));
        let draw = self.draw(id, event);
        let out = self.columns.number();
        let evidence = match self.known.get(&id) {
            Some((Known::Date(known), finding)) => Some((*known, *finding)),
            _ => None,
        };
        self.columns.step(label, Operation::Date { out, draw, rows, clock, multipliers, evidence });
        out
    }

    fn hazard(&mut self, spec: &HazardSpec, name: &str) -> HazardSource {
        let scale = spec.doubt.as_ref().map(|doubt| {
            let parameter = self.believed(name.to_owned(), &doubt.belief, &doubt.prior, &doubt.strata);
            let stream = self.stream(format!("{name}/doubt"));
            HazardScale { parameter, reference: doubt.belief.mean, stream, fixed: None, among: None }
        });
        HazardSource { hazard: spec.hazard.clone(), scale }
    }
}

/// A chance moved by odds ratios, averaged over its prior.
fn chance(belief: &Belief, log_odds: f64, parameter: Option<ParameterId>) -> Chance {
    let moved = |p: f64| {
        if log_odds == 0.0 || p <= 0.0 || p >= 1.0 { p } else { logistic(logit(p) + log_odds) }
    };
    let predictive = match &belief.prior {
        Some(prior) if log_odds != 0.0 => prior.expectation(moved),
        _ => moved(belief.mean),
    };
    let drawn = parameter.map(|parameter| DrawnChance { parameter, log_odds, stream: None });
    Chance { predictive, drawn }
}
