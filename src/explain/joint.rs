//! The joint distribution of an outcome with each of many others, computed where that is discrete, else counted.
//!
//! One plan asks for all of them: how likely each state of another event is, by itself and given each state of the outcome. From the table of the two
//! follow mutual information, the variance that knowing the event would take away, and the figure given each of its states.
//!
//! ```text
//! I(T; X) = Σ p(t, x) log2(p(t, x) / (p(t) p(x)))        less (|T| - 1) (|X| - 1) / (2 N ln 2), if counted in N worlds
//! ```
//!
//! Errors come from the batches of the run, by the jackknife. Source of the correction: Miller (1955), in Quastler (ed.), Information Theory in Psychology.

use super::bench::in_batches;
use super::report::Figure;
use super::states::{States, combined, cut, eighths, opposite, pilot};
use super::subject::Subject;
use crate::error::Error;
use crate::exact::{self, Failure};
use crate::math::{jackknife_error, log2};
use crate::plan::{Ask, Asked, Logic, Plan, PlaneId};
use crate::simulate::Answer;
use std::f64::consts::LN_2;

/// How an outcome and another event go together.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// `[t][x]`.
    cells: Vec<Vec<f64>>,
    /// For each `x`, its probability times the mean of the outcome there.
    sums: Vec<f64>,
    /// The mean of the square of the outcome.
    square: f64,
}

impl Table {
    fn of_states(&self, x: usize) -> f64 {
        self.cells.iter().map(|row| row[x]).sum()
    }

    /// Mutual information in bits, without a correction.
    pub(super) fn bits(&self) -> f64 {
        let all: f64 = self.cells.iter().flatten().sum();
        let columns: Vec<f64> = (0..self.sums.len()).map(|x| self.of_states(x)).collect();
        let mut bits = 0.0;
        for row in &self.cells {
            let of_row: f64 = row.iter().sum();
            for (cell, column) in row.iter().zip(&columns).filter(|(cell, _)| **cell > 0.0) {
                bits += cell / all * log2(cell * all / (of_row * column));
            }
        }
        bits.max(0.0)
    }

    /// The entropy of the outcome in bits.
    pub(super) fn entropy(&self) -> f64 {
        let all: f64 = self.cells.iter().flatten().sum();
        let shares = self.cells.iter().map(|row| row.iter().sum::<f64>() / all);
        shares.filter(|share| *share > 0.0).map(|share| -share * log2(share)).sum()
    }

    /// `Var(E[outcome | event]) / Var(outcome)`.
    pub(super) fn variance_share(&self) -> f64 {
        let mean: f64 = self.sums.iter().sum();
        let variance = self.square - mean * mean;
        if variance <= 0.0 {
            return 0.0;
        }
        let between = self.sums.iter().enumerate().map(|(x, sum)| {
            let chance = self.of_states(x);
            if chance > 0.0 { (sum - chance * mean) * (sum - chance * mean) / chance } else { 0.0 }
        });
        between.sum::<f64>() / variance
    }

    /// How likely one of some states is.
    pub(super) fn chance(&self, states: &[usize]) -> f64 {
        states.iter().map(|x| self.of_states(*x)).sum()
    }

    /// The figure where one of some states is so; not a number where that never is.
    pub(super) fn figure(&self, states: &[usize]) -> f64 {
        states.iter().map(|x| self.sums[*x]).sum::<f64>() / self.chance(states)
    }

    /// How many states of the outcome and of the event there are at all.
    fn occupied(&self) -> (usize, usize) {
        let rows = self.cells.iter().filter(|row| row.iter().any(|cell| *cell > 0.0)).count();
        (rows, (0..self.sums.len()).filter(|x| self.of_states(*x) > 0.0).count())
    }

    /// Without a part of all.
    fn without(&self, (share, part): &(f64, Self)) -> Self {
        let rest = 1.0 - share;
        let less = |whole: f64, part: f64| ((whole - share * part) / rest).max(0.0);
        let signed = |whole: f64, part: f64| (whole - share * part) / rest;
        let cells = self.cells.iter().zip(&part.cells);
        Self {
            cells: cells.map(|(whole, part)| whole.iter().zip(part).map(|(w, p)| less(*w, *p)).collect()).collect(),
            sums: self.sums.iter().zip(&part.sums).map(|(whole, part)| signed(*whole, *part)).collect(),
            square: less(self.square, part.square),
        }
    }
}

