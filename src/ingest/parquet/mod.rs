//! Parquet files, with the cargo feature `parquet`.
//!
//! A file, the files of a folder (those below it too, in the order of their paths) or of a pattern in quotes
//! is one [`Dataset`] and is read as one table. Only the columns that play a role are read. Threads share
//! slices of row groups. Dates and numbers go straight into days and amounts, which are those that the same
//! value written as text gives; everything else is text.

#[cfg(feature = "parquet")]
mod cells;
#[cfg(feature = "parquet")]
mod column;
#[cfg(feature = "parquet")]
mod dataset;
#[cfg(feature = "parquet")]
mod fold;
#[cfg(feature = "parquet")]
mod guard;
mod named;
#[cfg(feature = "parquet")]
mod spelling;
#[cfg(feature = "parquet")]
mod zone;

#[cfg(feature = "parquet")]
pub use cells::{CellBatch, CellRow};
#[cfg(feature = "parquet")]
pub(super) use dataset::Dataset;
#[cfg(feature = "parquet")]
pub(crate) use guard::guarded;
#[cfg(not(feature = "parquet"))]
pub(super) use named::refuse;
