//! Made data: the same bytes for the same seed, and a truth that the data bear out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use calamine::{Data, Reader};

fn erba() -> Command {
    Command::cargo_bin("erba").unwrap()
}

fn make(out: &Path, arguments: &[&str]) {
    erba().arg("synth").args(arguments).arg("--out").arg(out).assert().success();
}

const TABLES: [&str; 6] = ["transactions", "customers", "products", "reps", "visits", "truth"];

#[test]
fn the_sample_is_what_its_readme_says() {
    let readme = fs::read_to_string("data/README.md").unwrap();
    let command = readme.lines().find_map(|line| line.strip_prefix("$ erba ")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("sample");
    let command = command.replace("data/sample", made.to_str().unwrap());
    erba().args(command.split(' ')).assert().success();
    for table in TABLES {
        let name = format!("{table}.csv");
        let kept = fs::read(Path::new("data/sample").join(&name)).unwrap();
        assert!(kept == fs::read(made.join(&name)).unwrap(), "{name} differs: make data/sample anew");
    }
    for table in &TABLES[..5] {
        let cells = |folder: &Path| cells(&folder.join(format!("{table}.xlsx")));
        assert_eq!(cells(Path::new("data/sample")), cells(&made), "{table}.xlsx");
    }
    let bytes: u64 =
        fs::read_dir("data/sample").unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < 600_000, "the sample has grown to {bytes} bytes");
}

fn cells(path: &Path) -> Vec<Vec<Data>> {
    let mut book = calamine::open_workbook_auto(path).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn workbooks_hold_the_same_numbers_and_days() {
    let csv = fs::read_to_string("data/sample/transactions.csv").unwrap();
    let book = cells(Path::new("data/sample/transactions.xlsx"));
    assert_eq!(book.len(), csv.lines().count());
    for (row, line) in book.iter().zip(csv.lines()).skip(1) {
        let line: Vec<&str> = line.split(',').collect();
        assert!(matches!(row[1], Data::DateTime(_)), "{row:?}");
        assert_eq!(row[0].to_string(), line[0]);
        assert_eq!(row[5], Data::Float(line[5].parse().unwrap()));
    }
}

#[test]
fn another_seed_gives_other_customers_and_the_number_of_lines_is_exact() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for (name, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
        let out = folder.path().join(name);
        make(&out, &["--customers", "50", "--transactions", "1234", "--seed", seed]);
        seen.push(fs::read_to_string(out.join("transactions.csv")).unwrap());
    }
    assert!(seen[0] == seen[1] && seen[0] != seen[2]);
    assert!(seen.iter().all(|text| text.lines().count() == 1235));
    let days: Vec<&str> = seen[0].lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert!(days.is_sorted());
    assert!(*days.last().unwrap() <= "2025-12-31" && days[0] >= "2024-01-02");
}

#[test]
fn the_truth_is_borne_out_by_the_lines() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("made");
    make(&out, &["--customers", "1000", "--seed", "5"]);
    let mut sales: BTreeMap<String, f64> = BTreeMap::new();
    for line in fs::read_to_string(out.join("transactions.csv")).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[1] > "2024-12-31" {
            *sales.entry(cells[0].to_owned()).or_default() += cells[5].parse::<f64>().unwrap();
        }
    }
    let truth = fs::read_to_string(out.join("truth.csv")).unwrap();
    let rows: Vec<Vec<&str>> = truth.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let expected: f64 = rows.iter().map(|row| row[5].parse::<f64>().unwrap()).sum();
    let found: f64 = sales.values().sum();
    assert!((found / expected - 1.0).abs() < 0.05, "found {found}, expected {expected}");
    let planted = rows.iter().filter(|row| row[3] == "true").count();
    assert!((20..=50).contains(&planted), "{planted} of 1000 planted");
    for row in rows.iter().filter(|row| row[3] == "true") {
        assert_eq!(row[1], "I");
        assert!(row[6].parse::<f64>().unwrap() >= 2.0 * row[5].parse::<f64>().unwrap());
    }
    let tiers = |tier| rows.iter().filter(|row| row[1] == tier).count();
    assert!((100..=200).contains(&tiers("I")) && tiers("III") > 600);
}

#[test]
fn headers_can_be_chinese() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("made");
    make(&out, &["--customers", "3", "--lang", "zh"]);
    let text = fs::read_to_string(out.join("transactions.csv")).unwrap();
    assert_eq!(text.lines().next(), Some("客户编号,日期,订单号,产品编号,数量,金额,成本"));
}

#[test]
fn a_folder_that_exists_is_left_alone_without_force() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let out = folder.path().to_str().unwrap();
    let refused = erba().args(["synth", "--customers", "3", "--out", out]).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("error[E103]"));
    assert!(!folder.path().join("truth.csv").exists());
    make(folder.path(), &["--customers", "3", "--force"]);
    assert!(folder.path().join("truth.csv").exists() && folder.path().join("mine.txt").exists());
}

#[test]
fn numbers_out_of_range_are_usage_faults() {
    for (arguments, code) in [
        (["--customers", "0", "--transactions", "10"], "E801"),
        (["--customers", "1", "--transactions", "99999999"], "E801"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("made");
        let refused = erba().arg("synth").args(arguments).arg("--out").arg(&out).assert().code(2);
        assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains(code));
        assert!(!out.exists());
    }
}

#[test]
fn few_lines_and_few_customers_are_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    for (name, customers, transactions) in [("a", "1", "0"), ("b", "1", "1"), ("c", "10", "3")] {
        let out = folder.path().join(name);
        make(&out, &["--customers", customers, "--transactions", transactions]);
        let text = fs::read_to_string(out.join("transactions.csv")).unwrap();
        assert_eq!(text.lines().count() - 1, transactions.parse::<usize>().unwrap());
    }
}
