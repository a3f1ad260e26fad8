//! Table of contents of the integration tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]
#![expect(clippy::print_stderr, reason = "a test that skips says so")]

mod allocate;
mod bad_input;
mod checker;
mod columns;
#[cfg(feature = "cluster")]
mod cluster;
mod determinism;
mod docs;
mod edge_cases;
mod encodings;
mod layering;
mod oracle;
mod lifetime;
#[cfg(feature = "parquet")]
mod parquet;
mod planted;
mod program;
mod property;
mod recipes;
mod report;
mod runs;
mod score;
mod side_tables;
mod synth;
mod tampering;
mod visits;
mod tiering;
mod typing;
