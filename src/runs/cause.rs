//! Which part of a customer's value or potential changed most: what stands behind its move.

use serde::{Serialize, Serializer};

use super::movement::{Cuts, Why};
use super::side::Assignment;
use crate::domain::TierReason;
use crate::scoring::ComponentKind;

/// The part that changed, and its figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// Which part.
    pub what: Part,
    /// In A.
    pub a: f64,
    /// In B.
    pub b: f64,
}

/// A part of what decides a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Purchases in the window, a count.
    Orders,
    /// Value per purchase, currency units.
    ValuePerOrder,
    /// The line that passed the customer, currency units.
    Line,
    /// A component of potential, ranks 0–1.
    Component(ComponentKind),
}

impl Part {
    /// As machine files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Part::Orders => "orders",
            Part::ValuePerOrder => "value_per_order",
            Part::Line => "line",
            Part::Component(kind) => kind.as_str(),
        }
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The part that explains a move best; none where the sides do not say enough.
///
/// * A value is orders × value per order, so log(value) is a sum: the larger summand of the change in its direction. A
///   customer that bought on one side only has changed its orders.
/// * A cut is the line that passed the customer.
/// * A promotion is the component whose weighted rank moved potential most in the direction of the tier; none if no
///   component did, that is if the line of promotion moved.
pub(super) fn cause(
    why: Why,
    a: &Assignment,
    b: &Assignment,
    cuts: &[Cuts; 2],
    weights: &[f64; 5],
) -> Option<Cause> {
    match why {
        Why::Value | Why::ValueAndCut => value(a, b),
        Why::Cut => line(a, b, cuts),
        Why::Potential => component(a, b, weights),
        Why::Held | Why::Type | Why::Unknown => None,
    }
}

fn value(a: &Assignment, b: &Assignment) -> Option<Cause> {
    let (before, now) = (a.value?.to_f64(), b.value?.to_f64());
    let counts = [a.parts.orders?, b.parts.orders?];
    let [orders_a, orders_b] = counts.map(f64::from);
    let orders = Cause { what: Part::Orders, a: orders_a, b: orders_b };
    if counts.contains(&0) {
        return (counts != [0, 0]).then_some(orders);
    }
    let each = Cause { what: Part::ValuePerOrder, a: before / orders_a, b: now / orders_b };
    if before <= 0.0 || now <= 0.0 {
        return Some(each);
    }
    let way = (now / before).ln().signum();
    let more_orders = way * (orders_b / orders_a).ln();
    let more_each = way * (each.b / each.a).ln();
    Some(if more_orders >= more_each { orders } else { each })
}

fn line(a: &Assignment, b: &Assignment, cuts: &[Cuts; 2]) -> Option<Cause> {
    // Who rises passes the line of its new tier, who falls the one above it.
    let place = if b.tier < a.tier { b.tier.index() } else { b.tier.index().checked_sub(1)? };
    let [before, now] = [cuts[0].line(place)?, cuts[1].line(place)?];
    Some(Cause { what: Part::Line, a: before.to_f64(), b: now.to_f64() })
}

fn component(a: &Assignment, b: &Assignment, weights: &[f64; 5]) -> Option<Cause> {
    let way = if b.reason == Some(TierReason::Potential) { 1.0 } else { -1.0 };
    let moved = |kind: ComponentKind| {
        let place = kind as usize;
        let (before, now) = (a.parts.ranks[place].get()?, b.parts.ranks[place].get()?);
        let moved = way * weights[place] * (now - before);
        (moved > 0.0).then_some((moved, Cause { what: Part::Component(kind), a: before, b: now }))
    };
    let most = ComponentKind::ALL.into_iter().filter_map(moved).reduce(|most, next| {
        // Of equals the first in the order of recipes.
        if next.0 > most.0 { next } else { most }
    });
    most.map(|(_, cause)| cause)
}

#[cfg(test)]
mod tests {
    use super::super::parts::{Parts, Rank};
    use super::*;
    use crate::domain::{Money, Tier};

    fn assignment(tier: Tier, units: i64, orders: u32) -> Assignment {
        Assignment {
            value: Some(Money(units * Money::SCALE)),
            parts: Parts { orders: Some(orders), ..Parts::default() },
            ..Assignment::bare("x", tier)
        }
    }

    fn of_value(a: (i64, u32), b: (i64, u32)) -> Option<(&'static str, f64, f64)> {
        let (a, b) = (assignment(Tier::II, a.0, a.1), assignment(Tier::I, b.0, b.1));
        let found = cause(Why::Value, &a, &b, &<[Cuts; 2]>::default(), &[1.0; 5])?;
        Some((found.what.as_str(), found.a, found.b))
    }

    #[test]
    fn orders_or_value_per_order() {
        // 100 of 4 orders, then 300 of 10: 2.5 times the orders, 1.2 times the value of each.
        assert_eq!(of_value((100, 4), (300, 10)), Some(("orders", 4.0, 10.0)));
        // Fewer orders of three times the value: only the latter made it grow.
        assert_eq!(of_value((120, 4), (270, 3)), Some(("value_per_order", 30.0, 90.0)));
        assert_eq!(of_value((0, 0), (270, 3)), Some(("orders", 0.0, 3.0)));
        assert_eq!(of_value((-5, 1), (270, 3)), Some(("value_per_order", -5.0, 90.0)));
        assert_eq!(of_value((5, 0), (6, 0)), None);
    }

    #[test]
    fn a_cut_is_the_line_that_passed() {
        let lines = |one, two| {
            let by_value = [assignment(Tier::I, one, 1), assignment(Tier::II, two, 1)];
            Cuts::of(&by_value)
        };
        let cuts = [lines(100, 50), lines(80, 40)];
        let found = |a, b| {
            let (a, b) = (assignment(a, 60, 1), assignment(b, 60, 1));
            cause(Why::Cut, &a, &b, &cuts, &[1.0; 5]).map(|found| (found.a, found.b))
        };
        assert_eq!(found(Tier::II, Tier::I), Some((100.0, 80.0)));
        assert_eq!(found(Tier::III, Tier::II), Some((50.0, 40.0)));
        assert_eq!(found(Tier::II, Tier::III), Some((50.0, 40.0)));
        assert_eq!(found(Tier::I, Tier::II), Some((100.0, 80.0)));
    }

    #[test]
    fn the_weightiest_component_in_the_direction_of_the_move() {
        let side = |reason, ranks: [f64; 2]| {
            let mut found = assignment(Tier::I, 1, 1);
            found.reason = Some(reason);
            found.parts.ranks[0] = Rank::of(Some(ranks[0]));
            found.parts.ranks[1] = Rank::of(Some(ranks[1]));
            found
        };
        let low = side(TierReason::Contribution, [0.5, 0.2]);
        let promoted = side(TierReason::Potential, [0.7, 0.9]);
        let found = |a, b, weights| {
            cause(Why::Potential, a, b, &<[Cuts; 2]>::default(), weights).map(|found| found.what.as_str())
        };
        assert_eq!(found(&low, &promoted, &[0.8, 0.2, 0.0, 0.0, 0.0]), Some("reach"));
        assert_eq!(found(&low, &promoted, &[0.5, 0.5, 0.0, 0.0, 0.0]), Some("growth"));
        assert_eq!(found(&promoted, &low, &[0.5, 0.5, 0.0, 0.0, 0.0]), Some("growth"));
        // Promoted with the ranks it had: the line moved, no component did.
        assert_eq!(found(&promoted, &promoted, &[0.5; 5]), None);
    }
}
