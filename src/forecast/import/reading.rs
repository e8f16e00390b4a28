//! Collects what an importer finds in a file, checks it, and counts what is left out and why.

use super::values::{given, moment};
use crate::error::Error;
use crate::forecast::tidy::{Fate, SAME_MOMENT, Stretch, Summary, TWICE, Tally as Counted};
use crate::forecast::{
    DrawsSaid, Forecast, ForecastRecord, Moment, Outcome, Question, Records, Resolution, check_name,
};
use indexmap::{IndexMap, IndexSet};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many places are named for each reason with what stands there.
const NAMED: usize = 10;

/// How many stretches of rows are named after them.
const MOST_STRETCHES: usize = 100;

/// Rows that share a fate and a reason.
#[derive(Debug, Default)]
struct Tally {
    count: usize,
    places: Vec<String>,
    /// Rows after those: the file of the folder, the first and the last of a stretch.
    further: Vec<(Option<String>, u64, u64)>,
    /// Rows after these.
    unnamed: usize,
    /// All of them, up to [`Counted::MOST`] stretches.
    rows: Vec<Stretch>,
}

impl Tally {
    /// Adds stretches of rows, and what stands there.
    fn add(&mut self, part: Option<&String>, stretches: &[(u64, u64)], detail: &str) {
        self.count += stretches.iter().map(|(first, last)| (last - first + 1) as usize).sum::<usize>();
        stretches.iter().for_each(|(first, last)| self.add_rows(part, *first, *last));
        if self.places.len() < NAMED {
            let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
            let places: Vec<String> = stretches.iter().map(|(first, last)| place(part, *first, *last)).collect();
            self.places.push(format!("{}{detail}", places.join(", ")));
        } else {
            stretches.iter().for_each(|(first, last)| self.add_further(part, *first, *last));
        }
    }

    /// Keeps where rows stand.
    fn add_rows(&mut self, part: Option<&String>, first: u64, last: u64) {
        let has_room = self.rows.len() < Counted::MOST;
        match self.rows.last_mut() {
            Some(stretch) if stretch.part.as_ref() == part && stretch.last + 1 == first => stretch.last = last,
            _ if has_room => self.rows.push(Stretch { part: part.cloned(), first, last }),
            _ => {}
        }
    }

    /// Names rows without what stands there.
    fn add_further(&mut self, part: Option<&String>, first: u64, last: u64) {
        let has_room = self.further.len() < MOST_STRETCHES;
        match self.further.last_mut() {
            Some((of, _, end)) if of.as_ref() == part && *end + 1 == first => *end = last,
            _ if has_room => self.further.push((part.cloned(), first, last)),
            _ => self.unnamed += (last - first + 1) as usize,
        }
    }

    /// All places, in words.
    fn told(&self) -> String {
        let further = self.further.iter().map(|(part, first, last)| place(part.as_ref(), *first, *last));
        let all: Vec<String> = self.places.iter().cloned().chain(further).collect();
        let more = if self.unnamed == 0 { String::new() } else { format!(" and {} more", self.unnamed) };
        format!("{}{more}", all.join(", "))
    }
}

/// A stretch of rows, with the file of the folder in which it lies.
fn place(part: Option<&String>, first: u64, last: u64) -> String {
    let part = part.map_or_else(String::new, |part| format!("{part}:"));
    if first == last { format!("{part}{first}") } else { format!("{part}{first}–{last}") }
}

/// What one file says of questions for another that is read with it.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Where the cdfs of forecasts are given, by question.
    pub(super) places: BTreeMap<String, Vec<f64>>,
    /// Which options there were from when on, by question, in order of time.
    pub(super) options: BTreeMap<String, Vec<(Moment, Vec<String>)>>,
    /// The question that a file of prices may be named after, and whether these are of yes.
    pub(super) priced: BTreeMap<String, (String, bool)>,
    /// Whether a file of questions was read.
    pub(super) has_questions: bool,
    /// What is said by draws in files that are read for these.
    pub(super) draws: DrawsSaid,
}

