//! Learning from tables of cases: against a peer's figures, conjugate arithmetic, and likelihoods written out by hand.

use super::tests::{HEAD, checked, rewritten};
use super::*;
use crate::error::Error;
use crate::forecast::tidy::WideTable;

fn table(text: &str) -> WideTable {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("cases.csv");
    std::fs::write(&path, text).expect("it can be written");
    WideTable::open(&path).expect("it can be read")
}

fn learn(text: &str, cases: &str, against: Against) -> Result<Update, Error> {
    let source = Source::new("test.toml", text);
    from_cases(&checked(text), &source, &table(cases), against)
}

fn mean(update: &Update, event: &str) -> f64 {
    update.learned.iter().find(|one| one.event == event).unwrap_or_else(|| panic!("{event}: {update:?}")).mean_after
}

/// Reference case S6 (ProbLog, learning from interpretations): chances 1/3 and 1/2.
#[test]
fn facts_behind_an_or_have_their_likeliest_chances() {
    let text = format!(
        "{HEAD}[event.h1]\nchance = \"beta(1, 1)\"\n[event.h2]\nchance = \"beta(1, 1)\"\n[event.some]\nholds = \"h1 or h2\"\n"
    );
    let cases = "some,h1\nno,no\nyes,yes\nyes,no\n";
    let update = learn(&text, cases, Against::Nothing).expect("they can be learned from");
    assert!((mean(&update, "h1") - 1.0 / 3.0).abs() < 1e-9, "{update:?}");
    assert!((mean(&update, "h2") - 0.5).abs() < 1e-9, "{update:?}");
    // (2/3 · 1/2) · 1/3 · (2/3 · 1/2).
    let from = update.from_cases.expect("it was from cases");
    assert!((from.log_likelihood - (1.0_f64 / 27.0).ln()).abs() < 1e-9 && from.settled, "{from:?}");
    // The second case says nothing of h2: two cases, not three.
    let h2 = update.learned.iter().find(|one| one.event == "h2").expect("it learned");
    assert_eq!(h2.after, "1 of 2");
    assert!(update.replacements.is_empty());
}

/// Cases that say everything are counted like outcomes.
#[test]
fn cases_known_in_full_are_conjugate() {
    let text = format!(
        "{HEAD}[event.a]\nchance = \"6 of 20\"\n[event.b]\nchance = [ {{ if = \"a\", is = \"beta(2, 3)\" }}, {{ otherwise = \"1 of 4\" }} ]\n\
         [event.c]\none_of = [\"x\", \"y\", \"z\"]\nchance = \"6, 30, 4 of 40\"\n"
    );
    let cases = "a,b,c\nyes,yes,x\nyes,no,x\nno,yes,z\nno,no,y\nno,no,x\n";
    let update = learn(&text, cases, Against::Prior).expect("they can be learned from");
    let after: Vec<&str> = update.learned.iter().map(|one| one.after.as_str()).collect();
    assert_eq!(after, ["8 of 25", "beta(3, 4)", "2 of 7", "9, 31, 5 of 45"]);
    // From 30.5 of 41.5 to 31.5 of 46.5, further than x and z.
    assert_eq!(update.learned[3].option.as_deref(), Some("y"));
    let text = rewritten(&text, &update);
    assert!(text.contains("5 cases of cases.csv ("), "{text}");
    // Once.
    let again = learn(&text, cases, Against::Prior).expect("they can be learned from");
    assert!(again.learned.is_empty() && again.skipped.iter().all(|one| one.why.contains("already")), "{again:?}");
}

