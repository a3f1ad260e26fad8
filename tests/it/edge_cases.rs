//! Small and strange tables that have a defined result.

use crate::program::Desk;

fn tiers(desk: &Desk, text: &str, arguments: &str) -> Vec<(String, String)> {
    desk.put("t.csv", text);
    desk.done(&format!("run {arguments} --out out --force"));
    desk.checked("out");
    let ids = desk.column("out/customers.csv", "customer_id");
    ids.into_iter().zip(desk.column("out/customers.csv", "tier")).collect()
}

fn pairs(told: &[(String, String)]) -> Vec<(&str, &str)> {
    told.iter().map(|(id, tier)| (id.as_str(), tier.as_str())).collect()
}

const LOG: &str = "--transactions t.csv";
const TABLE: &str = "--customers t.csv";

#[test]
fn one_customer_is_in_one() {
    let desk = Desk::new();
    assert_eq!(pairs(&tiers(&desk, "customer_id,date,amount\nA,2025-01-03,1\n", LOG)), [("A", "I")]);
    assert_eq!(pairs(&tiers(&desk, "customer_id,sales\nA,1\n", TABLE)), [("A", "I")]);
}

#[test]
fn equal_customers_are_all_in_one() {
    let desk = Desk::new();
    let text = "customer_id,sales\nA,5\nB,5\nC,5\nD,5\nE,5\n";
    assert!(tiers(&desk, text, TABLE).iter().all(|(_, tier)| tier == "I"));
}

#[test]
fn who_brings_nothing_is_in_three() {
    let desk = Desk::new();
    let text = "customer_id,sales\nA,5\nB,0\nC,-5\nD,\n";
    assert_eq!(pairs(&tiers(&desk, text, TABLE)), [("A", "I"), ("B", "III"), ("D", "III"), ("C", "III")]);
}

#[test]
fn the_customer_that_crosses_a_line_belongs_to_the_higher_tier() {
    let desk = Desk::new();
    // 60 lies before B exactly, 80 before C exactly.
    let told = tiers(&desk, "customer_id,sales\nA,60\nB,20\nC,20\n", TABLE);
    assert_eq!(pairs(&told), [("A", "I"), ("B", "II"), ("C", "II")]);
    let told = tiers(&desk, "customer_id,sales\nA,60\nB,20\nC,19\nD,1\n", TABLE);
    assert_eq!(pairs(&told), [("A", "I"), ("B", "II"), ("C", "III"), ("D", "III")]);
}

#[test]
fn guests_are_filtered_and_counted() {
    let desk = Desk::new();
    tiers(&desk, "customer_id,date,amount\nA,2025-01-03,1\n,2025-01-04,7\nB,2025-01-05,2\n", LOG);
    let summary: serde_json::Value = serde_json::from_str(&desk.text("out/summary.json")).unwrap();
    assert_eq!(summary["rows"]["filtered"], 1);
    assert_eq!(summary["rows"]["read"], 3);
    assert_eq!(summary["value_total"], 3.0);
}

#[test]
fn line_numbers_of_rejects_are_right_behind_line_breaks_and_blank_lines() {
    let desk = Desk::new();
    let text = "customer_id,date,amount,note\n\
        A,2025-01-03,1,\"two\nlines\"\n\
        \n\
        \n\
        B,2025-01-05,x,\n\
        \"C\nC\",2025-01-05,2,\"a\n\nb\"\n\
        D,never,3,\n";
    tiers(&desk, text, "--transactions t.csv --max-reject-share 1");
    assert_eq!(
        desk.text("out/rejects.csv"),
        "file,line,column,value,reason\n\
         t.csv,6,amount,x,is not a number\n\
         t.csv,11,date,never,is not a date\n"
    );
}

#[test]
fn cells_that_look_like_formulas_are_marked() {
    let desk = Desk::new();
    let text = "customer_id,name,sales\n=1+1,\"=cmd|' /C calc'!A0\",5\n@x,-SUM(A1),4\n-5,+49 30 1234,3\n";
    let told = tiers(&desk, text, TABLE);
    assert_eq!(pairs(&told), [("'=1+1", "I"), ("'@x", "I"), ("-5", "II")]);
    let names = desk.column("out/customers.csv", "name");
    assert_eq!(names[0], "'=cmd|' /C calc'!A0");
    assert_eq!(names[1], "'-SUM(A1)");
}

