//! `foretell pool`: learns from past forecasts how to pool, and pools new ones, yes/no forecasts or forecasts by quantiles.

use super::inputs::{check_forecaster, expand, from_files, pattern, select, without_outcomes};
use super::ledger_file::LedgerArgument;
use super::pool_sheets::{Answer, Report};
use super::{Done, console, pool_counting, pool_quantiles, pool_sheets};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::tidy::{Form, NotTaken, Summary, forecasts_file, not_taken};
use crate::forecast::{Forecast, ForecastRecord, Records, Scale, Selection, check_name, day};
use crate::pool::quantile::{self, QuantileMethod, QuantileOptions, QuantileReport};
use crate::pool::{
    Counting, History, Penalty, PooledAsKnown, Reach, Recipe, Unpooled, choose_and_tell, pool_as_known_and_tell,
    related,
};
use crate::report::{Format, Output};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  foretell pool --fit past.csv --outcomes outcomes.csv
  foretell pool --fit past.csv --outcomes outcomes.csv --apply now.csv --out pooled.csv
  foretell pool --apply now.csv --method median
  foretell pool --fit past.parquet --method performance+platt --rule log --without crowd
  foretell pool --fit hub.parquet --outcomes truth.csv --scale log --baseline hub-baseline \
    --fit-until 2024-06-30 --apply hub.parquet --apply-from 2024-10-01 --out pooled.csv
  foretell pool --ledger foretell.db --open --out pooled.csv
  foretell pool --list

Without --fit the past is that of the ledger, and --open pools what it holds on questions that have not resolved. \
Without --method a pool is chosen by cross-validation within the past. It is the plain mean of probabilities unless \
another gains on it beyond error, and is blended with the plain mean as far as the gain is not sure. The report says \
what to expect.

Outcomes of the forecasts to be pooled are never looked at. An outcome of the past counts for a pooled forecast only \
if it was known before that was made; what came later is held back. Where outcomes became known between the forecasts \
pooled, the pool learns them as it goes. Where nobody knows when the new forecasts were made, all outcomes count; so they \
do, with a warning, where none was known before any of them, and with --as-if-known. Then nothing is learned from \
questions that share a cluster with a new one.

Forecasts by quantiles are pooled to lessen the weighted interval score. The pool is the plain mean of quantiles \
unless another is better beyond error.

A method that learns nothing, such as the median, needs no past; without one nothing can be said of what to expect.";

