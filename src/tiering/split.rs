//! Tiers from value and potential.

use crate::domain::{Money, Tier, TierReason};
use crate::error::{Fault, Result};
use crate::scoring::{Potential, Value};

use super::apply::TierModel;
use super::cluster::{TierClusters, by_kmeans, known, smallest};
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
    Ok(fit(value, potential, ids, params, seed)?.0)
}

/// [`split`], with the model that tiers other customers by the same lines.
///
/// # Errors
/// As [`split`].
pub fn fit(
    value: &Value,
    potential: &Potential,
    ids: &[Box<str>],
    params: &TieringValidParams,
    seed: u64,
) -> Result<(Tiering, TierModel)> {
    let n = value.amounts.len();
    if ids.len() != n || potential.scores.len() != n || u32::try_from(n).is_err() {
        return Err(Fault::new(902, "values, potentials and ids do not belong together").into());
    }
    let ranking = Ranking::new(&value.amounts, ids);
    if ranking.positive == 0 {
        let cause = format!("none of {n} customers has positive {}", value.metric);
        let hint = "check that the right column is taken for the amount (--map) and that the window holds sales (--window all)";
        return Err(Fault::new(410, cause).hint(hint).into());
    }
    let Drawn { tiers: along, shares, clusters } = along(&ranking, &potential.scores, params, seed)?;
    let cuts = CutPoints {
        method: params.method.as_str().to_owned(),
        shares,
        smallest: [Tier::I, Tier::II].map(|tier| smallest(&along, &ranking.values, tier)),
        positive_total: Money(i64::try_from(ranking.total).unwrap_or(i64::MAX)),
        promotion_line: None,
    };
    let mut tiering = arranged(&ranking, &along, cuts);
    let (promoted, lowest, promotion) = promotions(&tiering.by_value, value, potential, params);
    promote(&mut tiering, &promoted);
    tiering.cuts.promotion_line = lowest;
    // A threshold is a line even where no customer stands on it.
    let lines = match params.method {
        Method::Threshold => params.threshold.map(Some),
        _ => tiering.cuts.smallest,
    };
    let model = TierModel { method: tiering.cuts.method.clone(), lines, clusters, promotion };
    Ok((tiering, model))
}

/// Lifts customers into Ⅰ.
pub(super) fn promote(tiering: &mut Tiering, promoted: &[usize]) {
    for index in promoted {
        tiering.tiers[*index] = Tier::I;
        tiering.reasons[*index] = TierReason::Potential;
    }
    tiering.promoted = promoted.len() as u32;
}

/// What a method makes of a ranking.
pub(super) struct Drawn {
    /// Tiers along the ranking.
    pub(super) tiers: Vec<Tier>,
    /// Shares of value at which Ⅰ and Ⅱ end, where the method has them.
    shares: Option<[f64; 2]>,
    /// The clusters of `kmeans`.
    clusters: Option<TierClusters>,
}

/// Tiers by the recipe's method.
///
/// * `potentials`: one per customer, in the order that the ranking refers to; asked by `kmeans` only.
pub(super) fn along(
    ranking: &Ranking,
    potentials: &[f64],
    params: &TieringValidParams,
    seed: u64,
) -> Result<Drawn> {
    let plain = |lines, shares| Drawn { tiers: by_lines(ranking, lines), shares, clusters: None };
    Ok(match params.method {
        Method::Share => plain(ranking.by_share(params.share), Some(params.share.map(Ratio::to_f64))),
        Method::Count => plain(ranking.by_count(params.count), None),
        Method::Threshold => plain(ranking.by_threshold(params.threshold), None),
        Method::Abc => {
            let lines = ranking.by_abc();
            plain(lines, Some(lines.map(|end| share_upto(ranking, end))))
        }
        Method::Kmeans => {
            let found = by_kmeans(ranking, potentials, params.kmeans, seed)?;
            let customers = ranking.order.iter().zip(&ranking.values);
            let tiers =
                customers.map(|(index, value)| found.tier(*value, known(potentials, *index))).collect();
            Drawn { tiers, shares: None, clusters: Some(found) }
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
pub(super) fn arranged(ranking: &Ranking, along: &[Tier], cuts: CutPoints) -> Tiering {
    let n = ranking.order.len();
    let mut by_value = vec![Tier::III; n];
    let mut ranks = vec![0; n];
    let mut value_shares = vec![0.0; n];
    let mut cumulative_shares = vec![1.0; n];
    let mut standing = Standing::new(ranking.total);
    for ((index, value), tier) in ranking.order.iter().zip(&ranking.values).zip(along) {
        let at = *index as usize;
        by_value[at] = *tier;
        (ranks[at], value_shares[at], cumulative_shares[at]) = standing.next(*value);
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

/// Rank and shares of customers told of one after the other, by value from the largest down.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    rank: u32,
    sum: i128,
    total: i128,
}

impl Standing {
    /// * `total`: sum of all positive values.
    pub fn new(total: i128) -> Self {
        Standing { rank: 0, sum: 0, total }
    }

    /// Rank, share of value and cumulative share of the next customer.
    fn next(&mut self, value: Money) -> (u32, f64, f64) {
        self.rank += 1;
        if value <= Money::ZERO {
            return (self.rank, 0.0, 1.0);
        }
        self.sum += i128::from(value.0);
        let total = self.total as f64;
        (self.rank, value.0 as f64 / total, self.sum as f64 / total)
    }

    /// Ranks and shares of the next customers, in the order of `amounts`; they were tiered without the others.
    pub fn go_on(&mut self, tiering: &mut Tiering, amounts: &[Money]) {
        for (at, amount) in amounts.iter().enumerate() {
            (tiering.ranks[at], tiering.value_shares[at], tiering.cumulative_shares[at]) = self.next(*amount);
        }
    }
}
