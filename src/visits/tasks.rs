//! What one rep has to do: customers with their intervals.

use crate::domain::{Day, Money, Tier};

use super::geography::{Place, curve_positions};
use super::params::VisitsValidParams;
use super::plan::{VisitCause, VisitState};
use super::slots::{Slot, visits_apart};

/// First and last day to plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Horizon {
    pub(super) from: Day,
    pub(super) to: Day,
}

impl Horizon {
    pub(super) fn days(self) -> f64 {
        f64::from(self.to.since(self.from) + 1)
    }

    pub(super) fn holds(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// What kind of customer a task is, for the weekday template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Dealer,
    Partner,
    Customer,
}

impl Group {
    /// All, in the order of their numbers.
    pub(super) const ALL: [Group; 3] = [Group::Dealer, Group::Partner, Group::Customer];
}

/// Interval of those who have nothing but agreed visits, days: longer than any plan.
pub(super) const NO_RHYTHM: f64 = 36_500.0;

/// A customer to be visited by one rep.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) customer: u32,
    pub(super) minutes: f64,
    /// Days between visits by the service plan, above 0.
    pub(super) interval: f64,
    /// Most visits that the rep's days allow; none until those are known.
    pub(super) most: Option<u32>,
    pub(super) last: Option<Day>,
    pub(super) state: VisitState,
    pub(super) tier: Tier,
    pub(super) value: Money,
    pub(super) place: Option<Place>,
    pub(super) group: Group,
    /// Fixed days inside the horizon, ascending, each once.
    pub(super) agreed: Vec<(Day, VisitCause)>,
    /// Days on which another rep has agreed to visit the customer.
    pub(super) met: Vec<Day>,
    /// A dismissed suggestion puts the next one off until then.
    pub(super) not_before: Option<Day>,
    /// Position among those never visited, 0 to below 1.
    pub(super) turn: f64,
    /// Which of the rep's working days is best for the customer's area.
    pub(super) zone: Option<usize>,
}

impl Task {
    /// Days between as many visits as the rep's days allow, if the service plan asks for more.
    ///
    /// Nobody is visited twice a day. What the days do not allow must not count as time that is lacking, or
    /// everybody else would be stretched for it.
    pub(super) fn capped(&self, horizon: Horizon) -> Option<f64> {
        let least = horizon.days() / f64::from(self.most.filter(|most| *most > 0)?);
        (least > self.interval + 1e-9).then_some(least)
    }

    /// True if the service plan has visits for the customer, and not an agreement alone.
    pub(super) fn has_rhythm(&self) -> bool {
        self.interval < NO_RHYTHM
    }

    /// True if the day is far enough from every agreed one.
    pub(super) fn is_apart(&self, day: Day, least: i32) -> bool {
        let agreed = self.agreed.iter().map(|(agreed, _)| agreed);
        agreed.chain(&self.met).all(|agreed| day.since(*agreed).abs() >= least)
    }

    /// Counts the visits that the rep's days allow: those that suit, no two closer than the spacing.
    pub(super) fn count_days(&mut self, slots: &[Slot], horizon: Horizon, spacing: f64) {
        let (least, _) = gaps(self.interval, spacing);
        let from = horizon.from.max(self.last.map_or(horizon.from, |last| last.plus(least)));
        self.most = Some(visits_apart(slots, self.group, from, least));
    }

    /// Days after the last visit from which the customer may be visited again. Stretched intervals do not move it: days that
    /// are free now are not left empty because time is short later.
    pub(super) fn eligible(&self, params: &VisitsValidParams) -> i32 {
        let (least, _) = gaps(self.interval, params.spacing);
        least.max((self.interval * params.eligible_share).ceil() as i32)
    }

    /// Fewest and most days between two visits at this stretch.
    pub(super) fn gaps(&self, stretch: f64, horizon: Horizon, spacing: f64) -> (i32, i32) {
        let interval = self.stretched(stretch, horizon);
        let (least, _) = gaps(interval.min(self.interval * stretch), spacing);
        let (_, most) = gaps(interval, spacing);
        (least, most.max(least))
    }

    /// Days between visits when all intervals are stretched; at 1 those of the service plan, whose visits then find
    /// every day there is. A tier-Ⅰ customer due within the horizon stays within it, whatever the stretch.
    pub(super) fn stretched(&self, stretch: f64, horizon: Horizon) -> f64 {
        let interval = match self.capped(horizon) {
            Some(capped) if stretch > 1.0 => capped * stretch,
            _ => self.interval * stretch,
        };
        match self.last {
            Some(last) if self.tier == Tier::I && self.due(1.0) <= f64::from(horizon.to.0) => {
                interval.min(f64::from(horizon.to.since(last)).max(self.interval))
            }
            _ => interval,
        }
    }

