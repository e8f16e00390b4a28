//! Whole plans, run and held against closed forms.
//!
//! Statistical tests allow 5.5 standard errors: a false alarm in 3.8e-8 of cases, so that the 25 or so figures of one test
//! together give one in 1e-6 of runs at most. Seeds are fixed.

mod believed;
mod counterfactual;
mod coverage;
mod dependence;
mod doubt;
mod errors;
mod evidence;
mod golden;
mod levels;
mod sampling;
mod shards;
mod stability;
mod stratified;

use super::*;
use crate::dist::{Bound, Distribution, Hazard, Limited, Sampler, from_interval};
use crate::math::{exp, ln_1p};
use crate::plan::*;
use crate::source::Span;
use std::sync::Arc;

/// Standard errors allowed.
const ALLOWED: f64 = 5.5;

/// Writes plans by hand.
#[derive(Default)]
struct Sketch {
    plan: Plan,
}

impl Sketch {
    fn new(horizon_days: f64) -> Self {
        Self { plan: Plan { horizon_days, ..Plan::default() } }
    }

    fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    fn number(&mut self) -> NumberId {
        self.plan.numbers += 1;
        NumberId(self.plan.numbers - 1)
    }

    fn stream(&mut self, name: &str) -> StreamId {
        self.plan.streams.push(name.to_owned());
        StreamId(self.plan.streams.len() as u32 - 1)
    }

    fn finding(&mut self, name: &str) -> FindingId {
        self.plan.findings.push(name.to_owned());
        FindingId(self.plan.findings.len() as u32 - 1)
    }

    fn parameter(&mut self, name: &str, prior: Prior) -> ParameterId {
        self.plan.parameters.push(Parameter {
            name: name.to_owned(),
            prior,
            strata: Vec::new(),
            place: Span::new(0, 0),
        });
        ParameterId(self.plan.parameters.len() as u32 - 1)
    }

    fn push(&mut self, label: &str, operation: Operation) {
        self.plan.steps.push(Step { label: label.to_owned(), operation });
    }

    fn not(&mut self, of: PlaneId) -> PlaneId {
        let out = self.plane();
        self.push("not", Operation::Not { out, of });
        out
    }

    fn logic(&mut self, logic: Logic, left: PlaneId, right: PlaneId) -> PlaneId {
        let out = self.plane();
        self.push("logic", Operation::Logic { out, logic, left, right });
        out
    }

    /// Rows: where the condition holds, and elsewhere.
    fn either<T>(&mut self, condition: PlaneId, then: T, otherwise: T) -> Vec<Row<T>> {
        let not = self.not(condition);
        vec![Row { mask: Some(condition), value: then }, Row { mask: Some(not), value: otherwise }]
    }

    fn bernoulli(&mut self, name: &str, probability: f64) -> PlaneId {
        self.bernoulli_known(name, always(chance(probability)), None)
    }

    fn bernoulli_known(&mut self, name: &str, rows: Vec<Row<Chance>>, known: Option<bool>) -> PlaneId {
        let (out, draw) = (self.plane(), Draw::Stream(self.stream(name)));
        let evidence = known.map(|known| (known, self.finding(name)));
        self.push(name, Operation::Bernoulli { out, draw, rows, evidence });
        out
    }

    fn bernoulli_if(&mut self, name: &str, condition: PlaneId, then: f64, otherwise: f64) -> PlaneId {
        let rows = self.either(condition, chance(then), chance(otherwise));
        self.bernoulli_known(name, rows, None)
    }

    fn date(&mut self, name: &str, hazard: Hazard) -> NumberId {
        self.date_known(name, always(HazardSource { hazard, scale: None }), None, Vec::new(), None)
    }

    fn date_known(
        &mut self,
        name: &str,
        rows: Vec<Row<HazardSource>>,
        clock: Option<NumberId>,
        multipliers: Vec<Multiplier>,
        known: Option<DateEvidence>,
    ) -> NumberId {
        let (out, draw) = (self.number(), Draw::Stream(self.stream(name)));
        let evidence = known.map(|known| (known, self.finding(name)));
        self.push(name, Operation::Date { out, draw, rows, clock, multipliers, evidence });
        out
    }

    fn compare(&mut self, comparison: Comparison, left: Operand, right: Operand) -> PlaneId {
        let out = self.plane();
        self.push("compare", Operation::Compare { out, comparison, left, right });
        out
    }

    fn by(&mut self, date: NumberId, day: f64) -> PlaneId {
        self.compare(Comparison::LessOrEqual, Operand::Column(date), Operand::Constant(day))
    }

    fn require(&mut self, plane: PlaneId) {
        let finding = self.finding(&format!("require {}", plane.0));
        self.push("require", Operation::Require { plane, finding });
    }

    fn ask(&mut self, what: Asked) -> usize {
        self.ask_given(what, None)
    }

    fn ask_given(&mut self, what: Asked, given: Option<PlaneId>) -> usize {
        let name = format!("ask {}", self.plan.asks.len());
        self.plan.asks.push(Ask { name, what, given });
        self.plan.asks.len() - 1
    }

    fn run(&self, worlds: u64) -> Tally {
        self.run_seed(worlds, 1)
    }

    fn run_seed(&self, worlds: u64, seed: u64) -> Tally {
        simulate(&self.plan, &Settings { worlds, seed, doubt_draws: 0, ..Settings::default() }, &|_| ()).unwrap()
    }

    fn fail(&self, worlds: u64) -> Impossible {
        let settings = Settings { worlds, doubt_draws: 0, ..Settings::default() };
        simulate(&self.plan, &settings, &|_| ()).unwrap_err()
    }
}

fn chance(predictive: f64) -> Chance {
    Chance { predictive, drawn: None }
}

fn always<T>(value: T) -> Vec<Row<T>> {
    vec![Row { mask: None, value }]
}

/// A constant hazard with this chance within so many days.
fn constant(chance: f64, days: f64) -> Hazard {
    Hazard::weibull(days, -ln_1p(-chance), 1.0)
}

fn constant_source(chance: f64, days: f64) -> HazardSource {
    HazardSource { hazard: constant(chance, days), scale: None }
}

/// A constant hazard of this rate a day.
fn rate(rate: f64) -> Hazard {
    Hazard::from_knots(Vec::new(), rate, f64::INFINITY)
}

/// Lognormal with the central 90 % from 40 to 90, capped at 90.
fn amount() -> NumberSource {
    let base = from_interval(0.9, 40.0, 90.0).unwrap();
    let capped = Limited::new(base, None, Some(Bound::Cap(90.0))).unwrap();
    let distribution: Arc<dyn Distribution> = Arc::new(capped);
    NumberSource::Sampler(Box::new(Sampler::new(&distribution)))
}

fn probability(tally: &Tally, ask: usize) -> Estimate {
    match &tally.answers()[ask] {
        Answer::Binary(estimate) => *estimate,
        other => panic!("{other:?} is no probability"),
    }
}

fn close(estimate: Estimate, expected: f64) {
    let off = (estimate.value - expected).abs() / estimate.standard_error;
    assert!(off < ALLOWED, "{estimate:?} is {off} standard errors from {expected}");
}
