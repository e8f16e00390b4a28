//! Stated errors and stated doubt are true: over many seeds, of a scenario with evidence and doubtful inputs, from file to report.

use crate::support::{model, probabilities, question, run_model};
use foretell::dist::Beta;
use foretell::plan::Situation;
use foretell::report::run::{Figures, RunReport};
use foretell::simulate::Settings;

const SCENARIO: &str = r#"title = "A doubtful chance and what is known by it"
as_of = 2025-08-19

[event.deal]
chance = "6 of 20"

[event.paper]
chance = [{ if = "deal", is = "60%" }, { otherwise = "20%" }]

[event.another]
chance = "beta(2, 8)"

[[news]]
date = 2025-08-20
source = "Reuters"
about = "paper"
effect = "happened"

[question.deal]
ask = "Is there a deal?"
holds = "deal"
closes = 2025-12-31
resolves = "by the drawn world"

[question.another]
ask = "Something else?"
holds = "another"
closes = 2025-12-31
resolves = "by the drawn world"

[question.either]
ask = "One of the two?"
holds = "deal or another"
closes = 2025-12-31
resolves = "by the drawn world"
"#;

const MEAN: f64 = 6.5 / 21.0;

fn report(seed: u64, worlds: u64, doubt_draws: u32) -> RunReport {
    let model = model("honesty", SCENARIO);
    let situation = Situation::of_file(&model).as_of(jiff::civil::date(2025, 8, 20), &model).expect("a later day");
    run_model(&model, &situation, &Settings { seed, worlds, doubt_draws, ..Settings::default() })
}

#[test]
fn no_mean_is_shown_of_what_has_none() {
    let text = r#"title = "Far out"
as_of = 2025-08-19
[event.far]
value = "cauchy(0, 1)"
[event.heavy]
value = "pareto(1, 0.8)"
[event.plain]
value = "normal(3, 1)"
[event.moved]
equals = "far + 1"
[event.size]
equals = "abs(far) * 2"
[event.square]
equals = "heavy ^ 2"
[event.part]
equals = "if plain > 3 then far else plain"
[event.kept]
equals = "max(-3, min(3, far))"
[event.twice]
equals = "2 * plain"
[question.asked]
ask = "?"
value = "far - plain"
closes = 2025-12-31
resolves = "by the drawn world"
[question.cut]
ask = "?"
value = "moved"
given = "far > -5 and far < 5"
closes = 2025-12-31
resolves = "by the drawn world"
"#;
    let model = model("far", text);
    let settings = Settings { worlds: 20_000, doubt_draws: 0, ..Settings::default() };
    let report = run_model(&model, &Situation::of_file(&model), &settings);
    let mean = |id: &str| report.events.iter().find(|event| event.id == id).expect("it is there").figures.mean;
    for id in ["far", "heavy", "moved", "size", "square", "part"] {
        assert!(mean(id).is_none(), "{id}: {:?}", mean(id));
    }
    for (id, expected) in [("plain", 3.0), ("kept", 0.0), ("twice", 6.0)] {
        let mean = mean(id).expect("it has a mean");
        assert!((mean.value - expected).abs() < 5.5 * mean.standard_error, "{id}: {mean:?}");
    }
    assert!(question(&report, "asked").figures.mean.is_none());
    // Among the worlds that are asked about it has one.
    assert!(question(&report, "cut").figures.mean.is_some());
}

/// The chance of a deal, once there is paper.
fn given_paper(deal: f64) -> f64 {
    0.6 * deal / (0.6 * deal + 0.2 * (1.0 - deal))
}

/// The squares of 200 honest z-scores add up to chi-square with 200 degrees of freedom: between 118 and 310 but for 1e-6 on
/// either side; their mean lies within 4.9 / sqrt(200) of 0 but for 1e-6.
#[test]
fn over_200_seeds_figures_miss_by_as_much_as_their_errors_say() {
    let deal = given_paper(MEAN);
    let expected = [("deal", deal), ("another", 0.2), ("either", 1.0 - 0.8 * (1.0 - deal))];
    let mut scores: Vec<Vec<f64>> = vec![Vec::new(); expected.len()];
    for seed in 0..200 {
        let report = report(seed, 20_000, 20);
        for (scores, (id, expected)) in scores.iter_mut().zip(expected) {
            let (value, error) = probabilities(question(&report, id))[0];
            scores.push((value - expected) / error);
        }
    }
    for (scores, (id, _)) in scores.iter().zip(expected) {
        let mean = scores.iter().sum::<f64>() / 200.0;
        let squares: f64 = scores.iter().map(|score| score * score).sum();
        assert!(mean.abs() < 4.9 / 200.0_f64.sqrt(), "{id}: a mean of {mean}");
        assert!((118.0..310.0).contains(&squares), "{id}: squares of {squares}");
    }
}

/// The 5 % and 95 % points of `figure` of a chance that has the density `weight` beside its Beta prior.
fn points(prior: &Beta, weight: impl Fn(f64) -> f64, figure: impl Fn(f64) -> f64) -> (f64, f64) {
    let steps = 20_000;
    let at = |step: usize| prior.quantile((step as f64 + 0.5) / f64::from(steps));
    let chances: Vec<f64> = (0..steps as usize).map(at).collect();
    let total: f64 = chances.iter().map(|chance| weight(*chance)).sum();
    let mut below = 0.0;
    let (mut low, mut high) = (f64::NAN, f64::NAN);
    for chance in chances {
        below += weight(chance) / total;
        if low.is_nan() && below >= 0.05 {
            low = figure(chance);
        }
        if high.is_nan() && below >= 0.95 {
            high = figure(chance);
        }
    }
    (low, high)
}

#[test]
fn the_interval_of_doubt_is_that_of_the_prior_or_with_evidence_of_the_posterior() {
    let runs: Vec<RunReport> = (1..=20).map(|seed| report(seed, 100_000, 200)).collect();
    let another = Beta::new(2.0, 8.0).expect("a Beta");
    let deal = Beta::jeffreys(6.0, 20.0).expect("a Beta");
    let posterior = points(&deal, |chance| 0.2 + 0.4 * chance, given_paper);
    for (id, (low, high)) in [("another", (another.quantile(0.05), another.quantile(0.95))), ("deal", posterior)] {
        let intervals = runs.iter().map(|run| match &question(run, id).figures.prior_interval {
            Some(Figures::One(Some(interval))) => *interval,
            other => panic!("{id}: {other:?}"),
        });
        let (mut sum, mut worst) = ((0.0, 0.0), 0.0_f64);
        for (seen_low, seen_high) in intervals {
            sum = (sum.0 + seen_low / 20.0, sum.1 + seen_high / 20.0);
            worst = worst.max((seen_low - low).abs()).max((seen_high - high).abs());
        }
        // A quantile of 200 stratified draws is off by a hundredth of the width; a bias would stay in the mean of twenty.
        let width = high - low;
        assert!((sum.0 - low).abs() < 0.03 * width, "{id}: from {} on the mean, expected {low}", sum.0);
        assert!((sum.1 - high).abs() < 0.03 * width, "{id}: to {} on the mean, expected {high}", sum.1);
        assert!(worst < 0.12 * width, "{id}: once off by {worst}, with a width of {width}");
    }
}
