//! By which name calendar programs know a visit, and which of their events it takes over.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::domain::Day;
use crate::visits::events::{EarlierEvent, UID_ENDING};

/// What stands in reps' calendar programs if they imported the plan before.
#[derive(Default)]
pub(super) struct Before<'a> {
    events: &'a [EarlierEvent],
    days: HashMap<&'a str, Day>,
    /// The last day that counts: events up to it are past.
    as_of: Day,
}

impl<'a> Before<'a> {
    pub(super) fn new(events: &'a [EarlierEvent], as_of: Day) -> Self {
        let days = events.iter().map(|event| (&*event.uid, event.day)).collect();
        Before { events, days, as_of }
    }

    /// The number of the new events: days since 1970 up to the as-of date, and above every earlier event, so that a plan made
    /// again on the same date outranks the one before.
    pub(super) fn sequence(&self) -> u32 {
        let earlier = self.events.iter().map(|event| event.sequence.saturating_add(1)).max();
        earlier.unwrap_or_default().max(self.as_of.0.max(0) as u32)
    }

    /// UIDs of a rep's visits (customer, day), days of a customer ascending.
    ///
    /// A UID follows from rep, customer, week and a number within it. A visit takes over the event of its day, else the lowest number
    /// that is free; events of the past stay what they are.
    pub(super) fn uids(&self, rep: &str, visits: &[(&str, Day)]) -> Vec<String> {
        let mut weeks: BTreeMap<(&str, Day), Vec<usize>> = BTreeMap::new();
        for (index, &(customer, day)) in visits.iter().enumerate() {
            weeks.entry((customer, monday(day))).or_default().push(index);
        }
        let mut uids = vec![String::new(); visits.len()];
        for ((customer, monday), week) in weeks {
            let names = (1..).map(|number| uid(rep, customer, monday, number));
            let open = names.filter(|name| self.day(name).is_none_or(|day| day > self.as_of));
            // A week has had no more numbers than days: nobody is visited twice on one.
            let mut free: Vec<String> = open.take(week.len().max(7)).collect();
            for &index in &week {
                if let Some(at) = free.iter().position(|name| self.day(name) == Some(visits[index].1)) {
                    uids[index] = free.remove(at);
                }
            }
            for index in week {
                if uids[index].is_empty() {
                    uids[index] = free.remove(0);
                }
            }
        }
        uids
    }

    /// Past events of the week that is planned on, whose UIDs must not be given again; of one calendar.
    pub(super) fn past(&self, calendar: &str) -> impl Iterator<Item = &'a EarlierEvent> {
        let (as_of, week, calendar) = (self.as_of, monday(self.as_of.plus(1)), calendar.to_lowercase());
        self.events.iter().filter(move |event| {
            event.day <= as_of && event.day >= week && event.calendar.to_lowercase() == calendar
        })
    }

    fn day(&self, uid: &str) -> Option<Day> {
        self.days.get(uid).copied()
    }

    /// Events still to come that no visit takes over, by calendar, in order of day and UID.
    pub(super) fn cancelled(&self, taken: &HashSet<&str>) -> BTreeMap<&'a str, Vec<&'a EarlierEvent>> {
        let mut cancelled: BTreeMap<&str, Vec<&EarlierEvent>> = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.day > self.as_of && !taken.contains(&*event.uid))
        {
            cancelled.entry(&event.calendar).or_default().push(event);
        }
        cancelled.values_mut().for_each(|events| events.sort_by_key(|event| (event.day, &event.uid)));
        cancelled
    }
}

fn uid(rep: &str, customer: &str, monday: Day, number: u32) -> String {
    let mut hash = Sha256::new();
    // Lengths keep "ab"+"c" and "a"+"bc" apart.
    hash.update(format!("{}:{rep}{}:{customer}{monday}:{number}", rep.len(), customer.len()));
    let mut uid = String::with_capacity(48);
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(uid, "{byte:02x}");
    }
    uid + UID_ENDING
}

/// The Monday of the day's week; 1970-01-01 was a Thursday.
fn monday(day: Day) -> Day {
    day.plus(-(i64::from(day.0) + 3).rem_euclid(7) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn event(uid: &str, on: &str) -> EarlierEvent {
        EarlierEvent {
            calendar: "Li".into(),
            uid: uid.into(),
            day: day(on),
            sequence: 19_358,
            lines: Vec::new(),
        }
    }

    #[test]
    fn a_visit_moved_within_its_week_keeps_its_uid() {
        let before = Before::default();
        let one = |rep: &str, customer: &str, on: &str| before.uids(rep, &[(customer, day(on))]).remove(0);
        let first = one("Li", "a", "2023-01-03");
        assert_eq!(first, one("Li", "a", "2023-01-06"));
        assert_ne!(first, one("Li", "a", "2023-01-10"));
        assert_ne!(one("L", "ia", "2023-01-03"), first);
        let two = before.uids("Li", &[("a", day("2023-01-03")), ("a", day("2023-01-05"))]);
        assert!(two[0] == first && two[1] != first);
    }

    /// Planned for Monday, Wednesday and Friday of one week, planned again on Tuesday.
    #[test]
    fn what_is_past_stays_and_what_is_dropped_is_called_off() {
        let days = ["2023-01-02", "2023-01-04", "2023-01-06"];
        let old = Before::default().uids("Li", &days.map(|on| ("a", day(on))));
        let events: Vec<EarlierEvent> = old.iter().zip(days).map(|(uid, on)| event(uid, on)).collect();
        let before = Before::new(&events, day("2023-01-03"));
        assert_eq!(before.sequence(), 19_360);
        // Friday stays, Wednesday moves to Thursday, Saturday is new.
        let new = before.uids("Li", &["2023-01-05", "2023-01-06", "2023-01-07"].map(|on| ("a", day(on))));
        assert_eq!(new[..2], [old[1].clone(), old[2].clone()]);
        assert!(!old.contains(&new[2]));
        assert!(before.cancelled(&new.iter().map(String::as_str).collect()).is_empty());
        // Only Friday stays.
        let new = before.uids("Li", &[("a", day("2023-01-06"))]);
        let cancelled = before.cancelled(&new.iter().map(String::as_str).collect());
        assert_eq!(cancelled["Li"], [&events[1]]);
        assert_eq!(before.past("li").collect::<Vec<_>>(), [&events[0]]);
    }

    #[test]
    fn a_plan_made_again_on_its_date_outranks_the_one_before() {
        let events = [event("1@erba", "2023-01-05")];
        assert_eq!(Before::new(&events, day("2023-01-01")).sequence(), 19_359);
        assert_eq!(Before::new(&[], day("2023-01-01")).sequence(), 19_358);
    }
}
