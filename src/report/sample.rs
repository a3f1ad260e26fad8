//! A small finished run for tests: twelve customers, made by hand.

use crate::domain::{Channel, CustomerType, Day, Money, Notice, Tier, TierReason, TypeFlag, Window};
use crate::features::{FeatureTable, Features, Profile};
use crate::result::{InputRecord, Mover, Reject, RowCounts, Segmentation, Settings};
use crate::scoring::{Component, ComponentKind, Potential, Value};
use crate::service::{PlanRow, Service, ServicePlan};
use crate::tiering::{CutPoints, Tiering};
use crate::typing::kmeans::FitPlan;
use crate::typing::{Typing, TypingQuality};

/// Names that try to be something else than names.
pub(super) const HOSTILE: [&str; 3] =
    ["<img src=x onerror=\"document.title='broken'\">", "</script><script>alert(1)</script>", "=1+1"];

/// Value of the customer of rank `rank` of `count`: falls like 1/rank, so about 80/20 for a few thousand.
fn value_of(rank: usize) -> Money {
    Money(100_000 * 10_000 / (rank as i64 + 1))
}

/// A finished run of `count` customers; customer `i` has rank `i + 1`, the second last has nothing and the
/// last returned more than it bought. The fourth last is promoted.
pub(super) fn segmentation(count: usize) -> Segmentation {
    let as_of: Day = "2024-12-31".parse().unwrap();
    let mut amounts: Vec<Money> = (0..count).map(value_of).collect();
    if count > 3 {
        amounts[count - 2] = Money::ZERO;
        amounts[count - 1] = Money(-125_000);
    }
    let tiering = tiering(&amounts);
    let types: Vec<_> = (0..count)
        .map(|i| if i % 3 == 0 { CustomerType::Innovative } else { CustomerType::Conservative })
        .collect();
    let innovativeness: Vec<_> = (0..count)
        .map(|i| (i % 7 != 6).then_some(if i % 3 == 0 { 0.9 } else { -0.4 } + (i % 5) as f64 / 10.0))
        .collect();
    let potential = potential(&amounts, &tiering);
    let mut segmentation = Segmentation {
        lifetime: None,
        settings: Settings {
            version: "0.1.0".into(),
            as_of: Some(as_of),
            window: Some(Window::Days(365)),
            seed: 42,
            recipe: "general".into(),
            recipe_text: "name = \"general\"\n".into(),
            mappings: vec!["amount=Sale <Dollars>".into()],
        },
        inputs: vec![InputRecord {
            role: "transactions",
            path: "sales.csv".into(),
            sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into(),
            rows: 1_003,
            columns: vec![
                ("customer_id".into(), "客户编号".into()),
                ("amount".into(), "Sale <Dollars>".into()),
            ],
        }],
        rows: RowCounts {
            read: 1_003,
            used: 1_000,
            filtered: 2,
            rejected: 1,
            filters: [("no_customer", 2)].into_iter().collect(),
        },
        rejects: vec![Reject {
            file: "sales.csv".into(),
            line: 17,
            column: "amount".into(),
            value: "=cmd()".into(),
            reason: "\"=cmd()\" is not a number".into(),
        }],
        table: table(count, as_of),
        value: Value { metric: "sales".into(), amounts, ..Value::default() },
        potential,
        typing: typing(&types, innovativeness),
        tiering,
        service: ServicePlan::default(),
        visits: None,
        movers: Some(movers()),
        model: None,
        scored_by: None,
        warnings: vec![Notice::new("unknown-stage").with("customers", 3_u32).with("example", "<b>soon</b>")],
        timings_ms: vec![("ingest", 12.3456), ("features", 3.0)],
    };
    segmentation.service = service(&segmentation);
    segmentation
}