/// What was found in a file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) questions: IndexMap<String, Question>,
    pub(super) forecasts: Vec<ForecastRecord>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) summary: Summary,
}

/// A file while it is read, beside the records known before.
#[derive(Debug)]
pub(super) struct Reading<'r> {
    file: String,
    /// The file of a folder that is being read.
    part: Option<String>,
    known: &'r Records,
    pub(super) beside: &'r mut Beside,
    /// Whether draws are asked for.
    pub(super) takes_draws: bool,
    questions: IndexMap<String, Question>,
    /// Questions known before of which this file says more.
    amended: IndexMap<String, Question>,
    forecasts: Vec<ForecastRecord>,
    /// Question and forecaster of the forecasts.
    pairs: IndexSet<(String, String)>,
    /// The last forecast of each pair at each moment, to find what stands twice.
    latest: HashMap<(usize, u64), usize>,
    /// Questions that nobody defined, created from their forecasts.
    created: BTreeSet<String>,
    outcomes: Vec<Outcome>,
    /// The row of each.
    outcome_rows: Vec<u64>,
    /// By question the row of its outcome, the file of the folder, and what it says.
    resolved: IndexMap<String, (u64, Option<String>, Resolution)>,
    rows: usize,
    ignored: Vec<String>,
    notes: Vec<String>,
    tallies: Tallies,
    /// What is counted by questions, and said in notes.
    of_questions: Vec<Counted>,
}

impl<'r> Reading<'r> {
    pub(super) fn new(file: &str, what: &str, known: &'r Records, beside: &'r mut Beside) -> Self {
        Self {
            file: file.to_owned(),
            part: None,
            known,
            beside,
            takes_draws: false,
            questions: IndexMap::new(),
            amended: IndexMap::new(),
            forecasts: Vec::new(),
            pairs: IndexSet::new(),
            latest: HashMap::new(),
            created: BTreeSet::new(),
            outcomes: Vec::new(),
            outcome_rows: Vec::new(),
            resolved: IndexMap::new(),
            rows: 0,
            ignored: Vec::new(),
            notes: vec![format!("recognised as {what}")],
            tallies: IndexMap::new(),
            of_questions: Vec::new(),
        }
    }

    /// Counts rows.
    pub(super) fn rows(&mut self, count: usize) {
        self.rows += count;
    }

    /// From here on, places lie in this file of the folder.
    pub(super) fn part(&mut self, name: &str) {
        self.part = Some(name.to_owned());
    }

    /// Names columns that are not used.
    pub(super) fn ignore(&mut self, columns: impl IntoIterator<Item = String>) {
        for column in columns {
            if !column.is_empty() && !self.ignored.contains(&column) {
                self.ignored.push(column);
            }
        }
    }

    /// Says something about the whole file.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// A row that cannot be taken.
    pub(super) fn leave_out(&mut self, row: u64, why: &str, detail: &str) {
        self.count(Fate::LeftOut, row, why, detail);
    }

    /// Rows that cannot be taken together, as those of one forecast.
    pub(super) fn leave_out_all(&mut self, rows: &[u64], why: &str, detail: &str) {
        let ends = |stretch: &[u64]| Some((*stretch.first()?, *stretch.last()?));
        let stretches: Vec<(u64, u64)> = rows.chunk_by(|a, b| a + 1 == *b).filter_map(ends).collect();
        self.count_all(Fate::LeftOut, &stretches, why, detail);
    }

    /// A row of which a cell cannot be and is not used, the rest is.
    pub(super) fn in_part(&mut self, row: u64, why: &str, detail: &str) {
        self.count(Fate::InPart, row, why, detail);
    }

    /// A moment in a cell, if the cell says anything. What cannot be read is named and not used.
    pub(super) fn time(&mut self, row: u64, name: &str, cell: &str) -> Option<Moment> {
        match moment(given(cell)?) {
            Ok(moment) => Some(moment),
            Err(problem) => {
                self.in_part(row, &format!("{name} cannot be read, and is not used"), &problem);
                None
            }
        }
    }

