//! `foretell resolve`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Record what became of a question
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`resolve` is not there yet"))
}
