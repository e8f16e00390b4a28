//! No forecast in hindsight, no figure from lines that somebody changed, no figure that does not exist.

use crate::support::foretell;

#[test]
fn a_forecast_cannot_be_recorded_once_the_answer_is_known_nor_for_a_day_to_come() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = folder.path().join("l.db");
    let run = |arguments: &[&str]| {
        let output = foretell().args(arguments).arg("--ledger").arg(&ledger).output().expect("the binary runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let first =
        ["record", "rain", "--ask", "Rain?", "--forecaster", "anna", "--probability", "10%", "--made-at", "2026-01-05"];
    assert_eq!(run(&first).0, Some(0));
    let (code, said) =
        run(&["record", "rain", "--forecaster", "anna", "--probability", "20%", "--made-at", "2999-01-01"]);
    assert!(code == Some(1) && said.contains("still to come"), "{said}");
    assert_eq!(run(&["resolve", "rain", "yes", "--on", "2026-02-01"]).0, Some(0));
    let (code, said) =
        run(&["record", "rain", "--forecaster", "anna", "--probability", "99%", "--made-at", "2026-01-06"]);
    assert!(code == Some(1) && said.contains("hindsight"), "{said}");
}

#[test]
fn figures_are_not_made_from_a_ledger_that_was_changed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = folder.path().join("l.db");
    foretell()
        .args(["run", "scenarios/golden.toml", "--worlds", "10k", "--doubt-draws", "0", "--record", "--ledger"])
        .arg(&ledger)
        .assert()
        .success();
    let connection = rusqlite::Connection::open(&ledger).expect("a ledger is an SQLite file");
    let triggers: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
        .expect("the guards can be listed");
    for trigger in triggers {
        connection.execute_batch(&format!("DROP TRIGGER \"{trigger}\"")).expect("a guard can be dropped");
    }
    connection
        .execute("UPDATE entry SET payload = replace(payload, '0.2', '0.3') WHERE seq = 20", [])
        .expect("a line can be changed by force");
    drop(connection);
    for command in [["score", "--rule", "brier"], ["compare", "foretell", "other"]] {
        let output = foretell().args(command).arg("--ledger").arg(&ledger).output().expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("ledger verify"), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_number_without_a_mean_is_given_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("heavy.toml");
    let text = "title = \"heavy tails\"\nas_of = 2025-01-01\n[event.price]\nvalue = \"cauchy(0, 1)\"\n[event.loss]\nvalue = \"pareto(1, 0.5)\"\n[event.sum]\nvalue = \"40 to 90\"\n";
    std::fs::write(&file, text).expect("a temporary file");
    let run = foretell().args(["run", "--worlds", "20k", "--format", "json"]).arg(&file).assert().success();
    let report: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).expect("JSON comes out");
    let events = report["events"].as_array().expect("events");
    assert!(events[0].get("mean").is_none() && events[1].get("mean").is_none(), "{report}");
    assert!(events[2]["mean"]["value"].as_f64().is_some_and(|mean| (mean - 61.85).abs() < 1.0), "{report}");
}

#[test]
fn a_number_that_overflows_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("huge.toml");
    let text = "title = \"huge\"\nas_of = 2025-01-01\n[event.z]\nvalue = \"normal(1e99, 1)\"\n[event.w]\nequals = \"z * z * z * z\"\n";
    std::fs::write(&file, text).expect("a temporary file");
    let output = foretell().args(["run", "--worlds", "10k"]).arg(&file).output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("`w` becomes too large") && output.stdout.is_empty(), "{said}");
}
