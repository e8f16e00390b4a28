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

/// Numbers drawn by themselves, their sum, and two in a group.
const NUMBERS: &str = "[event.x]\nvalue = 'normal(1, 1)'\n[event.y]\nvalue = 'normal(0, 2)'\n[event.z]\nequals = 'x + y'\n\
    [event.w]\nchance = '40%'\n[event.u]\nvalue = 'normal(0, 1)'\n[event.v]\nvalue = 'normal(0, 1)'\n[event.n]\ncount = 'poisson(2)'\n\
    [[correlated]]\nevents = ['u', 'v']\ncorrelation = 0.6\n\
    [question.much]\nask = '?'\nholds = 'z > 3'\ncloses = 2026-12-01\nresolves = 'r'\n\
    [question.wet]\nask = '?'\nholds = 'w'\ncloses = 2026-12-01\nresolves = 'r'\n";

#[test]
fn an_exact_value_is_given_beside_other_things_and_refused_with_the_way_out_where_no_world_has_it() {
    let run = |given: &[&str]| {
        let given: Vec<&str> = given.iter().flat_map(|one| ["--given", one]).collect();
        let start = ["run", "s.toml", "--worlds", "50k", "--doubt-draws", "0", "--format", "csv"];
        said(NUMBERS, &[&start[..], &given].concat())
    };
    let (code, together, problem) = run(&["x = 2 and w and n = 3"]);
    assert_eq!(code, Some(0), "{problem}");
    assert_eq!(together, run(&["x = 2", "w", "n = 3"]).1);
    let much = together.lines().find(|line| line.contains("much")).expect("the question is there");
    // P(y > 1) for y ~ N(0, 2), by hand: Φ(-1/2).
    let figure = much.split(',').filter_map(|cell| cell.parse::<f64>().ok()).find(|cell| *cell > 0.01);
    let off = (figure.expect("a figure") - 0.308_538) / (0.308_538 * 0.691_462 / 50_000.0_f64).sqrt();
    assert!(off.abs() < 5.0, "{much}");
    for given in ["z = 3", "z = 3 and w", "min(x, y) = 1", "not (x != 2 or y != 1)", "x = 2 or y = 2"] {
        let (code, stdout, problem) = run(&[given]);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{given}");
        assert!(problem.contains(&format!("`{given}` asks for one exact value of a continuous number")), "{problem}");
        assert!(problem.contains("help: give a range, such as `z > 2.9 and z < 3.1`"), "{problem}");
    }
    let (code, _, problem) = run(&["u = 1"]);
    assert!(code == Some(1) && problem.contains("help: give a range, such as `u > 0.9 and u < 1.1`"), "{problem}");
    // What is impossible for other reasons is not laid to an exact value.
    for given in ["n = 2.5", "w and x > 2 and x < 1"] {
        let (code, _, problem) = run(&[given]);
        assert!(code == Some(1) && !problem.contains("exact value"), "{given}: {problem}");
    }
}

#[test]
fn a_density_is_no_probability() {
    let rare = |more: &[&str]| said(NUMBERS, &[&["run", "s.toml", "--worlds", "200k"][..], more].concat());
    for (asked, name) in [("x = 1", "x"), ("w and x = 1", "x"), ("y = 1", "y")] {
        let (code, stdout, problem) = rare(&["--rare", asked]);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{asked}");
        assert!(problem.contains(&format!("`{asked}` asks for one exact value")), "{problem}");
        assert!(problem.contains("whose probability is 0"), "{problem}");
        assert!(
            problem.contains(&format!("help: ask for a range, such as `{name} > 0.5 and {name} < 1.5`")),
            "{problem}"
        );
    }
    // A count has a probability, and what is given may have a density.
    assert_eq!(rare(&["--rare", "n = 9"]).0, Some(0));
    assert_eq!(rare(&["--rare", "z > 8", "--given", "x = 1"]).0, Some(0));
}

/// A count, a number, a yes/no event, and a date that waits for another.
const KINDS: &str = "[event.strikes]\ncount = 'poisson(2)'\n[event.attends]\nchance = '45%'\n[event.price]\nvalue = 'normal(50, 10)'\n\
    [event.talks]\nwhen = '40% by 2026-06-30'\n[event.deal]\nafter = 'talks'\nwhen = '50% within 60 days'\n";

#[test]
fn what_cannot_be_given_supposed_or_asked_for_together_says_why() {
    let cases: [(&[&str], &str); 12] = [
        (&["--given", "strikes = 2.5"], "`strikes` is a count, so it is whole, never 2.5"),
        (&["--given", "price > 40 and strikes = 2.5"], "`strikes` is a count, so it is whole, never 2.5"),
        (&["--given", "attends = 0.7"], "never 0.7"),
        (&["--given", "deal before talks"], "`deal` does not begin before `talks` has come"),
        (&["--given", "strikes is 3"], "write `strikes = 3`"),
        (&["--given", "price = 40", "--given", "price = 60"], "`price = 40` and `price = 60` contradict each other"),
        (&["--suppose", "price is foo"], "write `price is 42`"),
        (&["--suppose", "talks is foo"], "write `talks on 2026-12-31` or `not talks`"),
        (&["--exact", "--most-probable"], "--most-probable does not go with --exact"),
        (&["--exact", "--rare", "price > 90"], "--rare does not go with --exact"),
        (&["--exact", "--counterfactual", "attends"], "--counterfactual does not go with --exact"),
        (&["--exact", "--method", "weighting"], "--method does not go with --exact"),
    ];
    for (options, why) in cases {
        let (code, _, problem) = said(KINDS, &[&["run", "s.toml", "--worlds", "10k"][..], options].concat());
        assert_eq!(code, Some(1), "{options:?}: {problem}");
        assert!(problem.contains(why) && problem.contains("help: "), "{options:?}: {problem}");
    }
    let (code, stdout, problem) =
        said(KINDS, &["run", "s.toml", "--worlds", "10k", "--events", "--given", "attends", "--method", "weighting"]);
    assert_eq!(code, Some(0), "{problem}");
    assert!(stdout.contains("the evidence had a chance of 0.45"), "{stdout}");
}

#[test]
fn what_is_only_believed_is_computed() {
    let text = "[event.rain]\nchance = '30%'\n[event.wet]\nchance = [ { if = 'rain', is = '90%' }, { otherwise = '20%' } ]\n\
        [question.rain_if_wet]\nask = '?'\nholds = 'rain'\ngiven = 'wet'\ncloses = 2026-12-31\nresolves = 'r'\n\
        [[news]]\ndate = 2026-01-05\nsource = 's'\nsays = 's'\nabout = 'rain'\neffect = 'is now 50%'\n";
    let of = |more: &[&str]| {
        let arguments = [&["run", "s.toml", "--as-of", "2026-01-06", "--format", "json"][..], more].concat();
        let (code, stdout, problem) = said(text, &arguments);
        assert_eq!(code, Some(0), "{problem}");
        let report: Value = serde_json::from_str(&stdout).expect("the report is JSON");
        assert_eq!(report["method"], "exact", "{stdout}");
        let chance = report["questions"][0]["forecast"]["probability"].as_f64().expect("a chance");
        (chance, report["probability_of_evidence"].as_f64())
    };
    assert!((of(&[]).0 - 0.45 / 0.55).abs() < 1e-12);
    let (chance, evidence) = of(&["--given", "wet"]);
    assert!((chance - 0.45 / 0.55).abs() < 1e-12 && evidence.is_some_and(|one| (one - 0.55).abs() < 1e-12), "{chance}");
}
