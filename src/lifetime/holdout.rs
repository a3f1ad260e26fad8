//! The honest test: cut the history, fit, and compare with what happened afterwards.
//!
//! Against the models stand two rules anyone can apply: *same again* (what the customer did in the
//! stretch just before the cut, as long as the horizon) and *average so far* (its repeat purchases
//! and spend since the first purchase, per unit of time). The report says who wins what.

use hashbrown::HashMap;
use serde::Serialize;

use crate::domain::{Day, Money};
use crate::error::{Fault, Result};
use crate::features::{FeatureTable, Features};

use super::forecast::Forecast;
use super::model::ModelKind;
use super::observe::Observed;
use super::params::LifetimeValidParams;
use super::period::Period;

/// How forecasts made at the cut did in the time after it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Holdout {
    /// The last day the models were fitted on.
    pub cut: Option<Day>,
    /// Which purchase model.
    pub model: ModelKind,
    /// Length of the time after the cut, in periods of the model.
    pub horizon: f64,
    /// The period.
    pub period: Period,
    /// Customers with a purchase up to the cut.
    pub customers: usize,
    /// How purchases (days with a purchase) were forecast.
    pub purchases: Comparison,
    /// How value (net sales) was forecast; none without spend.
    pub value: Option<Comparison>,
}

/// One quantity, three ways to forecast it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What happened, over all customers.
    pub actual: f64,
    /// The model's interval for it, both ends.
    pub interval: [f64; 2],
    /// True if what happened lies in it.
    pub inside: bool,
    /// The model, same again, average so far.
    pub methods: Vec<Score>,
    /// By repeat purchases before the cut.
    pub classes: Vec<Class>,
    /// Where a simple rule beats the model.
    pub simple_rule_wins: Vec<Win>,
}

/// How one method did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// `model`, `same_again` or `average_so_far`.
    pub method: &'static str,
    /// Sum over all customers.
    pub total: f64,
    /// Sum over what happened, less 1.
    pub total_error: f64,
    /// Mean absolute error of a customer.
    pub mean_absolute_error: f64,
    /// Root of the mean squared error of a customer.
    pub root_mean_squared_error: f64,
    /// Pearson's correlation with what happened; 0 without spread.
    pub correlation: f64,
    /// Share of what happened that the tenth of customers with the highest forecast brought.
    pub top_tenth: f64,
}

/// Means per customer of one class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Class {
    /// Repeat purchases before the cut: `0`, `1`, … `6`, `7+`.
    pub repeats: &'static str,
    /// Customers.
    pub customers: usize,
    /// What happened.
    pub actual: f64,
    /// The model.
    pub model: f64,
    /// What happened in the stretch before.
    pub same_again: f64,
    /// By the average so far.
    pub average_so_far: f64,
}

const CLASSES: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7+"];

/// One customer: what happened and three forecasts, in the order of [`METHODS`].
struct Case {
    x: u32,
    actual: f64,
    forecasts: [f64; 3],
}

const METHODS: [&str; 3] = ["model", "same_again", "average_so_far"];

