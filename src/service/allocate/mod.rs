//! The best split of visits: which account gets how many, so that the sales won are worth most.
//!
//! **In:** one [`Account`] each: how its sales answer to visits ([`Response`]), what a unit of
//! sales leaves ([`Account::margin`]), minutes and money a visit takes, fewest and most visits; and
//! the [`Limits`]: minutes, and money if visits have a cost.
//!
//! **Out:** an [`Allocation`]: whole visits for every account, what they earn, the least upper
//! bound that was proven, and what one more hour would be worth.
//!
//! **Rule:** maximise Σ margin·R(x) over whole x within the limits. Sales may answer in an S
//! (the first visit alone does nothing), so taking the best visit next is not enough. It is a
//! multiple-choice knapsack, solved in three steps:
//!
//! 1. `hull`: per account, the upper concave hull of (visits, worth). Its steps, sorted by
//!    worth per minute, are taken until time runs out. The step that no longer fits, taken in
//!    part, gives an upper bound; the rest is a plan already.
//! 2. `relax`: with money as a second limit, the exchange rate of minutes and money that makes
//!    the bound least.
//! 3. `core`: every option loses something against the bound at that price. Options that lose
//!    more than the gap cannot be in the best plan; the others are combined by dynamic programming over
//!    the accounts, the least loss first, until no account left can close the gap. Then the plan
//!    is optimal. A limit on states ends the search earlier; the gap left is then proven and told.
//!
//! Time is counted in 1/100 minute and money in 1/10 000, both whole, so no limit is ever passed by
//! rounding.
//!
//! **Sources:** Sinha & Zoltners (1979), Operations Research 27(3), 503–515 (the knapsack and its
//! hull); Pisinger (1995), European Journal of Operational Research 83, 394–410 (the core that
//! grows); Lodish (1971), Management Science 18(4), P25–P40 (CALLPLAN, four questions an account);
//! Little (1970), Management Science 16(8), B466–B485 (ADBUDG); Albers, Mantrala & Sridhar (2010),
//! Journal of Marketing Research 47(5), 840–853 (elasticities).

mod core;
mod history;
mod hull;
mod relax;
mod report;
mod response;
mod segments;

pub use history::{Estimate, FEWEST, Fit, History, Prior, fit, log_stock};
pub use report::{Allocation, Split, even_split, proportional_split};
pub use response::{Adbudg, Response};

use crate::domain::Money;
use crate::error::{Error, Fault, Result};

/// Parts of a minute that time is counted in.
pub const TICKS_PER_MINUTE: i64 = 100;

/// More visits than this to one account in one period are a slip of the pen.
pub const MOST_VISITS: u32 = 10_000;

/// One account to split visits over.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Sales as a function of visits.
    pub response: Response,
    /// What one unit of sales is worth, 0 or more (a share of sales, or a weight).
    pub margin: f64,
    /// What a visit takes, 1/100 minute, above 0.
    pub ticks: u32,
    /// What a visit costs; zero if visits cost only time.
    pub cost: Money,
    /// Fewest visits.
    pub min_visits: u32,
    /// Most visits, at least `min_visits`, at most [`MOST_VISITS`].
    pub max_visits: u32,
}

impl Account {
    /// What `visits` visits bring: margin times sales.
    pub fn worth(&self, visits: u32) -> f64 {
        self.margin * self.response.sales(f64::from(visits))
    }

    /// Worth of the next visit per minute.
    pub fn marginal_per_minute(&self, visits: u32) -> f64 {
        let minutes = f64::from(self.ticks) / TICKS_PER_MINUTE as f64;
        (self.worth(visits.saturating_add(1)) - self.worth(visits)) / minutes
    }
}

/// What there is to split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time, 1/100 minute.
    pub ticks: i64,
    /// Money for visits; none if money does not matter.
    pub money: Option<Money>,
}

