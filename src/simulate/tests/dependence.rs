//! Clocks, hazard ratios, copulas, noisy-or: closed forms.

use super::*;
use ndarray::array;

#[test]
fn correlated_events_have_the_joint_probability_of_the_gaussian_copula() {
    let mut sketch = Sketch::new(100.0);
    let uniforms = [sketch.number(), sketch.number()];
    let streams = vec![sketch.stream("first"), sketch.stream("second")];
    let factor = array![[1.0, 0.0], [0.5, 0.75_f64.sqrt()]];
    sketch.push("group", Operation::CorrelatedUniforms { out: uniforms.to_vec(), streams, factor });
    let mut planes = Vec::new();
    for (uniform, probability) in uniforms.iter().zip([0.3, 0.4]) {
        let out = sketch.plane();
        let (draw, rows) = (Draw::Column(*uniform), always(chance(probability)));
        sketch.push("member", Operation::Bernoulli { out, draw, rows, evidence: None });
        planes.push(out);
    }
    let date = sketch.number();
    let (draw, rows) = (Draw::Column(uniforms[1]), always(constant_source(0.4, 50.0)));
    sketch
        .push("date", Operation::Date { out: date, draw, rows, clock: None, multipliers: Vec::new(), evidence: None });
    let by = sketch.by(date, 50.0);
    let both = sketch.logic(Logic::And, planes[0], planes[1]);
    let both_by = sketch.logic(Logic::And, planes[0], by);
    let differs = sketch.logic(Logic::Xor, planes[1], by);
    for plane in [both, planes[0], planes[1], both_by, differs] {
        sketch.ask(Asked::Binary(plane));
    }
    let tally = sketch.run(1_000_000);
    close(probability(&tally, 0), 0.191_891);
    close(probability(&tally, 1), 0.3);
    close(probability(&tally, 2), 0.4);
    // A date drawn from the same uniform comes early where the other is a yes.
    close(probability(&tally, 3), 0.191_891);
    assert!(probability(&tally, 4).value < 1e-5);
}

#[test]
fn what_follows_another_event_has_the_hypoexponential_distribution() {
    let mut sketch = Sketch::new(365.0);
    let first = sketch.date("first", rate(0.05));
    let rows = always(HazardSource { hazard: rate(0.1), scale: None });
    let second = sketch.date_known("second", rows, Some(first), Vec::new(), None);
    let by = sketch.by(second, 30.0);
    let order = sketch.compare(Comparison::Less, Operand::Column(second), Operand::Column(first));
    sketch.ask(Asked::Binary(by));
    sketch.ask(Asked::Binary(order));
    let tally = sketch.run(500_000);
    close(probability(&tally, 0), 0.603_527);
    assert_eq!(probability(&tally, 1).value, 0.0);
}

#[test]
fn a_hazard_ratio_counts_from_the_moment_its_parent_holds() {
    // Rates 0.02 for the parent a, 0.01 for b, three times that once the parent holds. P(b > t) =
    // e^{-(a+b)t} + ∫ a e^{-(a+b)s} e^{-3b(t-s)} ds.
    let (a, b, ratio, t) = (0.02_f64, 0.01_f64, 3.0, 60.0);
    let mut sketch = Sketch::new(365.0);
    let parent = sketch.date("parent", rate(a));
    let multipliers = vec![Multiplier { before: 1.0, after: ratio, since: Since::Date(parent) }];
    let rows = always(HazardSource { hazard: rate(b), scale: None });
    let child = sketch.date_known("child", rows, None, multipliers, None);
    let side = sketch.bernoulli("side", 0.25);
    let multipliers = vec![Multiplier { before: 0.5, after: ratio, since: Since::Plane(side) }];
    let rows = always(HazardSource { hazard: rate(b), scale: None });
    let other = sketch.date_known("other", rows, None, multipliers, None);
    for date in [child, other] {
        let by = sketch.by(date, t);
        sketch.ask(Asked::Binary(by));
    }
    let tally = sketch.run(500_000);
    let faster = ratio * b;
    let survival = exp(-(a + b) * t) + a * (exp(-faster * t) - exp(-(a + b) * t)) / (a + b - faster + 1e-12);
    close(probability(&tally, 0), 1.0 - survival_limit(a, b, faster, t).unwrap_or(survival));
    close(probability(&tally, 1), 1.0 - 0.25 * exp(-faster * t) - 0.75 * exp(-0.5 * b * t));
}

