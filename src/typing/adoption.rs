//! The adoption model: who tries launches early, beyond what their appeal and the volume explain.
//!
//! Launches tried early, Tᵢ, are Poisson with mean uᵢ·Eᵢ, Eᵢ = exp(γ·volumeᵢ)·Σⱼ appealⱼ over the
//! launches while customer i was active: the logarithmic form of the Rasch model, θᵢ = log uᵢ being
//! the trait and log appealⱼ the easiness. uᵢ has a gamma prior of mean 1 and shape k, found from the
//! data (empirical Bayes), so its posterior mean is (k + Tᵢ)/(k + Eᵢ): customers with little evidence
//! stay near 1. Since Σⱼ is a difference of prefix sums, one step costs customers + launches +
//! adoptions.

use serde::{Deserialize, Serialize};

use super::exposure::{Deed, Exposure, Span};
use super::volume::VolumeScale;
use crate::domain::Day;
use crate::features::Features;

/// One launch as the model knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaunchModel {
    /// The product.
    pub product_id: Box<str>,
    /// Its launch date, or the first day it was sold.
    pub day: Day,
    /// Chance that a customer of mean volume tries it early; 0 if nobody did or it is too young.
    pub appeal: f64,
    /// Share of the customers active at launch who tried it at all, 0–1.
    pub adopted: f64,
    /// Days after launch of the adopters, ascending; at most [`CURVE`] evenly spaced ranks.
    pub lags: Vec<u32>,
}

/// The fitted adoption model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdoptionModel {
    /// Days after launch that count as early.
    pub early_days: u32,
    /// Effect of one standard deviation of log volume on the log of the expected tries.
    pub gamma: f64,
    /// Shape of the gamma prior: how many expected tries weigh as much as the prior.
    pub shrinkage: f64,
    /// Steps taken.
    pub steps: u32,
    /// The scale of volume.
    pub volume: VolumeScale,
    /// Launches, ascending by day, then by id.
    pub launches: Vec<LaunchModel>,
}

/// Points kept of a launch's adoption curve.
pub const CURVE: usize = 32;

/// The shape of the prior is kept within these, where the model is neither all prior nor none.
const SHAPES: (f64, f64) = (0.05, 1e4);

/// A customer with enough evidence to be fitted on.
#[derive(Debug)]
pub(super) struct Adopter<'a> {
    pub(super) row: &'a Features,
    pub(super) span: Span,
    /// Standardised log volume.
    pub(super) volume: f64,
}

/// What the steps of the fit improve.
struct State {
    appeal: Vec<f64>,
    gamma: f64,
    shrinkage: f64,
    /// Posterior mean of uᵢ.
    propensity: Vec<f64>,
}

