//! Worlds drawn from the posterior: their figures are those of exact inference, and the errors they state are true.

use crate::enumeration::plan as random_plan;
use crate::network::read;
use foretell::exact::{Exact, conditioned, solve};
use foretell::model;
use foretell::plan::{Plan, Situation, compile};
use foretell::scenario;
use foretell::simulate::{Answer, Impossible, Merging, Method, Part, Settings, Shard, Tally, simulate, simulate_part};
use foretell::source::Source;
use proptest::prelude::*;

/// The probabilities of an answer and their standard errors.
fn shares(answer: &Answer) -> Vec<(f64, f64)> {
    match answer {
        Answer::Binary(share) => vec![(share.value, share.standard_error)],
        Answer::Categorical(options) => options.iter().map(|option| (option.value, option.standard_error)).collect(),
        _ => Vec::new(),
    }
}

/// Figures of a run beside those of exact inference: simulated, its error, exact.
fn beside(plan: &Plan, tally: &Tally, exact: &Exact) -> Vec<(f64, f64, f64)> {
    let asks = plan.asks.iter().zip(tally.answers().iter().zip(exact.answers()));
    let without_condition = asks.filter(|(ask, _)| ask.given.is_none());
    let answers = without_condition.flat_map(|(_, (simulated, exact))| {
        let exact = exact.as_ref().map(shares).unwrap_or_default();
        shares(simulated).into_iter().zip(exact).map(|((value, error), (exact, _))| (value, error, exact))
    });
    let joints = tally
        .joints()
        .iter()
        .zip(exact.joints())
        .filter_map(|(simulated, exact)| Some((simulated.value, simulated.standard_error, exact.as_ref()?.value)));
    answers.chain(joints).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(11), ..ProptestConfig::default() })]

    #[test]
    fn random_plans_have_the_figures_of_exact_inference(random in prop::collection::vec(any::<u32>(), 97)) {
        let plan = random_plan(&random);
        let subject = conditioned(&plan);
        prop_assume!(subject.is_posterior());
        let Ok(exact) = solve(&plan) else { return Ok(()) };
        let worlds = 16_384;
        let settings = Settings { worlds, method: Method::Posterior, doubt_draws: 0, ..Settings::default() };
        // A belief that the worlds of this seed cannot meet need not be met.
        let Ok(tally) = simulate(subject, &settings, &|_| ()) else { return Ok(()) };
        prop_assert_eq!(tally.method(), Some(Method::Posterior));
        if let (Some(evidence), Some(expected)) = (tally.evidence(), exact.evidence()) {
            prop_assert!((evidence.value / expected.value - 1.0).abs() < 1e-12);
            prop_assert_eq!(evidence.standard_error, 0.0);
        }
        if tally.weighted() {
            return Ok(());
        }
        prop_assert_eq!(tally.effective_sample_size(), worlds as f64);
        for (value, _, expected) in beside(&plan, &tally, &exact) {
            // Bernstein's inequality with a chance of 1e-10 for each of fewer than 10,000 figures.
            let (variance, log) = (expected * (1.0 - expected), (2e10_f64).ln());
            let allowed = (2.0 * variance * log / worlds as f64).sqrt() + 2.0 * log / (3.0 * worlds as f64);
            prop_assert!((value - expected).abs() <= allowed + 1e-12, "{} {}", value, expected);
        }
    }
}

/// For some seeds, the difference of each figure from the exact one in standard errors.
fn in_standard_errors(plan: &Plan, method: Method, worlds: u64, seeds: u64) -> Vec<f64> {
    let exact = solve(plan).expect("the network is small enough");
    let mut differences = Vec::new();
    for seed in 1..=seeds {
        let settings = Settings { worlds, seed, method, doubt_draws: 0, ..Settings::default() };
        let tally = simulate(conditioned(plan), &settings, &|_| ()).expect("the evidence is possible");
        assert_eq!(tally.method(), Some(method));
        let figures = beside(plan, &tally, &exact).into_iter();
        differences
            .extend(figures.filter(|(_, error, _)| *error > 0.0).map(|(value, error, exact)| (value - exact) / error));
    }
    differences
}

#[test]
fn standard_errors_are_true_whatever_is_known() {
    let Some(network) = read("alarm") else { return };
    let rare: [&[(&str, &str)]; 3] = [
        // Probabilities 1.0e-3, 9.8e-3 and 1.6e-3; the first has several quite different explanations.
        &[("HRSAT", "LOW"), ("EXPCO2", "HIGH"), ("MINVOL", "HIGH")],
        &[("EXPCO2", "ZERO"), ("MINVOL", "ZERO"), ("PRESS", "HIGH")],
        &[("PAP", "HIGH"), ("PRESS", "ZERO")],
    ];
    for (at, known) in rare.iter().enumerate() {
        let plan = network.plan(known);
        for method in [Method::Posterior, Method::Adaptive, Method::Weighting] {
            // Too few of the worlds tell of the first to trust weights.
            if at == 0 && method != Method::Posterior {
                continue;
            }
            let differences = in_standard_errors(&plan, method, 100_000, 20);
            let square = differences.iter().map(|one| one * one).sum::<f64>() / differences.len() as f64;
            // Of some 2,000 figures, 400 of them independent, a mean square above 1.4 has a chance below 1e-6; weighted errors have heavier tails.
            assert!(differences.len() > 1_500 && (0.6..1.4).contains(&square), "{known:?} {method:?}: {square}");
            let largest = differences.iter().fold(0.0_f64, |largest, one| largest.max(one.abs()));
            assert!(largest < 6.0, "{known:?} {method:?}: {largest} standard errors");
        }
    }
}

