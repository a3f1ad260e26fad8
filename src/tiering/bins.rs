//! The lines of tiers and of promotion among customers that nobody holds together.
//!
//! What is asked of them is a histogram: how many numbers, and what sum, share their upper bits. The bin that a line
//! crosses is looked into again, sixteen bits further down, until bins are single numbers: the line is exact after four
//! looks, ties included, and no look returns more than 65,536 bins a line.

use crate::domain::Money;
use crate::error::{Fault, Result};

use super::apply::TierModel;
use super::params::{Method, Ratio, TieringValidParams};
use super::promote::PromotionModel;
use super::tiers::CutPoints;

/// Numbers that share their upper bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// The upper bits: the number shifted to the right.
    pub upper: i64,
    /// How many numbers there are.
    pub count: u64,
    /// Their sum.
    pub sum: i128,
    /// The smallest of them.
    pub least: i64,
}

/// Where bins come from: of all positive numbers whose bits above `shift + 16` are `within` (of all, if none), the bins by
/// their bits above `shift`, in any order.
pub type Look<'l> = dyn FnMut(Option<i64>, u32) -> Result<Vec<Bin>> + 'l;

/// Bits that a look goes further down.
const STEP: u32 = 16;

/// How many numbers there are, and their sum.
#[derive(Clone, Copy, Debug, Default)]
struct Above {
    count: u64,
    sum: i128,
}

/// How far down from the largest number.
enum Reach {
    /// As long as the sum of all larger numbers is below a share of a whole.
    Below(Ratio, i128),
    /// As long as there are at most so many, equal numbers all together.
    AtMost(u64),
}

impl Reach {
    /// True if it holds for all runs of equal numbers down to `after`, whatever they are.
    fn holds_whole(&self, after: Above) -> bool {
        match *self {
            Reach::Below(share, whole) => share.holds_below(after.sum, whole),
            Reach::AtMost(most) => after.count <= most,
        }
    }

    /// True if it holds for one run of equal numbers between `above` and `after`.
    fn holds(&self, above: Above, after: Above) -> bool {
        match *self {
            Reach::Below(share, whole) => share.holds_below(above.sum, whole),
            Reach::AtMost(most) => after.count <= most,
        }
    }

    /// The smallest number that it holds for; none if it does not hold for the largest.
    fn lowest(&self, look: &mut Look<'_>) -> Result<Option<i64>> {
        let (mut above, mut within, mut found) = (Above::default(), None, None);
        for shift in (0..4).rev().map(|round| round * STEP) {
            let mut bins = look(within, shift)?;
            bins.sort_unstable_by_key(|bin| std::cmp::Reverse(bin.upper));
            let mut crossed = None;
            for bin in bins {
                let after = Above { count: above.count + bin.count, sum: above.sum + bin.sum };
                let holds = if shift == 0 { self.holds(above, after) } else { self.holds_whole(after) };
                if !holds {
                    crossed = Some(bin.upper);
                    break;
                }
                (above, found) = (after, Some(bin.least));
            }
            within = crossed;
            if within.is_none() {
                break;
            }
        }
        Ok(found)
    }
}

/// The cut points of the recipe's method among values that `look` tells of.
///
/// # Errors
/// E410 if no value is positive, E752 if the method is none that a histogram can tell, and the faults of `look`.
pub fn cuts(params: &TieringValidParams, metric: &str, look: &mut Look<'_>) -> Result<CutPoints> {
    if params.method != Method::Share {
        let cause = format!("the method \"{}\" wants all customers in one memory", params.method.as_str());
        return Err(Fault::new(752, cause)
            .hint("set tiering.method = \"share\", or run without --spread")
            .into());
    }
    let total: i128 = look(None, 3 * STEP)?.iter().map(|bin| bin.sum).sum();
    if total == 0 {
        let cause = format!("none of the customers has positive {metric}");
        let hint = "check that the right column is taken for the amount (--map) and that the window holds sales (--window all)";
        return Err(Fault::new(410, cause).hint(hint).into());
    }
    let [one, two] = params.share.map(|share| Reach::Below(share, total));
    let (one, two) = (one.lowest(look)?, two.lowest(look)?);
    Ok(CutPoints {
        method: params.method.as_str().to_owned(),
        shares: Some(params.share.map(Ratio::to_f64)),
        smallest: [one, two.filter(|two| Some(*two) != one)].map(|line| line.map(Money)),
        positive_total: Money(i64::try_from(total).unwrap_or(i64::MAX)),
        promotion_line: None,
    })
}

