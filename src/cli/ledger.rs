//! `foretell ledger`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Verify, export and look into the ledger
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`ledger` is not there yet"))
}
