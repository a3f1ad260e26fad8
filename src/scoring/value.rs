//! What each customer brings.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::Money;
use crate::error::{Error, Fault, Result, nearest};
use crate::features::{AttributeValues, FeatureTable};

use super::params::{CardColumn, Direction, ScoringValidParams, Weighting};
use super::ranks::Yardstick;
use super::scores::{Thin, Value};
use super::weights;

/// Features a score card or a metric can name, besides the columns of the customer table.
const FEATURES: [&str; 12] = [
    "sales",
    "margin",
    "lifetime",
    "orders",
    "active_days",
    "days_since_last",
    "products",
    "recent_products",
    "categories",
    "entropy",
    "new_sales",
    "potential",
];

/// Measures the value of every customer by the recipe's metric.
///
/// * `table`: customers and what is known of them.
/// * `lifetime`: expected lifetime value, one per customer; needed only where the metric or the score card names it.
///
/// `sales` and `margin` are those of the window. A named column is read as units of the value scale; a blank cell is 0.
/// `score` is the weighted mean of the card's columns, each brought to 0–1 with 1 the good end, times 100: a score of
/// 0.734 is the value 73.40. A blank cell leaves its column out for that customer and the other weights are scaled up;
/// a customer blank in every column scores 0.
///
/// # Errors
/// E401 if the metric or a column of the score card does not exist, holds text, or has no data behind it; E403 if a
/// number is too large to be a value.
pub fn measure(
    table: &FeatureTable,
    params: &ScoringValidParams,
    lifetime: Option<&[Money]>,
) -> Result<Value> {
    Ok(fit_value(table, params, lifetime)?.0)
}

/// What measuring value learned; a score card's scales and weights, nothing for any other metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueModel {
    /// What is measured, as [`Value::metric`].
    pub metric: String,
    /// The lines of the score card, in the recipe's order.
    pub card: Vec<CardModel>,
}

/// One line of a score card, fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardModel {
    /// The column.
    pub column: String,
    /// Its share of the score, 0–1.
    pub weight: f64,
    /// Which end is good.
    pub better: Direction,
    /// How its numbers become 0–1.
    pub scale: Yardstick,
}

/// [`measure`], with the model that measures other customers by the same scales.
///
/// # Errors
/// As [`measure`].
pub fn fit_value(
    table: &FeatureTable,
    params: &ScoringValidParams,
    lifetime: Option<&[Money]>,
) -> Result<(Value, ValueModel)> {
    if params.metric == "score" {
        let raw = card_columns(table, params, lifetime)?;
        let model = fit_card(&raw, params);
        return Ok((model.score(&raw, table.len(), params), model));
    }
    let value = plain(table, &params.metric, lifetime)?;
    Ok((value, ValueModel { metric: params.metric.clone(), card: Vec::new() }))
}

impl ValueModel {
    /// Measures the value of every customer of a table by the scales and weights fitted.
    ///
    /// * `params`: of the recipe the model was fitted with.
    ///
    /// # Errors
    /// As [`measure`], and E461 if the model is not of this recipe.
    pub fn apply(
        &self,
        table: &FeatureTable,
        params: &ScoringValidParams,
        lifetime: Option<&[Money]>,
    ) -> Result<Value> {
        let card = if params.metric == "score" { params.card.columns.as_slice() } else { &[] };
        let names = || self.card.iter().map(|line| &line.column);
        if self.metric != params.metric || !names().eq(card.iter().map(|line| &line.column)) {
            let cause = format!("the model measures \"{}\", its recipe something else", self.metric);
            return Err(Fault::new(461, cause).hint("fit it anew with `erba run`").into());
        }
        if self.metric == "score" {
            return Ok(self.score(&card_columns(table, params, lifetime)?, table.len(), params));
        }
        plain(table, &self.metric, lifetime)
    }

    /// The model with ladders of bounded length, for a file.
    #[must_use]
    pub fn thinned(&self) -> ValueModel {
        let card =
            self.card.iter().map(|line| CardModel { scale: line.scale.thinned(), ..line.clone() }).collect();
        ValueModel { metric: self.metric.clone(), card }
    }

    /// True if every number can be one that was fitted.
    pub fn is_sound(&self) -> bool {
        self.card.iter().all(|line| line.scale.is_sound() && (0.0..=1.0).contains(&line.weight))
    }

