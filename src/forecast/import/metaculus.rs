//! The download of Metaculus: `question_data.csv`, `forecast_data.csv`, `score_data.csv`.
//!
//! Questions of one post share a cluster. A numeric forecast is taken by its cdf, where `question_data.csv` is read with it and says where the cdf is given
//! (`Continuous Range`), else by its five percentiles (5, 25, 50, 75, 95). A date is taken for a number, its days since 1970-01-01 with fractions: the platform's bounds of the date are other
//! days than those of the question.
//! An option that was added later, or taken away, is `None` in forecasts of other times, or not in them where `MC Options History` says which there
//! were: such a forecast names the options that existed, and the question's tag `other=` the last one, at which the others are read.
//! A question closes with its scheduled close; times of day, and an earlier actual close, are kept as its tags `opens_at=`, `closes_at=` and `closed_at=`, as are
//! the time at which the community was shown (`shown_at=`), a weight other than 1 (`question_weight=`) and the buckets of numbers (`buckets=`, `bounds=`, `open_bounds=`). A number that came true beyond a
//! bound that is known to be open is kept as that, without its value.
//! What the platform made of the forecasts of its users (no `Forecaster ID`, and a `Forecaster Count` or a name such as `recency_weighted`) is read as a
//! forecaster of that name, whom the question's tag `aggregate=` calls no person.
//! A forecast stands until the same forecaster's next one, and no longer than its `End Time`, when it was withdrawn or ran out. The platform's scores are not read: they are computed here from the forecasts.

use super::content::Content;
use super::reading::Reading;
use super::values::{binary, categorical, cdf, closing, given, listed, moment, number, quantiles, time_of};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::marks::AGGREGATE;
use crate::forecast::tidy::{Holds, Row, Table};
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The levels of the percentiles, and their columns.
const PERCENTILES: [(f64, &str); 5] = [
    (0.05, "5th percentile"),
    (0.25, "25th percentile"),
    (0.5, "median"),
    (0.75, "75th percentile"),
    (0.95, "95th percentile"),
];

/// What the platform calls the forecasts that it makes of those of its users.
const AGGREGATES: [&str; 9] = [
    "recency_weighted",
    "unweighted",
    "single_aggregation",
    "metaculus_prediction",
    "medalists",
    "experienced_users_25_resolved",
    "ignorance",
    "recency_weighted_log_odds",
    "geometric_mean",
];

/// See the module.
#[derive(Debug)]
pub(super) struct Metaculus;

impl Importer for Metaculus {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        let found = |what, holds| Some(Recognised { what, holds });
        if content.has_columns(&["question id", "question type", "question title"]) {
            found("question_data of Metaculus", Holds::Questions)
        } else if content.has_columns(&["question id", "start time", "probability yes"]) {
            found("forecast_data of Metaculus", Holds::Forecasts)
        } else if content.has_columns(&["question id", "score type", "score"]) {
            found("score_data of Metaculus", Holds::Outcomes)
        } else {
            None
        }
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(table) = content.table() else { return Ok(()) };
        reading.rows(table.rows.len());
        let sheet = Sheet { table };
        match recognised.holds {
            Holds::Questions => sheet.questions(reading),
            Holds::Forecasts => sheet.forecasts(reading),
            Holds::Outcomes => reading.note(format!(
                "{} scores of the platform are not read: scores are computed here from the forecasts",
                table.rows.len()
            )),
        }
        Ok(())
    }
}

struct Sheet<'t> {
    table: &'t Table,
}

