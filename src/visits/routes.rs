//! Orders each day's stops and tells what the rep's days hold.

use crate::domain::Day;

use super::geography::{Place, Way};
use super::inputs::Rep;
use super::plan::{RepPlan, Visit, VisitCause};
use super::schedule::{Schedule, Work};
use super::slots::Slot;

/// A day on which more was agreed than the rep has hours or visits for.
#[derive(Clone, Debug)]
pub(super) struct FullDay {
    pub(super) day: Day,
    pub(super) visits: u32,
    /// Hours of the visits and the way.
    pub(super) hours: f64,
}

/// The visits of one rep by date and sequence, the rep's figures (days and hours are not known here), and days with too
/// much agreed.
pub(super) fn finish(
    rep: &Rep,
    work: &Work,
    made: &Schedule,
    as_of: Day,
) -> (Vec<Visit>, RepPlan, Vec<FullDay>) {
    let mut told = RepPlan {
        rep: rep.name.clone(),
        customers: work.tasks.len() as u32,
        visits: made.stops.len() as u32,
        stretch: made.stretch,
        ..RepPlan::default()
    };
    let mut numbers = vec![0_u32; work.tasks.len()];
    let mut visits = Vec::with_capacity(made.stops.len());
    let mut full = Vec::new();
    for slot in &made.slots {
        let day = order_day(work.travel.way, work, made, slot);
        let before = told.visit_hours + told.travel_hours;
        told.add_day(work, made, slot, &day);
        let hours = told.visit_hours + told.travel_hours - before;
        let fixed =
            |stop: &usize| matches!(made.stops[*stop].cause, VisitCause::Appointment | VisitCause::Kept);
        let is_beyond = slot.stops.len() > rep.visits_per_day as usize || hours > rep.hours_per_day + 1e-6;
        if is_beyond && slot.stops.iter().all(fixed) {
            full.push(FullDay { day: slot.day, visits: slot.stops.len() as u32, hours });
        }
        for ((sequence, &stop), &km) in (1..).zip(&day.order).zip(&day.legs) {
            let placed = made.stops[stop];
            let task = &work.tasks[placed.task];
            numbers[placed.task] += 1;
            let whole = |days: f64| if task.has_rhythm() { days.round().max(1.0) as u32 } else { 0 };
            let interval = task.stretched(made.stretch, work.horizon);
            let capped = task.capped(work.horizon).filter(|capped| *capped > interval);
            visits.push(Visit {
                date: slot.day,
                sequence,
                rep: rep.name.clone(),
                customer: task.customer,
                state: task.state,
                cause: placed.cause,
                last_visit: task.last,
                days_since_visit: task.last.and_then(|last| u32::try_from(as_of.since(last)).ok()),
                interval_days: whole(capped.unwrap_or(interval)),
                days_bind: capped.is_some(),
                wanted_interval_days: whole(task.interval),
                due_date: placed.due,
                late: placed.late,
                visit_number: numbers[placed.task],
                minutes: task.minutes as u32,
                value: task.value,
                km,
                travel_minutes: minutes_to(work, task.place.is_some(), km),
            });
        }
    }
    (visits, told, full)
}

/// Minutes to a stop: by distance with a place, else the recipe's; the day's first stop without a home is where
/// the day begins.
fn minutes_to(work: &Work, placed: bool, km: Option<f64>) -> u32 {
    let minutes = match km {
        Some(km) => km * work.travel.per_km,
        None if placed => 0.0,
        None => work.travel.flat,
    };
    minutes.round() as u32
}

/// A day's stops in order.
struct OrderedDay {
    order: Vec<usize>,
    /// Km to each stop from the one before.
    legs: Vec<Option<f64>>,
    /// Km of the whole day: as ordered, nearest neighbour, by priority.
    km: Option<[f64; 3]>,
}

fn order_day(way: Way, work: &Work, made: &Schedule, slot: &Slot) -> OrderedDay {
    let short = way.short_order(&slot.places);
    let mut order: Vec<usize> = short.iter().map(|&index| slot.on_way[index]).collect();
    let places: Vec<Place> = short.iter().map(|&index| slot.places[index]).collect();
    let mut legs: Vec<Option<f64>> = (0..places.len())
        .map(|index| {
            let before = if index == 0 { way.home } else { Some(places[index - 1]) };
            before.map(|before| before.km_to(places[index]))
        })
        .collect();
    // Stops without a place come last, in the order they were planned.
    let by_priority: Vec<(usize, Option<Place>)> =
        slot.stops.iter().map(|&stop| (stop, work.tasks[made.stops[stop].task].place)).collect();
    order.extend(by_priority.iter().filter(|(_, place)| place.is_none()).map(|(stop, _)| *stop));
    legs.resize(order.len(), None);
    let planned: Vec<Place> = by_priority.iter().filter_map(|(_, place)| *place).collect();
    let neighbour: Vec<Place> = way.nearest_neighbour(&planned).iter().map(|&index| planned[index]).collect();
    let km = (!places.is_empty()).then(|| [way.km(&places), way.km(&neighbour), way.km(&planned)]);
    OrderedDay { order, legs, km }
}

impl RepPlan {
    fn add_day(&mut self, work: &Work, made: &Schedule, slot: &Slot, day: &OrderedDay) {
        let minutes: f64 = day.order.iter().map(|&stop| work.tasks[made.stops[stop].task].minutes).sum();
        self.visit_hours += minutes / 60.0;
        let unplaced = (day.order.len() - slot.places.len()) as f64;
        self.travel_hours += unplaced * work.travel.flat / 60.0;
        if let Some([km, neighbour, priority]) = day.km {
            self.travel_hours += km * work.travel.per_km / 60.0;
            let add = |sum: &mut Option<f64>, km: f64| *sum = Some(sum.unwrap_or(0.0) + km);
            add(&mut self.km, km);
            add(&mut self.km_nearest_neighbour, neighbour);
            add(&mut self.km_by_priority, priority);
        }
    }
}
