//! Recipes: every choice of a run, in one commented TOML file.
//!
//! **In:** the name of a shipped recipe or a file. **Out:** a [`Recipe`] whose sections have all passed the
//! gates of their rooms, and its text with every default filled in, for the record.
//!
//! # The rule in words
//! `models/recipes/general.toml` names every key and is the only place where defaults live. Another recipe
//! is laid over it (over its `base`, when it names one): tables merge, lists and values replace. Tables whose
//! keys the user invents (weights, orientations) replace as a whole, since half of somebody else's weights
//! is nobody's choice. Keys that are off unless wanted stand in `general.toml` behind `#: `, as an example:
//! they are known, but have no value.
//!
//! A key that `general.toml` does not name is a fault (E111) with file, line and the nearest key; so are
//! broken TOML and wrong types (E112) and values out of range (E113). All faults are told at once.
//!
//! # Source
//! A commented default file that is built in, tested and the user's template: cargo-nextest's
//! `default-config.toml`.

mod builtin;
mod keys;
mod layers;
mod recipe;
#[cfg(test)]
mod tests;
mod types;

pub use builtin::{Builtin, builtin};
pub use recipe::{Recipe, from_text, from_text_with, load, load_with};
