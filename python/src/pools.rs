//! Threads to work on, that are there also in a process that was forked from one that had worked before.
//!
//! Rayon's own threads belong to the process that first used them; a child that is forked from it, as Python's multiprocessing does, would wait for them for ever. So
//! nothing here runs on those: a command gets threads of its own, and rules on arrays share some that are made anew in each process.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Threads for one piece of work.
fn new() -> PyResult<ThreadPool> {
    ThreadPoolBuilder::new()
        .build()
        .map_err(|problem| PyRuntimeError::new_err(format!("no threads to work on: {problem}")))
}

/// The threads of this process, and which process that was when they were made.
static SHARED: AtomicPtr<ThreadPool> = AtomicPtr::new(std::ptr::null_mut());
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// Works on threads that all such work of this process shares.
#[expect(
    unsafe_code,
    reason = "a lock might be held for ever in a process that was forked; a pointer is never half written"
)]
pub(crate) fn shared<R: Send>(work: impl FnOnce() -> R + Send) -> PyResult<R> {
    let process = std::process::id();
    if PROCESS.load(Ordering::Acquire) != process {
        // Two threads that come here at once make two; one of them is used no more, as are those of the process that this was forked from.
        SHARED.store(Box::into_raw(Box::new(new()?)), Ordering::Release);
        PROCESS.store(process, Ordering::Release);
    }
    // SAFETY: the pointer was set above or by a thread that set `PROCESS` after it, and what it points to is never freed.
    let pool = unsafe { SHARED.load(Ordering::Acquire).as_ref() };
    match pool {
        Some(pool) => Ok(pool.install(work)),
        None => Ok(new()?.install(work)),
    }
}

/// Works on threads of its own: what a command says is kept by its thread, which must not take up another command while it waits.
pub(crate) fn own<R: Send>(work: impl FnOnce() -> R + Send) -> PyResult<R> {
    Ok(new()?.install(work))
}
