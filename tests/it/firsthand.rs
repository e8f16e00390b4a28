//! What somebody meets who comes with a scenario or a table of their own: figures against closed forms, and messages that show the way out.

use crate::support::foretell;
use serde_json::Value;
use std::path::Path;

/// A folder with some files.
fn desk(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    folder
}

/// Exit code, stdout and stderr.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = foretell().current_dir(folder).args(arguments).output().expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn shown(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, problem) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {problem}");
    out
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str], words: &[&str]) {
    let (code, _, problem) = run(folder, arguments);
    assert_ne!(code, 0, "{arguments:?} is refused");
    for word in words {
        assert!(problem.contains(word), "{arguments:?} says `{word}`: {problem}");
    }
}

#[track_caller]
fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&shown(folder, &[arguments, &["--format", "json"]].concat())).expect("it is JSON")
}

#[track_caller]
fn near(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() < 1e-9, "{value}, expected {expected}");
}

const DECISION: &str = r#"
title = "Do we impose sanctions?"
as_of = 2026-03-01
[event.crisis]
chance = "30%"
[event.report]
one_of = ["calm", "tense"]
chance = [{ if = "crisis", is = "20%, 80%" }, { otherwise = "70%, 30%" }]
[event.retaliation]
chance = [{ if = "response is strong", is = "50%" }, { otherwise = "5%" }]
[decision.response]
options = ["none", "strong"]
knows = ["report"]
[utility.security]
value = [{ if = "crisis and response is none", is = -100 }, { if = "retaliation", is = -30 }, { otherwise = 0 }]
[question.crisis]
ask = "Is there a crisis?"
holds = "crisis"
closes = 2026-12-31
resolves = "as reported"
[question.retaliates]
ask = "Does the other side retaliate?"
holds = "retaliation"
closes = 2026-12-31
resolves = "as reported"
"#;

#[test]
fn a_question_that_no_decision_touches_is_explained_and_watched_before_it_is_taken() {
    let folder = desk(&[("d.toml", DECISION)]);
    let watched = json(folder.path(), &["watch", "d.toml", "--question", "crisis"]);
    near(&watched["target"]["now"][0]["figure"]["value"], 0.3);
    let report = &watched["findings"][0];
    assert_eq!(report["name"], "report");
    // 0.45 (0.24/0.45 - 0.3)² + 0.55 (0.06/0.55 - 0.3)²
    near(
        &report["brier_gain"]["value"],
        0.45 * (0.24_f64 / 0.45 - 0.3).powi(2) + 0.55 * (0.06_f64 / 0.55 - 0.3).powi(2),
    );
    assert_eq!(watched["undecided"], serde_json::json!(["retaliates", "retaliation"]));
    assert_eq!(watched["suppose"], serde_json::json!([]), "nothing is supposed");

    let explained = json(folder.path(), &["explain", "d.toml", "--question", "crisis"]);
    near(&explained["forecast"]["value"], 0.3);
    assert_eq!(explained["undecided"], serde_json::json!(["retaliation", "retaliates"]));
    let told = explained["information"]["events"].as_array().expect("a list");
    let names: Vec<&str> = told.iter().filter_map(|one| one["event"].as_str()).collect();
    assert_eq!(names, ["report"], "neither the decision nor what it is worth is news");

    let open = ["`response` is not decided", "--suppose \"response is none\""];
    refused(folder.path(), &["watch", "d.toml", "--question", "retaliates"], &open);
    refused(folder.path(), &["explain", "d.toml", "--question", "retaliates"], &open);
    refused(
        folder.path(),
        &["watch", "d.toml", "--question", "crisis", "--given", "retaliation"],
        &["`retaliation` is known, but `retaliation` depends on what is yet to be decided"],
    );
    refused(
        folder.path(),
        &["decide", "d.toml", "--sample", "zz 10"],
        &["there is no event `zz`", "the events are crisis, report"],
    );
}

const QUESTIONS: &str = r#"
title = "Closed but not known"
as_of = 2026-03-01
horizon = 2026-12-31
[event.pact]
chance = "2 of 7"
[event.talks]
when = [{ if = "pact", is = "60% by 2026-12-31" }, { otherwise = "20% by 2026-12-31" }]
[event.seats]
value = "290 to 340"
unit = "seats"
[event.nothing]
equals = "count of (pact) * 0"
[event.toll]
equals = "if pact then -120 else 0"
[event.other]
chance = "2 of 9"
[question.pact_by_march]
ask = "Is there a pact by 15 March?"
holds = "pact"
closes = 2026-03-15
resolves = "as reported"
[question.talks_2026]
ask = "Are there talks in 2026?"
holds = "talks"
closes = 2026-12-31
resolves = "as reported"
[question.other]
ask = "And the other?"
holds = "other"
closes = 2026-12-31
resolves = "as reported"
[question.if_pact]
ask = "If there is a pact, are there talks?"
holds = "talks"
given = "pact"
closes = 2026-12-31
resolves = "as reported"
[question.upwards]
ask = "If it rains upwards, are there talks?"
holds = "talks"
given = "pact and not pact"
closes = 2026-12-31
resolves = "as reported"
[question.seats]
ask = "How many seats?"
value = "seats"
closes = 2026-12-31
resolves = "official"
"#;

