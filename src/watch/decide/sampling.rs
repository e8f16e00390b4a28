//! What a sample would tell: how its results spread before it is taken (preposterior analysis: Raiffa & Schlaifer 1961, ch. 4 and 5).
//!
//! A yes/no event whose chance is in doubt by a Beta is sampled by counting: of `n` further cases `k` come out with a Beta-binomial chance, and
//! then the chance is believed to be `(a + k) / (a + b + n)`. A number between 0 and 1 is sampled as a rate by counting too, and any other by the
//! mean of `n` measurements with a normal error each.

use super::induction::Payoffs;
use super::problem::Problem;
use crate::dist::Beta;
use crate::error::Error;
use crate::forecast::{number_text, way_to_name};
use crate::math::beta::ln_beta;
use crate::math::{SplitMix, exp, ln, normal, round_to};
use crate::model::{Definition, EventId, Kind, Model};

/// A sample that could be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The event whose chance or value it tells of.
    pub event: String,
    /// Of how many.
    pub size: u32,
    /// The standard deviation of the error of each measurement; none if cases are counted.
    pub deviation: Option<f64>,
}

/// The most cases of a sample.
const MOST_CASES: u32 = 10_000;

/// How a sample is worked out.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// By the Beta behind the chance of this event.
    Beta(EventId, Beta),
    /// By what would be seen in each world of this number.
    Seen(EventId),
}

pub(super) fn way(problem: &Problem<'_>, sample: &Sample) -> Result<Way, Error> {
    let model = problem.model;
    let name = &sample.event;
    let Some(id) = model.find(name) else {
        let events = model.events.iter().map(|event| event.name.as_str());
        return Err(
            Error::input(format!("there is no event `{name}` to sample")).help(way_to_name(name, "events", events))
        );
    };
    if problem.changed[id.0] {
        return Err(Error::input(format!("`{name}` depends on what is decided, so it cannot be sampled beforehand"))
            .help("sample what no decision changes"));
    }
    if sample.size == 0 || sample.size > MOST_CASES {
        return Err(Error::input(format!("a sample of {} is not looked at", sample.size))
            .help(format!("take from 1 to {MOST_CASES}")));
    }
    if sample.deviation.is_some_and(|deviation| !deviation.is_finite() || deviation <= 0.0) {
        return Err(Error::input(format!("the error of a measurement of `{name}` must be over 0")));
    }
    let event = model.event(id);
    match (&event.kind, &event.definition) {
        (Kind::Binary, _) if event.is_derived() => Err(derived(model, id)),
        (Kind::Binary, _) if sample.deviation.is_some() => Err(Error::input(format!(
            "`{name}` is a yes/no event, whose cases are counted without an error, so `sd` says nothing of it"
        ))
        .help(format!("write `--sample \"{name} {}\"`", sample.size))),
        (Kind::Binary, Definition::Chance(chance)) => {
            let single = match chance.rows.as_slice() {
                [row] if row.condition.is_none() && chance.odds.is_empty() && chance.requires.is_none() => {
                    Some(&row.value)
                }
                _ => None,
            };
            let prior = single.filter(|belief| belief.member.is_none()).and_then(|belief| belief.prior);
            prior.map(|prior| Way::Beta(id, prior)).ok_or_else(|| not_in_doubt(name))
        }
        (Kind::Binary, _) => Err(not_in_doubt(name)),
        (Kind::Numeric, _) => Ok(Way::Seen(id)),
        _ => Err(Error::input(format!("`{name}` is {}, of which no sample can be taken", event.kind.words()))
            .help("sample a yes/no event by counting cases, or a number by measuring it")),
    }
}

/// Why no cases are counted of a chance that has no Beta behind it.
fn not_in_doubt(name: &str) -> Error {
    Error::input(format!("the chance of `{name}` is not in doubt by itself, so a sample tells nothing of it"))
        .help("state it as a base rate such as `6 of 20`, or with its interval; it must not depend on anything")
}

