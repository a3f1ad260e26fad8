//! Made customers whose type is known.

use std::collections::BTreeMap;

use assert_cmd::Command;
use erba::domain::CustomerType;

use super::files;

#[test]
fn types_planted_by_synth_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let arguments = ["synth", "--customers", "3000", "--transactions", "200000", "--seed", "1", "--out"];
    Command::cargo_bin("erba").unwrap().args(arguments).arg(&made).assert().success();
    let table = files::features(&made.join("transactions.csv"), &made.join("products.csv"), &[]);
    let (typing, _) = files::typed(&table);

    let mut truth = csv::Reader::from_path(made.join("truth.csv")).unwrap();
    let column = truth.headers().unwrap().iter().position(|name| name == "type").unwrap();
    let planted: BTreeMap<String, CustomerType> = truth
        .records()
        .map(|record| record.unwrap())
        .map(|record| (record[0].to_owned(), record[column].parse().unwrap()))
        .collect();
    let share = |wanted: CustomerType| {
        let own = table.ids.iter().zip(&typing.types).filter(|(id, _)| planted[&***id] == wanted);
        let all = own.clone().count() as f64;
        own.filter(|(_, found)| **found == wanted).count() as f64 / all
    };
    let (innovative, conservative) = (share(CustomerType::Innovative), share(CustomerType::Conservative));
    eprintln!("innovative {innovative:.3}, conservative {conservative:.3}");
    assert!(f64::midpoint(innovative, conservative) >= 0.9);
    assert!(typing.quality.value_correlation.unwrap().abs() <= 0.2);
}
