//! The outcome of service planning.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{Channel, CustomerType, Money, Notice, Tier};

use super::optimal::Allocated;
use super::params::MessageText;

/// What is planned for each customer and for each group.
#[derive(Clone, Debug, Default)]
pub struct ServicePlan {
    /// One per customer, in the order of the feature table.
    pub customers: Vec<Service>,
    /// One per tier × type, Ⅰ innovative first; all six are there even if empty.
    pub groups: Vec<PlanRow>,
    /// Days of the period that visits are counted in.
    pub period_days: u32,
    /// Money to split; none if the recipe has no budget.
    pub budget: Option<Money>,
    /// How visits were split: `policy` or `optimal`.
    pub allocation: String,
    /// What the best split is worth; none for `policy`.
    pub allocated: Option<Allocated>,
    /// The words behind every message key.
    pub messages: BTreeMap<String, MessageText>,
    /// What the reader should know.
    pub warnings: Vec<Notice>,
}

/// The service of one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Who serves.
    pub channel: Channel,
    /// Visits a period; 0 for customers not visited.
    pub visits: f64,
    /// Minutes a visit takes.
    pub minutes: u32,
    /// Which message suits the customer: a key of the recipe's messages.
    pub message: Arc<str>,
    /// Hours within which a request is answered.
    pub response_hours: u32,
    /// Days between surveys of needs, for customers not visited; none if visited.
    pub survey_days: Option<u32>,
    /// Money for this customer; none without a budget.
    pub budget: Option<Money>,
    /// What else than the policy table was at work: `stage: …`, `watch: …`, both with `; ` between, or
    /// `excluded: …`.
    pub rule: Option<Box<str>>,
}

/// The service of one tier × type.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRow {
    /// The tier.
    pub tier: Tier,
    /// The type.
    pub customer_type: CustomerType,
    /// How many customers.
    pub customers: u32,
    /// Their value.
    pub value: Money,
    /// Who serves, by the policy table.
    pub channel: Channel,
    /// Mean visits a customer and period.
    pub visits_per_customer: f64,
    /// Visits a period, all customers.
    pub visits: f64,
    /// Minutes a period, all customers.
    pub minutes: f64,
    /// Money; none without a budget.
    pub budget: Option<Money>,
    /// Share of budget, 0–1; the shares of all rows add up to 1.
    pub budget_share: f64,
    /// Which message suits the group.
    pub message: Box<str>,
}

/// Customers alike in tier, type and service, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The tier.
    pub tier: Tier,
    /// True if promoted into it by potential.
    pub promoted: bool,
    /// The tier by value alone.
    pub by_value: Tier,
    /// The type.
    pub customer_type: CustomerType,
    /// True if the type rests on evidence.
    pub typed: bool,
    /// False if excluded.
    pub served: bool,
    /// Visits a period.
    pub visits: f64,
    /// Minutes a visit takes.
    pub minutes: u32,
    /// How many customers.
    pub customers: u64,
    /// Their value, 1/10 000 units.
    pub value: i128,
}
