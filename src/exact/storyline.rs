//! The most probable stories over chosen events: what is likeliest to happen *together*, which need not be made of what is likeliest by
//! itself.
//!
//! Everything that was not chosen is summed out first, then the chosen events are maximised over, in an order of elimination that
//! takes them last: the answer is that of the joint distribution of just these events given what is known (marginal MAP), whatever else the
//! scenario holds. Chosen all, it is the most probable explanation. The next best come by partition: the best story is ruled out in
//! every way that differs from it in a first event, and the best of each part is found.
//!
//! Sources: Dechter (1999), Artificial Intelligence 113, 41–85 (bucket elimination); Park & Darwiche (2004), JAIR 21, 101–133 (marginal
//! MAP); Lawler (1972), Management Science 18, 401–405, and Nilsson (1998), Statistics and Computing 8, 159–173 (the next best).

use super::Failure;
use super::answer::{Fitted, fitted};
use super::function::{Indicator, Values, union};
use super::network::MOST_CONFIGURATIONS;
use super::order::{Elimination, eliminate};
use super::problem::{Form, Problem, Question, check, condition};
use super::read::Reading;
use super::scale::Scaled;
use super::table::{Table, add_up, axes, configurations, multiply, raise, size};
use crate::plan::{Asked, Plan};
use std::fmt;
use std::rc::Rc;

/// What a chosen event does in a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// A yes/no event holds or not.
    Holds(bool),
    /// The option of a categorical event.
    Option(usize),
}

/// A story over some events.
#[derive(Debug, Clone, PartialEq)]
pub struct Storyline {
    /// One for each chosen ask, in their order.
    pub outcomes: Vec<Outcome>,
    /// How likely it is that all of them come about, given what is known.
    pub probability: f64,
    /// How likely they are together with what is known; `None` if that has no probability of its own (hints, beliefs, an exact number).
    pub with_evidence: Option<f64>,
}

/// Why there are no stories.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum StorylineFailure {
    /// As for all exact answers.
    Failure(Failure),
    /// Something chosen is not discrete.
    NotDiscrete {
        /// Its name.
        name: String,
        /// Why not.
        why: String,
    },
}

impl fmt::Display for StorylineFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure(failure) => failure.fmt(formatter),
            Self::NotDiscrete { name, why } => {
                write!(formatter, "`{name}` cannot be part of a story: {why}")
            }
        }
    }
}

impl std::error::Error for StorylineFailure {}

/// How a chosen ask follows from a variable.
enum Chosen {
    Known(Outcome),
    /// A variable and what each of its states means.
    Free(u32, Vec<Outcome>),
}

/// The `count` likeliest stories over some of [`Plan::asks`], best first; fewer if there are no more that can be. Equally likely ones come in
/// the order of their states.
///
/// # Errors
/// If something chosen is a number, a date or not discrete, if what is known cannot be, or if the tables would be too large.
pub fn storylines(plan: &Plan, chosen: &[usize], count: usize) -> Result<Vec<Storyline>, StorylineFailure> {
    let mut reading = Reading::new(plan);
    let mut parts: Vec<Chosen> = Vec::with_capacity(chosen.len());
    let refuse = |ask: usize, why: String| StorylineFailure::NotDiscrete { name: plan.asks[ask].name.clone(), why };
    for ask in chosen {
        parts.push(choose(&mut reading, &plan.asks[*ask].what).map_err(|why| refuse(*ask, why))?);
    }
    let questions = parts
        .iter()
        .map(|part| {
            let form = match part {
                Chosen::Known(_) => Form::Constant(0.0),
                Chosen::Free(variable, _) => Form::Levels(*variable, Vec::new()),
            };
            Ok(Question { form, given: None })
        })
        .collect();
    let problem = Problem::of(plan, reading.network, questions, Vec::new());
    for (ask, question) in chosen.iter().zip(&problem.questions) {
        if let Err(why) = question {
            return Err(refuse(*ask, why.clone()));
        }
    }
    let Fitted { factors, evidence, with_evidence } = fitted(&problem).map_err(StorylineFailure::Failure)?;
    let mut last = vec![false; problem.cards.len()];
    let places: Vec<Option<usize>> = parts
        .iter()
        .map(|part| match part {
            Chosen::Known(_) => None,
            Chosen::Free(variable, _) => problem.place[*variable as usize].map(|place| place as usize),
        })
        .collect();
    places.iter().flatten().for_each(|place| last[*place] = true);
    let elimination = eliminate(&problem.graph(), &problem.cards, &last);
    check(&elimination).map_err(|wide| StorylineFailure::Failure(Failure::TooWide(wide)))?;
    let search = Search::new(&elimination, &problem.cards, &last, factors);
    let best = search.best(count);
    Ok(best
        .into_iter()
        .map(|(value, states)| {
            let outcomes = parts
                .iter()
                .zip(&places)
                .map(|(part, place)| match (part, place) {
                    (Chosen::Free(_, outcomes), Some(place)) => outcomes[states[*place]],
                    (Chosen::Known(outcome), _) => *outcome,
                    (Chosen::Free(_, outcomes), None) => outcomes[0],
                })
                .collect();
            let probability = value.over(evidence).value().min(1.0);
            Storyline { outcomes, probability, with_evidence: with_evidence.then(|| value.value()) }
        })
        .collect())
}

