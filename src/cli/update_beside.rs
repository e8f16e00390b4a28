//! Other scenarios beside one that learns which name the same file of priors: what it learns may leave one of them without room for what it states, and one of
//! the same title is taken for it.

use super::load;
use crate::scenario;
use crate::source::Source;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The scenarios in the folders of `scenario` and of `priors`, other than `scenario`, that name `priors`, could be run so far, and could not with `text`
/// in it; each with why.
pub(super) fn unsound(scenario: &Path, priors: &Path, text: &str) -> Vec<String> {
    let Ok(target) = priors.canonicalize() else { return Vec::new() };
    others(scenario, priors, &target).iter().filter_map(|path| why(path, &target, text)).collect()
}

/// Those of them that have this title, by which the file of priors knows its scenarios.
pub(super) fn namesakes(scenario: &Path, priors: &Path, title: &str) -> Vec<String> {
    let Ok(target) = priors.canonicalize() else { return Vec::new() };
    let has_title = |path: &&PathBuf| {
        let Ok(source) = load::read(path) else { return false };
        is_named(&source, path, &target).is_some()
            && scenario::parse(&source).0.title.is_some_and(|of_other| of_other.value == title)
    };
    others(scenario, priors, &target).iter().filter(has_title).map(|path| path.display().to_string()).collect()
}

/// The files in the folders of `scenario` and of `priors` that may be scenarios, but for these two.
fn others(scenario: &Path, priors: &Path, target: &Path) -> Vec<PathBuf> {
    let mut others: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for folder in [scenario, priors].map(folder) {
        let Ok(files) = std::fs::read_dir(folder) else { continue };
        let paths = files.filter_map(Result::ok).map(|file| file.path());
        for path in paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
            if let Ok(real) = path.canonicalize() {
                let shown = path.strip_prefix(".").map_or_else(|_| path.clone(), Path::to_owned);
                others.entry(real).or_insert(shown);
            }
        }
    }
    others.remove(target);
    if let Ok(own) = scenario.canonicalize() {
        others.remove(&own);
    }
    others.into_values().collect()
}

/// The name by which a scenario names the file of priors, if it does.
fn is_named(source: &Source, path: &Path, target: &Path) -> Option<String> {
    let named = scenario::priors_file(source)?;
    let is_same = path.with_file_name(&named.value).canonicalize().is_ok_and(|real| real == target);
    is_same.then_some(named.value)
}

/// Why a scenario that names the file of priors could no longer be run, if it could be before.
fn why(path: &Path, target: &Path, text: &str) -> Option<String> {
    let named = is_named(&load::read(path).ok()?, path, target)?;
    let source = load::scenario_file(path).ok()?.scenario?;
    let before: Vec<String> = source.parts().map(|part| part.text.to_owned()).collect();
    let after = [before.first()?.clone(), text.to_owned()];
    if load::first_error(&source, &before).is_some() {
        return None;
    }
    let problem = load::first_error(&source, &after)?;
    Some(format!(
        "after this update `{}`, which names `{}` too, could not be run: {}",
        path.display(),
        named,
        problem.message
    ))
}

/// The folder of a file.
fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
