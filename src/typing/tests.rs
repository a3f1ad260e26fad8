//! What typing promises, held against planted truth.

use super::*;
use crate::domain::{Money, general_section};
use crate::features::{Attribute, AttributeValues};

fn params() -> TypingParams {
    general_section("typing")
}

fn typed(table: &FeatureTable, params: TypingParams) -> (Typing, Option<TypingModel>) {
    assign(table, &planted::value(table), &params.check().unwrap(), 42).unwrap()
}

/// Mean of the shares found of each type; customers with even numbers are the innovative ones.
fn balanced_accuracy(typing: &Typing) -> f64 {
    let share = |parity: usize, wanted: CustomerType| {
        let own = typing.types.iter().skip(parity).step_by(2);
        let all = own.len() as f64;
        own.filter(|found| **found == wanted).count() as f64 / all
    };
    f64::midpoint(share(0, CustomerType::Innovative), share(1, CustomerType::Conservative))
}

#[test]
fn planted_types_are_found_and_are_not_volume_in_disguise() {
    for days in [200, 12_000] {
        let table = planted::table(3000, 60, days, 5.0, 1);
        let (typing, _) = typed(&table, params());
        let accuracy = balanced_accuracy(&typing);
        assert!(accuracy > 0.9, "{days} days: {accuracy}");
        assert!(typing.quality.value_correlation.unwrap().abs() < 0.2, "{:?}", typing.quality);
        assert!(typing.quality.volume_correlation.unwrap().abs() < 0.1, "{:?}", typing.quality);
        assert!(typing.quality.split_half.unwrap() > 0.5, "{:?}", typing.quality);
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // Enough customers that they fall into several parts.
    let table = planted::table(20_000, 12, 400, 5.0, 8);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| typed(&table, params()))
    };
    let ((one, first), (three, second)) = (run(1), run(3));
    assert_eq!(first, second);
    assert_eq!((one.innovativeness, one.confidence), (three.innovativeness, three.confidence));
    assert_eq!(one.quality, three.quality);
}

#[test]
fn the_kept_model_gives_the_same_types_again() {
    let table = planted::table(300, 40, 400, 5.0, 2);
    let (typing, model) = typed(&table, params());
    let text = serde_json::to_string(&model.unwrap()).unwrap();
    let model: TypingModel = serde_json::from_str(&text).unwrap();
    let again = apply(&model, &table, &planted::value(&table)).unwrap();
    assert_eq!(again.types, typing.types);
    assert_eq!(again.confidence, typing.confidence);
    assert_eq!(again.quality, typing.quality);
    let mut other = model;
    other.format = 2;
    assert!(apply(&other, &table, &planted::value(&table)).unwrap_err().has_code(453));
}

#[test]
fn equal_customers_get_equal_results() {
    let mut table = planted::table(200, 40, 400, 5.0, 3);
    for index in 0..20 {
        table.rows[index * 7] = table.rows[0].clone();
    }
    let (typing, _) = typed(&table, params());
    for index in 1..20 {
        assert_eq!(typing.innovativeness[index * 7], typing.innovativeness[0]);
        assert_eq!(typing.types[index * 7], typing.types[0]);
        assert_eq!(typing.confidence[index * 7].to_bits(), typing.confidence[0].to_bits());
    }
}

#[test]
fn money_in_another_currency_changes_nothing() {
    let table = planted::table(200, 40, 400, 5.0, 4);
    let mut scaled = table.clone();
    for row in &mut scaled.rows {
        row.sales_history = Money(row.sales_history.0 * 8);
        row.new_sales = Money(row.new_sales.0 * 8);
    }
    assert_eq!(typed(&table, params()).0.types, typed(&scaled, params()).0.types);
}

#[test]
fn little_evidence_is_conservative_without_confidence() {
    let mut table = planted::table(100, 40, 400, 5.0, 5);
    table.rows[0].active_days = 2;
    table.rows[2].sales_history = Money(-5);
    table.rows[4].last = Some(crate::domain::Day(3));
    let (typing, _) = typed(&table, params());
    for index in [0, 2, 4] {
        assert_eq!(typing.flags[index], TypeFlag::InsufficientEvidence);
        assert_eq!(typing.types[index], CustomerType::Conservative);
        assert_eq!((typing.innovativeness[index], typing.clusters[index]), (None, None));
        assert!(typing.confidence[index].abs() < f64::EPSILON);
    }
    assert_eq!(typing.quality.clustered, 97);
}

