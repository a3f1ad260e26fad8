//! Maximum likelihood for the purchase models.

use crate::error::{Fault, Result};

use super::history::{Group, Grouped, Histories};
use super::matrix::{self, Matrix};
use super::maximise::{Optimum, UNIDENTIFIED, minimise};
use super::model::{ModelKind, PurchaseModel, negative_mean};

/// A fitted purchase model.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The model at the maximum.
    pub model: PurchaseModel,
    /// Standard errors, in the order of the parameters, by the observed information.
    pub standard_errors: [f64; 4],
    /// ln L, times in the model's period.
    pub log_likelihood: f64,
    /// Customers the fit is on.
    pub customers: usize,
    /// Those with a repeat purchase.
    pub repeaters: usize,
    /// Distinct histories among them.
    pub groups: usize,
    /// Iterations of the best search, the one from the sample included.
    pub iterations: u64,
    /// Covariance of the logarithms of the parameters.
    pub(super) covariance: Matrix<4>,
}

/// More groups than this are first fitted on a systematic sample of [`SAMPLE`].
const ENOUGH: usize = 20_000;
const SAMPLE: usize = 4_000;

/// Fits `kind` to histories by maximum likelihood.
///
/// Equal histories are grouped, times are divided by their mean, parameters are searched by their
/// logarithms from several starts with a trust-region Newton method. With many distinct histories
/// the starts are tried on a systematic sample and the best of them is finished on all.
///
/// # Errors
/// E351 if nobody bought twice or nothing was observed, E352 if no start converges.
pub fn fit(kind: ModelKind, histories: &Histories) -> Result<Fit> {
    let repeaters = histories.repeaters();
    if repeaters < 2 || histories.rows().iter().all(|row| row.total <= 0.0) {
        let cause = format!("{repeaters} of {} customers bought more than once", histories.len());
        return Err(Fault::new(351, cause)
            .hint("a purchase model learns from repeat purchases: give a longer history or more customers")
            .into());
    }
    let grouped = Grouped::new(histories);
    let mut best = search(kind, &grouped);
    if grouped.groups.len() > ENOUGH {
        let all = |logs: &[f64; 4]| on(kind, &grouped.groups, logs);
        let finished = minimise(&all, best.logs);
        best = Optimum { iterations: best.iterations + finished.iterations, ..finished };
    }
    let unfinished = || not_converged(kind, &best);
    if !best.converged {
        return Err(unfinished());
    }
    let mut information = best.evaluation.hessian;
    information.iter_mut().flatten().for_each(|part| *part *= grouped.customers);
    let covariance = matrix::invert(&information).ok_or_else(unfinished)?;
    if (0..4).any(|index| covariance[index][index].sqrt() > UNIDENTIFIED) {
        return Err(unfinished());
    }
    let mut params = best.logs.map(f64::exp);
    for (param, is_time) in params.iter_mut().zip(kind.is_time()) {
        if is_time {
            *param *= grouped.scale;
        }
    }
    Ok(Fit {
        model: PurchaseModel::new(kind, histories.period(), params)?,
        standard_errors: std::array::from_fn(|index| params[index] * covariance[index][index].sqrt()),
        log_likelihood: -best.evaluation.value * grouped.customers - grouped.purchases * grouped.scale.ln(),
        customers: histories.len(),
        repeaters,
        groups: grouped.groups.len(),
        iterations: best.iterations,
        covariance,
    })
}

/// −ln L / n by the logarithms of the parameters.
fn on(kind: ModelKind, groups: &[Group], logs: &[f64; 4]) -> super::likelihood::Evaluation<4> {
    let params = logs.map(f64::exp);
    negative_mean(kind, groups, params).by_logarithms(&params)
}

/// The best of several starts, on a sample if there are many groups.
fn search(kind: ModelKind, grouped: &Grouped) -> Optimum<4> {
    let step = if grouped.groups.len() > ENOUGH { grouped.groups.len() / SAMPLE } else { 1 };
    let sample: Vec<Group> = grouped.groups.iter().skip(step / 2).step_by(step).copied().collect();
    let function = |logs: &[f64; 4]| on(kind, &sample, logs);
    // Purchases per mean T: the rate r / α should start near it.
    let rate = (grouped.purchases / grouped.customers).max(1e-6);
    let mut best: Option<Optimum<4>> = None;
    for [r, first, second] in starts(kind) {
        let start = [r, r / (1.5 * rate), first, second].map(|part| f64::ln(part).clamp(-15.0, 15.0));
        let found = minimise(&function, start);
        let better = best.as_ref().is_none_or(|best| {
            (found.converged, -found.evaluation.value) > (best.converged, -best.evaluation.value)
        });
        if better {
            best = Some(found);
        }
    }
    best.unwrap_or_else(|| minimise(&function, [0.0; 4]))
}

/// r and the two parameters of leaving; times in units of the mean T.
const fn starts(kind: ModelKind) -> [[f64; 3]; 3] {
    match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => [[0.5, 0.7, 2.0], [1.0, 0.3, 3.0], [2.0, 2.0, 4.0]],
        ModelKind::ParetoNbd => [[0.5, 0.6, 0.4], [1.0, 1.5, 2.0], [2.0, 0.5, 1.0]],
    }
}

/// Says which parameter left the plausible, and what to do.
fn not_converged(kind: ModelKind, best: &Optimum<4>) -> crate::error::Error {
    let names = kind.param_names();
    let runaway = (0..4).find(|&index| best.logs[index].abs() > 9.0).map(|index| {
        let to = if best.logs[index] > 0.0 { "infinity" } else { "0" };
        format!(": {} runs to {to}", names[index])
    });
    let cause = format!(
        "the fit of {kind} did not converge within {} iterations{}",
        best.iterations,
        runaway.unwrap_or_default()
    );
    Fault::new(352, cause)
        .hint(
            "the history does not show who leaves or how customers differ: give a longer history or more \
             customers, or try another model (mbg-nbd, bg-nbd, pareto-nbd)",
        )
        .into()
}
