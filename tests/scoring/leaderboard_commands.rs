//! The command `leaderboard`, and what `compare` shows beside its verdict, as a user meets them.

use assert_cmd::Command;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

/// Four forecasters on 24 questions in 12 clusters; Dee answers every third one only, Ada is the best, Bob says 50 %.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = String::from("id,ask,kind,opens,closes,cluster,tags\n");
    let mut said = String::from("question,forecaster,made_at,probability\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    for at in 0..24 {
        let happened = at % 3 != 0;
        let towards = |sure: f64| if happened { sure } else { 1.0 - sure };
        let tag = if at < 12 { "early" } else { "late" };
        let _ = writeln!(asked, "q{at},Will it?,binary,2025-01-01,2025-01-20,c{},{tag}", at / 2);
        let _ = writeln!(said, "q{at},ada,2025-01-01,{:.2}", towards(0.7 + 0.01 * f64::from(at % 10)));
        let _ = writeln!(said, "q{at},bob,2025-01-05,0.5");
        let _ = writeln!(said, "q{at},cy,2025-01-02,{:.2}", towards(0.4 + 0.02 * f64::from(at % 7)));
        if at % 3 == 1 {
            let _ = writeln!(said, "q{at},dee,2025-01-10,{:.2}", towards(0.9));
        }
        let _ = writeln!(came, "q{at},{},2025-02-{:02}", if happened { "yes" } else { "no" }, 1 + at);
    }
    for (name, text) in [("questions.csv", asked), ("forecasts.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder)
        .args(arguments)
        .args(["--forecasts", "forecasts.csv", "--outcomes", "outcomes.csv", "--questions", "questions.csv"])
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("the output is JSON")
}

/// Checks a result against the schema that the tool itself prints.
fn holds_to_schema(of: &str, result: &Value) {
    let printed = Command::new(env!("CARGO_BIN_EXE_foretell")).args(["schema", of]).output().expect("the binary runs");
    let schema = json(&String::from_utf8(printed.stdout).expect("the schema is UTF-8"));
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let problems: Vec<String> =
        validator.iter_errors(result).map(|problem| format!("{}: {problem}", problem.instance_path())).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_leaderboard_ranks_by_every_measure_and_keeps_its_schema() {
    let folder = folder();
    let (code, out, err) =
        run(folder.path(), &["leaderboard", "--baseline", "bob", "--format", "json", "--svg", "board.svg"]);
    assert_eq!(code, 0, "{err}");
    let found = json(&out);
    assert_eq!(found["schema"], "foretell.leaderboard/1");
    holds_to_schema("leaderboard", &found);
    let board = &found["boards"][0];
    assert_eq!((&board["questions"], &board["clusters"]), (&24.into(), &12.into()));
    let rows = board["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 4);
    for row in rows {
        assert_eq!(row["places"].as_array().expect("places").len(), 4);
    }
    let bob = rows.iter().find(|row| row["forecaster"] == "bob").expect("bob is listed");
    assert_eq!(bob["baseline"]["skill"], 0.0);
    let drawing = std::fs::read_to_string(folder.path().join("board.svg")).expect("it was drawn");
    assert!(drawing.starts_with("<svg") && drawing.contains("dee") && drawing.trim_end().ends_with("</svg>"));
}

#[test]
fn a_leaderboard_is_the_same_again_and_has_one_csv_line_a_forecaster() {
    let folder = folder();
    let once = run(folder.path(), &["leaderboard", "--rule", "brier,log", "--format", "csv"]);
    assert_eq!(once, run(folder.path(), &["leaderboard", "--rule", "brier,log", "--format", "csv"]));
    assert_eq!((once.0, once.1.lines().count()), (0, 9));
    let rows = once.1.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert!(!rows.contains("NaN") && !rows.contains("inf"), "{rows}");
    let (code, out, _) = run(folder.path(), &["leaderboard", "--at-least", "20", "--order", "peer"]);
    assert_eq!(code, 0);
    assert!(out.contains("Leaderboard under brier, by peer score") && !out.contains("dee"), "{out}");
}

#[test]
fn a_baseline_nobody_knows_and_nothing_to_rank_are_said() {
    let folder = folder();
    let (code, _, err) = run(folder.path(), &["leaderboard", "--baseline", "bobb"]);
    assert_eq!(code, 1);
    assert!(err.contains("the nearest name is `bob`"), "{err}");
    let (code, out, _) = run(folder.path(), &["leaderboard", "--rule", "crps"]);
    assert_eq!(code, 0);
    assert!(out.contains("There is nothing to score yet.\nNobody answered a question that crps can score"), "{out}");
    let (_, out, _) = run(folder.path(), &["leaderboard", "--at-least", "99"]);
    assert!(out.contains("Nobody answered 99 questions that brier can score"), "{out}");
    let (code, _, err) = run(folder.path(), &["leaderboard", "--rule", "crps", "--svg", "board.svg"]);
    assert_eq!(code, 1);
    assert!(err.contains("there is no leaderboard to draw"), "{err}");
}

#[test]
fn compare_shows_the_tests_and_keeps_its_schema() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &["compare", "ada", "bob", "cy", "--rule", "brier,log"]);
    assert_eq!(code, 0, "{err}");
    for test in ["Diebold-Mariano", "permutation", "sign ", "signed ranks", "e-value", "confidence sequence"] {
        assert!(out.contains(test), "{test} is missing:\n{out}");
    }
    let (_, out, _) = run(folder.path(), &["compare", "ada", "bob", "cy", "--adjust", "bh", "--format", "json"]);
    let found = json(&out);
    holds_to_schema("compare", &found);
    assert_eq!(found["adjustment"], "benjamini_hochberg");
    let tests = &found["pairs"][0]["tests"];
    // Ada is better in each of twelve clusters: 2 of 4096 assignments of signs.
    assert_eq!(tests["permutation"]["p_two_sided"], 2.0 / 4096.0);
    assert_eq!((&tests["sign"]["below"], &tests["sign"]["above"]), (&12.into(), &0.into()));
    let evidence = tests["anytime"]["a_better"]["evalue"].as_f64().expect("yes/no questions");
    assert!(evidence > 1.0 && tests["anytime"]["b_better"]["evalue"].as_f64().expect("yes/no questions") < 1.0);
    let (_, csv, _) = run(folder.path(), &["compare", "ada", "bob", "--format", "csv"]);
    assert!(csv.lines().next().expect("a header").contains("p permutation"), "{csv}");
}

#[test]
fn clusters_can_be_chosen() {
    let folder = folder();
    let clusters = |by: &str| {
        let (code, out, err) = run(folder.path(), &["compare", "ada", "bob", "--cluster", by, "--format", "json"]);
        assert_eq!(code, 0, "{err}");
        json(&out)["pairs"][0]["difference"]["clusters"].clone()
    };
    assert_eq!([clusters("cluster"), clusters("question"), clusters("tag")], [12, 24, 2].map(Value::from));
}

/// Two results: the same but for numbers that differ by rounding.
fn same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().expect("a number"), b.as_f64().expect("a number"));
            (a - b).abs() <= 1e-9 * (1.0 + b.abs())
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.keys().eq(b.keys()) && a.iter().all(|(key, a)| key == "by_question" || same(a, &b[key]))
        }
        _ => found == expected,
    }
}

