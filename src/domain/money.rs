//! Amounts as integers.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
}
