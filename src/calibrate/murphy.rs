//! Murphy's decomposition of the Brier score over bins, raw and corrected for its bias, with standard errors.

use super::Points;
use crate::score::columns::ProbabilityBin;
use serde::Serialize;

/// Whether the known bias of the parts is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BiasCorrection {
    /// The parts as they are: reliability too high, uncertainty too low.
    #[default]
    Raw,
    /// Less their estimated bias, as far as the parts stay in their range.
    Corrected,
}

/// The parts of a mean Brier score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MurphyParts {
    /// REL, what miscalibration costs. Lower is better, 0 at best.
    pub reliability: f64,
    /// RES, what telling cases apart gains. Higher is better.
    pub resolution: f64,
    /// UNC, the score of always stating the base rate; not the forecaster's doing.
    pub uncertainty: f64,
    /// What the probabilities' differences within bins leave over: mean score less `REL - RES + UNC` of the raw parts.
    pub within_bins: f64,
    /// Standard error of the reliability, for independent cases; absent, as the others, where all cases ended alike, which tells nothing of chance.
    pub reliability_error: Option<f64>,
    /// Standard error of the resolution, for independent cases.
    pub resolution_error: Option<f64>,
    /// Standard error of the uncertainty, for independent cases.
    pub uncertainty_error: Option<f64>,
}

/// Counts, events and stated probabilities of a bin.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    events: f64,
    stated: f64,
    /// Sum of squared stated probabilities.
    stated_squared: f64,
    /// Sum of the stated probabilities of the events.
    stated_of_events: f64,
}

/// The bin of a probability: bins are closed on the right, 0 falls into the first.
fn bin(probability: f64, bins: usize) -> usize {
    let mut at = ((probability * bins as f64).ceil() as usize).clamp(1, bins);
    // The edge is the rounded quotient, so that a stated 0.3 lies on the third of ten.
    while at > 1 && probability <= (at - 1) as f64 / bins as f64 {
        at -= 1;
    }
    while at < bins && probability > at as f64 / bins as f64 {
        at += 1;
    }
    at - 1
}

/// Murphy's decomposition of the mean Brier score over bins of equal width.
///
/// ```text
/// REL = 1/n sum (B - C)²/A    RES = 1/n sum A (B/A - Y/n)²    UNC = Y (n - Y)/n²
/// ```
///
/// with A cases, B events and the sum C of stated probabilities in a bin, Y events in all. `mean score = REL - RES + UNC + within`.
/// Corrected:
///
/// ```text
/// REL' = REL - α s,  RES' = RES - α s + α t,  UNC' = UNC + α t
/// s = 1/n sum over A > 1 of B (A - B)/(A (A - 1))        t = Y (n - Y)/(n² (n - 1))
/// α = min(1, REL/s, max(RES/(s - t), (RES - 1)/(s - t)), (1 - 4 UNC)/(4 t)), 0 where that is no number
/// ```
///
/// Bins are closed on the right. Every point counts alike and is taken for independent: give it one forecast a question. Standard
/// errors are by propagation of the sampling covariance of A, B, C and Y. `None` without points or bins.
///
/// Murphy (1973), J. Appl. Meteorol. 12, 595–600; Ferro and Fricker (2012), Q. J. R. Meteorol. Soc. 138, 1954–1960; Siegert (2014),
/// Q. J. R. Meteorol. Soc. 140, 1771–1777.
#[must_use]
pub fn murphy_decomposition(points: &Points, bins: usize, correction: BiasCorrection) -> Option<MurphyParts> {
    if points.is_empty() || bins == 0 {
        return None;
    }
    let mut sums = vec![Sums::default(); bins];
    let mut score = 0.0;
    for (probability, outcome, _) in points.iter() {
        let sum = &mut sums[bin(probability, bins)];
        sum.count += 1.0;
        sum.events += outcome;
        sum.stated += probability;
        sum.stated_squared += probability * probability;
        sum.stated_of_events += probability * outcome;
        score += (probability - outcome) * (probability - outcome);
    }
    Some(parts(sums, score / points.len() as f64, correction))
}

/// The same of bins that were counted elsewhere, with the mean score of all that is in them; at least one holds something.
pub(super) fn parts_of_bins(bins: &[ProbabilityBin], score: f64, correction: BiasCorrection) -> MurphyParts {
    let sums = bins.iter().map(|bin| Sums {
        count: bin.forecasts as f64,
        events: bin.events as f64,
        stated: bin.stated,
        stated_squared: bin.stated_squared,
        stated_of_events: bin.stated_of_events,
    });
    parts(sums.collect(), score, correction)
}

