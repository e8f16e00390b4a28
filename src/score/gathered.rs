//! Standing forecasts from files larger than memory: the rows of each question are put together on disk, and questions come one by one.
//!
//! [`GatheredForecasts`] takes the batches of a stream and gives, question by question, the very [`Standing`]s that [`standings`] makes of
//! records: forecasts may change, and forecasters can be compared. Memory is what is known of the questions, the names, and the rows of one
//! [part](crate::forecast::stream::PARTS) for each thread.
//!
//! [`standings`]: super::standings

use super::evaluate::{AskedBy, Excluded, Reason, Standing};
use super::gathered_beside::{Beside, ROW_BITS, file_of, row_of};
use super::life::{Close, Life};
use super::rule::Case;
use crate::error::Error;
use crate::forecast::import::summary_of;
use crate::forecast::stream::{Answer, Batch, ByQuestion, Came, Latest, NumberedForecast, PARTS};
use crate::forecast::tidy::{Summary, Tally};
use crate::forecast::{Moment, QuestionKind, Records, Repeats, Resolution, Selection, groups_nothing};
use crate::hash;
use indexmap::IndexSet;
use jiff::civil::Date;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::OnceLock;

/// A name of a batch that was not looked up yet.
const UNKNOWN: u32 = u32::MAX;

/// A forecaster or a question that is of no interest.
const PASSED: u32 = u32::MAX - 1;

/// A question that names no cluster.
const NO_CLUSTER: u32 = u32::MAX;

/// Bytes of the rows that are worked on at once, and of one of them, as read and as understood.
const MOST_BYTES: usize = 512 << 20;
const BYTES_OF_A_ROW: usize = 92;

/// What is known of a question.
#[derive(Debug)]
struct Asked {
    id: Box<str>,
    /// Where its rows are put; its id alone decides.
    part: u16,
    cluster: u32,
    tags: u32,
    /// In days since 1970-01-01.
    opens: Option<f64>,
    closes: Option<Close>,
    fate: Fate,
}

/// What became of a question.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Resolved {
        life: Life,
        happened: bool,
    },
    Without(Reason),
    /// Its rows will say.
    Open,
    OtherKind(&'static str),
}

/// Forecasts put together by question.
#[derive(Debug)]
pub struct GatheredForecasts {
    questions: HashMap<Box<str>, u32>,
    asked: Vec<Asked>,
    clusters: Vec<String>,
    tags: IndexSet<Vec<String>>,
    people: IndexSet<String>,
    /// Forecasters of no interest.
    passed: BTreeSet<String>,
    rows: ByQuestion,
    /// By their numbers.
    files: BTreeMap<u32, String>,
    /// Found when the questions are gone through for the first time.
    gone_through: OnceLock<GoneThrough>,
    /// The place of each question among all by their ids, found when it is first asked for.
    ranks: OnceLock<Vec<u32>>,
    /// What rows say of outcomes, by question.
    beside: HashMap<u32, Beside>,
    /// Of the moments at which forecasts were made.
    latest: Latest,
    /// Whether questions that nobody defined are of interest.
    takes_unknown: bool,
    from: Option<Date>,
    until: Option<Date>,
}

/// A question with all that stood on it.
#[derive(Debug)]
pub struct GatheredQuestion<'a> {
    /// Its number, by which [`GatheredForecasts::ranks`] knows it.
    pub number: u32,
    /// The cluster that it names, if it names one.
    pub cluster: Option<&'a str>,
    /// Its scheduled close.
    pub closes: Option<Date>,
    /// By forecaster, in the order of the first forecast of each.
    pub standings: Vec<Standing>,
    /// Where the first forecast of each stands among all rows.
    pub positions: Vec<u64>,
}

/// What a forecaster, by number, said when; in the order in which it stands in the files, with its places.
type Made = (u32, Vec<(Moment, f64, u64)>);

