//! `erba_sales(id, person, 0)` and `erba_lot(id, person, seed)`: numbers that customers are sorted and drawn by.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::typing;

use super::argument::garbled;
use super::crowd::Crowd;
use super::group::Outcome;

/// Which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Which {
    /// Window sales.
    Sales,
    /// The seeded hash of the id, without its lowest bit: never below 0.
    Lot,
}

/// A number of each customer; null where no row of it was used.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Number {
    which: Which,
    signature: Signature,
}

impl Number {
    pub(super) fn new(which: Which) -> Self {
        Number { which, signature: Signature::any(3, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Number {
    fn name(&self) -> &'static str {
        match self.which {
            Which::Sales => "erba_sales",
            Which::Lot => "erba_lot",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [ids, people, ColumnarValue::Scalar(ScalarValue::Int64(Some(seed)))] = args.args.as_slice()
        else {
            return exec_err!("{} takes an id, a person and a number", self.name());
        };
        let people = Crowd::of(ids, people, args.number_rows)?;
        let number = |(id, bytes): (&str, &[u8])| match Crowd::outcome(id, bytes)? {
            Outcome::Somebody(person) => Some(Some(match self.which {
                Which::Sales => person.features.sales.0,
                Which::Lot => (typing::lot(id, seed.cast_unsigned()) >> 1).cast_signed(),
            })),
            Outcome::Nobody | Outcome::TooMuch => Some(None),
        };
        let numbers: Option<Int64Array> =
            people.iter().map(number).collect::<Option<Vec<_>>>().map(Into::into);
        let numbers = numbers.ok_or_else(|| garbled("a customer"))?;
        Ok(ColumnarValue::Array(Arc::new(numbers) as ArrayRef))
    }
}
