//! `foretell calibrate`.

use super::calibrate_sheets::{narrow, nearest, whose};
use super::calibrate_wide::{elementary_sheet, wide};
use super::figures::{floored, write_table};
use super::inputs::{Inputs, check_cluster, check_forecaster, records_and_summaries};
use super::{Done, LEAST_REPLICATES, console};
use crate::calibrate::{
    BeltPanel, BiasBy, Bin, CALIBRATION_CLUSTERS, CALIBRATION_REPLICATES, CALIBRATION_SEED, CalibrationGroup,
    CalibrationReport, CalibrationRow, CalibrationSettings, Chosen, Counted, ElementaryMeans, Pairs, Panel,
    PitHistogram, ReliabilityAxis, belt_picture, calibration_belt, calibration_report, elementary_means,
    elementary_picture, has_few_outcomes, pit_picture, reliability_diagram, streams,
};
use crate::compare::{ClusterBy, regroup, regroup_streams};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::day;
use crate::forecast::tidy::not_taken;
use crate::report::{Format, Output, Reliable, reliability_plot};
use crate::score::{Weigh, standings};
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  foretell calibrate
  foretell calibrate --by tag --bins 5
  foretell calibrate --by horizon --svg reliability.svg --axis odds
  foretell calibrate --forecasts forecasts.csv --outcomes outcomes.csv --questions questions.csv --svg reliability.svg

Only questions whose scheduled close has passed count: before that a question is among the resolved only if it \
resolved early, which yes does and no cannot. `--all-resolved` counts all. Intervals draw clusters of questions \
anew; bands, expected MCB and expected errors draw answers anew as if the forecasts were calibrated.";

/// Say how far stated probabilities can be taken at their word
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t = CalibrationGroup::Forecaster)]
    by: CalibrationGroup,
    /// Only this forecaster; may be given several times
    #[arg(long, value_name = "NAME")]
    forecaster: Vec<String>,
    /// What makes questions share their fate: `cluster` (what they name), `tag` (their first), `tag:KEY` (the value of `KEY=value` among
    /// their tags), `horizon` (a band of time to the scheduled close), or `question` (nothing)
    #[arg(long, value_name = "BY", default_value_t = ClusterBy::Cluster)]
    cluster: ClusterBy,
    /// Which forecasts of a question count
    #[arg(long = "use", value_enum, value_name = "WHICH", default_value_t = Chosen::Standing)]
    chosen: Chosen,
    /// As in `score`; here every question counts 1
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Weigh::Alike, hide = true)]
    weigh: Weigh,
    /// As in `score`; here all forecasts are needed at once
    #[arg(long, hide = true)]
    stream: bool,
    /// Count all resolved questions, also those whose scheduled close lies ahead
    #[arg(long)]
    all_resolved: bool,
    /// The day by which a scheduled close must have passed [default: the latest day in the records]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<Date>,
    /// Bins of the tables and of Murphy's decomposition
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    bins: usize,
    /// How often clusters and answers are drawn anew
    #[arg(long, value_name = "COUNT", default_value_t = CALIBRATION_REPLICATES, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(u64::from(LEAST_REPLICATES)..=1_000_000))]
    replicates: usize,
    /// The seed of the draws
    #[arg(long, value_name = "SEED", value_parser = super::budget::seed, default_value_t = CALIBRATION_SEED, allow_negative_numbers = true)]
    seed: u64,
    /// Draw the reliability diagram, with bands, into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// The scale of the reliability diagram
    #[arg(long, value_enum, default_value_t = ReliabilityAxis::Share, requires = "svg")]
    axis: ReliabilityAxis,
    /// Draw the calibration belt, by one forecast a question, into this file
    #[arg(long, value_name = "FILE")]
    belt: Option<PathBuf>,
    /// Draw where outcomes fell in the forecast distributions (PIT histogram) into this file
    #[arg(long, value_name = "FILE")]
    pit: Option<PathBuf>,
    /// Draw the Murphy diagram of each row into this file: mean elementary scores at each threshold, as stated with their
    /// interval, where they would lie if calibrated, recalibrated, and of the base rate; figures instead of a picture if its name ends in `.csv`
    #[arg(long, value_name = "FILE")]
    murphy: Option<PathBuf>,
    /// Show the reliability diagram in letters, below the tables
    #[arg(long)]
    plot: bool,
    /// Write the results as a table into this file, as its ending says: `.csv`, `.jsonl` or `.parquet`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    arguments.inputs.refuse_to_write_over([
        ("--svg", arguments.svg.as_ref()),
        ("--belt", arguments.belt.as_ref()),
        ("--pit", arguments.pit.as_ref()),
        ("--murphy", arguments.murphy.as_ref()),
        ("--out", arguments.out.as_ref()),
    ])?;
    if arguments.stream {
        return Err(Error::input(
            "--stream does not go with calibrate, which draws questions and answers anew and needs all forecasts at once",
        )
        .help("leave it out; --forecaster, --tagged, --made-from and --made-until take a part of what is too much"));
    }
    if arguments.weigh == Weigh::Time {
        return Err(Error::input(
            "--weigh time does not go with calibrate, whose tests and bands draw the answers of whole questions, each counting 1",
        )
        .help("`--use first` takes what was said before an answer could end the question; `score` and `compare` take --weigh time"));
    }
    if arguments.inputs.is_held() {
        return Err(Error::input(
            "--between does not go with calibrate: of numbers held between two ends many lie at these, and levels cannot be met there",
        )
        .help("leave it out; `score`, `compare` and `leaderboard` take --between"));
    }
    let (records, summaries) = records_and_summaries(&arguments.inputs)?;
    for name in &arguments.forecaster {
        check_forecaster(&records, name)?;
    }
    let wanted = |name: &str| arguments.forecaster.is_empty() || arguments.forecaster.iter().any(|only| only == name);
    check_cluster(&arguments.cluster, &records)?;
    let standings = regroup(standings(&records, wanted), &records, &arguments.cluster);
    let streams = regroup_streams(streams(&records, wanted), &records, &arguments.cluster);
    let settings = CalibrationSettings {
        by: arguments.by,
        chosen: arguments.chosen,
        counted: if arguments.all_resolved { Counted::AllResolved } else { Counted::PastScheduledClose },
        as_of: arguments.as_of,
        bins: arguments.bins,
        replicates: arguments.replicates,
        seed: arguments.seed,
        ..CalibrationSettings::default()
    };
    let mut report = calibration_report(&records, &standings, &streams, settings);
    report.not_taken = not_taken(&summaries);
    if arguments.murphy.is_some() {
        for row in report.rows.iter_mut().chain(&mut report.pairs) {
            row.elementary = elementary_means(&row.sample, arguments.replicates, arguments.seed);
        }
    }
    let without = arguments.draw(&report)?;
    if let Some(path) = &arguments.out {
        write_table(path, &wide(&report))?;
    }
    let is_empty = report.all_rows().next().is_none() && report.quantiles.is_empty();
    let head = if is_empty && report.updates.is_empty() {
        vec!["There is nothing to judge yet.".to_owned()]
    } else {
        Vec::new()
    };
    let mut lines = if arguments.plot { plots(&report) } else { Vec::new() };
    lines.extend(foot(&report));
    console::present(format, |format| {
        let sheets = if format == Format::Csv { vec![wide(&report)] } else { narrow(&report, format) };
        Output { head: head.clone(), sheets, foot: lines.clone(), json: &report }
    })?;
    console::picture(|| report.all_rows().next().is_some().then(|| drawn(&report, arguments.axis)));
    if without.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    // What can be said was said; a picture that was asked for and is not there is an error all the same.
    Err(Error::input(without.join("\n")).help("the report is complete without it: leave the option out"))
}

