//! `foretell record`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Record a forecast of your own
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`record` is not there yet"))
}