fn parts(sums: Vec<Sums>, score: f64, correction: BiasCorrection) -> MurphyParts {
    let n: f64 = sums.iter().map(|sum| sum.count).sum();
    let events: f64 = sums.iter().map(|sum| sum.events).sum();
    let base = events / n;
    let filled: Vec<Sums> = sums.into_iter().filter(|sum| sum.count > 0.0).collect();
    let reliability =
        filled.iter().map(|of| (of.events - of.stated) * (of.events - of.stated) / of.count).sum::<f64>() / n;
    let spread = |of: &Sums| of.events / of.count - base;
    let resolution = filled.iter().map(|of| of.count * spread(of) * spread(of)).sum::<f64>() / n;
    let uncertainty = base * (1.0 - base);
    let within_bins = score - (reliability - resolution + uncertainty);
    let raw = MurphyParts {
        reliability,
        resolution,
        uncertainty,
        within_bins,
        reliability_error: None,
        resolution_error: None,
        uncertainty_error: None,
    };
    match correction {
        BiasCorrection::Raw => with_raw_errors(raw, &filled, n, events),
        BiasCorrection::Corrected => corrected(raw, &filled, n, events),
    }
}

/// The derivatives of a part by the count, the events and the stated sum of a bin.
type Slopes = (f64, f64, f64);

fn with_raw_errors(raw: MurphyParts, filled: &[Sums], n: f64, events: f64) -> MurphyParts {
    let base = events / n;
    let reliability: Vec<Slopes> = filled
        .iter()
        .map(|of| {
            let miss = of.events - of.stated;
            (-miss * miss / (n * of.count * of.count), 2.0 * miss / (n * of.count), -2.0 * miss / (n * of.count))
        })
        .collect();
    let resolution: Vec<Slopes> = filled
        .iter()
        .map(|of| {
            let share = of.events / of.count;
            (-(share - base) * (share + base) / n, 2.0 * (share - base) / n, 0.0)
        })
        .collect();
    let spread = base * (1.0 - base) * n;
    let differ = |error: f64| (events > 0.0 && events < n).then_some(error);
    MurphyParts {
        reliability_error: differ(propagated(filled, &reliability, 0.0, n, events)),
        resolution_error: differ(propagated(filled, &resolution, 0.0, n, events)),
        uncertainty_error: differ(((1.0 - 2.0 * base) * (1.0 - 2.0 * base) / (n * n) * spread).max(0.0).sqrt()),
        ..raw
    }
}

fn corrected(raw: MurphyParts, filled: &[Sums], n: f64, events: f64) -> MurphyParts {
    let several: Vec<Sums> = filled.iter().copied().filter(|of| of.count > 1.0).collect();
    let s =
        several.iter().map(|of| of.events * (of.count - of.events) / (of.count * (of.count - 1.0))).sum::<f64>() / n;
    let t = events * (n - events) / (n * n * (n - 1.0));
    let difference = s - t;
    let share = [
        1.0,
        raw.reliability / s,
        (raw.resolution / difference).max((raw.resolution - 1.0) / difference),
        (1.0 - 4.0 * raw.uncertainty) / (4.0 * t),
    ];
    // A quotient that is no number says that there is nothing to correct.
    let alpha = if share.iter().any(|of| of.is_nan()) { 0.0 } else { share.into_iter().fold(f64::INFINITY, f64::min) };
    let alpha = if alpha.is_finite() { alpha } else { 0.0 };
    let base = events / n;
    let reliability: Vec<Slopes> = several
        .iter()
        .map(|of| {
            let (a, b, miss) = (of.count, of.events, of.events - of.stated);
            let by_count = -(miss * miss + b * b / (a - 1.0) - a * b * (a - b) / ((a - 1.0) * (a - 1.0))) / (n * a * a);
            let by_events = (2.0 * b - 1.0) / (n * (a - 1.0)) - 2.0 * of.stated / (n * a);
            (by_count, by_events, -2.0 * miss / (n * a))
        })
        .collect();
    let resolution: Vec<Slopes> = several
        .iter()
        .map(|of| {
            let (a, b, share) = (of.count, of.events, of.events / of.count);
            let tail = b / (n * a * a * (a - 1.0) * (a - 1.0)) * ((a - b) * (a - b) - b * (b - 1.0));
            let by_count = -(share - base) * (share + base) / n + tail;
            let by_events = 2.0 * (share - base) / n - (a - 2.0 * b) / (n * a * (a - 1.0));
            (by_count, by_events, 0.0)
        })
        .collect();
    let by_all_events = if n > 1.0 { (n - 2.0 * events) / (n * n * (n - 1.0)) } else { 0.0 };
    let spread = base * (1.0 - base) * n;
    let slope = if n > 1.0 { (n - 2.0 * events) / (n * (n - 1.0)) } else { 0.0 };
    let differ = |error: f64| (events > 0.0 && events < n).then_some(error);
    MurphyParts {
        reliability: raw.reliability - alpha * s,
        resolution: raw.resolution - alpha * s + if alpha == 0.0 { 0.0 } else { alpha * t },
        uncertainty: raw.uncertainty + if alpha == 0.0 { 0.0 } else { alpha * t },
        within_bins: raw.within_bins,
        reliability_error: differ(propagated(&several, &reliability, 0.0, n, events)),
        resolution_error: differ(propagated(&several, &resolution, by_all_events, n, events)),
        uncertainty_error: differ((slope * slope * spread).max(0.0).sqrt()),
    }
}

