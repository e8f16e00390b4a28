//! Decisions and what to watch against published figures, closed forms and enumeration.

use crate::support::{foretell, path};
use foretell::math::{exp, normal};
use serde_json::Value;

/// What a command prints as JSON.
#[track_caller]
fn said(arguments: &[&str]) -> Value {
    let output = foretell().args(arguments).args(["--format", "json"]).output().expect("the binary runs");
    let problem = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {problem}");
    serde_json::from_slice(&output.stdout).expect("the result is JSON")
}

#[track_caller]
fn number(report: &Value, pointer: &str) -> f64 {
    report.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no number at {pointer}: {report}"))
}

#[track_caller]
fn near(value: f64, expected: f64, allowed: f64) {
    assert!((value - expected).abs() <= allowed, "{value}, expected {expected} ± {allowed}");
}

/// Holds a simulated figure to what it should be: within five standard errors, 6e-7, and these no larger than stated, so that it says something.
#[track_caller]
fn agrees(found: &Value, expected: f64, largest_error: f64) {
    let error = number(found, "/standard_error");
    assert!(error <= largest_error, "an error of {error} is larger than {largest_error}: {found}");
    near(number(found, "/value"), expected, 5.0 * error + 1e-9);
}

/// A list that is not empty.
#[track_caller]
fn listed<'v>(report: &'v Value, key: &str) -> &'v [Value] {
    let list = report[key].as_array().unwrap_or_else(|| panic!("no list of {key}: {report}"));
    assert!(!list.is_empty(), "nothing is listed under {key}");
    list
}

fn decide(scenario: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["decide", scenario];
    arguments.extend(more);
    said(&arguments)
}

/// The worth of an event among those listed.
fn worth(report: &Value, event: &str) -> (f64, f64) {
    let events = report["events"].as_array().expect("events are listed");
    let one = events.iter().find(|one| one["event"] == event).unwrap_or_else(|| panic!("{event} is listed"));
    (number(one, "/value/value"), number(one, "/beyond/value"))
}

#[test]
fn the_umbrella_is_taken_only_if_rain_is_forecast() {
    // Netica's tutorial, after Shachter: 35, 70, 77, 7, 21.
    let report = decide("scenarios/umbrella.toml", &[]);
    assert_eq!(report["exact"], true);
    near(number(&report, "/expected_utility/value"), 77.0, 1e-12);
    near(number(&report, "/without_information/value"), 70.0, 1e-12);
    near(number(&report, "/information/value"), 7.0, 1e-12);
    near(number(&report, "/perfect/value/value"), 21.0, 1e-12);
    near(number(&report, "/perfect/beyond/value"), 14.0, 1e-12);
    let policy = report["policy"].as_array().expect("a policy");
    let best: Vec<&str> = policy.iter().filter_map(|rule| rule["best"].as_str()).collect();
    assert_eq!(best, ["leave", "leave", "take"]);
    let published = [[24.21, 91.59], [37.44, 65.12], [56.0, 28.0]];
    for (rule, published) in policy.iter().zip(published) {
        for (option, published) in published.into_iter().enumerate() {
            near(number(rule, &format!("/options/{option}/expected_utility/value")), published, 0.005_001);
        }
    }
    let (take, leave) = (&report["choices"][1], &report["choices"][0]);
    near(number(take, "/expected_utility/value"), 35.0, 1e-12);
    near(number(leave, "/expected_utility/value"), 70.0, 1e-12);
}

#[test]
fn the_wildcatter_tests_and_drills_unless_the_structure_is_diffuse() {
    let report = decide("tests/suite/decisions/oil-wildcatter.toml", &[]);
    near(number(&report, "/expected_utility/value"), 22.5, 1e-12);
    near(number(&report, "/without_information/value"), 20.0, 1e-12);
    // 0.3 * 50 + 0.2 * 200 - 20
    near(number(&report, "/perfect/value/value"), 35.0, 1e-12);
    let best: Vec<&str> =
        report["policy"].as_array().expect("a policy").iter().filter_map(|rule| rule["best"].as_str()).collect();
    assert_eq!(best, ["yes", "yes", "yes", "no"]);
}

#[test]
fn the_party_is_on_the_porch_and_the_weather_worth_22() {
    let report = decide("tests/suite/decisions/party.toml", &[]);
    near(number(&report, "/expected_utility/value"), 48.0, 1e-12);
    assert_eq!(report["policy"][0]["best"], "porch");
    near(worth(&report, "weather").0, 22.0, 1e-12);
    // Sunny is announced with 0.44: 100 * 0.32 + (0.08 * 40 + 0.48 * 50) - 48
    near(worth(&report, "detector").0, 32.0 + 27.2 - 48.0, 1e-12);
}

