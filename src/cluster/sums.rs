//! Sums of lines that are elsewhere, and the lines themselves in order.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion::common::DataFusionError;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::logical_expr::{cast as cast_to, col, lit};
use futures::StreamExt;

use crate::domain::{CustomerType, Tier};
use crate::error::Result;
use crate::result::Segmentation;
use crate::service::Alike;

use super::argument::garbled;
use super::bins::integers;
use super::draw::people;
use super::judge::{Bench, Judge};
use super::judged::WATCHED;
use super::spread::{CUSTOMERS, FEATURES, KEYS, Spread};

impl Spread {
    /// Watch rules met together, by their places, and by how many customers.
    ///
    /// # Errors
    /// E751 if the engine gives up.
    pub fn watched(&self) -> Result<Vec<(Vec<usize>, u64)>> {
        self.wait(async {
            let table = self.read(KEYS).await?.filter(col(WATCHED).not_eq(lit("")))?;
            let counted =
                table.aggregate(vec![col(WATCHED)], vec![count(col(WATCHED)).alias("customers")])?;
            let mut found = Vec::new();
            for batch in counted.collect().await? {
                let rules = cast(batch.column(0), &DataType::Utf8)?;
                let customers = integers(&batch, 1)?;
                for (rules, customers) in rules.as_string::<i32>().iter().zip(customers) {
                    let places = rules.unwrap_or_default().split(',').map(str::parse);
                    let places: Result<Vec<usize>, _> = places.collect();
                    found.push((places.map_err(|_| garbled("a rule"))?, customers.unsigned_abs()));
                }
            }
            Ok(found)
        })
    }

    /// Customers counted by what their groups are counted by, and how many have a type by evidence.
    ///
    /// # Errors
    /// E751 if the engine gives up.
    pub fn alike(&self) -> Result<Vec<Alike>> {
        self.wait(async {
            let by = [
                "tier",
                "tier_reason",
                "tier_by_value",
                "type",
                "type_flag",
                "channel",
                "visits_per_period",
                "minutes_per_visit",
            ];
            let table = self.read(CUSTOMERS).await?.aggregate(
                by.into_iter().map(col).collect(),
                vec![
                    count(col("customer_id")).alias("customers"),
                    sum(cast_to(col("value"), DataType::Decimal128(38, 4))).alias("total"),
                ],
            )?;
            let mut found = Vec::new();
            for batch in table.collect().await? {
                let batch = batch.columns();
                let text = |place: usize| -> Result<_, DataFusionError> {
                    Ok(cast(&batch[place], &DataType::Utf8)?.as_string::<i32>().clone())
                };
                let texts = (0..6).map(text).collect::<Result<Vec<_>, _>>()?;
                let visits = cast(&batch[6], &DataType::Float64)?;
                let minutes = cast(&batch[7], &DataType::Int64)?;
                let customers = cast(&batch[8], &DataType::Int64)?;
                let totals = cast(&batch[9], &DataType::Decimal128(38, 4))?;
                for row in 0..customers.len() {
                    let word = |place: usize| texts[place].value(row);
                    let known = || {
                        Some(Alike {
                            tier: word(0).parse::<Tier>().ok()?,
                            promoted: word(1) == "potential",
                            by_value: word(2).parse::<Tier>().ok()?,
                            customer_type: word(3).parse::<CustomerType>().ok()?,
                            typed: word(4).is_empty(),
                            served: word(5) != "none",
                            visits: visits.as_primitive::<Float64Type>().value(row),
                            minutes: minutes.as_primitive::<Int64Type>().value(row).try_into().ok()?,
                            customers: customers.as_primitive::<Int64Type>().value(row).try_into().ok()?,
                            value: totals.as_primitive::<Decimal128Type>().value(row),
                        })
                    };
                    found.push(known().ok_or_else(|| garbled("a group"))?);
                }
            }
            Ok(found)
        })
    }

    /// Everybody judged, by value from the largest down and then by id, some thousands at a time.
    ///
    /// # Errors
    /// E751 if the engine gives up, and the faults of `each`.
    pub fn by_value(&self, judge: &Judge, mut each: impl FnMut(Segmentation) -> Result<()>) -> Result<()> {
        let bench = Bench::new(judge.clone())?;
        self.clock.wait(async {
            let failed = |fault: DataFusionError| self.failed(&fault);
            let sorted = async {
                let features = self.read(FEATURES).await?.filter(col("value").is_not_null())?;
                let order = vec![col("value").sort(false, false), col("id").sort(true, false)];
                features.sort(order)?.select_columns(&["id", "person"])?.execute_stream().await
            };
            let mut stream = sorted.await.map_err(failed)?;
            while let Some(batch) = stream.next().await {
                let people = batch.and_then(|batch| people(&batch)).map_err(failed)?;
                each(bench.judge(people)?)?;
            }
            Ok(())
        })
    }
}
