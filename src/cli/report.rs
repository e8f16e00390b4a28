//! `foretell report`: a brief of a scenario, or a comparison of forecasters, as one HTML page or as Markdown.

use super::budget::Budget;
use super::compare;
use super::inputs::{self, Inputs};
use super::load::{self, Loaded, View};
use super::means::{Means, Voice};
use super::report_bottom::bottom_line;
use super::report_changes::{self as moves, Moved};
use super::report_curves as curves;
use super::report_outlook as outlook;
use super::report_parts::{self as parts, Doubts};
use super::report_resolved::all_unheard;
use super::run::once;
use super::{Done, console};
use crate::brief::{self, Brief, KnownLexicon, LeftOut, Lexicon};
use crate::error::Error;
use crate::forecast::{Records, day, way_to_name};
use crate::model::QuestionTarget;
use crate::report::run::RunReport;
use crate::report::{Column, Format, Output, Sheet};
use crate::simulate::{Design, Method, Settings};
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  foretell report scenarios/white-house-2025-08-18.toml --as-of 2025-10-20 --out brief.html
  foretell report today.toml --against yesterday.toml --format md
  foretell report summit.toml --ledger summit.db --headline putin_zelenskiy_meet_2025,ceasefire_2025 --out brief.html
  foretell report summit.toml --text judgement.txt --lexicon uk --out brief.html
  foretell report --compare foretell,polymarket --ledger summit.db --out comparison.html

The page needs no network and no script; the same file and options give the same bytes. Words for chances come from a lexicon, \
with the number in brackets. A text of your own (--text) stands at the top, and is searched for words that stand beside the wrong number.";

/// Write a brief of a scenario, or a comparison of forecasters, as a page or as Markdown
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Scenario file
    #[arg(value_name = "FILE", required_unless_present = "compare")]
    file: Option<PathBuf>,
    /// Write the page into this file: HTML (`.html`, `.htm` or no ending), or Markdown (`.md`, or no ending and --format md)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    budget: Budget,
    /// Seed of the random streams
    #[arg(long, value_name = "S", value_parser = super::budget::seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    view: View,
    /// How often the doubtful inputs are drawn anew to see how far they move the forecasts
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=100_000), allow_negative_numbers = true)]
    doubt_draws: u32,
    /// The questions that matter most, in their order [default: the five open yes/no questions that are least settled]
    #[arg(long, value_name = "QUESTIONS", value_delimiter = ',')]
    headline: Vec<String>,
    /// Tell the stories over these events and questions [default: those of --headline, or else those that say most of all others]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    over: Vec<String>,
    /// Words for chances: icd203, uk, or a TOML file of one's own
    #[arg(long, value_name = "LEXICON", default_value = "icd203")]
    lexicon: String,
    /// A text of one's own, for the top of the brief; empty lines separate its paragraphs
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Say what moved since this day [default: seven days before, or the day of the file if that is later]
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "against")]
    since: Option<Date>,
    /// Say what moved against this file
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// How far apart the days of the curves are, such as 7d or 2w [default: a twentieth of the time since the day of the file]
    #[arg(long, value_name = "STEP", value_parser = super::run::step)]
    every: Option<i64>,
    /// Compare these forecasters instead of briefing on a scenario
    #[arg(long, value_name = "FORECASTERS", value_delimiter = ',', conflicts_with_all = ["file", "headline", "over", "text", "since", "against", "every", "worlds", "precision", "seconds", "seed", "as_of", "given", "suppose", "doubt_draws", "lexicon"])]
    compare: Vec<String>,
    #[command(flatten)]
    inputs: Inputs,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if let Some(out) = &arguments.out {
        let lexicon = PathBuf::from(&arguments.lexicon);
        let own = [&arguments.file, &arguments.text, &arguments.against].into_iter().flatten().chain([&lexicon]);
        let ledger = arguments.inputs.ledger_path();
        console::refuse_to_write_over("--out", out, own.chain([&ledger]).map(PathBuf::as_path))?;
        arguments.inputs.refuse_to_write_over([("--out", Some(out))])?;
        is_markdown(out, format)?;
    }
    if let Some(option) = arguments.inputs.asked_of_numbers() {
        return Err(Error::input(format!(
            "{option} is of scores of numbers, and a page scores yes/no questions alone"
        ))
        .help(format!("leave it out, or score numbers with `foretell score {option} …`")));
    }
    match &arguments.file {
        Some(file) => of_scenario(arguments, file, format),
        None => of_forecasters(arguments, format),
    }
}

