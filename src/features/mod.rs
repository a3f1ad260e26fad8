//! One accumulator per customer: rows in, behaviour out.

mod table;

pub use table::{Adoption, Attribute, AttributeValues, FeatureTable, Features, Launch, MonthSales, Profile};
