//! What is asked of a plan, in terms of its discrete variables, with everything left out that does not matter to it.

use super::function::Indicator;
use super::network::Network;
use super::order::{Elimination, Graph, eliminate};
use super::read::{Number, Reading};
use super::table::{Table, configurations};
use super::{Cost, MOST_CELLS, TooWide};
use crate::plan::{Asked, FindingId, NumberId, Plan, PlaneId};
use std::rc::Rc;

/// What an ask comes to.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// The conditions whose probabilities are asked for, each on at most one variable.
    Shares(Vec<Rc<Indicator>>),
    /// A variable and the number that each of its states stands for.
    Levels(u32, Vec<f64>),
    /// The same number in every world.
    Constant(f64),
    /// A date over intervals: an index into [`Network::cut`].
    Cut(usize),
}

impl Form {
    fn variables(&self, network: &Network<'_>) -> Vec<u32> {
        match self {
            Self::Shares(shares) => shares.iter().flat_map(|share| share.scope.iter().copied()).collect(),
            Self::Levels(variable, _) => vec![*variable],
            Self::Constant(_) => Vec::new(),
            Self::Cut(cut) => network.families[network.cut[*cut].variable as usize].scope.clone(),
        }
    }
}

/// An ask that can be answered.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) form: Form,
    pub(super) given: Option<Rc<Indicator>>,
}

/// A plan, what is asked of it, and the variables that matter.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub(super) plan: &'a Plan,
    pub(super) network: Network<'a>,
    /// For each ask.
    pub(super) questions: Vec<Result<Question, String>>,
    /// For each rule.
    pub(super) rules: Vec<Result<Rc<Indicator>, String>>,
    /// Variables out of reach because evidence that is not discrete bears on them.
    tainted: Vec<bool>,
    /// The place of each variable among those that matter.
    pub(super) place: Vec<Option<u32>>,
    /// Their numbers of states.
    pub(super) cards: Vec<u32>,
}

impl<'a> Problem<'a> {
    /// Of everything that a plan asks.
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut reading = Reading::new(plan);
        let questions: Vec<Result<Question, String>> = plan
            .asks
            .iter()
            .map(|ask| {
                let form = form(&mut reading, &ask.what)?;
                let given = ask.given.map(|given| condition(&mut reading, given)).transpose()?;
                Ok(Question { form, given })
            })
            .collect();
        let rules = plan.rules.iter().map(|rule| condition(&mut reading, rule.plane)).collect();
        Self::of(plan, reading.network, questions, rules)
    }

    /// Of these questions and rules.
    pub(super) fn of(
        plan: &'a Plan,
        network: Network<'a>,
        questions: Vec<Result<Question, String>>,
        rules: Vec<Result<Rc<Indicator>, String>>,
    ) -> Self {
        let tainted = network.tainted();
        let bears = || {
            let finding = network.opaque_evidence.first().map_or(0, |(_, finding)| finding.0 as usize);
            let name = plan.findings.get(finding).map_or("something", String::as_str);
            format!("`{name}` bears on it and is not discrete")
        };
        let reachable = |variables: &[u32]| -> Result<(), String> {
            // What depends on a tainted variable is tainted too.
            let bad = variables.iter().any(|variable| tainted[*variable as usize]);
            if bad { Err(bears()) } else { Ok(()) }
        };
        let questions: Vec<Result<Question, String>> = questions
            .into_iter()
            .map(|question| {
                let question = question?;
                reachable(&question.form.variables(&network))?;
                if let Some(given) = &question.given {
                    reachable(&given.scope)?;
                }
                Ok(question)
            })
            .collect();
        let rules: Vec<Result<Rc<Indicator>, String>> = rules
            .into_iter()
            .map(|rule| {
                let rule = rule?;
                reachable(&rule.scope)?;
                Ok(rule)
            })
            .collect();
        let mut wanted: Vec<u32> = Vec::new();
        for question in questions.iter().flatten() {
            wanted.extend(question.form.variables(&network));
            wanted.extend(question.given.iter().flat_map(|given| given.scope.iter()));
        }
        wanted.extend(rules.iter().flatten().flat_map(|rule| rule.scope.iter()));
        wanted.extend(network.evidence.iter().flat_map(|(table, _)| table.scope.iter()));
        wanted.extend(network.beliefs.iter().flat_map(|(indicator, ..)| indicator.scope.iter()));
        wanted.retain(|variable| !tainted[*variable as usize]);
        let needed = network.ancestors(wanted);
        let mut place = vec![None; network.cards.len()];
        let mut cards = Vec::new();
        for variable in (0..network.cards.len()).filter(|variable| needed[*variable] && !tainted[*variable]) {
            place[variable] = Some(cards.len() as u32);
            cards.push(network.cards[variable]);
        }
        Self { plan, network, questions, rules, tainted, place, cards }
    }

    /// The places of variables that matter; `None` if one does not.
    pub(super) fn places(&self, scope: &[u32]) -> Option<Vec<u32>> {
        scope.iter().map(|variable| self.place[*variable as usize]).collect()
    }

    /// The families and the evidence over the variables that matter.
    pub(super) fn factors(&self) -> Vec<Table> {
        self.factors_at(None)
    }

    /// The same with no evidence but what the beliefs of a stage are met with; without a stage all of it.
    pub(super) fn factors_at(&self, stage: Option<u32>) -> Vec<Table> {
        let families = self.network.families.iter();
        let is_known = |finding: FindingId| stage.is_none_or(|stage| self.plan.stage(finding) <= stage);
        let evidence = self.network.evidence.iter().filter(|(_, finding)| is_known(*finding)).map(|(table, _)| table);
        families
            .chain(evidence)
            .filter_map(|table| Some(Table { scope: self.places(&table.scope)?, cells: table.cells.clone() }))
            .collect()
    }

    /// The beliefs that matter, over places: which, on what, with what probability.
    pub(super) fn beliefs(&self) -> Vec<(usize, Indicator)> {
        let all = self.network.beliefs.iter().enumerate();
        all.filter_map(|(at, (indicator, ..))| {
            let mut moved = Indicator::clone(indicator);
            moved.scope = self.places(&indicator.scope)?;
            Some((at, moved))
        })
        .collect()
    }

    /// The variables that the beliefs are about.
    pub(super) fn believed(&self) -> Vec<u32> {
        let mut scope: Vec<u32> = self.beliefs().iter().flat_map(|(_, indicator)| indicator.scope.clone()).collect();
        scope.sort_unstable();
        scope.dedup();
        scope
    }

    /// Whether everything that is known is discrete.
    pub(super) fn evidence_is_discrete(&self) -> bool {
        self.network.opaque_evidence.is_empty() && !self.tainted.contains(&true)
    }

    /// The order in which the variables are eliminated.
    pub(super) fn elimination(&self) -> Elimination {
        eliminate(&self.graph(), &self.cards, &[])
    }

    /// Which variables share a factor.
    pub(super) fn graph(&self) -> Graph {
        let mut graph = Graph::new(self.cards.len());
        for family in &self.network.families {
            if let Some(scope) = self.places(&family.scope) {
                graph.join(&scope);
            }
        }
        for (table, _) in &self.network.evidence {
            if let Some(scope) = self.places(&table.scope) {
                graph.join(&scope);
            }
        }
        // Beliefs are fitted over their joint distribution.
        graph.join(&self.believed());
        graph
    }

    /// What it would take.
    pub(super) fn cost(&self) -> Cost {
        self.cost_of(&self.elimination())
    }

    /// What an order of elimination takes.
    pub(super) fn cost_of(&self, elimination: &Elimination) -> Cost {
        Cost {
            variables: self.cards.len(),
            largest: elimination.largest,
            cells: elimination.cells,
            inexact: self.questions.iter().map(|question| question.as_ref().err().cloned()).collect(),
            evidence: self.evidence_is_discrete(),
        }
    }
}

