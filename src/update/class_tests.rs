//! Reference classes: events that share a chance in doubt speak of each other, and teach it together.

use super::tests::{HEAD, checked, exactly, learned, outcomes, question, rewritten};
use super::*;
use crate::dist::Beta;
use crate::exact;
use crate::math::SplitMix;
use crate::model::Definition;
use crate::plan::{Situation, compile};
use crate::scenario::with_priors;
use crate::simulate::{Answer, simulate};

const EVENTS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A class and its events, with a question about each and one about two of them.
fn class(chance: &str, like: &str) -> String {
    let mut body = format!("[prior.announced]\nchance = \"{chance}\"\n");
    for event in EVENTS {
        let asked = question(&format!("q_{event}"), &format!("holds = \"{event}\""));
        body.extend(["[event.", event, "]\n", like, "\n", &asked]);
    }
    format!("{HEAD}{body}{}", question("both", "holds = \"a and b\""))
}

/// Reference case S1: Beta(2, 3) and four of five; the next two both.
#[test]
fn every_event_of_a_class_counts_as_a_case_of_it() {
    let text = class("beta(2, 3)", "chance = \"like announced\"");
    let answers = [true, true, false, true, true].map(|yes| if yes { Resolution::Yes } else { Resolution::No });
    let outcomes: Vec<(String, Resolution)> =
        EVENTS.iter().zip(answers).map(|(event, answer)| (format!("q_{event}"), answer)).collect();
    let known: Vec<(&str, Resolution)> =
        outcomes.iter().map(|(name, answer)| (name.as_str(), answer.clone())).collect();
    let at_once = learned(&text, &known, None);
    let [moved] = at_once.learned.as_slice() else { panic!("{at_once:?}") };
    assert_eq!((moved.event.as_str(), moved.after.as_str()), ("prior announced", "beta(6, 4)"));
    assert_eq!(moved.by.len(), 5);
    assert!(at_once.skipped.is_empty(), "{at_once:?}");

    // One after the other is all at once, and each counts once.
    let mut step_by_step = text.clone();
    for upto in 1..=known.len() {
        let update = learned(&step_by_step, &known[..upto], None);
        assert_eq!(update.learned.len(), 1, "{update:?}");
        step_by_step = rewritten(&step_by_step, &update);
    }
    assert!(step_by_step.contains("chance = \"beta(6, 4)\""), "{step_by_step}");
    assert!(learned(&step_by_step, &known, None).learned.is_empty());

    // Of the next two, both: 6 * 7 / (10 * 11), not 0.36.
    assert!((exactly(&checked(&step_by_step), "both") - 42.0 / 110.0).abs() < 1e-12);
    assert!((exactly(&checked(&step_by_step), "q_c") - 0.6).abs() < 1e-12);
}

#[test]
fn what_is_known_of_some_events_moves_the_others() {
    let text = class("8 of 16", "chance = \"like announced\"");
    let model = checked(&text);
    let known = |list: &[&str]| {
        let given = list
            .iter()
            .map(|name| ((*name).to_owned(), crate::model::Condition::Event(model.find(name).expect("an event"))))
            .collect();
        let plan = compile(&model, &Situation { given, ..Situation::of_file(&model) });
        let exact = exact::solve(&plan).expect("it is discrete");
        match &exact.answers()[4] {
            Ok(Answer::Binary(estimate)) => estimate.value,
            other => panic!("{other:?}"),
        }
    };
    // Jeffreys: Beta(8.5, 8.5).
    for (list, expected) in [(&[][..], 8.5 / 17.0), (&["a"][..], 9.5 / 18.0), (&["a", "b", "c"][..], 11.5 / 20.0)] {
        assert!((known(list) - expected).abs() < 1e-12, "{list:?}");
    }
}

