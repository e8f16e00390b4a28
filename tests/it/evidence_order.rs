//! What is known, taken in its order: what contradicts is refused by name, what is settled overtakes what was believed, what is made so
//! cannot be believed away. Figures are closed forms; a right one misses 5.2 standard errors with probability 2e-7.

#![expect(clippy::format_collect, reason = "a few short texts of a test")]

use crate::support::model;
use foretell::exact;
use foretell::model::Model;
use foretell::plan::{self, Plan, Situation};
use foretell::simulate::{Answer, Method, Settings, simulate};
use jiff::civil::Date;

const HEAD: &str = "title = \"test\"\nas_of = 2025-01-01\nhorizon = 2025-12-31\n";
const TWO: &str = "[event.c]\nchance = \"40%\"\n[event.e]\nchance = \"50%\"\n[event.both]\nholds = \"c and e\"\n";
const DATE: &str = "[event.x]\nwhen = \"40% by 2025-07-20\"\n";

fn news(day: &str, about: &str, effect: &str) -> String {
    format!("[[news]]\ndate = {day}\nsource = \"s\"\nabout = \"{about}\"\neffect = \"{effect}\"\n")
}

/// The chances (and their standard errors) that some conditions hold, as looked at from a day; or why there are none.
fn seen(body: &str, as_of: &str, given: &[&str], conditions: &[&str]) -> Result<Vec<(f64, f64)>, String> {
    let questions: String = conditions
        .iter()
        .enumerate()
        .map(|(at, holds)| {
            format!("[question.q{at}]\nask = \"?\"\nresolves = \"r\"\ncloses = 2025-12-31\nholds = \"{holds}\"\n")
        })
        .collect();
    let aliases: String =
        given.iter().enumerate().map(|(at, holds)| format!("[event.given{at}]\nholds = \"{holds}\"\n")).collect();
    let model = model("test.toml", &format!("{HEAD}{body}{aliases}{questions}"));
    let plan = compiled(&model, as_of)?;
    let settings = Settings { worlds: 400_000, doubt_draws: 0, ..Settings::default() };
    let tally = simulate(&plan, &settings, &|_| {}).map_err(|problem| problem.to_string())?;
    let answers = &tally.answers()[model.events.len()..];
    Ok(answers
        .iter()
        .map(|answer| match answer {
            Answer::Binary(estimate) => (estimate.value, estimate.standard_error),
            other => panic!("{other:?}"),
        })
        .collect())
}

/// The plan of a scenario looked at from a day, with the events named `given…` given.
fn compiled(model: &Model, as_of: &str) -> Result<Plan, String> {
    let day: Date = as_of.parse().expect("a date");
    let mut situation = Situation::of_file(model).as_of(day, model).map_err(|problem| problem.to_string())?;
    for event in model.events.iter().filter(|event| event.name.starts_with("given")) {
        let foretell::model::Definition::Holds(condition) = &event.definition else { unreachable!() };
        situation.given.push((event.name.clone(), condition.clone()));
    }
    Ok(plan::compile(model, &situation))
}

/// The plan of a scenario with the events named `given…` given, and which event `of` is.
fn plan_of(body: &str, as_of: &str, given: &[&str], of: &str) -> (Plan, usize) {
    let aliases: String =
        given.iter().enumerate().map(|(at, holds)| format!("[event.given{at}]\nholds = \"{holds}\"\n")).collect();
    let model = model("test.toml", &format!("{HEAD}{body}{aliases}"));
    let place = model.events.iter().position(|event| event.name == of).expect("an event of the scenario");
    (compiled(&model, as_of).unwrap_or_else(|problem| panic!("{problem}")), place)
}

fn assert_chance(seen: Result<Vec<(f64, f64)>, String>, expected: f64) {
    let (value, error) = seen.unwrap_or_else(|problem| panic!("{problem}"))[0];
    assert!((value - expected).abs() <= 5.2 * error + 1e-9, "{value} +- {error}, not {expected}");
}

