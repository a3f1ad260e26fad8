//! Tables as CSV files: numbers without detours; the bytes are those of the `csv` crate.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::rows::{Column, Rows};
use crate::domain::cells::is_risky;
use crate::domain::{Day, Money};
use crate::error::{Fault, Result};

/// Bytes a row is likely to have at most.
const ROW: usize = 320;

/// Cells go straight into the bytes of the file.
pub(super) struct CsvRows {
    bytes: Vec<u8>,
    /// Cells of the row at hand.
    cells: usize,
    /// Cells of every row.
    width: usize,
}

impl CsvRows {
    /// Begins a cell.
    fn cell(&mut self) -> &mut Vec<u8> {
        if self.cells > 0 {
            self.bytes.push(b',');
        }
        self.cells += 1;
        &mut self.bytes
    }
}

impl Rows for CsvRows {
    const ENDING: &'static str = "csv";

    type File = (File, PathBuf);

    fn open(path: &Path, columns: &[Column]) -> Result<Self::File> {
        let file = File::create(path).map_err(super::not_written(path))?;
        let mut file = (file, path.to_owned());
        let mut header = CsvRows::new(columns, 1);
        columns.iter().for_each(|column| header.word(column.name));
        header.end()?;
        Self::append(&mut file, header)?;
        Ok(file)
    }

    fn append((file, path): &mut Self::File, rows: Self) -> Result<()> {
        file.write_all(&rows.bytes).map_err(super::not_written(path))
    }

    fn close(_: Self::File) -> Result<()> {
        Ok(())
    }

    fn new(columns: &[Column], rows: usize) -> Self {
        CsvRows { bytes: Vec::with_capacity(rows * ROW), cells: 0, width: columns.len() }
    }

    fn word(&mut self, word: &str) {
        push_text(self.cell(), "", word);
    }

    fn text(&mut self, text: &str) {
        let before = if is_risky(text) { "'" } else { "" };
        push_text(self.cell(), before, text);
    }

    fn whole(&mut self, number: impl Into<Option<u64>>) {
        let out = self.cell();
        if let Some(number) = number.into() {
            push_digits(out, number);
        }
    }

    /// Between two and four decimals, as [`Money`] prints.
    fn money(&mut self, amount: impl Into<Option<Money>>) {
        let out = self.cell();
        let Some(amount) = amount.into() else { return };
        let parts = amount.0.unsigned_abs();
        if amount.0 < 0 {
            out.push(b'-');
        }
        push_digits(out, parts / 10_000);
        push_decimals(out, (parts % 10_000) as u32 * 100_000, 2);
    }

    /// Trailing zeros are dropped.
    fn fraction(&mut self, value: f64, decimals: u32) {
        push_float(self.cell(), value, decimals);
    }

    fn day(&mut self, day: impl Into<Option<Day>>) {
        let out = self.cell();
        let Some(day) = day.into() else { return };
        let (months, in_month) = day.month_and_day();
        // Years of four digits are all that jiff writes without a sign.
        let Ok(year @ 0..=9_999) = u64::try_from(months.div_euclid(12)) else {
            out.extend_from_slice(day.to_string().as_bytes());
            return;
        };
        let month = months.rem_euclid(12) as u8 + 1;
        for number in [year / 100, year % 100] {
            out.extend([b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]);
        }
        for number in [month, in_month] {
            out.extend([b'-', b'0' + number / 10, b'0' + number % 10]);
        }
    }

    fn truth(&mut self, truth: Option<bool>) {
        self.word(truth.map_or("", |truth| if truth { "true" } else { "false" }));
    }

    fn end(&mut self) -> Result<()> {
        self.bytes.push(b'\n');
        let cells = std::mem::take(&mut self.cells);
        if cells == self.width {
            return Ok(());
        }
        Err(Fault::new(902, format!("a row of {cells} cells among rows of {}", self.width)).into())
    }
}

/// A cell in quotes where a comma, a quote or a line break asks for them.
fn push_text(out: &mut Vec<u8>, before: &str, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(before.as_bytes());
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(byte);
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Two digits of each number below a hundred.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

fn push_digits(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    while number >= 100 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number /= 100;
    }
    let pair = PAIRS[number as usize];
    if number >= 10 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&pair);
    } else {
        at -= 1;
        digits[at] = pair[1];
    }
    out.extend_from_slice(&digits[at..]);
}

