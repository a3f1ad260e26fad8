//! Innovative or conservative, by k-means on behaviour that is not volume in disguise.

mod types;

pub use types::{Typing, TypingQuality};
