//! What is known: weighing against rejection, Jeffrey's rule, hints.

use super::*;

/// Rain (30 %) → wet (90 % or 20 %), a date that comes sooner in the rain, an amount that depends on it.
struct Weather {
    sketch: Sketch,
    rain: PlaneId,
}

fn weather(wet: Option<bool>, date: Option<DateEvidence>, option: Option<usize>) -> Weather {
    let mut sketch = Sketch::new(100.0);
    let rain = sketch.bernoulli("rain", 0.3);
    let rows = sketch.either(rain, chance(0.9), chance(0.2));
    let plane = sketch.bernoulli_known("wet", rows, wet);
    let rows = sketch.either(rain, constant_source(0.5, 20.0), constant_source(0.1, 20.0));
    let number = sketch.date_known("date", rows, None, Vec::new(), date);
    let out: Vec<PlaneId> = (0..3).map(|_| sketch.plane()).collect();
    let options = |predictive: [f64; 3]| Probabilities { predictive: predictive.to_vec(), drawn: None, stream: None };
    let rows = sketch.either(rain, options([0.2, 0.3, 0.5]), options([0.6, 0.3, 0.1]));
    let draw = Draw::Stream(sketch.stream("option"));
    let evidence = option.map(|option| (option, sketch.finding("option")));
    sketch.push("option", Operation::Categorical { out: out.clone(), draw, rows, evidence });
    let by = sketch.by(number, 20.0);
    for plane in [rain, plane, by, out[0], out[2]] {
        sketch.ask(Asked::Binary(plane));
    }
    Weather { sketch, rain }
}

#[test]
fn weighing_agrees_with_rejection_and_with_bayes() {
    // Days 6 to 20 of what may come; option 2; wet. Weights by hand for rain and no rain.
    let survives = |chance: f64, day: f64| exp(ln_1p(-chance) * day / 20.0);
    let rain = 0.3 * 0.9 * 0.5 * survives(0.5, 5.0);
    let dry = 0.7 * 0.2 * 0.1 * survives(0.1, 5.0);
    let weighted = weather(Some(true), Some(DateEvidence::NotBy(5.0)), Some(2)).sketch.run(400_000);
    close(probability(&weighted, 0), rain / (rain + dry));
    close(weighted.evidence().unwrap(), rain + dry);
    assert_eq!((probability(&weighted, 1).value, probability(&weighted, 4).value), (1.0, 1.0));
    assert!(weighted.weighted() && weighted.effective_sample_size() < 400_000.0);

    let Weather { mut sketch, .. } = weather(None, None, None);
    let Asked::Binary(wet) = sketch.plan.asks[1].what else { panic!() };
    let Asked::Binary(option) = sketch.plan.asks[4].what else { panic!() };
    let date = NumberId(0);
    let early = sketch.by(date, 5.0);
    let late = sketch.not(early);
    for plane in [wet, option, late] {
        sketch.require(plane);
    }
    let rejected = sketch.run(400_000);
    assert!(!rejected.weighted());
    close(rejected.evidence().unwrap(), rain + dry);
    for ask in [0, 2] {
        let (one, other) = (probability(&weighted, ask), probability(&rejected, ask));
        let error = one.standard_error.hypot(other.standard_error);
        assert!((one.value - other.value).abs() < ALLOWED * error, "{one:?} {other:?}");
    }
}

#[test]
fn a_day_known_and_an_event_that_never_came_weigh_by_their_chances() {
    let survives = |chance: f64, day: f64| exp(ln_1p(-chance) * day / 20.0);
    for (evidence, likelihood) in [
        (DateEvidence::On(7.0), [0.5, 0.1].map(|chance| survives(chance, 6.0) - survives(chance, 7.0))),
        (DateEvidence::Never, [0.5, 0.1].map(|chance| survives(chance, 100.0))),
    ] {
        let tally = weather(None, Some(evidence), None).sketch.run(200_000);
        let (rain, dry) = (0.3 * likelihood[0], 0.7 * likelihood[1]);
        close(probability(&tally, 0), rain / (rain + dry));
        close(tally.evidence().unwrap(), rain + dry);
    }
}

