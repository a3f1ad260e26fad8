//! Texts that no spreadsheet takes for a formula.
//!
//! A text that begins with `=`, `+`, `-`, `@` (also their full-width forms, tab, carriage return or line
//! feed) and is not a number gets a leading apostrophe. A text that already begins with apostrophes before
//! such a sign gets one more, so that [`unescaped`] gives back exactly what was there.
//!
//! Whoever reads a file of Erba again (`report`, but also the plan before and a filled-in workbook) must take it back.

use std::borrow::Cow;

const RISKY: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// True for a text that needs a leading apostrophe.
pub(crate) fn is_risky(text: &str) -> bool {
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
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What a cell held before it was escaped.
pub(crate) fn unescaped(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(RISKY) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
