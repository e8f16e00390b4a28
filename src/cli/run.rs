//! `foretell run`: a scenario file's forecasts, once or replayed day by day.

use super::budget::{self, Budget};
use super::ledger_file::{self, LedgerArgument};
use super::load::{self, Loaded, View};
use super::means::{Choice, Means, Voice};
use super::shard::PartArguments;
use super::{Done, console, counterfactual, curves, rare, record_joint, run_conflicts, storyline};
use crate::error::Error;
use crate::forecast::{Forecast, JointForecast};
use crate::ledger::Entry;
use crate::math::Instructions;
use crate::plan::{self, Plan, Situation};
use crate::report::run::{self as forecasts, Run, RunReport};
use crate::report::{Column, Format, Output, Sheet, figure};
use crate::simulate::{Design, Impossible, Settings, Tally};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Run a scenario file and show its forecasts
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_help = "Examples:
  foretell run scenarios/white-house-2025-08-18.toml
  foretell run scenarios/golden.toml --given paper --worlds 10M
  foretell run scenarios/golden.toml --precision 0.001
  foretell run scenarios/golden.toml --rare 'amount > 89 and paper and order is neither'
  foretell run scenarios/golden.toml --worlds 10G --shard 2/3 --out part2.json
  foretell run scenarios/golden.toml --storyline attends,paper,order,purchase
  foretell run scenarios/white-house-2025-08-18.toml --from 2025-08-19 --to 2025-12-30 --every 7d --record

The same file, seed and worlds give the same bytes on any machine and any number of threads.")]
pub(super) struct Arguments {
    /// Scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    budget: Budget,
    /// Seed of the random streams
    #[arg(long, value_name = "S", value_parser = budget::seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    /// Threads; all cores if not given. The figures do not depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024), allow_negative_numbers = true)]
    threads: Option<u16>,
    /// Vector instructions: the best of this machine, or those that every machine of its kind has. The figures do not depend on it
    #[arg(long, value_enum, default_value_t = Vectors::Best, value_name = "SET", hide_short_help = true)]
    instructions: Vectors,
    /// Let each 64 worlds share out what an event is drawn by, for smaller errors from as many worlds; standard errors then come from the spread between blocks
    #[arg(long)]
    stratified: bool,
    #[command(flatten)]
    view: View,
    /// How often the doubtful inputs are drawn anew to see how far they move the forecasts; 0 leaves that out [default: 200, in a replay 0]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000), allow_negative_numbers = true)]
    doubt_draws: Option<u32>,
    /// Also show every event, not only the questions (JSON always holds both)
    #[arg(long)]
    events: bool,
    #[command(flatten)]
    recording: Recording,
    /// With --record, also record what these questions come to together: yes/no questions and questions of options, separated by commas
    #[arg(long, value_name = "QUESTIONS", value_delimiter = ',', requires = "record")]
    joint: Vec<String>,
    /// Compute instead of simulating, wherever what is asked is discrete; the rest is simulated and says so
    #[arg(long)]
    exact: bool,
    /// How what is known is met; the report names what was used
    #[arg(long, value_enum, default_value_t = Choice::Auto, value_name = "METHOD")]
    method: Choice,
    /// Show how likely this condition is, however rare; may be given several times. Simulates until the error is 1 % of it, at most --worlds
    #[arg(long, value_name = "EXPR")]
    rare: Vec<String>,
    /// Given what is known, what would have been had this been so: "attends", "not attends", "track is neither"; may be given several times
    #[arg(long, value_name = "PHRASE")]
    counterfactual: Vec<String>,
    /// Simulate and compute, and show how many standard errors the farthest figure is off; beyond 6 the exit code is 1
    #[arg(long)]
    check_exact: bool,
    /// Show the likeliest stories over these events and questions, computed exactly
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    storyline: Vec<String>,
    /// Show the likeliest story over all yes/no and categorical events
    #[arg(long)]
    most_probable: bool,
    /// How many stories to show [default: 3, with --most-probable 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    top: Option<u16>,
    /// Replay: the first day looked from, each with only the news up to it
    #[arg(long, value_name = "DATE", requires = "to")]
    from: Option<Date>,
    /// Replay: the last day looked from
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<Date>,
    /// Replay: how far apart the days are, such as 7d or 2w [default: 7d]
    #[arg(long, value_name = "STEP", value_parser = step, requires = "from")]
    every: Option<i64>,
    #[command(flatten)]
    part: PartArguments,
}

