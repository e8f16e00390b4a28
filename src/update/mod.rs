//! Prior + outcomes → posterior, written back into the scenario file with its layout kept.
//!
//! Where an outcome settles by itself that a chance was put to the test, the posterior is conjugate: a Beta gains a success or a failure, a Dirichlet
//! a count, a Gamma events and exposure, the mean of a number a value. Where it does not (a parent that nobody observed, an odds ratio that applied, a date that has not come
//! yet, a question about several events), every prior on which it bears is weighed by how likely it made what was observed, and so is what a member of a class
//! whose members differ shows of itself: exactly where the scenario is discrete, else by simulation. What neither can use is named among the [`Skipped`], not guessed.
//!
//! Each outcome counts once: the event's `learned_from` remembers which ones have moved it.

#[cfg(test)]
mod apart_tests;
mod cases;
#[cfg(test)]
mod cases_tests;
mod conflict;
mod conjugate;
mod dated;
mod expected;
mod facts;
mod figures;
mod items;
mod known_cases;
mod ladder;
mod learner;
mod members;
#[cfg(test)]
mod members_tests;
mod moments;
mod named;
mod numbered;
mod possible;
mod posterior;
mod relevant;
mod reported;
mod rewrite;
#[cfg(test)]
mod class_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod settled_tests;
mod weighed;
#[cfg(test)]
mod weighed_tests;

use crate::forecast::{Outcome, Resolution};
use crate::model::{EventId, Model, QuestionTarget};
use crate::simulate::Settings;
use crate::source::{Source, Span};
pub use cases::{Against, FromCases, from_cases};
use conflict::Case;
pub use conflict::Conflict;
pub use conjugate::{BetaPosterior, NormalPosterior, bayes_binary, beta_binomial, normal_normal};
pub(crate) use posterior::BY_UNDO;
pub use reported::reports;
pub use rewrite::rewrite;

use facts::Facts;
use indexmap::IndexMap;
use jiff::civil::Date;
use learner::Learner;
use posterior::Given;
use relevant::Graph;
use serde::Serialize;
use std::collections::BTreeMap;

/// A prior that moved.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Learned {
    /// The event, or `prior` and the name of a reference class.
    pub event: String,
    /// The phrase before.
    pub before: String,
    /// The phrase after.
    pub after: String,
    /// The option that the means are of, where the prior is one of several options: the one that occurred, or whose chance moved most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// The mean before (of a chance, of the option, of the rate or of the number).
    pub mean_before: f64,
    /// The mean after.
    pub mean_after: f64,
    /// Of the mean after, from the simulation; 0 where it is exact.
    pub standard_error: f64,
    /// How the posterior was come by.
    pub means: Means,
    /// The outcomes that moved it.
    pub by: Vec<String>,
}

/// How a posterior is come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// By the conjugate rule; it is of the form that is written.
    Conjugate,
    /// By exact inference; what is written has its mean and variance, the latter as far as the form that is written can.
    Exact,
    /// By expectation maximisation over a table of cases; what is written is worth as many cases as what the table says.
    Cases,
    /// By simulation; what is written has its mean and variance.
    Simulated,
}

impl Means {
    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conjugate => "conjugate",
            Self::Exact => "exact",
            Self::Cases => "cases",
            Self::Simulated => "simulated",
        }
    }
}

/// What a simulated posterior rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Simulated {
    /// Worlds drawn.
    pub worlds: u64,
    /// How many independent worlds those that agree with what was observed are worth; the fewest, where what has nothing in common was simulated apart.
    pub effective_sample_size: f64,
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
    /// Outcomes that a prior hardly expected.
    pub conflicts: Vec<Conflict>,
    /// What was to learn and must not, since it has learned from something else that is not so or from some of the same before: events, priors and questions.
    #[serde(skip)]
    pub refused: Vec<String>,
    /// What to look at before it is believed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Outcomes that put a chance to the test.
    #[serde(skip)]
    cases: Vec<Case>,
    /// What was learned from a table of cases, if it was from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_cases: Option<FromCases>,
    /// What simulated posteriors rest on, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Simulated>,
    /// What changes in the file.
    #[serde(skip)]
    pub replacements: Vec<Replacement>,
    /// The whole `learned_from` list of each event or prior that moved, by the table it stands in and its name.
    #[serde(skip)]
    pub learned_from: IndexMap<(&'static str, String), Vec<String>>,
    /// The day to which the cases of each prior that moved are counted now, where they lose weight.
    #[serde(skip)]
    pub counted_to: IndexMap<String, Date>,
}

