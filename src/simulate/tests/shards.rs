//! Parts put together say what one run says, to the last bit; and a run that a budget ends is a run of as many worlds.

use super::stability::mixture;
use super::*;
use crate::simulate::{Merging, Mismatch, Part, PartRecord, Shard, Stop, simulate_part};
use proptest::prelude::*;
use std::time::Duration;

fn settings(worlds: u64, doubt_draws: u32) -> Settings {
    Settings { worlds, seed: 5, doubt_draws, ..Settings::default() }
}

fn whole(plan: &Plan, settings: &Settings) -> String {
    format!("{:?}", simulate(plan, settings, &|_| ()).unwrap())
}

/// A part, through the text of its file.
fn part(plan: &Plan, settings: &Settings, number: u64, of: u64) -> Part {
    let shard = Shard::new(number, of).unwrap();
    let text = serde_json::to_string(&simulate_part(plan, settings, shard, &|_| ()).unwrap().record()).unwrap();
    let record: PartRecord = serde_json::from_str(&text).unwrap();
    Part::from_record(plan, settings, shard, &record).expect("what was written can be read")
}

fn merged(plan: &Plan, settings: &Settings, of: u64, order: &[u64]) -> String {
    let mut merging = Merging::default();
    for number in order {
        merging.add(part(plan, settings, *number, of)).unwrap();
    }
    assert!(merging.missing().is_empty());
    format!("{:?}", merging.finish(plan, settings).unwrap())
}

/// A number without weights or doubt, with undefined and infinite values.
fn plain() -> Sketch {
    let mut sketch = Sketch::new(50.0);
    let plane = sketch.bernoulli("plane", 0.3);
    let rows = sketch.either(plane, constant_source(0.5, 60.0), constant_source(0.2, 60.0));
    let date = sketch.date_known("date", rows, None, Vec::new(), None);
    let other = sketch.date("other", rate(0.02));
    let apart = sketch.number();
    let arithmetic = Arithmetic::Subtract;
    let (left, right) = (Operand::Column(date), Operand::Column(other));
    sketch.push("apart", Operation::Arithmetic { out: apart, arithmetic, left, right });
    for what in [Asked::Binary(plane), Asked::Date(date), Asked::Number(apart)] {
        sketch.ask(what);
    }
    sketch.ask_given(Asked::Number(apart), Some(plane));
    sketch.plan.rules.push(Rule { name: "rule".to_owned(), plane, must_hold: false });
    sketch
}

#[test]
fn parts_in_any_order_have_the_bits_of_one_run() {
    for (sketch, worlds) in [(mixture(), 600_001), (plain(), 500_000), (mixture(), 20_000)] {
        let settings = settings(worlds, 20);
        let one = whole(&sketch.plan, &settings);
        for (of, order) in [
            (1, vec![1]),
            (2, vec![2, 1]),
            (3, vec![2, 3, 1]),
            (7, vec![7, 1, 6, 2, 5, 3, 4]),
            (30, (1..=30).collect()),
        ] {
            assert!(merged(&sketch.plan, &settings, of, &order) == one, "{of} parts of {worlds} worlds");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn any_number_of_parts_has_the_bits_of_one_run(
        worlds in 1_u64..400_000,
        of in 1_u64..12,
        threads in 1_usize..4,
        turn in any::<prop::sample::Index>(),
    ) {
        let sketch = mixture();
        let settings = Settings { threads: Some(threads), ..settings(worlds, 8) };
        let mut order: Vec<u64> = (1..=of).collect();
        order.rotate_left(turn.index(of as usize));
        prop_assert!(merged(&sketch.plan, &settings, of, &order) == whole(&sketch.plan, &super::shards::settings(worlds, 8)));
    }
}

#[test]
fn parts_that_do_not_go_together_are_refused() {
    let sketch = mixture();
    let settings = settings(200_000, 8);
    let mut merging = Merging::default();
    assert_eq!(merging.missing(), [1]);
    merging.add(part(&sketch.plan, &settings, 2, 3)).unwrap();
    assert_eq!(merging.add(part(&sketch.plan, &settings, 2, 3)), Err(Mismatch::Twice));
    assert_eq!(merging.add(part(&sketch.plan, &settings, 1, 2)), Err(Mismatch::OtherNumberOfParts { expected: 3 }));
    let other = Settings { seed: 6, ..settings };
    assert_eq!(merging.add(part(&sketch.plan, &other, 1, 3)), Err(Mismatch::OtherGroundwork));
    assert_eq!(merging.missing(), [1, 3]);
}

#[test]
fn a_record_that_does_not_fit_is_refused() {
    let sketch = mixture();
    let settings = settings(200_000, 8);
    let shard = Shard::new(2, 3).unwrap();
    let record = simulate_part(&sketch.plan, &settings, shard, &|_| ()).unwrap().record();
    let fits = |plan: &Plan, settings: &Settings, shard| Part::from_record(plan, settings, shard, &record).is_some();
    assert!(fits(&sketch.plan, &settings, shard));
    assert!(!fits(&sketch.plan, &settings, Shard::new(1, 3).unwrap()), "other chunks");
    assert!(!fits(&sketch.plan, &Settings { worlds: 2_000_000, ..settings }, shard), "another number of chunks");
    assert!(!fits(&sketch.plan, &Settings { doubt_draws: 80, ..settings }, shard), "another number of draws");
    assert!(!fits(&plain().plan, &settings, shard), "another plan");
    let mut longer = sketch.plan.clone();
    longer.horizon_days += 1.0;
    assert!(!fits(&longer, &settings, shard), "another number of days");
}

#[test]
fn a_precision_ends_a_run_at_the_same_world_on_any_number_of_threads() {
    for sketch in [plain(), mixture()] {
        let stop = Stop::AtPrecision { standard_error: 0.002, first_ask: 0 };
        let run = |threads| {
            let settings = Settings { stop, threads: Some(threads), ..settings(4_000_000, 8) };
            simulate(&sketch.plan, &settings, &|_| ()).unwrap()
        };
        let tally = run(1);
        assert_eq!(tally.short_of(), None);
        assert!((tally.worlds() / 32_768).is_power_of_two() && tally.worlds() < 4_000_000, "{}", tally.worlds());
        assert!(probability(&tally, 0).standard_error <= 0.002);
        let one = format!("{tally:?}");
        assert!(one == format!("{:?}", run(2)) && one == format!("{:?}", run(8)));
        assert!(one == whole(&sketch.plan, &settings(tally.worlds(), 8)), "a run of as many worlds says the same");
        // Half as many were too few.
        let half = Settings { stop, ..settings(tally.worlds() / 2, 8) };
        assert!(simulate(&sketch.plan, &half, &|_| ()).unwrap().short_of().is_some());
    }
}

#[test]
fn a_time_ends_a_run_that_a_number_of_worlds_repeats() {
    for sketch in [plain(), mixture()] {
        let stop = Stop::AfterTime(Duration::from_millis(60));
        let tally = simulate(&sketch.plan, &Settings { stop, ..settings(1 << 40, 8) }, &|_| ()).unwrap();
        assert!(tally.worlds() >= 32_768 && tally.worlds() < 1 << 40);
        assert!(format!("{tally:?}") == whole(&sketch.plan, &settings(tally.worlds(), 8)));
        let few = simulate(&sketch.plan, &Settings { stop, ..settings(1_000, 8) }, &|_| ()).unwrap();
        assert_eq!(few.worlds(), 1_000);
    }
}
