//! `erba bench methods`: which way of choosing customers would have been right.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};

use super::input::{InputArgs, Silent};
use crate::cli::commands::input::language;
use crate::cli::{Outcome, Printer};
use crate::domain::{Day, Window};
use crate::error::{Error, Fault, Result};
use crate::language::Language;
use crate::pipeline;
use crate::report::{self, methods_words};
use crate::result::Segmentation;
use crate::runs::methods::{MethodReport, MethodSettings, judge};

/// Rank methods by what happened next
///
/// Cuts the history, lets every method choose customers by what was known on that day, and measures
/// what those customers brought in the days after it. Intervals hold 95 of 100 bootstrap resamples.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  erba bench methods --transactions sales.csv --holdout-days 90")]
pub(super) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Days at the end of the history that methods may not know
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    holdout_days: u32,
    /// Visits there are, one a customer [default: a tenth of the customers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    visits: Option<u64>,
    /// Bootstrap resamples behind every interval [default: the recipe's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    resamples: Option<u32>,
    /// How to print the judgment
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Draw the gains curves to this SVG file
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Write a page with the table and both plots to this HTML file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Language of the table and the page
    #[arg(long, value_name = "en|zh", default_value = "en", value_parser = language)]
    lang: Language,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Outcome {
    for path in args.plot.iter().chain(&args.html) {
        check_place(path)?;
    }
    let holdout = i32::try_from(args.holdout_days).unwrap_or(i32::MAX);
    let next = segment(args, args.input.as_of, Window::Days(args.holdout_days))?;
    let (Some(end), Some((first, _))) = (next.table.as_of, next.table.history) else {
        return Err(Error::from(Fault::new(658, "the transactions have no dates")).into());
    };
    let cut = end.plus(-holdout);
    if cut.since(first) < holdout {
        let fault =
            Fault::new(658, format!("{holdout} days of holdout leave {first} to {cut} to learn from"))
                .hint(format!("give at most --holdout-days {}", end.since(first) / 2));
        return Err(Error::from(fault).into());
    }
    let past = segment(args, Some(cut), args.input.window)?;
    let last = segment(args, Some(cut), Window::Days(args.holdout_days))?;
    let resamples = match args.resamples {
        Some(resamples) => resamples,
        None => args.input.recipe()?.runs.get().resamples,
    };
    let settings = MethodSettings { visits: args.visits, resamples, seed: args.input.seed };
    let found = judge(&past, &last, &next, &settings)?;
    if let Some(path) = &args.plot {
        write(path, &report::gains(&found, args.lang))?;
    }
    if let Some(path) = &args.html {
        write(path, &report::methods_page(&found, args.lang)?)?;
    }
    match args.format {
        Format::Table => printer.data(&table(&found, args.lang))?,
        Format::Json => printer.data(&(serde_json::to_string_pretty(&found)? + "\n"))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn segment(args: &Args, as_of: Option<Day>, window: Window) -> Result<Segmentation> {
    Ok(pipeline::run(&args.input.request(as_of, window)?, &Silent)?.segmentation)
}

/// Told before the work, not after it: a path whose folder is not there.
fn check_place(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        let fault = Fault::new(901, "the file cannot be written: its folder is not there, or it is a folder");
        return Err(fault.in_file(path).into());
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text)
        .map_err(|cause| Fault::new(901, format!("the file cannot be written: {cause}")).in_file(path).into())
}

fn table(report: &MethodReport, lang: Language) -> String {
    let mut lines = methods_words::intro(report, lang);
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(methods_words::HEADS.map(|head| lang.text(head, &[])));
    for outcome in &report.methods {
        table.add_row(methods_words::row(outcome, lang));
    }
    for column in 1..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    lines.push(table.to_string());
    lines.extend(methods_words::verdict(report, lang));
    lines.extend(methods_words::groups(report, lang));
    (lines.join("\n") + "\n").replace('\u{a0}', " ")
}
