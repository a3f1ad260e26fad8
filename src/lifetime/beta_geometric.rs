//! BG/NBD and MBG/NBD: purchases until a customer quietly leaves after one of them.
//!
//! Assumptions: while alive a customer buys at random at its own rate λ (Poisson), λ varies over
//! customers like Gamma(r, α); after a purchase it leaves for good with its own chance p, p varies
//! like Beta(a, b); λ and p are independent. In the BG/NBD a customer can leave only after a *repeat*
//! purchase, so one without any is alive for certain; in the MBG/NBD it may leave after the first
//! one too, which removes that certainty.
//!
//! With R = r + x and b′ = b + x (BG) or b + x + 1 (MBG) both likelihoods are
//!
//! ```text
//! L = Γ(R) αʳ / Γ(r) · B(a, b′) / B(a, b) · [ (α + T)^−R + δ · a / (b′ − 1) · (α + tₓ)^−R ]
//! ```
//!
//! where δ = 0 for x = 0 in the BG/NBD and 1 otherwise. The first term is a customer still alive at
//! T, the second one that left at tₓ, so P(alive) is the first over the sum. Given alive, λ is
//! Gamma(R, α + T) and p is Beta(a, b′), and the purchases Y in the next t are those of a negative
//! binomial N with z = t / (α + T + t) cut short by leaving:
//!
//! ```text
//! E[Y | alive] = Σⱼ₌₀ P(N > j) · E[(1 − p)ʲ],   E[(1 − p)ʲ] = (b′)ⱼ / (a + b′)ⱼ
//! ```
//!
//! which equals eq. (10) of the paper (there with ₂F₁ and a factor 1 / (a − 1)) but has only
//! positive terms: it neither loses digits near a = 1 nor needs a + b + x > 1.
//!
//! # References
//! Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2),
//! 275–284: eq. (6) likelihood, eq. (10) expectation. Batislam, Denizel & Filiztekin (2007),
//! International Journal of Research in Marketing 24(3), 201–209, for the MBG/NBD.

use super::history::Group;
use super::likelihood::{Evaluation, LogSum};
use super::outlook::Outlook;
use super::special::{Smooth, ln_rising};

/// r, α, a, b and whether a customer may leave after its first purchase.
#[derive(Clone, Copy, Debug)]
pub(super) struct BetaGeometric {
    pub r: f64,
    pub alpha: f64,
    pub a: f64,
    pub b: f64,
    /// MBG instead of BG.
    pub leaves_at_once: bool,
}

/// What depends on x alone.
pub(super) struct PerCount {
    /// ln Γ(r + x) − ln Γ(r).
    rate: Smooth,
    /// ln of the rising factorial of b.
    stay: Smooth,
    /// The same of a + b.
    all: Smooth,
}

impl BetaGeometric {
    pub(super) fn new([r, alpha, a, b]: [f64; 4], leaves_at_once: bool) -> Self {
        BetaGeometric { r, alpha, a, b, leaves_at_once }
    }

    /// Occasions after which the customer did not leave.
    fn stays(self, x: u32) -> u32 {
        x.saturating_add(u32::from(self.leaves_at_once))
    }

    /// δ: whether the customer had an occasion to leave at all.
    fn may_have_left(self, x: u32) -> bool {
        x > 0 || self.leaves_at_once
    }

    pub(super) fn per_count(self, x: u32) -> PerCount {
        let stays = self.stays(x);
        PerCount {
            rate: ln_rising(self.r, x),
            stay: ln_rising(self.b, stays),
            all: ln_rising(self.a + self.b, stays),
        }
    }

    /// ln L of one customer and its derivatives by r, α, a, b.
    pub(super) fn evaluate(self, shared: &PerCount, group: &Group) -> Evaluation<4> {
        let BetaGeometric { r, alpha, a, .. } = self;
        let PerCount { rate, stay, all } = shared;
        let mut result = self.weigh(group).sum;
        result.value += rate.value + r * alpha.ln() + stay.value - all.value;
        result.gradient[0] += rate.first + alpha.ln();
        result.gradient[1] += r / alpha;
        result.gradient[2] -= all.first;
        result.gradient[3] += stay.first - all.first;
        let hessian = &mut result.hessian;
        hessian[0][0] += rate.second;
        hessian[0][1] += 1.0 / alpha;
        hessian[1][0] += 1.0 / alpha;
        hessian[1][1] -= r / (alpha * alpha);
        hessian[2][2] -= all.second;
        hessian[2][3] -= all.second;
        hessian[3][2] -= all.second;
        hessian[3][3] += stay.second - all.second;
        debug_assert!(a > 0.0);
        result
    }