#[test]
fn without_products_nobody_is_guessed_at() {
    for table in [FeatureTable::default(), planted::table(50, 0, 400, 5.0, 6)] {
        let (typing, model) = typed(&table, params());
        assert!(model.is_none());
        assert!(typing.flags.iter().all(|flag| *flag == TypeFlag::NoProductData));
        assert!(typing.types.iter().all(|found| *found == CustomerType::Conservative));
        assert_eq!(typing.warnings.len(), 1);
    }
}

fn with_numbers(name: &str, cells: Vec<Option<f64>>) -> FeatureTable {
    let ids = (0..cells.len()).map(|index| format!("c{index:03}").into()).collect();
    let rows = vec![crate::features::Features::default(); cells.len()];
    let attributes = vec![Attribute { name: name.into(), values: AttributeValues::Number(cells) }];
    FeatureTable { ids, rows, attributes, ..FeatureTable::default() }
}

#[test]
fn an_orientation_splits_by_its_columns() {
    let cells = vec![Some(1.0), Some(1.5), Some(9.0), None, Some(8.5), Some(1.0)];
    let expected = [1, 1, 0, 1, 0, 1].map(|index| CustomerType::ALL[index]);
    // A column of this name is an orientation by itself.
    let (typing, _) = typed(&with_numbers("innovativeness", cells.clone()), params());
    assert_eq!(typing.types, expected);
    assert_eq!(typing.flags[3], TypeFlag::InsufficientEvidence);
    // A negative weight turns it round.
    let mut turned = params();
    turned.orientation.insert("age".into(), -1.0);
    let (typing, _) = typed(&with_numbers("age", cells.clone()), turned.clone());
    assert_eq!(typing.types[2], CustomerType::Conservative);
    assert_eq!(typing.types[0], CustomerType::Innovative);
    // What is the same for everybody is no evidence of who has no age.
    turned.orientation.insert("recent_products".into(), 1.0);
    let bought = FeatureTable { has_transactions: true, ..with_numbers("age", cells) };
    let (typing, _) = typed(&bought, turned.clone());
    assert_eq!(typing.flags[3], TypeFlag::InsufficientEvidence);
    assert_eq!(typing.types[0], CustomerType::Innovative);
    let error =
        assign(&with_numbers("ages", vec![Some(1.0)]), &Value::default(), &turned.check().unwrap(), 42);
    assert!(error.unwrap_err().has_code(451));
}

#[test]
fn one_customer_and_equal_customers_have_a_result() {
    for cells in [vec![Some(4.0)], vec![Some(4.0); 30], vec![None; 3]] {
        let (typing, _) = typed(&with_numbers("innovativeness", cells), params());
        assert!(typing.types.iter().all(|found| *found == CustomerType::Conservative));
        assert_eq!(typing.warnings.len(), 1);
    }
}

#[test]
fn a_drawn_fit_types_everyone() {
    let table = planted::table(2000, 60, 400, 5.0, 8);
    let mut few = params();
    few.fit_customers = 500;
    let (typing, model) = typed(&table, few);
    assert_eq!(model.unwrap().fitted, 500);
    assert_eq!((typing.quality.clustered, typing.quality.silhouette_sample), (2000, 500));
    assert!(balanced_accuracy(&typing) > 0.9);
}

#[test]
fn one_thread_gives_the_bits_of_two() {
    let table = planted::table(1000, 40, 400, 5.0, 9);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| typed(&table, params()))
    };
    let ((one, model_one), (two, model_two)) = (run(1), run(2));
    assert_eq!(one.quality, two.quality);
    assert_eq!(one.confidence, two.confidence);
    assert_eq!(model_one, model_two);
}

#[test]
fn attributes_join_the_matrix() {
    let mut table = planted::table(300, 40, 400, 5.0, 10);
    let areas = (0..300).map(|index| (index % 3 > 0).then(|| ["north", "south"][index % 2].into())).collect();
    table.attributes = vec![Attribute { name: "area".into(), values: AttributeValues::Text(areas) }];
    let mut with_area = params();
    with_area.attributes = vec!["area".into()];
    let (typing, _) = typed(&table, with_area);
    assert_eq!(typing.quality.features[4..], ["area=north", "area=south", "area=(other)"]);
    assert!(balanced_accuracy(&typing) > 0.85);
}
