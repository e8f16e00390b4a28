//! `foretell compare`.

use super::figures::{
    Figures, figure_column, floored, note_quantiles_of_distributions, remarks, warn_of_early_resolutions,
    warn_of_idle_rules, write_table,
};
use super::inputs::{Inputs, check_cluster, check_forecaster, check_weigh, records_and_summaries, unknown_forecaster};
use super::pair_tests::{TEST_COLUMNS, test_cells, test_sheet};
use super::report_bottom::listed;
use super::rule_names::{RuleParser, rules};
use super::{Done, console, stream};
use crate::brief::comparison_page;
use crate::calibrate::{Panel, ReliabilityAxis, reliability_diagram};
use crate::compare::{
    Adjustment, ClusterBy, Comparison, IntervalBy, MOST_DRAWN_PAIRS, MOST_MURPHY_PAIRS, MurphyPair, PairComparison,
    Reliability, common_reliability, compare_by_time, compare_chosen, difference_picture, gathered_comparison,
    murphy_picture, murphy_points, regroup,
};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::tidy::not_taken;
use crate::report::{Column, Format, Output, Sheet, plain};
use crate::score::{Schedule, Standings, Weigh, standings};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  foretell compare ada bob
  foretell compare ada bob crowd --rule brier,log --svg reliability.svg
  foretell compare ada bob crowd --cluster tag --adjust bh
  foretell compare --against crowd
  foretell compare ada bob --forecasts forecasts.csv --outcomes outcomes.csv --questions questions.csv

Two forecasters are compared on the questions they share, each over the time for which both had a standing \
forecast. Questions of one cluster share their fate and count as one draw of history; with fewer than five \
clusters the verdict is \"cannot tell yet\". Verdicts hold at 5 % for all pairs under a rule together. \
The tests of no difference each ask another question; those valid \"any time\" hold however often one looks.";

/// Compare forecasters on the questions they share
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The forecasters, two at least; with `--against` any number, and none means all
    #[arg(value_name = "FORECASTER")]
    forecasters: Vec<String>,
    /// Compare each forecaster with this one alone, instead of all with each other
    #[arg(long, value_name = "FORECASTER")]
    against: Option<String>,
    #[command(flatten)]
    inputs: Inputs,
    /// Scoring rules, separated by commas
    #[arg(long = "rule", value_name = "RULE", value_delimiter = ',', value_parser = RuleParser, default_value = "brier")]
    rules: Vec<String>,
    /// What makes questions share their fate: `cluster` (what they name), `tag` (their first), `tag:KEY` (the value of `KEY=value` among
    /// their tags), `horizon` (a band of time to the scheduled close), or `question` (nothing)
    #[arg(long, value_name = "BY", default_value_t = ClusterBy::Cluster)]
    cluster: ClusterBy,
    /// How p-values of several pairs are adjusted
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Adjustment::Holm)]
    adjust: Adjustment,
    /// How much a question counts; `time` weighs it by the share of its time from opening to scheduled close
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Weigh::Alike)]
    weigh: Weigh,
    /// Read yes/no forecasts batch by batch, from files that may be larger than memory; without the questions one by one
    #[arg(long, requires = "forecasts", conflicts_with_all = ["pool", "live", "scale", "between", "murphy"])]
    stream: bool,
    /// Draw the reliability diagram of the binary questions that all share into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Draw the Murphy diagram of each pair into this file: the mean elementary scores at each threshold and their difference, with
    /// intervals; figures instead of a picture if its name ends in `.csv`
    #[arg(long, value_name = "FILE")]
    murphy: Option<PathBuf>,
    /// Draw the differences of the pairs under the first rule, with their intervals, into this file
    #[arg(long, value_name = "FILE")]
    differences: Option<PathBuf>,
    /// Write the results as a table into this file, as its ending says: `.csv`, `.jsonl` or `.parquet`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The JSON form.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    comparison: &'a Comparison,
    /// On the binary questions that all forecasters share.
    reliability: &'a [Reliability],
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    arguments.inputs.refuse_to_write_over([
        ("--svg", arguments.svg.as_ref()),
        ("--murphy", arguments.murphy.as_ref()),
        ("--differences", arguments.differences.as_ref()),
        ("--out", arguments.out.as_ref()),
    ])?;
    check_weigh(arguments.weigh, arguments.stream)?;
    if arguments.weigh == Weigh::Time && arguments.murphy.is_some() {
        return Err(Error::input("--weigh time does not go with --murphy, whose curves count every question alike")
            .help("leave one of the two out"));
    }
    let mut without = Vec::new();
    let (comparison, reliability) =
        if arguments.stream { streamed(arguments)? } else { recorded(arguments, &mut without)? };
    match &arguments.svg {
        Some(path) if reliability.is_empty() => without.push(format!(
            "`{}` was not drawn: a reliability diagram (--svg) needs yes/no questions that all of them share; name fewer forecasters",
            path.display()
        )),
        Some(path) => {
            let panels: Vec<Panel> = reliability.iter().map(|of| Panel::new(&of.forecaster, &of.points)).collect();
            console::write(path, &reliability_diagram(&panels, ReliabilityAxis::Share))?;
        }
        None => {}
    }
    if let Some(path) = &arguments.differences {
        let pairs = under_first_rule(&comparison);
        console::write(path, &difference_picture(&pairs, comparison.adjustment))?;
        if pairs.len() > MOST_DRAWN_PAIRS {
            note_part(path, MOST_DRAWN_PAIRS, pairs.len(), "the table (`--format csv`, `--out`) has all");
        }
    }
    if let Some(path) = &arguments.out {
        write_table(path, &pair_sheet(&comparison, Format::Csv))?;
    }
    let done = show(&Found { comparison, reliability }, format)?;
    if without.is_empty() {
        return Ok(done);
    }
    // What can be said was said; a picture that was asked for and is not there is an error all the same.
    Err(Error::input(without.join("\n")).help("the comparison is complete without it: leave the option out"))
}

