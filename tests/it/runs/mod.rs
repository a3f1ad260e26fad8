//! Runs compared and kept.

mod compare;
