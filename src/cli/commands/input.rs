//! What `erba run` and `erba score` have in common: the files they read, where they write, how values on the command line are read.

use std::path::{Path, PathBuf};

use crate::config::Recipe;
use crate::domain::{Day, Window};
use crate::error::{Error, Fault};
use crate::ingest::{DateFormat, Mappings, encoding_named};
use crate::language::Language;
use crate::pipeline::VisitFiles;
use crate::report::{self, Format};
use crate::runs::Registry;

/// Files, columns and how they are written.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// Transaction log: customer, date, amount; repeat for several files
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) transactions: Vec<PathBuf>,
    /// Customer table: one row per customer
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) customers: Option<PathBuf>,
    /// Products: id, launch date, category
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) products: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help_heading = "Input", help = REPS_HELP)]
    pub(super) reps: Option<PathBuf>,
    /// Visit log: customer, date, rep, outcome
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) visits: Option<PathBuf>,
    /// Days off and appointments: kind (holiday, absence, appointment), date, until, rep, customer
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) calendar: Option<PathBuf>,
    /// A visits.xlsx that reps have filled in; repeat for several
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) returned: Vec<PathBuf>,
    #[arg(long = "map", value_name = "ROLE=COLUMN", help_heading = "Input", help = MAP_HELP)]
    pub(super) mappings: Vec<String>,
    /// The transaction log (without one, the customer table) has no header: columns are called 1, 2, 3, … in --map
    #[arg(long, help_heading = "Input")]
    pub(super) no_header: bool,
    /// Encoding of text files, such as gbk; detected if not given
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(super) encoding: Option<String>,
    /// How dates are written: dmy, mdy, ymd, excel or a pattern such as %d.%m.%Y; found out if not given
    #[arg(long, value_name = "FORMAT", value_parser = date_format, help_heading = "Input")]
    pub(super) date_format: Option<DateFormat>,
    /// Share of rows that may be unreadable, 0 to 1 [default: the recipe's]
    #[arg(long, value_name = "SHARE", help_heading = "Input")]
    pub(super) max_reject_share: Option<f64>,
}

/// Where the result goes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct OutputArgs {
    /// The folder to write
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) out: PathBuf,
    /// Replace the folder if it exists
    #[arg(long, help_heading = "Output")]
    pub(super) force: bool,
    /// Language of reports and reasons
    #[arg(long, value_name = "en|zh|zh-wan", default_value = "en", value_parser = language, help_heading = "Output")]
    pub(in crate::cli) lang: Language,
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "csv,json", value_parser = format, help_heading = "Output", help = FORMATS_HELP)]
    pub(super) formats: Vec<Format>,
    /// A name to find the run by in the registry
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub(super) name: Option<String>,
    /// Do not record the run
    #[arg(long, help_heading = "Output")]
    pub(super) no_registry: bool,
}

#[cfg(feature = "parquet")]
const FORMATS_HELP: &str =
    "What to write: csv and json always, also xlsx, html, ics, and parquet (every CSV file as Parquet too)";
#[cfg(not(feature = "parquet"))]
const FORMATS_HELP: &str = "What to write: csv and json always, also xlsx, html, ics";

pub(super) const REPS_HELP: &str = "Reps: rep, and as far as known hours_per_day, visits_per_day, days_per_week, lat, lon; \
plans dated visits";

pub(super) const MAP_HELP: &str = "Column for a role, such as customer_id=\"Store Number\"; amounts may add columns up \
(sales=Milk+Fresh), customer_id=@row numbers the rows; also a column the recipe speaks of, such as overdue_days=\"Days Late\"";

impl OutputArgs {
    /// Refuses what could not be written, before the long work starts.
    pub(super) fn check(&self, read: &[&Path]) -> Result<(), Error> {
        if let Some(name) = &self.name {
            Registry::check_name(name)?;
        }
        report::check_folder(&self.out, self.force, read)
    }
}

impl InputArgs {
    /// Every file named.
    pub(super) fn files(&self) -> Vec<&Path> {
        let single = [&self.customers, &self.products, &self.reps, &self.visits, &self.calendar];
        let lists = self.transactions.iter().chain(&self.returned);
        single.into_iter().flatten().chain(lists).map(PathBuf::as_path).collect()
    }

    /// What the command line says of columns.
    pub(super) fn mappings(&self, recipe: &Recipe) -> Result<Mappings, Error> {
        let mappings = Mappings::parse(&self.mappings, &recipe.columns())?;
        let table = if self.transactions.is_empty() { "customers" } else { "transactions" };
        Ok(if self.no_header { mappings.without_header_in(table) } else { mappings })
    }

    /// The encoding named, if any.
    pub(super) fn encoding(&self) -> Result<Option<&'static encoding_rs::Encoding>, Error> {
        self.encoding.as_deref().map(encoding_named).transpose()
    }

    /// What visits are planned from.
    pub(super) fn visiting(&self, plan_before: Option<PathBuf>) -> VisitFiles {
        VisitFiles {
            reps: self.reps.clone(),
            visits: self.visits.clone(),
            calendar: self.calendar.clone(),
            returned: self.returned.clone(),
            plan_before,
        }
    }
}

pub(super) fn date_format(text: &str) -> Result<DateFormat, String> {
    text.parse()
}

pub(super) fn window(text: &str) -> Result<Window, String> {
    text.parse()
}

pub(super) fn language(text: &str) -> Result<Language, String> {
    text.parse()
}

pub(super) fn format(text: &str) -> Result<Format, String> {
    text.parse()
}

pub(super) fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|_| format!("\"{text}\" is not a date such as 2025-06-30"))
}

/// A number of bytes, or of K, M, G (powers of 1,024).
pub(super) fn memory(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{text}\" is not a size such as 512M or 2G");
    let upper = text.trim().to_ascii_uppercase();
    let bare = upper.strip_suffix('B').unwrap_or(&upper);
    let bare = bare.strip_suffix('I').unwrap_or(bare);
    let (digits, unit) = match bare.char_indices().last() {
        Some((at, 'K')) => (&bare[..at], 1 << 10),
        Some((at, 'M')) => (&bare[..at], 1 << 20),
        Some((at, 'G')) => (&bare[..at], 1 << 30),
        _ => (bare, 1),
    };
    digits.trim().parse::<u64>().ok().and_then(|size| size.checked_mul(unit)).ok_or_else(wrong)
}

/// What the command line says of the recipe, as TOML.
pub(super) fn overrides(max_reject_share: Option<f64>) -> Result<String, Error> {
    match max_reject_share {
        Some(share) if (0.0..=1.0).contains(&share) => {
            Ok(format!("[ingest]\nmax_reject_share = {share:?}\n"))
        }
        Some(_) => {
            let fault = Fault::new(102, "--max-reject-share is not a share");
            Err(fault.hint("give a number from 0 to 1, such as 0.01").into())
        }
        None => Ok(String::new()),
    }
}

/// More threads than this only wait for each other.
const MOST_THREADS: usize = 256;

/// Threads asked for, or as many as there are cores.
pub(super) fn threads(given: Option<usize>) -> Result<usize, Error> {
    match given {
        Some(0) => Err(Fault::new(102, "--threads is 0").hint("give at least 1").into()),
        Some(threads) if threads > MOST_THREADS => {
            let fault = Fault::new(102, format!("--threads is {threads}, the most is {MOST_THREADS}"));
            Err(fault.hint("leave it out to use all cores").into())
        }
        Some(threads) => Ok(threads),
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
    }
}
