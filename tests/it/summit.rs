//! The main job, end to end, on the White House summit: forecast, replay, outcomes, scores beside the crowd's, comparison, update,
//! second run.

use crate::support::{foretell, path};
use serde_json::Value;
use std::path::Path;

const SCENARIO: &str = "scenarios/white-house-2025-08-18.toml";

fn json(arguments: &[&str], ledger: &Path) -> Value {
    let run = foretell().args(arguments).arg("--ledger").arg(ledger).args(["--format", "json"]).assert().success();
    serde_json::from_slice(&run.get_output().stdout).expect("JSON comes out")
}

fn probability(report: &Value, question: &str) -> f64 {
    let questions = report["questions"].as_array().expect("a run has questions");
    let one = questions.iter().find(|one| one["id"] == question).unwrap_or_else(|| panic!("no question `{question}`"));
    one["forecast"]["probability"].as_f64().expect("a yes/no question has a probability")
}

/// Records the weekly replay, the outcomes and the crowd into a ledger.
fn recorded(ledger: &Path) {
    foretell()
        .args(["run", SCENARIO, "--from", "2025-08-19", "--to", "2025-12-31", "--every", "7d", "--record"])
        .args(["--worlds", "20k", "--doubt-draws", "0", "--ledger"])
        .arg(ledger)
        .assert()
        .success();
    foretell()
        .args(["resolve", "--from", "scenarios/white-house-2025-08-18/outcomes.csv", "--ledger"])
        .arg(ledger)
        .assert()
        .success();
    foretell()
        .args(["import", "--forecasts", "scenarios/white-house-2025-08-18/crowd.csv", "--ledger"])
        .arg(ledger)
        .assert()
        .success();
}

#[test]
fn the_loop_runs_from_the_forecast_to_the_second_run_with_learned_priors() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = folder.path().join("summit.db");
    recorded(&ledger);

    let verified = json(&["ledger", "verify"], &ledger);
    assert_eq!(verified["clean"], true, "{verified}");

    // Scores are there for the scenario and the crowd; late, open and annulled forecasts are counted, not dropped.
    let scores = json(&["score", "--rule", "brier"], &ledger);
    let text = scores.to_string();
    for forecaster in ["foretell", "polymarket"] {
        assert!(text.contains(forecaster), "{forecaster} has no score");
    }

    // One scenario is one draw of history: the comparison shows the difference and must not judge.
    let comparison = json(&["compare", "foretell", "polymarket", "--rule", "brier"], &ledger);
    let pair = &comparison["pairs"][0];
    assert_eq!(pair["verdict"], "cannot_tell_yet", "{pair}");
    assert_eq!(pair["doubt"], "one_cluster", "{pair}");
    assert!(pair["difference"]["count"].as_u64().is_some_and(|questions| questions >= 10), "{pair}");

    // The update writes a file that differs in the priors that moved and in nothing else.
    let learned = folder.path().join("learned.toml");
    let update = foretell()
        .args(["update", SCENARIO, "--format", "json", "--out"])
        .arg(&learned)
        .arg("--ledger")
        .arg(&ledger)
        .assert()
        .success();
    let update: Value = serde_json::from_slice(&update.get_output().stdout).expect("JSON comes out");
    let moved = update["learned"].as_array().expect("a list").len();
    assert!(moved >= 5, "only {moved} priors moved");
    let before = std::fs::read_to_string(path(SCENARIO)).expect("the scenario is there");
    let after = std::fs::read_to_string(&learned).expect("the new scenario is there");
    // What was weighed and not moved by more than the simulation's error remembers that as well.
    let new = after.lines().filter(|line| !before.lines().any(|old| old == *line));
    let phrases =
        new.filter(|line| !line.starts_with("learned_from = ") && !line.starts_with("    \"") && *line != "]").count();
    assert!(phrases <= moved, "more lines changed than priors moved");
    assert!(before.lines().filter(|line| line.trim_start().starts_with('#')).all(|line| after.contains(line)));

    // The same outcomes do not count twice.
    let again = foretell()
        .args(["update"])
        .arg(&learned)
        .args(["--dry-run", "--format", "json", "--ledger"])
        .arg(&ledger)
        .assert()
        .success();
    let again: Value = serde_json::from_slice(&again.get_output().stdout).expect("JSON comes out");
    assert_eq!(again["learned"].as_array().map(Vec::len), Some(0), "{again}");

    // The second run uses what was learned: the guarantee that did not come in ten days is less likely from the start.
    let first = json(&["run", SCENARIO, "--worlds", "100k", "--doubt-draws", "0"], &ledger);
    let second = json(&["run", &learned.to_string_lossy(), "--worlds", "100k", "--doubt-draws", "0"], &ledger);
    let question = "guarantee_on_paper_in_ten_days";
    assert!(probability(&second, question) < probability(&first, question) - 0.005);
}

#[test]
fn a_run_as_of_the_first_day_knows_none_of_the_later_news() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = std::fs::read_to_string(path(SCENARIO)).expect("the scenario is there");
    let without: String = text.split("[[news]]").next().expect("a split has a first part").to_owned();
    let silent = folder.path().join("without-news.toml");
    std::fs::write(&silent, without).expect("a temporary file");
    let run = |file: &str| {
        let run = foretell()
            .args(["run", file, "--worlds", "50k", "--doubt-draws", "0", "--format", "csv"])
            .assert()
            .success();
        run.get_output().stdout.clone()
    };
    assert!(run(SCENARIO) == run(&silent.to_string_lossy()), "news of later days leaks into the first day");
}

#[test]
fn recording_the_same_replay_twice_adds_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = folder.path().join("summit.db");
    let record = || {
        foretell()
            .args([
                "run",
                SCENARIO,
                "--as-of",
                "2025-09-02",
                "--record",
                "--worlds",
                "10k",
                "--doubt-draws",
                "0",
                "--ledger",
            ])
            .arg(&ledger)
            .assert()
            .success();
        json(&["ledger", "verify"], &ledger)["lines"].clone()
    };
    assert_eq!(record(), record());
}
