//! `foretell schema`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Print the JSON Schema of scenario files or of results
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`schema` is not there yet"))
}
