//! What `foretell update` wrote into a scenario file, line by line in a file beside it: `talks.toml.log` for `talks.toml`.
//!
//! Lines are only added, one JSON object each. The last of them that was not taken back is what `--undo` takes back: a piece of news, or what outcomes or
//! cases taught the priors, of which the line keeps the files as they stood before.

use super::ledger_file::now;
use super::load;
use crate::error::Error;
use crate::hash::sha256;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// From 1 on.
    pub(super) step: u64,
    /// When it was written.
    at: String,
    pub(super) did: Did,
    /// SHA-256 of the file before and after.
    before: String,
    pub(super) after: String,
    /// How far it moved each figure when it was applied.
    moved: Vec<Moved>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Did {
    /// These lines were put in.
    News(String),
    /// Priors learned.
    Learned(Kept),
    /// What that step did was taken back.
    Undo(u64),
}

/// What an update moved, and what the files that it was written into held before.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub(super) learned: Vec<Replaced>,
    /// The text of the scenario.
    pub(super) scenario: String,
    /// That of its file of priors, if it was written, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) priors: Option<KeptPriors>,
}

/// A file of priors as it stood before.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptPriors {
    /// As the scenario names it.
    pub(super) name: String,
    pub(super) text: String,
    /// SHA-256 of what was written over it.
    pub(super) after: String,
}

/// A prior that moved, as the file writes it.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub(super) struct Replaced {
    /// The event, or the class as in `prior held`.
    pub(super) of: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// A figure before and after.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Moved {
    pub(super) question: String,
    pub(super) part: String,
    pub(super) by: f64,
    pub(super) standard_error: f64,
}

/// The log of a scenario file.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    lines: Vec<Line>,
}

impl Log {
    /// That of a file; an empty one if there is none.
    pub(super) fn of(file: &Path) -> Result<Self, Error> {
        let mut name = file.as_os_str().to_owned();
        name.push(".log");
        let path = PathBuf::from(name);
        if !path.exists() {
            return Ok(Self { path, lines: Vec::new() });
        }
        let text = load::read(&path)?;
        let lines = text.text().lines().filter(|line| !line.trim().is_empty()).enumerate();
        let read = lines.map(|(at, line)| {
            serde_json::from_str(line).map_err(|problem| {
                Error::input(format!("line {} of `{}` is none of a log of updates", at + 1, path.display()))
                    .because(problem)
                    .help("restore the log from a copy, or move it away to begin a new one")
            })
        });
        let lines = read.collect::<Result<_, _>>()?;
        Ok(Self { path, lines })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The last line that was not taken back, and what it did.
    pub(super) fn last(&self) -> Option<(&Line, &Did)> {
        let undone = |step: u64| self.lines.iter().any(|line| matches!(line.did, Did::Undo(of) if of == step));
        let mut done = self.lines.iter().rev().map(|line| (line, &line.did));
        done.find(|(line, did)| !matches!(did, Did::Undo(_)) && !undone(line.step))
    }

    /// Whether an update of priors is there that can be taken back.
    pub(super) fn has_learned(&self) -> bool {
        let undone = |step: u64| self.lines.iter().any(|line| matches!(line.did, Did::Undo(of) if of == step));
        self.lines.iter().any(|line| matches!(line.did, Did::Learned(_)) && !undone(line.step))
    }

    /// Adds a line.
    pub(super) fn add(&self, did: Did, before: &str, after: &str, moved: Vec<Moved>) -> Result<(), Error> {
        let step = self.lines.last().map_or(1, |line| line.step + 1);
        let line = Line {
            step,
            at: now().to_string(),
            did,
            before: sha256(before.as_bytes()),
            after: sha256(after.as_bytes()),
            moved,
        };
        let failed = |problem: std::io::Error| {
            Error::environment(format!("cannot write `{}`", self.path.display()))
                .because(problem)
                .help("the scenario was not changed")
        };
        let text = serde_json::to_string(&line)
            .map_err(|problem| Error::environment("the log cannot be written").because(problem))?;
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&self.path);
        file.and_then(|mut file| writeln!(file, "{text}")).map_err(failed)
    }
}
