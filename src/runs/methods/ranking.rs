//! The ways of ranking customers by what was known on the day of the cut.

use crate::domain::Money;
use crate::result::Segmentation;

/// Customers, best first, in groups that the method holds equal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranking {
    pub(super) method: &'static str,
    pub(super) ranks_by: &'static str,
    /// Indices into the run's customers, best first.
    pub(super) order: Vec<u32>,
    /// Where in `order` each group of equals ends.
    pub(super) group_ends: Vec<u32>,
}

impl Ranking {
    /// Ranks by `scores` (lexicographic), large to small.
    pub(super) fn by<const N: usize>(
        method: &'static str,
        ranks_by: &'static str,
        scores: &[[f64; N]],
    ) -> Self {
        let compare = |a: &[f64; N], b: &[f64; N]| {
            let parts = a.iter().zip(b).map(|(a, b)| b.total_cmp(a));
            parts.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        };
        let mut order: Vec<u32> = (0..).take(scores.len()).collect();
        order.sort_by(|&a, &b| compare(&scores[a as usize], &scores[b as usize]).then(a.cmp(&b)));
        let mut group_ends = Vec::new();
        let mut end = 0;
        for group in order.chunk_by(|&a, &b| compare(&scores[a as usize], &scores[b as usize]).is_eq()) {
            end += group.len() as u32;
            group_ends.push(end);
        }
        Ranking { method, ranks_by, order, group_ends }
    }
}

/// The best there could be: by what the next period brought.
pub(super) fn oracle(next: &[f64]) -> Ranking {
    let scores: Vec<[f64; 1]> = next.iter().map(|&value| [value]).collect();
    Ranking::by("oracle", "next period's value, unknown on the day", &scores)
}

/// Every method, for the customers of `past`.
pub(super) fn rankings(past: &Segmentation, last: &Segmentation) -> Vec<Ranking> {
    let value: Vec<f64> = past.value.amounts.iter().map(|value| value.to_f64()).collect();
    let recent: Vec<f64> = amounts_of(&past.table.ids, last)
        .into_iter()
        .map(|value| value.unwrap_or_default().to_f64())
        .collect();
    let tier: Vec<f64> = past.tiering.tiers.iter().map(|tier| -(tier.index() as f64)).collect();
    let potential = &past.potential.scores;
    let expected: Vec<f64> = past
        .potential
        .expected
        .iter()
        .zip(&value)
        .map(|(expected, value)| expected.map_or(*value, Money::to_f64))
        .collect();
    let rfm = rfm(past);
    let one = |scores: &[f64]| scores.iter().map(|&score| [score]).collect::<Vec<_>>();
    let two = |first: &[f64], second: &[f64]| {
        first.iter().zip(second).map(|(&first, &second)| [first, second]).collect::<Vec<_>>()
    };
    vec![
        Ranking::by("sales", "value in the window", &one(&value)),
        Ranking::by("last_period", "value in the last days, as many as the next period has", &one(&recent)),
        Ranking::by("tiers", "tier with promotion; equal within a tier", &one(&tier)),
        Ranking::by("tiers_then_sales", "tier with promotion, then value", &two(&tier, &value)),
        Ranking::by("rfm", "sum of the quintiles of days since last, orders and value", &one(&rfm)),
        Ranking::by("rfm_then_sales", "the same, then value", &two(&rfm, &value)),
        Ranking::by("potential", "potential alone", &one(potential)),
        Ranking::by("erba", "expected value of the next window (forecast), else value", &one(&expected)),
        Ranking::by("random", "nothing: any order is as good", &one(&vec![0.0; value.len()])),
    ]
}

/// The value in `run` of each of `ids`, none where the run does not know the customer.
pub(super) fn amounts_of(ids: &[Box<str>], run: &Segmentation) -> Vec<Option<Money>> {
    ids.iter()
        .map(|id| {
            let place = run.table.ids.binary_search(id).ok()?;
            run.value.amounts.get(place).copied()
        })
        .collect()
}

/// Summed quintiles, 3–15: few days since the last purchase, many orders, much value are good.
fn rfm(past: &Segmentation) -> Vec<f64> {
    let customers = 0..past.table.len();
    // Without a purchase a customer is longer gone than anybody with one.
    let days = |index| past.table.days_since_last(index).map_or(f64::NEG_INFINITY, |days| -f64::from(days));
    let recent = quintiles(&customers.clone().map(days).collect::<Vec<_>>());
    let orders = quintiles(&past.table.rows.iter().map(|row| f64::from(row.orders)).collect::<Vec<_>>());
    let value = quintiles(&past.value.amounts.iter().map(|value| value.to_f64()).collect::<Vec<_>>());
    customers
        .map(|index| {
            let part = |quintiles: &[f64]| quintiles.get(index).copied().unwrap_or(1.0);
            part(&recent) + part(&orders) + part(&value)
        })
        .collect()
}

/// 1 (the lowest fifth) to 5; equal figures share the quintile of the middle of their ranks.
fn quintiles(figures: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by(|&a, &b| figures[a].total_cmp(&figures[b]).then(a.cmp(&b)));
    let mut quintiles = vec![1.0; figures.len()];
    let mut start = 0;
    for ties in order.chunk_by(|&a, &b| figures[a].total_cmp(&figures[b]).is_eq()) {
        let middle = (start as f64 + ties.len() as f64 / 2.0) / figures.len() as f64;
        for &index in ties {
            quintiles[index] = (middle * 5.0).floor().min(4.0) + 1.0;
        }
        start += ties.len();
    }
    quintiles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_form_a_group() {
        let found = Ranking::by("x", "", &[[1.0], [3.0], [1.0], [2.0]]);
        assert_eq!((found.order, found.group_ends), (vec![1, 3, 0, 2], vec![1, 2, 4]));
    }

    #[test]
    fn quintiles_of_ten_and_of_equals() {
        let ten: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(quintiles(&ten), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0]);
        assert_eq!(quintiles(&[7.0; 4]), [3.0; 4]);
        assert!(quintiles(&[]).is_empty());
    }
}
