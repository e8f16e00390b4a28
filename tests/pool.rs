//! `foretell pool` as a command, and on real panels of forecasters.
//!
//! Panels stand in `../shared/data` beside the repository; a test says so and passes where they are not. The figures stand in
//! `docs/value.md`.

#[path = "pool/report.rs"]
mod report;
#[path = "pool/counting.rs"]
mod counting;
mod shared;

use assert_cmd::Command;
use serde_json::Value;
use shared::shared;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

fn foretell(arguments: &[&str]) -> std::process::Output {
    let command = Command::cargo_bin("foretell").expect("the binary is built").args(arguments).output();
    command.expect("the binary runs")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Sixty questions, two forecasters who know and three who do not, in files of a folder; the last ten questions are new.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let head = "question,forecaster,made_at,probability\n";
    let (mut past, mut now) = (head.to_owned(), head.to_owned());
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for at in 0..60 {
        let yes = at * 7 % 10 < 5;
        let file = if at < 50 { &mut past } else { &mut now };
        // What is new is said when all of the past has resolved.
        let month = if at < 50 { 1 + at / 20 } else { 4 };
        let day = format!("2025-{month:02}-{:02}", 1 + at % 20);
        for who in 0..5 {
            let known = if yes { 0.85 } else { 0.15 };
            let said = if who < 2 { known } else { f64::from((at * 13 + who * 29) % 90 + 5) / 100.0 };
            writeln!(file, "q{at},f{who},{day},{said}").expect("a text grows");
        }
        let yes = if yes { "yes" } else { "no" };
        writeln!(outcomes, "q{at},{yes},2025-{month:02}-25").expect("a text grows");
    }
    for (name, text) in [("past.csv", past), ("now.csv", now), ("outcomes.csv", outcomes)] {
        std::fs::write(folder.path().join(name), text).expect("it can be written");
    }
    folder
}

#[test]
fn pooled_forecasts_are_a_table_that_other_commands_read_and_outcomes_of_now_make_no_difference() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let pooled = |out: &str, more: &[&str]| {
        let (fit, outcomes, now, out) = (at("past.csv"), at("outcomes.csv"), at("now.csv"), at(out));
        let mut arguments = vec!["pool", "--fit", &fit, "--outcomes", &outcomes, "--apply", &now, "--out", &out];
        arguments.extend(more);
        let output = foretell(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let report: Value = serde_json::from_str(&pooled("pooled.csv", &["--format", "json"])).expect("JSON");
    assert_eq!(report["schema"], "foretell.pool/1");
    assert!(number(&report["against_mean"]["mean"]) < 0.0, "{report}");
    let table = std::fs::read_to_string(desk.path().join("pooled.csv")).expect("it was written");
    assert_eq!(table.lines().count(), 11, "{table}");
    pooled("again.csv", &[]);
    assert_eq!(table, std::fs::read_to_string(desk.path().join("again.csv")).expect("it was written"));

    // Without the outcomes of the new questions, the same to the byte.
    let known = std::fs::read_to_string(desk.path().join("outcomes.csv")).expect("it is there");
    let known: Vec<&str> = known.lines().take(51).collect();
    std::fs::write(desk.path().join("outcomes.csv"), known.join("\n")).expect("it can be written");
    pooled("blind.csv", &[]);
    assert_eq!(table, std::fs::read_to_string(desk.path().join("blind.csv")).expect("it was written"));

    // The pool beats the plain mean on the new questions; the parquet file says the same.
    pooled("pooled.parquet", &[]);
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for at in 50..60 {
        let answer = if at * 7 % 10 < 5 { "yes" } else { "no" };
        writeln!(outcomes, "q{at},{answer},2025-04-25").expect("a text grows");
    }
    std::fs::write(desk.path().join("later.csv"), outcomes).expect("it can be written");
    let mean = |file: &str| {
        let (forecasts, now, outcomes) = (at(file), at("now.csv"), at("later.csv"));
        let report = foretell(&[
            "score",
            "--forecasts",
            &forecasts,
            "--forecasts",
            &now,
            "--outcomes",
            &outcomes,
            "--rule",
            "brier",
            "--pool",
            "plain=mean:f*",
            "--format",
            "json",
        ]);
        let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
        let of = |name: &str| {
            let rows = report["rows"].as_array().expect("rows");
            number(&rows.iter().find(|row| row["forecaster"] == name).expect("the forecaster is there")["mean"])
        };
        (of("pool"), of("plain"))
    };
    let (pool, plain) = mean("pooled.csv");
    assert!(pool < plain, "{pool} {plain}");
    assert_eq!(mean("pooled.parquet"), (pool, plain));
}

/// The same rows with another day of the forecast.
fn on_another_day(file: &Path, day: &str) {
    let text = std::fs::read_to_string(file).expect("it is there");
    let row = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[2] != "made_at" {
            cells[2] = day;
        }
        cells.join(",")
    };
    let rows: Vec<String> = text.lines().map(row).collect();
    std::fs::write(file, rows.join("\n") + "\n").expect("it can be written");
}

