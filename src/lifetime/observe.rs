//! Purchase histories out of the feature table.

use crate::domain::Money;
use crate::error::Result;
use crate::features::{FeatureTable, Features};

use super::gamma_gamma::Spend;
use super::history::{Histories, History};
use super::period::{Days, Period, Span};

/// Customers of a feature table as the models see them.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Indices into the table, ascending; customers without a purchase are left out.
    pub customers: Vec<usize>,
    /// Their histories.
    pub histories: Histories,
    /// Their repeat spend; none without a repeat purchase.
    pub spends: Vec<Option<Spend>>,
}

/// Reads histories from a table made from transactions.
///
/// x is purchase days less one, tₓ from the first to the last of them, T from the first to `as_of`.
/// Repeat spend is history sales, net of returns, less what was bought on the first day, over x; it
/// may be 0 or less, and such customers are no evidence for the spend model.
///
/// # Errors
/// E354 if the table contradicts itself.
pub fn observe(table: &FeatureTable, period: Period) -> Result<Observed> {
    let mut customers = Vec::new();
    let mut rows = Vec::new();
    let mut spends = Vec::new();
    for (index, features) in table.rows.iter().enumerate() {
        let (Some(as_of), Some(first), Some(last)) = (table.as_of, features.first, features.last) else {
            continue;
        };
        let x = features.active_days.saturating_sub(1);
        let counted = |days: i32| Span::from(Days(f64::from(days))).counted_in(period);
        customers.push(index);
        rows.push(History { x, t_x: counted(last.since(first)), total: counted(as_of.since(first)) });
        spends.push(repeat_spend(features, x));
    }
    Ok(Observed { customers, histories: Histories::new(period, rows)?, spends })
}

fn repeat_spend(features: &Features, x: u32) -> Option<Spend> {
    let repeat = Money(features.sales_history.0.saturating_sub(features.first_sales.0));
    // A customer that sent everything back is known to bring nothing, not less.
    (x > 0).then(|| Spend { x, mean: (repeat.to_f64() / f64::from(x)).max(0.0) })
}
