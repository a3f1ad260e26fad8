//! Rules on the columns of `customers.csv` behind the contract's first: what they say of each other, of the recipe and
//! of `summary.json`.

use serde_json::Value as Json;

use super::decimal::parts;
use super::files::{CUSTOMERS, Folder, Sheet};
use super::findings::Findings;
use crate::domain::{CustomerType, Day, Tier};

/// Ranks and potential are rounded to a millionth.
const ROUNDED: f64 = 2e-6;

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    let Some(sheet) = &folder.customer_sheet else { return };
    measured(folder, sheet, findings);
    ranges(sheet, findings);
    times(folder, sheet, findings);
    potential(folder, sheet, findings);
    policy(folder, sheet, findings);
}

/// A column, if the file has it.
fn column(sheet: &Sheet, name: &str) -> Option<usize> {
    sheet.headers.iter().position(|header| header == name)
}

/// The cells of a column with their lines; nothing if there is no such column.
fn cells<'a>(sheet: &'a Sheet, name: &str) -> impl Iterator<Item = (u64, &'a str)> {
    let at = column(sheet, name);
    at.into_iter().flat_map(|at| sheet.rows.iter().map(move |row| (row.0, row.1.get(at).unwrap_or(""))))
}

/// Sales and margin are amounts of the file; other metrics are not written a second time.
fn measured(folder: &Folder, sheet: &Sheet, findings: &mut Findings) {
    for name in ["sales", "margin"] {
        let is_metric = folder.summary.get("value_metric").and_then(Json::as_str) == Some(name);
        for (customer, (line, cell)) in folder.customers.iter().zip(cells(sheet, name)) {
            // Who bought nothing has no margin, and the value 0.
            let amount = if cell.is_empty() { Some(0) } else { parts(cell) };
            if amount.is_none() {
                let message = format!("{name}: \"{cell}\" is not an amount with at most four decimals");
                findings.at("V103", CUSTOMERS, line, message);
            } else if is_metric && customer.value.is_some() && amount != customer.value {
                let message = format!("value is not the {name} of {}, {cell}", customer.id);
                findings.at("V207", CUSTOMERS, line, message);
            }
        }
    }
}

fn ranges(sheet: &Sheet, findings: &mut Findings) {
    let ranks = sheet.headers.iter().filter(|header| header.starts_with("potential_"));
    for name in ranks.map(String::as_str).chain(["reach", "p_alive"]) {
        for (line, cell) in cells(sheet, name).filter(|(_, cell)| !cell.is_empty()) {
            if !cell.parse::<f64>().is_ok_and(|share| (0.0..=1.0).contains(&share)) {
                findings.at("V206", CUSTOMERS, line, format!("{name} is {cell}, not a share from 0 to 1"));
            }
        }
    }
    for name in ["days_since_last", "minutes_per_visit", "response_hours", "survey_days"] {
        for (line, cell) in cells(sheet, name).filter(|(_, cell)| !cell.is_empty()) {
            if cell.parse::<u32>().is_err() {
                findings.at(
                    "V206",
                    CUSTOMERS,
                    line,
                    format!("{name} is {cell}, not a whole number from 0 on"),
                );
            }
        }
    }
    for name in ["evidence", "young"] {
        for (line, cell) in cells(sheet, name).filter(|(_, cell)| !matches!(*cell, "" | "true" | "false")) {
            findings.at("V103", CUSTOMERS, line, format!("{name}: \"{cell}\" is neither true nor false"));
        }
    }
}

/// Nobody's last purchase lies before its first.
fn times(folder: &Folder, sheet: &Sheet, findings: &mut Findings) {
    let day = |value: Option<&Json>| value.and_then(|day| day.as_str()?.parse::<Day>().ok());
    let Some(as_of) = day(folder.summary.get("as_of")) else { return };
    let history = folder.summary.get("history");
    let begin = day(history.and_then(|history| history.get("first")));
    let end = day(history.and_then(|history| history.get("last")));
    for ((line, first), (_, since)) in cells(sheet, "first_purchase").zip(cells(sheet, "days_since_last")) {
        if first.is_empty() {
            continue;
        }
        let Ok(first) = first.parse::<Day>() else {
            findings.at("V103", CUSTOMERS, line, format!("first_purchase: \"{first}\" is not a date"));
            continue;
        };
        let last = since.parse::<i32>().map_or(as_of, |days| as_of.plus(days.saturating_neg()));
        if first > last || begin.is_some_and(|begin| first < begin) || end.is_some_and(|end| last > end) {
            let message =
                format!("purchases from {first} to {last} do not lie one after the other in the history");
            findings.at("V208", CUSTOMERS, line, message);
        }
    }
}