#[test]
fn pieces_of_news_about_a_date_that_contradict_each_other_are_refused_by_name() {
    for (first, then) in [
        (("2025-01-10", "will not happen"), ("2025-02-20", "happened")),
        (("2025-01-10", "happened"), ("2025-02-20", "did not happen")),
        (("2025-01-10", "happened"), ("2025-02-20", "will not happen")),
        (("2025-02-10", "did not happen"), ("2025-02-20", "happened on 2025-01-20")),
    ] {
        let body = format!("{DATE}{}{}", news(first.0, "x", first.1), news(then.0, "x", then.1));
        let problem = seen(&body, "2025-03-01", &[], &["x"]).unwrap_err();
        assert!(problem.contains(first.1) && problem.contains(then.1) && problem.contains("contradict"), "{problem}");
    }
    let body = format!("{DATE}{}{}", news("2025-01-10", "x", "did not happen"), news("2025-02-20", "x", "happened"));
    assert_chance(seen(&body, "2025-03-01", &[], &["x on 2025-02-20"]), 1.0);
}

#[test]
fn two_days_of_one_date_are_a_contradiction_in_either_order_and_by_every_method() {
    let (early, late) = ("x on 2025-03-01", "x on 2025-05-10");
    let told = format!("{DATE}{}", news("2025-03-05", "x", "happened on 2025-03-01"));
    for (body, as_of, given, names) in [
        (DATE, "2025-01-01", vec![early, late], ["given0", "given1"]),
        (DATE, "2025-01-01", vec![late, early], ["given0", "given1"]),
        (told.as_str(), "2025-03-12", vec![late], ["happened on 2025-03-01", "given0"]),
        (told.as_str(), "2025-03-12", vec!["x on 2025-02-10"], ["happened on 2025-03-01", "given0"]),
    ] {
        let (plan, _) = plan_of(body, as_of, &given, "x");
        let computed = exact::solve(&plan).expect_err("it cannot be").to_string();
        let drawn = [Method::Auto, Method::Rejection, Method::Weighting, Method::Adaptive].map(|method| {
            let settings = Settings { worlds: 200_000, doubt_draws: 0, method, ..Settings::default() };
            simulate(&plan, &settings, &|_| {}).expect_err("it cannot be").to_string()
        });
        for problem in drawn.iter().chain([&computed]) {
            assert!(problem.contains("contradict each other"), "{given:?}: {problem}");
            assert!(names.iter().all(|name| problem.contains(name)), "{given:?}: {problem}");
        }
    }
    let both = "x on 2025-03-01 and x on 2025-05-10";
    assert!(seen(DATE, "2025-01-01", &[both], &["x"]).is_err());
    for given in [vec![early, early], vec![early, "x by 2025-05-10"], vec!["x by 2025-05-10", early]] {
        assert_chance(seen(DATE, "2025-01-01", &given, &["x on 2025-03-01"]), 1.0);
    }
    assert_chance(seen(&told, "2025-03-12", &[early], &["x on 2025-03-01"]), 1.0);
}

const RAIN: &str = "[event.rain]\nchance = \"30%\"\n[event.wet]\nchance = [ { if = \"rain\", is = \"90%\" }, { otherwise = \"20%\" } ]\n";

/// A belief of 50 % makes the four cells 0.45, 0.05, 0.1 and 0.4; what becomes known afterwards is taken of these.
#[test]
fn what_becomes_known_after_a_belief_is_taken_of_the_worlds_in_which_it_was_met() {
    let believed = |more: &str| format!("{RAIN}{}{more}", news("2025-01-05", "rain", "is now 50%"));
    let then = |effect: &str| believed(&news("2025-01-10", "wet", effect));
    let earlier =
        format!("{RAIN}{}{}", news("2025-01-04", "wet", "happened"), news("2025-01-05", "rain", "is now 50%"));
    let conditions: [(String, &[&str], f64, Option<f64>); 6] = [
        (believed(""), &[], 0.5, None),
        (believed(""), &["wet"], 0.45 / 0.55, Some(0.55)),
        (believed(""), &["not wet"], 0.05 / 0.45, Some(0.45)),
        (then("happened"), &[], 0.45 / 0.55, Some(0.55)),
        // 0.45 * 3 + 0.05 to 0.1 * 3 + 0.4.
        (then("x3"), &[], 2.0 / 3.0, None),
        // Known before it was stated: the belief holds.
        (earlier, &[], 0.5, Some(0.41)),
    ];
    for (body, given, expected, evidence) in conditions {
        let (plan, rain) = plan_of(&body, "2025-02-01", given, "rain");
        let computed = exact::solve(&plan).unwrap_or_else(|problem| panic!("{problem}"));
        let Ok(Answer::Binary(chance)) = &computed.answers()[rain] else { panic!("a chance is exact") };
        assert!((chance.value - expected).abs() < 1e-12, "{body} given {given:?}: {}", chance.value);
        for method in [Method::Auto, Method::Weighting, Method::Adaptive] {
            let settings = Settings { worlds: 400_000, doubt_draws: 0, method, ..Settings::default() };
            let tally = simulate(&plan, &settings, &|_| {}).unwrap_or_else(|problem| panic!("{problem}"));
            let Answer::Binary(drawn) = &tally.answers()[rain] else { panic!("a yes/no event") };
            let off = (drawn.value - expected).abs();
            assert!(off <= 5.2 * drawn.standard_error + 1e-9, "{given:?} by {method:?}: {drawn:?}, not {expected}");
            if let (Some(expected), Some(drawn)) = (evidence, tally.evidence()) {
                let off = (drawn.value - expected).abs();
                assert!(off <= 5.2 * drawn.standard_error + 1e-9, "{given:?} by {method:?}: {drawn:?}, not {expected}");
            }
        }
        if let Some(expected) = evidence {
            let chance = computed.evidence().expect("it has a probability");
            assert!((chance.value - expected).abs() < 1e-12, "{given:?}: {}", chance.value);
        }
    }
}

