//! A program that holds the library is answered what the command line prints, byte by byte.

use crate::support::{foretell, path};
use foretell::cli::{Merger, OnProgress, Told, ask};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

const SCENARIO: &str = "scenarios/white-house-2025-08-18.toml";

/// What is asked from the root of the repository, where tests run.
fn asked(arguments: &[&str]) -> Told {
    ask(arguments.iter().copied(), BTreeMap::new(), None)
}

/// Commands that say something in every form.
fn commands(folder: &std::path::Path) -> Vec<Vec<String>> {
    let [forecasts, outcomes, questions, paper] = tables(folder);
    let from_files =
        ["--forecasts", forecasts.as_str(), "--outcomes", outcomes.as_str(), "--questions", questions.as_str()];
    let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    vec![
        of(&["check", SCENARIO]),
        of(&["run", SCENARIO, "--worlds", "100k", "--doubt-draws", "20", "--events"]),
        of(&["run", SCENARIO, "--worlds", "100k", "--given", "moscow_confirms by 2025-09-01", "--as-of", "2025-08-25"]),
        of(&["explain", "scenarios/golden.toml", "--question", "paper"]),
        of(&["watch", SCENARIO, "--question", "ceasefire_2025", "--worlds", "20k"]),
        of(&["run", "scenarios/golden.toml", "--rare", "amount > 89 and paper", "--worlds", "100k"]),
        of(&["run", "scenarios/golden.toml", "--storyline", "attends,paper,order"]),
        of(&["decide", "scenarios/umbrella.toml"]),
        of(&["storylines", SCENARIO, "--worlds", "20k"]),
        of(&["diff", "scenarios/golden.toml", "--to", "2025-10-18", "--worlds", "300k"]),
        of(&["update", "scenarios/golden.toml", "--outcomes", paper.as_str(), "--dry-run"]),
        [of(&["score"]), of(&from_files)].concat(),
        [of(&["compare", "ada", "bob"]), of(&from_files)].concat(),
        [of(&["calibrate", "--all-resolved"]), of(&from_files)].concat(),
        [of(&["leaderboard", "--at-least", "1"]), of(&from_files)].concat(),
        of(&["pool", "--fit", forecasts.as_str(), "--outcomes", outcomes.as_str()]),
        [of(&["score", "--platform", "metaculus"]), of(&from_files)].concat(),
    ]
}

/// Forecasts of two people on 24 questions, which resolve one by one; and the outcome of a question of the golden scenario.
fn tables(folder: &std::path::Path) -> [String; 4] {
    let mut forecasts = "question,forecaster,made_at,probability\n".to_owned();
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    let mut questions = "id,kind,ask,opens,closes\n".to_owned();
    for at in 0..24_u32 {
        let day = 1 + at;
        let _ = writeln!(forecasts, "q{at},ada,2025-01-{day:02},0.{}", 1 + at % 9);
        let _ = writeln!(forecasts, "q{at},bob,2025-01-{day:02},0.{}", 1 + (3 * at) % 8);
        let _ = writeln!(outcomes, "q{at},{},2025-03-{day:02}", if at % 3 == 0 { "yes" } else { "no" });
        let _ = writeln!(questions, "q{at},binary,Is it {at}?,2025-01-01,2025-03-01");
    }
    let paper = "question,resolution,resolved_on\npaper,yes,2025-10-01\n".to_owned();
    let tables =
        [("forecasts.csv", forecasts), ("outcomes.csv", outcomes), ("questions.csv", questions), ("paper.csv", paper)];
    tables.map(|(name, text)| {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("a file can be written");
        file.display().to_string()
    })
}

fn printed(arguments: &[String], format: &str) -> String {
    let output = foretell().args(arguments).args(["--format", format]).output().expect("the binary runs");
    assert!(output.stderr.is_empty() || output.status.code().is_some(), "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_form_of_an_answer_is_what_is_printed() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for command in commands(folder.path()) {
        let told = ask(command.clone(), BTreeMap::new(), None);
        assert_eq!(told.exit_code, 0, "{command:?}: {:?}", told.failure);
        assert_eq!(told.json.expect("JSON"), printed(&command, "json"), "{command:?}");
        assert_eq!(told.text, printed(&command, "table"), "{command:?}");
        assert_eq!(told.markdown, printed(&command, "md"), "{command:?}");
        let table = told.table.unwrap_or_else(|| panic!("{command:?} has a table"));
        let csv = printed(&command, "csv");
        let mut lines = csv::Reader::from_reader(csv.as_bytes());
        let headings: Vec<String> = lines.headers().expect("a heading").iter().map(str::to_owned).collect();
        let schema = table.schema();
        let names = schema.fields().iter().map(|field| field.name().as_str()).filter(|name| !name.ends_with("_day"));
        assert!(names.eq(headings.iter().map(String::as_str)), "{command:?}: {headings:?}");
        assert_eq!(table.num_rows(), lines.records().count(), "{command:?}");
        assert!(table.num_rows() > 0 || command[0] == "check" || command[0] == "update", "{command:?}");
    }
}

