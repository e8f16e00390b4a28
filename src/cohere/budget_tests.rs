//! Tests of the search for worlds and of what is said where it is cut off, against enumeration and dynamic programming of their own.

use super::elimination::Elimination;
use super::models::log_gain;
use super::tests::{looked_at, near, read, table};
use super::worlds::{LONG, exclusive_groups};
use super::*;
use crate::math::SplitMix;

/// Clauses of every kind: implications, groups, long alternatives.
fn random(stream: &mut SplitMix, atoms: usize) -> Vec<Clause> {
    let mut clauses = Vec::new();
    for _ in 0..=atoms {
        let mut pick: Vec<usize> = (0..atoms).collect();
        for at in (1..atoms).rev() {
            pick.swap(at, stream.below(at + 1));
        }
        let many = (3 + stream.below(5)).min(atoms);
        let literals: Vec<Literal> =
            pick[..many].iter().map(|atom| Literal { atom: *atom, holds: stream.unit() < 0.7 }).collect();
        match stream.below(6) {
            0 => clauses.extend(group(
                &pick[..many].iter().map(|atom| Literal::of(*atom)).collect::<Vec<_>>(),
                false,
                true,
            )),
            1 => clauses.push(literals),
            2 => clauses.push(vec![literals[0], literals[1], literals[2]]),
            3 => clauses.push(vec![literals[0]]),
            _ => clauses.extend(implies(literals[0], literals[1])),
        }
    }
    clauses
}

fn keeps(clauses: &[Clause], world: &[bool]) -> bool {
    clauses.iter().all(|clause| clause.iter().any(|of| world[of.atom] == of.holds))
}

#[test]
fn whole_and_split_tables_find_the_least_of_all_worlds_and_say_when_they_were_cut_off() {
    let mut stream = SplitMix::of_replicate(51, 1);
    let (mut cut_off, mut impossible) = (0, 0);
    for _ in 0..300 {
        let atoms = 3 + stream.below(9);
        let clauses = random(&mut stream, atoms);
        let worlds: Vec<Vec<bool>> =
            (0..1_usize << atoms).map(|bits| (0..atoms).map(|at| bits >> at & 1 == 1).collect()).collect();
        let possible: Vec<&Vec<bool>> = worlds.iter().filter(|world| keeps(&clauses, world)).collect();
        let costs: Vec<f64> = (0..atoms).map(|_| stream.unit() - 0.5).collect();
        let cost = |world: &[bool]| -> f64 { (0..atoms).filter(|at| world[*at]).map(|at| costs[at]).sum() };
        let least = possible.iter().map(|world| cost(world)).fold(f64::INFINITY, f64::min);
        impossible += usize::from(possible.is_empty());
        let groups = exclusive_groups(atoms, &clauses);
        for widths in [(16, 10), (0, 2), (0, 3)] {
            let elimination = Elimination::of_width(atoms, &clauses, &groups, widths);
            for most in [0, LONG] {
                let found = elimination.cheapest(&costs, most);
                // Whole tables need one walk only.
                assert!(found.is_complete || (most == 0 && widths.0 == 0), "{widths:?} {most}");
                assert!(found.at_least <= least || found.at_least - least < 1e-9, "{} > {least}", found.at_least);
                if let Some(world) = &found.world {
                    assert!(keeps(&clauses, world));
                }
                if found.is_complete {
                    assert_eq!(found.world.is_some(), !possible.is_empty());
                    if let Some(world) = &found.world {
                        near(cost(world), least, 1e-9);
                        near(found.at_least, least, 1e-9);
                    }
                } else {
                    cut_off += 1;
                }
            }
        }
    }
    assert!(impossible > 0 && impossible < 250, "{impossible} of 300");
    assert!(cut_off > 0, "some searches of a few nodes are cut off");
}