#[test]
fn what_is_streamed_is_what_records_give() {
    let folder = folder();
    let commands: [&[&str]; 5] = [
        &["leaderboard", "--baseline", "bob", "--at-least", "9"],
        &["leaderboard", "--rule", "brier,log", "--forecaster", "ada", "--forecaster", "cy", "--tagged", "late"],
        &["compare", "ada", "bob", "cy", "--rule", "brier,log", "--cluster", "question"],
        &["compare", "--against", "bob", "--made-until", "2025-01-06"],
        &["score", "--rule", "brier,log", "--by", "tag", "--made-from", "2025-01-02"],
    ];
    for command in commands {
        let with = |more: &[&str]| {
            let (code, out, err) = run(folder.path(), &[command, &["--format", "json"], more].concat());
            assert_eq!(code, 0, "{command:?}: {err}");
            json(&out)
        };
        let (found, expected) = (with(&["--stream"]), with(&[]));
        assert!(same(&found, &expected), "{command:?}: {found:#} against {expected:#}");
        if command[0] != "score" {
            holds_to_schema(command[0], &found);
        }
    }
}

#[test]
fn what_cannot_be_streamed_is_said() {
    let folder = folder();
    for (command, told) in [
        (&["leaderboard", "--rule", "crps"][..], "--stream scores yes/no forecasts"),
        (&["leaderboard", "--baseline", "bobb"], "the nearest name is `bob`"),
        (&["compare", "ada", "bobb"], "the nearest name is `bob`"),
        (&["compare", "ada", "bob", "--murphy", "m.svg"], "cannot be used with"),
        (&["leaderboard", "--tagged", "lat"], "the nearest tag is `late`"),
        (&["score", "--by", "question"], "by forecaster or by tag"),
        (&["score", "--forecaster", "bobb"], "the nearest name is `bob`"),
    ] {
        let (code, _, err) = run(folder.path(), &[command, &["--stream"]].concat());
        assert!(code != 0 && err.contains(told), "{command:?}: {err}");
    }
}

