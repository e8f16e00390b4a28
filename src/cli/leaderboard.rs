//! `foretell leaderboard`.

use super::figures::{
    Figures, figure_column, floored, note_quantiles_of_distributions, remarks, warn_of_different_levels,
    warn_of_early_resolutions, warn_of_idle_rules, write_table,
};
use super::inputs::{Inputs, check_cluster, check_forecaster, check_weigh, records_and_summaries, unknown_forecaster};
use super::rule_names::{RuleParser, rules};
use super::{Done, LEAST_REPLICATES, console, stream};
use crate::compare::{
    Board, BoardRow, BoardSettings, ClusterBy, FEWEST_CLUSTERS, LEADERBOARD_REPLICATES, Leaderboard, MOST_GROUPS,
    Measure, Place, gathered_leaderboard, leaderboard, leaderboard_by_time, leaderboard_picture, regroup,
};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::tidy::not_taken;
use crate::report::figure::significant;
use crate::report::{Column, Format, Output, Sheet, Whisker, whisker_plot};
use crate::score::{Schedule, Weigh, rule, standings};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

/// Pairs whose order depends on the measure that the table form lists.
const SWAPS_SHOWN: usize = 10;

const EXAMPLES: &str = "\
Examples:
  foretell leaderboard
  foretell leaderboard --rule wis --order relative --baseline FluSight-baseline --svg board.svg
  foretell leaderboard --at-least 20 --forecasts forecasts.csv --outcomes outcomes.csv --questions questions.csv

Who answered which questions differs, so means do not compare. The gaps are dealt with in four ways, each with ranks and \
intervals by the cluster bootstrap; where the order depends on the choice, it says so. Lower is better under every one.";

/// Rank forecasters who answered different questions
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Scoring rules, separated by commas
    #[arg(long = "rule", value_name = "RULE", value_delimiter = ',', value_parser = RuleParser, default_value = "brier")]
    rules: Vec<String>,
    /// Only this forecaster; may be given several times
    #[arg(long, value_name = "NAME")]
    forecaster: Vec<String>,
    /// What orders the rows
    #[arg(long, value_enum, value_name = "MEASURE", default_value_t = Measure::AdjustedMean)]
    order: Measure,
    /// State the skill against this forecaster, on the questions both answered
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// Leave out who answered fewer questions
    #[arg(long, value_name = "N", default_value_t = 1)]
    at_least: usize,
    /// What makes questions share their fate: `cluster` (what they name), `tag` (their first), `tag:KEY` (the value of `KEY=value` among
    /// their tags), `horizon` (a band of time to the scheduled close), or `question` (nothing)
    #[arg(long, value_name = "BY", default_value_t = ClusterBy::Cluster)]
    cluster: ClusterBy,
    /// How much a question counts; `time` weighs it by the share of its time from opening to scheduled close
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Weigh::Alike)]
    weigh: Weigh,
    /// How many times clusters are drawn anew for the intervals
    #[arg(long, value_name = "N", default_value_t = LEADERBOARD_REPLICATES, value_parser = clap::value_parser!(u32).range(i64::from(LEAST_REPLICATES)..=100_000))]
    replicates: u32,
    /// Read yes/no forecasts batch by batch, from files that may be larger than memory; of more than 512 clusters the intervals draw groups of them
    #[arg(long, requires = "forecasts", conflicts_with_all = ["pool", "live", "scale", "between"])]
    stream: bool,
    /// Draw the leaderboard of the first rule into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Show the values of the measure that orders the rows, with their intervals, in letters, below the tables
    #[arg(long)]
    plot: bool,
    /// Write the results as a table into this file, as its ending says: `.csv`, `.jsonl` or `.parquet`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    arguments.inputs.refuse_to_write_over([("--svg", arguments.svg.as_ref()), ("--out", arguments.out.as_ref())])?;
    check_weigh(arguments.weigh, arguments.stream)?;
    let settings = BoardSettings {
        ordered_by: arguments.order,
        baseline: arguments.baseline.clone(),
        at_least: arguments.at_least,
        replicates: arguments.replicates,
    };
    let (found, is_empty) =
        if arguments.stream { streamed(arguments, &settings)? } else { recorded(arguments, &settings)? };
    if let Some(path) = &arguments.svg {
        let Some(board) = found.boards.first() else {
            return Err(
                Error::input("there is no leaderboard to draw: nothing can be scored").help("leave `--svg` out")
            );
        };
        console::write(path, &leaderboard_picture(board, arguments.order))?;
    }
    if let Some(path) = &arguments.out {
        write_table(path, &csv_sheet(&found))?;
    }
    let head = match (found.boards.is_empty(), is_empty) {
        (false, _) => Vec::new(),
        (true, true) => vec!["There is nothing to score yet.".to_owned()],
        (true, false) => vec![
            "There is nothing to score yet.".to_owned(),
            format!(
                "Nobody answered {} that {} can score: try another --rule or a lower --at-least.",
                if arguments.at_least <= 1 {
                    "a question".to_owned()
                } else {
                    format!("{} questions", arguments.at_least)
                },
                arguments.rules.join(" or ")
            ),
        ],
    };
    let mut lines = if arguments.plot { plots(&found) } else { Vec::new() };
    lines.extend(foot(&found));
    console::present(format, |format| Output {
        head: head.clone(),
        sheets: sheets(&found, format),
        foot: lines.clone(),
        json: &found,
    })?;
    console::picture(|| found.boards.first().map(|board| leaderboard_picture(board, arguments.order)));
    Ok(ExitCode::SUCCESS)
}

