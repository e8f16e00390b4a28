//! Which ledger a command uses, the clock, and the acknowledgement of what was recorded.

use super::{LEDGER_DEFAULT, console};
use crate::error::Error;
use crate::forecast::{ForecastRecord, Question, Records, nearest};
use crate::ledger::{Entry, Ledger, Receipt};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::PathBuf;

/// Names the ledger.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct LedgerArgument {
    /// The ledger [default: what FORETELL_LEDGER names, or foretell.db]
    #[arg(long, value_name = "PATH")]
    ledger: Option<PathBuf>,
}

impl LedgerArgument {
    /// Whether it was named on the command line.
    pub(super) const fn is_named(&self) -> bool {
        self.ledger.is_some()
    }

    /// Where the ledger is.
    pub(super) fn path(&self) -> PathBuf {
        self.ledger.clone().unwrap_or_else(|| {
            std::env::var_os("FORETELL_LEDGER")
                .filter(|path| !path.is_empty())
                .map_or_else(|| PathBuf::from(LEDGER_DEFAULT), PathBuf::from)
        })
    }

    /// Opens it, and creates it if there is none.
    pub(super) fn open(&self) -> Result<Ledger, Error> {
        Ledger::open(&self.path())
    }

    /// Opens it; an error if there is none.
    pub(super) fn open_existing(&self) -> Result<Ledger, Error> {
        Ledger::open_existing(&self.path())
    }

    /// What it holds; nothing if there is none yet.
    pub(super) fn records(&self) -> Result<Records, Error> {
        if self.path().exists() { self.proven_records() } else { Ok(Records::default()) }
    }

    /// What it holds, after walking the chain: figures are made from lines that nobody changed, or not at all.
    pub(super) fn proven_records(&self) -> Result<Records, Error> {
        let mut ledger = self.open_existing()?;
        let verification = ledger.verify()?;
        if verification.is_clean() {
            return ledger.records();
        }
        Err(Error::environment(format!(
            "the ledger `{}` was changed by other means than foretell",
            self.path().display()
        ))
        .help("`foretell ledger verify` names each line that was; restore the file from a copy"))
    }
}

/// The time, to be written beside what is recorded.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// The day, in UTC.
pub(super) fn today() -> Date {
    now().to_zoned_datetime(TimeZone::UTC).date()
}

/// Records questions and forecasts in one transaction and acknowledges it on stderr. What already stands adds nothing.
pub(super) fn record(
    ledger: &mut Ledger,
    questions: Vec<Question>,
    forecasts: Vec<ForecastRecord>,
) -> Result<Receipt, Error> {
    let entries = questions.into_iter().map(Entry::Question).chain(forecasts.into_iter().map(Entry::Forecast));
    append(ledger, &entries.collect::<Vec<_>>())
}

/// Records entries in one transaction and acknowledges it on stderr.
pub(super) fn append(ledger: &mut Ledger, entries: &[Entry]) -> Result<Receipt, Error> {
    let receipt = ledger.append(entries, now())?;
    acknowledge(&receipt);
    warn_of_other_words(&receipt);
    Ok(receipt)
}

/// Says on stderr what the disk has.
pub(super) fn acknowledge(receipt: &Receipt) {
    console::note(&receipt.to_string());
}

/// Says on stderr which resolved questions ask something else now, or close on another day: their outcomes and forecasts stay.
pub(super) fn warn_of_other_words(receipt: &Receipt) {
    let day = |closes: Option<Date>| closes.map_or_else(|| "no day".to_owned(), |day| day.to_string());
    for one in &receipt.reworded {
        if one.before == one.after {
            console::note(&format!(
                "note: {} resolved where it closed on {}; now it closes on {}, up to which its forecasts count",
                one.question,
                day(one.closes.0),
                day(one.closes.1)
            ));
        } else {
            console::note(&format!(
                "note: {} resolved where it asked “{}”; now it asks “{}”, and its outcome and its forecasts count for that all the same: if this is another question, give it another name",
                one.question, one.before, one.after
            ));
        }
    }
}

/// The question of that id.
pub(super) fn question<'a>(records: &'a Records, id: &str) -> Result<&'a Question, Error> {
    records.questions.get(id).ok_or_else(|| {
        let unknown = Error::input(format!("the ledger knows no question `{id}`"));
        match nearest(id, records.questions.keys().map(String::as_str)) {
            Some(near) => unknown.help(format!("the nearest known is `{near}`")),
            None => unknown.help("`foretell status` lists the questions"),
        }
    })
}
