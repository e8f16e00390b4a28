//! Real forecasts with real outcomes, scored by the commands and held to figures that others published or that were computed apart.
//!
//! Data stand in `../shared/data` beside the repository; a test says so and passes where they are not. What of it is shown, with the
//! commands, stands in `docs/real-data.md`.

mod shared;

use assert_cmd::Command;
use serde_json::Value;
use shared::shared;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What a command says in JSON.
fn json(arguments: &[&str]) -> Value {
    let output = Command::cargo_bin("foretell")
        .expect("the binary is built")
        .args(arguments)
        .args(["--format", "json"])
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON comes out")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected}");
}

fn rows<'a>(report: &'a Value, list: &str) -> &'a Vec<Value> {
    report[list].as_array().unwrap_or_else(|| panic!("there is no list `{list}`"))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn of<'a>(rows: &'a [Value], key: &str, name: &str) -> &'a Value {
    rows.iter().find(|row| row[key] == name).unwrap_or_else(|| panic!("nobody is called {name}"))
}

/// The figures of other tools for the same games came with them.
#[test]
fn the_games_of_fivethirtyeight_come_to_the_published_figures() {
    let Some(expected) = shared("scored/538_expected.json") else { return };
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(expected).expect("it can be read")).expect("it is JSON");
    for series in ["nba", "nfl"] {
        let Some(games) = shared(&format!("scored/538_{series}_games.csv")) else { continue };
        let report = json(&["calibrate", "--replicates", "100", "--forecasts", &text(&games)]);
        let (row, expected) = (&rows(&report, "rows")[0], &expected[series]);
        assert_eq!(row["questions"], expected["rows"]);
        for (found, name) in [
            (&row["brier"]["score"]["value"], &expected["brier"]),
            (&row["log"]["score"]["value"], &expected["log_loss"]),
            (&row["brier"]["miscalibration"]["value"], &expected["corp"]["mcb"]),
            (&row["brier"]["discrimination"]["value"], &expected["corp"]["dsc"]),
            (&row["brier"]["uncertainty"]["value"], &expected["corp"]["unc"]),
            (&row["tests"]["spiegelhalter"]["z"], &expected["spiegelhalter_z"]),
            (&row["tests"]["spiegelhalter"]["p_two_sided"], &expected["p"]),
            (&row["in_the_large"]["stated"], &expected["mean_p"]),
            (&row["in_the_large"]["observed"], &expected["mean_y"]),
        ] {
            close(number(found), number(name), 1e-10 * number(name).abs().max(1e-10), series);
        }
    }
}

/// Dimitriadis, Gneiting and Jordan (2021), figure 2, with the digits that the R package reliabilitydiag prints in its README.
#[test]
fn the_rain_of_niamey_decomposes_as_published() {
    let Some(rain) = shared("classic/precip_niamey_2016.csv") else { return };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (mut forecasts, mut outcomes) =
        ("question,forecaster,made_at,probability\n".to_owned(), "question,resolution,resolved_on\n".to_owned());
    let mut reader = csv::Reader::from_path(rain).expect("it can be read");
    let names: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    for (at, record) in reader.records().enumerate() {
        let record = record.expect("it is CSV");
        for column in 1..=4 {
            writeln!(forecasts, "{at},{},2016-01-01,{}", names[column], &record[column]).expect("text grows");
        }
        writeln!(outcomes, "{at},{},2016-12-31", if &record[5] == "0.0" { "no" } else { "yes" }).expect("text grows");
    }
    let path = |name: &str| text(&folder.path().join(name));
    std::fs::write(path("f.csv"), forecasts).expect("a file can be written");
    std::fs::write(path("o.csv"), outcomes).expect("a file can be written");
    let report =
        json(&["calibrate", "--replicates", "100", "--forecasts", &path("f.csv"), "--outcomes", &path("o.csv")]);
    for (name, score, miscalibration, discrimination, uncertainty) in [
        ("EMOS", 0.232, 0.0183, 0.0305, 0.244),
        ("ENS", 0.266, 0.0661, 0.0441, 0.244),
        ("EPC", 0.234, 0.0223, 0.0323, 0.244),
        ("Logistic", 0.206, 0.0171, 0.0555, 0.244),
    ] {
        let parts = &of(rows(&report, "rows"), "forecaster", name)["brier"];
        for (part, expected) in [
            ("score", score),
            ("miscalibration", miscalibration),
            ("discrimination", discrimination),
            ("uncertainty", uncertainty),
        ] {
            let tolerance = if expected < 0.1 { 5.01e-5 } else { 5.01e-4 };
            close(number(&parts[part]["value"]), expected, tolerance, &format!("{part} of {name}"));
        }
    }
}

