//! A comparison as a page: the heat map of migration, the figures, what differs, who moved.

use minijinja::context;

use super::heat::Map;
use super::{broken, environment, safe, shown};
use crate::domain::{CustomerType, Money, Tier};
use crate::error::Result;
use crate::language::Language;
use crate::report::words;
use crate::runs::Comparison;

/// Movers in the page; `--out` writes all of them.
const MOST: usize = 100;

/// The page of `erba compare --html`: one file, no network.
///
/// # Errors
/// E902 if the page cannot be drawn.
pub fn comparison_page(comparison: &Comparison, lang: Language) -> Result<String> {
    let environment = environment(lang)?;
    let page = environment.get_template("comparison.html").map_err(|fault| broken(&fault))?;
    let args = [
        ("share", lang.percent(comparison.tier_agreement).into()),
        ("both", lang.count(comparison.customers.both).into()),
    ];
    let movers = &comparison.moved[..comparison.moved.len().min(MOST)];
    let mut lead = vec![format!("A: {}", comparison.a), format!("B: {}", comparison.b)];
    lead.extend(words::overlap(comparison, lang));
    lead.extend(words::notes(comparison, lang));
    page.render(context! {
        lang => lang.html(),
        style => safe(include_str!("style.css")),
        kind => lang.text("compare-kind", &[]),
        headline => lang.text("compare-headline", &args),
        lead => lead,
        maps => shown(maps(comparison, lang)),
        figures => words::figures(comparison, lang),
        changes => words::changes(comparison, lang),
        movers_title => words::movers_title(comparison, movers.len(), lang),
        movers => movers.iter().map(|mover| words::mover(mover, lang)).collect::<Vec<_>>(),
    })
    .map_err(|fault| broken(&fault))
}

fn maps(comparison: &Comparison, lang: Language) -> Vec<Map> {
    let signs: Vec<String> = Tier::ALL.iter().map(|tier| tier.sign().to_owned()).collect();
    let count = |count: &u64| (*count as f64, lang.count(*count));
    let counts: Vec<Vec<u64>> = comparison.migration.0.iter().map(|row| row.0.to_vec()).collect();
    let mut maps = vec![Map::new("compare-matrix", &signs, &counts, count, lang)];
    if let Some(values) = &comparison.migration_value {
        let values: Vec<Vec<Money>> = values.0.iter().map(|row| row.0.to_vec()).collect();
        let value = |value: &Money| (value.to_f64(), lang.money_short(*value));
        maps.push(Map::new(words::value_title(comparison), &signs, &values, value, lang));
    }
    if let Some(types) = &comparison.types {
        let names = CustomerType::ALL.map(|kind| lang.text(&format!("type-{kind}"), &[]));
        let counts: Vec<Vec<u64>> = types.migration.0.iter().map(|row| row.0.to_vec()).collect();
        maps.push(Map::new("compare-type-matrix", &names, &counts, count, lang).without_arrows());
    }
    maps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::{Assignment, Side, compare};
    use CustomerType::{Conservative, Innovative};

    fn page(ids: [&str; 3], lang: Language) -> String {
        let side = |tiers: [Tier; 3], types: [CustomerType; 3]| {
            let assignments = ids
                .iter()
                .zip(tiers.into_iter().zip(types))
                .map(|(id, (tier, kind))| Assignment {
                    customer_type: Some(kind),
                    value: Some(Money(5_000_000)),
                    ..Assignment::bare(id, tier)
                })
                .collect();
            Side { name: "<b>q1</b>".to_owned(), assignments, ..Side::default() }
        };
        let a = side([Tier::I, Tier::II, Tier::III], [Innovative, Conservative, Conservative]);
        let b = side([Tier::I, Tier::I, Tier::III], [Innovative, Innovative, Conservative]);
        comparison_page(&compare(&a, &b).unwrap(), lang).unwrap()
    }

    #[test]
    fn the_map_is_shaded_and_names_stay_text() {
        let page = page(["<i>a</i>", "b", "c"], Language::En);
        assert_eq!(page.matches("<table class=\"matrix heat-map\">").count(), 3);
        assert!(
            page.contains(
                "<td class=\"n heat off\" style=\"--heat:1.0\">↑ 1<small>100.0\u{a0}%</small></td>"
            ),
            "{page}"
        );
        assert!(!page.contains("<i>a") && !page.contains("<b>q1"));
        assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
        assert!(page.contains("66.7\u{a0}% of 3 customers keep their tier"));
    }

    #[test]
    fn the_page_speaks_chinese() {
        let page = page(["a", "b", "c"], Language::Zh);
        assert!(page.contains("lang=\"zh-CN\"") && page.contains("保持原有等级"), "{page}");
    }
}
