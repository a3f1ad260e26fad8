//! Parquet files found readable: their columns, and how they are cut up for threads.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use ::parquet::file::metadata::ParquetMetaData;
use arrow_schema::{DataType, Field, Schema};

use crate::error::{Error, Fault, Result};
use crate::ingest::source::unreadable;

use super::column::is_readable;
use super::guard::guarded;
use super::named::{Named, files_below, is_kept_back, named};

/// Row groups for each thread that make cutting them up needless.
const GROUPS_FOR_A_THREAD: usize = 3;

/// Rows in a part of a row group at least: what lies before it in the group is passed over once more for each.
const SMALLEST_SLICE: usize = 1 << 16;

/// Parquet files with the same columns, read as one table.
#[derive(Clone, Debug)]
pub(in crate::ingest) struct Dataset {
    pub(super) parts: Arc<Vec<Part>>,
    /// The columns of the first file.
    pub(in crate::ingest) header: Vec<String>,
}

/// One file.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) metadata: ArrowReaderMetadata,
    /// Where in this file the columns of the header are.
    pub(super) places: Vec<usize>,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

/// Rows of one row group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    pub(super) part: usize,
    pub(super) group: usize,
    pub(super) from: usize,
    pub(super) rows: usize,
    /// True if these are all rows of the group.
    pub(super) whole: bool,
}

impl Dataset {
    /// The Parquet files that a path names; none if it names a file of another kind.
    ///
    /// # Errors
    /// E201 if a file cannot be opened, E202 if one lacks a column of the first, E206 without a file or a
    /// column, E211 if one is damaged.
    pub(in crate::ingest) fn find(path: &Path) -> Result<Option<Self>> {
        let files = match named(path) {
            None => return Ok(None),
            Some(Named::File) => vec![path.to_owned()],
            Some(Named::Folder) => files_below(path).map_err(|fault| unreadable(path, &fault))?,
            Some(Named::Pattern) => matching(path)?,
        };
        if files.is_empty() {
            return Err(Fault::new(206, "leads to no Parquet file")
                .in_file(path)
                .hint("name a file, a folder with files that end in .parquet, or a pattern in quotes")
                .into());
        }
        let mut header = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        for file in files {
            let metadata = read_footer(&file)?;
            let names: Vec<String> =
                metadata.schema().fields().iter().map(|field| field.name().trim().to_owned()).collect();
            if parts.is_empty() {
                header.clone_from(&names);
            }
            let places = find_columns(&file, &header, &names)?;
            let rows =
                metadata.metadata().row_groups().iter().map(|group| group.num_rows().max(0) as u64).sum();
            let bytes = std::fs::metadata(&file).map_or(0, |facts| facts.len());
            parts.push(Part { path: file, metadata, places, rows, bytes });
        }
        Ok(Some(Dataset { parts: Arc::new(parts), header }))
    }

    /// The files, in order.
    pub(in crate::ingest) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().map(|part| part.path.as_path())
    }

    /// Bytes on disk.
    pub(in crate::ingest) fn size(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }

    /// The file and its row of a row of the whole; the first of either is 1.
    pub(in crate::ingest) fn located(&self, row: u64) -> (String, u64) {
        let mut left = row;
        for part in self.parts.iter() {
            if left <= part.rows {
                return (part.path.display().to_string(), left);
            }
            left -= part.rows;
        }
        (String::new(), row)
    }

    /// Judges columns that must be read.
    ///
    /// # Errors
    /// E215 for each whose cells are neither text, numbers, dates nor truth values.
    pub(in crate::ingest) fn refuse_unreadable(&self, needed: impl Fn(usize) -> bool) -> Result<()> {
        let mut faults = Vec::new();
        for (column, name) in self.header.iter().enumerate().filter(|(column, _)| needed(*column)) {
            let odd = self.parts.iter().find_map(|part| {
                let kind = part.kind(column);
                (!is_readable(kind)).then_some((part, kind))
            });
            if let Some((part, kind)) = odd {
                faults.push(
                    Fault::new(215, format!("holds {}", words(kind)))
                        .in_file(&part.path)
                        .in_column(name.as_str())
                        .hint("write it as text, numbers or dates, name another column with --map, or leave it out"),
                );
            }
        }
        Error::unless_empty(faults)
    }

    /// The columns whose cells can be read in every file.
    pub(in crate::ingest) fn readable(&self) -> Vec<usize> {
        let can_read = |column: &usize| self.parts.iter().all(|part| is_readable(part.kind(*column)));
        (0..self.header.len()).filter(can_read).collect()
    }

    /// Cuts all rows into slices for so many threads, in order: row groups, and parts of them where there are few.
    pub(super) fn slices(&self, threads: usize) -> Vec<Slice> {
        let groups = || {
            self.parts.iter().enumerate().flat_map(|(part, file)| {
                let groups = file.metadata.metadata().row_groups().iter().enumerate();
                groups
                    .map(move |(group, facts)| (part, group, usize::try_from(facts.num_rows()).unwrap_or(0)))
            })
        };
        let wanted = if threads > 1 { threads * GROUPS_FOR_A_THREAD } else { 1 };
        let pieces = wanted.div_ceil(groups().count().max(1));
        let mut slices = Vec::new();
        for (part, group, rows) in groups() {
            let pieces = pieces.min(rows / SMALLEST_SLICE).max(1);
            for piece in 0..pieces {
                let (from, to) = (rows * piece / pieces, rows * (piece + 1) / pieces);
                if to > from {
                    slices.push(Slice { part, group, from, rows: to - from, whole: pieces == 1 });
                }
            }
        }
        slices
    }
}

