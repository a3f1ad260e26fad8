//! Tiers against an independent computation with exact decimals: whole numbers of 1/10 000, no floating point.

use std::collections::BTreeMap;
use std::path::Path;

use crate::program::{Desk, real};

/// Parts of one unit in a decimal, rounded half away from zero to four decimals.
fn parts(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept: String = fraction.chars().chain("0000".chars()).take(4).collect();
    let up = i128::from(fraction.as_bytes().get(4).is_some_and(|digit| *digit >= b'5'));
    sign * (whole.parse::<i128>().unwrap() * 10_000 + kept.parse::<i128>().unwrap() + up)
}

/// The value of each customer and its tier by shares of 60 and 80 %: the definition, word for word.
fn tiers(values: BTreeMap<String, i128>) -> Vec<(String, i128, &'static str)> {
    let total: i128 = values.values().filter(|value| **value > 0).sum();
    let mut order: Vec<(String, i128)> = values.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let firsts: Vec<i128> = order.iter().map(|(_, value)| *value).collect();
    let mut before = 0;
    let mut tiers: Vec<(String, i128, &'static str)> = Vec::new();
    for (rank, (id, value)) in order.into_iter().enumerate() {
        let tier = if value <= 0 {
            "III"
        } else if rank > 0 && firsts[rank - 1] == value {
            tiers[rank - 1].2
        } else if before * 10 < total * 6 {
            "I"
        } else if before * 10 < total * 8 {
            "II"
        } else {
            "III"
        };
        before += value.max(0);
        tiers.push((id, value, tier));
    }
    tiers
}

/// Compares every customer of a result.
fn compare(desk: &Desk, out: &str, due: &[(String, i128, &str)]) {
    let column = |name| desk.column(&format!("{out}/customers.csv"), name);
    let (ids, values, tiers) = (column("customer_id"), column("value"), column("tier_by_value"));
    assert_eq!(ids.len(), due.len(), "number of customers");
    for (rank, (id, value, tier)) in due.iter().enumerate() {
        assert_eq!(
            (ids[rank].as_str(), parts(&values[rank]), tiers[rank].as_str()),
            (id.as_str(), *value, *tier),
            "rank {}",
            rank + 1
        );
    }
}

/// Quantity × price by customer, of rows from `first` to `last` day with a customer.
fn sums(path: &Path, first: &str, last: &str) -> BTreeMap<String, i128> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (id, day, quantity, price) = (at("CustomerID"), at("InvoiceDate"), at("Quantity"), at("UnitPrice"));
    let mut sums = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let date = &record[day][..10];
        if record[id].is_empty() || date < first || date > last {
            continue;
        }
        let customer = record[id].strip_suffix(".0").unwrap_or(&record[id]).to_owned();
        *sums.entry(customer).or_insert(0) +=
            record[quantity].parse::<i128>().unwrap() * parts(&record[price]);
    }
    sums
}

/// In the manner of the online shop's log: guests, cancellations, ids that were floating point.
const SLICE: &str = "\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,\"HOLDER, WHITE\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536366,22633,HAND WARMER,6,2010-12-01 08:28:00,1.85,,United Kingdom
536367,84879,BIRD ORNAMENT,32,2010-12-01 08:34:00,1.69,13047.0,United Kingdom
C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom
536370,22728,ALARM CLOCK,24,2011-01-10 08:45:00,3.75,12583.0,France
536371,22086,PAPER CHAIN,80,2011-02-11 09:00:00,2.55,13748.0,United Kingdom
536372,22632,HAND WARMER,10,2011-03-12 09:01:00,0.0005,15100.0,United Kingdom
536373,85123A,HOLDER,1,2011-04-13 09:02:00,204.0,16098.0,United Kingdom
536374,21258,BOX,3,2011-05-14 09:09:00,0.3333,18074.0,United Kingdom
536375,21258,BOX,1,2011-06-15 09:09:00,0.9999,17420.0,United Kingdom
C536383,35004C,COLOURED DUCKS,-1,2011-07-16 09:49:00,4.65,13748.0,United Kingdom
536376,22114,HOT WATER BOTTLE,2,2011-08-17 09:32:00,0,16029.0,United Kingdom
536377,22632,\"HAND
WARMER\",6,2011-09-18 09:34:00,1.85,17850.0,United Kingdom
536378,22386,BAG,7,2010-11-29 09:37:00,1.95,14688.0,United Kingdom
536380,22961,JAR,24,2011-12-01 09:41:00,1.45,17809.0,United Kingdom
";

#[test]
fn a_slice_in_the_manner_of_an_online_shop() {
    let desk = Desk::new();
    desk.put("t.csv", SLICE).done("run --transactions t.csv --out out");
    // 365 days ending on 2011-12-01: 14688's purchase and that of 2010-12-01 lie before them.
    let due = tiers(sums(&desk.path("t.csv"), "2010-12-02", "2011-12-01"));
    let mut due: Vec<(String, i128, &str)> = due;
    // Known from before the window: there, with nothing in it.
    for id in ["13047", "14527", "14688"] {
        due.push((id.to_owned(), 0, "III"));
    }
    due.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    compare(&desk, "out", &due);
    // 204, 199.35, 90, 34.8, 11.1 and crumbs: 60 % of 540.2548 is 324.2, 80 % is 432.2.
    assert_eq!(due[..4].iter().map(|customer| customer.2).collect::<Vec<_>>(), ["I", "I", "II", "III"]);
    // 3 × 0.3333 and 1 × 0.9999 are equal to the last digit.
    let equal: Vec<_> = due.iter().filter(|customer| customer.1 == 9_999).collect();
    assert_eq!(equal.len(), 2);
    desk.done("run --transactions t.csv --window all --out all");
    compare(&desk, "all", &tiers(sums(&desk.path("t.csv"), "2000-01-01", "2011-12-01")));
    desk.checked("all");
}

#[test]
fn every_customer_of_the_real_online_shop() {
    let Some(path) = real("online_retail/online_retail.csv") else { return };
    let desk = Desk::new();
    let outcome =
        desk.erba(["run", "--window", "all", "--out", "out", "--transactions", path.to_str().unwrap()]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let due = tiers(sums(&path, "2000-01-01", "2100-01-01"));
    compare(&desk, "out", &due);
    desk.checked("out");
    let summary: serde_json::Value = serde_json::from_str(&desk.text("out/summary.json")).unwrap();
    assert_eq!(summary["rows"]["read"], 541_909);
    assert_eq!(summary["rows"]["filtered"], 135_080);
    assert_eq!(summary["customers"], 4_372);
}

#[test]
fn the_real_music_shop_has_the_tiers_known_of_it() {
    let Some(path) = real("cdnow/CDNOW_master.txt") else { return };
    let desk = Desk::new();
    let outcome = desk.erba([
        "run",
        "--window",
        "all",
        "--out",
        "out",
        "--map",
        "customer_id=customer_id",
        "--map",
        "amount=dollar_value",
        "--transactions",
        path.to_str().unwrap(),
    ]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let tiers = desk.column("out/customers.csv", "tier_by_value");
    assert_eq!(tiers.len(), 23_570);
    let share = |tier: &str| {
        let customers = tiers.iter().filter(|told| *told == tier).count();
        (1000.0 * customers as f64 / tiers.len() as f64).round() / 10.0
    };
    assert_eq!((share("I"), share("II"), share("III")), (14.6, 18.0, 67.4));
    desk.checked("out");
}
