//! The tables of the registry and its format versions.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::failure;
use crate::error::{Fault, Result};

/// The format this program writes. A registry of a higher one is read, never written.
pub const FORMAT: i64 = 1;

/// `ERBA` in ASCII: says that an SQLite file is a registry.
const APPLICATION: i64 = 0x4552_4241;

/// How long to wait for another process that is recording.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ids are kept once, in chunks that are added to and never changed; a run refers to chunks and
/// holds one packed column of each kind per chunk (see `columns`).
const TABLES: &str = "
CREATE TABLE recipes (
    hash TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT UNIQUE,
    recorded_at TEXT NOT NULL,
    command TEXT NOT NULL,
    version TEXT NOT NULL,
    as_of TEXT,
    window TEXT,
    seed TEXT NOT NULL,
    recipe TEXT NOT NULL,
    recipe_hash TEXT NOT NULL REFERENCES recipes (hash),
    customers INTEGER NOT NULL,
    metrics TEXT NOT NULL,
    timings_ms TEXT NOT NULL,
    peak_memory INTEGER
) STRICT;
CREATE TABLE inputs (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (run, position)
) STRICT;
CREATE TABLE id_chunks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    customers INTEGER NOT NULL,
    ids BLOB NOT NULL
) STRICT;
CREATE TABLE assignments (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    chunk INTEGER NOT NULL REFERENCES id_chunks (number),
    members BLOB,
    labels BLOB NOT NULL,
    amounts BLOB NOT NULL,
    potentials BLOB NOT NULL,
    PRIMARY KEY (run, chunk)
) STRICT;
";

/// Opens the file at `path`, making it if it is not there; tells whether its format is newer.
pub(super) fn create(path: &Path) -> Result<(Connection, bool)> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|cause| {
            Fault::new(650, format!("the folder of the registry cannot be made: {cause}")).in_file(folder)
        })?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, flags)?;
    patiently(|| prepare(&mut connection)).map_err(|cause| failure(path, &cause))?;
    let newer = is_newer(&connection, path)?;
    Ok((connection, newer))
}

/// Opens the file at `path`, which must be there; tells whether its format is newer.
pub(super) fn open(path: &Path) -> Result<(Connection, bool)> {
    // Readers of a write-ahead log write to its index, so read-only comes second.
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    let newer = is_newer(&connection, path)?;
    Ok((connection, newer))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    };
    open().map_err(|cause| failure(path, &cause).into())
}

/// Makes the tables in an empty file; anything else is left as it is.
fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    if version(connection)? > 0 || !is_empty(connection)? {
        return Ok(());
    }
    connection.pragma_update(None, "auto_vacuum", "incremental")?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have made them while this one waited.
    if is_empty(&transaction)? {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
    }
    transaction.commit()
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_master", [], |row| row.get(0))
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn is_newer(connection: &Connection, path: &Path) -> Result<bool> {
    let numbers = || {
        let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        Ok((application, version(connection)?))
    };
    let (application, version) = numbers().map_err(|cause| failure(path, &cause))?;
    if application != APPLICATION {
        let fault = Fault::new(650, "the file is an SQLite database, but not a registry of Erba")
            .in_file(path)
            .hint("set ERBA_REGISTRY to another file");
        return Err(fault.into());
    }
    Ok(version > FORMAT)
}

/// Tries again while another process holds the file: the change to a write-ahead log does not
/// wait by itself.
fn patiently<T>(mut work: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let start = Instant::now();
    loop {
        match work() {
            Err(rusqlite::Error::SqliteFailure(cause, _))
                if matches!(cause.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
                    && start.elapsed() < PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            outcome => return outcome,
        }
    }
}
