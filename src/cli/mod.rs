//! The command line: arguments in, library calls, words out.
//!
//! The only room that knows clap or prints. stdout is for data, everything else goes to stderr.
//! `commands/<verb>.rs` holds one verb each: its arguments and what it calls.

mod browser;
mod commands;
mod printer;
mod spare;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::language::Language;

pub use printer::Printer;

/// How a command that did not fail ends the program: 0, 4 or 5 (see [`crate::error::Exit`]).
pub type Outcome = anyhow::Result<ExitCode>;

/// Customer-value segmentation: tiers, types and service plans (二八, the 80/20 rule).
#[derive(Debug, Parser)]
#[command(name = "erba", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Say nothing but errors and data
    #[arg(long, short, global = true)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  erba demo
  erba run --transactions sales.csv --out result
  erba run --customers customers.xlsx --recipe pharma --out result --lang zh
  erba check result

Exit codes: 0 ok, 1 unexpected, 2 usage, 3 bad input or recipe, 4 check found violations,
5 comparison over a threshold.";

#[derive(Debug, Subcommand)]
enum Command {
    Demo(commands::demo::Args),
    Run(Box<commands::run::Args>),
    Score(Box<commands::score::Args>),
    Recipe(commands::recipe::Args),
    Allocate(commands::allocate::Args),
    Check(commands::check::Args),
    Clv(Box<commands::clv::Args>),
    #[cfg(feature = "cluster")]
    Cluster(commands::cluster::Args),
    Completions(commands::completions::Args),
    Synth(commands::synth::Args),
    Compare(commands::compare::Args),
    Runs(commands::runs::Args),
    Report(commands::report::Args),
    Bench(commands::bench::Args),
}

impl Command {
    /// The language that was asked for, where a command asks.
    fn language(&self) -> Language {
        match self {
            Command::Demo(args) => args.lang,
            Command::Run(args) => args.output.lang,
            Command::Score(args) => args.output.lang,
            Command::Compare(args) => args.lang,
            Command::Report(args) => args.lang,
            _ => Language::En,
        }
    }
}

/// Parses the command line, runs the command and tells how it went.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let printer = Printer::new(cli.quiet);
    let lang = cli.command.language();
    let outcome = match cli.command {
        Command::Demo(args) => commands::demo::run(&args, &printer),
        Command::Run(args) => commands::run::run(&args, &printer),
        Command::Score(args) => commands::score::run(&args, &printer),
        Command::Recipe(args) => commands::recipe::run(&args, &printer),
        Command::Allocate(args) => commands::allocate::run(&args, &printer),
        Command::Check(args) => commands::check::run(&args, &printer),
        Command::Clv(args) => commands::clv::run(&args, &printer),
        #[cfg(feature = "cluster")]
        Command::Cluster(args) => commands::cluster::run(&args, &printer),
        Command::Completions(args) => commands::completions::run(&args, &printer),
        Command::Synth(args) => commands::synth::run(&args, &printer),
        Command::Compare(args) => commands::compare::run(&args, &printer),
        Command::Report(args) => commands::report::run(&args, &printer),
        Command::Runs(args) => commands::runs::run(&args, &printer),
        Command::Bench(args) => commands::bench::run(&args, &printer),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => printer.failure(&failure, lang),
    }
}