    /// The day the first visit is due, counted from 1970; for those visited before.
    fn due(&self, stretch: f64) -> f64 {
        self.last.map_or(f64::NEG_INFINITY, |last| f64::from(last.0) + self.interval * stretch)
    }

    /// The day the first visit is best, counted from 1970.
    pub(super) fn first_target(&self, stretch: f64, horizon: Horizon) -> f64 {
        let (from, to) = (f64::from(horizon.from.0), f64::from(horizon.to.0));
        let target = match self.last {
            Some(last) => f64::from(last.0) + self.stretched(stretch, horizon),
            None => {
                let window = self.interval.min(horizon.days()) * stretch;
                // Whole days: the last of many in turn comes on the last day, not in the hours after it.
                let target = from + (self.turn * window).floor();
                if self.tier == Tier::I { target.min(to) } else { target }
            }
        };
        let put_off = self.not_before.map_or(f64::NEG_INFINITY, |day| f64::from(day.0));
        target.max(from).max(put_off)
    }

    /// The day the first visit is due, counted from 1970: before the horizon if it was due then.
    pub(super) fn first_due(&self, stretch: f64, horizon: Horizon) -> f64 {
        let target = self.first_target(stretch, horizon);
        match self.last {
            Some(last) if self.not_before.is_none() => {
                target.min(f64::from(last.0) + self.stretched(stretch, horizon))
            }
            _ => target,
        }
    }

    /// True if the visit would be due within the horizon were there time enough.
    pub(super) fn wanted(&self, horizon: Horizon) -> bool {
        self.first_target(1.0, horizon) <= f64::from(horizon.to.0)
    }

    /// Visits within the horizon at this stretch, no more than the rep's days allow.
    pub(super) fn visits(&self, stretch: f64, horizon: Horizon) -> f64 {
        let left = f64::from(horizon.to.0) - self.first_target(stretch, horizon);
        let wanted = if left < 0.0 { 0.0 } else { 1.0 + (left / self.stretched(stretch, horizon)).floor() };
        self.most.map_or(wanted, |most| wanted.min(f64::from(most)))
    }

    /// The task's order: tier Ⅰ first, then by state, then by value at stake, then by customer.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        (self.tier != Tier::I, self.state, std::cmp::Reverse(self.value), self.customer)
    }
}

/// Fewest and most days between two visits.
fn gaps(interval: f64, spacing: f64) -> (i32, i32) {
    let least = (interval * (1.0 - spacing) - 1e-9).ceil().max(1.0);
    let most = (interval * (1.0 + spacing) + 1e-9).floor().max(least);
    (least as i32, most as i32)
}

/// Sets the turns of those never visited: the most valuable first, tier by tier.
pub(super) fn set_turns(tasks: &mut [Task]) {
    let mut waiting: Vec<usize> = (0..tasks.len()).filter(|&index| tasks[index].last.is_none()).collect();
    waiting.sort_by_key(|&index| {
        let task = &tasks[index];
        (task.tier, std::cmp::Reverse(task.value), task.customer)
    });
    let count = waiting.len() as f64;
    for (position, index) in waiting.into_iter().enumerate() {
        tasks[index].turn = position as f64 / count;
    }
}

/// Cuts the rep's area into one zone a working day, with equal work.
pub(super) fn set_zones(tasks: &mut [Task], zones: usize) {
    let placed: Vec<usize> = (0..tasks.len()).filter(|&index| tasks[index].place.is_some()).collect();
    let places: Vec<Place> = placed.iter().filter_map(|&index| tasks[index].place).collect();
    let positions = curve_positions(&places);
    let mut order: Vec<usize> = (0..placed.len()).collect();
    order.sort_by_key(|&entry| (positions[entry], placed[entry]));
    let work = |task: &Task| task.minutes / task.interval;
    let total: f64 = placed.iter().map(|&index| work(&tasks[index])).sum();
    let mut done = 0.0;
    for entry in order {
        let task = &mut tasks[placed[entry]];
        let share = (done + work(task) / 2.0) / total;
        done += work(task);
        task.zone = Some(((share * zones as f64) as usize).min(zones.saturating_sub(1)));
    }
}
