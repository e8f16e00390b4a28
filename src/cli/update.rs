//! `foretell update`: outcomes turn priors into posteriors, written back into the scenario file.

use super::budget::{seed, worlds};
use super::ledger_file::{LedgerArgument, today};
use super::load::Loaded;
use super::update_log::{Did, Kept, KeptPriors, Log, Replaced};
use super::update_news::{self, NewsArguments, Preview};
use super::{Done, console, load, update_beside, written};
use crate::error::Error;
use crate::forecast::tidy::WideTable;
use crate::forecast::{Records, Resolution, day, tidy};
use crate::hash::sha256;
use crate::network;
use crate::report::{Column, Format, Output, Sheet, figure, run};
use crate::scenario::{edit, priors_file};
use crate::simulate::Settings;
use crate::update::{self, Against, Learned, Observed, Update};
use jiff::civil::Date;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Turn priors into posteriors by outcomes or past cases, or put news into a scenario
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  foretell update scenarios/white-house-2025-08-18.toml --dry-run
  foretell update scenarios/white-house-2025-08-18.toml --out learned.toml
  foretell update talks.toml --news 'talks by 2026-03-01 x0.4' --date 2026-01-20 --source Reuters
  foretell update talks.toml --undo

Without --dry-run or --out the file itself is rewritten; its comments and layout stay as they are, and what stood there before is \
noted in FILE.log, for --undo. Each outcome counts once: `learned_from` in the event remembers it. The exit code is 1 if nothing was \
learned since all that was new was refused: an outcome that corrects one learned from, cases that have taught before.")]
pub(super) struct Arguments {
    /// Scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    ledger: LedgerArgument,
    /// Read outcomes from this table instead of the ledger
    #[arg(long, value_name = "FILE")]
    outcomes: Option<PathBuf>,
    /// Learn from a table of many cases instead, one a row, a column an event, blank where a case does not say
    #[arg(long, value_name = "FILE", conflicts_with_all = ["outcomes", "until"])]
    cases: Option<PathBuf>,
    /// With --cases, only show what the cases alone say, as if nothing had been known before
    #[arg(long, requires = "cases", conflicts_with = "out")]
    cases_alone: bool,
    /// Up to the end of this day the world was watched: later outcomes are not known yet, what the file's news reports by then is, and a date that is `observed` and has not been reported has not come
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Date>,
    #[command(flatten)]
    news: NewsArguments,
    /// Worlds to draw, where posteriors cannot be computed
    #[arg(long, value_name = "N", default_value = "1M", value_parser = worlds)]
    worlds: u64,
    /// Which worlds
    #[arg(long, value_name = "SEED", value_parser = seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    /// Only show what would move
    #[arg(long, conflicts_with = "out")]
    dry_run: bool,
    /// Write the new scenario here instead of over the old one
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// With --out, where the scenario's file of priors goes, if it has one that moved: a name beside the new scenario, which will name it
    #[arg(long, value_name = "NAME", requires = "out", conflicts_with_all = ["news", "undo"])]
    priors_out: Option<String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report<'a> {
    schema: &'static str,
    file: String,
    written: Option<String>,
    /// The file of priors, if it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    priors_written: Option<String>,
    /// Where it is noted what stood there before, for `--undo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    #[serde(flatten)]
    update: &'a Update,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if let Some(out) = &arguments.out {
        console::refuse_stdout(out)?;
    }
    if network::Format::of_path(&arguments.file).is_some() {
        return Err(Error::input(format!(
            "`{}` is a network, whose chances hold no priors that could learn",
            arguments.file.display()
        ))
        .help("`foretell import` makes a scenario of it; write the chances that shall learn as `6 of 20` there"));
    }
    if arguments.news.is_asked() {
        let preview = Preview { worlds: arguments.worlds, seed: arguments.seed, only: arguments.dry_run };
        return update_news::run(&arguments.file, &arguments.news, preview, format);
    }
    let loaded = load::load(&arguments.file)?;
    crate::plan::decided(&loaded.model, &[])?;
    note_namesakes(arguments, &loaded);
    if let Some(out) = &arguments.out {
        let ledger = (arguments.outcomes.is_none() && arguments.cases.is_none()).then(|| arguments.ledger.path());
        let tables = [&arguments.outcomes, &arguments.cases, &ledger].into_iter().flatten().map(PathBuf::as_path);
        let priors = loaded.source.parts().skip(1).map(|part| Path::new(part.name));
        console::refuse_to_write_over("--out", out, tables.chain(priors))?;
    }
    if let Some(path) = &arguments.cases {
        let against = if arguments.cases_alone { Against::Nothing } else { Against::Prior };
        let update = update::from_cases(&loaded.model, &loaded.source, &WideTable::open(path)?, against)?;
        return show(arguments, &loaded, &update, format);
    }
    let records = match &arguments.outcomes {
        None if arguments.ledger.is_named() => arguments.ledger.proven_records()?,
        None => {
            let path = arguments.ledger.path();
            if !path.exists() {
                console::note(&format!(
                    "note: there is no ledger `{}`, so that no outcomes are known; `--ledger` names another, `--outcomes` reads them from a table",
                    path.display()
                ));
            }
            arguments.ledger.records()?
        }
        Some(path) => {
            let mut records = Records::default();
            for question in run::questions(&loaded.model) {
                records.questions.insert(question.id.clone(), question);
            }
            let summary = tidy::read_shared_outcomes(path, &mut records)?;
            // Of a file that several scenarios share none may be of this one: then silence is all that there is to learn from.
            if summary.taken == 0 && summary.left_out > 0 && arguments.until.is_none() {
                return Err(Error::input(format!(
                    "none of the outcomes in `{}` is of a question of `{}`: {}",
                    path.display(),
                    arguments.file.display(),
                    summary.notes.join("; ")
                ))
                .help("where outcomes are named after other questions, rename them; `--until DAY` learns that what would have been reported by then has not come"));
            }
            summary.remarks().iter().for_each(|remark| console::note(remark));
            records
        }
    };
    if let Some(until) = arguments.until.filter(|until| *until <= loaded.model.as_of) {
        return Err(Error::input(format!(
            "--until {until} is no later than the scenario's own knowledge, which is of {}",
            loaded.model.as_of
        ))
        .help("nothing is observed by then that the file does not know"));
    }
    if let Some(until) = arguments.until.filter(|until| *until > today()) {
        console::note(&format!(
            "note: --until {until} lies ahead: nobody has watched the world beyond today, {}, and what is not known to have come by then counts as if it had not",
            today()
        ));
    }
    for question in run::questions(&loaded.model) {
        let known = records.questions.get(&question.id).filter(|known| known.ask != question.ask);
        if let Some(known) = known.filter(|_| records.outcomes.contains_key(&question.id)) {
            console::note(&format!(
                "note: where it resolved, {} asks “{}”, here “{}”: the outcome counts all the same",
                question.id, known.ask, question.ask
            ));
        }
    }
    for question in &loaded.model.questions {
        let Some(outcome) = records.outcomes.get(&question.name) else { continue };
        if let Resolution::Date(came) = outcome.resolution
            && came > outcome.resolved_on.day()
        {
            console::note(&format!(
                "note: the outcome of {} is of {}, before the day on which it came ({came}); it counts all the same",
                question.name,
                outcome.resolved_on.day()
            ));
        }
        let (day, as_of) = (outcome.resolved_on.day(), loaded.model.as_of);
        if day < as_of && outcome.resolution != Resolution::Annulled {
            console::note(&format!(
                "note: the outcome of {} is of {day}, before the day whose knowledge the file holds anyway ({as_of}); it counts all the same",
                question.name
            ));
        }
    }
    let reports = if arguments.until.is_none() { update::reports(&loaded.model, &loaded.source) } else { 0 };
    if reports > 0 {
        console::note(&format!(
            "note: what {reports} {} of the file {} for certain teaches with `--until DAY`: up to that day it is known",
            if reports == 1 { "piece of news" } else { "pieces of news" },
            if reports == 1 { "reports" } else { "report" }
        ));
    }
    let observed = Observed { outcomes: &records.outcomes, until: arguments.until };
    let settings = Settings { worlds: arguments.worlds, seed: arguments.seed, doubt_draws: 0, ..Settings::default() };
    let mut update = update::update(&loaded.model, &loaded.source, observed, &settings);
    let can_undo = Log::of(&arguments.file).is_ok_and(|log| log.has_learned());
    for one in update.skipped.iter_mut().filter(|_| !can_undo) {
        one.why = one.why.replace(update::BY_UNDO, "");
    }
    show(arguments, &loaded, &update, format)
}

