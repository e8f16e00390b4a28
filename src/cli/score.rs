//! `foretell score`.

use super::figures::{
    Figures, figure_column, note_quantiles_of_distributions, remarks, warn_of_different_levels,
    warn_of_early_resolutions, warn_of_idle_rules, write_table,
};
use super::inputs::{Inputs, check_forecaster, check_weigh, records_and_summaries};
use super::rule_names::{RuleParser, rules};
use super::score_draws::DrawsArguments;
use super::{Done, console, score_otherwise, stream};
use crate::compare::{ScoreOfDay, over_time_picture, score_over_time};
use crate::error::Error;
use crate::forecast::tidy::not_taken;
use crate::report::{Column, Format, Output, Sheet};
use crate::score::platform::{Platform, Taken};
use crate::score::{
    Group, QuantileParts, Report, ScoringRule, Unit, Weigh, quantile_parts, standings, summarise, summarise_by_time,
};
use std::path::PathBuf;
use std::process::ExitCode;

/// The rules used if none is named: at least one for every kind of question.
const DEFAULT_RULES: [&str; 5] = ["brier", "log", "rps", "crps", "crps_days"];

const EXAMPLES: &str = "\
Examples:
  foretell score
  foretell score --rule brier,spherical --by tag
  foretell score --forecasts forecasts.csv --outcomes outcomes.csv --forecaster ada
  foretell score --stream --forecasts forecasts.parquet --outcomes outcomes.csv
  foretell score --stream --forecasts 'part-0*.parquet' --outcomes outcomes.csv --part part0.json
  foretell score --platform metaculus --community crowd
  foretell score --joint patterns.csv
  foretell score --joint draws.csv --outcomes outcomes.csv --questions questions.csv
  foretell score --joint hub --set-by tag:location --scale log
  foretell score --joint

Each forecast stands until the same forecaster's next one. A question's score is the mean over the time from \
its opening, or the forecaster's first forecast if that is later, to the earlier of its closing day and its \
resolution. Forecasts made afterwards are counted and not scored.";

