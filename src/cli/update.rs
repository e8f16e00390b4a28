//! `foretell update`.

use super::Done;
use crate::error::Error;
use crate::report::Format;

/// Turn priors into posteriors by the outcomes that speak to them
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_arguments: &Arguments, _format: Format) -> Done {
    Err(Error::environment("`update` is not there yet"))
}
