//! What each customer could bring beyond what it brings.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::Money;
use crate::error::{Fault, Result};
use crate::features::FeatureTable;

use super::forecast::{self, Forecast};
use super::params::{ScoringValidParams, Weighting};
use super::prospects::{Prospect, expectations, prospects};
use super::ranks::{Ladder, minmax};
use super::scores::{Component, ComponentKind, Potential, Value};
use super::season::Season;
use super::spread::Spread;
use super::value::weighted_mean;
use super::weights;

/// One component before ranking: larger is better, none where missing.
type Column = Vec<Option<f64>>;

/// What potential learned: enough to score other customers by the same measure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PotentialModel {
    /// The smallest amount in Ⅰ by the recipe's cut among what everybody is expected to bring, which `reach` is measured against.
    pub line_one: Option<Money>,
    /// Days of the next window, as many as the window fitted on; none without transactions.
    pub horizon_days: Option<i32>,
    /// Index of each calendar month, January first, mean 1.
    pub season: Season,
    /// Variance of the forecast's log error.
    pub spread: Spread,
    /// The parts, in the order of [`ComponentKind::ALL`].
    pub components: Vec<ComponentModel>,
}

/// One part of potential, fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentModel {
    /// Which.
    pub kind: ComponentKind,
    /// Its share of the score when all parts are present, 0–1.
    pub weight: f64,
    /// Its ranks among the customers fitted on; empty if none of them had it.
    pub ladder: Ladder,
}

/// Scores the potential of every customer.
///
/// * `value`: as [`measure`](super::measure) made it of the same table.
/// * `line_of`: the smallest amount that belongs to tier Ⅰ by the recipe's cut, of one amount a customer; without it `reach` is
///   missing. It is asked of what everybody is expected to bring, not of values today: tiers are shares, so where everybody
///   grows the line grows too.
///
/// `reach` needs the metric `sales` or `margin` (no other can be forecast from sales by month), `growth` needs
/// transactions, `headroom` a stated potential. A component missing for a customer is left out and the other weights are
/// scaled up, except that a customer without evidence has the middle rank of growth and is taken to stay as it is for
/// reach. A customer with nothing known has potential 0.
///
/// # Errors
/// E902 if `value` was made of another table.
pub fn potential(
    table: &FeatureTable,
    value: &Value,
    line_of: impl Fn(&[Money]) -> Option<Money>,
    params: &ScoringValidParams,
) -> Result<Potential> {
    Ok(fit_potential(table, value, line_of, params)?.0)
}

/// [`potential`], with the model that scores other customers by the same measure.
///
/// # Errors
/// As [`potential`].
pub fn fit_potential(
    table: &FeatureTable,
    value: &Value,
    line_of: impl Fn(&[Money]) -> Option<Money>,
    params: &ScoringValidParams,
) -> Result<(Potential, PotentialModel)> {
    belong_together(table, value)?;
    let burn_in = i32::try_from(params.potential.burn_in_days).unwrap_or(i32::MAX);
    let mut model = PotentialModel {
        horizon_days: forecast::window_days(table).filter(|_| table.has_transactions),
        season: Season::measure(table, burn_in),
        ..PotentialModel::default()
    };
    let forecasts = forecast::forecasts(table, &params.potential, &model.season, model.horizon_days);
    model.line_one = line_of(&expectations(table, value, &forecasts));
    model.spread = Spread::fit(&forecasts, params.potential.default_error);
    let prospects = prospects(table, value, &model, params, &forecasts);
    let mut columns = columns(table, value, &prospects);
    let weights = component_weights(params, &columns);
    let ladders: Vec<Ladder> = columns.par_iter_mut().map(|column| Ladder::fit_in_place(column)).collect();
    model.components = ComponentKind::ALL
        .into_iter()
        .zip(weights)
        .zip(ladders)
        .map(|((kind, weight), ladder)| ComponentModel { kind, weight, ladder })
        .collect();
    Ok((model.score(table, value, params, &forecasts, &prospects, columns), model))
}

impl PotentialModel {
    /// Scores the potential of every customer of a table by the season, spread, weights and ranks fitted.
    ///
    /// On the table fitted on this is [`potential`] again. A part that none of the customers fitted on had stays out.
    ///
    /// * `value`: as the fitted [`ValueModel`](super::ValueModel) made it of the same table.
    /// * `params`: of the recipe the model was fitted with.
    ///
    /// # Errors
    /// E902 if `value` was made of another table.
    pub fn apply(
        &self,
        table: &FeatureTable,
        value: &Value,
        params: &ScoringValidParams,
    ) -> Result<Potential> {
        belong_together(table, value)?;
        let forecasts = forecast::forecasts(table, &params.potential, &self.season, self.horizon_days);
        let prospects = prospects(table, value, self, params, &forecasts);
        let mut columns = columns(table, value, &prospects);
        for (column, part) in columns.iter_mut().zip(&self.components) {
            column.par_iter_mut().for_each(|cell| *cell = cell.and_then(|cell| part.ladder.rank(cell)));
        }
        Ok(self.score(table, value, params, &forecasts, &prospects, columns))
    }

    /// The model with ladders of bounded length, for a file.
    #[must_use]
    pub fn thinned(&self) -> PotentialModel {
        let components = self
            .components
            .iter()
            .map(|part| ComponentModel { ladder: part.ladder.thinned(), ..part.clone() })
            .collect();
        PotentialModel { components, ..self.clone() }
    }