/// Why no cases are counted of what follows from other events.
fn derived(model: &Model, id: EventId) -> Error {
    let mut parents: Vec<String> = Vec::new();
    model.event(id).visit_parents(&mut |parent| {
        let name = format!("`{}`", model.event(parent).name);
        if !parents.contains(&name) {
            parents.push(name);
        }
    });
    let name = &model.event(id).name;
    Error::input(format!("`{name}` follows from other events, so there are no further cases of it to count"))
        .help(format!("sample what it follows from: {}", parents.join(", ")))
}

/// The most results that are told apart.
pub(super) const MOST_BINS: usize = 64;

impl Sample {
    /// What would be seen in each world.
    ///
    /// # Errors
    /// If cases are to be counted of a number that is no rate, in a world that counts.
    pub(super) fn seen(&self, values: &[f64], weights: &[f64], seed: u64) -> Result<Vec<f64>, Error> {
        let mut random = SplitMix::of_replicate(seed, 0x5a4d_504c_4500);
        if let Some(deviation) = self.deviation {
            let error = deviation / f64::from(self.size).sqrt();
            return Ok(values.iter().map(|value| value + error * normal::quantile(random.inner_unit())).collect());
        }
        let mut counting = values.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        if let Some((rate, _)) = counting.find(|(rate, _)| !(0.0..=1.0).contains(*rate)) {
            let (name, size) = (&self.event, self.size);
            return Err(Error::input(format!(
                "`{name}` is no rate of which cases could be counted: it does not lie between 0 and 1, but may be {}",
                number_text(round_to(*rate, 3))
            ))
            .help(format!(
                "measure it: `--sample \"{name} {size} sd S\"`, where S is the standard deviation of the error"
            )));
        }
        let hits = |rate: &f64| (0..self.size).filter(|_| random.unit() < *rate).count() as f64;
        Ok(values.iter().map(hits).collect())
    }
}

/// What the best policy is worth once `n` cases have been counted, from payoffs in which it is learned first whether the event holds (no, then yes);
/// `policy` is what is decided by, `judge` what it is judged by.
pub(super) fn after_counting(prior: &Beta, size: u32, (policy, judge): (&Payoffs, &Payoffs), informed: bool) -> f64 {
    let n = f64::from(size);
    let (a, b) = (prior.a(), prior.b());
    let mean = prior.mean();
    let base = ln_beta(a, b);
    (0..=size)
        .map(|hits| {
            let k = f64::from(hits);
            let chance = exp(ln_beta(a + k, b + n - k) - base - ln_beta(k + 1.0, n - k + 1.0) - ln(n + 1.0));
            let now = (a + k) / (a + b + n);
            let ratios = [(1.0 - now) / (1.0 - mean), now / mean];
            let [policy, judge] = [policy, judge].map(|payoffs| {
                let weighed = weighed(payoffs, ratios);
                if informed { weighed } else { weighed.uninformed() }
            });
            chance * policy.judged_by(&judge)
        })
        .sum()
}

/// Payoffs in which the first thing that is learned is forgotten again, its outcomes weighed.
fn weighed(payoffs: &Payoffs, ratios: [f64; 2]) -> Payoffs {
    let mut learned = payoffs.learned.clone();
    if let Some(first) = learned.first_mut() {
        *first /= 2;
    }
    let mut out = Payoffs::empty(payoffs.options.clone(), learned);
    let (whole, half) = (payoffs.patterns(), out.patterns());
    for choice in 0..payoffs.choices() {
        for pattern in 0..half {
            let yes_no = [choice * whole + half + pattern, choice * whole + pattern];
            // Yes stands first among the outcomes of a yes/no event.
            let at = choice * half + pattern;
            for (place, ratio) in yes_no.into_iter().zip(ratios) {
                out.worth[at] += ratio * payoffs.worth[place];
                out.chance[at] += ratio * payoffs.chance[place];
            }
        }
    }
    out
}
