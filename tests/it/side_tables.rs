//! Tables beside a log that do not fit it: bad in themselves, or about others.

use std::fmt::Write;

use crate::program::Desk;

/// 4000 rows of 40 customers and 20 products.
fn log() -> String {
    let mut text = "customer_id,date,amount,product_id\n".to_owned();
    for row in 0..4000 {
        let (customer, product) = (row % 40, row % 20);
        let _ = writeln!(
            text,
            "{customer:04},2025-{:02}-{:02},{},P{product:03}",
            row % 9 + 1,
            row % 28 + 1,
            row % 50 + 1
        );
    }
    text
}

fn products(id: impl Fn(usize) -> String, launch: impl Fn(usize) -> String) -> String {
    let rows = (0..20).map(|at| format!("{},{}\n", id(at), launch(at)));
    "product_id,launch_date\n".to_owned() + &rows.collect::<String>()
}

const RUN: &str = "run --transactions t.csv --products p.csv --out out --force";

fn told(desk: &Desk, command: &str) -> (i32, String) {
    let outcome = desk.erba(command.split_whitespace());
    (outcome.code, outcome.stderr)
}

#[test]
fn a_table_that_is_bad_throughout_is_refused_however_long_the_log() {
    let desk = Desk::new();
    desk.put("t.csv", log()).put("p.csv", products(|at| format!("P{at:03}"), |_| "(see list)".into()));
    let (code, words) = told(&desk, RUN);
    assert_eq!(code, 3, "{words}");
    assert!(words.contains("error[E204]: 20 of 20 rows") && words.contains("p.csv:2"), "{words}");
    assert!(!desk.names().contains(&"out".to_owned()));
    desk.done(&format!("{RUN} --max-reject-share 1"));
}

#[test]
fn a_short_table_with_more_bad_rows_than_allowed_is_told() {
    let desk = Desk::new();
    let launch = |at| if at == 3 { "soon".to_owned() } else { format!("2025-02-{:02}", at + 1) };
    desk.put("t.csv", log()).put("p.csv", products(|at| format!("P{at:03}"), launch));
    let (code, words) = told(&desk, RUN);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("p.csv: 1 of 20 rows could not be read"), "{words}");
}

#[test]
fn tables_that_speak_of_others_are_told() {
    let desk = Desk::new();
    let customers = (0..40).map(|at| format!("{at},n{at}\n")).collect::<String>();
    let launch = |at: usize| format!("2025-02-{:02}", at + 1);
    desk.put("t.csv", log())
        .put("p.csv", products(|at| format!("Q{at}"), launch))
        .put("c.csv", format!("customer_id,name\n{customers}"));
    let (code, words) = told(&desk, &format!("{RUN} --customers c.csv"));
    assert_eq!(code, 0, "{words}");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Only 0 of 40 customers of the log are in the customer table (for example “0000” is in the log and “0” in the table)"), "{words}");
    assert!(words.contains("Only 0 of 20 products of the log are in the products table (for example “P000” is in the log and “Q0” in the table)"), "{words}");

    desk.put("p.csv", products(|at| format!("P{at:03}"), launch)).put(
        "c.csv",
        format!("customer_id,name\n{}", (0..40).map(|at| format!("{at:04},n\n")).collect::<String>()),
    );
    let (_, words) = told(&desk, &format!("{RUN} --customers c.csv"));
    assert!(!words.contains("Only "), "{words}");
}

#[test]
fn a_mapping_that_nothing_uses_is_told() {
    let desk = Desk::new();
    desk.put("c.csv", "客户编号,销售额,毛利额,创新性\nA,5,9,1\nB,4,9,2\nC,1,9,3\n");
    let (code, words) = told(&desk, "run --customers c.csv --map amount=毛利额 --out out");
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("--map amount=\"毛利额\" changed nothing"), "{words}");
    let (_, words) = told(&desk, "run --customers c.csv --map sales=毛利额 --out out --force");
    assert!(!words.contains("changed nothing"), "{words}");
}

#[test]
fn the_chinese_header_of_innovativeness_types_as_the_english_one() {
    let desk = Desk::new();
    let rows = (0..40).map(|at| format!("K{at},{},{}\n", 100 - at, f64::from(at % 2) + 0.01 * f64::from(at)));
    let rows: String = rows.collect();
    for (header, out) in [("客户编号,销售额,创新性", "zh"), ("customer_id,sales,innovativeness", "en")]
    {
        desk.put("c.csv", format!("{header}\n{rows}"));
        desk.done(&format!("run --customers c.csv --out {out}"));
    }
    assert_eq!(desk.text("zh/customers.csv"), desk.text("en/customers.csv"));
    assert!(desk.column("zh/customers.csv", "type").contains(&"innovative".to_owned()));
}
