//! The commands that keep forecasts and outcomes, run as a user runs them.

use foretell::forecast::{Forecast, Records};
use foretell::ledger::Ledger;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Runs `foretell` in a folder.
fn foretell(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder)
        .env_remove("FORETELL_LEDGER")
        .args(arguments)
        .output()
        .expect("the command runs")
}

/// Runs it and checks its exit code; gives stdout and stderr.
fn run(folder: &Path, code: i32, arguments: &[&str]) -> (String, String) {
    let output = foretell(folder, arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{stdout}\n{stderr}");
    (stdout, stderr)
}

fn records(path: &Path) -> Records {
    Ledger::open_existing(path).and_then(|ledger| ledger.records()).expect("the ledger can be read")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

/// A ledger with every kind of question, a revision, and a question resolved twice.
fn filled(folder: &Path) {
    let said = [
        ["rain", "--probability", "35%", "Will it rain, \"hard\"?"],
        ["amount", "--quantiles", "5%:-40.5,50%:1e-7,95%:90", "How much?"],
        ["step", "--options", "talks=20%,neither=80%", "Which?"],
        ["day", "--quantiles", "25%:2025-10-01,50%:never", "When?"],
    ];
    for [question, form, value, ask] in said {
        let mut arguments = vec!["record", question, "--forecaster", "anna", "--made-at", "2025-08-19", form, value];
        arguments.extend(["--ask", ask, "--closes", "2025-12-31"]);
        if question == "day" {
            arguments.extend(["--never", "60%"]);
        }
        run(folder, 0, &arguments);
    }
    for value in ["45%", "35%"] {
        let made_at = "2025-08-19T14:00:00.5Z";
        run(folder, 0, &["record", "rain", "--forecaster", "anna", "--probability", value, "--made-at", made_at]);
    }
    run(folder, 0, &["resolve", "rain", "yes", "--on", "2025-09-01", "--source", "a, \"b\"\nc"]);
    run(folder, 0, &["resolve", "rain", "annulled", "--on", "2025-09-02"]);
    run(folder, 0, &["resolve", "amount", "-3.25", "--on", "2025-09-02"]);
    run(folder, 0, &["resolve", "step", "neither", "--on", "2025-09-02"]);
    // It is said as it was given, and kept as no.
    let (said, _) = run(folder, 0, &["resolve", "day", "never", "--on", "2026-01-01"]);
    assert!(said.contains("never"), "{said}");
}

#[test]
fn exported_and_imported_into_a_new_ledger_the_records_are_equal() {
    let folder = folder();
    filled(folder.path());
    let before = records(&folder.path().join("foretell.db"));
    assert_eq!((before.questions.len(), before.forecasts.len(), before.outcomes.len()), (4, 6, 4));
    for form in ["csv", "jsonl"] {
        run(folder.path(), 0, &["ledger", "export", "--out", "out", "--form", form]);
        let files = ["questions", "forecasts", "outcomes"].map(|stem| format!("out/{stem}.{form}"));
        let ledger = format!("{form}.db");
        let import: Vec<&str> =
            ["import", "--ledger", &ledger].into_iter().chain(files.iter().map(String::as_str)).collect();
        run(folder.path(), 0, &import);
        assert_eq!(records(&folder.path().join(&ledger)), before, "{form}");
        let (_, again) = run(folder.path(), 0, &import);
        assert!(again.contains("recorded nothing new"), "{again}");
        assert!(again.contains("11 already there"), "{again}");
        let (_, back) = run(folder.path(), 0, &["import", &files[0], &files[1], &files[2]]);
        assert!(back.contains("recorded nothing new"), "{back}");
    }
}

#[test]
fn verification_exits_with_one_when_the_past_was_changed() {
    let folder = folder();
    filled(folder.path());
    let (clean, _) = run(folder.path(), 0, &["ledger", "verify", "--format", "json"]);
    let clean: Value = serde_json::from_str(&clean).expect("it is JSON");
    assert_eq!((&clean["schema"], &clean["clean"]), (&"foretell.ledger.verify/1".into(), &true.into()));
    let head = clean["head"].as_str().expect("a text").to_owned();
    run(folder.path(), 0, &["ledger", "verify", "--head", &head[..10]]);
    let connection = rusqlite::Connection::open(folder.path().join("foretell.db")).expect("it opens");
    connection
        .execute_batch(
            "DROP TRIGGER entry_never_changes;
             UPDATE entry SET payload = replace(payload, '0.35', '0.95') WHERE seq = 2",
        )
        .expect("the guard is gone");
    let (found, _) = run(folder.path(), 1, &["ledger", "verify"]);
    assert!(found.contains("line 2 was changed"), "{found}");
    assert!(found.contains("`entry_never_changes` of the file is missing"), "{found}");
    let (found, _) = run(folder.path(), 1, &["ledger", "verify", "--head", "00000000ff"]);
    assert!(found.contains("the head 00000000ff noted earlier is not in the chain"), "{found}");
}

#[test]
fn a_bad_row_keeps_everything_out() {
    let folder = folder();
    let good = "question,forecaster,made_at,probability\nrain,crowd,2025-08-20,0.4\n";
    std::fs::write(folder.path().join("good.csv"), good).expect("it can be written");
    std::fs::write(folder.path().join("bad.csv"), format!("{good}rain,crowd,2025-08-21,40\n"))
        .expect("it can be written");
    let (_, stderr) = run(folder.path(), 1, &["import", "good.csv", "bad.csv"]);
    assert!(stderr.starts_with("error: bad.csv:3: the probability `40` must lie"), "{stderr}");
    assert!(!folder.path().join("foretell.db").exists());
    run(folder.path(), 2, &["import", "missing.csv"]);
    run(folder.path(), 2, &["import"]);
}

#[test]
fn unknown_questions_and_misfit_answers_are_named_with_the_way_out() {
    let folder = folder();
    run(folder.path(), 1, &["status"]);
    filled(folder.path());
    let (_, stderr) = run(folder.path(), 1, &["resolve", "rian", "yes"]);
    assert!(stderr.contains("the nearest known is `rain`"), "{stderr}");
    let (_, stderr) = run(folder.path(), 1, &["resolve", "step", "war"]);
    assert!(stderr.contains("one of `talks`, `neither` or `annulled`"), "{stderr}");
    let (_, stderr) = run(folder.path(), 0, &["resolve", "rain", "no", "--on", "2025-09-03"]);
    assert!(stderr.contains("`rain` was resolved to annulled before; no counts now"), "{stderr}");
    let (_, stderr) = run(folder.path(), 1, &["record", "rian", "--forecaster", "anna", "--probability", "3%"]);
    assert!(stderr.contains("the nearest known is `rain`; `--ask TEXT` defines a new question"), "{stderr}");
    run(folder.path(), 1, &["record", "rain", "--forecaster", "anna", "--options", "a=1"]);
    run(folder.path(), 2, &["record", "rain", "--forecaster", "anna"]);
}

#[test]
fn status_is_data_that_a_program_can_read() {
    let folder = folder();
    filled(folder.path());
    let (stdout, _) = run(folder.path(), 0, &["status", "--as-of", "2025-08-31", "--format", "json"]);
    let status: Value = serde_json::from_str(&stdout).expect("it is JSON");
    assert_eq!(status["schema"], "foretell.status/1");
    assert_eq!(status["counts"]["open"], 4, "what resolved later is not known yet");
    let (stdout, _) = run(folder.path(), 0, &["status", "--as-of", "2026-01-02", "--format", "csv"]);
    assert_eq!(
        stdout.lines().next(),
        Some("state,question,closes,forecaster,made at,forecast,today,remark,resolution")
    );
    assert!(stdout.contains("annulled,rain,2025-12-31,anna,2025-08-19T14:00:00.5Z,0.35,,,annulled"), "{stdout}");
}

#[test]
fn the_ledger_can_be_named_by_the_environment() {
    let folder = folder();
    filled(folder.path());
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .env("FORETELL_LEDGER", folder.path().join("foretell.db"))
        .args(["ledger", "log", "--last", "1", "--format", "json"])
        .output()
        .expect("the command runs");
    let log: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(log["lines"][0]["entry"]["resolution"]["kind"], "no");
    assert_eq!(log["lines"][0]["hash"], log["head"]);
}

#[test]
fn every_help_shows_an_example() {
    let folder = folder();
    for command in [
        &["record"][..],
        &["resolve"],
        &["import"],
        &["status"],
        &["ledger"],
        &["ledger", "verify"],
        &["ledger", "export"],
        &["ledger", "log"],
    ] {
        let (help, _) = run(folder.path(), 0, &[command, &["--help"]].concat());
        assert!(help.contains("Example"), "{command:?}");
        assert!(help.contains(&format!("foretell {}", command.join(" "))), "{command:?}");
    }
}

#[test]
fn a_question_of_ones_own_keeps_its_tags_and_a_known_one_takes_none() {
    let folder = folder();
    let say = ["record", "rain", "--forecaster", "anna", "--probability", "35%", "--made-at", "2025-08-19"];
    let with = |more: &[&'static str]| [&say[..], more].concat();
    run(folder.path(), 0, &with(&["--ask", "Will it rain?", "--tag", "source=desk", "--tag", "pace=none"]));
    let known = records(&folder.path().join("foretell.db"));
    assert_eq!(known.questions["rain"].tags, ["source=desk", "pace=none"]);
    let (_, said) = run(folder.path(), 2, &with(&["--tag", "source=desk"]));
    assert!(said.contains("--ask"), "{said}");
    let other = ["record", "snow", "--forecaster", "anna", "--probability", "5%", "--ask", "Snow?", "--tag", "a\tb"];
    run(folder.path(), 1, &other);
    assert_eq!(records(&folder.path().join("foretell.db")).questions.len(), 1);
    run(folder.path(), 0, &["score", "--tagged", "source=desk"]);
}

#[test]
fn a_table_of_the_ledger_can_go_to_stdout_and_a_file_beside_the_results_cannot() {
    let folder = folder();
    filled(folder.path());
    run(folder.path(), 0, &["ledger", "export", "--out", "out"]);
    for (option, stem) in [("--forecasts", "forecasts"), ("--outcomes", "outcomes"), ("--questions", "questions")] {
        let (out, err) = run(folder.path(), 0, &["ledger", "export", option, "-"]);
        let file = std::fs::read_to_string(folder.path().join(format!("out/{stem}.csv"))).expect("it was written");
        assert_eq!(out, file, "{option}");
        assert!(err.starts_with("file  rows\n-"), "{err}");
    }
    let (out, _) = run(folder.path(), 0, &["ledger", "export", "--forecasts", "-", "--form", "jsonl"]);
    assert!(out.lines().count() == 6 && out.starts_with('{'), "{out}");
    let (_, err) = run(folder.path(), 1, &["ledger", "export", "--forecasts", "-", "--outcomes", "-"]);
    assert!(err.contains("standard output holds one"), "{err}");
    let (_, err) = run(folder.path(), 1, &["ledger", "export", "--out", "-"]);
    assert!(err.contains("--out names a folder"), "{err}");
    let (_, err) = run(folder.path(), 1, &["ledger", "export", "--forecasts", "f.csv", "--form", "jsonl"]);
    assert!(err.contains("neither is named"), "{err}");
    let (_, err) = run(folder.path(), 1, &["score", "--out", "-"]);
    assert!(err.contains("where the results go") && err.contains("`--format csv`"), "{err}");
    let (_, err) = run(folder.path(), 1, &["score", "--rule", "crps", "--over-time", "-"]);
    assert!(err.contains("where the results go"), "{err}");
    assert!(!folder.path().join("-").exists(), "nothing is called `-`");
}

/// Two questions that hang together: rain at 30 %, and what the forecast says of it.
const UMBRELLA: &str = r#"
title   = "An umbrella"
as_of   = 2026-03-02
horizon = 2026-03-06
[event.rain]
chance = "30%"
[event.forecast]
one_of = ["sunny", "cloudy", "rainy"]
chance = [
  { if = "rain", is = "15%, 25%, 60%" },
  { otherwise = "70%, 20%, 10%" },
]
[event.millimetres]
value = "normal(5, 2)"
[question.wet]
ask      = "Does it rain?"
holds    = "rain"
closes   = 2026-03-04
resolves = "by the gauge"
[question.said]
ask      = "What does the forecast say?"
which    = "forecast"
closes   = 2026-03-03
resolves = "by the paper"
[question.much]
ask      = "How much?"
value    = "millimetres"
closes   = 2026-03-04
resolves = "by the gauge"
"#;

/// The patterns of the joint forecasts of a ledger with their probabilities.
fn patterns(folder: &Path, ledger: &str) -> Vec<(String, f64)> {
    let export = ["ledger", "export", "--ledger", ledger, "--joint", "-", "--form", "jsonl"];
    let (lines, _) = run(folder, 0, &export);
    let read = |line: &str| -> (String, f64) {
        let row: Value = serde_json::from_str(line).expect("a JSON line");
        (row["pattern"].as_str().expect("a text").to_owned(), row["probability"].as_f64().expect("a number"))
    };
    lines.lines().map(read).collect()
}

#[test]
fn a_run_records_what_several_of_its_questions_come_to_together() {
    let folder = folder();
    std::fs::write(folder.path().join("s.toml"), UMBRELLA).expect("a file");
    let together = ["--record", "--joint", "wet,said", "--ledger"];
    let with = |more: &[&str]| -> Vec<String> {
        ["run", "s.toml"].iter().chain(more).chain(&together).map(|word| (*word).to_owned()).collect()
    };
    let on = |ledger: &str, code: i32, more: &[&str]| {
        let words: Vec<String> = with(more).into_iter().chain([ledger.to_owned()]).collect();
        run(folder.path(), code, &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    // Simulated: the patterns sum to the very figures that are recorded of each question.
    let (_, err) = on("simulated.db", 0, &["--worlds", "100k", "--curve-worlds", "0", "--method", "rejection"]);
    assert!(err.contains("1 joint forecast"), "{err}");
    let expected = [
        ("said=cloudy|wet=no", 0.14),
        ("said=cloudy|wet=yes", 0.075),
        ("said=rainy|wet=no", 0.07),
        ("said=rainy|wet=yes", 0.18),
        ("said=sunny|wet=no", 0.49),
        ("said=sunny|wet=yes", 0.045),
    ];
    let sorted = |ledger: &str| {
        let mut found = patterns(folder.path(), ledger);
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    };
    let found = sorted("simulated.db");
    for ((pattern, share), (named, probability)) in found.iter().zip(expected) {
        // 5.6 standard errors of a share in 100,000 worlds, the largest of which is 0.0016.
        assert!(pattern == named && (share - probability).abs() < 0.009, "{pattern} {share}");
    }
    let wet: f64 = found.iter().filter(|(pattern, _)| pattern.ends_with("wet=yes")).map(|(_, share)| share).sum();
    let recorded = records(&folder.path().join("simulated.db"));
    let of_wet = recorded.forecasts.iter().find(|record| record.question == "wet").expect("it was recorded");
    let Forecast::Binary { probability } = of_wet.forecast else { panic!("it is a yes/no question") };
    assert!((wet - probability).abs() < 1e-12, "{wet} against {probability}");
    // Of parts put together they are those of the run.
    for (number, file) in [("1/2", "a.json"), ("2/2", "b.json")] {
        let words = ["run", "s.toml", "--worlds", "100k", "--method", "rejection", "--shard", number, "--out", file];
        run(folder.path(), 0, &words);
    }
    let merge = ["merge", "b.json", "a.json", "--curve-worlds", "0", "--record", "--joint", "said,wet", "--ledger"];
    let (_, err) = run(folder.path(), 0, &[&merge[..], &["merged.db"]].concat());
    assert!(err.contains("1 joint forecast"), "{err}");
    assert_eq!(sorted("merged.db"), found);
    let sayd = ["merge", "a.json", "b.json", "--record", "--joint", "wet,sayd", "--ledger", "none.db"];
    let (_, err) = run(folder.path(), 1, &sayd);
    assert!(err.contains("did you mean `said`?"), "{err}");
    // What cannot be part of a pattern is named, and nothing is recorded.
    for (names, told) in [
        ("wet,much", "`much` asks for a number or a day"),
        ("wet", "two questions at least"),
        ("wet,sayd", "did you mean `said`?"),
        ("wet,wet", "named twice"),
    ] {
        let words = ["run", "s.toml", "--record", "--joint", names, "--ledger", "none.db"];
        let (_, err) = run(folder.path(), 1, &words);
        assert!(err.contains(told), "{err}");
    }
    assert!(!folder.path().join("none.db").exists());
    // In a replay those that are still open count: on the last day one alone is.
    let replay = ["--from", "2026-03-02", "--to", "2026-03-04", "--every", "1d", "--worlds", "1k"];
    let (_, err) = on("replay.db", 0, &replay);
    assert!(err.contains("no joint forecast on 2026-03-04"), "{err}");
    assert_eq!(records(&folder.path().join("replay.db")).joints.len(), 2);
    let (status, _) = run(folder.path(), 0, &["status", "--ledger", "replay.db", "--as-of", "2026-03-03"]);
    assert!(status.contains("Several questions together") && status.contains("said, wet"), "{status}");
}

#[test]
fn what_is_computed_is_recorded_together_to_the_last_digits() {
    let folder = folder();
    let discrete = UMBRELLA.replace("[event.millimetres]\nvalue = \"normal(5, 2)\"\n", "");
    let (discrete, _) = discrete.split_once("[question.much]").expect("it is the last");
    std::fs::write(folder.path().join("s.toml"), discrete).expect("a file");
    run(folder.path(), 0, &["run", "s.toml", "--exact", "--record", "--joint", "said,wet", "--curve-worlds", "0"]);
    let found = patterns(folder.path(), "foretell.db");
    let of = |named: &str| found.iter().find(|(pattern, _)| pattern == named).map_or(0.0, |(_, share)| *share);
    assert_eq!(found.len(), 6);
    for (pattern, probability) in [("said=sunny|wet=yes", 0.3 * 0.15), ("said=rainy|wet=no", 0.7 * 0.1)] {
        assert!((of(pattern) - probability).abs() < 1e-12, "{found:?}");
    }
}
