//! What to do with each customer: channel, visits, message, response time, money.
//!
//! **In:** the customers with their value, tier and type, and the `[service]` section of the recipe.
//! **Out:** a [`ServicePlan`]: one [`Service`] per customer and one [`PlanRow`] per tier × type.
//!
//! # The rule in words
//! 1. *Policy.* The recipe holds one row per tier × type, all six. It says who serves (Ⅰ and Ⅱ `direct`,
//!    Ⅲ `distributor`), how many visits a period, how long each takes, which message suits, how soon a
//!    request is answered, how often needs are surveyed where nobody visits, and the share of the budget.
//! 2. *Purchase stage.* A customer whose `purchase_stage` (or another column named by the rule) matches
//!    a stage rule takes its cadence from there: the nearer the purchase, the more often. The first
//!    matching rule counts.
//! 3. *Watch list.* A customer that meets a watch rule is excluded (channel `none`, no visits, no money)
//!    or flagged, with the reason. Exclusion outranks everything.
//! 4. *Budget.* With one, groups get amounts by their shares and customers by `budget_within`; both add
//!    up to the cent (largest remainder).
//!
//! 5. *Allocation.* With `allocation = "optimal"` visits are split anew so that value gains most, within the table's fewest and
//!    most visits and those of a stage rule, each rep's own time for its own customers (see [`allocate`]).
//!
//! # Units
//! Visits are counted per `period_days` days and may be fractions (two a year are 0.15 in 28 days); minutes
//! are per visit for a customer and per period for a group; money is 1/10 000 currency units, in whole cents.
//!
//! # Source
//! The tier × type policy and the cadence by closeness to purchase are those of the pharmaceutical
//! lean-marketing case that the shipped recipes quote. Largest remainder: Hamilton's method of apportionment.

pub mod allocate;
mod budget;
mod columns;
mod force;
mod optimal;
mod gate;
mod params;
mod plan;
mod planning;
mod shares;
mod stages;
#[cfg(test)]
mod tests;
mod watch;

pub use force::{Days, Desk, Force};
pub use gate::ServiceValidParams;
pub use optimal::{Allocated, DeskSplit};
pub use params::{
    AllocationMethod, BudgetWithin, MessageText, OptimalParams, PolicyRow, ServiceParams, StageRule,
    WatchAction, WatchRule, WatchValue,
};
pub use plan::{Alike, PlanRow, Service, ServicePlan};
pub use planning::{plan, plan_alike};
#[cfg(feature = "cluster")]
pub use planning::{tell_watched, watched};
