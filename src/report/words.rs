//! Words for what tells two segmentations apart, for the terminal and for pages.

use crate::domain::{CustomerType, Money, Tier};
use crate::language::{FluentValue, Language};
use crate::runs::{ByTier, Cause, Change, Comparison, Group, Movement, Part, Why};

/// Characters of a setting that are shown at most.
const SETTING: usize = 40;

/// Who is on both sides and who on one, a line each.
pub fn overlap(comparison: &Comparison, lang: Language) -> Vec<String> {
    let customers = comparison.customers;
    let args = [
        ("both", lang.count(customers.both).into()),
        ("only_a", lang.count(customers.only_a).into()),
        ("only_b", lang.count(customers.only_b).into()),
    ];
    let mut lines = vec![lang.text("compare-customers", &args)];
    lines.extend(alone("compare-only-a", &comparison.left, lang));
    lines.extend(alone("compare-only-b", &comparison.arrived, lang));
    lines
}

/// Who is on one side only; nothing if nobody is.
fn alone(key: &str, groups: &ByTier<Group>, lang: Language) -> Option<String> {
    let told: Vec<String> = Tier::ALL
        .iter()
        .zip(&groups.0)
        .filter(|(_, group)| group.customers > 0)
        .map(|(tier, group)| {
            let value = if group.value == Money::ZERO {
                String::new()
            } else {
                format!(" ({})", whole(group.value, lang))
            };
            format!("{} {}{value}", tier.sign(), lang.count(group.customers))
        })
        .collect();
    (!told.is_empty()).then(|| lang.text(key, &[("groups", told.join(", ").into())]))
}

/// The title of the table of values.
pub fn value_title(comparison: &Comparison) -> &'static str {
    if comparison.valued_by_b { "compare-value-b" } else { "compare-value-either" }
}

