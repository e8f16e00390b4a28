//! `foretell run`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Run a scenario file and show its forecasts
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`run` is not there yet"))
}
