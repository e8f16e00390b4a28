//! Posteriors against conjugate arithmetic done by hand, and what an outcome does not settle.

use super::*;
use crate::exact;
use crate::forecast::Moment;
use crate::model::check;
use crate::plan::{Situation, compile};
use crate::scenario::parse;
use crate::simulate::Answer;
use crate::source::Source;
use jiff::civil::{Date, date};

pub(super) const HEAD: &str = "title = \"test\"\nas_of = 2025-01-01\nhorizon = 2025-12-31\n";

pub(super) fn checked(text: &str) -> Model {
    let source = Source::new("test.toml", text);
    let (document, mut found) = parse(&source);
    let (model, more) = check(&document);
    found.extend(more);
    assert!(!found.has_errors(), "{}", found.render(&source, false));
    model.expect("no errors")
}

/// The probability that a question is answered by yes, exactly.
pub(super) fn exactly(model: &Model, name: &str) -> f64 {
    let plan = compile(model, &Situation::of_file(model));
    let exact = exact::solve(&plan).expect("it is discrete");
    let at = plan.asks.iter().position(|ask| ask.name == name).expect("it is asked");
    match &exact.answers()[at] {
        Ok(Answer::Binary(estimate)) => estimate.value,
        other => panic!("{other:?}"),
    }
}

pub(super) fn outcomes(list: &[(&str, Resolution)]) -> IndexMap<String, Outcome> {
    list.iter()
        .map(|(question, resolution)| {
            let outcome = Outcome {
                question: (*question).to_owned(),
                resolution: resolution.clone(),
                resolved_on: Moment::Day(date(2025, 6, 30)),
                source: None,
            };
            ((*question).to_owned(), outcome)
        })
        .collect()
}

pub(super) fn question(name: &str, asks: &str) -> String {
    format!("[question.{name}]\nask = \"?\"\nresolves = \"by the test\"\ncloses = 2025-12-31\n{asks}\n")
}

pub(super) fn learned(text: &str, list: &[(&str, Resolution)], until: Option<Date>) -> Update {
    let settings = Settings { worlds: 200_000, ..Settings::default() };
    update(&checked(text), &Source::new("test.toml", text), Observed { outcomes: &outcomes(list), until }, &settings)
}

/// The text after an update.
pub(super) fn rewritten(text: &str, update: &Update) -> String {
    rewrite(&Source::new("test.toml", text), update).expect("the update is of this text").concat()
}

/// The text after the update, and the update.
fn updated(body: &str, list: &[(&str, Resolution)]) -> (String, Update) {
    let text = format!("{HEAD}{body}");
    let update = learned(&text, list, None);
    let after = rewritten(&text, &update);
    checked(&after);
    (after, update)
}

#[test]
fn a_base_rate_counts_one_more_case() {
    let body =
        format!("[event.deal] # a comment\nchance = \"6 of 20\"   # kept\n{}", question("q", "holds = \"deal\""));
    let (after, update) = updated(&body, &[("q", Resolution::Yes)]);
    assert!(after.contains("chance = \"7 of 21\"   # kept"), "{after}");
    assert!(after.contains("[event.deal] # a comment"), "{after}");
    assert!(after.contains("learned_from = [\"q: yes (2025-06-30)\"]"), "{after}");
    // Jeffreys: Beta(6.5, 14.5) to Beta(7.5, 14.5).
    assert!((update.learned[0].mean_before - 6.5 / 21.0).abs() < 1e-12);
    assert!((update.learned[0].mean_after - 7.5 / 22.0).abs() < 1e-12);
    let (after, _) = updated(&body, &[("q", Resolution::No)]);
    assert!(after.contains("\"6 of 21\""), "{after}");
}

#[test]
fn comments_in_the_list_of_what_was_learned_from_stay() {
    let asked = question("q", "holds = \"deal\"");
    let of = |list: &str| format!("[event.deal]\nchance = \"6 of 20\"\nlearned_from = {list}\n{asked}");
    for (before, after) in [
        (
            "[ # by hand\n   \"old: yes (2024-06-30)\", # kept?\n]",
            "[ # by hand\n   \"old: yes (2024-06-30)\", # kept?\n    \"q: yes (2025-06-30)\",\n]",
        ),
        (
            "[\n  \"old: yes (2024-06-30)\" # the last, of two\n  # [one more]\n  ]",
            "[\n  \"old: yes (2024-06-30)\", # the last, of two\n  # [one more]\n    \"q: yes (2025-06-30)\",\n]",
        ),
        ("[\"old: yes (2024-06-30)\"]", "[\"old: yes (2024-06-30)\", \"q: yes (2025-06-30)\"]"),
    ] {
        let (text, _) = updated(&of(before), &[("q", Resolution::Yes)]);
        assert!(text.contains(&format!("learned_from = {after}\n")), "{text}");
    }
}

