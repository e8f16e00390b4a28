//! Members of a class whose members differ learn from all that bears on them, as they would by a prior of their own.

use super::tests::{HEAD, checked, exactly, learned, outcomes, question, rewritten};
use super::weighed_tests::one;
use super::*;
use crate::dist::{Beta, PartiallyPooled};
use crate::forecast::Moment;
use crate::math::{exp, ln_1p, powf};
use crate::model::Belief;
use jiff::civil::date;

/// A class that is nearly sure, of which a member goes by two cases.
const CLASS: &str = "[prior.k]\nchance = \"50 of 100\"\nworth = 2\n";

/// Its doubt.
fn class() -> Beta {
    Beta::jeffreys(50.0, 100.0).expect("a base rate")
}

const NEW: PartiallyPooled = PartiallyPooled { worth: 2.0, successes: 0.0, trials: 0.0 };

/// The mean and variance of a member by the integral over its class and itself; the class alone has these weights.
fn integrated(class: &Beta, law: PartiallyPooled, likelihood: impl Fn(f64) -> f64) -> (f64, f64) {
    let over = |of: &dyn Fn(f64) -> f64| {
        class.expectation(|m| law.given(m).map_or_else(|| of(law.mean_given(m)), |law| law.expectation(of)))
    };
    let evidence = over(&|p| likelihood(p));
    let mean = over(&|p| p * likelihood(p)) / evidence;
    (mean, over(&|p| (p - mean) * (p - mean) * likelihood(p)) / evidence)
}

/// The update by outcomes that were settled on days of their own.
fn on_days(text: &str, list: &[(&str, Resolution, Date)]) -> Update {
    let mut all = outcomes(&list.iter().map(|(name, answer, _)| (*name, answer.clone())).collect::<Vec<_>>());
    for (name, _, day) in list {
        all[*name].resolved_on = Moment::Day(*day);
    }
    let observed = Observed { outcomes: &all, until: None };
    update(&checked(text), &Source::new("test.toml", text), observed, &Settings::default())
}

/// What is written of an event.
fn written(text: &str, update: &Update, event: &str) -> Belief {
    let model = checked(&rewritten(text, update));
    let mut found = None;
    model.event(model.find(event).expect("an event")).visit_beliefs(&mut |belief| found = Some(belief.clone()));
    found.expect("it has a chance")
}

fn dated() -> String {
    let events = "[event.g]\nwhen = \"like k by 2025-12-31\"\n[event.h]\nwhen = \"like k by 2025-06-30\"\n";
    let asked = [("g", "when = \"g\""), ("early", "holds = \"g by 2025-03-31\""), ("h", "holds = \"h by 2025-09-30\"")];
    format!("{HEAD}{CLASS}{events}{}", asked.map(|(name, asks)| question(name, asks)).concat())
}

/// A child says of its parent, which nobody observed, that it came: by moments of Beta laws. What is written has that mean, and no more doubt than a record can
/// leave.
#[test]
fn a_child_speaks_of_the_member_itself() {
    let body = "[event.e]\nchance = \"like k\"\n[event.f]\nchance = [ { if = \"e\", is = \"95%\" }, { otherwise = \"5%\" } ]\n";
    let text = format!("{HEAD}{CLASS}{body}{}", question("f", "holds = \"f\""));
    let update = learned(&text, &[("f", Resolution::Yes)], None);
    let (expected, variance) = integrated(&class(), NEW, |p| 0.05 + 0.9 * p);
    // Of Beta(1, 1) alone 0.65.
    assert!((expected - 0.653).abs() < 1e-3, "{expected}");
    let e = one(&update, "e", "like k");
    assert_eq!(e.means, Means::Exact);
    assert!((e.mean_after - expected).abs() < 1e-9, "{e:?} {expected}");
    let belief = written(&text, &update, "e");
    let found = belief.prior.expect("a doubt").variance();
    assert!((belief.mean - expected).abs() < 2e-6, "{belief:?} {expected}");
    assert!(found < variance && found > 0.95 * variance, "{found} {variance}");
    // Once, and each remembers it.
    let after = rewritten(&text, &update);
    assert_eq!(after.matches("f: yes (2025-06-30)").count(), 2, "{after}");
    assert!(learned(&after, &[("f", Resolution::Yes)], None).learned.is_empty());
}

