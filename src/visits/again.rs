//! Tries visits again that came too late or found no day: moving others has made room since.

use std::cmp::Reverse;

use super::plan::{VisitCause, WhyNot};
use super::schedule::{Attempt, Schedule, Work};

/// Plans anew, task by task, what comes too late or found no day; true if anything got better.
///
/// What is late afterwards has no day in time as the days are, unless a fixed day of the same customer follows.
pub(super) fn try_again(work: &Work, schedule: &mut Schedule) -> bool {
    let mut tries = Attempt::resumed(work, schedule);
    let mut order: Vec<usize> = (0..work.tasks.len()).collect();
    order.sort_by_key(|&index| work.tasks[index].rank());
    let mut better = false;
    for &index in &order {
        better |= tries.better(index);
    }
    for &index in &order {
        let before = tries.stops.len();
        tries.fill(index);
        better |= tries.stops.len() > before;
    }
    *schedule = tries.finish();
    better
}

/// A customer's visits: how many there are, then how few of them are late, then how few days late they are.
type Worth = (usize, Reverse<usize>, Reverse<i32>);

impl Attempt<'_> {
    /// Plans the customer's visits anew from the first that is late; as they were, if that makes them no better.
    fn better(&mut self, index: usize) -> bool {
        let mut own = self.stops_of(index);
        let from = own.iter().position(|&stop| self.stops[stop].late).unwrap_or(own.len());
        let is_short = self.chains[index].ended == Some(WhyNot::NoTime);
        let is_fixed =
            |stop: &usize| matches!(self.stops[*stop].cause, VisitCause::Appointment | VisitCause::Kept);
        if (from == own.len() && !is_short) || own[from..].iter().any(is_fixed) {
            return false;
        }
        let (before, chain) = (self.worth(&own), self.chains[index]);
        // Where nothing is taken out nothing can get worse.
        let kept = (from < own.len()).then(|| (self.slots.clone(), self.stops.clone()));
        self.rewind(index, &own, from);
        let mut tail = own.split_off(from);
        tail.sort_unstable();
        tail.into_iter().rev().for_each(|stop| self.take_out(stop));
        while self.next_visit(index) {}
        if self.worth(&self.stops_of(index)) > before {
            return true;
        }
        if let Some(kept) = kept {
            (self.slots, self.stops) = kept;
        }
        self.chains[index] = chain;
        false
    }

    /// Goes back to before the visit at `from`, the last one before it standing where it was moved to.
    fn rewind(&mut self, index: usize, own: &[usize], from: usize) {
        let task = &self.work.tasks[index];
        let day = own[..from].last().map(|&stop| self.slots[self.stops[stop].slot].day);
        let due = own.get(from).map(|&stop| f64::from(self.stops[stop].due.0));
        let (least, _) = task.gaps(self.stretch, self.work.horizon, self.work.params.spacing);
        let chain = &mut self.chains[index];
        chain.target = match day {
            Some(day) => due.unwrap_or(chain.target).max(f64::from(day.plus(least).0)),
            None => task.first_target(self.stretch, self.work.horizon),
        };
        (chain.current, chain.count, chain.without, chain.ended) =
            (day.or(task.last), from as u32, None, None);
    }

    /// The task's stops by day.
    fn stops_of(&self, index: usize) -> Vec<usize> {
        let mut own: Vec<usize> =
            (0..self.stops.len()).filter(|&stop| self.stops[stop].task == index).collect();
        own.sort_by_key(|&stop| self.slots[self.stops[stop].slot].day);
        own
    }

    fn worth(&self, own: &[usize]) -> Worth {
        let late = || own.iter().map(|&stop| self.stops[stop]).filter(|stop| stop.late);
        let days = late().map(|stop| self.slots[stop.slot].day.since(stop.due)).sum();
        (own.len(), Reverse(late().count()), Reverse(days))
    }

    /// Takes a stop out; those after it move up by one.
    fn take_out(&mut self, stop: usize) {
        let gone = self.stops.remove(stop);
        self.slots[gone.slot].remove(stop, &self.work.tasks[gone.task], self.work.travel);
        for slot in &mut self.slots {
            for other in slot.stops.iter_mut().chain(&mut slot.on_way).filter(|other| **other > stop) {
                *other -= 1;
            }
        }
    }
}
