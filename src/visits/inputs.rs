//! What planning is told besides the customers: reps, past visits, closed days, agreements.

use crate::domain::Day;

use super::events::EarlierEvent;
use super::params::VisitsValidParams;

/// One rep.
#[derive(Clone, Debug, PartialEq)]
pub struct Rep {
    /// The name, as the customer table writes it.
    pub name: Box<str>,
    /// Hours a day for visits and the way, above 0 to 24.
    pub hours_per_day: f64,
    /// Most visits a day, 1 or more.
    pub visits_per_day: u32,
    /// Days a week, 1–7.
    pub days_per_week: u32,
    /// Home: latitude and longitude, degrees.
    pub home: Option<(f64, f64)>,
}

impl Rep {
    /// A rep with the hours and days of the recipe.
    pub fn new(name: &str, params: &VisitsValidParams) -> Self {
        Rep {
            name: name.into(),
            hours_per_day: params.hours_per_day,
            visits_per_day: params.visits_per_day,
            days_per_week: params.days_per_week,
            home: None,
        }
    }
}

/// A visit that took place.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitRecord {
    /// The customer's id.
    pub customer: Box<str>,
    /// The day.
    pub day: Day,
    /// Who visited; none if the log does not say.
    pub rep: Option<Box<str>>,
    /// What came of it, as written.
    pub outcome: Option<Box<str>>,
}

/// Days off and appointments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// Days on which a rep is away, both ends included; for everybody if no rep is named.
    pub absences: Vec<Absence>,
    /// Agreed visits.
    pub appointments: Vec<Appointment>,
}

/// Days on which visits are not possible.
#[derive(Clone, Debug, PartialEq)]
pub struct Absence {
    /// The rep; none for everybody (a holiday).
    pub rep: Option<Box<str>>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

/// A visit agreed with the customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Appointment {
    /// The customer's id.
    pub customer: Box<str>,
    /// The day.
    pub day: Day,
    /// Who visits; none for the rep in charge.
    pub rep: Option<Box<str>>,
    /// Line of the calendar, 1 the first.
    pub line: u64,
}

/// What is known of an earlier plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EarlierPlan {
    /// Its visits.
    pub visits: Vec<EarlierVisit>,
    /// What reps decided about its suggestions.
    pub overrides: Vec<Override>,
    /// What reps noted without deciding anything.
    pub notes: Vec<RepNote>,
    /// The calendars written with it; empty if there are none.
    pub events: Vec<EarlierEvent>,
}

/// One visit of an earlier plan.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierVisit {
    /// The customer's id.
    pub customer: Box<str>,
    /// The rep.
    pub rep: Box<str>,
    /// The day planned.
    pub day: Day,
    /// Tier then, as written.
    pub tier: Box<str>,
    /// The customer's last visit that the plan knew of.
    pub known: Option<Day>,
}

/// A rep's answer to a suggestion.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The customer's id.
    pub customer: Box<str>,
    /// The rep.
    pub rep: Box<str>,
    /// The day that was suggested.
    pub day: Day,
    /// What was decided.
    pub decision: Decision,
    /// Why, in the rep's words; may be empty.
    pub reason: Box<str>,
    /// The day the rep wishes instead.
    pub wish: Option<Day>,
}

/// A rep's words on a suggested visit, such as on its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct RepNote {
    /// The customer's id.
    pub customer: Box<str>,
    /// The rep.
    pub rep: Box<str>,
    /// The day that was suggested.
    pub day: Day,
    /// The words.
    pub note: Box<str>,
}

/// What a rep decided about a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The visit is agreed.
    Accepted,
    /// The rep will not go.
    Dismissed,
    /// The rep wishes another day.
    Moved,
}

impl Decision {
    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Decision::Accepted => "accepted",
            Decision::Dismissed => "dismissed",
            Decision::Moved => "moved",
        }
    }
}
