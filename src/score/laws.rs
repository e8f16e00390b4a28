//! Laws that every scoring rule of the list must keep.

use super::{Case, RULES, Score, ScoringRule, Takes, Unfit};
use crate::forecast::NamedDistribution;
use crate::math::powf;
use proptest::prelude::*;

/// Levels that every quantile rule takes.
const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// The expected score of a forecast when outcomes come with these chances.
fn expected(rule: &dyn ScoringRule, chances: &[f64], case: impl Fn(usize) -> Case) -> f64 {
    chances
        .iter()
        .enumerate()
        .filter(|(_, chance)| **chance > 0.0)
        .map(|(outcome, chance)| chance * rule.score(&case(outcome)).expect("the rule takes this kind").value)
        .sum()
}

/// The quantile of a distribution on 0, 1, 2 … with these chances: the least value whose cdf reaches the level.
fn quantile(chances: &[f64], level: f64) -> f64 {
    let mut below = 0.0;
    for (value, chance) in chances.iter().enumerate() {
        below += chance;
        if below >= level {
            return value as f64;
        }
    }
    (chances.len() - 1) as f64
}

/// The forecast of this kind that says what `said` says, and the outcome.
fn case(takes: Takes, said: &[f64], outcome: usize) -> Case {
    let values = || LEVELS.iter().map(|&level| quantile(said, level)).collect();
    match takes {
        Takes::Binary => Case::Binary { probability: said[1], happened: outcome == 1 },
        Takes::Categorical => Case::Classes { probabilities: said.to_vec(), outcome, ordered: false },
        Takes::Ordinal => Case::Classes { probabilities: said.to_vec(), outcome, ordered: true },
        Takes::Numeric => Case::Quantiles { levels: LEVELS.to_vec(), values: values(), outcome: outcome as f64 },
        Takes::Distribution => Case::Distribution { distribution: binomial(said), outcome: outcome as f64 },
        Takes::Date => {
            let last = said.len() - 1;
            let (never, came) = (said[last], outcome < last);
            Case::Days { levels: LEVELS.to_vec(), days: values(), outcome: outcome as f64, never, came }
        }
    }
}

/// The binomial distribution on 0, 1, 2 … of the mean of these chances, which are those of one; sure if they are.
fn binomial(chances: &[f64]) -> NamedDistribution {
    let arguments = if let Some(sure) = chances.iter().position(|chance| *chance == 1.0) {
        [sure as f64, 1.0]
    } else {
        let trials = (chances.len() - 1) as f64;
        [trials, chances.iter().enumerate().map(|(at, chance)| at as f64 * chance).sum::<f64>() / trials]
    };
    NamedDistribution::new("binomial", &arguments).expect("a count of trials and a chance")
}

/// Chances that sum to 1; for a binary question of two answers, for a distribution by name those of a binomial one.
fn chances(weights: &[u32], takes: Takes) -> Vec<f64> {
    if takes == Takes::Distribution {
        let (trials, p) = (weights.len() - 1, f64::from(weights[0]) / f64::from(weights[0] + weights[1]));
        return (0..=trials)
            .map(|k| {
                let ways = (0..k).fold(1.0, |ways, at| ways * (trials - at) as f64 / (at + 1) as f64);
                ways * powf(p, k as f64) * powf(1.0 - p, (trials - k) as f64)
            })
            .collect();
    }
    let kept = if takes == Takes::Binary { 2 } else { weights.len() };
    let total: u32 = weights[..kept].iter().sum();
    weights[..kept].iter().map(|weight| f64::from(*weight) / f64::from(total)).collect()
}

