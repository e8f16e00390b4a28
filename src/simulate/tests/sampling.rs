//! Rejection, weighting and adaptive importance sampling give the same figures, and the errors they state are true.

use super::*;

fn run_by(sketch: &Sketch, method: Method, worlds: u64, seed: u64) -> Tally {
    let settings = Settings { worlds, seed, method, doubt_draws: 0, ..Settings::default() };
    simulate(&sketch.plan, &settings, &|_| ()).unwrap()
}

fn normal(sketch: &mut Sketch, name: &str, mean: f64, deviation: f64) -> NumberId {
    let distribution = crate::dist::family("normal", &[mean, deviation]).unwrap();
    let (out, draw) = (sketch.number(), Draw::Stream(sketch.stream(name)));
    let rows = always(NumberSource::Sampler(Box::new(Sampler::new(&distribution))));
    sketch.push(name, Operation::Number { out, draw, rows, evidence: None });
    out
}

/// A standard normal that is required to be above a bound.
fn tail(bound: f64) -> Sketch {
    let mut sketch = Sketch::new(1.0);
    let z = normal(&mut sketch, "z", 0.0, 1.0);
    let above = sketch.compare(Comparison::Less, Operand::Constant(bound), Operand::Column(z));
    sketch.require(above);
    sketch.ask(Asked::Number(z));
    sketch
}

#[test]
fn rare_numbers_have_their_probability() {
    // P(R < S) for R ~ N(7, 1), S ~ N(2, 1), and P(Z > 5), P(Z > 6): cases Q1 and Q2.
    let mut difference = Sketch::new(1.0);
    let r = normal(&mut difference, "r", 7.0, 1.0);
    let s = normal(&mut difference, "s", 2.0, 1.0);
    let less = difference.compare(Comparison::Less, Operand::Column(r), Operand::Column(s));
    difference.require(less);
    for (sketch, expected) in
        [(difference, 2.034_760e-4), (tail(5.0), 2.866_516e-7), (tail(6.0), 9.865_876e-10), (tail(-1.0), 0.841_344_7)]
    {
        let tally = run_by(&sketch, Method::Auto, 200_000, 1);
        let evidence = tally.evidence().unwrap();
        close(evidence, expected);
        assert!(evidence.standard_error < 0.02 * expected, "{evidence:?}");
        let rare = expected < 0.1;
        assert_eq!(tally.method(), Some(if rare { Method::Adaptive } else { Method::Rejection }));
        assert_eq!(tally.weighted(), rare);
    }
    let tally = run_by(&tail(5.0), Method::Auto, 200_000, 1);
    let Answer::Number(above) = &tally.answers()[0] else { panic!() };
    // E(Z | Z > 5) = φ(5) / P(Z > 5)
    close(above.mean, 1.486_719_5e-6 / 2.866_515_7e-7);
    assert!(above.minimum > 5.0);
}

#[test]
fn rare_conjunctions_and_dates_have_their_probability() {
    let mut sketch = Sketch::new(100.0);
    let parts: Vec<PlaneId> = [0.001, 0.01, 0.05].iter().map(|p| sketch.bernoulli(&format!("p{p}"), *p)).collect();
    let both = sketch.logic(Logic::And, parts[0], parts[1]);
    let all = sketch.logic(Logic::And, both, parts[2]);
    sketch.require(all);
    let conjunction = run_by(&sketch, Method::Auto, 400_000, 3);
    close(conjunction.evidence().unwrap(), 5e-7);
    let mut sketch = Sketch::new(100.0);
    let date = sketch.date("date", constant(1e-6, 100.0));
    let by = sketch.by(date, 50.0);
    sketch.require(by);
    let early = run_by(&sketch, Method::Auto, 400_000, 3);
    close(early.evidence().unwrap(), -crate::math::exp_m1(0.5 * ln_1p(-1e-6)));
    for tally in [conjunction, early] {
        let evidence = tally.evidence().unwrap();
        assert!(evidence.standard_error < 0.05 * evidence.value, "{evidence:?}");
        assert_eq!(tally.method(), Some(Method::Adaptive));
    }
}

