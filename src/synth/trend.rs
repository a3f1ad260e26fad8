//! How a customer's buying goes over the two years, and after them.

use crate::domain::Day;

/// Days of data.
pub(super) const DAYS: usize = 730;
/// Days of the last year, and of the year after the data.
pub(super) const YEAR: usize = 365;

/// Share of a mean month's sales by month, January first.
const SEASON: [f64; 12] = [1.10, 0.80, 0.92, 0.96, 1.00, 0.98, 0.94, 0.96, 1.04, 1.06, 1.08, 1.20];
/// Share of a mean day's sales by weekday, Monday first.
const WEEK: [f64; 7] = [1.25, 1.20, 1.15, 1.15, 1.20, 0.60, 0.25];

/// The shape of a customer's buying over time, before the season.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// The same all along, or moving evenly to `end` times the start; goes on at `end`.
    Drift { end: f64 },
    /// Nothing before day `open`, the same from then on.
    Opens { open: usize },
    /// Nothing before day `open`, then rising evenly; the next year stays 1.25 times above the last level.
    Rises { open: usize },
    /// The same, with `times` as much in the 30 days from `day`.
    Noisy { day: usize, times: f64 },
    /// The same until the last 240 days, then rising to `peak` times; falls back to the start.
    Reverts { peak: f64 },
    /// The same until day `close`, nothing after it.
    Stops { close: usize },
}

impl Shape {
    /// Relative level on a day of the data.
    fn level(self, day: usize) -> f64 {
        let at = day as f64;
        match self {
            Shape::Drift { end } => 1.0 + (end - 1.0) * at / DAYS as f64,
            Shape::Opens { open } => f64::from(u8::from(day >= open)),
            Shape::Rises { open } if day < open => 0.0,
            Shape::Rises { open } => (at - open as f64 + 1.0) / (DAYS - open) as f64,
            Shape::Noisy { day: start, times } => {
                if (start..start + 30).contains(&day) {
                    times
                } else {
                    1.0
                }
            }
            Shape::Reverts { peak } => {
                let risen = (at - (DAYS - 240) as f64).max(0.0) / 240.0;
                1.0 + (peak - 1.0) * risen
            }
            Shape::Stops { close } => f64::from(u8::from(day < close)),
        }
    }

    /// Mean relative level of the year after the data.
    fn next_level(self) -> f64 {
        match self {
            Shape::Drift { end } => end,
            Shape::Opens { .. } | Shape::Noisy { .. } | Shape::Reverts { .. } => 1.0,
            Shape::Rises { .. } => 1.25,
            Shape::Stops { .. } => 0.0,
        }
    }
}

/// A shape with the season on it, ready to draw days from.
#[derive(Clone, Debug)]
pub(super) struct Trend {
    /// Share of all lines up to and including each day, ascending to 1.
    cumulative: Vec<f64>,
    /// First day with lines.
    pub(super) open: usize,
    /// Lines of the two years, those of a customer that buys the same all along being 1.
    pub(super) mass: f64,
    /// Share of the lines that falls in the last year.
    pub(super) last_year: f64,
    /// Lines expected in the year after the data, over those of the two years.
    pub(super) next_year: f64,
}

impl Trend {
    pub(super) fn new(shape: Shape, last_day: Day) -> Self {
        let mut sum = 0.0;
        let mut flat = 0.0;
        let mut flat_before = 0.0;
        let mut cumulative = Vec::with_capacity(DAYS);
        for day in 0..DAYS {
            if day == DAYS - YEAR {
                flat_before = flat;
            }
            let season = season(last_day.plus(day as i32 + 1 - DAYS as i32));
            flat += season;
            sum += season * shape.level(day);
            cumulative.push(sum);
        }
        let last_year = 1.0 - cumulative[DAYS - YEAR - 1] / sum;
        for share in &mut cumulative {
            *share /= sum;
        }
        Trend {
            open: cumulative.iter().position(|&share| share > 0.0).unwrap_or(0),
            cumulative,
            mass: sum / flat,
            last_year,
            next_year: (flat - flat_before) * shape.next_level() / sum,
        }
    }

    /// The day on which this share of the lines is reached.
    pub(super) fn day_at(&self, share: f64) -> usize {
        self.cumulative.partition_point(|&reached| reached <= share).min(DAYS - 1)
    }
}

fn season(day: Day) -> f64 {
    // 1970-01-01 was a Thursday.
    SEASON[day.month().rem_euclid(12) as usize] * WEEK[(day.0 + 3).rem_euclid(7) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_year_of_a_young_customer_is_several_times_its_last() {
        let last = "2025-12-31".parse().unwrap();
        let flat = Trend::new(Shape::Drift { end: 1.0 }, last);
        assert!((flat.next_year / flat.last_year - 1.0).abs() < 0.01);
        assert!((flat.mass - 1.0).abs() < 1e-12);
        let young = Trend::new(Shape::Opens { open: DAYS - 100 }, last);
        assert_eq!(young.open, DAYS - 100);
        assert!((young.last_year - 1.0).abs() < 1e-12);
        assert!((3.0..4.0).contains(&young.next_year), "{}", young.next_year);
        assert_eq!(young.day_at(0.0), DAYS - 100);
        assert_eq!(young.day_at(0.999_999_999), DAYS - 1);
    }

    #[test]
    fn sundays_are_quiet() {
        assert!(season("2025-06-01".parse().unwrap()) < season("2025-06-02".parse().unwrap()) / 3.0);
    }
}
