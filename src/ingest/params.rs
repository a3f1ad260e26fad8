//! The recipe's `[ingest]` section and what the command line adds to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Result};

use super::dates::DateFormat;
use super::mappings::Mappings;
use super::roles::Role;
use super::scan::trim;

/// `[ingest]` as a recipe gives it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IngestParams {
    /// Cells read as blank, compared without case.
    pub missing: Vec<String>,
    /// Part of all rows that may be bad before the run fails, 0–1.
    pub max_reject_share: f64,
    /// Columns of the customer table without a role, and the headers they go by besides their name.
    pub columns: BTreeMap<String, Vec<String>>,
}

/// `[ingest]` once checked.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct IngestValidParams {
    params: IngestParams,
    /// True if a cell that is a number can be as good as blank, such as -1.
    missing_numbers: bool,
}

impl IngestParams {
    /// Checks ranges.
    ///
    /// # Errors
    /// E113 if `max_reject_share` is not in 0–1 or a column has the name of a role.
    pub fn check(self) -> Result<IngestValidParams> {
        let mut faults = Vec::new();
        if !(0.0..=1.0).contains(&self.max_reject_share) {
            faults.push(
                Fault::new(113, format!("ingest.max_reject_share is {}", self.max_reject_share))
                    .hint("give a share from 0 to 1, such as 0.01"),
            );
        }
        for name in self.columns.keys().filter(|name| Role::named(name).is_some()) {
            let key = format!("ingest.columns.{name}");
            faults.push(
                Fault::new(113, format!("{key} has the name of a role"))
                    .hint("a role's headers are known; give the column a name of its own"),
            );
        }
        Error::unless_empty(faults)?;
        let is_number = |word: &String| word.trim().parse::<f64>().is_ok_and(f64::is_finite);
        let missing_numbers = self.missing.iter().any(is_number);
        Ok(IngestValidParams { params: self, missing_numbers })
    }
}

impl IngestValidParams {
    /// Part of all rows that may be bad.
    pub fn max_reject_share(&self) -> f64 {
        self.params.max_reject_share
    }

    /// True if the spelling of a number may say nothing.
    pub(super) fn has_missing_numbers(&self) -> bool {
        self.missing_numbers
    }

    /// Columns without a role that the recipe speaks of, and the headers they go by besides their name.
    pub fn columns(&self) -> &BTreeMap<String, Vec<String>> {
        &self.params.columns
    }

    /// True if the cell says nothing.
    pub fn is_missing(&self, cell: impl AsRef<[u8]>) -> bool {
        let cell = trim(cell.as_ref());
        let says = |word: &String| word.len() == cell.len() && word.as_bytes().eq_ignore_ascii_case(cell);
        cell.is_empty() || self.params.missing.iter().any(says)
    }
}

/// How files are to be read.
pub struct ReadOptions<'a> {
    /// Columns named by the user.
    pub mappings: Mappings,
    /// The encoding of every text file; detected if none.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// How dates are written; found out if none.
    pub date_format: Option<DateFormat>,
    /// Threads that parse, at least 1.
    pub threads: usize,
    /// The recipe's section.
    pub params: IngestValidParams,
    /// Bytes that rows may take in memory on their way to their customers; some hundred million if none.
    pub memory: Option<u64>,
    /// Told how many bytes of the input have been worked off since the last call.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

#[cfg(test)]
impl ReadOptions<'_> {
    /// By the general recipe, on one thread, with nothing said on the command line.
    pub(crate) fn general() -> Self {
        ReadOptions {
            mappings: Mappings::default(),
            encoding: None,
            date_format: None,
            threads: 1,
            params: crate::domain::general_section::<IngestParams>("ingest").check().unwrap(),
            memory: None,
            progress: None,
        }
    }
}

impl ReadOptions<'_> {
    pub(super) fn tell_progress(&self, bytes: u64) {
        if let Some(progress) = self.progress {
            progress(bytes);
        }
    }
}

/// The encoding of this name, as the Encoding Standard spells it (`gbk`, `gb18030`, `utf-8`, …).
///
/// # Errors
/// E208 if there is no such encoding.
pub fn encoding_named(name: &str) -> Result<&'static encoding_rs::Encoding> {
    encoding_rs::Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        Fault::new(208, format!("there is no encoding named \"{name}\""))
            .hint("use utf-8, utf-16le, utf-16be, gb18030, gbk, big5, shift_jis or windows-1252")
            .into()
    })
}
