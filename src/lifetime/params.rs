//! The recipe's `[lifetime]` section.

use serde::{Deserialize, Serialize};
use statrs::function::erf::erf_inv;

use crate::error::{Error, Fault, Result};

use super::model::ModelKind;
use super::period::{Period, Span};

/// `[lifetime]` as a recipe gives it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LifetimeParams {
    /// Forecast every customer in `erba run`.
    pub enabled: bool,
    /// Which purchase model.
    pub model: ModelKind,
    /// Unit of time of histories and horizon.
    pub period: Period,
    /// Periods ahead.
    pub horizon: f64,
    /// Rate a year at which later value counts less.
    pub discount_rate: f64,
    /// Chance that an interval holds what it is about.
    pub coverage: f64,
    /// Share of the history that `erba run` holds out to test the forecast, at most one horizon.
    pub holdout_share: f64,
}

/// `[lifetime]` once checked.
#[derive(Clone, Debug, PartialEq)]
pub struct LifetimeValidParams(LifetimeParams);

impl LifetimeParams {
    /// Checks ranges.
    ///
    /// # Errors
    /// E113 for each value out of its range.
    pub fn check(self) -> Result<LifetimeValidParams> {
        let mut faults = Vec::new();
        let mut judge = |key: &str, value: f64, holds: bool, range: &str| {
            if !holds {
                // A number out of all range would fill the screen with digits.
                let told = if value.abs() < 1e12 { value.to_string() } else { format!("{value:e}") };
                faults
                    .push(Fault::new(113, format!("lifetime.{key} is {told}")).hint(format!("give {range}")));
            }
        };
        let years = self.horizon / self.period.per_year();
        judge(
            "horizon",
            self.horizon,
            years > 0.0 && years <= 50.0,
            "a number of periods above 0, at most 50 years",
        );
        judge(
            "discount_rate",
            self.discount_rate,
            (0.0..=10.0).contains(&self.discount_rate),
            "a rate a year from 0 to 10, such as 0.1 for 10 %",
        );
        judge(
            "coverage",
            self.coverage,
            self.coverage > 0.0 && self.coverage < 1.0,
            "a chance between 0 and 1, such as 0.95",
        );
        judge(
            "holdout_share",
            self.holdout_share,
            (0.0..=0.9).contains(&self.holdout_share),
            "a share of the history from 0 (no test) to 0.9, such as 0.5",
        );
        Error::unless_empty(faults)?;
        Ok(LifetimeValidParams(self))
    }
}

impl LifetimeValidParams {
    /// True if `erba run` should forecast.
    pub fn enabled(&self) -> bool {
        self.0.enabled
    }

    /// Which purchase model.
    pub fn model(&self) -> ModelKind {
        self.0.model
    }

    /// Unit of time of histories.
    pub fn period(&self) -> Period {
        self.0.period
    }

    /// How far ahead.
    pub fn horizon(&self) -> Span {
        Span::new(self.0.horizon, self.0.period)
    }

    /// How far ahead, in whole days, at least 1.
    pub fn horizon_days(&self) -> i32 {
        (self.horizon().counted_in(Period::Day).round() as i32).max(1)
    }

    /// The same with the horizon of the test on the end of a history of so many days: whole periods,
    /// at most one horizon and the share held out; none where that leaves nothing to test on.
    pub fn for_test(&self, history_days: i32) -> Option<LifetimeValidParams> {
        let most = self.0.holdout_share * f64::from(history_days) / self.0.period.days();
        // A hair of slack, so that half of 546 days is 39 weeks.
        let horizon = if most >= self.0.horizon { self.0.horizon } else { (most + 1e-9).floor() };
        (horizon * self.0.period.days() >= 1.0)
            .then(|| LifetimeValidParams(LifetimeParams { horizon, ..self.0.clone() }))
    }

    /// The same with another purchase model.
    #[must_use]
    pub fn with_model(&self, model: ModelKind) -> LifetimeValidParams {
        LifetimeValidParams(LifetimeParams { model, ..self.0.clone() })
    }

    /// Rate a year at which later value counts less.
    pub fn discount_rate(&self) -> f64 {
        self.0.discount_rate
    }

    /// δ: the same as a force of interest per period, ln(1 + rate) over the periods of a year.
    pub(super) fn discount_force(&self) -> f64 {
        self.0.discount_rate.ln_1p() / self.0.period.per_year()
    }

    /// Chance that an interval holds what it is about.
    pub fn coverage(&self) -> f64 {
        self.0.coverage
    }

    /// Half the width of an interval in standard deviations: 1.96 for 0.95.
    pub(super) fn deviations(&self) -> f64 {
        std::f64::consts::SQRT_2 * erf_inv(self.0.coverage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::general_section;

    #[test]
    fn the_shipped_section_passes() {
        let params = general_section::<LifetimeParams>("lifetime").check().unwrap();
        assert!((params.deviations() - 1.959_964).abs() < 1e-6);
        assert!(!params.enabled());
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let mut params = general_section::<LifetimeParams>("lifetime");
        params.horizon = 1e6;
        params.discount_rate = f64::NAN;
        params.coverage = 1.0;
        params.holdout_share = 1.0;
        assert_eq!(params.check().unwrap_err().faults.len(), 4);
    }

    #[test]
    fn a_test_takes_at_most_half_of_the_history_and_one_horizon() {
        let params = general_section::<LifetimeParams>("lifetime").check().unwrap();
        let weeks = |days| params.for_test(days).map(|params| params.horizon().to_string());
        assert_eq!(weeks(546).as_deref(), Some("39 weeks"));
        assert_eq!(weeks(374).as_deref(), Some("26 weeks"));
        assert_eq!(weeks(4_000).as_deref(), Some("52 weeks"));
        assert_eq!(weeks(13), None);
    }
}
