//! The guarantees of the ledger, checked against a file that is tampered with by raw SQL.

use super::*;
use crate::error::ErrorKind;
use crate::forecast::{
    Forecast, ForecastRecord, JointForecast, Moment, Outcome, Provenance, Question, QuestionKind, Records, Resolution,
};
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::Path;

fn question(id: &str) -> Question {
    Question {
        id: id.to_owned(),
        ask: format!("Will {id} happen?"),
        kind: QuestionKind::Binary,
        options: Vec::new(),
        opens: None,
        closes: Some(jiff::civil::date(2025, 12, 31)),
        resolves: None,
        cluster: None,
        tags: Vec::new(),
    }
}

fn forecast(question: &str, forecaster: &str, day: i8, probability: f64) -> ForecastRecord {
    ForecastRecord {
        question: question.to_owned(),
        forecaster: forecaster.to_owned(),
        made_at: Moment::Day(jiff::civil::date(2025, 8, day)),
        forecast: Forecast::Binary { probability },
        provenance: None,
        until: None,
        curve: None,
    }
}

fn outcome(question: &str, resolution: Resolution) -> Outcome {
    Outcome {
        question: question.to_owned(),
        resolution,
        resolved_on: Moment::Day(jiff::civil::date(2025, 9, 1)),
        source: Some("the gazette".to_owned()),
    }
}

fn now() -> Timestamp {
    "2025-08-19T12:00:00Z".parse().unwrap()
}

/// A ledger with one question, eight forecasts and an outcome: ten lines.
fn ten_lines(folder: &Path) -> Ledger {
    let mut ledger = Ledger::open(&folder.join("a.db")).unwrap();
    let mut entries = vec![Entry::Question(question("q"))];
    entries.extend((1..=8).map(|day| Entry::Forecast(forecast("q", "me", day, f64::from(day) / 10.0))));
    entries.push(Entry::Outcome(outcome("q", Resolution::Yes)));
    let receipt = ledger.append(&entries, now()).unwrap();
    assert_eq!((receipt.first, receipt.last, receipt.forecasts), (Some(1), 10, 8));
    ledger
}

/// Takes the guards away and runs SQL on the file, as somebody would who wants to change the past.
fn tamper(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER entry_only_at_the_end; DROP TRIGGER entry_never_changes; DROP TRIGGER entry_never_goes;",
        )
        .unwrap();
    connection.execute_batch(sql).unwrap();
}

/// What verification says of the lines: what, from, to.
fn about_lines(verification: &Verification) -> Vec<(FindingKind, u64, u64)> {
    verification
        .findings
        .iter()
        .filter(|finding| finding.what != FindingKind::Schema)
        .map(|finding| (finding.what, finding.line.unwrap(), finding.last_line.unwrap()))
        .collect()
}

fn after(sql: &str) -> Vec<(FindingKind, u64, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    assert!(ledger.verify().unwrap().is_clean());
    tamper(&folder.path().join("a.db"), sql);
    let verification = ledger.verify().unwrap();
    assert_eq!(
        verification.findings.iter().filter(|finding| finding.what == FindingKind::Schema).count(),
        3,
        "the missing guards are named"
    );
    about_lines(&verification)
}

