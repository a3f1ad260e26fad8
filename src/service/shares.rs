//! One desk's time: what fixed and fewest visits take of it, and the best split of the rest.

use crate::domain::{Channel, Money};
use crate::error::{Fault, Result};

use super::allocate::{
    Account, Allocation, Effort, Limits, Response, TICKS_PER_MINUTE, allocate, even_split, proportional_split,
};
use super::force::Force;
use super::optimal::{Book, Bounds};
use super::params::OptimalParams;
use super::plan::Service;

/// Customers that share one amount of time.
pub(super) struct Share<'a> {
    pub(super) rep: Box<str>,
    pub(super) members: Vec<usize>,
    /// Customers whose visits are fixed.
    fixed: Vec<usize>,
    /// Minutes there are.
    pub(super) minutes: f64,
    /// Visits there may be; none if only time counts.
    visits: Option<u32>,
    way: f64,
    /// True if too little time is a fault.
    strict: bool,
    force: &'a Force,
}

/// The split of one desk.
pub(super) struct Made {
    pub(super) best: Allocation,
    pub(super) policy: f64,
    pub(super) even: f64,
    pub(super) minutes_fixed: f64,
    pub(super) fewest_kept: f64,
    /// Fixed visits that had to be lowered, by customer.
    pub(super) lowered: Vec<(usize, f64)>,
}

pub(super) fn desks<'a>(
    services: &[Service],
    book: &Book,
    params: &OptimalParams,
    force: &'a Force,
) -> Vec<Share<'a>> {
    let open = |index: usize| book.bounds[index].is_some();
    let direct = || (0..services.len()).filter(|index| services[*index].channel == Channel::Direct);
    let empty = Share {
        rep: "".into(),
        members: Vec::new(),
        fixed: Vec::new(),
        minutes: 0.0,
        visits: None,
        way: 0.0,
        strict: false,
        force,
    };
    if force.desks.is_empty() {
        let (members, fixed): (Vec<usize>, Vec<usize>) = direct().partition(|index| open(*index));
        let wanted =
            || direct().map(|index| services[index].visits * f64::from(services[index].minutes)).sum();
        let minutes = params.hours.map_or_else(wanted, |hours| hours * 60.0);
        return vec![Share { members, fixed, minutes, strict: params.hours.is_some(), ..empty }];
    }
    let share = |desk: &super::force::Desk| Share {
        rep: desk.rep.clone(),
        members: Vec::new(),
        fixed: Vec::new(),
        minutes: desk.minutes,
        visits: Some(desk.visits),
        way: desk.way,
        ..empty
    };
    let mut shares: Vec<Share> = force.desks.iter().map(share).collect();
    for index in direct() {
        let charge = force.charges.get(index).copied().flatten();
        let Some(share) = charge.and_then(|at| shares.get_mut(at as usize)) else { continue };
        if open(index) {
            share.members.push(index);
        } else {
            share.fixed.push(index);
        }
    }
    shares
}

/// Time, 1/100 minute, and visits.
#[derive(Clone, Copy, Default)]
struct Need {
    ticks: f64,
    visits: f64,
}

impl Need {
    fn add(&mut self, ticks: u32, visits: f64) {
        self.ticks += f64::from(ticks) * visits;
        self.visits += visits;
    }
}

