//! How `foretell cohere` shows what it found.

use crate::cohere::{
    CoherenceReport, ConflictReport, Distance, FigureReport, InsideReport, RelationReport, Standing, StatementReport,
    Strength, WorthReport,
};
use crate::diagnostic::counted;
use crate::report::figure::significant;
use crate::report::{Column, Format, Output, Sheet};
use std::collections::BTreeMap;

/// So many rows of a kind are listed at most, unless all are asked for.
const LISTED: usize = 40;

/// How much of a long report is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The first of what is violated and conflicts, and of many figures those that move most.
    Short,
    /// All of it.
    Full,
}

impl Extent {
    /// How many of so many are listed.
    fn of(self, count: usize) -> usize {
        if self == Self::Full { count } else { count.min(LISTED) }
    }
}

/// A figure that is repaired by less than this stays: so exact is the nearest by divergence.
const STAYS: f64 = 1e-6;

fn share(of: f64) -> String {
    format!("{} %", significant(of * 100.0, 4))
}

fn place(of: &RelationReport) -> String {
    match (&of.file, of.line, of.column) {
        (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        _ => String::new(),
    }
}

/// The text of the form asked for.
pub(super) fn output(report: &CoherenceReport, extent: Extent, format: Format) -> Output<'_, CoherenceReport> {
    let mut sheets = Vec::new();
    let (mut head, mut foot) = (Vec::new(), Vec::new());
    if format == Format::Csv {
        sheets.push(rows(report));
    } else if matches!(format, Format::Table | Format::Md) {
        head.extend(report.title.clone());
        head.push(format!(
            "{} of logic, {}; {}",
            counted(report.logic, "relation"),
            counted(report.assume, "assumption"),
            if report.tolerance > 0.0 {
                format!("what misses one by up to {} is let pass", points(report.tolerance * 100.0))
            } else {
                "no tolerance".to_owned()
            }
        ));
        for statement in &report.statements {
            let who = who(report, statement);
            sheets.extend(of_statement(report, statement, &who, extent));
            foot.extend(remarks(report, statement, &who));
            foot.extend(not_listed(statement, &who, extent));
        }
        if !report.by_numbers.is_empty() {
            foot.push(format!(
                "not looked at: what the numbers of the scenario follow from; so questions that compare them are held only against others that compare \
                 the same ones: {}",
                report.by_numbers.join(", ")
            ));
        }
    }
    Output { head, sheets, foot, json: report }
}

fn points(of: f64) -> String {
    let text = significant(of, 4);
    let noun = if text == "1" { "percentage point" } else { "percentage points" };
    format!("{text} {noun}")
}

/// The day of a statement, in words.
fn day(report: &CoherenceReport, statement: &StatementReport) -> String {
    match report.standing {
        Standing::Standing => format!("as of {}", statement.day),
        Standing::SameDay => format!("on {}", statement.day),
    }
}

/// Whose statement it is; where the report has several of theirs, on which day, too.
fn who(report: &CoherenceReport, statement: &StatementReport) -> String {
    let name = &statement.forecaster;
    let theirs = report.statements.iter().filter(|other| other.forecaster == *name);
    if theirs.count() > 1 { format!("{name} {}", day(report, statement)) } else { name.clone() }
}

