//! Rules that score a row of a matrix at a time: ensembles, quantiles, probabilities of several outcomes; and means over yes/no forecasts.

use super::{parallel, pools};
use foretell::score::columns::{self, BinaryColumns, ColumnProblem};
use foretell::score::crps::{
    crps_ensemble_by_outcome_weights, crps_ensemble_by_rescaled_weights, crps_ensemble_resized,
    crps_ensemble_threshold, crps_ensemble_weighted, crps_normal_kernel, crps_normal_mixture, crps_piecewise_linear,
    crps_quantiles,
};
use foretell::score::{
    EnsembleEstimator, MedianWeight, VarianceDivisor, absolute_error_of_median, brier_all, brier_ensemble,
    brier_ensemble_fair, brier_ensemble_resized, dawid_sebastiani_ensemble, dawid_sebastiani_vectors, energy_score,
    log_score, log_score_normal_kernel, log_score_normal_mixture, mean_pinball, normal_reference_bandwidth,
    ordinal_brier, quantile_bias, ranked_log_score, rps, rps_ensemble, rps_normalised, spherical,
    squared_error_of_mean, variogram_score,
};
use ndarray::{ArrayView2, s};
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyReadonlyArray3};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A score of a row, what happened, and what all rows share.
type Scored = fn(&[f64], f64, &[f64]) -> Option<f64>;

/// An option's place.
fn place(y: f64) -> Option<usize> {
    (y >= 0.0 && y.fract() == 0.0).then_some(y as usize)
}

/// The rules by name. What they share is the levels of quantiles, or a threshold.
static RULES: &[(&str, Scored)] = &[
    ("brier_all", |row, y, _| brier_all(row, place(y)?)),
    ("log_all", |row, y, _| row.get(place(y)?).copied().map(log_score)),
    ("spherical", |row, y, _| spherical(row, place(y)?)),
    ("rps", |row, y, _| rps(row, place(y)?)),
    ("rps_normalised", |row, y, _| rps_normalised(row, place(y)?)),
    ("ordinal_brier", |row, y, _| ordinal_brier(row, place(y)?)),
    ("ranked_log", |row, y, _| ranked_log_score(row, place(y)?)),
    ("mean_pinball", |row, y, levels| mean_pinball(levels, row, y)),
    ("crps_quantiles", |row, y, levels| crps_quantiles(levels, row, y)),
    ("quantile_bias", |row, y, levels| quantile_bias(levels, row, y)),
    ("crps_ensemble_threshold", |row, y, range| {
        let [lower, upper] = range else { return None };
        crps_ensemble_threshold(row, y, *lower, *upper)
    }),
    ("crps_ensemble_resized", |row, y, shared| crps_ensemble_resized(row, y, *shared.first()?)),
    ("rps_ensemble", |row, y, shared| rps_ensemble(row, place(y)?, *shared.first()?)),
    ("brier_ensemble_resized", |row, y, shared| {
        let [threshold, size] = shared else { return None };
        brier_ensemble_resized(row, y, *threshold, *size)
    }),
    ("bandwidth", |row, _, _| normal_reference_bandwidth(row)),
    ("brier_ensemble", |row, y, shared| brier_ensemble(row, y, *shared.first()?)),
    ("brier_ensemble_fair", |row, y, shared| brier_ensemble_fair(row, y, *shared.first()?)),
    ("dawid_sebastiani_ensemble", |row, y, _| dawid_sebastiani_ensemble(row, y, VarianceDivisor::Count)),
    ("dawid_sebastiani_ensemble_unbiased", |row, y, _| {
        dawid_sebastiani_ensemble(row, y, VarianceDivisor::CountLessOne)
    }),
    ("absolute_error_of_median", |row, y, _| absolute_error_of_median(row, y)),
    ("squared_error_of_mean", |row, y, _| squared_error_of_mean(row, y)),
];

/// The names of the rules of [`by_rows`].
#[pyfunction]
pub(crate) fn rules_of_rows() -> Vec<&'static str> {
    RULES.iter().map(|(name, _)| *name).collect()
}