#[test]
fn what_had_not_resolved_before_the_new_forecasts_were_made_is_held_back_and_that_is_said() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, now, out) = (at("past.csv"), at("outcomes.csv"), at("now.csv"), at("pooled.csv"));
    let start = ["pool", "--fit", &past, "--outcomes", &outcomes];
    let apply = ["--apply", &now, "--out", &out];
    let done = |more: &[&str]| {
        let output = foretell(&[&start[..], more].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).expect("text")
    };
    // The outcomes of January and February are known by then, the ten of March are not.
    on_another_day(&desk.path().join("now.csv"), "2025-02-26");
    let report: Value = serde_json::from_str(&done(&[&apply[..], &["--format", "json"]].concat())).expect("JSON");
    assert_eq!((number(&report["questions"]), number(&report["held_back"])), (40.0, 10.0), "{report}");
    assert!(done(&apply).contains("held back, since it was not known yet what became of them: 10 questions"));
    let table = std::fs::read_to_string(&out).expect("it was written");
    let all = std::fs::read_to_string(&outcomes).expect("it is there");
    let known: Vec<&str> = all.lines().take(41).collect();
    std::fs::write(&outcomes, known.join("\n")).expect("it can be written");
    let report: Value = serde_json::from_str(&done(&[&apply[..], &["--format", "json"]].concat())).expect("JSON");
    assert_eq!(number(&report["held_back"]), 0.0, "{report}");
    assert_eq!(std::fs::read_to_string(&out).expect("it was written"), table, "their outcomes made no difference");
    std::fs::write(&outcomes, all).expect("it can be written");

    // What is to be learned by a day is what had resolved by it: of the forty questions asked by then twenty.
    let report: Value = serde_json::from_str(&done(&["--fit-until", "2025-02-20", "--format", "json"])).expect("JSON");
    assert_eq!((number(&report["questions"]), number(&report["held_back"])), (20.0, 20.0), "{report}");
    let fails = |more: &[&str], words: &str| {
        let output = foretell(&[&start[..], more].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(words), "{more:?}: {said}");
    };
    fails(&["--fit-until", "2025-01-20"], "no question had resolved on 2025-01-20 or before");
    // Where none was known, all count, and a warning says what that is good for.
    on_another_day(&desk.path().join("now.csv"), "2025-01-25");
    let output = foretell(&[&start[..], &apply, &["--format", "json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("warning: no outcome of the past was known before any"), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((number(&report["questions"]), number(&report["held_back"])), (50.0, 0.0), "{report}");
    assert_eq!(report["counted"]["rule"], "none_known", "{report}");

    // Quantiles are pooled by the same rule: twenty weeks had ended by the third of June.
    let hub = hub();
    let at = |name: &str| text(&hub.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let pooled = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--format", "json"];
    on_another_day(&hub.path().join("now.csv"), "2025-06-03");
    let report: Value = serde_json::from_slice(&foretell(&pooled).stdout).expect("JSON");
    let found = &report["quantiles"];
    assert_eq!((number(&found["targets"]), number(&found["held_back"])), (20.0, 15.0), "{found}");
    on_another_day(&hub.path().join("now.csv"), "2025-01-02");
    let early = foretell(&pooled);
    let said = String::from_utf8_lossy(&early.stderr).into_owned();
    assert!(early.status.success() && said.contains("warning: no outcome of the past was known before any"), "{said}");
    let report: Value = serde_json::from_slice(&early.stdout).expect("JSON");
    let found = &report["quantiles"];
    assert_eq!((number(&found["targets"]), &found["counted"]["rule"]), (35.0, &"none_known".into()), "{found}");
}

#[test]
fn what_learns_nothing_needs_no_past_and_says_that_nothing_can_be_expected() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let run = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("foretell").expect("the binary is built");
        let output = command.current_dir(desk.path()).env_remove("FORETELL_LEDGER").args(arguments).output();
        let output = output.expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, table, said) = run(&["pool", "--apply", &now, "--method", "mean"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("nothing was learned: no outcome was known before, and `mean` needs none"), "{said}");
    assert!(said.contains("cannot be said"), "{said}");
    let rows = std::fs::read_to_string(&now).expect("it is there");
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let of: Vec<f64> = rows
            .lines()
            .filter(|line| line.starts_with(&format!("{},", cells[0])))
            .filter_map(|line| line.rsplit(',').next()?.parse().ok())
            .collect();
        let pooled: f64 = cells[3].parse().expect("a number");
        assert!(of.len() == 5 && (pooled - of.iter().sum::<f64>() / 5.0).abs() < 1e-12, "{row}");
    }
    assert_eq!(table.lines().count(), 11, "{table}");
    // A past that comes later teaches nothing either.
    on_another_day(&desk.path().join("now.csv"), "2024-12-01");
    let late = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--format", "json", "--method"];
    let (code, report, said) = run(&[&late[..], &["median"]].concat());
    assert_eq!(code, Some(0), "{said}");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["questions"], &report["held_back"]), (&Value::from(0), &Value::from(50)), "{report}");
    assert!(report["against_mean"].is_null() && report["forecasts"].as_array().is_some_and(|all| all.len() == 10));
    assert_eq!(report["counted"]["rule"], "known_before", "{report}");
    // What must learn learns of it all the same, and that is warned of.
    for method in ["auto", "performance", "mean+platt", "best-and-mean"] {
        let (code, report, said) = run(&[&late[..], &[method]].concat());
        assert!(code == Some(0) && said.contains("serves to judge only"), "{method}: {said}");
        let report: Value = serde_json::from_str(&report).expect("JSON");
        let found = (&report["counted"]["rule"], &report["questions"]);
        assert_eq!(found, (&"none_known".into(), &Value::from(50)), "{method}: {report}");
    }
    // Without a ledger there is nothing to choose by; one that is named has to be there.
    for more in [&["--method", "auto"][..], &["--method", "mean", "--ledger", "none.db"]] {
        let (code, _, said) = run(&[&["pool", "--apply", &now][..], more].concat());
        assert!(code != Some(0) && said.contains("there is no ledger"), "{more:?}: {said}");
    }
    let hub = hub();
    let now = text(&hub.path().join("now.csv"));
    let (code, table, said) = run(&["pool", "--apply", &now, "--method", "median"]);
    assert!(code == Some(0) && said.contains("`median` needs none") && table.lines().count() == 16, "{said} {table}");
}

