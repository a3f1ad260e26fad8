//! A column of a batch: its cells as text, and where it holds such as days and amounts.

use std::cell::OnceCell;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, LargeStringArray, PrimitiveArray, StringArray, StringViewArray};
use arrow_schema::{DataType, TimeUnit};

use crate::domain::{Day, Money};
use crate::ingest::dates::plausible_day;
use crate::ingest::numbers::{DecimalSign, money_of_decimal, money_of_float, money_of_whole, parse_money};

use super::spelling::write_cell;
use super::zone::Zone;

/// A column; what nobody asks for is not made.
pub(super) struct Column {
    array: ArrayRef,
    /// Of a dictionary: where in `array` each row's cell is.
    places: Option<Vec<Option<usize>>>,
    texts: OnceCell<Texts>,
    /// Days since 1970; none where the column holds no days.
    days: OnceCell<Option<Vec<i32>>>,
    /// Amounts in 1/10 000; none where the column holds no numbers.
    amounts: OnceCell<Option<Vec<i64>>>,
}

enum Texts {
    Views(StringViewArray),
    Short(StringArray),
    Long(LargeStringArray),
    /// Written out one after the other; where each ends.
    Written(Vec<u8>, Vec<u32>),
}

/// Stands for a cell that is blank, or is no day or amount: its text tells which.
const NO_DAY: i32 = i32::MIN;
const NO_AMOUNT: i64 = i64::MIN;

impl Column {
    pub(super) fn new(array: &ArrayRef) -> Self {
        let (array, places) = match array.as_any_dictionary_opt() {
            Some(dictionary) => {
                let values = dictionary.values().clone();
                let keys = dictionary.keys();
                let places = if values.is_empty() {
                    vec![None; keys.len()]
                } else {
                    let all = dictionary.normalized_keys().into_iter().enumerate();
                    all.map(|(row, place)| keys.is_valid(row).then_some(place)).collect()
                };
                (values, Some(places))
            }
            None => (array.clone(), None),
        };
        Column { array, places, texts: OnceCell::new(), days: OnceCell::new(), amounts: OnceCell::new() }
    }

    #[inline]
    fn place(&self, row: usize) -> Option<usize> {
        match &self.places {
            None => Some(row),
            Some(places) => places[row],
        }
    }

    /// The cell as it stands.
    pub(super) fn text(&self, row: usize) -> &[u8] {
        let Some(at) = self.place(row) else { return &[] };
        match self.texts.get_or_init(|| texts(&self.array)) {
            Texts::Views(texts) if texts.is_valid(at) => texts.value(at).as_bytes(),
            Texts::Short(texts) if texts.is_valid(at) => texts.value(at).as_bytes(),
            Texts::Long(texts) if texts.is_valid(at) => texts.value(at).as_bytes(),
            Texts::Written(bytes, ends) => {
                let start = at.checked_sub(1).map_or(0, |before| ends[before]);
                &bytes[start as usize..ends[at] as usize]
            }
            _ => &[],
        }
    }

    pub(super) fn day(&self, row: usize) -> Option<Day> {
        let days = self.days.get_or_init(|| days(&self.array)).as_ref()?;
        let day = days[self.place(row)?];
        (day != NO_DAY).then_some(Day(day))
    }

    pub(super) fn money(&self, row: usize) -> Option<Money> {
        let amounts = self.amounts.get_or_init(|| amounts(&self.array)).as_ref()?;
        let amount = amounts[self.place(row)?];
        (amount != NO_AMOUNT).then_some(Money(amount))
    }
}

/// True for what has a cell: text, numbers, dates, truth values.
pub(super) fn is_readable(kind: &DataType) -> bool {
    match kind {
        DataType::Timestamp(_, zone) => Zone::of(zone.as_ref()).is_some(),
        DataType::Dictionary(_, value) => is_readable(value),
        DataType::Null
        | DataType::Boolean
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Date32
        | DataType::Date64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..) => true,
        kind => kind.is_integer() || kind.is_floating(),
    }
}

