//! Mistakes in customer, product, visit and rep tables.

use super::{Case, GOOD, judge, table};

#[test]
fn customers() {
    judge(vec![
        table(
            "an id twice",
            "customer_id,sales\nA,5\nB,4\nA,3\n",
            207,
            &["c.csv:4", "\"A\"", "line 2", "line 4"],
        ),
        table(
            "no id column",
            "name,sales\nAnn,5\n",
            202,
            &["no column for customer_id", "\"name\", \"sales\""],
        ),
        table(
            "nothing to value",
            "customer_id,town\nA,X\nB,Y\n",
            202,
            &["no column for sales", "\"customer_id\", \"town\""],
        ),
        table("a word for sales", "customer_id,sales\nA,5\nB,lots\n", 204, &["c.csv:3", "lots"]),
        table("no positive sales", "customer_id,sales\nA,0\nB,-4\n", 410, &["positive"]),
        table("an empty table", "", 206, &["c.csv"]),
        table("only a header", "customer_id,sales\n", 206, &["c.csv"]),
        table("blank ids only", "customer_id,sales\n,5\n,4\n", 213, &["hint:"]),
        table("sales too large", "customer_id,sales\nA,1e15\nB,3\n", 204, &["too large"]),
        table("a latitude in words", "customer_id,sales,lat,lon\nA,5,north,3\n", 204, &["c.csv:2", "north"]),
    ]);
}

fn beside(
    name: &'static str,
    flag: &'static str,
    text: &str,
    code: u16,
    says: &'static [&'static str],
) -> Case {
    Case {
        name,
        files: vec![("t.csv", GOOD.into()), ("x.csv", text.into())],
        arguments: flag,
        ends: (3, code),
        says,
    }
}

#[test]
fn products() {
    let flag = "--transactions t.csv --products x.csv";
    judge(vec![
        beside(
            "a product twice",
            flag,
            "product_id,category\nP,food\nP,drink\n",
            207,
            &["\"P\"", "line 2", "line 3"],
        ),
        beside("no product column", flag, "thing,category\nP,food\n", 202, &["no column for product_id"]),
        beside(
            "a launch that is no date",
            flag,
            "product_id,launch_date\nP,soon\nQ,later\n",
            204,
            &["x.csv:2", "soon"],
        ),
        beside("an empty table", flag, "", 206, &["x.csv"]),
    ]);
}

#[test]
fn reps_and_visits() {
    let reps = "--transactions t.csv --reps x.csv";
    let visits = "--transactions t.csv --visits x.csv";
    judge(vec![
        beside("no rep column", reps, "who,hours_per_day\nLi,8\n", 202, &["no column for rep"]),
        beside("a day of negative hours", reps, "rep,hours_per_day\nLi,-8\n", 552, &["Li"]),
        beside("no date of visits", visits, "customer_id,when\nA,2025-01-03\n", 202, &["no column for date"]),
        beside("a visit on no day", visits, "customer_id,date\nA,someday\n", 204, &["x.csv:2", "someday"]),
    ]);
}
