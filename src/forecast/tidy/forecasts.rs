//! Reads a table of forecasts: rows to forecasts, forecasts to questions.

use super::cell::{level, parse_number, parse_probability};
use super::table::{Problems, Row, Table};
use super::{Fate, SAME_MOMENT, Summary, Sums, TWICE, Tally, misplaced, shortened};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::marks::in_order_of;
use crate::forecast::numbers;
use crate::forecast::{
    Curve, Forecast, ForecastRecord, Moment, Provenance, Question, QuestionKind, Records, Repeats, SUM_TOLERANCE,
    check_name, day, number_text,
};
use crate::math::round_to;
use indexmap::IndexMap;
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

const REQUIRED: [&str; 3] = ["question", "forecaster", "made_at"];
/// Every column of a table of forecasts, in the order in which they are written.
pub(super) const COLUMNS: [&str; 16] = [
    "question",
    "forecaster",
    "made_at",
    "revision",
    "probability",
    "option",
    "quantile",
    "value",
    "day",
    "never",
    "scenario",
    "engine",
    "seed",
    "worlds",
    "curve",
    "until",
];
/// Columns in which a number may be forecast in other ways than by quantiles. Draws become quantiles and points of a cdf a distribution, and are written as these.
pub(super) const SHAPES: [&str; 3] = ["draw", "cdf", "distribution"];

/// How far the probabilities of the options may be from summing to 1 and still be taken as rounded.
const ROUNDING: f64 = 1e-3;

/// Adds the forecasts of a table to the records.
pub(super) fn read(table: &Table, sums: Sums, records: &mut Records) -> Result<Summary, Error> {
    let mut known = known_columns();
    if table.rows.iter().any(|row| row.whole.is_some()) {
        known.extend(["forecast", "provenance"]);
    }
    if !table.rows.is_empty() {
        table.require("forecasts", &REQUIRED, &known)?;
    }
    let mut problems = Problems::of(table);
    check_says(table)?;
    let mut scaled = Vec::new();
    let items = assemble(table, sums, &mut problems, &mut scaled);
    let (created, mut forecasts) = infer_questions(items, records, &mut problems);
    let filled = fit_options(&mut forecasts, sums, (&*records, &created), &mut problems);
    problems.into_result()?;

    let mut notes = table.slips(&known);
    if table.rows.is_empty() {
        notes.push("it has no rows".to_owned());
    }
    let (repeats, tallies) = repeats(table, &forecasts);
    notes.extend(repeats.notes(|line| format!("row {line}")));
    if let Some((line, sum)) = scaled.first() {
        notes.push(format!(
            "{} whose options summed to 1 only within rounding scaled to sum to 1 (first: line {line}, {})",
            counted(scaled.len(), "forecast"),
            number_text(*sum)
        ));
    }
    if !filled.is_empty() {
        let (which, rows) = (counted(filled.len(), "forecast"), shortened(&filled));
        notes.push(format!("{which} did not name every option; the others were given 0 %: {rows}"));
    }
    notes.extend(created.values().filter_map(alike));
    let doubtful: Vec<String> = forecasts.iter().filter_map(|(line, of)| no_room_for_never(*line, of)).collect();
    if !doubtful.is_empty() {
        let (which, rows) = (counted(doubtful.len(), "forecast"), shortened(&doubtful));
        notes.push(format!(
            "{which} of days whose chance of never leaves no room for the days, taken as stated: {rows}"
        ));
    }
    let ignored_columns = table.others(&known);
    let summary = Summary {
        file: table.name.clone(),
        rows: table.rows.len(),
        taken: forecasts.len(),
        questions: created.len(),
        forecasts: forecasts.len(),
        misplaced_columns: misplaced(&ignored_columns),
        ignored_columns,
        created_questions: created.keys().cloned().collect(),
        notes,
        ..Summary::default()
    };
    records.questions.extend(created);
    records.forecasts.extend(forecasts.into_iter().map(|(_, record)| record));
    Ok(summary.with_tallies(tallies))
}

