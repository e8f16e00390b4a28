//! `score --joint` of draws, as a user meets it: a table, a hub and a table of scoringutils.

use super::commands::{json, run};
use assert_cmd::Command;
use foretell::score::{EnsembleEstimator, VarianceDivisor, dawid_sebastiani_vectors, energy_score, variogram_score};
use serde_json::Value;
use std::fmt::Write as _;
use tempfile::TempDir;

/// Four weeks of two numbers; Ada's draws rise together as what came does, Bob's fall against each other. A third number is annulled.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = String::from("id,kind,cluster,tags\n");
    let mut said = String::from("question,forecaster,made_at,draw,value\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    for week in 1..=4 {
        let level = 10.0 * f64::from(week);
        for (at, place) in ["north", "south", "void"].iter().enumerate() {
            let _ = writeln!(asked, "{place}-{week},numeric,w{week},place={place}|week={week}");
            let answer = if *place == "void" { "annulled".to_owned() } else { (level + 3.0).to_string() };
            let _ = writeln!(came, "{place}-{week},{answer},2025-02-{week:02}");
            for draw in 0..5 {
                let off = f64::from(draw) - 2.0;
                let bob = if at == 1 { -off } else { off };
                // Draws are named alike in every week, and told apart by the day on which they were made.
                let _ = writeln!(
                    said,
                    "{place}-{week},ada,2025-01-0{week},{draw},{}",
                    level + 2.0 * off + at_bit(at, draw)
                );
                let _ = writeln!(
                    said,
                    "{place}-{week},bob,2025-01-0{week},{draw},{}",
                    level + 2.0 * bob + at_bit(at, draw)
                );
            }
        }
    }
    for (name, text) in [("questions.csv", asked), ("draws.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

/// A little that keeps covariances from being singular.
fn at_bit(at: usize, draw: i32) -> f64 {
    if (draw as usize).is_multiple_of(at + 2) { 0.25 } else { -0.25 }
}

const TABLES: [&str; 7] =
    ["score", "--joint", "draws.csv", "--outcomes", "outcomes.csv", "--questions", "questions.csv"];

fn of<'a>(report: &'a Value, who: &str) -> &'a Value {
    report["rows"].as_array().expect("rows").iter().find(|row| row["forecaster"] == who).expect("a row")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn a_table_of_draws_scores_as_the_library_does_and_keeps_its_schema() {
    let folder = folder();
    for (estimator, divisor, option) in [
        (EnsembleEstimator::Empirical, VarianceDivisor::Count, "empirical"),
        (EnsembleEstimator::Fair, VarianceDivisor::CountLessOne, "fair"),
    ] {
        let more = ["--format", "json", "--estimator", option, "--order", "1"];
        let (code, out, err) = run(folder.path(), &[&TABLES[..], &more].concat());
        assert_eq!(code, 0, "{err}");
        let found = json(&out);
        let printed =
            Command::new(env!("CARGO_BIN_EXE_foretell")).args(["schema", "joint-draws"]).output().expect("it runs");
        let schema = json(&String::from_utf8(printed.stdout).expect("the schema is UTF-8"));
        let validator = jsonschema::validator_for(&schema).expect("the schema is one");
        assert!(validator.is_valid(&found), "{out}");
        assert_eq!((&found["schema"], &found["estimator"]), (&"foretell.joint-draws/1".into(), &option.into()));
        // Each week is the same but for its level, so a mean is that of one.
        let y = [3.0, 3.0];
        for (who, sign) in [("ada", 1.0), ("bob", -1.0)] {
            let draws: Vec<Vec<f64>> = (0..5)
                .map(|draw| {
                    let off = 2.0 * (f64::from(draw) - 2.0);
                    vec![off + at_bit(0, draw), sign * off + at_bit(1, draw)]
                })
                .collect();
            let row = of(&found, who);
            let energy = energy_score(&draws, &y, estimator).expect("draws");
            let variogram = variogram_score(&draws, &y, 1.0, None, estimator).expect("draws");
            let dss = dawid_sebastiani_vectors(&draws, &y, divisor).expect("an inverse");
            for (name, expected) in [("energy", energy), ("variogram", variogram), ("dawid_sebastiani", dss)] {
                let mean = number(&row[name]["mean"]);
                assert!((mean - expected).abs() < 1e-9, "{who} {name}: {mean} against {expected}");
            }
            assert_eq!((&row["sets"], &row["questions"], &row["clusters"]), (&4.into(), &8.into(), &4.into()));
            assert_eq!((&row["forecasts"], &row["fewest_draws"]), (&4.into(), &5.into()));
        }
        // Both say the same of each number by itself; what came rose together.
        let alone = |who: &str| number(&of(&found, who)["variogram"]["if_independent"]);
        let gain = |who: &str| alone(who) - number(&of(&found, who)["variogram"]["mean"]);
        assert!(gain("ada") > 1.0 && gain("bob") < -1.0, "{} {}", gain("ada"), gain("bob"));
        assert_eq!((&found["narrowed"], &found["left_out"][0]["forecasts"]), (&8.into(), &8.into()));
        assert_eq!(found["left_out"][0]["reason"], "annulled");
    }
}

#[test]
fn the_table_says_what_it_shows_and_what_is_left_out() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &TABLES);
    assert_eq!(code, 0, "{err}");
    for told in [
        "variogram: of order 0.5; dss: Dawid–Sebastiani",
        "those of each question shuffled by themselves",
        "8 joint forecasts scored by those of the questions alone that have an answer",
        "not scored: 8 forecasts on 4 questions: the question was annulled",
    ] {
        assert!(out.contains(told), "{told}: {out}");
    }
    let (_, csv, _) = run(folder.path(), &[&TABLES[..], &["--format", "csv", "--out", "r.parquet"]].concat());
    assert!(
        csv.starts_with("forecaster,energy,energy standard error,energy alone,variogram,variogram standard error,variogram alone,dss,dss standard error,dss alone,sets,questions,clusters,forecasts,fewest draws,most draws,sets with dss\nada,"),
        "{csv}"
    );
    assert!(std::fs::read(folder.path().join("r.parquet")).expect("it was written").starts_with(b"PAR1"));
    let (_, one, _) = run(folder.path(), &[&TABLES[..], &["--forecaster", "bob", "--tagged", "week=2"]].concat());
    assert!(!one.contains("ada") && one.contains("one cluster: its sets share one draw of history"), "{one}");
    // By place there is no set of two.
    let (_, apart, _) = run(folder.path(), &[&TABLES[..], &["--set-by", "tag:place"]].concat());
    assert!(apart.contains("There is nothing to score yet.") && apart.contains("24 joint forecasts on"), "{apart}");
}

