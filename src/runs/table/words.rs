//! What a cell of another tool says.

use crate::domain::{Money, Tier, TierReason};

/// Words before or after the tier itself.
const AROUND: [&str; 10] = ["tier", "class", "grade", "level", "segment", "客户", "类", "级", "等", "第"];

/// The tiers of Erba, the letters of ABC analysis, and either with a word around it: `Ⅰ类客户`, `Tier 2`, `class C`, `一级`.
pub(super) fn tier(text: &str) -> Option<Tier> {
    let lower = text.to_lowercase();
    let mut core = lower.as_str();
    loop {
        let before = core;
        for word in AROUND {
            core = core.strip_prefix(word).unwrap_or(core);
            core = core.strip_suffix(word).unwrap_or(core);
            core = core.trim_matches([' ', '-', '_', ':']);
        }
        if core == before {
            break;
        }
    }
    match core {
        "i" | "ⅰ" | "1" | "1.0" | "a" | "一" => Some(Tier::I),
        "ii" | "ⅱ" | "2" | "2.0" | "b" | "二" => Some(Tier::II),
        "iii" | "ⅲ" | "3" | "3.0" | "c" | "三" => Some(Tier::III),
        _ => None,
    }
}

pub(super) fn reason(text: &str) -> Option<TierReason> {
    [TierReason::Contribution, TierReason::Potential, TierReason::Held]
        .into_iter()
        .find(|reason| reason.as_str() == text)
}

/// True if the cell says nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.is_empty()
        || ["na", "n/a", "nan", "null", "none", "-", "无"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

pub(super) fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A number, or one as people write it: `¥1,234.50`.
pub(super) fn money(text: &str) -> Option<Money> {
    number(text).or_else(|| number(&ungrouped(text)?)).and_then(Money::from_f64)
}

/// Without currency sign and thousands commas; none if a comma does not part thousands.
fn ungrouped(text: &str) -> Option<String> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let text = text.trim_start_matches(['¥', '￥', '$', '€', '£']).trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut groups = whole.split(',');
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) || !whole.contains(','))?;
    let rest: Vec<&str> = groups.collect();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    (digits(&first) && rest.iter().all(|group| group.len() == 3 && digits(group)))
        .then(|| format!("{sign}{first}{}.{fraction}", rest.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_as_people_write_them() {
        for (text, expected) in [
            ("I", Some(Tier::I)),
            ("Ⅰ类客户", Some(Tier::I)),
            ("Tier 2", Some(Tier::II)),
            ("tier-iii", Some(Tier::III)),
            ("Class A", Some(Tier::I)),
            ("b", Some(Tier::II)),
            ("C类", Some(Tier::III)),
            ("一级", Some(Tier::I)),
            ("第二级", Some(Tier::II)),
            ("3.0", Some(Tier::III)),
            ("IV", None),
            ("D", None),
            ("4", None),
            ("class", None),
            ("champions", None),
        ] {
            assert_eq!(tier(text), expected, "{text}");
        }
    }

    #[test]
    fn amounts_as_people_write_them() {
        let units = |text: &str| money(text).map(Money::to_f64);
        assert_eq!(units("1234.5"), Some(1234.5));
        assert_eq!(units("-¥1,234,567.25"), Some(-1_234_567.25));
        assert_eq!(units("$ 12"), Some(12.0));
        for text in ["1,23", "12,3456", "1234,567", "abc", ",100", "1.2.3"] {
            assert_eq!(units(text), None, "{text}");
        }
    }
}
