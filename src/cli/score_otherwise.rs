//! `foretell score --joint` and `foretell score --platform`: scores that are no means of one rule.

use super::figures::{Figures, figure_column, remarks, write_table};
use super::inputs::{Inputs, check_forecaster, records, records_of_any};
use super::score_draws::{self, DrawsArguments};
use super::{Done, console};
use crate::error::Error;
use crate::forecast::import::InputFile;
use crate::report::{Column, Format, Output, Sheet};
use crate::score::platform::{
    Better, Platform, PlatformReport, PlatformSettings, Taken, Undefined, place_beyond_bounds, platform_report,
};
use crate::score::{JointReport, JointScore, joint_report, standings};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Shows the scores of joint forecasts, of a table of patterns or of draws or of the ledger.
pub(super) fn joint(
    inputs: &Inputs,
    table: Option<&Path>,
    asked: &DrawsArguments,
    forecasters: &[String],
    out: Option<&PathBuf>,
    format: Format,
) -> Done {
    if table.is_none() && !inputs.forecasts.is_empty() {
        return Err(Error::input("tables of forecasts hold none of several questions together")
            .help("name the table of patterns: `--joint FILE`"));
    }
    let file = table.map(InputFile::open).transpose()?;
    let file = match file {
        Some(file) if file.may_have_draws() => {
            return score_draws::show(inputs, file, asked, forecasters, out, format);
        }
        other => other,
    };
    asked.refuse_for_patterns(inputs)?;
    let mut records = if file.is_some() { records_of_any(inputs)? } else { records(inputs)? };
    let mut forecasts = match file {
        Some(file) => file.joint_forecasts(&records)?,
        None => std::mem::take(&mut records.joints),
    };
    if !forecasters.is_empty() {
        forecasts.retain(|forecast| forecasters.contains(&forecast.forecaster));
    }
    let report = joint_report(&records, &forecasts);
    let mut foot = vec![
        "log: of the pattern that came, raised to 1e-6, in nats; energy, variogram: of the indicators of all answers; lower is better".to_owned(),
        "alone: what the same chances of each question would have got, had the questions been independent".to_owned(),
    ];
    foot.extend(remarks(&[], &report.excluded, &[]).into_iter().map(|line| line.replace("question", "set")));
    let shown = JointShown { json: &report, is_empty: report.rows.is_empty(), foot };
    present_joint(&shown, |format| joint_sheet(&report, format), out, format)
}

/// A report on joint forecasts, and what stands beneath its table.
pub(super) struct JointShown<'a, T> {
    /// The report.
    pub(super) json: &'a T,
    /// Whether nothing is scored.
    pub(super) is_empty: bool,
    /// What stands beneath.
    pub(super) foot: Vec<String>,
}