#[test]
fn an_outcome_counts_once() {
    let body = format!("[event.deal]\nchance = \"6 of 20\"\n{}", question("q", "holds = \"deal\""));
    let (after, _) = updated(&body, &[("q", Resolution::Yes)]);
    let again = learned(&after, &[("q", Resolution::Yes)], None);
    assert!(again.learned.is_empty());
    assert!(again.skipped[0].why.contains("already"), "{:?}", again.skipped);
}

#[test]
fn a_beta_and_an_interval_become_a_beta() {
    let body = format!("[event.deal]\nchance = \"beta(2, 8)\"\n{}", question("q", "holds = \"not deal\""));
    let (after, _) = updated(&body, &[("q", Resolution::No)]);
    assert!(after.contains("\"beta(3, 8)\""), "{after}");
    let body = format!("[event.deal]\nchance = \"30% (90% sure: 15% to 50%)\"\n{}", question("q", "holds = \"deal\""));
    let (_, update) = updated(&body, &[("q", Resolution::Yes)]);
    let moved = &update.learned[0];
    // mean m and concentration n: (m n + 1) / (n + 1) lies between m and 1, and above m by (1 - m) / (n + 1).
    assert!(moved.mean_after > 0.3 && moved.mean_after < 0.4, "{moved:?}");
}

#[test]
fn the_case_that_applied_learns_and_the_others_do_not() {
    let body = format!(
        "[event.attends]\nchance = \"45%\"\n[event.deal]\nchance = [ {{ if = \"attends\", is = \"6 of 20\" }}, {{ otherwise = \"1 of 10\" }} ]\n{}{}",
        question("a", "holds = \"attends\""),
        question("d", "holds = \"deal\"")
    );
    let (after, _) = updated(&body, &[("a", Resolution::No), ("d", Resolution::Yes)]);
    assert!(after.contains("\"6 of 20\"") && after.contains("\"2 of 11\""), "{after}");
    // Where nobody knows which case applied, both learn a part.
    let (_, update) = updated(&body, &[("d", Resolution::Yes)]);
    assert!(update.learned.len() == 2 && update.learned.iter().all(|one| one.means == Means::Exact), "{update:?}");
}

#[test]
fn an_odds_ratio_that_applied_stops_the_conjugate_update() {
    let body = format!(
        "[event.war]\nchance = \"45%\"\n[event.deal]\nchance = \"6 of 20\"\nodds = {{ war = \"x2\" }}\n{}{}",
        question("w", "holds = \"war\""),
        question("d", "holds = \"deal\"")
    );
    let (_, update) = updated(&body, &[("w", Resolution::Yes), ("d", Resolution::Yes)]);
    let [deal] = update.learned.as_slice() else { panic!("{update:?}") };
    assert_eq!((deal.event.as_str(), deal.means), ("deal", Means::Exact));
    // Twice the odds: the likelihood of a yes is 2p / (1 + p).
    let prior = crate::dist::Beta::jeffreys(6.0, 20.0).expect("a base rate");
    let likelihood = |p: f64| 2.0 * p / (1.0 + p);
    let mean = prior.expectation(|p| p * likelihood(p)) / prior.expectation(likelihood);
    assert!((deal.mean_after - mean).abs() < 1e-9, "{deal:?} {mean}");
    let (after, _) = updated(&body, &[("w", Resolution::No), ("d", Resolution::Yes)]);
    assert!(after.contains("\"7 of 21\""), "{after}");
}

