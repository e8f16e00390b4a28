//! Tests of the room as a whole, against enumeration of every assignment by an evaluator of their own.

use super::models::{Model, Said};
use super::*;
use crate::forecast::tidy::TidyFile;
use crate::math::SplitMix;
use crate::source::Source;
use std::fmt::Write as _;

pub(super) fn read(text: &str) -> Relations {
    let source = Source::new("relations.toml", text);
    let (relations, problems) = read_relations(&source);
    assert!(problems.is_empty(), "{}", problems.render(&source, false));
    relations
}

pub(super) fn table(figures: &[(&str, f64)]) -> Records {
    let mut text = String::from("question,forecaster,made_at,probability\n");
    for (name, chance) in figures {
        writeln!(text, "{name},anna,2025-08-19,{chance}").expect("a text takes all");
    }
    let mut records = Records::default();
    TidyFile::from_text("t.csv", &text).expect("a table").forecasts(&mut records).expect("forecasts");
    records
}

pub(super) fn looked_at(relations: &str, figures: &[(&str, f64)], options: &Options) -> StatementReport {
    let mut report = cohere(&table(figures), &read(relations), options).expect("it can be looked at");
    report.statements.remove(0)
}

pub(super) fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

/// The five events of the summit: the .14 and the .10 meet at .12, worth .0008 at least in every world.
#[test]
fn the_worked_example_of_the_summit() {
    let relations = "title = \"The summit\"\n\
        logic = [\"trilateral_aug requires bilateral_aug\", \"trilateral_sep requires bilateral_sep\"]\n\
        [deadlines.bilateral]\nby = { 2025-08-31 = \"bilateral_aug\", 2025-09-30 = \"bilateral_sep\" }\n\
        [deadlines.trilateral]\nby = { 2025-08-31 = \"trilateral_aug\", 2025-09-30 = \"trilateral_sep\" }\n";
    let figures = [
        ("talks", 0.55),
        ("bilateral_aug", 0.10),
        ("bilateral_sep", 0.24),
        ("trilateral_aug", 0.14),
        ("trilateral_sep", 0.22),
    ];
    let statement = looked_at(relations, &figures, &Options::default());
    let repaired: Vec<(&str, f64)> = statement.figures.iter().map(|of| (of.name.as_str(), of.squared)).collect();
    let expected =
        [("bilateral_aug", 0.12), ("bilateral_sep", 0.24), ("trilateral_aug", 0.12), ("trilateral_sep", 0.22)];
    assert_eq!(repaired, expected);
    assert_eq!((statement.errors, statement.warnings, statement.unrelated), (1, 0, 1));
    assert_eq!(statement.violated.len(), 1);
    near(statement.violated[0].points, 4.0, 1e-4);
    let conflict = &statement.conflicts[0];
    near(conflict.points, 4.0, 1e-4);
    assert_eq!(conflict.relations[0].text, "trilateral_aug requires bilateral_aug");
    assert_eq!((conflict.relations[0].line, conflict.relations[0].column), (Some(2), Some(11)));
    assert_eq!(conflict.figures[0].others_allow, Some((0.14, 1.0)));
    assert_eq!(conflict.figures[1].others_allow, Some((0.0, 0.1)));
    near(statement.worth[0].divergence, 0.0008, 1e-7);
    near(statement.worth[0].at_least, 0.0008, 1e-7);
    // Every possible world: each event comes in August, in September or not, the three-sided one not before the two-sided one.
    let mut least = f64::INFINITY;
    for bits in 0..16_u32 {
        let [ba, bs, ta, ts] = [0, 1, 2, 3].map(|at| bits >> at & 1 == 1);
        if (ba && !bs) || (ta && !ts) || (ta && !ba) || (ts && !bs) {
            continue;
        }
        let mut gain = 0.0;
        for (of, came) in statement.figures.iter().zip([ba, bs, ta, ts]) {
            let score = |chance: f64| (chance - f64::from(u8::from(came))).powi(2);
            gain += score(of.stated) - score(of.squared);
        }
        least = least.min(gain);
    }
    near(least, 0.0008, 1e-9);
}

