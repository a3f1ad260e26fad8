//! The same data, however a writer has typed them.

use std::sync::Arc;

use arrow_array::types::{Decimal128Type, Int16Type, Int32Type};
use arrow_array::{
    ArrayRef, DictionaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray, NullArray,
    PrimitiveArray, StringArray, StringViewArray, TimestampMicrosecondArray,
};

use crate::program::Desk;

use super::{summary, write};

const DAYS: [i64; 6] = [20_000, 20_010, 20_020, 20_100, 20_200, 20_300];
const CUSTOMERS: [&str; 6] = ["17", "18", "17", "19", "18", "17"];
const CENTS: [i64; 6] = [1_999, -500, 12_345, 7, 100_000, 250];

fn csv() -> String {
    let mut text = String::from("customer_id,date,amount,product_id\n");
    for row in 0..6 {
        let day = erba::domain::Day(DAYS[row] as i32);
        let amount = CENTS[row] as f64 / 100.0;
        text.push_str(&format!("{},{day},{amount},P{}\n", CUSTOMERS[row], row % 2));
    }
    text
}

fn array(array: impl arrow_array::Array + 'static) -> ArrayRef {
    Arc::new(array)
}

/// Every way in which the column may be written.
fn ways(name: &str) -> Vec<ArrayRef> {
    let micros = DAYS.map(|day| day * 86_400_000_000 + 3_600_000_000);
    let products = ["P0", "P1", "P0", "P1", "P0", "P1"];
    match name {
        "customer_id" => vec![
            array(StringArray::from(CUSTOMERS.to_vec())),
            array(LargeStringArray::from(CUSTOMERS.to_vec())),
            array(Int32Array::from(CUSTOMERS.map(|id| id.parse::<i32>().unwrap()).to_vec())),
            array(Float64Array::from(CUSTOMERS.map(|id| id.parse::<f64>().unwrap()).to_vec())),
        ],
        "date" => vec![
            array(PrimitiveArray::<arrow_array::types::Date32Type>::from(
                DAYS.map(|day| day as i32).to_vec(),
            )),
            array(TimestampMicrosecondArray::from(micros.to_vec())),
            // One o'clock in Shanghai is still the day before in Greenwich.
            array(
                TimestampMicrosecondArray::from(micros.map(|moment| moment - 8 * 3_600_000_000).to_vec())
                    .with_timezone("Asia/Shanghai"),
            ),
            array(StringArray::from(DAYS.map(|day| erba::domain::Day(day as i32).to_string()).to_vec())),
        ],
        "amount" => vec![
            array(Float64Array::from(CENTS.map(|cents| cents as f64 / 100.0).to_vec())),
            array(
                PrimitiveArray::<Decimal128Type>::from(CENTS.map(i128::from).to_vec())
                    .with_precision_and_scale(12, 2)
                    .unwrap(),
            ),
            array(StringArray::from(CENTS.map(|cents| format!("{:.2}", cents as f64 / 100.0)).to_vec())),
        ],
        _ => vec![
            array(StringArray::from(products.to_vec())),
            array(StringViewArray::from(products.to_vec())),
            array(products.into_iter().collect::<DictionaryArray<Int32Type>>()),
            array(products.into_iter().collect::<DictionaryArray<Int16Type>>()),
        ],
    }
}

#[test]
fn every_way_of_typing_the_same_data_gives_the_same() {
    let desk = Desk::new();
    desk.put("log.csv", csv());
    desk.done("run --transactions log.csv --out csv");
    let expected = desk.text("csv/customers.csv");
    let names = ["customer_id", "date", "amount", "product_id"];
    for way in 0..4 {
        let columns = names.map(|name| {
            let ways = ways(name);
            (name, ways[way % ways.len()].clone())
        });
        write(&desk.path("log.parquet"), columns.to_vec(), 4);
        desk.done("run --transactions log.parquet --out out --force");
        assert_eq!(desk.text("out/customers.csv"), expected, "way {way}");
    }
}

#[test]
fn cells_without_a_value_are_blank_and_bad_ones_are_rejected_with_their_row() {
    let desk = Desk::new();
    let columns = vec![
        (
            "customer_id",
            array(StringArray::from(vec![
                Some("A"),
                None,
                Some("B"),
                Some("B"),
                Some("C"),
                Some("C"),
                Some("A"),
            ])),
        ),
        (
            "date",
            array(PrimitiveArray::<arrow_array::types::Date32Type>::from(vec![
                Some(20_000),
                Some(20_000),
                None,
                Some(20_001),
                Some(-40_000),
                Some(20_005),
                Some(20_000),
            ])),
        ),
        (
            "amount",
            array(Float64Array::from(vec![
                Some(10.0),
                Some(5.0),
                Some(5.0),
                Some(f64::NAN),
                Some(5.0),
                None,
                Some(1e30),
            ])),
        ),
        ("cost", array(Float64Array::from(vec![Some(4.0), None, None, None, None, None, None]))),
        ("note", array(NullArray::new(7))),
    ];
    write(&desk.path("log.parquet"), columns, 2);
    desk.done("run --transactions log.parquet --out out --max-reject-share 1");
    let rejects = desk.text("out/rejects.csv");
    let rows: Vec<&str> = rejects.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "log.parquet,3,date,,is not a date",
            "log.parquet,4,amount,NaN,is not a number",
            "log.parquet,5,date,1860-06-26,is not a date",
            "log.parquet,6,amount,,is blank",
            "log.parquet,7,amount,1000000000000000000000000000000,is too large",
        ]
    );
    let counts = &summary(&desk, "out")["rows"];
    assert_eq!((counts["read"].as_u64(), counts["filtered"].as_u64()), (Some(7), Some(1)));
}

#[test]
fn a_column_of_lists_is_refused_where_it_has_a_role() {
    let desk = Desk::new();
    let lists = || {
        array(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
            Some(vec![Some(1)]),
            None,
            Some(vec![]),
        ]))
    };
    let ids = array(StringArray::from(vec!["A", "B", "C"]));
    let sales = array(Int64Array::from(vec![9, 5, 1]));
    let columns = vec![("customer_id", ids.clone()), ("sales", sales), ("interests", lists())];
    write(&desk.path("customers.parquet"), columns, 9);
    desk.done("run --customers customers.parquet --out out");
    write(&desk.path("customers.parquet"), vec![("customer_id", ids), ("sales", lists())], 9);
    let outcome = desk.erba(["run", "--customers", "customers.parquet", "--out", "again"]);
    assert_eq!(outcome.code, 3);
    assert!(outcome.stderr.contains("E215") && outcome.stderr.contains("holds lists"), "{}", outcome.stderr);
}
