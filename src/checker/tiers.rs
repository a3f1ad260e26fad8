//! Rules on tiers: V3xx, by integers.

use super::decimal::fraction;
use super::files::{CUSTOMERS, Customer, Folder, SUMMARY};
use super::findings::Findings;
use crate::domain::Tier;

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    words(&folder.customers, findings);
    held(folder, findings);
    let cut = Cut::find(folder);
    let by_value = match cut.method.as_str() {
        "kmeans" => None,
        // A model's lines judge each customer by itself, whatever the method that drew them.
        _ if cut.lines.is_some() => cut.lines.and_then(|lines| by_lines(&folder.customers, lines)),
        "share" => cut.shares.and_then(|shares| by_share(&folder.customers, shares)),
        _ => None,
    };
    if let Some(due) = &by_value {
        for (customer, due) in folder.customers.iter().zip(due) {
            contribution(customer, *due, findings);
            if customer.tier_by_value.as_deref().is_some_and(|told| told != due.as_str()) {
                let message = format!("tier_by_value of {} should be {due}", customer.id);
                findings.at("V301", CUSTOMERS, customer.line, message);
            }
        }
    }
    if !folder.is_scored() {
        smallest(folder, by_value.as_deref(), findings);
    }
    ties(&folder.customers, cut.method == "kmeans", findings);
    if cut.method != "kmeans" {
        descent(&folder.customers, findings);
    }
    promotion(folder, &cut, findings);
}

/// How `summary.json` says the lines were found.
struct Cut {
    method: String,
    shares: Option<[f64; 2]>,
    promotion_line: Option<f64>,
    /// Smallest values of I and II, 1/10 000 units, in a folder scored by a model.
    lines: Option<[Option<i128>; 2]>,
}

impl Cut {
    fn find(folder: &Folder) -> Self {
        let cuts = ["cuts", "tiering", "cut_points"].iter().find_map(|key| folder.summary.get(key));
        let method = cuts.and_then(|cuts| cuts.get("method")?.as_str());
        let shares = cuts.and_then(|cuts| {
            let shares = cuts.get("shares")?.as_array()?;
            Some([shares.first()?.as_f64()?, shares.get(1)?.as_f64()?])
        });
        let recipe = || Some([folder.number("tiering.share.one")?, folder.number("tiering.share.two")?]);
        let line = |line: &serde_json::Value| line.as_f64().map(|units| (units * 1e4).round() as i128);
        let lines = cuts.filter(|_| folder.is_scored()).and_then(|cuts| {
            let lines = cuts.get("smallest")?.as_array()?;
            Some([line(lines.first()?), line(lines.get(1)?)])
        });
        Cut {
            lines,
            method: method.unwrap_or("share").to_owned(),
            shares: shares.or_else(recipe),
            promotion_line: cuts.and_then(|cuts| cuts.get("promotion_line")?.as_f64()),
        }
    }
}

fn words(customers: &[Customer], findings: &mut Findings) {
    for customer in customers {
        if customer.tier.is_none() {
            findings.at("V306", CUSTOMERS, customer.line, "tier is none of I, II and III");
        }
        if !matches!(customer.reason.as_str(), "contribution" | "potential" | "held") {
            let message = format!("tier_reason is \"{}\"", customer.reason);
            findings.at("V306", CUSTOMERS, customer.line, message);
        }
    }
}

/// Only against a run before, and by a recipe that holds, can a customer keep its tier.
fn held(folder: &Folder, findings: &mut Findings) {
    let alone = folder.summary.get("movers").is_none_or(serde_json::Value::is_null);
    let never = folder.number("tiering.hysteresis") == Some(0.0);
    for customer in folder.customers.iter().filter(|customer| customer.reason == "held") {
        if alone || never {
            let message = format!("{} is held, and there was nothing to hold it", customer.id);
            findings.at("V308", CUSTOMERS, customer.line, message);
        } else if customer.value.is_some_and(|value| value <= 0) {
            let message = format!("{} is held without positive value", customer.id);
            findings.at("V308", CUSTOMERS, customer.line, message);
        }
    }
}

