//! Joint forecasts of numbers: draws of several questions, of which those of one name are of one world.
//!
//! A table of them is one of forecasts by draws, with the columns `question`, `forecaster`, `made_at`, `draw` and `value`; hubs and tables of scoringutils have
//! samples. What one forecaster said at one moment of questions with the same draws is one joint forecast.

use super::tidy::{Problems, Table, parse_number, shortened};
use super::{Moment, Question, Records, Selection, ends_of};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::math::ln_1p;
use indexmap::{IndexMap, IndexSet};
use std::collections::BTreeMap;

/// The columns of a table of draws; a `revision` keeps apart forecasts of one moment, and `until` says when one was withdrawn.
const COLUMNS: [&str; 5] = ["question", "forecaster", "made_at", "draw", "value"];

/// What somebody said at one time about several numbers together.
#[derive(Debug, Clone, PartialEq)]
pub struct JointDraws {
    /// Who.
    pub forecaster: String,
    /// When.
    pub made_at: Moment,
    /// When it stops standing even if the same forecaster says nothing more, in days since 1970-01-01; infinite if it does not.
    pub ends: f64,
    /// The questions, by id, in alphabetical order. One alone is no joint forecast, and is kept to be counted.
    pub questions: Vec<String>,
    /// For each question the value of each draw; those at the same place are of one world. They stand in the order of their names.
    pub columns: Vec<Vec<f64>>,
}

impl JointDraws {
    /// How many draws there are.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// Turns the draws into `ln(1 + x)`, those below 0 into 0; returns whether any was.
    pub fn use_log_scale(&mut self) -> bool {
        let mut is_raised = false;
        for value in self.columns.iter_mut().flatten() {
            is_raised |= *value < 0.0;
            *value = ln_1p(value.max(0.0));
        }
        is_raised
    }
}

/// Whose draws of which question: the forecaster, the moment, the revision, the question.
type Key = (String, Moment, String, String);

/// The draws of one question.
#[derive(Debug)]
struct Said {
    line: u64,
    /// The line and the file.
    place: String,
    ends: f64,
    /// Numbers of names, with the values.
    draws: Vec<(u32, f64)>,
}

/// What is kept apart: forecaster, moment, revision, and what was asked to be.
type Apart = (String, Moment, String, Option<String>);

/// What is wrong with draws as a joint forecast.
struct Fault {
    line: u64,
    place: String,
    /// In a few words.
    kind: &'static str,
    /// In full, with the way out.
    told: String,
}

/// What was said by draws in files, question by question, until it is joined.
#[derive(Debug, Default)]
pub struct DrawsSaid {
    /// The table in which each row must be right; of files of the field what cannot be is left out.
    table: Option<String>,
    /// Names of draws, by their numbers.
    names: IndexSet<String>,
    said: IndexMap<Key, Said>,
}

impl DrawsSaid {
    /// Whether nothing was said by draws.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    /// Adds the draws of a table of forecasts that was read before, so that its rows are known to be right as such.
    pub(super) fn add_table(&mut self, table: &Table) -> Result<(), Error> {
        let mut problems = Problems::of(table);
        let [question, forecaster, made_at, draw, value] = COLUMNS.map(|name| table.column(name));
        let (revision, until) = (table.column("revision"), table.column("until"));
        for row in &table.rows {
            let name = row.cell(draw);
            if name.is_empty() || row.whole.is_some() {
                problems.push(
                    row.line,
                    "the row has no draw: joint forecasts of numbers have a draw and its value in each; leave out what is said in other ways, and score it by `--forecasts` without `--joint`",
                );
                continue;
            }
            let read = row.cell(made_at).parse::<Moment>().and_then(|made_at| {
                let until = row.cell(until);
                let until = if until.is_empty() { None } else { Some(until.parse::<Moment>()?) };
                Ok((made_at, until, parse_number(row.cell(value))?))
            });
            let Some((made_at, until, value)) = problems.take(row.line, read) else { continue };
            let (question, forecaster) = (row.cell(question).to_owned(), row.cell(forecaster).to_owned());
            let key = (forecaster, made_at, row.cell(revision).to_owned(), question);
            let named = self.number(name);
            let place = || format!("row {}", row.line);
            self.entry(key, row.line, place, ends_of(until)).draws.push((named, value));
        }
        self.table = Some(table.name.clone());
        problems.into_result()
    }

