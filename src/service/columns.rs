//! The cells that rules look at: columns of the customer table, features, the value itself.

use crate::domain::Money;
use crate::features::{AttributeValues, FeatureTable, Features, Profile};
use crate::scoring::Value;

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// A finite number.
    Number(f64),
    /// A word.
    Text(&'a str),
    /// Nothing is known.
    Blank,
}

/// One column, found by its name.
#[derive(Clone, Copy)]
pub(super) enum Column<'a> {
    Attribute(&'a AttributeValues),
    Profile(&'a [Profile], fn(&Profile) -> Cell<'_>),
    Feature(&'a [Features], fn(&Features) -> Option<f64>),
    DaysSinceLast(&'a FeatureTable),
    Value(&'a [Money]),
}

type Of<Row> = (&'static str, fn(&Row) -> Option<f64>);

const FEATURES: [Of<Features>; 12] = [
    ("sales", |row| Some(row.sales.to_f64())),
    ("margin", |row| row.margin.map(Money::to_f64)),
    ("orders", |row| Some(f64::from(row.orders))),
    ("sales_history", |row| Some(row.sales_history.to_f64())),
    ("active_days", |row| Some(f64::from(row.active_days))),
    ("gap_mean", |row| row.gap_mean),
    ("gap_sd", |row| row.gap_sd),
    ("products", |row| Some(f64::from(row.products))),
    ("recent_products", |row| Some(f64::from(row.recent_products))),
    ("categories", |row| Some(f64::from(row.categories))),
    ("entropy", |row| Some(row.entropy)),
    ("new_sales", |row| Some(row.new_sales.to_f64())),
];

type Said = (&'static str, fn(&Profile) -> Cell<'_>);

const PROFILES: [Said; 5] = [
    ("name", |row| text(row.name.as_deref())),
    ("rep", |row| text(row.rep.as_deref())),
    ("region", |row| text(row.region.as_deref())),
    ("purchase_stage", |row| text(row.purchase_stage.as_deref())),
    ("potential", |row| number(row.potential.map(Money::to_f64))),
];

fn text(words: Option<&str>) -> Cell<'_> {
    words.map_or(Cell::Blank, Cell::Text)
}

fn number(value: Option<f64>) -> Cell<'static> {
    value.map_or(Cell::Blank, Cell::Number)
}

impl<'a> Column<'a> {
    /// The column of this name: a further column of the customer table before a known one.
    pub(super) fn find(name: &str, table: &'a FeatureTable, value: &'a Value) -> Option<Self> {
        if let Some(values) = table.attribute(name) {
            return Some(Column::Attribute(values));
        }
        if let Some((_, read)) = PROFILES.iter().find(|(known, _)| *known == name) {
            // Without a customer table the column is missing, not blank.
            return (!table.profiles.is_empty()).then_some(Column::Profile(&table.profiles, *read));
        }
        if let Some((_, read)) = FEATURES.iter().find(|(known, _)| *known == name) {
            return Some(Column::Feature(&table.rows, *read));
        }
        match name {
            "days_since_last" => Some(Column::DaysSinceLast(table)),
            "value" => Some(Column::Value(&value.amounts)),
            _ => None,
        }
    }

    /// Every name that [`Column::find`] finds, those of the table first.
    pub(super) fn names(table: &FeatureTable) -> Vec<&str> {
        let mut names: Vec<&str> = table.attributes.iter().map(|attribute| &*attribute.name).collect();
        if !table.profiles.is_empty() {
            names.extend(PROFILES.iter().map(|(name, _)| *name));
        }
        names.extend(FEATURES.iter().map(|(name, _)| *name));
        names.extend(["days_since_last", "value"]);
        names
    }

    /// True if no cell can be a number.
    pub(super) fn is_text(&self) -> bool {
        match self {
            Column::Attribute(values) => matches!(values, AttributeValues::Text(_)),
            Column::Profile(rows, read) => rows.iter().all(|row| !matches!(read(row), Cell::Number(_))),
            Column::Feature(..) | Column::DaysSinceLast(_) | Column::Value(_) => false,
        }
    }

    /// The cell of customer `index`; blank beyond the end.
    pub(super) fn cell(&self, index: usize) -> Cell<'a> {
        match *self {
            Column::Attribute(AttributeValues::Number(cells)) => number(cells.get(index).copied().flatten()),
            Column::Attribute(AttributeValues::Text(cells)) => {
                text(cells.get(index).and_then(Option::as_deref))
            }
            Column::Profile(rows, read) => rows.get(index).map_or(Cell::Blank, read),
            Column::Feature(rows, read) => number(rows.get(index).and_then(read)),
            Column::DaysSinceLast(table) => number(table.days_since_last(index).map(f64::from)),
            Column::Value(amounts) => number(amounts.get(index).map(|amount| amount.to_f64())),
        }
    }
}