impl Share<'_> {
    pub(super) fn split(
        &self,
        services: &[Service],
        book: &Book,
        elasticity: &(dyn Fn(&str) -> f64 + Sync),
        states: u32,
    ) -> Result<Made> {
        let mut accounts = self.accounts(services, book, elasticity);
        let (mut fixed, mut fewest) = (Need::default(), Need::default());
        let held: Vec<f64> =
            self.fixed.iter().map(|&index| self.force.possible(index, services[index].visits)).collect();
        for (&index, &visits) in self.fixed.iter().zip(&held) {
            fixed.add(self.ticks(&services[index]), visits);
        }
        for account in &accounts {
            fewest.add(account.ticks, f64::from(account.min_visits));
        }
        let kept = if self.closed() && self.wanting(services, book) > 0 {
            // Nothing is possible, so nothing is needed; the visits asked for are given up all the same.
            0.0
        } else {
            self.kept(fixed, fewest)?
        };
        let mut lowered = Vec::new();
        if kept < 1.0 {
            lowered = self.fixed.iter().zip(&held).map(|(&index, visits)| (index, visits * kept)).collect();
            fixed = Need { ticks: fixed.ticks * kept, visits: fixed.visits * kept };
            for account in &mut accounts {
                account.min_visits = (f64::from(account.min_visits) * kept + 1e-9) as u32;
            }
        }
        let wanted: Vec<f64> = self.members.iter().map(|&index| services[index].visits).collect();
        let left = (self.minutes * TICKS_PER_MINUTE as f64 - fixed.ticks).max(0.0);
        let mut limits = Limits { ticks: (left + 1e-6).floor() as i64, money: None };
        let effort = Effort { states, ..Effort::default() };
        let mut best = allocate(&accounts, limits, effort)?;
        let most = self.visits.map(|visits| (f64::from(visits) - fixed.visits + 1e-6).max(0.0) as u32);
        if let Some(most) = most.filter(|most| best.visits_total > u64::from(*most)) {
            // Visits a day are the limit that binds: a visit costs one of those there are.
            for account in &mut accounts {
                account.cost = Money(1);
            }
            limits.money = Some(Money(i64::from(most)));
            best = allocate(&accounts, limits, effort)?;
        }
        Ok(Made {
            policy: proportional_split(&accounts, &wanted, limits).objective,
            even: even_split(&accounts, limits).objective,
            best,
            minutes_fixed: fixed.ticks / TICKS_PER_MINUTE as f64,
            fewest_kept: kept,
            lowered,
        })
    }

    /// True if the rep has no open day in the period.
    pub(super) fn closed(&self) -> bool {
        self.visits.is_some_and(|visits| visits == 0 || self.minutes <= 0.0)
    }

    /// Customers with fixed or fewest visits.
    fn wanting(&self, services: &[Service], book: &Book) -> usize {
        let fixed = self.fixed.iter().filter(|index| services[**index].visits > 0.0).count();
        let fewest = |index: &&usize| book.bounds[**index].is_some_and(|bounds| bounds.min > 0);
        fixed + self.members.iter().filter(fewest).count()
    }

    fn ticks(&self, service: &Service) -> u32 {
        ((f64::from(service.minutes) + self.way) * TICKS_PER_MINUTE as f64).ceil() as u32
    }

    fn accounts(
        &self,
        services: &[Service],
        book: &Book,
        elasticity: &(dyn Fn(&str) -> f64 + Sync),
    ) -> Vec<Account> {
        let account = |&index: &usize| {
            let Bounds { min, max, around } = book.bounds[index]?;
            let most = self.force.most(index).map_or(max, |most| most.min(max));
            Some(Account {
                response: Response::Elastic {
                    sales: book.values.get(index).map_or(0.0, |value| value.to_f64().max(0.0)),
                    visits: around,
                    elasticity: elasticity(book.types[index]),
                },
                margin: 1.0,
                ticks: self.ticks(&services[index]),
                cost: Money::ZERO,
                min_visits: min.min(most),
                max_visits: most,
            })
        };
        self.members.iter().filter_map(account).collect()
    }

    /// Part of fixed and fewest visits that time and visits a day are enough for.
    fn kept(&self, fixed: Need, fewest: Need) -> Result<f64> {
        let there = self.minutes * TICKS_PER_MINUTE as f64;
        let (ticks, visits) = (fixed.ticks + fewest.ticks, fixed.visits + fewest.visits);
        let part = |has: f64, needs: f64| if needs > has + 1e-6 { has / needs } else { 1.0 };
        let kept = part(there, ticks).min(self.visits.map_or(1.0, |most| part(f64::from(most), visits)));
        if self.strict && kept < 1.0 {
            let minutes = |ticks: f64| (ticks / TICKS_PER_MINUTE as f64).round();
            let cause = format!(
                "fixed and fewest visits need {} minutes ({} of them by purchase stage), but service.optimal.hours \
                 gives {}",
                minutes(ticks),
                minutes(fixed.ticks),
                minutes(there)
            );
            return Err(Fault::new(512, cause).hint("give more hours, or lower min_visits").into());
        }
        Ok(kept)
    }
}
