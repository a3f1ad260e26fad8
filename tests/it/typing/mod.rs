//! Types against numbers from elsewhere: an independent computation, real adoption, planted truth.

mod files;
mod iowa;
mod planted;
mod reference;

use erba::typing::TypingParams;
use serde::de::DeserializeOwned;

/// A section of the shipped recipe.
fn section<T: DeserializeOwned>(name: &str) -> T {
    let recipe: toml::Table = toml::from_str(include_str!("../../../models/recipes/general.toml")).unwrap();
    recipe[name].clone().try_into().unwrap()
}

fn params() -> TypingParams {
    section("typing")
}
