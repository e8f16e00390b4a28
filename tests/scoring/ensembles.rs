//! Scores of draws, and of what lies in an interval, from tables through the commands.

use crate::commands::json;
use assert_cmd::Command;
use foretell::score::crps::{
    crps_censored_normal, crps_ensemble_fair, crps_ensemble_outcome_weighted, crps_ensemble_resized,
    crps_ensemble_threshold, crps_truncated_normal,
};
use foretell::score::{VarianceDivisor, dawid_sebastiani_ensemble};
use std::fmt::Write as _;
use tempfile::TempDir;

const EIGHT: [f64; 8] = [1.0, 7.5, 3.0, 2.0, 2.0, 12.0, 4.5, 6.0];
const THREE: [f64; 3] = [9.0, 2.0, 5.0];
const CAME: f64 = 6.5;

/// On one number: eight draws, three draws, a law, and three quantiles at levels of their forecaster's choice.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut said = "question,forecaster,made_at,draw,quantile,value,distribution\n".to_owned();
    for (who, draws) in [("eight", &EIGHT[..]), ("three", &THREE)] {
        for (at, draw) in draws.iter().enumerate() {
            writeln!(said, "n,{who},2026-01-05,{at},,{draw},").expect("a text");
        }
    }
    writeln!(said, "n,law,2026-01-05,,,,\"normal(5, 3)\"").expect("a text");
    for (level, value) in [(0.05, 1.0), (0.5, 5.0), (0.95, 9.0)] {
        writeln!(said, "n,levels,2026-01-05,,{level},{value},").expect("a text");
    }
    let came = format!("question,resolution,resolved_on\nn,{CAME},2026-03-01\n");
    for (name, text) in [("said.csv", said), ("came.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

/// Exit code, stdout, stderr.
fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder.path())
        .args(arguments)
        .args(["--forecasts", "said.csv", "--outcomes", "came.csv"])
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
}

/// The mean of a forecaster under a rule, if there is one.
fn mean(folder: &TempDir, arguments: &[&str], forecaster: &str) -> Option<f64> {
    let (_, out, err) = run(folder, &[&["score", "--format", "json"], arguments].concat());
    let report = json(&out);
    let rows = report["rows"].as_array().unwrap_or_else(|| panic!("rows: {out} {err}"));
    rows.iter().find(|row| row["forecaster"] == forecaster)?["mean"].as_f64()
}

fn agrees(found: Option<f64>, known: Option<f64>, what: &str) {
    let (found, known) = (found.unwrap_or_else(|| panic!("{what} is scored")), known.expect("in range"));
    assert!((found - known).abs() < 1e-12, "{what}: {found} for {known}");
}

#[test]
fn draws_have_the_scores_that_the_library_gives_them() {
    let folder = folder();
    let inside = |low: f64, high: f64| move |x: f64| f64::from(u8::from((low..=high).contains(&x)));
    for (who, draws) in [("eight", &EIGHT[..]), ("three", &THREE)] {
        let of = |rule: &str| mean(&folder, &["--rule", rule], who);
        agrees(of("crps_fair"), crps_ensemble_fair(draws, CAME), who);
        agrees(of("crps_resized:50"), crps_ensemble_resized(draws, CAME, 50.0), who);
        agrees(of("crps_resized:1"), crps_ensemble_resized(draws, CAME, 1.0), who);
        agrees(of("dss_draws"), dawid_sebastiani_ensemble(draws, CAME, VarianceDivisor::Count), who);
        agrees(of("crps_outcome:5.."), crps_ensemble_outcome_weighted(draws, CAME, inside(5.0, 1e9)), who);
        agrees(of("crps_outcome:..5"), Some(0.0), who);
    }
    // A law is as good as endless draws; quantiles of a chosen level are none.
    agrees(mean(&folder, &["--rule", "crps_fair"], "law"), mean(&folder, &["--rule", "crps"], "law"), "law");
    agrees(mean(&folder, &["--rule", "dss_draws"], "law"), mean(&folder, &["--rule", "dss"], "law"), "law");
    let known = crps_truncated_normal(CAME, 5.0, 3.0, 5.0, f64::INFINITY);
    agrees(mean(&folder, &["--rule", "crps_outcome:5.."], "law"), known, "law");
    for rule in ["crps_fair", "crps_resized:50", "dss_draws", "crps_outcome:5.."] {
        let (_, out, err) = run(&folder, &["score", "--rule", rule]);
        assert!(!out.contains("\nlevels") && !out.contains("  levels  "), "{out}");
        let told = format!("not scored by {rule}: 1 time: the quantiles are not draws, whose levels are (i - 1/2)/n");
        assert!(out.contains(&told), "{out}{err}");
    }
    let (_, out, err) = run(&folder, &["score", "--forecaster", "three", "--rule", "crps_outcome:6..8"]);
    let told = "the outcome lies in the interval, to which the forecast gives no chance";
    assert!(out.contains(told) && err.contains(told), "{out}{err}");
}

