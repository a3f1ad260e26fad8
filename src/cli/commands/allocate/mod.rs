//! `erba allocate`: a table of response answers in, the best split of visits out.

mod read;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cli::{Outcome, Printer};
use crate::domain::Money;
use crate::error::{Fault, Result};
use crate::service::allocate::{
    Account, Allocation, Effort, Limits, Split, TICKS_PER_MINUTE, allocate, even_split, proportional_split,
};

/// Split visits over customers so that the sales won are worth most
///
/// Reads one customer a line: customer_id, minutes_per_visit, sales_now, and as far as known
/// visits_now, sales_zero, sales_half_more, sales_max, margin, min_visits, max_visits,
/// cost_per_visit. Prints a JSON summary; --out gets the visits of every customer.
#[expect(clippy::doc_markdown, reason = "clap shows the text as it stands")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Table of answers (CSV)
    #[arg(long, value_name = "FILE")]
    responses: PathBuf,
    /// Minutes there are for all visits together
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    minutes: f64,
    /// Money there is for all visits together, when they have a cost_per_visit
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    budget: Option<f64>,
    /// Response of sales to visits where the answers are blank, 0 to 1
    #[arg(long, value_name = "E", default_value_t = 0.34)]
    elasticity: f64,
    /// How many part plans to try before the best found is given with its gap
    #[arg(long, value_name = "N", default_value_t = Effort::STATES)]
    states: u32,
    /// Stop the search after this time as well (the result then depends on the machine)
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<f64>,
    /// Write the visits of every customer here (CSV)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    best: &'a Allocation,
    accounts: usize,
    /// Accounts without answers, whose response is the prior.
    by_prior: usize,
    elasticity: f64,
    minutes: f64,
    budget: Option<f64>,
    even_split: Split,
    visits_now: Option<Split>,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    let limits = limits(args)?;
    let input = read::accounts(&args.responses, args.elasticity, limits)?;
    let accounts = &input.accounts;
    let started = Instant::now();
    let allowed =
        args.time_limit.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    let stop = || allowed.is_some_and(|allowed| started.elapsed() >= allowed);
    let best = allocate(accounts, limits, Effort { states: args.states, stop: &stop })
        .map_err(|error| read::name_file(error, &args.responses))?;
    if let Some(out) = &args.out {
        write::visits(out, &input.ids, accounts, &best.visits)?;
    }
    let summary = Summary {
        accounts: accounts.len(),
        by_prior: input.by_prior,
        elasticity: args.elasticity,
        minutes: args.minutes,
        budget: args.budget,
        even_split: even_split(accounts, limits),
        visits_now: as_now(accounts, &input.visits_now, limits),
        best: &best,
    };
    if !best.optimal {
        printer.say(&format!(
            "the best split found is within {:.3} % of the optimum; more --states may close the gap",
            best.gap * 100.0
        ));
    }
    printer.data(&format!("{}\n", serde_json::to_string_pretty(&summary)?))?;
    Ok(ExitCode::SUCCESS)
}

fn as_now(accounts: &[Account], visits_now: &[f64], limits: Limits) -> Option<Split> {
    visits_now.iter().any(|&visits| visits > 0.0).then(|| proportional_split(accounts, visits_now, limits))
}

fn limits(args: &Args) -> Result<Limits> {
    let ticks = args.minutes * TICKS_PER_MINUTE as f64;
    if !(0.0..=1e15).contains(&ticks) {
        return Err(Fault::new(102, format!("--minutes must be 0 or more, not {}", args.minutes)).into());
    }
    if !(0.0..=1.0).contains(&args.elasticity) {
        return Err(Fault::new(102, format!("--elasticity must be 0 to 1, not {}", args.elasticity)).into());
    }
    let money = match args.budget {
        None => None,
        Some(amount) => match Money::from_f64(amount) {
            Some(money) if money >= Money::ZERO => Some(money),
            _ => return Err(Fault::new(102, format!("--budget must be 0 or more, not {amount}")).into()),
        },
    };
    Ok(Limits { ticks: ticks as i64, money })
}
