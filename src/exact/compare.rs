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
    /// Which option it is of, if it is of one; `part` has its place, counted from 1.
    pub option: Option<usize>,
    /// As simulated, with its standard error.
    pub simulated: Estimate,
    /// Exactly.
    pub exact: f64,
    /// `|simulated - exact|` in standard errors; infinite if a figure without error is off. Of a share the error counts that the exact share
    /// would have, if that is larger: of few worlds none may be seen by chance, which says little of the error.
    pub standard_errors: f64,
}

/// Compares every figure that is both simulated and exact: probabilities of yes/no and of options, means of numbers, the chance that a
/// date has come by the days of its quantiles and that it never comes, pairs, and the probability of the evidence.
#[must_use]
pub fn compare(plan: &Plan, tally: &Tally, exact: &Exact) -> Comparison {
    let mut comparison = Comparison { figures: 0, largest: None };
    let mut figure = |kind: Kind, name: &str, part: &str, simulated: Estimate, exact: f64, option: Option<usize>| {
        comparison.figures += 1;
        let standard_errors = kind.standard_errors(simulated, exact);
        let farthest = comparison.largest.as_ref().map_or(-1.0, |largest| largest.standard_errors);
        if standard_errors > farthest {
            let (name, part) = (name.to_owned(), part.to_owned());
            comparison.largest = Some(Difference { name, part, option, simulated, exact, standard_errors });
        }
    };
    for ((ask, simulated), exact) in plan.asks.iter().zip(tally.answers()).zip(exact.answers()) {
        let Ok(exact) = exact else { continue };
        match (simulated, exact) {
            (Answer::Binary(simulated), Answer::Binary(exact)) => {
                figure(Kind::Share, &ask.name, "", *simulated, exact.value, None);
            }
            (Answer::Categorical(simulated), Answer::Categorical(exact)) => {
                for (at, (simulated, exact)) in simulated.iter().zip(exact).enumerate() {
                    figure(Kind::Share, &ask.name, &format!("option {}", at + 1), *simulated, exact.value, Some(at));
                }
            }
            (Answer::Number(simulated), Answer::Number(exact)) if simulated.mean.value.is_finite() => {
                figure(Kind::Other, &ask.name, "mean", simulated.mean, exact.mean.value, None);
            }
            (Answer::Date(simulated), Answer::Date(exact)) => {
                figure(Kind::Share, &ask.name, "never", simulated.never, exact.never.value, None);
                let mut days: Vec<f64> = simulated.quantiles.iter().filter_map(|quantile| quantile.day).collect();
                days.dedup();
                for day in days {
                    figure(
                        Kind::Share,
                        &ask.name,
                        &format!("by day {day}"),
                        simulated.by(day),
                        exact.by(day).value,
                        None,
                    );
                }
            }
            _ => {}
        }
    }
    let name = |joint: usize| plan.asks[plan.joints[joint]].name.as_str();
    for ((first, second), exact) in exact.joints().indexed_iter().filter(|((first, second), _)| first < second) {
        if let Some(exact) = exact {
            let both = format!("{} and {}", name(first), name(second));
            figure(Kind::Share, &both, "", tally.joints()[[first, second]], exact.value, None);
        }
    }
    if let Some((kind, simulated, exact)) = of_evidence(tally, exact) {
        figure(kind, EVIDENCE, "", simulated, exact, None);
    }
    comparison
}

/// The probability of what is known, simulated and exact; `None` where one of the two is not there.
#[must_use]
pub fn compare_evidence(tally: &Tally, exact: &Exact) -> Option<Difference> {
    let (kind, simulated, exact) = of_evidence(tally, exact)?;
    let standard_errors = kind.standard_errors(simulated, exact);
    Some(Difference { name: EVIDENCE.to_owned(), part: String::new(), option: None, simulated, exact, standard_errors })
}

const EVIDENCE: &str = "the evidence";

fn of_evidence(tally: &Tally, exact: &Exact) -> Option<(Kind, Estimate, f64)> {
    // Where worlds count or do not, the chance of the evidence is a share of them.
    let kind = if tally.weighted() { Kind::Other } else { Kind::Share };
    Some((kind, tally.evidence()?, exact.evidence()?.value))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Share,
    Other,
}

impl Kind {
    fn standard_errors(self, simulated: Estimate, exact: f64) -> f64 {
        let distance = (simulated.value - exact).abs();
        // A figure that is known has no error, and the exact one rounding errors; one that is believed is met to 1e-12.
        if distance <= 1e-12 * exact.abs() || (distance <= 2e-12 && simulated.standard_error == 0.0) {
            return 0.0;
        }
        let error = match self {
            Self::Share => simulated.standard_error.max(error_of_exact_share(simulated, exact)),
            Self::Other => simulated.standard_error,
        };
        distance / error
    }
}

/// The standard error of a share of just this size among as many effective worlds as the stated error tells of.
fn error_of_exact_share(simulated: Estimate, exact: f64) -> f64 {
    let Estimate { value, standard_error, .. } = simulated;
    let variance = |share: f64| share * (1.0 - share);
    if standard_error <= 0.0 || !(exact > 0.0 && exact < 1.0) {
        return 0.0;
    }
    let worlds = if value > 0.0 && value < 1.0 {
        variance(value) / (standard_error * standard_error)
    } else {
        // The error of half a world.
        0.5_f64.sqrt() / standard_error
    };
    (variance(exact) / worlds).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_none_of_few_worlds_has_is_not_far_off() {
        // Of 107 worlds none, where 6.3 were to be expected: 2.6 of the errors of the share itself, and 9.7 of the stated ones.
        let stated = |value: f64, worlds: f64| {
            let softened = (value * worlds + 0.5) / (worlds + 1.0);
            Estimate { value, standard_error: (softened * (1.0 - softened) / worlds).sqrt(), prior_interval: None }
        };
        let error = error_of_exact_share(stated(0.0, 107.0), 0.0587);
        assert!((error - (0.0587 * 0.9413 / 107.0_f64).sqrt()).abs() < 0.01 * error, "{error}");
        let half = Estimate { value: 0.5, standard_error: 0.01, prior_interval: None };
        assert!((error_of_exact_share(half, 0.2) - 0.008).abs() < 1e-12);
        let known = Estimate { value: 1.0, standard_error: 0.0, prior_interval: None };
        assert_eq!(error_of_exact_share(known, 0.5), 0.0);
    }
}
