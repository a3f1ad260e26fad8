//! Data with a planted truth: customers whose tier, type and potential are known beforehand.
//!
//! In: a number of customers, a number of transaction lines, a seed and a last day ([`Params`]).
//! Out: a [`World`] ([`make`]), and from it the files of a real business ([`write()`]): transactions,
//! customers, products, reps, past visits, and `truth.csv` with what was planted.
//!
//! The rules in words, figures in `docs/concepts/synth.md`:
//! - **Volume** is heavy-tailed: a customer's lines and its basket are log-normal, together with a
//!   spread that gives about 12 % of customers in Ⅰ, 16 % in Ⅱ and the rest in Ⅲ, as in the books of real wholesalers.
//! - **Type** is drawn without regard to volume. Whether a customer tries a launch follows
//!   logit P = θ + appeal of the launch + γ·log lines, and innovative customers (θ high) also try earlier.
//! - **Potential**: a few customers are small so far but opened of late, or rise steadily since they
//!   opened; their next year is several times their last. Decoys look like them and are not: small customers with one
//!   noisy month, old customers whose steep growth reverts.
//!
//! Lines are written in order of date while only one small record a customer is held, so 100 M lines need no
//! more memory than 1 M. The same parameters give the same bytes on any machine: logarithms and
//! exponentials come from `libm`, not from the system.

mod catalog;
mod customers;
mod draw;
mod lines;
mod names;
mod params;
mod schema;
mod tables;
mod trend;
mod truth;
mod workbook;
mod world;

pub use params::{Language, Params, ValidParams};
pub use truth::{Kind, Truth};
pub use workbook::{MAX_WORKBOOK_LINES, write_workbooks};
pub use world::{World, make, write};
