//! Cells written out as a CSV file of the same data has them.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

use crate::domain::Day;

use super::zone::Zone;

/// Writes a cell as a CSV file of the same data has it; nothing for one without a value.
pub(super) fn write_cell(array: &ArrayRef, at: usize, out: &mut Vec<u8>) {
    if array.is_null(at) || *array.data_type() == DataType::Null {
        return;
    }
    macro_rules! number {
        ($kind:ty) => {
            write!(out, "{}", array.as_primitive::<$kind>().value(at))
        };
    }
    macro_rules! decimal {
        ($kind:ty, $scale:expr) => {
            write_decimal(array.as_primitive::<$kind>().value(at).into(), *$scale, out)
        };
    }
    // Writing into memory does not fail.
    let _ = match array.data_type() {
        DataType::Boolean => write!(out, "{}", array.as_boolean().value(at)),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => {
            push_whole(out, array.as_primitive::<Int32Type>().value(at).into());
            Ok(())
        }
        DataType::Int64 => {
            push_whole(out, array.as_primitive::<Int64Type>().value(at));
            Ok(())
        }
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => number!(Float16Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Utf8 => out.write_all(array.as_string::<i32>().value(at).as_bytes()),
        DataType::Utf8View => out.write_all(array.as_string_view().value(at).as_bytes()),
        DataType::LargeUtf8 => out.write_all(array.as_string::<i64>().value(at).as_bytes()),
        DataType::Decimal32(_, scale) => decimal!(Decimal32Type, scale),
        DataType::Decimal64(_, scale) => decimal!(Decimal64Type, scale),
        DataType::Decimal128(_, scale) => decimal!(Decimal128Type, scale),
        DataType::Date32 => write!(out, "{}", Day(array.as_primitive::<Date32Type>().value(at))),
        DataType::Date64 => {
            let day = array.as_primitive::<Date64Type>().value(at).div_euclid(86_400_000);
            write!(out, "{}", Day(i32::try_from(day).unwrap_or(i32::MAX)))
        }
        DataType::Timestamp(unit, zone) => {
            let moment = moment(array, *unit, at);
            let seconds = Zone::of(zone.as_ref()).and_then(|zone| zone.wall_seconds(moment, *unit));
            let seconds = seconds.unwrap_or(moment);
            let (day, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
            let day = Day(i32::try_from(day).unwrap_or(i32::MAX));
            write!(out, "{day}T{:02}:{:02}:{:02}", time / 3_600, time / 60 % 60, time % 60)
        }
        _ => Ok(()),
    };
}

/// Ticks since 1970.
fn moment(array: &ArrayRef, unit: TimeUnit, at: usize) -> i64 {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(at),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(at),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(at),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(at),
    }
}

fn write_decimal(digits: i128, scale: i8, out: &mut Vec<u8>) -> std::io::Result<()> {
    let sign = if digits < 0 { "-" } else { "" };
    if scale <= 0 {
        let zeros = if digits == 0 { 0 } else { usize::from(scale.unsigned_abs()) };
        return write!(out, "{sign}{}{:0<zeros$}", digits.unsigned_abs(), "");
    }
    let scale = usize::from(scale.unsigned_abs());
    let text = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = text.split_at(text.len() - scale);
    write!(out, "{sign}{whole}.{fraction}")
}

/// The digits of a whole number, without the detours of a formatter: ids are often numbers.
fn push_whole(out: &mut Vec<u8>, number: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut left = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, PrimitiveArray};

    use super::*;

    fn text(array: &ArrayRef, at: usize) -> String {
        let mut out = Vec::new();
        write_cell(array, at, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_written_plainly() {
        let decimal = PrimitiveArray::<Decimal128Type>::from(vec![-5, 1250]);
        let decimal = Arc::new(decimal.with_precision_and_scale(10, 2).unwrap()) as ArrayRef;
        assert_eq!((text(&decimal, 0), text(&decimal, 1)), ("-0.05".into(), "12.50".into()));
        let hundreds = PrimitiveArray::<Decimal128Type>::from(vec![-5, 0]);
        let hundreds = Arc::new(hundreds.with_precision_and_scale(10, -2).unwrap()) as ArrayRef;
        assert_eq!((text(&hundreds, 0), text(&hundreds, 1)), ("-500".into(), "0".into()));
        let ids = Arc::new(Int64Array::from(vec![Some(17_850), Some(-1), Some(i64::MIN), None])) as ArrayRef;
        assert_eq!(
            [0, 1, 2, 3].map(|at| text(&ids, at)),
            ["17850".to_owned(), "-1".to_owned(), i64::MIN.to_string(), String::new()]
        );
        let moment = PrimitiveArray::<TimestampSecondType>::from(vec![19_060 * 86_400 + 3_661]);
        assert_eq!(text(&(Arc::new(moment) as ArrayRef), 0), "2022-03-09T01:01:01");
    }
}
