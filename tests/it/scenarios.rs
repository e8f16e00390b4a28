//! Every scenario of the repository runs, and its forecast is a snapshot.

use crate::support::{files, foretell, path};

#[test]
fn every_scenario_gives_the_forecast_of_its_snapshot() {
    let scenarios = files("scenarios", "toml");
    assert!(scenarios.len() >= 5, "only {} scenarios", scenarios.len());
    for file in scenarios {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let relative = format!("scenarios/{name}.toml");
        // What is to be decided has no forecast until it is, and a best policy instead.
        let text = std::fs::read_to_string(&file).expect("the scenario can be read");
        let command = if text.contains("[decision.") { "decide" } else { "run" };
        let run = [command, &relative, "--worlds", "200k", "--format", "csv"];
        let output = foretell().args(run).output().expect("the binary runs");
        let said = String::from_utf8(output.stderr).expect("messages are text");
        assert_eq!(output.status.code(), Some(0), "{relative}: {said}");
        assert!(!said.contains("error"), "{relative}: {said}");
        let forecast = String::from_utf8(output.stdout).expect("what is printed is text");
        insta::with_settings!({ snapshot_path => path("tests/it/snapshots"), omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), forecast);
        });
    }
}

#[test]
fn every_scenario_passes_its_own_check_with_all_its_news() {
    for file in files("scenarios", "toml") {
        let output = foretell().args(["check", "--strict"]).arg(&file).output().expect("the binary runs");
        let said = String::from_utf8(output.stderr).expect("messages are text");
        assert_eq!(output.status.code(), Some(0), "{}: {said}", file.display());
    }
}
