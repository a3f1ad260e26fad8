//! Maximum likelihood for the purchase models.

use crate::error::{Error, Fault, Result};

use super::history::{Group, Grouped, Histories};
use super::likelihood::Evaluation;
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
    if kind == ModelKind::Nbd { over::<2>(kind, histories) } else { over::<4>(kind, histories) }
}

/// [`fit`] over the `N` parameters that `kind` has.
fn over<const N: usize>(kind: ModelKind, histories: &Histories) -> Result<Fit> {
    let grouped = Grouped::new(histories);
    let mut best = search::<N>(kind, &grouped);
    if grouped.groups.len() > ENOUGH {
        let all = |logs: &[f64; N]| on(kind, &grouped.groups, logs);
        let finished = minimise(&all, best.logs);
        best = Optimum { iterations: best.iterations + finished.iterations, ..finished };
    }
    let unfinished = || not_converged(kind, &best);
    if !best.converged {
        return Err(unfinished());
    }
    let mut information = best.evaluation.hessian;
    information.iter_mut().flatten().for_each(|part| *part *= grouped.customers);
    let own = matrix::invert(&information).ok_or_else(unfinished)?;
    if (0..N).any(|index| own[index][index].sqrt() > UNIDENTIFIED) {
        return Err(unfinished());
    }
    // What a model has no parameter for is known to be nothing.
    let mut covariance = [[0.0; 4]; 4];
    for (wide, narrow) in covariance.iter_mut().zip(&own) {
        wide[..N].copy_from_slice(narrow);
    }
    let mut params = widened(&best.logs);
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
        repeaters: histories.repeaters(),
        groups: grouped.groups.len(),
        iterations: best.iterations,
        covariance,
    })
}

/// Parameters in four places, 0 where the model has none.
fn widened<const N: usize>(logs: &[f64; N]) -> [f64; 4] {
    std::array::from_fn(|index| logs.get(index).map_or(0.0, |log| log.exp()))
}

/// −ln L / n by the logarithms of the parameters.
fn on<const N: usize>(kind: ModelKind, groups: &[Group], logs: &[f64; N]) -> Evaluation<N> {
    let params = widened(logs);
    let wide = negative_mean(kind, groups, params).by_logarithms(&params);
    Evaluation {
        value: wide.value,
        gradient: std::array::from_fn(|index| wide.gradient[index]),
        hessian: std::array::from_fn(|row| std::array::from_fn(|column| wide.hessian[row][column])),
    }
}

/// The best of several starts, on a sample if there are many groups.
fn search<const N: usize>(kind: ModelKind, grouped: &Grouped) -> Optimum<N> {
    let step = if grouped.groups.len() > ENOUGH { grouped.groups.len() / SAMPLE } else { 1 };
    let sample: Vec<Group> = grouped.groups.iter().skip(step / 2).step_by(step).copied().collect();
    let function = |logs: &[f64; N]| on(kind, &sample, logs);
    // Purchases per mean T: the rate r / α should start near it.
    let rate = (grouped.purchases / grouped.customers).max(1e-6);
    let mut best: Option<Optimum<N>> = None;
    for [r, first, second] in starts(kind) {
        let start = [r, r / (1.5 * rate), first, second].map(|part| f64::ln(part).clamp(-15.0, 15.0));
        let found = minimise(&function, std::array::from_fn(|index| start[index]));
        let better = best.as_ref().is_none_or(|best| {
            (found.converged, -found.evaluation.value) > (best.converged, -best.evaluation.value)
        });
        if better {
            best = Some(found);
        }
    }
    best.unwrap_or_else(|| minimise(&function, [0.0; N]))
}

/// r and the two parameters of leaving; times in units of the mean T.
const fn starts(kind: ModelKind) -> [[f64; 3]; 3] {
    match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd | ModelKind::Nbd => {
            [[0.5, 0.7, 2.0], [1.0, 0.3, 3.0], [2.0, 2.0, 4.0]]
        }
        ModelKind::ParetoNbd => [[0.5, 0.6, 0.4], [1.0, 1.5, 2.0], [2.0, 0.5, 1.0]],
    }
}

/// Says which parameter left the plausible, and what to do.
fn not_converged<const N: usize>(kind: ModelKind, best: &Optimum<N>) -> Error {
    let names = kind.param_names();
    let runaway = (0..N).filter(|&index| best.logs[index].abs() > FAR).map(|index| {
        let to = if best.logs[index] > 0.0 { "infinity" } else { "0" };
        format!("{} runs to {to}", names[index])
    });
    let runaway: Vec<String> = runaway.collect();
    let ending = if runaway.is_empty() { String::new() } else { format!(": {}", runaway.join(", ")) };
    let cause = format!("the fit of {kind} did not converge within {} iterations{ending}", best.iterations);
    // r and α stay where they are while the chance a / (a + b) or the rate s / β of leaving shrinks.
    let nobody_leaves =
        N == 4 && best.logs[..2].iter().all(|log| log.abs() < FAR) && best.logs[2] - best.logs[3] < NOBODY;
    let hint = if nobody_leaves {
        "the history shows nobody leaving: use the model nbd, in which nobody does, or give a longer history"
    } else {
        "the history does not show who leaves or how customers differ: give a longer history or more \
         customers, or try another model (mbg-nbd, bg-nbd, pareto-nbd, nbd)"
    };
    Fault::new(352, cause).hint(hint).into()
}

/// Beyond exp(±9) times the unit of the scaled data a parameter is on its way out.
const FAR: f64 = 9.0;
/// ln of the chance or rate of leaving within a history under which nobody is seen to leave.
const NOBODY: f64 = -4.0;
