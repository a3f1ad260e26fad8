//! The tables of a result as Parquet files.
//!
//! Cells say what those of the CSV files say, typed: amounts are decimals of four places, fractions are rounded as they are
//! printed, a cell without a value is null, and texts stand as they are (no spreadsheet opens these files). Parts
//! of a table come in one size and order for any number of threads, so the same result gives the same bytes.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::rows::{Column, Kind, Rows};
use crate::domain::{Day, Money};
use crate::error::{Fault, Result};

/// Digits of an amount: as many as 2^63 has.
const DIGITS: u8 = 19;
/// Those behind the point.
const PLACES: i8 = 4;

/// Columns being filled.
pub(super) struct ParquetRows {
    columns: Vec<Cells>,
    /// Cells of the row at hand.
    at: usize,
    /// True once a cell was of another kind than its column.
    mixed: bool,
}

enum Cells {
    Text(StringBuilder),
    Whole(Int64Builder),
    Money(Decimal128Builder),
    Fraction(Float64Builder),
    Day(Date32Builder),
    Truth(BooleanBuilder),
}

/// A file being written.
pub(super) struct ParquetFile {
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    path: PathBuf,
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Word | Kind::Text => DataType::Utf8,
        Kind::Whole => DataType::Int64,
        Kind::Money => DataType::Decimal128(DIGITS, PLACES),
        Kind::Fraction => DataType::Float64,
        Kind::Day => DataType::Date32,
        Kind::Truth => DataType::Boolean,
    }
}

impl Cells {
    fn new(kind: Kind, rows: usize) -> Self {
        match kind {
            Kind::Word | Kind::Text => Cells::Text(StringBuilder::with_capacity(rows, rows * 8)),
            Kind::Whole => Cells::Whole(Int64Builder::with_capacity(rows)),
            Kind::Money => {
                let builder = Decimal128Builder::with_capacity(rows);
                Cells::Money(builder.with_data_type(data_type(kind)))
            }
            Kind::Fraction => Cells::Fraction(Float64Builder::with_capacity(rows)),
            Kind::Day => Cells::Day(Date32Builder::with_capacity(rows)),
            Kind::Truth => Cells::Truth(BooleanBuilder::with_capacity(rows)),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Cells::Text(mut cells) => Arc::new(cells.finish()),
            Cells::Whole(mut cells) => Arc::new(cells.finish()),
            Cells::Money(mut cells) => Arc::new(cells.finish()),
            Cells::Fraction(mut cells) => Arc::new(cells.finish()),
            Cells::Day(mut cells) => Arc::new(cells.finish()),
            Cells::Truth(mut cells) => Arc::new(cells.finish()),
        }
    }
}

impl ParquetRows {
    /// The column whose turn it is.
    fn next(&mut self) -> Option<&mut Cells> {
        self.at += 1;
        self.columns.get_mut(self.at - 1)
    }
}

impl Rows for ParquetRows {
    const ENDING: &'static str = "parquet";

    type File = ParquetFile;

    fn open(path: &Path, columns: &[Column]) -> Result<ParquetFile> {
        let fields = columns.iter().map(|column| Field::new(column.name, data_type(column.kind), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(concat!("erba ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let file = File::create(path).map_err(super::not_written(path))?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
        let writer = writer.map_err(|fault| super::not_written(path)(io::Error::other(fault)))?;
        Ok(ParquetFile { writer, schema, path: path.to_owned() })
    }

    fn append(file: &mut ParquetFile, rows: Self) -> Result<()> {
        let arrays = rows.columns.into_iter().map(Cells::finish).collect();
        let written = RecordBatch::try_new(file.schema.clone(), arrays)
            .map_err(Into::into)
            .and_then(|batch| file.writer.write(&batch));
        written.map_err(|fault| super::not_written(&file.path)(io::Error::other(fault)))
    }

    fn close(file: ParquetFile) -> Result<()> {
        let ParquetFile { writer, path, .. } = file;
        writer.close().map_err(|fault| super::not_written(&path)(io::Error::other(fault)))?;
        Ok(())
    }

    fn new(columns: &[Column], rows: usize) -> Self {
        let columns = columns.iter().map(|column| Cells::new(column.kind, rows)).collect();
        ParquetRows { columns, at: 0, mixed: false }
    }

    fn word(&mut self, word: &str) {
        self.text(word);
    }

    fn text(&mut self, text: &str) {
        match self.next() {
            Some(Cells::Text(cells)) => cells.append_option((!text.is_empty()).then_some(text)),
            _ => self.mixed = true,
        }
    }

    fn whole(&mut self, number: impl Into<Option<u64>>) {
        match self.next() {
            Some(Cells::Whole(cells)) => cells.append_option(number.into().map(u64::cast_signed)),
            _ => self.mixed = true,
        }
    }

    fn money(&mut self, amount: impl Into<Option<Money>>) {
        match self.next() {
            Some(Cells::Money(cells)) => cells.append_option(amount.into().map(|amount| amount.0.into())),
            _ => self.mixed = true,
        }
    }

    fn fraction(&mut self, value: f64, decimals: u32) {
        match self.next() {
            Some(Cells::Fraction(cells)) => {
                cells.append_option(value.is_finite().then(|| rounded(value, decimals)));
            }
            _ => self.mixed = true,
        }
    }

    fn day(&mut self, day: impl Into<Option<Day>>) {
        match self.next() {
            Some(Cells::Day(cells)) => cells.append_option(day.into().map(|day| day.0)),
            _ => self.mixed = true,
        }
    }

    fn truth(&mut self, truth: Option<bool>) {
        match self.next() {
            Some(Cells::Truth(cells)) => cells.append_option(truth),
            _ => self.mixed = true,
        }
    }

    fn end(&mut self) -> Result<()> {
        let cells = std::mem::take(&mut self.at);
        if cells == self.columns.len() && !self.mixed {
            return Ok(());
        }
        let width = self.columns.len();
        Err(Fault::new(902, format!("a row of {cells} cells among rows of {width}, or of another kind"))
            .into())
    }
}

/// The number that its digits in the CSV file say.
fn rounded(value: f64, decimals: u32) -> f64 {
    let scale = 10_f64.powi(decimals.min(9) as i32);
    let scaled = (value * scale).round();
    // Both are whole and exact, so their quotient is the number nearest to the digits. Zero has no sign.
    if scaled.abs() < 9.0e15 { scaled / scale + 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_what_their_digits_say() {
        for (value, decimals, digits) in [
            (0.1 + 0.2, 6, "0.3"),
            (2e-7, 9, "0.0000002"),
            (-0.000_000_1, 6, "0"),
            (-1.5, 6, "-1.5"),
            (0.999_999_96, 6, "1"),
            (1.0 / 3.0, 9, "0.333333333"),
        ] {
            assert_eq!(
                rounded(value, decimals).to_bits(),
                digits.parse::<f64>().unwrap().to_bits(),
                "{digits}"
            );
        }
    }
}
