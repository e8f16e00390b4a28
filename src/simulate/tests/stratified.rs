//! Stratified worlds: means that are still right, standard errors that are true, and smaller.
//!
//! Over 300 seeds, the sum of squared distances from the truth in stated standard errors is chi-square with about 300 degrees of freedom
//! where those are normal and true. Between 190 and 440 it is, but for 2e-7 of blind choices of seeds on either side; that tells errors
//! stated a fifth too small or a quarter too large. Quantiles take more worlds, and so have fewer seeds: of 80, between 30 and 210.

use super::*;

const SEEDS: u64 = 300;
/// 40 blocks, the last of them short.
const WORLDS: u64 = 160_001;
const TRUE: std::ops::Range<f64> = 190.0..440.0;

fn run(plan: &Plan, seed: u64, design: Design) -> Tally {
    let settings = Settings { worlds: WORLDS, seed, doubt_draws: 0, design, ..Settings::default() };
    simulate(plan, &settings, &|_| ()).unwrap()
}

/// Causes and effects, dates, a number, a sum, and conditions.
fn everyday() -> Sketch {
    let mut sketch = Sketch::new(100.0);
    let cause = sketch.bernoulli("cause", 0.3);
    let other = sketch.bernoulli("other", 0.07);
    let effect = sketch.bernoulli_if("effect", cause, 0.8, 0.1);
    let last = sketch.bernoulli_if("last", effect, 0.55, 0.25);
    let both = sketch.logic(Logic::And, last, other);
    let date = sketch.date("date", rate(0.01));
    let after = sketch.date_known(
        "after",
        always(HazardSource { hazard: rate(0.02), scale: None }),
        Some(date),
        Vec::new(),
        None,
    );
    let late = sketch.by(after, 60.0);
    let either = sketch.logic(Logic::Or, late, both);
    for plane in [cause, effect, last, both, late, either] {
        sketch.ask(Asked::Binary(plane));
    }
    sketch.ask_given(Asked::Binary(effect), Some(last));
    let [left, right] = ["first", "second"].map(|name| {
        let number = sketch.number();
        let draw = Draw::Stream(sketch.stream(name));
        sketch.push(name, Operation::Number { out: number, draw, rows: always(amount()), evidence: None });
        Operand::Column(number)
    });
    let sum = sketch.number();
    sketch.push("sum", Operation::Arithmetic { out: sum, arithmetic: Arithmetic::Add, left, right });
    sketch.ask(Asked::Number(sum));
    sketch.ask(Asked::Date(date));
    sketch.plan.joints = vec![0, 1, 2];
    sketch
}

/// All figures with their errors.
fn figures(tally: &Tally) -> Vec<Estimate> {
    let mut figures = Vec::new();
    for answer in tally.answers() {
        match answer {
            Answer::Binary(estimate) => figures.push(*estimate),
            Answer::Number(number) => figures.push(number.mean),
            Answer::Date(date) => figures.push(date.never),
            other => panic!("{other:?} is not asked"),
        }
    }
    for pair in [[0, 1], [0, 2], [1, 2]] {
        figures.push(tally.joints()[pair]);
    }
    figures
}

