//! `erba bench kmeans`: one clustering, timed.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::ValueEnum;
use linfa::DatasetBase;
use linfa::prelude::{Fit, ParamGuard};
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_json::json;

use crate::cli::{Outcome, Printer};
use crate::error::{Error, Fault, Result};
use crate::runs::read_matrix;
use crate::typing::kmeans::{self, BlockKMeansParams, KMeansSettings, assign};

/// Time k-means on a matrix and print seconds, inertia and iterations as JSON
///
/// For measuring this machine and for side-by-side runs with other libraries; reading is not timed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  erba bench kmeans --npy rows.npy --init start.npy --iterations 25\n  erba bench kmeans --npy rows.npy --init start.npy --iterations 25 --backend erba --starts 10"
)]
pub(super) struct Args {
    /// The rows: a two-dimensional .npy file of 32- or 64-bit floats
    #[arg(long, value_name = "FILE")]
    npy: PathBuf,
    /// The starting centroids, one row a cluster: a .npy file
    #[arg(long, value_name = "FILE")]
    init: PathBuf,
    /// Steps of one start at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    iterations: u64,
    /// The library that does the steps
    #[arg(long, value_enum, default_value = "linfa")]
    backend: Backend,
    /// k-means++ starts, the best kept, in place of the one from --init (whose rows still say how many clusters)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    starts: Option<u32>,
    /// Seed of the starts
    #[arg(long, value_name = "N", default_value_t = 28)]
    seed: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Backend {
    Linfa,
    Erba,
}

impl Backend {
    const fn name(self) -> &'static str {
        match self {
            Backend::Linfa => "linfa",
            Backend::Erba => "erba",
        }
    }
}

pub(super) fn run(args: &Args, printer: &Printer) -> Outcome {
    let rows = read_matrix(&args.npy)?;
    let init = read_matrix(&args.init)?;
    guard(args, &rows, &init)?;
    let start = Instant::now();
    let (centroids, steps) = match args.backend {
        Backend::Linfa => (linfa(args, &rows, &init)?, args.iterations),
        Backend::Erba => erba(args, &rows, &init)?,
    };
    let seconds = start.elapsed().as_secs_f64();
    // What a library reports is of the step before its last; this is of the centroids it returned.
    let sum: f64 = assign(rows.view(), centroids.view()).iter().map(|(first, _)| first.distance).sum();
    let report = json!({
        "backend": args.backend.name(),
        "seconds": seconds,
        "inertia": sum / rows.nrows() as f64,
        "iterations": steps,
        "starts": args.starts.unwrap_or(1),
        "rows": rows.nrows(),
        "columns": rows.ncols(),
        "clusters": centroids.nrows(),
        "threads": rayon::current_num_threads(),
    });
    printer.data(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// linfa panics or returns nonsense on these.
fn guard(args: &Args, rows: &Array2<f64>, init: &Array2<f64>) -> Result<()> {
    let mut faults = Vec::new();
    if rows.nrows() == 0 || rows.ncols() == 0 {
        faults.push(Fault::new(656, "the matrix is empty").in_file(&args.npy));
    }
    if init.nrows() == 0 || init.nrows() > rows.nrows() {
        let cause = format!("{} starting centroids for {} rows", init.nrows(), rows.nrows());
        faults.push(Fault::new(656, cause).in_file(&args.init));
    }
    if init.ncols() != rows.ncols() {
        let cause = format!("{} columns, while the rows have {}", init.ncols(), rows.ncols());
        faults.push(Fault::new(656, cause).in_file(&args.init));
    }
    Error::unless_empty(faults)
}

/// Stops early only if no centroid moves at all: then further steps would change nothing.
fn linfa(args: &Args, rows: &Array2<f64>, init: &Array2<f64>) -> Result<Array2<f64>> {
    let (method, starts) = match args.starts {
        Some(starts) => (KMeansInit::KMeansPlusPlus, starts as usize),
        None => (KMeansInit::Precomputed(init.clone()), 1),
    };
    let fault = |cause: String| Error::from(Fault::new(656, cause).in_file(&args.npy));
    let params = KMeans::params_with_rng(init.nrows(), Xoshiro256Plus::seed_from_u64(args.seed))
        .init_method(method)
        .n_runs(starts)
        .max_n_iterations(args.iterations)
        .tolerance(f64::MIN_POSITIVE)
        .check()
        .map_err(|cause| fault(cause.to_string()))?;
    let model = params.fit(&DatasetBase::from(rows.view())).map_err(|cause| fault(cause.to_string()))?;
    Ok(model.centroids().clone())
}

/// Ends when no row changes its cluster; gives the steps taken too.
fn erba(args: &Args, rows: &Array2<f64>, init: &Array2<f64>) -> Result<(Array2<f64>, u64)> {
    let settings = KMeansSettings {
        backend: kmeans::Backend::Erba,
        clusters: init.nrows(),
        starts: args.starts.unwrap_or(1) as usize,
        max_iterations: args.iterations,
        tolerance: f64::MIN_POSITIVE,
        seed: args.seed,
    };
    let init = args.starts.is_none().then(|| init.clone());
    let params = BlockKMeansParams { settings, init, sample: kmeans::SAMPLE };
    let fault = |cause: String| Error::from(Fault::new(656, cause).in_file(&args.npy));
    let model = params.fit(&DatasetBase::from(rows.view())).map_err(|cause| fault(cause.to_string()))?;
    Ok((model.centroids().clone(), model.plan().steps))
}
