//! `foretell explain`: what drives the figure of a question.

use super::budget::{seed, worlds};
use super::diff::most_cells;
use super::explain_sheets::{head, sheets, tidy};
use super::heading::Heading;
use super::load::{self, View};
use super::means::Choice;
use super::{Done, console};
use crate::error::Error;
use crate::explain::{self, Explanation, Options, PartOf, Parts};
use crate::forecast::day;
use crate::network;
use crate::report::{Format, Output};
use crate::simulate::{LEAST_WORLDS_IN_BATCHES, Settings};
use jiff::civil::Date;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Say what drives the figure of a question
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  foretell explain scenarios/white-house-2025-08-18.toml --question ceasefire_2025
  foretell explain scenarios/golden.toml --question paper --only tornado,what-if
  foretell explain asia.bif --question lung --only information

Tornado: each doubtful input over its 90 % interval, all others at their means. Shares: how much of the variance of the figure (doubt) and of the \
outcome (chance) each carries. Information: by how much each event would make the outcome less uncertain. What-if: the figure were an event known, \
and were it made so. Filled: what the file does not say and the engine filled in, and the figure otherwise.")]
pub(super) struct Arguments {
    /// Scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The question, or an event
    #[arg(long, value_name = "NAME")]
    question: String,
    /// The chance of this option is explained, of a question that has options [default: of two the first, of more the likeliest]
    #[arg(long, value_name = "OPTION")]
    option: Option<String>,
    /// The chance that it comes by this day is explained, of a question that asks for a date [default: by the day it closes]
    #[arg(long, value_name = "DATE", value_parser = day)]
    by: Option<Date>,
    /// Only these parts
    #[arg(long, value_enum, value_name = "PARTS", value_delimiter = ',')]
    only: Vec<Part>,
    #[command(flatten)]
    view: View,
    /// How many worlds to simulate, where figures are not computed [default: 1M for the figure itself, 262144 for each variant]
    #[arg(long, value_name = "N", value_parser = worlds, allow_negative_numbers = true)]
    worlds: Option<u64>,
    /// Seed of the random streams
    #[arg(long, value_name = "S", value_parser = seed, default_value = "1", allow_negative_numbers = true)]
    seed: u64,
    /// How figures are come by; `auto` computes what can be computed
    #[arg(long, value_enum, default_value_t = Choice::Auto, value_name = "METHOD")]
    method: Choice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// How far each input moves the figure
    Tornado,
    /// How the variances of doubt and of chance are shared
    Shares,
    /// What each event tells of the outcome
    Information,
    /// The figure, were an event known or made so
    WhatIf,
    /// What the engine filled in
    Filled,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    #[serde(flatten)]
    pub(super) heading: Heading,
    #[serde(flatten)]
    pub(super) explanation: Explanation,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let loaded = load::load(&arguments.file)?;
    let situation = arguments.view.undecided(&loaded.model)?;
    let settings = Settings { seed: arguments.seed, method: arguments.method.of_simulation(), ..Settings::default() };
    // Both may be called as a network calls them.
    let question = network::event_named(&arguments.question, &loaded.model);
    let option = arguments.option.as_deref().map(|option| network::option_named(option, question, &loaded.model));
    let options = Options {
        part: PartOf { option, day: arguments.by },
        parts: arguments.parts(),
        most_cells: most_cells(arguments.method),
        settings: Settings { worlds: arguments.worlds.unwrap_or(settings.worlds), ..settings },
        variant_worlds: arguments.worlds.unwrap_or(LEAST_WORLDS_IN_BATCHES),
    };
    let view = explain::View { source: &loaded.source, model: &loaded.model, situation: &situation };
    let explanation = explain::explain(view, question, &options)?;
    if arguments.method == Choice::Exact && explanation.worlds > 0 {
        return Err(Error::input(format!("`{}` cannot be computed, and --method exact simulates nothing: something that it hangs on is not discrete, or is calculated with", arguments.question))
            .help("leave out --method; `foretell plan` says what is exact"));
    }
    let report = Report { heading: Heading::new("foretell.explain/1", &loaded, &situation), explanation };
    console::present(format, |format| {
        let (sheets, foot) = match format {
            Format::Csv => (vec![tidy(&report.explanation)], Vec::new()),
            _ => sheets(&report.explanation),
        };
        Output { head: head(&report), sheets, foot, json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn parts(&self) -> Parts {
        let wants = |part: Part| self.only.is_empty() || self.only.contains(&part);
        Parts {
            tornado: wants(Part::Tornado),
            shares: wants(Part::Shares),
            information: wants(Part::Information),
            what_if: wants(Part::WhatIf),
            filled: wants(Part::Filled),
        }
    }
}