/// Says that a picture has some pairs only, and where all are.
fn note_part(path: &Path, drawn: usize, compared: usize, all: &str) {
    console::note(&format!("note: `{}` shows the first {drawn} of {compared} pairs; {all}", path.display()));
}

fn under_first_rule(comparison: &Comparison) -> Vec<&PairComparison> {
    let first = comparison.rules.first().map_or("", |rule| rule.id);
    comparison.pairs.iter().filter(|pair| pair.rule == first).collect()
}

/// A comparison and how reliable each was on what all share.
#[derive(Debug)]
pub(super) struct Found {
    comparison: Comparison,
    reliability: Vec<Reliability>,
}

/// Everybody named, each with each, under the Brier score.
pub(super) fn for_page(names: &[String], inputs: &Inputs) -> Result<Found, Error> {
    let (records, summaries) = records_and_summaries(inputs)?;
    if names.len() < 2 {
        return Err(Error::input("a comparison needs two forecasters").help("name them: --compare ada,bob"));
    }
    for (at, name) in names.iter().enumerate() {
        check_forecaster(&records, name)?;
        if names[..at].contains(name) {
            return Err(Error::input(format!("`{name}` is named twice"))
                .help("name forecasters that differ: nobody can be compared with themselves"));
        }
    }
    let standings = standings(&records, |name| names.iter().any(|named| named == name));
    let pairs = each_with_each(names);
    let compared = compare_chosen(&standings, &pairs, &rules(&["brier".to_owned()], inputs.scale()), Adjustment::Holm);
    let comparison = Comparison { not_taken: not_taken(&summaries), ..compared };
    let reliability = common_reliability(&standings.standings, names);
    Ok(Found { comparison, reliability })
}

/// To stdout.
pub(super) fn show(found: &Found, format: Format) -> Done {
    let Found { comparison, reliability } = found;
    let whole = Whole { comparison, reliability };
    console::present(format, |format| output(found, &whole, format))?;
    draw(comparison);
    Ok(ExitCode::SUCCESS)
}

