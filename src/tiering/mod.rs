//! Tiers from value, then promotion by potential.

mod tiers;

pub use tiers::{CutPoints, Tiering};
