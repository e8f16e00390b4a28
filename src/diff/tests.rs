//! Attributions held to what is worked out by hand.

use super::*;
use crate::math;
use crate::scenario::parse;
use crate::source::Source;

fn model(text: &str) -> Model {
    let source = Source::new("t.toml", text);
    let (document, mut found) = parse(&source);
    let (model, more) = crate::model::check(&document);
    found.extend(more);
    assert!(!found.has_errors(), "{}", found.render(&source, false));
    model.expect("a model without errors")
}

fn compared(old: &str, new: &str, [from, to]: [Option<Date>; 2], options: &Options<'_>) -> Diff {
    let [before, after] = [old, new].map(model);
    let side = |text, model: &'static Model, day: Option<Date>| Side { text, model, day: day.unwrap_or(model.as_of) };
    let [before, after] = [before, after].map(|model| &*Box::leak(Box::new(model)));
    diff(side(old, before, from), side(new, after, to), options, &|_| ()).expect("the two can be compared")
}

fn exactly(old: &str, new: &str) -> Diff {
    compared(old, new, [None, None], &Options::default())
}

/// The effects on the first figure of a question, by what was changed.
fn effects<'d>(found: &'d Diff, question: &str) -> Vec<(&'d str, f64)> {
    let question = found.questions.iter().find(|one| one.id == question).expect("the question is there");
    question.figures[0].effects.iter().map(|one| (found.changes[one.change].what.as_str(), one.value)).collect()
}

#[track_caller]
fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
}

#[track_caller]
fn adds_up(found: &Diff) {
    for figure in found.questions.iter().flat_map(|question| &question.figures).filter(|one| !one.unexplained) {
        let sum: f64 = figure.effects.iter().map(|effect| effect.value).sum();
        near(sum, figure.moved.expect("both ends have figures"));
    }
}

const HEAD: &str = "title = \"t\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n";

fn question(name: &str, holds: &str) -> String {
    format!("[question.{name}]\nask = \"?\"\nholds = \"{holds}\"\ncloses = 2026-12-30\nresolves = \"so\"\n")
}

/// A noisy-or of two causes of the same strength, and an event that has nothing to do with it.
fn noisy_or(first: &str, second: &str, other: &str) -> String {
    format!(
        "{HEAD}[event.a]\nchance = \"{first}\"\n[event.b]\nchance = \"{second}\"\n[event.other]\nchance = \"{other}\"\n\
         [event.effect]\ncauses = {{ \"a\" = \"50%\", \"b\" = \"50%\" }}\n{}{}",
        question("effect_seen", "effect"),
        question("apart", "other")
    )
}

#[test]
fn two_causes_share_what_they_do_together_and_a_third_change_has_exactly_nothing() {
    let found = exactly(&noisy_or("20%", "20%", "10%"), &noisy_or("60%", "40%", "90%"));
    // p(a, b) = 1 - (1 - a/2)(1 - b/2): v(none) 0.19, v(a) 0.37, v(b) 0.28, v(both) 0.44.
    let expected = [("a: chance", f64::midpoint(0.18, 0.16)), ("b: chance", f64::midpoint(0.09, 0.07))];
    for ((what, value), (expected_what, expected)) in effects(&found, "effect_seen").into_iter().zip(expected) {
        assert_eq!(what, expected_what);
        near(value, expected);
    }
    // What the question does not depend on is not even listed: it moved it by exactly 0.
    assert_eq!(effects(&found, "effect_seen").len(), 2);
    assert_eq!(effects(&found, "apart").len(), 1);
    near(effects(&found, "apart")[0].1, 0.8);
    assert!(found.questions.iter().all(|one| one.exact) && found.worlds == 0);
    adds_up(&found);
}

#[test]
fn changes_that_are_alike_have_the_same_effect() {
    let found = exactly(&noisy_or("20%", "20%", "10%"), &noisy_or("70%", "70%", "10%"));
    let effects = effects(&found, "effect_seen");
    near(effects[0].1, effects[1].1);
    near(effects[0].1, ((1.0 - 0.65 * 0.65) - 0.19) / 2.0);
}

