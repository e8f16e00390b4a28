//! Logistic regression by maximum likelihood.

use crate::math::cholesky::Cholesky;
use crate::math::elementary::exp;
use crate::math::logit::{ln_1p_exp, logistic};

/// The most Newton steps; a fit that exists needs fewer than twenty.
const MOST_STEPS: usize = 100;
/// The most halvings of a step.
const MOST_HALVINGS: usize = 40;
/// A fit whose linear predictor goes beyond this for every case has no finite maximum: the outcomes are separated.
const FARTHEST: f64 = 500.0;

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticFit {
    /// One coefficient a column, in their order.
    pub coefficients: Vec<f64>,
    /// The inverse of the information, row by row: the covariance of the coefficients for independent cases of weight 1.
    pub covariance: Vec<Vec<f64>>,
    /// The maximum of the log-likelihood.
    pub log_likelihood: f64,
}

/// The log-likelihood of yes/no outcomes whose log-odds are these.
///
/// ```text
/// sum_i w_i (y_i η_i - ln(1 + exp(η_i)))
/// ```
#[must_use]
pub fn log_likelihood(log_odds: &[f64], outcomes: &[f64], weights: &[f64]) -> f64 {
    log_odds
        .iter()
        .zip(outcomes)
        .zip(weights)
        .map(|((eta, y), weight)| weight * -(y * ln_1p_exp(-eta) + (1.0 - y) * ln_1p_exp(*eta)))
        .sum()
}

/// Fits the logistic regression of outcomes on columns; put a column of ones first for an intercept.
///
/// ```text
/// logit P(y_i = 1) = offset_i + sum_j c_j x_j,i
/// ```
///
/// `columns` holds one column a coefficient, each with one entry a case; `outcomes` are 0 or 1; `weights` are not negative;
/// `offset` has a fixed coefficient of 1. By Newton's method with halved steps. `None` when lengths differ, something is not
/// finite, a column depends on the others, or the maximum lies at infinity (the columns separate the outcomes).
#[must_use]
pub fn logistic_regression(
    columns: &[Vec<f64>],
    outcomes: &[f64],
    weights: &[f64],
    offset: Option<&[f64]>,
) -> Option<LogisticFit> {
    let count = outcomes.len();
    let finite = |of: &[f64]| of.len() == count && of.iter().all(|value| value.is_finite());
    let usable = columns.iter().all(|column| finite(column))
        && finite(weights)
        && offset.is_none_or(finite)
        && weights.iter().all(|weight| *weight >= 0.0)
        && outcomes.iter().all(|y| *y == 0.0 || *y == 1.0);
    if !usable || columns.is_empty() || weights.iter().sum::<f64>() <= 0.0 {
        return None;
    }
    // Columns of very different size (powers of log-odds) are brought to one size first.
    let sizes: Vec<f64> =
        columns.iter().map(|column| (column.iter().map(|x| x * x).sum::<f64>() / count as f64).sqrt()).collect();
    if sizes.iter().any(|size| *size <= 0.0 || !size.is_finite()) {
        return None;
    }
    let scaled: Vec<Vec<f64>> =
        columns.iter().zip(&sizes).map(|(column, size)| column.iter().map(|x| x / size).collect()).collect();
    let log_odds = |coefficients: &[f64]| -> Vec<f64> {
        (0..count)
            .map(|at| {
                let start = offset.map_or(0.0, |offset| offset[at]);
                scaled.iter().zip(coefficients).fold(start, |sum, (column, c)| sum + c * column[at])
            })
            .collect()
    };
    let mut coefficients = vec![0.0; columns.len()];
    let mut eta = log_odds(&coefficients);
    let mut likelihood = log_likelihood(&eta, outcomes, weights);
    for _ in 0..MOST_STEPS {
        let (gradient, information) = derivatives(&scaled, &eta, outcomes, weights);
        let step = solve(&information, &gradient)?;
        let mut share = 1.0;
        let mut improved = false;
        for _ in 0..MOST_HALVINGS {
            let tried: Vec<f64> = coefficients.iter().zip(&step).map(|(c, s)| c + share * s).collect();
            let tried_eta = log_odds(&tried);
            let tried_likelihood = log_likelihood(&tried_eta, outcomes, weights);
            if tried_likelihood >= likelihood {
                improved = tried_likelihood > likelihood;
                (coefficients, eta, likelihood) = (tried, tried_eta, tried_likelihood);
                break;
            }
            share *= 0.5;
        }
        let largest = coefficients.iter().fold(1.0, |largest: f64, c| largest.max(c.abs()));
        let moved = step.iter().fold(0.0, |largest: f64, s| largest.max((share * s).abs()));
        if eta.iter().any(|eta| eta.abs() > FARTHEST) {
            return None;
        }
        if moved <= 1e-12 * largest || !improved {
            return finish(&scaled, &sizes, &eta, &coefficients, outcomes, weights, likelihood);
        }
    }
    None
}

