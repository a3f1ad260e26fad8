//! What customers will bring, the portfolio, and the honest test, ready to print.

use serde::Serialize;

use super::charts::{PLOT, Tick, round, x_at, y_at};
use crate::domain::Money;
use crate::language::Language;
use crate::lifetime::{Class, Comparison, Holding, Holdout, Lifetime};
use crate::report::{future, overview};
use crate::result::Segmentation;

#[derive(Serialize)]
pub(super) struct Future {
    title: String,
    model: String,
    heads: [String; 5],
    tiers: Vec<[String; 5]>,
    holdings: Vec<Line>,
    chart: Option<Chart>,
    test: Option<Test>,
}

/// One tier × type of the portfolio.
#[derive(Serialize)]
struct Line {
    tier: usize,
    sign: &'static str,
    kind: String,
    cells: [String; 8],
}

/// Expected value over its risk.
#[derive(Serialize)]
struct Chart {
    points: Vec<Point>,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
}

#[derive(Serialize)]
struct Point {
    x: f64,
    y: f64,
    /// Half the size of the mark.
    reach: f64,
    label_y: f64,
    /// Both ends of the value's interval.
    ends: [f64; 2],
    tier: usize,
    sign: &'static str,
    innovative: bool,
    tip: String,
}

#[derive(Serialize)]
struct Test {
    text: String,
    verdicts: Vec<String>,
    parts: Vec<Part>,
}

/// Purchases or value: how each method did, and by class.
#[derive(Serialize)]
struct Part {
    id: &'static str,
    title: String,
    scores: Vec<[String; 7]>,
    bars: Vec<Bar>,
    zero: f64,
    y_ticks: Vec<Tick>,
}

/// One class: what happened as a bar, three forecasts as marks.
#[derive(Serialize)]
struct Bar {
    x: f64,
    width: f64,
    middle: f64,
    y: f64,
    height: f64,
    label: String,
    /// Model, same again, average so far.
    marks: [f64; 3],
    tip: String,
}

pub(super) fn future(all: &Segmentation, lang: Language) -> Option<Future> {
    let lifetime = all.lifetime.as_ref()?;
    let holdings = all.portfolio().unwrap_or_default();
    let held: Vec<&Holding> = holdings.iter().filter(|holding| holding.future.customers > 0).collect();
    Some(Future {
        title: future::title(lifetime, lang),
        model: model(lifetime, lang),
        heads: future::tier_heads(lifetime, lang),
        tiers: future::by_tier(all, lifetime, lang),
        chart: chart(&held, lang),
        holdings: held.iter().map(|holding| line(holding, lang)).collect(),
        test: lifetime.holdout.as_ref().map(|holdout| test(holdout, lang)),
    })
}

fn model(lifetime: &Lifetime, lang: Language) -> String {
    let (fit, total) = (&lifetime.forecast.fit, lifetime.total(|_| true));
    lang.text(
        "future-model",
        &[
            ("model", fit.model.kind().as_str().into()),
            ("customers", lang.count(fit.customers as u64).into()),
            ("repeaters", lang.count(fit.repeaters as u64).into()),
            ("discounted", future::money(total.discounted, lang).into()),
            ("rate", lang.percent(lifetime.params.discount_rate()).into()),
        ],
    )
}

fn line(holding: &Holding, lang: Language) -> Line {
    let total = &holding.future;
    Line {
        tier: holding.tier.index(),
        sign: holding.tier.sign(),
        kind: overview::type_name(holding.customer_type, lang),
        cells: [
            lang.count(total.customers as u64),
            future::money(total.expected, lang),
            future::money_between(total.low, total.high, lang),
            if holding.risk.is_finite() { lang.percent(holding.risk) } else { "∞".to_owned() },
            lang.percent(holding.past_share),
            lang.percent(holding.future_share),
            lang.percent(holding.budget_share),
            lang.percent(holding.budget_share_by_future),
        ],
    }
}

fn chart(held: &[&Holding], lang: Language) -> Option<Chart> {
    // Without bounds there is no risk to plot.
    let drawn = |holding: &&&Holding| holding.future.expected > 0.0 && holding.future.high.is_finite();
    let worth: Vec<_> = held.iter().filter(drawn).collect();
    let most = |of: fn(&Holding) -> f64| worth.iter().map(|holding| of(holding)).fold(0.0, f64::max);
    let across = Axis::over(0.0, most(|holding| holding.risk));
    let up = Axis::over(0.0, most(|holding| holding.future.high));
    // Ⅰ is drawn last and smallest: where two lie upon each other both are seen.
    let points: Vec<Point> = worth
        .iter()
        .rev()
        .map(|holding| Point {
            x: x_at(across.share(holding.risk)),
            y: y_at(up.share(holding.future.expected)),
            reach: 6.0 + 3.0 * holding.tier.index() as f64,
            label_y: y_at(up.share(holding.future.expected)) + 13.0 * (holding.tier.index() as f64 - 1.0),
            ends: [holding.future.low, holding.future.high].map(|end| y_at(up.share(end))),
            tier: holding.tier.index(),
            sign: holding.tier.sign(),
            innovative: holding.customer_type.index() == 0,
            tip: lang.text(
                "future-point",
                &[
                    ("tier", holding.tier.sign().into()),
                    ("type", overview::type_name(holding.customer_type, lang).into()),
                    ("value", future::money(holding.future.expected, lang).into()),
                    ("risk", lang.percent(holding.risk).into()),
                ],
            ),
        })
        .collect();
    (!points.is_empty()).then(|| Chart {
        points,
        x_ticks: across.ticks(x_at, |share| lang.percent(share)),
        y_ticks: up.ticks(y_at, |units| short(units, lang)),
    })
}

