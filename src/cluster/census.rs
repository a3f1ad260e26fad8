//! `erba_census(id, person, 0)`: how many customers there are, and where rows went.

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err};
use datafusion::logical_expr::Accumulator;
use datafusion::logical_expr::function::AccumulatorArgs;
use serde::{Deserialize, Serialize};

use crate::ingest::Account;

use super::aggregate::Sums;
use super::argument::garbled;
use super::crowd::Crowd;
use super::group::{Group, Outcome};

/// `erba_census`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CensusFunction;

impl Sums for CensusFunction {
    const NAME: &'static str = "erba_census";
    const GROUPED: bool = false;

    fn at_once(_: &AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Census::default()))
    }
}

/// All customers, counted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Census {
    pub(super) customers: u64,
    /// True if somebody has a rep.
    pub(super) any_rep: bool,
    /// The first customer by id whose amounts add up to too much.
    pub(super) too_much: Option<String>,
    pub(super) account: Account,
}

impl Census {
    pub(super) fn merge(&mut self, other: Census) {
        self.customers += other.customers;
        self.any_rep |= other.any_rep;
        self.too_much = match (self.too_much.take(), other.too_much) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.account.merge(other.account);
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Census> {
        serde_json::from_slice(bytes).map_err(|_| garbled("the census"))
    }

    fn count(&mut self, id: &str, features: &[u8]) -> Option<()> {
        let mut census = Census::default();
        match Group::read_value(id, features, &mut self.account)? {
            Outcome::Nobody => {}
            Outcome::Somebody(person) => {
                census.customers = 1;
                census.any_rep = person.rep.is_some();
            }
            Outcome::TooMuch => census.too_much = Some(id.to_owned()),
        }
        self.merge(census);
        Some(())
    }
}

impl Accumulator for Census {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [ids, features, ..] = values else { return Err(garbled("the census")) };
        for (id, features) in Crowd::of_columns(ids, features)?.iter() {
            self.count(id, features).ok_or_else(|| garbled("a customer"))?;
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [states] = states else { return Err(garbled("the census")) };
        for state in states.as_binary::<i64>().iter().flatten() {
            self.merge(Census::from_bytes(state)?);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let bytes = serde_json::to_vec(self).map_err(|fault| exec_datafusion_err!("{fault}"))?;
        Ok(ScalarValue::LargeBinary(Some(bytes)))
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}
