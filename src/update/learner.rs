//! Whose a doubtful input is, and what it has learned from.

use crate::model::{EventId, Model};
use crate::source::Source;
use std::collections::BTreeSet;

/// An event, or a reference class with all events that are like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Learner {
    Event(EventId),
    Prior(usize),
}

impl Learner {
    /// Every event, then every reference class.
    pub(super) fn all(model: &Model) -> impl Iterator<Item = Self> + use<> {
        let events = (0..model.events.len()).map(|at| Self::Event(EventId(at)));
        events.chain((0..model.priors.len()).map(Self::Prior))
    }

    pub(super) fn name(self, model: &Model) -> String {
        match self {
            Self::Event(event) => model.event(event).name.clone(),
            Self::Prior(class) => format!("prior {}", model.priors[class].name),
        }
    }

    /// The table it stands in, and its name.
    pub(super) fn key(self, model: &Model) -> (&'static str, String) {
        match self {
            Self::Event(event) => ("event", model.event(event).name.clone()),
            Self::Prior(class) => ("prior", model.priors[class].name.clone()),
        }
    }

    /// `learned_from` as it stands in the file.
    pub(super) fn history(self, model: &Model) -> &[String] {
        match self {
            Self::Event(event) => &model.event(event).learned_from,
            Self::Prior(class) => &model.priors[class].learned_from,
        }
    }

    /// What of this scenario it has learned from. A prior that several scenarios share has learned from others too, which is part of what it
    /// says; what does not name its scenario may be of this one.
    pub(super) fn learned_from(self, model: &Model, source: &Source, tags: &[&str]) -> Vec<String> {
        let history = self.history(model);
        let Some(scenario) = self.shared_with(model, source) else { return history.to_vec() };
        let own = |tag: &String| match tag.split_once(") in ") {
            Some((tag, of)) if of == scenario => Some(format!("{tag})")),
            _ => tags.contains(&tag.as_str()).then(|| tag.clone()),
        };
        history.iter().filter_map(own).collect()
    }

    /// What of this scenario anything has learned from.
    pub(super) fn everything_learned(model: &Model, source: &Source) -> BTreeSet<String> {
        Self::all(model).flat_map(|learner| learner.learned_from(model, source, &[])).collect()
    }

    /// How it remembers an observation.
    pub(super) fn remembered(self, model: &Model, source: &Source, tag: &str) -> String {
        match self.shared_with(model, source) {
            Some(scenario) => format!("{tag} in {scenario}"),
            None => tag.to_owned(),
        }
    }

    /// That it has learned from an observation already: of a prior that scenarios share, with the scenario that is meant.
    pub(super) fn has_learned(self, model: &Model, source: &Source, tag: &str) -> String {
        match self.shared_with(model, source) {
            Some(title) => format!(
                "it has learned from {tag} in “{title}” already; its file knows scenarios by their titles, so that if another one of this title has taught it that, each needs a title of its own"
            ),
            None => format!("it has learned from {tag} already"),
        }
    }

    /// The title of the scenario, for a prior that stands in another file: the name of a file changes more easily.
    fn shared_with(self, model: &Model, source: &Source) -> Option<String> {
        let Self::Prior(class) = self else { return None };
        let shared = source.part(model.priors[class].belief.span.start).start > 0;
        shared.then(|| model.title.clone())
    }
}
