//! Customers in order of value, and the lines drawn through that order.

use rayon::prelude::*;

use crate::domain::Money;

use super::params::{Method, Ratio, TieringValidParams};

/// Customers by value, large to small, ties by id.
pub(super) struct Ranking {
    /// Index of the customer of each rank.
    pub(super) order: Vec<u32>,
    /// Values along `order`.
    pub(super) values: Vec<Money>,
    /// How many are above 0; they come first.
    pub(super) positive: usize,
    /// Sum of those.
    pub(super) total: i128,
}

/// Customers before each line: how many are in Ⅰ, and in Ⅰ and Ⅱ together.
pub(super) type Lines = [usize; 2];

impl Ranking {
    /// Orders customers; n log n.
    pub(super) fn new(amounts: &[Money], ids: &[Box<str>]) -> Ranking {
        // Complement turns the order of values round, so that plain numbers can be sorted.
        let key = |(index, value): (u32, &Money)| (!value.0, index);
        let mut keyed: Vec<(i64, u32)> =
            (0..amounts.len() as u32).into_par_iter().zip(amounts).map(key).collect();
        if ids.par_windows(2).all(|pair| pair[0] <= pair[1]) {
            keyed.par_sort_unstable();
        } else {
            let id = |index: u32| ids.get(index as usize);
            keyed.par_sort_unstable_by(|a, b| {
                a.0.cmp(&b.0).then_with(|| id(a.1).cmp(&id(b.1))).then(a.1.cmp(&b.1))
            });
        }
        let (values, order): (Vec<Money>, Vec<u32>) =
            keyed.into_iter().map(|(key, index)| (Money(!key), index)).unzip();
        let positive = values.partition_point(|value| *value > Money::ZERO);
        let total = values[..positive].iter().map(|value| i128::from(value.0)).sum();
        Ranking { order, values, positive, total }
    }

    /// Places at which a run of equal positive values ends, with the sum of all values up to there.
    fn ends(&self) -> impl Iterator<Item = (usize, i128)> + '_ {
        let mut sum = 0_i128;
        (0..self.positive).filter_map(move |place| {
            sum += i128::from(self.values[place].0);
            (place + 1 == self.positive || self.values[place + 1] != self.values[place])
                .then_some((place + 1, sum))
        })
    }

    /// Customers from the first whose run of equal values begins before `before(customers, sum)` turns false.
    fn while_before(&self, before: impl Fn(usize, i128) -> bool) -> usize {
        let (mut customers, mut sum) = (0, 0);
        for (end, next) in self.ends() {
            if !before(customers, sum) {
                break;
            }
            (customers, sum) = (end, next);
        }
        customers
    }

    /// Ⅰ and Ⅱ end where the value before a customer reaches the share of all positive value.
    pub(super) fn by_share(&self, shares: [Ratio; 2]) -> Lines {
        shares.map(|share| self.while_before(|_, sum| share.holds_below(sum, self.total)))
    }

    /// Ⅰ and Ⅱ end where the number of customers before a customer reaches the share of all customers.
    pub(super) fn by_count(&self, shares: [Ratio; 2]) -> Lines {
        let all = self.order.len() as i128;
        shares.map(|share| self.while_before(|customers, _| share.holds_below(customers as i128, all)))
    }

    /// Ⅰ and Ⅱ hold the values that reach the thresholds.
    pub(super) fn by_threshold(&self, thresholds: [Money; 2]) -> Lines {
        thresholds.map(|least| self.values[..self.positive].partition_point(|value| *value >= least))
    }

    /// Computed ABC analysis on the curve x = share of customers, y = share of value.
    ///
    /// The curve's points are the ends of runs of equal values. The Pareto point is nearest to (0, 1); the break-even point is the
    /// last with slope 1 or more, thus with values of the mean or above. The one with the smaller x ends Ⅰ. With B the other one,
    /// the submarginal point is the point nearest to (x of B, 1) and ends Ⅱ. Values below 0 count as 0.
    ///
    /// # References
    /// Ultsch & Lötsch (2015), Computed ABC Analysis for Rational Selection of Most Informative Variables in Multivariate
    /// Data, PLOS ONE 10(6): e0129767.
    pub(super) fn by_abc(&self) -> Lines {
        let all = self.order.len() as f64;
        let points: Vec<(usize, f64, f64)> =
            self.ends().map(|(end, sum)| (end, end as f64 / all, sum as f64 / self.total as f64)).collect();
        let nearest = |x0: f64| {
            let distance = |point: &&(usize, f64, f64)| (point.1 - x0).powi(2) + (1.0 - point.2).powi(2);
            points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)).then(a.0.cmp(&b.0)))
        };
        let customers = self.order.len() as i128;
        let even = self.values[..self.positive]
            .partition_point(|value| i128::from(value.0) * customers >= self.total);
        let pareto = nearest(0.0).map_or(0, |point| point.0);
        let beyond = pareto.max(even) as f64 / all;
        let one = pareto.min(even);
        [one, nearest(beyond).map_or(one, |point| point.0.max(one))]
    }
}

/// The smallest value that belongs to tier Ⅰ by the recipe's method; none if no value is positive.
///
/// A threshold is a line even where no customer stands on it. `kmeans` has no line in value: the share cut stands in.
///
/// * `values`: one per customer, any order.
pub fn line(values: &[Money], params: &TieringValidParams) -> Option<Money> {
    let ranking = Ranking::new(values, &[]);
    if ranking.positive == 0 {
        return None;
    }
    let [end, _] = match params.method {
        Method::Threshold => return Some(params.threshold[0]),
        Method::Count => ranking.by_count(params.count),
        Method::Abc => ranking.by_abc(),
        Method::Share | Method::Kmeans => ranking.by_share(params.share),
    };
    ranking.values.get(end.checked_sub(1)?).copied()
}
