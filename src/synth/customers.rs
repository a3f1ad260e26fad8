//! Customers: volume, type and potential, drawn apart from one another.

use super::catalog::{LAUNCHES, OLD_PRODUCTS, Product};
use super::draw::Draw;
use super::params::ValidParams;
use super::trend::{DAYS, Shape, Trend};
use super::truth::{Kind, Truth, cut};
use crate::domain::CustomerType;

/// Spread of log lines and of log basket between customers; together 1.43, which a log-normal
/// needs for 12 % of customers to bring 60 % and 28 % to bring 80 %.
const LINES_SIGMA: f64 = 0.70;
const BASKET_SIGMA: f64 = 1.25;
/// Median net amount of a line, cents.
const BASKET: f64 = 18_000.0;
/// Net amount of a line over its gross amount, returns being 2 % of lines.
const NET: f64 = 0.966;
/// Share of innovative customers, and the mean and spread of θ by type.
const INNOVATIVE: f64 = 0.3;
const THETA: [(f64, f64); 2] = [(1.3, 0.35), (-1.5, 0.35)];
/// Weight of log lines in the chance to try a launch.
const VOLUME_EFFECT: f64 = 0.35;

/// One customer: all that is kept while lines are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Customer {
    /// Lines in all.
    pub(super) lines: u32,
    /// Mean gross amount of a line, cents.
    pub(super) basket: f64,
    /// Index of its trend.
    pub(super) trend: u16,
    /// Launches it will try, one bit each.
    pub(super) tries: u64,
    /// The planted truth.
    pub(super) truth: Truth,
}

/// The trends customers can have, with the kind each belongs to.
pub(super) struct Trends {
    pub(super) all: Vec<Trend>,
    kinds: Vec<(Kind, f64, Vec<u16>)>,
}

impl Trends {
    pub(super) fn new(params: &ValidParams) -> Self {
        let mut trends = Trends { all: Vec::new(), kinds: Vec::new() };
        let opens = |days: &mut dyn Iterator<Item = usize>| -> Vec<Shape> {
            days.map(|ago| Shape::Opens { open: DAYS - ago }).collect()
        };
        let drifts = [0.6, 0.8, 1.0, 1.0, 1.0, 1.0, 1.2, 1.4].map(|end| Shape::Drift { end });
        let early = opens(&mut (380..700).step_by(20));
        let stops = (400..DAYS - 20).step_by(15).map(|close| Shape::Stops { close }).collect();
        let rises = (240..=360).step_by(12).map(|ago| Shape::Rises { open: DAYS - ago }).collect();
        let noisy = (0..6).map(|month| Shape::Noisy { day: DAYS - 30 * (month + 1), times: 10.0 }).collect();
        let reverts = [1.8, 2.1, 2.4].map(|peak| Shape::Reverts { peak }).to_vec();
        for (kind, share, shapes) in [
            (Kind::Young, 0.020, opens(&mut (75..=150).step_by(5))),
            (Kind::Rising, 0.015, rises),
            (Kind::NoisyMonth, 0.020, noisy),
            (Kind::PastGrowth, 0.030, reverts),
            (Kind::Newcomer, 0.045, opens(&mut (60..360).step_by(12))),
            (Kind::Stopped, 0.040, stops),
            (Kind::Ordinary, 0.070, early),
            (Kind::Ordinary, 0.760, drifts.to_vec()),
        ] {
            let first = trends.all.len() as u16;
            trends.all.extend(shapes.iter().map(|&shape| Trend::new(shape, params.last_day)));
            trends.kinds.push((kind, share, (first..trends.all.len() as u16).collect()));
        }
        trends
    }

    fn draw(&self, draw: &mut Draw) -> (Kind, u16) {
        let mut left = draw.unit();
        let mut last = (Kind::Ordinary, 0);
        for (kind, share, indices) in &self.kinds {
            last = (*kind, indices[draw.below(indices.len())]);
            if left < *share {
                return last;
            }
            left -= share;
        }
        last
    }
}

