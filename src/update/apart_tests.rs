//! What was observed is weighed apart where it has nothing in common: what must be simulated keeps nothing else from being computed, and worlds need not
//! agree with what bears on other priors.

use super::tests::{HEAD, learned, question};
use super::weighed_tests::{agree, integrated, one};
use super::*;
use crate::dist::Beta;
use crate::math::{exp, ln_1p, normal};
use jiff::civil::date;

const ENVOY: &str = "[event.envoy]\nchance = \"8 of 16\"\n[event.deal]\nchance = [ { if = \"envoy\", is = \"6 of 20\" }, { otherwise = \"1 of 20\" } ]\n";

/// That nobody knows of the envoy leaves a mixture, done by hand.
fn envoy_learns_exactly(update: &Update) {
    let base_rate = |successes, trials| Beta::jeffreys(successes, trials).expect("a base rate");
    let (envoy, with, without) = (base_rate(8.0, 16.0), base_rate(6.0, 20.0), base_rate(1.0, 20.0));
    let (e, p, q) = (envoy.mean(), with.mean(), without.mean());
    agree(one(update, "envoy", "8 of 16"), integrated(&envoy, |e| e * p + (1.0 - e) * q), 1e-12);
    agree(one(update, "deal", "6 of 20"), integrated(&with, |p| e * p + (1.0 - e) * q), 1e-12);
    agree(one(update, "deal", "1 of 20"), integrated(&without, |q| e * p + (1.0 - e) * q), 1e-12);
}

/// Which of two dates comes first is simulated; the case that counted for one of them is known, so that what is known of that speaks of other priors only.
#[test]
fn what_must_be_simulated_keeps_nothing_else_from_being_computed() {
    let body = format!(
        "{ENVOY}[event.open]\nchance = [ {{ if = \"envoy\", is = \"60%\" }}, {{ otherwise = \"60%\" }} ]\n\
         [event.fast]\nwhen = [ {{ if = \"open\", is = \"10 of 20 by 2025-12-31\" }}, {{ otherwise = \"1 of 20 by 2025-12-31\" }} ]\nobserved = false\n\
         [event.slow]\nwhen = \"50% by 2025-12-31\"\nobserved = false\n[event.paper]\nwhen = \"6 of 20 by 2025-12-31\"\n{}{}{}",
        question("d", "holds = \"deal\""),
        question("o", "holds = \"open\""),
        question("q", "holds = \"fast before slow\"")
    );
    let known = [("d", Resolution::Yes), ("o", Resolution::Yes), ("q", Resolution::Yes)];
    let update = learned(&format!("{HEAD}{body}"), &known, Some(date(2025, 7, 1)));
    envoy_learns_exactly(&update);
    assert_eq!(one(&update, "paper", "6 of 20").means, Means::Exact, "{update:?}");
    let fast = one(&update, "fast", "10 of 20");
    assert_eq!(fast.means, Means::Simulated);
    // Two constant hazards f and s over one period: the first is first with f / (f + s) (1 - exp(-f - s)).
    let s = std::f64::consts::LN_2;
    let likelihood = |p: f64| {
        let f = -ln_1p(-p.min(1.0 - 1e-12));
        f / (f + s) * (1.0 - exp(-f - s))
    };
    let (mean, _) = integrated(&Beta::jeffreys(10.0, 20.0).expect("a base rate"), likelihood);
    // False alarm 1e-6 at 4.9 errors; a thousandth for the nodes.
    assert!((fast.mean_after - mean).abs() < 4.9 * fast.standard_error + 1e-3, "{fast:?} {mean}");
}

/// Three sums of two numbers, each found in one world of 44: all three are in one of 85,000.
#[test]
fn worlds_agree_with_what_bears_on_their_own_priors_alone() {
    use std::fmt::Write as _;
    let mut body = format!("{ENVOY}{}", question("d", "holds = \"deal\""));
    for at in 0..3 {
        let number = "value = \"normal(normal(0, 1), 1)\"";
        let _ = write!(
            body,
            "[event.x{at}]\n{number}\n[event.y{at}]\n{number}\n[event.s{at}]\nequals = \"x{at} + y{at}\"\n"
        );
        body.push_str(&question(&format!("s{at}"), &format!("holds = \"s{at} > 4\"")));
    }
    let yes = Resolution::Yes;
    let known = [("d", yes.clone()), ("s0", yes.clone()), ("s1", yes.clone()), ("s2", yes)];
    let update = learned(&format!("{HEAD}{body}"), &known, None);
    envoy_learns_exactly(&update);
    // The sum is normal with a standard deviation of 2, and each mean is correlated 1/2 with it: E[mean | sum > 4] = ½ φ(2) / (1 - Φ(2)).
    let mean = 0.5 * normal::density(2.0) / (1.0 - normal::cdf(2.0));
    for name in ["x0", "y0", "x1", "y1", "x2", "y2"] {
        let number = one(&update, name, "normal");
        assert_eq!(number.means, Means::Simulated);
        // False alarm 1e-6 at 4.9 errors; a thousandth for the nodes.
        assert!((number.mean_after - mean).abs() < 4.9 * number.standard_error + 1e-3, "{number:?} {mean}");
        // 4,500 of 200,000 worlds agree with one sum as they are drawn, and a proposal does better: 0.88 / √4500 is 0.013.
        assert!(number.standard_error < 0.02, "{number:?}");
    }
}

/// No world has a sum that large. What has nothing to do with it learns all the same.
#[test]
fn what_cannot_be_is_named_and_leaves_alone_what_it_does_not_bear_on() {
    let body = format!(
        "{ENVOY}[event.war]\nchance = \"6 of 20\"\n[event.price]\nvalue = [ {{ if = \"war\", is = \"uniform(1, 2)\" }}, {{ otherwise = \"uniform(0, 1)\" }} ]\n\
         [event.fee]\nvalue = \"uniform(0, 1)\"\n[event.cost]\nequals = \"price + fee\"\n{}{}",
        question("d", "holds = \"deal\""),
        question("c", "holds = \"cost > 5\"")
    );
    let update = learned(&format!("{HEAD}{body}"), &[("d", Resolution::Yes), ("c", Resolution::Yes)], None);
    envoy_learns_exactly(&update);
    assert!(update.learned.iter().all(|one| one.event != "war"), "{update:?}");
    assert!(update.skipped.iter().any(|one| one.name == "the outcomes together"), "{update:?}");
}