/// Days, if the column holds days or moments.
fn days(array: &ArrayRef) -> Option<Vec<i32>> {
    fn each<T: ArrowPrimitiveType>(array: &ArrayRef, day: impl Fn(T::Native) -> Option<i32>) -> Vec<i32> {
        let cells = array.as_primitive::<T>().iter();
        let judged = |cell| day(cell).filter(|day| plausible_day(*day));
        cells.map(|cell| cell.and_then(judged).unwrap_or(NO_DAY)).collect()
    }
    Some(match array.data_type() {
        DataType::Date32 => each::<Date32Type>(array, Some),
        DataType::Date64 => {
            each::<Date64Type>(array, |moment| i32::try_from(moment.div_euclid(86_400_000)).ok())
        }
        DataType::Timestamp(unit, zone) => {
            let (unit, zone) = (*unit, Zone::of(zone.as_ref())?);
            let day = |moment: i64| zone.day(moment, unit);
            match unit {
                TimeUnit::Second => each::<TimestampSecondType>(array, day),
                TimeUnit::Millisecond => each::<TimestampMillisecondType>(array, day),
                TimeUnit::Microsecond => each::<TimestampMicrosecondType>(array, day),
                TimeUnit::Nanosecond => each::<TimestampNanosecondType>(array, day),
            }
        }
        _ => return None,
    })
}

/// Amounts, if the column holds numbers.
fn amounts(array: &ArrayRef) -> Option<Vec<i64>> {
    fn each<T: ArrowPrimitiveType>(
        array: &ArrayRef,
        amount: impl Fn(T::Native) -> Option<Money>,
    ) -> Vec<i64> {
        let cells: &PrimitiveArray<T> = array.as_primitive();
        let mut text = Vec::new();
        let mut amount = |at: usize, cell: T::Native| {
            if let Some(amount) = amount(cell) {
                return amount.0;
            }
            // Rare: what needs its digits to be rounded right, and what is no amount.
            text.clear();
            write_cell(array, at, &mut text);
            parse_money(&text, DecimalSign::Point).map_or(NO_AMOUNT, |amount| amount.0)
        };
        let cells = cells.iter().enumerate();
        cells.map(|(at, cell)| cell.map_or(NO_AMOUNT, |cell| amount(at, cell))).collect()
    }
    Some(match array.data_type() {
        DataType::Float64 => each::<Float64Type>(array, money_of_float),
        DataType::Float32 => each::<Float32Type>(array, |_| None),
        DataType::Float16 => each::<Float16Type>(array, |_| None),
        DataType::Int8 => each::<Int8Type>(array, |number| money_of_whole(number.into())),
        DataType::Int16 => each::<Int16Type>(array, |number| money_of_whole(number.into())),
        DataType::Int32 => each::<Int32Type>(array, |number| money_of_whole(number.into())),
        DataType::Int64 => each::<Int64Type>(array, money_of_whole),
        DataType::UInt8 => each::<UInt8Type>(array, |number| money_of_whole(number.into())),
        DataType::UInt16 => each::<UInt16Type>(array, |number| money_of_whole(number.into())),
        DataType::UInt32 => each::<UInt32Type>(array, |number| money_of_whole(number.into())),
        DataType::UInt64 => {
            each::<UInt64Type>(array, |number| i64::try_from(number).ok().and_then(money_of_whole))
        }
        DataType::Decimal32(_, scale) => {
            each::<Decimal32Type>(array, |digits| money_of_decimal(digits.into(), *scale))
        }
        DataType::Decimal64(_, scale) => {
            each::<Decimal64Type>(array, |digits| money_of_decimal(digits.into(), *scale))
        }
        DataType::Decimal128(_, scale) => {
            each::<Decimal128Type>(array, |digits| money_of_decimal(digits, *scale))
        }
        _ => return None,
    })
}