impl<'t> Sheet<'t> {
    fn cell(&self, row: &'t Row, name: &str) -> &'t str {
        self.table.column(name).and_then(|at| given(row.cell(Some(at)))).unwrap_or_default()
    }

    fn questions(&self, reading: &mut Reading<'_>) {
        let mut early = 0;
        for row in &self.table.rows {
            let times = self.times(row, reading);
            let closed_at = times.closed_at;
            self.question(row, times, reading);
            let known = moment(self.cell(row, "resolution known time")).ok();
            early += usize::from(closed_at.zip(known).is_some_and(|(at, known)| at.epoch_days() < known.epoch_days()));
        }
        if early > 0 {
            reading.note(format!(
                "{early} questions closed before their scheduled close and before their answer was known: scores of the platform end there, other rules let the last forecast stand until the answer or the scheduled close"
            ));
        }
    }

    /// When a question opened, was to close and closed. What cannot be is named and not used.
    fn times(&self, row: &'t Row, reading: &mut Reading<'_>) -> Times {
        let mut at = |name: &str| match given(self.cell(row, name)).map(moment).transpose() {
            Ok(at) => at,
            Err(problem) => {
                reading.in_part(row.line, &format!("the {name} cannot be read"), &problem);
                None
            }
        };
        let opened = at("open time");
        let scheduled = at("scheduled close time");
        let (actual, shown) = (at("actual close time"), at("cp reveal time"));
        let mut tags = Vec::new();
        let opens = opened.map(|opened| {
            tags.extend(time_of(opened).map(|time| format!("opens_at={time}")));
            opened.day()
        });
        let closing = scheduled.map(closing).filter(|(closes, _)| {
            let is_before = opens.is_none_or(|opens| opens <= *closes);
            if !is_before {
                let why = "the question opens after its scheduled close, which is not used";
                reading.in_part(row.line, why, self.cell(row, "question id"));
            }
            is_before
        });
        let closes = closing.as_ref().map(|(day, _)| *day);
        tags.extend(closing.and_then(|(_, time)| time));
        let closed_at =
            actual.filter(|closed| scheduled.is_some_and(|scheduled| closed.epoch_days() < scheduled.epoch_days()));
        tags.extend(closed_at.map(|closed| format!("closed_at={closed}")));
        tags.extend(shown.map(|shown| format!("shown_at={shown}")));
        Times { opens, closes, closed_at, tags }
    }

    /// Which options there were from when on.
    fn history(&self, row: &'t Row, reading: &mut Reading<'_>) -> Vec<(Moment, Vec<String>)> {
        let text = self.cell(row, "mc options history");
        if text.is_empty() {
            return Vec::new();
        }
        let entry = |text: &String| match listed(text)?.as_slice() {
            [time, options] => Ok((moment(time)?, listed(options)?)),
            _ => Err(format!("`{text}` is not a time with a list of options")),
        };
        match listed(text).and_then(|entries| entries.iter().map(entry).collect::<Result<Vec<_>, String>>()) {
            Ok(mut history) => {
                history.sort_by(|a, b| a.0.epoch_days().total_cmp(&b.0.epoch_days()));
                history
            }
            Err(problem) => {
                reading.note(format!("row {}: the history of the options cannot be read: {problem}", row.line));
                Vec::new()
            }
        }
    }

    fn question(&self, row: &'t Row, times: Times, reading: &mut Reading<'_>) {
        let id = self.cell(row, "question id");
        let kind = match self.cell(row, "question type") {
            "binary" => QuestionKind::Binary,
            "multiple_choice" => QuestionKind::Categorical,
            "numeric" | "discrete" | "date" => QuestionKind::Numeric,
            other => {
                reading.leave_out(row.line, &format!("questions of the type `{other}` are not read"), id);
                return;
            }
        };
        let options = match kind {
            QuestionKind::Categorical => {
                let all = self.cell(row, "mc options (all)");
                let options = if all.is_empty() { self.cell(row, "mc options (current)") } else { all };
                match listed(options) {
                    Ok(options) => options,
                    Err(problem) => {
                        reading.leave_out(row.line, "the options cannot be read", &problem);
                        return;
                    }
                }
            }
            _ => Vec::new(),
        };
        let label = self.cell(row, "label");
        let title = self.cell(row, "question title");
        let Times { opens, closes, tags: of_times, .. } = times;
        let weight = self.weight(row, reading);
        let history = if options.is_empty() { Vec::new() } else { self.history(row, reading) };
        let current = listed(self.cell(row, "mc options (current)")).unwrap_or_default();
        let changed = history.len() > 1
            || (!current.is_empty() && current != options)
            || reading.question(id).is_some_and(|before| before.other().is_some());
        let places = if kind == QuestionKind::Numeric { self.places(row, reading) } else { Vec::new() };
        // Whom forecasts that were read before name, so that the question stays the same.
        let before = reading.question(id).map(|before| before.aggregates().map(|name| format!("{AGGREGATE}{name}")));
        let aggregates: Vec<String> = before.into_iter().flatten().collect();
        let other = options.last().filter(|_| changed).map(|last| format!("other={last}"));
        let question = Question {
            ask: if label.is_empty() { title.to_owned() } else { format!("{title} ({label})") },
            options,
            opens,
            closes,
            cluster: Some(self.cell(row, "post id")).filter(|post| !post.is_empty()).map(|post| format!("post {post}")),
            tags: Some(self.cell(row, "default project"))
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .into_iter()
                .chain(of_times)
                .chain(other)
                .chain(self.buckets(row, &places))
                .chain(weight)
                .chain(aggregates)
                .collect(),
            ..Question::blank(id, kind)
        };
        if reading.add_question(row.line, question.clone()) {
            self.resolution(row, &question, reading);
            if !history.is_empty() {
                reading.beside.options.insert(id.to_owned(), history);
            }
            if !places.is_empty() {
                reading.beside.places.insert(id.to_owned(), places);
            }
        }
    }

    /// What the platform counts a question's scores by, as a tag; none for 1.
    fn weight(&self, row: &'t Row, reading: &mut Reading<'_>) -> Option<String> {
        let text = given(self.cell(row, "question weight"))?;
        match number(text) {
            Ok(weight) if weight >= 0.0 => (weight != 1.0).then(|| format!("question_weight={weight}")),
            Ok(_) => {
                reading.in_part(row.line, "the weight lies below 0, and is taken for 1", text);
                None
            }
            Err(problem) => {
                reading.in_part(row.line, "the weight is taken for 1", &problem);
                None
            }
        }
    }

    /// Where the cdfs of a question are given.
    fn places(&self, row: &'t Row, reading: &mut Reading<'_>) -> Vec<f64> {
        let range = self.cell(row, "continuous range");
        if range.is_empty() {
            return Vec::new();
        }
        let places = listed(range).and_then(|items| items.iter().map(|item| place(item)).collect::<Result<_, _>>());
        places.unwrap_or_else(|problem| {
            reading.note(format!("row {}: the continuous range cannot be read: {problem}", row.line));
            Vec::new()
        })
    }

    /// The buckets of a number as tags; none where two places are alike, as days of a short range are.
    fn buckets(&self, row: &'t Row, places: &[f64]) -> Vec<String> {
        let ([low, .., high], true) = (places, places.is_sorted_by(|a, b| a < b)) else { return Vec::new() };
        let open = |name: &str| self.cell(row, name).eq_ignore_ascii_case("true");
        let open = match (open("open lower bound"), open("open upper bound")) {
            (true, true) => Some("open_bounds=both"),
            (true, false) => Some("open_bounds=lower"),
            (false, true) => Some("open_bounds=upper"),
            (false, false) => None,
        };
        let mut tags = vec![format!("buckets={}", places.len() - 1), format!("bounds={low}..{high}")];
        tags.extend(open.map(str::to_owned));
        tags
    }

    fn resolution(&self, row: &'t Row, question: &Question, reading: &mut Reading<'_>) {
        let resolution = match self.cell(row, "resolution") {
            "" => {
                reading.pending(row.line, "no resolution yet", &question.id);
                return;
            }
            word @ ("annulled" | "ambiguous") => {
                reading.voided(row.line, word, &question.id);
                Ok(Resolution::Annulled)
            }
            "below_lower_bound" | "below_lower" if question.open_ends().0 => Ok(Resolution::BelowBound),
            "above_upper_bound" | "above_upper" if question.open_ends().1 => Ok(Resolution::AboveBound),
            bound @ ("above_upper_bound" | "below_lower_bound" | "above_upper" | "below_lower") => {
                reading.leave_out(
                    row.line,
                    "resolved beyond a bound that is not known to be open, to no number",
                    &format!("{}: {bound}", question.id),
                );
                return;
            }
            text if question.kind == QuestionKind::Numeric => place(text).map(Resolution::Value),
            text => Resolution::read(text, question),
        };
        let known = self.cell(row, "resolution known time");
        let known = if known.is_empty() { self.cell(row, "actual close time") } else { known };
        match (resolution, moment(known)) {
            (Ok(resolution), Ok(resolved_on)) => {
                let outcome = Outcome { question: question.id.clone(), resolution, resolved_on, source: None };
                reading.add_outcome(row.line, outcome);
            }
            (Err(problem), _) => reading.leave_out(row.line, "the resolution cannot be", &problem),
            (_, Err(problem)) => reading.leave_out(row.line, "no time of the resolution", &problem),
        }
    }

    fn forecasts(&self, reading: &mut Reading<'_>) {
        let mut by_percentiles = 0;
        let mut aggregates: BTreeSet<&str> = BTreeSet::new();
        for row in &self.table.rows {
            let id = self.cell(row, "question id");
            let forecaster = ["forecaster username", "forecaster (anonymized)", "forecaster id"]
                .iter()
                .map(|name| self.cell(row, name))
                .find(|name| !name.is_empty())
                .unwrap_or_default();
            let made_at = match moment(self.cell(row, "start time")) {
                Ok(made_at) => made_at,
                Err(problem) => {
                    reading.leave_out(row.line, "no start time", &problem);
                    continue;
                }
            };
            match self.said(row, made_at, reading) {
                Ok(said) => {
                    let last = reading.question(id).and_then(|question| question.options.last());
                    if let (Some(last), Forecast::Categorical { options, .. }) = (last, &said)
                        && reading.question(id).is_some_and(|question| options.len() < question.options.len())
                    {
                        let tag = format!("other={last}");
                        reading.tag(id, &tag);
                    }
                    let has_cdf =
                        reading.beside.places.contains_key(id) && !self.cell(row, "continuous cdf").is_empty();
                    by_percentiles += usize::from(matches!(said, Forecast::Quantiles { .. }) && !has_cdf);
                    match given(self.cell(row, "end time")).map(moment).transpose() {
                        Ok(until) => {
                            reading.add_forecast_until(row.line, id, forecaster, (made_at, until), said);
                            if self.is_aggregate(row, forecaster) {
                                reading.tag(id, &format!("{AGGREGATE}{forecaster}"));
                                aggregates.insert(forecaster);
                            }
                        }
                        Err(problem) => reading.leave_out(row.line, "the end time cannot be read", &problem),
                    }
                }
                Err(problem) => {
                    reading.leave_out(row.line, "the forecast cannot be", &problem);
                }
            }
        }
        if by_percentiles > 0 {
            reading.note(format!(
                "{by_percentiles} forecasts of numbers are taken by their percentiles: where their cdf is given is not known, so read question_data too"
            ));
        }
        if !aggregates.is_empty() {
            let names: Vec<&str> = aggregates.into_iter().collect();
            reading.note(format!(
                "{}: made by the platform of its users' forecasts, no persons: scores of the platform hold nobody against them (tag `aggregate=`)",
                names.join(", ")
            ));
        }
        let unused = ["probability below lower bound", "probability above upper bound"];
        reading.ignore(self.table.columns().iter().filter(|name| unused.contains(&name.as_str())).cloned());
    }

    /// Whether a row is no user's forecast: it has no id, and the platform counts those of whose forecasts it is made, or its name is known.
    fn is_aggregate(&self, row: &'t Row, forecaster: &str) -> bool {
        let is_counted = !self.cell(row, "forecaster count").is_empty();
        self.cell(row, "forecaster id").is_empty() && (is_counted || AGGREGATES.contains(&forecaster))
    }

    /// The options that there were at a time, where the history says so.
    fn existed<'r>(id: &str, at: Moment, reading: &'r Reading<'_>) -> &'r [String] {
        let history = reading.beside.options.get(id).map_or(&[][..], Vec::as_slice);
        let then = history.iter().rfind(|(from, _)| from.epoch_days() <= at.epoch_days());
        then.map_or(&[][..], |(_, options)| options.as_slice())
    }

    /// Which options the probabilities of a row are of: all, or as many as there were when it was made.
    fn options_of(
        question: &Question,
        count: usize,
        made_at: Moment,
        reading: &Reading<'_>,
    ) -> Result<Vec<String>, String> {
        if count == question.options.len() {
            return Ok(question.options.clone());
        }
        match Self::existed(&question.id, made_at, reading) {
            options if options.len() == count => Ok(options.to_vec()),
            options @ [_, ..] => {
                Err(format!("{count} probabilities for the {} options that there were then", options.len()))
            }
            [] => Err(format!(
                "{count} probabilities for {} options, and no MC Options History says which there were then",
                question.options.len()
            )),
        }
    }

    fn said(&self, row: &'t Row, made_at: Moment, reading: &Reading<'_>) -> Result<Forecast, String> {
        let id = self.cell(row, "question id");
        let yes = self.cell(row, "probability yes");
        if !yes.is_empty() {
            return binary(yes);
        }
        let categories = self.cell(row, "probability yes per category");
        if !categories.is_empty() {
            let Some(question) = reading.question(id).filter(|question| !question.options.is_empty()) else {
                return Err("its question's options are not known; read question_data too".to_owned());
            };
            let items = listed(categories)?;
            let options = Self::options_of(question, items.len(), made_at, reading)?;
            // What has no probability did not exist at the time, and the forecast does not name it; what the history knows of did.
            let existed = Self::existed(&question.id, made_at, reading);
            let (mut named, mut probabilities) = (Vec::new(), Vec::new());
            for (option, text) in options.into_iter().zip(&items) {
                if let Some(text) = given(text) {
                    named.push(option);
                    probabilities.push(number(text)?);
                } else if existed.contains(&option) {
                    return Err(format!("the option `{option}` existed then, and has no probability"));
                }
            }
            return categorical(named, probabilities);
        }
        let said = self.cell(row, "continuous cdf");
        if let (Some(places), false) = (reading.beside.places.get(id), said.is_empty()) {
            let levels = listed(said)?.iter().map(|text| number(text)).collect::<Result<Vec<f64>, String>>()?;
            return of_cdf(places, &levels);
        }
        let pairs = PERCENTILES
            .iter()
            .filter(|(_, name)| !self.cell(row, name).is_empty())
            .map(|(level, name)| place(self.cell(row, name)).map(|value| (*level, value)))
            .collect::<Result<Vec<_>, String>>()?;
        if pairs.is_empty() && !said.is_empty() {
            Err("its cdf is given, but not at which places: `Continuous Range` of question_data.csv is empty or was not read".to_owned())
        } else if pairs.is_empty() {
            Err("the row holds no probability and no percentile".to_owned())
        } else {
            quantiles(pairs)
        }
    }
}

/// What the columns of a question say of its times.
struct Times {
    opens: Option<Date>,
    closes: Option<Date>,
    /// The actual close, if it came before the scheduled one.
    closed_at: Option<Moment>,
    /// Times of day, and the early close, as tags.
    tags: Vec<String>,
}

/// A place on the axis of a question: a number, or a day or time as days since 1970-01-01.
fn place(text: &str) -> Result<f64, String> {
    match number(text) {
        Ok(value) => Ok(value),
        Err(problem) => moment(text).map(Moment::epoch_days).map_err(|_| problem),
    }
}

/// A forecast by the levels that its cdf has at these places; of places that are alike, as days of a short range are, the last counts.
fn of_cdf(places: &[f64], levels: &[f64]) -> Result<Forecast, String> {
    if places.len() != levels.len() {
        return Err(format!("the cdf has {} values for {} places", levels.len(), places.len()));
    }
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(places.len());
    for (place, level) in places.iter().zip(levels) {
        match points.last_mut() {
            Some(last) if last.0 == *place => last.1 = *level,
            _ => points.push((*place, *level)),
        }
    }
    cdf(points)
}
