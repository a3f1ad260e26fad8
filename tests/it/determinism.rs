//! The same input gives the same bytes: twice, in any order of rows, on any number of threads.

use std::fs;

use crate::program::Desk;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample");
const FILES: [&str; 3] = ["customers.csv", "plan.csv", "rejects.csv"];

fn run(desk: &Desk, out: &str, transactions: &str, more: &str) {
    desk.done(&format!(
        "run --transactions {transactions} --customers {SAMPLE}/customers.csv --products {SAMPLE}/products.csv \
         --out {out} {more}"
    ));
}

/// `summary.json` without what a clock told.
fn summary(desk: &Desk, out: &str) -> serde_json::Value {
    let mut summary: serde_json::Value =
        serde_json::from_str(&desk.text(&format!("{out}/summary.json"))).unwrap();
    summary.as_object_mut().unwrap().remove("timings_ms").unwrap();
    summary
}

fn same(desk: &Desk, one: &str, other: &str) {
    for file in FILES {
        let (a, b) = (desk.text(&format!("{one}/{file}")), desk.text(&format!("{other}/{file}")));
        assert!(a == b, "{file} differs between {one} and {other}");
    }
}

#[test]
fn twice_gives_the_same_bytes() {
    let desk = Desk::new();
    let log = format!("{SAMPLE}/transactions.csv");
    for out in ["one", "two"] {
        run(&desk, out, &log, "");
    }
    same(&desk, "one", "two");
    assert_eq!(summary(&desk, "one"), summary(&desk, "two"));
    desk.checked("one");
}

#[test]
fn threads_make_no_difference() {
    let desk = Desk::new();
    // Enough lines for several blocks, so that threads do share the work.
    desk.done("synth --customers 400 --transactions 60000 --seed 3 --out made");
    for threads in 1..=3 {
        desk.done(&format!(
            "run --transactions made/transactions.csv --products made/products.csv --threads {threads} --out out{threads}"
        ));
    }
    same(&desk, "out1", "out2");
    same(&desk, "out1", "out3");
    assert_eq!(summary(&desk, "out1"), summary(&desk, "out2"));
}

#[test]
fn rows_that_wait_on_disk_make_no_difference() {
    let desk = Desk::new();
    // Two million bytes of rows; with none allowed in memory every full pile goes to the file.
    desk.done("synth --customers 3 --transactions 60000 --seed 3 --out made");
    for (memory, out) in [("0", "disk"), ("1G", "memory")] {
        desk.done(&format!(
            "run --transactions made/transactions.csv --products made/products.csv --memory {memory} --out {out}"
        ));
    }
    same(&desk, "disk", "memory");
    assert_eq!(summary(&desk, "disk"), summary(&desk, "memory"));
}

#[test]
fn the_order_of_rows_makes_no_difference() {
    let desk = Desk::new();
    let log = fs::read_to_string(format!("{SAMPLE}/transactions.csv")).unwrap();
    let (header, rows) = log.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    // 3187 shares no factor with 5400, so this visits every row once.
    let shuffled: Vec<&str> = (0..rows.len()).map(|at| rows[at * 3187 % rows.len()]).collect();
    let backwards: Vec<&str> = rows.iter().rev().copied().collect();
    for (name, rows) in [("plain", &rows), ("shuffled", &shuffled), ("backwards", &backwards)] {
        desk.put(&format!("{name}.csv"), format!("{header}\n{}\n", rows.join("\n")));
        run(&desk, name, &format!("{name}.csv"), "");
    }
    same(&desk, "plain", "shuffled");
    same(&desk, "plain", "backwards");
}

#[test]
fn two_files_are_as_good_as_one() {
    let desk = Desk::new();
    let log = fs::read_to_string(format!("{SAMPLE}/transactions.csv")).unwrap();
    let (header, rows) = log.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let (early, late) = rows.split_at(2345);
    desk.put("early.csv", format!("{header}\n{}\n", early.join("\n")));
    desk.put("late.csv", format!("{header}\n{}\n", late.join("\n")));
    run(&desk, "one", &format!("{SAMPLE}/transactions.csv"), "");
    run(&desk, "two", "late.csv --transactions early.csv", "");
    same(&desk, "one", "two");
}

#[test]
fn columns_in_another_order_make_no_difference() {
    let desk = Desk::new();
    let mut reader = csv::Reader::from_path(format!("{SAMPLE}/transactions.csv")).unwrap();
    let turned = |record: &csv::StringRecord| record.iter().rev().collect::<Vec<_>>().join(",");
    let mut text = turned(&reader.headers().unwrap().clone()) + "\n";
    for record in reader.records() {
        text += &(turned(&record.unwrap()) + "\n");
    }
    desk.put("turned.csv", text);
    run(&desk, "plain", &format!("{SAMPLE}/transactions.csv"), "");
    run(&desk, "turned", "turned.csv", "");
    same(&desk, "plain", "turned");
}