    /// Adds the draws of one question of a file of the field.
    pub(super) fn add<'a>(
        &mut self,
        (line, place): (u64, String),
        question: &str,
        forecaster: &str,
        made_at: Moment,
        draws: impl IntoIterator<Item = (&'a str, f64)>,
    ) {
        let draws: Vec<(u32, f64)> = draws.into_iter().map(|(name, value)| (self.number(name), value)).collect();
        let key = (forecaster.to_owned(), made_at, String::new(), question.to_owned());
        self.entry(key, line, || place, f64::INFINITY).draws.extend(draws);
    }

    fn number(&mut self, name: &str) -> u32 {
        let known = self.names.get_index_of(name);
        known.unwrap_or_else(|| self.names.insert_full(name.to_owned()).0) as u32
    }

    fn entry(&mut self, key: Key, line: u64, place: impl FnOnce() -> String, ends: f64) -> &mut Said {
        let said = self.said.entry(key).or_insert_with(|| Said { line, place: place(), ends, draws: Vec::new() });
        said.ends = said.ends.min(ends);
        said
    }

    /// Joins what was said together: by one forecaster at one moment, of questions that have the same draws and of which `apart` says the same.
    ///
    /// Questions that the records do not hold and moments that are not selected are left out. Returns the forecasts, those of one question alone among them, and what was
    /// left out of files of the field, in words.
    ///
    /// # Errors
    /// If draws of a table stand twice, are those of other questions in part, or are fewer than two; each is named with its row.
    pub fn joined(
        self,
        records: &Records,
        selection: &Selection,
        apart: impl Fn(&Question) -> Option<String>,
    ) -> Result<(Vec<JointDraws>, Vec<String>), Error> {
        let ranks = ranks(&self.names);
        let mut faults = Vec::new();
        let mut groups: IndexMap<Apart, Vec<(String, Said)>> = IndexMap::new();
        for ((forecaster, made_at, revision, question), mut said) in self.said {
            let day = made_at.day();
            let is_selected =
                selection.from.is_none_or(|from| from <= day) && selection.until.is_none_or(|until| day <= until);
            let Some(known) = records.questions.get(&question).filter(|_| is_selected) else { continue };
            for (name, _) in &mut said.draws {
                *name = ranks[*name as usize];
            }
            said.draws.sort_by_key(|(rank, _)| *rank);
            groups.entry((forecaster, made_at, revision, apart(known))).or_default().push((question, said));
        }
        let by_rank = by_rank(&self.names);
        let mut forecasts = Vec::new();
        for ((forecaster, made_at, _, _), questions) in groups {
            let who = format!("`{forecaster}` at {made_at}");
            forecasts.extend(together(&forecaster, made_at, questions, |said, question, fault| {
                faults.push(fault.told(said, question, &who, &by_rank));
            }));
        }
        match self.table {
            Some(table) => {
                let mut problems = Problems::new(&table);
                faults.iter().for_each(|fault| problems.push(fault.line, &fault.told));
                problems.into_result()?;
                Ok((forecasts, Vec::new()))
            }
            None => Ok((forecasts, notes(&faults))),
        }
    }
}

/// The place of each name among all in their order.
fn ranks(names: &IndexSet<String>) -> Vec<u32> {
    let mut ranks = vec![0; names.len()];
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|at| &names[*at]);
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = rank as u32;
    }
    ranks
}

/// The names in their order.
fn by_rank(names: &IndexSet<String>) -> Vec<&str> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// What may be wrong.
enum Wrong<'a> {
    /// This draw stands twice.
    Twice(u32),
    /// There is one alone.
    One,
    /// They are in part those of a question of this name.
    Others(&'a str, &'a Said),
}

