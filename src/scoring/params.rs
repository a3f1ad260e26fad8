//! The `[scoring]` section of a recipe.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Result};

use super::ahp::{self, Priorities};
use super::scores::ComponentKind;

/// `[scoring]` as a recipe gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoringParams {
    /// `sales`, `margin`, `lifetime`, `score`, or the name of a numeric column.
    pub metric: String,
    /// The score card, used by the metric `score`.
    pub card: CardParams,
    /// What makes up potential.
    pub potential: PotentialParams,
}

/// `[scoring.card]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardParams {
    /// Where the weights come from.
    pub weighting: Weighting,
    /// What is scored.
    pub columns: Vec<CardColumn>,
    /// Pairwise judgments between columns, for `ahp`.
    pub judgments: Vec<Judgment>,
}

/// One line of a score card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardColumn {
    /// A numeric column of the customer table, or a feature by name.
    pub column: String,
    /// Weight for `manual`, 0 or more, 1 where the line does not say; the weights need not add up to 1.
    #[serde(default = "one")]
    pub weight: f64,
    /// Which end is good; `higher` where the line does not say.
    #[serde(default = "higher")]
    pub better: Direction,
    /// How the numbers become 0–1; `minmax` where the line does not say.
    #[serde(default = "minmax")]
    pub scale: Scale,
}

const fn one() -> f64 {
    1.0
}

const fn higher() -> Direction {
    Direction::Higher
}

const fn minmax() -> Scale {
    Scale::Minmax
}

/// Which end of a column is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Large numbers.
    Higher,
    /// Small numbers.
    Lower,
}

/// How a column becomes 0–1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// `(x − min) / (max − min)`.
    Minmax,
    /// Percentile rank, ties averaged.
    Percentile,
}

/// Where weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weighting {
    /// As written in the recipe.
    Manual,
    /// Shannon entropy of each column.
    Entropy,
    /// Spread times dissent from the other columns.
    Critic,
    /// Pairwise judgments.
    Ahp,
}

impl Weighting {
    /// As recipes and files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Weighting::Manual => "manual",
            Weighting::Entropy => "entropy",
            Weighting::Critic => "critic",
            Weighting::Ahp => "ahp",
        }
    }
}

/// `more` matters `times` as much as `less`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgment {
    /// The one judged.
    pub more: String,
    /// The one it is judged against.
    pub less: String,
    /// How many times as important, 1/9 to 9.
    pub times: f64,
}

/// `[scoring.potential]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PotentialParams {
    /// Where the weights come from.
    pub weighting: Weighting,
    /// Weights for `manual`.
    pub weights: ComponentWeights,
    /// Pairwise judgments between components, for `ahp`.
    pub judgments: Vec<Judgment>,
    /// Purchase days below which a forecast is not believed, 2 or more.
    pub min_active_days: u32,
    /// Days from the first purchase to `as_of` below which a forecast is not believed, 1 or more.
    pub min_tenure_days: u32,
    /// A customer first seen later than this many days after the start of the data counts as new.
    pub burn_in_days: u32,
    /// Growth is shrunken towards 1 as if this many purchase days without growth had been seen, 0 or more.
    pub growth_prior_days: f64,
    /// Spread of the forecast's log error where the data are too few to tell, above 0; ¾ of it for customers not new.
    pub default_error: f64,
}

/// Weights of the parts of potential, 0 or more.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentWeights {
    /// Of the chance of belonging to Ⅰ in the next window.
    pub reach: f64,
    /// Of the expected growth.
    pub growth: f64,
    /// Of the stated potential not yet used.
    pub headroom: f64,
    /// Of the products first bought of late.
    pub breadth_growth: f64,
    /// Of a recent last purchase.
    pub days_since_last: f64,
}

impl ComponentWeights {
    /// In the order of [`ComponentKind::ALL`].
    pub fn as_array(self) -> [f64; 5] {
        [self.reach, self.growth, self.headroom, self.breadth_growth, self.days_since_last]
    }
}

/// `[scoring]` after every value was found in its range.
#[derive(Clone, Debug)]
pub struct ScoringValidParams {
    pub(super) metric: String,
    pub(super) card: CardParams,
    pub(super) card_priorities: Option<Priorities>,
    pub(super) potential: PotentialParams,
    pub(super) potential_priorities: Option<Priorities>,
}