fn heading(report: &CoherenceReport, statement: &StatementReport) -> String {
    let day = day(report, statement);
    let verdict = match (statement.errors, statement.warnings) {
        (0, 0) if statement.cut_off => "nothing was found to conflict before the search was cut off".to_owned(),
        (0, 0) => "nothing conflicts".to_owned(),
        (errors, 0) => counted(errors, "error"),
        (0, warnings) => counted(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    format!("{} {day}: {verdict}", statement.forecaster)
}

/// By how much a figure moves, by the distance by which it moves most.
fn moves(figure: &FigureReport) -> f64 {
    (figure.squared - figure.stated).abs().max((figure.kl - figure.stated).abs())
}

fn stays(figure: &FigureReport) -> bool {
    moves(figure) < STAYS && figure.not_repaired.is_empty() && figure.pin.is_none()
}

/// The figures that are listed, in their order: all where they are few, else those that are pinned, have no repair or move, and of many those that move most.
fn listed(statement: &StatementReport, extent: Extent) -> Vec<&FigureReport> {
    if extent.of(statement.figures.len()) == statement.figures.len() {
        return statement.figures.iter().collect();
    }
    let mut places: Vec<usize> = (0..statement.figures.len()).filter(|at| !stays(&statement.figures[*at])).collect();
    let rank = |at: &usize| {
        let figure = &statement.figures[*at];
        (figure.pin.is_some(), moves(figure))
    };
    places.sort_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    places.truncate(LISTED);
    places.sort_unstable();
    places.into_iter().map(|at| &statement.figures[at]).collect()
}

/// What is not listed, in a line.
fn not_listed(statement: &StatementReport, who: &str, extent: Extent) -> Option<String> {
    let mut parts = Vec::new();
    let mut note = |count: usize, what: &str| {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    };
    let left = |count: usize| count - extent.of(count);
    note(left(statement.violated.len()), "violated relations");
    note(left(statement.conflicts.len()), "sets");
    let shown = listed(statement, extent);
    let staying = statement.figures.iter().filter(|figure| stays(figure)).count();
    let staying = staying - shown.iter().filter(|figure| stays(figure)).count();
    note(statement.figures.len() - shown.len() - staying, "figures that move less");
    note(staying, "figures that stay as stated");
    note(left(statement.hazards.len()), "hazards");
    (!parts.is_empty())
        .then(|| format!("{who}: not listed are {}; `--all` lists them, `--format json` has them", parts.join(", ")))
}

fn of_statement(report: &CoherenceReport, statement: &StatementReport, who: &str, extent: Extent) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    let mut title = heading(report, statement);
    if !statement.violated.is_empty() {
        let columns = ["violated relation", "severity"].into_iter().map(Column::text);
        let columns = columns.chain([Column::number("points"), Column::text("place")]).collect();
        let mut sheet = Sheet::new(Some(&title), columns);
        for of in &statement.violated[..extent.of(statement.violated.len())] {
            let given = of.given.as_ref().map_or_else(String::new, |given| format!(" (where {given})"));
            let severity = if of.relation.strength == Strength::Logic { "error" } else { "warning" };
            sheet.row(vec![
                format!("{}{given}", of.relation.text),
                severity.to_owned(),
                significant(of.points, 3),
                place(&of.relation),
            ]);
        }
        sheets.push(sheet);
        title = format!("{who}: smallest sets that cannot stand together");
    }
    if !statement.conflicts.is_empty() {
        let columns = vec![
            Column::count("set"),
            Column::text("severity"),
            Column::number("points"),
            Column::text("none can be left out"),
            Column::number("stated"),
            Column::text("the others allow"),
            Column::text("place"),
        ];
        let mut sheet = Sheet::new(Some(&title), columns);
        for (at, conflict) in statement.conflicts.iter().enumerate().take(extent.of(statement.conflicts.len())) {
            conflict_rows(&mut sheet, at + 1, conflict);
        }
        sheets.push(sheet);
        title = format!("{who}: the nearest coherent figures");
    }
    let is_repaired = statement.figures.iter().any(|figure| figure.not_repaired.len() < 2);
    if !is_repaired && !statement.conflicts.is_empty() {
        title = format!("{who}: the figures stated, without a repair");
    }
    let has_pins = statement.figures.iter().any(|figure| figure.pin.is_some());
    let has_weights = statement.figures.iter().any(|figure| figure.weight != 1.0);
    let has_given = statement.figures.iter().any(|figure| figure.given.is_some());
    let mut columns = vec![
        Column::text("question"),
        Column::number("stated"),
        Column::number("repaired for Brier"),
        Column::number("for log"),
    ];
    if has_weights {
        columns.push(Column::number("weight"));
    }
    if has_pins {
        columns.push(Column::text("pinned"));
    }
    if has_given {
        columns.push(Column::text("probability of"));
    }
    let mut sheet = Sheet::new(Some(&title), columns);
    let shown = listed(statement, extent);
    for figure in &shown {
        let repaired = |value: f64, distance: Distance| {
            if figure.not_repaired.contains(&distance) {
                "none found".to_owned()
            } else if (value - figure.stated).abs() < STAYS {
                "=".to_owned()
            } else {
                share(value)
            }
        };
        let squared = repaired(figure.squared, Distance::Squared);
        let mut row = vec![figure.name.clone(), share(figure.stated), squared, repaired(figure.kl, Distance::Kl)];
        if has_weights {
            row.push(significant(figure.weight, 4));
        }
        if has_pins {
            row.push(if figure.pin.is_some() { "yes".to_owned() } else { String::new() });
        }
        if has_given {
            row.push(figure.given.clone().unwrap_or_default());
        }
        sheet.row(row);
    }
    // Where nothing moves, the heading alone has to be said.
    if shown.is_empty() {
        sheet.row(vec!["every figure".to_owned(), String::new(), "=".to_owned(), "=".to_owned()]);
    }
    sheets.push(sheet);
    if !statement.hazards.is_empty() {
        let columns = vec![
            Column::text("event"),
            Column::text("after"),
            Column::text("by"),
            Column::number("stated by then"),
            Column::number("comes in between"),
            Column::number("per 30 days"),
        ];
        let title = format!("{who}: hazards that the deadlines imply, if it has not come before");
        let mut sheet = Sheet::new(Some(&title), columns);
        for hazard in &statement.hazards[..extent.of(statement.hazards.len())] {
            let known = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), share);
            sheet.row(vec![
                hazard.event.clone(),
                hazard.after.clone(),
                hazard.by.clone(),
                share(hazard.stated),
                known(hazard.conditional),
                known(hazard.per_30_days),
            ]);
        }
        sheets.push(sheet);
    }
    sheets
}