fn of_scenario(arguments: &Arguments, file: &Path, format: Format) -> Done {
    if let Some(option) = arguments.inputs.asked_of_records().filter(|_| !arguments.inputs.is_named()) {
        return Err(Error::input(format!("{option} is of records, and none are named"))
            .help("name them: --ledger FILE, or --forecasts FILE"));
    }
    let lexicon = lexicon(&arguments.lexicon)?;
    let loaded = load::load(file)?;
    let budget = arguments.budget.of(&loaded.model, None)?;
    let settings = Settings {
        worlds: budget.worlds,
        seed: arguments.seed,
        threads: None,
        doubt_draws: arguments.doubt_draws,
        stop: budget.stop,
        method: Method::Auto,
        design: Design::Independent,
    };
    let named = named(&loaded, &arguments.headline)?;
    let judgement = arguments.text.as_deref().map(|path| judgement(path, &lexicon)).transpose()?.unwrap_or_default();
    let report = once(&loaded, &arguments.view, &settings, Means::Choose, Voice::default())?;
    let records = if arguments.inputs.is_named() {
        Some(parts::up_to(inputs::records(&arguments.inputs)?, report.as_of))
    } else {
        None
    };
    let headline = if named.is_empty() { least_settled(&loaded, &report) } else { named };
    let brief = brief(arguments, &loaded, lexicon, judgement, records.as_ref(), &report, &headline, &settings)?;
    show(&brief, arguments.out.as_deref(), format)
}

#[expect(clippy::too_many_arguments, reason = "what a brief is made of, once")]
fn brief(
    arguments: &Arguments,
    loaded: &Loaded,
    lexicon: Lexicon,
    judgement: Vec<String>,
    records: Option<&Records>,
    report: &RunReport,
    headline: &[usize],
    settings: &Settings,
) -> Result<Brief, Error> {
    let model = &loaded.model;
    let past = curves::past(loaded, &arguments.view, report, arguments.every, settings)?;
    let news = parts::news(model, report.as_of);
    let moved = match (&arguments.against, arguments.since) {
        (Some(path), _) => Moved::Against(Box::new(load::load(path)?)),
        (None, Some(since)) if since >= report.as_of => {
            return Err(Error::input(format!(
                "--since: nothing has moved since {since}: the brief is as of {}",
                report.as_of
            ))
            .help("name an earlier day with --since, or a later one with --as-of"));
        }
        (None, Some(since)) if since < model.as_of => {
            return Err(Error::input(format!(
                "--since {since} lies before what the file knows, which is of {}",
                model.as_of
            ))
            .help(format!("name {} or a later day", model.as_of)));
        }
        (None, Some(since)) => Moved::Since(since),
        (None, None) => Moved::Since(week_before(report.as_of).max(model.as_of)),
    };
    // What is supposed is supposed of both days, and then it is another file that moves.
    let changes =
        if arguments.view.suppose.is_empty() { moves::changes(loaded, report, moved, settings)? } else { None };
    let situation = arguments.view.situation(model)?;
    let over = if arguments.over.is_empty() { &arguments.headline } else { &arguments.over };
    let unheard = all_unheard(model, report, records);
    let stories = outlook::stories(model, &situation, over, settings, &unheard)?;
    let mut left_out = Vec::new();
    let mut or_why = |section: &'static str, why: String| left_out.push(LeftOut { section, why });
    let stories = stories.map_err(|why| or_why("stories", why)).ok();
    let is_open = |at: &usize| {
        let question = &model.questions[*at];
        question.closes > report.as_of && !unheard.iter().any(|one| one.id == question.name)
    };
    let open: Vec<usize> = headline.iter().copied().filter(is_open).collect();
    if !arguments.view.suppose.is_empty() {
        or_why("changes", outlook::SUPPOSED.to_owned());
    }
    let drivers = open.iter().find_map(|at| outlook::drivers(loaded, &situation, *at, settings));
    if drivers.is_none() {
        or_why("drivers", outlook::no_drivers(loaded, &open));
    }
    let mut settling = Vec::new();
    let watch = open.iter().find_map(|at| match outlook::watched(model, &situation, report, *at, settings, &unheard) {
        Ok(watch) => Some(watch),
        Err(may_settle_it) => {
            settling.push((*at, may_settle_it));
            None
        }
    });
    if watch.is_none() {
        or_why("watch", outlook::nothing_to_watch(loaded, &settling));
    }
    let record = records.and_then(parts::record);
    if record.is_none() {
        or_why("record", parts::no_record(records, report.as_of));
    }
    let doubts = Doubts::new(model, &situation, settings.doubt_draws);
    let (questions, closed) = parts::questions(loaded, report, records, &doubts, &lexicon);
    let shown = curves::curves(loaded, report, &past, records, headline, &news);
    let how_curves = curves::how(&shown, &past, report.worlds);
    let coherence = outlook::coherence(loaded, report, records)?;
    let told = (stories.as_ref(), changes.as_ref(), watch.as_ref());
    let bottom_line = bottom_line(loaded, report, (headline, questions.as_slice()), told, &doubts, &lexicon);
    Ok(Brief {
        schema: brief::BRIEF_SCHEMA,
        engine: env!("CARGO_PKG_VERSION"),
        title: model.title.clone(),
        scenario_hash: loaded.hash.clone(),
        as_of: report.as_of,
        bottom_line,
        judgement,
        stories,
        questions,
        closed,
        news: if shown.is_empty() { Vec::new() } else { news },
        curves: shown,
        changes,
        drivers,
        watch,
        record,
        left_out,
        coherence,
        method: parts::method(report, how_curves, &lexicon),
        inputs: parts::stated(loaded),
        warnings: outlook::warnings(report),
        file: loaded.source.text().to_owned(),
        lexicon,
    })
}

