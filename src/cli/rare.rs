//! `foretell run --rare CONDITION`: how likely something is that hardly ever happens.

use super::heading::Heading;
use super::load::{Loaded, View, condition};
use super::means::exactly;
use super::run::impossible;
use super::{Done, console};
use crate::error::Error;
use crate::model::Condition;
use crate::plan::{self, Operation, Plan, Situation};
use crate::report::figure::{grouped, significant};
use crate::report::{Column, Format, Output, Sheet};
use crate::simulate::{self, Method, Settings};
use serde::Serialize;
use std::process::ExitCode;

/// A run ends once the error is this share of the probability.
const RELATIVE_ERROR: f64 = 0.01;

/// Beyond this share it was not brought down that far. What is known has an error of its own, so that both together may be a little above it.
const NOT_REACHED: f64 = 0.015;

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    #[serde(flatten)]
    heading: Heading,
    seed: u64,
    events: Vec<Rare>,
    /// What cannot be told, if only of some.
    impossible: Vec<NotFound>,
}

/// A condition without a figure.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct NotFound {
    /// As written.
    condition: String,
    /// Why.
    why: String,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Rare {
    /// As written.
    condition: String,
    /// How likely it is, given what is known.
    probability: f64,
    /// Of the simulation; 0 if it was computed.
    standard_error: f64,
    /// The same as a share of the probability.
    relative_error: f64,
    /// `exact`, `rejection`, `weighting` or `adaptive` (importance sampling).
    method: String,
    /// Worlds simulated, those of pilots apart.
    worlds: u64,
    /// The share of the probability that one way of coming about may hold without a world having met it (95 %); the standard error does not hold it.
    may_be_missed: f64,
}

