//! Making a world and writing its files.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use super::catalog::{self, Product};
use super::customers::{Customer, Trends, customers};
use super::params::ValidParams;
use super::truth::Truth;
use super::{lines, schema, tables};
use crate::error::{Error, Fault, Result};

/// Customers, products and trends, from which all files follow.
pub struct World {
    pub(super) params: ValidParams,
    pub(super) trends: Trends,
    pub(super) products: Vec<Product>,
    pub(super) customers: Vec<Customer>,
}

/// Makes a world: about 80 bytes a customer, whatever the number of lines.
pub fn make(params: &ValidParams) -> World {
    let trends = Trends::new(params);
    let products = catalog::products(params.seed);
    let customers = customers(params, &trends, &products);
    World { params: *params, trends, products, customers }
}

impl World {
    /// What was planted in each customer, in order of id.
    pub fn truths(&self) -> impl Iterator<Item = &Truth> {
        self.customers.iter().map(|customer| &customer.truth)
    }

    /// The id of customer `index`: `C` and its number, padded so that ids sort as numbers do.
    pub fn customer_id(&self, index: usize) -> String {
        format!("C{:0width$}", index + 1, width = self.id_width())
    }

    pub(super) fn id_width(&self) -> usize {
        self.customers.len().to_string().len().max(4)
    }

    /// Writes the transactions as CSV, with a header, and returns how many lines there are below it.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn write_transactions(&self, out: &mut impl Write) -> std::io::Result<u64> {
        lines::write(self, out)
    }
}

/// Writes `transactions.csv`, `customers.csv`, `products.csv`, `reps.csv`, `visits.csv` and
/// `truth.csv` into `dir`, which is made if it is not there. Returns the number of transactions.
///
/// # Errors
/// E901 if a file cannot be written.
pub fn write(world: &World, dir: &Path) -> Result<u64> {
    fs::create_dir_all(dir).map_err(|fault| unwritable(dir, &fault))?;
    let mut written = 0;
    file(dir, schema::TRANSACTIONS.name, |out| {
        written = world.write_transactions(out)?;
        Ok(())
    })?;
    file(dir, schema::CUSTOMERS.name, |out| tables::customers(world, out))?;
    file(dir, schema::PRODUCTS.name, |out| tables::products(world, out))?;
    file(dir, schema::REPS.name, |out| tables::reps(world, out))?;
    file(dir, schema::VISITS.name, |out| tables::visits(world, out))?;
    file(dir, schema::TRUTH.name, |out| tables::truth(world, out))?;
    Ok(written)
}

type Out = BufWriter<File>;

fn file(dir: &Path, name: &str, fill: impl FnOnce(&mut Out) -> std::io::Result<()>) -> Result<()> {
    let path = dir.join(format!("{name}.csv"));
    File::create(&path)
        .and_then(|file| {
            let mut out = BufWriter::with_capacity(1 << 20, file);
            fill(&mut out)?;
            out.flush()
        })
        .map_err(|fault| unwritable(&path, &fault))
}

pub(super) fn unwritable(path: &Path, fault: &dyn std::fmt::Display) -> Error {
    Fault::new(901, fault.to_string()).in_file(path).into()
}