/// Says which other scenarios the file of priors takes for this one.
fn note_namesakes(arguments: &Arguments, loaded: &Loaded) {
    let parts: Vec<_> = loaded.source.parts().collect();
    let [_, priors] = parts[..] else { return };
    let title = &loaded.model.title;
    for other in update_beside::namesakes(&arguments.file, Path::new(priors.name), title) {
        console::note(&format!(
            "note: `{other}` has the title “{title}” too, and `{}` knows scenarios by their titles: what one of them has taught it counts as learned from the other, and is dropped there; give each a title of its own",
            priors.name
        ));
    }
}

/// Writes what moved, and says it.
fn show(arguments: &Arguments, loaded: &Loaded, update: &Update, format: Format) -> Done {
    let Written { files: written, log } =
        if arguments.dry_run || arguments.cases_alone || (update.learned.is_empty() && arguments.out.is_none()) {
            Written::default()
        } else {
            write(arguments, loaded, update)?
        };
    if arguments.dry_run {
        let texts = update::rewrite(&loaded.source, update)?;
        let beside = match loaded.source.parts().collect::<Vec<_>>()[..] {
            [_, priors] if texts[1] != priors.text => {
                update_beside::unsound(&arguments.file, Path::new(priors.name), &texts[1])
            }
            _ => Vec::new(),
        };
        for problem in unsound(loaded, &texts).into_iter().chain(beside) {
            console::note(&format!("note: {problem}, so that nothing could be written"));
        }
    }
    let report = Report {
        schema: "foretell.update/1",
        file: arguments.file.display().to_string(),
        written: written.first().cloned(),
        priors_written: written.get(1).cloned(),
        log,
        update,
    };
    update.notes.iter().for_each(|note| console::note(&format!("note: {note}")));
    if let Some(simulated) = update.simulated {
        console::note(&format!(
            "note: simulated in {} worlds; those that agree with what was observed are worth {} independent ones",
            figure::grouped(simulated.worlds),
            figure::grouped(simulated.effective_sample_size.round() as u64)
        ));
    }
    if let Some(from) = update.from_cases {
        let settled = if from.settled { "settled after" } else { "had not settled after" };
        console::note(&format!(
            "note: {}, {} different; chances {settled} {}; log-likelihood {}",
            counted(from.cases, "case"),
            from.patterns,
            counted(u64::from(from.rounds), "round"),
            figure::significant(from.log_likelihood, 6)
        ));
    }
    let mut sheets = vec![learned(update)];
    if !update.skipped.is_empty() {
        let mut sheet = Sheet::new(Some("What moved nothing"), vec![Column::text("of"), Column::text("why")]);
        update.skipped.iter().for_each(|one| sheet.row(vec![one.name.clone(), one.why.clone()]));
        sheets.push(sheet);
    }
    if !update.conflicts.is_empty() {
        let columns =
            vec![Column::text("of"), Column::text("seen"), Column::text("expected"), Column::number("so unlikely")];
        let mut sheet = Sheet::new(Some("What was hardly to be expected"), columns);
        for one in &update.conflicts {
            let row = [one.of.clone(), one.seen.clone(), one.expected.clone(), figure::significant(one.probability, 2)];
            sheet.row(row.to_vec());
        }
        sheets.push(sheet);
    }
    let foot = vec![match (written.as_slice(), arguments.dry_run) {
        ([_, ..], _) if let Some(log) = &report.log => {
            format!("written to {}, and noted in {log}", written.join(" and "))
        }
        ([_, ..], _) => format!("written to {}", written.join(" and ")),
        ([], _) if arguments.cases_alone => "nothing was written (--cases-alone)".to_owned(),
        ([], true) => "nothing was written (--dry-run)".to_owned(),
        ([], false) => "nothing to write".to_owned(),
    }];
    console::present(format, |_| Output {
        head: vec![loaded.model.title.clone()],
        sheets: sheets.clone(),
        foot: foot.clone(),
        json: &report,
    })?;
    if update.refused.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let refused = update.refused.join(", ");
    if update.learned.is_empty() {
        console::note(&format!("error: nothing was learned, since this was refused: {refused} (why stands above)"));
        return Ok(ExitCode::FAILURE);
    }
    console::note(&format!("warning: this was refused, and the rest learned: {refused} (why stands above)"));
    Ok(ExitCode::SUCCESS)
}

