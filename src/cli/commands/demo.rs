//! `erba demo`.

use std::fs;
use std::path::PathBuf;

use clap::Parser;

use crate::cli::{Outcome, Printer};
use crate::error::{Error, Fault};
use crate::synth::{self, Language as Headers, Params};

use super::{input, run};

/// Make a sample, run everything on it, and say where to look
///
/// Writes two folders: DIR/data with made-up customers, transactions, products, reps and visits (and
/// truth.csv, what was planted), and DIR/result with everything `erba run` can make of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  erba demo\n  erba demo --lang zh --out 演示")]
pub(crate) struct Args {
    /// The folder to write
    #[arg(long, value_name = "DIR", default_value = "erba-demo")]
    out: PathBuf,
    /// Replace what an earlier demo wrote there
    #[arg(long)]
    force: bool,
    /// Language of reports and reasons
    #[arg(long, value_name = "en|zh|zh-wan", default_value = "en", value_parser = input::language)]
    pub(in crate::cli) lang: crate::language::Language,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    if args.out.exists() && !args.force {
        return Err(Error::from(
            Fault::new(103, "the output folder exists already")
                .in_file(&args.out)
                .hint("choose another with --out, or give --force to replace what an earlier demo wrote"),
        )
        .into());
    }
    let data = args.out.join("data");
    let params = Params {
        customers: 600,
        transactions: 30_000,
        seed: 28,
        last_day: Params::LAST_DAY,
        language: if args.lang.is_chinese() { Headers::Chinese } else { Headers::English },
    };
    fs::create_dir_all(&data)?;
    synth::write(&synth::make(&params.check()?), &data)?;
    let place = data.display().to_string();
    printer.say(&args.lang.text("demo-made", &[("place", place.into())]));
    let table = |name: &str| data.join(name).into_os_string();
    let command = Run::try_parse_from([
        "erba run".into(),
        "--transactions".into(),
        table("transactions.csv"),
        "--customers".into(),
        table("customers.csv"),
        "--products".into(),
        table("products.csv"),
        "--reps".into(),
        table("reps.csv"),
        "--visits".into(),
        table("visits.csv"),
        "--formats".into(),
        "csv,json,xlsx,html,ics".into(),
        "--lang".into(),
        args.lang.as_str().into(),
        "--force".into(),
        "--out".into(),
        args.out.join("result").into_os_string(),
    ])?;
    run::run(&command.args, printer)
}

/// `erba run` as the user would type it.
#[derive(Debug, Parser)]
struct Run {
    #[command(flatten)]
    args: run::Args,
}
