//! The machines of a cluster: Ballista's own scheduler and executor, which know erba's functions.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::error::BallistaError;
use ballista_core::extension::SessionConfigExt;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::prelude::SessionConfig;

use crate::error::{Error, Fault, Result};

use super::engine::{functions, runtime, state};

/// What an executor is and has.
#[derive(Clone, Debug)]
pub struct ExecutorPlace {
    /// Where shuffled data are fetched; its neighbour, one port up, takes orders.
    pub bind: SocketAddr,
    /// The name by which others reach it, if not by the address it binds to.
    pub known_as: Option<String>,
    /// Host and port of the scheduler.
    pub scheduler: (String, u16),
    /// Tasks at once.
    pub cores: usize,
    /// Bytes for what tasks add up; more goes to disk.
    pub memory: u64,
    /// Folder for what is shuffled; a temporary one if none.
    pub folder: Option<PathBuf>,
    /// How often it says that it lives.
    pub heartbeat: Duration,
}

/// Runs a scheduler until it is stopped.
///
/// * `silence`: how long an executor may say nothing before its tasks are given to others.
/// * `attempts`: how often a task or a stage is tried.
///
/// # Errors
/// E750 if it cannot start.
pub fn run_scheduler(bind: SocketAddr, silence: Duration, attempts: usize) -> Result<()> {
    let config = SchedulerConfig {
        bind_host: bind.ip().to_string(),
        bind_port: bind.port(),
        external_host: bind.ip().to_string(),
        executor_timeout_seconds: silence.as_secs().max(1),
        no_executors_grace_period_seconds: silence.as_secs().max(1),
        expire_dead_executor_interval_seconds: (silence.as_secs() / 4).max(1),
        task_max_failures: attempts.max(1),
        stage_max_failures: attempts.max(1),
        override_config_producer: Some(Arc::new(SessionConfig::new_with_ballista)),
        override_session_builder: Some(Arc::new(|config| Ok(state(config, runtime(None)?)))),
        ..SchedulerConfig::default()
    };
    block_on(async move {
        let cluster = BallistaCluster::new_from_config(&config).await?;
        start_server(cluster, bind, Arc::new(config)).await
    })
}

/// Runs an executor until it is stopped.
///
/// # Errors
/// E750 if it cannot start or reach its scheduler.
pub fn run_executor(place: &ExecutorPlace) -> Result<()> {
    let (scalars, aggregates) = functions();
    let mut registry = BallistaFunctionRegistry::default();
    registry
        .scalar_functions
        .extend(scalars.into_iter().map(|function| (function.name().to_owned(), function)));
    registry
        .aggregate_functions
        .extend(aggregates.into_iter().map(|function| (function.name().to_owned(), function)));
    // Kept to the end: the folder goes when the executor does.
    let temporary = tempfile::tempdir().map_err(|fault| stopped(&fault))?;
    let folder = place.folder.as_deref().unwrap_or(temporary.path());
    let config = ExecutorProcessConfig {
        bind_host: place.bind.ip().to_string(),
        external_host: Some(place.known_as.clone().unwrap_or_else(|| place.bind.ip().to_string())),
        port: place.bind.port(),
        grpc_port: place.bind.port().saturating_add(1),
        scheduler_host: place.scheduler.0.clone(),
        scheduler_port: place.scheduler.1,
        scheduler_connect_timeout_seconds: 30,
        vcores: place.cores,
        work_dir: Some(folder.display().to_string()),
        executor_heartbeat_interval_seconds: place.heartbeat.as_secs().max(1),
        memory_pool_size: Some(place.memory),
        override_function_registry: Some(Arc::new(registry)),
        override_runtime_producer: Some(Arc::new(|_: &SessionConfig| runtime(None))),
        override_config_producer: Some(Arc::new(SessionConfig::new_with_ballista)),
        ..ExecutorProcessConfig::default()
    };
    block_on(start_executor_process(Arc::new(config)))
}

fn block_on(work: impl Future<Output = std::result::Result<(), BallistaError>>) -> Result<()> {
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    threads.map_err(|fault| stopped(&fault))?.block_on(work).map_err(|fault| stopped(&fault))
}

fn stopped(fault: &dyn std::fmt::Display) -> Error {
    Fault::new(750, format!("stopped: {fault}"))
        .hint("is the port free, the scheduler running, and the address reachable?")
        .into()
}
