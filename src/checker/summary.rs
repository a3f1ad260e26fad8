//! Rules on `summary.json` and `rejects.csv`: V7xx.

use serde_json::Value as Json;

use super::decimal::{near, units};
use super::files::{Customer, Folder, REJECTS, SUMMARY};
use super::findings::Findings;
use crate::domain::{CustomerType, Tier};

const KEYS: [&str; 13] = [
    "version",
    "as_of",
    "window_days",
    "seed",
    "recipe",
    "inputs",
    "rows",
    "customers",
    "value_total",
    "tiers",
    "types",
    "promoted",
    "typing",
];

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    for key in KEYS.into_iter().chain(["timings_ms"]) {
        if folder.summary.get(key).is_none() {
            findings.add("V701", SUMMARY, format!("the key {key} is missing"));
        }
    }
    rows(folder, findings);
    groups(folder, findings);
    inputs(folder, findings);
    model(folder, findings);
    figures(folder, findings);
}

fn rows(folder: &Folder, findings: &mut Findings) {
    let count = |key| folder.summary["rows"].get(key).and_then(Json::as_u64);
    let (Some(read), Some(used), Some(filtered), Some(rejected)) =
        (count("read"), count("used"), count("filtered"), count("rejected"))
    else {
        findings.add("V701", SUMMARY, "rows lacks one of read, used, filtered and rejected");
        return;
    };
    if Some(read) != used.checked_add(filtered).and_then(|sum| sum.checked_add(rejected)) {
        let message =
            format!("{read} rows read are not {used} used, {filtered} filtered and {rejected} rejected");
        findings.add("V702", SUMMARY, message);
    }
    let filters = folder.summary["rows"].get("filters").and_then(Json::as_object);
    let sum = filters.map(|filters| filters.values().filter_map(Json::as_u64).sum::<u64>());
    if sum.is_some_and(|sum| sum != filtered) {
        let message = format!("{filtered} rows filtered are not those of rows.filters");
        findings.add("V702", SUMMARY, message);
    }
    let Some(sheet) = &folder.rejects else { return };
    if sheet.rows.len() as u64 != rejected {
        let message =
            format!("there are {} lines, summary.json says {rejected} rows were rejected", sheet.rows.len());
        findings.add("V703", REJECTS, message);
    }
    for row in &sheet.rows {
        let line = sheet.cell(&row.1, "line").parse::<u64>().unwrap_or(0);
        let blank = ["file", "reason"].iter().any(|column| sheet.cell(&row.1, column).trim().is_empty());
        if line == 0 || blank {
            findings.at("V703", REJECTS, row.0, "a reject has no file, line or reason");
        }
    }
}

fn groups(folder: &Folder, findings: &mut Findings) {
    let everyone: Vec<&Customer> = folder.customers.iter().collect();
    compare(folder.summary.get("customers"), everyone.len() as f64, "customers", findings);
    let all = sum(&everyone);
    compare(folder.summary.get("value_total"), units(all), "value_total", findings);
    let mut names: Vec<(&str, &str, Vec<&Customer>)> = Vec::new();
    for tier in Tier::ALL {
        let members = everyone.iter().copied().filter(|customer| customer.tier == Some(tier)).collect();
        names.push(("tiers", tier.as_str(), members));
    }
    for kind in CustomerType::ALL {
        let members = everyone.iter().copied().filter(|customer| customer.kind == Some(kind)).collect();
        names.push(("types", kind.as_str(), members));
    }
    for (family, name, members) in names {
        let Some(group) = folder.summary.get(family).and_then(|groups| groups.get(name)) else {
            findings.add("V701", SUMMARY, format!("{family}.{name} is missing"));
            continue;
        };
        let share = |part: f64, whole: f64| if whole == 0.0 { 0.0 } else { part / whole };
        let value = sum(&members);
        for (key, due) in [
            ("customers", members.len() as f64),
            ("customer_share", share(members.len() as f64, everyone.len() as f64)),
            ("value", units(value)),
            ("value_share", share(value as f64, all as f64)),
        ] {
            compare(group.get(key), due, &format!("{family}.{name}.{key}"), findings);
        }
    }
}

fn sum(customers: &[&Customer]) -> i128 {
    customers.iter().filter_map(|customer| customer.value).sum()
}

fn compare(told: Option<&Json>, due: f64, key: &str, findings: &mut Findings) {
    match told.and_then(Json::as_f64) {
        None => findings.add("V701", SUMMARY, format!("{key} is not a number")),
        // Floating point holds 15 digits of any amount.
        Some(told)
            if (told - due).abs() > 1e-12 * due.abs().max(1.0) && !(due.abs() <= 1.0 && near(told, due)) =>
        {
            findings.add("V704", SUMMARY, format!("{key} is {told}, customers.csv has {due}"));
        }
        Some(_) => {}
    }
}

fn inputs(folder: &Folder, findings: &mut Findings) {
    let Some(inputs) = folder.summary.get("inputs").and_then(Json::as_array) else {
        findings.add("V705", SUMMARY, "inputs is not a list");
        return;
    };
    let mut rows = 0_u64;
    for (index, input) in inputs.iter().enumerate() {
        let text = |key| input.get(key).and_then(Json::as_str).unwrap_or("");
        if text("path").is_empty() || !is_hash(text("sha256")) {
            findings.add("V705", SUMMARY, format!("input {} has no path or no SHA-256", index + 1));
        }
        match input.get("rows").and_then(Json::as_u64) {
            Some(count) => rows = rows.saturating_add(count),
            None => findings.add("V705", SUMMARY, format!("input {} does not say its rows", index + 1)),
        }
    }
    let read = folder.summary["rows"].get("read").and_then(Json::as_u64);
    if read.is_some_and(|read| read != rows) {
        findings.add(
            "V705",
            SUMMARY,
            format!("the inputs have {rows} rows, rows.read is {}", read.unwrap_or(0)),
        );
    }
}

fn model(folder: &Folder, findings: &mut Findings) {
    if !folder.is_scored() {
        return;
    }
    let text = |key| folder.summary["model"].get(key).and_then(Json::as_str).unwrap_or("");
    if text("path").is_empty() || !is_hash(text("sha256")) {
        findings.add("V705", SUMMARY, "the model that scored has no path or no SHA-256");
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn figures(folder: &Folder, findings: &mut Findings) {
    let typing = &folder.summary["typing"];
    for (key, low, high) in [
        ("silhouette", -1.0, 1.0),
        ("split_half", -1.0, 1.0),
        ("volume_correlation", -1.0, 1.0),
        ("value_correlation", -1.0, 1.0),
        ("inertia", 0.0, f64::MAX),
        ("k", 0.0, f64::MAX),
    ] {
        if let Some(figure) = typing.get(key).and_then(Json::as_f64)
            && !(low - 1e-9..=high).contains(&(figure - 1e-9))
        {
            findings.add("V706", SUMMARY, format!("typing.{key} is {figure}"));
        }
    }
    let timings = folder.summary["timings_ms"].as_object();
    for (room, time) in timings.into_iter().flatten() {
        if !time.as_f64().is_some_and(|time| time >= 0.0) {
            findings.add("V706", SUMMARY, format!("timings_ms.{room} is {time}"));
        }
    }
}
