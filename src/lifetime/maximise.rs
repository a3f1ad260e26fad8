//! Maximum likelihood by a trust-region Newton method (argmin), from several starts.

use std::cell::RefCell;

use argmin::core::{
    CostFunction, Error as ArgminError, Executor, Gradient, Hessian, IterState, KV, Problem, Solver, State,
    TerminationReason, TerminationStatus,
};
use argmin::solver::trustregion::{TrustRegion, TrustRegionRadius};

use super::likelihood::Evaluation;
use super::matrix::{self, Matrix};

/// Where a search ended.
#[derive(Clone, Debug)]
pub(super) struct Optimum<const N: usize> {
    /// Logarithms of the parameters.
    pub logs: [f64; N],
    /// The negative mean log-likelihood there, by the logarithms.
    pub evaluation: Evaluation<N>,
    /// Iterations of the search.
    pub iterations: u64,
    /// True if the gradient is practically zero in a bowl.
    pub converged: bool,
}

/// Beyond exp(±18) times the unit of the scaled data a parameter has run away.
const FARTHEST: f64 = 18.0;
/// Newton's decrement at which another step would not move any parameter visibly: the mean
/// log-likelihood is then within half of this of its maximum.
const DECREMENT: f64 = 1e-13;
/// A standard error of a logarithm beyond which the data say nothing of the parameter: it could as
/// well be e¹⁰ times as large.
pub(super) const UNIDENTIFIED: f64 = 10.0;
const MOST_ITERATIONS: u64 = 150;

type Params = Vec<f64>;
type Square = Vec<Vec<f64>>;
type Searching = IterState<Params, Params, (), Square, (), f64>;

/// The function to be minimised; remembers the last point, since argmin asks for cost, gradient
/// and Hessian one after the other.
struct Objective<'a, const N: usize> {
    function: &'a dyn Fn(&[f64; N]) -> Evaluation<N>,
    last: RefCell<Option<([f64; N], Evaluation<N>)>>,
}

impl<const N: usize> Objective<'_, N> {
    fn at(&self, logs: &[f64]) -> Evaluation<N> {
        let mut point = [0.0; N];
        for (slot, part) in point.iter_mut().zip(logs) {
            *slot = *part;
        }
        if let Some((known, evaluation)) = *self.last.borrow()
            && known.iter().zip(&point).all(|(left, right)| left.to_bits() == right.to_bits())
        {
            return evaluation;
        }
        let evaluation = if point.iter().all(|part| part.abs() <= FARTHEST) {
            (self.function)(&point)
        } else {
            Evaluation { value: f64::INFINITY, ..Evaluation::default() }
        };
        *self.last.borrow_mut() = Some((point, evaluation));
        evaluation
    }
}

impl<const N: usize> CostFunction for Objective<'_, N> {
    type Param = Params;
    type Output = f64;

    fn cost(&self, logs: &Params) -> Result<f64, ArgminError> {
        let evaluation = self.at(logs);
        Ok(if evaluation.is_finite() { evaluation.value } else { f64::MAX })
    }
}

impl<const N: usize> Gradient for Objective<'_, N> {
    type Param = Params;
    type Gradient = Params;

    fn gradient(&self, logs: &Params) -> Result<Params, ArgminError> {
        Ok(self.at(logs).gradient.to_vec())
    }
}

impl<const N: usize> Hessian for Objective<'_, N> {
    type Param = Params;
    type Hessian = Square;

    fn hessian(&self, logs: &Params) -> Result<Square, ArgminError> {
        Ok(self.at(logs).hessian.iter().map(|row| row.to_vec()).collect())
    }
}

/// Solves the trust-region subproblem exactly by shifting the Hessian.
///
/// argmin's own (Steihaug) stops the program when a direction of zero curvature meets the border,
/// which a likelihood with a ridge produces; with four parameters the exact solution is as cheap.
#[derive(Clone)]
struct ExactStep<const N: usize> {
    radius: f64,
}

impl<const N: usize> TrustRegionRadius<f64> for ExactStep<N> {
    fn set_radius(&mut self, radius: f64) {
        self.radius = radius;
    }
}

