//! Something the reader of a result should know.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What goes into a notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NoticeValue {
    /// A number that is counted; grouped and given its plural by the language.
    Count(u64),
    /// Anything else, as it is to be read.
    Text(String),
}

impl From<u64> for NoticeValue {
    fn from(count: u64) -> Self {
        NoticeValue::Count(count)
    }
}

impl From<u32> for NoticeValue {
    fn from(count: u32) -> Self {
        NoticeValue::Count(count.into())
    }
}

impl From<usize> for NoticeValue {
    fn from(count: usize) -> Self {
        NoticeValue::Count(count as u64)
    }
}

impl From<&str> for NoticeValue {
    fn from(text: &str) -> Self {
        NoticeValue::Text(text.to_owned())
    }
}

impl From<String> for NoticeValue {
    fn from(text: String) -> Self {
        NoticeValue::Text(text)
    }
}

impl fmt::Display for NoticeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoticeValue::Count(count) => write!(f, "{count}"),
            NoticeValue::Text(text) => f.write_str(text),
        }
    }
}

/// A warning without words: the rooms that find it know no language. `language` says it, by the message
/// `warning-` + code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Which warning.
    pub code: Cow<'static, str>,
    /// What goes into its words, by name.
    #[serde(default)]
    pub args: BTreeMap<Cow<'static, str>, NoticeValue>,
}

impl Notice {
    /// The warning `code` with nothing to fill in.
    pub const fn new(code: &'static str) -> Self {
        Notice { code: Cow::Borrowed(code), args: BTreeMap::new() }
    }

    /// Adds something to fill in.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<NoticeValue>) -> Self {
        self.args.insert(Cow::Borrowed(name), value.into());
        self
    }
}

impl fmt::Display for Notice {
    /// For logs and tests: `unknown-stage (customers = 3, example = whenever)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        for (index, (name, value)) in self.args.iter().enumerate() {
            write!(f, "{}{name} = {value}", if index == 0 { " (" } else { ", " })?;
        }
        if self.args.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}
