//! `erba bench methods|stability|kmeans`.

mod input;
mod kmeans;
mod methods;
mod stability;

use clap::Subcommand;

use crate::cli::{Outcome, Printer};

/// Measure: which method is right, how sure tiers and types are, how fast this machine is
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Methods(methods::Args),
    Stability(stability::Args),
    Kmeans(kmeans::Args),
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    match &args.what {
        What::Methods(args) => methods::run(args, printer),
        What::Stability(args) => stability::run(args, printer),
        What::Kmeans(args) => kmeans::run(args, printer),
    }
}
