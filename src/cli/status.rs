//! `foretell status`: what is open, due, resolved, and what of it is left today.

use super::ledger_file::{LedgerArgument, today};
use super::live::{Usual, usual};
use super::status_joint::{self, Together, together};
use super::{Done, console};
use crate::error::Error;
use crate::forecast::tidy::parse_probability;
use crate::forecast::{
    Course, Forecast, ForecastRecord, Living, Moment, Pace, Question, Records, Resolution, day, eve,
};
use crate::report::figure::{percent, significant};
use crate::report::{Column, Format, Output, Sheet};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

const EXAMPLE: &str = "Examples:
  foretell status
  foretell status --as-of 2025-09-01 --soon 14
  foretell status --pace none --stale 5%
  foretell status --format json | jq '.questions[] | select(.state == \"due\") | .id'";

/// Show what is open, closing soon, due, resolved, and what is left of each forecast today
///
/// A question is due when its last day is over and nobody said what became of it. While a question is open its forecasts are shown as they were recorded
/// and as they are today if nothing has happened through the day before: by the curve that was recorded with them, or, of yes/no, as if yes could come on
/// any day until the question closes (`--pace`; a tag of the question such as `pace=none` comes first). Of options today's leading one is shown, of a day
/// its median or how likely it is never, of a number median and range. A forecast is stale once that has moved it by more than `--stale`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Arguments {
    /// With what was known on that day [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// How many days before its last day a question closes soon
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    soon: u16,
    /// How the chance of a forecast without a recorded curve is spread over the time until its question closes: constant, rising, falling, `weibull
    /// 1.7`, evenly, or none for one that stays as it is
    #[arg(long, value_name = "PACE", default_value = "constant", value_parser = usual)]
    pace: Usual,
    /// By how many points a forecast has moved from what was recorded when it is stale
    #[arg(long, value_name = "P", default_value = "10%", value_parser = parse_probability, allow_negative_numbers = true)]
    stale: f64,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Due,
    ClosingSoon,
    Open,
    NotYetOpen,
    Resolved,
    Annulled,
}

impl State {
    const ALL: [Self; 6] = [Self::Due, Self::ClosingSoon, Self::Open, Self::NotYetOpen, Self::Resolved, Self::Annulled];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::ClosingSoon => "closing soon",
            Self::Open => "open",
            Self::NotYetOpen => "not yet open",
            Self::Resolved => "resolved",
            Self::Annulled => "annulled",
        }
    }
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Status<'a> {
    schema: &'static str,
    #[schemars(with = "String")]
    as_of: Date,
    /// The pace of forecasts without a recorded curve, in the words of the scenario language, or `none`.
    pace: String,
    /// From which change on a forecast is stale.
    stale: f64,
    /// How many questions in each state.
    #[schemars(with = "BTreeMap<String, usize>")]
    counts: BTreeMap<State, usize>,
    questions: Vec<Standing<'a>>,
    /// Forecasts of several questions together, the last of each forecaster on each set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    joint: Vec<Together<'a>>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Standing<'a> {
    id: &'a str,
    ask: &'a str,
    kind: &'static str,
    state: State,
    #[schemars(with = "Option<String>")]
    closes: Option<Date>,
    /// Days until it closes; negative when it is over.
    days_left: Option<i32>,
    resolution: Option<&'a Resolution>,
    resolved_on: Option<Moment>,
    /// What it resolves to if nothing has happened, where that is decided: its forecasts that live agree that the answer is certain by now.
    resolvable: Option<Resolution>,
    forecasts: Vec<Latest<'a>>,
}

/// The forecast of one forecaster that stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Latest<'a> {
    forecaster: &'a str,
    made_at: Moment,
    /// When it was withdrawn or runs out, if it does: it stands no longer than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
    forecast: &'a Forecast,
    /// What it is if nothing has happened through the day before; `null` where that cannot be said: it was withdrawn, or the question is resolved.
    today: Option<Today>,
}

