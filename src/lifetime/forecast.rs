//! The room's outcome in a run: every customer as an asset.

use crate::domain::{Money, Tier};
use crate::error::{Fault, Result};
use crate::features::FeatureTable;

use super::fit::{Fit, fit};
use super::fitted::LifetimeModel;
use super::gamma_gamma::{Spend, SpendFit, fit_spend};
use super::history::Histories;
use super::holdout::Holdout;
use super::matrix;
use super::observe::{Observed, observe};
use super::params::LifetimeValidParams;
use super::predict::{Prediction, predict};
use super::warnings::{self, Warning};

/// Models fitted and every customer predicted.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The purchase model.
    pub fit: Fit,
    /// The spend model; none without spend in the input.
    pub spend: Option<SpendFit>,
    /// One per history, in order.
    pub predictions: Vec<Prediction>,
    /// What makes it doubtful.
    pub warnings: Vec<Warning>,
    deviations: f64,
}

/// Lifetime values of the customers of a run; vectors in the order of the feature table.
#[derive(Clone, Debug)]
pub struct Lifetime {
    /// What the values come from.
    pub forecast: Forecast,
    /// The settings.
    pub params: LifetimeValidParams,
    /// Where each customer's prediction is in `forecast`; none without a purchase.
    pub places: Vec<Option<u32>>,
    /// Expected discounted value within the horizon, 1/10 000 units; 0 without a purchase.
    pub amounts: Vec<Money>,
    /// How the same models, fitted on the history without its end, forecast that end; none if untested.
    pub holdout: Option<Holdout>,
}

/// What a group of customers will bring within the horizon, currency units, not discounted.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct ValueTotal {
    /// Customers with a prediction.
    pub customers: usize,
    /// Purchases expected of them.
    pub purchases: f64,
    /// Lower end of the interval their purchases will fall into, at least 0.
    pub purchases_low: f64,
    /// Upper end.
    pub purchases_high: f64,
    /// Their value.
    pub expected: f64,
    /// Lower end of the interval the value will fall into, at least 0.
    pub low: f64,
    /// Upper end; infinite where the spend model's q leaves chance without bounds.
    pub high: f64,
    /// Standard deviation by the uncertainty of the parameters (delta method).
    pub parameter_deviation: f64,
    /// Standard deviation by chance, the parameters being right.
    pub chance_deviation: f64,
    /// The value discounted.
    pub discounted: f64,
}

