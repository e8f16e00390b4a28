//! Scores of a part of the rows, to be put together with those of the others.

use super::evaluate::Reason;
use super::rule;
use super::running::{Bits, Fixed, RunningMean};
use super::streamed::{Definitions, StreamedScores};
use crate::error::Error;
use crate::forecast::stream::Latest;
use crate::forecast::tidy::{NotTaken, outcomes_not_taken};
use crate::forecast::{Moment, Records};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the form of a part.
pub const SCORE_PART_SCHEMA: &str = "foretell.score-part/2";

/// What was summed of a part of the rows. Whatever the division into parts and their order, what they are put together to has the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScorePart {
    /// Name and version of this form.
    schema: String,
    /// Version of the engine.
    engine: String,
    /// SHA-256 of the definitions of the questions and their outcomes, which all parts must share.
    definitions: String,
    /// How many questions are defined.
    defined: u32,
    /// Questions that are not.
    undefined: Vec<String>,
    /// The rules.
    rules: Vec<String>,
    /// The forecasters.
    people: Vec<PersonPart>,
    /// Forecasts that were not scored.
    left_out: Vec<LeftOut>,
    /// Forecasters of no interest.
    passed: Vec<String>,
    /// The day up to which anything is known.
    #[schemars(with = "Option<String>")]
    latest: Option<Date>,
    /// Questions on which something stood and whose scheduled close lies after that.
    closing: Vec<Closing>,
    /// What the tables of outcomes hold that is not taken.
    told: OutcomesTold,
    /// Of the questions known by their outcomes alone, those that no row names, in the same form as answers.
    unmet: String,
}

/// Questions of one scheduled close.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    #[schemars(with = "String")]
    closes: Date,
    /// Which, in the same form as answers.
    questions: String,
}

/// What tables of outcomes hold that is not taken as it stands, if each of their questions is known; and what is to be said of those that are not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomesTold {
    /// Rows without a resolution.
    pub pending: usize,
    /// Questions annulled, each as often as there are tables that say so.
    pub voided: usize,
    /// Of questions known by their outcomes alone, by number: how many rows resolve them, and how many tables annul them. One row and none, of those that
    /// are not here.
    pub others: BTreeMap<u32, (usize, usize)>,
}

impl OutcomesTold {
    /// What was not taken, given which questions nobody knows.
    pub(super) fn not_taken(&self, unmet: Option<&Bits>) -> Vec<NotTaken> {
        let (mut unknown, mut voided) = (0, self.voided);
        for number in unmet.into_iter().flat_map(Bits::numbers) {
            let (rows, annulled) = self.others.get(&number).copied().unwrap_or((1, 0));
            unknown += rows;
            voided = voided.saturating_sub(annulled);
        }
        outcomes_not_taken([unknown, voided, self.pending])
    }
}

/// What a forecaster did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PersonPart {
    name: String,
    /// Which of the questions that are defined were answered in time, a bit for each: stretches of 64-bit words, `first word:hexadecimal digits`, with commas
    /// between.
    answered: String,
    /// By rule.
    sums: Vec<RunningMean>,
    /// Of clusters of several questions: the rule, the cluster, questions and the sum of their scores.
    shared: Vec<(u32, u32, u32, Fixed)>,
}

/// Forecasts that were not scored for a reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    reason: Reason,
    forecasts: usize,
    /// Which questions, in the same form; those that nobody defined follow those that are defined.
    questions: String,
}

impl ScorePart {
    /// From text; `name` is the file's, for messages.
    ///
    /// # Errors
    /// If it is none, or of another version.
    pub fn from_text(name: &str, text: &str) -> Result<Self, Error> {
        let part: Self = serde_json::from_str(text).map_err(|problem| {
            Error::input(format!("`{name}` is no part of scores: {problem}"))
                .help("`foretell score --stream … --part FILE` writes parts")
        })?;
        let (theirs, ours) = (part.engine.as_str(), env!("CARGO_PKG_VERSION"));
        if part.schema != SCORE_PART_SCHEMA || theirs != ours {
            let form = &part.schema;
            return Err(Error::input(format!(
                "`{name}` was made by foretell {theirs} ({form}), but this is foretell {ours} ({SCORE_PART_SCHEMA})"
            ))
            .help("score all parts with the same version: another one may give other figures"));
        }
        Ok(part)
    }

