//! Columns of the customer table as columns of the matrix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::volume::mean_and_spread;
use crate::error::{Error, Fault, Result, nearest};
use crate::features::{AttributeValues, FeatureTable};

/// How one column of the customer table becomes columns of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum AttributeModel {
    /// Numbers, standardised; a blank counts as the mean.
    Number {
        /// Header of the column.
        name: String,
        /// Mean of the numbers fitted on.
        mean: f64,
        /// Their standard deviation; 0 if all are equal.
        spread: f64,
    },
    /// Texts, one column a value; a blank has none of them.
    Text {
        /// Header of the column.
        name: String,
        /// The values with a column of their own, ascending.
        levels: Vec<String>,
        /// Share of each value, then of all rarer values together.
        shares: Vec<f64>,
        /// Root of the summed variances, so that a text weighs as much as a number; 0 if all are equal.
        spread: f64,
    },
}

/// The column `name` of the table.
///
/// # Errors
/// E451 if there is none.
pub(super) fn find<'a>(table: &'a FeatureTable, name: &str, key: &str) -> Result<&'a AttributeValues> {
    table.attribute(name).ok_or_else(|| Error::from(missing(table, name, key)))
}

/// The fault of a column that is not there.
pub(super) fn missing(table: &FeatureTable, name: &str, key: &str) -> Fault {
    let known: Vec<&str> = table.attributes.iter().map(|attribute| &*attribute.name).collect();
    let fault = Fault::new(
        451,
        format!("typing wants the column \"{name}\", which the customer table does not have"),
    )
    .in_file(std::path::Path::new("recipe"))
    .in_column(key);
    match (nearest(name, known.iter().copied()), known.is_empty()) {
        (Some(near), _) => fault.hint(format!("did you mean \"{near}\"?")),
        (None, true) => fault.hint("give a customer table with --customers"),
        (None, false) => fault.hint(format!("there are: {}", known.join(", "))),
    }
}

impl AttributeModel {
    /// Learns the columns from the customers `rows`.
    pub(super) fn fit(name: &str, values: &AttributeValues, rows: &[u32], min_share: f64) -> Self {
        match values {
            AttributeValues::Number(cells) => {
                let known: Vec<f64> =
                    rows.iter().filter_map(|&row| cells.get(row as usize).copied().flatten()).collect();
                let (mean, spread) = mean_and_spread(&known);
                AttributeModel::Number { name: name.to_owned(), mean, spread }
            }
            AttributeValues::Text(cells) => {
                let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                for cell in rows.iter().filter_map(|&row| cells.get(row as usize)?.as_deref()) {
                    *counts.entry(cell).or_default() += 1;
                }
                text_model(name, &counts, rows.len(), min_share)
            }
        }
    }

    /// Header of the column.
    pub fn name(&self) -> &str {
        match self {
            AttributeModel::Number { name, .. } | AttributeModel::Text { name, .. } => name,
        }
    }

    /// Names of the matrix columns this gives.
    pub(super) fn column_names(&self) -> Vec<String> {
        match self {
            AttributeModel::Number { name, .. } => vec![name.clone()],
            AttributeModel::Text { name, levels, .. } => {
                let rest = "(other)".to_owned();
                levels.iter().chain([&rest]).map(|level| format!("{name}={level}")).collect()
            }
        }
    }

    /// True if the table's column is of the kind fitted on.
    pub(super) fn fits(&self, values: &AttributeValues) -> bool {
        matches!(
            (self, values),
            (AttributeModel::Number { .. }, AttributeValues::Number(_))
                | (AttributeModel::Text { .. }, AttributeValues::Text(_))
        )
    }

    /// Appends the cells of one customer.
    pub(super) fn cells(
        &self,
        values: &AttributeValues,
        row: usize,
        clip: f64,
        weight: f64,
        out: &mut Vec<f64>,
    ) {
        match (self, values) {
            (AttributeModel::Number { mean, spread, .. }, AttributeValues::Number(cells)) => {
                let number = cells.get(row).copied().flatten().unwrap_or(*mean);
                let cell = if *spread == 0.0 { 0.0 } else { (number - mean) / spread };
                out.push(cell.clamp(-clip, clip) * weight);
            }
            (AttributeModel::Text { levels, shares, spread, .. }, AttributeValues::Text(cells)) => {
                let cell = cells.get(row).and_then(Option::as_deref);
                let own = cell.map(|cell| {
                    levels.binary_search_by(|level| level.as_str().cmp(cell)).unwrap_or(levels.len())
                });
                for (level, share) in shares.iter().enumerate() {
                    let held = if own == Some(level) { 1.0 } else { 0.0 };
                    out.push(if *spread == 0.0 { 0.0 } else { (held - share) / spread * weight });
                }
            }
            _ => out.extend(self.column_names().iter().map(|_| 0.0)),
        }
    }
}

fn text_model(name: &str, counts: &BTreeMap<&str, usize>, rows: usize, min_share: f64) -> AttributeModel {
    let rows = rows.max(1) as f64;
    let mut levels = Vec::new();
    let mut shares = Vec::new();
    let mut rest = 0.0;
    for (&level, &count) in counts {
        let share = count as f64 / rows;
        if share >= min_share {
            levels.push(level.to_owned());
            shares.push(share);
        } else {
            rest += share;
        }
    }
    shares.push(rest);
    let variance: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
    AttributeModel::Text { name: name.to_owned(), levels, shares, spread: variance.max(0.0).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_number_is_the_mean_and_a_rare_text_is_pooled() {
        let numbers = AttributeValues::Number(vec![Some(1.0), Some(3.0), None]);
        let model = AttributeModel::fit("age", &numbers, &[0, 1, 2], 0.1);
        let mut cells = Vec::new();
        (0..3).for_each(|row| model.cells(&numbers, row, 3.0, 2.0, &mut cells));
        assert_eq!(cells, [-2.0, 2.0, 0.0]);

        let texts = ["a", "a", "b", "c"].map(|text| Some(text.into()));
        let texts = AttributeValues::Text(texts.to_vec());
        let model = AttributeModel::fit("area", &texts, &[0, 1, 2, 3], 0.5);
        assert_eq!(model.column_names(), ["area=a", "area=(other)"]);
        let mut cells = Vec::new();
        (0..4).for_each(|row| model.cells(&texts, row, 3.0, 1.0, &mut cells));
        let total: f64 = cells.iter().map(|cell| cell * cell).sum();
        assert!((total / 4.0 - 1.0).abs() < 1e-12, "a text weighs as much as a number");
    }

    #[test]
    fn a_missing_column_is_told_with_the_nearest() {
        let table = FeatureTable {
            attributes: vec![crate::features::Attribute {
                name: "income".into(),
                values: AttributeValues::Number(vec![]),
            }],
            ..FeatureTable::default()
        };
        let error = find(&table, "incom", "typing.attributes").unwrap_err();
        assert!(error.has_code(451));
        assert_eq!(error.faults[0].action.as_deref(), Some("did you mean \"income\"?"));
    }
}