#[test]
fn the_umbrella_alone_is_worth_43() {
    let report = decide("tests/suite/decisions/umbrella-and-raincoat.toml", &[]);
    near(number(&report, "/expected_utility/value"), 43.0, 1e-12);
    assert_eq!(report["choices"][0]["options"], serde_json::json!(["yes", "no"]));
    // By hand: raincoat only 40, nothing 42, both 60 - 6 - 22 = 32.
    for (at, expected) in [43.0, 42.0, 40.0, 32.0].into_iter().enumerate() {
        near(number(&report, &format!("/choices/{at}/expected_utility/value")), expected, 1e-12);
    }
}

/// `--suppose` for each person of the viral market but some.
fn marketed(yes: &[&str], open: &[&str]) -> Vec<String> {
    let all = ["bernd", "ingo", "theo", "angelika", "martijn", "guy", "laura", "kurt"];
    let supposed = all.iter().filter(|one| !open.contains(one));
    supposed
        .flat_map(|one| {
            let phrase = if yes.contains(one) { format!("market_{one}") } else { format!("not market_{one}") };
            ["--suppose".to_owned(), phrase]
        })
        .collect()
}

#[test]
fn word_of_mouth_in_circles_is_unrolled_and_gives_the_published_worth() {
    // Problog's exact figures: the best set 3.210966; martijn and laura 2.357711. Five standard errors, each figure missed with 6e-7.
    let file = "tests/suite/decisions/viral-marketing.toml";
    let four = ["ingo", "theo", "martijn", "guy"];
    let supposed = marketed(&["martijn", "laura"], &["laura"]);
    let mut arguments: Vec<&str> = supposed.iter().map(String::as_str).collect();
    arguments.extend(["--worlds", "262144"]);
    let report = decide(file, &arguments);
    // Laura is left to be decided: marketed, or not.
    let yes = &report["policy"][0]["options"].as_array().expect("options")[1]["expected_utility"];
    agrees(yes, 2.357_711, 0.03);
    let supposed = marketed(&[], &four);
    let mut arguments: Vec<&str> = supposed.iter().map(String::as_str).collect();
    arguments.extend(["--worlds", "131072"]);
    let report = decide(file, &arguments);
    assert_eq!(report["choices"][0]["options"], serde_json::json!(["yes", "yes", "yes", "yes"]));
    agrees(&report["expected_utility"], 3.210_966, 0.05);
}

/// `E max(0, m + s Z) - max(0, m)`: the unit normal loss.
fn loss(mean: f64, deviation: f64) -> f64 {
    let u = mean.abs() / deviation;
    deviation * (normal::density(u) - u * normal::cdf(-u))
}

/// The chance of `k` of `n` under Beta(a, b), by products.
fn beta_binomial(k: u32, n: u32, a: f64, b: f64) -> f64 {
    let rising = |from: f64, count: u32| (0..count).map(|at| foretell::math::ln(from + f64::from(at))).sum::<f64>();
    exp(rising(a, k) + rising(b, n - k) - rising(a + b, n) + rising(1.0, n) - rising(1.0, k) - rising(1.0, n - k))
}

