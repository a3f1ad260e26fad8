//! Value against potential: who brings much, who could, and who was promoted for it.

use serde::Serialize;

use super::charts::{PLOT, Tick, round, x_at, y_at};
use crate::domain::{Money, Tier, TierReason};
use crate::language::Language;
use crate::report::overview;
use crate::result::Segmentation;

/// Points drawn at most: more would only be a blot, and the file would grow.
const MOST: usize = 1_600;

#[derive(Serialize)]
pub(super) struct Scatter {
    points: Vec<Point>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Where the smallest value of Ⅰ and of Ⅱ lies.
    cuts: Vec<f64>,
    /// The tiers by value, over the middle of where they lie.
    zones: Vec<Tick>,
    /// The lowest potential promoted.
    line: Option<Tick>,
    shown: u64,
    eligible: u64,
    metric: String,
    promoted: Vec<Promoted>,
}

#[derive(Serialize)]
struct Point {
    x: f64,
    y: f64,
    /// 0–2 the tier by contribution, 3 promoted.
    class: usize,
    tip: String,
}

#[derive(Serialize)]
struct Promoted {
    name: String,
    value: String,
    potential: String,
    reason: String,
}

/// Customers with a positive value; all promoted and, of the rest, evenly spread ranks. None without potential.
pub(super) fn scatter(all: &Segmentation, lang: Language) -> Option<Scatter> {
    // Where nothing tells what customers could bring, all potentials are 0: a line on the axis, not a picture.
    if all.potential.scores.iter().all(|&score| score <= 0.0) {
        return None;
    }
    let eligible: Vec<usize> = all
        .tiering
        .order
        .iter()
        .map(|&at| at as usize)
        .filter(|&at| all.value.amounts[at] > Money::ZERO && all.potential.scores.get(at).is_some())
        .collect();
    let exponent = |at: usize| all.value.amounts[at].to_f64().log10();
    // A few crumbs at the end would take half the width: the last five in a thousand stand at the edge.
    let tail = eligible.len().checked_sub(1 + eligible.len() / 200)?;
    let (low, high) = span(exponent(*eligible.get(tail)?), exponent(*eligible.first()?));
    let place = |amount: Money| x_at(((amount.to_f64().log10() - low) / (high - low)).clamp(0.0, 1.0));
    let is_promoted = |at: usize| all.tiering.reasons[at] == TierReason::Potential;
    let stride = (eligible.len() / MOST).max(1);
    let shown: Vec<usize> = eligible
        .iter()
        .enumerate()
        .filter(|(rank, at)| rank % stride == 0 || (is_promoted(**at) && all.tiering.promoted < 600))
        .map(|(_, &at)| at)
        .collect();
    let mut points: Vec<Point> =
        shown.iter().map(|&at| point(all, at, place(all.value.amounts[at]), lang)).collect();
    // The promoted are drawn last, so nothing hides them.
    points.sort_by_key(|point| point.class == 3);
    let x_ticks = x_ticks(low, high, lang);
    let cuts: Vec<f64> = all
        .tiering
        .cuts
        .smallest
        .iter()
        .flatten()
        .filter(|amount| **amount > Money::ZERO)
        .map(|&amount| place(amount))
        .collect();
    Some(Scatter {
        shown: points.len() as u64,
        points,
        x_ticks,
        y_ticks: [0.0, 0.25, 0.5, 0.75, 1.0]
            .into_iter()
            .map(|share| Tick { at: y_at(share), label: lang.decimal(share, 2) })
            .collect(),
        zones: zones(&cuts),
        cuts,
        line: all
            .tiering
            .cuts
            .promotion_line
            .map(|line| Tick { at: y_at(line.clamp(0.0, 1.0)), label: lang.decimal(line, 2) }),
        eligible: eligible.len() as u64,
        metric: overview::metric(all, lang),
        promoted: promoted(all, lang),
    })
}

/// A little room on both sides, and at least half a decade, so that equal customers do not divide by nothing.
fn span(low: f64, high: f64) -> (f64, f64) {
    let room = ((high - low) * 0.03).max(0.25);
    (low - room, high + room)
}

/// Powers of ten; with fewer than three of them also twice and five times as much.
fn x_ticks(low: f64, high: f64, lang: Language) -> Vec<Tick> {
    let decades = low.floor() as i32..=high.ceil() as i32;
    let within = |factor: f64| {
        let inside = decades.clone().map(move |decade| f64::from(decade) + factor.log10());
        inside.filter(|exponent| (low..=high).contains(exponent))
    };
    let mut exponents: Vec<f64> = within(1.0).collect();
    if exponents.len() < 3 {
        exponents.extend([2.0, 5.0].into_iter().flat_map(within));
        exponents.sort_by(f64::total_cmp);
    }
    let step = exponents.len() / 9 + 1;
    exponents
        .into_iter()
        .step_by(step)
        .filter_map(|exponent| {
            let label = lang.money_short(Money::from_f64(10_f64.powf(exponent))?);
            let at = x_at((exponent - low) / (high - low));
            Some(Tick { at, label: label.replace(".00", "").replace(".0", "") })
        })
        .collect()
}

/// Signs of the tiers by value over the parts that the cuts make, where there are both cuts.
fn zones(cuts: &[f64]) -> Vec<Tick> {
    let [one, two] = cuts else { return Vec::new() };
    let edges = [PLOT[2], *one, *two, PLOT[0]];
    Tier::ALL
        .into_iter()
        .zip(edges.windows(2))
        .map(|(tier, edges)| Tick {
            at: round(f64::midpoint(edges[0], edges[1])),
            label: tier.sign().to_owned(),
        })
        .collect()
}

fn point(all: &Segmentation, at: usize, x: f64, lang: Language) -> Point {
    let potential = all.potential.scores[at].clamp(0.0, 1.0);
    let promoted = all.tiering.reasons[at] == TierReason::Potential;
    let args = [
        ("name", overview::name(all, at).into()),
        ("tier", all.tiering.tiers[at].sign().into()),
        ("value", lang.money(all.value.amounts[at]).into()),
        ("potential", lang.decimal(potential, 2).into()),
    ];
    Point {
        x,
        y: round(y_at(potential)),
        class: if promoted { 3 } else { all.tiering.tiers[at].index() },
        tip: lang.text("scatter-point", &args),
    }
}

/// The promoted of highest potential, with their reasons.
fn promoted(all: &Segmentation, lang: Language) -> Vec<Promoted> {
    let potential = |at: usize| all.potential.scores.get(at).copied().unwrap_or_default();
    let mut found: Vec<usize> = (0..all.tiering.reasons.len())
        .filter(|&at| all.tiering.reasons[at] == TierReason::Potential)
        .collect();
    found.sort_by(|&a, &b| potential(b).total_cmp(&potential(a)).then(a.cmp(&b)));
    let reasons = crate::report::reason::Reasons::new(all, lang);
    found
        .into_iter()
        .take(8)
        .map(|at| Promoted {
            name: overview::name(all, at),
            value: lang.money(all.value.amounts[at]),
            potential: lang.decimal(potential(at), 2),
            reason: reasons.of(at).into_owned(),
        })
        .collect()
}
