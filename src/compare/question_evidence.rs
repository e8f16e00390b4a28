//! The e-values of one yes/no question on which two forecasts stood for a while.

use crate::score::{Case, ScoringRule, Standing};

/// Evidence that the first was better than the second on a question, and that the second was better than the first.
///
/// At each moment at which both stood there is an e-value of Henzi and Ziegel, for the rule at hand: with losses `L(p, y)`,
///
/// ```text
/// κ = d_0 / (d_0 - d_1),  d_y = L(p, y) - L(q, y);     E = π/κ if it happened, (1-π)/(1-κ) if not, π half-way from κ to q
/// ```
///
/// Moments are averaged over the time, which leaves an e-value whatever their dependence. `None` unless the question is a
/// yes/no one and both stood at some time.
pub(super) fn question_evidence(first: &Standing, second: &Standing, rule: &dyn ScoringRule) -> Option<(f64, f64)> {
    let (mut for_first, mut for_second, mut days) = (0.0, 0.0, 0.0);
    let mut theirs = second.segments.iter().peekable();
    for own in &first.segments {
        while let Some(other) = theirs.peek() {
            let (from, to) = (own.from.max(other.from), own.to.min(other.to));
            if from < to {
                let (Case::Binary { probability: a, happened }, Case::Binary { probability: b, .. }) =
                    (&own.case, &other.case)
                else {
                    return None;
                };
                let span = to - from;
                days += span;
                for_second += span * moment(*a, *b, *happened, rule)?;
                for_first += span * moment(*b, *a, *happened, rule)?;
            }
            if other.to > own.to {
                break;
            }
            theirs.next();
        }
    }
    (days > 0.0).then(|| ((for_first / days).min(f64::MAX), (for_second / days).min(f64::MAX)))
}

/// The e-value against "p is at least as good as q".
fn moment(p: f64, q: f64, happened: bool, rule: &dyn ScoringRule) -> Option<f64> {
    let loss = |probability: f64, happened: bool| {
        rule.score(&Case::Binary { probability, happened }).ok().map(|score| score.value)
    };
    let if_not = loss(p, false)? - loss(q, false)?;
    let if_so = loss(p, true)? - loss(q, true)?;
    // Whoever says more loses more if it does not happen and less if it does; otherwise there is nothing to bet on.
    if if_not * if_so >= 0.0 {
        return Some(1.0);
    }
    let boundary = if_not / (if_not - if_so);
    let alternative = 0.5 * (boundary + q);
    let (bet, stake) = if happened { (alternative, boundary) } else { (1.0 - alternative, 1.0 - boundary) };
    Some(if stake > 0.0 { (bet / stake).min(f64::MAX) } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::evalue::{Criterion, evalue, halfway_alternative};
    use crate::score::{Segment, rule};

    fn standing(spans: &[(f64, f64, f64)], happened: bool) -> Standing {
        Standing {
            question: "q".to_owned(),
            forecaster: "f".to_owned(),
            cluster: "q".to_owned(),
            tags: Vec::new(),
            segments: spans
                .iter()
                .map(|&(from, to, probability)| Segment { from, to, case: Case::Binary { probability, happened } })
                .collect(),
            ended: spans.last().map_or(0.0, |last| last.1),
            forecasts: spans.len(),
            coverage: None,
        }
    }

    #[test]
    fn one_moment_is_the_e_value_of_the_rule() {
        for (id, criterion) in [
            ("brier", Criterion::Brier),
            ("brier_all", Criterion::Brier),
            ("log", Criterion::Logarithmic),
            ("spherical", Criterion::Spherical),
        ] {
            let rule = rule(id).expect("it is in the list");
            for (p, q) in [(0.3, 0.6), (0.9, 0.05), (0.5, 0.51)] {
                for happened in [false, true] {
                    let alternative = halfway_alternative(p, q, criterion).expect("probabilities");
                    let expected = evalue(p, q, happened, alternative, criterion).expect("probabilities");
                    let value = moment(p, q, happened, rule).expect("a binary rule");
                    assert!((value / expected - 1.0).abs() < 1e-9, "{id} {p} {q}: {value} {expected}");
                }
            }
        }
    }

    #[test]
    fn moments_are_averaged_over_the_common_time() {
        let rule = rule("brier").expect("it is in the list");
        let first = standing(&[(0.0, 4.0, 0.6), (4.0, 10.0, 0.8)], true);
        let second = standing(&[(2.0, 6.0, 0.5), (6.0, 10.0, 0.9)], true);
        let (for_first, for_second) = question_evidence(&first, &second, rule).expect("a yes/no question");
        let at = |p, q| moment(p, q, true, rule).expect("a binary rule");
        let expected = (2.0 * at(0.6, 0.5) + 2.0 * at(0.8, 0.5) + 4.0 * at(0.8, 0.9)) / 8.0;
        assert!((for_second - expected).abs() < 1e-14);
        assert!(for_first > 0.0 && question_evidence(&second, &first, rule) == Some((for_second, for_first)));
    }

    #[test]
    fn who_says_the_same_gives_no_evidence() {
        let rule = rule("log").expect("it is in the list");
        let first = standing(&[(0.0, 1.0, 0.0)], true);
        assert_eq!(question_evidence(&first, &first, rule), Some((1.0, 1.0)));
    }
}
