//! `erba run`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{Outcome, Printer, browser};
use crate::config;
use crate::domain::{Day, Window};
use crate::error::{Error, Fault};
use crate::ingest::{DateFormat, Mappings, encoding_named};
use crate::language::Language;
use crate::pipeline::{self, Request, VisitFiles, Watcher};
use crate::report::{self, Format};
use crate::result::Segmentation;
use crate::runs::{Circumstances, Registry, SideColumns, peak_memory, select};

/// Tier, type and plan a customer base
///
/// Reads a transaction log, a customer table or both (CSV, TSV or XLSX, also gzipped) and writes a
/// folder with customers.csv, plan.csv, rejects.csv and summary.json. Columns are found by their
/// headers, in English or Chinese; name them with --map where they are not.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Transaction log: customer, date, amount; repeat for several files
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    transactions: Vec<PathBuf>,
    /// Customer table: one row per customer
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    customers: Option<PathBuf>,
    /// Products: id, launch date, category
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    products: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help_heading = "Input", help = REPS_HELP)]
    reps: Option<PathBuf>,
    /// Visit log: customer, date, rep, outcome
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    visits: Option<PathBuf>,
    /// Days off and appointments: kind (holiday, absence, appointment), date, until, rep, customer
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    calendar: Option<PathBuf>,
    /// A visits.xlsx that reps have filled in; repeat for several
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    returned: Vec<PathBuf>,
    #[arg(long = "map", value_name = "ROLE=COLUMN", help_heading = "Input", help = MAP_HELP)]
    mappings: Vec<String>,
    /// Encoding of text files, such as gbk; detected if not given
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,
    /// How dates are written: dmy, mdy, ymd, excel or a pattern such as %d.%m.%Y; found out if not given
    #[arg(long, value_name = "FORMAT", value_parser = date_format, help_heading = "Input")]
    date_format: Option<DateFormat>,
    /// Share of rows that may be unreadable, 0 to 1 [default: the recipe's, 0.01]
    #[arg(long, value_name = "SHARE", help_heading = "Input")]
    max_reject_share: Option<f64>,
    /// Last day that counts [default: the last day in the data]
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Method")]
    as_of: Option<Day>,
    /// Days that bound value and plan, ending on --as-of, or "all"
    #[arg(long, value_name = "DAYS|all", default_value = "365", value_parser = window, help_heading = "Method")]
    window: Window,
    /// A shipped recipe (see `erba recipe list`) or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "general", help_heading = "Method")]
    recipe: String,
    /// Seed of everything drawn by chance
    #[arg(long, value_name = "N", default_value_t = 28, help_heading = "Method")]
    seed: u64,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = "Method")]
    threads: Option<usize>,
    /// Memory for rows on their way to their customers, such as 512M or 2G; the rest waits in a temporary file
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = memory, help_heading = "Method")]
    memory: u64,
    /// A run to hold tiers against: a run id, `latest`, a name, a result folder or a CSV; customers near a line keep their tier
    #[arg(long, value_name = "RUN", help_heading = "Method")]
    previous: Option<String>,
    /// The folder to write
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: PathBuf,
    /// Replace the folder if it exists
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Language of reports and reasons
    #[arg(long, value_name = "en|zh|zh-wan", default_value = "en", value_parser = language, help_heading = "Output")]
    lang: Language,
    /// What to write: csv and json always, also xlsx, html, ics
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "csv,json", value_parser = format, help_heading = "Output")]
    formats: Vec<Format>,
    /// Open the report when it is made (makes report.html if --formats does not)
    #[arg(long, help_heading = "Output")]
    open: bool,
    /// A name to find the run by in the registry
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    name: Option<String>,
    /// Do not record the run
    #[arg(long, help_heading = "Output")]
    no_registry: bool,
}

pub(super) const REPS_HELP: &str = "Reps: rep, and as far as known hours_per_day, visits_per_day, days_per_week, lat, lon; \
plans dated visits";

pub(super) const MAP_HELP: &str = "Column for a role, such as customer_id=\"Store Number\"; amounts may add columns up \
(sales=Milk+Fresh), customer_id=@row numbers the rows";

