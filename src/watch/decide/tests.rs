//! Backward induction against going through every policy.

use super::Payoffs;
use crate::math::SplitMix;

/// The best of all policies, one after the other: a policy is an option for every history of every decision.
fn by_enumeration(payoffs: &Payoffs) -> f64 {
    // Two decisions. The first depends on what it learned, the second on both things learned; what the first chose follows.
    let [first, second] = [payoffs.options[0], payoffs.options[1]];
    let [early, late] = [payoffs.learned[0], payoffs.learned[1]];
    let policies = first.pow(early as u32) * second.pow((early * late) as u32);
    let mut best = f64::NEG_INFINITY;
    for policy in 0..policies {
        let (mut rest, mut value) = (policy, 0.0);
        let firsts: Vec<usize> = (0..early)
            .map(|_| {
                let option = rest % first;
                rest /= first;
                option
            })
            .collect();
        for (learned, option) in firsts.iter().enumerate() {
            for later in 0..late {
                let then = rest % second;
                rest /= second;
                let choice = option * second + then;
                value += payoffs.worth[choice * payoffs.patterns() + learned * late + later];
            }
        }
        best = best.max(value);
    }
    best
}

#[test]
fn backward_induction_finds_what_going_through_all_policies_finds() {
    let mut random = SplitMix::new(5);
    for _ in 0..200 {
        let mut payoffs = Payoffs::empty(vec![2, 3], vec![2, 2]);
        for cell in &mut payoffs.worth {
            *cell = random.unit() - 0.5;
        }
        payoffs.chance.fill(0.25);
        let solution = payoffs.solve();
        let expected = by_enumeration(&payoffs);
        assert!((solution.value - expected).abs() < 1e-12, "{} for {expected}", solution.value);
        assert!((payoffs.judged_by(&payoffs) - expected).abs() < 1e-12);
        // Two histories of the first decision, four of the second.
        assert_eq!(solution.rules.iter().map(Vec::len).collect::<Vec<_>>(), [2, 4]);
        // Less is known, less is gained.
        assert!(payoffs.uninformed().solve().value <= solution.value + 1e-12);
    }
}

#[test]
fn choices_are_numbered_with_the_last_decision_fastest() {
    let payoffs = Payoffs::empty(vec![2, 3], vec![1, 1]);
    assert_eq!((payoffs.choices(), payoffs.choice(0), payoffs.choice(5)), (6, vec![0, 0], vec![1, 2]));
    assert_eq!(payoffs.choice(4), [1, 1]);
}

#[test]
fn a_policy_judged_elsewhere_is_worth_no_more_than_the_best_there() {
    let mut random = SplitMix::new(9);
    let mut drawn = || {
        let mut payoffs = Payoffs::empty(vec![3, 2], vec![2, 3]);
        payoffs.worth.iter_mut().for_each(|cell| *cell = random.unit());
        payoffs
    };
    for _ in 0..100 {
        let (here, there) = (drawn(), drawn());
        assert!(here.judged_by(&there) <= there.solve().value + 1e-12);
    }
}
