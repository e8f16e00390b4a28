//! The parts of a brief, from a run, its replays, a difference and records.

use super::load::Loaded;
use super::report_resolved::unheard;
use crate::brief::{
    Doubtful, Input, Lexicon, NewsItem, QuestionGroup, QuestionInWords, Record, RecordRow, day_in_words, in_words,
};
use crate::calibrate::{
    CalibrationSettings, Counted, Panel, ReliabilityAxis, calibration_report, reliability_diagram, streams,
};
use crate::diagnostic::counted;
use crate::forecast::{Forecast, Records, Resolution};
use crate::math::thousands_apart;
use crate::model::{EventId, Formula, Model, QuestionTarget};
use crate::plan::{self, Situation};
use crate::report::figure;
use crate::report::run::RunReport;
use crate::scenario::names;
use crate::score::{Group, rule, standings, summarise};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Worlds of an earlier day.
pub(super) const WORLDS_OF_A_DAY: u64 = 100_000;

/// The chance of yes of the question at a place.
pub(super) fn probability(report: &RunReport, at: usize) -> Option<f64> {
    match report.questions[at].figures.forecast {
        Some(Forecast::Binary { probability }) => Some(probability),
        _ => None,
    }
}

/// What became known after the day of the file and up to that of the brief.
pub(super) fn news(model: &Model, as_of: Date) -> Vec<NewsItem> {
    let mut known: Vec<_> = model.news.iter().filter(|news| news.date > model.as_of && news.date <= as_of).collect();
    known.sort_by_key(|news| news.date);
    let mut items: Vec<NewsItem> = Vec::new();
    for news in known {
        let says = news.says.clone().unwrap_or_else(|| news.text.clone());
        // One report may speak to several events.
        if items.iter().any(|item| item.says == says && item.day == news.date) {
            continue;
        }
        items.push(NewsItem { number: items.len() + 1, day: news.date, says, source: news.source.clone() });
    }
    items
}

/// The records as they stood at the end of a day: a brief knows nothing that came later.
pub(super) fn up_to(mut records: Records, day: Date) -> Records {
    records.forecasts.retain(|record| record.made_at.day() <= day);
    records.outcomes.retain(|_, outcome| outcome.resolved_on.day() <= day);
    records
}

/// Which figures doubtful inputs bear on.
pub(super) struct Doubts {
    /// Of every event and then every question.
    reached: Vec<bool>,
    events: usize,
    looked_for: bool,
}

impl Doubts {
    /// By how the scenario is built; `draws` are those of the inputs that were made to see how far they move what.
    pub(super) fn new(model: &Model, situation: &Situation, draws: u32) -> Self {
        let reached = plan::doubtful(&plan::draft(model, situation));
        Self { reached, events: model.events.len(), looked_for: draws > 0 }
    }

    fn of_event(&self, at: usize) -> Doubtful {
        Doubtful { reached: self.reached.get(at).copied().unwrap_or(true), looked_for: self.looked_for }
    }

    pub(super) fn of_question(&self, at: usize) -> Doubtful {
        self.of_event(self.events + at)
    }
}

/// The unit of a question that asks for a number just as an event has it.
pub(super) fn unit<'a>(model: &'a Model, target: &QuestionTarget) -> Option<&'a str> {
    match target {
        QuestionTarget::Value(Formula::Event(event)) => model.event(*event).unit.as_deref(),
        _ => None,
    }
}

