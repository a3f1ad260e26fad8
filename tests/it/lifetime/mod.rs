//! The lifetime models against published numbers.

mod cdnow;
mod reference;
