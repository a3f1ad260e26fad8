//! From the name of a side to the side: a run, a folder or a file.

use std::path::Path;

use super::registry::Registry;
use super::side::Side;
use super::table::{SideColumns, read_side};
use crate::error::{Fault, Result};

/// Reads what `name` stands for: `latest` and its like, else a folder or file that is there, else a
/// run by name or by the beginning of its id. `columns` is for a file.
///
/// # Errors
/// E651 if nothing goes by that name, or a run and a file do; as [`read_side`] and [`Registry::side`].
pub fn select(name: &str, registry: &Path, columns: &SideColumns) -> Result<Side> {
    let path = Path::new(name);
    let like_a_path = name.contains(['/', '\\']) || path.extension().is_some_and(|ending| ending == "csv");
    if !name.starts_with("latest") && (path.exists() || like_a_path) {
        if !like_a_path
            && let Ok(Some(runs)) = Registry::open(registry)
            && runs.is_named(name)?
        {
            let cause =
                format!("\"{name}\" is the name of a run, and there is a file or folder of that name here");
            let hint = format!("./{name} is the file or folder; `erba runs list` shows the id of the run");
            return Err(Fault::new(651, cause).hint(hint).into());
        }
        return read_side(path, columns);
    }
    if let Some(registry) = Registry::open(registry)? {
        return registry.side(name);
    }
    let cause = format!("\"{name}\" is neither a file nor a folder, and no run is recorded yet");
    let hint = format!("`erba run` records its runs in {}", registry.display());
    Err(Fault::new(651, cause).hint(hint).into())
}