#[test]
fn a_class_learns_from_what_does_not_say_which_of_its_events() {
    let text = class("8 of 16", "chance = \"like announced\"") + &question("any", "holds = \"a or b or c\"");
    let update = learned(&text, &[("any", Resolution::No)], None);
    assert_eq!(update.learned[0].after, "8 of 19");
    let update = learned(&text, &[("any", Resolution::Yes)], None);
    let prior = Beta::jeffreys(8.0, 16.0).expect("a base rate");
    let likelihood = |p: f64| 1.0 - (1.0 - p) * (1.0 - p) * (1.0 - p);
    let mean = prior.expectation(|p| p * likelihood(p)) / prior.expectation(likelihood);
    assert_eq!(update.learned[0].means, Means::Exact);
    assert!((update.learned[0].mean_after - mean).abs() < 1e-12, "{update:?} {mean}");
}

/// Simulated, the events of a class depend on one another as they do exactly, whether they are yes/no or dates; and the doubt about one is that of
/// the class.
#[test]
fn worlds_share_the_chance_of_a_class() {
    let dates = class("6 of 20", "when = \"like announced by 2025-12-31\"");
    for (text, closed_form) in [(class("6 of 20", "chance = \"like announced\""), true), (dates, false)] {
        let model = checked(&text);
        let plan = compile(&model, &Situation::of_file(&model));
        let settings = Settings { worlds: 400_000, doubt_draws: 400, ..Settings::default() };
        let tally = simulate(&plan, &settings, &|_| ()).expect("nothing is known");
        let at = |name: &str| plan.asks.iter().position(|ask| ask.name == name).expect("it is asked");
        let Answer::Binary(both) = &tally.answers()[at("both")] else { panic!("a yes/no question") };
        let expected = 6.5 * 7.5 / (21.0 * 22.0);
        // False alarm 1e-6 at 4.9 errors; twelve nodes are good to six digits for dates.
        assert!((both.value - expected).abs() < 4.9 * both.standard_error + 2e-6, "{both:?} {expected}");
        assert!((exactly(&model, "both") - expected).abs() < if closed_form { 1e-12 } else { 2e-6 });
        let Answer::Binary(one) = &tally.answers()[at("q_c")] else { panic!("a yes/no question") };
        let (low, high) = one.prior_interval.expect("its chance is in doubt");
        let prior = Beta::jeffreys(6.0, 20.0).expect("a base rate");
        assert!((low - prior.quantile(0.05)).abs() < 0.02 && (high - prior.quantile(0.95)).abs() < 0.02, "{one:?}");
    }
}

/// Two scenarios and a file of priors come to the same as one scenario with all of it; and what one taught does not stand in the way of the other.
#[test]
fn scenarios_that_share_a_file_of_priors_teach_it_together() {
    let classes = "[prior.announced] # kept\nchance = \"2 of 3\"\n";
    let scenario = |title: &str, events: &[&str]| {
        let head = HEAD.replace("\"test\"", &format!("\"{title}\""));
        let mut text = format!("{head}priors = \"classes.toml\"\n");
        for event in events {
            let asked = question(&format!("q_{event}"), &format!("holds = \"{event}\""));
            text.extend(["[event.", event, "]\nchance = \"like announced\"\n", &asked]);
        }
        text
    };
    let learn = |name: &str, text: &str, classes: &str, list: &[(&str, Resolution)]| {
        let (source, found) = with_priors(Source::new(name, text), "classes.toml", classes);
        assert!(found.is_empty(), "{found:?}");
        let observed = outcomes(list);
        let observed = Observed { outcomes: &observed, until: None };
        let update = update(&checked(source.text()), &source, observed, &Settings::default());
        let mut texts = rewrite(&source, &update).expect("the update is of this source").into_iter();
        (texts.next().expect("the scenario"), texts.next().expect("the priors"), update)
    };
    let (one, two) = (scenario("One", &["a", "b"]), scenario("Two (in two)", &["c"]));
    let (after_one, after, moved) =
        learn("one.toml", &one, classes, &[("q_a", Resolution::Yes), ("q_b", Resolution::No)]);
    assert_eq!(moved.learned[0].by.len(), 2);
    assert_eq!(after_one, one);
    assert!(after.starts_with("[prior.announced] # kept\nchance = \"3 of 5\""), "{after}");
    assert!(after.contains("\"q_a: yes (2025-06-30) in One\""), "{after}");

    // The same again teaches nothing; half of it first, and then the rest, teaches the rest.
    assert!(learn("one.toml", &one, &after, &[("q_a", Resolution::Yes), ("q_b", Resolution::No)]).2.learned.is_empty());
    let (_, half, _) = learn("one.toml", &one, classes, &[("q_a", Resolution::Yes)]);
    assert_eq!(learn("one.toml", &one, &half, &[("q_a", Resolution::Yes), ("q_b", Resolution::No)]).1, after);

    // What has nothing new to say is named; and the name of the file plays no part.
    let again = learn("renamed.toml", &one, &after, &[("q_a", Resolution::Yes), ("q_b", Resolution::No)]).2;
    let named = again.skipped.iter().find(|one| one.name == "prior announced").expect("it is named");
    assert!(again.learned.is_empty() && named.why.contains("in “One” already"), "{again:?}");

    // Another scenario, whose question may even have the name of one of the first.
    let (_, both, _) = learn("two.toml", &two, &after, &[("q_c", Resolution::Yes)]);
    assert!(both.contains("chance = \"4 of 6\""), "{both}");
    let renamed = two.replace("question.q_c", "question.q_a");
    let (_, namesake, _) = learn("two.toml", &renamed, &after, &[("q_a", Resolution::Yes)]);
    assert!(namesake.contains("chance = \"4 of 6\""), "{namesake}");
}

