//! `--spread PLACE`: customers that stay where they were added up.

use std::collections::BTreeMap;
use std::time::Instant;

use datafusion::prelude::{ParquetReadOptions, SessionContext};

use crate::program::Desk;

use super::machines::Machines;
use super::{make, same};

const LOG: &str = "run --products made/products.csv --recipe few.toml --no-registry";

/// A desk with a log of 1,500 customers, of whom a third are fitted on, and the local engine's result.
fn desk() -> Desk {
    let desk = Desk::new();
    make(&desk, 1_500, 45_000);
    let rules = [
        "[typing]\nfit_customers = 500",
        "[[service.watch]]\ncolumn = \"days_since_last\"\nrequired = true\nabove = 30\nreason = \"silent\"\naction = \"flag\"",
        "[[service.watch]]\ncolumn = \"orders\"\nrequired = true\nbelow = 3\nreason = \"rare\"\naction = \"exclude\"",
        "[[service.watch]]\ncolumn = \"gap_mean\"\nrequired = true\nabove = 60\nreason = \"silent\"\naction = \"flag\"",
    ];
    desk.put("few.toml", rules.join("\n"));
    desk.done(&format!("{LOG} --transactions made/transactions.csv --out local"));
    // More than are drawn, so that nobody can have counted those alone.
    let told: serde_json::Value = serde_json::from_str(&desk.text("local/summary.json")).unwrap();
    let codes = told["notices"].to_string();
    assert!(codes.contains("watch-marked") && codes.contains("watch-excluded"), "{codes}");
    desk
}

/// The results are the same, as is what they say of themselves.
fn same_in_all(desk: &Desk, out: &str) {
    same(desk, "local", out);
    assert_eq!(desk.text("local/model.json"), desk.text(&format!("{out}/model.json")));
    let summary = |out: &str| -> serde_json::Value {
        let mut told: serde_json::Value =
            serde_json::from_str(&desk.text(&format!("{out}/summary.json"))).unwrap();
        // The files have other names, and time is time.
        for differs in ["inputs", "timings_ms"] {
            told.as_object_mut().unwrap().remove(differs);
        }
        told
    };
    assert_eq!(summary("local"), summary(out));
    desk.checked(out);
}

/// Customers and their tiers, by the Parquet files of a place.
fn tiers(desk: &Desk, place: &str) -> BTreeMap<String, String> {
    assert_eq!(names(desk, place), ["customers"], "what only the run needed is cleared away");
    assert!(names(desk, &format!("{place}/customers")).contains(&"_SUCCESS".to_owned()));
    let folder = desk.path(&format!("{place}/customers/"));
    let found = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let session = SessionContext::new();
        let table = session.read_parquet(folder.to_str().unwrap(), ParquetReadOptions::default());
        table.await.unwrap().select_columns(&["customer_id", "tier"]).unwrap().to_string().await.unwrap()
    });
    let cells = found.lines().filter(|line| line.starts_with("| ")).skip(1);
    cells
        .map(|line| {
            let mut cells = line.split('|').skip(1).map(|cell| cell.trim().to_owned());
            (cells.next().unwrap(), cells.next().unwrap())
        })
        .collect()
}

fn names(desk: &Desk, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(desk.path(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn by_id(desk: &Desk) -> BTreeMap<String, String> {
    let column = |name| desk.column("local/customers.csv", name);
    column("customer_id").into_iter().zip(column("tier")).collect()
}

#[test]
fn customers_that_stay_where_they_are_get_the_same_lines() {
    let desk = desk();
    let log = desk.path("made/log").display().to_string();
    desk.done(&format!("{LOG} --transactions {log} --out here --engine datafusion --spread place"));
    same_in_all(&desk, "here");
    assert_eq!(tiers(&desk, "place"), by_id(&desk));
    // Twice into the same place would mix two runs.
    let again = desk.erba(
        format!("{LOG} --transactions {log} --out again --engine datafusion --spread place")
            .split_whitespace(),
    );
    assert!(again.code != 0 && again.stderr.contains("E103"), "{}", again.stderr);
    assert!(!desk.path("again").exists());
}

#[test]
fn two_executors_write_what_one_process_writes() {
    let desk = desk();
    let machines = Machines::start(&desk, 2);
    let (log, place) = (desk.path("made/log"), desk.path("place"));
    desk.done(&format!(
        "{LOG} --transactions {} --out there {} --spread {}",
        log.display(),
        machines.engine(),
        place.display()
    ));
    same_in_all(&desk, "there");
    assert_eq!(tiers(&desk, "place"), by_id(&desk));
}

#[test]
fn an_executor_that_dies_while_customers_stay_never_spoils_them() {
    let desk = desk();
    let log = desk.path("made/log").display().to_string();
    for (number, part) in [0.3, 0.6, 0.9].into_iter().enumerate() {
        let mut machines = Machines::start(&desk, 2);
        let command = |out: &str| {
            let place = desk.path(&format!("place-{out}"));
            let place = place.display();
            format!(
                "{LOG} --transactions {log} --out {out} --deadline 20 {} --spread {place}",
                machines.engine()
            )
        };
        let (quiet, out) = (format!("quiet-{number}"), format!("killed-{number}"));
        let start = Instant::now();
        desk.done(&command(&quiet));
        let (time, command) = (start.elapsed(), command(&out));
        let outcome = std::thread::scope(|scope| {
            let run = scope.spawn(|| desk.erba(command.split_whitespace()));
            std::thread::sleep(time.mul_f64(part));
            machines.kill_executor();
            run.join().unwrap()
        });
        let place = format!("place-{out}");
        if outcome.code == 0 {
            eprintln!("executor killed at {part} of a spread run: equal");
            same_in_all(&desk, &out);
            assert_eq!(tiers(&desk, &place), by_id(&desk));
            continue;
        }
        eprintln!("executor killed at {part} of a spread run: failed cleanly: {}", outcome.stderr);
        assert!(outcome.stderr.contains("E75"), "{}", outcome.stderr);
        assert!(!desk.path(&out).exists(), "half a result");
        assert!(!desk.path(&format!("{place}/customers/_SUCCESS")).exists(), "half a place said to be whole");
    }
}

#[test]
fn few_customers_come_here_after_all() {
    let desk = desk();
    let command = "run --products made/products.csv --no-registry --transactions made/transactions.csv";
    desk.done(&format!("{command} --out usual"));
    desk.done(&format!("{command} --out few --engine datafusion --spread place"));
    for file in ["customers.csv", "plan.csv"] {
        assert_eq!(desk.text(&format!("usual/{file}")), desk.text(&format!("few/{file}")));
    }
}

#[test]
fn what_needs_everybody_together_is_refused_before_the_work() {
    let desk = Desk::new();
    desk.put("log.csv", "customer_id,date,amount\nA,2025-01-31,1\n");
    desk.put("budget.toml", "[service]\nbudget = 100\n");
    desk.put("reps.csv", "rep\nann\n");
    let command = "run --transactions log.csv --out out --spread place";
    for (more, words) in [
        ("--engine datafusion --reps reps.csv", "--reps"),
        ("--engine datafusion --recipe budget.toml", "service.budget"),
        ("--engine datafusion --formats html", "reports for people"),
        ("", "--engine datafusion"),
    ] {
        let outcome = desk.erba(format!("{command} {more}").split_whitespace());
        assert_eq!(outcome.code, 2, "{}", outcome.stderr);
        assert!(outcome.stderr.contains("E752") && outcome.stderr.contains(words), "{}", outcome.stderr);
        assert!(!desk.path("out").exists() && !desk.path("place").exists());
    }
}
