//! The outcome of scoring.

use serde::{Deserialize, Serialize};

use crate::domain::Money;

/// What each customer brings; vectors in the order of the feature table.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// What is measured: `sales`, `margin`, `lifetime`, a column's name or `score`.
    pub metric: String,
    /// One per customer, 1/10 000 units.
    pub amounts: Vec<Money>,
    /// Weights of a score card, in the recipe's order; empty for every other metric.
    pub weights: Vec<(String, f64)>,
}

/// What each customer could bring beyond what it brings; vectors in the order of the feature table.
#[derive(Clone, Debug, Default)]
pub struct Potential {
    /// Weighted mean of the ranks of the components present, 0–1.
    pub scores: Vec<f64>,
    /// The parts, in the recipe's order.
    pub components: Vec<Component>,
    /// How the weights came about: `manual`, `entropy`, `critic` or `ahp`.
    pub weight_method: String,
    /// Saaty's consistency ratio of the pairwise judgments, when the weights come from them.
    pub consistency_ratio: Option<f64>,
    /// Expected value of the next window, 1/10 000 units; none without evidence.
    pub expected: Vec<Option<Money>>,
    /// Expected value over value now, shrunken towards 1; none without evidence.
    pub growth: Vec<Option<f64>>,
    /// Chance of belonging to Ⅰ in the next window, 0–1; none without evidence.
    pub reach: Vec<Option<f64>>,
    /// Purchase days and tenure are enough to believe the forecast.
    pub evidence: Vec<bool>,
}

/// One part of potential.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Which.
    pub kind: ComponentKind,
    /// Its share of the score when all components are present, 0–1.
    pub weight: f64,
    /// Percentile rank per customer, 0–1, ties averaged; none where missing.
    pub ranks: Vec<Option<f64>>,
}

/// The parts potential can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentKind {
    /// Chance of belonging to Ⅰ in the next window.
    Reach,
    /// Expected value of the next window over value now.
    Growth,
    /// Stated potential minus value.
    Headroom,
    /// Products first bought of late among all products bought.
    BreadthGrowth,
    /// Days since the last purchase, few being good.
    DaysSinceLast,
}

impl ComponentKind {
    /// As recipes and files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ComponentKind::Reach => "reach",
            ComponentKind::Growth => "growth",
            ComponentKind::Headroom => "headroom",
            ComponentKind::BreadthGrowth => "breadth_growth",
            ComponentKind::DaysSinceLast => "days_since_last",
        }
    }
}
