//! Outcomes that look as if they settled a chance and do not, those that cannot be together, and the reasons of those that move nothing.

use super::tests::{HEAD, checked, learned, outcomes, question, rewritten};
use super::*;
use crate::dist::{Beta, Distribution as _, Normal};
use crate::forecast::Moment;
use crate::math::{exp, powf};
use jiff::civil::date;

/// The update by outcomes that were settled on days of their own.
fn on_days(text: &str, list: &[(&str, Resolution, Date)], until: Option<Date>) -> Update {
    let mut all = outcomes(&list.iter().map(|(name, answer, _)| (*name, answer.clone())).collect::<Vec<_>>());
    for (name, _, day) in list {
        all[*name].resolved_on = Moment::Day(*day);
    }
    let settings = Settings { worlds: 400_000, ..Settings::default() };
    update(&checked(text), &Source::new("test.toml", text), Observed { outcomes: &all, until }, &settings)
}

fn of<'a>(update: &'a Update, event: &str) -> &'a Learned {
    update.learned.iter().find(|one| one.event == event).unwrap_or_else(|| panic!("{event} did not move: {update:?}"))
}

fn why<'a>(update: &'a Update, name: &str) -> &'a str {
    let found = update.skipped.iter().find(|one| one.name == name);
    found.map_or_else(|| panic!("{name} is not named: {update:?}"), |one| one.why.as_str())
}

/// Two standard normal draws of a correlation, as a common one and one of each: for the probability that each lies in a part of its line, the chances
/// of which given the common draw are `left` and `right`.
fn together(correlation: f64, left: impl Fn(f64) -> f64, right: impl Fn(f64) -> f64) -> f64 {
    let steps = (-80..=80).map(|step| f64::from(step) / 10.0);
    let density = |u: f64| exp(-0.5 * u * u) / 10.0 / std::f64::consts::TAU.sqrt();
    steps.map(|u| density(u) * left(correlation.sqrt() * u) * right(correlation.sqrt() * u)).sum()
}

/// Of a draw below the quantile of `chance`, given its common part.
fn below(correlation: f64, chance: f64, common: f64) -> f64 {
    let law = Normal::new(0.0, 1.0).expect("the standard normal");
    if chance <= 0.0 || chance >= 1.0 {
        return f64::from(chance >= 1.0);
    }
    law.cdf((law.quantile(chance) - common) / (1.0 - correlation).sqrt())
}

fn agrees(found: &Learned, expected: f64) {
    assert_ne!(found.means, Means::Conjugate, "{found:?}");
    // False alarm 1e-6 at 4.9 errors; a thousandth for the nodes.
    assert!((found.mean_after - expected).abs() < 4.9f64.mul_add(found.standard_error, 1e-3), "{found:?} {expected}");
}

/// Against an integral over both chances and what is common to the draws.
#[test]
fn what_came_of_a_correlated_event_moves_the_chance_too() {
    let body = format!(
        "[event.a]\nchance = \"8 of 16\"\n[event.d]\nchance = \"6 of 20\"\n[[correlated]]\nevents = [\"a\", \"d\"]\ncorrelation = 0.8\n{}{}{}",
        question("a", "holds = \"a\""),
        question("d", "holds = \"d\""),
        question("d_alone", "holds = \"d and not a\"")
    );
    let text = format!("{HEAD}{body}");
    let (a, d) = (Beta::jeffreys(8.0, 16.0).expect("one"), Beta::jeffreys(6.0, 20.0).expect("one"));
    // Values with their weights: midpoints, under the density.
    let grid = |law: &Beta| -> Vec<(f64, f64)> {
        (0..150).map(|at| (f64::from(at) + 0.5) / 150.0).map(|p| (p, law.density(p) / 150.0)).collect()
    };
    let (a, d) = (grid(&a), grid(&d));
    let average = |grid: &[(f64, f64)], u: f64| grid.iter().map(|(p, weight)| weight * below(0.8, *p, u)).sum::<f64>();
    let mean = |grid: &[(f64, f64)], likelihood: &dyn Fn(f64) -> f64| {
        let weights: Vec<f64> = grid.iter().map(|(p, weight)| weight * likelihood(*p)).collect();
        grid.iter().zip(&weights).map(|((p, _), weight)| p * weight).sum::<f64>() / weights.iter().sum::<f64>()
    };
    let of_a = mean(&a, &|p| together(0.8, |u| 1.0 - below(0.8, p, u), |u| average(&d, u)));
    let of_d = mean(&d, &|q| together(0.8, |u| 1.0 - average(&a, u), |u| below(0.8, q, u)));
    // By 400,000 draws: 0.4246 and 0.3770.
    assert!((of_a - 0.4246).abs() < 1e-3 && (of_d - 0.377).abs() < 1e-3, "{of_a} {of_d}");
    for list in [vec![("a", Resolution::No), ("d", Resolution::Yes)], vec![("d_alone", Resolution::Yes)]] {
        let update = learned(&text, &list, None);
        agrees(of(&update, "a"), of_a);
        agrees(of(&update, "d"), of_d);
    }
    // Of one of them alone, nothing else bears on its chance, and nothing on that of the other.
    let update = learned(&text, &[("d", Resolution::Yes)], None);
    assert_eq!(update.learned.len(), 1, "{update:?}");
    assert_eq!((of(&update, "d").means, of(&update, "d").after.as_str()), (Means::Conjugate, "7 of 21"));
}

