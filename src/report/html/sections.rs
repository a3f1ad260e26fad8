//! What each section of the report says: words and figures, ready to print.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::charts::{self, Histogram};
use super::customers;
use super::heat::Cell;
use crate::domain::{CustomerType, Tier, TypeFlag};
use crate::language::Language;
use crate::report::overview::{self, Overview};
use crate::result::{Mover, Segmentation};
use crate::visits::VisitState;

#[derive(Serialize)]
pub(super) struct First {
    headline: String,
    below: Vec<String>,
    period: String,
    cards: Vec<Card>,
    customers: String,
    total: String,
    metric: String,
    warnings: Vec<String>,
    table_shown: usize,
    table_all: usize,
    table_rows: Vec<[String; 8]>,
}

/// A tier at a glance.
#[derive(Serialize)]
struct Card {
    tier: usize,
    sign: &'static str,
    customers: String,
    customer_share: String,
    value: String,
    value_share: String,
    /// Widths of both bars, percent.
    widths: [f64; 2],
    served: String,
    promoted: Option<u32>,
}

pub(super) fn first(all: &Segmentation, overview: &Overview, lang: Language) -> First {
    let cards = Tier::ALL
        .into_iter()
        .map(|tier| {
            let totals = overview.tiers[tier.index()];
            let percent = |share: f64| (share.clamp(0.0, 1.0) * 1_000.0).round() / 10.0;
            Card {
                tier: tier.index(),
                sign: tier.sign(),
                customers: lang.count(totals.customers),
                customer_share: lang.percent(totals.customer_share),
                value: lang.money_short(totals.value),
                value_share: lang.percent(totals.value_share),
                widths: [percent(totals.customer_share), percent(totals.value_share)],
                served: lang.text(&format!("served-{}", tier.as_str()), &[]),
                promoted: (tier == Tier::I && all.tiering.promoted > 0).then_some(all.tiering.promoted),
            }
        })
        .collect();
    let (table_shown, table_all) = customers::counts(all);
    First {
        headline: overview.headline(all, lang),
        below: overview.below_headline(all, lang),
        period: overview::period(all, lang),
        cards,
        customers: lang.count(overview.customers),
        total: lang.money_short(overview.total),
        metric: overview::metric(all, lang),
        warnings: all.warnings.iter().map(|notice| lang.notice(notice)).collect(),
        table_shown,
        table_all,
        table_rows: customers::first_rows(all, lang),
    }
}

#[derive(Serialize)]
pub(super) struct TypingSection {
    groups: Vec<[String; 5]>,
    histogram: Option<Histogram>,
    separates: Vec<Separation>,
    confidence: Vec<Band>,
    quality: Vec<[String; 2]>,
    untyped: u64,
    typed: bool,
}

/// How far the groups lie apart in one column.
#[derive(Serialize)]
struct Separation {
    name: String,
    words: String,
    /// Places of the innovative and of the others, percent of the width.
    places: [f64; 2],
    figures: [String; 2],
}

#[derive(Serialize)]
struct Band {
    name: String,
    count: String,
    share: String,
    width: f64,
}

pub(super) fn typing(all: &Segmentation, overview: &Overview, lang: Language) -> TypingSection {
    let typing = &all.typing;
    let groups = CustomerType::ALL
        .map(|kind| {
            let totals = overview.types[kind.index()];
            [
                overview::type_name(kind, lang),
                lang.count(totals.customers),
                lang.percent(totals.customer_share),
                lang.money(totals.value),
                lang.percent(totals.value_share),
            ]
        })
        .to_vec();
    let untyped = typing.flags.iter().filter(|&&flag| flag != TypeFlag::None).count();
    TypingSection {
        groups,
        histogram: charts::innovativeness(all, lang),
        separates: separations(all, lang),
        confidence: confidence(all, lang),
        quality: quality(all, lang),
        untyped: untyped as u64,
        typed: untyped < typing.flags.len(),
    }
}