/// Scores each row of a matrix under a rule.
#[pyfunction]
pub(crate) fn by_rows<'py>(
    py: Python<'py>,
    rule: &str,
    rows: PyReadonlyArray2<'py, f64>,
    outcomes: PyReadonlyArray1<'py, f64>,
    shared: Vec<f64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (name, score) =
        RULES.iter().find(|(known, _)| *known == rule).ok_or_else(|| PyValueError::new_err("there is no such rule"))?;
    let (rows, outcomes) = (rows.as_array(), outcomes.as_slice()?);
    let columns = rows.ncols();
    each(py, name, (rows.nrows(), 8 * columns), outcomes, |row, y| {
        let cells = rows.row(row);
        match cells.as_slice() {
            Some(cells) => score(cells, y, &shared),
            None => score(&cells.to_vec(), y, &shared),
        }
        .filter(|_| columns > 0)
    })
}

/// A score of a row, what happened, and what else belongs to the row.
type ScoredByTwo = fn(&[f64], f64, &[f64]) -> Option<f64>;

/// The rules of [`by_two_rows`] by name, with what else belongs to the row.
static RULES_OF_TWO: &[(&str, ScoredByTwo)] = &[
    // Weights of the draws.
    ("crps_ensemble_weighted", |draws, y, weights| crps_ensemble_weighted(draws, weights, y)),
    // Weights of the draws, and last that of what happened.
    ("crps_ensemble_outcome_weighted", |draws, y, weights| {
        let (at_outcome, weights) = weights.split_last()?;
        crps_ensemble_by_outcome_weights(draws, weights, y, *at_outcome)
    }),
    ("crps_ensemble_vertically_rescaled", |draws, y, weights| {
        let (at_outcome, weights) = weights.split_last()?;
        crps_ensemble_by_rescaled_weights(draws, weights, y, 0.0, *at_outcome)
    }),
    // A bandwidth.
    ("crps_normal_kernel", |draws, y, bandwidth| crps_normal_kernel(draws, *bandwidth.first()?, y)),
    ("log_normal_kernel", |draws, y, bandwidth| log_score_normal_kernel(draws, *bandwidth.first()?, y)),
    // Standard deviations, then weights, of the components whose means are in the row.
    ("crps_normal_mixture", |means, y, rest| crps_normal_mixture(y, &components(means, rest)?)),
    ("log_normal_mixture", |means, y, rest| log_score_normal_mixture(y, &components(means, rest)?)),
    // Points of a cdf.
    ("crps_cdf", |cdf, y, points| crps_piecewise_linear(points, cdf, y).map(|parts| parts.total)),
];

/// Components of a mixture: weight, mean and standard deviation.
fn components(means: &[f64], rest: &[f64]) -> Option<Vec<(f64, f64, f64)>> {
    let (deviations, weights) = rest.split_at_checked(means.len())?;
    (weights.len() == means.len())
        .then(|| weights.iter().zip(means).zip(deviations).map(|((w, mean), sd)| (*w, *mean, *sd)).collect())
}

/// The names of the rules of [`by_two_rows`].
#[pyfunction]
pub(crate) fn rules_of_two_rows() -> Vec<&'static str> {
    RULES_OF_TWO.iter().map(|(name, _)| *name).collect()
}

/// Scores each row of a matrix, with the row of another one, under a rule.
#[pyfunction]
pub(crate) fn by_two_rows<'py>(
    py: Python<'py>,
    rule: &str,
    rows: PyReadonlyArray2<'py, f64>,
    others: PyReadonlyArray2<'py, f64>,
    outcomes: PyReadonlyArray1<'py, f64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let found = RULES_OF_TWO.iter().find(|(known, _)| *known == rule);
    let (name, score) = found.ok_or_else(|| PyValueError::new_err("there is no such rule"))?;
    let (rows, others, outcomes) = (rows.as_array(), others.as_array(), outcomes.as_slice()?);
    if rows.nrows() != others.nrows() {
        let problem = ColumnProblem::Lengths { first: rows.nrows(), other: others.nrows() };
        return Err(PyValueError::new_err(problem.to_string()));
    }
    // Every pair of draws, or of components, is looked at.
    let of_pairs = ["crps_normal_kernel", "crps_normal_mixture"].contains(name);
    let work = 8 * rows.ncols() * if of_pairs { rows.ncols() } else { 1 };
    each(py, name, (rows.nrows(), work), outcomes, |row, y| {
        score(&rows.row(row).to_vec(), y, &others.row(row).to_vec())
    })
}

