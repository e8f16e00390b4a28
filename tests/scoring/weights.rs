//! Questions that weigh as shares of their scheduled time, under every command.

use crate::commands::{json, run_on};
use serde_json::Value;
use std::fmt::Write as _;
use tempfile::TempDir;

/// A hundred questions of three days, thirty of which a yes ends: ten after each day. `honest` says on each day what is left of the thirty among those that are
/// left, `bold` half as much again on the first day.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = String::from("id,kind,opens,closes\n");
    let mut said = String::from("question,forecaster,made_at,probability\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    for at in 0..100 {
        let (resolution, day) = match at {
            0..10 => ("yes", 2),
            10..20 => ("yes", 3),
            20..30 => ("yes", 4),
            _ => ("no", 4),
        };
        let _ = writeln!(asked, "q{at},binary,2025-01-01,2025-01-03");
        let _ = writeln!(came, "q{at},{resolution},2025-01-0{day}");
        for (forecaster, first) in [("honest", 0.3), ("bold", 0.45)] {
            for (day, p) in [(1, first), (2, 20.0 / 90.0), (3, 0.125)] {
                let _ = writeln!(said, "q{at},{forecaster},2025-01-0{day},{p}");
            }
        }
    }
    // One whose close is not known.
    asked.push_str("open,binary,2025-01-01,\n");
    said.push_str("open,honest,2025-01-01,0.9\nopen,bold,2025-01-01,0.1\n");
    came.push_str("open,yes,2025-01-04\n");
    for (name, text) in [("questions.csv", asked), ("forecasts.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

/// On each day the questions left, times p (1 - p), over all days that questions stood.
const HONEST: f64 = (100.0 * 0.3 * 0.7 + 90.0 * (2.0 / 9.0) * (7.0 / 9.0) + 80.0 * 0.125 * 0.875) / 270.0;
/// What the bold first day costs: 100 · 0.15² of 270.
const COST: f64 = 100.0 * 0.15 * 0.15 / 270.0;

fn near(found: &Value, known: f64) {
    let found = found.as_f64().expect("a number");
    assert!((found - known).abs() < 1e-12, "{found} for {known}");
}

fn answer(folder: &TempDir, arguments: &[&str]) -> Value {
    json(&run_on(folder.path(), &[arguments, &["--format", "json"]].concat()).1)
}

#[test]
fn two_are_compared_by_shares_of_the_scheduled_time() {
    let folder = folder();
    let report = answer(&folder, &["compare", "honest", "bold", "--weigh", "time"]);
    let pair = &report["pairs"][0];
    near(&pair["mean_a"], HONEST);
    near(&pair["mean_b"], HONEST + COST);
    near(&pair["difference"]["mean"], -COST);
    assert_eq!((&report["weigh"], &pair["difference"]["count"]), (&"time".into(), &100.into()));
    // A third of the first day's difference, and the weights ⅓, ⅔, 1 and 1, linearised by hand: 100/99 Σ (wd - w mean)² / 90².
    let squares: f64 = [(10.0, 0.1875, 1.0), (10.0, 0.1875, 2.0), (10.0, 0.1875, 3.0), (70.0, -0.1125, 3.0)]
        .iter()
        .map(|(count, first, days)| count * (first / 3.0 + days / 3.0 * COST) * (first / 3.0 + days / 3.0 * COST))
        .sum();
    near(&pair["difference"]["standard_error"], (100.0 / 99.0 * squares).sqrt() / 90.0);
    // The bootstrap draws weights with differences: its middle lies within a tenth of its width of the mean.
    let ends: Vec<f64> =
        pair["bootstrap"].as_array().expect("an interval").iter().map(|end| end.as_f64().expect("a number")).collect();
    assert!((0.5 * (ends[0] + ends[1]) + COST).abs() < 0.1 * (ends[1] - ends[0]), "{ends:?}");
    let weights: Vec<f64> = ["q0", "q10", "q20", "q99"]
        .iter()
        .map(|id| {
            let all = pair["by_question"].as_array().expect("questions");
            all.iter().find(|of| of["question"] == *id).expect("it is there")["weight"].as_f64().expect("a weight")
        })
        .collect();
    assert!(weights.iter().zip([1.0 / 3.0, 2.0 / 3.0, 1.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{weights:?}");
    let without = report["excluded"].as_array().expect("reasons");
    let without = without.iter().find(|of| of["reason"] == "no_schedule").expect("one whose close is not known");
    assert_eq!((&without["forecasts"], &without["questions"]), (&2.into(), &1.into()));
    // Counted alike the bold one looks better, for a yes makes its first day the whole of its question.
    let alike = answer(&folder, &["compare", "honest", "bold"]);
    assert!(
        alike["pairs"][0]["by_question"].as_array().expect("questions").len() == 101 && alike.get("weigh").is_none()
    );
    let mean: f64 = alike["pairs"][0]["by_question"]
        .as_array()
        .expect("questions")
        .iter()
        .filter(|of| of["question"] != "open")
        .map(|of| of["difference"].as_f64().expect("a number") / 100.0)
        .sum();
    assert!(mean > 0.0, "{mean}");
}

#[test]
fn a_leaderboard_weighs_by_shares_of_the_scheduled_time() {
    let folder = folder();
    let report = answer(&folder, &["leaderboard", "--weigh", "time", "--replicates", "100"]);
    assert_eq!(report["weigh"], "time");
    let rows = report["boards"][0]["rows"].as_array().expect("rows");
    let of = |name: &str| rows.iter().find(|row| row["forecaster"] == name).expect("a row");
    let value = |name: &str, measure: &str| {
        let places = of(name)["places"].as_array().expect("places");
        places.iter().find(|place| place["measure"] == measure).expect("a place")["value"].clone()
    };
    near(&of("honest")["mean"], HONEST);
    near(&of("bold")["mean"], HONEST + COST);
    // Of two who stood all the time: the root of the ratio, and the difference to each other.
    near(&value("honest", "relative_skill"), (HONEST / (HONEST + COST)).sqrt());
    near(&value("honest", "peer_score"), -COST);
    let adjusted = |name: &str| value(name, "adjusted_mean").as_f64().expect("a number");
    assert!((adjusted("honest") - HONEST).abs() < 1e-9 && (adjusted("bold") - HONEST - COST).abs() < 1e-9);
    assert_eq!(rows[0]["forecaster"], "honest");
    // Skill is drawn to the middle, on the right side of it.
    let ridge = value("honest", "ridge_skill").as_f64().expect("a number");
    assert!(ridge < 0.0 && ridge > -0.5 * COST, "{ridge}");
    assert_eq!(of("honest")["questions"], 100);
}

#[test]
fn where_weights_make_no_sense_the_way_out_is_told() {
    let folder = folder();
    for (command, told) in [
        (&["score", "--stream", "--weigh", "time"][..], "leave --stream out"),
        (&["compare", "honest", "bold", "--stream", "--weigh", "time"], "leave --stream out"),
        (&["leaderboard", "--stream", "--weigh", "time"], "leave --stream out"),
        (&["compare", "honest", "bold", "--murphy", "m.svg", "--weigh", "time"], "leave one of the two out"),
        (&["calibrate", "--weigh", "time"], "`--use first` takes what was said before"),
    ] {
        let (code, out, err) = run_on(folder.path(), command);
        assert!(code == 1 && out.is_empty() && err.contains("--weigh time") && err.contains(told), "{command:?} {err}");
    }
}
