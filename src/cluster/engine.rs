//! The engine: DataFusion in this process, or a Ballista cluster that runs its plans.

use std::str::FromStr;
use std::sync::Arc;

use ballista::extension::{SessionConfigExt, SessionContextExt};
use ballista_core::config::{BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS, BALLISTA_CLIENT_IO_RETRIES_TIMES};
use datafusion::common::{DataFusionError, Result as EngineResult};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::{Error, Fault};

use super::aggregate::Aggregate;
use super::census::CensusFunction;
use super::customer::Customer;
use super::features::FeaturesFunction;
use super::judged::Judged;
use super::numbers::{Number, Which};
use super::settings::{ClusterSettings, usual_memory};
use super::stores::Stores;
use super::survey::SurveyFunction;

/// Which engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// In this process.
    DataFusion,
    /// The cluster whose scheduler listens at `host:port`.
    Ballista(String),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once("://") {
            None if text == "datafusion" => Ok(Target::DataFusion),
            Some(("ballista", place))
                if place.split(':').nth(1).is_some_and(|port| port.parse::<u16>().is_ok()) =>
            {
                Ok(Target::Ballista(place.to_owned()))
            }
            _ => Err(format!("\"{text}\" is not an engine (local, datafusion or ballista://HOST:PORT)")),
        }
    }
}

/// The functions that every machine knows.
pub(super) fn functions() -> (Vec<Arc<ScalarUDF>>, Vec<Arc<AggregateUDF>>) {
    let scalars = vec![
        Arc::new(ScalarUDF::new_from_impl(Customer::default())),
        Arc::new(ScalarUDF::new_from_impl(Number::new(Which::Sales))),
        Arc::new(ScalarUDF::new_from_impl(Number::new(Which::Lot))),
        Arc::new(ScalarUDF::new_from_impl(Judged::default())),
    ];
    let aggregates = vec![
        Arc::new(AggregateUDF::new_from_impl(Aggregate::<SurveyFunction>::default())),
        Arc::new(AggregateUDF::new_from_impl(Aggregate::<FeaturesFunction>::default())),
        Arc::new(AggregateUDF::new_from_impl(Aggregate::<CensusFunction>::default())),
    ];
    (scalars, aggregates)
}

/// Memory for what is added up, the rest on disk; and the stores.
pub(super) fn runtime(memory: Option<u64>) -> EngineResult<Arc<RuntimeEnv>> {
    let mut builder = RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(Stores));
    if let Some(memory) = memory {
        builder = builder.with_memory_pool(Arc::new(FairSpillPool::new(memory as usize)));
    }
    builder.build_arc()
}

/// A session that knows the functions.
pub(super) fn state(config: SessionConfig, runtime: Arc<RuntimeEnv>) -> SessionState {
    let (scalars, aggregates) = functions();
    let mut builder =
        SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features();
    builder.scalar_functions().get_or_insert_default().extend(scalars);
    builder.aggregate_functions().get_or_insert_default().extend(aggregates);
    builder.build()
}

impl Target {
    /// A session with this engine.
    ///
    /// # Errors
    /// E750 if the engine cannot be had.
    pub(super) async fn session(
        &self,
        (threads, memory): (usize, Option<u64>),
        settings: &ClusterSettings,
    ) -> Result<SessionContext, Error> {
        let opened = match self {
            Target::DataFusion => {
                let config =
                    SessionConfig::new().with_target_partitions(settings.parts.unwrap_or(threads).max(1));
                let memory = memory.unwrap_or_else(usual_memory);
                runtime(Some(memory)).map(|runtime| SessionContext::new_with_state(state(config, runtime)))
            }
            Target::Ballista(place) => remote(place, settings).await,
        };
        opened.map_err(|fault| self.fault(750, &fault))
    }

    /// A fault of the engine in this house's words.
    pub(super) fn fault(&self, code: u16, fault: &DataFusionError) -> Error {
        let cause = fault.strip_backtrace();
        let cause = cause.lines().next().unwrap_or_default().trim();
        match self {
            Target::DataFusion => Fault::new(code, format!("the engine says: {cause}"))
                .hint("give more with --memory (half of the machine's unless said otherwise), or read the files with --engine local"),
            Target::Ballista(place) => Fault::new(code, format!("the cluster at {place} says: {cause}"))
                .hint("look into the logs of its scheduler and executors; no result was written"),
        }
        .into()
    }
}

async fn remote(place: &str, settings: &ClusterSettings) -> EngineResult<SessionContext> {
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(settings.parts.unwrap_or(ClusterSettings::PARTS).max(1))
        .with_ballista_job_name("erba")
        .set_usize(BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS, settings.patience.as_secs().max(1) as usize)
        .set_usize(BALLISTA_CLIENT_IO_RETRIES_TIMES, settings.retries);
    let state = state(config, runtime(None)?);
    SessionContext::remote_with_state(&format!("df://{place}"), state).await
}
