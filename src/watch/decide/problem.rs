//! A model with decisions → what is to be found out: which choices there are, what is learned when, and what else could be known.

use super::intervals::intervals;
use super::terms::{Part, Term, terms};
use crate::error::Error;
use crate::model::{Condition, EventId, Formula, Intervention, Kind, Made, Model};
use crate::plan::{Situation, Undecided};
use crate::watch::finding;
use std::collections::BTreeSet;

/// The most choices, and the most cells of choices and patterns.
pub(super) const MOST_CHOICES: usize = 65_536;
pub(super) const MOST_CELLS: usize = 262_144;

/// Something with a few outcomes, exactly one of which holds.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) event: EventId,
    pub(super) outcomes: Vec<(String, Condition)>,
}

/// What is to be found out.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub(super) model: &'a Model,
    pub(super) situation: &'a Situation,
    /// The decisions that are open, by their place in the model.
    pub(super) open: Vec<usize>,
    /// For each of them its options by name.
    pub(super) options: Vec<Vec<String>>,
    /// What is learned right before each.
    pub(super) knows: Vec<Vec<Known>>,
    pub(super) terms: Vec<Term>,
    /// Of each event, whether a decision changes it.
    pub(super) changed: Vec<bool>,
    /// Of each event, whether a utility depends on it.
    pub(super) matters: Vec<bool>,
}

fn outcomes(model: &Model, event: EventId) -> Option<Known> {
    let outcomes = match &model.event(event).kind {
        Kind::Binary => finding::yes_or_no(&Condition::Event(event)),
        Kind::Categorical { .. } => finding::options(model, event),
        _ => return None,
    };
    Some(Known { event, outcomes })
}

impl<'a> Problem<'a> {
    /// Of the decisions that are open in a situation.
    pub(super) fn new(model: &'a Model, situation: &'a Situation) -> Result<Self, Error> {
        let is_open = |event: EventId| model.open_decisions(&situation.suppose).any(|decision| decision.event == event);
        let open: Vec<usize> = (0..model.decisions.len()).filter(|at| is_open(model.decisions[*at].event)).collect();
        if model.decisions.is_empty() {
            return Err(Error::input("the scenario has nothing to decide").help(
                "write `[decision.NAME]` for what is yours to choose, and `[utility.NAME]` for what outcomes are worth",
            ));
        }
        if open.is_empty() {
            return Err(Error::input("every decision is supposed already, so there is nothing left to decide")
                .help("leave out `suppose` for what is open; `foretell run` shows what follows from the rest"));
        }
        let costs = model.decisions.iter().any(|decision| decision.costs.iter().any(|cost| *cost != 0.0));
        if model.utilities.is_empty() && !costs {
            return Err(Error::input("nothing says what outcomes are worth, so no option is better than another")
                .help("write `[utility.NAME]` with `value` or `equals`, or `costs` of a decision"));
        }
        let undecided = Undecided::of(model, situation);
        let changed = (0..model.events.len()).map(|at| undecided.changes(EventId(at))).collect();
        let terms = terms(model);
        let matters = ancestors(model, &terms);
        let options: Vec<Vec<String>> = open
            .iter()
            .map(|at| match &model.event(model.decisions[*at].event).kind {
                Kind::Categorical { options, .. } => options.clone(),
                _ => vec!["no".to_owned(), "yes".to_owned()],
            })
            .collect();
        let knows = known_before(model, &open);
        let problem = Self { model, situation, open, options, knows, terms, changed, matters };
        problem.check_size()?;
        undecided.nothing_known(model, situation)?;
        Ok(problem)
    }

    /// How many things can be learned right before each decision.
    pub(super) fn learned(&self) -> Vec<usize> {
        let product =
            |knows: &Vec<Known>| knows.iter().fold(1_usize, |all, one| all.saturating_mul(one.outcomes.len()));
        self.knows.iter().map(product).collect()
    }

    pub(super) fn option_counts(&self) -> Vec<usize> {
        self.options.iter().map(Vec::len).collect()
    }

    fn check_size(&self) -> Result<(), Error> {
        let bounded = |counts: &[usize]| {
            counts.iter().try_fold(1_usize, |all, count| all.checked_mul(*count)).unwrap_or(usize::MAX)
        };
        let choices = bounded(&self.option_counts());
        if choices > MOST_CHOICES {
            return Err(Error::input(format!(
                "the decisions can be taken in {} ways together; at most {MOST_CHOICES} are looked at",
                if choices == usize::MAX { "more than can be counted".to_owned() } else { choices.to_string() }
            ))
            .help("suppose some of them with `--suppose`, and decide the others"));
        }
        let cells = choices.saturating_mul(bounded(&self.learned()));
        if cells > MOST_CELLS {
            return Err(Error::input(format!(
                "what is known and what is chosen have {cells} combinations; at most {MOST_CELLS} are looked at"
            ))
            .help("let decisions know less, or sum up what they know in fewer events"));
        }
        Ok(())
    }

    /// The interventions of a choice.
    pub(super) fn situation_of(&self, choice: &[usize]) -> Situation {
        let mut situation = self.situation.clone();
        for (at, option) in self.open.iter().zip(choice) {
            let event = self.model.decisions[*at].event;
            let made = match self.model.event(event).kind {
                Kind::Binary => Made::Binary(*option == 1),
                _ => Made::Option(*option),
            };
            situation.suppose.push(Intervention { event, made, text: String::new() });
        }
        situation
    }

