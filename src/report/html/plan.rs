//! What the plan section says: service by tier and type, where resources lie, and the visits of reps.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{Money, Tier};
use crate::language::Language;
use crate::report::overview::{self, Overview};
use crate::result::Segmentation;
use crate::visits::VisitState;

#[derive(Serialize)]
pub(super) struct PlanSection {
    period_days: u32,
    rows: Vec<PlanLine>,
    /// Customers, value, visits and budget, each split by tier.
    splits: Vec<Split>,
    budget: Option<String>,
    allocation: String,
}

#[derive(Serialize)]
struct PlanLine {
    tier: usize,
    sign: &'static str,
    kind: String,
    cells: Vec<String>,
    message: String,
}

#[derive(Serialize)]
struct Split {
    name: String,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    tier: usize,
    sign: &'static str,
    width: f64,
    label: String,
    /// The amount behind the share, where it is one of money.
    amount: Option<String>,
}

pub(super) fn plan(all: &Segmentation, overview: &Overview, lang: Language) -> PlanSection {
    let service = &all.service;
    let rows = service
        .groups
        .iter()
        .map(|row| PlanLine {
            tier: row.tier.index(),
            sign: row.tier.sign(),
            kind: overview::type_name(row.customer_type, lang),
            cells: vec![
                lang.count(u64::from(row.customers)),
                overview::channel(row.channel, lang),
                overview::visits_each(row, lang),
                lang.decimal(row.visits, 0),
                lang.decimal(row.minutes / 60.0, 0),
                row.budget.map(|budget| lang.money(budget)).unwrap_or_default(),
                lang.percent(row.budget_share),
            ],
            message: overview::message(all, &row.message, lang),
        })
        .collect();
    let by_tier = |of: fn(&crate::service::PlanRow) -> f64| {
        Tier::ALL.map(|tier| service.groups.iter().filter(|row| row.tier == tier).map(of).sum::<f64>())
    };
    let word = |key: &str| lang.text(key, &[]);
    let splits = [
        (word("customers"), overview.tiers.map(|totals| totals.customers as f64), None),
        (
            overview::metric_head(all, lang),
            overview.tiers.map(|totals| totals.value.to_f64().max(0.0)),
            Some(overview.total),
        ),
        (word("visits-all"), by_tier(|row| row.visits), None),
        (word("budget"), by_tier(|row| row.budget_share), service.budget),
    ];
    PlanSection {
        period_days: service.period_days,
        rows,
        splits: splits
            .into_iter()
            .filter_map(|(name, parts, whole)| split(name, parts, whole, lang))
            .collect(),
        budget: service.budget.map(|budget| lang.money(budget)),
        allocation: lang
            .try_text(&format!("allocation-{}", service.allocation), &[])
            .unwrap_or_else(|| service.allocation.clone()),
    }
}

/// * `money`: what all parts are together, where they are money.
fn split(name: String, parts: [f64; 3], money: Option<Money>, lang: Language) -> Option<Split> {
    let whole: f64 = parts.iter().sum();
    if whole <= 0.0 || !whole.is_finite() {
        return None;
    }
    let parts = Tier::ALL
        .into_iter()
        .zip(parts)
        .filter(|(_, part)| *part > 0.0)
        .map(|(tier, part)| Part {
            tier: tier.index(),
            sign: tier.sign(),
            width: (part / whole * 1_000.0).round() / 10.0,
            label: lang.percent(part / whole),
            amount: money
                .and_then(|money| Money::from_f64(money.to_f64() * part / whole))
                .map(|amount| lang.money_short(amount)),
        })
        .collect();
    Some(Split { name, parts })
}

/// Visits of one rep.
#[derive(Serialize)]
pub(super) struct RepVisits {
    rep: String,
    visits: String,
    hours: String,
    overdue: String,
    first: String,
}

pub(super) fn visits(all: &Segmentation, lang: Language) -> Option<Vec<RepVisits>> {
    let plan = all.visits.as_ref()?;
    let mut reps: BTreeMap<&str, (u64, u64, u64, String)> = BTreeMap::new();
    for visit in &plan.visits {
        let entry = reps.entry(&visit.rep).or_insert_with(|| (0, 0, 0, visit.date.to_string()));
        entry.0 += 1;
        entry.1 += u64::from(visit.minutes);
        entry.2 += u64::from(visit.state == VisitState::Overdue);
    }
    Some(
        reps.into_iter()
            .map(|(rep, (visits, minutes, overdue, first))| RepVisits {
                rep: rep.to_owned(),
                visits: lang.count(visits),
                hours: lang.decimal(minutes as f64 / 60.0, 1),
                overdue: lang.count(overdue),
                first,
            })
            .collect(),
    )
}
