//! Arguments of the functions: cells, and as the last what a function needs to know of the run.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_datafusion_err, internal_err};
use datafusion::logical_expr::{Expr, lit};
use datafusion::physical_plan::PhysicalExpr;
use datafusion::physical_plan::expressions::Literal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ingest::CellBatch;

/// The knowledge as a literal of the plan.
///
/// A dictionary of one value: an aggregate is given its arguments as columns, and a plain text would be
/// copied once for every row.
pub(super) fn argument(knowledge: &impl Serialize) -> Result<Expr> {
    let text = serde_json::to_string(knowledge).map_err(|fault| exec_datafusion_err!("{fault}"))?;
    let value = ScalarValue::Utf8(Some(text));
    Ok(lit(ScalarValue::Dictionary(Box::new(DataType::Int8), Box::new(value))))
}

/// What the last argument of an aggregate says.
pub(super) fn known<T: DeserializeOwned>(arguments: &[Arc<dyn PhysicalExpr>]) -> Result<T> {
    let literal = arguments.last().and_then(|last| last.downcast_ref::<Literal>());
    read(literal.map(Literal::value))
}

/// What a literal says.
pub(super) fn read<T: DeserializeOwned>(value: Option<&ScalarValue>) -> Result<T> {
    let text = text(value)?;
    serde_json::from_str(text).map_err(|fault| exec_datafusion_err!("a function was told nonsense: {fault}"))
}

/// The words of a literal.
pub(super) fn text(value: Option<&ScalarValue>) -> Result<&str> {
    let text = match value {
        Some(ScalarValue::Dictionary(_, value)) => value.try_as_str().flatten(),
        Some(value) => value.try_as_str().flatten(),
        None => None,
    };
    text.ok_or_else(|| exec_datafusion_err!("a function was not told what it needs to know"))
}

/// The cells of a function's arguments.
pub(super) fn cells_of(columns: &[ArrayRef]) -> Result<CellBatch> {
    match columns.iter().find(|column| !CellBatch::reads(column.data_type())) {
        Some(odd) => internal_err!("a column of {} holds no cells", odd.data_type()),
        None => Ok(CellBatch::new(columns)),
    }
}

/// Bytes that another machine wrote and this one does not understand.
pub(super) fn garbled(what: &str) -> DataFusionError {
    exec_datafusion_err!("{what} came garbled: do all machines run the same version of erba?")
}