/// Tiers by the cut points, with everybody promoted who may be, however many.
pub fn candidates_model(cuts: &CutPoints, params: &TieringValidParams, asks: [bool; 2]) -> TierModel {
    let [asks_growth, asks_reach] = asks;
    let promotion = PromotionModel { line: Some(params.promote.min_potential), asks_growth, asks_reach };
    TierModel { method: cuts.method.clone(), lines: cuts.smallest, clusters: None, promotion }
}

/// Draws the line of promotion so that at most the recipe's share of all customers is promoted, by the
/// sort keys of the candidates' potentials that `look` tells of.
///
/// Returns the lowest potential promoted.
///
/// # Errors
/// The faults of `look`.
pub fn limit_promotion(
    model: &mut TierModel,
    customers: u64,
    params: &TieringValidParams,
    look: &mut Look<'_>,
) -> Result<Option<f64>> {
    let most = (params.max_share.0 * i128::from(customers) / Ratio::SCALE) as u64;
    let candidates: u64 = look(None, 3 * STEP)?.iter().map(|bin| bin.count).sum();
    let lowest = Reach::AtMost(most).lowest(look)?.map(crate::scoring::sorted_value);
    if candidates > most || params.max_share.0 == 0 {
        model.promotion.line = lowest;
    }
    Ok(lowest)
}

#[cfg(test)]
mod tests {
    use super::super::params::TieringParams;
    use super::super::split::fit;
    use super::*;
    use crate::domain::TierReason;
    use crate::scoring::{Potential, Value, sort_key};

    fn look_into(numbers: Vec<i64>) -> impl FnMut(Option<i64>, u32) -> Result<Vec<Bin>> {
        move |within, shift| {
            let mut bins: Vec<Bin> = Vec::new();
            let inside = |number: &&i64| within.is_none_or(|within| **number >> shift >> STEP == within);
            for &number in numbers.iter().filter(|number| **number > 0).filter(inside) {
                let upper = number >> shift;
                match bins.iter_mut().find(|bin| bin.upper == upper) {
                    Some(bin) => {
                        bin.count += 1;
                        bin.sum += i128::from(number);
                        bin.least = bin.least.min(number);
                    }
                    None => bins.push(Bin { upper, count: 1, sum: number.into(), least: number }),
                }
            }
            Ok(bins)
        }
    }

    /// The lines found by bins are those that sorting everybody finds.
    #[test]
    fn bins_find_the_lines_that_sorting_finds() {
        proptest::proptest!(|(
            people in proptest::collection::vec((
                proptest::prop_oneof![-5_i64..40, 0..200_000_000_i64, 1_i64..1 << 60], 0..40_u32, 0..9_u32), 1..120),
            max_share in 0..30_u32,
            tied in proptest::bool::ANY,
        )| {
            let mut params = crate::domain::general_section::<TieringParams>("tiering");
            params.promote.max_share = f64::from(max_share) / 100.0;
            params.promote.min_potential = 0.3;
            let params = params.check().unwrap();
            let amount = |(value, ..): &(i64, u32, u32)| Money(if tied { value % 7 } else { *value });
            let value = Value { metric: "sales".into(), amounts: people.iter().map(amount).collect(), ..Value::default() };
            let potential = Potential {
                scores: people.iter().map(|(_, score, _)| f64::from(*score) / 40.0).collect(),
                evidence: people.iter().map(|(.., seen)| *seen > 0).collect(),
                growth: vec![Some(2.0); people.len()],
                reach: vec![Some(0.9); people.len()],
                ..Potential::default()
            };
            let ids: Vec<Box<str>> = (0..people.len()).map(|place| format!("{place:04}").into()).collect();
            let mut values = look_into(value.amounts.iter().map(|amount| amount.0).collect());
            let Ok((sorted, sorted_model)) = fit(&value, &potential, &ids, &params, 1) else {
                proptest::prop_assert!(cuts(&params, "sales", &mut values).unwrap_err().has_code(410));
                return Ok(());
            };
            let mut found = cuts(&params, "sales", &mut values).unwrap();
            let mut model = candidates_model(&found, &params, [true, true]);
            let all = model.apply(&value, &potential, &ids, &params).unwrap();
            let candidates = (0..ids.len()).filter(|at| all.reasons[*at] == TierReason::Potential);
            let mut keys = look_into(candidates.map(|at| sort_key(potential.scores[at])).collect());
            found.promotion_line = limit_promotion(&mut model, ids.len() as u64, &params, &mut keys).unwrap();
            proptest::prop_assert_eq!(&found, &sorted.cuts);
            proptest::prop_assert_eq!(&model, &sorted_model);
            // By the model alone everybody gets the tier that sorting gave.
            if found.promotion_line.is_none() {
                model.promotion.line = None;
            }
            proptest::prop_assert_eq!(model.apply(&value, &potential, &ids, &params).unwrap().tiers, sorted.tiers);
        });
    }
}
