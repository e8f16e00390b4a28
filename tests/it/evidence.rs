//! Seeing and making so, silence and beliefs: what `--given`, `--suppose` and `--as-of` do to known figures, through the binary.
//!
//! Each figure may miss by 5.2 of its standard errors, which a right one does with probability 2e-7; there are about forty.

use crate::support::foretell;
use serde_json::Value;

/// Runs a scenario with more arguments and reads its JSON.
fn run(scenario: &str, arguments: &[&str]) -> Value {
    let mut command = foretell();
    command.args(["run", scenario, "--format", "json", "--doubt-draws", "0"]).args(arguments);
    if !arguments.contains(&"--worlds") {
        command.args(["--worlds", "2M"]);
    }
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{scenario} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

/// The chance of an event or question, with its standard error.
fn chance(report: &Value, list: &str, id: &str) -> (f64, f64) {
    let all = report[list].as_array().expect("a list");
    let one = all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("there is no `{id}`"));
    let value = one["forecast"]["probability"].as_f64().unwrap_or_else(|| panic!("`{id}` is no chance: {one}"));
    (value, one["standard_error"].as_f64().expect("a standard error"))
}

fn close(report: &Value, list: &str, id: &str, expected: f64) {
    let (value, error) = chance(report, list, id);
    assert!(error < 0.003, "{id}: a standard error of {error} shows nothing");
    assert!((value - expected).abs() <= 5.2 * error + 5e-7, "{id} is {value} ± {error}, expected {expected}");
}

#[test]
fn seeing_the_sprinkler_on_makes_rain_less_likely_and_turning_it_on_does_not() {
    let scenario = "tests/suite/good/sprinkler.toml";
    let seen = run(scenario, &["--given", "sprinkler"]);
    close(&seen, "events", "rain", 0.3);
    close(&seen, "events", "wet", 0.927);
    let made = run(scenario, &["--suppose", "sprinkler"]);
    close(&made, "events", "rain", 0.5);
    close(&made, "events", "wet", 0.945);
    assert_eq!(made["suppose"][0], "sprinkler");
    assert_eq!(seen["given"][0], "sprinkler");
    assert!(made["probability_of_evidence"].is_null(), "what is made so is no evidence");
    // P(sprinkler) = 0.5 · 0.1 + 0.5 · 0.5
    let evidence = seen["probability_of_evidence"].as_f64().expect("what is seen is evidence");
    assert!((evidence - 0.3).abs() < 5.2 * (0.21_f64 / 2e6).sqrt(), "{evidence}");
}

#[test]
fn two_calls_tell_of_the_burglary() {
    let both = ["--given", "john_calls", "--given", "mary_calls", "--worlds", "40M"];
    let report = run("tests/suite/good/burglary.toml", &both);
    close(&report, "events", "burglary", 0.284_172);
    close(&report, "events", "earthquake", 0.176_067);
    close(&report, "events", "alarm", 0.760_692);
    let worth = report["effective_sample_size"].as_f64().expect("a number");
    assert!(worth < 40e6, "a run with evidence is worth fewer worlds: {worth}");
    let explained = run("tests/suite/good/burglary.toml", &["--given", "alarm and earthquake", "--worlds", "10M"]);
    close(&explained, "events", "burglary", 0.003_268);
}

#[test]
fn the_drug_that_goes_with_recovery_hinders_it() {
    let scenario = "tests/suite/good/simpson.toml";
    for (arguments, expected) in [
        (["--given", "drug"], 0.5),
        (["--given", "not drug"], 0.4),
        (["--suppose", "drug"], 0.4),
        (["--suppose", "not drug"], 0.5),
    ] {
        close(&run(scenario, &arguments), "events", "recovery", expected);
    }
}

#[test]
fn what_is_known_of_the_summit_moves_what_hangs_together_with_it() {
    let scenario = "scenarios/golden.toml";
    close(&run(scenario, &["--given", "paper"]), "events", "attends", 0.741_176);
    close(&run(scenario, &["--given", "order is talks"]), "events", "attends", 0.583_784);
    close(&run(scenario, &["--given", "purchase"]), "events", "attends", 0.501_031);
    close(&run(scenario, &["--suppose", "attends"]), "events", "paper", 0.35);
    close(&run(scenario, &["--suppose", "not attends"]), "events", "paper", 0.10);
    // Made so, paper tells nothing of what it depends on.
    close(&run(scenario, &["--suppose", "paper"]), "events", "attends", 0.45);
    close(&run(scenario, &["--suppose", "paper"]), "events", "purchase", 0.60);
}

#[test]
fn silence_leaves_what_is_left() {
    // T1: a constant pace forgets the days that went by.
    let scenario = "tests/suite/good/constant-hazard.toml";
    let week = run(scenario, &["--as-of", "2025-08-26"]);
    close(&week, "questions", "by_14_days_if_not_by_7", 0.225_403);
    close(&week, "questions", "by_10_days", 1.0 - 0.6_f64.powf(3.0 / 14.0));
    // T5: of an even chance, p (1 - s/D) / (1 - p s/D) is left.
    for (day, question, expected) in [
        ("2025-08-29", "after_10_days", 0.4),
        ("2025-09-03", "after_15_days", 0.333_333),
        ("2025-09-13", "after_25_days", 0.142_857),
    ] {
        let report = run("tests/suite/good/evenly.toml", &["--as-of", day]);
        close(&report, "questions", question, expected);
        // The question's own condition says no more than the silence.
        let sure = run("tests/suite/good/evenly.toml", &["--as-of", day, "--given", "not reply by 2025-08-29"]);
        close(&sure, "questions", question, expected);
    }
}

