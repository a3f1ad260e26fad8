//! Customers that stay on the machines that added them up; this process asks for sums, bins and a draw.
//!
//! In a [`Place`] that all machines see lie `features/` (a line a customer, written once), `keys/` (potential of those
//! who may be promoted) and at last `customers/`, the result. Every question is a plan over one of these whose answer
//! has a bounded size; see `docs/internals/scale.md`.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::DataFusionError;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::logical_expr::{Expr, bitwise_shift_right, cast as cast_to, col, ident, lit};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionContext};
use futures::{StreamExt, TryStreamExt};

use crate::domain::{CustomerType, Day, Tier, Window};
use crate::error::{Error, Result};
use crate::features::{FeatureValidParams, FoldedLog, People, Person, too_much};
use crate::ingest::{ProductTable, ReadOptions};
use crate::result::Segmentation;
use crate::service::Alike;
use crate::tiering::Bin;

use super::argument::{argument, garbled};
use super::census::Census;
use super::collect::{Clock, Job};
use super::crowd::Crowd;
use super::engine::{Target, functions};
use super::group::Outcome;
use super::judge::{Bench, Judge};
use super::judged::{KEY, names};
use super::place::Place;
use super::settings::ClusterSettings;

const FEATURES: &str = "features/";
const KEYS: &str = "keys/";
const CUSTOMERS: &str = "customers/";

/// Bits of a customer's lot by which the first are found: more are fetched than asked for, by one in 65,536 at most.
const LOT_SHIFT: i64 = 47;

/// Which numbers bins are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// Value of every customer.
    Values,
    /// Keys of the potential of those who may be promoted.
    Keys,
}

/// Customers spread over a place.
pub struct Spread {
    clock: Clock,
    target: Target,
    session: SessionContext,
    place: Place,
    /// The log without its people.
    log: FoldedLog,
    /// How many customers there are.
    pub customers: u64,
    /// True if somebody has a rep.
    pub any_rep: bool,
}

/// Adds a log up and leaves the customers where they are; see [`fold`](super::fold).
///
/// * `place`: a folder or an `s3://` address that every machine sees; nothing may lie there.
/// * `seed`: of the draw.
///
/// # Errors
/// As [`fold`](super::fold), and E103 if the place is not empty.
pub fn spread(
    engine: (&Target, &ClusterSettings),
    (place, seed): (&str, u64),
    (names, headers): (&[String], &[&[String]]),
    products: &ProductTable,
    days: (Option<Day>, Window),
    params: &FeatureValidParams,
    options: &ReadOptions,
) -> Result<Spread> {
    let (target, settings) = engine;
    let clock = Clock::start(options.threads, settings.deadline)?;
    let place = Place::named(place)?;
    let (session, log, census) = clock.wait(async {
        let job = Job::open(engine, names, headers, options).await?;
        let failed = |fault: DataFusionError| job.failed(&fault);
        place.must_be_empty(&job.session).await.map_err(failed)??;
        let (frame, knowledge) = job.frame(products, days, params).await?;
        let written = async {
            let added_up = job.added_up(&knowledge)?;
            let columns = added_up.schema().columns().into_iter().map(Expr::Column);
            let named = columns.zip(["id", "person"]).map(|(column, name)| column.alias(name));
            let (scalars, aggregates) = functions();
            let of =
                |place: usize, number: i64| scalars[place].call(vec![col("id"), col("person"), lit(number)]);
            let numbers = [of(1, 0).alias("value"), of(2, seed.cast_signed()).alias("lot")];
            let lines = added_up
                .select(named.collect::<Vec<_>>())?
                .select([col("id"), col("person")].into_iter().chain(numbers).collect::<Vec<_>>())?;
            lines.write_parquet(&place.within(FEATURES), DataFrameWriteOptions::new(), None).await?;
            let features = read(&job.session, &place.within(FEATURES)).await?;
            let census = aggregates[2].call(vec![col("id"), col("person"), lit(0_i64)]);
            let mut found = Census::default();
            for batch in features.aggregate(vec![], vec![census])?.collect().await? {
                for bytes in batch.column(0).as_binary::<i64>().iter().flatten() {
                    found.merge(Census::from_bytes(bytes)?);
                }
            }
            Ok(found)
        };
        let mut census: Census = written.await.map_err(failed)?;
        if let Some(id) = &census.too_much {
            return Err(too_much(id));
        }
        let log = job.folded(frame, People::default(), std::mem::take(&mut census.account)).await?;
        Ok((job.session.clone(), log, census))
    })?;
    let Census { customers, any_rep, .. } = census;
    Ok(Spread { clock, target: target.clone(), session, place, log, customers, any_rep })
}

async fn read(session: &SessionContext, from: &str) -> Result<DataFrame, DataFusionError> {
    session.read_parquet(from, ParquetReadOptions::default()).await
}

impl Spread {
    fn wait<T>(&self, work: impl Future<Output = Result<T, DataFusionError>>) -> Result<T> {
        self.clock.wait(async { work.await.map_err(|fault| self.failed(&fault)) })
    }

    /// A fault of this house keeps its words on the way through the engine.
    fn failed(&self, fault: &DataFusionError) -> Error {
        self.target.fault(751, fault)
    }

    async fn read(&self, from: &str) -> Result<DataFrame, DataFusionError> {
        read(&self.session, &self.place.within(from)).await
    }

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

