//! Rules that score a number of each array, element by element.

use super::parallel;
use foretell::score::crps::{
    crps_beta, crps_binomial, crps_censored_logistic, crps_censored_normal, crps_censored_student_t, crps_exponential,
    crps_exponential_with_mass, crps_gamma, crps_generalised_pareto, crps_gev, crps_hypergeometric, crps_inverse_gamma,
    crps_laplace, crps_logistic, crps_loglaplace, crps_loglogistic, crps_lognormal, crps_negative_binomial,
    crps_normal, crps_poisson, crps_student_t, crps_triangular, crps_truncated_logistic, crps_truncated_normal,
    crps_truncated_student_t, crps_two_piece_exponential, crps_two_piece_normal, crps_uniform, crps_weibull,
};
use foretell::score::{
    brier, dawid_sebastiani, interval_score, log_score, log_score_beta, log_score_binomial, log_score_exponential,
    log_score_floored, log_score_gamma, log_score_generalised_pareto, log_score_gev, log_score_hypergeometric,
    log_score_inverse_gamma, log_score_laplace, log_score_logistic, log_score_loglaplace, log_score_loglogistic,
    log_score_lognormal, log_score_negative_binomial, log_score_normal, log_score_poisson, log_score_student_t,
    log_score_triangular, log_score_truncated_logistic, log_score_truncated_normal, log_score_truncated_student_t,
    log_score_two_piece_exponential, log_score_two_piece_normal, log_score_uniform, log_score_weibull, pinball,
};
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Operations that a row takes, about.
const WORK: usize = 8;

/// Scores the rows of some columns into the slots; the first row without a score.
type Scored = fn(&[&[f64]], &mut [f64]) -> Option<usize>;

/// A rule and the names of what it takes.
struct Rule {
    name: &'static str,
    takes: &'static [&'static str],
    score: Scored,
}

/// Each rule as a loop of its own.
macro_rules! rules {
    ($($name:literal: |$($argument:ident),+| $score:expr;)+) => {
        &[$(Rule {
            name: $name,
            takes: &[$(stringify!($argument)),+],
            score: |columns, slots| {
                let [$($argument),+] = columns else { return Some(0) };
                for (row, slot) in slots.iter_mut().enumerate() {
                    $(let $argument = $argument[row];)+
                    let is_missing = $($argument.is_nan())||+;
                    match $score {
                        Some(score) if !is_missing && !score.is_nan() => *slot = score,
                        _ => return Some(row),
                    }
                }
                None
            },
        }),+]
    };
}

/// 1 or 0, and nothing else.
fn outcome(y: f64) -> Option<bool> {
    if y == 1.0 {
        Some(true)
    } else if y == 0.0 {
        Some(false)
    } else {
        None
    }
}

fn probability(p: f64) -> Option<f64> {
    (0.0..=1.0).contains(&p).then_some(p)
}

fn count(number: f64) -> Option<u64> {
    (number >= 0.0 && number.fract() == 0.0 && number <= 9_007_199_254_740_992.0).then_some(number as u64)
}

fn of_outcome(y: f64, p: f64) -> Option<f64> {
    let p = probability(p)?;
    Some(if outcome(y)? { p } else { 1.0 - p })
}

/// The logarithmic score of a law on 0..=1, stretched over this width, is so much higher.
fn width(lower: f64, upper: f64) -> f64 {
    foretell::math::ln(upper - lower)
}