#[test]
fn what_goes_wrong_is_told_as_it_is_printed() {
    for command in [
        &["run", "nowhere.toml"][..],
        &["run", SCENARIO, "--given", "nonsense by"],
        &["run", SCENARIO, "--worlds", "-1"],
        &["run", SCENARIO, "--no-such-option"],
        &["score", "--forecasts", "nowhere.csv"],
    ] {
        let told = asked(command);
        let output = foretell().args(command).output().expect("the binary runs");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(Some(i32::from(told.exit_code)), output.status.code(), "{command:?}");
        let failure = told.failure.expect("it fails");
        assert!(said.contains(failure.message.lines().next().expect("a line")), "{command:?}: {said} / {failure:?}");
        if let Some(help) = failure.help {
            assert!(said.contains(&help), "{command:?}: {said}");
        }
        assert_eq!((told.json, told.table, told.text.as_str()), (None, None, ""), "{command:?}");
    }
    let told = asked(&["run", SCENARIO, "--given", "nonsense by"]);
    assert!(told.problems.iter().any(|problem| problem.severity == "error" && problem.line == Some(1)), "{told:?}");
}

#[test]
fn a_text_is_run_as_the_file_that_holds_it() {
    let text = std::fs::read_to_string(path(SCENARIO)).expect("the scenario can be read");
    let run = ["--worlds", "10k", "--doubt-draws", "0"];
    let of_text = ask(
        [&["run", "any name at all"][..], &run].concat(),
        BTreeMap::from([("any name at all".to_owned(), text)]),
        None,
    );
    assert_eq!(of_text.json, asked(&[&["run", SCENARIO][..], &run].concat()).json);
    assert!(of_text.json.is_some());
}

#[test]
fn progress_is_told_and_work_can_be_broken_off() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let shares = Arc::clone(&seen);
    let listen: OnProgress = Arc::new(move |share| shares.lock().expect("nobody panics").push(share));
    let run = ["run", SCENARIO, "--worlds", "20M", "--doubt-draws", "0"];
    let told = ask(run, BTreeMap::new(), Some(listen));
    assert_eq!(told.exit_code, 0);
    let shares = seen.lock().expect("nobody panics").clone();
    assert!(shares.len() > 2 && shares.is_sorted(), "{shares:?}");
    assert!(shares[0] > 0.0 && (shares[shares.len() - 1] - 1.0).abs() < 1e-9, "{shares:?}");

    struct BrokenOff;
    let stop: OnProgress = Arc::new(|_| std::panic::resume_unwind(Box::new(BrokenOff)));
    let unwound = std::panic::catch_unwind(AssertUnwindSafe(|| ask(run, BTreeMap::new(), Some(stop))))
        .expect_err("it is broken off");
    assert!(unwound.is::<BrokenOff>());
    assert_eq!(asked(&["run", SCENARIO, "--worlds", "1k"]).exit_code, 0, "and the next one runs");
}

#[test]
fn parts_are_merged_as_they_come() {
    let start = ["run", SCENARIO, "--worlds", "200k", "--doubt-draws", "20"];
    let part = |number: u32| {
        let shard = format!("{number}/3");
        let told = asked(&[&start[..], &["--shard", &shard, "--out", "-"]].concat());
        assert_eq!((told.exit_code, told.json.as_deref()), (0, None));
        told.text
    };
    let mut merger = Merger::new();
    assert_eq!(merger.add("third", &part(3)).exit_code, 0);
    assert_eq!(merger.add("first", &part(1)).exit_code, 0);
    let twice = merger.add("again", &part(1));
    assert!(twice.failure.is_some_and(|failure| failure.message.contains("both part 1")));
    let damaged = merger.add("second", &part(2).replacen('1', "2", 1));
    assert_eq!((damaged.exit_code, damaged.failure.is_some()), (1, true));
    assert_eq!(merger.add("second", &part(2)).exit_code, 0, "what was refused changed nothing");
    let merged = merger.finish(false);
    assert_eq!(merged.json, asked(&start).json);
    let mut alone = Merger::new();
    let _ = alone.add("third", &part(3));
    assert!(alone.finish(false).failure.is_some_and(|failure| failure.message.contains("1, 2 of 3 are missing")));
}
