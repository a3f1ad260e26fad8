//! Columns of ids and of features as bytes.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, LargeBinaryArray, StringViewArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;

use crate::ingest::Account;

use super::group::{Group, Outcome};

/// Ids and features of the same length.
pub(super) struct Crowd {
    ids: StringViewArray,
    features: LargeBinaryArray,
}

impl Crowd {
    pub(super) fn of(ids: &ColumnarValue, features: &ColumnarValue, rows: usize) -> Result<Crowd> {
        Crowd::of_columns(&ids.to_array(rows)?, &features.to_array(rows)?)
    }

    /// However the file's reader holds texts and bytes.
    pub(super) fn of_columns(ids: &ArrayRef, features: &ArrayRef) -> Result<Crowd> {
        let of_type = |array: &ArrayRef, wanted: &DataType| {
            if array.data_type() == wanted { Ok(Arc::clone(array)) } else { cast(array, wanted) }
        };
        let ids = of_type(ids, &DataType::Utf8View)?.as_string_view().clone();
        let features = of_type(features, &DataType::LargeBinary)?.as_binary::<i64>().clone();
        Ok(Crowd { ids, features })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let features = self.features.iter().map(Option::unwrap_or_default);
        self.ids.iter().map(Option::unwrap_or_default).zip(features)
    }

    /// What is said of a customer; where its rows went is told elsewhere.
    pub(super) fn outcome(id: &str, features: &[u8]) -> Option<Outcome> {
        Group::read_value(id, features, &mut Account::default())
    }
}
