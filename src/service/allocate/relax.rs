//! The plan when the last step may be taken in part: an upper bound and the price of time and money.

use rayon::prelude::*;

use super::hull::Step;
use super::{Account, Limits, Usage};

/// What one unit of each limit is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Prices {
    /// Worth of 1/100 minute.
    pub(super) tick: f64,
    /// Worth of 1/10 000 of money.
    pub(super) money: f64,
}

impl Prices {
    /// What one visit to the account must bring at least.
    pub(super) fn visit(self, account: &Account) -> f64 {
        self.tick * f64::from(account.ticks) + self.money * account.cost.0 as f64
    }

    pub(super) fn of(self, usage: Usage) -> f64 {
        self.tick * usage.ticks as f64 + self.money * usage.money as f64
    }
}

/// A relaxed plan and a plan.
#[derive(Clone, Debug)]
pub(super) struct Relaxed {
    /// The prices of the bound.
    pub(super) prices: Prices,
    /// Best visits at those prices; may break a limit when there are two.
    pub(super) base: Vec<u32>,
    /// The bound above the worth of `base`.
    pub(super) bound_over_base: f64,
    /// A plan within the limits: steps taken by worth for their price, those that do not fit left out.
    pub(super) greedy: Vec<u32>,
}

/// Bisections of the exchange rate of minutes and money.
const RATES: usize = 40;

/// The relaxed plan with the least bound.
pub(super) fn relax(accounts: &[Account], steps: &[Step], limits: Limits) -> Relaxed {
    let at = |share: f64| Relaxation::new(accounts, steps, limits, share);
    let mut best = at(0.0);
    let Some(money) = limits.money else { return best.relaxed };
    if best.usage.money <= money.0 {
        return best.relaxed;
    }
    let by_money = at(1.0);
    if by_money.usage.ticks <= limits.ticks {
        return by_money.relaxed;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..RATES {
        let share = f64::midpoint(low, high);
        let next = at(share);
        if next.usage.money > money.0 {
            low = share;
        } else {
            high = share;
        }
        let better = next.bound < best.bound;
        let greedy = richer(accounts, best.relaxed.greedy.clone(), next.relaxed.greedy.clone());
        if better {
            best = next;
        }
        best.relaxed.greedy = greedy;
    }
    best.relaxed
}

/// The plan that is worth more, the first if equal.
fn richer(accounts: &[Account], first: Vec<u32>, second: Vec<u32>) -> Vec<u32> {
    if worth(accounts, &second) > worth(accounts, &first) { second } else { first }
}

/// Σ margin·R(x), summed in the order of accounts with its rounding carried along.
pub(super) fn worth(accounts: &[Account], visits: &[u32]) -> f64 {
    let parts: Vec<f64> =
        accounts.par_iter().zip(visits).map(|(account, &visits)| account.worth(visits)).collect();
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for part in parts {
        let next = sum + part;
        lost += if sum.abs() >= part.abs() { (sum - next) + part } else { (part - next) + sum };
        sum = next;
    }
    sum + lost
}

struct Relaxation {
    relaxed: Relaxed,
    usage: Usage,
    bound: f64,
}

impl Relaxation {
    /// One limit made of two: `share` of money and the rest of time, each as a part of what there is.
    fn new(accounts: &[Account], steps: &[Step], limits: Limits, share: f64) -> Self {
        let money = limits.money.map_or(0, |money| money.0);
        let weights = Prices {
            tick: (1.0 - share) / (limits.ticks as f64).max(1.0),
            money: share / (money as f64).max(1.0),
        };
        let ranked = ranked(accounts, steps, weights);
        // With time alone whole numbers decide what fits; a blend of two limits needs reals.
        let capacity = weights.of(Usage { ticks: limits.ticks, money });
        let fits = |usage: Usage| {
            if share == 0.0 { usage.ticks <= limits.ticks } else { weights.of(usage) <= capacity }
        };
        let (base, usage, ratio) = prefix(accounts, steps, &ranked, fits);
        let prices = Prices { tick: ratio * weights.tick, money: ratio * weights.money };
        let slack = Usage { ticks: limits.ticks - usage.ticks, money: money.saturating_sub(usage.money) };
        let bound_over_base = prices.of(slack);
        let bound = worth(accounts, &base) + bound_over_base;
        let greedy = all_that_fit(accounts, steps, &ranked, limits);
        Relaxation { relaxed: Relaxed { prices, base, bound_over_base, greedy }, usage, bound }
    }
}

/// Steps by worth for their weight, the best first; equal ones by account.
fn ranked(accounts: &[Account], steps: &[Step], weights: Prices) -> Vec<(f64, u32)> {
    let mut ranked: Vec<(f64, u32)> = steps
        .par_iter()
        .enumerate()
        .map(|(index, step)| {
            let ratio = step.slope / weights.visit(&accounts[step.account as usize]);
            (ratio, index as u32)
        })
        .collect();
    ranked.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked
}

/// Takes steps until one does not fit; the visits, what they use, and that step's worth for its weight
/// (0 if all fit).
fn prefix(
    accounts: &[Account],
    steps: &[Step],
    ranked: &[(f64, u32)],
    fits: impl Fn(Usage) -> bool,
) -> (Vec<u32>, Usage, f64) {
    let mut visits: Vec<u32> = accounts.iter().map(|account| account.min_visits).collect();
    let mut usage = Usage::total(accounts, &visits);
    for &(ratio, index) in ranked {
        let step = steps[index as usize];
        let place = step.account as usize;
        let next = usage.plus(Usage::of(&accounts[place], i64::from(step.visits)));
        if !fits(next) {
            return (visits, usage, ratio);
        }
        visits[place] += step.visits;
        usage = next;
    }
    (visits, usage, 0.0)
}

/// Takes every step that fits, and none of an account after one that did not.
fn all_that_fit(accounts: &[Account], steps: &[Step], ranked: &[(f64, u32)], limits: Limits) -> Vec<u32> {
    let mut visits: Vec<u32> = accounts.iter().map(|account| account.min_visits).collect();
    let mut usage = Usage::total(accounts, &visits);
    let mut closed = vec![false; accounts.len()];
    for &(_, index) in ranked {
        let step = steps[index as usize];
        let place = step.account as usize;
        let next = usage.plus(Usage::of(&accounts[place], i64::from(step.visits)));
        if closed[place] || !next.fits(limits) {
            closed[place] = true;
            continue;
        }
        visits[place] += step.visits;
        usage = next;
    }
    visits
}
