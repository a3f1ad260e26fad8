//! Runs compared and kept.

mod bench;
mod compare;
mod hysteresis;
mod killed;
mod registry;
