//! Files in, typed rows out; every row that cannot be read is kept with its place and reason.
//!
//! A file goes through `source` (encoding, gzip, workbook → UTF-8 text), `blocks` (whole records),
//! `scan` (all threads parse and fold), and one of the tables: [`TransactionLog`] is folded row by
//! row and never held, [`CustomerTable`], [`ProductTable`] and [`Table`] are held whole.
//!
//! What a column means is found by its header, in English or Chinese, or said by the user
//! ([`Mappings`]). How dates and amounts are written is decided by the whole column, never by its
//! first rows; where nothing decides, reading stops and asks.
//!
//! Every row read is used, filtered by rule (no customer, after `as_of`) or rejected with a reason:
//! `read = used + filtered + rejected`, always ([`RowCounts`]).

mod account;
mod blocks;
mod customers;
mod date_order;
mod dates;
mod dialect;
mod further;
mod header;
mod histories;
mod ids;
mod mappings;
mod marks;
mod numbers;
mod params;
mod parquet;
mod plain;
mod products;
mod profile;
mod records;
mod roles;
mod scan;
mod sheets;
mod source;
mod table;
mod transactions;

pub use account::{InputRecord, Reject, RowCounts};
pub use customers::CustomerTable;
pub use dates::DateFormat;
pub use histories::{HistoryRow, HistoryTable};
pub use ids::normal_id;
pub use mappings::Mappings;
pub use params::{IngestParams, IngestValidParams, ReadOptions, encoding_named};
#[cfg(feature = "parquet")]
pub(crate) use parquet::guarded;
#[cfg(feature = "parquet")]
pub use parquet::{CellBatch, CellRow};
pub use plain::PlainTable;
pub use products::{Product, ProductTable};
pub use profile::{Attribute, AttributeValues, Profile};
pub use roles::Role;
pub use sheets::SheetTable;
pub use source::read_text;
pub use table::{CellFault, Table, TableRow};
pub use transactions::{
    Account, Cells, FirstSales, ForeignLog, LogRules, ProductKey, Products, ReadLog, Share, Survey,
    Transaction, TransactionLog, product_key,
};
