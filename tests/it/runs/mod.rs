//! Runs compared and kept.

mod compare;
mod registry;