fn movers() -> Vec<Mover> {
    vec![
        Mover {
            customer_id: "C0002".into(),
            tier_before: Some(Tier::II),
            tier_now: Some(Tier::I),
            type_before: Some(CustomerType::Conservative),
            type_now: Some(CustomerType::Conservative),
            value_before: Some(Money(300_000_000)),
            value_now: Some(Money(500_000_000)),
            reason: Some(TierReason::Contribution),
        },
        Mover {
            customer_id: "GONE".into(),
            tier_before: Some(Tier::III),
            tier_now: None,
            type_before: None,
            type_now: None,
            value_before: Some(Money(10_000)),
            value_now: None,
            reason: None,
        },
    ]
}

fn tiering(amounts: &[Money]) -> Tiering {
    let count = amounts.len();
    let total: Money = amounts.iter().copied().filter(|&amount| amount > Money::ZERO).sum();
    let mut before = Money::ZERO;
    let mut tiering = Tiering::default();
    for (index, &amount) in amounts.iter().enumerate() {
        let share = before.share_of(total);
        let tier = match share {
            _ if amount <= Money::ZERO => Tier::III,
            _ if share < 0.6 => Tier::I,
            _ if share < 0.8 => Tier::II,
            _ => Tier::III,
        };
        let positive = amount.max(Money::ZERO);
        before = Money(before.0 + positive.0);
        tiering.by_value.push(tier);
        tiering.value_shares.push(positive.share_of(total));
        tiering.cumulative_shares.push(before.share_of(total));
        tiering.ranks.push(index as u32 + 1);
        tiering.order.push(index as u32);
    }
    tiering.tiers.clone_from(&tiering.by_value);
    tiering.reasons = vec![TierReason::Contribution; count];
    if count > 4 {
        tiering.tiers[count - 4] = Tier::I;
        tiering.reasons[count - 4] = TierReason::Potential;
        tiering.promoted = 1;
    }
    let smallest = |tier: Tier| {
        amounts
            .iter()
            .zip(&tiering.by_value)
            .filter(|(_, by_value)| **by_value == tier)
            .map(|(a, _)| *a)
            .min()
    };
    tiering.cuts = CutPoints {
        method: "share".into(),
        shares: Some([0.6, 0.8]),
        smallest: [smallest(Tier::I), smallest(Tier::II)],
        positive_total: total,
        promotion_line: Some(0.9),
    };
    tiering
}

fn potential(amounts: &[Money], tiering: &Tiering) -> Potential {
    let count = amounts.len();
    let promoted = |i: usize| tiering.reasons[i] == TierReason::Potential;
    let scores: Vec<f64> =
        (0..count).map(|i| if promoted(i) { 0.95 } else { (i * 37 % 89) as f64 / 100.0 }).collect();
    Potential {
        components: vec![
            Component {
                kind: ComponentKind::Reach,
                weight: 0.7,
                ranks: scores.iter().map(|&score| Some(score)).collect(),
            },
            Component {
                kind: ComponentKind::Growth,
                weight: 0.3,
                ranks: (0..count).map(|i| (i % 4 != 3).then_some(0.5)).collect(),
            },
        ],
        weight_method: "manual".into(),
        consistency_ratio: None,
        expected: amounts
            .iter()
            .enumerate()
            .map(|(i, amount)| Some(Money(amount.0 * if promoted(i) { 4 } else { 1 })))
            .collect(),
        growth: (0..count).map(|i| Some(if promoted(i) { 4.0 } else { 1.0 })).collect(),
        young: (0..count).map(promoted).collect(),
        reach: scores.iter().map(|&score| Some(score / 2.0)).collect(),
        evidence: vec![true; count],
        scores,
    }
}