/// An outcome beside forecasts where another one was known beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherOutcome<'a> {
    /// What the rows say.
    pub answer: Answer,
    /// The file in which the question's first row stands.
    pub file: &'a str,
    /// That row.
    pub row: u64,
}

/// What is known once all questions were gone through.
#[derive(Debug, Default)]
struct GoneThrough {
    /// Which forecasts stand twice.
    repeats: Repeats,
    /// On how many questions something stood, by their scheduled close.
    closing: BTreeMap<Date, usize>,
}

/// Forecasts and questions left out, by reason; and what was found on the way.
#[derive(Debug, Default)]
struct LeftOut(BTreeMap<Reason, (usize, usize)>, GoneThrough);

impl LeftOut {
    fn add(&mut self, reason: Reason, forecasts: usize, questions: usize) {
        let entry = self.0.entry(reason).or_default();
        entry.0 += forecasts;
        entry.1 += questions;
    }
}

impl GatheredForecasts {
    /// Nothing yet, on the questions and outcomes of these records, of which a part was selected already; their forecasts are not looked at.
    #[must_use]
    pub fn new(records: &Records, selection: &Selection) -> Self {
        let mut clusters: IndexSet<&str> = IndexSet::new();
        let mut gathered = Self {
            questions: HashMap::with_capacity(records.questions.len()),
            asked: Vec::with_capacity(records.questions.len()),
            clusters: Vec::new(),
            tags: IndexSet::from([Vec::new()]),
            people: IndexSet::new(),
            passed: BTreeSet::new(),
            rows: ByQuestion::default(),
            files: BTreeMap::new(),
            gone_through: OnceLock::new(),
            ranks: OnceLock::new(),
            beside: HashMap::new(),
            latest: Latest::default(),
            takes_unknown: selection.tags.is_empty(),
            from: selection.from,
            until: selection.until,
        };
        for (id, question) in &records.questions {
            let fate = match records.outcomes.get(id) {
                _ if question.kind != QuestionKind::Binary => Fate::OtherKind(question.kind.name()),
                None => Fate::Open,
                Some(outcome) => match outcome.resolution {
                    Resolution::Yes => Fate::Resolved { life: Life::new(question, outcome), happened: true },
                    Resolution::No => Fate::Resolved { life: Life::new(question, outcome), happened: false },
                    Resolution::Annulled => Fate::Without(Reason::Annulled),
                    _ => Fate::Without(Reason::OutcomeDoesNotFit),
                },
            };
            let cluster = question.cluster.as_deref().map_or(NO_CLUSTER, |name| clusters.insert_full(name).0 as u32);
            let tags: Vec<String> = question.tags.iter().filter(|tag| !groups_nothing(tag)).cloned().collect();
            let tags = gathered.tags.insert_full(tags).0;
            gathered.questions.insert(id.as_str().into(), gathered.asked.len() as u32);
            let (tags, opens, closes) = (tags as u32, question.opened(), Close::of(question));
            gathered.asked.push(Asked {
                id: id.as_str().into(),
                part: part_of(id),
                cluster,
                tags,
                opens,
                closes,
                fate,
            });
        }
        gathered.clusters = clusters.into_iter().map(str::to_owned).collect();
        gathered
    }