fn borrowed(figures: &[(String, f64)]) -> Vec<(&str, f64)> {
    figures.iter().map(|(name, chance)| (name.as_str(), *chance)).collect()
}

#[test]
fn coherent_random_models_conflict_nowhere_and_stay_as_they_are() {
    let mut stream = SplitMix::of_replicate(41, 1);
    for round in 0..80 {
        let model = Model::random(&mut stream);
        let figures = model.coherent(&mut stream);
        let strict = Options { tolerance: 0.0, ..Options::default() };
        let statement = looked_at(&model.text(), &borrowed(&figures), &strict);
        assert!(statement.conflicts.is_empty(), "{round}: {}\n{figures:?}\n{:?}", model.text(), statement.conflicts);
        for of in &statement.figures {
            near(of.squared, of.stated, 2e-4);
        }
        near(statement.worth[0].divergence, 0.0, 1e-7);
        near(statement.worth[1].divergence, 0.0, 1e-7);
    }
}

#[test]
fn in_every_world_the_repaired_figures_gain_at_least_the_distance() {
    let mut stream = SplitMix::of_replicate(42, 1);
    let mut incoherent = 0;
    for round in 0..80 {
        let model = Model::random(&mut stream);
        let figures: Vec<(String, f64)> =
            model.names().into_iter().map(|name| (name, (stream.unit() * 100.0).round() / 100.0)).collect();
        let mut options = Options::default();
        if round % 3 == 0 {
            options.weights.insert("q0".to_owned(), 2.5);
        }
        let related = model.text().contains("q0");
        if !related {
            options.weights.clear();
        }
        let statement = looked_at(&model.text(), &borrowed(&figures), &options);
        for worth in &statement.worth {
            let gains: Vec<f64> =
                model.worlds.iter().map(|world| model.gain(*world, &statement, worth.distance)).collect();
            let least = gains.iter().copied().fold(f64::INFINITY, f64::min);
            let most = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let tolerance = if worth.distance == Distance::Squared { 1e-8 } else { 1e-7 };
            assert!(
                least >= worth.divergence - tolerance,
                "{round} {:?}: {least} < {}\n{}\n{figures:?}\n{:#?}",
                worth.distance,
                worth.divergence,
                model.text(),
                statement.figures
            );
            near(worth.at_least, least, 1e-9);
            near(worth.at_most, most, 1e-9);
        }
        incoherent += usize::from(!statement.conflicts.is_empty());
        if statement.worth[0].divergence > 0.01 {
            assert!(!statement.conflicts.is_empty(), "{round}: {}\n{figures:?}", model.text());
        }
    }
    assert!(incoherent > 50, "{incoherent}");
}

#[test]
fn what_a_conflict_names_is_needed_and_enough() {
    let mut stream = SplitMix::of_replicate(43, 1);
    let mut looked = 0;
    for _ in 0..25 {
        let model = Model::random(&mut stream);
        let figures: Vec<(String, f64)> = model.names().into_iter().map(|name| (name, stream.unit())).collect();
        let options = Options::default();
        let statement = looked_at(&model.text(), &borrowed(&figures), &options);
        for conflict in &statement.conflicts {
            looked += 1;
            let texts: Vec<&String> = conflict.relations.iter().map(|of| &of.text).collect();
            let relations = format!("logic = {texts:?}\n");
            let own: Vec<(&str, f64)> = conflict.figures.iter().map(|of| (of.name.as_str(), of.stated)).collect();
            let again = looked_at(&relations, &own, &options);
            assert!(!again.conflicts.is_empty(), "enough: {conflict:?}");
            for left_out in 0..own.len() {
                if own.len() == 1 {
                    continue;
                }
                let mut rest = own.clone();
                rest.remove(left_out);
                let Ok(report) = cohere(&table(&rest), &read(&relations), &options) else { continue };
                assert!(report.statements[0].conflicts.is_empty(), "needed: {} of {conflict:?}", own[left_out].0);
            }
        }
    }
    assert!(looked > 20, "{looked} conflicts");
}

