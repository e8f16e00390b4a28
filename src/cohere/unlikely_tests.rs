//! Repairs under conditions that are left no chance, by closed forms and by what they gain in every world.

use super::super::models::Model;
use super::super::tests::{looked_at, near};
use super::super::{Distance, Options};
use crate::math::SplitMix;

/// Nobody was asked about `e`. With `h` above both of what it is if `e` and if not, `e` becomes certain, and `h` and `x` meet half way. How `y` is
/// repaired is of no account to the distance, but it has to make up for what `h` loses without `e`: there `h` and `y` both come true or both do not, and with
/// `r` for `y` the gain `(.742 - h)² - (.7115 - h)² + (.587 - h)² - (r - h)²` is no less than the distance for both `h` from .6101 to .6221.
#[test]
fn a_figure_under_a_condition_without_a_chance_makes_up_for_what_others_lose_there() {
    let text = "unasked = ['e']\nlogic = ['h is x if e, else y']\n";
    let statement = looked_at(text, &[("h", 0.742), ("x", 0.681), ("y", 0.587)], &Options::default());
    let squared: Vec<f64> = statement.figures.iter().map(|of| of.squared).collect();
    near(squared[0], 0.7115, 1e-9);
    near(squared[1], 0.7115, 1e-9);
    assert!((0.61..0.6222).contains(&squared[2]), "{squared:?}");
    near(statement.worth[0].divergence, 2.0 * 0.0305 * 0.0305, 1e-9);
    for worth in &statement.worth {
        assert!(!worth.cut_off.any() && worth.at_least >= worth.divergence - 1e-9, "{worth:?}");
    }
}

#[test]
fn gains_are_kept_where_nobody_was_asked_about_conditions() {
    let mut stream = SplitMix::of_replicate(81, 1);
    let (mut looked, mut without) = (0, 0);
    for round in 0..300 {
        let mut model = Model::random(&mut stream);
        let mut unasked = Vec::new();
        for _ in 0..3 {
            let (event, condition) = (stream.below(model.atoms), stream.below(model.atoms));
            if event != condition && !model.conditional.contains(&(event, condition)) {
                model.conditional.push((event, condition));
                if !unasked.contains(&format!("q{condition}")) && stream.unit() < 0.7 {
                    unasked.push(format!("q{condition}"));
                }
            }
        }
        let names = model.names().into_iter().filter(|name| !unasked.contains(name));
        // Some are 0 or 1, so that conditions come out so.
        let chance = |stream: &mut SplitMix| match stream.below(6) {
            0 => 0.0,
            1 => 1.0,
            _ => (stream.unit() * 100.0).round() / 100.0,
        };
        let figures: Vec<(String, f64)> = names.map(|name| (name, chance(&mut stream))).collect();
        let figures: Vec<(&str, f64)> = figures.iter().map(|(name, chance)| (name.as_str(), *chance)).collect();
        let text = format!("unasked = {unasked:?}\n{}", model.text());
        let statement = looked_at(&text, &figures, &Options::default());
        for worth in &statement.worth {
            assert!(!worth.cut_off.any(), "{round}: {worth:?}\n{text}{figures:?}");
            let gains = model.worlds.iter().map(|world| model.gain(*world, &statement, worth.distance));
            let least = gains.fold(f64::INFINITY, f64::min);
            // In logarithms each figure may be off by the floor, a millionth.
            let floors = if worth.distance == Distance::Squared { 0.0 } else { 1e-6 * figures.len() as f64 };
            assert!(
                least >= worth.divergence - 1e-7 - floors,
                "{round}: {least} < {}\n{text}{figures:?}\n{:#?}",
                worth.divergence,
                statement.figures
            );
        }
        looked += usize::from(!statement.conflicts.is_empty());
        let at_an_end =
            statement.figures.iter().any(|of| of.squared.min(1.0 - of.squared) < 1e-6 && of.squared != of.stated);
        without += usize::from(at_an_end);
    }
    assert!(looked > 200 && without > 50, "{looked} {without}");
}
