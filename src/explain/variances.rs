//! The shares of the two variances of a question: of the doubt about its figure, and of the chance in its outcome.

use super::chance::OfEvents;
use super::doubt::OfInputs;
use super::relevant::parameters;
use super::report::{NamedShares, Shares};
use super::shares::{Effort, InputShares, Share, VarianceShares, estimate};
use super::subject::Subject;
use super::target::Doubt;
use super::tornado::named;
use crate::diagnostic::counted;
use crate::error::Error;
use crate::exact;
use crate::plan::{Operation, ParameterId};
use crate::simulate::{WORLDS_PER_BLOCK, Worlds};

/// Independent replicates.
const REPLICATES: u64 = 16;

/// Draws of the inputs in each replicate, where figures are computed from tables of few cells …
const POINTS_OF_SMALL_TABLES: usize = 251;

/// … how few …
const SMALL: f64 = 256.0;

/// … and from larger ones.
const POINTS_COMPUTED: usize = 67;

/// The same, where they are simulated.
const POINTS_SIMULATED: usize = 16;

/// Tables of at most so many cells are computed for every draw of the inputs.
const CELLS_FOR_EACH_DRAW: f64 = 4_096.0;

/// A computed figure is sure to about so much of it.
const ROUNDING: f64 = 1e-13;

const ALONE: InputShares =
    InputShares { first: Share::exact(1.0), total: Share::exact(1.0), shapley: Share::exact(1.0) };

/// Whether the variance that is shared out is that of the doubt about the figure: where nothing is known and nothing is a condition, which would make some
/// values of the inputs likelier.
pub(super) fn is_that_of_the_figure(subject: &Subject<'_>) -> bool {
    let plan = subject.plan(Doubt::Outside);
    !subject.target.has_condition && !plan.steps.iter().any(|step| step.operation.is_evidence())
}

/// The shares of the doubt, which draws of the inputs have or have not seen to move the figure.
pub(super) fn of_doubt(subject: &Subject<'_>, is_seen: bool) -> Result<Shares, Error> {
    let plan = subject.plan(Doubt::Outside);
    let inputs: Vec<ParameterId> = parameters(&plan).into_iter().collect();
    if inputs.is_empty() {
        return Ok(without("no doubt was stated that reaches the question"));
    }
    let mut bench = subject.bench;
    bench.most_cells = bench.most_cells.min(CELLS_FOR_EACH_DRAW);
    let figure = bench.computed(&plan)?;
    let computed = figure.is_some();
    if !computed && plan.steps.iter().any(|step| matches!(step.operation, Operation::Believe { .. })) {
        return Ok(without(
            "news that states a new probability holds over all worlds together, and the doubt is not shared out then",
        ));
    }
    let points = match computed {
        true if exact::cost(&plan).cells <= SMALL => POINTS_OF_SMALL_TABLES,
        true => POINTS_COMPUTED,
        false => POINTS_SIMULATED,
    };
    let in_all = REPLICATES * points as u64 * 2 * WORLDS_PER_BLOCK as u64;
    let of_inputs = OfInputs {
        plan: &plan,
        inputs: &inputs,
        bench,
        worlds: Worlds::new(&plan),
        points,
        blocks: (bench.settings.worlds / in_all).max(1),
        computed,
    };
    let effort = Effort { replicates: REPLICATES, walks: 1, pairs: false, seed: bench.settings.seed };
    let found = match estimate(&of_inputs, effort) {
        Ok(Some(found)) => found,
        Ok(None) if is_seen => return Ok(without("the doubt is too small to be shared out")),
        Ok(None) => return Ok(without("no doubtful input is seen to move the figure")),
        Err(problem) => return Ok(without(&problem.to_string())),
    };
    // A computed figure that varies by its rounding alone does not vary.
    if figure.is_some_and(|figure| found.variance.value <= ROUNDING * ROUNDING * figure * figure) {
        return Ok(without("no doubt was stated that moves the figure"));
    }
    let names: Vec<String> = inputs.iter().map(|id| named(subject, &plan, *id)).collect();
    let note = plan.steps.iter().any(|step| step.operation.is_evidence()).then(|| {
        "inputs are drawn from their priors as the file has them, whatever the news says of their values".to_owned()
    });
    Ok(shares(&found, &names, note))
}

/// The shares of the chance.
pub(super) fn of_chance(subject: &Subject<'_>) -> Shares {
    let plan = subject.plan(Doubt::Drawn);
    if subject.target.has_condition {
        return without("the question has a condition, under which what events are drawn by hangs together");
    }
    if plan.steps.iter().any(|step| step.operation.is_evidence()) {
        return without(
            "something is known that bears on the question, and what events are drawn by hangs together then; what each event tells says more",
        );
    }
    let blocks = (subject.bench.settings.worlds / (REPLICATES * WORLDS_PER_BLOCK as u64)).max(1);
    let of_events = OfEvents::new(subject.model, &plan, subject.bench.settings.seed, blocks);
    if of_events.names.is_empty() {
        return without("nothing is left to chance");
    }
    let effort = Effort { replicates: REPLICATES, walks: 1, pairs: false, seed: subject.bench.settings.seed };
    match estimate(&of_events, effort) {
        Ok(Some(found)) => shares(&found, &of_events.names, None),
        Ok(None) => without("the outcome hardly varies"),
        Err(_) => without("the number is not finite in some worlds"),
    }
}

fn without(why: &str) -> Shares {
    Shares { variance: None, inputs: Vec::new(), note: Some(why.to_owned()) }
}

/// A share of less than this is what rounding makes of none.
const NO_SHARE: f64 = 1e-12;

fn shares(found: &VarianceShares, names: &[String], note: Option<String>) -> Shares {
    let mut inputs: Vec<NamedShares> = names
        .iter()
        .zip(&found.inputs)
        .map(|(name, shares)| NamedShares {
            input: name.clone(),
            shares: if names.len() == 1 { ALONE } else { *shares },
        })
        .collect();
    let carries = |of: &NamedShares| {
        [of.shares.first, of.shares.total, of.shares.shapley].iter().any(|share| share.value.abs() > NO_SHARE)
    };
    let all = inputs.len();
    inputs.retain(carries);
    let idle = (all > inputs.len()).then(|| format!("{} no share of it", carry(all - inputs.len())));
    let note = match (note, idle) {
        (Some(note), Some(idle)) => Some(format!("{note}; {idle}")),
        (note, idle) => note.or(idle),
    };
    inputs.sort_by(|left, right| right.shares.shapley.value.total_cmp(&left.shares.shapley.value));
    Shares { variance: Some(found.variance), inputs, note }
}

/// `1 input carries`, `2 inputs carry`.
fn carry(count: usize) -> String {
    format!("{} {}", counted(count, "other input"), if count == 1 { "carries" } else { "carry" })
}
