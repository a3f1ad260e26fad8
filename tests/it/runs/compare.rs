//! `erba compare`: two Iowa half-years against scikit-learn and pandas, and the command as a whole.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn reference(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/runs").join(file)
}

fn erba() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_erba"));
    command.arg("compare");
    command
}

fn half_years() -> Command {
    let mut command = erba();
    command.args([reference("iowa_2022_h1.csv"), reference("iowa_2022_h2.csv")]);
    command
}

fn assert_near(found: &Value, expected: &Value, what: &str) {
    let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {found} is not {expected}");
}

#[test]
fn two_half_years_equal_scikit_learn_and_pandas() {
    let output = half_years().args(["--format", "json"]).output().unwrap();
    assert!(output.status.success());
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected: Value = serde_json::from_slice(&fs::read(reference("expected.json")).unwrap()).unwrap();
    assert_eq!(found["customers"], expected["customers"]);
    assert_eq!(found["migration"], expected["migration"]);
    for figure in ["ari", "nmi", "tier_agreement", "value_moved"] {
        assert_near(&found[figure], &expected[figure], figure);
    }
    for tier in ["I", "II", "III"] {
        assert_near(&found["tier_jaccard"][tier], &expected["tier_jaccard"][tier], tier);
        for other in ["I", "II", "III"] {
            let cell = |json: &Value| json["migration_value"][tier][other].clone();
            assert_near(&cell(&found), &cell(&expected), "migration_value");
        }
    }
    for figure in ["agreement", "ari", "nmi"] {
        assert_near(&found["type"][figure], &expected["type"][figure], figure);
    }
    assert_eq!(found["moved"].as_array().unwrap().len() as u64, expected["moved"].as_u64().unwrap());
}

#[test]
fn a_threshold_passed_ends_with_5_after_the_data() {
    let over = half_years().args(["--max-moved", "0.05"]).assert().code(5);
    let output = over.get_output();
    assert!(!output.stdout.is_empty());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("error[E653]: 6.0 % of customers changed tier, more than 5.0 %"), "{told}");
    half_years()
        .args(["--max-moved", "0.1", "--max-value-moved", "0.1", "--min-ari", "0.8"])
        .assert()
        .success();
    half_years().args(["--max-moved", "10"]).assert().code(2);
}

#[test]
fn movers_go_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("movers.csv");
    half_years().arg("--out").arg(&path).assert().success();
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next().unwrap(),
        "customer_id,tier_a,tier_b,why,value_a,value_b,value_change,potential_a,potential_b,type_a,type_b"
    );
    assert!(lines.next().unwrap().contains(",III,I,"), "the longest way comes first");
}

#[test]
fn the_table_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "a.csv",
        "customer_id,tier,type,value\na,I,innovative,60\nb,I,conservative,30\nc,II,conservative,9\nd,III,conservative,1\n",
    );
    write(
        "b.csv",
        "customer_id;tier;type;value\na;Ⅰ;conservative;66\nb;Ⅲ;conservative;2\nc;Ⅰ;conservative;30\ne;Ⅲ;conservative;2\n",
    );
    let output = erba().current_dir(folder.path()).args(["a.csv", "b.csv"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn faults_of_both_sides_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", "customer,tier\na,I\n");
    write("b.csv", "customer_id,tier\na,IV\na,II\na,I\n");
    let failed = erba().current_dir(folder.path()).args(["a.csv", "b.csv"]).assert().code(3);
    let told = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    for part in ["error[E202]: a.csv", "error[E203]: b.csv:2: column \"tier\"", "error[E207]: b.csv:4"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}