/// Learn from past forecasts how to pool yes/no forecasts or quantiles, and pool new ones
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Past forecasts in files instead of a ledger, by a path or a quoted pattern; may be given several times
    #[arg(long, value_name = "PAST", conflicts_with = "ledger")]
    fit: Vec<PathBuf>,
    /// Their outcomes in a table, where they do not stand beside the forecasts
    #[arg(long, value_name = "FILE", requires = "fit")]
    outcomes: Vec<PathBuf>,
    /// Definitions of the questions, past and new, in a table with `id` (or `question_id`, `question`) and, as far as there are any, `kind` (without it all
    /// are yes/no), `ask`, `options`, `opens`, `closes`, `resolves`, `cluster` (what questions share their fate with; or `question_id` and `base`) and `tags`
    #[arg(long, value_name = "FILE", requires = "fit")]
    questions: Vec<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgument,
    /// New forecasts to be pooled
    #[arg(long, value_name = "NOW", group = "now")]
    apply: Vec<PathBuf>,
    /// Pool the forecasts on those questions of the ledger that have not resolved
    #[arg(long, conflicts_with = "fit", group = "now")]
    open: bool,
    /// Write the pooled forecasts to this file (`.csv`, `.jsonl`, `.parquet`) instead of stdout; without it `--format json` has them in its document
    #[arg(long, value_name = "FILE", requires = "now")]
    out: Option<PathBuf>,
    /// The name under which the pool forecasts
    #[arg(long, value_name = "NAME", default_value = "pool", value_parser = name)]
    name: String,
    /// How to pool: `auto` chooses by the past, `[MAP@]POOL[+MAP]` is taken as it is, with a map for each forecaster before and one after
    /// pooling; for quantiles `POOL` or `POOL+pivot`, moved away from the baseline
    #[arg(long, value_name = "METHOD", default_value = "auto", value_parser = method)]
    method: Method,
    /// Which forecasts are pooled, where the files hold both kinds
    #[arg(long, value_enum)]
    of: Option<Kind>,
    /// The score of yes/no forecasts that is to be lessened; Brier by default
    #[arg(long, value_enum)]
    rule: Option<Penalty>,
    /// The scale on which the weighted interval score of quantiles is lessened
    #[arg(long, value_enum, default_value_t = Scale::Natural)]
    scale: Scale,
    /// The forecaster from which a pool of quantiles may be moved away; by default the only one with `baseline` in its name
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// Only forecasters whose name fits this pattern; may be given several times
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    members: Vec<glob::Pattern>,
    /// Leave out forecasters whose name fits this pattern; may be given several times
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    without: Vec<glob::Pattern>,
    /// Only questions with this tag; given several times, with all of them
    #[arg(long, value_name = "TAG")]
    tagged: Vec<String>,
    /// Only learn from forecasts made on this day or earlier, and from what had resolved by then
    #[arg(long, value_name = "DAY", value_parser = day)]
    fit_until: Option<Date>,
    /// Only pool forecasts made on this day or later
    #[arg(long, value_name = "DAY", value_parser = day, requires = "now")]
    apply_from: Option<Date>,
    /// Let every outcome of the past count, known before the new forecasts or not, to judge by questions set aside at random; clusters stay apart
    #[arg(long, requires = "now")]
    as_if_known: bool,
    /// List the pools and the maps
    #[arg(long, conflicts_with_all = ["fit", "ledger", "now", "name", "method", "of", "rule", "scale", "members", "without", "tagged", "fit_until", "baseline"])]
    list: bool,
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Auto,
    /// What the name means for yes/no forecasts and for quantiles; for one of them at least.
    Named(Option<Recipe>, Option<QuantileMethod>),
}

impl Method {
    /// Whether it is the same whatever the past was, for one kind of forecasts at least.
    fn learns_nothing(self) -> bool {
        match self {
            Self::Auto => false,
            Self::Named(yes_no, quantiles) => {
                yes_no.is_some_and(|recipe| recipe.without_past().is_some())
                    || quantiles.is_some_and(QuantileMethod::learns_nothing)
            }
        }
    }
}

fn method(text: &str) -> Result<Method, String> {
    if text == "auto" {
        return Ok(Method::Auto);
    }
    match (text.parse::<Recipe>(), text.parse::<QuantileMethod>()) {
        (Err(yes_no), Err(quantiles)) => Err(format!("{yes_no}; {quantiles}")),
        (yes_no, quantiles) => Ok(Method::Named(yes_no.ok(), quantiles.ok())),
    }
}

/// A kind of forecasts that can be pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Probabilities of yes
    YesNo,
    /// Quantiles of numbers
    Quantiles,
}

fn name(text: &str) -> Result<String, String> {
    check_name("forecaster", text)?;
    Ok(text.to_owned())
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if arguments.list {
        let lists = pool_sheets::lists();
        console::present(format, |_| pool_sheets::listed(&lists))?;
        return Ok(ExitCode::SUCCESS);
    }
    let form = arguments.out.as_deref().map_or(Ok(Form::Csv), Form::of)?;
    if let Some(out) = &arguments.out {
        let read = arguments.read()?;
        console::refuse_to_write_over("--out", out, read.iter().map(PathBuf::as_path))?;
    }
    let (mut past, mut summaries) = if arguments.fit.is_empty() {
        (arguments.past_of_ledger()?, Vec::new())
    } else {
        from_files(&arguments.questions, &arguments.fit, &arguments.outcomes)?
    };
    let open = arguments.open.then(|| open_questions(&past));
    select(&mut past, &Selection { tags: arguments.tagged.clone(), from: None, until: None })?;
    let mut late = BTreeSet::new();
    if let Some(day) = arguments.fit_until {
        let has_forecasts = !past.forecasts.is_empty();
        select(&mut past, &Selection { tags: Vec::new(), from: None, until: Some(day) })?;
        if has_forecasts && past.forecasts.is_empty() {
            let why = format!("there is nothing to learn from: no forecast was made on {day} or before");
            return Err(Error::input(why).help("that is the day of `--fit-until`"));
        }
        late = take_out_later(&mut past, day)?;
    }
    let now = match open {
        None if arguments.apply.is_empty() => None,
        open => Some(new_forecasts(arguments, open, &mut summaries)?),
    };
    let left = not_taken(&summaries);
    arguments.check_patterns(&past, now.as_ref())?;
    if let Some(now) = &now {
        tell_other_kinds(arguments, now);
    }
    match kind(arguments, &past, now.as_ref())? {
        Kind::YesNo => yes_no(arguments, Known { past, late, not_taken: left }, now, (format, form)),
        Kind::Quantiles => quantiles(arguments, Known { past, late, not_taken: left }, now, (format, form)),
    }
}

