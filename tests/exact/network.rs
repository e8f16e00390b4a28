//! Discrete networks from files, as the plans that an imported network compiles to: one draw of options a node, one row a case, the
//! mask of each row made as the compiler makes it.

use foretell::plan::{
    Ask, Asked, Draw, FindingId, Logic, Operation, Plan, PlaneId, Probabilities, Row, Step, StreamId,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A network.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Network {
    pub(crate) nodes: Vec<Node>,
}

/// One of its nodes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) states: Vec<String>,
    pub(crate) parents: Vec<usize>,
    /// One row for each configuration of the parents, the last of them fastest.
    pub(crate) cpt: Vec<Vec<f64>>,
}

/// Where the shared networks lie, if they are there.
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/networks").join(file);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/networks").join(file);
    [beside, path].into_iter().find(|path| path.is_file())
}

/// Reads a network of the shared folder; `None` (and a line that says so) if it is not there.
#[allow(clippy::print_stderr, reason = "says what is skipped")]
pub(crate) fn read(name: &str) -> Option<Network> {
    let Some(path) = shared(&format!("{name}.net.json")) else {
        eprintln!("skipped: there is no `{name}.net.json` in the shared networks");
        return None;
    };
    let text = std::fs::read_to_string(path).expect("the network can be read");
    Some(serde_json::from_str(&text).expect("the network is JSON of this form"))
}

impl Network {
    /// The plan, with these nodes known to be in these states.
    pub(crate) fn plan(&self, known: &[(&str, &str)]) -> Plan {
        let mut writer = Writer::default();
        for node in &self.nodes {
            let known = known.iter().find(|(name, _)| *name == node.name);
            writer.node(self, node, known.map(|(_, state)| *state));
        }
        for (node, planes) in self.nodes.iter().zip(&writer.nodes) {
            let what = Asked::Categorical(planes.clone());
            writer.plan.asks.push(Ask { name: node.name.clone(), what, given: None });
        }
        writer.plan
    }

    /// The place of a node.
    #[allow(dead_code, reason = "the bench does not need it")]
    pub(crate) fn node(&self, name: &str) -> usize {
        self.nodes.iter().position(|node| node.name == name).expect("there is such a node")
    }
}

#[derive(Default)]
struct Writer {
    plan: Plan,
    nodes: Vec<Vec<PlaneId>>,
    conditions: BTreeMap<Vec<(usize, usize)>, PlaneId>,
    opposites: BTreeMap<PlaneId, PlaneId>,
}

impl Writer {
    fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    fn push(&mut self, label: &str, operation: Operation) {
        self.plan.steps.push(Step { label: label.to_owned(), operation });
    }

    fn logic(&mut self, label: &str, logic: Logic, left: PlaneId, right: PlaneId) -> PlaneId {
        let out = self.plane();
        self.push(label, Operation::Logic { out, logic, left, right });
        out
    }

    fn not(&mut self, label: &str, of: PlaneId) -> PlaneId {
        if let Some(opposite) = self.opposites.get(&of) {
            return *opposite;
        }
        let out = self.plane();
        self.push(label, Operation::Not { out, of });
        self.opposites.insert(of, out);
        out
    }

    /// `a is x and b is y and …`, each conjunction once.
    fn condition(&mut self, label: &str, literals: &[(usize, usize)]) -> PlaneId {
        let (last, before) = literals.split_last().expect("a case has a condition");
        let last = self.nodes[last.0][last.1];
        if before.is_empty() {
            return last;
        }
        if let Some(known) = self.conditions.get(literals) {
            return *known;
        }
        let before = self.condition(label, before);
        let out = self.logic(label, Logic::And, before, last);
        self.conditions.insert(literals.to_vec(), out);
        out
    }

    fn node(&mut self, network: &Network, node: &Node, known: Option<&str>) {
        let label = node.name.as_str();
        let cards: Vec<usize> = node.parents.iter().map(|parent| network.nodes[*parent].states.len()).collect();
        let mut rows = Vec::new();
        let mut left: Option<PlaneId> = None;
        for (at, chances) in node.cpt.iter().enumerate() {
            let mask = if at + 1 == node.cpt.len() {
                left
            } else {
                let mut rest = at;
                let mut literals: Vec<(usize, usize)> = Vec::new();
                for (parent, card) in node.parents.iter().zip(&cards).rev() {
                    literals.push((*parent, rest % card));
                    rest /= card;
                }
                literals.reverse();
                let holds = self.condition(label, &literals);
                let mask = left.map_or(holds, |left| self.logic(label, Logic::And, left, holds));
                left = Some(match left {
                    None => self.not(label, holds),
                    Some(left) => self.logic(label, Logic::AndNot, left, holds),
                });
                Some(mask)
            };
            let sum: f64 = chances.iter().sum();
            let predictive = chances.iter().map(|chance| chance / sum).collect();
            rows.push(Row { mask, value: Probabilities { predictive, drawn: None, stream: None } });
        }
        self.plan.streams.push(node.name.clone());
        let draw = Draw::Stream(StreamId(self.plan.streams.len() as u32 - 1));
        let out: Vec<PlaneId> = node.states.iter().map(|_| self.plane()).collect();
        let evidence = known.map(|known| {
            let state = node.states.iter().position(|state| state == known).expect("there is such a state");
            self.plan.findings.push(format!("{label} is {known}"));
            (state, FindingId(self.plan.findings.len() as u32 - 1))
        });
        self.push(label, Operation::Categorical { out: out.clone(), draw, rows, evidence });
        self.nodes.push(out);
    }
}