#[test]
fn what_cannot_be_is_refused_with_the_way_out() {
    let folder = folder();
    let refused = |arguments: &[&str], told: &str| {
        let (code, _, err) = run(folder.path(), arguments);
        assert!(code == 1 && err.contains(told), "{arguments:?}: {err}");
    };
    refused(&[&TABLES[..], &["--set-by", "tag:plaice"]].concat(), "no question has a tag `plaice=…`");
    refused(&[&TABLES[..], &["--forecaster", "bobb"]].concat(), "the nearest name is `bob`");
    refused(
        &["score", "--joint", "questions.csv", "--outcomes", "outcomes.csv", "--questions", "questions.csv"],
        "joint forecasts",
    );
    let write = |text: &str| std::fs::write(folder.path().join("draws.csv"), text).expect("a file in the folder");
    write(
        "question,forecaster,made_at,draw,value\nnorth-1,ada,2025-01-01,a,1\nnorth-1,ada,2025-01-01,b,1\nsouth-1,ada,2025-01-01,a,1\nsouth-1,ada,2025-01-01,c,1\n",
    );
    refused(
        &TABLES,
        "draws.csv:4: the draws of `south-1` by `ada` at 2025-01-01 are not those of `north-1` (row 2): `b` is missing, `c` is there alone",
    );
    write(
        "question,forecaster,made_at,draw,value\nnorth-1,ada,2025-01-01,a,1\nnorth-1,ada,2025-01-01,b,1\nsouth-1,ada,2025-01-01,a,-1\nsouth-1,ada,2025-01-01,b,1\n",
    );
    let (code, _, err) = run(folder.path(), &[&TABLES[..], &["--scale", "log"]].concat());
    assert!(code == 0 && err.contains("1 joint forecast with draws below 0, which count as 0"), "{err}");
    write("forecaster,made_at,pattern,probability\nada,2025-01-01,a=yes|b=no,1\n");
    refused(&[&TABLES[..], &["--order", "1"]].concat(), "--order is for joint forecasts of numbers, by draws");
}

#[test]
fn samples_of_a_hub_and_of_scoringutils_are_joint_forecasts() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file in the folder");
    };
    // Samples of one location are of one world over the horizons; those of the other have other numbers.
    let mut output = String::from("reference_date,location,horizon,target_end_date,output_type,output_type_id,value\n");
    let mut long = String::from("forecast_date,location,horizon,target_end_date,sample_id,predicted,observed,model\n");
    let mut came = String::from("target_end_date,location,observation\n");
    for (location, first) in [("US", 0), ("DE", 20)] {
        for (horizon, day) in [(1, "2025-01-11"), (2, "2025-01-18")] {
            let _ = writeln!(came, "{day},{location},{}", 5 + horizon);
            for draw in 0..20 {
                let (id, value) = (first + draw, f64::from(draw % 5) + f64::from(draw / 5 * horizon));
                let _ = writeln!(output, "2025-01-04,{location},{horizon},{day},sample,{id},{value}");
                let _ = writeln!(long, "2025-01-04,{location},{horizon},{day},{draw},{value},{},m", 5 + horizon);
            }
        }
    }
    put("hub/model-output/m/2025-01-04-m.csv", &output);
    put("hub/target-data/time-series.csv", &came);
    put("long.csv", &long);
    let (code, out, err) = run(folder.path(), &["score", "--joint", "hub", "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let found = json(&out);
    let row = of(&found, "m");
    assert_eq!((&row["sets"], &row["questions"], &row["fewest_draws"]), (&2.into(), &4.into(), &20.into()));
    // In the table the samples have the same numbers everywhere, until the locations are kept apart.
    let (_, out, _) = run(folder.path(), &["score", "--joint", "long.csv", "--format", "json"]);
    let all = json(&out);
    assert_eq!((&of(&all, "m")["sets"], &of(&all, "m")["questions"]), (&1.into(), &4.into()));
    let by_location = ["score", "--joint", "long.csv", "--format", "json", "--set-by", "tag:location"];
    let (_, out, err) = run(folder.path(), &by_location);
    let apart = json(&out);
    let of_long = of(&apart, "m");
    assert_eq!((&of_long["sets"], &of_long["questions"]), (&2.into(), &4.into()), "{err}");
    for name in ["energy", "variogram", "dawid_sebastiani"] {
        assert!((number(&of_long[name]["mean"]) - number(&row[name]["mean"])).abs() < 1e-12, "{name}");
    }
}

#[test]
fn a_score_that_is_no_finite_number_is_refused_with_a_way_out() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &[&TABLES[..], &["--order", "400"]].concat());
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("the variogram score of order 400 of `"), "{err}");
    assert!(err.contains("is beyond the largest number") && err.contains("take a smaller `--order`"), "{err}");
}
