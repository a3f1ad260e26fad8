//! `erba clv`: purchase histories in, models and every customer's expected value out.

mod input;
mod tables;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::cli::spare::spare_inputs;
use crate::cli::{Outcome, Printer};
use crate::config;
use crate::domain::Day;
use crate::error::{Error, Fault, Result};
use crate::ingest::{DateFormat, Mappings, ReadOptions, encoding_named};
use crate::language::Language;
use crate::lifetime::{Forecast, Holdout, ModelKind, Period, forecast_histories};

/// Fit a lifetime model and say what every customer will buy and bring
///
/// From a summary (one customer a row: customer_id, x repeat purchases, t_x time from the first
/// purchase to the last, T time from the first purchase to the end, and if known mean_spend of the
/// repeat purchases) or from a transaction log, where purchases of one day are one. As in the papers
/// the first purchase is not counted. Settings not given are those of the recipe's [lifetime].
#[expect(clippy::doc_markdown, reason = "clap shows the text as it stands")]
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("input").required(true).args(["summary", "transactions"]))]
pub(crate) struct Args {
    /// Summary of purchase histories, one customer a row; its times are in --period
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    summary: Option<PathBuf>,
    /// Transaction log: customer, date, amount; repeat for several files
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    transactions: Vec<PathBuf>,
    /// Column for a role: customer_id, x, t_x, T, mean_spend, or date, amount
    #[arg(long = "map", value_name = "ROLE=COLUMN", help_heading = "Input")]
    mappings: Vec<String>,
    /// Encoding of text files, such as gbk; detected if not given
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,
    /// How dates are written: dmy, mdy, ymd, excel or a pattern such as %d.%m.%Y; found out if not given
    #[arg(long, value_name = "FORMAT", value_parser = date_format, help_heading = "Input")]
    date_format: Option<DateFormat>,
    /// Last day of the transactions that counts [default: the last day in the data]
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "summary", help_heading = "Method")]
    as_of: Option<Day>,
    /// bg-nbd, mbg-nbd, pareto-nbd or nbd (never leaves) [default: the recipe's, mbg-nbd]
    #[arg(long, value_name = "MODEL", value_parser = model, help_heading = "Method")]
    model: Option<ModelKind>,
    /// Unit of time of the summary, the parameters and the horizon: day, week or month [default: the recipe's, week]
    #[arg(long, value_name = "PERIOD", value_parser = period, help_heading = "Method")]
    period: Option<Period>,
    /// Periods ahead [default: the recipe's, 52]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Method")]
    horizon: Option<f64>,
    /// Rate a year at which later value counts less [default: the recipe's, 0.1]
    #[arg(long, value_name = "RATE", allow_negative_numbers = true, help_heading = "Method")]
    discount: Option<f64>,
    /// Chance that an interval holds what it is about [default: the recipe's, 0.95]
    #[arg(long, value_name = "CHANCE", allow_negative_numbers = true, help_heading = "Method")]
    coverage: Option<f64>,
    /// Fit without the last N periods and compare with what happened in them
    #[arg(long, value_name = "N", conflicts_with_all = ["summary", "horizon"], help_heading = "Method")]
    holdout: Option<f64>,
    /// A shipped recipe (see `erba recipe list`) or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "general", help_heading = "Method")]
    recipe: String,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Method")]
    threads: Option<u16>,
    /// Write one row a customer here (CSV)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
    /// How to print the models
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  erba clv --summary cdnow.csv --model bg-nbd --period week --horizon 39 --out clv.csv
  erba clv --transactions sales.csv --model mbg-nbd --period month --horizon 12 --format json
  erba clv --transactions sales.csv --holdout 26";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn date_format(text: &str) -> Result<DateFormat, String> {
    text.parse()
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|_| format!("\"{text}\" is not a date such as 2025-06-30"))
}

fn model(text: &str) -> Result<ModelKind, String> {
    text.parse()
}

fn period(text: &str) -> Result<Period, String> {
    text.parse()
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let read: Vec<&Path> = args.transactions.iter().chain(&args.summary).map(PathBuf::as_path).collect();
    spare_inputs(args.out.as_deref(), &read)?;
    let recipe = config::load_with(&args.recipe, &args.overrides()?)?;
    let threads =
        args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    // Only the first call in a process can set it; results do not depend on it.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    let options = ReadOptions {
        mappings: Mappings::parse(&args.mappings, &[])?,
        encoding: args.encoding.as_deref().map(encoding_named).transpose()?,
        date_format: args.date_format.clone(),
        threads,
        params: recipe.ingest.clone(),
        memory: None,
        progress: None,
    };
    let params = &recipe.lifetime;
    let input = match &args.summary {
        Some(path) => {
            if args.period.is_none() {
                printer.say(&format!("times of the summary are taken as {}s (--period)", params.period()));
            }
            input::from_summary(path, params, &options)?
        }
        None => input::from_transactions(args, &recipe, &options)?,
    };
    input.left_out.iter().for_each(|words| printer.say(words));
    let mut forecast = forecast_histories(&input.histories, &input.spends, params)?;
    forecast.warnings.extend(input.doubts.iter().cloned());
    let holdout = input.holdout(&forecast, params)?;
    if let Some(path) = &args.out {
        write::customers(path, &input, &forecast)?;
    }
    for warning in &forecast.warnings {
        printer.warn(&Language::En.notice(&warning.notice()));
    }
    match args.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&summary(&forecast, holdout.as_ref()))? + "\n";
            printer.data(&text)?;
        }
        Format::Table => printer.data(&tables::models(&forecast, params, holdout.as_ref()))?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    /// What the command line says of `[lifetime]`, laid over the recipe.
    fn overrides(&self) -> Result<String> {
        let mut text = "[lifetime]\nenabled = true\n".to_owned();
        if let Some(model) = self.model {
            text += &format!("model = \"{model}\"\n");
        }
        if let Some(period) = self.period {
            text += &format!("period = \"{period}\"\n");
        }
        let mut faults = Vec::new();
        for (option, key, number) in [
            ("--horizon", "horizon", self.horizon),
            ("--holdout", "horizon", self.holdout),
            ("--discount", "discount_rate", self.discount),
            ("--coverage", "coverage", self.coverage),
        ] {
            match number {
                Some(number) if number.is_finite() => text += &format!("{key} = {number:?}\n"),
                Some(_) => {
                    faults.push(Fault::new(102, format!("{option} is not a number")).hint("give a number"));
                }
                None => {}
            }
        }
        Error::unless_empty(faults)?;
        Ok(text)
    }
}

/// The JSON of the contract; `holdout` is there only when asked for.
fn summary(forecast: &Forecast, holdout: Option<&Holdout>) -> Value {
    let fit = &forecast.fit;
    let names = fit.model.kind().param_names();
    let named = |values: [f64; 4]| -> Map<String, Value> {
        names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
    };
    let spend = forecast.spend.as_ref().map(|spend| {
        json!({
            "p": spend.model.p,
            "q": spend.model.q,
            "v": spend.model.v,
            "log_likelihood": spend.log_likelihood,
            "repeaters": spend.repeaters,
        })
    });
    let mut summary = json!({
        "model": fit.model.kind().as_str(),
        "params": named(fit.model.params()),
        "standard_errors": named(fit.standard_errors),
        "log_likelihood": fit.log_likelihood,
        "customers": fit.customers,
        "spend": spend,
    });
    if let (Some(holdout), Some(fields)) = (holdout, summary.as_object_mut()) {
        fields.insert("holdout".to_owned(), json!(holdout));
    }
    summary
}
