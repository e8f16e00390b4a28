//! The same bits by any instructions.

use super::*;
use crate::math::columns::levels;
use crate::simulate::block::{Arena, WORLDS_PER_BLOCK};
use crate::simulate::program::Program;
use crate::simulate::tally::{Counts, Weights};

/// Draws of every kind that kernels have a path of their own for.
fn everything() -> Sketch {
    let mut sketch = stability::mixture();
    let which: Vec<PlaneId> = (0..12).map(|_| sketch.plane()).collect();
    let predictive: Vec<f64> = (1..=12).map(|option| f64::from(option) / 78.0).collect();
    let draw = Draw::Stream(sketch.stream("which"));
    let rows = always(Probabilities { predictive, drawn: None, stream: None });
    sketch.push("which", Operation::Categorical { out: which.clone(), draw, rows, evidence: None });
    // No, one, two, many masks in a place; certain and impossible rows.
    let chances = [0.0, 1.0, 0.5, 0.25, 0.3, 0.31, 0.77, 1e-9, 0.999, 0.123, 0.456, 0.789];
    let rows = which.iter().zip(chances).map(|(mask, of)| Row { mask: Some(*mask), value: chance(of) }).collect();
    let many = sketch.bernoulli_known("many", rows, None);
    let few = sketch.bernoulli_if("few", many, 0.1, 0.6);

    let uniforms = [sketch.number(), sketch.number()];
    let streams = ["first normal", "second normal"].map(|name| sketch.stream(name));
    let factor = ndarray::arr2(&[[1.0, 0.0], [0.6, 0.8]]);
    sketch.push(
        "correlated",
        Operation::CorrelatedUniforms { out: uniforms.to_vec(), streams: streams.to_vec(), factor },
    );
    let correlated = sketch.number();
    let (draw, rows) = (Draw::Column(uniforms[1]), always(amount()));
    sketch.push("amount", Operation::Number { out: correlated, draw, rows, evidence: None });

    let clock = sketch.date("clock", rate(0.01));
    let multipliers = vec![
        Multiplier { before: 1.0, after: 3.0, since: Since::Plane(few) },
        Multiplier { before: 2.0, after: 0.5, since: Since::Date(clock) },
    ];
    let rows = always(HazardSource { hazard: rate(0.005), scale: None });
    let date = sketch.date_known("date after", rows, Some(clock), multipliers, None);
    let late = sketch.by(date, 150.0);
    for what in [
        Asked::Binary(many),
        Asked::Binary(few),
        Asked::Binary(late),
        Asked::Categorical(which),
        Asked::Number(correlated),
        Asked::Date(clock),
        Asked::Date(date),
    ] {
        sketch.ask(what);
    }
    sketch.ask_given(Asked::Date(date), Some(few));
    sketch.plan.joints = vec![0, 1, 4, 5, 6];
    sketch
}

#[test]
fn every_level_gives_the_same_columns_and_counts() {
    let sketch = everything();
    let plan = &sketch.plan;
    let run = |level, design| {
        let program = Program::new(plan, 7, None, &[]).designed(design);
        let mut arena = Arena::new(plan);
        arena.level = level;
        let mut columns = Vec::new();
        let mut weighted = Counts::new(plan, &vec![None; plan.asks.len()], design);
        let mut plain = weighted.clone();
        for block in 0..20 {
            program.run(&mut arena, block, WORLDS_PER_BLOCK - 97 * usize::from(block == 19));
            let weights = Weights { weights: &arena.weights, squares: &arena.squares };
            weighted.absorb(plan, &arena, Some(weights));
            plain.absorb(plan, &arena, None);
            for plane in 0..plan.planes {
                columns.extend_from_slice(arena.plane(PlaneId(plane)));
            }
            for number in 0..plan.numbers {
                columns.extend(arena.number(NumberId(number)).iter().map(|value| value.to_bits()));
            }
        }
        (columns, format!("{weighted:?}"), format!("{plain:?}"))
    };
    let [first, others @ ..] = &levels()[..] else { panic!("there is always one") };
    for design in [Design::Independent, Design::Stratified] {
        let expected = run(*first, design);
        for level in others {
            let found = run(*level, design);
            assert!(found.0 == expected.0, "columns by {level:?}");
            assert!(found.1 == expected.1 && found.2 == expected.2, "counts by {level:?}");
        }
    }
}