fn finish(
    scaled: &[Vec<f64>],
    sizes: &[f64],
    eta: &[f64],
    coefficients: &[f64],
    outcomes: &[f64],
    weights: &[f64],
    likelihood: f64,
) -> Option<LogisticFit> {
    // Where the fit reproduces every outcome the maximum lies at infinity.
    let total: f64 = weights.iter().sum();
    if likelihood > -1e-9 * total {
        return None;
    }
    let (_, information) = derivatives(scaled, eta, outcomes, weights);
    let length = coefficients.len();
    let mut covariance = vec![vec![0.0; length]; length];
    for at in 0..length {
        let unit: Vec<f64> = (0..length).map(|other| f64::from(u8::from(other == at))).collect();
        for (row, value) in solve(&information, &unit)?.into_iter().enumerate() {
            covariance[row][at] = value / (sizes[row] * sizes[at]);
        }
    }
    Some(LogisticFit {
        coefficients: coefficients.iter().zip(sizes).map(|(c, size)| c / size).collect(),
        covariance,
        log_likelihood: likelihood,
    })
}

/// Gradient and information (minus the second derivatives) of the log-likelihood.
fn derivatives(columns: &[Vec<f64>], eta: &[f64], outcomes: &[f64], weights: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let length = columns.len();
    let mut gradient = vec![0.0; length];
    let mut information = vec![vec![0.0; length]; length];
    for (at, eta) in eta.iter().enumerate() {
        let p = logistic(*eta);
        let miss = weights[at] * (outcomes[at] - p);
        // p (1 - p) without cancellation at either end.
        let e = exp(-eta.abs());
        let spread = weights[at] * e / ((1.0 + e) * (1.0 + e));
        for row in 0..length {
            gradient[row] += miss * columns[row][at];
            for column in 0..=row {
                information[row][column] += spread * columns[row][at] * columns[column][at];
            }
        }
    }
    for row in 0..length {
        let (above, below) = information.split_at_mut(row);
        for (column, of) in above.iter_mut().enumerate() {
            of[row] = below[0][column];
        }
    }
    (gradient, information)
}

/// Solves a positive definite system; `None` where it is not positive definite to rounding.
fn solve(matrix: &[Vec<f64>], right: &[f64]) -> Option<Vec<f64>> {
    Some(Cholesky::new(right.len(), &matrix.concat())?.solve(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::logit::logit;

    #[test]
    fn an_intercept_alone_is_the_log_odds_of_the_share() {
        let outcomes = [1.0, 0.0, 0.0, 1.0, 0.0];
        let fit = logistic_regression(&[vec![1.0; 5]], &outcomes, &[1.0; 5], None).expect("a finite maximum");
        assert!((fit.coefficients[0] - logit(0.4)).abs() < 1e-12);
        // Variance 1 / (n p (1 - p)).
        assert!((fit.covariance[0][0] - 1.0 / 1.2).abs() < 1e-12);
        let moved = logistic_regression(&[vec![1.0; 5]], &outcomes, &[1.0; 5], Some(&[0.5; 5])).expect("a maximum");
        assert!((moved.coefficients[0] - (logit(0.4) - 0.5)).abs() < 1e-12);
    }

    #[test]
    fn two_groups_give_their_two_log_odds() {
        let x = vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let y = [1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
        let fit = logistic_regression(&[vec![1.0; 7], x], &y, &[1.0; 7], None).expect("a finite maximum");
        assert!((fit.coefficients[0] - logit(1.0 / 3.0)).abs() < 1e-11);
        assert!((fit.coefficients[0] + fit.coefficients[1] - logit(0.75)).abs() < 1e-11);
    }

    #[test]
    fn weights_are_copies() {
        let x = vec![-1.0, 0.3, 0.8, 2.0];
        let y = [0.0, 1.0, 0.0, 1.0];
        let weighted = logistic_regression(&[vec![1.0; 4], x.clone()], &y, &[1.0, 2.0, 1.0, 3.0], None).expect("fit");
        let pick = |of: &[f64]| -> Vec<f64> { [0, 1, 1, 2, 3, 3, 3].iter().map(|at| of[*at]).collect() };
        let copied = logistic_regression(&[vec![1.0; 7], pick(&x)], &pick(&y), &[1.0; 7], None).expect("fit");
        for (a, b) in weighted.coefficients.iter().zip(&copied.coefficients) {
            assert!((a - b).abs() < 1e-10);
        }
    }

    #[test]
    fn separated_outcomes_and_dependent_columns_have_no_fit() {
        let ones = vec![1.0; 4];
        let x = vec![-2.0, -1.0, 1.0, 2.0];
        assert_eq!(logistic_regression(&[ones.clone(), x], &[0.0, 0.0, 1.0, 1.0], &[1.0; 4], None), None);
        assert_eq!(logistic_regression(&[ones.clone(), ones.clone()], &[0.0, 1.0, 1.0, 1.0], &[1.0; 4], None), None);
        assert_eq!(logistic_regression(&[ones], &[1.0; 4], &[1.0; 4], None), None);
        assert_eq!(logistic_regression(&[vec![f64::NAN]], &[1.0], &[1.0], None), None);
    }
}
