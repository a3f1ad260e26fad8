//! From a bound and a plan to the best plan: the core that grows until the gap is closed.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::hull::{Step, most_visits};
use super::relax::{Prices, Relaxed, relax, worth};
use super::{Account, Effort, Limits, Usage};

/// The best plan found and what no plan can pass.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    /// Visits of every account.
    pub(super) visits: Vec<u32>,
    /// Σ margin·R(x).
    pub(super) objective: f64,
    /// No plan is worth more; equal to `objective` if that is proven.
    pub(super) bound: f64,
    /// The bound before the search.
    pub(super) relaxed_bound: f64,
    /// Worth of one minute at the bound.
    pub(super) minute: f64,
    /// States made in the search.
    pub(super) states: u64,
}

/// An account with the options that could be part of the best plan.
struct Candidate {
    account: u32,
    /// Least loss of its options.
    least: f64,
    options: Vec<Choice>,
}

/// Another number of visits than in the base plan, and what that changes.
#[derive(Clone, Copy)]
struct Choice {
    visits: u32,
    usage: Usage,
    worth: f64,
    /// What is lost against the bound at its prices.
    loss: f64,
}

/// Some choices made, all else as in the base plan; figures relative to that.
#[derive(Clone, Copy)]
struct State {
    usage: Usage,
    worth: f64,
    loss: f64,
    /// Place in the trail of the choices before the last one.
    trail: u32,
    /// The last choice, not yet in the trail.
    fresh: Option<u32>,
}

/// One choice on the way to a state, and where the choices before it are.
#[derive(Clone, Copy)]
struct Link {
    before: u32,
    account: u32,
    visits: u32,
}

/// Where the choices of a plan are: the trail, and a last one that is not in it.
#[derive(Clone, Copy)]
struct Plan {
    trail: u32,
    last: Option<(u32, u32)>,
}

const ROOT: u32 = u32::MAX;

/// Solves the knapsack for these limits.
pub(super) fn solve(accounts: &[Account], steps: &[Step], limits: Limits, effort: Effort) -> Solution {
    let relaxed = relax(accounts, steps, limits);
    let base_worth = worth(accounts, &relaxed.base);
    let greedy_worth = worth(accounts, &relaxed.greedy);
    let relaxed_bound = (base_worth + relaxed.bound_over_base).max(greedy_worth);
    let mut search = Search {
        slack: slack(accounts, &relaxed, limits),
        bound: relaxed.bound_over_base,
        best: greedy_worth - base_worth,
        best_plan: None,
        trail: Vec::new(),
        states: 0,
        tolerance: 1e-13 * relaxed_bound.abs().max(f64::MIN_POSITIVE),
        effort,
    };
    let candidates = candidates(accounts, &relaxed, limits, search.bound - search.best);
    let left = search.run(&candidates);
    let visits = match search.best_plan {
        Some(plan) => search.visits(plan, relaxed.base),
        None => relaxed.greedy,
    };
    let objective = worth(accounts, &visits);
    let bound = if left <= search.tolerance { objective } else { (objective + left).min(relaxed_bound) };
    Solution {
        visits,
        objective,
        bound: bound.max(objective),
        relaxed_bound: relaxed_bound.max(objective),
        minute: relaxed.prices.tick * super::TICKS_PER_MINUTE as f64,
        states: search.states,
    }
}

fn slack(accounts: &[Account], relaxed: &Relaxed, limits: Limits) -> Usage {
    let used = Usage::total(accounts, &relaxed.base);
    let money = limits.money.map_or(i64::MAX, |money| money.0.saturating_sub(used.money));
    Usage { ticks: limits.ticks - used.ticks, money }
}

/// Options that lose less than `gap`, by account; accounts by their least loss.
fn candidates(accounts: &[Account], relaxed: &Relaxed, limits: Limits, gap: f64) -> Vec<Candidate> {
    if gap <= 0.0 {
        return Vec::new();
    }
    let mut found: Vec<Candidate> = accounts
        .par_iter()
        .enumerate()
        .filter_map(|(index, account)| {
            let options = choices(account, relaxed.base[index], relaxed.prices, limits, gap);
            let least = options.iter().map(|option| option.loss).min_by(f64::total_cmp)?;
            Some(Candidate { account: index as u32, least, options })
        })
        .collect();
    found.par_sort_by(|a, b| a.least.total_cmp(&b.least).then(a.account.cmp(&b.account)));
    found
}

