//! From services to dated visits.

use hashbrown::HashSet;
use rayon::prelude::*;

use crate::domain::Day;
use crate::error::{Error, Fault, Result, nearest};
use crate::features::FeatureTable;
use crate::scoring::Value;
use crate::service::ServicePlan;
use crate::tiering::Tiering;

use super::again::try_again;
use super::assign::{Charge, charges};
use super::desks::{Desks, Past};
use super::execution::{execution, vain_wishes};
use super::geography::{Place, Way, curve_positions};
use super::improve::shorten;
use super::inputs::{Calendar, EarlierPlan, Rep, VisitRecord};
use super::notices::{below_split, beyond_day, beyond_days, left_out};
use super::params::{UnknownReps, VisitsValidParams};
use super::plan::{NotPlanned, RepPlan, Visit, VisitPlan};
use super::routes::{FullDay, finish};
use super::schedule::{Schedule, Work, schedule};
use super::slots::{Slot, Travel, slots};
use super::tasks::{Horizon, Task};

/// Everything planning is told; per-customer vectors are in the order of `table`.
#[derive(Clone, Copy, Debug)]
pub struct Planning<'a> {
    /// The customers.
    pub table: &'a FeatureTable,
    /// What each brings.
    pub value: &'a Value,
    /// Tiers.
    pub tiering: &'a Tiering,
    /// Visits a period and minutes a visit.
    pub service: &'a ServicePlan,
    /// Visits up to `as_of`.
    pub log: &'a [VisitRecord],
    /// The reps.
    pub reps: &'a [Rep],
    /// Days off and appointments.
    pub calendar: &'a Calendar,
    /// The plan before, and what reps answered.
    pub earlier: Option<&'a EarlierPlan>,
    /// The last day that counts; planning starts the day after.
    pub as_of: Day,
}

/// Plans dated visits for every rep.
///
/// Returns every customer either with a visit or with the reason why there is none.
///
/// # Errors
/// E550 for customers and appointments of reps that are not in the table of reps (if the recipe refuses
/// them), E553 for appointments of customers that are not there.
pub fn plan(planning: &Planning, params: &VisitsValidParams) -> Result<VisitPlan> {
    let horizon = Horizon {
        from: planning.as_of.plus(1),
        to: planning.as_of.plus(i32::try_from(params.horizon_days).unwrap_or(i32::MAX)),
    };
    let past = Past::new(planning.table, planning.log, planning.as_of);
    let charges = charges(planning.table, planning.service, planning.reps, &past.last_rep, params);
    refuse_unknown(planning, &charges, params)?;
    let mut desks = Desks::new(planning, &charges, &past, horizon, params);
    desks.agree(planning, &charges, &past, horizon, params)?;
    let made: Vec<Made> = desks
        .tasks
        .par_iter()
        .zip(planning.reps)
        .map(|(tasks, rep)| plan_rep(rep, tasks, planning, horizon, params))
        .collect();
    let mut plan = VisitPlan { horizon: Some((horizon.from, horizon.to)), ..VisitPlan::default() };
    plan.warnings = past.warnings;
    plan.warnings.append(&mut desks.warnings);
    plan.not_planned = desks.not_planned;
    plan.warnings.extend(beyond_days(planning, &made));
    plan.warnings.extend(beyond_day(planning.reps, &made));
    let below_split = below_split(planning, &made);
    for made in made {
        plan.visits.extend(made.visits);
        plan.not_planned.extend(made.without);
        plan.reps.push(made.rep);
    }
    // Whom another rep has agreed to visit is planned, whatever the one in charge can do.
    let visited: HashSet<u32> = plan.visits.iter().map(|visit| visit.customer).collect();
    plan.not_planned.retain(|entry| !visited.contains(&entry.customer));
    plan.warnings.extend(left_out(planning, &plan));
    plan.warnings.extend(below_split);
    plan.visits.sort_by(|a, b| (&a.rep, a.date, a.sequence).cmp(&(&b.rep, b.date, b.sequence)));
    plan.not_planned.sort_by(|a, b| (&a.rep, a.customer).cmp(&(&b.rep, b.customer)));
    plan.execution = execution(planning, &charges, params);
    plan.warnings.extend(plan.execution.as_ref().and_then(vain_wishes));
    plan.earlier_events = planning.earlier.map_or_else(Vec::new, |earlier| earlier.events.clone());
    Ok(plan)
}

/// Index of a customer by id.
pub(super) fn find(table: &FeatureTable, id: &str) -> Option<usize> {
    table.ids.binary_search_by(|have| (**have).cmp(id)).ok()
}

fn refuse_unknown(planning: &Planning, charges: &[Charge], params: &VisitsValidParams) -> Result<()> {
    if params.unknown_reps == UnknownReps::Leave {
        return Ok(());
    }
    let mut faults = Vec::new();
    for (index, _) in charges.iter().enumerate().filter(|(_, charge)| **charge == Charge::Unknown) {
        let profile = planning.table.profile(index);
        let rep = profile.and_then(|profile| profile.rep.as_deref()).unwrap_or_default();
        let id = &planning.table.ids[index];
        faults.push(unknown_rep(planning.reps, rep, &format!("customer \"{id}\"")));
    }
    let more = faults.len().saturating_sub(10);
    faults.truncate(10);
    if more > 0
        && let Some(last) = faults.last_mut()
    {
        last.cause.push_str(&format!(" ({more} more like this)"));
    }
    Error::unless_empty(faults)
}