/// A price that nothing exact is known of depends on a war, of which an alarm tells.
const MIXED: &str = r#"
title   = "Prices and a war"
as_of   = 2026-01-01
horizon = 2026-12-31

[event.war]
ask    = "Is there a war?"
chance = "2%"

[event.alarm]
ask    = "Does the alarm go off?"
chance = [{ if = "war", is = "90%" }, { otherwise = "3%" }]

[event.price]
ask   = "How high is the price?"
unit  = "dollars"
value = [{ if = "war", is = "normal(160, 20)" }, { otherwise = "normal(100, 5)" }]
"#;

fn mixed() -> Plan {
    let source = Source::new("mixed.toml".to_owned(), MIXED);
    let (document, _) = scenario::parse(&source);
    let (model, found) = model::check(&document);
    let model = model.unwrap_or_else(|| panic!("{}", found.render(&source, false)));
    let mut situation = Situation::of_file(&model);
    let known = Source::new("--given", "alarm");
    let expression = scenario::expression_from_text(&known).expect("a condition");
    situation.given.push(("alarm".to_owned(), model.condition(&expression).expect("of this scenario")));
    compile(&model, &situation)
}

#[test]
fn what_is_not_discrete_is_simulated_from_the_posterior() {
    let plan = mixed();
    let war = 0.02 * 0.9 / (0.02 * 0.9 + 0.98 * 0.03);
    for method in [Method::Auto, Method::Posterior] {
        let settings = Settings { worlds: 200_000, method, doubt_draws: 0, ..Settings::default() };
        let tally = simulate(conditioned(&plan), &settings, &|_| ()).expect("the alarm can go off");
        assert_eq!(tally.method(), Some(Method::Posterior));
        assert!((tally.evidence().expect("it has a probability").value - 0.0474).abs() < 1e-15);
        assert_eq!(tally.effective_sample_size(), 200_000.0);
        let price = plan.asks.iter().zip(tally.answers()).find(|(ask, _)| ask.name.contains("price"));
        let Some((_, Answer::Number(price))) = price else { panic!("{price:?}") };
        // Five standard errors: a false alarm in 2 million.
        let expected = war * 160.0 + (1.0 - war) * 100.0;
        assert!((price.mean.value - expected).abs() < 5.0 * price.mean.standard_error, "{:?} {expected}", price.mean);
        let variance = war * (400.0 + 3600.0) + (1.0 - war) * 25.0 - (60.0 * war).powi(2);
        let stated = (variance / 200_000.0).sqrt();
        assert!((price.mean.standard_error / stated - 1.0).abs() < 0.02, "{:?} {stated}", price.mean);
    }
    // The same worlds weighted say the same.
    let settings = Settings { worlds: 200_000, method: Method::Weighting, doubt_draws: 0, ..Settings::default() };
    let tally = simulate(conditioned(&plan), &settings, &|_| ()).expect("the alarm can go off");
    assert_eq!(tally.method(), Some(Method::Weighting));
    assert!(tally.effective_sample_size() < 100_000.0);
}

#[test]
fn parts_of_the_posterior_are_one_run() {
    let plan = mixed();
    let settings = Settings { worlds: 300_000, doubt_draws: 0, ..Settings::default() };
    let whole = simulate(conditioned(&plan), &settings, &|_| ()).expect("the alarm can go off");
    let mut merging = Merging::default();
    for number in [2, 1, 3] {
        let shard = Shard::new(number, 3).expect("there is such a part");
        let part = simulate_part(conditioned(&plan), &settings, shard, &|_| ()).expect("the alarm can go off");
        // As they are kept in a file.
        let part = Part::from_record(&plan, &settings, shard, &part.record()).expect("it fits");
        merging.add(part).expect("the parts go together");
    }
    let merged = merging.finish(&plan, &settings).expect("the alarm can go off");
    assert_eq!(format!("{merged:?}"), format!("{whole:?}"));
}

#[test]
fn where_there_is_no_exact_posterior_it_is_refused_by_name() {
    let settings = Settings { method: Method::Posterior, doubt_draws: 0, ..Settings::default() };
    // Nothing is known: there is nothing to refuse.
    assert!(simulate(conditioned(&Plan::default()), &settings, &|_| ()).is_ok());
    let plan = mixed();
    let failure = simulate(&plan, &settings, &|_| ()).expect_err("the plan by itself has no posterior");
    assert_eq!(failure, Impossible::NoPosterior);
}
