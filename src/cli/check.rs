//! `foretell check`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Check a scenario file and show every problem in one run
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`check` is not there yet"))
}
