//! Which launches a customer could have tried, and when it did.
//!
//! Launches are ordered by day, so those that happened while a customer was active are a range of
//! that order, and a sum over them is a difference of two prefix sums: nothing here has an entry
//! per customer and launch.

use rayon::prelude::*;

use super::adopters::Trial;
use crate::domain::Day;
use crate::features::{FeatureTable, Features};

/// The launches of a model, laid over a table.
#[derive(Debug)]
pub(super) struct Exposure {
    /// Launch days of the model, ascending.
    days: Vec<Day>,
    /// Model launch of each launch in the table.
    of_table: Vec<Option<u32>>,
    /// Launches up to here have been watched for the whole early window.
    complete: usize,
    /// Days after (or before) launch that count as early.
    early_days: i32,
}

/// One customer's launches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// First launch while active.
    pub(super) start: usize,
    /// Behind the last launch while active that was watched for the whole early window.
    pub(super) complete: usize,
    /// Behind the last launch while active.
    pub(super) end: usize,
}

/// What a customer did with one launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Bought within the early window.
    Early,
    /// Bought later.
    Late,
    /// Bought long before the launch: it was not new to this customer.
    Held,
}

impl Exposure {
    /// Lays the model's launches, ascending by day, over the table's.
    ///
    /// * `of_table`: model launch of each table launch, none if the model does not know it.
    /// * `end`: the last day with data.
    pub(super) fn new(days: Vec<Day>, of_table: Vec<Option<u32>>, end: Day, early_days: i32) -> Self {
        let complete =
            days.partition_point(|day| i64::from(day.0) + i64::from(early_days) <= i64::from(end.0));
        Exposure { days, of_table, complete, early_days }
    }

    /// Number of launches that were watched for the whole early window.
    pub(super) fn complete(&self) -> usize {
        self.complete
    }

    /// Launches between the first and the last purchase.
    pub(super) fn span(&self, row: &Features) -> Span {
        let (Some(first), Some(last)) = (row.first, row.last) else {
            return Span { start: 0, complete: 0, end: 0 };
        };
        let start = self.days.partition_point(|&day| day < first);
        let end = self.days.partition_point(|&day| day <= last).max(start);
        Span { start, complete: end.min(self.complete).max(start), end }
    }

    /// What the customer did with the launches of its span.
    pub(super) fn trials<'a>(&'a self, row: &'a Features, span: Span) -> impl Iterator<Item = Trial> + 'a {
        row.adoptions.iter().filter_map(move |adoption| {
            let launch = (*self.of_table.get(adoption.launch as usize)?)?;
            let lag = adoption.day.0.saturating_sub(self.days.get(launch as usize)?.0);
            let deed = if lag > self.early_days {
                Deed::Late
            } else if lag < -self.early_days {
                Deed::Held
            } else {
                Deed::Early
            };
            let lag = u32::try_from(lag).unwrap_or(0);
            (span.start..span.end).contains(&(launch as usize)).then_some(Trial { launch, lag, deed })
        })
    }
}

/// Days after launch within which half of the adopters had adopted.
///
/// Counts first purchases from the launch day on, by customers active at launch. Young launches
/// have shown only their fastest adopters, so launches watched for less than half the time since the
/// first launch are left out; and the window is never longer than what half of the launches were
/// watched for, or too few of them would be left.
///
/// * `rows`: the customers asked.
pub(super) fn median_lag(table: &FeatureTable, rows: &[u32], end: Day) -> Option<i32> {
    let days: Vec<Day> = table.launches.iter().map(|launch| launch.day).collect();
    let days = days.as_slice();
    let watched = move |day: Day| end.0.saturating_sub(day.0);
    let oldest = days.iter().copied().map(watched).max()?;
    let asked = rows.par_iter().with_min_len(1_024).filter_map(|row| table.rows.get(*row as usize));
    let lags = asked.flat_map_iter(|row| {
        let active = row.first.zip(row.last).map(|(first, last)| first..=last);
        row.adoptions.iter().filter_map(move |adoption| {
            let day = *days.get(adoption.launch as usize)?;
            let counts = adoption.day >= day && watched(day) >= oldest / 2 && active.as_ref()?.contains(&day);
            counts.then(|| adoption.day.0.saturating_sub(day.0))
        })
    });
    let mut lags: Vec<i32> = lags.collect();
    let mut watches: Vec<i32> = days.iter().copied().map(watched).collect();
    let half = watches.len() / 2;
    let longest = *watches.select_nth_unstable(half).1;
    let middle = lags.len() / 2;
    let median = if lags.is_empty() { longest } else { *lags.select_nth_unstable(middle).1 };
    Some(median.min(longest).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Adoption, Launch};

    fn row(first: i32, last: i32, adoptions: &[(u32, i32)]) -> Features {
        Features {
            first: Some(Day(first)),
            last: Some(Day(last)),
            adoptions: adoptions.iter().map(|&(launch, day)| Adoption { launch, day: Day(day) }).collect(),
            ..Features::default()
        }
    }

    #[test]
    fn a_span_holds_launches_between_first_and_last_purchase() {
        let days = vec![Day(10), Day(20), Day(20), Day(30), Day(95)];
        let exposure = Exposure::new(days, vec![], Day(100), 10);
        assert_eq!(exposure.complete(), 4);
        assert_eq!(exposure.span(&row(11, 30, &[])), Span { start: 1, complete: 4, end: 4 });
        assert_eq!(exposure.span(&row(20, 99, &[])), Span { start: 1, complete: 4, end: 5 });
        assert_eq!(exposure.span(&row(96, 99, &[])), Span { start: 5, complete: 5, end: 5 });
        assert_eq!(exposure.span(&Features::default()), Span { start: 0, complete: 0, end: 0 });
    }

    #[test]
    fn a_purchase_is_early_late_or_long_before() {
        let days = vec![Day(50), Day(50), Day(50), Day(50)];
        let exposure = Exposure::new(days, vec![Some(0), Some(1), Some(2), None], Day(100), 10);
        let row = row(1, 99, &[(0, 60), (1, 61), (2, 39), (3, 50), (9, 50)]);
        let trials = exposure.trials(&row, exposure.span(&row));
        let deeds: Vec<_> = trials.map(|trial| (trial.launch, trial.lag, trial.deed)).collect();
        assert_eq!(deeds, [(0, 10, Deed::Early), (1, 11, Deed::Late), (2, 0, Deed::Held)]);
    }

    #[test]
    fn the_window_follows_the_data() {
        let launches = vec![
            Launch { product_id: "a".into(), day: Day(0) },
            Launch { product_id: "b".into(), day: Day(10) },
            Launch { product_id: "c".into(), day: Day(900) },
        ];
        let rows = vec![row(0, 1000, &[(0, 300), (2, 901)]), row(0, 1000, &[(0, 400), (1, 210)])];
        let table = FeatureTable { rows, launches, ..FeatureTable::default() };
        // Lags 300, 400 and 200; launch c has been watched for a tenth of the time only.
        let all: Vec<u32> = (0..).take(table.rows.len()).collect();
        assert_eq!(median_lag(&table, &all, Day(1000)), Some(300));
    }
}
