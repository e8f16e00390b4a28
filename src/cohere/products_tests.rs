//! Products of chances against enumeration: where `a` and `b` are independent, their two chances say all, and a grid of them is searched.

use super::tests::{looked_at, near};
use super::*;
use crate::math::SplitMix;

/// Cells of the grid to each side.
const CELLS: usize = 150;
const RELATIONS: &str =
    "logic = ['c is a and b', 'd is a or b', 'e is a but not b']\nassume = ['a and b are independent']\n";
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// The chance of what a name stands for.
fn chance(name: &str, a: f64, b: f64) -> f64 {
    match name {
        "a" => a,
        "b" => b,
        "c" => a * b,
        "d" => a + b - a * b,
        _ => a - a * b,
    }
}

/// The least of a number over the chances of `a` and `b`, by grids that close in on each of the best cells.
fn least(of: &dyn Fn(f64, f64) -> f64) -> f64 {
    let at = |cell: usize| cell as f64 / CELLS as f64;
    let mut best: Vec<(f64, f64, f64)> =
        (0..=CELLS).flat_map(|x| (0..=CELLS).map(move |y| (at(x), at(y)))).map(|(a, b)| (of(a, b), a, b)).collect();
    best.sort_by(|one, other| one.0.total_cmp(&other.0));
    best.truncate(60);
    let closed_in = best.into_iter().map(|(mut value, mut a, mut b)| {
        let mut step = 1.0 / CELLS as f64;
        while step > 1e-9 {
            let around = (-4..=4).flat_map(|x| (-4..=4).map(move |y| (f64::from(x) / 4.0, f64::from(y) / 4.0)));
            let (was_a, was_b, before) = (a, b, value);
            for (x, y) in around {
                let (to_a, to_b) = ((was_a + x * step).clamp(0.0, 1.0), (was_b + y * step).clamp(0.0, 1.0));
                if of(to_a, to_b) < value {
                    (value, a, b) = (of(to_a, to_b), to_a, to_b);
                }
            }
            if value >= before - 1e-12 {
                step /= 2.0;
            }
        }
        value
    });
    closed_in.fold(f64::INFINITY, f64::min)
}

fn random(stream: &mut SplitMix) -> Vec<(&'static str, f64)> {
    let mut figures: Vec<(&str, f64)> =
        NAMES.iter().map(|name| (*name, (stream.unit() * 100.0).round() / 100.0)).collect();
    while figures.len() > 2 && stream.unit() < 0.6 {
        figures.remove(stream.below(figures.len()));
    }
    figures
}

/// What a set of figures comes to, and that of the nearest figures, is what the grid finds; and repaired figures need no further repair.
#[test]
fn figures_of_independent_events_are_as_far_off_as_a_grid_finds() {
    let mut stream = SplitMix::of_replicate(61, 1);
    let (mut sets, mut repaired) = (0, 0);
    for round in 0..40 {
        let figures = random(&mut stream);
        let options = Options { to_assumptions: true, ..Options::default() };
        let statement = looked_at(RELATIONS, &figures, &options);
        assert!(!statement.cut_off, "{round}: {figures:?}");
        for conflict in statement.conflicts.iter().filter(|of| of.severity == "warning") {
            let named = &conflict.figures;
            let moved = |a: f64, b: f64| named.iter().map(|of| (chance(&of.name, a, b) - of.stated).abs()).sum();
            near(conflict.points / 100.0, least(&moved), 2e-5);
            assert!(!conflict.may_be_less);
            sets += 1;
        }
        let squared = |a: f64, b: f64| figures.iter().map(|(name, p)| (chance(name, a, b) - p).powi(2)).sum();
        near(statement.worth[0].divergence, least(&squared), 1e-6);
        // No tolerance: what is repaired keeps the assumption to the digits that are shown.
        let now: Vec<(&str, f64)> = statement.figures.iter().map(|of| (of.name.as_str(), of.squared)).collect();
        let again = looked_at(RELATIONS, &now, &Options { tolerance: 1e-6, ..Options::default() });
        assert!(again.conflicts.is_empty(), "{round}: {figures:?} {now:?} {:?}", again.conflicts);
        let now: Vec<(&str, f64)> = statement.figures.iter().map(|of| (of.name.as_str(), of.kl)).collect();
        let again = looked_at(RELATIONS, &now, &Options { tolerance: 1e-5, ..Options::default() });
        assert!(again.conflicts.is_empty(), "{round}: {figures:?} {now:?} {:?}", again.conflicts);
        repaired += usize::from(statement.worth[0].divergence > 1e-4);
    }
    assert!(sets > 12 && repaired > 20, "{sets} sets, {repaired} repaired");
}

