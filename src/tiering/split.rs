//! Tiers from value and potential.

use crate::domain::{Money, Tier, TierReason};
use crate::error::{Fault, Result};
use crate::scoring::{Potential, Value};

use super::cluster::{by_kmeans, smallest};
use super::cut::{Lines, Ranking};
use super::params::{Method, Ratio, TieringValidParams};
use super::promote::promotions;
use super::tiers::{CutPoints, Tiering};

/// Splits customers into tiers I, II and III by value, then promotes by potential.
///
/// Customers are ordered by value, large to small, ties by id. Equal values share a tier (under `kmeans`: equal value
/// and potential); a value of 0 or less is Ⅲ.
///
/// * `value`, `potential`, `ids`: one entry per customer, any order, the same in all three.
/// * `seed`: of the k-means starts; no other method draws by chance.
///
/// Returns everything in the order of the input, with the cut points used.
///
/// # Errors
/// E410 if no value is positive, E411 or E412 if k-means cannot split, E902 if lengths differ.
///
/// # References
/// Ultsch & Lötsch (2015), PLOS ONE 10(6): e0129767, for the `abc` method.
pub fn split(
    value: &Value,
    potential: &Potential,
    ids: &[Box<str>],
    params: &TieringValidParams,
    seed: u64,
) -> Result<Tiering> {
    let n = value.amounts.len();
    if ids.len() != n || potential.scores.len() != n || u32::try_from(n).is_err() {
        return Err(Fault::new(902, "values, potentials and ids do not belong together").into());
    }
    let ranking = Ranking::new(&value.amounts, ids);
    if ranking.positive == 0 {
        let cause = format!("none of {n} customers has a positive {}", value.metric);
        let hint = "check that the right column is taken for the amount (--map) and that the window holds sales (--window all)";
        return Err(Fault::new(410, cause).hint(hint).into());
    }
    let (along, shares) = along(&ranking, &potential.scores, params, seed)?;
    let cuts = CutPoints {
        method: params.method.as_str().to_owned(),
        shares,
        smallest: [Tier::I, Tier::II].map(|tier| smallest(&along, &ranking.values, tier)),
        positive_total: Money(i64::try_from(ranking.total).unwrap_or(i64::MAX)),
        promotion_line: None,
    };
    let mut tiering = arranged(&ranking, &along, cuts);
    let (promoted, line) = promotions(&tiering.by_value, value, potential, params);
    for index in &promoted {
        tiering.tiers[*index] = Tier::I;
        tiering.reasons[*index] = TierReason::Potential;
    }
    tiering.promoted = promoted.len() as u32;
    tiering.cuts.promotion_line = line;
    Ok(tiering)
}

/// Tiers along the ranking by the recipe's method, and the shares of value at which Ⅰ and Ⅱ end, where it has them.
pub(super) fn along(
    ranking: &Ranking,
    potentials: &[f64],
    params: &TieringValidParams,
    seed: u64,
) -> Result<(Vec<Tier>, Option<[f64; 2]>)> {
    Ok(match params.method {
        Method::Share => {
            (by_lines(ranking, ranking.by_share(params.share)), Some(params.share.map(Ratio::to_f64)))
        }
        Method::Count => (by_lines(ranking, ranking.by_count(params.count)), None),
        Method::Threshold => (by_lines(ranking, ranking.by_threshold(params.threshold)), None),
        Method::Abc => {
            let lines = ranking.by_abc();
            (by_lines(ranking, lines), Some(lines.map(|end| share_upto(ranking, end))))
        }
        Method::Kmeans => {
            let mut along = by_kmeans(ranking, potentials, params.kmeans, seed)?;
            along.resize(ranking.order.len(), Tier::III);
            (along, None)
        }
    })
}

/// Tiers along the ranking from the number of customers before each line.
fn by_lines(ranking: &Ranking, [one, two]: Lines) -> Vec<Tier> {
    let tier = |place: usize| match place {
        _ if place < one => Tier::I,
        _ if place < two => Tier::II,
        _ => Tier::III,
    };
    (0..ranking.order.len()).map(tier).collect()
}

fn share_upto(ranking: &Ranking, end: usize) -> f64 {
    let sum: i128 = ranking.values[..end].iter().map(|value| i128::from(value.0)).sum();
    sum as f64 / ranking.total as f64
}

/// From the order of the ranking to the order of the input.
fn arranged(ranking: &Ranking, along: &[Tier], cuts: CutPoints) -> Tiering {
    let n = ranking.order.len();
    let total = ranking.total as f64;
    let mut by_value = vec![Tier::III; n];
    let mut ranks = vec![0; n];
    let mut value_shares = vec![0.0; n];
    let mut cumulative_shares = vec![1.0; n];
    let mut sum = 0_i128;
    for (place, index) in ranking.order.iter().enumerate() {
        let at = *index as usize;
        by_value[at] = along[place];
        ranks[at] = place as u32 + 1;
        if place < ranking.positive {
            sum += i128::from(ranking.values[place].0);
            value_shares[at] = ranking.values[place].0 as f64 / total;
            cumulative_shares[at] = sum as f64 / total;
        }
    }
    Tiering {
        tiers: by_value.clone(),
        reasons: vec![TierReason::Contribution; n],
        by_value,
        ranks,
        value_shares,
        cumulative_shares,
        order: ranking.order.clone(),
        cuts,
        promoted: 0,
    }
}
