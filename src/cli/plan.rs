//! `foretell plan`: the column operations that a scenario compiles to.

use super::load::{self, View};
use super::{Done, console};
use crate::plan;
use crate::report::{Column, Format, Output, Sheet};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Show what a scenario compiles to: the operations each world runs through
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  foretell plan scenarios/golden.toml --given paper")]
pub(super) struct Arguments {
    /// Scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    view: View,
    /// Every step in words (the default; kept for scripts)
    #[arg(long)]
    explain: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    steps: usize,
    yes_no_columns: u32,
    number_columns: u32,
    doubtful_inputs: Vec<String>,
    findings: Vec<String>,
    explanation: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let _ = arguments.explain;
    let loaded = load::load(&arguments.file)?;
    let situation = arguments.view.situation(&loaded.model)?;
    let plan = plan::compile(&loaded.model, &situation);
    let text = plan.to_string();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let report = Report {
        schema: "foretell.plan/1",
        steps: plan.steps.len(),
        yes_no_columns: plan.planes,
        number_columns: plan.numbers,
        doubtful_inputs: plan.parameters.iter().map(|parameter| parameter.name.clone()).collect(),
        findings: plan.findings.clone(),
        explanation: lines.clone(),
    };
    let mut sheet = Sheet::new(None, vec![Column::text("step")]);
    lines.iter().for_each(|line| sheet.row(vec![line.clone()]));
    console::present(format, |format| {
        let (head, sheets) =
            if format == Format::Table { (lines.clone(), Vec::new()) } else { (Vec::new(), vec![sheet.clone()]) };
        Output { head, sheets, foot: Vec::new(), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}
