//! Random customers of a known model: to see whether fits find what made the data.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::Result;

use super::gamma_gamma::{Spend, SpendModel};
use super::history::{Histories, History};
use super::model::{ModelKind, PurchaseModel};

/// Draws one customer for each length of observation.
///
/// * `totals`: T of every customer, in the model's period.
/// * `seed`: another number gives other customers.
///
/// # Errors
/// E354 if a T is negative or not finite.
pub fn simulate(model: &PurchaseModel, totals: &[f64], seed: u64) -> Result<Histories> {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
    let rows = totals.iter().map(|total| one(model, *total, &mut chance)).collect();
    Histories::new(model.period(), rows)
}

/// Draws the mean repeat spend of every customer; none without a repeat purchase.
pub fn simulate_spend(model: &SpendModel, histories: &Histories, seed: u64) -> Vec<Option<Spend>> {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
    let draw = |row: &History| {
        let (rate, x) = (gamma(model.q, &mut chance) / model.v, f64::from(row.x));
        (row.x > 0).then(|| Spend { x: row.x, mean: gamma(model.p * x, &mut chance) / (rate * x) })
    };
    histories.rows().iter().map(draw).collect()
}

fn one(model: &PurchaseModel, total: f64, chance: &mut impl Rng) -> History {
    let [r, alpha, first, second] = model.params();
    let rate = gamma(r, chance) / alpha;
    let mut history = History { x: 0, t_x: 0.0, total };
    // Until when a customer of the Pareto/NBD lives, and with what chance another leaves each time.
    let (end, leaves) = match model.kind() {
        ModelKind::ParetoNbd => (exponential(chance) / (gamma(first, chance) / second), 0.0),
        ModelKind::BgNbd | ModelKind::MbgNbd => {
            let (goes, stays) = (gamma(first, chance), gamma(second, chance));
            (f64::INFINITY, goes / (goes + stays))
        }
        ModelKind::Nbd => (f64::INFINITY, 0.0),
    };
    if model.kind() == ModelKind::MbgNbd && chance.r#gen::<f64>() < leaves {
        return history;
    }
    let mut time = 0.0;
    loop {
        time += exponential(chance) / rate;
        // A rate of 0 gives a time that is not finite: nothing is bought any more.
        if !time.is_finite() || time > total.min(end) {
            return history;
        }
        history.x += 1;
        history.t_x = time;
        if chance.r#gen::<f64>() < leaves {
            return history;
        }
    }
}

fn exponential(chance: &mut impl Rng) -> f64 {
    -(1.0 - chance.r#gen::<f64>()).ln()
}

/// A draw from Gamma(shape, 1): Marsaglia & Tsang (2000), ACM Transactions on Mathematical Software
/// 26(3); shapes below 1 by the boost of the same paper.
fn gamma(shape: f64, chance: &mut impl Rng) -> f64 {
    if shape < 1.0 {
        let boost = chance.r#gen::<f64>().powf(1.0 / shape);
        return gamma(shape + 1.0, chance) * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let normal = normal(chance);
        let v = (1.0 + c * normal).powi(3);
        if v > 0.0 {
            let u: f64 = 1.0 - chance.r#gen::<f64>();
            if u.ln() < 0.5 * normal * normal + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }
}

/// Box & Muller (1958).
fn normal(chance: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - chance.r#gen::<f64>()).ln()).sqrt();
    radius * (2.0 * std::f64::consts::PI * chance.r#gen::<f64>()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::lifetime::{Period, Weeks, fit_spend};

    #[test]
    fn gamma_draws_have_their_mean_and_variance() {
        let mut chance = Xoshiro256PlusPlus::seed_from_u64(1);
        for shape in [0.3, 1.0, 4.5] {
            let draws: Vec<f64> = (0..40_000).map(|_| gamma(shape, &mut chance)).collect();
            let mean = draws.iter().sum::<f64>() / 40_000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 40_000.0;
            assert!((mean / shape - 1.0).abs() < 0.04 && (variance / shape - 1.0).abs() < 0.08, "{shape}");
        }
    }

    #[test]
    fn new_customers_buy_as_often_as_expected() -> Result<(), Error> {
        for (kind, params) in [
            (ModelKind::BgNbd, [0.6, 5.0, 0.8, 2.5]),
            (ModelKind::MbgNbd, [0.6, 5.0, 0.8, 2.5]),
            (ModelKind::ParetoNbd, [0.6, 5.0, 0.8, 10.0]),
            (ModelKind::Nbd, [0.6, 5.0, 0.0, 0.0]),
        ] {
            let model = PurchaseModel::new(kind, Period::Week, params)?;
            let drawn = simulate(&model, &vec![40.0; 20_000], 7)?;
            let mean = drawn.rows().iter().map(|row| f64::from(row.x)).sum::<f64>() / 20_000.0;
            let expected = model.expected_of_new(Weeks(40.0).into());
            // MBG: a new customer may have left at once, which its history of length 0 allows for.
            assert!((mean / expected - 1.0).abs() < 0.05, "{kind}: {mean} for {expected}");
        }
        Ok(())
    }

    #[test]
    fn a_mean_spend_that_does_not_exist_is_refused() {
        let model = PurchaseModel::new(ModelKind::BgNbd, Period::Week, [2.0, 5.0, 0.5, 4.0]).unwrap();
        let histories = simulate(&model, &[50.0; 400], 3).unwrap();
        let spends = simulate_spend(&SpendModel { p: 3.0, q: 0.6, v: 4.0 }, &histories, 4);
        let spends: Vec<Spend> = spends.into_iter().flatten().collect();
        assert!(fit_spend(&spends).unwrap_err().has_code(353));
    }
}
