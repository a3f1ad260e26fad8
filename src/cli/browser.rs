//! Opens a file the way the desktop would.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Fault, Result};

/// Opens `file` in whatever the system shows such files with, and does not wait for it.
///
/// # Errors
/// E702 if there is nothing to open it with.
pub(super) fn open(file: &Path) -> Result<()> {
    let (program, first): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(target_os = "windows") {
        // `start` takes its first quoted argument for a title.
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    Command::new(program)
        .args(first)
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(|_| ())
        .map_err(|fault| {
            Fault::new(702, format!("{program} cannot be started: {fault}"))
                .in_file(file)
                .hint("open the file yourself")
                .into()
        })
}