/// Scores of rows by their numbers, each of which takes about so much work; an error names the first row that has none.
fn each<'py>(
    py: Python<'py>,
    name: &str,
    (rows, work): (usize, usize),
    outcomes: &[f64],
    score: impl Fn(usize, f64) -> Option<f64> + Sync,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    if rows != outcomes.len() {
        return Err(PyValueError::new_err(ColumnProblem::Lengths { first: rows, other: outcomes.len() }.to_string()));
    }
    let scores = PyArray1::<f64>::zeros(py, rows, false);
    let mut writable = scores.readwrite();
    let slots = writable.as_slice_mut()?;
    let some = |start: usize, slots: &mut [f64]| {
        slots.iter_mut().enumerate().find_map(|(at, slot)| match score(start + at, outcomes[start + at]) {
            Some(score) if !score.is_nan() => {
                *slot = score;
                None
            }
            _ => Some(start + at),
        })
    };
    let bad = parallel::fill(py, slots, work, some)?;
    drop(writable);
    match bad {
        None => Ok(scores),
        Some(row) => Err(PyValueError::new_err(format!("row {row} has no score under {name}: y = {}", outcomes[row]))),
    }
}

fn estimator(is_fair: bool) -> EnsembleEstimator {
    if is_fair { EnsembleEstimator::Fair } else { EnsembleEstimator::Empirical }
}

fn refused(problem: ColumnProblem) -> PyErr {
    PyValueError::new_err(problem.to_string())
}

/// The CRPS of every row of an array of ensembles.
#[pyfunction]
pub(crate) fn crps_of_ensembles<'py>(
    py: Python<'py>,
    ensembles: PyReadonlyArray2<'py, f64>,
    outcomes: PyReadonlyArray1<'py, f64>,
    fair: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (ensembles, outcomes) = (ensembles.as_array(), outcomes.as_slice()?);
    let (rows, draws) = ensembles.dim();
    if rows != outcomes.len() {
        return Err(refused(ColumnProblem::Lengths { first: rows, other: outcomes.len() }));
    }
    let mut scores = Vec::with_capacity(rows);
    // Draws are sorted: some operations more for each than where they are only added up.
    for piece in parallel::pieces(rows, 16 * draws) {
        let (first, outcomes) = (piece.start, &outcomes[piece.clone()]);
        let ensembles = ensembles.slice(s![piece, ..]);
        let scored =
            py.detach(|| pools::shared(|| columns::crps_of_ensembles(ensembles, outcomes, estimator(fair))))?;
        scores.extend(scored.map_err(|problem| refused(further_on(problem, first)))?);
        py.check_signals()?;
    }
    Ok(PyArray1::from_vec(py, scores))
}

/// What is wrong with rows from this one on, by their places among all rows.
fn further_on(problem: ColumnProblem, first: usize) -> ColumnProblem {
    match problem {
        ColumnProblem::NotFinite { row } => ColumnProblem::NotFinite { row: first + row },
        other => other,
    }
}

/// Four arrays of one length.
type Four<'py> = [Bound<'py, PyArray1<f64>>; 4];

/// The weighted interval score of every row of an array of quantiles, and what it is made of: dispersion, under- and overprediction.
#[pyfunction]
pub(crate) fn wis_of_quantiles<'py>(
    py: Python<'py>,
    quantiles: PyReadonlyArray2<'py, f64>,
    levels: Vec<f64>,
    outcomes: PyReadonlyArray1<'py, f64>,
    whole_median: bool,
) -> PyResult<Four<'py>> {
    let (quantiles, outcomes) = (quantiles.as_array(), outcomes.as_slice()?);
    let median = if whole_median { MedianWeight::Whole } else { MedianWeight::Half };
    let scores = py
        .detach(|| pools::shared(|| columns::wis_of_rising_quantiles(quantiles, &levels, outcomes, median)))?
        .map_err(refused)?;
    let of = |column| PyArray1::from_vec(py, column);
    Ok([of(scores.score), of(scores.dispersion), of(scores.underprediction), of(scores.overprediction)])
}

/// The first row of a matrix in which a number is followed by a lesser one.
#[pyfunction]
pub(crate) fn falling_row(py: Python<'_>, matrix: PyReadonlyArray2<'_, f64>) -> PyResult<Option<usize>> {
    let matrix = matrix.as_array();
    py.detach(|| pools::shared(|| columns::falling_row(matrix)))
}

/// The draws of a row as vectors.
fn vectors(draws: ArrayView2<'_, f64>) -> Vec<Vec<f64>> {
    draws.rows().into_iter().map(|draw| draw.to_vec()).collect()
}

