//! The command `calibrate` as a user meets it.

use super::commands::{json, run_on};
use foretell::calibrate::{
    Development, Points, Ties, calibration_belt_test, cox_test, e_test, hosmer_lemeshow, simultaneous_band,
    spiegelhalter,
};
use foretell::math::SplitMix;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

/// A calibrated forecaster over eighteen months: every fifth day forty forecasts of 30 % with twelve months to go. Twelve of each come
/// true, evenly over the twelve months; the rest resolve no at the end. The records stop after eighteen months. With them: how many
/// resolved, and how many of these were yes.
fn twelve_months() -> (TempDir, usize, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let start: jiff::civil::Date = "2024-01-01".parse().expect("a day");
    let after = |days: i64| start.checked_add(jiff::Span::new().days(days)).expect("a day");
    let now = after(540);
    let mut asked = String::from("id,kind,opens,closes\n");
    let mut said = String::from("question,forecaster,made_at,probability\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    let (mut resolved, mut true_so_far) = (0, 0);
    for round in 0..108 {
        for number in 0..40 {
            let opens = 5 * round;
            let closes = opens + 360;
            let yes = number < 12;
            let resolves = if yes { opens + 30 * number + 15 } else { closes };
            let id = format!("round{round}question{number}");
            let _ = writeln!(asked, "{id},binary,{},{}", after(opens), after(closes));
            let _ = writeln!(said, "{id},ada,{},30%", after(opens));
            if after(resolves) <= now {
                resolved += 1;
                true_so_far += usize::from(yes);
                let _ = writeln!(came, "{id},{},{}", if yes { "yes" } else { "no" }, after(resolves));
            }
        }
    }
    for (name, text) in [("questions.csv", asked), ("forecasts.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    (folder, resolved, true_so_far)
}

/// Forecasts by Ada on many questions; her probabilities are too extreme.
fn overconfident(clusters: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut asked = String::from("id,kind,opens,closes,cluster,tags\n");
    let mut said = String::from("question,forecaster,made_at,probability,option,quantile,value\n");
    let mut came = String::from("question,resolution,resolved_on\n");
    for at in 0..120 {
        let p = [0.02, 0.1, 0.3, 0.7, 0.9, 0.98][at % 6];
        // Of twenty at each probability so many come true.
        let yes = at / 6 < [4, 5, 8, 12, 15, 16][at % 6];
        let tag = if at % 2 == 0 { "even" } else { "odd" };
        let cluster = if clusters == 0 { String::new() } else { format!("c{}", at % clusters) };
        let _ = writeln!(asked, "q{at},binary,2025-01-01,2025-01-20,{cluster},{tag}");
        let _ = writeln!(said, "q{at},ada,2025-01-01,{p},,,");
        let _ = writeln!(came, "q{at},{},2025-02-01", if yes { "yes" } else { "no" });
    }
    for at in 0..12 {
        let _ = writeln!(asked, "n{at},numeric,2025-01-01,2025-01-20,,even");
        for (level, value) in [(0.25, 1), (0.5, 2), (0.75, 3)] {
            let _ = writeln!(said, "n{at},ada,2025-01-01,,,{level},{value}");
        }
        let _ = writeln!(came, "n{at},{},2025-02-01", f64::from((at % 4) as u8) + 0.5);
    }
    for (name, text) in [("questions.csv", asked), ("forecasts.csv", said), ("outcomes.csv", came)] {
        std::fs::write(folder.path().join(name), text).expect("a file in the folder");
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<&str> = std::iter::once("calibrate").chain(arguments.iter().copied()).collect();
    run_on(folder, &arguments)
}

#[test]
fn questions_that_could_only_resolve_yes_do_not_count_and_the_naive_curve_is_warned_of() {
    let (folder, resolved, true_so_far) = twelve_months();
    let (code, out, _) = run(folder.path(), &[]);
    assert_eq!(code, 0);
    assert!(out.contains("warning: ada: counting all resolved questions misleads"), "{out}");
    let (_, out, _) = run(folder.path(), &["--format", "json"]);
    let report = json(&out);
    let row = &report["rows"][0];
    let shares = (&row["in_the_large"]["stated"], &row["in_the_large"]["observed"]);
    assert!((shares.0.as_f64().expect("a number") - 0.3).abs() < 1e-12);
    assert!((shares.1.as_f64().expect("a number") - 0.3).abs() < 1e-12);
    let naive = &row["naive"];
    let observed = naive["observed"].as_f64().expect("a number");
    assert!((observed - true_so_far as f64 / resolved as f64).abs() < 1e-12, "{naive}");
    // Evenly over time: yes 0.3 of 6 months and half of 0.3 of 12, no 0.7 of 6: 3.6 of 7.8, which is 46 %.
    assert!((observed - 3.6 / 7.8).abs() < 0.005, "{observed}");
    assert_eq!((&naive["misleads"], &report["resolved_early"]), (&true.into(), &naive["early"]));
    let (_, out, _) = run(folder.path(), &["--all-resolved", "--format", "json"]);
    let all = &json(&out)["rows"][0];
    assert_eq!((&all["in_the_large"]["observed"], &all["questions"]), (&naive["observed"], &naive["questions"]));
}

#[test]
fn ten_sure_forecasts_that_all_came_true_show_no_bias() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = |rest: &str| (0..10).map(|at| format!("q{at}{rest}\n")).collect::<Vec<_>>().concat();
    for (name, heading, rest) in [
        ("forecasts.csv", "question,forecaster,made_at,probability", ",ada,2025-01-01,0.95"),
        ("outcomes.csv", "question,resolution,resolved_on", ",yes,2025-01-07"),
        ("questions.csv", "id,kind", ",binary"),
    ] {
        std::fs::write(folder.path().join(name), format!("{heading}\n{}", rows(rest))).expect("a file");
    }
    let (code, out, _) = run(folder.path(), &["--all-resolved", "--format", "json"]);
    assert_eq!(code, 0);
    let large = &json(&out)["rows"][0]["in_the_large"];
    let number = |key: &str| large[key].as_f64().expect("a number");
    // Misses without spread. Ten of ten leave chances of 0.025^(1/10) and more; at 95 % it is the most likely thing to see.
    assert!((number("bias") + 0.05).abs() < 1e-12, "{large}");
    assert!((number("lower") + 0.05).abs() < 1e-12, "{large}");
    assert!((number("upper") - (0.95 - 0.025_f64.powf(0.1))).abs() < 1e-9, "{large}");
    assert_eq!((number("p"), &large["by"]), (1.0, &"few_outcomes".into()), "{large}");
}

#[test]
fn overconfidence_is_found_by_every_test_and_by_the_decomposition() {
    let folder = overconfident(0);
    let (code, out, _) = run(folder.path(), &["--format", "json"]);
    assert_eq!(code, 0);
    let report = json(&out);
    assert_eq!(report["schema"], "foretell.calibrate/1");
    let row = &report["rows"][0];
    assert_eq!((&row["questions"], &row["clusters"]), (&120.into(), &120.into()));
    let number = |path: &str| row.pointer(path).and_then(serde_json::Value::as_f64).unwrap_or_else(|| panic!("{path}"));
    for p in [
        "/brier/miscalibration_p",
        "/log/miscalibration_p",
        "/errors/expected_p",
        "/tests/spiegelhalter/p_two_sided",
        "/tests/cox/p",
        "/tests/hosmer_lemeshow/p",
        "/tests/belt/p",
        "/tests/e_test/p_anytime",
    ] {
        assert!(number(p) < 0.01, "{p}: {}", number(p));
    }
    assert!(number("/tests/cox/slope") < 0.8);
    let parts = ["score", "miscalibration", "discrimination", "uncertainty"]
        .map(|part| number(&format!("/brier/{part}/value")));
    assert!((parts[0] - (parts[1] - parts[2] + parts[3])).abs() < 1e-12);
    assert!(number("/brier/miscalibration/lower") < parts[1] && parts[1] < number("/brier/miscalibration/upper"));
    // Stated 2 %, 4 of 20 came true: squared 0.18², and so on; one level a probability.
    let exact = [(0.02, 4.0), (0.1, 5.0), (0.3, 8.0), (0.7, 12.0), (0.9, 15.0), (0.98, 16.0)]
        .iter()
        .map(|(p, yes)| (p - yes / 20.0) * (p - yes / 20.0) / 6.0)
        .sum::<f64>();
    assert!((parts[1] - exact).abs() < 1e-12);
    let quantiles = &report["quantiles"][0];
    assert_eq!((&quantiles["questions"], &quantiles["levels"][1]["observed"]), (&12.into(), &0.5.into()));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_tags_part_the_rows() {
    let folder = overconfident(30);
    let (_, first, _) = run(folder.path(), &["--by", "tag", "--replicates", "200"]);
    let (_, second, _) = run(folder.path(), &["--by", "tag", "--replicates", "200"]);
    assert_eq!(first, second);
    assert!(first.contains("even") && first.contains("odd") && first.contains("questions share clusters"), "{first}");
    let (_, csv, _) = run(folder.path(), &["--by", "tag", "--format", "csv"]);
    let mut lines = csv.lines();
    let columns = lines.next().expect("a heading").split(',').count();
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.split(',').count() == columns), "{csv}");
}

#[test]
fn the_diagram_has_a_band_and_few_clusters_have_no_intervals() {
    let folder = overconfident(3);
    let (code, out, error) = run(folder.path(), &["--svg", "reliability.svg"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("fewer than 10 clusters of questions"), "{out}");
    let svg = std::fs::read_to_string(folder.path().join("reliability.svg")).expect("the drawing is written");
    assert!(svg.contains("<polygon") && svg.contains("where the line of calibrated forecasts lies"));
    let (code, _, error) = run(folder.path(), &["--forecaster", "adda"]);
    assert!(code == 1 && error.contains("the nearest name is `ada`"), "{error}");
}

#[test]
fn calibrated_forecasters_are_accused_no_more_often_than_the_tests_say() {
    const SIMULATIONS: u64 = 400;
    let mut accused = std::collections::BTreeMap::<&str, u32>::new();
    for simulation in 0..SIMULATIONS {
        let mut stream = SplitMix::of_replicate(7, simulation);
        let said: Vec<f64> = (0..200).map(|_| 0.02 + 0.96 * stream.unit()).collect();
        let happened: Vec<bool> = said.iter().map(|p| stream.unit() < *p).collect();
        let points = Points::new(&said, &happened).expect("probabilities");
        let found = [
            ("spiegelhalter", spiegelhalter(&points).map(|test| test.p_two_sided)),
            ("cox", cox_test(&points).map(|test| test.p)),
            ("hosmer-lemeshow", hosmer_lemeshow(&points, 10, Ties::Together).map(|test| test.p)),
            ("belt", calibration_belt_test(&points, Development::External).map(|test| test.p)),
            ("e-test", e_test(&points).map(|test| test.p_anytime)),
        ];
        for (test, p) in found {
            *accused.entry(test).or_default() += u32::from(p.expect("the outcomes are mixed") < 0.05);
        }
    }
    // 400 draws at 5 %: more than 44 or fewer than 3 have a chance below 1e-6. The e-test may be as rare as it likes; Hosmer and
    // Lemeshow's χ² is an approximation.
    for (test, count) in &accused {
        assert!(*count <= 44, "{test}: {accused:?}");
        assert!(*count >= 3 || *test == "e-test", "{test}: {accused:?}");
    }
}

#[test]
fn the_diagonal_stays_within_the_simultaneous_band_of_calibrated_forecasts() {
    let mut left = 0;
    for simulation in 0..200 {
        let mut stream = SplitMix::of_replicate(8, simulation);
        let said: Vec<f64> = (0..60).map(|_| (20.0 * stream.unit()).round() / 20.0).collect();
        let happened: Vec<bool> = said.iter().map(|p| stream.unit() < *p).collect();
        let band = simultaneous_band(&Points::new(&said, &happened).expect("probabilities"), 0.1);
        left += u32::from(band.iter().any(|at| at.stated < at.lower || at.stated > at.upper));
    }
    // The band holds with 90 % at least; more than 43 of 200 at 10 % have a chance below 1e-6.
    assert!(left <= 43, "{left}");
}
