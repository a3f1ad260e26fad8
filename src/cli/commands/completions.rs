//! `erba completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::{Cli, Outcome, Printer};

/// Print completions for a shell
///
/// For example: erba completions bash > ~/.local/share/bash-completion/completions/erba
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "erba", &mut script);
    printer.data(&String::from_utf8(script)?)?;
    Ok(ExitCode::SUCCESS)
}