impl Arguments {
    /// The files that are read, or the ledger.
    fn read(&self) -> Result<Vec<PathBuf>, Error> {
        let tables = [&self.fit, &self.outcomes, &self.questions, &self.apply];
        let mut read = expand(&tables.into_iter().flatten().cloned().collect::<Vec<_>>())?;
        if self.fit.is_empty() {
            read.push(self.ledger.path());
        }
        Ok(read)
    }

    /// The past that the ledger holds; none where there is no ledger, none is named and nothing need be learned.
    fn past_of_ledger(&self) -> Result<Records, Error> {
        let needs_none = self.method.learns_nothing() && !self.apply.is_empty() && !self.ledger.is_named();
        if needs_none && !self.ledger.path().exists() {
            return Ok(Records::default());
        }
        self.ledger.proven_records().map_err(|problem| match problem.way_out() {
            None => problem.help("`--fit FILE` learns from files instead"),
            Some(_) => problem,
        })
    }

    /// Which outcomes of the past are to count, if that is asked for.
    fn asked(&self) -> Option<Counting> {
        self.as_if_known.then_some(Counting::AsIfKnown)
    }

    /// Whether the pooled forecasts stand in the report: stdout then is one JSON document.
    fn tells(&self, format: Format) -> bool {
        format == Format::Json && self.out.is_none() && (!self.apply.is_empty() || self.open)
    }

    /// Checks that patterns of names fit somebody.
    fn check_patterns(&self, past: &Records, now: Option<&Records>) -> Result<(), Error> {
        let all = past.forecasts.iter().chain(now.iter().flat_map(|now| &now.forecasts));
        let names: BTreeSet<&str> = all.map(|record| record.forecaster.as_str()).collect();
        let fits = |pattern: &&glob::Pattern| names.iter().any(|name| pattern.matches(name));
        let idle: Vec<&glob::Pattern> = self.members.iter().filter(|pattern| !fits(pattern)).collect();
        let quoted = |patterns: &[&glob::Pattern]| {
            let texts: Vec<String> = patterns.iter().map(|pattern| format!("`{pattern}`")).collect();
            texts.join(", ")
        };
        let known = match names.iter().take(13).collect::<Vec<_>>().as_slice() {
            [] => "there are no forecasts at all".to_owned(),
            few if few.len() <= 12 => {
                format!("there are forecasts by {}", names.iter().copied().collect::<Vec<_>>().join(", "))
            }
            _ => format!("{} forecasters have other names", names.len()),
        };
        if !self.members.is_empty() && idle.len() == self.members.len() {
            let message =
                format!("there is nothing to learn from: no forecaster's name fits --members {}", quoted(&idle));
            return Err(Error::input(message).help(known));
        }
        if !names.is_empty() && !names.iter().any(|name| self.is_member(name)) {
            return Err(
                Error::input("there is nothing to learn from: --without leaves out every forecaster").help(known)
            );
        }
        let without: Vec<&glob::Pattern> = self.without.iter().filter(|pattern| !fits(pattern)).collect();
        for (option, idle) in [("--members", idle), ("--without", without)] {
            if !idle.is_empty() {
                console::note(&format!("note: no forecaster's name fits {option} {}", quoted(&idle)));
            }
        }
        Ok(())
    }

    fn is_member(&self, name: &str) -> bool {
        (self.members.is_empty() || self.members.iter().any(|pattern| pattern.matches(name)))
            && !self.without.iter().any(|pattern| pattern.matches(name))
    }
}

