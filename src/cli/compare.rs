//! `foretell compare`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Compare forecasters on the questions they share
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`compare` is not there yet"))
}
