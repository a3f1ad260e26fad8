//! Columns of the engine as cells of rows.

use std::cell::OnceCell;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    LargeStringArray, StringArray, StringViewArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result, internal_err};

use crate::domain::{Day, Money};
use crate::ingest::Cells;

/// Columns of the same length.
pub(super) struct Batch {
    columns: Vec<Column>,
}

/// One row of a batch.
pub(super) struct BatchRow<'b> {
    pub(super) batch: &'b Batch,
    pub(super) row: usize,
}

/// A column that says what it holds as text, and where it can as a day or an amount at once.
struct Column {
    array: ArrayRef,
    kind: Kind,
    /// Spelt out when somebody asks.
    spelling: OnceCell<StringArray>,
}

enum Kind {
    Text(StringArray),
    View(StringViewArray),
    Long(LargeStringArray),
    Days(Date32Array),
    /// Ticks since 1970, and how many a day has.
    Moments(Int64Array, i64),
    Short(Int32Array),
    Whole(Int64Array),
    Float(Float64Array),
    Decimal(Decimal128Array, i8),
    Other,
}

impl Batch {
    /// The columns of a function's arguments.
    pub(super) fn new(arrays: &[ArrayRef]) -> Result<Self> {
        let columns = arrays.iter().map(Column::new).collect::<Result<_>>()?;
        Ok(Batch { columns })
    }
}

impl Column {
    fn new(array: &ArrayRef) -> Result<Self> {
        let kind = match array.data_type() {
            DataType::Utf8 => Kind::Text(array.as_string::<i32>().clone()),
            DataType::Utf8View => Kind::View(array.as_string_view().clone()),
            DataType::LargeUtf8 => Kind::Long(array.as_string::<i64>().clone()),
            DataType::Date32 => Kind::Days(array.as_primitive().clone()),
            // With a time zone the day is that of the place, which the spelling tells.
            DataType::Timestamp(unit, None) => {
                let ticks = match unit {
                    TimeUnit::Second => 86_400,
                    TimeUnit::Millisecond => 86_400_000,
                    TimeUnit::Microsecond => 86_400_000_000,
                    TimeUnit::Nanosecond => 86_400_000_000_000,
                };
                let moments = cast(array, &DataType::Int64)?;
                Kind::Moments(moments.as_primitive().clone(), ticks)
            }
            DataType::Int32 => Kind::Short(array.as_primitive().clone()),
            DataType::Int64 => Kind::Whole(array.as_primitive().clone()),
            DataType::Float64 => Kind::Float(array.as_primitive().clone()),
            DataType::Decimal128(_, scale) => Kind::Decimal(array.as_primitive().clone(), *scale),
            DataType::Dictionary(_, value) if **value == DataType::Utf8 => {
                Kind::Text(cast(array, &DataType::Utf8)?.as_string::<i32>().clone())
            }
            DataType::Struct(_) | DataType::List(_) | DataType::Map(..) => {
                return internal_err!("a column of {} holds no cells", array.data_type());
            }
            _ => Kind::Other,
        };
        Ok(Column { array: array.clone(), kind, spelling: OnceCell::new() })
    }

    fn text(&self, row: usize) -> &str {
        if self.array.is_null(row) {
            return "";
        }
        match &self.kind {
            Kind::Text(texts) => texts.value(row),
            Kind::View(texts) => texts.value(row),
            Kind::Long(texts) => texts.value(row),
            _ => {
                let spelling = self.spelling.get_or_init(|| {
                    let spelt = cast(&self.array, &DataType::Utf8);
                    spelt.map_or_else(
                        |_| StringArray::new_null(self.array.len()),
                        |spelt| spelt.as_string::<i32>().clone(),
                    )
                });
                if spelling.is_null(row) { "" } else { spelling.value(row) }
            }
        }
    }

    fn day(&self, row: usize) -> Option<Day> {
        if self.array.is_null(row) {
            return None;
        }
        let day = match &self.kind {
            Kind::Days(days) => days.value(row),
            Kind::Moments(moments, ticks) => i32::try_from(moments.value(row).div_euclid(*ticks)).ok()?,
            _ => return None,
        };
        // The years that a spelt date may have.
        (FIRST_DAY..=LAST_DAY).contains(&day).then_some(Day(day))
    }

