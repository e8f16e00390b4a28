//! The scenario whose figures are known by enumeration and in closed form.

use super::*;

struct Golden {
    sketch: Sketch,
    attends: PlaneId,
    paper: PlaneId,
    order: Vec<PlaneId>,
    bilateral: NumberId,
    trilateral: NumberId,
    purchase: PlaneId,
    spend: NumberId,
}

fn golden() -> Golden {
    let mut sketch = Sketch::new(365.0);
    let attends = sketch.bernoulli("attends", 0.45);
    let paper = sketch.bernoulli_if("paper", attends, 0.35, 0.10);
    let order: Vec<PlaneId> = (0..3).map(|_| sketch.plane()).collect();
    let options = |predictive: [f64; 3]| Probabilities { predictive: predictive.to_vec(), drawn: None, stream: None };
    let rows = sketch.either(attends, options([0.3, 0.6, 0.1]), options([0.15, 0.35, 0.5]));
    let draw = Draw::Stream(sketch.stream("order"));
    sketch.push("order", Operation::Categorical { out: order.clone(), draw, rows, evidence: None });
    let rows = sketch.either(attends, constant_source(0.4, 30.0), constant_source(0.15, 30.0));
    let bilateral = sketch.date_known("bilateral", rows, None, Vec::new(), None);
    let rows = always(constant_source(0.25, 30.0));
    let trilateral = sketch.date_known("trilateral", rows, Some(bilateral), Vec::new(), None);
    let purchase = sketch.bernoulli_if("purchase", paper, 0.6, 0.3);
    let spend = sketch.number();
    let rows = sketch.either(purchase, amount(), NumberSource::Constant(0.0));
    let draw = Draw::Stream(sketch.stream("spend"));
    sketch.push("spend", Operation::Number { out: spend, draw, rows, evidence: None });
    Golden { sketch, attends, paper, order, bilateral, trilateral, purchase, spend }
}

#[test]
fn figures_of_the_golden_scenario_come_out() {
    let Golden { mut sketch, attends, paper, order, bilateral, trilateral, purchase, spend } = golden();
    let mut expected = Vec::new();
    let mut expect = |sketch: &mut Sketch, plane, given, figure: f64| {
        expected.push((sketch.ask_given(Asked::Binary(plane), given), figure));
    };
    expect(&mut sketch, paper, None, 0.2125);
    expect(&mut sketch, attends, Some(paper), 0.741_176_5);
    expect(&mut sketch, attends, Some(order[1]), 0.583_783_8);
    let by = sketch.by(bilateral, 60.0);
    expect(&mut sketch, by, None, 0.440_625);
    for (day, figure) in [(30.0, 0.036_562), (60.0, 0.117_755), (90.0, 0.215_653)] {
        let by = sketch.by(trilateral, day);
        expect(&mut sketch, by, None, figure);
    }
    let by = sketch.by(trilateral, 60.0);
    expect(&mut sketch, by, Some(attends), 0.176_432);
    expect(&mut sketch, purchase, None, 0.363_75);
    expect(&mut sketch, attends, Some(purchase), 0.501_031);
    let above = sketch.compare(Comparison::Less, Operand::Constant(60.0), Operand::Column(spend));
    expect(&mut sketch, above, None, 0.181_875);
    let capped = sketch.compare(Comparison::Equal, Operand::Constant(90.0), Operand::Column(spend));
    expect(&mut sketch, capped, None, 0.018_188);
    let options = sketch.ask(Asked::Categorical(order));
    let number = sketch.ask(Asked::Number(spend));
    let date = sketch.ask(Asked::Date(trilateral));
    let implied = sketch.logic(Logic::AndNot, by, by);
    sketch.plan.rules.push(Rule { name: "implied".to_owned(), plane: implied, must_hold: true });
    sketch.plan.rules.push(Rule { name: "no paper".to_owned(), plane: paper, must_hold: false });
    sketch.plan.joints = vec![0, 8, 3];

    let tally = sketch.run(1_000_000);
    for (ask, figure) in &expected {
        close(probability(&tally, *ask), *figure);
    }
    let Answer::Categorical(shares) = &tally.answers()[options] else { panic!() };
    for (share, figure) in shares.iter().zip([0.2175, 0.4625, 0.32]) {
        close(*share, figure);
    }
    assert!((shares.iter().map(|share| share.value).sum::<f64>() - 1.0).abs() < 1e-12);
    let Answer::Number(spend) = &tally.answers()[number] else { panic!() };
    close(spend.mean, 22.312_692);
    // Given a purchase the amount is continuous below the cap, so 1 - 0.36375 is the level where the spending starts.
    assert_eq!((spend.minimum, spend.maximum, spend.quantile(0.63).value), (0.0, 90.0, 0.0));
    assert_eq!(spend.quantile(0.985).value, 90.0);
    // The median of what is spent if something is: the level 1 - 0.36375 / 2.
    close(spend.quantile(1.0 - 0.363_75 / 2.0), 60.0);
    let Answer::Date(date) = &tally.answers()[date] else { panic!() };
    for (day, figure) in [(30.0, 0.036_562), (60.0, 0.117_755), (90.0, 0.215_653)] {
        close(date.by(day), figure);
    }
    assert_eq!(date.by(365.0).value, 1.0 - date.never.value);

    assert_eq!(tally.joints().dim(), (3, 3));
    // paper and purchase; the diagonal is the probability itself; paper and bilateral by 60, both through attends.
    close(tally.joints()[[0, 1]], 0.2125 * 0.6);
    assert_eq!(tally.joints()[[1, 0]], tally.joints()[[0, 1]]);
    assert_eq!(tally.joints()[[1, 1]].value, probability(&tally, 8).value);
    close(tally.joints()[[2, 0]], 0.45 * 0.35 * 0.64 + 0.55 * 0.1 * 0.2775);
    assert_eq!(tally.rules()[0], Occurrence { worlds: 0, share: 0.0 });
    assert_eq!(tally.rules()[1].share, probability(&tally, 0).value);
    assert!(!tally.weighted() && tally.evidence().is_none());
    assert_eq!(tally.effective_sample_size(), 1_000_000.0);
}

