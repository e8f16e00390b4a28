//! What the report says: which recipes made what, what is to be expected of what is used, who is new, and what was not looked at.

use super::{desk, foretell, hub, number, text};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

fn said(output: &Output) -> (String, String) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The rows of a file with some taken away.
fn keep(file: &Path, keeps: impl Fn(&str) -> bool) {
    let all = std::fs::read_to_string(file).expect("it is there");
    let kept: Vec<&str> = all.lines().filter(|line| keeps(line)).collect();
    std::fs::write(file, kept.join("\n") + "\n").expect("it can be written");
}

fn is_valid(report: &Value) -> bool {
    let schema: Value = serde_json::from_slice(&foretell(&["schema", "pool"]).stdout).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one").is_valid(report)
}

#[test]
fn recipes_are_told_by_forecast_and_who_is_new_by_name() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let start = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now];
    // The first is said before anything is known, and somebody speaks who has no past.
    let mut rows = std::fs::read_to_string(&now).expect("it is there");
    for who in ["f0", "f1", "zoe"] {
        writeln!(rows, "early,{who},2025-01-01,0.3").expect("a text grows");
    }
    std::fs::write(&now, rows).expect("it can be written");
    let (report, _) = said(&foretell(&[&start[..], &["--format", "json"]].concat()));
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert!(is_valid(&report), "{report}");
    let (recipes, made_by) = (report["recipes"].as_array().expect("recipes"), report["made_by"].as_array());
    let forecasts = report["forecasts"].as_array().expect("they stand in the document");
    let made_by = made_by.expect("a place for each forecast");
    assert_eq!((forecasts.len(), made_by.len(), recipes.len()), (11, 11, 2), "{report}");
    assert_ne!(report["chosen"], "mean");
    for (forecast, place) in forecasts.iter().zip(made_by) {
        let recipe = &recipes[place.as_u64().expect("a place") as usize]["recipe"];
        let expected = if forecast["question"] == "early" { &Value::from("mean") } else { &report["chosen"] };
        assert_eq!(recipe, expected, "{forecast}");
    }
    assert_eq!(report["new_members"], Value::from(vec!["zoe"]));
    let (_, told) = said(&foretell(&start));
    assert!(told.contains("pooled, as was chosen by what was known then: "), "{told}");
    assert!(told.contains("1 by mean") && told.contains(": zoe"), "{told}");
}

/// What learns by name has a row for each question, too: the plain mean where nothing was known.
#[test]
fn what_was_forecast_before_anything_was_known_has_a_row_of_the_plain_mean() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let start = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now];
    let mut rows = std::fs::read_to_string(&now).expect("it is there");
    for (who, probability) in [("f0", 0.2), ("f1", 0.5)] {
        writeln!(rows, "early,{who},2025-01-01,{probability}").expect("a text grows");
    }
    std::fs::write(&now, rows).expect("it can be written");
    for method in ["stacking", "performance", "auto"] {
        let (report, _) = said(&foretell(&[&start[..], &["--format", "json", "--method", method]].concat()));
        let report: Value = serde_json::from_str(&report).expect("JSON");
        assert!(is_valid(&report), "{report}");
        let forecasts = report["forecasts"].as_array().expect("they stand in the document");
        assert_eq!((forecasts.len(), number(&report["before_known"]), number(&report["by_mean"])), (11, 1.0, 0.0));
        let early = forecasts.iter().find(|of| of["question"] == "early").expect("it has a row");
        assert!((number(&early["forecast"]["probability"]) - 0.35).abs() < 1e-12, "{early}");
        if method != "auto" {
            assert_eq!(report["chosen"], method, "{report}");
        }
    }
    let (_, told) = said(&foretell(&[&start[..], &["--method", "stacking"]].concat()));
    assert!(told.contains("pooled by the plain mean, since no outcome was known before: 1 forecast"), "{told}");
}

