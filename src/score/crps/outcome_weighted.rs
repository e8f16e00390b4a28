//! The CRPS given that the outcome lies in an interval, as rules for records.

use super::of_law::crps_of_law;
use super::piecewise::crps_of_points;
use super::quantiles::crps_quantiles_by_width;
use super::weighted::crps_ensemble_outcome_weighted;
use crate::dist::Distribution;
use crate::forecast::{Interval, NamedDistribution};
use crate::score::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};
use crate::score::rule_family::{RuleFamily, kept};

/// The outcome-weighted CRPS by the interval that matters, its ends included.
#[derive(Debug)]
pub(in crate::score) struct OutcomeWeighted;

impl RuleFamily for OutcomeWeighted {
    fn id(&self) -> &'static str {
        "crps_outcome"
    }
    fn form(&self) -> &'static str {
        "crps_outcome:LOW..HIGH"
    }
    fn name(&self) -> &'static str {
        "continuous ranked probability score given that the number lies in the interval, 0 where it does not, of draws and distributions"
    }
    fn example(&self) -> &'static str {
        "crps_outcome:0..2"
    }
    fn member(&self, argument: &str) -> Result<&'static dyn ScoringRule, String> {
        let interval: Interval = argument
            .parse()
            .map_err(|problem| format!("{problem}; write `{}`, such as `{}`", self.form(), self.example()))?;
        let name = || {
            format!("continuous ranked probability score given that the number lies in {interval}, 0 where it does not")
        };
        let logged = interval.on_log_scale();
        Ok(kept(format!("{}:{interval}", self.id()), name, |id, name| {
            let on_log_scale = Some(Box::new(Given { id, name, interval: logged, on_log_scale: None }));
            Box::new(Given { id, name, interval, on_log_scale })
        }))
    }
}

/// The score given that the number lies in an interval.
///
/// ```text
/// owCRPS = 1{y in I} CRPS(F given I, y)
/// ```
///
/// Proper, but blind to the chance that the forecast gives to the interval.
///
/// Holzmann and Klar (2017), Ann. Appl. Stat. 11, 2404–2431.
#[derive(Debug)]
struct Given {
    id: &'static str,
    name: &'static str,
    interval: Interval,
    /// The same for numbers on the log scale, if these are not.
    on_log_scale: Option<Box<Self>>,
}

impl ScoringRule for Given {
    fn id(&self) -> &'static str {
        self.id
    }
    fn name(&self) -> &'static str {
        self.name
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Draws, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn on_log_scale(&self) -> Option<&dyn ScoringRule> {
        let logged: &dyn ScoringRule = self.on_log_scale.as_deref()?;
        Some(logged)
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let given = |number: f64| f64::from(u8::from(self.interval.holds(number)));
        match case {
            Case::Distribution { outcome, .. } if !self.interval.holds(*outcome) => Ok(Score::from(0.0)),
            Case::Distribution { distribution, outcome } => self.of_distribution(distribution, *outcome),
            _ => {
                let (draws, outcome) = case.draws().ok_or(case.unfit_for_draws())?;
                let score = crps_ensemble_outcome_weighted(draws, outcome, given);
                score.map(Score::from).ok_or(Unfit::NoChance)
            }
        }
    }
}

impl Given {
    /// Of a number in the interval. A law without a CRPS to be had otherwise has that of its quantiles.
    fn of_distribution(&self, distribution: &NamedDistribution, outcome: f64) -> Result<Score, Unfit> {
        let score = if let Some(points) = distribution.points() {
            let given = points_given(points, self.interval, |x| distribution.law().cdf(x)).ok_or(Unfit::NoChance)?;
            crps_of_points(&given, outcome)
        } else {
            let law = distribution.given(self.interval).ok_or(Unfit::NoChance)?;
            crps_of_law(&law, outcome).or_else(|| {
                let levels = NamedDistribution::even_levels();
                let values: Vec<f64> = levels.iter().map(|level| law.quantile(*level)).collect();
                crps_quantiles_by_width(levels, &values, outcome)
            })
        };
        score.map(Score::from).ok_or(Unfit::Kind)
    }
}

