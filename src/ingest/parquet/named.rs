//! Which Parquet files a path names.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

#[cfg(not(feature = "parquet"))]
use crate::error::Fault;
#[cfg(not(feature = "parquet"))]
use crate::error::Result;

/// How a path leads to Parquet files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    File,
    Folder,
    /// Nothing of this name exists, and it has `*`, `?` or `[` in it.
    Pattern,
}

/// None if the path is a file of another kind, or leads nowhere.
pub(super) fn named(path: &Path) -> Option<Named> {
    if path.is_dir() {
        return Some(Named::Folder);
    }
    let Ok(mut file) = fs::File::open(path) else {
        let pattern = !path.exists() && path.to_string_lossy().contains(['*', '?', '[']);
        return pattern.then_some(Named::Pattern);
    };
    let mut head = [0; 4];
    let read = file.read(&mut head).unwrap_or_default();
    // An empty file is told as such, whatever its name.
    let marked = matches!(&head, b"PAR1" | b"PARE") || (read > 0 && has_ending(path));
    marked.then_some(Named::File)
}

/// True if the name ends as those of Parquet files do.
fn has_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["parquet", "parq", "pq"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// True for what writers keep for themselves (`_SUCCESS`, `.part-0.parquet.crc`).
pub(super) fn is_kept_back(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '_']))
}

/// The Parquet files of a folder and of those below it, by path.
pub(super) fn files_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if is_kept_back(&path) {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if has_ending(&path) {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Says what a build without the feature cannot read.
///
/// # Errors
/// E211 if the path leads to Parquet files.
#[cfg(not(feature = "parquet"))]
pub(in crate::ingest) fn refuse(path: &Path) -> Result<()> {
    let what = match named(path) {
        Some(Named::File) => "is a Parquet file",
        Some(Named::Folder) if files_below(path).is_ok_and(|files| !files.is_empty()) => {
            "is a folder of Parquet files"
        }
        Some(Named::Pattern) if has_ending(path) => "is a pattern for Parquet files",
        _ => return Ok(()),
    };
    Err(Fault::new(211, format!("{what}, which this build does not read"))
        .in_file(path)
        .hint("install Erba with the feature (cargo install erba --features parquet), or save it as CSV")
        .into())
}