/// Seven pigeons do not fit into six holes: no world, which takes a search to see.
#[test]
fn a_search_that_is_cut_off_does_not_say_that_there_is_no_world() {
    let (pigeons, holes) = (7, 6);
    let at = |pigeon: usize, hole: usize| Literal::of(pigeon * holes + hole);
    let mut clauses: Vec<Clause> =
        (0..pigeons).map(|pigeon| (0..holes).map(|hole| at(pigeon, hole)).collect()).collect();
    for hole in 0..holes {
        clauses.extend(group(&(0..pigeons).map(|pigeon| at(pigeon, hole)).collect::<Vec<_>>(), false, true));
    }
    let groups = exclusive_groups(pigeons * holes, &clauses);
    let elimination = Elimination::of_width(pigeons * holes, &clauses, &groups, (0, 2));
    let costs = vec![1.0; pigeons * holes];
    let short = elimination.cheapest(&costs, 0);
    assert!(!short.is_complete && short.world.is_none() && short.at_least.is_finite());
    let long = elimination.cheapest(&costs, 100 * LONG);
    assert!(long.is_complete && long.world.is_none() && long.at_least == f64::INFINITY);
}

/// The clauses of a grid in which each proposition implies the next one in its row and the one below.
fn grid(rows: usize, columns: usize) -> Vec<Clause> {
    let at = |row: usize, column: usize| Literal::of(row * columns + column);
    let mut clauses = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            if column + 1 < columns {
                clauses.extend(implies(at(row, column), at(row, column + 1)));
            }
            if row + 1 < rows {
                clauses.extend(implies(at(row, column), at(row + 1, column)));
            }
        }
    }
    clauses
}

/// Each event of a grid implies the next of its row and of its column.
pub(super) fn sentences_of_grid(rows: usize, columns: usize, name: &dyn Fn(usize, usize) -> String) -> Vec<String> {
    let implies = |from: (usize, usize), to: (usize, usize)| {
        (to.0 < rows && to.1 < columns).then(|| format!("{} implies {}", name(from.0, from.1), name(to.0, to.1)))
    };
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    places
        .flat_map(|(row, column)| [(row, column + 1), (row + 1, column)].map(|to| implies((row, column), to)))
        .flatten()
        .collect()
}

/// The least of a grid: each row is true from some column on, not later than the row above.
pub(super) fn least_of_grid(rows: usize, columns: usize, costs: &[f64]) -> f64 {
    // For each column from which the row above is true the least that the rows from here on cost.
    let mut below = vec![0.0; columns + 1];
    for row in (0..rows).rev() {
        let from =
            |column: usize| costs[row * columns + column..(row + 1) * columns].iter().sum::<f64>() + below[column];
        let mut least = f64::INFINITY;
        below = (0..=columns)
            .map(|column| {
                least = least.min(from(column));
                least
            })
            .collect();
    }
    below[columns]
}

#[test]
fn chains_ladders_and_grids_of_80_and_200_are_searched_to_the_end() {
    let mut stream = SplitMix::of_replicate(52, 1);
    for (rows, columns) in [(1, 80), (1, 200), (2, 40), (2, 100), (8, 10), (10, 20)] {
        let space = Space::searched(rows * columns, grid(rows, columns));
        for _ in 0..5 {
            let costs: Vec<f64> = (0..rows * columns).map(|_| stream.unit() - 0.5).collect();
            let budget = Budget::new(LONG);
            let least = space.cheapest(&costs, LONG, &budget);
            assert!(least.is_complete && !budget.is_spent(), "{rows} × {columns}");
            let (cost, world) = least.best.expect("all false is a world");
            assert!(keeps(space.clauses(), &world));
            near(cost, least_of_grid(rows, columns, &costs), 1e-9);
        }
    }
}

