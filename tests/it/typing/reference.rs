//! The adoption model against `tests/reference/typing/adoption.py`, which works on dense matrices.

use erba::domain::{Day, Money};
use erba::features::{Adoption, FeatureTable, Features, Launch};
use erba::scoring::Value;
use erba::typing::assign;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    end: i32,
    launch_days: Vec<i32>,
    customers: Vec<Customer>,
    early_days: u32,
    gamma: f64,
    shrinkage: f64,
    appeal: Vec<f64>,
    adopted: Vec<f64>,
    innovativeness: Vec<f64>,
    spread: std::collections::BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Customer {
    first: i32,
    last: i32,
    sales: f64,
    new_sales: f64,
    entropy: f64,
    adoptions: Vec<(u32, i32)>,
}

fn table(case: &Case) -> FeatureTable {
    let row = |customer: &Customer| Features {
        sales: Money::from_f64(customer.sales).unwrap(),
        sales_history: Money::from_f64(customer.sales).unwrap(),
        new_sales: Money::from_f64(customer.new_sales).unwrap(),
        active_days: 9,
        first: Some(Day(customer.first)),
        last: Some(Day(customer.last)),
        entropy: customer.entropy,
        adoptions: customer
            .adoptions
            .iter()
            .map(|&(launch, day)| Adoption { launch, day: Day(day) })
            .collect(),
        ..Features::default()
    };
    let launch = |(j, &day): (usize, &i32)| Launch { product_id: format!("p{j:02}").into(), day: Day(day) };
    FeatureTable {
        as_of: Some(Day(case.end)),
        history: Some((Day(0), Day(case.end))),
        ids: (0..case.customers.len()).map(|index| format!("c{index:02}").into()).collect(),
        rows: case.customers.iter().map(row).collect(),
        launches: case.launch_days.iter().enumerate().map(launch).collect(),
        has_products: true,
        has_transactions: true,
        ..FeatureTable::default()
    }
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-6 * (1.0 + expected.abs()), "{what}: {found} for {expected}");
}

#[test]
fn the_adoption_model_agrees_with_dense_matrices() {
    let case: Case = serde_json::from_str(include_str!("../../reference/typing/adoption.json")).unwrap();
    let mut params = super::params();
    params.model_steps = 1000;
    let (typing, model) = assign(&table(&case), &Value::default(), &params.check().unwrap(), 1).unwrap();
    let model = model.unwrap();
    let adoption = model.adoption.unwrap();
    assert_eq!(adoption.early_days, case.early_days);
    near(adoption.gamma, case.gamma, "gamma");
    near(adoption.shrinkage, case.shrinkage, "shrinkage");
    for (launch, (appeal, adopted)) in adoption.launches.iter().zip(case.appeal.iter().zip(&case.adopted)) {
        near(launch.appeal, *appeal, &launch.product_id);
        near(launch.adopted, *adopted, &launch.product_id);
    }
    for (found, expected) in typing.innovativeness.iter().zip(&case.innovativeness) {
        near(found.unwrap(), *expected, "innovativeness");
    }
    for column in &model.columns {
        near(column.spread, case.spread[&column.name], &column.name);
    }
}
