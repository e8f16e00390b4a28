//! What holds among propositions, whoever forecasts them: declared, never guessed.
//!
//! [`Relations`] hold propositions (atoms), what compound ones mean, and [`Relation`]s with their place. They are written as a file
//! ([`read_relations`](super::read_relations)) or put together by a [`Builder`], which is how a scenario declares them.

use super::formula::{Clause, Definition, Literal, at_most_one, equal, implies, is_all_of};
use super::ladder::{Clock, Ladder, Window, window_clauses};
use crate::source::{Source, Span};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a relation holds in every world or is an assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// It holds in every possible world: a violation is an error.
    Logic,
    /// It is assumed: a violation is a warning.
    Assume,
}

/// What a proposition stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposition {
    /// Its name in reports.
    pub name: String,
    /// The name of its opposite, where that is not the name after `not`.
    pub opposite: Option<String>,
    /// The question it is the yes of, or the question and the option; `None` for what nobody is asked about.
    pub question: Option<(String, Option<String>)>,
    /// Where it is first named.
    pub span: Span,
}

impl Proposition {
    /// Its name, or that of its opposite.
    fn in_words(&self, holds: bool) -> String {
        match &self.opposite {
            _ if holds => self.name.clone(),
            Some(opposite) => opposite.clone(),
            None => format!("not {}", self.name),
        }
    }
}

/// A conditional forecast: the probability of an event given a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditional {
    /// The proposition under whose name it is stated.
    pub name: usize,
    /// The event.
    pub event: Literal,
    /// The atom `event and condition`.
    pub both: usize,
    /// The condition.
    pub condition: Literal,
}

/// How a sum of probabilities stands to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It is 0.
    Zero,
    /// It is at least 0.
    AtLeast,
}

/// A linear condition on probabilities: `constant + sum of factor × P(literal)` is 0, or at least 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Factors and literals.
    pub terms: Vec<(f64, Literal)>,
    /// What is added.
    pub constant: f64,
    /// How the sum stands to 0.
    pub bound: Bound,
}

/// A judgement of chances.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// A linear one.
    Linear(Row),
    /// `P(both) = P(a) P(b)`, or at least or at most that.
    Product {
        /// The one.
        a: Literal,
        /// The other.
        b: Literal,
        /// The atom `a and b`.
        both: usize,
        /// 0 for independence, 1 if the one makes the other likelier, -1 if less likely.
        sign: i8,
    },
}

/// Where a relation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// One relation, as declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// In words.
    pub text: String,
    /// Whether it holds in every world.
    pub strength: Strength,
    /// Where it stands.
    pub span: Span,
    /// The same for people, once it is known in which file.
    pub place: Option<Place>,
    /// What it says of worlds.
    pub clauses: Vec<Clause>,
    /// Conditional forecasts that it defines.
    pub conditionals: Vec<Conditional>,
    /// What it says of chances.
    pub judgements: Vec<Judgement>,
}

/// Propositions and what holds among them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Relations {
    pub(super) propositions: Vec<Proposition>,
    pub(super) definitions: Vec<Definition>,
    pub(super) relations: Vec<Relation>,
    pub(super) ladders: Vec<Ladder>,
    pub(super) title: Option<String>,
    pub(super) by_numbers: BTreeSet<String>,
}

impl Relations {
    /// How many relations are declared of a strength.
    #[must_use]
    pub fn count(&self, strength: Strength) -> usize {
        self.relations.iter().filter(|relation| relation.strength == strength).count()
    }

    /// The title, if there is one.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Says of each relation where it stands in a source.
    #[must_use]
    pub fn located(mut self, source: &Source) -> Self {
        for relation in &mut self.relations {
            let (line, column) = source.line_column(relation.span.start);
            let file = source.part(relation.span.start).name.to_owned();
            relation.place = Some(Place { file, line, column });
        }
        self
    }

