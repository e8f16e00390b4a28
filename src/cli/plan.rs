//! `foretell plan`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Show the column operations that a scenario compiles to
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`plan` is not there yet"))
}
