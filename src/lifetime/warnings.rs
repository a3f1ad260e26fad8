//! Whether the data break what the models assume.

use crate::domain::Notice;
use crate::features::FeatureTable;

use super::gamma_gamma::Spend;
use super::history::Histories;
use super::period::{Period, Span};

/// Something that makes a forecast doubtful.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// Too few customers bought again for the parameters to be worth much.
    FewRepeaters {
        /// Customers with a repeat purchase.
        repeaters: usize,
    },
    /// Those who buy more often spend more (or less) at a purchase: Gamma-Gamma assumes neither.
    SpendFollowsFrequency {
        /// Correlation of the logarithms of purchases and mean spend.
        correlation: f64,
    },
    /// Purchases come at even distances, as under a contract: the models assume chance.
    RegularPurchases {
        /// Median over customers of gap deviation over gap mean.
        variation: f64,
    },
    /// The forecast goes much further than anything seen.
    LongHorizon {
        /// The horizon.
        horizon: Span,
        /// The longest history.
        longest: Span,
    },
    /// Customers whose repeat purchases brought nothing were left out of the spend model.
    WithoutSpend {
        /// How many.
        customers: usize,
    },
    /// The spend model's q is 2 or less: the spread of what a customer spends has no bounds.
    UnboundedSpend {
        /// q.
        q: f64,
    },
    /// More repeats than days: purchases of one day are one in these models, or the period is not
    /// that of the times.
    MoreThanDaily {
        /// How many customers.
        customers: usize,
    },
}

/// Fewer repeaters than this make parameters a guess (the house's own line; standard errors of the
/// four parameters are then of their own size).
const FEW_REPEATERS: usize = 100;
/// |correlation| from which spend is said to follow frequency. Fader & Hardie accept 0.06 (CDNOW:
/// 0.11 of the raw numbers); 0.3 explains a tenth of the variance.
const CORRELATED: f64 = 0.3;
/// Chance alone gives gaps whose deviation is near their mean; half of it is a timetable.
const REGULAR: f64 = 0.5;
/// Purchase days from which a customer's gaps say how regular it is.
const DAYS_FOR_GAPS: u32 = 5;

impl Warning {
    /// The warning without words, for reports in any language.
    pub fn notice(&self) -> Notice {
        match self {
            Warning::FewRepeaters { repeaters } => Notice::new("lifetime-few-repeaters")
                .with("repeaters", *repeaters)
                .with("enough", FEW_REPEATERS),
            Warning::SpendFollowsFrequency { correlation } => Notice::new("lifetime-spend-follows-frequency")
                .with("correlation", format!("{correlation:.2}")),
            Warning::RegularPurchases { variation } => {
                Notice::new("lifetime-regular-purchases").with("variation", format!("{variation:.2}"))
            }
            Warning::LongHorizon { horizon, longest } => {
                let days = |span: &Span| span.counted_in(Period::Day).round() as u64;
                Notice::new("lifetime-long-horizon")
                    .with("horizon", days(horizon))
                    .with("longest", days(longest))
            }
            Warning::WithoutSpend { customers } => {
                Notice::new("lifetime-without-spend").with("customers", *customers)
            }
            Warning::UnboundedSpend { q } => {
                Notice::new("lifetime-unbounded-spend").with("q", format!("{q:.2}"))
            }
            Warning::MoreThanDaily { customers } => {
                Notice::new("lifetime-more-than-daily").with("customers", *customers)
            }
        }
    }
}

/// Looks at histories and spend.
pub(super) fn of_histories(histories: &Histories, spends: &[Option<Spend>], horizon: Span) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let repeaters = histories.repeaters();
    if repeaters < FEW_REPEATERS {
        warnings.push(Warning::FewRepeaters { repeaters });
    }
    let correlation = spend_correlation(spends);
    if correlation.abs() > CORRELATED {
        warnings.push(Warning::SpendFollowsFrequency { correlation });
    }
    let without = spends.iter().flatten().filter(|spend| spend.mean <= 0.0).count();
    if without > 0 {
        warnings.push(Warning::WithoutSpend { customers: without });
    }
    // A fifth of slack for times rounded to a hundredth of a month.
    let often = histories.rows().iter().filter(|row| row.a_day(histories.period()) > 1.2).count();
    if often > 0 {
        warnings.push(Warning::MoreThanDaily { customers: often });
    }
    let longest = histories.rows().iter().fold(0.0_f64, |longest, row| longest.max(row.total));
    if horizon.counted_in(histories.period()) > 2.0 * longest {
        let longest = Span::new((longest * 10.0).round() / 10.0, histories.period());
        warnings.push(Warning::LongHorizon { horizon, longest });
    }
    warnings
}

