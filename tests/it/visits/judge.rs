//! Judges a plan by the rules of the issue, written without a look at the planner.

use std::collections::{BTreeMap, BTreeSet};

use erba::domain::{Day, Tier};
use erba::visits::{Appointment, Visit, VisitCause, VisitPlan, VisitState, VisitsValidParams, WhyNot};

use super::{Customer, Example};

fn monday_is_zero(day: Day) -> usize {
    let monday: Day = "2023-01-02".parse().unwrap();
    day.since(monday).rem_euclid(7) as usize
}

/// Every rule that is broken, in words.
pub(crate) fn faults(example: &Example, plan: &VisitPlan, params: &VisitsValidParams) -> Vec<String> {
    let mut faults = Vec::new();
    days_and_hours(example, plan, params, &mut faults);
    everybody(example, plan, &mut faults);
    spacing(example, plan, params, &mut faults);
    first_tier(example, plan, &mut faults);
    lateness(example, plan, params, &mut faults);
    fixed(example, plan, &mut faults);
    faults
}

fn closed(example: &Example, params: &VisitsValidParams, rep: &str, day: Day) -> bool {
    let Some(rep) = example.reps.iter().find(|one| *one.name == *rep) else { return true };
    let away = example.calendar.absences.iter().any(|absence| {
        absence.rep.as_ref().is_none_or(|name| *name == rep.name) && absence.from <= day && day <= absence.to
    });
    let text = day.to_string();
    away || params.holidays.contains(&text) || monday_is_zero(day) >= rep.days_per_week as usize
}

/// Hours, visits, sequence numbers and whether an appointment stands there, of each rep's day.
type Days<'p> = BTreeMap<(&'p str, Day), (f64, u32, Vec<u32>, bool)>;

fn days_and_hours(example: &Example, plan: &VisitPlan, params: &VisitsValidParams, faults: &mut Vec<String>) {
    let mut days = Days::new();
    for visit in &plan.visits {
        let fixed = matches!(visit.cause, VisitCause::Appointment | VisitCause::Kept);
        if visit.date <= example.as_of || visit.date.since(example.as_of) > params.horizon_days as i32 {
            faults.push(format!("{} is outside the time planned", visit.date));
        }
        if closed(example, params, &visit.rep, visit.date) && !fixed {
            faults.push(format!("{} has a visit on {}, a day off", visit.rep, visit.date));
        }
        let day = days.entry((&visit.rep, visit.date)).or_default();
        day.0 += f64::from(visit.minutes);
        // Km are as the crow flies from the stop before; the way home is not counted here.
        day.0 += match visit.km {
            Some(km) => km * params.detour / params.speed_kmh * 60.0,
            None if example.customers[visit.customer as usize].place.is_none() => params.travel_minutes,
            None => 0.0,
        };
        day.1 += 1;
        day.2.push(visit.sequence);
        day.3 |= fixed;
    }
    for ((name, day), (minutes, count, sequence, fixed)) in days {
        let Some(rep) = example.reps.iter().find(|rep| *rep.name == *name) else {
            faults.push(format!("{name} is no rep"));
            continue;
        };
        if !fixed && (minutes > rep.hours_per_day * 60.0 + 1e-6 || count > rep.visits_per_day) {
            faults.push(format!("{name} has {count} visits and {minutes} minutes on {day}"));
        }
        if sequence != (1..=count).collect::<Vec<_>>() {
            faults.push(format!("{name}'s stops on {day} are numbered {sequence:?}"));
        }
    }
}

fn everybody(example: &Example, plan: &VisitPlan, faults: &mut Vec<String>) {
    let visited: BTreeSet<u32> = plan.visits.iter().map(|visit| visit.customer).collect();
    let explained: BTreeSet<u32> = plan.not_planned.iter().map(|entry| entry.customer).collect();
    if explained.len() != plan.not_planned.len() {
        faults.push("a customer is explained twice".into());
    }
    for index in 0..example.customers.len() as u32 {
        if visited.contains(&index) == explained.contains(&index) {
            faults.push(format!("customer {index} is neither planned nor explained, or both"));
        }
    }
}

fn spacing(example: &Example, plan: &VisitPlan, params: &VisitsValidParams, faults: &mut Vec<String>) {
    let mut by_customer: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, visit) in plan.visits.iter().enumerate() {
        by_customer.entry(visit.customer).or_default().push(index);
    }
    for (customer, mut visits) in by_customer {
        visits.sort_by_key(|&index| plan.visits[index].date);
        let known = &example.customers[customer as usize];
        // An agreement alone has no rhythm.
        if known.visits == 0.0 {
            continue;
        }
        let mut before = known.last;
        for index in visits {
            let visit = &plan.visits[index];
            let fixed = matches!(visit.cause, VisitCause::Appointment | VisitCause::Kept);
            let interval = 28.0 / known.visits;
            if let Some(last) = before {
                let gap = f64::from(visit.date.since(last));
                if gap <= 0.0 {
                    faults.push(format!("customer {customer} has two visits on {}", visit.date));
                }
                if gap < interval * (1.0 - params.spacing) - 1e-6 && !fixed {
                    faults.push(format!("customer {customer}: {gap} days before {} are too few", visit.date));
                }
                let stretch =
                    plan.reps.iter().find(|rep| rep.rep == visit.rep).map_or(1.0, |rep| rep.stretch);
                let base = if stretch > 1.0 {
                    interval.max(possible(example, params, known, &visit.rep))
                } else {
                    interval
                };
                let longest = base * stretch * (1.0 + params.spacing);
                // Days off are nobody's fault, and an overdue visit cannot be in time any more.
                let mut latest = last.plus(longest.max(1.0) as i32).max(example.as_of.plus(1));
                while closed(example, params, &visit.rep, latest) && latest < visit.date {
                    latest = latest.plus(1);
                }
                let overdue = before == known.last && visit.state == VisitState::Overdue;
                if visit.date > latest && !visit.late && !overdue && !fixed {
                    faults
                        .push(format!("customer {customer}: {gap} days before {} are too many", visit.date));
                }
            }
            before = Some(visit.date);
        }
    }
}