#[test]
fn correlated_evidence_tells_of_its_partner() {
    // Copula of 0.3 and 0.4 with correlation 0.5: P(first | second) = 0.191891 / 0.4.
    for known in [true, false] {
        let mut sketch = Sketch::new(1.0);
        let uniforms = [sketch.number(), sketch.number()];
        let streams = vec![sketch.stream("first"), sketch.stream("second")];
        let factor = ndarray::array![[1.0, 0.0], [0.5, 0.75_f64.sqrt()]];
        sketch.push("group", Operation::CorrelatedUniforms { out: uniforms.to_vec(), streams, factor });
        let [first, second] = [sketch.plane(), sketch.plane()];
        let finding = sketch.finding("second");
        for (out, uniform, probability, evidence) in
            [(first, uniforms[0], 0.3, None), (second, uniforms[1], 0.4, Some((known, finding)))]
        {
            let (draw, rows) = (Draw::Column(uniform), always(chance(probability)));
            sketch.push("member", Operation::Bernoulli { out, draw, rows, evidence });
        }
        sketch.ask(Asked::Binary(first));
        let tally = sketch.run(500_000);
        let expected = if known { 0.191_891 / 0.4 } else { (0.3 - 0.191_891) / 0.6 };
        close(probability(&tally, 0), expected);
        close(tally.evidence().unwrap(), if known { 0.4 } else { 0.6 });
    }
}

#[test]
fn a_hint_multiplies_the_odds() {
    let Weather { mut sketch, rain } = weather(None, None, None);
    let finding = sketch.finding("hint");
    sketch.push("hint", Operation::Weigh { plane: rain, ratio: 4.0, finding });
    let tally = sketch.run(400_000);
    close(probability(&tally, 0), 1.2 / 1.9);
    close(probability(&tally, 1), (1.2 * 0.9 + 0.7 * 0.2) / 1.9);
    assert!(tally.evidence().is_none());
}

#[test]
fn beliefs_are_met_exactly_and_leave_what_is_within_alone() {
    let Weather { mut sketch, rain } = weather(Some(true), None, None);
    let finding = sketch.finding("belief");
    sketch.push("belief", Operation::Believe { plane: rain, probability: 0.2, finding });
    let tally = sketch.run(200_000);
    assert!((probability(&tally, 0).value - 0.2).abs() < 1e-10);
    close(probability(&tally, 2), 0.2 * 0.5 + 0.8 * 0.1);
    // The probability of what is known is that before the belief.
    close(tally.evidence().unwrap(), 0.3 * 0.9 + 0.7 * 0.2);

    let Asked::Binary(by) = sketch.plan.asks[2].what else { panic!() };
    let finding = sketch.finding("other belief");
    sketch.push("belief", Operation::Believe { plane: by, probability: 0.9, finding });
    let tally = sketch.run(200_000);
    assert!((probability(&tally, 0).value - 0.2).abs() < 1e-10);
    assert!((probability(&tally, 2).value - 0.9).abs() < 1e-10);
    // Over all seeds they are the same, so they have no error; what hangs together with them has.
    assert_eq!([0, 2].map(|ask| probability(&tally, ask).standard_error), [0.0, 0.0]);
    assert!(probability(&tally, 3).standard_error > 0.0);
}

#[test]
fn beliefs_and_a_hint_hold_together() {
    let Weather { mut sketch, rain } = weather(None, None, None);
    let [Asked::Binary(wet), Asked::Binary(by)] = [1, 2].map(|ask| sketch.plan.asks[ask].what.clone()) else {
        panic!()
    };
    let finding = sketch.finding("hint");
    sketch.push("hint", Operation::Weigh { plane: by, ratio: 3.0, finding });
    for (plane, probability) in [(rain, 0.2), (wet, 0.6)] {
        let finding = sketch.finding("belief");
        sketch.push("belief", Operation::Believe { plane, probability, finding });
    }
    let both = sketch.logic(Logic::And, rain, wet);
    let ask = sketch.ask(Asked::Binary(both));
    let tally = sketch.run(400_000);
    assert!((probability(&tally, 0).value - 0.2).abs() < 1e-10);
    assert!((probability(&tally, 1).value - 0.6).abs() < 1e-10);
    // The nearest distribution keeps the odds ratio of rain and wet: x (1 - p - q + x) = 36 (p - x) (q - x).
    let (ratio, p, q) = (0.9 * 0.8 / (0.1 * 0.2), 0.2, 0.6);
    let linear: f64 = 1.0 + (p + q) * (ratio - 1.0);
    let expected = (linear - (linear * linear - 4.0 * (ratio - 1.0) * ratio * p * q).sqrt()) / (2.0 * (ratio - 1.0));
    close(probability(&tally, ask), expected);
    // Where it rains the odds of the date are three to one, elsewhere one to three.
    close(probability(&tally, 2), 0.2 * 0.75 + 0.8 * 0.25);
}