    /// Whether a question may close then; a close before its opening is named and not used.
    pub(super) fn may_close(&mut self, row: u64, opens: Option<Date>, closes: Date) -> bool {
        let is_before = opens.filter(|opens| closes < *opens);
        if let Some(opens) = is_before {
            let detail = format!("it closes on {closes} and opens on {opens}");
            self.in_part(row, "the close lies before the opening, and is not used", &detail);
        }
        is_before.is_none()
    }

    /// The day of a close in a cell, under the same conditions.
    pub(super) fn close(&mut self, row: u64, opens: Option<Date>, name: &str, cell: &str) -> Option<Date> {
        let closes = self.time(row, name, cell)?.day();
        self.may_close(row, opens, closes).then_some(closes)
    }

    /// A question that will have no answer.
    pub(super) fn voided(&mut self, row: u64, why: &str, detail: &str) {
        self.count(Fate::Voided, row, why, detail);
    }

    /// Counts questions without an answer that a note names: they have no rows of their own.
    pub(super) fn count_pending(&mut self, count: usize, why: &str) {
        let reason = why.to_owned();
        self.of_questions.push(Counted { fate: Fate::Pending, reason, count, rows: Vec::new() });
    }

    /// A question that has no answer yet.
    pub(super) fn pending(&mut self, row: u64, why: &str, detail: &str) {
        self.count(Fate::Pending, row, why, detail);
    }

    fn count(&mut self, fate: Fate, row: u64, why: &str, detail: &str) {
        self.count_all(fate, &[(row, row)], why, detail);
    }

    fn count_all(&mut self, fate: Fate, stretches: &[(u64, u64)], why: &str, detail: &str) {
        if stretches.is_empty() {
            return;
        }
        self.tallies.entry((fate, why.to_owned())).or_default().add(self.part.as_ref(), stretches, detail);
    }

    /// A question of this file or one known before.
    pub(super) fn question(&self, id: &str) -> Option<&Question> {
        self.questions.get(id).or_else(|| self.amended.get(id)).or_else(|| self.known.questions.get(id))
    }

    /// Gives a question a tag, if it lacks it.
    pub(super) fn tag(&mut self, id: &str, tag: &str) {
        let Some(question) = self.question(id).filter(|question| !question.tags.iter().any(|own| own == tag)) else {
            return;
        };
        let mut question = question.clone();
        question.tags.push(tag.to_owned());
        let own = if self.questions.contains_key(id) { &mut self.questions } else { &mut self.amended };
        own.insert(id.to_owned(), question);
    }

    /// Every question of this file and those known before.
    pub(super) fn questions(&self) -> impl Iterator<Item = &Question> {
        let before = self.known.questions.values().filter(|question| !self.questions.contains_key(&question.id));
        before.chain(self.questions.values())
    }

    /// The question and the moment of every forecast, known before or of this file.
    pub(super) fn made(&self) -> impl Iterator<Item = (&str, Moment)> {
        self.known.forecasts.iter().chain(&self.forecasts).map(|record| (record.question.as_str(), record.made_at))
    }

    /// Adds a question; one that cannot be is left out. Returns whether it was taken.
    pub(super) fn add_question(&mut self, row: u64, question: Question) -> bool {
        if let Err(problem) = question.check() {
            self.leave_out(row, "what defines the question cannot be taken", &problem);
            return false;
        }
        match self.questions.get(&question.id) {
            Some(before) if *before == question => self.leave_out(row, TWICE, &question.id),
            Some(_) => self.leave_out(row, "defines a question again, differently", &question.id),
            None => {
                self.questions.insert(question.id.clone(), question);
                return true;
            }
        }
        false
    }

    /// Adds a forecast; one that cannot be, or stands there already, is left out. Its question is created if nobody knows it.
    pub(super) fn add_forecast(&mut self, row: u64, question: &str, forecaster: &str, made_at: Moment, said: Forecast) {
        self.add_forecast_until(row, question, forecaster, (made_at, None), said);
    }