fn conflict_rows(sheet: &mut Sheet, number: usize, conflict: &ConflictReport) {
    let mut first = vec![number.to_string(), conflict.severity.to_owned(), significant(conflict.points, 3)];
    let mut lead = || if first.is_empty() { vec![String::new(); 3] } else { std::mem::take(&mut first) };
    for relation in &conflict.relations {
        let strength = if relation.strength == Strength::Assume { "assumed: " } else { "" };
        let given = conflict.given.as_ref().map_or_else(String::new, |given| format!(" (where {given})"));
        let text = format!("{strength}{}{given}", relation.text);
        sheet.row([lead(), vec![text, String::new(), String::new(), place(relation)]].concat());
    }
    for figure in &conflict.figures {
        let none = if figure.cut_off { "not known" } else { "–" };
        let written = |(low, high): (f64, f64)| {
            if high - low < 1e-6 { share(low) } else { format!("{} to {}", share(low), share(high)) }
        };
        let ranges: Vec<String> = figure.others_allow.into_iter().chain(figure.or_allow).map(written).collect();
        let range = if ranges.is_empty() { none.to_owned() } else { ranges.join(" or ") };
        sheet.row([lead(), vec![format!("  {}", figure.name), share(figure.stated), range]].concat());
    }
}

/// A line on those scores of which something is so, if there are any.
fn of_scores(
    statement: &StatementReport,
    who: &str,
    is_so: &dyn Fn(&WorthReport) -> bool,
    what: &str,
) -> Option<String> {
    let distances = statement.worth.iter().filter(|worth| is_so(worth)).map(|worth| match worth.distance {
        Distance::Squared => "for Brier",
        Distance::Kl => "for log",
    });
    let names: Vec<&str> = distances.collect();
    (!names.is_empty()).then(|| format!("{who}, {}: {what}", names.join(" and ")))
}

