//! Tiers by k-means on log value and potential.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::Array2;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use crate::domain::{Money, Tier};
use crate::error::{Fault, Result};

use super::cut::Ranking;
use super::params::KMeansParams;

/// Tiers as clusters, fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierClusters {
    /// Mean of ln(value) and of potential.
    pub mean: [f64; 2],
    /// Their standard deviations; 0 if all are equal.
    pub deviation: [f64; 2],
    /// Centroids of Ⅰ, Ⅱ and Ⅲ in standard deviations from the mean.
    pub centroids: [[f64; 2]; 3],
}

impl TierClusters {
    /// The tier whose centroid is nearest, the higher one of two equally near; a value of 0 or less is Ⅲ.
    pub(super) fn tier(&self, value: Money, potential: f64) -> Tier {
        if value <= Money::ZERO {
            return Tier::III;
        }
        let row = self.standardised([value.to_f64().ln(), potential]);
        Tier::ALL[nearest(row, &self.centroids)]
    }

    fn standardised(&self, row: [f64; 2]) -> [f64; 2] {
        let standard = |column: usize| {
            // The twelfth decimal is noise of the logarithm and the sum; rounding it keeps equal what is equal.
            if self.deviation[column] > 1e-12 {
                ((row[column] - self.mean[column]) / self.deviation[column] * 1e9).round() / 1e9 + 0.0
            } else {
                0.0
            }
        };
        [standard(0), standard(1)]
    }

    /// True if every number can be one that was fitted.
    pub(super) fn is_sound(&self) -> bool {
        let numbers = self.mean.iter().chain(&self.deviation).chain(self.centroids.as_flattened());
        numbers.into_iter().all(|number| number.is_finite())
    }
}

fn nearest(row: [f64; 2], centroids: &[[f64; 2]]) -> usize {
    let distance = |centroid: &[f64; 2]| (row[0] - centroid[0]).powi(2) + (row[1] - centroid[1]).powi(2);
    (0..centroids.len())
        .min_by(|a, b| distance(&centroids[*a]).total_cmp(&distance(&centroids[*b])))
        .unwrap_or_default()
}

/// Finds tiers among the customers with a positive value; the others are Ⅲ.
///
/// The two columns ln(value) and potential are standardised, so a unit of either is one standard deviation; the three
/// clusters become Ⅰ, Ⅱ and Ⅲ by descending mean value of the customers nearest to them. Rows enter in the order of the ranking, so neither the order of
/// the input nor the number of threads matters, and equal rows always share a cluster.
///
/// # Errors
/// E411 with fewer than three different rows, E412 if linfa finds no split.
pub(super) fn by_kmeans(
    ranking: &Ranking,
    potential: &[f64],
    params: KMeansParams,
    seed: u64,
) -> Result<TierClusters> {
    let n = ranking.positive;
    let columns = [
        ranking.values[..n].iter().map(|value| value.to_f64().ln()).collect::<Vec<f64>>(),
        ranking.order[..n].iter().map(|index| known(potential, *index)).collect(),
    ];
    let (mean, deviation) = (columns.each_ref().map(|x| mean(x)), columns.each_ref().map(|x| deviation(x)));
    let mut clusters = TierClusters { mean, deviation, centroids: [[0.0; 2]; 3] };
    let rows: Vec<[f64; 2]> =
        columns[0].iter().zip(&columns[1]).map(|(a, b)| clusters.standardised([*a, *b])).collect();
    let mut different: Vec<[u64; 2]> = rows.iter().map(|row| row.map(f64::to_bits)).collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < Tier::ALL.len() {
        let cause = format!(
            "k-means needs 3 customers that differ in value or potential, there are {}",
            different.len()
        );
        return Err(Fault::new(411, cause).hint("set tiering.method = \"share\"").into());
    }
    let centroids = centroids(&rows, params, seed)?;
    let mut totals = [(0_i128, 0_i128); 3];
    for (row, value) in rows.iter().zip(&ranking.values) {
        let total = &mut totals[nearest(*row, &centroids)];
        total.0 += i128::from(value.0);
        total.1 += 1;
    }
    let mut order = [0, 1, 2];
    // Compares means without dividing: a/b > c/d is a·d > c·b. An empty cluster comes last.
    order.sort_by(|a, b| (totals[*b].0 * totals[*a].1.max(1)).cmp(&(totals[*a].0 * totals[*b].1.max(1))));
    clusters.centroids = order.map(|cluster| centroids[cluster]);
    Ok(clusters)
}

/// Potential of a customer; 0 where it is missing.
pub(super) fn known(potential: &[f64], index: u32) -> f64 {
    potential.get(index as usize).copied().filter(|p| p.is_finite()).unwrap_or(0.0)
}

fn centroids(rows: &[[f64; 2]], params: KMeansParams, seed: u64) -> Result<[[f64; 2]; 3]> {
    let matrix = Array2::from_shape_fn((rows.len(), 2), |(row, column)| rows[row][column]);
    let model = KMeans::params_with_rng(Tier::ALL.len(), Xoshiro256PlusPlus::seed_from_u64(seed))
        .init_method(KMeansInit::KMeansPlusPlus)
        .n_runs(params.starts as usize)
        .max_n_iterations(u64::from(params.max_iterations))
        .tolerance(1e-6)
        .fit(&DatasetBase::from(matrix.view()))
        .map_err(|error| {
            Fault::new(412, format!("k-means found no tiers: {error}")).hint("set tiering.method = \"share\"")
        })?;
    let found = model.centroids();
    let cell = |row: usize, column: usize| found.get((row, column)).copied().unwrap_or_default();
    Ok([0, 1, 2].map(|row| [cell(row, 0), cell(row, 1)]))
}

fn mean(column: &[f64]) -> f64 {
    column.iter().sum::<f64>() / column.len().max(1) as f64
}

fn deviation(column: &[f64]) -> f64 {
    let centre = mean(column);
    (column.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / column.len().max(1) as f64).sqrt()
}

/// The smallest value in a tier.
pub(super) fn smallest(tiers: &[Tier], values: &[Money], wanted: Tier) -> Option<Money> {
    tiers.iter().zip(values).rev().find(|(tier, _)| **tier == wanted).map(|(_, value)| *value)
}
