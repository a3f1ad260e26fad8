//! `erba cluster scheduler` and `erba cluster executor`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::{Outcome, Printer};
use crate::cluster::{ClusterSettings, ExecutorPlace, run_executor, run_scheduler};

use super::input::{memory, threads};

/// Start a machine of a cluster
///
/// One scheduler and any number of executors make a cluster; `erba run --engine ballista://HOST:PORT` gives it
/// work. Nothing of it asks who is calling: keep it on a loopback or a private network (docs/guides/cluster.md).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    machine: Machine,
}

#[derive(Debug, clap::Subcommand)]
enum Machine {
    /// Hand out work to executors
    Scheduler(Scheduler),
    /// Do the work that a scheduler hands out
    Executor(Executor),
}

#[derive(Debug, clap::Args)]
struct Scheduler {
    /// Address to listen on
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    bind: SocketAddr,
    /// Seconds an executor may say nothing before its work is given to others
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    silence: u64,
    /// How often a task or a stage is tried
    #[arg(long, value_name = "N", default_value_t = 4)]
    attempts: usize,
}

#[derive(Debug, clap::Args)]
struct Executor {
    /// The scheduler
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050", value_parser = place)]
    scheduler: (String, u16),
    /// Address to listen on; the port above it is used as well
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50051")]
    bind: SocketAddr,
    /// The name by which other machines reach it [default: the address it listens on]
    #[arg(long, value_name = "HOST")]
    known_as: Option<String>,
    /// Tasks at once [default: all cores]
    #[arg(long, value_name = "N")]
    cores: Option<usize>,
    /// Memory for what all tasks together add up; the rest waits on disk
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = memory)]
    memory: u64,
    /// Folder for what goes from task to task [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Seconds between signs of life
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    heartbeat: u64,
}

/// How a run uses its engine.
#[derive(Debug, clap::Args)]
pub(super) struct Settings {
    /// Parts that customers are split into by an engine [default: the threads, on a cluster 16]
    #[arg(long, value_name = "N", help_heading = "Method")]
    parts: Option<usize>,
    /// Seconds the scheduler may be out of reach before the run gives up
    #[arg(long, value_name = "SECONDS", default_value_t = 30, help_heading = "Method")]
    patience: u64,
    /// Seconds an engine may take before the run gives up [default: as long as it wants]
    #[arg(long, value_name = "SECONDS", help_heading = "Method")]
    deadline: Option<u64>,
    /// How often a request to the cluster is tried again
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Method")]
    retries: usize,
    /// A folder or s3:// address that every machine sees and that is empty: customers stay there as Parquet, and this program holds only what is bounded
    #[arg(long, value_name = "PLACE", help_heading = "Output")]
    pub(super) spread: Option<String>,
}

impl Settings {
    pub(super) fn get(&self) -> ClusterSettings {
        let patience = Duration::from_secs(self.patience);
        let deadline = self.deadline.map(Duration::from_secs);
        let spread = self.spread.clone();
        ClusterSettings { parts: self.parts, patience, deadline, retries: self.retries, spread }
    }
}

fn place(text: &str) -> Result<(String, u16), String> {
    let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
    parts.ok_or_else(|| format!("\"{text}\" is not a place such as 10.0.0.5:50050"))
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    match &args.machine {
        Machine::Scheduler(scheduler) => {
            printer.say(&format!("scheduler on {}", scheduler.bind));
            run_scheduler(scheduler.bind, Duration::from_secs(scheduler.silence), scheduler.attempts)?;
        }
        Machine::Executor(executor) => {
            let (host, port) = &executor.scheduler;
            printer.say(&format!("executor on {} of the scheduler at {host}:{port}", executor.bind));
            run_executor(&ExecutorPlace {
                bind: executor.bind,
                known_as: executor.known_as.clone(),
                scheduler: executor.scheduler.clone(),
                cores: threads(executor.cores)?,
                memory: executor.memory,
                folder: executor.folder.clone(),
                heartbeat: Duration::from_secs(executor.heartbeat),
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
