//! `foretell update --undo` of what outcomes or cases taught: the files as they stood before that update.

use super::update_log::{Did, Kept, Line, Log, Replaced};
use super::update_news::Preview;
use super::{Done, console, load, update_beside, written};
use crate::error::Error;
use crate::hash::sha256;
use crate::report::{Column, Format, Output, Sheet};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    schema: &'static str,
    file: String,
    /// Its file of priors, if the update was written into that, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    priors: Option<String>,
    /// Whether the files were written.
    written: bool,
    /// The file that lists what was put in and taken back.
    log: String,
    /// Each prior before and after it was taken back: what the update had made of it, and what it is again.
    taken_back: Vec<Replaced>,
}

/// Takes the update back that this line of the log tells of.
///
/// # Errors
/// If a file is not as that update left it, or cannot be written.
pub(super) fn run(file: &Path, log: &Log, (line, kept): (&Line, &Kept), preview: Preview, format: Format) -> Done {
    let text = as_written(file, &line.after, (line, log))?;
    let priors = kept.priors.as_ref().map(|of| (file.with_file_name(&of.name), of));
    if let Some((path, of)) = &priors {
        as_written(path, &of.after, (line, log))?;
        let beside = update_beside::unsound(file, path, &of.text);
        if !beside.is_empty() {
            return Err(Error::input(beside.join("\n").replace("after this update", "without that update"))
                .help("nothing was written; loosen what that scenario states beside the prior"));
        }
    }
    if !preview.only {
        log.add(Did::Undo(line.step), &text, &kept.scenario, Vec::new())?;
        written::put(file, kept.scenario.as_bytes())?;
        if let Some((path, of)) = &priors {
            written::put(path, of.text.as_bytes())?;
        }
    }
    let report = Report {
        schema: "foretell.undo/1",
        file: file.display().to_string(),
        priors: priors.map(|(path, _)| path.display().to_string()),
        written: !preview.only,
        log: log.path().display().to_string(),
        taken_back: kept.learned.iter().map(reversed).collect(),
    };
    let mut sheet = Sheet::new(Some("Taken back"), ["event", "posterior", "prior"].map(Column::text).to_vec());
    for one in &report.taken_back {
        sheet.row(vec![one.of.clone(), one.before.clone(), one.after.clone()]);
    }
    let files: Vec<&str> = std::iter::once(&report.file).chain(&report.priors).map(String::as_str).collect();
    let foot = if report.written {
        format!("written to {}, and noted in {}", files.join(" and "), report.log)
    } else {
        "nothing was written (--dry-run)".to_owned()
    };
    console::present(format, |_| Output {
        head: Vec::new(),
        sheets: vec![sheet.clone()],
        foot: vec![foot.clone()],
        json: &report,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What moved the other way.
fn reversed(one: &Replaced) -> Replaced {
    Replaced { of: one.of.clone(), before: one.after.clone(), after: one.before.clone() }
}

/// The text of a file that still is as an update left it.
fn as_written(path: &Path, after: &str, (line, log): (&Line, &Log)) -> Result<String, Error> {
    let text = load::read(path)?.text().to_owned();
    if sha256(text.as_bytes()) == after {
        return Ok(text);
    }
    Err(Error::input(format!(
        "`{}` is not as the last update left it, so that the update cannot be taken back as a whole",
        path.display()
    ))
    .help(format!(
        "nothing was written; take back first what came later, also that which another scenario taught the same priors, or put the priors back by hand: step {} of `{}` holds the files as they stood before",
        line.step,
        log.path().display()
    )))
}
