//! Which outcomes of the past count, by the command: panels without a day, held at one time, or split by cluster at random.

use super::{foretell, hub, number, on_another_day, text};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

/// A panel of eighty questions, by two forecasters who know and three who do not, in the layout of collections: `past.csv` has the first sixty with
/// outcomes, `now.csv` the last twenty, with what `came` says of theirs; `None` takes the column away. `day` is that of all forecasts. By
/// `questions.csv` each new one shares a cluster with one of the first twenty.
fn panel(day: &str, came: Option<fn(bool) -> &'static str>) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let head = "panel,round,forecaster,question_id,forecast_date,resolution_date,forecast,horizon_days";
    let mut past = format!("{head},outcome\n");
    let mut now = format!("{head}{}\n", if came.is_some() { ",outcome" } else { "" });
    for at in 0..80 {
        let yes = at * 7 % 10 < 5;
        for who in 0..5 {
            let known = if yes { 0.85 } else { 0.15 };
            let said = if who < 2 { known } else { f64::from((at * 13 + who * 29) % 90 + 5) / 100.0 };
            let row = format!("p,1,f{who},q{at},{day},2025-06-01,{said},151");
            let written = match came {
                _ if at < 60 => writeln!(past, "{row},{}", u8::from(yes)),
                Some(came) => writeln!(now, "{row},{}", came(yes)),
                None => writeln!(now, "{row}"),
            };
            written.expect("a text grows");
        }
    }
    let mut questions = "question_id,base\n".to_owned();
    for at in 0..80 {
        writeln!(questions, "q{at},c{}", at % 60).expect("a text grows");
    }
    for (name, text) in [("past.csv", past), ("now.csv", now), ("questions.csv", questions)] {
        std::fs::write(folder.path().join(name), text).expect("it can be written");
    }
    folder
}

