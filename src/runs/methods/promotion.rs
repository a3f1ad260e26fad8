//! What became of promoted customers, against equally small ones that were not promoted.

use serde::Serialize;

use super::capture::{Estimate, draw};
use super::{MethodSettings, ranking};
use crate::domain::{Tier, TierReason, Window};
use crate::result::Segmentation;

/// The worth of promotion on a holdout.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PromotionOutcome {
    /// Customers promoted on T.
    pub promoted: u64,
    /// Their daily value in the next period over that in the window before T.
    pub growth: Estimate,
    /// The same for as many customers outside Ⅰ, each the nearest by value to a promoted one.
    pub growth_of_equals: Estimate,
    /// Share of promoted customers that are in Ⅰ by value in the next period, 0–1.
    pub precision: f64,
    /// Share of the customers rising into Ⅰ by value that were promoted, 0–1; 0 if none rose.
    pub recall: f64,
    /// Customers outside Ⅰ by value on T that are in it in the next period.
    pub risers: u64,
}

/// None if nobody was promoted, or nobody is left to compare with.
pub(super) fn outcome(
    past: &Segmentation,
    next: &Segmentation,
    settings: &MethodSettings,
) -> Option<PromotionOutcome> {
    let promoted: Vec<u32> = indices(past, |index| past.tiering.reasons[index] == TierReason::Potential);
    let others: Vec<u32> = indices(past, |index| past.tiering.tiers[index] != Tier::I);
    if promoted.is_empty() || others.is_empty() {
        return None;
    }
    let equals = matched(past, &promoted, others);
    let rises = |&index: &u32| {
        let place = next.table.ids.binary_search(&past.table.ids[index as usize]).ok();
        place.is_some_and(|place| next.tiering.by_value.get(place) == Some(&Tier::I))
    };
    let reached = promoted.iter().filter(|index| rises(index)).count() as f64;
    let outside: Vec<u32> = indices(past, |index| past.tiering.by_value[index] != Tier::I);
    let risers = outside.iter().filter(|index| rises(index)).count();
    let now: Vec<f64> = past.value.amounts.iter().map(|value| value.to_f64()).collect();
    let then: Vec<f64> = ranking::amounts_of(&past.table.ids, next)
        .into_iter()
        .map(|value| value.unwrap_or_default().to_f64())
        .collect();
    let pace = days(past)? / days(next)?;
    let growth = |group: &[u32], seed: u64| growth(group, &now, &then, pace, seed, settings.resamples);
    Some(PromotionOutcome {
        promoted: promoted.len() as u64,
        growth: growth(&promoted, settings.seed),
        growth_of_equals: growth(&equals, settings.seed ^ 1),
        precision: reached / promoted.len() as f64,
        recall: if risers == 0 { 0.0 } else { reached / risers as f64 },
        risers: risers as u64,
    })
}

fn indices(run: &Segmentation, holds: impl Fn(usize) -> bool) -> Vec<u32> {
    let customers = run.tiering.tiers.len().min(run.tiering.reasons.len()).min(run.tiering.by_value.len());
    (0..customers).filter(|&index| holds(index)).map(|index| index as u32).collect()
}

/// For each promoted customer, smallest value first, the nearest by value among those of larger value
/// than the last one taken; in one walk, since there may be a million of them.
fn matched(past: &Segmentation, promoted: &[u32], mut others: Vec<u32>) -> Vec<u32> {
    let value = |index: u32| past.value.amounts[index as usize].0;
    let mut promoted = promoted.to_vec();
    promoted.sort_by_key(|&index| (value(index), index));
    others.sort_by_key(|&index| (value(index), index));
    let mut taken = Vec::with_capacity(promoted.len());
    let mut place = 0;
    for (done, &index) in promoted.iter().enumerate() {
        let far = |place: usize| value(others[place]).abs_diff(value(index));
        // Enough must be left for the promoted ones still to come.
        let last = others.len().saturating_sub(promoted.len() - done);
        while place < last && far(place + 1) <= far(place) {
            place += 1;
        }
        taken.extend(others.get(place));
        place += 1;
    }
    taken
}

/// Days that the run's values cover.
fn days(run: &Segmentation) -> Option<f64> {
    let (first, _) = run.table.history?;
    let history = f64::from(run.table.as_of?.since(first) + 1);
    let days = match run.table.window? {
        Window::Days(days) => f64::from(days).min(history),
        Window::All => history,
    };
    (days > 0.0).then_some(days)
}

/// Ratio of the group's sums, with its interval by bootstrap over the group.
fn growth(group: &[u32], now: &[f64], then: &[f64], pace: f64, seed: u64, resamples: u32) -> Estimate {
    let ratio = |times: &dyn Fn(usize) -> f64| {
        let sum = |amounts: &[f64]| -> f64 {
            group.iter().enumerate().map(|(place, &index)| times(place) * amounts[index as usize]).sum()
        };
        let before = sum(now);
        if before > 0.0 { sum(then) / before * pace } else { f64::NAN }
    };
    let value = ratio(&|_| 1.0);
    let resampled = (0..resamples).map(|resample| {
        let times = draw(group.len(), seed, resample);
        ratio(&|place| f64::from(times[place]))
    });
    Estimate::new(if value.is_finite() { value } else { 0.0 }, resampled.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Money;

    #[test]
    fn each_promoted_customer_meets_its_nearest() {
        let mut past = Segmentation::default();
        past.value.amounts = [10, 11, 30, 9, 28, 50].map(Money).to_vec();
        // Promoted: 10 and 30; others: 11, 9, 28, 50.
        assert_eq!(matched(&past, &[0, 2], vec![1, 3, 4, 5]), [1, 4]);
        // As many promoted as others: nobody stays alone.
        assert_eq!(matched(&past, &[0, 2], vec![1, 3]), [3, 1]);
        assert_eq!(matched(&past, &[0, 2], vec![5]), [5]);
    }
}
