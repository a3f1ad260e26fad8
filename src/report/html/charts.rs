//! Geometry of the charts, in units of their drawing; the templates hold the shapes.

use std::fmt::Write;

use serde::Serialize;

use crate::domain::{CustomerType, Tier};
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
    label: String,
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
    let marks = [(ends[0], "circle"), (ends[1], "square"), (fifth, "diamond")]
        .into_iter()
        .filter(|(rank, _)| (1..=count).contains(rank))
        .map(|(rank, shape)| Mark {
            x: x_at(share(rank)),
            y: y_at(cumulative(rank)),
            shape,
            label: told(rank),
        })
        .collect();
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

fn shares(lang: Language, place: fn(f64) -> f64) -> Vec<Tick> {
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        .into_iter()
        .map(|share| Tick { at: place(share), label: lang.percent(share).replace(".0", "") })
        .collect()
}

#[derive(Serialize)]
pub(super) struct Histogram {
    bars: Vec<Bar>,
    ticks: Vec<Tick>,
    middle: f64,
    shown: u64,
}

#[derive(Serialize)]
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    kind: usize,
    tip: String,
}

/// Innovativeness: the innovative above the middle line, the conservative below.
pub(super) fn innovativeness(all: &Segmentation, lang: Language) -> Option<Histogram> {
    let known: Vec<(f64, CustomerType)> = all
        .typing
        .innovativeness
        .iter()
        .zip(&all.typing.types)
        .filter_map(|(value, &kind)| value.filter(|value| value.is_finite()).map(|value| (value, kind)))
        .collect();
    let mut sorted: Vec<f64> = known.iter().map(|(value, _)| *value).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted.get(((sorted.len() - 1) as f64 * share).round() as usize).copied();
    if sorted.len() < 3 {
        return None;
    }
    // The outermost half per cent on either side go into the outermost bars.
    let (low, high) = (at(0.005)?, at(0.995)?);
    if high <= low {
        return None;
    }
    let bins = 28_usize;
    let mut counts = vec![[0_u64; 2]; bins];
    for (value, kind) in &known {
        let bin = ((value - low) / (high - low) * bins as f64).floor().clamp(0.0, bins as f64 - 1.0);
        counts[bin as usize][kind.index()] += 1;
    }
    // One scale for both sides, and the line between them where both just fit.
    let most = |kind: usize| counts.iter().map(|both| both[kind]).max().unwrap_or(0) as f64;
    let [above, below] = [most(0), most(1)];
    let unit = (PLOT[3] - PLOT[1]) / (above + below).max(1.0);
    let middle = round(PLOT[1] + above * unit);
    let mut bars = Vec::new();
    for (bin, both) in counts.iter().enumerate() {
        for kind in CustomerType::ALL {
            let count = both[kind.index()];
            if count == 0 {
                continue;
            }
            let height = round((count as f64 * unit).max(1.0));
            let from = low + (high - low) * bin as f64 / bins as f64;
            let args = [
                ("type", overview::type_name(kind, lang).into()),
                ("from", lang.decimal(from, 2).into()),
                ("to", lang.decimal(from + (high - low) / bins as f64, 2).into()),
                ("count", count.into()),
            ];
            bars.push(Bar {
                x: x_at(bin as f64 / bins as f64),
                y: if kind == CustomerType::Innovative { round(middle - height) } else { middle },
                width: round((PLOT[2] - PLOT[0]) / bins as f64 - 1.5),
                height,
                kind: kind.index(),
                tip: lang.text("histogram-bar", &args),
            });
        }
    }
    let ticks = (0..=4)
        .map(|step| {
            let share = f64::from(step) / 4.0;
            Tick { at: x_at(share), label: lang.decimal(low + (high - low) * share, 1) }
        })
        .collect();
    Some(Histogram { bars, ticks, middle, shown: known.len() as u64 })
}
