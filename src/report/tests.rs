//! The machine files as a whole.

use std::fs;

use super::*;
use crate::report::sample::{HOSTILE, segmentation};

fn written(all: &Segmentation) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    write(all, &[Format::Csv, Format::Json], Language::En, &home.path().join("out"), false).unwrap();
    home
}

#[test]
fn machine_files_of_twelve_customers() {
    let home = written(&segmentation(12));
    let read = |name: &str| fs::read_to_string(home.path().join("out").join(name)).unwrap();
    insta::assert_snapshot!("customers_csv", read("customers.csv"));
    insta::assert_snapshot!("plan_csv", read("plan.csv"));
    insta::assert_snapshot!("movers_csv", read("movers.csv"));
    insta::assert_snapshot!("rejects_csv", read("rejects.csv"));
    insta::assert_snapshot!("summary_json", read("summary.json"));
}

#[test]
fn hostile_names_come_back_as_they_were() {
    let home = written(&segmentation(12));
    let mut reader = ::csv::Reader::from_path(home.path().join("out/customers.csv")).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "name").unwrap();
    let names: Vec<_> = reader.records().take(3).map(|record| record.unwrap()[column].to_owned()).collect();
    assert_eq!(names[2], "'=1+1");
    assert_eq!(names.iter().map(|name| crate::domain::cells::unescaped(name)).collect::<Vec<_>>(), HOSTILE);
}

#[test]
fn bytes_do_not_depend_on_the_number_of_threads() {
    let all = segmentation(20_000);
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let home = pool.install(|| written(&all));
        fs::read(home.path().join("out/customers.csv")).unwrap()
    };
    assert!(bytes(1) == bytes(3));
}

#[test]
fn no_customers_at_all_still_make_a_folder() {
    let home = written(&Segmentation::default());
    let text = fs::read_to_string(home.path().join("out/customers.csv")).unwrap();
    assert_eq!(text.lines().count(), 1);
}
