//! `erba bench`: methods judged on a history made by hand, k-means on a matrix made by hand.

use std::fmt::Write;
use std::fs;

use assert_cmd::Command;
use serde_json::Value;

fn erba(arguments: &[&str], folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_erba"));
    command.arg("bench").args(arguments).current_dir(folder);
    command
}

fn json(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Ten customers; c9 buys 90 a month, c0 nothing much. In the last three months c0, small till then,
/// buys 300 a month: only the oracle knows.
fn history() -> String {
    let mut text = "customer_id,date,amount\n".to_owned();
    for month in 1..=12 {
        for customer in 0..10 {
            let amount = if customer == 0 && month > 9 { 300 } else { customer * 10 + 1 };
            writeln!(text, "c{customer},2022-{month:02}-15,{amount}").unwrap();
        }
    }
    text + "c1,2022-12-31,0.5\n"
}

#[test]
fn methods_are_judged_on_what_came_next() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sales.csv"), history()).unwrap();
    let arguments = [
        "methods",
        "--transactions",
        "sales.csv",
        "--holdout-days",
        "92",
        "--visits",
        "2",
        "--resamples",
        "50",
    ];
    let report = json(erba(&arguments, folder.path()).args([
        "--format",
        "json",
        "--plot",
        "gains.svg",
        "--html",
        "page.html",
    ]));
    assert_eq!((report["cut"].as_str(), report["customers"].as_u64()), (Some("2022-09-30"), Some(10)));
    // Next period: c0 900, c1…c9 33, 63, … 273 (c1 half a unit more): 2277.5 + 0 = 900 + 1377 + 0.5.
    let total = 900.0 + (1..10).map(|customer| 3.0 * f64::from(customer * 10 + 1)).sum::<f64>() + 0.5;
    assert!((report["next_value"].as_f64().unwrap() - total).abs() < 1e-9);
    let captured = |method: &str| {
        let methods = report["methods"].as_array().unwrap();
        let found = methods.iter().find(|found| found["method"] == method).unwrap();
        found["captured"]["value"].as_f64().unwrap()
    };
    assert!((captured("sales") - (273.0 + 243.0) / total).abs() < 1e-9);
    assert!((captured("last_period") - (273.0 + 243.0) / total).abs() < 1e-9);
    assert!((captured("random") - 0.2).abs() < 1e-9);
    assert!((report["oracle"]["value"].as_f64().unwrap() - (900.0 + 273.0) / total).abs() < 1e-9);
    assert!(fs::read_to_string(folder.path().join("gains.svg")).unwrap().contains("<polyline"));
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    for part in ["No method beats plain sales", "<circle", "<polyline", "heat-map"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let chinese = erba(&arguments, folder.path()).args(["--lang", "zh"]).output().unwrap();
    assert!(String::from_utf8(chinese.stdout).unwrap().contains("没有任何方法显著优于"));
    erba(&arguments, folder.path()).args(["--html", "nowhere/page.html"]).assert().code(1);
    let again = erba(&arguments, folder.path()).output().unwrap();
    assert_eq!(again.stdout, erba(&arguments, folder.path()).output().unwrap().stdout);
}

#[test]
fn a_holdout_must_leave_something_to_learn_from() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sales.csv"), history()).unwrap();
    let arguments = ["methods", "--transactions", "sales.csv", "--holdout-days", "300"];
    let failed = erba(&arguments, folder.path()).assert().code(3);
    let told = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(told.contains("error[E658]") && told.contains("give at most --holdout-days 175"), "{told}");
}

fn matrix(rows: usize, cells: &[f32]) -> Vec<u8> {
    let shape =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {}), }}", cells.len() / rows);
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((shape.len() as u16).to_le_bytes());
    bytes.extend(shape.as_bytes());
    bytes.extend(cells.iter().flat_map(|cell| cell.to_le_bytes()));
    bytes
}

#[test]
fn k_means_reaches_the_inertia_worked_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.path().join(name), bytes).unwrap();
    // Heaps {0, 1, 2} and {10, 12}: centres 1 and 11, squared distances 1 + 0 + 1 + 1 + 1 over five rows.
    write("x.npy", matrix(5, &[0.0, 1.0, 2.0, 10.0, 12.0]));
    write("init.npy", matrix(2, &[0.0, 1.0]));
    write("wide.npy", matrix(2, &[0.0, 1.0, 2.0, 3.0]));
    let arguments = ["kmeans", "--npy", "x.npy", "--init", "init.npy", "--iterations", "20"];
    for more in [&[][..], &["--starts", "5"]] {
        let report = json(erba(&arguments, folder.path()).args(more));
        assert!((report["inertia"].as_f64().unwrap() - 0.8).abs() < 1e-12, "{report}");
        assert!(report["seconds"].as_f64().unwrap() >= 0.0 && report["iterations"] == 20);
    }
    erba(&["kmeans", "--npy", "x.npy", "--init", "wide.npy", "--iterations", "1"], folder.path())
        .assert()
        .code(3);
    erba(&["kmeans", "--npy", "init.npy", "--init", "x.npy", "--iterations", "1"], folder.path())
        .assert()
        .code(3);
}

#[test]
fn k_means_takes_duplicates_with_either_backend() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.path().join(name), bytes).unwrap();
    // Nine hundred times 0 and a hundred times 1; from three starts on there are more centroids than different rows.
    let cells: Vec<f32> = (0..1_000).map(|row| f32::from(row % 10 == 0)).collect();
    write("x.npy", matrix(1_000, &cells));
    write("same.npy", matrix(1_000, &[3.0; 1_000]));
    for clusters in 1..=5 {
        let centroids: Vec<f32> = (0..clusters).map(|centroid| centroid as f32).collect();
        write("init.npy", matrix(clusters, &centroids));
        // One centre: the variance of a share of a tenth.
        let expected = if clusters == 1 { 0.1 * 0.9 } else { 0.0 };
        for backend in ["linfa", "erba"] {
            for more in [&[][..], &["--starts", "4"]] {
                let on = |npy: &str| {
                    let arguments = [
                        "kmeans",
                        "--npy",
                        npy,
                        "--init",
                        "init.npy",
                        "--iterations",
                        "30",
                        "--backend",
                        backend,
                    ];
                    json(erba(&arguments, folder.path()).args(more))["inertia"].as_f64().unwrap()
                };
                let (mixed, same) = (on("x.npy"), on("same.npy"));
                assert!(
                    (mixed - expected).abs() < 1e-9 && same.abs() < 1e-9,
                    "{backend}, {clusters}: {mixed}, {same}"
                );
            }
        }
    }
}