/// scoringutils 2.x: `score() |> summarise_scores(by = "model")`, and `get_pairwise_comparisons` by target.
#[test]
fn the_parts_and_the_relative_skill_are_those_of_scoringutils() {
    let (Some(expected), Some(table)) =
        (shared("scored/scoringutils_expected.json"), shared("scored/scoringutils_example_quantile.csv"))
    else {
        return;
    };
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(expected).expect("it can be read")).expect("it is JSON");
    let check = |report: &Value, model: &Value| {
        let name = model["model"].as_str().expect("a name");
        let row = of(rows(report, "components"), "forecaster", name);
        for (found, key) in [
            (&row["parts"]["score"], "wis"),
            (&row["parts"]["overprediction"], "overprediction"),
            (&row["parts"]["underprediction"], "underprediction"),
            (&row["parts"]["dispersion"], "dispersion"),
            (&row["bias"], "bias"),
            (&row["within_50"], "interval_coverage_50"),
            (&row["within_90"], "interval_coverage_90"),
            (&row["median_error"], "ae_median"),
        ] {
            let wanted = number(&model[key]);
            close(number(found), wanted, 1e-9 * wanted.abs().max(1.0), &format!("{key} of {name}"));
        }
    };
    let score = ["score", "--components", "--rule", "wis", "--forecasts"];
    let whole = json(&[&score[..], &[&text(&table)]].concat());
    rows(&expected, "quantile_by_model").iter().for_each(|model| check(&whole, model));
    for target in ["Cases", "Deaths"] {
        let tag = format!("target_type={target}");
        let part = json(&[&score[..], &[&text(&table), "--tagged", &tag]].concat());
        let models = rows(&expected, "quantile_by_model_target");
        models.iter().filter(|model| model["target_type"] == target).for_each(|model| check(&part, model));
        let board = json(&["leaderboard", "--rule", "wis", "--forecasts", &text(&table), "--tagged", &tag]);
        for model in rows(&expected, "pairwise_wis_by_target").iter().filter(|model| model["target_type"] == target) {
            let name = model["model"].as_str().expect("a name");
            let row = of(rows(&board["boards"][0], "rows"), "forecaster", name);
            let place = of(rows(row, "places"), "measure", "relative_skill");
            close(number(&place["value"]), number(&model["wis_relative_skill"]), 1e-9, name);
        }
    }
}

/// Draws count as quantiles at (i - 1/2)/n, whose score is the CRPS of the empirical distribution that scoringutils states.
#[test]
fn draws_score_as_scoringutils_scores_them() {
    let (Some(expected), Some(table)) =
        (shared("scored/scoringutils_expected.json"), shared("classic/scoringutils_example_sample_continuous.parquet"))
    else {
        return;
    };
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(expected).expect("it can be read")).expect("it is JSON");
    let report = json(&["score", "--rule", "crps", "--forecasts", &text(&table)]);
    for model in rows(&expected, "sample_by_model") {
        let name = model["model"].as_str().expect("a name");
        let wanted = number(&model["crps"]);
        let row = of(rows(&report, "rows"), "forecaster", name);
        close(number(&row["mean"]), wanted, 1e-9 * wanted, name);
    }
}

/// Twice the mean pinball loss of `ln(1 + x)`, summed here without the library.
#[test]
fn the_log_scale_is_that_of_counts_by_hand() {
    let Some(hub) = shared("flusight/hub_slice") else { return };
    let mut observed: BTreeMap<[String; 3], f64> = BTreeMap::new();
    let at = |header: &csv::StringRecord, name: &str| {
        header.iter().position(|of| of == name).unwrap_or_else(|| panic!("no column {name}"))
    };
    let task = |header: &csv::StringRecord, record: &csv::StringRecord| {
        ["location", "target_end_date", "horizon"].map(|name| record[at(header, name)].to_owned())
    };
    let mut reader = csv::Reader::from_path(hub.join("target-data/oracle-output.csv")).expect("it can be read");
    let header = reader.headers().expect("a header").clone();
    for record in reader.records() {
        let record = record.expect("it is CSV");
        if &record[at(&header, "output_type")] == "quantile" && &record[at(&header, "target")] == "wk inc flu hosp" {
            let key = task(&header, &record);
            if let Ok(value) = record[at(&header, "oracle_value")].parse() {
                observed.insert(key, value);
            }
        }
    }
    let mut losses: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(hub.join("model-output"))
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    folders.sort();
    for folder in folders {
        let model = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        for file in std::fs::read_dir(&folder).expect("the folder is there") {
            let mut reader = csv::Reader::from_path(file.expect("it can be read").path()).expect("it can be read");
            let header = reader.headers().expect("a header").clone();
            for record in reader.records() {
                let record = record.expect("it is CSV");
                if &record[at(&header, "output_type")] != "quantile"
                    || &record[at(&header, "target")] != "wk inc flu hosp"
                {
                    continue;
                }
                let key = task(&header, &record);
                let Some(outcome) = observed.get(&key) else { continue };
                let level: f64 = record[at(&header, "output_type_id")].parse().expect("a level");
                let value: f64 = record[at(&header, "value")].parse().expect("a value");
                let (value, outcome) = (value.max(0.0).ln_1p(), outcome.ln_1p());
                let loss = if outcome < value { (1.0 - level) * (value - outcome) } else { level * (outcome - value) };
                losses.entry(model.clone()).or_default().push(2.0 * loss);
            }
        }
    }
    let tag = "target=wk inc flu hosp";
    let report = json(&["score", "--rule", "crps", "--scale", "log", "--forecasts", &text(&hub), "--tagged", tag]);
    assert_eq!(losses.len(), 3);
    for (model, losses) in losses {
        let row = of(rows(&report, "rows"), "forecaster", &model);
        close(number(&row["mean"]), losses.iter().sum::<f64>() / losses.len() as f64, 1e-12, &model);
    }
}

