//! Customers as a portfolio: what each tier and type is expected to bring, against how sure that is.

use serde::Serialize;

use crate::domain::{CustomerType, Money, Tier};

use super::forecast::{Lifetime, ValueTotal};

/// One tier × type.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Holding {
    /// The tier.
    pub tier: Tier,
    /// The type.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// What its customers will bring.
    pub future: ValueTotal,
    /// Standard deviation of that over its expectation: the risk; 0 where nothing is expected.
    pub risk: f64,
    /// Share of past value, 0–1; customers of negative value count as 0.
    pub past_share: f64,
    /// Share of expected value, 0–1.
    pub future_share: f64,
    /// The plan's share of the budget.
    pub budget_share: f64,
    /// What that share would be if the plan gave each unit of *expected* value what it now gives
    /// each unit of past value, all shares together being 1.
    pub budget_share_by_future: f64,
}

/// The portfolio of a run, six holdings: tiers in order, within each the types in order.
///
/// * `past`, `tiers`, `types`: one per customer of the table.
/// * `budget_share`: the plan's share of each holding, adding up to 1; 0 where the plan has none.
///
/// A holding whose past value is 0 has no rate to go by and keeps its budget share.
pub fn portfolio(
    lifetime: &Lifetime,
    past: &[Money],
    tiers: &[Tier],
    types: &[CustomerType],
    budget_share: &[f64; 6],
) -> Vec<Holding> {
    let positive = |customer: usize| past.get(customer).map_or(0.0, |value| value.to_f64().max(0.0));
    let cells = Tier::ALL.into_iter().flat_map(|tier| CustomerType::ALL.map(|of_type| (tier, of_type)));
    let mut holdings: Vec<Holding> = cells
        .zip(budget_share)
        .map(|((tier, customer_type), &budget_share)| {
            let holds =
                |index: usize| tiers.get(index) == Some(&tier) && types.get(index) == Some(&customer_type);
            let future = lifetime.total(holds);
            let deviation = future.parameter_deviation.hypot(future.chance_deviation);
            Holding {
                tier,
                customer_type,
                future,
                risk: if future.expected > 0.0 { deviation / future.expected } else { 0.0 },
                // Not `sum`: that of nothing is −0.
                past_share: (0..past.len())
                    .filter(|index| holds(*index))
                    .fold(0.0, |sum, index| sum + positive(index)),
                future_share: future.expected,
                budget_share,
                budget_share_by_future: budget_share,
            }
        })
        .collect();
    scale(&mut holdings, |holding| &mut holding.past_share);
    scale(&mut holdings, |holding| &mut holding.future_share);
    for holding in &mut holdings {
        if holding.past_share > 0.0 {
            holding.budget_share_by_future *= holding.future_share / holding.past_share;
        }
    }
    scale(&mut holdings, |holding| &mut holding.budget_share_by_future);
    holdings
}

/// Divides one field by its sum over all holdings.
fn scale(holdings: &mut [Holding], field: impl Fn(&mut Holding) -> &mut f64) {
    let sum: f64 = holdings.iter_mut().map(|holding| *field(holding)).sum();
    if sum > 0.0 {
        holdings.iter_mut().for_each(|holding| *field(holding) /= sum);
    }
}
