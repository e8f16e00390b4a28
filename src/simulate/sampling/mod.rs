//! How worlds are drawn where something is known: by leaving out those that disagree, by weighting, or from a fitted proposal.
//!
//! The choice is made by a pilot of a few blocks that no main run reaches, so it depends on the plan and the seed alone. It belongs to
//! the groundwork: every part of a run makes the same one.

mod conditioned;
mod fit;
mod margin;
mod pilot;
mod ratio;
mod reject;

pub use conditioned::Conditioned;
pub(crate) use conditioned::Posterior;
pub(crate) use fit::behind_what_is_known;
pub(crate) use ratio::may_be_missed;
pub(crate) use reject::by_masks;

use super::kernel::categorical::Options;
use super::kernel::tilted::Bins;
use super::program::weighs;
use super::{Impossible, Method, Settings};
use crate::plan::{Operation, Plan};
use std::borrow::Cow;

/// What one step is drawn from in place of its own distribution.
#[derive(Debug, Clone)]
pub(crate) enum Tilt {
    /// A chance for each row, where it is not the row's own.
    Chances(Vec<Option<f64>>),
    /// Chances of the options for each row.
    Options(Vec<Option<Options>>),
    /// A density over the uniform of each member that is drawn; numbers and dates have one.
    Uniforms(Vec<Option<Bins>>),
}

/// What the steps of a plan are drawn from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proposal {
    tilts: Vec<Option<Tilt>>,
}

impl Proposal {
    /// Of the step with this index; `None` if it is drawn as planned.
    pub(crate) fn tilt(&self, step: usize) -> Option<&Tilt> {
        self.tilts.get(step).and_then(Option::as_ref)
    }

    /// Whether every step is drawn as planned.
    pub(crate) fn is_plain(&self) -> bool {
        self.tilts.iter().all(Option::is_none)
    }

    /// All of its figures in order.
    fn figures(&self) -> Vec<f64> {
        let mut figures = Vec::new();
        for (step, tilt) in self.tilts.iter().enumerate() {
            let Some(tilt) = tilt else { continue };
            figures.push(step as f64);
            match tilt {
                Tilt::Chances(rows) => figures.extend(rows.iter().map(|row| row.unwrap_or(-1.0))),
                Tilt::Options(rows) => {
                    rows.iter().flatten().for_each(|row| figures.extend(&row.probabilities));
                }
                Tilt::Uniforms(members) => members.iter().flatten().for_each(|bins| figures.extend(&bins.masses)),
            }
        }
        figures
    }
}

/// How the worlds of a run are drawn.
#[derive(Debug, Clone)]
pub(crate) struct Sampling<'a> {
    /// The plan that is run: with rejection, one that requires what the other weighs by.
    pub(crate) plan: Cow<'a, Plan>,
    /// What it is drawn from.
    pub(crate) proposal: Option<Proposal>,
    /// What the main run draws from instead; then the above is for the draws of the inputs.
    pub(crate) posterior: Option<&'a Posterior>,
    /// Named; `None` where nothing is known.
    pub(crate) method: Option<Method>,
}

/// What every part of a run must have in common of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Drawn {
    /// Named; `None` where nothing is known.
    pub(crate) method: Option<Method>,
    /// Whether worlds of the plan weigh differently by themselves.
    pub(crate) weighs: bool,
    /// The figures of the proposal.
    pub(crate) figures: Vec<f64>,
    /// The probability of what is known, if worlds are drawn from the posterior.
    pub(crate) evidence: Option<f64>,
}

