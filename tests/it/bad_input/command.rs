//! Mistakes on the command line.

use super::{Case, GOOD, judge};
use crate::program::Desk;

fn said(
    name: &'static str,
    arguments: &'static str,
    ends: (i32, u16),
    says: &'static [&'static str],
) -> Case {
    Case { name, files: vec![("t.csv", GOOD.into())], arguments, ends, says }
}

#[test]
fn arguments() {
    judge(vec![
        said("nothing to work on", "", (2, 101), &["--transactions", "--customers"]),
        said("a file that is not there", "--transactions u.csv", (3, 201), &["u.csv"]),
        said("a folder for a file", "--transactions .", (3, 201), &["cannot be read"]),
        said(
            "an unknown role",
            "--transactions t.csv --map custmer_id=x",
            (2, 102),
            &["did you mean \"customer_id\""],
        ),
        said("a mapping without a column", "--transactions t.csv --map amount", (2, 102), &["--map"]),
        said(
            "a mapped column that is not there",
            "--transactions t.csv --map amount=amont",
            (3, 202),
            &["amont", "nearest is \"amount\""],
        ),
        said("a date that is none", "--transactions t.csv --as-of 2025-02-30", (2, 0), &["2025-02-30"]),
        said("a window of no days", "--transactions t.csv --window 0", (2, 0), &["0"]),
        said("an unknown encoding", "--transactions t.csv --encoding klingon", (3, 208), &["klingon"]),
        said("an unknown date format", "--transactions t.csv --date-format xyz", (2, 0), &["xyz"]),
        said(
            "a share above 1",
            "--transactions t.csv --max-reject-share 7",
            (2, 102),
            &["--max-reject-share"],
        ),
        said("a log given twice", "--transactions t.csv --transactions ./t.csv", (2, 102), &["given twice"]),
        said(
            "two columns for one role",
            "--transactions t.csv --map amount=amount --map amount=date",
            (3, 209),
            &["two columns", "amount=First+Second"],
        ),
        said(
            "a pattern without a year",
            "--transactions t.csv --date-format %d.%m",
            (2, 0),
            &["year, month and day"],
        ),
        said("a pattern that is none", "--transactions t.csv --date-format %Q", (2, 0), &["%Q"]),
        said(
            "a watch column without a table",
            "--transactions t.csv --map overdue_days=x",
            (3, 202),
            &["--customers"],
        ),
        said(
            "a column beyond the last",
            "--transactions t.csv --no-header --map customer_id=9",
            (3, 202),
            &["customer_id", "by its number"],
        ),
        said("a name with a path in it", "--transactions t.csv --name a/b", (2, 655), &["a/b", "2022-h1"]),
        said("a name that looks like an id", "--transactions t.csv --name 2022", (2, 655), &["mistaken"]),
        said("threads beyond all cores", "--transactions t.csv --threads 100000", (2, 102), &["256"]),
        said("no threads", "--transactions t.csv --threads 0", (2, 102), &["--threads"]),
        said("an unknown flag", "--transactions t.csv --fast", (2, 0), &["--fast"]),
    ]);
}

#[test]
fn a_folder_that_exists_is_left_alone() {
    let desk = Desk::new();
    desk.put("t.csv", GOOD);
    std::fs::create_dir(desk.path("out")).unwrap();
    desk.put("out/mine.txt", "mine");
    let outcome = desk.erba(["run", "--transactions", "t.csv", "--out", "out"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("error[E103]") && outcome.stderr.contains("--force"),
        "{}",
        outcome.stderr
    );
    assert_eq!(desk.text("out/mine.txt"), "mine");
    assert_eq!(std::fs::read_dir(desk.path("out")).unwrap().count(), 1);
}

#[test]
fn a_run_that_fails_with_force_leaves_the_old_result() {
    let desk = Desk::new();
    desk.put("t.csv", GOOD).done("run --transactions t.csv --out out");
    let before = desk.text("out/customers.csv");
    desk.put("t.csv", GOOD.replace("50.00", "many"));
    let outcome = desk.erba(["run", "--transactions", "t.csv", "--out", "out", "--force"]);
    assert_eq!(outcome.code, 3);
    assert_eq!(desk.text("out/customers.csv"), before);
}
