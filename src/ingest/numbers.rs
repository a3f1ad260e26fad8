//! Amounts as people write them: `1,234.56`, `¥1 234,56`, `(12.50)`, `１２３`, `1.5e3`.
//!
//! Exact decimal arithmetic throughout; more than four decimals are rounded half away from zero.

use serde::{Deserialize, Serialize};

use crate::domain::Money;

/// Which sign separates decimals in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum DecimalSign {
    /// `1,234.56`
    #[default]
    Point,
    /// `1.234,56`
    Comma,
}

/// What the cells of a column tell about its decimal sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DecimalEvidence {
    pub(super) point: u64,
    pub(super) comma: u64,
}

impl DecimalEvidence {
    /// Looks at one cell. A lone sign with exactly three digits behind it tells nothing, if it can group.
    pub(super) fn see(&mut self, cell: &[u8]) {
        // Cells are short: a plain loop ends before a search has begun.
        let Some(comma) = cell.iter().rposition(|byte| *byte == b',') else {
            if self.point == 0
                && let Some(point) = memchr::memchr(b'.', cell)
                && !may_group(cell, point)
                && memchr::memchr(b'.', &cell[point + 1..]).is_none()
            {
                self.point += 1;
            }
            return;
        };
        match memchr::memrchr(b'.', cell) {
            Some(point) if point > comma => self.point += 1,
            Some(_) => self.comma += 1,
            None => {
                let several = memchr::memchr(b',', cell) != Some(comma);
                if !several && !may_group(cell, comma) {
                    self.comma += 1;
                }
            }
        }
    }

    pub(super) fn add(&mut self, other: DecimalEvidence) {
        self.point += other.point;
        self.comma += other.comma;
    }

    /// The sign the cells agree on; none if some say one and some the other.
    pub(super) fn verdict(self) -> Option<DecimalSign> {
        match (self.point, self.comma) {
            (_, 0) => Some(DecimalSign::Point),
            (0, _) => Some(DecimalSign::Comma),
            _ => None,
        }
    }
}

/// True if a lone sign could stand between thousands: three digits behind it, at most three in front, none of them a leading zero.
fn may_group(cell: &[u8], sign: usize) -> bool {
    let digit = |byte: &&u8| byte.is_ascii_digit();
    let front = cell[..sign].iter().rev().take_while(digit);
    let (wide, leading) = (front.clone().count(), front.last());
    cell[sign + 1..].iter().take_while(digit).count() == 3 && wide <= 3 && leading != Some(&b'0')
}

/// Why a cell is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberFault {
    NotANumber,
    TooLarge,
}

impl NumberFault {
    pub(super) fn words(self) -> &'static str {
        match self {
            NumberFault::NotANumber => "is not a number",
            NumberFault::TooLarge => "is too large",
        }
    }
}

/// Reads an amount; the cell must not be blank.
pub(super) fn parse_money(cell: &[u8], decimal: DecimalSign) -> Result<Money, NumberFault> {
    let pointed = decimal == DecimalSign::Comma && memchr::memchr(b'.', cell).is_some();
    match parse_plain(cell) {
        Some(money) if !pointed => Ok(money),
        _ => parse_dressed(cell, decimal),
    }
}

/// `-123.45` with at most four decimals and 13 digits before them: nearly every cell there is.
fn parse_plain(cell: &[u8]) -> Option<Money> {
    let (negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, cell),
    };
    let mut parts: i64 = 0;
    let mut index = 0;
    while index < digits.len() && index < 14 && digits[index].is_ascii_digit() {
        parts = parts * 10 + i64::from(digits[index] - b'0');
        index += 1;
    }
    if index == 0 || index > 13 {
        return None;
    }
    let mut scale = Money::SCALE;
    if index < digits.len() {
        if digits[index] != b'.' || digits.len() - index > 5 || digits.len() - index == 1 {
            return None;
        }
        for &byte in &digits[index + 1..] {
            if !byte.is_ascii_digit() {
                return None;
            }
            parts = parts * 10 + i64::from(byte - b'0');
            scale /= 10;
        }
    }
    parts = parts.checked_mul(scale)?;
    Some(Money(if negative { -parts } else { parts }))
}

