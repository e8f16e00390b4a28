//! Tests of the simplex method and of what follows from what was decided, against the interior-point method and decisions one by one.

use super::formula::is_all_of;
use super::program::{Aim, Linear, System, Target};
use super::range::Range;
use super::relations::Bound;
use super::simplex::{Row, Simplex};
use super::tests::near;
use super::worlds::Space;
use super::*;
use crate::math::SplitMix;

/// Figures on some worlds, drawn at random, some with conditions, and a judgement or none.
fn random(stream: &mut SplitMix) -> System {
    let atoms = 2 + stream.below(4);
    let mut clauses = Vec::new();
    for _ in 0..stream.below(3) {
        let mut of = || Literal { atom: stream.below(atoms), holds: stream.unit() < 0.5 };
        clauses.push(vec![of(), of(), of()]);
    }
    let targets = (0..=stream.below(5)).map(|_| {
        let event = Linear::of(Literal::of(stream.below(atoms)));
        // In steps, so that many vertices are the same point.
        let stated = f64::from(stream.below(11) as u8) / 10.0;
        Target { event, condition: None, stated, weight: 1.0 + stream.below(3) as f64, pin: None }
    });
    let targets = targets.collect();
    let mut rows = Vec::new();
    if stream.unit() < 0.4 {
        let mut row = Linear::of(Literal::of(stream.below(atoms)));
        row.constant -= 0.3;
        rows.push((row, if stream.unit() < 0.5 { Bound::Zero } else { Bound::AtLeast }));
    }
    let space = Space::new(atoms, clauses);
    System {
        space,
        atoms: (0..atoms).collect(),
        targets,
        rows,
        products: Vec::new(),
        watched: Vec::new(),
        adds: Linear::default(),
        closes: true,
    }
}

#[test]
fn a_vertex_is_as_low_as_what_the_interior_point_method_finds() {
    let mut stream = SplitMix::of_replicate(71, 1);
    let (mut above, mut compared) = (0, 0);
    for _ in 0..300 {
        let system = random(&mut stream);
        let worlds = system.space.worlds().expect("they are few").to_vec();
        if worlds.is_empty() {
            continue;
        }
        let targets: Vec<(usize, &Target)> = system.targets.iter().enumerate().collect();
        let functionals: Vec<&Linear> =
            targets.iter().map(|(_, of)| &of.event).chain(system.rows.iter().map(|(row, _)| row)).collect();
        let of = stream.below(targets.len());
        for aim in [
            Aim::Amount,
            Aim::Bound { of, event: 1.0, condition: -0.5 },
            Aim::Bound { of, event: -1.0, condition: 0.2 },
        ] {
            let mut some = worlds[..1].to_vec();
            let found = system.nearest_of(&vec![true; targets.len()], aim, None, &mut some, &Budget::new(STEPS));
            let found = found.expect("it is solved").found().expect("there are worlds");
            let (interior, _) =
                system.interior(aim, &targets, &functionals, &worlds, &[1e-9, 1e-8]).expect("it is solved");
            // A miss counts a thousandfold, also among the digits of the interior-point method.
            near(found.value, interior.value, 1e-5 * (1.0 + interior.value.abs()));
            near(found.missed, interior.missed, 1e-5);
            above += usize::from(found.value > 0.05);
            compared += 1;
        }
    }
    assert!(compared > 600 && above > 100, "{above} of {compared}");
}

/// A world in which one thing of three is so, and chances that add up to 1.2: two tenths too much, and where one of them is left out, a tenth.
#[test]
fn worlds_that_are_added_are_taken_up_from_the_vertex_that_was_reached() {
    let row = |atom: usize, right: f64| Row { of: Linear::of(Literal::of(atom)), right, short: 1.0, over: 1.0 };
    let mut simplex = Simplex::new(Linear::default(), vec![row(0, 0.5), row(1, 0.4), row(2, 0.3)]);
    let mut values = Vec::new();
    for atom in 0..3 {
        simplex.add(&(0..3).map(|other| other == atom).collect());
        assert!(simplex.settle());
        let vertex = simplex.vertex();
        near(vertex.shares.iter().map(|(_, share)| share).sum(), 1.0, 1e-12);
        values.push(vertex.value);
    }
    // The first alone is 0.5 too much, 0.4 and 0.3 too little; then 0.1 too much and 0.3 too little.
    for (found, expected) in values.into_iter().zip([1.2, 0.4, 0.2]) {
        near(found, expected, 1e-12);
    }
}

