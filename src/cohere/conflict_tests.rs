//! Tests of which sets are found, by hand.

use super::report::StatementReport;
use super::tests::{looked_at, near, read};
use super::{Options, Strength, cohere, read_relations};
use crate::diagnostic::Severity;
use crate::forecast::Records;
use crate::forecast::tidy::TidyFile;
use crate::math::SplitMix;
use crate::source::Source;
use std::collections::BTreeSet;

/// The names of the figures and the words of the relations of each set.
fn sets(statement: &StatementReport) -> Vec<(Vec<&str>, Vec<&str>)> {
    let mut sets = Vec::new();
    for conflict in &statement.conflicts {
        let figures: Vec<&str> = conflict.figures.iter().map(|of| of.name.as_str()).collect();
        let relations: Vec<&str> = conflict.relations.iter().map(|of| of.text.as_str()).collect();
        sets.push((figures, relations));
    }
    sets.sort();
    sets
}

/// Whatever figure is left out of one set, the other falls with it, so that only their relations tell them apart.
#[test]
fn sets_on_the_same_figures_are_told_apart_by_their_relations() {
    // Two ways from a to b, and either is enough.
    let text = "unasked = ['m', 'n']\nlogic = ['a implies m', 'm implies b', 'a implies n', 'n implies b']\n";
    let statement = looked_at(text, &[("a", 0.65), ("b", 0.6)], &Options::default());
    let expected =
        [(vec!["a", "b"], vec!["a implies m", "m implies b"]), (vec!["a", "b"], vec!["a implies n", "n implies b"])];
    assert_eq!(sets(&statement), expected);
    assert!(!statement.more_conflicts);
    statement.conflicts.iter().for_each(|conflict| near(conflict.points, 5.0, 1e-3));
}

#[test]
fn a_set_with_the_figures_of_another_and_one_more_is_found() {
    // P(a and b) = 0.4 is over 60 % of P(b) = 0.6, and over P(a) P(b) = 0.36, too.
    let text = "logic = ['c is a and b']\nassume = ['a given b is between 20% and 60%', 'a makes b less likely']\n";
    let statement = looked_at(text, &[("a", 0.6), ("b", 0.6), ("c", 0.4)], &Options::default());
    let expected = [
        (vec!["a", "b", "c"], vec!["c is a and b", "a makes b less likely"]),
        (vec!["b", "c"], vec!["c is a and b", "a given b is between 20% and 60%"]),
    ];
    assert_eq!(sets(&statement), expected);
    assert!(!statement.more_conflicts);
    statement.conflicts.iter().for_each(|conflict| near(conflict.points, 4.0, 1e-3));
}

/// Events with a random distribution over their worlds: what is read off it is coherent, and what is assumed of it is true.
struct Table {
    shares: Vec<f64>,
}

impl Table {
    fn random(stream: &mut SplitMix, events: u32) -> Self {
        let shares: Vec<f64> = (0..1 << events).map(|_| 0.01 + stream.unit().powi(3)).collect();
        let total: f64 = shares.iter().sum();
        Self { shares: shares.iter().map(|share| share / total).collect() }
    }

    fn chance(&self, holds: impl Fn(usize) -> bool) -> f64 {
        self.shares.iter().enumerate().filter(|(world, _)| holds(*world)).map(|(_, share)| share).sum()
    }

    fn given(&self, event: usize, condition: usize, is_so: bool) -> f64 {
        let is = |world: usize, at: usize| world >> at & 1 == 1;
        let there = |world: usize| is(world, condition) == is_so;
        self.chance(|world| there(world) && is(world, event)) / self.chance(there)
    }
}

