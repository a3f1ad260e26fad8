//! Visits that earn most with the same time, within the limits of the policy table, rep by rep.

use rayon::prelude::*;
use serde::Serialize;

use crate::domain::{Channel, Money, Notice};
use crate::error::Result;

use super::allocate::{
    Account, Allocation, Effort, Fit, Limits, Response, TICKS_PER_MINUTE, allocate, even_split,
    proportional_split,
};
use super::force::Force;
use super::params::OptimalParams;
use super::plan::Service;

/// What the best split is worth, against simpler ones with the same time; worth is value at stake by the response.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Allocated {
    /// Customers whose visits were split.
    pub customers: u32,
    /// Minutes there were.
    pub minutes: f64,
    /// Minutes the visits take.
    pub minutes_used: f64,
    /// Response of value to visits.
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
    /// Minutes there were for them.
    pub minutes: f64,
    /// Minutes their visits take; more than there were only if the fewest visits need more.
    pub minutes_used: f64,
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
/// Without reps there is one desk, with the recipe's hours or as much time as the policy table would take. Customers
/// that nobody is in charge of keep the visits of the table.
///
/// # Errors
/// E512 if the fewest visits of the policy table need more than the recipe's hours.
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
    let mut told = Allocated { elasticity: elasticity(""), optimal: true, response, ..Allocated::default() };
    let mut short = Vec::new();
    for (desk, made) in desks.iter().zip(made) {
        for (&index, &visits) in desk.members.iter().zip(&made.best.visits) {
            services[index].visits = f64::from(visits);
        }
        if made.best.minutes_used > desk.minutes.max(0.0) + 1e-9 {
            short.push(desk.rep.clone());
        }
        told.add(desk, &made);
    }
    if told.upper_bound > 0.0 {
        told.gap = ((told.upper_bound - told.objective) / told.upper_bound).max(0.0);
    }
    if let Some(first) = short.first() {
        let notice = Notice::new("reps-short-of-time").with("reps", short.len());
        warnings.push(notice.with("example", if first.is_empty() { "–" } else { first }));
    }
    Ok(told)
}

/// A search with fewer part plans would leave gaps where there need be none.
const FEWEST_STATES: u32 = 200_000;

/// Customers that share one amount of time.
struct Share {
    rep: Box<str>,
    members: Vec<usize>,
    /// Minutes left for the members.
    minutes: f64,
    /// Visits left for the members; none if only time counts.
    visits: Option<u32>,
    way: f64,
    /// True if the fewest visits must fit.
    strict: bool,
}

struct Made {
    best: Allocation,
    policy: f64,
    even: f64,
}

fn desks(services: &[Service], book: &Book, params: &OptimalParams, force: &Force) -> Vec<Share> {
    let direct = |index: &usize| services[*index].channel == Channel::Direct;
    let takes = |index: usize, way: f64| services[index].visits * (f64::from(services[index].minutes) + way);
    let open = |index: &usize| book.bounds[*index].is_some();
    if force.desks.is_empty() {
        let members: Vec<usize> = (0..services.len()).filter(|index| direct(index) && open(index)).collect();
        let wanted = || members.iter().map(|&index| takes(index, 0.0)).sum();
        let minutes = params.hours.map_or_else(wanted, |hours| hours * 60.0);
        return vec![Share { rep: "".into(), members, minutes, visits: None, way: 0.0, strict: true }];
    }
    let mut shares: Vec<Share> = force
        .desks
        .iter()
        .map(|desk| Share {
            rep: desk.rep.clone(),
            members: Vec::new(),
            minutes: desk.minutes,
            visits: Some(desk.visits),
            way: force.way,
            strict: false,
        })
        .collect();
    for index in (0..services.len()).filter(direct) {
        let Some(share) =
            force.charges.get(index).copied().flatten().and_then(|at| shares.get_mut(at as usize))
        else {
            continue;
        };
        if open(&index) {
            share.members.push(index);
        } else {
            // Fixed visits take their time first.
            share.minutes -= takes(index, share.way);
            share.visits =
                share.visits.map(|visits| visits.saturating_sub(services[index].visits.ceil() as u32));
        }
    }
    shares
}

impl Share {
    fn split(
        &self,
        services: &[Service],
        book: &Book,
        elasticity: &(dyn Fn(&str) -> f64 + Sync),
        states: u32,
    ) -> Result<Made> {
        let mut accounts: Vec<Account> = Vec::with_capacity(self.members.len());
        for &index in &self.members {
            let Some(bounds) = book.bounds[index] else { continue };
            let minutes = f64::from(services[index].minutes) + self.way;
            accounts.push(Account {
                response: Response::Elastic {
                    sales: book.values.get(index).map_or(0.0, |value| value.to_f64().max(0.0)),
                    visits: bounds.around,
                    elasticity: elasticity(book.types[index]),
                },
                margin: 1.0,
                ticks: (minutes * TICKS_PER_MINUTE as f64).ceil() as u32,
                cost: Money::ZERO,
                min_visits: bounds.min,
                max_visits: bounds.max,
            });
        }
        let wanted: Vec<f64> = self.members.iter().map(|&index| services[index].visits).collect();
        let mut limits =
            Limits { ticks: (self.minutes.max(0.0) * TICKS_PER_MINUTE as f64).floor() as i64, money: None };
        if !self.strict {
            // Who has no time for the fewest visits is told, and still gets them: days are stretched later.
            let need = |account: &Account| i64::from(account.ticks) * i64::from(account.min_visits);
            limits.ticks = limits.ticks.max(accounts.iter().map(need).sum());
        }
        let effort = Effort { states, ..Effort::default() };
        let mut best = allocate(&accounts, limits, effort)?;
        if let Some(most) = self.visits.filter(|most| best.visits_total > u64::from(*most)) {
            // Visits a day are the limit that binds: a visit costs one of those there are.
            let fewest: i64 = accounts.iter().map(|account| i64::from(account.min_visits)).sum();
            for account in &mut accounts {
                account.cost = Money(1);
            }
            limits.money = Some(Money(i64::from(most).max(fewest)));
            best = allocate(&accounts, limits, effort)?;
        }
        Ok(Made {
            policy: proportional_split(&accounts, &wanted, limits).objective,
            even: even_split(&accounts, limits).objective,
            best,
        })
    }
}

impl Allocated {
    fn add(&mut self, share: &Share, made: &Made) {
        let best = &made.best;
        self.customers += share.members.len() as u32;
        self.minutes += share.minutes.max(0.0);
        self.minutes_used += best.minutes_used;
        self.objective += best.objective;
        self.upper_bound += best.upper_bound;
        self.optimal &= best.optimal;
        self.value_of_one_more_hour = self.value_of_one_more_hour.max(best.value_of_one_more_hour);
        self.policy += made.policy;
        self.even += made.even;
        self.desks.push(DeskSplit {
            rep: share.rep.clone(),
            customers: share.members.len() as u32,
            minutes: share.minutes.max(0.0),
            minutes_used: best.minutes_used,
            value_of_one_more_hour: best.value_of_one_more_hour,
        });
    }
}
