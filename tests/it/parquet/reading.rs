//! Files, folders and patterns.

use crate::program::{Desk, iowa_twice};

use super::{cells, convert, same, summary, typed, write};

fn made(customers: usize, transactions: usize) -> Desk {
    let desk = Desk::new();
    desk.done(&format!("synth --customers {customers} --transactions {transactions} --seed 3 --out made"));
    desk
}

fn run(desk: &Desk, log: &str, tables: &str, out: &str, more: &str) {
    desk.done(&format!(
        "run --transactions {log} --products made/products.{tables} --customers made/customers.{tables} --out {out} {more}"
    ));
}

#[test]
fn a_log_and_its_tables_are_read_as_the_same_csv_is() {
    let desk = made(300, 20_000);
    for table in ["transactions", "customers", "products"] {
        convert(&desk, &format!("made/{table}.csv"), &format!("made/{table}.parquet"), 1_777);
    }
    run(&desk, "made/transactions.csv", "csv", "csv", "");
    run(&desk, "made/transactions.parquet", "parquet", "parquet", "");
    run(&desk, "made/transactions.parquet", "parquet", "single", "--threads 1");
    for out in ["parquet", "single"] {
        same(&desk, "csv", out);
        desk.checked(out);
    }
    let summary = summary(&desk, "parquet");
    let log = std::fs::read(desk.path("made/transactions.parquet")).unwrap();
    let transactions =
        summary["inputs"].as_array().unwrap().iter().find(|input| input["rows"] == 20_000).unwrap();
    assert_eq!(transactions["sha256"], erba::domain::Fingerprint::of(log).hex());
}

#[test]
fn row_groups_of_any_size_are_shared_among_threads() {
    let desk = made(40, 140_000);
    run(&desk, "made/transactions.csv", "csv", "csv", "");
    // One group, of which each thread takes parts; and more than threads can tell apart.
    for (rows, threads, out) in [(1_000_000, 3, "one"), (997, 5, "many")] {
        convert(&desk, "made/transactions.csv", "made/log.parquet", rows);
        run(&desk, "made/log.parquet", "csv", out, &format!("--threads {threads}"));
        same(&desk, "csv", out);
    }
}

#[test]
fn folders_and_patterns_are_read_as_one() {
    let desk = made(200, 5_000);
    run(&desk, "made/transactions.csv", "csv", "csv", "");
    let text = desk.text("made/transactions.csv");
    let (header, rows) = cells(&text);
    std::fs::create_dir_all(desk.path("made/log/later")).unwrap();
    // The second file has its columns in another order, the third lies deeper.
    let mut turned = header.clone();
    turned.reverse();
    let turn = |row: &Vec<String>| row.iter().rev().cloned().collect::<Vec<String>>();
    write(&desk.path("made/log/a.parquet"), typed(&header, &rows[..1_000]), 300);
    let second: Vec<_> = rows[1_000..2_500].iter().map(turn).collect();
    write(&desk.path("made/log/b.parquet"), typed(&turned, &second), 300);
    write(&desk.path("made/log/later/c.PARQUET"), typed(&header, &rows[2_500..]), 5_000);
    desk.put("made/log/_SUCCESS", "");
    desk.put("made/log/.a.parquet.crc", "x");
    run(&desk, "made/log", "csv", "folder", "");
    same(&desk, "csv", "folder");
    run(&desk, "made/log/*", "csv", "pattern", "");
    same(&desk, "csv", "pattern");
    run(&desk, "made/log/?.parquet --transactions made/log/later/c.PARQUET", "csv", "both", "");
    same(&desk, "csv", "both");
}

#[test]
fn a_year_of_iowa_is_the_same() {
    let Some((csv, parquet)) = iowa_twice() else { return };
    let desk = Desk::new();
    for (log, out) in [(csv, "csv"), (parquet, "parquet")] {
        desk.done(&format!("run --transactions {} --out {out}", log.display()));
    }
    same(&desk, "csv", "parquet");
}
