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
    /// For all subsets, by mask; for orders, along each of them.
    pub(super) subsets: Vec<Subset>,
}

impl Attribution {
    pub(super) fn new(players: Vec<usize>, options: &Options<'_>) -> Self {
        let few = players.len() <= MOST_EXACT;
        let orders = (!few).then(|| shapley::orders(players.len(), options.orders, options.settings.seed));
        Self { players, orders, subsets: Vec::new() }
    }

    /// Finds the closed subsets that stand for those of its players. All of them together are the whole new scenario: what else is new does not
    /// bear on the question.
    pub(super) fn prepare(&mut self, trial: &mut Trial<'_>, groups: &[Vec<usize>]) {
        let none: Subset = vec![false; trial.edits.all.len()];
        let mut of = |players: &[usize]| -> Subset {
            if players.len() == self.players.len() && !players.is_empty() {
                return vec![true; none.len()];
            }
            let made: Vec<usize> = players.iter().flat_map(|player| groups[self.players[*player]].clone()).collect();
            trial.close(&with(&none, &made))
        };
        self.subsets = match &self.orders {
            None => (0..1_usize << self.players.len())
                .map(|mask| {
                    let made: Vec<usize> = (0..self.players.len()).filter(|at| mask >> at & 1 == 1).collect();
                    of(&made)
                })
                .collect(),
            Some(orders) => {
                orders.iter().flat_map(|order| (0..=order.len()).map(|end| of(&order[..end])).collect::<Vec<_>>()).collect()
            }
        };
    }

    /// Whether a variant's figures of a question were computed.
    pub(super) fn is_computed(bench: &Bench<'_>, subset: &Subset, question: usize) -> bool {
        let figures = bench.figures(subset).and_then(|figures| figures.whole.get(question));
        figures.is_some_and(|figures| figures.iter().any(Option::is_some))
    }

    /// The values of the changes from those of the subsets, and the errors that not all orders leave.
    fn values(&self, worth: &[f64]) -> (Vec<f64>, Vec<f64>) {
        match &self.orders {
            None => {
                let values = shapley::exact(worth).unwrap_or_default();
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

    /// What moved the question at a place among those of the bench.
    pub(super) fn found(
        &self,
        bench: &Bench<'_>,
        shape: &Shape,
        question: usize,
        exact: bool,
        changes: usize,
    ) -> QuestionMoved {
        debug_assert!(self.players.iter().all(|player| *player < changes));
        let variants: Vec<Option<&Figures>> = self.subsets.iter().map(|subset| bench.figures(subset)).collect();
        let figures = (0..shape.parts.len()).map(|part| self.figure(&variants, shape, question, part)).collect();
        QuestionMoved {
            id: shape.name.clone(),
            in_old: true,
            in_new: true,
            exact,
            averaged: self.orders.as_ref().map_or(Averaged::AllOrders, |orders| Averaged::SomeOrders(orders.len())),
            figures,
        }
    }

    fn figure(&self, variants: &[Option<&Figures>], shape: &Shape, question: usize, part: usize) -> FigureMoved {
        let whole: Vec<Option<f64>> = variants.iter().map(|figures| figures.and_then(|own| own.whole[question][part])).collect();
        let (old, new) = (whole.first().copied().flatten(), whole.last().copied().flatten());
        let complete: Option<Vec<f64>> = whole.iter().copied().collect();
        let (values, of_orders) = complete.as_ref().map(|worth| self.values(worth)).unwrap_or_default();
        let last = variants.len().saturating_sub(1);
        let batches = batches(variants, question, part);
        let spread = |of: &dyn Fn(&[f64]) -> f64| spread(&batches, of);
        let effects = values.iter().zip(&of_orders).enumerate().map(|(at, (value, of_orders))| {
            let of_worlds = spread(&|worth: &[f64]| self.values(worth).0.get(at).copied().unwrap_or(0.0));
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
        let mut figure = plain(&shape.parts[part], old, new);
        figure.old_error = spread(&|worth: &[f64]| worth[0]);
        figure.new_error = spread(&|worth: &[f64]| worth[last]);
        figure.moved_error = spread(&|worth: &[f64]| worth[last] - worth[0]);
        figure.unexplained = complete.is_none() && !self.players.is_empty();
        figure.effects = effects;
        figure
    }
}

/// The figures of all variants, batch by batch; batches that lack one are left out.
fn batches(variants: &[Option<&Figures>], question: usize, part: usize) -> Vec<(f64, Vec<f64>)> {
    let count = variants.iter().map(|figures| figures.map_or(0, |own| own.batches.len())).min().unwrap_or(0);
    (0..count)
        .filter_map(|batch| {
            let own = variants.iter().map(|figures| figures.and_then(|own| own.batches[batch].1[question][part]));
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
    (squares / (figures.len() - 1) as f64).sqrt()
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
        let error = spread(&batches(&one, question, at), &|worth: &[f64]| worth[0]);
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
