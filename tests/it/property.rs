//! Whatever the table, the checker finds nothing, and a few laws hold.

use std::fmt::Write;

use proptest::prelude::*;

use crate::program::{Desk, Outcome};

/// One line of a random log: customer, day, amount in cents, product.
type Line = (u8, u16, i64, u8);

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let amount = prop_oneof![
        8 => 1_i64..20_000,
        // Few different amounts make equal values.
        4 => (1_i64..5).prop_map(|n| n * 1_000),
        1 => -5_000_i64..0,
        1 => Just(0_i64),
        1 => Just(100_000_000_000_i64),
    ];
    prop::collection::vec((0_u8..30, 0_u16..730, amount, 0_u8..12), 1..150)
}

fn log(lines: &[Line], with_products: bool) -> String {
    let mut text = String::from(if with_products {
        "customer_id,date,amount,product_id\n"
    } else {
        "customer_id,date,amount\n"
    });
    for (customer, day, cents, product) in lines {
        let day = erba::domain::Day(19_723 + i32::from(*day));
        let sign = if *cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        write!(text, "K{customer},{day},{sign}{}.{:02}", cents / 100, cents % 100).unwrap();
        if with_products {
            write!(text, ",P{product}").unwrap();
        }
        text.push('\n');
    }
    text
}

/// Runs and checks; a run that is refused must be refused for a reason.
fn run(desk: &Desk, out: &str, more: &str) -> bool {
    let arguments = format!("run --transactions t.csv --out {out} --force {more}");
    let outcome = desk.erba(arguments.split_whitespace());
    told_why(&outcome) && {
        desk.checked(out);
        true
    }
}

fn told_why(outcome: &Outcome) -> bool {
    let refused = outcome.code == 3 && outcome.stderr.contains("error[E");
    assert!(outcome.code == 0 || refused, "exit {}: {}", outcome.code, outcome.stderr);
    outcome.code == 0
}

/// Rows of some columns, by customer.
fn rows(desk: &Desk, out: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let file = format!("{out}/customers.csv");
    let columns: Vec<Vec<String>> =
        std::iter::once(&"customer_id").chain(columns).map(|column| desk.column(&file, column)).collect();
    let mut rows: Vec<Vec<String>> =
        (0..columns[0].len()).map(|at| columns.iter().map(|column| column[at].clone()).collect()).collect();
    rows.sort();
    rows
}

fn few(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few(40))]

    #[test]
    fn the_checker_finds_nothing_in_a_random_run(
        lines in lines(),
        with_products: bool,
        window in prop_oneof![Just("365"), Just("all"), Just("1"), Just("90")],
        method in prop_oneof![Just("share"), Just("count"), Just("abc"), Just("threshold"), Just("kmeans")],
    ) {
        let desk = Desk::new();
        desk.put("t.csv", log(&lines, with_products));
        desk.put("r.toml", format!("[tiering]\nmethod = \"{method}\"\n[service]\nbudget = 1000.01\n"));
        run(&desk, "out", &format!("--window {window} --recipe r.toml"));
    }

    #[test]
    fn scaling_all_money_changes_no_tier_and_no_type(lines in lines(), factor in 2_i64..50) {
        let desk = Desk::new();
        desk.put("t.csv", log(&lines, true));
        if run(&desk, "before", "") {
            let scaled: Vec<Line> = lines.iter().map(|line| (line.0, line.1, line.2 * factor, line.3)).collect();
            desk.put("t.csv", log(&scaled, true));
            prop_assert!(run(&desk, "after", ""));
            let columns = ["tier", "tier_reason", "type", "rank"];
            prop_assert_eq!(rows(&desk, "before", &columns), rows(&desk, "after", &columns));
        }
    }

    #[test]
    fn raising_a_value_never_lowers_its_tier(
        values in prop::collection::vec(-20_i64..200, 2..40),
        who in any::<prop::sample::Index>(),
        more in 1_i64..300,
    ) {
        let desk = Desk::new();
        let tier = |values: &[i64], out: &str| -> Option<Vec<String>> {
            let table: String =
                values.iter().enumerate().map(|(id, value)| format!("K{id:02},{value}\n")).collect();
            desk.put("c.csv", format!("customer_id,sales\n{table}"));
            let outcome = desk.erba(["run", "--customers", "c.csv", "--out", out]);
            told_why(&outcome).then(|| {
                desk.checked(out);
                rows(&desk, out, &["tier"]).into_iter().map(|row| row[1].clone()).collect()
            })
        };
        let mut raised = values.clone();
        let who = who.index(values.len());
        raised[who] += more;
        if let (Some(before), Some(after)) = (tier(&values, "before"), tier(&raised, "after")) {
            // I, II and III sort as they rank.
            prop_assert!(after[who] <= before[who], "{} before, {} after", before[who], after[who]);
        }
    }
}

