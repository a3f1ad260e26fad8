//! The recipe's `[runs]` section.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Result};

/// `[runs]` as a recipe gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunsParams {
    /// Bootstrap resamples behind every interval and stability, 10 to 10 000.
    pub resamples: u32,
    /// Largest number of groups tried when the number of types is studied, 2 to 20.
    pub max_clusters: u32,
    /// Structureless matrices behind the gap statistic, 2 to 1000.
    pub gap_references: u32,
    /// Customers studied at most, 100 to 20 000.
    pub study_sample: u32,
}

/// `[runs]` once checked.
#[derive(Clone, Debug, PartialEq)]
pub struct RunsValidParams(RunsParams);

impl RunsParams {
    /// Checks ranges.
    ///
    /// # Errors
    /// E113 for each value out of its range.
    pub fn check(self) -> Result<RunsValidParams> {
        let ranges = [
            ("resamples", self.resamples, 10, 10_000),
            ("max_clusters", self.max_clusters, 2, 20),
            ("gap_references", self.gap_references, 2, 1000),
            ("study_sample", self.study_sample, 100, 20_000),
        ];
        let faults = ranges
            .into_iter()
            .filter(|(_, value, low, high)| !(low..=high).contains(&value))
            .map(|(key, value, low, high)| {
                Fault::in_recipe(format!("runs.{key}"), format!("{value} should be from {low} to {high}"))
            })
            .collect();
        Error::unless_empty(faults)?;
        Ok(RunsValidParams(self))
    }
}

impl RunsValidParams {
    /// The values.
    pub fn get(&self) -> &RunsParams {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told() {
        let shipped = crate::domain::general_section::<RunsParams>("runs");
        assert!(shipped.clone().check().is_ok());
        let faults = RunsParams { resamples: 0, max_clusters: 1, ..shipped }.check().unwrap_err().faults;
        assert_eq!(faults.len(), 2);
        assert!(faults.iter().all(|fault| fault.code == 113));
    }
}