/// Refuses tables that are too large.
pub(super) fn check(elimination: &Elimination) -> Result<(), TooWide> {
    if elimination.cells <= MOST_CELLS {
        Ok(())
    } else {
        Err(TooWide { largest: elimination.largest, cells: elimination.cells })
    }
}

/// A condition on at most one variable.
pub(super) fn condition(reading: &mut Reading<'_>, plane: PlaneId) -> Result<Rc<Indicator>, String> {
    reading.switch(plane).map_err(|opaque| opaque.why.clone())
}

/// What an ask comes to.
pub(super) fn form(reading: &mut Reading<'_>, what: &Asked) -> Result<Form, String> {
    match what {
        Asked::Binary(plane) => Ok(Form::Shares(vec![condition(reading, *plane)?])),
        Asked::Categorical(planes) => {
            planes.iter().map(|plane| condition(reading, *plane)).collect::<Result<_, _>>().map(Form::Shares)
        }
        Asked::Number(number) => match discrete(reading, *number)? {
            Form::Cut(cut) if reading.network.cut[cut].is_count() => Err("it is a drawn count".to_owned()),
            Form::Cut(_) => Err("it is a continuous number".to_owned()),
            form => Ok(form),
        },
        Asked::Date(number) => discrete(reading, *number),
    }
}

fn discrete(reading: &mut Reading<'_>, number: NumberId) -> Result<Form, String> {
    const MOST_LEVELS: f64 = 4096.0;
    match reading.number(number).map_err(|opaque| opaque.why.clone())? {
        Number::Cut(cut) => Ok(Form::Cut(cut)),
        Number::Values(values) => match values.scope.as_slice() {
            [] => Ok(Form::Constant(values.values[0])),
            [variable] => Ok(Form::Levels(*variable, values.values.clone())),
            scope if configurations(scope, &reading.network.cards) > MOST_LEVELS => {
                Err("it takes too many values".to_owned())
            }
            _ => {
                let (variable, levels) = reading.network.levels(&values);
                Ok(Form::Levels(variable, levels))
            }
        },
    }
}
