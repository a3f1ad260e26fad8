//! k-means on blocks: many k-means++ starts on a drawn sample, then Lloyd's steps on all rows.
//!
//! The types implement linfa's traits, so this kernel stands wherever `linfa_clustering::KMeans` does.
//!
//! **References:** Lloyd (1982), IEEE Trans. Inf. Theory 28: 129–137; Arthur & Vassilvitskii (2007),
//! SODA, with the greedy choice among a few candidates of their experiments.

use linfa::DatasetBase;
use linfa::prelude::{Fit, PredictInplace};
use linfa_clustering::KMeansError;
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::blocks::Blocks;
use super::{FitPlan, KMeansSettings, assign};

/// Rows on which starts are tried; a start is judged well enough by these.
pub const SAMPLE: usize = 32_768;

/// Starts tried on a sample for each one asked for: they cost little there.
const SAMPLE_STARTS: usize = 3;

/// Starts whose inertia on the sample is within this part of the best, which is what a sample can tell apart, go on to
/// all rows …
const NEAR_BEST: f64 = 0.003;

/// … at most this many of them, …
const FINALISTS: usize = 3;

/// … and those that differ by less are the same split found again.
const SAME: f64 = 1e-4;

/// k-means fitted by this kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockKMeans {
    centroids: Array2<f64>,
    inertia: f64,
    plan: FitPlan,
}

/// How this kernel is run; implements linfa's [`Fit`].
#[derive(Clone, Debug, PartialEq)]
pub struct BlockKMeansParams {
    /// Clusters, starts, steps, tolerance and seed.
    pub settings: KMeansSettings,
    /// The centroids to start from, shape `(k, n_columns)`, in place of k-means++ starts.
    pub init: Option<Array2<f64>>,
    /// Rows on which the starts are tried, drawn by the seed; usually [`SAMPLE`].
    pub sample: usize,
}

impl BlockKMeans {
    /// Centroids, shape `(k, n_columns)`.
    pub fn centroids(&self) -> &Array2<f64> {
        &self.centroids
    }

    /// Mean squared distance to the nearest centroid, before the last step.
    pub fn inertia(&self) -> f64 {
        self.inertia
    }

    /// What was done to find them.
    pub fn plan(&self) -> FitPlan {
        self.plan
    }
}

/// One start on the way: centroids about the column means, `k × columns`.
#[derive(Clone, Debug)]
struct Start {
    centroids: Vec<f32>,
    inertia: f64,
    steps: u64,
    converged: bool,
}

impl<D: Data<Elem = f64>, T> Fit<ArrayBase<D, Ix2>, T, KMeansError> for BlockKMeansParams {
    type Object = BlockKMeans;

    /// Fits on a matrix of shape `(n_rows, n_columns)`.
    ///
    /// # Errors
    /// `InertiaError` without rows, columns or clusters, with a value that is not finite in `f32`, or with starting
    /// centroids of another width.
    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<BlockKMeans, KMeansError> {
        let rows = dataset.records().view();
        let clusters = self.init.as_ref().map_or(self.settings.clusters, Array2::nrows);
        let narrow = self.init.as_ref().is_some_and(|init| init.ncols() != rows.ncols());
        if rows.is_empty() || clusters == 0 || narrow {
            return Err(KMeansError::InertiaError);
        }
        let blocks = Blocks::new(rows, None).ok_or(KMeansError::InertiaError)?;
        let finalists = match &self.init {
            Some(init) => vec![centred(init, &blocks.means)],
            None if blocks.rows <= self.sample.max(1) => {
                let starts = self.settings.starts;
                let plan =
                    FitPlan { starts, sample: None, finalists: starts, ..FitPlan::of_one(blocks.rows) };
                return Ok(Self::finish(self.starts(&blocks, starts), &blocks, plan));
            }
            None => self.finalists(&blocks, rows).ok_or(KMeansError::InertiaError)?,
        };
        let mut plan = FitPlan { finalists: finalists.len(), ..FitPlan::of_one(blocks.rows) };
        if self.init.is_none() {
            plan.starts = self.settings.starts * SAMPLE_STARTS;
            plan.sample = Some(self.sample);
        }
        let run = |centroids| self.lloyd(&blocks, centroids);
        Ok(Self::finish(finalists.into_iter().map(run).collect(), &blocks, plan))
    }
}