/// The report, what was said beside it, and the pooled forecasts.
fn pooled(folder: &Path, more: &[&str]) -> (Value, String, String) {
    let at = |name: &str| text(&folder.join(name));
    let (past, now, out) = (at("past.csv"), at("now.csv"), at("pooled.csv"));
    let start = ["pool", "--fit", &past, "--apply", &now, "--out", &out, "--format", "json"];
    let output = foretell(&[&start[..], more].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{more:?}: {said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let schema: Value = serde_json::from_slice(&foretell(&["schema", "pool"]).stdout).expect("a schema is JSON");
    assert!(jsonschema::validator_for(&schema).expect("the schema is one").is_valid(&report), "{report}");
    (report, said, std::fs::read_to_string(out).expect("it was written"))
}

/// By question, the probability.
fn probabilities(table: &str) -> BTreeMap<String, String> {
    let cells = table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    cells.map(|cells| (cells[0].to_owned(), cells[3].to_owned())).collect()
}

#[test]
fn a_panel_without_days_teaches_as_one_does_that_was_over_before() {
    let undated = panel("", Some(|_| ""));
    let (report, said, table) = pooled(undated.path(), &[]);
    assert_eq!((number(&report["questions"]), number(&report["held_back"])), (60.0, 0.0), "{report}");
    let counted = &report["counted"];
    assert_eq!((&counted["rule"], number(&counted["undated"])), (&"days_unknown".into(), 100.0), "{report}");
    assert!(!said.contains("warning"), "{said}");
    assert_ne!(report["chosen"], "mean", "two of five know");
    // The same as where all of the past had resolved before.
    let later = panel("2025-01-01", Some(|_| ""));
    on_another_day_of_panel(&later.path().join("now.csv"), "2025-09-01");
    let (known, _, after) = pooled(later.path(), &[]);
    assert_eq!(known["counted"]["rule"], "known_before", "{known}");
    assert_eq!(probabilities(&table), probabilities(&after));
    // Words say so, too.
    let at = |name: &str| text(&undated.path().join(name));
    let output = foretell(&["pool", "--fit", &at("past.csv"), "--apply", &at("now.csv"), "--out", &at("pooled.csv")]);
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(words.contains("since nobody knows when the forecasts to be pooled were made"), "{words}");
}

/// The same rows of a panel made on another day.
fn on_another_day_of_panel(file: &Path, day: &str) {
    let rows = std::fs::read_to_string(file).expect("it is there");
    std::fs::write(file, rows.replace("2025-01-01", day)).expect("it can be written");
}

#[test]
fn a_panel_held_at_one_time_is_judged_by_other_clusters() {
    let folder = panel("2025-01-01", Some(|_| ""));
    let questions = text(&folder.path().join("questions.csv"));
    let (report, said, table) = pooled(folder.path(), &["--questions", &questions]);
    let counted = &report["counted"];
    assert_eq!((&counted["rule"], number(&counted["related"])), (&"none_known".into(), 20.0), "{report}");
    assert_eq!((number(&report["questions"]), number(&report["clusters"])), (40.0, 40.0), "{report}");
    assert_ne!(report["chosen"], "mean", "{report}");
    assert!(said.contains("warning: no outcome of the past was known before any of the forecasts"), "{said}");
    // Asked for, it is no fault, and the same.
    let (asked, quiet, same) = pooled(folder.path(), &["--questions", &questions, "--as-if-known"]);
    assert_eq!((&asked["counted"]["rule"], &same), (&"as_if_known".into(), &table), "{asked}");
    assert!(!quiet.contains("warning"), "{quiet}");
    // Outcomes of related questions make no difference.
    let past = folder.path().join("past.csv");
    let rows = std::fs::read_to_string(&past).expect("it is there");
    let flipped = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let is_related = cells[3].trim_start_matches('q').parse::<u32>().is_ok_and(|at| at < 20);
        match line.rsplit_once(',') {
            Some((rest, "0")) if is_related => format!("{rest},1\n"),
            Some((rest, "1")) if is_related => format!("{rest},0\n"),
            _ => format!("{line}\n"),
        }
    };
    let turned: Vec<String> = rows.lines().map(flipped).collect();
    assert_ne!(turned.concat(), rows);
    std::fs::write(&past, turned.concat()).expect("it can be written");
    assert_eq!(pooled(folder.path(), &["--questions", &questions, "--as-if-known"]).2, table);
    // Where nothing else is left, that is said with the way out.
    let one = "question_id,base\n".to_owned() + &(0..80).map(|at| format!("q{at},one")).collect::<Vec<_>>().join("\n");
    std::fs::write(&questions, one).expect("it can be written");
    let (past, now) = (text(&past), text(&folder.path().join("now.csv")));
    let refused = foretell(&["pool", "--fit", &past, "--apply", &now, "--questions", &questions]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && said.contains("each shares a cluster with one to be pooled"), "{said}");
    // The switch is about new forecasts.
    let idle = foretell(&["pool", "--fit", &past, "--as-if-known"]);
    assert_eq!(idle.status.code(), Some(2));
}

#[test]
fn new_forecasts_of_a_panel_whose_column_of_outcomes_was_taken_away_are_read_as_they_are() {
    let (with, without) = (panel("2025-01-01", Some(|yes| if yes { "1" } else { "0" })), panel("2025-01-01", None));
    let (report, said, table) = pooled(without.path(), &["--as-if-known"]);
    assert_eq!(table, pooled(with.path(), &["--as-if-known"]).2);
    assert_eq!(number(&report["questions"]), 60.0, "{report}");
    assert!(said.contains("now.csv: recognised as forecasts without outcomes"), "{said}");
    assert!(said.contains("there is no column of outcomes: 20 questions pending"), "{said}");
}

/// A table by quantiles of these rows.
fn table(rows: &[&str]) -> String {
    format!("question,forecaster,made_at,quantile,value\n{}\n", rows.join("\n"))
}

#[test]
fn weeks_split_at_random_are_pooled_as_outcomes_become_known_or_as_if_all_were() {
    let hub = hub();
    let at = |name: &str| text(&hub.path().join(name));
    // Every fourth week of the past is new, and the last five are left out.
    let rows = std::fs::read_to_string(at("past.csv")).expect("it is there");
    let is_new = |line: &&str| {
        let week = line.split(',').next().and_then(|id| id.strip_prefix('w')?.parse::<usize>().ok());
        week.is_some_and(|week| week % 4 == 0)
    };
    let (new, old): (Vec<&str>, Vec<&str>) = rows.lines().skip(1).partition(is_new);
    std::fs::write(at("now.csv"), table(&new)).expect("it can be written");
    std::fs::write(at("past.csv"), table(&old)).expect("it can be written");
    let outcomes = at("outcomes.csv");
    let (report, said, walked) = pooled(hub.path(), &["--outcomes", &outcomes]);
    let found = &report["quantiles"];
    // Nine weeks are new; nothing was known before the first, all but the last two before the last.
    assert_eq!((&found["counted"]["rule"], number(&found["before_known"])), (&"known_before".into(), 1.0), "{found}");
    assert_eq!((number(&found["targets"]), number(&found["pooled"])), (24.0, 9.0), "{found}");
    assert_eq!(number(&found["held_back"]), 2.0, "{found}");
    assert!(!said.contains("warning"), "{said}");
    let (report, said, known) = pooled(hub.path(), &["--outcomes", &outcomes, "--as-if-known"]);
    let found = &report["quantiles"];
    assert_eq!((&found["counted"]["rule"], number(&found["targets"])), (&"as_if_known".into(), 26.0), "{found}");
    assert_eq!((number(&found["fits"]), number(&found["held_back"])), (1.0, 0.0), "{found}");
    assert!(!said.contains("warning"), "{said}");
    assert_ne!(walked, known);
    // New weeks that stand in the past, too, are set apart.
    std::fs::write(at("past.csv"), &rows).expect("it can be written");
    let (report, said, same) = pooled(hub.path(), &["--outcomes", &outcomes, "--as-if-known"]);
    assert_eq!(number(&report["quantiles"]["counted"]["same"]), 9.0, "{report}");
    assert!(said.contains("9 questions to be pooled stand in the past, too"), "{said}");
    assert_eq!(same, known);
    // Before all of the past, it teaches with a warning.
    on_another_day(&hub.path().join("now.csv"), "2024-12-01");
    let (report, said, _) = pooled(hub.path(), &["--outcomes", &outcomes]);
    assert_eq!(report["quantiles"]["counted"]["rule"], "none_known", "{report}");
    assert!(said.contains("serves to judge only"), "{said}");
}