    /// Adds the forecasts of a batch by those whom `keep` names; `file` is named where a row cannot be, `number` says which of several files it
    /// is.
    ///
    /// # Errors
    /// If a row names nobody or no question, a question takes other forecasts, or a temporary file cannot be written.
    pub fn add(&mut self, batch: &Batch, file: &str, number: u32, keep: &impl Fn(&str) -> bool) -> Result<(), Error> {
        self.files.entry(number).or_insert_with(|| file.to_owned());
        let mut question_of = vec![UNKNOWN; batch.questions.texts()];
        let mut person_of = vec![UNKNOWN; batch.forecasters.texts()];
        let missing =
            |row: usize| Error::input(format!("{file}:{}: the row names no question or nobody", batch.line(row)));
        for row in 0..batch.len() {
            let code = batch.questions.codes()[row];
            let slot = question_of.get_mut(code as usize).ok_or_else(|| missing(row))?;
            if *slot == UNKNOWN {
                *slot = self.question(batch.questions.text(code));
            }
            let question = *slot;
            let made_at = batch.made_at[row];
            let position = (u64::from(number) << ROW_BITS) | batch.line(row);
            if let Some(came) = batch.came.get(row).filter(|_| question != PASSED)
                && let Some((before, other)) = self.came(question, made_at, position, *came)
            {
                let (id, line) = (&self.asked[question as usize].id, batch.line(row));
                let (place, row) = self.place(before);
                return Err(Error::input(format!(
                    "{file}:{line}: the outcome of `{id}` is another one than in {place}:{row}, which says {}",
                    other.resolution()
                ))
                .help("mend one of the rows, or name a table of outcomes, which then counts: `--outcomes FILE`; without --stream that of the later file counts"));
            }
            let code = batch.forecasters.codes()[row];
            let slot = person_of.get_mut(code as usize).ok_or_else(|| missing(row))?;
            if question == PASSED || !self.is_of_the_days(made_at) {
                continue;
            }
            self.latest.add(made_at);
            if *slot == UNKNOWN {
                *slot = self.person(batch.forecasters.text(code), keep);
            }
            let forecaster = *slot;
            if forecaster == PASSED {
                continue;
            }
            if let Fate::OtherKind(kind) = self.asked[question as usize].fate {
                return Err(Error::input(format!(
                    "{file}:{}: the forecast is a probability of yes, but `{}` is a {kind} question",
                    batch.line(row),
                    self.asked[question as usize].id
                )));
            }
            let (probability, part) = (batch.probabilities[row], usize::from(self.asked[question as usize].part));
            self.rows.push(part, NumberedForecast { question, forecaster, made_at, probability, position })?;
        }
        Ok(())
    }

    /// Keeps what a row says of the outcome. Gives what a row of another file says otherwise, and its place, where nothing that counts is known beforehand.
    fn came(&mut self, question: u32, made_at: Moment, position: u64, came: Came) -> Option<(u64, Answer)> {
        let is_open = matches!(self.asked[question as usize].fate, Fate::Open);
        let beside = self.beside.entry(question).or_insert(Beside::new());
        beside.add(made_at.day(), position, came).filter(|_| is_open)
    }

    /// What became of a question, now that all rows are known.
    fn fate(&self, number: u32) -> Fate {
        let asked = &self.asked[number as usize];
        match (asked.fate, self.beside.get(&number)) {
            (Fate::Open, Some(beside)) if let Some(answer) = beside.answer() => {
                let life = Life::of(asked.opens, asked.closes, Moment::Day(beside.known_on()));
                match answer {
                    Answer::Yes => Fate::Resolved { life, happened: true },
                    Answer::No => Fate::Resolved { life, happened: false },
                    Answer::Annulled => Fate::Without(Reason::Annulled),
                }
            }
            (Fate::Open, _) => Fate::Without(Reason::Unresolved),
            (fate, _) => fate,
        }
    }