/// Compares forecasts made at a cut with what happened after it.
///
/// * `forecast`, `observed`: fitted on `cut`, horizon of `params` = time from the cut to `end`.
/// * `before`: the same transactions up to one horizon before the cut; none if nothing was sold then.
/// * `cut`, `end`: up to the cut, and to its end.
///
/// # Errors
/// E355 if nobody had bought before the cut.
pub fn compare(
    forecast: &Forecast,
    observed: &Observed,
    before: Option<&FeatureTable>,
    cut: &FeatureTable,
    end: &FeatureTable,
    params: &LifetimeValidParams,
) -> Result<Holdout> {
    if observed.customers.is_empty() {
        return Err(Fault::new(355, "nobody bought before the holdout")
            .hint("hold out fewer periods")
            .into());
    }
    let horizon = params.horizon().counted_in(params.period());
    let (earlier, later) = (by_id(before), by_id(Some(end)));
    let mut purchases = Vec::with_capacity(observed.customers.len());
    let mut values = Vec::with_capacity(observed.customers.len());
    for (place, &customer) in observed.customers.iter().enumerate() {
        let (row, id) = (&cut.rows[customer], &*cut.ids[customer]);
        let history = observed.histories.rows()[place];
        let past = |of: fn(&Features) -> f64| earlier.get(id).map_or(0.0, |row| of(row));
        let future = |of: fn(&Features) -> f64| later.get(id).map_or_else(|| of(row), |row| of(row));
        let prediction = &forecast.predictions[place];
        let stretches = if history.total > 0.0 { horizon / history.total } else { 0.0 };
        purchases.push(Case {
            x: history.x,
            actual: future(days) - days(row),
            forecasts: [
                prediction.purchases.expected,
                days(row) - past(days),
                f64::from(history.x) * stretches,
            ],
        });
        let repeat = Money(row.sales_history.0.saturating_sub(row.first_sales.0)).to_f64();
        let expected = prediction.spend.map_or(0.0, |spend| spend.value.expected);
        values.push(Case {
            x: history.x,
            actual: future(sales) - sales(row),
            forecasts: [expected, sales(row) - past(sales), repeat * stretches],
        });
    }
    let total = forecast.total(|_| true);
    Ok(Holdout {
        cut: cut.as_of,
        model: forecast.fit.model.kind(),
        horizon,
        period: params.period(),
        customers: purchases.len(),
        purchases: judge(&purchases, [total.purchases_low, total.purchases_high]),
        value: forecast.spend.is_some().then(|| judge(&values, [total.low, total.high])),
    })
}

fn days(row: &Features) -> f64 {
    f64::from(row.active_days)
}

fn sales(row: &Features) -> f64 {
    row.sales_history.to_f64()
}

fn by_id(table: Option<&FeatureTable>) -> HashMap<&str, &Features> {
    table.map(|table| table.ids.iter().map(|id| &**id).zip(&table.rows).collect()).unwrap_or_default()
}

fn judge(cases: &[Case], interval: [f64; 2]) -> Comparison {
    let actual: f64 = cases.iter().map(|case| case.actual).sum();
    let methods: Vec<Score> = (0..METHODS.len()).map(|method| score(cases, method, actual)).collect();
    let classes =
        CLASSES.iter().enumerate().filter_map(|(class, name)| one_class(cases, class, name)).collect();
    let inside = (interval[0]..=interval[1]).contains(&actual);
    Comparison { actual, interval, inside, simple_rule_wins: wins(&methods), methods, classes }
}

fn score(cases: &[Case], method: usize, actual: f64) -> Score {
    let count = cases.len() as f64;
    let forecast = |case: &Case| case.forecasts[method];
    let total: f64 = cases.iter().map(forecast).sum();
    let errors = cases.iter().map(|case| forecast(case) - case.actual);
    let absolute: f64 = errors.clone().map(f64::abs).sum();
    let squared: f64 = errors.map(|error| error * error).sum();
    let (mean_forecast, mean_actual) = (total / count, actual / count);
    let (mut forecasts, mut actuals, mut both) = (0.0, 0.0, 0.0);
    for case in cases {
        let (left, right) = (forecast(case) - mean_forecast, case.actual - mean_actual);
        forecasts += left * left;
        actuals += right * right;
        both += left * right;
    }
    let scale = (forecasts * actuals).sqrt();
    Score {
        method: METHODS[method],
        total,
        total_error: if actual == 0.0 { 0.0 } else { total / actual - 1.0 },
        mean_absolute_error: absolute / count,
        root_mean_squared_error: (squared / count).sqrt(),
        correlation: if scale > 0.0 { both / scale } else { 0.0 },
        top_tenth: top_tenth(cases, method, actual),
    }
}

/// Ties at the border count in proportion, so that equal forecasts are no luck of the order.
fn top_tenth(cases: &[Case], method: usize, actual: f64) -> f64 {
    let mut sorted: Vec<(f64, f64)> =
        cases.iter().map(|case| (case.forecasts[method], case.actual)).collect();
    sorted.sort_by(|left, right| right.0.total_cmp(&left.0).then(right.1.total_cmp(&left.1)));
    let mut left = sorted.len() as f64 / 10.0;
    let mut caught = 0.0;
    for tied in sorted.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let part = (left / tied.len() as f64).min(1.0);
        caught += part * tied.iter().map(|pair| pair.1).sum::<f64>();
        left -= tied.len() as f64;
        if left <= 0.0 {
            break;
        }
    }
    if actual == 0.0 { 0.0 } else { caught / actual }
}

