//! Reading and adding up: from a CSV file to the feature table.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use criterion::{Criterion, Throughput};
use erba::config;
use erba::domain::Window;
use erba::features::{Sources, collect};
use erba::ingest::{Mappings, ReadOptions, TransactionLog};

/// Five columns, as a till writes them: customer, date, product, quantity, amount.
fn write_log(rows: usize) -> PathBuf {
    let path = std::env::temp_dir().join(format!("erba-bench-{rows}.csv"));
    let mut file = std::io::BufWriter::new(fs::File::create(&path).expect("a folder for temporary files"));
    writeln!(file, "customer_id,date,product_id,quantity,amount").expect("room on the disk");
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = |below: u64| {
        // Splitmix64: good enough to spread rows, and the same everywhere.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    };
    let customers = (rows / 100).max(1) as u64;
    for _ in 0..rows {
        let (customer, product, quantity) = (draw(customers), draw(2_000), 1 + draw(20));
        let (month, day) = (1 + draw(12), 1 + draw(28));
        let cents = 100 + draw(100_000);
        writeln!(
            file,
            "C{customer:07},2025-{month:02}-{day:02},P{product:05},{quantity},{}.{:02}",
            cents / 100,
            cents % 100
        )
        .expect("room on the disk");
    }
    path
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let rows = crate::rows(3_000_000);
    let path = write_log(rows);
    let recipe = config::load("general").expect("the general recipe is shipped");
    let mut group = criterion.benchmark_group("features");
    group.throughput(Throughput::Elements(rows as u64)).sample_size(10);
    for threads in [1, 2] {
        let options = || ReadOptions {
            mappings: Mappings::default(),
            encoding: None,
            date_format: None,
            threads,
            params: recipe.ingest.clone(),
            memory: None,
            progress: None,
        };
        group.bench_function(format!("read/{rows}/threads-{threads}"), |bencher| {
            bencher.iter(|| {
                let log =
                    TransactionLog::open(std::slice::from_ref(&path), &options()).expect("a log it can read");
                let sources = Sources { log: Some(log), ..Sources::default() };
                collect(sources, None, Window::Days(365), &recipe.features, &options()).expect("features")
            });
        });
    }
    group.finish();
    // Nothing else uses the file; if it stays, the system's own sweep takes it.
    let _ = fs::remove_file(path);
}