fn choices(account: &Account, base: u32, prices: Prices, limits: Limits, gap: f64) -> Vec<Choice> {
    let price = prices.visit(account);
    let at_base = account.worth(base);
    // Visits beyond all time there is fit with nothing else; the base plan never holds them.
    let most = most_visits(account, limits).max(base);
    (account.min_visits..=most)
        .filter(|&visits| visits != base)
        .filter_map(|visits| {
            let more = i64::from(visits) - i64::from(base);
            let worth = account.worth(visits) - at_base;
            let loss = (price * more as f64 - worth).max(0.0);
            (loss < gap).then(|| Choice { visits, usage: Usage::of(account, more), worth, loss })
        })
        .collect()
}

struct Search<'a> {
    slack: Usage,
    /// Bound, relative to the base plan.
    bound: f64,
    /// Worth of the best plan, relative to the base plan.
    best: f64,
    best_plan: Option<Plan>,
    trail: Vec<Link>,
    states: u64,
    tolerance: f64,
    effort: Effort<'a>,
}

impl Search<'_> {
    /// Looks for a better plan; returns the gap that could not be closed.
    fn run(&mut self, candidates: &[Candidate]) -> f64 {
        let start = State { usage: Usage::default(), worth: 0.0, loss: 0.0, trail: ROOT, fresh: None };
        self.consider(start, ROOT);
        let mut states = vec![start];
        for candidate in candidates {
            // Drops states that cannot pass the best plan even with the cheapest change to come.
            states.retain(|state| self.bound - state.loss - candidate.least > self.best + self.tolerance);
            if states.is_empty() {
                return 0.0;
            }
            let wanted = states.len() as u64 * candidate.options.len() as u64;
            if self.states + wanted > u64::from(self.effort.states) || (self.effort.stop)() {
                // A state that goes on from here loses at least this candidate's least loss more;
                // one that stops here has been considered.
                let lost = states.iter().map(|state| state.loss).fold(f64::INFINITY, f64::min);
                return (self.bound - lost - candidate.least - self.best).max(0.0);
            }
            self.states += wanted;
            states = self.grow(&states, candidate);
        }
        0.0
    }

    /// Keeps the state if it is a plan and the best so far; `account` is the one chosen for last.
    fn consider(&mut self, state: State, account: u32) {
        let fits = state.usage.ticks <= self.slack.ticks && state.usage.money <= self.slack.money;
        if fits && state.worth > self.best {
            self.best = state.worth;
            let last = state.fresh.map(|visits| (account, visits));
            self.best_plan = Some(Plan { trail: state.trail, last });
        }
    }

    /// Every state with and without a change to the candidate, without those that others beat.
    fn grow(&mut self, states: &[State], candidate: &Candidate) -> Vec<State> {
        let mut grown = states.to_vec();
        for state in states {
            for option in &candidate.options {
                let next = State {
                    usage: state.usage.plus(option.usage),
                    worth: state.worth + option.worth,
                    loss: state.loss + option.loss,
                    trail: state.trail,
                    fresh: Some(option.visits),
                };
                if self.bound - next.loss > self.best + self.tolerance {
                    self.consider(next, candidate.account);
                    grown.push(next);
                }
            }
        }
        let mut kept = undominated(grown);
        for state in &mut kept {
            if let Some(visits) = state.fresh.take() {
                let link = Link { before: state.trail, account: candidate.account, visits };
                state.trail = self.trail.len() as u32;
                self.trail.push(link);
            }
        }
        kept
    }

    /// The visits of a plan: those of the base plan with its choices.
    fn visits(&self, plan: Plan, mut visits: Vec<u32>) -> Vec<u32> {
        if let Some((account, chosen)) = plan.last {
            visits[account as usize] = chosen;
        }
        let mut at = plan.trail;
        while at != ROOT {
            let link = self.trail[at as usize];
            visits[link.account as usize] = link.visits;
            at = link.before;
        }
        visits
    }
}

/// States for which no other uses no more time and no more money and is worth as much.
fn undominated(mut states: Vec<State>) -> Vec<State> {
    states.sort_unstable_by(|a, b| {
        (a.usage.ticks, a.usage.money)
            .cmp(&(b.usage.ticks, b.usage.money))
            .then(b.worth.total_cmp(&a.worth))
            .then((a.trail, a.fresh).cmp(&(b.trail, b.fresh)))
    });
    // Money used → most worth with that much or less; worth rises along the map.
    let mut front: BTreeMap<i64, f64> = BTreeMap::new();
    states.retain(|state| {
        let beaten =
            front.range(..=state.usage.money).next_back().is_some_and(|(_, &most)| most >= state.worth);
        if !beaten {
            let over: Vec<i64> = front
                .range(state.usage.money..)
                .take_while(|(_, most)| **most <= state.worth)
                .map(|(&money, _)| money)
                .collect();
            for money in over {
                front.remove(&money);
            }
            front.insert(state.usage.money, state.worth);
        }
        !beaten
    });
    states
}
