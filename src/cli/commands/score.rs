//! `erba score`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{Outcome, Printer};
use crate::domain::{Day, Window};
use crate::error::Error;
use crate::model;
use crate::pipeline::{self, Engine, LoadedModel, Request};
use crate::report;

use super::input::{InputArgs, OutputArgs, day, memory, overrides, threads, window};
use super::run::{self, Progress};

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
    #[command(flatten)]
    input: InputArgs,
    /// The plan of visits before this one: a result folder, or its visits.csv
    #[arg(long, value_name = "DIR|FILE", help_heading = "Input")]
    previous_plan: Option<PathBuf>,
    /// Last day that counts [default: the last day in the data]
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Method")]
    as_of: Option<Day>,
    /// Days that bound value and plan, ending on --as-of, or "all" [default: the model's]
    #[arg(long, value_name = "DAYS|all", value_parser = window, help_heading = "Method")]
    window: Option<Window>,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", help_heading = "Method")]
    threads: Option<usize>,
    /// Memory for rows on their way to their customers, such as 512M or 2G; the rest waits in a temporary file
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = memory, help_heading = "Method")]
    memory: u64,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const EXAMPLES: &str = "\
Examples:
  erba score --model q1 --transactions sales.csv --out q2
  erba score --model q1 --transactions sales.csv --reps reps.csv --previous-plan q1 --out q2
  erba score --model q1/model.json --transactions new_shops.csv --as-of 2025-06-30 --out new_shops";

impl Args {
    fn request(&self, loaded: &LoadedModel) -> Result<Request, Error> {
        let fitted = &loaded.model.fitted;
        let recipe = loaded.recipe(&overrides(self.input.max_reject_share)?)?;
        Ok(Request {
            transactions: self.input.transactions.clone(),
            customers: self.input.customers.clone(),
            products: self.input.products.clone(),
            as_of: self.as_of,
            window: self.window.unwrap_or(fitted.window_days.map_or(Window::All, Window::Days)),
            mappings: self.input.mappings(&recipe)?,
            recipe,
            encoding: self.input.encoding()?,
            date_format: self.input.date_format.clone(),
            seed: fitted.seed,
            engine: Engine::Local,
            threads: threads(self.threads)?,
            memory: Some(self.memory),
            previous: None,
            visiting: self.input.visiting(
                self.previous_plan
                    .as_deref()
                    .map(|path| if path.is_dir() { path.join("visits.csv") } else { path.to_path_buf() }),
            ),
        })
    }
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let model = if args.model.is_dir() { args.model.join(model::FILE) } else { args.model.clone() };
    args.output.check(&[args.input.files(), vec![&model]].concat())?;
    let loaded = LoadedModel::read(&args.model)?;
    let request = args.request(&loaded)?;
    // Only the first call in a process can set it; results do not depend on it.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build_global();
    let progress = Progress::new(printer);
    let outcome = pipeline::score(&request, &loaded, &progress);
    progress.bar.finish_and_clear();
    let segmentation = outcome?.segmentation;
    report::write(
        &segmentation,
        &args.output.formats,
        args.output.lang,
        &args.output.out,
        args.output.force,
    )?;
    printer.say(&report::summary(&segmentation, args.output.lang, printer.width(), &args.output.out));
    if !args.output.no_registry {
        run::record(&segmentation, args.output.name.as_deref(), &args.output.out, printer);
    }
    Ok(ExitCode::SUCCESS)
}
