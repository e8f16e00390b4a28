//! A plan whose worlds are drawn from the posterior: everything that is known is discrete, and what it depends on is drawn given it.
//!
//! Variables are summed out one after the other; the product of the factors that a variable is in, just before it is summed out, is its
//! distribution given its neighbours that are left then and everything known:
//!
//! ```text
//! ψ(x, S) = Π factors with x        P(x | S, known) = ψ(x, S) / Σ_x ψ(x, S)
//! ```
//!
//! Drawn in the reverse order, each by its row of that table, the variables have their joint posterior. Every world then agrees with
//! what is known and counts alike, so that standard errors are those of plain shares, whatever the evidence. Variables that nothing known depends on
//! are drawn as planned.
//!
//! Source: Dechter (1999), Bucket elimination, Artificial Intelligence 113, 41–85, section 3; drawing backwards: Dawid (1992), Statistics and
//! Computing 2, 25–36.

use super::network::Source;
use super::order::{Graph, eliminate};
use super::read::Reading;
use super::scale::Scaled;
use super::table::{Table, add_up, axes, multiply, size};
use crate::plan::{Chance, DateEvidence, Draw, Logic, Operation, Plan, PlaneId, Probabilities, Row, Step, StreamId};
use crate::simulate::{Conditioned, Method, Posterior};

/// With tables of more cells than this no plan is made: its worlds would take longer than they are worth.
const MOST_CELLS_TO_DRAW: f64 = 16_384.0;

/// A plan, and where everything that is known and what it depends on is discrete, the plan that draws from the posterior.
///
/// ```
/// use foretell::exact::conditioned;
/// use foretell::plan::Plan;
/// // Nothing is known, so there is nothing to draw differently.
/// assert!(!conditioned(&Plan::default()).is_posterior());
/// ```
#[must_use]
pub fn conditioned(plan: &Plan) -> Conditioned<'_> {
    Conditioned::new(plan, posterior(plan))
}

/// What is simulated of a plan by a method: with the posterior, where the method may take it.
#[must_use]
pub fn subject(plan: &Plan, method: Method) -> Conditioned<'_> {
    match method {
        Method::Auto | Method::Posterior => conditioned(plan),
        _ => Conditioned::from(plan),
    }
}

fn posterior(plan: &Plan) -> Option<Posterior> {
    let is_out_of_reach = |step: &Step| scales_with_what_is_known(&step.operation);
    if plan.has_later_evidence() || plan.steps.iter().any(is_out_of_reach) {
        return None;
    }
    let network = Reading::new(plan).network;
    if network.evidence.is_empty() || !network.opaque_evidence.is_empty() {
        return None;
    }
    let behind = network.ancestors(network.evidence.iter().flat_map(|(table, _)| table.scope.iter().copied()));
    let variables: Vec<u32> = (0..behind.len() as u32).filter(|variable| behind[*variable as usize]).collect();
    let sources: Vec<Source> = variables.iter().map(|variable| network.sources[*variable as usize]).collect();
    if sources.contains(&Source::Number) {
        return None;
    }
    let cards: Vec<u32> = variables.iter().map(|variable| network.cards[*variable as usize]).collect();
    let place = |variable: &u32| variables.binary_search(variable).ok().map(|place| place as u32);
    let families = variables.iter().map(|variable| &network.families[*variable as usize]);
    let factors: Option<Vec<Table>> = families
        .chain(network.evidence.iter().map(|(table, _)| table))
        .map(|table| {
            let scope = table.scope.iter().map(place).collect::<Option<_>>()?;
            Some(Table { scope, cells: table.cells.clone() })
        })
        .collect();
    let backwards = Backwards::new(factors?, &cards)?;
    Some(Posterior { plan: rewritten(plan, &sources, &cards, &backwards), evidence: backwards.evidence.value() })
}

/// Whether how long a date keeps one waiting is in doubt within each world, and something is known of it: then the doubt is not that of the
/// plan any more.
fn scales_with_what_is_known(operation: &Operation) -> bool {
    match operation {
        Operation::Date { rows, evidence: Some((evidence, _)), .. } => {
            // Nothing is known by day 0.
            *evidence != DateEvidence::NotBy(0.0)
                && rows.iter().any(|row| row.value.scale.is_some_and(|scale| scale.fixed.is_none()))
        }
        _ => false,
    }
}

