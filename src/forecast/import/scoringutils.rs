//! The long tables of scoringutils: `observed`, `predicted`, and the columns that say what was forecast.
//!
//! `quantile_level` makes it a table of quantiles, `sample_id` one of draws (taken as quantiles), `predicted_label` one of options; with none
//! of them, it is one of points, taken as medians, where `observed` has numbers that are no levels or `predicted` what can be no probability, and else one of yes/no
//! questions, where `predicted` is the probability of the second level of `observed`; a third one is left out, or the table refused where none of them
//! is a word for yes or no. A few numbers beside 0 and 1 are slips. Before version 2.0 the columns were `true_value`, `prediction`, `quantile` and `sample`. Every other
//! column but `model` in which anything stands is part of the forecast unit, unless it numbers the rows of forecasts of several:
//! its values, in the order of the columns' names, make the question's id and its tags, those that do not say when it was forecast its cluster.

use super::content::Content;
use super::index_columns::index_columns;
use super::reading::{OTHER_ROW, Reading, first};
use super::values::{binary, by_name, categorical, day_after, draws, given, joined, moment, number, quantiles};
use super::{Importer, Recognised};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::tidy::{Holds, Row, Table, parse_level, parse_probability};
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution};
use indexmap::{IndexMap, IndexSet};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Columns that are no part of the forecast unit.
const VALUES: [&str; 6] = ["observed", "predicted", "quantile_level", "sample_id", "predicted_label", "model"];
/// What they were called before version 2.0, where they had another name.
const BEFORE: [&str; 6] = ["true_value", "prediction", "quantile", "sample", "predicted_label", "model"];
/// Columns that say when a forecast was made, the first that is there counts.
pub(super) const MADE: [&str; 4] = ["forecast_date", "reference_date", "origin_date", "made_at"];
/// Columns that say which day is forecast.
pub(super) const TARGET: [&str; 3] = ["target_end_date", "target_date", "date"];

/// See the module.
#[derive(Debug)]
pub(super) struct Scoringutils;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Quantiles,
    Draws,
    Points,
    Options,
    Binary,
}

/// One forecast's rows.
struct Group {
    /// Where those stand that can be.
    rows: Vec<u64>,
    question: String,
    model: String,
    made_at: Moment,
    numbers: Vec<(f64, f64)>,
    options: Vec<(String, f64)>,
    /// The numbers of the draws so far, in their order.
    samples: IndexSet<String>,
    is_whole: bool,
}

/// What the rows of a question say about it.
struct Asked {
    row: u64,
    question: Question,
    /// What was observed, and the row that says so first.
    observed: Option<(String, u64)>,
    target: Option<Date>,
    last_made: Date,
}