impl Part {
    /// What a column of the header holds here.
    pub(super) fn kind(&self, column: usize) -> &DataType {
        self.metadata.schema().field(self.places[column]).data_type()
    }

    /// E211 with what the reader said.
    pub(super) fn damaged(&self, cause: &dyn std::fmt::Display) -> Error {
        damaged(&self.path, cause).into()
    }
}

fn damaged(path: &Path, cause: &dyn std::fmt::Display) -> Fault {
    let cause = cause.to_string();
    let cause = cause.lines().next().unwrap_or_default();
    Fault::new(211, format!("is not a Parquet file that can be read ({cause})"))
        .in_file(path)
        .hint("write or copy it again; it may have been cut short on the way")
}

/// The files that a pattern matches, by path.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>> {
    let wrong =
        |cause: String| Error::from(Fault::new(201, format!("is not a pattern ({cause})")).in_file(pattern));
    let found = glob::glob(&pattern.to_string_lossy()).map_err(|fault| wrong(fault.to_string()))?;
    let mut files = Vec::new();
    for path in found {
        let path = path.map_err(|fault| wrong(fault.to_string()))?;
        if path.is_dir() {
            files.extend(files_below(&path).map_err(|fault| unreadable(&path, &fault))?);
        } else if !is_kept_back(&path) {
            files.push(path);
        }
    }
    files.sort_unstable();
    files.dedup();
    Ok(files)
}

fn read_footer(path: &Path) -> Result<ArrowReaderMetadata> {
    let mut file = File::open(path).map_err(|fault| unreadable(path, &fault))?;
    let mut mark = [0; 4];
    let size = file.seek(SeekFrom::End(0)).map_err(|fault| unreadable(path, &fault))?;
    let marked = size >= 4 && file.seek(SeekFrom::End(-4)).and_then(|_| file.read_exact(&mut mark)).is_ok();
    if marked && mark == *b"PARE" {
        let fault = Fault::new(211, "is an encrypted Parquet file, which is not read").in_file(path);
        return Err(fault.hint("write it again without encryption").into());
    }
    let load = || ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
    let read = guarded(load).map_err(|fault| damaged(path, &fault))?;
    let read = read.map_err(|fault| damaged(path, &fault))?;
    judge_footer(read.metadata(), size).map_err(|cause| damaged(path, &cause))?;
    if read.schema().fields().is_empty() {
        let fault = Fault::new(206, "has no columns").in_file(path);
        return Err(fault.hint("give a file with columns and rows").into());
    }
    let fields: Vec<Field> = read.schema().fields().iter().map(|field| as_text(field)).collect();
    let wish = Schema::new_with_metadata(fields, read.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(wish));
    // Where the reader does not follow the wish, columns come as they are, and are judged as such.
    let as_wished = guarded(|| ArrowReaderMetadata::try_new(read.metadata().clone(), options));
    Ok(as_wished.ok().and_then(Result::ok).unwrap_or(read))
}

/// Judges what the reader takes for granted: a footer that says otherwise would stop it for good.
fn judge_footer(footer: &ParquetMetaData, size: u64) -> Result<(), String> {
    let mut rows = 0_i64;
    for group in footer.row_groups() {
        let enough = (0..=i64::from(u32::MAX)).contains(&group.num_rows());
        rows = rows.checked_add(group.num_rows()).filter(|_| enough).ok_or("an impossible number of rows")?;
        for column in group.columns() {
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            let end = start.checked_add(column.compressed_size());
            let beyond = end.is_none_or(|end| end.unsigned_abs() > size);
            if start < 0 || column.compressed_size() < 0 || beyond {
                return Err("a column lies outside the file".to_owned());
            }
        }
    }
    Ok(())
}

/// Texts as views into the pages they lie in, whichever way they are stored: those are not copied.
fn as_text(field: &Field) -> Field {
    let kind = match field.data_type() {
        DataType::Dictionary(_, value) => (**value).clone(),
        kind => kind.clone(),
    };
    let kind = match kind {
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView => DataType::Utf8View,
        kind => kind,
    };
    field.clone().with_data_type(kind)
}

fn find_columns(path: &Path, header: &[String], names: &[String]) -> Result<Vec<usize>> {
    if header == names {
        return Ok((0..names.len()).collect());
    }
    let mut faults = Vec::new();
    let mut find = |name: &String| {
        names.iter().position(|known| known == name).unwrap_or_else(|| {
            faults.push(
                Fault::new(202, format!("lacks the column \"{name}\", which the first file has"))
                    .in_file(path)
                    .hint("files read as one must have the same columns"),
            );
            0
        })
    };
    let places = header.iter().map(&mut find).collect();
    Error::unless_empty(faults)?;
    Ok(places)
}

fn words(kind: &DataType) -> String {
    match kind {
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => "lists".to_owned(),
        DataType::Struct(_) => "records of several fields".to_owned(),
        DataType::Map(..) => "maps".to_owned(),
        DataType::Timestamp(_, Some(zone)) => format!("times of the zone \"{zone}\", which is not known"),
        DataType::Time32(_) | DataType::Time64(_) => "times of day".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) => "bytes".to_owned(),
        kind => format!("{kind}, which is not read"),
    }
}
