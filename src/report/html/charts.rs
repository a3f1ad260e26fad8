//! Geometry of the charts, in units of their drawing; the templates hold the shapes.

use std::fmt::Write;

use serde::Serialize;

use crate::domain::Tier;
use crate::language::Language;
use crate::report::overview::{self, Overview};
use crate::result::Segmentation;

/// Left, top, right and bottom edge of the plot inside a drawing of 720 × 430.
pub(super) const PLOT: [f64; 4] = [74.0, 18.0, 706.0, 380.0];

/// Where a share (0–1) of the width lies.
pub(super) fn x_at(share: f64) -> f64 {
    round(PLOT[0] + share * (PLOT[2] - PLOT[0]))
}

/// Where a share (0–1) of the height lies, 0 at the bottom.
pub(super) fn y_at(share: f64) -> f64 {
    round(PLOT[3] - share * (PLOT[3] - PLOT[1]))
}

/// Two decimals are a fiftieth of a pixel: enough, and the file stays small.
pub(super) fn round(units: f64) -> f64 {
    (units * 100.0).round() / 100.0
}

/// A tick of an axis.
#[derive(Serialize)]
pub(super) struct Tick {
    pub at: f64,
    pub label: String,
}

#[derive(Serialize)]
pub(super) struct Pareto {
    /// The curve, as a path.
    curve: String,
    /// The areas below it, one a tier, with the tier's sign and where to put it.
    bands: Vec<Band>,
    /// Both cuts and the first fifth.
    marks: Vec<Mark>,
    /// Upright slices with the values to show when pointed at.
    slices: Vec<Slice>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    title: String,
    description: String,
    metric: String,
}

#[derive(Serialize)]
struct Band {
    area: String,
    tier: usize,
    sign: &'static str,
    label_x: f64,
    edge_x: f64,
}

#[derive(Serialize)]
struct Mark {
    x: f64,
    y: f64,
    shape: &'static str,
    /// For the key below, where there is no room in the drawing.
    label: String,
    /// For the drawing.
    short: String,
    label_x: f64,
    label_y: f64,
    anchor: &'static str,
}

#[derive(Serialize)]
struct Slice {
    x: f64,
    width: f64,
    y: f64,
    tip: String,
}

/// The Lorenz curve of value over customers by rank, with the cuts and the 80/20 point.
pub(super) fn pareto(all: &Segmentation, overview: &Overview, lang: Language) -> Pareto {
    let count = all.tiering.order.len();
    let cumulative = |rank: usize| match rank.checked_sub(1).and_then(|before| all.tiering.order.get(before))
    {
        Some(&at) => all.tiering.cumulative_shares[at as usize],
        None => 0.0,
    };
    let share = |rank: usize| if count == 0 { 0.0 } else { rank as f64 / count as f64 };
    let of_tier = |tier: Tier| all.tiering.by_value.iter().filter(|&&by_value| by_value == tier).count();
    let ends = [of_tier(Tier::I), of_tier(Tier::I) + of_tier(Tier::II), count];
    let metric = overview::metric(all, lang);
    let told = |rank: usize| {
        let args = [
            ("share", lang.percent(share(rank)).into()),
            ("count", rank.into()),
            ("brings", lang.percent(cumulative(rank)).into()),
            ("metric", metric.as_str().into()),
        ];
        lang.text("pareto-point", &args)
    };
    let ranks_between = |from: usize, to: usize| {
        let steps = 320.min(count).max(1);
        let mut ranks: Vec<usize> = (0..=steps).map(|step| step * count / steps).collect();
        ranks.extend([from, to]);
        // The steepest part is the very beginning.
        ranks.extend(0..=count.min(12));
        ranks.retain(|rank| (from..=to).contains(rank));
        ranks.sort_unstable();
        ranks.dedup();
        ranks
    };
    let path = |from: usize, to: usize| {
        let mut path = String::new();
        for (index, rank) in ranks_between(from, to).into_iter().enumerate() {
            let step = if index == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{step}{} {}", x_at(share(rank)), y_at(cumulative(rank)));
        }
        path
    };
    let mut bands: Vec<Band> = Vec::new();
    let mut from = 0;
    for (tier, end) in Tier::ALL.into_iter().zip(ends) {
        if end > from {
            let [left, right] = [from, end].map(|rank| x_at(share(rank)));
            let middle = f64::midpoint(left, right);
            let label_x = bands.last().map_or(middle, |last| middle.max(last.label_x + 30.0));
            let area = format!("{}L{right} {bottom}L{left} {bottom}Z", path(from, end), bottom = PLOT[3]);
            bands.push(Band { area, tier: tier.index(), sign: tier.sign(), label_x, edge_x: right });
        }
        from = end;
    }
    let fifth = (count as f64 * 0.2).round() as usize;
    let mut marks: Vec<Mark> = [(ends[0], "circle"), (ends[1], "square"), (fifth, "diamond")]
        .into_iter()
        .filter(|(rank, _)| (1..=count).contains(rank))
        .map(|(rank, shape)| Mark {
            x: x_at(share(rank)),
            y: y_at(cumulative(rank)),
            shape,
            label: told(rank),
            short: lang.text(
                "pareto-mark",
                &[
                    ("share", lang.percent(share(rank)).into()),
                    ("brings", lang.percent(cumulative(rank)).into()),
                ],
            ),
            label_x: 0.0,
            label_y: 0.0,
            anchor: "start",
        })
        .collect();
    place_labels(&mut marks);
    marks.sort_by(|a, b| a.x.total_cmp(&b.x));
    let steps = 100.min(count);
    let slices = (0..steps)
        .map(|step| {
            let [left, right] = [step, step + 1].map(|step| step * count / steps);
            Slice {
                x: x_at(share(left)),
                width: round(x_at(share(right)) - x_at(share(left))),
                y: y_at(cumulative(right)),
                tip: told(right),
            }
        })
        .collect();
    Pareto {
        curve: path(0, count),
        bands,
        marks,
        slices,
        x_ticks: shares(lang, x_at),
        y_ticks: shares(lang, y_at),
        title: lang.text("pareto-title", &[("metric", metric.as_str().into())]),
        description: overview.headline(all, lang),
        metric,
    }
}

/// Puts each label right of its mark, below the curve, from the highest mark down, so that none covers another;
/// left of it, above the curve, where the right edge is near.
fn place_labels(marks: &mut [Mark]) {
    marks.sort_by(|a, b| a.y.total_cmp(&b.y).then(b.x.total_cmp(&a.x)));
    let (mut below, mut above) = (f64::MIN, f64::MIN);
    for mark in marks.iter_mut() {
        let is_left = mark.x > f64::midpoint(PLOT[0], PLOT[2]) + 60.0;
        let lowest = if is_left { &mut above } else { &mut below };
        mark.label_y = round((if is_left { mark.y - 8.0 } else { mark.y + 8.0 }).max(*lowest + 20.0));
        *lowest = mark.label_y;
        mark.label_x = round(if is_left { mark.x - 14.0 } else { mark.x + 14.0 });
        mark.anchor = if is_left { "end" } else { "start" };
    }
}

fn shares(lang: Language, place: fn(f64) -> f64) -> Vec<Tick> {
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        .into_iter()
        .map(|share| Tick { at: place(share), label: lang.percent(share).replace(".0", "") })
        .collect()
}
