//! The gate of the `[service]` section of a recipe, and what has passed it.

use std::collections::BTreeMap;

use crate::domain::{Channel, CustomerType, Money, Tier};
use crate::error::{Error, Fault, Result};

use super::params::{
    AllocationMethod, BudgetWithin, MessageText, OptimalParams, PolicyRow, ServiceParams, StageRule,
    WatchRule,
};

/// A `[service]` section that has passed its gate.
#[derive(Clone, Debug)]
pub struct ServiceValidParams {
    params: ServiceParams,
    rows: [PolicyRow; 6],
    budget: Option<Money>,
}

/// Position of a tier × type in the policy and in the plan: Ⅰ innovative is 0, Ⅲ conservative is 5.
pub(super) const fn group_index(tier: Tier, customer_type: CustomerType) -> usize {
    tier.index() * 2 + customer_type.index()
}

impl ServiceValidParams {
    /// Days of the period that visits are counted in, 1–366.
    pub fn period_days(&self) -> u32 {
        self.params.period_days
    }

    /// Columns of the customer table, or features, that stages and the watch list look at.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let stages = self.params.stages.iter().filter_map(|stage| stage.column.as_deref());
        stages.chain(self.params.watch.iter().flatten().map(|rule| rule.column.as_str()))
    }

    /// Money for the whole period, in whole cents; none to plan without money.
    pub fn budget(&self) -> Option<Money> {
        self.budget
    }

    /// How a group's money is split among its customers.
    pub fn budget_within(&self) -> BudgetWithin {
        self.params.budget_within
    }

    /// How visits are split.
    pub fn allocation(&self) -> AllocationMethod {
        self.params.allocation
    }

    /// How the best split is found.
    pub fn optimal(&self) -> &OptimalParams {
        &self.params.optimal
    }

    /// The service of one tier × type.
    pub fn row(&self, tier: Tier, customer_type: CustomerType) -> &PolicyRow {
        &self.rows[group_index(tier, customer_type)]
    }

    /// The six rows, Ⅰ innovative first.
    pub fn rows(&self) -> &[PolicyRow; 6] {
        &self.rows
    }

    /// The messages by key.
    pub fn messages(&self) -> &BTreeMap<String, MessageText> {
        &self.params.messages
    }

    pub(super) fn stages(&self) -> &[StageRule] {
        &self.params.stages
    }

    pub(super) fn watch(&self) -> &[WatchRule] {
        self.params.watch.as_deref().unwrap_or_default()
    }
}

impl ServiceParams {
    /// The same, once every value is known to be in its range.
    ///
    /// # Errors
    /// E113 for each value out of its range, missing row, doubled row or message key that nobody wrote.
    pub fn check(self) -> Result<ServiceValidParams> {
        let mut faults = Faults::default();
        if !(1..=366).contains(&self.period_days) {
            faults.add("period_days", format!("{} is not within 1–366 days", self.period_days));
        }
        let budget = self.check_budget(&mut faults);
        self.optimal.check(&mut faults);
        for (index, row) in self.policy.iter().enumerate() {
            row.check(index, self.period_days, &mut faults);
            self.check_message(&format!("policy[{index}].message"), &row.message, &mut faults);
        }
        for (key, text) in &self.messages {
            if text.en.trim().is_empty() || text.zh.trim().is_empty() {
                faults.add(&format!("messages.{key}"), "a message needs words in both languages".into());
            }
        }
        for (index, rule) in self.stages.iter().enumerate() {
            rule.check(index, &mut faults);
            if let Some(message) = &rule.message {
                self.check_message(&format!("stages[{index}].message"), message, &mut faults);
            }
        }
        for (index, rule) in self.watch.iter().flatten().enumerate() {
            rule.check(index, &mut faults);
        }
        let rows = self.sorted_rows(&mut faults);
        match rows {
            Some(rows) if faults.0.is_empty() => Ok(ServiceValidParams { params: self, rows, budget }),
            _ => Err(Error { faults: faults.0 }),
        }
    }

    fn check_budget(&self, faults: &mut Faults) -> Option<Money> {
        let units = self.budget?;
        let cents = Money::from_f64(units).filter(|money| money.0 > 0 && money.0 % 100 == 0);
        if cents.is_none() {
            faults.add("budget", format!("{units} is not a positive amount in whole cents"));
        }
        cents
    }

    fn check_message(&self, place: &str, key: &str, faults: &mut Faults) {
        if !self.messages.contains_key(key) {
            let keys: Vec<&str> = self.messages.keys().map(String::as_str).collect();
            faults.add(place, format!("there is no message \"{key}\" (there are: {})", keys.join(", ")));
        }
    }

    fn sorted_rows(&self, faults: &mut Faults) -> Option<[PolicyRow; 6]> {
        let mut rows: [Option<&PolicyRow>; 6] = [None; 6];
        for (index, row) in self.policy.iter().enumerate() {
            let place = &mut rows[group_index(row.tier, row.customer_type)];
            if place.is_some() {
                let cause = format!("there is already a row for {} {}", row.tier, row.customer_type);
                faults.add(&format!("policy[{index}]"), cause);
            }
            *place = Some(row);
        }
        for tier in Tier::ALL {
            for customer_type in CustomerType::ALL {
                if rows[group_index(tier, customer_type)].is_none() {
                    faults.add("policy", format!("there is no row for {tier} {customer_type}"));
                }
            }
        }
        let shares: f64 = self.policy.iter().map(|row| row.budget_share).sum();
        if (shares - 1.0).abs() > 1e-6 {
            faults.add("policy", format!("the budget shares of the rows add up to {shares:.6}, not to 1"));
        }
        let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] = rows else { return None };
        Some([a, b, c, d, e, f].map(Clone::clone))
    }
}