/// Each variable given those summed out after it.
struct Backwards {
    /// The variables, last summed out first.
    order: Vec<u32>,
    /// For each of the order its distribution: the scope ends in the variable itself, the rows sum to 1 or are all 0.
    tables: Vec<Table>,
    evidence: Scaled,
}

impl Backwards {
    /// `None` if the tables would have too many cells, or what is known cannot be.
    fn new(mut factors: Vec<Table>, cards: &[u32]) -> Option<Self> {
        let mut graph = Graph::new(cards.len());
        factors.iter().for_each(|factor| graph.join(&factor.scope));
        let elimination = eliminate(&graph, cards, &[]);
        if elimination.cells > MOST_CELLS_TO_DRAW {
            return None;
        }
        let mut evidence = Scaled::ONE;
        let mut tables = Vec::with_capacity(cards.len());
        for (variable, neighbours) in elimination.order.iter().zip(&elimination.neighbours) {
            let (with, without): (Vec<Table>, Vec<Table>) =
                factors.into_iter().partition(|factor| factor.scope.contains(variable));
            factors = without;
            let mut scope = neighbours.clone();
            scope.push(*variable);
            let mut product = vec![1.0; size(&scope, cards)];
            with.iter().for_each(|factor| multiply(&mut product, &factor.cells, &axes(&scope, &factor.scope, cards)));
            let mut sums = vec![0.0; size(neighbours, cards)];
            add_up(&product, &mut sums, &axes(&scope, neighbours, cards));
            for (states, sum) in product.chunks_exact_mut(cards[*variable as usize] as usize).zip(&sums) {
                states.iter_mut().filter(|_| *sum > 0.0).for_each(|cell| *cell /= sum);
            }
            let largest = sums.iter().copied().fold(0.0, f64::max);
            if largest <= 0.0 {
                return None;
            }
            evidence.multiply(largest);
            sums.iter_mut().for_each(|sum| *sum /= largest);
            factors.push(Table { scope: neighbours.clone(), cells: sums });
            tables.push(Table { scope, cells: product });
        }
        // What is left has no variables.
        factors.iter().for_each(|factor| evidence.multiply(factor.cells[0]));
        tables.reverse();
        let order = elimination.order.into_iter().rev().collect();
        Some(Self { order, tables, evidence }).filter(|backwards| !backwards.evidence.is_zero())
    }
}

/// The plan with these variables drawn first, each given those before it.
fn rewritten(plan: &Plan, sources: &[Source], cards: &[u32], backwards: &Backwards) -> Plan {
    let mut writer = Writer {
        plan: Plan { steps: Vec::new(), ..plan.clone() },
        states: vec![Vec::new(); cards.len()],
        masks: Vec::new(),
        levels: Vec::new(),
    };
    for (variable, table) in backwards.order.iter().zip(&backwards.tables) {
        let card = cards[*variable as usize] as usize;
        match sources[*variable as usize] {
            Source::Step(at) => writer.draw(*variable, card, table, cards, &plan.steps[at]),
            _ => writer.part(*variable, table, cards),
        }
    }
    let is_drawn = |at: &usize| sources.contains(&Source::Step(*at));
    let rest = plan.steps.iter().enumerate().filter(|(at, _)| !is_drawn(at));
    writer.plan.steps.extend(rest.map(|(_, step)| step.clone()));
    writer.plan
}

struct Writer {
    plan: Plan,
    /// Where each state of the variables drawn so far holds.
    states: Vec<Vec<PlaneId>>,
    /// Columns for the masks of one draw, used again by the next.
    masks: Vec<PlaneId>,
    /// Columns for the beginnings of masks, one a depth.
    levels: Vec<PlaneId>,
}

impl Writer {
    fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    fn push(&mut self, label: &str, operation: Operation) {
        self.plan.steps.push(Step { label: label.to_owned(), operation });
    }

