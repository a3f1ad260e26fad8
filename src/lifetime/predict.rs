//! What is expected of every customer within a horizon, with intervals.
//!
//! Intervals are by the delta method on the logarithm: the variance of ln E is gᵀ Σ g, with g its
//! derivatives by the logarithms of the parameters and Σ their covariance (observed information),
//! purchase and spend parameters being fitted apart. They say how well the *expectation* is known.
//! What chance adds for a single customer is told beside them as a standard deviation.

use rayon::prelude::*;

use crate::error::{Fault, Result};

use super::fit::Fit;
use super::gamma_gamma::{Spend, SpendFit};
use super::history::{Group, Histories};
use super::matrix;
use super::outlook::Outlook;
use super::params::LifetimeValidParams;
use super::special::GAUSS_8;

/// An expectation and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The expectation.
    pub expected: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What is expected of one customer within the horizon.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    /// Chance of being a customer still, 0–1.
    pub p_alive: f64,
    /// Purchases (days with a purchase).
    pub purchases: Estimate,
    /// Standard deviation of the purchases to come, parameters being as they are.
    pub purchases_deviation: f64,
    /// What its spend brings; none without spend in the input.
    pub spend: Option<SpendPrediction>,
    /// Derivatives of ln E[purchases] by the logarithms of the purchase parameters.
    pub(super) purchase_gradient: [f64; 4],
}

/// The money side of a prediction, currency units.
#[derive(Clone, Copy, Debug)]
pub struct SpendPrediction {
    /// Mean spend of a purchase.
    pub mean: f64,
    /// Purchases times spend within the horizon.
    pub value: Estimate,
    /// Standard deviation of the value to come, parameters being as they are; infinite if the
    /// spend model's q leaves it undefined.
    pub deviation: f64,
    /// The value discounted to the end of the history.
    pub discounted: f64,
    /// Derivatives of ln E[mean] by the logarithms of the spend parameters.
    pub(super) gradient: [f64; 3],
}

/// Predicts every customer.
///
/// * `spends`: one per customer if `spend` is given, none for those without a repeat purchase.
///
/// Equal histories are worked out once. The discounted value is ∫ e^−δs dE(s), δ the force of
/// interest per period, by 8-point quadrature after partial integration: purchases are discounted
/// from the moment they are expected at.
///
/// # Errors
/// E355 if the horizon is so long beside the history that an expectation cannot be summed.
pub fn predict(
    fit: &Fit,
    spend: Option<&SpendFit>,
    histories: &Histories,
    spends: &[Option<Spend>],
    params: &LifetimeValidParams,
) -> Result<Vec<Prediction>> {
    let rows = histories.rows();
    let time = params.horizon().counted_in(fit.model.period());
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.par_sort_unstable_by(|left, right| {
        let (left, right) = (&rows[*left as usize], &rows[*right as usize]);
        left.x.cmp(&right.x).then(left.t_x.total_cmp(&right.t_x)).then(left.total.total_cmp(&right.total))
    });
    let runs: Vec<&[u32]> =
        order.chunk_by(|left, right| rows[*left as usize] == rows[*right as usize]).collect();
    let outlooks: Vec<(Outlook, f64)> = runs
        .par_iter()
        .map(|run| {
            let group = rows[run[0] as usize].group();
            let outlook = fit.model.outlook(&group, time);
            (outlook, discount_share(fit, &group, time, params))
        })
        .collect();
    if outlooks.iter().any(|(outlook, share)| !(outlook.expected.is_finite() && share.is_finite())) {
        let cause = format!("the purchases expected within {} cannot be summed", params.horizon());
        return Err(Fault::new(355, cause).hint("choose a shorter horizon").into());
    }
    let mut run_of = vec![0_u32; rows.len()];
    for (place, run) in runs.iter().enumerate() {
        run.iter().for_each(|customer| run_of[*customer as usize] = place as u32);
    }
    let predict_one = |customer: usize| {
        let (outlook, share) = &outlooks[run_of[customer] as usize];
        let spend = spend.map(|fit| (fit, spends.get(customer).copied().flatten()));
        one(fit, outlook, *share, spend, params.deviations())
    };
    Ok((0..rows.len()).into_par_iter().map(predict_one).collect())
}

fn one(
    fit: &Fit,
    outlook: &Outlook,
    share: f64,
    spend: Option<(&SpendFit, Option<Spend>)>,
    deviations: f64,
) -> Prediction {
    let purchase_variance = matrix::quadratic(&fit.covariance, &outlook.log_gradient).max(0.0);
    let chance = (outlook.square - outlook.expected * outlook.expected).max(0.0);
    let money = spend.map(|(model, own)| {
        let mean = model.outlook(own);
        let expected = outlook.expected * mean.mean;
        let variance = purchase_variance + matrix::quadratic(&model.covariance, &mean.gradient).max(0.0);
        // Var(Σ zᵢ) = E[Y]·E[Var z] + E[Y²]·E[M²] − (E[Y]·E[M])², purchases and spend independent.
        let spread = outlook.expected * mean.within + outlook.square * mean.square - expected * expected;
        SpendPrediction {
            mean: mean.mean,
            value: Estimate::on_logarithm(expected, variance, deviations),
            deviation: spread.max(0.0).sqrt(),
            discounted: expected * share,
            gradient: mean.gradient,
        }
    });
    Prediction {
        p_alive: outlook.p_alive,
        purchases: Estimate::on_logarithm(outlook.expected, purchase_variance, deviations),
        purchases_deviation: chance.sqrt(),
        spend: money,
        purchase_gradient: outlook.log_gradient,
    }
}

impl Estimate {
    fn on_logarithm(expected: f64, variance: f64, deviations: f64) -> Self {
        let factor = (deviations * variance.sqrt()).exp();
        Estimate { expected, low: expected / factor, high: expected * factor }
    }
}

/// Discounted over plain purchases within `time`.
fn discount_share(fit: &Fit, group: &Group, time: f64, params: &LifetimeValidParams) -> f64 {
    let force = params.discount_force() * fit.model.period().days() / params.period().days();
    let total = fit.model.expected_alive(group, time);
    if force <= 0.0 || total <= 0.0 {
        return if total.is_nan() { total } else { 1.0 };
    }
    let half = time / 2.0;
    let mut integral = 0.0;
    for (node, weight) in GAUSS_8 {
        for place in [half - half * node, half + half * node] {
            integral += weight * half * (-force * place).exp() * fit.model.expected_alive(group, place);
        }
    }
    (-force * time).exp() + force * integral / total
}
