//! The command `erba clv`.

use std::fmt::Write as _;
use std::path::Path;

use assert_cmd::Command;
use erba::lifetime::{ModelKind, Period, PurchaseModel, fit, simulate};
use serde_json::Value;

use super::cdnow::data;

fn clv(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("erba").unwrap();
    command.arg("clv").args(args);
    command
}

fn json(args: &[&str]) -> Value {
    let output = clv(args).args(["--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(args: &[&str], exit: i32, code: &str) {
    let output = clv(args).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(exit), "{words}");
    assert!(words.contains(code) && words.contains("hint: "), "{words}");
    assert!(output.stdout.is_empty());
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// 600 customers whose rate, loyalty and spend differ; chance is a congruence.
pub(super) fn transactions(folder: &Path) -> String {
    let mut text = "customer_id,date,amount\n".to_owned();
    let start = jiff::civil::date(2024, 1, 1);
    let mut state = 28_u64;
    let mut chance = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for customer in 0..600 {
        let mean_gap = 7.0 / (0.05 + chance() * chance());
        let leaves = chance() * chance();
        let spend = 5.0 / (0.2 + chance());
        let mut day = f64::from(customer % 12 * 7);
        while day < 364.0 {
            let date = start.checked_add(jiff::Span::new().days(day as i32)).unwrap();
            writeln!(text, "c{customer:03},{date},{:.2}", spend * (0.4 + chance() + chance())).unwrap();
            day += 1.0 - mean_gap * (1.0 - chance()).ln();
            if chance() < leaves {
                break;
            }
        }
    }
    let path = folder.join("sales.csv");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn transactions_give_models_and_a_row_for_every_customer() {
    let folder = tempfile::tempdir().unwrap();
    let (sales, out) = (transactions(folder.path()), folder.path().join("clv.csv"));
    for model in ["bg-nbd", "mbg-nbd", "pareto-nbd"] {
        let found = json(&[
            "--transactions",
            &sales,
            "--model",
            model,
            "--period",
            "week",
            "--horizon",
            "26",
            "--out",
            out.to_str().unwrap(),
        ]);
        let expected = ["model", "params", "standard_errors", "log_likelihood", "customers", "spend"];
        assert_eq!(keys(&found), expected);
        assert_eq!(keys(&found["spend"]), ["p", "q", "v", "log_likelihood", "repeaters"]);
        assert_eq!(found["customers"], 600);
        assert_eq!(keys(&found["params"]), keys(&found["standard_errors"]));
        let text = std::fs::read_to_string(&out).unwrap();
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!(
            header[..13].join(","),
            "customer_id,x,t_x,T,p_alive,expected_purchases,expected_purchases_low,expected_purchases_high,\
             expected_spend,expected_value,expected_value_low,expected_value_high,discounted"
        );
        let rows: Vec<Vec<f64>> =
            lines.map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect()).collect();
        assert_eq!(rows.len(), 600);
        for row in rows {
            assert!(row[1] <= row[2] && (0.0..=1.0).contains(&row[3]), "{row:?}");
            assert!(row[5] <= row[4] && row[4] <= row[6] && row[9] <= row[8] && row[8] <= row[10], "{row:?}");
            assert!(
                row[11] < row[8] + 1e-9 && row[11] >= 0.9 * row[8] - 1e-4,
                "half a year at 10 % a year: {row:?}"
            );
        }
    }
}

#[test]
fn a_summary_of_the_same_customers_gives_the_same_fit() {
    let folder = tempfile::tempdir().unwrap();
    let (sales, out) = (transactions(folder.path()), folder.path().join("clv.csv"));
    let args = ["--model", "mbg-nbd", "--period", "day", "--horizon", "100"];
    let from_log = json(&[&["--transactions", &sales, "--out", out.to_str().unwrap()], &args[..]].concat());
    let from_summary = json(&[&["--summary", out.to_str().unwrap()], &args[..]].concat());
    for name in ["r", "alpha", "a", "b"] {
        let (left, right) = (from_log["params"][name].as_f64(), from_summary["params"][name].as_f64());
        assert!((left.unwrap() - right.unwrap()).abs() < 1e-6 * left.unwrap(), "{name}");
    }
    assert_eq!(from_summary["spend"], Value::Null, "expected spend is not observed spend");
}

#[test]
fn a_holdout_is_compared_with_simple_rules() {
    let folder = tempfile::tempdir().unwrap();
    let sales = transactions(folder.path());
    let found = json(&["--transactions", &sales, "--period", "month", "--holdout", "4"]);
    let purchases = &found["holdout"]["purchases"];
    assert_eq!(purchases["methods"].as_array().unwrap().len(), 3);
    assert!(purchases["actual"].as_f64().unwrap() > 0.0);
    assert!(found["holdout"]["value"]["classes"].as_array().unwrap().len() > 3);
    refused(&["--transactions", &sales, "--period", "month", "--holdout", "40"], 3, "E355");
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let sales = transactions(folder.path());
    let run = |threads: &str, name: &str| {
        let out = folder.path().join(name);
        let output = clv(&["--transactions", &sales, "--threads", threads, "--out", out.to_str().unwrap()])
            .output()
            .unwrap();
        (output.stdout, std::fs::read(out).unwrap())
    };
    assert_eq!(run("1", "one.csv"), run("3", "three.csv"));
}

/// Customers who buy at random and leave by chance; times are multiplied by `scale`.
fn summary_of(customers: u32, scale: f64) -> String {
    let mut text = "customer_id,x,t_x,T\n".to_owned();
    let mut state = 7_u64;
    let mut chance = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for customer in 0..customers {
        let (rate, leaves, total) = (0.05 + chance() * chance(), chance() * chance(), 30.0 + 20.0 * chance());
        let (mut x, mut t_x, mut time) = (0, 0.0, 0.0);
        while chance() > leaves {
            time -= (1.0 - chance()).ln() / rate;
            if time > total {
                break;
            }
            (x, t_x) = (x + 1, time);
        }
        writeln!(text, "c{customer},{x},{},{}", t_x * scale, total * scale).unwrap();
    }
    text
}

#[test]
fn what_is_left_out_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.csv");
    std::fs::write(&path, summary_of(400, 1.0) + "late,2.5,3,4\n").unwrap();
    let output = clv(&["--summary", path.to_str().unwrap(), "--period", "week"]).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}");
    assert!(words.contains("1 of 401 rows cannot be read") && words.contains(":402: x \"2.5\""), "{words}");
    // A history that cannot be counts like a cell that cannot be read: one in four hundred is left out.
    std::fs::write(&path, summary_of(400, 1.0) + "late,2,9,4\n").unwrap();
    let output = clv(&["--summary", path.to_str().unwrap(), "--period", "week"]).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}");
    assert!(
        words.contains("1 of 401 rows") && words.contains(":402: customer \"late\" ends before"),
        "{words}"
    );
}

