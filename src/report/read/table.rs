//! A machine file row by row, its cells found by header.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hashbrown::HashMap;

use crate::domain::Money;
use crate::domain::cells::unescaped;
use crate::error::{Fault, Result};

pub(super) struct Table {
    path: PathBuf,
    reader: csv::Reader<File>,
    columns: HashMap<String, usize>,
    record: csv::StringRecord,
}

impl Table {
    pub(super) fn open(path: &Path) -> Result<Table> {
        let fault = |fault: csv::Error| super::not_a_result(path, &fault);
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 20).from_path(path).map_err(fault)?;
        let headers = reader.headers().map_err(fault)?;
        let columns = (0..).zip(headers).map(|(place, name)| (name.to_owned(), place)).collect();
        Ok(Table { path: path.to_path_buf(), reader, columns, record: csv::StringRecord::new() })
    }

    /// Goes to the next row; false after the last.
    pub(super) fn next(&mut self) -> Result<bool> {
        self.reader.read_record(&mut self.record).map_err(|fault| super::not_a_result(&self.path, &fault))
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The cell as it was before it was escaped; empty if there is no such column.
    pub(super) fn text(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|&place| self.record.get(place)).map_or("", unescaped)
    }

    pub(super) fn maybe_text(&self, column: &str) -> Option<Box<str>> {
        Some(self.text(column)).filter(|text| !text.is_empty()).map(Box::from)
    }

    /// A cell that must be filled.
    pub(super) fn word<T: FromStr>(&self, column: &str) -> Result<T> {
        self.text(column).parse().map_err(|_| self.fault(column))
    }

    /// A cell that may be empty.
    pub(super) fn maybe<T: FromStr>(&self, column: &str) -> Result<Option<T>> {
        if self.text(column).is_empty() { Ok(None) } else { self.word(column).map(Some) }
    }

    /// An amount to its last digit, none if empty.
    pub(super) fn money(&self, column: &str) -> Result<Option<Money>> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        exact(text).map(Some).ok_or_else(|| self.fault(column))
    }

    fn fault(&self, column: &str) -> crate::error::Error {
        let line = self.record.position().map_or(0, csv::Position::line);
        Fault::new(701, format!("\"{}\" is not what a run writes here", self.text(column)))
            .in_file(&self.path)
            .at_line(line)
            .in_column(column)
            .into()
    }
}

/// Reads what [`Money`] prints, without a detour through floating point.
fn exact(text: &str) -> Option<Money> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (units, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let parts: i64 = format!("{fraction:0<4}").parse().ok()?;
    let units: i64 = units.parse().ok()?;
    units.checked_mul(Money::SCALE)?.checked_add(parts).map(|amount| Money(sign * amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_come_back_to_the_last_digit() {
        for parts in [0, 1, -1, 10, 12_345, -125_000, i64::MAX] {
            assert_eq!(exact(&Money(parts).to_string()), Some(Money(parts)));
        }
        for text in ["", "x", "1,5", "1.23456", "--1"] {
            assert_eq!(exact(text), None, "{text}");
        }
    }
}