impl<'a> Sampling<'a> {
    /// Chooses, or does as asked.
    ///
    /// # Errors
    /// If rejection or the posterior is asked for and cannot meet what is known.
    pub(crate) fn choose(subject: &'a Conditioned<'_>, settings: &Settings) -> Result<Self, Impossible> {
        let plan = subject.plan;
        let as_planned = |method| Self { plan: Cow::Borrowed(plan), proposal: None, posterior: None, method };
        if !plan.steps.iter().any(|step| is_known(&step.operation)) {
            return Ok(as_planned(None));
        }
        let weighs = plan.steps.iter().any(|step| weighs_or_hints(&step.operation));
        match settings.method {
            Method::Rejection => {
                let plan = by_masks(plan)?;
                Ok(Self { plan: Cow::Owned(plan), ..as_planned(Some(Method::Rejection)) })
            }
            // The factors of the beliefs are fitted to the same worlds without what became known later, so they are drawn as planned.
            Method::Weighting | Method::Adaptive | Method::Auto if plan.has_later_evidence() => {
                Ok(as_planned(Some(Method::Weighting)))
            }
            Method::Weighting => Ok(weighting(plan, settings.seed)),
            Method::Posterior | Method::Auto if let Some(posterior) = &subject.posterior => {
                // Draws of the inputs have other chances, and so other posteriors.
                let draws_inputs = settings.doubt_draws > 0 && !plan.parameters.is_empty();
                let proposal = if draws_inputs { pilot::proposal(plan, settings.seed, false) } else { None };
                Ok(Self { proposal, posterior: Some(posterior), ..as_planned(Some(Method::Posterior)) })
            }
            Method::Posterior => Err(Impossible::NoPosterior),
            Method::Auto | Method::Adaptive => {
                let forced = settings.method == Method::Adaptive;
                match pilot::proposal(plan, settings.seed, forced) {
                    Some(proposal) => Ok(Self { proposal: Some(proposal), ..as_planned(Some(Method::Adaptive)) }),
                    None if weighs => Ok(weighting(plan, settings.seed)),
                    None => Ok(as_planned(Some(Method::Rejection))),
                }
            }
        }
    }

    /// What belongs to the groundwork.
    pub(crate) fn drawn(&self) -> Drawn {
        Drawn {
            method: self.method,
            weighs: match self.method {
                Some(Method::Rejection) => false,
                Some(Method::Posterior) => {
                    self.plan.steps.iter().any(|step| matches!(step.operation, Operation::Believe { .. }))
                }
                _ => self.plan.steps.iter().any(|step| weighs_or_hints(&step.operation)),
            },
            figures: match &self.proposal {
                Some(proposal) if self.posterior.is_none() => proposal.figures(),
                _ => Vec::new(),
            },
            evidence: self.posterior.map(|posterior| posterior.evidence),
        }
    }

    /// As far as a finished part needs it: as it was chosen where the part ran.
    pub(crate) fn as_recorded(plan: &'a Plan, method: Option<Method>) -> Self {
        Self { plan: Cow::Borrowed(plan), proposal: None, posterior: None, method }
    }
}

/// Worlds that weigh at most so many times as much as those of a pilot do on average need no defence: those that a run has not seen are
/// worth less than so many of those that it has.
const EVEN: f64 = 20.0;

/// Worlds drawn as planned; where some may weigh much more than others, seven in eight of them with what is rare raised, so that none
/// that would weigh so much is left out unnoticed.
fn weighting(plan: &Plan, seed: u64) -> Sampling<'_> {
    let uneven = ratio::largest_weight(plan) > EVEN * pilot::usual_weight(plan, seed);
    let proposal = uneven.then(|| fit::flattened(plan, &behind_what_is_known(plan)));
    Sampling {
        plan: Cow::Borrowed(plan),
        proposal: proposal.filter(|proposal| !proposal.is_plain()),
        posterior: None,
        method: Some(Method::Weighting),
    }
}

/// Whether a step makes worlds count differently, beliefs apart.
pub(crate) fn is_known(operation: &Operation) -> bool {
    match operation {
        Operation::Bernoulli { evidence, .. } => evidence.is_some(),
        Operation::Categorical { evidence, .. } => evidence.is_some(),
        Operation::Number { evidence, .. } => evidence.is_some(),
        Operation::Date { evidence, .. } => evidence.is_some(),
        Operation::Weigh { .. } | Operation::Require { .. } => true,
        _ => false,
    }
}

/// Whether a step makes worlds weigh differently, beliefs included.
fn weighs_or_hints(operation: &Operation) -> bool {
    weighs(operation) || matches!(operation, Operation::Believe { .. })
}