/// How likely an outcome is by the member's chance.
type Likelihood = Box<dyn Fn(f64) -> f64>;

/// Each by the integral over class and member; days of 2025, after the first.
#[test]
fn the_day_speaks_of_the_member_itself() {
    let text = dated();
    let out = |day: f64, of: f64| move |p: f64| powf(1.0 - p, day / of);
    let (year, half) = (364.0, 180.0);
    let march = date(2025, 3, 31);
    let cases: [(&str, Resolution, Date, Likelihood); 6] = [
        ("early", Resolution::Yes, march, Box::new(move |p| 1.0 - out(89.0, year)(p))),
        ("early", Resolution::No, march, Box::new(out(89.0, year))),
        ("g", Resolution::Date(date(2025, 12, 20)), date(2025, 12, 20), {
            Box::new(move |p| out(352.0, year)(p) - out(353.0, year)(p))
        }),
        ("g", Resolution::Date(date(2025, 1, 15)), date(2025, 1, 15), {
            Box::new(move |p| out(13.0, year)(p) - out(14.0, year)(p))
        }),
        ("h", Resolution::Yes, date(2025, 9, 30), Box::new(move |p| 1.0 - out(272.0, half)(p))),
        ("h", Resolution::No, date(2025, 9, 30), Box::new(out(272.0, half))),
    ];
    for (name, answer, day, likelihood) in cases {
        let event = if name == "h" { "h" } else { "g" };
        let update = on_days(&text, &[(name, answer.clone(), day)]);
        let found = one(&update, event, "like k");
        let (expected, variance) = integrated(&class(), NEW, likelihood);
        assert_eq!(found.means, Means::Exact, "{name} {answer:?}: {found:?}");
        // A ten-thousandth for the nodes.
        assert!((found.mean_after - expected).abs() < 1e-4, "{name} {answer:?}: {found:?} {expected}");
        let belief = written(&text, &update, event);
        assert!((belief.mean - found.mean_after).abs() < 2e-6, "{name} {answer:?}: {belief:?}");
        assert!(belief.prior.expect("a doubt").variance() < 1.001 * variance, "{name} {answer:?}: {belief:?}");
        assert_eq!(update.learned.len(), 2, "the class and the member: {update:?}");
    }
}

/// Nobody is the surer of a yes for looking before the deadline: in the mean over what may be seen, a chance is what it was.
#[test]
fn looking_early_moves_no_member_in_the_mean() {
    let text = dated();
    let yes = exactly(&checked(&text), "early");
    let after = |answer: Resolution| {
        let update = on_days(&text, &[("early", answer, date(2025, 3, 31))]);
        one(&update, "g", "like k").mean_after
    };
    let mean = yes * after(Resolution::Yes) + (1.0 - yes) * after(Resolution::No);
    assert!((mean - 0.5).abs() < 1e-4, "{mean}");
}

/// A whole case stays one, to the last digit.
#[test]
fn a_whole_case_is_conjugate() {
    let text = format!("{}{}", dated(), question("own", "holds = \"h by 2025-06-30\""));
    let update = on_days(&text, &[("own", Resolution::No, date(2025, 6, 30))]);
    let h = one(&update, "h", "like k");
    assert_eq!((h.means, h.after.as_str()), (Means::Conjugate, "like k, itself 0 of 1"));
}

/// Silence in two steps is silence at once, but for what is written of the first.
#[test]
fn silence_teaches_a_member_step_by_step() {
    let text = dated();
    let at_once = learned(&text, &[], Some(date(2025, 12, 1)));
    let june = rewritten(&text, &learned(&text, &[], Some(date(2025, 6, 1))));
    let later = learned(&june, &[], Some(date(2025, 12, 1)));
    for event in ["g", "h"] {
        let (one_step, two_steps) = (one(&at_once, event, "like k"), one(&later, event, "like k"));
        assert!((one_step.mean_after - two_steps.mean_after).abs() < 2e-3, "{one_step:?} {two_steps:?}");
    }
    let december = rewritten(&june, &later);
    assert!(learned(&december, &[], Some(date(2025, 12, 1))).learned.is_empty(), "{december}");
}

