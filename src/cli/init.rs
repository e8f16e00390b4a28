//! `foretell init`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Write a commented scenario file to start from
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`init` is not there yet"))
}