impl Arguments {
    /// Writes the pictures that are asked for; says which of them there is nothing to draw of, and what they need.
    fn draw(&self, report: &CalibrationReport) -> Result<Vec<String>, Error> {
        let mut without = Vec::new();
        let mut put = |path: &Path, picture: Option<String>, needs: &str| {
            if let Some(text) = picture {
                return console::write(path, &text);
            }
            without.push(format!("`{}` was not drawn: {needs}", path.display()));
            Ok(())
        };
        let has_points = report.all_rows().next().is_some();
        if let Some(path) = &self.svg {
            let needs = "a reliability diagram (--svg) needs forecasts of yes/no questions or options that count";
            put(path, has_points.then(|| drawn(report, self.axis)), needs)?;
        }
        if let Some(path) = &self.belt {
            put(
                path,
                belt(report),
                "a calibration belt (--belt) needs yes/no forecasts to which a curve can be fitted",
            )?;
        }
        if let Some(path) = &self.pit {
            let needs = "a PIT histogram (--pit) needs quantiles of numbers or days, on questions that count; for yes/no forecasts `--svg` draws their reliability";
            put(path, pit(report), needs)?;
        }
        if let Some(path) = &self.murphy {
            let is_table = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
            let drawn = has_points.then(|| murphy(report, is_table)).transpose()?;
            put(path, drawn, "a Murphy diagram (--murphy) needs forecasts of yes/no questions or options that count")?;
        }
        Ok(without)
    }
}

/// The reliability diagram.
fn drawn(report: &CalibrationReport, axis: ReliabilityAxis) -> String {
    let names: Vec<String> = report.all_rows().map(name).collect();
    let panels: Vec<Panel> = report
        .all_rows()
        .zip(&names)
        .map(|(row, name)| Panel {
            consistency: &row.band,
            confidence: &row.confidence,
            ..Panel::new(name, row.sample.points())
        })
        .collect();
    reliability_diagram(&panels, axis)
}

