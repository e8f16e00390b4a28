//! Payoffs by exact inference: for each choice one calculation that asks every term of the utility under every pattern.

use super::induction::Payoffs;
use super::problem::{Known, Problem, together};
use super::terms::Part;
use crate::error::Error;
use crate::exact;
use crate::model::{Condition, EventId, QuestionTarget};
use crate::simulate::Answer;
use crate::watch::look::{asking, impossible, plan_of};

/// What is learned when: for each decision what it learns, the first of all perhaps more than the file says.
#[derive(Debug, Clone)]
pub(super) struct Structure {
    pub(super) knows: Vec<Vec<Known>>,
}

impl Structure {
    /// With something more known before the first decision.
    pub(super) fn with(problem: &Problem<'_>, more: &[Known]) -> Self {
        let mut knows = problem.knows.clone();
        if let Some(first) = knows.first_mut() {
            // What is learned twice can only turn out the same: patterns that contradict themselves have no probability.
            let mut all: Vec<Known> = more.to_vec();
            all.append(first);
            *first = all;
        }
        Self { knows }
    }

    pub(super) fn learned(&self) -> Vec<usize> {
        self.knows.iter().map(|knows| knows.iter().map(|one| one.outcomes.len()).product()).collect()
    }

    pub(super) fn flat(&self) -> Vec<&Known> {
        self.knows.iter().flatten().collect()
    }

    pub(super) fn patterns(&self) -> usize {
        self.learned().iter().product()
    }
}

/// Tables with more cells are not computed.
const MOST_TABLE_CELLS: f64 = 1_048_576.0;

/// With more patterns under all choices together it is quicker to simulate.
const MOST_PATTERNS: usize = 20_000;

/// The payoffs of each structure, or why they cannot be computed.
pub(super) fn payoffs(problem: &Problem<'_>, structures: &[Structure]) -> Result<Result<Vec<Payoffs>, String>, Error> {
    let options = problem.option_counts();
    let mut all: Vec<Payoffs> =
        structures.iter().map(|structure| Payoffs::empty(options.clone(), structure.learned())).collect();
    let choices = all.first().map_or(0, Payoffs::choices);
    let patterns: usize = structures.iter().map(Structure::patterns).sum();
    if patterns.saturating_mul(choices) > MOST_PATTERNS {
        return Ok(Err(format!(
            "{choices} choices under {patterns} patterns of what may be known are too many to compute"
        )));
    }
    for choice in 0..choices {
        if let Err(why) = one(problem, structures, choice, &mut all)? {
            return Ok(Err(why));
        }
    }
    Ok(Ok(all))
}

/// Fills in one choice.
fn one(
    problem: &Problem<'_>,
    structures: &[Structure],
    number: usize,
    all: &mut [Payoffs],
) -> Result<Result<(), String>, Error> {
    let Some(first) = all.first() else { return Ok(Ok(())) };
    let choice = first.choice(number);
    let (situation, cost) = (problem.situation_of(&choice), problem.cost(&choice));
    let mut asked = Vec::new();
    let name = |event: EventId| problem.model.event(event).name.as_str();
    let mut ask = |name: &str, target: QuestionTarget, given: Option<Condition>| {
        asked.push(asking(name, target, given, problem.model));
        asked.len() - 1
    };
    // For each structure and pattern: how likely it is, and each term under it.
    let mut places: Vec<Vec<(usize, Vec<Option<usize>>)>> = Vec::new();
    for structure in structures {
        let flat = structure.flat();
        let mut rows = Vec::new();
        for pattern in 0..structure.patterns() {
            let given = together(&flat, pattern);
            let spoken = flat.first().map_or("", |known| name(known.event));
            let likely = ask(spoken, QuestionTarget::Holds(given.clone().unwrap_or(Condition::Constant(true))), None);
            let terms = problem.terms.iter().map(|term| match &term.part {
                Part::Always => None,
                Part::Where(condition) => {
                    Some(ask(name(term.of), QuestionTarget::Holds(condition.clone()), given.clone()))
                }
                Part::Number(number) => Some(ask(name(term.of), QuestionTarget::Value(number.clone()), given.clone())),
            });
            rows.push((likely, terms.collect()));
        }
        places.push(rows);
    }
    let plan = plan_of(problem.model, &situation, asked);
    if exact::cost(&plan).cells > MOST_TABLE_CELLS {
        return Ok(Err("events depend on one another too tightly".to_owned()));
    }
    let solved = match exact::solve(&plan) {
        Ok(solved) => solved,
        Err(exact::Failure::TooWide(wide)) => return Ok(Err(wide.to_string())),
        Err(problem) => return Err(impossible(&problem)),
    };
    for ((payoffs, rows), structure) in all.iter_mut().zip(&places).zip(structures) {
        let start = number * payoffs.patterns();
        for (pattern, (likely, terms)) in rows.iter().enumerate() {
            let chance = match &solved.answers()[*likely] {
                Ok(Answer::Binary(estimate)) => estimate.value,
                Ok(_) => 0.0,
                Err(why) => {
                    let spoken = structure.flat().into_iter().map(|one| one.event);
                    return Ok(Err(named(problem, spoken, why)));
                }
            };
            let mut worth = -cost;
            for (term, place) in problem.terms.iter().zip(terms) {
                let figure = match place.map(|place| &solved.answers()[place]) {
                    None => 1.0,
                    Some(Ok(Answer::Binary(estimate))) => estimate.value,
                    Some(Ok(Answer::Number(number))) => number.mean.value,
                    Some(Ok(_)) => 0.0,
                    Some(Err(why)) => return Ok(Err(named(problem, spoken_of(&term.part), why))),
                };
                worth += term.coefficient * figure;
            }
            if !worth.is_finite() {
                return Err(Error::input("an expected utility is too large to be held")
                    .help("state utilities in a larger unit"));
            }
            payoffs.chance[start + pattern] = chance;
            payoffs.worth[start + pattern] = if chance > 0.0 { chance * worth } else { 0.0 };
        }
    }
    Ok(Ok(()))
}

/// The events that a term speaks of.
fn spoken_of(part: &Part) -> Vec<EventId> {
    let mut spoken = Vec::new();
    match part {
        Part::Always => {}
        Part::Where(condition) => condition.visit_events(&mut |event| spoken.push(event)),
        Part::Number(number) => number.visit_events(&mut |event| spoken.push(event)),
    }
    spoken
}

/// Why something cannot be computed, with what it is about.
fn named(problem: &Problem<'_>, spoken: impl IntoIterator<Item = EventId>, why: &str) -> String {
    if !why.starts_with("it ") {
        return why.to_owned();
    }
    let mut names: Vec<String> = Vec::new();
    for event in spoken {
        let name = format!("`{}`", problem.model.event(event).name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { why.to_owned() } else { format!("{}: {why}", names.join(", ")) }
}
