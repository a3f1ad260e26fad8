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
    let page = folder.path().join("page.html");
    half_years().arg("--out").arg(&path).arg("--html").arg(&page).assert().success();
    let page = fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("heat-map\"").count(), 3, "customers, value and types");
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next().unwrap(),
        "customer_id,tier_a,tier_b,why,value_a,value_b,value_change,potential_a,potential_b,type_a,type_b,part,part_a,part_b"
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
    write("a.csv", "who,tier\na,I\n");
    write("b.csv", "customer_id,tier\na,IV\na,II\na,I\n");
    let failed = erba().current_dir(folder.path()).args(["a.csv", "b.csv"]).assert().code(3);
    let told = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    for part in ["error[E202]: a.csv", "error[E203]: b.csv:2: column \"tier\"", "error[E207]: b.csv:4"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

fn side(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

#[test]
fn a_gate_without_a_figure_does_not_let_through() {
    let folder = tempfile::tempdir().unwrap();
    side(folder.path(), "a.csv", "customer_id,tier\na,I\nb,II\n");
    let gate = |option: &str, limit: &str| {
        erba().current_dir(folder.path()).args(["a.csv", "a.csv", option, limit]).output().unwrap()
    };
    for option in ["--max-value-moved", "--max-retyped"] {
        let shut = gate(option, "0.5");
        assert_eq!(shut.status.code(), Some(5), "{option}");
        assert!(String::from_utf8_lossy(&shut.stderr).contains("is not known"));
    }
    assert_eq!(gate("--min-ari", "nan").status.code(), Some(2));
    assert_eq!(gate("--max-moved", "0").status.code(), Some(0), "nobody moved: 0 is not more than 0");
}

#[test]
fn the_parts_behind_a_move() {
    let folder = tempfile::tempdir().unwrap();
    let head = "customer_id,tier,tier_reason,value,orders,potential,potential_reach,potential_growth\n";
    // a rises by orders, b falls by value per order (below B's line, and A's two), c is promoted by growth, d stays, e leaves, f arrives.
    side(
        folder.path(),
        "a.csv",
        &format!(
            "{head}a,II,contribution,90,3,0.1,0.1,0.1\nb,I,contribution,300,4,0.9,0.9,0.5\n\
             c,III,contribution,5,2,0.3,0.4,0.2\nd,I,contribution,200,9,1,1,1\ne,III,contribution,4,1,0,0,0\n"
        ),
    );
    side(
        folder.path(),
        "b.csv",
        &format!(
            "{head}a,I,contribution,310,9,0.1,0.1,0.1\nb,II,contribution,80,4,0.9,0.9,0.5\n\
             c,I,potential,6,2,0.8,0.5,1\nd,I,contribution,200,9,1,1,1\nf,II,contribution,70,1,0,0,0\n"
        ),
    );
    let output = erba()
        .current_dir(folder.path())
        .args(["a.csv", "b.csv", "--format", "json", "--out", "m.csv"])
        .output();
    let found: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let moved: Vec<_> = found["moved"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            let cause = &one["cause"];
            (
                text("customer_id"),
                text("why"),
                cause["what"].as_str().unwrap(),
                cause["a"].clone(),
                cause["b"].clone(),
            )
        })
        .collect();
    let expected = [
        ("c", "potential", "growth", 0.2, 1.0),
        ("a", "value", "orders", 3.0, 9.0),
        ("b", "value_and_cut", "value_per_order", 75.0, 20.0),
    ]
    .map(|(id, why, what, a, b)| (id.to_owned(), why.to_owned(), what, Value::from(a), Value::from(b)));
    assert_eq!(moved, expected);
    assert_eq!(found["left"]["III"]["customers"], 1);
    assert_eq!(found["arrived"]["II"]["value"], 70.0);
    let movers = fs::read_to_string(folder.path().join("m.csv")).unwrap();
    assert!(movers.contains("\ne,III,,only_a,4.00,,,0,,,,,,\n"), "{movers}");
    assert!(movers.ends_with("f,,II,only_b,,70.00,,,0,,,,,\n"), "{movers}");
}

#[test]
fn another_tools_table_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    side(
        folder.path(),
        "erba.csv",
        "customer_id,tier,type\n1,I,innovative\n2,II,conservative\n3,III,innovative\n",
    );
    side(
        folder.path(),
        "other.csv",
        "Customer ID;ABC class;type\n1.0;A;retail\n2.0;Class C;retail\n4.0;;retail\n",
    );
    side(folder.path(), "odd.csv", "who,what\n1,Ⅰ\n2,Ⅱ\n3,Ⅲ\n");
    let run = |arguments: &[&str]| erba().current_dir(folder.path()).args(arguments).output().unwrap();
    let found = String::from_utf8(run(&["erba.csv", "other.csv"]).stdout).unwrap();
    for part in [
        "2 on both sides, 1 only in A, 0 only in B",
        "Note: other.csv: rows without a tier, which are left out: 1",
        "\"retail\" in line 2",
    ] {
        assert!(found.contains(part), "{part} in {found}");
    }
    assert_eq!(run(&["erba.csv", "odd.csv"]).status.code(), Some(3));
    let mapped =
        run(&["erba.csv", "odd.csv", "--map", "customer_id=who", "--map", "tier=what", "--max-moved", "0"]);
    assert!(mapped.status.success());
    let chinese = run(&["erba.csv", "other.csv", "--lang", "zh"]);
    assert!(String::from_utf8(chinese.stdout).unwrap().contains("双方都有 2"));
}
