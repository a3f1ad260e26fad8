//! The program in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// A folder that vanishes with the test.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    /// Variables that programs run in it get.
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// How a command went.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit code.
    pub(crate) code: i32,
    /// Data.
    pub(crate) stdout: String,
    /// Words.
    pub(crate) stderr: String,
}

impl Desk {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Desk { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// Where it is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file into it.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(name), bytes).unwrap();
        self
    }

    /// Reads a file of it.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"))
    }

    /// Names of all that is in it, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Runs `erba` in it; the registry is in the folder too.
    pub(crate) fn erba<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Outcome {
        let output = Command::cargo_bin("erba")
            .unwrap()
            .current_dir(self.folder.path())
            .env("ERBA_REGISTRY", self.path("registry.sqlite"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .args(arguments)
            .output()
            .unwrap();
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: words(&output.stdout),
            stderr: words(&output.stderr),
        }
    }

    /// Runs `erba` with arguments separated by blanks, which must succeed.
    pub(crate) fn done(&self, arguments: &str) -> Outcome {
        let outcome = self.erba(arguments.split_whitespace());
        assert_eq!(outcome.code, 0, "erba {arguments}: {}", outcome.stderr);
        outcome
    }

    /// `erba check` finds nothing in a result.
    pub(crate) fn checked(&self, result: &str) {
        let outcome = self.erba(["check", result]);
        assert_eq!(outcome.code, 0, "{result}: {}{}", outcome.stdout, outcome.stderr);
    }

    /// A column of a CSV file of it.
    pub(crate) fn column(&self, file: &str, column: &str) -> Vec<String> {
        column_of(&self.path(file), column)
    }
}

/// A column of a CSV file.
pub(crate) fn column_of(path: &Path, column: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let at = reader.headers().unwrap().iter().position(|header| header == column);
    let at = at.unwrap_or_else(|| panic!("{} has no column {column}", path.display()));
    reader.records().map(|record| record.unwrap()[at].to_owned()).collect()
}

/// A year of Iowa as CSV and as Parquet; none if either is not there.
#[cfg(feature = "parquet")]
pub(crate) fn iowa_twice() -> Option<(PathBuf, PathBuf)> {
    real("iowa_liquor/sales_2022.csv").zip(real("iowa_liquor/sales_2022.parquet"))
}

/// Real data for tests; none, with a word about it, if it is not there.
#[expect(clippy::print_stdout, reason = "a test that skips says so")]
pub(crate) fn real(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ERBA_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let path = folder.join(path);
    if path.exists() {
        return Some(fs::canonicalize(path).unwrap());
    }
    println!("skipped: {} is not there; ERBA_DATA names the folder of real data", path.display());
    None
}
