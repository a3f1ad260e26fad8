//! `erba_customer(cell, rules)`: what rows are grouped by.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use crate::ingest::LogRules;

use super::argument::read;

/// The id as the local engine knows it; null where the cell names nobody.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Customer {
    signature: Signature,
}

impl Default for Customer {
    fn default() -> Self {
        Customer { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Customer {
    fn name(&self) -> &'static str {
        "erba_customer"
    }

    fn schema_name(&self, _: &[Expr]) -> Result<String> {
        Ok(self.name().to_owned())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [ColumnarValue::Array(cells), ColumnarValue::Scalar(rules)] = args.args.as_slice() else {
            return exec_err!("{} takes a column and the rules of the log", self.name());
        };
        Ok(ColumnarValue::Array(ids(cells, &read(Some(rules))?)?))
    }
}

fn ids(cells: &ArrayRef, rules: &LogRules) -> Result<ArrayRef> {
    let spelt = match cells.data_type() {
        DataType::Utf8View => cells.clone(),
        // Not every type becomes a view at once.
        _ => cast(&cast(cells, &DataType::Utf8)?, &DataType::Utf8View)?,
    };
    let texts = spelt.as_string_view();
    let id = |cell: &'_ str| rules.customer(cell.as_bytes()).map(<[u8]>::len);
    // As a rule every cell is an id as it stands.
    if texts.iter().all(|cell| cell.is_none_or(|cell| id(cell) == Some(cell.len()))) {
        return Ok(spelt);
    }
    let mut builder = StringViewBuilder::with_capacity(texts.len());
    for cell in texts {
        let id = cell.and_then(|cell| rules.customer(cell.as_bytes()));
        builder.append_option(id.and_then(|id| std::str::from_utf8(id).ok()));
    }
    Ok(Arc::new(builder.finish()))
}
