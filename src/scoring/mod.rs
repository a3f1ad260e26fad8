//! Value (what a customer brings) and potential (what it could bring), each explained.

mod scores;

pub use scores::{Component, ComponentKind, Potential, Value};
