//! `erba runs list|show|name|prune`.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{ArgGroup, Subcommand, ValueEnum};
use comfy_table::{Table, presets};
use serde_json::Value;

use crate::cli::{Outcome, Printer};
use crate::error::Fault;
use crate::runs::{Pruning, Registry, RunRecord};

/// List, show, name and forget recorded runs
///
/// Every `erba run` is recorded in one file: `$ERBA_REGISTRY`, else in the user's data folder. RUN is
/// `latest`, `latest~2` (two before it), a name, or the beginning of an id.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  erba runs list\n  erba runs show latest~1\n  erba runs name latest 2025-q2\n  erba runs prune --keep 20"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the runs, the latest first
    List {
        /// How to print them
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// At most this many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Show all that is known of a run
    Show {
        /// The run
        #[arg(default_value = "latest")]
        run: String,
        /// How to print it
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// Print the run's recipe instead, as TOML
        #[arg(long, conflicts_with = "format")]
        recipe: bool,
    },
    /// Give a run a name, so that it can be selected by it and is kept by prune
    Name {
        /// The run
        run: String,
        /// The name; none takes it away
        name: Option<String>,
    },
    /// Forget runs
    ///
    /// Runs with a name are kept unless listed. With both limits a run goes when it is past both.
    Prune(PruneArgs),
}

