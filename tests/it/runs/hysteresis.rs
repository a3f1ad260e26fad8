//! Hysteresis between two Iowa half-years, against an oracle written apart.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use erba::domain::{Money, Tier, TierReason};
use erba::runs::{SideColumns, read_side};
use erba::scoring::{Potential, Value};
use erba::tiering::{self, TieringParams};
use serde_json::Value as Json;

#[test]
fn what_it_removes_and_costs_equals_the_oracle() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/runs");
    let side = |name: &str| read_side(&reference.join(name), &SideColumns::default()).unwrap();
    let (before, now) = (side("iowa_2022_h1.csv"), side("iowa_2022_h2.csv"));
    let previous: BTreeMap<Box<str>, Tier> = before.tiers();
    let ids: Vec<Box<str>> = now.assignments.iter().map(|row| row.customer_id.clone()).collect();
    let amounts: Vec<Money> = now.assignments.iter().map(|row| row.value.unwrap()).collect();
    let total: Money = amounts.iter().filter(|value| **value > Money::ZERO).copied().sum();
    let value = Value { metric: "sales".into(), amounts, ..Value::default() };
    let potential = Potential { scores: vec![0.0; ids.len()], ..Potential::default() };
    let expected: Vec<Json> =
        serde_json::from_slice(&fs::read(reference.join("hysteresis.json")).unwrap()).unwrap();
    for row in &expected {
        let mut section: toml::Table =
            toml::from_str(include_str!("../../../models/recipes/general.toml")).unwrap();
        let mut section: toml::Table = section.remove("tiering").unwrap().try_into().unwrap();
        section.insert("hysteresis".to_owned(), toml::Value::Float(row["hysteresis"].as_f64().unwrap()));
        let params = section.try_into::<TieringParams>().unwrap().check().unwrap();
        let own = tiering::split(&value, &potential, &ids, &params, 1).unwrap();
        let held = tiering::hold(own, &value, &ids, &previous, &params);
        let moved = ids
            .iter()
            .zip(&held.tiers)
            .filter(|(id, tier)| previous.get(*id).is_some_and(|was| was != *tier));
        assert_eq!(moved.count() as u64, row["moved"].as_u64().unwrap(), "{row}");
        let reasons = held.reasons.iter().filter(|reason| **reason == TierReason::Held).count();
        assert_eq!(reasons as u64, row["held"].as_u64().unwrap(), "{row}");
        let top = || held.tiers.iter().zip(&value.amounts).filter(|(tier, _)| **tier == Tier::I);
        assert_eq!(top().count() as u64, row["one"].as_u64().unwrap(), "{row}");
        let share = top().map(|(_, value)| *value).sum::<Money>().share_of(total);
        assert!((share - row["one_value_share"].as_f64().unwrap()).abs() < 1e-12, "{row}");
    }
}
