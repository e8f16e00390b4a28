//! Who asks: a person at a terminal, or a program that holds this library.
//!
//! Commands say what they have to say through [`console`](super::console) and read scenario files through [`read`]. Where a program asks by
//! [`ask`](super::ask), both end at its desk, which belongs to the thread that runs the command: texts that are nobody's file lie there, answers and
//! remarks are left there, and it is told how far the work is.

use super::check::Problem;
use arrow_array::RecordBatch;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Told the share of the work that is done, from 0 to 1, now and then, from any thread. To break the work off it may unwind
/// ([`std::panic::resume_unwind`]); whoever asked catches that.
pub type OnProgress = Arc<dyn Fn(f64) + Send + Sync>;

/// What a command had to say.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The exit code that the command line would end with: 0 done, 1 something was found or the input is at fault, 2 the tool could not run.
    pub exit_code: u8,
    /// What the command line would have printed with `--format json`.
    pub json: Option<String>,
    /// The same with `--format table`, or data of another kind.
    pub text: String,
    /// The same with `--format md`.
    pub markdown: String,
    /// The table of `--format csv`, with typed columns.
    pub table: Option<RecordBatch>,
    /// What there is to see, as SVG.
    pub picture: Option<String>,
    /// Notes and warnings, a line each.
    pub remarks: Vec<String>,
    /// What was found in scenario files and phrases.
    pub problems: Vec<Problem>,
    /// What went wrong, if the command failed.
    pub failure: Option<Failure>,
}

/// What went wrong.
#[derive(Debug, Clone)]
pub struct Failure {
    /// In words.
    pub message: String,
    /// The way out, if one is known.
    pub help: Option<String>,
    /// Whether the arguments themselves were wrong: an option that is none, a value that is none.
    pub is_usage: bool,
}

/// What lies before a command that a program asks for.
#[derive(Default)]
struct Desk {
    texts: BTreeMap<String, String>,
    on_progress: Option<OnProgress>,
    told: Told,
}

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

/// Takes the desk away when the work ends, also where it unwinds.
struct Cleared;

impl Drop for Cleared {
    fn drop(&mut self) {
        DESK.with_borrow_mut(|desk| *desk = None);
    }
}

/// Works at a desk with these texts on it, by their names; what was said there goes with what the work gives.
pub(super) fn at<R>(
    texts: BTreeMap<String, String>,
    on_progress: Option<OnProgress>,
    work: impl FnOnce() -> R,
) -> (R, Told) {
    DESK.with_borrow_mut(|desk| *desk = Some(Desk { texts, on_progress, told: Told::default() }));
    let _cleared = Cleared;
    let done = work();
    let told = DESK.with_borrow_mut(|desk| desk.take().map(|desk| desk.told)).unwrap_or_default();
    (done, told)
}

/// Whether a program asks.
pub(super) fn is_there() -> bool {
    DESK.with_borrow(Option::is_some)
}

/// Leaves something on the desk; `false` if a person asks.
pub(super) fn leave(what: impl FnOnce(&mut Told)) -> bool {
    DESK.with_borrow_mut(|desk| match desk {
        Some(desk) => {
            what(&mut desk.told);
            true
        }
        None => false,
    })
}

/// Who is told of progress, if a program asks.
pub(super) fn on_progress() -> Option<OnProgress> {
    DESK.with_borrow(|desk| desk.as_ref().and_then(|desk| desk.on_progress.clone()))
}

/// The bytes of a file, or of a text on the desk that has its name.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let named = |desk: &Option<Desk>| {
        let desk = desk.as_ref()?;
        Some(desk.texts.get(path.to_str()?)?.clone().into_bytes())
    };
    match DESK.with_borrow(named) {
        Some(bytes) => Ok(bytes),
        None => std::fs::read(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_is_there_while_its_work_lasts_and_no_longer() {
        let texts = BTreeMap::from([("a.toml".to_owned(), "x".to_owned())]);
        let (read_there, told) = at(texts, None, || {
            assert!(is_there() && leave(|told| told.remarks.push("seen".to_owned())));
            (read(Path::new("a.toml")).ok(), read(Path::new("no/such/file.toml")).is_err())
        });
        assert_eq!((read_there, told.remarks), ((Some(b"x".to_vec()), true), vec!["seen".to_owned()]));
        assert!(!is_there() && !leave(|_| ()) && read(Path::new("a.toml")).is_err());
        let broken_off =
            std::panic::catch_unwind(|| at(BTreeMap::new(), None, || std::panic::resume_unwind(Box::new(()))));
        assert!(broken_off.is_err() && !is_there(), "nothing is left of work that was broken off");
    }
}