#[derive(Debug, clap::Args)]
// Without the skip every argument would be in the group, and `--yes` alone would do as a choice of runs.
#[group(skip)]
#[command(group = ArgGroup::new("which").required(true).multiple(true).args(["keep", "older_than", "runs"]))]
struct PruneArgs {
    /// Keep this many of the latest runs
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Forget runs recorded more than this many days ago
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,
    /// Forget these runs
    #[arg(value_name = "RUN")]
    runs: Vec<String>,
    /// Only say what would be forgotten
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let path = Registry::default_path()?;
    let Some(mut registry) = Registry::open(&path)? else {
        return without_registry(&args.verb, &path.display().to_string(), printer);
    };
    match &args.verb {
        Verb::List { format, limit } => {
            let mut runs = registry.list()?;
            runs.truncate(limit.unwrap_or(usize::MAX));
            match format {
                Format::Table => printer.data(&list(&runs))?,
                Format::Json => printer.data(&(serde_json::to_string_pretty(&runs)? + "\n"))?,
            }
        }
        Verb::Show { run, format, recipe } => {
            let run = registry.find(run)?;
            match format {
                _ if *recipe => printer.data(&run.recipe_text)?,
                Format::Table => printer.data(&show(&run))?,
                Format::Json => printer.data(&(serde_json::to_string_pretty(&run)? + "\n"))?,
            }
        }
        Verb::Name { run, name } => {
            let run = registry.rename(run, name.as_deref())?;
            printer.say(&match run.name {
                Some(name) => format!("run {} is now named {name}", run.id),
                None => format!("run {} has no name", run.id),
            });
        }
        Verb::Prune(args) => prune(&mut registry, args, printer)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// No file is no run: that is a fault only for who wants a certain run.
fn without_registry(verb: &Verb, path: &str, printer: &Printer) -> Outcome {
    match verb {
        Verb::List { format: Format::Json, .. } => printer.data("[]\n")?,
        Verb::List { .. } | Verb::Prune(PruneArgs { .. }) => {
            printer.say(&format!("no run is recorded yet (the registry is {path})"));
        }
        Verb::Show { run, .. } | Verb::Name { run, .. } => {
            let fault = Fault::new(651, format!("there is no run \"{run}\""));
            let hint = format!("no run is recorded yet; `erba run` records one in {path}");
            return Err(crate::error::Error::from(fault.hint(hint)).into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn prune(registry: &mut Registry, args: &PruneArgs, printer: &Printer) -> anyhow::Result<()> {
    let pruning = Pruning { keep: args.keep, older_than_days: args.older_than, runs: args.runs.clone() };
    let runs = registry.prunable(&pruning)?;
    if runs.is_empty() {
        printer.say("no run to forget");
        return Ok(());
    }
    printer.data(&list(&runs))?;
    if args.dry_run {
        printer.say(&format!("{} would be forgotten; nothing was changed", counted(runs.len())));
        return Ok(());
    }
    if !args.yes && !confirmed(&format!("forget {}? [y/N] ", counted(runs.len())))? {
        printer.say("nothing was changed");
        return Ok(());
    }
    registry.forget(&runs)?;
    printer.say(&format!("{} forgotten", counted(runs.len())));
    Ok(())
}

/// Asks whoever sits there; without anybody there, `--yes` is needed.
fn confirmed(question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        let fault = Fault::new(657, "forgetting runs needs a confirmation, and nobody is there to ask")
            .hint("add --yes, or --dry-run to see what would go");
        return Err(crate::error::Error::from(fault).into());
    }
    write!(io::stderr(), "{question}")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn counted(runs: usize) -> String {
    if runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") }
}

fn list(runs: &[RunRecord]) -> String {
    if runs.is_empty() {
        return "no run is recorded\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(["run", "name", "recorded (UTC)", "as of", "recipe", "customers", "Ⅰ", "Ⅱ", "Ⅲ"]);
    for run in runs {
        let tier = |tier: &str| figure(&run.metrics["tiers"][tier]["customers"]);
        table.add_row([
            run.id.clone(),
            run.name.clone().unwrap_or_default(),
            run.recorded_at.replace('T', " ").trim_end_matches('Z').to_owned(),
            run.as_of.clone().unwrap_or_default(),
            run.recipe.clone(),
            run.customers.to_string(),
            tier("I"),
            tier("II"),
            tier("III"),
        ]);
    }
    format!("{table}\n")
}

fn show(run: &RunRecord) -> String {
    let mut lines = vec![
        format!("run        {}", run.id),
        format!("name       {}", run.name.as_deref().unwrap_or("(none)")),
        format!("recorded   {}", run.recorded_at),
        format!("command    {}", run.command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")),
        format!("version    {}", run.version),
        format!("as of      {}", run.as_of.as_deref().unwrap_or("(no dates)")),
        format!("window     {}", run.window.as_deref().unwrap_or("(no dates)")),
        format!("seed       {}", run.seed),
        format!("recipe     {} (sha256 {:.12})", run.recipe, run.recipe_hash),
        format!("customers  {}", run.customers),
    ];
    if let Some(folder) = &run.folder {
        lines.push(format!("folder     {folder}"));
    }
    if let Some(bytes) = run.peak_memory {
        lines.push(format!("memory     {} MB at most", bytes / 1_000_000));
    }
    for input in &run.inputs {
        lines.push(format!(
            "input      {} {}, {} rows, sha256 {:.12}",
            input.role, input.path, input.rows, input.sha256
        ));
    }
    lines.push(String::new());
    lines.extend(flat("", &run.metrics));
    lines.push(String::new());
    let timings = run.timings_ms.as_object().into_iter().flatten();
    lines.extend(timings.filter_map(|(room, ms)| Some(format!("{room} = {:.1} ms", ms.as_f64()?))));
    lines.join("\n") + "\n"
}

/// A JSON object as lines of `key.key = value`; lists and empty figures are left to `--format json`.
fn flat(prefix: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| {
                let dot = if prefix.is_empty() { "" } else { "." };
                flat(&format!("{prefix}{dot}{key}"), value)
            })
            .collect(),
        Value::Null | Value::Array(_) => Vec::new(),
        other => vec![format!("{prefix} = {}", figure(other))],
    }
}

/// A figure for reading: six decimals are more than any of them means; `--format json` has all.
fn figure(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Number(number) if number.is_f64() => {
            let rounded = (number.as_f64().unwrap_or_default() * 1e6).round() / 1e6;
            // What rounds to nothing has no sign.
            (rounded + 0.0).to_string()
        }
        other => other.to_string(),
    }
}

/// A word of a command line, to be pasted into a shell.
fn quoted(word: &str) -> String {
    let plain = |sign: char| sign.is_alphanumeric() || "-_./=:,@%+~".contains(sign);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_can_be_pasted() {
        for (word, expected) in [
            ("--as-of=2022-06-30", "--as-of=2022-06-30"),
            ("Store Number", "'Store Number'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
            ("客户.csv", "客户.csv"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn figures_are_rounded_for_reading() {
        let shown = |value: serde_json::Value| figure(&value);
        assert_eq!(shown(serde_json::json!(-4.06e-16)), "0");
        assert_eq!(shown(serde_json::json!(0.095_383_275_261)), "0.095383");
        assert_eq!(shown(serde_json::json!(2296)), "2296");
    }
}
