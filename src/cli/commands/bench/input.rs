//! What the benches on data read, and how.

use std::path::PathBuf;

use crate::cli::commands::input::overrides;
use crate::config;
use crate::domain::{Day, Window};
use crate::error::Result;
use crate::ingest::{DateFormat, Mappings, encoding_named};
use crate::pipeline::{Engine, Request, VisitFiles, Watcher};

/// Files, columns, recipe and seed.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// Transaction log: customer, date, amount; repeat for several files
    #[arg(long, value_name = "FILE", required = true, help_heading = "Input")]
    transactions: Vec<PathBuf>,
    /// Customer table: one row per customer
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    customers: Option<PathBuf>,
    /// Products: id, launch date, category
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    products: Option<PathBuf>,
    /// Column for a role, such as `customer_id="Store Number"`
    #[arg(long = "map", value_name = "ROLE=COLUMN", help_heading = "Input")]
    mappings: Vec<String>,
    /// Encoding of text files; detected if not given
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,
    /// How dates are written; found out if not given
    #[arg(long, value_name = "FORMAT", value_parser = date_format, help_heading = "Input")]
    date_format: Option<DateFormat>,
    /// Share of rows that may be unreadable, 0 to 1 [default: the recipe's, 0.01]
    #[arg(long, value_name = "SHARE", value_parser = share, help_heading = "Input")]
    max_reject_share: Option<f64>,
    /// The last day looked at [default: the last day in the data]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) as_of: Option<Day>,
    /// Days that bound value, or "all"
    #[arg(long, value_name = "DAYS|all", default_value = "365", value_parser = window)]
    pub(super) window: Window,
    /// A shipped recipe or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "general")]
    recipe: String,
    /// Seed of everything drawn by chance
    #[arg(long, value_name = "N", default_value_t = 28)]
    pub(super) seed: u64,
}

fn date_format(text: &str) -> Result<DateFormat, String> {
    text.parse()
}

fn window(text: &str) -> Result<Window, String> {
    text.parse()
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|_| format!("\"{text}\" is not a date such as 2025-06-30"))
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share is a number from 0 to 1".to_owned()),
    }
}

impl InputArgs {
    /// The recipe named.
    pub(super) fn recipe(&self) -> Result<config::Recipe> {
        config::load_with(&self.recipe, &overrides(self.max_reject_share)?)
    }

    /// A run over these files, as of another day and over another window.
    pub(super) fn request(&self, as_of: Option<Day>, window: Window) -> Result<Request> {
        let recipe = self.recipe()?;
        Ok(Request {
            transactions: self.transactions.clone(),
            customers: self.customers.clone(),
            products: self.products.clone(),
            visiting: VisitFiles::default(),
            as_of,
            window,
            mappings: Mappings::parse(&self.mappings, &recipe.columns())?,
            recipe,
            encoding: self.encoding.as_deref().map(encoding_named).transpose()?,
            date_format: self.date_format.clone(),
            seed: self.seed,
            engine: Engine::Local,
            threads: rayon::current_num_threads(),
            memory: None,
            previous: None,
        })
    }
}

/// Shows no progress: several runs follow each other.
pub(super) struct Silent;

impl Watcher for Silent {
    fn enter(&self, _room: &'static str, _bytes: Option<u64>) {}
    fn read(&self, _bytes: u64) {}
}