/// What is made so by intervention happens whatever its chance; what follows from it learns as ever.
#[test]
fn what_is_supposed_learns_nothing_from_what_came_of_it() {
    let events = "suppose = [\"a\", \"m\"]\n[prior.c]\nchance = \"8 of 16\"\n[event.a]\nchance = \"6 of 20\"\n[event.m]\nchance = \"like c\"\n\
                  [event.s]\nchance = [ { if = \"a\", is = \"6 of 20\" }, { otherwise = \"2 of 20\" } ]\n";
    let asked = ["a", "m", "s"].map(|name| question(name, &format!("holds = \"{name}\""))).concat();
    let text = format!("{HEAD}{events}{asked}");
    let update = learned(&text, &[("a", Resolution::Yes), ("m", Resolution::Yes), ("s", Resolution::Yes)], None);
    assert_eq!(update.learned.len(), 1, "{update:?}");
    assert_eq!(of(&update, "s").after, "7 of 21");
    for name in ["a", "m"] {
        assert!(why(&update, name).contains("`suppose` makes it so"), "{update:?}");
    }
}

/// Of a group of events with one prior the mean of the chance of one that came, where all others came or none did: against an integral over what is
/// common to the draws, and over all chances.
fn of_one_that_came(prior: &Beta, correlation: f64, others: i32, came: bool) -> f64 {
    let chances: Vec<f64> = (0..1000).map(|at| prior.quantile((f64::from(at) + 0.5) / 1000.0)).collect();
    let commons: Vec<f64> = (-80..=80).map(|step| f64::from(step) / 10.0).collect();
    let below_each = |u: f64| chances.iter().map(move |p| below(correlation, *p, correlation.sqrt() * u));
    let weights: Vec<f64> = commons
        .iter()
        .map(|u| {
            let mean = below_each(*u).sum::<f64>() / 1000.0;
            exp(-0.5 * u * u) * (if came { mean } else { 1.0 - mean }).powi(others)
        })
        .collect();
    let (mut evidence, mut moment) = (0.0, 0.0);
    for (u, weight) in commons.iter().zip(&weights) {
        for (p, below) in chances.iter().zip(below_each(*u)) {
            evidence += weight * below;
            moment += weight * below * p;
        }
    }
    moment / evidence
}

fn group_of_five(prior: &str, correlation: f64, others: &Resolution) -> Update {
    let names = ["a", "b", "c", "d", "e"];
    let events = names.map(|name| format!("[event.{name}]\nchance = \"{prior}\"\n")).concat();
    let asked = names.map(|name| question(name, &format!("holds = \"{name}\""))).concat();
    let group = format!("[[correlated]]\nevents = [\"a\", \"b\", \"c\", \"d\", \"e\"]\ncorrelation = {correlation}\n");
    let outcomes = names.map(|name| (name, if name == "a" { Resolution::Yes } else { others.clone() }));
    learned(&format!("{HEAD}{events}{group}{asked}"), &outcomes, None)
}

/// The likelihood of a chance is bent there: with the two nodes that do for a draw of its own the mean would be 0.78.
#[test]
fn strongly_correlated_events_bend_the_likelihood_of_a_chance() {
    let expected = of_one_that_came(&Beta::new(1.0, 1.0).expect("one"), 0.9, 4, false);
    assert!((expected - 0.8355).abs() < 1e-3, "{expected}");
    agrees(of(&group_of_five("beta(1, 1)", 0.9, &Resolution::No), "a"), expected);
}

