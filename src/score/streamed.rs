//! Mean scores of forecasts that come in batches, without keeping them.
//!
//! [`StreamedScores`] holds what became of each question and, for each forecaster and rule, a few sums; it makes the [`Report`] that
//! [`summarise`] makes of records. For that each forecaster has one forecast a question: forecasts that change are weighted by how long
//! they stood, and need all of them side by side, which [`GatheredForecasts`] brings about.
//!
//! Memory is a few words for each question, a bit for each forecaster and question, and a sum for each forecaster, rule and cluster of
//! several questions.
//!
//! Sums do not depend on the order of the rows ([`FixedSum`]), so that parts of the rows may be scored on many machines and put together to the same
//! bits ([`ScorePart`]).
//!
//! [`ScorePart`]: super::ScorePart
//! [`summarise`]: super::summarise
//! [`GatheredForecasts`]: super::GatheredForecasts

use super::evaluate::{Excluded, Reason, TimeMean};
use super::life::Life;
use super::rule::{Case, Floor, ScoringRule};
use super::running::{Bits, RunningMean};
use super::streamed_part::OutcomesTold;
use super::summary::{Group, Report, Row, SCORE_SCHEMA, Weigh, describe};
use crate::error::Error;
use crate::forecast::stream::{Batch, Latest, Names};
use crate::forecast::{Moment, QuestionKind, Records, Resolution};
use crate::hash::sha256;
use crate::math::FixedSum;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

/// A cluster of one question.
const ALONE: u32 = u32::MAX;

/// A name of a batch that was not looked up yet.
const UNKNOWN: u32 = u32::MAX;

/// A forecaster who is of no interest.
const PASSED: u32 = u32::MAX - 1;

/// How many bits, of each forecaster and question, are kept at most: 512 MB.
const MOST_PAIRS: usize = 1 << 32;

/// Rows that are scored side by side: few enough to stay in a cache.
const ROWS: usize = 4096;

/// Rows that count, and what rules score of them.
#[derive(Debug, Default)]
struct Counted {
    rows: Vec<CountedRow>,
    probabilities: Vec<f64>,
    happened: Vec<bool>,
}

impl Counted {
    fn clear(&mut self) {
        self.rows.clear();
        self.probabilities.clear();
        self.happened.clear();
    }
}

/// A row that counts: where it stands in its batch, whose it is, the question's cluster, for how many days it stood and which share of its question's life.
#[derive(Debug)]
struct CountedRow {
    row: usize,
    person: u32,
    cluster: u32,
    days: f64,
    coverage: Option<f64>,
}

/// The questions that are defined beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Definitions {
    /// How many.
    pub(super) count: u32,
    /// SHA-256 of what they and their outcomes are.
    pub(super) digest: String,
}

impl Definitions {
    fn of(records: &Records) -> Self {
        let whole = serde_json::to_vec(&(&records.questions, &records.outcomes)).unwrap_or_default();
        Self { digest: sha256(&whole), ..Self::uncompared(records) }
    }

    /// Of scores that are not put together with others.
    fn uncompared(records: &Records) -> Self {
        Self { count: records.questions.len() as u32, digest: String::new() }
    }
}

/// What became of a question.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// It resolved: its life, the answer, its cluster.
    Resolved { life: Life, happened: bool, cluster: u32 },
    /// None of its forecasts can be scored.
    Without(Reason),
    /// It takes other forecasts than a probability of yes.
    OtherKind(&'static str),
}

