//! Fixed days: appointments, what reps answered, and visits kept from the plan before.

use hashbrown::HashMap;

use crate::domain::{Day, Notice};
use crate::error::{Error, Fault, Result};

use super::assign::Charge;
use super::desks::{Desks, Groups, Past, task};
use super::inputs::{Appointment, Decision};
use super::params::VisitsValidParams;
use super::plan::{VisitCause, VisitState};
use super::planning::{Planning, find};
use super::slots::slots;
use super::tasks::{Horizon, NO_RHYTHM, Task};

impl Desks {
    /// Appointments, kept visits and wishes become fixed days.
    pub(super) fn agree(
        &mut self,
        planning: &Planning,
        charges: &[Charge],
        past: &Past,
        horizon: Horizon,
        params: &VisitsValidParams,
    ) -> Result<()> {
        let groups = Groups::new(planning.table, params);
        let open = planning.reps.iter().map(|rep| {
            let days = slots(rep, &planning.calendar.absences, horizon, params);
            days.iter().map(|slot| slot.day).collect()
        });
        let mut agreeing = Agreeing {
            planning,
            charges,
            past,
            groups,
            params,
            open: open.collect(),
            places: self.places(),
            moved: Closed::default(),
            kept: Closed::default(),
        };
        let (mut faults, mut outside, mut twice) = (Vec::new(), Vec::new(), Vec::new());
        for appointment in &planning.calendar.appointments {
            let Some(index) = find(planning.table, &appointment.customer) else {
                let cause = format!(
                    "there is no customer \"{}\" to meet on {}",
                    appointment.customer, appointment.day
                );
                faults.push(Fault::new(553, cause));
                continue;
            };
            let rep = appointment.rep.as_deref();
            if !horizon.holds(appointment.day) {
                outside.push(appointment);
            } else if !self.fix(&mut agreeing, index, rep, appointment.day, VisitCause::Appointment) {
                twice.push(appointment);
            }
        }
        Error::unless_empty(faults)?;
        self.warnings.extend(idle(Notice::new("appointments-outside"), &outside));
        self.warnings.extend(idle(Notice::new("appointments-twice"), &twice));
        self.agree_as_before(&mut agreeing, horizon);
        let Agreeing { moved, kept, .. } = agreeing;
        let told = [
            moved.told(Notice::new("kept-off-closed-days")),
            kept.told(Notice::new("agreed-on-closed-days")),
        ];
        self.warnings.extend(told.into_iter().flatten());
        Ok(())
    }

    /// What reps answered, and the plan before inside its freeze window.
    fn agree_as_before(&mut self, agreeing: &mut Agreeing, horizon: Horizon) {
        let (planning, params) = (agreeing.planning, agreeing.params);
        let Some(earlier) = planning.earlier else { return };
        for answer in &earlier.overrides {
            let day = match answer.decision {
                Decision::Accepted => Some(answer.day),
                Decision::Moved => answer.wish,
                Decision::Dismissed => None,
            };
            if let (Some(index), Some(day)) = (find(planning.table, &answer.customer), day)
                && horizon.holds(day)
            {
                self.fix(agreeing, index, Some(&answer.rep), day, VisitCause::Appointment);
            }
        }
        let frozen = horizon.from.plus(i32::try_from(params.freeze_days).unwrap_or(i32::MAX));
        for visit in &earlier.visits {
            let answered = earlier
                .overrides
                .iter()
                .any(|answer| answer.customer == visit.customer && answer.day == visit.day);
            if let Some(index) = find(planning.table, &visit.customer)
                && horizon.holds(visit.day)
                && visit.day < frozen
                && !answered
            {
                self.fix(agreeing, index, Some(&visit.rep), visit.day, VisitCause::Kept);
            }
        }
    }

    /// Where each customer's tasks lie: desk and place on it.
    fn places(&self) -> HashMap<u32, Vec<(usize, usize)>> {
        let mut places: HashMap<u32, Vec<(usize, usize)>> = HashMap::new();
        for (desk, tasks) in self.tasks.iter().enumerate() {
            for (at, task) in tasks.iter().enumerate() {
                places.entry(task.customer).or_default().push((desk, at));
            }
        }
        places
    }

