//! Doubtful inputs as draws of their own, so that what is known bears on them too.
//!
//! A chance in doubt is replaced by a hidden draw among the nodes of a Gaussian quadrature of its prior, and the chance of each node. As the
//! probability of what is known is a polynomial in such a chance (of first degree for each draw that it is the chance of), a few nodes give the
//! posterior's mean and variance exactly; where odds ratios or hazards bend it, two dozen do so very nearly.
//!
//! The probabilities of several options need no hidden draw, as long as they are drawn from once: which option was taken while they applied says
//! all there is to say about them.

use super::{
    Ask, Asked, Chance, Draw, DrawnChance, HazardScale, HazardSource, Logic, NumberId, NumberSource, Operation,
    Parameter, ParameterId, Plan, PlaneId, Prior, Probabilities, Row, Step, StreamId,
};
use crate::dist::{Beta, PartiallyPooled};
use crate::math::gauss::{self, Nodes};
use crate::math::{logistic, logit};

/// Nodes where the likelihood is no polynomial.
pub const BENT_NODES: usize = 24;

/// The same, where only a forecast follows from it.
const FEW: usize = 12;

/// The largest number of nodes: of a chance that a hundred draws share, or more.
const MOST: usize = 64;

/// A plan whose doubtful inputs are drawn, and asked for.
#[derive(Debug, Clone)]
pub struct Unfolded {
    /// The plan: the asks of the first one, and after them those about the inputs.
    pub plan: Plan,
    /// What is asked of each of the [`Plan::parameters`] of the first plan.
    pub inquiries: Vec<Inquiry>,
}

impl Unfolded {
    /// The plan with a number more for each input that is a draw among nodes, its value (of a member of a class, [`Pairs::differences`]), and the asks for
    /// these numbers by input.
    #[must_use]
    pub fn with_values(&self) -> (Plan, Vec<Option<usize>>) {
        let mut plan = self.plan.clone();
        let value_of = |inquiry: &Inquiry| {
            let (ask, values) = match inquiry {
                Inquiry::Nodes { ask, nodes, .. } => (ask, nodes.values.clone()),
                Inquiry::Member { ask, pairs, .. } => (ask, pairs.differences()),
                Inquiry::Options { .. } | Inquiry::Nothing => return None,
            };
            let Ask { name, what: Asked::Categorical(planes), .. } = &self.plan.asks[*ask] else { return None };
            let label = format!("{name}/number");
            plan.streams.push(label.clone());
            // Each node is a constant: nothing is drawn.
            let draw = Draw::Stream(StreamId(plan.streams.len() as u32 - 1));
            let out = NumberId(plan.numbers);
            plan.numbers += 1;
            let at_node =
                |(plane, value): (&PlaneId, &f64)| Row { mask: Some(*plane), value: NumberSource::Constant(*value) };
            let rows = planes.iter().zip(&values).map(at_node).collect();
            plan.steps.push(Step { label, operation: Operation::Number { out, draw, rows, evidence: None } });
            plan.asks.push(Ask { name: name.clone(), what: Asked::Number(out), given: None });
            Some(plan.asks.len() - 1)
        };
        let asks = self.inquiries.iter().map(value_of).collect();
        (plan, asks)
    }
}

/// What is asked about a doubtful input.
#[derive(Debug, Clone)]
pub enum Inquiry {
    /// It is a draw among these nodes: a categorical ask.
    Nodes {
        /// An index into [`Plan::asks`].
        ask: usize,
        /// Values and prior probabilities.
        nodes: Nodes,
        /// Whether the probability of everything known is a polynomial in it of low degree, so that mean and variance are exact.
        exact: bool,
    },
    /// It is the chance of a member of a class whose members differ, drawn together with that of its class: a categorical ask.
    Member {
        /// An index into [`Plan::asks`].
        ask: usize,
        /// The values of both, and their prior probabilities.
        pairs: Pairs,
        /// As for [`Inquiry::Nodes`].
        exact: bool,
    },
    /// For each option, whether these probabilities applied and it was taken: yes/no asks.
    Options {
        /// Indices into [`Plan::asks`].
        asks: Vec<usize>,
    },
    /// It was not wanted.
    Nothing,
}

