//! The commands `score` and `compare` as a user meets them.

use assert_cmd::Command;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

/// A folder with forecasts by Ada and Bob on these many questions; with `cluster` they all belong to one.
fn folder(questions: usize, cluster: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = String::from("id,ask,kind,opens,closes,cluster\n");
    let mut said = String::from("question,forecaster,made_at,probability\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    for at in 0..questions {
        let happened = at % 3 != 0;
        let near = 0.7 + 0.01 * (at % 10) as f64;
        let ada = if happened { near } else { 1.0 - near };
        let _ = writeln!(asked, "q{at},Will it?,binary,2025-01-01,2025-01-20,{cluster}");
        let _ = writeln!(said, "q{at},ada,2025-01-01,{ada:.2}\nq{at},bob,2025-01-05,0.5\nq{at},bob,2025-02-01,0.99");
        let _ = writeln!(came, "q{at},{},2025-02-01", if happened { "yes" } else { "no" });
    }
    for (name, text) in [("questions.csv", asked), ("forecasts.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

/// Runs a command in the folder on its three files: exit code, stdout, stderr.
pub fn run_on(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder)
        .args(arguments)
        .args(["--forecasts", "forecasts.csv", "--outcomes", "outcomes.csv", "--questions", "questions.csv"])
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("the output is JSON")
}

#[test]
fn score_shows_means_and_counts_what_came_too_late() {
    let folder = folder(12, "");
    let (code, out, _) = run_on(folder.path(), &["score", "--rule", "brier"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("not scored: 12 forecasts on 12 questions: made after the question closed or resolved"),
        "{out}"
    );
    let (_, out, _) = run_on(folder.path(), &["score", "--rule", "brier,log", "--format", "json"]);
    let report = json(&out);
    assert_eq!(report["schema"], "foretell.score/1");
    let of_bob = report["rows"].as_array().expect("rows").iter().find(|row| row["forecaster"] == "bob").expect("bob");
    assert_eq!((&of_bob["mean"], &of_bob["questions"]), (&0.25.into(), &12.into()));
    assert!((of_bob["coverage"].as_f64().expect("the questions say when they opened") - 0.8).abs() < 1e-12);
}

#[test]
fn score_by_question_writes_one_csv_line_a_forecaster_and_question() {
    let folder = folder(3, "");
    let (code, out, _) = run_on(folder.path(), &["score", "--rule", "brier", "--by", "question", "--format", "csv"]);
    assert_eq!((code, out.lines().count()), (0, 7));
    assert!(out.starts_with("rule,question,forecaster,mean,"), "{out}");
    assert!(!out.contains("NaN") && !out.contains("inf,"), "{out}");
}

#[test]
fn compare_tells_who_was_better_over_many_questions_and_draws_it() {
    let folder = folder(30, "");
    let (code, out, err) = run_on(folder.path(), &["compare", "ada", "bob", "--svg", "drawing.svg"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("ada is better than bob under brier"), "{out}");
    let drawing = std::fs::read_to_string(folder.path().join("drawing.svg")).expect("it was drawn");
    assert!(drawing.starts_with("<svg") && drawing.trim_end().ends_with("</svg>"));
}

#[test]
fn compare_does_not_take_one_scenario_for_many_draws_of_history() {
    let folder = folder(30, "summit");
    let (code, out, _) = run_on(folder.path(), &["compare", "ada", "bob", "--format", "json"]);
    let comparison = json(&out);
    let pair = &comparison["pairs"][0];
    assert_eq!(code, 0);
    assert_eq!(comparison["schema"], "foretell.compare/1");
    assert_eq!((&pair["verdict"], &pair["doubt"]), (&"cannot_tell_yet".into(), &"one_cluster".into()));
    assert!(pair["difference"]["mean"].as_f64().expect("it is shown all the same") < 0.0);
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let folder = folder(30, "");
    let once = run_on(folder.path(), &["compare", "ada", "bob", "--rule", "brier,log", "--format", "json"]);
    assert_eq!(once, run_on(folder.path(), &["compare", "ada", "bob", "--rule", "brier,log", "--format", "json"]));
}

#[test]
fn a_forecaster_nobody_knows_is_the_inputs_fault() {
    let folder = folder(3, "");
    let (code, out, err) = run_on(folder.path(), &["compare", "ada", "bobb"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("there is no forecast by `bobb`") && err.contains("the nearest name is `bob`"), "{err}");
    let (code, _, err) = run_on(folder.path(), &["compare", "ada", "ada"]);
    assert_eq!(code, 1);
    assert!(err.contains("`ada` is named twice"), "{err}");
}

#[test]
fn a_rule_nobody_knows_is_refused_with_the_list_of_rules() {
    let folder = folder(3, "");
    let (code, _, err) = run_on(folder.path(), &["score", "--rule", "brir"]);
    assert_eq!(code, 2);
    assert!(err.contains("brier") && err.contains("crps_days"), "{err}");
}

#[test]
fn nothing_in_common_is_said_and_cannot_be_drawn() {
    let folder = folder(3, "");
    let said = "question,forecaster,made_at,probability\nq0,ada,2025-01-01,0.5\nq1,bob,2025-01-01,0.5\n";
    std::fs::write(folder.path().join("forecasts.csv"), said).expect("a file in the folder");
    let (code, out, _) = run_on(folder.path(), &["compare", "ada", "bob"]);
    assert_eq!(code, 0);
    assert!(out.contains("they share no question that can be scored"), "{out}");
    let (code, _, err) = run_on(folder.path(), &["compare", "ada", "bob", "--svg", "drawing.svg"]);
    assert_eq!(code, 1);
    assert!(err.contains("no binary question is shared"), "{err}");
}