/// Fits the models of `params` and predicts every history.
///
/// * `spends`: one per history; none or empty without spend in the input.
///
/// # Errors
/// E351–E355: too few repeaters, no convergence, no finite mean spend, an impossible history, a
/// horizon too long.
pub fn forecast_histories(
    histories: &Histories,
    spends: &[Option<Spend>],
    params: &LifetimeValidParams,
) -> Result<Forecast> {
    check_horizon(histories, params)?;
    let with_spend = spends.iter().any(Option::is_some);
    let positive: Vec<Spend> = spends.iter().flatten().copied().filter(|spend| spend.mean > 0.0).collect();
    let (purchases, spend) = rayon::join(
        || fit(params.model(), histories),
        || with_spend.then(|| fit_spend(&positive)).transpose(),
    );
    // Both faults are told at once.
    let (fit, spend) = match (purchases, spend) {
        (Ok(fit), Ok(spend)) => (fit, spend),
        (Err(mut first), Err(second)) => {
            first.faults.extend(second.faults);
            return Err(first);
        }
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    let predictions = predict(&fit, spend.as_ref(), histories, spends, params)?;
    let mut warnings = warnings::of_histories(histories, spends, params.horizon());
    let shape = spend.as_ref().map(|fit| fit.model.q);
    warnings.extend(shape.filter(|q| *q <= 2.0).map(|q| Warning::UnboundedSpend { q }));
    Ok(Forecast { fit, spend, predictions, warnings, deviations: params.deviations() })
}

/// Longest histories beyond which a horizon is refused: sums run over every purchase to come.
const FARTHEST: f64 = 100.0;

/// E355 for a horizon that nothing seen speaks for.
fn check_horizon(histories: &Histories, params: &LifetimeValidParams) -> Result<()> {
    let longest = histories.rows().iter().fold(0.0_f64, |longest, row| longest.max(row.total));
    if longest > 0.0 && params.horizon().counted_in(histories.period()) > FARTHEST * longest {
        let cause = format!(
            "a horizon of {} is more than {FARTHEST} times as long as the longest history",
            params.horizon()
        );
        return Err(Fault::new(355, cause)
            .hint("choose a shorter horizon, or check the period of the times")
            .into());
    }
    Ok(())
}

/// Forecasts the customers of a run.
///
/// Returns none unless the recipe asks for it or without transactions.
///
/// # Errors
/// Those of [`forecast_histories`]; E355 if a value does not fit into money.
pub fn forecast(table: &FeatureTable, params: &LifetimeValidParams) -> Result<Option<Lifetime>> {
    if !params.enabled() || !table.has_transactions {
        return Ok(None);
    }
    value(table, params).map(Some)
}

/// [`forecast`] whether the recipe enables it or not, for a value metric that needs it.
///
/// # Errors
/// Those of [`forecast`].
pub fn value(table: &FeatureTable, params: &LifetimeValidParams) -> Result<Lifetime> {
    let observed = observe(table, params.period())?;
    let mut forecast = forecast_histories(&observed.histories, &observed.spends, params)?;
    forecast.warnings.extend(warnings::of_gaps(table));
    spread(table, &observed, forecast, params)
}

/// Forecasts the customers of a run by models fitted before; they may be one.
///
/// # Errors
/// E354 if the parameters are not positive, E355 if a sum or a value is too large.
pub fn apply(table: &FeatureTable, model: &LifetimeModel, params: &LifetimeValidParams) -> Result<Lifetime> {
    let observed = observe(table, model.period)?;
    let (fit, spend) = model.fits()?;
    let predictions = predict(&fit, spend.as_ref(), &observed.histories, &observed.spends, params)?;
    let forecast =
        Forecast { fit, spend, predictions, warnings: Vec::new(), deviations: params.deviations() };
    spread(table, &observed, forecast, params)
}

/// Gives every customer of the table its prediction and its amount.
fn spread(
    table: &FeatureTable,
    observed: &Observed,
    forecast: Forecast,
    params: &LifetimeValidParams,
) -> Result<Lifetime> {
    let mut places = vec![None; table.len()];
    let mut amounts = vec![Money::ZERO; table.len()];
    for (place, &customer) in observed.customers.iter().enumerate() {
        places[customer] = Some(place as u32);
        let discounted = forecast.predictions[place].spend.map_or(0.0, |spend| spend.discounted);
        amounts[customer] = Money::from_f64(discounted).ok_or_else(|| {
            Fault::new(
                355,
                format!("the value expected of customer \"{}\" is too large", table.ids[customer]),
            )
            .hint("check the amounts, or choose a shorter horizon")
        })?;
    }
    Ok(Lifetime { forecast, params: params.clone(), places, amounts, holdout: None })
}

impl Forecast {
    /// What the customers picked by index will bring together.
    ///
    /// The interval is for the sum that will be seen: parameters (delta method, common to all
    /// customers) and chance (independent between customers) together, taken as normal.
    pub fn total(&self, holds: impl Fn(usize) -> bool) -> ValueTotal {
        let mut total = ValueTotal::default();
        let (mut often, mut purchase, mut spend) = ([0.0; 4], [0.0; 4], [0.0; 3]);
        let (mut chance_often, mut chance) = (0.0, 0.0);
        for (index, prediction) in self.predictions.iter().enumerate() {
            if !holds(index) {
                continue;
            }
            total.customers += 1;
            total.purchases += prediction.purchases.expected;
            chance_often += prediction.purchases_deviation.powi(2);
            for (sum, part) in often.iter_mut().zip(prediction.purchase_gradient) {
                *sum += prediction.purchases.expected * part;
            }
            let Some(money) = prediction.spend else { continue };
            let value = money.value.expected;
            total.expected += value;
            total.discounted += money.discounted;
            chance += money.deviation * money.deviation;
            for (sum, part) in purchase.iter_mut().zip(prediction.purchase_gradient) {
                *sum += value * part;
            }
            for (sum, part) in spend.iter_mut().zip(money.gradient) {
                *sum += value * part;
            }
        }
        let reach = self.deviations * (matrix::quadratic(&self.fit.covariance, &often) + chance_often).sqrt();
        total.purchases_low = (total.purchases - reach).max(0.0);
        total.purchases_high = total.purchases + reach;
        let mut variance = matrix::quadratic(&self.fit.covariance, &purchase);
        if let Some(fit) = &self.spend {
            variance += matrix::quadratic(&fit.covariance, &spend);
        }
        total.parameter_deviation = variance.max(0.0).sqrt();
        total.chance_deviation = chance.sqrt();
        let reach = self.deviations * total.parameter_deviation.hypot(total.chance_deviation);
        total.low = (total.expected - reach).max(0.0);
        total.high = total.expected + reach;
        total
    }
}

impl Lifetime {
    /// What the customers picked by table index will bring together.
    pub fn total(&self, holds: impl Fn(usize) -> bool) -> ValueTotal {
        let mut wanted = vec![false; self.forecast.predictions.len()];
        for (customer, place) in self.places.iter().enumerate() {
            if let Some(place) = place {
                wanted[*place as usize] = holds(customer);
            }
        }
        self.forecast.total(|place| wanted[place])
    }

    /// One total per tier; `tiers` has one entry per customer of the table.
    pub fn by_tier(&self, tiers: &[Tier]) -> [ValueTotal; 3] {
        Tier::ALL.map(|tier| self.total(|customer| tiers.get(customer) == Some(&tier)))
    }

    /// The prediction of customer `index` of the table; none without a purchase.
    pub fn prediction(&self, index: usize) -> Option<&Prediction> {
        self.places
            .get(index)
            .copied()
            .flatten()
            .and_then(|place| self.forecast.predictions.get(place as usize))
    }
}
