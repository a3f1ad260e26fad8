//! All records of a file through a function, on several threads.
//!
//! Each thread takes the next block off the file, parses it while it lies in that core's cache, and
//! folds it into a state of its own. Which thread gets which block is left to chance, so states must
//! merge in any order; counts, rejects and their line numbers come out the same whatever chance does.

use std::borrow::Cow;
use std::sync::Mutex;

use csv::ByteRecord;
use rayon::prelude::*;

use crate::error::{Error, Fault, Result};

use super::account::{Reject, RowCounts};
use super::blocks::Blocks;
use super::dialect::{Delimiter, squeeze_spaces};
use super::params::ReadOptions;
use super::records::{Cells, Cutter};
use super::source::Source;

/// A file with its header read.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) source: Source,
    pub(super) header: Vec<String>,
    /// True if the header is the first record, not made up of numbers.
    headed: bool,
    delimiter: Delimiter,
}

/// What became of a record.
pub(super) enum Verdict {
    Used,
    /// Left out by rule.
    Filtered(&'static str),
    /// Column and what is wrong with its cell.
    Rejected(usize, String),
}

/// One record on its way through the fold.
pub(super) struct Record<'a> {
    cells: Cells<'a>,
    block: usize,
    line: u64,
}

/// The states of all threads and the account of the file's rows.
#[derive(Debug)]
pub(super) struct Folded<S> {
    pub(super) states: Vec<S>,
    pub(super) rows: RowCounts,
    pub(super) rejects: Vec<Reject>,
    /// Line breaks above each block.
    above: Vec<u64>,
}

/// Where a record starts; [`Folded::line`] tells the line once the whole file has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordPlace {
    pub(super) block: usize,
    pub(super) line: u64,
}

impl<S> Folded<S> {
    /// Nothing yet of a file in blocks, each with so many rows above it.
    #[cfg(feature = "parquet")]
    pub(super) fn new(above: Vec<u64>) -> Self {
        Folded { states: Vec::new(), rows: RowCounts::default(), rejects: Vec::new(), above }
    }

    /// Line of the file, the first being 1.
    pub(super) fn line(&self, place: RecordPlace) -> u64 {
        self.above.get(place.block).copied().unwrap_or(0) + place.line
    }
}

#[cfg(feature = "parquet")]
impl<'a> Record<'a> {
    /// A record that was made, not read.
    pub(super) fn parsed(record: &'a ByteRecord, place: RecordPlace) -> Self {
        Record { cells: Cells::Parsed(record), block: place.block, line: place.line }
    }
}

impl Record<'_> {
    /// A cell without the blanks around it; empty if the record is too short.
    pub(super) fn cell(&self, column: usize) -> &[u8] {
        trim(self.cells.get(column).unwrap_or_default())
    }

    /// Where it starts.
    pub(super) fn place(&self) -> RecordPlace {
        RecordPlace { block: self.block, line: self.line }
    }

    /// The record itself and where it starts, to keep.
    pub(super) fn owned(&self) -> (ByteRecord, RecordPlace) {
        (self.cells.to_record(), self.place())
    }
}

/// Without blanks at either end, those of other scripts included.
pub(super) fn trim(cell: &[u8]) -> &[u8] {
    // Nearly every cell begins and ends with a sign that is no blank.
    if let (Some(b'!'..=b'~'), Some(b'!'..=b'~')) = (cell.first(), cell.last()) {
        return cell;
    }
    let cell = cell.trim_ascii();
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if !first.is_ascii() || !last.is_ascii() => {
            std::str::from_utf8(cell).map_or(cell, |text| text.trim().as_bytes())
        }
        _ => cell,
    }
}

