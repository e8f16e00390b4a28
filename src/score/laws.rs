//! Laws that every scoring rule of the lists must keep, of a family that takes an argument its example.

use super::{Case, ProperFor, RULE_FAMILIES, RULES, Score, ScoringRule, Takes, Unfit, find_rule, rule};
use crate::forecast::NamedDistribution;
use crate::math::powf;
use proptest::prelude::*;

/// Levels that every quantile rule takes.
const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A forecast by draws is so many of them.
const DRAWS: usize = 20;

/// So many draws are drawn at random where that is what a rule is fair to.
const DRAWN: u32 = 3;

/// Every rule, and of each family one.
fn every_rule() -> Vec<&'static dyn ScoringRule> {
    let of_families = RULE_FAMILIES.iter().map(|family| find_rule(family.example()).expect("it is a member"));
    RULES.iter().copied().chain(of_families).collect()
}

/// The expected score of a forecast when outcomes come with these chances; infinite where one comes that the forecast calls impossible, `None` where it has
/// no spread and the rule needs some.
fn expected(rule: &dyn ScoringRule, chances: &[f64], case: impl Fn(usize) -> Case) -> Option<f64> {
    let mut sum = 0.0;
    for (outcome, chance) in chances.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
        sum += chance
            * match rule.score(&case(outcome)) {
                Err(Unfit::NoMoments) => return None,
                Err(Unfit::NoChance) => f64::INFINITY,
                score => score.expect("the rule takes this kind").value,
            };
    }
    Some(sum)
}

/// The expected score of draws from what is said, over all that may be drawn and over outcomes that come with these chances.
fn expected_of_drawn(rule: &dyn ScoringRule, chances: &[f64], said: &[f64]) -> f64 {
    let values = said.len();
    (0..values.pow(DRAWN))
        .map(|drawn| {
            let mut draws: Vec<usize> = (0..DRAWN).map(|at| drawn / values.pow(at) % values).collect();
            draws.sort_unstable();
            let chance: f64 = draws.iter().map(|draw| said[*draw]).product();
            let draws: Vec<f64> = draws.into_iter().map(|draw| draw as f64).collect();
            chance * expected(rule, chances, |outcome| of_draws(draws.clone(), outcome as f64)).expect("it has a score")
        })
        .sum()
}

/// These draws, in order, and the outcome.
fn of_draws(values: Vec<f64>, outcome: f64) -> Case {
    let count = values.len() as f64;
    let levels = (0..values.len()).map(|at| (at as f64 + 0.5) / count).collect();
    Case::Quantiles { levels, values, outcome }
}

/// As many draws as stand for a distribution on 0, 1, 2 … with these chances.
fn draws_of(said: &[f64]) -> Vec<f64> {
    (0..DRAWS).map(|at| quantile(said, (at as f64 + 0.5) / DRAWS as f64)).collect()
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
        Takes::Draws => of_draws(draws_of(said), outcome as f64),
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

/// Chances that sum to 1; for a binary question of two answers, for a distribution by name those of a binomial one, for draws those that they have.
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
    let chances: Vec<f64> = weights[..kept].iter().map(|weight| f64::from(*weight) / f64::from(total)).collect();
    if takes == Takes::Draws {
        let draws = draws_of(&chances);
        let share = |value: usize| draws.iter().filter(|draw| **draw == value as f64).count() as f64 / DRAWS as f64;
        return (0..kept).map(share).collect();
    }
    chances
}

