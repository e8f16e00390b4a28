//! `update` from the command line: which ledger it reads, what it notes, and what `--undo` takes out.

use super::ask;
use std::collections::BTreeMap;

const SCENARIO: &str = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"6 of 20\"\n\
    [question.a]\nask = \"a\"\nholds = \"a\"\ncloses = 2026-12-31\nresolves = \"x\"\n";

/// A folder of its own with a scenario in it, and the scenario's path.
fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("a.toml");
    std::fs::write(&path, SCENARIO).expect("a file can be written");
    let path = path.display().to_string();
    (folder, path)
}

#[test]
fn a_ledger_that_is_named_has_to_be_there() {
    let (folder, path) = folder();
    let ledger = folder.path().join("none.db").display().to_string();
    let told = ask(["update", &path, "--ledger", &ledger], BTreeMap::new(), None);
    assert_ne!(told.exit_code, 0, "{}", told.text);
}

#[test]
fn an_outcome_from_before_the_file_is_noted() {
    let (folder, path) = folder();
    let outcomes = folder.path().join("o.csv");
    for (day, noted) in [("2025-02-01", true), ("2026-02-01", false)] {
        std::fs::write(&outcomes, format!("question,resolution,resolved_on\na,yes,{day}\n"))
            .expect("it can be written");
        let outcomes = outcomes.display().to_string();
        let told = ask(["update", &path, "--outcomes", &outcomes, "--dry-run"], BTreeMap::new(), None);
        assert!(told.text.contains("7 of 21"), "{}", told.text);
        let says = told.remarks.iter().any(|line| line.contains("is of 2025-02-01, before the day"));
        assert_eq!(says, noted, "{:?}", told.remarks);
    }
}

#[test]
fn news_that_stands_twice_is_taken_out_once_at_a_time() {
    let (_folder, path) = folder();
    let mut texts = Vec::new();
    let read = || std::fs::read_to_string(&path).expect("the file is there");
    for _ in 0..2 {
        texts.push(read());
        let news = ["update", &path, "--news", "a x2", "--date", "2026-01-20", "--source", "A", "--worlds", "300k"];
        assert_eq!(ask(news, BTreeMap::new(), None).exit_code, 0);
    }
    for text in texts.iter().rev() {
        let told = ask(["update", &path, "--undo", "--worlds", "300k"], BTreeMap::new(), None);
        assert_eq!(told.exit_code, 0, "{:?}", told.failure);
        assert_eq!(&read(), text);
    }
}

#[test]
fn scenarios_of_one_title_that_share_a_file_of_priors_are_named() {
    let (folder, path) = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it can be written");
    write("classes.toml", "[prior.k]\nchance = \"6 of 20\"\n");
    let sharing = SCENARIO.replace("[event", "priors = \"classes.toml\"\n[event").replace("\"6 of 20\"", "\"like k\"");
    write("a.toml", &sharing);
    write("b.toml", &sharing);
    write("c.toml", &sharing.replace("\"t\"", "\"another\""));
    write("o.csv", "question,resolution,resolved_on\na,yes,2026-02-01\n");
    let outcomes = folder.path().join("o.csv").display().to_string();
    let told = ask(["update", &path, "--outcomes", &outcomes], BTreeMap::new(), None);
    let clashes: Vec<_> = told.remarks.iter().filter(|line| line.contains("has the title “t” too")).collect();
    assert!(clashes.len() == 1 && clashes[0].contains("b.toml"), "{:?}", told.remarks);
}

#[test]
fn a_watch_that_ends_ahead_of_today_is_noted() {
    let (folder, path) = folder();
    let outcomes = folder.path().join("o.csv");
    std::fs::write(&outcomes, "question,resolution,resolved_on\na,yes,2026-02-01\n").expect("it can be written");
    let outcomes = outcomes.display().to_string();
    for (until, noted) in [("9000-01-01", true), ("2026-02-02", false)] {
        let asked = ["update", &path, "--outcomes", &outcomes, "--until", until, "--dry-run"];
        let told = ask(asked, BTreeMap::new(), None);
        let says = told.remarks.iter().any(|line| line.contains("9000-01-01 lies ahead"));
        assert_eq!(says, noted, "{:?}", told.remarks);
    }
}