fn week_before(day: Date) -> Date {
    day.checked_sub(jiff::Span::new().days(7)).unwrap_or(day)
}

/// The words of whoever answers for the brief; what is crooked in them goes to stderr.
fn judgement(path: &Path, lexicon: &Lexicon) -> Result<Vec<String>, Error> {
    let source = load::read_other(path, "write what you want to say into a file, and name it")?;
    let found = brief::lint(&source, lexicon);
    console::diagnostics(&found, &source);
    let paragraphs =
        source.text().split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(paragraphs.filter(|paragraph| !paragraph.is_empty()).collect())
}

fn lexicon(named: &str) -> Result<Lexicon, Error> {
    match named {
        "icd203" => Ok(Lexicon::known(KnownLexicon::Icd203)),
        "uk" => Ok(Lexicon::known(KnownLexicon::Uk)),
        path if Path::new(path).exists() => {
            let read = Lexicon::from_toml(load::read(Path::new(path))?.text());
            read.map_err(|problem| {
                let named = Error::input(format!("{path}: {problem}"));
                match problem.way_out() {
                    Some(help) => named.help(help),
                    None => named,
                }
            })
        }
        other => Err(Error::input(format!("there is no lexicon `{other}`"))
            .help("say icd203, uk, or name a TOML file with `name` and `[[terms]]`")),
    }
}

/// Places of the five open yes/no questions that are least settled.
fn least_settled(loaded: &Loaded, report: &RunReport) -> Vec<usize> {
    let questions = &loaded.model.questions;
    let mut open: Vec<(usize, f64)> = (0..questions.len())
        .filter(|at| questions[*at].closes > report.as_of && matches!(questions[*at].target, QuestionTarget::Holds(_)))
        .filter_map(|at| Some((at, (parts::probability(report, at)? - 0.5).abs())))
        .filter(|(_, distance)| *distance < 0.5)
        .collect();
    open.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    open.into_iter().take(5).map(|(at, _)| at).collect()
}

/// Places of the questions that are said to matter most.
fn named(loaded: &Loaded, named: &[String]) -> Result<Vec<usize>, Error> {
    let questions = &loaded.model.questions;
    let place = |name: &String| {
        let at = questions.iter().position(|question| question.name == *name);
        at.ok_or_else(|| {
            Error::input(format!("--headline: no question is called `{name}`")).help(way_to_name(
                name,
                "questions",
                questions.iter().map(|question| question.name.as_str()),
            ))
        })
    };
    if let Some(twice) = named.iter().enumerate().find(|(at, name)| named[..*at].contains(name)) {
        return Err(Error::input(format!("--headline: `{}` is named twice", twice.1)).help("name it once"));
    }
    named.iter().map(place).collect()
}

