//! `erba score`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{Outcome, Printer};
use crate::domain::{Day, Window};
use crate::error::Error;
use crate::ingest::{DateFormat, Mappings, encoding_named};
use crate::language::Language;
use crate::pipeline::{self, LoadedModel, Request, VisitFiles};
use crate::report::{self, Format};

use super::run::{self, MAP_HELP, Progress};

/// Tier, type and plan by a fitted model, without fitting again
///
/// Every `erba run` leaves a model.json in its folder. This applies it to other customers, or to the
/// same ones a quarter later: the lines between tiers, the ranks of potential and what is innovative
/// stay as they were, so results can be compared and a single customer gets the tier it deserves.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A result folder, or its model.json
    #[arg(long, value_name = "DIR|FILE", help_heading = "Method")]
    model: PathBuf,
    /// Transaction log: customer, date, amount; repeat for several files
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    transactions: Vec<PathBuf>,
    /// Customer table: one row per customer
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    customers: Option<PathBuf>,
    /// Products: id, launch date, category
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    products: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help_heading = "Input", help = run::REPS_HELP)]
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
    /// The plan of visits before this one: a result folder, or its visits.csv
    #[arg(long, value_name = "DIR|FILE", help_heading = "Input")]
    previous_plan: Option<PathBuf>,
    #[arg(long = "map", value_name = "ROLE=COLUMN", help_heading = "Input", help = MAP_HELP)]
    mappings: Vec<String>,
    /// Encoding of text files, such as gbk; detected if not given
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,
    /// How dates are written: dmy, mdy, ymd, excel or a pattern such as %d.%m.%Y; found out if not given
    #[arg(long, value_name = "FORMAT", value_parser = run::date_format, help_heading = "Input")]
    date_format: Option<DateFormat>,
    /// Share of rows that may be unreadable, 0 to 1 [default: that of the model's recipe]
    #[arg(long, value_name = "SHARE", help_heading = "Input")]
    max_reject_share: Option<f64>,
    /// Last day that counts [default: the last day in the data]
    #[arg(long, value_name = "DATE", value_parser = run::day, help_heading = "Method")]
    as_of: Option<Day>,
    /// Days that bound value and plan, ending on --as-of, or "all" [default: the model's]
    #[arg(long, value_name = "DAYS|all", value_parser = run::window, help_heading = "Method")]
    window: Option<Window>,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = "Method")]
    threads: Option<usize>,
    /// Memory for rows on their way to their customers, such as 512M or 2G; the rest waits in a temporary file
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = run::memory, help_heading = "Method")]
    memory: u64,
    /// The folder to write
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: PathBuf,
    /// Replace the folder if it exists
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Language of reports and reasons
    #[arg(long, value_name = "en|zh|zh-wan", default_value = "en", value_parser = run::language, help_heading = "Output")]
    lang: Language,
    /// What to write: csv and json always, also xlsx, html, ics
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "csv,json", value_parser = run::format, help_heading = "Output")]
    formats: Vec<Format>,
    /// A name to find the run by in the registry
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    name: Option<String>,
    /// Do not record the run
    #[arg(long, help_heading = "Output")]
    no_registry: bool,
}

const EXAMPLES: &str = "\
Examples:
  erba score --model q1 --transactions sales.csv --out q2
  erba score --model q1 --transactions sales.csv --reps reps.csv --previous-plan q1 --out q2
  erba score --model q1/model.json --transactions new_shops.csv --as-of 2025-06-30 --out new_shops";

impl Args {
    fn request(&self, loaded: &LoadedModel) -> Result<Request, Error> {
        let fitted = &loaded.model.fitted;
        Ok(Request {
            transactions: self.transactions.clone(),
            customers: self.customers.clone(),
            products: self.products.clone(),
            as_of: self.as_of,
            window: self.window.unwrap_or(fitted.window_days.map_or(Window::All, Window::Days)),
            recipe: loaded.recipe(&run::overrides(self.max_reject_share)?)?,
            mappings: Mappings::parse(&self.mappings)?,
            encoding: self.encoding.as_deref().map(encoding_named).transpose()?,
            date_format: self.date_format.clone(),
            seed: fitted.seed,
            threads: run::threads(self.threads)?,
            memory: Some(self.memory),
            previous: None,
            visiting: VisitFiles {
                reps: self.reps.clone(),
                visits: self.visits.clone(),
                calendar: self.calendar.clone(),
                returned: self.returned.clone(),
                plan_before: self
                    .previous_plan
                    .as_deref()
                    .map(|path| if path.is_dir() { path.join("visits.csv") } else { path.to_path_buf() }),
            },
        })
    }
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    report::check_folder(&args.out, args.force)?;
    let loaded = LoadedModel::read(&args.model)?;
    let request = args.request(&loaded)?;
    // Only the first call in a process can set it; results do not depend on it.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build_global();
    let progress = Progress::new(printer);
    let outcome = pipeline::score(&request, &loaded, &progress);
    progress.bar.finish_and_clear();
    let segmentation = outcome?.segmentation;
    report::write(&segmentation, &args.formats, args.lang, &args.out, args.force)?;
    printer.say(&report::summary(&segmentation, args.lang, printer.width(), &args.out));
    if !args.no_registry {
        run::record(&segmentation, args.name.as_deref(), printer);
    }
    Ok(ExitCode::SUCCESS)
}