#[test]
fn results_are_written_as_tables_with_the_figures_of_the_csv_form() {
    let folder = folder();
    for command in [
        &["score", "--rule", "brier,log"][..],
        &["leaderboard", "--baseline", "bob"],
        &["compare", "ada", "bob", "cy"],
        &["calibrate", "--replicates", "100"],
    ] {
        let write = |file: &str| {
            let (code, out, err) = run(folder.path(), &[command, &["--format", "csv", "--out", file]].concat());
            assert_eq!(code, 0, "{command:?}: {err}");
            assert!(err.contains(&format!("wrote {file}")), "{err}");
            (out, std::fs::read(folder.path().join(file)).expect("it was written"))
        };
        let (shown, csv) = write("r.csv");
        assert_eq!(shown.as_bytes(), csv, "{command:?}");
        let (_, lines) = write("r.jsonl");
        let lines: Vec<Value> = String::from_utf8(lines).expect("UTF-8").lines().map(json).collect();
        let mut rows = csv::Reader::from_reader(shown.as_bytes());
        let header = rows.headers().expect("a header").clone();
        let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
        assert_eq!(lines.len(), rows.len());
        for (line, row) in lines.iter().zip(&rows) {
            assert_eq!(line.as_object().expect("an object").len(), header.len());
            for (heading, cell) in header.iter().zip(row) {
                let same = match &line[heading] {
                    Value::Null => cell.is_empty(),
                    Value::String(text) => text == cell,
                    number => cell.parse::<f64>().ok() == number.as_f64(),
                };
                assert!(same, "{command:?}: {heading}: {} against {cell}", line[heading]);
            }
        }
        let (_, parquet) = write("r.parquet");
        assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    }
    let (code, _, err) = run(folder.path(), &["score", "--out", "r.xlsx"]);
    assert!(code == 1 && err.contains("call it `.csv`, `.jsonl` or `.parquet`"), "{err}");
}

/// Joint forecasts: two of Ada's, and one of Bob's that comes late.
const PATTERNS: &str = "forecaster,made_at,pattern,probability\n\
    ada,2025-01-03,q1=yes|q2=yes,0.8\nada,2025-01-03,q1=no|q2=no,0.2\n\
    ada,2025-01-03,q3=no|q4=yes,1\nbob,2025-03-03,q1=yes|q2=yes,0.5\nbob,2025-03-03,q1=no|q2=yes,0.5\n";