#[test]
fn an_event_and_what_depends_on_it_are_one_change() {
    let old = format!("{HEAD}[event.deal]\nchance = \"20%\"\n{}", question("deal", "deal"));
    let new = format!(
        "{HEAD}[event.envoy]\nchance = \"50%\"\n[event.deal]\nchance = [ {{ if = \"envoy\", is = \"60%\" }}, {{ otherwise = \"20%\" }} ]\n{}",
        question("deal", "deal")
    );
    for (from, to, sign) in [(&old, &new, 1.0), (&new, &old, -1.0)] {
        let found = exactly(from, to);
        assert_eq!(found.changes.len(), 1, "{:?}", found.changes);
        assert_eq!(found.changes[0].edits.len(), 2);
        near(effects(&found, "deal")[0].1, sign * 0.2);
    }
}

#[test]
fn an_event_of_another_kind_is_one_change() {
    let old = format!("{HEAD}[event.a]\nchance = \"20%\"\n{}", question("q", "a"));
    let new = format!("{HEAD}[event.a]\nwhen = \"50% by 2026-12-31\"\n{}", question("q", "a by 2026-12-31"));
    let found = exactly(&old, &new);
    // `chance` goes and `when` comes together. That the question says by when comes after that in every order, and moves nothing.
    assert_eq!(found.changes.len(), 2, "{:?}", found.changes);
    assert_eq!(found.changes[0].what, "a: chance + a: when");
    near(effects(&found, "q")[0].1, 0.3);
    near(effects(&found, "q")[1].1, 0.0);
}

#[test]
fn a_prior_that_several_events_are_like_is_an_own_change_without_effect_of_its_own() {
    let event = |chance: &str| format!("[event.a]\nchance = \"{chance}\"\n[event.b]\nchance = \"{chance}\"\n");
    let questions = question("either", "a or b");
    let old = format!("{HEAD}{}{questions}", event("50%"));
    let new = format!("{HEAD}[prior.kind]\nchance = \"1 of 3\"\n{}{questions}", event("like kind"));
    let found = exactly(&old, &new);
    assert_eq!(found.changes.len(), 3, "{:?}", found.changes);
    let effects = effects(&found, "either");
    near(effects.iter().find(|(what, _)| *what == "prior kind added").expect("listed").1, 0.0);
    near(effects.iter().find(|(what, _)| *what == "a: chance").expect("listed").1, effects[2].1);
    adds_up(&found);
}

#[test]
fn days_bear_on_a_prior_whose_cases_lose_weight() {
    let of = |day: &str| {
        format!(
            "title = \"t\"\nas_of = {day}\n[prior.kind]\nchance = \"8 of 10\"\nhalf_life = \"1 year\"\nas_of = 2026-01-01\n\
             [event.a]\nchance = \"like kind\"\n[event.b]\nchance = \"30%\"\n{}{}",
            question("q", "a"),
            question("apart", "b")
        )
    };
    let found = exactly(&of("2026-01-01"), &of("2026-07-02"));
    assert_eq!(found.changes.len(), 1);
    assert_eq!(effects(&found, "q")[0].0, "182 days passed");
    assert!(effects(&found, "q")[0].1 < -0.001 && effects(&found, "apart").is_empty());
    adds_up(&found);
}

#[test]
fn cases_and_odds_are_edited_one_by_one() {
    let text = |first: &str, last: &str, odds: &str| {
        format!(
            "{HEAD}[event.x]\nchance = \"50%\"\n[event.y]\nchance = \"50%\"\n[event.a]\nchance = [ {{ if = \"x\", is = \"{first}\" }}, {{ otherwise = \"{last}\" }} ]\n\
             [event.b]\nchance = \"50%\"\nodds = {{ \"x\" = \"x2\", \"y\" = \"{odds}\" }}\n{}{}",
            question("a", "a"),
            question("b", "b")
        )
    };
    let found = exactly(&text("10%", "20%", "x1.5"), &text("30%", "60%", "x4"));
    let named: Vec<&str> = found.changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(named, ["a: chance if x", "a: chance otherwise", "b: odds of y"]);
    assert_eq!(found.changes[2].edits[0].after.as_deref(), Some("x4"));
    near(effects(&found, "a")[0].1, 0.1);
    near(effects(&found, "a")[1].1, 0.2);
    // 50 % at odds of y and x: half of the worlds with y at 1.5 or 3 to 1, then at 4 or 8 to 1.
    near(effects(&found, "b")[0].1, 0.5 * (0.5 * (0.8 - 0.6) + 0.5 * (8.0 / 9.0 - 0.75)));
    adds_up(&found);
}