/// Tells of a question created here that has options which differ by case alone.
fn alike(question: &Question) -> Option<String> {
    let mut seen: HashSet<String> = HashSet::new();
    let twin = |option: &&String| !seen.insert(option.to_lowercase());
    let twins: Vec<String> = question.options.iter().filter(twin).map(|option| format!("`{option}`")).collect();
    (!twins.is_empty()).then(|| {
        format!(
            "the question `{}` has options that differ from others by case alone: {}",
            question.id,
            twins.join(", ")
        )
    })
}

/// A forecast of a day that gives never more than its days leave, in words.
fn no_room_for_never(line: u64, record: &ForecastRecord) -> Option<String> {
    let Forecast::Date { levels, days, never } = &record.forecast else { return None };
    let (level, day) = levels.iter().zip(days).rev().find_map(|(level, day)| day.map(|day| (*level, day)))?;
    (level + never > 1.0 + ROUNDING).then(|| {
        let percent = |p: f64| number_text(round_to(100.0 * p, 6));
        format!("row {line} (never {} %, but {} % by {day})", percent(*never), percent(level))
    })
}

/// Which forecasts come after another of the same question, forecaster and moment. One whose row has a `revision` is meant to.
fn repeats(table: &Table, forecasts: &[(u64, ForecastRecord)]) -> (Repeats, Vec<Tally>) {
    let revision = table.column("revision");
    let revised: HashSet<u64> =
        table.rows.iter().filter(|row| !row.cell(revision).is_empty()).map(|row| row.line).collect();
    let mut found = Repeats::default();
    let (mut same, mut changed) = (Vec::new(), Vec::new());
    let mut latest: HashMap<(&str, &str, u64), (u64, &ForecastRecord)> = HashMap::with_capacity(forecasts.len());
    for (line, record) in forecasts {
        let moment = record.made_at.epoch_days().to_bits();
        let key = (record.question.as_str(), record.forecaster.as_str(), moment);
        let Some((before, earlier)) = latest.insert(key, (*line, record)) else { continue };
        if earlier == record {
            found.add_same(*line, before);
            same.push(*line);
        } else if !revised.contains(line) {
            found.add_changed(*line, before);
            changed.push(*line);
        }
    }
    let [same, changed] = [(Fate::LeftOut, TWICE, same), (Fate::Replacing, SAME_MOMENT, changed)]
        .map(|(fate, reason, rows)| Tally::of_rows(fate, reason, &rows));
    (found, same.into_iter().chain(changed).collect())
}

/// Every column that is read.
fn known_columns() -> Vec<&'static str> {
    COLUMNS.into_iter().chain(SHAPES).collect()
}

/// Checks that the columns can hold what was said.
fn check_says(table: &Table) -> Result<(), Error> {
    let has = |name: &str| table.column(name).is_some();
    if table.rows.iter().all(|row| row.whole.is_some()) {
        return Ok(());
    }
    let missing: &[&str] = if has("option") && !has("probability") {
        &["probability"]
    } else if has("quantile") && !has("value") && !has("day") {
        &["value", "day"]
    } else if (has("draw") || has("cdf")) && !has("value") {
        &["value"]
    } else if ["probability", "quantile", "never"].iter().chain(&SHAPES).all(|name| !has(name)) {
        &["probability", "quantile"]
    } else {
        &[]
    };
    table.require_one("forecasts", missing, &known_columns())
}

/// What one row says.
enum Said {
    Probability(f64),
    Option(String, f64),
    Quantile(f64, f64),
    Day(f64, Option<Date>, Option<f64>),
    Never(f64),
    /// A draw of this name.
    Draw(String, f64),
    /// The probability of at most this number.
    Cdf(f64, f64),
    /// A distribution by name.
    Whole(Forecast),
}

/// Which rows are one forecast.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    question: String,
    forecaster: String,
    made_at: Moment,
    revision: String,
    provenance: Option<Provenance>,
    until: Option<Moment>,
    /// Rows that are a forecast by themselves are kept apart by their position.
    alone: Option<usize>,
}

