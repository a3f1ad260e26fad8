//! From services to dated visits.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use rayon::prelude::*;

use crate::domain::{Day, Notice, Tier};
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
use super::params::{UnknownReps, VisitsValidParams};
use super::plan::{NotPlanned, RepPlan, Visit, VisitPlan, WhyNot};
use super::routes::{FullDay, finish};
use super::schedule::{Schedule, Work, schedule};
use super::tasks::{Horizon, Slot, Task, Travel, slots};

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

/// Part of the split below which the visits planned are told. Some are not due yet, or come in the days after the plan.
const TOLD_BELOW: f64 = 0.95;

/// Rounds of trying again what is late after moves between days.
const AGAIN: usize = 8;

struct Made {
    visits: Vec<Visit>,
    without: Vec<NotPlanned>,
    rep: RepPlan,
    /// The customer to be visited most often beyond what the days allow: index, visits wanted, visits the days allow.
    beyond: Option<(u32, f64, u32)>,
    /// Visits that the service plan has in these days.
    wanted: f64,
    /// Days with more agreed than the rep has hours or visits for.
    full: Vec<FullDay>,
}

/// Says that the service plan asks for more visits than there are days, with the worst example.
fn beyond_days(planning: &Planning, made: &[Made]) -> Option<Notice> {
    let customers: u32 = made.iter().map(|made| made.rep.beyond_days).sum();
    let worst = made.iter().filter_map(|made| Some((made.beyond?, &made.rep)));
    let ((customer, wanted, days), rep) =
        worst.min_by(|(a, _), (b, _)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)))?;
    Some(
        Notice::new("visits-beyond-days")
            .with("customers", customers)
            .with("example", &*planning.table.ids[customer as usize])
            .with("wanted", wanted.round() as u32)
            .with("days", days)
            .with("rep", &*rep.rep),
    )
}

/// Says that not even the longest intervals leave time for all of Ⅰ, with the rep who lacks most.
fn left_out(planning: &Planning, plan: &VisitPlan) -> Option<Notice> {
    let mut lacking: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in &plan.not_planned {
        let tier = planning.tiering.tiers.get(entry.customer as usize);
        if tier == Some(&Tier::I) && entry.why_not == WhyNot::NoTime {
            *lacking.entry(&entry.rep).or_default() += 1;
        }
    }
    let (rep, most) = lacking.iter().max_by_key(|(_, count)| **count)?;
    Some(
        Notice::new("visits-leave-out-one")
            .with("customers", lacking.values().sum::<u32>())
            .with("rep", *rep)
            .with("most", *most),
    )
}

/// Says that the days hold fewer visits than the best split has, with the rep who lacks most.
fn below_split(planning: &Planning, made: &[Made]) -> Option<Notice> {
    planning.service.allocated.as_ref()?;
    let wanted: f64 = made.iter().map(|made| made.wanted).sum();
    let visits: u32 = made.iter().map(|made| made.rep.visits).sum();
    let lacks = |made: &Made| made.wanted - f64::from(made.rep.visits);
    let worst = made.iter().max_by(|a, b| lacks(a).total_cmp(&lacks(b)))?;
    (f64::from(visits) < wanted * TOLD_BELOW).then(|| {
        Notice::new("visits-below-split")
            .with("wanted", wanted.round() as u32)
            .with("visits", visits)
            .with("rep", &*worst.rep.rep)
            .with("own", worst.wanted.round() as u32)
            .with("planned", worst.rep.visits)
    })
}

/// Says that more was agreed than a day holds, with the fullest day.
fn beyond_day(reps: &[Rep], made: &[Made]) -> Option<Notice> {
    let full = || made.iter().zip(reps).flat_map(|(made, rep)| made.full.iter().map(move |day| (rep, day)));
    let (rep, worst) = full().max_by(|(_, a), (_, b)| a.hours.total_cmp(&b.hours).then(b.day.cmp(&a.day)))?;
    Some(
        Notice::new("agreed-beyond-day")
            .with("days", full().count())
            .with("rep", &*rep.name)
            .with("day", worst.day.to_string())
            .with("visits", worst.visits)
            .with("hours", format!("{:.1}", worst.hours))
            .with("most", rep.visits_per_day)
            .with("has", format!("{:.1}", rep.hours_per_day)),
    )
}

fn plan_rep(
    rep: &Rep,
    tasks: &[Task],
    planning: &Planning,
    horizon: Horizon,
    params: &VisitsValidParams,
) -> Made {
    let mut days = slots(rep, &planning.calendar.absences, horizon, params);
    let hours = days.iter().map(|slot| slot.limit / 60.0 / params.fill).sum();
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
