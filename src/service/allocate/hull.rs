//! The upper concave hull of what visits are worth, step by step.

use rayon::prelude::*;

use super::{Account, Limits};

/// From one corner of an account's hull to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// Worth a visit; falls strictly from step to step of one account.
    pub(super) slope: f64,
    /// Index of the account.
    pub(super) account: u32,
    /// Visits this step adds.
    pub(super) visits: u32,
}

/// Most visits that the account's own limit and the time allow.
pub(super) fn most_visits(account: &Account, limits: Limits) -> u32 {
    let by_time = limits.ticks / i64::from(account.ticks);
    let by_money = match limits.money {
        Some(money) if account.cost.0 > 0 => money.0 / account.cost.0,
        _ => i64::MAX,
    };
    let most = u32::try_from(by_time.min(by_money).max(0)).unwrap_or(u32::MAX);
    most.clamp(account.min_visits, account.max_visits)
}

/// The steps of every account, by account and then in their order.
pub(super) fn steps(accounts: &[Account], limits: Limits) -> Vec<Step> {
    accounts
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, account)| corners(account, index as u32, most_visits(account, limits)))
        .collect()
}

fn corners(account: &Account, index: u32, most: u32) -> Vec<Step> {
    let mut hull: Vec<Step> = Vec::new();
    let mut before = account.worth(account.min_visits);
    for visits in account.min_visits + 1..=most {
        let worth = account.worth(visits);
        let mut step = Step { slope: worth - before, account: index, visits: 1 };
        before = worth;
        // A corner below the line over it is never the best choice at any price: merge the steps.
        while let Some(last) = hull.last() {
            if last.slope > step.slope {
                break;
            }
            let (here, there) = (f64::from(last.visits), f64::from(step.visits));
            step.slope = (last.slope * here + step.slope * there) / (here + there);
            step.visits += last.visits;
            hull.pop();
        }
        hull.push(step);
    }
    // Steps that bring nothing are never taken; slopes fall, so they are at the end.
    hull.truncate(hull.partition_point(|step| step.slope > 0.0));
    hull
}

#[cfg(test)]
mod tests {
    use super::super::{Adbudg, Response};
    use super::*;
    use crate::domain::Money;

    #[test]
    fn an_s_curve_is_bridged_up_to_its_tangent() {
        let curve = Adbudg::from_answers(4.0, 50.0, 100.0, 115.0, 140.0).unwrap();
        let account = Account {
            response: Response::Adbudg(curve),
            margin: 1.0,
            ticks: 3_000,
            cost: Money::ZERO,
            min_visits: 0,
            max_visits: 8,
        };
        let limits = Limits { ticks: 1_000_000, money: None };
        let steps = steps(std::slice::from_ref(&account), limits);
        // Worth by hand: 0: 50, 1: 58.34, 2: 73.73, 3: 88.38, 4: 100, 5: 108.61 ...; the mean gain a
        // visit is largest at 3: 38.38/3 = 12.79 against 23.73/2 = 11.87 and 50/4 = 12.50.
        assert_eq!(steps.iter().map(|step| step.visits).collect::<Vec<_>>(), [3, 1, 1, 1, 1, 1]);
        assert!((steps[0].slope - (account.worth(3) - 50.0) / 3.0).abs() < 1e-9);
        assert!(steps.windows(2).all(|pair| pair[0].slope > pair[1].slope));
    }

    #[test]
    fn worthless_accounts_have_no_steps() {
        let account = Account {
            response: Response::Elastic { sales: 100.0, visits: 1.0, elasticity: 0.3 },
            margin: 0.0,
            ticks: 100,
            cost: Money::ZERO,
            min_visits: 0,
            max_visits: 5,
        };
        assert!(steps(&[account], Limits { ticks: 1_000, money: None }).is_empty());
    }
}
