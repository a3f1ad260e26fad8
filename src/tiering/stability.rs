//! How sure each customer's tier is.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use crate::domain::{Money, Tier};
use crate::error::{Fault, Result};
use crate::features::FeatureTable;
use crate::scoring::{Potential, Value};

use super::cut::Ranking;
use super::params::TieringValidParams;
use super::split::along;

/// How often each customer falls into each tier when the data are drawn again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TierStability {
    /// Resamples drawn.
    pub resamples: u32,
    /// True if months were drawn too, not only customers.
    pub months_drawn: bool,
    /// Per customer, in the order of the table: probability of Ⅰ, Ⅱ and Ⅲ by value, adding up to 1.
    #[serde(skip)]
    pub probabilities: Vec<[f64; 3]>,
    /// Per tier by value: mean probability of staying in it, 0–1; none for an empty tier.
    pub mean_probability: [Option<f64>; 3],
    /// Share of customers whose own tier has a probability of at least 0.9.
    pub sure_share: f64,
    /// Smallest value in Ⅰ and in Ⅱ: 2.5th and 97.5th percentile over the resamples; none if a tier was empty throughout.
    pub lines: [Option<[Money; 2]>; 2],
}

/// Bootstraps the tiers by value (promotion and holding left out).
///
/// A resample draws as many customers as there are, with replacement, and finds the lines between tiers anew. Where the
/// value is window sales by month, it also draws as many months as the window has, the same for all customers, since
/// seasons and shortages strike all at once; a customer's value is then the sum over its drawn months, so a customer
/// that lives from one large order gets an uncertain tier. Each customer, drawn or not, is held against the new
/// lines. Under `kmeans` the smallest value of each cluster is the line.
///
/// * `resamples`: at least 1. Cost n log n each.
///
/// # Errors
/// E902 if lengths differ; E411 or E412 if k-means cannot split a resample.
///
/// # References
/// Efron & Tibshirani (1993), *An Introduction to the Bootstrap*, chs. 6 and 8.
pub fn stability(
    table: &FeatureTable,
    value: &Value,
    potential: &Potential,
    params: &TieringValidParams,
    resamples: u32,
    seed: u64,
) -> Result<TierStability> {
    let n = value.amounts.len();
    if table.len() != n || potential.scores.len() != n {
        return Err(Fault::new(902, "values, potentials and customers do not belong together").into());
    }
    let months = (value.metric == "sales").then(|| monthly(table, value)).flatten();
    let draws: Vec<Draw> = (0..resamples)
        .into_par_iter()
        .map(|resample| {
            let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed ^ u64::from(resample) << 32);
            let values = match &months {
                Some(months) => months.redraw(&mut chance),
                None => value.amounts.clone(),
            };
            let lines = lines(&values, &potential.scores, params, &mut chance)?;
            Ok(Draw { tiers: values.iter().map(|value| tier(*value, lines)).collect(), lines })
        })
        .collect::<Result<_>>()?;
    let by_value = lines_of(&value.amounts, &potential.scores, params, seed)?;
    let own: Vec<Tier> = value.amounts.iter().map(|value| tier(*value, by_value)).collect();
    Ok(summarised(&draws, &own, months.is_some()))
}

/// The outcome of one resample.
struct Draw {
    tiers: Vec<Tier>,
    lines: Lines,
}

/// Smallest value in Ⅰ and in Ⅱ.
type Lines = [Option<Money>; 2];

fn tier(value: Money, [one, two]: Lines) -> Tier {
    let reaches = |line: Option<Money>| value > Money::ZERO && line.is_some_and(|line| value >= line);
    match (reaches(one), reaches(two)) {
        (true, _) => Tier::I,
        (_, true) => Tier::II,
        _ => Tier::III,
    }
}