    /// Fixes a day with the rep named, else with the one in charge; also for customers without visits in the service plan or with
    /// another rep in charge. False if the customer has that day fixed already.
    fn fix(
        &mut self,
        by: &mut Agreeing,
        index: usize,
        rep: Option<&str>,
        day: Day,
        cause: VisitCause,
    ) -> bool {
        let reps = by.planning.reps;
        let in_charge = match by.charges[index] {
            Charge::Rep(rep) => Some(rep as usize),
            _ => None,
        };
        let named = rep.and_then(|name| reps.iter().position(|rep| *rep.name == *name.trim()));
        let Some(desk) = named.or(in_charge) else {
            self.warnings.push(
                Notice::new("visit-without-rep")
                    .with("customer", &*by.planning.table.ids[index])
                    .with("day", day.to_string()),
            );
            return true;
        };
        let places = by.places.entry(index as u32).or_default();
        // Nobody is visited twice a day; an appointment outranks a visit kept.
        let agreed = |task: &Task| task.agreed.iter().any(|(agreed, _)| *agreed == day);
        if places.iter().any(|&(desk, at)| agreed(&self.tasks[desk][at])) {
            return false;
        }
        if by.open[desk].binary_search(&day).is_err() {
            if cause == VisitCause::Kept {
                // Nobody said that the visit is to be on a day that was closed since: the rep is not there.
                by.moved.add(by.planning, index, day, desk);
                return true;
            }
            by.kept.add(by.planning, index, day, desk);
        }
        if !places.iter().any(|(other, _)| *other == desk) {
            let task = task(by.planning, by.past, &by.groups, index, by.params);
            places.push((desk, self.tasks[desk].len()));
            self.tasks[desk].push(Task { interval: NO_RHYTHM, state: VisitState::Planned, ..task });
        }
        for &(other, at) in places.iter() {
            let task = &mut self.tasks[other][at];
            if other == desk {
                task.agreed.push((day, cause));
                task.agreed.sort_unstable();
                task.state = VisitState::Planned;
            } else {
                task.met.push(day);
            }
        }
        true
    }
}

/// Appointments that change nothing, with the first of them.
fn idle(notice: Notice, appointments: &[&Appointment]) -> Option<Notice> {
    let first = appointments.first()?;
    let notice = notice.with("appointments", appointments.len()).with("line", first.line.to_string());
    Some(notice.with("customer", &*first.customer).with("day", first.day.to_string()))
}

/// What fixing a day takes.
struct Agreeing<'a> {
    planning: &'a Planning<'a>,
    charges: &'a [Charge],
    past: &'a Past,
    groups: Groups<'a>,
    params: &'a VisitsValidParams,
    /// Each rep's days on which somebody can be visited, ascending.
    open: Vec<Vec<Day>>,
    places: HashMap<u32, Vec<(usize, usize)>>,
    /// Visits of the plan before that lose their day.
    moved: Closed,
    /// Agreed visits that stay on a closed day.
    kept: Closed,
}

/// Visits on days that are closed: how many, and the first of them.
#[derive(Default)]
struct Closed {
    visits: u32,
    first: Option<(Day, Box<str>, Box<str>)>,
}

impl Closed {
    fn add(&mut self, planning: &Planning, customer: usize, day: Day, desk: usize) {
        self.visits += 1;
        let (customer, rep) = (&planning.table.ids[customer], &planning.reps[desk].name);
        self.first.get_or_insert_with(|| (day, customer.clone(), rep.clone()));
    }

    fn told(self, notice: Notice) -> Option<Notice> {
        let (day, customer, rep) = self.first?;
        let notice = notice.with("visits", self.visits).with("customer", &*customer);
        Some(notice.with("day", day.to_string()).with("rep", &*rep))
    }
}