/// Every question in words: the open ones by their first tag, and those that have closed.
pub(super) fn questions(
    loaded: &Loaded,
    report: &RunReport,
    records: Option<&Records>,
    doubts: &Doubts,
    lexicon: &Lexicon,
) -> (Vec<QuestionGroup>, Vec<QuestionInWords>) {
    let model = &loaded.model;
    let (mut groups, mut closed): (Vec<QuestionGroup>, Vec<QuestionInWords>) = (Vec::new(), Vec::new());
    for (at, (question, found)) in model.questions.iter().zip(&report.questions).enumerate() {
        let unit = unit(model, &question.target);
        let horizon = question.closes.min(model.horizon);
        let outcome = records.and_then(|records| records.outcomes.get(&question.name));
        let known = outcome.map(|outcome| resolution(&outcome.resolution)).or_else(|| match found.figures.forecast {
            Some(Forecast::Binary { probability: 0.0 }) => Some("no".to_owned()),
            Some(Forecast::Binary { probability: 1.0 }) => Some("yes".to_owned()),
            _ => None,
        });
        let one = QuestionInWords {
            id: question.name.clone(),
            ask: question.ask.clone(),
            closes: question.closes,
            resolves: question.resolves.clone(),
            lines: in_words(&found.figures, unit, horizon, doubts.of_question(at), lexicon),
            outcome: known,
            unheard: outcome.and_then(|outcome| unheard(outcome, found.figures.forecast.as_ref())),
        };
        if question.closes <= report.as_of && question.closes <= model.horizon {
            closed.push(one);
            continue;
        }
        let tag = question.tags.iter().find(|tag| !tag.contains('=')).cloned().unwrap_or_default();
        match groups.iter_mut().find(|group| group.tag == tag) {
            Some(group) => group.questions.push(one),
            None => groups.push(QuestionGroup { tag, questions: vec![one] }),
        }
    }
    // A file without questions has its events told.
    if model.questions.is_empty() {
        // What is decided and what it is worth is no forecast.
        let decided = |at: usize| {
            let id = EventId(at);
            model.utilities.contains(&id) || model.decisions.iter().any(|decision| decision.event == id)
        };
        let events = report.events.iter().zip(&model.events).enumerate().filter(|(at, _)| !decided(*at));
        let events = events.map(|(at, (found, event))| QuestionInWords {
            id: found.id.clone(),
            ask: found.ask.clone().unwrap_or_else(|| names::in_words(&found.id)),
            closes: model.horizon,
            resolves: None,
            lines: in_words(&found.figures, event.unit.as_deref(), model.horizon, doubts.of_event(at), lexicon),
            outcome: None,
            unheard: None,
        });
        groups.push(QuestionGroup { tag: "events".to_owned(), questions: events.collect() });
    }
    (groups, closed)
}

pub(super) fn resolution(of: &Resolution) -> String {
    match of {
        Resolution::Yes => "yes".to_owned(),
        Resolution::No => "no".to_owned(),
        Resolution::Option(option) => names::in_words(option),
        Resolution::Value(value) => thousands_apart(&figure::significant(*value, 6)),
        Resolution::Date(day) => day_in_words(*day),
        Resolution::BelowBound => "below its range".to_owned(),
        Resolution::AboveBound => "above its range".to_owned(),
        Resolution::Annulled => "annulled".to_owned(),
    }
}

/// How past forecasts turned out; nothing where no yes/no question has resolved.
pub(super) fn record(records: &Records) -> Option<Record> {
    let all = standings(records, |_| true);
    let brier = rule("brier")?;
    let scores = summarise(&all, &[brier], Group::Forecaster);
    let settings = CalibrationSettings { counted: Counted::AllResolved, ..CalibrationSettings::default() };
    let found = calibration_report(records, &all, &streams(records, |_| true), settings);
    if scores.rows.is_empty() {
        return None;
    }
    let rows: Vec<RecordRow> = scores
        .rows
        .iter()
        .map(|row| {
            let calibration = found.rows.iter().find(|one| one.forecaster == row.forecaster);
            RecordRow {
                forecaster: row.forecaster.clone(),
                questions: row.questions,
                clusters: row.clusters,
                brier: row.mean,
                standard_error: row.standard_error,
                stated_and_observed: calibration.map(|one| (one.in_the_large.stated, one.in_the_large.observed)),
            }
        })
        .collect();
    let mut remarks = Vec::new();
    if rows.len() > 1 {
        remarks.push(
            "Rows are means over different questions and times, so they cannot be set against each other; a comparison on shared questions (foretell compare) can."
                .to_owned(),
        );
    }
    if rows.iter().any(|row| row.clusters < 5) {
        remarks.push(
            "Questions of one cluster share one draw of history: with fewer than five clusters the record cannot tell yet who forecasts well."
                .to_owned(),
        );
    }
    let names: BTreeSet<&str> = rows.iter().map(|row| row.forecaster.as_str()).collect();
    let panels: Vec<Panel> = found
        .rows
        .iter()
        .filter(|row| names.contains(row.forecaster.as_str()) && row.questions >= 10)
        .take(2)
        .map(|row| Panel {
            consistency: &row.band,
            confidence: &row.confidence,
            ..Panel::new(&row.forecaster, row.sample.points())
        })
        .collect();
    let picture = (!panels.is_empty()).then(|| reliability_diagram(&panels, ReliabilityAxis::Share));
    let resolved = records.outcomes.len();
    let what = format!(
        "From {} of {}; the Brier score is the mean squared distance of what was said from what happened, over the time each forecast stood (0 is perfect, 0.25 is always saying even).",
        if rows.len() == 1 {
            "the forecasts".to_owned()
        } else {
            format!("the forecasts of {} forecasters", rows.len())
        },
        counted(resolved, "resolved question")
    );
    Some(Record { what, rows, remarks, picture })
}