#[test]
fn counts_of_options_and_a_dirichlet_gain_the_option_seen() {
    let ask = question("q", "which = \"track\"");
    let body = format!("[event.track]\none_of = [\"a\", \"b\", \"c\"]\nchance = \"6, 30, 4 of 40\"\n{ask}");
    let (after, update) = updated(&body, &[("q", Resolution::Option("c".to_owned()))]);
    assert!(after.contains("\"6, 30, 5 of 41\""), "{after}");
    assert!((update.learned[0].mean_after - 5.5 / 42.5).abs() < 1e-12);
    assert_eq!(update.learned[0].option.as_deref(), Some("c"));
    // Reference case S4: Dirichlet(2, 1, 1) plus (3, 0, 1) has means 0.625, 0.125, 0.25; here one step of it.
    let body = format!("[event.track]\none_of = [\"a\", \"b\", \"c\"]\nchance = \"dirichlet(2, 1, 1)\"\n{ask}");
    let (after, _) = updated(&body, &[("q", Resolution::Option("a".to_owned()))]);
    assert!(after.contains("\"dirichlet(3, 1, 1)\""), "{after}");
}

#[test]
fn a_rate_gains_events_and_exposure() {
    let ask = question("q", "value = \"calls\"");
    let body = format!("[event.calls]\ncount = \"3 in 180 days, over 60 days\"\n{ask}");
    let (after, update) = updated(&body, &[("q", Resolution::Value(2.0))]);
    assert!(after.contains("\"5 in 240 days, over 60 days\""), "{after}");
    assert!((update.learned[0].mean_after - 5.5 / 240.0 * 60.0).abs() < 1e-12);
    let body = format!("[event.calls]\ncount = \"poisson(gamma(2, 1))\"\n{ask}");
    let (after, _) = updated(&body, &[("q", Resolution::Value(4.0))]);
    assert!(after.contains("\"poisson(gamma(6, 2))\""), "{after}");
}

#[test]
fn a_date_learns_from_the_deadline_that_its_chance_belongs_to() {
    let body = format!(
        "[event.paper]\nwhen = \"0 of 5 by 2025-03-31, 50% by 2025-12-31\"\n{}",
        question("q", "holds = \"paper by 2025-03-31\"")
    );
    let (after, _) = updated(&body, &[("q", Resolution::No)]);
    assert!(after.contains("when = \"0 of 6 by 2025-03-31, 50% by 2025-12-31\""), "{after}");
    // Not yet by a later deadline says more: in closed form, (1 - p)^k adds k to the second shape. By an earlier one it says less.
    let later = body.replace(", 50% by 2025-12-31", "").replace("paper by 2025-03-31", "paper by 2025-09-30");
    let (_, update) = updated(&later, &[("q", Resolution::No)]);
    assert!((update.learned[0].mean_after - 0.5 / (6.0 + 272.0 / 89.0)).abs() < 1e-9, "{update:?}");
    let earlier = body.replace("paper by 2025-03-31", "paper by 2025-02-01");
    let (after, update) = updated(&earlier, &[("q", Resolution::No)]);
    // Not yet by an earlier one counts for part of a case.
    assert!(after.contains("0 of 5.3") && update.learned[0].means == Means::Exact, "{after}");
}

#[test]
fn a_clock_that_never_started_says_nothing() {
    let body = format!(
        "[event.first]\nwhen = \"50% by 2025-06-30\"\n[event.second]\nafter = \"first\"\nwhen = \"5 of 5 within 21 days\"\n{}{}",
        question("q1", "holds = \"first by 2025-12-31\""),
        question("q2", "holds = \"second by 2025-12-31\"")
    );
    let (_, update) = updated(&body, &[("q1", Resolution::No), ("q2", Resolution::No)]);
    assert!(update.learned.is_empty());
    assert!(update.skipped.iter().any(|one| one.why.contains("never started")), "{:?}", update.skipped);
}

#[test]
fn annulled_questions_and_fixed_numbers_are_named_among_what_moved_nothing() {
    let body = format!(
        "[event.deal]\nchance = \"30%\"\n[event.other]\nchance = \"6 of 20\"\n{}{}",
        question("d", "holds = \"deal\""),
        question("o", "holds = \"other\"")
    );
    let (_, update) = updated(&body, &[("d", Resolution::Yes), ("o", Resolution::Annulled)]);
    assert!(update.learned.is_empty());
    let why: Vec<&str> = update.skipped.iter().map(|one| one.why.as_str()).collect();
    assert!(
        why.iter().any(|one| one.contains("annulled")) && why.iter().any(|one| one.contains("fixed number")),
        "{why:?}"
    );
}

fn learned_when(text: &str, outcomes: &IndexMap<String, Outcome>) -> Update {
    update(&checked(text), &Source::new("test.toml", text), Observed { outcomes, until: None }, &Settings::default())
}

