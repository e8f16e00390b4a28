//! `Model` → [`Plan`]: a flat list of typed column operations.
//!
//! A *column* holds one value a world: a [`PlaneId`] names a column of yes/no, one bit a world; a [`NumberId`] names a column of
//! numbers. A date is a number column: days after the scenario's own `as_of` (day `d` is the half-open span `(d - 1, d]`),
//! infinite where it does not come by the horizon. A [`Step`] fills one column (or a few) from columns filled before it.
//!
//! Doubtful inputs are [`Parameter`]s. The main run draws with their predictive means (which is exact, since a world uses each row
//! of chances once) or, where a hazard depends on them, with one draw a world; the doubt run draws all parameters anew for
//! each of its groups of worlds and shows how far the answers move.
//!
//! A `Plan` is valid by construction: every column is filled before it is read, masks of rows do not overlap. `simulate`
//! may rely on that, and `exact` may read the same plan.

mod apart;
mod applied;
mod certain;
mod columns;
mod compile;
mod connected;
mod draws;
mod explain;
mod known;
mod number;
mod reached;
mod situation;
mod stages;
mod touched;
mod undecided;
mod unfold;

pub use applied::{Applied, Counted};
pub use compile::{compile, draft};
pub(crate) use connected::Connected;
pub use number::{Conditional, NumberSource};
pub use reached::doubtful;
pub use situation::Situation;
pub(crate) use touched::Touched;
pub(crate) use undecided::{Undecided, decided};
pub use unfold::{BENT_NODES, Grain, Inquiry, Pairs, Unfolded, unfold};

use crate::dist::{Beta, Dirichlet, Gamma, Hazard, MeanInDoubt, PartiallyPooled};
use crate::error::Error;
use crate::math::Function;
use crate::source::Span;
use ndarray::Array2;

/// A column of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaneId(pub u32);

/// A column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NumberId(pub u32);

/// An index into [`Plan::streams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId(pub u32);

/// An index into [`Plan::parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParameterId(pub u32);

/// An index into [`Plan::findings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FindingId(pub u32);

/// A scenario ready to run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The operations in order.
    pub steps: Vec<Step>,
    /// How many bit columns there are.
    pub planes: u32,
    /// How many number columns there are.
    pub numbers: u32,
    /// The names that address the random streams: an event's name, and what is drawn for it.
    pub streams: Vec<String>,
    /// Doubtful inputs.
    pub parameters: Vec<Parameter>,
    /// Pieces of evidence, as they are named in messages.
    pub findings: Vec<String>,
    /// For each of them, how many times something had been believed before it became known: a belief is met with the findings that have its own number or a
    /// smaller one, and those with a larger one are taken of the worlds in which it was met. Those beyond the end have 0.
    pub stages: Vec<u32>,
    /// What is to be counted.
    pub asks: Vec<Ask>,
    /// The bit columns whose pairwise joint probabilities are counted, as indices into `asks` (each a binary one without `given`).
    pub joints: Vec<usize>,
    /// Conditions that must hold or are assumed to: `plane` is where they are violated.
    pub rules: Vec<Rule>,
    /// Divisions, powers and functions that need not have a value, as they are named in messages; see [`Operation::Divide`], [`Operation::Power`] and
    /// [`Operation::Apply`].
    pub divisions: Vec<String>,
    /// The last day simulated, in days after `as_of`: a date beyond it becomes infinite.
    pub horizon_days: f64,
}

impl Plan {
    /// What is wrong where one of [`Plan::divisions`] fails, in words.
    #[must_use]
    pub fn failure(&self, division: usize) -> String {
        let text = self.divisions.get(division).map_or("", String::as_str);
        let has_no_value = |step: &Step| match step.operation {
            Operation::Apply { division: of, .. } | Operation::Power { division: of, .. } => of == division,
            _ => false,
        };
        let what = if self.steps.iter().any(has_no_value) { "has no value" } else { "divides by zero" };
        format!("`{text}` {what}")
    }

