//! Who is lifted into Ⅰ for what it could bring.

use serde::{Deserialize, Serialize};

use crate::domain::{Money, Tier};
use crate::scoring::{Potential, Value};

use super::params::TieringValidParams;

/// Who was promoted at the fit, so that others can be by the same measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionModel {
    /// Lowest potential promoted: the recipe's, or more where the recipe's largest share left candidates out; none
    /// if nobody may be promoted.
    pub line: Option<f64>,
    /// Growth was known of somebody, so it is asked for.
    pub asks_growth: bool,
    /// Reach was known of somebody, so it is asked for.
    pub asks_reach: bool,
}

/// Customers to promote, the lowest potential among them, and what to promote others by.
///
/// A customer is a candidate if it is not in Ⅰ by value, brings something, has evidence, and passes the recipe's lines on
/// potential, growth and reach. Candidates are taken by potential, highest first, up to `max_share` of all customers;
/// candidates of equal potential are taken together or, if they do not all fit, not at all, and nobody after them.
pub(super) fn promotions(
    by_value: &[Tier],
    value: &Value,
    potential: &Potential,
    params: &TieringValidParams,
) -> (Vec<usize>, Option<f64>, PromotionModel) {
    let most = (params.max_share.0 * by_value.len() as i128 / super::params::Ratio::SCALE) as usize;
    let mut model = PromotionModel {
        line: Some(params.promote.min_potential),
        asks_growth: known(&potential.growth),
        asks_reach: known(&potential.reach),
    };
    let mut candidates = candidates(by_value, value, potential, params, model);
    candidates.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut taken = 0;
    while taken < candidates.len() {
        let same = candidates[taken..]
            .iter()
            .take_while(|(score, _)| score.total_cmp(&candidates[taken].0).is_eq())
            .count();
        if taken + same > most {
            break;
        }
        taken += same;
    }
    let cut_short = taken < candidates.len() || params.max_share.0 == 0;
    candidates.truncate(taken);
    let lowest = candidates.last().map(|(score, _)| *score);
    if cut_short {
        model.line = lowest;
    }
    (candidates.into_iter().map(|(_, index)| index).collect(), lowest, model)
}

/// Customers to promote by a line fitted before, however many they are.
pub(super) fn promotions_above(
    by_value: &[Tier],
    value: &Value,
    potential: &Potential,
    params: &TieringValidParams,
    model: PromotionModel,
) -> Vec<usize> {
    candidates(by_value, value, potential, params, model).into_iter().map(|(_, index)| index).collect()
}

/// Potential and index of those that pass every line, ascending by index.
fn candidates(
    by_value: &[Tier],
    value: &Value,
    potential: &Potential,
    params: &TieringValidParams,
    model: PromotionModel,
) -> Vec<(f64, usize)> {
    let rule = &params.promote;
    let Some(line) = model.line else { return Vec::new() };
    let passes = |found: &[Option<f64>], index: usize, least: f64| {
        found.get(index).copied().flatten().is_some_and(|x| x >= least)
    };
    (0..by_value.len())
        .filter(|index| by_value[*index] != Tier::I && value.amounts[*index] > Money::ZERO)
        .filter(|index| potential.evidence.get(*index).copied().unwrap_or(false))
        .filter(|index| !model.asks_growth || passes(&potential.growth, *index, rule.min_growth))
        .filter(|index| !model.asks_reach || passes(&potential.reach, *index, rule.min_reach))
        .filter_map(|index| Some((potential.scores.get(index).copied()? + 0.0, index)))
        .filter(|(score, _)| *score >= line)
        .collect()
}

fn known(found: &[Option<f64>]) -> bool {
    found.iter().any(Option::is_some)
}