#[test]
fn what_numbers_and_samples_of_them_are_worth_is_the_closed_form() {
    let report = decide(
        "tests/suite/decisions/two-treatments.toml",
        &["--sample", "response 20", "--sample", "effect 10 sd 0.5", "--worlds", "1M"],
    );
    assert_eq!(report["exact"], false);
    // Treatment b is ahead by 50 in the mean: 450 + 100 Z against 1000 p.
    let known_effect = loss(50.0, 100.0);
    // A policy that is chosen by noisy means falls short of the best one by less than a hundredth.
    let told = |one: &Value, expected: f64| {
        let error = number(one, "/value/standard_error");
        assert!(error > 0.0 && error < 0.12, "{one}");
        near(number(one, "/value/value"), expected, 5.0 * error + 0.01);
    };
    let events = listed(&report, "events");
    let effect = events.iter().find(|one| one["event"] == "effect").expect("it is listed");
    told(effect, known_effect);
    // p beyond 0.45: E max(0, 1000 p - 450) by Simpson's rule over Beta(8, 12).
    let density = |p: f64| {
        // 1 / B(8, 12) = 19! / (7! 11!)
        604_656.0 * p.powi(7) * (1.0 - p).powi(11)
    };
    let steps = 2000;
    let width = 0.55 / f64::from(steps);
    let weight = |at: i32| {
        if at == 0 || at == steps {
            1.0
        } else if at % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    let known_response: f64 = (0..=steps)
        .map(|at| {
            let p = width.mul_add(f64::from(at), 0.45);
            weight(at) * 1000.0 * (p - 0.45) * density(p)
        })
        .sum::<f64>()
        * width
        / 3.0;
    let response = events.iter().find(|one| one["event"] == "response").expect("it is listed");
    told(response, known_response);
    // Twenty cases: k of them, then (8 + k) / 40.
    let counted: f64 =
        (0..=20).map(|k| beta_binomial(k, 20, 8.0, 12.0) * (1000.0 * f64::from(8 + k) / 40.0 - 450.0).max(0.0)).sum();
    let samples = listed(&report, "samples");
    assert_eq!(samples.len(), 2);
    told(&samples[0], counted);
    // Ten measurements: the mean moves with standard deviation 500 * 0.2² / sqrt(0.2² + 0.5² / 10).
    let spread = 500.0 * 0.04 / (0.04f64 + 0.025).sqrt();
    told(&samples[1], loss(50.0, spread));
}

#[test]
fn what_more_cases_are_worth_is_a_sum_over_the_beta_binomial() {
    let report = decide("tests/suite/decisions/more-cases.toml", &["--sample", "cure 10", "--sample", "cure 1000"]);
    assert_eq!(report["exact"], true);
    let (a, b) = (8.5, 12.5);
    let today = (100.0 * a / (a + b) - 10.0f64).max(32.0);
    near(number(&report, "/expected_utility/value"), today, 1e-9);
    for (at, n) in [10, 1000].into_iter().enumerate() {
        let later: f64 = (0..=n)
            .map(|k| {
                let chance = (a + f64::from(k)) / (a + b + f64::from(n));
                beta_binomial(k, n, a, b) * (100.0 * chance - 10.0).max(32.0)
            })
            .sum();
        near(number(&report["samples"][at], "/value/value"), later - today, 1e-8);
    }
    assert!(number(&report["samples"][1], "/value/value") > number(&report["samples"][0], "/value/value"));
}

#[test]
fn simulated_decisions_agree_with_computed_ones() {
    // Some forty figures, each within five standard errors (6e-7 each, 2e-5 together at this fixed seed).
    for file in
        ["scenarios/umbrella.toml", "tests/suite/decisions/oil-wildcatter.toml", "tests/suite/decisions/party.toml"]
    {
        let (exact, drawn) = (decide(file, &[]), decide(file, &["--method", "rejection", "--worlds", "131072"]));
        assert_eq!((exact["exact"].clone(), drawn["exact"].clone()), (Value::Bool(true), Value::Bool(false)));
        for pointer in ["/expected_utility", "/without_information", "/perfect/value"] {
            let found = drawn.pointer(pointer).expect("it is there");
            assert!(number(found, "/standard_error") > 0.0, "{file}: {found}");
            agrees(found, number(&exact, &format!("{pointer}/value")), 0.4);
        }
        assert_eq!(listed(&exact, "events").len(), listed(&drawn, "events").len(), "{file}");
        for one in listed(&drawn, "events") {
            let name = one["event"].as_str().expect("a name");
            let (value, beyond) = worth(&exact, name);
            agrees(&one["value"], value, 0.4);
            agrees(&one["beyond"], beyond, 0.4);
        }
        let (exact, drawn) = (listed(&exact, "policy"), listed(&drawn, "policy"));
        assert_eq!(exact.len(), drawn.len());
        for (one, other) in exact.iter().zip(drawn) {
            assert!(one["best"].is_string());
            assert_eq!(one["best"], other["best"], "{file}");
        }
    }
}

#[test]
fn a_forecast_needs_what_is_done_to_be_said() {
    let refused = |arguments: &[&str]| {
        let output = foretell().args(arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).expect("messages are text")
    };
    let file = "scenarios/umbrella.toml";
    for command in [&["run", file][..], &["report", file], &["diff", file, file]] {
        let said = refused(command);
        assert!(said.contains("`umbrella` is not decided") && said.contains("--suppose"), "{said}");
    }
    assert!(refused(&["decide", "scenarios/golden.toml"]).contains("nothing to decide"));
    let known = refused(&["decide", "tests/suite/decisions/oil-wildcatter.toml", "--given", "seismic is open"]);
    assert!(known.contains("yet to be decided"), "{known}");
    assert!(refused(&["decide", file, "--suppose", "umbrella is take"]).contains("nothing left to decide"));
    assert!(refused(&["decide", file, "--sample", "rain 20"]).contains("not in doubt by itself"));
    foretell().args(["run", file, "--suppose", "umbrella is take", "--worlds", "10k"]).assert().success();
    // Rain does not hang on the umbrella: what there is to watch is the same before it is decided and after, either way.
    let watch = ["watch", file, "--question", "rain_tomorrow"];
    let open = said(&watch);
    listed(&open, "findings");
    for option in ["umbrella is take", "umbrella is leave"] {
        let decided = said(&[&watch[..], &["--suppose", option]].concat());
        assert_eq!((&open["findings"], &open["target"]), (&decided["findings"], &decided["target"]), "{option}");
    }
}

#[test]
fn what_lung_cancer_shares_with_each_event_is_as_published() {
    // B6, in bits: the chest clinic of Lauritzen and Spiegelhalter; sensitivity to findings.
    let report = said(&["watch", "tests/suite/good/asia.toml", "--question", "lung_cancer"]);
    let findings = report["findings"].as_array().expect("findings");
    let published = [
        ("either", 0.267_475),
        ("x_ray", 0.184_807),
        ("smoker", 0.032_374),
        ("dyspnoea", 0.025_382),
        ("bronchitis", 0.002_540),
    ];
    let bits = |nats: f64| nats / std::f64::consts::LN_2;
    for (place, (name, expected)) in published.into_iter().enumerate() {
        assert_eq!(findings[place]["name"], name, "sorted by what they are worth");
        near(bits(number(&findings[place], "/log_gain/value")), expected, 5.1e-7);
        assert_eq!(findings[place]["exact"], true);
    }
    near(bits(number(&report, "/target/expected_log")), 0.307_268, 5.1e-7);
    // Asia tells nothing of it; nothing connects them.
    let unrelated: Vec<&str> =
        report["unrelated"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(unrelated.contains(&"asia"), "{unrelated:?}");
    // The network itself, in which nobody asks anything, says the same.
    let network = said(&["watch", "scenarios/networks/asia.bif", "--question", "lung"]);
    let names = ["either", "xray", "smoke", "dysp", "bronc"];
    for ((finding, name), (_, expected)) in listed(&network, "findings").iter().zip(names).zip(published) {
        assert_eq!(finding["name"], name);
        near(bits(number(finding, "/log_gain/value")), expected, 5.1e-7);
    }
    assert_eq!((&network["target"]["closes"], &network["itself"]), (&Value::Null, &serde_json::json!([])));
}

#[test]
fn a_network_may_be_watched_by_its_own_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("lamp.bif");
    let text = "network lamp { } variable \"lamp on\" { type discrete [ 2 ] { true, false }; }\n\
                variable seen { type discrete [ 2 ] { true, false }; }\n\
                probability ( \"lamp on\" ) { table 0.25, 0.75; }\n\
                probability ( seen | \"lamp on\" ) { (true) 0.9, 0.1; (false) 0.1, 0.9; }\n";
    std::fs::write(&file, text).expect("a file can be written");
    let file = file.display().to_string();
    let report = said(&["watch", &file, "--question", "lamp on", "--line", "true 50%"]);
    assert_eq!(report["target"]["question"], "lamp_on");
    // 0.225 of 0.3 by Bayes' rule.
    near(number(&report, "/changers/sets/0/forecast/value"), 0.75, 1e-12);
    assert_eq!(report["changers"]["sets"][0]["findings"], serde_json::json!(["seen: true_"]));
    let shown = foretell().args(["watch", &file, "--question", "lamp on"]).output().expect("the binary runs");
    let shown = String::from_utf8_lossy(&shown.stdout);
    // A network knows no days, so none is spoken of.
    assert!(shown.contains("\nlamp_on: lamp on\nnow true_ 25 %, false_ 75 %\n"), "{shown}");
}

#[test]
fn what_is_simulated_of_findings_agrees_with_what_is_computed() {
    // Five findings with three figures each within five standard errors: 15 times 6e-7 at this fixed seed.
    let file = path("tests/suite/good/asia.toml").display().to_string();
    let arguments = ["watch", file.as_str(), "--question", "lung_cancer"];
    let exact = said(&arguments);
    let mut drawn = arguments.to_vec();
    drawn.extend(["--method", "rejection", "--worlds", "400k"]);
    let drawn = said(&drawn);
    assert_eq!((listed(&drawn, "findings").len(), listed(&exact, "findings").len()), (5, 5));
    for one in listed(&drawn, "findings") {
        let expected = listed(&exact, "findings").iter().find(|other| other["name"] == one["name"]);
        let Some(expected) = expected else { panic!("{} is listed", one["name"]) };
        for figure in ["expected_change", "brier_gain", "log_gain"] {
            let expected = number(expected, &format!("/{figure}/value"));
            assert!(number(&one[figure], "/standard_error") > 0.0);
            // The smallest of them is known to a twelfth.
            agrees(&one[figure], expected, expected / 12.0);
        }
    }
}
