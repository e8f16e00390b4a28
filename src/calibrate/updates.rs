//! A forecaster's histories, question by question, and the martingale test of them.

use super::early::latest_day;
use super::groups::{Key, groups_of};
use super::movement::{Movement, MovementCase, MovementTest, movement_test};
use super::report::{CalibrationSettings, Counted};
use crate::forecast::{Forecast, ForecastRecord, Moment, Records, Resolution, groups_nothing};
use crate::score::{Life, label};
use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// With fewer clusters nothing is said of somebody's updates.
const FEWEST_CLUSTERS: usize = 5;
/// How rare a finding is for beliefs that are a martingale.
const LEVEL: f64 = 0.05;

/// What one forecaster said of one yes/no question, one forecast after another.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// The question's id.
    pub question: String,
    /// The forecaster.
    pub forecaster: String,
    /// What the question shares its fate with: its cluster if it names one, itself otherwise.
    pub cluster: String,
    /// The question's tags, without those that say a time of it or name an aggregate.
    pub tags: Vec<String>,
    /// When, in days since 1970-01-01, and the probability of yes: those that counted, of one moment the one recorded last. Never empty.
    pub said: Vec<(f64, f64)>,
    /// Whether it came true, if that is known.
    pub answer: Option<bool>,
}

/// The streams of forecasters whom `keep` names, on yes/no questions that resolved or are open; an annulled question has none.
///
/// On a question that resolved the forecasts count that were made before it closed and resolved, on an open one those made by its close.
#[must_use]
pub fn streams(records: &Records, keep: impl Fn(&str) -> bool) -> Vec<Stream> {
    let mut by_pair: IndexMap<(&str, &str), Vec<(&ForecastRecord, f64)>> = IndexMap::new();
    for record in records.forecasts.iter().filter(|record| keep(&record.forecaster)) {
        if let Forecast::Binary { probability } = record.forecast
            && (0.0..=1.0).contains(&probability)
        {
            by_pair.entry((&record.forecaster, &record.question)).or_default().push((record, probability));
        }
    }
    let mut streams = Vec::new();
    for ((forecaster, id), mut made) in by_pair {
        let Some(question) = records.questions.get(id) else { continue };
        let answer = match records.outcomes.get(id).map(|outcome| (outcome, &outcome.resolution)) {
            None => {
                made.retain(|(record, _)| question.closes.is_none_or(|closes| record.made_at.day() <= closes));
                None
            }
            Some((outcome, Resolution::Yes | Resolution::No)) => {
                let life = Life::new(question, outcome);
                made.retain(|(record, _)| life.counts(record.made_at));
                Some(outcome.resolution == Resolution::Yes)
            }
            Some(_) => continue,
        };
        // Stable: of two forecasts of one moment the one recorded later stands.
        made.sort_by(|a, b| a.0.made_at.epoch_days().total_cmp(&b.0.made_at.epoch_days()));
        let mut said: Vec<(f64, f64)> = Vec::new();
        for (record, probability) in made {
            let when = record.made_at.epoch_days();
            match said.last_mut() {
                Some(last) if last.0 >= when => last.1 = probability,
                _ => said.push((when, probability)),
            }
        }
        if !said.is_empty() {
            streams.push(Stream {
                question: id.to_owned(),
                forecaster: forecaster.to_owned(),
                cluster: question.cluster.clone().unwrap_or_else(|| id.to_owned()),
                tags: question.tags.iter().filter(|tag| !groups_nothing(tag)).cloned().collect(),
                said,
                answer,
            });
        }
    }
    streams
}

/// Where a stream ends for the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// At the answer, 1 or 0, of the questions that resolved.
    Answer,
    /// At the answer where it is known, and at the last forecast where the question is open.
    Now,
    /// At the last forecast before the answer: what the changes of mind alone contribute to the first.
    LastWord,
}

/// What a test says of somebody's updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UpdateFinding {
    /// They move more than they learn: news is taken for more than it is, or there is noise.
    TooMuch,
    /// They move less than they learn: news is taken for less than it is.
    TooLittle,
    /// Neither is shown, or there are fewer than five clusters.
    CannotTell,
}

/// The test of one forecaster's updates.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct UpdateRow {
    /// The tag, source, horizon or period, when the account is by one of them.
    pub of: Option<String>,
    /// The forecaster.
    pub forecaster: String,
    /// Where the streams end.
    pub until: Until,
    /// Changes of forecasts among them, the step to the answer not counted.
    pub updates: usize,
    /// The figures.
    pub test: MovementTest,
    /// What they say; absent up to the last word, where a sudden answer cuts off streams as they fall and too little is no fault by itself.
    pub finding: Option<UpdateFinding>,
}

/// One question's part of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    stated: Movement,
    last: Movement,
    /// The first forecast.
    first: f64,
    updates: usize,
}