fn short(units: f64, lang: Language) -> String {
    let text = Money::from_f64(units).map_or_else(String::new, |amount| lang.money_short(amount));
    text.replace(".00", "").replace(".0", "")
}

fn test(holdout: &Holdout, lang: Language) -> Test {
    let part = |id, comparison: &Comparison, shown: fn(f64, Language) -> String| Part {
        id,
        title: lang.text("test-chart", &[("what", lang.text(&format!("test-{id}"), &[]).into())]),
        scores: scores(comparison, lang, shown),
        ..bars(&comparison.classes, lang, shown)
    };
    let mut parts = vec![part("purchases", &holdout.purchases, |number, lang| lang.decimal(number, 2))];
    if let Some(value) = &holdout.value {
        parts.push(part("value", value, future::money));
    }
    Test { text: future::tested(holdout, lang), verdicts: future::verdicts(holdout, lang), parts }
}

/// A line for what happened and one for each method.
fn scores(comparison: &Comparison, lang: Language, shown: fn(f64, Language) -> String) -> Vec<[String; 7]> {
    let mut lines = vec![std::array::from_fn(|_| String::new())];
    lines[0][0] = lang.text("test-happened", &[]);
    lines[0][1] = shown(comparison.actual, lang);
    lines.extend(comparison.methods.iter().map(|score| {
        let sign = if score.total_error > 0.0 { "+" } else { "" };
        [
            future::method(score.method, lang),
            shown(score.total, lang),
            format!("{sign}{}", lang.percent(score.total_error)),
            shown(score.mean_absolute_error, lang),
            shown(score.root_mean_squared_error, lang),
            lang.decimal(score.correlation, 3),
            lang.percent(score.top_tenth),
        ]
    }));
    lines
}

/// Bars and marks by class; id, title and scores are the caller's.
fn bars(classes: &[Class], lang: Language, shown: fn(f64, Language) -> String) -> Part {
    let all = |class: &Class| [class.actual, class.model, class.same_again, class.average_so_far];
    let low = classes.iter().flat_map(all).fold(0.0, f64::min);
    let up = Axis::over(low, classes.iter().flat_map(all).fold(0.0, f64::max));
    let (at, zero) = (|units: f64| y_at(up.share(units)), y_at(up.share(0.0)));
    let slot = 1.0 / classes.len().max(1) as f64;
    let bars = classes
        .iter()
        .enumerate()
        .map(|(place, class)| {
            let top = at(class.actual);
            Bar {
                x: x_at((place as f64 + 0.18) * slot),
                width: round(0.64 * slot * (PLOT[2] - PLOT[0])),
                middle: x_at((place as f64 + 0.5) * slot),
                y: top.min(zero),
                height: round((top - zero).abs()),
                label: class.repeats.to_owned(),
                marks: [class.model, class.same_again, class.average_so_far].map(at),
                tip: lang.text(
                    "test-point",
                    &[
                        ("repeats", class.repeats.into()),
                        ("customers", lang.count(class.customers as u64).into()),
                        ("actual", shown(class.actual, lang).into()),
                        ("model", shown(class.model, lang).into()),
                        ("again", shown(class.same_again, lang).into()),
                        ("average", shown(class.average_so_far, lang).into()),
                    ],
                ),
            }
        })
        .collect();
    let y_ticks = up.ticks(y_at, |units| {
        if up.step < 1.0 || up.high < 100.0 { lang.decimal(units, up.decimals()) } else { short(units, lang) }
    });
    Part { id: "", title: String::new(), scores: Vec::new(), bars, zero, y_ticks }
}

/// An axis from and to a round number.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    /// Covers `low` to `high` by four to eight steps of 1, 2 or 5 times a power of ten.
    fn over(low: f64, high: f64) -> Axis {
        let span = (high - low).max(1e-9);
        let power = 10_f64.powf((span / 5.0).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|times| times * power)
            .into_iter()
            .find(|step| span / step <= 6.0)
            .unwrap_or(10.0 * power);
        // A little below 0 may stick out below the axis.
        let low = if low < 0.0 && low > -step / 4.0 { 0.0 } else { (low / step).floor() * step };
        Axis { low, high: (high / step).ceil() * step, step }
    }

    fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    fn decimals(&self) -> usize {
        (-self.step.log10().floor()).clamp(0.0, 4.0) as usize
    }

    fn ticks(&self, place: fn(f64) -> f64, label: impl Fn(f64) -> String) -> Vec<Tick> {
        let steps = ((self.high - self.low) / self.step).round() as i32;
        (0..=steps)
            .map(|step| self.low + f64::from(step) * self.step)
            .map(|value| Tick { at: place(self.share(value)), label: label(value) })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        for (low, high, expected) in [
            (0.0, 11.6, [0.0, 12.0, 2.0]),
            (-29.7, 418.0, [-100.0, 500.0, 100.0]),
            (0.0, 0.052, [0.0, 0.06, 0.01]),
        ] {
            let axis = Axis::over(low, high);
            for (found, wanted) in [axis.low, axis.high, axis.step].into_iter().zip(expected) {
                assert!((found - wanted).abs() < 1e-9, "{low} to {high}: {found} is not {wanted}");
            }
        }
    }
}
