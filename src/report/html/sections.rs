//! What each section of the report says: words and figures, ready to print.

use std::collections::BTreeMap;

use serde::Serialize;

use super::customers;
use super::histogram::{Histogram, histogram};
use crate::domain::{CustomerType, Tier, TypeFlag};
use crate::language::Language;
use crate::report::overview::{self, Overview};
use crate::result::Segmentation;

#[derive(Serialize)]
pub(super) struct First {
    headline: String,
    below: Vec<String>,
    period: String,
    cards: Vec<Card>,
    customers: String,
    total: String,
    metric: String,
    metric_head: String,
    has_reps: bool,
    warnings: Vec<String>,
    table_shown: usize,
    table_all: usize,
    table_rows: Vec<[String; 10]>,
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
        metric_head: overview::metric_head(all, lang),
        has_reps: customers::has_reps(all),
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
        histogram: histogram(all, lang),
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
            Separation {
                name: word.unwrap_or_else(|| name.to_owned()),
                words: how_far_apart(own - rest, lang),
                places: [place(own), place(rest)],
                figures: [lang.decimal(own, 2), lang.decimal(rest, 2)],
            }
        })
        .collect()
}

/// A difference in standard deviations, in plain words: Cohen (1988) calls 0.2 small, 0.5 medium and 0.8 large.
fn how_far_apart(difference: f64, lang: Language) -> String {
    let key = match difference.abs() {
        apart if apart < 0.2 => "separates-hardly",
        _ if difference < 0.0 => "separates-less",
        apart if apart < 0.5 => "separates-slightly",
        apart if apart < 0.8 => "separates-clearly",
        _ => "separates-far",
    };
    lang.text(key, &[("apart", lang.decimal(difference.abs(), 1).into())])
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

/// Rejected rows shown; `rejects.csv` holds all.
const SHOWN: usize = 10;

#[derive(Serialize)]
pub(super) struct Rows {
    read: u64,
    used: u64,
    filtered: u64,
    rejected: u64,
    filters: Vec<(String, String)>,
    columns: Vec<(String, String)>,
    rejects: Vec<[String; 4]>,
    /// Rejects that are not shown.
    more: usize,
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
        more: all.rejects.len().saturating_sub(SHOWN),
        rejects: all
            .rejects
            .iter()
            .take(SHOWN)
            .map(|reject| {
                [
                    format!("{}:{}", reject.file, reject.line),
                    reject.column.clone(),
                    reject.value.clone(),
                    overview::reject_reason(&reject.reason, lang),
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