/// Violations of every kind by five points each, planted into figures that were coherent.
#[test]
fn planted_violations_are_all_found() {
    type Case<'a> = (&'a str, &'a [(&'a str, f64)], f64);
    let cases: &[Case<'_>] = &[
        ("'b is not a'", &[("a", 0.3), ("b", 0.75)], 5.0),
        ("'c is a and b'", &[("a", 0.3), ("b", 0.6), ("c", 0.35)], 5.0),
        ("'c is a and b'", &[("a", 0.7), ("b", 0.6), ("c", 0.25)], 5.0),
        ("'c is a or b'", &[("a", 0.3), ("b", 0.6), ("c", 0.55)], 5.0),
        ("'c is a or b'", &[("a", 0.3), ("b", 0.6), ("c", 0.95)], 5.0),
        ("'c is a but not b'", &[("a", 0.3), ("b", 0.6), ("c", 0.35)], 5.0),
        ("'a implies b'", &[("a", 0.65), ("b", 0.6)], 5.0),
        ("'a excludes b'", &[("a", 0.45), ("b", 0.6)], 5.0),
        ("'a is the same as b'", &[("a", 0.65), ("b", 0.6)], 5.0),
        ("'exactly one of a, b, c'", &[("a", 0.5), ("b", 0.3), ("c", 0.25)], 5.0),
        ("'exactly one of a, b, c'", &[("a", 0.4), ("b", 0.3), ("c", 0.25)], 5.0),
        ("'exactly one of a, b or something else'", &[("a", 0.7), ("b", 0.35)], 5.0),
        ("'at least one of a, b'", &[("a", 0.6), ("b", 0.35)], 5.0),
        ("'never a'", &[("a", 0.05)], 5.0),
        ("'always a'", &[("a", 0.95)], 5.0),
        // P(A and B) = 0.9 × 0.5 = 0.45, but P(A) is 0.4.
        ("'c is a given b'", &[("a", 0.4), ("b", 0.5), ("c", 0.9)], 5.0),
        // 0.7 × 0.4 + 0.2 × 0.6 = 0.4 is the total; 0.45 was said.
        ("'b is x if a, else y'", &[("a", 0.4), ("b", 0.45), ("x", 0.7), ("y", 0.2)], 5.0),
        // Under a condition that nobody gives a chance: 0.55 and 0.5 of opposites.
        ("'x is a given c', 'y is not a given c'", &[("x", 0.55), ("y", 0.5)], 5.0),
        // Over two steps, with nothing stated in between.
        ("'a implies m', 'm implies b'", &[("a", 0.65), ("b", 0.6)], 5.0),
    ];
    for (sentences, figures, points) in cases {
        let text = format!("unasked = ['m']\nlogic = [{sentences}]\n");
        let statement = looked_at(&text, figures, &Options::default());
        assert_eq!((statement.errors, statement.warnings), (1, 0), "{text}{figures:?}: {:?}", statement.conflicts);
        let conflict = &statement.conflicts[0];
        near(conflict.points, *points, 1e-3);
        assert!(conflict.figures.iter().all(|of| figures.iter().any(|(name, _)| *name == of.name)), "{text}");
        // Six points of tolerance let it pass.
        let options = Options { tolerance: 0.06, ..Options::default() };
        assert_eq!(looked_at(&text, figures, &options).errors, 0, "{text}");
    }
    let judgements: &[(&str, &[(&str, f64)])] = &[
        ("'a is between 10% and 30%'", &[("a", 0.35)]),
        ("'a given b is between 20% and 40%'", &[("b", 0.5), ("c", 0.25)]),
        ("'a is at least as likely as b'", &[("a", 0.35), ("b", 0.4)]),
        ("'a and b are independent'", &[("a", 0.5), ("b", 0.4), ("c", 0.25)]),
        ("'a makes b likelier'", &[("a", 0.5), ("b", 0.4), ("c", 0.15)]),
        ("'a makes b less likely'", &[("a", 0.5), ("b", 0.4), ("c", 0.25)]),
    ];
    for (sentence, figures) in judgements {
        let text = format!("logic = ['c is a and b']\nassume = [{sentence}]\n");
        let statement = looked_at(&text, figures, &Options::default());
        assert_eq!((statement.errors, statement.warnings), (0, 1), "{text}: {:?}", statement.conflicts);
        near(statement.conflicts[0].points, 5.0, 1e-3);
    }
}