/// What of the worth is not known, since a search was cut off.
fn cut_off(statement: &StatementReport, who: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut note =
        |is_so: &dyn Fn(&WorthReport) -> bool, what: &str| lines.extend(of_scores(statement, who, is_so, what));
    let repaired =
        |worth: &WorthReport| statement.figures.iter().any(|figure| !figure.not_repaired.contains(&worth.distance));
    note(
        &|of| of.cut_off.figures,
        "no usable repair was found, or not of all figures, before the search was cut off after its number of steps; what has *none found* beside it \
         is shown as it was stated, coherent or not",
    );
    note(
        &|of| of.cut_off.nearest && repaired(of),
        "the search for the nearest figures was cut off after its number of steps, or was not exact enough; nearer ones may be left, \
         and the gain is not guaranteed to be at least the distance",
    );
    note(
        &|of| of.cut_off.gain,
        "the search for the worst and the best world was cut off after its number of steps; the least and the greatest gain are proven bounds \
         that no world passes and perhaps none reaches",
    );
    lines
}

/// What a distance is a loss of.
const fn score(distance: Distance) -> &'static str {
    match distance {
        Distance::Squared => "Brier score",
        Distance::Kl => "logarithmic score",
    }
}

/// What is given away only under conditions that nobody gives a chance.
fn inside(worth: &WorthReport, who: &str) -> Vec<String> {
    let line = |inside: &InsideReport| {
        let given: Vec<String> = inside.given.iter().map(|given| format!("`{given}`")).collect();
        let (one, several) = (given.len() == 1, given.join(", "));
        let without = if one { format!("{several} does not hold") } else { format!("none of {several} holds") };
        let within = if one { "it does" } else { "one of them does" };
        let (least, score) = (significant(inside.at_least, 3), score(worth.distance));
        let figures = inside.figures.join(", ");
        format!(
            "{who} gives away nothing on {figures} where {without}, and at least {least} of {score} where {within}, against the figures shown"
        )
    };
    worth.inside.iter().map(line).collect()
}

/// By how much repaired figures miss assumptions that cannot all be kept.
fn missed(statement: &StatementReport, who: &str) -> Vec<String> {
    let missing = statement.worth.iter().filter(|worth| worth.missed > 0.0);
    let line = |worth: &WorthReport| {
        let by = points(worth.missed * 100.0);
        let name = match worth.distance {
            Distance::Squared => "for Brier",
            Distance::Kl => "for log",
        };
        format!(
            "{who}, {name}: no figures were found that keep all assumptions; the repaired ones miss them by {by} in all"
        )
    };
    missing.map(line).collect()
}

