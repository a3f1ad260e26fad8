//! `visits.csv`, `not_planned.csv`, and with a log or an earlier plan `visit_rates.csv`, `visit_answers.csv`,
//! `visits_no_change.csv` and `visit_log.csv`.

use std::path::Path;

use crate::error::Result;
use crate::language::Language;
use crate::result::Segmentation;
use crate::visits::{Execution, Visit, VisitPlan};

use super::rows::{self, Column, Rows, day, fraction, money, text, whole, word};
use super::visit_words::VisitWords;

const VISITS: [Column; 16] = [
    day("date"),
    whole("sequence"),
    text("rep"),
    text("customer_id"),
    text("name"),
    word("tier"),
    word("type"),
    word("state"),
    day("last_visit"),
    whole("days_since_visit"),
    whole("interval_days"),
    day("due_date"),
    whole("minutes"),
    money("value"),
    text("reason"),
    text("message"),
];

const NOT_PLANNED: [Column; 4] = [text("customer_id"), text("rep"), word("tier"), text("why_not")];

const RATES: [Column; 5] =
    [text("rep"), text("tier"), whole("planned"), whole("visited"), fraction("visit_rate")];

const NO_CHANGE: [Column; 4] =
    [text("customer_id"), whole("visits"), fraction("sales_a_month_before"), fraction("sales_a_month_since")];

const ANSWERS: [Column; 7] = [
    text("rep"),
    text("customer_id"),
    day("date"),
    word("decision"),
    text("reason"),
    day("wish_date"),
    word("effect"),
];

/// As the visit log is read.
const LOG: [Column; 4] = [text("customer_id"), day("date"), text("rep"), text("outcome")];

/// Writes the visit files into `dir`; nothing without a visit plan.
pub(super) fn write<R: Rows>(all: &Segmentation, lang: Language, dir: &Path) -> Result<()> {
    let Some(plan) = &all.visits else { return Ok(()) };
    let words = VisitWords::new(all, lang);
    rows::write::<R>(dir, "visits", &VISITS, |rows| {
        plan.visits.iter().try_for_each(|visit| push(rows, all, visit, &words))
    })?;
    not_planned::<R>(all, plan, &words, dir)?;
    match &plan.execution {
        Some(execution) => what_happened::<R>(all, execution, dir),
        None => Ok(()),
    }
}

fn push(rows: &mut impl Rows, all: &Segmentation, visit: &Visit, words: &VisitWords) -> Result<()> {
    let index = visit.customer as usize;
    rows.day(visit.date);
    rows.whole(u64::from(visit.sequence));
    rows.text(&visit.rep);
    rows.text(&all.table.ids[index]);
    rows.maybe_text(all.table.profile(index).and_then(|profile| profile.name.as_deref()));
    rows.word(all.tiering.tiers[index].as_str());
    rows.word(all.typing.types[index].as_str());
    rows.word(visit.state.as_str());
    rows.day(visit.last_visit);
    rows.maybe_whole(visit.days_since_visit);
    rows.maybe_whole((visit.interval_days > 0).then_some(visit.interval_days));
    rows.day(visit.due_date);
    rows.whole(u64::from(visit.minutes));
    rows.money(visit.value);
    rows.text(&words.reason(visit));
    rows.text(words.message(index));
    rows.end()
}

fn not_planned<R: Rows>(all: &Segmentation, plan: &VisitPlan, words: &VisitWords, dir: &Path) -> Result<()> {
    rows::write::<R>(dir, "not_planned", &NOT_PLANNED, |rows| {
        for entry in &plan.not_planned {
            let index = entry.customer as usize;
            rows.text(&all.table.ids[index]);
            rows.text(&entry.rep);
            rows.word(all.tiering.tiers[index].as_str());
            rows.text(&words.why_not(entry));
            rows.end()?;
        }
        Ok(())
    })
}

fn what_happened<R: Rows>(all: &Segmentation, execution: &Execution, dir: &Path) -> Result<()> {
    rows::write::<R>(dir, "visit_rates", &RATES, |rows| {
        for rate in &execution.rates {
            rows.text(&rate.rep);
            rows.text(&rate.tier);
            rows.whole(u64::from(rate.planned));
            rows.whole(u64::from(rate.visited));
            rows.fraction(rate.rate, 6);
            rows.end()?;
        }
        Ok(())
    })?;
    rows::write::<R>(dir, "visit_log", &LOG, |rows| {
        for visit in &execution.log {
            rows.text(&visit.customer);
            rows.day(visit.day);
            rows.maybe_text(visit.rep.as_deref());
            rows.maybe_text(visit.outcome.as_deref());
            rows.end()?;
        }
        Ok(())
    })?;
    rows::write::<R>(dir, "visits_no_change", &NO_CHANGE, |rows| {
        for entry in &execution.no_change {
            rows.text(&all.table.ids[entry.customer as usize]);
            rows.whole(u64::from(entry.visits));
            rows.fraction(entry.before, 4);
            rows.fraction(entry.since, 4);
            rows.end()?;
        }
        Ok(())
    })?;
    rows::write::<R>(dir, "visit_answers", &ANSWERS, |rows| {
        for answer in &execution.answers {
            rows.text(&answer.rep);
            rows.text(&answer.customer);
            rows.day(answer.day);
            rows.word(answer.decision.map_or("", |decision| decision.as_str()));
            rows.text(&answer.reason);
            rows.day(answer.wish);
            rows.word(answer.effect.as_str());
            rows.end()?;
        }
        Ok(())
    })
}
