//! From files to types through the rooms that do it, without the command line.

use std::path::{Path, PathBuf};

use erba::domain::Window;
use erba::features::{FeatureTable, Sources, collect};
use erba::ingest::{Mappings, ProductTable, ReadOptions, TransactionLog};
use erba::scoring::Value;
use erba::typing::{Typing, TypingModel, assign};

/// The features of a transaction file with a products table.
pub(super) fn features(transactions: &Path, products: &Path, mappings: &[&str]) -> FeatureTable {
    let options = ReadOptions {
        mappings: Mappings::parse(mappings, &[]).unwrap(),
        encoding: None,
        date_format: None,
        threads: 2,
        params: super::section::<erba::ingest::IngestParams>("ingest").check().unwrap(),
        memory: None,
        progress: None,
    };
    let sources = Sources {
        log: Some(TransactionLog::open(&[PathBuf::from(transactions)], &options).unwrap()),
        customers: None,
        products: Some(ProductTable::read(products, &options).unwrap()),
    };
    let params = super::section::<erba::features::FeatureParams>("features").check().unwrap();
    collect(sources, None, Window::Days(365), &params, &options).unwrap().table
}

/// Types by the shipped recipe, sales being the value.
pub(super) fn typed(table: &FeatureTable) -> (Typing, TypingModel) {
    let amounts = table.rows.iter().map(|row| row.sales).collect();
    let value = Value { amounts, ..Value::default() };
    let (typing, model) = assign(table, &value, &super::params().check().unwrap(), 42).unwrap();
    let model = model.unwrap();
    let adoption = model.adoption.as_ref().unwrap();
    let quality = &typing.quality;
    eprintln!(
        "gamma {:.3}, shrinkage {:.3}, {} steps; {quality:#?}",
        adoption.gamma, adoption.shrinkage, adoption.steps
    );
    (typing, model)
}
