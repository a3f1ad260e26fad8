//! What is read before anything is computed, and how many bad rows are borne.

use std::collections::HashSet;
use std::path::PathBuf;

use super::Request;
use crate::domain::Notice;
use crate::error::{Error, Fault, Result};
use crate::features::{Collected, Sources};
use crate::ingest::{
    CustomerTable, InputRecord, ProductTable, ReadOptions, Reject, RowCounts, TransactionLog,
};

pub(super) fn read_options<'a>(request: &Request, progress: &'a (dyn Fn(u64) + Sync)) -> ReadOptions<'a> {
    ReadOptions {
        mappings: request.mappings.clone(),
        encoding: request.encoding,
        date_format: request.date_format.clone(),
        threads: request.threads,
        params: request.recipe.ingest.clone(),
        memory: request.memory,
        progress: Some(progress),
    }
}

pub(super) fn size_of(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|facts| facts.len()).sum()
}

/// Opens every file, the small ones first: their faults show at once.
pub(super) fn open(request: &Request, options: &ReadOptions) -> Result<Sources> {
    if request.transactions.is_empty() && request.customers.is_none() {
        return Err(Fault::new(101, "there is neither a transaction log nor a customer table")
            .hint("give --transactions FILE or --customers FILE")
            .into());
    }
    refuse_twins(&request.transactions)?;
    let customers =
        request.customers.as_deref().map(|path| CustomerTable::read(path, options)).transpose()?;
    if customers.is_none()
        && let Some((name, column)) = request.mappings.further().next()
    {
        let cause =
            format!("--map {name}=\"{column}\" names a column of the customer table, and there is none");
        return Err(Fault::new(202, cause).hint("give the customer table with --customers FILE").into());
    }
    if let (Some(path), Some(table)) = (&request.customers, &customers)
        && request.transactions.is_empty()
        && request.recipe.scoring.metric() == "sales"
        && !table.has_sales
    {
        let columns = table.header.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        return Err(Fault::new(202, format!("no column for sales; the columns are {columns}"))
            .in_file(path)
            .hint(
                "name the column: --map sales=\"Column\", give --transactions, or choose another value in a recipe (scoring.metric)",
            )
            .into());
    }
    let products = request.products.as_deref().map(|path| ProductTable::read(path, options)).transpose()?;
    if !request.engine.is_local() && !request.transactions.is_empty() {
        // The engine reads the log's header and judges the mappings by it.
        return Ok(Sources { log: None, customers, products });
    }
    let log = (!request.transactions.is_empty())
        .then(|| TransactionLog::open(&request.transactions, options))
        .transpose()?;
    let mut headers: Vec<&[String]> = log.iter().flat_map(TransactionLog::headers).collect();
    headers.extend(customers.iter().map(|table| table.header.as_slice()));
    headers.extend(products.iter().map(|table| table.header.as_slice()));
    request.mappings.check_all_used(&headers)?;
    Ok(Sources { log, customers, products })
}

/// A log named twice would count every sale twice.
fn refuse_twins(files: &[PathBuf]) -> Result<()> {
    let mut seen = HashSet::new();
    match files.iter().find(|file| file.canonicalize().is_ok_and(|place| !seen.insert(place))) {
        Some(file) => Err(Fault::new(102, "the file is given twice as --transactions")
            .in_file(file)
            .hint("give each file once")
            .into()),
        None => Ok(()),
    }
}

/// Of a single file, the share of bad rows from which it is no file of its kind, however long the others are.
const HOPELESS: f64 = 0.5;

/// E204 if more rows are bad than the recipe allows, of all files or, far beyond that, of one; else which files have more
/// bad rows than that, since a short table beside a long log hardly counts in the share of all.
pub(super) fn judge_files(collected: &Collected, max_share: f64) -> Result<Vec<Notice>> {
    let Collected { inputs, rows, rejects, .. } = collected;
    judge_rejects(rows, rejects, max_share)?;
    let most = max_share.max(HOPELESS);
    let mut told = Vec::new();
    for InputRecord { path, rows, .. } in inputs {
        let own: Vec<&Reject> = rejects.iter().filter(|reject| *reject.file == **path).collect();
        let bad = own.len() as u64;
        if bad as f64 > most * *rows as f64 {
            return Err(too_many(bad, *rows, most, own.into_iter()));
        }
        if bad as f64 > max_share * *rows as f64 {
            told.push(
                Notice::new("file-rejects").with("file", &**path).with("rows", bad).with("read", *rows),
            );
        }
    }
    Ok(told)
}

/// E204 if more rows are bad than the recipe allows, with the reasons and the first of them.
pub(crate) fn judge_rejects(rows: &RowCounts, rejects: &[Reject], max_share: f64) -> Result<()> {
    if rows.rejected == 0 || rows.rejected as f64 <= max_share * rows.read as f64 {
        return Ok(());
    }
    Err(too_many(rows.rejected, rows.read, max_share, rejects.iter()))
}

fn too_many<'r>(
    rejected: u64,
    read: u64,
    max_share: f64,
    rejects: impl Iterator<Item = &'r Reject>,
) -> Error {
    let mut faults: Vec<Fault> = rejects
        .take(5)
        .map(|reject| {
            let cause = if reject.column.is_empty() {
                format!("the row {}", reject.reason)
            } else if reject.value.is_empty() {
                reject.reason.clone()
            } else {
                format!("\"{}\" {}", reject.value, reject.reason)
            };
            let fault = Fault::new(203, cause).in_file(reject.file.as_ref()).at_line(reject.line);
            if reject.column.is_empty() { fault } else { fault.in_column(&*reject.column) }
        })
        .collect();
    faults.push(
        Fault::new(
            204,
            format!(
                "{} of {} rows cannot be read ({:.1} %), more than the {:.1} % allowed; nothing was written",
                rejected,
                read,
                rejected as f64 / read as f64 * 100.0,
                max_share * 100.0
            ),
        )
        .hint("mend the rows or the mapping, name words for blank cells in ingest.missing, or allow more with --max-reject-share"),
    );
    Error { faults }
}
