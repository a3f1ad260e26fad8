//! The words every room shares: money, days, tiers, types, channels.
//!
//! Money is an integer and a date is a count of days, so that the same rows give the same bits
//! whatever their order, the number of threads or the number of machines.

pub(crate) mod cells;
mod days;
mod fingerprint;
mod money;
mod notice;
mod width;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use days::{Day, Window};
pub use fingerprint::Fingerprint;
pub use money::Money;
pub use notice::{Notice, NoticeValue};
pub use width::half_width;

/// Every table that a result may hold, by its file's name without the ending.
pub(crate) const TABLES: [&str; 10] = [
    "customers",
    "plan",
    "rejects",
    "movers",
    "visits",
    "not_planned",
    "visit_rates",
    "visit_answers",
    "visit_log",
    "visits_no_change",
];

/// How important a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// Ⅰ: brings the first part of sales, or could.
    I,
    /// Ⅱ: the next part.
    II,
    /// Ⅲ: the rest, usually most customers.
    III,
}

impl Tier {
    /// All three, the most important first.
    pub const ALL: [Tier; 3] = [Tier::I, Tier::II, Tier::III];

    /// 0, 1 or 2.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// As machine files write it: `I`, `II`, `III`.
    pub const fn as_str(self) -> &'static str {
        ["I", "II", "III"][self as usize]
    }

    /// As people read it: `Ⅰ`, `Ⅱ`, `Ⅲ`.
    pub const fn sign(self) -> &'static str {
        ["Ⅰ", "Ⅱ", "Ⅲ"][self as usize]
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Tier {
    type Err = String;

    /// Reads `I`/`II`/`III`, the Roman signs `Ⅰ`/`Ⅱ`/`Ⅲ` and `1`/`2`/`3`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "I" | "Ⅰ" | "1" => Ok(Tier::I),
            "II" | "Ⅱ" | "2" => Ok(Tier::II),
            "III" | "Ⅲ" | "3" => Ok(Tier::III),
            other => Err(format!("\"{other}\" is not a tier (I, II or III)")),
        }
    }
}

/// Why a customer is in its tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TierReason {
    /// By its value.
    Contribution,
    /// Promoted to Ⅰ for what it could bring.
    Potential,
    /// Keeps the tier of the previous run: it is too near the line to move.
    Held,
}

impl TierReason {
    /// As machine files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            TierReason::Contribution => "contribution",
            TierReason::Potential => "potential",
            TierReason::Held => "held",
        }
    }
}

/// How a customer takes to what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomerType {
    /// 创新型: tries new things early, more than its purchase volume explains.
    Innovative,
    /// 保守型: does not notice them, or waits.
    Conservative,
}

impl CustomerType {
    /// Both, in the order of every table.
    pub const ALL: [CustomerType; 2] = [CustomerType::Innovative, CustomerType::Conservative];

    /// 0 or 1.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// As machine files write it.
    pub const fn as_str(self) -> &'static str {
        ["innovative", "conservative"][self as usize]
    }
}

impl fmt::Display for CustomerType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CustomerType {
    type Err = String;

    /// Reads the English and the Chinese word.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "innovative" | "创新型" => Ok(CustomerType::Innovative),
            "conservative" | "保守型" => Ok(CustomerType::Conservative),
            other => Err(format!("\"{other}\" is not a type (innovative or conservative)")),
        }
    }
}

/// What to know about a customer's type before relying on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeFlag {
    /// Typed on evidence.
    None,
    /// Too little seen of this customer: conservative with confidence 0.
    InsufficientEvidence,
    /// Nothing in the input tells types apart: conservative with confidence 0.
    NoProductData,
}

impl TypeFlag {
    /// As machine files write it: empty for none.
    pub const fn as_str(self) -> &'static str {
        match self {
            TypeFlag::None => "",
            TypeFlag::InsufficientEvidence => "insufficient_evidence",
            TypeFlag::NoProductData => "no_product_data",
        }
    }
}

/// Who serves a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// 直接管理: a rep visits.
    Direct,
    /// 渠道商管理: a distributor serves, needs are surveyed periodically.
    Distributor,
    /// Nobody: a watch rule keeps the customer out.
    None,
}

impl Channel {
    /// As machine files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Direct => "direct",
            Channel::Distributor => "distributor",
            Channel::None => "none",
        }
    }
}

/// A section of the general recipe, for unit tests that need parameters.
#[cfg(test)]
pub(crate) fn general_section<T: serde::de::DeserializeOwned>(section: &str) -> T {
    let recipe: toml::Table = toml::from_str(include_str!("../models/recipes/general.toml")).unwrap();
    recipe[section].clone().try_into().unwrap()
}
