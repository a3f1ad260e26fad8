//! Moves visits to days on which the rep is near anyway.

use crate::domain::Day;

use super::plan::VisitCause;
use super::schedule::{Schedule, Work};

/// Rounds over all visits; each move shortens the way, so few are needed.
const ROUNDS: usize = 4;

/// A move must save this much, km, to be worth another day.
const WORTH_MOVING: f64 = 0.5;

/// Moves visits between days while that shortens the way and keeps windows, gaps and hours.
pub(super) fn shorten(work: &Work, schedule: &mut Schedule) {
    for _ in 0..ROUNDS {
        let mut moved = false;
        for stop in 0..schedule.stops.len() {
            moved |= move_one(work, schedule, stop);
        }
        if !moved {
            return;
        }
    }
}

fn move_one(work: &Work, schedule: &mut Schedule, stop: usize) -> bool {
    let here = schedule.stops[stop];
    let task = &work.tasks[here.task];
    let fixed = matches!(here.cause, VisitCause::Appointment | VisitCause::Kept);
    if fixed || here.late || task.place.is_none() {
        return false;
    }
    let old = &schedule.slots[here.slot];
    let Some(position) = old.on_way.iter().position(|&other| other == stop) else { return false };
    let saved = work.travel.way.saving(&old.places, position);
    if saved <= WORTH_MOVING {
        return false;
    }
    let (from, to) = allowed(work, schedule, stop);
    let mut best = (saved - WORTH_MOVING, None);
    for (index, slot) in schedule.slots.iter().enumerate() {
        if index == here.slot || slot.day < from || slot.day > to || !slot.suits(task.group) {
            continue;
        }
        let (_, km, minutes) = slot.added(task, work.travel);
        if km < best.0 && slot.has_room(minutes) {
            best = (km, Some(index));
        }
    }
    let Some(slot) = best.1 else { return false };
    schedule.slots[here.slot].remove(stop, task, work.travel);
    schedule.slots[slot].insert(stop, task, work.travel);
    schedule.stops[stop].slot = slot;
    true
}

/// First and last day the visit may be moved to, given the customer's other visits.
fn allowed(work: &Work, schedule: &Schedule, stop: usize) -> (Day, Day) {
    let here = schedule.stops[stop];
    let task = &work.tasks[here.task];
    let day = schedule.slots[here.slot].day;
    let (least, most) = task.gaps(schedule.stretch, work.horizon, work.params.spacing);
    let others = schedule
        .stops
        .iter()
        .enumerate()
        .filter(|(index, other)| *index != stop && other.task == here.task)
        .map(|(_, other)| schedule.slots[other.slot].day)
        .chain(task.met.iter().copied());
    let (mut before, mut after) = (None, None);
    for other in others {
        if other < day {
            before = before.max(Some(other));
        } else {
            after = Some(after.map_or(other, |sooner: Day| sooner.min(other)));
        }
    }
    let mut from = work.horizon.from;
    let mut to = here.latest.min(work.horizon.to);
    match (before, task.last) {
        (Some(before), _) => {
            from = from.max(before.plus(least));
            to = to.min(day.max(before.plus(most)));
        }
        (None, Some(last)) => {
            from = from.max(last.plus(task.eligible(work.params)));
        }
        (None, None) => {}
    }
    if let Some(put_off) = task.not_before {
        from = from.max(put_off);
    }
    if let Some(after) = after {
        to = to.min(after.plus(-least));
        from = from.max(day.min(after.plus(-most)));
    }
    (from, to)
}