/// Case R7 of the reference cases: P(A) = .4, P(B|A) = .7, P(B|not A) = .2 give P(B) = .4, P(A|B) = .7, P(A|not B) = .2.
#[test]
fn the_reference_case_of_a_conditional_pair() {
    let text = "logic = ['b is x if a, else y', 'u is a given b', 'v is a given not b']\n";
    let figures = [("a", 0.4), ("b", 0.4), ("x", 0.7), ("y", 0.2), ("u", 0.7), ("v", 0.2)];
    let strict = Options { tolerance: 0.0, ..Options::default() };
    assert!(looked_at(text, &figures, &strict).conflicts.is_empty());
    // Each of them is all that the others allow.
    for at in 0..figures.len() {
        let mut wrong = figures;
        wrong[at].1 += 0.05;
        let statement = looked_at(text, &wrong, &strict);
        assert!(!statement.conflicts.is_empty(), "{wrong:?}");
        let mut allowed = statement.conflicts.iter().flat_map(|conflict| &conflict.figures);
        assert!(
            allowed.any(|of| of.name == figures[at].0
                && of
                    .others_allow
                    .is_some_and(|(low, high)| (low - figures[at].1).abs() < 1e-4 && (high - low).abs() < 1e-4)),
            "{wrong:?}: {:?}",
            statement.conflicts
        );
    }
}

#[test]
fn pins_hold_and_contradicting_ones_are_refused() {
    let text = "logic = ['a implies b']\n";
    let mut options = Options::default();
    options.pins.insert("a".to_owned(), 0.3);
    let statement = looked_at(text, &[("a", 0.5), ("b", 0.2)], &options);
    assert_eq!((statement.figures[0].squared, statement.figures[1].squared), (0.3, 0.3));
    assert!(!statement.worth[0].guaranteed);
    options.pins.insert("b".to_owned(), 0.2);
    let refused = cohere(&table(&[("a", 0.5), ("b", 0.2)]), &read(text), &options);
    assert!(refused.is_err_and(|problem| problem.to_string().contains("no coherent figures keep the pins")));
}

#[test]
fn windows_allow_what_days_allow() {
    let mut stream = SplitMix::of_replicate(44, 1);
    for _ in 0..60 {
        let day = |number: i64| jiff::civil::date(2025, 1, 1).saturating_add(jiff::Span::new().days(number));
        let mut rungs = || {
            let mut days: Vec<i64> = (0..=stream.below(2)).map(|_| stream.below(12) as i64).collect();
            days.sort_unstable();
            days.dedup();
            days
        };
        let (first, second) = (rungs(), rungs());
        let days = stream.below(8) as i64;
        let mut builder = Builder::new();
        let mut ladders = Vec::new();
        for (name, rungs) in [("x", &first), ("y", &second)] {
            let ladder = builder.ladder(name, Some(day(0)), crate::source::Span::default());
            for rung in rungs {
                builder.by(ladder, day(*rung), crate::source::Span::default());
            }
            ladders.push(ladder);
        }
        let window = builder.within(ladders[1], days, ladders[0], crate::source::Span::default());
        let relations = builder.finish();
        let mut clauses: Vec<Clause> = relations.definitions.iter().flat_map(|of| of.clauses.clone()).collect();
        clauses.extend(relations.relations.iter().flat_map(|of| of.clauses.clone()));
        let space = Space::new(relations.propositions.len(), clauses);
        let mut allowed: Vec<World> = space.worlds().expect("they are few").to_vec();
        // Every pair of days, up to far beyond the last deadline; 1000 is never.
        let mut happen = Vec::new();
        let times: Vec<i64> = (0..40).chain([1000]).collect();
        for x in &times {
            for y in &times {
                let mut world = vec![false; relations.propositions.len()];
                for (ladder, time) in relations.ladders.iter().zip([x, y]) {
                    world[ladder.ever] = *time < 1000;
                    for (by, atom) in &ladder.rungs {
                        world[*atom] = day(*time) <= *by;
                    }
                }
                world[window.atom] = *x < 1000 && *y < 1000 && x <= y && *y <= x + days;
                happen.push(world);
            }
        }
        allowed.sort();
        happen.sort();
        happen.dedup();
        assert_eq!(allowed, happen, "{first:?} {second:?} {days}");
    }
}

