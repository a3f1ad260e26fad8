//! Where every row went.

use std::collections::BTreeMap;

/// One file read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputRecord {
    /// `transactions`, `customers`, `products`, `visits` or `reps`.
    pub role: &'static str,
    /// As named by the user.
    pub path: String,
    /// Of the file's bytes, lower-case hex.
    pub sha256: String,
    /// Records below the header.
    pub rows: u64,
    /// Which column was taken for which role, `(role, column)`.
    pub columns: Vec<(String, String)>,
}

/// `read = used + filtered + rejected`, over all files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Records read.
    pub read: u64,
    /// Those that made the result.
    pub used: u64,
    /// Those left out by rule.
    pub filtered: u64,
    /// Those that could not be read.
    pub rejected: u64,
    /// Why rows were filtered: reason → rows.
    pub filters: BTreeMap<&'static str, u64>,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// The file, as named by the user.
    pub file: String,
    /// Line on which the record starts, the header being line 1.
    pub line: u64,
    /// Header of the faulty column.
    pub column: String,
    /// The cell as written.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

impl RowCounts {
    /// Adds the counts of another file.
    pub fn add(&mut self, other: &RowCounts) {
        self.read += other.read;
        self.used += other.used;
        self.filtered += other.filtered;
        self.rejected += other.rejected;
        for (reason, rows) in &other.filters {
            *self.filters.entry(reason).or_default() += rows;
        }
    }

    /// Counts a row left out by rule.
    pub fn filter(&mut self, reason: &'static str) {
        self.read += 1;
        self.filtered += 1;
        *self.filters.entry(reason).or_default() += 1;
    }

    /// Counts a row that made the result.
    pub fn take(&mut self) {
        self.read += 1;
        self.used += 1;
    }

    /// Counts a row that could not be read.
    pub fn reject(&mut self) {
        self.read += 1;
        self.rejected += 1;
    }
}