#[test]
fn returns_can_outweigh_purchases() {
    let desk = Desk::new();
    let text = "customer_id,date,amount\nA,2025-01-03,10\nB,2025-01-04,5\nB,2025-01-05,-9\n";
    assert_eq!(pairs(&tiers(&desk, text, LOG)), [("A", "I"), ("B", "III")]);
    assert_eq!(desk.column("out/customers.csv", "value"), ["10.00", "-4.00"]);
}

#[test]
fn the_window_bounds_value_to_the_day() {
    let desk = Desk::new();
    let text = "customer_id,date,amount\nA,2025-01-01,10\nA,2025-01-02,1\nB,2025-01-31,2\n";
    // Thirty days ending on 31 January begin on 2 January.
    tiers(&desk, text, "--transactions t.csv --window 30");
    assert_eq!(desk.column("out/customers.csv", "value"), ["2.00", "1.00"]);
}

#[test]
fn a_table_of_strange_names_comes_back_whole() {
    let desk = Desk::new();
    let text = "customer_id,sales\n\"a,b\",3\n\"say \"\"hi\"\"\",2\n零售户①,9\n\u{1F34E},1\n";
    let told = tiers(&desk, text, TABLE);
    assert_eq!(
        told.iter().map(|pair| pair.0.as_str()).collect::<Vec<_>>(),
        ["零售户①", "a,b", "say \"hi\"", "\u{1F34E}"]
    );
}

#[test]
fn a_log_without_a_header_is_read_by_column_numbers() {
    let desk = Desk::new();
    let rows = " 00004 0001 20250103 2 29.33\n 00004 0001 20250118 2 29.73\n 00021 0002 20250202 1 7.50\n";
    let by_number = "--no-header --map customer_id=1 --map date=3 --map amount=5";
    let told = tiers(&desk, rows, &format!("{LOG} {by_number}"));
    let headed = tiers(&desk, &format!("customer_id no date cds amount\n{rows}"), LOG);
    assert_eq!((told.len(), &told), (2, &headed));
    assert_eq!(desk.column("out/customers.csv", "value"), ["59.06", "7.50"]);
    let told = tiers(&desk, "A,5\nB,0\n", &format!("{TABLE} --no-header --map customer_id=1 --map sales=2"));
    assert_eq!(pairs(&told), [("A", "I"), ("B", "III")]);
}

#[test]
fn where_nobody_reaches_a_threshold_the_summary_says_so() {
    let desk = Desk::new();
    desk.put("far.toml", "[tiering]\nmethod = \"threshold\"\n");
    desk.put("t.csv", "customer_id,sales\nA,5\nB,4\n");
    let said = desk.done(&format!("run {TABLE} --recipe far.toml --out out")).stderr;
    assert!(said.contains("No customer brings enough sales for tier Ⅰ."), "{said}");
}

/// A planner in the middle of its data calls `run --force`: nothing it had is lost.
#[test]
fn force_spares_what_is_read_and_what_others_wrote() {
    let desk = Desk::new();
    desk.put("t.csv", "customer_id,date,amount\nA,2025-01-03,1\nB,2025-01-04,2\n");
    let run = |arguments: &[&str]| {
        desk.erba([&["run", "--transactions", "t.csv", "--force", "--out", "out"], arguments].concat())
    };
    assert_eq!(run(&[]).code, 0);
    desk.put("out/customers_ours.csv", "customer_id\nA\n");
    assert_eq!(
        run(&["--customers", "out/customers_ours.csv"]).code,
        0,
        "a file of another name is carried over"
    );
    assert!(desk.path("out/customers_ours.csv").exists());
    std::fs::copy(desk.path("out/customers_ours.csv"), desk.path("out/customers.csv")).unwrap();
    let outcome = run(&["--customers", "out/customers.csv"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("E104"), "{}", outcome.stderr);
    std::fs::create_dir(desk.path("mine")).unwrap();
    desk.put("mine/visits.csv", "customer_id,date\nA,2025-01-01\n");
    let outcome = desk.erba(["run", "--transactions", "t.csv", "--force", "--out", "mine"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("E103"), "{}", outcome.stderr);
    assert!(desk.path("mine/visits.csv").exists());
}