#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
struct Today {
    /// Of yes, on the morning of the day looked from; `null` if nothing happening until then was impossible when the forecast was made, and of other
    /// forecasts.
    probability: Option<f64>,
    /// Of options, a day or a number the whole forecast, on that morning; absent if nothing happening until then was impossible.
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<Forecast>,
    /// From where: `recorded` curve, `pace`, or `unchanged`.
    by: Source,
    /// The pace by which it fell, in the words of the scenario language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pace: Option<String>,
    /// The first day on which it had moved by more than the threshold, if it has.
    #[schemars(with = "Option<String>")]
    stale_since: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Source {
    Recorded,
    Pace,
    Unchanged,
}

/// What is left of forecasts, and from when on they are stale.
#[derive(Debug, Clone, Copy)]
struct Reading {
    as_of: Date,
    soon_days: i32,
    pace: Option<Pace>,
    stale: f64,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let records = arguments.ledger.open_existing()?.records()?;
    let as_of = arguments.as_of.unwrap_or_else(today);
    let reading =
        Reading { as_of, soon_days: i32::from(arguments.soon), pace: arguments.pace.0, stale: arguments.stale };
    let status = status(&records, reading)?;
    let mut sheet = Sheet::new(
        None,
        vec![
            Column::text("state"),
            Column::text("question"),
            Column::text("closes"),
            Column::text("forecaster"),
            Column::text("made at"),
            Column::text("forecast"),
            Column::number("today"),
            Column::text("remark"),
            Column::text("resolution"),
        ],
    );
    for standing in &status.questions {
        let cells = |latest: Option<&Latest<'_>>| {
            vec![
                standing.state.words().to_owned(),
                standing.id.to_owned(),
                standing.closes.map(|day| day.to_string()).unwrap_or_default(),
                latest.map(|latest| latest.forecaster.to_owned()).unwrap_or_default(),
                latest.map(|latest| latest.made_at.to_string()).unwrap_or_default(),
                latest.map(|latest| said(latest.forecast, format)).unwrap_or_default(),
                latest.map(|latest| left(latest, format)).unwrap_or_default(),
                remark(standing, latest),
                standing.resolution.map(ToString::to_string).unwrap_or_default(),
            ]
        };
        if standing.forecasts.is_empty() {
            sheet.row(cells(None));
        }
        for latest in &standing.forecasts {
            sheet.row(cells(Some(latest)));
        }
    }
    let counts: Vec<String> = status.counts.iter().map(|(state, count)| format!("{count} {}", state.words())).collect();
    let head = vec![format!(
        "as of {as_of}: {}",
        if counts.is_empty() { "no questions".to_owned() } else { counts.join(", ") }
    )];
    let mut sheets = if sheet.is_empty() && format == Format::Table { Vec::new() } else { vec![sheet] };
    if format == Format::Csv && !status.joint.is_empty() {
        console::note("note: forecasts of several questions together are not in CSV; `--format json` has them");
    } else {
        sheets.extend(status_joint::sheet(&status.joint));
    }
    let foot = foot(&status).into_iter().chain(nothing_yet(&records, as_of)).collect();
    let output = Output { head, sheets, foot, json: &status };
    console::show(format, &output.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}

/// A forecast as it was recorded, as a cell: in CSV the probability of yes as a number, like that of today.
fn said(forecast: &Forecast, format: Format) -> String {
    match (forecast, format) {
        (Forecast::Binary { probability }, Format::Csv) => probability.to_string(),
        _ => forecast.to_string(),
    }
}

/// What a forecast is today, as a cell.
fn left(latest: &Latest<'_>, format: Format) -> String {
    let Some(today) = &latest.today else { return String::new() };
    match (today.probability, &today.forecast) {
        (Some(left), _) if format == Format::Csv => left.to_string(),
        (Some(left), _) => points(left),
        (None, Some(forecast)) if format == Format::Csv => forecast.to_string(),
        (None, Some(forecast)) => short(forecast),
        (None, None) => String::new(),
    }
}

/// A probability, to a tenth of a point.
fn points(probability: f64) -> String {
    percent(probability, if probability <= 0.0 || probability >= 1.0 { 0.0 } else { 0.005 })
}

/// The least of a forecast that says what it is: its leading option, its median day or the chance of none, its median with the outermost quantiles.
fn short(forecast: &Forecast) -> String {
    match forecast {
        Forecast::Binary { probability } => points(*probability),
        Forecast::Categorical { options, probabilities } => {
            let leading = options.iter().zip(probabilities).max_by(|a, b| a.1.total_cmp(b.1));
            leading.map(|(option, probability)| format!("{option} {}", points(*probability))).unwrap_or_default()
        }
        Forecast::Date { levels, days, never } => {
            let median = levels.iter().zip(days).find(|(level, _)| **level == 0.5).and_then(|(_, day)| *day);
            median.map_or_else(|| format!("never {}", points(*never)), |day| format!("50 %: {day}"))
        }
        Forecast::Quantiles { values, .. } => {
            let median = forecast.median().map(|median| significant(median, 3)).unwrap_or_default();
            match (values.first(), values.last()) {
                (Some(low), Some(high)) if low < high => {
                    format!("{median} ({} to {})", significant(*low, 3), significant(*high, 3))
                }
                _ => median,
            }
        }
        Forecast::Distribution { distribution } => distribution.to_string(),
    }
}

/// What there is to do about a forecast or its question.
fn remark(standing: &Standing<'_>, latest: Option<&Latest<'_>>) -> String {
    let today = latest.and_then(|latest| latest.today.as_ref());
    let ends = latest.and_then(|latest| latest.until).filter(|_| standing.resolution.is_none());
    let decided = standing.resolvable.as_ref().map(|answer| format!("{answer}, if nothing has happened"));
    match today {
        Some(Today { probability: None, forecast: None, .. }) => "something must have happened".to_owned(),
        _ if let Some(decided) = decided => decided,
        None if let Some(until) = ends => format!("until {until}"),
        Some(Today { stale_since: Some(day), .. }) => format!("stale since {day}"),
        _ => String::new(),
    }
}

/// What the column `today` takes for granted.
fn foot(status: &Status<'_>) -> Vec<String> {
    let all = || status.questions.iter().flat_map(|standing| &standing.forecasts).filter_map(|of| of.today.as_ref());
    let has = |source: Source| all().any(|today| today.by == source);
    let paces: BTreeSet<&str> = all().filter_map(|today| today.pace.as_deref()).collect();
    let mut ways = Vec::new();
    if has(Source::Recorded) {
        ways.push("by the curve recorded with the forecast".to_owned());
    }
    if !paces.is_empty() {
        let words: Vec<String> = paces.iter().map(|pace| in_words(pace)).collect();
        let by = if words.len() > 1 { ", as --pace or a tag of the question says" } else { "" };
        ways.push(format!("as if yes could come on any day until the question closes, {}{by}", words.join(" or ")));
    }
    if ways.is_empty() {
        return Vec::new();
    }
    if has(Source::Unchanged) {
        ways.push("as it was recorded where nothing is known of that".to_owned());
    }
    let mut lines = vec![format!(
        "today: what is left of a forecast on the morning of {}, if nothing has happened through the day before, {}",
        status.as_of,
        ways.join("; or ")
    )];
    if !paces.is_empty() {
        lines.push(
            "where yes cannot come early, give the question the tag `pace=none`, or look with --pace none".to_owned(),
        );
    }
    lines
}

/// That nobody had said anything yet.
fn nothing_yet(records: &Records, as_of: Date) -> Option<String> {
    let first = records.forecasts.iter().map(|record| record.made_at.day()).min()?;
    (first > as_of).then(|| format!("no forecast was made by {as_of}: the first is of {first}"))
}

/// How a chance is spread over the time.
fn in_words(pace: &str) -> String {
    match pace {
        "constant" | "rising" | "falling" => format!("at a {pace} pace"),
        "evenly" => "each day alike".to_owned(),
        other => format!("at the pace `{other}`"),
    }
}

/// Where every question stands with what was known on a day: what is due first, then by closing day.
fn status(records: &Records, reading: Reading) -> Result<Status<'_>, Error> {
    let Reading { as_of, soon_days, .. } = reading;
    let mut latest: BTreeMap<&str, BTreeMap<&str, &ForecastRecord>> = BTreeMap::new();
    for record in records.forecasts.iter().filter(|record| record.made_at.day() <= as_of) {
        let of_question = latest.entry(&record.question).or_default();
        match of_question.get(record.forecaster.as_str()) {
            Some(old) if old.made_at.epoch_days() > record.made_at.epoch_days() => {}
            _ => {
                of_question.insert(&record.forecaster, record);
            }
        }
    }
    let mut first: BTreeMap<&str, Date> = BTreeMap::new();
    for record in &records.forecasts {
        let made = record.made_at.day();
        first.entry(&record.question).and_modify(|first| *first = made.min(*first)).or_insert(made);
    }
    let mut questions = Vec::with_capacity(records.questions.len());
    for question in records.questions.values() {
        let outcome = records.outcomes.get(&question.id).filter(|outcome| outcome.resolved_on.day() <= as_of);
        let resolution = outcome.map(|outcome| &outcome.resolution);
        let state = state(question, resolution, first.get(question.id.as_str()).copied(), (as_of, soon_days));
        let mut forecasts = Vec::new();
        for record in latest.remove(question.id.as_str()).unwrap_or_default().into_values() {
            let stands = resolution.is_none() && record.stands_on(as_of);
            let today = if stands { Some(reading.left(record, question)?) } else { None };
            let (forecaster, made_at, until) = (record.forecaster.as_str(), record.made_at, record.until);
            forecasts.push(Latest { forecaster, made_at, until, forecast: &record.forecast, today });
        }
        questions.push(Standing {
            id: &question.id,
            ask: &question.ask,
            kind: question.kind.name(),
            state,
            closes: question.closes,
            days_left: question.closes.map(|closes| (closes - as_of).get_days()),
            resolution,
            resolved_on: outcome.map(|outcome| outcome.resolved_on),
            resolvable: resolvable(&forecasts, state),
            forecasts,
        });
    }
    questions.sort_by_key(|standing| (standing.state, standing.closes.unwrap_or(Date::MAX)));
    let mut counts = BTreeMap::new();
    for found in State::ALL {
        let count = questions.iter().filter(|standing| standing.state == found).count();
        if count > 0 {
            counts.insert(found, count);
        }
    }
    let states = questions.iter().map(|standing| (standing.id, standing.state)).collect();
    let joint = together(&records.joints, &states, as_of);
    let pace = reading.pace.map_or_else(|| "none".to_owned(), |pace| pace.to_string());
    Ok(Status { schema: "foretell.status/1", as_of, pace, stale: reading.stale, counts, questions, joint })
}

