//! What to do with each customer: channel, call frequency, message, budget.

mod plan;

pub use plan::{PlanRow, Service, ServicePlan};
