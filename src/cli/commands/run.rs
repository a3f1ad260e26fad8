//! `erba run`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{Outcome, Printer, browser};
use crate::config;
use crate::domain::{Day, Window};
use crate::error::{Error, Fault};
use crate::pipeline::{self, Engine, Request, Watcher};
use crate::report::{self, Format};
use crate::result::Segmentation;
use crate::runs::{Circumstances, Registry, SideColumns, peak_memory, select};

use super::input::{InputArgs, OutputArgs, day, memory, overrides, threads, window};

/// Tier, type and plan a customer base
///
/// Reads a transaction log, a customer table or both (CSV, TSV or XLSX, also gzipped) and writes a
/// folder with customers.csv, plan.csv, rejects.csv and summary.json. Columns are found by their
/// headers, in English or Chinese; name them with --map where they are not.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
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
    #[arg(long, value_name = "SIZE", value_parser = memory, help_heading = "Method", help = MEMORY_HELP)]
    memory: Option<u64>,
    #[arg(long, value_name = "ENGINE", default_value = "local", help_heading = "Method", help = ENGINE_HELP)]
    engine: Engine,
    #[cfg(feature = "cluster")]
    #[command(flatten)]
    cluster: super::cluster::Settings,
    /// A run to hold tiers against: a run id, `latest`, a name, a result folder or a CSV; customers near a line keep their tier
    #[arg(long, value_name = "RUN", help_heading = "Method")]
    previous: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
    /// Open the report when it is made (makes report.html if --formats does not)
    #[arg(long, help_heading = "Output")]
    open: bool,
}

#[cfg(feature = "cluster")]
const MEMORY_HELP: &str = "Memory for rows on their way to their customers, such as 512M or 2G; the rest waits in a temporary file [default: 256M; with --engine datafusion half of what this machine has]";
#[cfg(not(feature = "cluster"))]
const MEMORY_HELP: &str = "Memory for rows on their way to their customers, such as 512M or 2G; the rest waits in a temporary file [default: 256M]";
#[cfg(feature = "cluster")]
const ENGINE_HELP: &str =
    "Who reads the log: local, datafusion or ballista://HOST:PORT; the answers are the same";
#[cfg(not(feature = "cluster"))]
const ENGINE_HELP: &str = "Who reads the log: local; a build with the feature `cluster` adds others";

const EXAMPLES: &str = "\
Examples:
  erba run --transactions sales.csv --out result
  erba run --transactions sales.csv --products products.csv --as-of 2025-06-30 --out q2
  erba run --transactions iowa.csv --map customer_id=\"Store Number\" --map amount=\"Sale (Dollars)\" --out iowa
  erba run --transactions log.txt --no-header --map customer_id=1 --map date=3 --map amount=5 --out result
  erba run --customers 客户.xlsx --recipe pharma --lang zh --out 结果";

impl Args {
    #[cfg(not(feature = "cluster"))]
    fn engine(&self) -> Engine {
        self.engine.clone()
    }

    #[cfg(feature = "cluster")]
    fn engine(&self) -> Engine {
        match &self.engine {
            Engine::Cluster(target, _) => Engine::Cluster(target.clone(), self.cluster.get()),
            Engine::Local => Engine::Local,
        }
    }

    /// The earlier plan of visits, if there are reps to plan for: in the folder given, or where the run named has left it.
    fn plan_before(&self, printer: &Printer) -> Result<Option<PathBuf>, Error> {
        let Some(previous) = self.previous.as_deref().filter(|_| self.input.reps.is_some()) else {
            return Ok(None);
        };
        let given = Path::new(previous);
        let folder = if !previous.starts_with("latest") && given.exists() {
            given.to_owned()
        } else {
            let Some(registry) = Registry::open(&Registry::default_path()?)? else { return Ok(None) };
            match registry.find(previous)?.folder {
                Some(folder) => PathBuf::from(folder),
                None => {
                    printer.warn(&format!(
                        "the run {previous} was recorded before the registry kept folders, so its plan of visits is not found: \
                         give its folder to --previous to keep what was agreed"
                    ));
                    return Ok(None);
                }
            }
        };
        let plan = folder.join("visits.csv");
        if plan.is_file() {
            return Ok(Some(plan));
        }
        if given.extension().is_none_or(|ending| ending != "csv") {
            printer.warn(&format!(
                "{} is not there: visits agreed in the plan before are not kept, and visit rates not told",
                plan.display()
            ));
        }
        Ok(None)
    }