    /// True if every number can be one that was fitted.
    pub fn is_sound(&self) -> bool {
        let kinds = self.components.iter().map(|part| part.kind);
        kinds.eq(ComponentKind::ALL)
            && self.components.iter().all(|part| (0.0..=1.0).contains(&part.weight) && part.ladder.is_sound())
            && self.season.indices.iter().all(|index| (0.0..=12.5).contains(index))
            && [self.spread.alpha, self.spread.beta].iter().all(|part| (0.0..=1e6).contains(part))
            && self.horizon_days.is_none_or(|days| days > 0)
    }

    /// * `ranks`: one column a component, by its ladder.
    fn score(
        &self,
        table: &FeatureTable,
        value: &Value,
        params: &ScoringValidParams,
        forecasts: &[Forecast],
        prospects: &[Prospect],
        mut ranks: Vec<Column>,
    ) -> Potential {
        // "Equal to the median without evidence", as long as there is evidence for somebody.
        for (column, part) in ranks.iter_mut().zip(&self.components) {
            if part.kind == ComponentKind::Growth && !part.ladder.values.is_empty() {
                column.par_iter_mut().for_each(|rank| {
                    rank.get_or_insert(0.5);
                });
            }
        }
        let weights = || self.components.iter().map(|part| part.weight);
        let scores = (0..table.len())
            .into_par_iter()
            .map(|index| {
                weighted_mean(ranks.iter().map(|column| column[index]).zip(weights())).unwrap_or(0.0)
            })
            .collect();
        Potential {
            scores,
            components: self
                .components
                .iter()
                .zip(ranks)
                .map(|(part, ranks)| Component { kind: part.kind, weight: part.weight, ranks })
                .collect(),
            weight_method: params.potential.weighting.as_str().to_owned(),
            consistency_ratio: params.potential_priorities.as_ref().map(|found| found.ratio),
            expected: prospects.par_iter().map(|prospect| prospect.expected).collect(),
            growth: prospects.par_iter().map(|prospect| prospect.growth).collect(),
            reach: prospects.par_iter().map(|prospect| prospect.reach).collect(),
            evidence: evidence(table, self.line_one, value, forecasts),
            young: forecasts.par_iter().map(|forecast| forecast.young).collect(),
        }
    }
}

fn belong_together(table: &FeatureTable, value: &Value) -> Result<()> {
    if value.amounts.len() == table.len() && table.rows.len() == table.len() {
        return Ok(());
    }
    Err(Fault::new(902, "values and customers do not belong together").into())
}

/// Every component before ranking, in the order of [`ComponentKind::ALL`].
fn columns(table: &FeatureTable, value: &Value, prospects: &[Prospect]) -> Vec<Column> {
    let fresh = |index: usize| table.days_since_last(index).map(|days| -f64::from(days));
    vec![
        prospects.par_iter().map(|prospect| prospect.reach_ranked).collect(),
        prospects.par_iter().map(|prospect| prospect.growth.map(f64::ln)).collect(),
        headroom(table, value),
        breadth_growth(table),
        (0..table.len()).into_par_iter().map(fresh).collect(),
    ]
}

/// Enough purchases to believe a forecast; without transactions, a stated potential that would belong to Ⅰ, on the scale of
/// value: a score ends at 100, and what is above it must be something else.
fn evidence(
    table: &FeatureTable,
    line_one: Option<Money>,
    value: &Value,
    forecasts: &[Forecast],
) -> Vec<bool> {
    if table.has_transactions {
        return forecasts.par_iter().map(|forecast| forecast.evidence).collect();
    }
    let could = |index: usize| {
        let stated = table.profile(index)?.potential?;
        Some(line_one.is_some_and(|line| stated >= line) && !off_scale(value, stated))
    };
    (0..table.len()).map(|index| could(index).unwrap_or(false)).collect()
}

/// True if a stated potential cannot be on the scale of value.
pub fn off_scale(value: &Value, stated: Money) -> bool {
    value.metric == "score" && stated > Money(100 * Money::SCALE)
}

fn headroom(table: &FeatureTable, value: &Value) -> Column {
    let stated =
        |index: usize| Some(table.profile(index)?.potential?.to_f64() - value.amounts[index].to_f64());
    (0..table.len()).map(stated).collect()
}

fn breadth_growth(table: &FeatureTable) -> Column {
    let share = |row: &crate::features::Features| {
        (table.has_products && row.products > 0)
            .then(|| f64::from(row.recent_products) / f64::from(row.products))
    };
    table.rows.par_iter().map(share).collect()
}

/// One weight per component, adding up to 1 over the components that anybody has; 0 for the others.
fn component_weights(params: &ScoringValidParams, raw: &[Column]) -> Vec<f64> {
    let present: Vec<bool> = raw.iter().map(|column| column.iter().any(Option::is_some)).collect();
    let given: Vec<f64> = match params.potential.weighting {
        Weighting::Manual => params.potential.weights.as_array().to_vec(),
        Weighting::Ahp => {
            params.potential_priorities.as_ref().map(|found| found.weights.clone()).unwrap_or_default()
        }
        Weighting::Entropy | Weighting::Critic => {
            let scaled: Vec<Column> = raw
                .iter()
                .zip(&present)
                .filter(|(_, here)| **here)
                .map(|(column, _)| minmax(column))
                .collect();
            let mut found = match params.potential.weighting {
                Weighting::Entropy => weights::entropy(&scaled),
                _ => weights::critic(&scaled),
            }
            .into_iter();
            present.iter().map(|here| if *here { found.next().unwrap_or(0.0) } else { 0.0 }).collect()
        }
    };
    let kept: Vec<f64> =
        given.iter().zip(&present).map(|(weight, here)| if *here { *weight } else { 0.0 }).collect();
    if kept.iter().sum::<f64>() > 0.0 { weights::shares(&kept) } else { kept }
}