/// Everything else: currency signs, grouping, parentheses, full-width digits, exponents.
fn parse_dressed(cell: &[u8], decimal: DecimalSign) -> Result<Money, NumberFault> {
    let text = std::str::from_utf8(cell).map_err(|_| NumberFault::NotANumber)?;
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '０'..='９' => plain.push(char::from(b'0' + (sign as u32 - '０' as u32) as u8)),
            '．' => plain.push('.'),
            '，' => plain.push(','),
            '－' | '−' | '–' => plain.push('-'),
            '（' => plain.push('('),
            '）' => plain.push(')'),
            '＋' => plain.push('+'),
            '¥' | '￥' | '$' | '＄' | '€' | '£' | '元' | '\'' | '’' | '_' => {}
            _ if sign.is_whitespace() => {}
            _ => plain.push(sign.to_ascii_lowercase()),
        }
    }
    for word in ["cny", "rmb", "usd", "eur", "gbp"] {
        if let Some(rest) = plain.strip_prefix(word).or_else(|| plain.strip_suffix(word)) {
            plain = rest.to_owned();
            break;
        }
    }
    let mut negative = false;
    let mut body = plain.as_str();
    if let Some(inner) = body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        negative = true;
        body = inner;
    }
    if let Some(rest) = body.strip_prefix('-').or_else(|| body.strip_suffix('-')) {
        negative = !negative;
        body = rest;
    } else if let Some(rest) = body.strip_prefix('+') {
        body = rest;
    }
    let (body, exponent) = match body.split_once('e') {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.parse::<i32>().map_err(|_| NumberFault::NotANumber)?)
        }
        None => (body, 0),
    };
    let (whole, fraction) = split_decimal(body, decimal)?;
    let money = assemble(&whole, fraction, exponent)?;
    Ok(Money(if negative { -money } else { money }))
}

/// Whole digits without grouping, and the digits behind the decimal sign.
fn split_decimal(body: &str, decimal: DecimalSign) -> Result<(String, &str), NumberFault> {
    let (sign, group) = match decimal {
        DecimalSign::Point => ('.', ','),
        DecimalSign::Comma => (',', '.'),
    };
    let (whole, fraction) = body.rsplit_once(sign).unwrap_or((body, ""));
    let groups: Vec<&str> = whole.split(group).collect();
    if !are_groups(&groups) {
        return Err(NumberFault::NotANumber);
    }
    let digits = groups.concat();
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(&digits) || !all_digits(fraction) || (digits.is_empty() && fraction.is_empty()) {
        return Err(NumberFault::NotANumber);
    }
    Ok((digits, fraction))
}

/// True for `1|234|567`, the Indian `12|34|567` and the Chinese `123|4567`, and for what is not grouped.
fn are_groups(groups: &[&str]) -> bool {
    let [first, middle @ .., last] = groups else { return true };
    let sized = |sizes: [usize; 3]| {
        let [most, inner, end] = sizes;
        (1..=most).contains(&first.len())
            && last.len() == end
            && middle.iter().all(|group| group.len() == inner)
    };
    !first.starts_with('0') && ([[3, 3, 3], [2, 2, 3], [4, 4, 4]].into_iter().any(sized))
}

fn assemble(whole: &str, fraction: &str, exponent: i32) -> Result<i64, NumberFault> {
    // The value is digits × 10^(exponent − fraction), in parts × 10^4.
    let digits: String = whole.chars().chain(fraction.chars()).collect();
    let digits = digits.trim_start_matches('0');
    let shift = i64::from(exponent) + 4 - fraction.len() as i64;
    let kept = digits.len() as i64 + shift;
    if digits.is_empty() || kept < 0 {
        return Ok(0);
    }
    if kept > 18 {
        return Err(NumberFault::TooLarge);
    }
    let kept = kept as usize;
    let mut parts: i64 = 0;
    for index in 0..kept {
        let digit = digits.as_bytes().get(index).map_or(0, |byte| byte - b'0');
        parts = parts * 10 + i64::from(digit);
    }
    let round_up = digits.as_bytes().get(kept).is_some_and(|byte| *byte >= b'5');
    Ok(parts + i64::from(round_up))
}

/// A whole number as its digits are read; none if it is too large.
#[cfg(feature = "parquet")]
pub(super) fn money_of_whole(number: i64) -> Option<Money> {
    // As much as `assemble` takes.
    (number.unsigned_abs() < 100_000_000_000_000).then(|| Money(number * Money::SCALE))
}

/// A number as its shortest digits are read; none where only those can tell (close to half of the last
/// decimal kept, or large) and for what is no number.
#[cfg(feature = "parquet")]
pub(super) fn money_of_float(number: f64) -> Option<Money> {
    let scaled = number * Money::SCALE as f64;
    let nearest = scaled.round();
    // Below 10^12 the product and the shortest digits are within 3·10^-4 of the number itself.
    (scaled.abs() < 1e12 && (scaled - nearest).abs() < 0.499).then_some(Money(nearest as i64))
}