#[test]
fn an_answer_given_what_never_holds_is_none() {
    let mut sketch = Sketch::new(1.0);
    let never = sketch.bernoulli("never", 0.0);
    let plane = sketch.bernoulli("plane", 0.5);
    sketch.ask_given(Asked::Binary(plane), Some(never));
    assert!(matches!(sketch.run(10_000).answers(), [Answer::NoWorlds]));
}

#[test]
fn a_known_number_weighs_by_its_density_or_its_probability() {
    // Rain: the amount is between 0 and 1; otherwise between 0 and 4. Density 1 against 1/4.
    let uniform = |high: f64| {
        let distribution = crate::dist::family("uniform", &[0.0, high]).unwrap();
        NumberSource::Sampler(Box::new(Sampler::new(&distribution)))
    };
    let run = |sources: [NumberSource; 2], value: f64| {
        let mut sketch = Sketch::new(1.0);
        let rain = sketch.bernoulli("rain", 0.3);
        let out = sketch.number();
        let draw = Draw::Stream(sketch.stream("amount"));
        let [then, otherwise] = sources;
        let rows = sketch.either(rain, then, otherwise);
        let evidence = Some((value, sketch.finding("amount")));
        sketch.push("amount", Operation::Number { out, draw, rows, evidence });
        sketch.ask(Asked::Binary(rain));
        sketch.ask(Asked::Number(out));
        sketch.run(200_000)
    };
    let tally = run([uniform(1.0), uniform(4.0)], 0.5);
    close(probability(&tally, 0), 0.3 / (0.3 + 0.7 / 4.0));
    assert!(tally.evidence().is_none());
    let Answer::Number(amount) = &tally.answers()[1] else { panic!() };
    assert_eq!((amount.mean.value, amount.standard_deviation), (0.5, 0.0));
    // A value that is certain without rain and one among infinitely many with it.
    let tally = run([uniform(1.0), NumberSource::Constant(0.5)], 0.5);
    assert_eq!(probability(&tally, 0).value, 0.0);
}

#[test]
fn a_correlated_date_that_has_not_come_agrees_with_rejection() {
    let plan = |evidence: Option<DateEvidence>| {
        let mut sketch = Sketch::new(100.0);
        let uniforms = [sketch.number(), sketch.number()];
        let streams = vec![sketch.stream("first"), sketch.stream("second")];
        let factor = ndarray::array![[1.0, 0.0], [0.8, 0.6]];
        sketch.push("group", Operation::CorrelatedUniforms { out: uniforms.to_vec(), streams, factor });
        let dates: Vec<NumberId> = uniforms
            .iter()
            .zip([None, evidence])
            .map(|(uniform, evidence)| {
                let (out, draw) = (sketch.number(), Draw::Column(*uniform));
                let rows = always(constant_source(0.5, 20.0));
                let evidence = evidence.map(|evidence| (evidence, sketch.finding("second")));
                let multipliers = Vec::new();
                sketch.push("date", Operation::Date { out, draw, rows, clock: None, multipliers, evidence });
                out
            })
            .collect();
        let by = sketch.by(dates[0], 30.0);
        sketch.ask(Asked::Binary(by));
        (sketch, dates)
    };
    let evidence = [DateEvidence::NotBy(20.0), DateEvidence::On(12.0), DateEvidence::Never];
    for (evidence, low, high) in [(evidence[0], 20.0, 1e9), (evidence[1], 11.0, 12.0), (evidence[2], 100.0, 1e9)] {
        let known = plan(Some(evidence)).0.run(300_000);
        let (mut sketch, dates) = plan(None);
        for (day, holds) in [(low, false), (high, true)] {
            if day < 1e9 {
                let by = sketch.by(dates[1], day);
                let agrees = if holds { by } else { sketch.not(by) };
                sketch.require(agrees);
            }
        }
        let rejected = sketch.run(300_000);
        assert_eq!(probability(&known, 0).value, probability(&rejected, 0).value, "{evidence:?}");
        assert_eq!(known.effective_sample_size(), rejected.effective_sample_size());
    }
}