/// A belief about what a date waits for, then the date: on the day of the belief it had not come.
#[test]
fn a_date_that_comes_after_a_belief_had_not_come_when_it_was_stated() {
    let raised = "[event.c]\nchance = \"40%\"\n[event.x]\nwhen = \"40% by 2025-07-20\"\nraised_by = { c = \"x3\" }\n";
    let before = news("2025-01-20", "c", "is now 70%");
    // Hazard -ln(0.6)/200 a day, three times as much with `c`; on day 31 if not before.
    let rate = -(0.6_f64.ln()) / 200.0;
    let that_day = |rate: f64, from: f64| (-rate * (30.0 - from)).exp() - (-rate * (31.0 - from)).exp();
    let (with, without) = (0.7 * that_day(3.0 * rate, 19.0), 0.3 * that_day(rate, 19.0));
    let body = format!("{raised}{before}{}", news("2025-02-01", "x", "happened"));
    let (plan, c) = plan_of(&body, "2025-02-10", &[], "c");
    let computed = exact::solve(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let Ok(Answer::Binary(chance)) = &computed.answers()[c] else { panic!("a chance is exact") };
    assert!((chance.value - with / (with + without)).abs() < 1e-9, "{} for {}", chance.value, with / (with + without));
    assert_chance(seen(&body, "2025-02-10", &[], &["c"]), with / (with + without));
}

#[test]
fn a_certain_day_that_passes_in_silence_is_impossible() {
    let problem = seen("[event.x]\nwhen = \"100% on 2025-02-01\"\n", "2025-03-01", &[], &["x"]).unwrap_err();
    assert!(problem.contains("x has not happened yet"), "{problem}");
    assert_chance(seen("[event.x]\nwhen = \"100% on 2025-02-01\"\n", "2025-01-31", &[], &["x on 2025-02-01"]), 1.0);
    let ladder = "[event.x]\nwhen = \"30% by 2025-02-01, 70% on 2025-03-01\"\n";
    assert_chance(seen(ladder, "2025-01-01", &[], &["x by 2025-02-01"]), 0.3);
    assert_chance(seen(ladder, "2025-02-01", &[], &["x on 2025-03-01"]), 1.0);
}

#[test]
fn what_happens_overtakes_a_belief_about_what_follows_from_it() {
    let believed = |more: &str| format!("{TWO}{}{more}", news("2025-01-10", "both", "is now 30%"));
    assert_chance(seen(&believed(""), "2025-02-01", &[], &["both"]), 0.3);
    let happened = believed(&news("2025-01-11", "both", "happened"));
    assert_chance(seen(&happened, "2025-02-01", &[], &["c"]), 1.0);
    // Not both: 0.4 * 0.5 / 0.8.
    let failed = believed(&news("2025-01-11", "both", "did not happen"));
    assert_chance(seen(&failed, "2025-02-01", &[], &["c"]), 0.25);
    let part = believed(&news("2025-01-11", "c", "did not happen"));
    assert_chance(seen(&part, "2025-02-01", &[], &["e"]), 0.5);
    assert_chance(seen(&believed(""), "2025-02-01", &["both"], &["c"]), 1.0);
    // Half of it happened, of the worlds in which the belief was met: 0.3 of both, and of those without 0.7 * 0.2 / 0.8 with `c`.
    let open = believed(&news("2025-01-11", "c", "happened"));
    assert_chance(seen(&open, "2025-02-01", &[], &["e"]), 0.3 / (0.3 + 0.175));
    assert_chance(seen(&believed(""), "2025-02-01", &["c"], &["e"]), 0.3 / (0.3 + 0.175));
    // Against what was known when it was stated, a belief is a contradiction.
    let late = format!("{TWO}{}{}", news("2025-01-10", "c", "happened"), news("2025-01-11", "c", "is now 30%"));
    assert!(seen(&late, "2025-02-01", &[], &["c"]).is_err());
}

#[test]
fn a_belief_about_the_first_of_several_ends_when_one_comes() {
    let body = format!(
        "{DATE}[event.y]\nwhen = \"20% by 2025-07-20\"\n[event.first]\nfirst_of = [\"x\", \"y\"]\n{}{}",
        news("2025-01-10", "first is x", "is now 30%"),
        news("2025-01-20", "y", "happened")
    );
    assert_chance(seen(&body, "2025-01-30", &[], &["first is y"]), 1.0);
    // Hazard -ln(0.6)/200 a day over the 335 days that are left.
    assert_chance(seen(&body, "2025-01-30", &[], &["x"]), 1.0 - 0.6_f64.powf(335.0 / 200.0));
}

#[test]
fn a_belief_about_a_deadline_ends_with_the_deadline() {
    let body = format!("{DATE}{}", news("2025-01-10", "x by 2025-03-01", "is now 30%"));
    assert_chance(seen(&body, "2025-01-10", &[], &["x by 2025-03-01"]), 0.3);
    // Silent up to day 70: what is left is the hazard from there to day 364.
    assert_chance(seen(&body, "2025-03-12", &[], &["x"]), 1.0 - 0.6_f64.powf(294.0 / 200.0));
}

#[test]
fn news_about_the_opposite_of_a_belief_moves_it_the_other_way() {
    let then = |about: &str, effect: &str| {
        let body = format!("{TWO}{}{}", news("2025-01-10", "c", "is now 30%"), news("2025-01-11", about, effect));
        seen(&body, "2025-02-01", &[], &["c"])
    };
    // Odds 3:7, against which x3 makes 1:7.
    assert_chance(then("not c", "x3"), 0.125);
    assert_chance(then("c", "x3"), 9.0 / 16.0);
    assert_chance(then("not c", "is now 60%"), 0.4);
}

#[test]
fn news_about_what_is_supposed_says_nothing() {
    for (about, effect) in [("c", "is now 30%"), ("c", "x3"), ("not c", "happened"), ("c", "did not happen")] {
        let text = format!("{TWO}{}", news("2025-01-10", about, effect));
        let body = format!("suppose = [\"c\"]\n{text}");
        assert_chance(seen(&body, "2025-02-01", &[], &["both"]), 0.5);
    }
}

#[test]
fn an_event_reported_without_its_day_is_not_taken_for_silent() {
    let body = format!("{DATE}{}", news("2025-03-05", "x by 2025-02-20", "happened"));
    assert_chance(seen(&body, "2025-03-12", &[], &["x"]), 1.0);
    // By day 25 if by day 50: (1 - s) / (1 - s^2) with s = 0.6^(25/200).
    let survival = 0.6_f64.powf(0.125);
    assert_chance(seen(&body, "2025-03-12", &[], &["x by 2025-01-26"]), 1.0 / (1.0 + survival));
}

#[test]
fn evenly_is_even_though_the_chance_is_in_doubt() {
    let body = "[event.x]\nwhen = \"beta(1, 3) by 2025-07-20 evenly\"\n";
    assert_chance(seen(body, "2025-01-01", &[], &["x by 2025-04-11"]), 0.125);
    assert_chance(seen(body, "2025-01-01", &[], &["x by 2025-02-20"]), 0.0625);
    assert_chance(seen(body, "2025-01-01", &[], &["x"]), 0.25);
}

#[test]
fn an_expert_of_weight_0_is_not_in_the_middle() {
    let experts = "{ experts = [\"20%\", \"30%\", \"60%\"], weights = [1, 0, 1], pool = \"median\" }";
    assert_chance(seen(&format!("[event.c]\nchance = {experts}\n"), "2025-01-01", &[], &["c"]), 0.4);
}
