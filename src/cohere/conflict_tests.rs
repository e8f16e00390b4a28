//! Tests of which sets are found, by hand.

use super::Options;
use super::report::StatementReport;
use super::tests::{looked_at, near};

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