#[test]
fn a_new_belief_counts_from_its_day() {
    let scenario = "tests/suite/good/belief.toml";
    let before = run(scenario, &[]);
    close(&before, "questions", "cancer", 0.011_63);
    close(&before, "questions", "x_ray", 0.208_141);
    let after = run(scenario, &["--as-of", "2025-08-20"]);
    close(&after, "questions", "cancer", 0.040_524);
    let (x_ray, _) = chance(&after, "questions", "x_ray");
    assert!((x_ray - 0.8).abs() < 1e-9, "a belief is met exactly: {x_ray}");
    let cloth = "tests/suite/good/cloth-by-candle.toml";
    close(&run(cloth, &[]), "questions", "sold", 0.56);
    let by_candle = run(cloth, &["--as-of", "2025-08-20"]);
    close(&by_candle, "questions", "sold", 0.42);
    close(&by_candle, "questions", "green_if_sold", 0.666_667);
}

#[test]
fn what_cannot_be_is_refused_and_never_a_figure() {
    let refused = |arguments: &[&str]| {
        let output = foretell().arg("run").args(arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).expect("messages are text")
    };
    let asia = "tests/suite/good/asia.toml";
    let said = refused(&[asia, "--given", "tuberculosis", "--given", "not either"]);
    assert!(said.contains("tuberculosis") && said.contains("not either"), "{said}");
    let said = refused(&[asia, "--given", "tuberculosi"]);
    assert!(said.contains("`tuberculosis`"), "the nearest name is offered: {said}");
    let said = refused(&["tests/suite/good/evenly.toml", "--as-of", "2025-08-18"]);
    assert!(said.contains("2025-08-19"), "{said}");
    let said = refused(&[asia, "--given", "not smoker", "--suppose", "smoker"]);
    assert!(said.contains("not smoker"), "what is supposed cannot be given otherwise: {said}");
}

/// A question that asks of the worlds in which something holds that is then made otherwise.
const CONDITIONAL: &str = "title = 'c'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.attends]\nchance = '30%'\n\
    [event.deal]\nchance = [{ if = 'attends', is = '60%' }, { otherwise = '0%' }]\n\
    [question.deal]\nask = '?'\nholds = 'deal'\ncloses = 2026-12-01\nresolves = 'r'\n\
    [question.deal_if_attends]\nask = '?'\nholds = 'deal'\ngiven = 'attends'\ncloses = 2026-12-01\nresolves = 'r'\n";

/// What `run --counterfactual "not attends"` prints of [`CONDITIONAL`].
fn otherwise(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(folder.path().join("c.toml"), CONDITIONAL).expect("a file can be written");
    let start = ["run", "c.toml", "--counterfactual", "not attends", "--worlds", "200k"];
    let output = foretell().current_dir(folder.path()).args(start).args(arguments).output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("tables are text")
}

#[test]
fn a_condition_that_fails_in_the_other_world_alone_leaves_the_figure_of_this_one() {
    let report: Value = serde_json::from_str(&otherwise(&["--format", "json"])).expect("the report is JSON");
    let rows = report["figures"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["id"] == "deal_if_attends").expect("the question is there");
    let (value, error) = (&row["factual"]["value"], &row["factual"]["standard_error"]);
    let (value, error) = (value.as_f64().expect("a number"), error.as_f64().expect("a number"));
    assert!(error < 0.003 && (value - 0.6).abs() < 5.2 * error, "{row}");
    assert!(row["counterfactual"].is_null() && row["difference"].is_null(), "{row}");
    let table = otherwise(&[]);
    let line = table.lines().find(|line| line.starts_with("deal_if_attends")).expect("a line");
    assert!(line.contains(" %") && line.trim_end().ends_with("no world"), "{line}");
    let why = "no world: no world meets the condition of `deal_if_attends` had it been otherwise";
    assert!(table.contains(why), "{table}");
}

#[test]
fn one_world_has_no_error_and_is_no_figure() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(folder.path().join("c.toml"), CONDITIONAL).expect("a file can be written");
    let start = ["run", "c.toml", "--counterfactual", "not attends", "--worlds", "1"];
    let output = foretell().current_dir(folder.path()).args(start).output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
    assert!(said.contains("only one of 1 worlds agrees") && said.contains("help: allow more of them"), "{said}");
}

#[test]
fn options_that_are_called_yes_and_no_are_named() {
    let asia = ["run", "scenarios/networks/asia.bif", "--counterfactual", "asia is yes", "--worlds", "50k", "--events"];
    let output = foretell().args(asia).output().expect("the binary runs");
    let table = String::from_utf8(output.stdout).expect("tables are text");
    let parts: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("asia "))
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(parts, ["yes", "no"], "{table}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_event_and_a_question_of_one_name_are_told_apart() {
    let starts = |table: &str| -> Vec<String> {
        let start = |line: &str| line.split(',').take(3).collect::<Vec<_>>().join(",");
        table.lines().map(start).collect()
    };
    let questions = ["kind,id,part", "question,deal,yes", "question,deal_if_attends,yes"];
    assert_eq!(starts(&otherwise(&["--format", "csv"])), questions);
    let all = [&questions[..], &["event,attends,yes", "event,deal,yes"]].concat();
    assert_eq!(starts(&otherwise(&["--format", "csv", "--events"])), all);
    let table = otherwise(&["--events"]);
    assert!(table.contains("\nQuestions\n") && table.contains("\nEvents\n"), "{table}");
}
