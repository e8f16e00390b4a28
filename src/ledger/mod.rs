//! Forecasts and outcomes kept: append-only, provable.
//!
//! A [`Ledger`] is one SQLite file. Each [`Entry`] (a question, a forecast, a joint forecast, an outcome, a note) is one *line*, numbered from 1
//! without gaps and chained by hash to the line before ([`line_hash`]); the hash of the last line is the *head*. Whoever noted
//! a head can later prove that no line up to it was changed, removed or inserted ([`Ledger::verify`]).
//!
//! Guarantees:
//! - what [`Ledger::append`] acknowledged survives a killed process and a power cut: it returns after the disk has it;
//! - a transaction is there as a whole or not at all; concurrent writers wait for each other and continue one chain;
//! - the file refuses to change or delete a line; who does it past those guards is found out by `verify`;
//! - [`Ledger::records`] is a pure function of the lines: nothing of the clock or the machine enters it.
//!
//! Nothing is ever corrected in place. A question is defined anew, a forecast revised, an outcome stated again, by a further
//! line; the last one counts. Recording what already stands is recognised and adds nothing.
//!
//! Uses `forecast`; knows nothing of scenarios or scores.

mod append;
mod entry;
mod open;
mod read;
mod verify;
#[cfg(test)]
mod tests;

pub use append::{Receipt, Reworded};
pub use entry::{Entry, Line, NO_LINE, Note, line_hash};
pub use open::FORMAT;
pub use verify::{Finding, FindingKind, Verification};

use std::path::PathBuf;

/// The ledger in one SQLite file.
#[derive(Debug)]
pub struct Ledger {
    connection: rusqlite::Connection,
    path: PathBuf,
}