/// The tier of each customer in the order given, which must be by value: a customer is in I while the value *before* it
/// (before the first of its equals) is less than the first share of the sum, in II while less than the second.
fn by_share(customers: &[Customer], shares: [f64; 2]) -> Option<Vec<Tier>> {
    let lines = [fraction(shares[0])?, fraction(shares[1])?];
    let mut values: Vec<i128> = customers.iter().map(|customer| customer.value).collect::<Option<_>>()?;
    let given = values.clone();
    values.sort_unstable_by(|a, b| b.cmp(a));
    let total: i128 = values.iter().filter(|&&value| value > 0).sum();
    let mut tiers = Vec::with_capacity(values.len());
    let (mut sum, mut before, mut last) = (0, 0, None);
    for &value in &values {
        if last != Some(value) {
            before = sum;
            last = Some(value);
        }
        let below = |(numerator, denominator): (i128, i128)| before * denominator < numerator * total;
        tiers.push(match value {
            value if value <= 0 => Tier::III,
            _ if below(lines[0]) => Tier::I,
            _ if below(lines[1]) => Tier::II,
            _ => Tier::III,
        });
        sum += value.max(0);
    }
    // Rows out of order have been told; each still gets the tier of its value.
    let tier_of = |value| tiers[values.partition_point(|&other| other > value)];
    Some(given.into_iter().map(tier_of).collect())
}

/// The tier of each customer by lines drawn before: from the first on I, from the second on II.
fn by_lines(customers: &[Customer], lines: [Option<i128>; 2]) -> Option<Vec<Tier>> {
    let reaches = |value: i128, line: Option<i128>| value > 0 && line.is_some_and(|line| value >= line);
    let tier = |value: i128| match lines {
        [one, _] if reaches(value, one) => Tier::I,
        [_, two] if reaches(value, two) => Tier::II,
        _ => Tier::III,
    };
    customers.iter().map(|customer| customer.value.map(tier)).collect()
}

/// The lines told are the smallest values of Ⅰ and Ⅱ, and the sum of positive values that of the file.
fn smallest(folder: &Folder, by_value: Option<&[Tier]>, findings: &mut Findings) {
    let Some(cuts) = folder.summary.get("cuts") else { return };
    let told = |cell: &serde_json::Value| cell.as_f64().map(|units| (units * 1e4).round() as i128);
    let positive = folder.customers.iter().filter_map(|customer| customer.value).filter(|&value| value > 0);
    let sum: i128 = positive.sum();
    // Floating point holds 15 digits of any amount.
    if let Some(total) = cuts.get("positive_total").and_then(serde_json::Value::as_f64)
        && (total * 1e4 - sum as f64).abs() > 1e-12 * sum as f64 + 1e-3
    {
        let message = format!("cuts.positive_total is {total}, customers.csv has another");
        findings.add("V704", SUMMARY, message);
    }
    let lines = cuts.get("smallest").and_then(serde_json::Value::as_array);
    let (Some(lines), Some(due)) = (lines, by_value) else { return };
    for (tier, line) in [Tier::I, Tier::II].into_iter().zip(lines) {
        let values = folder.customers.iter().zip(due).filter(|(_, due)| **due == tier);
        let least = values.filter_map(|(customer, _)| customer.value).min();
        if told(line) != least {
            let message = format!("cuts.smallest says {line} for {tier}, customers.csv has another");
            findings.add("V704", SUMMARY, message);
        }
    }
}

