//! What a file says beside its network and its tables, for which a [`Network`](super::Network) has no place: told once a kind.

use super::assemble::many;
use super::codes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Span;

/// What was left out, by its kind, in the order in which the kinds came.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    kinds: Vec<Kind>,
}

#[derive(Debug)]
struct Kind {
    what: String,
    first: Span,
    places: usize,
}

impl LeftOut {
    /// Something of this kind stands here.
    pub(super) fn note(&mut self, what: &str, place: Span) {
        match self.kinds.iter_mut().find(|kind| kind.what == what) {
            Some(kind) => kind.places += 1,
            None => self.kinds.push(Kind { what: what.to_owned(), first: place, places: 1 }),
        }
    }

    /// A warning for each kind, at the first of its places.
    pub(super) fn tell(&self, found: &mut Diagnostics) {
        for Kind { what, first, places } in &self.kinds {
            let message = match places - 1 {
                0 => format!("{what} is left out"),
                more => format!("{what} is left out, here and in {}", many(more, "more place")),
            };
            let help = "names, states, parents, chances and properties of the network and its variables are read; keep the file for the rest";
            found.push(Diagnostic::new(codes::LEFT_BESIDE, *first, message).help(help));
        }
    }
}