#[test]
fn other_words_for_a_resolved_question_are_told_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let asking = |id: &str, ask: &str| Entry::Question(Question { ask: ask.to_owned(), ..question(id) });
    ledger.append(&[asking("open", "Is it open?")], now()).unwrap();
    let told = ledger.append(&[asking("q", "Is it raining?"), asking("open", "Is it shut?")], now()).unwrap();
    let words = |before: &str, after: &str| Reworded {
        question: "q".to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
        closes: (question("q").closes, question("q").closes),
    };
    assert_eq!(told.reworded, [words("Will q happen?", "Is it raining?")]);
    assert_eq!(told.questions, 2);
    let again = ledger.append(&[asking("q", "Is it raining?")], now()).unwrap();
    assert!(again.reworded.is_empty() && again.questions == 0);
    let tagged = Question { ask: "Is it raining?".to_owned(), tags: vec!["war".to_owned()], ..question("q") };
    assert!(ledger.append(&[Entry::Question(tagged)], now()).unwrap().reworded.is_empty());
    let batches = ledger.append_in_batches(&[asking("q", "Is it dry?")], now(), 1, |_| Ok(())).unwrap();
    assert_eq!(batches.reworded, [words("Is it raining?", "Is it dry?")]);
    let later = Some(jiff::civil::date(2026, 1, 31));
    let moved = Question { ask: "Is it dry?".to_owned(), closes: later, ..question("q") };
    let told = ledger.append(&[Entry::Question(moved)], now()).unwrap();
    assert_eq!(told.reworded.iter().map(|one| one.closes).collect::<Vec<_>>(), [(question("q").closes, later)]);
}

#[test]
fn a_change_of_any_byte_of_any_column_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let connection = Connection::open(folder.path().join("a.db")).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER entry_only_at_the_end; DROP TRIGGER entry_never_changes; DROP TRIGGER entry_never_goes;",
        )
        .unwrap();
    let mut checked = 0;
    for seq in [1, 5, 10] {
        for column in ["recorded_at", "kind", "payload", "previous", "hash"] {
            let query = format!("SELECT {column} FROM entry WHERE seq = {seq}");
            let sound: String = connection.query_row(&query, [], |row| row.get(0)).unwrap();
            let update = format!("UPDATE entry SET {column} = ?1 WHERE seq = {seq}");
            for at in 0..sound.len() {
                let mut changed = sound.clone().into_bytes();
                changed[at] ^= 1;
                let changed = String::from_utf8(changed).unwrap();
                connection.execute(&update, [&changed]).unwrap();
                let found = about_lines(&ledger.verify().unwrap());
                assert_eq!(found, [(FindingKind::Changed, seq, seq)], "{column} of line {seq}, byte {at}");
                checked += 1;
            }
            connection.execute(&update, [&sound]).unwrap();
        }
    }
    assert!(checked > 700, "{checked}");
    assert!(about_lines(&ledger.verify().unwrap()).is_empty());
}

#[test]
fn a_removed_line_is_named() {
    assert_eq!(after("DELETE FROM entry WHERE seq = 5"), [(FindingKind::Removed, 5, 5)]);
    assert_eq!(after("DELETE FROM entry WHERE seq BETWEEN 1 AND 3"), [(FindingKind::Removed, 1, 3)]);
}

#[test]
fn a_removed_line_is_named_when_the_rest_is_renumbered() {
    assert_eq!(
        after("DELETE FROM entry WHERE seq = 5; UPDATE entry SET seq = seq - 1 WHERE seq > 5"),
        [(FindingKind::Removed, 5, 5), (FindingKind::Moved, 5, 9)]
    );
    assert_eq!(
        after("DELETE FROM entry WHERE seq IN (1, 2, 3); UPDATE entry SET seq = seq - 3"),
        [(FindingKind::Removed, 1, 3), (FindingKind::Moved, 1, 7)]
    );
}

#[test]
fn an_inserted_line_is_named() {
    let shift = "UPDATE entry SET seq = -seq WHERE seq >= 5; UPDATE entry SET seq = 1 - seq WHERE seq < 0;";
    assert_eq!(
        after(&format!(
            "{shift} INSERT INTO entry (seq, recorded_at, kind, payload, previous, hash)
             SELECT 5, recorded_at, kind, payload, previous, 'forged' FROM entry WHERE seq = 4"
        )),
        [(FindingKind::Inserted, 5, 5), (FindingKind::Moved, 6, 11)]
    );
}

