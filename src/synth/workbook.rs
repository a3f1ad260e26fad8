//! The same tables as workbooks.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::schema::{Holds, INPUTS, Table};
use super::world::unwritable;
use crate::error::{Fault, Result};

/// A sheet has 1,048,576 rows, the first of them the header.
pub const MAX_WORKBOOK_LINES: u64 = 1_048_575;

/// Writes each table of `dir` that [`write`](super::write) left there as CSV (but the truth) as a
/// workbook beside it, with real dates and numbers.
///
/// # Errors
/// E802 if a table has more rows than a sheet, E901 if a file cannot be written.
pub fn write_workbooks(dir: &Path) -> Result<()> {
    for table in INPUTS {
        workbook(dir, table)?;
    }
    Ok(())
}

fn workbook(dir: &Path, table: &Table) -> Result<()> {
    let target = dir.join(format!("{}.xlsx", table.name));
    let source = dir.join(format!("{}.csv", table.name));
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(&source)
        .map_err(|fault| unwritable(&source, &fault))?;
    let mut book = Workbook::new();
    fill(&mut book, table, &mut csv, &source)?;
    book.save(&target).map_err(|fault| unwritable(&target, &fault))
}

fn fill(
    book: &mut Workbook,
    table: &Table,
    csv: &mut csv::Reader<std::fs::File>,
    source: &Path,
) -> Result<()> {
    let failed = |fault: &XlsxError| unwritable(source, fault);
    // The book would otherwise hold the time of its making.
    let made = ExcelDateTime::from_ymd(2025, 12, 31).map_err(|fault| failed(&fault))?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet_with_constant_memory().map_err(|fault| failed(&fault))?;
    sheet.set_name(table.name).map_err(|fault| failed(&fault))?;
    for (row, record) in csv.records().enumerate() {
        let record = record.map_err(|fault| unwritable(source, &fault))?;
        if row as u64 > MAX_WORKBOOK_LINES {
            let fault = Fault::new(802, "there are more rows than a sheet holds").in_file(source);
            return Err(fault.hint("write CSV only, or ask for fewer transactions").into());
        }
        for (column, cell) in record.iter().enumerate() {
            let (at, place) = (row as u32, column as u16);
            let holds = if row == 0 { Holds::Text } else { table.holds(column) };
            match (holds, cell.parse::<f64>(), ExcelDateTime::parse_from_str(cell)) {
                (_, _, _) if cell.is_empty() => Ok(&mut *sheet),
                (Holds::Number, Ok(number), _) => sheet.write_number(at, place, number),
                (Holds::Date, _, Ok(day)) => sheet.write_datetime_with_format(at, place, &day, &date),
                _ => sheet.write_string(at, place, cell),
            }
            .map_err(|fault| failed(&fault))?;
        }
    }
    Ok(())
}