/// The weighted mean of the parts there are, by the weights of the summary.
fn potential(folder: &Folder, sheet: &Sheet, findings: &mut Findings) {
    let weights = folder.summary.get("potential").and_then(|told| told.get("weights")?.as_object());
    let Some(weights) = weights else { return };
    let parts: Vec<(usize, f64)> = weights
        .iter()
        .filter_map(|(name, weight)| Some((column(sheet, &format!("potential_{name}"))?, weight.as_f64()?)))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    if parts.len() < weights.values().filter(|weight| weight.as_f64() > Some(0.0)).count() {
        return;
    }
    for (customer, row) in folder.customers.iter().zip(&sheet.rows) {
        let known = parts
            .iter()
            .filter_map(|(at, weight)| Some((row.1.get(*at)?.parse::<f64>().ok()? * weight, *weight)));
        let (sum, weight) = known.fold((0.0, 0.0), |(sum, all), (part, weight)| (sum + part, all + weight));
        let due = (weight > 0.0).then(|| sum / weight);
        let right = match (customer.potential, due) {
            (Some(told), Some(due)) => (told - due).abs() <= ROUNDED,
            (None, None) => true,
            _ => false,
        };
        if !right {
            let words = |share: Option<f64>| share.map_or("blank".to_owned(), |share| format!("{share:.6}"));
            let message =
                format!("potential is {}, its parts make {}", words(customer.potential), words(due));
            findings.at("V209", CUSTOMERS, customer.line, message);
        }
    }
}

/// Whom no rule of its own serves, the row of its tier and type does.
fn policy(folder: &Folder, sheet: &Sheet, findings: &mut Findings) {
    let Some(rows) = folder.setting("service.policy").and_then(toml::Value::as_array) else { return };
    let allocated = folder.summary["service"].get("allocation").and_then(Json::as_str) != Some("policy");
    let text = |row: &toml::Value, key: &str| row.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let number = |row: &toml::Value, key: &str| {
        row.get(key)?.as_float().or_else(|| row.get(key)?.as_integer().map(|number| number as f64))
    };
    let at =
        ["minutes_per_visit", "response_hours", "survey_days", "message"].map(|name| column(sheet, name));
    for (customer, cells) in folder.customers.iter().zip(&sheet.rows) {
        let (tier, kind) = (customer.tier.map(Tier::as_str), customer.kind.map(CustomerType::as_str));
        let row = rows
            .iter()
            .find(|row| text(row, "tier").as_deref() == tier && text(row, "type").as_deref() == kind);
        // A flag of a watch rule changes nothing; a stage or an exclusion does.
        if !customer.rule.split("; ").all(|rule| rule.is_empty() || rule.starts_with("watch: ")) {
            continue;
        }
        let Some(row) = row else { continue };
        let cell = |at: Option<usize>| at.and_then(|at| cells.1.get(at));
        let mut wrong = Vec::new();
        if text(row, "channel").as_deref() != Some(&customer.channel) {
            wrong.push("channel");
        }
        let visits = number(row, "visits").unwrap_or(f64::NAN);
        if !allocated && (customer.visits - visits).abs() > ROUNDED {
            wrong.push("visits_per_period");
        }
        for (name, key, at) in [
            ("minutes_per_visit", "minutes", at[0]),
            ("response_hours", "response_hours", at[1]),
            ("survey_days", "survey_days", at[2]),
        ] {
            let due = number(row, key);
            if cell(at).is_some_and(|cell| cell.parse::<f64>().ok() != due) {
                wrong.push(name);
            }
        }
        if cell(at[3]).is_some_and(|cell| text(row, "message").is_some_and(|due| due != cell)) {
            wrong.push("message");
        }
        if !wrong.is_empty() {
            let message = format!("{} differs from the policy row in {}", customer.id, wrong.join(", "));
            findings.at("V506", CUSTOMERS, customer.line, message);
        }
    }
}