#[test]
fn what_is_to_be_expected_is_that_of_the_pool_in_use() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes) = (at("past.csv"), at("outcomes.csv"));
    let start = ["pool", "--fit", &past, "--outcomes", &outcomes];
    let report = |more: &[&str]| {
        let (report, _) = said(&foretell(&[&start[..], &["--format", "json"], more].concat()));
        let report: Value = serde_json::from_str(&report).expect("JSON");
        assert!(is_valid(&report), "{report}");
        report
    };
    let left = report(&[]);
    assert_ne!(left["chosen"], "mean", "{left}");
    let (shown, told) = (&left["against_mean"], &left["expected"]["against_mean"]);
    let half = number(&shown["upper"]) - number(&shown["mean"]);
    let expected = number(&shown["mean"]) - half * half / number(&shown["mean"]);
    assert!((number(&told["mean"]) - expected).abs() < 1e-12, "{left}");
    assert!((number(&told["upper"]) - number(&shown["upper"]) - half).abs() < 1e-12 && told["lower"] == shown["lower"]);
    assert!(said(&foretell(&start)).0.contains("since the mean was left because of it"));
    let named = report(&["--method", "performance"]);
    assert_eq!(named["expected"]["against_mean"], named["against_mean"]);
    // Among those who know nothing the plain mean stays, and the row of the pool is its.
    let others = ["--without", "f0", "--without", "f1"];
    let stays = report(&others);
    assert_eq!(stays["chosen"], "mean", "{stays}");
    assert_eq!(stays["expected"]["score"], stays["plain_mean"]);
    let (table, _) = said(&foretell(&[&start[..], &others].concat()));
    let row = |name: &str| {
        let row = table.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {table}"));
        row[name.len()..].split_whitespace().next().expect("a mean").to_owned()
    };
    assert_eq!(row("pool  "), row("plain mean  "), "{table}");
}

#[test]
fn a_baseline_that_is_absent_is_no_pivot_and_forecasters_of_now_are_not_counted_as_learned_from() {
    let hub = hub();
    let at = |name: &str| text(&hub.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let start = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--scale", "log"];
    keep(&hub.path().join("now.csv"), |line| !line.contains("a-baseline"));
    let rows = std::fs::read_to_string(&now).expect("it is there");
    let more: Vec<String> =
        rows.lines().filter(|line| line.contains(",near,")).map(|line| line.replace(",near,", ",newcomer,")).collect();
    std::fs::write(&now, rows + &more.join("\n") + "\n").expect("it can be written");
    let (report, _) = said(&foretell(&[&start[..], &["--format", "json"]].concat()));
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert!(is_valid(&report), "{report}");
    let found = &report["quantiles"];
    assert_eq!((&found["baseline_absent"], &found["unpivoted"]), (&Value::from(true), &Value::from(0)), "{found}");
    let tried = found["tried"].as_array().expect("pools were tried");
    assert!(
        tried.len() > 1 && tried.iter().all(|of| !of["pool"].as_str().is_some_and(|pool| pool.ends_with("+pivot")))
    );
    let made_by = found["made_by"].as_array().expect("a place for each forecast");
    assert_eq!((made_by.len(), number(&found["recipes"][0]["forecasts"])), (5, 5.0), "{found}");
    let (_, told) = said(&foretell(&start));
    assert!(told.contains("learned from 35 forecast targets by 3 forecasters"), "{told}");
    assert!(told.contains("a-baseline says nothing of what is to be pooled"), "{told}");
}

#[test]
fn questions_are_told_of_once_by_any_of_three_names_and_outcomes_that_are_missing_not_at_all() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, questions) = (at("past.csv"), at("outcomes.csv"), at("questions.csv"));
    // The new ones stand in the layout of collections, without what came.
    let mut now = "question_id,forecaster,forecast_date,forecast,outcome\n".to_owned();
    for question in 50..60 {
        for who in 0..5 {
            writeln!(now, "q{question},f{who},2025-04-01,0.{},", 2 + who).expect("a text grows");
        }
    }
    std::fs::write(desk.path().join("now.csv"), now).expect("it can be written");
    let now = at("now.csv");
    for name in ["id", "question_id", "question"] {
        let mut table = format!("{name},cluster,colour\n");
        for question in 0..60 {
            writeln!(table, "q{question},c{},red", question / 2).expect("a text grows");
        }
        std::fs::write(&questions, table).expect("it can be written");
        let start = ["pool", "--fit", &past, "--outcomes", &outcomes, "--questions", &questions, "--apply", &now];
        let (report, notes) = said(&foretell(&[&start[..], &["--format", "json"]].concat()));
        let report: Value = serde_json::from_str(&report).expect("JSON");
        assert_eq!((number(&report["questions"]), number(&report["clusters"])), (50.0, 25.0), "{name}");
        assert_eq!(notes.matches("columns not used: colour").count(), 1, "{notes}");
        assert!(!notes.contains("pending"), "{notes}");
        assert!(report.get("not_taken").is_none(), "{report}");
    }
    // A kind by another name is asked for by its own.
    std::fs::write(&questions, "question,cluster,type\nq1,c1,binary\n").expect("it can be written");
    let refused = foretell(&["pool", "--fit", &past, "--outcomes", &outcomes, "--questions", &questions]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && told.contains("rename the column `type` to `kind`"), "{told}");
}