/// As a page of Markdown has it, to stdout where that is asked for.
pub(super) fn show_as_page(found: &Found, format: Format) -> Done {
    let Found { comparison, reliability } = found;
    let whole = Whole { comparison, reliability };
    console::present_with(format, |format| output(found, &whole, format), markdown(found)?)?;
    draw(comparison);
    Ok(ExitCode::SUCCESS)
}

/// The picture of the differences, for a program that asks.
fn draw(comparison: &Comparison) {
    console::picture(|| {
        let pairs = under_first_rule(comparison);
        pairs.iter().any(|pair| pair.difference.is_some()).then(|| difference_picture(&pairs, comparison.adjustment))
    });
}

/// As Markdown, with a title.
pub(super) fn markdown(found: &Found) -> Result<String, Error> {
    let Found { comparison, reliability } = found;
    let text = output(found, &Whole { comparison, reliability }, Format::Md).render(Format::Md)?;
    Ok(format!("## {}\n\n{}", plain(&title(comparison)), text.trim_start()))
}

/// Who is compared.
fn title(comparison: &Comparison) -> String {
    let names: BTreeSet<&str> = comparison.pairs.iter().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]).collect();
    format!("{} compared", listed(&names.into_iter().map(str::to_owned).collect::<Vec<_>>()))
}

fn output<'a>(found: &Found, whole: &'a Whole<'a>, format: Format) -> Output<'a, Whole<'a>> {
    let foot = foot(&found.comparison).into_iter().chain(entered(found)).collect();
    Output { head: Vec::new(), sheets: sheets(found, format), foot, json: whole }
}

/// As a page, with the pictures of the differences and of reliability.
pub(super) fn page(found: &Found) -> Result<String, Error> {
    let Found { comparison, reliability } = found;
    let title = title(comparison);
    let lines: Vec<String> = comparison.pairs.iter().map(|pair| format!("{}.", sentence(pair))).collect();
    let pairs: Vec<&PairComparison> = comparison.pairs.iter().filter(|pair| pair.difference.is_some()).collect();
    let mut pictures = Vec::new();
    if !pairs.is_empty() {
        let picture = difference_picture(&pairs, comparison.adjustment);
        pictures.push(("Differences, question cluster by question cluster".to_owned(), picture));
    }
    if !reliability.is_empty() {
        let panels: Vec<Panel> = reliability.iter().map(|of| Panel::new(&of.forecaster, &of.points)).collect();
        let caption = "Reliability: of what was said to have a chance of x %, how much came true".to_owned();
        pictures.push((caption, reliability_diagram(&panels, ReliabilityAxis::Share)));
    }
    let foot: Vec<String> = foot(comparison).into_iter().skip(lines.len()).filter(|line| !line.is_empty()).collect();
    comparison_page(&title, &lines, &pictures, &sheets(found, Format::Table), &foot)
}

fn sheets(Found { comparison, reliability }: &Found, format: Format) -> Vec<Sheet> {
    let mut sheets = vec![pair_sheet(comparison, format)];
    let tests = test_sheet(comparison, format);
    if !tests.is_empty() {
        sheets.push(tests);
    }
    if !reliability.is_empty() {
        sheets.push(corp_sheet(reliability, format));
        sheets.push(bin_sheet(reliability, format));
    }
    sheets
}

/// Of records that are all in memory.
fn recorded(arguments: &Arguments, without: &mut Vec<String>) -> Result<(Comparison, Vec<Reliability>), Error> {
    let (records, summaries) = records_and_summaries(&arguments.inputs)?;
    let known: BTreeSet<&str> = records.forecasts.iter().map(|record| record.forecaster.as_str()).collect();
    let forecasters = named(arguments, &known)?;
    for name in &forecasters {
        check_forecaster(&records, name)?;
    }
    let standings = standings(&records, |name| forecasters.iter().any(|named| named == name));
    check_cluster(&arguments.cluster, &records)?;
    let standings = regroup(standings, &records, &arguments.cluster);
    let rules = rules(&arguments.rules, arguments.inputs.scale());
    note_quantiles_of_distributions(&standings.standings, &rules);
    warn_of_idle_rules(&standings.standings, &rules);
    warn_of_early_resolutions(&records, &standings.standings);
    let pairs = pairs(arguments, &forecasters);
    let compared = match arguments.weigh {
        Weigh::Alike => compare_chosen(&standings, &pairs, &rules, arguments.adjust),
        Weigh::Time => compare_by_time(&standings, &Schedule::of(&records), &pairs, &rules, arguments.adjust),
    };
    let comparison = Comparison { not_taken: not_taken(&summaries), ..compared };
    if let Some(path) = &arguments.murphy {
        without.extend(draw_murphy(&standings, &comparison, path)?);
    }
    let reliability = common_reliability(&standings.standings, &forecasters);
    Ok((comparison, reliability))
}