/// The outcomes with the day on which each was settled.
fn settled(list: &[(&str, Resolution, Date)]) -> IndexMap<String, Outcome> {
    let mut all = outcomes(&list.iter().map(|(name, answer, _)| (*name, answer.clone())).collect::<Vec<_>>());
    for (name, _, day) in list {
        all[*name].resolved_on = Moment::Day(*day);
    }
    all
}

#[test]
fn a_second_question_about_an_event_settled_later_adds_nothing() {
    let body = format!(
        "[event.deal]\nchance = \"6 of 20\"\n{}{}",
        question("first", "holds = \"deal\""),
        question("second", "holds = \"not deal\"")
    );
    let both = [("first", Resolution::Yes), ("second", Resolution::No)];
    let (after, _) = updated(&body, &both[..1]);
    assert!(learned(&after, &both, None).learned.is_empty());
    let (together, _) = updated(&body, &both);
    assert!(together.contains("\"7 of 21\""), "{together}");

    let body = format!(
        "[event.x]\nwhen = \"6 of 20 by 2025-06-30\"\n{}{}",
        question("first", "holds = \"x by 2025-06-30\""),
        question("second", "holds = \"x by 2025-09-30\"")
    );
    let both = [("first", Resolution::No), ("second", Resolution::No)];
    let (after, _) = updated(&body, &both[..1]);
    assert!(after.contains("6 of 21 by"), "{after}");
    // That it stayed out for another quarter says something of its own, once.
    let (later, moved) = (learned(&after, &both, None), learned(&format!("{HEAD}{body}"), &both[..1], None));
    assert_eq!(later.learned.len(), 1, "{later:?}");
    assert!(later.learned[0].mean_after < moved.learned[0].mean_after, "{later:?}");
    let again = rewritten(&after, &later);
    assert!(learned(&again, &both, None).learned.is_empty());
}

#[test]
fn a_corrected_outcome_is_not_counted_on_top() {
    let body = format!("[event.deal]\nchance = \"6 of 20\"\n{}", question("q", "holds = \"deal\""));
    let (after, _) = updated(&body, &[("q", Resolution::Yes)]);
    let corrected = learned(&after, &[("q", Resolution::No)], None);
    assert!(
        corrected.learned.is_empty() && corrected.skipped[0].why.contains("and now the outcome is q: no"),
        "{corrected:?}"
    );
    // What was learned before the scenario's time is of another case.
    let earlier =
        format!("{HEAD}{body}").replace("\"6 of 20\"", "\"6 of 20\"\nlearned_from = [\"q: yes (2024-06-30)\"]");
    assert_eq!(learned(&earlier, &[("q", Resolution::Yes)], None).learned.len(), 1);
}

#[test]
fn outcomes_that_contradict_each_other_teach_nothing() {
    let body = format!(
        "[event.deal]\nchance = \"6 of 20\"\n[event.x]\nwhen = \"6 of 20 by 2025-06-30\"\n{}{}{}{}",
        question("first", "holds = \"deal\""),
        question("second", "holds = \"deal\""),
        question("due", "holds = \"x by 2025-06-30\""),
        question("at_all", "holds = \"x\"")
    );
    let list =
        [("first", Resolution::Yes), ("second", Resolution::No), ("due", Resolution::Yes), ("at_all", Resolution::No)];
    let (_, update) = updated(&body, &list);
    assert!(update.learned.is_empty(), "{update:?}");
    assert_eq!(update.skipped.iter().filter(|one| one.why.contains("contradict")).count(), 2, "{update:?}");
}

#[test]
fn a_no_settled_before_the_deadline_does_not_reach_it() {
    let body = "[event.x]\nwhen = \"6 of 20 by 2025-12-31\"\n[question.q]\nask = \"?\"\nresolves = \"r\"\ncloses = 2025-06-29\nholds = \"x by 2025-12-31\"\n";
    let text = format!("{HEAD}{body}");
    let on = |day: Date| learned_when(&text, &settled(&[("q", Resolution::No, day)])).learned.remove(0);
    // Half of the time, at a constant hazard: the square root of the chance that it stays out.
    let half = on(date(2025, 6, 30));
    assert_eq!(half.means, Means::Exact);
    let prior = crate::dist::Beta::jeffreys(6.0, 20.0).expect("a base rate");
    let days = 180.0 / 364.0;
    let likelihood = |p: f64| crate::math::powf(1.0 - p, days);
    let evidence = prior.expectation(likelihood);
    let mean = prior.expectation(|p| p * likelihood(p)) / evidence;
    assert!((half.mean_after - mean).abs() < 2e-4, "{half:?} {mean}");
    let whole = on(date(2026, 1, 1));
    assert_eq!((whole.means, whole.after.as_str()), (Means::Conjugate, "6 of 21"));
    assert!(whole.mean_after < half.mean_after);
}