/// Chances that rise along rows and columns, with one that is five points too high for the next of its row, and by that for none else.
#[test]
fn what_is_planted_into_80_and_200_questions_is_found() {
    for (rows, columns) in [(2_usize, 40_usize), (8, 10), (1, 200)] {
        let name = |row: usize, column: usize| format!("q{row:02}_{column:03}");
        let sentences = sentences_of_grid(rows, columns, &name);
        let steps = (rows + columns) as f64;
        let mut figures: Vec<(String, f64)> = (0..rows * columns)
            .map(|at| (at / columns, at % columns))
            .map(|(row, column)| (name(row, column), 0.2 + 0.6 * (row + column) as f64 / steps))
            .collect();
        let (row, column) = (rows - 1, columns / 2);
        let next = figures[row * columns + column + 1].1;
        figures[row * columns + column].1 = next + 0.05;
        // What comes after the next is above both.
        for (at, figure) in figures.iter_mut().enumerate() {
            if at % columns > column + 1 {
                figure.1 += 0.06;
            }
        }
        let borrowed: Vec<(&str, f64)> = figures.iter().map(|(name, chance)| (name.as_str(), *chance)).collect();
        let options = Options { steps: 1_000_000_000, ..Options::default() };
        let statement = looked_at(&format!("logic = {sentences:?}\n"), &borrowed, &options);
        assert!(!statement.cut_off && !statement.more_conflicts, "{rows} × {columns}");
        assert_eq!((statement.errors, statement.conflicts.len()), (1, 1), "{rows} × {columns}");
        let conflict = &statement.conflicts[0];
        near(conflict.points, 5.0, 1e-3);
        let names: Vec<&str> = conflict.figures.iter().map(|of| of.name.as_str()).collect();
        assert_eq!(names, [name(row, column).as_str(), name(row, column + 1).as_str()]);
        assert!(!conflict.may_be_less && statement.worth.iter().all(|worth| worth.guaranteed));
        // Both meet in the middle, with nothing else in the way.
        near(statement.worth[0].divergence, 2.0 * 0.025 * 0.025, 1e-5);
    }
}

/// A chain of a thousand is coherent; with one figure too low, it meets the nearest of those that are too high for it, and all of it is sure.
#[test]
fn a_chain_of_thousands_is_looked_at_without_a_program_of_thousands() {
    let count = 1_000_u16;
    let names: Vec<String> = (0..count).map(|at| format!("q{at:04}")).collect();
    let sentences: Vec<String> = names.windows(2).map(|two| format!("{} implies {}", two[0], two[1])).collect();
    let text = format!("logic = {sentences:?}\n");
    let mut figures: Vec<(&str, f64)> =
        names.iter().enumerate().map(|(at, name)| (name.as_str(), 0.2 + 0.5 * at as f64 / f64::from(count))).collect();
    let statement = looked_at(&text, &figures, &Options::default());
    assert!(!statement.cut_off && !statement.more_conflicts && statement.errors == 0);
    assert!(statement.worth.iter().all(|worth| !worth.cut_off.any() && worth.at_least == 0.0));
    assert!(statement.figures.iter().all(|of| of.squared == of.stated && of.kl == of.stated));
    figures[500].1 = 0.1;
    let statement = looked_at(&text, &figures, &Options { steps: STEPS / 4, ..Options::default() });
    assert_eq!(statement.errors, 1);
    let names: Vec<&str> = statement.conflicts[0].figures.iter().map(|of| of.name.as_str()).collect();
    assert_eq!(names, ["q0499", "q0500"]);
    near(statement.conflicts[0].points, 100.0 * (figures[499].1 - 0.1), 1e-3);
    assert!(!statement.cut_off && statement.more_conflicts && statement.worth.iter().all(|worth| worth.guaranteed));
}