#[test]
fn an_inserted_line_with_a_well_made_hash_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let before = ledger.lines(4, 4).unwrap().remove(0).hash;
    let payload = Entry::Forecast(forecast("q", "liar", 1, 0.99)).payload().unwrap();
    let hash = line_hash(5, b"2025-08-19T12:00:00Z", b"forecast", payload.as_bytes(), before.as_bytes());
    tamper(
        &folder.path().join("a.db"),
        &format!(
            "UPDATE entry SET seq = -seq WHERE seq >= 5; UPDATE entry SET seq = 1 - seq WHERE seq < 0;
             INSERT INTO entry (seq, recorded_at, kind, payload, previous, hash)
             VALUES (5, '2025-08-19T12:00:00Z', 'forecast', '{payload}', '{before}', '{hash}')"
        ),
    );
    assert_eq!(about_lines(&ledger.verify().unwrap()), [(FindingKind::Inserted, 5, 5), (FindingKind::Moved, 6, 11)]);
}

#[test]
fn a_replaced_line_with_a_well_made_hash_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let before = ledger.lines(4, 4).unwrap().remove(0).hash;
    let payload = Entry::Forecast(forecast("q", "me", 4, 0.99)).payload().unwrap();
    let hash = line_hash(5, b"2025-08-19T12:00:00Z", b"forecast", payload.as_bytes(), before.as_bytes());
    tamper(
        &folder.path().join("a.db"),
        &format!("UPDATE entry SET payload = '{payload}', hash = '{hash}' WHERE seq = 5"),
    );
    assert_eq!(about_lines(&ledger.verify().unwrap()), [(FindingKind::Changed, 5, 5)]);
}

#[test]
fn two_swapped_lines_are_named() {
    let found = after(
        "UPDATE entry SET seq = -5 WHERE seq = 5; UPDATE entry SET seq = 5 WHERE seq = 6;
         UPDATE entry SET seq = 6 WHERE seq = -5",
    );
    assert_eq!(found, [(FindingKind::Moved, 5, 5), (FindingKind::Moved, 6, 6)]);
}

#[test]
fn a_cut_tail_shows_only_by_a_head_noted_earlier() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let (last, head) = ledger.head().unwrap();
    let verification = ledger.verify().unwrap();
    assert_eq!((last, verification.line_of(&head), verification.line_of(&head[..8])), (10, Some(10), Some(10)));
    assert_eq!(verification.line_of(&head[..7]), None, "too short to mean one line");
    tamper(&folder.path().join("a.db"), "DELETE FROM entry WHERE seq > 7");
    let verification = ledger.verify().unwrap();
    assert_eq!(about_lines(&verification), []);
    assert_eq!(verification.line_of(&head), None);
}

#[test]
fn a_chain_recomputed_as_a_whole_shows_only_by_a_head_noted_earlier() {
    let folder = tempfile::tempdir().unwrap();
    let head = ten_lines(folder.path()).head().unwrap().1;
    std::fs::remove_file(folder.path().join("a.db")).unwrap();
    let mut forged = Ledger::open(&folder.path().join("a.db")).unwrap();
    forged.append(&[Entry::Question(question("q")), Entry::Forecast(forecast("q", "me", 1, 0.99))], now()).unwrap();
    let verification = forged.verify().unwrap();
    assert!(verification.is_clean());
    assert_eq!(verification.line_of(&head), None);
}

#[test]
fn the_file_refuses_to_change_delete_or_replace_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let connection = Connection::open(folder.path().join("a.db")).unwrap();
    let fields = "(seq, recorded_at, kind, payload, previous, hash)";
    for sql in [
        "UPDATE entry SET payload = '{}' WHERE seq = 3".to_owned(),
        "DELETE FROM entry WHERE seq = 3".to_owned(),
        "DELETE FROM entry".to_owned(),
        format!(
            "INSERT OR REPLACE INTO entry {fields} SELECT seq, recorded_at, kind, '{{}}', previous, hash FROM entry WHERE seq = 3"
        ),
        format!("INSERT INTO entry {fields} VALUES (99, '', 'note', '{{}}', '', '')"),
    ] {
        let problem = connection.execute_batch(&sql).unwrap_err().to_string();
        assert!(problem.contains("a line"), "{sql}: {problem}");
    }
    assert!(ledger.verify().unwrap().is_clean());
}

