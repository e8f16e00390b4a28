//! Tests of what repaired figures gain, against enumeration of the worlds.

use super::report::StatementReport;
use super::tests::{looked_at, near};
use super::{Distance, Options};
use crate::math::{SplitMix, ln};

/// How a score stands to a chance and to what came.
fn loss(distance: Distance, chance: f64, came: bool) -> f64 {
    let right = if came { chance } else { 1.0 - chance };
    match distance {
        Distance::Squared => (1.0 - right) * (1.0 - right),
        Distance::Kl => -ln(right.clamp(1e-6, 1.0)),
    }
}

/// The least and the greatest gain in some worlds, where `came` is what a figure is of there, or none if it is called off.
fn gains(
    statement: &StatementReport,
    distance: Distance,
    worlds: &[usize],
    came: impl Fn(&str, usize) -> Option<bool>,
) -> (f64, f64) {
    let mut gains = Vec::new();
    for world in worlds {
        let mut gain = 0.0;
        for of in &statement.figures {
            let repaired = if distance == Distance::Squared { of.squared } else { of.kl };
            if let Some(came) = came(&of.name, *world) {
                gain += of.weight * (loss(distance, of.stated, came) - loss(distance, repaired, came));
            }
        }
        gains.push(gain);
    }
    (gains.iter().copied().fold(f64::INFINITY, f64::min), gains.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

/// Whether event `at` comes in a world of bits.
fn comes(world: usize, at: usize) -> bool {
    world >> at & 1 == 1
}

/// A sentence on the events `q0`, `q1`, …, and what it means.
#[derive(Debug, Clone, Copy)]
enum Said {
    Implies(usize, usize),
    Excludes(usize, usize),
    OneOf(usize, usize, usize),
}

impl Said {
    fn random(stream: &mut SplitMix, events: usize) -> Self {
        let a = stream.below(events);
        let b = (a + 1 + stream.below(events - 1)) % events;
        let c = (0..events).find(|other| *other != a && *other != b).expect("there are three");
        match stream.below(4) {
            0 => Self::Excludes(a, b),
            1 => Self::OneOf(a, b, c),
            _ => Self::Implies(a, b),
        }
    }

    fn sentence(self) -> String {
        match self {
            Self::Implies(a, b) => format!("q{a} implies q{b}"),
            Self::Excludes(a, b) => format!("q{a} excludes q{b}"),
            Self::OneOf(a, b, c) => format!("exactly one of q{a}, q{b}, q{c}"),
        }
    }

    fn holds(self, world: usize) -> bool {
        match self {
            Self::Implies(a, b) => !comes(world, a) || comes(world, b),
            Self::Excludes(a, b) => !(comes(world, a) && comes(world, b)),
            Self::OneOf(a, b, c) => [a, b, c].iter().filter(|at| comes(world, **at)).count() == 1,
        }
    }
}

/// `a` without `b` breaks the assumption, and is as possible as ever.
#[test]
fn what_is_gained_at_least_counts_worlds_that_break_an_assumption() {
    let options = Options { to_assumptions: true, ..Options::default() };
    let figures = [("a", 0.6), ("b", 0.2)];
    let statement = looked_at("assume = ['a implies b']\n", &figures, &options);
    near(statement.figures[0].squared, 0.4, 1e-9);
    // (1 - .6)² + .2² - (1 - .4)² - .4² = .2 - .52.
    near(statement.worth[0].at_least, -0.32, 1e-9);
    near(statement.worth[0].at_most, 0.48, 1e-9);
    near(statement.worth[0].divergence, 0.08, 1e-9);
    assert!(!statement.worth[0].guaranteed);
    // What is logic is not broken.
    let statement = looked_at("logic = ['a implies b']\n", &figures, &options);
    near(statement.worth[0].at_least, 0.08, 1e-9);
    assert!(statement.worth[0].guaranteed);
}

#[test]
fn gains_of_repairs_to_assumptions_are_those_of_all_worlds_of_logic() {
    let mut stream = SplitMix::of_replicate(61, 1);
    let (mut looked, mut broken) = (0, 0);
    for round in 0..300 {
        let events = 3 + stream.below(3);
        let logic: Vec<Said> = (0..=stream.below(2)).map(|_| Said::random(&mut stream, events)).collect();
        let assumed: Vec<Said> = (0..=stream.below(2)).map(|_| Said::random(&mut stream, events)).collect();
        let keeps = |of: &[Said], world: usize| of.iter().all(|said| said.holds(world));
        let possible: Vec<usize> = (0..1 << events).filter(|world| keeps(&logic, *world)).collect();
        let list = |of: &[Said]| {
            let mut sentences: Vec<String> = of.iter().map(|said| said.sentence()).collect();
            sentences.sort();
            sentences.dedup();
            sentences
        };
        let (mut by_logic, mut by_assumption) = (list(&logic), list(&assumed));
        if !possible.iter().any(|world| keeps(&assumed, *world))
            || by_assumption.iter().any(|sentence| by_logic.contains(sentence))
        {
            continue;
        }
        let mut figures: Vec<(String, f64)> = (0..events).map(|at| (format!("q{at}"), stream.unit())).collect();
        // Half of the rounds are of events alone, most of which are an order.
        if round % 2 == 1 {
            by_logic.push("c is q0 given q1".to_owned());
            figures.push(("c".to_owned(), stream.unit()));
            by_assumption.push("q2 given q1 is at least 0.3".to_owned());
        }
        let text = format!("logic = ['{}']\nassume = ['{}']\n", by_logic.join("', '"), by_assumption.join("', '"));
        let figures: Vec<(&str, f64)> = figures.iter().map(|(name, chance)| (name.as_str(), *chance)).collect();
        let statement = looked_at(&text, &figures, &Options { to_assumptions: true, ..Options::default() });
        let came = |name: &str, world: usize| {
            if name == "c" {
                comes(world, 1).then(|| comes(world, 0))
            } else {
                name[1..].parse().ok().map(|at| comes(world, at))
            }
        };
        for worth in &statement.worth {
            let (least, most) = gains(&statement, worth.distance, &possible, came);
            assert!(!worth.cut_off.gain, "{text}");
            assert!((worth.at_least - least).abs() < 1e-9, "{text}{figures:?}: {} is not {least}", worth.at_least);
            assert!((worth.at_most - most).abs() < 1e-9, "{text}{figures:?}: {} is not {most}", worth.at_most);
            broken += usize::from(least < -1e-3);
            looked += 1;
        }
    }
    assert!(looked > 200 && broken > 50, "{looked} {broken}");
}

/// Chances near 0 count by their logarithm, so that nine digits after the point are too few of them.
#[test]
fn small_chances_are_repaired_to_the_digits_that_the_logarithm_takes() {
    let text = "logic = ['exactly one of e1, e3, e2, e0 or something else', 'e2 is x0 if e0, else x1']\n";
    let figures = [("e0", 0.152), ("e1", 0.0), ("e2", 0.002), ("e3", 0.785), ("x0", 0.043), ("x1", 0.0)];
    let statement = looked_at(text, &figures, &Options::default());
    let worth = &statement.worth[1];
    assert!(worth.guaranteed && worth.at_least > worth.divergence - 2e-6, "{worth:?}");
    // From the two conditions of first order, solved by themselves (fsolve of scipy 1.17.1).
    let of = |name: &str| statement.figures.iter().find(|of| of.name == name).expect("it is stated").kl;
    near(of("e0"), 0.146415077083, 2e-9);
    near(of("e2"), 41_357.455_379e-9, 1e-10);
    near(of("x1"), 48_451.482_996e-9, 1e-10);
    // The same where it is an order: both are to be the mean of their log odds.
    let statement = looked_at("logic = ['a implies b']\n", &[("a", 0.0002), ("b", 0.000_01)], &Options::default());
    let odds = (0.0002_f64 / 0.9998 * 0.000_01 / 0.999_99).sqrt();
    near(statement.figures[0].kl, odds / (1.0 + odds), 1e-11);
    assert!(statement.worth[1].guaranteed);
}

/// `x` lies within `y`, if `c` comes, and nobody gives that a chance: .3 and .8 meet at .55, which is worth twice .0625 in every world of `c`.
#[test]
fn a_conflict_inside_a_condition_is_worth_nothing_without_it_and_something_with_it() {
    let text = "unasked = ['a', 'b', 'c']\nlogic = ['x is a given c', 'y is a and b given c']\n";
    let statement = looked_at(text, &[("x", 0.3), ("y", 0.8)], &Options::default());
    for worth in &statement.worth {
        let [inside] = worth.inside.as_slice() else { panic!("one condition") };
        assert_eq!(
            (inside.given.as_slice(), inside.figures.as_slice()),
            (&["c".to_owned()][..], &["x".to_owned(), "y".to_owned()][..])
        );
        // Where `c` comes: neither, `a` alone, or both.
        let came = |name: &str, world: usize| Some(if name == "x" { world > 0 } else { world > 1 });
        let (least, _) = gains(&statement, worth.distance, &[0, 1, 2], came);
        near(inside.at_least, least, 1e-6);
        near(worth.at_least, 0.0, 1e-9);
    }
    near(statement.worth[0].inside[0].at_least, 0.125, 1e-6);
    let coherent = looked_at(text, &[("x", 0.8), ("y", 0.3)], &Options::default());
    assert!(coherent.worth.iter().all(|worth| worth.inside.is_empty()));
}
