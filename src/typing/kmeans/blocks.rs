//! Rows laid out for the processor: blocks of [`LANES`] rows, column by column inside a block.
//!
//! A column of a block fills whole registers, so one instruction works on eight rows; the loops
//! below are plain and become such instructions because pulp compiles them a second time for the widest
//! registers this processor has and picks at run time. No fused multiply-add is used, so every
//! processor gives the same bits. Distances are in `f32` about the column means. A step adds up only the rows that
//! change their cluster, in `f64`; partial sums of fixed chunks of rows are added in order, so neither the number of
//! threads nor their timing shows.

#![expect(clippy::inline_always, reason = "what is not inlined is not compiled for the wide registers")]

use std::ops::Range;

use ndarray::ArrayView2;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Rows in a block.
pub(super) const LANES: usize = 16;

/// Chunks that threads share; a function of nothing, so that sums do not depend on the machine.
const CHUNKS: usize = 128;

/// Blocks below which a chunk is not worth a thread's while.
const SMALLEST_CHUNK: usize = 128;

/// The label of a row not yet assigned; those of clusters follow. Zero, since the system hands out zeros for nothing.
const NOBODY: u32 = 0;

/// A matrix in blocks.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    /// Number of rows.
    pub(super) rows: usize,
    /// Number of columns.
    pub(super) columns: usize,
    /// Column means, which the cells are less.
    pub(super) means: Vec<f64>,
    cells: Vec<f32>,
}

/// Which cluster each row belongs to, and what the clusters add up to.
#[derive(Clone, Debug)]
pub(super) struct Clusters {
    /// Rows of each cluster.
    pub(super) members: Vec<i64>,
    /// Sum of the rows of each cluster, `k × columns`.
    pub(super) totals: Vec<f64>,
    /// Sum of squared distances to the centroids last asked.
    pub(super) inertia: f64,
    /// Rows that went to another cluster when last asked.
    pub(super) changed: usize,
    /// Label of each row, one entry a lane.
    labels: Vec<[u32; LANES]>,
}

/// What one chunk adds to [`Clusters`].
#[derive(Debug)]
struct Change {
    members: Vec<i64>,
    totals: Vec<f64>,
    inertia: f64,
    changed: usize,
}

impl Blocks {
    /// Lays out the rows `chosen` of a matrix, or all; none if a cell is not finite in `f32`.
    pub(super) fn new(matrix: ArrayView2<'_, f64>, chosen: Option<&[usize]>) -> Option<Self> {
        let columns = matrix.ncols();
        let rows = chosen.map_or(matrix.nrows(), <[usize]>::len);
        let matrix = matrix.as_standard_layout();
        let cells_of_all = matrix.as_slice().unwrap_or_default();
        let row_at = |place: usize| {
            let row = chosen.map_or(place, |chosen| chosen[place]);
            &cells_of_all[row * columns..(row + 1) * columns]
        };
        let blocks = rows.div_ceil(LANES);
        let share = blocks.div_ceil(CHUNKS).max(SMALLEST_CHUNK) * LANES;
        let chunk = |chunk: usize| chunk * share..((chunk + 1) * share).min(rows);
        let sums: Vec<Option<Vec<f64>>> =
            (0..rows.div_ceil(share)).into_par_iter().map(|at| sums_of(chunk(at), columns, row_at)).collect();
        let mut means = vec![0.0; columns];
        for sums in sums {
            add(&mut means, &sums?);
        }
        for mean in &mut means {
            *mean /= rows.max(1) as f64;
        }
        let width = columns * LANES;
        let mut cells = vec![0.0_f32; blocks * width];
        cells.par_chunks_mut(width.max(1)).enumerate().with_min_len(64).for_each(|(block, cells)| {
            for lane in 0..LANES.min(rows - block * LANES) {
                let row = row_at(block * LANES + lane);
                for ((column, cell), mean) in cells.chunks_exact_mut(LANES).zip(row).zip(&means) {
                    column[lane] = (cell - mean) as f32;
                }
            }
        });
        Some(Blocks { rows, columns, means, cells })
    }

    /// One row, about the means.
    pub(super) fn row(&self, row: usize) -> Vec<f32> {
        let start = row / LANES * LANES * self.columns + row % LANES;
        (0..self.columns).map(|column| self.cells[start + column * LANES]).collect()
    }

