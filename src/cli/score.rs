//! `foretell score`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Score forecasts against what happened
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`score` is not there yet"))
}
