//! The adoption model: who tries launches early, beyond what their appeal and the volume explain.
//!
//! Launches tried early, Tᵢ, are Poisson with mean uᵢ·Eᵢ, Eᵢ = exp(γ·volumeᵢ)·Σⱼ appealⱼ over the
//! launches while customer i was active: the logarithmic form of the Rasch model, θᵢ = log uᵢ being
//! the trait and log appealⱼ the easiness. uᵢ has a gamma prior of mean 1 and shape k, found from the
//! data (empirical Bayes), so its posterior mean is (k + Tᵢ)/(k + Eᵢ): customers with little evidence
//! stay near 1. Since Σⱼ is a difference of prefix sums, one step costs customers + launches +
//! adoptions.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::adopters::{Adopter, Adopters, Trial};
use super::exposure::Deed;
use super::volume::VolumeScale;
use crate::domain::Day;

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

/// Parts into which customers are split for threads at most; a function of nothing, so that sums do not depend on
/// the machine. Each has a sum per launch.
const PARTS: usize = 16;

/// Customers below which a part is not worth a thread's while.
const SMALLEST_PART: usize = 8_192;

/// What the steps of the fit keep of a customer.
#[derive(Clone, Copy, Debug)]
struct Standing {
    /// Launches tried early.
    tried: f64,
    /// exp(γ·volume).
    weight: f64,
    /// Appeal of all launches it could have tried.
    open: f64,
}

/// What the steps of the fit improve.
struct State {
    appeal: Vec<f64>,
    gamma: f64,
    shrinkage: f64,
    standings: Vec<Standing>,
}

/// Appeal of each launch, γ, k and the number of steps taken.
///
/// * `complete`: launches that were watched for the whole early window.
pub(super) fn fit(
    adopters: &Adopters,
    complete: usize,
    launches: usize,
    max_steps: u32,
) -> (Vec<f64>, f64, f64, u32) {
    let standings =
        adopters.map(|_, adopter| Standing { tried: adopter.tries(|_| true), weight: 1.0, open: 0.0 });
    let mut state = State { appeal: vec![0.0; launches], gamma: 0.0, shrinkage: 1.0, standings };
    let tries = early_tries(adopters, complete, launches);
    let mut steps = 0;
    while steps < max_steps {
        steps += 1;
        let before = (state.gamma, state.shrinkage.ln());
        update_appeal(&mut state, adopters, &tries, steps == 1);
        update_effects(&mut state, adopters);
        let moved = (state.gamma - before.0).abs().max((state.shrinkage.ln() - before.1).abs());
        if moved < 1e-9 {
            break;
        }
    }
    (state.appeal, state.gamma, state.shrinkage, steps)
}

/// Early tries of each launch that was watched for the whole early window.
fn early_tries(adopters: &Adopters, complete: usize, launches: usize) -> Vec<f64> {
    let mut tries = vec![0.0; launches];
    for trial in adopters.iter().flat_map(|adopter| adopter.trials) {
        if trial.deed == Deed::Early && (trial.launch as usize) < complete {
            tries[trial.launch as usize] += 1.0;
        }
    }
    tries
}

/// Customers of a part.
fn part(adopters: usize) -> usize {
    adopters.div_ceil(PARTS).max(SMALLEST_PART)
}

/// appealⱼ = early tries of j over Σᵢ uᵢ·exp(γ·volumeᵢ) of the customers active at its launch.
///
/// * `first`: the first step, when every uᵢ is 1.
fn update_appeal(state: &mut State, adopters: &Adopters, tries: &[f64], first: bool) {
    let launches = state.appeal.len();
    let size = part(adopters.len());
    let weigh = |(at, standings): (usize, &[Standing])| {
        let mut entering = vec![0.0; launches + 1];
        let mut triers = vec![0.0; launches];
        for (place, standing) in (at * size..).zip(standings) {
            let adopter = adopters.get(place);
            let expected = standing.weight * standing.open;
            // The posterior mean of uᵢ.
            let propensity = (state.shrinkage + standing.tried) / (state.shrinkage + expected);
            let weight = if first { 1.0 } else { propensity * standing.weight };
            entering[adopter.span.start] += weight;
            entering[adopter.span.complete] -= weight;
            for trial in adopter.trials {
                let launch = trial.launch as usize;
                match trial.deed {
                    Deed::Held => {
                        entering[launch] -= weight;
                        entering[launch + 1] += weight;
                    }
                    Deed::Early => triers[launch] += weight,
                    Deed::Late => {}
                }
            }
        }
        (entering, triers)
    };
    let parts: Vec<(Vec<f64>, Vec<f64>)> = state.standings.par_chunks(size).enumerate().map(weigh).collect();
    let mut exposed: f64 = 0.0;
    for (launch, (appeal, tries)) in state.appeal.iter_mut().zip(tries).enumerate() {
        exposed += parts.iter().map(|(entering, _)| entering[launch]).sum::<f64>();
        let triers: f64 = parts.iter().map(|(_, triers)| triers[launch]).sum();
        // What leaves the running sum leaves rounding behind; those who tried were surely there.
        let weight = exposed.max(triers);
        let counts = *tries > 0.0 && weight > 0.0;
        *appeal = if counts { tries / weight } else { 0.0 };
    }
}