    /// Draws an event of the plan.
    fn draw(&mut self, variable: u32, card: usize, table: &Table, cards: &[u32], step: &Step) {
        let rows = self.rows(&step.label, table, cards);
        let predictive = |at: usize| table.cells[at * card..(at + 1) * card].to_vec();
        match &step.operation {
            Operation::Bernoulli { out, draw: Draw::Stream(stream), .. } => {
                self.yes_or_no(variable, &step.label, (*out, *stream), table, &rows);
            }
            Operation::Categorical { out, draw, .. } => {
                let value = |at: usize| Probabilities { predictive: predictive(at), drawn: None, stream: None };
                let rows = rows.into_iter().map(|(mask, at)| Row { mask, value: value(at) }).collect();
                let operation = Operation::Categorical { out: out.clone(), draw: *draw, rows, evidence: None };
                self.push(&step.label, operation);
                self.states[variable as usize].clone_from(out);
            }
            _ => unreachable!("a variable of a step is drawn by chances from a stream of its own"),
        }
    }

    /// Draws a variable that only stands for part of a condition.
    fn part(&mut self, variable: u32, table: &Table, cards: &[u32]) {
        let label = "part of a condition";
        let rows = self.rows(label, table, cards);
        let out = self.plane();
        let stream = StreamId(self.plan.streams.len() as u32);
        self.plan.streams.push(format!("foretell: part {variable} of a condition"));
        self.yes_or_no(variable, label, (out, stream), table, &rows);
    }

    fn yes_or_no(
        &mut self,
        variable: u32,
        label: &str,
        (out, stream): (PlaneId, StreamId),
        table: &Table,
        rows: &[(Option<PlaneId>, usize)],
    ) {
        let value = |at: usize| Chance { predictive: table.cells[2 * at + 1], drawn: None };
        let rows = rows.iter().map(|(mask, at)| Row { mask: *mask, value: value(*at) }).collect();
        self.push(label, Operation::Bernoulli { out, draw: Draw::Stream(stream), rows, evidence: None });
        let no = self.plane();
        self.push(label, Operation::Not { out: no, of: out });
        self.states[variable as usize] = vec![no, out];
    }

    /// The mask of each configuration that can be, and which it is.
    fn rows(&mut self, label: &str, table: &Table, cards: &[u32]) -> Vec<(Option<PlaneId>, usize)> {
        let (_, neighbours) = table.scope.split_last().expect("a table ends in its own variable");
        let configurations = size(neighbours, cards);
        let card = table.cells.len() / configurations;
        let can_be: Vec<bool> =
            table.cells.chunks_exact(card).map(|states| states.iter().any(|chance| *chance > 0.0)).collect();
        let mut rows = Vec::new();
        let neighbours: Vec<u32> = neighbours.to_vec();
        self.deeper(label, (&neighbours, cards), None, 0..configurations, &can_be, &mut rows);
        rows
    }

    /// Splits a mask by the next neighbour, again and again.
    fn deeper(
        &mut self,
        label: &str,
        (neighbours, cards): (&[u32], &[u32]),
        mask: Option<PlaneId>,
        range: std::ops::Range<usize>,
        can_be: &[bool],
        rows: &mut Vec<(Option<PlaneId>, usize)>,
    ) {
        let Some((next, rest)) = neighbours.split_first() else {
            rows.push((mask, range.start));
            return;
        };
        let each = range.len() / cards[*next as usize] as usize;
        for (state, start) in range.step_by(each).enumerate() {
            if !can_be[start..start + each].contains(&true) {
                continue;
            }
            let holds = self.states[*next as usize][state];
            let both = match mask {
                None => holds,
                Some(mask) => {
                    let out = if rest.is_empty() { self.mask(rows.len()) } else { self.level(rest.len()) };
                    self.push(label, Operation::Logic { out, logic: Logic::And, left: mask, right: holds });
                    out
                }
            };
            self.deeper(label, (rest, cards), Some(both), start..start + each, can_be, rows);
        }
    }

    fn mask(&mut self, at: usize) -> PlaneId {
        while self.masks.len() <= at {
            let plane = self.plane();
            self.masks.push(plane);
        }
        self.masks[at]
    }

    fn level(&mut self, at: usize) -> PlaneId {
        while self.levels.len() <= at {
            let plane = self.plane();
            self.levels.push(plane);
        }
        self.levels[at]
    }
}
