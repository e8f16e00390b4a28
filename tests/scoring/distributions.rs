//! Forecasts by distributions of named families, from table to table and under every command.

use crate::commands::json;
use assert_cmd::Command;
use std::fmt::Write as _;
use tempfile::TempDir;

/// Dora by laws, Emil by three quantiles, on a price of 112 and on a count of 4.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let said = "question,forecaster,made_at,quantile,value,distribution\n\
                price,dora,2026-01-05,,,\"normal(110, 8)\"\n\
                strikes,dora,2026-01-05,,,poisson(2)\n\
                price,emil,2026-01-05,0.05,100,\nprice,emil,2026-01-05,0.5,108,\nprice,emil,2026-01-05,0.95,120,\n";
    let came = "question,resolution,resolved_on\nprice,112,2026-03-01\nstrikes,4,2026-03-01\n";
    for (name, text) in [("said.csv", said), ("came.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

fn run(folder: &TempDir, arguments: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_foretell"))
        .current_dir(folder.path())
        .args(arguments)
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    (text(output.stdout), text(output.stderr))
}

const TABLES: [&str; 4] = ["--forecasts", "said.csv", "--outcomes", "came.csv"];

/// The mean of a forecaster on a question under a rule.
fn mean(folder: &TempDir, rule: &str, forecaster: &str, question: &str) -> f64 {
    let arguments = [&["score", "--rule", rule, "--by", "question", "--format", "json"], &TABLES[..]].concat();
    let report = json(&run(folder, &arguments).0);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["forecaster"] == forecaster && row["of"] == question);
    row.expect("it is scored")["mean"].as_f64().expect("a number")
}

#[test]
fn distributions_are_scored_by_their_closed_forms() {
    let folder = folder();
    // From scipy 1.17.1: the CRPS integrated (summed, of the count), `logpdf`, `logpmf`.
    for (rule, question, known) in [
        ("crps", "price", 2.067_998_503_195_232),
        ("crps", "strikes", 1.378_776_497_803_278_4),
        ("log_density", "price", 3.029_630_074_884_508_4),
        ("log_density", "strikes", 2.405_465_108_108_164_6),
        // (2/8)² + 2 ln 8, and (2²)/2 + ln 2, by hand.
        ("dss", "price", 0.0625 + 2.0 * 8.0_f64.ln()),
        ("dss", "strikes", 2.0 + 2.0_f64.ln()),
    ] {
        let found = mean(&folder, rule, "dora", question);
        assert!((found - known).abs() < 1e-9, "{rule} of {question}: {found} for {known}");
    }
    let (_, err) = run(&folder, &[&["score"], &TABLES[..]].concat());
    assert!(!err.contains("399"), "{err}");
}

#[test]
fn two_are_compared_by_the_quantiles_at_the_levels_that_one_states() {
    let folder = folder();
    let (out, err) =
        run(&folder, &[&["compare", "dora", "emil", "--rule", "crps", "--format", "json"], &TABLES[..]].concat());
    let report = json(&out);
    let pair = &report["pairs"][0];
    // At 5, 50 and 95 %: 110 ∓ 8 · 1.644854 and 110 against 100, 108 and 120; twice the mean pinball loss at 112.
    let pinball = |at: [f64; 3]| {
        [0.05, 0.5, 0.95]
            .iter()
            .zip(at)
            .map(|(level, q)| if 112.0 >= q { level * (112.0 - q) } else { (1.0 - level) * (q - 112.0) })
            .sum::<f64>()
    };
    let width = 8.0 * 1.644_853_626_951_472_7;
    let known = 2.0 / 3.0 * (pinball([110.0 - width, 110.0, 110.0 + width]) - pinball([100.0, 108.0, 120.0]));
    let found = pair["difference"]["mean"].as_f64().unwrap_or_else(|| panic!("a difference: {pair} {err}"));
    assert!((found - known).abs() < 1e-9, "{found} for {known}");
}

#[test]
fn calibration_takes_the_cdf_at_the_outcome() {
    let folder = folder();
    let (out, _) = run(&folder, &[&["calibrate", "--forecaster", "dora", "--format", "json"], &TABLES[..]].concat());
    let report = json(&out);
    let of = &report["quantiles"][0];
    // Φ(0.25) = 0.598706 lies in the sixth of ten bins; the count in the jump from P(X <= 3) = 0.857123 to P(X <= 4) = 0.947347.
    let pit: Vec<f64> =
        of["pit"].as_array().expect("bins").iter().map(|share| share.as_f64().expect("a share")).collect();
    assert_eq!(pit.len(), 10, "{of}");
    let above = (0.947_346_982_656_289_3 - 0.9) / (0.947_346_982_656_289_3 - 0.857_123_460_498_547_2);
    let known = [0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.5 * (1.0 - above), 0.5 * above];
    assert!(pit.iter().zip(known).all(|(found, known)| (found - known).abs() < 1e-9), "{pit:?} for {known:?}");
    // 1 - 2 · 0.598706 for the price, 1 - 2 · 0.857123 for the count.
    let bias = of["bias"].as_f64().expect("a bias");
    assert!((bias - 0.5 * (-0.197_412_651_365_847_4 - 0.714_246_920_997_094_1)).abs() < 1e-9, "{bias}");
    assert_eq!(of["levels"].as_array().expect("levels").len(), 23);
}

#[test]
fn a_law_without_a_closed_form_is_named_and_one_in_a_stream_is_refused() {
    let folder = folder();
    let said = "question,forecaster,made_at,distribution\nprice,dora,2026-01-05,\"cauchy(110, 8)\"\n";
    std::fs::write(folder.path().join("said.csv"), said).expect("a file in the folder");
    for command in [&["score"][..], &["leaderboard", "--rule", "crps"]] {
        let (_, err) = run(&folder, &[command, &TABLES[..]].concat());
        let told = "note: the CRPS of 1 forecast is that of quantiles at 399 even levels, for it has no closed form: cauchy(110, 8)";
        assert!(err.contains(told), "{err}");
    }
    std::fs::write(folder.path().join("asked.csv"), "id,kind\nprice,numeric\nstrikes,numeric\n")
        .expect("a file in the folder");
    let (_, err) = run(&folder, &[&["score", "--stream", "--questions", "asked.csv"], &TABLES[..]].concat());
    assert!(err.contains("a table that is streamed needs the column `probability`"), "{err}");
}

#[test]
fn on_the_log_scale_a_distribution_is_its_quantiles_and_that_is_said() {
    let folder = folder();
    let (out, err) = run(
        &folder,
        &[&["score", "--scale", "log", "--rule", "median_error", "--by", "question", "--format", "json"], &TABLES[..]]
            .concat(),
    );
    assert!(err.contains("note: log scale: 2 distributions by name by their quantiles at 399 even levels"), "{err}");
    let report = json(&out);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["forecaster"] == "dora" && row["of"] == "price").expect("it is scored");
    let found = row["mean"].as_f64().expect("a number");
    assert!((found - (113.0_f64.ln() - 111.0_f64.ln())).abs() < 1e-12, "{found}");
}

