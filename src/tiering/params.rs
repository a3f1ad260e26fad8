//! The `[tiering]` section of a recipe.

use serde::Deserialize;

use crate::domain::Money;
use crate::error::{Error, Fault, Result};

/// `[tiering]` as a recipe gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieringParams {
    /// How the lines between tiers are found.
    pub method: Method,
    /// How far, relative to the line, a customer must be beyond it to leave the tier of the previous run, 0 to 1.
    pub hysteresis: f64,
    /// Lines of `share`: cumulative shares of value.
    pub share: Limits,
    /// Lines of `count`: cumulative shares of customers.
    pub count: Limits,
    /// Lines of `threshold`: smallest values.
    pub threshold: Limits,
    /// Settings of `kmeans`.
    pub kmeans: KMeansParams,
    /// Who is lifted into Ⅰ for what it could bring.
    pub promote: PromoteParams,
}

/// How the lines between tiers are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Cumulative share of value.
    Share,
    /// Share of customers.
    Count,
    /// Fixed values.
    Threshold,
    /// Ultsch & Lötsch's computed ABC analysis.
    Abc,
    /// k-means on log value and potential.
    Kmeans,
}

impl Method {
    /// As recipes and files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Share => "share",
            Method::Count => "count",
            Method::Threshold => "threshold",
            Method::Abc => "abc",
            Method::Kmeans => "kmeans",
        }
    }
}

/// The two lines of a method.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Where Ⅰ ends.
    pub one: f64,
    /// Where Ⅱ ends.
    pub two: f64,
}

/// `[tiering.kmeans]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KMeansParams {
    /// k-means++ starts, 1 to 1000; the best is kept.
    pub starts: u32,
    /// Iterations of one start, 1 to 100000.
    pub max_iterations: u32,
}

/// `[tiering.promote]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromoteParams {
    /// Largest share of all customers promoted, 0 to 1; 0 promotes nobody.
    pub max_share: f64,
    /// Lowest potential promoted, 0 to 1.
    pub min_potential: f64,
    /// Lowest expected growth promoted, 0 or more; not asked where nobody's growth is known.
    pub min_growth: f64,
    /// Lowest chance of reaching Ⅰ promoted, 0 to 1; not asked where nobody's chance is known.
    pub min_reach: f64,
}

/// `[tiering]` after every value was found in its range.
#[derive(Clone, Debug)]
pub struct TieringValidParams {
    pub(super) method: Method,
    pub(super) hysteresis: Ratio,
    pub(super) share: [Ratio; 2],
    pub(super) count: [Ratio; 2],
    pub(super) threshold: [Money; 2],
    pub(super) kmeans: KMeansParams,
    pub(super) promote: PromoteParams,
    pub(super) max_share: Ratio,
}

impl TieringValidParams {
    /// The cumulative share of value at which Ⅰ ends under `share`.
    pub fn share_one(&self) -> f64 {
        self.share[0].to_f64()
    }

    /// The method, as recipes write it.
    pub fn method(&self) -> &'static str {
        self.method.as_str()
    }
}

/// A share as a whole number of billionths, so that no rounding decides at a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ratio(pub(super) i128);

impl Ratio {
    /// Parts of one.
    pub(super) const SCALE: i128 = 1_000_000_000;

    /// The nearest ratio to a share in 0–1: exact for shares of up to nine decimals.
    pub(super) fn of(share: f64) -> Ratio {
        Ratio((share.clamp(0.0, 1.0) * 1e9).round() as i128)
    }

    /// As a floating-point share.
    pub(super) fn to_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// True if `part` is less than this share of `whole`; both at most about 10^29.
    pub(super) fn holds_below(self, part: i128, whole: i128) -> bool {
        part * Ratio::SCALE < self.0 * whole
    }
}

fn fault(key: &str, cause: impl Into<String>) -> Fault {
    Fault::in_recipe(key, cause)
}

fn share_fault(key: &str, share: f64, faults: &mut Vec<Fault>) {
    if !(0.0..=1.0).contains(&share) {
        faults.push(fault(key, format!("{share} is not a share from 0 to 1")).hint("60 % is written 0.6"));
    }
}

impl TieringParams {
    /// Judges every value; all faults at once.
    ///
    /// # Errors
    /// E113 for values out of range.
    pub fn check(self) -> Result<TieringValidParams> {
        let mut faults = Vec::new();
        for (name, limits) in [("share", self.share), ("count", self.count)] {
            share_fault(&format!("tiering.{name}.one"), limits.one, &mut faults);
            share_fault(&format!("tiering.{name}.two"), limits.two, &mut faults);
            // What is no share is told once, not again as an order.
            if limits.one > limits.two && faults.is_empty() {
                faults.push(fault(&format!("tiering.{name}.two"), "tier II would end before tier I").hint(
                    "the lines are cumulative: 0.6 and 0.8 give 60 % to tier I and the next 20 % to tier II",
                ));
            }
        }
        let threshold = [Money::from_f64(self.threshold.one), Money::from_f64(self.threshold.two)];
        let [Some(one), Some(two)] = threshold else {
            faults.push(fault("tiering.threshold", "a value is out of range"));
            return Err(Error { faults });
        };
        if one < two {
            faults.push(fault("tiering.threshold.two", "tier II would need more value than tier I"));
        }
        if one <= Money::ZERO || two <= Money::ZERO {
            faults.push(fault(
                "tiering.threshold",
                "a value of 0 or less is always tier III; give values above 0",
            ));
        }
        if !(1..=1_000).contains(&self.kmeans.starts) {
            faults.push(fault("tiering.kmeans.starts", "must lie between 1 and 1000"));
        }
        if !(1..=100_000).contains(&self.kmeans.max_iterations) {
            faults.push(fault("tiering.kmeans.max_iterations", "must lie between 1 and 100000"));
        }
        let promote = self.promote;
        share_fault("tiering.hysteresis", self.hysteresis, &mut faults);
        share_fault("tiering.promote.max_share", promote.max_share, &mut faults);
        share_fault("tiering.promote.min_potential", promote.min_potential, &mut faults);
        share_fault("tiering.promote.min_reach", promote.min_reach, &mut faults);
        if !(0.0..=1e6).contains(&promote.min_growth) {
            faults.push(fault("tiering.promote.min_growth", "must lie between 0 and 1000000"));
        }
        Error::unless_empty(faults)?;
        Ok(TieringValidParams {
            method: self.method,
            hysteresis: Ratio::of(self.hysteresis),
            share: [Ratio::of(self.share.one), Ratio::of(self.share.two)],
            count: [Ratio::of(self.count.one), Ratio::of(self.count.two)],
            threshold: [one, two],
            kmeans: self.kmeans,
            promote,
            max_share: Ratio::of(promote.max_share),
        })
    }
}
