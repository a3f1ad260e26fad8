//! `customers.csv` back into the vectors of a segmentation, ascending by id.

use std::path::Path;

use super::table::Table;
use super::{Summary, channel, reason};
use crate::domain::{CustomerType, Day, Money, Tier, TierReason, TypeFlag};
use crate::error::Result;
use crate::features::Features;
use crate::ingest::Profile;
use crate::result::Segmentation;
use crate::scoring::{Component, ComponentKind};
use crate::service::Service;

/// One row, before the rows are put in order of id.
struct Customer {
    id: Box<str>,
    tier: Tier,
    by_value: Tier,
    reason: TierReason,
    kind: CustomerType,
    confidence: f64,
    flag: TypeFlag,
    value: Money,
    share: f64,
    cumulative: f64,
    rank: u32,
    potential: f64,
    innovativeness: Option<f64>,
    cluster: Option<u32>,
    expected: Option<Money>,
    growth: Option<f64>,
    reach: Option<f64>,
    evidence: bool,
    young: bool,
    ranks: Vec<Option<f64>>,
    features: Features,
    profile: Profile,
    service: Service,
}

pub(super) fn read(path: &Path, summary: &Summary) -> Result<Segmentation> {
    let mut table = Table::open(path)?;
    let components: Vec<(ComponentKind, f64)> = ComponentKind::ALL
        .into_iter()
        .filter(|kind| table.has(&column_of(*kind)))
        .map(|kind| {
            let weight = summary.potential.weights.get(kind.as_str()).and_then(serde_json::Value::as_f64);
            (kind, weight.unwrap_or(0.0))
        })
        .collect();
    let mut customers = Vec::new();
    while table.next()? {
        customers.push(customer(&table, summary, &components)?);
    }
    customers.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(collect(customers, summary, &components))
}

fn column_of(kind: ComponentKind) -> String {
    format!("potential_{}", kind.as_str())
}

fn customer(table: &Table, summary: &Summary, components: &[(ComponentKind, f64)]) -> Result<Customer> {
    let tier = table.word("tier")?;
    Ok(Customer {
        id: table.text("customer_id").into(),
        tier,
        by_value: table.maybe("tier_by_value")?.unwrap_or(tier),
        reason: reason(table.text("tier_reason")).unwrap_or(TierReason::Contribution),
        kind: table.word("type")?,
        confidence: table.word("type_confidence")?,
        flag: [TypeFlag::InsufficientEvidence, TypeFlag::NoProductData]
            .into_iter()
            .find(|flag| flag.as_str() == table.text("type_flag"))
            .unwrap_or(TypeFlag::None),
        value: table.money("value")?.unwrap_or_default(),
        share: table.word("value_share")?,
        cumulative: table.word("cumulative_share")?,
        rank: table.word("rank")?,
        potential: table.maybe("potential")?.unwrap_or_default(),
        innovativeness: table.maybe("innovativeness")?,
        cluster: table.maybe("cluster")?,
        expected: table.money("expected_value")?,
        growth: table.maybe("expected_growth")?,
        reach: table.maybe("reach")?,
        evidence: table.text("evidence") == "true",
        young: table.text("young") == "true",
        ranks: components.iter().map(|(kind, _)| table.maybe(&column_of(*kind))).collect::<Result<_>>()?,
        features: features(table, summary)?,
        profile: Profile {
            name: table.maybe_text("name"),
            rep: table.maybe_text("rep"),
            region: table.maybe_text("region"),
            purchase_stage: table.maybe_text("purchase_stage"),
            potential: table.money("stated_potential")?,
            ..Profile::default()
        },
        service: Service {
            channel: channel(table.text("channel")),
            visits: table.maybe("visits_per_period")?.unwrap_or_default(),
            minutes: table.maybe("minutes_per_visit")?.unwrap_or_default(),
            message: table.text("message").into(),
            response_hours: table.maybe("response_hours")?.unwrap_or_default(),
            survey_days: table.maybe("survey_days")?,
            budget: table.money("budget")?,
            rule: table.maybe_text("service_rule"),
        },
    })
}

fn features(table: &Table, summary: &Summary) -> Result<Features> {
    let days: Option<i32> = table.maybe("days_since_last")?;
    Ok(Features {
        sales: table.money("sales")?.unwrap_or_default(),
        margin: table.money("margin")?,
        orders: table.maybe("orders")?.unwrap_or_default(),
        first: table.maybe::<Day>("first_purchase")?,
        last: summary.as_of.zip(days).map(|(as_of, days)| as_of.plus(-days)),
        ..Features::default()
    })
}

fn collect(customers: Vec<Customer>, summary: &Summary, components: &[(ComponentKind, f64)]) -> Segmentation {
    let mut all = Segmentation::default();
    all.table.has_transactions = summary.has_transactions;
    all.potential.components = components
        .iter()
        .map(|&(kind, weight)| Component { kind, weight, ranks: Vec::with_capacity(customers.len()) })
        .collect();
    let mut order: Vec<(u32, u32)> = Vec::with_capacity(customers.len());
    for (index, customer) in (0..).zip(customers) {
        order.push((customer.rank, index));
        all.table.ids.push(customer.id);
        all.table.rows.push(customer.features);
        all.table.profiles.push(customer.profile);
        all.value.amounts.push(customer.value);
        all.tiering.tiers.push(customer.tier);
        all.tiering.by_value.push(customer.by_value);
        all.tiering.reasons.push(customer.reason);
        all.tiering.ranks.push(customer.rank);
        all.tiering.value_shares.push(customer.share);
        all.tiering.cumulative_shares.push(customer.cumulative);
        all.typing.types.push(customer.kind);
        all.typing.confidence.push(customer.confidence);
        all.typing.flags.push(customer.flag);
        all.typing.innovativeness.push(customer.innovativeness);
        all.typing.clusters.push(customer.cluster);
        all.potential.scores.push(customer.potential);
        all.potential.expected.push(customer.expected);
        all.potential.growth.push(customer.growth);
        all.potential.reach.push(customer.reach);
        all.potential.evidence.push(customer.evidence);
        all.potential.young.push(customer.young);
        for (component, rank) in all.potential.components.iter_mut().zip(customer.ranks) {
            component.ranks.push(rank);
        }
        all.service.customers.push(customer.service);
    }
    order.sort_unstable();
    all.tiering.order = order.into_iter().map(|(_, index)| index).collect();
    all
}