/// Of files that are read batch by batch.
fn streamed(arguments: &Arguments) -> Result<(Comparison, Vec<Reliability>), Error> {
    let rules = rules(&arguments.rules, arguments.inputs.scale());
    stream::check_rules(&rules)?;
    let only: Vec<String> = match &arguments.against {
        Some(_) if arguments.forecasters.is_empty() => Vec::new(),
        reference => arguments.forecasters.iter().chain(reference).cloned().collect(),
    };
    let streamed = stream::gathered(&arguments.inputs, &only)?;
    let gathered = &streamed.gathered;
    let known: BTreeSet<&str> = gathered.forecasters().collect();
    let forecasters = named(arguments, &known)?;
    if let Some(name) = forecasters.iter().find(|name| !known.contains(name.as_str())) {
        return Err(unknown_forecaster(name, gathered.everybody()));
    }
    arguments.cluster.check(gathered.tags())?;
    let pairs = pairs(arguments, &forecasters);
    let (compared, reliability) =
        gathered_comparison(gathered, &forecasters, &pairs, &rules, &arguments.cluster, arguments.adjust)?;
    streamed.tell();
    let comparison = Comparison { not_taken: streamed.not_taken(), ..compared };
    if reliability.is_none() {
        console::note("note: no reliability: what all share is more than memory should hold; name fewer forecasters");
    }
    Ok((comparison, reliability.unwrap_or_default()))
}

/// Who is compared with whom: each with each later one, or each with the one against whom they stand.
fn pairs<'a>(arguments: &Arguments, forecasters: &'a [String]) -> Vec<(&'a str, &'a str)> {
    if let (Some(_), Some((reference, others))) = (&arguments.against, forecasters.split_last()) {
        return others.iter().map(|name| (name.as_str(), reference.as_str())).collect();
    }
    each_with_each(forecasters)
}

/// Each with each later one.
fn each_with_each(forecasters: &[String]) -> Vec<(&str, &str)> {
    let count = forecasters.len();
    let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
    pairs.map(|(first, second)| (forecasters[first].as_str(), forecasters[second].as_str())).collect()
}

/// Writes the Murphy diagram; says what it needs where there is none.
fn draw_murphy(standings: &Standings, comparison: &Comparison, path: &Path) -> Result<Option<String>, Error> {
    let is_table = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let compared = under_first_rule(comparison);
    // One more than is drawn tells that there are more.
    let most = if is_table { usize::MAX } else { MOST_MURPHY_PAIRS + 1 };
    let pairs: Vec<MurphyPair> = compared
        .iter()
        .map(|pair| MurphyPair { a: &pair.a, b: &pair.b, points: murphy_points(standings, &pair.a, &pair.b) })
        .filter(|pair| !pair.points.is_empty())
        .take(most)
        .collect();
    if pairs.is_empty() {
        let needs = "a Murphy diagram (--murphy) needs yes/no questions that a pair shares";
        return Ok(Some(format!("`{}` was not drawn: {needs}", path.display())));
    }
    if is_table {
        console::write(path, &murphy_sheet(&pairs).to_csv()?)?;
        return Ok(None);
    }
    console::write(path, &murphy_picture(&pairs, compared.len()))?;
    if pairs.len() > MOST_MURPHY_PAIRS {
        note_part(path, MOST_MURPHY_PAIRS, compared.len(), "a name that ends in `.csv` gets the figures of all");
    }
    Ok(None)
}

