//! Judges a finished result folder by rules written apart from the code that made it.
//!
//! In: the folder of a run, read as files: `customers.csv`, `plan.csv`, `rejects.csv`, `summary.json`
//! and, if they are there, `recipe.toml`, `visits.csv`, `not_planned.csv`, `ics/*.ics`. Out: the [`Violation`]s, empty if every
//! rule holds. No tier, share or sum is taken from the rooms that computed them: values are
//! decimals read from text and added as integers, shares are compared as products of integers.
//!
//! Rules rest when what they judge is not in the folder (no reps, no budget), and V104 in a build that does not read Parquet. Each rule has a code and a
//! sentence ([`RULES`]); `docs/concepts/checker.md` lists them with what they protect.

mod calendar;
mod columns;
mod customers;
mod decimal;
mod files;
mod findings;
#[cfg(feature = "parquet")]
mod parquet;
mod plan;
mod rules;
mod service;
mod summary;
mod tiers;
mod visits;

use std::path::Path;

use crate::error::{Fault, Result};
use files::Folder;
use findings::Findings;

pub use findings::Violation;
pub use rules::{RULES, Rule};

/// Checks a result folder against all [`RULES`].
///
/// Returns what breaks them, in the order of the rules; at most ten of a rule, the last of which says
/// how many more there are.
///
/// # Errors
/// E601 if the folder is not a result: it has no `customers.csv` or no readable `summary.json`.
pub fn check(dir: &Path) -> Result<Vec<Violation>> {
    let mut findings = Findings::default();
    let folder = Folder::open(dir, &mut findings)?;
    customers::check(&folder, &mut findings);
    columns::check(&folder, &mut findings);
    tiers::check(&folder, &mut findings);
    service::check(&folder, &mut findings);
    plan::check(&folder, &mut findings);
    summary::check(&folder, &mut findings);
    visits::check(&folder, &mut findings);
    calendar::check(&folder, &mut findings);
    #[cfg(feature = "parquet")]
    parquet::check(&folder, &mut findings);
    Ok(findings.finish())
}

fn not_a_result(dir: &Path, cause: impl Into<String>) -> crate::error::Error {
    Fault::new(601, cause)
        .in_file(dir)
        .hint("name the folder that `erba run --out` made; it holds customers.csv and summary.json")
        .into()
}