/// The martingale test of each forecaster, or of each group, that has a forecast that was changed, in the order of the groups.
///
/// Steps add up, so by horizon and period each step counts where the forecast from which it starts was made, which was known before the
/// step. Questions whose scheduled close lies ahead count as the settings say, except up to [`Until::Now`]: there all count, open and
/// resolved, since a fixed day is a fair place to stop if the records hold the open questions, too.
#[must_use]
pub fn update_rows(records: &Records, streams: &[Stream], settings: CalibrationSettings) -> Vec<UpdateRow> {
    let as_of = settings.as_of.or_else(|| latest_day(records));
    let mut groups: BTreeMap<Key, Vec<(&Stream, Part)>> = BTreeMap::new();
    for stream in streams {
        for (of, part) in parts(stream, records, settings) {
            groups.entry((of, stream.forecaster.clone())).or_default().push((stream, part));
        }
    }
    let mut rows = Vec::new();
    for ((of, forecaster), members) in groups {
        if members.iter().all(|(_, part)| part.updates == 0) {
            continue;
        }
        let has_open = members.iter().any(|(stream, _)| stream.answer.is_none());
        for until in [Until::Answer, Until::Now, Until::LastWord] {
            if until == Until::Now && !has_open {
                continue;
            }
            let counts = |stream: &Stream| {
                until == Until::Now || (stream.answer.is_some() && is_counted(stream, records, settings, as_of))
            };
            let kept: Vec<&(&Stream, Part)> = members.iter().filter(|(stream, _)| counts(stream)).collect();
            let clusters = label(kept.iter().map(|(stream, _)| stream.cluster.as_str()));
            let case = |((_, part), cluster): (&&(&Stream, Part), usize)| {
                let movement = if until == Until::LastWord { part.stated } else { part.stated.and(part.last) };
                MovementCase { movement, first: part.first, cluster }
            };
            let cases: Vec<MovementCase> = kept.iter().zip(clusters).map(case).collect();
            let Some(test) = movement_test(&cases, settings.level) else { continue };
            rows.push(UpdateRow {
                of: of.as_ref().map(|(_, name)| name.clone()),
                forecaster: forecaster.clone(),
                until,
                updates: kept.iter().map(|(_, part)| part.updates).sum(),
                finding: (until != Until::LastWord).then(|| finding(&test)),
                test,
            });
        }
    }
    rows
}

/// The steps of a stream by the groups that they belong to.
fn parts(stream: &Stream, records: &Records, settings: CalibrationSettings) -> BTreeMap<Option<(usize, String)>, Part> {
    let question = records.questions.get(&stream.question);
    let mut parts: BTreeMap<Option<(usize, String)>, Part> = BTreeMap::new();
    for (at, (made, from)) in stream.said.iter().enumerate() {
        for of in groups_of(settings.by, &stream.tags, question, *made) {
            let part = parts.entry(of).or_insert_with(|| Part { first: *from, ..Part::default() });
            match (stream.said.get(at + 1), stream.answer) {
                (Some((_, to)), _) => {
                    part.stated = part.stated.and(Movement::of_step(*from, *to));
                    part.updates += usize::from(to.to_bits() != from.to_bits());
                }
                (None, Some(answer)) => {
                    part.last = part.last.and(Movement::of_step(*from, f64::from(u8::from(answer))));
                }
                (None, None) => {}
            }
        }
    }
    parts
}

/// Whether a resolved question counts: its scheduled close has passed, or all do.
fn is_counted(stream: &Stream, records: &Records, settings: CalibrationSettings, as_of: Option<Date>) -> bool {
    let closes = records.questions.get(&stream.question).and_then(|question| question.closes);
    let passed =
        |closes: Date| as_of.is_none_or(|day| Moment::Day(closes).epoch_days() <= Moment::Day(day).epoch_days());
    settings.counted == Counted::AllResolved || closes.is_none_or(passed)
}