/// The figures of Murphy diagrams, for CSV.
fn murphy_sheet(pairs: &[MurphyPair]) -> Sheet {
    let figures = Figures::new(Format::Csv);
    let numbers =
        ["threshold", "A's mean", "A lower", "A upper", "B's mean", "B lower", "B upper", "A - B", "lower", "upper"]
            .map(Column::number);
    let mut sheet = Sheet::new(None, ["A", "B"].map(Column::text).into_iter().chain(numbers).collect());
    for pair in pairs {
        for of in &pair.points {
            sheet.row(vec![
                pair.a.to_owned(),
                pair.b.to_owned(),
                figures.score(of.threshold),
                figures.score(of.a),
                figures.maybe(of.a_interval.map(|ends| ends.0)),
                figures.maybe(of.a_interval.map(|ends| ends.1)),
                figures.score(of.b),
                figures.maybe(of.b_interval.map(|ends| ends.0)),
                figures.maybe(of.b_interval.map(|ends| ends.1)),
                figures.score(of.difference),
                figures.maybe(of.lower),
                figures.maybe(of.upper),
            ]);
        }
    }
    sheet
}

/// The forecasters to compare, of those who forecast something; the one against whom the others stand comes last.
fn named(arguments: &Arguments, known: &BTreeSet<&str>) -> Result<Vec<String>, Error> {
    let mut forecasters = arguments.forecasters.clone();
    match &arguments.against {
        None if forecasters.len() < 2 => {
            let names = known.iter().copied().collect::<Vec<_>>().join(", ");
            let those = match known.len() {
                0 => "; there are no forecasts at all".to_owned(),
                1..=12 => format!("; there are forecasts by {names}"),
                count => format!("; there are forecasts by {count} forecasters, whom `foretell score` lists"),
            };
            return Err(Error::input("a comparison needs two forecasters")
                .help(format!("name two at least, or one beside `--against FORECASTER`{those}")));
        }
        None => {}
        Some(reference) => {
            if forecasters.is_empty() {
                forecasters = known.iter().filter(|name| *name != reference).map(|name| (*name).to_owned()).collect();
            }
            forecasters.push(reference.clone());
        }
    }
    match forecasters.iter().enumerate().find(|(at, name)| forecasters[..*at].contains(name)) {
        Some((_, name)) => Err(Error::input(format!("`{name}` is named twice"))
            .help("name forecasters that differ: nobody can be compared with themselves")),
        None => Ok(forecasters),
    }
}

