//! How far forecasts miss, told by the data themselves.
//!
//! For established customers the log ratio of the two halves of the window (`shift`) is what a forecast made in the middle
//! by the first half alone would have missed by. Their forecast is better than that one: see [`HALF_AND_HALF`]. The spread falls with the number of purchases a, so the variance is fitted as α + β/a over groups of
//! customers with a similar a, each group's variance taken as (1.4826·MAD)², which a few odd customers cannot move.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc;

use super::forecast::Forecast;

/// Customers per group below which a group's spread says little.
const SMALLEST_GROUP: usize = 20;
/// Most groups; enough for two coefficients.
const MOST_GROUPS: usize = 10;

/// Standard deviation of an established customer's error over that of `shift`, the log ratio of two halves.
///
/// The forecast is half the whole window's rate and half the last half's, so it weighs the late half ¾ and the early one ¼ and
/// moves away from the early half by ¾ of `shift`, not by all of it as a forecast by one half would. Where the shift was
/// chance, that ¾ is its error, and its variance 9/16. Independent errors of equal size in both halves and in the time after would
/// give 13/16 instead, so this is the bolder of two readings; at four cuts through Iowa's wholesaler the chances are still too
/// hopeful with it, and the log loss of reach fell from 335 to 290.
const HALF_AND_HALF: f64 = 0.75;

/// The variance of the log error as α + β/a.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// Variance however many purchases there are, 0 or more.
    pub alpha: f64,
    /// Variance of a single purchase beyond that, 0 or more.
    pub beta: f64,
}

impl Spread {
    /// Fits the spread; `default` (a standard deviation) stands in below two groups of customers.
    pub(super) fn fit(forecasts: &[Forecast], default: f64) -> Spread {
        let mut shifts: Vec<(u32, f64)> = forecasts
            .iter()
            .filter(|forecast| forecast.purchases > 0)
            .filter_map(|forecast| Some((forecast.purchases, forecast.shift?)))
            .collect();
        shifts.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let groups = (shifts.len() / SMALLEST_GROUP).min(MOST_GROUPS);
        if groups == 0 {
            return Spread { alpha: default * default, beta: 0.0 };
        }
        let points: Vec<(f64, f64)> = (0..groups)
            .into_par_iter()
            .map(|group| {
                let part = &shifts[group * shifts.len() / groups..(group + 1) * shifts.len() / groups];
                let inverse = part.iter().map(|(a, _)| 1.0 / f64::from(*a)).sum::<f64>() / part.len() as f64;
                (inverse, variance(part.iter().map(|(_, shift)| *shift).collect()))
            })
            .collect();
        line(&points)
    }

    /// Standard deviation of a forecast's log error: that of `shift` for new customers, who have no two halves to weigh,
    /// and for those without evidence, who are taken at their value now; [`HALF_AND_HALF`] of it for the others.
    pub(super) fn deviation(self, forecast: &Forecast) -> f64 {
        let shift = (self.alpha + self.beta / f64::from(forecast.purchases.max(1))).sqrt();
        let half_and_half = forecast.evidence && !forecast.young;
        (if half_and_half { HALF_AND_HALF * shift } else { shift }).max(1e-3)
    }
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

fn variance(mut shifts: Vec<f64>) -> f64 {
    shifts.sort_unstable_by(f64::total_cmp);
    let centre = median(&shifts);
    let mut distances: Vec<f64> = shifts.iter().map(|shift| (shift - centre).abs()).collect();
    distances.sort_unstable_by(f64::total_cmp);
    (1.4826 * median(&distances)).powi(2)
}

/// Least squares through the points with neither coefficient below 0.
fn line(points: &[(f64, f64)]) -> Spread {
    let n = points.len() as f64;
    let (mean_x, mean_y) = points.iter().fold((0.0, 0.0), |(sx, sy), (x, y)| (sx + x / n, sy + y / n));
    let (xx, xy) = points.iter().fold((0.0, 0.0), |(xx, xy), (x, y)| {
        (xx + (x - mean_x) * (x - mean_x), xy + (x - mean_x) * (y - mean_y))
    });
    let beta = if xx > 1e-12 { (xy / xx).max(0.0) } else { 0.0 };
    let alpha = mean_y - beta * mean_x;
    if alpha >= 0.0 {
        return Spread { alpha, beta };
    }
    let through_zero =
        points.iter().map(|(x, y)| x * y).sum::<f64>() / points.iter().map(|(x, _)| x * x).sum::<f64>();
    Spread { alpha: 0.0, beta: through_zero.max(0.0) }
}

/// P(expected · e^(deviation·Z) > line), Z standard normal.
pub(super) fn chance_above(expected: f64, line: f64, deviation: f64) -> f64 {
    if expected <= 0.0 {
        return 0.0;
    }
    if line <= 0.0 {
        return 1.0;
    }
    let z = (line / expected).ln() / deviation;
    (0.5 * erfc(z / std::f64::consts::SQRT_2)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(purchases: u32, young: bool) -> Forecast {
        Forecast { young, evidence: true, purchases, ..Forecast::default() }
    }

    #[test]
    fn the_chance_is_one_half_on_the_line() {
        assert!((chance_above(100.0, 100.0, 0.4) - 0.5).abs() < 1e-12);
        // scipy.stats.norm.sf(log(2) / 0.5)
        assert!((chance_above(100.0, 200.0, 0.5) - 0.082_828_519).abs() < 1e-8);
        assert!(chance_above(0.0, 100.0, 0.5) <= 0.0);
    }

    #[test]
    fn few_customers_take_the_default() {
        assert!((Spread::fit(&[], 0.5).deviation(&customer(3, true)) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn whoever_has_two_halves_is_more_certain_than_their_ratio() {
        let spread = Spread { alpha: 0.09, beta: 0.28 };
        assert!((spread.deviation(&customer(4, true)) - 0.4).abs() < 1e-12);
        assert!((spread.deviation(&customer(4, false)) - 0.3).abs() < 1e-12);
        let unproven = Forecast { evidence: false, ..customer(4, false) };
        assert!((spread.deviation(&unproven) - 0.4).abs() < 1e-12);
    }

    #[test]
    fn points_on_a_line_are_found_again() {
        let found = line(&[(0.1, 0.3), (0.2, 0.5), (0.5, 1.1)]);
        assert!((found.alpha - 0.1).abs() < 1e-12 && (found.beta - 2.0).abs() < 1e-12);
        assert!((found.deviation(&customer(10, true)) - 0.3_f64.sqrt()).abs() < 1e-12);
    }
}