    fn is_of_the_days(&self, made_at: Moment) -> bool {
        if self.from.is_none() && self.until.is_none() {
            return true;
        }
        let day = made_at.day();
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    fn person(&mut self, name: &str, keep: &impl Fn(&str) -> bool) -> u32 {
        if !keep(name) {
            if !self.passed.contains(name) {
                self.passed.insert(name.to_owned());
            }
            return PASSED;
        }
        match self.people.get_index_of(name) {
            Some(known) => known as u32,
            None => self.people.insert_full(name.to_owned()).0 as u32,
        }
    }

    /// The number of a question; one that nobody defined has not resolved, and has no tags.
    fn question(&mut self, id: &str) -> u32 {
        if let Some(known) = self.questions.get(id).copied() {
            return known;
        }
        if !self.takes_unknown {
            return PASSED;
        }
        let number = self.asked.len() as u32;
        self.questions.insert(id.into(), number);
        self.ranks = OnceLock::new();
        self.asked.push(Asked {
            id: id.into(),
            part: part_of(id),
            cluster: NO_CLUSTER,
            tags: 0,
            opens: None,
            closes: None,
            fate: Fate::Open,
        });
        number
    }

    /// The moments at which forecasts were made, of whomever, and those at which the outcomes beside them were known.
    #[must_use]
    pub fn latest(&self) -> Latest {
        let mut latest = self.latest;
        for (number, beside) in &self.beside {
            if beside.answer().is_some() && matches!(self.asked[*number as usize].fate, Fate::Open) {
                latest.add(Moment::Day(beside.known_on()));
            }
        }
        latest
    }

    /// On how many questions something stood whose scheduled close lies after a day: known once the questions were gone through by [`each`](Self::each).
    #[must_use]
    pub fn closing_after(&self, day: Date) -> usize {
        let after = (Bound::Excluded(day), Bound::Unbounded);
        self.gone_through.get().map_or(0, |gone| gone.closing.range(after).map(|(_, questions)| questions).sum())
    }

    /// The questions whose rows say another outcome than was known beforehand, by their ids.
    #[must_use]
    pub fn other_outcomes(&self) -> BTreeMap<&str, OtherOutcome<'_>> {
        let other = |(number, beside): (&u32, &Beside)| {
            let (asked, answer) = (&self.asked[*number as usize], beside.answer()?);
            let is_other = match asked.fate {
                Fate::Resolved { happened: true, .. } => answer != Answer::Yes,
                Fate::Resolved { happened: false, .. } => answer != Answer::No,
                Fate::Without(reason) => reason == Reason::Annulled && answer != Answer::Annulled,
                Fate::Open | Fate::OtherKind(_) => false,
            };
            let (file, row) = self.place(beside.first());
            is_other.then_some((&*asked.id, OtherOutcome { answer, file, row }))
        };
        self.beside.iter().filter_map(other).collect()
    }

    /// What is to be said of outcomes beside forecasts, by file, as where files are read whole: which questions have none, which are annulled, and of which rows
    /// contradict each other.
    #[must_use]
    pub fn outcomes_beside(&self) -> Vec<Summary> {
        let of = |(number, beside): (&u32, &Beside)| (beside.first(), *number, *beside);
        let mut found: Vec<(u64, u32, Beside)> =
            self.beside.iter().filter(|(_, beside)| !beside.is_answered()).map(of).collect();
        found.sort_unstable_by_key(|(first, ..)| *first);
        let summary = |of_file: &[(u64, u32, Beside)]| {
            let file = of_file.first().map_or("", |(first, ..)| self.place(*first).0);
            let told = of_file.iter().filter_map(|(_, number, beside)| beside.told(&self.asked[*number as usize].id));
            summary_of(file, told)
        };
        found.chunk_by(|a, b| file_of(a.0) == file_of(b.0)).map(summary).collect()
    }

    /// The file and the row of a position.
    fn place(&self, position: u64) -> (&str, u64) {
        (self.files.get(&file_of(position)).map_or("", String::as_str), row_of(position))
    }

    /// The names of those who have forecast something, in the order in which they were met.
    pub fn forecasters(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(String::as_str)
    }

    /// Everybody who has forecast something, also those of no interest.
    pub fn everybody(&self) -> impl Iterator<Item = &str> {
        self.forecasters().chain(self.passed.iter().map(String::as_str))
    }

    /// The ids of all questions.
    pub(crate) fn question_ids(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(|asked| &*asked.id)
    }

    /// Every set of tags that questions have.
    pub fn tags(&self) -> impl Iterator<Item = &[String]> {
        self.tags.iter().map(Vec::as_slice)
    }

