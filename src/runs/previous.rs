//! The run before: what holds customers near a line, and who moved since.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::side::{Assignment, Side, assignments};
use crate::domain::{CustomerType, Money, Tier};
use crate::result::{Mover, Segmentation};

impl Side {
    /// Tier by customer, as [`hold`](crate::tiering::hold) wants them.
    pub fn tiers(&self) -> BTreeMap<Box<str>, Tier> {
        // The ids ascend, so the map is built in one pass.
        self.assignments.iter().map(|row| (row.customer_id.clone(), row.tier)).collect()
    }
}

/// Who changed tier or type since `previous`, who is new and who is gone.
///
/// First those on both sides, most tiers moved first, then most value gained or lost; then new and gone ones, the
/// largest value first; ties by id.
pub fn movers(previous: &Side, now: &Segmentation) -> Vec<Mover> {
    let now = assignments(now);
    let mut movers = Vec::new();
    let (mut before, mut after) = (previous.assignments.iter().peekable(), now.iter().peekable());
    loop {
        let pair = match (before.peek(), after.peek()) {
            (None, None) => break,
            (Some(_), None) => (before.next(), None),
            (None, Some(_)) => (None, after.next()),
            (Some(a), Some(b)) => match a.customer_id.cmp(&b.customer_id) {
                std::cmp::Ordering::Less => (before.next(), None),
                std::cmp::Ordering::Greater => (None, after.next()),
                std::cmp::Ordering::Equal => (before.next(), after.next()),
            },
        };
        movers.extend(mover(pair.0, pair.1));
    }
    movers.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.customer_id.cmp(&b.customer_id)));
    movers
}

/// One customer; none if it stayed where it was. A type that one side does not know has not changed.
fn mover(before: Option<&Assignment>, now: Option<&Assignment>) -> Option<Mover> {
    let customer_id = before.or(now)?.customer_id.clone();
    let same_type = |a: Option<CustomerType>, b: Option<CustomerType>| a.is_none() || b.is_none() || a == b;
    if let (Some(a), Some(b)) = (before, now)
        && a.tier == b.tier
        && same_type(a.customer_type, b.customer_type)
    {
        return None;
    }
    Some(Mover {
        customer_id,
        tier_before: before.map(|row| row.tier),
        tier_now: now.map(|row| row.tier),
        type_before: before.and_then(|row| row.customer_type),
        type_now: now.and_then(|row| row.customer_type),
        value_before: before.and_then(|row| row.value),
        value_now: now.and_then(|row| row.value),
        reason: now.and_then(|row| row.reason),
    })
}

/// Ascending in the order of the list.
fn key(mover: &Mover) -> (u8, Reverse<usize>, Reverse<u64>) {
    let (group, steps) = match (mover.tier_before, mover.tier_now) {
        (Some(before), Some(now)) => (0, before.index().abs_diff(now.index())),
        (None, _) => (1, 0),
        (_, None) => (2, 0),
    };
    let parts = |value: Option<Money>| value.map_or(0, |value| value.0);
    (group, Reverse(steps), Reverse(parts(mover.value_now).abs_diff(parts(mover.value_before))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_new_and_gone() {
        let row = |id: &str, tier, customer_type, units| Assignment {
            customer_type,
            value: Some(Money(units)),
            ..Assignment::bare(id, tier)
        };
        let typed = Some(CustomerType::Conservative);
        let previous = Side {
            name: String::new(),
            assignments: vec![
                row("a", Tier::I, typed, 9),
                row("b", Tier::II, None, 5),
                row("c", Tier::III, Some(CustomerType::Innovative), 1),
                row("d", Tier::III, typed, 1),
            ],
            ..Side::default()
        };
        let mut now = Segmentation::default();
        for (id, tier, units) in
            [("b", Tier::I, 9), ("c", Tier::III, 1), ("d", Tier::III, 1), ("e", Tier::II, 4)]
        {
            now.table.ids.push(id.into());
            now.tiering.tiers.push(tier);
            now.typing.types.push(CustomerType::Conservative);
            now.value.amounts.push(Money(units));
        }
        let found = movers(&previous, &now);
        let told: Vec<_> = found.iter().map(|m| (&*m.customer_id, m.tier_before, m.tier_now)).collect();
        assert_eq!(
            told,
            [
                ("b", Some(Tier::II), Some(Tier::I)),
                ("c", Some(Tier::III), Some(Tier::III)),
                ("e", None, Some(Tier::II)),
                ("a", Some(Tier::I), None),
            ]
        );
        assert_eq!(previous.tiers().len(), 4);
    }
}