#[test]
fn where_nobody_leaves_the_remedy_is_a_model_that_works() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loyal.csv");
    let model = PurchaseModel::new(ModelKind::Nbd, Period::Week, [1.5, 3.0, 0.0, 0.0]).unwrap();
    // Evenly spread rates and nobody leaving: drawn until a data set shows none.
    let text = (1..20).find_map(|seed| {
        let drawn = simulate(&model, &[40.0; 500], seed).unwrap();
        fit(ModelKind::BgNbd, &drawn).is_err().then(|| {
            let rows = drawn.rows().iter().enumerate();
            let rows = rows.map(|(id, row)| format!("c{id},{},{},{}\n", row.x, row.t_x, row.total));
            "customer_id,x,t_x,T\n".to_owned() + &rows.collect::<String>()
        })
    });
    std::fs::write(&path, text.expect("half of such data sets show nobody leaving")).unwrap();
    let path = path.to_str().unwrap();
    let output = clv(&["--summary", path, "--period", "week", "--model", "bg-nbd"]).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(words.contains("E352") && words.contains("use the model nbd"), "{words}");
    let found = json(&["--summary", path, "--period", "week", "--model", "nbd"]);
    assert_eq!(keys(&found["params"]), ["r", "alpha"]);
    assert!((found["params"]["r"].as_f64().unwrap() - 1.5).abs() < 0.3);
}

#[test]
fn bad_input_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let late = file("late.csv", "customer_id,x,t_x,T\na,1,5,4\nb,0,0,4\n");
    refused(&["--summary", &late, "--period", "week"], 3, "E354");
    let single = file("single.csv", "customer_id,x,t_x,T\na,0,0,4\nb,0,0,4\n");
    refused(&["--summary", &single, "--period", "week"], 3, "E351");
    let even = file(
        "even.csv",
        &("customer_id,x,t_x,T\n".to_owned()
            + &(0..200).map(|i| format!("c{i},4,40,50\n")).collect::<String>()),
    );
    refused(&["--summary", &even, "--period", "week"], 3, "E352");
    let at_once = file("at_once.csv", "customer_id,x,t_x,T\na,3,0,4\nb,0,0,4\n");
    refused(&["--summary", &at_once, "--period", "week"], 3, "E354");
    let throng = file("throng.csv", "customer_id,x,t_x,T\na,1000000,3,4\nb,0,0,4\n");
    refused(&["--summary", &throng, "--period", "week"], 3, "E354");
    let twins = file("twins.csv", "customer_id,x,t_x,T\na,1,3,4\na,0,0,4\n");
    refused(&["--summary", &twins, "--period", "week"], 3, "E207");
    let debts = file(
        "debts.csv",
        &("customer_id,x,t_x,T,mean_spend\n".to_owned()
            + &(0..200)
                .map(|i| format!("c{i},{},{},50,-3\n", i % 4, if i % 4 == 0 { 0 } else { i % 40 + 5 }))
                .collect::<String>()),
    );
    refused(&["--summary", &debts, "--period", "week"], 3, "E351");
    let far = file("far.csv", &summary_of(400, 1e-6));
    refused(&["--summary", &far, "--period", "week"], 3, "E355");
    refused(&["--summary", &single, "--period", "week", "--horizon", "-1"], 3, "E113");
    let no_t = file("no_t.csv", "customer_id,x,t_x\na,0,0\n");
    refused(&["--summary", &no_t, "--period", "week"], 3, "E202");
    assert_eq!(clv(&["--period", "week"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn cdnow_on_the_command_line() {
    let Some(summary) = data("cdnow/cdnow_customers_summary_with_transactions.csv") else { return };
    let found = json(&[
        "--summary",
        summary.to_str().unwrap(),
        "--model",
        "bg-nbd",
        "--period",
        "week",
        "--horizon",
        "39",
    ]);
    let near = |value: &Value, expected: f64, within: f64| {
        assert!((value.as_f64().unwrap() - expected).abs() <= within, "{value} is not {expected}");
    };
    near(&found["params"]["r"], 0.243, 5e-4);
    near(&found["params"]["alpha"], 4.414, 5e-4);
    near(&found["log_likelihood"], -9582.4, 0.05);
    near(&found["spend"]["log_likelihood"], -4055.92, 0.005);
    assert_eq!(found["spend"]["repeaters"], 946);
}

#[test]
fn what_is_read_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let sales = transactions(folder.path());
    let before = std::fs::read(&sales).unwrap();
    refused(&["--transactions", &sales, "--out", &sales], 2, "E104");
    assert_eq!(std::fs::read(&sales).unwrap(), before);
}