/// What figures of a random distribution leave a conditional one: within its range all are coherent together, beyond it they are not.
#[test]
fn a_conditional_range_ends_where_the_figures_stop_being_coherent() {
    let mut stream = SplitMix::of_replicate(72, 1);
    let (mut inner, mut never) = (0, 0);
    for _ in 0..200 {
        let mut system = random(&mut stream);
        system.rows.clear();
        // That both hold is an atom of its own.
        let atoms = system.space.atoms();
        let [event, condition] = [stream.below(atoms), stream.below(atoms)].map(|atom| Literal { atom, holds: true });
        let both = Literal { atom: atoms, holds: true };
        let mut clauses = system.space.clauses().to_vec();
        clauses.extend(is_all_of(both, &[event, condition]));
        system.space = Space::new(atoms + 1, clauses);
        let worlds = system.space.worlds().expect("they are few").to_vec();
        // A few worlds alone have a share, so that some conditions have none.
        let raw: Vec<f64> =
            worlds.iter().map(|_| if stream.unit() < 0.7 { 0.0 } else { 0.05 + stream.unit() }).collect();
        let whole: f64 = raw.iter().sum();
        if event.atom == condition.atom || whole == 0.0 {
            continue;
        }
        let chance = |of: &Linear| worlds.iter().zip(&raw).map(|(world, raw)| raw / whole * of.at(world)).sum::<f64>();
        system.targets.iter_mut().for_each(|target| target.stated = chance(&target.event));
        let [a, b] = [both, condition].map(Linear::of);
        let stated = chance(&b);
        system.targets.push(Target { event: b.clone(), condition: None, stated, weight: 1.0, pin: None });
        system.targets.push(Target { event: a, condition: Some(b), stated: 0.5, weight: 1.0, pin: None });
        let of = system.targets.len() - 1;
        let budget = Budget::new(STEPS);
        let (low, high) = match system.range(of, &budget).expect("it is solved") {
            Range::Between(range, None) => range,
            Range::Never => {
                near(stated, 0.0, 1e-6);
                never += 1;
                continue;
            }
            other => panic!("{other:?}"),
        };
        let mut amount = |ratio: f64| {
            system.targets[of].stated = ratio;
            let found = system.nearest(Aim::Amount, &budget).expect("it is solved").found();
            found.expect("there are worlds").value
        };
        let within = 0.5 * (low + high);
        for ratio in [low + 1e-7 * (within - low), within, high] {
            near(amount(ratio), 0.0, 1e-8);
        }
        for beyond in [low - 1e-3, high + 1e-3].into_iter().filter(|ratio| (0.0..=1.0).contains(ratio)) {
            let missed = amount(beyond);
            assert!(missed > 1e-4 * stated && missed < 1e-3 * stated + 1e-8, "{missed} of {stated}");
            inner += 1;
        }
    }
    assert!(inner > 15 && never > 3, "{inner} ends within, {never} conditions without a chance");
}

/// What always holds was stated with less than certainty under a condition: then the condition can have no chance, however little is missing.
#[test]
fn a_bound_does_not_pay_for_missing_what_the_others_say() {
    let [e, h, both] = [0, 1, 2].map(Literal::of);
    let mut clauses = is_all_of(both, &[h, e]);
    clauses.push(vec![h]);
    for stated in [0.9, 0.99, 0.999, 0.9999, 0.99999] {
        let target = |event: Literal, condition: Option<Literal>, stated: f64| Target {
            event: Linear::of(event),
            condition: condition.map(Linear::of),
            stated,
            weight: 1.0,
            pin: None,
        };
        let system = System {
            space: Space::new(3, clauses.clone()),
            atoms: vec![0, 1, 2],
            targets: vec![target(e, None, 0.3), target(both, Some(e), stated)],
            rows: Vec::new(),
            products: Vec::new(),
            watched: Vec::new(),
            adds: Linear::default(),
            closes: true,
        };
        let budget = Budget::new(STEPS);
        assert_eq!(system.range(0, &budget).expect("it is solved"), Range::Between((0.0, 0.0), None), "{stated}");
        assert_eq!(system.range(1, &budget).expect("it is solved"), Range::Between((1.0, 1.0), None), "{stated}");
    }
}

/// Two chances of what cannot both be, of 1.1 in all, miss a tenth: no more than that is missed for the bound of a third, and each of them may miss it.
#[test]
fn where_the_others_conflict_a_bound_misses_no_more_than_they_do() {
    let [a, b, c] = [0, 1, 2].map(Literal::of);
    let target = |event: Literal, stated: f64| Target {
        event: Linear::of(event),
        condition: None,
        stated,
        weight: 1.0,
        pin: None,
    };
    // The third comes with the first and only then.
    let clauses = [vec![vec![a.negated(), b.negated()]], equal(a, c)].concat();
    let system = System {
        space: Space::new(3, clauses),
        atoms: vec![0, 1, 2],
        targets: vec![target(a, 0.6), target(b, 0.5), target(c, 0.2)],
        rows: Vec::new(),
        products: Vec::new(),
        watched: Vec::new(),
        adds: Linear::default(),
        closes: true,
    };
    let Range::Between((low, high), None) = system.range(2, &Budget::new(STEPS)).expect("it is solved") else {
        panic!("there is a range")
    };
    near(low, 0.5, 1e-9);
    near(high, 0.6, 1e-9);
}