#[test]
fn platforms_and_joint_forecasts_are_scored_and_keep_their_schemas() {
    let folder = folder();
    for (platform, scores) in [
        ("metaculus", &["baseline", "peer", "peer_global", "relative"][..]),
        ("good-judgment", &["daily_brier", "accuracy"]),
        ("forecastbench", &["difficulty_adjusted", "brier_index", "peer"]),
    ] {
        let mut command = vec!["score", "--platform", platform, "--format", "json"];
        if platform == "metaculus" {
            command.extend(["--community", "bob"]);
        }
        let (code, out, err) = run(folder.path(), &command);
        assert_eq!(code, 0, "{platform}: {err}");
        let found = json(&out);
        holds_to_schema("platform", &found);
        let rows = found["rows"].as_array().expect("rows");
        for score in scores {
            assert_eq!(rows.iter().filter(|row| row["score"] == *score).count(), 4, "{platform}: {score}");
        }
        // Ada is the best of the four under every one.
        assert!(rows.iter().filter(|row| row["score"] == scores[0]).all(|row| row["questions"].as_u64() >= Some(8)));
        let first = rows.iter().find(|row| row["score"] == scores[0]).expect("a row");
        assert!(first["forecaster"] == "ada" || first["forecaster"] == "dee", "{first}");
    }
    let (code, _, err) = run(folder.path(), &["score", "--platform", "metaculus", "--community", "bobb"]);
    assert!(code == 1 && err.contains("the nearest name is `bob`"), "{err}");

    std::fs::write(folder.path().join("patterns.csv"), PATTERNS).expect("a file in the folder");
    let (code, out, err) = run(folder.path(), &["score", "--joint", "patterns.csv", "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let found = json(&out);
    holds_to_schema("joint", &found);
    // Ada's two sets: ln 1/0.8 and 0, of two clusters; alone the first is two chances of 0.8.
    let row = &found["rows"][0];
    assert_eq!((&row["forecaster"], &row["sets"], &row["clusters"]), (&"ada".into(), &2.into(), &2.into()));
    let close = |value: &Value, expected: f64| (value.as_f64().expect("a number") - expected).abs() < 1e-12;
    assert!(close(&row["log"]["mean"], -(0.8_f64.ln()) / 2.0) && close(&row["log"]["if_independent"], -(0.8_f64.ln())));
    assert_eq!(found["excluded"][0]["reason"], "late");
    let (_, table, _) = run(folder.path(), &["score", "--joint", "patterns.csv", "--out", "joint.parquet"]);
    assert!(table.contains("not scored: 1 forecast on 1 set: made after"), "{table}");
    assert!(std::fs::read(folder.path().join("joint.parquet")).expect("it was written").starts_with(b"PAR1"));
}

#[test]
fn joint_forecasts_are_kept_in_the_ledger_and_score_the_same_there() {
    let folder = folder();
    std::fs::write(folder.path().join("patterns.csv"), PATTERNS).expect("a file in the folder");
    let (_, out, _) = run(folder.path(), &["score", "--joint", "patterns.csv", "--format", "json"]);
    let of_table = json(&out);
    let (code, _, err) = run(folder.path(), &["score", "--joint"]);
    assert!(code == 1 && err.contains("name the table of patterns: `--joint FILE`"), "{err}");
    // On a ledger, without the files beside.
    let on = |ledger: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foretell"));
        command.current_dir(folder.path()).args(arguments).args(["--ledger", ledger]);
        let output = command.output().expect("the binary runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    for told in ["3 joint forecasts", "recorded nothing new"] {
        let (code, _, err) = run(folder.path(), &["import", "--ledger", "a.db", "--joint", "patterns.csv"]);
        assert!(code == 0 && err.contains(told), "{err}");
    }
    let score = ["score", "--joint", "--format", "json"];
    let (code, out, err) = on("a.db", &score);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(json(&out), of_table);
    let (_, out, _) = on("a.db", &["ledger", "log"]);
    assert!(out.contains("ada at 2025-01-03: q1=yes|q2=yes 0.8, q1=no|q2=no 0.2"), "{out}");
    // Another ledger, made of what the first writes out.
    for form in ["csv", "jsonl", "parquet"] {
        let (code, _, err) = on("a.db", &["ledger", "export", "--out", form, "--form", form]);
        assert_eq!(code, Some(0), "{err}");
        let file = |stem: &str| format!("{form}/{stem}.{form}");
        let (asked, said, came, joint) = (file("questions"), file("forecasts"), file("outcomes"), file("joint"));
        let files = ["--questions", &asked, "--forecasts", &said, "--outcomes", &came, "--joint", &joint];
        let again = format!("{form}.db");
        let (code, _, err) = on(&again, &[&["import"][..], &files].concat());
        assert_eq!(code, Some(0), "{err}");
        assert_eq!(json(&on(&again, &score).1), of_table, "{form}");
        // The columns say what each file holds; and a table of patterns needs no other forecasts to be scored.
        let told = format!("{form}-told.db");
        let (code, _, err) = on(&told, &["import", &asked, &said, &came, &joint]);
        assert_eq!(code, Some(0), "{err}");
        assert_eq!(json(&on(&told, &score).1), of_table, "{form}");
        if form == "csv" {
            // Also what is piped, which can be read once only.
            let mut piped = Command::new(env!("CARGO_BIN_EXE_foretell"));
            piped.current_dir(folder.path()).args(["import", &asked, &said, &came, "-", "--ledger", "piped.db"]);
            piped.pipe_stdin(folder.path().join(&joint)).expect("it was written");
            let output = piped.output().expect("the binary runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(json(&on("piped.db", &score).1), of_table);
        }
        let mut alone = Command::new(env!("CARGO_BIN_EXE_foretell"));
        alone.current_dir(folder.path()).args(["score", "--joint", &joint, "--questions", &asked, "--outcomes", &came]);
        let output = alone.args(["--format", "json"]).output().expect("the binary runs");
        assert_eq!(json(&String::from_utf8_lossy(&output.stdout)), of_table, "{form}");
    }
    let mut bare = Command::new(env!("CARGO_BIN_EXE_foretell"));
    bare.current_dir(folder.path()).args(["score", "--outcomes", "csv/outcomes.csv"]);
    let told = bare.output().expect("the binary runs");
    assert!(String::from_utf8_lossy(&told.stderr).contains("`--forecasts FILE`"), "{told:?}");
    // A revision of the same moment takes the place of what it revises.
    let revised = "forecaster,made_at,pattern,probability\nada,2025-01-03,q1=yes|q2=yes,1\n";
    std::fs::write(folder.path().join("revised.csv"), revised).expect("a file in the folder");
    on("a.db", &["import", "--joint", "revised.csv"]);
    let found = json(&on("a.db", &score).1);
    let ada = &found["rows"][0];
    assert!(ada["log"]["mean"].as_f64().expect("a number").abs() < 1e-12, "{found}");
    assert_eq!((&ada["forecasts"], &ada["sets"]), (&2.into(), &2.into()));
    let reasons: Vec<&Value> = found["excluded"].as_array().expect("a list").iter().map(|of| &of["reason"]).collect();
    assert_eq!(reasons, ["late", "superseded"]);
}

#[test]
fn pictures_of_calibration_and_of_boards_are_drawn_and_shown_in_letters() {
    let folder = folder();
    let (code, out, err) =
        run(folder.path(), &["calibrate", "--replicates", "100", "--murphy", "m.svg", "--plot", "--forecaster", "cy"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("cy: came true (●) against stated") && out.contains("└──"), "{out}");
    let drawing = std::fs::read_to_string(folder.path().join("m.svg")).expect("it was drawn");
    assert!(drawing.starts_with("<svg") && drawing.contains("recalibrated") && !drawing.contains("NaN"));
    run(folder.path(), &["calibrate", "--replicates", "100", "--murphy", "m.csv"]);
    let figures = std::fs::read_to_string(folder.path().join("m.csv")).expect("it was written");
    assert_eq!(figures.lines().count(), 1 + 4 * 99);
    assert!(
        figures.starts_with(
            "forecaster,threshold,stated,lower,upper,if calibrated lower,if calibrated upper,recalibrated,base rate\n"
        ),
        "{figures}"
    );
    // The curves are in JSON, too, and whether they leave the band of calibrated forecasts is said.
    let (_, out, _) =
        run(folder.path(), &["calibrate", "--replicates", "100", "--murphy", "m.csv", "--format", "json"]);
    let curves = &json(&out)["rows"][0]["elementary"];
    assert_eq!(curves.as_array().map(Vec::len), Some(99), "{out}");
    let of = |key: &str| curves[49][key].as_f64().expect("a number");
    assert!(of("calibrated_lower") <= of("calibrated_upper") && of("recalibrated") <= of("stated"));
    let (_, out, _) = run(folder.path(), &["calibrate", "--replicates", "100", "--murphy", "m.csv"]);
    assert!(out.contains("cy: Murphy diagram beside the band of calibrated forecasts, 95 % at each of 99"), "{out}");
    let (_, out, _) = run(folder.path(), &["calibrate", "--replicates", "100", "--format", "json"]);
    assert!(json(&out)["rows"][0].get("elementary").is_none());
    let (code, out, _) = run(folder.path(), &["leaderboard", "--plot"]);
    assert_eq!(code, 0);
    assert!(out.contains("adjusted mean under brier, with 95 % intervals") && out.matches('●').count() == 4, "{out}");
}
