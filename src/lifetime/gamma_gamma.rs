//! Gamma-Gamma: what a customer spends at a purchase.
//!
//! Assumptions: a customer's purchases vary around its own mean like Gamma(p, ν) (shape p, rate ν);
//! ν varies over customers like Gamma(q, v) (the papers write γ for v); spend is independent of how
//! often and how long a customer buys. With z̄ the mean of its x repeat purchases:
//!
//! ```text
//! ln L = ln Γ(px+q) − ln Γ(px) − ln Γ(q) − ln z̄ + q ln v + px ln(x z̄) − (px+q) ln(v + x z̄)
//! E[M | x, z̄] = p (v + x z̄) / (px + q − 1)
//! ```
//!
//! The population mean pv / (q − 1) exists only for q > 1; other programs give negative values
//! beyond that, this one refuses (E353). Customers without a repeat purchase get the population mean.
//!
//! # References
//! Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value (brucehardie.com/notes/025),
//! eq. (1a) and (5); Colombo & Jiang (1999), Journal of Interactive Marketing 13(3), 2–12.

use crate::error::{Error, Fault, Result};

use super::likelihood::Evaluation;
use super::matrix::{self, Matrix};
use super::maximise::{Optimum, UNIDENTIFIED, minimise};
use super::special::{Smooth, ln_gamma_smooth};

/// Repeat purchases of one customer and their mean spend, in currency units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Repeat purchases the mean is over, at least 1.
    pub x: u32,
    /// z̄ > 0: mean spend of a repeat purchase.
    pub mean: f64,
}

/// The spend model with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpendModel {
    /// p > 0: shape of one customer's purchases.
    pub p: f64,
    /// q > 1: shape of the spread over customers.
    pub q: f64,
    /// v > 0: scale of the spread over customers, in currency units.
    pub v: f64,
}

/// A fitted spend model.
#[derive(Clone, Debug)]
pub struct SpendFit {
    /// The model at the maximum.
    pub model: SpendModel,
    /// Standard errors of p, q, v, by the observed information.
    pub standard_errors: [f64; 3],
    /// ln L, in the unit of the input.
    pub log_likelihood: f64,
    /// Customers the fit is on.
    pub repeaters: usize,
    /// Covariance of ln p, ln q, ln v.
    pub(super) covariance: Matrix<3>,
}

/// What the spend model expects of one customer.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpendOutlook {
    /// E[M], currency units a purchase.
    pub mean: f64,
    /// E[M²]; infinite if the data leave it undefined.
    pub square: f64,
    /// Variance of one purchase around the customer's own mean, E[p / ν²].
    pub within: f64,
    /// Derivatives of ln E[M] by the logarithms of p, q, v.
    pub gradient: [f64; 3],
}

impl SpendModel {
    /// ln of the density of a customer's mean spend.
    pub fn ln_likelihood(&self, spend: Spend) -> f64 {
        let (params, x) = ([self.p, self.q, self.v], f64::from(spend.x));
        evaluate(params, &shapes(params, x), x, spend.mean).value
    }

    /// Expected mean spend of a customer, in currency units; `None` is one without a repeat.
    pub fn expected_mean(&self, spend: Option<Spend>) -> f64 {
        let (spent, shape) = self.after(spend);
        self.p * (self.v + spent) / (shape - 1.0)
    }

    /// x z̄ and px + q.
    fn after(&self, spend: Option<Spend>) -> (f64, f64) {
        let (x, mean) = spend.map_or((0.0, 0.0), |spend| (f64::from(spend.x), spend.mean));
        (x * mean, self.p * x + self.q)
    }
}

impl SpendFit {
    pub(super) fn outlook(&self, spend: Option<Spend>) -> SpendOutlook {
        let SpendModel { p, q, v } = self.model;
        let (spent, shape) = self.model.after(spend);
        let mean = self.model.expected_mean(spend);
        // E[ν⁻²] = (v + x z̄)² / ((px+q−1)(px+q−2)), so E[M²] = E[M]² (px+q−1) / (px+q−2).
        let square = if shape > 2.0 { mean * mean * (shape - 1.0) / (shape - 2.0) } else { f64::INFINITY };
        let gradient = [1.0 - (shape - q) / (shape - 1.0), -q / (shape - 1.0), v / (v + spent)];
        SpendOutlook { mean, square, within: square / p, gradient }
    }
}

/// Fits p, q, v by maximum likelihood.
///
/// * `spends`: one per customer with at least one repeat purchase of positive mean; order is irrelevant.
///
/// # Errors
/// E351 for fewer than three customers, E354 for a spend that is not positive, E352 if the search
/// does not converge, E353 if q ≤ 1.
pub fn fit_spend(spends: &[Spend]) -> Result<SpendFit> {
    if spends.len() < 3 {
        let cause = format!(
            "the spend model needs repeat purchases that brought more than 0, and has {} customers with any",
            spends.len()
        );
        return Err(Fault::new(351, cause)
            .hint("check the sign of the amounts; give it at least three such customers, better a hundred")
            .into());
    }
    if let Some(bad) =
        spends.iter().find(|spend| spend.x == 0 || !(spend.mean > 0.0 && spend.mean.is_finite()))
    {
        let cause = format!("a mean spend of {} over {} repeat purchases cannot be", bad.mean, bad.x);
        return Err(Fault::new(354, cause)
            .hint("leave out customers whose repeat purchases brought nothing; the model knows positive spend only")
            .into());
    }
    let mut sorted = spends.to_vec();
    sorted.sort_by(|left, right| left.x.cmp(&right.x).then(left.mean.total_cmp(&right.mean)));
    let scale = sorted.iter().map(|spend| spend.mean).sum::<f64>() / sorted.len() as f64;
    let likelihood = |logs: &[f64; 3]| negative_mean(&sorted, scale, logs.map(f64::exp));
    let starts = [[6.0, 4.0, 3.0], [1.0, 2.0, 1.0], [20.0, 10.0, 9.0]];
    let mut best: Option<Optimum<3>> = None;
    for start in starts {
        let found = minimise(&likelihood, start.map(f64::ln));
        let better = best.as_ref().is_none_or(|best| {
            (found.converged, -found.evaluation.value) > (best.converged, -best.evaluation.value)
        });
        if better {
            best = Some(found);
        }
    }
    finish(&best.filter(|best| best.converged).ok_or_else(not_converged)?, scale, sorted.len())
}