/// Those whose forecasts are of interest; nobody means everybody.
fn wanted(arguments: &Arguments) -> Vec<String> {
    if arguments.forecaster.is_empty() {
        return Vec::new();
    }
    arguments.forecaster.iter().chain(&arguments.baseline).cloned().collect()
}

/// Of records that are all in memory; and whether nothing stood on any question.
fn recorded(arguments: &Arguments, settings: &BoardSettings) -> Result<(Leaderboard, bool), Error> {
    let (records, summaries) = records_and_summaries(&arguments.inputs)?;
    for name in arguments.forecaster.iter().chain(&arguments.baseline) {
        check_forecaster(&records, name)?;
    }
    let only = wanted(arguments);
    let standings = standings(&records, |name| only.is_empty() || only.iter().any(|only| only == name));
    check_cluster(&arguments.cluster, &records)?;
    let standings = regroup(standings, &records, &arguments.cluster);
    let rules = rules(&arguments.rules, arguments.inputs.scale());
    warn_of_different_levels(&standings.standings, &rules);
    note_quantiles_of_distributions(&standings.standings, &rules);
    warn_of_idle_rules(&standings.standings, &rules);
    warn_of_early_resolutions(&records, &standings.standings);
    let found = match arguments.weigh {
        Weigh::Alike => leaderboard(&standings, &rules, settings),
        Weigh::Time => leaderboard_by_time(&standings, &Schedule::of(&records), &rules, settings),
    };
    let found = Leaderboard { not_taken: not_taken(&summaries), ..found };
    Ok((found, standings.standings.is_empty()))
}

/// Of files that are read batch by batch.
fn streamed(arguments: &Arguments, settings: &BoardSettings) -> Result<(Leaderboard, bool), Error> {
    let rules = rules(&arguments.rules, arguments.inputs.scale());
    stream::check_rules(&rules)?;
    let streamed = stream::gathered(&arguments.inputs, &wanted(arguments))?;
    let gathered = &streamed.gathered;
    if let Some(name) = &arguments.baseline
        && !gathered.forecasters().any(|known| known == name)
    {
        return Err(unknown_forecaster(name, gathered.everybody()));
    }
    arguments.cluster.check(gathered.tags())?;
    let found = gathered_leaderboard(gathered, &rules, &arguments.cluster, settings)?;
    streamed.tell();
    let found = Leaderboard { not_taken: streamed.not_taken(), ..found };
    // Rules for yes/no forecasts score all that stood.
    let is_empty = found.boards.is_empty() && arguments.at_least <= 1;
    Ok((found, is_empty))
}

/// The boards in letters, each with an empty line after it.
fn plots(found: &Leaderboard) -> Vec<String> {
    let mut lines = Vec::new();
    for board in &found.boards {
        let whisker = |row: &'_ BoardRow| {
            let place = row.places.iter().find(|place| place.measure == found.ordered_by);
            (place.and_then(|place| place.value), place.and_then(|place| place.interval))
        };
        let rows: Vec<Whisker> = board
            .rows
            .iter()
            .map(|row| {
                let (value, interval) = whisker(row);
                Whisker { name: &row.forecaster, value, interval }
            })
            .collect();
        lines.push(format!("{} under {}, with 95 % intervals; lower is better", found.ordered_by, board.rule));
        if rows.iter().any(|row| row.value.is_some()) {
            lines.extend(whisker_plot(&rows));
        } else {
            lines.push("nobody has a value".to_owned());
        }
        lines.push(String::new());
    }
    lines
}