    /// * `raw`: one column a line of the card.
    fn score(&self, raw: &[Vec<Option<f64>>], customers: usize, params: &ScoringValidParams) -> Value {
        let scaled: Vec<Vec<Option<f64>>> = raw
            .par_iter()
            .zip(&self.card)
            .map(|(column, line)| line.scale.scale(column, line.better))
            .collect();
        let amounts: Vec<Money> = (0..customers)
            .into_par_iter()
            .map(|index| {
                let cells = scaled.iter().map(|column| column[index]);
                let mean = weighted_mean(cells.zip(self.card.iter().map(|line| line.weight)));
                Money::from_f64(100.0 * mean.unwrap_or(0.0)).unwrap_or_default()
            })
            .collect();
        let weights = self.card.iter().map(|line| (line.column.clone(), line.weight)).collect();
        let consistency_ratio = params.card_priorities.as_ref().map(|found| found.ratio);
        let thin = self.thin(&scaled, &amounts);
        Value { metric: "score".to_owned(), amounts, weights, consistency_ratio, thin }
    }
}

impl ValueModel {
    /// Who has a score though cells of less than half of the weight are there: blank is not bad, so one good cell can
    /// make the highest score of all.
    fn thin(&self, scaled: &[Vec<Option<f64>>], amounts: &[Money]) -> Option<Thin> {
        let all: f64 = self.card.iter().map(|line| line.weight).sum();
        let share = |index: usize| {
            let known = scaled.iter().zip(&self.card).filter(|(column, _)| column[index].is_some());
            known.map(|(_, line)| line.weight).sum::<f64>() / all
        };
        let thin = (0..amounts.len()).map(|index| (index, share(index)));
        let thin = thin.filter(|(_, share)| *share > 0.0 && *share < 0.5 - 1e-9);
        thin.fold(None, |told, (index, share)| match told {
            None => Some(Thin { customers: 1, example: index, share }),
            Some(told) if amounts[index] > amounts[told.example] => {
                Some(Thin { customers: told.customers + 1, example: index, share })
            }
            Some(told) => Some(Thin { customers: told.customers + 1, ..told }),
        })
    }
}

/// Value by any metric but the score card.
fn plain(table: &FeatureTable, metric: &str, lifetime: Option<&[Money]>) -> Result<Value> {
    let plain = |amounts| Ok(Value { metric: metric.to_owned(), amounts, ..Value::default() });
    match metric {
        "sales" => plain(table.rows.iter().map(|row| row.sales).collect()),
        "margin" => plain(margins(table)?),
        "lifetime" => plain(lifetimes(table, lifetime)?.to_vec()),
        _ => {
            let numbers = numbers(table, metric, lifetime)?;
            let amounts: Vec<Option<Money>> =
                numbers.iter().map(|number| Money::from_f64(number.unwrap_or(0.0))).collect();
            match amounts.iter().position(Option::is_none) {
                Some(index) => Err(too_large(table, metric, index)),
                None => plain(amounts.into_iter().flatten().collect()),
            }
        }
    }
}

fn too_large(table: &FeatureTable, column: &str, index: usize) -> Error {
    let id = table.ids.get(index).map_or("", |id| id);
    Fault::new(403, format!("the \"{column}\" of customer \"{id}\" is too large to be a value"))
        .hint("give the column in larger units, such as thousands")
        .into()
}

fn margins(table: &FeatureTable) -> Result<Vec<Money>> {
    // A customer without any sale in the window has nothing to take cost from: its margin is 0.
    let margin = |row: &crate::features::Features| {
        row.margin.or((row.sales == Money::ZERO && row.orders == 0).then_some(Money::ZERO))
    };
    let lacking = table.rows.iter().filter(|row| margin(row).is_none()).count();
    if lacking > 0 || table.rows.iter().all(|row| row.margin.is_none()) {
        let cause = format!("the margin of {lacking} of {} customers is not known", table.len());
        let hint = "give a cost in every row (or a margin column in the customer table), or set scoring.metric = \"sales\"";
        return Err(Fault::new(401, cause).hint(hint).into());
    }
    Ok(table.rows.iter().filter_map(margin).collect())
}

fn lifetimes<'a>(table: &FeatureTable, lifetime: Option<&'a [Money]>) -> Result<&'a [Money]> {
    lifetime.filter(|amounts| amounts.len() == table.len()).ok_or_else(|| {
        Fault::new(401, "lifetime value is not calculated in this run")
            .hint("lifetime value needs transactions; without them set scoring.metric = \"sales\"")
            .into()
    })
}

