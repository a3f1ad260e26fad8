//! One customer that changed tier or type, and why.

use serde::Serialize;

use super::cause::{Cause, cause};
use super::side::Assignment;
use crate::domain::{CustomerType, Money, Tier, TierReason};

/// A customer whose tier or type differs between two sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Movement {
    /// The customer.
    pub customer_id: Box<str>,
    /// Tier in A.
    pub tier_a: Tier,
    /// Tier in B.
    pub tier_b: Tier,
    /// Why the tier differs.
    pub why: Why,
    /// The part of value or potential that changed most; none where the sides do not say.
    pub cause: Option<Cause>,
    /// Value in A.
    pub value_a: Option<Money>,
    /// Value in B.
    pub value_b: Option<Money>,
    /// Potential in A, 0–1.
    pub potential_a: Option<f64>,
    /// Potential in B, 0–1.
    pub potential_b: Option<f64>,
    /// Type in A.
    pub type_a: Option<CustomerType>,
    /// Type in B.
    pub type_b: Option<CustomerType>,
}

/// What made a customer's tier change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Its own value crossed a line; it would have moved had the lines stayed.
    Value,
    /// The line crossed it: with A's lines its tier would be as before.
    Cut,
    /// Neither alone explains the move.
    ValueAndCut,
    /// It was promoted by potential on one side.
    Potential,
    /// It was held near a line on one side.
    Held,
    /// Its tier is the same, its type differs.
    Type,
    /// The sides do not say: no values, or tiers that do not follow from them.
    Unknown,
}

impl Why {
    /// As machine files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Why::Value => "value",
            Why::Cut => "cut",
            Why::ValueAndCut => "value_and_cut",
            Why::Potential => "potential",
            Why::Held => "held",
            Why::Type => "type",
            Why::Unknown => "unknown",
        }
    }
}

/// The smallest value that still made Ⅰ and Ⅱ on one side, promoted and held customers left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cuts {
    smallest: [Option<Money>; 2],
}

impl Cuts {
    /// Finds the lines from who is where, since a CSV does not tell them.
    pub fn of(assignments: &[Assignment]) -> Self {
        let mut smallest: [Option<Money>; 2] = [None, None];
        for assignment in assignments {
            let by_value = matches!(assignment.reason, None | Some(TierReason::Contribution));
            if let (true, Some(value), Some(line)) =
                (by_value, assignment.value, smallest.get_mut(assignment.tier.index()))
            {
                *line = Some(line.map_or(value, |line| line.min(value)));
            }
        }
        Cuts { smallest }
    }

    /// The smallest value that still made Ⅰ (place 0) or Ⅱ (place 1).
    pub(super) fn line(&self, place: usize) -> Option<Money> {
        self.smallest.get(place).copied().flatten()
    }

    /// The tier of a value by these lines.
    pub fn tier(&self, value: Money) -> Tier {
        match self.smallest {
            [Some(line), _] if value >= line => Tier::I,
            [_, Some(line)] if value >= line => Tier::II,
            _ => Tier::III,
        }
    }
}

impl Movement {
    /// The difference between what two sides say of one customer.
    ///
    /// * `weights`: of the components of potential.
    pub(super) fn new(a: &Assignment, b: &Assignment, cuts: &[Cuts; 2], weights: &[f64; 5]) -> Self {
        let why = why(a, b, cuts);
        Movement {
            customer_id: a.customer_id.clone(),
            tier_a: a.tier,
            tier_b: b.tier,
            why,
            cause: cause(why, a, b, cuts, weights),
            value_a: a.value,
            value_b: b.value,
            potential_a: a.potential,
            potential_b: b.potential,
            type_a: a.customer_type,
            type_b: b.customer_type,
        }
    }

    /// Tiers between A and B: 0, 1 or 2.
    pub fn steps(&self) -> usize {
        self.tier_a.index().abs_diff(self.tier_b.index())
    }

    /// Value gained from A to B; none unless both sides have it.
    pub fn value_change(&self) -> Option<Money> {
        let (before, now) = (self.value_a?, self.value_b?);
        Some(Money(now.0.saturating_sub(before.0)))
    }

    /// How much value was gained or lost, for ordering; 0 if not known.
    pub(super) fn value_change_size(&self) -> u64 {
        self.value_change().map_or(0, |change| change.0.unsigned_abs())
    }
}

fn why(a: &Assignment, b: &Assignment, cuts: &[Cuts; 2]) -> Why {
    if a.tier == b.tier {
        return Why::Type;
    }
    let either = |reason| a.reason == Some(reason) || b.reason == Some(reason);
    if either(TierReason::Potential) {
        return Why::Potential;
    }
    if either(TierReason::Held) {
        return Why::Held;
    }
    let (Some(before), Some(now)) = (a.value, b.value) else { return Why::Unknown };
    // A bare CSV may hold promoted customers without saying so, or tiers by another rule.
    if cuts[0].tier(before) != a.tier || cuts[1].tier(now) != b.tier {
        return Why::Unknown;
    }
    let by_value = cuts[0].tier(now) == b.tier;
    let by_cut = cuts[1].tier(before) == b.tier;
    match (by_value, by_cut) {
        (true, false) => Why::Value,
        (false, true) => Why::Cut,
        _ => Why::ValueAndCut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(tier: Tier, units: i64, reason: TierReason) -> Assignment {
        Assignment { reason: Some(reason), value: Some(Money(units)), ..Assignment::bare("x", tier) }
    }

    /// A's lines are 100 and 50, B's 80 and 40.
    const CUTS: [Cuts; 2] = [
        Cuts { smallest: [Some(Money(100)), Some(Money(50))] },
        Cuts { smallest: [Some(Money(80)), Some(Money(40))] },
    ];

    fn why_of(a: (Tier, i64), b: (Tier, i64)) -> Why {
        let by_value = TierReason::Contribution;
        why(&assignment(a.0, a.1, by_value), &assignment(b.0, b.1, by_value), &CUTS)
    }

    #[test]
    fn value_cut_or_both() {
        assert_eq!(why_of((Tier::II, 60), (Tier::I, 120)), Why::Value);
        assert_eq!(why_of((Tier::II, 90), (Tier::I, 90)), Why::Cut);
        assert_eq!(why_of((Tier::II, 70), (Tier::I, 90)), Why::ValueAndCut);
        assert_eq!(why_of((Tier::II, 90), (Tier::I, 110)), Why::ValueAndCut);
        assert_eq!(why_of((Tier::I, 30), (Tier::III, 30)), Why::Unknown);
    }

    #[test]
    fn promotion_and_holding_outrank_value() {
        let a = assignment(Tier::III, 10, TierReason::Contribution);
        let promoted = assignment(Tier::I, 200, TierReason::Potential);
        let held = assignment(Tier::II, 10, TierReason::Held);
        assert_eq!(why(&a, &promoted, &CUTS), Why::Potential);
        assert_eq!(why(&a, &held, &CUTS), Why::Held);
    }

    #[test]
    fn the_lines_leave_promoted_customers_out() {
        let cuts = Cuts::of(&[
            assignment(Tier::I, 100, TierReason::Contribution),
            assignment(Tier::I, 3, TierReason::Potential),
            assignment(Tier::II, 50, TierReason::Contribution),
            assignment(Tier::III, 5, TierReason::Contribution),
        ]);
        assert_eq!(cuts, CUTS[0]);
    }
}
