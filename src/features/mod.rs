//! One accumulator per customer: rows in, behaviour out.

mod table;

pub use crate::ingest::{Attribute, AttributeValues, Profile};
pub use table::{Adoption, FeatureTable, Features, Launch, MonthSales};
