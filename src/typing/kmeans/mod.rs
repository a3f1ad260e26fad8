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

/// Rows a thread takes at a time.
const CHUNK: usize = 4_096;

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

/// What was done to find centroids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FitPlan {
    /// Rows on which the steps ran.
    pub rows: usize,
    /// k-means++ starts tried.
    pub starts: usize,
    /// Rows drawn by the seed on which they were tried; none for all.
    pub sample: Option<usize>,
    /// The best of them, which went on over all rows.
    pub finalists: usize,
    /// Steps of the start that won over all rows; 0 where linfa, which does not say, took them.
    pub steps: u64,
    /// The steps ended because centroids moved no more; false also where linfa took them.
    pub converged: bool,
}

impl FitPlan {
    /// One start, on all rows.
    const fn of_one(rows: usize) -> FitPlan {
        FitPlan { rows, starts: 1, sample: None, finalists: 1, steps: 0, converged: false }
    }
}

/// Centroids of shape `(k, n_columns)` and how they were found; none without rows.
///
/// # Errors
/// E902 if the matrix holds a value that is not finite.
pub fn fit(rows: ArrayView2<'_, f64>, settings: &KMeansSettings) -> Result<Option<(Array2<f64>, FitPlan)>> {
    if rows.axis_chunks_iter(Axis(0), CHUNK).into_par_iter().any(|rows| !rows.iter().all(|x| x.is_finite())) {
        return Err(bug("a clustering matrix holds a value that is not finite"));
    }
    let distinct = distinct_rows(rows, settings.clusters);
    if distinct == 0 {
        return Ok(None);
    }
    if distinct == 1 {
        let plan = FitPlan { rows: rows.nrows(), converged: true, ..FitPlan::default() };
        return Ok(Some((rows.select(Axis(0), &[0]), plan)));
    }
    let settings = KMeansSettings { clusters: distinct, ..*settings };
    let (centroids, plan) = match settings.backend.resolved(rows.nrows()) {
        Backend::Erba => by_blocks(rows, settings)?,
        _ => by_linfa(rows, settings)?,
    };
    let mut members = vec![0_u64; distinct];
    for (nearest, _) in assign(rows, centroids.view()) {
        members[nearest.cluster] += 1;
    }
    let kept: Vec<usize> = (0..distinct).filter(|&cluster| members[cluster] > 0).collect();
    Ok(Some((centroids.select(Axis(0), &kept), plan)))
}

fn by_linfa(rows: ArrayView2<'_, f64>, settings: KMeansSettings) -> Result<(Array2<f64>, FitPlan)> {
    let rng = Xoshiro256Plus::seed_from_u64(settings.seed);
    let params = KMeans::params_with_rng(settings.clusters, rng)
        .n_runs(settings.starts)
        .max_n_iterations(settings.max_iterations)
        .tolerance(settings.tolerance)
        .check()
        .map_err(|fault| bug(&fault.to_string()))?;
    let model = params.fit(&DatasetBase::from(rows)).map_err(|fault| bug(&fault.to_string()))?;
    let (rows, starts) = (rows.nrows(), settings.starts);
    Ok((model.centroids().clone(), FitPlan { rows, starts, finalists: starts, ..FitPlan::default() }))
}

fn by_blocks(rows: ArrayView2<'_, f64>, settings: KMeansSettings) -> Result<(Array2<f64>, FitPlan)> {
    let params = BlockKMeansParams { settings, init: None, sample: SAMPLE };
    let model = params.fit(&DatasetBase::from(rows)).map_err(|fault| bug(&fault.to_string()))?;
    Ok((model.centroids().clone(), model.plan()))
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
    let (rows, centroids) = (rows.as_standard_layout(), centroids.as_standard_layout());
    let columns = rows.ncols();
    let (Some(cells), Some(middles)) = (rows.as_slice(), centroids.as_slice()) else { return Vec::new() };
    if columns == 0 {
        return vec![two_nearest(&[], middles); rows.nrows()];
    }
    cells.par_chunks_exact(columns).with_min_len(CHUNK).map(|row| two_nearest(row, middles)).collect()
}

fn two_nearest(row: &[f64], centroids: &[f64]) -> (Nearest, Nearest) {
    let far = Nearest { cluster: 0, distance: f64::INFINITY };
    let (mut first, mut second) = (far, far);
    for (cluster, centroid) in centroids.chunks_exact(row.len().max(1)).enumerate() {
        let found = Nearest { cluster, distance: squared_distance(row, centroid) };
        if found.distance.total_cmp(&first.distance) == Ordering::Less {
            (first, second) = (found, first);
        } else if found.distance.total_cmp(&second.distance) == Ordering::Less {
            second = found;
        }
    }
    (first, second)
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
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
        let (centroids, _) = fit(rows.view(), &settings(2)).unwrap().unwrap();
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
            let (centroids, _) =
                fit(rows.view(), &KMeansSettings { backend, ..settings(3) }).unwrap().unwrap();
            let mut sorted = centroids.column(0).to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted
        });
        assert!(found[0].iter().zip(&found[1]).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?}");
        assert_eq!(Backend::Auto.resolved(LARGE), Backend::Linfa);
        assert_eq!(Backend::Auto.resolved(LARGE + 1), Backend::Erba);
    }

    #[test]
    fn too_few_distinct_rows_give_fewer_clusters() {
        assert_eq!(fit(Array2::zeros((0, 2)).view(), &settings(2)).unwrap(), None);
        assert_eq!(fit(Array2::zeros((5, 2)).view(), &settings(2)).unwrap().unwrap().0.nrows(), 1);
        let rows = array![[1.0], [2.0], [1.0]];
        assert_eq!(fit(rows.view(), &settings(5)).unwrap().unwrap().0.nrows(), 2);
    }

    #[test]
    fn a_value_that_is_not_finite_is_told() {
        let rows = array![[1.0], [f64::NAN]];
        assert!(fit(rows.view(), &settings(2)).unwrap_err().has_code(902));
    }
}