static RULES: &[Rule] = rules! {
    "brier": |y, p| outcome(y).and_then(|y| Some(brier(probability(p)?, y)));
    "log": |y, p| of_outcome(y, p).map(log_score);
    "log_floored": |y, p, floor| of_outcome(y, p).filter(|_| floor > 0.0 && floor < 1.0).map(|p| log_score_floored(p, floor).0);
    "pinball": |y, q, level| (y.is_finite() && q.is_finite() && level > 0.0 && level < 1.0).then(|| pinball(level, q, y));
    "interval": |y, lower, upper, alpha| (y.is_finite() && lower <= upper && alpha > 0.0 && alpha < 1.0)
        .then(|| interval_score(lower, upper, alpha, y)).filter(|score| score.is_finite());
    "dawid_sebastiani": |y, mean, sd| dawid_sebastiani(y, mean, sd);
    "log_normal": |y, mu, sigma| log_score_normal(y, mu, sigma);
    "log_lognormal": |y, mu, sigma| log_score_lognormal(y, mu, sigma);
    "log_logistic": |y, location, scale| log_score_logistic(y, location, scale);
    "log_student_t": |y, degrees, location, scale| log_score_student_t(y, degrees, location, scale);
    "log_gamma": |y, shape, rate| log_score_gamma(y, shape, rate);
    "log_beta": |y, a, b, lower, upper| (lower < upper)
        .then(|| log_score_beta((y - lower) / (upper - lower), a, b)).flatten().map(|score| score + width(lower, upper));
    "log_uniform": |y, lower, upper| log_score_uniform(y, lower, upper);
    "log_triangular": |y, low, mode, high| log_score_triangular(y, low, mode, high);
    "log_weibull": |y, shape, scale| log_score_weibull(y, shape, scale);
    "log_inverse_gamma": |y, shape, scale| log_score_inverse_gamma(y, shape, scale);
    "log_gev": |y, shape, location, scale| log_score_gev(y, shape, location, scale);
    "log_exponential": |y, rate| log_score_exponential(y, rate);
    "log_generalised_pareto": |y, shape, location, scale| log_score_generalised_pareto(y, shape, location, scale);
    "log_laplace": |y, location, scale| log_score_laplace(y, location, scale);
    "log_two_piece_exponential": |y, location, below, above| log_score_two_piece_exponential(y, location, below, above);
    "log_two_piece_normal": |y, location, below, above| log_score_two_piece_normal(y, location, below, above);
    "log_loglogistic": |y, location, scale| log_score_loglogistic(y, location, scale);
    "log_loglaplace": |y, location, scale| log_score_loglaplace(y, location, scale);
    "log_truncated_normal": |y, location, scale, lower, upper| log_score_truncated_normal(y, location, scale, lower, upper);
    "log_truncated_logistic": |y, location, scale, lower, upper| log_score_truncated_logistic(y, location, scale, lower, upper);
    "log_truncated_student_t": |y, degrees, location, scale, lower, upper| log_score_truncated_student_t(y, degrees, location, scale, lower, upper);
    "log_poisson": |y, mean| log_score_poisson(y, mean);
    "log_binomial": |y, trials, p| count(trials).and_then(|trials| log_score_binomial(y, trials, p));
    "log_negative_binomial": |y, size, p| log_score_negative_binomial(y, size, p);
    "log_hypergeometric": |y, marked, unmarked, drawn| match (count(marked), count(unmarked), count(drawn)) {
        (Some(marked), Some(unmarked), Some(drawn)) => log_score_hypergeometric(y, marked, unmarked, drawn),
        _ => None,
    };
    "crps_normal": |y, mu, sigma| crps_normal(y, mu, sigma);
    "crps_lognormal": |y, mu, sigma| crps_lognormal(y, mu, sigma);
    "crps_logistic": |y, location, scale| crps_logistic(y, location, scale);
    "crps_student_t": |y, degrees, location, scale| crps_student_t(y, degrees, location, scale);
    "crps_gamma": |y, shape, rate| crps_gamma(y, shape, rate);
    "crps_uniform": |y, lower, upper| crps_uniform(y, lower, upper);
    "crps_triangular": |y, low, mode, high| crps_triangular(y, low, mode, high);
    "crps_weibull": |y, shape, scale| crps_weibull(y, shape, scale);
    "crps_inverse_gamma": |y, shape, scale| crps_inverse_gamma(y, shape, scale);
    "crps_gev": |y, shape, location, scale| crps_gev(y, shape, location, scale);
    "crps_poisson": |y, mean| crps_poisson(y, mean);
    "crps_binomial": |y, trials, p| count(trials).and_then(|trials| crps_binomial(y, trials, p));
    "crps_negative_binomial": |y, size, p| crps_negative_binomial(y, size, p);
    "crps_hypergeometric": |y, marked, unmarked, drawn| match (count(marked), count(unmarked), count(drawn)) {
        (Some(marked), Some(unmarked), Some(drawn)) => crps_hypergeometric(y, marked, unmarked, drawn),
        _ => None,
    };
    "crps_exponential": |y, rate| crps_exponential(y, rate);
    "crps_exponential_with_mass": |y, location, scale, mass| crps_exponential_with_mass(y, location, scale, mass);
    "crps_generalised_pareto": |y, shape, location, scale, mass| crps_generalised_pareto(y, shape, location, scale, mass);
    "crps_laplace": |y, location, scale| crps_laplace(y, location, scale);
    "crps_two_piece_exponential": |y, location, below, above| crps_two_piece_exponential(y, location, below, above);
    "crps_two_piece_normal": |y, location, below, above| crps_two_piece_normal(y, location, below, above);
    "crps_loglogistic": |y, location, scale| crps_loglogistic(y, location, scale);
    "crps_loglaplace": |y, location, scale| crps_loglaplace(y, location, scale);
    "crps_beta": |y, a, b, lower, upper| crps_beta(y, a, b, lower, upper);
    "crps_truncated_normal": |y, location, scale, lower, upper| crps_truncated_normal(y, location, scale, lower, upper);
    "crps_censored_normal": |y, location, scale, lower, upper| crps_censored_normal(y, location, scale, lower, upper);
    "crps_truncated_logistic": |y, location, scale, lower, upper| crps_truncated_logistic(y, location, scale, lower, upper);
    "crps_censored_logistic": |y, location, scale, lower, upper| crps_censored_logistic(y, location, scale, lower, upper);
    "crps_truncated_student_t": |y, degrees, location, scale, lower, upper| crps_truncated_student_t(y, degrees, location, scale, lower, upper);
    "crps_censored_student_t": |y, degrees, location, scale, lower, upper| crps_censored_student_t(y, degrees, location, scale, lower, upper);
};