    /// The bracket of the likelihood, alive against left.
    fn weigh(self, group: &Group) -> Weighed {
        let rate = self.r + f64::from(group.x);
        let (now, then) = (self.alpha + group.total, self.alpha + group.t_x);
        let (log_now, log_then) = (now.ln(), then.ln());
        let mut alive_gradient = [0.0; 4];
        alive_gradient[0] = -log_now;
        alive_gradient[1] = -rate / now;
        let mut sum = LogSum::<4>::new();
        // The larger term is 1, so neither can overflow and both cannot vanish.
        let alive_log = -rate * log_now;
        let stay = self.b + f64::from(self.stays(group.x)) - 1.0;
        let left_log = if self.may_have_left(group.x) {
            (self.a / stay).ln() - rate * log_then
        } else {
            f64::NEG_INFINITY
        };
        let common = alive_log.max(left_log);
        let mut hessian = [[0.0; 4]; 4];
        hessian[1][0] = -1.0 / now;
        hessian[1][1] = rate / (now * now);
        let alive = (alive_log - common).exp();
        sum.push(alive, &alive_gradient, &hessian);
        let left = (left_log - common).exp();
        if left > 0.0 {
            let gradient = [-log_then, -rate / then, 1.0 / self.a, -1.0 / stay];
            let mut hessian = [[0.0; 4]; 4];
            hessian[1][0] = -1.0 / then;
            hessian[1][1] = rate / (then * then);
            hessian[2][2] = -1.0 / (self.a * self.a);
            hessian[3][3] = 1.0 / (stay * stay);
            sum.push(left, &gradient, &hessian);
        }
        Weighed { sum: sum.finish(common), p_alive: alive / (alive + left), alive_gradient }
    }

    /// P(alive) and the purchases of the next `time`.
    pub(super) fn outlook(self, group: &Group, time: f64) -> Outlook {
        let weighed = self.weigh(group);
        let series = self.series::<true>(group, time);
        let mut gradient = [0.0; 4];
        if series.mean > 0.0 {
            for (index, slot) in gradient.iter_mut().enumerate() {
                *slot = weighed.alive_gradient[index] - weighed.sum.gradient[index]
                    + series.gradient[index] / series.mean;
            }
        }
        let [r, alpha, a, b] = gradient;
        Outlook {
            p_alive: weighed.p_alive,
            expected: weighed.p_alive * series.mean,
            square: weighed.p_alive * series.square,
            log_gradient: [r * self.r, alpha * self.alpha, a * self.a, b * self.b],
        }
    }

    /// E[Y | alive] within `time`.
    pub(super) fn expected_alive(self, group: &Group, time: f64) -> f64 {
        self.series::<false>(group, time).mean
    }

    /// Sums the series of the module's page; derivatives only if asked for.
    fn series<const DERIVE: bool>(self, group: &Group, time: f64) -> Series {
        const MOST_TERMS: u32 = 5_000_000;
        let rate = self.r + f64::from(group.x);
        let now = self.alpha + group.total;
        let stay = self.b + f64::from(self.stays(group.x));
        let share = time / (now + time);
        let log_rest = -(time / now).ln_1p();
        let mut log_mass = rate * log_rest;
        // P(N = 0) may be too small for a float: then the recurrence runs on logarithms.
        let tiny = log_mass < -700.0;
        let mut mass = log_mass.exp();
        let mut tail = -log_mass.exp_m1();
        let (mut kept, mut kept_a, mut kept_b) = (1.0, 0.0, 0.0);
        let (mut tail_rate, mut tail_now, mut harmonic) = (0.0, 0.0, 0.0);
        let mut series = Series::default();
        for step in 0..MOST_TERMS {
            let j = f64::from(step);
            if DERIVE {
                tail_rate -= mass * (harmonic + log_rest);
                tail_now -= mass * (rate * share / now - j / (now + time));
                harmonic += 1.0 / (rate + j);
                series.gradient[0] += tail_rate * kept;
                series.gradient[1] += tail_now * kept;
                series.gradient[2] += tail * kept * kept_a;
                series.gradient[3] += tail * kept * kept_b;
                let (own, both) = (1.0 / (stay + j), 1.0 / (self.a + stay + j));
                kept_a -= both;
                kept_b += own - both;
            }
            let term = tail * kept;
            series.mean += term;
            series.square += 2.0_f64.mul_add(j, 1.0) * term;
            // The probability of each further purchase falls at least this fast, which bounds the
            // tail; `tail` itself never gets below the rounding of 1.
            let ratio = share * (rate + j) / (j + 1.0);
            let slowest = ratio.max(share);
            if slowest < 1.0 && mass * kept * (1.0 + j) <= 1e-14 * series.mean * (1.0 - slowest).powi(3) {
                return series;
            }
            kept *= (stay + j) / (self.a + stay + j);
            if tiny {
                log_mass += ratio.ln();
                mass = log_mass.exp();
            } else {
                mass *= ratio;
            }
            tail -= mass;
            if tail <= 0.0 {
                return series;
            }
        }
        Series { mean: f64::NAN, square: f64::NAN, gradient: [f64::NAN; 4] }
    }
}

