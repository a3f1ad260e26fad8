//! The outcome of visit planning.

use serde::Serialize;

use crate::domain::{Day, Money, Notice};

use super::events::EarlierEvent;
use super::execution::Execution;

/// Dated visits of every rep.
#[derive(Clone, Debug, Default)]
pub struct VisitPlan {
    /// By rep, date, sequence.
    pub visits: Vec<Visit>,
    /// Customers without a visit, by rep and id.
    pub not_planned: Vec<NotPlanned>,
    /// First and last day planned.
    pub horizon: Option<(Day, Day)>,
    /// One per rep, in the order of the table of reps.
    pub reps: Vec<RepPlan>,
    /// What became of earlier plans; none without a visit log.
    pub execution: Option<Execution>,
    /// The calendars of the plan before: what this plan does not take over has to be called off.
    pub earlier_events: Vec<EarlierEvent>,
    /// What the reader should know.
    pub warnings: Vec<Notice>,
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
    /// Why this visit stands here.
    pub cause: VisitCause,
    /// Last visit before planning; none if never visited.
    pub last_visit: Option<Day>,
    /// Days from the last visit to the day planning starts; none if never visited.
    pub days_since_visit: Option<u32>,
    /// Days between visits, after stretching, rounded; at least 1, or 0 if the service plan has no visits for the customer
    /// and this one was agreed.
    pub interval_days: u32,
    /// The same before stretching.
    pub wanted_interval_days: u32,
    /// True if `interval_days` is longer for want of days that suit, not of hours.
    pub days_bind: bool,
    /// The day the visit is due.
    pub due_date: Day,
    /// True if the gap before this visit is longer than the interval allows, for want of time.
    pub late: bool,
    /// Position among the customer's visits in this plan, 1 the first.
    pub visit_number: u32,
    /// Minutes it takes, without the way.
    pub minutes: u32,
    /// Value at stake: what the customer brings.
    pub value: Money,
    /// Kilometres from the stop before (or the rep's home); none without coordinates.
    pub km: Option<f64>,
    /// Minutes on the way to the customer, estimated.
    pub travel_minutes: u32,
}

/// Why a visit stands in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitCause {
    /// A fixed appointment.
    Appointment,
    /// Kept from the plan before, inside its freeze window.
    Kept,
    /// The interval has passed, or will have by then.
    Interval,
    /// The customer was never visited.
    First,
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

impl VisitState {
    /// As machine files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            VisitState::Overdue => "overdue",
            VisitState::Due => "due",
            VisitState::Planned => "planned",
            VisitState::NeverVisited => "never_visited",
            VisitState::Covered => "covered",
        }
    }
}

/// A customer without a visit.
#[derive(Clone, Debug, PartialEq)]
pub struct NotPlanned {
    /// Index of the customer in the feature table.
    pub customer: u32,
    /// The rep in charge; empty if nobody is.
    pub rep: Box<str>,
    /// Why there is no visit.
    pub why_not: WhyNot,
    /// The day the next visit is due, where there is one.
    pub due_date: Option<Day>,
}

/// Why a customer has no visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// Nobody is in charge of the customer.
    NoRep,
    /// The customer's rep is not in the table of reps.
    UnknownRep,
    /// A distributor serves the customer.
    Distributor,
    /// A watch rule keeps the customer out.
    Excluded,
    /// The service plan has no visits for the customer.
    NoVisits,
    /// The next visit is due after the last day planned.
    NotDue,
    /// Time is short: the stretched interval ends after the last day planned.
    Stretched,
    /// Every day that suits is full.
    NoTime,
    /// The rep has no working day that suits in the time planned.
    NoDay,
    /// The visit takes longer than the rep's day.
    TooLong,
    /// The rep dismissed the suggestion.
    Dismissed,
}

impl WhyNot {
    /// All there are.
    pub const ALL: [WhyNot; 11] = [
        WhyNot::NoRep,
        WhyNot::UnknownRep,
        WhyNot::Distributor,
        WhyNot::Excluded,
        WhyNot::NoVisits,
        WhyNot::NotDue,
        WhyNot::Stretched,
        WhyNot::NoTime,
        WhyNot::NoDay,
        WhyNot::TooLong,
        WhyNot::Dismissed,
    ];

    /// As machine files write it; also the key of the message.
    pub const fn as_str(self) -> &'static str {
        match self {
            WhyNot::NoRep => "no_rep",
            WhyNot::UnknownRep => "unknown_rep",
            WhyNot::Distributor => "distributor",
            WhyNot::Excluded => "excluded",
            WhyNot::NoVisits => "no_visits",
            WhyNot::NotDue => "not_due",
            WhyNot::Stretched => "stretched",
            WhyNot::NoTime => "no_time",
            WhyNot::NoDay => "no_day",
            WhyNot::TooLong => "too_long",
            WhyNot::Dismissed => "dismissed",
        }
    }
}

/// One rep's time and way.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RepPlan {
    /// The rep.
    pub rep: Box<str>,
    /// Customers in charge of that are to be visited.
    pub customers: u32,
    /// Days with room for visits.
    pub days: u32,
    /// Visits planned.
    pub visits: u32,
    /// Hours there are for visits and the way.
    pub hours: f64,
    /// Hours of visits.
    pub visit_hours: f64,
    /// Hours on the way, estimated.
    pub travel_hours: f64,
    /// (`visit_hours` + `travel_hours`)/`hours`, 0–1; 0 without hours.
    pub utilisation: f64,
    /// All intervals are this many times as long as wished (or as the days allow), 1 or more.
    pub stretch: f64,
    /// Customers who are to be visited more often than the rep's days allow.
    pub beyond_days: u32,
    /// Kilometres as the crow flies, stops in the order of the plan; none without coordinates.
    pub km: Option<f64>,
    /// The same days with stops in nearest-neighbour order.
    pub km_nearest_neighbour: Option<f64>,
    /// The same days with stops in the order they were planned, by priority.
    pub km_by_priority: Option<f64>,
}
