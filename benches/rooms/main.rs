//! Benchmarks, one module a room, ids `room/step/rows`.
//!
//! Data are made outside the timed part with a fixed seed. `cargo bench` times them at full size; when
//! run as a test every benchmark runs once on a small input.

#![expect(clippy::expect_used, reason = "a benchmark without its data has nothing to time")]

mod features;

use criterion::{criterion_group, criterion_main};

/// Rows to work on: `full` when timed, a hundredth when only tried.
fn rows(full: usize) -> usize {
    if std::env::args().any(|argument| argument == "--bench") { full } else { full / 100 }
}

criterion_group!(rooms, features::bench);
criterion_main!(rooms);
