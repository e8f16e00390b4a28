//! `foretell export`: the discrete part of a scenario, or a network, as a network file of another tool.

use super::{Done, console, load, written};
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::network::{self, FORMATS, Network};
use crate::report::Format;
use clap::builder::PossibleValuesParser;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Write the yes/no events and the events with options as a Bayesian network for another tool
///
/// Cases, odds, requirements and causes become tables over the events that they depend on. An event that a network cannot hold (a date, a
/// number, one of a correlated group) is left out where nothing depends on it, and refused by name otherwise. A network file goes straight
/// from one format to the other.
#[derive(Debug, clap::Args)]
#[command(after_help = examples())]
pub(super) struct Arguments {
    /// Scenario or network file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The format; if not given, the ending of --out says it
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(FORMATS.iter().map(|format| format.name)))]
    to: Option<String>,
    /// Write to this file instead of stdout; `-` is stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Examples, and the formats of the list.
fn examples() -> String {
    let mut text = String::from(
        "Examples:\n  foretell export scenario.toml --to bif > network.bif\n  foretell export network.bif --out network.xdsl\n\nFormats:",
    );
    for format in FORMATS {
        let _ = write!(text, "\n  {:<8} {} (.{})", format.name, format.about, format.extensions.join(", ."));
    }
    text
}

pub(super) fn run(arguments: &Arguments, output: Format) -> Done {
    if output != Format::Table {
        return Err(Error::input("--format is for results, and a network file has a format of its own")
            .help("say which with --to, and leave --format out"));
    }
    let format = match (&arguments.to, &arguments.out) {
        (Some(name), _) => network::Format::named(name),
        (None, Some(out)) => network::Format::of_path(out),
        (None, None) => None,
    };
    let format = format.ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let problem = match arguments.out {
            Some(_) => "the ending of --out is that of no network",
            None => "it is not said which format to write",
        };
        Error::input(problem).help(format!("add --to with one of {}", names.join(", ")))
    })?;
    let network = network(arguments)?;
    let text = if let Ok(text) = format.write(&network) {
        text
    } else {
        // A title is no part of what a network says, and most titles of scenarios are no names.
        let text = format.write(&Network { name: String::new(), ..network.clone() })?;
        console::note(&format!(
            "{} has no way to write the title `{}`: left out",
            format.name,
            network::shown(&network.name)
        ));
        text
    };
    if !format.keeps.names {
        console::note(&format!("{} has no names: variables and states are numbered in their order", format.name));
    }
    let properties = network.properties.len() + network.variables.iter().map(|one| one.properties.len()).sum::<usize>();
    if !format.keeps.properties && properties > 0 {
        console::note(&format!("properties are not written in {}: {properties} left out", format.name));
    }
    match &arguments.out {
        Some(out) if !console::is_stdout(out) => written::put(out, text.as_bytes())?,
        _ => console::data(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The network of the file, whichever it is.
fn network(arguments: &Arguments) -> Result<Network, Error> {
    if let Some(out) = &arguments.out {
        console::refuse_to_write_over("--out", out, [arguments.file.as_path()])?;
    }
    if network::Format::of_path(&arguments.file).is_some() {
        return load::network(&arguments.file);
    }
    let loaded = load::load(&arguments.file)?;
    if let Some(out) = &arguments.out {
        console::refuse_to_write_over("--out", out, loaded.files())?;
    }
    crate::plan::decided(&loaded.model, &[])?;
    let (network, found) = network::from_model(&loaded.model);
    load::show(&found, &loaded.source);
    network.ok_or_else(|| {
        let errors = found.count(Severity::Error);
        let words = if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") };
        Error::input(format!("`{}` cannot be exported: {words}", arguments.file.display())).help(
            "a network holds yes/no events and events with options, and what they depend on must be such events too",
        )
    })
}
