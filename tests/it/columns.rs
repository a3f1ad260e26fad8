//! Columns without a role, under the names that a recipe gives them.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

const HEADERS: [&str; 3] = [
    "customer_id,usage,profit_contribution,payment,overdue_days",
    "用户编号,年用电量,利润贡献,按时缴费率,逾期天数",
    "customer_id,MWh,PC,Pay %,Late",
];

const MAPPED: [&str; 10] = [
    "--map",
    "usage=mwh",
    "--map",
    "profit_contribution=PC",
    "--map",
    "payment=Pay %",
    "--map",
    "overdue_days=Late",
    "--map",
    "margin=PC",
];

fn table(header: &str) -> String {
    let late = [0, 0, 12, 45, 120];
    (0..200).fold(format!("{header}\n"), |text, row: u64| {
        let usage = 1000 + row * row * 37 % 900_007;
        text + &format!(
            "U{row:03},{usage},{},{},{}\n",
            usage * (row % 7 + 1) / 100,
            60 + row % 41,
            late[row as usize % 5]
        )
    })
}

fn run(folder: &Path, table: &[u8], more: &[&str]) -> (Option<i32>, String) {
    let file = folder.join("customers.csv");
    fs::write(&file, table).unwrap();
    let mut command = Command::cargo_bin("erba").unwrap();
    command.args(["run", "--recipe", "power-utility", "--no-registry", "--quiet", "--force"]);
    let output = command
        .arg("--customers")
        .arg(file)
        .arg("--out")
        .arg(folder.join("out"))
        .args(more)
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn results(folder: &Path) -> Vec<Vec<u8>> {
    ["customers.csv", "plan.csv"].map(|name| fs::read(folder.join("out").join(name)).unwrap()).into()
}

#[test]
fn a_score_card_finds_its_columns_by_name_by_chinese_headers_and_by_mapping() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), table(HEADERS[0]).as_bytes(), &[]).0, Some(0));
    let by_name = results(folder.path());
    assert!(String::from_utf8_lossy(&by_name[0]).contains("overdue by more than 90 days"));
    let text = table(HEADERS[1]);
    let (chinese, _, failed) = encoding_rs::GB18030.encode(&text);
    assert!(!failed);
    assert_eq!(run(folder.path(), &chinese, &[]).0, Some(0));
    assert!(results(folder.path()) == by_name, "Chinese headers give the same bytes");
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).unwrap();
    assert!(summary.contains("\"usage\": \"年用电量\""), "the record says which column was taken");
    assert_eq!(run(folder.path(), table(HEADERS[2]).as_bytes(), &MAPPED).0, Some(0));
    assert!(results(folder.path()) == by_name, "mapped headers give the same bytes");
}

#[test]
fn a_mapping_beats_a_column_of_the_same_name() {
    let folder = tempfile::tempdir().unwrap();
    let header = "customer_id,payment,profit_contribution,usage,overdue_days";
    let swapped = ["--map", "usage=payment", "--map", "payment=usage"];
    assert_eq!(run(folder.path(), table(header).as_bytes(), &swapped).0, Some(0));
    let mapped = results(folder.path());
    assert_eq!(run(folder.path(), table(HEADERS[0]).as_bytes(), &[]).0, Some(0));
    assert!(results(folder.path()) == mapped);
}

#[test]
fn a_column_that_is_not_there_is_told_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let (code, words) = run(folder.path(), table(HEADERS[2]).as_bytes(), &[]);
    assert_eq!(code, Some(3));
    assert!(words.contains("there is no column \"usage\""), "{words}");
    assert!(words.contains("--map usage=\"Column\""), "{words}");
    let (code, words) = run(folder.path(), table(HEADERS[2]).as_bytes(), &["--map", "usage=MWhs"]);
    assert_eq!(code, Some(3));
    assert!(words.contains("the customer table has no such column; the nearest is \"MWh\""), "{words}");
    let (code, words) = run(folder.path(), table(HEADERS[2]).as_bytes(), &["--map", "usge=MWh"]);
    assert_eq!(code, Some(2));
    assert!(words.contains("did you mean \"usage\""), "{words}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn typing_may_use_columns_that_have_a_role() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = folder.path().join("mine.toml");
    fs::write(&recipe, "[typing]\nattributes = [\"region\"]\n").unwrap();
    let chinese = folder.path().join("zh.toml");
    fs::write(&chinese, "[typing]\nattributes = [\"区域\"]\n").unwrap();
    let customers = fs::read_to_string("data/sample/customers.csv").unwrap();
    let in_chinese = customers.replacen("region", "区域", 1);
    assert_ne!(customers, in_chinese);
    for (recipe, table) in [(&recipe, &customers), (&chinese, &in_chinese)] {
        let more = ["--transactions", "data/sample/transactions.csv", "--recipe", recipe.to_str().unwrap()];
        let file = folder.path().join("customers.csv");
        fs::write(&file, table).unwrap();
        let mut command = Command::cargo_bin("erba").unwrap();
        command.args(["run", "--no-registry", "--quiet", "--force", "--customers"]).arg(&file).args(more);
        let output = command.arg("--out").arg(folder.path().join("out")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
