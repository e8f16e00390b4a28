//! The CRPS of an ensemble whose draws weigh differently, and when some outcomes matter more than others: outcome-weighted and vertically re-scaled.
//!
//! The threshold-weighted score is [`crps_ensemble_threshold`](super::crps_ensemble_threshold).

/// What the weighted scores are made of.
struct Sums {
    /// The weight of the outcome.
    at_outcome: f64,
    /// The mean weight of the draws.
    mean_weight: f64,
    /// `1/M sum_i w(x_i) |x_i - y|`.
    near: f64,
    /// `1/M² sum_ij w(x_i) w(x_j) |x_i - x_j|`.
    between: f64,
    /// `1/M sum_i w(x_i) |x_i - x_0|` less `w(y) |y - x_0|`.
    outside: f64,
}

/// `None` for no draws, not as many weights, a number that is not finite, or a weight that is negative or not finite.
fn sums(draws: &[f64], weights: &[f64], y: f64, centre: f64, at_outcome: f64) -> Option<Sums> {
    let proper = |weight: &f64| *weight >= 0.0 && weight.is_finite();
    let numbers = y.is_finite() && centre.is_finite() && draws.iter().all(|draw| draw.is_finite());
    let sound = !draws.is_empty() && draws.len() == weights.len() && numbers;
    if !(sound && proper(&at_outcome) && weights.iter().all(proper)) {
        return None;
    }
    let count = draws.len() as f64;
    let mean = |of: &dyn Fn(f64) -> f64| draws.iter().zip(weights).map(|(x, w)| w * of(*x)).sum::<f64>() / count;
    let mut sorted: Vec<(f64, f64)> = draws.iter().copied().zip(weights.iter().copied()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    // sum over pairs of w_i w_j |x_i - x_j|, each once, from the running sums of w and w x below.
    let (mut weight_below, mut moment_below, mut pairs) = (0.0, 0.0, 0.0);
    for (x, w) in sorted {
        pairs += w * (x * weight_below - moment_below);
        weight_below += w;
        moment_below += w * x;
    }
    Some(Sums {
        at_outcome,
        mean_weight: weight_below / count,
        near: mean(&|x| (x - y).abs()),
        between: 2.0 * pairs / (count * count),
        outside: mean(&|x| (x - centre).abs()) - at_outcome * (y - centre).abs(),
    })
}

/// The CRPS of an ensemble whose draws weigh differently, such as weighted worlds.
///
/// ```text
/// CRPS = sum_i w_i |x_i - y| - ½ sum_ij w_i w_j |x_i - x_j|        weights divided by their sum
/// ```
///
/// Lower is better; in the unit of `y`. With equal weights it is [`crps_ensemble`](super::crps_ensemble). `None` when there are no draws, not as many weights, a number is not
/// finite, or weights are negative or all 0.
///
/// ```
/// use foretell::score::crps::crps_ensemble_weighted;
///
/// // A chance of a quarter, as draws of 1 and 0: its Brier score.
/// assert_eq!(crps_ensemble_weighted(&[1.0, 0.0], &[1.0, 3.0], 0.0), Some(0.0625));
/// ```
#[must_use]
pub fn crps_ensemble_weighted(draws: &[f64], weights: &[f64], y: f64) -> Option<f64> {
    let sums = sums(draws, weights, y, 0.0, 1.0).filter(|sums| sums.mean_weight > 0.0)?;
    let m = sums.mean_weight;
    Some(sums.near / m - sums.between / (2.0 * m * m))
}

/// The outcome-weighted CRPS of an ensemble: the score of the forecast given that what matters happens, counted by how much the
/// outcome matters.
///
/// ```text
/// owCRPS = w(y) CRPS(F_w, y)        F_w gives each draw the weight w(x_i)
/// ```
///
/// Lower is better; in the unit of `y`. For an interval of interest let the weight be 1 inside and 0 outside; the score is then 0
/// for every outcome outside. It cannot see whether the forecast gave the interval its due probability, so it is proper but not
/// strictly. `None` when there are no draws, a number is not finite, a weight is negative, or the outcome has weight and no draw
/// does.
///
/// ```
/// use foretell::score::crps::crps_ensemble_outcome_weighted;
///
/// let above_one = |x: f64| f64::from(u8::from(x > 1.0));
/// assert_eq!(crps_ensemble_outcome_weighted(&[0.0, 2.0], 2.5, above_one), Some(0.5));
/// assert_eq!(crps_ensemble_outcome_weighted(&[0.0, 2.0], 0.5, above_one), Some(0.0));
/// ```
///
/// Holzmann and Klar (2017), Ann. Appl. Stat. 11, 2404–2431.
#[must_use]
pub fn crps_ensemble_outcome_weighted(draws: &[f64], y: f64, weight: impl Fn(f64) -> f64) -> Option<f64> {
    let weights: Vec<f64> = draws.iter().map(|draw| weight(*draw)).collect();
    crps_ensemble_by_outcome_weights(draws, &weights, y, weight(y))
}

/// [`crps_ensemble_outcome_weighted`] where the weights of the draws and of the outcome are at hand.
#[must_use]
pub fn crps_ensemble_by_outcome_weights(draws: &[f64], weights: &[f64], y: f64, at_outcome: f64) -> Option<f64> {
    let sums = sums(draws, weights, y, 0.0, at_outcome)?;
    if sums.at_outcome == 0.0 {
        return Some(0.0);
    }
    (sums.mean_weight > 0.0).then(|| {
        let m = sums.mean_weight;
        sums.at_outcome * (sums.near / m - sums.between / (2.0 * m * m))
    })
}

/// The vertically re-scaled CRPS of an ensemble: like the outcome-weighted one, and it also judges how much weight the forecast
/// gave to what matters.
///
/// ```text
/// vrCRPS = E[|X - y| w(X)] w(y) - ½ E[|X - X'| w(X) w(X')] + (E[|X - x_0| w(X)] - |y - x_0| w(y)) (E[w(X)] - w(y))
/// ```
///
/// Lower is better; in the unit of `y`. `centre` is x_0, at which what does not matter is put together; 0 is usual. `None` when
/// there are no draws, a number is not finite, or a weight is negative.
///
/// Allen, Ginsbourger and Ziegel (2023), SIAM/ASA J. Uncertain. Quantif. 11, 906–940.
#[must_use]
pub fn crps_ensemble_vertically_rescaled(
    draws: &[f64],
    y: f64,
    centre: f64,
    weight: impl Fn(f64) -> f64,
) -> Option<f64> {
    let weights: Vec<f64> = draws.iter().map(|draw| weight(*draw)).collect();
    crps_ensemble_by_rescaled_weights(draws, &weights, y, centre, weight(y))
}

/// [`crps_ensemble_vertically_rescaled`] where the weights of the draws and of the outcome are at hand.
#[must_use]
pub fn crps_ensemble_by_rescaled_weights(
    draws: &[f64],
    weights: &[f64],
    y: f64,
    centre: f64,
    at_outcome: f64,
) -> Option<f64> {
    let sums = sums(draws, weights, y, centre, at_outcome)?;
    Some(sums.near * sums.at_outcome - 0.5 * sums.between + sums.outside * (sums.mean_weight - sums.at_outcome))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::crps_ensemble;

    #[test]
    fn equal_weights_give_the_plain_score() {
        let draws = [3.0, -1.0, 2.5, 2.5, 0.0];
        let plain = crps_ensemble(&draws, 1.0).expect("five draws");
        let outcome_weighted = crps_ensemble_outcome_weighted(&draws, 1.0, |_| 1.0).expect("five draws");
        let rescaled = crps_ensemble_vertically_rescaled(&draws, 1.0, 0.0, |_| 1.0).expect("five draws");
        assert!((outcome_weighted - plain).abs() < 1e-14 && (rescaled - plain).abs() < 1e-14);
    }

    #[test]
    fn weights_are_draws_given_several_times() {
        let several = crps_ensemble(&[3.0, 3.0, 3.0, -1.0, 0.5, 0.5], 1.0).expect("six draws");
        let weighted = crps_ensemble_weighted(&[0.5, 3.0, 7.0, -1.0], &[4.0, 6.0, 0.0, 2.0], 1.0).expect("four draws");
        assert!((weighted - several).abs() < 1e-14, "{weighted} against {several}");
        assert_eq!(crps_ensemble_weighted(&[1.0, 2.0], &[0.0, 0.0], 1.0), None);
        assert_eq!(crps_ensemble_weighted(&[1.0, 2.0], &[1.0], 1.0), None);
    }

    #[test]
    fn both_are_proper_for_a_smooth_weight() {
        // Outcomes 0, 1, 2 with these chances; a forecast of ten draws that follows them does not lose to one that does not.
        let weight = |x: f64| 1.0 / (1.0 + (x - 2.0) * (x - 2.0));
        let truth = [0.5, 0.3, 0.2];
        let ensemble = |counts: [usize; 3]| -> Vec<f64> {
            counts.iter().enumerate().flat_map(|(x, count)| vec![x as f64; *count]).collect()
        };
        let expected = |draws: &[f64], score: &dyn Fn(&[f64], f64) -> f64| -> f64 {
            truth.iter().enumerate().map(|(y, chance)| chance * score(draws, y as f64)).sum()
        };
        let weighted = |draws: &[f64], y: f64| crps_ensemble_outcome_weighted(draws, y, weight).expect("draws");
        let rescaled = |draws: &[f64], y: f64| crps_ensemble_vertically_rescaled(draws, y, 0.0, weight).expect("draws");
        for few in 0..=10_usize {
            for some in 0..=(10 - few) {
                let other = ensemble([few, some, 10 - few - some]);
                for score in [&weighted as &dyn Fn(&[f64], f64) -> f64, &rescaled] {
                    assert!(expected(&ensemble([5, 3, 2]), score) <= expected(&other, score) + 1e-13);
                }
            }
        }
    }

    #[test]
    fn an_outcome_that_matters_where_no_draw_is_has_no_outcome_weighted_score() {
        let above = |x: f64| f64::from(u8::from(x > 1.0));
        assert_eq!(crps_ensemble_outcome_weighted(&[0.0, 0.5], 2.0, above), None);
        assert_eq!(crps_ensemble_outcome_weighted(&[], 2.0, above), None);
        assert_eq!(crps_ensemble_vertically_rescaled(&[1.0], 2.0, 0.0, |_| -1.0), None);
    }
}
