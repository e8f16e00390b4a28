//! Adds lines: checks them, leaves out what already stands, writes the rest in one transaction.
//!
//! What already stands is decided by *subject*: the definition of a question, the outcome of a question, or the forecasts of
//! one forecaster on one question, or on the same several ones together, at one moment. The new entries of a subject, in order, are laid over the end of those in the
//! ledger; where the longest beginning of the new ones is the end of the old ones, that much is there already. So one forecast
//! equal to the last one adds nothing, another one is a revision, and importing a file that itself holds revisions adds
//! nothing the second time.

use super::read::head_of;
use super::{Entry, Ledger, line_hash};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::{Question, nearest};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, TransactionBehavior};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// The acknowledgement of what was written: when there is one, the disk has the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Receipt {
    /// Number of the first line written; `None` if nothing was new.
    pub first: Option<u64>,
    /// Number of the last line of the ledger.
    pub last: u64,
    /// Hash of the last line of the ledger. Whoever keeps it can prove later that nothing up to it was changed.
    pub head: String,
    /// Definitions of questions written.
    pub questions: usize,
    /// Forecasts written.
    pub forecasts: usize,
    /// Joint forecasts of several questions written.
    pub joints: usize,
    /// Outcomes written.
    pub outcomes: usize,
    /// Notes written.
    pub notes: usize,
    /// Forecasts and outcomes that stood there already.
    pub already_there: usize,
    /// Questions that ask something else now than where they resolved, or close on another day.
    #[serde(skip)]
    pub reworded: Vec<Reworded>,
}

/// A question whose words or closing day were replaced after it had resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reworded {
    /// The question.
    pub question: String,
    /// What it asked.
    pub before: String,
    /// What it asks now.
    pub after: String,
    /// When it closed, and when it closes now.
    pub closes: (Option<Date>, Option<Date>),
}

/// `recorded 12 forecasts, 3 questions (lines 1 to 15, head 5f2c…)`.
impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.forecasts, "forecast"),
            (self.joints, "joint forecast"),
            (self.outcomes, "outcome"),
            (self.questions, "question"),
            (self.notes, "note"),
        ];
        let written: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(*count, noun)).collect();
        match self.first {
            Some(first) => {
                write!(
                    formatter,
                    "recorded {} (lines {first} to {}, head {})",
                    written.join(", "),
                    self.last,
                    self.head
                )?;
            }
            None => write!(formatter, "recorded nothing new (head {})", self.head)?,
        }
        if self.already_there > 0 {
            write!(formatter, ", {} already there", self.already_there)?;
        }
        Ok(())
    }
}

/// An entry that is to be written.
struct Planned {
    kind: &'static str,
    payload: String,
}

/// What the entries come to beside what stands.
struct Plan {
    to_write: Vec<Planned>,
    already_there: usize,
    reworded: Vec<Reworded>,
}

/// What an entry is about: kind, question, and for a forecast who and when.
type Subject = (&'static str, String, String, String);

impl Ledger {
    /// Adds entries in one transaction and returns when the disk has them. `recorded_at` is the time to be written beside them;
    /// no result depends on it.
    ///
    /// A forecast or outcome needs its question, in the ledger or earlier among the entries. What already stands is left out and
    /// counted.
    ///
    /// # Errors
    /// If an entry cannot be (each such one is named; then nothing is written), or the file cannot be written.
    pub fn append(&mut self, entries: &[Entry], recorded_at: Timestamp) -> Result<Receipt, Error> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|problem| super::open::failed(&self.path, problem))?;
        let plan = plan(&transaction, entries).map_err(|problem| problem.located(&self.path))?;
        let mut receipt = write(&transaction, &plan.to_write, recorded_at)
            .map_err(|problem| super::open::failed(&self.path, problem))?;
        transaction.commit().map_err(|problem| super::open::failed(&self.path, problem))?;
        receipt.already_there = plan.already_there;
        receipt.reworded = plan.reworded;
        Ok(receipt)
    }

    /// As [`Ledger::append`], but commits after every `size` lines and hands over each receipt as soon as its lines are on disk.
    /// Killed in between, whole batches are there; adding the same entries again adds the rest. Returns the sum.
    ///
    /// # Errors
    /// As [`Ledger::append`]; entries are checked before the first batch is written. An error of `acknowledge` ends the run.
    pub fn append_in_batches(
        &mut self,
        entries: &[Entry],
        recorded_at: Timestamp,
        size: usize,
        mut acknowledge: impl FnMut(&Receipt) -> Result<(), Error>,
    ) -> Result<Receipt, Error> {
        let plan = plan(&self.connection, entries).map_err(|problem| problem.located(&self.path))?;
        let (last, head) = self.head()?;
        let (already_there, reworded) = (plan.already_there, plan.reworded);
        let mut sum = Receipt { last, head, already_there, reworded, ..Receipt::default() };
        for batch in plan.to_write.chunks(size.max(1)) {
            let failed = |problem| super::open::failed(&self.path, problem);
            let transaction =
                self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
            let receipt = write(&transaction, batch, recorded_at).map_err(failed)?;
            transaction.commit().map_err(failed)?;
            acknowledge(&receipt)?;
            sum = Receipt {
                first: sum.first.or(receipt.first),
                last: receipt.last,
                head: receipt.head,
                questions: sum.questions + receipt.questions,
                forecasts: sum.forecasts + receipt.forecasts,
                joints: sum.joints + receipt.joints,
                outcomes: sum.outcomes + receipt.outcomes,
                notes: sum.notes + receipt.notes,
                already_there: sum.already_there,
                reworded: sum.reworded,
            };
        }
        Ok(sum)
    }
}