/// Five events of one in a hundred at once: hardly one of a thousand million worlds as they are drawn agrees, but a fitted proposal finds them.
#[test]
fn rare_events_of_a_group_that_come_together_are_found_and_weighed() {
    let expected = of_one_that_came(&Beta::jeffreys(1.0, 100.0).expect("one"), 0.05, 4, true);
    assert!((expected - 0.02305).abs() < 2e-4, "{expected}");
    let update = group_of_five("1 of 100", 0.05, &Resolution::Yes);
    for name in ["a", "b", "c", "d", "e"] {
        let found = of(&update, name);
        assert_eq!(found.means, Means::Simulated);
        // False alarm 1e-6 at 4.9 errors; 2e-4 for the grid.
        assert!(
            (found.mean_after - expected).abs() < 4.9f64.mul_add(found.standard_error, 2e-4),
            "{found:?} {expected}"
        );
        assert!(found.standard_error < 1e-3, "{found:?}");
    }
}

/// Of two dates one came and the other is silent: against the same integral.
#[test]
fn the_silence_of_a_correlated_date_counts() {
    let text = format!(
        "{HEAD}[event.a]\nwhen = \"30% by 2025-12-31\"\n[event.b]\nwhen = \"8 of 16 by 2025-12-31\"\n[[correlated]]\nevents = [\"a\", \"b\"]\ncorrelation = 0.9\n{}",
        question("b", "holds = \"b by 2025-12-31\"")
    );
    let came = [("b", Resolution::Yes, date(2025, 12, 31))];
    let b = Beta::jeffreys(8.0, 16.0).expect("one");
    let likelihood = |q: f64| together(0.9, |u| 1.0 - below(0.9, 0.3, u), |u| below(0.9, q, u));
    let grid: Vec<(f64, f64)> =
        (0..400).map(|at| b.quantile((f64::from(at) + 0.5) / 400.0)).map(|q| (q, likelihood(q))).collect();
    let expected =
        grid.iter().map(|(q, weight)| q * weight).sum::<f64>() / grid.iter().map(|(_, weight)| weight).sum::<f64>();
    let update = on_days(&text, &came, Some(date(2025, 12, 31)));
    agrees(of(&update, "b"), expected);
    // Were nobody watching the other, it would be a case like any other.
    let unwatched = on_days(&text, &came, None);
    assert_eq!((of(&unwatched, "b").means, of(&unwatched, "b").after.as_str()), (Means::Conjugate, "9 of 17"));
}

/// In closed form: of a flat prior, ∫ p (1 - (1-p)^k) dp and ∫ (1 - (1-p)^k) dp. The mean of the posteriors is the prior's.
#[test]
fn an_early_yes_says_more_than_that_it_came() {
    let alone = "[event.p]\nwhen = \"beta(1, 1) by 2025-12-31\"\n";
    let classed = "[prior.c]\nchance = \"beta(1, 1)\"\n[event.p]\nwhen = \"like c by 2025-12-31\"\n";
    let k = 89.0 / 364.0;
    let no = 1.0 / (k + 1.0);
    let first = 1.0 / ((k + 1.0) * (k + 2.0));
    let (if_yes, if_no) = ((0.5 - first) / (1.0 - no), first / no);
    let on = |body: &str, name: &str, answer: Resolution| {
        let text = format!(
            "{HEAD}{body}{}",
            question("q", "holds = \"p by 2025-03-31\"").replace("closes = 2025-12-31", "closes = 2025-03-31")
        );
        let update = on_days(&text, &[("q", answer, date(2025, 3, 31))], None);
        let moved = of(&update, name).clone();
        assert_eq!(moved.means, Means::Exact, "{update:?}");
        moved.mean_after
    };
    let (yes, none) = (on(alone, "p", Resolution::Yes), on(alone, "p", Resolution::No));
    assert!((yes - if_yes).abs() < 2e-4 && (none - if_no).abs() < 2e-4, "{yes} {if_yes}, {none} {if_no}");
    assert!((yes.mul_add(1.0 - no, none * no) - 0.5).abs() < 2e-4);
    // As a member of a class does.
    assert!((yes - on(classed, "prior c", Resolution::Yes)).abs() < 1e-9);
    assert!((none - on(classed, "prior c", Resolution::No)).abs() < 1e-9);
}

