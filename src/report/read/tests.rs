//! A folder read back says what the run said.

use std::fs;

use super::*;
use crate::language::Language;
use crate::report::sample::segmentation;
use crate::report::{Format, add, terminal, write};

#[test]
fn reports_made_again_are_the_reports_of_the_run() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let all = segmentation(40);
    write(&all, &[Format::Html], Language::Zh, &out, false).unwrap();
    let first = fs::read(out.join("report.html")).unwrap();
    let again = read(&out).unwrap();
    let summary = |all: &Segmentation| terminal::summary(all, Language::En, 100, &out);
    assert_eq!(summary(&again), summary(&all));
    fs::remove_file(out.join("report.html")).unwrap();
    add(&again, &[Format::Html], Language::Zh, &out).unwrap();
    assert!(fs::read(out.join("report.html")).unwrap() == first);
}

#[test]
fn a_folder_without_a_result_is_told() {
    let home = tempfile::tempdir().unwrap();
    assert!(read(home.path()).unwrap_err().has_code(701));
    write(&segmentation(3), &[], Language::En, &home.path().join("out"), false).unwrap();
    let file = home.path().join("out/customers.csv");
    let broken = fs::read_to_string(&file).unwrap().replace(",II,", ",X,");
    fs::write(&file, broken.replacen(",I,", ",X,", 1)).unwrap();
    assert!(read(&home.path().join("out")).unwrap_err().has_code(701));
}
