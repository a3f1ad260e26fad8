//! What a split earns, and what simpler splits would have earned with the same time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::Serialize;

use super::core::Solution;
use super::relax::worth;
use super::{Account, Limits, TICKS_PER_MINUTE, Usage};

/// The best split found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Allocation {
    /// Visits of every account, in the order given.
    #[serde(skip)]
    pub visits: Vec<u32>,
    /// Σ margin·R(visits).
    pub objective: f64,
    /// No split is worth more; equal to `objective` if that is optimal.
    pub upper_bound: f64,
    /// What the bound is above the objective, as a share of the bound, 0–1; 0 if optimal.
    pub gap: f64,
    /// Minutes the visits take.
    pub minutes_used: f64,
    /// Money the visits cost.
    pub money_used: f64,
    /// What the best split would be worth more with 60 more minutes.
    pub value_of_one_more_hour: f64,
    /// True if no split can be better.
    pub optimal: bool,
    /// Bound of the relaxed problem, before the search.
    pub relaxed_bound: f64,
    /// Worth of the last minute at that bound.
    pub value_of_last_minute: f64,
    /// All visits together.
    pub visits_total: u64,
    /// Accounts with at least one visit.
    pub accounts_visited: u64,
    /// States made in the search.
    pub states: u64,
}

/// Another way to split the same time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// Visits of every account.
    #[serde(skip)]
    pub visits: Vec<u32>,
    /// Σ margin·R(visits).
    pub objective: f64,
    /// Minutes the visits take.
    pub minutes_used: f64,
}

impl Split {
    fn new(accounts: &[Account], visits: Vec<u32>) -> Self {
        let minutes_used = minutes(Usage::total(accounts, &visits));
        Split { objective: worth(accounts, &visits), minutes_used, visits }
    }
}

fn minutes(usage: Usage) -> f64 {
    usage.ticks as f64 / TICKS_PER_MINUTE as f64
}

/// Tells a solution; `more` is the solution with one more hour.
pub(super) fn allocation(accounts: &[Account], best: Solution, more: &Solution) -> Allocation {
    let usage = Usage::total(accounts, &best.visits);
    let open = best.bound - best.objective;
    Allocation {
        objective: best.objective,
        upper_bound: best.bound,
        gap: if best.bound > 0.0 { open / best.bound } else { 0.0 },
        minutes_used: minutes(usage),
        money_used: crate::domain::Money(usage.money).to_f64(),
        value_of_one_more_hour: (more.objective - best.objective).max(0.0),
        optimal: open <= 0.0,
        relaxed_bound: best.relaxed_bound,
        value_of_last_minute: best.minute,
        visits_total: best.visits.iter().map(|&visits| u64::from(visits)).sum(),
        accounts_visited: best.visits.iter().filter(|&&visits| visits > 0).count() as u64,
        states: best.states,
        visits: best.visits,
    }
}

/// One visit each in the order given, again and again, while the limits hold.
pub fn even_split(accounts: &[Account], limits: Limits) -> Split {
    let mut visits: Vec<u32> = accounts.iter().map(|account| account.min_visits).collect();
    let mut usage = Usage::total(accounts, &visits);
    // By visits so far, then in the order given: whoever has fewest is next.
    let mut queue: BinaryHeap<Reverse<(u32, usize)>> =
        visits.iter().enumerate().map(|(index, &had)| Reverse((had, index))).collect();
    while let Some(Reverse((had, index))) = queue.pop() {
        let next = usage.plus(Usage::of(&accounts[index], 1));
        if had < accounts[index].max_visits && next.fits(limits) {
            usage = next;
            visits[index] = had + 1;
            queue.push(Reverse((had + 1, index)));
        }
    }
    Split::new(accounts, visits)
}

/// Visits in proportion to `wanted`, as many as the limits hold.
///
/// * `wanted`: visits now or by a policy, 0 or more, one per account.
///
/// All are scaled by one factor, rounded down and kept within the account's own limits; what is left goes one
/// visit each to the largest remainders, ties in the order given.
pub fn proportional_split(accounts: &[Account], wanted: &[f64], limits: Limits) -> Split {
    let scaled = |factor: f64| -> Vec<u32> {
        accounts.iter().zip(wanted).map(|(account, wanted)| whole(account, wanted * factor)).collect()
    };
    let fits = |factor: f64| Usage::total(accounts, &scaled(factor)).fits(limits);
    let (mut low, mut high) = (0.0, 1.0);
    while fits(high) && high < 1e6 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    let mut visits = scaled(low);
    let mut usage = Usage::total(accounts, &visits);
    let mut rest: Vec<(f64, usize)> = wanted
        .iter()
        .enumerate()
        .map(|(index, wanted)| (wanted * low - f64::from(visits[index]), index))
        .collect();
    rest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (remainder, index) in rest {
        let next = usage.plus(Usage::of(&accounts[index], 1));
        if remainder > 0.0 && visits[index] < accounts[index].max_visits && next.fits(limits) {
            usage = next;
            visits[index] += 1;
        }
    }
    Split::new(accounts, visits)
}

fn whole(account: &Account, visits: f64) -> u32 {
    (visits.max(0.0).min(f64::from(u32::MAX)) as u32).clamp(account.min_visits, account.max_visits)
}
