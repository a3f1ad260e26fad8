//! k-means behind guards: many k-means++ starts from a seed, the best kept.
//!
//! In: a matrix of shape `(n_rows, n_columns)`, already scaled, without NaN. Out: centroids of shape
//! `(k, n_columns)`, k being at most what was asked and at most the number of distinct rows, every
//! cluster with at least one row. The result depends on the rows, their order and the seed only, not on the number of
//! threads. Two backends do the steps: linfa's own k-means, and [`BlockKMeans`], which implements
//! linfa's traits with SIMD for large matrices (figures in `docs/concepts/typing.md`). linfa's own member counts are of its last start rather than of its best, and its
//! inertia of the step before the last, so both are found anew here.

mod blocks;
mod lloyd;

pub use lloyd::{BlockKMeans, BlockKMeansParams, SAMPLE};

use std::cmp::Ordering;

use linfa::DatasetBase;
use linfa::prelude::{Fit, ParamGuard};
use linfa_clustering::KMeans;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Fault, Result};

/// What does the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// linfa up to [`LARGE`] rows, the block kernel above.
    Auto,
    /// `linfa_clustering::KMeans`.
    Linfa,
    /// [`BlockKMeans`].
    Erba,
}

/// Rows above which linfa takes seconds.
pub const LARGE: usize = 50_000;

impl Backend {
    /// The one that works on so many rows.
    #[must_use]
    pub const fn resolved(self, rows: usize) -> Backend {
        match self {
            Backend::Auto if rows > LARGE => Backend::Erba,
            Backend::Auto => Backend::Linfa,
            chosen => chosen,
        }
    }

    /// As the record names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Backend::Auto => "auto",
            Backend::Linfa => "linfa",
            Backend::Erba => "erba",
        }
    }
}

/// How k-means is run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KMeansSettings {
    /// What does the steps.
    pub backend: Backend,
    /// Clusters sought, at least 1.
    pub clusters: usize,
    /// k-means++ starts, at least 1.
    pub starts: usize,
    /// Steps of one start at most, at least 1.
    pub max_iterations: u64,
    /// Move of all centroids together (Euclidean) below which a start ends, above 0.
    pub tolerance: f64,
    /// Seed of the starts.
    pub seed: u64,
}

/// Centroids of shape `(k, n_columns)`; none without rows.
///
/// # Errors
/// E902 if the matrix holds a value that is not finite.
pub fn fit(rows: ArrayView2<'_, f64>, settings: &KMeansSettings) -> Result<Option<Array2<f64>>> {
    if rows.iter().any(|value| !value.is_finite()) {
        return Err(bug("a clustering matrix holds a value that is not finite"));
    }
    let distinct = distinct_rows(rows, settings.clusters);
    if distinct == 0 {
        return Ok(None);
    }
    if distinct == 1 {
        return Ok(Some(rows.select(Axis(0), &[0])));
    }
    let settings = KMeansSettings { clusters: distinct, ..*settings };
    let centroids = match settings.backend.resolved(rows.nrows()) {
        Backend::Erba => by_blocks(rows, settings)?,
        _ => by_linfa(rows, settings)?,
    };
    let mut members = vec![0_u64; distinct];
    for (nearest, _) in assign(rows, centroids.view()) {
        members[nearest.cluster] += 1;
    }
    let kept: Vec<usize> = (0..distinct).filter(|&cluster| members[cluster] > 0).collect();
    Ok(Some(centroids.select(Axis(0), &kept)))
}

fn by_linfa(rows: ArrayView2<'_, f64>, settings: KMeansSettings) -> Result<Array2<f64>> {
    let rng = Xoshiro256Plus::seed_from_u64(settings.seed);
    let params = KMeans::params_with_rng(settings.clusters, rng)
        .n_runs(settings.starts)
        .max_n_iterations(settings.max_iterations)
        .tolerance(settings.tolerance)
        .check()
        .map_err(|fault| bug(&fault.to_string()))?;
    let model = params.fit(&DatasetBase::from(rows)).map_err(|fault| bug(&fault.to_string()))?;
    Ok(model.centroids().clone())
}