/// Nodes of the chance of a member together with those of its class: for each node of the class as many of the member, given that.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    /// The chance of the class.
    pub classes: Vec<f64>,
    /// That of the member.
    pub values: Vec<f64>,
    /// Prior probabilities, summing to 1.
    pub weights: Vec<f64>,
    /// How the member differs from its class.
    pub law: PartiallyPooled,
}

impl Pairs {
    /// By how much the member's chance is above its mean given the class: what the member shows of itself, wherever its class goes.
    #[must_use]
    pub fn differences(&self) -> Vec<f64> {
        self.values.iter().zip(&self.classes).map(|(value, class)| value - self.law.mean_given(*class)).collect()
    }
}

/// Makes those doubtful inputs draws of the plan that several of its draws share; the draws of a doubt run stay as they are.
pub(super) fn shared(plan: Plan) -> Plan {
    let uses = uses(&plan);
    if uses.iter().all(|used| used.draws < 2) {
        return plan;
    }
    let is_member = |at: usize| matches!(plan.parameters[at].prior, Prior::Member { .. });
    let mut unfolding = Unfolding::new(&plan, |at| (uses[at].draws >= 2 && !is_member(at)).then_some(Grain::Coarse));
    for step in &plan.steps {
        unfolding.step(step);
    }
    unfolding.plan
}

/// How finely the values of an input are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// So that its posterior's mean and variance are exact where they can be.
    Exact,
    /// So that the probabilities of all that is drawn from it together are exact where they can be, and good to six digits where they cannot.
    Coarse,
    /// As finely as where they cannot: the posterior is to be divided by another.
    Fine,
}

/// How a parameter is used.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    draws: usize,
    bends: bool,
    /// Whether it applies in some worlds only.
    masked: bool,
}

/// Makes doubtful inputs draws of their own, and asks for them: those for which `wanted` gives a [`Grain`]. The chance of a member of a class whose members
/// differ is drawn where that of its class is.
#[must_use]
pub fn unfold(plan: &Plan, wanted: impl Fn(usize) -> Option<Grain>) -> Unfolded {
    let mut unfolding = Unfolding::new(plan, &wanted);
    for step in &plan.steps {
        unfolding.step(step);
    }
    unfolding.finish(plan, wanted)
}

/// A parameter that is a draw among nodes.
#[derive(Debug, Clone)]
struct Hidden {
    planes: Vec<PlaneId>,
    values: Vec<f64>,
    weights: Vec<f64>,
    exact: bool,
    /// Of a member: the chance of its class at each node, and how it differs from that.
    member: Option<(Vec<f64>, PartiallyPooled)>,
}

struct Unfolding {
    plan: Plan,
    /// The nodes of each parameter.
    hidden: Vec<Option<Hidden>>,
    /// For a Dirichlet: for each option, where it was taken while the parameter applied.
    taken: Vec<Vec<PlaneId>>,
}

impl Unfolding {
    fn new(of: &Plan, wanted: impl Fn(usize) -> Option<Grain>) -> Self {
        let mut plan = Plan { steps: Vec::with_capacity(2 * of.steps.len()), ..of.clone() };
        plan.steps.clear();
        let mut this = Self { plan, hidden: Vec::new(), taken: vec![Vec::new(); of.parameters.len()] };
        for (at, (parameter, used)) in of.parameters.iter().zip(uses(of)).enumerate() {
            let Some(grain) = wanted(at) else {
                this.hidden.push(None);
                continue;
            };
            let bends = used.bends || grain == Grain::Fine;
            // Mean and variance of the posterior need two degrees more than the likelihood has.
            let count = match (bends, grain) {
                (true, Grain::Coarse) => FEW.max(used.draws),
                (true, _) => BENT_NODES.max(used.draws),
                (false, _) => (used.draws + 4).div_ceil(2),
            };
            let count = count.min(MOST);
            let nodes = match &parameter.prior {
                Prior::Beta(beta) => gauss::beta(beta.a(), beta.b(), count),
                Prior::Gamma(gamma) => gauss::gamma(gamma.shape(), gamma.rate(), BENT_NODES),
                Prior::Mean(law) => law.nodes(BENT_NODES),
                Prior::Member { class, law } => {
                    let hidden = this.member_draw(parameter, *class, *law, (used, bends));
                    this.hidden.push(hidden);
                    continue;
                }
                Prior::Dirichlet(_) => {
                    this.hidden.push(None);
                    continue;
                }
            };
            let planes = this.node_draw(parameter, &nodes);
            let exact = !bends && matches!(parameter.prior, Prior::Beta(_)) && used.draws + 3 <= 2 * count;
            let Nodes { values, weights } = nodes;
            this.hidden.push(Some(Hidden { planes, values, weights, exact, member: None }));
        }
        this
    }

