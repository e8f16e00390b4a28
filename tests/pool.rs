//! `foretell pool` as a command, and on real panels of forecasters.
//!
//! Panels stand in `../shared/data` beside the repository; a test says so and passes where they are not. The figures stand in
//! `docs/value.md`.

mod shared;

use assert_cmd::Command;
use serde_json::Value;
use shared::shared;
use std::fmt::Write as _;
use std::path::Path;

fn foretell(arguments: &[&str]) -> std::process::Output {
    let command = Command::cargo_bin("foretell").expect("the binary is built").args(arguments).output();
    command.expect("the binary runs")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Sixty questions, two forecasters who know and three who do not, in files of a folder; the last ten questions are new.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let head = "question,forecaster,made_at,probability\n";
    let (mut past, mut now) = (head.to_owned(), head.to_owned());
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for at in 0..60 {
        let yes = at * 7 % 10 < 5;
        let file = if at < 50 { &mut past } else { &mut now };
        let day = format!("2025-{:02}-{:02}", 1 + at / 20, 1 + at % 20);
        for who in 0..5 {
            let known = if yes { 0.85 } else { 0.15 };
            let said = if who < 2 { known } else { f64::from((at * 13 + who * 29) % 90 + 5) / 100.0 };
            writeln!(file, "q{at},f{who},{day},{said}").expect("a text grows");
        }
        let yes = if yes { "yes" } else { "no" };
        writeln!(outcomes, "q{at},{yes},2025-{:02}-25", 1 + at / 20).expect("a text grows");
    }
    for (name, text) in [("past.csv", past), ("now.csv", now), ("outcomes.csv", outcomes)] {
        std::fs::write(folder.path().join(name), text).expect("it can be written");
    }
    folder
}

