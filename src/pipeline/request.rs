//! What a run is asked to do: files, bounds and choices.

use std::path::PathBuf;

use crate::config::Recipe;
use crate::domain::{Day, Window};
use crate::ingest::{DateFormat, Mappings};
use crate::runs::Side;

use super::Engine;

/// What a run is asked to do.
#[derive(Clone)]
pub struct Request {
    /// Transaction files; may be empty if there is a customer table.
    pub transactions: Vec<PathBuf>,
    /// The customer table.
    pub customers: Option<PathBuf>,
    /// The products table.
    pub products: Option<PathBuf>,
    /// What visits are planned from.
    pub visiting: VisitFiles,
    /// Last day that counts; the last day in the data if none.
    pub as_of: Option<Day>,
    /// The days that bound value and plan.
    pub window: Window,
    /// Every other choice.
    pub recipe: Recipe,
    /// Columns named by the user.
    pub mappings: Mappings,
    /// Encoding of text files; detected if none.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// How dates are written; found out if none.
    pub date_format: Option<DateFormat>,
    /// Seed of everything drawn by chance.
    pub seed: u64,
    /// Who reads and adds up.
    pub engine: Engine,
    /// Threads that read, at least 1.
    pub threads: usize,
    /// Bytes that rows may take in memory while they are read; the rest waits on disk.
    pub memory: Option<u64>,
    /// The run before this one.
    pub previous: Option<Side>,
}

/// The files that visits are planned from.
#[derive(Clone, Debug, Default)]
pub struct VisitFiles {
    /// The table of reps; visits are planned if there is one.
    pub reps: Option<PathBuf>,
    /// The visit log.
    pub visits: Option<PathBuf>,
    /// Days off and appointments.
    pub calendar: Option<PathBuf>,
    /// Visit workbooks that reps have filled in.
    pub returned: Vec<PathBuf>,
    /// The `visits.csv` of the run before.
    pub plan_before: Option<PathBuf>,
}