/// The likelihood of a day, and of a time after a clock started: by integrals.
#[test]
fn the_day_on_which_it_came_counts() {
    let prior = Beta::jeffreys(6.0, 20.0).expect("one");
    let mean =
        |likelihood: &dyn Fn(f64) -> f64| prior.expectation(|p| p * likelihood(p)) / prior.expectation(likelihood);
    let text = format!("{HEAD}[event.p]\nwhen = \"6 of 20 by 2025-12-31\"\n{}", question("q", "when = \"p\""));
    let day = |after: f64| mean(&|p: f64| powf(1.0 - p, after / 364.0) - powf(1.0 - p, (after + 1.0) / 364.0));
    let early = on_days(&text, &[("q", Resolution::Date(date(2025, 2, 1)), date(2025, 2, 1))], None);
    let late = on_days(&text, &[("q", Resolution::Date(date(2025, 12, 1)), date(2025, 12, 1))], None);
    for (update, after) in [(&early, 30.0), (&late, 333.0)] {
        assert_eq!(of(update, "p").means, Means::Exact);
        assert!((of(update, "p").mean_after - day(after)).abs() < 1e-6, "{update:?} {}", day(after));
    }
    // A clock that started on 25 June, thirty days; it came by the tenth.
    let text = format!(
        "{HEAD}[event.y]\nwhen = \"50% by 2025-06-30\"\n[event.x]\nafter = \"y\"\nwhen = \"6 of 20 within 30 days\"\n{}{}",
        question("start", "when = \"y\""),
        question("came", "holds = \"x by 2025-07-05\"")
    );
    let start = ("start", Resolution::Date(date(2025, 6, 25)), date(2025, 6, 25));
    let came = on_days(&text, &[start, ("came", Resolution::Yes, date(2025, 7, 5))], None);
    let expected = mean(&|p: f64| 1.0 - powf(1.0 - p, 10.0 / 30.0));
    assert!((of(&came, "x").mean_after - expected).abs() < 1e-6, "{came:?} {expected}");
}

/// What else is known of the day counts as well: that it came before another, of constant hazards f and s, with f / (f + s) (1 - exp(-f - s)).
#[test]
fn a_date_of_which_more_is_known_is_no_mere_case() {
    let text = format!(
        "{HEAD}[event.fast]\nwhen = \"10 of 20 by 2025-12-31\"\nobserved = false\n[event.slow]\nwhen = \"50% by 2025-12-31\"\n{}{}",
        question("came", "holds = \"fast\""),
        question("first", "holds = \"fast before slow\"")
    );
    let day = date(2025, 12, 31);
    let update = on_days(&text, &[("came", Resolution::Yes, day), ("first", Resolution::Yes, day)], None);
    let s = std::f64::consts::LN_2;
    let prior = Beta::jeffreys(10.0, 20.0).expect("one");
    let likelihood = |p: f64| {
        let f = -crate::math::ln_1p(-p.min(1.0 - 1e-12));
        f / (f + s) * (1.0 - exp(-f - s))
    };
    let expected = prior.expectation(|p| p * likelihood(p)) / prior.expectation(likelihood);
    agrees(of(&update, "fast"), expected);
    let alone = on_days(&text, &[("came", Resolution::Yes, day)], None);
    assert_eq!((of(&alone, "fast").means, of(&alone, "fast").after.as_str()), (Means::Conjugate, "11 of 21"));
}

#[test]
fn outcomes_that_cannot_be_together_move_nothing_at_all() {
    let text = format!(
        "{HEAD}[event.a]\nchance = \"6 of 20\"\n[event.b]\nchance = \"3 of 9\"\nrequires = \"a\"\n[event.c]\nchance = \"3 of 9\"\n{}{}{}",
        question("a", "holds = \"a\""),
        question("b", "holds = \"b\""),
        question("c", "holds = \"c\"")
    );
    let list = [("a", Resolution::No), ("b", Resolution::Yes), ("c", Resolution::Yes)];
    let update = learned(&text, &list, None);
    assert_eq!(update.learned.len(), 1, "{update:?}");
    assert_eq!(of(&update, "c").after, "4 of 10");
    let together = why(&update, "the outcomes together");
    assert!(together.contains("a: no") && together.contains("b: yes") && !together.contains("c: yes"), "{together}");
    assert!(why(&update, "a").contains("cannot be, by itself or with others"), "{update:?}");
    // Also where no chance is left to weigh.
    let fixed = text.replace("\"3 of 9\"\nrequires", "\"30%\"\nrequires");
    assert_eq!(learned(&fixed, &list, None).learned.len(), 1);
}

