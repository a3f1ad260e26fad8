//! Single values against the closed forms of the papers at 60 digits, made by
//! `tests/reference/lifetime/make_values.py`. Needs no data.

use erba::lifetime::{History, Period, PurchaseModel, Span, Spend, SpendModel, ln_hyp2f1};

fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn numbers(cells: &[String]) -> Vec<f64> {
    cells.iter().map(|cell| cell.parse().unwrap()).collect()
}

/// Relative difference, absolute near 0.
fn differs(found: f64, expected: f64, tolerance: f64) -> bool {
    !found.is_finite() || (found - expected).abs() > tolerance * expected.abs().max(1e-3)
}

#[test]
fn likelihoods_and_forecasts_of_single_customers() {
    let table = rows(include_str!("../../reference/lifetime/models.csv"));
    assert_eq!(table.len(), 80);
    let mut faults = Vec::new();
    for row in &table {
        let cells = numbers(&row[1..]);
        let params = cells[0..4].to_vec().try_into().unwrap();
        let model = PurchaseModel::new(row[0].parse().unwrap(), Period::Week, params).unwrap();
        let history = History { x: cells[4] as u32, t_x: cells[5], total: cells[6] };
        let horizon = Span::new(cells[7], Period::Week);
        for (name, found, expected, tolerance) in [
            ("ln L", model.ln_likelihood(&history), cells[8], 1e-11),
            ("P(alive)", model.p_alive(&history), cells[9], 1e-10),
            ("E[Y]", model.expected_purchases(&history, horizon), cells[10], 1e-10),
        ] {
            if differs(found, expected, tolerance) {
                faults.push(format!("{row:?}: {name} is {found}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_hypergeometric_function() {
    for row in rows(include_str!("../../reference/lifetime/hyp2f1.csv")) {
        let cells = numbers(&row);
        let found = ln_hyp2f1(cells[0], cells[1], cells[2], cells[3]).unwrap();
        assert!(!differs(found, cells[4], 1e-11), "{row:?}: {found}");
    }
}

#[test]
fn the_spend_model() {
    for row in rows(include_str!("../../reference/lifetime/spend.csv")) {
        let cells = numbers(&row);
        let model = SpendModel { p: cells[0], q: cells[1], v: cells[2] };
        let spend = Spend { x: cells[3] as u32, mean: cells[4] };
        assert!(!differs(model.ln_likelihood(spend), cells[5], 1e-11), "{row:?}");
        assert!(!differs(model.expected_mean(Some(spend)), cells[6], 1e-13), "{row:?}");
    }
}

#[test]
fn a_horizon_may_come_in_any_unit() {
    let model = PurchaseModel::new("bg-nbd".parse().unwrap(), Period::Week, [0.2426, 4.4136, 0.7929, 2.4259]);
    let (model, history) = (model.unwrap(), History { x: 2, t_x: 30.43, total: 38.86 });
    let weeks = model.expected_purchases(&history, Span::new(39.0, Period::Week));
    let days = model.expected_purchases(&history, Span::new(273.0, Period::Day));
    assert!((weeks - days).abs() < 1e-12);
}