/// Running scores.
#[derive(Debug)]
pub struct StreamedScores {
    pub(super) rules: Vec<&'static dyn ScoringRule>,
    pub(super) questions: HashMap<String, u32>,
    fates: Vec<Fate>,
    pub(super) forecasters: HashMap<String, u32>,
    pub(super) people: Vec<Person>,
    /// How many questions are defined, and what they come to.
    pub(super) definitions: Definitions,
    /// By forecaster, rule and cluster of several questions: how many, and the sum of their scores.
    pub(super) shared: HashMap<(u32, u32, u32), (u32, FixedSum)>,
    pub(super) left_out: BTreeMap<Reason, (usize, Bits)>,
    /// Questions on which something stood.
    stood: Bits,
    /// Of what parts say: questions on which something stood, by their scheduled close.
    pub(super) closing: BTreeMap<Date, Bits>,
    /// Of the moments of all rows, and of what else was added to them.
    latest: Latest,
    /// What tables of outcomes hold that is not taken.
    pub(super) told: OutcomesTold,
    /// Of the questions known by their outcomes alone, those that no row names; `None` where that is not told.
    pub(super) unmet: Option<Bits>,
    pairs: usize,
    changes: bool,
    pairs_beside: usize,
    may_repeat: bool,
    /// Forecasters of no interest.
    pub(super) passed: BTreeSet<String>,
}

/// How many of them are looked at for forecasts that do not count: 128 MB.
const MOST_PAIRS_BESIDE: usize = MOST_PAIRS / 4;

/// One forecaster.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: String,
    /// Which questions were answered in time.
    pub(super) answered: Bits,
    /// Which questions have a forecast that does not count: they have not resolved or were annulled, or it came too late.
    beside: Bits,
    /// By rule.
    pub(super) sums: Vec<RunningMean>,
}