fn separations(all: &Segmentation, lang: Language) -> Vec<Separation> {
    let quality = &all.typing.quality;
    let [first, others @ ..] = quality.centroids.as_slice() else { return Vec::new() };
    if others.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(f64, f64, &str)> = quality
        .features
        .iter()
        .enumerate()
        .filter_map(|(column, name)| {
            let own = *first.get(column)?;
            let rest: f64 =
                others.iter().filter_map(|centroid| centroid.get(column)).sum::<f64>() / others.len() as f64;
            (own.is_finite() && rest.is_finite()).then_some((own, rest, name.as_str()))
        })
        .collect();
    found.sort_by(|a, b| (b.0 - b.1).abs().total_cmp(&(a.0 - a.1).abs()).then_with(|| a.2.cmp(b.2)));
    let reach = found.iter().map(|(own, rest, _)| own.abs().max(rest.abs())).fold(0.5, f64::max) * 1.1;
    let place = |value: f64| ((value / reach * 50.0 + 50.0) * 10.0).round() / 10.0;
    found
        .into_iter()
        .take(8)
        .map(|(own, rest, name)| {
            let word = lang.try_text(&format!("feature-{}", name.replace('_', "-")), &[]);
            let apart = lang.decimal((own - rest).abs(), 1);
            let key = if own >= rest { "separates-more" } else { "separates-less" };
            Separation {
                name: word.unwrap_or_else(|| name.to_owned()),
                words: lang.text(key, &[("apart", apart.into())]),
                places: [place(own), place(rest)],
                figures: [lang.decimal(own, 2), lang.decimal(rest, 2)],
            }
        })
        .collect()
}

fn confidence(all: &Segmentation, lang: Language) -> Vec<Band> {
    let typing = &all.typing;
    let mut counts = [0_u64; 4];
    for (confidence, flag) in typing.confidence.iter().zip(&typing.flags) {
        let band = match confidence {
            _ if *flag != TypeFlag::None => 3,
            confidence if *confidence >= 0.8 => 0,
            confidence if *confidence >= 0.5 => 1,
            _ => 2,
        };
        counts[band] += 1;
    }
    let customers = typing.confidence.len().max(1) as f64;
    ["confidence-high", "confidence-middle", "confidence-low", "confidence-none"]
        .into_iter()
        .zip(counts)
        .map(|(key, count)| Band {
            name: lang.text(key, &[]),
            count: lang.count(count),
            share: lang.percent(count as f64 / customers),
            width: (count as f64 / customers * 1_000.0).round() / 10.0,
        })
        .collect()
}

fn quality(all: &Segmentation, lang: Language) -> Vec<[String; 2]> {
    let quality = &all.typing.quality;
    let figures = [
        ("quality-split-half", quality.split_half),
        ("quality-volume", quality.volume_correlation),
        ("quality-silhouette", quality.silhouette),
    ];
    let mut lines: Vec<[String; 2]> = figures
        .into_iter()
        .filter_map(|(key, value)| Some([lang.text(key, &[]), lang.decimal(value?, 2)]))
        .collect();
    if quality.launches > 0 {
        lines.push([lang.text("quality-launches", &[]), lang.count(u64::from(quality.launches))]);
    }
    if let Some(days) = quality.early_days {
        lines.push([lang.text("quality-early-days", &[]), lang.count(u64::from(days))]);
    }
    lines
}

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
                row.budget.map_or_else(|| "–".to_owned(), |budget| lang.money(budget)),
                lang.percent(row.budget_share),
            ],
            message: overview::message(all, &row.message, lang),
        })
        .collect();
    let by_tier = |of: fn(&crate::service::PlanRow) -> f64| {
        Tier::ALL.map(|tier| service.groups.iter().filter(|row| row.tier == tier).map(of).sum::<f64>())
    };
    let splits = [
        ("customers", overview.tiers.map(|totals| totals.customers as f64)),
        ("", overview.tiers.map(|totals| totals.value.to_f64().max(0.0))),
        ("visits-all", by_tier(|row| row.visits)),
        ("budget", by_tier(|row| row.budget_share)),
    ];
    PlanSection {
        period_days: service.period_days,
        rows,
        splits: splits
            .into_iter()
            .filter_map(|(key, parts)| {
                let name = if key.is_empty() { overview::metric(all, lang) } else { lang.text(key, &[]) };
                split(name, parts, lang)
            })
            .collect(),
        budget: service.budget.map(|budget| lang.money(budget)),
        allocation: lang
            .try_text(&format!("allocation-{}", service.allocation), &[])
            .unwrap_or_else(|| service.allocation.clone()),
    }
}

fn split(name: String, parts: [f64; 3], lang: Language) -> Option<Split> {
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
        })
        .collect();
    Some(Split { name, parts })
}

#[derive(Serialize)]
pub(super) struct Movers {
    /// Rows: before (and new); columns: now (and gone).
    matrix: Vec<Vec<Cell>>,
    heads: Vec<String>,
    lines: Vec<[String; 6]>,
    count: usize,
}

