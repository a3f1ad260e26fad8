//! The `[service]` section of a recipe, before its gate.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::{Channel, CustomerType, Tier};

/// How the visits of a period are counted, who gets which, and how money is split.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceParams {
    /// Days of the period that visits are counted in, 1–366.
    pub period_days: u32,
    /// Money for the whole period, currency units, above 0; none to plan without money.
    pub budget: Option<f64>,
    /// How a group's money is split among its customers.
    pub budget_within: BudgetWithin,
    /// How visits are split among customers.
    pub allocation: AllocationMethod,
    /// How to find the best split; used by `optimal` alone.
    pub optimal: OptimalParams,
    /// One row per tier × type, all six.
    pub policy: Vec<PolicyRow>,
    /// The messages that rows and rules name.
    pub messages: BTreeMap<String, MessageText>,
    /// Cadence by closeness to purchase, the first matching rule counts.
    pub stages: Vec<StageRule>,
    /// Who is kept out of the plan or marked, and why; none for nobody.
    pub watch: Option<Vec<WatchRule>>,
}

/// How a group's money is split among its customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BudgetWithin {
    /// The same for everyone.
    Equal,
    /// In proportion to value; values of 0 and less get nothing, unless no value is positive.
    Value,
}

/// How visits are split among customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AllocationMethod {
    /// As the policy table says.
    Policy,
    /// So that they earn most, within the table's fewest and most visits.
    Optimal,
}

/// How the best split is found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimalParams {
    /// Response of value to visits, 0–1.
    pub elasticity: f64,
    /// Hours for visits in the period, all reps together, above 0; none for as many as the policy table takes.
    pub hours: Option<f64>,
    /// Part plans to try before the best found is taken with its gap.
    pub states: u32,
}

/// The service of one tier × type.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRow {
    /// The tier.
    pub tier: Tier,
    /// The type.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// Who serves: `direct` or `distributor`.
    pub channel: Channel,
    /// Visits a customer and period; 0 unless `direct`.
    pub visits: f64,
    /// The fewest that an allocation may plan.
    pub min_visits: u32,
    /// The most that an allocation may plan.
    pub max_visits: u32,
    /// Minutes a visit takes, 1–1440; also where only a stage rule plans visits.
    pub minutes: u32,
    /// A key of the messages.
    pub message: String,
    /// Hours within which a request is answered, 1–8784.
    pub response_hours: u32,
    /// Days between surveys of needs, 1–3660; where nobody visits.
    pub survey_days: Option<u32>,
    /// Share of the budget, 0–1; the six add up to 1.
    pub budget_share: f64,
}

/// What to tell a customer, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageText {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// The cadence of customers at one stage before a purchase.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRule {
    /// What the plan calls it.
    pub name: String,
    /// The column that holds the stage; `purchase_stage` if silent.
    pub column: Option<String>,
    /// Cells that mean this stage, upper and lower case being the same.
    pub words: Vec<String>,
    /// Months to the purchase, more than the first and up to the second, for cells that hold a span of time.
    pub months: Option<[f64; 2]>,
    /// Days between visits, more than 0; 0 for no visits.
    pub every_days: f64,
    /// True if the rule only raises visits, never lowers them.
    pub at_least: bool,
    /// Minutes a visit takes; those of the policy row if silent.
    pub minutes: Option<u32>,
    /// Days between mailings or calls where the rule plans no visits.
    pub survey_days: Option<u32>,
    /// A key of the messages; that of the policy row if silent.
    pub message: Option<String>,
}

/// Who is kept out of the plan or marked.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchRule {
    /// A column of the customer table or a feature.
    pub column: String,
    /// True if the input must have the column; else the rule rests without it, with a warning.
    pub required: bool,
    /// Holds if the number is larger.
    pub above: Option<f64>,
    /// Holds if the number is smaller.
    pub below: Option<f64>,
    /// Holds if the cell is this.
    pub equals: Option<WatchValue>,
    /// Why, in the planner's words.
    pub reason: String,
    /// What follows.
    pub action: WatchAction,
}

/// What a cell is compared with.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum WatchValue {
    /// A number.
    Number(f64),
    /// A word, upper and lower case being the same.
    Text(String),
}

/// What follows from a watch rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WatchAction {
    /// Channel `none`, no visits, no money.
    Exclude,
    /// Served as planned, but the plan says why to take care.
    Flag,
}
