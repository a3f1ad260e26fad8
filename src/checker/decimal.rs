//! Exact decimals read from text.

/// Decimals kept: 1/10 000, as all money.
const DECIMALS: usize = 4;

/// A machine-file decimal as an integer of 1/10 000; none if it is not one.
pub(super) fn parts(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || fraction.len() > DECIMALS || !plain(whole) || !plain(fraction)
    {
        return None;
    }
    let scale = 10_i128.pow(DECIMALS as u32);
    let mut parts = whole.parse::<i128>().ok()? * scale;
    if !fraction.is_empty() {
        parts += fraction.parse::<i128>().ok()? * 10_i128.pow((DECIMALS - fraction.len()) as u32);
    }
    Some(if negative { -parts } else { parts })
}

/// A share as numerator and denominator, from its shortest decimal; none unless it is in 0–1.
pub(super) fn fraction(share: f64) -> Option<(i128, i128)> {
    if !(0.0..=1.0).contains(&share) {
        return None;
    }
    let text = format!("{share}");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    if decimals.len() > 17 {
        return None;
    }
    let scale = 10_i128.pow(decimals.len() as u32);
    let decimals = if decimals.is_empty() { 0 } else { decimals.parse::<i128>().ok()? };
    Some((whole.parse::<i128>().ok()? * scale + decimals, scale))
}

/// In units, for comparing with what was computed in floating point.
pub(super) fn units(parts: i128) -> f64 {
    parts as f64 / 10_000.0
}

/// True if two shares differ by the rounding of files to nine decimals only.
pub(super) fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        assert_eq!(parts("12.5"), Some(125_000));
        assert_eq!(parts("-0.0001"), Some(-1));
        assert_eq!(parts("7"), Some(70_000));
        for text in ["", "-", "1.23456", "1,000", "1e3", "NaN", ".5", "+1", "１"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn shares_are_the_decimals_people_wrote() {
        assert_eq!(fraction(0.6), Some((6, 10)));
        assert_eq!(fraction(1.0), Some((1, 1)));
        assert_eq!(fraction(1.5), None);
    }
}
