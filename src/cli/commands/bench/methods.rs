//! `erba bench methods`: which way of choosing customers would have been right.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};

use super::input::{InputArgs, Silent};
use crate::cli::{Outcome, Printer};
use crate::domain::{Day, Window};
use crate::error::{Error, Fault, Result};
use crate::pipeline;
use crate::result::Segmentation;
use crate::runs::methods::{Estimate, MethodReport, MethodSettings, judge};

/// Rank methods by what happened next
///
/// Cuts the history, lets every method choose customers by what was known on that day, and measures
/// what those customers brought in the days after it. Intervals hold 95 of 100 bootstrap resamples.
///
/// For example: erba bench methods --transactions sales.csv --holdout-days 90
#[derive(Debug, clap::Args)]
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
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Outcome {
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
    let report = judge(&past, &last, &next, &settings)?;
    if let Some(path) = &args.plot {
        std::fs::write(path, super::plot::gains(&report)).map_err(|cause| {
            Error::from(Fault::new(901, format!("the plot cannot be written: {cause}")).in_file(path))
        })?;
    }
    match args.format {
        Format::Table => printer.data(&table(&report))?,
        Format::Json => printer.data(&(serde_json::to_string_pretty(&report)? + "\n"))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn segment(args: &Args, as_of: Option<Day>, window: Window) -> Result<Segmentation> {
    Ok(pipeline::run(&args.input.request(as_of, window)?, &Silent)?.segmentation)
}

fn table(report: &MethodReport) -> String {
    let mut lines = vec![
        format!(
            "Known up to {}; judged on the {} days after it. {} of {} customers visited, one visit each.",
            report.cut, report.holdout_days, report.visits, report.customers
        ),
        format!(
            "An oracle captures {} of the next period's value; customers first seen in it bring {} more.",
            interval(report.oracle, 100.0, " %"),
            percent(report.new_value_share)
        ),
        methods(report),
    ];
    if let Some(promotion) = &report.promotion {
        lines.push(format!(
            "{} promoted customers: daily value {} times that before; equally small ones {}.",
            promotion.promoted,
            interval(promotion.growth, 1.0, ""),
            interval(promotion.growth_of_equals, 1.0, "")
        ));
        lines.push(format!(
            "Of the promoted {} reach tier I by value; of the {} customers that do, {} were promoted.",
            percent(promotion.precision),
            promotion.risers,
            percent(promotion.recall)
        ));
    }
    if let Some(migration) = &report.migration {
        let mut line = format!("Same tier in the next period: {}", percent(migration.tier_agreement));
        if let Some(agreement) = migration.type_agreement {
            line += &format!("; same type: {}", percent(agreement));
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

fn methods(report: &MethodReport) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header([
        "method",
        "captured",
        "95 % interval",
        "of oracle",
        "over sales (interval)",
        "ranks by",
    ]);
    for method in &report.methods {
        let over = method.over_sales;
        table.add_row([
            method.method.replace('_', " "),
            percent(method.captured.value),
            format!("{:.1} – {:.1}", method.captured.low * 100.0, method.captured.high * 100.0),
            percent(method.of_oracle.value),
            format!("{:+.1} ({:+.1} … {:+.1})", over.value * 100.0, over.low * 100.0, over.high * 100.0),
            method.ranks_by.to_owned(),
        ]);
    }
    for column in 1..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

fn interval(estimate: Estimate, scale: f64, unit: &str) -> String {
    let digits = if scale > 1.0 { 1 } else { 2 };
    format!(
        "{:.digits$}{unit} ({:.digits$} – {:.digits$})",
        estimate.value * scale,
        estimate.low * scale,
        estimate.high * scale
    )
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