/// [`Instructions`] on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Vectors {
    Best,
    Baseline,
}

/// Reads `7d`, `7`, `2w`.
pub(super) fn step(text: &str) -> Result<i64, String> {
    let (digits, scale) = match text.chars().last() {
        Some('d') => (&text[..text.len() - 1], 1),
        Some('w') => (&text[..text.len() - 1], 7),
        _ => (text, 1),
    };
    match digits.parse::<i64>() {
        Ok(number) if (1..=3660).contains(&number) => Ok(number * scale),
        _ => Err("write a number of days such as 7d, or of weeks such as 2w".to_owned()),
    }
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if matches!(arguments.instructions, Vectors::Baseline) {
        let in_time = Instructions::Baseline.choose();
        debug_assert!(in_time, "nothing is worked on before the arguments are read");
    }
    run_conflicts::refuse(&arguments.given())?;
    let loaded = load::load(&arguments.file)?;
    if arguments.most_probable || !arguments.storyline.is_empty() {
        let count = arguments.top.unwrap_or(if arguments.most_probable { 1 } else { 3 });
        return storyline::run(&loaded, &arguments.view, &arguments.storyline, usize::from(count), format);
    }
    if arguments.top.is_some() {
        return Err(Error::input("--top says how many stories to show, and none are asked for")
            .help("add --storyline NAMES or --most-probable"));
    }
    refuse_to_record_what_if(&arguments.recording, &arguments.view, &loaded)?;
    let together = record_joint::chosen(&arguments.joint, &loaded.model)?;
    let is_replay = arguments.from.is_some();
    let alone = match (is_replay, arguments.part.shard) {
        (true, _) => Some("a replay (--from, --to)"),
        (false, Some(_)) => Some("--shard"),
        (false, None) => None,
    };
    let budget = arguments.budget.of(&loaded.model, alone)?;
    let settings = Settings {
        worlds: budget.worlds,
        seed: arguments.seed,
        threads: arguments.threads.map(usize::from),
        doubt_draws: arguments.doubt_draws.unwrap_or(if is_replay { 0 } else { 200 }),
        stop: budget.stop,
        method: arguments.method.of_simulation(),
        design: if arguments.stratified { Design::Stratified } else { Design::Independent },
    };
    if !arguments.counterfactual.is_empty() {
        let (view, phrases) = (&arguments.view, &arguments.counterfactual);
        return counterfactual::run(&loaded, view, phrases, &settings, arguments.events, format);
    }
    if !arguments.rare.is_empty() {
        return rare::run(&loaded, &arguments.view, &arguments.rare, &settings, format);
    }
    if let Some(shard) = arguments.part.shard {
        refuse_beside_a_part(arguments)?;
        return super::shard::run(&loaded, &arguments.view, &settings, shard, arguments.part.out.as_deref());
    }
    if let (Some(from), Some(to)) = (arguments.from, arguments.to) {
        replay(arguments, &loaded, &settings, (from, to), &together, format)
    } else {
        let report = once(&loaded, &arguments.view, &settings, arguments.means(), Voice::default())?;
        let forecaster = arguments.recording.forecaster(&loaded);
        let joint = record_joint::joint(&together, &loaded, &arguments.view, &report, &settings, forecaster)?;
        record(&arguments.recording, &loaded, &report, &settings, curves::WORLDS, joint)?;
        console::present_run(format, &report, arguments.events)?;
        let passed = report.check_exact.as_ref().is_none_or(|check| check.passed);
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

impl Arguments {
    /// The options that were given and cannot be had beside every other.
    fn given(&self) -> Vec<&'static str> {
        let options = [
            ("--stratified", self.stratified),
            ("--as-of", self.view.as_of.is_some()),
            ("--record", self.recording.record),
            ("--exact", self.exact),
            ("--check-exact", self.check_exact),
            ("--method", self.method != Choice::Auto),
            ("--rare", !self.rare.is_empty()),
            ("--counterfactual", !self.counterfactual.is_empty()),
            ("--storyline", !self.storyline.is_empty()),
            ("--most-probable", self.most_probable),
            ("--from", self.from.is_some()),
            ("--shard", self.part.shard.is_some()),
        ];
        let given = options.into_iter().filter(|(_, is_given)| *is_given).map(|(option, _)| option);
        given.chain(self.budget.ending()).collect()
    }

    const fn means(&self) -> Means {
        match (self.check_exact, self.method) {
            (true, _) => Means::Both,
            _ if self.exact => Means::Exact,
            (false, Choice::Exact) => Means::Exact,
            (false, Choice::Auto) => Means::Choose,
            (false, Choice::Rejection | Choice::Weighting | Choice::Adaptive | Choice::Posterior) => Means::Simulation,
        }
    }
}

/// A part is no forecast yet.
fn refuse_beside_a_part(arguments: &Arguments) -> Result<(), Error> {
    let (what, why, way_out) = if arguments.from.is_some() {
        ("a replay (--from, --to)", "it has a run for each day", "run it day by day with --as-of")
    } else if arguments.recording.record {
        ("--record", "one part of the worlds is no forecast yet", "`foretell merge` takes --record and --joint")
    } else if arguments.exact || arguments.check_exact || arguments.method == Choice::Exact {
        let what = match (arguments.exact, arguments.check_exact) {
            (true, _) => "--exact",
            (false, true) => "--check-exact",
            (false, false) => "--method exact",
        };
        (what, "what is computed is computed whole, without worlds", "compute it in a run without --shard")
    } else if arguments.events {
        ("--events", "a part of a run holds all of them", "`foretell merge` takes --events and shows them")
    } else {
        return Ok(());
    };
    Err(Error::input(format!("--shard does not go with {what}: {why}")).help(way_out))
}

/// What is recorded is scored against the world as it is; a what-if is not about it.
pub(super) fn refuse_to_record_what_if(recording: &Recording, view: &View, loaded: &Loaded) -> Result<(), Error> {
    let what_if = if !view.given.is_empty() {
        "--given"
    } else if !view.suppose.is_empty() {
        "--suppose"
    } else if !loaded.model.suppose.is_empty() {
        "a file that has `suppose`"
    } else {
        return Ok(());
    };
    if !recording.record {
        return Ok(());
    }
    Err(Error::input(format!("--record does not go with {what_if}: a recorded forecast is about the world as it is"))
        .help("record without it; ask a conditional question with `given` in the scenario file, where it counts as annulled if the condition fails"))
}

/// One run, reported.
pub(super) fn once(
    loaded: &Loaded,
    view: &View,
    settings: &Settings,
    means: Means,
    voice: Voice,
) -> Result<RunReport, Error> {
    let situation = view.situation(&loaded.model)?;
    let plan = plan::compile(&loaded.model, &situation);
    let figures = means.figures(&plan, settings, voice)?;
    let mut report = report(loaded, &situation, &plan, settings, &figures.tally)?;
    figures.tell(&plan, &mut report);
    Ok(report)
}

/// What is known cannot be.
pub(super) fn impossible(problem: &Impossible) -> Error {
    Error::input(problem.to_string()).help(problem.way_out())
}

/// The report of a run, unless its figures must not be given.
///
/// # Errors
/// If a rule that must hold is violated, or a number is undefined or too large in some worlds.
pub(super) fn report(
    loaded: &Loaded,
    situation: &Situation,
    plan: &Plan,
    settings: &Settings,
    tally: &Tally,
) -> Result<RunReport, Error> {
    let worlds = tally.worlds();
    for (rule, seen) in loaded.model.rules.iter().zip(tally.rules()) {
        if rule.must_hold && seen.worlds > 0 {
            let how_often = match worlds {
                0 => format!("with probability {}", figure::significant(seen.share, 6)),
                worlds => format!("in {} of {worlds} worlds", seen.worlds),
            };
            return Err(Error::input(format!("`{}` must hold, but is violated {how_often}", rule.text))
                .help("`foretell check` shows where it stands; make one event depend on the other"));
        }
    }
    for (at, seen) in tally.divisions().iter().enumerate() {
        if seen.worlds > 0 {
            return Err(Error::input(format!("{} in {} of {worlds} worlds", plan.failure(at), seen.worlds))
                .help("write `if … then … else …` around it, or give what it is taken of or divided by a lower limit, such as `at least 1`"));
        }
    }
    let report = forecasts::report(Run { model: &loaded.model, hash: &loaded.hash, situation, plan, settings, tally });
    refuse_overflow(&report)?;
    Ok(report)
}

/// A formula can leave the range of numbers that a computer holds; then there is no figure to give.
fn refuse_overflow(report: &RunReport) -> Result<(), Error> {
    let questions = report.questions.iter().map(|one| (&one.id, &one.figures.forecast));
    let events = report.events.iter().map(|one| (&one.id, &one.figures.forecast));
    for (id, forecast) in questions.chain(events) {
        if let Some(Forecast::Quantiles { values, .. }) = forecast
            && values.iter().any(|value| !value.is_finite())
        {
            return Err(Error::input(format!("`{id}` becomes too large to be computed in some worlds"))
                .help("cap what it is made of, such as `at most 1000`, or choose a larger unit"));
        }
    }
    Ok(())
}

/// Where forecasts are recorded.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Recording {
    /// Record the forecasts of open questions in the ledger
    #[arg(long)]
    pub(super) record: bool,
    #[command(flatten)]
    ledger: LedgerArgument,
    /// Record under this name instead of the file's `forecaster`
    #[arg(long, value_name = "NAME", requires = "record")]
    forecaster: Option<String>,
    /// Worlds a day by which the curve of each forecast is found that is recorded with it: what it becomes while nothing happens; 0 records none
    /// [default: 100k, in a replay 0]
    #[arg(long, value_name = "N", requires = "record", value_parser = curves::worlds, allow_negative_numbers = true)]
    curve_worlds: Option<u64>,
}