/// A column of the customer table, or a feature, as numbers; columns come first, since the user wrote them.
fn numbers(table: &FeatureTable, name: &str, lifetime: Option<&[Money]>) -> Result<Vec<Option<f64>>> {
    match table.attribute(name) {
        Some(AttributeValues::Number(cells)) => return Ok(cells.clone()),
        Some(AttributeValues::Text(_)) => {
            return Err(Fault::new(401, format!("column \"{name}\" holds text, a value must be a number"))
                .hint(known(table, name))
                .into());
        }
        None => {}
    }
    let rows = &table.rows;
    let numbers: Vec<Option<f64>> = match name {
        "sales" => rows.iter().map(|row| Some(row.sales.to_f64())).collect(),
        "margin" => rows.iter().map(|row| row.margin.map(Money::to_f64)).collect(),
        "lifetime" => lifetimes(table, lifetime)?.iter().map(|amount| Some(amount.to_f64())).collect(),
        "potential" => {
            let stated = |index| Some(table.profile(index)?.potential?.to_f64());
            (0..table.len()).map(stated).collect()
        }
        _ if !FEATURES.contains(&name) => {
            let cause = format!("there is no column \"{name}\" to take value from");
            return Err(Fault::new(401, cause).hint(known(table, name)).into());
        }
        _ if !table.has_transactions => vec![None; table.len()],
        "orders" => rows.iter().map(|row| Some(f64::from(row.orders))).collect(),
        "active_days" => rows.iter().map(|row| Some(f64::from(row.active_days))).collect(),
        "days_since_last" => {
            (0..table.len()).map(|index| table.days_since_last(index).map(f64::from)).collect()
        }
        "products" => rows.iter().map(|row| Some(f64::from(row.products))).collect(),
        "recent_products" => rows.iter().map(|row| Some(f64::from(row.recent_products))).collect(),
        "categories" => rows.iter().map(|row| Some(f64::from(row.categories))).collect(),
        "entropy" => rows.iter().map(|row| Some(row.entropy)).collect(),
        _ => rows.iter().map(|row| Some(row.new_sales.to_f64())).collect(),
    };
    if table.is_empty() || numbers.iter().any(Option::is_some) {
        Ok(numbers)
    } else {
        Err(Fault::new(401, format!("nothing in the input gives \"{name}\"")).hint(known(table, name)).into())
    }
}

fn known(table: &FeatureTable, name: &str) -> String {
    let columns: Vec<&str> = table
        .attributes
        .iter()
        .filter(|attribute| matches!(attribute.values, AttributeValues::Number(_)))
        .map(|attribute| &*attribute.name)
        .collect();
    let all = columns.iter().copied().chain(FEATURES);
    let listed = if columns.is_empty() {
        format!("the customer table has no further column of numbers; features are {}", FEATURES.join(", "))
    } else {
        format!(
            "name its column: --map {name}=\"Column\"; columns of numbers are {}; features are {}",
            columns.join(", "),
            FEATURES.join(", ")
        )
    };
    match nearest(name, all) {
        Some(near) => format!("did you mean \"{near}\"? {listed}"),
        None => listed,
    }
}

/// The numbers of every line of the score card.
fn card_columns(
    table: &FeatureTable,
    params: &ScoringValidParams,
    lifetime: Option<&[Money]>,
) -> Result<Vec<Vec<Option<f64>>>> {
    let mut faults = Vec::new();
    let mut raw = Vec::new();
    for line in &params.card.columns {
        match numbers(table, &line.column, lifetime) {
            Ok(column) => raw.push(column),
            Err(error) => faults.extend(error.faults),
        }
    }
    Error::unless_empty(faults)?;
    Ok(raw)
}

fn fit_card(raw: &[Vec<Option<f64>>], params: &ScoringValidParams) -> ValueModel {
    let lines = &params.card.columns;
    let scales: Vec<Yardstick> =
        raw.par_iter().zip(lines).map(|(column, line)| Yardstick::fit(column, line.scale)).collect();
    let scaled = || -> Vec<Vec<Option<f64>>> {
        let columns = raw.par_iter().zip(&scales).zip(lines);
        columns.map(|((column, scale), line)| scale.scale(column, line.better)).collect()
    };
    let weights = match params.card.weighting {
        Weighting::Manual => {
            weights::shares(&lines.iter().map(|line: &CardColumn| line.weight).collect::<Vec<_>>())
        }
        Weighting::Entropy => weights::entropy(&scaled()),
        Weighting::Critic => weights::critic(&scaled()),
        Weighting::Ahp => {
            params.card_priorities.as_ref().map(|found| found.weights.clone()).unwrap_or_default()
        }
    };
    let card = lines
        .iter()
        .zip(weights)
        .zip(scales)
        .map(|((line, weight), scale)| CardModel {
            column: line.column.clone(),
            weight,
            better: line.better,
            scale,
        })
        .collect();
    ValueModel { metric: "score".to_owned(), card }
}

/// Mean of the cells present by their weights; none if no cell of weight above 0 is present.
pub(super) fn weighted_mean(cells: impl Iterator<Item = (Option<f64>, f64)>) -> Option<f64> {
    let (sum, weight) = cells
        .filter_map(|(cell, weight)| cell.map(|x| (x * weight, weight)))
        .fold((0.0, 0.0), |(sum, total), (part, weight)| (sum + part, total + weight));
    (weight > 0.0).then(|| sum / weight)
}
