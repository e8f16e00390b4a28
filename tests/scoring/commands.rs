//! The commands `score` and `compare` as a user meets them.

use assert_cmd::Command;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

/// A folder with forecasts by Ada and Bob on these many questions; with `cluster` they all belong to one.
fn folder(questions: usize, cluster: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = String::from("id,ask,kind,opens,closes,cluster\n");
    let mut said = String::from("question,forecaster,made_at,probability\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    for at in 0..questions {
        let happened = at % 3 != 0;
        let near = 0.7 + 0.01 * (at % 10) as f64;
        let ada = if happened { near } else { 1.0 - near };
        let _ = writeln!(asked, "q{at},Will it?,binary,2025-01-01,2025-01-20,{cluster}");
        let _ = writeln!(said, "q{at},ada,2025-01-01,{ada:.2}\nq{at},bob,2025-01-05,0.5\nq{at},bob,2025-02-01,0.99");
        let _ = writeln!(came, "q{at},{},2025-02-01", if happened { "yes" } else { "no" });
    }
    for (name, text) in [("questions.csv", asked), ("forecasts.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

/// Runs a command in a folder: exit code, stdout, stderr.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
}

/// Runs a command in the folder on its three files: exit code, stdout, stderr.
pub fn run_on(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let files = ["--forecasts", "forecasts.csv", "--outcomes", "outcomes.csv", "--questions", "questions.csv"];
    run(folder, &[arguments, &files].concat())
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("the output is JSON")
}

#[test]
fn score_shows_means_and_counts_what_came_too_late() {
    let folder = folder(12, "");
    let (code, out, _) = run_on(folder.path(), &["score", "--rule", "brier"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("not scored: 12 forecasts on 12 questions: made after the question closed or resolved"),
        "{out}"
    );
    let (_, out, _) = run_on(folder.path(), &["score", "--rule", "brier,log", "--format", "json"]);
    let report = json(&out);
    assert_eq!(report["schema"], "foretell.score/1");
    let of_bob = report["rows"].as_array().expect("rows").iter().find(|row| row["forecaster"] == "bob").expect("bob");
    assert_eq!((&of_bob["mean"], &of_bob["questions"]), (&0.25.into(), &12.into()));
    assert!((of_bob["coverage"].as_f64().expect("the questions say when they opened") - 0.8).abs() < 1e-12);
}

#[test]
fn score_by_question_writes_one_csv_line_a_forecaster_and_question() {
    let folder = folder(3, "");
    let (code, out, _) = run_on(folder.path(), &["score", "--rule", "brier", "--by", "question", "--format", "csv"]);
    assert_eq!((code, out.lines().count()), (0, 7));
    assert!(out.starts_with("rule,question,forecaster,mean,"), "{out}");
    assert!(!out.contains("NaN") && !out.contains("inf,"), "{out}");
}

#[test]
fn compare_tells_who_was_better_over_many_questions_and_draws_it() {
    let folder = folder(30, "");
    let (code, out, err) = run_on(folder.path(), &["compare", "ada", "bob", "--svg", "drawing.svg"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("ada is better than bob under brier"), "{out}");
    let drawing = std::fs::read_to_string(folder.path().join("drawing.svg")).expect("it was drawn");
    assert!(drawing.starts_with("<svg") && drawing.trim_end().ends_with("</svg>"));
}

#[test]
fn compare_does_not_take_one_scenario_for_many_draws_of_history() {
    let folder = folder(30, "summit");
    let (code, out, _) = run_on(folder.path(), &["compare", "ada", "bob", "--format", "json"]);
    let comparison = json(&out);
    let pair = &comparison["pairs"][0];
    assert_eq!(code, 0);
    assert_eq!(comparison["schema"], "foretell.compare/1");
    assert_eq!((&pair["verdict"], &pair["doubt"]), (&"cannot_tell_yet".into(), &"one_cluster".into()));
    assert!(pair["difference"]["mean"].as_f64().expect("it is shown all the same") < 0.0);
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let folder = folder(30, "");
    let once = run_on(folder.path(), &["compare", "ada", "bob", "--rule", "brier,log", "--format", "json"]);
    assert_eq!(once, run_on(folder.path(), &["compare", "ada", "bob", "--rule", "brier,log", "--format", "json"]));
}

#[test]
fn a_forecaster_nobody_knows_is_the_inputs_fault() {
    let folder = folder(3, "");
    let (code, out, err) = run_on(folder.path(), &["compare", "ada", "bobb"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("there is no forecast by `bobb`") && err.contains("the nearest name is `bob`"), "{err}");
    let (code, _, err) = run_on(folder.path(), &["compare", "ada", "ada"]);
    assert_eq!(code, 1);
    assert!(err.contains("`ada` is named twice"), "{err}");
}

#[test]
fn a_rule_nobody_knows_is_refused_with_the_list_of_rules() {
    let folder = folder(3, "");
    let (code, _, err) = run_on(folder.path(), &["score", "--rule", "brir"]);
    assert_eq!(code, 2);
    assert!(err.contains("brier") && err.contains("crps_days"), "{err}");
}

#[test]
fn nothing_in_common_is_said_and_cannot_be_drawn() {
    let folder = folder(3, "");
    let said = "question,forecaster,made_at,probability\nq0,ada,2025-01-01,0.5\nq1,bob,2025-01-01,0.5\n";
    std::fs::write(folder.path().join("forecasts.csv"), said).expect("a file in the folder");
    let (code, out, _) = run_on(folder.path(), &["compare", "ada", "bob"]);
    assert_eq!(code, 0);
    assert!(out.contains("they share no question that can be scored"), "{out}");
    let (code, _, err) = run_on(folder.path(), &["compare", "ada", "bob", "--svg", "drawing.svg"]);
    assert_eq!(code, 1);
    assert!(err.contains("needs yes/no questions that all of them share"), "{err}");
}

/// A folder with a question of each kind: yes/no, and a number by quantiles.
fn of_two_kinds(forecasts: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("questions.csv", "id,kind\nrain,binary\nheight,numeric\n"),
        ("forecasts.csv", &format!("question,forecaster,made_at,probability,quantile,value\n{forecasts}")),
        ("outcomes.csv", "question,resolution,resolved_on\nrain,yes,2025-02-01\nheight,3,2025-02-01\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

#[test]
fn what_no_rule_takes_and_what_another_replaces_are_counted() {
    let folder = of_two_kinds("rain,ada,2025-01-01,0.3,,\nrain,ada,2025-01-01,0.4,,\nheight,ada,2025-01-01,,0.5,2\n");
    let (code, out, _) = run_on(folder.path(), &["score", "--rule", "brier,log"]);
    assert_eq!(code, 0);
    assert!(out.contains("not scored by brier, log: 1 time: no rule asked for takes forecasts of this kind"), "{out}");
    assert!(out.contains("not scored: 1 forecast on 1 question: another of the same moment comes after it"), "{out}");
    // The later row stands.
    let (_, out, _) = run_on(folder.path(), &["score", "--rule", "brier", "--format", "json"]);
    let report = json(&out);
    assert!((report["rows"][0]["mean"].as_f64().expect("a mean") - 0.36).abs() < 1e-12, "{out}");
    assert_eq!(report["not_scored"][0]["count"], 1);
    // With a rule for each kind nothing is left out but the replaced row.
    let (_, out, _) = run_on(folder.path(), &["score", "--rule", "brier,crps"]);
    assert!(!out.contains("no rule asked for"), "{out}");
}

#[test]
fn different_levels_are_warned_of_and_compared_by_what_both_state() {
    let said = "height,ada,2025-01-01,,0.1,0\nheight,ada,2025-01-01,,0.5,2\nheight,ada,2025-01-01,,0.9,6\n\
                height,bob,2025-01-01,,0.1,1\nheight,bob,2025-01-01,,0.9,5\n";
    let folder = of_two_kinds(said);
    for rule in ["crps", "pinball"] {
        let (_, _, notes) = run_on(folder.path(), &["score", "--rule", rule]);
        assert!(notes.contains("forecasters state quantiles of different levels on 1 question"), "{notes}");
    }
    let (_, _, notes) = run_on(folder.path(), &["leaderboard", "--rule", "pinball"]);
    assert!(notes.contains("forecasters state quantiles of different levels"), "{notes}");
    let (_, _, notes) = run_on(folder.path(), &["score", "--rule", "median_error"]);
    assert!(!notes.contains("different levels"), "{notes}");
    let (_, out, _) = run_on(folder.path(), &["compare", "ada", "bob", "--rule", "pinball", "--format", "json"]);
    let question = &json(&out)["pairs"][0]["by_question"][0];
    // At 10 and 90 %: (0.1 · 3 + 0.1 · 3)/2 and (0.1 · 2 + 0.1 · 2)/2.
    let number = |key: &str| question[key].as_f64().expect("a number");
    assert!((number("score_a") - 0.3).abs() < 1e-12 && (number("score_b") - 0.2).abs() < 1e-12, "{question}");
    assert_eq!(question["common_levels"], 2);
}

#[test]
fn a_pool_without_a_forecast_says_why() {
    let folder = of_two_kinds("rain,ada,2025-01-01,0,,\nrain,bob,2025-01-02,1,,\n");
    let (code, out, notes) = run_on(folder.path(), &["score", "--rule", "brier", "--pool", "y=log-odds:*"]);
    // Ada alone is pooled on the first day; with Bob there is nothing between certain and impossible.
    assert_eq!(code, 0);
    assert!(notes.contains("the pool `y` has no forecast at 1 moment"), "{notes}");
    assert!(out.contains("brier  y"), "{out}");
    let folder = of_two_kinds("rain,ada,2025-01-01,0,,\nrain,bob,2025-01-01,1,,\n");
    let (code, _, notes) = run_on(folder.path(), &["score", "--rule", "brier", "--pool", "y=log-odds"]);
    assert_eq!(code, 1);
    assert!(notes.contains("called the same answer certain and impossible"), "{notes}");
    assert!(!notes.contains("nobody in it"), "{notes}");
}

#[test]
fn a_streamed_row_is_named_by_its_line_whatever_ends_lines() {
    let folder = of_two_kinds("");
    for end in ["\n", "\r\n"] {
        let rows =
            ["question,forecaster,made_at,probability", "rain,ada,2025-01-01,0.3", "rain,bob,2025-01-01,1.3", ""];
        std::fs::write(folder.path().join("forecasts.csv"), rows.join(end)).expect("a file in the folder");
        let (code, _, notes) = run_on(folder.path(), &["score", "--rule", "brier", "--stream"]);
        assert_eq!(code, 1);
        assert!(notes.contains("forecasts.csv:3: "), "{notes}");
    }
}

#[test]
fn what_stands_twice_is_named_by_file_and_row_whether_streamed_or_not() {
    let folder = folder(3, "");
    let again = "question,forecaster,made_at,probability\nq0,ada,2025-01-01,0.5\nq1,ada,2025-01-01,0.5\nq0,ada,2025-01-01,0.5\n\
                 q1,ada,2025-01-01,0.6\nunknown,ada,2025-01-01,0.6\nunknown,ada,2025-01-01,0.6\n";
    std::fs::write(folder.path().join("forecasts.csv"), again).expect("a file in the folder");
    let (code, out, err) = run_on(folder.path(), &["score"]);
    assert!(code == 0 && out.contains("not scored: 2 forecasts on 2 questions: another of the same moment"), "{out}");
    assert!(
        err.contains("forecasts.csv: 2 forecasts stand there twice: row 4 (as row 2), row 7 (as row 6)\n"),
        "{err}"
    );
    assert!(
        err.contains("forecasts.csv: 1 forecast takes the place of another") && err.contains(": row 5 (of row 3)\n"),
        "{err}"
    );
    for command in [&["score", "--stream"][..], &["leaderboard", "--stream"], &["score", "--stream", "--by", "tag"]] {
        let (code, _, err) = run_on(folder.path(), command);
        assert_eq!(code, 0, "{err}");
        let same = "2 forecasts stand there twice: forecasts.csv:4 (as forecasts.csv:2), forecasts.csv:7 (as forecasts.csv:6)\n";
        assert!(err.contains(same) && err.contains(": forecasts.csv:5 (of forecasts.csv:3)\n"), "{command:?} {err}");
    }
}

#[test]
fn what_stands_twice_on_an_open_question_alone_is_named_in_a_stream_too() {
    let folder = folder(3, "");
    let said = "question,forecaster,made_at,probability\nq0,ada,2025-01-01,0.5\n";
    let write = |more: &str| {
        std::fs::write(folder.path().join("forecasts.csv"), format!("{said}{more}")).expect("a file in the folder");
    };
    // On a question without an outcome, and after the close of one that has one.
    for (day, id) in [("2025-01-01", "unknown"), ("2025-01-25", "q1")] {
        write(&format!("{id},ada,{day},0.6\n{id},ada,{day},0.6\n{id},ada,{day},0.7\n"));
        let (code, records, _) = run_on(folder.path(), &["score", "--rule", "brier"]);
        assert_eq!(code, 0);
        let (code, streamed, err) = run_on(folder.path(), &["score", "--rule", "brier", "--stream"]);
        assert!(code == 0 && streamed == records, "{streamed} for {records}");
        assert!(err.contains("1 forecast stands there twice: forecasts.csv:4 (as forecasts.csv:3)\n"), "{err}");
        assert!(err.contains(": forecasts.csv:5 (of forecasts.csv:4)\n"), "{err}");
    }
    // Of one forecast each nothing is said, and nothing is put on disk.
    write("unknown,ada,2025-01-01,0.6\nq1,ada,2025-01-25,0.6\n");
    let (_, _, err) = run_on(folder.path(), &["score", "--rule", "brier", "--stream"]);
    assert!(!err.contains("twice") && !err.contains("put together"), "{err}");
}

#[test]
fn forecasts_without_rows_are_to_blame_and_not_the_outcomes() {
    let folder = folder(3, "");
    std::fs::write(folder.path().join("forecasts.csv"), "question,forecaster,made_at,probability\n").expect("a file");
    let (code, _, err) = run_on(folder.path(), &["score"]);
    assert!(code == 0 && err.contains("note: forecasts.csv: it has no rows"), "{err}");
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder.path())
        .args(["score", "--forecasts", "forecasts.csv", "--outcomes", "outcomes.csv"])
        .output()
        .expect("the binary runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(err.contains("error: `forecasts.csv` holds no forecast and no question"), "{err}");
    // What a file said of itself is the way out.
    std::fs::write(folder.path().join("prices.json"), r#"{"history": [{"t": 1735689600, "p": 0.1}]}"#).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder.path())
        .args(["score", "--forecasts", "prices.json", "--outcomes", "outcomes.csv"])
        .output()
        .expect("the binary runs");
    let err = String::from_utf8_lossy(&output.stderr);
    let help = err.split_once("= help: ").map_or("", |(_, help)| help);
    assert!(help.contains("prices.json: 1 price left out: `prices` is no market that is known"), "{err}");
}

/// Eight of ten that were given 50 %: at the thresholds where the curve lies on an end of its band it differs from it by last bits alone.
#[test]
fn a_curve_on_the_edge_of_its_band_is_within_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut said, mut came) =
        (String::from("question,forecaster,made_at,probability\n"), String::from("question,resolution,resolved_on\n"));
    for at in 0..10 {
        let _ = writeln!(said, "q{at},ada,2025-01-01,0.5");
        let _ = writeln!(came, "q{at},{},2025-02-01", if at < 8 { "yes" } else { "no" });
    }
    for (name, text) in [("f.csv", said), ("o.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder.path())
        .args(["calibrate", "--forecasts", "f.csv", "--outcomes", "o.csv", "--murphy", "m.svg"])
        .output()
        .expect("the binary runs");
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains("95 % at each of 99 thresholds: within it everywhere"), "{out}");
}

#[test]
fn a_picture_of_which_there_is_nothing_says_what_it_needs_and_keeps_no_report_back() {
    let folder = folder(12, "");
    let (code, out, err) = run_on(folder.path(), &["calibrate", "--pit", "pit.svg", "--svg", "curve.svg"]);
    assert_eq!(code, 1);
    assert!(out.contains("MCB: lost to miscalibration"), "{out}");
    assert!(
        err.contains("`pit.svg` was not drawn: a PIT histogram (--pit) needs quantiles of numbers or days"),
        "{err}"
    );
    assert!(folder.path().join("curve.svg").exists() && !folder.path().join("pit.svg").exists());
}

#[test]
fn what_stands_in_two_files_is_named_with_both() {
    let folder = folder(3, "");
    let more = "question,forecaster,made_at,probability\nq0,ada,2025-01-01,0.5\nq0,ada,2025-01-02,0.5\nq1,bob,2025-01-05,0.5\n";
    std::fs::write(folder.path().join("more.csv"), more).expect("a file in the folder");
    let (code, out, err) = run_on(folder.path(), &["score", "--forecasts", "more.csv"]);
    // `more.csv` is named first, so what stands in `forecasts.csv` comes after it.
    let changed = "note: forecasts.csv: 1 forecast takes the place of one of the same question, forecaster and moment in more.csv: \
                   `q0` by `ada` at 2025-01-01\n";
    let same = "note: forecasts.csv: 1 forecast also stands in more.csv: `q1` by `bob` at 2025-01-05\n";
    assert!(code == 0 && err.contains(changed) && err.contains(same), "{err}");
    assert!(out.contains("not scored: 2 forecasts on 2 questions: another of the same moment"), "{out}");
}

#[test]
fn a_comparison_of_nobody_says_who_there_is() {
    let folder = folder(3, "");
    let (code, _, err) = run_on(folder.path(), &["compare"]);
    assert!(code == 1 && err.contains("a comparison needs two forecasters"), "{err}");
    assert!(err.contains("; there are forecasts by ada, bob"), "{err}");
}

#[test]
fn what_was_not_taken_stands_in_json_in_numbers() {
    let folder = folder(3, "");
    let came = "question,resolution,resolved_on\nq0,yes,2025-02-01\nq1,annulled,2025-02-01\nq2,,\nq9,yes,2025-02-01\n";
    std::fs::write(folder.path().join("outcomes.csv"), came).expect("a file in the folder");
    let (code, told, err) = run_on(folder.path(), &["score", "--rule", "brier", "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let report: serde_json::Value = serde_json::from_str(&told).expect("the output is JSON");
    let expected = serde_json::json!([
        {"fate": "left_out", "reason": "of a question that is not known", "count": 1},
        {"fate": "voided", "reason": "annulled", "count": 1},
        {"fate": "pending", "reason": "without a resolution", "count": 1}
    ]);
    assert_eq!(report["not_taken"], expected);
    // Nested values of JSON lines that mean nothing are not used, streamed or not.
    let lines = "{\"question\": \"q0\", \"forecaster\": \"bot\", \"made_at\": \"2025-01-01\", \"probability\": 0.4, \"extra\": {\"a\": 1}}\n";
    std::fs::write(folder.path().join("forecasts.csv"), "question,forecaster,made_at,probability\n").expect("a file");
    std::fs::write(folder.path().join("bot.jsonl"), lines).expect("a file in the folder");
    for way in [&["score", "--rule", "brier"][..], &["score", "--rule", "brier", "--stream"]] {
        let (code, told, err) = run_on(folder.path(), &[way, &["--forecasts", "bot.jsonl"]].concat());
        assert!(code == 0 && told.contains("bot"), "{told}{err}");
        assert!(err.contains("bot.jsonl: columns not used: extra"), "{err}");
    }
}

#[test]
fn a_file_of_no_known_source_says_what_it_lacks_before_outcomes_are_missed() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("export.csv"), "title,said by,chance\nWill it?,ada,0.4\n").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder.path())
        .args(["score", "--forecasts", "export.csv"])
        .output()
        .expect("the binary runs");
    let told = String::from_utf8(output.stderr).expect("the output is UTF-8");
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("export.csv:1: a table of forecasts needs the columns `question`, `forecaster`"), "{told}");
    assert!(!told.contains("--outcomes"), "{told}");
}

#[test]
fn a_stream_says_what_records_say_of_unknown_outcomes_unused_keys_and_nothing_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    put("o.csv", "question,resolution,resolved_on\na,yes,2026-02-01\nb,no,2026-02-01\nc,,2026-02-01\n");
    put("f.csv", "question,forecaster,made_at,probability\na,x,2026-01-01,0.6\n");
    put(
        "f.jsonl",
        "{\"question\": \"a\", \"forecaster\": \"x\", \"made_at\": \"2026-01-01\", \"probability\": 0.6, \"extra\": 1}\n",
    );
    put("none.csv", "question,forecaster,made_at,probability\n");
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
            .current_dir(folder.path())
            .args(["score", "--rule", "brier", "--outcomes", "o.csv"])
            .args(arguments)
            .output()
            .expect("the binary runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    for ways in [&["--stream"][..], &["--stream", "--by", "tag"], &[]] {
        let with = |file: &str| run(&[&["--forecasts", file][..], ways].concat());
        let (_, told) = with("f.csv");
        assert!(told.contains("o.csv: 1 outcome of a question not known left out: row 3 (`b`"), "{ways:?}: {told}");
        let (_, told) = with("f.jsonl");
        assert!(told.contains("f.jsonl: columns not used: extra"), "{ways:?}: {told}");
        let (code, told) = with("none.csv");
        assert_eq!(code, Some(1), "{ways:?}: {told}");
        assert!(told.contains("`none.csv` holds no forecast and no question"), "{ways:?}: {told}");
    }
}
