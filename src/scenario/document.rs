//! The tree of a scenario file: what was written and where, with no meaning yet.
//!
//! Every phrase inside a string is already taken apart into its own small tree ([`super::phrase`], [`super::expression`]),
//! with spans that point inside the string. Whether names exist, numbers fit and chances sum is for `model` to say.

use super::expression::Expression;
use super::phrase::{Chance, CountPhrase, Duration, Effect, NumberPhrase, Ratio, Supposition, WhenPhrase};
use crate::source::{Span, Spanned};
use jiff::civil::Date;

/// A text of the author's, or a name, with its place (the content, without the quotes).
pub type Text = Spanned<String>;

/// What of a table could not be read although it is there; a diagnostic says so already, and what only follows from it is not to be
/// said again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// The keys whose value could not be read, or not wholly.
    pub keys: Vec<String>,
    /// Whether anything in it could not be assigned to a key: an unknown key, or text that is no TOML.
    pub anything: bool,
}

impl Unread {
    /// Whether the value of this key could not be read wholly.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|unread| unread == key)
    }

    /// Whether this key may be missing only because something could not be read.
    #[must_use]
    pub fn excuses(&self, key: &str) -> bool {
        self.anything || self.has(key)
    }
}

/// A whole scenario file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// What the scenario is about.
    pub title: Option<Text>,
    /// The day whose knowledge the file holds.
    pub as_of: Option<Spanned<Date>>,
    /// The last day simulated.
    pub horizon: Option<Spanned<Date>>,
    /// The name under which its forecasts are recorded.
    pub forecaster: Option<Text>,
    /// Free text.
    pub description: Option<Text>,
    /// What another tool keeps with the network it came from.
    pub properties: Vec<Text>,
    /// Interventions.
    pub suppose: Vec<Spanned<Supposition>>,
    /// The file of reference classes that it shares with others.
    pub priors_file: Option<Text>,
    /// Reference classes in file order, after those of the file itself those of the other.
    pub priors: Vec<PriorNode>,
    /// Events in file order.
    pub events: Vec<EventNode>,
    /// Decisions in file order; each has an event of its name among [`Self::events`], after all others.
    pub decisions: Vec<DecisionNode>,
    /// Utilities in file order: the names of events that are numbers, among [`Self::events`] after the decisions.
    pub utilities: Vec<Text>,
    /// Questions in file order.
    pub questions: Vec<QuestionNode>,
    /// What must hold.
    pub logic: Vec<RuleNode>,
    /// What is assumed to hold.
    pub assume: Vec<RuleNode>,
    /// Dated evidence in file order.
    pub news: Vec<NewsNode>,
    /// Groups drawn together.
    pub correlated: Vec<CorrelatedNode>,
    /// What of the top level could not be read.
    pub unread: Unread,
    /// Names that were meant as those of events, but whose tables could not be read as such.
    pub unread_names: Vec<String>,
}

/// One phrase, or a list of cases of which the first that holds counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Cases<T> {
    /// One phrase for every world.
    One(Spanned<T>),
    /// Cases in order.
    Many(Vec<Case<T>>),
}

/// One case: `{ if = "…", is = "…" }` or `{ otherwise = "…" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Case<T> {
    /// The condition; `None` for `otherwise`.
    pub condition: Option<Expression>,
    /// What then counts.
    pub is: Spanned<T>,
    /// The whole inline table.
    pub span: Span,
}

/// What stands under `chance`.
#[derive(Debug, Clone, PartialEq)]
pub enum ChanceNode {
    /// One probability: a binary event.
    One(Chance),
    /// One for each option, in order: `"10%, 75%, 15%"` or a list.
    List(Vec<Spanned<Chance>>),
    /// By option: `{ a = "10%", b = "90%" }`.
    Table(Vec<(Text, Spanned<Chance>)>),
    /// `"6, 30, 4 of 40"`.
    Counts {
        /// How often each option was seen.
        counts: Vec<Spanned<f64>>,
        /// Of how many.
        total: Spanned<f64>,
    },
    /// `"dirichlet(2, 1, 1)"`.
    Dirichlet(Vec<Spanned<f64>>),
    /// Several experts to one.
    Experts {
        /// What each says.
        says: Vec<Spanned<Chance>>,
        /// Their weights, if stated.
        weights: Option<Vec<Spanned<f64>>>,
        /// The pooling rule by name, if stated.
        pool: Option<Text>,
    },
}