/// A chosen ask as a variable whose every state is an outcome of its own.
fn choose(reading: &mut Reading<'_>, what: &Asked) -> Result<Chosen, String> {
    match what {
        Asked::Binary(plane) => {
            let mut switch = condition(reading, *plane)?;
            if switch.scope.is_empty() {
                return Ok(Chosen::Known(Outcome::Holds(switch.holds(0))));
            }
            let card = reading.network.cards[switch.scope[0] as usize];
            // Logic may have left a condition that is the same in every state.
            if (1..card as usize).all(|state| switch.holds(state) == switch.holds(0)) {
                return Ok(Chosen::Known(Outcome::Holds(switch.holds(0))));
            }
            if card != 2 {
                switch = Rc::new(reading.network.switch(&switch));
            }
            let outcomes = (0..2).map(|state| Outcome::Holds(switch.holds(state))).collect();
            Ok(Chosen::Free(switch.scope[0], outcomes))
        }
        Asked::Categorical(planes) => {
            let options: Vec<Rc<Indicator>> =
                planes.iter().map(|plane| condition(reading, *plane)).collect::<Result<_, _>>()?;
            let cards = &reading.network.cards;
            let scope = options.iter().fold(Vec::new(), |scope, option| union(&scope, &option.scope));
            if configurations(&scope, cards) > MOST_CONFIGURATIONS {
                return Err("it depends on too many things at once".to_owned());
            }
            let mut values = vec![0.0; size(&scope, cards)];
            for (option, holds) in options.iter().enumerate() {
                holds.expanded(&scope, cards).each().for_each(|at| values[at] = option as f64);
            }
            match scope.as_slice() {
                [] => Ok(Chosen::Known(Outcome::Option(values[0] as usize))),
                [variable] if values.iter().enumerate().all(|(state, option)| *option == state as f64) => {
                    let outcomes = (0..values.len()).map(Outcome::Option).collect();
                    Ok(Chosen::Free(*variable, outcomes))
                }
                _ => {
                    let (variable, levels) = reading.network.levels(&Values { scope, values });
                    Ok(Chosen::Free(variable, levels.iter().map(|level| Outcome::Option(*level as usize)).collect()))
                }
            }
        }
        Asked::Number(_) | Asked::Date(_) => {
            Err("it is a number or a date; ask a yes/no question about it, and choose that".to_owned())
        }
    }
}

/// The part of a network that is maximised over.
struct Search<'a> {
    cards: &'a [u32],
    /// The chosen variables in their order of elimination, each with the neighbours left then.
    steps: Vec<(u32, &'a [u32])>,
    /// What is left of the factors once the rest is summed out.
    factors: Vec<Table>,
    scale: Scaled,
}

/// Which states of each variable are allowed.
type Allowed = Vec<Vec<bool>>;

impl<'a> Search<'a> {
    fn new(elimination: &'a Elimination, cards: &'a [u32], last: &[bool], factors: Vec<Table>) -> Self {
        let mut waiting = Buckets::new(&elimination.order, factors);
        let mut scale = Scaled::ONE;
        let mut steps = Vec::new();
        for (variable, neighbours) in elimination.order.iter().zip(&elimination.neighbours) {
            if last[*variable as usize] {
                steps.push((*variable, neighbours.as_slice()));
                continue;
            }
            let table = waiting.product(*variable, neighbours, cards);
            let mut message = vec![0.0; size(neighbours, cards)];
            add_up(&table.cells, &mut message, &axes(&table.scope, neighbours, cards));
            scale.multiply(normalise(&mut message));
            waiting.add(Table { scope: neighbours.clone(), cells: message });
        }
        Self { cards, steps, factors: waiting.left(), scale }
    }

