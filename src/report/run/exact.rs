//! What a report says of exact inference: what it took, what was left to simulate, and how far the simulation is off.

use super::RunReport;
use crate::exact::{Comparison, Cost, Exact, Failure, TooWide};
use crate::forecast::Estimate;
use crate::plan::Plan;
use crate::report::figure::{figure, significant};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// What exact inference took.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExactReport {
    /// Whether it was done; if not, every figure is simulated.
    pub done: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The cells of the largest table.
    pub largest_table: f64,
    /// The cells of all tables.
    pub cells: f64,
    /// Events and questions that were simulated nevertheless.
    pub simulated: Vec<InexactReport>,
}

/// Something that has no exact answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InexactReport {
    /// The event or question.
    pub id: String,
    /// Why.
    pub why: String,
}

/// How far the simulation is from the exact figures.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckReport {
    /// How many figures were compared.
    pub figures: usize,
    /// Standard errors that the farthest one is off; `null` if a figure without error is off, or nothing was compared.
    pub largest_in_standard_errors: Option<f64>,
    /// Which one that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// As simulated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Estimate>,
    /// Exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<f64>,
    /// Why nothing was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether no figure is further off than six standard errors.
    pub passed: bool,
}

/// A right figure is further off than this once in 500 million.
const ALLOWED: f64 = 6.0;

impl ExactReport {
    /// Of what was done.
    #[must_use]
    pub fn of(exact: &Exact, plan: &Plan) -> Self {
        let Cost { largest, cells, .. } = exact.cost();
        let inexact = plan.asks.iter().zip(exact.answers()).filter_map(|(ask, answer)| {
            answer.as_ref().err().map(|why| InexactReport { id: ask.name.clone(), why: why.clone() })
        });
        // An event and a question about it may be of one name, and are told of once.
        let mut told = BTreeSet::new();
        let simulated = inexact.filter(|one| told.insert((one.id.clone(), one.why.clone()))).collect();
        Self { done: true, problem: None, largest_table: *largest, cells: *cells, simulated }
    }

    /// Of what would have been too large to do.
    #[must_use]
    pub fn too_wide(wide: TooWide) -> Self {
        let problem = Some(Failure::TooWide(wide).to_string());
        Self { done: false, problem, largest_table: wide.largest, cells: wide.cells, simulated: Vec::new() }
    }
}

impl CheckReport {
    /// Of a comparison.
    #[must_use]
    pub fn of(comparison: &Comparison) -> Self {
        let largest = comparison.largest.as_ref();
        Self {
            figures: comparison.figures,
            largest_in_standard_errors: largest.map(|one| one.standard_errors).filter(|errors| errors.is_finite()),
            figure: largest
                .map(|one| if one.part.is_empty() { one.name.clone() } else { format!("{}, {}", one.name, one.part) }),
            simulated: largest.map(|one| one.simulated),
            exact: largest.map(|one| one.exact),
            problem: None,
            passed: largest.is_none_or(|one| one.standard_errors <= ALLOWED),
        }
    }

    /// Of what would have been too large to compute.
    #[must_use]
    pub fn too_wide(wide: TooWide) -> Self {
        Self {
            figures: 0,
            largest_in_standard_errors: None,
            figure: None,
            simulated: None,
            exact: None,
            problem: Some(Failure::TooWide(wide).to_string()),
            passed: false,
        }
    }

    fn line(&self) -> String {
        let (Some(name), Some(simulated), Some(exact)) = (&self.figure, self.simulated, self.exact) else {
            let why = self.problem.as_deref().unwrap_or("nothing that is asked is discrete");
            return format!("check against exact inference: nothing was compared: {why}");
        };
        let off = match self.largest_in_standard_errors {
            Some(errors) => format!("{} standard errors", significant(errors, 3)),
            None => "without an error of its own".to_owned(),
        };
        let verdict = if self.passed { "" } else { "; that is too far" };
        format!(
            "check against exact inference: of {} figures the farthest off is `{name}`: {} simulated, {} exactly, {off}{verdict}",
            self.figures,
            figure(simulated.value, simulated.standard_error),
            significant(exact, 6)
        )
    }
}

impl RunReport {
    /// What the table form says of exact inference below the tables.
    pub(super) fn exact_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for one in self.exact.iter().flat_map(|exact| &exact.simulated) {
            lines.push(format!("simulated, not exact: `{}`: {}", one.id, one.why));
        }
        lines.extend(self.check_exact.iter().map(CheckReport::line));
        lines
    }
}