/// With one other figure, the chances that keep it are a curve, and with two, points on it; what they give a figure is what the others allow.
#[test]
fn what_other_figures_allow_is_what_their_curve_gives() {
    let mut stream = SplitMix::of_replicate(62, 1);
    let mut looked = 0;
    for _ in 0..60 {
        let figures = random(&mut stream);
        let statement = looked_at(RELATIONS, &figures, &Options::default());
        for conflict in statement.conflicts.iter().filter(|of| of.severity == "warning") {
            for (at, of) in conflict.figures.iter().enumerate() {
                let others: Vec<&ConflictFigure> =
                    conflict.figures.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, of)| of).collect();
                let given = given_by(&others, &of.name);
                let (low, high) = of.others_allow.expect("it is found");
                let allows = |p: f64| {
                    let within = |(low, high): (f64, f64)| (low - 1e-3..=high + 1e-3).contains(&p);
                    within((low, high)) || of.or_allow.is_some_and(within)
                };
                assert!(given.iter().all(|p| allows(*p)), "{conflict:?} {given:?}");
                let is_stated = |(low, high): (f64, f64)| (low..=high).contains(&of.stated);
                assert!(!is_stated((low, high)) && !of.or_allow.is_some_and(is_stated), "{conflict:?}");
                // Where the curve goes straight up the grid does not see it.
                if !given.is_empty() && others.iter().all(|of| (0.02..=0.98).contains(&of.stated)) {
                    let least = given.iter().copied().fold(f64::INFINITY, f64::min);
                    let most = given.iter().copied().fold(0.0, f64::max);
                    near(low, least, 2e-3);
                    near(of.or_allow.map_or(high, |(_, high)| high), most, 2e-3);
                    looked += 1;
                }
            }
        }
    }
    assert!(looked > 60, "{looked}");
}

/// The chances of a name where one other figure, or two, are kept.
fn given_by(others: &[&ConflictFigure], name: &str) -> Vec<f64> {
    let (mut given, mut before) = (Vec::new(), None);
    for cell in 0..=20_000 {
        let a = f64::from(cell) / 20_000.0;
        // Each chance is linear in that of `b`.
        let (low, high) = (chance(&others[0].name, a, 0.0), chance(&others[0].name, a, 1.0));
        let b = (others[0].stated - low) / (high - low);
        if !(0.0..=1.0).contains(&b) {
            before = None;
            continue;
        }
        let Some(second) = others.get(1) else {
            given.push(chance(name, a, b));
            continue;
        };
        let off = chance(&second.name, a, b) - second.stated;
        if off == 0.0 || before.is_some_and(|before: f64| (before < 0.0) != (off < 0.0)) {
            given.push(chance(name, a, b));
        }
        before = Some(off);
    }
    if others.len() > 2 { Vec::new() } else { given }
}

/// `(1 - a)(1 - b) = 0`: one of them must be sure, and the nearest is `a`, 40 points away; another way there is none.
#[test]
fn independent_events_of_which_one_comes_leave_one_of_them_sure() {
    let text = "logic = ['at least one of a, b']\nassume = ['a and b are independent']\n";
    let figures = [("a", 0.6), ("b", 0.5)];
    let statement = looked_at(text, &figures, &Options { to_assumptions: true, ..Options::default() });
    let [conflict] = &statement.conflicts[..] else { panic!("{:?}", statement.conflicts) };
    near(conflict.points, 40.0, 1e-4);
    assert!(conflict.figures.iter().all(|of| of.others_allow == Some((1.0, 1.0)) && of.or_allow.is_none()));
    for (figure, expected) in statement.figures.iter().zip([1.0, 0.5]) {
        near(figure.squared, expected, 1e-8);
        near(figure.kl, expected, 1e-5);
    }
    // With both chances meeting at one the product is missed by a square.
    let ordered = text.replace("independent'", "independent', 'a is at least as likely as b'");
    let statement = looked_at(&ordered, &figures[..1], &Options::default());
    near(statement.conflicts[0].points, 40.0, 1e-3);
}

/// What keeps the assumptions lies to both sides of what was stated: `a` is at least as likely as `b`, and half of `a and b` at least is `a`, so `b` is
/// 0, or one half at least.
#[test]
fn what_is_allowed_may_lie_in_two_pieces() {
    let text = "assume = ['a and b are independent', 'a is at least as likely as b', 'b given a is at least 50%']\n";
    let statement = looked_at(text, &[("b", 0.1)], &Options::default());
    let of = &statement.conflicts[0].figures[0];
    assert_eq!((of.others_allow, of.or_allow), (Some((0.0, 0.0)), Some((0.5, 1.0))));
    near(statement.conflicts[0].points, 10.0, 1e-4);
    // And `(1 - a)(1 - b) = 0` with `a b` = .2 leaves `a` at .2 or at 1.
    let text = "logic = ['c is a and b', 'at least one of a, b']\nassume = ['a and b are independent']\n";
    let statement = looked_at(text, &[("a", 0.6), ("c", 0.2)], &Options::default());
    let of = &statement.conflicts[0].figures[0];
    assert_eq!((of.others_allow, of.or_allow), (Some((0.2, 0.2)), Some((1.0, 1.0))));
    near(statement.conflicts[0].points, 40.0, 1e-4);
}

/// Where no figures keep the assumptions, it is said by how much the repaired ones miss them: `a (1 - a)` is 0 at the ends alone, and .16 at 80 %.
#[test]
fn what_the_repaired_figures_miss_is_said() {
    let text = "logic = ['exactly one of a, b']\nassume = ['a and b are independent', 'a is between 20% and 80%']\n";
    let statement = looked_at(text, &[("a", 0.5), ("b", 0.5)], &Options { to_assumptions: true, ..Options::default() });
    for worth in &statement.worth {
        near(worth.missed, 0.2, 1e-3);
    }
    let kept = "logic = ['exactly one of a, b']\nassume = ['a and b are independent']\n";
    let statement = looked_at(kept, &[("a", 0.6), ("b", 0.4)], &Options { to_assumptions: true, ..Options::default() });
    assert!(statement.worth.iter().all(|worth| worth.missed == 0.0));
    assert_eq!(statement.figures.iter().map(|of| of.squared).collect::<Vec<_>>(), [1.0, 0.0]);
}