/// Why the scenario could not be run with these texts, if it could not: what it states of other chances may leave no room for a prior that moved.
fn unsound(loaded: &Loaded, texts: &[String]) -> Option<String> {
    let problem = load::first_error(&loaded.source, texts)?;
    Some(format!("after this update `{}` could not be run: {}", loaded.written.name(), problem.message))
}

/// The files that were written, and where it is noted what they held before.
#[derive(Debug, Default)]
struct Written {
    files: Vec<String>,
    log: Option<String>,
}

/// Notes what the files hold that are about to be written, for `--undo`. Where there is no room for such a note, that is said, and the update goes on.
fn note_before(file: &Path, files: &[PathBuf], texts: &[String], update: &Update) -> Result<Option<String>, Error> {
    let before = load::read(file)?;
    let priors = match (priors_file(&before), files.get(1).zip(texts.get(1))) {
        (Some(named), Some((path, text))) => Some(KeptPriors {
            name: named.value,
            text: load::read(path)?.text().to_owned(),
            after: sha256(text.as_bytes()),
        }),
        _ => None,
    };
    let learned = update.learned.iter().map(|one| Replaced {
        of: name_of(one),
        before: one.before.clone(),
        after: one.after.clone(),
    });
    let kept = Kept { learned: learned.collect(), scenario: before.text().to_owned(), priors };
    let after = texts.first().map(String::as_str).unwrap_or_default();
    let noted = Log::of(file).and_then(|log| {
        log.add(Did::Learned(kept), before.text(), after, Vec::new())?;
        Ok(log.path().display().to_string())
    });
    Ok(match noted {
        Ok(log) => Some(log),
        Err(problem) => {
            console::note(&format!("note: --undo will not take this update back, since it is not noted: {problem}"));
            None
        }
    })
}

