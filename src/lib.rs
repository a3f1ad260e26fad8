//! Erba (二八): tiers, types and service plans for a customer base.
//!
//! The modules stand in the order in which data go through them; each imports only those above it.

pub mod error;
pub mod domain;
pub mod ingest;
pub mod features;
pub mod lifetime;
pub mod scoring;
pub mod tiering;
pub mod typing;
pub mod service;
pub mod visits;
pub mod model;
pub mod result;
pub mod checker;
pub mod language;
pub mod runs;
pub mod report;
pub mod synth;
pub mod config;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod pipeline;
pub mod cli;
