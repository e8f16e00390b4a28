//! Figures of variants → how far each change moved each figure of a question.

use super::Options;
use super::bench::Bench;
use super::figures::{Figures, Part, Shape, date_of};
use super::groups::{Subset, Trial, with};
use super::shapley::{self, MOST_EXACT};
use jiff::civil::Date;
use serde::Serialize;

/// A question and how its figures moved.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct QuestionMoved {
    /// Its name.
    pub id: String,
    /// Whether the old scenario has it (and asks the same kind of thing).
    pub in_old: bool,
    /// Whether the new one has.
    pub in_new: bool,
    /// Whether its figures were computed, so that they have no error.
    pub exact: bool,
    /// Over what the effects of the changes were averaged.
    pub averaged: Averaged,
    /// Its chance of yes, the chance of each option, its quantiles.
    pub figures: Vec<FigureMoved>,
}

/// Over what effects were averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Averaged {
    /// Every order of the changes that bear on the question, through all their subsets.
    AllOrders,
    /// So many orders, which leave an error of their own.
    SomeOrders(usize),
}

/// A figure of a question in the old and the new scenario.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FigureMoved {
    /// `yes`, an option, a level such as `5 %`, `never`.
    pub part: String,
    /// A chance, a number or a day.
    pub kind: FigureKind,
    /// In the old scenario, unless it is a day; nothing where there is no figure.
    pub old: Option<f64>,
    /// In the new one.
    pub new: Option<f64>,
    /// In the old scenario, if it is a day; nothing where that lies beyond the horizon.
    #[schemars(with = "Option<String>")]
    pub old_day: Option<Date>,
    /// In the new one.
    #[schemars(with = "Option<String>")]
    pub new_day: Option<Date>,
    /// The error of the old figure.
    pub old_error: f64,
    /// The error of the new one.
    pub new_error: f64,
    /// New less old; a number of days for a day. Nothing where one of them is missing.
    pub moved: Option<f64>,
    /// The error of that, of the same worlds.
    pub moved_error: f64,
    /// What each change did to it: they add up to `moved`. Changes that cannot bear on the question are left out; they moved it by 0.
    pub effects: Vec<Effect>,
    /// Why there are no effects although the figure may have moved: some variant of the scenario has no such figure.
    pub unexplained: bool,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FigureKind {
    /// A probability.
    Chance,
    /// A number in the question's unit.
    Number,
    /// A day.
    Day,
}

/// How far one change moved a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Effect {
    /// An index into the changes.
    pub change: usize,
    /// Its Shapley value: a difference of probabilities, of the number, or days.
    pub value: f64,
    /// How sure that is: of finitely many worlds and, where not all orders were looked at, of those.
    pub standard_error: f64,
    /// The part of the error that comes from the orders.
    pub error_of_orders: f64,
    /// Whether it is at least two standard errors from nothing.
    pub told_apart: bool,
}

/// The variants that one question needs.
#[derive(Debug)]
pub(super) struct Attribution {
    /// The changes that bear on it.
    players: Vec<usize>,
    /// None if all subsets are looked at.
    orders: Option<Vec<Vec<usize>>>,
    /// For all subsets, by mask, those that are scenarios; for orders, along each of them.
    variants: Vec<Option<Subset>>,
}

impl Attribution {
    /// Finds which subsets of its players are scenarios, and those of the edits that stand for them. All players together are the whole new
    /// scenario: what else is new does not bear on the question.
    pub(super) fn new(
        players: Vec<usize>,
        options: &Options<'_>,
        trial: &mut Trial<'_>,
        groups: &[Vec<usize>],
    ) -> Self {
        let count = trial.edits.all.len();
        let edits = |made: &[usize]| -> Vec<usize> {
            made.iter().flat_map(|player| groups[players[*player]].iter().copied()).collect()
        };
        let is_player: Subset = with(&vec![false; count], &edits(&(0..players.len()).collect::<Vec<_>>()));
        // The edits that stand for some players, and whether no other player was needed for that.
        let mut variant = |made: &[usize]| -> (Subset, bool) {
            if made.len() == players.len() && !players.is_empty() {
                return (vec![true; count], true);
            }
            let wanted = with(&vec![false; count], &edits(made));
            let closed = trial.close(&wanted);
            let alone = (0..count).all(|at| !(is_player[at] && closed[at] && !wanted[at]));
            (closed, alone)
        };
        if players.len() > MOST_EXACT {
            let drawn = shapley::orders(players.len(), options.orders, options.settings.seed);
            let orders: Vec<Vec<usize>> = drawn.iter().map(|order| feasible(order, &mut variant)).collect();
            let variants = orders.iter().flat_map(|order| (0..=order.len()).map(|end| &order[..end]));
            let variants = variants.map(|made| Some(variant(made).0)).collect();
            return Self { players, orders: Some(orders), variants };
        }
        let all: Vec<(Subset, bool)> = (0..1_usize << players.len())
            .map(|mask| variant(&(0..players.len()).filter(|at| mask >> at & 1 == 1).collect::<Vec<_>>()))
            .collect();
        let can_be: Vec<bool> = all.iter().map(|(_, alone)| *alone).collect();
        // Where no order leads through scenarios alone, what a subset needs stands in for it.
        let leads = shapley::exact(&vec![0.0; all.len()], &can_be).is_some();
        let variants = all.into_iter().map(|(subset, alone)| (alone || !leads).then_some(subset)).collect();
        Self { players, orders: None, variants }
    }

