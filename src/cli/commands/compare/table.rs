//! The whole comparison for a terminal; understandable without colour.

use comfy_table::{CellAlignment, Table, presets};

use crate::domain::Tier;
use crate::language::Language;
use crate::report::words;
use crate::runs::Comparison;

pub(super) fn shown(comparison: &Comparison, top: usize, lang: Language) -> String {
    let mut lines = vec![format!("A  {}", comparison.a), format!("B  {}", comparison.b), String::new()];
    lines.extend(words::overlap(comparison, lang));
    lines.push(String::new());
    lines.push(lang.text("compare-matrix", &[]) + colon(lang));
    lines.push(matrix(&comparison.migration.0.map(|row| row.0.map(|count| lang.count(count)))));
    if let Some(values) = &comparison.migration_value {
        lines.push(format!("\n{}{}", lang.text(words::value_title(comparison), &[]), colon(lang)));
        lines.push(matrix(&values.0.map(|row| row.0.map(|value| words::whole(value, lang)))));
    }
    lines.push(String::new());
    lines.extend(words::figures(comparison, lang));
    lines.extend(words::changes(comparison, lang));
    lines.extend(words::notes(comparison, lang));
    let shown = comparison.moved.len().min(top);
    if shown > 0 {
        lines.push(format!("\n{}{}", words::movers_title(comparison, shown, lang), colon(lang)));
        let mut table = bare();
        table.set_header(words::MOVER_HEADS.map(|head| lang.text(head, &[])));
        for movement in &comparison.moved[..shown] {
            table.add_row(words::mover(movement, lang));
        }
        right(&mut table, 3..5);
        lines.push(table.to_string());
    }
    // A terminal's lines are searched and cut: ordinary blanks in place of those that do not break.
    (lines.join("\n") + "\n").replace('\u{a0}', " ")
}

fn colon(lang: Language) -> &'static str {
    if lang.is_chinese() { "：" } else { ":" }
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