/// Where `a + b` is `3 b` the integral is `a t e^{-(a+b)t}`.
fn survival_limit(a: f64, b: f64, faster: f64, t: f64) -> Option<f64> {
    ((a + b - faster).abs() < 1e-9).then(|| exp(-(a + b) * t) * (1.0 + a * t))
}

#[test]
fn silence_leaves_what_is_left_of_an_even_chance() {
    // Half by day 30, each day alike; nothing by day 10: a third of the way, so (0.5 - 1/6) / (1 - 1/6) = 0.4.
    let mut sketch = Sketch::new(365.0);
    let rows = always(HazardSource { hazard: Hazard::evenly(30.0, 0.5), scale: None });
    let date = sketch.date_known("event", rows, None, Vec::new(), Some(DateEvidence::NotBy(10.0)));
    let by = sketch.by(date, 30.0);
    let early = sketch.by(date, 10.0);
    sketch.ask(Asked::Binary(by));
    sketch.ask(Asked::Binary(early));
    let tally = sketch.run(300_000);
    close(probability(&tally, 0), 0.4);
    assert_eq!(probability(&tally, 1).value, 0.0);
    let evidence = tally.evidence().unwrap();
    assert!((evidence.value - 5.0 / 6.0).abs() < 1e-12);
}

#[test]
fn noisy_or_is_one_minus_the_product_of_failures() {
    let mut sketch = Sketch::new(1.0);
    let causes = [("a", 0.3, 0.5), ("b", 0.6, 0.2)];
    let mut effect = sketch.bernoulli("background", 0.05);
    let mut survival = 0.95;
    for (name, probability, strength) in causes {
        let cause = sketch.bernoulli(name, probability);
        let link = sketch.bernoulli(&format!("{name} acts"), strength);
        let acts = sketch.logic(Logic::And, cause, link);
        effect = sketch.logic(Logic::Or, effect, acts);
        survival *= 1.0 - probability * strength;
    }
    sketch.ask(Asked::Binary(effect));
    close(probability(&sketch.run(500_000), 0), 1.0 - survival);
}

#[test]
fn arithmetic_on_columns_reaches_the_answers() {
    let mut sketch = Sketch::new(10.0);
    let planes: Vec<PlaneId> = (0..3).map(|index| sketch.bernoulli(&format!("event {index}"), 0.5)).collect();
    let [count, quotient, chosen] = [sketch.number(), sketch.number(), sketch.number()];
    sketch.plan.divisions.push("quotient".to_owned());
    sketch.push("count", Operation::Count { out: count, of: planes.clone() });
    let (left, right) = (Operand::Constant(6.0), Operand::Column(count));
    sketch.push("quotient", Operation::Divide { out: quotient, left, right, division: 0 });
    let (then, otherwise) = (Operand::Column(quotient), Operand::Constant(f64::INFINITY));
    sketch.push("select", Operation::Select { out: chosen, condition: planes[0], then, otherwise });
    for number in [count, quotient, chosen] {
        sketch.ask(Asked::Number(number));
    }
    sketch.ask_given(Asked::Number(chosen), Some(planes[0]));
    let tally = sketch.run(200_000);
    let number = |ask: usize| match &tally.answers()[ask] {
        Answer::Number(number) => number,
        other => panic!("{other:?}"),
    };
    close(number(0).mean, 1.5);
    assert!((number(0).standard_deviation - 0.75_f64.sqrt()).abs() < 0.01);
    close(number(1).mean, 6.0 * 3.0 / 8.0 + 3.0 * 3.0 / 8.0 + 2.0 / 8.0);
    assert_eq!(number(2).mean.value, f64::INFINITY);
    close(number(3).mean, 6.0 / 4.0 + 3.0 / 2.0 + 2.0 / 4.0);
    let share = tally.divisions()[0].share;
    assert!((share - 0.125).abs() < ALLOWED * (0.125 * 0.875 / 200_000.0_f64).sqrt());
    assert_eq!(tally.divisions()[0].worlds as f64, share * 200_000.0);
}
