//! The same scenario, seed and worlds give the same bytes: for any number of threads, and for other events when one is added.

use crate::support::{foretell, run_text};
use foretell::simulate::Settings;

/// What the command prints for a scenario with every kind of event, evidence and doubt.
fn printed(options: &[&str]) -> Vec<u8> {
    let run = foretell()
        .args(["run", "scenarios/white-house-2025-08-18.toml", "--worlds", "150k", "--format", "json"])
        .args(options)
        .args(["--as-of", "2025-11-01", "--given", "not weapons_deal"])
        .assert()
        .success();
    run.get_output().stdout.clone()
}

#[test]
fn one_two_and_eight_threads_print_the_same_bytes() {
    for design in [&[][..], &["--stratified"]] {
        let by = |threads| printed(&[design, &["--threads", threads]].concat());
        let one = by("1");
        assert!(one == by("2"), "two threads print something else than one");
        assert!(one == by("8"), "eight threads print something else than one");
    }
}

#[test]
fn the_least_instructions_print_the_same_bytes_as_the_best() {
    for design in [&[][..], &["--stratified"]] {
        let best = printed(design);
        assert!(best == printed(&[design, &["--instructions", "baseline"]].concat()));
    }
}

#[test]
fn another_seed_prints_other_figures() {
    let run = |seed: &str| {
        let done = foretell()
            .args(["run", "scenarios/golden.toml", "--worlds", "10k", "--format", "csv", "--seed", seed])
            .assert()
            .success();
        done.get_output().stdout.clone()
    };
    assert_ne!(run("1"), run("2"));
    assert_eq!(run("1"), run("1"));
}

#[test]
fn an_added_event_leaves_the_draws_of_the_others_as_they_are() {
    let text = std::fs::read_to_string(crate::support::path("scenarios/golden.toml")).expect("the scenario is there");
    let more = text.replace("[event.paper]", "[event.another]\nchance = \"6 of 20\"\n\n[event.paper]");
    let settings = Settings { worlds: 100_000, ..Settings::default() };
    let before = run_text("golden", &text, &settings);
    let after = run_text("golden and one more", &more, &settings);
    assert_eq!(before.events.len() + 1, after.events.len());
    let questions =
        |report: &foretell::report::run::RunReport| serde_json::to_string(&report.questions).expect("a report is JSON");
    assert_eq!(questions(&before), questions(&after));
}