    /// The same of one that stands no longer than a moment.
    pub(super) fn add_forecast_until(
        &mut self,
        row: u64,
        question: &str,
        forecaster: &str,
        (made_at, until): (Moment, Option<Moment>),
        said: Forecast,
    ) {
        let names = check_name("question id", question).and(check_name("forecaster", forecaster));
        if let Err(problem) = names.and_then(|()| said.check()) {
            self.leave_out(row, "the forecast cannot be", &problem);
            return;
        }
        if let Some(known) = self.question(question) {
            if let Err(problem) = said.check_against(known) {
                self.leave_out(row, "the forecast does not fit its question", &problem);
                return;
            }
        } else {
            let options = if let Forecast::Categorical { options, .. } = &said { options.clone() } else { Vec::new() };
            let created = Question { options, ..Question::blank(question, said.kind()) };
            if !self.add_question(row, created) {
                return;
            }
            // Where no file of questions was read none could have defined it.
            if self.beside.has_questions {
                self.created.insert(question.to_owned());
            }
        }
        let record = ForecastRecord {
            question: question.to_owned(),
            forecaster: forecaster.to_owned(),
            made_at,
            forecast: said,
            provenance: None,
            until,
            curve: None,
        };
        if let Err(problem) = record.check_until() {
            self.leave_out(row, "the forecast stood for no time", &problem);
            return;
        }
        let (pair, _) = self.pairs.insert_full((record.question.clone(), record.forecaster.clone()));
        let key = (pair, made_at.epoch_days().to_bits());
        let before = self.latest.get(&key).and_then(|at| self.forecasts.get(*at));
        let is_same = before == Some(&record);
        let is_replacing = before.is_some();
        if is_same {
            self.leave_out(row, TWICE, &format!("{question} by {forecaster}"));
            return;
        }
        if is_replacing {
            let detail = format!("{question} by {forecaster}");
            self.count(Fate::Replacing, row, SAME_MOMENT, &detail);
        }
        if self.created.contains(question) {
            self.count(Fate::Undefined, row, UNDEFINED, question);
        }
        self.latest.insert(key, self.forecasts.len());
        self.forecasts.push(record);
    }

    /// Adds the draws of a forecast, if they are asked for. Names stand in the order of the values; without one for each no draw is that of a world.
    pub(super) fn add_draws(
        &mut self,
        row: u64,
        question: &str,
        forecaster: &str,
        made_at: Moment,
        (names, values): (&IndexSet<String>, impl ExactSizeIterator<Item = f64>),
    ) {
        let count = values.len();
        if !self.takes_draws || count == 0 {
            return;
        }
        if names.len() != count {
            self.in_part(row, "its draws have no numbers, so that they are of no joint forecast", question);
            return;
        }
        let place = format!("{}:{row}", self.part.as_ref().unwrap_or(&self.file));
        let named = names.iter().map(String::as_str).zip(values);
        self.beside.draws.add((row, place), question, forecaster, made_at, named);
    }

    /// Adds an outcome; one that cannot be, or contradicts another one of this file, is left out.
    pub(super) fn add_outcome(&mut self, row: u64, outcome: Outcome) {
        let Some(question) = self.question(&outcome.question) else {
            self.leave_out(row, "the outcome of a question that nobody forecast", &outcome.question);
            return;
        };
        match outcome.resolution.check_against(question) {
            Ok(()) if self.contradicts(row, &outcome) => {}
            Ok(()) => {
                self.outcomes.push(outcome);
                self.outcome_rows.push(row);
            }
            Err(problem) => self.leave_out(row, "the outcome does not fit its question", &problem),
        }
    }

    /// Whether an earlier row of the same file says that the question came out in another way: then that one counts, and this one is named.
    fn contradicts(&mut self, row: u64, outcome: &Outcome) -> bool {
        let Outcome { question, resolution, .. } = outcome;
        match self.resolved.get(question) {
            Some((first, part, before)) if *part == self.part && before != resolution => {
                let detail = format!("{question}: {resolution}, in row {first} {before}");
                self.leave_out(row, "contradicts an earlier row, which counts", &detail);
                true
            }
            _ => {
                self.resolved.insert(question.clone(), (row, self.part.clone(), resolution.clone()));
                false
            }
        }
    }

