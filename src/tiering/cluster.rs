//! Tiers by k-means on log value and potential.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::Array2;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::domain::{Money, Tier};
use crate::error::{Fault, Result};

use super::cut::Ranking;
use super::params::KMeansParams;

/// Tier of every customer with a positive value, along the ranking; the others are Ⅲ and not part of the answer.
///
/// The two columns ln(value) and potential are standardised, so a unit of either is one standard deviation; the three
/// clusters become Ⅰ, Ⅱ and Ⅲ by descending mean value. Rows enter in the order of the ranking, so neither the order of
/// the input nor the number of threads matters, and equal rows always share a cluster.
///
/// # Errors
/// E411 with fewer than three different rows, E412 if linfa finds no split.
pub(super) fn by_kmeans(
    ranking: &Ranking,
    potential: &[f64],
    params: KMeansParams,
    seed: u64,
) -> Result<Vec<Tier>> {
    let n = ranking.positive;
    let mut columns = [
        ranking.values[..n].iter().map(|value| value.to_f64().ln()).collect::<Vec<f64>>(),
        ranking.order[..n]
            .iter()
            .map(|index| potential.get(*index as usize).copied().filter(|p| p.is_finite()).unwrap_or(0.0))
            .collect(),
    ];
    for column in &mut columns {
        standardise(column);
    }
    let mut different: Vec<(u64, u64)> =
        columns[0].iter().zip(&columns[1]).map(|(a, b)| (a.to_bits(), b.to_bits())).collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < Tier::ALL.len() {
        let cause = format!(
            "k-means needs 3 customers that differ in value or potential, there are {}",
            different.len()
        );
        return Err(Fault::new(411, cause).hint("set tiering.method = \"share\"").into());
    }
    let rows = Array2::from_shape_fn((n, 2), |(row, column)| columns[column][row]);
    let labels = labels(&rows, params, seed)?;
    let mut totals = [(0_i128, 0_i128); 3];
    for (label, value) in labels.iter().zip(&ranking.values) {
        totals[*label].0 += i128::from(value.0);
        totals[*label].1 += 1;
    }
    let mut clusters = [0, 1, 2];
    // Compares means without dividing: a/b > c/d is a·d > c·b. An empty cluster comes last.
    clusters.sort_by(|a, b| (totals[*b].0 * totals[*a].1.max(1)).cmp(&(totals[*a].0 * totals[*b].1.max(1))));
    let tier_of =
        |label: usize| Tier::ALL[clusters.iter().position(|cluster| *cluster == label).unwrap_or(2)];
    Ok(labels.into_iter().map(tier_of).collect())
}

fn labels(rows: &Array2<f64>, params: KMeansParams, seed: u64) -> Result<Vec<usize>> {
    let model = KMeans::params_with_rng(Tier::ALL.len(), Xoshiro256PlusPlus::seed_from_u64(seed))
        .init_method(KMeansInit::KMeansPlusPlus)
        .n_runs(params.starts as usize)
        .max_n_iterations(u64::from(params.max_iterations))
        .tolerance(1e-6)
        .fit(&DatasetBase::from(rows.view()))
        .map_err(|error| {
            Fault::new(412, format!("k-means found no tiers: {error}")).hint("set tiering.method = \"share\"")
        })?;
    Ok(model.predict(rows).iter().map(|label| (*label).min(2)).collect())
}

/// Mean 0 and standard deviation 1; a constant column becomes 0.
fn standardise(column: &mut [f64]) {
    let n = column.len().max(1) as f64;
    let mean = column.iter().sum::<f64>() / n;
    let deviation = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    for x in column {
        // The twelfth decimal is noise of the logarithm and the sum; rounding it keeps equal what is equal.
        *x = if deviation > 1e-12 { ((*x - mean) / deviation * 1e9).round() / 1e9 + 0.0 } else { 0.0 };
    }
}

/// The smallest value in a tier.
pub(super) fn smallest(tiers: &[Tier], values: &[Money], wanted: Tier) -> Option<Money> {
    tiers.iter().zip(values).rev().find(|(tier, _)| **tier == wanted).map(|(_, value)| *value)
}