#[test]
fn a_rule_of_draws_is_not_among_those_that_nobody_named() {
    let (code, out, _) = run(&folder(), &["score"]);
    assert!(code == 0 && !out.contains("crps_fair") && !out.contains("dss"), "{out}");
}

#[test]
fn ensembles_of_different_sizes_are_compared_as_they_are() {
    let folder = folder();
    let (_, out, err) =
        run(&folder, &["compare", "eight", "three", "--rule", "crps_fair,crps_resized:8", "--format", "json"]);
    let report = json(&out);
    let found = |at: usize| report["pairs"][at]["difference"]["mean"].as_f64();
    let fair = |draws: &[f64]| crps_ensemble_fair(draws, CAME).expect("draws");
    let resized = |draws: &[f64]| crps_ensemble_resized(draws, CAME, 8.0).expect("draws");
    agrees(found(0), Some(fair(&EIGHT) - fair(&THREE)), &format!("fair {err}"));
    agrees(found(1), Some(resized(&EIGHT) - resized(&THREE)), "resized");
    // Levels that two chose may have those of draws in common; that makes no draws of them.
    let mut said = "question,forecaster,made_at,quantile,value\n".to_owned();
    for (who, levels) in [("a", [0.05, 0.25, 0.75]), ("b", [0.1, 0.25, 0.75])] {
        for level in levels {
            writeln!(said, "n,{who},2026-01-05,{level},{}", 10.0 * level).expect("a text");
        }
    }
    std::fs::write(folder.path().join("said.csv"), said).expect("a file in the folder");
    let (_, out, err) = run(&folder, &["compare", "a", "b", "--rule", "crps_fair", "--format", "json"]);
    assert!(
        json(&out)["pairs"].as_array().is_none_or(|pairs| pairs.iter().all(|pair| pair["difference"].is_null())),
        "{out}"
    );
    assert!(err.contains("crps_fair scores none of the forecasts: the quantiles are not draws"), "{err}");
    let (_, out, err) =
        run(&self::folder(), &["leaderboard", "--rule", "crps_fair", "--replicates", "100", "--format", "json"]);
    let board = json(&out);
    let rows = board["boards"][0]["rows"].as_array().unwrap_or_else(|| panic!("rows: {out} {err}"));
    assert_eq!(rows.len(), 3, "{out}");
}

#[test]
fn between_two_ends_the_crps_is_the_threshold_weighted_one() {
    let folder = folder();
    for (text, low, high) in [("2..6", 2.0, 6.0), ("7..", 7.0, f64::INFINITY), ("-1..4.5", -1.0, 4.5)] {
        for (who, draws) in [("eight", &EIGHT[..]), ("three", &THREE)] {
            let found = mean(&folder, &["--rule", "crps", "--between", text], who);
            agrees(found, crps_ensemble_threshold(draws, CAME, low, high), &format!("{who} {text}"));
        }
        let known = crps_censored_normal(CAME.clamp(low, high), 5.0, 3.0, low, high);
        agrees(mean(&folder, &["--rule", "crps", "--between", text], "law"), known, &format!("law {text}"));
    }
    // Quantiles are held one by one: 2, 5 and 6 about the outcome 6, twice the mean pinball loss.
    let known = 2.0 / 3.0 * (0.05 * 4.0 + 0.5);
    agrees(mean(&folder, &["--rule", "crps", "--between", "2..6"], "levels"), Some(known), "levels");
    let (_, _, err) = run(&folder, &["score", "--between", "2..6"]);
    assert!(err.contains("note: between 2..6: 1 outcome beyond an end, counted as that end"), "{err}");
    // Held first, and then on the scale: the draws 3, 5 and 5 and the outcome 5.
    let found = mean(&folder, &["--rule", "median_error", "--between", "3..5", "--scale", "log"], "three");
    agrees(found, Some(0.0), "on the log scale");
    let (_, out, _) = run(&folder, &["leaderboard", "--rule", "crps", "--between", "2..6", "--replicates", "100"]);
    assert!(out.contains("eight") && out.contains("law"), "{out}");
    // No density, and no moments, of a law of which a part sits at the ends.
    let (_, _, err) = run(&folder, &["score", "--between", "2..6", "--rule", "log_density", "--forecaster", "law"]);
    assert!(err.contains("log_density scores none of the forecasts"), "{err}");
}

