//! What a customer is expected to buy in the next window.
//!
//! The window of L days is followed by a next one as long. With m(a, b) the days from a to b weighted by their month's
//! index ([`Season`]), s the customer's sales and h the last half of the window (whole months, the last one as far as
//! `as_of` goes):
//!
//! ```text
//! established:  ½·s(window)·m(next)/m(window) + ½·s(h)·m(next)/m(h)
//! new:          s(r)·m(next)/m(r),  r = the last three full months and the days since,
//!               s(r) times (a − 1)/a and r from the first purchase if that lies inside r
//! ```
//!
//! New is who was first seen in the window, and later after the start of the data than the burn-in and than twice its own gap
//! between purchases (a customer who buys every two months and is first seen in the second month is not new). The
//! factor (a − 1)/a, a the purchase days, takes the opening purchase out: counting from a purchase, a − 1 purchases follow in the time.

use rayon::prelude::*;

use crate::domain::{Day, Money, Window};
use crate::features::{FeatureTable, Features};

use super::params::PotentialParams;
use super::season::{Season, month_start};

/// Days under which the last half of a window is too short for monthly sales.
const SHORTEST_HALF: i32 = 45;
/// Two centuries of days: no model file can ask for a calendar that fills the memory.
const LONGEST_HORIZON: i32 = 73_050;

/// One customer's forecast, in sales.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Forecast {
    /// Expected sales of the next window, currency units, 0 or more; none where a rate cannot be formed.
    pub(super) expected: Option<f64>,
    /// ln of the daily sales of the last half window over those of the first; none unless both are positive.
    pub(super) shift: Option<f64>,
    /// New in the window.
    pub(super) young: bool,
    /// Enough purchase days and tenure.
    pub(super) evidence: bool,
    /// Purchase days that speak for the forecast.
    pub(super) purchases: u32,
}

/// The stretches of time all customers share.
struct Calendar {
    start: Day,
    as_of: Day,
    window_from: Day,
    half_from: Option<Day>,
    recent_from: Day,
    /// Weighted days from `start` up to and including each day, through the end of the next window.
    mass: Vec<f64>,
    next: f64,
}

impl Calendar {
    /// * `horizon`: days of the next window.
    fn new(table: &FeatureTable, season: &Season, horizon: i32) -> Option<Calendar> {
        let (start, _) = table.history?;
        let as_of = table.as_of?;
        let days = as_of.since(start).checked_add(1).filter(|days| *days > 0)?;
        let length = window_days(table)?;
        let horizon = horizon.clamp(1, LONGEST_HORIZON);
        let window_from = as_of.plus(1 - length);
        let (month, ends) = (as_of.month(), month_start(as_of.month() + 1) == as_of.plus(1));
        let target = as_of.plus(1 - length / 2);
        let half_from = [month_start(target.month()), month_start(target.month() + 1)]
            .into_iter()
            .min_by_key(|day| day.since(target).abs())
            .filter(|day| as_of.since(*day) + 1 >= SHORTEST_HALF && day.since(window_from) >= SHORTEST_HALF);
        let mut mass = Vec::with_capacity((days + horizon) as usize);
        let (mut sum, mut day) = (0.0, start);
        while day <= as_of.plus(horizon) {
            // A month at a time: its days weigh the same.
            let end = month_start(day.month() + 1).max(day.plus(1)).min(as_of.plus(horizon + 1));
            let weight = season.index(day);
            for _ in 0..end.since(day) {
                sum += weight;
                mass.push(sum);
            }
            day = end;
        }
        let mut calendar = Calendar {
            start,
            as_of,
            window_from,
            half_from,
            recent_from: month_start(if ends { month - 2 } else { month - 3 }).max(start),
            mass,
            next: 0.0,
        };
        calendar.next = calendar.mass(as_of.plus(1), as_of.plus(horizon));
        Some(calendar)
    }

    /// Weighted days from `from` to `to`, both included.
    fn mass(&self, from: Day, to: Day) -> f64 {
        let upto = |day: Day| {
            usize::try_from(day.since(self.start))
                .ok()
                .and_then(|at| self.mass.get(at))
                .copied()
                .unwrap_or(0.0)
        };
        upto(to) - upto(from.plus(-1))
    }
}

/// Days of the window that the history covers; none without transactions.
pub fn window_days(table: &FeatureTable) -> Option<i32> {
    let (start, _) = table.history?;
    let days = table.as_of?.since(start).checked_add(1).filter(|days| *days > 0)?;
    Some(match table.window? {
        Window::Days(window) => days.min(i32::try_from(window).unwrap_or(i32::MAX)).max(1),
        Window::All => days,
    })
}

/// Forecasts every customer; none at all without transactions.
///
/// * `horizon`: days forecast; none for as many as the window has.
pub(super) fn forecasts(
    table: &FeatureTable,
    params: &PotentialParams,
    season: &Season,
    horizon: Option<i32>,
) -> Vec<Forecast> {
    let burn_in = i32::try_from(params.burn_in_days).unwrap_or(i32::MAX);
    let horizon = horizon.or_else(|| window_days(table)).unwrap_or(1);
    match Calendar::new(table, season, horizon) {
        Some(calendar) if table.has_transactions => {
            table.rows.par_iter().map(|row| forecast(row, &calendar, params, burn_in)).collect()
        }
        _ => vec![Forecast::default(); table.len()],
    }
}

fn sales_since(row: &Features, day: Day) -> f64 {
    let month = day.month();
    let sum: i128 =
        row.months.iter().filter(|cell| cell.month >= month).map(|cell| i128::from(cell.sales.0)).sum();
    sum as f64 / Money::SCALE as f64
}

fn forecast(row: &Features, calendar: &Calendar, params: &PotentialParams, burn_in: i32) -> Forecast {
    let Some(first) = row.first else { return Forecast::default() };
    let as_of = calendar.as_of;
    let unseen = row.gap_mean.map_or(0.0, |gap| 2.0 * gap).max(f64::from(burn_in));
    let young = first >= calendar.window_from && f64::from(first.since(calendar.start)) > unseen;
    let purchases = if young { row.active_days } else { row.active_days.min(row.orders) };
    let mut shift = None;
    let expected = if young {
        let (from, kept) = if first > calendar.recent_from {
            (first, 1.0 - 1.0 / f64::from(row.active_days.max(1)))
        } else {
            (calendar.recent_from, 1.0)
        };
        rate(kept * sales_since(row, from), calendar.mass(from, as_of))
    } else {
        let whole = row.sales.to_f64();
        let by_window = rate(whole, calendar.mass(calendar.window_from, as_of));
        match calendar.half_from {
            None => by_window,
            Some(half_from) => {
                let half = sales_since(row, half_from);
                let by_half = rate(half, calendar.mass(half_from, as_of));
                let before = rate(whole - half, calendar.mass(calendar.window_from, half_from.plus(-1)));
                shift = match (by_half, before) {
                    (Some(late), Some(early)) if late > 0.0 && early > 0.0 => Some((late / early).ln()),
                    _ => None,
                };
                by_window.zip(by_half).map(|(a, b)| f64::midpoint(a, b))
            }
        }
    };
    Forecast {
        expected: expected.map(|daily| (daily * calendar.next).max(0.0)),
        shift,
        young,
        evidence: purchases >= params.min_active_days
            && as_of.since(first) >= i32::try_from(params.min_tenure_days).unwrap_or(i32::MAX),
        purchases,
    }
}

fn rate(sales: f64, mass: f64) -> Option<f64> {
    (mass > 0.0).then(|| sales / mass).filter(|daily| daily.is_finite())
}
