//! What must be known of a whole log before its rows can be added up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Notice, Window};
use crate::error::{Error, Fault, Result};
use crate::ingest::{FirstSales, ProductKey, ProductTable, Transaction};

use super::accumulator::{Ending, Row};
use super::acquaintance;
use super::launches::find_launches;
use super::params::FeatureValidParams;
use super::table::Launch;

/// Which columns a log has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogColumns {
    /// True if rows name products.
    pub product: bool,
    /// True if rows give costs.
    pub cost: bool,
    /// True if rows give order ids.
    pub order: bool,
}

/// Last day, history and launches: the same for every row.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What the last step needs.
    pub ending: Ending,
    /// First and last day with a row up to `as_of`.
    pub history: (Day, Day),
    /// Launches, ascending by day, then by product id.
    pub launches: Vec<Launch>,
    /// True if rows name products.
    pub has_products: bool,
    /// That hardly a product sold is in the products table.
    pub notice: Option<Notice>,
    facts: Facts,
}

/// What rows need to know of their products; those that are nothing special are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts(BTreeMap<ProductKey, ProductFacts>);

/// What a product is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFacts {
    /// The product.
    pub key: ProductKey,
    /// Its category.
    pub category: Option<u32>,
    /// The launch it is.
    pub launch: Option<u32>,
}

impl Facts {
    /// What is known of a product.
    pub fn of(&self, key: ProductKey) -> ProductFacts {
        self.0.get(&key).copied().unwrap_or(ProductFacts { key, ..ProductFacts::default() })
    }

    /// Those that are special, ascending by key.
    pub fn all(&self) -> impl Iterator<Item = &ProductFacts> {
        self.0.values()
    }

    /// The same with products of which nothing special is known, unless that would make more than `most`.
    #[must_use]
    pub fn and_plain(mut self, keys: impl ExactSizeIterator<Item = ProductKey>, most: usize) -> Facts {
        if keys.len() <= most {
            for key in keys {
                self.0.entry(key).or_insert(ProductFacts { key, ..ProductFacts::default() });
            }
        }
        self
    }
}

impl FromIterator<ProductFacts> for Facts {
    fn from_iter<I: IntoIterator<Item = ProductFacts>>(products: I) -> Self {
        Facts(products.into_iter().map(|product| (product.key, product)).collect())
    }
}

impl Frame {
    /// From what a look at every row has told.
    ///
    /// * `span`: first and last day of all rows, those after `as_of` included.
    /// * `as_of`: the last day that counts; the last of the span if none.
    ///
    /// # Errors
    /// E213 if no row counts.
    pub fn new(
        columns: LogColumns,
        span: Option<(Day, Day)>,
        first_sales: &FirstSales,
        (as_of, window): (Option<Day>, Window),
        products: &ProductTable,
        params: &FeatureValidParams,
    ) -> Result<Self> {
        let Some((first, last)) = span else {
            return Err(nothing_left("no row of the transactions has a date that can be read"));
        };
        let as_of = as_of.unwrap_or(last);
        if first > as_of {
            return Err(nothing_left(&format!("no row is of {as_of} or before: the first is of {first}")));
        }
        let history = (first, last.min(as_of));
        let categories = first_sales.keys().filter_map(|key| {
            let category = Some(products.products.get(key)?.category?);
            Some((*key, ProductFacts { key: *key, category, launch: None }))
        });
        let mut facts: BTreeMap<ProductKey, ProductFacts> = categories.collect();
        let mut launches = Vec::new();
        for (key, launch) in find_launches(first_sales, products, Some(history), params) {
            let product = facts.entry(key).or_insert(ProductFacts { key, ..ProductFacts::default() });
            product.launch = Some(launches.len() as u32);
            launches.push(launch);
        }
        let ending = Ending {
            as_of,
            window,
            has_orders: columns.order,
            has_cost: columns.cost,
            has_categories: columns.product && !products.categories.is_empty(),
            half_window: half_window(window, as_of, first),
        };
        let notice = acquaintance::of_products(first_sales, products);
        Ok(Frame { ending, history, launches, has_products: columns.product, notice, facts: Facts(facts) })
    }

    /// What rows need to know of their products.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

pub(super) fn nothing_left(cause: &str) -> Error {
    Fault::new(213, cause).hint("check the columns, --as-of and the file itself").into()
}

impl Ending {
    /// The row as the accumulator takes it.
    pub fn row<'r>(&self, row: &Transaction<'r>, product: Option<ProductFacts>) -> Row<'r> {
        Row {
            day: row.day,
            amount: row.amount,
            in_window: self.window.holds(row.day, self.as_of),
            has_orders: self.has_orders,
            order: row.order,
            product: product.map(|product| product.key),
            category: product.and_then(|product| product.category),
            launch: product.and_then(|product| product.launch),
            cost: row.cost,
            rep: row.rep.and_then(|rep| std::str::from_utf8(rep).ok()),
        }
    }
}

/// First day of the second half of the window, or of what there is of it.
fn half_window(window: Window, as_of: Day, history_first: Day) -> Day {
    let history = as_of.since(history_first).saturating_add(1);
    let length = match window {
        Window::Days(days) => history.min(i32::try_from(days).unwrap_or(i32::MAX)),
        Window::All => history,
    };
    as_of.plus(1 - length / 2)
}
