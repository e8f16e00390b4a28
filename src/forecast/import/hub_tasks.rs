//! What `hub-config/tasks.json` says of a hub: which columns are its task ids, and which categories its pmfs have, in which order.
//!
//! Task ids are those of any of its rounds. The categories of a question are those of the first task that admits all its values and whose target it
//! has; where none does, those of all tasks about a target that one of its values names.

use crate::error::Error;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The tasks of a hub; none where there is no such file.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// The columns that make up a question, in small letters; none where nothing says so.
    pub(super) ids: BTreeSet<String>,
    pmfs: Vec<Pmf>,
}

/// Categories, and the tasks that have them.
#[derive(Debug)]
struct Pmf {
    /// By task id what its values are; any are where it lists none.
    admits: BTreeMap<String, Vec<String>>,
    categories: Vec<String>,
    targets: Vec<Target>,
}

/// What categories are about.
#[derive(Debug)]
struct Target {
    /// Columns and what stands in them.
    keys: Vec<(String, String)>,
    /// What it is called: by its keys, and by itself.
    names: Vec<String>,
    is_ordinal: bool,
}

/// The categories of a question in order, and whether the order means something.
pub(super) type Categories = (Vec<String>, bool);

impl Tasks {
    /// Reads the file, if there is one.
    ///
    /// # Errors
    /// If it is no JSON.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let Ok(text) = std::fs::read(path) else { return Ok(Self::default()) };
        let config: Value = serde_json::from_slice(&text)
            .map_err(|problem| Error::input(format!("`{}` cannot be read as JSON", path.display())).because(problem))?;
        let mut found = Self::default();
        for task in items(&config["rounds"]).iter().flat_map(|round| items(&round["model_tasks"])) {
            let ids = task["task_ids"].as_object().into_iter().flatten();
            let admits: BTreeMap<String, Vec<String>> =
                ids.map(|(id, values)| (id.trim().to_lowercase(), listed(values))).collect();
            found.ids.extend(admits.keys().cloned());
            let categories = listed(&task["output_type"]["pmf"]["output_type_id"]);
            if !categories.is_empty() {
                let targets = items(&task["target_metadata"]).iter().map(Target::of).collect();
                found.pmfs.push(Pmf { admits, categories, targets });
            }
        }
        Ok(found)
    }

    /// The categories of a question with these task ids and values, if any task says so.
    pub(super) fn categories(&self, values: &[(&str, &str)]) -> Option<Categories> {
        let admitting = self.pmfs.iter().filter(|pmf| pmf.admits(values));
        let mut exact = admitting.filter_map(|pmf| Some((pmf.categories.clone(), pmf.target(values)?.is_ordinal)));
        exact.next().or_else(|| self.named(values))
    }

    /// All categories of the targets that one of the values names.
    fn named(&self, values: &[(&str, &str)]) -> Option<Categories> {
        let mut found: Option<Categories> = None;
        for pmf in &self.pmfs {
            let is_named =
                |target: &&Target| values.iter().any(|(_, value)| target.names.iter().any(|name| name == value));
            let Some(target) = pmf.targets.iter().find(is_named) else { continue };
            let (categories, _) = found.get_or_insert_with(|| (Vec::new(), target.is_ordinal));
            for category in &pmf.categories {
                if !categories.contains(category) {
                    categories.push(category.clone());
                }
            }
        }
        found
    }
}

impl Pmf {
    /// Whether every value may stand in its column.
    fn admits(&self, values: &[(&str, &str)]) -> bool {
        values.iter().all(|(id, value)| {
            let listed = self.admits.get(*id).map_or(&[][..], Vec::as_slice);
            listed.is_empty() || listed.iter().any(|one| one == value)
        })
    }

    /// The target that these values are of.
    fn target(&self, values: &[(&str, &str)]) -> Option<&Target> {
        let has = |(key, value): &(String, String)| values.iter().any(|(id, own)| id == key && own == value);
        self.targets.iter().find(|target| target.keys.iter().all(has))
    }
}

impl Target {
    fn of(target: &Value) -> Self {
        let keys = target["target_keys"].as_object().cloned().unwrap_or_default();
        let keys: Vec<(String, String)> =
            keys.iter().filter_map(|(key, value)| Some((key.trim().to_lowercase(), text(value)?))).collect();
        let names = keys.iter().map(|(_, value)| value.clone()).chain(text(&target["target_id"])).collect();
        Self { keys, names, is_ordinal: target["target_type"] == "ordinal" }
    }
}

/// The items of a list; none of anything else.
fn items(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// What must and what may stand somewhere, as texts.
fn listed(values: &Value) -> Vec<String> {
    ["required", "optional"].iter().flat_map(|which| items(&values[*which])).filter_map(|value| text(&value)).collect()
}

/// A value as it stands in a cell.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASKS: &str = r#"{"rounds": [
        {"model_tasks": [{"task_ids": {"target": {"required": ["rate"]}, "Horizon": {"required": [0], "optional": [1]}, "season": {"required": null, "optional": ["23"]}},
            "output_type": {"pmf": {"output_type_id": {"required": ["low", "high"]}}},
            "target_metadata": [{"target_id": "rate", "target_type": "ordinal", "target_keys": {"target": "rate"}}]}]},
        {"model_tasks": [{"task_ids": {"target": {"required": ["rate"]}, "season": {"required": null, "optional": ["24"]}},
            "output_type": {"pmf": {"output_type_id": {"required": ["low", "high", "top"]}}},
            "target_metadata": [{"target_id": "rate", "target_type": "nominal", "target_keys": {"target": "rate"}}]}]}]}"#;

    fn tasks() -> Tasks {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("tasks.json");
        std::fs::write(&path, TASKS).expect("a file can be written");
        Tasks::open(&path).expect("it is JSON")
    }

    #[test]
    fn task_ids_are_those_of_any_round() {
        assert_eq!(tasks().ids.into_iter().collect::<Vec<_>>(), ["horizon", "season", "target"]);
        assert!(Tasks::open(Path::new("nowhere/tasks.json")).expect("no file is no error").ids.is_empty());
    }

    #[test]
    fn categories_are_those_of_the_task_that_admits_the_values() {
        let of = |values: &[(&str, &str)]| tasks().categories(values);
        let (low, high, top) = ("low".to_owned(), "high".to_owned(), "top".to_owned());
        let earlier = [("target", "rate"), ("season", "23"), ("horizon", "1")];
        assert_eq!(of(&earlier), Some((vec![low.clone(), high.clone()], true)));
        let later = [("target", "rate"), ("season", "24"), ("horizon", "7")];
        assert_eq!(of(&later), Some((vec![low.clone(), high.clone(), top.clone()], false)));
        // No task admits the season: all that is said of the target counts.
        assert_eq!(of(&[("target", "rate"), ("season", "25")]), Some((vec![low, high, top], true)));
        assert_eq!(of(&[("target", "deaths"), ("season", "23")]), None);
    }
}
