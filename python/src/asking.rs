//! Commands, and parts of runs put together.

use super::pools;
use super::table::Table;
use foretell::cli::{self, OnProgress};
use pyo3::exceptions::{PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often Python is asked whether it was interrupted, and told of progress.
const BREATH: Duration = Duration::from_millis(50);

/// Carried by the unwinding of work that nobody waits for any more.
struct BrokenOff;

/// What was found in a scenario file or a phrase, as a dictionary of Python.
#[derive(Clone, FromPyObject, IntoPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Found {
    code: String,
    severity: String,
    message: String,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    help: Vec<String>,
}

impl From<cli::Problem> for Found {
    fn from(problem: cli::Problem) -> Self {
        let cli::Problem { code, severity, message, file, line, column, help } = problem;
        Self { code: code.to_owned(), severity: severity.to_owned(), message, file, line, column, help }
    }
}

/// What went wrong, the way out, and whether the arguments themselves were wrong.
type Failure = (String, Option<String>, bool);

/// What a command had to say.
#[pyclass(frozen, module = "foretell._foretell")]
pub(crate) struct Told {
    /// 0 done, 1 something was found or the input is at fault, 2 the tool could not run.
    #[pyo3(get)]
    exit_code: u8,
    /// What `--format json` prints.
    #[pyo3(get)]
    json: Option<String>,
    /// What `--format table` prints.
    #[pyo3(get)]
    text: String,
    /// What `--format md` prints.
    #[pyo3(get)]
    markdown: String,
    table: Option<Table>,
    /// What there is to see, as SVG.
    #[pyo3(get)]
    picture: Option<String>,
    /// Notes and warnings.
    #[pyo3(get)]
    remarks: Vec<String>,
    /// What was found in scenario files and phrases.
    #[pyo3(get)]
    problems: Vec<Found>,
    /// What went wrong, the way out, and whether the arguments themselves were wrong, if the command failed.
    #[pyo3(get)]
    failure: Option<Failure>,
}

impl From<cli::Told> for Told {
    fn from(told: cli::Told) -> Self {
        let cli::Told { exit_code, json, text, markdown, table, picture, remarks, problems, failure } = told;
        Self {
            exit_code,
            json,
            text,
            markdown,
            table: table.map(Table::new),
            picture,
            remarks,
            problems: problems.into_iter().map(Found::from).collect(),
            failure: failure.map(|failure| (failure.message, failure.help, failure.is_usage)),
        }
    }
}

/// What a copy is made of.
type Parts =
    (u8, Option<String>, String, String, Option<Table>, Option<String>, Vec<String>, Vec<Found>, Option<Failure>);

impl Told {
    fn parts(&self) -> Parts {
        (
            self.exit_code,
            self.json.clone(),
            self.text.clone(),
            self.markdown.clone(),
            self.table.clone(),
            self.picture.clone(),
            self.remarks.clone(),
            self.problems.clone(),
            self.failure.clone(),
        )
    }
}

#[pymethods]
impl Told {
    /// The table of `--format csv`, with typed columns.
    #[getter]
    fn table(&self) -> Option<Table> {
        self.table.clone()
    }

    /// The same with other notes and warnings.
    fn with_remarks(&self, remarks: Vec<String>) -> Self {
        Self { remarks, ..Self::of_parts(self.parts()) }
    }

    /// What `__reduce__` took apart.
    #[staticmethod]
    fn of_parts(parts: Parts) -> Self {
        let (exit_code, json, text, markdown, table, picture, remarks, problems, failure) = parts;
        Self { exit_code, json, text, markdown, table, picture, remarks, problems, failure }
    }

    /// For pickling and copying.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Parts,))> {
        Ok((py.get_type::<Self>().getattr("of_parts")?, (self.parts(),)))
    }
}

/// Runs a command. `texts` are scenarios and parts by the names that `arguments` call them. Python may go on meanwhile: the work is done without the
/// interpreter's lock, on a thread of its own, while this one tells `on_progress` the share that is done and looks whether it was interrupted.
#[pyfunction]
#[pyo3(signature = (arguments, texts, on_progress=None))]
pub(crate) fn ask(
    py: Python<'_>,
    arguments: Vec<String>,
    texts: BTreeMap<String, String>,
    on_progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Told> {
    let share = Arc::new(AtomicU64::new(0));
    let is_broken_off = Arc::new(AtomicBool::new(false));
    let listen: OnProgress = {
        let (share, is_broken_off) = (Arc::clone(&share), Arc::clone(&is_broken_off));
        Arc::new(move |done: f64| {
            if is_broken_off.load(Ordering::Relaxed) {
                resume_unwind(Box::new(BrokenOff));
            }
            share.store(done.to_bits(), Ordering::Relaxed);
        })
    };
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let told = catch_unwind(AssertUnwindSafe(|| pools::own(|| cli::ask(arguments, texts, Some(listen)))));
        // Nobody waits any more if the work was broken off.
        let _ = send.send(told);
    });
    let receive = Mutex::new(receive);
    let break_off = |problem: PyErr| {
        is_broken_off.store(true, Ordering::Relaxed);
        problem
    };
    loop {
        let got = py.detach(|| receive.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(BREATH));
        match got {
            Ok(Ok(told)) => return told.map(Told::from),
            Ok(Err(panic)) => return Err(bug(&*panic)),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("the work ended without an answer"));
            }
            Err(RecvTimeoutError::Timeout) => {
                py.check_signals().map_err(break_off)?;
                if let Some(on_progress) = &on_progress {
                    on_progress.call1((f64::from_bits(share.load(Ordering::Relaxed)),)).map_err(break_off)?;
                }
            }
        }
    }
}

/// What a scenario file and its file of priors hold, by their paths.
#[pyfunction]
pub(crate) fn scenario_texts(path: PathBuf) -> PyResult<BTreeMap<String, String>> {
    cli::scenario_texts(&path).map_err(|problem| PyOSError::new_err(problem.to_string()))
}

/// A panic is a bug of ours, and must not end the interpreter.
pub(crate) fn bug(panic: &(dyn Any + Send)) -> PyErr {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    PyRuntimeError::new_err(format!("a bug in foretell: {said}"))
}

/// Parts of a run, put together as they come.
#[pyclass(module = "foretell._foretell")]
pub(crate) struct Merger(Option<cli::Merger>);

#[pymethods]
impl Merger {
    #[new]
    fn new() -> Self {
        Self(Some(cli::Merger::new()))
    }

    /// Adds what `run --shard K/N --out -` printed; what is wrong with it is told, and changes nothing.
    fn add(&mut self, py: Python<'_>, name: &str, part: &str) -> PyResult<Told> {
        let merger = self.0.as_mut().ok_or_else(finished)?;
        py.detach(|| pools::own(|| merger.add(name, part))).map(Told::from)
    }

    /// The forecasts of the whole run.
    fn finish(&mut self, py: Python<'_>, events: bool) -> PyResult<Told> {
        let merger = self.0.take().ok_or_else(finished)?;
        py.detach(|| pools::own(|| merger.finish(events))).map(Told::from)
    }
}

fn finished() -> PyErr {
    PyRuntimeError::new_err("the parts are put together already")
}
