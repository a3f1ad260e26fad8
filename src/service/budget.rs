//! Money split to the cent: among groups by their shares, within a group equally or by value.

use crate::domain::Money;

use super::params::BudgetWithin;

/// Parts of [`Money`] in a cent.
const CENT: i64 = Money::SCALE / 100;

/// The shares of the groups when the empty ones pass theirs on, in proportion; they add up to 1.
///
/// If all groups with customers have a share of 0, they share by number of customers; without any
/// customer the shares stay as they are.
pub(super) fn shares_of_filled(shares: [f64; 6], customers: [u32; 6]) -> [f64; 6] {
    let filled: f64 = (0..6).filter(|group| customers[*group] > 0).map(|group| shares[group]).sum();
    let everyone: f64 = customers.iter().copied().map(f64::from).sum();
    if everyone == 0.0 {
        return shares;
    }
    std::array::from_fn(|group| {
        if customers[group] == 0 {
            0.0
        } else if filled > 0.0 {
            shares[group] / filled
        } else {
            f64::from(customers[group]) / everyone
        }
    })
}

/// Splits `total` among groups by `shares`, in whole cents.
pub(super) fn split_by_share(total: Money, shares: &[f64; 6]) -> Vec<Money> {
    // Shares are read as parts of 10^12, far below a cent of any budget a recipe can hold.
    let weights: Vec<u64> = shares.iter().map(|share| (share.max(0.0) * 1e12).round() as u64).collect();
    split(total, &weights)
}

/// Splits a group's `total` among its customers, whose values are given, in whole cents.
pub(super) fn split_within(total: Money, values: &[Money], within: BudgetWithin) -> Vec<Money> {
    let by_value: Vec<u64> = values.iter().map(|value| value.0.max(0).unsigned_abs()).collect();
    if within == BudgetWithin::Value && by_value.iter().any(|weight| *weight > 0) {
        split(total, &by_value)
    } else {
        split(total, &vec![1; values.len()])
    }
}

/// Largest remainder: everyone gets the whole cents of their part, the cents left over go to the largest
/// remainders, the first of equal ones before the later. The parts add up to `total` (whole cents) unless
/// all weights are 0.
fn split(total: Money, weights: &[u64]) -> Vec<Money> {
    let cents = u128::from((total.0 / CENT).max(0).unsigned_abs());
    let sum: u128 = weights.iter().copied().map(u128::from).sum();
    if sum == 0 {
        return vec![Money::ZERO; weights.len()];
    }
    let mut parts: Vec<u128> = weights.iter().map(|weight| cents * u128::from(*weight) / sum).collect();
    let left = cents - parts.iter().sum::<u128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    // Stable, so equal remainders stay in the order given.
    order.sort_by_key(|index| std::cmp::Reverse(cents * u128::from(weights[*index]) % sum));
    for index in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        parts[index] += 1;
    }
    parts.into_iter().map(|part| Money(i64::try_from(part).unwrap_or(i64::MAX / CENT) * CENT)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(parts: &[Money]) -> Vec<i64> {
        parts.iter().map(|part| part.0 / CENT).collect()
    }

    #[test]
    fn a_hundred_cents_by_three_leave_the_last_cent_to_the_first() {
        let parts = split_within(Money(10_000), &[Money(5); 3], BudgetWithin::Equal);
        assert_eq!(cents(&parts), [34, 33, 33]);
    }

    #[test]
    fn by_value_the_largest_remainder_gets_the_cent() {
        // 100 cents by 1 : 2 : 4 are 14.29, 28.57 and 57.14: the cent left goes to the second.
        let values = [Money(10), Money(20), Money(40)];
        assert_eq!(cents(&split_within(Money(10_000), &values, BudgetWithin::Value)), [14, 29, 57]);
        let losses = [Money(-10), Money(0)];
        assert_eq!(cents(&split_within(Money(10_000), &losses, BudgetWithin::Value)), [50, 50]);
    }

    #[test]
    fn empty_groups_pass_their_share_on() {
        let shares = [0.4, 0.2, 0.2, 0.1, 0.05, 0.05];
        let filled = shares_of_filled(shares, [1, 0, 5, 0, 9, 0]);
        assert!((filled.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((filled[0] - 0.4 / 0.65).abs() < 1e-12);
        assert_eq!(filled[1].to_bits(), 0f64.to_bits());
        let unfunded = shares_of_filled([0.5, 0.5, 0.0, 0.0, 0.0, 0.0], [0, 0, 1, 3, 0, 0]);
        assert_eq!(unfunded.map(f64::to_bits), [0.0, 0.0, 0.25, 0.75, 0.0, 0.0].map(f64::to_bits));
        assert_eq!(shares_of_filled(shares, [0; 6]).map(f64::to_bits), shares.map(f64::to_bits));
    }

    #[test]
    fn parts_add_up_whatever_the_weights() {
        for total in [1, 99, 12_345_678_901] {
            let total = Money(total * CENT);
            let shares = [0.37, 0.29, 0.17, 0.11, 0.05, 0.01];
            let groups = split_by_share(total, &shares);
            assert_eq!(groups.iter().copied().sum::<Money>(), total);
            let values: Vec<Money> = (1..1000).map(|value| Money(value * value)).collect();
            for group in groups {
                let parts = split_within(group, &values, BudgetWithin::Value);
                assert_eq!(parts.into_iter().sum::<Money>(), group);
            }
        }
    }

    #[test]
    fn huge_money_does_not_overflow() {
        let total = Money(i64::MAX / CENT * CENT);
        let parts = split_within(total, &[Money(i64::MAX), Money(i64::MAX)], BudgetWithin::Value);
        assert_eq!(parts[0].0 + parts[1].0, total.0);
    }
}
