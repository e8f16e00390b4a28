//! E-values for binary forecasts: evidence that may be looked at after every outcome.
//!
//! An e-value is what a bet against a hypothesis has made of 1: if the hypothesis is true it is at most 1 in expectation, so it
//! exceeds 20 at any time with a chance of at most 1/20, whenever one looks and whenever one stops (Ville 1939).

use crate::math::{exp, ln, ln_1p, sqrt};
use serde::Serialize;

/// Under which score one forecast is said to be better than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Criterion {
    /// The Brier score.
    Brier,
    /// The logarithmic score.
    Logarithmic,
    /// The spherical score.
    Spherical,
    /// Every proper score at once.
    Dominance,
}

/// The probability under which two forecasts have the same expected score: the boundary of the hypothesis that `p` is the better.
///
/// ```text
/// Brier        (m + M)/2                                           m, M: the smaller and the larger of p and q
/// logarithmic  [ln(1-m) - ln(1-M)] / [ln M - ln(1-M) - ln m + ln(1-m)]
/// spherical    [(M-1)|m| - (m-1)|M|] / [(2M-1)|m| - (2m-1)|M|]     |x| = √(x² + (1-x)²)
/// dominance    p
/// ```
///
/// Where both are alike it is their common value. `None` unless both lie between 0 and 1.
///
/// Henzi and Ziegel (2022), Biometrika 109, 647–663, section 2.
#[must_use]
pub fn boundary(p: f64, q: f64, criterion: Criterion) -> Option<f64> {
    let probability = |x: f64| (0.0..=1.0).contains(&x);
    if !probability(p) || !probability(q) {
        return None;
    }
    let (low, high) = (p.min(q), p.max(q));
    // Of two that hardly differ the formulas keep no digits, and the middle is right to the square of the gap.
    let near = high - low <= 1e-7 * low.min(1.0 - high);
    Some(match criterion {
        Criterion::Dominance => p,
        _ if low == high => low,
        Criterion::Logarithmic if low == 0.0 && high == 1.0 => 0.5,
        Criterion::Logarithmic if low == 0.0 => 0.0,
        Criterion::Logarithmic if high == 1.0 => 1.0,
        Criterion::Logarithmic if !near => {
            let complements = ln_1p(-low) - ln_1p(-high);
            complements / (ln(high) - ln(low) + complements)
        }
        Criterion::Spherical if !near => {
            let size = |x: f64| sqrt(2.0 * x * x - 2.0 * x + 1.0);
            let (of_low, of_high) = (size(low), size(high));
            ((high - 1.0) * of_low - (low - 1.0) * of_high)
                / ((2.0 * high - 1.0) * of_low - (2.0 * low - 1.0) * of_high)
        }
        _ => 0.5 * (low + high),
    })
}

/// The alternative with which the engine bets: half-way from the boundary to `q`. `None` as [`boundary`].
///
/// For the Brier score this is `0.75 q + 0.25 p`. For the others a fixed mixture of `p` and `q` can lie on the wrong side of
/// the boundary, and its bets are then no e-values.
#[must_use]
pub fn halfway_alternative(p: f64, q: f64, criterion: Criterion) -> Option<f64> {
    boundary(p, q, criterion).map(|boundary| 0.5 * (boundary + q))
}

/// The e-value of one outcome against the hypothesis that `p` is at least as good a forecast as `q`.
///
/// ```text
/// E = π/κ  if it happened,  (1-π)/(1-κ)  if not          κ: the boundary, π: the alternative
/// ```
///
/// Above 1: evidence that `q` is the better. An e-value only if the alternative was fixed before the outcome and lies on the
/// side of the boundary on which `q` lies. 1 where the boundary leaves nothing to bet on; `f64::MAX` where the
/// hypothesis is refuted beyond doubt. `None` unless all three lie between 0 and 1.
///
/// ```
/// use foretell::compare::{Criterion, evalue};
///
/// assert_eq!(evalue(0.3, 0.5, true, 0.45, Criterion::Brier), Some(1.125));
/// ```
///
/// Henzi and Ziegel (2022), Biometrika 109, 647–663, theorem 1.
#[must_use]
pub fn evalue(p: f64, q: f64, happened: bool, alternative: f64, criterion: Criterion) -> Option<f64> {
    let boundary = boundary(p, q, criterion).filter(|_| (0.0..=1.0).contains(&alternative))?;
    let (bet, stake) = if happened { (alternative, boundary) } else { (1.0 - alternative, 1.0 - boundary) };
    Some(match (bet == 0.0, stake == 0.0) {
        (true, true) => 1.0,
        (false, true) => f64::MAX,
        _ => (bet / stake).min(f64::MAX),
    })
}

