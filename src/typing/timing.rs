//! How early a customer tries launches, among all who could have.
//!
//! For each launch, the customers active at it stand in the order in which they tried it; those
//! who did not (yet) share the places behind the last adopter, which is what censoring leaves to
//! say. The score is ½ less the relative place: ½ for the very first, about 0 on average over the
//! customers of a launch. Summed over launches by prefix sums.

use rayon::prelude::*;

use super::adopters::{Adopter, Adopters};
use super::adoption::{AdoptionModel, CURVE, LaunchModel, prefix_sums};
use super::exposure::Deed;

/// Share of adopters and adoption curve of each launch.
pub(super) fn curves(adopters: &Adopters, launches: usize) -> Vec<(f64, Vec<u32>)> {
    let mut entering = vec![0_i64; launches + 1];
    let mut lags: Vec<Vec<u32>> = vec![Vec::new(); launches];
    for adopter in adopters.iter() {
        entering[adopter.span.start] += 1;
        entering[adopter.span.end] -= 1;
        for trial in adopter.trials {
            let launch = trial.launch as usize;
            if trial.deed == Deed::Held {
                entering[launch] -= 1;
                entering[launch + 1] += 1;
            } else {
                lags[launch].push(trial.lag);
            }
        }
    }
    let mut exposed = 0_i64;
    let exposed: Vec<i64> = entering
        .iter()
        .map(|entering| {
            exposed += entering;
            exposed
        })
        .collect();
    lags.into_par_iter()
        .zip(exposed)
        .map(|(mut lags, exposed)| {
            let adopted = if exposed > 0 { lags.len() as f64 / exposed as f64 } else { 0.0 };
            lags.sort_unstable();
            (adopted.min(1.0), thin(lags))
        })
        .collect()
}

/// At most [`CURVE`] values at evenly spaced ranks.
fn thin(sorted: Vec<u32>) -> Vec<u32> {
    let n = sorted.len();
    if n <= CURVE {
        return sorted;
    }
    (0..CURVE).filter_map(|point| sorted.get((2 * point + 1) * n / (2 * CURVE)).copied()).collect()
}

/// Scores customers against the curves of a model.
#[derive(Debug)]
pub(super) struct Timing<'a> {
    launches: &'a [LaunchModel],
    /// Prefix sums of what a customer loses by not trying.
    missed: Vec<f64>,
}

impl<'a> Timing<'a> {
    pub(super) fn new(model: &'a AdoptionModel) -> Self {
        let missed: Vec<f64> = model.launches.iter().map(|launch| launch.adopted / 2.0).collect();
        Timing { launches: &model.launches, missed: prefix_sums(&missed) }
    }

    /// Mean score over the launches of the customer's span, −½ to ½; 0 without any.
    pub(super) fn score(&self, adopter: Adopter<'_>) -> f64 {
        let span = adopter.span;
        let mut score = self.missed[span.start] - self.missed[span.end];
        let mut exposed = (span.end - span.start) as f64;
        for trial in adopter.trials {
            let launch = &self.launches[trial.launch as usize];
            score += launch.adopted / 2.0;
            if trial.deed == Deed::Held {
                exposed -= 1.0;
            } else {
                score += 0.5 - launch.adopted * place(&launch.lags, trial.lag);
            }
        }
        if exposed > 0.0 { score / exposed } else { 0.0 }
    }
}

/// Relative place of `lag` among the adopters, 0 (first) to 1, ties in the middle.
fn place(lags: &[u32], lag: u32) -> f64 {
    if lags.is_empty() {
        return 0.5;
    }
    let before = lags.partition_point(|&other| other < lag);
    let until = lags.partition_point(|&other| other <= lag);
    (before + until) as f64 / (2 * lags.len()) as f64
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact in binary")]
mod tests {
    use super::*;

    #[test]
    fn places_are_relative_and_ties_stand_in_the_middle() {
        assert_eq!(place(&[1, 2, 2, 9], 2), 0.5);
        assert_eq!(place(&[1, 2, 2, 9], 0), 0.0);
        assert_eq!(place(&[1, 2, 2, 9], 10), 1.0);
        assert_eq!(place(&[], 3), 0.5);
    }

    #[test]
    fn thinning_keeps_evenly_spaced_ranks() {
        let kept = thin((0..3200).collect());
        assert_eq!((kept.len(), kept[0], kept[31]), (CURVE, 50, 3150));
        assert_eq!(thin(vec![4, 5]), [4, 5]);
    }
}
