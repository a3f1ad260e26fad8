//! What the best split is told of the reps and of their visits so far.

use super::allocate::{Fit, History, Prior, fit};
use crate::domain::Notice;

/// How far true elasticities lie from the recipe's, as a standard deviation: that of the prior of `erba allocate`.
const PRIOR_SD: f64 = 0.1;

/// Minutes a visit that are worth another split.
const MUCH: f64 = 1.0;

/// The reps' time and their visits; by default nothing is known and the recipe's hours and response hold.
#[derive(Clone, Debug, Default)]
pub struct Force {
    /// The reps' own time; empty without a table of reps.
    pub desks: Vec<Desk>,
    /// Which desk each customer lies on, in the order of the feature table; none if nobody is in charge.
    pub charges: Vec<Option<u32>>,
    /// Days on which reps can visit, desk by desk for each kind of customer.
    pub days: Vec<Days>,
    /// Which of `days` hold for each customer; empty if nothing is known.
    pub days_of: Vec<Option<u32>>,
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
    /// Minutes on the way to a visit.
    pub way: f64,
}

/// How many visits to one customer the days of a rep allow: nobody is visited twice a day, or closer than the spacing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Days {
    /// Days of the period.
    pub period: u32,
    /// How far a gap may be from the interval, as a part of it.
    pub spacing: f64,
    /// Most visits that lie at least 1, 2, … days apart.
    pub apart: Vec<u32>,
}

impl Days {
    /// Visits that can be made of so many wanted.
    pub fn possible(&self, wanted: f64) -> f64 {
        let least = (f64::from(self.period) / wanted * (1.0 - self.spacing) - 1e-9).ceil().max(1.0);
        let place = (least as usize).min(self.apart.len()).saturating_sub(1);
        wanted.min(self.apart.get(place).copied().map_or(wanted, f64::from))
    }

    /// Most visits a period that can all be made.
    pub fn most(&self) -> u32 {
        let days = self.apart.first().copied().unwrap_or(0);
        (1..=days).rev().find(|&visits| self.possible(f64::from(visits)) >= f64::from(visits)).unwrap_or(0)
    }
}

impl Force {
    /// Takes over what the way took in planned days, rep by rep: minutes in all, and visits. True if that changes much for anyone.
    pub fn learn_way(&mut self, taken: &[(f64, u32)]) -> bool {
        let together = taken.iter().fold((0.0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        let shared = self.desks.len() != taken.len();
        let mut changed = false;
        for (at, desk) in self.desks.iter_mut().enumerate() {
            let (minutes, visits) = if shared { together } else { taken[at] };
            let way = if visits > 0 { minutes / f64::from(visits) } else { desk.way };
            changed |= (way - desk.way).abs() > MUCH;
            desk.way = way;
        }
        changed
    }

    /// Visits of a customer that can be made of so many wanted.
    pub(super) fn possible(&self, index: usize, wanted: f64) -> f64 {
        self.days(index).map_or(wanted, |days| days.possible(wanted))
    }

    /// Most visits of a customer that can all be made; none if nothing is known of days.
    pub(super) fn most(&self, index: usize) -> Option<u32> {
        self.days(index).map(Days::most)
    }

    fn days(&self, index: usize) -> Option<&Days> {
        self.days.get(self.days_of.get(index).copied().flatten()? as usize)
    }

    /// The response from the visits so far, and which one holds; none without a log.
    pub(super) fn response(&self, elasticity: f64, warnings: &mut Vec<Notice>) -> Option<Fit> {
        let said = |number: f64| format!("{number:.3}");
        let Some(histories) = &self.histories else {
            warnings.push(Notice::new("response-prior").with("elasticity", said(elasticity)));
            return None;
        };
        let found = fit(histories, Prior { elasticity, sd: PRIOR_SD });
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
