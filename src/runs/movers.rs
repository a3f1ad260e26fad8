//! The movers of a comparison as CSV.

use std::io::Write;

use super::comparison::Comparison;
use super::movement::Movement;

/// Writes one row per customer whose tier or type differs, who moved most first.
///
/// Columns: `customer_id, tier_a, tier_b, why, value_a, value_b, value_change, potential_a,
/// potential_b, type_a, type_b`; cells that a side does not say are empty.
///
/// # Errors
/// If `out` cannot be written.
pub fn write_movers(comparison: &Comparison, out: impl Write) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "customer_id",
        "tier_a",
        "tier_b",
        "why",
        "value_a",
        "value_b",
        "value_change",
        "potential_a",
        "potential_b",
        "type_a",
        "type_b",
    ])?;
    for movement in comparison.moved.iter().chain(&comparison.retyped) {
        writer.write_record(cells(movement))?;
    }
    writer.flush()?;
    Ok(())
}

fn cells(movement: &Movement) -> [String; 11] {
    let text = |figure: Option<String>| figure.unwrap_or_default();
    [
        escaped(&movement.customer_id),
        movement.tier_a.to_string(),
        movement.tier_b.to_string(),
        movement.why.as_str().to_owned(),
        text(movement.value_a.map(|value| value.to_string())),
        text(movement.value_b.map(|value| value.to_string())),
        text(movement.value_change().map(|value| value.to_string())),
        text(movement.potential_a.map(|potential| potential.to_string())),
        text(movement.potential_b.map(|potential| potential.to_string())),
        text(movement.type_a.map(|customer_type| customer_type.to_string())),
        text(movement.type_b.map(|customer_type| customer_type.to_string())),
    ]
}

/// An id that a spreadsheet would take for a formula gets an apostrophe; a number does not.
fn escaped(id: &str) -> String {
    if id.starts_with(['=', '+', '-', '@']) && id.parse::<f64>().is_err() {
        format!("'{id}")
    } else {
        id.to_owned()
    }
}