/// The square root of `J Σ J'`, where Σ are the centred cross products of each case's own A, B, C and Y.
///
/// A case contributes `a + y b + p c + y d` (its bin's slopes, d by all events), so that the quadratic form is the sum of squares
/// of these contributions about their mean.
fn propagated(bins: &[Sums], slopes: &[Slopes], by_all_events: f64, n: f64, events: f64) -> f64 {
    let d = by_all_events;
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut seen = (0.0, 0.0);
    for (of, (a, b, c)) in bins.iter().zip(slopes) {
        let b = b + d;
        sum += a * of.count + b * of.events + c * of.stated;
        squares += a * a * of.count + (b * b + 2.0 * a * b) * of.events + c * c * of.stated_squared;
        squares += 2.0 * a * c * of.stated + 2.0 * b * c * of.stated_of_events;
        seen = (seen.0 + of.count, seen.1 + of.events);
    }
    // Cases of bins that were left out still count among all events.
    sum += d * (events - seen.1);
    squares += d * d * (events - seen.1);
    (squares - sum * sum / n).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::brier;
    use proptest::prelude::*;

    #[test]
    fn an_edge_belongs_to_the_bin_below_it() {
        assert_eq!([0.0, 0.1, 0.3, 0.30001, 0.7, 1.0].map(|p| bin(p, 10)), [0, 0, 2, 3, 6, 9]);
    }

    #[test]
    fn one_point_and_one_kind_of_outcome_give_numbers() {
        for points in [Points::new(&[0.3], &[true]), Points::new(&[0.3, 0.4, 0.9], &[true; 3])] {
            let points = points.expect("well formed");
            for correction in [BiasCorrection::Raw, BiasCorrection::Corrected] {
                let parts = murphy_decomposition(&points, 10, correction).expect("there are points");
                assert!(parts.reliability.is_finite() && parts.resolution.is_finite() && parts.uncertainty.is_finite());
                let errors = [parts.reliability_error, parts.resolution_error, parts.uncertainty_error];
                assert_eq!(errors, [None; 3], "cases that all ended alike tell nothing of chance");
            }
        }
        assert_eq!(murphy_decomposition(&Points::default(), 10, BiasCorrection::Raw), None);
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_mean_score(pairs in prop::collection::vec((0u8..=20, any::<bool>()), 1..60)) {
            let probabilities: Vec<f64> = pairs.iter().map(|pair| f64::from(pair.0) / 20.0).collect();
            let happened: Vec<bool> = pairs.iter().map(|pair| pair.1).collect();
            let points = Points::new(&probabilities, &happened).expect("well formed");
            let mean = points.mean(|p, y| brier(p, y > 0.5)).expect("points");
            let raw = murphy_decomposition(&points, 7, BiasCorrection::Raw).expect("points");
            prop_assert!((raw.reliability - raw.resolution + raw.uncertainty + raw.within_bins - mean).abs() < 1e-12);
            let corrected = murphy_decomposition(&points, 7, BiasCorrection::Corrected).expect("points");
            let sum = corrected.reliability - corrected.resolution + corrected.uncertainty + corrected.within_bins;
            prop_assert!((sum - mean).abs() < 1e-12);
            prop_assert!(corrected.reliability > -1e-12 && (-1e-12..=1.0 + 1e-12).contains(&corrected.resolution));
            prop_assert!(corrected.uncertainty <= 0.25 + 1e-12);
        }
    }
}
