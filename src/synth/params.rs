//! What to make.

use crate::domain::Day;
use crate::error::{Error, Fault, Result};

/// The language of the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `customer_id`, `date`, ...
    English,
    /// `客户编号`, `日期`, ...
    Chinese,
}

/// What to make, as asked for.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// How many customers, 1 to 50 million.
    pub customers: u32,
    /// How many transaction lines in all, at most 100 billion.
    pub transactions: u64,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// The last of the 730 days of data.
    pub last_day: Day,
    /// The language of the headers.
    pub language: Language,
}

/// Parameters that passed [`Params::check`].
#[derive(Clone, Copy, Debug)]
pub struct ValidParams(Params);

impl Params {
    /// The day the data end unless told otherwise: 2025-12-31.
    pub const LAST_DAY: Day = Day(20_453);

    /// Checks ranges.
    ///
    /// # Errors
    /// E801 for each number out of its range.
    pub fn check(self) -> Result<ValidParams> {
        let mut faults = Vec::new();
        if !(1..=50_000_000).contains(&self.customers) {
            faults.push(
                Fault::new(801, format!("{} customers cannot be made", self.customers))
                    .hint("ask for 1 to 50000000 customers"),
            );
        }
        if self.transactions > 100_000_000_000 {
            faults.push(
                Fault::new(801, format!("{} transactions cannot be made", self.transactions))
                    .hint("ask for at most 100000000000 transactions"),
            );
        }
        if self.transactions / u64::from(self.customers.max(1)) > 1_000_000 {
            faults.push(
                Fault::new(801, "there would be more than a million transactions a customer")
                    .hint("ask for more customers or fewer transactions"),
            );
        }
        // Excel knows no day before 1900, and four digits hold no year after 9999.
        if !(-20_000..=2_900_000).contains(&self.last_day.0) {
            faults.push(Fault::new(801, format!("data cannot end on {}", self.last_day)));
        }
        Error::unless_empty(faults)?;
        Ok(ValidParams(self))
    }
}

impl std::ops::Deref for ValidParams {
    type Target = Params;

    fn deref(&self) -> &Params {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_last_day_is_the_end_of_2025() {
        assert_eq!(Params::LAST_DAY.to_string(), "2025-12-31");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let params = Params {
            customers: 0,
            transactions: u64::MAX,
            seed: 1,
            last_day: Params::LAST_DAY,
            language: Language::English,
        };
        assert_eq!(params.check().unwrap_err().faults.len(), 3);
    }
}
