//! From tiers and types to services.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{Channel, CustomerType, Money, Notice, Tier};
use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::scoring::Value;
use crate::tiering::Tiering;
use crate::typing::Typing;

use super::budget::{shares_of_filled, split_by_share, split_within};
use super::force::Force;
use super::gate::{ServiceValidParams, group_index};
use super::optimal::{Book, Bounds, split};
use super::params::{AllocationMethod, PolicyRow, StageRule};
use super::plan::{Alike, PlanRow, Service, ServicePlan};
use super::stages::Stages;
use super::watch::WatchList;

/// Plans the service of every customer by the policy table, purchase stages, watch rules and budget.
///
/// * `table`, `value`, `tiering`, `typing`: one entry per customer each, in the same order.
/// * `force`: the reps' time and visits; asked by the best split only.
///
/// Returns one service per customer in that order, and the six groups.
///
/// # Errors
/// E501 if a rule needs a column that is not there, E502 if one compares words by size; all collected. E512 if the
/// best split is wanted and the fewest visits need more than the hours there are.
pub fn plan(
    table: &FeatureTable,
    value: &Value,
    tiering: &Tiering,
    typing: &Typing,
    params: &ServiceValidParams,
    force: &Force,
) -> Result<ServicePlan> {
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    let stages = Stages::find(params.stages(), table, value, &mut faults);
    let watch = WatchList::find(params.watch(), table, value, &mut faults, &mut warnings);
    Error::unless_empty(faults)?;
    if let Some((example, customers)) = stages.unknown(table.len()) {
        warnings.push(Notice::new("unknown-stage").with("customers", customers).with("example", example));
    }
    warnings.extend(watch.tally(table.len()));
    let groups: Vec<usize> = (0..table.len())
        .map(|index| {
            let tier = tiering.tiers.get(index).copied().unwrap_or(Tier::III);
            let customer_type = typing.types.get(index).copied().unwrap_or(CustomerType::Conservative);
            group_index(tier, customer_type)
        })
        .collect();
    let messages: Vec<Arc<str>> = params.rows().iter().map(|row| row.message.as_str().into()).collect();
    let served = |(index, group): (usize, &usize)| {
        let row = &params.rows()[*group];
        serve(index, row, &messages[*group], &stages, &watch, params.period_days())
    };
    let mut customers: Vec<Service> = groups.par_iter().enumerate().map(served).collect();
    let allocated = match params.allocation() {
        AllocationMethod::Policy => None,
        AllocationMethod::Optimal => {
            let bounds: Vec<Option<Bounds>> = (0..customers.len())
                .map(|index| {
                    let stage = stages.rule_of(index);
                    bounds(&customers[index], &params.rows()[groups[index]], stage, params.period_days())
                })
                .collect();
            let types: Vec<&str> =
                groups.iter().map(|group| params.rows()[*group].customer_type.as_str()).collect();
            let book = Book { bounds: &bounds, types: &types, values: &value.amounts };
            Some(split(&mut customers, &book, params.optimal(), force, &mut warnings)?)
        }
    };
    warnings.extend(beyond_table(&customers, &groups, &stages, table, params));
    let (shares, amounts) = split_budget(&mut customers, &groups, value, params, &mut warnings);
    Ok(ServicePlan {
        groups: plan_rows(&customers, &groups, value, params, shares, &amounts),
        customers,
        period_days: params.period_days(),
        budget: params.budget(),
        allocation: if allocated.is_some() { "optimal" } else { "policy" }.to_owned(),
        allocated,
        messages: params.messages().clone(),
        warnings,
    })
}

fn serve(
    index: usize,
    row: &PolicyRow,
    message: &Arc<str>,
    stages: &Stages<'_>,
    watch: &WatchList<'_>,
    period_days: u32,
) -> Service {
    let mut service = Service {
        channel: row.channel,
        visits: row.visits,
        minutes: row.minutes,
        message: Arc::clone(message),
        response_hours: row.response_hours,
        survey_days: row.survey_days,
        budget: None,
        rule: None,
    };
    let (exclusion, flags) = watch.met_by(index);
    if let Some(rule) = exclusion {
        service.channel = Channel::None;
        service.visits = 0.0;
        service.survey_days = None;
        service.rule = Some(format!("excluded: {}", rule.reason).into());
        return service;
    }
    let mut rules = Vec::new();
    if let Some(stage) = stages.rule_of(index)
        && apply(stage, &mut service, period_days)
    {
        rules.push(format!("stage: {}", stage.name));
    }
    rules.extend(flags.iter().map(|rule| format!("watch: {}", rule.reason)));
    if !rules.is_empty() {
        service.rule = Some(rules.join("; ").into());
    }
    service
}