impl Wrong<'_> {
    fn told(&self, said: &Said, question: &str, who: &str, names: &[&str]) -> Fault {
        let (kind, told) = match self {
            Self::Twice(rank) => {
                let name = names[*rank as usize];
                let told = format!(
                    "the draw `{name}` of `{question}` by {who} stands twice; a column `revision` keeps apart several forecasts of one moment"
                );
                ("a draw stands twice", told)
            }
            Self::One => {
                let told = format!(
                    "`{question}` has one draw by {who}, and a joint forecast has two at least; give more, or a forecast of each question by itself to `--forecasts`"
                );
                ("there is one draw alone", told)
            }
            Self::Others(other, first) => {
                let lacking = differing(&first.draws, &said.draws, names);
                let more = differing(&said.draws, &first.draws, names);
                let told = format!(
                    "the draws of `{question}` by {who} are not those of `{other}` ({}): {}; draws of the same name are of one world, so give those that are missing, or other names to draws that have nothing to do with each other, or keep the questions apart by `--set-by`",
                    first.place,
                    [
                        lacking.map(|names| format!("{names} is missing")),
                        more.map(|names| format!("{names} is there alone"))
                    ]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", ")
                );
                ("the draws are not those of the other questions", told)
            }
        };
        Fault { line: said.line, place: said.place.clone(), kind, told }
    }
}

/// The draws that the first have and the second lack, in words.
fn differing(first: &[(u32, f64)], second: &[(u32, f64)], names: &[&str]) -> Option<String> {
    let has = |rank: u32| second.binary_search_by_key(&rank, |(known, _)| *known).is_ok();
    let mut found = first.iter().map(|(rank, _)| *rank).filter(|rank| !has(*rank));
    let example = names[found.next()? as usize];
    Some(match found.count() {
        0 => format!("`{example}`"),
        more => format!("`{example}` (and {more} more)"),
    })
}