/// Writes lines at the end of the chain, inside the caller's transaction.
fn write(connection: &Connection, planned: &[Planned], recorded_at: Timestamp) -> rusqlite::Result<Receipt> {
    let (mut last, mut head) = head_of(connection)?;
    let mut receipt = Receipt { first: (!planned.is_empty()).then_some(last + 1), ..Receipt::default() };
    let recorded_at = recorded_at.to_string();
    let mut insert = connection.prepare(
        "INSERT INTO entry (seq, recorded_at, kind, payload, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for Planned { kind, payload } in planned {
        last += 1;
        let seq = last as i64;
        let hash = line_hash(seq, recorded_at.as_bytes(), kind.as_bytes(), payload.as_bytes(), head.as_bytes());
        insert.execute(rusqlite::params![seq, recorded_at, kind, payload, head, hash])?;
        head = hash;
        match *kind {
            "question" => receipt.questions += 1,
            "forecast" => receipt.forecasts += 1,
            "joint" => receipt.joints += 1,
            "outcome" => receipt.outcomes += 1,
            _ => receipt.notes += 1,
        }
    }
    Ok(Receipt { last, head, ..receipt })
}

/// Why entries cannot be planned.
enum Refusal {
    Sqlite(rusqlite::Error),
    Other(Error),
}

impl Refusal {
    fn located(self, path: &std::path::Path) -> Error {
        match self {
            Self::Sqlite(problem) => super::open::failed(path, problem),
            Self::Other(problem) => problem,
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(problem: rusqlite::Error) -> Self {
        Self::Sqlite(problem)
    }
}

impl From<Error> for Refusal {
    fn from(problem: Error) -> Self {
        Self::Other(problem)
    }
}

/// What stands about the questions that the entries touch.
#[derive(Default)]
struct Standing {
    /// The definition that counts; `None` for an id that the ledger does not know.
    questions: BTreeMap<String, Option<Question>>,
    /// Questions with a forecast or an outcome.
    answered: BTreeMap<String, bool>,
    /// Payloads in order, by subject.
    lines: BTreeMap<Subject, Vec<String>>,
}

impl Standing {
    fn load(&mut self, connection: &Connection, id: &str) -> Result<(), Refusal> {
        if self.questions.contains_key(id) {
            return Ok(());
        }
        let mut current = None;
        let mut answered = false;
        let mut statement = connection
            .prepare("SELECT kind, payload FROM entry WHERE question = ?1 AND kind <> 'note' ORDER BY seq")?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            let (kind, payload): (String, String) = (row.get(0)?, row.get(1)?);
            let entry = Entry::read(&kind, &payload).map_err(|problem| {
                Error::environment(format!("a line about `{id}` cannot be read"))
                    .because(problem)
                    .help("`foretell ledger verify` says whether it was changed")
            })?;
            self.lines.entry(subject(&entry)).or_default().push(payload);
            match entry {
                Entry::Question(question) => current = Some(question),
                _ => answered = true,
            }
        }
        self.questions.insert(id.to_owned(), current);
        self.answered.insert(id.to_owned(), answered);
        Ok(())
    }

    /// A question that is to become another one is answered if a joint forecast asks about it, too.
    fn look_among_joint(&mut self, connection: &Connection, new: &Question) -> Result<(), Refusal> {
        let Some(Some(old)) = self.questions.get(&new.id) else { return Ok(()) };
        if old.kind == new.kind && old.options.iter().all(|option| new.options.contains(option)) {
            return Ok(());
        }
        let mut statement = connection.prepare("SELECT payload FROM entry WHERE kind = 'joint'")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let payload: String = row.get(0)?;
            if let Ok(Entry::Joint(forecast)) = Entry::read("joint", &payload)
                && forecast.questions.contains(&new.id)
            {
                self.answered.insert(new.id.clone(), true);
                break;
            }
        }
        Ok(())
    }
}

