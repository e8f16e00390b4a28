//! Every code of a diagnostic is listed once with its meaning, used, documented, and shown by a file of the suite.

use crate::support::{files, path};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Codes that no file of the suite can show, and why.
const NOT_IN_THE_SUITE: &[(&str, &str)] = &[
    ("W1301", "of texts beside a scenario; shown in tests/it/report.rs"),
    ("W1302", "of texts beside a scenario; shown in src/brief/lint.rs"),
    ("W1303", "of texts beside a scenario; shown in tests/it/report.rs"),
    ("W1304", "of texts beside a scenario; shown in src/brief/lint.rs"),
];

fn listed() -> Vec<(&'static str, &'static str)> {
    let scenarios = foretell::scenario::codes::CODES.iter().chain(foretell::model::codes::CODES);
    scenarios
        .chain(foretell::network::codes::CODES)
        .chain(foretell::cohere::codes::CODES)
        .chain(foretell::brief::CODES)
        .copied()
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let file = entry.expect("the entry can be read").path();
        if file.is_dir() {
            sources(&file, found);
        } else if file.extension().is_some_and(|extension| extension == "rs") {
            found.push(file);
        }
    }
}

/// The codes in a text: a letter and four digits between these marks.
fn codes(text: &str, before: char, after: char) -> BTreeSet<String> {
    let is_code = |word: &str| {
        word.len() == 5 && word.starts_with(['E', 'W', 'N']) && word[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    let starts = text.match_indices(before).map(|(at, mark)| at + mark.len());
    let words = starts.filter_map(|at| text.get(at..at + 5).filter(|_| text[at + 5..].starts_with(after)));
    words.filter(|word| is_code(word)).map(str::to_owned).collect()
}

#[test]
fn every_code_in_the_sources_is_listed_and_every_listed_one_is_used() {
    let mut found = Vec::new();
    sources(&path("src"), &mut found);
    let mut used = BTreeSet::new();
    for file in found {
        let text = std::fs::read_to_string(&file).expect("the source can be read");
        // The list of `model` is no use of a code; that of `scenario` is made of its constants.
        if !file.ends_with("model/codes.rs") {
            used.extend(codes(&text, '"', '"'));
        }
    }
    let listed: BTreeSet<String> = listed().into_iter().map(|(code, _)| code.to_owned()).collect();
    let unlisted: Vec<&String> = used.difference(&listed).collect();
    let unused: Vec<&String> = listed.difference(&used).collect();
    assert!(unlisted.is_empty(), "used, but not listed: {unlisted:?}");
    assert!(unused.is_empty(), "listed, but not used: {unused:?}");
}

#[test]
fn every_code_is_shown_by_a_file_of_the_suite() {
    let mut shown = BTreeSet::new();
    let folders = ["tests/suite/broken", "tests/suite/networks", "tests/suite/relations"];
    for file in folders.into_iter().flat_map(|folder| files(folder, "snap")) {
        shown.extend(codes(&std::fs::read_to_string(&file).expect("the snapshot can be read"), '[', ']'));
    }
    let missing: Vec<&str> = listed()
        .into_iter()
        .map(|(code, _)| code)
        .filter(|code| !shown.contains(*code) && !NOT_IN_THE_SUITE.iter().any(|(excepted, _)| excepted == code))
        .collect();
    assert!(missing.is_empty(), "no file of tests/suite/broken, networks or relations shows {missing:?}");
    let needless: Vec<&str> =
        NOT_IN_THE_SUITE.iter().map(|(code, _)| *code).filter(|code| shown.contains(*code)).collect();
    assert!(needless.is_empty(), "excepted, but shown: {needless:?}");
}

#[test]
fn the_reference_lists_every_code() {
    let mut text = String::from(
        "# Diagnostics\n\nWhat `foretell check` can say about a scenario file or a network, and `foretell export` about what cannot be exported (11xx), and\n`foretell cohere` about a file of relations (12xx), and `foretell report` about a text for a brief (13xx). The first letter of a code is its severity: E an error (exit code 1), W a warning, N a note on what the engine\nfills in. A code keeps its meaning for ever. Each is shown by a file of `tests/suite/broken`, `networks` or `relations`, with the message beside it, except for 13xx.\n\n| code | meaning |\n|---|---|\n",
    );
    for (code, meaning) in listed() {
        writeln!(text, "| {code} | {meaning} |").expect("a text takes all that is written");
    }
    let file = path("docs/reference/diagnostics.md");
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&file, &text).expect("the reference can be written");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "docs/reference/diagnostics.md is not up to date: run the tests with UPDATE_REFERENCE=1"
    );
}