/// Tells of those whom a stage has visited though their group is not, and the other way round.
fn beyond_table(
    customers: &[Service],
    groups: &[usize],
    stages: &Stages<'_>,
    table: &FeatureTable,
    params: &ServiceValidParams,
) -> Vec<Notice> {
    let (mut near, mut kept, mut dropped) = (0_usize, None, None);
    for (index, (service, group)) in customers.iter().zip(groups).enumerate() {
        let row = &params.rows()[*group];
        // Whose rep has no open day lacks visits for that, not by the rule.
        let by_rule = |stage: &&StageRule| service.visits > 0.0 || stage.every_days <= 0.0;
        let direct = service.channel == Channel::Direct;
        let Some(stage) = stages.rule_of(index).filter(by_rule).filter(|_| direct) else { continue };
        match row.channel {
            // A rule with a span of time is of those who will buy; dealers and old customers have theirs by word.
            Channel::Distributor if stage.months.is_some() => near += 1,
            Channel::Distributor => kept.get_or_insert((stage, 0_usize)).1 += 1,
            Channel::Direct if row.visits > 0.0 && service.visits <= 0.0 => {
                dropped.get_or_insert((index, stage, 0_usize)).2 += 1;
            }
            _ => {}
        }
    }
    let near = (near > 0).then(|| Notice::new("stage-beyond-channel").with("customers", near));
    let kept = kept.map(|(stage, customers)| {
        Notice::new("stage-kept-direct").with("customers", customers).with("example", stage.name.as_str())
    });
    let dropped = dropped.map(|(index, stage, customers)| {
        let id = table.ids.get(index).map_or("", |id| id);
        let notice = Notice::new("stage-without-visits").with("customers", customers);
        notice.with("example", id).with("stage", stage.name.as_str())
    });
    near.into_iter().chain(kept).chain(dropped).collect()
}

/// Fewest and most visits of a customer that a rep visits; none if its visits are fixed.
///
/// A stage rule that only raises asks for its visits at least; another one, or less than a visit a period, is kept as
/// it is.
fn bounds(service: &Service, row: &PolicyRow, stage: Option<&StageRule>, period_days: u32) -> Option<Bounds> {
    if service.channel != Channel::Direct {
        return None;
    }
    let table = Bounds { min: row.min_visits, max: row.max_visits, around: row.visits };
    match stage.filter(|stage| cadence(stage, row.visits, period_days).is_some()) {
        None => Some(table),
        Some(stage) if stage.at_least && service.visits >= 1.0 => {
            let min = service.visits.ceil() as u32;
            Some(Bounds { min, max: row.max_visits.max(min), around: service.visits })
        }
        Some(_) => None,
    }
}

/// Visits a period by a stage; none if the rule changes nothing, since it only raises what the table gives.
fn cadence(stage: &StageRule, table: f64, period_days: u32) -> Option<f64> {
    let visits = if stage.every_days > 0.0 { f64::from(period_days) / stage.every_days } else { 0.0 };
    (!stage.at_least || visits > table).then_some(visits)
}

/// Takes the cadence from a stage; false if the rule changes nothing.
fn apply(stage: &StageRule, service: &mut Service, period_days: u32) -> bool {
    let Some(visits) = cadence(stage, service.visits, period_days) else { return false };
    service.visits = visits;
    if visits > 0.0 {
        // A distributor's customer near its purchase is worth a rep's way.
        service.channel = Channel::Direct;
        service.survey_days = None;
    } else {
        service.survey_days = stage.survey_days.or(service.survey_days);
    }
    if let Some(minutes) = stage.minutes {
        service.minutes = minutes;
    }
    if let Some(message) = &stage.message {
        service.message = message.as_str().into();
    }
    true
}

/// Gives every customer its money; returns the groups' shares and, with a budget, their amounts.
///
/// Excluded customers get nothing, and a group of only such customers counts as empty.
fn split_budget(
    customers: &mut [Service],
    groups: &[usize],
    value: &Value,
    params: &ServiceValidParams,
    warnings: &mut Vec<Notice>,
) -> ([f64; 6], Vec<Option<Money>>) {
    let mut members: [Vec<usize>; 6] = Default::default();
    for (index, service) in customers.iter().enumerate() {
        if service.channel != Channel::None {
            members[groups[index]].push(index);
        }
    }
    let counts = std::array::from_fn(|group| u32::try_from(members[group].len()).unwrap_or(u32::MAX));
    let shares = shares_of_filled(std::array::from_fn(|group| params.rows()[group].budget_share), counts);
    let Some(budget) = params.budget() else { return (shares, vec![None; 6]) };
    for service in customers.iter_mut() {
        service.budget = Some(Money::ZERO);
    }
    if counts.iter().all(|count| *count == 0) {
        warnings.push(Notice::new("budget-unsplit"));
        return (shares, vec![Some(Money::ZERO); 6]);
    }
    let amounts = split_by_share(budget, &shares);
    for (group, members) in members.iter().enumerate() {
        let values: Vec<Money> =
            members.iter().map(|index| value.amounts.get(*index).copied().unwrap_or_default()).collect();
        let parts = split_within(amounts[group], &values, params.budget_within());
        for (index, part) in members.iter().zip(parts) {
            customers[*index].budget = Some(part);
        }
    }
    (shares, amounts.into_iter().map(Some).collect())
}

