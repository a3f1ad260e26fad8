//! The lifetime models against published numbers.

mod cdnow;
mod clv;
mod reference;
mod run;
mod simulation;
