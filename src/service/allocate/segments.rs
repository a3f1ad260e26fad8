//! Segments whose responses differ by an unknown amount: each is drawn towards the mean of the others by what the data
//! tell of that amount (partial pooling).
//!
//! A segment's own estimate yₛ lies around its elasticity θₛ by its standard error σₛ, θₛ around the mean μ by τ, μ around the prior by
//! the prior's standard deviation. Given τ all is normal: with wₛ = 1/(σₛ² + τ²) and V the inverse of 1/sd² + Σ wₛ,
//! μ has mean μ̂ = V·(prior/sd² + Σ wₛ·yₛ) and variance V, and θₛ has mean Bₛ·μ̂ + (1 − Bₛ)·yₛ and variance (1 − Bₛ)·σₛ² + Bₛ²·V with
//! Bₛ = σₛ²/(σₛ² + τ²). No estimate is used twice. τ itself is not known from a few segments: it is half-normal with the prior's standard
//! deviation, and what it could be is averaged over, so intervals hold for that, too.
//!
//! # References
//! Gelman, Carlin, Stern, Dunson, Vehtari & Rubin (2013), Bayesian Data Analysis, 3rd ed., section 5.4 (5.17–5.21). Gelman (2006),
//! Bayesian Analysis 1(3), 515–534, on priors of τ with few groups.

use super::history::{Estimate, Prior};

/// Values of τ tried, and how many standard deviations of the prior they reach: beyond lies a millionth of a percent.
const STEPS: u32 = 600;
const REACH: f64 = 6.0;

/// Every segment's elasticity, in the order given.
///
/// * `own`: the estimate of each segment from its customers alone; none if they cannot tell.
pub(super) fn drawn_together(own: &[Option<Estimate>], prior: Prior) -> Vec<Estimate> {
    let given: Vec<Given> = (0..STEPS)
        .map(|step| Given::new(own, prior, REACH * prior.sd * (f64::from(step) + 0.5) / f64::from(STEPS)))
        .collect();
    // Likelihoods differ by more than a float holds.
    let most = given.iter().map(|given| given.log_weight).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = given.iter().map(|given| (given.log_weight - most).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mean_of = |of: &dyn Fn(&Given) -> f64| {
        given.iter().zip(&weights).map(|(given, weight)| weight * of(given)).sum::<f64>() / total
    };
    own.iter()
        .map(|own| {
            let mean = mean_of(&|given| given.segment(*own).0);
            let variance = mean_of(&|given| {
                let (at, variance) = given.segment(*own);
                variance + (at - mean).powi(2)
            });
            Estimate::new(mean, variance.sqrt())
        })
        .collect()
}

/// What is known if segments differ by τ.
struct Given {
    between: f64,
    /// Mean and variance of μ.
    mean: f64,
    variance: f64,
    /// Logarithm of the density of τ and the estimates, but for a constant.
    log_weight: f64,
}

impl Given {
    fn new(own: &[Option<Estimate>], prior: Prior, tau: f64) -> Self {
        let between = tau * tau;
        let sure = prior.sd.powi(-2);
        let (mut precision, mut sum, mut squares) =
            (sure, sure * prior.elasticity, sure * prior.elasticity.powi(2));
        let mut logs = 0.0;
        for own in own.iter().flatten() {
            let weight = (own.se * own.se + between).recip();
            precision += weight;
            sum += weight * own.elasticity;
            squares += weight * own.elasticity * own.elasticity;
            logs += weight.ln();
        }
        let (mean, variance) = (sum / precision, precision.recip());
        let distance = squares - precision * mean * mean;
        let log_weight = (logs + variance.ln() - distance - between * sure) / 2.0;
        Given { between, mean, variance, log_weight }
    }

    /// Mean and variance of a segment's elasticity.
    fn segment(&self, own: Option<Estimate>) -> (f64, f64) {
        let Some(own) = own else { return (self.mean, self.variance + self.between) };
        let noise = own.se * own.se;
        let drawn = noise / (noise + self.between);
        let mean = drawn * self.mean + (1.0 - drawn) * own.elasticity;
        (mean, (1.0 - drawn) * noise + drawn * drawn * self.variance)
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use serde_json::Value;

    use super::*;

    #[test]
    fn segments_are_those_of_adaptive_quadrature() {
        let text = include_str!("../../../tests/reference/service/segments.json");
        let cases: Vec<Value> = serde_json::from_str(text).unwrap();
        assert_eq!(cases.len(), 4);
        for case in cases {
            let number = |value: &Value| value.as_f64().unwrap();
            let prior = Prior { elasticity: number(&case["prior"]), sd: number(&case["sd"]) };
            let own: Vec<Option<Estimate>> = case["own"]
                .as_array()
                .unwrap()
                .iter()
                .map(|own| own.as_array().map(|own| Estimate::new(number(&own[0]), number(&own[1]))))
                .collect();
            for (found, told) in drawn_together(&own, prior).iter().zip(case["segments"].as_array().unwrap())
            {
                // The program adds up 600 steps and leaves out what lies beyond six standard deviations.
                let (mean, se) = (number(&told["elasticity"]), number(&told["se"]));
                assert!(
                    (found.elasticity - mean).abs() < 2e-5 && (found.se - se).abs() < 1e-4,
                    "{found:?} {told}"
                );
            }
        }
    }

    #[test]
    fn intervals_hold_as_often_as_they_say() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut normal = || (0..12).map(|_| rng.r#gen::<f64>()).sum::<f64>() - 6.0;
        let prior = Prior { elasticity: 0.245, sd: 0.1 };
        for segments in [2, 4, 12] {
            let (mut held, mut width, mut alone) = (0, 0.0, 0.0);
            for _ in 0..1000 {
                let (mean, tau) = (prior.elasticity + prior.sd * normal(), prior.sd * normal().abs());
                let truth: Vec<f64> = (0..segments).map(|_| mean + tau * normal()).collect();
                let own: Vec<Option<Estimate>> =
                    truth.iter().map(|at| Some(Estimate::new(at + 0.04 * normal(), 0.04))).collect();
                let found = drawn_together(&own, prior);
                let low_high = found.iter().map(|found| found.interval);
                held += low_high.zip(&truth).filter(|([low, high], at)| low <= at && *at <= high).count();
                width += found.iter().map(|found| found.se).sum::<f64>();
                alone += 0.04 * f64::from(segments);
            }
            let share = held as f64 / f64::from(segments * 1000);
            assert!((0.935..0.965).contains(&share), "{segments}: {share}");
            assert!(width < alone, "{segments}");
        }
    }
}
