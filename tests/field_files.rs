//! The field's own files, scored by the command and held to the figures of those who publish them.
//!
//! Data stand in `../shared/data` beside the repository; a test says so and passes where they are not.

mod shared;

use assert_cmd::Command;
use serde_json::Value;
use shared::shared;

fn run(arguments: &[&str]) -> std::process::Output {
    Command::cargo_bin("foretell").expect("the binary is built").args(arguments).output().expect("the binary runs")
}

/// The mean score of each forecaster under a rule, by the command's CSV.
fn means(arguments: &[&str], rule: &str) -> Vec<(String, f64)> {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--rule", rule, "--format", "csv"]).collect();
    let output = run(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let headers = reader.headers().expect("the output has a header").clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap_or_else(|| panic!("{headers:?}"));
    let (forecaster, mean) = (at("forecaster"), at("mean"));
    reader
        .records()
        .map(|record| {
            let record = record.expect("the output is CSV");
            (record[forecaster].to_owned(), record[mean].parse().expect("a mean is a number"))
        })
        .collect()
}

fn expected() -> Option<Value> {
    let text = std::fs::read_to_string(shared("scored/scoringutils_expected.json")?).expect("the file can be read");
    Some(serde_json::from_str(&text).expect("the file is JSON"))
}

/// scoringutils 2.x states the weighted interval score of each model; the file in Parquet gives the same as in CSV.
#[test]
fn scoringutils_quantiles_score_as_scoringutils_does() {
    let Some(expected) = expected() else { return };
    for file in ["scored/scoringutils_example_quantile.csv", "classic/scoringutils_example_quantile.parquet"] {
        let Some(path) = shared(file) else { continue };
        let found = means(&["score", "--forecasts", &path.to_string_lossy()], "crps");
        let models = expected["quantile_by_model"].as_array().expect("a list");
        assert_eq!(found.len(), models.len());
        for model in models {
            let (name, wis) = (model["model"].as_str().expect("a name"), model["wis"].as_f64().expect("a score"));
            let (_, mean) = found.iter().find(|(forecaster, _)| forecaster == name).expect("every model is scored");
            assert!((mean - wis).abs() < 1e-9 * wis, "{file}: {name}: {mean} is not {wis}");
        }
    }
}

#[test]
fn scoringutils_probabilities_score_as_scoringutils_does() {
    let (Some(expected), Some(path)) = (expected(), shared("scored/scoringutils_example_binary.csv")) else { return };
    let found = means(&["score", "--forecasts", &path.to_string_lossy()], "brier");
    let models = expected["binary_by_model"].as_array().expect("a list");
    for model in models {
        let (name, score) = (model["model"].as_str().expect("a name"), model["brier_score"].as_f64().expect("a score"));
        let (_, mean) = found.iter().find(|(forecaster, _)| forecaster == name).expect("every model is scored");
        assert!((mean - score).abs() < 1e-9, "{name}: {mean} is not {score}");
    }
}

/// The slice of FluSight as a tree and as single files by a pattern come to the same scores.
#[test]
fn a_hub_scores_the_same_as_a_tree_and_as_files() {
    let Some(hub) = shared("flusight/hub_slice") else { return };
    let path = |below: &str| hub.join(below).to_string_lossy().into_owned();
    let tree = means(&["score", "--forecasts", &path("")], "crps");
    let (forecasts, outcomes) = (path("model-output/*/*.csv"), path("target-data/oracle-output.csv"));
    let files = means(&["score", "--forecasts", &forecasts, "--outcomes", &outcomes], "crps");
    assert_eq!(tree.len(), 3);
    assert_eq!(tree, files);
}

#[test]
fn a_pattern_stands_for_its_files_and_one_that_matches_nothing_is_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file can be written");
    let head = "question,forecaster,made_at,probability\n";
    put("2.csv", &format!("{head}a,ann,2025-01-02,0.8\n"));
    put("1.csv", &format!("{head}a,ann,2025-01-01,0.2\n"));
    put("o.csv", "question,resolution,resolved_on\na,yes,2025-01-03\n");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let found = means(&["score", "--forecasts", &path("[0-9].csv"), "--outcomes", &path("o.csv")], "brier");
    assert_eq!(found.len(), 1);
    let nothing = run(&["score", "--forecasts", &path("*.none"), "--outcomes", &path("o.csv")]);
    assert!(!nothing.status.success());
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("no file matches"));
    let alone = run(&["score", "--forecasts", &path("1.csv")]);
    assert_eq!(alone.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&alone.stderr).contains("--outcomes FILE"));
}