/// Appeal of each launch, γ, k and the number of steps taken.
pub(super) fn fit(
    adopters: &[Adopter<'_>],
    exposure: &Exposure,
    launches: usize,
    max_steps: u32,
) -> (Vec<f64>, f64, f64, u32) {
    let tried: Vec<f64> = adopters.iter().map(|adopter| tries(adopter, exposure, |_| true)).collect();
    let mut state = State {
        appeal: vec![0.0; launches],
        gamma: 0.0,
        shrinkage: 1.0,
        propensity: vec![1.0; adopters.len()],
    };
    let mut steps = 0;
    while steps < max_steps {
        steps += 1;
        let before = (state.gamma, state.shrinkage.ln());
        step(&mut state, adopters, exposure, &tried);
        let moved = (state.gamma - before.0).abs().max((state.shrinkage.ln() - before.1).abs());
        if moved < 1e-9 {
            break;
        }
    }
    (state.appeal, state.gamma, state.shrinkage, steps)
}

fn step(state: &mut State, adopters: &[Adopter<'_>], exposure: &Exposure, tried: &[f64]) {
    update_appeal(state, adopters, exposure);
    let prefix = prefix_sums(&state.appeal);
    let open: Vec<f64> =
        adopters.iter().map(|adopter| open_appeal(adopter, exposure, &state.appeal, &prefix)).collect();
    let expect = |state: &State| -> Vec<f64> {
        adopters
            .iter()
            .zip(&open)
            .map(|(adopter, open)| (state.gamma * adopter.volume).exp() * open)
            .collect()
    };
    let (level, slope) = newton(state.shrinkage, adopters, tried, &expect(state));
    state.gamma += slope;
    for appeal in &mut state.appeal {
        *appeal *= level.exp();
    }
    let expected: Vec<f64> = expect(state).iter().map(|expected| expected * level.exp()).collect();
    // Var T = E + E²/k, so k is the ratio of ΣE² to the variance that Poisson leaves unexplained.
    let squares: f64 = expected.iter().map(|expected| expected * expected).sum();
    let excess: f64 =
        expected.iter().zip(tried).map(|(expected, tried)| (tried - expected).powi(2) - expected).sum();
    state.shrinkage = if excess > 0.0 { (squares / excess).clamp(SHAPES.0, SHAPES.1) } else { SHAPES.1 };
    for ((propensity, expected), tried) in state.propensity.iter_mut().zip(&expected).zip(tried) {
        *propensity = (state.shrinkage + tried) / (state.shrinkage + expected);
    }
}

/// appealⱼ = early tries of j over Σᵢ uᵢ·exp(γ·volumeᵢ) of the customers active at its launch.
fn update_appeal(state: &mut State, adopters: &[Adopter<'_>], exposure: &Exposure) {
    let launches = state.appeal.len();
    let mut entering = vec![0.0; launches + 1];
    let mut tries = vec![0.0; launches];
    let mut triers = vec![0.0; launches];
    for (adopter, propensity) in adopters.iter().zip(&state.propensity) {
        let weight = propensity * (state.gamma * adopter.volume).exp();
        entering[adopter.span.start] += weight;
        entering[adopter.span.complete] -= weight;
        for (launch, _, deed) in exposure.deeds(adopter.row, adopter.span) {
            match deed {
                Deed::Held => {
                    entering[launch] -= weight;
                    entering[launch + 1] += weight;
                }
                Deed::Early => {
                    tries[launch] += 1.0;
                    triers[launch] += weight;
                }
                Deed::Late => {}
            }
        }
    }
    let mut exposed: f64 = 0.0;
    for launch in 0..launches {
        exposed += entering[launch];
        // What leaves the running sum leaves rounding behind; those who tried were surely there.
        let weight = exposed.max(triers[launch]);
        let counts = launch < exposure.complete() && tries[launch] > 0.0 && weight > 0.0;
        state.appeal[launch] = if counts { tries[launch] / weight } else { 0.0 };
    }
}

/// One Newton step of the negative binomial likelihood for (log level, γ), each at most 0.5.
fn newton(shape: f64, adopters: &[Adopter<'_>], tried: &[f64], expected: &[f64]) -> (f64, f64) {
    let (mut r0, mut r1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for ((adopter, tried), expected) in adopters.iter().zip(tried).zip(expected) {
        let weight = 1.0 / (1.0 + expected / shape);
        let (x, residual, information) = (adopter.volume, (tried - expected) * weight, expected * weight);
        r0 += residual;
        r1 += residual * x;
        h00 += information;
        h01 += information * x;
        h11 += information * x * x;
    }
    let determinant = h00 * h11 - h01 * h01;
    if determinant > 1e-9 * h00 * h00 {
        let level = (h11 * r0 - h01 * r1) / determinant;
        let slope = (h00 * r1 - h01 * r0) / determinant;
        (level.clamp(-0.5, 0.5), slope.clamp(-0.5, 0.5))
    } else if h00 > 0.0 {
        ((r0 / h00).clamp(-0.5, 0.5), 0.0)
    } else {
        (0.0, 0.0)
    }
}

/// Launches tried early, of those that `counts` picks.
pub(super) fn tries(adopter: &Adopter<'_>, exposure: &Exposure, counts: impl Fn(usize) -> bool) -> f64 {
    let early = |&(launch, _, deed): &(usize, i32, Deed)| {
        deed == Deed::Early && launch < adopter.span.complete && counts(launch)
    };
    exposure.deeds(adopter.row, adopter.span).filter(early).count() as f64
}

/// Appeal of all launches the customer could have tried early.
pub(super) fn open_appeal(adopter: &Adopter<'_>, exposure: &Exposure, appeal: &[f64], prefix: &[f64]) -> f64 {
    let span = adopter.span;
    let (mut held, mut early) = (0.0, 0.0);
    for (launch, _, deed) in exposure.deeds(adopter.row, span).filter(|deed| deed.0 < span.complete) {
        match deed {
            Deed::Held => held += appeal[launch],
            Deed::Early => early += appeal[launch],
            Deed::Late => {}
        }
    }
    (prefix[span.complete] - prefix[span.start] - held).max(early)
}

/// `result[j]` is the sum of the first j values.
pub(super) fn prefix_sums(values: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0);
    for value in values {
        sum += value;
        sums.push(sum);
    }
    sums
}

impl AdoptionModel {
    /// log((k + T)/(k + E)): 0 for a customer who tries as many launches as predicted.
    pub(super) fn propensity(&self, tried: f64, volume: f64, open: f64) -> f64 {
        let expected = (self.gamma * volume).exp() * open;
        ((self.shrinkage + tried) / (self.shrinkage + expected)).ln()
    }
}