fn pair_sheet(comparison: &Comparison, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let mut columns = vec![Column::text("rule"), Column::text("A"), Column::text("B")];
    let adjusted = format!("p ({})", comparison.adjustment.short_name());
    let mut numbers = vec!["A's mean", "B's mean", "A - B"];
    if format == Format::Csv {
        numbers.extend(["standard error", "lower", "upper", "bootstrap lower", "bootstrap upper", "p", "p adjusted"]);
    } else {
        numbers.extend(["95 % interval", adjusted.as_str()]);
    }
    numbers.extend(["questions", "clusters", "effective", "visible"]);
    if format == Format::Csv {
        numbers.extend(TEST_COLUMNS);
        numbers.extend(["A forecasts", "B forecasts", "A raised", "A infinite", "B raised", "B infinite"]);
    }
    columns.extend(numbers.into_iter().map(figure_column));
    if format == Format::Csv {
        columns.push(Column::text("interval by"));
    }
    columns.push(Column::text("A is"));
    let mut sheet = Sheet::new((format != Format::Csv).then_some("Differences on common questions"), columns);
    for pair in &comparison.pairs {
        let mut cells = vec![pair.rule.to_owned(), pair.a.clone(), pair.b.clone()];
        cells.extend([figures.maybe(pair.mean_a), figures.maybe(pair.mean_b)]);
        cells.push(figures.maybe(pair.difference.map(|difference| difference.mean)));
        let interval = pair.interval.map(|interval| (interval.lower, interval.upper));
        let ends =
            |ends: Option<(f64, f64)>| [figures.maybe(ends.map(|ends| ends.0)), figures.maybe(ends.map(|ends| ends.1))];
        if format == Format::Csv {
            cells.push(figures.maybe(pair.difference.and_then(|difference| difference.standard_error)));
            cells.extend(ends(interval));
            cells.extend(ends(pair.bootstrap));
            cells.push(figures.p_value(pair.interval.map(|interval| interval.p_two_sided)));
            cells.push(figures.p_value(pair.p_adjusted));
        } else {
            cells.push(figures.interval(interval));
            cells.push(figures.p_value(pair.p_adjusted));
        }
        cells.extend([
            pair.difference.map_or(0, |difference| difference.count).to_string(),
            pair.difference.map_or(0, |difference| difference.clusters).to_string(),
            figures.about(pair.difference.and_then(|difference| difference.effective_count)),
            figures.maybe(pair.interval.map(|interval| interval.smallest_visible)),
        ]);
        if format == Format::Csv {
            cells.extend(test_cells(pair, figures));
            let (a, b) = (pair.floored_a, pair.floored_b);
            let entered = [pair.forecasts_a, pair.forecasts_b, a.raised, a.infinite, b.raised, b.infinite];
            cells.extend(entered.map(|of| of.to_string()));
            cells.push(pair.interval_by.map_or_else(String::new, |by| by.to_string()));
        }
        cells.push(pair.verdict.to_string());
        sheet.row(cells);
    }
    sheet
}

fn corp_sheet(reliability: &[Reliability], format: Format) -> Sheet {
    let figures = Figures::new(format);
    let columns = std::iter::once(Column::text("forecaster"))
        .chain(["Brier", "MCB", "DSC", "UNC", "bias", "AUC", "questions", "forecasts"].map(Column::number))
        .collect();
    let mut sheet =
        Sheet::new(Some("Reliability on the binary questions that all share (Brier = MCB - DSC + UNC)"), columns);
    for of in reliability {
        sheet.row(vec![
            of.forecaster.clone(),
            figures.score(of.brier.score),
            figures.score(of.brier.miscalibration),
            figures.score(of.brier.discrimination),
            figures.score(of.brier.uncertainty),
            figures.score(of.bias),
            figures.maybe(of.area_under_curve),
            of.questions.to_string(),
            of.forecasts.to_string(),
        ]);
    }
    sheet
}

fn bin_sheet(reliability: &[Reliability], format: Format) -> Sheet {
    let figures = Figures::new(format);
    let columns = std::iter::once(Column::text("forecaster"))
        .chain(["bin", "stated", "came true", "questions", "forecasts"].map(Column::number))
        .collect();
    let mut sheet = Sheet::new(Some("Stated and observed"), columns);
    for of in reliability {
        for bin in of.bins.iter().filter(|bin| bin.forecasts > 0) {
            sheet.row(vec![
                of.forecaster.clone(),
                format!("{:.0}–{:.0} %", 100.0 * bin.from, 100.0 * bin.to),
                figures.share(bin.stated),
                figures.share(bin.observed),
                figures.about(Some(bin.weight)),
                bin.forecasts.to_string(),
            ]);
        }
    }
    sheet
}

