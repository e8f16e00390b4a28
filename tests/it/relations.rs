//! Files of relations that must be refused, with what is said of them, one file a case; and the command on tables of its own.

use crate::support::{files, foretell};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

#[test]
fn every_broken_file_of_relations_shows_its_problems_at_their_places() {
    let cases = files("tests/suite/relations", "toml");
    assert!(cases.len() >= 12, "only {} files", cases.len());
    for file in &cases {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let relative = format!("tests/suite/relations/{name}.toml");
        let mut command = foretell();
        command.args(["cohere", "--relations", &relative]);
        command.args(["forecasts", "options", "numbers"].map(|table| format!("tests/suite/relations/{table}.csv")));
        let run = command.output().expect("the binary runs");
        let shown = String::from_utf8(run.stderr).expect("messages are text");
        let shown: String = shown.split_inclusive('\n').filter(|line| !line.starts_with("note: ")).collect();
        insta::with_settings!({ snapshot_path => crate::support::path("tests/suite/relations"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), format!("exit {}\n{shown}", run.status.code().unwrap_or(-1)));
        });
    }
}

const TABLE: &str = "question,forecaster,made_at,probability
talks,anna,2025-08-19,55%
bilateral,anna,2025-08-19,10%
trilateral,anna,2025-08-20,14%
bilateral,ben,2025-08-19,20%
trilateral,ben,2025-08-19,20.5%
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    foretell().current_dir(folder).arg("cohere").args(arguments).output().expect("the binary runs")
}

