//! Dated visits: examples by hand, random tables under an independent judge, real places.

mod by_hand;
mod calendars;
mod closed_days;
mod iowa;
mod judge;
mod program;
mod property;

use erba::domain::{Channel, Day, Money, Tier};
use erba::features::{FeatureTable, Features, Profile};
use erba::scoring::Value;
use erba::service::{Service, ServicePlan};
use erba::tiering::Tiering;
use erba::visits::{Calendar, EarlierPlan, Planning, Rep, VisitPlan, VisitRecord, VisitsValidParams, plan};

/// One customer of an example.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) tier: Tier,
    pub(crate) value: i64,
    pub(crate) visits: f64,
    pub(crate) minutes: u32,
    pub(crate) rep: Option<&'static str>,
    pub(crate) place: Option<(f64, f64)>,
    pub(crate) last: Option<Day>,
}

/// Everything an example has.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) customers: Vec<Customer>,
    pub(crate) reps: Vec<Rep>,
    pub(crate) calendar: Calendar,
    pub(crate) earlier: Option<EarlierPlan>,
    pub(crate) as_of: Day,
}

/// The parameters of the general recipe with changes laid over them.
pub(crate) fn params(changes: &str) -> VisitsValidParams {
    erba::config::from_text("test", &format!("[visits]\n{changes}")).unwrap().visits
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

impl Example {
    /// Customers get ascending ids in the order given; 2022-12-31 is a Saturday, so Monday is 2023-01-02.
    pub(crate) fn new(customers: Vec<Customer>, reps: Vec<Rep>) -> Self {
        Example { customers, reps, calendar: Calendar::default(), earlier: None, as_of: day("2022-12-31") }
    }

    pub(crate) fn table(&self) -> FeatureTable {
        let profile = |customer: &Customer| Profile {
            rep: customer.rep.map(Into::into),
            lat: customer.place.map(|place| place.0),
            lon: customer.place.map(|place| place.1),
            ..Profile::default()
        };
        FeatureTable {
            as_of: Some(self.as_of),
            ids: self.customers.iter().map(|customer| customer.id.as_str().into()).collect(),
            rows: vec![Features::default(); self.customers.len()],
            profiles: self.customers.iter().map(profile).collect(),
            ..FeatureTable::default()
        }
    }

    pub(crate) fn plan(&self, params: &VisitsValidParams) -> erba::error::Result<VisitPlan> {
        let service = |customer: &Customer| Service {
            channel: if customer.visits > 0.0 { Channel::Direct } else { Channel::Distributor },
            visits: customer.visits,
            minutes: customer.minutes,
            message: "keep_supplied".into(),
            response_hours: 24,
            survey_days: None,
            budget: None,
            rule: None,
        };
        let amounts = self.customers.iter().map(|customer| Money(customer.value * 10_000)).collect();
        let tiers = self.customers.iter().map(|customer| customer.tier).collect();
        let log: Vec<VisitRecord> = self
            .customers
            .iter()
            .filter_map(|customer| {
                let day = customer.last?;
                Some(VisitRecord { customer: customer.id.as_str().into(), day, rep: None, outcome: None })
            })
            .collect();
        plan(
            &Planning {
                table: &self.table(),
                value: &Value { metric: "sales".into(), amounts, ..Value::default() },
                tiering: &Tiering { tiers, ..Tiering::default() },
                service: &ServicePlan {
                    customers: self.customers.iter().map(service).collect(),
                    period_days: 28,
                    ..ServicePlan::default()
                },
                log: &log,
                reps: &self.reps,
                calendar: &self.calendar,
                earlier: self.earlier.as_ref(),
                as_of: self.as_of,
            },
            params,
        )
    }
}
