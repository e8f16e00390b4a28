//! `foretell import`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Import forecasts and outcomes from CSV or JSON lines into the ledger
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`import` is not there yet"))
}