#[test]
fn what_moves_nothing_is_named_with_its_true_reason() {
    let text = format!(
        "{HEAD}[event.x]\nvalue = \"normal(10, 2)\"\n[event.a]\nchance = \"6 of 20\"\n[event.b]\nchance = \"beta(7, 3)\"\n{}{}{}{}{}",
        question("x", "value = \"x\""),
        question("high", "holds = \"x > 11\""),
        question("a", "holds = \"a\""),
        question("b", "holds = \"b\""),
        question("either", "holds = \"a or b\"")
    );
    let number = [("x", Resolution::Value(12.0)), ("high", Resolution::Yes)];
    let update = learned(&text, &number, None);
    assert!(update.learned.is_empty(), "{update:?}");
    assert!(why(&update, "x").contains("fixed numbers"), "{update:?}");
    assert!(why(&update, "high").contains("states a doubt"), "{update:?}");
    let all = [("a", Resolution::Yes), ("b", Resolution::No), ("either", Resolution::Yes)];
    let update = learned(&text, &all, None);
    assert!(why(&update, "either").contains("other outcomes say already"), "{update:?}");
    // Learned before: by both.
    let either = learned(&text, &all[2..], None);
    let again = learned(&rewritten(&text, &either), &all[2..], None);
    assert!(
        again.learned.is_empty() && why(&again, "either").contains("learned from it already: `a`, `b`"),
        "{again:?}"
    );
    for update in [&update, &again] {
        assert!(update.skipped.iter().all(|one| !one.why.contains("one by one")), "{update:?}");
    }
}

#[test]
fn what_is_too_rare_for_the_worlds_drawn_says_so() {
    let dates: Vec<String> =
        (0..4).map(|at| format!("[event.e{at}]\nwhen = \"4 of 40 by 2025-12-31\"\nobserved = false\n")).collect();
    let text = format!("{HEAD}{}{}", dates.concat(), question("k", "holds = \"e0 before e1 and e2 before e3\""));
    let with = |worlds: u64| {
        let observed = outcomes(&[("k", Resolution::Yes)]);
        let observed = Observed { outcomes: &observed, until: None };
        let settings = Settings { worlds, ..Settings::default() };
        update(&checked(&text), &Source::new("test.toml", text.as_str()), observed, &settings)
    };
    let few = with(50);
    assert!(few.learned.is_empty() && few.learned_from.is_empty(), "{few:?}");
    let said = few.skipped.iter().map(|one| one.why.as_str()).collect::<String>();
    assert!(said.contains("50 worlds") && (said.contains("--worlds") || said.contains("too rare")), "{few:?}");
    let many = with(1_000_000);
    assert_eq!(many.learned.iter().map(|one| one.event.as_str()).filter(|name| ["e0", "e2"].contains(name)).count(), 2);
}

/// The whole hazard is in the doubt of one step; the others are named.
#[test]
fn the_steps_of_a_ladder_that_learn_nothing_are_named() {
    let text = format!(
        "{HEAD}[event.p]\nwhen = \"2 of 20 by 2025-03-31, 6 of 20 by 2025-12-31\"\n{}",
        question("p", "when = \"p\"")
    );
    let update = on_days(&text, &[("p", Resolution::No, date(2025, 12, 31))], None);
    assert_eq!((of(&update, "p").before.as_str(), of(&update, "p").after.as_str()), ("6 of 20", "6 of 21"));
    assert!(why(&update, "p").contains("`2 of 20` is taken at the mean"), "{update:?}");
    assert!(learned(&text, &[], None).skipped.is_empty());
}

