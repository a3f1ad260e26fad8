//! `erba allocate`: a table of response answers in, the best split of visits out.

mod history;
mod period;
mod read;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::Serialize;

use self::history::Responses;

use crate::cli::spare::spare_inputs;
use crate::cli::{Outcome, Printer};
use crate::domain::Money;
use crate::error::{Fault, Result};
use crate::service::allocate::{
    Account, Effort, Fit, Limits, Prior, Split, TICKS_PER_MINUTE, allocate, even_split, proportional_split,
};

/// Larger numbers than this are slips; their products and sums would leave what a number can hold.
const LARGEST: f64 = 1e15;

/// Split visits over customers so that the sales won are worth most
///
/// Reads one customer a line: customer_id, minutes_per_visit, sales_now, and as far as known
/// visits_now, sales_zero, sales_half_more, sales_max, margin, min_visits, max_visits,
/// cost_per_visit. Prints a JSON summary; --out gets the visits of every customer.
#[expect(clippy::doc_markdown, reason = "clap shows the text as it stands")]
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  erba allocate --responses answers.csv --minutes 4800 --out visits.csv\n  erba allocate --responses answers.csv --history panel.csv --minutes 4800"
)]
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
    /// Panel of periods (customer_id, period, sales, visits, and segment if there are any) to fit the response from where
    /// the answers are blank
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// How far true responses lie from --elasticity, as a standard deviation: what the history has to overcome
    #[arg(long, value_name = "SD", default_value_t = 0.1)]
    prior_sd: f64,
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

/// What is printed: the split first, then what it is held against and what the response rests on.
#[derive(Serialize)]
struct Summary<'a> {
    objective: f64,
    upper_bound: f64,
    gap: f64,
    minutes_used: f64,
    value_of_one_more_hour: f64,
    optimal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    money_used: Option<f64>,
    even_split: Split,
    /// Today's visits scaled to the same time; blank if none are known.
    visits_now: Option<Split>,
    /// Accounts without answers whose response nothing has measured.
    by_prior: usize,
    /// Accounts without answers whose response is the fitted one.
    by_history: usize,
    /// Response of the accounts without answers, their mean if it differs by segment.
    elasticity: f64,
    /// The response fitted from --history.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<&'a Fit>,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    // Told before the work, not after it.
    let read: Vec<&Path> = [&args.responses].into_iter().chain(&args.history).map(PathBuf::as_path).collect();
    spare_inputs(args.out.as_deref(), &read)?;
    let limits = limits(args)?;
    let fitted = fitted(args, printer)?;
    let elasticity = |id: &str| fitted.as_ref().map_or(args.elasticity, |responses| responses.of(id));
    let input = read::accounts(&args.responses, &elasticity, limits)?;
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
    let fit = fitted.as_ref().map(|responses| &responses.fit);
    let is_fitted = fit.is_some_and(|fit| fit.fallback.is_none());
    let without_answers = input.elasticities.len();
    let summary = Summary {
        objective: best.objective,
        upper_bound: best.upper_bound,
        gap: best.gap,
        minutes_used: best.minutes_used,
        value_of_one_more_hour: best.value_of_one_more_hour,
        optimal: best.optimal,
        money_used: args.budget.map(|_| best.money_used),
        even_split: even_split(accounts, limits),
        visits_now: as_now(accounts, &input.visits_now, limits),
        by_prior: if is_fitted { 0 } else { without_answers },
        by_history: if is_fitted { without_answers } else { 0 },
        elasticity: mean(&input.elasticities)
            .unwrap_or_else(|| fit.map_or(args.elasticity, |fit| fit.of(""))),
        response: fit,
    };
    if fit.is_none() && without_answers > 0 {
        printer.warn(&format!(
            "{} of {} customers have no answers: their sales follow the prior elasticity {}, which nothing here has \
             measured; --history FILE fits it from visits and sales",
            without_answers,
            accounts.len(),
            args.elasticity
        ));
    }
    if !best.optimal {
        printer.say(&format!(
            "the best split found is within {:.3} % of the optimum; more --states may close the gap",
            best.gap * 100.0
        ));
    }
    printer.data(&format!("{}\n", serde_json::to_string_pretty(&summary)?))?;
    Ok(ExitCode::SUCCESS)
}

/// The response from the history, if there is one.
fn fitted(args: &Args, printer: &Printer) -> Result<Option<Responses>> {
    let Some(path) = &args.history else { return Ok(None) };
    if !(args.prior_sd > 0.0 && args.prior_sd <= 10.0) {
        let cause = format!("--prior-sd must be above 0 and at most 10, not {}", args.prior_sd);
        return Err(Fault::new(102, cause).into());
    }
    let found = history::responses(path, Prior { elasticity: args.elasticity, sd: args.prior_sd })?;
    if let Some(why) = found.fit.fallback {
        printer
            .warn(&format!("the history tells too little ({why}): the elasticity stays {}", args.elasticity));
    }
    Ok(Some(found))
}

fn mean(numbers: &[f64]) -> Option<f64> {
    let first = *numbers.first()?;
    // One number for all must not come out otherwise in its last digit.
    let alike = numbers.iter().all(|number| number.total_cmp(&first).is_eq());
    Some(if alike { first } else { numbers.iter().sum::<f64>() / numbers.len() as f64 })
}

fn as_now(accounts: &[Account], visits_now: &[f64], limits: Limits) -> Option<Split> {
    visits_now.iter().any(|&visits| visits > 0.0).then(|| proportional_split(accounts, visits_now, limits))
}

/// More minutes than mankind has are a slip of the pen.
const MOST_MINUTES: f64 = 1e13;

fn limits(args: &Args) -> Result<Limits> {
    let ticks = args.minutes * TICKS_PER_MINUTE as f64;
    if !(0.0..=MOST_MINUTES * TICKS_PER_MINUTE as f64).contains(&ticks) {
        let cause = format!("--minutes must be 0 to {MOST_MINUTES}, not {}", args.minutes);
        return Err(Fault::new(102, cause).into());
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
