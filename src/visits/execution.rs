//! What became of earlier plans: visit rate, visits that changed nothing, reps' answers.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::Serialize;

use crate::domain::{Day, Notice};

use super::assign::Charge;
use super::inputs::{Decision, EarlierPlan, EarlierVisit, Override, VisitRecord};
use super::params::VisitsValidParams;
use super::planning::{Planning, find};

/// A report on the visits so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Execution {
    /// Visits in the log, up to the last day that counts.
    pub visits: u32,
    /// First day of the log.
    pub from: Option<Day>,
    /// Planned and visited, by rep and tier; empty without an earlier plan.
    pub rates: Vec<VisitRate>,
    /// Customers whose sales did not grow for all their visits, the most visited first.
    pub no_change: Vec<NoChange>,
    /// What reps answered to suggestions, by rep, customer and day.
    pub answers: Vec<Answer>,
    /// The visits up to the last day that counts, those of returned workbooks with them, by customer and day.
    #[serde(skip)]
    pub log: Vec<VisitRecord>,
}

/// Visit rate of one rep and tier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VisitRate {
    /// The rep.
    pub rep: Box<str>,
    /// The tier, as the earlier plan has it.
    pub tier: Box<str>,
    /// Visits planned up to the last day that counts.
    pub planned: u32,
    /// Those of them that took place.
    pub visited: u32,
    /// `visited`/`planned`, 0–1; the goal is 1.
    pub rate: f64,
}

/// A customer whom visits did not move.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NoChange {
    /// Index of the customer in the feature table.
    pub customer: u32,
    /// Visits in the log.
    pub visits: u32,
    /// Mean sales a month before the first of them.
    pub before: f64,
    /// Mean sales a month since.
    pub since: f64,
}

/// A rep's answer to a suggestion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The rep.
    pub rep: Box<str>,
    /// The customer's id.
    pub customer: Box<str>,
    /// The day that was suggested.
    pub day: Day,
    /// What was decided; none of a note alone.
    pub decision: Option<Decision>,
    /// Why, or the note.
    pub reason: Box<str>,
    /// The day the rep wishes instead.
    pub wish: Option<Day>,
    /// What became of it.
    pub effect: Effect,
}

/// What became of a rep's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The day accepted or wished is an appointment.
    Appointment,
    /// The suggestion is not made again for one interval.
    Rests,
    /// The day accepted or wished is over: nothing is planned for it.
    Past,
    /// The day lies beyond the days planned: nothing is planned for it.
    Beyond,
    /// A note alone, such as on an outcome.
    Noted,
    /// The customer is not in the input.
    UnknownCustomer,
}

impl Effect {
    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Effect::Appointment => "appointment",
            Effect::Rests => "rests",
            Effect::Past => "past",
            Effect::Beyond => "beyond",
            Effect::Noted => "noted",
            Effect::UnknownCustomer => "unknown_customer",
        }
    }
}

/// Reports on the log and the earlier plan; none without either.
pub(super) fn execution(
    planning: &Planning,
    charges: &[Charge],
    params: &VisitsValidParams,
) -> Option<Execution> {
    let log: Vec<&VisitRecord> = planning.log.iter().filter(|visit| visit.day <= planning.as_of).collect();
    if log.is_empty() && planning.earlier.is_none() {
        return None;
    }
    let mut report = Execution {
        visits: log.len() as u32,
        from: log.iter().map(|visit| visit.day).min(),
        no_change: no_change(planning, &log, charges, params),
        ..Execution::default()
    };
    report.log = log.iter().copied().cloned().collect();
    report.log.sort_by(|a, b| (&a.customer, a.day, &a.rep).cmp(&(&b.customer, b.day, &b.rep)));
    if let Some(earlier) = planning.earlier {
        report.rates = rates(earlier, &log, planning.as_of);
        report.answers = answers(planning, earlier, params);
    }
    Some(report)
}

/// Most days between a planned visit and the one that counts for it.
const MOST_DAYS: i32 = 7;