    /// These and others together; a question that both name is one.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        let mut places = Vec::new();
        for proposition in other.propositions {
            let same = |of: &Proposition| of.question.is_some() && of.question == proposition.question;
            places.push(self.propositions.iter().position(same).unwrap_or_else(|| {
                self.propositions.push(proposition);
                self.propositions.len() - 1
            }));
        }
        let here = |literal: Literal| Literal { atom: places[literal.atom], holds: literal.holds };
        let moved = |clauses: Vec<Clause>| -> Vec<Clause> {
            clauses.into_iter().map(|clause| clause.into_iter().map(here).collect()).collect()
        };
        self.definitions.extend(other.definitions.into_iter().map(|definition| Definition {
            on: definition.on.iter().map(|atom| places[*atom]).collect(),
            clauses: moved(definition.clauses),
        }));
        self.relations.extend(other.relations.into_iter().map(|relation| {
            Relation {
                clauses: moved(relation.clauses),
                conditionals: relation
                    .conditionals
                    .into_iter()
                    .map(|of| Conditional {
                        name: places[of.name],
                        event: here(of.event),
                        both: places[of.both],
                        condition: here(of.condition),
                    })
                    .collect(),
                judgements: relation
                    .judgements
                    .into_iter()
                    .map(|judgement| match judgement {
                        Judgement::Linear(row) => Judgement::Linear(Row {
                            terms: row.terms.into_iter().map(|(factor, literal)| (factor, here(literal))).collect(),
                            ..row
                        }),
                        Judgement::Product { a, b, both, sign } => {
                            Judgement::Product { a: here(a), b: here(b), both: places[both], sign }
                        }
                    })
                    .collect(),
                ..relation
            }
        }));
        self.ladders.extend(other.ladders.into_iter().map(|ladder| Ladder {
            rungs: ladder.rungs.iter().map(|(day, atom)| (*day, places[*atom])).collect(),
            ever: places[ladder.ever],
            ..ladder
        }));
        self.title = self.title.or(other.title);
        self.by_numbers.extend(other.by_numbers);
        self
    }

    /// A literal in words.
    #[must_use]
    pub fn name(&self, literal: Literal) -> String {
        self.propositions.get(literal.atom).map_or_else(String::new, |of| of.in_words(literal.holds))
    }

    /// The relations, as declared.
    pub fn iter(&self) -> impl Iterator<Item = &Relation> {
        self.relations.iter()
    }
}

/// Puts relations together.
#[derive(Debug, Default)]
pub struct Builder {
    relations: Relations,
    by_key: BTreeMap<String, usize>,
    windows: Vec<Window>,
    clock: Clock,
}

impl Builder {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives them a title.
    pub fn title(&mut self, title: impl Into<String>) {
        self.relations.title = Some(title.into());
    }

    /// Says of a question that it compares numbers, of which it is not declared what they follow from.
    pub fn compares_numbers(&mut self, question: &str) {
        self.relations.by_numbers.insert(question.to_owned());
    }

    /// Counts the time of windows from moment to moment instead of from day to day.
    pub fn in_moments(&mut self) {
        self.clock = Clock::Moments;
    }

    fn atom(&mut self, key: String, proposition: impl FnOnce() -> Proposition) -> (usize, bool) {
        if let Some(at) = self.by_key.get(&key) {
            return (*at, false);
        }
        let at = self.relations.propositions.len();
        self.relations.propositions.push(proposition());
        self.by_key.insert(key, at);
        (at, true)
    }

    /// The yes of a question, or one of its options.
    pub fn question(&mut self, id: &str, option: Option<&str>, span: Span) -> Literal {
        let name = option.map_or_else(|| id.to_owned(), |option| format!("{id}:{option}"));
        let question = Some((id.to_owned(), option.map(str::to_owned)));
        Literal::of(self.atom(format!("question {name}"), || Proposition { name, opposite: None, question, span }).0)
    }

