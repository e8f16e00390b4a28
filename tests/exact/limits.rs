//! Where exact inference ends: tables that would be too large, things that are not discrete; and what the command line makes of it.

use crate::network::{Network, Node};
use assert_cmd::Command;
use foretell::exact::{Failure, MOST_CELLS, StorylineFailure, cost, solve, storylines};
use serde_json::Value;
use std::fmt::Write as _;

/// A recurrence of full period that is random enough to pick parents.
fn random(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % below
}

/// Each node has six of all before it as parents.
fn tangle(nodes: usize) -> Network {
    let mut seed = 1;
    let nodes = (0..nodes)
        .map(|at| {
            let mut parents: Vec<usize> = (0..at.min(6)).map(|_| random(&mut seed, at)).collect();
            parents.sort_unstable();
            parents.dedup();
            let rows = 1 << parents.len();
            let cpt = (0..rows).map(|row| {
                vec![(f64::from(row) + 0.5) / f64::from(rows), 1.0 - (f64::from(row) + 0.5) / f64::from(rows)]
            });
            Node {
                name: format!("n{at}"),
                states: vec!["yes".to_owned(), "no".to_owned()],
                cpt: cpt.collect(),
                parents,
            }
        })
        .collect();
    Network { nodes }
}

#[test]
fn tables_that_would_be_too_large_are_not_built() {
    let plan = tangle(150).plan(&[]);
    let cost = cost(&plan);
    assert!(!cost.is_feasible() && cost.cells > MOST_CELLS && cost.largest <= cost.cells);
    let problem = solve(&plan).unwrap_err();
    let Failure::TooWide(wide) = &problem else { panic!("{problem}") };
    assert_eq!((wide.cells, wide.largest), (cost.cells, cost.largest));
    assert!(problem.to_string().contains("at most 16,777,216 are allowed"), "{problem}");
    let last = plan.asks.len() - 1;
    assert!(matches!(storylines(&plan, &[last], 1), Err(StorylineFailure::Failure(Failure::TooWide(_)))));
    // What does not matter to the question does not stand in its way.
    let first = storylines(&plan, &[0], 1).expect("a root stands alone");
    assert_eq!(first[0].probability, 0.5);
}

/// A scenario of yes/no events, each of which depends on three of those before it.
fn tangled_scenario(events: usize) -> String {
    let mut text = String::from("title = \"tangled\"\nas_of = 2025-01-01\nhorizon = 2025-12-31\n");
    let mut seed = 1;
    for at in 0..events {
        let _ = if at < 3 {
            write!(text, "[event.e{at}]\nchance = \"30%\"\n")
        } else {
            let parents: Vec<String> = (0..3).map(|_| format!("e{}", random(&mut seed, at))).collect();
            write!(
                text,
                "[event.e{at}]\nchance = [ {{ if = \"{}\", is = \"60%\" }}, {{ otherwise = \"20%\" }} ]\n",
                parents.join(" or ")
            )
        };
    }
    text
}

fn foretell() -> Command {
    let mut command = Command::cargo_bin("foretell").expect("the binary is built");
    command.env_remove("FORETELL_LEDGER").env("NO_COLOR", "1").current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

#[test]
fn a_scenario_that_is_too_tangled_is_simulated_and_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tangled.toml");
    std::fs::write(&file, tangled_scenario(400)).expect("the scenario can be written");
    let run = foretell()
        .arg("run")
        .arg(&file)
        .args(["--exact", "--worlds", "10k", "--format", "json"])
        .output()
        .expect("the binary runs");
    assert!(run.status.success());
    let message = String::from_utf8_lossy(&run.stderr);
    assert!(message.contains("exact inference would need tables of"), "{message}");
    assert!(message.contains("the scenario is simulated instead"), "{message}");
    let report: Value = serde_json::from_slice(&run.stdout).expect("the report is JSON");
    assert_eq!(report["exact"]["done"], false);
    assert!(report["exact"]["problem"].as_str().is_some_and(|problem| problem.contains("cells")));
    assert_eq!((&report["worlds"], &report["method"]), (&Value::from(10_000), &Value::from("Monte Carlo")));
    let story = foretell().arg("run").arg(&file).args(["--storyline", "e399"]).assert().code(1);
    let message = String::from_utf8_lossy(&story.get_output().stderr).into_owned();
    assert!(message.contains("choose fewer events"), "{message}");
}