/// Says how many of the forecasts to be pooled are of kinds that have no pool.
fn tell_other_kinds(arguments: &Arguments, now: &Records) {
    let has_pool = |forecast: &Forecast| {
        matches!(forecast, Forecast::Binary { .. } | Forecast::Quantiles { .. } | Forecast::Distribution { .. })
    };
    let theirs = now.forecasts.iter().filter(|record| arguments.is_member(&record.forecaster));
    let others = theirs.filter(|record| !has_pool(&record.forecast)).count();
    if others > 0 {
        console::note(&format!(
            "note: left out, since only yes/no forecasts and quantiles are pooled: {}",
            counted(others, "other forecast")
        ));
    }
}

/// What is to be pooled: what was said, or what the new forecasts are; without these, the past ones.
fn kind(arguments: &Arguments, past: &Records, now: Option<&Records>) -> Result<Kind, Error> {
    if let Some(kind) = arguments.of {
        return Ok(kind);
    }
    let holds = |is_kind: fn(&Forecast) -> bool| {
        let records = now.unwrap_or(past).forecasts.iter();
        records.filter(|record| arguments.is_member(&record.forecaster)).any(|record| is_kind(&record.forecast))
    };
    let has_yes_no = holds(|forecast| matches!(forecast, Forecast::Binary { .. }));
    let is_number =
        |forecast: &Forecast| matches!(forecast, Forecast::Quantiles { .. } | Forecast::Distribution { .. });
    match (has_yes_no, holds(is_number)) {
        (true, true) => {
            Err(Error::input("there are yes/no forecasts and quantiles, and each kind is pooled in a way of its own")
                .help("say which to pool: `--of yes-no` or `--of quantiles`"))
        }
        (false, true) => Ok(Kind::Quantiles),
        _ => Ok(Kind::YesNo),
    }
}

/// What may be learned from.
struct Known {
    past: Records,
    /// Questions that had not resolved by the day of `--fit-until`.
    late: BTreeSet<String>,
    /// What was not taken of the files.
    not_taken: Vec<NotTaken>,
}

impl Known {
    /// How many of the questions that came too late have a forecast of a kind by a member.
    fn late(&self, arguments: &Arguments, is_kind: impl Fn(&Forecast) -> bool) -> usize {
        let theirs = self.past.forecasts.iter().filter(|record| arguments.is_member(&record.forecaster));
        let asked: BTreeSet<&str> =
            theirs.filter(|record| is_kind(&record.forecast)).map(|record| record.question.as_str()).collect();
        self.late.iter().filter(|id| asked.contains(id.as_str())).count()
    }
}

/// Takes out the outcomes that were not known by a day, and says of which questions they are.
fn take_out_later(past: &mut Records, day: Date) -> Result<BTreeSet<String>, Error> {
    let had_outcomes = !past.outcomes.is_empty();
    let mut late = BTreeSet::new();
    past.outcomes.retain(|id, outcome| {
        let is_known = outcome.resolved_on.day() <= day;
        if !is_known {
            late.insert(id.clone());
        }
        is_known
    });
    if had_outcomes && past.outcomes.is_empty() {
        let why = format!("there is nothing to learn from: no question had resolved on {day} or before");
        return Err(Error::input(why).help("that is the day of `--fit-until`"));
    }
    Ok(late)
}

