//! Other scenarios beside one that learns which name the same file of priors: what it learns may leave one of them without room for what it states.

use super::load;
use crate::scenario;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The scenarios in the folders of `scenario` and of `priors`, other than `scenario`, that name `priors`, could be run so far, and could not with `text`
/// in it; each with why.
pub(super) fn unsound(scenario: &Path, priors: &Path, text: &str) -> Vec<String> {
    let Ok(target) = priors.canonicalize() else { return Vec::new() };
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
    others.remove(&target);
    if let Ok(own) = scenario.canonicalize() {
        others.remove(&own);
    }
    others.values().filter_map(|path| why(path, &target, text)).collect()
}

/// Why a scenario that names the file of priors could no longer be run, if it could be before.
fn why(path: &Path, target: &Path, text: &str) -> Option<String> {
    let named = scenario::priors_file(&load::read(path).ok()?)?;
    let is_same = path.with_file_name(&named.value).canonicalize().is_ok_and(|real| real == target);
    if !is_same {
        return None;
    }
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
        named.value,
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
