//! Rules on `customers.csv` by itself: V2xx and V4xx.

use std::collections::HashSet;

use super::decimal::near;
use super::files::{CUSTOMERS, Customer, Folder};
use super::findings::Findings;
use crate::domain::CustomerType;

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    ids(&folder.customers, findings);
    order(&folder.customers, findings);
    shares(&folder.customers, findings);
    for customer in &folder.customers {
        ranges(customer, findings);
        types(customer, findings);
    }
}

fn ids(customers: &[Customer], findings: &mut Findings) {
    let mut seen = HashSet::with_capacity(customers.len());
    for customer in customers {
        if customer.id.trim().is_empty() {
            findings.at("V201", CUSTOMERS, customer.line, "the customer has no id");
        } else if !seen.insert(&customer.id) {
            findings.at("V201", CUSTOMERS, customer.line, format!("customer {} stands twice", customer.id));
        }
    }
}

fn order(customers: &[Customer], findings: &mut Findings) {
    for (index, customer) in customers.iter().enumerate() {
        let due = index as u64 + 1;
        if customer.rank != Some(due) {
            let rank = customer.rank.map_or("unreadable".to_owned(), |rank| rank.to_string());
            findings.at("V202", CUSTOMERS, customer.line, format!("rank is {rank}, its place is {due}"));
        }
    }
    for pair in customers.windows(2) {
        let (Some(before), Some(value)) = (pair[0].value, pair[1].value) else { continue };
        let (first, second) = (plain(&pair[0].id), plain(&pair[1].id));
        if value > before {
            let message = format!("{second} has a larger value than {first} above it");
            findings.at("V203", CUSTOMERS, pair[1].line, message);
        } else if value == before && second < first {
            let message = format!("{second} and {first} have equal values and are not in order of id");
            findings.at("V203", CUSTOMERS, pair[1].line, message);
        }
    }
}

/// With what a cell begins that a spreadsheet would take for a formula.
const RISKY: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The cell without the sign that keeps spreadsheets from reading it as a formula.
pub(super) fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(RISKY) => rest,
        _ => cell,
    }
}

fn shares(customers: &[Customer], findings: &mut Findings) {
    let total: i128 = customers.iter().filter_map(|customer| customer.value).filter(|&value| value > 0).sum();
    let mut sum = 0;
    for customer in customers {
        let Some(value) = customer.value else { continue };
        sum += value.max(0);
        let share = if total > 0 { value.max(0) as f64 / total as f64 } else { 0.0 };
        if !near(customer.value_share, share) {
            let message = format!("value_share is {}, it should be {share:.6}", customer.value_share);
            findings.at("V204", CUSTOMERS, customer.line, message);
        }
        let cumulative = if total > 0 { sum as f64 / total as f64 } else { 1.0 };
        // Without any positive value there is nothing to add up: either 0 or 1 is said.
        let empty = total == 0 && near(customer.cumulative_share, 0.0);
        if !near(customer.cumulative_share, cumulative) && !empty {
            let message =
                format!("cumulative_share is {}, it should be {cumulative:.6}", customer.cumulative_share);
            findings.at("V205", CUSTOMERS, customer.line, message);
        }
    }
}

fn ranges(customer: &Customer, findings: &mut Findings) {
    let shares = [
        ("type_confidence", Some(customer.confidence)),
        ("value_share", Some(customer.value_share)),
        ("cumulative_share", Some(customer.cumulative_share)),
        ("potential", customer.potential),
    ];
    for (column, share) in shares {
        if share.is_some_and(|share| !share.is_nan() && !(-1e-9..=1.0 + 1e-9).contains(&share)) {
            findings.at("V206", CUSTOMERS, customer.line, format!("{column} is outside 0 to 1"));
        }
    }
    if customer.visits < 0.0 {
        findings.at("V206", CUSTOMERS, customer.line, "visits_per_period is negative");
    }
    if customer.budget.is_some_and(|budget| budget < 0) {
        findings.at("V206", CUSTOMERS, customer.line, "budget is negative");
    }
}

fn types(customer: &Customer, findings: &mut Findings) {
    if customer.kind.is_none() {
        findings.at("V401", CUSTOMERS, customer.line, "type is neither innovative nor conservative");
    }
    match customer.flag.as_str() {
        "" => {}
        "insufficient_evidence" | "no_product_data" => {
            let conservative = customer.kind == Some(CustomerType::Conservative);
            if !conservative || customer.confidence != 0.0 {
                let message = format!("the type has the flag {} and yet a claim", customer.flag);
                findings.at("V402", CUSTOMERS, customer.line, message);
            }
        }
        flag => findings.at("V401", CUSTOMERS, customer.line, format!("type_flag is \"{flag}\"")),
    }
}