/// Thirty chances at random in a chain that is not taken for one: figures that were not searched to the end are shown only if no world scores them worse
/// than those stated.
#[test]
fn what_is_shown_as_repaired_is_never_worse_than_what_was_stated() {
    let mut stream = SplitMix::of_replicate(55, 1);
    let names: Vec<String> = (0..30).map(|at| format!("q{at:02}")).collect();
    let sentences: Vec<String> = names.windows(2).map(|two| format!("{} implies {}", two[0], two[1])).collect();
    // It follows from the chain, but is no order by itself.
    let sentences = [sentences, vec!["q00 and q01 implies q02".to_owned()]].concat();
    let text = format!("logic = {sentences:?}\n");
    let figures: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 0.01 + 0.98 * stream.unit())).collect();
    let (mut without, mut searched) = (0, 0);
    let by_distance: [fn(&FigureReport) -> f64; 2] = [|of| of.squared, |of| of.kl];
    // A world of a chain is false up to some place and true from there.
    let worlds: Vec<Vec<bool>> = (0..=30).map(|from| (0..30).map(|at| at >= from).collect()).collect();
    for steps in (0..23).map(|power| 1_u64 << power) {
        let statement = looked_at(&text, &figures, &Options { steps, ..Options::default() });
        for (worth, of) in statement.worth.iter().zip(by_distance) {
            let score = |chance: f64, came: bool| (chance - f64::from(u8::from(came))).powi(2);
            let gain = |stated: f64, repaired: f64, came: bool| match worth.distance {
                Distance::Squared => score(stated, came) - score(repaired, came),
                Distance::Kl => log_gain(stated, repaired, came),
            };
            for world in &worlds {
                let came = statement.figures.iter().zip(related(&statement, world));
                let gain: f64 = came.map(|(figure, came)| gain(figure.stated, of(figure), came)).sum();
                assert!(gain >= -1e-6, "{steps}: {gain} {worth:?}");
            }
            let as_stated = statement.figures.iter().filter(|figure| figure.not_repaired.contains(&worth.distance));
            let as_stated: Vec<&FigureReport> = as_stated.collect();
            assert_eq!(as_stated.len(), if worth.cut_off.figures { statement.figures.len() } else { 0 }, "{steps}");
            assert!(as_stated.iter().all(|figure| of(figure) == figure.stated), "{steps}");
            without += usize::from(worth.cut_off.figures);
            searched += usize::from(worth.guaranteed);
        }
    }
    assert!(without > 0 && searched > 0, "{without} without a repair, {searched} searched to the end");
}