    /// The hidden draw of a member's chance: at each node of its class among nodes of its own. None where the class is no draw.
    fn member_draw(
        &mut self,
        parameter: &Parameter,
        class: ParameterId,
        law: PartiallyPooled,
        (used, bends): (Use, bool),
    ) -> Option<Hidden> {
        let of_class = self.hidden[class.0 as usize].clone()?;
        // Mean and variance of the posterior need two degrees more than the likelihood has. A member may be in more doubt than any class, and most of that at
        // the ends; with a class of many nodes, or by cases, the tables would grow too large.
        let is_large = of_class.planes.len() > BENT_NODES || used.masked;
        let bent = if is_large { BENT_NODES } else { 2 * BENT_NODES };
        let count = if bends { bent.max(used.draws) } else { (used.draws + 4).div_ceil(2) };
        let count = count.min(MOST);
        let all = count * of_class.planes.len();
        let (mut values, mut weights, mut classes, mut rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, class) in of_class.values.iter().enumerate() {
            // Where the chance is certain there is one value.
            let nodes = law.given(*class).map_or_else(
                || Nodes {
                    values: vec![law.mean_given(*class); count],
                    weights: (0..count).map(|node| f64::from(node == 0)).collect(),
                },
                |law| gauss::beta(law.a(), law.b(), count),
            );
            let mut predictive = vec![0.0; all];
            predictive[at * count..(at + 1) * count].copy_from_slice(&nodes.weights);
            let value = Probabilities { predictive, drawn: None, stream: None };
            rows.push(Row { mask: Some(of_class.planes[at]), value });
            classes.extend(std::iter::repeat_n(*class, count));
            weights.extend(nodes.weights.iter().map(|weight| weight * of_class.weights[at]));
            values.extend(nodes.values);
        }
        let planes = self.categorical(parameter, rows, all);
        let exact = of_class.exact && !bends && used.draws + 3 <= 2 * count;
        Some(Hidden { planes, values, weights, exact, member: Some((classes, law)) })
    }

    /// The hidden draw.
    fn node_draw(&mut self, parameter: &Parameter, nodes: &Nodes) -> Vec<PlaneId> {
        let rows = vec![Row {
            mask: None,
            value: Probabilities { predictive: nodes.weights.clone(), drawn: None, stream: None },
        }];
        self.categorical(parameter, rows, nodes.values.len())
    }

    fn categorical(&mut self, parameter: &Parameter, rows: Vec<Row<Probabilities>>, options: usize) -> Vec<PlaneId> {
        let label = format!("{}/value", parameter.name);
        self.plan.streams.push(label.clone());
        let stream = StreamId(self.plan.streams.len() as u32 - 1);
        let out: Vec<PlaneId> = (0..options).map(|_| self.plane()).collect();
        let draw = Draw::Stream(stream);
        let operation = Operation::Categorical { out: out.clone(), draw, rows, evidence: None };
        self.plan.steps.push(Step { label, operation });
        out
    }

    fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    fn both(&mut self, label: &str, mask: Option<PlaneId>, other: PlaneId) -> PlaneId {
        let Some(left) = mask else { return other };
        let out = self.plane();
        let operation = Operation::Logic { out, logic: Logic::And, left, right: other };
        self.plan.steps.push(Step { label: label.to_owned(), operation });
        out
    }

    /// A row for each node where a parameter is in doubt, the row itself elsewhere.
    fn split<T: Clone>(
        &mut self,
        label: &str,
        rows: &[Row<T>],
        parameter: impl Fn(&T) -> Option<ParameterId>,
        at_node: impl Fn(&mut Plan, &T, Node) -> T,
    ) -> Vec<Row<T>> {
        let mut split = Vec::with_capacity(rows.len());
        for row in rows {
            // A member that is drawn itself, or its class.
            let hidden = parameter(&row.value).and_then(|id| {
                if let Some(own) = self.hidden[id.0 as usize].clone() {
                    return Some((own, None));
                }
                let (class, law) = root(&self.plan, id);
                Some((self.hidden[class.0 as usize].clone()?, law))
            });
            let Some((Hidden { planes, values, .. }, law)) = hidden else {
                split.push(row.clone());
                continue;
            };
            for (plane, class) in planes.iter().zip(&values) {
                let mask = Some(self.both(label, row.mask, *plane));
                let node = match law {
                    None => Node { value: *class, law: None },
                    Some(law) => Node { value: law.mean_given(*class), law: law.given(*class) },
                };
                let value = at_node(&mut self.plan, &row.value, node);
                split.push(Row { mask, value });
            }
        }
        split
    }

    fn step(&mut self, step: &Step) {
        let label = step.label.as_str();
        let mut step = step.clone();
        match &mut step.operation {
            Operation::Bernoulli { rows, .. } => {
                *rows = self.split(
                    label,
                    rows,
                    |chance: &Chance| chance.drawn.map(|drawn| drawn.parameter),
                    |_, chance, node| Chance {
                        predictive: at_odds(node, chance),
                        // The node is the value in its worlds.
                        drawn: chance.drawn.map(|drawn| DrawnChance { stream: None, ..drawn }),
                    },
                );
            }
            Operation::Number { rows, .. } => {
                *rows = self.split(label, rows, NumberSource::parameter, |_, source, node| source.at(node.value));
            }
            Operation::Date { rows, .. } => {
                *rows = self.split(
                    label,
                    rows,
                    |source: &HazardSource| source.scale.map(|scale| scale.parameter),
                    |plan, source, node| {
                        let scale = source.scale.map(|scale| match node.law {
                            None => HazardScale { fixed: Some(node.value), ..scale },
                            // What is in doubt about the member itself bends the curve of a date too.
                            Some(law) => HazardScale { among: Some(with_strata(plan, scale.parameter, law)), ..scale },
                        });
                        HazardSource { hazard: source.hazard.clone(), scale }
                    },
                );
            }
            _ => {}
        }
        self.plan.steps.push(step);
        if let Some(Step { operation: Operation::Categorical { out, rows, .. }, .. }) = self.plan.steps.last().cloned()
        {
            for row in rows {
                let Some(parameter) = row.value.drawn else { continue };
                let taken = out.iter().map(|option| self.both(label, row.mask, *option)).collect();
                self.taken[parameter.0 as usize] = taken;
            }
        }
    }

    fn finish(mut self, of: &Plan, wanted: impl Fn(usize) -> Option<Grain>) -> Unfolded {
        let mut inquiries = Vec::with_capacity(of.parameters.len());
        for (at, parameter) in of.parameters.iter().enumerate() {
            let mut ask = |what: Asked| {
                self.plan.asks.push(Ask { name: parameter.name.clone(), what, given: None });
                self.plan.asks.len() - 1
            };
            inquiries.push(match self.hidden[at].take() {
                Some(Hidden { planes, values, weights, exact, member: None }) => {
                    let nodes = Nodes { values, weights };
                    Inquiry::Nodes { ask: ask(Asked::Categorical(planes)), nodes, exact }
                }
                Some(Hidden { planes, values, weights, exact, member: Some((classes, law)) }) => {
                    let pairs = Pairs { classes, values, weights, law };
                    Inquiry::Member { ask: ask(Asked::Categorical(planes)), pairs, exact }
                }
                None if wanted(at).is_some() && matches!(parameter.prior, Prior::Dirichlet(_)) => {
                    let asks = self.taken[at].iter().map(|plane| ask(Asked::Binary(*plane))).collect();
                    Inquiry::Options { asks }
                }
                None => Inquiry::Nothing,
            });
        }
        Unfolded { plan: self.plan, inquiries }
    }
}

