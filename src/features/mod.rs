//! Rows in, one line of behaviour per customer out.
//!
//! The [`Accumulator`] is the only place where a feature is defined: rows are pushed into it in any
//! order, accumulators of the same customer merge in any order, and `finish` gives the
//! [`Features`]. Money is an integer, so sums do not depend on who added what first; memory grows
//! with customers, not with rows.
//!
//! A *purchase* is a row of zero or more, a *return* a row below zero: returns lower sales but are
//! no orders. The *history* is every row up to `as_of`; the *window* bounds sales, margin and
//! orders.
//!
//! A *launch* is a product whose launch date (from the products table) lies within the history, or,
//! without one, a product first sold after the burn-in.

mod accumulator;
mod acquaintance;
mod bytes;
mod coding;
mod collect;
mod frame;
mod launches;
mod params;
mod people;
mod pile;
#[cfg(feature = "cluster")]
mod neighbours;
#[cfg(feature = "cluster")]
mod rows;
mod shelf;
mod sorted_log;
mod state;
mod table;

pub use crate::ingest::{Attribute, AttributeValues, Profile};
pub use accumulator::{Accumulator, Ending, Row};
#[cfg(feature = "cluster")]
pub(crate) use collect::too_much;
pub use collect::{Collected, FoldedLog, Sources, collect, join};
pub use frame::{Facts, Frame, LogColumns, ProductFacts};
#[cfg(feature = "cluster")]
pub(crate) use neighbours::{Neighbours, Sorted};
pub use params::{FeatureParams, FeatureValidParams};
pub use people::{People, Person};
#[cfg(feature = "cluster")]
pub(crate) use rows::{Before, Named, RowForm};
pub use table::{Adoption, FeatureTable, Features, Launch, MonthSales};
