//! The errors of figures where something is believed.

use super::*;
use crate::simulate::{Merging, Part, Shard, simulate_part};

const WORLDS: u64 = 40_000;

fn believe(sketch: &mut Sketch, plane: PlaneId, probability: f64) {
    let finding = sketch.finding("belief");
    sketch.push("belief", Operation::Believe { plane, probability, finding });
}

#[test]
fn errors_are_those_of_strata_of_known_size() {
    // Believed, independent of it, and a sign of it that is seldom wrong.
    let mut sketch = Sketch::new(10.0);
    let believed = sketch.bernoulli("believed", 0.3);
    let independent = sketch.bernoulli("independent", 0.6);
    let sign = sketch.bernoulli_if("sign", believed, 0.95, 0.02);
    believe(&mut sketch, believed, 0.8);
    let asks = [independent, sign].map(|plane| sketch.ask(Asked::Binary(plane)));
    let given = sketch.ask_given(Asked::Binary(believed), Some(sign));
    let tally = sketch.run(400_000);
    // P² q₁ (1 - q₁) / n₁ + (1 - P)² q₀ (1 - q₀) / n₀.
    let error = |[holds, fails]: [f64; 2]| {
        let squares = 0.64 * holds * (1.0 - holds) / 0.3 + 0.04 * fails * (1.0 - fails) / 0.7;
        (squares / 400_000.0_f64).sqrt()
    };
    for (ask, chances) in asks.into_iter().zip([[0.6, 0.6], [0.95, 0.02]]) {
        let estimate = probability(&tally, ask);
        close(estimate, 0.8 * chances[0] + 0.2 * chances[1]);
        // Six times how far chance puts it off: of the sign by how many of 120,000 are wrong, 6,000.
        let allowed = if chances[0] < 0.9 { 0.01 } else { 0.04 };
        assert!((estimate.standard_error / error(chances) - 1.0).abs() < allowed, "{estimate:?} {}", error(chances));
    }
    // Of the sign: a / (a + b), with a = 0.8 q₁ and b = 0.2 q₀.
    let (a, b) = (0.8 * 0.95, 0.2 * 0.02);
    let relative = 0.05 / 0.95 / 120_000.0 + 0.98 / 0.02 / 280_000.0;
    let expected = a * b / ((a + b) * (a + b)) * f64::sqrt(relative);
    let estimate = probability(&tally, given);
    close(estimate, a / (a + b));
    assert!((estimate.standard_error / expected - 1.0).abs() < 0.04, "{estimate:?} {expected}");
}

#[test]
fn numbers_dates_and_joints_have_true_errors_over_seeds() {
    let mut sketch = Sketch::new(100.0);
    let amount_of = sketch.number();
    let draw = Draw::Stream(sketch.stream("amount"));
    sketch.push("amount", Operation::Number { out: amount_of, draw, rows: always(amount()), evidence: None });
    // 27 %; believed to be 40 %.
    let large = sketch.compare(Comparison::Less, Operand::Constant(70.0), Operand::Column(amount_of));
    let rows = sketch.either(large, constant_source(0.95, 50.0), constant_source(0.1, 50.0));
    let date = sketch.date_known("date", rows, None, Vec::new(), None);
    let early = sketch.by(date, 50.0);
    let sign = sketch.bernoulli_if("sign", large, 0.9, 0.1);
    let other = sketch.bernoulli_if("other", early, 0.8, 0.3);
    let hint = sketch.finding("hint");
    sketch.push("hint", Operation::Weigh { plane: other, ratio: 3.0, finding: hint });
    believe(&mut sketch, large, 0.4);
    believe(&mut sketch, early, 0.5);
    let shares = [sign, other].map(|plane| sketch.ask(Asked::Binary(plane)));
    let given = sketch.ask_given(Asked::Binary(early), Some(sign));
    let number = sketch.ask(Asked::Number(amount_of));
    let dated = sketch.ask(Asked::Date(date));
    sketch.plan.joints = shares.to_vec();
    let mut figures: Vec<Vec<Estimate>> = Vec::new();
    for seed in 0..200 {
        let tally = sketch.run_seed(16_384, seed);
        let (Answer::Number(amount), Answer::Date(date)) = (&tally.answers()[number], &tally.answers()[dated]) else {
            panic!()
        };
        let mut of_seed: Vec<Estimate> = shares.map(|ask| probability(&tally, ask)).to_vec();
        of_seed.extend([probability(&tally, given), tally.joints()[[0, 1]], amount.mean, date.never, date.by(30.0)]);
        of_seed.extend([0.25, 0.5, 0.75].map(|level| amount.quantile(level)));
        figures.push(of_seed);
    }
    for figure in 0..figures[0].len() {
        let of_seeds = || figures.iter().map(|of_seed| of_seed[figure]);
        let mean = of_seeds().map(|estimate| estimate.value).sum::<f64>() / 200.0;
        let square = |off: f64| off * off;
        let sum: f64 = of_seeds().map(|estimate| square((estimate.value - mean) / estimate.standard_error)).sum();
        // Chi-squared with 199 degrees of freedom lies outside with a probability of 1e-7.
        assert!((110.0..325.0).contains(&sum), "figure {figure}: {sum}");
    }
}

