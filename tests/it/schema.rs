//! The JSON Schema accepts every scenario of the repository, and refuses the broken files that a schema can tell.

use crate::support::{files, foretell, path};
use serde_json::Value;

/// A TOML file as JSON, dates as text.
fn as_json(text: &str) -> Option<Value> {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::String(text) => Value::String(text),
            toml::Value::Integer(number) => Value::from(number),
            toml::Value::Float(number) => Value::from(number),
            toml::Value::Boolean(value) => Value::Bool(value),
            toml::Value::Datetime(date) => Value::String(date.to_string()),
            toml::Value::Array(items) => Value::Array(items.into_iter().map(convert).collect()),
            toml::Value::Table(table) => {
                Value::Object(table.into_iter().map(|(key, value)| (key, convert(value))).collect())
            }
        }
    }
    text.parse::<toml::Table>().ok().map(|table| convert(toml::Value::Table(table)))
}

#[test]
fn the_committed_schema_is_the_one_the_command_prints() {
    let printed = foretell().arg("schema").assert().success();
    let committed = std::fs::read(path("scenarios/scenario.schema.json")).expect("the schema is committed");
    assert!(
        printed.get_output().stdout == committed,
        "scenarios/scenario.schema.json is not what `foretell schema` prints: write it anew"
    );
}

#[test]
fn every_scenario_is_accepted() {
    let schema = foretell::scenario::schema();
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for folder in ["scenarios", "tests/suite/good"] {
        for file in files(folder, "toml") {
            let text = std::fs::read_to_string(&file).expect("the scenario can be read");
            let value = as_json(&text).unwrap_or_else(|| panic!("{} is not TOML", file.display()));
            let problems: Vec<String> = validator
                .iter_errors(&value)
                .map(|problem| format!("{}: {problem}", problem.instance_path()))
                .collect();
            assert!(problems.is_empty(), "{}:\n{}", file.display(), problems.join("\n"));
        }
    }
}

#[test]
fn broken_files_are_refused_where_a_schema_can_tell() {
    let schema = foretell::scenario::schema();
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let mut refused = 0;
    for file in files("tests/suite/broken", "toml") {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        refused += usize::from(as_json(&text).is_some_and(|value| !validator.is_valid(&value)));
    }
    assert!(refused >= 20, "the schema refuses only {refused} of the broken files");
}

/// Runs a command with `--format json` and holds what it prints to the schema of that name.
fn conforms(what: &str, arguments: &[&str]) {
    let run = foretell().args(arguments).args(["--format", "json"]).output().expect("the binary runs");
    holds(what, &run.stdout);
}

/// Holds a JSON document to the schema of that name.
fn holds(what: &str, document: &[u8]) {
    let printed = foretell().args(["schema", what]).assert().success();
    let schema: Value = serde_json::from_slice(&printed.get_output().stdout).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let value: Value = serde_json::from_slice(document).unwrap_or_else(|problem| panic!("{what}: {problem}"));
    let problems: Vec<String> =
        validator.iter_errors(&value).map(|problem| format!("{}: {problem}", problem.instance_path())).collect();
    assert!(problems.is_empty(), "{what}:\n{}", problems.join("\n"));
    assert!(!validator.is_valid(&serde_json::json!({ "schema": "other" })), "{what}: the schema takes anything");
}

