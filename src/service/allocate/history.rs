//! The response of sales to visits from a history of both.
//!
//! Sales of customer i in period t are taken to follow sᵢ·exp(ε·log(1 + Gᵢₜ)), where G = (1 − λ)·visits + λ·G of
//! the period before is what visits leave behind (carry-over): ε is then the response to a lasting change of
//! visits, which is what a plan changes. Each customer's own level sᵢ drops out of the conditional Poisson likelihood, so
//! large customers being visited more does not count as an effect (Hausman, Hall & Griliches 1984). λ is the one of a
//! grid with the highest likelihood; given it, ε by Newton's method; its standard error holds for any scatter and any
//! dependence within a customer (sandwich, clustered).
//!
//! *Shrinkage.* The estimate of all customers together is drawn towards the prior by their precisions. Segments, if there are several,
//! are drawn towards each other and the prior by what they differ beyond chance ([`super::segments`]); those with fewer than
//! [`FEWEST`] customers whose visits varied count as one together. Intervals are 95 % and given λ. With fewer such customers in
//! all, or with a standard error above the prior's own, the prior stands and the fit says so.
//!
//! # References
//! Hausman, Hall & Griliches (1984), Econometrica 52(4), 909–938. Nerlove & Arrow (1962), Economica 29, 129–142.

use std::collections::BTreeMap;

use serde::Serialize;

use super::segments::drawn_together;

/// Customers whose visits varied that a fit needs.
pub const FEWEST: usize = 30;

/// Values of λ tried.
const CARRY_OVERS: [f64; 18] =
    [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85];

/// Half of a 95 % interval in standard errors.
const HALF: f64 = 1.959_963_984_540_054;

/// One customer's history, periods ascending and of equal length.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The segment; all in one if not known.
    pub segment: Box<str>,
    /// Sales of each period; below zero counts as zero.
    pub sales: Vec<f64>,
    /// Visits of each period.
    pub visits: Vec<f64>,
}

/// What is known before the data speak.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prior {
    /// Elasticity.
    pub elasticity: f64,
    /// Standard deviation: how far true elasticities lie from it.
    pub sd: f64,
}

/// An elasticity with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The elasticity.
    pub elasticity: f64,
    /// Standard error.
    pub se: f64,
    /// 95 % interval.
    pub interval: [f64; 2],
}

/// A fitted response.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// λ: what of a period's effect is left in the next, 0–1.
    pub carry_over: f64,
    /// All customers, from the data alone; none if they are too few or too alike.
    pub data: Option<Estimate>,
    /// All customers, drawn towards the prior.
    pub pooled: Estimate,
    /// Segments by name: `pooled` if there is but one, else drawn towards each other and the prior.
    pub segments: BTreeMap<Box<str>, Estimate>,
    /// What the prior weighs in `pooled`, 0–1.
    pub prior_weight: f64,
    /// Customers whose visits varied and who bought.
    pub customers: usize,
    /// Why the prior stands alone; none if the data speak.
    pub fallback: Option<&'static str>,
}

impl Estimate {
    pub(super) fn new(elasticity: f64, se: f64) -> Self {
        Estimate { elasticity, se, interval: [elasticity - HALF * se, elasticity + HALF * se] }
    }

    /// The mean of two, by their precisions.
    fn with(self, other: Estimate) -> Self {
        let (mine, theirs) = (self.se.powi(-2), other.se.powi(-2));
        let elasticity = (self.elasticity * mine + other.elasticity * theirs) / (mine + theirs);
        Estimate::new(elasticity, (mine + theirs).sqrt().recip())
    }
}

impl Fit {
    /// The elasticity of a segment; the pooled one if the segment is not known. Never below zero nor above one: more
    /// visits are not planned to lose sales.
    pub fn of(&self, segment: &str) -> f64 {
        self.segments.get(segment).unwrap_or(&self.pooled).elasticity.clamp(0.0, 1.0)
    }
}

/// log(1 + G) of every period; before the first period visits are taken to have been as they were on average over
/// the first `known` periods.
pub fn log_stock(visits: &[f64], carry_over: f64, known: usize) -> Vec<f64> {
    let known = &visits[..known.min(visits.len())];
    let mut stock = known.iter().sum::<f64>() / (known.len() as f64).max(1.0);
    visits
        .iter()
        .map(|now| {
            stock = (1.0 - carry_over) * now.max(0.0) + carry_over * stock;
            stock.ln_1p()
        })
        .collect()
}