#[test]
fn pooled_forecasts_are_a_table_that_other_commands_read_and_outcomes_of_now_make_no_difference() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let pooled = |out: &str, more: &[&str]| {
        let (fit, outcomes, now, out) = (at("past.csv"), at("outcomes.csv"), at("now.csv"), at(out));
        let mut arguments = vec!["pool", "--fit", &fit, "--outcomes", &outcomes, "--apply", &now, "--out", &out];
        arguments.extend(more);
        let output = foretell(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let report: Value = serde_json::from_str(&pooled("pooled.csv", &["--format", "json"])).expect("JSON");
    assert_eq!(report["schema"], "foretell.pool/1");
    assert!(number(&report["against_mean"]["mean"]) < 0.0, "{report}");
    let table = std::fs::read_to_string(desk.path().join("pooled.csv")).expect("it was written");
    assert_eq!(table.lines().count(), 11, "{table}");
    pooled("again.csv", &[]);
    assert_eq!(table, std::fs::read_to_string(desk.path().join("again.csv")).expect("it was written"));

    // Without the outcomes of the new questions, the same to the byte.
    let known = std::fs::read_to_string(desk.path().join("outcomes.csv")).expect("it is there");
    let known: Vec<&str> = known.lines().take(51).collect();
    std::fs::write(desk.path().join("outcomes.csv"), known.join("\n")).expect("it can be written");
    pooled("blind.csv", &[]);
    assert_eq!(table, std::fs::read_to_string(desk.path().join("blind.csv")).expect("it was written"));

    // The pool beats the plain mean on the new questions; the parquet file says the same.
    pooled("pooled.parquet", &[]);
    let outcomes = "question,resolution,resolved_on\n".to_owned()
        + &(50..60)
            .map(|at| format!("q{at},{},2025-04-25\n", if at * 7 % 10 < 5 { "yes" } else { "no" }))
            .collect::<String>();
    std::fs::write(desk.path().join("later.csv"), outcomes).expect("it can be written");
    let mean = |file: &str| {
        let (forecasts, now, outcomes) = (at(file), at("now.csv"), at("later.csv"));
        let report = foretell(&[
            "score",
            "--forecasts",
            &forecasts,
            "--forecasts",
            &now,
            "--outcomes",
            &outcomes,
            "--rule",
            "brier",
            "--pool",
            "plain=mean:f*",
            "--format",
            "json",
        ]);
        let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
        let of = |name: &str| {
            let rows = report["rows"].as_array().expect("rows");
            number(&rows.iter().find(|row| row["forecaster"] == name).expect("the forecaster is there")["mean"])
        };
        (of("pool"), of("plain"))
    };
    let (pool, plain) = mean("pooled.csv");
    assert!(pool < plain, "{pool} {plain}");
    assert_eq!(mean("pooled.parquet"), (pool, plain));
}

#[test]
fn what_cannot_be_learned_or_pooled_is_said() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let fails = |arguments: &[&str], words: &str| {
        let output = foretell(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{arguments:?}: {said}");
    };
    fails(&["pool", "--fit", &past], "no outcomes");
    fails(&["pool", "--fit", &past, "--outcomes", &outcomes, "--method", "means"], "none of the pools");
    fails(&["pool", "--fit", &past, "--outcomes", &outcomes, "--members", "nobody*"], "nothing to learn from");
    fails(&["pool", "--fit", &past, "--outcomes", &outcomes, "--tagged", "x=y"], "no question has the tag");
    let taken = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--name", "f1"];
    fails(&taken, "forecasts already");
    let again = foretell(&["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &past]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("stand in the past, too"));
    assert!(!again.status.success());
}

/// A panel judged out of sample: the report, or nothing where the data are absent.
fn panel(file: &str, name: &str, method: &str) -> Option<Value> {
    let (forecasts, questions) = (shared(file)?, shared("questions.parquet")?);
    let (forecasts, questions) = (text(&forecasts), text(&questions));
    let tag = format!("panel={name}");
    let output = foretell(&[
        "pool",
        "--fit",
        &forecasts,
        "--questions",
        &questions,
        "--tagged",
        &tag,
        "--without",
        "crowd",
        "--method",
        method,
        "--format",
        "json",
    ]);
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

const PANELS: [(&str, &str); 9] = [
    ("panels_forecasts.parquet", "acx2023"),
    ("panels_forecasts.parquet", "gjp_week1"),
    ("panels_forecasts.parquet", "llm_consistency"),
    ("panels_forecasts.parquet", "metaculus_bots"),
    ("panels_forecasts.parquet", "metaculus_pros"),
    ("panels_forecasts.parquet", "predictionbook"),
    ("panels_forecasts.parquet", "replication"),
    ("forecastbench_forecasts.parquet", "fb_super"),
    ("forecastbench_forecasts.parquet", "fb_market"),
];

#[test]
fn on_every_panel_the_procedure_is_no_worse_than_the_plain_mean_by_more_than_its_interval() {
    for (file, name) in PANELS {
        let Some(report) = panel(file, name, "auto") else { return };
        let lower = number(&report["against_mean"]["lower"]);
        assert!(lower <= 0.0, "{name}: {}", report["against_mean"]);
        // And where it is worse in the mean, the plain mean is what is used.
        if number(&report["against_mean"]["mean"]) >= 0.0 {
            assert_eq!(report["chosen"], "mean", "{name}");
        }
    }
}

/// 3,292 people on 37 questions: whoever did best was lucky. Nobody gets a weight to speak of.
#[test]
fn thousands_of_people_on_a_few_questions_do_not_win_weight_by_luck() {
    let Some(report) = panel("panels_forecasts.parquet", "acx2023", "auto") else { return };
    assert_eq!((number(&report["forecasters"]), number(&report["questions"])), (3292.0, 37.0));
    let weights = report["weights"].as_array().expect("weights");
    assert!(weights.iter().all(|weight| number(&weight["weight"]) < 0.01), "{weights:?}");
    let upper = |of: &str| number(&report[of]["upper"]);
    assert!(upper("procedure") < upper("best_in_training"), "{report}");
}
