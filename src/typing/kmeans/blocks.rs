//! Rows laid out for the processor: blocks of [`LANES`] rows, column by column inside a block.
//!
//! A column of a block fills whole registers, so one instruction works on eight rows; the loops
//! below are plain and become such instructions because pulp compiles them a second time for the widest
//! registers this processor has and picks at run time. No fused multiply-add is used, so every
//! processor gives the same bits. Distances are in `f32` about the column means; sums are carried
//! to `f64` every [`FLUSH`] blocks, and partial sums of fixed chunks of rows are added in order, so
//! neither the number of threads nor their timing shows.

#![expect(clippy::inline_always, reason = "what is not inlined is not compiled for the wide registers")]

use ndarray::ArrayView2;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Rows in a block.
pub(super) const LANES: usize = 16;

/// Blocks summed in `f32` before the sums are carried to `f64`: 256 rows lose nothing that shows.
const FLUSH: usize = 16;

/// Chunks that threads share; a function of nothing, so that sums do not depend on the machine.
const CHUNKS: usize = 128;

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

/// Sums over the rows nearest to each centroid.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// Rows of each cluster.
    pub(super) members: Vec<u64>,
    /// Sum of the rows of each cluster, `k × columns`.
    pub(super) totals: Vec<f64>,
    /// Sum of squared distances to the nearest centroid.
    pub(super) inertia: f64,
}

impl Blocks {
    /// Lays out the rows `chosen` of a matrix, or all.
    pub(super) fn new(matrix: ArrayView2<'_, f64>, chosen: Option<&[usize]>) -> Self {
        let columns = matrix.ncols();
        let rows = chosen.map_or(matrix.nrows(), <[usize]>::len);
        let row_at = |place: usize| matrix.row(chosen.map_or(place, |chosen| chosen[place]));
        let mut means = vec![0.0; columns];
        for place in 0..rows {
            for (mean, cell) in means.iter_mut().zip(row_at(place)) {
                *mean += cell;
            }
        }
        for mean in &mut means {
            *mean /= rows.max(1) as f64;
        }
        let width = columns * LANES;
        let mut cells = vec![0.0_f32; rows.div_ceil(LANES) * width];
        cells.par_chunks_mut(width.max(1)).enumerate().for_each(|(block, cells)| {
            for lane in 0..LANES.min(rows - block * LANES) {
                for (column, (cell, mean)) in row_at(block * LANES + lane).iter().zip(&means).enumerate() {
                    cells[column * LANES + lane] = (cell - mean) as f32;
                }
            }
        });
        Blocks { rows, columns, means, cells }
    }

    /// One row, about the means.
    pub(super) fn row(&self, row: usize) -> Vec<f32> {
        let start = row / LANES * LANES * self.columns + row % LANES;
        (0..self.columns).map(|column| self.cells[start + column * LANES]).collect()
    }

    /// The blocks in chunks, each with its number of rows.
    fn chunks(&self) -> (usize, usize) {
        let blocks = self.rows.div_ceil(LANES).div_ceil(CHUNKS).max(FLUSH);
        (blocks * LANES, (blocks * LANES * self.columns).max(1))
    }

    /// Sums over the rows nearest to each of the centroids (`k × columns`, about the means).
    pub(super) fn sums(&self, centroids: &[f32]) -> Sums {
        let (rows, width) = self.chunks();
        let clusters = centroids.len() / self.columns.max(1);
        let arch = Arch::new();
        let partial: Vec<Sums> = self
            .cells
            .par_chunks(width)
            .enumerate()
            .map(|(chunk, cells)| {
                let live = rows.min(self.rows - chunk * rows);
                arch.dispatch(Assign { cells, live, columns: self.columns, clusters, centroids })
            })
            .collect();
        let mut sums = Sums { members: vec![0; clusters], totals: vec![0.0; centroids.len()], inertia: 0.0 };
        for part in partial {
            add(&mut sums.members, &part.members);
            add(&mut sums.totals, &part.totals);
            sums.inertia += part.inertia;
        }
        sums
    }

    /// Lowers each row's distance to the distance from `centroid`, where that is nearer.
    pub(super) fn lower(&self, centroid: &[f32], distances: &mut [f32]) {
        let (rows, width) = self.chunks();
        let arch = Arch::new();
        self.cells
            .par_chunks(width)
            .zip(distances.par_chunks_mut(rows))
            .for_each(|(cells, distances)| arch.dispatch(Lower { cells, centroid, distances }));
    }
}

fn add<T: Copy + std::ops::AddAssign>(sums: &mut [T], parts: &[T]) {
    for (sum, part) in sums.iter_mut().zip(parts) {
        *sum += *part;
    }
}

/// Assigns the rows of a chunk and sums them by cluster.
struct Assign<'a> {
    cells: &'a [f32],
    live: usize,
    columns: usize,
    clusters: usize,
    centroids: &'a [f32],
}

impl WithSimd for Assign<'_> {
    type Output = Sums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Sums {
        let size = self.clusters * self.columns;
        let mut sums = Sums { members: vec![0; self.clusters], totals: vec![0.0; size], inertia: 0.0 };
        let mut near = vec![0.0_f32; size];
        for (flush, blocks) in self.cells.chunks(FLUSH * LANES * self.columns).enumerate() {
            let mut live = self.live - (flush * FLUSH * LANES).min(self.live);
            let mut lanes = [0.0_f32; LANES];
            for block in blocks.chunks_exact(LANES * self.columns) {
                let (columns, _) = block.as_chunks::<LANES>();
                let (own, best) = nearest(columns, self.centroids);
                let own = &own[..live.min(LANES)];
                for (lane, &cluster) in own.iter().enumerate() {
                    lanes[lane] += best[lane];
                    let cluster = cluster as usize;
                    sums.members[cluster] += 1;
                    let start = cluster * self.columns;
                    for (total, column) in near[start..start + self.columns].iter_mut().zip(columns) {
                        *total += column[lane];
                    }
                }
                live -= own.len();
            }
            for (total, near) in sums.totals.iter_mut().zip(&mut near) {
                *total += f64::from(std::mem::take(near));
            }
            sums.inertia += lanes.iter().map(|lane| f64::from(*lane)).sum::<f64>();
        }
        sums
    }
}

/// The nearest centroid of each row of a block, the first of equally near ones, and its squared distance.
#[inline(always)]
fn nearest(columns: &[[f32; LANES]], centroids: &[f32]) -> ([u32; LANES], [f32; LANES]) {
    let mut best = [f32::INFINITY; LANES];
    let mut own = [0_u32; LANES];
    for (cluster, centroid) in (0_u32..).zip(centroids.chunks_exact(columns.len())) {
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
            let blocks = Blocks::new(matrix.view(), None);
            let centroids = [-3.0_f32, 0.0, 1.0, 4.0, -2.0, 0.5];
            let found = blocks.sums(&centroids);
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
