//! Keeps the layers: a room of `src` uses only rooms below it, the two wings do not know each other, `f64` functions that differ
//! between platforms are called in `math` alone, only `cli` prints, and no file grows past 600 lines without a reason.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, ground floor first: a room may use those before it.
const ROOMS: &[&str] = &[
    "math",
    "hash",
    "source",
    "diagnostic",
    "error",
    "dist",
    "forecast",
    "cohere",
    "scenario",
    "model",
    "network",
    "plan",
    "simulate",
    "exact",
    "storylines",
    "watch",
    "explain",
    "ledger",
    "score",
    "calibrate",
    "pool",
    "compare",
    "update",
    "diff",
    "report",
    "brief",
    "cli",
];

/// Rooms that turn a scenario into forecasts, and rooms that judge forecasts, wherever they come from.
const SCENARIO_WING: &[&str] =
    &["scenario", "model", "network", "plan", "simulate", "exact", "explain", "storylines", "watch", "diff"];
const JUDGING_WING: &[&str] = &["ledger", "score", "calibrate", "pool", "compare"];

/// Files that may pass 600 lines, and why.
const LONG_FILES: &[(&str, &str)] = &[];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("src can be read").map(|entry| entry.expect("src can be read").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Each code line of each file, with its room, its path and its number; comments and unit tests are left out.
fn lines() -> Vec<(String, String, usize, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    for path in sources(&root) {
        let relative = path.strip_prefix(&root).expect("sources lie under src").to_string_lossy().replace('\\', "/");
        if relative.ends_with("tests.rs") || relative.contains("/tests/") {
            continue;
        }
        let room = relative.split(['/', '.']).next().expect("a path has a first part").to_owned();
        let text = fs::read_to_string(&path).expect("a source file can be read");
        for (at, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                break;
            }
            let code = line.split("//").next().unwrap_or_default();
            all.push((room.clone(), relative.clone(), at + 1, code.to_owned()));
        }
    }
    all
}

/// The rooms that a line of code names.
fn named(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .map(|(at, found)| {
            code[at + found.len()..].chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
        })
        .collect()
}

fn floor(room: &str) -> Option<usize> {
    ROOMS.iter().position(|known| *known == room)
}

#[test]
fn every_room_is_on_the_list() {
    for (room, file, _, _) in lines() {
        if room != "lib" && room != "main" {
            assert!(
                floor(&room).is_some(),
                "src/{file}: `{room}` is not on the list of rooms in tests/architecture.rs"
            );
        }
    }
}

#[test]
fn a_room_uses_only_rooms_below_it_and_the_wings_do_not_know_each_other() {
    let mut wrong = Vec::new();
    for (room, file, line, code) in lines() {
        let Some(own) = floor(&room) else { continue };
        for other in named(&code) {
            let Some(used) = floor(&other) else { continue };
            let across = (SCENARIO_WING.contains(&room.as_str()) && JUDGING_WING.contains(&other.as_str()))
                || (JUDGING_WING.contains(&room.as_str()) && SCENARIO_WING.contains(&other.as_str()));
            if used > own {
                wrong.push(format!("src/{file}:{line}: `{room}` uses `{other}`, which stands above it"));
            } else if across {
                wrong.push(format!("src/{file}:{line}: `{room}` uses `{other}` of the other wing"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn functions_that_differ_between_platforms_are_called_in_math_alone() {
    const CALLS: &[&str] = &[
        ".exp()",
        ".ln()",
        ".exp_m1()",
        ".ln_1p()",
        ".powf(",
        ".powi(",
        ".log10()",
        ".log2()",
        ".log(",
        ".sin()",
        ".cos()",
        ".tan()",
        ".tanh()",
        ".sinh()",
        ".cosh()",
        ".atan()",
        ".atan2(",
        ".cbrt()",
        ".mul_add(",
        "f64::exp",
        "f64::ln",
        "f64::powf",
        "f64::powi",
    ];
    let wrong: Vec<String> = lines()
        .into_iter()
        .filter(|(room, _, _, code)| room != "math" && CALLS.iter().any(|call| code.contains(call)))
        .map(|(_, file, line, code)| format!("src/{file}:{line}: {}", code.trim()))
        .collect();
    assert!(wrong.is_empty(), "use `crate::math`:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_prints() {
    const CALLS: &[&str] =
        &["println!", "eprintln!", "print!(", "eprint!(", "std::process::exit", "io::stdout", "io::stderr"];
    let wrong: Vec<String> = lines()
        .into_iter()
        .filter(|(room, _, _, code)| room != "cli" && CALLS.iter().any(|call| code.contains(call)))
        .map(|(_, file, line, code)| format!("src/{file}:{line}: {}", code.trim()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_passes_six_hundred_lines_without_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&root) {
        let relative = path.strip_prefix(&root).expect("sources lie under src").to_string_lossy().replace('\\', "/");
        let length = fs::read_to_string(&path).expect("a source file can be read").lines().count();
        let excused = LONG_FILES.iter().any(|(file, why)| *file == relative && !why.is_empty());
        assert!(length <= 600 || excused, "src/{relative} has {length} lines: look for the second idea in it");
    }
}