    /// A proposition that nobody is asked about.
    pub fn unasked(&mut self, name: &str, span: Span) -> Literal {
        let made = || Proposition { name: name.to_owned(), opposite: None, question: None, span };
        Literal::of(self.atom(format!("unasked {name}"), made).0)
    }

    /// What holds if all of them do.
    pub fn all_of(&mut self, parts: &[Literal]) -> Literal {
        let mut parts = parts.to_vec();
        parts.sort_unstable();
        parts.dedup();
        if let [single] = parts[..] {
            return single;
        }
        let name = self.words(&parts, " and ");
        let opposites: Vec<Literal> = parts.iter().map(|part| part.negated()).collect();
        let opposite = if opposites.iter().all(|part| part.holds) {
            self.words(&opposites, " or ")
        } else {
            format!("not ({name})")
        };
        let (atom, is_new) = self.atom(format!("all {parts:?}"), || Proposition {
            name,
            opposite: Some(opposite),
            question: None,
            span: Span::default(),
        });
        let whole = Literal::of(atom);
        if is_new {
            self.define(vec![atom], is_all_of(whole, &parts));
        }
        whole
    }

    /// What holds if one of them does.
    pub fn any_of(&mut self, parts: &[Literal]) -> Literal {
        let parts: Vec<Literal> = parts.iter().map(|part| part.negated()).collect();
        self.all_of(&parts).negated()
    }

    fn words(&self, parts: &[Literal], between: &str) -> String {
        let named = parts.iter().map(|part| {
            let is_compound = self.relations.propositions[part.atom].opposite.is_some();
            if is_compound { format!("({})", self.name(*part)) } else { self.name(*part) }
        });
        named.collect::<Vec<_>>().join(between)
    }

    /// A literal in words.
    #[must_use]
    pub fn name(&self, literal: Literal) -> String {
        self.relations.propositions[literal.atom].in_words(literal.holds)
    }

    /// Says what an atom means.
    pub fn define(&mut self, on: Vec<usize>, clauses: Vec<Clause>) {
        self.relations.definitions.push(Definition { on, clauses });
    }

    /// A ladder of deadlines of one event; a second one of the same name is the first.
    pub fn ladder(&mut self, name: &str, from: Option<Date>, span: Span) -> usize {
        if let Some(at) = self.ladder_named(name) {
            return at;
        }
        let ever = self.unasked(&format!("{name} ever"), span).atom;
        self.relations.ladders.push(Ladder { name: name.to_owned(), from, rungs: BTreeMap::new(), ever, span });
        self.relations.ladders.len() - 1
    }

    /// The ladder of an event.
    #[must_use]
    pub fn ladder_named(&self, name: &str) -> Option<usize> {
        self.relations.ladders.iter().position(|ladder| ladder.name == name)
    }

    /// That the event of a ladder has come at all.
    #[must_use]
    pub fn ever(&self, ladder: usize) -> Literal {
        Literal::of(self.relations.ladders[ladder].ever)
    }

    /// Puts a proposition on a ladder. The proposition that stands there already is returned if it is another.
    pub fn rung(&mut self, ladder: usize, by: Date, atom: usize) -> Option<usize> {
        let before = *self.relations.ladders[ladder].rungs.entry(by).or_insert(atom);
        (before != atom).then_some(before)
    }

    /// The deadlines of a ladder so far, in order.
    #[must_use]
    pub fn days(&self, ladder: usize) -> Vec<Date> {
        self.relations.ladders[ladder].rungs.keys().copied().collect()
    }

    /// The event of a ladder by a day: the question that stands there, or a proposition that nobody is asked about.
    pub fn by(&mut self, ladder: usize, by: Date, span: Span) -> Literal {
        if let Some(atom) = self.relations.ladders[ladder].rungs.get(&by) {
            return Literal::of(*atom);
        }
        let name = format!("{} by {by}", self.relations.ladders[ladder].name);
        let literal = self.unasked(&name, span);
        self.relations.ladders[ladder].rungs.insert(by, literal.atom);
        literal
    }

