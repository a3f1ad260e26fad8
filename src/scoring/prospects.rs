//! What a forecast of sales says in terms of value: expected value, growth, and the chance of belonging to Ⅰ.

use rayon::prelude::*;

use crate::domain::Money;
use crate::features::FeatureTable;

use super::forecast::Forecast;
use super::params::ScoringValidParams;
use super::potential::PotentialModel;
use super::scores::Value;
use super::spread::chance_above;

/// What the forecast says in terms of value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prospect {
    /// Expected value of the next window; none without evidence.
    pub(super) expected: Option<Money>,
    /// Expected over present value, shrunken.
    pub(super) growth: Option<f64>,
    /// Chance of belonging to Ⅰ in the next window.
    pub(super) reach: Option<f64>,
    /// As `reach`, but without evidence on value now.
    pub(super) reach_ranked: Option<f64>,
}

/// The prospect of every customer; all unknown without transactions.
pub(super) fn prospects(
    table: &FeatureTable,
    value: &Value,
    model: &PotentialModel,
    params: &ScoringValidParams,
    forecasts: &[Forecast],
) -> Vec<Prospect> {
    if !table.has_transactions {
        return vec![Prospect::default(); table.len()];
    }
    let in_money = in_money(value);
    let line = model.line_one.filter(|_| in_money).map(Money::to_f64);
    let prior = params.potential.growth_prior_days;
    let prospect = |index: usize, forecast: &Forecast| {
        let now = value.amounts[index].to_f64();
        let deviation = model.spread.deviation(forecast);
        let chance = |amount: f64| line.map(|line| chance_above(amount, line, deviation));
        let staying = Prospect { reach_ranked: chance(now), ..Prospect::default() };
        let Some((amount, ratio)) = outlook(table, value, index, forecast) else { return staying };
        let seen = f64::from(forecast.purchases);
        // A customer that stopped has the log of 0; 1/100 is as good as nothing and can be ranked.
        let growth = ratio.map(|ratio| (ratio.clamp(0.01, 1e6).ln() * seen / (seen + prior)).exp());
        let reach = amount.and_then(chance);
        Prospect {
            expected: amount.filter(|_| in_money).and_then(Money::from_f64),
            growth,
            reach,
            reach_ranked: reach.or(staying.reach_ranked),
        }
    };
    forecasts.par_iter().enumerate().map(|(index, forecast)| prospect(index, forecast)).collect()
}

/// True where value can be forecast from sales by month.
fn in_money(value: &Value) -> bool {
    matches!(value.metric.as_str(), "sales" | "margin")
}

/// Expected value of the next window and its ratio to value now; none without evidence.
fn outlook(
    table: &FeatureTable,
    value: &Value,
    index: usize,
    forecast: &Forecast,
) -> Option<(Option<f64>, Option<f64>)> {
    let expected = forecast.expected.filter(|_| forecast.evidence)?;
    let (sales, now) = (table.rows[index].sales.to_f64(), value.amounts[index].to_f64());
    // Without sales now there is no ratio: the customer has a forecast in sales, but no growth.
    let ratio = (sales > 0.0).then(|| expected / sales).filter(|ratio| ratio.is_finite());
    let amount =
        if value.metric == "sales" { Some(expected) } else { ratio.map(|ratio| (now * ratio).max(0.0)) };
    Some((amount, ratio))
}

/// What each customer is expected to bring in the next window; its value now where nothing is known of that.
pub(super) fn expectations(table: &FeatureTable, value: &Value, forecasts: &[Forecast]) -> Vec<Money> {
    if !table.has_transactions || !in_money(value) {
        return value.amounts.clone();
    }
    let expected = |index: usize, forecast: &Forecast| {
        let amount = outlook(table, value, index, forecast).and_then(|(amount, _)| amount);
        amount.and_then(Money::from_f64).unwrap_or(value.amounts[index])
    };
    forecasts.par_iter().enumerate().map(|(index, forecast)| expected(index, forecast)).collect()
}