/// A bound on a chance says nothing of the chance within a condition, however the figures under it stand to it.
#[test]
fn true_assumptions_of_coherent_figures_conflict_nowhere() {
    let mut stream = SplitMix::of_replicate(47, 1);
    for round in 0..150 {
        let events = 3 + stream.below(2);
        let table = Table::random(&mut stream, events as u32);
        let alone: Vec<f64> = (0..events).map(|at| table.chance(|world| world >> at & 1 == 1)).collect();
        let mut figures: Vec<(String, f64)> =
            alone.iter().enumerate().map(|(at, chance)| (format!("q{at}"), *chance)).collect();
        let pair = |stream: &mut SplitMix| {
            let a = stream.below(events);
            (a, (a + 1 + stream.below(events - 1)) % events)
        };
        let mut logic = BTreeSet::new();
        let (a, b) = pair(&mut stream);
        figures.push(("c".to_owned(), table.given(a, b, true)));
        logic.insert(format!("c is q{a} given q{b}"));
        let (a, b) = pair(&mut stream);
        figures.push(("x".to_owned(), table.given(a, b, true)));
        figures.push(("y".to_owned(), table.given(a, b, false)));
        logic.insert(format!("q{a} is x if q{b}, else y"));
        let mut assume = BTreeSet::new();
        for _ in 0..3 {
            let (a, b) = pair(&mut stream);
            let given = table.given(a, b, true);
            assume.insert(match stream.below(5) {
                0 => format!("q{a} is at least {:.6}", (alone[a] - 0.02).max(0.0)),
                1 => format!("q{a} is at most {:.6}", (alone[a] + 0.02).min(1.0)),
                2 => format!("q{a} is between {:.6} and {:.6}", (alone[a] - 0.02).max(0.0), (alone[a] + 0.02).min(1.0)),
                3 if alone[a] >= alone[b] => format!("q{a} is at least as likely as q{b}"),
                3 => format!("q{b} is at least as likely as q{a}"),
                _ => format!(
                    "q{a} given q{b} is between {:.6} and {:.6}",
                    (given - 0.02).max(0.0),
                    (given + 0.02).min(1.0)
                ),
            });
        }
        let list = |of: BTreeSet<String>| of.into_iter().collect::<Vec<_>>().join("', '");
        let text = format!("logic = ['{}']\nassume = ['{}']\n", list(logic), list(assume));
        let figures: Vec<(&str, f64)> = figures.iter().map(|(name, chance)| (name.as_str(), *chance)).collect();
        for tolerance in [0.0, super::TOLERANCE] {
            let options = Options { tolerance, ..Options::default() };
            let statement = looked_at(&text, &figures, &options);
            assert!(statement.violated.is_empty(), "{round}: {text}{figures:?}\n{:?}", statement.violated);
            assert!(statement.conflicts.is_empty(), "{round}: {text}{figures:?}\n{:?}", statement.conflicts);
            // What is coherent stays, bit for bit, and nothing is given away.
            for of in &statement.figures {
                assert_eq!((of.squared, of.kl), (of.stated, of.stated), "{round}: {text}{figures:?}");
            }
            for worth in &statement.worth {
                assert_eq!((worth.divergence, worth.at_least, worth.at_most), (0.0, 0.0, 0.0), "{round}: {text}");
            }
        }
    }
}

/// The two that a reader met, by hand, and one where the bound within the condition does follow.
#[test]
fn a_bound_holds_within_a_condition_only_if_it_is_one_of_what_happens_there() {
    let mixed = "logic = ['h is hx if a, else hy']\nassume = ['a is at least 70%']\n";
    let statement = looked_at(mixed, &[("a", 0.8), ("h", 0.5), ("hx", 0.55), ("hy", 0.3)], &Options::default());
    assert!(sets(&statement).is_empty());
    let figures = [("a", 0.4), ("b", 0.75), ("bga", 0.5)];
    for assumed in ["b is at least 70%", "b is at most 80%", "b is between 70% and 80%", "b is at least as likely as a"]
    {
        let text = format!("logic = ['bga is b given a']\nassume = ['{assumed}']\n");
        let statement = looked_at(&text, &figures, &Options::default());
        assert!(sets(&statement).is_empty(), "{assumed}");
    }
    // Of the same condition by another name it is one.
    let text =
        "unasked = ['d']\nlogic = ['bga is b given a', 'a is the same as d']\nassume = ['b given d is at least 60%']\n";
    let statement = looked_at(text, &[("bga", 0.5)], &Options::default());
    assert_eq!(statement.conflicts.len(), 1);
    assert_eq!(statement.conflicts[0].given.as_deref(), Some("a"));
    near(statement.conflicts[0].points, 10.0, 1e-3);
}