/// A customer's last visit in the plan is not late if a day in time has room; where the way takes the same to everybody.
fn lateness(example: &Example, plan: &VisitPlan, params: &VisitsValidParams, faults: &mut Vec<String>) {
    let known = |visit: &Visit| &example.customers[visit.customer as usize];
    for late in plan.visits.iter().filter(|visit| visit.late) {
        let of_rep = || plan.visits.iter().filter(|visit| visit.rep == late.rep);
        let Some(rep) = example.reps.iter().find(|rep| rep.name == late.rep) else { continue };
        let own: Vec<&Visit> = plan.visits.iter().filter(|visit| visit.customer == late.customer).collect();
        let before = own.iter().map(|visit| visit.date).filter(|day| *day < late.date).max();
        let (Some(before), false) = (before, own.iter().any(|visit| visit.date > late.date)) else {
            continue;
        };
        if of_rep().any(|visit| known(visit).place.is_some()) {
            continue;
        }
        let interval = 28.0 / known(late).visits;
        let stretch = plan.reps.iter().find(|told| told.rep == late.rep).map_or(1.0, |told| told.stretch);
        let longest = interval.max(possible(example, params, known(late), &late.rep)) * stretch;
        let (least, most) = ((longest * (1.0 - params.spacing)).ceil(), interval * (1.0 + params.spacing));
        for day in (least as i32..=most as i32).map(|days| before.plus(days)) {
            let that_day = || of_rep().filter(|visit| visit.date == day);
            let minutes = |visit: &Visit| f64::from(visit.minutes) + params.travel_minutes;
            let used: f64 = that_day().chain([late]).map(minutes).sum();
            let room = used <= rep.hours_per_day * 60.0 * params.fill
                && that_day().count() < rep.visits_per_day as usize;
            if day > example.as_of && day < late.date && !closed(example, params, &late.rep, day) && room {
                faults
                    .push(format!("customer {} is late on {}, and {day} has room", late.customer, late.date));
            }
        }
    }
}

/// Days between as many visits as the rep's open days hold, no two closer than half the interval.
fn possible(example: &Example, params: &VisitsValidParams, customer: &Customer, rep: &str) -> f64 {
    let least = (28.0 / customer.visits * (1.0 - params.spacing) - 1e-9).ceil().max(1.0) as i32;
    let mut last = customer.last;
    let mut count = 0;
    for number in 1..=params.horizon_days as i32 {
        let day = example.as_of.plus(number);
        if !closed(example, params, rep, day) && last.is_none_or(|last| day.since(last) >= least) {
            last = Some(day);
            count += 1;
        }
    }
    if count == 0 { 0.0 } else { f64::from(params.horizon_days) / f64::from(count) }
}

fn first_tier(example: &Example, plan: &VisitPlan, faults: &mut Vec<String>) {
    let lower_visited: BTreeSet<&str> = plan
        .visits
        .iter()
        .filter(|visit| example.customers[visit.customer as usize].tier != Tier::I)
        .map(|visit| &*visit.rep)
        .collect();
    for entry in &plan.not_planned {
        let tier = example.customers[entry.customer as usize].tier;
        // A stretched interval is no reason to leave out tier Ⅰ while others are visited.
        if tier == Tier::I && lower_visited.contains(&*entry.rep) && entry.why_not == WhyNot::Stretched {
            faults.push(format!("customer {} of tier I is left out for lower tiers", entry.customer));
        }
    }
}

fn fixed(example: &Example, plan: &VisitPlan, faults: &mut Vec<String>) {
    for appointment in &example.calendar.appointments {
        let Some(index) = example.customers.iter().position(|one| *one.id == *appointment.customer) else {
            continue;
        };
        let by = |rep: &str| appointment.rep.as_deref().is_none_or(|name| name == rep);
        let same_day = |visit: &&Visit| visit.customer as usize == index && visit.date == appointment.day;
        // Of two reps who agreed on the same day one goes.
        let day =
            |other: &&Appointment| other.customer == appointment.customer && other.day == appointment.day;
        let alone = example.calendar.appointments.iter().filter(day).count() == 1;
        let kept = plan.visits.iter().filter(same_day).any(|visit| by(&visit.rep) || !alone);
        if !kept && (example.customers[index].rep.is_some() || appointment.rep.is_some()) {
            faults.push(format!("the appointment with {} is lost", appointment.customer));
        }
    }
}