#[test]
fn a_cdf_is_scored_by_its_integral_under_every_command() {
    let folder = folder();
    let mut said =
        "question,forecaster,made_at,cdf,value,distribution\nn,law,2026-01-05,,,\"normal(5, 8)\"\n".to_owned();
    // Twenty points far out that hold 2 in 100,000 between them, by which a score over levels falls.
    for at in 0..20 {
        writeln!(said, "n,padded,2026-01-05,{},{},", 1e-6 * f64::from(at + 1), at - 69).expect("a text");
    }
    for who in ["plain", "padded"] {
        for (cdf, value) in [(0.1, 0), (0.55, 5), (0.9, 20)] {
            writeln!(said, "n,{who},2026-01-05,{cdf},{value},").expect("a text");
        }
    }
    for (name, text) in [("said.csv", said.as_str()), ("came.csv", "question,resolution,resolved_on\nn,7,2026-03-01\n")]
    {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    // By the formula of lines, and by a sum over 400,000 places to the fifth digit.
    for (who, known) in
        [("plain", 2.193_333_333_333_333), ("padded", 2.360_033_342_666_333), ("law", 2.067_998_503_195)]
    {
        let found = mean(&folder, "crps", who, "n");
        assert!((found - known).abs() < 1e-9, "{who}: {found} for {known}");
    }
    let (out, err) =
        run(&folder, &[&["compare", "plain", "padded", "--rule", "crps", "--format", "json"], &TABLES[..]].concat());
    let report = json(&out);
    let difference = &report["pairs"][0]["difference"]["mean"];
    let found = difference.as_f64().unwrap_or_else(|| panic!("a difference: {report} {err}"));
    assert!((found.abs() - 0.166_700_009_333).abs() < 1e-9, "{found}");
    for command in [&["score"][..], &["leaderboard", "--rule", "crps"]] {
        let (_, err) = run(&folder, &[command, &TABLES[..]].concat());
        assert!(!err.contains("different levels") && !err.contains("399"), "{err}");
    }
    let (out, _) = run(&folder, &[&["calibrate", "--forecaster", "plain", "--format", "json"], &TABLES[..]].concat());
    // From 10 to 90 % in steps of 5.
    assert_eq!(json(&out)["quantiles"][0]["levels"].as_array().expect("levels").len(), 17);
    let (_, err) = run(&folder, &[&["score", "--scale", "log"], &TABLES[..]].concat());
    assert!(err.contains("note: log scale: 2 cdfs by their quantiles at 399 even levels"), "{err}");
}
