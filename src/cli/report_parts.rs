//! The parts of a brief, from a run, its replays, a difference and records.

use super::diff;
use super::load::{Loaded, View};
use super::means::{Choice, Means, Voice};
use super::report_resolved::unheard;
use super::run::once;
use crate::brief::{
    Because, Changes, Doubtful, Input, Lexicon, Move, NewsItem, QuestionGroup, QuestionInWords, Record, RecordRow,
    asked, day_in_words, in_words,
};
use crate::calibrate::{
    CalibrationSettings, Counted, Panel, ReliabilityAxis, calibration_report, reliability_diagram, streams,
};
use crate::diagnostic::counted;
use crate::diff::{Diff, Effect, FigureKind, Options, QuestionMoved};
use crate::error::Error;
use crate::forecast::{Forecast, Records, Resolution};
use crate::model::{Formula, Model, QuestionTarget};
use crate::plan::{self, Situation};
use crate::report::figure;
use crate::report::run::RunReport;
use crate::scenario::names;
use crate::score::{Group, rule, standings, summarise};
use crate::simulate::Settings;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Worlds of an earlier day.
pub(super) const WORLDS_OF_A_DAY: u64 = 100_000;
/// What moved by less than this is not told.
const LEAST_MOVE: f64 = 0.01;
/// Moves that are told.
const MOST_MOVES: usize = 8;
/// Causes of a move that are told.
const MOST_CAUSES: usize = 4;

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

/// Against what is looked for moves.
pub(super) enum Moved {
    Since(Date),
    Against(Box<Loaded>),
}

/// What moved by a point and more, and by what.
pub(super) fn changes(
    loaded: &Loaded,
    report: &RunReport,
    moved: Moved,
    settings: &Settings,
) -> Result<Option<Changes>, Error> {
    let (old, from, between) = match &moved {
        Moved::Since(since) if *since >= report.as_of => return Ok(None),
        Moved::Since(since) => {
            let between = format!("From {} to {}", day_in_words(*since), day_in_words(report.as_of));
            (loaded, *since, between)
        }
        Moved::Against(old) => {
            let between = format!("From {} to {}", old.written.name(), loaded.written.name());
            (old.as_ref(), report.as_of.max(old.model.as_of), between)
        }
    };
    let quick =
        Settings { worlds: WORLDS_OF_A_DAY, doubt_draws: 0, stop: crate::simulate::Stop::AtWorlds, ..*settings };
    let view = View { as_of: Some(from), given: report.given.clone(), suppose: Vec::new() };
    let before = once(old, &view, &quick, Means::Choose, Voice::of(from))?;
    let candidates = candidates(&before, report);
    let still = report.questions.len() - candidates.len();
    if candidates.is_empty() {
        return Ok(Some(Changes { between, moved: Vec::new(), still }));
    }
    let options = Options {
        only: &candidates,
        most_cells: diff::most_cells(Choice::Auto),
        settings: Settings { seed: settings.seed, ..Settings::default() },
        worlds: None,
        given: &report.given,
        orders: 16,
    };
    let found = diff::compare((old, from), (loaded, report.as_of), &options)?;
    let mut moved: Vec<Move> =
        found.questions.iter().flat_map(|question| moves(&found, question, report, &loaded.model)).collect();
    moved.sort_by(|a, b| (b.new - b.old).abs().total_cmp(&(a.new - a.old).abs()).then_with(|| a.id.cmp(&b.id)));
    moved.truncate(MOST_MOVES);
    Ok(Some(Changes { between, moved, still }))
}

/// Names of the questions whose chances moved most.
fn candidates(before: &RunReport, now: &RunReport) -> Vec<String> {
    let chances = |forecast: &Option<Forecast>| match forecast {
        Some(Forecast::Binary { probability }) => vec![*probability],
        Some(Forecast::Categorical { probabilities, .. }) => probabilities.clone(),
        _ => Vec::new(),
    };
    let mut moved: Vec<(&str, f64)> = now
        .questions
        .iter()
        .filter_map(|question| {
            let old = before.questions.iter().find(|old| old.id == question.id)?;
            let pairs = chances(&old.figures.forecast).into_iter().zip(chances(&question.figures.forecast));
            let largest = pairs.map(|(old, new)| (new - old).abs()).fold(0.0, f64::max);
            (largest >= LEAST_MOVE).then_some((question.id.as_str(), largest))
        })
        .collect();
    moved.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    moved.into_iter().map(|(id, _)| id.to_owned()).collect()
}