/// `digits × 10^-scale` as its digits are read; none if it is too large.
#[cfg(feature = "parquet")]
pub(super) fn money_of_decimal(digits: i128, scale: i8) -> Option<Money> {
    let power = |exponent: i16| 10_i128.checked_pow(u32::from(exponent.unsigned_abs()));
    let more = i16::from(scale) - 4;
    let parts = if more <= 0 {
        digits.checked_mul(power(more)?)?
    } else {
        let unit = power(more)?;
        let (whole, rest) = (digits / unit, digits % unit);
        whole + if rest.unsigned_abs() >= unit.unsigned_abs().div_ceil(2) { digits.signum() } else { 0 }
    };
    (parts.unsigned_abs() < 1_000_000_000_000_000_000).then_some(Money(parts as i64))
}

/// `quantity × price`, rounded half away from zero; none if it does not fit.
pub(super) fn multiply(quantity: Money, price: Money) -> Option<Money> {
    let product = i128::from(quantity.0) * i128::from(price.0);
    let scale = i128::from(Money::SCALE);
    let half = if product < 0 { -scale / 2 } else { scale / 2 };
    i64::try_from((product + half) / scale).ok().map(Money)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(cell: &str) -> Result<i64, NumberFault> {
        parse_money(cell.as_bytes(), DecimalSign::Point).map(|money| money.0)
    }

    #[test]
    fn plain_and_dressed_amounts() {
        for (cell, parts) in [
            ("12", 120_000),
            ("-12.5", -125_000),
            ("1,234.56", 12_345_600),
            ("12,34,567", 12_345_670_000),
            ("123,4567", 12_345_670_000),
            ("¥1,234.56", 12_345_600),
            ("(12.50)", -125_000),
            ("（１２．５）", -125_000),
            ("12.50-", -125_000),
            ("-60.70400000000001", -607_040),
            ("0.00005", 1),
            ("-0.00005", -1),
            ("0.00004999", 0),
            ("1.5e3", 15_000_000),
            ("1E-2", 100),
            (".5", 5_000),
            ("5.", 50_000),
            ("+7", 70_000),
            ("100 元", 1_000_000),
            ("RMB 8", 80_000),
            ("1e-300", 0),
        ] {
            assert_eq!(point(cell), Ok(parts), "{cell}");
        }
    }

    #[test]
    fn comma_decimals() {
        for (cell, parts) in
            [("1.234,56", 12_345_600), ("¥1 234,56", 12_345_600), ("12,5", 125_000), ("1.234", 12_340_000)]
        {
            assert_eq!(
                parse_money(cell.as_bytes(), DecimalSign::Comma).map(|money| money.0),
                Ok(parts),
                "{cell}"
            );
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for cell in [
            "abc", "", "-", "1.2.3", "12,5", "1e", "--3", "()", "1 2 x", "NaN", "inf", "=1+1", "0x10", ",",
            "1,234,56", "0,125", "1234,567",
        ] {
            assert_eq!(point(cell), Err(NumberFault::NotANumber), "{cell}");
        }
        assert_eq!(point("99999999999999999999"), Err(NumberFault::TooLarge));
        assert_eq!(point("1e30"), Err(NumberFault::TooLarge));
    }

    #[test]
    fn evidence_tells_the_decimal_sign() {
        let verdict = |cells: &[&str]| {
            let mut evidence = DecimalEvidence::default();
            cells.iter().for_each(|cell| evidence.see(cell.as_bytes()));
            evidence.verdict()
        };
        assert_eq!(verdict(&["1,234", "12"]), Some(DecimalSign::Point));
        assert_eq!(verdict(&["1,23", "12"]), Some(DecimalSign::Comma));
        assert_eq!(verdict(&["1.234,5", "1.234"]), Some(DecimalSign::Comma));
        assert_eq!(verdict(&["1,234.5", "1,2"]), None);
        assert_eq!(verdict(&["1,234,567"]), Some(DecimalSign::Point));
        assert_eq!(verdict(&["0,125", "-0,250"]), Some(DecimalSign::Comma));
        assert_eq!(verdict(&["1234,567"]), Some(DecimalSign::Comma));
        assert_eq!(verdict(&["0.125", "1,5"]), None);
    }

    #[test]
    fn products_round_half_away_from_zero() {
        assert_eq!(multiply(Money(60_000), Money(25_500)), Some(Money(153_000)));
        assert_eq!(multiply(Money(-5_000), Money(1)), Some(Money(-1)));
        assert_eq!(multiply(Money(i64::MAX), Money(i64::MAX)), None);
    }
}
