//! Parquet in and out: what the same data as CSV give, to the byte.

mod damaged;
mod reading;
mod types;
mod writing;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::program::Desk;

/// Writes columns as a file of row groups of so many rows.
fn write<N: AsRef<str>>(path: &Path, columns: Vec<(N, ArrayRef)>, rows_a_group: usize) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows_a_group))
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// The header of a CSV file and its rows.
fn cells(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut records =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
    let mut next = || Some(records.next()?.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    (next().unwrap(), std::iter::from_fn(next).collect())
}

/// Columns as an engine would type them: days as days, numbers as numbers, the rest as text.
fn typed(header: &[String], rows: &[Vec<String>]) -> Vec<(String, ArrayRef)> {
    let column = |(place, name): (usize, &String)| {
        let cells = || rows.iter().map(move |row| Some(row[place].as_str()).filter(|cell| !cell.is_empty()));
        let day = |cell: &str| cell.parse::<erba::domain::Day>().ok().map(|day| day.0);
        let number = |cell: &str| cell.parse::<f64>().ok();
        let array: ArrayRef = if cells().flatten().all(|cell| day(cell).is_some()) {
            Arc::new(cells().map(|cell| day(cell?)).collect::<Date32Array>())
        } else if cells().flatten().all(|cell| number(cell).is_some()) {
            Arc::new(cells().map(|cell| number(cell?)).collect::<Float64Array>())
        } else {
            Arc::new(cells().collect::<StringArray>())
        };
        (name.clone(), array)
    };
    header.iter().enumerate().map(column).collect()
}

/// The CSV file as Parquet beside it, with row groups of so many rows.
fn convert(desk: &Desk, csv: &str, parquet: &str, rows_a_group: usize) {
    let text = desk.text(csv);
    let (header, rows) = cells(&text);
    write(&desk.path(parquet), typed(&header, &rows), rows_a_group);
}

/// Both results are the same but for what names their input.
fn same(desk: &Desk, one: &str, other: &str) {
    for file in ["customers.csv", "plan.csv"] {
        let (a, b) = (desk.text(&format!("{one}/{file}")), desk.text(&format!("{other}/{file}")));
        assert!(a == b, "{file} differs between {one} and {other}");
    }
    let rows = |out: &str| summary(desk, out)["rows"].clone();
    assert_eq!(rows(one), rows(other));
}

fn summary(desk: &Desk, out: &str) -> serde_json::Value {
    serde_json::from_str(&desk.text(&format!("{out}/summary.json"))).unwrap()
}
