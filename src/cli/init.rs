//! `foretell init`: a scenario file to start from.

use super::{Done, console};
use crate::error::Error;
use crate::report::{Column, Format, Output, Sheet};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// The file that is written.
pub(super) const STARTER: &str = include_str!("starter.toml");

/// Write a commented scenario file to start from
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  foretell init my-scenario.toml && foretell run my-scenario.toml")]
pub(super) struct Arguments {
    /// Where to write it; an existing file is never overwritten
    #[arg(value_name = "FILE", default_value = "scenario.toml")]
    file: PathBuf,
    /// Also write the JSON Schema beside it, for completion in editors
    #[arg(long)]
    with_schema: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    written: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let mut files = vec![(arguments.file.clone(), STARTER.to_owned())];
    if arguments.with_schema {
        files.push((arguments.file.with_file_name("scenario.schema.json"), super::schema::scenario_text()?));
    }
    for (path, _) in &files {
        if path.exists() {
            return Err(Error::input(format!("`{}` is there already", path.display()))
                .help("choose another name; nothing was written"));
        }
    }
    let mut report = Report { schema: "foretell.init/1", written: Vec::new() };
    let mut sheet = Sheet::new(None, vec![Column::text("written")]);
    for (path, text) in &files {
        let mut file = std::fs::File::create_new(path)
            .map_err(|problem| Error::environment(format!("cannot write `{}`", path.display())).because(problem))?;
        file.write_all(text.as_bytes())
            .map_err(|problem| Error::environment(format!("cannot write `{}`", path.display())).because(problem))?;
        report.written.push(path.display().to_string());
        sheet.row(vec![path.display().to_string()]);
    }
    let foot = vec![format!("next: foretell run {}", arguments.file.display())];
    console::show(format, &Output { head: Vec::new(), sheets: vec![sheet], foot, json: &report }.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}