fn one_class(cases: &[Case], class: usize, repeats: &'static str) -> Option<Class> {
    let last = CLASSES.len() - 1;
    let inside = || cases.iter().filter(|case| (case.x as usize).min(last) == class);
    let customers = inside().count();
    let mean = |of: &dyn Fn(&Case) -> f64| inside().map(of).sum::<f64>() / customers as f64;
    (customers > 0).then(|| Class {
        repeats,
        customers,
        actual: mean(&|case| case.actual),
        model: mean(&|case| case.forecasts[0]),
        same_again: mean(&|case| case.forecasts[1]),
        average_so_far: mean(&|case| case.forecasts[2]),
    })
}

/// A rule in one measure where it is better than the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Win {
    /// `total`, `mean_absolute_error`, `root_mean_squared_error`, `correlation` or `top_tenth`.
    pub measure: &'static str,
    /// `same_again` or `average_so_far`.
    pub method: &'static str,
}

type Measure = fn(&Score) -> f64;

/// Measures in which a simple rule is visibly better than the model: by half a point of a share, by
/// a hundredth of an error. Less than that is the third digit.
fn wins(methods: &[Score]) -> Vec<Win> {
    let Some((model, rules)) = methods.split_first() else { return Vec::new() };
    // Smaller is better for all of these.
    let measures: [(&str, Measure, f64); 5] = [
        ("total", |score| score.total_error.abs(), 0.005),
        ("mean_absolute_error", |score| score.mean_absolute_error, 0.01 * model.mean_absolute_error),
        (
            "root_mean_squared_error",
            |score| score.root_mean_squared_error,
            0.01 * model.root_mean_squared_error,
        ),
        ("correlation", |score| -score.correlation, 0.005),
        ("top_tenth", |score| -score.top_tenth, 0.005),
    ];
    let mut wins = Vec::new();
    for (measure, of, margin) in measures {
        for rule in rules {
            if of(rule) < of(model) - margin {
                wins.push(Win { measure, method: rule.method });
            }
        }
    }
    wins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_worked_by_hand() {
        let case = |x, actual, model, again, average| Case { x, actual, forecasts: [model, again, average] };
        let cases = [case(0, 0.0, 0.5, 0.0, 0.0), case(1, 2.0, 1.5, 3.0, 1.0), case(9, 4.0, 3.0, 4.0, 9.0)];
        let found = judge(&cases, [4.5, 5.5]);
        assert!(!found.inside);
        assert!((found.actual - 6.0).abs() < 1e-12);
        let model = &found.methods[0];
        assert!((model.total_error + 1.0 / 6.0).abs() < 1e-12);
        assert!((model.mean_absolute_error - 2.0 / 3.0).abs() < 1e-12);
        assert!((model.root_mean_squared_error - 0.5_f64.sqrt()).abs() < 1e-12);
        // A tenth of three customers is 0.3 of the best: 1.2 of 6.
        assert!((model.top_tenth - 0.2).abs() < 1e-12);
        assert_eq!(found.classes.iter().map(|class| class.repeats).collect::<Vec<_>>(), ["0", "1", "7+"]);
        // Same again errs by 1, the model by 2 in all; the totals are 7 and 5 for 6, a draw.
        let win = Win { measure: "mean_absolute_error", method: "same_again" };
        assert!(found.simple_rule_wins.contains(&win), "{:?}", found.simple_rule_wins);
    }

    #[test]
    fn ties_share_the_border() {
        let cases: Vec<Case> = (0..20)
            .map(|i| Case { x: 0, actual: f64::from(i), forecasts: [1.0, 0.0, f64::from(i)] })
            .collect();
        let actual: f64 = (0..20).map(f64::from).sum();
        assert!((top_tenth(&cases, 0, actual) - 0.1).abs() < 1e-12);
        assert!((top_tenth(&cases, 2, actual) - 37.0 / 190.0).abs() < 1e-12);
    }
}
