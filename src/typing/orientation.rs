//! Columns that tell types apart where there are no products.

use super::attributes;
use crate::error::{Error, Fault, Result};
use crate::features::{AttributeValues, FeatureTable, Features};

/// The behaviours an orientation can name beside the columns of the customer table.
pub const FEATURES: [&str; 8] = [
    "orders",
    "active_days",
    "days_since_last",
    "gap_mean",
    "products",
    "recent_products",
    "categories",
    "breadth",
];

/// One number per customer for a name: a column of the customer table, or else one of [`FEATURES`].
///
/// # Errors
/// E451 if there is no such column, E452 if it holds text.
pub(super) fn values(table: &FeatureTable, name: &str) -> Result<Vec<Option<f64>>> {
    match table.attribute(name) {
        Some(AttributeValues::Number(cells)) => return Ok(cells.clone()),
        Some(AttributeValues::Text(_)) => {
            let cause = format!("the column \"{name}\" holds text, an orientation needs numbers");
            let fault = Fault::new(452, cause).in_file(std::path::Path::new("recipe"));
            return Err(fault.in_column(format!("typing.orientation.{name}")).into());
        }
        None => {}
    }
    if !FEATURES.contains(&name) {
        return Err(Error::from(attributes::missing(table, name, &format!("typing.orientation.{name}"))));
    }
    if !table.has_transactions {
        let cause = format!("\"{name}\" is known from transactions only, and none were given");
        let fault = Fault::new(451, cause).in_file(std::path::Path::new("recipe"));
        return Err(fault.in_column(format!("typing.orientation.{name}")).into());
    }
    let of_row = |(index, row): (usize, &Features)| match name {
        "orders" => Some(f64::from(row.orders)),
        "active_days" => Some(f64::from(row.active_days)),
        "days_since_last" => table.days_since_last(index).map(f64::from),
        "gap_mean" => row.gap_mean,
        "products" => Some(f64::from(row.products)),
        "recent_products" => Some(f64::from(row.recent_products)),
        "categories" => Some(f64::from(row.categories)),
        _ => Some(row.entropy),
    };
    Ok(table.rows.iter().enumerate().map(of_row).collect())
}