/// Fits the response to histories.
pub fn fit(histories: &[History], prior: Prior) -> Fit {
    let told = |fallback| Fit {
        carry_over: 0.0,
        data: None,
        pooled: Estimate::new(prior.elasticity, prior.sd),
        segments: BTreeMap::new(),
        prior_weight: 1.0,
        customers: 0,
        fallback: Some(fallback),
    };
    let telling: Vec<&History> = histories.iter().filter(|history| history.tells()).collect();
    if telling.len() < FEWEST {
        return Fit { customers: telling.len(), ..told("too few customers whose visits varied") };
    }
    let mut best: Option<(f64, f64, Evidence)> = None;
    for carry_over in CARRY_OVERS {
        let evidence = Evidence::new(&telling, carry_over);
        let Some(elasticity) = evidence.maximum() else { continue };
        let likelihood = evidence.likelihood(elasticity);
        if best.as_ref().is_none_or(|(most, ..)| likelihood > *most) {
            best = Some((likelihood, elasticity, evidence));
        }
    }
    let Some((_, elasticity, evidence)) = best else {
        return Fit { customers: telling.len(), ..told("the likelihood has no maximum") };
    };
    let data = Estimate::new(elasticity, evidence.standard_error(elasticity));
    // A spread that cannot be counted is no signal either.
    if !(data.se > 0.0 && data.se <= prior.sd) {
        return Fit {
            carry_over: evidence.carry_over,
            data: Some(data),
            customers: telling.len(),
            ..told("the data are less certain than the prior")
        };
    }
    let pooled = data.with(Estimate::new(prior.elasticity, prior.sd));
    Fit {
        carry_over: evidence.carry_over,
        data: Some(data),
        pooled,
        segments: segments(&telling, evidence.carry_over, pooled, prior),
        prior_weight: (data.se / prior.sd).powi(2) / (1.0 + (data.se / prior.sd).powi(2)),
        customers: telling.len(),
        fallback: None,
    }
}

/// Each segment's own estimate, drawn towards the others. Small ones are one together: a spread clustered by a few customers
/// is far too small to be believed.
fn segments(
    telling: &[&History],
    carry_over: f64,
    pooled: Estimate,
    prior: Prior,
) -> BTreeMap<Box<str>, Estimate> {
    let mut names: BTreeMap<&str, Vec<&History>> = BTreeMap::new();
    for history in telling {
        names.entry(&history.segment).or_default().push(history);
    }
    let is_small = |members: &Vec<&History>| members.len() < FEWEST;
    let mut groups: Vec<Vec<&History>> =
        names.values().filter(|members| !is_small(members)).cloned().collect();
    let rest: Vec<&History> = names.values().filter(|members| is_small(members)).flatten().copied().collect();
    groups.extend((!rest.is_empty()).then_some(rest));
    // Nothing lies between one group and itself.
    let drawn = if groups.len() < 2 { vec![pooled] } else { drawn(&groups, carry_over, prior) };
    let mut large = drawn.iter();
    let mut of = |members| if is_small(members) { drawn.last() } else { large.next() }.copied();
    names.iter().map(|(&name, members)| (name.into(), of(members).unwrap_or(pooled))).collect()
}

fn drawn(groups: &[Vec<&History>], carry_over: f64, prior: Prior) -> Vec<Estimate> {
    let own = groups.iter().map(|members| {
        let evidence = Evidence::new(members, carry_over);
        let at = (members.len() >= FEWEST).then(|| evidence.maximum()).flatten()?;
        let own = Estimate::new(at, evidence.standard_error(at));
        (own.se > 0.0 && own.se.is_finite()).then_some(own)
    });
    drawn_together(&own.collect::<Vec<_>>(), prior)
}

impl History {
    /// True if the history can tell a response: it bought, and its visits varied.
    fn tells(&self) -> bool {
        let varied = self.visits.windows(2).any(|pair| (pair[0] - pair[1]).abs() > 1e-12);
        self.sales.len() == self.visits.len() && varied && self.sales.iter().any(|&sales| sales > 0.0)
    }
}