/// What one forecaster said at one moment, each set of questions with the same draws by itself.
fn together(
    forecaster: &str,
    made_at: Moment,
    mut questions: Vec<(String, Said)>,
    mut fault: impl FnMut(&Said, &str, Wrong<'_>),
) -> Vec<JointDraws> {
    questions.sort_by(|a, b| a.0.cmp(&b.0));
    questions.retain(|(question, said)| {
        let twice = said.draws.windows(2).find(|pair| pair[0].0 == pair[1].0);
        if let Some(pair) = twice {
            fault(said, question, Wrong::Twice(pair[0].0));
        }
        twice.is_none()
    });
    // The questions of each list of draws, and the list to which each draw belongs.
    let mut sets: IndexMap<Vec<u32>, Vec<usize>> = IndexMap::new();
    for (at, (_, said)) in questions.iter().enumerate() {
        sets.entry(said.draws.iter().map(|(rank, _)| *rank).collect()).or_default().push(at);
    }
    let mut owners: BTreeMap<u32, usize> = BTreeMap::new();
    let mut forecasts = Vec::new();
    for (set, (draws, members)) in sets.iter().enumerate() {
        let (first, said) = &questions[members[0]];
        let other = draws.iter().find_map(|rank| owners.get(rank));
        if let Some((_, of_other)) = other.and_then(|other| sets.get_index(*other)) {
            let (before, of_before) = &questions[of_other[0]];
            fault(said, first, Wrong::Others(before, of_before));
            continue;
        }
        owners.extend(draws.iter().map(|rank| (*rank, set)));
        if draws.len() < 2 && members.len() > 1 {
            fault(said, first, Wrong::One);
            continue;
        }
        let values = |at: &usize| questions[*at].1.draws.iter().map(|(_, value)| *value).collect();
        forecasts.push(JointDraws {
            forecaster: forecaster.to_owned(),
            made_at,
            ends: members.iter().map(|at| questions[*at].1.ends).fold(f64::INFINITY, f64::min),
            questions: members.iter().map(|at| questions[*at].0.clone()).collect(),
            columns: members.iter().map(values).collect(),
        });
    }
    forecasts
}

/// What was left out of files of the field, a line for each kind.
fn notes(faults: &[Fault]) -> Vec<String> {
    let mut by_kind: BTreeMap<&str, (Vec<String>, &str)> = BTreeMap::new();
    for fault in faults {
        by_kind.entry(fault.kind).or_insert_with(|| (Vec::new(), fault.told.as_str())).0.push(fault.place.clone());
    }
    let line = |(kind, (places, told)): (&str, (Vec<String>, &str))| {
        format!("{} left out, {kind}: {} ({told})", counted(places.len(), "joint forecast"), shortened(&places))
    };
    by_kind.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::import::{InputFile, read_all_and_draws};
    use crate::forecast::tidy::{Holds, TidyFile};

    const HEAD: &str = "question,forecaster,made_at,draw,value\n";

    fn read(text: &str) -> Result<(Vec<JointDraws>, Vec<String>), Error> {
        by(text, |_| None)
    }

    fn by(text: &str, apart: impl Fn(&Question) -> Option<String>) -> Result<(Vec<JointDraws>, Vec<String>), Error> {
        let file = InputFile::from_bytes("d.csv", text.as_bytes())?.for_draws();
        let mut records = Records::default();
        let (_, _, draws) = read_all_and_draws(&[(Holds::Forecasts, file)], &mut records)?;
        draws.joined(&records, &Selection::default(), apart)
    }

    #[test]
    fn rows_in_any_order_are_one_forecast_of_all_questions_with_the_same_draws() {
        let rows = [
            "b,ann,2025-01-01,y,4",
            "a,ann,2025-01-01,x,1",
            "b,ann,2025-01-01,x,3",
            "a,ann,2025-01-01,y,2",
            "c,ann,2025-01-01,p,7",
            "c,ann,2025-01-01,q,8",
            "a,ben,2025-01-01,x,9",
            "a,ben,2025-01-01,y,9",
        ];
        let (found, notes) = read(&format!("{HEAD}{}\n", rows.join("\n"))).expect("draws");
        assert!(notes.is_empty());
        let of = |at: usize| (found[at].forecaster.as_str(), found[at].questions.join(" "), found[at].columns.clone());
        assert_eq!(of(0), ("ann", "a b".to_owned(), vec![vec![1.0, 2.0], vec![3.0, 4.0]]));
        assert_eq!(of(1), ("ann", "c".to_owned(), vec![vec![7.0, 8.0]]));
        assert_eq!(of(2).1, "a");
        assert_eq!((found.len(), found[0].draws(), found[0].ends), (3, 2, f64::INFINITY));
        let mut turned = rows;
        turned.reverse();
        let (again, _) = read(&format!("{HEAD}{}\n", turned.join("\n"))).expect("draws");
        assert!(found.iter().all(|forecast| again.contains(forecast)) && again.len() == 3);
    }

    #[test]
    fn questions_are_kept_apart_where_they_are_asked_to_be() {
        let rows = "a,ann,2025-01-01,x,1\na,ann,2025-01-01,y,2\nb,ann,2025-01-01,x,3\n";
        // Together they do not fit; apart they do.
        assert!(read(&format!("{HEAD}{rows}")).is_err());
        let (found, _) = by(&format!("{HEAD}{rows}"), |question| Some(question.id.clone())).expect("two forecasts");
        assert_eq!(found.iter().map(JointDraws::draws).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn a_revision_is_another_forecast_and_until_ends_it() {
        let text = "question,forecaster,made_at,draw,value,revision,until\n\
            a,ann,2025-01-01,x,1,,\nb,ann,2025-01-01,x,1,,\na,ann,2025-01-01,y,1,,\nb,ann,2025-01-01,y,1,,\n\
            a,ann,2025-01-01,x,2,2,2025-01-03\nb,ann,2025-01-01,x,2,2,2025-01-09\na,ann,2025-01-01,y,2,2,2025-01-03\nb,ann,2025-01-01,y,2,2,2025-01-09\n";
        let (found, _) = read(text).expect("two forecasts");
        assert_eq!((found.len(), found[1].columns[0][0]), (2, 2.0));
        let day = "2025-01-04".parse::<Moment>().expect("a day").epoch_days();
        assert_eq!((found[0].ends, found[1].ends), (f64::INFINITY, day));
    }

    #[test]
    fn what_cannot_be_is_named_with_its_row_and_the_way_out() {
        for (rows, told) in [
            (
                "a,ann,2025-01-01,x,1\na,ann,2025-01-01,y,2\nb,ann,2025-01-01,x,3\nb,ann,2025-01-01,z,3\n",
                "d.csv:4: the draws of `b` by `ann` at 2025-01-01 are not those of `a` (row 2): `y` is missing, `z` is there alone; draws of the same name",
            ),
            ("a,ann,2025-01-01,x,1\na,ann,2025-01-01,x,2\n", "d.csv:3: the draw `x` stands twice"),
            ("a,ann,2025-01-01,x,1\nb,ann,2025-01-01,x,2\n", "d.csv:2: `a` has one draw by `ann` at 2025-01-01"),
        ] {
            let problem = read(&format!("{HEAD}{rows}")).expect_err(rows).to_string();
            assert!(problem.contains(told), "{problem}");
        }
        let mixed = "question,forecaster,made_at,draw,value,quantile\na,ann,2025-01-01,x,1,\nb,ann,2025-01-01,,1,0.5\n";
        let problem = read(mixed).expect_err("a quantile").to_string();
        assert!(problem.contains("d.csv:3: the row has no draw"), "{problem}");
        let file = TidyFile::from_text("q.csv", "question,forecaster,made_at,probability\n").expect("a table");
        assert!(!file.is_of_draws() && TidyFile::from_text("d.csv", HEAD).expect("a table").is_of_draws());
    }

    #[test]
    fn samples_of_a_hub_are_joined_by_their_numbers_and_what_cannot_be_is_left_out() {
        let head = "reference_date,horizon,location,output_type,output_type_id,value,model_id\n";
        let mut text = head.to_owned();
        for (location, first) in [("US", 0), ("DE", 10)] {
            for horizon in [1, 2] {
                for draw in 0..3 {
                    let row = format!("2025-01-04,{horizon},{location},sample,{},{},m\n", first + draw, horizon * draw);
                    text.push_str(&row);
                }
            }
        }
        text.push_str("2025-01-04,1,FR,sample,20,1,m\n2025-01-04,1,FR,sample,21,1,m\n2025-01-04,2,FR,sample,20,1,m\n");
        text.push_str("2025-01-04,1,IT,quantile,0.5,1,m\n2025-01-04,1,IT,sample,,1,m\n2025-01-04,1,IT,sample,,2,m\n");
        let (found, notes) = read(&text).expect("samples");
        let sets: Vec<String> = found.iter().map(|forecast| forecast.questions.join(" ")).collect();
        assert_eq!(sets, ["1/DE/2025-01-04 2/DE/2025-01-04", "1/FR/2025-01-04", "1/US/2025-01-04 2/US/2025-01-04"]);
        assert_eq!(found[2].columns, [vec![0.0, 1.0, 2.0], vec![0.0, 2.0, 4.0]]);
        assert!(notes.len() == 1 && notes[0].contains("not those of the other questions: d.csv:16"), "{notes:?}");
    }

    #[test]
    fn draws_on_the_log_scale_are_at_least_nothing() {
        let mut forecast =
            read(&format!("{HEAD}a,ann,2025-01-01,x,-1\na,ann,2025-01-01,y,0\n")).expect("draws").0.remove(0);
        assert!(forecast.use_log_scale() && forecast.columns == [vec![0.0, 0.0]]);
        assert!(!forecast.use_log_scale());
    }
}
