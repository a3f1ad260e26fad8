//! CSV cells: numbers without detours, texts that no spreadsheet takes for a formula.
//!
//! A text that begins with `=`, `+`, `-`, `@` (also their full-width forms, tab, carriage return or line
//! feed) and is not a number gets a leading apostrophe. A text that already begins with apostrophes before
//! such a sign gets one more, so that [`unescaped`] gives back exactly what was there.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::domain::Money;
use crate::error::{Error, Fault, Result};

/// Rows of one CSV file or of a part of it, in memory.
pub(super) struct Rows {
    writer: csv::Writer<Vec<u8>>,
    scratch: Vec<u8>,
}

impl Rows {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Rows { writer: csv::Writer::from_writer(Vec::with_capacity(bytes)), scratch: Vec::with_capacity(64) }
    }

    /// A cell that needs no care: machine words and headers.
    pub(super) fn word(&mut self, word: &str) -> Result<()> {
        self.writer.write_field(word).map_err(|fault| broken(&fault))
    }

    /// A cell from data.
    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        if is_risky(text) {
            self.scratch.clear();
            self.scratch.push(b'\'');
            self.scratch.extend_from_slice(text.as_bytes());
            return self.scratch();
        }
        self.word(text)
    }

    pub(super) fn maybe_text(&mut self, text: Option<&str>) -> Result<()> {
        self.text(text.unwrap_or_default())
    }

    pub(super) fn whole(&mut self, number: u64) -> Result<()> {
        self.scratch.clear();
        push_digits(&mut self.scratch, number);
        self.scratch()
    }

    /// Between two and four decimals, as [`Money`] prints.
    pub(super) fn money(&mut self, amount: Money) -> Result<()> {
        self.scratch.clear();
        let parts = amount.0.unsigned_abs();
        if amount.0 < 0 {
            self.scratch.push(b'-');
        }
        push_digits(&mut self.scratch, parts / 10_000);
        let fraction = parts % 10_000;
        let decimals = if fraction.is_multiple_of(100) {
            2
        } else if fraction.is_multiple_of(10) {
            3
        } else {
            4
        };
        push_fraction(&mut self.scratch, fraction, 4, decimals);
        self.scratch()
    }

    pub(super) fn maybe_money(&mut self, amount: Option<Money>) -> Result<()> {
        match amount {
            Some(amount) => self.money(amount),
            None => self.word(""),
        }
    }

    /// At most `decimals` (up to 9) decimals, trailing zeros dropped; empty if not finite.
    pub(super) fn fraction(&mut self, value: f64, decimals: u32) -> Result<()> {
        self.scratch.clear();
        push_float(&mut self.scratch, value, decimals);
        self.scratch()
    }

    pub(super) fn maybe_fraction(&mut self, value: Option<f64>, decimals: u32) -> Result<()> {
        self.fraction(value.unwrap_or(f64::NAN), decimals)
    }

    pub(super) fn display(&mut self, value: impl std::fmt::Display) -> Result<()> {
        self.scratch.clear();
        write!(self.scratch, "{value}").map_err(|fault| broken(&fault))?;
        self.scratch()
    }

    pub(super) fn maybe_display(&mut self, value: Option<impl std::fmt::Display>) -> Result<()> {
        match value {
            Some(value) => self.display(value),
            None => self.word(""),
        }
    }

    fn scratch(&mut self) -> Result<()> {
        self.writer.write_field(&self.scratch).map_err(|fault| broken(&fault))
    }

    pub(super) fn end(&mut self) -> Result<()> {
        self.writer.write_record(None::<&[u8]>).map_err(|fault| broken(&fault))
    }

    pub(super) fn header(&mut self, columns: &[&str]) -> Result<()> {
        self.writer.write_record(columns).map_err(|fault| broken(&fault))
    }

    pub(super) fn into_bytes(self) -> Result<Vec<u8>> {
        self.writer.into_inner().map_err(|fault| broken(&fault))
    }

    /// Writes the rows as a file of their own.
    pub(super) fn into_file(self, path: &Path) -> Result<()> {
        let bytes = self.into_bytes()?;
        let mut file = BufWriter::new(File::create(path).map_err(super::not_written(path))?);
        file.write_all(&bytes).and_then(|()| file.flush()).map_err(super::not_written(path))
    }
}

/// Writing to memory fails only by a bug (rows of unequal length).
fn broken(fault: &dyn std::fmt::Display) -> Error {
    Fault::new(902, format!("a row could not be formed: {fault}")).into()
}

fn push_digits(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// The first `shown` of `width` decimals.
fn push_fraction(out: &mut Vec<u8>, mut fraction: u64, width: usize, shown: usize) {
    let mut digits = [b'0'; 9];
    for place in (0..width).rev() {
        digits[place] = b'0' + (fraction % 10) as u8;
        fraction /= 10;
    }
    out.push(b'.');
    out.extend_from_slice(&digits[..shown]);
}

fn push_float(out: &mut Vec<u8>, value: f64, decimals: u32) {
    if !value.is_finite() {
        return;
    }
    let scale = 10_u64.pow(decimals.min(9));
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
    push_digits(out, scaled / scale);
    let mut fraction = scaled % scale;
    if fraction > 0 {
        let mut width = decimals.min(9) as usize;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        push_fraction(out, fraction, width, width);
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
            rows.money(Money(parts)).unwrap();
            rows.end().unwrap();
            let text = String::from_utf8(rows.into_bytes().unwrap()).unwrap();
            assert_eq!(text.trim_end(), Money(parts).to_string());
        }
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