#[test]
fn stated_errors_are_true_over_200_seeds() {
    let Golden { mut sketch, paper, trilateral, purchase, spend, attends, .. } = golden();
    let rows = sketch.either(paper, chance(0.8), chance(0.3));
    let given = sketch.ask_given(Asked::Binary(attends), Some(purchase));
    let number = sketch.ask(Asked::Number(spend));
    let date = sketch.ask(Asked::Date(trilateral));
    let plain: Vec<Tally> = (0..200).map(|seed| sketch.run_seed(20_000, seed)).collect();
    let date_by = |tally: &Tally| match &tally.answers()[date] {
        Answer::Date(date) => date.by(60.0),
        _ => panic!(),
    };
    let spending = |tally: &Tally| match &tally.answers()[number] {
        Answer::Number(number) => (number.mean, number.quantile(0.8)),
        _ => panic!(),
    };
    chi_square(plain.iter().map(|tally| probability(tally, given)), 0.501_031);
    chi_square(plain.iter().map(date_by), 0.117_755);
    chi_square(plain.iter().map(|tally| spending(tally).0), 22.312_692);
    // Level 0.8 overall is 1 - 0.2 / 0.36375 of what is spent.
    let level = 1.0 - 0.2 / 0.363_75;
    let quantile = exp(crate::math::ln(60.0) + 0.246_512_6 * crate::math::normal::quantile(level));
    chi_square(plain.iter().map(|tally| spending(tally).1), quantile);

    // The same, each world weighing as much as something known is likely in it: P(known) = 0.8 * 0.2125 + 0.3 * 0.7875.
    sketch.bernoulli_known("known", rows, Some(true));
    let question = sketch.ask(Asked::Binary(paper));
    let weighted: Vec<Tally> = (0..200).map(|seed| sketch.run_seed(20_000, seed)).collect();
    let known = 0.8 * 0.2125 + 0.3 * 0.7875;
    chi_square(weighted.iter().map(|tally| probability(tally, question)), 0.17 / known);
    chi_square(weighted.iter().map(|tally| tally.evidence().unwrap()), known);
    let mean = (0.17 * 0.6 + (known - 0.17) * 0.3) / known * 22.312_692 / 0.363_75;
    chi_square(weighted.iter().map(|tally| spending(tally).0), mean);
}

/// Squared errors in units of the stated ones add up to chi-square with 200 degrees of freedom: between 118 and 310 but for 1e-6 on
/// either side.
fn chi_square(estimates: impl Iterator<Item = Estimate>, expected: f64) {
    let sum: f64 = estimates.map(|estimate| ((estimate.value - expected) / estimate.standard_error).powi(2)).sum();
    assert!((118.0..310.0).contains(&sum), "{sum} around {expected}");
}
