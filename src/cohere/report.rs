//! What [`cohere`](super::cohere) finds, as it is printed and written as JSON.

use super::relations::Strength;
use super::repair::{MISSED, NEAR};
use super::statement::Standing;
use super::{CutOff, Distance};
use schemars::JsonSchema;
use serde::Serialize;

/// Forecasts held against relations.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CoherenceReport {
    /// `foretell.cohere/1`.
    pub schema: &'static str,
    /// The title of the relations, if they have one.
    pub title: Option<String>,
    /// Relations that hold in every world.
    pub logic: usize,
    /// Assumptions.
    pub assume: usize,
    /// By how much figures may miss a relation, as a probability.
    pub tolerance: f64,
    /// Which forecasts make a statement.
    pub standing: Standing,
    /// Whether figures are repaired to the assumptions, too.
    pub repaired_to_assumptions: bool,
    /// Questions with a figure that compare numbers which follow from something else: that is not looked at, only how the questions stand to others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_numbers: Vec<String>,
    /// One for each forecaster and day, ordered by both.
    pub statements: Vec<StatementReport>,
}

impl CoherenceReport {
    /// How many violations of logic there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.statements.iter().map(|statement| statement.errors).sum()
    }

    /// How many violations of assumptions there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.statements.iter().map(|statement| statement.warnings).sum()
    }
}

/// What one forecaster says on one day, and whether it can be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StatementReport {
    /// Who.
    pub forecaster: String,
    /// The day; all that was said up to it stands, or what was said on it.
    pub day: String,
    /// Conflicts with logic.
    pub errors: usize,
    /// Conflicts with assumptions.
    pub warnings: usize,
    /// The probabilities stated on questions of the relations, in the order of their names.
    pub figures: Vec<FigureReport>,
    /// Relations that the figures violate by themselves, those by the largest amount first.
    pub violated: Vec<ViolationReport>,
    /// Smallest sets of figures and relations that cannot stand together: none of a set can be left out.
    pub conflicts: Vec<ConflictReport>,
    /// Whether the search for conflicts was cut short.
    pub more_conflicts: bool,
    /// Whether that is because its steps were spent: where nothing conflicts, nothing was found to.
    pub cut_off: bool,
    /// Assumptions that the figures could not violate, whatever they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untested: Vec<UntestedReport>,
    /// What the nearest coherent figures are worth, by each distance.
    pub worth: Vec<WorthReport>,
    /// The hazards that deadlines imply.
    pub hazards: Vec<HazardReport>,
    /// Forecasts on questions that no relation names.
    pub unrelated: usize,
    /// Questions that relations name but that were not answered by a probability.
    pub without_probability: Vec<String>,
}

/// One probability, as stated and repaired.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FigureReport {
    /// The question, with the option if it has options.
    pub name: String,
    /// The question.
    pub question: String,
    /// The option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// What it is the probability of, where that is conditional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// When it was said.
    pub made_at: String,
    /// What was stated.
    pub stated: f64,
    /// How much it counts in the distance.
    pub weight: f64,
    /// What it was pinned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<f64>,
    /// What it is in the coherent set nearest by squared distance.
    pub squared: f64,
    /// What it is in the coherent set nearest by Kullback–Leibler divergence.
    pub kl: f64,
    /// By which distances no usable repair was found before the search was cut off: by these it stands here as it was stated, or as it was pinned,
    /// coherent or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_repaired: Vec<Distance>,
    /// Whether it is conditional and logic leaves its condition no world: then it is never scored, and conflicts with nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_scored: bool,
}

/// A relation that the figures violate by itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ViolationReport {
    /// The relation.
    pub relation: RelationReport,
    /// The least total by which the figures it speaks of would have to move, in percentage points; a conditional figure counts times the chance of
    /// its condition, except where `given` names that condition.
    pub points: f64,
    /// The condition in whose worlds it is violated, if it is only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

