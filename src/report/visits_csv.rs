//! `visits.csv`, `not_planned.csv`, and with a log or an earlier plan `visit_rates.csv`, `visit_answers.csv` and
//! `visits_no_change.csv`.

use std::path::Path;

use crate::error::Result;
use crate::language::Language;
use crate::result::Segmentation;
use crate::visits::{Execution, Visit, VisitPlan};

use super::cells::Rows;
use super::visit_words::VisitWords;

const VISITS: [&str; 16] = [
    "date",
    "sequence",
    "rep",
    "customer_id",
    "name",
    "tier",
    "type",
    "state",
    "last_visit",
    "days_since_visit",
    "interval_days",
    "due_date",
    "minutes",
    "value",
    "reason",
    "message",
];

/// Writes the visit files into `dir`; nothing without a visit plan.
pub(super) fn write(all: &Segmentation, lang: Language, dir: &Path) -> Result<()> {
    let Some(plan) = &all.visits else { return Ok(()) };
    let words = VisitWords::new(all, lang);
    let mut rows = Rows::with_capacity(plan.visits.len() * 200);
    rows.header(&VISITS)?;
    for visit in &plan.visits {
        push(&mut rows, all, visit, &words)?;
    }
    rows.into_file(&dir.join("visits.csv"))?;
    not_planned(all, plan, &words, &dir.join("not_planned.csv"))?;
    match &plan.execution {
        Some(execution) => what_happened(all, execution, dir),
        None => Ok(()),
    }
}

fn push(rows: &mut Rows, all: &Segmentation, visit: &Visit, words: &VisitWords) -> Result<()> {
    let index = visit.customer as usize;
    rows.day(visit.date);
    rows.whole(u64::from(visit.sequence));
    rows.text(&visit.rep);
    rows.text(&all.table.ids[index]);
    rows.maybe_text(all.table.profile(index).and_then(|profile| profile.name.as_deref()));
    rows.word(all.tiering.tiers[index].as_str());
    rows.word(all.typing.types[index].as_str());
    rows.word(visit.state.as_str());
    rows.maybe_day(visit.last_visit);
    rows.maybe_whole(visit.days_since_visit);
    rows.maybe_whole((visit.interval_days > 0).then_some(visit.interval_days));
    rows.day(visit.due_date);
    rows.whole(u64::from(visit.minutes));
    rows.money(visit.value);
    rows.text(&words.reason(visit));
    rows.text(words.message(index));
    rows.end()
}

fn not_planned(all: &Segmentation, plan: &VisitPlan, words: &VisitWords, path: &Path) -> Result<()> {
    let mut rows = Rows::with_capacity(plan.not_planned.len() * 64);
    rows.header(&["customer_id", "rep", "tier", "why_not"])?;
    for entry in &plan.not_planned {
        let index = entry.customer as usize;
        rows.text(&all.table.ids[index]);
        rows.text(&entry.rep);
        rows.word(all.tiering.tiers[index].as_str());
        rows.text(&words.why_not(entry));
        rows.end()?;
    }
    rows.into_file(path)
}

fn what_happened(all: &Segmentation, execution: &Execution, dir: &Path) -> Result<()> {
    let mut rows = Rows::with_capacity(1_024);
    rows.header(&["rep", "tier", "planned", "visited", "visit_rate"])?;
    for rate in &execution.rates {
        rows.text(&rate.rep);
        rows.text(&rate.tier);
        rows.whole(u64::from(rate.planned));
        rows.whole(u64::from(rate.visited));
        rows.fraction(rate.rate, 6);
        rows.end()?;
    }
    rows.into_file(&dir.join("visit_rates.csv"))?;
    let mut rows = Rows::with_capacity(1_024);
    rows.header(&["customer_id", "visits", "sales_a_month_before", "sales_a_month_since"])?;
    for entry in &execution.no_change {
        rows.text(&all.table.ids[entry.customer as usize]);
        rows.whole(u64::from(entry.visits));
        rows.fraction(entry.before, 4);
        rows.fraction(entry.since, 4);
        rows.end()?;
    }
    rows.into_file(&dir.join("visits_no_change.csv"))?;
    let mut rows = Rows::with_capacity(1_024);
    rows.header(&["rep", "customer_id", "date", "decision", "reason"])?;
    for answer in &execution.answers {
        rows.text(&answer.rep);
        rows.text(&answer.customer);
        rows.day(answer.day);
        rows.word(answer.decision.as_str());
        rows.text(&answer.reason);
        rows.end()?;
    }
    rows.into_file(&dir.join("visit_answers.csv"))
}