fn belt(report: &CalibrationReport) -> Option<String> {
    let names: Vec<(String, &CalibrationRow)> = report.rows.iter().map(|row| (name(row), row)).collect();
    let panels: Vec<BeltPanel> = names
        .iter()
        .filter_map(|(name, row)| {
            let test = row.tests.belt?;
            let p = if test.p < 5e-5 { "p < 0.0001".to_owned() } else { format!("p = {:.4}", test.p) };
            let says = format!("{}, degree {}, {p}", counted(row.questions, "question"), test.degree);
            let belt = |level: f64| calibration_belt(row.sample.one_a_question(), level);
            Some(BeltPanel { name, says, wide: belt(0.95), narrow: belt(0.8) })
        })
        .collect();
    (!panels.is_empty()).then(|| belt_picture(&panels))
}

fn murphy(report: &CalibrationReport, is_table: bool) -> Result<String, Error> {
    let names: Vec<String> = report.all_rows().map(name).collect();
    let panels: Vec<(&str, &[ElementaryMeans])> =
        names.iter().zip(report.all_rows()).map(|(name, row)| (name.as_str(), row.elementary.as_slice())).collect();
    if is_table { elementary_sheet(&panels).to_csv() } else { Ok(elementary_picture(&panels)) }
}

/// The reliability diagram of each row in letters, each with an empty line after it.
fn plots(report: &CalibrationReport) -> Vec<String> {
    let mut lines = Vec::new();
    for row in report.all_rows() {
        let point = |bin: &Bin| {
            let stated = bin.stated?;
            let band = nearest(&row.band, stated).map(|of| (of.lower, of.upper));
            Some(Reliable { stated, observed: bin.observed?, if_calibrated: band })
        };
        lines.push(format!("{}: came true (●) against stated; │ where the curve would lie if calibrated", name(row)));
        lines.extend(reliability_plot(&row.bins.iter().filter_map(point).collect::<Vec<_>>()));
        lines.push(String::new());
    }
    lines
}

fn pit(report: &CalibrationReport) -> Option<String> {
    let names: Vec<String> = report.quantiles.iter().map(|of| titled(of.of.as_ref(), &of.forecaster)).collect();
    let histograms: Vec<PitHistogram> = report
        .quantiles
        .iter()
        .zip(&names)
        .map(|(of, name)| PitHistogram { name, shares: &of.pit, questions: of.questions, clusters: of.clusters })
        .collect();
    (!histograms.is_empty()).then(|| pit_picture(&histograms))
}

/// The forecaster, with the group where there is one.
fn titled(of: Option<&String>, forecaster: &str) -> String {
    of.map_or_else(|| forecaster.to_owned(), |of| format!("{forecaster}, {of}"))
}

/// The forecaster, with what the pairs are and the tag where there are some.
fn name(row: &CalibrationRow) -> String {
    titled(row.of.as_ref(), &whose(row))
}

/// Mean elementary scores lie between 0 and 1/2: what differs by less differs in its last bits.
const ROUNDING: f64 = 1e-12;

/// Where the curve of a Murphy diagram leaves the band of calibrated forecasts.
fn beside_calibrated(row: &CalibrationRow) -> String {
    let places = |is_there: fn(&ElementaryMeans) -> bool, side: &str| {
        let found: Vec<f64> = row.elementary.iter().filter(|of| is_there(of)).map(|of| 100.0 * of.threshold).collect();
        let (first, last) = (found.first()?, found.last()?);
        let span = if first == last { format!("{first:.0} %") } else { format!("{first:.0} % to {last:.0} %") };
        Some(format!("{side} it at {} from {span}", counted(found.len(), "threshold")))
    };
    let above = places(|of| of.stated > of.calibrated_upper + ROUNDING, "above");
    let below = places(|of| of.stated < of.calibrated_lower - ROUNDING, "below");
    let found: Vec<String> = above.into_iter().chain(below).collect();
    let found = if found.is_empty() { "within it everywhere".to_owned() } else { found.join(", ") };
    format!(
        "{}: Murphy diagram beside the band of calibrated forecasts, 95 % at each of {} thresholds: {found}",
        name(row),
        row.elementary.len()
    )
}

