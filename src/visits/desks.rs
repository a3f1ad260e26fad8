//! What lies on each rep's desk: customers to visit, and who stays out.

use crate::domain::{Channel, Day, Notice};
use crate::features::{AttributeValues, FeatureTable};

use super::assign::{Charge, is_visited, place_of};
use super::inputs::{Decision, VisitRecord};
use super::params::VisitsValidParams;
use super::plan::{NotPlanned, VisitState, WhyNot};
use super::planning::{Planning, find};
use super::slots::zones;
use super::tasks::{Group, Horizon, Task, set_turns, set_zones};

/// The log, by customer.
pub(super) struct Past {
    last: Vec<Option<Day>>,
    pub(super) last_rep: Vec<Option<Box<str>>>,
    pub(super) warnings: Vec<Notice>,
}

impl Past {
    pub(super) fn new(table: &FeatureTable, log: &[VisitRecord], as_of: Day) -> Self {
        let customers = table.len();
        let mut past =
            Past { last: vec![None; customers], last_rep: vec![None; customers], warnings: Vec::new() };
        let mut strangers = 0_u32;
        for visit in log {
            let Some(index) = find(table, &visit.customer) else {
                strangers += 1;
                continue;
            };
            if visit.day <= as_of && past.last[index].is_none_or(|last| last <= visit.day) {
                past.last[index] = Some(visit.day);
                past.last_rep[index].clone_from(&visit.rep);
            }
        }
        if strangers > 0 {
            past.warnings.push(Notice::new("visits-of-strangers").with("visits", strangers));
        }
        past
    }
}

/// The tasks of every rep, and customers that nobody visits.
pub(super) struct Desks {
    pub(super) tasks: Vec<Vec<Task>>,
    pub(super) not_planned: Vec<NotPlanned>,
    pub(super) warnings: Vec<Notice>,
}

impl Desks {
    pub(super) fn new(
        planning: &Planning,
        charges: &[Charge],
        past: &Past,
        horizon: Horizon,
        params: &VisitsValidParams,
    ) -> Self {
        let mut desks = Desks {
            tasks: vec![Vec::new(); planning.reps.len()],
            not_planned: Vec::new(),
            warnings: Vec::new(),
        };
        let groups = Groups::new(planning.table, params);
        for (index, charge) in charges.iter().enumerate() {
            let why_not = match charge {
                _ if !is_visited(&planning.service.customers[index]) => why_unvisited(planning, index),
                Charge::None => WhyNot::NoRep,
                Charge::Unknown => WhyNot::UnknownRep,
                Charge::Rep(rep) => {
                    let task = task(planning, past, &groups, index, params);
                    desks.tasks[*rep as usize].push(task);
                    continue;
                }
            };
            let rep = match charge {
                Charge::Rep(rep) => planning.reps[*rep as usize].name.clone(),
                _ => {
                    planning.table.profile(index).and_then(|profile| profile.rep.clone()).unwrap_or_default()
                }
            };
            desks.not_planned.push(NotPlanned { customer: index as u32, rep, why_not, due_date: None });
        }
        for (tasks, rep) in desks.tasks.iter_mut().zip(planning.reps) {
            set_turns(tasks);
            set_zones(tasks, zones(rep, params));
        }
        desks.put_off(planning, horizon);
        desks
    }

    /// Dismissed suggestions are not made again for one interval.
    fn put_off(&mut self, planning: &Planning, horizon: Horizon) {
        let Some(earlier) = planning.earlier else { return };
        for answer in earlier.overrides.iter().filter(|answer| answer.decision == Decision::Dismissed) {
            let Some(index) = find(planning.table, &answer.customer) else { continue };
            let task = self.tasks.iter_mut().flatten().find(|task| task.customer as usize == index);
            if let Some(task) = task {
                let until = answer.day.plus(task.interval.ceil() as i32);
                if until > horizon.from {
                    task.not_before = task.not_before.max(Some(until));
                }
            }
        }
    }
}

fn why_unvisited(planning: &Planning, index: usize) -> WhyNot {
    match planning.service.customers[index].channel {
        Channel::Distributor => WhyNot::Distributor,
        Channel::None => WhyNot::Excluded,
        Channel::Direct => WhyNot::NoVisits,
    }
}

pub(super) fn task(
    planning: &Planning,
    past: &Past,
    groups: &Groups,
    index: usize,
    params: &VisitsValidParams,
) -> Task {
    let service = &planning.service.customers[index];
    let interval = f64::from(planning.service.period_days.max(1)) / service.visits;
    let last = past.last[index];
    let state = match last {
        None => VisitState::NeverVisited,
        Some(last) => {
            let since = f64::from(planning.as_of.since(last));
            if since > interval {
                VisitState::Overdue
            } else if since >= interval * params.eligible_share {
                VisitState::Due
            } else {
                VisitState::Covered
            }
        }
    };
    Task {
        customer: index as u32,
        minutes: f64::from(service.minutes),
        interval,
        most: None,
        last,
        state,
        tier: planning.tiering.tiers[index],
        value: planning.value.amounts[index],
        place: place_of(planning.table, index),
        group: groups.of(index),
        agreed: Vec::new(),
        met: Vec::new(),
        not_before: None,
        turn: 0.0,
        zone: None,
    }
}

/// Dealers and partners, by a column.
pub(super) struct Groups<'a> {
    table: &'a FeatureTable,
    params: &'a VisitsValidParams,
    column: Option<&'a AttributeValues>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(table: &'a FeatureTable, params: &'a VisitsValidParams) -> Self {
        Groups { table, params, column: table.attribute(&params.group_column) }
    }

    pub(super) fn of(&self, index: usize) -> Group {
        let cell = match self.column {
            Some(AttributeValues::Text(cells)) => cells[index].as_deref(),
            Some(AttributeValues::Number(_)) => None,
            None => self.table.profile(index).and_then(|profile| profile.purchase_stage.as_deref()),
        };
        let Some(cell) = cell.map(|cell| cell.trim().to_lowercase()) else { return Group::Customer };
        let among = |words: &[String]| words.iter().any(|word| word.to_lowercase() == cell);
        if among(&self.params.dealers) {
            Group::Dealer
        } else if among(&self.params.partners) {
            Group::Partner
        } else {
            Group::Customer
        }
    }
}