impl BlockKMeansParams {
    /// So many starts, run to the end on these blocks.
    fn starts(&self, blocks: &Blocks, starts: usize) -> Vec<Start> {
        (0..starts as u64)
            .into_par_iter()
            .map(|start| {
                let mut rng = Xoshiro256Plus::seed_from_u64(
                    self.settings.seed ^ start.wrapping_mul(0x9E37_79B9_7F4A_7C15),
                );
                let centroids = plus_plus(blocks, self.settings.clusters, &mut rng);
                self.lloyd(blocks, centroids)
            })
            .collect()
    }

    /// The centroids of the best starts on a sample, about the means of all rows.
    fn finalists(&self, blocks: &Blocks, rows: ArrayView2<'_, f64>) -> Option<Vec<Vec<f32>>> {
        let mut rng = Xoshiro256Plus::seed_from_u64(self.settings.seed);
        let mut chosen = rand::seq::index::sample(&mut rng, blocks.rows, self.sample.max(1)).into_vec();
        chosen.sort_unstable();
        let sample = Blocks::new(rows, Some(&chosen))?;
        let mut starts = self.starts(&sample, self.settings.starts * SAMPLE_STARTS);
        starts.sort_by(|a, b| a.inertia.total_cmp(&b.inertia));
        let best = starts.first().map_or(0.0, |start| start.inertia);
        starts.retain(|start| start.inertia <= best * (1.0 + NEAR_BEST));
        starts.dedup_by(|next, kept| next.inertia <= kept.inertia * (1.0 + SAME));
        starts.truncate(FINALISTS);
        let shift = |start: Start| centred(&restored(&start.centroids, &sample.means), &blocks.means);
        Some(starts.into_iter().map(shift).collect())
    }

    /// Lloyd's steps until no row changes its cluster or the centroids move less than the tolerance; a centroid
    /// without rows stays.
    fn lloyd(&self, blocks: &Blocks, mut centroids: Vec<f32>) -> Start {
        let columns = blocks.columns.max(1);
        let mut clusters = blocks.unassigned(centroids.len() / columns);
        let mut steps = 0;
        loop {
            blocks.assign(&centroids, &mut clusters);
            let inertia = clusters.inertia / blocks.rows as f64;
            steps += 1;
            let mut moved = 0.0;
            for (cluster, &members) in clusters.members.iter().enumerate().filter(|(_, rows)| **rows > 0) {
                let own = cluster * columns..(cluster + 1) * columns;
                for (cell, total) in centroids[own.clone()].iter_mut().zip(&clusters.totals[own]) {
                    let middle = total / members as f64;
                    moved += (middle - f64::from(*cell)).powi(2);
                    *cell = middle as f32;
                }
            }
            // Below what f32 can tell, centroids would only tremble.
            let converged = clusters.changed == 0 || moved.sqrt() <= self.settings.tolerance.max(1e-7);
            if converged || steps >= self.settings.max_iterations {
                return Start { centroids, inertia, steps, converged };
            }
        }
    }

    fn finish(starts: Vec<Start>, blocks: &Blocks, plan: FitPlan) -> BlockKMeans {
        // min_by keeps the first of equals, so the order of starts decides, not the threads.
        let best = starts.into_iter().min_by(|a, b| a.inertia.total_cmp(&b.inertia));
        let best = best.unwrap_or(Start { centroids: Vec::new(), inertia: 0.0, steps: 0, converged: false });
        BlockKMeans {
            centroids: restored(&best.centroids, &blocks.means),
            inertia: best.inertia,
            plan: FitPlan { steps: best.steps, converged: best.converged, ..plan },
        }
    }
}

fn centred(centroids: &Array2<f64>, means: &[f64]) -> Vec<f32> {
    centroids
        .outer_iter()
        .flat_map(|row| row.iter().zip(means).map(|(cell, mean)| (cell - mean) as f32).collect::<Vec<_>>())
        .collect()
}

