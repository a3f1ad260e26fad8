//! The outcome of scoring.

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Money};
use crate::features::FeatureTable;

/// What each customer brings; vectors in the order of the feature table.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// What is measured: `sales`, `margin`, `lifetime`, a column's name or `score`.
    pub metric: String,
    /// One per customer, 1/10 000 units.
    pub amounts: Vec<Money>,
    /// Weights of a score card, in the recipe's order; empty for every other metric.
    pub weights: Vec<(String, f64)>,
    /// Saaty's consistency ratio of the pairwise judgments, when the weights of a score card come from them.
    pub consistency_ratio: Option<f64>,
    /// Customers with cells for less than half of the weight of the score card.
    pub thin: Option<Thin>,
}

/// Scores made of less than half of the weight of the card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thin {
    /// How many.
    pub customers: usize,
    /// The highest of them, by index.
    pub example: usize,
    /// The share of the weight of which that one has cells, 0–1.
    pub share: f64,
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
    /// Purchase days and tenure are enough to believe the forecast; without transactions, the stated potential would
    /// belong to Ⅰ.
    pub evidence: Vec<bool>,
    /// First seen well after the start of the data and within the last window: forecast by its run rate.
    pub young: Vec<bool>,
}

/// Why a customer is believed to bring more than it does, for reports to put in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// First purchase, if the customer is new in the window.
    pub opened: Option<Day>,
    /// Expected value of the next window over value so far; none without evidence or value.
    pub times: Option<f64>,
    /// Chance of belonging to Ⅰ in the next window, 0–1; none without evidence.
    pub reach: Option<f64>,
    /// Components that lift its score most, the strongest first; only those ranked above the middle.
    pub top: Vec<ComponentKind>,
}

impl Potential {
    /// The potential of customer `index`; none if no part of it is known, where its score is 0.
    pub fn known(&self, index: usize) -> Option<f64> {
        let score = self.scores.get(index).copied()?;
        let part = |part: &Component| part.weight > 0.0 && part.ranks.get(index).copied().flatten().is_some();
        self.components.iter().any(part).then_some(score)
    }

    /// Why customer `index` of `table` has the potential it has.
    pub fn reason(&self, table: &FeatureTable, value: &Value, index: usize) -> Reason {
        let rank = |component: &Component| component.ranks.get(index).copied().flatten().unwrap_or(0.5);
        let mut lifts: Vec<(f64, ComponentKind)> = self
            .components
            .iter()
            .map(|component| (component.weight * (rank(component) - 0.5), component.kind))
            .filter(|(lift, _)| *lift > 0.0)
            .collect();
        lifts.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let now = value.amounts.get(index).copied().unwrap_or_default();
        let expected = self.expected.get(index).copied().flatten();
        Reason {
            opened: table
                .rows
                .get(index)
                .filter(|_| self.young.get(index).copied().unwrap_or(false))
                .and_then(|row| row.first),
            times: expected.filter(|_| now > Money::ZERO).map(|amount| amount.to_f64() / now.to_f64()),
            reach: self.reach.get(index).copied().flatten(),
            top: lifts.into_iter().map(|(_, kind)| kind).collect(),
        }
    }
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
    /// All, in the order of recipes and files.
    pub const ALL: [ComponentKind; 5] = [
        ComponentKind::Reach,
        ComponentKind::Growth,
        ComponentKind::Headroom,
        ComponentKind::BreadthGrowth,
        ComponentKind::DaysSinceLast,
    ];

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
