//! The probability integral transform: where outcomes fall in the distributions that were forecast.
//!
//! Where the forecast cdf jumps at the outcome (ensembles, quantiles), the transform is not a number but a uniform distribution over
//! the jump, so that calibrated forecasts fill a histogram evenly on average.

/// The part of the unit interval over which a transform is spread: from `F(y-)` to `F(y)`.
pub type Jump = (f64, f64);

/// The transform of an outcome in an ensemble: between the shares of draws below it and of draws not above it.
///
/// `None` for no draws or a NaN.
#[must_use]
pub fn pit_of_ensemble(draws: &[f64], y: f64) -> Option<Jump> {
    if draws.is_empty() || y.is_nan() || draws.iter().any(|draw| draw.is_nan()) {
        return None;
    }
    let share = |count: usize| count as f64 / draws.len() as f64;
    let below = draws.iter().filter(|draw| **draw < y).count();
    let not_above = draws.iter().filter(|draw| **draw <= y).count();
    Some((share(below), share(not_above)))
}

/// The transform of an outcome in a quantile forecast: between the levels of the quantiles next to it.
///
/// Nothing is assumed about the distribution between two quantiles. On a quantile it is that level; on several equal ones the range
/// of their levels. `levels` rise strictly within 0..1 and `values` do not fall. `None` if they do not, or their lengths differ.
#[must_use]
pub fn pit_of_quantiles(levels: &[f64], values: &[f64], y: f64) -> Option<Jump> {
    let levels_rise = levels.windows(2).all(|pair| pair[0] < pair[1]);
    let values_rise = values.windows(2).all(|pair| pair[0] <= pair[1]);
    let inside = levels.iter().all(|level| *level > 0.0 && *level < 1.0);
    if levels.is_empty() || levels.len() != values.len() || !(levels_rise && values_rise && inside) || y.is_nan() {
        return None;
    }
    let below = values.partition_point(|value| *value < y);
    let not_above = values.partition_point(|value| *value <= y);
    if below < not_above {
        return Some((levels[below], levels[not_above - 1]));
    }
    let lower = below.checked_sub(1).map_or(0.0, |at| levels[at]);
    let upper = levels.get(below).copied().unwrap_or(1.0);
    Some((lower, upper))
}

/// The share of each of `bins` equal bins in the transforms, each spread evenly over its jump.
///
/// Bins are closed on the right, the first on both sides. Calibrated forecasts give `1/bins` each on average; a U says too narrow, a
/// hump too wide, a slope biased. Empty without transforms or bins.
///
/// Czado, Gneiting and Held (2009), Biometrics 65, 1254–1261; Gneiting and Ranjan (2013), Electron. J. Stat. 7, 1747–1782.
#[must_use]
pub fn pit_histogram(jumps: &[Jump], bins: usize) -> Vec<f64> {
    if jumps.is_empty() || bins == 0 {
        return Vec::new();
    }
    let edge = |at: usize| at as f64 / bins as f64;
    let mut shares = vec![0.0; bins];
    for &(from, to) in jumps {
        if from < to {
            for (at, share) in shares.iter_mut().enumerate() {
                *share += (to.min(edge(at + 1)) - from.max(edge(at))).max(0.0) / (to - from);
            }
        } else {
            let at = (0..bins).find(|at| to <= edge(at + 1)).unwrap_or(bins - 1);
            shares[at] += 1.0;
        }
    }
    shares.into_iter().map(|share| share / jumps.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_between_quantiles_is_spread_between_their_levels() {
        let (levels, values) = ([0.1, 0.5, 0.9], [1.0, 3.0, 3.0]);
        assert_eq!(pit_of_quantiles(&levels, &values, 0.0), Some((0.0, 0.1)));
        assert_eq!(pit_of_quantiles(&levels, &values, 2.0), Some((0.1, 0.5)));
        assert_eq!(pit_of_quantiles(&levels, &values, 1.0), Some((0.1, 0.1)));
        assert_eq!(pit_of_quantiles(&levels, &values, 3.0), Some((0.5, 0.9)));
        assert_eq!(pit_of_quantiles(&levels, &values, 4.0), Some((0.9, 1.0)));
        assert_eq!(pit_of_quantiles(&levels, &[1.0, 0.0, 2.0], 4.0), None);
    }

    #[test]
    fn every_transform_counts_one_in_all() {
        let shares = pit_histogram(&[(0.0, 0.1), (0.3, 0.3), (1.0, 1.0), (0.0, 1.0), (0.25, 0.75)], 4);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert_eq!(pit_histogram(&[(0.25, 0.25), (0.0, 0.0)], 4), [1.0, 0.0, 0.0, 0.0]);
        assert!(pit_histogram(&[], 4).is_empty());
    }

    #[test]
    fn outcomes_drawn_as_the_ensemble_fall_evenly_on_both_sides() {
        // Outcome and draws from one distribution on 0, 1, 2: over all equally likely cases every bin gets the same.
        let mut jumps = Vec::new();
        for case in 0..81_usize {
            let value = |place: u32| (case / 3_usize.pow(place) % 3) as f64;
            jumps.push(pit_of_ensemble(&[value(0), value(1), value(2)], value(3)).expect("three draws"));
        }
        // Turning the scale round turns the cases into each other, and no transform lies on the edge 1/2.
        let shares = pit_histogram(&jumps, 2);
        assert!((shares[0] - 0.5).abs() < 1e-12, "{shares:?}");
    }
}
