//! Runs compared and kept.

mod bench;
mod compare;
mod killed;
mod registry;
