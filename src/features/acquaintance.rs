//! Whether a log and the tables beside it speak of the same customers and products: ids written in two ways
//! (`0023` and `23`) join to nothing, and the result looks whole.

use crate::domain::Notice;
use crate::ingest::{FirstSales, ProductTable};

/// Of the smaller side, how many must be known to the other; fewer are told.
const FEW: f64 = 0.1;

/// Ids of the log and of the customer table, counted while they are joined.
#[derive(Debug, Default)]
pub(super) struct Acquaintance {
    both: usize,
    log: Side,
    table: Side,
}

#[derive(Debug, Default)]
struct Side {
    alone: usize,
    example: Option<Box<str>>,
}

impl Side {
    fn count(&mut self, id: &str) {
        self.alone += 1;
        self.example.get_or_insert_with(|| id.into());
    }
}

impl Acquaintance {
    /// A customer of both.
    pub(super) fn meet(&mut self) {
        self.both += 1;
    }

    /// A customer of the log only.
    pub(super) fn only_in_log(&mut self, id: &str) {
        self.log.count(id);
    }

    /// A customer of the table only.
    pub(super) fn only_in_table(&mut self, id: &str) {
        self.table.count(id);
    }

    /// Says so if hardly any customer of the log is in the table.
    pub(super) fn notice(self) -> Option<Notice> {
        let log = self.log.alone + self.both;
        let few = is_few(self.both, log, self.table.alone + self.both);
        let (Some(bought), Some(listed)) = (self.log.example.filter(|_| few), self.table.example) else {
            return None;
        };
        Some(
            Notice::new("customers-of-another-table")
                .with("known", self.both)
                .with("customers", log)
                .with("bought", &*bought)
                .with("listed", &*listed),
        )
    }
}

fn is_few(both: usize, here: usize, there: usize) -> bool {
    (both as f64) < FEW * here.min(there) as f64
}

/// Says so if hardly any product of the log is in the products table.
pub(super) fn of_products(sold: &FirstSales, table: &ProductTable) -> Option<Notice> {
    table.input.as_ref()?;
    let known = sold.keys().filter(|key| table.products.contains_key(*key)).count();
    if !is_few(known, sold.len(), table.products.len()) {
        return None;
    }
    let unlisted = sold.iter().filter(|(key, _)| !table.products.contains_key(*key)).map(|(_, (id, _))| id);
    let unsold =
        table.products.iter().filter(|(key, _)| !sold.contains_key(*key)).map(|(_, product)| &product.id);
    Some(
        Notice::new("products-of-another-table")
            .with("known", known)
            .with("products", sold.len())
            .with("sold", &**unlisted.min()?)
            .with("listed", &**unsold.min()?),
    )
}
