//! The tables of the registry and its format versions.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::failure;
use crate::error::{Fault, Result};

/// The format this program writes. A registry of a higher one is read, never written.
///
/// 1: tier, reason, type, value and potential. 2: orders, components of potential and checksums as well. 3: the folder
/// written, too.
pub const FORMAT: i64 = 3;

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
    peak_memory INTEGER,
    folder TEXT
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
    ids BLOB NOT NULL,
    checksum INTEGER
) STRICT;
CREATE TABLE assignments (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    chunk INTEGER NOT NULL REFERENCES id_chunks (number),
    members BLOB,
    labels BLOB NOT NULL,
    amounts BLOB NOT NULL,
    potentials BLOB NOT NULL,
    orders BLOB,
    components BLOB,
    checksum INTEGER,
    PRIMARY KEY (run, chunk)
) STRICT;
";

/// Brings format 1 up to format 2. What it lacks stays empty: it cannot be made up afterwards.
const FROM_1_TO_2: &str = "
ALTER TABLE id_chunks ADD COLUMN checksum INTEGER;
ALTER TABLE assignments ADD COLUMN orders BLOB;
ALTER TABLE assignments ADD COLUMN components BLOB;
ALTER TABLE assignments ADD COLUMN checksum INTEGER;
";

/// Brings format 2 up to format 3.
const FROM_2_TO_3: &str = "ALTER TABLE runs ADD COLUMN folder TEXT;";

/// Opens the file at `path`, making it if it is not there and bringing an older format up to date; tells its format.
pub(super) fn create(path: &Path) -> Result<(Connection, i64)> {
    not_a_folder(path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|cause| {
            Fault::new(650, format!("the folder of the registry cannot be made: {cause}")).in_file(folder)
        })?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, flags)?;
    patiently(|| prepare(&mut connection)).map_err(|cause| failure(path, &cause))?;
    let format = format(&connection, path)?;
    if format >= FORMAT {
        return Ok((connection, format));
    }
    patiently(|| upgrade(&mut connection)).map_err(|cause| failure(path, &cause))?;
    Ok((connection, FORMAT))
}

/// Opens the file at `path`, which must be there; tells its format.
pub(super) fn open(path: &Path) -> Result<(Connection, i64)> {
    not_a_folder(path)?;
    let opened = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    match version(&opened) {
        // Readers of a write-ahead log write to its index: where they may not, the file is read as it lies.
        Err(rusqlite::Error::SqliteFailure(cause, _))
            if matches!(cause.code, ErrorCode::ReadOnly | ErrorCode::CannotOpen) =>
        {
            let still = connect_still(path)?;
            let format = format(&still, path)?;
            Ok((still, format))
        }
        _ => {
            let format = format(&opened, path)?;
            Ok((opened, format))
        }
    }
}

fn not_a_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        let fault = Fault::new(650, "the registry is a file, and this is a folder").in_file(path);
        return Err(fault.hint("set ERBA_REGISTRY to a file").into());
    }
    Ok(())
}

/// Opens a file that nobody can be writing to, since it cannot be written.
fn connect_still(path: &Path) -> Result<Connection> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let cause = "the registry cannot be written, and a process that wrote to it has not finished";
        let hint = "let somebody who may write there list the runs once";
        return Err(Fault::new(650, cause).in_file(path).hint(hint).into());
    }
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    connect(Path::new(&format!("file:{escaped}?immutable=1")), flags)
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

/// Adds the columns of later formats to an older file, all at once or not at all.
fn upgrade(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it while this one waited.
    let before = version(&transaction)?;
    if before < 2 {
        transaction.execute_batch(FROM_1_TO_2)?;
    }
    if before < FORMAT {
        transaction.execute_batch(FROM_2_TO_3)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
    }
    transaction.commit()
}

fn format(connection: &Connection, path: &Path) -> Result<i64> {
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
    Ok(version)
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