/// A point and the first `least` of nine decimals, and more up to the last that is not zero.
fn push_decimals(out: &mut Vec<u8>, billionths: u32, least: usize) {
    let mut digits = [b'.'; 10];
    digits[1] = b'0' + (billionths / 100_000_000) as u8;
    let mut rest = billionths % 100_000_000;
    for at in [8, 6, 4, 2] {
        digits[at..at + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    let last = digits.iter().rposition(|digit| *digit != b'0').unwrap_or(0);
    out.extend_from_slice(&digits[..=last.max(least)]);
}

fn push_float(out: &mut Vec<u8>, value: f64, decimals: u32) {
    if !value.is_finite() {
        return;
    }
    let decimals = decimals.min(9);
    let scale = 10_u64.pow(decimals);
    let scaled = (value.abs() * scale as f64).round();
    if scaled >= 9.0e18 {
        // Too large for any decimals to matter.
        out.extend_from_slice(format!("{value:.0}").as_bytes());
        return;
    }
    let scaled = scaled as u64;
    if value < 0.0 && scaled > 0 {
        out.push(b'-');
    }
    // Fractions below 1 are what there is most of.
    let (whole, fraction) = if scaled < scale { (0, scaled) } else { (scaled / scale, scaled % scale) };
    push_digits(out, whole);
    if fraction > 0 {
        push_decimals(out, fraction as u32 * 10_u32.pow(9 - decimals), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::rows::{money, word};

    fn float(value: f64, decimals: u32) -> String {
        let mut out = Vec::new();
        push_float(&mut out, value, decimals);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn floats_have_few_digits_and_no_noise() {
        for (value, decimals, text) in [
            (0.1 + 0.2, 6, "0.3"),
            (2e-7, 9, "0.0000002"),
            (1.0, 9, "1"),
            (-0.000_000_1, 6, "0"),
            (-1.5, 6, "-1.5"),
            (0.999_999_96, 6, "1"),
            (12.034, 4, "12.034"),
            (1e12, 9, "1000000000000"),
            (f64::NAN, 6, ""),
            (f64::INFINITY, 6, ""),
        ] {
            assert_eq!(float(value, decimals), text);
        }
    }

    #[test]
    fn money_is_written_as_it_prints() {
        for parts in [0, 1, -1, 10, 100, 12_345, -125_000, i64::MAX, i64::MIN] {
            let mut rows = CsvRows::new(&[money("amount")], 1);
            rows.money(Money(parts));
            rows.end().unwrap();
            let text = String::from_utf8(rows.bytes).unwrap();
            assert_eq!(text.trim_end(), Money(parts).to_string());
        }
    }

    #[test]
    fn days_are_written_as_they_print() {
        for day in [0, -1, 20_000, -719_528, -719_529, 2_900_000, -4_000_000] {
            let mut rows = CsvRows::new(&[], 1);
            rows.day(Day(day));
            assert_eq!(String::from_utf8(rows.bytes).unwrap(), Day(day).to_string());
        }
    }

    #[test]
    fn bytes_are_those_of_the_csv_crate() {
        let cells = ["plain", "", "a,b", "say \"so\"", "two\nlines", "\r", " # ", "客户", "a;b", "\t"];
        let mut rows = CsvRows::new(&cells.map(word), 0);
        let mut writer = csv::Writer::from_writer(Vec::new());
        for turn in 0..cells.len() {
            let mut row = cells;
            row.rotate_left(turn);
            row.iter().for_each(|cell| rows.word(cell));
            rows.end().unwrap();
            writer.write_record(row).unwrap();
        }
        assert_eq!(rows.bytes, writer.into_inner().unwrap());
    }

    #[test]
    fn a_row_of_another_length_is_a_bug() {
        let mut rows = CsvRows::new(&[word("a"), word("b")], 1);
        rows.word("1");
        assert!(rows.end().unwrap_err().has_code(902));
    }
}