#[test]
fn garbage_in_the_middle_of_the_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    drop(ten_lines(folder.path()));
    let mut bytes = std::fs::read(&path).unwrap();
    let needle = b"\"probability\":0.5";
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at + needle.len() - 1] = b'9';
    std::fs::write(&path, bytes).unwrap();
    let found = about_lines(&Ledger::open(&path).unwrap().verify().unwrap());
    assert_eq!(found, [(FindingKind::Changed, 6, 6)]);
}

#[test]
fn a_destroyed_page_is_found_and_the_lines_before_it_are_still_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut ledger = Ledger::open(&path).unwrap();
    let entries = (1..=400).map(|at| Entry::Note(Note { question: None, text: format!("remark {at}") }));
    ledger.append(&entries.collect::<Vec<_>>(), now()).unwrap();
    drop(ledger);
    let mut bytes = std::fs::read(&path).unwrap();
    let needle = b"remark 300\"";
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap() / 4096 * 4096;
    bytes[at..at + 4096].fill(0);
    std::fs::write(&path, bytes).unwrap();
    let verification = Ledger::open_existing(&path).unwrap().verify().unwrap();
    assert!(verification.findings.iter().any(|finding| finding.what == FindingKind::File), "{verification:?}");
    assert!((100..300).contains(&verification.lines), "{}", verification.lines);
}

#[test]
fn recording_twice_adds_nothing_and_a_revision_adds_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let head = ledger.head().unwrap();
    let same = [Entry::Question(question("q")), Entry::Forecast(forecast("q", "me", 8, 0.8))];
    let receipt = ledger.append(&same, now()).unwrap();
    assert_eq!((receipt.first, receipt.already_there, ledger.head().unwrap()), (None, 1, head));
    let revised = ledger.append(&[Entry::Forecast(forecast("q", "me", 8, 0.7))], now()).unwrap();
    assert_eq!((revised.first, revised.forecasts, revised.already_there), (Some(11), 1, 0));
    let other = ledger.append(&[Entry::Forecast(forecast("q", "you", 8, 0.7))], now()).unwrap();
    assert_eq!(other.forecasts, 1, "another forecaster's equal forecast is another forecast");
    assert_eq!(ledger.records().unwrap().forecasts.len(), 10);
}

#[test]
fn joint_forecasts_are_kept_and_revised_and_hold_their_questions() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(&folder.path().join("a.db")).unwrap();
    let which = |options: [&str; 2]| Question {
        kind: QuestionKind::Categorical,
        options: options.map(str::to_owned).to_vec(),
        ..question("which")
    };
    let joint = |p: f64| JointForecast {
        forecaster: "me".to_owned(),
        made_at: Moment::Day(jiff::civil::date(2025, 8, 1)),
        questions: ["q", "which"].map(str::to_owned).to_vec(),
        patterns: [(Resolution::Yes, "a", p), (Resolution::No, "b", 1.0 - p)]
            .map(|(answer, option, p)| (vec![answer, Resolution::Option(option.to_owned())], p))
            .to_vec(),
    };
    let entries = [Entry::Question(question("q")), Entry::Question(which(["a", "b"])), Entry::Joint(joint(1.0 / 3.0))];
    let receipt = ledger.append(&entries, now()).unwrap();
    assert_eq!((receipt.last, receipt.joints, receipt.forecasts), (3, 1, 0));
    assert!(receipt.to_string().starts_with("recorded 1 joint forecast, 2 questions (lines 1 to 3"), "{receipt}");
    let again = ledger.append(&entries, now()).unwrap();
    assert_eq!((again.first, again.already_there), (None, 1));
    let revised = ledger.append(&[Entry::Joint(joint(0.4))], now()).unwrap();
    assert_eq!((revised.first, revised.joints), (Some(4), 1));
    assert_eq!(ledger.records().unwrap().joints, [joint(1.0 / 3.0), joint(0.4)], "to the bit");
    assert_eq!(ledger.lines_about("q|which").unwrap().len(), 2);
    assert!(ledger.verify().unwrap().is_clean());
    // Its questions keep their kinds and options, as those with forecasts of their own do.
    let refused = |ledger: &mut Ledger, entry: Entry| ledger.append(&[entry], now()).unwrap_err().to_string();
    let told = refused(&mut ledger, Entry::Question(which(["a", "c"])));
    assert!(told.contains("its option `b` cannot go"), "{told}");
    let told =
        refused(&mut ledger, Entry::Joint(JointForecast { questions: vec!["q".into(), "r".into()], ..joint(0.5) }));
    assert!(told.contains("joint forecast of me on `q|r` at 2025-08-01: the ledger knows no question `r`"), "{told}");
    assert_eq!(ledger.head().unwrap().0, 4);
}