    /// As text.
    ///
    /// # Errors
    /// If a sum became too large to be held.
    pub fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string(self)
            .map(|text| text + "\n")
            .map_err(|problem| Error::environment("the part cannot be written as JSON").because(problem))
    }
}

impl StreamedScores {
    /// Takes note of what tables of outcomes hold that is not taken, and of the questions known by their outcomes alone that no row names. By id, `others` says
    /// how many rows resolve a question that is known by its outcomes alone, and how many tables annul it.
    pub fn tell_outcomes(
        &mut self,
        [pending, voided]: [usize; 2],
        others: &BTreeMap<String, (usize, usize)>,
        unmet: &BTreeSet<&str>,
    ) {
        let number = |id: &str| self.questions.get(id).copied();
        let is_other = |(id, told): (&String, &(usize, usize))| Some((number(id)?, *told)).filter(|_| *told != (1, 0));
        let others = others.iter().filter_map(is_other).collect();
        let mut bits = Bits::default();
        for at in unmet.iter().filter_map(|id| number(id)) {
            bits.insert(at);
        }
        self.told = OutcomesTold { pending, voided, others };
        self.unmet = Some(bits);
    }

    /// What was summed so far, as a part; of scores that were begun as such ([`StreamedScores::of_part`]).
    #[must_use]
    pub fn part(&self) -> ScorePart {
        let defined = self.definitions.count;
        let mut undefined: Vec<(u32, String)> =
            self.questions.iter().filter(|(_, number)| **number >= defined).map(|(id, at)| (*at, id.clone())).collect();
        undefined.sort_unstable();
        let mut shared: Vec<_> = self.shared.iter().collect();
        shared.sort_unstable_by_key(|(key, _)| **key);
        let of = |person: u32| {
            let first = shared.partition_point(|((of, ..), _)| *of < person);
            let of_person = shared[first..].iter().take_while(move |((of, ..), _)| *of == person);
            of_person.map(|((_, rule, cluster), (count, sum))| (*rule, *cluster, *count, Fixed(*sum))).collect()
        };
        let people = self.people.iter().zip(0..).map(|(person, number)| PersonPart {
            name: person.name.clone(),
            answered: person.answered.write(),
            sums: person.sums.clone(),
            shared: of(number),
        });
        let left_out = self.left_out.iter().map(|(reason, (forecasts, questions))| LeftOut {
            reason: *reason,
            forecasts: *forecasts,
            questions: questions.write(),
        });
        let latest = self.latest_day();
        let closing = latest.map(|day| self.closing_after(day)).unwrap_or_default();
        ScorePart {
            schema: SCORE_PART_SCHEMA.to_owned(),
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            definitions: self.definitions.digest.clone(),
            defined,
            undefined: undefined.into_iter().map(|(_, id)| id).collect(),
            rules: self.rules.iter().map(|rule| rule.id().to_owned()).collect(),
            people: people.collect(),
            left_out: left_out.collect(),
            passed: self.passed.iter().cloned().collect(),
            latest,
            closing: closing.iter().map(|(closes, of)| Closing { closes: *closes, questions: of.write() }).collect(),
            told: self.told.clone(),
            unmet: self.unmet.as_ref().map_or_else(String::new, Bits::write),
        }
    }

    /// Nothing yet of that which a part is a part of.
    ///
    /// # Errors
    /// If the part names a rule that there is none of.
    pub fn whole_of(name: &str, part: &ScorePart) -> Result<Self, Error> {
        let rules = part.rules.iter().map(|id| rule(id)).collect::<Option<Vec<_>>>().ok_or_else(|| damaged(name))?;
        let mut whole = Self::new(&Records::default(), &rules);
        whole.definitions = Definitions { count: part.defined, digest: part.definitions.clone() };
        whole.told = part.told.clone();
        Ok(whole)
    }

