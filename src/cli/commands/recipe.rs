//! `erba recipe list|show|check`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::{Outcome, Printer};
use crate::config::{self, Builtin};

/// List, show and check recipes
///
/// A recipe holds every choice of a run. To make your own: erba recipe show general > mine.toml, delete
/// what you do not change, then erba run --recipe mine.toml.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  erba recipe list\n  erba recipe show wholesale\n  erba recipe check mine.toml"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the recipes that come with the program
    List,
    /// Print a recipe with its comments
    Show {
        /// One of the names that `erba recipe list` gives, or a file
        name: String,
    },
    /// Check a recipe and tell all its faults
    Check {
        /// A file, or the name of a recipe that comes with the program
        file: String,
    },
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Outcome {
    match &args.action {
        Action::List => {
            let recipes = config::builtin();
            let width = recipes.iter().map(|recipe| recipe.name.len()).max().unwrap_or(0);
            for recipe in recipes {
                printer.data(&format!("{:width$}  {}\n", recipe.name, recipe.title()))?;
            }
        }
        Action::Show { name } => match Builtin::find(name) {
            Some(recipe) => printer.data(recipe.text)?,
            // A file is shown as the run would see it: every default filled in.
            None => printer.data(&config::load(name)?.text)?,
        },
        Action::Check { file } => {
            let recipe = config::load(file)?;
            printer.data(&format!("{}: ok\n", recipe.name))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