    /// The variants that it takes.
    pub(super) fn subsets(&self) -> impl Iterator<Item = &Subset> {
        self.variants.iter().flatten()
    }

    /// Whether a variant's figures of a question were computed, or it was found that it cannot be.
    pub(super) fn is_computed(bench: &Bench<'_>, subset: &Subset, question: usize) -> bool {
        match bench.figures(subset).and_then(|figures| figures.whole.get(question)) {
            Some(figures) => figures.iter().any(Option::is_some),
            None => bench.is_refused(subset),
        }
    }

    /// The values of the changes from those of the subsets, and the errors that not all orders leave.
    fn values(&self, worth: &[f64], can_be: &[bool]) -> (Vec<f64>, Vec<f64>) {
        match &self.orders {
            None => {
                let values = shapley::exact(worth, can_be).unwrap_or_default();
                let errors = vec![0.0; values.len()];
                (values, errors)
            }
            Some(orders) => {
                let walks: Vec<Vec<f64>> = worth.chunks(self.players.len() + 1).map(<[f64]>::to_vec).collect();
                let sampled = shapley::sampled(orders, &walks);
                (sampled.values, sampled.errors)
            }
        }
    }

    /// Whether some order leads from the old scenario to the new one through variants that can be.
    pub(super) fn leads(&self, bench: &Bench<'_>) -> bool {
        match self.orders {
            None => {
                let can_be = self.possible(bench);
                shapley::exact(&vec![0.0; can_be.len()], &can_be).is_some()
            }
            Some(_) => self.subsets().all(|subset| !bench.is_refused(subset)),
        }
    }

    fn possible(&self, bench: &Bench<'_>) -> Vec<bool> {
        self.variants.iter().map(|subset| subset.as_ref().is_some_and(|subset| !bench.is_refused(subset))).collect()
    }

    /// Which variants orders may lead through: those that can be, or where nothing leads through these, also those for which others stand.
    fn can_be(&self, bench: &Bench<'_>) -> Vec<bool> {
        if self.leads(bench) { self.possible(bench) } else { self.variants.iter().map(Option::is_some).collect() }
    }

    /// What moved the question at a place among those of the bench.
    pub(super) fn found(&self, bench: &Bench<'_>, shape: &Shape, question: usize, exact: bool) -> QuestionMoved {
        let can_be = self.can_be(bench);
        let usable = self.variants.iter().zip(&can_be);
        let variants: Vec<Option<&Figures>> = usable
            .map(|(subset, can_be)| subset.as_ref().filter(|_| *can_be).and_then(|own| bench.figures(own)))
            .collect();
        let figure = |part: usize| self.figure(&variants, &can_be, &shape.parts[part], [question, part]);
        QuestionMoved {
            id: shape.name.clone(),
            in_old: true,
            in_new: true,
            exact,
            averaged: self.orders.as_ref().map_or(Averaged::AllOrders, |orders| Averaged::SomeOrders(orders.len())),
            figures: (0..shape.parts.len()).map(figure).collect(),
        }
    }

    fn figure(&self, variants: &[Option<&Figures>], can_be: &[bool], part: &Part, at: [usize; 2]) -> FigureMoved {
        let [question, place] = at;
        let whole: Vec<Option<f64>> =
            variants.iter().map(|figures| figures.and_then(|own| own.whole[question][place])).collect();
        let (old, new) = (whole.first().copied().flatten(), whole.last().copied().flatten());
        // What cannot be has no say, whatever stands there.
        let complete: Option<Vec<f64>> =
            whole.iter().zip(can_be).map(|(value, can_be)| if *can_be { *value } else { Some(0.0) }).collect();
        let (values, of_orders) = complete.as_ref().map(|worth| self.values(worth, can_be)).unwrap_or_default();
        let last = variants.len().saturating_sub(1);
        let batches = batches(variants, can_be, question, place);
        let spread = |of: &dyn Fn(&[f64]) -> f64| spread(&batches, of);
        let effects = values.iter().zip(&of_orders).enumerate().map(|(at, (value, of_orders))| {
            let of_worlds = spread(&|worth: &[f64]| self.values(worth, can_be).0.get(at).copied().unwrap_or(0.0));
            let standard_error = (of_worlds * of_worlds + of_orders * of_orders).sqrt();
            Effect {
                change: self.players[at],
                value: *value,
                standard_error,
                error_of_orders: *of_orders,
                told_apart: *value != 0.0 && value.abs() >= 2.0 * standard_error,
            }
        });
        let effects: Vec<Effect> = effects.collect();
        FigureMoved {
            old_error: spread(&|worth: &[f64]| worth[0]),
            new_error: spread(&|worth: &[f64]| worth[last]),
            moved_error: spread(&|worth: &[f64]| worth[last] - worth[0]),
            unexplained: complete.is_none() && !self.players.is_empty(),
            effects,
            ..plain(part, old, new)
        }
    }
}

