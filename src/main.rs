//! The `erba` program: see [`erba::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    erba::cli::main()
}
