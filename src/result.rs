//! One value holding everything a run found, with the parameters and cut points that made it.

use rayon::prelude::*;

use crate::domain::{CustomerType, Day, Money, Notice, Tier, TierReason, Window};
use crate::features::FeatureTable;
pub use crate::ingest::{InputRecord, Reject, RowCounts};
use crate::lifetime::{Holding, Lifetime, portfolio};
use crate::model::FittedModel;
use crate::scoring::{Potential, Value};
use crate::service::{PlanRow, ServicePlan};
use crate::tiering::Tiering;
use crate::typing::Typing;
use crate::visits::VisitPlan;

/// A finished run. Every per-customer vector inside is in the order of `table.ids`.
#[derive(Clone, Debug, Default)]
pub struct Segmentation {
    /// What made it.
    pub settings: Settings,
    /// The files read.
    pub inputs: Vec<InputRecord>,
    /// Where every row went.
    pub rows: RowCounts,
    /// Rows that could not be read, by file and line.
    pub rejects: Vec<Reject>,
    /// What is known of each customer.
    pub table: FeatureTable,
    /// What each will bring, with the models behind it; none unless the recipe asks for it.
    pub lifetime: Option<Lifetime>,
    /// What each brings.
    pub value: Value,
    /// What each could bring.
    pub potential: Potential,
    /// Tiers.
    pub tiering: Tiering,
    /// Types.
    pub typing: Typing,
    /// What to do.
    pub service: ServicePlan,
    /// Dated visits; none without reps.
    pub visits: Option<VisitPlan>,
    /// Who changed tier or type since the previous run; none without `--previous`.
    pub movers: Option<Vec<Mover>>,
    /// What scores other customers by the same measure; none in results put together by hand.
    pub model: Option<FittedModel>,
    /// The file of that model, if this run was scored by one instead of fitting its own.
    pub scored_by: Option<ModelRecord>,
    /// What the reader should know.
    pub warnings: Vec<Notice>,
    /// Wall time by room, milliseconds, in the order of the way.
    pub timings_ms: Vec<(&'static str, f64)>,
}

/// A model file that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRecord {
    /// As the user named it, with the file's name.
    pub path: String,
    /// SHA-256 of the file, lowercase hexadecimal.
    pub sha256: String,
}

/// The parameters of a run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Version of the program.
    pub version: String,
    /// The last day that counts; none without dates.
    pub as_of: Option<Day>,
    /// The window; none without dates.
    pub window: Option<Window>,
    /// Seed of everything drawn by chance.
    pub seed: u64,
    /// The recipe's name.
    pub recipe: String,
    /// The whole recipe after defaults were filled in, as TOML.
    pub recipe_text: String,
    /// Column mappings given on the command line, `role=Column`.
    pub mappings: Vec<String>,
}

/// A customer whose tier or type differs from the previous run's.
#[derive(Clone, Debug, PartialEq)]
pub struct Mover {
    /// The customer's id.
    pub customer_id: Box<str>,
    /// Tier before; none if new.
    pub tier_before: Option<Tier>,
    /// Tier now; none if gone.
    pub tier_now: Option<Tier>,
    /// Type before; none if not known.
    pub type_before: Option<CustomerType>,
    /// Type now; none if gone.
    pub type_now: Option<CustomerType>,
    /// Value before.
    pub value_before: Option<Money>,
    /// Value now.
    pub value_now: Option<Money>,
    /// Why the tier is what it is now.
    pub reason: Option<TierReason>,
}

/// Customers and value of one group, for summaries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GroupTotals {
    /// How many customers.
    pub customers: u64,
    /// Share of customers, 0–1.
    pub customer_share: f64,
    /// Their value.
    pub value: Money,
    /// Share of the value of all customers (negative values count as they are), 0–1 as a rule.
    pub value_share: f64,
}

impl Segmentation {
    /// How many customers, in this memory or not.
    pub fn customers(&self) -> u64 {
        if self.is_spread() { self.grouped(|_| true).0 } else { self.table.len() as u64 }
    }

    /// True if the customers are not in this memory: then the groups of the plan tell of them.
    pub fn is_spread(&self) -> bool {
        self.value.amounts.is_empty() && self.service.groups.iter().any(|row| row.customers > 0)
    }

    /// Customers and value of the groups that `holds` picks.
    fn grouped(&self, holds: impl Fn(&PlanRow) -> bool) -> (u64, Money) {
        let rows = self.service.groups.iter().filter(|row| holds(row));
        rows.fold((0, Money::ZERO), |(customers, value), row| {
            (customers + u64::from(row.customers), Money(value.0.saturating_add(row.value.0)))
        })
    }

    /// Value of all customers, negative ones included.
    pub fn value_total(&self) -> Money {
        if self.is_spread() { self.grouped(|_| true).1 } else { self.held(|_| true).1 }
    }

    /// Totals of one tier.
    pub fn tier_totals(&self, tier: Tier) -> GroupTotals {
        if self.is_spread() {
            return self.share(self.grouped(|row| row.tier == tier));
        }
        self.totals(|index| self.tiering.tiers[index] == tier)
    }

    /// Totals of one type.
    pub fn type_totals(&self, customer_type: CustomerType) -> GroupTotals {
        if self.is_spread() {
            return self.share(self.grouped(|row| row.customer_type == customer_type));
        }
        self.totals(|index| self.typing.types[index] == customer_type)
    }

    /// What each tier × type will bring against what it brought in the window; none without lifetime values.
    pub fn portfolio(&self) -> Option<Vec<Holding>> {
        let past: Vec<Money> = self.table.rows.iter().map(|row| row.sales).collect();
        let mut budget = [0.0; 6];
        for row in &self.service.groups {
            budget[row.tier.index() * 2 + row.customer_type.index()] = row.budget_share;
        }
        let lifetime = self.lifetime.as_ref()?;
        Some(portfolio(lifetime, &past, &self.tiering.tiers, &self.typing.types, &budget))
    }

    /// Totals of the customers that `holds` picks by index.
    pub fn totals(&self, holds: impl Fn(usize) -> bool + Sync) -> GroupTotals {
        self.share(self.held(holds))
    }

    /// How many customers `holds` picks, and their value, at most the largest there is.
    fn held(&self, holds: impl Fn(usize) -> bool + Sync) -> (u64, Money) {
        let amounts = self.value.amounts.par_iter().enumerate().with_min_len(4_096);
        let held =
            amounts.map(|(index, amount)| if holds(index) { (1, i128::from(amount.0)) } else { (0, 0) });
        let (customers, sum) = held.reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        (customers, Money(sum.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
    }

    fn share(&self, (customers, value): (u64, Money)) -> GroupTotals {
        let all = self.customers();
        GroupTotals {
            customers,
            customer_share: if all == 0 { 0.0 } else { customers as f64 / all as f64 },
            value,
            value_share: value.share_of(self.value_total()),
        }
    }
}
