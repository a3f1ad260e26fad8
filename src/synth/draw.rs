//! Chance that is the same everywhere.

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

/// A seeded stream of draws.
pub(super) struct Draw(Xoshiro256Plus);

impl Draw {
    /// Streams of one seed differ by `stream`.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Draw(Xoshiro256Plus::seed_from_u64(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// Uniform in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        // The upper 53 bits: the lowest bits of this generator are weak.
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform in [low, high).
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform in 0..n; 0 if n is 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// Standard normal (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Log-normal with median 1.
    pub(super) fn lognormal(&mut self, sigma: f64) -> f64 {
        libm::exp(sigma * self.normal())
    }

    /// The least of `n` uniform draws from [0, 1), n at least 1.
    pub(super) fn least_of(&mut self, n: u32) -> f64 {
        let rest = 1.0 - self.unit();
        if n <= 1 { 1.0 - rest } else { 1.0 - libm::exp(libm::log(rest) / f64::from(n)) }
    }
}

/// A fixed scramble of an index, for traits that need not be kept (splitmix64, Steele et al. 2014).
pub(super) fn scramble(seed: u64, index: u64) -> u64 {
    let mut z = (seed ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_as_promised() {
        let mut draw = Draw::new(7, 0);
        let n = 100_000;
        let normals: Vec<f64> = (0..n).map(|_| draw.normal()).collect();
        let mean = normals.iter().sum::<f64>() / f64::from(n);
        let variance = normals.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03);
        // The least of n uniform draws has mean 1/(n + 1).
        let least = (0..n).map(|_| draw.least_of(4)).sum::<f64>() / f64::from(n);
        assert!((least - 0.2).abs() < 0.005);
        assert!((0..1000).all(|_| draw.below(3) < 3));
    }
}