#[test]
fn a_file_that_holds_revisions_adds_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(&folder.path().join("a.db")).unwrap();
    let there_and_back: Vec<Entry> = std::iter::once(Entry::Question(question("q")))
        .chain([0.1, 0.2, 0.1].map(|p| Entry::Forecast(forecast("q", "me", 1, p))))
        .chain([Resolution::Yes, Resolution::Annulled, Resolution::Yes].map(|r| Entry::Outcome(outcome("q", r))))
        .collect();
    assert_eq!(ledger.append(&there_and_back, now()).unwrap().last, 7);
    let again = ledger.append(&there_and_back, now()).unwrap();
    assert_eq!((again.first, again.already_there), (None, 6));
    let batched = ledger.append_in_batches(&there_and_back, now(), 1, |_| Ok(())).unwrap();
    assert_eq!((batched.first, batched.already_there), (None, 6));
}

#[test]
fn an_interrupted_import_is_completed_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let entries: Vec<Entry> = std::iter::once(Entry::Question(question("q")))
        .chain((1..=9).map(|day| Entry::Forecast(forecast("q", "me", day, 0.5))))
        .collect();
    let mut ledger = Ledger::open(&folder.path().join("a.db")).unwrap();
    let mut batches = 0;
    let stopped = ledger.append_in_batches(&entries, now(), 4, |_| {
        batches += 1;
        if batches == 2 { Err(crate::error::Error::environment("pulled the plug")) } else { Ok(()) }
    });
    assert!(stopped.is_err());
    assert_eq!(ledger.head().unwrap().0, 8);
    let rest = ledger.append(&entries, now()).unwrap();
    assert_eq!((rest.first, rest.last, rest.already_there), (Some(9), 10, 7));
}

#[test]
fn the_last_outcome_counts_and_every_past_version_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    ledger.append(&[Entry::Outcome(outcome("q", Resolution::Annulled))], now()).unwrap();
    let resolution = |records: Records| records.outcomes.get("q").map(|outcome| outcome.resolution.clone());
    assert_eq!(resolution(ledger.records().unwrap()), Some(Resolution::Annulled));
    assert_eq!(resolution(ledger.records_at(10).unwrap()), Some(Resolution::Yes));
    assert_eq!(resolution(ledger.records_at(9).unwrap()), None);
    assert_eq!(ledger.records_at(4).unwrap().forecasts.len(), 3);
}

#[test]
fn what_goes_in_comes_out_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(&folder.path().join("a.db")).unwrap();
    let mut computed = forecast("q", "scenario", 1, 0.1 + 0.2);
    computed.made_at = "2025-08-19T14:00:00.123456789Z".parse().unwrap();
    computed.provenance =
        Some(Provenance { scenario: "ab".repeat(32), engine: "0.1.0".to_owned(), seed: u64::MAX, worlds: 1_000_000 });
    let numeric = Question { id: "n".to_owned(), kind: QuestionKind::Numeric, ..question("n") };
    let quantiles = ForecastRecord {
        forecast: Forecast::Quantiles { levels: vec![0.1, 1.0 / 3.0], values: vec![-0.0, 1e-300] },
        ..forecast("n", "me", 1, 0.0)
    };
    let day = Question { id: "d".to_owned(), kind: QuestionKind::Date, ..question("d") };
    let date = ForecastRecord {
        forecast: Forecast::Date {
            levels: vec![0.25, 0.5],
            days: vec![Some(jiff::civil::date(2026, 1, 1)), None],
            never: 0.7,
        },
        ..forecast("d", "me", 1, 0.0)
    };
    let forecasts = vec![computed, quantiles, date];
    let mut entries: Vec<Entry> = [question("q"), numeric, day].into_iter().map(Entry::Question).collect();
    entries.extend(forecasts.iter().cloned().map(Entry::Forecast));
    ledger.append(&entries, now()).unwrap();
    assert_eq!(ledger.records().unwrap().forecasts, forecasts);
}

