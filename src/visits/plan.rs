//! The outcome of visit planning.

use serde::Serialize;

use crate::domain::Day;

/// Dated visits of every rep.
#[derive(Clone, Debug, Default)]
pub struct VisitPlan {
    /// By rep, date, sequence.
    pub visits: Vec<Visit>,
    /// Customers without a visit, by rep and id.
    pub not_planned: Vec<NotPlanned>,
}

/// One visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The day.
    pub date: Day,
    /// Position within the rep's day, 1 the first.
    pub sequence: u32,
    /// The rep.
    pub rep: Box<str>,
    /// Index of the customer in the feature table.
    pub customer: u32,
    /// How due the customer is on the day planning starts.
    pub state: VisitState,
    /// Last visit before planning; none if never visited.
    pub last_visit: Option<Day>,
    /// Days between visits, after stretching.
    pub interval_days: u32,
    /// The day the visit is due.
    pub due_date: Day,
    /// Minutes it takes.
    pub minutes: u32,
}

/// How due a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    /// The interval has passed.
    Overdue,
    /// At least 70 % of the interval has passed.
    Due,
    /// An agreed appointment.
    Planned,
    /// Never visited.
    NeverVisited,
    /// Visited lately enough.
    Covered,
}

/// A customer without a visit.
#[derive(Clone, Debug, PartialEq)]
pub struct NotPlanned {
    /// Index of the customer in the feature table.
    pub customer: u32,
    /// The rep in charge; empty if nobody is.
    pub rep: Box<str>,
    /// Why there is no visit: a message key.
    pub why_not: Box<str>,
}