/// The line on which a forecast begins, what its rows say and on which lines (`None` for one that could not be read), and its curve.
type Rows = (u64, Vec<Option<(u64, Said)>>, Option<Curve>);

/// The forecasts of a table with the line each begins on, in the order in which they begin.
fn assemble(
    table: &Table,
    sums: Sums,
    problems: &mut Problems,
    scaled: &mut Vec<(u64, f64)>,
) -> Vec<(u64, ForecastRecord)> {
    let columns = COLUMNS.map(|name| table.column(name));
    let shapes = SHAPES.map(|name| table.column(name));
    let mut groups: IndexMap<Key, Rows> = IndexMap::new();
    let mut whole = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        if let Some(value) = &row.whole {
            let read = serde_json::from_value::<ForecastRecord>(value.clone());
            if let Some(mut record) = problems.take(row.line, read.map_err(|problem| problem.to_string())) {
                record.forecast.drop_rounding();
                whole.push((row.line, record));
            }
            continue;
        }
        let Some(mut key) = key(row, &columns, problems) else { continue };
        let said = problems.take(row.line, said(row, &columns, shapes));
        if matches!(said, Some(Said::Probability(_) | Said::Whole(_))) {
            key.alone = Some(at);
        }
        let curve = match row.cell(columns[14]) {
            "" => None,
            text => problems.take(row.line, text.parse::<Curve>().map_err(|problem| format!("curve: {problem}"))),
        };
        groups.entry(key).or_insert((row.line, Vec::new(), curve)).1.push(said.map(|said| (row.line, said)));
    }
    let mut forecasts: Vec<(u64, ForecastRecord)> = whole;
    for (key, (line, rows, curve)) in groups {
        // A row that could not be read was named; the rest of its forecast would only give further complaints.
        let Some(rows) = rows.into_iter().collect::<Option<Vec<(u64, Said)>>>() else { continue };
        let twice = said_twice(&rows);
        if !twice.is_empty() {
            twice.iter().for_each(|(line, problem)| problems.push(*line, problem));
            continue;
        }
        let said = rows.into_iter().map(|(_, said)| said).collect();
        let forecast = combine(said).and_then(|forecast| rescale(forecast, sums, line, scaled));
        if let Some(forecast) = problems.take(line, forecast) {
            let Key { question, forecaster, made_at, until, provenance, .. } = key;
            forecasts
                .push((line, ForecastRecord { question, forecaster, made_at, until, forecast, provenance, curve }));
        }
    }
    forecasts.sort_by_key(|(line, _)| *line);
    for (line, record) in &forecasts {
        let names = check_name("question id", &record.question).and(check_name("forecaster", &record.forecaster));
        let curve = || record.curve.as_ref().map_or(Ok(()), |curve| curve.check_against(record));
        if let Err(problem) = names
            .and_then(|()| record.check_until())
            .and_then(|()| judged(&record.forecast, sums).check())
            .and_then(|()| curve())
        {
            problems.push(*line, &problem);
        }
    }
    forecasts
}

/// The rows of a forecast whose option, quantile, draw or place of the cdf stands in an earlier one.
fn said_twice(rows: &[(u64, Said)]) -> Vec<(u64, String)> {
    let mut first: HashMap<(&str, &str, u64), u64> = HashMap::new();
    let mut found = Vec::new();
    for (line, said) in rows {
        let key = match said {
            Said::Option(option, _) => ("option", option.as_str(), 0),
            Said::Draw(name, _) => ("draw", name.as_str(), 0),
            Said::Quantile(level, _) | Said::Day(level, ..) => ("quantile", "", level.to_bits()),
            Said::Cdf(place, _) => ("cdf at", "", place.to_bits()),
            Said::Probability(_) | Said::Never(_) | Said::Whole(_) => continue,
        };
        let before = *first.entry(key).or_insert(*line);
        if before != *line {
            let (what, name, bits) = key;
            let which = if name.is_empty() { number_text(f64::from_bits(bits)) } else { format!("`{name}`") };
            found.push((*line, format!("the {what} {which} stands twice in this forecast, first in row {before}")));
        }
    }
    found
}