    /// Refuses figures of a plan some of whose [`Plan::divisions`] fail; `worlds` says in how many worlds each of them does.
    ///
    /// # Errors
    /// If one fails in a world: what it comes to there counts as 0, and no figure means anything then.
    pub fn undivided(&self, worlds: impl Iterator<Item = u64>) -> Result<(), Error> {
        let failed = worlds.enumerate().find(|(_, worlds)| *worlds > 0);
        failed.map_or(Ok(()), |(division, worlds)| {
            Err(Error::input(format!("{} in {worlds} worlds", self.failure(division)))
                .help("`foretell check` shows where; say what counts there with `if … then … else …`"))
        })
    }
}

/// One operation and what it is for, as `plan --explain` shows it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The event or condition it serves.
    pub label: String,
    /// What is done.
    pub operation: Operation,
}

/// Where the randomness of a draw comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draw {
    /// Its own stream.
    Stream(StreamId),
    /// A column of uniforms in (0, 1), drawn together with others by [`Operation::CorrelatedUniforms`]. A high uniform means yes, large,
    /// early, a high option.
    Column(NumberId),
}

/// A probability and how it follows from a doubtful input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// Its mean over the priors: what the main run draws with.
    pub predictive: f64,
    /// `logistic(logit(parameter) + log_odds)`, in a doubt run.
    pub drawn: Option<DrawnChance>,
}

/// See [`Chance::drawn`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnChance {
    /// A Beta parameter.
    pub parameter: ParameterId,
    /// Added on the log-odds scale.
    pub log_odds: f64,
    /// By which each world of the main run draws the parameter, where the draw shares its uniform with others: since they tell of that, the mean would not do.
    pub stream: Option<StreamId>,
}

/// What counts where `mask` holds; `None` is everywhere. Masks of the rows of one draw do not overlap and together cover every world.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<T> {
    /// Where.
    pub mask: Option<PlaneId>,
    /// What.
    pub value: T,
}

/// Probabilities of the options of a categorical event.
#[derive(Debug, Clone, PartialEq)]
pub struct Probabilities {
    /// Their means over the priors; they sum to 1.
    pub predictive: Vec<f64>,
    /// A Dirichlet parameter that replaces them in a doubt run.
    pub drawn: Option<ParameterId>,
    /// As [`DrawnChance::stream`].
    pub stream: Option<StreamId>,
}

/// A cumulative hazard and how doubt scales it.
#[derive(Debug, Clone)]
pub struct HazardSource {
    /// Cumulative hazard from the start of the clock.
    pub hazard: Hazard,
    /// If the chance behind it is in doubt: `p` of this Beta parameter scales the whole hazard by `ln(1 - p) / ln(1 - reference)`. One draw a
    /// world in the main run, from [`Parameter::strata`].
    pub scale: Option<HazardScale>,
}

/// See [`HazardSource::scale`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HazardScale {
    /// A Beta parameter.
    pub parameter: ParameterId,
    /// Its mean, at which the scale is 1.
    pub reference: f64,
    /// The stream of the one draw a world.
    pub stream: StreamId,
    /// Drawn with this chance in the main run, instead of with one for each world.
    pub fixed: Option<f64>,
    /// Drawn in the main run with the strata of this parameter instead.
    pub among: Option<ParameterId>,
}

/// Something that multiplies a hazard from some moment on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Multiplier {
    /// Before.
    pub before: f64,
    /// After: the hazard ratio.
    pub after: f64,
    /// From when.
    pub since: Since,
}

/// When a [`Multiplier`] sets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// From that date on.
    Date(NumberId),
    /// Always where it holds, never elsewhere.
    Plane(PlaneId),
}

