//! Tiers by lines drawn before.

use serde::{Deserialize, Serialize};

use crate::domain::{Money, Tier};
use crate::error::{Fault, Result};
use crate::scoring::{Potential, Value};

use super::cluster::{TierClusters, known};
use super::cut::Ranking;
use super::params::TieringValidParams;
use super::promote::{PromotionModel, promotions_above};
use super::split::{arranged, promote};
use super::tiers::{CutPoints, Tiering};

/// What tiering learned: lines that any customer can be held against, alone or among others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierModel {
    /// The method that drew the lines: `share`, `count`, `threshold`, `abc` or `kmeans`.
    pub method: String,
    /// Smallest values of Ⅰ and of Ⅱ, in units of the value metric; none where the tier is empty. Not asked by `kmeans`.
    pub lines: [Option<Money>; 2],
    /// The clusters of `kmeans`; none for the other methods.
    pub clusters: Option<TierClusters>,
    /// Who is lifted into Ⅰ.
    pub promotion: PromotionModel,
}

impl TierModel {
    /// Puts every customer into the tier its value deserves by the lines fitted, then promotes by the line fitted.
    ///
    /// A customer is Ⅰ from the smallest value in Ⅰ at the fit on, Ⅱ from the smallest in Ⅱ on, else Ⅲ; a value of 0 or
    /// less is Ⅲ. On the customers fitted on this gives the tiers they had. Nothing depends on the other customers, so
    /// the shares of the tiers may be any, and no largest share bounds promotions. In the outcome `cuts.smallest` and
    /// `cuts.promotion_line` are the lines of the model.
    ///
    /// * `value`, `potential`, `ids`: one entry per customer, any order, the same in all three.
    /// * `params`: of the recipe the model was fitted with.
    ///
    /// # Errors
    /// E902 if lengths differ.
    pub fn apply(
        &self,
        value: &Value,
        potential: &Potential,
        ids: &[Box<str>],
        params: &TieringValidParams,
    ) -> Result<Tiering> {
        let n = value.amounts.len();
        if ids.len() != n || potential.scores.len() != n || u32::try_from(n).is_err() {
            return Err(Fault::new(902, "values, potentials and ids do not belong together").into());
        }
        let ranking = Ranking::new(&value.amounts, ids);
        let along: Vec<Tier> = ranking
            .order
            .iter()
            .zip(&ranking.values)
            .map(|(index, value)| self.tier(*value, known(&potential.scores, *index)))
            .collect();
        let cuts = CutPoints {
            method: self.method.clone(),
            shares: None,
            smallest: self.lines,
            positive_total: Money(i64::try_from(ranking.total).unwrap_or(i64::MAX)),
            promotion_line: self.promotion.line,
        };
        let mut tiering = arranged(&ranking, &along, cuts);
        let promoted = promotions_above(&tiering.by_value, value, potential, params, self.promotion);
        promote(&mut tiering, &promoted);
        Ok(tiering)
    }

    fn tier(&self, value: Money, potential: f64) -> Tier {
        if let Some(clusters) = &self.clusters {
            return clusters.tier(value, potential);
        }
        let reaches = |line: Option<Money>| value > Money::ZERO && line.is_some_and(|line| value >= line);
        match self.lines {
            [one, _] if reaches(one) => Tier::I,
            [_, two] if reaches(two) => Tier::II,
            _ => Tier::III,
        }
    }

    /// True if every number can be one that was fitted.
    pub fn is_sound(&self) -> bool {
        let falling = match self.lines {
            [Some(one), Some(two)] => self.clusters.is_some() || one >= two,
            _ => true,
        };
        falling
            && self.promotion.line.is_none_or(|line| (0.0..=1.0).contains(&line))
            && (self.method == "kmeans") == self.clusters.is_some()
            && self.clusters.is_none_or(|clusters| clusters.is_sound())
    }
}
