//! A log-likelihood with its derivatives, and how it is summed over customers.

use rayon::prelude::*;

use super::history::Group;
use super::matrix::Matrix;

/// A function of `N` parameters at one point: value, gradient and Hessian.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evaluation<const N: usize> {
    /// The function.
    pub value: f64,
    /// Its gradient.
    pub gradient: [f64; N],
    /// Its Hessian, symmetric.
    pub hessian: Matrix<N>,
}

impl<const N: usize> Default for Evaluation<N> {
    fn default() -> Self {
        Evaluation { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] }
    }
}

impl<const N: usize> Evaluation<N> {
    /// Adds `weight` times another one.
    pub(super) fn add(&mut self, other: &Self, weight: f64) {
        self.value += weight * other.value;
        for row in 0..N {
            self.gradient[row] += weight * other.gradient[row];
            for column in 0..N {
                self.hessian[row][column] += weight * other.hessian[row][column];
            }
        }
    }

    /// The same function of the logarithms of the parameters.
    pub(super) fn by_logarithms(mut self, params: &[f64; N]) -> Self {
        for row in 0..N {
            for column in 0..N {
                self.hessian[row][column] *= params[row] * params[column];
            }
            self.gradient[row] *= params[row];
            self.hessian[row][row] += self.gradient[row];
        }
        self
    }

    /// True if nothing in it is infinite or undefined.
    pub(super) fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.gradient.iter().all(|part| part.is_finite())
            && self.hessian.iter().flatten().all(|part| part.is_finite())
    }
}

/// ln Σₖ wₖ exp(hₖ) with its derivatives, for terms whose hₖ are given relative to a common part.
///
/// With weights πₖ ∝ wₖ exp(hₖ) the gradient is Σ π ∇h and the Hessian
/// Σ π (∇²h + ∇h ∇hᵀ) − (Σ π ∇h)(Σ π ∇h)ᵀ.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogSum<const N: usize> {
    total: f64,
    gradient: [f64; N],
    hessian: Matrix<N>,
}

impl<const N: usize> LogSum<N> {
    pub(super) fn new() -> Self {
        LogSum { total: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] }
    }

    /// Adds a term of size `size` = w·exp(h) with the gradient and Hessian of h.
    pub(super) fn push(&mut self, size: f64, gradient: &[f64; N], hessian: &Matrix<N>) {
        self.total += size;
        for row in 0..N {
            self.gradient[row] += size * gradient[row];
            for column in 0..=row {
                self.hessian[row][column] += size * (hessian[row][column] + gradient[row] * gradient[column]);
            }
        }
    }

    /// The logarithm of the sum; `common` is what was left out of every h.
    pub(super) fn finish(mut self, common: f64) -> Evaluation<N> {
        for row in 0..N {
            self.gradient[row] /= self.total;
        }
        for row in 0..N {
            for column in 0..=row {
                let part =
                    self.hessian[row][column] / self.total - self.gradient[row] * self.gradient[column];
                self.hessian[row][column] = part;
                self.hessian[column][row] = part;
            }
        }
        Evaluation { value: common + self.total.ln(), gradient: self.gradient, hessian: self.hessian }
    }
}

/// Groups in one piece of work. Sums are taken piece by piece in order, so they do not depend on
/// the number of threads.
const PIECE: usize = 2048;

/// The mean of `each` over customers, weighted by group; groups must be ordered by x.
///
/// `per_count` gives what depends on x alone and is called once for a run of equal x.
pub(super) fn mean_over<const N: usize, C>(
    groups: &[Group],
    per_count: impl Fn(u32) -> C + Sync,
    each: impl Fn(&C, &Group) -> Evaluation<N> + Sync,
) -> Evaluation<N> {
    let pieces: Vec<(Evaluation<N>, f64)> = groups
        .par_chunks(PIECE)
        .map(|piece| {
            let (mut sum, mut weights) = (Evaluation::default(), 0.0);
            for run in piece.chunk_by(|left, right| left.x == right.x) {
                let shared = per_count(run[0].x);
                for group in run {
                    sum.add(&each(&shared, group), group.weight);
                    weights += group.weight;
                }
            }
            (sum, weights)
        })
        .collect();
    let (mut total, mut weights) = (Evaluation::default(), 0.0);
    for (sum, weight) in &pieces {
        total.add(sum, 1.0);
        weights += weight;
    }
    let mut mean = Evaluation::default();
    if weights > 0.0 {
        mean.add(&total, 1.0 / weights);
    }
    mean
}