/// What is known of a date event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DateEvidence {
    /// It has not happened up to this day: drawn later, and the world weighs as much as its chance of that.
    NotBy(f64),
    /// It happened on this day: set to the middle of that day (or, if its clock starts within the day, to the middle of what is left of it), and
    /// the world weighs as much as the chance of that day.
    On(f64),
    /// It does not come by the horizon.
    Never,
}

/// Sides of a comparison or a sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand {
    /// A column.
    Column(NumberId),
    /// The same number in every world.
    Constant(f64),
}

/// Comparisons of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// Arithmetic on numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// The smaller.
    Minimum,
    /// The larger.
    Maximum,
}

/// Boolean algebra on bit columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logic {
    /// Both.
    And,
    /// Either.
    Or,
    /// The first and not the second.
    AndNot,
    /// Exactly one.
    Xor,
}

/// One column operation.
#[derive(Debug, Clone)]
pub enum Operation {
    /// The same bit in every world.
    ConstantPlane {
        /// Filled.
        out: PlaneId,
        /// With.
        value: bool,
    },
    /// The same number in every world (infinite: a date that never comes).
    ConstantNumber {
        /// Filled.
        out: NumberId,
        /// With.
        value: f64,
    },
    /// A yes/no draw.
    Bernoulli {
        /// Filled.
        out: PlaneId,
        /// Randomness.
        draw: Draw,
        /// Chances.
        rows: Vec<Row<Chance>>,
        /// Known to be so: `out` is set, and each world weighs as much as its chance of that.
        evidence: Option<(bool, FindingId)>,
    },
    /// One of several options, one bit column each; exactly one of them holds in each world.
    Categorical {
        /// Filled.
        out: Vec<PlaneId>,
        /// Randomness.
        draw: Draw,
        /// Chances.
        rows: Vec<Row<Probabilities>>,
        /// Known to be this option.
        evidence: Option<(usize, FindingId)>,
    },
    /// A number.
    Number {
        /// Filled.
        out: NumberId,
        /// Randomness.
        draw: Draw,
        /// Distributions.
        rows: Vec<Row<NumberSource>>,
        /// Known to be this number: weighs as much as its density (or mass) there.
        evidence: Option<(f64, FindingId)>,
    },
    /// A date: the first moment at which the cumulative hazard, multiplied as stated, passes a unit exponential.
    Date {
        /// Filled.
        out: NumberId,
        /// Randomness: `Column` uniforms `u` give the exponential `-ln(u)`, so that high is early.
        draw: Draw,
        /// Hazards.
        rows: Vec<Row<HazardSource>>,
        /// The date at which the clock starts (infinite: never); `None` is day 0.
        clock: Option<NumberId>,
        /// What multiplies the hazard.
        multipliers: Vec<Multiplier>,
        /// What is known.
        evidence: Option<(DateEvidence, FindingId)>,
    },
    /// Uniforms whose normal scores have this correlation (a Gaussian copula).
    CorrelatedUniforms {
        /// Filled.
        out: Vec<NumberId>,
        /// One stream for each: the independent normals behind them.
        streams: Vec<StreamId>,
        /// Lower-triangular Cholesky factor of the correlation matrix.
        factor: Array2<f64>,
    },
    /// Boolean algebra.
    Logic {
        /// Filled.
        out: PlaneId,
        /// How.
        logic: Logic,
        /// First.
        left: PlaneId,
        /// Second.
        right: PlaneId,
    },
    /// The opposite.
    Not {
        /// Filled.
        out: PlaneId,
        /// Of.
        of: PlaneId,
    },
    /// A comparison of numbers.
    Compare {
        /// Filled.
        out: PlaneId,
        /// How.
        comparison: Comparison,
        /// First.
        left: Operand,
        /// Second.
        right: Operand,
    },
    /// A sum, a product, …
    Arithmetic {
        /// Filled.
        out: NumberId,
        /// How.
        arithmetic: Arithmetic,
        /// First.
        left: Operand,
        /// Second.
        right: Operand,
    },
    /// A quotient; 0 where the divisor is 0, and that world counts against `division`.
    Divide {
        /// Filled.
        out: NumberId,
        /// Dividend.
        left: Operand,
        /// Divisor.
        right: Operand,
        /// An index into [`Plan::divisions`].
        division: usize,
    },
    /// A number to the power of another; 0 where it has no value, and that world counts against `division`.
    Power {
        /// Filled.
        out: NumberId,
        /// Base.
        left: Operand,
        /// Exponent.
        right: Operand,
        /// An index into [`Plan::divisions`].
        division: usize,
    },
    /// A function of a number; 0 where it has no value, and that world counts against `division`.
    Apply {
        /// Filled.
        out: NumberId,
        /// Which.
        function: Function,
        /// Of what.
        of: Operand,
        /// An index into [`Plan::divisions`].
        division: usize,
    },
    /// How many of the bit columns hold.
    Count {
        /// Filled.
        out: NumberId,
        /// Of these.
        of: Vec<PlaneId>,
    },
    /// One number where a condition holds, another elsewhere.
    Select {
        /// Filled.
        out: NumberId,
        /// The condition.
        condition: PlaneId,
        /// Where it holds.
        then: Operand,
        /// Elsewhere.
        otherwise: Operand,
    },
    /// Worlds where it does not hold weigh nothing.
    Require {
        /// What must hold.
        plane: PlaneId,
        /// Named.
        finding: FindingId,
    },
    /// Worlds where it holds weigh `ratio` times as much (virtual evidence).
    Weigh {
        /// The condition.
        plane: PlaneId,
        /// The likelihood ratio, not negative and finite.
        ratio: f64,
        /// Named.
        finding: FindingId,
    },
    /// Jeffrey's rule: worlds are reweighted so that the condition has this probability after the evidence of its own stage ([`Plan::stages`]) and of
    /// those before; several are held together by iterative proportional fitting over the same worlds.
    Believe {
        /// The condition.
        plane: PlaneId,
        /// Its probability.
        probability: f64,
        /// Named.
        finding: FindingId,
    },
}