fn typing(types: &[CustomerType], innovativeness: Vec<Option<f64>>) -> Typing {
    let unknown = |i: usize| innovativeness[i].is_none();
    let count = types.len();
    Typing {
        warnings: Vec::new(),
        confidence: (0..count).map(|i| if unknown(i) { 0.0 } else { 0.5 + (i % 5) as f64 / 10.0 }).collect(),
        flags: (0..count)
            .map(|i| if unknown(i) { TypeFlag::InsufficientEvidence } else { TypeFlag::None })
            .collect(),
        clusters: (0..count).map(|i| (!unknown(i)).then_some(u32::from(i % 3 != 0))).collect(),
        types: (0..count).map(|i| if unknown(i) { CustomerType::Conservative } else { types[i] }).collect(),
        innovativeness,
        quality: TypingQuality {
            k: 2,
            backend: "linfa".into(),
            inertia: Some(0.51),
            silhouette: Some(0.42),
            silhouette_sample: 2_000,
            starts: 10,
            plan: FitPlan {
                rows: count,
                starts: 10,
                sample: None,
                finalists: 10,
                steps: 0,
                converged: false,
            },
            clustered: count as u32,
            launches: 31,
            early_days: Some(60),
            split_half: Some(0.83),
            volume_correlation: Some(0.02),
            value_correlation: Some(0.05),
            features: vec!["innovativeness".into(), "new_share".into(), "entropy".into()],
            centroids: vec![vec![1.2, 0.8, 0.1], vec![-0.5, -0.4, -0.05]],
        },
    }
}

fn table(count: usize, as_of: Day) -> FeatureTable {
    FeatureTable {
        as_of: Some(as_of),
        window: Some(Window::Days(365)),
        history: Some((as_of.plus(-1_000), as_of)),
        ids: (0..count).map(|i| format!("C{:04}", i + 1).into()).collect(),
        rows: (0..count)
            .map(|i| Features {
                sales: value_of(i),
                orders: 1 + i as u32 % 9,
                first: Some(as_of.plus(if i + 4 == count { -150 } else { -900 })),
                last: Some(as_of.plus(-(i as i32 % 90))),
                ..Features::default()
            })
            .collect(),
        profiles: (0..count)
            .map(|i| Profile {
                name: Some(
                    HOSTILE.get(i).map_or_else(|| format!("和平医院 {i}"), |name| (*name).to_owned()).into(),
                ),
                rep: (i % 4 != 3).then(|| ["Li Wei", "王芳", "O'Neil"][i % 3].into()),
                region: Some(["华东", "North"][i % 2].into()),
                ..Profile::default()
            })
            .collect(),
        has_transactions: true,
        has_products: true,
        ..FeatureTable::default()
    }
}

fn service(all: &Segmentation) -> ServicePlan {
    let visits = [[26.0, 20.0], [8.0, 6.0], [0.0, 0.0]];
    let message = ["new_first", "proof_first"];
    let customers = (0..all.table.len())
        .map(|i| {
            let (tier, kind) = (all.tiering.tiers[i], all.typing.types[i]);
            let direct = tier != Tier::III;
            Service {
                channel: if direct { Channel::Direct } else { Channel::Distributor },
                visits: visits[tier.index()][kind.index()],
                minutes: if direct { 30 } else { 0 },
                message: message[kind.index()].into(),
                response_hours: [4, 24, 72][tier.index()],
                survey_days: (!direct).then_some(90),
                budget: Some(Money(1_000_000)),
                rule: None,
            }
        })
        .collect();
    let shares = [[0.3, 0.3], [0.15, 0.15], [0.05, 0.05]];
    let groups = Tier::ALL
        .into_iter()
        .flat_map(|tier| CustomerType::ALL.map(|kind| (tier, kind)))
        .map(|(tier, customer_type)| {
            let totals = all.totals(|i| all.tiering.tiers[i] == tier && all.typing.types[i] == customer_type);
            let each = visits[tier.index()][customer_type.index()];
            let share = shares[tier.index()][customer_type.index()];
            PlanRow {
                tier,
                customer_type,
                customers: totals.customers as u32,
                value: totals.value,
                channel: if tier == Tier::III { Channel::Distributor } else { Channel::Direct },
                visits_per_customer: each,
                visits: each * totals.customers as f64,
                minutes: each * totals.customers as f64 * 30.0,
                budget: Some(Money((share * 1e9) as i64)),
                budget_share: share,
                message: message[customer_type.index()].into(),
            }
        })
        .collect();
    ServicePlan {
        customers,
        groups,
        period_days: 91,
        budget: Some(Money(1_000_000_000)),
        allocation: "policy".into(),
        allocated: None,
        ..ServicePlan::default()
    }
}