/// One outcome of a sequence on which two forecasts are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bet {
    /// The probability that the hypothesis calls at least as good.
    pub p: f64,
    /// The other probability.
    pub q: f64,
    /// Whether it happened.
    pub happened: bool,
    /// The alternative, fixed before the outcome.
    pub alternative: f64,
}

/// What a sequence of e-values came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SequentialEvidence {
    /// The e-value at the end, or where the test stopped.
    pub evalue: f64,
    /// The p-value that holds whenever one looks: 1 over the largest e-value so far (corrected for what is still open), 1 at most.
    pub p_anytime: f64,
    /// After how many outcomes the test stopped: all of them, unless a level was given and reached before.
    pub stopped_at: usize,
    /// The e-value after each outcome.
    pub path: Vec<f64>,
}

/// Tests the hypothesis that `p` is at least as good a forecast as `q` all along.
///
/// ```text
/// E_t = 1/h Σ_{k=1..h} Π_{s<=t, s ≡ k mod h} E_s          h: how many outcomes later a forecast's outcome is known
/// ```
///
/// With `lag` 1 it is the product, and a martingale. With a longer lag, stopping at t leaves up to h - 1 bets open; what they
/// could lose is a correction by which the e-value is divided for stopping and for the p-value. With `stop_at` given, the test
/// stops where the (corrected) e-value first reaches `1 / stop_at`. The p-value of a test that stopped is that of the
/// moment.
///
/// `None` for a lag of 0, a level outside of 0..1, or a number that is no probability. Without bets the e-value is 1.
///
/// Henzi and Ziegel (2022), Biometrika 109, 647–663, sections 2 and 3.
#[must_use]
pub fn sequential_evidence(
    bets: &[Bet],
    criterion: Criterion,
    lag: usize,
    stop_at: Option<f64>,
) -> Option<SequentialEvidence> {
    if lag == 0 || stop_at.is_some_and(|level| !(level > 0.0 && level < 1.0)) {
        return None;
    }
    let values: Vec<f64> =
        bets.iter().map(|bet| evalue(bet.p, bet.q, bet.happened, bet.alternative, criterion)).collect::<Option<_>>()?;
    // By how much a bet that is still open can divide its product at worst.
    let worst: Vec<f64> = bets
        .iter()
        .map(|bet| evalue(bet.p, bet.q, bet.p > bet.q, bet.alternative, criterion).map(|value| (1.0 / value).max(1.0)))
        .collect::<Option<_>>()?;
    let mut products = vec![0.0; lag];
    let mut path = Vec::with_capacity(bets.len());
    let (mut p_anytime, mut stopped_at, mut evalue) = (1.0_f64, bets.len(), 1.0);
    for (at, value) in values.iter().enumerate() {
        products[at % lag] += ln(*value);
        evalue = products.iter().map(|product| exp_held(*product)).sum::<f64>().min(f64::MAX) / lag as f64;
        path.push(evalue);
        let open = &worst[(at + 1).min(bets.len())..(at + lag).min(bets.len())];
        let correction = open.iter().copied().fold(1.0, f64::max);
        p_anytime = p_anytime.min(correction / evalue);
        let all_open_known = lag == 1 || at + lag < bets.len();
        if stop_at.is_some_and(|level| all_open_known && evalue >= correction / level) {
            stopped_at = at + 1;
            p_anytime = (correction / evalue).min(1.0);
            break;
        }
    }
    if stop_at.is_some() && stopped_at == bets.len() {
        p_anytime = (1.0 / evalue).min(1.0);
    }
    Some(SequentialEvidence { evalue, p_anytime, stopped_at, path })
}