/// `red` is the winner's first option by another name: all the other options say the same of it as the option itself.
#[test]
fn an_option_and_all_the_others_of_its_question_are_named_once() {
    let table = "question,option,forecaster,made_at,probability\nred,,anna,2025-08-19,0.6\nwin,a,anna,2025-08-19,0.5\n\
        win,b,anna,2025-08-19,0.4\nwin,c,anna,2025-08-19,0.1\nalone,,anna,2025-08-19,0.3\n";
    let mut records = Records::default();
    TidyFile::from_text("t.csv", table).expect("a table").forecasts(&mut records).expect("forecasts");
    let mut options = Options::default();
    options.pins.insert("alone".to_owned(), 0.45);
    let report = cohere(&records, &read("logic = ['red is win:a']\n"), &options).expect("it can be looked at");
    let statement = &report.statements[0];
    assert_eq!(sets(statement), [(vec!["red", "win:a"], vec!["red is win:a"])]);
    // What no relation names becomes what it is pinned to, and counts.
    let alone = statement.figures.iter().find(|of| of.name == "alone").expect("it is pinned");
    assert_eq!((alone.squared, alone.kl, statement.unrelated), (0.45, 0.45, 0));
    options.pins.insert("nowhere".to_owned(), 0.5);
    let refused = cohere(&records, &read("logic = ['red is win:a']\n"), &options);
    assert!(refused.is_err_and(|problem| problem.to_string().contains("nobody states a probability of `nowhere`")));
}

#[test]
fn a_relation_that_stands_twice_counts_once() {
    let source = Source::new("relations.toml", "assume = ['a is between 0.1 and 0.2', 'a is  between 0.1 and 0.2']\n");
    let (relations, problems) = read_relations(&source);
    assert!(!problems.has_errors() && problems.count(Severity::Warning) == 1);
    assert_eq!(relations.count(Strength::Assume), 1);
}

/// `a` is at least 20 % by assumption and 0 by logic: that needs no figure.
#[test]
fn a_set_whose_relations_contradict_each_other_names_no_figure() {
    let text = "unasked = ['b']\nlogic = ['never a and b', 'a implies b', 'c implies a or b']\nassume = ['a is at least 20%']\n";
    let statement = looked_at(text, &[("a", 0.1), ("c", 0.95)], &Options::default());
    let expected = [
        (vec![], vec!["never a and b", "a implies b", "a is at least 20%"]),
        (vec!["a"], vec!["a is at least 20%"]),
        (vec!["a"], vec!["never a and b", "a implies b"]),
    ];
    assert_eq!(sets(&statement), expected);
    // So it is where one assumption contradicts itself, and it is violated by itself.
    let text = "logic = ['a implies b']\nassume = ['a but not a is at least 20%']\n";
    let statement = looked_at(text, &[("a", 0.1), ("b", 0.5)], &Options::default());
    assert_eq!(sets(&statement), [(vec![], vec!["a but not a is at least 20%"])]);
    assert_eq!(statement.violated.len(), 1);
    near(statement.violated[0].points, 20.0, 1e-3);
}

/// Whether the named logic leaves `q0` no chance is told by going through all assignments.
#[test]
fn no_set_lies_within_another_where_assumptions_contradict_logic() {
    let mut stream = SplitMix::of_replicate(53, 1);
    let (mut without_figures, mut with_figures) = (0, 0);
    for _ in 0..150 {
        let mut pairs = BTreeSet::new();
        for _ in 0..4 {
            let a = stream.below(4);
            pairs.insert((a, (a + 1 + stream.below(3)) % 4, stream.unit() < 0.5));
        }
        let sentence = |(a, b, excludes): &(usize, usize, bool)| {
            format!("q{a} {} q{b}", if *excludes { "excludes" } else { "implies" })
        };
        let sentences: Vec<String> = pairs.iter().map(sentence).collect();
        let text = format!("logic = ['{}']\nassume = ['q0 is at least 0.3']\n", sentences.join("', '"));
        let figures: Vec<(String, f64)> = (0..4).map(|at| (format!("q{at}"), stream.unit())).collect();
        let figures: Vec<(&str, f64)> = figures.iter().map(|(name, chance)| (name.as_str(), *chance)).collect();
        let statement = looked_at(&text, &figures, &Options::default());
        let found = sets(&statement);
        let is_within = |less: &[&str], more: &[&str]| less.iter().all(|member| more.contains(member));
        for (at, one) in found.iter().enumerate() {
            for (other_at, other) in found.iter().enumerate() {
                let lies_within = is_within(&one.0, &other.0) && is_within(&one.1, &other.1);
                assert!(at == other_at || !lies_within, "{text}{figures:?}\n{one:?}\n{other:?}");
            }
            if one.1.contains(&"q0 is at least 0.3") {
                let holds = |world: usize, (a, b, excludes): &(usize, usize, bool)| {
                    world >> a & 1 == 0 || (world >> b & 1 == 1) != *excludes
                };
                let named = |of: &&(usize, usize, bool)| one.1.contains(&sentence(of).as_str());
                let may_come =
                    (0..16).any(|world| world & 1 == 1 && pairs.iter().filter(named).all(|of| holds(world, of)));
                assert_eq!(one.0.is_empty(), !may_come, "{text}{figures:?}\n{one:?}");
                without_figures += usize::from(!may_come);
                with_figures += usize::from(may_come);
            }
        }
    }
    assert!(without_figures > 20 && with_figures > 20, "{without_figures} {with_figures}");
}