#[test]
fn methods_agree_on_a_chain_with_rare_evidence() {
    // A fault of 1 in 1000 sets off three alarms with 90 %, which otherwise go off with 2 %; all three did.
    let network = || {
        let mut sketch = Sketch::new(1.0);
        let fault = sketch.bernoulli("fault", 0.001);
        for alarm in ["first", "second", "third"] {
            let rows = sketch.either(fault, chance(0.9), chance(0.02));
            sketch.bernoulli_known(alarm, rows, Some(true));
        }
        sketch.ask(Asked::Binary(fault));
        sketch
    };
    let (with, without) = (0.001 * 0.729, 0.999 * 8e-6);
    for method in [Method::Rejection, Method::Weighting, Method::Adaptive, Method::Auto] {
        let tally = run_by(&network(), method, 400_000, 2);
        close(tally.evidence().unwrap(), with + without);
        close(probability(&tally, 0), with / (with + without));
        let expected = if method == Method::Auto { Method::Adaptive } else { method };
        assert_eq!(tally.method(), Some(expected));
        if expected == Method::Adaptive {
            assert!(tally.effective_sample_size() > 100_000.0, "{}", tally.effective_sample_size());
        }
    }
}

#[test]
fn copulas_and_options_are_tilted_too() {
    let mut sketch = Sketch::new(1.0);
    let uniforms = [sketch.number(), sketch.number()];
    let streams = vec![sketch.stream("first"), sketch.stream("second")];
    let factor = ndarray::array![[1.0, 0.0], [0.6, 0.8]];
    sketch.push("group", Operation::CorrelatedUniforms { out: uniforms.to_vec(), streams, factor });
    let high = uniforms.map(|uniform| {
        sketch.compare(Comparison::Less, Operand::Constant(0.9986501019683699), Operand::Column(uniform))
    });
    let both = sketch.logic(Logic::And, high[0], high[1]);
    let out: Vec<PlaneId> = (0..3).map(|_| sketch.plane()).collect();
    let draw = Draw::Stream(sketch.stream("option"));
    let rows = always(Probabilities { predictive: vec![0.689, 0.31, 0.001], drawn: None, stream: None });
    sketch.push("option", Operation::Categorical { out: out.clone(), draw, rows, evidence: None });
    let all = sketch.logic(Logic::And, both, out[2]);
    sketch.require(all);
    let tally = run_by(&sketch, Method::Auto, 400_000, 5);
    // P(both normal scores above 3) with correlation 0.6: numerical integration of the conditional normal.
    let quarter = |x: f64| crate::math::normal::density(x) * crate::math::normal::cdf((0.6 * x - 3.0) / 0.8);
    let both = crate::math::quadrature::integrate(quarter, 3.0, 12.0, 1e-14);
    close(tally.evidence().unwrap(), 0.001 * both);
    assert!(tally.evidence().unwrap().standard_error < 0.02 * 0.001 * both);
}

#[test]
fn stated_errors_are_true() {
    // 200 seeds: the share within 1.96 standard errors is 0.95 ± 0.0154; 4.9 of those deviations have a false-alarm rate of 1e-6.
    // Two figures of each run are looked at.
    let expected = 2.866_516e-7;
    let mean = 1.486_719_5e-6 / 2.866_515_7e-7;
    let (mut within, mut within_mean) = (0.0, 0.0);
    for seed in 1..=200 {
        let tally = run_by(&tail(5.0), Method::Adaptive, 20_000, seed);
        let evidence = tally.evidence().unwrap();
        within += f64::from(u8::from((evidence.value - expected).abs() < 1.96 * evidence.standard_error));
        let Answer::Number(number) = &tally.answers()[0] else { panic!() };
        within_mean += f64::from(u8::from((number.mean.value - mean).abs() < 1.96 * number.mean.standard_error));
    }
    for within in [within, within_mean] {
        assert!((within / 200.0 - 0.95_f64).abs() < 4.9 * 0.0154, "{within} of 200");
    }
}