fn contribution(customer: &Customer, due: Tier, findings: &mut Findings) {
    let Some(tier) = customer.tier else { return };
    match customer.reason.as_str() {
        "contribution" if tier != due => {
            let message = format!("{} is in {tier} by contribution, its share says {due}", customer.id);
            findings.at("V301", CUSTOMERS, customer.line, message);
        }
        "held" if tier == due => {
            let message = format!("{} is held in {tier}, where its value puts it anyway", customer.id);
            findings.at("V308", CUSTOMERS, customer.line, message);
        }
        "potential" if due == Tier::I => {
            let message = format!("{} is promoted though its value alone puts it in I", customer.id);
            findings.at("V304", CUSTOMERS, customer.line, message);
        }
        _ => {}
    }
}

fn by_contribution(customers: &[Customer]) -> impl Iterator<Item = (&Customer, Tier, i128)> {
    customers
        .iter()
        .filter(|customer| customer.reason == "contribution")
        .filter_map(|customer| Some((customer, customer.tier?, customer.value?)))
}

/// Clusters are of value and potential: where they make the tiers, equals must agree in both.
fn ties(customers: &[Customer], clustered: bool, findings: &mut Findings) {
    let mut before: Option<((i128, Option<u64>), Tier)> = None;
    for (customer, tier, value) in by_contribution(customers) {
        let potential = customer.potential.filter(|_| clustered).map(f64::to_bits);
        if before.is_some_and(|(same, other)| same == (value, potential) && other != tier) {
            let message = format!("{} has the value of the customer above it and another tier", customer.id);
            findings.at("V302", CUSTOMERS, customer.line, message);
        }
        before = Some(((value, potential), tier));
        if value <= 0 && tier != Tier::III {
            let message = format!("{} is in {tier} without positive value", customer.id);
            findings.at("V305", CUSTOMERS, customer.line, message);
        }
    }
}

fn descent(customers: &[Customer], findings: &mut Findings) {
    let mut lowest = Tier::I;
    for (customer, tier, _) in by_contribution(customers) {
        if tier < lowest {
            let message = format!("{} is in {tier} below customers in {lowest}", customer.id);
            findings.at("V307", CUSTOMERS, customer.line, message);
        }
        lowest = lowest.max(tier);
    }
}

fn promotion(folder: &Folder, cut: &Cut, findings: &mut Findings) {
    let promoted: Vec<&Customer> =
        folder.customers.iter().filter(|customer| customer.reason == "potential").collect();
    let line = if folder.is_scored() { cut.promotion_line } else { None };
    let line = line.or_else(|| {
        let least = folder.number("tiering.promote.min_potential");
        // The summary's is higher where candidates were left out.
        least.into_iter().chain(cut.promotion_line).reduce(f64::max)
    });
    for customer in &promoted {
        if customer.tier != Some(Tier::I) {
            let message = format!("{} is not in I and yet promoted", customer.id);
            findings.at("V304", CUSTOMERS, customer.line, message);
        }
        match (customer.potential, line) {
            (None, _) => {
                findings.at("V304", CUSTOMERS, customer.line, "a promoted customer has no potential");
            }
            (Some(potential), Some(line)) if potential < line - 1e-6 => {
                let message = format!("potential {potential} is below the line of {line}");
                findings.at("V304", CUSTOMERS, customer.line, message);
            }
            _ => {}
        }
    }
    let customers = folder.customers.len();
    // A model promotes by its line, however many that are: one customer alone may be one of them.
    if !folder.is_scored()
        && let Some(most) = folder.number("tiering.promote.max_share")
        && promoted.len() as f64 > (most * customers as f64 + 1e-9).floor()
    {
        let message =
            format!("{} of {customers} customers are promoted, at most {most} may be", promoted.len());
        findings.add("V303", CUSTOMERS, message);
    }
    if let Some(told) = folder.summary.get("promoted").and_then(serde_json::Value::as_u64)
        && told != promoted.len() as u64
    {
        let message = format!("promoted is {told}, customers.csv has {}", promoted.len());
        findings.add("V704", SUMMARY, message);
    }
}
