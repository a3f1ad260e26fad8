//! Who is visited when, by whom, and why.
//!
//! **In:** the customers with their value, tier and service (visits a period, minutes a visit), the visit
//! log, the reps with their hours, days off, appointments, and the plan before with what reps answered.
//! **Out:** a [`VisitPlan`]: dated visits in the order of each rep's day, every other customer with the
//! reason why not, each rep's hours and kilometres, and what became of the plan before.
//!
//! # The rule in words
//! 1. *Interval.* `period_days` of the service plan over visits a period. States by the days since the last visit,
//!    on the as-of date: `overdue` past the interval, `due` from 70 % of it, `covered` below, `never_visited`, `planned`
//!    with an agreed day. Nobody is visited again before 70 % of the interval.
//! 2. *Charge.* The customer table says who is in charge; a blank is filled by who visited last. If it names nobody, customers
//!    go to the nearest rep or are split into neighbouring areas of equal work ([`Assign`]).
//! 3. *Fixed days.* Appointments, accepted suggestions, wishes, and the plan before inside the freeze window stay, whatever
//!    else; a visit of the plan before whose day was closed since is planned anew. A dismissed suggestion is not made again for one interval.
//! 4. *Rhythm.* First visits come before second ones; within that tier Ⅰ, then the state, then value at stake.
//!    A visit goes to the day within ±50 % of the interval (`spacing`) that costs least: days off the rhythm, kilometres added, a full
//!    day, and a day outside the customer's area. Days off are excepted: the first open day after the window is in time.
//! 5. *Too little time.* All intervals of the rep are stretched by the least factor with which 98 % of visits find their day, so their
//!    ratio stays. A tier-Ⅰ customer due within the plan keeps one visit within it. What still finds no day is `late` or
//!    stays out with its reason.
//! 6. *The way.* The rep's customers are cut along a Hilbert curve into one area a working day; visits then move between days while
//!    that shortens the way, what was late or found no day is tried again, and each day's stops are ordered by 2-opt and or-opt.
//!
//! # Units
//! Days are whole; hours and minutes are decimal; kilometres are great-circle, times `detour` over `speed_kmh` for time.
//!
//! # Sources
//! Urgency as days since the last visit over the interval, eligibility from 70 % of it and proportional stretching
//! follow the practice of visit planners (portatour; states as in Perenso). 2-opt: Croes (1958), Operations Research 6(6);
//! or-opt: Or (1976), Northwestern University. Planning whom to visit and the way together: Meyer, Glock & Radaschewski, arXiv 2011.14822.

mod again;
mod agreed;
mod assign;
mod desks;
pub mod events;
mod execution;
mod force;
mod geography;
mod improve;
mod inputs;
mod notices;
mod params;
mod plan;
mod planning;
pub mod returned;
mod routes;
mod schedule;
mod slots;
pub mod tables;
mod tasks;

pub use execution::{Answer, Execution, NoChange, VisitRate};
pub use force::{Field, force};
pub use inputs::{
    Absence, Appointment, Calendar, Decision, EarlierPlan, EarlierVisit, Override, Rep, VisitRecord,
};
pub use params::{Assign, DayUse, UnknownReps, VisitsParams, VisitsValidParams};
pub use plan::{NotPlanned, RepPlan, Visit, VisitCause, VisitPlan, VisitState, WhyNot};
pub use planning::{Planning, plan};
