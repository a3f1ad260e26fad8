//! Visits that earn most with the same time, within the limits of the policy table, rep by rep.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::domain::{Money, Notice};
use crate::error::Result;

use super::allocate::Fit;
use super::force::Force;
use super::params::OptimalParams;
use super::plan::Service;
use super::shares::{Made, Share, desks};

/// What the best split is worth, against simpler ones with the same time; worth is value at stake by the response.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Allocated {
    /// Customers whose visits were split.
    pub customers: u32,
    /// Minutes there were.
    pub minutes: f64,
    /// Minutes that visits fixed by purchase stage take; they come first.
    pub minutes_fixed: f64,
    /// Minutes all visits take, fixed ones too; never more than there were.
    pub minutes_used: f64,
    /// Response of value to visits, the mean of the customers whose visits were split if it differs by type.
    pub elasticity: f64,
    /// Worth of the split.
    pub objective: f64,
    /// No split is worth more.
    pub upper_bound: f64,
    /// What the bound is above the objective, as a share of the bound.
    pub gap: f64,
    /// True if no split can be better.
    pub optimal: bool,
    /// What one more hour would be worth, of the rep where it is worth most.
    pub value_of_one_more_hour: f64,
    /// Worth of the policy table's visits, scaled to the same time.
    pub policy: f64,
    /// Worth of one visit each in turn.
    pub even: f64,
    /// The response fitted from visits and sales, or why the recipe's holds; none without a visit log.
    pub response: Option<Fit>,
    /// Rep by rep.
    pub desks: Vec<DeskSplit>,
}

/// What the split of one desk comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeskSplit {
    /// The rep; blank where all time is one.
    pub rep: Box<str>,
    /// Customers whose visits were split.
    pub customers: u32,
    /// Minutes there were.
    pub minutes: f64,
    /// Minutes that visits fixed by purchase stage take.
    pub minutes_fixed: f64,
    /// Minutes all visits take.
    pub minutes_used: f64,
    /// Part of the fixed and the fewest visits that the time is enough for, 1 if for all.
    pub fewest_kept: f64,
    /// What one more hour would be worth.
    pub value_of_one_more_hour: f64,
}

/// Fewest and most visits of a customer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) min: u32,
    pub(super) max: u32,
    /// Visits at which the customer's value is what it is.
    pub(super) around: f64,
}

/// The customers, one entry each.
#[derive(Clone, Copy)]
pub(super) struct Book<'a> {
    /// None for customers whose visits are fixed.
    pub(super) bounds: &'a [Option<Bounds>],
    /// Segments of the response.
    pub(super) types: &'a [&'a str],
    pub(super) values: &'a [Money],
}

/// Sets the visits of every customer that a rep visits, within its bounds; each desk's time is its own.
///
/// Visits fixed by purchase stage come first, then the fewest visits of the others, then what earns most. Where fixed and
/// fewest visits need more than a rep's time, all of them are lowered by one factor, as intervals are stretched when
/// visits are planned: so no time is exceeded, and no rule starves another.
///
/// Without reps there is one desk, with the recipe's hours or as much time as the policy table would take. Customers
/// that nobody is in charge of keep the visits of the table.
///
/// # Errors
/// E512 if fixed and fewest visits need more than the recipe's hours.
pub(super) fn split(
    services: &mut [Service],
    book: &Book,
    params: &OptimalParams,
    force: &Force,
    warnings: &mut Vec<Notice>,
) -> Result<Allocated> {
    let response = force.response(params.elasticity, warnings);
    let elasticity = |kind: &str| response.as_ref().map_or(params.elasticity, |fit| fit.of(kind));
    let desks = desks(services, book, params, force);
    let states = (params.states / desks.len().max(1) as u32).max(FEWEST_STATES.min(params.states));
    let made: Vec<Made> = desks
        .par_iter()
        .map(|desk| desk.split(services, book, &elasticity, states))
        .collect::<Result<_>>()?;
    let used = mean_elasticity(book, &elasticity).unwrap_or_else(|| elasticity(""));
    let mut told = Allocated { elasticity: used, optimal: true, response, ..Allocated::default() };
    for (desk, made) in desks.iter().zip(made) {
        for (&index, &visits) in desk.members.iter().zip(&made.best.visits) {
            services[index].visits = f64::from(visits);
        }
        for &(index, visits) in &made.lowered {
            services[index].visits = visits;
        }
        told.add(desk, &made);
    }
    if told.upper_bound > 0.0 {
        told.gap = ((told.upper_bound - told.objective) / told.upper_bound).max(0.0);
    }
    warnings.extend(without_days(&desks));
    warnings.extend(short_of_time(&desks, &told));
    Ok(told)
}

/// Type by type, so that one number for all comes out as it is.
fn mean_elasticity(book: &Book, elasticity: &dyn Fn(&str) -> f64) -> Option<f64> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (kind, _) in book.types.iter().zip(book.bounds).filter(|(_, bounds)| bounds.is_some()) {
        *counts.entry(kind).or_default() += 1;
    }
    let first = elasticity(counts.keys().next()?);
    let total: u32 = counts.values().sum();
    let beyond = |(kind, count): (&&str, &u32)| (elasticity(kind) - first) * f64::from(*count);
    Some(first + counts.iter().map(beyond).sum::<f64>() / f64::from(total))
}

/// A search with fewer part plans would leave gaps where there need be none.
const FEWEST_STATES: u32 = 200_000;

/// Says which reps have no open day, so that none of their customers is visited; 0 reps stands for all together.
fn without_days(desks: &[Share]) -> Option<Notice> {
    let closed: Vec<&Share> = desks.iter().filter(|desk| desk.closed()).collect();
    let example = &*closed.first()?.rep;
    let reps = if example.is_empty() { 0 } else { closed.len() };
    Some(Notice::new("reps-without-days").with("reps", reps).with("example", example))
}

/// Says which reps have too little time for fixed and fewest visits, with the one who has least of what is needed.
fn short_of_time(desks: &[Share], told: &Allocated) -> Option<Notice> {
    let short =
        || told.desks.iter().zip(desks).filter(|(split, desk)| split.fewest_kept < 1.0 && !desk.closed());
    let (worst, _) = short().min_by(|(a, _), (b, _)| a.fewest_kept.total_cmp(&b.fewest_kept))?;
    let example = if worst.rep.is_empty() { "–" } else { &*worst.rep };
    Some(
        Notice::new("reps-short-of-time")
            .with("reps", short().count())
            .with("example", example)
            .with("percent", (worst.fewest_kept * 100.0).round() as u32),
    )
}

impl Allocated {
    fn add(&mut self, share: &Share, made: &Made) {
        let best = &made.best;
        self.customers += share.members.len() as u32;
        self.minutes += share.minutes;
        self.minutes_fixed += made.minutes_fixed;
        self.minutes_used += made.minutes_fixed + best.minutes_used;
        self.objective += best.objective;
        self.upper_bound += best.upper_bound;
        self.optimal &= best.optimal;
        self.value_of_one_more_hour = self.value_of_one_more_hour.max(best.value_of_one_more_hour);
        self.policy += made.policy;
        self.even += made.even;
        self.desks.push(DeskSplit {
            rep: share.rep.clone(),
            customers: share.members.len() as u32,
            minutes: share.minutes,
            minutes_fixed: made.minutes_fixed,
            minutes_used: made.minutes_fixed + best.minutes_used,
            fewest_kept: made.fewest_kept,
            value_of_one_more_hour: best.value_of_one_more_hour,
        });
    }
}
