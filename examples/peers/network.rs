//! A Bayesian network as a plan: a draw for each node, with a row of chances for each combination of its parents' states.

use crate::{Sketch, Workload};
use foretell::plan::{Asked, Chance, Logic, Operation, PlaneId, Probabilities, Row};
use foretell::simulate::{Answer, Tally};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;

#[derive(Debug, Deserialize)]
struct Network {
    nodes: Vec<Node>,
}

/// A node; its parents stand before it.
#[derive(Debug, Deserialize)]
struct Node {
    name: String,
    states: Vec<String>,
    parents: Vec<usize>,
    /// Rows in the order of the parents' states, the last parent's changing fastest.
    cpt: Vec<Vec<f64>>,
}

/// All marginals, and with `joints` the joint probabilities of each pair of states (but for the first state of each node,
/// which follows); what is known stands as `NODE=STATE`.
pub fn workload(text: &str, options: &[&str]) -> Result<Workload, Box<dyn Error>> {
    let network: Network = serde_json::from_str(text)?;
    let known: BTreeMap<&str, &str> = options.iter().filter_map(|option| option.split_once('=')).collect();
    let mut builder = Builder::default();
    for node in &network.nodes {
        let place = |state: &&str| node.states.iter().position(|name| name == state).ok_or("there is no such state");
        builder.draw(node, known.get(node.name.as_str()).map(place).transpose()?);
    }
    let joints = options.contains(&"joints");
    for states in &builder.states {
        if joints {
            for state in &states[1..] {
                let ask = builder.sketch.ask(Asked::Binary(*state));
                builder.sketch.plan.joints.push(ask);
            }
        } else {
            builder.sketch.ask(Asked::Categorical(states.clone()));
        }
    }
    let sizes: Vec<usize> = network.nodes.iter().map(|node| node.states.len()).collect();
    let figures = move |tally: &Tally| if joints { with_joints(tally, &sizes) } else { marginals(tally.answers()) };
    Ok(Workload { plan: builder.sketch.plan, figures: Box::new(figures) })
}

/// Of every state, with standard errors.
pub fn marginals<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Value {
    let options = answers.into_iter().filter_map(|answer| match answer {
        Answer::Categorical(options) => Some(options),
        _ => None,
    });
    let (values, errors): (Vec<f64>, Vec<f64>) =
        options.flatten().map(|estimate| (estimate.value, estimate.standard_error)).unzip();
    json!({ "values": values, "errors": errors })
}

fn with_joints(tally: &Tally, sizes: &[usize]) -> Value {
    let mut asked = tally.answers().iter().filter_map(|answer| match answer {
        Answer::Binary(estimate) => Some((estimate.value, estimate.standard_error)),
        _ => None,
    });
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for size in sizes {
        let others: Vec<(f64, f64)> = asked.by_ref().take(size - 1).collect();
        let first = 1.0 - others.iter().map(|(value, _)| value).sum::<f64>();
        values.push(first);
        errors.push((first * (1.0 - first) / tally.worlds() as f64).sqrt());
        values.extend(others.iter().map(|(value, _)| value));
        errors.extend(others.iter().map(|(_, error)| error));
    }
    let joints: Vec<f64> = tally.joints().iter().map(|estimate| estimate.value).collect();
    let joint_errors: Vec<f64> = tally.joints().iter().map(|estimate| estimate.standard_error).collect();
    json!({ "values": values, "errors": errors, "joints": joints, "joint_errors": joint_errors })
}

#[derive(Default)]
struct Builder {
    sketch: Sketch,
    /// A bit column for each state of each node.
    states: Vec<Vec<PlaneId>>,
    /// Where the given nodes have the given states.
    together: BTreeMap<Vec<(usize, usize)>, PlaneId>,
}

impl Builder {
    fn draw(&mut self, node: &Node, known: Option<usize>) {
        let draw = self.sketch.stream(&node.name);
        let masks: Vec<Option<PlaneId>> = (0..node.cpt.len()).map(|row| self.mask(&node.parents, row)).collect();
        let rows = masks.into_iter().zip(&node.cpt);
        let finding = known.map(|state| (state, self.sketch.finding(&node.name)));
        let planes: Vec<PlaneId> = node.states.iter().map(|_| self.sketch.plane()).collect();
        if let [no, yes] = planes[..] {
            let chance = |row: &[f64]| Chance { predictive: row[1] / (row[0] + row[1]), drawn: None };
            let rows = rows.map(|(mask, row)| Row { mask, value: chance(row) }).collect();
            let evidence = finding.map(|(state, finding)| (state == 1, finding));
            self.sketch.push(Operation::Bernoulli { out: yes, draw, rows, evidence });
            self.sketch.push(Operation::Not { out: no, of: yes });
        } else {
            let probabilities = |row: &[f64]| {
                // Rows of thirds written as .3333333 do not sum to one.
                let total: f64 = row.iter().sum();
                Probabilities {
                    predictive: row.iter().map(|chance| chance / total).collect(),
                    drawn: None,
                    stream: None,
                }
            };
            let rows = rows.map(|(mask, row)| Row { mask, value: probabilities(row) }).collect();
            self.sketch.push(Operation::Categorical { out: planes.clone(), draw, rows, evidence: finding });
        }
        self.states.push(planes);
    }

    /// Where the parents have the states of this row; everywhere without parents.
    fn mask(&mut self, parents: &[usize], row: usize) -> Option<PlaneId> {
        let mut left = row;
        let mut of_parents = Vec::new();
        for parent in parents.iter().rev() {
            let states = self.states[*parent].len();
            of_parents.push((*parent, left % states));
            left /= states;
        }
        of_parents.reverse();
        // Combinations share the columns of their beginnings.
        let ((first, state), others) = of_parents.split_first().map(|(first, others)| (*first, others))?;
        let mut mask = self.states[first][state];
        for length in 1..=others.len() {
            let (parent, state) = others[length - 1];
            let right = self.states[parent][state];
            mask = if let Some(plane) = self.together.get(&of_parents[..=length]) {
                *plane
            } else {
                let out = self.sketch.plane();
                self.sketch.push(Operation::Logic { out, logic: Logic::And, left: mask, right });
                self.together.insert(of_parents[..=length].to_vec(), out);
                out
            };
        }
        Some(mask)
    }
}