    /// Writes columns of everybody's line, file by file and side by side, since one plan writes with one task.
    async fn write(&self, to: &str, judge: &Judge, columns: &[Expr]) -> Result<(), DataFusionError> {
        let files = self.place.files(&self.session, FEATURES).await?;
        let judge = &argument(judge)?;
        let written = files.iter().enumerate().map(async |(number, file)| {
            let features = read(&self.session, file).await?.filter(col("value").is_not_null())?;
            let to = self.place.within(&format!("{to}part-{number:05}.parquet"));
            let options = DataFrameWriteOptions::new().with_single_file_output(true);
            lines(features, judge, columns)?.write_parquet(&to, options, None).await.map(drop)
        });
        futures::stream::iter(written).buffered(8).try_collect().await
    }

    /// Writes the keys of those whom `judge` promotes.
    ///
    /// Returns whether growth, and whether reach, is known of anybody.
    ///
    /// # Errors
    /// E751 if the engine gives up.
    pub fn write_keys(&self, judge: &Judge) -> Result<[bool; 2]> {
        self.wait(async {
            self.place.remove(&self.session, KEYS).await?;
            let known = |name| cast_to(field(name).is_not_null(), DataType::Int64);
            let columns = [
                field(KEY).alias(KEY),
                known("expected_growth").alias("growth"),
                known("reach").alias("reach"),
            ];
            self.write(KEYS, judge, &columns).await?;
            let any = vec![max(col("growth")).alias("growth"), max(col("reach")).alias("reach")];
            let mut found = [false; 2];
            for batch in self.read(KEYS).await?.aggregate(vec![], any)?.collect().await? {
                for (place, found) in found.iter_mut().enumerate() {
                    *found |= integers(&batch, place)?.contains(&1);
                }
            }
            Ok(found)
        })
    }

    /// Writes everybody's line.
    ///
    /// # Errors
    /// E751 if the engine gives up.
    pub fn write_customers(&self, judge: &Judge) -> Result<()> {
        self.wait(async {
            let mut columns = vec![col("id").alias("customer_id")];
            columns.extend(names().into_iter().map(|name| field(name).alias(name)));
            self.write(CUSTOMERS, judge, &columns).await
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
                            visits: visits
                                .as_primitive::<datafusion::arrow::datatypes::Float64Type>()
                                .value(row),
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

    /// Removes what only this run needed and marks the customers as whole.
    ///
    /// # Errors
    /// E751 if the place cannot be written.
    pub fn finish(&self) -> Result<()> {
        self.wait(async {
            self.place.remove(&self.session, FEATURES).await?;
            self.place.remove(&self.session, KEYS).await?;
            self.place.mark(&self.session, CUSTOMERS).await
        })
    }
}

/// A customer's line, as one column of many.
const LINE: &str = "line";

/// A column of the line, by its name.
fn field(name: &str) -> Expr {
    ident(format!("{LINE}.{name}"))
}

/// Columns of the lines of customers, each of whom is judged once.
fn lines(features: DataFrame, judge: &Expr, columns: &[Expr]) -> Result<DataFrame, DataFusionError> {
    let (scalars, _) = functions();
    let line = scalars[3].call(vec![col("id"), col("person"), judge.clone()]);
    // Laid out as columns: the engine would move fields taken of the line to where it is made, and call it for each.
    features.select([col("id"), line.alias(LINE)])?.unnest_columns(&[LINE])?.select(columns.to_vec())
}

fn people(batch: &RecordBatch) -> Result<Vec<Person>, DataFusionError> {
    let crowd = Crowd::of_columns(batch.column(0), batch.column(1))?;
    let person = |(id, features): (&str, &[u8])| match Crowd::outcome(id, features)? {
        Outcome::Somebody(person) => Some(*person),
        Outcome::Nobody | Outcome::TooMuch => None,
    };
    crowd.iter().map(|line| person(line).ok_or_else(|| garbled("a customer"))).collect()
}

/// A column of whole numbers, null being 0.
fn integers(batch: &RecordBatch, column: usize) -> Result<Vec<i64>, DataFusionError> {
    let numbers = cast(batch.column(column), &DataType::Int64)?;
    Ok(numbers.as_primitive::<Int64Type>().iter().map(Option::unwrap_or_default).collect())
}

#[cfg(test)]
mod tests {
    use datafusion::execution::SessionState;
    use datafusion::physical_plan::displayable;
    use datafusion::prelude::SessionConfig;

    use super::super::engine::{runtime, state};
    use super::*;

    fn session() -> SessionContext {
        let state: SessionState = state(SessionConfig::new(), runtime(None).unwrap());
        SessionContext::new_with_state(state)
    }

    #[test]
    fn everybody_is_judged_once() {
        let plan = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let query = "SELECT 'a' AS id, arrow_cast('x', 'LargeBinary') AS person, v AS value FROM range(3) AS t(v)";
            let features = session().sql(query).await.unwrap();
            let columns: Vec<Expr> =
                names().into_iter().map(|name| field(name).alias(name)).collect();
            let lines = lines(features, &argument(&"a judge").unwrap(), &columns).unwrap();
            displayable(&*lines.create_physical_plan().await.unwrap()).indent(false).to_string()
        });
        assert_eq!(plan.matches("erba_judged(").count(), 1, "{plan}");
    }
}
