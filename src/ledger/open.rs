//! Opens and creates the file, and refuses what is not a ledger or is a newer one.

use super::Ledger;
use crate::error::Error;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// The version of the file format that this engine writes, and the newest that it reads.
pub const FORMAT: i64 = 1;

/// Marks the file as a ledger in its SQLite header: `FTEL`.
const APPLICATION_ID: i64 = 0x4654_454C;

/// How long a writer or reader waits for another one.
const PATIENCE: Duration = Duration::from_secs(60);

/// The tables and their guards. A line can only be added, and only at the end of the chain; the guard on insertion also stops
/// `INSERT OR REPLACE`, which deletes without asking the guard on deletion. `question` is computed from the payload when read,
/// so it holds nothing that is not in the chain.
pub(super) const SCHEMA: [(&str, &str); 9] = [
    ("meta", "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT"),
    (
        "entry",
        "CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  recorded_at TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  question TEXT GENERATED ALWAYS AS (CASE WHEN json_valid(payload) THEN coalesce(json_extract(payload, '$.question'), json_extract(payload, '$.id')) END) VIRTUAL
) STRICT",
    ),
    ("entry_by_question", "CREATE INDEX entry_by_question ON entry (question, seq)"),
    (
        "entry_only_at_the_end",
        "CREATE TRIGGER entry_only_at_the_end BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM entry ORDER BY seq DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT RAISE(ABORT, 'a line can only be added at the end of the chain'); END",
    ),
    (
        "entry_never_changes",
        "CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'a line of the ledger never changes: add another one'); END",
    ),
    (
        "entry_never_goes",
        "CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'a line of the ledger never goes: add another one'); END",
    ),
    (
        "question",
        "CREATE VIEW question AS SELECT seq, question AS id, json_extract(payload, '$.ask') AS ask, json_extract(payload, '$.kind') AS kind,
  json_extract(payload, '$.opens') AS opens, json_extract(payload, '$.closes') AS closes
FROM entry AS line WHERE kind = 'question'
  AND seq = (SELECT max(seq) FROM entry WHERE question = line.question AND kind = 'question')",
    ),
    (
        "forecast",
        "CREATE VIEW forecast AS SELECT seq, question, json_extract(payload, '$.forecaster') AS forecaster, json_extract(payload, '$.made_at') AS made_at,
  json_extract(payload, '$.forecast.probability') AS probability, json_extract(payload, '$.forecast') AS forecast
FROM entry WHERE kind = 'forecast'",
    ),
    (
        "outcome",
        "CREATE VIEW outcome AS SELECT seq, question, json_extract(payload, '$.resolution.kind') AS resolution, json_extract(payload, '$.resolution.value') AS value,
  json_extract(payload, '$.resolved_on') AS resolved_on, json_extract(payload, '$.source') AS source
FROM entry AS line WHERE kind = 'outcome'
  AND seq = (SELECT max(seq) FROM entry WHERE question = line.question AND kind = 'outcome')",
    ),
];

impl Ledger {
    /// Opens the ledger at a path, and creates it if there is none.
    ///
    /// # Errors
    /// If the file cannot be opened or created, is not a ledger, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a ledger that is there already.
    ///
    /// # Errors
    /// As [`Ledger::open`], and if there is no file.
    pub fn open_existing(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(Error::input(format!("there is no ledger `{}`", path.display())).help(
                "name another with `--ledger PATH`, or start one with `foretell run --record`, `record` or `import`",
            ));
        }
        Self::open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn open_with(path: &Path, access: OpenFlags) -> Result<Self, Error> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|problem| failed(path, problem))?;
        let mut ledger = Self { connection, path: path.to_owned() };
        ledger.prepare().map_err(|problem| failed(path, problem))??;
        Ok(ledger)
    }

    /// Sets the connection up, creates the tables in an empty file, and checks that this is a ledger that we can read.
    ///
    /// The rollback journal keeps the ledger one file. `synchronous = EXTRA` syncs the file before a commit returns and the
    /// folder after the journal is gone, so that a power cut cannot bring the journal back and undo what was acknowledged.
    fn prepare(&mut self) -> rusqlite::Result<Result<(), Error>> {
        self.connection.busy_timeout(PATIENCE)?;
        self.connection
            .execute_batch("PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON; PRAGMA trusted_schema = OFF;")?;
        if self.number("PRAGMA application_id")? != APPLICATION_ID
            && self.number("SELECT count(*) FROM sqlite_master")? == 0
        {
            self.create()?;
        }
        if self.number("PRAGMA application_id")? != APPLICATION_ID {
            return Ok(Err(not_a_ledger(&self.path)));
        }
        let format = self
            .connection
            .query_row("SELECT value FROM meta WHERE key = 'format'", [], |row| row.get::<_, String>(0))
            .map(|text| text.parse::<i64>().unwrap_or(i64::MAX))?;
        if format > FORMAT {
            return Ok(Err(Error::environment(format!(
                "the ledger `{}` has format {format}, made by a newer version of foretell; this one reads up to format {FORMAT}",
                self.path.display()
            ))
            .help("install the newer version; nothing was read or written")));
        }
        Ok(Ok(()))
    }

    /// Creates the tables, unless another process did so while this one waited.
    fn create(&mut self) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let is_empty =
            transaction.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))? == 0;
        if is_empty {
            for (_, statement) in SCHEMA {
                transaction.execute_batch(statement)?;
            }
            transaction.execute("INSERT INTO meta (key, value) VALUES ('format', ?1)", [FORMAT.to_string()])?;
            transaction
                .execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"))?;
        }
        transaction.commit()
    }

    fn number(&self, query: &str) -> rusqlite::Result<i64> {
        self.connection.query_row(query, [], |row| row.get(0))
    }

    /// Says that SQLite failed on this file.
    pub(super) fn failed(&self, problem: rusqlite::Error) -> Error {
        failed(&self.path, problem)
    }
}

pub(super) fn failed(path: &Path, problem: rusqlite::Error) -> Error {
    match problem.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_a_ledger(path),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::environment(format!("the ledger `{}` is in use by another program", path.display()))
                .because(problem)
                .help(format!("waited {} seconds for it; try again when the other is done", PATIENCE.as_secs()))
        }
        Some(ErrorCode::DatabaseCorrupt) => Error::environment(format!("the ledger `{}` is damaged", path.display()))
            .because(problem)
            .help("`foretell ledger verify` says what is wrong; go back to a copy whose head you noted"),
        _ => Error::environment(format!("the ledger `{}` cannot be used", path.display())).because(problem),
    }
}

fn not_a_ledger(path: &Path) -> Error {
    Error::environment(format!("`{}` is not a ledger of foretell", path.display()))
        .help("name another file with `--ledger PATH`")
}
