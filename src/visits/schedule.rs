//! Puts one rep's visits on days.
//!
//! Round by round every task gets its next visit, tasks in the order of [`Task::rank`], so that nobody
//! has a second visit before all have their first. A visit goes to the day of its window that costs least: days
//! from the best day in parts of the interval, kilometres added, and how full the day is. When intervals are
//! stretched, time that is left goes to those whom only the stretch keeps out.

use super::params::VisitsValidParams;
use super::plan::{VisitCause, VisitState, WhyNot};
use super::slots::{Slot, Travel};
use super::tasks::{Horizon, Task};
use crate::domain::Day;

/// One visit on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) task: usize,
    pub(super) slot: usize,
    pub(super) cause: VisitCause,
    /// After its window, for want of time.
    pub(super) late: bool,
    /// The day it is due.
    pub(super) due: Day,
    /// The last day it may be moved to.
    pub(super) latest: Day,
}

/// One try at a stretch.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pub(super) stretch: f64,
    pub(super) slots: Vec<Slot>,
    pub(super) stops: Vec<Stop>,
    /// Tasks without a visit, and why.
    pub(super) without: Vec<(usize, WhyNot)>,
    /// Visits that found no day, and [`LATE`] of those that found it too late or in the next plan, over all wanted.
    pub(super) missed: f64,
    /// Visits wanted over visits placed, 1 or more.
    pub(super) pressure: f64,
    chains: Vec<Chain>,
}

/// What stays the same from try to try.
pub(super) struct Work<'a> {
    pub(super) tasks: &'a [Task],
    pub(super) slots: &'a [Slot],
    pub(super) horizon: Horizon,
    pub(super) travel: Travel,
    /// Kilometres that count as much as being off by a whole interval.
    pub(super) far: f64,
    pub(super) params: &'a VisitsValidParams,
}

/// Share of visits that may miss their window before all intervals are stretched.
const TOLERATED: f64 = 0.02;

/// What a late visit counts of one that found no day. A day or two too late is told and borne; were it to count
/// much, whole hours would stay empty for it.
const LATE: f64 = 0.1;

/// The least stretch at which (nearly) all visits find their day.
pub(super) fn schedule(work: &Work) -> Schedule {
    let first = attempt(work, 1.0);
    if first.missed <= TOLERATED {
        return first;
    }
    let most = work.params.max_stretch;
    let (mut low, mut best) = (1.0, first);
    while best.missed > TOLERATED && best.stretch < most {
        low = best.stretch;
        best = attempt(work, (best.stretch * best.pressure.max(1.1)).min(most));
    }
    for _ in 0..5 {
        let middle = f64::midpoint(low, best.stretch);
        let next = attempt(work, middle);
        if next.missed <= TOLERATED.max(best.missed) {
            best = next;
        } else {
            low = middle;
        }
    }
    best
}

fn attempt(work: &Work, stretch: f64) -> Schedule {
    let mut order: Vec<usize> = (0..work.tasks.len()).collect();
    order.sort_by_key(|&index| work.tasks[index].rank());
    let mut tries = Attempt {
        work,
        stretch,
        slots: work.slots.to_vec(),
        stops: Vec::new(),
        chains: work.tasks.iter().map(|task| Chain::new(task, stretch, work.horizon)).collect(),
        missed: 0.0,
    };
    tries.keep_agreed();
    let mut open = order.clone();
    while !open.is_empty() {
        open.retain(|&index| tries.next_visit(index));
    }
    for &index in &order {
        tries.fill(index);
    }
    tries.finish()
}

/// A task's visits so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    interval: f64,
    /// Last visit, planned or past.
    pub(super) current: Option<Day>,
    /// Best day of the next visit, counted from 1970.
    pub(super) target: f64,
    /// Visits in this plan.
    pub(super) count: u32,
    /// Why there is none.
    pub(super) without: Option<WhyNot>,
    /// Why there is not one more.
    pub(super) ended: Option<WhyNot>,
}

impl Chain {
    fn new(task: &Task, stretch: f64, horizon: Horizon) -> Self {
        Chain {
            interval: task.stretched(stretch, horizon),
            current: task.last,
            target: task.first_target(stretch, horizon),
            count: 0,
            without: None,
            ended: None,
        }
    }
}

/// A schedule in the making.
pub(super) struct Attempt<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) stretch: f64,
    pub(super) slots: Vec<Slot>,
    pub(super) stops: Vec<Stop>,
    pub(super) chains: Vec<Chain>,
    missed: f64,
}