    /// How many questions there are.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.asked.len()
    }

    /// The place of each question, by number, among all in the order of their ids: what is made of questions in this order does not depend on the order of
    /// rows.
    #[must_use]
    pub fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let mut order: Vec<u32> = (0..self.asked.len() as u32).collect();
            order.par_sort_unstable_by(|a, b| self.asked[*a as usize].id.cmp(&self.asked[*b as usize].id));
            let mut ranks = vec![0; order.len()];
            for (rank, number) in order.into_iter().enumerate() {
                ranks[number as usize] = rank as u32;
            }
            ranks
        })
    }

    /// How many forecasts there are.
    #[must_use]
    pub const fn forecasts(&self) -> u64 {
        self.rows.rows()
    }

    /// Which forecasts come after another of the same question, forecaster and moment, each by file and row: known once the questions were gone
    /// through by [`each`](Self::each). Unlike for tables read whole a `revision` excuses none: it is not read.
    #[must_use]
    pub fn repeats(&self) -> Vec<String> {
        let words = |place: u64| {
            let (file, row) = self.place(place);
            format!("{file}:{row}")
        };
        self.gone_through.get().map_or_else(Vec::new, |gone| gone.repeats.notes(words))
    }

    /// How many they are, where that is known.
    pub(crate) fn repeats_tallied(&self) -> Vec<Tally> {
        self.gone_through.get().map_or_else(Vec::new, |gone| gone.repeats.tallies())
    }

    /// Gives what `of` makes of each question on which something stood to `take`, the questions of some parts at a time; and what was left
    /// out. Always in the same order, which hangs on the ids of the questions alone: with any number of threads, and whatever the order of the rows.
    ///
    /// # Errors
    /// If a temporary file cannot be read.
    pub fn each<T: Send>(
        &self,
        of: impl Fn(GatheredQuestion) -> T + Sync,
        mut take: impl FnMut(Vec<T>),
    ) -> Result<Vec<Excluded>, Error> {
        let mut left_out = LeftOut::default();
        // Found before threads set out, each of which would wait for the other.
        let ranks = self.ranks();
        let parts: Vec<usize> = (0..PARTS).collect();
        // As many at a time as there are threads, unless their rows are more than memory should hold.
        let bytes = self.rows.rows() as usize / PARTS * BYTES_OF_A_ROW + 1;
        let at_once = rayon::current_num_threads().min(MOST_BYTES / bytes).max(1);
        for some in parts.chunks(at_once) {
            let read: Vec<Result<(Vec<T>, LeftOut), Error>> =
                some.par_iter().map(|part| self.part(*part, ranks, &of)).collect();
            for part in read {
                let (made, without) = part?;
                take(made);
                left_out.1.repeats.merge(&without.1.repeats);
                for (day, questions) in without.1.closing {
                    *left_out.1.closing.entry(day).or_default() += questions;
                }
                without.0.into_iter().for_each(|(reason, (forecasts, questions))| {
                    left_out.add(reason, forecasts, questions);
                });
            }
        }
        // Whoever goes through them again finds the same.
        let _ = self.gone_through.set(left_out.1);
        let excluded = |(reason, (forecasts, questions))| Excluded { reason, forecasts, questions };
        Ok(left_out.0.into_iter().map(excluded).collect())
    }

    fn part<T>(
        &self,
        part: usize,
        ranks: &[u32],
        of: &impl Fn(GatheredQuestion) -> T,
    ) -> Result<(Vec<T>, LeftOut), Error> {
        let rows = self.rows.part(part)?;
        // Numbers are given as questions are met.
        let mut by_question: Vec<&[NumberedForecast]> = rows.chunk_by(|a, b| a.question == b.question).collect();
        by_question.sort_unstable_by_key(|rows| ranks[rows[0].question as usize]);
        let mut left_out = LeftOut::default();
        let mut made = Vec::new();
        let mut places = vec![usize::MAX; self.people.len()];
        for rows in by_question {
            let number = rows[0].question;
            let by_forecaster = by_forecaster(rows, &mut places);
            by_forecaster.iter().for_each(|(_, made)| find_repeats(made, &mut left_out.1.repeats));
            match self.fate(number) {
                Fate::Resolved { life, happened } => {
                    let question = self.question_of(number, life, happened, by_forecaster, &mut left_out);
                    if !question.standings.is_empty() {
                        if let Some(day) = question.closes {
                            *left_out.1.closing.entry(day).or_default() += 1;
                        }
                        made.push(of(question));
                    }
                }
                Fate::Open => left_out.add(Reason::Unresolved, rows.len(), 1),
                Fate::Without(reason) => left_out.add(reason, rows.len(), 1),
                Fate::OtherKind(_) => left_out.add(Reason::ForecastDoesNotFit, rows.len(), 1),
            }
        }
        Ok((made, left_out))
    }

    fn question_of(
        &self,
        number: u32,
        life: Life,
        happened: bool,
        by_forecaster: Vec<Made>,
        left_out: &mut LeftOut,
    ) -> GatheredQuestion<'_> {
        let asked = &self.asked[number as usize];
        let cluster = self.clusters.get(asked.cluster as usize).map(String::as_str);
        let tags = self.tags.get_index(asked.tags as usize).map_or(&[][..], Vec::as_slice);
        let mut without: BTreeMap<Reason, usize> = BTreeMap::new();
        let (mut standings, mut positions) = (Vec::with_capacity(by_forecaster.len()), Vec::new());
        for (forecaster, made) in by_forecaster {
            let position = made.first().map_or(0, |(.., position)| *position);
            let name = self.people.get_index(forecaster as usize).map_or("", String::as_str);
            let by = AskedBy { id: &asked.id, cluster: cluster.unwrap_or(&asked.id), tags, life, forecaster: name };
            let case = |probability: &f64| Ok(Case::Binary { probability: *probability, happened });
            let made =
                made.into_iter().map(|(made_at, probability, _)| (made_at, f64::INFINITY, probability)).collect();
            let standing = by.standing(made, case, |reason, count| *without.entry(reason).or_default() += count);
            if let Some(standing) = standing {
                standings.push(standing);
                positions.push(position);
            }
        }
        for (reason, count) in without.into_iter().filter(|(_, count)| *count > 0) {
            left_out.add(reason, count, 1);
        }
        GatheredQuestion { number, cluster, closes: life.closes(), standings, positions }
    }
}

