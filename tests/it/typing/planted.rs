//! Made customers whose type is known.

use std::collections::BTreeMap;
use std::path::Path;

use assert_cmd::Command;
use erba::domain::{CustomerType, TypeFlag};
use erba::typing::Typing;

use super::files;

fn planted(folder: &Path) -> BTreeMap<String, CustomerType> {
    let mut truth = csv::Reader::from_path(folder.join("truth.csv")).unwrap();
    let column = truth.headers().unwrap().iter().position(|name| name == "type").unwrap();
    let records = truth.records().map(|record| record.unwrap());
    records.map(|record| (record[0].to_owned(), record[column].parse().unwrap())).collect()
}

/// Mean of the shares found of each type, among the customers that `counts` picks.
fn balanced_accuracy(truth: &[CustomerType], typing: &Typing, counts: impl Fn(usize) -> bool) -> f64 {
    let share = |wanted: CustomerType| {
        let own = (0..truth.len()).filter(|&index| truth[index] == wanted && counts(index));
        let all = own.clone().count() as f64;
        own.filter(|&index| typing.types[index] == wanted).count() as f64 / all
    };
    f64::midpoint(share(CustomerType::Innovative), share(CustomerType::Conservative))
}

/// Lines in all, and the balanced accuracy that many must reach: of all customers, and of those typed.
const LEAST: [(&str, f64, f64); 2] = [("60000", 0.85, 0.94), ("180000", 0.95, 0.96)];

#[test]
fn types_planted_by_synth_are_found() {
    for (lines, least, least_typed) in LEAST {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        let arguments = ["synth", "--customers", "3000", "--transactions", lines, "--seed", "1", "--out"];
        Command::cargo_bin("erba").unwrap().args(arguments).arg(&made).assert().success();
        let table = files::features(&made.join("transactions.csv"), &made.join("products.csv"), &[]);
        let (typing, _) = files::typed(&table);
        let truth = planted(&made);
        let truth: Vec<CustomerType> = table.ids.iter().map(|id| truth[&**id]).collect();
        let all = balanced_accuracy(&truth, &typing, |_| true);
        let typed = balanced_accuracy(&truth, &typing, |index| typing.flags[index] == TypeFlag::None);
        eprintln!("{lines} lines: balanced accuracy {all:.3}, {typed:.3} of those typed");
        assert!(all >= least, "{lines} lines: {all}");
        assert!(typed >= least_typed, "{lines} lines: {typed}");
        assert!(typing.quality.value_correlation.unwrap().abs() <= 0.2);
    }
}
