//! `erba compare A B`.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};

use crate::cli::{Outcome, Printer};
use crate::domain::{CustomerType, Money, Tier};
use crate::error::{Error, Fault, Result};
use crate::runs::{self, Comparison, Movement, Registry, Side};

/// Movers shown in the terminal unless `--top` says otherwise.
const TOP: usize = 15;

/// Compare two segmentations: who moved, how far, and why
///
/// A side is a run id, `latest`, a run's name, a result folder, or any CSV with the columns
/// `customer_id,tier[,type][,value]`, so another tool's tiers can be judged too.
///
/// For example: erba compare last-quarter this-quarter --max-moved 0.1
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The first side, as a rule the earlier one
    a: String,
    /// The second side
    b: String,
    /// How to print the comparison
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Write everybody whose tier or type differs to this CSV file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
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
    #[arg(long, value_name = "INDEX")]
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

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let registry = Registry::default_path()?;
    let (a, b) = rayon::join(|| runs::select(&args.a, &registry), || runs::select(&args.b, &registry));
    let mut comparison = both(a, b).and_then(|(a, b)| runs::compare(&a, &b))?;
    if let Some(path) = &args.out {
        write(path, &comparison)?;
    }
    let over = thresholds_passed(args, &comparison);
    match args.format {
        Format::Table => printer.data(&table(&comparison, args.top.unwrap_or(TOP)))?,
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
            first.faults.extend(second.faults);
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

fn thresholds_passed(args: &Args, comparison: &Comparison) -> Vec<Fault> {
    let retyped =
        comparison.types.map(|types| types.changed as f64 / (types.both as f64).max(1.0)).unwrap_or_default();
    let most = [
        ("--max-moved", "customers changed tier", comparison.moved_share(), args.max_moved),
        (
            "--max-value-moved",
            "value changed tier",
            comparison.value_moved_share.unwrap_or_default(),
            args.max_value_moved,
        ),
        ("--max-retyped", "customers changed type", retyped, args.max_retyped),
    ];
    let mut faults: Vec<Fault> = most
        .into_iter()
        .filter_map(|(option, what, found, limit)| {
            let limit = limit.filter(|limit| found > *limit)?;
            let cause = format!("{} of {what}, more than {} ({option})", percent(found), percent(limit));
            Some(Fault::new(653, cause))
        })
        .collect();
    if let Some(limit) = args.min_ari.filter(|limit| comparison.ari < *limit) {
        let cause = format!("the adjusted Rand index is {:.4}, below {limit} (--min-ari)", comparison.ari);
        faults.push(Fault::new(653, cause));
    }
    faults
}

/// The whole comparison for a terminal; understandable without colour.
fn table(comparison: &Comparison, top: usize) -> String {
    let customers = comparison.customers;
    let mut lines = vec![
        format!("A  {}", comparison.a),
        format!("B  {}", comparison.b),
        String::new(),
        format!(
            "Customers: {} on both sides, {} only in A, {} only in B",
            customers.both, customers.only_a, customers.only_b
        ),
        String::new(),
        "Customers by tier in A (rows) and in B (columns):".to_owned(),
        matrix(&comparison.migration.0.map(|row| row.0.map(|count| count.to_string()))),
    ];
    if let Some(values) = &comparison.migration_value {
        lines.push("\nTheir value in B:".to_owned());
        lines.push(matrix(&values.0.map(|row| row.0.map(rounded))));
    }
    lines.push(String::new());
    lines.extend(figures(comparison));
    for change in &comparison.changes {
        lines.push(format!("Changed: {} from {} to {}", change.what, told(&change.a), told(&change.b)));
    }
    let shown = comparison.moved.len().min(top);
    if shown > 0 {
        lines.push(format!("\nWho moved most ({shown} of {}):", comparison.moved.len()));
        lines.push(movers(&comparison.moved[..shown]));
    }
    lines.join("\n") + "\n"
}

/// An empty or overlong setting, made readable.
fn told(setting: &str) -> String {
    let line = setting.replace('\n', " ");
    match line.char_indices().nth(40) {
        _ if line.is_empty() => "(none)".to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn figures(comparison: &Comparison) -> Vec<String> {
    let (same, moved) = (percent(comparison.tier_agreement), comparison.moved.len());
    let mut lines = vec![format!("Same tier: {same}; {moved} customers moved")];
    if let (Some(value), Some(share)) = (comparison.value_moved, comparison.value_moved_share) {
        lines.push(format!("Value that moved: {} ({})", rounded(value), percent(share)));
    }
    lines.push(format!(
        "Adjusted Rand index {:.4}, normalised mutual information {:.4}",
        comparison.ari, comparison.nmi
    ));
    let jaccard: Vec<String> = Tier::ALL
        .iter()
        .zip(comparison.tier_jaccard.0)
        .filter_map(|(tier, figure)| Some(format!("{} {:.3}", tier.sign(), figure?)))
        .collect();
    lines.push(format!("Jaccard by tier: {}", jaccard.join(", ")));
    if let Some(types) = comparison.types {
        let [innovative, conservative] = CustomerType::ALL;
        lines.push(format!(
            "Types: {} the same; {} {innovative} → {conservative}, {} {conservative} → {innovative}",
            percent(types.agreement),
            types.migration.0[0].0[1],
            types.migration.0[1].0[0],
        ));
    }
    lines
}

fn matrix(cells: &[[String; 3]; 3]) -> String {
    let mut table = bare();
    table.set_header(["", "Ⅰ", "Ⅱ", "Ⅲ"]);
    for (tier, row) in Tier::ALL.iter().zip(cells) {
        table.add_row(std::iter::once(tier.sign()).chain(row.iter().map(String::as_str)));
    }
    right(&mut table, 1..4);
    table.to_string()
}

fn movers(moved: &[Movement]) -> String {
    let mut table = bare();
    table.set_header(["customer", "tier", "why", "value in A", "value in B"]);
    for movement in moved {
        let value = |value: Option<Money>| value.map_or_else(String::new, rounded);
        table.add_row([
            movement.customer_id.to_string(),
            format!("{} → {}", movement.tier_a.sign(), movement.tier_b.sign()),
            movement.why.as_str().replace('_', " "),
            value(movement.value_a),
            value(movement.value_b),
        ]);
    }
    right(&mut table, 3..5);
    table.to_string()
}

fn bare() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table
}

fn right(table: &mut Table, columns: std::ops::Range<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Whole units, thousands grouped: for reading, not for machines.
fn rounded(value: Money) -> String {
    let units = (value.to_f64().round()) as i64;
    let digits = units.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if units < 0 { format!("-{text}") } else { text }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_grouped_for_reading() {
        let found = [0, 999, 1_000, -1_234_567].map(|units| rounded(Money(units * Money::SCALE)));
        assert_eq!(found, ["0", "999", "1,000", "-1,234,567"]);
    }

    #[test]
    fn long_settings_are_cut_at_a_character() {
        assert_eq!(told(""), "(none)");
        assert_eq!(told("短"), "短");
        assert_eq!(told(&"长".repeat(50)).chars().count(), 41);
    }
}