/// A cause that is seen in half of the cases: the mode of likelihood times prior on the log-odds scale, searched for by hand.
#[test]
fn what_cases_do_not_say_is_averaged_over() {
    let text = format!(
        "{HEAD}[event.a]\nchance = \"beta(2, 2)\"\n[event.b]\nchance = [ {{ if = \"a\", is = \"beta(3, 1)\" }}, {{ otherwise = \"beta(1, 3)\" }} ]\n"
    );
    let mut cases = "a,b\n".to_owned();
    for (row, times) in [("yes,yes", 6), ("yes,no", 1), ("no,no", 5), ("no,yes", 2), (",yes", 7), (",no", 4)] {
        cases.extend(std::iter::repeat_n(format!("{row}\n"), times));
    }
    let update = learn(&text, &cases, Against::Prior).expect("they can be learned from");
    let objective = |p: f64, q: f64, r: f64| {
        let prior = [(p, 2.0, 2.0), (q, 3.0, 1.0), (r, 1.0, 3.0)]
            .map(|(x, a, b): (f64, f64, f64)| a * x.ln() + b * (1.0 - x).ln());
        prior.iter().sum::<f64>()
            + 6.0 * (p * q).ln()
            + (p * (1.0 - q)).ln()
            + 5.0 * ((1.0 - p) * (1.0 - r)).ln()
            + 2.0 * ((1.0 - p) * r).ln()
            + 7.0 * (p * q + (1.0 - p) * r).ln()
            + 4.0 * (p * (1.0 - q) + (1.0 - p) * (1.0 - r)).ln()
    };
    // Coordinate by coordinate, by ever finer steps.
    let mut at = [0.5, 0.5, 0.5];
    let mut step = 0.1;
    while step > 1e-9 {
        let mut better = false;
        for coordinate in 0..3 {
            for sign in [-1.0, 1.0] {
                let mut tried = at;
                tried[coordinate] += sign * step;
                if tried[coordinate] > 0.0
                    && tried[coordinate] < 1.0
                    && objective(tried[0], tried[1], tried[2]) > objective(at[0], at[1], at[2])
                {
                    at = tried;
                    better = true;
                }
            }
        }
        if !better {
            step /= 2.0;
        }
    }
    let found: Vec<f64> = update.learned.iter().map(|one| one.mean_after).collect();
    for (found, expected) in found.iter().zip(at) {
        assert!((found - expected).abs() < 1e-6, "{update:?} {at:?}");
    }
    // The chance of `a` is worth more than the 14 cases that name it, and less than all 25: b says something of a.
    let worth = |phrase: &str| -> f64 {
        let shapes = phrase.trim_start_matches("beta(").trim_end_matches(')').split(", ");
        shapes.map(|shape| shape.parse::<f64>().expect("a number")).sum::<f64>() - 4.0
    };
    let of_a = worth(&update.learned[0].after);
    assert!(of_a > 14.0 && of_a < 25.0, "{of_a}");
}

