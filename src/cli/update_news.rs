//! `foretell update --news`: one piece of news into the scenario file, with what it moves; `--undo` takes the last one out, or the last update of priors back.

use super::diff::{compare, how, most_cells};
use super::diff_sheets::{is_moved, why};
use super::ledger_file::today;
use super::load::{self, Loaded};
use super::means::Choice;
use super::update_log::{Did, Log, Moved};
use super::{Done, console, update_undo, written};
use crate::diff::{Diff, Options, QuestionMoved};
use crate::error::Error;
use crate::forecast::day;
use crate::hash::sha256;
use crate::model::{Finding, Model};
use crate::plan::Situation;
use crate::report::figure::{percent, significant};
use crate::report::{Format, Output};
use crate::scenario::edit::quoted;
use crate::scenario::{add_news, news_block, news_keys, news_phrase, remove_news};
use crate::simulate::{LEAST_WORLDS_IN_BATCHES, Settings};
use jiff::civil::Date;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Chances in sentences are shown as if they had this error.
const SHOWN: f64 = 0.0005;

/// What is reported, or taken back.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct NewsArguments {
    /// Add a piece of news to the file instead: what it is about and its effect, such as "inspection happened", "talks by 2026-03-01 x0.4" or "deal is now 30%"
    #[arg(long, value_name = "PHRASE", conflicts_with_all = ["ledger", "outcomes", "until", "cases", "out", "undo"])]
    news: Option<String>,
    /// Day on which the news became known [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = day, requires = "news")]
    date: Option<Date>,
    /// Who reported it
    #[arg(long, value_name = "TEXT", requires = "news")]
    source: Option<String>,
    /// What it says
    #[arg(long, value_name = "TEXT", requires = "news")]
    says: Option<String>,
    /// Why it has this effect
    #[arg(long, value_name = "TEXT", requires = "news")]
    why: Option<String>,
    /// Take back what the last update without --out did to the file, whatever that was: the piece of news that --news put in, or what outcomes or cases
    /// taught its priors. Given again, the one before
    #[arg(long, conflicts_with_all = ["ledger", "outcomes", "until", "cases", "out", "date", "source", "says", "why"])]
    undo: bool,
}

impl NewsArguments {
    pub(super) const fn is_asked(&self) -> bool {
        self.news.is_some() || self.undo
    }
}

/// How the effect is found, and whether that is all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Preview {
    pub(super) worlds: u64,
    pub(super) seed: u64,
    /// Nothing is written.
    pub(super) only: bool,
}

/// The chance of what a piece of news is about.
#[derive(Debug, Clone, Copy, Serialize, schemars::JsonSchema)]
struct Step {
    before: f64,
    after: f64,
    /// By how much its odds were multiplied; nothing if one of the chances is 0 or 1.
    odds_ratio: Option<f64>,
    /// The likelihood ratio that the news states, if it states one.
    stated_ratio: Option<f64>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    schema: &'static str,
    engine: &'static str,
    file: String,
    /// The day looked from.
    #[schemars(with = "String")]
    as_of: Date,
    seed: u64,
    /// Whether news was taken out instead of put in.
    undo: bool,
    /// The lines.
    lines: String,
    /// Whether the file was written.
    written: bool,
    /// The file that lists what was put in and taken out.
    log: String,
    /// The chance of what the news is about; nothing if that is no condition.
    step: Option<Step>,
    warnings: Vec<String>,
    #[serde(flatten)]
    diff: Diff,
}

/// A change of the file, not made yet.
struct Draft {
    /// What the file would hold.
    text: String,
    did: Did,
    lines: String,
    as_of: Date,
    warnings: Vec<String>,
}

