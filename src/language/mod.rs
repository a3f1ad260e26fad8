//! Words for people, in Chinese and in English, from one catalogue.
//!
//! `en.ftl` and `zh.ftl` hold every sentence a person reads: terminal, HTML, workbook, calendar and the
//! reasons in `customers.csv`. Both hold the same messages with the same arguments (a test says so), so a
//! language is never half there. Machine words (`I`, `innovative`, `direct`) are not translated: they are
//! in [`crate::domain`].
//!
//! ```
//! use erba::language::Language;
//! let line = Language::Zh.text("tier-name", &[("tier", "Ⅰ".into())]);
//! assert_eq!(line, "Ⅰ类客户");
//! ```
//!
//! Numbers inside messages are grouped by thousands; shares are given as ready strings by
//! [`Language::percent`]. Chinese can count in 万 (ten thousands): always on cards and axes ([`Language::money_short`]), and everywhere with
//! [`Language::ZhWan`].

mod catalogue;
mod numbers;

use std::borrow::Cow;
use std::str::FromStr;

use crate::domain::{Notice, NoticeValue};
use crate::error::Fault;

pub use fluent_bundle::FluentValue;

/// The languages Erba speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// 简体中文.
    Zh,
    /// 简体中文, amounts from ten thousand on counted in 万.
    ZhWan,
}

impl Language {
    /// Those that differ in words.
    pub const ALL: [Language; 2] = [Language::En, Language::Zh];

    /// True if the words are Chinese.
    pub const fn is_chinese(self) -> bool {
        matches!(self, Language::Zh | Language::ZhWan)
    }

    /// As the `lang` attribute of HTML writes it.
    pub const fn html(self) -> &'static str {
        if self.is_chinese() { "zh-CN" } else { "en" }
    }

    /// As the command line writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Zh => "zh",
            Language::ZhWan => "zh-wan",
        }
    }

    /// The message `key` with its arguments filled in; the key itself if there is no such message, so
    /// that a slip shows in the output instead of stopping a run.
    pub fn text(self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.try_text(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// A warning in words.
    pub fn notice(self, notice: &Notice) -> String {
        let args: Vec<(&str, FluentValue<'_>)> = notice
            .args
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    NoticeValue::Count(count) => FluentValue::from(*count),
                    NoticeValue::Text(text) => FluentValue::from(text.as_str()),
                };
                (name.as_ref(), value)
            })
            .collect();
        // A folder of a newer version may hold a warning that this one has no words for.
        self.try_text(&format!("warning-{}", notice.code), &args).unwrap_or_else(|| notice.to_string())
    }

    /// A fault in words. In Chinese the meaning of its code comes first; place and cause stay as they are, since they
    /// quote what the file or the command line says.
    pub fn fault(self, fault: &Fault) -> String {
        let Some(meaning) = self.try_text(&format!("fault-{}", fault.code), &[]) else {
            return fault.to_string();
        };
        let place = fault.place.as_ref().map(ToString::to_string).unwrap_or_default();
        let told = [
            ("code", FluentValue::from(fault.code.to_string())),
            ("meaning", meaning.into()),
            ("detail", format!("{place}{}", fault.cause).into()),
        ];
        let hint =
            fault.action.as_ref().map(|hint| self.text("fault-hint", &[("hint", hint.as_str().into())]));
        [Some(self.text("fault-line", &told)), hint].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// The message `key`, none if there is no such message: for keys that come from a recipe.
    pub fn try_text(self, key: &str, args: &[(&str, FluentValue<'_>)]) -> Option<String> {
        catalogue::format(self, key, args).map(Cow::into_owned)
    }
}

impl FromStr for Language {
    type Err = String;

    /// Reads `en`, `zh`, `zh-wan` and locale names that begin with them (`zh-CN`, `en_US.UTF-8`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_ascii_lowercase();
        if lower == Language::ZhWan.as_str() {
            return Ok(Language::ZhWan);
        }
        match lower.split(['-', '_', '.']).next() {
            Some("en") => Ok(Language::En),
            Some("zh") => Ok(Language::Zh),
            _ => Err(format!("\"{text}\" is not a language Erba speaks (en, zh or zh-wan)")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_names_are_read() {
        for (text, language) in [
            ("zh", Language::Zh),
            ("zh-CN", Language::Zh),
            ("zh-wan", Language::ZhWan),
            ("en_US.UTF-8", Language::En),
        ] {
            assert_eq!(text.parse::<Language>().unwrap(), language);
        }
        assert!("fr".parse::<Language>().is_err());
    }

    #[test]
    fn every_code_of_a_fault_has_a_chinese_meaning_and_english_stays_as_it_is() {
        for info in crate::error::CODES {
            let fault = Fault::new(info.code, "why").in_file("a.csv".as_ref()).at_line(3).hint("do so");
            let told = Language::Zh.fault(&fault);
            let (head, rest) = told.split_once('：').unwrap();
            assert!(head.starts_with(&format!("错误[E{}] ", info.code)) && head.len() > 14, "{told}");
            assert_eq!(rest, "a.csv:3: why\n\n提示：do so");
            assert_eq!(Language::En.fault(&fault), fault.to_string());
        }
    }

    #[test]
    fn one_appointment_changes_and_two_change_nothing() {
        let told = |count: usize| {
            Language::En.notice(&Notice::new("appointments-outside").with("appointments", count))
        };
        assert!(told(1).starts_with("One appointment lies outside the days planned and changes nothing;"));
        assert!(told(2).starts_with("2 appointments lie outside the days planned and change nothing;"));
    }

    #[test]
    fn messages_take_numbers_with_groups_and_plurals() {
        assert_eq!(Language::En.text("customers-count", &[("count", 1.into())]), "1 customer");
        assert_eq!(Language::En.text("customers-count", &[("count", 12_345.into())]), "12,345 customers");
        assert_eq!(Language::Zh.text("customers-count", &[("count", 12_345.into())]), "12,345 家客户");
        assert_eq!(Language::En.text("no-such-key", &[]), "no-such-key");
    }
}
