//! The columns customers are clustered on: each corrected, standardised, cut and weighted.

use serde::{Deserialize, Serialize};

use super::volume;

/// How one feature becomes one column of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The feature.
    pub name: String,
    /// What volume predicts: coefficients of 1, x and x², x the standardised log volume.
    pub correction: [f64; 3],
    /// Standard deviation of what is left; 0 if nothing is, and then the column is 0.
    pub spread: f64,
    /// Weight in the distance; its sign says which way an orientation points.
    pub weight: f64,
}

impl Column {
    /// Learns the correction and the spread from raw values.
    pub(super) fn fit(name: &str, weight: f64, volumes: &[f64], raw: &[f64]) -> Self {
        let correction = volume::regress(volumes, raw);
        let left: Vec<f64> =
            raw.iter().zip(volumes).map(|(raw, &x)| raw - volume::predict(correction, x)).collect();
        let (_, spread) = volume::mean_and_spread(&left);
        // What is left of a feature that volume explains entirely is rounding, not behaviour.
        let (_, whole) = volume::mean_and_spread(raw);
        let spread = if spread <= 1e-9 * whole { 0.0 } else { spread };
        Column { name: name.to_owned(), correction, spread, weight }
    }

    /// What volume leaves of a raw value.
    pub(super) fn corrected(&self, raw: f64, volume: f64) -> f64 {
        raw - volume::predict(self.correction, volume)
    }

    /// Standard deviations from what volume predicts, cut at `clip`, times the weight.
    pub(super) fn cell(&self, raw: f64, volume: f64, clip: f64) -> f64 {
        if self.spread == 0.0 {
            return 0.0;
        }
        (self.corrected(raw, volume) / self.spread).clamp(-clip, clip) * self.weight
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact in binary")]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_standardised_cut_and_weighted() {
        let column = Column::fit("x", 0.5, &[0.0; 4], &[1.0, 3.0, 1.0, 3.0]);
        assert_eq!((column.correction[0], column.spread), (2.0, 1.0));
        assert_eq!(column.cell(3.0, 0.0, 3.0), 0.5);
        assert_eq!(column.cell(99.0, 0.0, 3.0), 1.5);
    }

    #[test]
    fn what_volume_explains_is_nothing() {
        let volumes: Vec<f64> = (0..20).map(f64::from).collect();
        let raw: Vec<f64> = volumes.iter().map(|x| 2.0 * x).collect();
        let column = Column::fit("x", 1.0, &volumes, &raw);
        assert_eq!(column.cell(7.0, 1.0, 3.0), 0.0);
    }
}
