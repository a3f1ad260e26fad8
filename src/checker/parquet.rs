//! Parquet files beside the CSV files of the same tables.

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::customers::plain;
use super::decimal::parts;
use super::files::Folder;
use super::findings::Findings;
use crate::domain::{Day, TABLES};
use crate::ingest::guarded;

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    for table in TABLES {
        let file = format!("{table}.parquet");
        if !folder.dir.join(&file).exists() {
            continue;
        }
        // Whatever bytes are in the file: one that stops the decoder is told like any other.
        let compared = guarded(|| compare(&folder.dir, table, findings)).and_then(|compared| compared);
        if let Err(cause) = compared {
            findings.add("V104", &file, cause);
        }
    }
}

fn compare(dir: &Path, table: &str, findings: &mut Findings) -> Result<(), String> {
    let file = format!("{table}.parquet");
    let twin = format!("{table}.csv");
    let mut text =
        csv::Reader::from_path(dir.join(&twin)).map_err(|_| format!("there is no {twin} beside it"))?;
    let header: Vec<String> =
        text.headers().map_err(|fault| fault.to_string())?.iter().map(str::to_owned).collect();
    let unread = |fault: &dyn std::fmt::Display| format!("the file cannot be read: {fault}");
    let open = File::open(dir.join(&file)).map_err(|fault| unread(&fault))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(open).map_err(|fault| unread(&fault))?;
    let names: Vec<&String> = builder.schema().fields().iter().map(|field| field.name()).collect();
    if names.iter().ne(header.iter().collect::<Vec<_>>().iter()) {
        return Err(format!("its columns are not those of {twin}"));
    }
    let mut rows = text.records();
    let mut row = 0;
    for batch in builder.build().map_err(|fault| unread(&fault))? {
        let batch = batch.map_err(|fault| unread(&fault))?;
        for at in 0..batch.num_rows() {
            row += 1;
            let Some(cells) = rows.next() else { return Err(format!("it has more rows than {twin}")) };
            let cells = cells.map_err(|fault| unread(&fault))?;
            if let Some((column, cell)) = differing(&batch, at, &cells) {
                let message = format!("{}: not the \"{cell}\" of {twin}", header[column]);
                findings.at("V104", &file, row, message);
            }
        }
    }
    if rows.next().is_some() { Err(format!("it has fewer rows than {twin}")) } else { Ok(()) }
}

/// The first cell of a row that says something else, as the CSV file has it.
fn differing<'c>(batch: &RecordBatch, at: usize, cells: &'c csv::StringRecord) -> Option<(usize, &'c str)> {
    let pairs = batch.columns().iter().zip(cells).enumerate();
    pairs.map(|(column, (array, cell))| (column, array, cell)).find_map(|(column, array, cell)| {
        let same =
            if cell.is_empty() { array.is_null(at) } else { array.is_valid(at) && says(array, at, cell) };
        (!same).then_some((column, cell))
    })
}

fn says(array: &ArrayRef, at: usize, cell: &str) -> bool {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(at) == plain(cell),
        DataType::Int64 => cell.parse() == Ok(array.as_primitive::<Int64Type>().value(at)),
        DataType::Float64 => cell.parse() == Ok(array.as_primitive::<Float64Type>().value(at)),
        DataType::Decimal128(_, 4) => parts(cell) == Some(array.as_primitive::<Decimal128Type>().value(at)),
        DataType::Date32 => cell.parse().ok() == Some(Day(array.as_primitive::<Date32Type>().value(at))),
        DataType::Boolean => cell.parse() == Ok(array.as_boolean().value(at)),
        _ => false,
    }
}