/// What stands under `causes`: each condition and its chance to bring the event about by itself.
pub type CauseNode = (Expression, Spanned<Chance>);

/// One ratio of `odds`, `raised_by` or `lowered_by`.
pub type RatioNode = (Expression, Spanned<Ratio>);

/// An event as written.
#[derive(Debug, Clone, PartialEq)]
pub struct EventNode {
    /// Its name.
    pub name: Text,
    /// The question in words.
    pub ask: Option<Text>,
    /// `story`: how each outcome is told.
    pub story: Option<(Span, Vec<Text>)>,
    /// The resolution rule.
    pub resolves: Option<Text>,
    /// The reason.
    pub why: Option<Text>,
    /// Where from.
    pub source: Option<Text>,
    /// Unit of a number.
    pub unit: Option<Text>,
    /// Tags.
    pub tags: Vec<Text>,
    /// An assumption in words.
    pub assume: Option<Text>,
    /// `label`: its name in a network.
    pub label: Option<Text>,
    /// `option_labels`: the names of its options in a network.
    pub option_labels: Option<(Span, Vec<Text>)>,
    /// What another tool keeps with it.
    pub properties: Vec<Text>,
    /// Outcomes that have moved its prior.
    pub learned_from: Vec<Text>,
    /// `chance`, with the span of the key.
    pub chance: Option<(Span, Cases<ChanceNode>)>,
    /// `causes`.
    pub causes: Option<(Span, Vec<CauseNode>)>,
    /// `background`.
    pub background: Option<(Span, Spanned<Chance>)>,
    /// `holds`.
    pub holds: Option<(Span, Expression)>,
    /// `one_of`.
    pub one_of: Option<(Span, Vec<Text>)>,
    /// `ordered`.
    pub ordered: Option<(Span, Vec<Text>)>,
    /// `first_of`.
    pub first_of: Option<(Span, Vec<Text>)>,
    /// `none`: the option of `first_of` that stands for none of them.
    pub none: Option<(Span, Text)>,
    /// `value`.
    pub value: Option<(Span, Cases<NumberPhrase>)>,
    /// `equals`.
    pub equals: Option<(Span, Expression)>,
    /// `count`.
    pub count: Option<(Span, Cases<CountPhrase>)>,
    /// `when`.
    pub when: Option<(Span, Cases<WhenPhrase>)>,
    /// `requires`.
    pub requires: Option<(Span, Expression)>,
    /// `odds`.
    pub odds: Option<(Span, Vec<RatioNode>)>,
    /// `overall`.
    pub overall: Option<(Span, Spanned<Chance>)>,
    /// `raised_by`.
    pub raised_by: Option<(Span, Vec<RatioNode>)>,
    /// `lowered_by`.
    pub lowered_by: Option<(Span, Vec<RatioNode>)>,
    /// `after`.
    pub after: Option<(Span, Text)>,
    /// `if`.
    pub only_if: Option<(Span, Expression)>,
    /// `otherwise`.
    pub otherwise: Option<(Span, Spanned<f64>)>,
    /// `observed`.
    pub observed: Option<(Span, Spanned<bool>)>,
    /// What of it could not be read.
    pub unread: Unread,
}

impl EventNode {
    /// An event of which nothing is said yet.
    #[must_use]
    pub const fn named(name: Text) -> Self {
        Self {
            name,
            ask: None,
            resolves: None,
            why: None,
            source: None,
            unit: None,
            tags: Vec::new(),
            assume: None,
            label: None,
            story: None,
            option_labels: None,
            properties: Vec::new(),
            learned_from: Vec::new(),
            chance: None,
            causes: None,
            background: None,
            holds: None,
            one_of: None,
            ordered: None,
            first_of: None,
            none: None,
            value: None,
            equals: None,
            count: None,
            when: None,
            requires: None,
            odds: None,
            overall: None,
            raised_by: None,
            lowered_by: None,
            after: None,
            only_if: None,
            otherwise: None,
            observed: None,
            unread: Unread { keys: Vec::new(), anything: false },
        }
    }
}

/// One of `costs`: an option and its number.
pub type CostNode = (Text, Spanned<f64>);