#[test]
fn what_a_belief_decides_needs_few_worlds() {
    // Half of the worlds lie above 70, and they all say yes.
    let mut sketch = Sketch::new(10.0);
    let amount_of = sketch.number();
    let draw = Draw::Stream(sketch.stream("amount"));
    sketch.push("amount", Operation::Number { out: amount_of, draw, rows: always(amount()), evidence: None });
    let above = |value| (Comparison::Less, Operand::Constant(value), Operand::Column(amount_of));
    let [large, nearly] = [above(70.0), above(70.01)].map(|(how, left, right)| sketch.compare(how, left, right));
    believe(&mut sketch, large, 0.5);
    let ask = sketch.ask(Asked::Binary(nearly));
    let number = sketch.ask(Asked::Number(amount_of));
    let tally = sketch.run(WORLDS);
    let estimate = probability(&tally, ask);
    // Taken as if the weights stood beforehand, 0.0028.
    assert!(estimate.standard_error < 4e-4 && (estimate.value - 0.5).abs() < 2e-3, "{estimate:?}");
    let Answer::Number(amount) = &tally.answers()[number] else { panic!() };
    let median = amount.quantile(0.5);
    assert!(median.standard_error < 0.02 && (median.value - 70.0).abs() < 0.05, "{median:?}");
}

#[test]
fn errors_under_beliefs_come_back_from_a_file_and_many_beliefs_leave_quantiles_alone() {
    let mut sketch = Sketch::new(10.0);
    let planes: Vec<PlaneId> = (0..4).map(|at| sketch.bernoulli(&format!("event {at}"), 0.3)).collect();
    let amount_of = sketch.number();
    let draw = Draw::Stream(sketch.stream("amount"));
    sketch.push("amount", Operation::Number { out: amount_of, draw, rows: always(amount()), evidence: None });
    for plane in &planes {
        believe(&mut sketch, *plane, 0.5);
    }
    let any = sketch.logic(Logic::Or, planes[0], planes[1]);
    let ask = sketch.ask(Asked::Binary(any));
    let number = sketch.ask(Asked::Number(amount_of));
    let settings = Settings { worlds: 100_000, doubt_draws: 0, ..Settings::default() };
    let whole = simulate(&sketch.plan, &settings, &|_| ()).unwrap();
    let mut merging = Merging::default();
    for at in 1..=2 {
        let shard = Shard::new(at, 2).unwrap();
        let part = simulate_part(&sketch.plan, &settings, shard, &|_| ()).unwrap();
        merging.add(Part::from_record(&sketch.plan, &settings, shard, &part.record()).unwrap()).unwrap();
    }
    let merged = merging.finish(&sketch.plan, &settings).unwrap();
    assert_eq!(format!("{:?}", whole.answers()), format!("{:?}", merged.answers()));
    close(probability(&whole, ask), 0.75);
    let Answer::Number(amount) = &whole.answers()[number] else { panic!() };
    assert!(amount.mean.standard_error > 0.0 && amount.median.standard_error > 0.0);
}