#[test]
fn relations_that_name_what_nobody_is_asked_about_alone_are_told_so() {
    let records = super::tests::table(&[("a", 0.1), ("b", 0.95)]);
    let relations = read("unasked = ['u', 'v']\nlogic = ['u implies v']\n");
    let refused = cohere(&records, &relations, &Options::default()).expect_err("no forecast is on these");
    let help = refused.way_out().expect("there is one");
    assert!(
        help.starts_with("the relations name nothing that anybody is asked about; there are forecasts on a, b: "),
        "{help}"
    );
}

/// The search for all ends early here; what two relations say is found whatever it began with.
#[test]
fn the_plainest_set_is_found_and_stands_first() {
    let text = "logic = ['ab is a and b']\nassume = ['a and b are independent', 'a given b is at least 50%', \
        'b is at least as likely as a', 'a makes b less likely', 'b given not a is between 10% and 20%']\n";
    let statement = looked_at(text, &[("a", 0.6), ("b", 0.3), ("ab", 0.1)], &Options::default());
    let plain = |of: &&super::report::ConflictReport| {
        of.relations.iter().map(|of| of.text.as_str()).eq(["ab is a and b", "a and b are independent"])
    };
    let found = statement.conflicts.iter().find(plain).expect("it is there");
    // Of 18 % for both 10 % are stated.
    near(found.points, 8.0, 0.05);
    let sizes: Vec<usize> = statement.conflicts.iter().map(|of| of.relations.len()).collect();
    assert!(sizes.is_sorted(), "{sizes:?}");
    let all: BTreeSet<_> = sets(&statement).into_iter().collect();
    assert_eq!(all.len(), statement.conflicts.len(), "no set is there twice");
}

#[test]
fn a_figure_under_an_impossible_condition_is_never_scored_and_no_error() {
    // `both` comes in no world, although no relation alone says so.
    let text = "unasked = ['both']\nlogic = ['both is a and b', 'at most one of a, b', 'x is a given both', 'y is not a given b']\n";
    let figures = [("a", 0.3), ("b", 0.4), ("x", 0.5), ("y", 0.2)];
    let statement = looked_at(text, &figures, &Options::default());
    let never: Vec<&str> = statement.figures.iter().filter(|of| of.never_scored).map(|of| of.name.as_str()).collect();
    assert_eq!(never, ["x"]);
    let x = statement.figures.iter().find(|of| of.name == "x").expect("it is stated");
    assert_eq!((x.squared, x.kl, x.not_repaired.len()), (0.5, 0.5, 0));
    // `y` is another matter: where b comes a does not.
    assert!(statement.conflicts.iter().all(|of| of.figures.iter().all(|of| of.name != "x")));
    assert!(statement.conflicts.iter().any(|of| of.figures.iter().any(|of| of.name == "y")));
    // What is only assumed to be impossible is scored in worlds that break it.
    let assumed = "logic = ['x is a given b']\nassume = ['at most one of a, b']\n";
    let statement = looked_at(assumed, &[("a", 0.3), ("b", 0.4), ("x", 0.5)], &Options::default());
    assert!(statement.figures.iter().all(|of| !of.never_scored) && statement.warnings > 0);
}
