//! What the best split is told of the reps and of their visits so far.

use super::allocate::{Fit, History, Prior, fit};
use crate::domain::Notice;

/// How far true elasticities lie from the recipe's, as a standard deviation: that of the prior of `erba allocate`.
const PRIOR_SD: f64 = 0.1;

/// The reps' time and their visits; by default nothing is known and the recipe's hours and response hold.
#[derive(Clone, Debug, Default)]
pub struct Force {
    /// The reps' own time; empty without a table of reps.
    pub desks: Vec<Desk>,
    /// Which desk each customer lies on, in the order of the feature table; none if nobody is in charge.
    pub charges: Vec<Option<u32>>,
    /// Minutes on the way to a visit.
    pub way: f64,
    /// Sales and visits by month; none without a visit log.
    pub histories: Option<Vec<History>>,
}

/// The time of one rep, or of all reps together where customers are shared out by work.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// The rep; blank for all together.
    pub rep: Box<str>,
    /// Minutes for visits and the way in the period.
    pub minutes: f64,
    /// Most visits in the period.
    pub visits: u32,
}

impl Force {
    /// The response from the visits so far, and which one holds; none without a log.
    pub(super) fn response(&self, elasticity: f64, warnings: &mut Vec<Notice>) -> Option<Fit> {
        let found = fit(self.histories.as_deref()?, Prior { elasticity, sd: PRIOR_SD });
        let said = |number: f64| format!("{number:.3}");
        let notice = match (found.fallback, found.data) {
            (None, _) => Notice::new("response-fitted")
                .with("low", said(found.pooled.interval[0]))
                .with("high", said(found.pooled.interval[1])),
            (Some(_), Some(data)) => Notice::new("response-uncertain").with("se", said(data.se)),
            (Some(_), None) => Notice::new("response-unknown"),
        };
        let notice = notice.with("elasticity", said(found.pooled.elasticity));
        warnings.push(notice.with("customers", found.customers));
        Some(found)
    }
}