#[test]
fn generated_worlds_find_what_all_worlds_find() {
    let mut stream = SplitMix::of_replicate(45, 1);
    let mut compared = 0;
    for _ in 0..12 {
        let atoms = 9 + stream.below(3);
        let said: Vec<Said> = (0..7).map(|_| Said::random(&mut stream, atoms)).collect();
        let sentences: Vec<String> = said.iter().map(Said::sentence).collect();
        let relations = read(&format!("logic = {sentences:?}\n"));
        let records = table(
            &(0..atoms).map(|at| (&*Box::leak(format!("q{at}").into_boxed_str()), stream.unit())).collect::<Vec<_>>(),
        );
        let all = statement::statements(&records, Standing::Standing, None, false);
        let (figures, _, atoms, definitions) = all[0].figures(&relations, &BTreeSet::new());
        let problem = Problem::new(&relations, definitions, atoms, figures);
        for part in problem.parts() {
            let system = problem.system(&part.figures, &part.relations, None);
            if !system.space.may_be(&Budget::new(STEPS)) {
                continue;
            }
            let mut generated = system.clone();
            generated.space = Space::searched(system.space.atoms(), system.space.clauses().to_vec());
            for aim in [program::Aim::Amount, program::Aim::Squared, program::Aim::Information] {
                let value = |system: &program::System| {
                    let nearest = system.nearest(aim, &Budget::new(STEPS)).expect("it is solved");
                    let solution = nearest.found().expect("there are worlds");
                    assert!(solution.cut_off.is_none(), "the search comes to its end");
                    solution.value
                };
                near(value(&generated), value(&system), 1e-6);
                compared += 1;
            }
        }
    }
    assert!(compared > 12, "{compared} comparisons");
}

#[test]
fn options_of_one_question_exclude_each_other() {
    let text = "question,forecaster,made_at,option,probability\n\
        winner,anna,2025-08-19,red,0.5\nwinner,anna,2025-08-19,blue,0.3\nwinner,anna,2025-08-19,green,0.2\n\
        colour,anna,2025-08-19,,0.9\n";
    let rows: String = text.split_inclusive('\n').filter(|line| !line.starts_with("colour")).collect();
    let mut records = Records::default();
    TidyFile::from_text("t.csv", &rows).expect("a table").forecasts(&mut records).expect("forecasts");
    let more = "question,forecaster,made_at,probability\nwarm,anna,2025-08-19,0.6\n";
    TidyFile::from_text("u.csv", more).expect("a table").forecasts(&mut records).expect("forecasts");
    let relations = read("logic = ['warm is winner:red']\n");
    assert!(check_names(&relations, &records).is_empty());
    let report = cohere(&records, &relations, &Options::default()).expect("it can be looked at");
    let statement = &report.statements[0];
    near(statement.conflicts[0].points, 10.0, 1e-3);
    let options: f64 = statement.figures.iter().filter(|of| of.option.is_some()).map(|of| of.squared).sum();
    near(options, 1.0, 1e-8);
    let twins = with_repaired(&records, &report, &Options::default(), Distance::Squared);
    assert_eq!(twins.len(), 4);
    assert!(twins.iter().any(|record| record.forecaster == "anna (repaired)"));
}