/// The exponential, held below infinity.
pub(super) fn exp_held(x: f64) -> f64 {
    exp(x).min(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRITERIA: [Criterion; 3] = [Criterion::Brier, Criterion::Logarithmic, Criterion::Spherical];

    fn loss(p: f64, happened: bool, criterion: Criterion) -> f64 {
        let of = if happened { p } else { 1.0 - p };
        match criterion {
            Criterion::Logarithmic => -ln(of),
            Criterion::Spherical => 1.0 - of / sqrt(p * p + (1.0 - p) * (1.0 - p)),
            _ => (1.0 - of) * (1.0 - of),
        }
    }

    #[test]
    fn at_the_boundary_both_forecasts_are_expected_to_score_alike() {
        for criterion in CRITERIA {
            for (p, q) in [(0.3, 0.5), (0.9, 0.2), (0.01, 0.02), (0.5, 0.999), (0.4, 0.400_000_1)] {
                let truth = boundary(p, q, criterion).expect("probabilities");
                let expected = |x: f64| truth * loss(x, true, criterion) + (1.0 - truth) * loss(x, false, criterion);
                assert!((expected(p) - expected(q)).abs() < 1e-12, "{criterion:?} {p} {q}");
            }
        }
    }

    #[test]
    fn a_bet_gains_nothing_in_expectation_where_the_hypothesis_holds() {
        for criterion in [Criterion::Brier, Criterion::Logarithmic, Criterion::Spherical, Criterion::Dominance] {
            for (p, q) in [(0.3, 0.5), (0.9, 0.2), (1e-6, 0.9), (0.9, 1e-6), (0.5, 0.999)] {
                let alternative = halfway_alternative(p, q, criterion).expect("probabilities");
                let of = |happened| evalue(p, q, happened, alternative, criterion).expect("probabilities");
                let limit = boundary(p, q, criterion).expect("probabilities");
                for step in 0..=20 {
                    // From the end of the scale at p's side to the boundary.
                    let end = if p < q { 0.0 } else { 1.0 };
                    let truth = end + (limit - end) * f64::from(step) / 20.0;
                    assert!(truth * of(true) + (1.0 - truth) * of(false) <= 1.0 + 1e-9, "{criterion:?} {p} {q}");
                }
            }
        }
    }

    #[test]
    fn what_is_certain_or_alike_gives_numbers_all_the_same() {
        for criterion in CRITERIA {
            assert_eq!(boundary(0.4, 0.4, criterion), Some(0.4));
            for (p, q) in [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.5), (1.0, 0.5), (0.5, 0.0)] {
                let alternative = halfway_alternative(p, q, criterion).expect("probabilities");
                for happened in [false, true] {
                    let value = evalue(p, q, happened, alternative, criterion).expect("probabilities");
                    assert!(value.is_finite() && value >= 0.0, "{criterion:?} {p} {q} {happened} {value}");
                }
            }
            assert_eq!(boundary(1.2, 0.4, criterion), None);
        }
    }

    #[test]
    fn with_a_lag_the_products_are_averaged_and_open_bets_are_paid_for() {
        let bets: Vec<Bet> =
            [(0.3, 0.5, true), (0.6, 0.4, false), (0.2, 0.4, true), (0.7, 0.5, false), (0.3, 0.6, true)]
                .into_iter()
                .map(|(p, q, happened)| Bet { p, q, happened, alternative: 0.75 * q + 0.25 * p })
                .collect();
        let values: Vec<f64> = bets
            .iter()
            .map(|bet| evalue(bet.p, bet.q, bet.happened, bet.alternative, Criterion::Brier).expect("probabilities"))
            .collect();
        let found = sequential_evidence(&bets, Criterion::Brier, 2, None).expect("a lag above 0");
        let expected = 0.5 * (values[0] * values[2] * values[4] + values[1] * values[3]);
        assert!((found.evalue - expected).abs() < 1e-14);
        // After the fourth outcome the fifth bet is open; at worst it does not happen.
        let lost = evalue(0.3, 0.6, false, 0.525, Criterion::Brier).expect("probabilities");
        let at_four = 0.5 * (values[0] * values[2] + values[1] * values[3]) * lost;
        assert!((found.p_anytime - (1.0 / expected).min(1.0 / at_four)).abs() < 1e-14);
    }

    #[test]
    fn evidence_never_becomes_infinite() {
        let bets = vec![Bet { p: 0.01, q: 0.99, happened: true, alternative: 0.745 }; 20_000];
        let found = sequential_evidence(&bets, Criterion::Brier, 1, None).expect("a lag above 0");
        assert_eq!(found.evalue, f64::MAX);
        assert!(found.p_anytime > 0.0);
        assert_eq!(sequential_evidence(&[], Criterion::Brier, 1, None).expect("no bets").evalue, 1.0);
        assert!(sequential_evidence(&bets, Criterion::Brier, 0, None).is_none());
    }
}
