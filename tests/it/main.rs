//! Table of contents of the integration tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod allocate;
mod bad_input;
mod checker;
mod layering;
mod lifetime;
mod program;
mod runs;
mod score;
mod synth;
mod visits;
mod tiering;
mod typing;
mod recipes;
