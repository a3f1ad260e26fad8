//! A run killed at any moment leaves the registry readable and the previous result as it was.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use erba::runs::Registry;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A thousand customers, five purchases each.
fn sales() -> String {
    let mut text = "customer_id,date,amount\n".to_owned();
    for row in 0..5000_u32 {
        let customer = row % 1000;
        let amount = customer * customer % 977 + 1;
        writeln!(text, "c{customer},2022-{:02}-{:02},{amount}", row % 12 + 1, row % 28 + 1).unwrap();
    }
    text
}

fn erba(folder: &Path, out: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_erba"));
    command
        .args(["run", "--transactions", "sales.csv", "--force", "--out", out])
        .env("ERBA_REGISTRY", folder.join("runs.sqlite"))
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Every file of the result but the wall times, which differ from run to run.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder.join("result")).unwrap().map(Result::unwrap);
    files
        .filter(|file| file.path().is_file() && file.file_name() != "summary.json")
        .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
        .collect()
}

#[test]
fn fifty_killed_runs_leave_nothing_half_done() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    fs::write(folder.join("sales.csv"), sales()).unwrap();
    let start = Instant::now();
    assert!(erba(folder, "result").status().unwrap().success());
    let whole = start.elapsed();
    let expected = contents(folder);
    assert!(expected.contains_key("customers.csv"), "{:?}", expected.keys());
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(50);
    let mut finished = 0;
    for _ in 0..50 {
        let mut child = erba(folder, "result").spawn().unwrap();
        thread::sleep(whole.mul_f64(chance.gen_range(0.0..1.2)) + Duration::from_millis(1));
        child.kill().unwrap();
        finished += usize::from(child.wait().unwrap().success());
        assert!(contents(folder) == expected, "the result is the previous one or the same again, and whole");
        let registry = Registry::open(&folder.join("runs.sqlite")).unwrap().unwrap();
        for run in registry.list().unwrap() {
            assert_eq!(registry.side(&run.id).unwrap().assignments.len(), 1000);
        }
    }
    let runs = Registry::open(&folder.join("runs.sqlite")).unwrap().unwrap().list().unwrap();
    assert!(runs.len() > finished, "whoever ended well is in the registry, and so is the first");
    assert!(erba(folder, "result").status().unwrap().success(), "the next run finds nothing in its way");
}

#[test]
fn a_registry_that_cannot_be_written_does_not_cost_the_result() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    fs::write(folder.join("sales.csv"), sales()).unwrap();
    fs::write(folder.join("runs.sqlite"), "not a registry ".repeat(100)).unwrap();
    let output = erba(folder, "result").stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("warning: ") && told.contains("registry"), "{told}");
    assert!(folder.join("result/customers.csv").exists());
}

#[test]
fn two_runs_at_once_are_both_recorded() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    fs::write(folder.join("sales.csv"), sales()).unwrap();
    let mut children: Vec<_> =
        (0..4).map(|number| erba(folder, &format!("result-{number}")).spawn().unwrap()).collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let registry = Registry::open(&folder.join("runs.sqlite")).unwrap().unwrap();
    assert_eq!(registry.list().unwrap().len(), 4);
}