fn finish(best: &Optimum<3>, scale: f64, customers: usize) -> Result<SpendFit> {
    let mut information = best.evaluation.hessian;
    information.iter_mut().flatten().for_each(|part| *part *= customers as f64);
    let covariance = matrix::invert(&information).ok_or_else(not_converged)?;
    let [p, q, v] = best.logs.map(f64::exp);
    if q <= 1.0 {
        let cause = format!("the spend model gives q = {q:.3}, and for q ≤ 1 a mean spend does not exist");
        return Err(Fault::new(353, cause)
            .hint("a few customers spend without measure: look at the largest mean spends, cut errors, or value them apart")
            .into());
    }
    let deviations: [f64; 3] = std::array::from_fn(|index| covariance[index][index].sqrt());
    if deviations.iter().any(|deviation| *deviation > UNIDENTIFIED) {
        return Err(not_converged());
    }
    let standard_errors = [p * deviations[0], q * deviations[1], v * scale * deviations[2]];
    Ok(SpendFit {
        model: SpendModel { p, q, v: v * scale },
        standard_errors,
        log_likelihood: -(best.evaluation.value + scale.ln()) * customers as f64,
        repeaters: customers,
        covariance,
    })
}

fn not_converged() -> Error {
    Fault::new(352, "the fit of the spend model did not converge: spend does not vary as it assumes")
        .hint(
            "look at the largest and smallest mean spends; if all customers spend the same at every purchase, \
             multiply expected purchases by that amount instead",
        )
        .into()
}

/// −ln L / n by the logarithms of p, q, v, spends divided by `scale`.
fn negative_mean(spends: &[Spend], scale: f64, params: [f64; 3]) -> Evaluation<3> {
    use rayon::prelude::*;
    let pieces: Vec<Evaluation<3>> = spends
        .par_chunks(4096)
        .map(|piece| {
            let mut sum = Evaluation::default();
            for run in piece.chunk_by(|left, right| left.x == right.x) {
                let x = f64::from(run[0].x);
                let shapes = shapes(params, x);
                for spend in run {
                    sum.add(&evaluate(params, &shapes, x, spend.mean / scale), 1.0);
                }
            }
            sum
        })
        .collect();
    let mut mean = Evaluation::default();
    for piece in &pieces {
        mean.add(piece, -1.0 / spends.len() as f64);
    }
    mean.by_logarithms(&params)
}

/// ln Γ of px + q, px and q.
fn shapes([p, q, _]: [f64; 3], x: f64) -> [Smooth; 3] {
    [p * x + q, p * x, q].map(ln_gamma_smooth)
}

/// ln L of one customer and its derivatives by p, q, v.
fn evaluate([p, q, v]: [f64; 3], [both, own, all]: &[Smooth; 3], x: f64, mean: f64) -> Evaluation<3> {
    let (spent, sum) = (x * mean, v + x * mean);
    let (shape, log_sum) = (p * x + q, sum.ln());
    let value =
        both.value - own.value - all.value - mean.ln() + q * v.ln() + p * x * spent.ln() - shape * log_sum;
    let gradient = [
        x * (both.first - own.first + spent.ln() - log_sum),
        both.first - all.first + v.ln() - log_sum,
        q / v - shape / sum,
    ];
    let (pq, pv, qv) = (x * both.second, -x / sum, 1.0 / v - 1.0 / sum);
    let hessian = [
        [x * x * (both.second - own.second), pq, pv],
        [pq, both.second - all.second, qv],
        [pv, qv, shape / (sum * sum) - q / (v * v)],
    ];
    Evaluation { value, gradient, hessian }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        let spends = [(1, 10.0), (3, 25.0), (12, 4.0)].map(|(x, mean)| Spend { x, mean });
        let at = |logs: [f64; 3]| negative_mean(&spends, 1.0, logs.map(f64::exp));
        let point = [1.5, 1.2, 2.5];
        let here = at(point);
        for index in 0..3 {
            let shifted = |step: f64| {
                let mut logs = point;
                logs[index] += step;
                at(logs)
            };
            let (up, down) = (shifted(1e-5), shifted(-1e-5));
            assert!(((up.value - down.value) / 2e-5 - here.gradient[index]).abs() < 1e-8);
            for other in 0..3 {
                let bend = (up.gradient[other] - down.gradient[other]) / 2e-5;
                assert!((bend - here.hessian[index][other]).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn no_spread_and_no_customers_are_told() {
        assert!(fit_spend(&[]).unwrap_err().has_code(351));
        assert!(fit_spend(&[Spend { x: 2, mean: 5.0 }; 50]).unwrap_err().has_code(352));
        assert!(fit_spend(&[Spend { x: 1, mean: 0.0 }; 50]).unwrap_err().has_code(354));
    }
}