/// Over 200 seeds the sum of squared distances of each of seven quantiles from the truth, in units of the mean square of the errors stated, is
/// chi-square with 200 degrees of freedom: below 110 or above 327 it is for one of them with a chance of 1e-6.
fn holds_quantiles_to_their_errors(sketch: &Sketch, method: Method, exact: impl Fn(f64) -> f64) {
    const SEEDS: u64 = 200;
    let (mut off, mut stated) = ([0.0; QUANTILE_LEVELS.len()], [0.0; QUANTILE_LEVELS.len()]);
    let exact = QUANTILE_LEVELS.map(exact);
    for seed in 1..=SEEDS {
        let tally = run_by(sketch, method, 40_000, seed);
        let Answer::Number(number) = &tally.answers()[0] else { panic!() };
        for (at, (_, quantile)) in number.quantiles.iter().enumerate() {
            off[at] += (quantile.value - exact[at]).powi(2);
            stated[at] += quantile.standard_error.powi(2) / SEEDS as f64;
        }
    }
    for (at, level) in QUANTILE_LEVELS.iter().enumerate() {
        let sum = off[at] / stated[at];
        assert!((110.0..327.0).contains(&sum), "{level}: {sum} for {SEEDS}");
    }
}

/// Worlds below the 2 % quantile weigh twenty times as much as the others, so that a low quantile is less exact and a high one more than what all worlds
/// are worth together would say: of the errors that says, the sums would be about 590 at 5 % and 40 at 95 %.
#[test]
fn stated_errors_of_quantiles_are_true_where_worlds_weigh_differently() {
    let quantile = crate::math::normal::quantile;
    let mut sketch = Sketch::new(1.0);
    let z = normal(&mut sketch, "z", 0.0, 1.0);
    let low = sketch.compare(Comparison::Less, Operand::Column(z), Operand::Constant(quantile(0.02)));
    let finding = sketch.finding("hint");
    sketch.push("hint", Operation::Weigh { plane: low, ratio: 20.0, finding });
    sketch.ask(Asked::Number(z));
    holds_quantiles_to_their_errors(&sketch, Method::Weighting, |level| {
        // Those below weigh 20 · 0.02, the others 0.98.
        let weight = level * (0.4 + 0.98);
        quantile(if weight < 0.4 { weight / 20.0 } else { weight - 0.38 })
    });
}

#[test]
fn stated_errors_of_quantiles_of_a_tilted_run_are_true() {
    // S given R < S, for R ~ N(7, 1) and S ~ N(2, 1): 2.03e-4, half-way between the two.
    let mut sketch = Sketch::new(1.0);
    let r = normal(&mut sketch, "r", 7.0, 1.0);
    let s = normal(&mut sketch, "s", 2.0, 1.0);
    let less = sketch.compare(Comparison::Less, Operand::Column(r), Operand::Column(s));
    sketch.require(less);
    sketch.ask(Asked::Number(s));
    let density = |x: f64| crate::math::normal::density(x - 2.0) * crate::math::normal::cdf(x - 7.0);
    let upto = |x: f64| crate::math::quadrature::integrate(density, -6.0, x, 1e-13);
    let all = upto(14.0);
    holds_quantiles_to_their_errors(&sketch, Method::Adaptive, |level| {
        let (mut low, mut high) = (-6.0, 14.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            (low, high) = if upto(middle) < level * all { (middle, high) } else { (low, middle) };
        }
        low
    });
}

#[test]
fn without_evidence_nothing_is_chosen() {
    let mut sketch = Sketch::new(1.0);
    let rain = sketch.bernoulli("rain", 0.3);
    sketch.ask(Asked::Binary(rain));
    for method in [Method::Auto, Method::Adaptive, Method::Rejection] {
        let tally = run_by(&sketch, method, 50_000, 1);
        assert_eq!((tally.method(), tally.weighted()), (None, false));
    }
}

#[test]
fn a_hint_cannot_be_met_by_rejection() {
    let mut sketch = Sketch::new(1.0);
    let rain = sketch.bernoulli("rain", 0.3);
    let finding = sketch.finding("hint");
    sketch.push("hint", Operation::Weigh { plane: rain, ratio: 4.0, finding });
    let settings = Settings { method: Method::Rejection, ..Settings::default() };
    let refused = simulate(&sketch.plan, &settings, &|_| ()).unwrap_err();
    assert!(matches!(refused, Impossible::NotByRejection { finding: 0, .. }));
}

