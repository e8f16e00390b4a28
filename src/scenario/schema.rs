//! The JSON Schema (draft 2020-12) of scenario files, made from the registry of keys, for completion and checks in editors.
//!
//! It describes the file as JSON: a TOML date appears as a text of the format `date`. The phrases inside strings are checked
//! only where a pattern can be sure; `foretell check` says the rest.

use super::keys::{ASKING_KEYS, KIND_KEYS, Key, KeyKind, Need, Table, TableName, table};
use super::names::RESERVED;
use serde_json::{Map, Value, json};

/// The pattern of a name; reserved words are excluded beside it. Letters beyond ASCII stand as ranges of code points, since not every
/// validator knows classes such as `\p{Alphabetic}`; that lets a few signs pass which `foretell check` refuses.
const NAME_PATTERN: &str = r"^[A-Za-z_\u00AA-\uFFDC][A-Za-z0-9_\u00AA-\uFFDC]*$";

/// The JSON Schema of a scenario file.
///
/// ```
/// let schema = foretell::scenario::schema();
/// assert_eq!(schema["required"], serde_json::json!(["title", "as_of"]));
/// ```
#[must_use]
pub fn schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "foretell scenario",
    });
    merge(&mut schema, table_schema(table(TableName::Top)));
    schema["$defs"] = definitions();
    schema
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

const fn definition_name(name: TableName) -> &'static str {
    match name {
        TableName::Top => "file",
        TableName::Event => "event",
        TableName::Prior => "prior",
        TableName::Question => "question",
        TableName::Decision => "decision",
        TableName::Utility => "utility",
        TableName::Rule => "rule",
        TableName::News => "news",
        TableName::Correlated => "correlated",
        TableName::Case => "case",
        TableName::Experts => "experts",
    }
}

fn definitions() -> Value {
    let mut definitions = Map::new();
    for name in [
        TableName::Prior,
        TableName::Event,
        TableName::Question,
        TableName::Decision,
        TableName::Utility,
        TableName::Rule,
        TableName::News,
        TableName::Correlated,
    ] {
        definitions.insert(definition_name(name).to_owned(), table_schema(table(name)));
    }
    let phrase = |about: &str| json!({ "type": "string", "minLength": 1, "description": about });
    let number_or = |other: &str| json!({ "anyOf": [{ "type": "number" }, reference(other)] });
    let share = json!({ "type": "number", "minimum": 0, "maximum": 1 });
    let chance = json!({ "anyOf": [share, phrase("a chance, as in `35%`, `6 of 20`, `3:7`, `likely`")] });
    let chances = json!({ "anyOf": [
        reference("chance"),
        { "type": "array", "items": reference("chance"), "minItems": 1, "description": "one for each option, in order" },
        reference("experts"),
        {
            "type": "object",
            "description": "by option",
            "minProperties": 1,
            "propertyNames": { "not": { "enum": ["experts", "if", "is", "otherwise"] } },
            "additionalProperties": reference("chance"),
        },
    ] });
    for (name, definition) in [
        ("chance", chance),
        ("chances", chances),
        ("number_phrase", phrase("a number, as in `40 to 90`, `normal(10, 2)`, `5%: 40, 95%: 90`")),
        ("count_phrase", phrase("a count, as in `poisson(2)`, `3 in 180 days, over 365 days`, `3 to 12`")),
        ("when", phrase("chances over time, as in `20% by 2025-09-01, 55% by 2026-12-31`")),
        ("duration", phrase("a length of time, as in `30 days`, `3 years`")),
        ("expression", phrase("a condition or formula, as in `paper and not talks`")),
        ("value", number_or("number_phrase")),
        ("count", number_or("count_phrase")),
        ("ratio", ratio()),
        ("name", name_schema()),
        ("option", json!({ "anyOf": [reference("name"), { "const": "none" }] })),
        ("experts", experts()),
    ] {
        definitions.insert(name.to_owned(), definition);
    }
    Value::Object(definitions)
}

fn name_schema() -> Value {
    json!({ "type": "string", "pattern": NAME_PATTERN, "not": { "enum": RESERVED } })
}

/// A word in any case, as a pattern.
fn in_any_case(word: &str) -> String {
    word.chars().flat_map(|letter| ['[', letter.to_ascii_lowercase(), letter.to_ascii_uppercase(), ']']).collect()
}

fn ratio() -> Value {
    let strengths = ["low", "medium", "high"].map(in_any_case).join("|");
    let down = in_any_case("down");
    let pattern = format!(r"^\s*(?:(?:[xX×]\s*)?[-+]?[0-9.][0-9_.eE+-]*|(?:{down}\s+)?(?:{strengths}))\s*$");
    let about = "`x4`, `x0.5`, a number, or `low`, `medium`, `high`, with `down` before it for the inverse";
    json!({ "description": about, "anyOf": [{ "type": "number" }, { "type": "string", "pattern": pattern }] })
}

fn experts() -> Value {
    json!({
        "type": "object",
        "description": table(TableName::Experts).about,
        "additionalProperties": false,
        "required": ["experts"],
        "properties": {
            "experts": { "type": "array", "minItems": 1, "items": reference("chance") },
            "weights": { "type": "array", "items": reference("value") },
            "pool": { "type": "string", "enum": ["linear", "log odds", "median"] },
        },
    })
}