fn sheets(found: &Leaderboard, format: Format) -> Vec<Sheet> {
    if format == Format::Csv {
        return vec![csv_sheet(found)];
    }
    let mut sheets = Vec::new();
    for board in &found.boards {
        sheets.push(board_sheet(board, found, format));
        sheets.push(agreement_sheet(board));
        if !board.swaps.is_empty() {
            sheets.push(swap_sheet(board));
        }
    }
    sheets
}

fn board_sheet(board: &Board, found: &Leaderboard, format: Format) -> Sheet {
    let figures = Figures::new(format);
    let mut columns = vec![Column::text("forecaster")];
    columns.extend(["questions", "clusters", "coverage", "mean"].map(Column::number));
    for measure in Measure::ALL {
        columns.extend([Column::number(measure.to_string()), Column::number("rank")]);
    }
    if found.baseline.is_some() {
        columns.extend(["skill", "95 % interval"].map(Column::number));
    }
    let mut sheet = Sheet::new(Some(&format!("Leaderboard under {}, by {}", board.rule, found.ordered_by)), columns);
    for row in &board.rows {
        let mut cells = vec![
            row.forecaster.clone(),
            row.questions.to_string(),
            row.clusters.to_string(),
            figures.share(Some(row.coverage)),
            figures.score(row.mean),
        ];
        for place in &row.places {
            cells.extend([figures.maybe(place.value), rank(place, figures)]);
        }
        if found.baseline.is_some() {
            cells.push(figures.maybe(row.baseline.map(|baseline| baseline.skill)));
            cells.push(figures.interval(row.baseline.and_then(|baseline| baseline.interval)));
        }
        sheet.row(cells);
    }
    sheet
}

/// A rank with the central ranks of the bootstrap.
fn rank(place: &Place, figures: Figures) -> String {
    match (place.rank, place.rank_interval) {
        (Some(rank), Some((lower, upper))) => format!("{rank} ({lower}–{upper})"),
        (Some(rank), None) => rank.to_string(),
        (None, _) => figures.unknown(),
    }
}

fn agreement_sheet(board: &Board) -> Sheet {
    let mut columns = vec![Column::text("")];
    columns.extend(Measure::ALL[1..].iter().map(|measure| Column::number(measure.to_string())));
    let mut sheet = Sheet::new(Some("How far the orders agree (Kendall's tau: 1 is fully)"), columns);
    for (at, first) in Measure::ALL.iter().enumerate().take(Measure::ALL.len() - 1) {
        let mut cells = vec![first.to_string()];
        for (beside, second) in Measure::ALL.iter().enumerate().skip(1) {
            let found =
                board.agreement.iter().find(|agreement| agreement.first == *first && agreement.second == *second);
            let tau = found.and_then(|agreement| agreement.tau);
            cells.push(match tau {
                _ if beside <= at => String::new(),
                Some(tau) => format!("{tau:.2}"),
                None => "–".to_owned(),
            });
        }
        sheet.row(cells);
    }
    sheet
}

fn swap_sheet(board: &Board) -> Sheet {
    let columns = ["A", "B", "A is ahead by", "B is ahead by"].map(Column::text).to_vec();
    let title = if board.swaps.len() > SWAPS_SHOWN {
        format!("Pairs whose order depends on the choice (the first {SWAPS_SHOWN} of {})", board.swaps.len())
    } else {
        "Pairs whose order depends on the choice".to_owned()
    };
    let mut sheet = Sheet::new(Some(&title), columns);
    let named = |measures: &[Measure]| measures.iter().map(Measure::to_string).collect::<Vec<_>>().join(", ");
    for swap in board.swaps.iter().take(SWAPS_SHOWN) {
        sheet.row(vec![swap.a.clone(), swap.b.clone(), named(&swap.a_ahead), named(&swap.b_ahead)]);
    }
    sheet
}

/// One line for each forecaster under each rule.
fn csv_sheet(found: &Leaderboard) -> Sheet {
    let figures = Figures::new(Format::Csv);
    let mut columns = vec![Column::text("rule"), Column::text("forecaster")];
    columns.extend(["questions", "clusters", "forecasts", "coverage", "mean"].map(figure_column));
    for measure in Measure::ALL {
        for part in ["", " lower", " upper", " rank", " rank lower", " rank upper"] {
            columns.push(figure_column(format!("{measure}{part}")));
        }
    }
    columns.extend(
        ["skill", "skill lower", "skill upper", "shared with baseline", "raised", "infinite"].map(figure_column),
    );
    let mut sheet = Sheet::new(None, columns);
    for board in &found.boards {
        for row in &board.rows {
            sheet.row(csv_cells(board, row, figures));
        }
    }
    sheet
}