proptest! {
    #[test]
    fn no_score_leaves_its_bounds(said in prop::collection::vec(0u32..1000, 5), outcome in 0usize..5) {
        for rule in RULES {
            let Some(bound) = rule.bound() else { continue };
            for &takes in rule.takes() {
                let kept = if takes == Takes::Binary { 2 } else { said.len() };
                prop_assume!(said[..kept].iter().any(|weight| *weight > 0));
                let case = case(takes, &chances(&said, takes), outcome % kept);
                let score = rule.score(&case).expect("the rule takes this kind").value;
                prop_assert!((0.0..=bound + 1e-12).contains(&score), "{} {score}", rule.id());
            }
        }
    }

    #[test]
    fn every_rule_is_proper(
        truth in prop::collection::vec(1u32..1000, 5),
        said in prop::collection::vec(1u32..1000, 5),
    ) {
        for rule in RULES {
            for &takes in rule.takes() {
                let truth = chances(&truth, takes);
                let said = chances(&said, takes);
                let honest = expected(*rule, &truth, |outcome| case(takes, &truth, outcome));
                let other = expected(*rule, &truth, |outcome| case(takes, &said, outcome));
                prop_assert!(honest <= other + 1e-12, "{} of {takes:?}: {honest} against {other}", rule.id());
            }
        }
    }
}

#[test]
fn every_rule_gives_its_best_score_to_a_forecast_that_was_sure_and_right() {
    for rule in RULES {
        for &takes in rule.takes() {
            let sure = if takes == Takes::Binary { vec![0.0, 1.0] } else { vec![0.0, 1.0, 0.0, 0.0] };
            let score = match rule.score(&case(takes, &sure, 1)) {
                // Moments without spread have no score.
                Err(Unfit::NoMoments) => continue,
                score => score.expect("the rule takes this kind"),
            };
            assert_eq!(score.value, 0.0, "{} of {takes:?}", rule.id());
        }
    }
}

#[test]
fn every_score_is_finite_even_for_a_forecast_that_was_sure_and_wrong() {
    for rule in RULES {
        for &takes in rule.takes() {
            // The last of the days is never.
            let sure = match takes {
                Takes::Binary => vec![1.0, 0.0],
                Takes::Date => vec![0.0, 0.0, 0.0, 1.0],
                _ => vec![1.0, 0.0, 0.0, 0.0],
            };
            let score = match rule.score(&case(takes, &sure, 1)) {
                Err(Unfit::NoMoments) => continue,
                score => score.expect("the rule takes this kind"),
            };
            assert!(score.value.is_finite() && score.value > 0.0, "{} of {takes:?}", rule.id());
        }
    }
}

#[test]
fn scores_of_a_column_have_the_bits_of_scores_one_by_one() {
    let mut probabilities = vec![0.0, 1.0, 0.5, 1e-8, 1e-6, 1.0 - 1e-6, 1.0 - 1e-9, 5e-324, f64::MIN_POSITIVE];
    probabilities.extend((0..200).map(|at| f64::from(at) / 199.0));
    let twice: Vec<f64> = probabilities.iter().chain(&probabilities).copied().collect();
    let happened: Vec<bool> = (0..twice.len()).map(|at| at < probabilities.len()).collect();
    for rule in RULES {
        let each = rule.score_each(&twice, &happened);
        assert_eq!(each.is_ok(), rule.takes().contains(&Takes::Binary), "{}", rule.id());
        let Ok(each) = each else { continue };
        assert_eq!(each.len(), twice.len());
        for ((probability, yes), score) in twice.iter().zip(&happened).zip(&each) {
            let one = rule.score(&Case::Binary { probability: *probability, happened: *yes });
            let one = one.expect("it takes yes/no forecasts");
            let bits = |score: &Score| (score.value.to_bits(), score.floor);
            assert_eq!(bits(score), bits(&one), "{} of {probability} and {yes}", rule.id());
        }
    }
}

#[test]
fn every_rule_refuses_the_kinds_it_does_not_take() {
    let every = [Takes::Binary, Takes::Categorical, Takes::Ordinal, Takes::Numeric, Takes::Distribution, Takes::Date];
    for rule in RULES {
        for takes in every.into_iter().filter(|takes| !rule.takes().contains(takes)) {
            assert!(rule.score(&case(takes, &[0.5, 0.5], 1)).is_err(), "{} of {takes:?}", rule.id());
        }
    }
}

#[test]
fn ids_are_unique() {
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
}
