//! A fitted forecast as a file keeps it: what is needed to predict other customers without fitting again.

use serde::{Deserialize, Serialize};

use crate::error::Result;

use super::fit::Fit;
use super::forecast::Forecast;
use super::gamma_gamma::{SpendFit, SpendModel};
use super::model::{ModelKind, PurchaseModel};
use super::period::Period;

/// Both models with the covariances their intervals come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifetimeModel {
    /// Which purchase model.
    pub model: ModelKind,
    /// The unit of its times.
    pub period: Period,
    /// Its parameters, 0 where it has none.
    pub params: [f64; 4],
    /// Covariance of their logarithms.
    pub covariance: [[f64; 4]; 4],
    /// ln L at the maximum.
    pub log_likelihood: f64,
    /// Customers it was fitted on.
    pub customers: usize,
    /// Those with a repeat purchase.
    pub repeaters: usize,
    /// The spend model; none without spend.
    pub spend: Option<SpendRecord>,
}

/// The spend model with its covariance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendRecord {
    /// p, q, v.
    pub params: [f64; 3],
    /// Covariance of their logarithms.
    pub covariance: [[f64; 3]; 3],
    /// ln L at the maximum.
    pub log_likelihood: f64,
    /// Customers it was fitted on.
    pub repeaters: usize,
}

impl LifetimeModel {
    /// What a forecast learned.
    pub fn of(forecast: &Forecast) -> Self {
        let fit = &forecast.fit;
        LifetimeModel {
            model: fit.model.kind(),
            period: fit.model.period(),
            params: fit.model.params(),
            covariance: fit.covariance,
            log_likelihood: fit.log_likelihood,
            customers: fit.customers,
            repeaters: fit.repeaters,
            spend: forecast.spend.as_ref().map(|spend| SpendRecord {
                params: [spend.model.p, spend.model.q, spend.model.v],
                covariance: spend.covariance,
                log_likelihood: spend.log_likelihood,
                repeaters: spend.repeaters,
            }),
        }
    }

    /// True if a fit can give these numbers.
    pub fn is_sound(&self) -> bool {
        let sound = |covariance: &[f64]| covariance.iter().all(|part| part.is_finite());
        let spend_holds = self.spend.as_ref().is_none_or(|spend| {
            let [p, q, v] = spend.params;
            let positive = [p, q - 1.0, v].iter().all(|param| param.is_finite() && *param > 0.0);
            positive && sound(spend.covariance.as_flattened())
        });
        let purchases = PurchaseModel::new(self.model, self.period, self.params);
        purchases.is_ok() && sound(self.covariance.as_flattened()) && spend_holds
    }

    /// The models as a fit gives them.
    ///
    /// # Errors
    /// E354 unless the purchase parameters are positive.
    pub(super) fn fits(&self) -> Result<(Fit, Option<SpendFit>)> {
        let fit = Fit {
            model: PurchaseModel::new(self.model, self.period, self.params)?,
            standard_errors: std::array::from_fn(|index| {
                self.params[index] * self.covariance[index][index].max(0.0).sqrt()
            }),
            log_likelihood: self.log_likelihood,
            customers: self.customers,
            repeaters: self.repeaters,
            groups: 0,
            iterations: 0,
            covariance: self.covariance,
        };
        let spend = self.spend.as_ref().map(|spend| {
            let [p, q, v] = spend.params;
            SpendFit {
                model: SpendModel { p, q, v },
                standard_errors: std::array::from_fn(|index| {
                    spend.params[index] * spend.covariance[index][index].max(0.0).sqrt()
                }),
                log_likelihood: spend.log_likelihood,
                repeaters: spend.repeaters,
                covariance: spend.covariance,
            }
        });
        Ok((fit, spend))
    }
}
