//! `erba.xlsx`: the workbook to go on with.
//!
//! Sheets Summary, Customers, Plan, Visits by rep (when there), Movers, Rejected and Parameters, with native charts.
//! Every cell from data is written as a string, a number or a date, never as a formula; strings that
//! look like formulas carry an apostrophe, as in the CSV files, since people edit and export them again.
//! Long sheets are written row by row to a temporary file, so memory does not grow with customers; beyond
//! Excel's 1,048,576 rows they go on in a further sheet, which the Summary tells.

mod curve;
mod customers;
mod lists;
mod sheet;
mod summary;

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::error::{Error, Fault, Result};
use crate::language::Language;
use crate::result::Segmentation;
use sheet::Styles;

/// Rows of a sheet, the header included.
const ROW_LIMIT: u32 = 1_048_576;

pub(super) fn write(segmentation: &Segmentation, lang: Language, path: &Path) -> Result<()> {
    let mut book = Book::new(lang, ROW_LIMIT);
    book.fill(segmentation).and_then(|()| book.workbook.save(path)).map_err(|fault| not_written(&fault, path))
}

/// A workbook being filled.
struct Book {
    workbook: Workbook,
    styles: Styles,
    lang: Language,
    row_limit: u32,
}

impl Book {
    fn new(lang: Language, row_limit: u32) -> Self {
        Book { workbook: Workbook::new(), styles: Styles::new(), lang, row_limit }
    }

    fn fill(&mut self, all: &Segmentation) -> Result<(), XlsxError> {
        // The clock must not get into the bytes: a workbook is dated by its data.
        let dated = all
            .settings
            .as_of
            .map(crate::domain::Day::to_date)
            .and_then(|day| {
                ExcelDateTime::from_ymd(
                    day.year().try_into().ok()?,
                    day.month().try_into().ok()?,
                    day.day().try_into().ok()?,
                )
                .ok()
            })
            .map_or_else(|| ExcelDateTime::from_ymd(2000, 1, 1), Ok)?;
        let properties = DocProperties::new().set_title("Erba").set_creation_datetime(&dated);
        self.workbook.set_properties(&properties);
        let sheets = self.sheets_for(all.table.len());
        summary::write(self, all, sheets)?;
        customers::write(self, all)?;
        lists::plan(self, all)?;
        lists::future(self, all)?;
        lists::visits(self, all)?;
        lists::movers(self, all)?;
        lists::rejected(self, all)?;
        lists::parameters(self, all)
    }

    /// Sheets that this many rows need.
    fn sheets_for(&self, rows: usize) -> usize {
        rows.div_ceil(self.row_limit as usize - 1).max(1)
    }

    fn word(&self, key: &str) -> String {
        self.lang.text(key, &[])
    }
}

fn not_written(fault: &XlsxError, path: &Path) -> Error {
    Fault::new(901, format!("the workbook cannot be written: {fault}")).in_file(path).into()
}

#[cfg(test)]
mod tests;