#[test]
fn a_discrete_scenario_is_not_simulated_at_all() {
    let arguments = ["run", "tests/suite/good/asia.toml", "--exact", "--given", "x_ray", "--format", "json"];
    let run = foretell().args(arguments).output().expect("the binary runs");
    let report: Value = serde_json::from_slice(&run.stdout).expect("the report is JSON");
    assert_eq!((&report["worlds"], &report["method"]), (&Value::from(0), &Value::from("exact")));
    assert_eq!(report["exact"]["simulated"], Value::Array(Vec::new()));
    let evidence = report["probability_of_evidence"].as_f64().expect("something is known");
    assert!((evidence - 0.110_290_04).abs() < 1e-12);
    let lung = report["events"].as_array().expect("there are events").iter().find(|event| event["id"] == "lung_cancer");
    let lung = lung.expect("there is such an event");
    assert!((lung["forecast"]["probability"].as_f64().expect("a chance") - 0.488_711_401).abs() < 1e-9);
    assert_eq!(lung["standard_error"].as_f64(), Some(0.0));
}

#[test]
fn evidence_that_cannot_be_is_refused_with_its_name() {
    let arguments =
        ["run", "tests/suite/good/asia.toml", "--exact", "--given", "tuberculosis", "--given", "not either"];
    let refused = foretell().args(arguments).assert().code(1);
    let message = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(
        message.contains("`tuberculosis` and `not either` contradict each other in this scenario: the probability of all of them together is 0"),
        "{message}"
    );
}

#[test]
fn the_check_passes_and_names_the_farthest_figure() {
    let arguments = ["run", "tests/suite/good/burglary.toml", "--check-exact", "--worlds", "100k", "--format", "json"];
    let run = foretell().args(arguments).output().expect("the binary runs");
    assert!(run.status.success());
    let report: Value = serde_json::from_slice(&run.stdout).expect("the report is JSON");
    let check = &report["check_exact"];
    assert_eq!(check["passed"], true);
    assert!(check["figures"].as_u64().expect("a number") > 10);
    assert!(check["largest_in_standard_errors"].as_f64().expect("a number") < 6.0);
    assert!(check["figure"].is_string() && check["exact"].is_number());
}

#[test]
fn the_graph_of_paths_has_its_most_probable_explanation() {
    // B22 of the worked models: both paths hold.
    let arguments = ["run", "tests/suite/good/paths.toml", "--most-probable", "--format", "json"];
    let given = ["--given", "path_to_5", "--given", "path_to_6"];
    let run = foretell().args(arguments).args(given).output().expect("the binary runs");
    let report: Value =
        serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&run.stderr)));
    let joint = report["stories"][0]["probability_with_evidence"].as_f64().expect("all of it is probable");
    assert!((joint - 0.029_030_4).abs() < 1e-12, "{joint}");
}

#[test]
fn a_check_that_cannot_be_made_has_not_passed() {
    // A grid of 26 by 26 events, each depending on the one above and the one to the left: no order of elimination has small tables.
    use std::fmt::Write as _;
    let mut text = "network grid {\n}\n".to_owned();
    let name = |row: usize, column: usize| format!("n{row}_{column}");
    for row in 0..26 {
        for column in 0..26 {
            writeln!(text, "variable {} {{\n type discrete [ 2 ] {{ yes, no }};\n}}", name(row, column))
                .expect("memory");
        }
    }
    for row in 0..26 {
        for column in 0..26 {
            let mut parents = Vec::new();
            if row > 0 {
                parents.push(name(row - 1, column));
            }
            if column > 0 {
                parents.push(name(row, column - 1));
            }
            let own = name(row, column);
            let table = match parents.len() {
                0 => format!("probability ( {own} ) {{\n table 0.5, 0.5;\n}}"),
                1 => format!("probability ( {own} | {} ) {{\n (yes) 0.6, 0.4;\n (no) 0.3, 0.7;\n}}", parents[0]),
                _ => format!(
                    "probability ( {own} | {} ) {{\n (yes, yes) 0.8, 0.2;\n (yes, no) 0.6, 0.4;\n (no, yes) 0.5, 0.5;\n (no, no) 0.1, 0.9;\n}}",
                    parents.join(", ")
                ),
            };
            writeln!(text, "{table}").expect("memory");
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("grid.bif");
    std::fs::write(&file, text).expect("a file can be written");
    let file = file.to_str().expect("a plain path");
    let refused = foretell().args(["run", file, "--check-exact", "--worlds", "4096"]).assert().code(1);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("exact inference would need tables of"), "{said}");
    // Given the last one, neither is the posterior to be had, and worlds are weighted instead.
    let given = ["--given", "n25_25 is yes", "--worlds", "4096", "--method"];
    let refused = foretell().args(["run", file]).args(given).arg("posterior").assert().code(1);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("cannot be drawn from the exact posterior"), "{said}");
    foretell().args(["run", file]).args(given).arg("auto").assert().success();
}