/// Of Beta(6.5, 14.5), with which the first step is reached by the power of 1 - p that makes it 20 % in the mean; after a no it is Beta(6.5, 15.5).
#[test]
fn what_the_steps_of_a_ladder_without_a_doubt_would_be_is_said() {
    let text = format!(
        "{HEAD}[event.p]\nwhen = \"20% by 2025-04-01, 6 of 20 by 2025-10-01\"\n{}",
        question("p", "holds = \"p by 2025-10-01\"")
    );
    let (before, after) = (Beta::new(6.5, 14.5).expect("one"), Beta::new(6.5, 15.5).expect("one"));
    let reached = |law: &Beta, power: f64| 1.0 - law.expectation(|p| powf(1.0 - p, power));
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if reached(&before, middle) < 0.2 { low = middle } else { high = middle }
    }
    let expected = 100.0 * reached(&after, low);
    assert!((expected - 19.01).abs() < 0.01, "{expected}");
    let update = on_days(&text, &[("p", Resolution::No, date(2025, 10, 1))], None);
    assert_eq!(of(&update, "p").after, "6 of 21");
    let said = why(&update, "p").split_once("`20%` would now be ").expect("it is named").1;
    let said: f64 = said.trim_end_matches(" %").parse().expect("a number");
    // Four digits are said, and 256 strata of the prior made the ladder.
    assert!((said - expected).abs() < 0.02, "{said} {expected}");
    // Nothing is said of it where nothing has moved.
    assert!(learned(&text, &[], None).skipped.is_empty());
}

#[test]
fn an_annulled_question_that_has_taught_says_what_to_do() {
    let text = format!("{HEAD}[event.a]\nchance = \"6 of 20\"\n{}", question("q", "holds = \"a\""));
    let after = rewritten(&text, &learned(&text, &[("q", Resolution::Yes)], None));
    let update = learned(&after, &[("q", Resolution::Annulled)], None);
    let said = why(&update, "q");
    assert!(said.contains("`a` learned from q: yes (2025-06-30)") && said.contains("put the prior back"), "{said}");
    assert_eq!(why(&learned(&text, &[("q", Resolution::Annulled)], None), "q"), "it was annulled");
}

/// A question that says two things of a date is remembered once; members of a class that learned in their place are not named.
#[test]
fn each_outcome_is_remembered_once_and_members_of_a_class_are_silent() {
    let text = format!(
        "{HEAD}[event.a]\nwhen = \"6 of 20 by 2025-12-31\"\n{}",
        question("k", "holds = \"a and not a by 2025-03-01\"")
    );
    let update = on_days(&text, &[("k", Resolution::Yes, date(2025, 6, 30))], None);
    assert_eq!(update.learned_from[&("event", "a".to_owned())], ["k: yes (2025-06-30)"]);
    let text = format!(
        "{HEAD}[prior.c]\nchance = \"6 of 20\"\n[event.a]\nwhen = \"like c by 2025-12-31\"\n[event.b]\nwhen = \"like c by 2025-12-31\"\n{}{}",
        question("a", "when = \"a\""),
        question("b", "holds = \"b by 2025-03-01\"")
    );
    let list = [("a", Resolution::Date(date(2025, 3, 1)), date(2025, 3, 1)), ("b", Resolution::No, date(2025, 3, 1))];
    let update = on_days(&text.replace("closes = 2025-12-31", "closes = 2025-03-01"), &list, None);
    assert!(update.learned.len() == 1 && update.skipped.is_empty(), "{update:?}");
}

/// One outcome after the other comes near to both at once, which is the conjugate posterior of the case that applied: 2 of 21. And what has been
/// learned from all at once learns nothing from it again.
#[test]
fn what_bears_on_a_chance_that_has_moved_moves_it_again() {
    let text = format!(
        "{HEAD}[event.a]\nchance = \"8 of 16\"\n[event.d]\nchance = [ {{ if = \"a\", is = \"6 of 20\" }}, {{ otherwise = \"1 of 20\" }} ]\n{}{}",
        question("d", "holds = \"d\""),
        question("a", "holds = \"a\"")
    );
    let both = [("d", Resolution::Yes), ("a", Resolution::No)];
    let first = rewritten(&text, &learned(&text, &both[..1], None));
    let second = learned(&first, &both, None);
    let moved = |before: &str| {
        let found = second.learned.iter().find(|one| one.event == "d" && one.before.starts_with(before));
        found.unwrap_or_else(|| panic!("{before}: {second:?}")).mean_after
    };
    // From 0.335 back to 6.5 / 21, and from 0.079 on to 2.5 / 22.
    assert!((moved("6.6") - 6.5 / 21.0).abs() < 2e-3, "{second:?}");
    assert!((moved("1.0") - 2.5 / 22.0).abs() < 2e-3, "{second:?}");
    assert!(second.skipped.iter().all(|one| !one.why.contains("put the prior back")), "{second:?}");
    let second = rewritten(&first, &second);
    assert!(learned(&second, &both, None).learned.is_empty());
    let at_once = rewritten(&text, &learned(&text, &both, None));
    assert!(at_once.contains("\"2 of 21\"") && at_once.contains("\"6 of 20\""), "{at_once}");
    assert!(learned(&at_once, &both, None).learned.is_empty());
}

