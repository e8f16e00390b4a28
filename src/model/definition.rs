//! What an event is and how it is drawn.

use super::EventId;
use super::belief::{Belief, OptionsBelief};
use super::condition::{Condition, Formula};
use super::number::{CountSpec, NumberSpec};
use super::when::HazardSpec;
use crate::source::Span;

/// An uncertain quantity.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// The question in words.
    pub ask: Option<String>,
    /// How each outcome is told: of no, then of yes; of its options, in their order. None of them if the file does not say.
    pub story: Vec<String>,
    /// The reason.
    pub why: Option<String>,
    /// Unit of a number.
    pub unit: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Its name in a network, where that is another.
    pub label: Option<String>,
    /// The names of its options in a network (of a binary event: of no, then of yes), or none at all; an empty one is no state there.
    pub option_labels: Vec<String>,
    /// What another tool keeps with it, word for word.
    pub properties: Vec<String>,
    /// Outcomes that have already moved its prior.
    pub learned_from: Vec<String>,
    /// What it can be.
    pub kind: Kind,
    /// How it is drawn.
    pub definition: Definition,
    /// The correlated group it is drawn in, if any: index and place in it.
    pub group: Option<(usize, usize)>,
}

/// What an event can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// It holds or not.
    Binary,
    /// Exactly one of several options.
    Categorical {
        /// The options.
        options: Vec<String>,
        /// Whether they stand in an order, lowest first.
        ordered: bool,
    },
    /// A number.
    Numeric,
    /// A whole number, not negative.
    Count,
    /// A day, or never.
    Date,
}

impl Kind {
    /// In words, with its article.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Binary => "a yes/no event",
            Self::Categorical { ordered: false, .. } => "an event with options",
            Self::Categorical { ordered: true, .. } => "an event with ordered options",
            Self::Numeric => "a number",
            Self::Count => "a count",
            Self::Date => "a date event",
        }
    }
}

/// What counts where `condition` holds and no earlier row does; `None` is everywhere else.
#[derive(Debug, Clone)]
pub struct CaseRow<T> {
    /// Where.
    pub condition: Option<Condition>,
    /// What.
    pub value: T,
}

/// How an event is drawn.
#[derive(Debug, Clone)]
pub enum Definition {
    /// Binary, by chances and odds ratios.
    Chance(ChanceDefinition),
    /// Binary, noisy-or.
    Causes {
        /// A cause that is always there.
        background: Option<Belief>,
        /// Where each condition holds, it brings the event about with this chance.
        causes: Vec<(Condition, String, Belief)>,
        /// Possible only where this holds.
        requires: Option<Condition>,
        /// The total believed.
        overall: Option<(f64, Span)>,
    },
    /// Binary, derived.
    Holds(Condition),
    /// Categorical, by chances.
    Options(Vec<CaseRow<OptionsBelief>>),
    /// Categorical, derived: which date event comes first; the last option is "none of them".
    FirstOf(Vec<EventId>),
    /// Numeric, drawn.
    Number(NumberDefinition),
    /// Numeric, derived.
    Equals(Formula),
    /// A count, drawn.
    Count(CountDefinition),
    /// A date.
    When(WhenDefinition),
}

/// See [`Definition::Chance`].
#[derive(Debug, Clone)]
pub struct ChanceDefinition {
    /// Chances where no odds ratio applies.
    pub rows: Vec<CaseRow<Belief>>,
    /// Odds ratios where conditions hold.
    pub odds: Vec<(Condition, f64)>,
    /// Possible only where this holds.
    pub requires: Option<Condition>,
    /// The total believed.
    pub overall: Option<(f64, Span)>,
}

/// See [`Definition::Number`].
#[derive(Debug, Clone)]
pub struct NumberDefinition {
    /// Distributions.
    pub rows: Vec<CaseRow<NumberSpec>>,
    /// Drawn only where this holds.
    pub only_if: Option<Condition>,
    /// Its value elsewhere.
    pub otherwise: f64,
}

/// See [`Definition::Count`].
#[derive(Debug, Clone)]
pub struct CountDefinition {
    /// Distributions.
    pub rows: Vec<CaseRow<CountSpec>>,
    /// Drawn only where this holds.
    pub only_if: Option<Condition>,
    /// Its value elsewhere.
    pub otherwise: f64,
}

/// What switches a hazard ratio on.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// From the day it happens.
    Date(EventId),
    /// Throughout, where it holds.
    Condition(Condition),
    /// From the day on which the last of them sets in.
    All(Vec<Self>),
    /// From the day on which the first of them sets in.
    Any(Vec<Self>),
}