/// Why there is no record.
pub(super) fn no_record(records: Option<&Records>, as_of: Date) -> String {
    match records {
        None => "No ledger and no table of forecasts was named (--ledger), so that nothing is known of past forecasts."
            .to_owned(),
        Some(_) => format!("No yes/no question with a recorded forecast had resolved by {}.", day_in_words(as_of)),
    }
}

/// How the figures came about.
pub(super) fn method(report: &RunReport, curves: Option<String>, lexicon: &Lexicon) -> Vec<(String, String)> {
    let fact = |what: &str, how: String| (what.to_owned(), how);
    let mut facts = vec![
        fact("As of", report.as_of.to_string()),
        fact(
            "Worlds",
            match report.worlds {
                0 => "none: every figure is computed".to_owned(),
                worlds => figure::grouped(worlds),
            },
        ),
        fact("Seed", report.seed.to_string()),
        fact("Method", report.method.clone()),
    ];
    if let Some(chance) = report.probability_of_evidence {
        facts.push(fact("Chance of what is known", figure::significant(chance, 4)));
        facts.push(fact("Equally weighted worlds", figure::grouped(report.effective_sample_size.round() as u64)));
    }
    facts.extend(report.given.iter().map(|text| fact("Given", text.clone())));
    facts.extend(report.suppose.iter().map(|text| fact("Supposed", text.clone())));
    facts.extend(curves.map(|how| fact("Curves", how)));
    facts.push(fact("Words", lexicon.name.clone()));
    facts.push(fact("Engine", format!("foretell {}", report.engine)));
    facts.push(fact("File", format!("SHA-256 {}", report.scenario_hash)));
    facts
}

/// What is stated of each event, as written.
pub(super) fn stated(loaded: &Loaded) -> Vec<Input> {
    let table: toml::Table = loaded.source.text().parse().unwrap_or_default();
    let events = table.get("event").and_then(toml::Value::as_table);
    let input = |event: &crate::model::Event| {
        let written = events.and_then(|events| events.get(&event.name)).and_then(toml::Value::as_table);
        let text =
            |key: &str| written.and_then(|table| table.get(key)).and_then(toml::Value::as_str).map(str::to_owned);
        let told =
            written.into_iter().flatten().filter(|(key, _)| !["ask", "why", "source", "unit"].contains(&key.as_str()));
        Input {
            event: event.name.clone(),
            ask: event.ask.clone(),
            stated: told.map(|(key, value)| format!("{key}: {}", plain(value))).collect(),
            why: text("why"),
        }
    };
    loaded.model.events.iter().map(input).collect()
}

/// A value of the file without the signs of TOML.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join("; "),
        toml::Value::Table(table) => {
            table.iter().map(|(key, value)| format!("{key}: {}", plain(value))).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{ForecastRecord, Moment, Outcome};

    #[test]
    fn a_brief_knows_nothing_that_came_after_its_day() {
        let day = |day| Moment::Day(jiff::civil::date(2025, 10, day));
        let forecast = |at| ForecastRecord {
            question: "q".to_owned(),
            forecaster: "ann".to_owned(),
            made_at: day(at),
            forecast: Forecast::Binary { probability: 0.5 },
            provenance: None,
            until: None,
            curve: None,
        };
        let outcome =
            |at| Outcome { question: "q".to_owned(), resolution: Resolution::Yes, resolved_on: day(at), source: None };
        let mut records = Records { forecasts: vec![forecast(19), forecast(21)], ..Records::default() };
        records.outcomes.insert("a".to_owned(), outcome(20));
        records.outcomes.insert("b".to_owned(), outcome(21));
        let seen = up_to(records, jiff::civil::date(2025, 10, 20));
        assert_eq!((seen.forecasts.len(), seen.outcomes.len()), (1, 1));
        assert!(seen.outcomes.contains_key("a"));
    }
}
