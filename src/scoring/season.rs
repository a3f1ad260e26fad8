//! How much of a year's sales falls in each month.
//!
//! Only customers that were there from the start are asked, so that a growing customer base does not look like a
//! season. Months are compared within blocks of twelve counted back from `as_of`; the straight trend in the logs
//! from block to block is taken out. With less than two years season and trend cannot be told apart, so the indices are
//! shrunken towards 1: their weight is (years − 1/2) / (3/2), clamped to 0–1, thus 0 at half a year, 1/3 at one year
//! and 1 from two years on.

use crate::domain::{Day, Money};
use crate::features::FeatureTable;

/// Index of each calendar month, mean 1, by day of sales.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Season {
    indices: [f64; 12],
}

/// First day of a month counted as `Day::month` counts.
pub(super) fn month_start(month: i32) -> Day {
    let year = month.div_euclid(12) as i16;
    let in_year = month.rem_euclid(12) as i8 + 1;
    jiff::civil::Date::new(year, in_year, 1).map_or(Day(0), Day::from_date)
}

impl Season {
    /// No season: every month as good as any other.
    pub(super) const FLAT: Season = Season { indices: [1.0; 12] };

    /// Measures the season on customers first seen within `burn_in` days of the start of the history.
    pub(super) fn measure(table: &FeatureTable, burn_in: i32) -> Season {
        let Some((start, _)) = table.history else { return Season::FLAT };
        let Some(as_of) = table.as_of else { return Season::FLAT };
        let years = f64::from(as_of.since(start) + 1) / 365.25;
        let trust = ((years - 0.5) / 1.5).clamp(0.0, 1.0);
        if trust <= 0.0 {
            return Season::FLAT;
        }
        let rates = daily_rates(table, start, as_of, burn_in);
        Season {
            indices: indices(&rates, as_of.month()).map(|index| (1.0 + trust * (index - 1.0)).max(0.05)),
        }
    }

    /// Index of the month in which `day` lies.
    pub(super) fn index(&self, day: Day) -> f64 {
        self.indices[day.month().rem_euclid(12) as usize]
    }
}

/// `(month, sales per day covered)` of established customers, ascending; months hardly covered are left out.
fn daily_rates(table: &FeatureTable, start: Day, as_of: Day, burn_in: i32) -> Vec<(i32, f64)> {
    let (first, last) = (start.month(), as_of.month());
    let mut sums = vec![0_i128; usize::try_from(last - first + 1).unwrap_or(0)];
    for row in &table.rows {
        if row.first.is_some_and(|day| day.since(start) <= burn_in) {
            for cell in &row.months {
                if let Ok(place) = usize::try_from(cell.month - first)
                    && let Some(sum) = sums.get_mut(place)
                {
                    *sum += i128::from(cell.sales.0);
                }
            }
        }
    }
    (first..=last)
        .zip(sums)
        .filter_map(|(month, sum)| {
            let from = month_start(month).max(start);
            let to = month_start(month + 1).plus(-1).min(as_of);
            let days = to.since(from) + 1;
            (days >= 10).then(|| (month, sum as f64 / Money::SCALE as f64 / f64::from(days)))
        })
        .collect()
}

/// Mean index of each calendar month over blocks of twelve months back from `last`; 1 where nothing is known.
fn indices(rates: &[(i32, f64)], last: i32) -> [f64; 12] {
    let block = |month: i32| (last - month).div_euclid(12);
    let blocks = rates.first().map_or(0, |(month, _)| block(*month) + 1);
    let mean_of = |wanted: i32| {
        let inside: Vec<f64> =
            rates.iter().filter(|(month, _)| block(*month) == wanted).map(|(_, r)| *r).collect();
        // A block of a few months has a season of its own in its mean.
        (inside.len() >= 6)
            .then(|| inside.iter().sum::<f64>() / inside.len() as f64)
            .filter(|mean| *mean > 0.0)
    };
    let means: Vec<Option<f64>> = (0..blocks).map(mean_of).collect();
    let full: Vec<(i32, f64)> =
        (0..).zip(&means).filter_map(|(at, mean)| mean.map(|mean| (at, mean))).collect();
    // Log growth per month between the oldest and the newest block.
    let trend = match (full.first(), full.last()) {
        (Some((new, recent)), Some((old, past))) if old > new => {
            (recent / past).ln() / f64::from(12 * (old - new))
        }
        _ => 0.0,
    };
    let mut sums = [(0.0, 0_u32); 12];
    for (month, rate) in rates {
        let at = block(*month);
        if let Some(mean) = means.get(at as usize).copied().flatten() {
            let from_centre = f64::from(last - 12 * at - *month) - 5.5;
            let cell = &mut sums[month.rem_euclid(12) as usize];
            cell.0 += rate / mean * (trend * from_centre).exp();
            cell.1 += 1;
        }
    }
    let raw =
        sums.map(|(sum, count)| if count > 0 { (sum / f64::from(count)).clamp(0.0, 12.0) } else { 1.0 });
    let mean = raw.iter().sum::<f64>() / 12.0;
    if mean > 0.0 { raw.map(|index| index / mean) } else { [1.0; 12] }
}
