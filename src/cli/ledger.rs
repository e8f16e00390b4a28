//! `foretell ledger`: verify, export and look into the ledger.

use super::ledger_file::LedgerArgument;
use super::{Done, console, written};
use crate::error::Error;
use crate::forecast::tidy::{Form, forecasts_file, joint_file, outcomes_file, questions_file};
use crate::forecast::{Resolution, number_text};
use crate::ledger::{Entry, Finding, Ledger, Line};
use crate::report::{Column, Format, Output, Sheet};
use serde::Serialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLE: &str = "Examples:
  foretell ledger verify
  foretell ledger verify --head 3f7a9c41
  foretell ledger export --out backup --form jsonl
  foretell ledger export --forecasts forecasts.csv
  foretell ledger log --last 20";

/// Verify, export and look into the ledger
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Verify(Verify),
    Export(Export),
    Log(Log),
}

/// Find out whether any past line was changed, removed or inserted
///
/// Walks the chain of hashes from the first line to the last. A tail cut off, and a chain made anew as a whole, show only by a
/// head noted earlier: every acknowledgement prints it. Exit code 1 if anything is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  foretell ledger verify --head 3f7a9c41")]
struct Verify {
    /// A head noted earlier, or its first 8 or more digits, that must still be in the chain
    #[arg(long, value_name = "HASH", value_parser = head_digits)]
    head: Vec<String>,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// Write forecasts, outcomes and questions as CSV or JSON lines
///
/// Nothing is lost: imported into an empty ledger, the files give the same records. Outcomes are written with all earlier
/// resolutions, the last one last.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  foretell ledger export --out backup\n  foretell ledger export --forecasts f.jsonl --outcomes o.csv"
)]
#[group(id = "targets", required = true, multiple = true, args = ["out", "forecasts", "outcomes", "questions", "joint"])]
struct Export {
    /// The folder for questions, forecasts (joint ones apart, if there are any) and outcomes; created if need be
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The form of the files in that folder, and of what goes to stdout [default: csv]
    #[arg(long, value_enum)]
    form: Option<Form>,
    /// The file for forecasts; `.jsonl` for JSON lines, `.parquet` for Parquet; one of these files may be `-`, stdout
    #[arg(long, value_name = "FILE")]
    forecasts: Option<PathBuf>,
    /// The file for outcomes
    #[arg(long, value_name = "FILE")]
    outcomes: Option<PathBuf>,
    /// The file for questions
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
    /// The file for joint forecasts
    #[arg(long, value_name = "FILE")]
    joint: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// Show lines of the ledger
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  foretell ledger log --last 20\n  foretell ledger log --question moscow_attends")]
struct Log {
    /// Only the last N lines
    #[arg(long, value_name = "N")]
    last: Option<u64>,
    /// Only lines about this question
    #[arg(long, value_name = "ID")]
    question: Option<String>,
    #[command(flatten)]
    ledger: LedgerArgument,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    match &arguments.action {
        Action::Verify(arguments) => verify(arguments, format),
        Action::Export(arguments) => export(arguments, format),
        Action::Log(arguments) => log(arguments, format),
    }
}

fn head_digits(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    if (8..=64).contains(&text.len()) && text.chars().all(|digit| digit.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err("a head is 64 hexadecimal digits, of which at least the first 8 are needed".to_owned())
    }
}

#[derive(Serialize)]
struct Verified {
    schema: &'static str,
    ledger: String,
    lines: u64,
    head: String,
    clean: bool,
    findings: Vec<Finding>,
    noted: Vec<Noted>,
}

/// A head noted earlier and where it is now.
#[derive(Serialize)]
struct Noted {
    head: String,
    line: Option<u64>,
}

fn verify(arguments: &Verify, format: Format) -> Done {
    let mut ledger = arguments.ledger.open_existing()?;
    let verification = ledger.verify()?;
    let noted: Vec<Noted> =
        arguments.head.iter().map(|head| Noted { head: head.clone(), line: verification.line_of(head) }).collect();
    let clean = verification.is_clean() && noted.iter().all(|noted| noted.line.is_some());
    let mut sheet = Sheet::new(None, vec![Column::number("line"), Column::text("finding")]);
    for finding in &verification.findings {
        let line = finding.line.map(|line| line.to_string()).unwrap_or_default();
        sheet.row(vec![line, finding.message.clone()]);
    }
    for noted in noted.iter().filter(|noted| noted.line.is_none()) {
        sheet.row(vec![String::new(), format!("the head {} noted earlier is not in the chain", noted.head)]);
    }
    let head = vec![format!(
        "{}: {} lines, head {}: {}",
        ledger.path().display(),
        verification.lines,
        verification.head,
        if clean { "clean" } else { "not as it was recorded" }
    )];
    let foot = noted
        .iter()
        .filter_map(|noted| noted.line.map(|line| format!("head {} noted earlier is line {line}", noted.head)))
        .collect();
    let verified = Verified {
        schema: "foretell.ledger.verify/1",
        ledger: ledger.path().display().to_string(),
        lines: verification.lines,
        head: verification.head,
        clean,
        findings: verification.findings,
        noted,
    };
    let sheets = if clean && format == Format::Table { Vec::new() } else { vec![sheet] };
    let output = Output { head, sheets, foot, json: &verified };
    console::show(format, &output.render(format)?)?;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn export(arguments: &Export, format: Format) -> Done {
    arguments.spare_the_ledger()?;
    let ledger = arguments.ledger.open_existing()?;
    let records = ledger.records()?;
    let outcomes: Vec<_> = ledger
        .lines(1, u64::MAX)?
        .into_iter()
        .filter_map(|line| match line.entry {
            Entry::Outcome(outcome) => Some(outcome),
            _ => None,
        })
        .collect();
    let to_stdout = arguments.to_stdout()?;
    let form = arguments.form.unwrap_or_default();
    let target = |given: &Option<PathBuf>, stem: &str| -> Result<Vec<(PathBuf, Form)>, Error> {
        let in_folder =
            arguments.out.as_ref().map(|folder| (folder.join(format!("{stem}.{}", form.extension())), form));
        let form_of = |path: &Path| if console::is_stdout(path) { Ok(form) } else { Form::of(path) };
        let named = given.iter().map(|path| form_of(path).map(|form| (path.clone(), form)));
        in_folder.into_iter().map(Ok).chain(named).collect()
    };
    if let Some(folder) = &arguments.out {
        std::fs::create_dir_all(folder).map_err(|problem| unwritable(folder, problem))?;
    }
    let mut sheet = Sheet::new(None, vec![Column::text("file"), Column::number("rows")]);
    let mut written: Vec<Value> = Vec::new();
    let mut write = |path: &Path, bytes: Vec<u8>, rows: usize| -> Result<(), Error> {
        if console::is_stdout(path) {
            console::data_bytes(&bytes)?;
        } else {
            written::put(path, &bytes)?;
        }
        sheet.row(vec![path.display().to_string(), rows.to_string()]);
        written.push(json!({ "file": path.display().to_string(), "entries": rows }));
        Ok(())
    };
    for (path, form) in target(&arguments.questions, "questions")? {
        write(&path, questions_file(records.questions.values(), form)?, records.questions.len())?;
    }
    for (path, form) in target(&arguments.forecasts, "forecasts")? {
        write(&path, forecasts_file(&records.forecasts, form)?, records.forecasts.len())?;
    }
    if arguments.joint.is_some() || !records.joints.is_empty() {
        for (path, form) in target(&arguments.joint, "joint")? {
            write(&path, joint_file(&records.joints, form)?, records.joints.len())?;
        }
    }
    for (path, form) in target(&arguments.outcomes, "outcomes")? {
        write(&path, outcomes_file(&outcomes, form)?, outcomes.len())?;
    }
    let (last, head) = ledger.head()?;
    let exported = json!({ "schema": "foretell.ledger.export/1", "lines": last, "head": head, "files": written });
    let output = Output { head: Vec::new(), sheets: vec![sheet], foot: Vec::new(), json: &exported };
    let told = output.render(format)?;
    if to_stdout {
        console::note(told.trim_end());
    } else {
        console::show(format, &told)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Export {
    /// Refuses to write over the ledger itself.
    fn spare_the_ledger(&self) -> Result<(), Error> {
        let ledger = self.ledger.path();
        let named = [
            ("--questions", &self.questions),
            ("--forecasts", &self.forecasts),
            ("--joint", &self.joint),
            ("--outcomes", &self.outcomes),
        ];
        for (option, path) in named {
            if let Some(path) = path {
                console::refuse_to_write_over(option, path, [ledger.as_path()])?;
            }
        }
        Ok(())
    }

    /// Whether one of the files is stdout, which then has nothing else.
    fn to_stdout(&self) -> Result<bool, Error> {
        if let Some(folder) = self.out.as_deref().filter(|folder| console::is_stdout(folder)) {
            return Err(Error::input(format!("--out names a folder, and `{}` is standard output", folder.display()))
                .help("write one table there: `--forecasts -`, `--outcomes -`, `--questions -` or `--joint -`"));
        }
        let files = [&self.questions, &self.forecasts, &self.joint, &self.outcomes];
        let count = files.into_iter().flatten().filter(|path| console::is_stdout(path)).count();
        if count > 1 {
            return Err(Error::input("`-` is named for several tables, and standard output holds one")
                .help("name files for the others, or a folder: `--out DIR`"));
        }
        if self.form.is_some() && self.out.is_none() && count == 0 {
            return Err(Error::input(
                "--form says what is written into the folder of --out, or to `-`, and neither is named",
            )
            .help("of a file its ending says the form: `.csv`, `.jsonl` or `.parquet`"));
        }
        Ok(count > 0)
    }
}

fn unwritable(path: &Path, problem: std::io::Error) -> Error {
    Error::environment(format!("`{}` cannot be written", path.display())).because(problem)
}

fn log(arguments: &Log, format: Format) -> Done {
    let ledger = arguments.ledger.open_existing()?;
    let lines = wanted(&ledger, arguments)?;
    let headings = ["recorded at", "kind", "question", "what", "hash"].map(Column::text);
    let columns = std::iter::once(Column::number("line")).chain(headings).collect();
    let mut sheet = Sheet::new(None, columns);
    let mut shown: Vec<Value> = Vec::new();
    for line in &lines {
        let hash = line.hash.get(..12).unwrap_or(&line.hash).to_owned();
        sheet.row(vec![
            line.seq.to_string(),
            line.recorded_at.to_string(),
            line.entry.kind().to_owned(),
            line.entry.question().unwrap_or_default().to_owned(),
            described(&line.entry),
            if format == Format::Csv { line.hash.clone() } else { hash },
        ]);
        shown.push(json!({
            "line": line.seq,
            "recorded_at": line.recorded_at.to_string(),
            "kind": line.entry.kind(),
            "question": line.entry.question(),
            "entry": entry_value(&line.entry)?,
            "hash": line.hash,
        }));
    }
    let (last, head) = ledger.head()?;
    let json = json!({ "schema": "foretell.ledger.log/1", "last": last, "head": head, "lines": shown });
    let output = Output { head: Vec::new(), sheets: vec![sheet], foot: Vec::new(), json: &json };
    console::show(format, &output.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}

fn wanted(ledger: &Ledger, arguments: &Log) -> Result<Vec<Line>, Error> {
    let mut lines = match (&arguments.question, arguments.last) {
        (Some(question), _) => ledger.lines_about(question)?,
        (None, Some(count)) => ledger.lines((ledger.head()?.0 + 1).saturating_sub(count), u64::MAX)?,
        (None, None) => ledger.lines(0, u64::MAX)?,
    };
    let skip = arguments.last.map_or(0, |count| lines.len().saturating_sub(count as usize));
    Ok(lines.split_off(skip))
}

/// What a line says, for people.
fn described(entry: &Entry) -> String {
    match entry {
        Entry::Question(question) => {
            let closes = question.closes.map(|day| format!(", closes {day}")).unwrap_or_default();
            format!("{}{closes}: {}", question.kind, question.ask)
        }
        Entry::Forecast(record) => format!("{} at {}: {}", record.forecaster, record.made_at, record.forecast),
        Entry::Joint(joint) => {
            let said =
                |(answers, p): &(Vec<Resolution>, f64)| format!("{} {}", joint.pattern(answers), number_text(*p));
            let patterns: Vec<String> = joint.patterns.iter().map(said).collect();
            format!("{} at {}: {}", joint.forecaster, joint.made_at, patterns.join(", "))
        }
        Entry::Outcome(outcome) => format!("{} on {}", outcome.resolution, outcome.resolved_on),
        Entry::Note(note) => note.text.clone(),
    }
}

fn entry_value(entry: &Entry) -> Result<Value, Error> {
    match entry {
        Entry::Question(question) => serde_json::to_value(question),
        Entry::Forecast(record) => serde_json::to_value(record),
        Entry::Joint(joint) => serde_json::to_value(joint),
        Entry::Outcome(outcome) => serde_json::to_value(outcome),
        Entry::Note(note) => serde_json::to_value(note),
    }
    .map_err(|problem| Error::environment("the line cannot be written as JSON").because(problem))
}