#[test]
fn parts_of_an_adaptive_run_merge_to_its_bytes() {
    let sketch = tail(4.0);
    let settings = Settings { worlds: 200_000, doubt_draws: 0, ..Settings::default() };
    let whole = simulate(&sketch.plan, &settings, &|_| ()).unwrap();
    let mut merging = Merging::default();
    for number in [2, 1, 3] {
        let shard = Shard::new(number, 3).unwrap();
        let part = simulate_part(&sketch.plan, &settings, shard, &|_| ()).unwrap();
        let text = serde_json::to_string(&part.record()).unwrap();
        let record = serde_json::from_str(&text).unwrap();
        merging.add(Part::from_record(&sketch.plan, &settings, shard, &record).unwrap()).unwrap();
    }
    let merged = merging.finish(&sketch.plan, &settings).unwrap();
    assert_eq!(format!("{whole:?}"), format!("{merged:?}"));
    assert_eq!(merged.method(), Some(Method::Adaptive));
}

#[test]
fn a_cause_that_few_worlds_have_and_that_explains_best_is_not_overlooked() {
    // One world in 100,000 has it, and carries 1 % of the weight.
    let mut sketch = Sketch::new(1.0);
    let cause = sketch.bernoulli("cause", 1e-5);
    let rows = sketch.either(cause, chance(1.0), chance(0.001));
    sketch.bernoulli_known("alarm", rows, Some(true));
    sketch.ask(Asked::Binary(cause));
    let expected = 1e-5 / (1e-5 + (1.0 - 1e-5) * 0.001);
    for method in [Method::Weighting, Method::Adaptive] {
        let mut square = 0.0;
        for seed in 1..=40 {
            let tally = run_by(&sketch, method, 100_000, seed);
            let Answer::Binary(share) = &tally.answers()[0] else { panic!() };
            let off = (share.value - expected) / share.standard_error;
            assert!(off.abs() < 5.5, "{method:?}, seed {seed}: {share:?}");
            square += off * off / 40.0;
        }
        // χ² with 40 degrees of freedom lies outside of these bounds with a chance of 1e-6.
        assert!((0.25..2.52).contains(&square), "{method:?}: {square}");
    }
}

#[test]
fn what_comes_about_in_two_quite_different_ways_has_the_probability_of_both() {
    // z > 5, or v > 3 and w > 3: neither of the two is near the other.
    let mut sketch = Sketch::new(1.0);
    let mut above = |name: &str, bound: f64| {
        let number = normal(&mut sketch, name, 0.0, 1.0);
        sketch.compare(Comparison::Less, Operand::Constant(bound), Operand::Column(number))
    };
    let (z, v, w) = (above("z", 5.0), above("v", 3.0), above("w", 3.0));
    let both = sketch.logic(Logic::And, v, w);
    let either = sketch.logic(Logic::Or, z, both);
    // The same by other words: not (not both and not z), not (not z except where both).
    let [not_z, not_both] = [z, both].map(|plane| sketch.not(plane));
    let neither = sketch.logic(Logic::And, not_both, not_z);
    let nor = sketch.logic(Logic::AndNot, not_z, both);
    let [not_neither, not_nor] = [neither, nor].map(|plane| sketch.not(plane));
    let (one, other) = (2.866_516e-7, 1.349_898e-3 * 1.349_898e-3);
    for required in [either, not_neither, not_nor] {
        let mut sketch = Sketch { plan: sketch.plan.clone() };
        sketch.require(required);
        for seed in 1..=5 {
            let settings = Settings { seed, method: Method::Adaptive, ..Settings::default() };
            let found = crate::simulate::rarity(&sketch.plan, &settings, 0.01).unwrap();
            close(found.probability, one + other - one * other);
            assert!(found.probability.standard_error < 0.01 * found.probability.value, "{found:?}");
            // So few worlds of so little cannot tell that there is no third way.
            assert_eq!(found.may_be_missed, 1.0);
        }
    }
}

