//! No command writes over what it reads, by whichever name.

use crate::support::foretell;
use std::collections::BTreeMap;
use std::path::Path;

const SCENARIO: &str = "title = \"A test\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.e]\nchance = \"3 of 6\"\n\
     [question.q]\nask = \"Is it?\"\nholds = \"e\"\ncloses = 2026-06-30\nresolves = \"by the record\"\n";

/// Forecasts of two questions, their outcomes, new forecasts, a scenario and a ledger.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let head = "question,forecaster,made_at,probability\n";
    let past = "x,ann,2025-01-05,0.8\nx,bob,2025-01-05,0.6\ny,ann,2025-01-05,0.1\ny,bob,2025-01-05,0.3\n";
    let files = [
        ("past.csv", format!("{head}{past}")),
        ("now.csv", format!("{head}z,ann,2025-03-01,0.5\nz,bob,2025-03-01,0.7\n")),
        ("outcomes.csv", "question,resolution,resolved_on\nx,yes,2025-02-01\ny,no,2025-02-01\n".to_owned()),
        ("scenario.toml", SCENARIO.to_owned()),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("it can be written");
    }
    foretell().current_dir(folder.path()).args(["import", "past.csv", "--ledger", "ledger.db"]).assert().success();
    folder
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("it can be read").map(|entry| entry.expect("it can be read"));
    let read = |entry: std::fs::DirEntry| {
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("it can be read"))
    };
    entries.map(read).collect()
}

#[test]
fn a_file_that_is_read_is_not_written_over() {
    let desk = desk();
    let before = contents(desk.path());
    let tables = "--forecasts past.csv --outcomes outcomes.csv";
    let pool = "pool --fit past.csv --outcomes outcomes.csv --apply now.csv --method mean";
    let refused = [
        (format!("{pool} --out past.csv"), "past.csv"),
        (format!("{pool} --out ./outcomes.csv"), "outcomes.csv"),
        (format!("{pool} --out now.csv"), "now.csv"),
        (format!("score {tables} --out past.csv"), "past.csv"),
        ("score --forecasts p*.csv --outcomes outcomes.csv --out past.csv".to_owned(), "past.csv"),
        (format!("score {tables} --over-time outcomes.csv"), "outcomes.csv"),
        (format!("score --stream {tables} --part past.csv"), "past.csv"),
        (format!("leaderboard {tables} --svg outcomes.csv"), "outcomes.csv"),
        (format!("compare ann bob {tables} --differences past.csv"), "past.csv"),
        (format!("compare ann bob {tables} --murphy past.csv"), "past.csv"),
        (format!("calibrate {tables} --belt past.csv"), "past.csv"),
        ("calibrate --ledger ledger.db --svg ledger.db".to_owned(), "ledger.db"),
        ("cohere now.csv --scenario scenario.toml --out now.csv".to_owned(), "now.csv"),
        ("update scenario.toml --outcomes outcomes.csv --out outcomes.csv".to_owned(), "outcomes.csv"),
        ("update scenario.toml --ledger ledger.db --out ledger.db".to_owned(), "ledger.db"),
        ("run scenario.toml --shard 1/2 --out scenario.toml".to_owned(), "scenario.toml"),
        ("export scenario.toml --to bif --out scenario.toml".to_owned(), "scenario.toml"),
        ("ledger export --ledger ledger.db --questions ledger.db".to_owned(), "ledger.db"),
    ];
    for (command, file) in refused {
        let output = foretell().current_dir(desk.path()).args(command.split(' ')).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command}: {said}");
        let words = format!("would write over `{file}`, which is read");
        assert!(said.contains(&words) && said.contains("name another file"), "{command}: {said}");
        assert!(contents(desk.path()) == before, "{command}");
    }
    let other = format!("{pool} --out other.csv");
    foretell().current_dir(desk.path()).args(other.split(' ')).assert().success();
    foretell().current_dir(desk.path()).args(other.split(' ')).assert().success();
}

#[cfg(unix)]
#[test]
fn nor_by_a_link_to_it() {
    let desk = desk();
    let at = |name: &str| desk.path().join(name);
    std::os::unix::fs::symlink(at("past.csv"), at("soft.csv")).expect("a link can be made");
    std::fs::hard_link(at("past.csv"), at("hard.csv")).expect("a link can be made");
    let before = contents(desk.path());
    for link in ["soft.csv", "hard.csv"] {
        let command = format!("pool --fit past.csv --outcomes outcomes.csv --apply now.csv --method mean --out {link}");
        let output = foretell().current_dir(desk.path()).args(command.split(' ')).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains("would write over `past.csv`"), "{link}: {said}");
        assert!(contents(desk.path()) == before, "{link}");
    }
}