    /// Names a row that says another outcome than the first one of its question, which counts: where each row of forecasts has the outcome beside it.
    pub(super) fn beside_outcome(&mut self, row: u64, question: &str, said: Option<&Resolution>) {
        let found = said.zip(self.resolved.get(question)).filter(|(said, (_, _, before))| *said != before);
        if let Some((said, (first, _, before))) = found {
            let detail = format!("{question}: {said}, in row {first} {before}");
            self.in_part(row, "its outcome contradicts an earlier row, which counts", &detail);
        }
    }

    /// What was found.
    ///
    /// # Errors
    /// If there were rows and none could be taken.
    pub(super) fn finish(mut self) -> Result<Found, Error> {
        let taken = self.questions.len() + self.forecasts.len() + self.outcomes.len();
        self.tallies.sort_keys();
        let tallied = all_told(&self.tallies);
        if taken == 0 && self.tallies.keys().any(|(fate, _)| *fate == Fate::LeftOut) {
            return Err(Error::input(format!("{}: nothing could be taken\n{}", self.file, tallied.join("\n"))));
        }
        let [questions, forecasts, outcomes] = [self.questions.len(), self.forecasts.len(), self.outcomes.len()];
        self.notes.push(format!("read: questions {questions}, forecasts {forecasts}, outcomes {outcomes}"));
        self.notes.extend(tallied);
        let summary = Summary {
            file: self.file,
            rows: self.rows,
            taken,
            questions,
            forecasts,
            outcomes,
            ignored_columns: self.ignored,
            created_questions: Vec::new(),
            notes: self.notes,
            outcome_rows: self.outcome_rows,
            ..Summary::default()
        };
        let summary = summary.with_tallies(all_counted(self.tallies).chain(self.of_questions).collect());
        let mut questions = self.amended;
        questions.extend(self.questions);
        Ok(Found { questions, forecasts: self.forecasts, outcomes: self.outcomes, summary })
    }
}

/// Rows that were not taken as they stand, by fate and reason.
type Tallies = IndexMap<(Fate, String), Tally>;

/// A line for each fate and reason.
fn all_told(tallies: &Tallies) -> Vec<String> {
    let told = |((fate, why), tally): (&(Fate, String), &Tally)| {
        let noun = if tally.count == 1 { "row" } else { "rows" };
        format!("{} {fate}, {why}: {noun} {}", tally.count, tally.told())
    };
    tallies.iter().map(told).collect()
}

/// The same in numbers.
fn all_counted(tallies: Tallies) -> impl Iterator<Item = Counted> {
    let counted = |((fate, reason), tally): ((Fate, String), Tally)| Counted {
        fate,
        reason,
        count: tally.count,
        rows: tally.rows,
    };
    tallies.into_iter().map(counted)
}

/// What is to be said of rows of a file that were not taken as they stand, found by another reader: of each its fate, the reason, the row and what stands there.
pub(crate) fn summary_of<'a>(file: &str, rows: impl IntoIterator<Item = (Fate, &'a str, u64, String)>) -> Summary {
    let mut tallies = Tallies::new();
    for (fate, why, row, detail) in rows {
        tallies.entry((fate, why.to_owned())).or_default().add(None, &[(row, row)], &detail);
    }
    tallies.sort_keys();
    let notes = all_told(&tallies);
    Summary { file: file.to_owned(), notes, ..Summary::default() }.with_tallies(all_counted(tallies).collect())
}

/// Why rows of a forecast are left out that could be, but for another one.
pub(super) const OTHER_ROW: &str = "of a forecast that is not taken, since another row of it cannot be";

/// Why a forecast is named, or left out, whose question no file defines that was read with it.
pub(super) const UNDEFINED: &str = "of a question that no file of questions defines";

/// The row that names a forecast of several.
pub(super) fn first(rows: &[u64]) -> u64 {
    rows.first().copied().unwrap_or_default()
}
