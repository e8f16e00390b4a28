//! Commands, and parts of runs put together.

use super::pools;
use super::table::Table;
use foretell::cli::{self, OnProgress};
use pyo3::exceptions::{PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
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

/// What a command had to say.
#[pyclass(frozen, module = "foretell._foretell")]
pub(crate) struct Told(cli::Told);

#[pymethods]
impl Told {
    /// 0 done, 1 something was found or the input is at fault, 2 the tool could not run.
    #[getter]
    fn exit_code(&self) -> u8 {
        self.0.exit_code
    }

    /// What `--format json` prints.
    #[getter]
    fn json(&self) -> Option<&str> {
        self.0.json.as_deref()
    }

    /// What `--format table` prints.
    #[getter]
    fn text(&self) -> &str {
        &self.0.text
    }

    /// What `--format md` prints.
    #[getter]
    fn markdown(&self) -> &str {
        &self.0.markdown
    }

    /// The table of `--format csv`, with typed columns.
    #[getter]
    fn table(&self) -> Option<Table> {
        self.0.table.clone().map(Table::new)
    }

    /// What there is to see, as SVG.
    #[getter]
    fn picture(&self) -> Option<&str> {
        self.0.picture.as_deref()
    }

    /// Notes and warnings.
    #[getter]
    fn remarks(&self) -> Vec<String> {
        self.0.remarks.clone()
    }

    /// What was found in scenario files and phrases.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let one = |problem: &cli::Problem| {
            let dict = PyDict::new(py);
            dict.set_item("code", problem.code)?;
            dict.set_item("severity", problem.severity)?;
            dict.set_item("message", &problem.message)?;
            dict.set_item("file", problem.file.as_deref())?;
            dict.set_item("line", problem.line)?;
            dict.set_item("column", problem.column)?;
            dict.set_item("help", &problem.help)?;
            Ok(dict)
        };
        self.0.problems.iter().map(one).collect()
    }

    /// What went wrong, the way out, and whether the arguments themselves were wrong, if the command failed.
    #[getter]
    fn failure(&self) -> Option<(&str, Option<&str>, bool)> {
        self.0.failure.as_ref().map(|failure| (failure.message.as_str(), failure.help.as_deref(), failure.is_usage))
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
            Ok(Ok(told)) => return told.map(Told),
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
fn bug(panic: &(dyn Any + Send)) -> PyErr {
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
        py.detach(|| pools::own(|| merger.add(name, part))).map(Told)
    }

    /// The forecasts of the whole run.
    fn finish(&mut self, py: Python<'_>, events: bool) -> PyResult<Told> {
        let merger = self.0.take().ok_or_else(finished)?;
        py.detach(|| pools::own(|| merger.finish(events))).map(Told)
    }
}

fn finished() -> PyErr {
    PyRuntimeError::new_err("the parts are put together already")
}
