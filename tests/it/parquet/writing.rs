//! `--formats parquet`: every table as Parquet too, typed.

use std::fs::File;

use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::program::Desk;

use super::{cells, write};

fn made() -> Desk {
    let desk = Desk::new();
    desk.done("synth --customers 300 --transactions 8000 --seed 5 --out made");
    // A name that a spreadsheet would take for a formula, with quotes that CSV doubles.
    let customers = desk.text("made/customers.csv") + "Z1,\"=1+\"\"1\"\"\",,,,,,,,,\n";
    desk.put("made/customers.csv", customers);
    desk
}

fn run(desk: &Desk, out: &str, more: &str) {
    desk.done(&format!(
        "run --transactions made/transactions.csv --products made/products.csv --customers made/customers.csv \
         --reps made/reps.csv --visits made/visits.csv --formats parquet --out {out} {more}"
    ));
}

const TABLES: [&str; 9] = [
    "customers",
    "plan",
    "rejects",
    "visits",
    "not_planned",
    "visit_rates",
    "visit_answers",
    "visit_log",
    "visits_no_change",
];

#[test]
fn every_table_is_there_and_says_what_its_csv_file_says() {
    let desk = made();
    run(&desk, "out", "--threads 2");
    run(&desk, "one", "--threads 1");
    for table in TABLES {
        let bytes = |out: &str| std::fs::read(desk.path(&format!("{out}/{table}.parquet"))).unwrap();
        assert!(bytes("out") == bytes("one"), "{table}");
    }
    // V104 compares them cell by cell, by code of its own.
    desk.checked("out");
    let file = File::open(desk.path("out/customers.parquet")).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let kind = |name: &str| builder.schema().field_with_name(name).unwrap().data_type().clone();
    assert_eq!(kind("customer_id"), DataType::Utf8);
    assert_eq!(kind("value"), DataType::Decimal128(19, 4));
    assert_eq!(kind("potential"), DataType::Float64);
    assert_eq!(kind("first_purchase"), DataType::Date32);
    assert_eq!(kind("rank"), DataType::Int64);
    assert_eq!(kind("young"), DataType::Boolean);
    assert_eq!(builder.metadata().file_metadata().num_rows(), 301);
}

#[test]
fn a_result_is_an_input_again() {
    let desk = made();
    run(&desk, "out", "");
    desk.done("run --customers out/customers.csv --map sales=value --out csv");
    desk.done("run --customers out/customers.parquet --map sales=value --out parquet");
    for column in ["customer_id", "tier", "value", "rank"] {
        let of = |out: &str| desk.column(&format!("{out}/customers.csv"), column);
        assert_eq!(of("csv"), of("parquet"), "{column}");
    }
}

#[test]
fn files_of_an_earlier_run_do_not_stay() {
    let desk = made();
    run(&desk, "out", "");
    desk.done("run --transactions made/transactions.csv --out out --force");
    assert!(!desk.path("out/customers.parquet").exists());
}

#[test]
fn the_checker_finds_what_is_not_in_the_csv_file() {
    let desk = made();
    run(&desk, "out", "");
    let told = |words: &str| {
        let outcome = desk.erba(["check", "out"]);
        assert_eq!(outcome.code, 4, "{}", outcome.stdout);
        assert!(outcome.stdout.contains("V104") && outcome.stdout.contains(words), "{}", outcome.stdout);
    };
    let plan = desk.text("out/plan.csv");
    let (header, mut rows) = cells(&plan);
    let customers = std::mem::replace(&mut rows[2][2], "77".to_owned());
    write(&desk.path("out/plan.parquet"), super::typed(&header, &rows), 9);
    told(&format!("plan.parquet:3: customers: not the \"{customers}\" of plan.csv"));
    write(&desk.path("out/plan.parquet"), super::typed(&header[..3], &rows), 9);
    told("its columns are not those of plan.csv");
    run(&desk, "out", "--force");
    std::fs::copy(desk.path("out/visits.parquet"), desk.path("visits.parquet")).unwrap();
    let visits = desk.text("out/visits.csv");
    let fewer: Vec<&str> = visits.lines().collect();
    desk.put("out/visits.csv", fewer[..fewer.len() - 1].join("\n") + "\n");
    told("it has more rows than visits.csv");
    let mut bytes = std::fs::read(desk.path("visits.parquet")).unwrap();
    let half = bytes.len() / 2;
    bytes[4..half].fill(0xFF);
    desk.put("out/visits.csv", visits).put("out/visits.parquet", bytes);
    told("visits.parquet: ");
    std::fs::remove_file(desk.path("out/visits.parquet")).unwrap();
    std::fs::copy(desk.path("out/plan.parquet"), desk.path("out/movers.parquet")).unwrap();
    told("there is no movers.csv beside it");
}
