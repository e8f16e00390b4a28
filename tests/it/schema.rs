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
