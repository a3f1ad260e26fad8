//! Days as counts, and the days that bound value and plan.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);

    /// The day of a calendar date.
    pub fn from_date(date: Date) -> Self {
        Day(date.since(Self::EPOCH).map_or(0, |span| span.get_days()))
    }

    /// The calendar date of this day; the nearest one jiff knows if it is out of range.
    pub fn to_date(self) -> Date {
        Self::EPOCH.saturating_add(jiff::Span::new().days(self.0.clamp(-4_000_000, 2_900_000)))
    }

    /// Days from `earlier` to this one.
    pub fn since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }

    /// The day `days` later (earlier if negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// Months since year 0: `year * 12 + (month - 1)`.
    pub fn month(self) -> i32 {
        self.month_and_day().0
    }

    /// Months since year 0 and the day of the month, the first being 1.
    ///
    /// Integer arithmetic after Hinnant (2013), "chrono-compatible low-level date algorithms": one
    /// is needed for every day a customer bought.
    pub fn month_and_day(self) -> (i32, u8) {
        let days = i64::from(self.0) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Years that start in March: its index is 0, that of January 10.
        let from_march = (5 * day_of_year + 2) / 153;
        let day_of_month = day_of_year - (153 * from_march + 2) / 5 + 1;
        (((era * 400 + year_of_era) * 12 + from_march + 2) as i32, day_of_month as u8)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_date().fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Date>().map(Day::from_date)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The days that bound value and plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// This many days, the last of them `as_of`; at least 1.
    Days(u32),
    /// From the first day in the data.
    All,
}

impl Window {
    /// True if `day` lies in the window that ends on `as_of`.
    pub fn holds(self, day: Day, as_of: Day) -> bool {
        day <= as_of
            && match self {
                Window::Days(days) => i64::from(as_of.0) - i64::from(day.0) < i64::from(days),
                Window::All => true,
            }
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Window::All);
        }
        match text.parse::<u32>() {
            Ok(days) if days > 0 => Ok(Window::Days(days)),
            _ => Err(format!("\"{text}\" is neither a number of days nor \"all\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_to_dates_and_back() {
        for text in ["1970-01-01", "2022-12-31", "1899-12-30", "2024-02-29"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn months_agree_with_the_calendar() {
        let mut date = jiff::civil::date(1899, 12, 1);
        while date.year() < 2201 {
            let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
            assert_eq!(Day::from_date(date).month_and_day(), (month, date.day() as u8), "{date}");
            date = date.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_window_of_one_day_holds_that_day_only() {
        let as_of = Day(100);
        assert!(Window::Days(1).holds(Day(100), as_of));
        assert!(!Window::Days(1).holds(Day(99), as_of));
        assert!(!Window::All.holds(Day(101), as_of));
    }
}
