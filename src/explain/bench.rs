//! A plan with one ask → its figure, computed or simulated; and the differences of figures within the same worlds.

use super::report::Figure;
use crate::error::Error;
use crate::exact::{self, Failure};
use crate::math::student;
use crate::plan::Plan;
use crate::simulate::{self, Answer, Batched, Impossible, Settings, Tally};

/// How figures are come by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bench {
    pub(super) settings: Settings,
    /// Tables of at most so many cells are computed.
    pub(super) most_cells: f64,
}

/// A figure, and what each stretch of its worlds says of it with its part of all; none if it is computed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Worked {
    pub(super) value: f64,
    batches: Vec<(f64, f64)>,
}

impl Worked {
    /// Without error.
    pub(super) const fn exact(value: f64) -> Self {
        Self { value, batches: Vec::new() }
    }

    pub(super) fn figure(&self) -> Figure {
        self.less(&Self::exact(0.0))
    }

    /// The difference of two figures, with its error within the same worlds; 0 where they differ by their last bits alone.
    pub(super) fn less(&self, other: &Self) -> Figure {
        let value = difference(self.value, other.value);
        let longer = if self.batches.is_empty() { &other.batches } else { &self.batches };
        let at = |of: &Self, place: usize| of.batches.get(place).map_or(of.value, |(_, value)| *value);
        let parts: Vec<(f64, f64)> = longer
            .iter()
            .enumerate()
            .map(|(place, (share, _))| (*share, difference(at(self, place), at(other, place))))
            .collect();
        Figure { value, standard_error: error_of(&parts, value) }
    }

    /// Whether it differs from another figure by more than chance leaves between the same worlds but once in `1 / false_alarm` cases: by Student's t of the
    /// stretches of worlds, since few of them say how large the error is. Computed figures differ if they do.
    pub(super) fn is_apart_from(&self, other: &Self, false_alarm: f64) -> bool {
        let difference = self.less(other);
        let stretches = self.batches.len().max(other.batches.len());
        if stretches == 0 {
            return difference.value != 0.0;
        }
        let errors = student::quantile(stretches as f64 - 1.0, 1.0 - 0.5 * false_alarm);
        errors.is_some_and(|errors| difference.value.abs() > errors * difference.standard_error)
    }
}

/// One figure less another, and 0 if no more than their last bits differ.
fn difference(figure: f64, other: f64) -> f64 {
    let difference = figure - other;
    if difference.abs() < ROUNDING * figure.abs().max(other.abs()) { 0.0 } else { difference }
}

/// The error of a weighted mean of independent parts.
pub(super) fn error_of(parts: &[(f64, f64)], mean: f64) -> f64 {
    let count = parts.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let squares: f64 = parts.iter().map(|(share, value)| share * (value - mean) * (value - mean)).sum();
    let error = (squares / (count - 1.0)).sqrt();
    // Parts that differ by their last bits are the same in every world.
    let largest = parts.iter().map(|(_, value)| value.abs()).fold(0.0, f64::max);
    if error > ROUNDING * largest { error } else { 0.0 }
}

/// What the last bits leave of an error or a difference, as a share of what it is of.
const ROUNDING: f64 = 1e-13;

impl Bench {
    /// The figure of a plan's only ask.
    ///
    /// # Errors
    /// If what is known cannot be, or the question has a condition that never holds.
    pub(super) fn work(&self, plan: &Plan) -> Result<Worked, Error> {
        if let Some(value) = self.computed(plan)? {
            return Ok(Worked::exact(value));
        }
        let run = in_batches(plan, &self.settings)?;
        let value = run.whole.answers().first().and_then(figure_of).ok_or_else(nothing)?;
        let batches = run
            .batches
            .iter()
            .filter_map(|batch| Some((batch.share, batch.answers.first().and_then(figure_of)?)))
            .collect();
        Ok(Worked { value, batches })
    }

    /// The computed figure, if it can be had with small tables.
    pub(super) fn computed(&self, plan: &Plan) -> Result<Option<f64>, Error> {
        if exact::cost(plan).cells > self.most_cells {
            return Ok(None);
        }
        match exact::solve(plan) {
            Ok(exact) => match exact.answers().first() {
                Some(Ok(Answer::NoWorlds)) => Err(nothing()),
                Some(Ok(answer)) => Ok(figure_of(answer)),
                _ => Ok(None),
            },
            Err(Failure::TooWide(_)) => Ok(None),
            Err(Failure::Impossible(problem)) => Err(Error::input(problem.to_string())),
        }
    }
}

