//! The outcome of tiering.

use serde::{Deserialize, Serialize};

use crate::domain::{Money, Tier, TierReason};

/// Each customer's tier; vectors in the order of the feature table.
#[derive(Clone, Debug, Default)]
pub struct Tiering {
    /// The tier, after promotion and hysteresis.
    pub tiers: Vec<Tier>,
    /// Why.
    pub reasons: Vec<TierReason>,
    /// The tier by value alone.
    pub by_value: Vec<Tier>,
    /// Position by value, 1 the largest; equal values in order of id. A permutation of 1..=n.
    pub ranks: Vec<u32>,
    /// Value over the sum of positive values; 0 where value is not positive.
    pub value_shares: Vec<f64>,
    /// Cumulative share *including* the customer, along `ranks`; 1 for all without positive value.
    pub cumulative_shares: Vec<f64>,
    /// Customers by rank: `order[0]` is the index of the customer of rank 1.
    pub order: Vec<u32>,
    /// What made the cut.
    pub cuts: CutPoints,
    /// Number of customers promoted by potential.
    pub promoted: u32,
}

/// The lines between tiers and how they were found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CutPoints {
    /// `share`, `count`, `threshold`, `abc` or `kmeans`.
    pub method: String,
    /// Cumulative shares of value at which Ⅰ and Ⅱ end, where the method has them.
    pub shares: Option<[f64; 2]>,
    /// Smallest value in Ⅰ and in Ⅱ, by value alone; none if the tier is empty.
    pub smallest: [Option<Money>; 2],
    /// Sum of the positive values.
    pub positive_total: Money,
    /// The lowest potential promoted; none if nobody was.
    pub promotion_line: Option<f64>,
}
