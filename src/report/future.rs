//! What customers will bring, in words: the lifetime part of every report for people.

use crate::domain::{Money, Tier};
use crate::language::{FluentValue, Language};
use crate::lifetime::{Comparison, Holdout, Lifetime, ValueTotal, Win};
use crate::result::Segmentation;

/// `52 weeks`: a number of periods in the reader's language.
pub(super) fn span(amount: f64, period: &str, lang: Language) -> String {
    let whole = amount.fract() == 0.0 && amount < 1e9;
    let count = if whole { FluentValue::from(amount as i64) } else { lang.decimal(amount, 1).into() };
    lang.text(&format!("span-{period}"), &[("count", count)])
}

/// How far the forecast goes.
pub(super) fn horizon(lifetime: &Lifetime, lang: Language) -> String {
    let period = lifetime.params.period();
    span(lifetime.params.horizon().counted_in(period), period.as_str(), lang)
}

/// Currency units as money.
pub(super) fn money(units: f64, lang: Language) -> String {
    Money::from_f64(units).map_or_else(String::new, |amount| lang.money(amount))
}

/// `1,234 – 5,678`, or that there are no bounds.
pub(super) fn money_between(low: f64, high: f64, lang: Language) -> String {
    if !high.is_finite() {
        return lang.text("future-unbounded", &[]);
    }
    format!("{} – {}", money(low, lang), money(high, lang))
}

/// Purchases as whole numbers.
pub(super) fn purchases(number: f64, lang: Language) -> String {
    lang.decimal(number, usize::from(number.abs() < 10.0))
}

/// One line a tier and one for all: name, customers, purchases, value, interval.
pub(super) fn by_tier(all: &Segmentation, lifetime: &Lifetime, lang: Language) -> Vec<[String; 5]> {
    let line = |name: String, total: &ValueTotal| {
        [
            name,
            lang.count(total.customers as u64),
            purchases(total.purchases, lang),
            money(total.expected, lang),
            money_between(total.low, total.high, lang),
        ]
    };
    let tiers = lifetime.by_tier(&all.tiering.tiers);
    let mut lines: Vec<_> = Tier::ALL
        .iter()
        .zip(&tiers)
        .map(|(tier, total)| line(lang.text("tier-name", &[("tier", tier.sign().into())]), total))
        .collect();
    lines.push(line(lang.text("all-customers", &[]), &lifetime.total(|_| true)));
    lines
}

/// Heads of [`by_tier`].
pub(super) fn tier_heads(lifetime: &Lifetime, lang: Language) -> [String; 5] {
    let coverage = lang.percent(lifetime.params.coverage()).replace(".0", "");
    [
        lang.text("group", &[]),
        lang.text("customers", &[]),
        lang.text("future-purchases", &[]),
        lang.text("future-value", &[]),
        lang.text("future-interval", &[("coverage", coverage.into())]),
    ]
}

/// The title of the tiers' table.
pub(super) fn title(lifetime: &Lifetime, lang: Language) -> String {
    lang.text("future-title", &[("span", horizon(lifetime, lang).into())])
}

/// What was cut off and asked for.
pub(super) fn tested(holdout: &Holdout, lang: Language) -> String {
    lang.text(
        "test-text",
        &[
            ("cut", holdout.cut.map_or_else(String::new, |cut| cut.to_string()).into()),
            ("span", span(holdout.horizon, holdout.period.as_str(), lang).into()),
            ("customers", lang.count(holdout.customers as u64).into()),
            ("model", holdout.model.as_str().into()),
        ],
    )
}

/// How the test went, a sentence for the interval and one for the simple rules.
pub(super) fn verdicts(holdout: &Holdout, lang: Language) -> Vec<String> {
    let mut told = judged(&holdout.purchases, "purchases", lang, purchases);
    if let Some(value) = &holdout.value {
        told.extend(judged(value, "value", lang, money));
    }
    told
}

fn judged(
    comparison: &Comparison,
    what: &str,
    lang: Language,
    shown: fn(f64, Language) -> String,
) -> Vec<String> {
    let what = lang.text(&format!("test-{what}"), &[]);
    let [low, high] = comparison.interval;
    let expected = comparison.methods.first().map_or(0.0, |model| model.total);
    let verdict = match (high.is_finite(), comparison.inside) {
        (false, _) => "test-unbounded",
        (true, true) => "test-inside",
        (true, false) => "test-outside",
    };
    let hit = lang.text(
        verdict,
        &[
            ("what", what.as_str().into()),
            ("actual", shown(comparison.actual, lang).into()),
            ("expected", shown(expected, lang).into()),
            ("low", shown(low, lang).into()),
            ("high", shown(high, lang).into()),
        ],
    );
    let wins = comparison.simple_rule_wins.as_slice();
    let verdict = if wins.is_empty() {
        lang.text("test-model-wins", &[("what", what.into())])
    } else {
        let rule = |win: &Win| {
            lang.text(
                "test-win",
                &[
                    ("measure", lang.text(&format!("test-{}", win.measure), &[]).into()),
                    ("method", method(win.method, lang).into()),
                ],
            )
        };
        let wins: Vec<String> = wins.iter().map(rule).collect();
        let wins = wins.join(&lang.text("test-join", &[]));
        lang.text("test-rule-wins", &[("what", what.into()), ("wins", wins.into())])
    };
    vec![hit, verdict]
}

/// The name of a way to forecast.
pub(super) fn method(method: &str, lang: Language) -> String {
    lang.text(&format!("test-{method}"), &[])
}