/// `c = a b` with a chance pinned: the least of `(b - .4)² + (.8 b - .2)²` for a pinned `a`, and of `(a - .5)² + (.8 a - .2)²` for a pinned `b`.
#[test]
fn a_product_is_repaired_to_with_what_is_pinned() {
    let text = "logic = ['c is a and b']\nassume = ['a and b are independent']\n";
    let figures = [("a", 0.5), ("b", 0.4), ("c", 0.2)];
    for (pinned, moved, at) in [("a", 0.56 / 1.64, 1), ("b", 0.66 / 1.64, 0)] {
        let mut options = Options { to_assumptions: true, ..Options::default() };
        options.pins.insert(pinned.to_owned(), 0.8);
        let statement = looked_at(text, &figures, &options);
        assert!(statement.conflicts.is_empty(), "what was stated does not conflict: {:?}", statement.conflicts);
        near(statement.figures[at].squared, moved, 1e-6);
        near(statement.figures[2].squared, 0.8 * moved, 1e-6);
    }
}

#[test]
fn one_relation_may_be_violated_by_sets_that_overlap() {
    let text = "logic = ['at most one of a, b, c']\n";
    let statement = looked_at(text, &[("a", 0.6), ("b", 0.5), ("c", 0.55)], &Options::default());
    let mut sets: Vec<(String, f64)> = Vec::new();
    for conflict in &statement.conflicts {
        let names: Vec<&str> = conflict.figures.iter().map(|of| of.name.as_str()).collect();
        sets.push((names.join("+"), conflict.points));
    }
    sets.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(sets.iter().map(|(names, _)| names.as_str()).collect::<Vec<_>>(), ["a+b", "a+c", "b+c"]);
    for ((_, points), expected) in sets.iter().zip([10.0, 15.0, 5.0]) {
        near(*points, expected, 1e-3);
    }
    assert!(!statement.more_conflicts);
}

#[test]
fn a_deadline_that_has_passed_has_no_hazard_and_the_next_starts_from_it() {
    let relations = read(
        "[deadlines.visit]\nby = { 2025-08-10 = \"early\", 2025-08-31 = \"late\" }\n[deadlines.talks]\nby = { 2025-08-10 = \"other\" }\n",
    );
    // The last was said while its day was still to come.
    let text = "question,forecaster,made_at,probability\nearly,anna,2025-08-19,0.1\nlate,anna,2025-08-19,0.28\n\
        other,anna,2025-07-31,0.5\n";
    let mut records = Records::default();
    TidyFile::from_text("t.csv", text).expect("a table").forecasts(&mut records).expect("forecasts");
    let report = cohere(&records, &relations, &Options::default()).expect("it can be looked at");
    let hazards = &report.statements[0].hazards;
    let mut days: Vec<(&str, &str)> = hazards.iter().map(|of| (of.after.as_str(), of.by.as_str())).collect();
    days.sort_unstable();
    assert_eq!(days, [("2025-07-31", "2025-08-10"), ("2025-08-10", "2025-08-31")]);
    let late = hazards.iter().find(|of| of.by == "2025-08-31").and_then(|of| of.conditional);
    near(late.expect("a chance is left"), 0.2, 1e-12);
}

/// `P(a) + P(b) = P(a and b) + P(a or b)`: what is missing is shared by all four, to the last digit.
#[test]
fn repaired_figures_have_no_digits_of_a_solver() {
    let text = "logic = ['both is a and b', 'either is a or b']\n";
    let figures = [("a", 0.5), ("b", 0.4), ("both", 0.1), ("either", 0.6)];
    let statement = looked_at(text, &figures, &Options::default());
    let squared: Vec<f64> = statement.figures.iter().map(|of| of.squared).collect();
    assert_eq!(squared, [0.45, 0.35, 0.15, 0.65]);
    near(statement.worth[0].divergence, 0.01, 1e-15);
    near(statement.worth[0].at_least, 0.01, 1e-9);
    // Of the divergence it is the log odds that move by the same, as far as the sum asks for.
    let odds = |p: f64| (p / (1.0 - p)).ln();
    let by: Vec<f64> = statement.figures.iter().map(|of| odds(of.kl) - odds(of.stated)).collect();
    for (by, expected) in by.iter().zip([by[0], by[0], -by[0], -by[0]]) {
        near(*by, expected, 1e-7);
    }
    let [a, b, both, either] = [0, 1, 2, 3].map(|at| statement.figures[at].kl);
    near(a + b, both + either, 1e-8);
}
