//! Rules on `plan.csv`: V6xx.

use super::decimal::{near, units};
use super::files::{Customer, Folder, PLAN, Sheet};
use super::findings::Findings;
use crate::domain::{CustomerType, Tier};

type Row = (u64, csv::StringRecord);

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    let Some(sheet) = &folder.plan else { return };
    let groups: Vec<(Tier, CustomerType)> =
        Tier::ALL.into_iter().flat_map(|tier| CustomerType::ALL.map(|kind| (tier, kind))).collect();
    let named = sheet.rows.iter().map(|row| (sheet.cell(&row.1, "tier"), sheet.cell(&row.1, "type")));
    if !named.eq(groups.iter().map(|(tier, kind)| (tier.as_str(), kind.as_str()))) {
        findings.add("V601", PLAN, "the rows are not I, II and III, each innovative and conservative");
        return;
    }
    let policy = folder.setting("service.policy").and_then(toml::Value::as_array);
    let channel = |tier: &str, kind: &str| {
        let says =
            |row: &toml::Value, key: &str, word| row.get(key).and_then(toml::Value::as_str) == Some(word);
        let row = policy?.iter().find(|row| says(row, "tier", tier) && says(row, "type", kind))?;
        row.get("channel")?.as_str()
    };
    for row in &sheet.rows {
        let told = sheet.cell(&row.1, "channel");
        let due = channel(sheet.cell(&row.1, "tier"), sheet.cell(&row.1, "type"));
        if due.is_some_and(|due| due != told) {
            findings.at("V605", PLAN, row.0, format!("channel is {told}, the policy row has another"));
        }
    }
    let all: i128 = folder.customers.iter().filter_map(|customer| customer.value).sum();
    for (row, (tier, kind)) in sheet.rows.iter().zip(groups) {
        let members: Vec<&Customer> = folder
            .customers
            .iter()
            .filter(|customer| customer.tier == Some(tier) && customer.kind == Some(kind))
            .collect();
        amounts(sheet, row, &members, all, folder.customers.len(), findings);
        effort(sheet, row, &members, findings);
    }
    totals(sheet, !folder.customers.is_empty(), all, findings);
}

fn amounts(
    sheet: &Sheet,
    row: &Row,
    members: &[&Customer],
    all: i128,
    customers: usize,
    findings: &mut Findings,
) {
    let told = sheet.number(row, "customers", findings);
    if told.to_string() != members.len().to_string() {
        let message = format!("customers is {told}, customers.csv has {}", members.len());
        findings.at("V602", PLAN, row.0, message);
    }
    let value: i128 = members.iter().filter_map(|customer| customer.value).sum();
    if let Some(told) = sheet.amount(row, "value", findings)
        && told != value
    {
        let message = format!("value is {}, customers.csv has {}", units(told), units(value));
        findings.at("V602", PLAN, row.0, message);
    }
    let share = |part: f64, whole: f64| if whole == 0.0 { 0.0 } else { part / whole };
    for (column, due) in [
        ("customer_share", share(members.len() as f64, customers as f64)),
        ("value_share", share(value as f64, all as f64)),
    ] {
        let told = sheet.number(row, column, findings);
        if !told.is_nan() && !near(told, due) {
            findings.at("V604", PLAN, row.0, format!("{column} is {told}, it should be {due:.6}"));
        }
    }
}

fn effort(sheet: &Sheet, row: &Row, members: &[&Customer], findings: &mut Findings) {
    let visits: f64 = members.iter().map(|customer| customer.visits).sum();
    // Cells may be rounded: each customer's to a millionth, the row's too.
    let slack = 1e-6 * (members.len() as f64 + 1.0) * 1.0_f64.max(visits.abs());
    let told = sheet.number(row, "visits", findings);
    if (told - visits).abs() > slack {
        findings.at("V603", PLAN, row.0, format!("visits is {told}, customers.csv has {visits:.6}"));
    }
    if !members.is_empty() {
        let each = sheet.number(row, "visits_per_customer", findings);
        if (each - visits / members.len() as f64).abs() > slack {
            let message =
                format!("visits_per_customer is {each} for {} customers and {visits} visits", members.len());
            findings.at("V603", PLAN, row.0, message);
        }
    }
    let minutes = sheet.number(row, "minutes", findings);
    let each: Option<f64> = members.iter().map(|customer| Some(customer.visits * customer.minutes?)).sum();
    let longest = members.iter().filter_map(|customer| customer.minutes).fold(1.0, f64::max);
    // Where the file does not tell how long a visit takes, only that some take time can be asked.
    let wrong = match each {
        Some(due) => (minutes - due).abs() > 1e-6 * longest * (members.len() as f64 + 1.0),
        None => minutes < 0.0 || (minutes > 0.0) != (visits > 0.0),
    };
    if wrong {
        findings.at(
            "V603",
            PLAN,
            row.0,
            format!("{minutes} minutes for {visits:.6} visits of its customers"),
        );
    }
    let budgets: Vec<i128> = members.iter().filter_map(|customer| customer.budget).collect();
    let told = match sheet.cell(&row.1, "budget") {
        "" => None,
        _ => sheet.amount(row, "budget", findings),
    };
    let sum: i128 = budgets.iter().sum();
    if told.unwrap_or(0) != sum {
        let message = format!("budget is {}, customers.csv has {}", units(told.unwrap_or(0)), units(sum));
        findings.at("V603", PLAN, row.0, message);
    }
}

fn totals(sheet: &Sheet, customers: bool, all: i128, findings: &mut Findings) {
    for (column, due) in
        [("customer_share", customers), ("value_share", all != 0), ("budget_share", customers)]
    {
        let shares: Vec<f64> = sheet.rows.iter().map(|row| sheet.number(row, column, findings)).collect();
        let sum: f64 = shares.iter().sum();
        if due && (sum - 1.0).abs() > 1e-5 {
            findings.add("V604", PLAN, format!("{column} adds up to {sum:.6}"));
        }
        if column != "value_share" && shares.iter().any(|share| !(-1e-9..=1.0 + 1e-9).contains(share)) {
            findings.add("V604", PLAN, format!("{column} is outside 0 to 1"));
        }
    }
}
