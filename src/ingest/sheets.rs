//! All sheets of a workbook as text, for workbooks that Erba wrote and people filled in.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Sheets};

use crate::error::{Fault, Result};

/// One sheet: the first row with cells is its header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetTable {
    /// The sheet's name.
    pub name: String,
    /// The header.
    pub header: Vec<String>,
    /// Rows below it with their line in the sheet, the first is 1; blank rows are left out.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl SheetTable {
    /// Reads every sheet of a workbook; days are written as `YYYY-MM-DD`.
    ///
    /// # Errors
    /// E201 if the file cannot be read, E211 if it is no workbook.
    pub fn read_all(path: &Path) -> Result<Vec<SheetTable>> {
        let bytes = std::fs::read(path)
            .map_err(|fault| Fault::new(201, format!("cannot be read: {fault}")).in_file(path))?;
        let broken = |fault: &dyn std::fmt::Display| {
            Fault::new(211, format!("is not a workbook that can be read ({fault})"))
                .in_file(path)
                .hint("save it again as .xlsx")
        };
        let mut book: Sheets<_> =
            calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|fault| broken(&fault))?;
        let mut sheets = Vec::new();
        for name in book.sheet_names() {
            let range = book.worksheet_range(&name).map_err(|fault| broken(&fault))?;
            let first = range.start().map_or(0, |(row, _)| u64::from(row));
            let mut rows = range.rows().zip(first + 1..).map(|(cells, line)| {
                let cells: Vec<String> = cells.iter().map(text).collect();
                (line, cells)
            });
            let Some((_, header)) = rows.next() else { continue };
            let rows = rows.filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())).collect();
            sheets.push(SheetTable { name, header, rows });
        }
        Ok(sheets)
    }
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string().trim().to_owned(),
    }
}