#[test]
fn what_scripts_read_is_as_its_schema_says() {
    let summit = "scenarios/white-house-2025-08-18.toml";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = folder.path().join("l.db");
    let ledger = ledger.to_str().expect("a path is text");
    let few = ["--worlds", "10k", "--doubt-draws", "8"];
    let with = |start: &[&'static str], more: &[&'static str]| [start, more].concat();
    conforms("run", &with(&["run", summit, "--as-of", "2025-11-01", "--given", "not weapons_deal"], &few));
    conforms("run", &with(&["run", "scenarios/product-launch.toml"], &few));
    let part = folder.path().join("part.json");
    let part = part.to_str().expect("a path is text");
    foretell().args(["run", summit, "--shard", "2/3", "--out", part]).args(few).assert().success();
    holds("part", &std::fs::read(part).expect("the part can be read"));
    conforms("run", &with(&["run", "scenarios/golden.toml", "--exact"], &few));
    conforms("run", &with(&["run", "scenarios/golden.toml", "--check-exact"], &few));
    conforms("storylines", &["run", "scenarios/golden.toml", "--storyline", "attends,order", "--given", "paper"]);
    conforms("stories", &["storylines", "scenarios/golden.toml", "--over", "attends,order"]);
    conforms("stories", &["storylines", summit, "--worlds", "20k"]);
    let few_worlds = ["--worlds", "10k"];
    conforms("watch", &with(&["watch", summit, "--question", "ceasefire_2025", "--line", "50%"], &few_worlds));
    conforms("watch", &with(&["watch", "scenarios/golden.toml", "--question", "spend"], &few_worlds));
    conforms("decide", &["decide", "scenarios/umbrella.toml"]);
    conforms(
        "decide",
        &["decide", "tests/suite/decisions/two-treatments.toml", "--sample", "effect 3 sd 0.5", "--worlds", "65536"],
    );
    conforms("check", &["check", summit, "tests/suite/broken/cycle-of-three.toml"]);
    foretell()
        .args([
            "run",
            summit,
            "--from",
            "2025-08-19",
            "--to",
            "2025-10-30",
            "--every",
            "2w",
            "--record",
            "--ledger",
            ledger,
        ])
        .args(few)
        .assert()
        .success();
    conforms("replay", &with(&["run", summit, "--from", "2025-08-19", "--to", "2025-08-26"], &few));
    let folder_of = "scenarios/white-house-2025-08-18";
    // Rows that are left out or have no answer, in numbers.
    let long = folder.path().join("long.csv");
    std::fs::write(&long, "id,model,observed,predicted\na,m,1,0.8\nb,m,0,1.3\nc,m,NA,0.4\n")
        .expect("a file can be written");
    let long = long.to_str().expect("a path is text");
    conforms("score", &["score", "--forecasts", long]);
    conforms("calibrate", &["calibrate", "--forecasts", long, "--replicates", "100"]);
    conforms("leaderboard", &["leaderboard", "--forecasts", long]);
    let other = folder.path().join("other.db");
    conforms("import", &["import", long, "--ledger", other.to_str().expect("a path is text")]);
    for table in ["outcomes.csv", "crowd.csv"] {
        foretell().args(["import", &format!("{folder_of}/{table}"), "--ledger", ledger]).assert().success();
    }
    let crowd = format!("{folder_of}/crowd.csv");
    conforms("import", &["import", &crowd, "--ledger", ledger]);
    let question = ["--ask", "Will it rain?", "--closes", "2999-12-31", "--tag", "pace=none"];
    let said = ["record", "rain", "--forecaster", "anna", "--probability", "10%", "--ledger", ledger];
    conforms("record", &[&said[..], &question].concat());
    let dated =
        ["record", "day", "--forecaster", "anna", "--quantiles", "50%:2999-01-01", "--never", "10%", "--ask", "When?"];
    conforms("record", &[&dated[..], &["--ledger", ledger]].concat());
    for answer in ["no", "yes"] {
        conforms("resolve", &["resolve", "rain", answer, "--source", "gauge", "--ledger", ledger]);
    }
    conforms("score", &["score", "--ledger", ledger]);
    conforms("calibrate", &["calibrate", "--ledger", ledger, "--replicates", "100"]);
    conforms("compare", &["compare", "foretell", "polymarket", "--ledger", ledger]);
    conforms("pool", &["pool", "--ledger", ledger, "--of", "yes-no"]);
    conforms("status", &["status", "--ledger", ledger, "--as-of", "2025-10-01"]);
    conforms("live", &["live", "30%", "--made-at", "2025-09-01", "--closes", "2025-12-31"]);
    conforms("update", &["update", summit, "--ledger", ledger, "--dry-run"]);
    let news = ["--news", "attends x2", "--date", "2025-09-01", "--source", "s", "--dry-run"];
    conforms("news", &with(&["update", "scenarios/golden.toml"], &news));
    let taught = folder.path().join("taught.toml");
    let scenario = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"6 of 20\"\n\
                    [question.a]\nask = \"?\"\nholds = \"a\"\ncloses = 2026-12-31\nresolves = \"so\"\n";
    std::fs::write(&taught, scenario).expect("a file can be written");
    let came = folder.path().join("came.csv");
    std::fs::write(&came, "question,resolution,resolved_on\na,yes,2026-02-01\n").expect("a file can be written");
    let (taught, came) = (taught.to_str().expect("a path is text"), came.to_str().expect("a path is text"));
    conforms("update", &["update", taught, "--outcomes", came]);
    conforms("undo", &["update", taught, "--undo", "--dry-run"]);
    conforms("explain", &["explain", "scenarios/golden.toml", "--question", "paper"]);
    conforms("diff", &["diff", "scenarios/golden.toml", "scenarios/golden.toml", "--worlds", "300k"]);
}