    /// Adds what a part holds; what it is put together to does not depend on the order.
    ///
    /// # Errors
    /// If it belongs to other questions, outcomes or rules, or forecasts a question that another part has forecasts of by the same person; then nothing is changed.
    pub fn merge(&mut self, name: &str, part: &ScorePart) -> Result<(), Error> {
        let same_rules = self.rules.iter().map(|rule| rule.id()).eq(part.rules.iter().map(String::as_str));
        let same = Definitions { count: part.defined, digest: part.definitions.clone() } == self.definitions
            && part.told == self.told;
        if !same_rules || !same {
            let what = if same { "under other rules" } else { "against other questions or outcomes" };
            return Err(Error::input(format!("`{name}` was scored {what} than the parts before it"))
                .help("score every part with the same --rule, --questions and --outcomes"));
        }
        // Everything is looked at before anything is changed.
        let answered = part.people.iter().map(|of| self.answers(name, of)).collect::<Result<Vec<_>, _>>()?;
        let every = part.defined as usize + part.undefined.len();
        let left_out = part.left_out.iter().map(|of| {
            let questions = Bits::read(&of.questions).filter(|bits| bits.numbers().all(|at| (at as usize) < every));
            Ok((of, questions.ok_or_else(|| damaged(name))?))
        });
        let left_out = left_out.collect::<Result<Vec<_>, Error>>()?;
        let of_defined = |text: &str| {
            let bits = Bits::read(text).filter(|bits| bits.numbers().all(|at| at < part.defined));
            bits.ok_or_else(|| damaged(name))
        };
        let closing = part.closing.iter().map(|of| Ok((of.closes, of_defined(&of.questions)?)));
        let closing = closing.collect::<Result<Vec<_>, Error>>()?;
        let unmet = of_defined(&part.unmet)?;
        for (of, answered) in part.people.iter().zip(&answered) {
            let number = self.known(&of.name);
            let person = &mut self.people[number as usize];
            person.answered.merge(answered);
            person.sums.iter_mut().zip(&of.sums).for_each(|(sums, more)| sums.merge(more));
            for (rule, cluster, count, sum) in &of.shared {
                let shared = self.shared.entry((number, *rule, *cluster)).or_default();
                shared.0 += count;
                shared.1.merge(&sum.0);
            }
        }
        // Questions that nobody defined have other numbers here than there.
        let undefined: Vec<u32> = part.undefined.iter().map(|id| self.undefined(id)).collect();
        let here = |at: u32| at.checked_sub(part.defined).map_or(at, |at| undefined[at as usize]);
        for (of, questions) in left_out {
            let entry = self.left_out.entry(of.reason).or_default();
            entry.0 += of.forecasts;
            questions.numbers().for_each(|number| {
                entry.1.insert(here(number));
            });
        }
        self.passed.extend(part.passed.iter().cloned());
        let mut latest = Latest::default();
        part.latest.into_iter().for_each(|day| latest.add(Moment::Day(day)));
        self.add_latest(latest);
        for (closes, questions) in closing {
            self.closing.entry(closes).or_default().merge(&questions);
        }
        if let Some(before) = &mut self.unmet {
            before.keep(&unmet);
        } else {
            self.unmet = Some(unmet);
        }
        Ok(())
    }

    /// Which questions somebody of a part answered; none of them may have been answered before.
    fn answers(&self, name: &str, of: &PersonPart) -> Result<Bits, Error> {
        let answered = Bits::read(&of.answered).filter(|_| of.sums.len() == self.rules.len());
        let answered = answered.ok_or_else(|| damaged(name))?;
        let before = self.forecasters.get(&of.name).map(|number| &self.people[*number as usize].answered);
        if before.is_some_and(|before| before.meets(&answered)) {
            return Err(Error::input(format!(
                "`{name}` has a forecast by `{}` of a question that another part has one of, too",
                of.name
            ))
            .help("forecasts that change are weighted by how long they stood: put all of a question's into one part, or score without --part"));
        }
        Ok(answered)
    }

    /// The number of a question that nobody defined.
    fn undefined(&mut self, id: &str) -> u32 {
        if self.knows_fates() {
            return self.question(id);
        }
        let next = self.definitions.count + self.questions.len() as u32;
        *self.questions.entry(id.to_owned()).or_insert(next)
    }
}

