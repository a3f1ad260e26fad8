//! `erba check`: judges a finished result.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::checker;
use crate::cli::{Outcome, Printer};
use crate::error::Exit;

/// Judge a finished result by rules written apart from the program that made it
///
/// Prints what breaks a rule and ends with 4, or says that nothing does.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  erba check result")]
pub(crate) struct Args {
    /// The folder that `erba run --out` made
    dir: PathBuf,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let violations = checker::check(&args.dir)?;
    let dir = args.dir.display();
    if violations.is_empty() {
        printer.data(&format!("{dir}: all {} rules hold\n", checker::RULES.len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    let mut rule = "";
    for violation in &violations {
        if violation.code != rule {
            rule = violation.code;
            let sentence = violation.rule().map_or("", |rule| rule.sentence);
            text.push_str(&format!("{rule}: {sentence}\n"));
        }
        text.push_str(&format!(
            "  {}\n",
            violation.to_string().trim_start_matches(rule).trim_start_matches(": ")
        ));
    }
    printer.data(&text)?;
    let count: u64 = violations.iter().map(|violation| 1 + violation.more).sum();
    printer.say(&format!("{dir}: {count} violations"));
    Ok(Exit::Violation.code().into())
}