impl Importer for Scoringutils {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        let found = |what| Some(Recognised { what, holds: Holds::Forecasts });
        if content.has_columns(&VALUES[..2]) {
            found("a long table of scoringutils")
        } else if content.has_columns(&BEFORE[..2]) {
            found("a long table of scoringutils before 2.0 (`true_value`, `prediction`)")
        } else {
            None
        }
    }

    fn read(&self, _: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(table) = content.table() else { return Ok(()) };
        reading.rows(table.rows.len());
        let (kind, doubt) = kind_of(table);
        let index = index_of(table, kind);
        let unit = (0..table.columns().len()).filter(|at| is_unit(table, *at) && !index.contains(at)).collect();
        let unit = by_name(table.columns(), unit);
        if !unit.is_empty() {
            let columns: Vec<&str> = unit.iter().map(|at| table.columns()[*at].as_str()).collect();
            reading.note(format!("a question is made up of: {}", columns.join(", ")));
        }
        if kind == Kind::Points {
            reading.note("`predicted` holds points; each is taken for its forecast's median, the level 0.5 alone");
        }
        if let Some(doubt) = doubt {
            reading.note(doubt);
        }
        let levels = if kind == Kind::Binary { Some(Levels::of(table, reading)?) } else { None };
        let (groups, mut asked) = collect(table, kind, &unit, reading);
        for asked in asked.values_mut() {
            let options = asked.question.options.clone();
            let fits = kind != Kind::Options || !options.is_empty();
            if fits {
                reading.add_question(asked.row, asked.question.clone());
            }
        }
        for group in groups.into_values() {
            if !group.is_whole {
                reading.leave_out_all(&group.rows, OTHER_ROW, "");
                continue;
            }
            let options = asked.get(&group.question).map(|asked| asked.question.options.clone()).unwrap_or_default();
            let rows = group.rows.clone();
            let (question, model, made_at) = (group.question.clone(), group.model.clone(), group.made_at);
            if kind == Kind::Draws {
                let values = group.numbers.iter().map(|(_, value)| *value);
                reading.add_draws(first(&rows), &question, &model, made_at, (&group.samples, values));
            }
            match said(kind, group, options) {
                Ok(forecast) => reading.add_forecast(first(&rows), &question, &model, made_at, forecast),
                Err(problem) => reading.leave_out_all(&rows, "the forecast cannot be", &problem),
            }
        }
        for (id, asked) in asked {
            let Some((observed, row)) = &asked.observed else {
                reading.pending(asked.row, "nothing is observed yet", &id);
                continue;
            };
            let resolution = match &levels {
                Some(levels) => levels.resolution(observed),
                None if kind == Kind::Options => Ok(Resolution::Option(observed.clone())),
                None => number(observed).map(Resolution::Value),
            };
            let resolved_on = Moment::Day(day_after(asked.target.unwrap_or(asked.last_made), asked.last_made));
            match resolution {
                Ok(resolution) => {
                    reading.add_outcome(asked.row, Outcome { question: id, resolution, resolved_on, source: None });
                }
                Err(problem) => reading.leave_out(*row, "the observation cannot be", &problem),
            }
        }
        Ok(())
    }
}

/// The names of [`VALUES`] in a table.
fn value_names(table: &Table) -> [&'static str; 6] {
    if VALUES[..2].iter().all(|name| table.column(name).is_some()) { VALUES } else { BEFORE }
}

/// Whether a column is part of the forecast unit; one that only names what another codes (`location_name`) is not, and neither is one without a value.
fn is_unit(table: &Table, at: usize) -> bool {
    let name = table.columns()[at].as_str();
    let names_another = name.strip_suffix("_name").is_some_and(|coded| table.column(coded).is_some());
    let is_given = || table.rows.iter().any(|row| given(row.cell(Some(at))).is_some());
    !name.is_empty() && !value_names(table).contains(&name) && !names_another && is_given()
}

/// The columns that number rows, where a forecast has several.
fn index_of(table: &Table, kind: Kind) -> HashSet<usize> {
    let [_, _, level, sample, label, _] = value_names(table).map(|name| table.column(name));
    match kind {
        Kind::Quantiles => index_columns(table, |row| level.map(|at| row.cell(Some(at)))),
        Kind::Draws => index_columns(table, |row| sample.map(|at| row.cell(Some(at)))),
        Kind::Options => index_columns(table, |row| label.map(|at| row.cell(Some(at)))),
        Kind::Points | Kind::Binary => HashSet::new(),
    }
}

