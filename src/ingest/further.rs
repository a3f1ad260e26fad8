//! Columns without a role that a recipe speaks of: which header each goes by.
//!
//! A recipe calls them by one name (`usage`), a table by another (`用电量`): the user says so with
//! `--map usage="用电量"`, or the recipe lists the headers in `[ingest.columns]`.

use std::path::Path;

use crate::error::{Error, Result};

use super::mappings::absent;
use super::params::ReadOptions;
use super::roles::{locate_one, plain};

/// `(name, column)` of every column that the recipe speaks of.
///
/// A column may have a role besides and keeps its own header: two names for one column harm nobody.
///
/// # Errors
/// E202 for each mapped column that the header lacks.
pub(super) fn spoken_of(
    file: &Path,
    header: &[String],
    options: &ReadOptions,
) -> Result<Vec<(String, usize)>> {
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut faults = Vec::new();
    for (name, column) in options.mappings.further() {
        if found.iter().any(|(known, _)| known == name) {
            continue;
        }
        match locate_one(header, column) {
            Some(place) => found.push((name.to_owned(), place)),
            None => {
                let known = header.iter().map(String::as_str);
                faults.push(
                    absent((name, column), "the customer table has no such column", known).in_file(file),
                );
            }
        }
    }
    Error::unless_empty(faults)?;
    for name in options.mappings.spoken_of() {
        let known = found.iter().any(|(known, _)| known == name);
        if let Some(place) = header.iter().position(|cell| cell == name).filter(|_| !known) {
            found.push((name.to_owned(), place));
        }
    }
    let headers: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
    for (name, synonyms) in options.params.columns() {
        if found.iter().any(|(known, _)| known == name) {
            continue;
        }
        let mut words = std::iter::once(name).chain(synonyms).map(|word| plain(word));
        if let Some(place) = words.find_map(|word| headers.iter().position(|cell| *cell == word)) {
            found.push((name.clone(), place));
        }
    }
    Ok(found)
}