#[test]
fn standard_errors_of_stratified_worlds_are_true_and_smaller_than_those_of_as_many_independent_ones() {
    let sketch = everyday();
    // What they are held against: a hundred times the worlds, by the other design.
    let settings = Settings { worlds: 100 * WORLDS, seed: 9_999, doubt_draws: 0, ..Settings::default() };
    let reference = figures(&simulate(&sketch.plan, &settings, &|_| ()).unwrap());
    let all: Vec<_> = (0..SEEDS).map(|seed| figures(&run(&sketch.plan, seed, Design::Stratified))).collect();
    let independent = figures(&run(&sketch.plan, 1, Design::Independent));
    let mut ratios = Vec::new();
    for (at, reference) in reference.iter().enumerate() {
        let seeds = all.iter().map(|figures| figures[at]);
        let mean = seeds.clone().map(|figure| figure.value).sum::<f64>() / SEEDS as f64;
        let squares: f64 = seeds.clone().map(|figure| ((figure.value - mean) / figure.standard_error).powi(2)).sum();
        assert!(TRUE.contains(&squares), "figure {at}: {squares} for {SEEDS}");
        let error = (seeds.map(|figure| figure.standard_error.powi(2)).sum::<f64>() / SEEDS as f64).sqrt();
        let off = (mean - reference.value) / (reference.standard_error.hypot(error / (SEEDS as f64).sqrt()));
        assert!(off.abs() < ALLOWED, "figure {at}: {mean} against {reference:?}");
        assert!(error < 1.02 * independent[at].standard_error, "figure {at}");
        ratios.push((independent[at].standard_error / error).powi(2));
    }
    // A cause by itself is all but exact; of its effects, half of the variance goes and more.
    assert!(ratios[0] > 20.0 && ratios[2] > 2.0, "{ratios:?}");
}

#[test]
fn standard_errors_of_quantiles_are_true_too() {
    let mut sketch = Sketch::new(1.0);
    let [first, second] = ["first", "second"].map(|name| {
        let number = sketch.number();
        let draw = Draw::Stream(sketch.stream(name));
        sketch.push(name, Operation::Number { out: number, draw, rows: always(amount()), evidence: None });
        Operand::Column(number)
    });
    let sum = sketch.number();
    sketch.push("sum", Operation::Arithmetic { out: sum, arithmetic: Arithmetic::Add, left: first, right: second });
    sketch.ask(Asked::Number(sum));
    let seeds = 80;
    let quantiles = |seed, design| {
        let settings = Settings { worlds: 560_000, seed, doubt_draws: 0, design, ..Settings::default() };
        match &simulate(&sketch.plan, &settings, &|_| ()).unwrap().answers()[0] {
            Answer::Number(number) => number.quantiles.clone(),
            other => panic!("{other:?} is no number"),
        }
    };
    let all: Vec<_> = (0..seeds).map(|seed| quantiles(seed, Design::Stratified)).collect();
    let independent = quantiles(1, Design::Independent);
    for (at, level) in QUANTILE_LEVELS.into_iter().enumerate() {
        let seen = all.iter().map(|quantiles| quantiles[at].1);
        let mean = seen.clone().map(|quantile| quantile.value).sum::<f64>() / f64::from(seeds as u32);
        let squares: f64 = seen.clone().map(|one| ((one.value - mean) / one.standard_error).powi(2)).sum();
        assert!((30.0..210.0).contains(&squares), "{level}: {squares} for {seeds}");
        let error = (seen.map(|one| one.standard_error.powi(2)).sum::<f64>() / f64::from(seeds as u32)).sqrt();
        let (_, one) = independent[at];
        // The middle gains most; 17 degrees of freedom tell each error to a sixth, and 80 of them to a fiftieth.
        let most = if level == 0.5 { 0.7 } else { 1.1 };
        assert!(error < most * one.standard_error, "{level}: {error} against {}", one.standard_error);
        assert!(((mean - one.value) / one.standard_error).abs() < ALLOWED, "{level}: {mean} against {}", one.value);
    }
}

#[test]
fn with_few_blocks_the_errors_are_those_of_independent_worlds() {
    let sketch = everyday();
    let errors = |design| {
        let settings = Settings { worlds: 40_000, doubt_draws: 0, design, ..Settings::default() };
        figures(&simulate(&sketch.plan, &settings, &|_| ()).unwrap())
    };
    for (stratified, independent) in errors(Design::Stratified).iter().zip(errors(Design::Independent)) {
        let ratio = stratified.standard_error / independent.standard_error;
        assert!((0.8..1.25).contains(&ratio), "{stratified:?} {independent:?}");
    }
}