/// Sums of a few probabilities round by about so much; an outcome that tells less is not told apart from one that tells nothing.
const ROUNDING: f64 = 1e-14;

/// A table and, where it is counted, what it is without each batch of worlds.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) whole: Table,
    without: Vec<Table>,
    /// How many worlds it is worth; infinite if it is computed.
    worlds: f64,
}

impl Counted {
    /// A statistic with its error.
    pub(super) fn figure(&self, of: impl Fn(&Table) -> f64) -> Figure {
        let value = of(&self.whole);
        let each: Vec<f64> = self.without.iter().map(of).filter(|value| value.is_finite()).collect();
        Figure { value, standard_error: if each.len() < 2 { 0.0 } else { jackknife_error(&each) } }
    }

    /// Mutual information without the bias of counting.
    pub(super) fn bits(&self) -> Figure {
        let (rows, columns) = self.whole.occupied();
        let bias = (rows.saturating_sub(1) * columns.saturating_sub(1)) as f64 / (2.0 * self.worlds * LN_2);
        let found = self.figure(Table::bits);
        Figure { value: self.cleaned((found.value - bias).max(0.0)), ..found }
    }

    /// What is nothing but the rounding of a computed table is nothing.
    fn cleaned(&self, value: f64) -> f64 {
        if self.worlds.is_infinite() && value < ROUNDING { 0.0 } else { value }
    }

    /// The share of the variance without the bias of counting.
    pub(super) fn variance_share(&self) -> Figure {
        let (_, columns) = self.whole.occupied();
        let found = self.figure(Table::variance_share);
        let bias = columns.saturating_sub(1) as f64 / self.worlds * (1.0 - found.value);
        Figure { value: self.cleaned((found.value - bias).max(0.0)), ..found }
    }
}

/// What is asked of the plan about one event.
struct Asks {
    plain: usize,
    given: Vec<usize>,
    means: Vec<usize>,
}