    fn money(&self, row: usize) -> Option<Money> {
        if self.array.is_null(row) {
            return None;
        }
        match &self.kind {
            Kind::Short(numbers) => Some(Money(i64::from(numbers.value(row)) * Money::SCALE)),
            Kind::Whole(numbers) => numbers.value(row).checked_mul(Money::SCALE).map(Money),
            Kind::Float(numbers) => exact(numbers.value(row)),
            Kind::Decimal(numbers, scale) => rescaled(numbers.value(row), *scale),
            _ => None,
        }
    }
}

/// 1900-01-01 and 2199-12-31.
const FIRST_DAY: i32 = -25_567;
const LAST_DAY: i32 = 84_005;

/// The amount that the shortest spelling of a number says, where it has no more than four decimals.
///
/// Below 10^15 parts a number with four decimals is the only one of its kind that rounds to its `f64`, so the
/// way back tells. Others go by their spelling.
fn exact(number: f64) -> Option<Money> {
    let parts = (number * 10_000.0).round();
    let same = (parts / 10_000.0 + 0.0).total_cmp(&(number + 0.0)).is_eq();
    (parts.abs() < 1e15 && same).then_some(Money(parts as i64))
}

/// A decimal in 1/10 000, half away from zero.
fn rescaled(number: i128, scale: i8) -> Option<Money> {
    let power = |exponent: i8| 10i128.checked_pow(u32::from(exponent.unsigned_abs()));
    let parts = if scale <= 4 {
        number.checked_mul(power(4 - scale)?)?
    } else {
        let divisor = power(scale - 4)?;
        let (whole, rest) = (number / divisor, number % divisor);
        if rest.abs() * 2 >= divisor { whole + number.signum() } else { whole }
    };
    i64::try_from(parts).ok().map(Money)
}

impl Cells for BatchRow<'_> {
    fn text(&self, column: usize) -> &[u8] {
        self.batch.columns.get(column).map_or("", |column| column.text(self.row)).trim().as_bytes()
    }

    fn day(&self, column: usize) -> Option<Day> {
        self.batch.columns.get(column)?.day(self.row)
    }

    fn money(&self, column: usize) -> Option<Money> {
        self.batch.columns.get(column)?.money(self.row)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Decimal128Array, TimestampMillisecondArray};

    use super::*;

    fn column(array: impl Array + 'static) -> Column {
        Column::new(&(Arc::new(array) as ArrayRef)).unwrap()
    }

    #[test]
    fn numbers_say_what_their_spelling_says() {
        let floats = [0.1, -60.704_000_000_000_01, 1.00005, 19.99, -0.0, 1e300, f64::NAN, 123_456_789.123_4];
        let column = column(Float64Array::from(floats.to_vec()));
        let amounts: Vec<_> = (0..floats.len()).map(|row| column.money(row)).collect();
        assert_eq!(amounts[0], Some(Money(1_000)));
        assert_eq!((amounts[1], amounts[2]), (None, None), "more decimals: by their spelling");
        assert_eq!((column.text(1), column.text(2)), ("-60.70400000000001", "1.00005"));
        assert_eq!((amounts[3], amounts[4]), (Some(Money(199_900)), Some(Money::ZERO)));
        assert_eq!((amounts[5], amounts[6]), (None, None));
        assert_eq!(amounts[7], Some(Money(1_234_567_891_234)));
    }

    #[test]
    fn decimals_of_any_scale_round_half_away_from_zero() {
        for (number, scale, parts) in
            [(1_999, 2, 199_900), (15, 5, 2), (-15, 5, -2), (14, 5, 1), (7, 0, 70_000), (3, -2, 3_000_000)]
        {
            assert_eq!(rescaled(number, scale), Some(Money(parts)), "{number} e-{scale}");
        }
        assert_eq!(rescaled(i128::MAX, 4), None);
        let column =
            column(Decimal128Array::from(vec![Some(1_250), None]).with_precision_and_scale(10, 3).unwrap());
        assert_eq!((column.money(0), column.money(1)), (Some(Money(12_500)), None));
    }

    #[test]
    fn days_come_from_dates_and_from_moments() {
        let dates = column(Date32Array::from(vec![Some(19_000), None, Some(-30_000)]));
        assert_eq!((dates.day(0), dates.day(1), dates.day(2)), (Some(Day(19_000)), None, None));
        let moments = column(TimestampMillisecondArray::from(vec![-1, 86_399_999]));
        assert_eq!((moments.day(0), moments.day(1)), (Some(Day(-1)), Some(Day(0))));
        assert_eq!("1900-01-01".parse::<Day>().unwrap().0, FIRST_DAY);
        assert_eq!("2199-12-31".parse::<Day>().unwrap().0, LAST_DAY);
    }
}
