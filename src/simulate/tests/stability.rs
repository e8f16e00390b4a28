//! The same bits for any number of threads, and whatever else is in the plan.

use super::*;

/// Events of every kind, with evidence and a belief, and their answers.
pub(super) fn mixture() -> Sketch {
    let mut sketch = Sketch::new(200.0);
    let first = sketch.bernoulli("first", 0.4);
    let beta = crate::plan::Prior::Beta(doubt::beta(4.0, 6.0));
    let parameter = sketch.parameter("second", beta);
    let drawn = Some(DrawnChance { parameter, log_odds: 0.0, stream: None });
    let rows = sketch.either(first, Chance { predictive: 0.4, drawn }, chance(0.7));
    let second = sketch.bernoulli_known("second", rows, None);
    let rows = sketch.either(second, constant_source(0.5, 60.0), constant_source(0.2, 60.0));
    let date = sketch.date_known("date", rows, None, Vec::new(), Some(DateEvidence::NotBy(10.0)));
    let number = sketch.number();
    let (draw, rows) = (Draw::Stream(sketch.stream("number")), always(amount()));
    sketch.push("number", Operation::Number { out: number, draw, rows, evidence: None });
    let finding = sketch.finding("belief");
    sketch.push("belief", Operation::Believe { plane: first, probability: 0.55, finding });
    for what in [Asked::Binary(first), Asked::Binary(second), Asked::Date(date), Asked::Number(number)] {
        sketch.ask(what);
    }
    sketch.plan.joints = vec![0, 1];
    sketch
}

#[test]
fn threads_do_not_change_a_bit() {
    let sketch = mixture();
    let run = |threads| {
        let settings =
            Settings { worlds: 600_001, seed: 5, threads: Some(threads), doubt_draws: 20, ..Settings::default() };
        format!("{:?}", simulate(&sketch.plan, &settings, &|_| ()).unwrap())
    };
    let one = run(1);
    assert!(one.contains("prior_interval: Some"));
    assert!(one == run(2) && one == run(8));
}

#[test]
fn an_added_event_does_not_change_the_others() {
    let mut sketch = Sketch::new(200.0);
    let date = sketch.date("date", rate(0.02));
    let plane = sketch.bernoulli("plane", 0.3);
    sketch.ask(Asked::Binary(plane));
    sketch.ask(Asked::Date(date));
    let mut more = Sketch::new(200.0);
    let added = more.bernoulli("added", 0.5);
    let plane = more.bernoulli("plane", 0.3);
    let date = more.date("date", rate(0.02));
    more.ask(Asked::Binary(plane));
    more.ask(Asked::Date(date));
    more.ask(Asked::Binary(added));
    let (before, after) = (sketch.run(100_000), more.run(100_000));
    for (before, after) in before.answers().iter().zip(after.answers()) {
        assert_eq!(format!("{before:?}"), format!("{after:?}"));
    }
}

#[test]
fn worlds_beyond_the_last_do_not_count() {
    let mut sketch = Sketch::new(1.0);
    // A chance of 1 would be settled before any world is drawn.
    let plane = sketch.bernoulli("plane", 1.0_f64.next_down());
    sketch.ask(Asked::Binary(plane));
    let number = sketch.number();
    sketch.push("count", Operation::Count { out: number, of: vec![plane] });
    sketch.ask(Asked::Number(number));
    for worlds in [1, 100, 4096, 4097, 100_003] {
        let tally = sketch.run(worlds);
        assert_eq!(tally.effective_sample_size(), worlds as f64);
        assert_eq!(probability(&tally, 0).value, 1.0);
        assert!(probability(&tally, 0).standard_error > 0.0);
    }
}

#[test]
fn progress_ends_at_one_and_never_falls() {
    let sketch = mixture();
    let seen = std::sync::Mutex::new(Vec::new());
    let settings = Settings { worlds: 3_000_000, doubt_draws: 40, ..Settings::default() };
    simulate(&sketch.plan, &settings, &|share| seen.lock().unwrap().push(share)).unwrap();
    let seen = seen.into_inner().unwrap();
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]) && seen.len() >= 4);
    assert_eq!(seen.last(), Some(&1.0));
}
