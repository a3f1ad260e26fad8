//! Customers drawn from those who are elsewhere: by the smallest seeded hashes of their ids, whoever holds them.

use datafusion::arrow::array::RecordBatch;
use datafusion::common::DataFusionError;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{bitwise_shift_right, col, lit};
use futures::StreamExt;

use crate::error::Result;
use crate::features::{FoldedLog, People, Person};

use super::argument::garbled;
use super::bins::integers;
use super::crowd::Crowd;
use super::group::Outcome;
use super::spread::{FEATURES, Spread};

/// Bits of a customer's lot by which the first are found: more are fetched than asked for, by one in 65,536 at most.
const LOT_SHIFT: i64 = 47;

impl Spread {
    /// The log with `most` customers, those with the smallest lots, or a few more; with all, if they are no more.
    ///
    /// # Errors
    /// E751 if the engine gives up.
    pub fn drawn(&self, most: u64) -> Result<FoldedLog> {
        let parts = self.wait(async {
            let upper = || bitwise_shift_right(col("lot"), lit(LOT_SHIFT));
            let features = self.read(FEATURES).await?.filter(col("value").is_not_null())?;
            let mut bins = Vec::new();
            let counted = features
                .clone()
                .aggregate(vec![upper().alias("upper")], vec![count(col("lot")).alias("count")])?;
            for batch in counted.collect().await? {
                let (uppers, counts) = (integers(&batch, 0)?, integers(&batch, 1)?);
                bins.extend(uppers.into_iter().zip(counts));
            }
            bins.sort_unstable();
            let mut found = 0;
            let last = bins.into_iter().find(|(_, count)| {
                found += count.unsigned_abs();
                found >= most
            });
            let within = match last {
                Some((last, _)) => features.filter(upper().lt_eq(lit(last)))?,
                None => features,
            };
            let mut parts = Vec::new();
            let mut stream = within.select_columns(&["id", "person"])?.execute_stream().await?;
            while let Some(batch) = stream.next().await {
                parts.push(people(&batch?)?);
            }
            Ok(parts)
        })?;
        let FoldedLog { frame, inputs, rows, rejects, .. } = &self.log;
        Ok(FoldedLog {
            frame: frame.clone(),
            people: People::of(parts),
            inputs: inputs.clone(),
            rows: rows.clone(),
            rejects: rejects.clone(),
        })
    }
}

/// The people of a batch of ids and features.
pub(super) fn people(batch: &RecordBatch) -> Result<Vec<Person>, DataFusionError> {
    let crowd = Crowd::of_columns(batch.column(0), batch.column(1))?;
    let person = |(id, features): (&str, &[u8])| match Crowd::outcome(id, features)? {
        Outcome::Somebody(person) => Some(*person),
        Outcome::Nobody | Outcome::TooMuch => None,
    };
    crowd.iter().map(|line| person(line).ok_or_else(|| garbled("a customer"))).collect()
}
