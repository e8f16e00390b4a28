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

const OTHERS: &str = "question,resolution,resolved_on\nelsewhere,yes,2026-02-01\nfar_away,no,2026-02-01\n";

/// Outcomes of other scenarios alone say of this one what none would: half a year of silence.
#[test]
fn of_outcomes_of_others_silence_is_learned() {
    let (folder, path) = folder();
    let dated = SCENARIO.replace("chance = \"6 of 20\"", "when = \"6 of 20 by 2026-12-31\"");
    std::fs::write(&path, dated.replace("as_of = 2026-01-01", "as_of = 2026-01-01\nhorizon = 2026-12-31"))
        .expect("a file can be written");
    let update = |outcomes: &str, more: &[&str]| {
        let table = folder.path().join("o.csv");
        std::fs::write(&table, outcomes).expect("a file can be written");
        let table = table.display().to_string();
        let asked = ["update", &path, "--outcomes", &table, "--dry-run"];
        ask(asked.iter().chain(more).map(|word| (*word).to_owned()), BTreeMap::new(), None)
    };
    let until = ["--until", "2026-07-01"];
    let (foreign, none) = (update(OTHERS, &until), update("question,resolution,resolved_on\n", &until));
    assert_eq!((foreign.exit_code, none.exit_code), (0, 0), "{:?}", foreign.failure);
    assert!(none.text.contains("a: not yet (2026-07-01)"), "{}", none.text);
    assert_eq!(foreign.text, none.text);
    assert!(foreign.remarks.iter().any(|line| line.contains("`elsewhere`")), "{:?}", foreign.remarks);
    // Where there is no silence to learn from either, names are probably wrong.
    let told = update(OTHERS, &[]);
    let failure = told.failure.expect("it is refused");
    assert!(told.exit_code == 1 && failure.message.contains("none of the outcomes in"), "{failure:?}");
    assert!(failure.help.is_some_and(|help| help.contains("--until")));
}

#[test]
fn what_an_outcome_taught_is_taken_back_and_the_right_one_learned() {
    let (folder, path) = folder();
    let read = || std::fs::read_to_string(&path).expect("the file is there");
    let outcomes = folder.path().join("o.csv").display().to_string();
    let learn = |answer: &str| {
        let text = format!("question,resolution,resolved_on\na,{answer},2026-02-01\n");
        std::fs::write(&outcomes, text).expect("it can be written");
        ask(["update", &path, "--outcomes", &outcomes], BTreeMap::new(), None)
    };
    let undo = |more: &[&str]| {
        let asked = ["update", &path, "--undo", "--worlds", "300k"];
        ask(asked.iter().chain(more).map(|word| (*word).to_owned()), BTreeMap::new(), None)
    };
    let before = read();
    assert_eq!(learn("no").exit_code, 0);
    let learned = read();
    assert!(learned.contains("6 of 21"), "{learned}");
    // The right answer is refused, with the way back.
    let told = learn("yes");
    assert!(told.text.contains("--undo") && read() == learned, "{}", told.text);
    assert!(told.exit_code == 1 && told.remarks.iter().any(|one| one.contains("nothing was learned")), "{told:?}");
    // The same once more is no mistake.
    assert_eq!(learn("no").exit_code, 0);
    assert_eq!(learn("yes").exit_code, 1);
    // News that came later goes first, one at a time.
    let news = ["update", &path, "--news", "a x2", "--date", "2026-01-20", "--source", "A", "--worlds", "300k"];
    assert_eq!(ask(news, BTreeMap::new(), None).exit_code, 0);
    assert_ne!(read(), learned);
    assert_eq!(undo(&[]).exit_code, 0);
    assert_eq!(read(), learned);
    // Another edit is not lost.
    std::fs::write(&path, learned.replace("title = \"t\"", "title = \"u\"")).expect("it can be written");
    let failure = undo(&[]).failure.expect("it is refused");
    assert!(failure.message.contains("is not as the last update left it"), "{failure:?}");
    assert!(read().contains("title = \"u\""));
    std::fs::write(&path, &learned).expect("it can be written");
    let told = undo(&["--dry-run"]);
    let json: serde_json::Value = serde_json::from_str(&told.json.expect("there is JSON")).expect("it is JSON");
    let moved = &json["taken_back"][0];
    assert_eq!((moved["before"].as_str(), moved["after"].as_str()), (Some("6 of 21"), Some("6 of 20")));
    assert!(told.text.contains("6 of 21") && told.text.contains("nothing was written"), "{}", told.text);
    assert_eq!(read(), learned);
    assert_eq!(undo(&[]).exit_code, 0);
    assert_eq!(read(), before, "byte for byte");
    let told = learn("yes");
    assert!(read().contains("7 of 21") && told.text.contains("and noted in"), "{}", told.text);
    assert_eq!(undo(&[]).exit_code, 0);
    assert_eq!(read(), before);
    let failure = undo(&[]).failure.expect("nothing is left to take back");
    assert!(failure.message.contains("to take back"), "{failure:?}");
}