fn desk(relations: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(folder.path().join("t.csv"), TABLE).expect("a file can be written");
    std::fs::write(folder.path().join("r.toml"), relations).expect("a file can be written");
    folder
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

#[test]
fn exit_codes_tell_errors_from_warnings_and_strict_has_no_tolerance() {
    let logic = desk("logic = ['trilateral requires bilateral']\n");
    let code = |folder: &Path, more: &[&str]| {
        run(folder, &[&["t.csv", "--relations", "r.toml"][..], more].concat()).status.code()
    };
    assert_eq!(code(logic.path(), &[]), Some(1));
    assert_eq!(code(logic.path(), &["--forecaster", "ben"]), Some(0));
    assert_eq!(code(logic.path(), &["--forecaster", "ben", "--strict"]), Some(1));
    assert_eq!(code(logic.path(), &["--forecaster", "b*", "--tolerance", "0.1%"]), Some(1));
    assert_eq!(code(logic.path(), &["--as-of", "2025-08-19"]), Some(0));
    assert_eq!(code(logic.path(), &["--same-day"]), Some(0));
    assert_eq!(code(logic.path(), &["--forecaster", "carl"]), Some(1));
    assert_eq!(code(logic.path(), &["--pin", "trilateral=14%", "--pin", "bilateral=10%"]), Some(1));
    let undeclared = run(logic.path(), &["t.csv"]);
    assert_eq!(undeclared.status.code(), Some(2));
    let refused = String::from_utf8_lossy(&undeclared.stderr);
    assert!(refused.contains("--relations <FILE>|--scenario <FILE>"), "{refused}");
    assert_eq!(run(logic.path(), &["t.csv", "--relations", "none.toml"]).status.code(), Some(2));
    let assumed = desk("assume = ['trilateral requires bilateral']\n");
    assert_eq!(code(assumed.path(), &[]), Some(0));
    assert_eq!(code(assumed.path(), &["--strict"]), Some(1));
}

#[test]
fn stated_and_repaired_forecasts_are_both_kept_and_both_scored() {
    let folder = desk("logic = ['trilateral requires bilateral']\n");
    let out = run(folder.path(), &["t.csv", "--relations", "r.toml", "--forecaster", "anna", "--out", "both.csv"]);
    assert_eq!(out.status.code(), Some(1), "it writes the table although figures conflict");
    let written = std::fs::read_to_string(folder.path().join("both.csv")).expect("the table is written");
    for row in [
        "trilateral,anna,2025-08-20,0.14",
        "trilateral,anna (repaired),2025-08-20,0.12",
        "talks,anna (repaired),2025-08-20,0.55",
    ] {
        assert!(written.lines().any(|line| line.starts_with(row)), "{row}\n{written}");
    }
    let outcomes =
        "question,resolution,resolved_on\ntalks,no,2025-12-31\nbilateral,no,2025-12-31\ntrilateral,no,2025-12-31\n";
    std::fs::write(folder.path().join("o.csv"), outcomes).expect("a file can be written");
    let score = foretell()
        .current_dir(folder.path())
        .args(["score", "--forecasts", "both.csv", "--outcomes", "o.csv", "--format", "csv"])
        .output()
        .expect("the binary runs");
    let text = String::from_utf8(score.stdout).expect("text");
    assert!(text.contains("anna,") && text.contains("anna (repaired),"), "{text}");
}

#[test]
fn pins_and_assumptions_are_both_said_to_cost_the_guarantee() {
    let assumed = desk("assume = ['trilateral requires bilateral']\n");
    let none = desk("logic = ['trilateral requires bilateral']\n");
    let said = |folder: &Path, more: &[&str]| {
        let arguments = [&["t.csv", "--relations", "r.toml", "--forecaster", "anna"][..], more].concat();
        String::from_utf8(run(folder, &arguments).stdout).expect("text")
    };
    let (pin, why) = (["--pin", "bilateral=12%"], "so that the gain is no longer at least the distance");
    let both = said(assumed.path(), &["--assume", pin[0], pin[1]]);
    assert!(both.contains(&format!("pins are kept, and assumptions are not kept by every world, {why}")), "{both}");
    let alone = said(assumed.path(), &["--assume"]);
    assert!(alone.contains(&format!(": assumptions are not kept by every world, {why}")), "{alone}");
    // Where that of three comes alone: .10² - .12², and .86² - .88².
    assert!(alone.contains("anna: the repaired figures gain from -0.0392 to 0.0408 of Brier score"), "{alone}");
    assert!(!alone.contains("whatever happens"), "{alone}");
    // Where nothing is assumed, it is the pins alone.
    let pinned = said(none.path(), &["--assume", pin[0], pin[1]]);
    // By squared distance the pin is what would be nearest anyway, so that the gain is still the distance.
    assert!(pinned.contains("at least 0.0008 of Brier score whatever happens"), "{pinned}");
    assert!(pinned.contains(&format!("anna, for log: pins are kept, {why}")), "{pinned}");
}

#[test]
fn conditions_of_a_scenario_are_named_in_its_own_words() {
    let folder = desk("logic = []\n");
    let text = "title = 't'\nas_of = 2025-08-19\nhorizon = 2025-12-31\n[event.cost]\nvalue = '40 to 90'\n\
        [event.gain]\nvalue = '1 to 9'\n[event.rain]\nchance = '40%'\n\
        [question.q]\nask = '?'\ncloses = 2025-12-01\nresolves = 'r'\nholds = 'cost = 10 * gain'\n\
        given = 'cost + gain > 60 or rain'\n";
    std::fs::write(folder.path().join("s.toml"), text).expect("a file can be written");
    std::fs::write(folder.path().join("f.csv"), "question,forecaster,made_at,probability\nq,anna,2025-08-20,30%\n")
        .expect("a file can be written");
    let report = json(&run(folder.path(), &["f.csv", "--scenario", "s.toml", "--format", "json"]));
    assert_eq!(report["statements"][0]["figures"][0]["given"], "cost = 10 * gain given cost + gain > 60 or rain");
}

#[test]
fn the_report_keeps_to_its_schema() {
    let folder = desk("logic = ['trilateral requires bilateral']\nassume = ['talks makes bilateral likelier']\n");
    let report = json(&run(folder.path(), &["t.csv", "--relations", "r.toml", "--every-day", "--format", "json"]));
    let schema = foretell().args(["schema", "cohere"]).output().expect("the binary runs");
    let schema: Value = serde_json::from_slice(&schema.stdout).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let problems: Vec<String> = validator.iter_errors(&report).map(|problem| problem.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    let days: Vec<&Value> = report["statements"].as_array().expect("statements").iter().map(|of| &of["day"]).collect();
    assert_eq!(days, ["2025-08-19", "2025-08-20", "2025-08-19"]);
}

/// What a scenario says of its own questions: everything here follows from its events.
#[test]
fn a_scenario_declares_what_follows_from_its_events() {
    let scenario = "title = 't'\nas_of = 2025-08-19\nhorizon = 2025-12-31\n\
        [event.talks]\nwhen = '40% by 2025-12-31'\n[event.deal]\nafter = 'talks'\nwhen = '30% within 60 days'\n\
        [event.track]\none_of = ['fast', 'slow']\nchance = '60%, 40%'\n[event.cost]\nvalue = '40 to 90'\n";
    let questions: Vec<(&str, &str)> = vec![
        ("talks_by_october", "holds = 'talks by 2025-10-01'"),
        ("talks_by_november", "holds = 'talks by 2025-11-01'"),
        ("deal_by_october", "holds = 'deal by 2025-10-01'"),
        ("fast", "holds = 'track is fast'"),
        ("slow", "holds = 'track is slow'"),
        ("talks_or_fast", "holds = 'talks by 2025-10-01 or track is fast'"),
        ("deal_if_talks", "holds = 'deal by 2025-10-01'\ngiven = 'talks by 2025-10-01'"),
        ("over_50", "holds = 'cost > 50'"),
        ("over_70", "holds = 'cost > 70'"),
    ];
    let mut text = scenario.to_owned();
    for (name, asks) in &questions {
        let _ = write!(text, "[question.{name}]\nask = '?'\ncloses = 2025-12-01\nresolves = 'r'\n{asks}\n");
    }
    let folder = desk("logic = ['talks implies bilateral']\n");
    std::fs::write(folder.path().join("s.toml"), &text).expect("a file can be written");
    let coherent = [0.4, 0.6, 0.1, 0.7, 0.3, 0.8, 0.25, 0.5, 0.2];
    let found = |figures: &[f64]| {
        let mut table = "question,forecaster,made_at,probability\n".to_owned();
        for ((name, _), chance) in questions.iter().zip(figures) {
            let _ = writeln!(table, "{name},anna,2025-08-20,{chance}");
        }
        std::fs::write(folder.path().join("f.csv"), table).expect("a file can be written");
        let out = run(folder.path(), &["f.csv", "--scenario", "s.toml", "--strict", "--format", "json"]);
        let report = json(&out);
        report["statements"][0]["errors"].as_u64().expect("a number")
    };
    assert_eq!(found(&coherent), 0);
    // Each figure moved alone to where the others cannot follow.
    for (at, wrong) in [(0, 0.05), (1, 0.3), (2, 0.5), (3, 0.6), (4, 0.4), (5, 0.35), (6, 0.9), (7, 0.1), (8, 0.6)] {
        let mut figures = coherent;
        figures[at] = wrong;
        assert!(found(&figures) > 0, "{} at {wrong}", questions[at].0);
    }
}

/// The ladder of the visit meets in the middle; what is merely tied to it stays by both distances.
#[test]
fn a_figure_that_nothing_moves_is_shown_to_stay_by_either_distance() {
    let folder = desk(
        "logic = ['win is t within 20 days after v']\n[deadlines.v]\nby = { 2026-02-28 = 'v_feb', 2026-03-31 = 'v_mar' }\n\
         [deadlines.t]\nby = { 2026-03-31 = 't_mar' }\n",
    );
    let table = "question,forecaster,made_at,probability\nv_mar,eve,2026-01-01,50%\nv_feb,eve,2026-01-01,60%\n\
        t_mar,eve,2026-01-01,20%\nwin,eve,2026-01-01,40%\n";
    std::fs::write(folder.path().join("f.csv"), table).expect("a file can be written");
    let out = run(folder.path(), &["f.csv", "--relations", "r.toml"]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let (_, repaired) = text.split_once("the nearest coherent figures").expect("there is a repair");
    let row = |name: &str| {
        let line = repaired.lines().find(|line| line.starts_with(name)).expect("its row");
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("t_mar"), ["t_mar", "20", "%", "=", "="], "{text}");
    assert_eq!(row("win"), ["win", "40", "%", "=", "="], "{text}");
    assert_eq!(row("v_feb")[..5], ["v_feb", "60", "%", "55", "%"], "{text}");
}

/// A chain of 2,000 in which every tenth figure is five points above the next: 200 relations are violated, and no other figure moves.
#[test]
fn a_long_table_lists_what_conflicts_and_moves_and_says_what_it_leaves_out() {
    let count = 2_000;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let sentences: Vec<String> = (1..count).map(|at| format!("q{:04} implies q{at:04}", at - 1)).collect();
    std::fs::write(folder.path().join("r.toml"), format!("logic = {sentences:?}\n")).expect("a file can be written");
    let mut table = "question,forecaster,made_at,probability\n".to_owned();
    for at in 0..count {
        // Steps of 0.4 points from ten to ten, and none within.
        let level = 0.1 + 0.004 * f64::from(at / 10);
        let _ = writeln!(table, "q{at:04},anna,2025-08-19,{:.4}", if at % 10 == 4 { level + 0.05 } else { level });
    }
    std::fs::write(folder.path().join("t.csv"), table).expect("a file can be written");
    let lines = |arguments: &[&str]| -> Vec<String> {
        let out = run(folder.path(), &[&["t.csv", "--relations", "r.toml"][..], arguments].concat());
        String::from_utf8(out.stdout).expect("a text").lines().map(str::to_owned).collect()
    };
    let (short, all) = (lines(&[]), lines(&["--all"]));
    let figures = |lines: &[String]| lines.iter().filter(|line| line.starts_with('q') && line.contains('%')).count();
    assert!(short.len() < 300, "{} lines", short.len());
    assert_eq!((figures(&short), figures(&all)), (40, count as usize));
    let left = short.iter().find(|line| line.starts_with("anna: not listed are ")).expect("it is said");
    assert!(left.contains("160 violated relations") && left.contains("`--all` lists them"), "{left}");
    assert!(!all.iter().any(|line| line.contains("not listed")));
    // What is listed and what is left out are all figures.
    let counts = |what: &str| -> usize {
        let before = left.split(what).next().unwrap_or_default();
        before.rsplit(' ').find_map(|word| word.parse().ok()).unwrap_or(0)
    };
    assert_eq!(40 + counts(" figures that move less") + counts(" figures that stay as stated"), count as usize);
    let csv = lines(&["--format", "csv"]);
    assert_eq!(csv.len(), 1 + count as usize);
    // Those that move most are listed, and each that stays is not.
    let moved = csv[1..].iter().filter(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        cells[5] != cells[6] || cells[5] != cells[7]
    });
    assert_eq!(counts(" figures that stay as stated"), count as usize - moved.count());
}

#[test]
fn numbers_beyond_all_sense_are_refused_in_a_line() {
    let folder = desk("logic = ['trilateral requires bilateral']\n");
    for (option, said) in [
        ("--weight=talks=1e300", "must lie between 0.001 and 1000, but is 1e300"),
        ("--weight=talks=1e-300", "must lie between 0.001 and 1000, but is 1e-300"),
        ("--tolerance=300%", "a share from 0 to 1 such as `0.02`, or a percentage from 0% to 100% such as `2%`"),
    ] {
        let out = run(folder.path(), &["t.csv", "--relations", "r.toml", option]);
        let shown = String::from_utf8(out.stderr).expect("messages are text");
        assert!(!out.status.success() && shown.contains(said), "{shown}");
        assert!(shown.lines().all(|line| line.len() < 200), "{shown}");
    }
    let out = run(folder.path(), &["t.csv", "--relations", "r.toml", "--tolerance", "30%"]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("up to 30 percentage points is let pass"));
}

#[test]
fn lines_on_several_days_of_one_forecaster_name_the_day() {
    let folder = desk("logic = ['trilateral requires bilateral']\n");
    let lines = |more: &[&str]| {
        let out = run(folder.path(), &[&["t.csv", "--relations", "r.toml"][..], more].concat());
        String::from_utf8(out.stdout).expect("the report is text")
    };
    let every = lines(&["--every-day"]);
    for line in [
        "anna as of 2025-08-19 is coherent",
        "anna as of 2025-08-20: the nearest coherent figures",
        "anna as of 2025-08-20 gives away at least 0.0008 of Brier score",
        "\nben gives away at least 0.0000125 of Brier score",
    ] {
        assert!(every.contains(line), "{line}\n{every}");
    }
    assert!(lines(&["--every-day", "--same-day"]).contains("anna on 2025-08-19 is coherent"));
    assert!(lines(&[]).contains("\nanna gives away at least 0.0008 of Brier score"));
}

/// `cost` is 0 without a strike, which no relation says: the report does.
#[test]
fn questions_whose_numbers_follow_from_something_are_named() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut scenario = "title = 'A strike'\nas_of = 2026-03-01\nhorizon = 2026-12-31\n\
        [event.strike]\nchance = '40%'\n[event.length]\nvalue = '4 to 30'\nif = 'strike'\n\
        [event.cost]\nequals = 'length * 3.5'\n[event.rain]\nvalue = '10 to 90'\n[event.dear]\nholds = 'cost > 50'\n"
        .to_owned();
    for (question, holds) in [
        ("strikes", "strike"),
        ("over_30", "cost > 30"),
        ("is_dear", "dear"),
        ("wet", "rain > 40"),
        ("long", "length > 9"),
    ] {
        writeln!(
            scenario,
            "[question.{question}]\nask = '{question}?'\nholds = '{holds}'\ncloses = 2026-12-31\nresolves = 'as told'"
        )
        .expect("a text takes all");
    }
    let table = "question,forecaster,made_at,probability\nstrikes,z,2026-04-12,50%\nover_30,z,2026-04-12,90%\n\
        is_dear,z,2026-04-12,40%\nwet,z,2026-04-12,40%\n";
    std::fs::write(folder.path().join("s.toml"), scenario).expect("a file can be written");
    std::fs::write(folder.path().join("t.csv"), table).expect("a file can be written");
    let out = run(folder.path(), &["t.csv", "--scenario", "s.toml", "--format", "json"]);
    // Nobody answers `long`.
    assert_eq!(json(&out)["by_numbers"], serde_json::json!(["is_dear", "over_30"]));
    let shown = run(folder.path(), &["t.csv", "--scenario", "s.toml"]);
    let shown = String::from_utf8(shown.stdout).expect("the report is text");
    assert!(shown.contains("not looked at: what the numbers of the scenario follow from"), "{shown}");
}
