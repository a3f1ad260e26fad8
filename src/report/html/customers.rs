//! The rows behind the table of customers, as JSON that is safe inside a script element.

use serde_json::{Value, json};

use crate::domain::{Channel, TierReason};
use crate::error::{Fault, Result};
use crate::language::Language;
use crate::result::Segmentation;

use crate::report::overview;
use crate::report::reason::Reasons;

/// Customers in the table: what a browser searches and sorts without a pause.
pub(super) const MOST: usize = 10_000;

/// The first customers by rank, the promoted among them whatever their rank.
fn shown(all: &Segmentation) -> Vec<usize> {
    let order = &all.tiering.order;
    let promoted = |at: usize| all.tiering.reasons[at] == TierReason::Potential;
    let below = order.iter().skip(MOST).filter(|&&at| promoted(at as usize)).count().min(MOST / 2);
    let (head, tail) = order.split_at((MOST - below).min(order.len()));
    let tail = tail.iter().filter(|&&at| promoted(at as usize)).take(below);
    head.iter().chain(tail).map(|&at| at as usize).collect()
}

/// Columns, words and rows for the script.
pub(super) fn json(all: &Segmentation, lang: Language) -> Result<String> {
    let shown = shown(all);
    let mut reps: Vec<&str> = shown.iter().filter_map(|&at| rep(all, at)).collect();
    reps.sort_unstable();
    reps.dedup();
    let reasons = Reasons::new(all, lang);
    let rows: Vec<Value> = shown.iter().map(|&at| row(all, at, &reps, &reasons)).collect();
    let data = json!({
        "rows": rows,
        "reps": reps,
        "tiers": ["Ⅰ", "Ⅱ", "Ⅲ"],
        "types": [lang.text("type-innovative", &[]), lang.text("type-conservative", &[])],
        "words": {
            "promoted": lang.text("promoted", &[]),
            "uncertain": lang.text("type-uncertain", &[]),
            "found": lang.text("table-found", &[("found", "{found}".into()), ("from", "{from}".into()), ("to", "{to}".into())]),
            "none": lang.text("table-none", &[]),
        },
        "locale": lang.html(),
        "wan": lang == Language::ZhWan,
    });
    let text = serde_json::to_string(&data)
        .map_err(|fault| Fault::new(902, format!("the rows of the report could not be formed: {fault}")))?;
    Ok(for_script(&text))
}

/// `<` ends a script element in disguise; all of these are the same string to a JSON parser.
fn for_script(text: &str) -> String {
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn rep(all: &Segmentation, at: usize) -> Option<&str> {
    all.table.profile(at).and_then(|profile| profile.rep.as_deref())
}

fn row(all: &Segmentation, at: usize, reps: &[&str], reasons: &Reasons<'_>) -> Value {
    let fraction = |value: f64, scale: f64| (value * scale).round() / scale;
    let profile = all.table.profile(at);
    let service = all.service.customers.get(at);
    json!([
        all.tiering.ranks[at],
        all.table.ids[at],
        profile.and_then(|profile| profile.name.as_deref()).unwrap_or_default(),
        all.tiering.tiers[at].index(),
        u8::from(all.tiering.reasons[at] == TierReason::Potential),
        all.typing.types[at].index(),
        fraction(all.typing.confidence[at], 100.0),
        fraction(all.value.amounts[at].to_f64(), 100.0),
        fraction(all.tiering.cumulative_shares[at], 10_000.0),
        all.potential.known(at).map(|score| fraction(score, 100.0)),
        all.table.days_since_last(at),
        service.map(|service| fraction(service.visits, 100.0)),
        rep(all, at).and_then(|rep| reps.binary_search(&rep).ok()),
        profile.and_then(|profile| profile.region.as_deref()).unwrap_or_default(),
        if explains_itself(all, at) { "".into() } else { reasons.of(at) },
    ])
}

/// True if value alone put the customer where it is.
fn explains_itself(all: &Segmentation, at: usize) -> bool {
    let is_kept_out = all.service.customers.get(at).is_some_and(|service| service.channel == Channel::None);
    all.tiering.reasons[at] == TierReason::Contribution && !is_kept_out
}

/// True if any customer has a rep.
pub(super) fn has_reps(all: &Segmentation) -> bool {
    (0..all.table.len()).any(|at| rep(all, at).is_some())
}

/// How many customers the table shows, and of how many.
pub(super) fn counts(all: &Segmentation) -> (usize, usize) {
    (shown(all).len(), all.tiering.order.len())
}

/// The first rows as text, for readers without scripts and for paper.
pub(super) fn first_rows(all: &Segmentation, lang: Language) -> Vec<[String; 10]> {
    all.tiering
        .order
        .iter()
        .take(25)
        .map(|&at| {
            let at = at as usize;
            [
                lang.count(u64::from(all.tiering.ranks[at])),
                overview::name(all, at),
                all.tiering.tiers[at].sign().to_owned(),
                overview::type_name(all.typing.types[at], lang),
                lang.money(all.value.amounts[at]),
                lang.percent(all.tiering.cumulative_shares[at]),
                all.potential.known(at).map_or_else(String::new, |score| lang.decimal(score, 2)),
                rep(all, at).unwrap_or_default().to_owned(),
                all.service
                    .customers
                    .get(at)
                    .map_or_else(String::new, |service| lang.decimal(service.visits, 0)),
                all.table.days_since_last(at).map_or_else(String::new, |days| days.to_string()),
            ]
        })
        .collect()
}