/// Figures and relations that cannot stand together, none of which can be left out.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ConflictReport {
    /// `error` where logic alone forbids it, `warning` where an assumption plays a part.
    pub severity: &'static str,
    /// The least total by which the figures would have to move, in percentage points; a conditional figure counts times the chance of its condition,
    /// except where `given` names that condition.
    pub points: f64,
    /// The condition in whose worlds they conflict, if it is only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The relations.
    pub relations: Vec<RelationReport>,
    /// The figures.
    pub figures: Vec<ConflictFigure>,
    /// Whether the search was cut off: then less of the set may be enough, and the points are a lower bound.
    pub may_be_less: bool,
}

/// An assumption that was not tested.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UntestedReport {
    /// The assumption.
    pub relation: RelationReport,
    /// Why not.
    pub why: String,
}

/// A relation and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RelationReport {
    /// In words.
    pub text: String,
    /// Whether it holds in every world.
    pub strength: Strength,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// A figure of a conflict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ConflictFigure {
    /// The question, with the option if it has options.
    pub name: String,
    /// What was stated.
    pub stated: f64,
    /// The range that the other figures of the conflict leave it: the least and the greatest that it can be, or, where there is `or_allow`, the range below
    /// what was stated. `None` where they leave its condition no chance, or where the search for it was cut off.
    pub others_allow: Option<(f64, f64)>,
    /// The range above what was stated, where dependence is assumed and what keeps it lies to both sides, in pieces. Within one range more may be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub or_allow: Option<(f64, f64)>,
    /// Whether the search for that range was cut off.
    pub cut_off: bool,
}

/// What the repaired figures gain on those stated, summed over figures with their weights.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorthReport {
    /// By which distance they are nearest.
    pub distance: Distance,
    /// That distance: the sum of squares, or the divergence in nats.
    pub divergence: f64,
    /// The gain in the world possible by logic in which it is least, whether that keeps the assumptions or not: the Brier score for the squared distance,
    /// the logarithmic score for the other. Where the search for that world was cut off, a bound: no world gains less.
    pub at_least: f64,
    /// The gain in the world possible by logic in which it is greatest, or a bound: no world gains more.
    pub at_most: f64,
    /// Whether the least gain is the distance, as theory promises of the nearest figures: not with pins or assumptions, and not where a search was cut off
    /// or was not exact enough.
    pub guaranteed: bool,
    /// Which searches were cut off.
    pub cut_off: CutOff,
    /// Where no figures keep all assumptions: by how much those repaired to them miss them, as a probability, in all.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub missed: f64,
    /// What is gained under conditions to which nobody gives a chance, where nothing is gained without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<InsideReport>,
}

/// What repaired figures gain that move under conditions alone, which the nearest figures leave no chance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InsideReport {
    /// The conditions. Where none of them holds, nothing is gained and nothing lost.
    pub given: Vec<String>,
    /// The figures that move.
    pub figures: Vec<String>,
    /// What is gained at least wherever one of the conditions holds.
    pub at_least: f64,
}

impl WorthReport {
    /// Whether the least gain is the distance, but for the digits of the solver.
    pub(crate) fn is_reached(&self) -> bool {
        self.at_least >= self.divergence * (1.0 - NEAR) - MISSED
    }
}

/// Whether nothing is missed.
fn is_nothing(missed: &f64) -> bool {
    *missed == 0.0
}

/// The hazard between two deadlines of an event, or between the start and the first that comes after it.
///
/// The start is the day on which the deadline's figure was stated, or the last day on which the event could not come yet if that is later. A deadline
/// that had passed by then has no hazard of its own; what comes after it starts from it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HazardReport {
    /// The event.
    pub event: String,
    /// After this day.
    pub after: String,
    /// By this day.
    pub by: String,
    /// The probability stated for the later day.
    pub stated: f64,
    /// The probability that it comes in between, if it has not before; `None` where the ladder falls, or nothing is left to come.
    pub conditional: Option<f64>,
    /// The same for 30 days, at a constant hazard.
    pub per_30_days: Option<f64>,
}