fn csv_cells(board: &Board, row: &BoardRow, figures: Figures) -> Vec<String> {
    let whole = |value: Option<usize>| value.map_or_else(String::new, |value| value.to_string());
    let mut cells = vec![
        board.rule.to_owned(),
        row.forecaster.clone(),
        row.questions.to_string(),
        row.clusters.to_string(),
        row.forecasts.to_string(),
        figures.share(Some(row.coverage)),
        figures.score(row.mean),
    ];
    for place in &row.places {
        cells.extend([
            figures.maybe(place.value),
            figures.maybe(place.interval.map(|ends| ends.0)),
            figures.maybe(place.interval.map(|ends| ends.1)),
            whole(place.rank),
            whole(place.rank_interval.map(|ends| ends.0)),
            whole(place.rank_interval.map(|ends| ends.1)),
        ]);
    }
    let interval = row.baseline.and_then(|baseline| baseline.interval);
    cells.extend([
        figures.maybe(row.baseline.map(|baseline| baseline.skill)),
        figures.maybe(interval.map(|ends| ends.0)),
        figures.maybe(interval.map(|ends| ends.1)),
        whole(row.baseline.map(|baseline| baseline.questions)),
        row.raised.to_string(),
        row.infinite.to_string(),
    ]);
    cells
}

fn foot(found: &Leaderboard) -> Vec<String> {
    if found.boards.is_empty() {
        return remarks(&[], &found.excluded, &found.not_scored);
    }
    let mut lines = vec![
        "relative skill: geometric mean over pairs of the ratio of scores on shared questions; below 1 is better"
            .to_owned(),
        "adjusted mean: the mean score on all questions, had everybody answered them all (forecaster + question)"
            .to_owned(),
        "ridge skill: head-to-head differences, drawn to 0 where there is little to go by".to_owned(),
        "peer score: score less that of the others at the same moments, weighted by coverage".to_owned(),
        format!("rank: 1 is best; in brackets the central 95 % of {} draws of the clusters", found.replicates),
    ];
    if found.weigh == Weigh::Time {
        lines.push("weigh time: each question weighs as the share of its time from opening to scheduled close that it lived; in means and peer scores, for which a forecast stood".to_owned());
    }
    if let Some(groups) = found.boards.iter().find_map(|board| board.groups) {
        lines.push(format!(
            "streamed: more than {MOST_GROUPS} clusters were put into {groups} groups, and the draws are of whole groups"
        ));
    }
    if let Some(baseline) = &found.baseline {
        lines.push(format!("skill: 1 - score / score of {baseline} on shared questions; 0 is as good, 1 perfect"));
        lines.extend(found.boards.iter().flat_map(|board| about_skill(board, baseline)));
    }
    if found.boards.iter().any(|board| board.clusters < FEWEST_CLUSTERS) {
        lines.push(format!(
            "fewer than {FEWEST_CLUSTERS} clusters of questions: no intervals, and ranks are a matter of chance"
        ));
    }
    let lacks = |board: &Board| {
        let explained = |measure: Measure| match measure {
            Measure::RelativeSkill => board.negative_scores,
            _ => board.lost_to_rounding,
        };
        let mut places = board.rows.iter().flat_map(|row| &row.places);
        places.any(|place| place.rank.is_none() && !explained(place.measure))
    };
    if found.boards.iter().any(lacks) {
        lines.push("–: no place under this measure: no question is shared with the others, the differences teach nothing, or a ratio to a score of 0 would be needed".to_owned());
    }
    let negative: Vec<&str> =
        found.boards.iter().filter(|board| board.negative_scores).map(|board| board.rule).collect();
    if !negative.is_empty() {
        let what =
            if found.baseline.is_some() { "relative skill and skill are made of" } else { "relative skill is made of" };
        lines.push(format!(
            "{what} ratios of scores, so there is none under {}: some scores lie below 0",
            negative.join(", ")
        ));
    }
    lines.extend(found.boards.iter().filter(|board| board.lost_to_rounding).map(|board| {
        format!(
            "adjusted mean, ridge skill and peer score are made of differences of scores, of which rounding leaves nothing under {}: the worst scores are more than 10¹⁰ times those of the forecaster in the middle; name the others (`--forecaster`)",
            board.rule
        )
    }));
    lines.extend(found.boards.iter().filter_map(beyond_range));
    let floors = |board: &'_ Board| -> Vec<String> {
        board.rows.iter().filter_map(|row| floored(&row.forecaster, board.rule, row.raised, row.infinite)).collect()
    };
    lines.extend(found.boards.iter().flat_map(floors));
    let perfect: BTreeSet<&str> = found
        .boards
        .iter()
        .filter(|board| !board.negative_scores)
        .flat_map(|board| board.rows.iter().filter(|row| row.mean == 0.0 && board.rows.len() > 1))
        .map(|row| row.forecaster.as_str())
        .collect();
    if !perfect.is_empty() {
        let names = perfect.into_iter().collect::<Vec<_>>().join(", ");
        lines.push(format!("relative skill leaves out ratios to {names}, whose score is 0: they would be infinite"));
    }
    lines.extend(found.boards.iter().map(|board| {
        let under = if found.boards.len() > 1 { format!(" under {}", board.rule) } else { String::new() };
        format!(
            "entered{under}: {} on {} by {}",
            counted(board.rows.iter().map(|row| row.forecasts).sum(), "forecast"),
            counted(board.questions, "question"),
            counted(board.rows.len(), "forecaster")
        )
    }));
    lines.extend(remarks(&found.rules, &found.excluded, &found.not_scored));
    lines
}

