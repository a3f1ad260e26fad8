//! What the aggregates have in common: one binary column as state and as value, whatever the order of rows.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, not_impl_err};
use datafusion::logical_expr::expr::AggregateFunctionParams;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility};

/// What makes one aggregate another than the rest: it sums up everything at once, or group by group.
pub(super) trait Sums: Debug + Eq + Hash + Send + Sync + 'static {
    const NAME: &'static str;
    /// True if it sums up group by group.
    const GROUPED: bool;

    fn at_once(_: &AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        not_impl_err!("{} adds up group by group, never everything at once", Self::NAME)
    }

    fn grouped(_: &AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        not_impl_err!("{} adds up everything at once, never group by group", Self::NAME)
    }
}

/// An aggregate of cells and, as the last argument, of what must be known to read them.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Aggregate<S> {
    signature: Signature,
    sums: PhantomData<S>,
}

impl<S> Default for Aggregate<S> {
    fn default() -> Self {
        Aggregate { signature: Signature::variadic_any(Volatility::Immutable), sums: PhantomData }
    }
}

/// Plans show the name alone: the last argument may be long.
impl<S: Sums> AggregateUDFImpl for Aggregate<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn schema_name(&self, _: &AggregateFunctionParams) -> Result<String> {
        Ok(S::NAME.to_owned())
    }

    fn human_display(&self, _: &AggregateFunctionParams) -> Result<String> {
        Ok(S::NAME.to_owned())
    }

    fn display_name(&self, _: &AggregateFunctionParams) -> Result<String> {
        Ok(S::NAME.to_owned())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::LargeBinary)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Field::new(format!("{}[state]", args.name), DataType::LargeBinary, true).into()])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        S::at_once(&args)
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        S::GROUPED
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        S::grouped(&args)
    }
}