/// The questions that an entry is about.
fn questions_of(entry: &Entry) -> Vec<&str> {
    match entry {
        Entry::Joint(forecast) => forecast.questions.iter().map(String::as_str).collect(),
        other => other.question().into_iter().collect(),
    }
}

fn subject(entry: &Entry) -> Subject {
    let question = entry.question().unwrap_or_default().to_owned();
    match entry {
        Entry::Forecast(record) => ("forecast", question, record.forecaster.clone(), record.made_at.to_string()),
        Entry::Joint(forecast) => ("joint", forecast.set(), forecast.forecaster.clone(), forecast.made_at.to_string()),
        other => (other.kind(), question, String::new(), String::new()),
    }
}

/// Checks the entries and finds those that are new.
fn plan(connection: &Connection, entries: &[Entry]) -> Result<Plan, Refusal> {
    let mut standing = Standing::default();
    let mut problems = Vec::new();
    let mut new: Vec<(Subject, String)> = Vec::with_capacity(entries.len());
    for entry in entries {
        for id in questions_of(entry) {
            standing.load(connection, id)?;
        }
        match entry {
            Entry::Joint(forecast) => standing.load(connection, &forecast.set())?,
            Entry::Question(question) => standing.look_among_joint(connection, question)?,
            _ => {}
        }
        if let Err(problem) = check(entry, &standing) {
            problems.push(problem);
            continue;
        }
        if let Entry::Question(question) = entry {
            standing.questions.insert(question.id.clone(), Some(question.clone()));
        } else {
            for id in questions_of(entry) {
                standing.answered.insert(id.to_owned(), true);
            }
        }
        new.push((subject(entry), entry.payload()?));
    }
    if !problems.is_empty() {
        return Err(refused(connection, &standing, entries, &problems)?.into());
    }
    let mut sequences: BTreeMap<&Subject, Vec<&str>> = BTreeMap::new();
    for (subject, payload) in &new {
        let sequence = sequences.entry(subject).or_default();
        if sequence.last() != Some(&payload.as_str()) {
            sequence.push(payload);
        }
    }
    let mut pending: BTreeMap<&Subject, (usize, Option<&str>)> = sequences
        .iter()
        .map(|(subject, sequence)| {
            let stands = standing.lines.get(*subject).map_or(&[][..], Vec::as_slice);
            (*subject, (overlap(stands, sequence), None))
        })
        .collect();
    let mut plan = Plan { to_write: Vec::new(), already_there: 0, reworded: Vec::new() };
    for (subject, payload) in &new {
        let (skip, before) = pending.entry(subject).or_default();
        let is_note = subject.0 == "note";
        let repeats = *before == Some(payload.as_str());
        *before = Some(payload);
        if !is_note && (repeats || *skip > 0) {
            *skip -= usize::from(!repeats);
            plan.already_there += usize::from(subject.0 != "question");
        } else {
            plan.to_write.push(Planned { kind: subject.0, payload: payload.clone() });
        }
    }
    plan.reworded = reworded(&plan.to_write, &standing);
    Ok(plan)
}

