//! Forgetting runs.

use jiff::ToSpan;
use rusqlite::TransactionBehavior;

use super::super::clock;
use super::reading::RunRecord;
use super::{Registry, failure};
use crate::error::Result;

/// Which runs to forget. A run with a name is kept unless it is listed in `runs`.
#[derive(Clone, Debug, Default)]
pub struct Pruning {
    /// Keep this many of the latest runs.
    pub keep: Option<usize>,
    /// Forget runs recorded more than this many days ago.
    pub older_than_days: Option<u32>,
    /// Forget these, as [`Registry::find`] selects them.
    pub runs: Vec<String>,
}

impl Registry {
    /// The runs that `pruning` would forget, the latest first; nothing is changed.
    ///
    /// With both limits a run goes when it is past both, so neither forgets more than asked for.
    ///
    /// # Errors
    /// E651 if a listed run is not there, E650 if the registry cannot be read.
    pub fn prunable(&self, pruning: &Pruning) -> Result<Vec<RunRecord>> {
        let listed: Vec<i64> =
            pruning.runs.iter().map(|run| Ok(self.find(run)?.number)).collect::<Result<_>>()?;
        let oldest_kept = pruning.older_than_days.map(|days| {
            let day = clock::now().checked_sub((i64::from(days) * 24).hours());
            day.map_or_else(|_| String::new(), |day| format!("{day:.0}"))
        });
        let by_limit = |place: usize, run: &RunRecord| {
            let surplus = pruning.keep.map(|keep| place >= keep);
            let old = oldest_kept.as_ref().map(|oldest| run.recorded_at < *oldest);
            run.name.is_none()
                && (surplus.is_some() || old.is_some())
                && surplus.unwrap_or(true)
                && old.unwrap_or(true)
        };
        let runs = self.list()?.into_iter().enumerate();
        Ok(runs
            .filter(|(place, run)| listed.contains(&run.number) || by_limit(*place, run))
            .map(|(_, run)| run)
            .collect())
    }

    /// Forgets these runs, and the ids and recipes that no other run needs, in one transaction.
    ///
    /// # Errors
    /// E650 if the registry cannot be written, E654 if its format is newer than this program.
    pub fn forget(&mut self, runs: &[RunRecord]) -> Result<()> {
        self.must_be_writable()?;
        let mut work = || -> rusqlite::Result<()> {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for run in runs {
                transaction.execute("DELETE FROM runs WHERE number = ?1", [run.number])?;
            }
            transaction.execute_batch(
                "DELETE FROM id_chunks WHERE number NOT IN (SELECT chunk FROM assignments);
                 DELETE FROM recipes WHERE hash NOT IN (SELECT recipe_hash FROM runs);",
            )?;
            transaction.commit()?;
            // Gives the room back to the disk; without it the file only stops growing.
            self.connection.execute_batch("PRAGMA incremental_vacuum")
        };
        work().map_err(|cause| failure(&self.path, &cause).into())
    }
}
