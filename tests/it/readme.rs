//! The documents show what the tool does: every `console` block is run, and what it prints is compared with what is shown.
//!
//! A `console` block holds commands (`$ foretell …`, continued with `\` at the end of a line; any other command of the shell too)
//! and below each what it writes to stdout. All blocks of one document run in order in one folder of their own, which has a copy of
//! `scenarios`. A block whose opening fence names a file (` ```toml talks.toml `) is written to that file first. In what is shown
//!
//! - a line `…` stands for any number of lines, `…` at the end of a line for the rest of that line,
//! - hashes (12 or 64 hexadecimal digits) and moments to the second are shown as `…`, since they depend on the time of the run.
//!
//! `UPDATE_DOCS=1 cargo test --test it readme` writes what the commands print into the documents: with lines `…`, each line shown is
//! looked up by its first word; lines are cut as far to the right as the longest one that is cut. `ONLY_DOCS=guide/scoring` before either takes
//! the documents with that in their path alone.
#![cfg(unix)]

use crate::support::path;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const GAP: &str = "…";

/// README and everything below `docs`.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![path("README.md")];
    let mut folders = vec![path("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let entry = entry.expect("the folder can be read").path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "md") {
                found.push(entry);
            }
        }
    }
    if let Ok(only) = std::env::var("ONLY_DOCS") {
        found.retain(|document| document.display().to_string().contains(&only));
    }
    found.sort();
    found
}

/// The words after an opening fence, if this line is one.
fn fence(line: &str) -> Option<&str> {
    line.strip_prefix("```")
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("the folder can be read").path();
        let name = entry.file_name().expect("an entry has a name");
        if entry.is_dir() {
            copy(&entry, &to.join(name));
        } else {
            std::fs::copy(&entry, to.join(name)).expect("a file can be copied");
        }
    }
}

/// What a command writes to stdout, masked, without blank lines at the end; or why it failed.
fn run(command: &str, folder: &Path) -> Result<Vec<String>, String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_foretell"));
    let command = match command.strip_prefix("cargo run ").and_then(|rest| rest.split_once(" -- ")) {
        Some((_, arguments)) => format!("foretell {arguments}"),
        None => command.to_owned(),
    };
    let beside = binary.parent().expect("the binary lies in a folder").display().to_string();
    let search = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env("PATH", format!("{beside}:{search}"))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("FORETELL_LEDGER")
        .output()
        .expect("a shell can be run");
    // `diff` says by 1 that it found something to show.
    let found = command.starts_with("diff ") && output.status.code() == Some(1);
    if !output.status.success() && !found {
        return Err(format!("`{command}` failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8(output.stdout).expect("the output is UTF-8");
    Ok(text.trim_end().lines().map(|line| masked(line.trim_end())).collect())
}

/// A line without what depends on the time of the run.
fn masked(line: &str) -> String {
    let mut result = String::new();
    let mut word = String::new();
    for letter in line.chars().chain([' ']) {
        if letter.is_ascii_alphanumeric() || ":-.".contains(letter) {
            word.push(letter);
            continue;
        }
        let bare = word.trim_end_matches([':', '.']);
        let is_hash = [12, 64].contains(&bare.len())
            && bare.chars().all(|digit| digit.is_ascii_hexdigit())
            && bare.chars().any(|digit| digit.is_ascii_digit());
        let is_moment = bare.len() >= 20 && bare.ends_with('Z') && bare.as_bytes()[10] == b'T';
        if is_hash || is_moment {
            result.push_str(GAP);
            result.push_str(&word[bare.len()..]);
        } else {
            result.push_str(&word);
        }
        word.clear();
        result.push(letter);
    }
    result.pop();
    result
}

fn line_fits(shown: &str, actual: &str) -> bool {
    shown == actual || shown.strip_suffix(GAP).is_some_and(|start| actual.starts_with(start.trim_end()))
}

/// Whether the lines shown, with their gaps, are what was written.
fn fits(shown: &[String], actual: &[String]) -> bool {
    match shown.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == GAP => (0..=actual.len()).any(|skipped| fits(rest, &actual[skipped..])),
        Some((first, rest)) => {
            actual.split_first().is_some_and(|(line, below)| line_fits(first, line) && fits(rest, below))
        }
    }
}

/// What should be shown instead: of what was printed the lines that were shown, and a gap wherever there are others now.
fn redrawn(shown: &[String], actual: &[String]) -> Vec<String> {
    let cut =
        shown.iter().filter(|line| *line != GAP && line.ends_with(GAP)).map(|line| line.chars().count() - 1).max();
    let cut_line = |line: &String| match cut {
        Some(columns) if line.chars().count() > columns => {
            line.chars().take(columns).collect::<String>().trim_end().to_owned() + " " + GAP
        }
        _ => line.clone(),
    };
    if !shown.iter().any(|line| line == GAP) {
        return actual.iter().map(cut_line).collect();
    }
    let first_word = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let mut result: Vec<String> = Vec::new();
    let leave_gap = |result: &mut Vec<String>| {
        if result.last().is_none_or(|last| last != GAP) {
            result.push(GAP.to_owned());
        }
    };
    let mut next = 0;
    for line in shown {
        if line == GAP {
            leave_gap(&mut result);
        } else if let Some(at) = (next..actual.len()).find(|at| first_word(&actual[*at]) == first_word(line)) {
            if at > next {
                leave_gap(&mut result);
            }
            result.push(cut_line(&actual[at]));
            next = at + 1;
        }
    }
    if next < actual.len() {
        leave_gap(&mut result);
    }
    result
}

/// Runs a document: the text with real output, and what did not fit.
fn replayed(text: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    copy(&path("scenarios"), &folder.path().join("scenarios"));
    let mut result = String::new();
    let mut problems = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        writeln!(result, "{}", lines[at]).expect("memory can be written");
        let Some(info) = fence(lines[at]) else {
            at += 1;
            continue;
        };
        let start = at + 1;
        let end = (start..lines.len()).find(|line| lines[*line].trim_end() == "```").expect("every fence is closed");
        let body = &lines[start..end];
        if info == "console" {
            result.push_str(&replayed_block(body, start, folder.path(), &mut problems));
        } else {
            if body.iter().any(|line| line.starts_with("$ ")) {
                problems.push(format!("line {start}: a block with commands must be marked `console`"));
            }
            for line in body {
                writeln!(result, "{line}").expect("memory can be written");
            }
            if let Some((_, file)) = info.split_once(' ') {
                std::fs::write(folder.path().join(file), body.join("\n") + "\n").expect("a file can be written");
            }
        }
        writeln!(result, "{}", lines[end]).expect("memory can be written");
        at = end + 1;
    }
    (result, problems)
}