#[test]
fn evidence_of_every_kind_is_met_by_stratified_worlds() {
    for method in [Method::Rejection, Method::Weighting, Method::Adaptive] {
        let mut sketch = Sketch::new(10.0);
        let cause = sketch.bernoulli("cause", 0.2);
        let rows = sketch.either(cause, chance(0.9), chance(0.3));
        sketch.bernoulli_known("effect", rows, Some(true));
        sketch.ask(Asked::Binary(cause));
        let settings =
            Settings { worlds: 1_000_000, doubt_draws: 0, design: Design::Stratified, method, ..Settings::default() };
        let tally = simulate(&sketch.plan, &settings, &|_| ()).unwrap();
        // Bayes: 0.2 · 0.9 / (0.2 · 0.9 + 0.8 · 0.3).
        close(probability(&tally, 0), 0.18 / 0.42);
    }
}

#[test]
fn threads_and_parts_do_not_change_a_bit_of_stratified_worlds() {
    let sketch = everyday();
    let settings = |threads| Settings {
        worlds: 700_001,
        threads: Some(threads),
        doubt_draws: 0,
        design: Design::Stratified,
        ..Settings::default()
    };
    let whole = simulate(&sketch.plan, &settings(1), &|_| ()).unwrap();
    let two = simulate(&sketch.plan, &settings(2), &|_| ()).unwrap();
    let mut merging = Merging::default();
    for number in [3, 1, 2] {
        let shard = Shard::new(number, 3).unwrap();
        let part = simulate_part(&sketch.plan, &settings(2), shard, &|_| ()).unwrap();
        let record = serde_json::to_string(&part.record()).unwrap();
        let record = serde_json::from_str(&record).unwrap();
        merging.add(Part::from_record(&sketch.plan, &settings(2), shard, &record).unwrap()).unwrap();
    }
    let merged = merging.finish(&sketch.plan, &settings(1)).unwrap();
    assert_eq!(format!("{whole:?}"), format!("{two:?}"));
    assert_eq!(format!("{whole:?}"), format!("{merged:?}"));
}

/// The median of two clusters of half the worlds each, 99 apart, is in the one or the other: its error is half their distance, with chunks to
/// compare and without.
#[test]
fn a_quantile_in_a_gap_may_be_on_either_side_of_it() {
    let mut sketch = Sketch::new(1.0);
    // One coin alone would be shared out evenly by the strata.
    let (first, second) = (sketch.bernoulli("first", 0.5), sketch.bernoulli("second", 0.3));
    let coin = sketch.logic(Logic::Xor, first, second);
    let about = |mean: f64| {
        let distribution: Arc<dyn Distribution> = Arc::new(crate::dist::Uniform::new(mean, mean + 1.0).unwrap());
        NumberSource::Sampler(Box::new(Sampler::new(&distribution)))
    };
    let rows = sketch.either(coin, about(0.0), about(100.0));
    let number = sketch.number();
    let draw = Draw::Stream(sketch.stream("number"));
    sketch.push("number", Operation::Number { out: number, draw, rows, evidence: None });
    sketch.ask(Asked::Number(number));
    for (worlds, design) in [(4_096, Design::Independent), (17 * 32_768, Design::Stratified)] {
        let (mut medians, mut squares) = (Vec::new(), 0.0);
        for seed in 1..=20 {
            let settings = Settings { worlds, seed, doubt_draws: 0, design, ..Settings::default() };
            let tally = simulate(&sketch.plan, &settings, &|_| ()).unwrap();
            let Answer::Number(answer) = &tally.answers()[0] else { panic!("a number") };
            let median = answer.quantile(0.5);
            medians.push(median.value);
            squares += median.standard_error * median.standard_error / 20.0;
            // A quarter is well inside a cluster.
            assert!(answer.quantile(0.25).standard_error < 0.02, "{:?}", answer.quantile(0.25));
        }
        // On either side with one half: 20 on one side have a probability of 2e-6.
        assert!(
            medians.iter().any(|median| *median < 1.0) && medians.iter().any(|median| *median >= 100.0),
            "{medians:?}"
        );
        // The root mean square of what is stated: 99 √(1/6) = 40 ± 2, since Φ(z) is uniform.
        assert!((28.0..51.0).contains(&squares.sqrt()), "{}", squares.sqrt());
    }
}
