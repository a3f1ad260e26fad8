//! The special functions the likelihoods need, with their derivatives.

use statrs::function::gamma::{digamma, ln_gamma};

/// ln Γ(z) and its first two derivatives at one point, z > 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Smooth {
    /// The function.
    pub value: f64,
    /// Its first derivative.
    pub first: f64,
    /// Its second derivative.
    pub second: f64,
}

/// ψ′(z), the second derivative of ln Γ, for z > 0.
///
/// Recurrence up to 12, then the asymptotic series (Abramowitz & Stegun 6.4.12): relative error
/// below 1e-14.
pub fn trigamma(z: f64) -> f64 {
    let (mut z, mut sum) = (z, 0.0);
    while z < 12.0 {
        sum += 1.0 / (z * z);
        z += 1.0;
    }
    let w = 1.0 / (z * z);
    let series = 1.0 / 6.0
        - w * (1.0 / 30.0 - w * (1.0 / 42.0 - w * (1.0 / 30.0 - w * (5.0 / 66.0 - w * (691.0 / 2730.0)))));
    sum + 1.0 / z + w / 2.0 + w / z * series
}

/// ln Γ and its derivatives at `z` > 0.
pub(super) fn ln_gamma_smooth(z: f64) -> Smooth {
    Smooth { value: ln_gamma(z), first: digamma(z), second: trigamma(z) }
}

/// ln of the rising factorial, ln Γ(z + n) − ln Γ(z), with derivatives by `z` > 0.
///
/// Short products are summed term by term: the difference of two large ln Γ would lose its digits
/// when `z` runs towards infinity, which is where a fit without an answer goes.
pub(super) fn ln_rising(z: f64, n: u32) -> Smooth {
    if n <= 48 {
        let mut sum = Smooth::default();
        for step in 0..n {
            let term = z + f64::from(step);
            sum.value += term.ln();
            sum.first += 1.0 / term;
            sum.second -= 1.0 / (term * term);
        }
        return sum;
    }
    let (high, low) = (ln_gamma_smooth(z + f64::from(n)), ln_gamma_smooth(z));
    Smooth { value: high.value - low.value, first: high.first - low.first, second: high.second - low.second }
}

/// ln ₂F₁(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1; none outside.
///
/// All terms of the Gauss series are then positive, so the sum cannot cancel; it is kept as
/// mantissa and logarithm, so it cannot overflow either. Where c < a + b and z is near 1 Euler's
/// transformation (A&S 15.3.3) shortens it, if that leaves its parameters positive.
///
/// The closed forms of the papers are differences of such values; the models here compute the same
/// quantities from sums and integrals of positive terms instead, and tests hold the two together.
///
/// # References
/// Abramowitz & Stegun (1964), *Handbook of Mathematical Functions*, chapter 15.
pub fn ln_hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    let positive = a > 0.0 && b > 0.0 && c > 0.0;
    if !(positive && a.is_finite() && b.is_finite() && c.is_finite() && (0.0..1.0).contains(&z)) {
        return None;
    }
    if c < a + b && c > a && c > b {
        return Some((c - a - b) * (-z).ln_1p() + gauss_series(c - a, c - b, c, z)?);
    }
    gauss_series(a, b, c, z)
}

/// The series, summed until its tail is bounded below 1e-16 of it.
fn gauss_series(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    const MOST_TERMS: u32 = 20_000_000;
    let (mut sum, mut term, mut shift) = (1.0_f64, 1.0_f64, 0.0_f64);
    for step in 0..MOST_TERMS {
        let k = f64::from(step);
        let ratio = (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        term *= ratio;
        sum += term;
        // From here on ratios lie between this one and z, whichever side they come from.
        let bound = ratio.max(z);
        if bound < 1.0 && term * bound <= 1e-16 * sum * (1.0 - bound) && k > a.max(b) - c {
            return Some(shift + sum.ln());
        }
        if sum > 1e250 {
            shift += sum.ln();
            term /= sum;
            sum = 1.0;
        }
    }
    None
}

/// Nodes and weights of Gauss–Legendre quadrature on [−1, 1], positive half; 8 points.
pub(super) const GAUSS_8: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// The same with 16 points.
pub(super) const GAUSS_16: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigamma_meets_its_known_values() {
        let pi2 = std::f64::consts::PI.powi(2);
        for (z, expected) in [(1.0, pi2 / 6.0), (0.5, pi2 / 2.0), (2.0, pi2 / 6.0 - 1.0)] {
            assert!((trigamma(z) - expected).abs() < 1e-13 * expected);
        }
    }

    #[test]
    fn the_short_product_and_the_gamma_functions_agree() {
        for z in [0.2, 3.0, 40.0] {
            let (short, long) = (ln_rising(z, 48), ln_rising(z, 49));
            let step = (z + 48.0).ln();
            assert!((long.value - short.value - step).abs() < 1e-11, "{z}");
            assert!((long.first - short.first - 1.0 / (z + 48.0)).abs() < 1e-11);
            assert!((long.second - short.second + (z + 48.0).powi(-2)).abs() < 1e-11);
        }
    }

    #[test]
    fn the_hypergeometric_function_has_its_elementary_cases() {
        // 2F1(1, 1; 2; z) = −ln(1 − z) / z and 2F1(a, b; b; z) = (1 − z)^−a.
        for z in [0.0_f64, 1e-9, 0.3, 0.9, 0.999] {
            let log_case = if z == 0.0 { 1.0 } else { -(-z).ln_1p() / z };
            assert!((ln_hyp2f1(1.0, 1.0, 2.0, z).unwrap() - log_case.ln()).abs() < 1e-13);
            assert!((ln_hyp2f1(2.5, 0.7, 0.7, z).unwrap() + 2.5 * (-z).ln_1p()).abs() < 1e-12);
        }
        assert_eq!(ln_hyp2f1(1.0, 1.0, 2.0, 1.0), None);
        assert_eq!(ln_hyp2f1(1.0, -1.0, 2.0, 0.5), None);
        assert_eq!(ln_hyp2f1(1.0, f64::NAN, 2.0, 0.5), None);
    }
}
