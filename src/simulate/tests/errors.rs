//! What cannot be, and who is named for it.

use super::*;

#[test]
fn an_impossible_finding_is_named() {
    let mut sketch = Sketch::new(10.0);
    sketch.bernoulli_known("likely", always(chance(0.7)), Some(true));
    sketch.bernoulli_known("impossible", always(chance(0.0)), Some(true));
    let error = sketch.fail(10_000);
    assert_eq!(error, Impossible::Evidence { finding: 1, name: "impossible".to_owned(), worlds: 10_000 });
    assert!(error.to_string().contains("`impossible`"));
}

#[test]
fn findings_that_contradict_each_other_are_named_together_and_no_other() {
    let mut sketch = Sketch::new(10.0);
    let first = sketch.bernoulli_known("first", always(chance(0.5)), Some(true));
    sketch.bernoulli_known("harmless", always(chance(0.5)), Some(true));
    let rows = sketch.either(first, chance(0.0), chance(0.8));
    sketch.bernoulli_known("second", rows, Some(true));
    sketch.bernoulli_known("unrelated", always(chance(0.5)), Some(false));
    let Impossible::Contradiction { findings, names, .. } = sketch.fail(10_000) else { panic!() };
    assert_eq!((findings, names), (vec![0, 2], vec!["first".to_owned(), "second".to_owned()]));
}

#[test]
fn requirements_that_no_world_meets_are_named() {
    let mut sketch = Sketch::new(10.0);
    let date = sketch.date("date", Hazard::evenly(5.0, 1.0));
    let by = sketch.by(date, 5.0);
    let late = sketch.not(by);
    sketch.require(late);
    assert!(matches!(sketch.fail(5_000), Impossible::Evidence { finding: 0, .. }));
}

#[test]
fn a_belief_in_what_never_happens_is_refused() {
    let mut sketch = Sketch::new(10.0);
    let never = sketch.bernoulli("never", 0.0);
    let finding = sketch.finding("belief");
    sketch.push("belief", Operation::Believe { plane: never, probability: 0.3, finding });
    assert!(matches!(sketch.fail(5_000), Impossible::Belief { finding: 0, .. }));
    for _ in 0..MOST_BELIEFS {
        sketch.push("belief", Operation::Believe { plane: never, probability: 0.3, finding });
    }
    assert_eq!(sketch.fail(5_000), Impossible::TooManyBeliefs { beliefs: MOST_BELIEFS + 1 });
}

#[test]
fn the_exact_value_of_a_correlated_number_is_refused_but_that_of_its_cap_is_not() {
    for (value, refused) in [(60.0, true), (90.0, false)] {
        let mut sketch = Sketch::new(10.0);
        let (uniform, out) = (sketch.number(), sketch.number());
        let streams = vec![sketch.stream("group")];
        let factor = ndarray::array![[1.0]];
        sketch.push("group", Operation::CorrelatedUniforms { out: vec![uniform], streams, factor });
        let finding = sketch.finding("amount");
        let (draw, rows, evidence) = (Draw::Column(uniform), always(amount()), Some((value, finding)));
        sketch.push("amount", Operation::Number { out, draw, rows, evidence });
        if refused {
            assert!(matches!(sketch.fail(5_000), Impossible::CorrelatedNumber { finding: 0, .. }));
        } else {
            close(sketch.run(200_000).evidence().unwrap(), 0.05);
        }
    }
}