impl Sheet {
    /// Opens a file and reads its header, the first record that is not blank; the columns of a `table` that the user says
    /// has none are called 1, 2, 3, ….
    ///
    /// # Errors
    /// E201, E206, E208, E211 if it cannot be read or has no header.
    pub(super) fn open(path: &std::path::Path, options: &ReadOptions, table: &str) -> Result<Self> {
        let source = Source::open(path, options.encoding)?;
        #[cfg(feature = "parquet")]
        if let Some(dataset) = source.dataset() {
            let header = dataset.header.clone();
            return Ok(Sheet { source, header, headed: true, delimiter: Delimiter::Byte(b',') });
        }
        let mut block = Vec::new();
        let mut blocks = Blocks::new(&source, None)?;
        let first = blocks.next(&mut block)?;
        let delimiter = blocks.delimiter();
        drop(blocks);
        let mut header = Vec::new();
        if first.is_some() {
            let bytes = prepared(&source, delimiter, &block)?;
            // The header alone, that a broken row below it may be told as such.
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter.byte())
                .from_reader(&*bytes);
            let mut record = ByteRecord::new();
            if reader.read_byte_record(&mut record).unwrap_or(false) {
                header = record.iter().map(|cell| String::from_utf8_lossy(trim(cell)).into_owned()).collect();
            }
        }
        if header.iter().all(String::is_empty) {
            return Err(Fault::new(206, "has no header")
                .in_file(path)
                .hint("the first line must name the columns")
                .into());
        }
        let headed = options.mappings.header_in(table);
        if !headed {
            header = (1..=header.len()).map(|number| number.to_string()).collect();
        }
        Ok(Sheet { source, header, headed, delimiter })
    }

    /// Judges the columns of Parquet files that have a role.
    ///
    /// # Errors
    /// E215 for each that cannot be read.
    #[cfg(feature = "parquet")]
    pub(super) fn refuse_unreadable(&self, roles: &super::header::RoleMap) -> Result<()> {
        let needed = |column| roles.taken().any(|taken| taken == column);
        self.source.dataset().map_or(Ok(()), |dataset| dataset.refuse_unreadable(needed))
    }

    /// Folds every record below the header.
    ///
    /// # Errors
    /// Whatever stops reading; rows that cannot be read do not, they are counted.
    pub(super) fn fold<S: Send>(
        &self,
        options: &ReadOptions,
        new: impl Fn() -> S + Sync,
        push: impl Fn(&mut S, &Record) -> Verdict + Sync,
    ) -> Result<Folded<S>> {
        #[cfg(feature = "parquet")]
        if let Some(dataset) = self.source.dataset() {
            return dataset.fold_records(options, new, push);
        }
        match self.fold_as_opened(options, &new, &push) {
            // A file that starts in ASCII was taken for UTF-8 to save reading it twice.
            Err(fault) if fault.has_code(208) => match self.source.looked_through()? {
                Some(source) => Sheet { source, ..self.clone() }.fold_as_opened(options, &new, &push),
                None => Err(fault),
            },
            outcome => outcome,
        }
    }

    fn fold_as_opened<S: Send>(
        &self,
        options: &ReadOptions,
        new: &(impl Fn() -> S + Sync),
        push: &(impl Fn(&mut S, &Record) -> Verdict + Sync),
    ) -> Result<Folded<S>> {
        let blocks = Mutex::new(Blocks::new(&self.source, Some(self.delimiter))?);
        // On the threads of all later rooms: what these allocate then is what was freed, not fresh pages.
        let workers = (0..options.threads.max(1)).into_par_iter().with_max_len(1);
        let workers = workers.map(|_| self.work(&blocks, options, new(), push));
        let workers = workers.collect::<Result<Vec<_>>>()?;
        Ok(self.settle(workers))
    }

    /// Folds the records of the first block only: a look ahead that no row is counted by.
    ///
    /// # Errors
    /// Whatever stops reading.
    pub(super) fn look_ahead(&self, mut see: impl FnMut(&Record)) -> Result<()> {
        let mut block = Vec::new();
        if let Some(index) = Blocks::new(&self.source, Some(self.delimiter))?.next(&mut block)? {
            let bytes = prepared(&self.source, self.delimiter, &block)?;
            let mut skip_header = self.headed;
            Cutter::default()
                .for_each_record(&bytes, self.delimiter.byte(), |cells, line| {
                    if !std::mem::take(&mut skip_header) {
                        see(&Record { cells, block: index, line });
                    }
                })
                .map_err(|fault| self.unparsable(&fault))?;
        }
        Ok(())
    }

    fn work<S>(
        &self,
        blocks: &Mutex<Blocks>,
        options: &ReadOptions,
        state: S,
        push: impl Fn(&mut S, &Record) -> Verdict,
    ) -> Result<Worker<S>> {
        let mut worker = Worker { state, rows: RowCounts::default(), faults: Vec::new(), lines: Vec::new() };
        let (mut block, mut cutter) = (Vec::new(), Cutter::default());
        loop {
            let next = match blocks.lock() {
                Ok(mut blocks) => blocks.next(&mut block)?,
                Err(_) => return Err(bug()),
            };
            let Some(index) = next else { break };
            let bytes = prepared(&self.source, self.delimiter, &block)?;
            worker.lines.push((index, memchr::memchr_iter(b'\n', &bytes).count() as u64));
            let mut skip_header = self.headed && index == 0;
            cutter
                .for_each_record(&bytes, self.delimiter.byte(), |cells, line| {
                    if std::mem::take(&mut skip_header) {
                        return;
                    }
                    let record = Record { cells, block: index, line };
                    let verdict = if cells.len() == self.header.len() {
                        push(&mut worker.state, &record)
                    } else {
                        self.odd_length(cells)
                    };
                    worker.account(verdict, &record);
                })
                .map_err(|fault| self.unparsable(&fault))?;
            options.tell_progress(block.len() as u64);
        }
        Ok(worker)
    }

    /// A record of another length than the header: blank cells too many at the end are no fault.
    fn odd_length(&self, cells: Cells) -> Verdict {
        if (0..cells.len()).all(|column| trim(cells.get(column).unwrap_or_default()).is_empty()) {
            return Verdict::Filtered("blank_line");
        }
        Verdict::Rejected(
            usize::MAX,
            format!("has {} cells where the header has {}", cells.len(), self.header.len()),
        )
    }

    fn unparsable(&self, fault: &csv::Error) -> Error {
        Fault::new(201, fault.to_string()).in_file(&self.source.path).into()
    }

    fn settle<S>(&self, workers: Vec<Worker<S>>) -> Folded<S> {
        let mut lines: Vec<(usize, u64)> =
            workers.iter().flat_map(|worker| worker.lines.iter().copied()).collect();
        lines.sort_unstable();
        let mut before = 0;
        for (_, count) in &mut lines {
            before += std::mem::replace(count, before);
        }
        let above = lines.into_iter().map(|(_, above)| above).collect();
        let mut folded =
            Folded { states: Vec::new(), rows: RowCounts::default(), rejects: Vec::new(), above };
        for worker in workers {
            folded.states.push(worker.state);
            folded.rows.add(&worker.rows);
            for fault in worker.faults {
                folded.rejects.push(Reject {
                    file: self.source.label.clone(),
                    line: folded.line(RecordPlace { block: fault.block, line: fault.line }),
                    column: self.header.get(fault.column).cloned().unwrap_or_default(),
                    value: fault.value,
                    reason: fault.reason,
                });
            }
        }
        folded.rejects.sort_unstable();
        folded
    }
}