#[test]
fn what_cannot_be_is_refused_as_a_whole_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ten_lines(folder.path());
    let bad = [
        Entry::Forecast(forecast("q", "me", 9, 0.5)),
        Entry::Forecast(forecast("qq", "me", 9, 0.5)),
        Entry::Forecast(forecast("q", "me", 9, f64::NAN)),
        Entry::Outcome(outcome("q", Resolution::Value(3.0))),
        Entry::Question(Question { kind: QuestionKind::Numeric, ..question("q") }),
    ];
    let problem = ledger.append(&bad, now()).unwrap_err();
    assert_eq!(problem.kind(), ErrorKind::Input);
    let message = problem.to_string();
    assert_eq!(message.lines().count(), 4, "{message}");
    for part in ["no question `qq`", "but is NaN", "cannot resolve to `3`", "cannot become numeric"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(ledger.head().unwrap().0, 10);
}

#[test]
fn four_writers_on_four_connections_keep_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut ledger = Ledger::open(path).unwrap();
                for day in 1..=20 {
                    let name = format!("writer {writer}");
                    let entries = [Entry::Question(question("q")), Entry::Forecast(forecast("q", &name, day, 0.5))];
                    assert_eq!(ledger.append(&entries, now()).unwrap().forecasts, 1);
                }
            });
        }
    });
    let mut ledger = Ledger::open_existing(&path).unwrap();
    let verification = ledger.verify().unwrap();
    assert!(verification.is_clean(), "{:?}", verification.findings);
    assert_eq!(verification.lines, 81);
    assert_eq!(ledger.records().unwrap().forecasts.len(), 80);
}

#[test]
fn a_newer_format_and_a_foreign_file_are_refused_clearly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    drop(ten_lines(folder.path()));
    Connection::open(&path).unwrap().execute("UPDATE meta SET value = '2'", []).unwrap();
    let problem = Ledger::open(&path).unwrap_err();
    assert_eq!(problem.kind(), ErrorKind::Environment);
    assert!(problem.to_string().contains("made by a newer version"), "{problem}");

    let text = folder.path().join("text");
    std::fs::write(&text, "scenario = \"not a ledger\"\n".repeat(100)).unwrap();
    assert!(Ledger::open(&text).unwrap_err().to_string().contains("is not a ledger"));

    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(Ledger::open(&foreign).unwrap_err().to_string().contains("is not a ledger"));

    let missing = Ledger::open_existing(&folder.path().join("none.db")).unwrap_err();
    assert!(missing.to_string().contains("there is no ledger"));
    assert!(!folder.path().join("none.db").exists());
}

#[test]
fn lines_about_a_question_are_found_through_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ten_lines(folder.path());
    assert_eq!(ledger.lines_about("q").unwrap().len(), 10);
    assert_eq!(ledger.lines_about("p").unwrap().len(), 0);
    let explained: String = ledger
        .connection
        .query_row("EXPLAIN QUERY PLAN SELECT payload FROM entry WHERE question = 'q' ORDER BY seq", [], |row| {
            row.get(3)
        })
        .unwrap();
    assert!(explained.contains("entry_by_question"), "{explained}");
    for view in ["question", "forecast", "outcome"] {
        let count: i64 =
            ledger.connection.query_row(&format!("SELECT count(*) FROM {view}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, if view == "forecast" { 8 } else { 1 }, "{view}");
    }
}