fn replayed_block(body: &[&str], start: usize, folder: &Path, problems: &mut Vec<String>) -> String {
    let mut result = String::new();
    let mut at = 0;
    while at < body.len() {
        let place = start + at + 1;
        let Some(first) = body[at].strip_prefix("$ ") else {
            problems.push(format!("line {place}: a console block starts with a command"));
            return result + &body[at..].join("\n") + "\n";
        };
        writeln!(result, "{}", body[at]).expect("memory can be written");
        at += 1;
        let mut command = first.to_owned();
        while let Some(continued) = command.strip_suffix('\\') {
            command = format!("{continued}{}", body[at].trim_start());
            writeln!(result, "{}", body[at]).expect("memory can be written");
            at += 1;
        }
        let shown_end = (at..body.len()).find(|line| body[*line].starts_with("$ ")).unwrap_or(body.len());
        let whole: Vec<String> = body[at..shown_end].iter().map(|line| (*line).to_owned()).collect();
        let filled = whole.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        let (shown, blank) = whole.split_at(filled);
        let now = match run(&command, folder) {
            Err(problem) => {
                problems.push(format!("line {place}: {problem}"));
                shown.to_vec()
            }
            Ok(actual) if fits(shown, &actual) => shown.to_vec(),
            Ok(actual) => {
                let should = redrawn(shown, &actual);
                problems.push(format!("line {place}: `{command}` prints\n{}", should.join("\n")));
                should
            }
        };
        for line in now.iter().chain(blank) {
            writeln!(result, "{line}").expect("memory can be written");
        }
        at = shown_end;
    }
    result
}

#[test]
fn every_document_shows_what_its_commands_print() {
    let update = std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1");
    let outcomes: Vec<(PathBuf, Vec<String>)> = std::thread::scope(|scope| {
        let runs: Vec<_> = documents()
            .into_iter()
            .map(|file| {
                scope.spawn(move || {
                    let text = std::fs::read_to_string(&file).expect("the document can be read");
                    let (now, problems) = replayed(&text);
                    if update && now != text {
                        std::fs::write(&file, now).expect("the document can be written");
                    }
                    (file, problems)
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().expect("a document runs")).collect()
    });
    let mut report = String::new();
    for (file, problems) in outcomes {
        for problem in problems {
            writeln!(report, "{}: {problem}\n", file.display()).expect("memory can be written");
        }
    }
    assert!(report.is_empty(), "UPDATE_DOCS=1 rewrites the documents; they differ:\n{report}");
}

#[test]
fn every_link_to_a_file_of_the_repository_leads_somewhere() {
    let mut dead = Vec::new();
    for file in documents().into_iter().chain([path("CHANGELOG.md"), path("CONTRIBUTING.md")]) {
        let text = std::fs::read_to_string(&file).expect("the document can be read");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            let beside = file.parent().expect("a document lies in a folder").join(target);
            if !target.is_empty() && !target.starts_with("http") && !beside.exists() {
                dead.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn what_is_shown_fits_only_what_is_printed() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<String>>();
    let actual = lines("head\na 1 long\nb 2\nc 3");
    for shown in ["head\na 1 long\nb 2\nc 3", "head\n…\nc 3", "…\nb 2\n…", "head\na 1 …\nb 2\nc 3"] {
        assert!(fits(&lines(shown), &actual), "{shown}");
    }
    for shown in ["head", "head\n…\nb 3\n…", "…\nc 3\nb 2", "head\na 2 …\nb 2\nc 3", ""] {
        assert!(!fits(&lines(shown), &actual), "{shown}");
    }
    assert_eq!(redrawn(&lines("head\n…\nb 9\n…"), &actual), lines("head\n…\nb 2\n…"));
    // What came between two lines that were shown, and after the last.
    assert_eq!(redrawn(&lines("head\n…\na 1 long\nc 9"), &actual), lines("head\n…\na 1 long\n…\nc 3"));
    assert_eq!(redrawn(&lines("head\n…\nb 9"), &actual), lines("head\n…\nb 2\n…"));
    assert_eq!(masked("at 2026-11-24T03:28:43.947613396Z: head 826df79efc0a"), "at …: head …");
}
