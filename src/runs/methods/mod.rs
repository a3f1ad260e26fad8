//! Which way of choosing customers would have been right.
//!
//! The history is cut at a day T. Every method ranks the customers by what was known on T; then what
//! they brought in the next period tells how good the ranking was:
//!
//! * *captured*: share of the next period's value brought by the customers a fixed number of visits
//!   reaches (one visit each, best ranked first); also over what an oracle, who knew, would capture;
//! * *growth*: next period's daily value over that before T, for promoted customers and for equally
//!   small ones not promoted, each promoted customer being matched with the nearest by value;
//! * *precision* and *recall* of promotion: who was outside Ⅰ by value and is in it in the next period;
//! * how many types and tiers are the same in the next period.
//!
//! Next values below zero count as nothing. Customers first seen after T cannot be ranked by anybody
//! and are left out; `new_value_share` says what they brought. Customers a method holds equal are
//! taken in a random order: the captured value is the mean over all such orders, without drawing any.
//! Intervals are percentiles of a bootstrap over customers, the same resamples for every method, so
//! that differences between methods have intervals too.
//!
//! Sources: cumulative gains of a ranking are standard in direct marketing; percentile bootstrap after
//! Efron & Tibshirani (1993), *An Introduction to the Bootstrap*, ch. 13.

mod capture;
mod promotion;
mod ranking;

use serde::Serialize;

pub use capture::Estimate;
pub use promotion::PromotionOutcome;

use super::comparison::{self, Comparison};
use super::side::Side;
use crate::domain::{Day, Money, Window};
use crate::error::{Fault, Result};
use crate::result::Segmentation;
use capture::Judge;

/// How methods are judged.
#[derive(Clone, Copy, Debug)]
pub struct MethodSettings {
    /// Visits there are, one a customer; none for a tenth of the customers.
    pub visits: Option<u64>,
    /// Bootstrap resamples, at least 2.
    pub resamples: u32,
    /// Seed of the resamples.
    pub seed: u64,
}

/// The judgment on all methods; serialises to the JSON of `erba bench methods`.
#[derive(Clone, Debug, Serialize)]
pub struct MethodReport {
    /// T: the last day that methods may know.
    pub cut: Day,
    /// Days of the next period.
    pub holdout_days: u32,
    /// Customers ranked.
    pub customers: u64,
    /// Customers that the visits reach.
    pub visits: u64,
    /// Value of the ranked customers in the next period, negative ones as nothing.
    pub next_value: Money,
    /// Share of all value in the next period that customers first seen in it brought, 0–1.
    pub new_value_share: f64,
    /// Bootstrap resamples behind every interval.
    pub resamples: u32,
    /// What an oracle captures.
    pub oracle: Estimate,
    /// Best first.
    pub methods: Vec<MethodOutcome>,
    /// What became of promoted customers; none if nobody was promoted.
    pub promotion: Option<PromotionOutcome>,
    /// Tiers and types on T (A) and in the next period (B); none if nobody is in both.
    pub migration: Option<Migration>,
}

/// One method.
#[derive(Clone, Debug, Serialize)]
pub struct MethodOutcome {
    /// Its name: `sales`, `last_period`, `tiers`, `rfm`, `rfm_then_sales`, `potential`, `erba`, `random`.
    pub method: &'static str,
    /// What it ranks by, in words.
    pub ranks_by: &'static str,
    /// Share of the next period's value captured, 0–1.
    pub captured: Estimate,
    /// The same over what the oracle captures, 0–1.
    pub of_oracle: Estimate,
    /// Captured by this method minus captured by `sales`.
    pub over_sales: Estimate,
    /// Captured with 5, 10, 15, … 100 % of the customers visited: the gains curve.
    pub curve: Vec<f64>,
}

/// How stable tiers and types are from T to the next period.
#[derive(Clone, Debug, Serialize)]
pub struct Migration {
    /// Share of customers whose tier is the same.
    pub tier_agreement: f64,
    /// Adjusted Rand index of the tiers.
    pub tier_ari: f64,
    /// Customers by tier on T and in the next period.
    pub tiers: comparison::TierMatrix<u64>,
    /// Share of typed customers whose type is the same; none if a side has no types.
    pub type_agreement: Option<f64>,
    /// Customers by type on T and in the next period.
    pub types: Option<comparison::TypeMatrix>,
}

/// Judges every method.
///
/// * `past`: the run as of T.
/// * `last`: a run as of T whose window is as long as the next period.
/// * `next`: the run as of the end of the next period, its window being that period.
///
/// # Errors
/// E658 if no customer of `past` brought anything in the next period.
pub fn judge(
    past: &Segmentation,
    last: &Segmentation,
    next: &Segmentation,
    settings: &MethodSettings,
) -> Result<MethodReport> {
    let next_values: Vec<f64> = ranking::amounts_of(&past.table.ids, next)
        .into_iter()
        .map(|value| value.map_or(0.0, |value| value.to_f64().max(0.0)))
        .collect();
    let total: f64 = next_values.iter().sum();
    let (Some(cut), Some(Window::Days(holdout_days))) = (past.table.as_of, next.table.window) else {
        return Err(Fault::new(902, "the runs of a holdout have no dates").into());
    };
    if total <= 0.0 {
        let cause = format!("no customer known on {cut} bought anything in the {holdout_days} days after it");
        return Err(Fault::new(658, cause).hint("give fewer --holdout-days").into());
    }
    let customers = past.table.len();
    let visits = settings.visits.unwrap_or((customers as u64).div_ceil(10)).clamp(1, customers as u64);
    let rankings = ranking::rankings(past, last);
    let judge = Judge::new(&next_values, visits, settings.resamples, settings.seed);
    let oracle = judge.captured(&ranking::oracle(&next_values));
    let sales = rankings.iter().find(|ranking| ranking.method == "sales").map(|sales| judge.captured(sales));
    let mut methods: Vec<MethodOutcome> = rankings
        .iter()
        .map(|ranking| {
            let captured = judge.captured(ranking);
            MethodOutcome {
                method: ranking.method,
                ranks_by: ranking.ranks_by,
                captured: captured.estimate(),
                of_oracle: captured.over(&oracle),
                over_sales: captured.minus(sales.as_ref().unwrap_or(&captured)),
                curve: judge.curve(ranking),
            }
        })
        .collect();
    methods.sort_by(|a, b| b.captured.value.total_cmp(&a.captured.value));
    let all: f64 = next.value.amounts.iter().map(|value| value.to_f64().max(0.0)).sum();
    Ok(MethodReport {
        cut,
        holdout_days,
        customers: customers as u64,
        visits,
        next_value: Money::from_f64(total).unwrap_or_default(),
        new_value_share: if all > 0.0 { (1.0 - total / all).max(0.0) } else { 0.0 },
        resamples: settings.resamples,
        oracle: oracle.estimate(),
        methods,
        promotion: promotion::outcome(past, next, settings),
        migration: migration(past, next),
    })
}

fn migration(past: &Segmentation, next: &Segmentation) -> Option<Migration> {
    let sides = [past, next].map(|run| Side::from_segmentation("", run));
    let Comparison { tier_agreement, ari, migration, types, .. } =
        comparison::compare(&sides[0], &sides[1]).ok()?;
    Some(Migration {
        tier_agreement,
        tier_ari: ari,
        tiers: migration,
        type_agreement: types.map(|types| types.agreement),
        types: types.map(|types| types.migration),
    })
}