    /// Blocks in a chunk, and cells in as many blocks.
    fn chunks(&self) -> (usize, usize) {
        let blocks = self.rows.div_ceil(LANES).div_ceil(CHUNKS).max(SMALLEST_CHUNK);
        (blocks, (blocks * LANES * self.columns).max(1))
    }

    /// Clusters that nobody belongs to yet.
    pub(super) fn unassigned(&self, clusters: usize) -> Clusters {
        Clusters {
            members: vec![0; clusters],
            totals: vec![0.0; clusters * self.columns],
            inertia: 0.0,
            changed: 0,
            labels: vec![[NOBODY; LANES]; self.rows.div_ceil(LANES)],
        }
    }

    /// Moves every row to the nearest of the centroids (`k × columns`, about the means).
    pub(super) fn assign(&self, centroids: &[f32], clusters: &mut Clusters) {
        let (blocks, width) = self.chunks();
        let arch = Arch::new();
        let Clusters { members, totals, labels, .. } = clusters;
        let changes: Vec<Change> = self
            .cells
            .par_chunks(width)
            .zip(labels.par_chunks_mut(blocks))
            .enumerate()
            .map(|(chunk, (cells, labels))| {
                let live = self.rows - chunk * blocks * LANES;
                let clusters = members.len();
                arch.dispatch(Assign { cells, live, columns: self.columns, clusters, centroids, labels })
            })
            .collect();
        (clusters.inertia, clusters.changed) = (0.0, 0);
        for change in changes {
            add(members, &change.members);
            add(totals, &change.totals);
            clusters.inertia += change.inertia;
            clusters.changed += change.changed;
        }
    }

    /// Lowers each row's distance to the distance from `centroid`, where that is nearer.
    pub(super) fn lower(&self, centroid: &[f32], distances: &mut [f32]) {
        let (blocks, width) = self.chunks();
        let arch = Arch::new();
        self.cells
            .par_chunks(width)
            .zip(distances.par_chunks_mut(blocks * LANES))
            .for_each(|(cells, distances)| arch.dispatch(Lower { cells, centroid, distances }));
    }
}

/// Sum of each column over some rows; none if a cell is not finite in `f32`.
fn sums_of<'a>(rows: Range<usize>, columns: usize, row_at: impl Fn(usize) -> &'a [f64]) -> Option<Vec<f64>> {
    let mut sums = vec![0.0; columns];
    let mut fits = true;
    for row in rows {
        for (sum, cell) in sums.iter_mut().zip(row_at(row)) {
            *sum += cell;
            fits &= cell.abs() <= f64::from(f32::MAX);
        }
    }
    fits.then_some(sums)
}

fn add<T: Copy + std::ops::AddAssign>(sums: &mut [T], parts: &[T]) {
    for (sum, part) in sums.iter_mut().zip(parts) {
        *sum += *part;
    }
}

/// Assigns the rows of a chunk and adds up what changes.
struct Assign<'a> {
    cells: &'a [f32],
    live: usize,
    columns: usize,
    clusters: usize,
    centroids: &'a [f32],
    labels: &'a mut [[u32; LANES]],
}

impl WithSimd for Assign<'_> {
    type Output = Change;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Change {
        let size = self.clusters * self.columns;
        let mut change =
            Change { members: vec![0; self.clusters], totals: vec![0.0; size], inertia: 0.0, changed: 0 };
        let blocks = self.cells.chunks_exact(LANES * self.columns).zip(self.labels);
        for (at, (block, labels)) in blocks.enumerate() {
            let (columns, _) = block.as_chunks::<LANES>();
            let (own, mut best) = nearest(columns, self.centroids);
            let live = LANES.min(self.live - at * LANES);
            best[live..].fill(0.0);
            change.inertia += halves(best);
            if own == *labels {
                continue;
            }
            for lane in 0..live {
                if own[lane] != labels[lane] {
                    change.transfer(columns, lane, labels[lane], own[lane]);
                    labels[lane] = own[lane];
                }
            }
        }
        change
    }
}

