//! Types against numbers from elsewhere: an independent computation, and real adoption data.

mod iowa;
mod reference;

use erba::typing::TypingParams;

/// The shipped parameters.
fn params() -> TypingParams {
    let recipe: toml::Table = toml::from_str(include_str!("../../../models/recipes/general.toml")).unwrap();
    recipe["typing"].clone().try_into().unwrap()
}