/// The tables of an outcome with some events; none for an event of which nothing can be told.
pub(super) fn tables(
    subject: &Subject<'_>,
    mut plan: Plan,
    target: &Ask,
    events: &[States],
) -> Result<Vec<Option<Counted>>, Error> {
    let given = target.given;
    let outcome = outcomes(subject, &mut plan, target)?;
    let number = if let Asked::Number(number) = target.what { Some(number) } else { None };
    let within = |plan: &mut Plan, plane: PlaneId| match given {
        None => plane,
        Some(given) => combined(plan, Logic::And, given, plane),
    };
    let inside: Vec<PlaneId> = outcome.iter().map(|plane| within(&mut plan, *plane)).collect();
    let mut asks: Vec<Ask> = Vec::new();
    let mut ask = |what: Asked, given: Option<PlaneId>| {
        asks.push(Ask { name: "explained".to_owned(), what, given });
        asks.len() - 1
    };
    let of_target = ask(Asked::Categorical(outcome.clone()), given);
    let of_number = number.map(|number| ask(Asked::Number(number), given));
    let of_condition = given.map(|given| ask(Asked::Binary(given), None));
    let mut all = Vec::with_capacity(events.len());
    for event in events {
        let states = Asked::Categorical(event.planes.clone());
        all.push(Asks {
            plain: ask(states.clone(), given),
            given: inside.iter().map(|plane| ask(states.clone(), Some(*plane))).collect(),
            means: Vec::new(),
        });
    }
    if let Some(number) = number {
        for (event, own) in events.iter().zip(&mut all) {
            let planes: Vec<PlaneId> = event.planes.iter().map(|plane| within(&mut plan, *plane)).collect();
            own.means = planes.iter().map(|plane| ask(Asked::Number(number), Some(*plane))).collect();
        }
    }
    plan.asks = asks;
    plan.joints.clear();
    plan.rules.clear();
    let plan = super::relevant::pruned(plan);

    let table = |answers: &dyn Fn(usize) -> Option<Answer>, own: &Asks| -> Option<Table> {
        let shares = |at: usize| match answers(at)? {
            Answer::Categorical(shares) => Some(shares.iter().map(|share| share.value).collect::<Vec<f64>>()),
            Answer::NoWorlds => Some(Vec::new()),
            _ => None,
        };
        let (of_target, plain) = (shares(of_target)?, shares(own.plain)?);
        let mut cells = Vec::with_capacity(of_target.len());
        for (chance, at) in of_target.iter().zip(&own.given) {
            let given = shares(*at)?;
            cells.push((0..plain.len()).map(|x| chance * given.get(x).copied().unwrap_or(0.0)).collect::<Vec<f64>>());
        }
        if cells.is_empty() || plain.is_empty() {
            return None;
        }
        let moments = |at: usize| match answers(at)? {
            Answer::Number(number) => Some((number.mean.value, number.standard_deviation)),
            Answer::NoWorlds => Some((0.0, 0.0)),
            _ => None,
        };
        let (sums, square) = match of_number {
            None => {
                let yes = cells[0].clone();
                let square = yes.iter().sum();
                (yes, square)
            }
            Some(at) => {
                let (mean, deviation) = moments(at)?;
                let means: Option<Vec<f64>> = own.means.iter().map(|at| Some(moments(*at)?.0)).collect();
                let sums = means?.iter().zip(&plain).map(|(mean, chance)| mean * chance).collect();
                (sums, mean * mean + deviation * deviation)
            }
        };
        let finite = square.is_finite() && sums.iter().all(|sum: &f64| sum.is_finite());
        finite.then_some(Table { cells, sums, square })
    };

    let mut found: Vec<Option<Counted>> = vec![None; events.len()];
    if exact::cost(&plan).cells <= subject.bench.most_cells {
        match exact::solve(&plan) {
            Ok(exact) => {
                let answer = |at: usize| exact.answers().get(at)?.as_ref().ok().cloned();
                for (own, found) in all.iter().zip(&mut found) {
                    *found =
                        table(&answer, own).map(|whole| Counted { whole, without: Vec::new(), worlds: f64::INFINITY });
                }
            }
            Err(Failure::TooWide(_)) => {}
            Err(Failure::Impossible(problem)) => return Err(Error::input(problem.to_string())),
        }
    }
    if found.iter().all(Option::is_some) {
        return Ok(found);
    }
    let run = in_batches(&plan, &subject.bench.settings)?;
    // Of a conditional question only the worlds in which its condition holds are counted.
    let of_given = of_condition.map_or(1.0, |at| match run.whole.answers().get(at) {
        Some(Answer::Binary(one)) => one.value,
        _ => 1.0,
    });
    for (own, found) in all.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
        let Some(whole) = table(&|at| run.whole.answers().get(at).cloned(), own) else { continue };
        let parts = run
            .batches
            .iter()
            .filter_map(|batch| Some((batch.share, table(&|at| batch.answers.get(at).cloned(), own)?)));
        let without = parts.map(|part| whole.without(&part)).collect();
        *found = Some(Counted { whole, without, worlds: of_given * run.whole.effective_sample_size() });
    }
    Ok(found)
}

/// The states of the outcome: yes and no, or the eighths of a number.
fn outcomes(subject: &Subject<'_>, plan: &mut Plan, target: &Ask) -> Result<Vec<PlaneId>, Error> {
    match target.what {
        Asked::Binary(yes) => {
            let no = opposite(plan, yes);
            Ok(vec![yes, no])
        }
        Asked::Number(number) => {
            let answers = pilot(subject, plan, vec![target.clone()])?;
            let mut cuts: Vec<f64> = match answers.first() {
                Some(Answer::Number(answer)) => eighths().map(|level| answer.quantile(level).value).collect(),
                _ => Vec::new(),
            };
            cuts.retain(|cut| cut.is_finite());
            cuts.dedup();
            if cuts.is_empty() {
                return Err(Error::input("there is no figure: the condition of the question holds in no world"));
            }
            Ok(cut(plan, number, &cuts))
        }
        _ => Err(Error::input("this question cannot be explained")),
    }
}