/// The lines among as many customers drawn with replacement.
fn lines(
    values: &[Money],
    potentials: &[f64],
    params: &TieringValidParams,
    chance: &mut Xoshiro256PlusPlus,
) -> Result<Lines> {
    let drawn: Vec<usize> = (0..values.len()).map(|_| chance.gen_range(0..values.len())).collect();
    let values: Vec<Money> = drawn.iter().map(|&index| values[index]).collect();
    let potentials: Vec<f64> = drawn.iter().map(|&index| potentials[index]).collect();
    lines_of(&values, &potentials, params, chance.r#gen())
}

fn lines_of(values: &[Money], potentials: &[f64], params: &TieringValidParams, seed: u64) -> Result<Lines> {
    let ranking = Ranking::new(values, &[]);
    if ranking.positive == 0 {
        return Ok([None, None]);
    }
    let tiers = along(&ranking, potentials, params, seed)?.tiers;
    let smallest = |wanted: Tier| {
        let held = ranking.values.iter().zip(&tiers).filter(|(_, tier)| **tier == wanted);
        held.map(|(value, _)| *value).min()
    };
    Ok([smallest(Tier::I), smallest(Tier::II)])
}

/// Sales of the months in the window, customer by customer.
struct Monthly {
    first: i32,
    months: usize,
    /// Per customer: what falls into no month of the window (0 as a rule), and sales by month.
    sales: Vec<(i64, Vec<(usize, i64)>)>,
}

/// None where there are fewer than three months: too few to draw from.
fn monthly(table: &FeatureTable, value: &Value) -> Option<Monthly> {
    let (history_first, _) = table.history?;
    let as_of = table.as_of?;
    let window_first = match table.window? {
        crate::domain::Window::Days(days) => as_of.plus(1 - i32::try_from(days).unwrap_or(i32::MAX)),
        crate::domain::Window::All => history_first,
    };
    let first = window_first.max(history_first).month();
    let months = usize::try_from(as_of.month() - first + 1).ok().filter(|months| *months >= 3)?;
    let sales = table
        .rows
        .iter()
        .zip(&value.amounts)
        .map(|(row, value)| {
            let inside: Vec<(usize, i64)> = row
                .months
                .iter()
                .filter_map(|month| Some((usize::try_from(month.month - first).ok()?, month.sales.0)))
                .filter(|(month, _)| *month < months)
                .collect();
            // The first month may begin before the window; what differs stays with the customer.
            let sum = inside.iter().fold(0_i64, |sum, (_, sales)| sum.saturating_add(*sales));
            (value.0.saturating_sub(sum), inside)
        })
        .collect();
    Some(Monthly { first, months, sales })
}

impl Monthly {
    /// Values when as many months are drawn with replacement.
    fn redraw(&self, chance: &mut Xoshiro256PlusPlus) -> Vec<Money> {
        debug_assert!(self.first > 0);
        let mut times = vec![0_i64; self.months];
        for _ in 0..self.months {
            times[chance.gen_range(0..self.months)] += 1;
        }
        self.sales
            .iter()
            .map(|(rest, months)| {
                let drawn = months.iter().map(|(month, sales)| sales.saturating_mul(times[*month]));
                Money(drawn.fold(*rest, i64::saturating_add))
            })
            .collect()
    }
}

fn summarised(draws: &[Draw], own: &[Tier], months_drawn: bool) -> TierStability {
    let share = 1.0 / draws.len().max(1) as f64;
    let mut counts = vec![[0_u32; 3]; own.len()];
    for draw in draws {
        for (count, tier) in counts.iter_mut().zip(&draw.tiers) {
            count[tier.index()] += 1;
        }
    }
    let probabilities: Vec<[f64; 3]> =
        counts.iter().map(|count| count.map(|count| f64::from(count) * share)).collect();
    let of_own = || own.iter().zip(&probabilities).map(|(tier, chances)| (*tier, chances[tier.index()]));
    let mean_probability = Tier::ALL.map(|tier| {
        let (sum, customers) = of_own()
            .filter(|(own, _)| *own == tier)
            .fold((0.0, 0_u32), |(sum, customers), (_, chance)| (sum + chance, customers + 1));
        (customers > 0).then(|| sum / f64::from(customers))
    });
    // A count times a share may fall short of 0.9 by rounding.
    let sure = of_own().filter(|(_, chance)| *chance >= 0.9 - 1e-9).count();
    let lines = [0, 1].map(|line| {
        let mut found: Vec<Money> = draws.iter().filter_map(|draw| draw.lines[line]).collect();
        found.sort_unstable();
        let at = |share: f64| found.get((share * found.len() as f64) as usize).copied();
        Some([at(0.025)?, at(0.975)?])
    });
    TierStability {
        resamples: draws.len() as u32,
        months_drawn,
        probabilities,
        mean_probability,
        sure_share: if own.is_empty() { 0.0 } else { sure as f64 / own.len() as f64 },
        lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, Window, general_section};
    use crate::features::{Features, MonthSales};
    use crate::tiering::TieringParams;

    fn params() -> TieringValidParams {
        general_section::<TieringParams>("tiering").check().unwrap()
    }

    /// Twelve customers; the first half of each pair sells evenly, the other all in one month.
    fn example(months: bool) -> (FeatureTable, Value, Potential) {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let mut table = FeatureTable {
            as_of: Some(day("2022-12-31")),
            window: Some(Window::Days(365)),
            history: Some((day("2022-01-01"), day("2022-12-31"))),
            has_transactions: true,
            ..FeatureTable::default()
        };
        let mut value = Value { metric: "sales".to_owned(), ..Value::default() };
        for customer in 0..12_i64 {
            let sales =
                [1200, 1200, 480, 480, 240, 240, 120, 120, 60, 60, 12, 12][customer as usize] * 10_000;
            let month = |month: i32, sales: i64| MonthSales { month: 2022 * 12 + month, sales: Money(sales) };
            let split: Vec<MonthSales> = if customer % 2 == 0 {
                (0..12).map(|place| month(place, sales / 12)).collect()
            } else {
                vec![month(5, sales)]
            };
            table.ids.push(format!("c{customer:02}").into());
            table.rows.push(Features { months: split.into(), ..Features::default() });
            value.amounts.push(Money(sales));
        }
        if !months {
            value.metric = "column".to_owned();
        }
        let potential = Potential { scores: vec![0.0; 12], ..Potential::default() };
        (table, value, potential)
    }

    fn found(months: bool) -> TierStability {
        let (table, value, potential) = example(months);
        stability(&table, &value, &potential, &params(), 400, 7).unwrap()
    }

    #[test]
    fn who_lives_from_one_month_is_less_sure() {
        let found = found(true);
        assert!(found.months_drawn);
        assert!(found.probabilities.iter().all(|chances| (chances.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        // The month of customer 1 is missing from about a third of the draws: (11/12)^12 = 0.35.
        assert!((found.probabilities[1][2] - 0.35).abs() < 0.08, "{:?}", found.probabilities[1]);
        assert!(found.probabilities[0][0] > found.probabilities[1][0] + 0.2);
        assert!(found.mean_probability[2].unwrap() > found.mean_probability[0].unwrap());
    }

    #[test]
    fn without_months_only_the_lines_vary() {
        let found = found(false);
        assert!(!found.months_drawn);
        assert!(found.probabilities[0][0] > 0.95 && found.probabilities[11][2] > 0.95);
        let [low, high] = found.lines[0].unwrap();
        assert!(low <= high);
        assert_eq!(found, self::found(false), "the same seed gives the same resamples");
    }

    #[test]
    fn nobody_and_one_have_an_outcome() {
        let mut table = FeatureTable::default();
        let (mut value, mut potential) = (Value::default(), Potential::default());
        let found = stability(&table, &value, &potential, &params(), 10, 1);
        assert_eq!(found.unwrap().mean_probability, [None; 3]);
        table.ids.push("a".into());
        table.rows.push(Features::default());
        value.amounts.push(Money(5));
        potential.scores.push(0.0);
        let found = stability(&table, &value, &potential, &params(), 10, 1).unwrap();
        assert_eq!(found.probabilities, [[1.0, 0.0, 0.0]]);
    }
}