    /// What a choice costs; decisions that are supposed cost what they cost.
    pub(super) fn cost(&self, choice: &[usize]) -> f64 {
        let chosen = self.open.iter().zip(choice).map(|(at, option)| self.model.decisions[*at].costs[*option]);
        let supposed = self.model.decisions.iter().filter_map(|decision| {
            // What is supposed from outside goes before what the file supposes.
            let mut all = self.situation.suppose.iter().chain(&self.model.suppose);
            match all.find(|made| made.event == decision.event)?.made {
                Made::Binary(value) => decision.costs.get(usize::from(value)).copied(),
                Made::Option(option) => decision.costs.get(option).copied(),
                _ => None,
            }
        });
        chosen.chain(supposed).sum()
    }

    /// Events with outcomes that bear on a utility or are told of by what does, and that no decision changes.
    pub(super) fn candidates(&self) -> Vec<Known> {
        let known =
            (0..self.model.events.len()).map(EventId).filter(|id| !self.is_no_event(*id) && !self.changed[id.0]);
        known.filter_map(|id| self.known(id)).collect()
    }

    /// The outcomes of an event, if it has a few or only a few of its thresholds matter.
    pub(super) fn known(&self, event: EventId) -> Option<Known> {
        outcomes(self.model, event).or_else(|| intervals(self, event))
    }

    /// Numbers and dates that no decision changes and that more than some thresholds matter of.
    pub(super) fn numbers(&self) -> Vec<EventId> {
        let ids = (0..self.model.events.len()).map(EventId).filter(|id| !self.is_no_event(*id) && !self.changed[id.0]);
        ids.filter(|id| matches!(self.model.event(*id).kind, Kind::Numeric | Kind::Count | Kind::Date))
            .filter(|id| intervals(self, *id).is_none())
            .collect()
    }

    /// Whether it is a decision or a utility.
    fn is_no_event(&self, id: EventId) -> bool {
        self.model.utilities.contains(&id) || self.model.decisions.iter().any(|decision| decision.event == id)
    }

    /// What stands between everything that no decision changes and the utilities: the events that no decision changes and that a utility,
    /// or something that a decision changes, speaks of directly. Who knows these knows all that can be known beforehand and matters.
    pub(super) fn interface(&self) -> Vec<EventId> {
        let mut spoken: BTreeSet<EventId> = BTreeSet::new();
        for term in &self.terms {
            match &term.part {
                Part::Always => {}
                Part::Where(condition) => condition.visit_events(&mut |event| spoken.extend([event])),
                Part::Number(number) => number.visit_events(&mut |event| spoken.extend([event])),
            }
        }
        for (at, event) in self.model.events.iter().enumerate() {
            if self.changed[at] && self.matters[at] {
                event.visit_parents(&mut |parent| spoken.extend([parent]));
            }
        }
        spoken.into_iter().filter(|id| !self.changed[id.0] && !self.is_no_event(*id)).collect()
    }

    /// Whether chance plays a part in anything that a decision changes and that matters.
    pub(super) fn chance_after_decisions(&self) -> bool {
        self.model.events.iter().enumerate().any(|(at, event)| {
            self.changed[at] && self.matters[at] && event.has_chance() && !self.is_no_event(EventId(at))
        })
    }
}

/// What is learned right before each open decision: what it knows itself, and what decisions before it that are supposed knew; each once.
fn known_before(model: &Model, open: &[usize]) -> Vec<Vec<Known>> {
    let mut seen: Vec<EventId> = Vec::new();
    let mut next = 0;
    open.iter()
        .map(|at| {
            let mut known = Vec::new();
            for decision in &model.decisions[next..=*at] {
                for event in &decision.knows {
                    let is_decision = model.decisions.iter().any(|one| one.event == *event);
                    if !is_decision && !seen.contains(event) {
                        seen.push(*event);
                        known.extend(outcomes(model, *event));
                    }
                }
            }
            next = at + 1;
            known
        })
        .collect()
}

/// Everything that the terms depend on.
fn ancestors(model: &Model, terms: &[Term]) -> Vec<bool> {
    let mut matters = vec![false; model.events.len()];
    for term in terms {
        let mut mark = |event: EventId| matters[event.0] = true;
        match &term.part {
            Part::Always => {}
            Part::Where(condition) => condition.visit_events(&mut mark),
            Part::Number(number) => number.visit_events(&mut mark),
        }
    }
    for id in model.order.iter().rev() {
        if matters[id.0] {
            model.event(*id).visit_parents(&mut |parent| matters[parent.0] = true);
        }
    }
    matters
}

/// A condition for a combination of outcomes, one of each; `None` for nothing.
pub(super) fn together(known: &[&Known], mut number: usize) -> Option<Condition> {
    let mut condition: Option<Condition> = None;
    for one in known.iter().rev() {
        let count = one.outcomes.len();
        let (_, outcome) = &one.outcomes[number % count];
        number /= count;
        condition = Some(match condition {
            Some(later) => outcome.clone().and(later),
            None => outcome.clone(),
        });
    }
    condition
}

/// A number of a formula by name.
pub(super) const fn number_of(event: EventId) -> Formula {
    Formula::Event(event)
}