proptest! {
    #[test]
    fn no_score_leaves_its_bounds(said in prop::collection::vec(0u32..1000, 5), outcome in 0usize..5) {
        for rule in every_rule() {
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
        for rule in every_rule() {
            if rule.proper_for() == ProperFor::Neither {
                continue;
            }
            for &takes in rule.takes() {
                let (honest, other) = if takes == Takes::Draws && rule.proper_for() == ProperFor::Sampled {
                    let (truth, said) = (chances(&truth, Takes::Numeric), chances(&said, Takes::Numeric));
                    (expected_of_drawn(rule, &truth, &truth), expected_of_drawn(rule, &truth, &said))
                } else {
                    let (truth, said) = (chances(&truth, takes), chances(&said, takes));
                    let score = |of: &[f64]| expected(rule, &truth, |outcome| case(takes, of, outcome));
                    let Some(both) = score(&truth).zip(score(&said)) else { continue };
                    both
                };
                prop_assert!(honest <= other + 1e-12, "{} of {takes:?}: {honest} against {other}", rule.id());
            }
        }
    }
}

#[test]
fn every_rule_gives_its_best_score_to_a_forecast_that_was_sure_and_right() {
    for rule in every_rule() {
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
    for rule in every_rule() {
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
    for rule in every_rule() {
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
    let every = [
        Takes::Binary,
        Takes::Categorical,
        Takes::Ordinal,
        Takes::Numeric,
        Takes::Draws,
        Takes::Distribution,
        Takes::Date,
    ];
    for rule in every_rule() {
        // Draws are quantiles to a rule that takes these.
        let is_taken = |of: Takes| {
            let takes = rule.takes();
            takes.contains(&of) || (of == Takes::Draws && takes.contains(&Takes::Numeric))
        };
        for takes in every.into_iter().filter(|of| !is_taken(*of)) {
            assert!(rule.score(&case(takes, &[0.5, 0.5], 1)).is_err(), "{} of {takes:?}", rule.id());
        }
    }
}

#[test]
fn ids_are_unique() {
    let of_families = RULE_FAMILIES.iter().map(|family| family.id());
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id()).chain(of_families).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len() + RULE_FAMILIES.len());
}

#[test]
fn what_is_not_proper_is_known() {
    let improper = every_rule().into_iter().filter(|rule| rule.proper_for() == ProperFor::Neither);
    assert_eq!(improper.map(ScoringRule::id).collect::<Vec<_>>(), ["crps_resized:50"]);
}

#[test]
fn of_few_draws_only_a_fair_score_is_best_for_those_of_the_truth() {
    // Of an event of 30 %, outcomes of 0 and 1. The CRPS of the draws as they stand is less for draws from a chance that is nearer to 0.
    let (truth, nearer) = ([0.7, 0.3], [0.8, 0.2]);
    let gain = |id: &str| {
        let rule = rule(id).expect("it is on the list");
        expected_of_drawn(rule, &truth, &truth) - expected_of_drawn(rule, &truth, &nearer)
    };
    assert!(gain("crps") > 0.006 && gain("crps_resized:2") > 0.014, "{} {}", gain("crps"), gain("crps_resized:2"));
    // It is the Brier score, whose cost of 10 points is their square.
    assert!((gain("crps_fair") + 0.01).abs() < 1e-14, "{}", gain("crps_fair"));
}

#[test]
fn as_of_more_draws_it_is_what_these_score_on_average() {
    // Three draws resized to six, against all that six draws may be, of three values.
    let (truth, said) = ([0.2, 0.5, 0.3], [0.4, 0.4, 0.2]);
    let resized = expected_of_drawn(rule("crps_resized:6").expect("a member"), &truth, &said);
    let six: f64 = (0..729_usize)
        .map(|drawn| {
            let mut draws: Vec<usize> = (0..6_u32).map(|at| drawn / 3_usize.pow(at) % 3).collect();
            draws.sort_unstable();
            let chance: f64 = draws.iter().map(|draw| said[*draw]).product();
            let draws: Vec<f64> = draws.into_iter().map(|draw| draw as f64).collect();
            let plain = rule("crps").expect("it is on the list");
            chance * expected(plain, &truth, |outcome| of_draws(draws.clone(), outcome as f64)).expect("a score")
        })
        .sum();
    assert!((resized - six).abs() < 1e-13, "{resized} against {six}");
}