impl<O, const N: usize> Solver<O, Searching> for ExactStep<N> {
    fn name(&self) -> &'static str {
        "exact step"
    }

    fn next_iter(
        &mut self,
        _problem: &mut Problem<O>,
        mut state: Searching,
    ) -> Result<(Searching, Option<KV>), ArgminError> {
        let missing = || ArgminError::msg("the step needs a gradient and a Hessian");
        let gradient: [f64; N] =
            state.take_gradient().and_then(|gradient| gradient.try_into().ok()).ok_or_else(missing)?;
        let rows = state.take_hessian().ok_or_else(missing)?;
        let mut hessian = [[0.0; N]; N];
        for (slot, row) in hessian.iter_mut().zip(rows) {
            *slot = row.try_into().map_err(|_| missing())?;
        }
        let step = bounded_step(&gradient, &hessian, self.radius);
        Ok((state.param(step.to_vec()).terminate_with(TerminationReason::SolverConverged), None))
    }
}

/// The minimiser of gᵀp + ½ pᵀHp over ‖p‖ ≤ radius, by bisection on the shift λ of H + λI.
fn bounded_step<const N: usize>(gradient: &[f64; N], hessian: &Matrix<N>, radius: f64) -> [f64; N] {
    let downhill = gradient.map(|part| -part);
    let step = |shift: f64| {
        let mut shifted = *hessian;
        for (index, row) in shifted.iter_mut().enumerate() {
            row[index] += shift;
        }
        let step = matrix::solve(&matrix::factor(&shifted)?, &downhill);
        (matrix::dot(&step, &step).sqrt() <= radius).then_some(step)
    };
    if let Some(newton) = step(0.0) {
        return newton;
    }
    let size = hessian.iter().flatten().fold(1e-12_f64, |size, part| size.max(part.abs()));
    let (mut low, mut high) = (0.0, size);
    let mut best = [0.0; N];
    for _ in 0..100 {
        if let Some(found) = step(high) {
            best = found;
            break;
        }
        (low, high) = (high, high * 4.0);
    }
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        match step(middle) {
            Some(found) => (best, high) = (found, middle),
            None => low = middle,
        }
    }
    best
}

/// argmin's trust region, stopped when Newton's decrement is negligible.
struct UntilFlat<const N: usize>(TrustRegion<ExactStep<N>, f64>);

impl<const N: usize> Solver<Objective<'_, N>, Searching> for UntilFlat<N> {
    fn name(&self) -> &'static str {
        "trust region"
    }

    fn init(
        &mut self,
        problem: &mut Problem<Objective<'_, N>>,
        state: Searching,
    ) -> Result<(Searching, Option<KV>), ArgminError> {
        self.0.init(problem, state)
    }

    fn next_iter(
        &mut self,
        problem: &mut Problem<Objective<'_, N>>,
        state: Searching,
    ) -> Result<(Searching, Option<KV>), ArgminError> {
        self.0.next_iter(problem, state)
    }

    fn terminate(&mut self, state: &Searching) -> TerminationStatus {
        let gradient = state.get_gradient().and_then(|gradient| <[f64; N]>::try_from(gradient.clone()).ok());
        let rows = state.get_hessian();
        if let (Some(gradient), Some(rows)) = (gradient, rows) {
            let mut hessian = [[0.0; N]; N];
            for (slot, row) in hessian.iter_mut().zip(rows) {
                for (part, value) in slot.iter_mut().zip(row) {
                    *part = *value;
                }
            }
            if decrement(&gradient, &hessian).is_some_and(|decrement| decrement < DECREMENT) {
                return TerminationStatus::Terminated(TerminationReason::SolverConverged);
            }
        }
        TerminationStatus::NotTerminated
    }
}

/// gᵀH⁻¹g: twice what a Newton step would still gain; none unless H is positive definite.
fn decrement<const N: usize>(gradient: &[f64; N], hessian: &Matrix<N>) -> Option<f64> {
    let lower = matrix::factor(hessian)?;
    Some(matrix::dot(gradient, &matrix::solve(&lower, gradient)))
}

