//! `--engine ballista://HOST:PORT`.

use std::time::{Duration, Instant};

use crate::program::Desk;

use super::machines::{Machines, free};
use super::{make, run, same};

#[test]
fn one_executor_and_two_give_what_one_process_gives() {
    let desk = Desk::new();
    make(&desk, 300, 20_000);
    run(&desk, "made/transactions.csv", "local", "");
    let mut machines = Machines::start(&desk, 1);
    let log = desk.path("made/log");
    for out in ["one", "two"] {
        run(&desk, log.to_str().unwrap(), out, &machines.engine());
        same(&desk, "local", out);
        desk.checked(out);
        machines.add_executor();
    }
}

#[test]
fn a_scheduler_that_is_not_there_is_told_at_once() {
    let desk = Desk::new();
    desk.put("log.csv", "customer_id,date,amount\nA,2025-01-31,1\n");
    let command =
        format!("run --transactions log.csv --out out --patience 2 --engine ballista://127.0.0.1:{}", free());
    let outcome = desk.erba(command.split_whitespace());
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("E75"), "{}", outcome.stderr);
    assert!(!desk.path("out").exists());
}

/// Runs on a cluster while something happens to it at a part of the time that a quiet run takes.
fn disturbed(desk: &Desk, out: &str, part: f64, happen: impl FnOnce(&mut Machines)) -> bool {
    let mut machines = Machines::start(desk, 2);
    let log = desk.path("made/log").display().to_string();
    let start = Instant::now();
    run(desk, &log, &format!("{out}-quiet"), &machines.engine());
    let quiet = start.elapsed();
    let command = format!(
        "run --transactions {log} --products made/products.csv --customers made/customers.csv --out {out} --patience 5 --deadline 60 {}",
        machines.engine()
    );
    let before = desk.names();
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(|| desk.erba(command.split_whitespace()));
        std::thread::sleep(quiet.mul_f64(part).max(Duration::from_millis(20)));
        happen(&mut machines);
        run.join().unwrap()
    });
    if outcome.code == 0 {
        same(desk, "local", out);
        return true;
    }
    assert!(outcome.stderr.contains("E75"), "{}", outcome.stderr);
    let strangers: Vec<String> = desk.names().into_iter().filter(|name| !before.contains(name)).collect();
    assert!(!strangers.iter().any(|name| name.contains(out)), "half a result: {strangers:?}");
    false
}

#[test]
fn an_executor_that_dies_never_spoils_a_result() {
    let desk = Desk::new();
    make(&desk, 2_000, 60_000);
    run(&desk, "made/transactions.csv", "local", "");
    for (out, part) in [("early", 0.1), ("middle", 0.5), ("late", 0.8)] {
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method's path holds for one lifetime only"
        )]
        let finished = disturbed(&desk, out, part, |machines| machines.kill_executor());
        eprintln!(
            "executor killed at {part} of the run: {}",
            if finished { "equal" } else { "failed cleanly" }
        );
    }
}

#[test]
fn a_scheduler_that_dies_never_spoils_a_result_and_its_successor_works() {
    let desk = Desk::new();
    make(&desk, 2_000, 60_000);
    run(&desk, "made/transactions.csv", "local", "");
    let log = desk.path("made/log").display().to_string();
    let finished = disturbed(&desk, "restarted", 0.5, |machines| {
        machines.kill_scheduler();
        machines.restart_scheduler();
    });
    eprintln!("scheduler restarted: {}", if finished { "equal" } else { "failed cleanly" });
    // Executors find the new one by themselves.
    let mut machines = Machines::start(&desk, 1);
    machines.kill_scheduler();
    machines.restart_scheduler();
    run(&desk, &log, "after", &machines.engine());
    same(&desk, "local", "after");
}