    /// The likeliest states of the chosen variables among those allowed.
    fn most_likely(&self, allowed: &Allowed) -> (Scaled, Vec<usize>) {
        let order: Vec<u32> = self.steps.iter().map(|(variable, _)| *variable).collect();
        let mut waiting = Buckets::new(&order, self.factors.clone());
        let mut scale = self.scale;
        let mut tables: Vec<Table> = Vec::with_capacity(self.steps.len());
        for (variable, neighbours) in &self.steps {
            let mut table = waiting.product(*variable, neighbours, self.cards);
            let states = &allowed[*variable as usize];
            for run in table.cells.chunks_exact_mut(states.len()) {
                run.iter_mut().zip(states).filter(|(_, allowed)| !**allowed).for_each(|(cell, _)| *cell = 0.0);
            }
            let mut message = vec![0.0; size(neighbours, self.cards)];
            raise(&table.cells, &mut message, &axes(&table.scope, neighbours, self.cards));
            scale.multiply(normalise(&mut message));
            waiting.add(Table { scope: neighbours.to_vec(), cells: message });
            tables.push(table);
        }
        waiting.left().iter().for_each(|table| scale.multiply(table.cells[0]));
        let mut states = vec![0; self.cards.len()];
        for ((variable, neighbours), table) in self.steps.iter().zip(&tables).rev() {
            let card = self.cards[*variable as usize] as usize;
            let at = neighbours
                .iter()
                .fold(0, |at, other| at * self.cards[*other as usize] as usize + states[*other as usize]);
            let run = &table.cells[at * card..(at + 1) * card];
            states[*variable as usize] =
                (1..card).fold(0, |best, state| if run[state] > run[best] { state } else { best });
        }
        (scale, states)
    }

    /// The best `count`, best first.
    fn best(&self, count: usize) -> Vec<(Scaled, Vec<usize>)> {
        let everything: Allowed = self.cards.iter().map(|card| vec![true; *card as usize]).collect();
        let (value, states) = self.most_likely(&everything);
        // Parts of the stories that are left, each with its best.
        let mut parts: Vec<(Scaled, Vec<usize>, Allowed)> = vec![(value, states, everything)];
        let mut found = Vec::new();
        while found.len() < count {
            let best = (0..parts.len()).max_by(|left, right| {
                let by_value = parts[*left].0.compare(parts[*right].0);
                by_value.then_with(|| parts[*right].1.cmp(&parts[*left].1))
            });
            let Some(best) = best.filter(|best| !parts[*best].0.is_zero()) else { break };
            let (value, states, allowed) = parts.swap_remove(best);
            if found.len() + 1 < count {
                let mut rest = allowed;
                for (variable, _) in &self.steps {
                    let (at, state) = (*variable as usize, states[*variable as usize]);
                    let mut part = rest.clone();
                    part[at][state] = false;
                    if part[at].contains(&true) {
                        let (value, states) = self.most_likely(&part);
                        parts.push((value, states, part));
                    }
                    rest[at].fill(false);
                    rest[at][state] = true;
                }
            }
            found.push((value, states));
        }
        found
    }
}

/// Factors that wait for the first of their variables to be eliminated.
struct Buckets {
    position: Vec<usize>,
    waiting: Vec<Vec<Table>>,
    /// Of no variable that is eliminated.
    rest: Vec<Table>,
}

impl Buckets {
    fn new(order: &[u32], factors: Vec<Table>) -> Self {
        let most = order.iter().map(|variable| *variable as usize + 1).max().unwrap_or(0);
        let mut position = vec![usize::MAX; most];
        order.iter().enumerate().for_each(|(at, variable)| position[*variable as usize] = at);
        let mut buckets = Self { position, waiting: vec![Vec::new(); order.len()], rest: Vec::new() };
        factors.into_iter().for_each(|factor| buckets.add(factor));
        buckets
    }

    fn add(&mut self, factor: Table) {
        let of = |variable: &u32| self.position.get(*variable as usize).copied().unwrap_or(usize::MAX);
        match factor.scope.iter().map(of).min() {
            Some(first) if first < usize::MAX => self.waiting[first].push(factor),
            _ => self.rest.push(factor),
        }
    }

    /// The product of what waits for a variable, over its neighbours and itself, which is last.
    fn product(&mut self, variable: u32, neighbours: &[u32], cards: &[u32]) -> Table {
        let mut scope = neighbours.to_vec();
        scope.push(variable);
        let mut cells = vec![1.0; size(&scope, cards)];
        for factor in std::mem::take(&mut self.waiting[self.position[variable as usize]]) {
            multiply(&mut cells, &factor.cells, &axes(&scope, &factor.scope, cards));
        }
        Table { scope, cells }
    }

    /// What waits for nothing, or still waits.
    fn left(self) -> Vec<Table> {
        self.waiting.into_iter().flatten().chain(self.rest).collect()
    }
}

/// Divides by the largest and returns that; 0 if all are.
fn normalise(cells: &mut [f64]) -> f64 {
    let most = cells.iter().copied().fold(0.0, f64::max);
    if most > 0.0 {
        cells.iter_mut().for_each(|cell| *cell /= most);
    }
    most
}
