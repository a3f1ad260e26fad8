//! All rows of Parquet files through a function, on several threads.

use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use csv::ByteRecord;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::ingest::account::{Reject, RowCounts};
use crate::ingest::params::ReadOptions;
use crate::ingest::scan::{Folded, Record, RecordPlace, Verdict};
use crate::ingest::source::unreadable;

use super::cells::{CellBatch, CellRow};
use super::dataset::{Dataset, Slice};
use super::guard::guarded;

/// Rows decoded at a time: their cells stay in a core's own cache.
const BATCH: usize = 8_192;

/// What one thread has folded.
struct Worker<S> {
    state: S,
    rows: RowCounts,
    rejects: Vec<(RecordPlace, Reject)>,
}

impl Dataset {
    /// Folds every row; of its cells only those of `columns` are read, in this order.
    ///
    /// # Errors
    /// E211 if a file turns out to be damaged.
    pub(in crate::ingest) fn fold<S: Send>(
        &self,
        columns: &[usize],
        options: &ReadOptions,
        new: impl Fn() -> S + Sync,
        push: impl Fn(&mut S, &CellRow, RecordPlace) -> Verdict + Sync,
    ) -> Result<Folded<S>> {
        let slices = self.slices(options.threads);
        let next = AtomicUsize::new(0);
        let workers = (0..options.threads.max(1)).into_par_iter().with_max_len(1);
        let workers = workers.map(|_| self.work((&slices, &next), columns, options, new(), &push));
        let workers = workers.collect::<Result<Vec<_>>>()?;
        let mut before = 0;
        let above = slices.iter().map(|slice| {
            before += slice.rows as u64;
            before - slice.rows as u64
        });
        let mut folded = Folded::new(above.collect());
        for worker in workers {
            folded.states.push(worker.state);
            folded.rows.add(&worker.rows);
            for (place, reject) in worker.rejects {
                let (file, line) = self.located(folded.line(place));
                folded.rejects.push(Reject { file, line, ..reject });
            }
        }
        folded.rejects.sort_unstable();
        Ok(folded)
    }

    /// The same with every cell as text, for tables read whole; columns that cannot be read are blank.
    ///
    /// # Errors
    /// E211 if a file turns out to be damaged.
    pub(in crate::ingest) fn fold_records<S: Send>(
        &self,
        options: &ReadOptions,
        new: impl Fn() -> S + Sync,
        push: impl Fn(&mut S, &Record) -> Verdict + Sync,
    ) -> Result<Folded<S>> {
        let readable = self.readable();
        let place = |column: usize| readable.binary_search(&column).ok();
        let places: Vec<Option<usize>> = (0..self.header.len()).map(place).collect();
        self.fold(&readable, options, new, |state, row, at| {
            let cells = places.iter().map(|place| place.map_or(&[][..], |place| row.written(place)));
            push(state, &Record::parsed(&cells.collect::<ByteRecord>(), at))
        })
    }

    /// Shows the rows of the first batch: a look ahead that no row is counted by.
    ///
    /// # Errors
    /// E211 if the file turns out to be damaged.
    pub(in crate::ingest) fn look_ahead(
        &self,
        columns: &[usize],
        mut see: impl FnMut(&CellRow),
    ) -> Result<()> {
        let Some(first) = self.slices(1).first().copied() else { return Ok(()) };
        let first = Slice { rows: first.rows.min(BATCH), whole: false, ..first };
        self.for_each_row(0, first, columns, &mut |row, _| see(row))
    }

    fn work<S>(
        &self,
        (slices, next): (&[Slice], &AtomicUsize),
        columns: &[usize],
        options: &ReadOptions,
        state: S,
        push: &impl Fn(&mut S, &CellRow, RecordPlace) -> Verdict,
    ) -> Result<Worker<S>> {
        let mut worker = Worker { state, rows: RowCounts::default(), rejects: Vec::new() };
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(slice) = slices.get(index).copied() else { return Ok(worker) };
            let mut read = |row: &CellRow, place| match push(&mut worker.state, row, place) {
                Verdict::Used => worker.rows.take(),
                Verdict::Filtered(reason) => worker.rows.filter(reason),
                Verdict::Rejected(column, reason) => {
                    worker.rows.reject();
                    let value = String::from_utf8_lossy(row.written(column)).into_owned();
                    let column = columns.get(column).map(|column| self.header[*column].clone());
                    let column = column.unwrap_or_default();
                    worker
                        .rejects
                        .push((place, Reject { file: String::new(), line: 0, column, value, reason }));
                }
            };
            let outcome = self.for_each_row(index, slice, columns, &mut read);
            if outcome.is_err() {
                // The others need not go on.
                next.store(slices.len(), Ordering::Relaxed);
            }
            outcome?;
            let part = &self.parts[slice.part];
            options.tell_progress(part.bytes * slice.rows as u64 / part.rows.max(1));
        }
    }

    fn for_each_row(
        &self,
        index: usize,
        slice: Slice,
        columns: &[usize],
        each: &mut impl FnMut(&CellRow, RecordPlace),
    ) -> Result<()> {
        let part = &self.parts[slice.part];
        let damaged = |cause: &dyn std::fmt::Display| -> Error { part.damaged(cause) };
        let mut roots: Vec<usize> = columns.iter().map(|column| part.places[*column]).collect();
        let wanted = roots.clone();
        roots.sort_unstable();
        roots.dedup();
        let file = File::open(&part.path).map_err(|fault| unreadable(&part.path, &fault))?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, part.metadata.clone())
            .with_projection(ProjectionMask::roots(part.metadata.parquet_schema(), roots.iter().copied()))
            .with_row_groups(vec![slice.group])
            .with_batch_size(BATCH.min(slice.rows));
        if !slice.whole {
            builder = builder.with_offset(slice.from).with_limit(slice.rows);
        }
        let stopped = |fault: String| damaged(&fault);
        let reader = guarded(|| builder.build()).map_err(stopped)?;
        let mut reader = reader.map_err(|fault| damaged(&fault))?;
        let mut line = 0;
        while let Some(read) = guarded(|| reader.next()).map_err(stopped)? {
            let read = read.map_err(|fault| damaged(&fault))?;
            // The reader gives columns in the order of the file.
            let in_order = wanted.iter().filter_map(|root| roots.binary_search(root).ok());
            let arrays: Vec<_> = in_order.map(|place| read.column(place).clone()).collect();
            let batch = CellBatch::new(&arrays);
            for row in 0..read.num_rows() {
                line += 1;
                each(&CellRow { batch: &batch, row }, RecordPlace { block: index, line });
            }
        }
        if line != slice.rows as u64 {
            return Err(damaged(&format!("{line} rows where {} should be", slice.rows)));
        }
        Ok(())
    }
}