impl<'a> Attempt<'a> {
    /// Goes on with a schedule whose visits may have been moved.
    pub(super) fn resumed(work: &'a Work<'a>, made: &mut Schedule) -> Self {
        Attempt {
            work,
            stretch: made.stretch,
            slots: std::mem::take(&mut made.slots),
            stops: std::mem::take(&mut made.stops),
            chains: std::mem::take(&mut made.chains),
            missed: made.missed,
        }
    }

    /// Fixed days come first, whatever else the day holds.
    fn keep_agreed(&mut self) {
        for (index, task) in self.work.tasks.iter().enumerate() {
            for &(day, cause) in &task.agreed {
                if let Some(slot) = self.slots.iter().position(|slot| slot.day == day) {
                    self.put(index, slot, cause, false, day, day);
                }
            }
        }
    }

    fn put(&mut self, index: usize, slot: usize, cause: VisitCause, late: bool, due: Day, latest: Day) {
        self.slots[slot].insert(self.stops.len(), &self.work.tasks[index], self.work.travel);
        self.stops.push(Stop { task: index, slot, cause, late, due, latest });
    }

    /// Places the task's next visit; false if it has all its visits or no more can be placed.
    pub(super) fn next_visit(&mut self, index: usize) -> bool {
        let task = &self.work.tasks[index];
        let mut chain = self.chains[index];
        let (least, most) = task.gaps(self.stretch, self.work.horizon, self.work.params.spacing);
        // An agreed day that comes in time counts as the next visit.
        let agreed =
            task.agreed.iter().map(|&(day, _)| day).find(|day| chain.current.is_none_or(|at| *day > at));
        if let Some(day) = agreed {
            let in_time = match chain.current {
                None => true,
                Some(at) => chain.count == 0 || day.since(at) <= most,
            };
            if in_time {
                chain.current = Some(day);
                chain.target = f64::from(day.0) + chain.interval;
                chain.count += 1;
                self.chains[index] = chain;
                return true;
            }
        }
        if chain.target > f64::from(self.work.horizon.to.0) {
            if chain.count == 0 {
                chain.without = Some(self.why_not_now(task));
            }
            self.chains[index] = chain;
            return false;
        }
        let window = self.window(task, &chain, least, most);
        let placed = self.place(index, &chain, window, least);
        match placed {
            Ok((slot, late)) => {
                let cause = if task.last.is_none() && chain.count == 0 {
                    VisitCause::First
                } else {
                    VisitCause::Interval
                };
                let day = self.slots[slot].day;
                let first = chain.count == 0;
                let due = if first { task.first_due(self.stretch, self.work.horizon) } else { chain.target };
                let due = Day(due.round() as i32);
                self.missed += if late { LATE } else { 0.0 };
                self.put(index, slot, cause, late, due, window.1.max(day));
                chain.current = Some(day);
                // Best days keep their rhythm; a visit far off moves those after it.
                let rhythm = chain.target + chain.interval;
                let soonest = f64::from(day.0 + least);
                chain.target = if late { f64::from(day.0) + chain.interval } else { rhythm.max(soonest) };
                chain.count += 1;
                self.chains[index] = chain;
                true
            }
            Err(why) => {
                // The next plan still finds days in time for a customer visited now whose window is not over.
                let next =
                    chain.count > 0 && chain.current.is_some_and(|at| at.plus(most) > self.work.horizon.to);
                if why == WhyNot::NoTime {
                    // With this visit those after it are lost. Were they not counted, ever shorter intervals would
                    // miss an ever smaller share.
                    let lost = task.visits(self.stretch, self.work.horizon) - f64::from(chain.count);
                    self.missed += if next { LATE } else { lost.max(1.0) };
                }
                chain.ended = Some(why);
                if chain.count == 0 {
                    chain.without = Some(why);
                }
                self.chains[index] = chain;
                false
            }
        }
    }

    /// Time that is left goes to those whom only the stretch keeps out.
    pub(super) fn fill(&mut self, index: usize) {
        let task = &self.work.tasks[index];
        let chain = self.chains[index];
        if chain.without != Some(WhyNot::Stretched) {
            return;
        }
        let (least, _) = task.gaps(self.stretch, self.work.horizon, self.work.params.spacing);
        let Horizon { from, to } = self.work.horizon;
        let first = chain.current.map_or(from, |at| at.plus(task.eligible(self.work.params)).max(from));
        if let Ok((slot, false)) = self.place(index, &chain, (first, to), least) {
            let cause = if task.last.is_none() { VisitCause::First } else { VisitCause::Interval };
            self.put(index, slot, cause, false, Day(chain.target.round() as i32), to);
            self.chains[index].without = None;
        }
    }

