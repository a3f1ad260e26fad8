//! Every run kept in one SQLite file.
//!
//! The file is `$ERBA_REGISTRY`, else `runs.sqlite` in the user's data folder. One run is one
//! transaction under a write-ahead log, so two processes lose nothing and a killed one leaves
//! nothing. Ids are stored once; a run adds 7–11 bytes per customer (see `columns`). The file carries its format as
//! `user_version`: an older one is brought up to date by the first run that is recorded, a newer one is read, never written.

mod coding;
mod columns;
mod identities;
mod pruning;
mod reading;
mod recording;
mod schema;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::error::{Error, Fault, Result};

pub use pruning::Pruning;
pub use reading::{RecordedInput, RunRecord};
pub use recording::Circumstances;
pub use schema::FORMAT;

/// An open registry.
#[derive(Debug)]
pub struct Registry {
    connection: Connection,
    path: PathBuf,
    /// The format of the file, as far as this program knows of it.
    format: i64,
}

impl Registry {
    /// Where the registry is unless a path is given: `$ERBA_REGISTRY` or the user's data folder.
    ///
    /// # Errors
    /// E650 if neither is set: a user without a home.
    pub fn default_path() -> Result<PathBuf> {
        if let Some(path) = std::env::var_os("ERBA_REGISTRY").filter(|path| !path.is_empty()) {
            return Ok(PathBuf::from(path));
        }
        directories::ProjectDirs::from("", "", "erba")
            .map(|folders| folders.data_dir().join("runs.sqlite"))
            .ok_or_else(|| {
                Fault::new(650, "there is no data folder for the registry")
                    .hint("set ERBA_REGISTRY to a file")
                    .into()
            })
    }

    /// Opens the registry, making it (and its folder) if it is not there.
    ///
    /// # Errors
    /// E650 if it cannot be opened or is something else.
    pub fn create(path: &Path) -> Result<Self> {
        let (connection, format) = schema::create(path)?;
        Ok(Registry { connection, path: path.to_owned(), format })
    }

    /// Opens the registry for reading; none if it is not there.
    ///
    /// # Errors
    /// E650 if it cannot be opened or is something else.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        // A file without a byte is what a process leaves that died before it made the tables.
        if !path.exists() || std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0) {
            return Ok(None);
        }
        let (connection, format) = schema::open(path)?;
        Ok(Some(Registry { connection, path: path.to_owned(), format }))
    }

    /// Gives a run a name to select it by, in place of the one it had; none takes the name away.
    ///
    /// # Errors
    /// E651 without such a run, E655 if the name is taken or cannot be one, E650 and E654 if the
    /// registry cannot be written.
    pub fn rename(&mut self, selector: &str, name: Option<&str>) -> Result<RunRecord> {
        self.must_be_writable()?;
        let run = self.find(selector)?;
        if let Some(name) = name.filter(|name| run.name.as_deref() != Some(name)) {
            self.must_be_free(name)?;
        }
        self.connection
            .execute("UPDATE runs SET name = ?1 WHERE number = ?2", rusqlite::params![name, run.number])
            .map_err(|cause| failure(&self.path, &cause))?;
        self.find(&run.id)
    }

    fn must_be_writable(&self) -> Result<()> {
        if self.format <= FORMAT {
            return Ok(());
        }
        let fault = Fault::new(654, "the registry was written by a newer version of Erba")
            .in_file(&self.path)
            .hint("use that version, or set ERBA_REGISTRY to another file");
        Err(fault.into())
    }

    /// Whether a run can be named so: a name must not be mistaken for an id, for `latest` or for a file.
    ///
    /// # Errors
    /// E655 if not.
    pub fn check_name(name: &str) -> Result<()> {
        let like_an_id = name.len() <= 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        // A control character would reach the terminal with every list of runs.
        let unprintable = name.chars().any(char::is_control);
        if unprintable
            || name.trim().is_empty()
            || name.contains(['/', '\\', '~'])
            || name.starts_with("latest")
        {
            return Err(bad_name(format!("{name:?} cannot be the name of a run")));
        }
        if like_an_id {
            return Err(bad_name(format!("\"{name}\" could be mistaken for the id of a run")));
        }
        Ok(())
    }

    fn must_be_free(&self, name: &str) -> Result<()> {
        Registry::check_name(name)?;
        if self.is_named(name)? {
            return Err(bad_name(format!("another run is named \"{name}\"")));
        }
        Ok(())
    }
}

fn bad_name(cause: String) -> Error {
    Fault::new(655, cause).hint("choose a name of words, such as 2022-h1, that no run has").into()
}

/// Anything SQLite complains of.
fn failure(path: &Path, cause: &rusqlite::Error) -> Fault {
    Fault::new(650, format!("the registry cannot be used: {cause}"))
        .in_file(path)
        .hint("set ERBA_REGISTRY to another file, or run with --no-registry")
}
