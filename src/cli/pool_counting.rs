//! What `foretell pool` says of which outcomes of the past counted, and of what was set apart.

use super::console;
use crate::diagnostic::counted;
use crate::error::Error;
use crate::pool::{Counted, Counting};

/// What the report says of it; nothing where each outcome counted from the day on which it was known.
pub(super) fn told(counts: Option<Counted>) -> Vec<String> {
    let Some(Counted { rule, undated, related, .. }) = counts else { return Vec::new() };
    let rule = match rule {
        Counting::KnownBefore if undated == 0 => None,
        Counting::KnownBefore => Some(format!(
            "for {} made nobody knows when every outcome of the past counts",
            counted(undated, "forecast")
        )),
        Counting::DaysUnknown => Some(
            "every outcome of the past counts, since nobody knows when the forecasts to be pooled were made".to_owned(),
        ),
        Counting::NoneKnown => Some(
            "every outcome of the past counts, though none was known before: what is pooled could not have been said then, and serves to judge only"
                .to_owned(),
        ),
        Counting::AsIfKnown => Some(
            "every outcome of the past counts, known before or not, as `--as-if-known` has it: what is pooled serves to judge only"
                .to_owned(),
        ),
    };
    let apart = (related > 0).then(|| {
        format!("set apart, since they share a cluster with a question to be pooled: {}", counted(related, "question"))
    });
    rule.into_iter().chain(apart).collect()
}

/// Warns of pooled forecasts that nobody could have made.
pub(super) fn warn(counts: Option<Counted>) {
    if counts.is_some_and(|counts| counts.rule == Counting::NoneKnown) {
        console::note(
            "warning: no outcome of the past was known before any of the forecasts to be pooled was made, so all of them count: what is pooled could not have been said then, and serves to judge only (`--as-if-known` asks for just that)",
        );
    }
}

/// Says that questions stand in the past and are to be pooled.
pub(super) fn tell_same(same: usize) {
    if same > 0 {
        console::note(&format!(
            "note: {} to be pooled {} in the past, too: nothing is learned from {}",
            counted(same, "question"),
            if same == 1 { "stands" } else { "stand" },
            if same == 1 { "it" } else { "them" }
        ));
    }
}

/// All questions of the past hang together with those to be pooled.
pub(super) fn all_related(related: usize) -> Error {
    let message = format!(
        "there is nothing to learn from: {} of the past that resolved, of which each shares a cluster with one to be pooled",
        counted(related, "question")
    );
    Error::input(message).help(
        "clusters are those that `--questions` or the tables name: keep those of the past apart from the new ones",
    )
}
