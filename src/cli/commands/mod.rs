//! One file a verb: its arguments, and what it calls.

pub(super) mod bench;
pub(super) mod compare;
pub(super) mod allocate;
pub(super) mod check;
pub(super) mod clv;
#[cfg(feature = "cluster")]
pub(super) mod cluster;
pub(super) mod completions;
pub(super) mod synth;
pub(super) mod recipe;
pub(super) mod runs;
pub(super) mod demo;
pub(super) mod report;
mod input;
pub(super) mod run;
pub(super) mod score;