#[test]
fn stories_say_which_questions_have_closed_or_are_asked_under_a_condition() {
    let folder = desk(&[("q.toml", QUESTIONS)]);
    let chosen = shown(folder.path(), &["storylines", "q.toml", "--as-of", "2026-05-01", "--worlds", "100k"]);
    assert!(chosen.contains("left out, closed already: pact_by_march"), "{chosen}");
    assert!(chosen.contains("left out, asked under a condition: if_pact, upwards"), "{chosen}");
    assert!(!chosen.contains("Pact by march: "), "{chosen}");
    let named = ["storylines", "q.toml", "--as-of", "2026-05-01", "--over", "pact_by_march,other"];
    let named = shown(folder.path(), &named);
    assert!(named.contains("closed already, so that stories tell what is known of it: pact_by_march"), "{named}");
    let open = shown(folder.path(), &["storylines", "q.toml", "--worlds", "100k"]);
    assert!(!open.contains("closed already"), "{open}");
}

#[test]
fn stories_without_dates_are_computed_and_say_nothing_of_worlds() {
    let text = "title = \"t\"\nas_of = 2026-03-01\n[event.n]\ncount = \"poisson(2)\"\n[event.inverse]\n\
                equals = \"if n = 0 then 1 else 1 / n\"\n[event.b]\n\
                chance = [{ if = \"n >= 3\", is = \"70%\" }, { otherwise = \"10%\" }]\n";
    let folder = desk(&[("n.toml", text)]);
    let (code, out, problem) = run(folder.path(), &["storylines", "n.toml", "--over", "b", "--worlds", "10k"]);
    assert_eq!((code, problem.as_str()), (0, ""), "nothing is said of worlds of which no figure comes");
    assert!(out.contains("as of 2026-03-01, exact"), "{out}");
}

#[test]
fn what_tells_nothing_is_not_shown_as_telling_something() {
    let folder = desk(&[("q.toml", QUESTIONS)]);
    let explained = json(folder.path(), &["explain", "q.toml", "--question", "if_pact"]);
    near(&explained["forecast"]["value"], 0.6);
    assert_eq!(explained["doubt"]["inputs"], serde_json::json!([]), "doubt about the pact does not reach it");
    let told = explained["information"]["events"].as_array().expect("a list");
    let other = told.iter().find(|one| one["event"] == "other").expect("it is listed");
    assert_eq!((&other["bits"]["value"], &other["variance_share"]["value"]), (&0.0.into(), &0.0.into()));
    assert_eq!(told.iter().filter(|one| one["event"] == "other").count(), 1, "the question is the event");

    let explained = json(folder.path(), &["explain", "q.toml", "--question", "talks_2026"]);
    let what_if = &explained["what_if"];
    let rows = what_if["rows"].as_array().expect("rows");
    let of = |name: &str| rows.iter().filter(|row| row["event"] == name).collect::<Vec<_>>();
    assert!(what_if["without_bearing"].as_array().expect("a list").contains(&"nothing".into()), "it has one value");
    let toll = of("toll");
    assert_eq!(toll.len(), 2);
    assert_eq!([&toll[0]["outcome"], &toll[1]["outcome"]], ["up to -120", "over -120"]);
    // Beta(2.5, 5.5)
    near(&toll[0]["chance"]["value"], 2.5 / 8.0);
    near(&toll[0]["observed"]["value"], 0.6);
    near(&toll[1]["observed"]["value"], 0.2);
}

#[test]
fn watch_names_what_is_asked_under_a_condition_and_nothing_twice() {
    let folder = desk(&[("q.toml", QUESTIONS)]);
    let watched = json(folder.path(), &["watch", "q.toml", "--question", "talks_2026"]);
    assert_eq!(watched["conditional"], serde_json::json!(["if_pact", "upwards"]));
    let unrelated = watched["unrelated"].as_array().expect("a list");
    assert!(unrelated.contains(&"seats".into()));
    assert!(!watched["too_late"].as_array().expect("a list").contains(&"seats".into()), "{}", watched["too_late"]);
}