/// A class of members that differ, with two records of their own.
fn differing() -> String {
    let mut body = "[prior.announced]\nchance = \"beta(2, 2)\"\nworth = 4\n".to_owned();
    for (event, like) in
        [("a", "like announced, itself 2 of 2"), ("b", "like announced, itself 0 of 4"), ("c", "like announced")]
    {
        let asked = question(&format!("q_{event}"), &format!("holds = \"{event}\""));
        body.extend(["[event.", event, "]\nchance = \"", like, "\"\n", &asked]);
    }
    let dated = "[event.d]\nwhen = \"like announced, itself 1 of 1 by 2025-06-29\"\n";
    format!(
        "{HEAD}{body}{dated}{}",
        question("both", "holds = \"a and b\"") + &question("q_d", "holds = \"d by 2025-06-29\"")
    )
}

/// By hand: members' chances (4 m + k) / (4 + n), m ~ Beta(2, 2), so that E m = 1/2 and E m² = 3/10.
#[test]
fn members_that_differ_go_partly_by_their_own_record() {
    let model = checked(&differing());
    for (name, expected) in [
        ("q_a", 4.0 / 6.0),
        ("q_b", 2.0 / 8.0),
        ("q_c", 0.5),
        ("both", 16.0f64.mul_add(0.3, 8.0 * 0.5) / 48.0),
        ("q_d", 3.0 / 5.0),
    ] {
        let value = exactly(&model, name);
        assert!((value - expected).abs() < 1e-12, "{name}: {value} {expected}");
    }
}

/// What came of `a` moves the class as far as `a` goes by it, and `a`'s own record by a whole case; the simulated answer agrees.
#[test]
fn a_member_teaches_its_class_and_itself() {
    let text = differing();
    let update = learned(&text, &[("q_a", Resolution::No)], None);
    let after = rewritten(&text, &update);
    assert!(after.contains("\"like announced, itself 2 of 3\""), "{after}");
    // E[m (1 - q)] / E[1 - q] with q = (4 m + 2) / 6: E[m (4 - 4 m)] / E[4 - 4 m].
    let mean = (4.0 * 0.5 - 4.0 * 0.3) / 2.0;
    let of = |event: &str| update.learned.iter().find(|one| one.event == event).expect("it moved").clone();
    assert!((of("prior announced").mean_after - mean).abs() < 1e-12, "{update:?}");
    assert!((of("a").mean_after - 4.0f64.mul_add(mean, 2.0) / 7.0).abs() < 1e-12, "{update:?}");
    assert_eq!(of("a").means, Means::Conjugate);
    // What is written says the same (its shapes have six digits).
    assert!((exactly(&checked(&after), "q_a") - of("a").mean_after).abs() < 1e-5);
    // Once.
    assert!(learned(&after, &[("q_a", Resolution::No)], None).learned.is_empty());
    // And a date.
    let dated = learned(&text, &[("q_d", Resolution::Yes)], None);
    let after = rewritten(&text, &dated);
    assert!(after.contains("\"like announced, itself 2 of 2 by 2025-06-29\""), "{after}");
}