/// The most visits a period that anyone can mean: one an hour of every day.
fn most_visits(period_days: u32) -> f64 {
    f64::from(period_days.max(1)) * 24.0
}

impl OptimalParams {
    fn check(&self, faults: &mut Faults) {
        if !(0.0..=1.0).contains(&self.elasticity) {
            faults.add("optimal.elasticity", format!("{} is not within 0–1", self.elasticity));
        }
        if let Some(hours) = self.hours
            && !(hours > 0.0 && hours <= 1e9)
        {
            faults.add("optimal.hours", format!("{hours} is not within 0–1000000000 hours"));
        }
    }
}

impl PolicyRow {
    fn check(&self, index: usize, period_days: u32, faults: &mut Faults) {
        let place = |key: &str| format!("policy[{index}].{key}");
        let most = most_visits(period_days);
        if !(0.0..=most).contains(&self.visits) {
            faults.add(&place("visits"), format!("{} is not within 0–{most} visits a period", self.visits));
        }
        if f64::from(self.max_visits) > most {
            faults.add(&place("max_visits"), format!("{} is more than {most}", self.max_visits));
        }
        if self.min_visits > self.max_visits {
            let cause = format!("{} is more than max_visits = {}", self.min_visits, self.max_visits);
            faults.add(&place("min_visits"), cause);
        } else if self.visits < f64::from(self.min_visits) || self.visits > f64::from(self.max_visits) {
            let cause = format!(
                "{} is not within min_visits–max_visits, {}–{}",
                self.visits, self.min_visits, self.max_visits
            );
            faults.add(&place("visits"), cause);
        }
        if self.channel != Channel::Direct && self.max_visits > 0 {
            let cause =
                format!("nobody visits customers of the channel \"{}\": it must be 0", self.channel.as_str());
            faults.add(&place("max_visits"), cause);
        }
        if self.channel == Channel::Distributor && self.survey_days.is_none() {
            let cause = "customers of the channel \"distributor\" need a periodic survey";
            faults.add(&place("survey_days"), cause.into());
        }
        if !(1..=1440).contains(&self.minutes) {
            faults.add(&place("minutes"), format!("{} is not within 1–1440 minutes", self.minutes));
        }
        if !(1..=8784).contains(&self.response_hours) {
            faults
                .add(&place("response_hours"), format!("{} is not within 1–8784 hours", self.response_hours));
        }
        check_survey(&place("survey_days"), self.survey_days, faults);
        if !(0.0..=1.0).contains(&self.budget_share) {
            faults.add(&place("budget_share"), format!("{} is not within 0–1", self.budget_share));
        }
    }
}

impl StageRule {
    fn check(&self, index: usize, faults: &mut Faults) {
        let place = |key: &str| format!("stages[{index}].{key}");
        if self.name.trim().is_empty() {
            faults.add(&place("name"), "a stage needs a name".into());
        }
        if self.words.is_empty() && self.months.is_none() {
            faults.add(&place("words"), "a stage needs words or months to be known by".into());
        }
        if let Some([over, up_to]) = self.months
            && !(over >= 0.0 && over < up_to)
        {
            faults.add(
                &place("months"),
                format!("{over} to {up_to} is not a span of months (from less to more)"),
            );
        }
        if self.every_days != 0.0 && !(1.0 / 24.0..=3660.0).contains(&self.every_days) {
            let cause = format!("{} is neither 0 nor within 1/24–3660 days", self.every_days);
            faults.add(&place("every_days"), cause);
        }
        if self.minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes)) {
            faults.add(&place("minutes"), "it is not within 1–1440 minutes".into());
        }
        check_survey(&place("survey_days"), self.survey_days, faults);
    }
}

impl WatchRule {
    fn check(&self, index: usize, faults: &mut Faults) {
        let place = |key: &str| format!("watch[{index}].{key}");
        let tests = [self.above.is_some(), self.below.is_some(), self.equals.is_some()]
            .iter()
            .filter(|given| **given)
            .count();
        if tests != 1 {
            let cause = format!("a watch rule needs exactly one of above, below and equals, not {tests}");
            faults.add(&format!("watch[{index}]"), cause);
        }
        for (key, limit) in [("above", self.above), ("below", self.below)] {
            if limit.is_some_and(|limit| !limit.is_finite()) {
                faults.add(&place(key), "it is not a finite number".into());
            }
        }
        if self.reason.trim().is_empty() {
            faults.add(&place("reason"), "a watch rule needs a reason: the plan shows it".into());
        }
    }
}

fn check_survey(place: &str, days: Option<u32>, faults: &mut Faults) {
    if days.is_some_and(|days| !(1..=3660).contains(&days)) {
        faults.add(place, "it is not within 1–3660 days".into());
    }
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, key: &str, cause: String) {
        self.0.push(Fault::in_recipe(format!("service.{key}"), cause));
    }
}