impl Trigger {
    /// Calls `visit` with every event it depends on.
    pub fn visit_events(&self, visit: &mut dyn FnMut(EventId)) {
        match self {
            Self::Date(event) => visit(*event),
            Self::Condition(condition) => condition.visit_events(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit_events(visit)),
        }
    }
}

/// See [`Definition::When`].
#[derive(Debug, Clone)]
pub struct WhenDefinition {
    /// Hazards where no ratio applies.
    pub rows: Vec<CaseRow<HazardSpec>>,
    /// Its clock starts when this happens.
    pub after: Option<EventId>,
    /// No hazard before this holds.
    pub requires: Option<Trigger>,
    /// Hazard ratios.
    pub ratios: Vec<(Trigger, f64)>,
    /// Whether silence speaks about it.
    pub observed: bool,
}

impl Event {
    /// The options of a categorical event; empty for others.
    #[must_use]
    pub fn options(&self) -> &[String] {
        match &self.kind {
            Kind::Categorical { options, .. } => options,
            _ => &[],
        }
    }

    /// Whether it follows from other events with no chance of its own.
    #[must_use]
    pub const fn is_derived(&self) -> bool {
        matches!(self.definition, Definition::Holds(_) | Definition::FirstOf(_) | Definition::Equals(_))
    }

    /// Whether chance plays a part in it of its own: not where it is derived, nor where each of its cases leaves one value.
    #[must_use]
    pub fn has_chance(&self) -> bool {
        let is_sure = |chance: f64| chance == 0.0 || chance == 1.0;
        match &self.definition {
            Definition::Holds(_) | Definition::FirstOf(_) | Definition::Equals(_) => false,
            Definition::Number(number) => number.rows.iter().any(|row| !matches!(row.value, NumberSpec::Constant(_))),
            Definition::Count(count) => count.rows.iter().any(|row| !matches!(row.value, CountSpec::Constant(_))),
            Definition::Chance(chance) => chance.rows.iter().any(|row| !is_sure(row.value.mean)),
            Definition::Options(rows) => rows.iter().flat_map(|row| &row.value.means).any(|chance| !is_sure(*chance)),
            Definition::Causes { .. } | Definition::When(_) => true,
        }
    }

    /// Calls `visit` with the belief behind each of its chances of yes, or of coming.
    pub fn visit_beliefs(&self, visit: &mut dyn FnMut(&Belief)) {
        match &self.definition {
            Definition::Chance(chance) => chance.rows.iter().for_each(|row| visit(&row.value)),
            Definition::Causes { background, causes, .. } => {
                background.iter().chain(causes.iter().map(|(_, _, strength)| strength)).for_each(visit);
            }
            Definition::When(when) => {
                when.rows.iter().filter_map(|row| row.value.doubt.as_ref()).for_each(|doubt| visit(&doubt.belief));
            }
            Definition::Holds(_)
            | Definition::Options(_)
            | Definition::FirstOf(_)
            | Definition::Number(_)
            | Definition::Equals(_)
            | Definition::Count(_) => {}
        }
    }

    /// Calls `visit` with every event it depends on directly.
    pub fn visit_parents(&self, visit: &mut dyn FnMut(EventId)) {
        fn rows<T>(rows: &[CaseRow<T>], visit: &mut dyn FnMut(EventId)) {
            rows.iter().filter_map(|row| row.condition.as_ref()).for_each(|condition| condition.visit_events(visit));
        }
        match &self.definition {
            Definition::Chance(chance) => {
                rows(&chance.rows, visit);
                chance.odds.iter().for_each(|(condition, _)| condition.visit_events(visit));
                chance.requires.iter().for_each(|condition| condition.visit_events(visit));
            }
            Definition::Causes { causes, requires, .. } => {
                causes.iter().for_each(|(condition, _, _)| condition.visit_events(visit));
                requires.iter().for_each(|condition| condition.visit_events(visit));
            }
            Definition::Holds(condition) => condition.visit_events(visit),
            Definition::Options(options) => rows(options, visit),
            Definition::FirstOf(events) => events.iter().for_each(|event| visit(*event)),
            Definition::Number(number) => {
                rows(&number.rows, visit);
                number.only_if.iter().for_each(|condition| condition.visit_events(visit));
            }
            Definition::Equals(formula) => formula.visit_events(visit),
            Definition::Count(count) => {
                rows(&count.rows, visit);
                count.only_if.iter().for_each(|condition| condition.visit_events(visit));
            }
            Definition::When(when) => {
                rows(&when.rows, visit);
                when.after.iter().for_each(|event| visit(*event));
                when.requires.iter().for_each(|trigger| trigger.visit_events(visit));
                when.ratios.iter().for_each(|(trigger, _)| trigger.visit_events(visit));
            }
        }
    }
}
