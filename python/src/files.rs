//! Means over yes/no forecasts in Parquet files.

use super::asking::bug;
use super::pools;
use foretell::calibrate::{BiasCorrection, murphy_of_bins};
use foretell::error::{Error, ErrorKind};
use foretell::score::columns::{BinaryFiles, MeanScores, NamedBinaryScores};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often Python is asked whether it was interrupted.
const BREATH: Duration = Duration::from_millis(50);

/// Mean Brier and log score, forecasts, those raised to the floor and infinite ones.
type Means = (f64, f64, u64, u64, u64);

/// The means of all, if there are any; the names and their means; for each bin the forecasts, events and sum of probabilities; and reliability, resolution,
/// uncertainty and what is left within bins.
type Found = (Option<Means>, Vec<String>, Vec<Option<Means>>, Vec<(u64, u64, f64)>, Option<[f64; 4]>);

/// What is wrong, the way out, and whether the input is at fault.
type Failure = (String, Option<String>, bool);

/// What was found, or what is wrong.
type Told = (Option<Found>, Option<Failure>);

/// Means over the yes/no forecasts of files, in one pass without the interpreter's lock, on other threads, while this one looks whether it was interrupted.
#[pyfunction]
#[pyo3(signature = (paths, probability, outcome, forecaster, bins))]
pub(crate) fn binary_of_files(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    probability: String,
    outcome: String,
    forecaster: Option<String>,
    bins: usize,
) -> PyResult<Told> {
    let files = match forecaster {
        Some(forecaster) => BinaryFiles::new(paths, probability, outcome, forecaster),
        None => BinaryFiles::of_one(paths, probability, outcome),
    };
    let is_broken_off = Arc::new(AtomicBool::new(false));
    let is_unwanted = Arc::clone(&is_broken_off);
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let score = || pools::shared(|| files.score_while(bins, || !is_unwanted.load(Ordering::Relaxed)));
        let scored = catch_unwind(AssertUnwindSafe(score));
        // Nobody waits any more if the work was broken off.
        let _ = send.send(scored);
    });
    let receive = Mutex::new(receive);
    let scored = loop {
        let got = py.detach(|| receive.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(BREATH));
        match got {
            Ok(Ok(scored)) => break scored?,
            Ok(Err(panic)) => return Err(bug(&*panic)),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("the work ended without an answer"));
            }
            Err(RecvTimeoutError::Timeout) => py.check_signals().inspect_err(|_| {
                is_broken_off.store(true, Ordering::Relaxed);
            })?,
        }
    };
    match scored {
        Ok(Some(scores)) => Ok((Some(found(scores)), None)),
        Ok(None) => Err(PyRuntimeError::new_err("the work was broken off")),
        Err(error) => Ok((None, Some(failure(&error)))),
    }
}

fn found(found: NamedBinaryScores) -> Found {
    let NamedBinaryScores { names, scores } = found;
    let murphy = murphy_of_bins(&scores, BiasCorrection::Raw)
        .map(|parts| [parts.reliability, parts.resolution, parts.uncertainty, parts.within_bins]);
    let bins = scores.bins.iter().map(|bin| (bin.forecasts, bin.events, bin.stated)).collect();
    let forecasters = scores.forecasters.into_iter().map(|one| one.map(means)).collect();
    (scores.overall.map(means), names, forecasters, bins, murphy)
}

fn means(means: MeanScores) -> Means {
    (means.brier, means.log, means.forecasts, means.raised, means.infinite)
}

fn failure(error: &Error) -> Failure {
    (error.to_string(), error.way_out().map(str::to_owned), error.kind() == ErrorKind::Input)
}