/// The part in which the rows of a question stand.
fn part_of(id: &str) -> u16 {
    hash::place(id, PARTS) as u16
}

/// The rows of a question by forecaster, in the order of the first row of each. `places` has nobody's place, before and afterwards.
fn by_forecaster(rows: &[NumberedForecast], places: &mut [usize]) -> Vec<Made> {
    let mut by_forecaster: Vec<Made> = Vec::new();
    for row in rows {
        let place = &mut places[row.forecaster as usize];
        if *place == usize::MAX {
            *place = by_forecaster.len();
            by_forecaster.push((row.forecaster, Vec::with_capacity(1)));
        }
        by_forecaster[*place].1.push((row.made_at, row.probability, row.position));
    }
    by_forecaster.iter().for_each(|(forecaster, _)| places[*forecaster as usize] = usize::MAX);
    by_forecaster
}

/// Takes note of what comes after another of the same moment.
fn find_repeats(made: &[(Moment, f64, u64)], repeats: &mut Repeats) {
    if made.len() < 2 {
        return;
    }
    let mut in_time: Vec<(f64, f64, u64)> =
        made.iter().map(|(made_at, probability, position)| (made_at.epoch_days(), *probability, *position)).collect();
    in_time.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    for pair in in_time.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        if pair[0].1 == pair[1].1 {
            repeats.add_same(pair[1].2, pair[0].2);
        } else {
            repeats.add_changed(pair[1].2, pair[0].2);
        }
    }
}
