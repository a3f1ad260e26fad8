//! Visits that earn most with the same time, within the limits of the policy table.

use serde::Serialize;

use crate::domain::{Channel, Money};
use crate::error::Result;

use super::allocate::{
    Account, Effort, Limits, Response, TICKS_PER_MINUTE, allocate, even_split, proportional_split,
};
use super::params::{OptimalParams, PolicyRow};
use super::plan::Service;

/// What the best split is worth, against simpler ones with the same time; worth is value at stake by the response.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// What one more hour would be worth.
    pub value_of_one_more_hour: f64,
    /// Worth of the policy table's visits, scaled to the same time.
    pub policy: f64,
    /// Worth of one visit each in turn.
    pub even: f64,
}

/// Sets the visits of every customer that a rep visits by the policy table; stage and watch rules keep theirs.
///
/// * `rows`: the policy row of each customer.
/// * `values`: value of each customer, 1/10 000 units.
///
/// Without hours in the recipe there is as much time as the policy table would take.
///
/// # Errors
/// E512 if the fewest visits of the policy table need more time than there is.
pub(super) fn split(
    services: &mut [Service],
    rows: &[&PolicyRow],
    values: &[Money],
    params: &OptimalParams,
) -> Result<Allocated> {
    let chosen: Vec<usize> = (0..services.len())
        .filter(|&index| services[index].channel == Channel::Direct && services[index].rule.is_none())
        .collect();
    let accounts: Vec<Account> = chosen
        .iter()
        .map(|&index| Account {
            response: Response::Elastic {
                sales: values.get(index).map_or(0.0, |value| value.to_f64().max(0.0)),
                visits: rows[index].visits,
                elasticity: params.elasticity,
            },
            margin: 1.0,
            ticks: services[index].minutes * TICKS_PER_MINUTE as u32,
            cost: Money::ZERO,
            min_visits: rows[index].min_visits,
            max_visits: rows[index].max_visits,
        })
        .collect();
    let wanted: Vec<f64> = chosen.iter().map(|&index| services[index].visits).collect();
    let minutes = params.hours.map_or_else(
        || chosen.iter().map(|&index| services[index].visits * f64::from(services[index].minutes)).sum(),
        |hours| hours * 60.0,
    );
    let limits = Limits { ticks: (minutes * TICKS_PER_MINUTE as f64).floor() as i64, money: None };
    let best = allocate(&accounts, limits, Effort { states: params.states, ..Effort::default() })?;
    for (&index, &visits) in chosen.iter().zip(&best.visits) {
        services[index].visits = f64::from(visits);
    }
    Ok(Allocated {
        customers: accounts.len() as u32,
        minutes,
        minutes_used: best.minutes_used,
        elasticity: params.elasticity,
        objective: best.objective,
        upper_bound: best.upper_bound,
        gap: best.gap,
        optimal: best.optimal,
        value_of_one_more_hour: best.value_of_one_more_hour,
        policy: proportional_split(&accounts, &wanted, limits).objective,
        even: even_split(&accounts, limits).objective,
    })
}
