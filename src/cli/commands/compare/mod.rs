//! `erba compare A B`.

mod table;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use super::input::language;
use crate::cli::spare::spare_inputs;
use crate::cli::{Outcome, Printer};
use crate::error::{Error, Fault, Result};
use crate::language::Language;
use crate::report;
use crate::runs::{self, Comparison, Registry, Side, SideColumns};

/// Movers shown in the terminal unless `--top` says otherwise.
const TOP: usize = 15;

/// Compare two segmentations: who moved, how far, and why
///
/// A side is a run id, `latest`, a run's name, a result folder, or any CSV with the columns
/// `customer_id,tier[,type][,value]`, so another tool's tiers can be judged too; other names are
/// known (Customer ID, ABC class, 客户等级) or told with --map.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  erba compare last-quarter this-quarter --max-moved 0.1")]
pub(crate) struct Args {
    /// The first side, as a rule the earlier one
    a: String,
    /// The second side
    b: String,
    /// How to print the comparison
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Write everybody whose tier or type differs, or who is on one side only, to this CSV file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a page with the heat map to this HTML file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Column of a file for `customer_id`, `tier`, `type` or `value`
    #[arg(long = "map", value_name = "ROLE=COLUMN")]
    columns: Vec<String>,
    /// Language of the table and the page
    #[arg(long, value_name = "en|zh", default_value = "en", value_parser = language)]
    pub(in crate::cli) lang: Language,
    /// Movers to list: 15 in a table, all in JSON unless given
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Exit with 5 if a larger share of customers changed tier
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_moved: Option<f64>,
    /// Exit with 5 if a larger share of value changed tier
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_value_moved: Option<f64>,
    /// Exit with 5 if a larger share of customers changed type
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_retyped: Option<f64>,
    /// Exit with 5 if the adjusted Rand index of the tiers is below this
    #[arg(long, value_name = "INDEX", value_parser = index)]
    min_ari: Option<f64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share is a number from 0 to 1".to_owned()),
    }
}

fn index(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(index) if (-1.0..=1.0).contains(&index) => Ok(index),
        _ => Err("an adjusted Rand index is a number from -1 to 1".to_owned()),
    }
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let registry = Registry::default_path()?;
    let columns = SideColumns::parse(&args.columns)?;
    let side = |name: &str| runs::select(name, &registry, &columns);
    for out in [&args.out, &args.html] {
        spare_inputs(out.as_deref(), &[Path::new(&args.a), Path::new(&args.b)])?;
    }
    let (a, b) = rayon::join(|| side(&args.a), || side(&args.b));
    let mut comparison = both(a, b).and_then(|(a, b)| runs::compare(&a, &b))?;
    if let Some(path) = &args.out {
        write(path, &comparison)?;
    }
    if let Some(path) = &args.html {
        let page = report::comparison_page(&comparison, args.lang)?;
        fs::write(path, page).map_err(|cause| {
            Error::from(Fault::new(901, format!("the page cannot be written: {cause}")).in_file(path))
        })?;
    }
    let over = thresholds_passed(args, &comparison);
    match args.format {
        Format::Table => printer.data(&table::shown(&comparison, args.top.unwrap_or(TOP), args.lang))?,
        Format::Json => {
            comparison.moved.truncate(args.top.unwrap_or(usize::MAX));
            printer.data(&(serde_json::to_string_pretty(&comparison)? + "\n"))?;
        }
    }
    Error::unless_empty(over)?;
    Ok(ExitCode::SUCCESS)
}

/// Both sides, or the faults of both.
fn both(a: Result<Side>, b: Result<Side>) -> Result<(Side, Side)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut first), Err(second)) => {
            let told = first.faults.clone();
            // What is wrong with the registry is wrong for both.
            first.faults.extend(second.faults.into_iter().filter(|fault| !told.contains(fault)));
            Err(first)
        }
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

fn write(path: &Path, comparison: &Comparison) -> Result<()> {
    let fault = |cause: &dyn std::fmt::Display| {
        Error::from(Fault::new(901, format!("the movers cannot be written: {cause}")).in_file(path))
    };
    let file = File::create(path).map_err(|cause| fault(&cause))?;
    runs::write_movers(comparison, BufWriter::new(file)).map_err(|cause| fault(&cause))
}

/// A fault for each threshold that is passed, and for each that nothing can be held against: a gate that lets everything
/// through must not look like one that holds.
fn thresholds_passed(args: &Args, comparison: &Comparison) -> Vec<Fault> {
    let retyped = comparison.types.map(|types| types.changed as f64 / (types.both as f64).max(1.0));
    let most = [
        ("--max-moved", "customers changed tier", Some(comparison.moved_share()), args.max_moved),
        ("--max-value-moved", "value changed tier", comparison.value_moved_share, args.max_value_moved),
        ("--max-retyped", "customers changed type", retyped, args.max_retyped),
    ];
    let mut faults: Vec<Fault> = most
        .into_iter()
        .filter_map(|(option, what, found, limit)| {
            let limit = limit?;
            let Some(found) = found else {
                let cause = format!("what share of {what} is not known ({option})");
                let hint = "both sides must say it: a CSV needs the column value or type";
                return Some(Fault::new(653, cause).hint(hint));
            };
            let cause = format!("{} of {what}, more than {} ({option})", percent(found), percent(limit));
            (found > limit).then(|| Fault::new(653, cause))
        })
        .collect();
    if let Some(limit) = args.min_ari.filter(|limit| comparison.ari < *limit) {
        let cause = format!("the adjusted Rand index is {:.4}, below {limit} (--min-ari)", comparison.ari);
        faults.push(Fault::new(653, cause));
    }
    faults
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