#[test]
fn events_of_a_class_count_together() {
    let text = format!(
        "{HEAD}[prior.held]\nchance = \"2 of 4\"\n[event.a]\nchance = \"like held\"\n[event.b]\nchance = \"like held\"\n"
    );
    let update = learn(&text, "a,b\nyes,no\nyes,\nyes,yes\n", Against::Prior).expect("they can be learned from");
    assert_eq!(update.learned.len(), 1);
    assert_eq!((update.learned[0].event.as_str(), update.learned[0].after.as_str()), ("prior held", "6 of 9"));
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_row() {
    let text = format!("{HEAD}[event.a]\nchance = \"2 of 4\"\n[event.b]\nholds = \"a\"\n");
    let why = |cases: &str| learn(&text, cases, Against::Prior).expect_err("it is refused").to_string();
    assert!(why("x\nyes\n").contains("no column is an event"));
    let found = why("a\nyes\nmaybe\n");
    assert!(found.contains('3') && found.contains("`maybe` is neither yes nor no"), "{found}");
    let found = why("a,b\nyes,yes\nyes,no\n");
    assert!(found.contains("row 3"), "{found}");
    let update = learn(&text, "a,colour\nyes,red\n", Against::Prior).expect("the column is named");
    assert!(update.skipped.iter().any(|one| one.name == "column colour"), "{update:?}");
}

/// A group that nobody sees, with the same prior for either side of it: the chances must part, or half of the likelihood is missed.
#[test]
fn what_begins_alike_may_end_apart() {
    let mut text = format!("{HEAD}[event.group]\nchance = \"beta(1, 1)\"\n");
    for event in ["a", "b", "c"] {
        let chance = "[ { if = \"group\", is = \"beta(1, 1)\" }, { otherwise = \"beta(1, 1)\" } ]";
        text.extend(["[event.", event, "]\nchance = ", chance, "\n"]);
    }
    let mut cases = "a,b,c\n".to_owned();
    for (row, times) in [("yes,yes,yes", 48), ("no,no,no", 48), ("yes,yes,no", 2), ("no,no,yes", 2)] {
        cases.extend(std::iter::repeat_n(format!("{row}\n"), times));
    }
    let update = learn(&text, &cases, Against::Prior).expect("they can be learned from");
    let from = update.from_cases.expect("it was from cases");
    // Alike, each row would have one chance in eight.
    assert!(from.log_likelihood > 0.5 * 100.0 * 0.125_f64.ln(), "{from:?}");
    let of_a: Vec<f64> = update.learned.iter().filter(|one| one.event == "a").map(|one| one.mean_after).collect();
    assert!((of_a[0] - of_a[1]).abs() > 0.9, "{of_a:?}");
}

/// Cases that a column names are known again wherever they stand and whatever else is known of them by then.
#[test]
fn named_cases_count_once_wherever_they_stand() {
    let text = format!("{HEAD}[event.a]\nchance = \"6 of 20\"\n[event.b]\nchance = \"2 of 4\"\n");
    let first = learn(&text, "case,a,b\nx1,yes,no\nx2,yes,yes\nx3,no,\n", Against::Prior).expect("it is a table");
    assert!(first.skipped.is_empty(), "{first:?}");
    assert!(first.learned[0].by[0].starts_with("3 cases of cases.csv (") && !first.learned[0].by[0].contains(';'));
    let after = rewritten(&text, &first);
    let named = |cases: &str, name: &str| {
        let table = WideTable { name: name.to_owned(), ..table(cases) };
        from_cases(&checked(&after), &Source::new("test.toml", &after), &table, Against::Prior).expect("it is a table")
    };
    for (cases, again) in [
        (
            "case,a,b\ny1,no,yes\nx2,yes,yes\ny2,no,no\nx1,yes,no\nx3,no,yes\n",
            "of 3 of its cases that are remembered by their names in `case`, 3 stand here again (x1, x2, x3)",
        ),
        ("a,case\nno,y1\nyes,x2\nno,y2\n", "1 stands here again (x2)"),
    ] {
        let update = named(cases, "all.csv");
        assert!(update.learned.is_empty(), "{cases}: {update:?}");
        assert!(update.skipped.iter().all(|one| one.why.contains(again)), "{update:?}");
    }
    // Those of other names are learned from, and those without, with a word.
    let update = named("case,a,b\nz1,yes,no\nz2,yes,yes\n", "new.csv");
    assert!(update.learned.len() == 2 && update.notes.is_empty(), "{update:?}");
    let update = named("a,b\nyes,no\nno,yes\nyes,yes\n", "new.csv");
    assert_eq!(update.learned.len(), 2, "{update:?}");
    assert!(update.notes[0].contains("3 cases of cases.csv ("), "{update:?}");
    // Rows that are but numbered are told apart, and stand in every table.
    let numbered =
        rewritten(&text, &learn(&text, "case,a,b\n1,yes,no\n2,yes,yes\n3,no,\n", Against::Prior).expect("a table"));
    assert!(!numbered.contains("; "), "{numbered}");
    let others = WideTable { name: "new.csv".to_owned(), ..table("case,a,b\n1,no,no\n2,yes,yes\n") };
    let update = from_cases(&checked(&numbered), &Source::new("test.toml", &numbered), &others, Against::Prior);
    let update = update.expect("it is a table");
    assert!(update.learned.len() == 2 && update.notes[0].contains("3 cases of cases.csv ("), "{update:?}");
    assert!(update.skipped[0].why.contains("only counts the rows"), "{update:?}");
}

const NAMED: &str = "[event.a]\nchance = \"6 of 20\"\n[event.b]\nchance = \"2 of 4\"\n";

/// A table of cases `n60`, `n61` and so on, and the scenario after it.
fn after_names(range: std::ops::Range<u32>) -> (String, Update) {
    let text = format!("{HEAD}{NAMED}");
    let update = learn(&text, &format!("case,a,b\n{}", rows(range)), Against::Prior).expect("it is a table");
    (rewritten(&text, &update), update)
}

fn rows(range: std::ops::Range<u32>) -> String {
    range.map(|at| format!("n{at},yes,no\n")).collect::<Vec<_>>().concat()
}

fn learn_more(after: &str, cases: &str) -> Result<Update, Error> {
    let table = WideTable { name: "more.csv".to_owned(), ..table(cases) };
    from_cases(&checked(after), &Source::new("test.toml", after), &table, Against::Prior)
}

/// Whichever of sixty cases stands among new ones: none is counted twice.
#[test]
fn each_name_is_known_again() {
    let (after, _) = after_names(0..60);
    for old in 0..60 {
        let again = learn_more(&after, &format!("case,a,b\nm,no,no\n{}n{old},no,\n", rows(60..80)));
        let again = again.expect("it is a table");
        assert!(again.learned.is_empty(), "n{old}: {again:?}");
        assert!(
            again.skipped.iter().all(|one| one.why.contains(&format!("1 stands here again (n{old})"))),
            "{again:?}"
        );
        assert_eq!(again.refused, ["a", "b"]);
    }
    // The new ones alone are learned from, and nothing is left to be warned of.
    let new = learn_more(&after, &format!("case,a,b\nm,no,no\n{}", rows(60..80))).expect("it is a table");
    assert!(new.learned.len() == 2 && new.notes.is_empty() && new.refused.is_empty(), "{new:?}");
}

#[test]
fn a_name_that_stands_twice_is_refused_with_its_row() {
    let (after, _) = after_names(0..6);
    for after in [after, format!("{HEAD}{NAMED}")] {
        let why = learn_more(&after, "case,a,b\nm1,yes,no\nm2,no,no\nm1,yes,no\n").expect_err("m1 stands twice");
        assert!(why.to_string().contains(":4: the case `m1` stands in row 2 already"), "{why}");
        let why = learn_more(&after, "case,a,b\nm1,yes,no\n,no,no\n").expect_err("one has no name");
        assert!(why.to_string().contains(":3: `case` is empty here"), "{why}");
    }
    // A column without names is none.
    let update = learn_more(&format!("{HEAD}{NAMED}"), "case,a,b\n,yes,no\n,no,no\n").expect("it is a table");
    assert_eq!((update.learned.len(), update.skipped[0].name.as_str()), (2, "column case"));
}

#[test]
fn of_more_names_than_are_remembered_it_is_said_what_share_is() {
    let (after, many) = after_names(0..5_000);
    assert!(many.notes[0].contains("remembers 4000 of 5000 (80 %) of the cases by name"), "{:?}", many.notes);
    let new = learn_more(&after, "case,a,b\nm,no,no\n").expect("it is a table");
    assert!(new.learned.len() == 2 && new.notes[0].contains("4000 of 5000 (80 %) are remembered by name"), "{new:?}");
    // Of a hundred old ones eighty are expected, with a standard deviation of 4; fewer than 50 are not to be had by chance.
    let old = learn_more(&after, &format!("case,a,b\n{}m,no,no\n", rows(0..100))).expect("it is a table");
    let words = old.skipped[0].why.split_once("in `case`, ").expect("it is refused").1;
    let known: usize = words.split_once(" stand").expect("a number").0.parse().expect("a number");
    assert!((50..=100).contains(&known), "{known}");
}

/// Files from before remember eight of sixty names, by ten digits of their hashes each.
#[test]
fn names_that_files_of_before_remember_are_known() {
    let text = format!("{HEAD}{NAMED}").replace(
        "6 of 20\"",
        "6 of 20\"\nlearned_from = [\"60 cases of b1.csv (011f3edfae79; 01c79541df 0480a93d2e)\"]",
    );
    // SHA-256 of abc begins with ba7816bf8f.
    let with = text.replace("0480a93d2e", "ba7816bf8f");
    let again = learn_more(&with, "case,a,b\nabc,yes,no\nm,no,no\n").expect("it is a table");
    assert!(again.skipped[0].why.contains("of 2 of its cases"), "{again:?}");
    assert_eq!((again.learned.len(), again.refused.as_slice()), (1, &["a".to_owned()][..]));
    let new = learn_more(&text, "case,a,b\nabc,yes,no\nm,no,no\n").expect("it is a table");
    assert!(new.learned.len() == 2 && new.notes[0].contains("2 of 60 (3 %) are remembered by name"), "{new:?}");
}

/// Rows that have taught a prior are known again under any name, in any order, and before or behind new ones.
#[test]
fn the_same_cases_count_once_whatever_the_table_is_called() {
    let text = format!("{HEAD}[event.a]\nchance = \"6 of 20\"\n[event.b]\nchance = \"2 of 4\"\n");
    let cases = "a,b\nyes,no\nyes,yes\nno,no\n";
    let after = rewritten(&text, &learn(&text, cases, Against::Prior).expect("they can be learned from"));
    let named = |cases: &str, name: &str| {
        let table = WideTable { name: name.to_owned(), ..table(cases) };
        from_cases(&checked(&after), &Source::new("test.toml", &after), &table, Against::Prior).expect("it is a table")
    };
    for same in [cases, "a,b\nno,no\nyes,no\nyes,yes\n", "b,a\nno,yes\nyes,yes\nno,no\n"] {
        for name in ["cases.csv", "others.csv"] {
            let update = named(same, name);
            assert!(update.learned.is_empty(), "{same}: {update:?}");
            assert!(update.skipped.iter().all(|one| one.why.contains("3 cases of cases.csv (")), "{update:?}");
        }
    }
    for grown in ["a,b\nyes,no\nyes,yes\nno,no\nno,yes\n", "a,b\nno,yes\nno,no\nyes,no\nyes,yes\n"] {
        let update = named(grown, "grown.csv");
        assert!(update.learned.is_empty(), "{grown}: {update:?}");
        assert!(update.skipped.iter().all(|one| one.why.contains("give the new rows alone")), "{update:?}");
    }
    // Others are learned from, with a word; their names tell cases apart that look alike.
    for new in ["a,b\nno,yes\n", "a,b,case\nyes,no,4\nyes,yes,5\nno,no,6\n"] {
        let update = named(new, "new.csv");
        assert_eq!(update.learned.len(), 2, "{new}: {update:?}");
        assert!(update.notes[0].contains("3 cases of cases.csv ("), "{update:?}");
    }
    assert!(named("a,b\nno,yes\n", "cases.csv").learned.is_empty(), "it has the name of one that has taught");
}