/// What is to be learned from.
#[derive(Debug, Clone, Copy)]
pub struct Observed<'a> {
    /// Outcomes by question.
    pub outcomes: &'a IndexMap<String, Outcome>,
    /// Up to the end of this day the world was watched: outcomes of later days are not known yet, what the news of the file reports by then is known,
    /// and a date event that would have been reported and was not has not come. Without it only outcomes speak, and what was learned from before.
    pub until: Option<Date>,
}

/// Works out what was observed does to the priors of a scenario.
///
/// `source` is what the model was read from; the phrases before are quoted from it. `settings` are those of the simulation, where there is one.
#[must_use]
pub fn update(model: &Model, source: &Source, observed: Observed<'_>, settings: &Settings) -> Update {
    let text = source.text();
    let mut update = Update::default();
    let mut facts = Facts::new(model);
    let mut items = Vec::new();
    let mut told: Vec<named::Told> = Vec::new();
    let learned_from = Learner::everything_learned(model, source);
    for (finding, item) in reported::known(model, observed.until, &learned_from) {
        let settles = facts.report(finding, &item.tag);
        if !learned_from.contains(&item.tag) {
            told.push(named::Told::by_news(finding, &item.tag, settles));
        }
        items.push(item);
    }
    // Why an outcome did not move its event by itself.
    let mut reasons: BTreeMap<String, String> = BTreeMap::new();
    for question in &model.questions {
        let Some(outcome) = observed.outcomes.get(&question.name) else { continue };
        if observed.until.is_some_and(|until| outcome.resolved_on.day() > until) {
            continue;
        }
        if outcome.resolution == Resolution::Annulled {
            update.skipped.push(named::annulled(model, source, question));
            continue;
        }
        let settles = facts.learn(question, outcome);
        items.extend(items::outcome(model, question, outcome));
        let settles = match (&question.target, settles) {
            (QuestionTarget::Value(formula), settles)
                if !items::has_worlds(model, formula)
                    && settles.as_ref().err().is_none_or(|why| why == facts::COMBINATION) =>
            {
                Err(items::no_value(model, formula, outcome))
            }
            (_, settles) => settles,
        };
        told.push(named::Told::by_outcome(question, facts::tag(outcome), settles));
    }
    let contradictions = facts.contradictions();
    items.retain(|item| !contradictions.contains(item.tag.as_str()));
    items.extend(items::silence(model, &facts, &learned_from, observed.until));
    let impossible = possible::contradictions(model, &items);
    facts.refuse(&impossible.iter().flat_map(|one| one.tags.iter().cloned()).collect());
    items.retain(|item| !facts.is_refused(&item.tag));
    let taken_back = items::contradicted(model, &facts, &learned_from);
    update.notes.extend(items::taken_back(model, &facts, &taken_back));
    let refused = impossible.into_iter().map(|one| Skipped { name: weighed::TOGETHER.to_owned(), why: one.why });
    update.skipped.extend(refused);
    let graph = Graph::new(model, &facts, &items);
    let given = Given { model, facts: &facts, items: &items, graph: &graph, text };
    for (at, event) in model.events.iter().enumerate() {
        if let Err(why) = posterior::learn(&given, EventId(at), event, &mut update) {
            reasons.insert(event.name.clone(), why);
        }
    }
    let mut weighed = weighed::learn(&given, source, settings, &mut reasons, &mut update);
    members::learn(&given, source, settings, &mut weighed, &mut reasons, &mut update);
    posterior::members_follow(&mut update);
    // What was learned in error is nothing to hold the truth against.
    let standing =
        learned_from.iter().filter(|tag| taken_back.iter().all(|(known, ..)| known != *tag)).cloned().collect();
    let unsettled = expected::unsettled(model, &items, &standing, &update);
    update.conflicts = conflict::conflicts(&update, unsettled);
    let unused = named::unused(&given, source, &told, &weighed, &mut reasons, &update);
    update.skipped.extend(unused);
    let place = |name: &String| model.events.iter().position(|event| event.name == *name);
    let mut reasons: Vec<(String, String)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(name, _)| place(name));
    update.skipped.extend(reasons.into_iter().map(|(name, why)| Skipped { name, why }));
    update.skipped.extend(named::ladders(&given));
    let left_behind = ladder::left_behind(model, text, &update);
    update.skipped.extend(left_behind);
    let corrections = update.skipped.iter().filter(|one| posterior::is_correction(&one.why));
    update.refused = corrections.map(|one| one.name.clone()).collect();
    update.learned.sort_by_key(|one| place(&one.event));
    update
}