fn key(row: &Row, columns: &[Option<usize>; 16], problems: &mut Problems) -> Option<Key> {
    let [question, forecaster, made_at, revision, .., scenario, engine, seed, worlds, _, until] = *columns;
    let mut named = |what: &str, column| {
        let name = row.cell(column);
        problems.take(row.line, check_name(what, name).map(|()| name.to_owned()))
    };
    let (question, forecaster) = (named("question id", question), named("forecaster", forecaster));
    let made_at = problems.take(row.line, row.cell(made_at).parse().map_err(|problem| format!("made_at: {problem}")));
    let until = match row.cell(until) {
        "" => Some(None),
        text => problems.take(row.line, text.parse().map_err(|problem| format!("until: {problem}"))).map(Some),
    };
    let provenance = [scenario, engine, seed, worlds].map(|column| row.cell(column));
    let provenance = if provenance.iter().all(|cell| cell.is_empty()) {
        Some(None)
    } else {
        problems.take(row.line, read_provenance(provenance)).map(Some)
    };
    Some(Key {
        question: question?,
        forecaster: forecaster?,
        made_at: made_at?,
        until: until?,
        revision: row.cell(revision).to_owned(),
        provenance: provenance?,
        alone: None,
    })
}

fn read_provenance([scenario, engine, seed, worlds]: [&str; 4]) -> Result<Provenance, String> {
    let count = |name: &str, text: &str| {
        text.parse::<u64>().map_err(|_| format!("the {name} `{text}` is not a whole number from 0 to {}", u64::MAX))
    };
    if scenario.is_empty() || engine.is_empty() {
        return Err("of scenario, engine, seed and worlds either all or none are given".to_owned());
    }
    Ok(Provenance {
        scenario: scenario.to_owned(),
        engine: engine.to_owned(),
        seed: count("seed", seed)?,
        worlds: count("number of worlds", worlds)?,
    })
}

fn said(row: &Row, columns: &[Option<usize>; 16], shapes: [Option<usize>; 3]) -> Result<Said, String> {
    let [_, _, _, _, probability, option, quantile, value, day_column, never, ..] = *columns;
    let cells = [probability, option, quantile, value, day_column, never].map(|column| row.cell(column));
    let is_given = cells.map(|cell| !cell.is_empty());
    let [probability, option, quantile, value, day_cell, never] = cells;
    let shapes = shapes.map(|column| row.cell(column));
    if shapes.iter().any(|cell| !cell.is_empty()) {
        return said_of_shape(shapes, value, is_given);
    }
    match is_given {
        [true, false, false, false, false, false] => parse_probability(probability).map(Said::Probability),
        [true, true, false, false, false, false] => {
            check_name("option", option)?;
            parse_probability(probability).map(|probability| Said::Option(option.to_owned(), probability))
        }
        [false, false, true, true, false, false] => Ok(Said::Quantile(level(quantile)?, read_value(value)?)),
        [false, false, true, false, true, _] => {
            let at = if day_cell.eq_ignore_ascii_case("never") { None } else { Some(day(day_cell)?) };
            let never = if never.is_empty() { None } else { Some(parse_probability(never)?) };
            Ok(Said::Day(level(quantile)?, at, never))
        }
        [false, false, false, false, false, true] => parse_probability(never).map(Said::Never),
        [false, true, false, false, false, false] => Err(format!("the option `{option}` has no probability")),
        [false, false, true, false, false, _] => Err(format!("the quantile {quantile} has neither value nor day")),
        [false, false, false, true, false, false] => {
            Err(format!("the value {value} has neither a quantile nor a draw nor a cdf beside it"))
        }
        [false, false, false, false, false, false] => Err(
            "the row says nothing: give a probability, an option with its probability, a quantile with its value or day, \
             a draw or the cdf with its value, or a distribution"
                .to_owned(),
        ),
        _ => Err("the row says several things: give only a probability, or an option with its probability, \
                  or a quantile with its value or day"
            .to_owned()),
    }
}