fn unknown_rep(reps: &[Rep], rep: &str, who: &str) -> Fault {
    let names = || reps.iter().map(|rep| &*rep.name);
    let near = nearest(rep, names()).map_or(String::new(), |name| format!("did you mean \"{name}\"? "));
    Fault::new(550, format!("{who} has the rep \"{rep}\", who is not in the table of reps")).hint(
        format!(
            "{near}add the rep to the table, or set visits.unknown_reps = \"leave\" to plan without these customers"
        ),
    )
}

/// Rounds of trying again what is late after moves between days.
const AGAIN: usize = 8;

/// One rep's plan.
pub(super) struct Made {
    visits: Vec<Visit>,
    without: Vec<NotPlanned>,
    pub(super) rep: RepPlan,
    /// The customer to be visited most often beyond what the days allow: index, visits wanted, visits the days allow.
    pub(super) beyond: Option<(u32, f64, u32)>,
    /// Visits that the service plan has in these days.
    pub(super) wanted: f64,
    /// Days with more agreed than the rep has hours or visits for.
    pub(super) full: Vec<FullDay>,
}

fn plan_rep(
    rep: &Rep,
    tasks: &[Task],
    planning: &Planning,
    horizon: Horizon,
    params: &VisitsValidParams,
) -> Made {
    let mut days = slots(rep, &planning.calendar.absences, horizon, params);
    // An empty sum is −0.
    let hours = days.iter().map(|slot| slot.limit / 60.0 / params.fill).sum::<f64>() + 0.0;
    let open_days = days.len() as u32;
    let mut tasks = tasks.to_vec();
    for task in &mut tasks {
        task.count_days(&days, horizon, params.spacing);
    }
    let tasks = &tasks[..];
    open_for_agreed(&mut days, tasks);
    let home = rep.home.and_then(|(lat, lon)| Place::new(lat, lon));
    let travel = Travel {
        way: Way { home },
        per_km: params.detour / params.speed_kmh * 60.0,
        flat: params.travel_minutes,
    };
    let work = Work { tasks, slots: &days, horizon, travel, far: far(tasks), params };
    let mut made = schedule(&work);
    shorten(&work, &mut made);
    // Each time something gets better, so this ends; the limit is for plans in which little is left to gain.
    for _ in 0..AGAIN {
        if !try_again(&work, &mut made) {
            break;
        }
        shorten(&work, &mut made);
    }
    let without = without(rep, tasks, &made, horizon);
    let (visits, mut told, full) = finish(rep, &work, &made, planning.as_of);
    told.days = open_days;
    let beyond = || tasks.iter().filter(|task| task.capped(horizon).is_some());
    told.beyond_days = beyond().count() as u32;
    let worst = beyond().min_by(|a, b| a.interval.total_cmp(&b.interval).then(a.customer.cmp(&b.customer)));
    let wanted =
        tasks.iter().filter(|task| task.has_rhythm()).map(|task| horizon.days() / task.interval).sum();
    let beyond = worst.map(|task| (task.customer, horizon.days() / task.interval, task.most.unwrap_or(0)));
    told.hours = hours;
    told.utilisation = if hours > 0.0 { (told.visit_hours + told.travel_hours) / hours } else { 0.0 };
    Made { visits, without, rep: told, beyond, wanted, full }
}

/// Agreed visits stay even on days off; such days hold nothing else.
fn open_for_agreed(days: &mut Vec<Slot>, tasks: &[Task]) {
    for &(day, _) in tasks.iter().flat_map(|task| &task.agreed) {
        if let Err(place) = days.binary_search_by_key(&day, |slot| slot.day) {
            days.insert(place, Slot::closed(day));
        }
    }
}

fn without(rep: &Rep, tasks: &[Task], made: &Schedule, horizon: Horizon) -> Vec<NotPlanned> {
    let mut has_visit = vec![false; tasks.len()];
    for stop in &made.stops {
        has_visit[stop.task] = true;
    }
    made.without
        .iter()
        .filter(|(index, _)| !has_visit[*index])
        .map(|&(index, why_not)| {
            let due = tasks[index].first_target(made.stretch, horizon);
            NotPlanned {
                customer: tasks[index].customer,
                rep: rep.name.clone(),
                why_not,
                due_date: Some(Day(due.round() as i32)),
            }
        })
        .collect()
}

/// Kilometres that count as much as a whole interval: four times the way to a neighbour.
fn far(tasks: &[Task]) -> f64 {
    let mut places: Vec<Place> = tasks.iter().filter_map(|task| task.place).collect();
    let positions = curve_positions(&places);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&index| (positions[index], index));
    places = order.into_iter().map(|index| places[index]).collect();
    let legs = places.len().saturating_sub(1).max(1) as f64;
    let km: f64 = places.windows(2).map(|pair| pair[0].km_to(pair[1])).sum();
    (4.0 * km / legs).max(1.0)
}
