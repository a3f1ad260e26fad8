//! `erba report`: reports of a finished result, made again.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{Outcome, Printer, browser};
use crate::error::Fault;
use crate::language::Language;
use crate::report::{self, Format};

use super::input;

/// Make the reports of a finished result again, in another language or format, without a new run
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  erba report result --lang zh\n  erba report result --formats html,xlsx --open"
)]
pub(crate) struct Args {
    /// The folder that `erba run --out` made
    dir: PathBuf,
    /// Language of the reports; zh-wan counts amounts in 万
    #[arg(long, value_name = "en|zh|zh-wan", default_value = "en", value_parser = input::language)]
    pub(in crate::cli) lang: Language,
    /// What to make: html, xlsx
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "html", value_parser = input::format)]
    formats: Vec<Format>,
    /// Open the report when it is made
    #[arg(long)]
    open: bool,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let segmentation = report::read(&args.dir)?;
    let written = report::add(&segmentation, &args.formats, args.lang, &args.dir)?;
    if written.is_empty() {
        return Err(crate::error::Error::from(
            Fault::new(102, "none of these formats is a report").hint("name html or xlsx with --formats"),
        )
        .into());
    }
    for lack in segmentation.warnings.iter().filter(|notice| **notice == report::WITHOUT_LIFETIME) {
        printer.warn(&args.lang.notice(lack));
    }
    for file in &written {
        printer.data(&format!("{}\n", file.display()))?;
    }
    if let Some(file) = written.first().filter(|_| args.open) {
        browser::open(file)?;
    }
    Ok(ExitCode::SUCCESS)
}