fn damaged(name: &str) -> Error {
    Error::input(format!("`{name}` is damaged: what it holds does not fit together")).help("score that part again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::stream::{OutcomeColumn, stream};
    use crate::forecast::tidy;
    use crate::score::{Report, ScoringRule};
    use std::fmt::Write as _;
    use std::path::Path;

    /// 40 questions, some in clusters, one annulled, one open; 30 people answer three in four of them, and one nobody defined.
    fn tables(folder: &Path) -> (Vec<String>, Records) {
        let mut questions = "id,kind,ask,opens,closes,cluster\n".to_owned();
        let mut outcomes = "question,resolution,resolved_on\n".to_owned();
        for at in 0..40_u32 {
            let cluster = if at < 12 { format!("c{}", at % 4) } else { String::new() };
            let _ = writeln!(questions, "q{at},binary,Is it {at}?,2025-01-01,2025-03-01,{cluster}");
            let came = ["yes", "no", "no"][at as usize % 3];
            match at {
                38 => outcomes += "q38,annulled,2025-03-02\n",
                39 => {}
                _ => {
                    let _ = writeln!(outcomes, "q{at},{came},2025-03-02");
                }
            }
        }
        std::fs::write(folder.join("questions.csv"), questions).expect("a file can be written");
        std::fs::write(folder.join("outcomes.csv"), outcomes).expect("a file can be written");
        let mut rows = Vec::new();
        for person in 0..30_u32 {
            for at in (0..41).filter(|at| (at + person) % 4 != 0) {
                let p = f64::from((7 * person + 13 * at) % 101) / 101.0;
                rows.push(format!("q{at},p{person},2025-01-{:02},{p}\n", 1 + at % 28));
            }
        }
        let mut records = Records::default();
        tidy::read_questions(&folder.join("questions.csv"), &mut records).expect("questions");
        tidy::read_outcomes_first(&folder.join("outcomes.csv"), &mut records).expect("outcomes");
        (rows, records)
    }

    fn scored(folder: &Path, records: &Records, rules: &[&'static dyn ScoringRule], rows: &[String]) -> StreamedScores {
        let path = folder.join("rows.csv");
        std::fs::write(&path, format!("question,forecaster,made_at,probability\n{}", rows.concat())).expect("written");
        let mut scores = StreamedScores::of_part(records, rules);
        let keep = |name: &str| name != "p7";
        stream(&path, OutcomeColumn::Unused, |batch| scores.add(batch, "rows", &keep)).expect("rows");
        scores
    }

    fn text(report: &Report) -> String {
        serde_json::to_string(report).expect("JSON")
    }

    #[test]
    fn however_rows_are_dealt_out_the_bits_are_those_of_one_pass() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (rows, records) = tables(folder.path());
        let rules = [rule("brier").expect("known"), rule("log").expect("known")];
        let whole = text(&scored(folder.path(), &records, &rules, &rows).report());
        assert!(whole.contains("unresolved") && whole.contains("annulled") && whole.len() > 4000, "{whole}");
        for parts in [1, 2, 3, 7] {
            let mut order: Vec<usize> = (0..parts).collect();
            for turn in 0..2 {
                order.rotate_left(turn);
                let mut merged: Option<StreamedScores> = None;
                for of in order.iter().rev() {
                    let some: Vec<String> = rows
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| at % parts == *of)
                        .map(|(_, row)| row.clone())
                        .collect();
                    let written = scored(folder.path(), &records, &rules, &some).part().to_text().expect("JSON");
                    let part = ScorePart::from_text("a part", &written).expect("what was written can be read");
                    if merged.is_none() {
                        merged = Some(StreamedScores::whole_of("a part", &part).expect("known rules"));
                    }
                    merged.as_mut().expect("just made").merge("a part", &part).expect("parts of one whole");
                }
                let merged = merged.expect("at least one part");
                assert_eq!(text(&merged.report()), whole, "{parts} parts");
                assert_eq!(merged.everybody().count(), 30);
            }
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (rows, records) = tables(folder.path());
        let brier = [rule("brier").expect("known")];
        let part = scored(folder.path(), &records, &brier, &rows).part();
        let mut whole = StreamedScores::whole_of("first", &part).expect("known rules");
        whole.merge("first", &part).expect("the first");
        let said = |problem: Result<(), Error>| problem.expect_err("it is refused").to_string();
        assert!(said(whole.merge("again", &part)).contains("another part has one of, too"));
        let log = scored(folder.path(), &records, &[rule("log").expect("known")], &rows).part();
        assert!(said(whole.merge("log", &log)).contains("under other rules"));
        let mut fewer = records.clone();
        fewer.outcomes.shift_remove("q3");
        let other = scored(folder.path(), &fewer, &brier, &rows).part();
        assert!(said(whole.merge("other", &other)).contains("against other questions or outcomes"));
        let text = part.to_text().expect("JSON");
        for (from, to) in [("0.1.0", "0.0.9"), ("score-part/2", "score-part/9"), ("\"rules\"", "\"laws\"")] {
            assert!(ScorePart::from_text("bad", &text.replacen(from, to, 1)).is_err(), "{from}");
        }
    }
}