impl Change {
    /// Takes the row in `lane` out of one cluster and puts it into another.
    #[inline(always)]
    fn transfer(&mut self, columns: &[[f32; LANES]], lane: usize, from: u32, to: u32) {
        self.changed += 1;
        for (cluster, sign) in [(from, -1.0), (to, 1.0)] {
            if cluster == NOBODY {
                continue;
            }
            let cluster = cluster as usize - 1;
            self.members[cluster] += sign as i64;
            let start = cluster * columns.len();
            for (total, column) in self.totals[start..start + columns.len()].iter_mut().zip(columns) {
                *total += sign * f64::from(column[lane]);
            }
        }
    }
}

/// The sum of all lanes, always in the same order.
#[inline(always)]
fn halves(lanes: [f32; LANES]) -> f64 {
    let mut sums = [0.0_f32; LANES / 2];
    for (lane, sum) in sums.iter_mut().enumerate() {
        *sum = lanes[lane] + lanes[lane + LANES / 2];
    }
    let mut halved = [0.0_f32; LANES / 4];
    for (lane, sum) in halved.iter_mut().enumerate() {
        *sum = sums[lane] + sums[lane + LANES / 4];
    }
    f64::from(halved[0] + halved[2]) + f64::from(halved[1] + halved[3])
}

/// The label of the nearest centroid of each row of a block, the first of equally near ones, and its squared distance.
#[inline(always)]
fn nearest(columns: &[[f32; LANES]], centroids: &[f32]) -> ([u32; LANES], [f32; LANES]) {
    let mut best = [f32::INFINITY; LANES];
    let mut own = [NOBODY; LANES];
    for (cluster, centroid) in (1_u32..).zip(centroids.chunks_exact(columns.len())) {
        let found = distances(columns, centroid);
        for lane in 0..LANES {
            let nearer = found[lane] < best[lane];
            best[lane] = if nearer { found[lane] } else { best[lane] };
            own[lane] = if nearer { cluster } else { own[lane] };
        }
    }
    (own, best)
}

/// Squared distance of each row of a block to one centroid.
#[inline(always)]
fn distances(columns: &[[f32; LANES]], centroid: &[f32]) -> [f32; LANES] {
    let mut sums = [0.0_f32; LANES];
    for (column, &middle) in columns.iter().zip(centroid) {
        for lane in 0..LANES {
            let apart = column[lane] - middle;
            sums[lane] += apart * apart;
        }
    }
    sums
}

/// Lowers distances to those from one centroid.
struct Lower<'a> {
    cells: &'a [f32],
    centroid: &'a [f32],
    distances: &'a mut [f32],
}

impl WithSimd for Lower<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = LANES * self.centroid.len();
        for (block, known) in self.cells.chunks_exact(width).zip(self.distances.chunks_mut(LANES)) {
            let (columns, _) = block.as_chunks::<LANES>();
            let found = distances(columns, self.centroid);
            for (known, found) in known.iter_mut().zip(found) {
                *known = known.min(found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn sums_agree_with_a_plain_loop_whatever_the_tail() {
        for rows in [1, 15, 16, 17, 300, 5001] {
            let matrix = Array2::from_shape_fn((rows, 3), |(row, column)| {
                ((row * 7 + column * 13) % 101) as f64 / 7.0 + 1000.0
            });
            let blocks = Blocks::new(matrix.view(), None).unwrap();
            let centroids = [-3.0_f32, 0.0, 1.0, 4.0, -2.0, 0.5];
            let mut found = blocks.unassigned(2);
            // From another assignment: what is added up is the difference.
            blocks.assign(&[9.0, 9.0, 9.0, -1.0, 0.5, 0.0], &mut found);
            blocks.assign(&centroids, &mut found);
            let mut members = [0, 0];
            let mut inertia = 0.0;
            let mut first = 0.0;
            for row in 0..rows {
                let row = blocks.row(row);
                let apart = |centroid: &[f32]| -> f64 {
                    row.iter().zip(centroid).map(|(a, b)| f64::from(a - b).powi(2)).sum()
                };
                let (a, b) = (apart(&centroids[..3]), apart(&centroids[3..]));
                members[usize::from(b < a)] += 1;
                inertia += a.min(b);
                first += if b < a { f64::from(row[1]) } else { 0.0 };
            }
            assert_eq!(found.members, members);
            assert!((found.inertia / inertia - 1.0).abs() < 1e-5 || inertia < 1e-9);
            assert!((found.totals[4] - first).abs() < 1e-3 * (1.0 + first.abs()));
        }
    }
}