pub(super) fn run(loaded: &Loaded, view: &View, texts: &[String], settings: &Settings, format: Format) -> Done {
    if settings.method == Method::Posterior {
        return Err(Error::input(
            "--rare does not go with --method posterior: it asks how likely something is, not what follows from it",
        )
        .help("leave the method to be chosen"));
    }
    let situation = view.situation(&loaded.model)?;
    let wanted: Vec<Condition> =
        texts.iter().map(|text| condition("--rare", text, &loaded.model)).collect::<Result<_, _>>()?;
    let known = without_beliefs(plan::compile(&loaded.model, &situation))?;
    let (mut events, mut not_found, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for (text, wanted) in texts.iter().zip(wanted) {
        match rare(loaded, &situation, &known, (text, wanted), settings) {
            Ok(one) => events.push(one),
            Err(problem) => {
                not_found.push(NotFound { condition: text.clone(), why: problem.to_string() });
                failures.push(problem);
            }
        }
    }
    // One that cannot be told does not take the others with it.
    let failure = failures.into_iter().next();
    if let (true, Some(problem)) = (events.is_empty(), failure) {
        return Err(problem);
    }
    let heading = Heading::new("foretell.rare/1", loaded, &situation);
    let report = Report { heading, seed: settings.seed, events, impossible: not_found };
    console::present(format, |format| Output {
        head: report.heading.lines(&format!("seed {}", report.seed)),
        sheets: vec![sheet(&report, format)],
        foot: foot(&report),
        json: &report,
    })?;
    for one in &report.impossible {
        console::note(&format!("error: `{}`: {}", one.condition, one.why));
    }
    for one in report.events.iter().filter(|one| one.relative_error > NOT_REACHED) {
        let (error, worlds) = (significant(100.0 * one.relative_error, 2), grouped(one.worlds));
        console::note(&format!(
            "warning: the error of `{}` is still {error} % of it after {worlds} worlds, and itself rough if that is much",
            one.condition
        ));
        console::note("  = help: allow more of them with --worlds");
    }
    Ok(if report.impossible.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A plan that asks nothing.
fn without_beliefs(mut plan: Plan) -> Result<Plan, Error> {
    if plan.steps.iter().any(|step| matches!(step.operation, Operation::Believe { .. })) {
        return Err(Error::input("--rare does not go with beliefs such as `is now 30%`")
            .help("state the news as a hint (`x3`), or run without --rare"));
    }
    ask_nothing(&mut plan);
    Ok(plan)
}

/// The chance of a condition, given what is known.
fn rare(
    loaded: &Loaded,
    situation: &Situation,
    known: &Plan,
    (text, wanted): (&str, Condition),
    settings: &Settings,
) -> Result<Rare, Error> {
    let mut with = situation.clone();
    with.given.push((text.to_owned(), wanted));
    let joint = without_beliefs(plan::compile(&loaded.model, &with))?;
    refuse_exact_value(text, &joint, known)?;
    let conditioned = simulate::is_conditioned(known);
    let computed = if settings.method == Method::Auto {
        let all = exactly(&without_divisions(&joint))?.and_then(|exact| exact.evidence());
        let before = if conditioned {
            exactly(&without_divisions(known))?.and_then(|exact| exact.evidence()).map(|one| one.value)
        } else {
            Some(1.0)
        };
        all.zip(before)
    } else {
        None
    };
    if let Some((all, before)) = computed {
        return Ok(Rare {
            condition: text.to_owned(),
            probability: all.value / before,
            standard_error: 0.0,
            relative_error: 0.0,
            method: "exact".to_owned(),
            worlds: 0,
            may_be_missed: 0.0,
        });
    }
    let found = simulate::rarity(&joint, settings, RELATIVE_ERROR).map_err(|problem| impossible(&problem))?;
    let mut relative = found.probability.standard_error / found.probability.value;
    let (mut probability, mut worlds, mut may_be_missed) = (found.probability.value, found.worlds, found.may_be_missed);
    if conditioned {
        let before = simulate::rarity(known, settings, RELATIVE_ERROR).map_err(|problem| impossible(&problem))?;
        probability /= before.probability.value;
        relative = relative.hypot(before.probability.standard_error / before.probability.value);
        worlds += before.worlds;
        may_be_missed = (may_be_missed + before.may_be_missed).min(1.0);
    }
    Ok(Rare {
        condition: text.to_owned(),
        probability,
        standard_error: relative * probability,
        relative_error: relative,
        method: found.method.map_or("forward", name).to_owned(),
        worlds,
        may_be_missed,
    })
}

/// An exact value of a continuous number has a density, which is no probability.
fn refuse_exact_value(text: &str, joint: &Plan, known: &Plan) -> Result<(), Error> {
    const BESIDE: f64 = 0.5;
    let before: Vec<(&str, f64)> = simulate::known_exactly(known).collect();
    let Some((name, value)) = simulate::known_exactly(joint).find(|one| !before.contains(one)) else { return Ok(()) };
    let (low, high) = (significant(value - BESIDE, 6), significant(value + BESIDE, 6));
    Err(Error::input(format!(
        "`{text}` asks for one exact value of the continuous number `{name}`, whose probability is 0: it has a density there"
    ))
    .help(format!("ask for a range, such as `{name} > {low} and {name} < {high}`")))
}

/// As it is written on the command line.
fn name(method: Method) -> &'static str {
    match method {
        Method::Auto => "auto",
        Method::Rejection => "rejection",
        Method::Weighting => "weighting",
        Method::Adaptive => "adaptive",
        Method::Posterior => "posterior",
    }
}

/// Divisions are looked at only where worlds are drawn.
fn without_divisions(plan: &Plan) -> Plan {
    Plan { divisions: Vec::new(), ..plan.clone() }
}

fn ask_nothing(plan: &mut Plan) {
    plan.asks.clear();
    plan.joints.clear();
    plan.rules.clear();
}

/// What the errors do not hold.
fn foot(report: &Report) -> Vec<String> {
    const MUCH: f64 = 0.1;
    if report.events.iter().all(|one| one.may_be_missed <= MUCH) {
        return Vec::new();
    }
    vec![
        "adaptive: a way of coming about that no world has met is in neither figure nor error; `A or B` is taken apart,".to_owned(),
        "other conditions that can come about in quite different ways are best asked for way by way".to_owned(),
    ]
}

fn sheet(report: &Report, format: Format) -> Sheet {
    if format == Format::Csv {
        let mut columns = vec![Column::text("condition")];
        columns.extend(["probability", "standard_error", "relative_error"].map(Column::number));
        columns.extend([Column::text("method"), Column::count("worlds")]);
        let mut sheet = Sheet::new(None, columns);
        for one in &report.events {
            let numbers = [one.probability, one.standard_error, one.relative_error].map(|number| number.to_string());
            let [probability, error, relative] = numbers;
            let cells =
                [one.condition.clone(), probability, error, relative, one.method.clone(), one.worlds.to_string()];
            sheet.row(cells.to_vec());
        }
        return sheet;
    }
    let mut sheet = Sheet::new(
        Some("Rare events"),
        vec![
            Column::text("condition"),
            Column::number("probability"),
            Column::number("± s.e."),
            Column::number("relative"),
            Column::text("method"),
            Column::number("worlds"),
        ],
    );
    for one in &report.events {
        sheet.row(vec![
            one.condition.clone(),
            significant(one.probability, if one.standard_error > 0.0 { 4 } else { 6 }),
            significant(one.standard_error, 2),
            format!("{} %", significant(100.0 * one.relative_error, 2)),
            one.method.clone(),
            grouped(one.worlds),
        ]);
    }
    sheet
}
