//! Customers that stay on the machines that added them up; this process asks for sums, bins and a draw.
//!
//! In a [`Place`] that all machines see lie `features/` (a line a customer, written once), `keys/` (potential of those
//! who may be promoted, watch rules met) and at last `customers/`, the result. Every question is a plan over one of
//! these whose answer has a bounded size; see `docs/internals/scale.md`. Here customers are added up and counted;
//! then some are drawn ([`draw`](super::draw)), lines are found ([`bins`](super::bins)), everybody's line is written
//! ([`lines`](super::lines)) and what was written is summed up ([`sums`](super::sums)).

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::common::{DataFusionError, exec_err};
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionContext};

use crate::domain::{Day, Window};
use crate::error::{Error, Result};
use crate::features::{FeatureValidParams, FoldedLog, People, too_much};
use crate::ingest::{ProductTable, ReadOptions};

use super::bins::integers;
use super::census::Census;
use super::collect::{Clock, Job};
use super::engine::{Target, functions};
use super::place::Place;
use super::settings::ClusterSettings;

pub(super) const FEATURES: &str = "features/";
pub(super) const KEYS: &str = "keys/";
pub(super) const CUSTOMERS: &str = "customers/";

/// Customers spread over a place.
pub struct Spread {
    pub(super) clock: Clock,
    target: Target,
    pub(super) session: SessionContext,
    pub(super) place: Place,
    /// The log without its people.
    pub(super) log: FoldedLog,
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
            let told =
                lines.write_parquet(&place.within(FEATURES), DataFrameWriteOptions::new(), None).await?;
            let features = read(&job.session, &place.within(FEATURES)).await?;
            let census = aggregates[2].call(vec![col("id"), col("person"), lit(0_i64)]);
            let (mut found, mut lines) = (Census::default(), 0);
            let counted = features.aggregate(vec![], vec![census, count(lit(1)).alias("lines")])?;
            for batch in counted.collect().await? {
                for bytes in batch.column(0).as_binary::<i64>().iter().flatten() {
                    found.merge(Census::from_bytes(bytes)?);
                }
                lines += total(&batch, 1)?;
            }
            // A machine that dies when it has written and not yet said so leaves its file beside that of its successor.
            let written = told.iter().map(|batch| total(batch, 0)).sum::<Result<i64, _>>()?;
            if written != lines {
                return exec_err!(
                    "a machine died while it wrote: {lines} customers lie there, {written} were to"
                );
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

/// The sum of a column of whole numbers.
fn total(batch: &RecordBatch, column: usize) -> Result<i64, DataFusionError> {
    Ok(integers(batch, column)?.into_iter().sum())
}

pub(super) async fn read(session: &SessionContext, from: &str) -> Result<DataFrame, DataFusionError> {
    session.read_parquet(from, ParquetReadOptions::default()).await
}

impl Spread {
    pub(super) fn wait<T>(&self, work: impl Future<Output = Result<T, DataFusionError>>) -> Result<T> {
        self.clock.wait(async { work.await.map_err(|fault| self.failed(&fault)) })
    }

    /// A fault of this house keeps its words on the way through the engine.
    pub(super) fn failed(&self, fault: &DataFusionError) -> Error {
        self.target.fault(751, fault)
    }

    pub(super) async fn read(&self, from: &str) -> Result<DataFrame, DataFusionError> {
        read(&self.session, &self.place.within(from)).await
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
