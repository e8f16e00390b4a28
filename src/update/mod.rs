//! Prior + outcomes → posterior, written back into the scenario file with its layout kept.
//!
//! An outcome speaks to a prior when the question behind it fixes the event and everything that decides which of its chances
//! applied. Then the posterior is conjugate and exact: a Beta gains a success or a failure, a Dirichlet a count, a Gamma
//! events and exposure. What an outcome does not settle by itself (an unobserved parent, an odds ratio that applied) is
//! named among the [`Skipped`], not guessed.
//!
//! Each outcome counts once: the event's `learned_from` remembers which ones have moved it.

mod conjugate;
mod facts;
mod posterior;
mod rewrite;
#[cfg(test)]
mod tests;

use crate::forecast::{Outcome, Resolution};
use crate::model::Model;
use crate::source::Span;
pub use conjugate::{BetaPosterior, NormalPosterior, bayes_binary, beta_binomial, normal_normal};
pub use rewrite::rewrite;

use facts::Facts;
use indexmap::IndexMap;
use serde::Serialize;

/// A prior that moved.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Learned {
    /// The event.
    pub event: String,
    /// The phrase before.
    pub before: String,
    /// The phrase after.
    pub after: String,
    /// The mean before (of the option that occurred, or of the rate).
    pub mean_before: f64,
    /// The mean after.
    pub mean_after: f64,
    /// The outcomes that moved it.
    pub by: Vec<String>,
}

/// An outcome that moved nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Skipped {
    /// The question or the event.
    pub name: String,
    /// Why.
    pub why: String,
}

/// A phrase of the file and what replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Where it stands.
    pub span: Span,
    /// The new phrase.
    pub phrase: String,
}

/// What outcomes do to the priors of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Update {
    /// Priors that moved.
    pub learned: Vec<Learned>,
    /// Outcomes that moved nothing.
    pub skipped: Vec<Skipped>,
    /// What changes in the file.
    #[serde(skip)]
    pub replacements: Vec<Replacement>,
    /// The whole `learned_from` list of each event that moved.
    #[serde(skip)]
    pub learned_from: IndexMap<String, Vec<String>>,
}

/// Works out what the outcomes of a scenario's questions do to its priors.
///
/// `text` is the file's own text, from which the phrases before are quoted.
#[must_use]
pub fn update(model: &Model, text: &str, outcomes: &IndexMap<String, Outcome>) -> Update {
    let mut update = Update::default();
    let mut facts = Facts::new(model);
    for question in &model.questions {
        let Some(outcome) = outcomes.get(&question.name) else { continue };
        if outcome.resolution == Resolution::Annulled {
            update.skipped.push(Skipped { name: question.name.clone(), why: "it was annulled".to_owned() });
            continue;
        }
        if let Err(why) = facts.learn(question, outcome) {
            update.skipped.push(Skipped { name: question.name.clone(), why });
        }
    }
    for event in &model.events {
        posterior::learn(model, event, &facts, text, &mut update);
    }
    update
}