#[test]
fn a_brief_tells_the_unit_what_has_closed_and_where_there_is_no_figure() {
    let folder = desk(&[("q.toml", QUESTIONS)]);
    let brief = ["report", "q.toml", "--worlds", "10k", "--doubt-draws", "0", "--as-of", "2026-05-01"];
    let told = shown(folder.path(), &[&brief[..], &["--headline", "pact_by_march,seats"]].concat());
    let closed = "It closed on 15 March 2026: that is what is known of it, and no forecast.";
    assert!(told.contains(closed), "{told}");
    assert!(told.contains("- How many seats? Between 290 and 340 seats in 90 of 100 cases"), "{told}");
    assert!(told.contains("no figure: its condition holds in no world"), "{told}");
    let comment = shown(folder.path(), &[&brief[..], &["--format", "md"]].concat());
    assert!(comment.contains("### What moved from 24 April 2026 to 1 May 2026"), "{comment}");
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_or_with_those_there_are() {
    let folder = desk(&[("q.toml", QUESTIONS)]);
    let names = "the questions are pact_by_march, talks_2026, other, if_pact, upwards, seats";
    for arguments in [
        &["report", "q.toml", "--worlds", "10k", "--doubt-draws", "0", "--headline", "zz"][..],
        &["watch", "q.toml", "--question", "zz"],
        &["explain", "q.toml", "--question", "zz"],
        &["diff", "q.toml", "q.toml", "--only", "zz"],
    ] {
        refused(folder.path(), arguments, &["`zz`", names]);
    }
    refused(folder.path(), &["storylines", "q.toml", "--over", "zz"], &["the events and questions are", "talks_2026"]);
    refused(folder.path(), &["explain", "q.toml", "--question", "talk_2026"], &["did you mean `talks_2026`?"]);
}

#[test]
fn a_value_below_nought_is_refused_by_its_name() {
    let folder = desk(&[("q.toml", QUESTIONS), ("t.csv", TABLE), ("r.toml", RELATIONS)]);
    let watch = |option: &'static str, value: &'static str| {
        refused(folder.path(), &["watch", "q.toml", "--question", "talks_2026", option, value], &[option, value]);
    };
    watch("--line", "-5%");
    watch("--at-least", "-3%");
    watch("--top", "-1");
    watch("--size", "-1");
    refused(folder.path(), &["decide", "q.toml", "--top", "-1"], &["--top"]);
    refused(folder.path(), &["storylines", "q.toml", "--coverage", "-3%"], &["--coverage", "-3%"]);
    refused(
        folder.path(),
        &["cohere", "t.csv", "--relations", "r.toml", "--tolerance", "-3%"],
        &["--tolerance", "`-3%` is no tolerance", "from 0 to 1"],
    );
}

const TABLE: &str = "question,forecaster,made_at,probability\na,anna,2026-03-01,50%\nb,anna,2026-03-01,60%\n";
const RELATIONS: &str = "logic = ['exactly one of a, b']\n";

#[test]
fn a_table_without_forecasts_or_with_others_is_said_to_be_so() {
    fn cohere<'a>(table: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        [&["cohere", table, "--relations"][..], more].concat()
    }
    let others = "logic = ['x excludes y']\nunasked = ['x', 'y']\n";
    let empty = "question,forecaster,made_at,probability\n";
    let folder = desk(&[("t.csv", TABLE), ("r.toml", RELATIONS), ("empty.csv", empty), ("others.toml", others)]);
    let (code, _, problem) = run(folder.path(), &cohere("t.csv", &["r.toml"]));
    assert_eq!((code, problem.as_str()), (1, ""), "each question of a table alone is new");
    let (_, _, problem) = run(folder.path(), &cohere("empty.csv", &["r.toml"]));
    assert!(
        problem.starts_with("note: empty.csv: it has no rows\nerror: there are no forecasts in `empty.csv`\n"),
        "{problem}"
    );
    refused(
        folder.path(),
        &cohere("t.csv", &["r.toml", "--as-of", "2026-02-01"]),
        &["nobody had forecast anything by 2026-02-01", "the first forecast is of 2026-03-01"],
    );
    refused(folder.path(), &cohere("t.csv", &["others.toml"]), &["the relations name", "there are forecasts on a, b"]);
    let (_, _, problem) = run(folder.path(), &cohere("t.csv", &["missing.toml"]));
    assert!(problem.contains("cannot read `missing.toml`") && problem.contains("a file of relations holds sentences"));
    assert!(!problem.contains("foretell init"), "{problem}");
}

#[test]
fn a_decision_that_is_simulated_says_which_number_keeps_it_from_being_computed() {
    let text = "title = \"t\"\nas_of = 2026-03-01\n[event.cost]\nvalue = \"10 to 60\"\n[decision.go]\n\
                [utility.money]\nequals = \"if go then 30 - cost else 0\"\n";
    let folder = desk(&[("n.toml", text)]);
    let told = shown(folder.path(), &["decide", "n.toml", "--worlds", "65536"]);
    assert!(told.contains("simulated, not exact: ") && told.contains("`cost`"), "{told}");
}