/// A log of 200 customers who bought in each month of two years, and those of them promoted.
fn promoted() -> (Desk, String, Vec<String>) {
    let desk = Desk::new();
    let mut text = String::from("customer_id,date,amount\n");
    for customer in 0..200_u32 {
        for month in 0..24 {
            // Sizes fall slowly from one to the next; months differ by more, each customer's in its own way.
            let chance = f64::from((customer * 31 + month + 1).wrapping_mul(2_654_435_761) >> 22) / 1_024.0;
            let amount = 20_000.0 / (f64::from(customer) + 6.0) * (0.3 + 1.4 * chance);
            let (year, month) = (2024 + month / 12, month % 12 + 1);
            writeln!(text, "K{customer:03},{year}-{month:02}-10,{amount:.2}").unwrap();
        }
    }
    desk.put("t.csv", &text);
    assert!(run(&desk, "before", ""));
    let found = rows(&desk, "before", &["tier_reason"]);
    let ids = found.into_iter().filter(|row| row[1] == "potential").map(|row| row[0].clone()).collect();
    (desk, text, ids)
}

/// The log with one month of 2025 of one customer multiplied.
fn raised(log: &str, who: &str, month: u32, times: f64) -> String {
    let raised = format!("{who},2025-{month:02}-10,");
    let raise = |line: &str| match line.strip_prefix(&raised) {
        Some(amount) => format!("{raised}{:.2}\n", amount.parse::<f64>().unwrap() * times),
        None => format!("{line}\n"),
    };
    log.lines().map(raise).collect()
}

/// The wrong rule that the next test must be able to see: a line on growth takes I from a customer for having bought more.
#[test]
fn a_line_on_growth_would_take_i_from_who_buys_more() {
    let (desk, log, _) = promoted();
    desk.put("growth.toml", "[tiering.promote]\nmin_growth = 1.085\n");
    let tier = |out: &str| {
        assert!(run(&desk, out, "--recipe growth.toml"));
        rows(&desk, out, &["tier"]).into_iter().find(|row| row[0] == "K044").map(|row| row[1].clone())
    };
    assert_eq!(tier("before").as_deref(), Some("I"));
    desk.put("t.csv", raised(&log, "K044", 1, 1.13));
    assert_eq!(tier("after").as_deref(), Some("II"));
}

#[test]
fn who_was_promoted_stays_in_i_when_a_month_brings_more() {
    let (desk, log, established) = promoted();
    assert!(established.len() >= 2, "only {established:?} promoted");
    // Small enough that half of them are not in I by value yet: only those can show a loss.
    let strategy = (any::<prop::sample::Index>(), 1..=12_u32, 1.01_f64..1.2);
    let config = few(24);
    proptest::test_runner::TestRunner::new_with_rng(
        config.clone(),
        proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm),
    )
    .run(&strategy, |(who, month, times)| {
        let who = who.get(&established);
        desk.put("t.csv", raised(&log, who, month, times));
        prop_assert!(run(&desk, "after", ""));
        let row = rows(&desk, "after", &["tier"]).into_iter().find(|row| row[0] == *who).unwrap();
        prop_assert_eq!(&row[1], "I", "{} with {} times its sales of month {}", who, times, month);
        Ok(())
    })
    .unwrap();
}

#[test]
fn twenty_equal_customers_are_treated_equally() {
    let desk = Desk::new();
    let mut text = String::from("customer_id,date,amount,product_id\n");
    for customer in 0..60_u32 {
        // The first twenty are the same in all but their names.
        let size = if customer < 20 { 7 } else { customer };
        for month in 1..=12 {
            let product = if customer < 20 { month } else { customer % 9 + month };
            writeln!(
                text,
                "K{customer:02},2025-{month:02}-{:02},{}.00,P{product}",
                size % 20 + 1,
                size * 3 + month
            )
            .unwrap();
        }
    }
    desk.put("t.csv", text);
    assert!(run(&desk, "out", ""));
    let columns = [
        "tier",
        "tier_reason",
        "type",
        "type_confidence",
        "type_flag",
        "value",
        "potential",
        "innovativeness",
        "days_since_last",
        "orders",
        "channel",
        "visits_per_period",
        "message",
    ];
    let rows = rows(&desk, "out", &columns);
    assert!(rows[..20].windows(2).all(|pair| pair[0][1..] == pair[1][1..]), "{:#?}", &rows[..20]);
}