/// In the world of the file what comes after the horizon never comes; what came before its own day it knows.
#[test]
fn a_day_after_the_horizon_is_never_and_one_that_is_known_anyway_teaches_nothing() {
    for law in ["6 of 20 by 2025-06-30", "6 of 20 by 2025-06-30, only", "6 of 20 by 2025-06-30, evenly"] {
        let text = format!("{HEAD}[event.t]\nwhen = \"{law}\"\n{}", question("t", "when = \"t\""));
        let never = learned(&text, &[("t", Resolution::No)], None);
        let late = learned(&text, &[("t", Resolution::Date(date(2026, 3, 1)))], None);
        assert_eq!(of(&late, "t").after, of(&never, "t").after, "{law}: {late:?}");
        let early = learned(&text, &[("t", Resolution::Date(date(2024, 12, 1)))], None);
        assert!(
            early.learned.is_empty() && why(&early, "t").contains("no later than what the file knows"),
            "{early:?}"
        );
    }
}

#[test]
fn what_did_not_move_since_an_earlier_outcome_is_missing_says_so() {
    let events = "[prior.c]\nchance = \"8 of 16\"\n[event.a]\nchance = \"6 of 20\"\n[event.m]\nchance = \"like c\"\n[event.n]\nchance = \"like c\"\n\
                  [event.s]\nchance = [ { if = \"a\", is = \"6 of 20\" }, { otherwise = \"2 of 20\" } ]\n";
    let asked = ["a", "m", "n", "s"].map(|name| question(name, &format!("holds = \"{name}\""))).concat();
    let text = format!("{HEAD}{events}{asked}");
    let after = rewritten(&text, &learned(&text, &[("s", Resolution::Yes), ("m", Resolution::Yes)], None));
    let update = learned(&after, &[("a", Resolution::Yes), ("n", Resolution::Yes)], None);
    assert!(update.learned.is_empty(), "{update:?}");
    assert!(why(&update, "a").contains("s: yes (2025-06-30), which is not observed any more"), "{update:?}");
    assert!(why(&update, "prior c").contains("m: yes (2025-06-30), which is not observed any more"), "{update:?}");
    assert!(why(&update, "n").contains("see `prior c`"), "{update:?}");
    // With them it moves.
    let all = ["a", "m", "n", "s"].map(|name| (name, Resolution::Yes));
    let whole = learned(&after, &all, None);
    assert!(of(&whole, "a").mean_after > of(&whole, "a").mean_before && of(&whole, "prior c").mean_after > 0.5);
}

/// Silence that was learned from too soon is taken back by an outcome from before it ended, and that is said of each event alike.
#[test]
fn an_outcome_that_contradicts_silence_learned_before_takes_it_back() {
    let events = "[event.a]\nwhen = \"beta(3, 5) by 2025-12-31\"\n[event.b]\nafter = \"a\"\nwhen = \"beta(4, 4) within 60 days\"\n\
                  [event.u]\nwhen = \"5 of 10 by 2025-12-31\"\n";
    let text = format!("{HEAD}{events}{}{}", question("q_a", "when = \"a\""), question("q_u", "when = \"u\""));
    let april = rewritten(&text, &on_days(&text, &[], Some(date(2025, 4, 1))));
    let (of_a, of_u) = (date(2025, 3, 15), date(2025, 2, 10));
    let list = [("q_a", Resolution::Date(of_a), of_a), ("q_u", Resolution::Date(of_u), of_u)];
    let later = on_days(&april, &list, None);
    assert_eq!(later.notes.len(), 2, "{later:?}");
    for (note, name) in later.notes.iter().zip(["a", "u"]) {
        assert!(note.starts_with(&format!("{name}: that it had not come by 2025-04-01")), "{note}");
    }
    assert!(later.conflicts.is_empty(), "{later:?}");
    let at_once = on_days(&text, &list, None);
    assert!((of(&later, "u").mean_after - of(&at_once, "u").mean_after).abs() < 1e-4, "{later:?} {at_once:?}");
}
