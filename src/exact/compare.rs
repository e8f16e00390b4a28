//! The simulation held against the exact figures.

use super::Exact;
use crate::forecast::Estimate;
use crate::plan::Plan;
use crate::simulate::{Answer, Tally};

/// How far the simulation is from the exact figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How many figures were compared.
    pub figures: usize,
    /// The one that is farthest off in standard errors; `None` if nothing could be compared.
    pub largest: Option<Difference>,
}

/// A simulated figure beside its exact one.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The event or question, or two of them.
    pub name: String,
    /// Which of its figures; empty where there is but one.
    pub part: String,
    /// As simulated, with its standard error.
    pub simulated: Estimate,
    /// Exactly.
    pub exact: f64,
    /// `|simulated - exact|` in standard errors; infinite if a figure without error is off.
    pub standard_errors: f64,
}

/// Compares every figure that is both simulated and exact: probabilities of yes/no and of options, means of numbers, the chance that a
/// date has come by the days of its quantiles and that it never comes, pairs, and the probability of the evidence.
#[must_use]
pub fn compare(plan: &Plan, tally: &Tally, exact: &Exact) -> Comparison {
    let mut comparison = Comparison { figures: 0, largest: None };
    let mut figure = |name: &str, part: &str, simulated: Estimate, exact: f64| {
        comparison.figures += 1;
        let distance = (simulated.value - exact).abs();
        // A figure that is known has no error, and the exact one rounding errors.
        let standard_errors = if distance <= 1e-12 { 0.0 } else { distance / simulated.standard_error };
        let farthest = comparison.largest.as_ref().map_or(-1.0, |largest| largest.standard_errors);
        if standard_errors > farthest {
            let (name, part) = (name.to_owned(), part.to_owned());
            comparison.largest = Some(Difference { name, part, simulated, exact, standard_errors });
        }
    };
    for ((ask, simulated), exact) in plan.asks.iter().zip(tally.answers()).zip(exact.answers()) {
        let Ok(exact) = exact else { continue };
        match (simulated, exact) {
            (Answer::Binary(simulated), Answer::Binary(exact)) => figure(&ask.name, "", *simulated, exact.value),
            (Answer::Categorical(simulated), Answer::Categorical(exact)) => {
                for (at, (simulated, exact)) in simulated.iter().zip(exact).enumerate() {
                    figure(&ask.name, &format!("option {}", at + 1), *simulated, exact.value);
                }
            }
            (Answer::Number(simulated), Answer::Number(exact)) if simulated.mean.value.is_finite() => {
                figure(&ask.name, "mean", simulated.mean, exact.mean.value);
            }
            (Answer::Date(simulated), Answer::Date(exact)) => {
                figure(&ask.name, "never", simulated.never, exact.never.value);
                let mut days: Vec<f64> = simulated.quantiles.iter().filter_map(|quantile| quantile.day).collect();
                days.dedup();
                for day in days {
                    figure(&ask.name, &format!("by day {day}"), simulated.by(day), exact.by(day).value);
                }
            }
            _ => {}
        }
    }
    let name = |joint: usize| plan.asks[plan.joints[joint]].name.as_str();
    for ((first, second), exact) in exact.joints().indexed_iter().filter(|((first, second), _)| first < second) {
        if let Some(exact) = exact {
            let both = format!("{} and {}", name(first), name(second));
            figure(&both, "", tally.joints()[[first, second]], exact.value);
        }
    }
    if let (Some(simulated), Some(exact)) = (tally.evidence(), exact.evidence()) {
        figure("the evidence", "", simulated, exact.value);
    }
    comparison
}