/// What a table holds, and what is said where that is in doubt.
fn kind_of(table: &Table) -> (Kind, Option<String>) {
    let [observed, predicted, level, sample, label, _] = value_names(table).map(|name| table.column(name));
    if level.is_some() {
        return (Kind::Quantiles, None);
    }
    if sample.is_some() {
        return (Kind::Draws, None);
    }
    if label.is_some() {
        return (Kind::Options, None);
    }
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|value| value.is_finite());
    let numbers = |column: Option<usize>| -> Vec<Option<f64>> {
        table.rows.iter().filter_map(|row| given(row.cell(column))).map(number).collect()
    };
    // Levels may be words. A forecast that is no number is a slip, whatever the others are.
    let Some(observed) = numbers(observed).into_iter().collect::<Option<Vec<f64>>>() else {
        return (Kind::Binary, None);
    };
    let predicted: Vec<f64> = numbers(predicted).into_iter().flatten().collect();
    let mut levels = observed.clone();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    // A slip such as 1.2 leaves a table one of probabilities; two levels of `observed` do too.
    let are_probabilities = predicted.iter().all(|value| (-1.0..=2.0).contains(value));
    if are_probabilities && levels.len() <= 2 {
        return (Kind::Binary, None);
    }
    if !(levels.contains(&0.0) && levels.contains(&1.0)) {
        return (Kind::Points, None);
    }
    let others = observed.iter().filter(|value| **value != 0.0 && **value != 1.0).count();
    let beyond = predicted.iter().filter(|value| !(0.0..=1.0).contains(*value)).count();
    let way_out = "a table of points says so by a column `quantile_level` of 0.5";
    if are_few(others, observed.len(), levels.len() - 2) && are_few(beyond, predicted.len(), beyond) {
        let told = format!(
            "`observed` holds 0 and 1 but for {}, so `predicted` is taken for the probability of yes; {way_out}",
            counted(others, "row")
        );
        return (Kind::Binary, (others > 0).then_some(told));
    }
    let is_likely = 2 * others < observed.len() && 2 * beyond < predicted.len();
    let told = || {
        let (all, of) = (observed.len(), predicted.len());
        format!(
            "most rows look like yes/no forecasts, but {others} of {all} in `observed` are neither 0 nor 1, and {beyond} of {of} in `predicted` lie beyond them"
        )
    };
    (Kind::Points, is_likely.then(told))
}

/// Whether so many slips of so many different kinds leave a column what most of it is: a tenth, or one kind alone in up to a quarter.
const fn are_few(slips: usize, of: usize, kinds: usize) -> bool {
    10 * slips <= of || (kinds <= 1 && 4 * slips <= of)
}

/// The words for yes and for no, in any case.
const WORDS: [[&str; 4]; 2] = [["1", "1.0", "true", "yes"], ["0", "0.0", "false", "no"]];

/// The two levels of `observed`.
#[derive(Debug)]
enum Levels {
    /// Words for yes and for no; any other level is a slip.
    Words,
    /// The probabilities are of the second of these.
    Named(String, String),
}

impl Levels {
    /// The levels that stand in a table.
    ///
    /// # Errors
    /// If there are not two, and they are no words for yes and for no either.
    fn of(table: &Table, reading: &mut Reading<'_>) -> Result<Self, Error> {
        let column = table.column(value_names(table)[0]);
        let levels: BTreeSet<&str> = table.rows.iter().filter_map(|row| given(row.cell(column))).collect();
        let mut levels: Vec<&str> = levels.into_iter().collect();
        let [has_yes, has_no] = WORDS.map(|words| levels.iter().any(|level| is_one_of(&words, level)));
        if levels.iter().all(|level| yes_or_no(level).is_some()) || (has_yes && has_no) {
            return Ok(Self::Words);
        }
        // Numbers are in order as numbers; of two words, one for yes or no has its place.
        let falls = |first: &str, second: &str| match (first.parse::<f64>(), second.parse::<f64>()) {
            (Ok(first), Ok(second)) => first > second,
            _ => yes_or_no(first) == Some(true) || yes_or_no(second) == Some(false),
        };
        if let [first, second] = levels.as_slice()
            && falls(first, second)
        {
            levels.reverse();
        }
        match levels.as_slice() {
            [first, second] => {
                reading
                    .note(format!("`predicted` is taken for the probability of `{second}`, the level after `{first}`"));
                Ok(Self::Named((*first).to_owned(), (*second).to_owned()))
            }
            other => Err(Error::input(format!(
                "{}: `observed` of yes/no forecasts has two levels, but here it has {}: {}",
                table.name,
                other.len(),
                other.join(", ")
            ))),
        }
    }

