//! `foretell merge`: the parts of a run put together, the same bytes as one run of all worlds; or the parts of scores, the same bytes as one pass over all rows.

use super::desk::{self, Told};
use super::figures::warn_of_early;
use super::load::{self, Loaded, View};
use super::means::{Means, Voice, tell_of_few_worlds};
use super::run::{Recording, record, refuse_to_record_what_if, report};
use super::{Done, console, curves, ended, record_joint, score};
use crate::error::Error;
use crate::plan::{self, Plan, Situation};
use crate::report::Format;
use crate::report::part::{Origin, PartFile};
use crate::score::{SCORE_PART_SCHEMA, ScorePart, StreamedScores};
use crate::simulate::{self, Method, Mismatch, Part};
use crate::source::Source;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::ExitCode;

/// Put the parts of a run together and show its forecasts, or those of scores and show the means
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  foretell run scenarios/golden.toml --worlds 10G --shard 1/2 --out part1.json    # on one machine
  foretell run scenarios/golden.toml --worlds 10G --shard 2/2 --out part2.json    # on another
  foretell merge part1.json part2.json

  foretell score --stream --forecasts 'north/*.parquet' --outcomes outcomes.csv --part north.json
  foretell score --stream --forecasts 'south/*.parquet' --outcomes outcomes.csv --part south.json
  foretell merge north.json south.json

The result is the same bytes as that of one run of all worlds, or of one pass over all rows. A part of a run carries its scenario, so nothing else is needed.")]
pub(super) struct Arguments {
    /// Files that `foretell run --shard K/N --out FILE` wrote, all parts of one run, or that `foretell score --part FILE` wrote, in any order; `-` is standard input
    #[arg(value_name = "PART", required = true)]
    parts: Vec<PathBuf>,
    /// Also show every event, not only the questions (JSON always holds both)
    #[arg(long)]
    events: bool,
    #[command(flatten)]
    recording: Recording,
    /// With --record, also record what these questions come to together: yes/no questions and questions of options, separated by commas. Where that is not
    /// computed, the worlds of the run are gone through here to count it
    #[arg(long, value_name = "QUESTIONS", value_delimiter = ',', requires = "record")]
    joint: Vec<String>,
}

/// What all parts are parts of.
#[derive(Debug)]
struct Whole {
    file: String,
    origin: Origin,
    loaded: Loaded,
    situation: Situation,
    plan: Plan,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let mut merging = Merging::default();
    // One after another, so that not all files are in memory at once.
    for path in &arguments.parts {
        let (name, read) = if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            ("standard input".to_owned(), io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes))
        } else {
            (path.display().to_string(), std::fs::read(path))
        };
        let bytes = read.map_err(|problem| Error::environment(format!("cannot read `{name}`")).because(problem))?;
        merging.add(&name, &String::from_utf8_lossy(&bytes), &arguments.recording)?;
    }
    merging.finish(&arguments.recording, &arguments.joint, format, arguments.events)
}

/// Parts put together as they come, in any order, for a program that holds this library: those of a run, or those of scores.
///
/// Neighbours are joined at once, so that parts that come about in order need little memory however many they are.
#[derive(Debug, Default)]
pub struct Merger {
    merging: Merging,
}

impl Merger {
    /// No part yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part, as `foretell run --shard K/N --out -` or `foretell score --stream --part -` prints it. What is wrong with it is told; then nothing
    /// is changed.
    pub fn add(&mut self, name: &str, part: &str) -> Told {
        let mut add = || self.merging.add(name, part, &Recording::default()).map(|()| ExitCode::SUCCESS);
        let (exit_code, told) = desk::at(BTreeMap::new(), None, || ended(add()));
        Told { exit_code, ..told }
    }

    /// The forecasts of the whole run, or which parts are missing; the means over all rows.
    #[must_use]
    pub fn finish(self, with_events: bool) -> Told {
        let finish = || self.merging.finish(&Recording::default(), &[], Format::Json, with_events);
        let (exit_code, told) = desk::at(BTreeMap::new(), None, || ended(finish()));
        Told { exit_code, ..told }
    }
}

/// Parts being put together: of what the first one is.
#[derive(Debug, Default)]
enum Merging {
    #[default]
    Nothing,
    Run(Box<MergingRun>),
    Scores(Box<StreamedScores>),
}

impl Merging {
    fn add(&mut self, name: &str, text: &str, recording: &Recording) -> Result<(), Error> {
        if matches!(self, Self::Nothing) {
            *self = if is_of_scores(text) {
                let part = ScorePart::from_text(name, text)?;
                let mut whole = StreamedScores::whole_of(name, &part)?;
                whole.merge(name, &part)?;
                Self::Scores(Box::new(whole))
            } else {
                Self::Run(Box::new(MergingRun::begun(name, text, recording)?))
            };
            return Ok(());
        }
        match self {
            Self::Scores(scores) => scores.merge(name, &ScorePart::from_text(name, text)?),
            Self::Run(run) => run.add(name, text),
            Self::Nothing => Ok(()),
        }
    }

    fn finish(self, recording: &Recording, joint: &[String], format: Format, with_events: bool) -> Done {
        match self {
            Self::Nothing => Err(Error::input("there is no part to merge").help("name the files")),
            Self::Run(run) => run.finish(recording, joint, format, with_events),
            Self::Scores(_) if recording.record || with_events => {
                Err(Error::input("--record and --events are for parts of a run, but these are of scores")
                    .help("leave them out"))
            }
            Self::Scores(scores) => {
                if let Some((early, day)) = scores.resolved_early() {
                    warn_of_early(early, day);
                }
                score::show_merged(scores.report(), format)
            }
        }
    }
}

