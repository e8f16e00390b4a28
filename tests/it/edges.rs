//! Runs at the edge: of one world, of next to no time, of what cannot happen, of evidence that weighs nothing.

use crate::support::foretell;
use serde_json::Value;
use std::path::Path;

const SCENARIO: &str = r#"title = "Edges"
as_of = 2026-01-10
horizon = 2026-12-31

[event.strikes]
count = "poisson(3)"

[event.dead]
chance = "0%"

[event.maybe]
chance = "30%"

[event.price]
value = "normal(100, 10)"

[event.talks]
when = "40% by 2026-12-31"

[question.maybe]
ask = "Maybe?"
holds = "maybe"
closes = 2026-12-31
resolves = "by the drawn world"
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(folder.path().join("edges.toml"), SCENARIO).expect("a file can be written");
    folder
}

/// Exit code, stdout and stderr of a run of the scenario.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = foretell();
    let output = command.current_dir(folder).args(["run", "edges.toml"]).args(arguments).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (_, out, problems) = run(folder, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{arguments:?}: {out}\n{problems}"))
}

fn event<'a>(report: &'a Value, id: &str) -> &'a Value {
    let events = report["events"].as_array().expect("events");
    events.iter().find(|event| event["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn one_world_knows_nothing_of_its_errors_and_two_do() {
    let folder = folder();
    let one = json(folder.path(), &["--events", "--worlds", "1"]);
    for id in ["strikes", "price"] {
        let found = event(&one, id);
        assert!(found["mean"].is_null() && found["standard_deviation"].is_null(), "{found}");
        assert!(found["standard_error"].as_array().is_some_and(|all| all.iter().all(Value::is_null)), "{found}");
    }
    let days = event(&one, "talks")["standard_error"].as_array().cloned().expect("a list");
    assert!(days.iter().all(Value::is_null), "{days:?}");
    let (_, table, _) = run(folder.path(), &["--events", "--worlds", "1"]);
    assert_eq!(table.matches("unknown").count(), 6, "three quantiles of two numbers: {table}");
    let two = json(folder.path(), &["--events", "--worlds", "2"]);
    assert!(event(&two, "price")["mean"]["standard_error"].as_f64().is_some_and(|error| error > 0.0));
}

#[test]
fn a_count_that_is_known_has_no_spread_however_worlds_weigh() {
    let folder = folder();
    for method in ["weighting", "adaptive", "posterior", "rejection"] {
        let given = ["--events", "--given", "strikes = 7", "--given", "maybe", "--method", method, "--worlds", "300k"];
        let report = json(folder.path(), &given);
        let strikes = event(&report, "strikes");
        assert_eq!(strikes["mean"]["value"], 7.0, "{method}: {strikes}");
        assert_eq!(strikes["mean"]["standard_error"], 0.0, "{method}: {strikes}");
        assert_eq!((&strikes["standard_deviation"], &strikes["variance"]), (&0.0.into(), &Value::Null), "{method}");
    }
}

#[test]
fn what_cannot_happen_does_not_take_the_other_rare_events_with_it() {
    let folder = folder();
    let (code, table, problems) = run(folder.path(), &["--rare", "dead", "--rare", "maybe"]);
    assert_eq!(code, Some(1), "{problems}");
    assert!(table.contains("maybe") && table.contains("0.3"), "{table}");
    assert!(problems.contains("`dead`") && problems.contains("impossible"), "{problems}");
    let report = json(folder.path(), &["--rare", "dead", "--rare", "maybe"]);
    assert_eq!(report["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["impossible"][0]["condition"], "dead");
    let (alone, nothing, _) = run(folder.path(), &["--rare", "dead"]);
    assert_eq!((alone, nothing.as_str()), (Some(1), ""));
    assert_eq!(run(folder.path(), &["--rare", "maybe"]).0, Some(0));
}

#[test]
fn next_to_no_time_ends_after_the_first_chunk() {
    let folder = folder();
    for arguments in [&["--seconds", "0.000001"][..], &["--seconds", "0.000001", "--given", "strikes = 4"]] {
        let report = json(folder.path(), &[arguments, &["--method", "weighting"]].concat());
        assert_eq!(report["worlds"], 32_768, "{report}");
        // The same bytes as a run of so many worlds.
        let counted = [&["--worlds", "32768", "--method", "weighting"], &arguments[2..]].concat();
        assert_eq!(report, json(folder.path(), &counted));
    }
}

#[test]
fn the_heading_says_when_a_method_has_nothing_to_weigh() {
    let folder = folder();
    let method = |arguments: &[&str]| {
        let arguments = [arguments, &["--worlds", "1k"]].concat();
        json(folder.path(), &arguments)["method"].as_str().map(str::to_owned).expect("a method")
    };
    assert_eq!(method(&[]), "Monte Carlo");
    assert_eq!(method(&["--method", "weighting"]), "Monte Carlo, no evidence to meet by the method asked for");
    let weighed = method(&["--method", "weighting", "--given", "strikes = 4 or maybe"]);
    assert!(weighed.contains("weigh"), "{weighed}");
}

#[test]
fn a_run_from_a_proposal_says_what_it_may_have_missed() {
    let folder = folder();
    let adaptive = |condition: &str, worlds: &str, more: &[&str]| {
        let arguments = [&["--given", condition, "--method", "adaptive", "--worlds", worlds], more].concat();
        let (code, table, said) = run(folder.path(), &arguments);
        assert_eq!(code, Some(0), "{said}");
        (table, said)
    };
    // 8 ln 20 in 200,000 worlds of which 2.275 % agree: half a per cent, which is not worth a warning.
    let (table, said) = adaptive("price > 120", "200k", &[]);
    assert!(table.contains("up to 0.53 % of the probability may lie in explanations that no world has met"), "{table}");
    assert!(said.is_empty(), "{said}");
    let (table, _) = adaptive("price > 120", "200k", &["--format", "json"]);
    let report: Value = serde_json::from_str(&table).expect("it is JSON");
    let share = report["may_be_missed"].as_f64().expect("it is said");
    let agree = report["probability_of_evidence"].as_f64().expect("it is said");
    assert!((share * 200_000.0 * agree - 8.0 * 20.0_f64.ln()).abs() < 1e-6, "{share}");
    // Of 3.4 in a million too few worlds are drawn as planned to tell anything.
    let (table, said) = adaptive("price > 145", "20k", &[]);
    assert!(table.contains("up to 100 % of the probability"), "{table}");
    assert!(
        said.contains("no world has met, and is in no standard error") && said.contains("it would be 10 %"),
        "{said}"
    );
    let (code, _, said) = run(folder.path(), &["--given", "price > 145", "--method", "rejection", "--worlds", "20k"]);
    assert!(code == Some(1) && said.contains("without --method what is rare is neared step by step"), "{said}");
}

#[test]
fn warnings_name_the_day_that_a_replay_looks_from_and_few_worlds_kept_are_one() {
    let folder = folder();
    let few = ["--given", "maybe", "--method", "rejection", "--worlds", "2000", "--doubt-draws", "0"];
    // About 600 of 2,000 worlds agree; 1,000 would be 20 standard deviations more.
    let (code, _, said) = run(folder.path(), &few);
    assert!(code == Some(0) && said.starts_with("warning: only "), "{said}");
    let days = ["--from", "2026-02-01", "--to", "2026-02-08", "--every", "7d"];
    let (_, _, said) = run(folder.path(), &[&few[..], &days[..]].concat());
    for day in ["2026-02-01", "2026-02-08"] {
        assert!(said.contains(&format!("warning: as of {day}: only ")), "{said}");
    }
    let (_, _, said) = run(folder.path(), &["--given", "maybe", "--method", "rejection", "--worlds", "20k"]);
    assert_eq!(said, "");
}

#[test]
fn the_csv_of_a_run_has_the_probability_of_what_is_known() {
    let folder = folder();
    let (_, table, _) =
        run(folder.path(), &["--given", "talks by 2026-06-30", "--format", "csv", "--method", "weighting"]);
    let last = table.lines().last().expect("a line");
    let report = json(folder.path(), &["--given", "talks by 2026-06-30", "--method", "weighting"]);
    let chance = report["probability_of_evidence"].as_f64().expect("a probability");
    let error = report["error_of_evidence"].as_f64().expect("an error");
    assert_eq!(last, format!("evidence,,,probability,{chance},{error},,,,,"));
    let (_, table, _) = run(folder.path(), &["--format", "csv"]);
    assert!(!table.contains("evidence"));
}

#[test]
fn a_seed_that_is_none_is_told_what_a_seed_is() {
    let folder = folder();
    for seed in ["-1", "1.5", "one", "18446744073709551616"] {
        let (code, _, said) = run(folder.path(), &["--seed", seed]);
        assert!(code == Some(2) && said.contains("a seed is a whole number from 0 to 18446744073709551615"), "{said}");
    }
    // Every command that takes one says the same.
    for command in ["diff", "explain", "decide", "watch", "storylines", "report", "update", "calibrate"] {
        let output = foretell().args([command, "--seed", "-1"]).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2), "{command}: {said}");
        assert!(said.contains("from 0 to 18446744073709551615"), "{command}: {said}");
    }
}

#[test]
fn a_chance_of_0_has_no_error_and_follows_through() {
    let folder = folder();
    let report = json(folder.path(), &["--events", "--worlds", "2000"]);
    assert_eq!(event(&report, "dead")["standard_error"], serde_json::json!(0.0), "{report}");
    assert_ne!(event(&report, "maybe")["standard_error"], serde_json::json!(0.0), "{report}");
}

#[test]
fn a_rare_event_that_its_worlds_do_not_settle_is_said_to_be_rough() {
    let folder = folder();
    // Two numbers within a thousandth of each other (3.1e-7): no proposal for each of them alone makes that frequent.
    let thin = "price - 10 * strikes < 0.001 and price - 10 * strikes > -0.001";
    let (code, table, said) = run(folder.path(), &["--rare", thin, "--worlds", "20k"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("is still") && said.contains("of it after 20,000 worlds"), "{table}{said}");
    // Computed, and reached: nothing to say.
    let (_, _, said) = run(folder.path(), &["--rare", "price > 150"]);
    assert!(!said.contains("is still"), "{said}");
}

#[test]
fn the_computed_chance_of_what_is_known_has_its_digits_and_no_error() {
    let folder = folder();
    // The price is drawn, and what is known is only compared with: P(N(100, 10) > 105) = 0.308538 (tables of the normal distribution).
    let (_, table, _) = run(folder.path(), &["--given", "price > 105", "--events", "--worlds", "20k"]);
    assert!(table.contains("the evidence had a chance of 0.308538\n"), "{table}");
}
