//! `foretell status`: what is open, due, resolved.

use super::ledger_file::{LedgerArgument, today};
use super::{Done, console};
use crate::forecast::{Forecast, Moment, Question, Records, Resolution, day};
use crate::report::{Column, Format, Output, Sheet};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

const EXAMPLE: &str = "Examples:
  foretell status
  foretell status --as-of 2025-09-01 --soon 14
  foretell status --format json | jq '.questions[] | select(.state == \"due\") | .id'";

/// Show what is open, closing soon, due, resolved
///
/// A question is due when its last day is over and nobody said what became of it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Arguments {
    /// With what was known on that day [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// How many days before its last day a question closes soon
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    soon: u16,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    Due,
    ClosingSoon,
    Open,
    NotYetOpen,
    Resolved,
    Annulled,
}

impl State {
    const ALL: [Self; 6] = [Self::Due, Self::ClosingSoon, Self::Open, Self::NotYetOpen, Self::Resolved, Self::Annulled];

    const fn words(self) -> &'static str {
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
    /// How many questions in each state.
    #[schemars(with = "BTreeMap<String, usize>")]
    counts: BTreeMap<State, usize>,
    questions: Vec<Standing<'a>>,
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
    forecasts: Vec<Latest<'a>>,
}

/// The forecast of one forecaster that stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Latest<'a> {
    forecaster: &'a str,
    made_at: Moment,
    forecast: &'a Forecast,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let records = arguments.ledger.open_existing()?.records()?;
    let as_of = arguments.as_of.unwrap_or_else(today);
    let status = status(&records, as_of, i32::from(arguments.soon));
    let mut sheet = Sheet::new(
        None,
        vec![
            Column::text("state"),
            Column::text("question"),
            Column::text("closes"),
            Column::text("forecaster"),
            Column::text("made at"),
            Column::text("forecast"),
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
                latest.map(|latest| latest.forecast.to_string()).unwrap_or_default(),
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
    let sheets = if sheet.is_empty() && format == Format::Table { Vec::new() } else { vec![sheet] };
    let output = Output { head, sheets, foot: Vec::new(), json: &status };
    console::show(format, &output.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Where every question stands with what was known on a day: what is due first, then by closing day.
fn status(records: &Records, as_of: Date, soon_days: i32) -> Status<'_> {
    let mut latest: BTreeMap<&str, BTreeMap<&str, Latest<'_>>> = BTreeMap::new();
    for record in records.forecasts.iter().filter(|record| record.made_at.day() <= as_of) {
        let new = Latest { forecaster: &record.forecaster, made_at: record.made_at, forecast: &record.forecast };
        let of_question = latest.entry(&record.question).or_default();
        match of_question.get(record.forecaster.as_str()) {
            Some(old) if old.made_at.epoch_days() > new.made_at.epoch_days() => {}
            _ => {
                of_question.insert(&record.forecaster, new);
            }
        }
    }
    let mut questions: Vec<Standing<'_>> = records
        .questions
        .values()
        .map(|question| {
            let outcome = records.outcomes.get(&question.id).filter(|outcome| outcome.resolved_on.day() <= as_of);
            let resolution = outcome.map(|outcome| &outcome.resolution);
            Standing {
                id: &question.id,
                ask: &question.ask,
                kind: question.kind.name(),
                state: state(question, resolution, as_of, soon_days),
                closes: question.closes,
                days_left: question.closes.map(|closes| (closes - as_of).get_days()),
                resolution,
                resolved_on: outcome.map(|outcome| outcome.resolved_on),
                forecasts: latest.remove(question.id.as_str()).unwrap_or_default().into_values().collect(),
            }
        })
        .collect();
    questions.sort_by_key(|standing| (standing.state, standing.closes.unwrap_or(Date::MAX)));
    let mut counts = BTreeMap::new();
    for found in State::ALL {
        let count = questions.iter().filter(|standing| standing.state == found).count();
        if count > 0 {
            counts.insert(found, count);
        }
    }
    Status { schema: "foretell.status/1", as_of, counts, questions }
}

fn state(question: &Question, resolution: Option<&Resolution>, as_of: Date, soon_days: i32) -> State {
    let days_left = question.closes.map(|closes| (closes - as_of).get_days());
    match (resolution, days_left) {
        (Some(Resolution::Annulled), _) => State::Annulled,
        (Some(_), _) => State::Resolved,
        (None, Some(days)) if days < 0 => State::Due,
        (None, _) if question.opens.is_some_and(|opens| opens > as_of) => State::NotYetOpen,
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

    #[test]
    fn a_question_goes_from_open_to_due_to_resolved() {
        let records = records();
        let states = |day: Date| -> Vec<(String, State)> {
            status(&records, day, 7).questions.iter().map(|one| (one.id.to_owned(), one.state)).collect()
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
    fn the_latest_forecast_stands_and_a_revision_counts() {
        let records = records();
        let status = status(&records, jiff::civil::date(2025, 9, 11), 7);
        let forecasts = &status.questions[0].forecasts;
        assert_eq!(forecasts.len(), 1, "what was said later is not known yet");
        assert_eq!(forecasts[0].forecast, &Forecast::Binary { probability: 0.3 });
    }
}
