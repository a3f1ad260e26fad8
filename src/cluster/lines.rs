//! Everybody's line, judged and written by the machines that have the features.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::logical_expr::{Expr, cast as cast_to, col, ident};
use datafusion::prelude::DataFrame;
use futures::{StreamExt, TryStreamExt};

use crate::error::Result;

use super::argument::argument;
use super::bins::integers;
use super::engine::functions;
use super::judge::Judge;
use super::judged::{KEY, WATCHED, names};
use super::spread::{CUSTOMERS, FEATURES, KEYS, Spread, read};

impl Spread {
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
                field(WATCHED).alias(WATCHED),
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

#[cfg(test)]
mod tests {
    use datafusion::execution::SessionState;
    use datafusion::physical_plan::displayable;
    use datafusion::prelude::{SessionConfig, SessionContext};

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
