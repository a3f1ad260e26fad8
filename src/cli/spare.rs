//! What a command reads it must not write over.

use std::path::{Path, PathBuf};

use crate::error::{Fault, Result};

/// Refuses an output file that is one of the inputs, or lies in an input folder.
///
/// # Errors
/// E104 naming the output.
pub(super) fn spare_inputs(out: Option<&Path>, inputs: &[&Path]) -> Result<()> {
    let Some(out) = out else { return Ok(()) };
    let inputs: Vec<PathBuf> = inputs.iter().filter_map(|input| input.canonicalize().ok()).collect();
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = parent.canonicalize().ok();
    let place = out.canonicalize().ok();
    let hit = |input: &PathBuf| place.as_ref() == Some(input) || folder.as_ref() == Some(input);
    if inputs.iter().any(hit) {
        return Err(Fault::new(104, "the output would be written over what is read")
            .in_file(out)
            .hint("name another file")
            .into());
    }
    Ok(())
}