/// The doubt about a member is that about its class and that about how it differs.
#[test]
fn a_doubt_run_draws_members_given_their_class() {
    let model = checked(&differing());
    let plan = compile(&model, &Situation::of_file(&model));
    let settings = Settings { worlds: 1 << 16, doubt_draws: 2048, ..Settings::default() };
    let tally = simulate(&plan, &settings, &|_| ()).expect("it can be run");
    let variance = |name: &str| tally.doubt(plan.asks.iter().position(|ask| ask.name == name).expect("it is asked"))[0];
    // Moments of the members' Betas given the class, averaged over it.
    let class = Beta::new(2.0, 2.0).expect("sound");
    let square = |m: f64, k: f64, n: f64| {
        let (a, size) = (4.0f64.mul_add(m, k), 4.0 + n);
        a * (a + 1.0) / (size * (size + 1.0))
    };
    let of_c = class.expectation(|m| square(m, 0.0, 0.0)) - 0.25;
    let mean = 16.0f64.mul_add(0.3, 8.0 * 0.5) / 48.0;
    let of_both = class.expectation(|m| square(m, 2.0, 2.0) * square(m, 0.0, 4.0)) - mean * mean;
    // A fixed seed; by 5 standard errors of the variance of 2,048 draws (more for the product, which has longer tails) at a false-alarm rate of 1e-6.
    for (name, expected, bound) in [("q_c", of_c, 0.15), ("both", of_both, 0.25)] {
        let found = variance(name);
        assert!((found / expected - 1.0).abs() < bound, "{name}: {found}, {expected}");
    }
}

/// A case of a half-life ago counts half; the day to which the cases are counted is kept.
#[test]
fn old_cases_lose_weight() {
    let body = "[prior.announced]\nchance = \"8 of 16\"\nhalf_life = \"365 days\"\nas_of = 2024-01-02\n[event.a]\nchance = \"like announced\"\n";
    let text = format!("{HEAD}{body}{}", question("q_a", "holds = \"a\""));
    let model = checked(&text);
    let prior = model.priors[0].belief.prior.expect("it has one");
    assert!((prior.a() - 4.5).abs() < 1e-12 && (prior.b() - 4.5).abs() < 1e-12, "{prior:?}");
    let update = learned(&text, &[("q_a", Resolution::Yes)], None);
    let after = rewritten(&text, &update);
    assert!(after.contains("chance = \"5 of 9\"") && after.contains("as_of = 2025-01-01"), "{after}");
    // Counted to the scenario's day, they have not aged.
    assert!((checked(&after).priors[0].belief.mean - 5.5 / 10.0).abs() < 1e-12);
    assert!(learned(&after, &[("q_a", Resolution::Yes)], None).learned.is_empty());
    // A scenario of an earlier day makes nothing younger.
    let earlier = text.replace("as_of = 2024-01-02", "as_of = 2026-01-02");
    assert!((checked(&earlier).priors[0].belief.prior.expect("it has one").a() - 8.5).abs() < 1e-12);
}

#[test]
fn outcomes_that_a_prior_hardly_expected_are_named() {
    let text = class("18 of 20", "chance = \"like announced\"");
    let all = |answer: Resolution| -> Vec<(&str, Resolution)> {
        ["q_a", "q_b", "q_c", "q_d"].into_iter().map(|name| (name, answer.clone())).collect()
    };
    let update = learned(&text, &all(Resolution::No), None);
    let [conflict] = update.conflicts.as_slice() else { panic!("{update:?}") };
    // Beta-binomial: B(18.5, 6.5) / B(18.5, 2.5).
    let expected = (2.5 * 3.5 * 4.5 * 5.5) / (21.0 * 22.0 * 23.0 * 24.0);
    assert_eq!((conflict.of.as_str(), conflict.seen.as_str()), ("prior announced", "0 of 4"));
    assert!((conflict.probability - expected).abs() < 1e-12, "{conflict:?}");
    assert!(learned(&text, &all(Resolution::Yes), None).conflicts.is_empty());
}

/// Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788) of a class whose members differ: where its chance is drawn from its prior, those
/// of the members given that, and the outcomes from them, the place of the class's chance, and of a member's, in what is written is uniform. 2,400
/// places in twelve bins; chi-squared with 11 degrees of freedom passes 50.6 with probability 5e-7. Some outcomes name no member.
#[test]
fn classes_and_members_are_anywhere_in_their_posterior() {
    const BINS: usize = 12;
    let mut body = "[prior.announced]\nchance = \"beta(1, 1)\"\nworth = 2\n".to_owned();
    for event in EVENTS {
        body.extend(["[event.", event, "]\nchance = \"like announced\"\n"]);
    }
    for (name, holds) in [("q_a", "a"), ("q_b", "b"), ("either", "c or d"), ("both", "d and e")] {
        body.push_str(&question(name, &format!("holds = \"{holds}\"")));
    }
    let text = format!("{HEAD}{body}");
    let mut random = SplitMix::new(20_261_127);
    let mut uniform = move || random.inner_unit();
    let mut bins = [0_u32; BINS];
    for _ in 0..1200 {
        let class = uniform();
        let law = Beta::new(2.0 * class, 2.0 * (1.0 - class)).expect("sound");
        let chances: Vec<f64> = EVENTS.iter().map(|_| law.quantile(uniform())).collect();
        let came: Vec<bool> = chances.iter().map(|chance| uniform() < *chance).collect();
        let answer = |yes: bool| if yes { Resolution::Yes } else { Resolution::No };
        let known = [
            ("q_a", answer(came[0])),
            ("q_b", answer(came[1])),
            ("either", answer(came[2] || came[3])),
            ("both", answer(came[3] && came[4])),
        ];
        let model = checked(&rewritten(&text, &learned(&text, &known, None)));
        let of_class = model.priors[0].belief.prior.expect("it has one");
        let Definition::Chance(chance) = &model.events[0].definition else { panic!("a chance") };
        let of_member = chance.rows[0].value.prior.expect("it has one");
        for (posterior, drawn) in [(of_class, class), (of_member, chances[0])] {
            bins[((posterior.cdf(drawn) * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
    }
    let expected = f64::from(bins.iter().sum::<u32>()) / BINS as f64;
    assert_eq!(expected, 200.0);
    let chi_squared: f64 =
        bins.iter().map(|count| (f64::from(*count) - expected) * (f64::from(*count) - expected) / expected).sum();
    assert!(chi_squared < 50.6, "{bins:?}: {chi_squared}");
}

/// The curve of a date of a member is the mixture over its class and over itself, on every day: by quadrature over both, done apart.
#[test]
fn a_date_of_a_member_is_averaged_over_what_is_in_doubt_about_it() {
    let text = format!(
        "{HEAD}[prior.m]\nchance = \"beta(2, 2)\"\nworth = 1\n[event.a]\nwhen = \"like m, itself 2 of 2 by 2025-06-30\"\n[event.b]\nchance = \"like m\"\n{}{}{}",
        question("early", "holds = \"a by 2025-03-31\""),
        question("late", "holds = \"a by 2025-12-31\""),
        question("b", "holds = \"b\"")
    );
    let model = checked(&text);
    let class = Beta::new(2.0, 2.0).expect("sound");
    let law = crate::dist::PartiallyPooled { worth: 1.0, successes: 2.0, trials: 2.0 };
    let days = |name: &str| if name == "early" { 89.0 } else { 364.0 };
    for name in ["early", "late"] {
        let power = days(name) / 180.0;
        let given =
            |m: f64| law.given(m).map_or(1.0, |law| law.expectation(|p| 1.0 - crate::math::powf(1.0 - p, power)));
        let expected = class.expectation(given);
        let value = exactly(&model, name);
        assert!((value - expected).abs() < 2e-3, "{name}: {value}, {expected}");
    }
}