const EXAMPLES: &str = "\
Examples:
  erba run --transactions sales.csv --out result
  erba run --transactions sales.csv --products products.csv --as-of 2025-06-30 --out q2
  erba run --transactions iowa.csv --map customer_id=\"Store Number\" --map amount=\"Sale (Dollars)\" --out iowa
  erba run --customers 客户.xlsx --recipe pharma --lang zh --out 结果";

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
        Some(share) if share.is_finite() => Ok(format!("[ingest]\nmax_reject_share = {share:?}\n")),
        Some(_) => {
            let fault = Fault::new(102, "--max-reject-share is not a number");
            Err(fault.hint("give a share from 0 to 1").into())
        }
        None => Ok(String::new()),
    }
}

/// Threads asked for, or as many as there are cores.
pub(super) fn threads(given: Option<usize>) -> Result<usize, Error> {
    match given {
        Some(0) => Err(Fault::new(102, "--threads is 0").hint("give at least 1").into()),
        Some(threads) => Ok(threads),
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
    }
}

impl Args {
    fn request(&self) -> Result<Request, Error> {
        let overrides = overrides(self.max_reject_share)?;
        let threads = threads(self.threads)?;
        Ok(Request {
            transactions: self.transactions.clone(),
            customers: self.customers.clone(),
            products: self.products.clone(),
            visiting: VisitFiles {
                reps: self.reps.clone(),
                visits: self.visits.clone(),
                calendar: self.calendar.clone(),
                returned: self.returned.clone(),
                plan_before: self
                    .previous
                    .as_deref()
                    .map(|folder| Path::new(folder).join("visits.csv"))
                    .filter(|plan| plan.is_file()),
            },
            as_of: self.as_of,
            window: self.window,
            recipe: config::load_with(&self.recipe, &overrides)?,
            mappings: Mappings::parse(&self.mappings)?,
            encoding: self.encoding.as_deref().map(encoding_named).transpose()?,
            date_format: self.date_format.clone(),
            seed: self.seed,
            threads,
            memory: Some(self.memory),
            previous: self
                .previous
                .as_deref()
                .map(|run| select(run, &Registry::default_path()?, &SideColumns::default()))
                .transpose()?,
        })
    }
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    // Told before the work, not after it.
    report::check_folder(&args.out, args.force)?;
    let request = args.request()?;
    // Only the first call in a process can set it; results do not depend on it.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build_global();
    let progress = Progress::new(printer);
    let outcome = pipeline::run(&request, &progress);
    progress.bar.finish_and_clear();
    let segmentation = outcome?.segmentation;
    let mut formats = args.formats.clone();
    if args.open {
        formats.push(Format::Html);
    }
    report::write(&segmentation, &formats, args.lang, &args.out, args.force)?;
    printer.say(&report::summary(&segmentation, args.lang, printer.width(), &args.out));
    if !args.no_registry {
        record(&segmentation, args.name.as_deref(), printer);
    }
    if args.open {
        browser::open(&args.out.join("report.html"))?;
    }
    // The program ends here: giving millions of small pieces back one by one would only take time.
    std::mem::forget(segmentation);
    Ok(ExitCode::SUCCESS)
}

/// A registry that cannot be written must not cost the result: it is there already.
pub(super) fn record(segmentation: &Segmentation, name: Option<&str>, printer: &Printer) {
    let circumstances = Circumstances {
        command: std::env::args().collect(),
        name: name.map(str::to_owned),
        peak_memory: peak_memory(),
    };
    let recorded = Registry::default_path()
        .and_then(|path| Registry::create(&path))
        .and_then(|mut registry| registry.record(segmentation, &circumstances));
    match recorded {
        Ok(id) => printer.say(&format!("run {id}")),
        Err(fault) => printer.warn(&format!("the run is not in the registry: {fault}")),
    }
}

/// A bar on stderr, hidden where nobody would see it.
pub(super) struct Progress {
    pub(super) bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(printer: &Printer) -> Self {
        let bar = if printer.shows_progress() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        Progress { bar }
    }
}

impl Watcher for Progress {
    fn enter(&self, room: &'static str, bytes: Option<u64>) {
        let template = match bytes {
            Some(_) => "{msg:10} {bar:40} {bytes}/{total_bytes} {eta}",
            None => "{msg:10} {spinner}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_position(0);
        self.bar.set_length(bytes.unwrap_or(0));
        self.bar.set_message(room);
    }

    fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}