/// Every cell as text.
fn texts(array: &ArrayRef) -> Texts {
    match array.data_type() {
        DataType::Utf8View => return Texts::Views(array.as_string_view().clone()),
        DataType::Utf8 => return Texts::Short(array.as_string().clone()),
        DataType::LargeUtf8 => return Texts::Long(array.as_string().clone()),
        _ => {}
    }
    let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(array.len()));
    for at in 0..array.len() {
        write_cell(array, at, &mut bytes);
        ends.push(bytes.len() as u32);
    }
    Texts::Written(bytes, ends)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        Date32Array, DictionaryArray, Float32Array, Float64Array, Int64Array, NullArray,
        TimestampMillisecondArray, UInt64Array,
    };
    use proptest::prelude::*;

    use super::*;

    fn column(array: impl Array + 'static) -> Column {
        Column::new(&(Arc::new(array) as ArrayRef))
    }

    fn text(column: &Column, row: usize) -> &str {
        std::str::from_utf8(column.text(row)).unwrap()
    }

    /// The amounts of a column against those of its cells written as text.
    fn agree(array: impl Array + 'static) {
        let (rows, column) = (array.len(), column(array));
        for row in 0..rows {
            let text = text(&column, row);
            let by_text = parse_money(text.as_bytes(), DecimalSign::Point);
            assert_eq!(column.money(row), by_text.ok(), "{text}");
        }
    }

    #[test]
    fn amounts_are_those_of_the_text() {
        let floats = [
            0.0,
            -0.0,
            0.00005,
            -0.00005,
            0.000_049_99,
            1.00005,
            -60.704_000_000_000_01,
            8.12345,
            1e-300,
            1e13,
            99_999_999.999_95,
            123_456_789.012_35,
            1e15,
            1e30,
            f64::NAN,
            f64::INFINITY,
            0.1 + 0.2,
        ];
        agree(Float64Array::from(floats.to_vec()));
        agree(Float32Array::from(floats.map(|number| number as f32).to_vec()));
        let whole =
            [0, -7, i64::MAX, i64::MIN, 99_999_999_999_999, 100_000_000_000_000, -100_000_000_000_000];
        agree(Int64Array::from(whole.to_vec()));
        agree(UInt64Array::from(vec![5, u64::MAX]));
        for (scale, digits) in
            [(0, 12), (2, -1250), (4, 15), (6, 1_250_050), (6, -49), (30, 1), (-2, 3), (-38, 1)]
        {
            let array = PrimitiveArray::<Decimal128Type>::from(vec![digits]);
            agree(array.with_precision_and_scale(38, scale).unwrap());
        }
        let cents = PrimitiveArray::<Decimal32Type>::from(vec![1999]).with_precision_and_scale(9, 2).unwrap();
        assert_eq!(column(cents).money(0), Some(Money(199_900)));
        let cells = column(Float64Array::from(vec![Some(19.99), None]));
        assert_eq!((cells.money(0), cells.money(1), text(&cells, 1)), (Some(Money(199_900)), None, ""));
    }

    #[test]
    fn days_come_from_dates_and_from_moments() {
        let dates = column(Date32Array::from(vec![Some(19_000), None, Some(-30_000)]));
        assert_eq!((dates.day(0), dates.day(1), dates.day(2)), (Some(Day(19_000)), None, None));
        assert_eq!((text(&dates, 1), text(&dates, 2)), ("", "1887-11-12"));
        let moments = column(TimestampMillisecondArray::from(vec![-1, 86_399_999]));
        assert_eq!((moments.day(0), moments.day(1)), (Some(Day(-1)), Some(Day(0))));
        let zoned = TimestampMillisecondArray::from(vec![86_399_999]).with_timezone("+08:00");
        assert_eq!(column(zoned).day(0), Some(Day(1)));
    }

    #[test]
    fn a_dictionary_holds_what_its_keys_say() {
        let keys = PrimitiveArray::<Int32Type>::from(vec![Some(1), None, Some(0)]);
        let values = Arc::new(Float64Array::from(vec![Some(2.5), None]));
        let column = column(DictionaryArray::new(keys, values));
        assert_eq!([0, 1, 2].map(|row| column.money(row)), [None, None, Some(Money(25_000))]);
        assert_eq!([0, 1, 2].map(|row| text(&column, row)), ["", "", "2.5"]);
        let empty: DictionaryArray<Int32Type> = vec![None::<&str>, None].into_iter().collect();
        assert_eq!(text(&self::column(empty), 1), "");
        assert_eq!(text(&self::column(NullArray::new(2)), 1), "");
    }

    proptest! {
        #[test]
        fn any_number_is_the_amount_of_its_text(
            float in any::<f64>(),
            part in -1_000_000_000_000_i64..1_000_000_000_000,
            whole in any::<i64>(),
            digits in any::<i64>(),
            scale in 0_i8..20,
        ) {
            agree(Float64Array::from(vec![float, part as f64 / 100_000.0, part as f64 / 20_000.0, part as f64 / 7.0]));
            agree(Int64Array::from(vec![whole]));
            let decimal = PrimitiveArray::<Decimal128Type>::from(vec![i128::from(digits)]);
            agree(decimal.with_precision_and_scale(38, scale).unwrap());
        }
    }
}