/// Agreement, indices and similarities, a line each.
pub fn figures(comparison: &Comparison, lang: Language) -> Vec<String> {
    let said = |key: &str, args: &[(&str, FluentValue<'_>)]| lang.text(key, args);
    let same = lang.percent(comparison.tier_agreement);
    let moved = comparison.moved.len();
    let mut lines = vec![said("compare-same", &[("share", same.into()), ("moved", moved.into())])];
    if let (Some(value), Some(share)) = (comparison.value_moved, comparison.value_moved_share) {
        let (value, share) = (whole(value, lang), lang.percent(share));
        lines.push(said("compare-value-moved", &[("value", value.into()), ("share", share.into())]));
    }
    let indices = |ari: f64, nmi: f64| {
        [("ari", FluentValue::from(format!("{ari:.4}"))), ("nmi", FluentValue::from(format!("{nmi:.4}")))]
    };
    lines.push(said("compare-indices", &indices(comparison.ari, comparison.nmi)));
    let jaccard: Vec<String> = Tier::ALL
        .iter()
        .zip(comparison.tier_jaccard.0)
        .filter_map(|(tier, figure)| Some(format!("{} {:.3}", tier.sign(), figure?)))
        .collect();
    lines.push(said("compare-jaccard", &[("list", jaccard.join(", ").into())]));
    if let Some(types) = comparison.types {
        let name = |kind: CustomerType| lang.text(&format!("type-{kind}"), &[]);
        let [innovative, conservative] = CustomerType::ALL;
        let args: [(&str, FluentValue<'_>); 5] = [
            ("share", lang.percent(types.agreement).into()),
            ("innovative", name(innovative).into()),
            ("conservative", name(conservative).into()),
            ("down", lang.count(types.migration.0[0].0[1]).into()),
            ("up", lang.count(types.migration.0[1].0[0]).into()),
        ];
        lines.push(said("compare-types", &args));
        let jaccard: Vec<String> = CustomerType::ALL
            .into_iter()
            .zip(types.jaccard.0)
            .filter_map(|(kind, figure)| Some(format!("{} {:.3}", name(kind), figure?)))
            .collect();
        lines.push(said("compare-type-jaccard", &[("list", jaccard.join(", ").into())]));
        lines.push(said("compare-type-indices", &indices(types.ari, types.nmi)));
    }
    lines
}

/// What besides the customers differs, a line each.
pub fn changes(comparison: &Comparison, lang: Language) -> Vec<String> {
    let line = |change: &Change| {
        let args = [
            ("what", change.what.as_str().into()),
            ("a", setting(&change.a, lang).into()),
            ("b", setting(&change.b, lang).into()),
        ];
        lang.text("compare-changed", &args)
    };
    comparison.changes.iter().map(line).collect()
}

/// What of a side is not compared, a line each.
pub fn notes(comparison: &Comparison, lang: Language) -> Vec<String> {
    comparison.notes.iter().map(|note| lang.text("compare-note", &[("note", note.into())])).collect()
}

/// The title of a list of `shown` movers.
pub fn movers_title(comparison: &Comparison, shown: usize, lang: Language) -> String {
    let counts = [
        ("shown", lang.count(shown as u64).into()),
        ("all", lang.count(comparison.moved.len() as u64).into()),
    ];
    lang.text("compare-movers", &counts)
}

/// The heads of a list of movers.
pub const MOVER_HEADS: [&str; 6] = ["customer", "tier", "why", "value-in-a", "value-in-b", "what-changed"];

/// One mover under [`MOVER_HEADS`].
pub fn mover(movement: &Movement, lang: Language) -> [String; 6] {
    let value = |value: Option<Money>| value.map_or_else(String::new, |value| whole(value, lang));
    [
        movement.customer_id.to_string(),
        format!("{} → {}", movement.tier_a.sign(), movement.tier_b.sign()),
        why(movement.why, lang),
        value(movement.value_a),
        value(movement.value_b),
        movement.cause.map_or_else(String::new, |part| cause(part, lang)),
    ]
}

fn why(why: Why, lang: Language) -> String {
    lang.text(&format!("why-{}", why.as_str().replace('_', "-")), &[])
}

/// What changed most, from what to what: `orders 12 → 30`.
fn cause(cause: Cause, lang: Language) -> String {
    let (key, decimals) = match cause.what {
        Part::Orders => ("part-orders".to_owned(), 0),
        Part::ValuePerOrder => {
            ("part-value-per-order".to_owned(), if cause.a.abs().max(cause.b.abs()) < 1000.0 { 2 } else { 0 })
        }
        Part::Line => ("part-line".to_owned(), 0),
        Part::Component(kind) => (format!("component-{}", kind.as_str().replace('_', "-")), 2),
    };
    let [a, b] = [cause.a, cause.b].map(|figure| lang.decimal(figure, decimals));
    let mut name = lang.text(&key, &[]);
    if matches!(cause.what, Part::Component(_)) {
        // The figure is a rank among customers, which the component's name alone would not say.
        name = lang.text("part-rank", &[("what", name.into())]);
    }
    format!("{name} {a} → {b}")
}

/// Whole units, thousands grouped: for reading, not for machines.
pub fn whole(value: Money, lang: Language) -> String {
    lang.decimal(value.to_f64(), 0)
}

/// An empty or overlong setting, made readable.
fn setting(text: &str, lang: Language) -> String {
    let line = text.replace('\n', " ");
    match line.char_indices().nth(SETTING) {
        _ if line.is_empty() => lang.text("compare-nothing", &[]),
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::ComponentKind;

    #[test]
    fn long_settings_are_cut_at_a_character() {
        assert_eq!(setting("", Language::En), "(none)");
        assert_eq!(setting("短", Language::En), "短");
        assert_eq!(setting(&"长".repeat(50), Language::En).chars().count(), 41);
    }

    #[test]
    fn figures_have_the_decimals_that_mean_something() {
        let told = |what, a, b| cause(Cause { what, a, b }, Language::En);
        assert_eq!(told(Part::Orders, 4.0, 1200.0), "orders 4 → 1,200");
        assert_eq!(told(Part::ValuePerOrder, 10.5, 90.0), "value per order 10.50 → 90.00");
        assert_eq!(told(Part::Line, 99_999.6, 120.0), "line 100,000 → 120");
        let growth = told(Part::Component(ComponentKind::Growth), 0.5, 0.98);
        assert_eq!(growth, "rank by expected growth 0.50 → 0.98");
    }
}
