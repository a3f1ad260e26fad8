//! Numbers as people read them.

use super::Language;
use crate::domain::Money;

/// Groups by thousands, at most two decimals, none if they are zero.
pub(super) fn grouped_float(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    group(if text == "-0" { "0" } else { text })
}

/// Puts a comma between each three digits before the point.
fn group(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("−", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
    let mut out = String::with_capacity(text.len() + whole.len() / 3 + 3);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

impl Language {
    /// A whole number, grouped by thousands: `12,345`.
    pub fn count(self, number: u64) -> String {
        group(&number.to_string())
    }

    /// A number with this many decimals, grouped by thousands; a dash if it is not finite.
    pub fn decimal(self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let text = format!("{value:.decimals$}");
        // What rounds to nothing has no sign.
        let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
        group(if is_zero { text.trim_start_matches('-') } else { &text })
    }

    /// A share of 0–1 as percent with one decimal: `61.5 %`, in Chinese `61.5%`.
    pub fn percent(self, share: f64) -> String {
        let space = if self.is_chinese() { "" } else { "\u{a0}" };
        format!("{}{space}%", self.decimal(share * 100.0, 1))
    }

    /// An amount short enough for a card, with three or four figures that count: `1.25 M`, in Chinese by
    /// ten thousands `125.0 万`, `3.40 亿`.
    pub fn money_short(self, amount: Money) -> String {
        let value = amount.to_f64();
        let scales: [(f64, &str); 3] = match self {
            Language::En => [(1e9, "\u{a0}bn"), (1e6, "\u{a0}M"), (1e4, "\u{a0}k")],
            Language::Zh | Language::ZhWan => [(1e12, "\u{a0}万亿"), (1e8, "\u{a0}亿"), (1e4, "\u{a0}万")],
        };
        let shown = |(scale, unit): &(f64, &str)| {
            let scale = if *unit == "\u{a0}k" { 1e3 } else { *scale };
            let part = value / scale;
            let decimals = if part.abs() < 10.0 { 2 } else { 1 };
            format!("{}{unit}", self.decimal(part, decimals))
        };
        match scales.iter().find(|(from, _)| value.abs() >= *from) {
            Some(scale) => shown(scale),
            None => self.decimal(value, if value.abs() < 100.0 { 2 } else { 0 }),
        }
    }

    /// An amount in full, grouped, without decimals from 1,000 on; with [`Language::ZhWan`] in 万 from 10,000 on.
    pub fn money(self, amount: Money) -> String {
        let value = amount.to_f64();
        if self == Language::ZhWan && value.abs() >= 1e4 {
            return self.money_short(amount);
        }
        self.decimal(value, if amount == Money::ZERO || value.abs() >= 1_000.0 { 0 } else { 2 })
    }

    /// A change of an amount: with its sign, also above zero.
    pub fn change(self, amount: Money) -> String {
        format!("{}{}", if amount > Money::ZERO { "+" } else { "" }, self.money(amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(Language::En.count(1_234_567), "1,234,567");
        assert_eq!(Language::En.decimal(-1234.5, 2), "−1,234.50");
        assert_eq!(Language::En.decimal(-0.001, 2), "0.00");
        assert_eq!(grouped_float(999.999), "1,000");
        assert_eq!(grouped_float(-0.001), "0");
        assert_eq!(Language::En.decimal(f64::NAN, 2), "–");
    }

    #[test]
    fn shares_and_amounts_follow_the_language() {
        assert_eq!(Language::En.percent(0.6149), "61.5\u{a0}%");
        assert_eq!(Language::Zh.percent(0.6149), "61.5%");
        assert_eq!(Language::En.money_short(Money(12_500_000_000)), "1.25\u{a0}M");
        assert_eq!(Language::Zh.money_short(Money(12_500_000_000)), "125.0\u{a0}万");
        assert_eq!(Language::En.money_short(Money(123_400_000)), "12.3\u{a0}k");
        assert_eq!(Language::En.money_short(Money(12_345)), "1.23");
        assert_eq!(Language::Zh.money_short(Money(-5_000_000_000_000)), "−5.00\u{a0}亿");
        assert_eq!(Language::Zh.money(Money(12_345_678_900)), "1,234,568");
        assert_eq!(Language::ZhWan.money(Money(12_345_678_900)), "123.5\u{a0}万");
        assert_eq!(Language::ZhWan.money(Money(99_990_000)), "9,999");
        assert_eq!(Language::En.money(Money(0)), "0");
        assert_eq!(Language::En.change(Money(23_000_000)), "+2,300");
        assert_eq!(Language::En.change(Money(-5_000)), "−0.50");
    }
}