/// Valid UTF-8 with one delimiter byte.
fn prepared<'b>(source: &Source, delimiter: Delimiter, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>> {
    if let Err(fault) = std::str::from_utf8(bytes) {
        let good = &bytes[..fault.valid_up_to()];
        let near = String::from_utf8_lossy(&good[good.len().saturating_sub(40)..]).into_owned();
        let near = near.lines().last().unwrap_or_default().to_owned();
        return Err(Fault::new(208, format!("is not UTF-8 throughout (after \"{near}\")"))
            .in_file(&source.path)
            .hint("name the right encoding with --encoding, for example --encoding gb18030")
            .into());
    }
    Ok(if delimiter == Delimiter::Spaces { squeeze_spaces(bytes).into() } else { bytes.into() })
}

fn bug() -> Error {
    Fault::new(902, "a reading thread stopped unexpectedly").into()
}

struct Worker<S> {
    state: S,
    rows: RowCounts,
    faults: Vec<CellFault>,
    /// Line breaks in each block this worker had.
    lines: Vec<(usize, u64)>,
}

/// A reject whose line is known only within its block.
struct CellFault {
    block: usize,
    line: u64,
    column: usize,
    value: String,
    reason: String,
}

impl<S> Worker<S> {
    fn account(&mut self, verdict: Verdict, record: &Record) {
        match verdict {
            Verdict::Used => self.rows.take(),
            Verdict::Filtered(reason) => self.rows.filter(reason),
            Verdict::Rejected(column, reason) => {
                self.rows.reject();
                let value =
                    String::from_utf8_lossy(record.cells.get(column).unwrap_or_default()).into_owned();
                self.faults.push(CellFault { block: record.block, line: record.line, column, value, reason });
            }
        }
    }
}
