//! The words every room shares: money, days, tiers, types, channels.
//!
//! Money is an integer and a date is a count of days, so that the same rows give the same bits
//! whatever their order, the number of threads or the number of machines.

pub(crate) mod cells;
mod fingerprint;
mod notice;
mod width;

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use fingerprint::Fingerprint;
pub use notice::{Notice, NoticeValue};
pub use width::half_width;

/// An amount in 1/10 000 of the currency unit.
///
/// Value metrics that are not money (a score card, any numeric column) use the same scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i64);

impl Money {
    /// Parts of one currency unit.
    pub const SCALE: i64 = 10_000;
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// The amount in currency units; exact up to 2^53 parts.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }

    /// The nearest amount, half away from zero; none if it does not fit or is not finite.
    pub fn from_f64(units: f64) -> Option<Self> {
        let parts = (units * Self::SCALE as f64).round();
        (parts.is_finite() && parts.abs() < i64::MAX as f64).then_some(Money(parts as i64))
    }

    /// The sum, none on overflow.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money)
    }

    /// The part of `total` this is, in 0–1 for parts of a whole; 0 if `total` is 0.
    pub fn share_of(self, total: Money) -> f64 {
        if total.0 == 0 { 0.0 } else { self.0 as f64 / total.0 as f64 }
    }
}

impl Sum for Money {
    /// Saturates, since the sum of a whole table is for shares; totals that must be exact are
    /// checked where they are built.
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, |sum, amount| Money(sum.0.saturating_add(amount.0)))
    }
}

impl fmt::Display for Money {
    /// A point, no grouping, no unit, between two and four decimals: `-12.50`, `0.3333`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let parts = self.0.unsigned_abs();
        let (units, fraction) = (parts / 10_000, parts % 10_000);
        if fraction.is_multiple_of(100) {
            write!(f, "{sign}{units}.{:02}", fraction / 100)
        } else if fraction.is_multiple_of(10) {
            write!(f, "{sign}{units}.{:03}", fraction / 10)
        } else {
            write!(f, "{sign}{units}.{fraction:04}")
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = f64::deserialize(deserializer)?;
        Money::from_f64(units).ok_or_else(|| serde::de::Error::custom("the amount is out of range"))
    }
}

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);

    /// The day of a calendar date.
    pub fn from_date(date: Date) -> Self {
        Day(date.since(Self::EPOCH).map_or(0, |span| span.get_days()))
    }

    /// The calendar date of this day; the nearest one jiff knows if it is out of range.
    pub fn to_date(self) -> Date {
        Self::EPOCH.saturating_add(jiff::Span::new().days(self.0.clamp(-4_000_000, 2_900_000)))
    }

    /// Days from `earlier` to this one.
    pub fn since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }

    /// The day `days` later (earlier if negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// Months since year 0: `year * 12 + (month - 1)`.
    ///
    /// Integer arithmetic after Hinnant (2013), "chrono-compatible low-level date algorithms": one
    /// is needed for every day a customer bought.
    pub fn month(self) -> i32 {
        let days = i64::from(self.0) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Years that start in March: its index is 0, that of January 10.
        let from_march = (5 * day_of_year + 2) / 153;
        ((era * 400 + year_of_era) * 12 + from_march + 2) as i32
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_date().fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Date>().map(Day::from_date)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The days that bound value and plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// This many days, the last of them `as_of`; at least 1.
    Days(u32),
    /// From the first day in the data.
    All,
}

impl Window {
    /// True if `day` lies in the window that ends on `as_of`.
    pub fn holds(self, day: Day, as_of: Day) -> bool {
        day <= as_of
            && match self {
                Window::Days(days) => i64::from(as_of.0) - i64::from(day.0) < i64::from(days),
                Window::All => true,
            }
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Window::All);
        }
        match text.parse::<u32>() {
            Ok(days) if days > 0 => Ok(Window::Days(days)),
            _ => Err(format!("\"{text}\" is neither a number of days nor \"all\"")),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_prints_two_to_four_decimals() {
        for (parts, text) in
            [(125_000, "12.50"), (-125_000, "-12.50"), (3_333, "0.3333"), (-1, "-0.0001"), (1_230, "0.123")]
        {
            assert_eq!(Money(parts).to_string(), text);
        }
    }

    #[test]
    fn days_go_to_dates_and_back() {
        for text in ["1970-01-01", "2022-12-31", "1899-12-30", "2024-02-29"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn months_agree_with_the_calendar() {
        let mut date = jiff::civil::date(1899, 12, 1);
        while date.year() < 2201 {
            let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
            assert_eq!(Day::from_date(date).month(), month, "{date}");
            date = date.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_window_of_one_day_holds_that_day_only() {
        let as_of = Day(100);
        assert!(Window::Days(1).holds(Day(100), as_of));
        assert!(!Window::Days(1).holds(Day(99), as_of));
        assert!(!Window::All.holds(Day(101), as_of));
    }
}