const DATED: &str = "[event.done]\nwhen = \"60% by 2026-12-31, evenly\"\n";

fn hint(date: &str, about: &str, effect: &str) -> String {
    format!("[[news]]\ndate = {date}\nsource = \"s\"\nsays = \"w\"\nabout = \"{about}\"\neffect = \"{effect}\"\n")
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

#[test]
fn days_that_pass_and_a_hint_are_worked_out_by_hand() {
    // 364 days up to the deadline; of the 60 % each day carries as much. After 182 days of silence 30 % are gone.
    let text = format!("{HEAD}{DATED}{}{}", question("q", "done"), hint("2026-07-02", "done", "x0.5"));
    let found = compared(&text, &text, [None, day("2026-07-02")], &Options::default());
    assert_eq!(
        found.changes.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(),
        ["182 days passed", "news of 2026-07-02: done x0.5"]
    );
    let odds = |chance: f64, ratio: f64| chance * ratio / (chance * ratio + 1.0 - chance);
    let (none, days) = (0.6, 0.3 / 0.7);
    let (hint, both) = (odds(none, 0.5), odds(days, 0.5));
    let effects = effects(&found, "q");
    near(effects[0].1, f64::midpoint(days - none, both - hint));
    near(effects[1].1, f64::midpoint(hint - none, both - days));
    adds_up(&found);
}

#[test]
fn news_that_cannot_be_true_beside_what_it_replaces_changes_with_it() {
    let of = |news: &str| format!("{HEAD}[event.a]\nchance = \"30%\"\n{}{news}", question("q", "a"));
    // Another day and another effect: no piece of the one is plainly that of the other, and both together are impossible.
    let (old, new) = (of(&hint("2026-02-01", "a", "happened")), of(&hint("2026-03-01", "a", "did not happen")));
    let at = day("2026-03-01");
    let found = compared(&old, &new, [at, at], &Options::default());
    assert_eq!(found.changes.len(), 2);
    adds_up(&found);
    // So the one goes before the other comes: from 1 to 0.3, and from there to 0.
    for (what, value) in effects(&found, "q") {
        near(value, if what.ends_with("taken out") { -0.7 } else { -0.3 });
    }
}

#[test]
fn a_piece_of_news_with_another_effect_is_one_change_and_news_to_come_is_none() {
    let of = |effect: &str| {
        let news = hint("2026-02-01", "a", effect) + &hint("2026-09-01", "a", "happened");
        format!("{HEAD}[event.a]\nchance = \"50%\"\n{}{news}", question("q", "a"))
    };
    let at = day("2026-02-01");
    let found = compared(&of("x2"), &of("x4"), [at, at], &Options::default());
    assert_eq!((found.changes.len(), found.news_to_come), (1, 1));
    assert_eq!(found.changes[0].edits[0].before.as_deref(), Some("x2"));
    near(effects(&found, "q")[0].1, 0.8 - 2.0 / 3.0);
}

#[test]
fn evidence_connects_what_does_not_depend_on_each_other() {
    let of = |other: &str| {
        format!(
            "{HEAD}[event.a]\nchance = \"50%\"\n[event.b]\nchance = \"{other}\"\n[event.c]\nchance = \"{other}\"\n{}{}",
            question("q", "a"),
            hint("2026-02-01", "a or b", "happened")
        )
    };
    let at = day("2026-02-01");
    let found = compared(&of("50%"), &of("20%"), [at, at], &Options::default());
    // b explains the news away; c does not.
    let effects = effects(&found, "q");
    assert_eq!(effects.iter().map(|one| one.0).collect::<Vec<_>>(), ["b: chance"]);
    near(effects[0].1, 0.5 / 0.6 - 0.5 / 0.75);
}

#[test]
fn what_is_given_is_known_on_both_sides_and_opens_paths() {
    let of = |other: &str| {
        format!(
            "{HEAD}[event.a]\nchance = \"50%\"\n[event.b]\nchance = \"{other}\"\n[event.c]\nchance = \"{other}\"\n{}",
            question("q", "a")
        )
    };
    let given = ["a or b".to_owned()];
    for most_cells in [Options::default().most_cells, -1.0] {
        let options =
            Options { given: &given, most_cells, worlds: Some(LEAST_WORLDS_IN_BATCHES), ..Options::default() };
        let found = compared(&of("50%"), &of("20%"), [None, None], &options);
        // Whatever happens to b speaks of a, since one of them is known; c does not. By enumeration.
        let effects = effects(&found, "q");
        assert_eq!(effects.iter().map(|one| one.0).collect::<Vec<_>>(), ["b: chance"]);
        let expected = 0.5 / 0.6 - 0.5 / 0.75;
        let error = found.questions[0].figures[0].effects[0].standard_error;
        // Errors come from 8 batches: beyond 15.8 of Student's t with 7 degrees with a chance of 1e-6.
        assert!((effects[0].1 - expected).abs() < 15.8 * error + 1e-12, "{} ± {error}", effects[0].1);
        assert_eq!(found.questions[0].exact, most_cells > 0.0);
    }
    // Without it the change moves nothing.
    let found = exactly(&of("50%"), &of("20%"));
    assert!(effects(&found, "q").is_empty());
}

#[test]
fn more_than_eight_changes_are_averaged_over_orders_that_add_up() {
    let names: Vec<char> = ('a'..='j').collect();
    let of = |chance: &str| {
        let events: Vec<String> = names.iter().map(|name| format!("[event.{name}]\nchance = \"{chance}\"\n")).collect();
        let list: Vec<String> = names.iter().map(char::to_string).collect();
        format!("{HEAD}{}{}", events.concat(), question("q", &format!("at least 3 of ({})", list.join(", "))))
    };
    let options = Options { orders: 12, ..Options::default() };
    let found = compared(&of("10%"), &of("30%"), [None, None], &options);
    assert_eq!(found.questions[0].averaged, Averaged::SomeOrders(12));
    adds_up(&found);
    // All ten are alike, so each has a tenth, up to what 12 orders leave; ten figures beyond 6.1 errors of Student's t with 5 degrees are
    // not rare enough for a bound, so they are held to the size of the effects themselves.
    let moved = found.questions[0].figures[0].moved.expect("moved");
    for effect in &found.questions[0].figures[0].effects {
        assert!((effect.value - moved / 10.0).abs() < moved / 10.0 && effect.error_of_orders > 0.0);
    }
}

fn numbers(mean: &str, spread: &str) -> String {
    format!(
        "{HEAD}[event.cost]\nvalue = \"normal({mean}, {spread})\"\n[event.delay]\nchance = \"30%\"\n[event.total]\nequals = \"cost + (if delay then 10 else 0)\"\n\
         [question.total]\nask = \"?\"\nvalue = \"total\"\ncloses = 2026-12-30\nresolves = \"so\"\n"
    )
}

#[test]
fn simulated_effects_keep_to_their_errors_and_add_up() {
    let settings = Settings { seed: 3, ..Settings::default() };
    let options = Options { settings, worlds: Some(LEAST_WORLDS_IN_BATCHES), ..Options::default() };
    let new = numbers("12", "4").replace("30%", "50%");
    let found = compared(&numbers("10", "2"), &new, [None, None], &options);
    adds_up(&found);
    let question = &found.questions[0];
    assert!(!question.exact && found.worlds == LEAST_WORLDS_IN_BATCHES);
    // The quantiles of p N(m + 10, s) + (1 - p) N(m, s), by bisection, and the Shapley values of the two changes from these.
    let quantile = |level: f64, mean: f64, spread: f64, delay: f64| {
        let (mut low, mut high) = (-50.0, 100.0);
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            let below = |shift: f64| math::normal::cdf((middle - mean - shift) / spread);
            if delay * below(10.0) + (1.0 - delay) * below(0.0) < level { low = middle } else { high = middle }
        }
        low
    };
    for (figure, level) in question.figures.iter().zip([0.05, 0.5, 0.95]) {
        let of = |made: [bool; 2]| {
            let (mean, spread) = if made[0] { (12.0, 4.0) } else { (10.0, 2.0) };
            quantile(level, mean, spread, if made[1] { 0.5 } else { 0.3 })
        };
        let [none, cost, delay, both] = [[false, false], [true, false], [false, true], [true, true]].map(of);
        let expected = [(cost - none + both - delay) / 2.0, (delay - none + both - cost) / 2.0];
        for (effect, expected) in figure.effects.iter().zip(expected) {
            // Errors come from 8 batches: any of six is beyond 20.5 of Student's t with 7 degrees with a chance of 1e-6. The bins of
            // histograms add up to 0.02.
            let bound = 20.5 * effect.standard_error + 0.02;
            assert!(effect.standard_error > 0.0 && (effect.value - expected).abs() < bound, "{effect:?} {expected}");
        }
    }
}