/// What a class has learned from, as files of before have it, a member may learn later: given the class as it stands, which has no more to learn.
#[test]
fn a_member_learns_what_its_class_knows_already() {
    let prior = "[prior.k]\nchance = \"beta(3, 2)\"\nworth = 4\n";
    let body = "[event.e]\nchance = \"like k\"\n[event.f]\nchance = [ { if = \"e\", is = \"95%\" }, { otherwise = \"5%\" } ]\n";
    let known = format!("{prior}learned_from = [\"f: yes (2025-06-30)\"]\n");
    let text = format!("{HEAD}{known}{body}{}", question("f", "holds = \"f\""));
    let update = learned(&text, &[("f", Resolution::Yes)], None);
    let [e] = update.learned.as_slice() else { panic!("{update:?}") };
    let law = PartiallyPooled { worth: 4.0, successes: 0.0, trials: 0.0 };
    let given = |m: f64, of: &dyn Fn(f64) -> f64| law.given(m).map_or_else(|| of(m), |law| law.expectation(of));
    let expected = Beta::new(3.0, 2.0)
        .expect("sound")
        .expectation(|m| given(m, &|p| p * (0.05 + 0.9 * p)) / given(m, &|p| 0.05 + 0.9 * p));
    assert!((e.mean_after - expected).abs() < 1e-6, "{e:?} {expected}");
    assert_eq!(e.by, ["f: yes (2025-06-30)"]);
}

/// Which of two dates came first is simulated; the member agrees with the integral.
#[test]
fn a_member_that_must_be_simulated_has_an_error() {
    let prior = "[prior.k]\nchance = \"10 of 20\"\nworth = 4\n";
    let body = "[event.fast]\nwhen = \"like k by 2025-12-31\"\nobserved = false\n[event.slow]\nwhen = \"50% by 2025-12-31\"\nobserved = false\n";
    let text = format!("{HEAD}{prior}{body}{}", question("q", "holds = \"fast before slow\""));
    let update = learned(&text, &[("q", Resolution::Yes)], None);
    let fast = one(&update, "fast", "like k");
    assert_eq!(fast.means, Means::Simulated);
    assert!(fast.standard_error > 0.0 && fast.standard_error < 5e-3, "{fast:?}");
    let slow = std::f64::consts::LN_2;
    let likelihood = |p: f64| {
        let fast = -ln_1p(-p.min(1.0 - 1e-15));
        if fast > 0.0 { fast / (fast + slow) * (1.0 - exp(-fast - slow)) } else { 0.0 }
    };
    let law = PartiallyPooled { worth: 4.0, successes: 0.0, trials: 0.0 };
    let (expected, _) = integrated(&Beta::jeffreys(10.0, 20.0).expect("a base rate"), law, likelihood);
    // False alarm 1e-6 at 4.9 errors; a thousandth for the nodes.
    assert!((fast.mean_after - expected).abs() < 4.9f64.mul_add(fast.standard_error, 1e-3), "{fast:?} {expected}");
}

/// What came of other members moves the class alone.
#[test]
fn others_say_nothing_of_how_a_member_differs() {
    let body = "[event.e]\nchance = \"like k, itself 1 of 3\"\n[event.f]\nchance = \"like k\"\n";
    let text = format!("{HEAD}{CLASS}{body}{}", question("f", "holds = \"f\""));
    let update = learned(&text, &[("f", Resolution::Yes)], None);
    assert!(update.learned.iter().map(|one| one.event.as_str()).eq(["prior k", "f"]), "{update:?}");
    assert!(rewritten(&text, &update).contains("like k, itself 1 of 3"));
}