#[test]
fn a_clock_started_on_an_unknown_day_leaves_the_deadline_open() {
    let body = format!(
        "[event.y]\nwhen = \"50% by 2025-06-30\"\n[event.x]\nafter = \"y\"\nwhen = \"6 of 20 within 30 days\"\n{}{}{}",
        question("started", "holds = \"y by 2025-06-30\""),
        question("start", "when = \"y\""),
        question("came", "holds = \"x by 2025-07-20\"")
    );
    // Started on any day up to 30 June, and not followed by 20 July: perhaps 30 days had not passed, perhaps they had.
    let outcome = |name, answer| (name, answer, date(2025, 8, 1));
    let text = format!("{HEAD}{body}");
    let known = |list: &[_]| learned_when(&text, &settled(list));
    let open = known(&[outcome("started", Resolution::Yes), outcome("came", Resolution::Yes)]);
    assert!(open.learned.iter().all(|one| one.means != Means::Conjugate), "{open:?}");
    let day = outcome("start", Resolution::Date(date(2025, 6, 25)));
    let within = known(&[outcome("started", Resolution::Yes), day, outcome("came", Resolution::Yes)]);
    assert_eq!(within.learned.len(), 1, "{within:?}");
}

#[test]
fn a_scheduled_day_after_other_chances_learns_nothing_from_the_total() {
    let learns = |when: &str| {
        let body = format!("[event.x]\nwhen = \"{when}\"\n{}", question("q", "holds = \"x by 2025-06-30\""));
        updated(&body, &[("q", Resolution::Yes)]).1.learned[0].means == Means::Conjugate
    };
    assert!(learns("6 of 20 on 2025-06-30"));
    assert!(learns("20% by 2025-03-01, 10 of 20 by 2025-06-30"));
    assert!(!learns("20% by 2025-03-01, 6 of 20 on 2025-06-30"));
}

#[test]
fn only_a_whole_number_is_a_count() {
    let body = format!("[event.n]\ncount = \"3 in 180 days, over 365 days\"\n{}", question("q", "value = \"n\""));
    for bad in [-4.0, 2.5] {
        let (_, update) = updated(&body, &[("q", Resolution::Value(bad))]);
        assert!(update.learned.is_empty() && !update.skipped.is_empty(), "{update:?}");
    }
}

#[test]
fn what_was_learned_already_is_said_to_be() {
    // The same answer, known since another day.
    let asked = question("q", "holds = \"deal\"");
    let text = format!("{HEAD}[event.deal]\nchance = \"7 of 21\"\nlearned_from = [\"q: yes (2025-06-01)\"]\n{asked}");
    let why = |update: &Update, name: &str| {
        let found = update.skipped.iter().find(|one| one.name == name);
        found.map_or_else(|| panic!("{update:?}"), |one| one.why.clone())
    };
    let update = learned(&text, &[("q", Resolution::Yes)], None);
    assert!(update.learned.is_empty() && why(&update, "deal").contains("says the same as"), "{update:?}");
    let update = learned(&text, &[("q", Resolution::No)], None);
    assert!(update.learned.is_empty() && why(&update, "deal").contains("put the prior back"), "{update:?}");
    // An effect of which nobody knows the cause.
    let events =
        "[event.x]\nchance = \"6 of 20\"\n[event.nor]\ncauses = { \"x\" = \"6 of 10\" }\nbackground = \"1 of 18\"\n";
    let (after, _) = updated(&format!("{events}{}", question("q", "holds = \"nor\"")), &[("q", Resolution::Yes)]);
    let again = learned(&after, &[("q", Resolution::Yes)], None);
    assert!(again.learned.is_empty() && why(&again, "nor").contains("already"), "{again:?}");
    // However large a number, it is named in short.
    assert_eq!([facts::short(1e300), facts::short(-38.5), facts::short(1e6)], ["1e300", "-38.5", "1000000"]);
}