/// All customers, in order of their number.
pub(super) fn customers(params: &ValidParams, trends: &Trends, products: &[Product]) -> Vec<Customer> {
    let mut draw = Draw::new(params.seed, 2);
    let mut frequencies = Vec::with_capacity(params.customers as usize);
    let mut customers: Vec<Customer> = (0..params.customers)
        .map(|_| {
            let (kind, trend) = trends.draw(&mut draw);
            let customer_type =
                if draw.chance(INNOVATIVE) { CustomerType::Innovative } else { CustomerType::Conservative };
            // A customer that shows its promise within months buys often.
            let frequency = match kind {
                Kind::Young => 2.6 * draw.lognormal(0.25),
                Kind::Rising => 1.8 * draw.lognormal(0.25),
                _ => draw.lognormal(LINES_SIGMA),
            };
            frequencies.push(frequency * trends.all[trend as usize].mass);
            let tries = tries(&mut draw, customer_type, frequency, trends.all[trend as usize].open, products);
            let truth = Truth {
                tier: crate::domain::Tier::III,
                customer_type,
                high_potential: false,
                kind,
                expected: 0.0,
                expected_next: 0.0,
            };
            Customer { lines: 0, basket: BASKET * draw.lognormal(BASKET_SIGMA), trend, tries, truth }
        })
        .collect();
    share_lines(&mut customers, &frequencies, params.transactions);
    plant(&mut customers, trends, &mut draw);
    tell(&mut customers, trends);
    customers
}

/// The launches a customer will try: logit P = θ + appeal + γ·log frequency, from its opening on.
fn tries(
    draw: &mut Draw,
    customer_type: CustomerType,
    frequency: f64,
    open: usize,
    products: &[Product],
) -> u64 {
    let (mean, spread) = THETA[customer_type.index()];
    let theta = mean + spread * draw.normal();
    let mut bits = 0;
    for (launch, product) in products[OLD_PRODUCTS..].iter().enumerate().take(LAUNCHES) {
        let logit = theta + product.appeal + VOLUME_EFFECT * libm::log(frequency);
        let tried = draw.chance(1.0 / (1.0 + libm::exp(-logit)));
        if tried && product.launch >= open as i32 {
            bits |= 1 << launch;
        }
    }
    bits
}

/// Splits the lines in proportion, each customer one at least if there are enough; adds up exactly.
fn share_lines(customers: &mut [Customer], frequencies: &[f64], lines: u64) {
    let least = u64::from(lines >= customers.len() as u64);
    let rest = lines - least * customers.len() as u64;
    let total: f64 = frequencies.iter().sum();
    let (mut sum, mut given) = (0.0, 0_u64);
    let last = customers.len() - 1;
    for (index, (customer, frequency)) in customers.iter_mut().zip(frequencies).enumerate() {
        sum += frequency;
        let upto = if index == last { rest } else { ((sum / total) * rest as f64).min(rest as f64) as u64 };
        let upto = upto.max(given);
        customer.lines = (least + upto - given).min(u64::from(u32::MAX)) as u32;
        given = upto;
    }
}

/// Sets the baskets of planted customers and decoys against the line of Ⅰ among the others.
fn plant(customers: &mut [Customer], trends: &Trends, draw: &mut Draw) {
    let is_planted = |kind| matches!(kind, Kind::Young | Kind::Rising | Kind::NoisyMonth | Kind::PastGrowth);
    let others: Vec<f64> = customers
        .iter()
        .map(|customer| if is_planted(customer.truth.kind) { 0.0 } else { expected(customer, trends).0 })
        .collect();
    let (_, line) = cut(&others);
    for customer in customers.iter_mut().filter(|customer| is_planted(customer.truth.kind)) {
        customer.basket = 1.0;
        let (last, next) = expected(customer, trends);
        if last <= 0.0 || line <= 0.0 {
            customer.basket = BASKET;
            continue;
        }
        customer.basket = match customer.truth.kind {
            // Large next year, well below the line so far.
            Kind::Young | Kind::Rising => {
                (line * draw.between(1.5, 3.0) / next).min(line * draw.between(0.5, 0.7) / last)
            }
            _ => line * draw.between(0.06, 0.35) / last,
        };
    }
}

/// Fills in the truth.
fn tell(customers: &mut [Customer], trends: &Trends) {
    let both: Vec<(f64, f64)> = customers.iter().map(|customer| expected(customer, trends)).collect();
    let (tiers, _) = cut(&both.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let (next_tiers, _) = cut(&both.iter().map(|pair| pair.1).collect::<Vec<_>>());
    for (index, customer) in customers.iter_mut().enumerate() {
        let (last, next) = both[index];
        let truth = &mut customer.truth;
        (truth.expected, truth.expected_next) = both[index];
        let top = crate::domain::Tier::I;
        truth.high_potential = tiers[index] != top && next_tiers[index] == top && next >= 2.0 * last;
        truth.tier = if truth.high_potential { top } else { tiers[index] };
    }
}

/// Expected net sales of the last year and of the next, cents.
fn expected(customer: &Customer, trends: &Trends) -> (f64, f64) {
    let trend = &trends.all[customer.trend as usize];
    let total = f64::from(customer.lines) * customer.basket * NET;
    (total * trend.last_year, total * trend.next_year)
}