/// A run of a plan, with its batches.
///
/// # Errors
/// If what is known cannot be, or something in it is divided by zero or has no value.
pub(super) fn in_batches(plan: &Plan, settings: &Settings) -> Result<Batched, Error> {
    let run = simulate::simulate_in_batches(exact::subject(plan, settings.method), settings)
        .map_err(|problem| refused(&problem))?;
    check_divisions(plan, &run.whole)?;
    Ok(run)
}

/// A run of a plan as a whole.
///
/// # Errors
/// As of [`in_batches`].
pub(super) fn simulated(plan: &Plan, settings: &Settings) -> Result<Tally, Error> {
    let tally = simulate::simulate(exact::subject(plan, settings.method), settings, &|_| ())
        .map_err(|problem| refused(&problem))?;
    check_divisions(plan, &tally)?;
    Ok(tally)
}

fn check_divisions(plan: &Plan, tally: &Tally) -> Result<(), Error> {
    plan.undivided(tally.divisions().iter().map(|division| division.worlds))
}

fn refused(problem: &Impossible) -> Error {
    Error::input(problem.to_string())
}

fn nothing() -> Error {
    Error::input("there is no figure: the condition of the question holds in no world, or its number is not finite")
}

fn figure_of(answer: &Answer) -> Option<f64> {
    match answer {
        Answer::Binary(chance) => Some(chance.value),
        Answer::Number(number) => Some(number.mean.value),
        _ => None,
    }
    .filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_the_parts_and_not_of_their_last_bits() {
        assert_eq!(error_of(&[(0.5, 1.0), (0.5, 3.0)], 2.0), 1.0);
        assert_eq!(error_of(&[(0.5, 1.4), (0.5, 1.4 + 4.0 * f64::EPSILON)], 1.4), 0.0);
        assert_eq!(error_of(&[(0.5, 0.0), (0.5, 0.0)], 0.0), 0.0);
    }

    #[test]
    fn figures_that_differ_by_their_last_bits_are_the_same() {
        let nothing = Figure { value: 0.0, standard_error: 0.0 };
        let above = |value: f64| value + 4.0 * f64::EPSILON;
        assert_eq!(Worked::exact(above(0.8)).less(&Worked::exact(0.8)), nothing);
        let in_parts = |parts: [f64; 2]| Worked {
            value: f64::midpoint(parts[0], parts[1]),
            batches: parts.map(|value| (0.5, value)).to_vec(),
        };
        assert_eq!(in_parts([above(1.5), 1.9]).less(&in_parts([1.5, above(1.9)])), nothing);
        // What is small itself is not taken for rounding.
        assert_eq!(Worked::exact(3e-20).less(&Worked::exact(1e-20)).value, 3e-20 - 1e-20);
        assert_eq!(Worked::exact(0.8).less(&Worked::exact(0.8 - 1e-9)).value, 0.8 - (0.8 - 1e-9));
        assert_eq!(Worked::exact(f64::INFINITY).figure().value, f64::INFINITY);
    }

    #[test]
    fn a_difference_is_told_from_nothing_by_students_t_of_its_stretches() {
        // Eight stretches that lie by 1 to either side of their mean: its error is 1 / sqrt(7), and Student's t with 7 degrees of freedom passes
        // 15.767 once in two million to each side (scipy.stats.t.isf(5e-7, 7)).
        let about = |mean: f64| Worked {
            value: mean,
            batches: (0..8).map(|at| (0.125, if at % 2 == 0 { mean + 1.0 } else { mean - 1.0 })).collect(),
        };
        let nothing = Worked::exact(0.0);
        let error = 1.0 / 7.0_f64.sqrt();
        assert!(
            about(15.768 * error).is_apart_from(&nothing, 1e-6) && about(-15.768 * error).is_apart_from(&nothing, 1e-6)
        );
        assert!(!about(15.766 * error).is_apart_from(&nothing, 1e-6));
        // In the same worlds what chance did to both drops out.
        assert!(about(3.0).is_apart_from(&about(2.0), 1e-6) && !about(3.0).is_apart_from(&about(3.0), 1e-6));
        assert!(Worked::exact(0.5).is_apart_from(&Worked::exact(0.25), 1e-6));
        assert!(!Worked::exact(0.5).is_apart_from(&Worked::exact(0.5), 1e-6));
    }
}