    /// What an observed level says.
    fn resolution(&self, observed: &str) -> Result<Resolution, String> {
        let is_yes = match self {
            Self::Words => yes_or_no(observed),
            Self::Named(_, second) if observed == second => Some(true),
            Self::Named(first, _) => (observed == first).then_some(false),
        };
        match is_yes {
            Some(true) => Ok(Resolution::Yes),
            Some(false) => Ok(Resolution::No),
            None => Err(format!("`{observed}` is a third level beside yes and no")),
        }
    }
}

fn is_one_of(words: &[&str], level: &str) -> bool {
    words.iter().any(|word| level.eq_ignore_ascii_case(word))
}

/// Whether a word says yes, or no; `None` if it says neither.
fn yes_or_no(level: &str) -> Option<bool> {
    match WORDS.map(|words| is_one_of(&words, level)) {
        [true, _] => Some(true),
        [_, true] => Some(false),
        [false, false] => None,
    }
}

type Groups = IndexMap<(String, String), Group>;

/// The rows as forecasts, and the questions that they ask.
fn collect(table: &Table, kind: Kind, unit: &[usize], reading: &mut Reading<'_>) -> (Groups, IndexMap<String, Asked>) {
    let names = table.columns();
    let first_of = |known: &[&str]| known.iter().find_map(|name| table.column(name));
    let (made, target) = (first_of(&MADE), first_of(&TARGET));
    if made.is_none() {
        let undated = Moment::UNDATED;
        reading.note(format!("no column says when the forecasts were made; they are taken for made on {undated}"));
    }
    let values = value_names(table);
    let dropped = (0..names.len()).filter(|at| !unit.contains(at) && !values.contains(&names[*at].as_str()));
    reading.ignore(dropped.map(|at| names[at].clone()));
    let [observed, predicted, level, sample, label, model] = values.map(|name| table.column(name));
    let unit_of = |row: &Row| joined(unit.iter().map(|at| row.cell(Some(*at))));
    let contested = contested(table, observed, model, &unit_of);
    if !contested.is_empty() {
        reading.note(format!(
            "{} with another observation for each model; there each model answers a question of its own",
            counted(contested.len(), "unit")
        ));
    }
    let mut groups: Groups = IndexMap::new();
    let mut asked: IndexMap<String, Asked> = IndexMap::new();
    for row in &table.rows {
        let Some(value) = given(row.cell(predicted)) else {
            reading.leave_out(row.line, "an observation without a forecast", "");
            continue;
        };
        let model_cell = model.map_or(Some("all"), |at| given(row.cell(Some(at))));
        let Some(model) = model_cell.map(str::to_owned) else {
            reading.leave_out(row.line, "no model", "");
            continue;
        };
        let made_at = match made.map(|at| moment(row.cell(Some(at)))) {
            None => Moment::UNDATED,
            Some(Ok(made_at)) => made_at,
            Some(Err(problem)) => {
                reading.leave_out(row.line, "no day of the forecast", &problem);
                continue;
            }
        };
        let mut id = unit_of(row);
        if contested.contains(&id) {
            id = format!("{id}/{}", joined([model.as_str()]));
        }
        let id = if id.is_empty() { format!("row {}", row.line) } else { id };
        let target_day = match target.filter(|_| !asked.contains_key(&id)) {
            Some(at) => reading.time(row.line, &format!("`{}`", names[at]), row.cell(Some(at))).map(Moment::day),
            None => None,
        };
        let entry = asked.entry(id.clone()).or_insert_with(|| Asked {
            row: row.line,
            question: question(&id, kind, names, unit, row, made),
            observed: None,
            target: target_day,
            last_made: made_at.day(),
        });
        entry.last_made = entry.last_made.max(made_at.day());
        if let Some(seen) = given(row.cell(observed)) {
            match &entry.observed {
                None => entry.observed = Some((seen.to_owned(), row.line)),
                Some((before, _)) if before == seen => {}
                Some((before, _)) => {
                    reading.leave_out(
                        row.line,
                        "the same question has two observations",
                        &format!("{before} and {seen}"),
                    );
                    continue;
                }
            }
        }
        let group = groups.entry((id.clone(), model.clone())).or_insert_with(|| Group {
            rows: Vec::new(),
            question: id,
            model,
            made_at,
            numbers: Vec::new(),
            options: Vec::new(),
            samples: IndexSet::new(),
            is_whole: true,
        });
        let taken = match kind {
            Kind::Quantiles => parse_level(row.cell(level)).and_then(|level| {
                group.numbers.push((level, number(value)?));
                Ok(())
            }),
            Kind::Draws => number(value).and_then(|value| {
                if let Some(sample) = given(row.cell(sample))
                    && !group.samples.insert(sample.to_owned())
                {
                    return Err(format!("the draw `{sample}` stands twice"));
                }
                group.numbers.push((0.5, value));
                Ok(())
            }),
            Kind::Points => number(value).map(|value| group.numbers.push((0.5, value))),
            Kind::Binary => parse_probability(value).map(|probability| group.numbers.push((0.5, probability))),
            Kind::Options => parse_probability(value).map(|probability| {
                let label = row.cell(label).to_owned();
                if !entry.question.options.contains(&label) {
                    entry.question.options.push(label.clone());
                }
                group.options.push((label, probability));
            }),
        };
        match taken {
            Ok(()) => group.rows.push(row.line),
            Err(problem) => {
                group.is_whole = false;
                reading.leave_out(row.line, "the value cannot be, so the forecast is not taken", &problem);
            }
        }
    }
    (groups, asked)
}

