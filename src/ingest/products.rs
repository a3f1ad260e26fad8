//! The products table.

use std::path::Path;

use hashbrown::HashMap;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use crate::domain::Day;
use crate::error::{Error, Fault, Result};

use super::account::{InputRecord, Reject, RowCounts};
use super::params::ReadOptions;
use super::roles::Role;
use super::table::Table;
use super::transactions::{ProductKey, product_key};

/// Products as a table gives them.
#[derive(Clone, Debug, Default)]
pub struct ProductTable {
    /// What is known of each product.
    pub products: HashMap<ProductKey, Product, Xxh3DefaultBuilder>,
    /// Names of the categories, ascending.
    pub categories: Vec<Box<str>>,
    /// True if there is a launch date column.
    pub has_launch_dates: bool,
    /// The header.
    pub header: Vec<String>,
    /// The file.
    pub input: Option<InputRecord>,
    /// Where every row went.
    pub rows: RowCounts,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: Box<str>,
    /// When it was launched.
    pub launch_date: Option<Day>,
    /// Index into [`ProductTable::categories`].
    pub category: Option<u32>,
}

impl ProductTable {
    /// Reads a products table.
    ///
    /// # Errors
    /// E201–E211; E207 if a product occurs twice with different facts (equal rows are one).
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self> {
        let mut table =
            Table::read(path, "products", &[Role::ProductId], &[Role::LaunchDate, Role::Category], options)?;
        let mut categories: Vec<Box<str>> =
            table.rows().iter().filter_map(|row| table.text(row, Role::Category).map(Into::into)).collect();
        categories.sort_unstable();
        categories.dedup();
        let mut products = ProductTable {
            has_launch_dates: table.has(Role::LaunchDate),
            header: table.header().to_vec(),
            ..ProductTable::default()
        };
        let mut lines: HashMap<ProductKey, u64> = HashMap::new();
        let mut faults = Vec::new();
        for place in 0..table.rows().len() {
            let row = &table.rows()[place];
            let Some(id) = table.id(row, Role::ProductId) else {
                table.filter("no_product");
                continue;
            };
            let launch_date = match table.day(row, Role::LaunchDate) {
                Ok(day) => day,
                Err(fault) => {
                    table.reject_cell(place, fault);
                    continue;
                }
            };
            let category = table.text(row, Role::Category).and_then(|name| {
                categories.binary_search_by(|category| (**category).cmp(name)).ok().map(|place| place as u32)
            });
            let line = row.line;
            let key = product_key(id.as_bytes());
            let product = Product { id, launch_date, category };
            match products.products.get(&key) {
                Some(known) if *known != product => faults.push(
                    Fault::new(
                        207,
                        format!(
                            "product \"{}\" stands in line {} and, with other facts, in line {line}",
                            product.id,
                            lines.get(&key).copied().unwrap_or_default()
                        ),
                    )
                    .in_file(table.path())
                    .at_line(line)
                    .hint("keep one line for each product"),
                ),
                Some(_) => table.filter("same_product_again"),
                None => {
                    lines.insert(key, line);
                    products.products.insert(key, product);
                    table.take();
                }
            }
        }
        faults.truncate(10);
        Error::unless_empty(faults)?;
        products.categories = categories;
        let (input, rows, rejects) = table.account();
        products.input = Some(input);
        products.rows = rows;
        products.rejects = rejects;
        Ok(products)
    }
}