/// Writes the scenario, and its file of priors if that moved or the new scenario would not find it.
fn write(arguments: &Arguments, loaded: &Loaded, update: &Update) -> Result<Written, Error> {
    let mut texts = update::rewrite(&loaded.source, update)?;
    if let Some(problem) = unsound(loaded, &texts) {
        return Err(Error::input(problem).help(
            "nothing was written; loosen what the file states beside the prior that learns (a total, other steps of a ladder, the share that never comes), and update again",
        ));
    }
    let mut files = vec![arguments.out.clone().unwrap_or_else(|| arguments.file.clone())];
    let parts: Vec<_> = loaded.source.parts().collect();
    if let [_, priors] = parts[..] {
        let moved = texts[1] != priors.text;
        let on_disk = load::read(Path::new(priors.name))?;
        if on_disk.text().starts_with(BYTE_ORDER_MARK) {
            texts[1].insert(0, BYTE_ORDER_MARK);
        }
        match &arguments.out {
            None if moved => {
                if on_disk.text().trim_start_matches(BYTE_ORDER_MARK) != priors.text {
                    return Err(Error::environment(format!("`{}` has changed since it was read", priors.name))
                        .help("nothing was written; run the update again"));
                }
                files.push(PathBuf::from(priors.name));
            }
            Some(out) if moved || !in_one_folder(out, &arguments.file) => {
                let name = priors_out(arguments, out, priors.name)?;
                texts[0] = edit::set_key(&texts[0], &[], "priors", &edit::quoted(name))?;
                files.push(out.with_file_name(name));
            }
            _ => {}
        }
    }
    if let [scenario, priors] = files.as_slice() {
        let beside = update_beside::unsound(scenario, priors, &texts[1]);
        if !beside.is_empty() {
            return Err(Error::input(beside.join("\n")).help(
                "nothing was written; loosen what that scenario states beside the prior that learns, or keep what is learned apart: `--out` and `--priors-out` write copies",
            ));
        }
    }
    let log = match arguments.out {
        None => note_before(&arguments.file, &files, &texts, update)?,
        Some(_) => None,
    };
    for (file, text) in files.iter().zip(&texts) {
        written::put(file, text.as_bytes())?;
    }
    Ok(Written { files: files.iter().map(|file| file.display().to_string()).collect(), log })
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The name under which the file of priors goes beside the new scenario: one of its own, that no file in use has.
fn priors_out<'a>(arguments: &'a Arguments, out: &Path, priors: &str) -> Result<&'a str, Error> {
    let Some(name) = arguments.priors_out.as_deref() else {
        return Err(Error::input(format!(
            "the new scenario needs its file of priors beside it, and --out leaves `{priors}` as it is"
        ))
        .help("say with --priors-out under which name it shall stand beside the new scenario; nothing was written"));
    };
    let there = out.with_file_name(name);
    let is_name = Path::new(name).file_name().is_some_and(|file| file == name);
    let in_use = [Some(&arguments.file), arguments.outcomes.as_ref(), arguments.cases.as_ref()];
    let is_read = is_same(Path::new(priors), &there);
    let is_in_use = is_read || in_use.into_iter().flatten().any(|file| is_same(file, &there)) || there == out;
    if is_name && !is_in_use {
        return Ok(name);
    }
    Err(Error::input(format!("--priors-out {name} is no name for a file of its own beside the new scenario"))
        .help("give a name alone, such as `learned-classes.toml`, that no file in use has; nothing was written"))
}