/// The units of which different models have different observations, as where the event is one of the model's own.
fn contested(
    table: &Table,
    observed: Option<usize>,
    model: Option<usize>,
    unit_of: &impl Fn(&Row) -> String,
) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    let mut contested = BTreeSet::new();
    for row in &table.rows {
        let (Some(observed), Some(model)) = (given(row.cell(observed)), given(row.cell(model))) else { continue };
        let unit = unit_of(row);
        match seen.get(&unit) {
            Some((first, other)) if *first != observed && *other != model => {
                contested.insert(unit);
            }
            Some(_) => {}
            None => {
                seen.insert(unit, (observed, model));
            }
        }
    }
    contested
}

fn question(id: &str, kind: Kind, names: &[String], unit: &[usize], row: &Row, made: Option<usize>) -> Question {
    let kind = match kind {
        Kind::Quantiles | Kind::Draws | Kind::Points => QuestionKind::Numeric,
        Kind::Options => QuestionKind::Categorical,
        Kind::Binary => QuestionKind::Binary,
    };
    let said = |at: &&usize| given(row.cell(Some(**at))).is_some();
    let of_target = |at: &&usize| Some(**at) != made && names[**at] != "horizon";
    let target: Vec<&str> = unit.iter().filter(of_target).map(|at| row.cell(Some(*at))).collect();
    Question {
        cluster: (target.len() < unit.len() && !target.is_empty()).then(|| joined(target)),
        tags: unit.iter().filter(said).map(|at| format!("{}={}", names[*at], row.cell(Some(*at)))).collect(),
        ..Question::blank(id, kind)
    }
}

/// The forecast of a group; options that the model does not name get 0.
fn said(kind: Kind, group: Group, options: Vec<String>) -> Result<Forecast, String> {
    match kind {
        Kind::Quantiles => quantiles(group.numbers),
        Kind::Draws => draws(group.numbers.into_iter().map(|(_, value)| value).collect()),
        Kind::Points | Kind::Binary => match group.numbers.as_slice() {
            [point] if kind == Kind::Points => quantiles(vec![*point]),
            [(_, probability)] => binary(&probability.to_string()),
            several => Err(format!("the same forecast stands {} times", several.len())),
        },
        Kind::Options => {
            for (at, (label, _)) in group.options.iter().enumerate() {
                if group.options[..at].iter().any(|(before, _)| before == label) {
                    return Err(format!("the option `{label}` stands twice"));
                }
            }
            let of = |option: &String| group.options.iter().find(|(label, _)| label == option).map_or(0.0, |(_, p)| *p);
            let probabilities = options.iter().map(of).collect();
            categorical(options, probabilities)
        }
    }
}