fn yes_no(arguments: &Arguments, mut known: Known, now: Option<Records>, (format, form): (Format, Form)) -> Done {
    if arguments.baseline.is_some() || arguments.scale != Scale::Natural {
        return Err(Error::input("`--scale` and `--baseline` are for quantiles, but these are yes/no forecasts"));
    }
    let named = match arguments.method {
        Method::Auto => None,
        Method::Named(Some(recipe), _) => Some(recipe),
        Method::Named(None, _) => {
            return Err(Error::input("that method pools quantiles, but these are yes/no forecasts")
                .help("`foretell pool --list` lists the pools of each kind"));
        }
    };
    let apart = now.as_ref().map_or(0, |now| set_apart(&mut known.past, now));
    let member = |name: &str| arguments.is_member(name);
    let history = History::new(&known.past, member);
    let rule = arguments.rule.unwrap_or_default();
    let progress = console::Progress::of("choosing");
    let told = |share: f64| progress.set(share);
    let found = match &now {
        None => match choose_and_tell(&history, rule, named, &told) {
            Some((choice, _)) => Ok(PooledAsKnown { choice, forecasts: Vec::new() }),
            None => Err(Unpooled::TooLittle { known: history.questions.len(), held_back: 0 }),
        },
        Some(now) => {
            if now.forecasts.iter().any(|record| record.forecaster == arguments.name && member(&record.forecaster)) {
                return Err(taken(&arguments.name));
            }
            let reach = Reach { asked: arguments.asked(), related: related(&known.past, now) };
            pool_as_known_and_tell(&history, now, (arguments.name.as_str(), member), rule, named, &reach, &told)
        }
    };
    progress.finish();
    let PooledAsKnown { mut choice, forecasts } = found.map_err(|why| match why {
        Unpooled::NoForecast => nobody(arguments),
        Unpooled::TooLittle { known, held_back } => nothing(named, apart, (known, held_back)),
        Unpooled::AllRelated { related } => pool_counting::all_related(related),
    })?;
    if now.is_some() && forecasts.is_empty() {
        return Err(nobody(arguments));
    }
    choice.held_back += known.late(arguments, |forecast| matches!(forecast, Forecast::Binary { .. }));
    choice.counted.iter_mut().for_each(|counted| counted.same = apart);
    pool_counting::warn(choice.counted);
    let answer = Answer {
        report: Report::YesNo(&choice),
        forecasts: arguments.tells(format).then_some(&forecasts[..]),
        not_taken: &known.not_taken,
    };
    deliver(arguments, &forecasts, |format| pool_sheets::report(&choice, &answer, format), (format, form))
}

fn quantiles(arguments: &Arguments, known: Known, now: Option<Records>, (format, form): (Format, Form)) -> Done {
    let past = &known.past;
    if arguments.rule.is_some() {
        return Err(Error::input(
            "`--rule` is for yes/no forecasts; quantiles are pooled by the weighted interval score",
        ));
    }
    let only = match arguments.method {
        Method::Auto => None,
        Method::Named(_, Some(method)) => Some(method),
        Method::Named(..) => {
            return Err(Error::input("that method pools yes/no forecasts, but these are quantiles")
                .help("`foretell pool --list` lists the pools of each kind"));
        }
    };
    let applies = now.is_some();
    let now = now.unwrap_or_default();
    if let Some(baseline) = &arguments.baseline {
        let mut all = past.clone();
        all.forecasts.extend(now.forecasts.iter().cloned());
        check_forecaster(&all, baseline)?;
    }
    let everybody = past.forecasts.iter().chain(&now.forecasts).map(|record| &record.forecaster);
    let everybody: BTreeSet<&String> = everybody.collect();
    if applies && arguments.is_member(&arguments.name) && everybody.contains(&arguments.name) {
        return Err(taken(&arguments.name));
    }
    let options = QuantileOptions {
        scale: arguments.scale,
        only,
        reference: arguments.baseline.clone(),
        without: everybody.into_iter().filter(|name| !arguments.is_member(name)).cloned().collect(),
        name: arguments.name.clone(),
        asked: arguments.asked(),
    };
    let pooled = quantile::pool_quantiles(past, &now, &options).map_err(Error::input)?;
    pool_counting::warn(pooled.counted);
    pool_counting::tell_same(pooled.counted.map_or(0, |counted| counted.same));
    if applies && pooled.forecasts.is_empty() {
        return Err(pool_quantiles::nothing(&pooled));
    }
    let mut found = QuantileReport::new(&pooled, &options);
    let is_number =
        |forecast: &Forecast| matches!(forecast, Forecast::Quantiles { .. } | Forecast::Distribution { .. });
    found.quantiles.held_back += known.late(arguments, is_number);
    let forecasts = arguments.tells(format).then_some(&pooled.forecasts[..]);
    let answer = Answer { report: Report::Quantiles(&found), forecasts, not_taken: &known.not_taken };
    let report = |format| pool_quantiles::report(&found.quantiles, &answer, format);
    deliver(arguments, &pooled.forecasts, report, (format, form))
}

