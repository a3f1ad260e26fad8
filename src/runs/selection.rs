//! From the name of a side to the side: a run, a folder or a file.

use std::path::Path;

use super::registry::Registry;
use super::side::Side;
use super::table::read_side;
use crate::error::{Fault, Result};

/// Reads what `name` stands for: `latest` and its like, else a folder or file that is there, else a
/// run by name or by the beginning of its id. `registry` is only opened for a run.
///
/// # Errors
/// E651 if nothing goes by that name; as [`read_side`] and [`Registry::side`].
pub fn select(name: &str, registry: &Path) -> Result<Side> {
    let path = Path::new(name);
    let like_a_path = name.contains(['/', '\\']) || path.extension().is_some_and(|ending| ending == "csv");
    if !name.starts_with("latest") && (path.exists() || like_a_path) {
        return read_side(path);
    }
    if let Some(registry) = Registry::open(registry)? {
        return registry.side(name);
    }
    let cause = format!("\"{name}\" is neither a file nor a folder, and no run is recorded yet");
    let hint = format!("`erba run` records its runs in {}", registry.display());
    Err(Fault::new(651, cause).hint(hint).into())
}
