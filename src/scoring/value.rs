//! What each customer brings.

use rayon::prelude::*;

use crate::domain::Money;
use crate::error::{Error, Fault, Result, nearest};
use crate::features::{AttributeValues, FeatureTable};

use super::params::{CardColumn, ScoringValidParams, Weighting};
use super::scores::Value;
use super::{ranks, weights};

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
    let metric = params.metric.as_str();
    let plain = |amounts| Ok(Value { metric: metric.to_owned(), amounts, weights: Vec::new() });
    match metric {
        "sales" => plain(table.rows.iter().map(|row| row.sales).collect()),
        "margin" => plain(margins(table)?),
        "lifetime" => plain(lifetimes(table, lifetime)?.to_vec()),
        "score" => score(table, params, lifetime),
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
        "new_sales" => rows.iter().map(|row| Some(row.new_sales.to_f64())).collect(),
        _ => {
            let cause = format!("there is no column \"{name}\" to take value from");
            return Err(Fault::new(401, cause).hint(known(table, name)).into());
        }
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
        format!("columns of numbers are {}; features are {}", columns.join(", "), FEATURES.join(", "))
    };
    match nearest(name, all) {
        Some(near) => format!("did you mean \"{near}\"? {listed}"),
        None => listed,
    }
}

fn score(table: &FeatureTable, params: &ScoringValidParams, lifetime: Option<&[Money]>) -> Result<Value> {
    let card = &params.card;
    let mut faults = Vec::new();
    let mut raw = Vec::new();
    for line in &card.columns {
        match numbers(table, &line.column, lifetime) {
            Ok(column) => raw.push(column),
            Err(error) => faults.extend(error.faults),
        }
    }
    Error::unless_empty(faults)?;
    let scaled: Vec<Vec<Option<f64>>> = raw
        .par_iter()
        .zip(&card.columns)
        .map(|(column, line)| ranks::scale(column, line.scale, line.better))
        .collect();
    let weights = match card.weighting {
        Weighting::Manual => {
            weights::shares(&card.columns.iter().map(|line: &CardColumn| line.weight).collect::<Vec<_>>())
        }
        Weighting::Entropy => weights::entropy(&scaled),
        Weighting::Critic => weights::critic(&scaled),
        Weighting::Ahp => {
            params.card_priorities.as_ref().map(|found| found.weights.clone()).unwrap_or_default()
        }
    };
    let amounts = (0..table.len())
        .into_par_iter()
        .map(|index| {
            let mean = weighted_mean(scaled.iter().map(|column| column[index]).zip(weights.iter().copied()));
            Money::from_f64(100.0 * mean.unwrap_or(0.0)).unwrap_or_default()
        })
        .collect();
    let named = card.columns.iter().map(|line| line.column.clone()).zip(weights).collect();
    Ok(Value { metric: "score".to_owned(), amounts, weights: named })
}

/// Mean of the cells present by their weights; none if no cell of weight above 0 is present.
pub(super) fn weighted_mean(cells: impl Iterator<Item = (Option<f64>, f64)>) -> Option<f64> {
    let (sum, weight) = cells
        .filter_map(|(cell, weight)| cell.map(|x| (x * weight, weight)))
        .fold((0.0, 0.0), |(sum, total), (part, weight)| (sum + part, total + weight));
    (weight > 0.0).then(|| sum / weight)
}