    /// Customers that stay elsewhere can be in no report, and only an engine can leave them there.
    #[cfg(feature = "cluster")]
    fn check_spread(&self) -> Result<(), Error> {
        if self.cluster.spread.is_none() {
            return Ok(());
        }
        if self.engine.is_local() {
            let fault = Fault::new(752, "--spread is for engines whose machines can write");
            return Err(fault.hint("add --engine datafusion or --engine ballista://HOST:PORT").into());
        }
        let report = |format: &Format| !matches!(format, Format::Csv | Format::Json);
        if self.open || self.output.formats.iter().any(report) {
            let fault = Fault::new(752, "reports for people want all customers in one memory");
            return Err(fault.hint("leave out --open and --formats, or run without --spread").into());
        }
        Ok(())
    }

    fn request(&self, printer: &Printer) -> Result<Request, Error> {
        let overrides = overrides(self.input.max_reject_share)?;
        let threads = threads(self.threads)?;
        if self.input.no_header && !self.engine.is_local() {
            let fault =
                Fault::new(102, "--no-header is for --engine local: other engines find columns by names");
            return Err(fault.hint("give files with a header, or Parquet").into());
        }
        let recipe = config::load_with(&self.recipe, &overrides)?;
        Ok(Request {
            transactions: self.input.transactions.clone(),
            customers: self.input.customers.clone(),
            products: self.input.products.clone(),
            visiting: self.input.visiting(self.plan_before(printer)?),
            as_of: self.as_of,
            window: self.window,
            mappings: self.input.mappings(&recipe)?,
            recipe,
            encoding: self.input.encoding()?,
            date_format: self.input.date_format.clone(),
            seed: self.seed,
            engine: self.engine(),
            threads,
            memory: self.memory,
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
    args.output.check(&args.input.files())?;
    #[cfg(feature = "cluster")]
    args.check_spread()?;
    let request = args.request(printer)?;
    // Only the first call in a process can set it; results do not depend on it.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build_global();
    let progress = Progress::new(printer);
    let outcome = pipeline::run(&request, &progress);
    progress.bar.finish_and_clear();
    let outcome = outcome?;
    #[cfg(feature = "cluster")]
    if let Some(held) = &outcome.held {
        return spread(args, &outcome.segmentation, held, printer);
    }
    let segmentation = outcome.segmentation;
    let mut formats = args.output.formats.clone();
    if args.open {
        formats.push(Format::Html);
    }
    report::write(&segmentation, &formats, args.output.lang, &args.output.out, args.output.force)?;
    printer.say(&report::summary(&segmentation, args.output.lang, printer.width(), &args.output.out));
    if !args.output.no_registry {
        record(&segmentation, args.output.name.as_deref(), &args.output.out, printer);
    }
    if args.open {
        browser::open(&args.output.out.join("report.html"))?;
    }
    // The program ends here: giving millions of small pieces back one by one would only take time.
    std::mem::forget(segmentation);
    Ok(ExitCode::SUCCESS)
}

/// Writes what a run tells of customers that are elsewhere.
#[cfg(feature = "cluster")]
fn spread(args: &Args, segmentation: &Segmentation, held: &pipeline::Held, printer: &Printer) -> Outcome {
    let output = &args.output;
    let csv = held.as_csv();
    let customers = csv.then_some(|file: &mut report::CustomersFile| held.by_rank(|some| file.push(some)));
    report::write_spread(segmentation, output.lang, (&output.out, output.force), customers)?;
    held.finish()?;
    let places = (output.out.as_path(), held.place.as_str(), csv);
    printer.say(&report::spread_summary(segmentation, output.lang, printer.width(), places));
    Ok(ExitCode::SUCCESS)
}

/// A registry that cannot be written must not cost the result: it is there already.
pub(super) fn record(segmentation: &Segmentation, name: Option<&str>, out: &Path, printer: &Printer) {
    let circumstances = Circumstances {
        command: std::env::args().collect(),
        name: name.map(str::to_owned),
        peak_memory: peak_memory(),
        folder: std::path::absolute(out).ok(),
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
