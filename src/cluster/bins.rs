//! Histograms of numbers that are elsewhere, by which lines through everybody are found.

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::DataFusionError;
use datafusion::functions_aggregate::expr_fn::{count, min, sum};
use datafusion::logical_expr::{bitwise_shift_right, cast as cast_to, col, lit};

use crate::error::Result;
use crate::tiering::Bin;

use super::judged::KEY;
use super::spread::{FEATURES, KEYS, Spread};

/// Which numbers bins are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// Value of every customer.
    Values,
    /// Keys of the potential of those who may be promoted.
    Keys,
}

impl Spread {
    /// Bins of positive numbers, for [`Look`](crate::tiering::Look).
    ///
    /// # Errors
    /// E751 if the engine gives up.
    pub fn bins(&self, numbers: Numbers, within: Option<i64>, shift: u32) -> Result<Vec<Bin>> {
        let (folder, name) = match numbers {
            Numbers::Values => (FEATURES, "value"),
            Numbers::Keys => (KEYS, KEY),
        };
        self.wait(async {
            let upper = |shift: u32| bitwise_shift_right(col(name), lit(i64::from(shift)));
            let mut table = self.read(folder).await?.filter(col(name).gt(lit(0_i64)))?;
            if let Some(within) = within {
                table = table.filter(upper(shift + 16).eq(lit(within)))?;
            }
            let whole = DataType::Decimal128(38, 0);
            let table = table.aggregate(
                vec![upper(shift).alias("upper")],
                vec![
                    count(col(name)).alias("count"),
                    sum(cast_to(col(name), whole.clone())).alias("sum"),
                    min(col(name)).alias("least"),
                ],
            )?;
            let mut bins = Vec::new();
            for batch in table.collect().await? {
                let (uppers, counts, leasts) =
                    (integers(&batch, 0)?, integers(&batch, 1)?, integers(&batch, 3)?);
                let sums = cast(batch.column(2), &whole)?;
                let sums = sums.as_primitive::<Decimal128Type>().values().to_vec();
                for (((upper, count), least), sum) in uppers.into_iter().zip(counts).zip(leasts).zip(sums) {
                    bins.push(Bin { upper, count: count.unsigned_abs(), sum, least });
                }
            }
            Ok(bins)
        })
    }
}

/// A column of whole numbers, null being 0.
pub(super) fn integers(batch: &RecordBatch, column: usize) -> Result<Vec<i64>, DataFusionError> {
    let numbers = cast(batch.column(column), &DataType::Int64)?;
    Ok(numbers.as_primitive::<Int64Type>().iter().map(Option::unwrap_or_default).collect())
}
