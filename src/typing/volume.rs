//! How much a customer buys, and what is left of a feature once that is taken out.

use serde::{Deserialize, Serialize};

use crate::domain::Money;

/// The scale on which volume is measured: log of history sales, standardised over the customers
/// fitted on, cut at the smallest and largest of them so that the correction never extrapolates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VolumeScale {
    /// Mean of log sales.
    pub mean: f64,
    /// Standard deviation of log sales; 0 if all are equal.
    pub spread: f64,
    /// Smallest standardised volume fitted on.
    pub low: f64,
    /// Largest standardised volume fitted on.
    pub high: f64,
}

/// Log of sales in currency units; none without positive sales.
pub(super) fn log_volume(sales: Money) -> Option<f64> {
    (sales.0 > 0).then(|| sales.to_f64().ln())
}

impl VolumeScale {
    /// The scale of these log volumes.
    pub(super) fn of(log_volumes: &[f64]) -> Self {
        let (mean, spread) = mean_and_spread(log_volumes);
        let mut scale = VolumeScale { mean, spread, low: f64::NEG_INFINITY, high: f64::INFINITY };
        let standardised = |volume: &f64| scale.standardise(*volume);
        let low = log_volumes.iter().map(standardised).min_by(f64::total_cmp).unwrap_or(0.0);
        let high = log_volumes.iter().map(standardised).max_by(f64::total_cmp).unwrap_or(0.0);
        (scale.low, scale.high) = (low, high);
        scale
    }

    /// Standard deviations from the mean; 0 if all volumes were equal.
    pub(super) fn standardise(&self, log_volume: f64) -> f64 {
        if self.spread == 0.0 {
            return 0.0;
        }
        ((log_volume - self.mean) / self.spread).max(self.low).min(self.high)
    }
}

/// Mean and standard deviation (n); a spread that is only rounding counts as 0.
pub(super) fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    let spread = variance.sqrt();
    if spread <= 1e-12 * mean.abs().max(1e-300) { (mean, 0.0) } else { (mean, spread) }
}

/// Coefficients of 1, x and x² that leave the smallest squares of `values`.
///
/// Terms the data cannot tell apart (few customers, equal volumes) are 0.
pub(super) fn regress(volumes: &[f64], values: &[f64]) -> [f64; 3] {
    let mut normal = [[0.0; 4]; 3];
    for (&x, &y) in volumes.iter().zip(values) {
        let terms = [1.0, x, x * x];
        for (row, term) in normal.iter_mut().zip(terms) {
            for (cell, factor) in row.iter_mut().zip([1.0, x, x * x, y]) {
                *cell += term * factor;
            }
        }
    }
    // With three parameters, a handful of points would be fitted rather than corrected.
    let terms = match volumes.len() {
        0..4 => 1,
        4..10 => 2,
        _ => 3,
    };
    solve(normal, terms)
}

/// The value predicted at `volume`.
pub(super) fn predict(coefficients: [f64; 3], volume: f64) -> f64 {
    coefficients[0] + volume * (coefficients[1] + volume * coefficients[2])
}

/// Gaussian elimination without exchange, fit for the positive semidefinite normal equations.
fn solve(mut normal: [[f64; 4]; 3], terms: usize) -> [f64; 3] {
    let mut used = [false; 3];
    for pivot in 0..terms {
        let row = normal[pivot];
        if row[pivot] <= 1e-9 * normal[0][0].max(1e-300) {
            continue;
        }
        used[pivot] = true;
        for (other, target) in normal.iter_mut().enumerate() {
            if other == pivot {
                continue;
            }
            let factor = target[pivot] / row[pivot];
            for (cell, source) in target.iter_mut().zip(row) {
                *cell -= factor * source;
            }
        }
    }
    let mut coefficients = [0.0; 3];
    for term in 0..3 {
        if used[term] {
            coefficients[term] = normal[term][3] / normal[term][term];
        }
    }
    coefficients
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact in binary")]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_is_found_and_a_constant_volume_gives_the_mean() {
        let x: Vec<f64> = (0..20).map(|i| f64::from(i) / 5.0 - 2.0).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 - x + 0.5 * x * x).collect();
        let found = regress(&x, &y);
        assert!(found.iter().zip([3.0, -1.0, 0.5]).all(|(a, b)| (a - b).abs() < 1e-10), "{found:?}");
        assert_eq!(regress(&[0.0; 12], &[2.0; 12]), [2.0, 0.0, 0.0]);
        assert_eq!(regress(&[], &[]), [0.0; 3]);
    }

    #[test]
    fn volume_is_cut_at_what_was_seen() {
        let scale = VolumeScale::of(&[1.0, 2.0, 3.0]);
        assert_eq!(scale.standardise(2.0), 0.0);
        assert_eq!(scale.standardise(100.0), scale.standardise(3.0));
        assert_eq!(VolumeScale::of(&[5.0, 5.0]).standardise(9.0), 0.0);
    }
}