fn by_blocks(rows: ArrayView2<'_, f64>, settings: KMeansSettings) -> Result<Array2<f64>> {
    let params = BlockKMeansParams { settings, init: None, sample: SAMPLE };
    let model = params.fit(&DatasetBase::from(rows)).map_err(|fault| bug(&fault.to_string()))?;
    Ok(model.centroids().clone())
}

fn bug(cause: &str) -> crate::error::Error {
    Fault::new(902, cause).into()
}

/// Number of distinct rows, counted up to `most`.
fn distinct_rows(rows: ArrayView2<'_, f64>, most: usize) -> usize {
    let mut seen: Vec<ArrayView1<'_, f64>> = Vec::with_capacity(most);
    for row in rows.outer_iter() {
        if seen.len() == most {
            break;
        }
        if !seen.contains(&row) {
            seen.push(row);
        }
    }
    seen.len()
}

/// A cluster and the squared distance to its centroid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Row of the centroid matrix.
    pub cluster: usize,
    /// Squared Euclidean distance.
    pub distance: f64,
}

/// The nearest and the second nearest centroid of each row; of equally near ones the first.
///
/// With one centroid the second is infinitely far.
pub fn assign(rows: ArrayView2<'_, f64>, centroids: ArrayView2<'_, f64>) -> Vec<(Nearest, Nearest)> {
    let far = Nearest { cluster: 0, distance: f64::INFINITY };
    rows.axis_iter(Axis(0))
        .into_par_iter()
        .map(|row| {
            let (mut first, mut second) = (far, far);
            for (cluster, centroid) in centroids.outer_iter().enumerate() {
                let found = Nearest { cluster, distance: squared_distance(row, centroid) };
                if found.distance.total_cmp(&first.distance) == Ordering::Less {
                    (first, second) = (found, first);
                } else if found.distance.total_cmp(&second.distance) == Ordering::Less {
                    second = found;
                }
            }
            (first, second)
        })
        .collect()
}

fn squared_distance(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn settings(clusters: usize) -> KMeansSettings {
        KMeansSettings {
            backend: Backend::Linfa,
            clusters,
            starts: 10,
            max_iterations: 100,
            tolerance: 1e-6,
            seed: 7,
        }
    }

    #[test]
    fn two_heaps_are_told_apart() {
        let rows = array![[0.0, 0.1], [0.1, 0.0], [5.0, 5.1], [5.1, 5.0]];
        let centroids = fit(rows.view(), &settings(2)).unwrap().unwrap();
        let found = assign(rows.view(), centroids.view());
        assert_eq!(found[0].0.cluster, found[1].0.cluster);
        assert_eq!(found[2].0.cluster, found[3].0.cluster);
        assert_ne!(found[0].0.cluster, found[2].0.cluster);
    }

    #[test]
    fn both_backends_find_the_same_heaps() {
        let rows = Array2::from_shape_fn((300, 2), |(row, column)| {
            ((row % 3) * 10) as f64 + ((row * 31 + column * 17) % 23) as f64 / 10.0
        });
        let found = [Backend::Linfa, Backend::Erba].map(|backend| {
            let centroids = fit(rows.view(), &KMeansSettings { backend, ..settings(3) }).unwrap().unwrap();
            let mut sorted: Vec<i64> =
                centroids.column(0).iter().map(|x| (x * 100.0).round() as i64).collect();
            sorted.sort_unstable();
            sorted
        });
        assert_eq!(found[0], found[1]);
        assert_eq!(Backend::Auto.resolved(LARGE), Backend::Linfa);
        assert_eq!(Backend::Auto.resolved(LARGE + 1), Backend::Erba);
    }

    #[test]
    fn too_few_distinct_rows_give_fewer_clusters() {
        assert_eq!(fit(Array2::zeros((0, 2)).view(), &settings(2)).unwrap(), None);
        assert_eq!(fit(Array2::zeros((5, 2)).view(), &settings(2)).unwrap().unwrap().nrows(), 1);
        let rows = array![[1.0], [2.0], [1.0]];
        assert_eq!(fit(rows.view(), &settings(5)).unwrap().unwrap().nrows(), 2);
    }

    #[test]
    fn a_value_that_is_not_finite_is_told() {
        let rows = array![[1.0], [f64::NAN]];
        assert!(fit(rows.view(), &settings(2)).unwrap_err().has_code(902));
    }
}
