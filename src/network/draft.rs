//! What a reader hands on: a network as it was written, with the place of every word, before anybody asks whether it makes sense.

use super::assemble::shown;
use super::codes;
use super::left_out::LeftOut;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};

/// A name with its place.
pub(super) type Text = Spanned<String>;

/// A network as written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) properties: Vec<String>,
    pub(super) variables: Vec<DraftVariable>,
    pub(super) tables: Vec<DraftTable>,
    /// Variables that are there but could not be read: what names them is not to be complained about.
    pub(super) unread: Vec<String>,
    /// What else the file says.
    pub(super) left_out: LeftOut,
    /// Where the network begins, once it has.
    begun: Option<Span>,
}

impl Draft {
    /// A network of this name begins here: whether it is the file's first. A second one is reported.
    pub(super) fn begins(&mut self, here: Span, name: &str, found: &mut Diagnostics) -> bool {
        let Some(first) = self.begun else {
            self.begun = Some(here);
            return true;
        };
        let message = if name.is_empty() {
            "a second network begins here, and a file is read as one".to_owned()
        } else {
            format!("a second network, `{}`, begins here, and a file is read as one", shown(name))
        };
        let problem = Diagnostic::new(codes::TWICE, here, message).other(first, "the first begins here");
        found.push(problem.help("give each network a file of its own"));
        false
    }
}

/// A variable as declared.
#[derive(Debug)]
pub(super) struct DraftVariable {
    pub(super) name: Text,
    pub(super) states: Vec<Text>,
    /// How many states the file says there are, where it says so beside listing them.
    pub(super) stated_count: Option<Spanned<usize>>,
    pub(super) properties: Vec<String>,
}

/// A table as written.
#[derive(Debug)]
pub(super) struct DraftTable {
    pub(super) variable: Text,
    pub(super) parents: Vec<Text>,
    /// All numbers in one list.
    pub(super) flat: Option<DraftFlat>,
    /// Rows that name their parents' states.
    pub(super) rows: Vec<DraftRow>,
    /// The row for all combinations that are not named.
    pub(super) default: Option<DraftRow>,
    /// Whether something in it could not be read, so that what is missing is not to be complained about.
    pub(super) damaged: bool,
}

/// Numbers in one list.
#[derive(Debug)]
pub(super) struct DraftFlat {
    pub(super) values: Vec<Spanned<f64>>,
    pub(super) order: FlatOrder,
    pub(super) span: Span,
}

/// Which index of a flat table changes fastest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlatOrder {
    /// The variable's own state: row after row.
    StateFastest,
    /// The last parent's state: the first state's chances for all combinations, then the second's.
    StateSlowest,
}

/// One row.
#[derive(Debug)]
pub(super) struct DraftRow {
    /// The parents' states; empty for the default.
    pub(super) states: Vec<Text>,
    pub(super) values: Vec<Spanned<f64>>,
    pub(super) span: Span,
}