/// What pairs are, what their scores are, and what is left out of them; nothing without any.
fn of_pairs(report: &CalibrationReport) -> Vec<String> {
    let has = |kind: Pairs| report.pairs.iter().any(|row| row.pairs == Some(kind));
    let mut lines = Vec::new();
    if has(Pairs::Options) {
        lines.push("rows of options: each question and option is a pair, one yes/no forecast that the option comes; brier is brier_all over the number of options; no bias, since the chances of a question sum to 1".to_owned());
    }
    if has(Pairs::Thresholds) {
        lines.push("rows of thresholds: each question and ordered option but the last is a pair, one yes/no forecast that what comes lies above it; brier is rps".to_owned());
    }
    if !lines.is_empty() {
        lines.push("pairs of one question count together as one question, are drawn together and are not independent: Murphy's decomposition, Cox, Hosmer–Lemeshow, belt and e-test are left out, Spiegelhalter's test is of whole questions; forecasts are those of pairs".to_owned());
    }
    lines
}

fn foot(report: &CalibrationReport) -> Vec<String> {
    let settings = &report.settings;
    let mut lines = Vec::new();
    if report.resolved_early > 0 {
        let day = settings.as_of.map_or_else(String::new, |day| format!(" {day}"));
        let what = match settings.counted {
            Counted::PastScheduledClose => "left out",
            Counted::AllResolved => "counted",
        };
        let which = counted(report.resolved_early, "question");
        lines.push(format!("{what}: {which} that resolved although the scheduled close lies after{day}"));
    }
    for row in report.rows.iter().filter(|row| row.naive.as_ref().is_some_and(|naive| naive.misleads)) {
        lines.push(format!(
            "warning: {}: counting all resolved questions misleads: yes resolves early, no only late",
            name(row)
        ));
    }
    lines.extend(report.all_rows().filter_map(|row| floored(&name(row), "log", row.raised, row.infinite)));
    for row in &report.rows {
        let limited = row.tests.cox.map_or(0, |cox| cox.limited);
        if limited > 0 {
            lines.push(format!(
                "{}: Cox, belt and e-test take {} as 10⁻⁶ from 0 or 1, to which they are nearer: their log-odds would be infinite",
                name(row),
                counted(limited, "forecast")
            ));
        }
    }
    if report.all_rows().next().is_some() {
        lines.push("MCB: lost to miscalibration; DSC: gained by telling cases apart; UNC: of the base rate".to_owned());
        lines.push(format!(
            "intervals: {} draws of clusters, about the figure less what chance adds to it, so that MCB may lie above its own; by chance, p of MCB, and curve if calibrated ({:.0} %): {} draws of answers; seed {}",
            settings.replicates,
            100.0 * settings.band_level,
            settings.replicates,
            settings.seed
        ));
        lines.push(
            "promised: the Brier score that the forecasts would get if they were calibrated, lower is sharper"
                .to_owned(),
        );
    }
    for row in report.all_rows().filter(|row| row.clusters >= CALIBRATION_CLUSTERS && has_few_outcomes(&row.sample)) {
        lines.push(format!(
            "{}: fewer than ten clusters hold a yes, or a no: intervals of MCB, DSC and ECE also hold what chances would give that so few outcomes do not rule out",
            name(row)
        ));
    }
    for row in report.all_rows().filter(|row| row.in_the_large.by == Some(BiasBy::FewOutcomes)) {
        lines.push(format!(
            "{}: fewer than five clusters hold a yes, or a no: interval and p of the bias are by exact limits of the share of yes",
            name(row)
        ));
    }
    lines.extend(of_pairs(report));
    if !report.options.is_empty() {
        lines.push("options: each looked at as a yes/no question, over the questions that have it; interval by few outcomes: fewer than five clusters hold it, or another one, so that interval and p are by exact limits of its share".to_owned());
    }
    if report.options_alone > 0 {
        lines.push(format!(
            "options: {} not judged, each of which stands in one question of a forecaster alone",
            counted(report.options_alone, "option")
        ));
    }
    lines.extend(report.all_rows().filter(|row| !row.elementary.is_empty()).map(beside_calibrated));
    if !report.updates.is_empty() {
        lines.push(
            "movement: mean sum of squared changes; reduction: mean p(1 - p) at the start less that at the end; they are alike for who takes news for what it is"
                .to_owned(),
        );
        lines.push(
            "until the last word: changes of mind alone; less than 1 is no fault there, since a sudden answer is cut off"
                .to_owned(),
        );
    }
    if report.all_rows().any(|row| row.clusters < row.questions) {
        lines.push(
            "questions share clusters: draws of answers and tests take them for independent, so their p is too small"
                .to_owned(),
        );
    }
    if report.all_rows().any(|row| row.clusters < CALIBRATION_CLUSTERS) {
        lines.push(format!(
            "fewer than {CALIBRATION_CLUSTERS} clusters of questions: too few to draw anew, so there are no intervals by draws"
        ));
    }
    lines.extend(report.excluded.iter().map(|left_out| {
        format!(
            "not judged: {} on {}: {}",
            counted(left_out.forecasts, "forecast"),
            counted(left_out.questions, "question"),
            left_out.reason
        )
    }));
    lines
}