/// The value of a quantile; days have a column of their own.
fn read_value(value: &str) -> Result<f64, String> {
    parse_number(value).map_err(|problem| match day(value) {
        Ok(_) => format!("the value `{value}` is a day: days stand in the column `day`"),
        Err(_) => problem,
    })
}

/// What a row says of a number in another way than by quantiles; `is_given` are the other cells, the fourth of which is the value.
fn said_of_shape(shapes: [&str; 3], value: &str, is_given: [bool; 6]) -> Result<Said, String> {
    let [draw, cdf, distribution] = shapes;
    let has_others = is_given.iter().enumerate().any(|(at, given)| *given && at != 3);
    match (shapes.map(|cell| !cell.is_empty()), is_given[3]) {
        ([true, false, false], true) if !has_others => {
            check_name("draw", draw)?;
            Ok(Said::Draw(draw.to_owned(), parse_number(value)?))
        }
        ([false, true, false], true) if !has_others => Ok(Said::Cdf(parse_number(value)?, parse_probability(cdf)?)),
        ([false, false, true], false) if !has_others => {
            distribution.parse().map(|distribution| Said::Whole(Forecast::Distribution { distribution }))
        }
        ([true, false, false], false) if !has_others => Err(format!("the draw `{draw}` has no value")),
        ([false, true, false], false) if !has_others => {
            Err(format!("the cdf of {cdf} has no value at which it is reached"))
        }
        _ => Err(
            "the row says several things: give only a draw with its value, or the cdf at a value, or a distribution"
                .to_owned(),
        ),
    }
}

