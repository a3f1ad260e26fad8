//! Histories from a summary or from transactions.

use std::path::Path;

use crate::config::Recipe;
use crate::domain::Window;
use crate::error::{Error, Fault, Result};
use crate::features::{FeatureTable, Sources, collect};
use crate::ingest::{HistoryRow, HistoryTable, ReadOptions, Reject, RowCounts, TransactionLog};
use crate::language::Language;
use crate::lifetime::{
    self, Forecast, Histories, History, Holdout, LifetimeValidParams, Observed, Spend, Warning, observe,
};
use crate::pipeline::{holdout::Cut, judge_rejects};

use super::Args;

/// What the models are fitted on.
pub(super) struct Input {
    /// One id per history.
    pub ids: Vec<Box<str>>,
    /// The histories.
    pub histories: Histories,
    /// One per history.
    pub spends: Vec<Option<Spend>>,
    /// What transactions show that histories do not.
    pub doubts: Vec<Warning>,
    /// Rows that were not used, in words.
    pub left_out: Vec<String>,
    /// The history's end, if it is held out.
    held_out: Option<(Cut, FeatureTable)>,
}

impl Input {
    /// Compares the forecast with what was held out, if anything was.
    pub(super) fn holdout(
        &self,
        forecast: &Forecast,
        params: &LifetimeValidParams,
    ) -> Result<Option<Holdout>> {
        let compare = |(cut, end): &(Cut, FeatureTable)| cut.compare(forecast, end, params);
        self.held_out.as_ref().map(compare).transpose()
    }
}

/// Rows read but not used, so that none goes missing without a word.
fn left_out(counts: &RowCounts, rejects: &[Reject]) -> Vec<String> {
    // Three show the pattern.
    const SHOWN: usize = 3;
    let mut words = Vec::new();
    for (reason, count) in &counts.filters {
        let reason = Language::En.text(&format!("filter-{}", reason.replace('_', "-")), &[]);
        words.push(format!("{count} of {} rows were left out: {reason}", counts.read));
    }
    if counts.rejected > 0 {
        words.push(format!("{} of {} rows cannot be read and were left out", counts.rejected, counts.read));
        words.extend(rejects.iter().take(SHOWN).map(|reject| {
            // A whole history is at fault where no column is.
            let place = if reject.column.is_empty() { "customer" } else { &reject.column };
            format!("  {}:{}: {place} \"{}\" {}", reject.file, reject.line, reject.value, reject.reason)
        }));
        if rejects.len() > SHOWN {
            words.push(format!("  and {} more", rejects.len() - SHOWN));
        }
    }
    words
}

/// Reads a summary; its times are in the period of `params`.
pub(super) fn from_summary(
    path: &Path,
    params: &LifetimeValidParams,
    options: &ReadOptions,
) -> Result<Input> {
    let mut table = HistoryTable::read(path, options)?;
    leave_out_contradictions(&mut table, path, params, options.params.max_reject_share())?;
    judge_rejects(&table.counts, &table.rejects, options.params.max_reject_share())?;
    let rows = table.rows.iter().map(history).collect();
    let spends = table
        .rows
        .iter()
        .map(|row| {
            let mean = row.mean_spend.filter(|_| row.x > 0)?;
            Some(Spend { x: row.x, mean: mean.max(0.0) })
        })
        .collect();
    let left_out = left_out(&table.counts, &table.rejects);
    let ids = table.rows.into_iter().map(|row| row.id).collect();
    Ok(Input {
        ids,
        histories: Histories::new(params.period(), rows)?,
        spends,
        doubts: Vec::new(),
        left_out,
        held_out: None,
    })
}

fn history(row: &HistoryRow) -> History {
    History { x: row.x, t_x: row.t_x, total: row.total }
}

/// Rejects histories that cannot be, like cells that cannot be read.
///
/// # Errors
/// E354 naming ten of them if they are more than `max_share` of all rows.
fn leave_out_contradictions(
    table: &mut HistoryTable,
    path: &Path,
    params: &LifetimeValidParams,
    max_share: f64,
) -> Result<()> {
    let mut impossible = Vec::new();
    for row in std::mem::take(&mut table.rows) {
        match history(&row).contradiction(params.period()) {
            Some(cause) => impossible.push((row, cause)),
            None => table.rows.push(row),
        }
    }
    if impossible.len() as f64 > max_share * table.counts.read as f64 {
        // Ten show the pattern, and one hint is enough.
        let told = impossible.len().min(10);
        let faults = impossible.into_iter().take(told).enumerate().map(|(number, (row, cause))| {
            let cause = format!("the history of customer \"{}\" {cause}", row.id);
            let fault = Fault::new(354, cause).in_file(path).at_line(row.line);
            if number + 1 == told { fault.hint(lifetime::HISTORY_HINT) } else { fault }
        });
        return Err(Error { faults: faults.collect() });
    }
    table.counts.used -= impossible.len() as u64;
    table.counts.rejected += impossible.len() as u64;
    table.rejects.extend(impossible.into_iter().map(|(row, reason)| Reject {
        file: path.display().to_string(),
        line: row.line,
        column: String::new(),
        value: row.id.into(),
        reason,
    }));
    Ok(())
}

/// Reads transactions; with a holdout three times, up to its end, its start and one horizon earlier.
pub(super) fn from_transactions(args: &Args, recipe: &Recipe, options: &ReadOptions) -> Result<Input> {
    let log = TransactionLog::open(&args.transactions, options)?;
    let headers: Vec<&[String]> = log.headers().collect();
    options.mappings.check_all_used(&headers)?;
    let sources = Sources { log: Some(log), ..Sources::default() };
    let whole = collect(sources, args.as_of, Window::All, &recipe.features, options)?;
    judge_rejects(&whole.rows, &whole.rejects, options.params.max_reject_share())?;
    let params = &recipe.lifetime;
    let (first, last) = whole.table.history.unwrap_or_default();
    let end = whole.table.as_of.unwrap_or(last);
    if args.holdout.is_some() && end.plus(-params.horizon_days()) <= first {
        let cause =
            format!("a holdout of {} leaves nothing of the history from {first} to {end}", params.horizon());
        return Err(Fault::new(355, cause).hint("hold out fewer periods").into());
    }
    let left_out = left_out(&whole.rows, &whole.rejects);
    if args.holdout.is_some() {
        let cut = Cut::read(&args.transactions, [first, end], params, recipe, options)?;
        return Ok(Input {
            ids: cut.ids(),
            histories: cut.observed.histories.clone(),
            spends: cut.observed.spends.clone(),
            doubts: cut.doubt().into_iter().collect(),
            left_out,
            held_out: Some((cut, whole.table)),
        });
    }
    let Observed { customers, histories, spends } = observe(&whole.table, params.period())?;
    Ok(Input {
        ids: customers.iter().map(|customer| whole.table.ids[*customer].clone()).collect(),
        histories,
        spends,
        doubts: lifetime::gap_warning(&whole.table).into_iter().collect(),
        left_out,
        held_out: None,
    })
}