fn plan_rows(
    customers: &[Service],
    groups: &[usize],
    value: &Value,
    params: &ServiceValidParams,
    shares: [f64; 6],
    amounts: &[Option<Money>],
) -> Vec<PlanRow> {
    let mut counts = Counts::default();
    for (index, service) in customers.iter().enumerate() {
        let amount = value.amounts.get(index).copied().unwrap_or_default();
        counts.add(groups[index], (service.visits, service.minutes), 1, amount.0.into());
    }
    counts.rows(params, shares, amounts)
}

/// The watch rules that keep each customer out or mark it, by their places among those whose columns there are.
#[cfg(feature = "cluster")]
pub fn watched(table: &FeatureTable, value: &Value, params: &ServiceValidParams) -> Vec<Vec<usize>> {
    let watch = WatchList::find(params.watch(), table, value, &mut Vec::new(), &mut Vec::new());
    (0..table.len()).map(|index| watch.hits(index).collect()).collect()
}

/// The same of customers counted where they are, in place of what a plan of some of them says.
///
/// * `met`: rules met together, and by how many customers.
/// * `some`: any customers and their value.
#[cfg(feature = "cluster")]
pub fn tell_watched(
    plan: &mut ServicePlan,
    met: &[(Vec<usize>, u64)],
    (table, value): (&FeatureTable, &Value),
    params: &ServiceValidParams,
) {
    let mut before = Vec::new();
    let watch = WatchList::find(params.watch(), table, value, &mut Vec::new(), &mut before);
    let mut counts = vec![0; params.watch().len()];
    for (rules, customers) in met {
        for place in rules {
            if let Some(count) = counts.get_mut(*place) {
                *count += *customers as usize;
            }
        }
    }
    plan.warnings.retain(|notice| !["watch-excluded", "watch-marked"].contains(&&*notice.code));
    let place = before.len() + usize::from(plan.warnings.iter().any(|notice| notice.code == "unknown-stage"));
    plan.warnings.splice(place..place, watch.told(&counts));
}

/// The six groups of customers that nobody holds together, counted where they are. There is no budget to split.
///
/// * `plan`: what a plan of some of them says beside its customers.
pub fn plan_alike(alike: &[Alike], plan: ServicePlan, params: &ServiceValidParams) -> ServicePlan {
    let mut counts = Counts::default();
    let mut served = [0_u64; 6];
    for Alike { tier, customer_type, visits, minutes, customers, value, served: is_served, .. } in alike {
        let group = group_index(*tier, *customer_type);
        counts.add(group, (*visits, *minutes), *customers, *value);
        served[group] += if *is_served { *customers } else { 0 };
    }
    let served = served.map(|served| u32::try_from(served).unwrap_or(u32::MAX));
    let shares = shares_of_filled(std::array::from_fn(|group| params.rows()[group].budget_share), served);
    ServicePlan { groups: counts.rows(params, shares, &[None; 6]), customers: Vec::new(), ..plan }
}

/// Groups of customers while they are counted.
///
/// Customers of equal visits are counted, not added up: whoever counts them, in any order, gets the same.
#[derive(Default)]
struct Counts {
    customers: [u64; 6],
    values: [i128; 6],
    /// By group, the bits of the visits a period and the minutes of a visit.
    alike: BTreeMap<(usize, u64, u32), u64>,
}

impl Counts {
    fn add(&mut self, group: usize, (visits, minutes): (f64, u32), customers: u64, value: i128) {
        self.customers[group] += customers;
        self.values[group] += value;
        *self.alike.entry((group, visits.to_bits(), minutes)).or_default() += customers;
    }

    fn rows(self, params: &ServiceValidParams, shares: [f64; 6], amounts: &[Option<Money>]) -> Vec<PlanRow> {
        let fitting = |value: i128| value.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        let row = |(group, row): (usize, &PolicyRow)| PlanRow {
            tier: row.tier,
            customer_type: row.customer_type,
            customers: u32::try_from(self.customers[group]).unwrap_or(u32::MAX),
            value: Money(fitting(self.values[group])),
            channel: row.channel,
            visits_per_customer: 0.0,
            visits: 0.0,
            minutes: 0.0,
            budget: amounts[group],
            budget_share: shares[group],
            message: row.message.as_str().into(),
        };
        let mut rows: Vec<PlanRow> = params.rows().iter().enumerate().map(row).collect();
        for ((group, visits, minutes), count) in self.alike {
            let visits = f64::from_bits(visits) * count as f64;
            rows[group].visits += visits;
            rows[group].minutes += visits * f64::from(minutes);
        }
        for row in rows.iter_mut().filter(|row| row.customers > 0) {
            row.visits_per_customer = row.visits / f64::from(row.customers);
        }
        rows
    }
}
