//! `foretell status`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Show what is open, due and resolved
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`status` is not there yet"))
}
