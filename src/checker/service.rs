//! Rules on what is planned for each customer: V5xx.

use super::decimal::{parts, units};
use super::files::{CUSTOMERS, Customer, Folder, PLAN, SUMMARY};
use super::findings::Findings;
use crate::domain::{CustomerType, Tier};

pub(super) fn check(folder: &Folder, findings: &mut Findings) {
    let stage_rules = has_stage_rules(folder);
    let direct = CustomerType::ALL.map(|kind| visits_three(folder, kind));
    for customer in &folder.customers {
        let by_table = customer.kind.is_some_and(|kind| direct[kind.index()]);
        channel(customer, stage_rules, by_table, findings);
    }
    frequency(folder, findings);
    budget(folder, findings);
}

/// True if the recipe has rules that send visitors beside the policy table, or if that cannot be known.
fn has_stage_rules(folder: &Folder) -> bool {
    match folder.setting("service") {
        None => false,
        Some(service) => {
            service.get("stages").and_then(toml::Value::as_array).is_some_and(|rules| !rules.is_empty())
        }
    }
}

/// True if the policy table of the recipe has the customers of this type in III visited.
fn visits_three(folder: &Folder, kind: CustomerType) -> bool {
    let rows = folder.setting("service.policy").and_then(toml::Value::as_array);
    rows.into_iter().flatten().any(|row| {
        let says = |key: &str, word: &str| row.get(key).and_then(toml::Value::as_str) == Some(word);
        says("tier", "III") && says("type", kind.as_str()) && says("channel", "direct")
    })
}

/// * `visits_three`: the recipe's own table sends visitors to customers of this type in III.
fn channel(customer: &Customer, stage_rules: bool, visits_three: bool, findings: &mut Findings) {
    if !matches!(customer.channel.as_str(), "direct" | "distributor" | "none") {
        findings.at("V501", CUSTOMERS, customer.line, format!("channel is \"{}\"", customer.channel));
        return;
    }
    let direct = customer.channel == "direct";
    let by_rule = stage_rules && !customer.rule.is_empty() || visits_three;
    if customer.tier == Some(Tier::III) && (direct || customer.visits > 0.0) && !by_rule {
        let message = format!("{} is in III and visited, without a rule that says so", customer.id);
        findings.at("V502", CUSTOMERS, customer.line, message);
    }
    if !direct && customer.visits > 0.0 {
        let message = format!("{} has visits and the channel {}", customer.id, customer.channel);
        findings.at("V503", CUSTOMERS, customer.line, message);
    }
}

/// Reps whom the best split found no time for; a blank one stands for all.
fn reps_without_time(folder: &Folder) -> Vec<&str> {
    let desks = folder.summary["service"]["allocated"]["desks"].as_array();
    let idle = desks.into_iter().flatten().filter(|desk| desk["minutes"].as_f64() == Some(0.0));
    idle.filter_map(|desk| desk["rep"].as_str()).collect()
}

/// Judged on those whom the policy table rules: a stage or a watch rule has reasons of its own, and who lies with a
/// rep without an open day cannot be visited, whatever the tier.
fn frequency(folder: &Folder, findings: &mut Findings) {
    let idle = reps_without_time(folder);
    let left = |customer: &Customer| {
        customer.visits <= 0.0 && idle.iter().any(|rep| rep.is_empty() || *rep == customer.rep)
    };
    let mean = |tier| {
        let (mut customers, mut visits) = (0_u64, 0.0);
        for customer in folder.customers.iter().filter(|customer| {
            customer.tier == Some(tier)
                && customer.channel == "direct"
                && customer.rule.is_empty()
                && !left(customer)
        }) {
            customers += 1;
            visits += customer.visits;
        }
        (customers > 0).then(|| visits / customers as f64)
    };
    if let (Some(first), Some(second)) = (mean(Tier::I), mean(Tier::II))
        && first <= second
    {
        let message = format!("customers in I get {first:.3} visits on average, in II {second:.3}");
        findings.add("V504", PLAN, message);
    }
}

fn budget(folder: &Folder, findings: &mut Findings) {
    let mut sum = 0;
    for customer in &folder.customers {
        let Some(budget) = customer.budget else { continue };
        sum += budget;
        if budget % 100 != 0 {
            findings.at(
                "V505",
                CUSTOMERS,
                customer.line,
                format!("{}: budget is not in whole cents", customer.id),
            );
        }
    }
    let money = folder.customers.iter().any(|customer| customer.budget.is_some());
    let recipe = folder.number("service.budget").and_then(|budget| parts(&budget.to_string()));
    let told = folder.summary["service"].get("budget").and_then(serde_json::Value::as_f64);
    match (recipe, told.and_then(|budget| parts(&budget.to_string()))) {
        // With nobody to serve the budget stays unsplit.
        (Some(_), _) if sum == 0 && folder.customers.iter().all(|customer| customer.channel == "none") => {}
        (Some(due), _) if money && due != sum => {
            let message = format!("budgets add up to {}, the recipe has {}", units(sum), units(due));
            findings.add("V505", CUSTOMERS, message);
        }
        (_, Some(told)) if money && told != sum => {
            let message = format!("budget is {}, budgets of customers add up to {}", units(told), units(sum));
            findings.add("V505", SUMMARY, message);
        }
        (None, None) if money && folder.recipe.is_some() => {
            findings.add("V505", CUSTOMERS, "customers have budgets, the recipe has none");
        }
        _ => {}
    }
}
