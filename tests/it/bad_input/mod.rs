//! Broken input: each file has one mistake, and is told by exit code, error code and words.
//! Nothing panics, nothing is left behind.

mod command;
mod recipes;
mod tables;
mod transactions;

use crate::program::Desk;

/// One mistake.
struct Case {
    /// What is wrong.
    name: &'static str,
    /// Files, by name.
    files: Vec<(&'static str, Vec<u8>)>,
    /// Arguments of `erba run`, separated by blanks; `--out out` is added.
    arguments: &'static str,
    /// Exit code and error code.
    ends: (i32, u16),
    /// What the message must contain.
    says: &'static [&'static str],
}

/// A transaction file with a mistake.
fn log(name: &'static str, text: impl Into<Vec<u8>>, code: u16, says: &'static [&'static str]) -> Case {
    Case {
        name,
        files: vec![("t.csv", text.into())],
        arguments: "--transactions t.csv",
        ends: (3, code),
        says,
    }
}

/// A customer table with a mistake.
fn table(name: &'static str, text: impl Into<Vec<u8>>, code: u16, says: &'static [&'static str]) -> Case {
    Case { name, files: vec![("c.csv", text.into())], arguments: "--customers c.csv", ends: (3, code), says }
}

/// Three customers, two months, nothing wrong.
const GOOD: &str = "\
customer_id,date,amount
A,2025-01-03,100.00
B,2025-01-15,50.00
A,2025-02-03,120.00
C,2025-02-20,5.00
";

/// Runs every case and tells all that went wrong.
fn judge(cases: Vec<Case>) {
    let mut faults = Vec::new();
    for case in cases {
        let desk = Desk::new();
        for (name, bytes) in &case.files {
            desk.put(name, bytes);
        }
        let before = desk.names();
        let mut arguments = vec!["run"];
        arguments.extend(case.arguments.split_whitespace());
        arguments.extend(["--out", "out"]);
        let outcome = desk.erba(&arguments);
        let code = format!("error[E{}]", case.ends.1);
        let mut fault = |what: &str| {
            faults.push(format!("{}: {what}\n    exit {}\n    {}", case.name, outcome.code, outcome.stderr));
        };
        if outcome.code != case.ends.0 {
            fault(&format!("should end with {}", case.ends.0));
        }
        if case.ends.1 > 0 && !outcome.stderr.contains(&code) {
            fault(&format!("should say {code}"));
        }
        for words in case.says.iter().filter(|words| !outcome.stderr.contains(**words)) {
            fault(&format!("should say \"{words}\""));
        }
        if outcome.stderr.contains("panicked") {
            fault("must not panic");
        }
        if !outcome.stdout.is_empty() {
            fault("must print no data");
        }
        let left: Vec<String> = desk.names().into_iter().filter(|name| !before.contains(name)).collect();
        if left.iter().any(|name| !name.starts_with("registry")) {
            fault(&format!("leaves {left:?} behind"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_good_file_is_good() {
    let desk = Desk::new();
    desk.put("t.csv", GOOD).done("run --transactions t.csv --out out");
}