/// Makes one forecast of its rows.
fn combine(rows: Vec<Said>) -> Result<Forecast, String> {
    let mut options: Vec<(String, f64)> = Vec::new();
    let mut quantiles: Vec<(f64, f64)> = Vec::new();
    let mut days: Vec<(f64, Option<Date>)> = Vec::new();
    let mut nevers: Vec<f64> = Vec::new();
    let (mut draws, mut cdf): (Vec<f64>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
    let mut is_date = false;
    for row in rows {
        match row {
            Said::Probability(probability) => return Ok(Forecast::Binary { probability }),
            Said::Whole(forecast) => return Ok(forecast),
            Said::Draw(_, value) => draws.push(value),
            Said::Cdf(place, level) => cdf.push((place, level)),
            Said::Option(option, probability) => options.push((option, probability)),
            Said::Quantile(level, value) => quantiles.push((level, value)),
            Said::Day(level, day, never) => {
                is_date = true;
                days.push((level, day));
                nevers.extend(never);
            }
            Said::Never(never) => {
                is_date = true;
                nevers.push(never);
            }
        }
    }
    let forms = [!options.is_empty(), !quantiles.is_empty(), is_date, !draws.is_empty(), !cdf.is_empty()];
    if forms.into_iter().filter(|given| *given).count() > 1 {
        return Err("the rows of this forecast mix options, quantiles, days, draws or a cdf".to_owned());
    }
    if !draws.is_empty() {
        return numbers::draws(draws);
    }
    if !cdf.is_empty() {
        return numbers::cdf(cdf);
    }
    if is_date {
        days.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (levels, days) = days.into_iter().unzip();
        let never = match nevers.as_slice() {
            [] => return Err("a forecast of a day needs the chance that it never comes: fill `never`".to_owned()),
            [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
            [..] => return Err("the chance of `never` differs from row to row".to_owned()),
        };
        Ok(Forecast::Date { levels, days, never })
    } else if quantiles.is_empty() {
        let (options, probabilities) = options.into_iter().unzip();
        Ok(Forecast::Categorical { options, probabilities })
    } else {
        quantiles.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (levels, values) = quantiles.into_iter().unzip();
        Ok(Forecast::Quantiles { levels, values })
    }
}

/// Scales probabilities that sum to 1 up to rounding.
fn rescale(forecast: Forecast, sums: Sums, line: u64, scaled: &mut Vec<(u64, f64)>) -> Result<Forecast, String> {
    let Forecast::Categorical { options, mut probabilities } = forecast else { return Ok(forecast) };
    let sum: f64 = probabilities.iter().sum();
    let distance = (sum - 1.0).abs();
    // Four tenths rounded to three decimals may sum to 0.999 or 1.001, neither of which is a number of the machine.
    if distance > ROUNDING + 1e-12 {
        if sums == Sums::AsStated {
            return Ok(Forecast::Categorical { options, probabilities });
        }
        return Err(format!(
            "the probabilities of the options must sum to 1, but sum to {}",
            number_text(round_to(sum, 12))
        ));
    }
    if distance > SUM_TOLERANCE {
        for probability in &mut probabilities {
            *probability /= sum;
        }
        scaled.push((line, sum));
    }
    Ok(Forecast::Categorical { options, probabilities })
}

/// A forecast as it is looked at: where options may sum to what they do, with a sum of 1.
fn judged(forecast: &Forecast, sums: Sums) -> Cow<'_, Forecast> {
    let Forecast::Categorical { options, probabilities } = forecast else { return Cow::Borrowed(forecast) };
    let sum: f64 = probabilities.iter().sum();
    if sums == Sums::ToOne || (sum - 1.0).abs() <= SUM_TOLERANCE {
        return Cow::Borrowed(forecast);
    }
    let even = 1.0 / probabilities.len() as f64;
    let scaled = |probability: &f64| if sum > 0.0 { probability / sum } else { even };
    Cow::Owned(Forecast::Categorical {
        options: options.clone(),
        probabilities: probabilities.iter().map(scaled).collect(),
    })
}

/// Creates the questions that the records do not know, with the kind of their forecasts and all options named.
fn infer_questions(
    items: Vec<(u64, ForecastRecord)>,
    records: &Records,
    problems: &mut Problems,
) -> (IndexMap<String, Question>, Vec<(u64, ForecastRecord)>) {
    let mut created: IndexMap<String, (u64, Question)> = IndexMap::new();
    for (line, record) in &items {
        if records.questions.contains_key(&record.question) {
            continue;
        }
        let (first, question) = created.entry(record.question.clone()).or_insert_with(|| {
            let question = Question::blank(&record.question, record.forecast.kind());
            (*line, question)
        });
        if question.kind != record.forecast.kind() {
            problems.push(
                *line,
                &format!(
                    "the forecast is for a {} question, but line {first} makes `{}` a {} one",
                    record.forecast.kind(),
                    record.question,
                    question.kind
                ),
            );
        } else if let Forecast::Categorical { options, .. } = &record.forecast {
            let new: Vec<String> =
                options.iter().filter(|option| !question.options.contains(option)).cloned().collect();
            question.options.extend(new);
        }
    }
    let created = created
        .into_iter()
        .map(|(id, (line, question))| {
            let _ = problems.take(line, question.check());
            (id, question)
        })
        .collect();
    (created, items)
}

/// Brings the options of each forecast into the order of its question, with 0 for those not named unless the question says that options came and
/// went; checks each forecast beside its question. Returns the rows of those that had options filled in.
fn fit_options(
    forecasts: &mut [(u64, ForecastRecord)],
    sums: Sums,
    (records, created): (&Records, &IndexMap<String, Question>),
    problems: &mut Problems,
) -> Vec<String> {
    let mut filled = Vec::new();
    for (line, record) in forecasts {
        let known = records.questions.get(&record.question);
        let Some(question) = known.or_else(|| created.get(&record.question)) else { continue };
        if known.is_some() && problems.take(*line, judged(&record.forecast, sums).check_against(question)).is_none() {
            continue;
        }
        if matches!(question.kind, QuestionKind::Categorical | QuestionKind::Ordinal)
            && let Forecast::Categorical { options, probabilities } = &mut record.forecast
            && *options != question.options
            && in_order_of(question, options, probabilities)
        {
            filled.push(format!("row {line}"));
        }
    }
    filled
}