/// Forty chances at random under forty relations of three: whatever the number of steps, nothing is said that is not so.
#[test]
fn what_is_cut_off_is_said_and_promises_nothing() {
    let mut stream = SplitMix::of_replicate(53, 1);
    let atoms = 40;
    let mut rules: Vec<(usize, usize, usize)> = Vec::new();
    while rules.len() < atoms {
        let (a, b, c) = (stream.below(atoms), stream.below(atoms), stream.below(atoms));
        if a < b && c != a && c != b && !rules.contains(&(a, b, c)) {
            rules.push((a, b, c));
        }
    }
    let sentences: Vec<String> = rules.iter().map(|(a, b, c)| format!("q{a:02} and q{b:02} implies q{c:02}")).collect();
    let text = format!("logic = {sentences:?}\n");
    let figures: Vec<(String, f64)> =
        (0..atoms).map(|at| (format!("q{at:02}"), (stream.unit() * 100.0).round() / 100.0)).collect();
    let borrowed: Vec<(&str, f64)> = figures.iter().map(|(name, chance)| (name.as_str(), *chance)).collect();
    // Worlds: what follows from some propositions at random.
    let worlds: Vec<Vec<bool>> = (0..500)
        .map(|_| {
            let share = stream.unit();
            let mut world: Vec<bool> = (0..atoms).map(|_| stream.unit() < share).collect();
            while let Some((_, _, c)) = rules.iter().find(|(a, b, c)| world[*a] && world[*b] && !world[*c]) {
                world[*c] = true;
            }
            world
        })
        .collect();
    let (mut without_figures, mut not_nearest) = (0, 0);
    for steps in [1, 1 << 14, 1 << 16, 1 << 17, 1 << 18] {
        let options = Options { steps, ..Options::default() };
        let statement = looked_at(&text, &borrowed, &options);
        for worth in &statement.worth {
            assert_eq!(worth.guaranteed, !worth.cut_off.any(), "{steps}");
            without_figures += usize::from(worth.cut_off.figures);
            not_nearest += usize::from(worth.cut_off.nearest);
            for world in &worlds {
                let mut gain = 0.0;
                for (of, came) in statement.figures.iter().zip(related(&statement, world)) {
                    let score = |chance: f64| (chance - f64::from(u8::from(came))).powi(2);
                    gain += match worth.distance {
                        Distance::Squared => score(of.stated) - score(of.squared),
                        Distance::Kl => log_gain(of.stated, of.kl, came),
                    };
                }
                assert!(gain >= worth.at_least - 1e-9, "{steps}: {gain} < {}", worth.at_least);
                assert!(gain <= worth.at_most + 1e-9, "{steps}: {gain} > {}", worth.at_most);
            }
        }
        assert!(!statement.cut_off || statement.more_conflicts, "{steps}");
        if steps == 1 {
            assert!(statement.cut_off && statement.worth.iter().all(|worth| worth.cut_off.any()));
        }
        // What is named conflicts by itself, too, with all the steps that it takes.
        for conflict in &statement.conflicts {
            let texts: Vec<&String> = conflict.relations.iter().map(|of| &of.text).collect();
            let own: Vec<(&str, f64)> = conflict.figures.iter().map(|of| (of.name.as_str(), of.stated)).collect();
            let again = looked_at(&format!("logic = {texts:?}\n"), &own, &Options::default());
            assert!(again.errors > 0 && !again.cut_off, "{steps}: {conflict:?}");
        }
    }
    assert!(without_figures > 0, "with one step nothing is found");
    assert!(not_nearest > 0, "with some steps something is found, but not the nearest");
}

/// What came of each figure in a world, by the number in its name.
fn related(statement: &StatementReport, world: &[bool]) -> Vec<bool> {
    statement.figures.iter().map(|of| world[of.name[1..].parse::<usize>().expect("a number")]).collect()
}

/// Assumptions with what is said of them if they cannot be tested; random figures never violate those, and some violate the others.
#[test]
fn assumptions_that_cannot_be_tested_are_named() {
    type Case<'a> = (&'a str, &'a str, &'a [&'a str], Option<&'a str>);
    let cases: &[Case<'_>] = &[
        ("'a makes b likelier'", "", &["a", "b"], Some("nothing that is stated tells of `a` and `b` together")),
        (
            "'a and b are independent'",
            "logic = ['a implies x', 'b implies y']",
            &["a", "b", "x", "y"],
            Some("together"),
        ),
        ("'a and b are independent'", "logic = ['c is a and b']", &["a", "b", "c"], None),
        ("'a and b are independent'", "logic = ['a implies b']", &["a", "b"], None),
        (
            "'a and b are independent'",
            "unasked = ['a', 'b']\nlogic = ['c is a and b']",
            &["c"],
            Some("neither the chance"),
        ),
        ("'a and b are independent'", "unasked = ['c']\nlogic = ['c is a and b']", &["a", "b"], Some("together")),
        ("'a and b are independent'", "unasked = ['c']\nlogic = ['c is a and b', 'never c']", &["a", "b"], None),
        ("'a is at least as likely as b'", "", &["a", "b"], None),
        ("'a is at least as likely as b'", "unasked = ['b']", &["a"], Some("nothing that is stated tells of `b`")),
        ("'a is at least as likely as b'", "unasked = ['b']\nlogic = ['always b']", &["a"], None),
        (
            "'a is at least as likely as b'",
            "unasked = ['a', 'b']\nlogic = ['x implies y']",
            &["x", "y"],
            Some("no figure is stated"),
        ),
        ("'a given b is between 20% and 40%'", "unasked = ['a']", &["b"], Some("nothing that is stated tells of `a`")),
        ("'a given b is between 20% and 40%'", "unasked = ['a']\nlogic = ['c is a and b']", &["b", "c"], None),
        ("'a given b is between 20% and 40%'", "", &["a", "b"], None),
        ("'a is between 20% and 40%'", "", &["a"], None),
    ];
    let mut stream = SplitMix::of_replicate(54, 1);
    for (assumed, others, names, expected) in cases {
        let text = format!("{others}\nassume = [{assumed}]\n");
        let mut warned = 0;
        for _ in 0..40 {
            let figures: Vec<(&str, f64)> = names.iter().map(|name| (*name, stream.unit())).collect();
            let statement = looked_at(&text, &figures, &Options::default());
            warned += statement.warnings;
            match expected {
                // Where the figures themselves cannot stand, the assumption may play a part.
                Some(_) if statement.warnings > 0 => assert!(statement.errors > 0, "{text}{figures:?}"),
                Some(why) => {
                    assert_eq!(statement.untested.len(), 1, "{text}");
                    assert!(statement.untested[0].why.contains(why), "{text}: {}", statement.untested[0].why);
                }
                None => assert!(statement.untested.is_empty(), "{text}: {}", statement.untested[0].why),
            }
        }
        assert!(expected.is_some() || warned > 0, "{text}: it can be violated");
    }
}

