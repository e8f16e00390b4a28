//! Tests of the simplex method and of what follows from what was decided, against the interior-point method and decisions one by one.

use super::program::{Aim, Linear, System, Target};
use super::relations::Bound;
use super::simplex::{Row, Simplex};
use super::tests::near;
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
    System { space, atoms: (0..atoms).collect(), targets, rows, products: Vec::new(), watched: Vec::new() }
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
        for aim in
            [Aim::Amount, Aim::Bound { of, factor: 1.0, ratio: 0.5 }, Aim::Bound { of, factor: -1.0, ratio: 0.2 }]
        {
            let mut some = worlds[..1].to_vec();
            let found = system.nearest_of(&vec![true; targets.len()], aim, None, &mut some, &Budget::new(STEPS));
            let found = found.expect("it is solved").found().expect("there are worlds");
            let (interior, _) = system.interior(aim, &targets, &functionals, &worlds).expect("it is solved");
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
