//! NBD: purchases of customers who never leave.
//!
//! Assumptions: a customer buys at random at its own rate λ (Poisson), λ varies over customers like
//! Gamma(r, α), and nobody leaves. It is where the other models end when a history shows no leaving
//! (a → 0, or s/β → 0): there their own likelihood has no maximum and this one's has.
//!
//! ```text
//! L = Γ(r + x) / Γ(r) · αʳ / (α + T)^(r+x)        P(alive) = 1
//! E[Y] = (r + x) / (α + T) · t                    Var[Y] = E[Y] · (1 + t / (α + T))
//! ```
//!
//! # References
//! Ehrenberg (1959), The Pattern of Consumer Purchases, Applied Statistics 8(1), 26–41; Schmittlein,
//! Morrison & Colombo (1987), Management Science 33(1), which extends it by leaving.

use super::history::Group;
use super::likelihood::Evaluation;
use super::outlook::Outlook;
use super::special::{Smooth, ln_rising};

/// r and α.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nbd {
    pub r: f64,
    pub alpha: f64,
}

impl Nbd {
    /// The first two of the four places every model's parameters have.
    pub(super) fn new([r, alpha, ..]: [f64; 4]) -> Self {
        Nbd { r, alpha }
    }

    pub(super) fn per_count(self, x: u32) -> Smooth {
        ln_rising(self.r, x)
    }

    /// ln L of one customer and its derivatives by r and α; those by the other two places are 0.
    pub(super) fn evaluate(self, rate: &Smooth, group: &Group) -> Evaluation<4> {
        let Nbd { r, alpha } = self;
        let (all, now) = (r + f64::from(group.x), alpha + group.total);
        let mut result =
            Evaluation::<4> { value: rate.value + r * alpha.ln() - all * now.ln(), ..Evaluation::default() };
        result.gradient[0] = rate.first + alpha.ln() - now.ln();
        result.gradient[1] = r / alpha - all / now;
        let both = 1.0 / alpha - 1.0 / now;
        let hessian = &mut result.hessian;
        hessian[0][0] = rate.second;
        hessian[0][1] = both;
        hessian[1][0] = both;
        hessian[1][1] = all / (now * now) - r / (alpha * alpha);
        result
    }

    /// The purchases of the next `time`.
    pub(super) fn outlook(self, group: &Group, time: f64) -> Outlook {
        let expected = self.expected(group, time);
        let now = self.alpha + group.total;
        Outlook {
            p_alive: 1.0,
            expected,
            square: expected * (1.0 + time / now) + expected * expected,
            log_gradient: [self.r / (self.r + f64::from(group.x)), -self.alpha / now, 0.0, 0.0],
        }
    }

    /// E[Y] within `time`.
    pub(super) fn expected(self, group: &Group, time: f64) -> f64 {
        (self.r + f64::from(group.x)) / (self.alpha + group.total) * time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifetime::beta_geometric::BetaGeometric;

    #[test]
    fn it_is_the_bg_nbd_without_leaving() {
        for (x, t_x) in [(0, 0.0), (3, 12.0), (200, 29.0)] {
            let customer = Group { x, t_x, total: 30.0, weight: 1.0 };
            let (nbd, bg) = (Nbd { r: 0.7, alpha: 4.0 }, BetaGeometric::new([0.7, 4.0, 1e-13, 2.0], false));
            let value = nbd.evaluate(&nbd.per_count(x), &customer).value;
            let limit = bg.evaluate(&bg.per_count(x), &customer).value;
            assert!((value - limit).abs() < 1e-9, "{value} {limit}");
            let (ahead, limit) = (nbd.outlook(&customer, 26.0), bg.outlook(&customer, 26.0));
            assert!((ahead.expected / limit.expected - 1.0).abs() < 1e-9, "{ahead:?} {limit:?}");
            assert!((ahead.square / limit.square - 1.0).abs() < 1e-9, "{ahead:?} {limit:?}");
            for place in 0..2 {
                assert!((ahead.log_gradient[place] - limit.log_gradient[place]).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let customer = Group { x: 5, t_x: 12.0, total: 30.0, weight: 1.0 };
        let at = |params: [f64; 4]| {
            let model = Nbd::new(params);
            model.evaluate(&model.per_count(customer.x), &customer)
        };
        let point = [0.7, 4.0, 0.0, 0.0];
        let here = at(point);
        for index in 0..2 {
            let shifted = |step: f64| {
                let mut params = point;
                params[index] += step;
                at(params)
            };
            let (up, down) = (shifted(1e-5), shifted(-1e-5));
            assert!(((up.value - down.value) / 2e-5 - here.gradient[index]).abs() < 1e-8);
            for other in 0..2 {
                let bend = (up.gradient[other] - down.gradient[other]) / 2e-5;
                assert!((bend - here.hessian[index][other]).abs() < 1e-7);
            }
        }
    }
}