/// An order like the one given, in which every change comes after what it needs.
fn feasible(order: &[usize], variant: &mut dyn FnMut(&[usize]) -> (Subset, bool)) -> Vec<usize> {
    let mut left = order.to_vec();
    let mut made: Vec<usize> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let can_follow = |next: &usize| {
            made.push(*next);
            let (_, alone) = variant(&made);
            made.pop();
            alone
        };
        let at = left.iter().position(can_follow).unwrap_or(0);
        let next = left.remove(at);
        made.push(next);
    }
    made
}

/// The figures of all variants, batch by batch; batches that lack one are left out.
fn batches(variants: &[Option<&Figures>], can_be: &[bool], question: usize, part: usize) -> Vec<(f64, Vec<f64>)> {
    let usable = || variants.iter().zip(can_be);
    let counts = usable().filter(|(_, can_be)| **can_be).map(|(figures, _)| figures.map_or(0, |own| own.batches.len()));
    let count = counts.min().unwrap_or(0);
    (0..count)
        .filter_map(|batch| {
            let own = usable().map(|(figures, can_be)| match figures {
                Some(own) => own.batches[batch].1[question][part],
                None => (!can_be).then_some(0.0),
            });
            let share = variants.first()?.as_ref()?.batches[batch].0;
            Some((share, own.collect::<Option<Vec<f64>>>()?))
        })
        .collect()
}

/// The standard error of a figure of all worlds by its spread between batches, each of which is part `w` of them.
///
/// ```text
/// s^2 = 1/(K - 1) sum_k w_k (x_k - sum_j w_j x_j)^2
/// ```
///
/// since `x_k` has the variance `s^2 / w_k` about the mean.
fn spread(batches: &[(f64, Vec<f64>)], of: &dyn Fn(&[f64]) -> f64) -> f64 {
    if batches.len() < 2 {
        return 0.0;
    }
    let total: f64 = batches.iter().map(|(share, _)| share).sum();
    let figures: Vec<(f64, f64)> = batches.iter().map(|(share, worth)| (share / total, of(worth))).collect();
    let mean: f64 = figures.iter().map(|(share, figure)| share * figure).sum();
    let squares: f64 = figures.iter().map(|(share, figure)| share * (figure - mean) * (figure - mean)).sum();
    let error = (squares / (figures.len() - 1) as f64).sqrt();
    // Batches that all say the same differ by rounding at most.
    if error < 1e-12 * mean.abs().max(1.0) { 0.0 } else { error }
}

fn plain(part: &Part, old: Option<f64>, new: Option<f64>) -> FigureMoved {
    let (name, kind) = match part {
        Part::Yes => ("yes".to_owned(), FigureKind::Chance),
        Part::Option(option) => (option.clone(), FigureKind::Chance),
        Part::Never => ("never".to_owned(), FigureKind::Chance),
        Part::Quantile(level) => (format!("{} %", (level * 100.0).round()), FigureKind::Number),
        Part::Day(level) => (format!("{} %", (level * 100.0).round()), FigureKind::Day),
    };
    let is_day = kind == FigureKind::Day;
    let day = |figure: Option<f64>| figure.filter(|_| is_day).and_then(date_of);
    FigureMoved {
        part: name,
        kind,
        old: old.filter(|_| !is_day),
        new: new.filter(|_| !is_day),
        old_day: day(old),
        new_day: day(new),
        old_error: 0.0,
        new_error: 0.0,
        moved: old.zip(new).map(|(old, new)| new - old),
        moved_error: 0.0,
        effects: Vec::new(),
        unexplained: false,
    }
}

/// A question of one scenario only.
pub(super) fn alone(shape: &Shape, figures: &Figures, question: usize, exact: bool, is_new: bool) -> QuestionMoved {
    let one = [Some(figures)];
    let moved = |(at, part): (usize, &Part)| {
        let value = figures.whole[question][at];
        let error = spread(&batches(&one, &[true], question, at), &|worth: &[f64]| worth[0]);
        let (old, new) = if is_new { (None, value) } else { (value, None) };
        let (old_error, new_error) = if is_new { (0.0, error) } else { (error, 0.0) };
        FigureMoved { old_error, new_error, ..plain(part, old, new) }
    };
    QuestionMoved {
        id: shape.name.clone(),
        in_old: !is_new,
        in_new: is_new,
        exact,
        averaged: Averaged::AllOrders,
        figures: shape.parts.iter().enumerate().map(moved).collect(),
    }
}