fn restored(centroids: &[f32], means: &[f64]) -> Array2<f64> {
    let columns = means.len().max(1);
    Array2::from_shape_fn((centroids.len() / columns, means.len()), |(row, column)| {
        f64::from(centroids[row * columns + column]) + means[column]
    })
}

/// Centroids drawn one after another in proportion to the squared distance from those before, each the best of a few.
fn plus_plus(blocks: &Blocks, clusters: usize, rng: &mut Xoshiro256Plus) -> Vec<f32> {
    let candidates = 2 + (clusters as f64).ln() as usize;
    let mut centroids = blocks.row(rng.gen_range(0..blocks.rows));
    let mut distances = vec![f32::INFINITY; blocks.rows];
    blocks.lower(&centroids, &mut distances);
    for _ in 1..clusters {
        let total: f64 = distances.iter().map(|distance| f64::from(*distance)).sum();
        let mut best: Option<(f64, Vec<f32>, Vec<f32>)> = None;
        for _ in 0..candidates {
            let centroid = blocks.row(draw(&distances, rng.gen_range(0.0..1.0) * total));
            let mut lowered = distances.clone();
            blocks.lower(&centroid, &mut lowered);
            let left: f64 = lowered.iter().map(|distance| f64::from(*distance)).sum();
            if best.as_ref().is_none_or(|(least, ..)| left < *least) {
                best = Some((left, centroid, lowered));
            }
        }
        if let Some((_, centroid, lowered)) = best {
            centroids.extend(centroid);
            distances = lowered;
        }
    }
    centroids
}

/// The row at which the running sum of distances passes `target`.
fn draw(distances: &[f32], mut target: f64) -> usize {
    for (row, distance) in distances.iter().enumerate() {
        target -= f64::from(*distance);
        if target < 0.0 {
            return row;
        }
    }
    distances.len() - 1
}

impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<usize>> for BlockKMeans {
    fn predict_inplace(&self, rows: &ArrayBase<D, Ix2>, memberships: &mut Array1<usize>) {
        let found = assign(rows.view(), self.centroids.view());
        for (membership, (nearest, _)) in memberships.iter_mut().zip(found) {
            *membership = nearest.cluster;
        }
    }

    fn default_target(&self, rows: &ArrayBase<D, Ix2>) -> Array1<usize> {
        Array1::zeros(rows.nrows())
    }
}

#[cfg(test)]
mod tests {
    use linfa::prelude::{ParamGuard, Predict};
    use linfa_clustering::{KMeans, KMeansInit};
    use ndarray::Axis;

    use super::*;

    /// Heaps of unequal size that overlap a little.
    fn heaps(rows: usize, columns: usize, heaps: usize, seed: u64) -> Array2<f64> {
        let mut rng = Xoshiro256Plus::seed_from_u64(seed);
        let middles = Array2::from_shape_fn((heaps, columns), |_| rng.gen_range(-4.0..4.0));
        Array2::from_shape_fn((rows, columns), |(row, column)| {
            let normal: f64 = (0..4).map(|_| rng.gen_range(-1.0..1.0)).sum();
            middles[[(row * row) % heaps, column]] + normal
        })
    }

    fn settings(clusters: usize, starts: usize) -> KMeansSettings {
        KMeansSettings {
            backend: super::super::Backend::Erba,
            clusters,
            starts,
            max_iterations: 200,
            tolerance: 1e-6,
            seed: 3,
        }
    }

    fn mean_distance(rows: &Array2<f64>, centroids: &Array2<f64>) -> f64 {
        let found = assign(rows.view(), centroids.view());
        found.iter().map(|(first, _)| first.distance).sum::<f64>() / rows.nrows() as f64
    }