struct Weighed {
    sum: Evaluation<4>,
    p_alive: f64,
    alive_gradient: [f64; 4],
}

/// Moments of the purchases of a customer that is alive, and the derivatives of the mean.
#[derive(Default)]
struct Series {
    mean: f64,
    square: f64,
    gradient: [f64; 4],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifetime::special::ln_hyp2f1;

    const CDNOW: [f64; 4] = [0.2426, 4.4136, 0.7929, 2.4259];

    fn group(x: u32, t_x: f64, total: f64) -> Group {
        Group { x, t_x, total, weight: 1.0 }
    }

    #[test]
    fn the_series_equals_the_closed_form_of_the_paper() {
        for (x, t_x, total, time) in
            [(2, 30.43, 38.86, 39.0), (1, 1.71, 38.86, 52.0), (26, 30.86, 31.0, 10.0)]
        {
            let model = BetaGeometric::new(CDNOW, false);
            let [r, alpha, a, b] = CDNOW;
            let (count, now) = (f64::from(x), alpha + total);
            let log = ln_hyp2f1(r + count, b + count, a + b + count - 1.0, time / (now + time)).unwrap();
            let closed = (a + b + count - 1.0) / (a - 1.0)
                * (1.0 - ((r + count) * (now / (now + time)).ln() + log).exp());
            let sum = model.expected_alive(&group(x, t_x, total), time);
            assert!((sum - closed).abs() < 1e-10 * closed.abs(), "{sum} {closed}");
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        for leaves_at_once in [false, true] {
            for customer in [group(0, 0.0, 30.0), group(3, 12.0, 38.0), group(90, 20.0, 20.0)] {
                check_derivatives(leaves_at_once, &customer);
            }
        }
    }

    fn check_derivatives(leaves_at_once: bool, customer: &Group) {
        let at = |params: [f64; 4]| {
            let model = BetaGeometric::new(params, leaves_at_once);
            (model.evaluate(&model.per_count(customer.x), customer), model.outlook(customer, 26.0))
        };
        let (here, outlook) = at(CDNOW);
        for index in 0..4 {
            let step = CDNOW[index] * 1e-5;
            let shifted = |sign: f64| {
                let mut params = CDNOW;
                params[index] += sign * step;
                at(params)
            };
            let ((up, up_outlook), (down, down_outlook)) = (shifted(1.0), shifted(-1.0));
            let slope = (up.value - down.value) / (2.0 * step);
            assert!((slope - here.gradient[index]).abs() < 1e-6 * (1.0 + slope.abs()));
            for other in 0..4 {
                let bend = (up.gradient[other] - down.gradient[other]) / (2.0 * step);
                assert!((bend - here.hessian[index][other]).abs() < 1e-6 * (1.0 + bend.abs()));
            }
            let growth =
                (up_outlook.expected.ln() - down_outlook.expected.ln()) / (2.0 * step) * CDNOW[index];
            assert!((growth - outlook.log_gradient[index]).abs() < 1e-6, "{index} {growth} {outlook:?}");
        }
    }

    #[test]
    fn nobody_is_certain_to_live_in_the_mbg() {
        let single = group(0, 0.0, 38.86);
        assert!((BetaGeometric::new(CDNOW, false).outlook(&single, 1.0).p_alive - 1.0).abs() < 1e-15);
        assert!(BetaGeometric::new(CDNOW, true).outlook(&single, 1.0).p_alive < 0.9);
    }

    #[test]
    fn many_purchases_do_not_underflow() {
        let outlook = BetaGeometric::new(CDNOW, false).outlook(&group(20_000, 300.0, 300.0), 300.0);
        assert!(outlook.expected.is_finite() && outlook.expected > 5_000.0, "{outlook:?}");
        assert!(outlook.p_alive > 0.99 && outlook.p_alive < 1.0);
    }
}