/// Writes the pooled forecasts and says how they came about.
fn deliver<'a>(
    arguments: &Arguments,
    forecasts: &[ForecastRecord],
    report: impl Fn(Format) -> Output<'a, Answer<'a>>,
    (format, form): (Format, Form),
) -> Done {
    if (arguments.apply.is_empty() && !arguments.open) || arguments.tells(format) {
        console::present(format, report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = forecasts_file(forecasts, form)?;
    if let Some(path) = arguments.out.as_deref().filter(|path| !console::is_stdout(path)) {
        console::write_bytes(path, &file)?;
        console::present(format, report)?;
    } else {
        // The table is the result; the report is what is said about it.
        console::note(report(format).render(format)?.trim_end());
        console::data(&String::from_utf8_lossy(&file))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The part of the records that is about questions without an answer.
fn open_questions(records: &Records) -> Records {
    let is_open = |id: &str| !records.outcomes.contains_key(id);
    let mut open = Records { questions: records.questions.clone(), ..Records::default() };
    open.questions.retain(|id, _| is_open(id));
    open.forecasts = records.forecasts.iter().filter(|record| is_open(&record.question)).cloned().collect();
    open
}

/// The forecasts to be pooled, without what became of their questions; what was taken of their files is added to the summaries.
fn new_forecasts(arguments: &Arguments, open: Option<Records>, summaries: &mut Vec<Summary>) -> Result<Records, Error> {
    let mut now = if let Some(open) = open {
        open
    } else {
        let (records, more) = without_outcomes(&arguments.questions, &arguments.apply)?;
        summaries.extend(more);
        records
    };
    select(&mut now, &Selection { tags: arguments.tagged.clone(), from: None, until: None })?;
    if let Some(day) = arguments.apply_from {
        let has_forecasts = !now.forecasts.is_empty();
        select(&mut now, &Selection { tags: Vec::new(), from: Some(day), until: None })?;
        if has_forecasts && now.forecasts.is_empty() {
            let why = format!("there is nothing to pool: no forecast to be pooled was made on {day} or later");
            return Err(Error::input(why).help("that is the day of `--apply-from`"));
        }
    }
    Ok(now)
}

/// Takes the questions to be forecast out of the past; how many it took out that have resolved.
fn set_apart(past: &mut Records, now: &Records) -> usize {
    let asked: BTreeSet<&str> = now.forecasts.iter().map(|record| record.question.as_str()).collect();
    let both = past.outcomes.keys().filter(|id| asked.contains(id.as_str())).count();
    past.forecasts.retain(|record| !asked.contains(record.question.as_str()));
    pool_counting::tell_same(both);
    both
}

/// Why nothing can be learned. `apart` questions of the past were left out since they are to be pooled; `known` had resolved before the last of the new
/// forecasts was made, and so many had not.
fn nothing(named: Option<Recipe>, apart: usize, (known, held_back): (usize, usize)) -> Error {
    match named {
        Some(recipe) if known + held_back > 0 => {
            let held =
                if held_back > 0 { format!(", and {held_back} had not resolved yet") } else { String::new() };
            let nothing =
                Error::input(format!("`{recipe}` cannot be learned from {}{held}", counted(known, "question")));
            match recipe.needs() {
                Some(needs) => nothing.help(format!("it needs {needs}")),
                None => nothing,
            }
        }
        _ if apart > 0 => Error::input(format!(
            "there is nothing to learn from: {} that {} resolved {} to be pooled, too, and no other yes/no question has resolved after a forecast on it was made",
            counted(apart, "question"),
            if apart == 1 { "has" } else { "have" },
            if apart == 1 { "is" } else { "are" },
        ))
        .help("outcomes of questions that are to be pooled are never looked at: learn from other questions, or pool others"),
        _ => Error::input("there is nothing to learn from: no yes/no question has resolved after a forecast on it was made"),
    }
}

/// Nobody has anything to be pooled.
fn nobody(arguments: &Arguments) -> Error {
    Error::input(if arguments.open {
        "there is nothing to pool: no question with a forecast of a kind that is pooled is open"
    } else {
        "there is nothing to pool: nobody has a yes/no forecast"
    })
}

fn taken(name: &str) -> Error {
    Error::input(format!("`{name}` forecasts already: a pool needs a name of its own"))
        .help("give it another with `--name`, or leave that forecaster out with `--without`")
}
