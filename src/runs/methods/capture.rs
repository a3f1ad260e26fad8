//! What a ranking captures, with intervals by bootstrap over customers.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use super::ranking::Ranking;

/// A figure with the interval that holds it in 95 of 100 resamples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure on the customers as they are.
    pub value: f64,
    /// 2.5th percentile over the resamples.
    pub low: f64,
    /// 97.5th percentile over the resamples.
    pub high: f64,
}

impl Estimate {
    /// The figure and the percentiles of its resamples.
    pub(super) fn new(value: f64, mut resampled: Vec<f64>) -> Self {
        resampled.retain(|figure| figure.is_finite());
        resampled.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * resampled.len() as f64).floor() as usize;
            resampled.get(place.min(resampled.len().saturating_sub(1))).copied().unwrap_or(value)
        };
        Estimate { value, low: at(0.025), high: at(0.975) }
    }
}

/// A figure on the customers as they are, and on each resample.
#[derive(Clone, Debug)]
pub(super) struct Resampled {
    value: f64,
    resamples: Vec<f64>,
}

impl Resampled {
    pub(super) fn estimate(&self) -> Estimate {
        Estimate::new(self.value, self.resamples.clone())
    }

    /// This over `other`, resample by resample.
    pub(super) fn over(&self, other: &Resampled) -> Estimate {
        self.with(other, |a, b| if b > 0.0 { a / b } else { 0.0 })
    }

    /// This minus `other`, resample by resample.
    pub(super) fn minus(&self, other: &Resampled) -> Estimate {
        self.with(other, |a, b| a - b)
    }

    fn with(&self, other: &Resampled, figure: impl Fn(f64, f64) -> f64) -> Estimate {
        let resamples = self.resamples.iter().zip(&other.resamples).map(|(&a, &b)| figure(a, b)).collect();
        Estimate::new(figure(self.value, other.value), resamples)
    }
}

/// Knows the next period and the resamples.
pub(super) struct Judge<'a> {
    next: &'a [f64],
    visits: f64,
    resamples: u32,
    seed: u64,
}

impl<'a> Judge<'a> {
    pub(super) fn new(next: &'a [f64], visits: u64, resamples: u32, seed: u64) -> Self {
        Judge { next, visits: visits as f64, resamples, seed }
    }

    /// Share of the next period's value that the ranking captures.
    pub(super) fn captured(&self, ranking: &Ranking) -> Resampled {
        let n = self.next.len();
        let resamples = (0..self.resamples)
            .into_par_iter()
            .map(|resample| {
                let times = draw(n, self.seed, resample);
                share(ranking, self.next, &times, self.visits)
            })
            .collect();
        Resampled { value: share(ranking, self.next, &vec![1; n], self.visits), resamples }
    }

    /// Captured with 5, 10, … 100 % of the customers visited.
    pub(super) fn curve(&self, ranking: &Ranking) -> Vec<f64> {
        let once = vec![1; self.next.len()];
        let visits = |step: u32| self.next.len() as f64 * f64::from(step) / 20.0;
        (1..=20).map(|step| share(ranking, self.next, &once, visits(step))).collect()
    }
}

/// How often each customer is drawn in a resample: the same for every method.
pub(super) fn draw(customers: usize, seed: u64, resample: u32) -> Vec<u32> {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed ^ (u64::from(resample) << 32 | 0x9e37));
    let mut times = vec![0; customers];
    for _ in 0..customers {
        times[chance.gen_range(0..customers)] += 1;
    }
    times
}

/// Value of the best ranked `visits` customers over that of all; of the group in which the visits
/// run out, the mean over all orders.
fn share(ranking: &Ranking, next: &[f64], times: &[u32], visits: f64) -> f64 {
    let mut left = visits;
    let mut captured = 0.0;
    let mut total = 0.0;
    let mut start = 0;
    for &end in &ranking.group_ends {
        let group = &ranking.order[start..end as usize];
        let customers: f64 = group.iter().map(|&index| f64::from(times[index as usize])).sum();
        let value: f64 =
            group.iter().map(|&index| f64::from(times[index as usize]) * next[index as usize]).sum();
        if customers > 0.0 {
            captured += value * (left / customers).clamp(0.0, 1.0);
            left -= customers;
        }
        total += value;
        start = end as usize;
    }
    if total > 0.0 { captured / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_taken_as_the_mean_of_all_orders() {
        // Best first 8, then 1 and 3 held equal: two visits bring 8 and half of 4, of 12.
        let next = [1.0, 8.0, 3.0];
        let ranking = Ranking::by("x", "", &[[1.0], [2.0], [1.0]]);
        assert!((share(&ranking, &next, &[1, 1, 1], 2.0) - 10.0 / 12.0).abs() < 1e-12);
        // Customer 1 drawn twice: both visits go to it.
        assert!((share(&ranking, &next, &[1, 2, 0], 2.0) - 16.0 / 17.0).abs() < 1e-12);
    }

    #[test]
    fn resamples_repeat_and_have_the_right_size() {
        let found = draw(100, 5, 3);
        assert_eq!(found, draw(100, 5, 3));
        assert_ne!(found, draw(100, 5, 4));
        assert_eq!(found.iter().sum::<u32>(), 100);
    }

    #[test]
    fn an_interval_holds_the_figure() {
        let next: Vec<f64> = (0..200).map(|index| f64::from(index % 17)).collect();
        let scores: Vec<[f64; 1]> = next.iter().map(|&value| [value]).collect();
        let judge = Judge::new(&next, 20, 100, 1);
        let oracle = judge.captured(&Ranking::by("oracle", "", &scores));
        let found = oracle.estimate();
        assert!(found.low <= found.value && found.value <= found.high && found.low < found.high);
        assert_eq!(oracle.over(&oracle), Estimate { value: 1.0, low: 1.0, high: 1.0 });
    }
}
