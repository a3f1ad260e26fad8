//! Time has a unit here: weeks and days are types, and a number of periods says of which.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The unit in which histories, rates and horizons are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// One day.
    Day,
    /// Seven days.
    Week,
    /// 365.25 / 12 days.
    Month,
}

impl Period {
    /// All three, the shortest first.
    pub const ALL: [Period; 3] = [Period::Day, Period::Week, Period::Month];
    /// Days of a mean year, for rates given by the year.
    pub const DAYS_PER_YEAR: f64 = 365.25;

    /// Days in one period.
    pub const fn days(self) -> f64 {
        match self {
            Period::Day => 1.0,
            Period::Week => 7.0,
            Period::Month => Self::DAYS_PER_YEAR / 12.0,
        }
    }

    /// Periods in a mean year.
    pub const fn per_year(self) -> f64 {
        Self::DAYS_PER_YEAR / self.days()
    }

    /// As recipes and the command line write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "day" | "days" => Ok(Period::Day),
            "week" | "weeks" => Ok(Period::Week),
            "month" | "months" => Ok(Period::Month),
            other => Err(format!("\"{other}\" is not a period (day, week or month)")),
        }
    }
}

/// A number of days.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Days(pub f64);

/// A number of weeks.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Weeks(pub f64);

/// A number of mean months.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Months(pub f64);

/// A length of time that knows its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    amount: f64,
    period: Period,
}

impl Span {
    /// So many periods.
    pub const fn new(amount: f64, period: Period) -> Self {
        Span { amount, period }
    }

    /// The length counted in `period`; exact if that is its own unit.
    pub fn counted_in(self, period: Period) -> f64 {
        if period == self.period { self.amount } else { self.amount * self.period.days() / period.days() }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.amount.to_bits() == 1.0_f64.to_bits() { "" } else { "s" };
        write!(f, "{} {}{plural}", self.amount, self.period)
    }
}

impl From<Days> for Span {
    fn from(days: Days) -> Self {
        Span::new(days.0, Period::Day)
    }
}

impl From<Weeks> for Span {
    fn from(weeks: Weeks) -> Self {
        Span::new(weeks.0, Period::Week)
    }
}

impl From<Months> for Span {
    fn from(months: Months) -> Self {
        Span::new(months.0, Period::Month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_keeps_its_length_in_any_unit() {
        let span = Span::from(Weeks(39.0));
        assert_eq!(span.counted_in(Period::Week).to_bits(), 39.0_f64.to_bits());
        assert!((span.counted_in(Period::Day) - 273.0).abs() < 1e-12);
        assert!((Span::from(Months(12.0)).counted_in(Period::Day) - 365.25).abs() < 1e-9);
        assert_eq!(Span::from(Days(1.0)).to_string(), "1 day");
    }
}
