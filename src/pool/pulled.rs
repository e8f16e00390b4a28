//! Logistic regression pulled towards coefficients known beforehand: what few questions cannot teach stays as it was.

use crate::math::{Cholesky, exp, ln_1p};

/// How strongly coefficients are pulled: the inverse variance of the normal prior, a standard deviation of 0.32.
const PULL: f64 = 10.0;

const MOST_STEPS: usize = 100;
const MOST_HALVINGS: usize = 50;
const SMALL_GAIN: f64 = 1e-12;

/// The most probable coefficients of a logistic regression when each has a normal prior about a value known beforehand.
///
/// ```text
/// minimise  -sum_i w_i (y_i ln q_i + (1 - y_i) ln(1 - q_i)) + 5 sum_j (c_j - prior_j)²        logit q_i = sum_j c_j x_j,i
/// ```
///
/// `columns` holds one column a coefficient, each with one entry a question; `weights` are 1 if none are given. There is one minimum and it is finite, also where the outcomes
/// are separated or there are none. `None` when lengths differ or something is not finite.
pub(super) fn pulled_logistic(
    columns: &[Vec<f64>],
    happened: &[bool],
    weights: Option<&[f64]>,
    prior: &[f64],
) -> Option<Vec<f64>> {
    let count = happened.len();
    let sound = columns.len() == prior.len()
        && !prior.is_empty()
        && weights.is_none_or(|weights| weights.len() == count && weights.iter().all(|w| w.is_finite() && *w >= 0.0))
        && columns.iter().all(|column| column.len() == count && column.iter().all(|x| x.is_finite()));
    if !sound {
        return None;
    }
    let weight = |at: usize| weights.map_or(1.0, |weights| weights[at]);
    let log_odds = |c: &[f64], at: usize| columns.iter().zip(c).map(|(x, c)| c * x[at]).sum::<f64>();
    // Each row has log odds η and exp(-|η|), of which the loss, its slope and its curvature are made: exponentials are most of the work.
    let loss = |c: &[f64], rows: &mut [(f64, f64)]| {
        let one = |(at, row): (usize, &mut (f64, f64))| {
            let eta = log_odds(c, at);
            let e = exp(-eta.abs());
            *row = (eta, e);
            let miss = if happened[at] { -eta } else { eta };
            weight(at) * (if miss > 0.0 { miss + ln_1p(e) } else { ln_1p(e) })
        };
        let data: f64 = rows.iter_mut().enumerate().map(one).sum();
        data + 0.5 * PULL * c.iter().zip(prior).map(|(c, prior)| (c - prior) * (c - prior)).sum::<f64>()
    };
    let length = prior.len();
    let mut coefficients = prior.to_vec();
    let mut rows = vec![(0.0, 0.0); count];
    let mut least = loss(&coefficients, &mut rows);
    let mut gradient = vec![0.0; length];
    let mut curvature = vec![0.0; length * length];
    for _ in 0..MOST_STEPS {
        gradient.iter_mut().enumerate().for_each(|(at, of)| *of = PULL * (coefficients[at] - prior[at]));
        curvature.fill(0.0);
        (0..length).for_each(|at| curvature[at * length + at] = PULL);
        for (at, (eta, e)) in rows.iter().copied().enumerate() {
            let chance = if eta >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) };
            let miss = weight(at) * (chance - f64::from(u8::from(happened[at])));
            let spread = weight(at) * e / ((1.0 + e) * (1.0 + e));
            for row in 0..length {
                gradient[row] += miss * columns[row][at];
                for column in 0..length {
                    curvature[row * length + column] += spread * columns[row][at] * columns[column][at];
                }
            }
        }
        let step = Cholesky::new(length, &curvature)?.solve(&gradient);
        let moved = |share: f64| coefficients.iter().zip(&step).map(|(c, s)| c - share * s).collect::<Vec<f64>>();
        // Twice what a full step would gain, were the loss a parabola: so near to the minimum it is one, and further looks at the loss
        // would see rounding alone.
        let gain: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
        if gain <= SMALL_GAIN * (1.0 + least) {
            coefficients = moved(1.0);
            break;
        }
        let shares = std::iter::successors(Some(1.0), |share| Some(0.5 * share)).take(MOST_HALVINGS);
        let better = shares.map(moved).map(|tried| (loss(&tried, &mut rows), tried)).find(|(found, _)| *found < least);
        let Some((found, tried)) = better else { break };
        (coefficients, least) = (tried, found);
    }
    Some(coefficients)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{ln_1p_exp, logistic, logit};

    #[test]
    fn with_nothing_to_learn_from_what_was_known_stays() {
        assert_eq!(pulled_logistic(&[vec![], vec![]], &[], None, &[0.0, 1.0]), Some(vec![0.0, 1.0]));
        let fit = pulled_logistic(&[vec![1.0, 2.0]], &[true, true], None, &[1.0])
            .expect("separated, and finite all the same");
        assert!(fit[0] > 1.0 && fit[0] < 1.1, "{fit:?}");
    }

    #[test]
    fn the_gradient_is_nought_at_the_fit_and_many_questions_outweigh_the_pull() {
        // 30 % came true of what was given even odds: the intercept that balances the data and the pull.
        let count = 20_000;
        let happened: Vec<bool> = (0..count).map(|at| at % 10 < 3).collect();
        let fit = pulled_logistic(&[vec![1.0; count]], &happened, None, &[0.0]).expect("a fit");
        let gradient = count as f64 * (logistic(fit[0]) - 0.3) + PULL * fit[0];
        assert!(gradient.abs() < 1e-6 && (fit[0] - logit(0.3)).abs() < 0.01, "{fit:?} {gradient}");
    }

    #[test]
    fn a_question_of_weight_two_counts_as_two() {
        let column = |of: &[f64]| vec![vec![1.0; of.len()], of.to_vec()];
        let twice = pulled_logistic(&column(&[0.5, 0.5, -1.0]), &[true, true, false], None, &[0.0, 1.0]);
        let heavy = pulled_logistic(&column(&[0.5, -1.0]), &[true, false], Some(&[2.0, 1.0]), &[0.0, 1.0]);
        let (twice, heavy) = (twice.expect("a fit"), heavy.expect("a fit"));
        assert!(twice.iter().zip(&heavy).all(|(a, b)| (a - b).abs() < 1e-9), "{twice:?} {heavy:?}");
        assert_eq!(pulled_logistic(&column(&[0.5]), &[true], Some(&[-1.0]), &[0.0, 1.0]), None);
    }

    /// One step of Newton's method, with each exponential asked for where it is used.
    fn one_step(columns: &[Vec<f64>; 2], happened: &[bool], prior: [f64; 2]) -> (f64, [f64; 2]) {
        let mut loss = 0.0;
        let (mut gradient, mut curvature) = ([0.0; 2], [PULL, 0.0, 0.0, PULL]);
        for (at, came) in happened.iter().enumerate() {
            let x = [columns[0][at], columns[1][at]];
            let eta = prior[0] * x[0] + prior[1] * x[1];
            loss += ln_1p_exp(if *came { -eta } else { eta });
            let miss = logistic(eta) - f64::from(u8::from(*came));
            let e = exp(-eta.abs());
            let spread = e / ((1.0 + e) * (1.0 + e));
            for row in 0..2 {
                gradient[row] += miss * x[row];
                for column in 0..2 {
                    curvature[2 * row + column] += spread * x[row] * x[column];
                }
            }
        }
        let step = Cholesky::new(2, &curvature).expect("positive definite").solve(&gradient);
        (loss, [prior[0] - step[0], prior[1] - step[1]])
    }

    /// The prior lies so near to the best coefficients that one step reaches them; its bits are those of the functions by name.
    #[test]
    fn exponentials_kept_give_the_bits_of_exponentials_asked_anew() {
        let log_odds: Vec<f64> = (0..60).map(|at| f64::from(at * 37 % 61) / 9.0 - 3.3).collect();
        let happened: Vec<bool> =
            log_odds.iter().enumerate().map(|(at, x)| (at * 7 % 10) as f64 / 10.0 < logistic(*x)).collect();
        let columns = [vec![1.0; 60], log_odds];
        let mut prior = [0.0, 1.0];
        for _ in 0..60 {
            // The pull is to where it stands, so it walks on until the data are met best.
            prior = one_step(&columns, &happened, prior).1;
        }
        let found = pulled_logistic(&columns, &happened, None, &prior).expect("a fit");
        let (_, expected) = one_step(&columns, &happened, prior);
        assert_eq!(found, expected);
    }
}
