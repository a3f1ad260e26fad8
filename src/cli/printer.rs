//! Where words go: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use crate::error::{Error, Exit};
use crate::language::Language;

/// Prints for a command; silent but for data and errors when quiet.
#[derive(Debug)]
pub struct Printer {
    quiet: bool,
}

impl Printer {
    /// A printer that says nothing but errors and data if `quiet`.
    pub fn new(quiet: bool) -> Self {
        Printer { quiet }
    }

    /// True if progress may be drawn: stderr is a terminal and nobody asked for quiet.
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Columns of the terminal, between 40 and 120; 100 where there is none.
    pub fn width(&self) -> usize {
        let size = terminal_size::terminal_size_of(io::stderr());
        size.map_or(100, |(terminal_size::Width(width), _)| usize::from(width).clamp(40, 120))
    }

    /// Writes data to stdout as given.
    ///
    /// # Errors
    /// If stdout cannot be written; a reader that has gone away is not an error.
    pub fn data(&self, text: &str) -> anyhow::Result<()> {
        match io::stdout().lock().write_all(text.as_bytes()) {
            Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => Err(fault.into()),
            _ => Ok(()),
        }
    }

    /// Writes a line for the reader to stderr, unless quiet.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            self.tell(line);
        }
    }

    /// Writes a warning to stderr, unless quiet.
    pub fn warn(&self, line: &str) {
        self.say(&format!("warning: {line}"));
    }

    /// Tells a failure and gives the exit code that goes with it.
    pub fn failure(&self, failure: &anyhow::Error, lang: Language) -> ExitCode {
        if let Some(error) = failure.downcast_ref::<Error>() {
            let faults: Vec<String> = error.faults.iter().map(|fault| lang.fault(fault)).collect();
            self.tell(&faults.join("\n\n"));
            return error.exit().code().into();
        }
        self.tell(&format!("error: {failure:#}"));
        Exit::Unexpected.code().into()
    }

    #[expect(clippy::unused_self, reason = "nobody prints without a printer")]
    fn tell(&self, line: &str) {
        // If stderr is gone there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }
}
