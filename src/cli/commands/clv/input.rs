//! Histories from a summary or from transactions.

use std::path::Path;

use crate::config::Recipe;
use crate::domain::Window;
use crate::error::{Error, Fault, Result};
use crate::features::{FeatureTable, Sources, collect};
use crate::ingest::{HistoryTable, ReadOptions, TransactionLog};
use crate::lifetime::{
    self, Forecast, Histories, History, Holdout, LifetimeValidParams, Observed, Spend, Warning, observe,
};
use crate::pipeline::judge_rejects;

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
    cuts: Option<Cuts>,
}

/// The feature tables of a holdout.
struct Cuts {
    before: Option<FeatureTable>,
    cut: FeatureTable,
    end: FeatureTable,
    customers: Vec<usize>,
}

impl Input {
    /// Compares the forecast with what was held out, if anything was.
    pub(super) fn holdout(
        &self,
        forecast: &Forecast,
        params: &LifetimeValidParams,
    ) -> Result<Option<Holdout>> {
        let Some(Cuts { before, cut, end, customers }) = &self.cuts else { return Ok(None) };
        let observed = Observed {
            customers: customers.clone(),
            histories: self.histories.clone(),
            spends: self.spends.clone(),
        };
        lifetime::compare(forecast, &observed, before.as_ref(), cut, end, params).map(Some)
    }
}

/// Reads a summary; its times are in the period of `params`.
pub(super) fn from_summary(
    path: &Path,
    params: &LifetimeValidParams,
    options: &ReadOptions,
) -> Result<Input> {
    let table = HistoryTable::read(path, options)?;
    judge_rejects(&table.counts, &table.rejects, options.params.max_reject_share())?;
    let mut faults = Vec::new();
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let history = History { x: row.x, t_x: row.t_x, total: row.total };
        // Ten show the pattern.
        if let Some(cause) = history.contradiction().filter(|_| faults.len() < 10) {
            let cause = format!("the history of customer \"{}\" {cause}", row.id);
            let fault = Fault::new(354, cause).in_file(path).at_line(row.line);
            faults.push(fault.hint(lifetime::HISTORY_HINT));
        }
        rows.push(history);
    }
    Error::unless_empty(faults)?;
    let spends = table
        .rows
        .iter()
        .map(|row| {
            let mean = row.mean_spend.filter(|_| row.x > 0)?;
            Some(Spend { x: row.x, mean: mean.max(0.0) })
        })
        .collect();
    let ids = table.rows.into_iter().map(|row| row.id).collect();
    Ok(Input {
        ids,
        histories: Histories::new(params.period(), rows)?,
        spends,
        doubts: Vec::new(),
        cuts: None,
    })
}

/// Reads transactions; with a holdout three times, up to its start, its end and one horizon earlier.
pub(super) fn from_transactions(args: &Args, recipe: &Recipe, options: &ReadOptions) -> Result<Input> {
    let log = TransactionLog::survey(&args.transactions, options)?;
    let headers: Vec<&[String]> = log.headers().collect();
    options.mappings.check_all_used(&headers)?;
    let Some((first, last)) = log.span else {
        return Err(Fault::new(213, "no row has a date that can be read").hint("check the columns").into());
    };
    let end = args.as_of.unwrap_or(last);
    let table = |log: TransactionLog, as_of| {
        let sources = Sources { log: Some(log), ..Sources::default() };
        collect(sources, Some(as_of), Window::All, &recipe.features, options)
    };
    let again = || TransactionLog::survey(&args.transactions, options);
    let params = &recipe.lifetime;
    let Some(_) = args.holdout else {
        let collected = table(log, end)?;
        judge_rejects(&collected.rows, &collected.rejects, options.params.max_reject_share())?;
        return from_table(&collected.table, params).map(|(input, _)| input);
    };
    let cut = end.plus(-params.horizon_days());
    if cut <= first {
        let cause =
            format!("a holdout of {} leaves nothing of the history from {first} to {end}", params.horizon());
        return Err(Fault::new(355, cause).hint("hold out fewer periods").into());
    }
    let whole = table(log, end)?;
    judge_rejects(&whole.rows, &whole.rejects, options.params.max_reject_share())?;
    let at_cut = table(again()?, cut)?.table;
    let start = cut.plus(-params.horizon_days());
    let before = if start < first { None } else { Some(table(again()?, start)?.table) };
    let (mut input, customers) = from_table(&at_cut, params)?;
    input.cuts = Some(Cuts { before, cut: at_cut, end: whole.table, customers });
    Ok(input)
}

fn from_table(table: &FeatureTable, params: &LifetimeValidParams) -> Result<(Input, Vec<usize>)> {
    let Observed { customers, histories, spends } = observe(table, params.period())?;
    let ids = customers.iter().map(|customer| table.ids[*customer].clone()).collect();
    let doubts = lifetime::gap_warning(table).into_iter().collect();
    Ok((Input { ids, histories, spends, doubts, cuts: None }, customers))
}
