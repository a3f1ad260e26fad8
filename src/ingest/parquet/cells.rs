//! Rows of a batch of columns.

use arrow_array::ArrayRef;
use arrow_schema::DataType;

use crate::domain::{Day, Money};
use crate::ingest::scan::trim;
use crate::ingest::transactions::Cells;

use super::column::{Column, is_readable};

/// Columns of the same length.
pub struct CellBatch {
    columns: Vec<Column>,
}

/// One row of a batch.
pub struct CellRow<'b> {
    /// The batch.
    pub batch: &'b CellBatch,
    /// The first is 0.
    pub row: usize,
}

impl CellBatch {
    /// Takes columns as they come; one that holds no cells ([`CellBatch::reads`]) is blank.
    pub fn new(arrays: &[ArrayRef]) -> Self {
        CellBatch { columns: arrays.iter().map(Column::new).collect() }
    }

    /// True for columns of text, numbers, dates and truth values.
    pub fn reads(kind: &DataType) -> bool {
        is_readable(kind)
    }
}

impl CellRow<'_> {
    /// A cell as it stands, the blanks around it included.
    pub(super) fn written(&self, column: usize) -> &[u8] {
        self.batch.columns.get(column).map_or(&[], |column| column.text(self.row))
    }
}

impl Cells for CellRow<'_> {
    fn text(&self, column: usize) -> &[u8] {
        trim(self.written(column))
    }

    fn day(&self, column: usize) -> Option<Day> {
        self.batch.columns.get(column)?.day(self.row)
    }

    fn money(&self, column: usize) -> Option<Money> {
        self.batch.columns.get(column)?.money(self.row)
    }
}