/// Minimises `function` of the logarithms of `N` parameters from one start.
pub(super) fn minimise<const N: usize>(
    function: &dyn Fn(&[f64; N]) -> Evaluation<N>,
    start: [f64; N],
) -> Optimum<N> {
    let objective = Objective { function, last: RefCell::new(None) };
    let initial = objective.at(&start);
    let mut found = Optimum { logs: start, evaluation: initial, iterations: 0, converged: false };
    if !initial.is_finite() {
        return found;
    }
    let Ok(region) = TrustRegion::new(ExactStep { radius: 1.0 }).with_max_radius(2.0) else { return found };
    let searched = Executor::new(objective, UntilFlat(region))
        .configure(|state| state.param(start.to_vec()).max_iters(MOST_ITERATIONS))
        .timer(false)
        .run();
    if let Ok(result) = searched {
        found.iterations = result.state.get_iter();
        if let Some(logs) = result.state.get_param().and_then(|logs| <[f64; N]>::try_from(logs.clone()).ok())
        {
            found.logs = logs;
            found.evaluation = function(&logs);
        }
    }
    polish(function, &mut found);
    found
}

/// Plain Newton steps at the end, where the function is too flat for its values to tell better
/// from worse but the gradient still can.
fn polish<const N: usize>(function: &dyn Fn(&[f64; N]) -> Evaluation<N>, found: &mut Optimum<N>) {
    for _ in 0..3 {
        let Some(now) = decrement(&found.evaluation.gradient, &found.evaluation.hessian) else { return };
        found.converged = now < 1e-9;
        if now < DECREMENT {
            return;
        }
        let Some(lower) = matrix::factor(&found.evaluation.hessian) else { return };
        let step = matrix::solve(&lower, &found.evaluation.gradient);
        let mut logs = found.logs;
        for (log, part) in logs.iter_mut().zip(step) {
            *log -= part;
        }
        if logs.iter().any(|log| log.abs() > FARTHEST) {
            return;
        }
        let next = function(&logs);
        let better = decrement(&next.gradient, &next.hessian).is_some_and(|after| after < now);
        if !next.is_finite() || !better {
            return;
        }
        (found.logs, found.evaluation) = (logs, next);
        found.iterations += 1;
    }
    found.converged =
        decrement(&found.evaluation.gradient, &found.evaluation.hessian).is_some_and(|last| last < 1e-9);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley by logarithms, with its minimum at (0, 0).
    fn valley(logs: &[f64; 2]) -> Evaluation<2> {
        let (x, y) = (logs[0] + 1.0, logs[1] + 1.0);
        let rest = y - x * x;
        Evaluation {
            value: (1.0 - x).powi(2) + 100.0 * rest * rest,
            gradient: [-2.0 * (1.0 - x) - 400.0 * x * rest, 200.0 * rest],
            hessian: [[2.0 - 400.0 * rest + 800.0 * x * x, -400.0 * x], [-400.0 * x, 200.0]],
        }
    }

    #[test]
    fn the_search_finds_the_end_of_a_bent_valley() {
        let found = minimise(&valley, [-2.2, 0.0]);
        assert!(found.converged);
        assert!(found.logs.iter().all(|log| log.abs() < 1e-7), "{found:?}");
    }

    #[test]
    fn a_slope_without_a_bottom_does_not_converge() {
        let slope = |logs: &[f64; 2]| Evaluation {
            value: -logs[0] + logs[1] * logs[1],
            gradient: [-1.0, 2.0 * logs[1]],
            hessian: [[0.0, 0.0], [0.0, 2.0]],
        };
        let found = minimise(&slope, [0.0, 1.0]);
        assert!(!found.converged);
        assert!(found.logs[0] > 10.0, "it ran as far as it may: {found:?}");
    }

    #[test]
    fn an_undefined_start_is_given_back() {
        let nowhere = |_: &[f64; 2]| Evaluation { value: f64::NAN, ..Evaluation::default() };
        assert!(!minimise(&nowhere, [0.0, 0.0]).converged);
    }
}