/// A score this many times the baseline's says more of the baseline than of whoever got it.
const TOO_MANY_TIMES: f64 = 100.0;

/// Where a baseline that scores 0, or nearly so, leaves no skill, no interval of it, or one that says little.
fn about_skill(board: &Board, baseline: &str) -> Vec<String> {
    if board.negative_scores {
        return Vec::new();
    }
    let named = |is_one: &dyn Fn(&BoardRow) -> bool| -> Option<String> {
        let mut names: Vec<&str> =
            board.rows.iter().filter(|row| is_one(row)).map(|row| row.forecaster.as_str()).collect();
        let beyond = names.len().saturating_sub(FEW_NAMED);
        names.truncate(FEW_NAMED);
        let more = if beyond == 0 { String::new() } else { format!(" and {beyond} more") };
        (!names.is_empty()).then(|| format!("{}{more}", names.join(", ")))
    };
    let has_draws = board.clusters >= FEWEST_CLUSTERS;
    let none = named(&|row| row.baseline.is_none()).map(|names| {
        format!("no skill of {names} under {}: no question is shared with {baseline}, or {baseline} scored 0 on those that are", board.rule)
    });
    let open = named(&|row| has_draws && row.baseline.is_some_and(|of| of.interval.is_none())).map(|names| {
        format!(
            "no interval of the skill of {names} under {}: in more than a tenth of the draws {baseline} scored 0 on shared questions, or shared none",
            board.rule
        )
    });
    let large = named(&|row| row.baseline.is_some_and(|of| of.skill < 1.0 - TOO_MANY_TIMES)).map(|names| {
        format!(
            "skill of {names} under {}: more than {TOO_MANY_TIMES} times the score of {baseline}, which lies so near to 0 that a ratio to it says little; hold the means against each other",
            board.rule
        )
    });
    none.into_iter().chain(open).chain(large).collect()
}

/// Forecasters that a line names.
const FEW_NAMED: usize = 6;

/// Whose adjusted mean is none that the rule could give: the model adds effects up and knows no bounds.
fn beyond_range(board: &Board) -> Option<String> {
    // What rounding may do to 0 is no news.
    const ROUNDING: f64 = 1e-9;
    let of = rule(board.rule)?;
    if of.may_be_negative() {
        return None;
    }
    let bound = of.bound();
    let largest = board.rows.iter().map(|row| row.mean.abs()).fold(0.0, f64::max);
    let is_beyond =
        |value: f64| value < -ROUNDING * largest || bound.is_some_and(|bound| value > bound * (1.0 + ROUNDING));
    let adjusted = |row: &BoardRow| row.places.iter().find(|of| of.measure == Measure::AdjustedMean)?.value;
    let names: Vec<&str> = board
        .rows
        .iter()
        .filter(|row| adjusted(row).is_some_and(is_beyond))
        .map(|row| row.forecaster.as_str())
        .collect();
    let range = match bound {
        Some(bound) => format!("between 0 and {}", significant(bound, 6)),
        None => "at 0 or above".to_owned(),
    };
    (!names.is_empty()).then(|| {
        format!(
            "adjusted mean of {} under {}: beyond what a score can be, {range}: effects of forecaster and question add up without bounds, so hold it for better or worse than it was and not for a mean to come",
            names.join(", "),
            board.rule
        )
    })
}
