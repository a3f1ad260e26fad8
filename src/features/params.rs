//! The recipe's `[features]` section.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Result};

/// `[features]` as a recipe gives it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureParams {
    /// Days at the start of the data in which every product counts as old.
    pub launch_burn_in_days: u32,
    /// A product sold this many days before its launch date was no launch.
    pub launch_tolerance_days: u32,
}

/// `[features]` once checked.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureValidParams(FeatureParams);

impl FeatureParams {
    /// Checks ranges.
    ///
    /// # Errors
    /// E113 if a number of days is over a century.
    pub fn check(self) -> Result<FeatureValidParams> {
        let mut faults = Vec::new();
        for (key, days) in [
            ("launch_burn_in_days", self.launch_burn_in_days),
            ("launch_tolerance_days", self.launch_tolerance_days),
        ] {
            if days > 36_500 {
                faults.push(
                    Fault::new(113, format!("features.{key} is {days}"))
                        .hint("give a number of days from 0 to 36500"),
                );
            }
        }
        Error::unless_empty(faults)?;
        Ok(FeatureValidParams(self))
    }
}

impl FeatureValidParams {
    /// Days at the start of the data in which every product counts as old.
    pub fn launch_burn_in_days(&self) -> i32 {
        self.0.launch_burn_in_days as i32
    }

    /// A product sold this many days before its launch date was no launch.
    pub fn launch_tolerance_days(&self) -> i32 {
        self.0.launch_tolerance_days as i32
    }
}
