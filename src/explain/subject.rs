//! A scenario, from where it is looked at, and the figure of it that is explained.

use super::bench::Bench;
use super::relevant::pruned;
use super::report::Place;
use super::target::{Doubt, Target};
use crate::model::Model;
use crate::plan::{Plan, Situation, Undecided};
use crate::source::{Source, Span};

/// What is explained.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) source: &'a Source,
    pub(super) model: &'a Model,
    pub(super) situation: &'a Situation,
    /// What hangs on decisions that are open; the figure does not.
    pub(super) undecided: Undecided,
    pub(super) target: Target,
    pub(super) bench: Bench,
}

impl Subject<'_> {
    /// The plan of the figure, without what does not bear on it.
    pub(super) fn plan(&self, doubt: Doubt) -> Plan {
        pruned(self.target.plan(self.model, self.situation, doubt))
    }

    /// Where something stands in the scenario.
    pub(super) fn place(&self, span: Span) -> Place {
        place(self.source, span)
    }
}

pub(super) fn place(source: &Source, span: Span) -> Place {
    let (line, column) = source.line_column(span.start);
    let text = source.text().get(span.range()).unwrap_or_default();
    Place { line, column, text: text.split_whitespace().collect::<Vec<_>>().join(" ") }
}