fn foot(comparison: &Comparison) -> Vec<String> {
    let mut lines: Vec<String> = comparison.pairs.iter().map(sentence).collect();
    lines.push(String::new());
    lines.push(
        "visible: the smallest true difference that these clusters would have shown four times out of five".to_owned(),
    );
    lines.extend(few_outcomes(comparison));
    lines.extend(by_student(comparison).map(str::to_owned));
    lines.push(
        "once: holds if one looks once; any time: holds however often one looks (p is then 1 over the largest e-value so far)"
            .to_owned(),
    );
    lines.push("MCB: lost to miscalibration; DSC: gained by telling cases apart; UNC: of the base rate".to_owned());
    lines.extend(remarks(&comparison.rules, &comparison.excluded, &comparison.not_scored));
    if comparison.weigh == Weigh::Time {
        lines.push("weigh time: each question weighs as the share of its time from opening to scheduled close for which both stood; the tests are of differences multiplied by that, reliability counts questions alike".to_owned());
    }
    // Somebody may be in several pairs, by other questions in each.
    let of_pair = |pair: &'_ PairComparison| -> Vec<String> {
        let beside = |own: &str, other: &str| format!("{own} beside {other}");
        let of_a = floored(&beside(&pair.a, &pair.b), pair.rule, pair.floored_a.raised, pair.floored_a.infinite);
        let of_b = floored(&beside(&pair.b, &pair.a), pair.rule, pair.floored_b.raised, pair.floored_b.infinite);
        of_a.into_iter().chain(of_b).collect()
    };
    lines.extend(comparison.pairs.iter().flat_map(of_pair));
    let restricted = |pair: &PairComparison| pair.by_question.iter().any(|of| of.common_levels.is_some());
    if comparison.pairs.iter().any(restricted) {
        lines.push(
            "where two state quantiles of different levels they are compared by those that both state".to_owned(),
        );
    }
    lines
}

/// Pairs that are named in a line.
const FEW_NAMED: usize = 6;

/// Which intervals are by few outcomes, and what that means; nothing where none is.
fn few_outcomes(comparison: &Comparison) -> Option<String> {
    let few = |pair: &&PairComparison| pair.interval_by == Some(IntervalBy::FewOutcomes);
    let named = |pair: &PairComparison| format!("{} against {} under {}", pair.a, pair.b, pair.rule);
    let mut pairs: Vec<String> = comparison.pairs.iter().filter(few).map(named).collect();
    let beyond = pairs.len().saturating_sub(FEW_NAMED);
    pairs.truncate(FEW_NAMED);
    if beyond > 0 {
        pairs.push(format!("and {beyond} more"));
    }
    (!pairs.is_empty()).then(|| {
        format!(
            "few outcomes of one kind: fewer than five clusters ended in favour of one of the two, or against what both held for likely, so that interval, p and visible are by exact limits of how often that is to be expected: {}",
            pairs.join("; ")
        )
    })
}

/// Says that intervals are by Student's t where questions are not yes/no, few outcomes of one kind or not; nothing where all are.
fn by_student(comparison: &Comparison) -> Option<&'static str> {
    let is_by_t = |pair: &PairComparison| pair.interval_by == Some(IntervalBy::StudentT);
    let of_others = |pair: &PairComparison| pair.by_question.iter().any(|of| of.otherwise.is_none());
    let is_there = comparison.pairs.iter().any(|pair| is_by_t(pair) && of_others(pair));
    is_there.then_some("options, numbers and days: intervals are by Student's t over clusters, also where an option or what else is rare came a few times or never: then they may be too narrow")
}

/// How many forecasts of each entered, where the table of reliability does not say so.
fn entered(Found { comparison, reliability }: &Found) -> Option<String> {
    let pairs = &comparison.pairs;
    if pairs.is_empty() || (pairs.len() == 1 && !reliability.is_empty()) {
        return None;
    }
    if pairs.len() > FEW_NAMED {
        return Some("forecasts that entered: `--format json` and `csv` have how many of each pair".to_owned());
    }
    let of_pair = |pair: &PairComparison| {
        let on = counted(pair.difference.map_or(0, |difference| difference.count), "question");
        format!("{} of {} and {} of {} on {on} under {}", pair.forecasts_a, pair.a, pair.forecasts_b, pair.b, pair.rule)
    };
    let told: Vec<String> = pairs.iter().map(of_pair).collect();
    Some(format!("forecasts that entered: {}", told.join("; ")))
}

/// The verdict on a pair, with its reason.
fn sentence(pair: &PairComparison) -> String {
    match &pair.why {
        Some(why) => format!("{} against {} under {}: {}: {why}", pair.a, pair.b, pair.rule, pair.verdict),
        None => format!("{} is {} than {} under {}", pair.a, pair.verdict, pair.b, pair.rule),
    }
}