/// Scores yes/no forecasts of outcomes that are 0 or 1 in a byte each.
#[pyfunction]
pub(crate) fn of_outcomes<'py>(
    py: Python<'py>,
    rule: &str,
    y: PyReadonlyArray1<'py, u8>,
    p: PyReadonlyArray1<'py, f64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (y, p) = (y.as_slice()?, p.as_slice()?);
    if y.len() != p.len() {
        return Err(PyValueError::new_err("y and p are arrays of one length"));
    }
    let scores = PyArray1::<f64>::zeros(py, y.len(), false);
    let mut writable = scores.readwrite();
    let slots = writable.as_slice_mut()?;
    let bad = match rule {
        "brier" => fill_outcomes(py, y, p, slots, brier)?,
        "log" => fill_outcomes(py, y, p, slots, |p, y| log_score(if y { p } else { 1.0 - p }))?,
        _ => return Err(PyValueError::new_err("there is no such rule of outcomes")),
    };
    drop(writable);
    bad.map_or(Ok(scores), |row| Err(PyValueError::new_err(format!("row {row} has no score under {rule}"))))
}

/// Fills the slots with the scores of rows; the first row without one.
fn fill_outcomes(
    py: Python<'_>,
    y: &[u8],
    p: &[f64],
    slots: &mut [f64],
    score: impl Fn(f64, bool) -> f64 + Sync,
) -> PyResult<Option<usize>> {
    let of_rows = |start: usize, slots: &mut [f64]| {
        let (y, p) = (&y[start..start + slots.len()], &p[start..start + slots.len()]);
        for (row, slot) in slots.iter_mut().enumerate() {
            if y[row] > 1 || probability(p[row]).is_none() {
                return Some(start + row);
            }
            *slot = score(p[row], y[row] == 1);
        }
        None
    };
    parallel::fill(py, slots, WORK, of_rows)
}

/// The rules of [`elementwise`]: their names and what each takes.
#[pyfunction]
pub(crate) fn rules_of_elements() -> Vec<(&'static str, Vec<&'static str>)> {
    RULES.iter().map(|rule| (rule.name, rule.takes.to_vec())).collect()
}

/// Scores each element of arrays of one length under a rule.
#[pyfunction]
pub(crate) fn elementwise<'py>(
    py: Python<'py>,
    rule: &str,
    columns: Vec<PyReadonlyArray1<'py, f64>>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let rule = RULES.iter().find(|known| known.name == rule);
    let rule = rule.ok_or_else(|| PyValueError::new_err("there is no such rule"))?;
    let columns: Vec<&[f64]> = columns.iter().map(|column| column.as_slice()).collect::<Result<_, _>>()?;
    let rows = columns.first().map_or(0, |column| column.len());
    if columns.len() != rule.takes.len() || columns.iter().any(|column| column.len() != rows) {
        return Err(PyValueError::new_err(format!("{} takes {} arrays of one length", rule.name, rule.takes.len())));
    }
    let scores = PyArray1::<f64>::zeros(py, rows, false);
    let mut writable = scores.readwrite();
    let slots = writable.as_slice_mut()?;
    let score = |start: usize, slots: &mut [f64]| {
        let columns: Vec<&[f64]> = columns.iter().map(|column| &column[start..start + slots.len()]).collect();
        (rule.score)(&columns, slots).map(|row| start + row)
    };
    let bad = parallel::fill(py, slots, WORK, score)?;
    drop(writable);
    match bad {
        None => Ok(scores),
        Some(row) => {
            let stands = rule.takes.iter().zip(&columns).map(|(name, column)| format!("{name} = {}", column[row]));
            let stands = stands.collect::<Vec<_>>().join(", ");
            Err(PyValueError::new_err(format!("row {row} has no score under {}: {stands}", rule.name)))
        }
    }
}