    #[test]
    fn the_same_start_reaches_what_linfa_reaches() {
        let rows = heaps(3000, 5, 6, 1);
        let init = rows.select(Axis(0), &[0, 1, 2, 3, 4, 5]);
        let params = BlockKMeansParams { settings: settings(6, 1), init: Some(init.clone()), sample: SAMPLE };
        let own = params.fit(&DatasetBase::from(rows.view())).unwrap();
        let linfa = KMeans::params(6)
            .init_method(KMeansInit::Precomputed(init))
            .n_runs(1)
            .max_n_iterations(500)
            .tolerance(1e-9)
            .check()
            .unwrap()
            .fit(&DatasetBase::from(rows.view()))
            .unwrap();
        let (own, linfa) = (mean_distance(&rows, own.centroids()), mean_distance(&rows, linfa.centroids()));
        assert!((own / linfa - 1.0).abs() < 1e-4, "{own} for {linfa}");
    }

    #[test]
    fn starts_are_never_worse_than_linfas_ten() {
        for (rows, columns, clusters, seed) in [(500, 2, 3, 1), (1000, 6, 5, 2), (4000, 3, 4, 3)] {
            let rows = heaps(rows, columns, clusters + 1, seed);
            let params = BlockKMeansParams { settings: settings(clusters, 20), init: None, sample: 2000 };
            let own = params.fit(&DatasetBase::from(rows.view())).unwrap();
            let rng = Xoshiro256Plus::seed_from_u64(seed);
            let linfa = KMeans::params_with_rng(clusters, rng).n_runs(10).check().unwrap();
            let linfa = linfa.fit(&DatasetBase::from(rows.view())).unwrap();
            let (own, linfa) =
                (mean_distance(&rows, own.centroids()), mean_distance(&rows, linfa.centroids()));
            assert!(own <= linfa * 1.0005, "{own} for {linfa}");
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let rows = heaps(20_000, 3, 4, 5);
        let params = BlockKMeansParams { settings: settings(4, 10), init: None, sample: 1000 };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| params.fit(&DatasetBase::from(rows.view())).unwrap())
        };
        assert_eq!(run(1), run(3));
    }

    #[test]
    fn the_plan_says_what_was_done() {
        let rows = heaps(5_000, 3, 4, 9);
        let fit = |sample: usize| {
            let params = BlockKMeansParams { settings: settings(4, 10), init: None, sample };
            params.fit(&DatasetBase::from(rows.view())).unwrap()
        };
        let (drawn, whole) = (fit(1_000), fit(5_000));
        let (a, b) = (drawn.plan(), whole.plan());
        assert_eq!((a.rows, a.starts, a.sample), (5_000, 30, Some(1_000)));
        assert_eq!((b.rows, b.starts, b.sample, b.finalists), (5_000, 10, None, 10));
        assert!(a.converged && a.steps > 0 && a.finalists <= FINALISTS, "{a:?}");
        // Converged: another step from there changes nothing.
        let again =
            BlockKMeansParams { init: Some(drawn.centroids().clone()), settings: settings(4, 1), sample: 0 };
        let again = again.fit(&DatasetBase::from(rows.view())).unwrap();
        let moved = again.centroids().iter().zip(drawn.centroids()).map(|(a, b)| (a - b).abs());
        assert!(moved.fold(0.0, f64::max) < 1e-5);
    }

    #[test]
    fn a_model_predicts_through_linfas_trait() {
        let rows = heaps(200, 2, 2, 7);
        let params = BlockKMeansParams { settings: settings(2, 10), init: None, sample: SAMPLE };
        let model = params.fit(&DatasetBase::from(rows.view())).unwrap();
        let labels = model.predict(&rows);
        let own = model.predict(&model.centroids().select(Axis(0), &[1, 0]));
        assert_eq!((labels.len(), own[0], own[1]), (200, 1, 0));
    }

    #[test]
    fn what_cannot_be_clustered_is_an_error() {
        let params = BlockKMeansParams { settings: settings(2, 10), init: None, sample: SAMPLE };
        for rows in [Array2::zeros((0, 2)), Array2::from_elem((3, 1), f64::NAN)] {
            assert!(params.fit(&DatasetBase::from(rows)).is_err());
        }
        // Fewer distinct rows than clusters is odd, but no panic.
        assert!(params.fit(&DatasetBase::from(Array2::zeros((5, 2)))).is_ok());
    }
}