/// Whether two paths lead to one file that is there.
fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

fn in_one_folder(one: &Path, other: &Path) -> bool {
    let folder = |file: &Path| match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    is_same(&folder(one), &folder(other))
}

/// A number of things, by its singular.
fn counted(count: u64, of: &str) -> String {
    format!("{} {of}{}", figure::grouped(count), if count == 1 { "" } else { "s" })
}

fn learned(update: &Update) -> Sheet {
    let columns = vec![
        Column::text("event"),
        Column::text("prior"),
        Column::text("posterior"),
        Column::number("mean before"),
        Column::number("mean after"),
        Column::text("means"),
        Column::number("error"),
        Column::text("by"),
    ];
    let mut sheet = Sheet::new(Some("What moved"), columns);
    for one in &update.learned {
        sheet.row(vec![
            name_of(one),
            one.before.clone(),
            one.after.clone(),
            figure::significant(one.mean_before, 4),
            figure::significant(one.mean_after, 4),
            one.means.name().to_owned(),
            if one.standard_error > 0.0 { figure::significant(one.standard_error, 1) } else { String::new() },
            observations(&one.by),
        ]);
    }
    sheet
}

/// The event whose prior moved, and of options which.
fn name_of(one: &Learned) -> String {
    one.option.as_ref().map_or_else(|| one.event.clone(), |option| format!("{} is {option}", one.event))
}

/// The observations by name, or where there are many the first of them and how many more.
fn observations(by: &[String]) -> String {
    const SHOWN: usize = 3;
    if by.len() <= SHOWN {
        return by.join("; ");
    }
    format!("{}; and {} more", by[..SHOWN - 1].join("; "), by.len() - SHOWN + 1)
}