impl Reading {
    /// What is left of a forecast on an open question. One that was computed knows more of its question than a pace does: without a curve it stays as
    /// it is, as does one of options, a day or a number.
    fn left(self, record: &ForecastRecord, question: &Question) -> Result<Today, Error> {
        let Forecast::Binary { probability } = record.forecast else { return Ok(self.left_of_other(record, question)) };
        let unchanged = Today {
            probability: Some(probability),
            forecast: None,
            by: Source::Unchanged,
            pace: None,
            stale_since: None,
        };
        let (living, by) = match self.pace {
            _ if record.curve.is_some() => (Living::Recorded, Source::Recorded),
            Some(pace) if record.provenance.is_none() => (Living::Pace(pace), Source::Pace),
            _ => return Ok(unchanged),
        };
        let course = Course::of(record, question, living).map_err(Error::input)?;
        Ok(course.map_or(unchanged, |course| Today {
            probability: course.on(self.as_of),
            forecast: None,
            by,
            pace: course.pace().map(|pace| pace.to_string()),
            stale_since: course.moved_on(self.stale, self.as_of),
        }))
    }

    /// The same of a forecast that is not of yes or no. After the question has closed it stays where it ended.
    fn left_of_other(self, record: &ForecastRecord, question: &Question) -> Today {
        let said = &record.forecast;
        let Some(curve) = &record.curve else {
            let forecast = Some(said.clone());
            return Today { probability: None, forecast, by: Source::Unchanged, pace: None, stale_since: None };
        };
        let made = record.made_at.day();
        let last = question.closes.map_or(curve.last(), |closes| closes.max(made));
        let on = |day: Date| curve.forecast_on(eve(day).min(last));
        let days = std::iter::successors(made.tomorrow().ok(), |day| day.tomorrow().ok());
        let mut days = days.take_while(|day| *day <= self.as_of && eve(*day) <= last);
        let has_moved = |day: &Date| on(*day).and_then(|is| said.moved(&is)).is_some_and(|by| by > self.stale);
        let stale_since = days.find(has_moved);
        Today { probability: None, forecast: on(self.as_of), by: Source::Recorded, pace: None, stale_since }
    }
}