#[test]
fn a_way_that_was_not_met_is_smaller_than_said() {
    // z > 3.8, or six others above 1 each and z < 0: a proposal has one set of numbers for both.
    let mut sketch = Sketch::new(1.0);
    let z = normal(&mut sketch, "z", 0.0, 1.0);
    let six: Vec<NumberId> = (0..6).map(|number| normal(&mut sketch, &format!("v{number}"), 0.0, 1.0)).collect();
    let mut above = |number, bound| sketch.compare(Comparison::Less, Operand::Constant(bound), Operand::Column(number));
    let (far, up) = (above(z, 3.8), above(z, 0.0));
    let six: Vec<PlaneId> = six.into_iter().map(|number| above(number, 1.0)).collect();
    let all = six.into_iter().reduce(|all, one| sketch.logic(Logic::And, all, one)).unwrap();
    let other = sketch.logic(Logic::AndNot, all, up);
    let either = sketch.logic(Logic::Or, far, other);
    sketch.require(either);
    sketch.ask(Asked::Binary(other));
    let ways = [7.234_804e-5, 0.5 * 0.158_655_3_f64.powi(6)];
    let share = ways[1] / (ways[0] + ways[1]);
    let (mut missed, mut larger_than_said) = (0, 0);
    for seed in 1..=20 {
        let tally = run_by(&sketch, Method::Adaptive, 500_000, seed);
        let Answer::Binary(found) = &tally.answers()[0] else { panic!() };
        let said = tally.may_be_missed().unwrap();
        // 8 ln 20 of what the worlds weigh together.
        let expected = 8.0 * 20.0_f64.ln() / (500_000.0 * tally.evidence().unwrap().value);
        assert!((said - expected).abs() < 1e-9 && said < 1.0, "{said} {expected}");
        let is_missed = found.value < share / 100.0;
        missed += i32::from(is_missed);
        larger_than_said += i32::from(is_missed && share > said);
    }
    // At most 5 % of runs: 9 or more of 20 have a chance of 3e-7. Were an eighth of this said, all that miss it would be among them.
    assert!(larger_than_said < 9 && missed >= 9, "{larger_than_said} of 20, {missed} missed");
}

#[test]
fn what_no_proposal_drew_cannot_be_missed() {
    let tally = run_by(&tail(-1.0), Method::Auto, 50_000, 1);
    assert_eq!((tally.method(), tally.may_be_missed()), (Some(Method::Rejection), None));
}

#[test]
fn what_may_be_missed_counts_how_likely_a_known_date_was() {
    // P(z > 3) P(the day): every world that agrees weighs as much as the day was likely.
    let with = |multipliers: Vec<Multiplier>| {
        let mut sketch = Sketch::new(100.0);
        let never = sketch.date("never", rate(0.0));
        let multipliers = multipliers.into_iter().map(|by| Multiplier { since: Since::Date(never), ..by }).collect();
        let rows = always(constant_source(0.5, 100.0));
        sketch.date_known("date", rows, None, multipliers, Some(DateEvidence::On(7.0)));
        let z = normal(&mut sketch, "z", 0.0, 1.0);
        let far = sketch.compare(Comparison::Less, Operand::Constant(3.0), Operand::Column(z));
        sketch.require(far);
        run_by(&sketch, Method::Adaptive, 200_000, 1)
    };
    let expected =
        |tally: &Tally, largest: f64| 8.0 * 20.0_f64.ln() * largest / (200_000.0 * tally.evidence().unwrap().value);
    let survives = |day: f64| 0.5_f64.powf(day / 100.0);
    let plain = with(Vec::new());
    let said = plain.may_be_missed().unwrap();
    assert!((said / expected(&plain, survives(6.0) - survives(7.0)) - 1.0).abs() < 1e-9, "{said}");
    // What never sets in might have: three times the hazard on that day, and as much as now before it.
    let thrice = Multiplier { before: 1.0, after: 3.0, since: Since::Plane(PlaneId(0)) };
    let raised = with(vec![thrice]);
    let said = raised.may_be_missed().unwrap();
    let largest = survives(6.0) * (1.0 - 0.5_f64.powf(0.03));
    assert!((said / expected(&raised, largest) - 1.0).abs() < 1e-9, "{said}");
    // Where it might have been a hundred times each day, nothing can be told.
    let hundred = Multiplier { before: 1.0, after: 100.0, since: Since::Plane(PlaneId(0)) };
    assert_eq!(with(vec![hundred; 2]).may_be_missed(), None);
}