pub(super) fn run(file: &Path, arguments: &NewsArguments, preview: Preview, format: Format) -> Done {
    let log = Log::of(file)?;
    // Here nothing is simulated.
    if let (None, Some((line, Did::Learned(kept)))) = (&arguments.news, log.last()) {
        return update_undo::run(file, &log, (line, kept), preview, format);
    }
    if preview.worlds < LEAST_WORLDS_IN_BATCHES {
        return Err(Error::input(format!("--worlds {} is too few to tell how sure a difference is", preview.worlds))
            .help(format!("a variant takes at least {LEAST_WORLDS_IN_BATCHES} worlds")));
    }
    let old = load::load(file)?;
    crate::plan::decided(&old.model, &[])?;
    let text = load::read(file)?.text().to_owned();
    let draft = match &arguments.news {
        Some(phrase) => added(&old, &text, phrase, arguments)?,
        None => taken_back(file, &old, &text, &log)?,
    };
    let new = load::load_edited(file, &draft.text, &old)?;
    // Of the two files the one with the news says what it is about.
    let (with, finding) = match arguments.news {
        Some(_) => (&new, added_finding(&new.model, &old.model)),
        None => (&old, added_finding(&old.model, &new.model)),
    };
    let probe = finding.and_then(|at| probe(&draft, with, at));
    let settings = Settings { worlds: preview.worlds, seed: preview.seed, ..Settings::default() };
    let options = Options { most_cells: most_cells(Choice::Auto), settings, ..Options::default() };
    let mut diff = match &probe {
        Some((name, question)) => {
            let (before, after) = (old.asking(question), new.asking(question));
            let sides = before.as_ref().zip(after.as_ref());
            let (before, after) = sides.unwrap_or((&old, &new));
            let found = compare((before, draft.as_of), (after, draft.as_of), &options)?;
            (found, Some(name.clone()))
        }
        None => (compare((&old, draft.as_of), (&new, draft.as_of), &options)?, None),
    };
    let told = diff.1.and_then(|name| {
        let at = diff.0.questions.iter().position(|one| one.id == name)?;
        Some(diff.0.questions.remove(at))
    });
    let diff = diff.0;
    let stated = finding.map(|at| &with.model.news[at].finding);
    let mut warnings = draft.warnings.clone();
    let mut is_idle = false;
    let step = told.as_ref().and_then(|told| step(told, stated, arguments));
    if let Some((at, stated)) = finding.zip(stated).filter(|_| !arguments.undo) {
        let look = Look {
            step: step.as_ref(),
            exact: told.as_ref().is_some_and(|told| told.exact),
            stands: is_stated(&old.model, words(&with.model.news[at].text)),
            moves: diff.questions.iter().any(is_moved),
        };
        match idle(&look, stated, &old.model) {
            Some(Idle { why, proven: true }) => {
                is_idle = true;
                warnings = vec![why];
            }
            Some(Idle { why, proven: false }) => warnings.push(why),
            None => {
                let error = told.as_ref().and_then(|told| told.figures.first()).map_or(0.0, |one| one.moved_error);
                warnings.extend(step.as_ref().and_then(|step| too_large(step, error, stated, arguments)));
            }
        }
    }
    for warning in &warnings {
        console::note(&format!("warning: {warning}"));
    }
    let is_written = !preview.only && !is_idle;
    if is_written {
        let unchanged = load::read(file)?.text() == text;
        if !unchanged {
            return Err(Error::environment(format!("`{}` has changed since it was read", file.display()))
                .help("nothing was written; run it again"));
        }
        log.add(draft.did, &text, &draft.text, moved(&diff))?;
        written::put(file, draft.text.as_bytes())?;
    }
    let report = Report {
        schema: "foretell.news/1",
        engine: env!("CARGO_PKG_VERSION"),
        file: file.display().to_string(),
        as_of: draft.as_of,
        seed: preview.seed,
        undo: arguments.undo,
        lines: draft.lines,
        written: is_written,
        log: log.path().display().to_string(),
        step,
        warnings,
        diff,
    };
    console::present(format, |format| Output {
        head: head(&new, &report),
        sheets: sheets(&report, format),
        foot: foot(&report, preview),
        json: &report,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The file with one more piece of news.
fn added(old: &Loaded, text: &str, phrase: &str, arguments: &NewsArguments) -> Result<Draft, Error> {
    let Some((about, effect)) = news_phrase(phrase) else {
        return Err(Error::input(format!("--news \"{phrase}\" cannot be read as what it is about and what it does"))
            .help("write `inspection happened`, `deal did not happen`, `track is neither`, `talks by 2026-03-01 x0.4` or `deal is now 30%`"));
    };
    let date = arguments.date.unwrap_or_else(today);
    if date < old.model.as_of {
        return Err(Error::input(format!(
            "news of {date} is older than the day whose knowledge the file holds anyway ({})",
            old.model.as_of
        ))
        .help("what is known by then belongs in the chances; a later day is said with --date"));
    }
    let as_of = Situation::of_file(&old.model).as_of(date, &old.model)?.as_of;
    let keys = news_keys(
        date,
        [
            ("source", arguments.source.as_deref()),
            ("says", arguments.says.as_deref()),
            ("about", Some(about)),
            ("effect", Some(effect)),
            ("why", arguments.why.as_deref()),
        ],
    );
    let block = news_block(&keys);
    let (text, put_in) = add_news(text, &block)?;
    let warnings = twice(&old.model, &format!("{about} {effect}"), date, arguments);
    Ok(Draft { text, did: Did::News(put_in), lines: block, as_of, warnings })
}

/// The file without the last piece of news that was put in.
fn taken_back(file: &Path, old: &Loaded, text: &str, log: &Log) -> Result<Draft, Error> {
    let Some((line, Did::News(added))) = log.last() else {
        return Err(Error::input(format!(
            "there is no news in `{}` that --news put in, and nothing that an update taught its priors, to take back",
            file.display()
        ))
        .help(format!(
            "`{}` would list it; an update with --out left the old file as it was; take other news out, and put other priors back, by hand",
            log.path().display()
        )));
    };
    let Some(without) = remove_news(text, added) else {
        return Err(Error::input(format!(
            "the last news put into `{}` does not stand there as it was written",
            file.display()
        ))
        .help(format!("it was edited since; take it out by hand: {}", added.trim().replace(['\n', '\r'], "  "))));
    };
    let mut warnings = Vec::new();
    if line.after != sha256(text.as_bytes()) {
        warnings.push(
            "the file was edited since that news was put in; the edits stay, only the news is taken out".to_owned(),
        );
    }
    let date =
        added.lines().find_map(|line| line.strip_prefix("date")?.trim_start().strip_prefix('=')?.trim().parse().ok());
    let as_of = Situation::of_file(&old.model).as_of(date.unwrap_or(old.model.as_of), &old.model)?.as_of;
    let lines = added.trim_start().replace("\r\n", "\n");
    Ok(Draft { text: without, did: Did::Undo(line.step), lines, as_of, warnings })
}

/// News that may be this one already.
fn twice(model: &Model, text: &str, date: Date, arguments: &NewsArguments) -> Vec<String> {
    let about = |text: &str| news_phrase(text).map(|(about, _)| about.to_owned());
    let own = about(text);
    let alike = model.news.iter().filter(|news| {
        let same_words = arguments.says.is_some() && news.says == arguments.says;
        same_words || (news.date == date && about(words(&news.text)) == own)
    });
    alike
        .map(|news| format!("the file knows `{}` already; one report must not count twice", news.text))
        .take(1)
        .collect()
}

/// A piece of news without its day.
fn words(text: &str) -> &str {
    text.rsplit_once(" (news of ").map_or(text, |(words, _)| words)
}

/// Whether a belief or a report stands in a file in these very words.
fn is_stated(model: &Model, own: &str) -> bool {
    model.news.iter().any(|news| !matches!(news.finding, Finding::Hint(..)) && words(&news.text) == own)
}

/// How far a piece of news moves what it is about.
fn step(told: &QuestionMoved, stated: Option<&Finding>, arguments: &NewsArguments) -> Option<Step> {
    let figure = told.figures.first()?;
    let (before, after) = (figure.old?, figure.new?);
    let stated_ratio = match stated {
        Some(Finding::Hint(_, ratio)) => Some(if arguments.undo { 1.0 / ratio } else { *ratio }),
        _ => None,
    };
    let is_open = |chance: f64| chance > 0.0 && chance < 1.0;
    let odds = |chance: f64| chance / (1.0 - chance);
    let odds_ratio = (is_open(before) && is_open(after)).then(|| odds(after) / odds(before));
    Some(Step { before, after, odds_ratio, stated_ratio })
}

/// What is seen of a piece of news when it is put in.
#[derive(Debug)]
struct Look<'a> {
    /// How far it moves what it is about, if that is a condition.
    step: Option<&'a Step>,
    /// Whether that was computed.
    exact: bool,
    /// Whether the file says it already, in the same words.
    stands: bool,
    /// Whether it moves a question.
    moves: bool,
}

/// Why a piece of news does nothing.
#[derive(Debug, PartialEq)]
struct Idle {
    why: String,
    /// Whether that is beyond doubt, so that it is not written.
    proven: bool,
}

/// Why a piece of news does nothing, if that is so.
fn idle(look: &Look<'_>, stated: &Finding, old: &Model) -> Option<Idle> {
    /// Chances are computed this far.
    const SAME: f64 = 1e-9;
    let proven = |why: &str| Some(Idle { why: format!("this can do nothing: {why}"), proven: true });
    if matches!(stated, Finding::Hint(_, ratio) if *ratio == 1.0) {
        return proven("a ratio of x1 says that what is reported is as likely either way");
    }
    let is_belief = matches!(stated, Finding::Hint(..) | Finding::Now(..));
    let is_same = look.step.is_none_or(|step| (step.before - step.after).abs() <= SAME);
    if !is_same || (!is_belief && look.moves) {
        return None;
    }
    // That something had not come is news anew on every day.
    if !is_belief && look.stands && !matches!(stated, Finding::NotBy(..)) {
        return proven("the file reports that already, in the same words");
    }
    let step = look.step?;
    // That it came says nothing of the day on which it did.
    if matches!(stated, Finding::HappenedOn(..)) {
        return None;
    }
    if step.odds_ratio.is_none() {
        let word = if step.before > 0.5 { "certain" } else { "impossible" };
        let stands = look.stands && matches!(stated, Finding::Now(..));
        // What was only believed is settled by a report, which teaches.
        let is_believed =
            |finding: &Finding| matches!(finding, Finding::Now(_, chance) if *chance == 0.0 || *chance == 1.0);
        if !is_belief && old.news.iter().any(|news| is_believed(&news.finding)) {
            let why = format!(
                "what this is about was believed to be {word} or follows from such a belief: it moves nothing, and settles it"
            );
            return Some(Idle { why, proven: false });
        }
        if look.exact || stands {
            return proven(&format!("what it is about is {word} by what the file knows on that day"));
        }
        let why = format!("what this is about is {word} in all worlds that were drawn: it moves nothing there");
        return Some(Idle { why, proven: false });
    }
    if !is_belief {
        let why = "this moves nothing: the file takes it for granted on that day, since nothing else is reported";
        return Some(Idle { why: why.to_owned(), proven: false });
    }
    match stated {
        Finding::Now(..) if look.stands => proven("the file states that chance already, in the same words"),
        Finding::Now(..) => {
            let chance = percent(step.before, SHOWN);
            let why = format!("this states the chance that what it is about has anyway, {chance}: it moves nothing");
            Some(Idle { why, proven: false })
        }
        _ => None,
    }
}

/// Where the news that only one of the models has stands in it.
fn added_finding(with: &Model, without: &Model) -> Option<usize> {
    let count = |model: &Model, text: &str| model.news.iter().filter(|news| news.text == text).count();
    with.news.iter().rposition(|news| count(with, &news.text) > count(without, &news.text))
}

/// A question about what the news is about, under a name that no other has.
fn probe(draft: &Draft, with: &Loaded, at: usize) -> Option<(String, String)> {
    let model = &with.model;
    let finding = &model.news[at].finding;
    if matches!(finding, Finding::Number(..)) {
        return None;
    }
    let value = |key: &str| {
        let mut lines = draft.lines.lines();
        lines.find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=').map(str::trim))
    };
    let (about, effect) = (value("about")?, value("effect")?);
    // `track` with the effect `is x` is about whether `track is x`.
    let is_of_options = matches!(finding, Finding::Option(..) | Finding::Holds(_))
        && effect.get(1..).is_some_and(|effect| effect.starts_with("is "));
    let about = if is_of_options { quoted(words(&model.news[at].text)) } else { about.to_owned() };
    let mut name = "what_the_news_is_about".to_owned();
    while model.questions.iter().any(|one| one.name == name) || model.events.iter().any(|one| one.name == name) {
        name.push('_');
    }
    let mut question = format!("\n[question.{name}]\nask = \"?\"\nresolves = \"?\"\n");
    let _ = write!(question, "holds = {about}\ncloses = {}\n", model.horizon);
    Some((name, question))
}

/// What is to be said of a step that is larger than its reason.
fn too_large(step: &Step, error: f64, stated: &Finding, arguments: &NewsArguments) -> Option<String> {
    /// The strongest word of the language for one piece of evidence.
    const STRONG: f64 = 5.0;
    let Some(ratio) = step.odds_ratio else {
        let is_bare = matches!(stated, Finding::Now(..)) && arguments.why.is_none() && step.before != step.after;
        return is_bare.then(|| {
            format!(
                "this overwrites the chance of what it is about, from {} to {}, which nothing can move any more, and states no reason: say it with --why",
                percent(step.before, SHOWN),
                percent(step.after, SHOWN)
            )
        });
    };
    let size = ratio.max(1.0 / ratio);
    let by = format!(
        "from {} to {}, its odds by x{}",
        percent(step.before, SHOWN),
        percent(step.after, SHOWN),
        significant(ratio, 3)
    );
    match (stated, step.stated_ratio) {
        (_, Some(allowed)) => {
            // The error of the log odds, from that of the difference of chances.
            let slack = 4.0 * error * (1.0 / (step.after * (1.0 - step.after))) + 1e-9;
            let allowed = allowed.max(1.0 / allowed);
            (size > allowed * (1.0 + slack)).then(|| {
                format!("this moves what it is about {by}, more than the x{} that it states", significant(allowed, 3))
            })
        }
        (Finding::Now(..), None) if arguments.why.is_none() => Some(format!(
            "this overwrites the chance of what it is about {by}, and states no reason: say it with --why"
        )),
        (Finding::Now(..), None) if size > STRONG => Some(format!(
            "this moves what it is about {by}, more than one strong piece of evidence (x{STRONG}) would: check that its reason is that good"
        )),
        _ => None,
    }
}

fn moved(diff: &Diff) -> Vec<Moved> {
    let figures = diff.questions.iter().flat_map(|one| one.figures.iter().map(move |figure| (one, figure)));
    let moved = figures.filter_map(|(question, figure)| {
        let by = figure.moved.filter(|by| *by != 0.0)?;
        let (question, part) = (question.id.clone(), figure.part.clone());
        Some(Moved { question, part, by, standard_error: figure.moved_error })
    });
    moved.collect()
}

fn head(new: &Loaded, report: &Report) -> Vec<String> {
    let mut head = vec![
        new.model.title.clone(),
        format!("as of {}, {}", report.as_of, how(&report.diff, report.seed)),
        String::new(),
    ];
    head.push(if report.undo { "Taken out".to_owned() } else { "News".to_owned() });
    head.extend(report.lines.lines().filter(|line| *line != "[[news]]").map(str::to_owned));
    if let Some(step) = &report.step {
        let ratio =
            step.odds_ratio.map_or_else(String::new, |ratio| format!(", its odds by x{}", significant(ratio, 3)));
        let shown = |chance: f64| percent(chance, SHOWN);
        head.push(format!("what it is about moves from {} to {}{ratio}", shown(step.before), shown(step.after)));
    }
    head
}

fn sheets(report: &Report, format: Format) -> Vec<crate::report::Sheet> {
    let sheet = why(&report.diff, format);
    if sheet.is_empty() { Vec::new() } else { vec![sheet] }
}

fn foot(report: &Report, preview: Preview) -> Vec<String> {
    let mut foot = Vec::new();
    let still: Vec<&str> =
        report.diff.questions.iter().filter(|one| !is_moved(one)).map(|one| one.id.as_str()).collect();
    if !still.is_empty() {
        foot.push(format!("not moved: {}", still.join(", ")));
    }
    foot.push(if report.written {
        format!("written to {}, and noted in {}", report.file, report.log)
    } else if preview.only {
        "nothing was written (--dry-run)".to_owned()
    } else {
        "nothing was written, since it can do nothing".to_owned()
    });
    foot
}