/// One Newton step for the level of all appeals and γ, then k from the variance that Poisson leaves.
fn update_effects(state: &mut State, adopters: &Adopters) {
    let prefix = prefix_sums(&state.appeal);
    let (appeal, shrinkage, size) = (&state.appeal, state.shrinkage, part(adopters.len()));
    let parts: Vec<Newton> = state
        .standings
        .par_chunks_mut(size)
        .enumerate()
        .map(|(at, standings)| {
            let mut newton = Newton::default();
            for (place, standing) in (at * size..).zip(standings) {
                let adopter = adopters.get(place);
                standing.open = adopter.open_appeal(appeal, &prefix);
                newton.add(shrinkage, adopter.volume, standing);
            }
            newton
        })
        .collect();
    let (level, slope) = Newton::sum(&parts).step();
    state.gamma += slope;
    let level = level.exp();
    for appeal in &mut state.appeal {
        *appeal *= level;
    }
    let gamma = state.gamma;
    let parts: Vec<(f64, f64)> = state
        .standings
        .par_chunks_mut(size)
        .zip(adopters.volumes.par_chunks(size))
        .map(|(standings, volumes)| {
            let (mut squares, mut excess) = (0.0, 0.0);
            for (standing, volume) in standings.iter_mut().zip(volumes) {
                standing.open *= level;
                standing.weight = (gamma * volume).exp();
                let expected = standing.weight * standing.open;
                squares += expected * expected;
                excess += (standing.tried - expected).powi(2) - expected;
            }
            (squares, excess)
        })
        .collect();
    // Var T = E + E²/k, so k is the ratio of ΣE² to the variance that Poisson leaves unexplained.
    let (squares, excess) = parts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    state.shrinkage = if excess > 0.0 { (squares / excess).clamp(SHAPES.0, SHAPES.1) } else { SHAPES.1 };
}

/// Slope and curvature of the negative binomial likelihood in (log level, γ).
#[derive(Clone, Copy, Debug, Default)]
struct Newton {
    r0: f64,
    r1: f64,
    h00: f64,
    h01: f64,
    h11: f64,
}

impl Newton {
    fn add(&mut self, shape: f64, x: f64, standing: &Standing) {
        let expected = standing.weight * standing.open;
        let weight = 1.0 / (1.0 + expected / shape);
        let (residual, information) = ((standing.tried - expected) * weight, expected * weight);
        self.r0 += residual;
        self.r1 += residual * x;
        self.h00 += information;
        self.h01 += information * x;
        self.h11 += information * x * x;
    }

    fn sum(parts: &[Newton]) -> Newton {
        parts.iter().fold(Newton::default(), |sum, part| Newton {
            r0: sum.r0 + part.r0,
            r1: sum.r1 + part.r1,
            h00: sum.h00 + part.h00,
            h01: sum.h01 + part.h01,
            h11: sum.h11 + part.h11,
        })
    }

    /// How far to go, each at most 0.5.
    fn step(self) -> (f64, f64) {
        let Newton { r0, r1, h00, h01, h11 } = self;
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
}

impl Adopter<'_> {
    /// Launches tried early, of those that `counts` picks.
    pub(super) fn tries(&self, counts: impl Fn(usize) -> bool) -> f64 {
        let early = |trial: &&Trial| {
            let launch = trial.launch as usize;
            trial.deed == Deed::Early && launch < self.span.complete && counts(launch)
        };
        self.trials.iter().filter(early).count() as f64
    }

    /// Appeal of all launches the customer could have tried early.
    pub(super) fn open_appeal(&self, appeal: &[f64], prefix: &[f64]) -> f64 {
        let (mut held, mut early) = (0.0, 0.0);
        for trial in self.trials.iter().filter(|trial| (trial.launch as usize) < self.span.complete) {
            match trial.deed {
                Deed::Held => held += appeal[trial.launch as usize],
                Deed::Early => early += appeal[trial.launch as usize],
                Deed::Late => {}
            }
        }
        (prefix[self.span.complete] - prefix[self.span.start] - held).max(early)
    }
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
