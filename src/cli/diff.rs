//! `foretell diff`: what moved between two scenario files, or between two days of one, and why.

use super::budget::{self, worlds};
use super::diff_sheets::{changes, why};
use super::load::{self, Loaded};
use super::means::Choice;
use super::{Done, console};
use crate::diff::{self, Averaged, Diff, Options, Side};
use crate::error::Error;
use crate::exact::MOST_CELLS;
use crate::forecast::day;
use crate::model::{Kind, Model};
use crate::network;
use crate::plan::Situation;
use crate::report::{Format, Output, figure};
use crate::simulate::{LEAST_WORLDS_IN_BATCHES, Settings};
use jiff::civil::Date;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Say what moved between two scenario files, or two days of one, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  foretell diff yesterday.toml today.toml
  foretell diff scenarios/white-house-2025-08-18.toml --from 2025-08-19 --to 2025-08-26 --only putin_zelenskiy_meet_2025
  foretell diff old.toml new.toml --as-of 2026-03-01 --format json

Every difference of the files that bears on a forecast is a change: a prior, a dependence, an event, a piece of news, the days that passed. \
What each of them did is averaged over the orders in which they can be made, so that together they are the whole move.")]
pub(super) struct Arguments {
    /// Old scenario file
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// New scenario file; the old one if not given
    #[arg(value_name = "NEW")]
    new: Option<PathBuf>,
    /// Look at the old file from this day [default: its own `as_of`]
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Date>,
    /// Look at the new file from this day [default: its own `as_of`]
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Option<Date>,
    /// Look at both files from this day
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with_all = ["from", "to"])]
    as_of: Option<Date>,
    /// Take a condition as known in both files, such as "talks by 2025-10-01"; may be given several times
    #[arg(long, value_name = "EXPR")]
    given: Vec<String>,
    /// Only these questions
    #[arg(long, value_name = "QUESTIONS", value_delimiter = ',')]
    only: Vec<String>,
    /// How many worlds to simulate for each variant, where figures are not computed [default: 1M, from 17 variants on 262144]
    #[arg(long, value_name = "N", value_parser = worlds, allow_negative_numbers = true)]
    worlds: Option<u64>,
    /// Seed of the random streams
    #[arg(long, value_name = "S", value_parser = budget::seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    /// How figures are come by; `auto` computes what can be computed
    #[arg(long, value_enum, default_value_t = Choice::Auto, value_name = "METHOD")]
    method: Choice,
    /// How many orders of the changes to try for a question on which more than eight of them bear
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(4..=10_000))]
    orders: u16,
}