    /// The event of one ladder within so many days after that of another.
    pub fn within(&mut self, event: usize, days: i64, after: usize, span: Span) -> Literal {
        let ladders = &self.relations.ladders;
        let name = format!("{} within {days} days after {}", ladders[event].name, ladders[after].name);
        let atom = self.unasked(&name, span).atom;
        let window = Window { atom, event, after, days, clock: self.clock };
        if !self.windows.contains(&window) {
            self.windows.push(window);
        }
        Literal::of(atom)
    }

    /// A conditional forecast under the name of an atom.
    pub fn conditional(&mut self, name: usize, event: Literal, condition: Literal) -> Conditional {
        let both = self.all_of(&[event, condition]);
        // Of an event that is its own condition, or of its opposite, nothing new is made.
        let both = if both.holds { both.atom } else { self.renamed(both) };
        Conditional { name, event, both, condition }
    }

    /// An atom that is true exactly if a literal is.
    pub fn renamed(&mut self, literal: Literal) -> usize {
        if literal.holds {
            return literal.atom;
        }
        let (name, opposite) = (self.name(literal), Some(self.name(literal.negated())));
        let (atom, is_new) = self.atom(format!("same {literal:?}"), || Proposition {
            name,
            opposite,
            question: None,
            span: Span::default(),
        });
        if is_new {
            self.define(vec![atom], equal(Literal::of(atom), literal));
        }
        atom
    }

    /// A relation among worlds.
    pub fn holds(&mut self, text: &str, strength: Strength, span: Span, clauses: Vec<Clause>) {
        self.relation(Relation {
            text: text.to_owned(),
            strength,
            span,
            place: None,
            clauses,
            conditionals: Vec::new(),
            judgements: Vec::new(),
        });
    }

    /// Any relation.
    pub fn relation(&mut self, relation: Relation) {
        self.relations.relations.push(relation);
    }

    /// Whether a proposition is stated under a condition.
    #[must_use]
    pub fn conditional_named(&self, atom: usize) -> Option<(&Relation, Conditional)> {
        self.relations
            .relations
            .iter()
            .find_map(|relation| relation.conditionals.iter().find(|of| of.name == atom).map(|of| (relation, *of)))
    }

    /// The propositions so far.
    #[must_use]
    pub fn propositions(&self) -> &[Proposition] {
        &self.relations.propositions
    }

    /// The relations so far.
    #[must_use]
    pub fn so_far(&self) -> &[Relation] {
        &self.relations.relations
    }

    /// The whole: each ladder becomes a relation, each window a definition.
    #[must_use]
    pub fn finish(mut self) -> Relations {
        for at in 0..self.relations.ladders.len() {
            let ladder = &self.relations.ladders[at];
            let rungs: Vec<usize> = ladder.rungs.values().copied().chain([ladder.ever]).collect();
            let clauses = rungs.windows(2).flat_map(|pair| implies(Literal::of(pair[0]), Literal::of(pair[1])));
            let clauses: Vec<Clause> = clauses.collect();
            let (text, span) = (format!("deadlines of {}", ladder.name), ladder.span);
            if !clauses.is_empty() {
                self.holds(&text, Strength::Logic, span, clauses);
            }
        }
        for window in &self.windows {
            let mut clauses = window_clauses(window, &self.relations.ladders);
            for wider in self
                .windows
                .iter()
                .filter(|other| (other.event, other.after) == (window.event, window.after) && other.days > window.days)
            {
                clauses.extend(implies(Literal::of(window.atom), Literal::of(wider.atom)));
            }
            self.relations.definitions.push(Definition { on: vec![window.atom], clauses });
        }
        self.relations
    }
}

/// `exactly one of`, `at most one of`, `at least one of`.
#[must_use]
pub fn group(of: &[Literal], at_least_one: bool, at_most: bool) -> Vec<Clause> {
    let mut clauses = if at_most { at_most_one(of) } else { Vec::new() };
    if at_least_one {
        clauses.push(of.to_vec());
    }
    clauses
}
