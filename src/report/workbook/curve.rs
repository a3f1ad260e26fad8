//! The points behind the Pareto chart: a hundred and one shares of customers, and where tiers by value end.

use crate::domain::Tier;
use crate::result::Segmentation;

/// Share of customers and share of value they bring, from 0 to 1, along rank.
pub(super) fn points(all: &Segmentation) -> Vec<(f64, f64)> {
    let count = all.tiering.order.len();
    if count == 0 {
        return vec![(0.0, 0.0), (1.0, 1.0)];
    }
    let steps = 100.min(count);
    (0..=steps)
        .map(|step| {
            let rank = step * count / steps;
            let brought = match rank.checked_sub(1) {
                Some(before) => all.tiering.cumulative_shares[all.tiering.order[before] as usize],
                None => 0.0,
            };
            (rank as f64 / count as f64, brought)
        })
        .collect()
}

/// Share of customers and share of value where Ⅰ and Ⅱ by value end; without those nobody is in.
pub(super) fn cuts(all: &Segmentation) -> Vec<(f64, f64)> {
    let count = all.tiering.order.len();
    let of_tier = |tier: Tier| all.tiering.by_value.iter().filter(|&&by_value| by_value == tier).count();
    let one = of_tier(Tier::I);
    let two = one + of_tier(Tier::II);
    [one, two]
        .into_iter()
        .filter(|&rank| (1..count).contains(&rank))
        .map(|rank| {
            let last = all.tiering.order[rank - 1] as usize;
            (rank as f64 / count as f64, all.tiering.cumulative_shares[last])
        })
        .collect()
}