/// A doubtful input.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Addresses its draws: the event's name and which of its chances.
    pub name: String,
    /// What is believed about it.
    pub prior: Prior,
    /// For a Beta that scales a hazard: the means of 256 strata of equal mass.
    pub strata: Vec<f64>,
    /// Where its belief stands in the scenario file.
    pub place: Span,
}

/// A distribution over an input.
#[derive(Debug, Clone)]
pub enum Prior {
    /// Over one probability.
    Beta(Beta),
    /// Over the probabilities of several options.
    Dirichlet(Dirichlet),
    /// Over a rate.
    Gamma(Gamma),
    /// Over the mean of a number, or of its logarithm.
    Mean(MeanInDoubt),
    /// A probability of a member of a class whose members differ: given the class's own, of this law.
    Member {
        /// The Beta parameter of the class; it stands before this one.
        class: ParameterId,
        /// How the member differs.
        law: PartiallyPooled,
    },
}

/// Something to be counted.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The event or question.
    pub name: String,
    /// What of it.
    pub what: Asked,
    /// Only among worlds where this holds.
    pub given: Option<PlaneId>,
}

/// What is counted.
#[derive(Debug, Clone)]
pub enum Asked {
    /// How often it holds.
    Binary(PlaneId),
    /// How often each option holds.
    Categorical(Vec<PlaneId>),
    /// Mean, spread and quantiles.
    Number(NumberId),
    /// Quantiles of the day, and how often it never comes.
    Date(NumberId),
}

/// A condition checked in every world.
#[derive(Debug, Clone)]
pub struct Rule {
    /// As written.
    pub name: String,
    /// Where it is violated.
    pub plane: PlaneId,
    /// Whether a violation is an error (`logic`) or a warning (`assume`).
    pub must_hold: bool,
}