/// A table's schema: its keys, those that must be there, those that exclude one another.
fn table_schema(table: &Table) -> Value {
    let mut properties = Map::new();
    for key in table.keys {
        properties.insert(key.name.to_owned(), key_schema(key));
    }
    let required: Vec<&str> = table.keys.iter().filter(|key| key.need != Need::Optional).map(|key| key.name).collect();
    let mut schema = json!({
        "type": "object",
        "description": table.about,
        "additionalProperties": false,
        "properties": properties,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    match table.name {
        TableName::Event => {
            schema["oneOf"] = exactly_one(KIND_KEYS, &[("one_of", "chance"), ("ordered", "chance")]);
            schema["dependentRequired"] = json!({
                "background": ["causes"], "none": ["first_of"], "otherwise": ["if"], "after": ["when"],
                "raised_by": ["when"], "lowered_by": ["when"], "observed": ["when"],
            });
        }
        TableName::Question => schema["oneOf"] = exactly_one(ASKING_KEYS, &[]),
        TableName::Utility => {
            schema["oneOf"] = exactly_one(&["value", "equals"], &[]);
            schema["dependentRequired"] = json!({ "otherwise": ["if"], "if": ["value"] });
        }
        TableName::Rule => schema["oneOf"] = exactly_one(&["always", "never"], &[]),
        _ => {}
    }
    schema
}

/// One alternative a key: it is there, and none of the others but the companion it needs.
fn exactly_one(keys: &[&str], companions: &[(&str, &str)]) -> Value {
    let alternative = |key: &&str| {
        let companion = companions.iter().find(|(of, _)| of == key).map(|(_, companion)| *companion);
        let others: Vec<Value> = keys
            .iter()
            .filter(|other| *other != key && Some(**other) != companion)
            .map(|other| json!({ "required": [other] }))
            .collect();
        let required: Vec<&str> = std::iter::once(*key).chain(companion).collect();
        json!({ "required": required, "not": { "anyOf": others } })
    };
    Value::Array(keys.iter().map(alternative).collect())
}

/// What may stand under a key, with its words and its example.
fn key_schema(key: &Key) -> Value {
    let mut schema = kind_schema(key.kind);
    schema["description"] = json!(key.about);
    if let Some(example) = example(key) {
        schema["examples"] = json!([example]);
    }
    schema
}

fn kind_schema(kind: KeyKind) -> Value {
    let text = json!({ "type": "string" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    match kind {
        KeyKind::Text => text,
        KeyKind::Texts => json!({ "anyOf": [text, list(text.clone())] }),
        KeyKind::TextList | KeyKind::Suppositions => list(text),
        KeyKind::Name => reference("name"),
        KeyKind::Names => json!({ "type": "array", "items": reference("name"), "minItems": 1 }),
        KeyKind::Options => {
            json!({ "type": "array", "items": reference("option"), "minItems": 1, "uniqueItems": true })
        }
        KeyKind::OptionName => reference("option"),
        KeyKind::Date => json!({ "type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$" }),
        KeyKind::Duration => reference("duration"),
        KeyKind::Boolean => json!({ "type": "boolean" }),
        KeyKind::Chance => reference("chance"),
        KeyKind::Chances => or_cases("chances"),
        KeyKind::Value => or_cases("value"),
        KeyKind::Count => or_cases("count"),
        KeyKind::When => or_cases("when"),
        KeyKind::Expression => reference("expression"),
        KeyKind::Causes => by_condition("chance"),
        KeyKind::Ratios => by_condition("ratio"),
        KeyKind::Number | KeyKind::Effect => {
            json!({ "anyOf": [{ "type": "number" }, { "type": "string", "minLength": 1 }] })
        }
        KeyKind::Costs => json!({ "type": "object", "minProperties": 1, "additionalProperties": reference("value") }),
        KeyKind::Correlation => json!({ "anyOf": [
            { "type": "number", "minimum": -1, "maximum": 1 },
            { "type": "string", "minLength": 1 },
            list(list(json!({ "type": "number", "minimum": -1, "maximum": 1 }))),
        ] }),
        KeyKind::Phrase => json!({}),
        KeyKind::Tables(name) => json!({
            "type": "object",
            "propertyNames": reference("name"),
            "additionalProperties": reference(definition_name(name)),
        }),
        KeyKind::TableList(name) => list(reference(definition_name(name))),
    }
}

fn by_condition(what: &str) -> Value {
    json!({
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "minLength": 1 },
        "additionalProperties": reference(what),
    })
}

/// A phrase, or a list of cases of it.
fn or_cases(what: &str) -> Value {
    let about = |key: &str| table(TableName::Case).key(key).map_or("", |key| key.about);
    let phrase = |key: &str| json!({ "$ref": format!("#/$defs/{what}"), "description": about(key) });
    let case = json!({
        "type": "object",
        "description": table(TableName::Case).about,
        "additionalProperties": false,
        "properties": {
            "if": { "$ref": "#/$defs/expression", "description": about("if") },
            "is": phrase("is"),
            "otherwise": phrase("otherwise"),
        },
        "oneOf": [
            { "required": ["if", "is"], "not": { "required": ["otherwise"] } },
            { "required": ["otherwise"], "not": { "anyOf": [{ "required": ["if"] }, { "required": ["is"] }] } },
        ],
    });
    json!({ "anyOf": [reference(what), { "type": "array", "items": case, "minItems": 1 }] })
}

/// A key's example as JSON.
fn example(key: &Key) -> Option<Value> {
    let table: toml::Table = format!("{} = {}", key.name, key.example).parse().ok()?;
    table.get(key.name).map(to_json)
}

/// A TOML value as JSON, dates as texts.
fn to_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(truth) => json!(truth),
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(items) => items.iter().map(to_json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.clone(), to_json(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::keys;
    use crate::scenario::parse;
    use crate::source::Source;

    const EVERYTHING: &str = include_str!("everything.toml");

    fn as_json(text: &str) -> Value {
        to_json(&toml::Value::Table(text.parse().expect("valid TOML")))
    }

    fn accepts(text: &str) -> bool {
        jsonschema::validator_for(&schema()).expect("a valid schema").is_valid(&as_json(text))
    }

    #[test]
    fn the_schema_is_one_and_accepts_the_file_with_every_form() {
        assert!(jsonschema::meta::is_valid(&schema()));
        let validator = jsonschema::validator_for(&schema()).expect("a valid schema");
        let errors: Vec<String> = validator
            .iter_errors(&as_json(EVERYTHING))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn the_schema_refuses_what_the_reader_refuses() {
        let head = "title = \"t\"\nas_of = 2025-08-19\n";
        for body in [
            "titel = \"x\"\n",
            "horizon = \"soon\"\n",
            "[event.x]\nchanse = 0.5\nholds = \"a\"\n",
            "[event.not]\nchance = 0.5\n",
            "[event.\"a b\"]\nchance = 0.5\n",
            "[event.x]\nchance = true\n",
            "[event.x]\nchance = [{ if = \"a\" }]\n",
            "[event.x]\nchance = [{ if = \"a\", otherwise = 0.5 }]\n",
            "[event.x]\nchance = { if = \"a\", is = 0.5 }\n",
            "[event.x]\nwhen = 0.5\n",
            "[event.x]\nwhen = \"20% by 2025-09-01\"\nraised_by = { a = \"x4x\" }\n",
            "[[logic]]\n",
            "[[logic]]\nalways = \"a\"\nnever = \"b\"\n",
            "[[news]]\nabout = \"x\"\n",
            "[[correlated]]\nevents = []\ncorrelation = 0.5\n",
        ] {
            let text = format!("{head}{body}");
            let (_, diagnostics) = parse(&Source::new("x.toml", text.as_str()));
            assert!(diagnostics.has_errors(), "{body}");
            assert!(!accepts(&text), "{body}");
        }
        assert!(accepts(head));
    }

    #[test]
    fn an_event_is_of_exactly_one_kind() {
        let event = |body: &str| accepts(&format!("title = \"t\"\nas_of = 2025-08-19\n[event.x]\n{body}"));
        assert!(!event(""));
        assert!(!event("chance = 0.5\nholds = \"a\"\n"));
        assert!(!event("one_of = [\"a\", \"b\"]\n"));
        assert!(!event("one_of = [\"a\", \"b\"]\nordered = [\"a\"]\nchance = \"50%, 50%\"\n"));
        assert!(event("one_of = [\"a\", \"b\"]\nchance = \"50%, 50%\"\n"));
        assert!(event("chance = 0.5\n"));
    }

    #[test]
    fn the_example_of_every_key_is_read_and_accepted() {
        for table in keys() {
            for key in table.keys {
                let example = example(key).unwrap_or_else(|| panic!("{} = {}", key.name, key.example));
                if matches!(table.name, TableName::Case | TableName::Experts) {
                    continue;
                }
                let mut whole = key_schema(key);
                whole["$defs"] = definitions();
                let validator = jsonschema::validator_for(&whole).expect("a valid schema");
                assert!(validator.is_valid(&example), "{} = {}", key.name, key.example);
                let head = match table.name {
                    TableName::Top => "",
                    TableName::Event => "[event.x]\n",
                    TableName::Prior => "[prior.x]\n",
                    TableName::Question => "[question.x]\n",
                    TableName::Decision => "[decision.x]\n",
                    TableName::Utility => "[utility.x]\n",
                    TableName::Rule => "[[logic]]\n",
                    TableName::News => "[[news]]\n",
                    TableName::Correlated => "[[correlated]]\n",
                    TableName::Case | TableName::Experts => continue,
                };
                let text = format!("{head}{} = {}\n", key.name, key.example);
                let source = Source::new("x.toml", text);
                let (_, diagnostics) = parse(&source);
                let complaints: Vec<_> =
                    diagnostics.iter().filter(|found| !found.code.eq("E0104") && !found.code.eq("E0107")).collect();
                assert!(complaints.is_empty(), "{}", diagnostics.render(&source, false));
            }
        }
    }
}