/// Ray et al. (2025), Epidemics 50, 100810: flusion was first in 2023-24. Its rank has to stand whatever is done about the gaps.
#[test]
fn the_season_of_2023_has_the_winner_that_was_published() {
    let (Some(output), Some(oracle)) =
        (shared("flusight/quantile_model_output.parquet"), shared("flusight/quantile_oracle_output.csv"))
    else {
        return;
    };
    let (output, oracle) = (text(&output), text(&oracle));
    let season = ["--made-from", "2023-10-01", "--made-until", "2024-06-30", "--cluster", "tag:target_end_date"];
    let board = ["leaderboard", "--rule", "wis", "--replicates", "200", "--forecasts", &output, "--outcomes", &oracle];
    let found = json(&[&board[..], &season[..]].concat());
    let rows = rows(&found["boards"][0], "rows");
    assert_eq!(rows.len(), 16);
    for place in self::rows(of(rows, "forecaster", "UMass-flusion"), "places") {
        assert_eq!(place["rank"], 1, "{place}");
    }
}

/// Means by pyarrow and plain Python, apart from this program: 37 market questions, all of different events.
#[test]
fn superforecasters_are_held_to_the_market_on_what_they_answered() {
    let (Some(forecasts), Some(questions)) = (shared("forecastbench_forecasts.parquet"), shared("questions.parquet"))
    else {
        return;
    };
    let (forecasts, questions) = (text(&forecasts), text(&questions));
    let inputs = ["--forecasts", &forecasts, "--questions", &questions, "--tagged", "panel=fb_super"];
    let found = json(
        &[&["compare", "sf23", "median", "--against", "crowd", "--pool", "median=median:sf*"][..], &inputs].concat(),
    );
    let pairs = rows(&found, "pairs");
    assert_eq!(pairs.len(), 2);
    for (pair, mean) in pairs.iter().zip([0.099_467_567_567_567_56, 0.083_063_033_783_783_78]) {
        close(number(&pair["mean_a"]), mean, 1e-12, "mean of the superforecaster");
        close(number(&pair["mean_b"]), 0.135_452_341_910_703_93, 1e-12, "mean of the market");
        assert_eq!((&pair["difference"]["count"], &pair["difference"]["clusters"]), (&37.into(), &37.into()));
        assert_eq!(pair["verdict"], "cannot_tell_yet", "{pair}");
    }
    // With the series of data sets, horizons of one question share a cluster.
    let scores = json(&[&["score", "--rule", "brier", "--forecaster", "sf31"][..], &inputs].concat());
    let row = &rows(&scores, "rows")[0];
    assert_eq!((&row["questions"], &row["clusters"]), (&375.into(), &105.into()));
}

/// Means by pyarrow and plain Python. Two further models could search the web after the outcomes: their rows are marked and left out.
#[test]
fn the_panel_of_language_models_is_scored_without_what_leaked() {
    let Some(panels) = shared("panels_forecasts.parquet") else { return };
    let panels = text(&panels);
    let inputs = ["--forecasts", &panels, "--tagged", "panel=llm_consistency"];
    let scores = json(&[&["score", "--rule", "brier"][..], &inputs].concat());
    let rows = rows(&scores, "rows");
    assert_eq!(rows.len(), 15);
    for (model, mean) in [
        ("cot:o1-preview", 0.175_447_407_407_407_4),
        ("basic:gpt4o-2024-08-06", 0.187_153_333_333_333_34),
        ("basic:llama-3.1-8B", 0.307_156_303_703_703_84),
    ] {
        let row = of(rows, "forecaster", model);
        close(number(&row["mean"]), mean, 1e-12, model);
        assert_eq!(row["questions"], 135);
    }
    // Adjusting for fifteen comparisons can only take verdicts away.
    let verdicts = |adjust: &[&str]| {
        let found = json(&[&["compare", "--against", "cot:o1-preview"][..], adjust, &inputs].concat());
        self::rows(&found, "pairs").iter().filter(|pair| pair["verdict"] != "cannot_tell_yet").count()
    };
    let (holm, benjamini) = (verdicts(&["--adjust", "holm"]), verdicts(&["--adjust", "bh"]));
    assert!(0 < holm && holm <= benjamini && benjamini < 14, "{holm} {benjamini}");
}