impl ScoringValidParams {
    /// The metric asked for, as the recipe writes it.
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// Columns of the customer table, or features, that value is taken from.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let card = self.card.columns.iter().map(|line| line.column.as_str());
        card.chain([self.metric()].into_iter().filter(|metric| !matches!(*metric, "score" | "lifetime")))
    }

    /// True if value is the expected lifetime value, which [`measure`](super::measure) must be given.
    pub fn wants_lifetime(&self) -> bool {
        self.metric == "lifetime"
            || (self.metric == "score" && self.card.columns.iter().any(|column| column.column == "lifetime"))
    }
}

fn fault(key: &str, cause: impl Into<String>) -> Fault {
    Fault::in_recipe(key, cause)
}

fn weight_faults(key: &str, weights: &[f64], faults: &mut Vec<Fault>) {
    if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
        faults.push(fault(key, "a weight is below 0 or not a number").hint("give 0 or more"));
    } else if weights.iter().sum::<f64>() <= 0.0 {
        faults.push(fault(key, "all weights are 0").hint("give at least one of them more than 0"));
    }
}

impl ScoringParams {
    /// Judges every value; all faults at once.
    ///
    /// # Errors
    /// E113 for values out of range, E402 for pairwise judgments that contradict each other.
    pub fn check(self) -> Result<ScoringValidParams> {
        let mut faults = Vec::new();
        if self.metric.trim().is_empty() {
            faults.push(fault("scoring.metric", "the metric has no name").hint("the default is \"sales\""));
        }
        let card_priorities = self.check_card(&mut faults);
        let potential_priorities = self.check_potential(&mut faults);
        Error::unless_empty(faults)?;
        Ok(ScoringValidParams {
            metric: self.metric,
            card: self.card,
            card_priorities,
            potential: self.potential,
            potential_priorities,
        })
    }

    fn check_card(&self, faults: &mut Vec<Fault>) -> Option<Priorities> {
        let key = "scoring.card.columns";
        let columns = &self.card.columns;
        if columns.is_empty() {
            if self.metric == "score" {
                faults.push(fault(key, "the metric is \"score\" but the score card is empty").hint(
                    "add lines such as { column = \"usage\", weight = 1, better = \"higher\", scale = \"minmax\" }",
                ));
            }
            return None;
        }
        for (index, line) in columns.iter().enumerate() {
            if columns[..index].iter().any(|other| other.column == line.column) {
                faults.push(fault(key, format!("\"{}\" is in the score card twice", line.column)));
            }
        }
        match self.card.weighting {
            Weighting::Manual => {
                weight_faults(key, &columns.iter().map(|line| line.weight).collect::<Vec<_>>(), faults);
                None
            }
            Weighting::Ahp => {
                let names: Vec<&str> = columns.iter().map(|line| line.column.as_str()).collect();
                judge("scoring.card.judgments", &names, &self.card.judgments, faults)
            }
            Weighting::Entropy | Weighting::Critic => None,
        }
    }

    fn check_potential(&self, faults: &mut Vec<Fault>) -> Option<Priorities> {
        let params = &self.potential;
        if params.min_active_days < 2 {
            let cause = "one purchase shows no rate: at least 2 purchase days are needed";
            faults.push(fault("scoring.potential.min_active_days", cause));
        }
        if params.min_tenure_days < 1 {
            faults.push(fault("scoring.potential.min_tenure_days", "must be 1 or more"));
        }
        if !(0.0..=1e6).contains(&params.growth_prior_days) {
            faults.push(fault("scoring.potential.growth_prior_days", "must lie between 0 and 1000000"));
        }
        if !(1e-3..=10.0).contains(&params.default_error) {
            faults.push(fault("scoring.potential.default_error", "must lie between 0.001 and 10"));
        }
        match params.weighting {
            Weighting::Manual => {
                weight_faults("scoring.potential.weights", &params.weights.as_array(), faults);
                None
            }
            Weighting::Ahp => {
                let names: Vec<&str> = ComponentKind::ALL.iter().map(|kind| kind.as_str()).collect();
                judge("scoring.potential.judgments", &names, &params.judgments, faults)
            }
            Weighting::Entropy | Weighting::Critic => None,
        }
    }
}

fn judge(key: &str, names: &[&str], judgments: &[Judgment], faults: &mut Vec<Fault>) -> Option<Priorities> {
    match ahp::priorities(key, names, judgments) {
        Ok(priorities) => Some(priorities),
        Err(error) => {
            faults.extend(error.faults);
            None
        }
    }
}
