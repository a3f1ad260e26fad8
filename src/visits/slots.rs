//! One rep's days: what they are for, and the hours and visits they hold.

use crate::domain::Day;

use super::geography::{Place, Way};
use super::inputs::{Absence, Rep};
use super::params::{DayUse, VisitsValidParams};
use super::tasks::{Group, Horizon, Task};

/// One day of a rep.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) day: Day,
    pub(super) purpose: DayUse,
    /// Which of the week's working days it is.
    pub(super) zone: usize,
    /// Minutes there are for visits and the way.
    pub(super) limit: f64,
    /// Most visits.
    pub(super) most: usize,
    /// Minutes used, way included.
    pub(super) minutes: f64,
    /// Visits, in the order they were planned: (index of the stop).
    pub(super) stops: Vec<usize>,
    /// Stops with a place, in the order of the way, and their places.
    pub(super) on_way: Vec<usize>,
    pub(super) places: Vec<Place>,
}

/// How long the way takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Travel {
    pub(super) way: Way,
    /// Minutes a kilometre as the crow flies.
    pub(super) per_km: f64,
    /// Minutes to a customer without a place.
    pub(super) flat: f64,
}

impl Slot {
    /// A day off that holds nothing but what was agreed.
    pub(super) fn closed(day: Day) -> Self {
        Slot {
            day,
            purpose: DayUse::Off,
            zone: 0,
            limit: 0.0,
            most: 0,
            minutes: 0.0,
            stops: Vec::new(),
            on_way: Vec::new(),
            places: Vec::new(),
        }
    }

    pub(super) fn suits(&self, group: Group) -> bool {
        match self.purpose {
            DayUse::Any => true,
            DayUse::Dealers => group == Group::Dealer,
            DayUse::Partners => group == Group::Partner,
            DayUse::Customers => group == Group::Customer,
            DayUse::Reporting | DayUse::Off => false,
        }
    }

    /// Km and minutes that one more visit takes, and its position on the way.
    pub(super) fn added(&self, task: &Task, travel: Travel) -> (usize, f64, f64) {
        match task.place {
            Some(place) => {
                let (position, km) = travel.way.cheapest_insertion(&self.places, place);
                (position, km, task.minutes + km * travel.per_km)
            }
            None => (0, 0.0, task.minutes + travel.flat),
        }
    }

    pub(super) fn has_room(&self, minutes: f64) -> bool {
        self.stops.len() < self.most && self.minutes + minutes <= self.limit + 1e-9
    }

    pub(super) fn insert(&mut self, stop: usize, task: &Task, travel: Travel) {
        let (position, _, minutes) = self.added(task, travel);
        if let Some(place) = task.place {
            self.places.insert(position, place);
            self.on_way.insert(position, stop);
        }
        self.stops.push(stop);
        self.minutes += minutes;
    }

    pub(super) fn remove(&mut self, stop: usize, task: &Task, travel: Travel) {
        self.stops.retain(|&other| other != stop);
        match self.on_way.iter().position(|&other| other == stop) {
            Some(position) => {
                let saved = travel.way.saving(&self.places, position);
                self.minutes -= task.minutes + saved * travel.per_km;
                self.places.remove(position);
                self.on_way.remove(position);
            }
            None => self.minutes -= task.minutes + travel.flat,
        }
    }
}

/// The rep's days within the horizon on which somebody can be visited, ascending.
pub(super) fn slots(
    rep: &Rep,
    absences: &[Absence],
    horizon: Horizon,
    params: &VisitsValidParams,
) -> Vec<Slot> {
    let open: Vec<usize> = (0..7)
        .filter(|&weekday| params.week[weekday] != DayUse::Off)
        .take(rep.days_per_week as usize)
        .collect();
    let away = |day: Day| {
        params.holidays().binary_search(&day).is_ok()
            || absences.iter().any(|absence| {
                absence.from <= day
                    && day <= absence.to
                    && absence.rep.as_ref().is_none_or(|name| **name == *rep.name)
            })
    };
    (horizon.from.0..=horizon.to.0)
        .map(Day)
        .filter_map(|day| {
            let weekday = weekday(day);
            let zone = open.iter().position(|&open| open == weekday)?;
            let purpose = params.week[weekday];
            (purpose != DayUse::Reporting && !away(day)).then(|| Slot {
                purpose,
                zone,
                limit: rep.hours_per_day * 60.0 * params.fill,
                most: rep.visits_per_day as usize,
                ..Slot::closed(day)
            })
        })
        .collect()
}

/// 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.
pub(super) fn weekday(day: Day) -> usize {
    (i64::from(day.0) + 3).rem_euclid(7) as usize
}

/// Zones in a rep's week.
pub(super) fn zones(rep: &Rep, params: &VisitsValidParams) -> usize {
    let open = params.week.iter().filter(|day| **day != DayUse::Off).count();
    open.min(rep.days_per_week as usize).max(1)
}

/// Most visits to one customer from a day on, at least so many days apart.
pub(super) fn visits_apart(slots: &[Slot], group: Group, from: Day, least: i32) -> u32 {
    let (mut next, mut visits) = (from, 0);
    for slot in slots.iter().filter(|slot| slot.suits(group)) {
        if slot.day >= next {
            next = slot.day.plus(least);
            visits += 1;
        }
    }
    visits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_begin_on_monday() {
        assert_eq!(weekday("2022-12-26".parse().unwrap()), 0);
        assert_eq!(weekday("1969-12-28".parse().unwrap()), 6);
    }
}