#[test]
fn a_simulated_figure_has_the_bits_of_a_run_and_about_its_error() {
    let (old, new) = (noisy_or("50%", "50%", "50%"), noisy_or("51%", "50%", "50%"));
    let worlds = LEAST_WORLDS_IN_BATCHES + 5000;
    let options = Options { worlds: Some(worlds), most_cells: -1.0, ..Options::default() };
    let found = compared(&old, &new, [None, None], &options);
    let model = model(&new);
    let plan = crate::plan::compile(&model, &crate::plan::Situation::of_file(&model));
    let settings = Settings { worlds, doubt_draws: 0, ..Settings::default() };
    let run = crate::simulate::simulate(&plan, &settings, &|_| ()).expect("it can be run");
    let Some(crate::simulate::Answer::Binary(chance)) = run.answers().get(4) else { panic!("the first question") };
    let figure = &found.questions[0].figures[0];
    assert_eq!(figure.new, Some(chance.value));
    // The spread of 9 batches has chi-squared with 8 degrees: a ratio of errors outside 0.05 to 2.8 has a chance below 1e-6.
    let ratio = figure.new_error / chance.standard_error;
    assert!((0.05..2.8).contains(&ratio), "{ratio}");
}

#[test]
fn the_same_worlds_make_a_difference_surer_than_its_ends() {
    let settings = Settings::default();
    let options = Options { settings, worlds: Some(LEAST_WORLDS_IN_BATCHES), most_cells: -1.0, ..Options::default() };
    let found = compared(&noisy_or("50%", "50%", "50%"), &noisy_or("51%", "50%", "50%"), [None, None], &options);
    let figure = &found.questions[0].figures[0];
    assert!(figure.moved_error < figure.old_error / 3.0, "{figure:?}");
    // Student's t with 7 degrees is beyond 16 with a chance of 9e-7.
    assert!((figure.moved.expect("moved") - 0.01 * 0.5 * 0.75).abs() < 16.0 * figure.moved_error);
    // What did not change is the same in both to the bit.
    let apart = &found.questions[1].figures[0];
    assert_eq!((apart.moved, apart.effects.len()), (Some(0.0), 0));
}