/// What the answer is if nothing has happened, where the forecasts that live are sure of one and silence made them so: not all of them were sure of it
/// from the first, or the question is past its last day, which leaves no.
fn resolvable(forecasts: &[Latest<'_>], state: State) -> Option<Resolution> {
    let is_living = |today: &Today| today.by != Source::Unchanged && today.probability.is_some();
    let living: Vec<(&Forecast, &Today)> = forecasts
        .iter()
        .filter_map(|latest| Some((latest.forecast, latest.today.as_ref().filter(|today| is_living(today))?)))
        .collect();
    let all = |certain: f64| !living.is_empty() && living.iter().all(|(_, today)| today.probability == Some(certain));
    let all_said = |certain: f64| living.iter().all(|(said, _)| **said == Forecast::Binary { probability: certain });
    match (all(0.0), all(1.0)) {
        (true, _) if state == State::Due || !all_said(0.0) => Some(Resolution::No),
        (_, true) if !all_said(1.0) => Some(Resolution::Yes),
        _ => None,
    }
}

/// Where a question stands; `first` is the day of the first forecast on it, before which nobody had heard of one that does not say when it opens.
fn state(
    question: &Question,
    resolution: Option<&Resolution>,
    first: Option<Date>,
    (as_of, soon_days): (Date, i32),
) -> State {
    let days_left = question.closes.map(|closes| (closes - as_of).get_days());
    match (resolution, days_left) {
        (Some(Resolution::Annulled), _) => State::Annulled,
        (Some(_), _) => State::Resolved,
        (None, Some(days)) if days < 0 => State::Due,
        (None, _) if question.opens.or(first).is_some_and(|opens| opens > as_of) => State::NotYetOpen,
        (None, Some(days)) if days <= soon_days => State::ClosingSoon,
        (None, _) => State::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::tidy::TidyFile;

    fn records() -> Records {
        let mut records = Records::default();
        let file = |text: &str| TidyFile::from_text("a.csv", text).unwrap();
        file("id,kind,opens,closes\na,binary,,2025-09-10\nb,binary,2025-09-05,2025-12-31\nc,binary,,\n")
            .questions(&mut records)
            .unwrap();
        file(
            "question,forecaster,made_at,probability\na,me,2025-09-02,0.2\na,me,2025-08-20,0.9\na,me,2025-09-02,0.3\n\
             a,you,2025-09-30,0.4\n",
        )
        .forecasts(&mut records)
        .unwrap();
        let (outcomes, _) = file("question,resolution,resolved_on\na,annulled,2025-09-20\nc,yes,2025-09-01\n")
            .outcomes(&records)
            .unwrap();
        records.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
        records
    }

    fn looked(as_of: Date) -> Reading {
        Reading { as_of, soon_days: 7, pace: Some(Pace::Weibull { shape: 1.0 }), stale: 0.1 }
    }

    #[test]
    fn a_question_goes_from_open_to_due_to_resolved() {
        let records = records();
        let states = |day: Date| -> Vec<(String, State)> {
            status(&records, looked(day)).unwrap().questions.iter().map(|one| (one.id.to_owned(), one.state)).collect()
        };
        let expected = |list: [(&str, State); 3]| list.map(|(id, state)| (id.to_owned(), state)).to_vec();
        use jiff::civil::date;
        assert_eq!(
            states(date(2025, 9, 2)),
            expected([("a", State::Open), ("b", State::NotYetOpen), ("c", State::Resolved)])
        );
        assert_eq!(
            states(date(2025, 9, 10)),
            expected([("a", State::ClosingSoon), ("b", State::Open), ("c", State::Resolved)])
        );
        assert_eq!(
            states(date(2025, 9, 11)),
            expected([("a", State::Due), ("b", State::Open), ("c", State::Resolved)])
        );
        assert_eq!(
            states(date(2025, 9, 20)),
            expected([("b", State::Open), ("c", State::Resolved), ("a", State::Annulled)])
        );
    }

    #[test]
    fn before_the_first_forecast_it_is_said_of_when_that_is() {
        use jiff::civil::date;
        let said = |day: i8| nothing_yet(&records(), date(2025, 8, day));
        assert_eq!(said(19).as_deref(), Some("no forecast was made by 2025-08-19: the first is of 2025-08-20"));
        assert_eq!((said(20), nothing_yet(&Records::default(), date(2025, 8, 19))), (None, None));
    }

    #[test]
    fn the_latest_forecast_stands_and_a_revision_counts() {
        let records = records();
        let status = status(&records, looked(jiff::civil::date(2025, 9, 11))).unwrap();
        let forecasts = &status.questions[0].forecasts;
        assert_eq!(forecasts.len(), 1, "what was said later is not known yet");
        assert_eq!(forecasts[0].forecast, &Forecast::Binary { probability: 0.3 });
    }

    #[test]
    fn what_was_withdrawn_has_nothing_left_and_says_until_when_it_stood() {
        let mut records = records();
        for record in &mut records.forecasts {
            record.until = Some(Moment::Day(jiff::civil::date(2025, 9, 4)));
        }
        let on = |day: i8| {
            let status = status(&records, looked(jiff::civil::date(2025, 9, day))).unwrap();
            let standing = status.questions.into_iter().find(|one| one.id == "a").unwrap();
            (standing.forecasts[0].today.is_some(), remark(&standing, standing.forecasts.first()))
        };
        assert!(on(4).0, "it stands to the end of the day");
        assert_eq!(on(5), (false, "until 2025-09-04".to_owned()));
    }

    #[test]
    fn a_forecast_wears_off_becomes_stale_and_in_the_end_decides_its_question() {
        let records = records();
        let on = |day: i8, pace: Option<Pace>| {
            let status = status(&records, Reading { pace, ..looked(jiff::civil::date(2025, 9, day)) }).unwrap();
            let standing = status.questions.into_iter().find(|one| one.id == "a").unwrap();
            (standing.forecasts[0].today.clone(), standing.resolvable)
        };
        let constant = Some(Pace::Weibull { shape: 1.0 });
        let (today, resolvable) = on(5, constant);
        let today = today.unwrap();
        // Of the eight days from the 3rd to the 10th two are over.
        assert!((today.probability.unwrap() - (1.0 - 0.7_f64.powf(6.0 / 8.0))).abs() < 1e-12);
        assert_eq!((today.by, today.stale_since, resolvable), (Source::Pace, None, None));
        let (today, _) = on(9, constant);
        assert_eq!(today.unwrap().stale_since, Some(jiff::civil::date(2025, 9, 6)));
        let (today, resolvable) = on(10, constant);
        assert!((today.unwrap().probability.unwrap() - (1.0 - 0.7_f64.powf(1.0 / 8.0))).abs() < 1e-12);
        assert_eq!(resolvable, None, "its last day is not over");
        let (today, resolvable) = on(11, constant);
        assert_eq!((today.unwrap().probability, resolvable), (Some(0.0), Some(Resolution::No)));
        let (today, resolvable) = on(11, None);
        assert_eq!((today.unwrap().probability, resolvable), (Some(0.3), None));
        assert_eq!(on(20, constant), (None, None), "it is annulled");
    }

    #[test]
    fn a_recorded_curve_comes_before_any_pace() {
        let mut records = records();
        let curve = "2025-09-02:0.3|2025-09-04:0.28|2025-09-05:0.05".parse().unwrap();
        records.forecasts.iter_mut().for_each(|record| record.curve = None);
        records.forecasts[2].curve = Some(curve);
        let on = |day: i8| {
            let status = status(&records, looked(jiff::civil::date(2025, 9, day))).unwrap();
            let standing = status.questions.into_iter().find(|one| one.id == "a").unwrap();
            standing.forecasts[0].today.clone().unwrap()
        };
        let (early, late) = (on(5), on(7));
        assert_eq!((early.probability, early.by, early.stale_since), (Some(0.28), Source::Recorded, None));
        assert_eq!((late.probability, late.stale_since), (None, Some(jiff::civil::date(2025, 9, 6))));
    }
}