/// The questions with an outcome in the ledger that would ask something else, or close on another day.
fn reworded(to_write: &[Planned], standing: &Standing) -> Vec<Reworded> {
    let read = |payload: &str| match Entry::read("question", payload) {
        Ok(Entry::Question(question)) => Some(question),
        _ => None,
    };
    let new = to_write.iter().filter(|one| one.kind == "question").filter_map(|one| read(&one.payload));
    // The last definition counts.
    let last: BTreeMap<String, Question> = new.map(|question| (question.id.clone(), question)).collect();
    let stands = |kind: &'static str, id: &str| {
        standing.lines.get(&(kind, id.to_owned(), String::new(), String::new())).and_then(|lines| lines.last())
    };
    let changed = |(question, after): (String, Question)| {
        stands("outcome", &question)?;
        let before = read(stands("question", &question)?)?;
        let closes = (before.closes, after.closes);
        let is_other = before.ask != after.ask || closes.0 != closes.1;
        is_other.then_some(Reworded { question, before: before.ask, after: after.ask, closes })
    };
    last.into_iter().filter_map(changed).collect()
}

/// How many of the first new payloads are the last standing ones.
fn overlap(stands: &[String], new: &[&str]) -> usize {
    (1..=new.len().min(stands.len()))
        .rev()
        .find(|&length| stands[stands.len() - length..].iter().zip(new).all(|(old, new)| old == new))
        .unwrap_or(0)
}

/// Checks an entry beside what stands.
fn check(entry: &Entry, standing: &Standing) -> Result<(), String> {
    let known = |id: &str| {
        standing
            .questions
            .get(id)
            .and_then(Option::as_ref)
            .ok_or_else(|| format!("the ledger knows no question `{id}`"))
    };
    match entry {
        Entry::Question(question) => {
            question.check()?;
            let is_answered = standing.answered.get(&question.id).copied().unwrap_or_default();
            match known(&question.id) {
                Ok(old) if is_answered && old.kind != question.kind => Err(format!(
                    "the question `{}` is {} and has forecasts or an outcome; it cannot become {}",
                    question.id, old.kind, question.kind
                )),
                Ok(old) if is_answered => match old.options.iter().find(|option| !question.options.contains(option)) {
                    Some(gone) => Err(format!(
                        "the question `{}` has forecasts or an outcome; its option `{gone}` cannot go",
                        question.id
                    )),
                    None => Ok(()),
                },
                _ => Ok(()),
            }
        }
        Entry::Forecast(record) => {
            crate::forecast::check_name("forecaster", &record.forecaster)?;
            let question = known(&record.question)?;
            let curve = || record.curve.as_ref().map_or(Ok(()), |curve| curve.check_against(record));
            let until = || record.check_until();
            record.forecast.check_against(question).and_then(|()| curve()).and_then(|()| until()).map_err(|problem| {
                format!("forecast of {} on `{}` at {}: {problem}", record.forecaster, record.question, record.made_at)
            })
        }
        Entry::Joint(forecast) => forecast.check_against(known).map_err(|problem| {
            format!(
                "joint forecast of {} on `{}` at {}: {problem}",
                forecast.forecaster,
                forecast.set(),
                forecast.made_at
            )
        }),
        Entry::Outcome(outcome) => outcome.resolution.check_against(known(&outcome.question)?),
        Entry::Note(note) => {
            if note.text.trim().is_empty() {
                Err("the note is empty".to_owned())
            } else {
                Ok(())
            }
        }
    }
}

/// How many problems are shown.
const SHOWN: usize = 20;

fn refused(
    connection: &Connection,
    standing: &Standing,
    entries: &[Entry],
    problems: &[String],
) -> Result<Error, Refusal> {
    let mut message = problems.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    if problems.len() > SHOWN {
        let _ = write!(message, "\nand {} more", problems.len() - SHOWN);
    }
    let error = Error::input(message);
    let unknown =
        entries.iter().filter_map(Entry::question).find(|id| matches!(standing.questions.get(*id), Some(None)));
    let Some(unknown) = unknown else { return Ok(error.help("nothing was recorded")) };
    let mut statement = connection.prepare("SELECT DISTINCT question FROM entry WHERE kind = 'question'")?;
    let ids: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(match nearest(unknown, ids.iter().map(String::as_str)) {
        Some(near) => error.help(format!("the nearest known to `{unknown}` is `{near}`; nothing was recorded")),
        None => error.help("record the question with it; nothing was recorded"),
    })
}
