//! The judgment on methods as a page: what each captured, the gains curves, what became of tiers and promotion.

use minijinja::context;

use super::heat::Map;
use super::{broken, dots, environment, gains, safe, shown};
use crate::domain::Tier;
use crate::error::Result;
use crate::language::Language;
use crate::report::methods_words;
use crate::runs::methods::MethodReport;

/// The page of `erba bench methods --html`: one file, no network.
///
/// # Errors
/// E902 if the page cannot be drawn.
pub fn methods_page(report: &MethodReport, lang: Language) -> Result<String> {
    let environment = environment(lang)?;
    let page = environment.get_template("methods.html").map_err(|fault| broken(&fault))?;
    let mut lead = methods_words::intro(report, lang);
    lead.extend(methods_words::verdict(report, lang));
    // The first may lead by a hair that chance explains; then the simple rule has won.
    let best = report.methods.iter().find(|outcome| outcome.over_sales.low > 0.0);
    let sales = report.methods.iter().find(|outcome| outcome.method == "sales");
    let told = best.or(sales);
    let args = [
        ("method", told.map_or_else(String::new, |told| methods_words::name(told.method, lang)).into()),
        ("share", lang.percent(told.map_or(0.0, |told| told.captured.value)).into()),
        ("days", report.holdout_days.into()),
    ];
    let headline = if best.is_some() { "bench-headline" } else { "bench-headline-none" };
    page.render(context! {
        lang => lang.html(),
        style => safe(include_str!("style.css")),
        kind => lang.text("bench-kind", &[]),
        headline => lang.text(headline, &args),
        lead => lead,
        dots => safe(&dots::captured(report, lang)),
        heads => methods_words::HEADS.map(|head| lang.text(head, &[])),
        rows => report.methods.iter().map(|one| methods_words::row(one, lang)).collect::<Vec<_>>(),
        gains => safe(&gains::gains(report, lang)),
        groups => methods_words::groups(report, lang),
        map => shown(report.migration.as_ref().map(|migration| {
            let signs: Vec<String> = Tier::ALL.iter().map(|tier| tier.sign().to_owned()).collect();
            let counts: Vec<Vec<u64>> = migration.tiers.0.iter().map(|row| row.0.to_vec()).collect();
            Map::new("bench-matrix", &signs, &counts, |count| (*count as f64, lang.count(*count)), lang)
        })),
    })
    .map_err(|fault| broken(&fault))
}