    fn why_not_now(&self, task: &Task) -> WhyNot {
        let horizon = self.work.horizon;
        if task.not_before.is_some_and(|day| day > horizon.to) {
            WhyNot::Dismissed
        } else if task.wanted(horizon) {
            WhyNot::Stretched
        } else {
            WhyNot::NotDue
        }
    }

    /// First and last day that suit the next visit.
    fn window(&self, task: &Task, chain: &Chain, least: i32, most: i32) -> (Day, Day) {
        let Horizon { from, to } = self.work.horizon;
        // What was dismissed is not suggested again before its time, however urgent.
        let from = from.max(task.not_before.unwrap_or(from));
        let target = Day(chain.target as i32);
        match chain.current {
            // Overdue visits have no last day: as soon as possible.
            Some(at) if chain.count == 0 => {
                let last_day = match task.state {
                    VisitState::Overdue => target.max(at.plus(most)).max(from.plus(most)),
                    _ => at.plus(most).max(from),
                };
                (at.plus(task.eligible(self.work.params)).max(from), last_day.min(to))
            }
            Some(at) => (at.plus(least).max(from), at.plus(most).max(from).min(to)),
            None => (from, target.plus((most - least).max(1)).min(to)),
        }
    }

    /// The best day in the window, else the first day after it with room.
    fn place(
        &self,
        index: usize,
        chain: &Chain,
        window: (Day, Day),
        least: i32,
    ) -> Result<(usize, bool), WhyNot> {
        let task = &self.work.tasks[index];
        let first = self.slots.partition_point(|slot| slot.day < window.0);
        let open = |slot: &Slot| slot.suits(task.group) && task.is_apart(slot.day, least);
        let mut last_day = window.1;
        let Some(first_open) = self.slots[first..].iter().find(|slot| open(slot)) else {
            return Err(WhyNot::NoDay);
        };
        // Days off are nobody's fault: the first day after them is still in time.
        last_day = last_day.max(first_open.day);
        let mut fits_empty = false;
        let mut best: Option<(f64, usize)> = None;
        for (offset, slot) in self.slots[first..].iter().enumerate() {
            if !open(slot) {
                continue;
            }
            // With the way there and back: a day of an hour is not full because a shop is far.
            fits_empty = fits_empty || {
                let empty = &self.work.slots[first + offset];
                empty.has_room(empty.added(task, self.work.travel).2)
            };
            if slot.stops.len() >= slot.most {
                continue;
            }
            let (_, km, minutes) = slot.added(task, self.work.travel);
            if !slot.has_room(minutes) {
                continue;
            }
            if slot.day > last_day {
                if best.is_none() {
                    return Ok((first + offset, true));
                }
                break;
            }
            let cost = self.cost(task, chain, slot, km);
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, first + offset));
            }
        }
        match best {
            Some((_, slot)) => Ok((slot, false)),
            None if !fits_empty => Err(WhyNot::TooLong),
            None => Err(WhyNot::NoTime),
        }
    }

    fn cost(&self, task: &Task, chain: &Chain, slot: &Slot, km: f64) -> f64 {
        let off = (f64::from(slot.day.0) - chain.target.floor()).abs() / chain.interval.max(1.0);
        let urgent = if task.state == VisitState::Overdue && chain.count == 0 { 2.0 } else { 1.0 };
        let astray = if task.zone.is_some_and(|zone| zone != slot.zone) { 0.15 } else { 0.0 };
        let full = slot.minutes / slot.limit.max(1.0);
        urgent * off + km / self.work.far + astray + 0.2 * full * full
    }

    pub(super) fn finish(self) -> Schedule {
        let horizon = self.work.horizon;
        let wanted: f64 = self.work.tasks.iter().map(|task| task.visits(self.stretch, horizon)).sum();
        let placed = self.stops.len() as f64;
        let without = self.chains.iter().enumerate();
        Schedule {
            stretch: self.stretch,
            without: without.filter_map(|(task, chain)| Some((task, chain.without?))).collect(),
            missed: self.missed / wanted.max(1.0),
            pressure: (wanted / placed.max(1.0)).max(1.0),
            slots: self.slots,
            stops: self.stops,
            chains: self.chains,
        }
    }
}