impl StreamedScores {
    /// Nothing yet, under rules for yes/no forecasts, of the questions and outcomes of these records; their forecasts are not looked at.
    #[must_use]
    pub fn new(records: &Records, rules: &[&'static dyn ScoringRule]) -> Self {
        let mut sizes: HashMap<&str, (u32, u32)> = HashMap::new();
        for question in records.questions.values() {
            if let Some(cluster) = &question.cluster {
                let next = sizes.len() as u32;
                sizes.entry(cluster).or_insert((next, 0)).1 += 1;
            }
        }
        let mut questions = HashMap::with_capacity(records.questions.len());
        let mut fates = Vec::with_capacity(records.questions.len());
        for (id, question) in &records.questions {
            questions.insert(id.clone(), fates.len() as u32);
            fates.push(match records.outcomes.get(id) {
                _ if question.kind != QuestionKind::Binary => Fate::OtherKind(question.kind.name()),
                None => Fate::Without(Reason::Unresolved),
                Some(outcome) => {
                    let life = Life::new(question, outcome);
                    let named = question.cluster.as_deref().and_then(|cluster| sizes.get(cluster));
                    let cluster = named.filter(|(_, size)| *size > 1).map_or(ALONE, |(number, _)| *number);
                    match outcome.resolution {
                        Resolution::Yes => Fate::Resolved { life, happened: true, cluster },
                        Resolution::No => Fate::Resolved { life, happened: false, cluster },
                        Resolution::Annulled => Fate::Without(Reason::Annulled),
                        _ => Fate::Without(Reason::OutcomeDoesNotFit),
                    }
                }
            });
        }
        Self {
            rules: rules.to_vec(),
            questions,
            fates,
            forecasters: HashMap::new(),
            people: Vec::new(),
            definitions: Definitions::uncompared(records),
            shared: HashMap::new(),
            left_out: BTreeMap::new(),
            stood: Bits::default(),
            closing: BTreeMap::new(),
            latest: Latest::default(),
            told: OutcomesTold::default(),
            unmet: None,
            pairs: 0,
            changes: false,
            pairs_beside: 0,
            may_repeat: false,
            passed: BTreeSet::new(),
        }
    }

    /// [`StreamedScores::new`] of scores that become a [`ScorePart`](super::ScorePart), which says what its questions and outcomes are.
    #[must_use]
    pub fn of_part(records: &Records, rules: &[&'static dyn ScoringRule]) -> Self {
        Self { definitions: Definitions::of(records), ..Self::new(records, rules) }
    }

    /// Adds the forecasts of a batch by those whom `keep` names; `file` is named where a row cannot be.
    ///
    /// # Errors
    /// If a forecaster has a second forecast of a question that counts, a question takes other forecasts, a rule has no score for a
    /// probability, or there are too many pairs of forecaster and question.
    pub fn add(&mut self, batch: &Batch, file: &str, keep: &impl Fn(&str) -> bool) -> Result<(), Error> {
        let mut question_of = vec![UNKNOWN; batch.questions.texts()];
        let mut person_of = vec![UNKNOWN; batch.forecasters.texts()];
        let missing =
            |row: usize| Error::input(format!("{file}:{}: the row names no question or nobody", batch.line(row)));
        let mut counted = Counted::default();
        batch.made_at.iter().for_each(|made_at| self.latest.add(*made_at));
        for first in (0..batch.len()).step_by(ROWS) {
            counted.clear();
            let put = |row: usize| {
                let code = batch.forecasters.codes()[row];
                let slot = person_of.get_mut(code as usize).ok_or_else(|| missing(row))?;
                if *slot == UNKNOWN {
                    *slot = self.person(&batch.forecasters, code, keep);
                }
                let person = *slot;
                if person == PASSED {
                    return Ok(());
                }
                let code = batch.questions.codes()[row];
                let slot = question_of.get_mut(code as usize).ok_or_else(|| missing(row))?;
                if *slot == UNKNOWN {
                    *slot = self.question(batch.questions.text(code));
                }
                let (made_at, probability) = (batch.made_at[row], batch.probabilities[row]);
                self.count(person, *slot, made_at, probability, row, &mut counted).map_err(|problem| {
                    let who = &self.people[person as usize].name;
                    problem.told(file, batch.line(row), batch.questions.text(code), who)
                })
            };
            let gone_through = (first..batch.len().min(first + ROWS)).try_for_each(put);
            // Also what stands before a row that is refused: a rule may refuse a row before it.
            self.score(&counted).map_err(|(row, why)| Error::input(format!("{file}:{}: {why}", batch.line(row))))?;
            gone_through?;
        }
        Ok(())
    }

    /// Adds the scores of rows that count; or tells which row has none, and why.
    fn score(&mut self, counted: &Counted) -> Result<(), (usize, String)> {
        for (at, rule) in self.rules.iter().enumerate() {
            let scores = rule.score_each(&counted.probabilities, &counted.happened).map_err(|unfit| {
                let mut cases = counted.probabilities.iter().zip(&counted.happened);
                let has_none =
                    |(p, yes): (&f64, &bool)| rule.score(&Case::Binary { probability: *p, happened: *yes }).is_err();
                let first = cases.position(has_none).and_then(|at| counted.rows.get(at)).map_or(0, |row| row.row);
                (first, format!("the rule {} has no score for it: {unfit}", rule.id()))
            })?;
            for (of, score) in counted.rows.iter().zip(&scores) {
                let raised = usize::from(score.floor == Floor::Raised);
                let infinite = usize::from(score.floor == Floor::Infinite);
                let one = TimeMean { score: score.value, days: of.days, raised, infinite };
                let is_alone = of.cluster == ALONE;
                self.people[of.person as usize].sums[at].add(&one, 1, of.coverage, is_alone);
                if !is_alone {
                    let shared = self.shared.entry((of.person, at as u32, of.cluster)).or_default();
                    shared.0 += 1;
                    shared.1.add(score.value);
                }
            }
        }
        Ok(())
    }

    /// The number of a forecaster.
    fn person(&mut self, names: &Names, code: u32, keep: &impl Fn(&str) -> bool) -> u32 {
        let name = names.text(code);
        if !keep(name) {
            if !self.passed.contains(name) {
                self.passed.insert(name.to_owned());
            }
            return PASSED;
        }
        self.known(name)
    }

    /// The number of a forecaster who is of interest.
    pub(super) fn known(&mut self, name: &str) -> u32 {
        if let Some(known) = self.forecasters.get(name) {
            return *known;
        }
        let number = self.people.len() as u32;
        self.forecasters.insert(name.to_owned(), number);
        self.people.push(Person {
            name: name.to_owned(),
            answered: Bits::default(),
            beside: Bits::default(),
            sums: vec![RunningMean::default(); self.rules.len()],
        });
        number
    }

    /// The number of a question; one that nobody defined has not resolved.
    pub(super) fn question(&mut self, id: &str) -> u32 {
        if let Some(known) = self.questions.get(id).copied() {
            return known;
        }
        let number = self.fates.len() as u32;
        self.questions.insert(id.to_owned(), number);
        self.fates.push(Fate::Without(Reason::Unresolved));
        number
    }

    /// Whether it has the questions themselves, and not only what parts say of them.
    pub(super) fn knows_fates(&self) -> bool {
        !self.fates.is_empty()
    }

    fn leave_out(&mut self, reason: Reason, question: u32) {
        let entry = self.left_out.entry(reason).or_default();
        entry.0 += 1;
        entry.1.insert(question);
    }

    /// Leaves out a forecast, and looks whether it may be the repeat of another that was left out.
    fn stand_beside(&mut self, reason: Reason, person: u32, question: u32) {
        self.leave_out(reason, question);
        if self.may_repeat {
            return;
        }
        let beside = &mut self.people[person as usize].beside;
        let before = beside.words();
        let is_new = beside.insert(question);
        self.pairs_beside += 64 * (beside.words() - before);
        self.may_repeat = !is_new || self.pairs_beside > MOST_PAIRS_BESIDE;
    }

    /// Puts a row to those that count, or says why it does not.
    fn count(
        &mut self,
        person: u32,
        question: u32,
        made_at: Moment,
        probability: f64,
        row: usize,
        counted: &mut Counted,
    ) -> Result<(), Problem> {
        let (life, happened, cluster) = match self.fates[question as usize] {
            Fate::Resolved { life, happened, cluster } => (life, happened, cluster),
            Fate::Without(reason) => {
                self.stand_beside(reason, person, question);
                return Ok(());
            }
            Fate::OtherKind(kind) => return Err(Problem::OtherKind(kind)),
        };
        if !life.counts(made_at) {
            self.stand_beside(Reason::Late, person, question);
            return Ok(());
        }
        let from = made_at.epoch_days().max(life.begins().unwrap_or(f64::NEG_INFINITY));
        let to = life.ends();
        let of = &mut self.people[person as usize];
        let before = of.answered.words();
        if !of.answered.insert(question) {
            self.changes = true;
            return Err(Problem::Again);
        }
        self.pairs += 64 * (of.answered.words() - before);
        if self.pairs > MOST_PAIRS {
            return Err(Problem::TooMany);
        }
        if from >= to {
            self.leave_out(Reason::NoLife, question);
            return Ok(());
        }
        self.stood.insert(question);
        let coverage = life.begins().map(|begins| (to - from) / (to - begins));
        counted.rows.push(CountedRow { row, person, cluster, days: to - from, coverage });
        counted.probabilities.push(probability);
        counted.happened.push(happened);
        Ok(())
    }

    /// Whether a forecaster was found to have a second forecast of a question, which needs [`GatheredForecasts`].
    ///
    /// [`GatheredForecasts`]: super::GatheredForecasts
    #[must_use]
    pub const fn has_met_a_change(&self) -> bool {
        self.changes
    }

    /// Whether forecasts that do not count may be repeats of each other: a forecaster has two of a question. Which of them are is known to
    /// [`GatheredForecasts`].
    ///
    /// [`GatheredForecasts`]: super::GatheredForecasts
    #[must_use]
    pub const fn may_repeat(&self) -> bool {
        self.may_repeat
    }

    /// Adds moments at which more became known than that forecasts were made: those of outcomes.
    pub fn add_latest(&mut self, latest: Latest) {
        self.latest.merge(latest);
    }

    /// The day up to which anything is known.
    pub(super) fn latest_day(&self) -> Option<Date> {
        self.latest.day()
    }

    /// On how many questions something stood whose scheduled close lies after the latest day, and this day; `None` of none.
    #[must_use]
    pub fn resolved_early(&self) -> Option<(usize, Date)> {
        let day = self.latest_day()?;
        let mut early = Bits::default();
        self.closing_after(day).values().for_each(|questions| early.merge(questions));
        Some(early.len()).filter(|count| *count > 0).map(|count| (count, day))
    }

    /// The questions on which something stood whose scheduled close lies after a day, by this close.
    pub(super) fn closing_after(&self, day: Date) -> BTreeMap<Date, Bits> {
        let told = self.closing.range((Bound::Excluded(day), Bound::Unbounded));
        let mut closing: BTreeMap<Date, Bits> = told.map(|(closes, of)| (*closes, of.clone())).collect();
        for number in self.stood.numbers() {
            if let Some(Fate::Resolved { life, .. }) = self.fates.get(number as usize)
                && let Some(closes) = life.closes().filter(|closes| *closes > day)
            {
                closing.entry(closes).or_default().insert(number);
            }
        }
        closing
    }

    /// The names of those who have forecast something.
    pub fn forecasters(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(|person| person.name.as_str())
    }

    /// The ids of all questions.
    pub(crate) fn question_ids(&self) -> impl Iterator<Item = &str> {
        self.questions.keys().map(String::as_str)
    }

    /// Everybody who has forecast something, also those of no interest.
    pub fn everybody(&self) -> impl Iterator<Item = &str> {
        self.forecasters().chain(self.passed.iter().map(String::as_str))
    }

    /// The means so far, by forecaster.
    #[must_use]
    pub fn report(&self) -> Report {
        // In the order of their numbers, for sums hang on their order.
        let shared: BTreeMap<(u32, u32, u32), (u32, FixedSum)> =
            self.shared.iter().map(|(key, of)| (*key, *of)).collect();
        let mut rows = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            let of_rule = self.people.iter().enumerate().filter_map(|(number, person)| {
                let number = (number as u32, at as u32);
                let range = (number.0, number.1, 0)..=(number.0, number.1, u32::MAX);
                let shared: Vec<(u32, f64)> =
                    shared.range(range).map(|(_, (count, sum))| (*count, sum.total())).collect();
                person.sums[at].row(rule.id(), None, &person.name, &shared)
            });
            let mut of_rule: Vec<Row> = of_rule.collect();
            of_rule.sort_by(|a, b| a.mean.total_cmp(&b.mean).then_with(|| a.forecaster.cmp(&b.forecaster)));
            rows.extend(of_rule);
        }
        let excluded = self
            .left_out
            .iter()
            .map(|(reason, (forecasts, questions))| Excluded {
                reason: *reason,
                forecasts: *forecasts,
                questions: questions.len(),
            })
            .collect();
        Report {
            schema: SCORE_SCHEMA,
            by: Group::Forecaster,
            weigh: Weigh::Alike,
            rules: self.rules.iter().map(|rule| describe(*rule)).collect(),
            rows,
            excluded,
            not_scored: Vec::new(),
            components: None,
            not_taken: self.told.not_taken(self.unmet.as_ref()),
        }
    }
}

/// Why a forecast cannot be part of streamed scores.
#[derive(Debug)]
enum Problem {
    Again,
    TooMany,
    OtherKind(&'static str),
}

impl Problem {
    fn told(self, file: &str, line: u64, question: &str, forecaster: &str) -> Error {
        match self {
            Self::Again => Error::input(format!("{file}:{line}: a second forecast by `{forecaster}` of `{question}`"))
                .help("forecasts that change are weighted by how long they stood, which needs all of them in memory: leave out --stream"),
            Self::TooMany => Error::input(format!("{file}:{line}: more pairs of forecaster and question than can be told apart"))
                .help("score fewer forecasters at a time: --forecaster"),
            Self::OtherKind(kind) => Error::input(format!(
                "{file}:{line}: the forecast is a probability of yes, but `{question}` is a {kind} question"
            )),
        }
    }
}
