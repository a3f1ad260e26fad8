//! What is known of every customer once all rows are read.

use crate::domain::{Day, Money, Window};
use crate::ingest::{Attribute, AttributeValues, Profile};

/// Every customer of a run, ascending by id (byte order); all vectors have `ids.len()` entries,
/// in the same order, unless said otherwise.
#[derive(Clone, Debug, Default)]
pub struct FeatureTable {
    /// The last day that counts; none without any date in the input.
    pub as_of: Option<Day>,
    /// The days that bound `sales`, `margin` and `orders`.
    pub window: Option<Window>,
    /// First and last day with a row up to `as_of`; none without transactions.
    pub history: Option<(Day, Day)>,
    /// Customer ids.
    pub ids: Vec<Box<str>>,
    /// Behaviour.
    pub rows: Vec<Features>,
    /// What the customer table says; empty (not one per customer) without a customer table.
    pub profiles: Vec<Profile>,
    /// Further columns of the customer table, in the order of its header.
    pub attributes: Vec<Attribute>,
    /// Products that were launched within the history, ascending by day, then by id.
    pub launches: Vec<Launch>,
    /// True if transactions name a product.
    pub has_products: bool,
    /// True if categories are known (a products table with a category column).
    pub has_categories: bool,
    /// True if transactions were given (else sales come from the customer table).
    pub has_transactions: bool,
}

/// One customer's behaviour.
///
/// "Purchase" means a row with an amount of zero or more; rows below zero are returns and count
/// only in sums. "History" is every row up to `as_of`, "window" the rows inside the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Window sales, net of returns.
    pub sales: Money,
    /// Window sales less cost; none if a row lacks its cost or none was given.
    pub margin: Option<Money>,
    /// Orders in the window: distinct order ids with a purchase, or distinct purchase days
    /// where there is no order id.
    pub orders: u32,
    /// History sales, net of returns.
    pub sales_history: Money,
    /// Net sales of the first purchase day: lifetime models leave it out.
    pub first_sales: Money,
    /// Distinct purchase days in the history.
    pub active_days: u32,
    /// First purchase in the history.
    pub first: Option<Day>,
    /// Last purchase in the history.
    pub last: Option<Day>,
    /// Mean of the days between successive purchase days; none below two of them.
    pub gap_mean: Option<f64>,
    /// Standard deviation (n − 1) of the same; none below three purchase days.
    pub gap_sd: Option<f64>,
    /// Net sales by month of the history, ascending; months without a row are absent.
    pub months: Box<[MonthSales]>,
    /// Distinct products bought in the history.
    pub products: u32,
    /// Those of them first bought in the second half of the window.
    pub recent_products: u32,
    /// Distinct categories bought in the history.
    pub categories: u32,
    /// Shannon entropy (nats) of purchases over categories, over products without categories.
    pub entropy: f64,
    /// History purchases of launched products.
    pub new_sales: Money,
    /// Launches tried, with the day of the first purchase; ascending by launch.
    pub adoptions: Box<[Adoption]>,
}

/// Net sales of one calendar month: twelve bytes instead of sixteen, since most of what a customer
/// keeps is months.
#[repr(C, packed(4))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthSales {
    /// `Day::month` of the month.
    pub month: i32,
    /// Net sales.
    pub sales: Money,
}

/// The first purchase of a launch by one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// Index into [`FeatureTable::launches`].
    pub launch: u32,
    /// Day of the first purchase.
    pub day: Day,
}

/// A product that became available within the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The product.
    pub product_id: Box<str>,
    /// Its launch date, or the first day it was sold.
    pub day: Day,
}

impl FeatureTable {
    /// Number of customers.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True without customers.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The profile of customer `index`, if there is a customer table.
    pub fn profile(&self, index: usize) -> Option<&Profile> {
        self.profiles.get(index)
    }

    /// The customers at `places`, ascending, as a table of their own.
    #[must_use]
    pub fn part(&self, places: &[u32]) -> FeatureTable {
        fn picked<T: Clone>(column: &[T], places: &[u32]) -> Vec<T> {
            places.iter().filter_map(|place| column.get(*place as usize).cloned()).collect()
        }
        let arranged: Vec<Option<usize>> = places.iter().map(|place| Some(*place as usize)).collect();
        FeatureTable {
            ids: picked(&self.ids, places),
            rows: picked(&self.rows, places),
            profiles: picked(&self.profiles, places),
            attributes: self
                .attributes
                .iter()
                .map(|attribute| attribute.clone().arranged(&arranged))
                .collect(),
            launches: self.launches.clone(),
            ..*self
        }
    }

    /// The further column of this name (exact).
    pub fn attribute(&self, name: &str) -> Option<&AttributeValues> {
        self.attributes.iter().find(|attribute| &*attribute.name == name).map(|attribute| &attribute.values)
    }

    /// Days from the last purchase to `as_of`; none without a purchase or a date.
    pub fn days_since_last(&self, index: usize) -> Option<u32> {
        let last = self.rows.get(index)?.last?;
        u32::try_from(self.as_of?.since(last)).ok()
    }
}
