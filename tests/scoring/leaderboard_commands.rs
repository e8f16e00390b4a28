//! The command `leaderboard`, and what `compare` shows beside its verdict, as a user meets them.

use assert_cmd::Command;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

/// Four forecasters on 24 questions in 12 clusters; Dee answers every third one only, Ada is the best, Bob says 50 %.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = String::from("id,ask,kind,opens,closes,cluster,tags\n");
    let mut said = String::from("question,forecaster,made_at,probability\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    for at in 0..24 {
        let happened = at % 3 != 0;
        let towards = |sure: f64| if happened { sure } else { 1.0 - sure };
        let tag = if at < 12 { "early" } else { "late" };
        let _ = writeln!(asked, "q{at},Will it?,binary,2025-01-01,2025-01-20,c{},{tag}", at / 2);
        let _ = writeln!(said, "q{at},ada,2025-01-01,{:.2}", towards(0.7 + 0.01 * f64::from(at % 10)));
        let _ = writeln!(said, "q{at},bob,2025-01-05,0.5");
        let _ = writeln!(said, "q{at},cy,2025-01-02,{:.2}", towards(0.4 + 0.02 * f64::from(at % 7)));
        if at % 3 == 1 {
            let _ = writeln!(said, "q{at},dee,2025-01-10,{:.2}", towards(0.9));
        }
        let _ = writeln!(came, "q{at},{},2025-02-{:02}", if happened { "yes" } else { "no" }, 1 + at);
    }
    for (name, text) in [("questions.csv", asked), ("forecasts.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder)
        .args(arguments)
        .args(["--forecasts", "forecasts.csv", "--outcomes", "outcomes.csv", "--questions", "questions.csv"])
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("the output is JSON")
}

/// Checks a result against the schema that the tool itself prints.
fn holds_to_schema(of: &str, result: &Value) {
    let printed = Command::new(env!("CARGO_BIN_EXE_foretell")).args(["schema", of]).output().expect("the binary runs");
    let schema = json(&String::from_utf8(printed.stdout).expect("the schema is UTF-8"));
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let problems: Vec<String> =
        validator.iter_errors(result).map(|problem| format!("{}: {problem}", problem.instance_path())).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_leaderboard_ranks_by_every_measure_and_keeps_its_schema() {
    let folder = folder();
    let (code, out, err) =
        run(folder.path(), &["leaderboard", "--baseline", "bob", "--format", "json", "--svg", "board.svg"]);
    assert_eq!(code, 0, "{err}");
    let found = json(&out);
    assert_eq!(found["schema"], "foretell.leaderboard/1");
    holds_to_schema("leaderboard", &found);
    let board = &found["boards"][0];
    assert_eq!((&board["questions"], &board["clusters"]), (&24.into(), &12.into()));
    let rows = board["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 4);
    for row in rows {
        assert_eq!(row["places"].as_array().expect("places").len(), 4);
    }
    let bob = rows.iter().find(|row| row["forecaster"] == "bob").expect("bob is listed");
    assert_eq!(bob["baseline"]["skill"], 0.0);
    let drawing = std::fs::read_to_string(folder.path().join("board.svg")).expect("it was drawn");
    assert!(drawing.starts_with("<svg") && drawing.contains("dee") && drawing.trim_end().ends_with("</svg>"));
}

#[test]
fn a_leaderboard_is_the_same_again_and_has_one_csv_line_a_forecaster() {
    let folder = folder();
    let once = run(folder.path(), &["leaderboard", "--rule", "brier,log", "--format", "csv"]);
    assert_eq!(once, run(folder.path(), &["leaderboard", "--rule", "brier,log", "--format", "csv"]));
    assert_eq!((once.0, once.1.lines().count()), (0, 9));
    assert!(!once.1.contains("NaN") && !once.1.contains("inf"), "{}", once.1);
    let (code, out, _) = run(folder.path(), &["leaderboard", "--at-least", "20", "--order", "peer"]);
    assert_eq!(code, 0);
    assert!(out.contains("Leaderboard under brier, by peer score") && !out.contains("dee"), "{out}");
}

#[test]
fn a_baseline_nobody_knows_and_nothing_to_rank_are_said() {
    let folder = folder();
    let (code, _, err) = run(folder.path(), &["leaderboard", "--baseline", "bobb"]);
    assert_eq!(code, 1);
    assert!(err.contains("the nearest name is `bob`"), "{err}");
    let (code, out, _) = run(folder.path(), &["leaderboard", "--rule", "crps"]);
    assert_eq!(code, 0);
    assert!(out.contains("There is nothing to score yet.\nNobody answered a question that crps can score"), "{out}");
    let (_, out, _) = run(folder.path(), &["leaderboard", "--at-least", "99"]);
    assert!(out.contains("Nobody answered 99 questions that brier can score"), "{out}");
    let (code, _, err) = run(folder.path(), &["leaderboard", "--rule", "crps", "--svg", "board.svg"]);
    assert_eq!(code, 1);
    assert!(err.contains("there is no leaderboard to draw"), "{err}");
}

#[test]
fn compare_shows_the_tests_and_keeps_its_schema() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &["compare", "ada", "bob", "cy", "--rule", "brier,log"]);
    assert_eq!(code, 0, "{err}");
    for test in ["Diebold-Mariano", "permutation", "sign ", "signed ranks", "e-value", "confidence sequence"] {
        assert!(out.contains(test), "{test} is missing:\n{out}");
    }
    let (_, out, _) = run(folder.path(), &["compare", "ada", "bob", "cy", "--adjust", "bh", "--format", "json"]);
    let found = json(&out);
    holds_to_schema("compare", &found);
    assert_eq!(found["adjustment"], "benjamini_hochberg");
    let tests = &found["pairs"][0]["tests"];
    // Ada is better in each of twelve clusters: 2 of 4096 assignments of signs.
    assert_eq!(tests["permutation"]["p_two_sided"], 2.0 / 4096.0);
    assert_eq!((&tests["sign"]["below"], &tests["sign"]["above"]), (&12.into(), &0.into()));
    let evidence = tests["anytime"]["a_better"]["evalue"].as_f64().expect("yes/no questions");
    assert!(evidence > 1.0 && tests["anytime"]["b_better"]["evalue"].as_f64().expect("yes/no questions") < 1.0);
    let (_, csv, _) = run(folder.path(), &["compare", "ada", "bob", "--format", "csv"]);
    assert!(csv.lines().next().expect("a header").contains("p permutation"), "{csv}");
}

#[test]
fn clusters_can_be_chosen() {
    let folder = folder();
    let clusters = |by: &str| {
        let (code, out, err) = run(folder.path(), &["compare", "ada", "bob", "--cluster", by, "--format", "json"]);
        assert_eq!(code, 0, "{err}");
        json(&out)["pairs"][0]["difference"]["clusters"].clone()
    };
    assert_eq!([clusters("cluster"), clusters("question"), clusters("tag")], [12, 24, 2].map(Value::from));
}