/// How long to look for the optimum.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// States that may be made; the same input then gives the same plan on every machine.
    pub states: u32,
    /// Asked now and then; true ends the search, by a clock for example.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl Effort<'_> {
    /// Enough for most tables; some seconds when all of it is used.
    pub const STATES: u32 = 10_000_000;
}

impl Default for Effort<'_> {
    fn default() -> Self {
        Effort { states: Self::STATES, stop: &|| false }
    }
}

/// Time and money used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) ticks: i64,
    pub(crate) money: i64,
}

impl Usage {
    pub(crate) fn of(account: &Account, visits: i64) -> Usage {
        Usage {
            ticks: i64::from(account.ticks).saturating_mul(visits),
            money: account.cost.0.saturating_mul(visits),
        }
    }

    pub(crate) fn plus(self, other: Usage) -> Usage {
        Usage { ticks: self.ticks.saturating_add(other.ticks), money: self.money.saturating_add(other.money) }
    }

    pub(crate) fn total(accounts: &[Account], visits: &[u32]) -> Usage {
        accounts
            .iter()
            .zip(visits)
            .fold(Usage::default(), |sum, (account, &visits)| sum.plus(Usage::of(account, i64::from(visits))))
    }

    pub(crate) fn fits(self, limits: Limits) -> bool {
        self.ticks <= limits.ticks && limits.money.is_none_or(|money| self.money <= money.0)
    }
}

/// Splits the visits so that they are worth most.
///
/// * `accounts`: in any order; the result keeps it.
///
/// # Errors
/// E511 for an account whose time, cost, margin or limits make no sense (`place` is not known here:
/// the cause names the account's position, 1 the first); E512 if the fewest visits alone need more than
/// there is.
pub fn allocate(accounts: &[Account], limits: Limits, effort: Effort) -> Result<Allocation> {
    check(accounts, limits)?;
    let hour = Limits { ticks: limits.ticks.saturating_add(60 * TICKS_PER_MINUTE), ..limits };
    let steps = hull::steps(accounts, hour);
    let best = core::solve(accounts, &steps, limits, effort);
    let more = core::solve(accounts, &steps, hour, effort);
    Ok(report::allocation(accounts, best, &more))
}

fn check(accounts: &[Account], limits: Limits) -> Result<()> {
    let mut faults = Vec::new();
    for (index, account) in accounts.iter().enumerate() {
        if let Some(cause) = account_fault(account) {
            faults.push(Fault::new(511, format!("account {}: {cause}", index + 1)));
        }
    }
    Error::unless_empty(faults)?;
    let fewest: Vec<u32> = accounts.iter().map(|account| account.min_visits).collect();
    let needed = Usage::total(accounts, &fewest);
    if needed.fits(limits) {
        return Ok(());
    }
    let minutes = |ticks: i64| ticks as f64 / TICKS_PER_MINUTE as f64;
    let cause = if needed.ticks > limits.ticks {
        let (needs, has) = (minutes(needed.ticks), minutes(limits.ticks));
        format!("the fewest visits need {needs} minutes, but there are {has}")
    } else {
        let has = limits.money.unwrap_or_default();
        format!("the fewest visits cost {}, but there is {has}", Money(needed.money))
    };
    Err(Fault::new(512, cause).hint("lower min_visits, or give more time or money").into())
}

/// What is wrong with the account, if anything.
pub fn account_fault(account: &Account) -> Option<String> {
    if account.ticks == 0 {
        Some("a visit must take some time".to_owned())
    } else if account.cost.0 < 0 {
        Some(format!("a visit cannot cost {}", account.cost))
    } else if !(account.margin.is_finite() && account.margin >= 0.0) {
        Some(format!("the margin must be 0 or more, not {}", account.margin))
    } else if account.min_visits > account.max_visits {
        Some(format!("min_visits ({}) is above max_visits ({})", account.min_visits, account.max_visits))
    } else if account.max_visits > MOST_VISITS {
        Some(format!("max_visits ({}) is above {MOST_VISITS}", account.max_visits))
    } else if !account.worth(account.max_visits).is_finite() {
        Some("sales are too large to count".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