/// One of the two scenarios.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Seen {
    file: String,
    scenario: String,
    scenario_hash: String,
    #[schemars(with = "String")]
    as_of: Date,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    schema: &'static str,
    engine: &'static str,
    old: Seen,
    new: Seen,
    /// Conditions of the command line, known in both.
    given: Vec<String>,
    seed: u64,
    #[serde(flatten)]
    diff: Diff,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if arguments.new.is_none() && arguments.from.is_none() && arguments.to.is_none() {
        return Err(Error::input("one file at one day has nothing to be compared with")
            .help("name the new file too, or the day up to which it moved with --to"));
    }
    let old = load::load(&arguments.old)?;
    let new = match &arguments.new {
        Some(path) => Some(load::load(path)?),
        None => None,
    };
    let new = new.as_ref().unwrap_or(&old);
    for side in [&old, new] {
        crate::plan::decided(&side.model, &[])?;
    }
    // Where neither file asks anything, every event is compared.
    let about_events = [about_events(&old), about_events(new)];
    let ([old, new], in_own_names) = match &about_events {
        [Some(before), Some(after)] => ([before, after], true),
        _ => ([&old, new], false),
    };
    let only: Vec<String> = arguments.only.iter().map(|name| named(name.trim(), [new, old])).collect();
    let from = looked_from(old, arguments.from.or(arguments.as_of))?;
    let to = looked_from(new, arguments.to.or(arguments.as_of))?;
    if let Some(worlds) = arguments.worlds.filter(|worlds| *worlds < LEAST_WORLDS_IN_BATCHES) {
        return Err(Error::input(format!("--worlds {worlds} is too few to tell how sure a difference is"))
            .help(format!("a variant takes at least {LEAST_WORLDS_IN_BATCHES} worlds")));
    }
    for text in &arguments.given {
        for side in [old, new] {
            load::condition("--given", text, &side.model)?;
        }
    }
    let options = Options {
        only: &only,
        given: &arguments.given,
        most_cells: most_cells(arguments.method),
        settings: Settings { seed: arguments.seed, method: arguments.method.of_simulation(), ..Settings::default() },
        worlds: arguments.worlds,
        orders: usize::from(arguments.orders),
    };
    let found = compare((old, from), (new, to), &options)?;
    if found.news_to_come > 0 {
        let (count, plural) = (found.news_to_come, if found.news_to_come == 1 { "" } else { "s" });
        let (is, has) = if count == 1 { ("is", "has") } else { ("are", "have") };
        console::note(&format!(
            "note: {count} piece{plural} of news in `{}` {is} dated after {to} and {has} no effect yet",
            new.written.name()
        ));
        console::note("  = help: look from a later day with --to");
    }
    tell_of_bare_figures(&found);
    let report = Report {
        schema: "foretell.diff/1",
        engine: env!("CARGO_PKG_VERSION"),
        old: seen(old, from),
        new: seen(new, to),
        given: arguments.given.clone(),
        seed: arguments.seed,
        diff: found,
    };
    let mut head = vec![new.model.title.clone(), from_to(&report)];
    head.push(how(&report.diff, report.seed));
    head.extend(report.given.iter().map(|text| format!("given: {text}")));
    let shown = if in_own_names { own_names(&report.diff, &new.model) } else { report.diff.clone() };
    console::present(format, |format| {
        let sheets = match format {
            Format::Csv => vec![why(&report.diff, format)],
            _ => vec![changes(&shown), why(&shown, format)].into_iter().filter(|sheet| !sheet.is_empty()).collect(),
        };
        Output { head: head.clone(), sheets, foot: foot(&shown), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Tables that a method computes.
pub(super) const fn most_cells(method: Choice) -> f64 {
    match method {
        Choice::Auto => 1_048_576.0,
        Choice::Exact => MOST_CELLS,
        Choice::Rejection | Choice::Weighting | Choice::Adaptive | Choice::Posterior => -1.0,
    }
}

/// A scenario without questions with one about each event, under its name.
fn about_events(loaded: &Loaded) -> Option<Loaded> {
    let mut text = String::new();
    for event in &loaded.model.events {
        let name = &event.name;
        let key = match event.kind {
            Kind::Binary => "holds",
            Kind::Categorical { .. } => "which",
            Kind::Numeric | Kind::Count => "value",
            Kind::Date => "when",
        };
        let closes = loaded.model.horizon;
        let _ = write!(
            text,
            "[question.\"{name}\"]\nask = \"?\"\n{key} = \"{name}\"\ncloses = {closes}\nresolves = \"?\"\n"
        );
    }
    loaded.model.questions.is_empty().then(|| loaded.asking(&text)).flatten()
}

/// What one of two files, the first before the second, calls something by another tool's name of it; what neither knows comes back as it is.
fn named(name: &str, files: [&Loaded; 2]) -> String {
    let known = files.iter().map(|file| network::event_named(name, &file.model)).find(|own| *own != name);
    known.unwrap_or(name).to_owned()
}

/// The same with events and their options called as another tool calls them, where it does.
fn own_names(diff: &Diff, model: &Model) -> Diff {
    let mut shown = diff.clone();
    for question in &mut shown.questions {
        for figure in &mut question.figures {
            let called = network::option_called(&figure.part, &question.id, model).to_owned();
            figure.part = called;
        }
        let called = network::event_called(&question.id, model).to_owned();
        question.id = called;
    }
    shown
}

/// Compares two loaded scenarios, with a bar for what takes long.
pub(super) fn compare(
    (old, from): (&Loaded, Date),
    (new, to): (&Loaded, Date),
    options: &Options<'_>,
) -> Result<Diff, Error> {
    let side = |loaded: &'_ Loaded, day: Date| -> (String, Date) { (loaded.source.text().to_owned(), day) };
    let (before, after) = (side(old, from), side(new, to));
    let progress = console::Progress::new();
    let found = diff::diff(
        Side { text: &before.0, model: &old.model, day: before.1 },
        Side { text: &after.0, model: &new.model, day: after.1 },
        options,
        &|share| progress.set(share),
    );
    progress.finish();
    found
}

/// Says which figures were overwritten although nothing is said of why.
fn tell_of_bare_figures(diff: &Diff) {
    let edits = diff.changes.iter().flat_map(|change| &change.edits);
    let bare: Vec<&str> = edits.filter(|edit| edit.without_reason).map(|edit| edit.what.as_str()).collect();
    if !bare.is_empty() {
        console::note(&format!("warning: overwritten without a new reason: {}", bare.join("; ")));
        console::note("  = help: say in `why` what changed your mind, or write what became known as news");
    }
}

fn looked_from(loaded: &Loaded, day: Option<Date>) -> Result<Date, Error> {
    let situation = Situation::of_file(&loaded.model);
    Ok(match day {
        Some(day) => situation.as_of(day, &loaded.model)?.as_of,
        None => situation.as_of,
    })
}

fn seen(loaded: &Loaded, as_of: Date) -> Seen {
    Seen {
        file: loaded.written.name().to_owned(),
        scenario: loaded.model.title.clone(),
        scenario_hash: loaded.hash.clone(),
        as_of,
    }
}

fn from_to(report: &Report) -> String {
    let Report { old, new, .. } = report;
    if old.file == new.file {
        return format!("from {} to {}", old.as_of, new.as_of);
    }
    if old.as_of == new.as_of {
        return format!("from {} to {}, as of {}", old.file, new.file, new.as_of);
    }
    format!("from {} as of {} to {} as of {}", old.file, old.as_of, new.file, new.as_of)
}

/// How the figures came about.
pub(super) fn how(diff: &Diff, seed: u64) -> String {
    let simulated = || {
        let each = if diff.variants == 1 { String::new() } else { format!(" for each of {} variants", diff.variants) };
        format!("{} worlds{each}, seed {seed}", figure::grouped(diff.worlds))
    };
    match (diff.questions.iter().any(|one| one.exact), diff.worlds) {
        (true, 0) if diff.variants == 1 => "exact".to_owned(),
        (true, 0) => format!("exact, {} variants", diff.variants),
        (_, 0) => "nothing to compare".to_owned(),
        (true, _) => format!("exact where discrete, else {}", simulated()),
        (false, _) => simulated(),
    }
}

fn foot(diff: &Diff) -> Vec<String> {
    let mut foot = Vec::new();
    let still: Vec<&str> = diff
        .questions
        .iter()
        .filter(|one| one.in_old && one.in_new && !super::diff_sheets::is_moved(one))
        .map(|one| one.id.as_str())
        .collect();
    if diff.changes.is_empty() {
        foot.push("the two do not differ in anything that bears on a forecast".to_owned());
    } else if !still.is_empty() {
        foot.push(format!("not moved: {}", still.join(", ")));
    }
    let orders = diff.questions.iter().find_map(|one| match one.averaged {
        Averaged::SomeOrders(orders) => Some(orders),
        Averaged::AllOrders => None,
    });
    if let Some(orders) = orders {
        foot.push(format!(
            "where more than eight changes bear on a question, their effects are averaged over {orders} orders of them; ± s.e. says how sure that is"
        ));
    }
    foot
}
