//! Who is lifted into Ⅰ for what it could bring.

use crate::domain::{Money, Tier};
use crate::scoring::{Potential, Value};

use super::params::TieringValidParams;

/// Customers to promote, and the lowest potential among them.
///
/// A customer is a candidate if it is not in Ⅰ by value, brings something, has evidence, and passes the recipe's lines on
/// potential, growth and reach. Candidates are taken by potential, highest first, up to `max_share` of all customers;
/// candidates of equal potential are taken together or, if they do not all fit, not at all, and nobody after them.
pub(super) fn promotions(
    by_value: &[Tier],
    value: &Value,
    potential: &Potential,
    params: &TieringValidParams,
) -> (Vec<usize>, Option<f64>) {
    let rule = &params.promote;
    let most = (params.max_share.0 * by_value.len() as i128 / super::params::Ratio::SCALE) as usize;
    let (grows, reaches) = (known(&potential.growth), known(&potential.reach));
    let passes = |found: &[Option<f64>], index: usize, least: f64| {
        found.get(index).copied().flatten().is_some_and(|x| x >= least)
    };
    let mut candidates: Vec<(f64, usize)> = (0..by_value.len())
        .filter(|index| by_value[*index] != Tier::I && value.amounts[*index] > Money::ZERO)
        .filter(|index| potential.evidence.get(*index).copied().unwrap_or(false))
        .filter(|index| !grows || passes(&potential.growth, *index, rule.min_growth))
        .filter(|index| !reaches || passes(&potential.reach, *index, rule.min_reach))
        .filter_map(|index| Some((potential.scores.get(index).copied()? + 0.0, index)))
        .filter(|(score, _)| *score >= rule.min_potential)
        .collect();
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
    candidates.truncate(taken);
    let line = candidates.last().map(|(score, _)| *score);
    (candidates.into_iter().map(|(_, index)| index).collect(), line)
}

fn known(found: &[Option<f64>]) -> bool {
    found.iter().any(Option::is_some)
}