/// What it is worth, and what was not looked at.
fn remarks(report: &CoherenceReport, statement: &StatementReport, who: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for worth in &statement.worth {
        lines.extend(inside(worth, who));
        let untouched = worth.divergence < 1e-9 && worth.at_least.abs() < 1e-9 && worth.at_most.abs() < 1e-9;
        if untouched || (worth.divergence < 1e-9 && worth.guaranteed) {
            continue;
        }
        let score = score(worth.distance);
        let distance = if worth.distance == Distance::Squared { "squared distance" } else { "divergence" };
        let number = |value: f64| significant(if value.abs() < 1e-9 { 0.0 } else { value }, 3);
        let (least, most) = (number(worth.at_least), number(worth.at_most));
        let repaired = match (worth.guaranteed, worth.cut_off.figures, worth.cut_off.nearest) {
            (true, ..) => "the nearest coherent figures",
            (false, true, _) => "the figures shown",
            (false, false, true) => "coherent figures that were found",
            _ => "the repaired figures",
        };
        lines.push(if worth.at_least > 0.0 {
            format!(
                "{who} gives away at least {least} of {score} whatever happens, and at most {most}, against {repaired} ({distance} {})",
                number(worth.divergence)
            )
        } else {
            format!(
                "{who}: {repaired} gain from {least} to {most} of {score}, depending on what happens ({distance} {})",
                number(worth.divergence)
            )
        });
    }
    let is_near = statement.worth.iter().all(|worth| worth.divergence < 1e-9 && !worth.cut_off.any());
    if is_near && statement.conflicts.is_empty() {
        lines.push(format!("{who} is coherent"));
    }
    lines.extend(cut_off(statement, who));
    lines.extend(missed(statement, who));
    let pins = statement.figures.iter().any(|figure| figure.pin.is_some());
    let assumed = report.repaired_to_assumptions && report.assume > 0;
    if pins || assumed {
        let why = match (pins, assumed) {
            (true, true) => "pins are kept, and assumptions are not kept by every world",
            (false, true) => "assumptions are not kept by every world",
            (_, false) => "pins are kept",
        };
        let what = format!("{why}, so that the gain is no longer at least the distance in every world");
        lines.extend(of_scores(statement, who, &|of| of.divergence >= 1e-9 && !of.is_reached(), &what));
    }
    if statement.cut_off {
        lines.push(format!(
            "{who}: the search for sets was cut off after its number of steps: what is named conflicts, but there may be more"
        ));
    } else if statement.more_conflicts {
        lines.push(format!("{who}: there may be more sets; these were found first"));
    }
    let sets = statement.conflicts.iter().enumerate().filter(|(_, conflict)| conflict.may_be_less);
    let sets: Vec<String> = sets.map(|(at, _)| (at + 1).to_string()).collect();
    if !sets.is_empty() {
        let sets = sets.join(", ");
        lines.push(format!("{who}: less of these sets may be enough, and their points are lower bounds: {sets}"));
    }
    let mut whys: Vec<(&str, Vec<String>)> = Vec::new();
    for of in &statement.untested {
        let place = place(&of.relation);
        let text = &of.relation.text;
        let named = if place.is_empty() { format!("`{text}`") } else { format!("`{text}` ({place})") };
        match whys.iter_mut().find(|(why, _)| *why == of.why) {
            Some((_, all)) => all.push(named),
            None => whys.push((of.why.as_str(), vec![named])),
        }
    }
    for (why, named) in whys {
        lines.push(format!("{who}: assumed but not tested, since {why}: {}", named.join(", ")));
    }
    let never = statement.figures.iter().filter(|figure| figure.never_scored);
    let never: Vec<String> =
        never.map(|figure| format!("{} ({})", figure.name, figure.given.as_deref().unwrap_or_default())).collect();
    if !never.is_empty() {
        let never = never.join(", ");
        lines.push(format!("{who}: never scored, since logic leaves the condition no world: {never}"));
    }
    if !statement.without_probability.is_empty() {
        let questions = statement.without_probability.join(", ");
        lines.push(format!("{who}: not looked at, since the answer is no probability: {questions}"));
    }
    if statement.unrelated > 0 {
        lines.push(format!("{who}: {} on no related question", counted(statement.unrelated, "forecast")));
    }
    lines
}

/// One row a figure, for CSV.
fn rows(report: &CoherenceReport) -> Sheet {
    let mut columns = vec![Column::text("forecaster"), Column::day("day")];
    columns.extend(["question", "option", "given"].map(Column::text));
    columns.extend(["stated", "squared", "kl", "weight", "pinned"].map(Column::number));
    columns.extend(["errors", "warnings"].map(Column::count));
    let mut sheet = Sheet::new(None, columns);
    for statement in &report.statements {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for conflict in &statement.conflicts {
            for figure in &conflict.figures {
                *counts.entry((conflict.severity, figure.name.as_str())).or_default() += 1;
            }
        }
        for figure in &statement.figures {
            let sets = |severity: &str| counts.get(&(severity, figure.name.as_str())).copied().unwrap_or(0).to_string();
            sheet.row(vec![
                statement.forecaster.clone(),
                statement.day.clone(),
                figure.question.clone(),
                figure.option.clone().unwrap_or_default(),
                figure.given.clone().unwrap_or_default(),
                figure.stated.to_string(),
                figure.squared.to_string(),
                figure.kl.to_string(),
                figure.weight.to_string(),
                figure.pin.map_or_else(String::new, |pin| pin.to_string()),
                sets("error"),
                sets("warning"),
            ]);
        }
    }
    sheet
}
