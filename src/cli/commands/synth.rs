//! `erba synth`: data with a planted truth.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use crate::cli::{Outcome, Printer};
use crate::domain::Day;
use crate::error::{Error, Fault};
use crate::synth::{self, Language, Params};

/// Make customers and transactions with known tiers, types and potential
///
/// Writes transactions.csv, customers.csv, products.csv, reps.csv, visits.csv and truth.csv. The same numbers give the
/// same bytes on any machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  erba synth --customers 3000 --seed 7 --out made")]
pub(crate) struct Args {
    /// How many customers
    #[arg(long, value_name = "N")]
    customers: u32,
    /// How many transaction lines in all [default: 60 a customer]
    #[arg(long, value_name = "N")]
    transactions: Option<u64>,
    /// Another number gives other customers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The last of the 730 days of data
    #[arg(long, value_name = "DATE", default_value_t = Params::LAST_DAY)]
    until: Day,
    /// Which files: CSV is always written, XLSX holds the same tables
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "csv")]
    formats: Vec<Format>,
    /// Language of the headers
    #[arg(long, default_value = "en")]
    lang: Lang,
    /// Write into a folder that exists, over files of the same names
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Xlsx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Lang {
    En,
    Zh,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let transactions = args.transactions.unwrap_or(60 * u64::from(args.customers));
    let params = Params {
        customers: args.customers,
        transactions,
        seed: args.seed,
        last_day: args.until,
        language: if args.lang == Lang::Zh { Language::Chinese } else { Language::English },
    }
    .check()?;
    let books = args.formats.contains(&Format::Xlsx);
    if books && transactions > synth::MAX_WORKBOOK_LINES {
        let fault = Fault::new(802, format!("a sheet cannot hold {transactions} transactions"));
        return Err(Error::from(fault.hint("leave out `xlsx`, or ask for at most 1048575")).into());
    }
    if args.out.exists() && !args.force {
        let fault = Fault::new(103, "the output folder exists already").in_file(&args.out);
        return Err(Error::from(fault.hint("choose another folder, or give --force to write into it")).into());
    }
    let beside = beside(&args.out);
    let written = fill(&params, books, &beside).and_then(|rows| land(&beside, &args.out).map(|()| rows));
    if written.is_err() {
        // What is half written helps nobody; the fault told is the one that stopped the work.
        let _ = fs::remove_dir_all(&beside);
    }
    let rows = written?;
    printer.say(&format!(
        "wrote {rows} transactions of {} customers to {}; what was planted is in truth.csv",
        args.customers,
        args.out.display()
    ));
    Ok(ExitCode::SUCCESS)
}

fn fill(params: &synth::ValidParams, books: bool, dir: &Path) -> Result<u64, Error> {
    let rows = synth::write(&synth::make(params), dir)?;
    if books {
        synth::write_workbooks(dir)?;
    }
    Ok(rows)
}

/// A folder of the same parent, so that moving out of it is a rename.
fn beside(out: &Path) -> PathBuf {
    let name = out.file_name().map_or_else(|| "synth".to_owned(), |name| name.to_string_lossy().into_owned());
    out.with_file_name(format!(".{name}.partial-{}", std::process::id()))
}

/// Moves the finished files to where they belong; other files there stay.
fn land(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |fault: std::io::Error| Error::from(Fault::new(901, fault.to_string()).in_file(to));
    if !to.exists() {
        return fs::rename(from, to).map_err(failed);
    }
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        fs::rename(entry.path(), to.join(entry.file_name())).map_err(failed)?;
    }
    fs::remove_dir(from).map_err(failed)
}
