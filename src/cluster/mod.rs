//! The same features on Apache DataFusion, in this process or on an Apache Ballista cluster.
//!
//! What goes in are Parquet files (a file, a folder, a glob, on a file system that every machine sees or in an
//! object store) or CSV; what comes out is the [`FoldedLog`] that the local engine makes of the same rows,
//! to the last bit. Nothing is defined here: rows are read by [`LogRules`](crate::ingest::LogRules), added up
//! by the [`Accumulator`](crate::features::Accumulator), and this room wraps both for the engine:
//!
//! - `erba_survey` looks at every row for what the whole log must tell: days, products, spelling;
//! - `erba_customer` is what rows are grouped by; rows that name nobody make a group of their own;
//! - `erba_features` adds the rows of a customer up; its state are the rows in one binary column, its value the features.
//!
//! Customers of a [`Spread`] stay where they are, and three more functions ask of them: `erba_census` counts,
//! `erba_sales` and `erba_lot` are what they are sorted and drawn by, `erba_judged` is the line of each.
//!
//! What the functions need to know of the run travels in the plan as a last argument, so that every machine of
//! a cluster knows the same functions and nothing else.

mod adder;
mod aggregate;
mod argument;
mod bins;
mod census;
mod collect;
mod crowd;
mod customer;
mod draw;
mod engine;
mod features;
mod group;
mod judge;
mod judged;
mod lines;
mod numbers;
mod place;
mod serve;
mod settings;
mod spread;
mod states;
mod stores;
mod sums;
mod survey;
mod tables;

pub use bins::Numbers;
pub use collect::fold;
pub use engine::Target;
pub use judge::{Ground, Judge};
pub use serve::{ExecutorPlace, run_executor, run_scheduler};
pub use settings::ClusterSettings;
pub use spread::{Spread, spread};
