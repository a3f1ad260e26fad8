//! Customers near a line keep the tier of the previous run.

use std::collections::BTreeMap;

use crate::domain::{Money, Tier, TierReason};
use crate::scoring::Value;

use super::params::{Ratio, TieringValidParams};
use super::tiers::Tiering;

/// Lets customers keep their previous tier unless they crossed a line by the recipe's `tiering.hysteresis`.
///
/// A line is the smallest value in a tier by value alone. A customer that was above a line stays above while its value is at
/// least (1 − hysteresis) of it; one that was below rises only from (1 + hysteresis) of it on. Who keeps a tier this way
/// has the reason `held`. Customers new since then, those promoted by potential and those without positive value are left as they are,
/// and so is everybody under `kmeans`, whose tiers are not cut by value.
///
/// * `ids`: in the order of `tiering`.
/// * `previous`: tiers of the previous run by id.
pub fn hold(
    mut tiering: Tiering,
    value: &Value,
    ids: &[Box<str>],
    previous: &BTreeMap<Box<str>, Tier>,
    params: &TieringValidParams,
) -> Tiering {
    if tiering.cuts.method == "kmeans" {
        return tiering;
    }
    for (index, id) in ids.iter().enumerate().take(tiering.tiers.len()) {
        let Some(before) = previous.get(id).copied() else { continue };
        let amount = value.amounts.get(index).copied().unwrap_or_default();
        if tiering.reasons[index] == TierReason::Potential || amount <= Money::ZERO {
            continue;
        }
        let above = |line: Option<Money>, tier: Tier| {
            let margin = if before <= tier { -params.hysteresis.0 } else { params.hysteresis.0 };
            // No line, no customer in that tier: nobody can be held up into it.
            line.is_some_and(|line| {
                i128::from(amount.0) * Ratio::SCALE >= i128::from(line.0) * (Ratio::SCALE + margin)
            })
        };
        let kept = match tiering.cuts.smallest {
            [one, _] if above(one, Tier::I) => Tier::I,
            [_, two] if above(two, Tier::II) => Tier::II,
            _ => Tier::III,
        };
        if kept != tiering.tiers[index] {
            tiering.tiers[index] = kept;
            tiering.reasons[index] = TierReason::Held;
        }
    }
    tiering
}
