//! Random data from each model: intervals hold the truth at about the stated rate.
//!
//! A dozen data sets always run. The figures in `docs/concepts/lifetime.md` are of the long test,
//! weekly or by hand: `cargo test --release --locked --test it lifetime::simulation -- --ignored --nocapture`.

use erba::lifetime::{
    History, LifetimeParams, LifetimeValidParams, ModelKind, Period, PurchaseModel, Span, Spend, SpendModel,
    fit_spend, forecast_histories, simulate, simulate_spend,
};

const CUSTOMERS: u64 = 2_000;
const MODELS: [(ModelKind, [f64; 4]); 4] = [
    (ModelKind::BgNbd, [0.6, 5.0, 0.8, 2.5]),
    (ModelKind::MbgNbd, [0.6, 5.0, 0.8, 2.5]),
    (ModelKind::ParetoNbd, [0.8, 8.0, 0.7, 12.0]),
    (ModelKind::Nbd, [0.6, 5.0, 0.0, 0.0]),
];
const SPEND: SpendModel = SpendModel { p: 6.0, q: 4.0, v: 15.0 };

/// How often an interval held the truth, of how many.
#[derive(Clone, Copy, Default)]
struct Held {
    hits: u64,
    of: u64,
}

impl Held {
    fn count(&mut self, hit: bool) {
        self.hits += u64::from(hit);
        self.of += 1;
    }

    /// Truths of one data set go together, so the slack is four standard deviations of data sets.
    #[expect(clippy::print_stderr, reason = "the figures are the point")]
    fn judge(self, what: &str, sets: u64) {
        let share = self.hits as f64 / self.of as f64;
        eprintln!("{what}: {} of {}, {:.1} %", self.hits, self.of, share * 100.0);
        let slack = 4.0 * (0.95 * 0.05 / sets as f64).sqrt();
        assert!((share - 0.95).abs() < slack.max(0.05), "{what}: {share}");
    }
}

fn params(model: ModelKind) -> LifetimeValidParams {
    let params = LifetimeParams {
        enabled: true,
        model,
        period: Period::Week,
        horizon: 26.0,
        discount_rate: 0.0,
        coverage: 0.95,
        holdout_share: 0.0,
    };
    params.check().unwrap()
}

/// Customers of a known model, seen for a time, and what they bought in the horizon after it.
fn customers(model: &PurchaseModel, set: u64) -> (Vec<History>, u64) {
    let mut seen = Vec::new();
    let mut bought = 0;
    for customer in 0..CUSTOMERS {
        let total = 30.0 + (customer % 40) as f64;
        // The same seed lives the same life: the longer look goes on where the shorter ends.
        let seed = set * CUSTOMERS + customer;
        let [now, later] =
            [total, total + 26.0].map(|total| simulate(model, &[total], seed).unwrap().rows()[0]);
        assert!(later.x >= now.x);
        bought += u64::from(later.x - now.x);
        seen.push(now);
    }
    (seen, bought)
}

fn purchases(kind: ModelKind, truth: [f64; 4], sets: u64) {
    let model = PurchaseModel::new(kind, Period::Week, truth).unwrap();
    let (mut of_params, mut of_customers, mut of_sums) = (Held::default(), Held::default(), Held::default());
    for set in 0..sets {
        let (rows, bought) = customers(&model, set);
        let histories = erba::lifetime::Histories::new(Period::Week, rows).unwrap();
        let forecast = forecast_histories(&histories, &[], &params(kind)).unwrap();
        let fit = &forecast.fit;
        let found = fit.model.params().into_iter().zip(fit.standard_errors).zip(truth);
        for ((value, error), truth) in found.take(kind.param_names().len()) {
            of_params.count((value / truth).ln().abs() <= 1.96 * error / value);
        }
        for (row, prediction) in histories.rows().iter().zip(&forecast.predictions).step_by(97) {
            let right = model.expected_purchases(row, Span::new(26.0, Period::Week));
            of_customers.count((prediction.purchases.low..=prediction.purchases.high).contains(&right));
        }
        let total = forecast.total(|_| true);
        of_sums.count((total.purchases_low..=total.purchases_high).contains(&(bought as f64)));
    }
    of_params.judge(&format!("{kind}: parameters"), sets);
    of_customers.judge(&format!("{kind}: a customer's expected purchases"), sets);
    of_sums.judge(&format!("{kind}: purchases of all in the 26 weeks that followed"), sets);
}

fn spend(sets: u64) {
    let model = PurchaseModel::new(ModelKind::BgNbd, Period::Week, [0.6, 5.0, 0.8, 2.5]).unwrap();
    let mut of_params = Held::default();
    for set in 0..sets {
        let histories = simulate(&model, &[50.0; CUSTOMERS as usize], set).unwrap();
        let spends: Vec<Spend> =
            simulate_spend(&SPEND, &histories, set + 1_000_000).into_iter().flatten().collect();
        let found = fit_spend(&spends).unwrap();
        let values = [found.model.p, found.model.q, found.model.v];
        for ((value, error), truth) in
            values.into_iter().zip(found.standard_errors).zip([SPEND.p, SPEND.q, SPEND.v])
        {
            of_params.count((value / truth).ln().abs() <= 1.96 * error / value);
        }
    }
    of_params.judge("gamma-gamma: parameters", sets);
}

#[test]
fn intervals_hold_the_truth_of_each_model() {
    for (kind, truth) in MODELS {
        purchases(kind, truth, 12);
    }
    spend(12);
}

#[test]
#[ignore = "takes minutes: weekly or by hand"]
fn intervals_hold_the_truth_at_the_stated_rate() {
    for (kind, truth) in MODELS {
        purchases(kind, truth, 400);
    }
    spend(400);
}
