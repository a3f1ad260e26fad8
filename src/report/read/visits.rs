//! `visits.csv` and `not_planned.csv` back into a visit plan.

use std::path::Path;

use hashbrown::HashMap;

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
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    while table.next()? {
        let Some(customer) = place(table.text("customer_id")) else { continue };
        let word = table.text("state");
        let state = STATES
            .into_iter()
            .find(|(known, _)| *known == word)
            .map_or(VisitState::Covered, |(_, state)| state);
        let visit_number = numbers.entry(customer).or_insert(0);
        *visit_number += 1;
        plan.visits.push(Visit {
            date: table.word("date")?,
            sequence: table.word("sequence")?,
            rep: table.text("rep").into(),
            customer,
            cause: match state {
                VisitState::NeverVisited if *visit_number == 1 => VisitCause::First,
                VisitState::Planned => VisitCause::Appointment,
                _ => VisitCause::Interval,
            },
            // What reports do not show of a visit is not in the file: these stay neutral.
            wanted_interval_days: table.maybe("interval_days")?.unwrap_or_default(),
            days_bind: false,
            late: false,
            visit_number: *visit_number,
            km: None,
            travel_minutes: 0,
            days_since_visit: table.maybe("days_since_visit")?,
            value: all.value.amounts[customer as usize],
            state,
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