pub(super) fn movers(all: &Segmentation, lang: Language) -> Option<Movers> {
    let movers = all.movers.as_ref()?;
    let mut counts = [[0_u64; 4]; 4];
    for mover in movers {
        let place = |tier: Option<Tier>| tier.map_or(3, Tier::index);
        counts[place(mover.tier_before)][place(mover.tier_now)] += 1;
    }
    // A mover on the diagonal changed its type alone; who is in a tier and did not move into it stayed.
    for tier in Tier::ALL {
        let place = tier.index();
        let came: u64 = (0..4).filter(|before| *before != place).map(|before| counts[before][place]).sum();
        counts[place][place] = all.tier_totals(tier).customers.saturating_sub(came);
    }
    let cell = |before: usize, now: usize, row: &[u64; 4]| {
        let whole: u64 = row.iter().sum();
        Cell::new(row[now] as f64, whole as f64, [before, now], lang.count(row[now]), lang)
    };
    let matrix = counts
        .iter()
        .enumerate()
        .map(|(before, row)| (0..4).map(|now| cell(before, now, row)).collect())
        .collect();
    let mut largest: Vec<&Mover> = movers.iter().collect();
    let change = |mover: &Mover| {
        let parts = |amount: Option<crate::domain::Money>| amount.map_or(0, |amount| amount.0);
        parts(mover.value_now).saturating_sub(parts(mover.value_before))
    };
    // A change of tier matters more than one of type; within each, the largest change of value.
    let order = |mover: &Mover| (mover.tier_before == mover.tier_now, Reverse(change(mover).unsigned_abs()));
    largest.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.customer_id.cmp(&b.customer_id)));
    let sign = |tier: Option<Tier>| tier.map_or("–".to_owned(), |tier| tier.sign().to_owned());
    let kind =
        |kind: Option<CustomerType>| kind.map_or("–".to_owned(), |kind| overview::type_name(kind, lang));
    let lines = largest
        .into_iter()
        .take(20)
        .map(|mover| {
            [
                mover.customer_id.to_string(),
                if mover.tier_before == mover.tier_now {
                    sign(mover.tier_now)
                } else {
                    format!("{} → {}", sign(mover.tier_before), sign(mover.tier_now))
                },
                if mover.type_before == mover.type_now {
                    kind(mover.type_now)
                } else {
                    format!("{} → {}", kind(mover.type_before), kind(mover.type_now))
                },
                mover.value_before.map_or_else(|| "–".to_owned(), |amount| lang.money(amount)),
                mover.value_now.map_or_else(|| "–".to_owned(), |amount| lang.money(amount)),
                lang.money(crate::domain::Money(change(mover))),
            ]
        })
        .collect();
    let mut heads: Vec<String> = Tier::ALL.iter().map(|tier| tier.sign().to_owned()).collect();
    heads.push(lang.text("not-there", &[]));
    Some(Movers { matrix, heads, lines, count: movers.len() })
}

#[derive(Serialize)]
pub(super) struct Rows {
    read: u64,
    used: u64,
    filtered: u64,
    rejected: u64,
    filters: Vec<(String, String)>,
    columns: Vec<(String, String)>,
    rejects: Vec<[String; 4]>,
}

pub(super) fn rows(all: &Segmentation, lang: Language) -> Rows {
    let mut columns: BTreeMap<&str, u64> = BTreeMap::new();
    for reject in &all.rejects {
        *columns.entry(&reject.column).or_default() += 1;
    }
    Rows {
        read: all.rows.read,
        used: all.rows.used,
        filtered: all.rows.filtered,
        rejected: all.rows.rejected,
        filters: overview::filters(all, lang)
            .into_iter()
            .map(|(reason, count)| (reason, lang.count(count)))
            .collect(),
        columns: columns.into_iter().map(|(column, count)| (column.to_owned(), lang.count(count))).collect(),
        rejects: all
            .rejects
            .iter()
            .take(10)
            .map(|reject| {
                [
                    format!("{}:{}", reject.file, reject.line),
                    reject.column.clone(),
                    reject.value.clone(),
                    reject.reason.clone(),
                ]
            })
            .collect(),
    }
}

#[derive(Serialize)]
pub(super) struct Settings {
    lines: Vec<(String, String)>,
    inputs: Vec<Input>,
    recipe_text: String,
    weights: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Input {
    path: String,
    rows: String,
    sha256: String,
    columns: String,
}

pub(super) fn settings(all: &Segmentation, lang: Language) -> Settings {
    Settings {
        lines: overview::settings(all, lang),
        inputs: all
            .inputs
            .iter()
            .map(|input| Input {
                path: input.path.clone(),
                rows: lang.count(input.rows),
                sha256: input.sha256.clone(),
                columns: input
                    .columns
                    .iter()
                    .map(|(role, column)| format!("{role} = {column}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            })
            .collect(),
        recipe_text: all.settings.recipe_text.clone(),
        weights: overview::weights(all, lang),
    }
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
