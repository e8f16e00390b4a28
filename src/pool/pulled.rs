//! Logistic regression pulled towards coefficients known beforehand: what few questions cannot teach stays as it was.

use crate::math::{Cholesky, exp, ln_1p_exp, logistic};

/// How strongly coefficients are pulled: the inverse variance of the normal prior, a standard deviation of 0.32.
const PULL: f64 = 10.0;

const MOST_STEPS: usize = 100;
const MOST_HALVINGS: usize = 50;

/// The most probable coefficients of a logistic regression when each has a normal prior about a value known beforehand.
///
/// ```text
/// minimise  -sum_i (y_i ln q_i + (1 - y_i) ln(1 - q_i)) + 5 sum_j (c_j - prior_j)²        logit q_i = sum_j c_j x_j,i
/// ```
///
/// `columns` holds one column a coefficient, each with one entry a question. There is one minimum and it is finite, also where the outcomes
/// are separated or there are none. `None` when lengths differ or something is not finite.
pub(super) fn pulled_logistic(columns: &[Vec<f64>], happened: &[bool], prior: &[f64]) -> Option<Vec<f64>> {
    let count = happened.len();
    let sound = columns.len() == prior.len()
        && !prior.is_empty()
        && columns.iter().all(|column| column.len() == count && column.iter().all(|x| x.is_finite()));
    if !sound {
        return None;
    }
    let log_odds = |c: &[f64]| {
        (0..count).map(|at| columns.iter().zip(c).map(|(x, c)| c * x[at]).sum::<f64>()).collect::<Vec<f64>>()
    };
    let loss = |c: &[f64]| {
        let data: f64 =
            log_odds(c).iter().zip(happened).map(|(eta, yes)| ln_1p_exp(if *yes { -eta } else { *eta })).sum();
        data + 0.5 * PULL * c.iter().zip(prior).map(|(c, prior)| (c - prior) * (c - prior)).sum::<f64>()
    };
    let mut coefficients = prior.to_vec();
    let mut least = loss(&coefficients);
    for _ in 0..MOST_STEPS {
        let length = prior.len();
        let mut gradient: Vec<f64> = coefficients.iter().zip(prior).map(|(c, prior)| PULL * (c - prior)).collect();
        let mut curvature = vec![0.0; length * length];
        (0..length).for_each(|at| curvature[at * length + at] = PULL);
        for (at, eta) in log_odds(&coefficients).into_iter().enumerate() {
            let miss = logistic(eta) - f64::from(u8::from(happened[at]));
            let e = exp(-eta.abs());
            let spread = e / ((1.0 + e) * (1.0 + e));
            for row in 0..length {
                gradient[row] += miss * columns[row][at];
                for column in 0..length {
                    curvature[row * length + column] += spread * columns[row][at] * columns[column][at];
                }
            }
        }
        let step = Cholesky::new(length, &curvature)?.solve(&gradient);
        let mut share = 1.0;
        let mut moved = false;
        for _ in 0..MOST_HALVINGS {
            let tried: Vec<f64> = coefficients.iter().zip(&step).map(|(c, s)| c - share * s).collect();
            let found = loss(&tried);
            if found < least {
                (coefficients, least, moved) = (tried, found, true);
                break;
            }
            share *= 0.5;
        }
        if !moved || step.iter().all(|s| (share * s).abs() < 1e-12) {
            break;
        }
    }
    Some(coefficients)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::logit;

    #[test]
    fn with_nothing_to_learn_from_what_was_known_stays() {
        assert_eq!(pulled_logistic(&[vec![], vec![]], &[], &[0.0, 1.0]), Some(vec![0.0, 1.0]));
        let fit =
            pulled_logistic(&[vec![1.0, 2.0]], &[true, true], &[1.0]).expect("separated, and finite all the same");
        assert!(fit[0] > 1.0 && fit[0] < 1.1, "{fit:?}");
    }

    #[test]
    fn the_gradient_is_nought_at_the_fit_and_many_questions_outweigh_the_pull() {
        // 30 % came true of what was given even odds: the intercept that balances the data and the pull.
        let count = 20_000;
        let happened: Vec<bool> = (0..count).map(|at| at % 10 < 3).collect();
        let fit = pulled_logistic(&[vec![1.0; count]], &happened, &[0.0]).expect("a fit");
        let gradient = count as f64 * (logistic(fit[0]) - 0.3) + PULL * fit[0];
        assert!(gradient.abs() < 1e-6 && (fit[0] - logit(0.3)).abs() < 0.01, "{fit:?} {gradient}");
    }
}
