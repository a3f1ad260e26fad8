//! Random data from each model: intervals cover the truth at about the stated rate.
//!
//! A dozen data sets always run; `ERBA_SIMULATIONS=200` says how many instead, for the figures in
//! `docs/concepts/lifetime.md`.

use erba::lifetime::{
    ModelKind, Period, PurchaseModel, SpendModel, fit, fit_spend, simulate, simulate_spend,
};

const CUSTOMERS: usize = 2_000;

fn data_sets() -> u64 {
    std::env::var("ERBA_SIMULATIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(12)
}

/// Counts truths within 1.96 standard errors (of the logarithm), per parameter.
fn covered<const N: usize>(truth: [f64; N], found: [f64; N], errors: [f64; N], counts: &mut [u64; N]) {
    for index in 0..N {
        let distance = (found[index] / truth[index]).ln().abs();
        counts[index] += u64::from(distance <= 1.96 * errors[index] / found[index]);
    }
}

#[expect(clippy::print_stderr, reason = "the figures are the point")]
fn judge<const N: usize>(name: &str, counts: [u64; N], sets: u64) {
    let (all, hits) = (sets * N as u64, counts.iter().sum::<u64>());
    eprintln!("{name}: {counts:?} of {sets}, {:.3} in all", hits as f64 / all as f64);
    // Parameters of one fit go together: four standard deviations of the fits, not of the parameters.
    let slack = 4.0 * (0.95 * 0.05 / sets as f64).sqrt();
    assert!(hits as f64 / all as f64 > 0.95 - slack, "{name}: {counts:?} of {sets}");
}

#[test]
fn fits_cover_the_truth_of_each_purchase_model() {
    let sets = data_sets();
    let totals: Vec<f64> = (0..CUSTOMERS).map(|customer| 30.0 + (customer % 40) as f64).collect();
    for (kind, truth) in [
        (ModelKind::BgNbd, [0.6, 5.0, 0.8, 2.5]),
        (ModelKind::MbgNbd, [0.6, 5.0, 0.8, 2.5]),
        (ModelKind::ParetoNbd, [0.8, 8.0, 0.7, 12.0]),
    ] {
        let model = PurchaseModel::new(kind, Period::Week, truth).unwrap();
        let mut counts = [0; 4];
        for seed in 0..sets {
            let histories = simulate(&model, &totals, seed).unwrap();
            let found = fit(kind, &histories).unwrap();
            covered(truth, found.model.params(), found.standard_errors, &mut counts);
        }
        judge(kind.as_str(), counts, sets);
    }
}

#[test]
fn fits_cover_the_truth_of_the_spend_model() {
    let (sets, truth) = (data_sets(), SpendModel { p: 6.0, q: 4.0, v: 15.0 });
    let model = PurchaseModel::new(ModelKind::BgNbd, Period::Week, [0.6, 5.0, 0.8, 2.5]).unwrap();
    let mut counts = [0; 3];
    for seed in 0..sets {
        let histories = simulate(&model, &[50.0; CUSTOMERS], seed).unwrap();
        let spends: Vec<_> = simulate_spend(&truth, &histories, seed + 1_000).into_iter().flatten().collect();
        let found = fit_spend(&spends).unwrap();
        let values = [found.model.p, found.model.q, found.model.v];
        covered([truth.p, truth.q, truth.v], values, found.standard_errors, &mut counts);
    }
    judge("gamma-gamma", counts, sets);
}