/// A value of a doubtful input in the worlds of one node.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// The value, or its mean.
    value: f64,
    /// Where only the value of its class is the node's: what is still in doubt about the input itself.
    law: Option<Beta>,
}

/// A parameter for what is left in doubt about a member at one node of its class.
fn with_strata(plan: &mut Plan, member: ParameterId, law: Beta) -> ParameterId {
    let of = &plan.parameters[member.0 as usize];
    let strata = law.stratum_means(of.strata.len().max(1));
    let parameter = Parameter { name: of.name.clone(), prior: Prior::Beta(law), strata, place: of.place };
    plan.parameters.push(parameter);
    ParameterId(plan.parameters.len() as u32 - 1)
}

fn at_odds(node: Node, chance: &Chance) -> f64 {
    let log_odds = chance.drawn.map_or(0.0, |drawn| drawn.log_odds);
    let moved = |p: f64| if p > 0.0 && p < 1.0 { logistic(logit(p) + log_odds) } else { p };
    match node.law {
        _ if log_odds == 0.0 => node.value,
        Some(law) => law.expectation(moved),
        None => moved(node.value),
    }
}

/// The parameter that is unfolded for another: that of its class, with the way it differs from it, for a member.
fn root(plan: &Plan, id: ParameterId) -> (ParameterId, Option<PartiallyPooled>) {
    match &plan.parameters[id.0 as usize].prior {
        Prior::Member { class, law } => (*class, Some(*law)),
        _ => (id, None),
    }
}

/// How often each parameter is drawn from in a world at most, and whether anything bends what follows from it.
fn uses(plan: &Plan) -> Vec<Use> {
    let mut uses = vec![Use::default(); plan.parameters.len()];
    for step in &plan.steps {
        let mut of_this: Vec<(ParameterId, bool, bool)> = match &step.operation {
            Operation::Bernoulli { rows, draw, .. } => {
                // Of a draw in common with others the probability of all together is no polynomial.
                let is_shared = matches!(draw, Draw::Column(_));
                let drawn = rows.iter().filter_map(|row| Some((row.value.drawn?, row.mask.is_some())));
                drawn.map(|(drawn, masked)| (drawn.parameter, is_shared || drawn.log_odds != 0.0, masked)).collect()
            }
            Operation::Date { rows, .. } => {
                let scales = rows.iter().filter_map(|row| Some((row.value.scale?, row.mask.is_some())));
                scales.map(|(scale, masked)| (scale.parameter, true, masked)).collect()
            }
            Operation::Number { rows, .. } => {
                let of = rows.iter().filter_map(|row| Some((row.value.parameter()?, row.mask.is_some())));
                of.map(|(parameter, masked)| (parameter, true, masked)).collect()
            }
            _ => Vec::new(),
        };
        // A draw from a member is one from its class too.
        let of_classes: Vec<(ParameterId, bool, bool)> = of_this
            .iter()
            .map(|(parameter, bends, masked)| (root(plan, *parameter).0, *bends, *masked))
            .filter(|of_class| !of_this.contains(of_class))
            .collect();
        of_this.extend(of_classes);
        of_this.sort_unstable();
        for (at, (parameter, bends, masked)) in of_this.iter().enumerate() {
            let used = &mut uses[parameter.0 as usize];
            used.bends |= bends;
            used.masked |= masked;
            // A world takes one row of each step.
            if at == 0 || of_this[at - 1].0 != *parameter {
                used.draws += 1;
            }
        }
    }
    uses
}
