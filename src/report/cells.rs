//! CSV cells: numbers without detours, texts that no spreadsheet takes for a formula.
//!
//! A text that begins with `=`, `+`, `-`, `@` (also their full-width forms, tab, carriage return or line
//! feed) and is not a number gets a leading apostrophe. A text that already begins with apostrophes before
//! such a sign gets one more, so that [`unescaped`] gives back exactly what was there.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use crate::domain::{Day, Money};
use crate::error::{Fault, Result};

/// Rows of one CSV file or of a part of it, in memory.
///
/// Cells go straight into the bytes of the file; the bytes are those of the `csv` crate.
pub(super) struct Rows {
    bytes: Vec<u8>,
    /// Cells of the row at hand.
    cells: usize,
    /// Cells of every row, once the first has ended.
    width: Option<usize>,
}

impl Rows {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Rows { bytes: Vec::with_capacity(bytes), cells: 0, width: None }
    }

    /// Begins a cell.
    fn cell(&mut self) -> &mut Vec<u8> {
        if self.cells > 0 {
            self.bytes.push(b',');
        }
        self.cells += 1;
        &mut self.bytes
    }

    /// A cell that needs no care: machine words and headers.
    pub(super) fn word(&mut self, word: &str) {
        push_text(self.cell(), "", word);
    }

    /// A cell from data.
    pub(super) fn text(&mut self, text: &str) {
        let before = if is_risky(text) { "'" } else { "" };
        push_text(self.cell(), before, text);
    }

    pub(super) fn maybe_text(&mut self, text: Option<&str>) {
        self.text(text.unwrap_or_default());
    }

    pub(super) fn whole(&mut self, number: u64) {
        push_digits(self.cell(), number);
    }

    pub(super) fn maybe_whole(&mut self, number: Option<u32>) {
        match number {
            Some(number) => self.whole(u64::from(number)),
            None => self.word(""),
        }
    }

    /// Between two and four decimals, as [`Money`] prints.
    pub(super) fn money(&mut self, amount: Money) {
        let out = self.cell();
        let parts = amount.0.unsigned_abs();
        if amount.0 < 0 {
            out.push(b'-');
        }
        push_digits(out, parts / 10_000);
        push_decimals(out, (parts % 10_000) as u32 * 100_000, 2);
    }

    pub(super) fn maybe_money(&mut self, amount: Option<Money>) {
        match amount {
            Some(amount) => self.money(amount),
            None => self.word(""),
        }
    }

    /// At most `decimals` (up to 9) decimals, trailing zeros dropped; empty if not finite.
    pub(super) fn fraction(&mut self, value: f64, decimals: u32) {
        push_float(self.cell(), value, decimals);
    }

    pub(super) fn maybe_fraction(&mut self, value: Option<f64>, decimals: u32) {
        self.fraction(value.unwrap_or(f64::NAN), decimals);
    }

    pub(super) fn day(&mut self, day: Day) {
        let date = day.to_date();
        let out = self.cell();
        // Years of four digits are all that jiff writes without a sign.
        let Ok(year @ 0..=9_999) = u64::try_from(date.year()) else {
            out.extend_from_slice(date.to_string().as_bytes());
            return;
        };
        let (month, in_month) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        for number in [year / 100, year % 100] {
            out.extend([b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]);
        }
        for number in [month, in_month] {
            out.extend([b'-', b'0' + number / 10, b'0' + number % 10]);
        }
    }

    pub(super) fn maybe_day(&mut self, day: Option<Day>) {
        match day {
            Some(day) => self.day(day),
            None => self.word(""),
        }
    }

    /// Ends a row.
    ///
    /// # Errors
    /// E902 for a row of another length than the first, which only a bug makes.
    pub(super) fn end(&mut self) -> Result<()> {
        self.bytes.push(b'\n');
        let cells = std::mem::take(&mut self.cells);
        let width = *self.width.get_or_insert(cells);
        if cells == width {
            return Ok(());
        }
        Err(Fault::new(902, format!("a row of {cells} cells among rows of {width}")).into())
    }

    pub(super) fn header(&mut self, columns: &[&str]) -> Result<()> {
        for column in columns {
            self.word(column);
        }
        self.end()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Writes the rows as a file of their own.
    pub(super) fn into_file(self, path: &Path) -> Result<()> {
        fs::write(path, self.into_bytes()).map_err(super::not_written(path))
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

const RISKY: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// True for a text that needs a leading apostrophe.
pub(super) fn is_risky(text: &str) -> bool {
    // Nearly every cell ends here, on its first byte.
    match text.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n' | b'\'' | 0xEF) => {}
        _ => return false,
    }
    text.trim_start_matches('\'').starts_with(RISKY) && !is_number(text)
}

/// A plain decimal number: sign, digits, point, exponent.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A text as safe as CSV cells are, for other formats that spreadsheets open.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What a cell held before it was escaped.
pub(super) fn unescaped(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(RISKY) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let mut rows = Rows::with_capacity(0);
            rows.money(Money(parts));
            rows.end().unwrap();
            let text = String::from_utf8(rows.into_bytes()).unwrap();
            assert_eq!(text.trim_end(), Money(parts).to_string());
        }
    }

    #[test]
    fn days_are_written_as_they_print() {
        for day in [0, -1, 20_000, -719_528, -719_529, 2_900_000, -4_000_000] {
            let mut rows = Rows::with_capacity(0);
            rows.day(Day(day));
            assert_eq!(String::from_utf8(rows.into_bytes()).unwrap(), Day(day).to_string());
        }
    }

    #[test]
    fn bytes_are_those_of_the_csv_crate() {
        let cells = ["plain", "", "a,b", "say \"so\"", "two\nlines", "\r", " # ", "客户", "a;b", "\t"];
        let mut rows = Rows::with_capacity(0);
        let mut writer = csv::Writer::from_writer(Vec::new());
        for turn in 0..cells.len() {
            let mut row = cells;
            row.rotate_left(turn);
            rows.header(&row).unwrap();
            writer.write_record(row).unwrap();
        }
        assert_eq!(rows.into_bytes(), writer.into_inner().unwrap());
    }

    #[test]
    fn a_row_of_another_length_is_a_bug() {
        let mut rows = Rows::with_capacity(0);
        rows.header(&["a", "b"]).unwrap();
        rows.word("1");
        assert!(rows.end().unwrap_err().has_code(902));
    }

    #[test]
    fn formulas_become_texts_and_numbers_stay() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("-12.5", "-12.5"),
            ("+1e3", "+1e3"),
            ("-inf", "'-inf"),
            ("'quoted'", "'quoted'"),
            ("Ｅ", "Ｅ"),
            ("", ""),
        ] {
            assert_eq!(escaped(text), cell);
            assert_eq!(unescaped(cell), text);
        }
    }
}