/// The chance that the brief's table has of a part of a question.
fn in_table(forecast: Option<&Forecast>, part: &str) -> Option<f64> {
    match forecast? {
        Forecast::Binary { probability } if part == "yes" => Some(*probability),
        Forecast::Categorical { options, probabilities } => {
            options.iter().position(|option| option == part).and_then(|at| probabilities.get(at).copied())
        }
        Forecast::Date { never, .. } if part == "never" => Some(*never),
        _ => None,
    }
}

/// What stands as before and now: now as in the table, whose worlds are not those of the difference, and before by how far it moved. What was certain
/// before stays so.
fn before_and_now(old: f64, new: f64, moved: f64, in_table: Option<f64>) -> (f64, f64) {
    let now = in_table.unwrap_or(new);
    if old <= 0.0 || old >= 1.0 { (old, now) } else { ((now - moved).clamp(0.0, 1.0), now) }
}

/// The moves of a question: of yes, or of each option that moved.
fn moves(found: &Diff, question: &QuestionMoved, report: &RunReport, model: &Model) -> Vec<Move> {
    let now = report.questions.iter().find(|one| one.id == question.id);
    let ask = now.map_or("", |one| one.ask.as_str());
    let told = question.figures.iter().filter(|one| one.kind == FigureKind::Chance);
    told.filter_map(|one| {
        let (old, new) = (one.old?, one.new?);
        let moved = one.moved.unwrap_or(new - old);
        if moved.abs() < LEAST_MOVE {
            return None;
        }
        let ask = if one.part == "yes" { ask.to_owned() } else { asked(ask, &one.part) };
        let mut causes: Vec<&Effect> = one.effects.iter().filter(|effect| effect.told_apart).collect();
        causes.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()).then(a.change.cmp(&b.change)));
        let mut because: Vec<Because> = causes
            .iter()
            .take(MOST_CAUSES)
            .filter(|effect| effect.value.abs() >= LEAST_MOVE / 4.0)
            .map(|effect| {
                let change = &found.changes[effect.change];
                let reason = change.edits.iter().find_map(|edit| edit.reason.clone());
                Because {
                    what: whole(reason.unwrap_or_else(|| change.what.clone()), model),
                    effect: effect.value,
                    standard_error: effect.standard_error,
                }
            })
            .collect();
        let rest: f64 = moved - because.iter().map(|cause| cause.effect).sum::<f64>();
        if !because.is_empty() && rest.abs() >= LEAST_MOVE / 2.0 {
            because.push(Because { what: "all else".to_owned(), effect: rest, standard_error: one.moved_error });
        }
        let table = in_table(now.and_then(|one| one.figures.forecast.as_ref()), &one.part);
        let (old, new) = before_and_now(old, new, moved, table);
        Some(Move { id: question.id.clone(), ask, old, new, standard_error: one.moved_error, because })
    })
    .collect()
}

/// What news says in full, where a difference has it cut short.
fn whole(told: String, model: &Model) -> String {
    let Some(start) = told.strip_suffix('…') else { return told };
    let says = model.news.iter().filter_map(|news| news.says.as_ref()).find(|says| says.starts_with(start.trim_end()));
    says.cloned().unwrap_or(told)
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
        let events = report.events.iter().zip(&model.events).enumerate();
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
        Resolution::Value(value) => figure::significant(*value, 6),
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

    #[test]
    fn what_changed_has_the_figure_of_the_table() {
        // 41.8 % in the table, 43.1 % in the worlds of the difference, which moved by 6.1 points.
        let (before, now) = before_and_now(0.37, 0.431, 0.061, Some(0.418));
        assert_eq!(now, 0.418);
        assert!((now - before - 0.061).abs() < 1e-12);
        assert_eq!(before_and_now(1.0, 0.431, -0.569, Some(0.418)), (1.0, 0.418), "certain it was, and stays");
        assert_eq!(before_and_now(0.37, 0.431, 0.061, None).1, 0.431);
        let which = Forecast::Categorical {
            options: vec!["talks".to_owned(), "war".to_owned()],
            probabilities: vec![0.3, 0.7],
        };
        assert_eq!((in_table(Some(&which), "war"), in_table(Some(&which), "yes")), (Some(0.7), None));
        assert_eq!(in_table(Some(&Forecast::Binary { probability: 0.2 }), "yes"), Some(0.2));
    }
}
