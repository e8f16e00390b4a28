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

/// The weekly slice of FluSight: each model orders the columns of its files differently. Relative skill by the pairwise comparison, made by hand
/// with the means of the weighted interval score on the questions that each pair shares.
#[test]
fn models_that_order_columns_differently_share_their_questions() {
    let Some(hub) = shared("flusight/hub_slice") else { return };
    let hub = hub.to_string_lossy().into_owned();
    let start = ["leaderboard", "--rule", "wis", "--order", "relative", "--baseline", "FluSight-baseline"];
    let output = run(&[&start[..], &["--forecasts", &hub, "--format", "json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let board: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    let board = &board["boards"][0];
    assert!(said.contains("read: questions 144, forecasts 320, outcomes 128"), "{said}");
    assert_eq!(board["questions"], 64, "of one target: all three answered them");
    let mut skills: Vec<f64> = board["rows"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| {
            let places = row["places"].as_array().expect("a list");
            let place = places.iter().find(|place| place["measure"] == "relative_skill").expect("its place");
            place["value"].as_f64().unwrap_or_else(|| panic!("no relative skill: {row}"))
        })
        .collect();
    skills.sort_by(f64::total_cmp);
    assert_eq!(skills.len(), 3);
    for (skill, wanted) in skills.iter().zip([0.8774, 1.0243, 1.1127]) {
        assert!((skill - wanted).abs() < 5e-5, "{skills:?}");
    }
    // Which file lacks the days is said, and that another that has them is not looked at.
    assert!(said.contains("16 questions pending: no row for them in target-data/oracle-output.csv"), "{said}");
    assert!(said.contains("target-data/time-series.csv is not looked at"), "{said}");
}

/// Writes files of Metaculus, and has them scored as the platform does: score, forecaster, value and coverage.
fn metaculus(questions: &str, forecasts: &str) -> (Vec<(String, String, f64, f64)>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let head = "Question ID,Question Title,Post ID,Question Type,MC Options (Current),MC Options (All),MC Options History,Open Time,Scheduled Close Time,Actual Close Time,Resolution,Resolution Known Time";
    let said = "Question ID,Forecaster Username,Start Time,End Time,Probability Yes,Probability Yes Per Category,Continuous CDF";
    let put = |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("it can be written");
    put("question_data.csv", format!("{head}\n{questions}\n"));
    put("forecast_data.csv", format!("{said}\n{forecasts}\n"));
    let files = folder.path().join("*.csv").to_string_lossy().into_owned();
    let output = run(&["score", "--platform", "metaculus", "--forecasts", &files, "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    let rows = report["rows"].as_array().expect("rows").iter();
    let rows = rows
        .map(|row| {
            let (text, number) = (
                |name: &str| row[name].as_str().expect("a text").to_owned(),
                |name: &str| row[name].as_f64().expect("a number"),
            );
            (text("score"), text("forecaster"), number("value"), number("coverage"))
        })
        .collect();
    (rows, folder)
}

/// The value and the coverage of a score of somebody.
fn found(rows: &[(String, String, f64, f64)], score: &str, who: &str) -> (f64, f64) {
    let row = rows.iter().find(|row| row.0 == score && row.1 == who);
    row.map_or_else(|| panic!("{score} of {who}: {rows:?}"), |row| (row.2, row.3))
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

/// The platform's definition: a forecast counts from its start to the actual close, by its share of the time from the opening to the scheduled close.
#[test]
fn metaculus_counts_to_the_actual_close_by_the_scheduled_time() {
    // 0.9 of yes is worth 84.8; it stood for a day and a half of ten days, whether the answer was known later or at the close.
    let worth = 100.0 * (1.0 + 0.9_f64.ln() / 2.0_f64.ln());
    let forecasts = "1,cat,2025-01-05T00:00:00Z,,0.9,,";
    for known in ["2025-01-12T00:00:00Z", "2025-01-06T12:00:00Z"] {
        let question =
            format!("1,x,1,binary,,,,2025-01-01T00:00:00Z,2025-01-11T00:00:00Z,2025-01-06T12:00:00Z,yes,{known}");
        let (baseline, coverage) = found(&metaculus(&question, forecasts).0, "baseline", "cat");
        near(baseline, 0.15 * worth);
        assert!((baseline - 12.72).abs() < 0.005, "{baseline}");
        near(coverage, 0.15);
    }
    // Times of day: open for nine days and a half, from six in the morning to six in the evening; the forecast stood for six and three quarters.
    let question =
        "1,x,1,binary,,,,2025-01-01T06:00:00Z,2025-01-10T18:00:00Z,2025-01-10T18:00:00Z,yes,2025-01-12T00:00:00Z";
    let (rows, folder) = metaculus(question, "1,cat,2025-01-04T00:00:00Z,,0.9,,");
    let (baseline, coverage) = found(&rows, "baseline", "cat");
    near(coverage, 6.75 / 9.5);
    near(baseline, worth * 6.75 / 9.5);
    // The same by way of a ledger and the tables that it writes.
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (ledger, out) = (at("l.db"), at("out"));
    for arguments in [
        &["import", &at("question_data.csv"), &at("forecast_data.csv"), "--ledger", &ledger][..],
        &["ledger", "export", "--ledger", &ledger, "--out", &out],
    ] {
        let output = run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let score = ["score", "--platform", "metaculus", "--format", "json"];
    let of_ledger = run(&[&score[..], &["--ledger", &ledger]].concat());
    let tables = [
        "--forecasts",
        &at("out/forecasts.csv"),
        "--outcomes",
        &at("out/outcomes.csv"),
        "--questions",
        &at("out/questions.csv"),
    ];
    let of_tables = run(&[&score[..], &tables].concat());
    let value = |output: &std::process::Output| {
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|problem| panic!("{problem}: {}", String::from_utf8_lossy(&output.stderr)));
        report["rows"][0]["value"].as_f64().expect("a number")
    };
    near(value(&of_ledger), baseline);
    near(value(&of_tables), baseline);
}

/// The platform's definition: an option that did not exist is read at the last entry, and the options are those that there were.
#[test]
fn an_option_that_came_later_is_read_at_the_last_one() {
    let question = "2,x,2,multiple_choice,\"['a','b','c','Other']\",\"['a','b','c','Other']\",\"[('2025-01-01T00:00:00Z',['a','b','Other']),('2025-01-05T00:00:00Z',['a','b','c','Other'])]\",2025-01-01T00:00:00Z,2025-01-11T00:00:00Z,2025-01-11T00:00:00Z,c,2025-01-12T00:00:00Z";
    let forecasts = "2,ann,2025-01-01T00:00:00Z,2025-01-05T00:00:00Z,,\"[0.5,0.3,None,0.2]\",\n\
                     2,ann,2025-01-05T00:00:00Z,,,\"[0.5,0.2,0.2,0.1]\",\n\
                     2,ben,2025-01-02T00:00:00Z,,,\"[0.2,0.2,None,0.6]\",";
    let (rows, folder) = metaculus(question, forecasts);
    let worth = |p: f64, n: f64| 100.0 * (p * n).ln() / n.ln();
    near(found(&rows, "baseline", "ann").0, 0.4 * worth(0.2, 3.0) + 0.6 * worth(0.2, 4.0));
    near(found(&rows, "baseline", "ben").0, 0.9 * worth(0.6, 3.0));
    let peer = 0.9 * 100.0 * (0.6_f64 / 0.2).ln();
    near(found(&rows, "peer", "ben").0, peer);
    near(found(&rows, "peer", "ann").0, -peer);

    // The ordinary rules read it so, too, and say so; a ledger and its tables as the files themselves.
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (ledger, out, files) = (at("l.db"), at("out"), at("*_data.csv"));
    for arguments in
        [&["import", &files, "--ledger", &ledger][..], &["ledger", "export", "--ledger", &ledger, "--out", &out]]
    {
        let output = run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let tables = [at("out/forecasts.csv"), at("out/outcomes.csv"), at("out/questions.csv")];
    let brier_ann = 0.4 * (0.25 + 0.09 + 0.64) + 0.6 * (0.25 + 0.04 + 0.64 + 0.01);
    for source in [
        &["score", "--forecasts", &files][..],
        &["score", "--ledger", &ledger],
        &["score", "--forecasts", &tables[0], "--outcomes", &tables[1], "--questions", &tables[2]],
    ] {
        for (rule, ann, ben) in
            [("log", -(0.2_f64.ln()), -(0.6_f64.ln())), ("brier_all", brier_ann, 0.04 + 0.04 + 0.16)]
        {
            let means = means(source, rule);
            for (who, wanted) in [("ann", ann), ("ben", ben)] {
                near(means.iter().find(|(name, _)| name == who).expect("it is scored").1, wanted);
            }
        }
        let said = String::from_utf8_lossy(&run(source).stderr).into_owned();
        assert!(said.contains("2 forecasts made before the option that came true existed"), "{said}");
    }
}