impl Recording {
    /// Under which name forecasts are recorded.
    pub(super) fn forecaster<'a>(&'a self, loaded: &'a Loaded) -> &'a str {
        self.forecaster.as_deref().unwrap_or(&loaded.model.forecaster)
    }
}

/// Records the forecasts of open questions, and the joint one of several, if that is asked for; the acknowledgement goes to stderr once the disk has
/// them. Their curves are found by `curve_worlds` a day, unless the arguments say another number.
pub(super) fn record(
    recording: &Recording,
    loaded: &Loaded,
    report: &RunReport,
    settings: &Settings,
    curve_worlds: u64,
    joint: Option<JointForecast>,
) -> Result<(), Error> {
    if !recording.record {
        return Ok(());
    }
    let mut ledger = recording.ledger.open()?;
    let worlds = recording.curve_worlds.unwrap_or(curve_worlds);
    let curves = if worlds == 0 { BTreeMap::new() } else { curves::curves(&loaded.model, report, settings, worlds)? };
    let questions = forecasts::questions(&loaded.model).into_iter().map(Entry::Question);
    let said = report.records(recording.forecaster(loaded), &curves).into_iter().map(Entry::Forecast);
    let entries: Vec<Entry> = questions.chain(said).chain(joint.map(Entry::Joint)).collect();
    ledger_file::append(&mut ledger, &entries)?;
    Ok(())
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Replay {
    schema: &'static str,
    scenario: String,
    scenario_hash: String,
    forecaster: String,
    recorded: bool,
    runs: Vec<RunReport>,
}

/// Every so many days from one day to another, the first included.
fn days(from: Date, to: Date, every: i64) -> Vec<Date> {
    let next = |day: &Date| jiff::Span::new().try_days(every).and_then(|span| day.checked_add(span)).ok();
    std::iter::successors(Some(from), next).take_while(|day| *day <= to).collect()
}

fn replay(
    arguments: &Arguments,
    loaded: &Loaded,
    settings: &Settings,
    (from, to): (Date, Date),
    together: &[usize],
    format: Format,
) -> Done {
    if to < from {
        return Err(Error::input(format!("the replay cannot run from {from} to {to}")).help("exchange the two days"));
    }
    let views: Vec<View> = days(from, to, arguments.every.unwrap_or(7))
        .into_iter()
        .map(|day| View { as_of: Some(day), ..arguments.view.clone() })
        .collect();
    // Before anything is run or recorded: a day that cannot be looked from would break the replay off in the middle.
    for view in &views {
        view.situation(&loaded.model)?;
    }
    let mut runs = Vec::new();
    for view in &views {
        let voice = view.as_of.map_or_else(Voice::default, Voice::of);
        let report = once(loaded, view, settings, arguments.means(), voice)?;
        let forecaster = arguments.recording.forecaster(loaded);
        let joint = record_joint::joint(together, loaded, view, &report, settings, forecaster)?;
        record(&arguments.recording, loaded, &report, settings, 0, joint)?;
        runs.push(report);
    }
    let report = Replay {
        schema: "foretell.replay/1",
        scenario: loaded.model.title.clone(),
        scenario_hash: loaded.hash.clone(),
        forecaster: arguments.recording.forecaster(loaded).to_owned(),
        recorded: arguments.recording.record,
        runs,
    };
    let head = vec![
        loaded.model.title.clone(),
        if report.runs.iter().all(|run| run.worlds == 0) {
            format!("replayed from {from} to {to}, exact")
        } else {
            format!(
                "replayed from {from} to {to}, {} worlds a day, seed {}",
                figure::grouped(settings.worlds),
                settings.seed
            )
        },
    ];
    console::present(format, |format| {
        let runs = &report.runs;
        let sheet = if format == Format::Csv { replay_rows(loaded, runs) } else { replay_sheet(loaded, runs) };
        Output { head: head.clone(), sheets: vec![sheet], foot: Vec::new(), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// One line a question and day, with whole numbers: for CSV.
fn replay_rows(loaded: &Loaded, runs: &[RunReport]) -> Sheet {
    let columns = vec![Column::text("question"), Column::day("as_of"), Column::number("probability")];
    let mut sheet = Sheet::new(None, columns);
    for run in runs {
        for (question, report) in loaded.model.questions.iter().zip(&run.questions) {
            if let Some(Forecast::Binary { probability }) = &report.figures.forecast
                && question.closes >= run.as_of
            {
                sheet.row(vec![question.name.clone(), run.as_of.to_string(), probability.to_string()]);
            }
        }
    }
    sheet
}

/// One row a yes/no question, one column a day; blank once it is closed.
fn replay_sheet(loaded: &Loaded, runs: &[RunReport]) -> Sheet {
    let mut columns = vec![Column::text("question")];
    columns.extend(runs.iter().map(|run| Column::number(run.as_of.strftime("%m-%d").to_string())));
    let mut sheet = Sheet::new(Some("Chance of yes, in percent, on each day looked from"), columns);
    for (at, question) in loaded.model.questions.iter().enumerate() {
        let cells: Vec<Option<String>> = runs
            .iter()
            .map(|run| match &run.questions[at].figures.forecast {
                Some(Forecast::Binary { probability }) if question.closes >= run.as_of => {
                    Some(format!("{:.1}", probability * 100.0))
                }
                Some(Forecast::Binary { .. }) | None => Some(String::new()),
                Some(_) => None,
            })
            .collect();
        if let Some(cells) = cells.into_iter().collect::<Option<Vec<String>>>() {
            let mut row = vec![question.name.clone()];
            row.extend(cells);
            sheet.row(row);
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_looks_from_its_first_day_and_not_past_its_last() {
        let date = jiff::civil::date;
        assert_eq!(days(date(2025, 2, 27), date(2025, 3, 3), 90), [date(2025, 2, 27)]);
        let third = [date(2025, 2, 27), date(2025, 3, 1), date(2025, 3, 3)];
        assert_eq!(days(date(2025, 2, 27), date(2025, 3, 4), 2), third);
        assert_eq!(days(Date::MAX, Date::MAX, 7), [Date::MAX]);
    }

    #[test]
    fn steps_are_days_or_weeks() {
        assert_eq!(step("7d"), Ok(7));
        assert_eq!(step("2w"), Ok(14));
        assert!(step("0d").is_err() && step("").is_err() && step("d").is_err());
    }
}
