//! Innovativeness of customers: the innovative above a line, the conservative below it.

use serde::Serialize;

use super::charts::{PLOT, Tick, round, x_at};
use crate::domain::CustomerType;
use crate::language::Language;
use crate::report::overview;
use crate::result::Segmentation;

/// Bars across.
const BINS: usize = 28;
/// Top and bottom of the bars inside a drawing of 720 × 250.
const TOP: f64 = 10.0;
const BOTTOM: f64 = 200.0;

#[derive(Serialize)]
pub(super) struct Histogram {
    bars: Vec<Bar>,
    ticks: Vec<Tick>,
    /// Where the line between both types lies.
    middle: f64,
    /// Of the sides.
    names: [String; 2],
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

pub(super) fn histogram(all: &Segmentation, lang: Language) -> Option<Histogram> {
    let known: Vec<(f64, CustomerType)> = all
        .typing
        .innovativeness
        .iter()
        .zip(&all.typing.types)
        .filter_map(|(value, &kind)| value.filter(|value| value.is_finite()).map(|value| (value, kind)))
        .collect();
    let (low, high) = range(&known)?;
    let mut counts = [[0_u64; 2]; BINS];
    for (value, kind) in &known {
        let bin = ((value - low) / (high - low) * BINS as f64).floor().clamp(0.0, BINS as f64 - 1.0);
        counts[bin as usize][kind.index()] += 1;
    }
    // One scale for both sides, and the line between them where both just fit.
    let most = |kind: usize| counts.iter().map(|both| both[kind]).max().unwrap_or(0) as f64;
    let [above, below] = [most(0), most(1)];
    let unit = (BOTTOM - TOP) / (above + below).max(1.0);
    let middle = round(TOP + above * unit);
    let width = (high - low) / BINS as f64;
    let mut bars = Vec::new();
    for (bin, both) in counts.iter().enumerate() {
        for kind in CustomerType::ALL.into_iter().filter(|kind| both[kind.index()] > 0) {
            let count = both[kind.index()];
            let height = round((count as f64 * unit).max(1.0));
            let from = low + width * bin as f64;
            let args = [
                ("type", overview::type_name(kind, lang).into()),
                ("from", lang.decimal(from, 2).into()),
                ("to", lang.decimal(from + width, 2).into()),
                ("count", count.into()),
            ];
            bars.push(Bar {
                x: x_at(bin as f64 / BINS as f64),
                y: if kind == CustomerType::Innovative { round(middle - height) } else { middle },
                width: round((PLOT[2] - PLOT[0]) / BINS as f64 - 1.5),
                height,
                kind: kind.index(),
                tip: lang.text("histogram-bar", &args),
            });
        }
    }
    let names = CustomerType::ALL.map(|kind| overview::type_name(kind, lang));
    Some(Histogram { bars, ticks: ticks(low, high, lang), middle, names })
}

/// Where the bars begin and end: the outermost half per cent on either side go into the outermost bars.
fn range(known: &[(f64, CustomerType)]) -> Option<(f64, f64)> {
    if known.len() < 3 {
        return None;
    }
    let mut sorted: Vec<f64> = known.iter().map(|(value, _)| *value).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted.get(((sorted.len() - 1) as f64 * share).round() as usize).copied();
    let (low, high) = (at(0.005)?, at(0.995)?);
    (high > low).then_some((low, high))
}

/// Round numbers, at most nine of them.
fn ticks(low: f64, high: f64, lang: Language) -> Vec<Tick> {
    let scale = 10_f64.powf((high - low).log10().floor() - 1.0);
    let steps = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0].map(|step| step * scale);
    let step = steps.into_iter().find(|step| (high - low) / step <= 8.0).unwrap_or(high - low);
    let decimals = (-step.log10()).ceil().max(0.0) as usize;
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    (first..=last)
        .map(|multiple| multiple as f64 * step)
        .map(|value| Tick { at: x_at((value - low) / (high - low)), label: lang.decimal(value, decimals) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        let labels =
            |low, high| ticks(low, high, Language::En).into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(labels(-1.6, 2.3), ["−1.5", "−1.0", "−0.5", "0.0", "0.5", "1.0", "1.5", "2.0"]);
        assert_eq!(labels(-25.0, 31.0), ["−20", "−10", "0", "10", "20", "30"]);
        assert_eq!(
            labels(0.01, 0.05),
            ["0.010", "0.015", "0.020", "0.025", "0.030", "0.035", "0.040", "0.045", "0.050"]
        );
    }
}
