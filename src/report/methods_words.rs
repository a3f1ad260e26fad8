//! Words for the judgment on methods, for the terminal and for its page.

use crate::language::{FluentValue, Language};
use crate::runs::methods::{Estimate, MethodOutcome, MethodReport};

/// The heads of the table of methods.
pub const HEADS: [&str; 6] = [
    "bench-method",
    "bench-captured",
    "bench-interval",
    "bench-of-oracle",
    "bench-over-sales",
    "bench-ranks-by",
];

/// What was known, what was judged and what there was to be had.
pub fn intro(report: &MethodReport, lang: Language) -> Vec<String> {
    let known: [(&str, FluentValue<'_>); 4] = [
        ("cut", report.cut.to_string().into()),
        ("days", report.holdout_days.into()),
        ("visits", lang.count(report.visits).into()),
        ("customers", lang.count(report.customers).into()),
    ];
    let oracle = [
        ("oracle", percents(report.oracle, lang).into()),
        ("new", lang.percent(report.new_value_share).into()),
    ];
    vec![lang.text("bench-known", &known), lang.text("bench-oracle", &oracle)]
}

/// One method under [`HEADS`].
pub fn row(outcome: &MethodOutcome, lang: Language) -> [String; 6] {
    let points = |figure: f64| {
        let text = lang.decimal(figure * 100.0, 1);
        if figure * 100.0 >= 0.05 { format!("+{text}") } else { text }
    };
    let over = outcome.over_sales;
    [
        name(outcome.method, lang),
        lang.percent(outcome.captured.value),
        format!(
            "{} – {}",
            lang.decimal(outcome.captured.low * 100.0, 1),
            lang.decimal(outcome.captured.high * 100.0, 1)
        ),
        lang.percent(outcome.of_oracle.value),
        if outcome.method == "sales" {
            String::new()
        } else {
            format!("{} ({} … {})", points(over.value), points(over.low), points(over.high))
        },
        lang.text(&format!("ranks-by-{}", outcome.method.replace('_', "-")), &[]),
    ]
}

/// A method's name.
pub fn name(method: &str, lang: Language) -> String {
    lang.text(&format!("method-{}", method.replace('_', "-")), &[])
}

/// Which methods are better than plain sales, and which worse, beyond chance: whose interval lies on one side of 0.
pub fn verdict(report: &MethodReport, lang: Language) -> Vec<String> {
    let named = |holds: &dyn Fn(&MethodOutcome) -> bool| {
        let names = report.methods.iter().filter(|outcome| holds(outcome));
        names.map(|outcome| name(outcome.method, lang)).collect::<Vec<_>>()
    };
    let separator = if lang.is_chinese() { "、" } else { ", " };
    let better = named(&|outcome| outcome.over_sales.low > 0.0);
    let worse = named(&|outcome| outcome.over_sales.high < 0.0);
    let mut lines = vec![if better.is_empty() {
        lang.text("bench-none-better", &[])
    } else {
        lang.text("bench-better", &[("methods", better.join(separator).into())])
    }];
    if !worse.is_empty() {
        lines.push(lang.text("bench-worse", &[("methods", worse.join(separator).into())]));
    }
    lines
}

/// What became of promoted customers and how stable groups are.
pub fn groups(report: &MethodReport, lang: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(promotion) = &report.promotion {
        let growth: [(&str, FluentValue<'_>); 3] = [
            ("promoted", promotion.promoted.into()),
            ("growth", times(promotion.growth, lang).into()),
            ("equals", times(promotion.growth_of_equals, lang).into()),
        ];
        let reached: [(&str, FluentValue<'_>); 3] = [
            ("precision", lang.percent(promotion.precision).into()),
            ("risers", promotion.risers.into()),
            ("recall", lang.percent(promotion.recall).into()),
        ];
        lines.push(lang.text("bench-promotion", &growth));
        lines.push(lang.text("bench-reached", &reached));
    }
    if let Some(migration) = &report.migration {
        let tiers = ("tiers", lang.percent(migration.tier_agreement).into());
        lines.push(match migration.type_agreement {
            Some(types) => lang.text("bench-stable-both", &[tiers, ("types", lang.percent(types).into())]),
            None => lang.text("bench-stable", &[tiers]),
        });
    }
    lines
}

fn percents(estimate: Estimate, lang: Language) -> String {
    let bound = |share: f64| lang.decimal(share * 100.0, 1);
    format!("{} ({} – {})", lang.percent(estimate.value), bound(estimate.low), bound(estimate.high))
}

fn times(estimate: Estimate, lang: Language) -> String {
    let [value, low, high] =
        [estimate.value, estimate.low, estimate.high].map(|figure| lang.decimal(figure, 2));
    format!("{value} ({low} – {high})")
}