/// Whether a file is to hold Markdown and not HTML: by its ending, or by the form asked for where it has none. An error where the ending is of neither, or of
/// another form than is asked for.
fn is_markdown(path: &Path, format: Format) -> Result<bool, Error> {
    let is = |ending: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
    if path.extension().is_some() && !["html", "htm", "md"].into_iter().any(is) {
        let page = path.with_extension("html");
        return Err(Error::input(format!("--out: `{}` is neither HTML nor Markdown by its ending", path.display()))
            .help(format!("name it `{}`, which any browser prints, or let it end in `.md`", page.display())));
    }
    let ends_otherwise = path.extension().is_some() && !is("md");
    match format {
        Format::Table => Ok(is("md")),
        Format::Md if ends_otherwise => {
            let other = path.with_extension("md");
            Err(Error::input(format!(
                "--format md asks for Markdown, and --out `{}` ends as HTML does",
                path.display()
            ))
            .help(format!("name it `{}`, or leave --format out", other.display())))
        }
        Format::Md => Ok(true),
        Format::Json | Format::Csv => {
            let name = if format == Format::Json { "json" } else { "csv" };
            Err(Error::input(format!("--format {name} goes to stdout, and --out writes a page"))
                .help(format!("leave --out out and send stdout into a file: `--format {name} > brief.{name}`")))
        }
    }
}

fn of_forecasters(arguments: &Arguments, format: Format) -> Done {
    let found = compare::for_page(&arguments.compare, &arguments.inputs)?;
    let Some(path) = &arguments.out else {
        return compare::show_as_page(&found, format);
    };
    let text = if is_markdown(path, format)? { compare::markdown(&found)? } else { compare::page(&found)? };
    console::write_alone(path, &text)?;
    Ok(ExitCode::SUCCESS)
}

fn show(brief: &Brief, out: Option<&Path>, format: Format) -> Done {
    if let Some(path) = out {
        console::write_alone(path, &if is_markdown(path, format)? { brief.markdown() } else { brief.page()? })?;
        return Ok(ExitCode::SUCCESS);
    }
    console::present_with(format, |format| terminal(brief, format), brief.markdown())?;
    Ok(ExitCode::SUCCESS)
}

/// The bottom line and every question, for a terminal; the questions alone as CSV.
fn terminal(brief: &Brief, format: Format) -> Output<'_, Brief> {
    let csv = format == Format::Csv;
    let mut columns: Vec<Column> = ["question", "part", "in words"].map(Column::text).to_vec();
    if csv {
        columns.extend(["probability", "standard_error", "doubt_low", "doubt_high"].map(Column::number));
        columns.extend([Column::text("confidence"), Column::day("closes")]);
    } else {
        columns.extend(["doubt 90 %", "confidence", "closes", "asks"].map(Column::text));
    }
    let mut sheet = Sheet::new((!csv).then_some("Questions"), columns);
    for question in brief.questions.iter().flat_map(|group| &group.questions) {
        for (at, line) in question.lines.iter().enumerate() {
            let first = |text: String| if at == 0 || csv { text } else { String::new() };
            let words = if csv { line.words.clone() } else { line.sentence() };
            let part = if csv { line.part.clone() } else { line.part_in_words() };
            let mut cells = vec![first(question.id.clone()), part, words];
            let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
            let confidence = line.confidence.map_or("", brief::Confidence::word).to_owned();
            if csv {
                let doubt = line.doubt;
                cells.extend([number(line.probability), number(line.standard_error)]);
                cells.extend([number(doubt.map(|doubt| doubt.0)), number(doubt.map(|doubt| doubt.1))]);
                cells.extend([confidence, question.closes.to_string()]);
            } else {
                cells.extend([line.doubt_text().unwrap_or_default(), confidence]);
                cells.extend([first(question.closes.to_string()), first(question.ask.clone())]);
            }
            sheet.row(cells);
        }
    }
    let mut head = vec![brief.title.clone(), format!("as of {}, words of {}", brief.as_of, brief.lexicon.name)];
    head.extend(brief.judgement.iter().cloned());
    head.extend(brief.warnings.iter().map(|warning| format!("warning: {warning}")));
    head.extend(brief.bottom_line.iter().map(|line| format!("- {line}")));
    let mut closed = Sheet::new(Some("Closed"), ["question", "answer", "closed", "asks"].map(Column::text).to_vec());
    for question in &brief.closed {
        let answer = question.outcome.clone().unwrap_or_else(|| "not known here".to_owned());
        closed.row(vec![question.id.clone(), answer, question.closes.to_string(), question.ask.clone()]);
    }
    let sheets = [sheet, closed].into_iter().filter(|sheet| csv || !sheet.is_empty()).collect();
    let open = brief.questions.iter().flat_map(|group| &group.questions);
    let unheard = open.filter_map(|question| Some(format!("{}: {}", question.id, question.unheard.as_ref()?)));
    let foot = unheard.chain([
        brief.of_blank_doubt(),
        "--out brief.html writes the whole brief as a page, --format md as Markdown".to_owned(),
    ]);
    let foot = foot.collect();
    Output { head, sheets, foot, json: brief }
}