/// Sales and log stock of every customer.
struct Evidence {
    carry_over: f64,
    customers: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Evidence {
    fn new(histories: &[&History], carry_over: f64) -> Self {
        let customers = histories
            .iter()
            .map(|history| {
                let sales = history.sales.iter().map(|sales| sales.max(0.0)).collect();
                (sales, log_stock(&history.visits, carry_over, history.visits.len()))
            })
            .collect();
        Evidence { carry_over, customers }
    }

    /// The elasticity with the highest conditional likelihood; none if there is none or it is absurd.
    fn maximum(&self) -> Option<f64> {
        let mut at = 0.0;
        for _ in 0..100 {
            let (slope, bend) =
                self.slopes(at).fold((0.0, 0.0), |sum, (slope, bend)| (sum.0 + slope, sum.1 + bend));
            let step = slope / bend;
            if !step.is_finite() {
                return None;
            }
            // The likelihood is concave; short steps keep the exponents finite.
            at += step.clamp(-0.5, 0.5);
            if step.abs() < 1e-12 {
                break;
            }
        }
        (at.abs() < 10.0).then_some(at)
    }

    /// First derivative and negative second one of the conditional likelihood, customer by customer.
    fn slopes(&self, at: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.customers.iter().map(move |(sales, stock)| {
            let (total, mean, variance) = weighted(sales, stock, at);
            let slope: f64 = sales.iter().zip(stock).map(|(sales, stock)| sales * (stock - mean)).sum();
            (slope, total * variance)
        })
    }

    fn likelihood(&self, at: f64) -> f64 {
        self.customers
            .iter()
            .map(|(sales, stock)| {
                let scale = stock.iter().map(|stock| (at * stock).exp()).sum::<f64>().ln();
                sales.iter().zip(stock).map(|(sales, stock)| sales * (at * stock - scale)).sum::<f64>()
            })
            .sum()
    }

    fn standard_error(&self, at: f64) -> f64 {
        let (squares, bend) =
            self.slopes(at).fold((0.0, 0.0), |sum, (slope, bend)| (sum.0 + slope * slope, sum.1 + bend));
        squares.sqrt() / bend
    }
}

/// Sum of sales, and mean and variance of the log stock under the shares expected at this elasticity.
fn weighted(sales: &[f64], stock: &[f64], at: f64) -> (f64, f64, f64) {
    let weights: Vec<f64> = stock.iter().map(|stock| (at * stock).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().zip(stock).map(|(weight, stock)| weight * stock).sum::<f64>() / total;
    let square =
        weights.iter().zip(stock).map(|(weight, stock)| weight * (stock - mean).powi(2)).sum::<f64>();
    (sales.iter().sum(), mean, square / total)
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    const PRIOR: Prior = Prior { elasticity: 0.245, sd: 0.1 };

    /// Sales that follow the model, with some noise; `elasticity` by segment.
    fn histories(customers: usize, elasticity: [f64; 2], carry_over: f64) -> Vec<History> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        (0..customers)
            .map(|index| {
                let visits: Vec<f64> = (0..24).map(|_| f64::from(rng.gen_range(0_u32..6))).collect();
                let level = rng.gen_range(20.0..200.0);
                let kind = index % 2;
                let sales = log_stock(&visits, carry_over, 24)
                    .iter()
                    .map(|stock| level * (elasticity[kind] * stock).exp() * rng.gen_range(0.9..1.1))
                    .collect();
                History { segment: ["a", "b"][kind].into(), sales, visits }
            })
            .collect()
    }

    #[test]
    fn a_planted_response_is_found() {
        let found = fit(&histories(200, [0.1, 0.3], 0.5), PRIOR);
        assert_eq!(found.fallback, None);
        assert!((found.carry_over - 0.5).abs() < 0.11, "{found:?}");
        assert!((found.of("a") - 0.1).abs() < 0.03 && (found.of("b") - 0.3).abs() < 0.03, "{found:?}");
        assert!((found.of("never seen") - 0.2).abs() < 0.06);
        let alone = fit(
            &histories(200, [0.2, 0.2], 0.5)
                .into_iter()
                .map(|one| History { segment: "".into(), ..one })
                .collect::<Vec<_>>(),
            PRIOR,
        );
        assert_eq!(alone.segments[""], alone.pooled);
        // Segments too small to tell anything of their own are what all of them are together.
        let small = histories(200, [0.2, 0.2], 0.5).into_iter().enumerate();
        let small: Vec<History> =
            small.map(|(at, one)| History { segment: (at / 20).to_string().into(), ..one }).collect();
        let small = fit(&small, PRIOR);
        assert!(small.segments.len() == 10 && small.segments.values().all(|one| *one == small.pooled));
        assert!(found.prior_weight < 0.1);
    }

    #[test]
    fn too_little_signal_falls_back_to_the_prior_and_says_so() {
        let few = fit(&histories(FEWEST - 1, [0.1, 0.3], 0.0), PRIOR);
        assert_eq!(
            (few.fallback, few.pooled.elasticity),
            (Some("too few customers whose visits varied"), 0.245)
        );
        let mut still = histories(100, [0.1, 0.3], 0.0);
        for history in &mut still {
            history.visits = vec![2.0; 24];
        }
        assert!(fit(&still, PRIOR).fallback.is_some());
        let mut noise = histories(40, [0.0, 0.0], 0.0);
        for (index, history) in noise.iter_mut().enumerate() {
            history.sales = (0..24).map(|at| if (at + index) % 12 == 0 { 1e6 } else { 0.0 }).collect();
        }
        let noisy = fit(&noise, PRIOR);
        assert_eq!(noisy.fallback, Some("the data are less certain than the prior"));
        assert!((noisy.pooled.interval[0] - (0.245 - HALF * 0.1)).abs() < 1e-12);
        assert!(fit(&[], PRIOR).fallback.is_some());
    }

    #[test]
    fn large_customers_being_visited_more_is_no_effect() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
        let histories: Vec<History> = (0..100)
            .map(|index| {
                let base = f64::from(index % 10);
                let visits = (0..24).map(|_| base + f64::from(rng.gen_range(0_u32..2))).collect();
                let sales = (0..24).map(|_| 100.0 * base * rng.gen_range(0.95..1.05) + 1.0).collect();
                History { segment: "".into(), sales, visits }
            })
            .collect();
        let found = fit(&histories, PRIOR);
        assert!(found.data.unwrap().elasticity.abs() < 0.05, "{found:?}");
    }
}
