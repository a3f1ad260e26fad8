//! `visits.csv` and `not_planned.csv` back into a visit plan.

use std::path::Path;

use super::table::Table;
use crate::error::Result;
use crate::result::Segmentation;
use crate::visits::{NotPlanned, Visit, VisitCause, VisitPlan, VisitState, WhyNot};

const STATES: [(&str, VisitState); 5] = [
    ("overdue", VisitState::Overdue),
    ("due", VisitState::Due),
    ("planned", VisitState::Planned),
    ("never_visited", VisitState::NeverVisited),
    ("covered", VisitState::Covered),
];

pub(super) fn read(folder: &Path, all: &Segmentation) -> Result<VisitPlan> {
    let place = |id: &str| all.table.ids.binary_search_by(|known| (**known).cmp(id)).ok().map(|at| at as u32);
    let mut plan = VisitPlan::default();
    let mut table = Table::open(&folder.join("visits.csv"))?;
    while table.next()? {
        let Some(customer) = place(table.text("customer_id")) else { continue };
        let state = table.text("state");
        plan.visits.push(Visit {
            date: table.word("date")?,
            sequence: table.word("sequence")?,
            rep: table.text("rep").into(),
            customer,
            // What reports do not show of a visit is not in the file: these stay neutral.
            cause: VisitCause::Interval,
            wanted_interval_days: table.maybe("interval_days")?.unwrap_or_default(),
            late: false,
            visit_number: 1,
            km: None,
            travel_minutes: 0,
            days_since_visit: table.maybe("days_since_visit")?,
            value: all.value.amounts[customer as usize],
            state: STATES
                .into_iter()
                .find(|(word, _)| *word == state)
                .map_or(VisitState::Covered, |(_, state)| state),
            last_visit: table.maybe("last_visit")?,
            interval_days: table.maybe("interval_days")?.unwrap_or_default(),
            due_date: table.word("due_date")?,
            minutes: table.maybe("minutes")?.unwrap_or_default(),
        });
    }
    let without = folder.join("not_planned.csv");
    if without.exists() {
        let mut table = Table::open(&without)?;
        while table.next()? {
            let Some(customer) = place(table.text("customer_id")) else { continue };
            let rep = table.text("rep").into();
            let word = table.text("why_not");
            let why_not =
                WhyNot::ALL.into_iter().find(|reason| reason.as_str() == word).unwrap_or(WhyNot::NoVisits);
            plan.not_planned.push(NotPlanned { customer, rep, why_not, due_date: None });
        }
    }
    Ok(plan)
}