/// `[decision.NAME]`, besides the event that stands for it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionNode {
    /// Its name.
    pub name: Text,
    /// What is known when it is taken, with the place of the key.
    pub knows: Option<(Span, Vec<Text>)>,
    /// What options cost, with the place of the key.
    pub costs: Option<(Span, Vec<CostNode>)>,
    /// What of it could not be read.
    pub unread: Unread,
}

/// A question as written.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionNode {
    /// Its name.
    pub name: Text,
    /// In words.
    pub ask: Option<Text>,
    /// `story`: how each outcome is told.
    pub story: Option<(Span, Vec<Text>)>,
    /// A yes/no question.
    pub holds: Option<(Span, Expression)>,
    /// Which option.
    pub which: Option<(Span, Text)>,
    /// A number.
    pub value: Option<(Span, Expression)>,
    /// A date.
    pub when: Option<(Span, Text)>,
    /// The condition of a conditional question.
    pub given: Option<(Span, Expression)>,
    /// The day it closes.
    pub closes: Option<Spanned<Date>>,
    /// The day it opens.
    pub opens: Option<Spanned<Date>>,
    /// The resolution rule.
    pub resolves: Option<Text>,
    /// Where from.
    pub source: Option<Text>,
    /// Tags.
    pub tags: Vec<Text>,
    /// The reason.
    pub why: Option<Text>,
    /// What of it could not be read.
    pub unread: Unread,
}

/// `[[logic]]` or `[[assume]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNode {
    /// The header.
    pub span: Span,
    /// True for `never`, false for `always`.
    pub never: bool,
    /// The condition; `None` if it could not be read (a diagnostic says why).
    pub rule: Option<Expression>,
    /// The reason.
    pub why: Option<Text>,
}

/// `[[news]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct NewsNode {
    /// The header.
    pub span: Span,
    /// The day it became known.
    pub date: Option<Spanned<Date>>,
    /// Who reported it.
    pub source: Option<Text>,
    /// What it says.
    pub says: Option<Text>,
    /// What it is about: a name or a condition.
    pub about: Option<Expression>,
    /// What it does to the forecast.
    pub effect: Option<Spanned<Effect>>,
    /// The reason.
    pub why: Option<Text>,
    /// What of it could not be read.
    pub unread: Unread,
}

impl Document {
    /// Whether it is no scenario but a file of priors, which scenarios name.
    #[must_use]
    pub fn is_of_priors(&self) -> bool {
        let nothing_else = self.title.is_none() && self.as_of.is_none() && self.events.is_empty();
        nothing_else && self.questions.is_empty() && self.unread_names.is_empty() && !self.priors.is_empty()
    }
}

/// `[prior.NAME]`.
#[derive(Debug, Clone, PartialEq)]
pub struct PriorNode {
    /// Its name.
    pub name: Text,
    /// The chance of each of its cases, with the place of its key.
    pub chance: Option<(Span, Spanned<Chance>)>,
    /// To how many cases of its own the class comes for a member, with the place of its key.
    pub worth: Option<(Span, Spanned<f64>)>,
    /// In which time what it was learned from comes to count half, with the place of its key.
    pub half_life: Option<(Span, Spanned<Duration>)>,
    /// The day to which its cases were counted.
    pub as_of: Option<Spanned<Date>>,
    /// The reason.
    pub why: Option<Text>,
    /// Where it comes from.
    pub source: Option<Text>,
    /// Outcomes that have moved it.
    pub learned_from: Vec<Text>,
    /// What of it could not be read.
    pub unread: Unread,
}

/// `[[correlated]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelatedNode {
    /// The header.
    pub span: Span,
    /// The events.
    pub events: Vec<Text>,
    /// How strongly.
    pub correlation: Option<Spanned<CorrelationNode>>,
    /// The reason.
    pub why: Option<Text>,
    /// What of it could not be read.
    pub unread: Unread,
}

/// What stands under `correlation`.
#[derive(Debug, Clone, PartialEq)]
pub enum CorrelationNode {
    /// One number for every pair.
    Common(f64),
    /// A strength: `low`, `medium`, `high`.
    Strength(super::phrase::Strength),
    /// A full matrix by rows.
    Matrix(Vec<Vec<Spanned<f64>>>),
}