#[test]
fn what_is_wrong_with_an_argument_is_said() {
    let folder = folder();
    for (arguments, told) in [
        (
            &["score", "--rule", "crps_resized"][..],
            "crps_resized takes an argument: `crps_resized:SIZE`, such as `crps_resized:50`",
        ),
        (&["score", "--rule", "crps_resized:SIZE"][..], "`SIZE` is no number of draws from 1 to 1000000"),
        (
            &["compare", "eight", "three", "--rule", "crps,crps_outcome:9..1"][..],
            "the lower end of an interval must lie below the upper one",
        ),
        (&["leaderboard", "--rule", "crps_outcome:low"][..], "`low` is no interval such as `10..20`, `10..` or `..20`"),
        (&["score", "--rule", "crps_fairest"][..], "[possible values: brier, "),
        (&["score", "--rule", "crps_fairest"][..], "crps_outcome:LOW..HIGH"),
        (&["score", "--between", ".."][..], "an interval has one end at least"),
        (&["score", "--between", "1..2", "--stream"][..], "cannot be used with"),
    ] {
        let (code, out, err) = run(&folder, arguments);
        assert!(code == 2 && out.is_empty() && err.contains(told), "{arguments:?}: {code} {out} {err}");
    }
    let (code, _, err) = run(&folder, &["calibrate", "--between", "2..6"]);
    assert!(code == 1 && err.contains("--between does not go with calibrate"), "{err}");
    // Two ways to write an argument are one rule.
    let (_, out, _) = run(&folder, &["score", "--rule", "crps_resized:50,crps_resized:050", "--format", "json"]);
    assert_eq!(json(&out)["rules"].as_array().expect("rules").len(), 1, "{out}");
}

#[test]
fn on_the_log_scale_a_rule_s_interval_is_that_of_the_numbers() {
    let folder = folder();
    let inside = |low: f64, high: f64| move |x: f64| f64::from(u8::from((low..=high).contains(&x)));
    let logged = |draws: &[f64]| draws.iter().map(|draw| (1.0 + draw).ln()).collect::<Vec<f64>>();
    let rule = ["--rule", "crps_outcome:4..", "--scale", "log"];
    for (who, draws) in [("eight", &EIGHT[..]), ("three", &THREE)] {
        let known = crps_ensemble_outcome_weighted(&logged(draws), (1.0 + CAME).ln(), inside(5.0_f64.ln(), 1e9));
        agrees(mean(&folder, &rule, who), known, who);
        // Held at the lower end all lie in the interval, which is of the same numbers.
        let held: Vec<f64> = draws.iter().map(|draw| draw.max(4.0)).collect();
        let known = crps_ensemble_outcome_weighted(&logged(&held), (1.0 + CAME).ln(), inside(1.0, 1e9));
        agrees(mean(&folder, &[&rule[..], &["--between", "4.."]].concat(), who), known, who);
    }
    // Distributions stay what they are, whatever scale they are on.
    let fair = ["--rule", "crps_fair", "--scale", "log"];
    agrees(mean(&folder, &fair, "law"), mean(&folder, &["--rule", "crps", "--scale", "log"], "law"), "law");
    assert!(mean(&folder, &rule, "law").is_some_and(|score| score > 0.0));
    let (_, out, _) = run(&folder, &[&["score"], &rule[..]].concat());
    assert!(out.contains("given that the number lies in 4.., 0 where it does not"), "{out}");
    for command in [&["compare", "eight", "law"][..], &["leaderboard", "--replicates", "100"]] {
        let (code, out, err) = run(&folder, &[command, &rule[..]].concat());
        assert!(code == 0 && out.contains("crps_outcome:4.."), "{out} {err}");
    }
}

#[test]
fn distributions_of_which_nothing_lies_between_keep_all_their_scores() {
    let folder = folder();
    let mut said = "question,forecaster,made_at,distribution\n".to_owned();
    let mut came = "question,resolution,resolved_on\n".to_owned();
    for (question, law, outcome) in [("far", "normal(1000, 5)", 1003), ("near", "normal(20, 5)", 24)] {
        writeln!(said, "{question},law,2026-01-05,\"{law}\"").expect("a text");
        writeln!(came, "{question},{outcome},2026-03-01").expect("a text");
    }
    for (name, text) in [("said.csv", said), ("came.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    for more in [&["--between", "990.."][..], &["--between", "990..", "--scale", "log"], &["--scale", "log"]] {
        let of = |rule: &str| mean(&folder, &[&["--rule", rule], more].concat(), "law");
        agrees(of("crps_fair"), of("crps"), &more.join(" "));
        let arguments = [&["score", "--rule", "crps,crps_fair,crps_outcome:0.."], more].concat();
        let (_, out, err) = run(&folder, &arguments);
        assert!(!out.contains("not scored") && !err.contains("not draws"), "{out} {err}");
    }
}

#[test]
fn what_a_rule_or_a_scale_cannot_take_is_said_as_it_is() {
    let folder = folder();
    let said = "question,forecaster,made_at,draw,value\nn,one,2026-01-05,0,3\n";
    std::fs::write(folder.path().join("said.csv"), said).expect("a file in the folder");
    let (_, _, err) = run(&folder, &["score", "--rule", "crps_fair"]);
    assert!(err.contains("one draw, or a median alone, and the rule takes two draws or more"), "{err}");
    let came = "question,resolution,resolved_on\nn,-2.5,2026-03-01\n";
    std::fs::write(folder.path().join("came.csv"), came).expect("a file in the folder");
    let (code, _, err) = run(&folder, &["score", "--scale", "log"]);
    assert!(code == 1 && err.contains("but `n` came to -2.5") && err.contains("`--between 0..` counts"), "{err}");
    let (code, _, err) = run(&folder, &["score", "--scale", "log", "--between", "0.."]);
    assert!(code == 0, "{err}");
}