/// Every number of the outcomes of rows, for [`each`], which knows rows by one.
fn firsts(outcomes: ArrayView2<'_, f64>) -> Vec<f64> {
    outcomes.rows().into_iter().map(|row| row.first().copied().unwrap_or(f64::NAN)).collect()
}

fn check_shapes(draws: &[usize], outcomes: &[usize]) -> PyResult<()> {
    if draws[0] == outcomes[0] && draws[2] == outcomes[1] {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "draws are (rows, draws, components) and outcomes (rows, components), but these are {draws:?} and {outcomes:?}"
    )))
}

/// The energy score of every row.
#[pyfunction]
pub(crate) fn energy<'py>(
    py: Python<'py>,
    draws: PyReadonlyArray3<'py, f64>,
    outcomes: PyReadonlyArray2<'py, f64>,
    fair: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (draws, outcomes) = (draws.as_array(), outcomes.as_array());
    check_shapes(draws.shape(), outcomes.shape())?;
    let [rows, count, components] = [0, 1, 2].map(|axis| draws.shape()[axis]);
    each(py, "energy", (rows, count * count * components), &firsts(outcomes), |row, _| {
        energy_score(&vectors(draws.index_axis(ndarray::Axis(0), row)), &outcomes.row(row).to_vec(), estimator(fair))
    })
}

/// The Dawid–Sebastiani score of the means and covariances of every row.
#[pyfunction]
pub(crate) fn dawid_sebastiani_of_vectors<'py>(
    py: Python<'py>,
    draws: PyReadonlyArray3<'py, f64>,
    outcomes: PyReadonlyArray2<'py, f64>,
    is_unbiased: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (draws, outcomes) = (draws.as_array(), outcomes.as_array());
    check_shapes(draws.shape(), outcomes.shape())?;
    let divisor = if is_unbiased { VarianceDivisor::CountLessOne } else { VarianceDivisor::Count };
    let [rows, count, components] = [0, 1, 2].map(|axis| draws.shape()[axis]);
    each(
        py,
        "dawid_sebastiani_vectors",
        (rows, (count + components) * components * components),
        &firsts(outcomes),
        |row, _| {
            let draws = vectors(draws.index_axis(ndarray::Axis(0), row));
            dawid_sebastiani_vectors(&draws, &outcomes.row(row).to_vec(), divisor)
        },
    )
}

/// The variogram score of every row.
#[pyfunction]
pub(crate) fn variogram<'py>(
    py: Python<'py>,
    draws: PyReadonlyArray3<'py, f64>,
    outcomes: PyReadonlyArray2<'py, f64>,
    order: f64,
    fair: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (draws, outcomes) = (draws.as_array(), outcomes.as_array());
    check_shapes(draws.shape(), outcomes.shape())?;
    let [rows, count, components] = [0, 1, 2].map(|axis| draws.shape()[axis]);
    each(py, "variogram", (rows, 8 * count * components * components), &firsts(outcomes), |row, _| {
        let draws = vectors(draws.index_axis(ndarray::Axis(0), row));
        variogram_score(&draws, &outcomes.row(row).to_vec(), order, None, estimator(fair))
    })
}

/// Mean Brier and log score, forecasts, those raised to the floor and infinite ones; and for each bin the forecasts, events and sum of probabilities.
type Binary = ((f64, f64, u64, u64, u64), Vec<(u64, u64, f64)>);

/// Means over yes/no forecasts in one pass.
#[pyfunction]
pub(crate) fn binary<'py>(
    py: Python<'py>,
    probabilities: PyReadonlyArray1<'py, f64>,
    happened: PyReadonlyArray1<'py, u8>,
    bins: usize,
) -> PyResult<Binary> {
    let (probabilities, happened) = (probabilities.as_slice()?, happened.as_slice()?);
    let columns = BinaryColumns::of_one(probabilities, happened).map_err(refused)?;
    let scores = py.detach(|| pools::shared(|| columns.score(bins)))?.map_err(refused)?;
    let means = scores.overall.ok_or_else(|| PyValueError::new_err("there are no forecasts"))?;
    let bins = scores.bins.iter().map(|bin| (bin.forecasts, bin.events, bin.stated)).collect();
    Ok(((means.brier, means.log, means.forecasts, means.raised, means.infinite), bins))
}