fn finding(test: &MovementTest) -> UpdateFinding {
    match test.p {
        Some(p) if p < LEVEL && test.clusters >= FEWEST_CLUSTERS => {
            if test.excess > 0.0 {
                UpdateFinding::TooMuch
            } else {
                UpdateFinding::TooLittle
            }
        }
        _ => UpdateFinding::CannotTell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::CalibrationGroup;
    use crate::forecast::tidy::TidyFile;

    const QUESTIONS: &str = "id,kind,opens,closes,cluster,tags\n\
        rain,binary,,2025-03-01,weather,source=met\nvote,binary,,2025-03-01,,\nopen,binary,,2025-06-01,,\n\
        early,binary,,2025-06-01,,\nvoid,binary,,2025-03-01,,\n";
    const OUTCOMES: &str = "question,resolution,resolved_on\n\
        rain,yes,2025-02-20\nvote,no,2025-03-02\nearly,yes,2025-02-10\nvoid,annulled,2025-03-02\n";
    const FORECASTS: &str = "question,forecaster,made_at,probability\n\
        rain,ada,2025-01-01,0.5\nrain,ada,2025-02-01,0.7\nrain,ada,2025-02-10,0.4\nrain,ada,2025-02-20,1\n\
        vote,ada,2025-01-05,0.3\nvote,ada,2025-01-05,0.25\nvote,ada,2025-01-20,0.25\n\
        open,ada,2025-01-05,0.2\nopen,ada,2025-02-05,0.1\nopen,ada,2025-06-02,0.9\n\
        early,ada,2025-01-05,0.5\nearly,ada,2025-01-06,0.6\n\
        void,ada,2025-01-05,0.5\nvoid,ada,2025-01-06,0.6\nvote,ben,2025-01-05,0.5\n";

    fn records() -> Records {
        let mut records = Records::default();
        let file = |text: &str| TidyFile::from_text("a.csv", text).expect("a table");
        file(QUESTIONS).questions(&mut records).expect("questions");
        file(FORECASTS).forecasts(&mut records).expect("forecasts");
        let (outcomes, _) = file(OUTCOMES).outcomes(&records).expect("outcomes");
        records.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
        records
    }

    fn rows(settings: CalibrationSettings) -> Vec<UpdateRow> {
        let records = records();
        update_rows(&records, &streams(&records, |_| true), settings)
    }

    #[test]
    fn what_counts_is_what_was_said_in_time_and_of_one_moment_the_last() {
        let records = records();
        let found = streams(&records, |name| name == "ada");
        let said = |id: &str| {
            let stream = found.iter().find(|stream| stream.question == id).expect("it has a stream");
            (stream.said.iter().map(|(_, p)| *p).collect::<Vec<f64>>(), stream.answer)
        };
        assert_eq!(said("rain"), (vec![0.5, 0.7, 0.4], Some(true)));
        assert_eq!(said("vote"), (vec![0.25, 0.25], Some(false)));
        assert_eq!(said("open"), (vec![0.2, 0.1], None));
        assert_eq!(found.len(), 4, "an annulled question has none");
    }

    #[test]
    fn each_way_to_end_counts_its_questions_and_nobody_without_a_change_has_a_row() {
        let as_of = Some(jiff::civil::date(2025, 4, 1));
        let found = rows(CalibrationSettings { as_of, ..CalibrationSettings::default() });
        assert!(found.iter().all(|row| row.forecaster == "ada"));
        let figures: Vec<(Until, usize, usize)> =
            found.iter().map(|row| (row.until, row.test.questions, row.updates)).collect();
        assert_eq!(figures, [(Until::Answer, 2, 2), (Until::Now, 4, 4), (Until::LastWord, 2, 2)]);
        // rain: 0.49 moved of 0.25; vote: 0.0625 of 0.1875; open: 0.01 of 0.07; early: 0.01 + 0.16 of 0.25.
        assert!((found[0].test.movement - 0.5525 / 2.0).abs() < 1e-15);
        assert!((found[1].test.movement - (0.5525 + 0.01 + 0.17) / 4.0).abs() < 1e-15);
        assert!((found[1].test.reduction - (0.4375 + 0.07 + 0.25) / 4.0).abs() < 1e-15);
        assert!((found[2].test.movement - 0.13 / 2.0).abs() < 1e-15, "{:?}", found[2]);
        assert_eq!((found[0].finding, found[2].finding), (Some(UpdateFinding::CannotTell), None));
        let all = rows(CalibrationSettings { as_of, counted: Counted::AllResolved, ..CalibrationSettings::default() });
        assert_eq!(all[0].test.questions, 3);
    }

    #[test]
    fn by_month_each_step_counts_where_it_starts_and_the_steps_add_up() {
        let settings = CalibrationSettings { counted: Counted::AllResolved, ..CalibrationSettings::default() };
        let whole = rows(settings);
        let parts = rows(CalibrationSettings { by: CalibrationGroup::Month, ..settings });
        let sum = |rows: &[UpdateRow], until: Until| {
            let of = rows.iter().filter(|row| row.until == until);
            of.map(|row| row.test.excess * row.test.questions as f64).sum::<f64>()
        };
        for until in [Until::Answer, Until::LastWord] {
            assert!((sum(&whole, until) - sum(&parts, until)).abs() < 1e-12, "{until:?}: {parts:?}");
        }
        assert_eq!(parts[0].of.as_deref(), Some("2025-01"));
        let source = rows(CalibrationSettings { by: CalibrationGroup::Source, ..settings });
        assert_eq!((source.len(), source[0].test.questions), (2, 1));
    }

    /// The same sixty questions in four and in six clusters.
    #[test]
    fn a_finding_needs_five_clusters_and_a_rare_excess() {
        let wild = |clusters: usize| {
            let of = |at: usize| {
                let answer = f64::from(u8::from(at.is_multiple_of(2)));
                MovementCase::of_path(&[0.5, 0.9, 0.3 + 0.001 * at as f64, answer], at % clusters)
            };
            let cases: Vec<MovementCase> = (0..60).filter_map(of).collect();
            finding(&movement_test(&cases, 0.95).expect("sixty"))
        };
        assert_eq!((wild(4), wild(6)), (UpdateFinding::CannotTell, UpdateFinding::TooMuch));
    }
}
