//! What is asked for and cannot be had is refused: `--method exact` where something is simulated, figures of worlds in which something has no value;
//! and what is rough is said to be.

use crate::support::foretell;
use serde_json::Value;
use std::path::Path;

const HEAD: &str = "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n";

/// What hangs on a number that is calculated with.
const COST: &str = "[event.steel]\nvalue = 'normal(40, 6)'\n[event.rain]\nchance = '40%'\n\
    [question.over]\nask = '?'\nholds = 'steel * (if rain then 2 else 1) > 50'\ncloses = 2026-12-01\nresolves = 'r'\n\
    [question.wet]\nask = '?'\nholds = 'rain'\ncloses = 2026-11-01\nresolves = 'r'\n";

/// Divides by a number that is 0 in one world of ten or so.
const DIVIDES: &str = "[event.parts]\ncount = 'poisson(2.3)'\n[event.rain]\nchance = '40%'\n\
    [question.share]\nask = '?'\nholds = '1 / parts > 0.4 or rain'\ncloses = 2026-12-01\nresolves = 'r'\n";

fn scenario(folder: &Path, text: &str) {
    std::fs::write(folder.join("s.toml"), format!("{HEAD}{text}")).expect("a file can be written");
}

/// Exit code, stdout and stderr of a command on a scenario.
fn said(text: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    scenario(folder.path(), text);
    let output = foretell().current_dir(folder.path()).args(arguments).output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("messages are text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn exact_is_refused_where_something_would_be_simulated() {
    for command in [&["explain", "s.toml", "--question", "over"][..], &["watch", "s.toml", "--question", "over"]] {
        let with = |method: &str| said(COST, &[command, &["--method", method, "--worlds", "100k"]].concat());
        let (code, _, problem) = with("exact");
        assert_eq!(code, Some(1), "{command:?}: {problem}");
        assert!(problem.contains("--method exact simulates nothing") && problem.contains("help: "), "{problem}");
        assert_eq!(with("auto").0, Some(0), "{command:?}");
    }
    let decide = "tests/suite/decisions/two-treatments.toml";
    let output = foretell().args(["decide", decide, "--method", "exact"]).output().expect("the binary runs");
    let problem = String::from_utf8(output.stderr).expect("messages are text");
    assert_eq!(output.status.code(), Some(1));
    assert!(problem.contains("--method exact simulates nothing: "), "{problem}");
    // What can be computed is.
    let discrete = "[event.a]\nchance = '30%'\n[event.b]\nchance = [{ if = 'a', is = '80%' }, { otherwise = '10%' }]\n\
        [question.q]\nask = '?'\nholds = 'b'\ncloses = 2026-12-01\nresolves = 'r'\n";
    for command in ["explain", "watch"] {
        let (code, stdout, problem) = said(discrete, &[command, "s.toml", "--question", "q", "--method", "exact"]);
        assert_eq!(code, Some(0), "{problem}");
        assert!(stdout.contains("exact"), "{stdout}");
    }
}

#[test]
fn nothing_is_explained_of_worlds_in_which_something_is_divided_by_zero() {
    for only in ["tornado", "shares", "information", "what-if", "filled"] {
        let (code, stdout, problem) =
            said(DIVIDES, &["explain", "s.toml", "--question", "share", "--only", only, "--worlds", "100k"]);
        assert_eq!(code, Some(1), "{only}: {stdout}");
        assert!(problem.contains("`1 / parts` divides by zero in "), "{only}: {problem}");
    }
    let (code, _, problem) = said(DIVIDES, &["watch", "s.toml", "--question", "share", "--worlds", "100k"]);
    assert_eq!(code, Some(1));
    assert!(problem.contains("`1 / parts` divides by zero in "), "{problem}");
}

#[test]
fn few_worlds_of_stories_are_said_to_be_few() {
    let clock = "[event.a]\nwhen = '50% within 60 days'\n[event.b]\nwhen = '30% within 60 days'\n";
    let told = |worlds: &str| said(clock, &["storylines", "s.toml", "--over", "a,b", "--worlds", worlds]).2;
    for worlds in ["1", "10", "999"] {
        let problem = told(worlds);
        assert!(problem.contains(&format!("warning: {worlds} worlds are few")), "{problem}");
        assert!(problem.contains("--worlds"), "{problem}");
    }
    assert_eq!(told("20k"), "");
}

#[test]
fn what_a_closed_question_was_is_no_forecast_and_is_not_waited_for() {
    let (code, stdout, problem) = said(COST, &["explain", "s.toml", "--question", "wet", "--as-of", "2026-11-01"]);
    assert_eq!(code, Some(0), "{problem}");
    assert!(stdout.contains("closed on 2026-11-01"), "{stdout}");
    let arguments = ["watch", "s.toml", "--question", "over", "--as-of", "2026-11-05", "--worlds", "100k"];
    let (_, stdout, problem) = said(COST, &arguments);
    assert!(stdout.contains("closed already, so that nothing is waited for: wet"), "{stdout}{problem}");
    let (code, _, problem) = said(COST, &["watch", "s.toml", "--question", "wet", "--as-of", "2026-11-05"]);
    assert_eq!(code, Some(1));
    assert!(problem.contains("closed on 2026-11-01"), "{problem}");
}

#[test]
fn what_a_question_comes_to_is_named_beside_what_is_watched() {
    let twice = format!("{COST}[question.again]\nask = '?'\nholds = 'rain'\ncloses = 2026-10-01\nresolves = 'r'\n");
    let (_, stdout, problem) = said(&twice, &["watch", "s.toml", "--question", "wet", "--worlds", "100k"]);
    assert!(stdout.contains("what is asked itself, so that it settles it: again, rain"), "{stdout}{problem}");
    let (_, stdout, _) =
        said(&twice, &["watch", "s.toml", "--question", "wet", "--worlds", "100k", "--format", "json"]);
    let report: Value = serde_json::from_str(&stdout).expect("the report is JSON");
    assert_eq!(report["itself"], serde_json::json!(["again", "rain"]));
}

#[test]
fn what_is_not_exact_is_called_what_it_is() {
    let text = "[event.strikes]\ncount = 'poisson(3)'\n[event.price]\nvalue = 'normal(40, 6)'\n\
        [event.both]\nequals = 'strikes + 1'\n[event.cost]\nequals = 'strikes * price'\n\
        [question.many]\nask = '?'\nholds = 'strikes > 3'\ncloses = 2026-12-01\nresolves = 'r'\n";
    let (code, stdout, problem) = said(text, &["run", "s.toml", "--exact", "--worlds", "10k", "--events"]);
    assert_eq!(code, Some(0), "{problem}");
    for line in [
        "`strikes`: it is a drawn count",
        "`price`: it is a continuous number",
        "`both`: `both` calculates with drawn counts",
        "`cost`: `cost` calculates with continuous quantities",
    ] {
        assert!(stdout.contains(&format!("simulated, not exact: {line}\n")), "{line}: {stdout}");
    }
    assert!(!stdout.contains("simulated, not exact: `many`"), "{stdout}");
    // A question of the name of what it asks about is not told of a second time.
    let of_name = format!("{text}[question.price]\nask = '?'\nvalue = 'price'\ncloses = 2026-12-01\nresolves = 'r'\n");
    let (_, stdout, _) = said(&of_name, &["run", "s.toml", "--exact", "--worlds", "10k"]);
    assert_eq!(stdout.matches("simulated, not exact: `price`").count(), 1, "{stdout}");
}

#[test]
fn doubt_from_few_worlds_a_draw_is_said_to_be_rough() {
    // What is known has a chance of about 0.0013: of the 4,096 worlds of a draw some five agree with it.
    let text = "[event.a]\nchance = '5 of 20'\n[event.b]\nchance = [{ if = 'a', is = '60%' }, { otherwise = '30%' }]\n\
        [event.x]\nvalue = 'normal(0, 1)'\n[event.y]\nholds = 'b and x > 2.7'\n";
    let run = |more: &[&str]| {
        let start = ["run", "s.toml", "--given", "y", "--worlds", "400k", "--format", "json"];
        let (code, stdout, problem) = said(text, &[&start[..], more].concat());
        assert_eq!(code, Some(0), "{problem}");
        let report: Value = serde_json::from_str(&stdout).expect("the report is JSON");
        (report["doubt_worth"].as_f64(), problem)
    };
    let (worth, problem) = run(&["--method", "rejection"]);
    assert!(worth.is_some_and(|worth| worth > 1.0 && worth < 15.0), "{worth:?}");
    assert!(problem.contains("warning: the doubt is rough: ") && problem.contains("--doubt-draws 0"), "{problem}");
    let (worth, problem) = run(&["--method", "adaptive"]);
    assert!(worth.is_some_and(|worth| worth > 100.0) && !problem.contains("rough"), "{worth:?} {problem}");
    let (worth, problem) = run(&["--method", "rejection", "--doubt-draws", "0"]);
    assert!(worth.is_none() && !problem.contains("doubt is rough"), "{worth:?} {problem}");
}