#[test]
fn a_ledger_teaches_what_files_teach_and_its_open_questions_are_pooled() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let all = std::fs::read_to_string(desk.path().join("outcomes.csv")).expect("it is there");
    let known: Vec<&str> = all.lines().take(51).collect();
    std::fs::write(desk.path().join("known.csv"), known.join("\n")).expect("it can be written");
    let (past, now, known, ledger) = (at("past.csv"), at("now.csv"), at("known.csv"), at("panel.db"));
    let done = |arguments: &[&str]| {
        let output = foretell(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    for file in [&past, &known, &now] {
        done(&["import", file, "--ledger", &ledger]);
    }
    let (of_files, of_ledger) = (at("of-files.csv"), at("of-ledger.csv"));
    let files = ["pool", "--fit", &past, "--outcomes", &known, "--apply", &now, "--out", &of_files];
    let report = done(&[&files[..], &["--format", "json"]].concat());
    let same = done(&["pool", "--ledger", &ledger, "--open", "--out", &of_ledger, "--format", "json"]);
    assert_eq!(String::from_utf8_lossy(&report), String::from_utf8_lossy(&same));
    let read = |file: &str| std::fs::read_to_string(file).expect("it was written");
    assert_eq!(read(&of_files), read(&of_ledger));
    assert_eq!(read(&of_ledger).lines().count(), 11);
    // Without new forecasts there is the report alone, and no day before which an outcome must be known.
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("the report is JSON");
    let (mut of_past, mut of_both) = (value(&done(&["pool", "--ledger", &ledger, "--format", "json"])), value(&report));
    assert_eq!((&of_past["counted"], &of_both["counted"]["rule"]), (&Value::Null, &"known_before".into()));
    for of_what_is_pooled in ["counted", "recipes", "made_by"] {
        for report in [&mut of_past, &mut of_both] {
            report.as_object_mut().expect("an object").remove(of_what_is_pooled);
        }
    }
    assert_eq!(of_past, of_both);
    for wrong in [&["pool", "--fit", &past, "--open"][..], &["pool", "--ledger", &ledger, "--open", "--apply", &now]] {
        assert_eq!(foretell(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let nowhere = foretell(&["pool", "--ledger", &at("nothing.db")]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("there is no ledger"), "{nowhere:?}");
}

#[test]
fn tags_that_relate_questions_let_coherence_weigh_and_without_them_it_says_so() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, questions) = (at("past.csv"), at("outcomes.csv"), at("questions.csv"));
    let start = ["pool", "--fit", &past, "--outcomes", &outcomes, "--method", "coherence", "--format", "json"];
    let without = foretell(&start);
    let said = String::from_utf8_lossy(&without.stderr).into_owned();
    assert!(
        !without.status.success() && said.contains("one-of=KEY") && said.contains("options of one question"),
        "{said}"
    );
    // Two neighbours are taken for thresholds of one number: f0 and f1 always say 0.85 or 0.15, the others anything.
    let mut table = "id,kind,tags\n".to_owned();
    for at in 0..60 {
        writeln!(table, "q{at},binary,above=pair {}:{}", at / 2, at % 2).expect("a text grows");
    }
    std::fs::write(desk.path().join("questions.csv"), table).expect("it can be written");
    let output = foretell(&[&start[..], &["--questions", &questions]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["weights"].as_array().map(Vec::len), Some(5), "{report}");
    assert!(report["learned"].to_string().contains("25 groups of related questions"), "{report}");
}

#[test]
fn what_cannot_be_learned_or_pooled_is_said() {
    let desk = desk();
    let at = |name: &str| text(&desk.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let fails = |arguments: &[&str], words: &str| {
        let output = foretell(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{arguments:?}: {said}");
    };
    fails(&["pool", "--fit", &past], "no outcomes");
    fails(&["pool", "--fit", &past, "--outcomes", &outcomes, "--method", "means"], "none of the pools");
    fails(&["pool", "--fit", &past, "--outcomes", &outcomes, "--members", "nobody*"], "nothing to learn from");
    let nobody = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--members", "nobody*"];
    fails(&nobody, "no forecaster's name fits --members `nobody*`");
    fails(&nobody, "there are forecasts by f0, f1");
    fails(
        &["pool", "--fit", &past, "--outcomes", &outcomes, "--without", "*"],
        "--without leaves out every forecaster",
    );
    let some = foretell(&["pool", "--fit", &past, "--outcomes", &outcomes, "--members", "f*", "--members", "zz*"]);
    let said = String::from_utf8_lossy(&some.stderr).into_owned();
    assert!(some.status.success() && said.contains("no forecaster's name fits --members `zz*`"), "{said}");
    fails(&["pool", "--fit", &past, "--outcomes", &outcomes, "--tagged", "x=y"], "no question has the tag");
    let taken = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--name", "f1"];
    fails(&taken, "forecasts already");
    let early = ["pool", "--fit", &past, "--outcomes", &outcomes, "--fit-until", "2020-01-01"];
    fails(&early, "no forecast was made on 2020-01-01 or before");
    let late = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--apply-from", "2030-01-01"];
    fails(&late, "no forecast to be pooled was made on 2030-01-01 or later");
    let out = at("pooled.xlsx");
    fails(&["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--out", &out], "says of no form");
    // Forecasts of options have no pool, and that is said.
    let options = at("options.csv");
    let rows = "question,forecaster,made_at,option,probability\nn9,f0,2025-03-20,x,0.4\nn9,f0,2025-03-20,y,0.6\n";
    std::fs::write(&options, rows).expect("it can be written");
    let mixed = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--apply", &options];
    let mixed = foretell(&[&mixed[..], &["--method", "mean"]].concat());
    let said = String::from_utf8_lossy(&mixed.stderr).into_owned();
    assert!(mixed.status.success() && said.contains("quantiles are pooled: 1 other forecast"), "{said}");
    let again = foretell(&["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &past]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("stand in the past, too"));
    assert!(!again.status.success());
}

/// Without `--out` the document holds what `--out` would: each forecast, to the last bit.
#[test]
fn json_on_stdout_is_one_document_with_the_pooled_forecasts() {
    let (desk, hub) = (desk(), hub());
    for folder in [desk.path(), hub.path()] {
        let at = |name: &str| text(&folder.join(name));
        let (past, outcomes, now, out) = (at("past.csv"), at("outcomes.csv"), at("now.csv"), at("pooled.jsonl"));
        let start = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now];
        let bare = foretell(&[&start[..], &["--format", "json"]].concat());
        assert!(bare.status.success(), "{}", String::from_utf8_lossy(&bare.stderr));
        let mut document: Value = serde_json::from_slice(&bare.stdout).expect("stdout is one JSON document");
        let schema: Value = serde_json::from_slice(&foretell(&["schema", "pool"]).stdout).expect("a schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is one");
        assert!(validator.is_valid(&document), "{document}");
        let forecasts = document.as_object_mut().and_then(|fields| fields.remove("forecasts")).expect("they are there");
        let filed = foretell(&[&start[..], &["--format", "json", "--out", &out]].concat());
        let report: Value = serde_json::from_slice(&filed.stdout).expect("stdout is one JSON document");
        assert_eq!(document, report, "the report is the same");
        let lines = std::fs::read_to_string(out).expect("it was written");
        let written: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert!(!written.is_empty());
        assert_eq!(forecasts, Value::Array(written));
        // Otherwise the table is the result, and what is said of it goes to stderr.
        let table = foretell(&start);
        assert!(String::from_utf8_lossy(&table.stdout).starts_with("question,forecaster,made_at,"));
    }
}

/// A panel judged out of sample: the report, or nothing where the data are absent.
fn panel(file: &str, name: &str, method: &str) -> Option<Value> {
    Some(judged(&shared(file)?, &shared("questions.parquet")?, name, method))
}

/// A panel judged out of sample, its questions related as the second table has it.
fn judged(forecasts: &Path, questions: &Path, name: &str, method: &str) -> Value {
    let (forecasts, questions, tag) = (text(forecasts), text(questions), format!("panel={name}"));
    let past = ["pool", "--fit", &forecasts, "--questions", &questions, "--tagged", &tag, "--without", "crowd"];
    let output = foretell(&[&past[..], &["--method", method, "--format", "json"]].concat());
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The largest panel, of which two tests ask.
static ACX: LazyLock<Option<Value>> = LazyLock::new(|| panel("panels_forecasts.parquet", "acx2023", "auto"));

/// Panels on which choosing gains beyond its interval.
const GAINED: [&str; 3] = ["metaculus_bots", "predictionbook", "replication"];

const PANELS: [(&str, &str); 9] = [
    ("panels_forecasts.parquet", "acx2023"),
    ("panels_forecasts.parquet", "gjp_week1"),
    ("panels_forecasts.parquet", "llm_consistency"),
    ("panels_forecasts.parquet", "metaculus_bots"),
    ("panels_forecasts.parquet", "metaculus_pros"),
    ("panels_forecasts.parquet", "predictionbook"),
    ("panels_forecasts.parquet", "replication"),
    ("forecastbench_forecasts.parquet", "fb_super"),
    ("forecastbench_forecasts.parquet", "fb_market"),
];

#[test]
fn on_every_panel_the_procedure_is_no_worse_than_the_plain_mean_by_more_than_its_interval() {
    for (file, name) in PANELS {
        let report = if name == "acx2023" { ACX.clone() } else { panel(file, name, "auto") };
        let Some(report) = report else { return };
        let lower = number(&report["against_mean"]["lower"]);
        assert!(lower <= 0.0, "{name}: {}", report["against_mean"]);
        // And only where it is better by more than that is anything else than the plain mean used.
        let gains = number(&report["against_mean"]["upper"]) < 0.0;
        assert_eq!((gains, report["chosen"] != "mean"), (GAINED.contains(&name), gains), "{name}: {report}");
    }
}

/// `tests/pool/subjects.csv` says by their words which questions share a subject: thirty-one of the language models' are on who reaches one final. Subjects
/// are judged as a whole by what the others teach.
#[test]
fn judged_by_subject_the_procedure_is_no_worse_than_the_plain_mean_and_coherence_finds_its_groups() {
    let Some(forecasts) = shared("panels_forecasts.parquet") else { return };
    let subjects = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pool/subjects.csv");
    for (name, clusters) in [("llm_consistency", 64.0), ("metaculus_bots", 15.0), ("metaculus_pros", 140.0)] {
        let report = judged(&forecasts, &subjects, name, "auto");
        assert_eq!(number(&report["clusters"]), clusters, "{name}");
        assert!(number(&report["against_mean"]["lower"]) <= 0.0, "{name}: {}", report["against_mean"]);
        assert_eq!(report["chosen"], "mean", "{name}");
    }
    // Named, the fitted factor gains on the bots by subject, too: -0.0242 (-0.0365 to -0.0118).
    let bold = judged(&forecasts, &subjects, "metaculus_bots", "extremized-fitted");
    assert!(number(&bold["against_mean"]["upper"]) < -0.005, "{bold}");
    let coherent = judged(&forecasts, &subjects, "metaculus_pros", "coherence");
    assert!(coherent["learned"].to_string().contains("26 groups of related questions"), "{coherent}");
}

/// 3,292 people on 37 questions: whoever did best was lucky. Nobody gets a weight to speak of.
#[test]
fn thousands_of_people_on_a_few_questions_do_not_win_weight_by_luck() {
    let Some(report) = ACX.as_ref() else { return };
    assert_eq!((number(&report["forecasters"]), number(&report["questions"])), (3292.0, 37.0));
    assert_eq!(report["chosen"], "mean", "what is gained there is within its interval");
    let named = panel("panels_forecasts.parquet", "acx2023", "performance-log-odds").expect("the data are at hand");
    let weights = named["weights"].as_array().expect("weights");
    assert!(!weights.is_empty());
    assert!(weights.iter().all(|weight| number(&weight["weight"]) < 0.01), "{weights:?}");
    let upper = |of: &str| number(&report[of]["upper"]);
    assert!(upper("procedure") < upper("best_in_training"), "{report}");
}

/// Forty weeks of two members by quantiles, one near the truth and one far from it, and a baseline; the last five weeks are new.
fn hub() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let head = "question,forecaster,made_at,quantile,value\n";
    let (mut past, mut now) = (head.to_owned(), head.to_owned());
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for week in 0..40 {
        let (month, day) = (1 + week / 4, 1 + 7 * (week % 4));
        let truth = 100 + week * 37 % 50;
        let file = if week < 35 { &mut past } else { &mut now };
        let far = truth + if week % 2 == 0 { 30 } else { -20 };
        for (who, middle) in [("near", truth + week % 5 - 2), ("far", far), ("a-baseline", 125)] {
            for (level, step) in [(0.1, -8), (0.5, 0), (0.9, 8)] {
                writeln!(file, "w{week},{who},2025-{month:02}-{day:02},{level},{}", middle + step)
                    .expect("a text grows");
            }
        }
        writeln!(outcomes, "w{week},{truth},2025-{month:02}-{:02}", day + 5).expect("a text grows");
    }
    for (name, text) in [("past.csv", past), ("now.csv", now), ("outcomes.csv", outcomes)] {
        std::fs::write(folder.path().join(name), text).expect("it can be written");
    }
    folder
}

#[test]
fn quantiles_are_pooled_as_the_schema_says_and_outcomes_of_now_make_no_difference() {
    let hub = hub();
    let at = |name: &str| text(&hub.path().join(name));
    let (past, outcomes, now) = (at("past.csv"), at("outcomes.csv"), at("now.csv"));
    let pooled = |out: &str, more: &[&str]| {
        let out = at(out);
        let start = ["pool", "--fit", &past, "--outcomes", &outcomes, "--apply", &now, "--out", &out];
        let output = foretell(&[&start[..], &["--scale", "log", "--format", "json"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let table = std::fs::read_to_string(out).expect("it was written");
        (serde_json::from_slice::<Value>(&output.stdout).expect("JSON"), table)
    };
    let (report, table) = pooled("pooled.csv", &[]);
    assert_eq!(table.lines().count(), 1 + 5 * 3, "{table}");
    let schema: Value = serde_json::from_slice(&foretell(&["schema", "pool"]).stdout).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    assert!(validator.is_valid(&report), "{report}");
    let found = &report["quantiles"];
    assert_eq!(
        (&report["schema"], &found["scale"], &found["baseline"]),
        (&"foretell.pool/1".into(), &"log".into(), &"a-baseline".into())
    );
    assert_ne!(found["chosen"], "mean");
    assert!(number(&found["against_mean"]["mean"]) < 0.0, "{report}");
    assert_eq!(pooled("named.csv", &["--method", "weighted+pivot"]).0["quantiles"]["chosen"], "weighted+pivot");

    // With the outcomes of the new weeks gone, the same to the byte.
    let known = std::fs::read_to_string(&outcomes).expect("it is there");
    let known: Vec<&str> = known.lines().take(36).collect();
    std::fs::write(&outcomes, known.join("\n")).expect("it can be written");
    assert_eq!(pooled("blind.csv", &[]).1, table);
}

#[test]
fn each_kind_of_forecasts_is_pooled_in_its_way_or_the_fault_is_said() {
    let (hub, desk) = (hub(), desk());
    let of_hub = |name: &str| text(&hub.path().join(name));
    let of_desk = |name: &str| text(&desk.path().join(name));
    let (past, outcomes) = (of_hub("past.csv"), of_hub("outcomes.csv"));
    let quantiles = ["pool", "--fit", &past, "--outcomes", &outcomes];
    let (yes_no_past, yes_no_outcomes) = (of_desk("past.csv"), of_desk("outcomes.csv"));
    let yes_no = ["pool", "--fit", &yes_no_past, "--outcomes", &yes_no_outcomes];
    let both = [&quantiles[..], &yes_no[1..]].concat();
    let fails = |arguments: &[&str], more: &[&str], words: &str| {
        let output = foretell(&[arguments, more].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(words), "{more:?}: {said}");
    };
    fails(&both, &[], "--of quantiles");
    fails(&quantiles, &["--method", "log-odds"], "these are quantiles");
    fails(&quantiles, &["--rule", "log"], "`--rule` is for yes/no");
    fails(&quantiles, &["--baseline", "a-basline"], "the nearest name is `a-baseline`");
    fails(&quantiles, &["--without", "a-*", "--method", "mean+pivot"], "no baseline");
    fails(&yes_no, &["--method", "stacked+pivot"], "these are yes/no forecasts");
    fails(&yes_no, &["--scale", "log"], "these are yes/no forecasts");
    for (kind, holds) in [("yes-no", "plain_mean"), ("quantiles", "quantiles")] {
        let output = foretell(&[&both[..], &["--of", kind, "--format", "json"]].concat());
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(report.get(holds).is_some(), "{kind}: {report}");
    }
}

/// Learned from 2023-24 alone, the pool of 2024-25 scores better than every model and than the plain mean of quantiles: 0.2694 against 0.2963, and 0.2980 for the
/// best of sixteen models.
#[test]
fn a_pool_that_learned_from_one_season_of_flusight_is_first_in_the_next() {
    let (Some(output), Some(oracle)) =
        (shared("flusight/quantile_model_output.parquet"), shared("flusight/quantile_oracle_output.csv"))
    else {
        return;
    };
    let (output, oracle) = (text(&output), text(&oracle));
    let folder = tempfile::tempdir().expect("a folder can be made");
    let pooled = |name: &str, method: &str| {
        let out = text(&folder.path().join(format!("{name}.csv")));
        let past = ["pool", "--fit", &output, "--outcomes", &oracle, "--fit-until", "2024-06-30", "--scale", "log"];
        let now = ["--apply", &output, "--apply-from", "2024-10-01", "--baseline", "FluSight-baseline", "--out", &out];
        let run = foretell(&[&past[..], &now, &["--name", name, "--method", method, "--format", "json"]].concat());
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        (out, serde_json::from_slice::<Value>(&run.stdout).expect("JSON"))
    };
    let ((pool, report), (plain, _)) = (pooled("pool", "auto"), pooled("plain", "mean"));
    assert_eq!(report["quantiles"]["chosen"], "weighted+pivot", "{report}");
    let inputs = ["--forecasts", &output, "--forecasts", &pool, "--forecasts", &plain, "--outcomes", &oracle];
    let season = ["score", "--rule", "wis", "--scale", "log", "--made-from", "2024-10-01", "--format", "json"];
    let run = foretell(&[&season[..], &inputs].concat());
    let scores: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let rows = scores["rows"].as_array().expect("rows");
    let mean = |name: &str| number(&rows.iter().find(|row| row["forecaster"] == name).expect("it is there")["mean"]);
    assert_eq!(rows.len(), 18);
    assert!(mean("pool") < mean("plain") - 0.025, "{} {}", mean("pool"), mean("plain"));
    let others = rows.iter().filter(|row| row["forecaster"] != "pool");
    assert!(others.map(|row| number(&row["mean"])).all(|mean_of_other| mean("pool") < mean_of_other - 0.02));
}

/// What a pool or a map cannot be learned from is named with what it needs; forecasts that are never wrong have no best temperature and no best beta map.
#[test]
fn what_cannot_be_learned_says_what_it_needs() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (past, truth) = (folder.path().join("past.csv"), folder.path().join("outcomes.csv"));
    let mut rows = "question,forecaster,made_at,probability\n".to_owned();
    let mut outcomes = "question,resolution,resolved_on\n".to_owned();
    for at in 0..30 {
        let yes = at % 3 == 0;
        for (who, sure) in [("anna", 60), ("ben", 70), ("cleo", 80)] {
            let said = if yes { sure + at / 3 } else { 100 - sure - at / 3 };
            let _ = writeln!(rows, "q{at},{who},2025-01-05,{said}%");
        }
        let _ = writeln!(outcomes, "q{at},{},2025-03-01", if yes { "yes" } else { "no" });
    }
    std::fs::write(&past, &rows).expect("a file can be written");
    std::fs::write(&truth, outcomes).expect("a file can be written");
    let refused = |past: &Path, method: &str| {
        let output = foretell(&["pool", "--fit", &text(past), "--outcomes", &text(&truth), "--method", method]);
        assert_eq!(output.status.code(), Some(1), "{method}: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&past, "mean+temperature").contains("it needs after the pool, probabilities other than 50 %"));
    assert!(refused(&past, "mean+beta").contains("it needs after the pool, three different probabilities"));
    // One question, three forecasters.
    let one = folder.path().join("one.csv");
    let rows: Vec<&str> = rows.lines().take(4).collect();
    std::fs::write(&one, rows.join("\n") + "\n").expect("a file can be written");
    let stacking = refused(&one, "stacking");
    assert!(stacking.contains("`stacking` cannot be learned from 1 question\n"), "{stacking}");
    assert!(stacking.contains("it needs as many clusters of questions as forecasters"), "{stacking}");
    assert!(refused(&one, "performance").contains("it needs a forecaster who has spoken on questions of two clusters"));
}