#[test]
fn questions_of_one_file_only_or_that_ask_something_else_have_no_effects() {
    let old = format!("{HEAD}[event.a]\nchance = \"20%\"\n{}{}", question("q", "a"), question("gone", "a"));
    let new = format!(
        "{HEAD}[event.a]\nchance = \"30%\"\n[question.q]\nask = \"?\"\nvalue = \"count of (a)\"\ncloses = 2026-12-30\nresolves = \"so\"\n"
    );
    let found = exactly(&old, &new);
    let told: Vec<(&str, bool, bool)> =
        found.questions.iter().map(|one| (one.id.as_str(), one.in_old, one.in_new)).collect();
    assert_eq!(told, [("q", true, false), ("gone", true, false), ("q", false, true)]);
    near(found.questions[1].figures[0].old.expect("a figure"), 0.2);
}

#[test]
fn a_question_that_is_in_neither_is_refused_with_the_names_there_are() {
    let text = noisy_or("20%", "20%", "10%");
    let model = model(&text);
    let side = Side { text: &text, model: &model, day: model.as_of };
    let only = ["effects".to_owned()];
    let problem =
        diff(side, side, &Options { only: &only, ..Options::default() }, &|_| ()).expect_err("no such question");
    assert!(
        problem.to_string().contains("`effects`") && problem.way_out().is_some_and(|way| way.contains("effect_seen"))
    );
}

#[test]
fn two_files_that_say_the_same_have_no_changes() {
    let text = noisy_or("20%", "20%", "10%");
    let reworded = text.replace("chance = \"20%\"", "chance = \"20%\" # so\nwhy = \"counted\"");
    let found = exactly(&text, &reworded);
    assert!(found.changes.is_empty() && found.questions.iter().all(|one| one.figures[0].moved == Some(0.0)));
}
