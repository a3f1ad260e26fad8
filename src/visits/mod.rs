//! Who is visited when, by whom, and why.

mod plan;

pub use plan::{NotPlanned, Visit, VisitPlan, VisitState};
