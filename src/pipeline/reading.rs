//! What is read before anything is computed, and how many bad rows are borne.

use std::collections::HashSet;
use std::path::PathBuf;

use super::Request;
use crate::error::{Error, Fault, Result};
use crate::features::Sources;
use crate::ingest::{CustomerTable, ProductTable, ReadOptions, Reject, RowCounts, TransactionLog};

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

/// E204 if more rows are bad than the recipe allows, with the reasons and the first of them.
pub(crate) fn judge_rejects(rows: &RowCounts, rejects: &[Reject], max_share: f64) -> Result<()> {
    if rows.rejected == 0 || rows.rejected as f64 <= max_share * rows.read as f64 {
        return Ok(());
    }
    let mut faults: Vec<Fault> = rejects
        .iter()
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
                rows.rejected,
                rows.read,
                rows.rejected as f64 / rows.read as f64 * 100.0,
                max_share * 100.0
            ),
        )
        .hint("mend the rows or the mapping, name words for blank cells in ingest.missing, or allow more with --max-reject-share"),
    );
    Err(Error { faults })
}