/// Pearson's correlation of ln x and ln z̄ over customers with positive repeat spend; 0 without spread.
fn spend_correlation(spends: &[Option<Spend>]) -> f64 {
    let pairs: Vec<(f64, f64)> = spends
        .iter()
        .flatten()
        .filter(|spend| spend.mean > 0.0)
        .map(|spend| (f64::from(spend.x).ln(), spend.mean.ln()))
        .collect();
    let count = pairs.len().max(1) as f64;
    let mean_x = pairs.iter().map(|pair| pair.0).sum::<f64>() / count;
    let mean_z = pairs.iter().map(|pair| pair.1).sum::<f64>() / count;
    let (mut xx, mut zz, mut xz) = (0.0, 0.0, 0.0);
    for (x, z) in pairs {
        let (dx, dz) = (x - mean_x, z - mean_z);
        xx += dx * dx;
        zz += dz * dz;
        xz += dx * dz;
    }
    let scale = (xx * zz).sqrt();
    if scale > 0.0 { xz / scale } else { 0.0 }
}

/// Looks at the gaps between purchases, which only transactions show.
pub fn of_gaps(table: &FeatureTable) -> Option<Warning> {
    let mut variations: Vec<f64> = table
        .rows
        .iter()
        .filter(|row| row.active_days >= DAYS_FOR_GAPS)
        .filter_map(|row| Some(row.gap_sd? / row.gap_mean?))
        .filter(|variation| variation.is_finite())
        .collect();
    if variations.is_empty() {
        return None;
    }
    let middle = variations.len() / 2;
    let (_, variation, _) = variations.select_nth_unstable_by(middle, f64::total_cmp);
    let variation = *variation;
    (variation < REGULAR).then_some(Warning::RegularPurchases { variation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Day;
    use crate::features::Features;
    use crate::lifetime::{History, Period, Weeks};

    #[test]
    fn few_repeaters_and_long_horizons_are_told() {
        let rows = vec![History { x: 1, t_x: 2.0, total: 10.0 }; 3];
        let histories = Histories::new(Period::Week, rows).unwrap();
        let warnings = of_histories(&histories, &[], Weeks(21.0).into());
        assert!(matches!(
            warnings[..],
            [Warning::FewRepeaters { repeaters: 3 }, Warning::LongHorizon { .. }]
        ));
        let told = warnings[1].notice();
        assert_eq!(
            told,
            Notice::new("lifetime-long-horizon").with("horizon", 147_u64).with("longest", 70_u64)
        );
    }

    #[test]
    fn more_purchases_than_days_are_told() {
        let row = |x| History { x, t_x: 2.0, total: 10.0 };
        let rows = [vec![row(30)], vec![row(14); 99]].concat();
        let histories = Histories::new(Period::Week, rows).unwrap();
        let warnings = of_histories(&histories, &[], Weeks(9.0).into());
        assert_eq!(warnings, [Warning::MoreThanDaily { customers: 1 }]);
    }

    #[test]
    fn spend_that_grows_with_frequency_is_told() {
        let spends: Vec<_> =
            (1..200).map(|x| Some(Spend { x, mean: f64::from(x) * (1.0 + f64::from(x % 3)) })).collect();
        assert!(spend_correlation(&spends) > 0.9);
        assert!(spend_correlation(&[None, Some(Spend { x: 1, mean: 2.0 })]).abs() < 1e-12);
    }

    #[test]
    fn a_timetable_is_told() {
        let customer = |gap_sd| Features {
            active_days: 9,
            first: Some(Day(0)),
            gap_mean: Some(10.0),
            gap_sd: Some(gap_sd),
            ..Features::default()
        };
        let table = |gap_sd| FeatureTable { rows: vec![customer(gap_sd); 3], ..FeatureTable::default() };
        assert!(of_gaps(&table(1.0)).is_some());
        assert!(of_gaps(&table(9.0)).is_none());
        assert!(of_gaps(&FeatureTable::default()).is_none());
    }
}