/// Each planned visit counts as made by the nearest visit in the log within half the way to the customer's planned days
/// before and after it, 7 days at most; each visit in the log counts once.
fn rates(earlier: &EarlierPlan, log: &[&VisitRecord], as_of: Day) -> Vec<VisitRate> {
    let mut made: HashMap<&str, Vec<(Day, bool)>> = HashMap::new();
    for visit in log {
        made.entry(&visit.customer).or_default().push((visit.day, false));
    }
    let mut planned: Vec<_> = earlier.visits.iter().filter(|visit| visit.day <= as_of).collect();
    planned.sort_by(|a, b| (a.day, &a.customer).cmp(&(b.day, &b.customer)));
    // Days still to come bound the last one that counts, too.
    let mut days_of: HashMap<&str, Vec<Day>> = HashMap::new();
    for visit in &earlier.visits {
        days_of.entry(&visit.customer).or_default().push(visit.day);
    }
    let reach = |visit: &EarlierVisit| {
        let others = || days_of.get(&*visit.customer).into_iter().flatten().map(|day| day.since(visit.day));
        let before = others().filter(|days| *days < 0).max().map_or(MOST_DAYS, |days| -days / 2);
        let after = others().filter(|days| *days > 0).min().map_or(MOST_DAYS, |days| days / 2);
        -before.min(MOST_DAYS)..=after.min(MOST_DAYS)
    };
    let mut rates: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for visit in planned {
        let reach = reach(visit);
        let days = made.get_mut(&*visit.customer);
        let hit = days.and_then(|days| {
            days.iter_mut()
                // What the plan knew of when it was made was made for the one before.
                .filter(|(day, taken)| !taken && visit.known.is_none_or(|known| *day > known))
                .filter(|(day, _)| reach.contains(&day.since(visit.day)))
                .min_by_key(|(day, _)| (day.since(visit.day).abs(), *day))
        });
        let counts = rates.entry((&visit.rep, &visit.tier)).or_default();
        counts.0 += 1;
        if let Some((_, taken)) = hit {
            *taken = true;
            counts.1 += 1;
        }
    }
    rates
        .into_iter()
        .map(|((rep, tier), (planned, visited))| VisitRate {
            rep: rep.into(),
            tier: tier.into(),
            planned,
            visited,
            rate: f64::from(visited) / f64::from(planned),
        })
        .collect()
}

/// Sales a month since the first visit against as many months before it.
fn no_change(
    planning: &Planning,
    log: &[&VisitRecord],
    charges: &[Charge],
    params: &VisitsValidParams,
) -> Vec<NoChange> {
    let mut visits: BTreeMap<usize, (u32, Day)> = BTreeMap::new();
    for visit in log {
        if let Some(index) = find(planning.table, &visit.customer) {
            let entry = visits.entry(index).or_insert((0, visit.day));
            entry.0 += 1;
            entry.1 = entry.1.min(visit.day);
        }
    }
    let Some((start, _)) = planning.table.history else { return Vec::new() };
    let mut found: Vec<NoChange> = visits
        .into_iter()
        .filter(|(index, (count, _))| *count >= params.no_change_visits && charges.len() > *index)
        .filter_map(|(index, (count, first))| {
            // Whole months: the one of the first visit belongs to neither side.
            let months = planning.as_of.month() - first.month();
            let earliest = first.month() - months;
            if months < 1 || earliest < start.month() {
                return None;
            }
            let sum = |from: i32, to: i32| -> f64 {
                let months = planning.table.rows[index].months.iter();
                months
                    .filter(|month| (from..to).contains(&month.month))
                    .map(|month| month.sales.to_f64())
                    .sum()
            };
            let before = sum(earliest, first.month()) / f64::from(months);
            let since = sum(first.month() + 1, planning.as_of.month() + 1) / f64::from(months);
            (since <= before * (1.0 + params.no_change_growth)).then_some(NoChange {
                customer: index as u32,
                visits: count,
                before,
                since,
            })
        })
        .collect();
    found.sort_by_key(|entry| (std::cmp::Reverse(entry.visits), entry.customer));
    found
}

/// Wishes for days that are not planned, told with the first of them.
pub(super) fn vain_wishes(report: &Execution) -> Option<Notice> {
    let mut vain = report.answers.iter().filter(|answer| {
        answer.decision == Some(Decision::Moved) && matches!(answer.effect, Effect::Past | Effect::Beyond)
    });
    let first = vain.next()?;
    Some(
        Notice::new("wishes-outside")
            .with("wishes", 1 + vain.count())
            .with("customer", &*first.customer)
            .with("day", first.wish.map_or_else(String::new, |day| day.to_string())),
    )
}

fn effect(planning: &Planning, answer: &Override, params: &VisitsValidParams) -> Effect {
    if find(planning.table, &answer.customer).is_none() {
        return Effect::UnknownCustomer;
    }
    let day = match answer.decision {
        Decision::Accepted => answer.day,
        Decision::Moved => answer.wish.unwrap_or(answer.day),
        Decision::Dismissed => return Effect::Rests,
    };
    match day.since(planning.as_of) {
        ..=0 => Effect::Past,
        days if u32::try_from(days).is_ok_and(|days| days > params.horizon_days) => Effect::Beyond,
        _ => Effect::Appointment,
    }
}

fn answers(planning: &Planning, earlier: &EarlierPlan, params: &VisitsValidParams) -> Vec<Answer> {
    let mut answers: Vec<Answer> = earlier
        .overrides
        .iter()
        .map(|answer| Answer {
            rep: answer.rep.clone(),
            customer: answer.customer.clone(),
            day: answer.day,
            decision: Some(answer.decision),
            reason: answer.reason.clone(),
            wish: answer.wish,
            effect: effect(planning, answer, params),
        })
        .collect();
    answers.extend(earlier.notes.iter().map(|noted| Answer {
        rep: noted.rep.clone(),
        customer: noted.customer.clone(),
        day: noted.day,
        decision: None,
        reason: noted.note.clone(),
        wish: None,
        effect: Effect::Noted,
    }));
    answers.sort_by(|a, b| (&a.rep, &a.customer, a.day).cmp(&(&b.rep, &b.customer, b.day)));
    answers
}
