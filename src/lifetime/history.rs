//! What the models see of a customer: how often, until when, for how long.

use crate::error::{Fault, Result};

use super::period::Period;

/// One customer's history, counted from its first purchase.
///
/// As in the papers the first purchase makes the customer and is not counted: x is the number of
/// *repeat* purchases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    /// x: repeat purchases, purchases of one day being one.
    pub x: u32,
    /// tₓ: from the first purchase to the last, 0 without a repeat.
    pub t_x: f64,
    /// T: from the first purchase to the end of the observation, tₓ ≤ T.
    pub total: f64,
}

/// Histories of many customers, all counted in one unit of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Histories {
    period: Period,
    rows: Vec<History>,
}

impl Histories {
    /// Checks that every history is possible.
    ///
    /// # Errors
    /// E354 for the first history that is impossible, see [`History::contradiction`].
    pub fn new(period: Period, rows: Vec<History>) -> Result<Self> {
        for (index, row) in rows.iter().enumerate() {
            if let Some(cause) = row.contradiction(period) {
                let cause = format!("the history of customer number {} {cause}", index + 1);
                return Err(Fault::new(354, cause).hint(HISTORY_HINT).into());
            }
        }
        Ok(Histories { period, rows })
    }

    /// The unit of every time inside.
    pub fn period(&self) -> Period {
        self.period
    }

    /// One per customer.
    pub fn rows(&self) -> &[History] {
        &self.rows
    }

    /// Customers.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without customers.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Customers with at least one repeat purchase.
    pub fn repeaters(&self) -> usize {
        self.rows.iter().filter(|row| row.x > 0).count()
    }
}

/// What to do about an impossible history.
pub const HISTORY_HINT: &str = "x counts repeat purchases (days with a purchase, less the first), t_x is the time from the first purchase to \
     the last (0 if and only if x is 0) and T the time from the first purchase to the end, in one unit, so t_x is never \
     more than T; times rounded to whole periods lose this";

/// More repeats a day than this are a slip of the pen, not a customer.
const MOST_A_DAY: f64 = 1_000.0;

impl History {
    /// What is impossible in it, if anything; reads after "the history of …".
    ///
    /// A negative or infinite time, tₓ > T, tₓ > 0 without a repeat, tₓ = 0 with one, or more than a
    /// thousand repeats a day.
    pub fn contradiction(&self, period: Period) -> Option<String> {
        let History { x, t_x, total } = *self;
        if !(t_x.is_finite() && total.is_finite() && t_x >= 0.0 && total >= 0.0) {
            return Some(format!("has a time that is negative or not finite (t_x {t_x}, T {total})"));
        }
        if t_x > total {
            return Some(format!("ends before its last purchase (t_x {t_x} is more than T {total})"));
        }
        if x == 0 && t_x > 0.0 {
            return Some(format!("has no repeat purchase, yet a last one after the first (t_x {t_x})"));
        }
        if x > 0 && t_x <= 0.0 {
            return Some(format!("has a repeat purchase at the moment of the first (x {x}, t_x {t_x})"));
        }
        (self.a_day(period) > MOST_A_DAY)
            .then(|| format!("has {x} repeat purchases in {t_x} {period}s, more than {MOST_A_DAY} a day"))
    }

    /// Repeat purchases for each day from the first purchase to the last; 0 without one.
    pub(super) fn a_day(&self, period: Period) -> f64 {
        if self.x == 0 { 0.0 } else { f64::from(self.x) / (self.t_x * period.days()).max(1.0) }
    }
}

/// Customers with the same history, times scaled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Repeat purchases.
    pub x: u32,
    /// To the last purchase.
    pub t_x: f64,
    /// To the end.
    pub total: f64,
    /// How many customers.
    pub weight: f64,
}

/// Histories put together where equal, with the scale taken out of their times.
#[derive(Clone, Debug)]
pub(super) struct Grouped {
    /// Ascending by x, `t_x`, T.
    pub groups: Vec<Group>,
    /// Original time = scaled time × this.
    pub scale: f64,
    /// Sum of x over customers.
    pub purchases: f64,
    /// Customers.
    pub customers: f64,
}

impl Grouped {
    /// Groups equal histories; times are divided by the mean T.
    pub(super) fn new(histories: &Histories) -> Self {
        let mut rows = histories.rows.clone();
        rayon::slice::ParallelSliceMut::par_sort_unstable_by(rows.as_mut_slice(), |left, right| {
            left.x.cmp(&right.x).then(left.t_x.total_cmp(&right.t_x)).then(left.total.total_cmp(&right.total))
        });
        let customers = rows.len() as f64;
        let mean = rows.iter().map(|row| row.total).sum::<f64>() / customers.max(1.0);
        let scale = if mean > 0.0 { mean } else { 1.0 };
        let purchases = rows.iter().map(|row| f64::from(row.x)).sum();
        let groups = rows
            .chunk_by(|left, right| left == right)
            .map(|run| Group {
                x: run[0].x,
                t_x: run[0].t_x / scale,
                total: run[0].total / scale,
                weight: run.len() as f64,
            })
            .collect();
        Grouped { groups, scale, purchases, customers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(x: u32, t_x: f64, total: f64) -> History {
        History { x, t_x, total }
    }

    #[test]
    fn equal_histories_become_one_group() {
        let rows =
            vec![history(2, 3.0, 4.0), history(0, 0.0, 8.0), history(2, 3.0, 4.0), history(0, 0.0, 8.0)];
        let grouped = Grouped::new(&Histories::new(Period::Week, rows).unwrap());
        assert_eq!(grouped.groups.len(), 2);
        assert!((grouped.scale - 6.0).abs() < 1e-12);
        assert!((grouped.groups[1].weight - 2.0).abs() < 1e-12);
        assert!((grouped.groups[1].t_x - 0.5).abs() < 1e-12);
        assert!((grouped.purchases - 4.0).abs() < 1e-12);
    }

    #[test]
    fn impossible_histories_are_refused() {
        for row in [
            history(1, 5.0, 4.0),
            history(0, 1.0, 4.0),
            history(1, -1.0, 4.0),
            history(1, 1.0, f64::NAN),
            history(1, 1.0, f64::INFINITY),
            history(3, 0.0, 4.0),
            history(5_000, 4.0, 4.0),
        ] {
            assert!(Histories::new(Period::Day, vec![row]).unwrap_err().has_code(354), "{row:?}");
        }
    }
}