/// The points of a cdf given that the number lies in an interval; `None` where that has no chance.
fn points_given(points: &[(f64, f64)], given: Interval, cdf: impl Fn(f64) -> f64) -> Option<Vec<(f64, f64)>> {
    let (first, last) = (points.first()?.0, points.last()?.0);
    let (from, to) = (given.lower().max(first), given.upper().min(last));
    if from > to {
        return None;
    }
    // What sits at the first point belongs to it, and so does what sits at the last.
    let below = if given.lower() > first { cdf(from.next_down()) } else { 0.0 };
    let chance = cdf(to) - below;
    let inside = points.iter().filter(|(place, _)| from < *place && *place < to);
    let up_to_last = if to == last { points.last()?.1 } else { cdf(to) };
    let ends = (from < to).then_some((to, up_to_last));
    let level = |up_to: f64| ((up_to - below) / chance).clamp(0.0, 1.0);
    let all = [(from, cdf(from))].into_iter().chain(inside.copied()).chain(ends);
    (chance > 0.0).then(|| all.map(|(place, up_to)| (place, level(up_to))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{exp_m1, ln_1p, normal};
    use crate::score::crps::{crps_ensemble, crps_truncated_normal, crps_uniform, definition};

    fn score(rule: &str, distribution: &str, outcome: f64) -> Result<f64, Unfit> {
        let distribution = distribution.parse().expect("a distribution");
        let rule = OutcomeWeighted.member(rule).expect("an interval");
        rule.score(&Case::Distribution { distribution, outcome }).map(|score| score.value)
    }

    fn agrees(found: Result<f64, Unfit>, known: Option<f64>) {
        let (found, known) = (found.expect("a chance"), known.expect("in range"));
        assert!((found - known).abs() < 1e-12, "{found} for {known}");
    }

    #[test]
    fn of_a_law_it_is_the_score_of_the_law_cut_to_the_interval() {
        for (text, lower, upper) in
            [("-1..2", -1.0, 2.0), ("2..", 2.0, f64::INFINITY), ("..-4", f64::NEG_INFINITY, -4.0)]
        {
            for outcome in [-9.0, -4.0, -1.0, 0.3, 2.0, 7.0] {
                let found = score(text, "normal(1, 2)", outcome);
                let is_inside = (lower..=upper).contains(&outcome);
                let known = crps_truncated_normal(outcome, 1.0, 2.0, lower, upper);
                agrees(found, if is_inside { known } else { Some(0.0) });
            }
        }
        // A binomial law of two tosses given one or two: two in three, and one in three.
        agrees(score("1..", "binomial(2, 0.5)", 1.0), Some(1.0 / 9.0));
        // Of too many counts to be summed: near to the law that is as wide and runs through them.
        let found = score("1e12..", "poisson(1e12)", 1e12).expect("half the chance");
        let known = crps_truncated_normal(1e12, 1e12, 1e6, 1e12, f64::INFINITY).expect("in range");
        assert!((found / known - 1.0).abs() < 1e-2, "{found} for {known}");
        assert_eq!(score("90..", "normal(1, 2)", 95.0), Err(Unfit::NoChance));
        assert_eq!(score("90..", "normal(1, 2)", 5.0), Ok(0.0));
    }

    #[test]
    fn of_a_cdf_at_points_it_is_that_of_what_lies_between() {
        let rain = "cdf(0, 0.2, 4, 0.6, 10, 0.9)";
        // Between two of its points it is uniform.
        agrees(score("1..3", rain, 2.5), crps_uniform(2.5, 1.0, 3.0));
        // Up to 4: a third of it sits at 0, the rest is uniform from there.
        agrees(score("-1..4", rain, 0.0), crps_of_points(&[(0.0, 1.0 / 3.0), (4.0, 1.0)], 0.0));
        agrees(score("0..4", rain, 3.0), crps_of_points(&[(0.0, 1.0 / 3.0), (4.0, 1.0)], 3.0));
        // From 7: 3/20 run to 10, where 2/20 sit.
        agrees(score("7..", rain, 8.0), crps_of_points(&[(7.0, 0.0), (10.0, 0.6)], 8.0));
        // From the last point on there is what sits there.
        agrees(score("10..", rain, 12.0), Some(2.0));
        assert_eq!(score("11..", rain, 12.0), Err(Unfit::NoChance));
    }

    #[test]
    fn of_draws_it_is_that_of_those_in_the_interval() {
        let of = |text: &str, outcome: f64| {
            let (levels, values) = (vec![0.125, 0.375, 0.625, 0.875], vec![0.0, 1.0, 2.0, 5.0]);
            let rule = OutcomeWeighted.member(text).expect("an interval");
            rule.score(&Case::Quantiles { levels, values, outcome }).map(|score| score.value)
        };
        // Of 1 and 2: half a unit from the middle, less a quarter.
        assert_eq!((of("1..2", 1.5), of("1..2", 3.0), of("3..4", 3.5)), (Ok(0.25), Ok(0.0), Err(Unfit::NoChance)));
        let quartiles = Case::Quantiles { levels: vec![0.25, 0.5, 0.75], values: vec![0.0, 1.0, 2.0], outcome: 1.0 };
        assert_eq!(OutcomeWeighted.member("0..").expect("an interval").score(&quartiles), Err(Unfit::NoDraws));
    }

    #[test]
    fn on_the_log_scale_the_ends_are_those_of_the_numbers_as_they_stand() {
        let rule = OutcomeWeighted.member("4..").expect("an interval");
        let logged = rule.on_log_scale().expect("it takes numbers");
        assert_eq!((logged.id(), logged.name()), ("crps_outcome:4..", rule.name()));
        assert!(logged.on_log_scale().is_none());
        let (levels, values) = (vec![0.1, 0.3, 0.5, 0.7, 0.9], [0.0, 3.0, 4.0, 9.0, 20.0].map(ln_1p).to_vec());
        let case = Case::Quantiles { levels, values, outcome: ln_1p(7.0) };
        let known = crps_ensemble(&[4.0, 9.0, 20.0].map(ln_1p), ln_1p(7.0)).expect("three draws");
        let found = logged.score(&case).expect("a chance").value;
        assert!((found - known).abs() < 1e-15, "{found} for {known}");
    }

    #[test]
    fn a_distribution_is_one_on_the_log_scale_too() {
        let of = |rule: &str, text: &str, outcome: f64| {
            let rule = OutcomeWeighted.member(rule).expect("an interval");
            let distribution = text.parse::<NamedDistribution>().expect("a distribution").on_log_scale();
            let case = Case::Distribution { distribution, outcome: ln_1p(outcome) };
            rule.on_log_scale().expect("it takes numbers").score(&case).map(|score| score.value)
        };
        // Of a normal law from 4 on, by the definition; the interval is far beyond the 399 levels in the second.
        for (low, mean, sd, outcome) in [(4.0, 6.0, 4.0, 7.0), (30.0, 10.0, 4.0, 33.0)] {
            let found = of(&format!("{low}.."), &format!("normal({mean}, {sd})"), outcome);
            let survival = |x: f64| normal::cdf((mean - x) / sd);
            let given = |y: f64| 1.0 - survival(exp_m1(y)) / survival(low);
            let range = (ln_1p(low), ln_1p(mean + 12.0 * sd));
            definition::agrees(found.ok(), given, ln_1p(outcome), &[], range);
        }
        // Of two tosses given one or two: two in three, and one in three, a step of ln 3/2 apart.
        agrees(of("1..", "binomial(2, 0.5)", 1.0), Some(1.5_f64.ln() / 9.0));
        // Of a cdf that is straight between 0 and 4: uniform from 1 to 3.
        let uniform = |y: f64| (0.5 * (exp_m1(y) - 1.0)).clamp(0.0, 1.0);
        let range = (ln_1p(1.0), ln_1p(3.0));
        definition::agrees(of("1..3", "cdf(0, 0.2, 4, 0.6)", 2.5).ok(), uniform, ln_1p(2.5), &[], range);
        assert_eq!(of("90..", "normal(1, 2)", 95.0), Err(Unfit::NoChance));
        // What lies below 0 counts as 0, where half of the law sits.
        agrees(of("..0", "normal(0, 1)", 0.0), Some(0.0));
    }

    #[test]
    fn a_distribution_at_the_ends_is_one_for_every_rule_that_takes_them() {
        for (text, ends, outcome, known) in [
            ("normal(20, 5)", "990..", 990.0, 0.0),
            ("normal(20, 5)", "990..", 1000.0, 10.0),
            ("poisson(50)", "1000..1150", 1100.0, 100.0),
            ("cdf(0, 0.5)", "5..", 7.0, 2.0),
        ] {
            let ends: Interval = ends.parse().expect("an interval");
            let distribution = text.parse::<NamedDistribution>().expect("a distribution").held_between(ends);
            for (distribution, scale) in [(distribution.clone(), false), (distribution.on_log_scale(), true)] {
                let on = |number: f64| if scale { ln_1p(number) } else { number };
                let case = Case::Distribution { distribution, outcome: on(outcome) };
                let known = if scale { (ln_1p(outcome) - ln_1p(outcome - known)).abs() } else { known };
                for id in ["crps", "crps_fair", "crps_outcome:1.."] {
                    let rule = crate::score::rule(id).expect("a rule");
                    let rule = if scale { rule.on_log_scale().unwrap_or(rule) } else { rule };
                    let found = rule.score(&case).expect("it takes distributions").value;
                    assert!((found - known).abs() < 1e-9 * (1.0 + known), "{id} of {text}: {found} for {known}");
                }
            }
        }
    }
}
