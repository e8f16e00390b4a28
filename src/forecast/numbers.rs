//! A distribution of a number in any of its forms – quantiles, a cdf, draws, a family by name – as the quantiles that a forecast holds.

use super::tidy::parse_number;
use super::{Forecast, number_text};
use crate::dist;

/// How far a cdf may fall and still be taken as rounded.
const ROUNDING: f64 = 1e-3;

/// Levels that a distribution by name is held at: all multiples of a four-hundredth between 0 and 1, among which are 1 %, 2.5 %, 5 %, …, 97.5 % and 99 %.
const PARTS: u32 = 400;

/// Quantiles in any order.
pub(super) fn quantiles(mut pairs: Vec<(f64, f64)>) -> Result<Forecast, String> {
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (levels, values) = pairs.into_iter().unzip();
    let forecast = Forecast::Quantiles { levels, values };
    forecast.check().map(|()| forecast)
}

/// A cdf, as its values at rising places: each is the quantile of the level that the cdf has reached there. Levels of 0 and 1 say nothing of a quantile,
/// and where the cdf stays level the first place counts.
pub(super) fn cdf(mut points: Vec<(f64, f64)>) -> Result<Forecast, String> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pairs: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    let mut reached = 0.0;
    for (at, (place, level)) in points.iter().copied().enumerate() {
        if at > 0 && points[at - 1].0 == place {
            return Err(format!("the cdf has two values at {}", number_text(place)));
        }
        if level < reached - ROUNDING {
            return Err(format!("the cdf falls at {}, from {reached} to {level}", number_text(place)));
        }
        if level > reached && level < 1.0 {
            pairs.push((level, place));
        }
        reached = level.max(reached);
    }
    if pairs.is_empty() {
        return Err("the cdf has no value between 0 and 1".to_owned());
    }
    quantiles(pairs)
}

/// Draws in any order as quantiles: the i-th of n in order at the level `(i - 1/2)/n`.
///
/// Twice the mean pinball loss of these quantiles is the CRPS of the draws' empirical distribution, exactly.
pub(super) fn draws(mut values: Vec<f64>) -> Result<Forecast, String> {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    quantiles(values.into_iter().enumerate().map(|(at, value)| ((at as f64 + 0.5) / count, value)).collect())
}

/// A distribution by its name, such as `normal(10, 2)`: its quantiles at the levels `k/400`.
///
/// By them its CRPS is within about a ten-thousandth of its spread from the closed form for an outcome that it expects, within a few thousandths for one
/// far out in a tail or for a count.
pub(super) fn distribution(text: &str) -> Result<Forecast, String> {
    let bad = || format!("`{text}` is not a distribution such as `normal(10, 2)`");
    let (name, rest) = text.split_once('(').ok_or_else(bad)?;
    let inner = rest.trim_end().strip_suffix(')').ok_or_else(bad)?;
    let arguments: Vec<f64> = inner
        .split(',')
        .map(parse_number)
        .collect::<Result<_, _>>()
        .map_err(|problem| format!("the distribution `{text}`: {problem}"))?;
    let family = dist::family(&name.trim().to_lowercase(), &arguments).map_err(|problem| {
        let help = problem.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
        format!("the distribution `{text}`: {problem}{help}")
    })?;
    let at = |part: u32| f64::from(part) / f64::from(PARTS);
    quantiles((1..PARTS).map(|part| (at(part), family.quantile(at(part)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::{crps_exponential, crps_normal, crps_poisson};
    use crate::score::{Case, rule};

    fn crps_of(text: &str, outcome: f64) -> f64 {
        let Ok(Forecast::Quantiles { levels, values }) = distribution(text) else { panic!("{text} is one") };
        let crps = rule("crps").expect("it is on the list");
        crps.score(&Case::Quantiles { levels, values, outcome }).expect("it takes quantiles").value
    }

    #[test]
    fn a_distribution_by_name_scores_as_its_closed_form() {
        for y in [-0.5, 0.0, 0.3, 2.0] {
            let closed = crps_normal(y, 0.2, 0.8).expect("the parameters are sound");
            assert!((crps_of("normal(0.2, 0.8)", y) - closed).abs() < 5e-5, "{y}");
        }
        let closed = crps_exponential(1.0, 2.0).expect("the parameters are sound");
        assert!((crps_of("exponential(2)", 1.0) - closed).abs() < 5e-4);
        for y in [0.0, 2.0, 4.0] {
            let closed = crps_poisson(y, 2.7).expect("the parameters are sound");
            assert!((crps_of("Poisson( 2.7 )", y) - closed).abs() < 4e-3, "{y}");
        }
    }

    #[test]
    fn a_distribution_by_name_has_the_levels_of_hubs() {
        let Ok(Forecast::Quantiles { levels, values }) = distribution("uniform(0, 10)") else { panic!("it is one") };
        for (level, value) in [(0.01, 0.1), (0.025, 0.25), (0.05, 0.5), (0.5, 5.0), (0.95, 9.5), (0.975, 9.75)] {
            let at = levels.iter().position(|stated| *stated == level).expect("the level is among them");
            assert!((values[at] - value).abs() < 1e-12, "{level}");
        }
    }

    #[test]
    fn what_is_no_distribution_is_refused_with_a_way_out() {
        let told = |text: &str| distribution(text).unwrap_err();
        assert_eq!(told("about 10"), "`about 10` is not a distribution such as `normal(10, 2)`");
        assert!(told("nromal(10, 2)").ends_with("did you mean `normal(mean, sd)`?"), "{}", told("nromal(10, 2)"));
        assert!(told("normal(10, x)").contains("`x` is not a number"));
        assert!(told("normal(10, -2)").contains("must be positive, but is -2"));
        assert!(told("normal(10)").contains("takes 2 arguments, but 1 is given"));
    }
}
