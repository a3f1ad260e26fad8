//! The whole comparison for a terminal; understandable without colour.

use comfy_table::{CellAlignment, Table, presets};

use crate::domain::{CustomerType, Money, Tier};
use crate::language::{FluentValue, Language};
use crate::report::words;
use crate::runs::{ByTier, Comparison, Group, Movement};

pub(super) fn shown(comparison: &Comparison, top: usize, lang: Language) -> String {
    let customers = comparison.customers;
    let mut lines = vec![
        format!("A  {}", comparison.a),
        format!("B  {}", comparison.b),
        String::new(),
        lang.text(
            "compare-customers",
            &[
                ("both", lang.count(customers.both).into()),
                ("only_a", lang.count(customers.only_a).into()),
                ("only_b", lang.count(customers.only_b).into()),
            ],
        ),
    ];
    lines.extend(alone("compare-only-a", &comparison.left, lang));
    lines.extend(alone("compare-only-b", &comparison.arrived, lang));
    lines.push(String::new());
    lines.push(lang.text("compare-matrix", &[]) + colon(lang));
    lines.push(matrix(&comparison.migration.0.map(|row| row.0.map(|count| lang.count(count)))));
    if let Some(values) = &comparison.migration_value {
        let key = if comparison.valued_by_b { "compare-value-b" } else { "compare-value-either" };
        lines.push(format!("\n{}{}", lang.text(key, &[]), colon(lang)));
        lines.push(matrix(&values.0.map(|row| row.0.map(|value| rounded(value, lang)))));
    }
    lines.push(String::new());
    lines.extend(figures(comparison, lang));
    lines.extend(words::changes(comparison, lang));
    lines.extend(comparison.notes.iter().map(|note| lang.text("compare-note", &[("note", note.into())])));
    let shown = comparison.moved.len().min(top);
    if shown > 0 {
        let counts = [
            ("shown", lang.count(shown as u64).into()),
            ("all", lang.count(comparison.moved.len() as u64).into()),
        ];
        lines.push(format!("\n{}{}", lang.text("compare-movers", &counts), colon(lang)));
        lines.push(movers(&comparison.moved[..shown], lang));
    }
    lines.join("\n") + "\n"
}

fn colon(lang: Language) -> &'static str {
    if lang == Language::Zh { "：" } else { ":" }
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
                format!(" ({})", rounded(group.value, lang))
            };
            format!("{} {}{value}", tier.sign(), lang.count(group.customers))
        })
        .collect();
    (!told.is_empty()).then(|| lang.text(key, &[("groups", told.join(", ").into())]))
}

fn figures(comparison: &Comparison, lang: Language) -> Vec<String> {
    let moved = comparison.moved.len();
    let said = |key: &str, args: &[(&str, FluentValue<'_>)]| lang.text(key, args);
    let same = plain(&lang.percent(comparison.tier_agreement));
    let mut lines = vec![said("compare-same", &[("share", same.into()), ("moved", moved.into())])];
    if let (Some(value), Some(share)) = (comparison.value_moved, comparison.value_moved_share) {
        let (value, share) = (rounded(value, lang), plain(&lang.percent(share)));
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
            ("share", plain(&lang.percent(types.agreement)).into()),
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

fn matrix(cells: &[[String; 3]; 3]) -> String {
    let mut table = bare();
    table.set_header(["", "Ⅰ", "Ⅱ", "Ⅲ"]);
    for (tier, row) in Tier::ALL.iter().zip(cells) {
        table.add_row(std::iter::once(tier.sign()).chain(row.iter().map(String::as_str)));
    }
    right(&mut table, 1..4);
    table.to_string()
}

fn movers(moved: &[Movement], lang: Language) -> String {
    let mut table = bare();
    let heads = ["customer", "tier", "why", "value-in-a", "value-in-b", "what-changed"];
    table.set_header(heads.map(|head| lang.text(head, &[])));
    for movement in moved {
        let value = |value: Option<Money>| value.map_or_else(String::new, |value| rounded(value, lang));
        table.add_row([
            movement.customer_id.to_string(),
            format!("{} → {}", movement.tier_a.sign(), movement.tier_b.sign()),
            words::why(movement.why, lang),
            value(movement.value_a),
            value(movement.value_b),
            movement.cause.map_or_else(String::new, |cause| words::cause(cause, lang)),
        ]);
    }
    right(&mut table, 3..5);
    table.to_string()
}

fn bare() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table
}

fn right(table: &mut Table, columns: std::ops::Range<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Whole units, thousands grouped: for reading, not for machines.
fn rounded(value: Money, lang: Language) -> String {
    lang.decimal(value.to_f64(), 0)
}

/// A terminal's lines are searched and cut: an ordinary blank in place of one that does not break.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}