/// Whether a text says that it is a part of scores.
fn is_of_scores(text: &str) -> bool {
    text.trim_start().starts_with(&format!("{{\"schema\":\"{SCORE_PART_SCHEMA}\""))
}

/// Parts of a run being put together.
#[derive(Debug)]
struct MergingRun {
    whole: Whole,
    parts: simulate::Merging,
    files: BTreeMap<u64, String>,
}

impl MergingRun {
    fn begun(name: &str, text: &str, recording: &Recording) -> Result<Self, Error> {
        let part = PartFile::from_text(name, text)?;
        let whole = understand(name, part.origin(), recording)?;
        let mut run = Self { whole, parts: simulate::Merging::default(), files: BTreeMap::new() };
        add(&mut run.parts, &mut run.files, name, &run.whole, &part)?;
        Ok(run)
    }

    fn add(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let part = PartFile::from_text(name, text)?;
        part.check_origin(name, &self.whole.file, &self.whole.origin)?;
        add(&mut self.parts, &mut self.files, name, &self.whole, &part)
    }

    fn finish(self, recording: &Recording, joint: &[String], format: Format, with_events: bool) -> Done {
        let Self { whole: Whole { origin, loaded, situation, plan, .. }, parts, files } = self;
        refuse_gaps(&parts.missing(), files.len())?;
        let together = record_joint::chosen(joint, &loaded.model)?;
        let settings = origin.settings();
        let means = if settings.method == Method::Auto { Means::Choose } else { Means::Simulation };
        let merged = || {
            let tally = parts.finish(&plan, &settings);
            tally.inspect(|tally| tell_of_few_worlds(tally, (&plan, &settings), Voice::default()))
        };
        let figures = means.figures_by(&plan, &settings, Voice::default(), merged)?;
        let mut report = report(&loaded, &situation, &plan, &settings, &figures.tally)?;
        figures.tell(&plan, &mut report);
        let forecaster = recording.forecaster(&loaded);
        let joint = record_joint::joint(&together, &loaded, &view_of(&origin), &report, &settings, forecaster)?;
        record(recording, &loaded, &report, &settings, curves::WORLDS, joint)?;
        console::present_run(format, &report, with_events)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Says which parts are missing beside those that there are; the first of them, if they are many.
fn refuse_gaps(missing: &[u64], present: usize) -> Result<(), Error> {
    const NAMED: usize = 10;
    let Some(first) = missing.first() else { return Ok(()) };
    let of = present + missing.len();
    let (parts, are) = if missing.len() == 1 { ("part", "is") } else { ("parts", "are") };
    let mut list = missing.iter().take(NAMED).map(u64::to_string).collect::<Vec<_>>().join(", ");
    if missing.len() > NAMED {
        list = format!("{list} … and {} more", missing.len() - NAMED);
    }
    Err(Error::input(format!("{parts} {list} of {of} {are} missing"))
        .help(format!("run each with `foretell run … --shard {first}/{of} --out FILE` and give its file too")))
}

/// How the run looked at its scenario.
fn view_of(origin: &Origin) -> View {
    View { as_of: Some(origin.as_of), given: origin.given.clone(), suppose: origin.suppose.clone() }
}

/// The scenario that a part carries, compiled as it was where the part ran.
fn understand(name: &str, origin: &Origin, recording: &Recording) -> Result<Whole, Error> {
    let loaded = load::from_source(Source::new(origin.scenario_file.as_str(), origin.scenario.as_str()))?;
    if loaded.hash != origin.scenario_hash {
        return Err(Error::input(format!("`{name}` is damaged: its scenario does not have the hash it states"))
            .help("run that part again"));
    }
    let view = view_of(origin);
    refuse_to_record_what_if(recording, &view, &loaded)?;
    let situation = view.situation(&loaded.model)?;
    let plan = plan::compile(&loaded.model, &situation);
    Ok(Whole { file: name.to_owned(), origin: origin.clone(), loaded, situation, plan })
}

fn add(
    merging: &mut simulate::Merging,
    files: &mut BTreeMap<u64, String>,
    name: &str,
    whole: &Whole,
    file: &PartFile,
) -> Result<(), Error> {
    let damaged = || {
        Error::input(format!("`{name}` is damaged: what it counted does not fit its scenario"))
            .help("run that part again")
    };
    let shard = file.shard().ok_or_else(damaged)?;
    let part = Part::from_record(&whole.plan, &whole.origin.settings(), shard, file.part()).ok_or_else(damaged)?;
    let (number, of) = (shard.number(), shard.of());
    merging.add(part).map_err(|mismatch| match mismatch {
        Mismatch::Twice => {
            let other = files.get(&number).map_or("", String::as_str);
            Error::input(format!("`{other}` and `{name}` are both part {number} of {of}"))
                .help("give each part once: its worlds would count twice")
        }
        Mismatch::OtherNumberOfParts { expected } => {
            Error::input(format!("`{name}` is part {number} of {of}, but `{}` is one of {expected} parts", whole.file))
                .help("run all parts with the same number after the stroke of --shard")
        }
        other => Error::environment(format!("`{name}` does not go with `{}`: {other}", whole.file))
            .help("one of the machines does not compute as it should; run its part elsewhere"),
    })?;
    files.insert(number, name.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_missing_parts_are_named_and_the_rest_counted() {
        let said = |missing: &[u64], present| refuse_gaps(missing, present).unwrap_err().to_string();
        assert!(refuse_gaps(&[], 3).is_ok());
        assert_eq!(said(&[2], 1), "part 2 of 2 is missing");
        let ten: Vec<u64> = (2..=11).collect();
        assert_eq!(said(&ten, 1), "parts 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 of 11 are missing");
        let many: Vec<u64> = (1..=100).collect();
        assert_eq!(said(&many, 900), "parts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … and 90 more of 1000 are missing");
    }
}