/// Score forecasts against what happened
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Scoring rules, separated by commas
    #[arg(long = "rule", value_name = "RULE", value_delimiter = ',', value_parser = RuleParser)]
    rules: Vec<String>,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t = Group::Forecaster)]
    by: Group,
    /// How much a question counts
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Weigh::Alike, conflicts_with_all = ["components", "over_time"])]
    weigh: Weigh,
    /// Only this forecaster; may be given several times. With --platform only their rows are shown, of figures reckoned over everybody
    #[arg(long, value_name = "NAME")]
    forecaster: Vec<String>,
    /// Read yes/no forecasts batch by batch, from files that may be larger than memory
    #[arg(
        long,
        requires = "forecasts",
        conflicts_with_all = ["pool", "live", "scale", "between", "components", "over_time"]
    )]
    stream: bool,
    /// With --stream, write what was summed as a part into this file instead of showing means, for `foretell merge`; `-` is standard output
    #[arg(long, value_name = "FILE", requires = "stream", conflicts_with_all = ["by", "out"])]
    part: Option<PathBuf>,
    /// Also what the weighted interval score of quantiles is made of, with bias and coverage, instead of the means in CSV
    #[arg(long)]
    components: bool,
    /// Draw how each forecaster's mean score under the first rule developed into this file; figures instead of a picture if its name
    /// ends in `.csv`. A question's day is the last of its time: that before the day of its resolution, or that of its close
    #[arg(long, value_name = "FILE")]
    over_time: Option<PathBuf>,
    /// Score joint forecasts of several questions instead, from the ledger or a table of patterns: `forecaster`, `made_at`, `pattern` such as
    /// `permit=yes|ferry=no`, `probability`; or a table of draws of several numbers, or a hub: `question`, `forecaster`, `made_at`, `draw`, `value`, where the draw
    /// of one name is of one world in all questions
    #[arg(long, value_name = "FILE", conflicts_with_all = ["stream", "platform", "rules", "by", "weigh", "components", "over_time", "pool", "live", "between"])]
    joint: Option<Option<PathBuf>>,
    #[command(flatten)]
    draws: DrawsArguments,
    /// The scores of a platform instead, as it defines them
    #[arg(long, value_enum, value_name = "PLATFORM", conflicts_with_all = ["stream", "rules", "by", "weigh", "components", "over_time", "scale", "between"])]
    platform: Option<Platform>,
    /// A forecaster who is no person but made of the others, as a community's forecast: left out of the others' mean and of prizes. May be given
    /// several times; relative scores are against the first
    #[arg(long, value_name = "NAME", requires = "platform")]
    community: Vec<String>,
    /// Which forecast of a question `--platform forecastbench` takes, which scores one [default: only]
    #[arg(long = "use", value_enum, value_name = "WHICH", requires = "platform")]
    taken: Option<Taken>,
    /// Write the results as a table into this file, as its ending says: `.csv`, `.jsonl` or `.parquet`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let (inputs, only, out) = (&arguments.inputs, arguments.forecaster.as_slice(), arguments.out.as_ref());
    inputs.refuse_to_write_over([
        ("--out", out),
        ("--part", arguments.part.as_ref()),
        ("--over-time", arguments.over_time.as_ref()),
    ])?;
    if let (Some(out), Some(Some(table))) = (out, &arguments.joint) {
        console::refuse_to_write_over("--out", out, [table.as_path()])?;
    }
    if let Some(table) = &arguments.joint {
        return score_otherwise::joint(inputs, table.as_deref(), &arguments.draws, only, out, format);
    }
    if let Some(platform) = arguments.platform {
        let of = score_otherwise::OfPlatform {
            platform,
            communities: &arguments.community,
            taken: arguments.taken,
            forecasters: only,
        };
        return score_otherwise::of_platform(inputs, &of, out, format);
    }
    check_weigh(arguments.weigh, arguments.stream)?;
    if let Some(part) = &arguments.part {
        let rules = chosen(arguments, &stream::DEFAULT_RULES);
        let text = stream::part(inputs, &rules, only)?.to_text()?;
        console::write_alone(part, &text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = if arguments.stream { streamed(arguments)? } else { recorded(arguments)? };
    show(arguments, report, format)
}

/// Means of all parts that were put together.
pub(super) fn show_merged(report: Report, format: Format) -> Done {
    let output =
        |format| Output { head: head(&report), sheets: sheets(&report, format), foot: foot(&report), json: &report };
    console::present(format, output)?;
    Ok(ExitCode::SUCCESS)
}

fn show(arguments: &Arguments, mut report: Report, format: Format) -> Done {
    if arguments.rules.is_empty() {
        // Rules that nobody asked for and that found nothing to score are no news.
        let scored = |id: &str| report.rows.iter().any(|row| row.rule == id);
        let kept: Vec<_> = report.rules.iter().filter(|rule| scored(rule.id)).cloned().collect();
        report.rules = kept;
    }
    if let Some(path) = &arguments.out {
        write_table(path, &main_sheet(&report, Format::Csv))?;
    }
    console::present(format, |format| {
        let only_components = arguments.components && format == Format::Csv;
        let mut tables = if only_components { Vec::new() } else { sheets(&report, format) };
        tables.extend(report.components.as_deref().map(|components| component_sheet(components, format)));
        Output { head: head(&report), sheets: tables, foot: foot(&report), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The rules named, or else these.
fn chosen(arguments: &Arguments, default: &[&str]) -> Vec<&'static dyn ScoringRule> {
    if arguments.rules.is_empty() {
        rules(&default.iter().copied().map(str::to_owned).collect::<Vec<_>>(), arguments.inputs.scale())
    } else {
        rules(&arguments.rules, arguments.inputs.scale())
    }
}

/// Of records that are all in memory.
fn recorded(arguments: &Arguments) -> Result<Report, Error> {
    let (records, summaries) = records_and_summaries(&arguments.inputs)?;
    for name in &arguments.forecaster {
        check_forecaster(&records, name)?;
    }
    let wanted = |name: &str| arguments.forecaster.is_empty() || arguments.forecaster.iter().any(|only| only == name);
    let rules = chosen(arguments, &DEFAULT_RULES);
    let standings = standings(&records, wanted);
    warn_of_different_levels(&standings.standings, &rules);
    note_quantiles_of_distributions(&standings.standings, &rules);
    if !arguments.rules.is_empty() {
        warn_of_idle_rules(&standings.standings, &rules);
    }
    warn_of_early_resolutions(&records, &standings.standings);
    let mut report = match arguments.weigh {
        Weigh::Alike => summarise(&standings, &rules, arguments.by),
        Weigh::Time => summarise_by_time(&standings, &records, &rules, arguments.by),
    };
    if let Some(path) = &arguments.over_time {
        // Of rules that nobody named, the first that has something to score.
        let candidates = if arguments.rules.is_empty() { rules.as_slice() } else { &rules[..rules.len().min(1)] };
        let found = candidates.iter().find_map(|rule| {
            let days = score_over_time(&standings, *rule);
            (!days.is_empty()).then_some((days, rule.id()))
        });
        let Some((days, rule)) = found else {
            let tried: Vec<&str> = candidates.iter().map(|rule| rule.id()).collect();
            let problem = format!("there is no score over time: nothing is scored under {}", tried.join(", "));
            return Err(Error::input(problem).help("name another rule first: `--rule`"));
        };
        let is_table = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let text = if is_table { over_time_sheet(&days).to_csv()? } else { over_time_picture(&days, rule) };
        console::write(path, &text)?;
    }
    report.components = arguments.components.then(|| quantile_parts(&standings));
    report.not_taken = not_taken(&summaries);
    Ok(report)
}

/// Of files that are read batch by batch.
fn streamed(arguments: &Arguments) -> Result<Report, Error> {
    let rules = chosen(arguments, &stream::DEFAULT_RULES);
    stream::report(&arguments.inputs, &rules, arguments.by, &arguments.forecaster)
}

fn head(report: &Report) -> Vec<String> {
    if report.rows.is_empty() { vec!["There is nothing to score yet.".to_owned()] } else { Vec::new() }
}

fn sheets(report: &Report, format: Format) -> Vec<Sheet> {
    let sheet = main_sheet(report, format);
    if sheet.is_empty() && format != Format::Csv { Vec::new() } else { vec![sheet] }
}

fn main_sheet(report: &Report, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let mut columns = vec![Column::text("rule")];
    match report.by {
        Group::Question => columns.push(Column::text("question")),
        Group::Tag => columns.push(Column::text("tag")),
        Group::Forecaster => {}
    }
    columns.push(Column::text("forecaster"));
    for heading in
        ["mean", "standard error", "questions", "clusters", "effective", "forecasts", "coverage", "raised", "infinite"]
    {
        columns.push(figure_column(heading));
    }
    let mut sheet = Sheet::new(None, columns);
    for row in &report.rows {
        let mut cells = vec![row.rule.to_owned()];
        cells.extend(row.of.clone());
        cells.extend([
            row.forecaster.clone(),
            figures.score(row.mean),
            figures.maybe(row.standard_error),
            row.questions.to_string(),
            row.clusters.to_string(),
            figures.about(row.effective_questions),
            row.forecasts.to_string(),
            figures.share(row.coverage),
            row.raised.to_string(),
            row.infinite.to_string(),
        ]);
        sheet.row(cells);
    }
    sheet
}

/// Running means, for CSV.
fn over_time_sheet(days: &[ScoreOfDay]) -> Sheet {
    let figures = Figures::new(Format::Csv);
    let columns = ["forecaster", "day"].map(Column::text).into_iter();
    let mut sheet = Sheet::new(None, columns.chain(["mean", "questions"].map(Column::number)).collect());
    for of in days {
        let cells = [of.forecaster.clone(), of.day.to_string(), figures.score(of.mean), of.questions.to_string()];
        sheet.row(cells.to_vec());
    }
    sheet
}

fn component_sheet(components: &[QuantileParts], format: Format) -> Sheet {
    let figures = Figures::new(format);
    let headings =
        ["wis", "dispersion", "too high", "too low", "bias", "within 50 %", "within 90 %", "median error", "questions"];
    let columns = std::iter::once(Column::text("forecaster")).chain(headings.map(Column::number)).collect();
    let title = "The weighted interval score = dispersion + too high + too low";
    let mut sheet = Sheet::new((format != Format::Csv).then_some(title), columns);
    for of in components {
        sheet.row(vec![
            of.forecaster.clone(),
            figures.score(of.parts.score),
            figures.score(of.parts.dispersion),
            figures.score(of.parts.overprediction),
            figures.score(of.parts.underprediction),
            figures.maybe(of.bias),
            figures.share(of.within_50),
            figures.share(of.within_90),
            figures.score(of.median_error),
            of.questions.to_string(),
        ]);
    }
    sheet
}

fn foot(report: &Report) -> Vec<String> {
    let mut lines = remarks(&report.rules, &report.excluded, &report.not_scored);
    if report.weigh == Weigh::Time {
        lines.push(
            "mean: each question weighs as the share of its time from opening to scheduled close for which a forecast stood"
                .to_owned(),
        );
    }
    if report.by != Group::Question && report.rows.iter().any(|row| row.clusters < 2) {
        lines.push(
            "one cluster: its questions share one draw of history, so there is no standard error, however many they are"
                .to_owned(),
        );
    }
    if report.rows.iter().any(|row| row.clusters > 1 && row.standard_error.is_none()) {
        lines.push("equal scores tell nothing of chance: where all are alike there is no standard error".to_owned());
    }
    let nats = |id: &str| report.rules.iter().any(|rule| rule.id == id && rule.unit == Unit::Nats);
    let infinite: usize = report.rows.iter().filter(|row| nats(row.rule)).map(|row| row.infinite).sum();
    if infinite > 0 {
        lines.push(format!(
            "infinite: {infinite} forecast{} called impossible what happened; they enter the mean at the floor",
            if infinite == 1 { "" } else { "s" }
        ));
    }
    lines
}
