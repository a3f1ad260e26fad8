//! What the movers section says: how many went where, and who moved most.

use std::cmp::{Ordering, Reverse};

use serde::Serialize;

use super::heat::Cell;
use crate::domain::{CustomerType, Money, Tier};
use crate::language::Language;
use crate::report::overview;
use crate::result::{Mover, Segmentation};

/// Movers shown; `movers.csv` holds all.
const SHOWN: usize = 20;

#[derive(Serialize)]
pub(super) struct Movers {
    /// Rows: before (and new); columns: now (and gone).
    matrix: Vec<Vec<Cell>>,
    heads: Vec<String>,
    told: String,
    lines: Vec<Line>,
    count: usize,
    more: usize,
}

#[derive(Serialize)]
struct Line {
    name: String,
    /// 1 up, -1 down, 0 neither.
    way: i8,
    tier: String,
    kind: String,
    before: String,
    now: String,
    change: String,
}

pub(super) fn movers(all: &Segmentation, lang: Language) -> Option<Movers> {
    let movers = all.movers.as_ref()?;
    let mut counts = [[0_u64; 4]; 4];
    for mover in movers {
        counts[place(mover.tier_before)][place(mover.tier_now)] += 1;
    }
    let mut heads: Vec<String> = Tier::ALL.iter().map(|tier| tier.sign().to_owned()).collect();
    heads.push(lang.text("not-there", &[]));
    let mut largest: Vec<&Mover> = movers.iter().collect();
    // A change of tier matters more than one of type; within each, the largest change of value.
    let order =
        |mover: &Mover| (mover.tier_before == mover.tier_now, Reverse(change(mover).0.unsigned_abs()));
    largest.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.customer_id.cmp(&b.customer_id)));
    Some(Movers {
        matrix: matrix(all, counts, lang),
        heads,
        told: told(&counts, lang),
        lines: largest.into_iter().take(SHOWN).map(|mover| line(all, mover, lang)).collect(),
        count: movers.len(),
        more: movers.len().saturating_sub(SHOWN),
    })
}

/// Row or column of a tier; the last for customers that are not there.
fn place(tier: Option<Tier>) -> usize {
    tier.map_or(3, Tier::index)
}

fn change(mover: &Mover) -> Money {
    let parts = |amount: Option<Money>| amount.unwrap_or_default().0;
    Money(parts(mover.value_now).saturating_sub(parts(mover.value_before)))
}

fn way(before: usize, now: usize) -> i8 {
    match now.cmp(&before) {
        Ordering::Less => 1,
        Ordering::Equal => 0,
        Ordering::Greater => -1,
    }
}

/// Who went from which tier to which; who is in a tier and did not move into it stayed.
fn matrix(all: &Segmentation, mut counts: [[u64; 4]; 4], lang: Language) -> Vec<Vec<Cell>> {
    for tier in Tier::ALL {
        let place = tier.index();
        let came: u64 = (0..4).filter(|before| *before != place).map(|before| counts[before][place]).sum();
        counts[place][place] = all.tier_totals(tier).customers.saturating_sub(came);
    }
    let cell = |before: usize, now: usize, row: &[u64; 4]| {
        let whole: u64 = row.iter().sum();
        Cell::new(row[now] as f64, whole as f64, [before, now], lang.count(row[now]), lang)
    };
    let rows = counts.iter().enumerate();
    rows.map(|(before, row)| (0..4).map(|now| cell(before, now, row)).collect()).collect()
}

/// How many rose, fell, came, went, and changed only their type.
fn told(counts: &[[u64; 4]; 4], lang: Language) -> String {
    let sum = |holds: fn(usize, usize) -> bool| {
        let cells = (0..4).flat_map(|before| (0..4).map(move |now| (before, now)));
        cells
            .filter(|&(before, now)| holds(before, now))
            .map(|(before, now)| counts[before][now])
            .sum::<u64>()
    };
    let args = [
        ("up", sum(|before, now| before < 3 && now < before).into()),
        ("down", sum(|before, now| now < 3 && now > before).into()),
        ("new", sum(|before, now| before == 3 && now < 3).into()),
        ("gone", sum(|before, now| before < 3 && now == 3).into()),
        ("typed", sum(|before, now| before == now).into()),
    ];
    lang.text("movers-told", &args)
}

fn line(all: &Segmentation, mover: &Mover, lang: Language) -> Line {
    let sign = |tier: Option<Tier>| tier.map_or("–".to_owned(), |tier| tier.sign().to_owned());
    let kind =
        |kind: Option<CustomerType>| kind.map_or("–".to_owned(), |kind| overview::type_name(kind, lang));
    let turned =
        |before: String, now: String| if before == now { now } else { format!("{before} → {now}") };
    let amount = |amount: Option<Money>| amount.map_or_else(|| "–".to_owned(), |amount| lang.money(amount));
    // Customers stand ascending by id; who has gone is known by the id alone.
    let known = all.table.ids.binary_search(&mover.customer_id).ok();
    Line {
        name: known.map_or_else(|| mover.customer_id.to_string(), |at| overview::name(all, at)),
        way: way(place(mover.tier_before), place(mover.tier_now)),
        tier: turned(sign(mover.tier_before), sign(mover.tier_now)),
        kind: turned(kind(mover.type_before), kind(mover.type_now)),
        before: amount(mover.value_before),
        now: amount(mover.value_now),
        change: lang.change(change(mover)),
    }
}