/// What was learned into another file is noted nowhere: there nothing can be taken back.
#[test]
fn only_a_file_that_notes_its_updates_is_told_to_take_them_back() {
    let (folder, path) = folder();
    let outcomes = folder.path().join("o.csv").display().to_string();
    let copy = folder.path().join("b.toml").display().to_string();
    let learn = |file: &str, answer: &str, more: &[&str]| {
        let text = format!("question,resolution,resolved_on\na,{answer},2026-02-01\n");
        std::fs::write(&outcomes, text).expect("it can be written");
        let asked = ["update", file, "--outcomes", &outcomes];
        ask(asked.iter().chain(more).map(|word| (*word).to_owned()), BTreeMap::new(), None)
    };
    assert_eq!(learn(&path, "no", &["--out", &copy]).exit_code, 0);
    let told = learn(&copy, "yes", &[]);
    assert_eq!(told.exit_code, 1);
    assert!(!told.text.contains("--undo") && told.text.contains("put the prior back"), "{}", told.text);
    // Nothing is simulated to take priors back, however few worlds there are.
    assert_eq!(learn(&path, "no", &[]).exit_code, 0);
    let undo = ["update", &path, "--undo", "--worlds", "10"];
    assert_eq!(ask(undo, BTreeMap::new(), None).exit_code, 0);
    assert_eq!(std::fs::read_to_string(&path).expect("the file is there"), SCENARIO);
}

#[test]
fn what_undo_does_not_look_at_is_refused_beside_it() {
    let (_folder, path) = folder();
    let others = [["--date", "2026-02-01"], ["--ledger", "l.db"], ["--source", "A"], ["--why", "so"]];
    for [option, value] in others {
        let told = ask(["update", &path, "--undo", option, value], BTreeMap::new(), None);
        let failure = told.failure.expect("it is refused");
        assert!(failure.message.contains("cannot be used with"), "{option}: {failure:?}");
    }
}

#[test]
fn cases_that_are_refused_end_with_an_exit_code_and_those_beside_them_with_a_warning() {
    let (folder, path) = folder();
    std::fs::write(&path, SCENARIO.replace("[question", "[event.b]\nchance = \"2 of 4\"\n[question"))
        .expect("it can be written");
    let learn = |name: &str, cases: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, cases).expect("it can be written");
        ask(["update", &path, "--cases", &file.display().to_string()], BTreeMap::new(), None)
    };
    let first = "case,a\nx1,yes\nx2,no\n";
    assert_eq!(learn("first.csv", first).exit_code, 0);
    let read = || std::fs::read_to_string(&path).expect("the file is there");
    let learned = read();
    // The same table once more teaches nothing, and is no mistake; its rows under another name are.
    assert_eq!(learn("first.csv", first).exit_code, 0);
    for (name, cases) in [("again.csv", first), ("more.csv", "case,a\nx3,yes\nx2,no\n")] {
        let told = learn(name, cases);
        assert!(told.exit_code == 1 && told.remarks.iter().any(|one| one.contains("nothing was learned")), "{told:?}");
    }
    assert_eq!(read(), learned);
    // What has not learned from them does.
    let told = learn("other.csv", "case,a,b\nx3,yes,no\nx2,no,yes\n");
    assert!(told.exit_code == 0 && told.text.contains("3 of 6"), "{}", told.text);
    assert!(told.remarks.iter().any(|one| one.starts_with("warning: this was refused")), "{:?}", told.remarks);
}

#[test]
fn a_class_in_a_file_of_its_own_is_taken_back_unless_another_taught_it_since() {
    let (folder, path) = folder();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let read = |name: &str| std::fs::read_to_string(file(name)).expect("the file is there");
    let write = |name: &str, text: &str| std::fs::write(file(name), text).expect("it can be written");
    let classes = "\u{feff}[prior.k]\nchance = \"6 of 20\" # counted\n";
    write("classes.toml", classes);
    let sharing = SCENARIO.replace("[event", "priors = \"classes.toml\"\n[event").replace("\"6 of 20\"", "\"like k\"");
    write("a.toml", &sharing);
    write("b.toml", &sharing.replace("\"t\"", "\"another\""));
    write("o.csv", "question,resolution,resolved_on\na,yes,2026-02-01\n");
    let (other, outcomes) = (file("b.toml"), file("o.csv"));
    let learn = |scenario: &str| ask(["update", scenario, "--outcomes", &outcomes], BTreeMap::new(), None).exit_code;
    let undo = |scenario: &str| ask(["update", scenario, "--undo"], BTreeMap::new(), None);
    assert_eq!(learn(&path), 0);
    let once = read("classes.toml");
    assert!(once.starts_with("\u{feff}") && once.contains("7 of 21"), "{once}");
    assert_eq!(learn(&other), 0);
    assert!(read("classes.toml").contains("8 of 22"));
    // What came last goes first.
    let failure = undo(&path).failure.expect("it is refused");
    assert!(failure.message.contains("classes.toml"), "{failure:?}");
    assert_eq!(undo(&other).exit_code, 0);
    assert_eq!(read("classes.toml"), once);
    let told = undo(&path);
    assert!(told.exit_code == 0 && told.text.contains("prior k"), "{}", told.text);
    assert_eq!((read("classes.toml").as_str(), read("a.toml")), (classes, sharing));
}