/// Shows a report on joint forecasts, and writes its table into a file if one is named.
pub(super) fn present_joint<T: Serialize>(
    shown: &JointShown<'_, T>,
    sheet: impl Fn(Format) -> Sheet,
    out: Option<&PathBuf>,
    format: Format,
) -> Done {
    if let Some(path) = out {
        write_table(path, &sheet(Format::Csv))?;
    }
    let head = if shown.is_empty { vec!["There is nothing to score yet.".to_owned()] } else { Vec::new() };
    let sheets = |format| if shown.is_empty && format != Format::Csv { Vec::new() } else { vec![sheet(format)] };
    console::present(format, |format| Output {
        head: head.clone(),
        sheets: sheets(format),
        foot: shown.foot.clone(),
        json: shown.json,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The columns of a table of joint scores: who, and of each score its mean, standard error and what it comes to without dependence.
pub(super) fn joint_columns(scores: [&str; 3]) -> Vec<Column> {
    let of = |score: &str| {
        [score.to_owned(), format!("{score} standard error"), format!("{score} alone")].map(Column::number)
    };
    std::iter::once(Column::text("forecaster")).chain(scores.into_iter().flat_map(of)).collect()
}

fn joint_sheet(report: &JointReport, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let mut columns = joint_columns(["log", "energy", "variogram"]);
    columns.extend(["sets", "questions", "clusters", "forecasts", "raised", "infinite"].map(figure_column));
    let mut sheet = Sheet::new(None, columns);
    for row in &report.rows {
        let score = |of: &JointScore| {
            [figures.score(of.mean), figures.maybe(of.standard_error), figures.score(of.if_independent)]
        };
        let mut cells = vec![row.forecaster.clone()];
        cells.extend([&row.log, &row.energy, &row.variogram].into_iter().flat_map(score));
        cells.extend(
            [row.sets, row.questions, row.clusters, row.forecasts, row.raised, row.infinite].map(|of| of.to_string()),
        );
        sheet.row(cells);
    }
    sheet
}

/// Which scores of a platform are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfPlatform<'a> {
    /// Whose.
    pub(super) platform: Platform,
    /// Who is no person; relative scores are against the first.
    pub(super) communities: &'a [String],
    /// Which forecast is taken where the platform scores one.
    pub(super) taken: Option<Taken>,
    /// Whose rows are shown; nobody means everybody.
    pub(super) forecasters: &'a [String],
}

/// Shows the scores of a platform.
pub(super) fn of_platform(inputs: &Inputs, of: &OfPlatform<'_>, out: Option<&PathBuf>, format: Format) -> Done {
    let OfPlatform { platform, communities, taken, forecasters } = *of;
    if taken.is_some() && platform != Platform::Forecastbench {
        return Err(Error::input(
            "--use goes with `--platform forecastbench`: other platforms score every forecast for as long as it stood",
        )
        .help("leave it out"));
    }
    let mut records = records(inputs)?;
    place_beyond_bounds(&mut records);
    for name in forecasters.iter().chain(communities) {
        check_forecaster(&records, name)?;
    }
    let communities: Vec<&str> = communities.iter().map(String::as_str).collect();
    let settings = PlatformSettings { communities: &communities, taken: taken.unwrap_or_default() };
    // Peers and crowds are everybody: only the rows are chosen.
    let mut report = platform_report(&records, &standings(&records, |_| true), platform, settings);
    let everybody = report.rows.len();
    if !forecasters.is_empty() {
        report.rows.retain(|row| forecasters.contains(&row.forecaster));
    }
    if let Some(path) = out {
        write_table(path, &platform_sheet(&report, Format::Csv))?;
    }
    let head = if report.rows.is_empty() { vec!["There is nothing to score yet.".to_owned()] } else { Vec::new() };
    let sheets = |format| {
        if report.rows.is_empty() && format != Format::Csv { Vec::new() } else { vec![platform_sheet(&report, format)] }
    };
    let mut foot = platform_foot(&report);
    if report.rows.len() < everybody {
        foot.push("--forecaster: rows of the others are hidden; the figures are reckoned over everybody".to_owned());
    }
    console::present(format, |format| Output {
        head: head.clone(),
        sheets: sheets(format),
        foot: foot.clone(),
        json: &report,
    })?;
    Ok(ExitCode::SUCCESS)
}

fn platform_sheet(report: &PlatformReport, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let columns = vec![
        Column::text("score"),
        Column::text("better"),
        Column::text("forecaster"),
        Column::number("value"),
        Column::count("questions"),
        Column::number("coverage"),
        Column::count("limited"),
    ];
    let mut sheet = Sheet::new(None, columns);
    for row in &report.rows {
        let better = if row.better == Better::Higher { "higher" } else { "lower" };
        sheet.row(vec![
            row.score.to_owned(),
            better.to_owned(),
            row.forecaster.clone(),
            figures.score(row.value),
            row.questions.to_string(),
            figures.about(row.coverage),
            row.limited.to_string(),
        ]);
    }
    sheet
}

fn platform_foot(report: &PlatformReport) -> Vec<String> {
    let mut lines: Vec<String> = match report.platform {
        Platform::Metaculus => &[
            "baseline, peer: sums over questions of the score, weighted by shares of the scheduled time",
            "peer_global: the sum over the coverage, or over 30 if that is more",
            "prize_share: of a tournament of these questions, the square of peer (0 where that is negative) over the sum of all",
            "coverage: the sum over questions; limited: forecasts brought within 0.001 and 0.999",
        ][..],
        Platform::GoodJudgment => &[
            "daily_brier: mean over questions of the mean Brier score (0 to 2) of full days with a forecast",
            "accuracy: mean over questions of own daily mean less that of the crowd's daily medians, times the share of days",
        ],
        Platform::Forecastbench => &[
            "difficulty_adjusted: Brier score (0 to 1) less the difficulty of each question, plus the mean difficulty",
            "brier_index: 100 (1 - √difficulty_adjusted); peer: the mean of all on the same questions less own",
            "the platform asks a question once and scores what was said then",
        ],
    }
    .iter()
    .map(|line| (*line).to_owned())
    .collect();
    if report.platform == Platform::Metaculus {
        let is_spot = |score: &str| score.starts_with("spot");
        let spot =
            report.rows.iter().any(|row| is_spot(row.score)) || report.not_defined.iter().any(|of| is_spot(of.score));
        lines.push(if spot {
            "spot_baseline, spot_peer: sums over questions of the score at the time at which the community's forecast was shown, by those who stood then".to_owned()
        } else {
            "no spot scores: no question says when the community's forecast was shown (tag `shown_at=`)".to_owned()
        });
    }
    if !report.aggregates.is_empty() && report.platform != Platform::Forecastbench {
        let where_not = match report.platform {
            Platform::GoodJudgment => "the crowd's medians",
            _ => "the others' mean and of prizes",
        };
        lines.push(format!(
            "no persons but made of the others, left out of {where_not}: {}",
            report.aggregates.join(", ")
        ));
    }
    let changed = Undefined::Changed.to_string();
    if report.not_defined.iter().any(|of| of.reason == changed) {
        lines.push("of forecasts that changed `--use first` and `--use last` take one".to_owned());
    }
    for of in &report.not_defined {
        let pairs = if of.pairs == 1 { "forecaster and question" } else { "pairs of forecaster and question" };
        lines.push(format!("no {} of {} {pairs}: {}", of.score, of.pairs, of.reason));
    }
    lines.extend(remarks(&[], &report.excluded, &[]));
    lines
}
