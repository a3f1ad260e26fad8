//! The movers of a comparison as CSV.

use std::io::Write;

use super::cause::Cause;
use super::comparison::Comparison;
use super::movement::Movement;
use super::side::Assignment;

/// Writes one row per customer whose tier or type differs, who moved most first, then those on one side only.
///
/// Columns: `customer_id, tier_a, tier_b, why, value_a, value_b, value_change, potential_a,
/// potential_b, type_a, type_b, part, part_a, part_b`; cells that a side does not say are empty. `why` is `only_a` or `only_b`
/// for a customer that is not on both sides.
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
        "part",
        "part_a",
        "part_b",
    ])?;
    for movement in comparison.moved.iter().chain(&comparison.retyped) {
        writer.write_record(cells(movement))?;
    }
    for (side, assignments) in comparison.alone.iter().enumerate() {
        for assignment in assignments {
            writer.write_record(alone(side, assignment))?;
        }
    }
    writer.flush()?;
    Ok(())
}

fn cells(movement: &Movement) -> [String; 14] {
    let figure = |of: fn(&Cause) -> f64| shown(movement.cause.as_ref().map(|cause| rounded(of(cause))));
    [
        escaped(&movement.customer_id),
        movement.tier_a.to_string(),
        movement.tier_b.to_string(),
        movement.why.as_str().to_owned(),
        shown(movement.value_a),
        shown(movement.value_b),
        shown(movement.value_change()),
        shown(movement.potential_a.map(rounded)),
        shown(movement.potential_b.map(rounded)),
        shown(movement.type_a),
        shown(movement.type_b),
        shown(movement.cause.map(|cause| cause.what.as_str())),
        figure(|cause| cause.a),
        figure(|cause| cause.b),
    ]
}

/// A customer that only side 0 (A) or 1 (B) has.
fn alone(side: usize, assignment: &Assignment) -> [String; 14] {
    let mut cells = [const { String::new() }; 14];
    cells[0] = escaped(&assignment.customer_id);
    cells[1 + side] = assignment.tier.to_string();
    ["only_a", "only_b"][side].clone_into(&mut cells[3]);
    cells[4 + side] = shown(assignment.value);
    cells[7 + side] = shown(assignment.potential.map(rounded));
    cells[9 + side] = shown(assignment.customer_type);
    cells
}

/// An empty cell for what is not known.
fn shown(figure: Option<impl ToString>) -> String {
    figure.map_or_else(String::new, |figure| figure.to_string())
}

/// Six decimals are all that a rank or a mean means, and as many as result folders have.
fn rounded(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}

/// An id that a spreadsheet would take for a formula gets an apostrophe; a number does not.
fn escaped(id: &str) -> String {
    if id.starts_with(['=', '+', '-', '@']) && id.parse::<f64>().is_err() {
        format!("'{id}")
    } else {
        id.to_owned()
    }
}