#[test]
fn relations_that_exclude_each_other_are_refused_and_those_that_may_not_are_not() {
    let none = Space::searched(2, vec![vec![Literal::of(0)], vec![Literal::of(0).negated(), Literal::of(1)]]);
    assert!(none.may_be(&Budget::new(0)));
    let clauses = vec![vec![Literal::of(0)], vec![Literal::of(0).negated()]];
    assert!(!Space::searched(1, clauses).may_be(&Budget::new(LONG)));
    let figures = table(&[("a", 0.5), ("b", 0.5)]);
    let relations = read("logic = ['a is b', 'a is not b', 'always a']\n");
    assert!(cohere(&figures, &relations, &Options::default()).is_err());
}

/// Nearest by divergence is the mean of the log odds, weighted, also where chances of 0 and 1 count as 1e-6 from there; and the divergence is gained in
/// every world.
#[test]
fn certain_figures_that_contradict_each_other_meet_at_the_mean_of_their_log_odds() {
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let near_by = |figures: &[(f64, f64)]| {
        let whole: f64 = figures.iter().map(|(_, weight)| weight).sum();
        let mean = figures.iter().map(|(p, weight)| weight * logit(p.clamp(1e-6, 1.0 - 1e-6))).sum::<f64>() / whole;
        1.0 / (1.0 + (-mean).exp())
    };
    let text = "logic = [\"a is b\", \"c is a\"]\n";
    for (a, b, c, weight) in [
        (0.0, 1.0, 0.0, 1.0),
        (0.0, 1.0, 0.0, 3.0),
        (0.00001, 1.0, 0.5, 1.0),
        (1.0, 0.0, 0.3, 1.0),
        (0.2, 0.9, 0.4, 2.0),
    ] {
        let options = Options { weights: [("a".to_owned(), weight)].into(), ..Options::default() };
        let statement = looked_at(text, &[("a", a), ("b", b), ("c", c)], &options);
        let expected = near_by(&[(a, weight), (b, 1.0), (c, 1.0)]);
        for figure in &statement.figures {
            assert!((figure.kl - expected).abs() < 1e-6 + 1e-4 * expected, "{a} {b} {c}: {} {expected}", figure.kl);
        }
        let worth = &statement.worth[1];
        assert!(worth.guaranteed && worth.at_least >= worth.divergence - 1e-3 * worth.divergence, "{worth:?}");
    }
}
