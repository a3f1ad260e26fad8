//! How much of a year's sales falls in each month.
//!
//! Only customers that were there from the start are asked, so that a growing customer base does not look like a
//! season. Months are compared within blocks of twelve counted back from `as_of`; the straight trend in the logs
//! from block to block is taken out. With less than two years season and trend cannot be told apart, so the indices are
//! shrunken towards 1: their weight is (years − 1/2) / (3/2), clamped to 0–1, thus 0 at half a year, 1/3 at one year
//! and 1 from two years on.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::{Day, Money};
use crate::features::{FeatureTable, Features};

/// Index of each calendar month, mean 1, by day of sales.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Season {
    /// January first.
    pub indices: [f64; 12],
}

/// First day of a month counted as `Day::month` counts.
pub(super) fn month_start(month: i32) -> Day {
    let year = month.div_euclid(12) as i16;
    let in_year = month.rem_euclid(12) as i8 + 1;
    jiff::civil::Date::new(year, in_year, 1).map_or(Day(0), Day::from_date)
}

impl Default for Season {
    fn default() -> Self {
        Season::FLAT
    }
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
    let months = usize::try_from(last - first + 1).unwrap_or(0);
    // Whole numbers: however the customers are split among threads, the sums are the same.
    let add = |mut sums: Vec<i128>, row: &Features| {
        if row.first.is_some_and(|day| day.since(start) <= burn_in) {
            for cell in &row.months {
                if let Ok(place) = usize::try_from(cell.month - first)
                    && let Some(sum) = sums.get_mut(place)
                {
                    *sum += i128::from(cell.sales.0);
                }
            }
        }
        sums
    };
    let join = |mut a: Vec<i128>, b: Vec<i128>| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        a
    };
    let none = || vec![0_i128; months];
    let sums = table.rows.par_iter().with_min_len(4_096).fold(none, add).reduce(none, join);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Money;
    use crate::features::{Features, MonthSales};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// A customer that buys `rate(month)` a day from the month of `first` to December 2023.
    fn steady(first: &str, rate: impl Fn(i32) -> f64) -> Features {
        let first = day(first);
        let months = (first.month()..=day("2023-12-31").month()).map(|month| {
            let days = month_start(month + 1).since(month_start(month));
            MonthSales { month, sales: Money::from_f64(rate(month) * f64::from(days)).unwrap() }
        });
        Features { first: Some(first), months: months.collect(), ..Features::default() }
    }

    fn table(start: &str, rows: Vec<Features>) -> FeatureTable {
        let as_of = day("2023-12-31");
        FeatureTable {
            as_of: Some(as_of),
            history: Some((day(start), as_of)),
            rows,
            ..FeatureTable::default()
        }
    }

    fn july_doubles(month: i32) -> f64 {
        if month.rem_euclid(12) == 6 { 2.0 } else { 1.0 }
    }

    /// Twelve months of 1 a day but 2 in July have the mean 13/12, so the index of July is 24/13 and that of others 12/13.
    #[test]
    fn two_years_are_believed_and_one_year_a_third() {
        for (start, trust) in
            [("2022-01-01", (730.0 / 365.25 - 0.5) / 1.5), ("2023-01-01", (365.0 / 365.25 - 0.5) / 1.5)]
        {
            let season = Season::measure(&table(start, vec![steady(start, july_doubles)]), 45);
            let july = 1.0 + trust * (24.0 / 13.0 - 1.0);
            let others = 1.0 + trust * (12.0 / 13.0 - 1.0);
            assert!((season.index(day("2024-07-15")) - july).abs() < 1e-6, "{start}: {season:?}");
            for month in [1, 6, 8, 12] {
                let found = season.index(day(&format!("2024-{month:02}-15")));
                assert!((found - others).abs() < 1e-6, "{start}, month {month}: {season:?}");
            }
        }
    }

    #[test]
    fn half_a_year_shows_no_season() {
        let season = Season::measure(&table("2023-07-02", vec![steady("2023-07-02", july_doubles)]), 45);
        assert!(season.indices.iter().all(|index| (index - 1.0).abs() < 0.01), "{season:?}");
    }

    /// 2 % more each month for two years: taken out by the trend between the two blocks.
    #[test]
    fn steady_growth_is_no_season() {
        let start = day("2022-01-01").month();
        let grows = steady("2022-01-01", |month| 1_000.0 * (0.02 * f64::from(month - start)).exp());
        let season = Season::measure(&table("2022-01-01", vec![grows]), 45);
        assert!(season.indices.iter().all(|index| (index - 1.0).abs() < 1e-6), "{season:?}");
    }

    #[test]
    fn customers_won_later_do_not_look_like_a_season() {
        let old = || steady("2022-01-01", |_| 10.0);
        let alone = Season::measure(&table("2022-01-01", vec![old()]), 45);
        let won = steady("2023-10-01", |_| 10_000.0);
        assert_eq!(Season::measure(&table("2022-01-01", vec![old(), won]), 45), alone);
    }
}
