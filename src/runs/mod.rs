//! Runs kept, compared and judged.
//!
//! The registry keeps every run in one SQLite file (see [`registry`](Registry)). This is the only
//! room that reads the clock: a record says when it was made.
//!
//! *In:* finished [`Segmentation`](crate::result::Segmentation)s, result folders, or any CSV with
//! `customer_id,tier[,type]`. *Out:* [`Comparison`]s.
//!
//! A comparison walks two sides along their ids. Tiers and types are set against each other in
//! contingency tables, from which the adjusted Rand index (Hubert & Arabie 1985), normalised mutual
//! information (arithmetic mean of entropies), agreement and the Jaccard similarity of each group
//! follow. Every customer whose tier differs is listed with what moved it: its own value, the line
//! between tiers, promotion by potential, or a hold.
//!
//! Shares are 0–1, values in 1/10 000 currency units inside and in units in JSON and CSV.

mod cause;
mod changes;
mod clock;
mod comparison;
mod matrix_file;
mod memory;
pub mod methods;
mod metrics;
mod movement;
mod movers;
mod params;
mod parts;
mod previous;
mod registry;
mod selection;
mod side;
mod table;

pub use cause::{Cause, Part};
pub use changes::Change;
pub use comparison::{
    ByTier, ByType, Comparison, Group, Overlap, TierMatrix, TypeComparison, TypeMatrix, compare,
};
pub use matrix_file::read_matrix;
pub use memory::peak_memory;
pub use metrics::Contingency;
pub use movement::{Cuts, Movement, Why};
pub use movers::write_movers;
pub use params::{RunsParams, RunsValidParams};
pub use parts::{Parts, Rank};
pub use previous::movers;
pub use registry::{Circumstances, FORMAT, Pruning, RecordedInput, Registry, RunRecord};
pub use selection::select;
pub use side::{Assignment, Provenance, Side};
pub use table::{SideColumns, read_side};
