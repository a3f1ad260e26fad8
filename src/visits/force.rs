//! Reps' time and their visits so far, for the best split.

use std::collections::BTreeMap;

use crate::domain::{CustomerType, Day};
use crate::features::FeatureTable;
use crate::service::allocate::History;
use crate::service::{Days, Desk, Force};

use super::assign::{Charge, named};
use super::desks::{Groups, Past};
use super::inputs::{Absence, Rep, VisitRecord};
use super::params::VisitsValidParams;
use super::planning::find;
use super::slots::{Slot, slots, visits_apart};
use super::tasks::{Group, Horizon};

/// What is known of reps and visits before anything is planned.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// The customers.
    pub table: &'a FeatureTable,
    /// The type of each.
    pub types: &'a [CustomerType],
    /// Visits so far.
    pub log: &'a [VisitRecord],
    /// The reps.
    pub reps: &'a [Rep],
    /// Days off.
    pub absences: &'a [Absence],
    /// The last day that counts.
    pub as_of: Day,
}

/// The time of every rep in the `period_days` after the as-of date, who is in charge of whom, and the histories.
///
/// Where the customer table names no rep, customers will be shared out by work: all time lies on one desk then.
pub fn force(field: &Field, period_days: u32, params: &VisitsValidParams) -> Force {
    let horizon = Horizon {
        from: field.as_of.plus(1),
        to: field.as_of.plus(i32::try_from(period_days).unwrap_or(i32::MAX)),
    };
    let calendar = |rep| slots(rep, field.absences, horizon, params);
    let calendars: Vec<Vec<Slot>> = field.reps.iter().map(calendar).collect();
    let desks: Vec<Desk> = field
        .reps
        .iter()
        .zip(&calendars)
        .map(|(rep, slots)| desk(rep, slots, params.travel_minutes))
        .collect();
    let last_rep = Past::new(field.table, field.log, field.as_of).last_rep;
    let (desks, charges) = match named(field.table, field.reps, &last_rep) {
        _ if desks.is_empty() => (desks, Vec::new()),
        Some(charges) => {
            let desk = |charge| match charge {
                Charge::Rep(rep) => Some(rep),
                Charge::None | Charge::Unknown => None,
            };
            (desks, charges.into_iter().map(desk).collect())
        }
        None => (vec![together(&desks)], vec![Some(0); field.table.len()]),
    };
    let mut days: Vec<Days> = calendars.iter().flat_map(|slots| days(slots, horizon, params)).collect();
    if desks.len() != field.reps.len() {
        days = most_days(&days);
    }
    let groups = Groups::new(field.table, params);
    let days_of = charges
        .iter()
        .enumerate()
        .map(|(index, charge)| charge.map(|desk| desk * Group::ALL.len() as u32 + groups.of(index) as u32));
    let days_of = days_of.collect();
    let histories = (!field.log.is_empty()).then(|| histories(field));
    Force { desks, charges, days, days_of, histories }
}

/// Visits that the days allow, for each kind of customer.
fn days(slots: &[Slot], horizon: Horizon, params: &VisitsValidParams) -> [Days; 3] {
    let period = horizon.days() as u32;
    Group::ALL.map(|group| Days {
        period,
        spacing: params.spacing,
        apart: (1..=period as i32).map(|least| visits_apart(slots, group, horizon.from, least)).collect(),
    })
}

/// Where all time is one, whoever has most days may be the one in charge.
fn most_days(days: &[Days]) -> Vec<Days> {
    let mut most: Vec<Days> = days.iter().take(Group::ALL.len()).cloned().collect();
    for rep in days.chunks(Group::ALL.len()) {
        for (most, own) in most.iter_mut().zip(rep) {
            most.apart.iter_mut().zip(&own.apart).for_each(|(most, own)| *most = (*most).max(*own));
        }
    }
    most
}

fn desk(rep: &Rep, slots: &[Slot], way: f64) -> Desk {
    Desk {
        rep: rep.name.clone(),
        // An empty sum is −0.
        minutes: slots.iter().map(|day| day.limit).sum::<f64>() + 0.0,
        visits: slots.iter().map(|day| day.most as u32).sum(),
        way,
    }
}

fn together(desks: &[Desk]) -> Desk {
    Desk {
        rep: "".into(),
        minutes: desks.iter().map(|desk| desk.minutes).sum::<f64>() + 0.0,
        visits: desks.iter().map(|desk| desk.visits).sum(),
        way: desks.first().map_or(0.0, |desk| desk.way),
    }
}

/// Sales and visits of every customer in the log, by the whole months that both the sales and the log cover;
/// segments are the types.
fn histories(field: &Field) -> Vec<History> {
    let log = || field.log.iter().filter(|visit| visit.day <= field.as_of);
    let (Some((start, _)), Some(first)) = (field.table.history, log().map(|visit| visit.day).min()) else {
        return Vec::new();
    };
    let from = whole_from(start.max(first));
    let to = whole_from(field.as_of.plus(1));
    if to - from < 2 {
        return Vec::new();
    }
    let place = |month: i32| (from..to).contains(&month).then(|| (month - from) as usize);
    let mut visits: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for visit in log() {
        if let Some(index) = find(field.table, &visit.customer) {
            let months = visits.entry(index).or_insert_with(|| vec![0.0; (to - from) as usize]);
            if let Some(month) = place(visit.day.month()) {
                months[month] += 1.0;
            }
        }
    }
    let history = |(index, visits): (usize, Vec<f64>)| {
        let mut sales = vec![0.0; visits.len()];
        for month in &field.table.rows[index].months {
            if let Some(at) = place(month.month) {
                sales[at] = month.sales.to_f64();
            }
        }
        let segment = field.types.get(index).map_or("", |kind| kind.as_str());
        History { segment: segment.into(), sales, visits }
    };
    visits.into_iter().map(history).collect()
}

/// The first month that begins on this day or later.
fn whole_from(day: Day) -> i32 {
    day.plus(-1).month() + 1
}
