//! Dates as people write them.
//!
//! Year first (`2022-03-09`, `2022/3/9`, `20220309`, `2022年3月9日`) and month names read only one
//! way; of others the whole column decides (see `date_order`).

use std::str::FromStr;

use jiff::civil::{Date, date};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::{Day, half_width};

/// How the dates of a column are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateFormat {
    /// Anything that reads only one way; where the year comes last, the month comes first.
    MonthFirst,
    /// Anything that reads only one way; where the year comes last, the day comes first.
    DayFirst,
    /// Anything that reads only one way; of years of two digits, the year comes first.
    YearFirst,
    /// Days since 1899-12-30, as spreadsheets count.
    Serial,
    /// A pattern such as `%d.%m.%y`.
    Pattern(String),
}

impl FromStr for DateFormat {
    type Err = String;

    /// Reads `dmy`, `mdy`, `ymd`, `excel`, or a pattern with `%`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "mdy" => Ok(DateFormat::MonthFirst),
            "ymd" => Ok(DateFormat::YearFirst),
            "dmy" => Ok(DateFormat::DayFirst),
            "excel" => Ok(DateFormat::Serial),
            // A pattern must read what it has written itself.
            _ if text.contains('%') => match shown(text) {
                Ok(shown) if by_pattern(text, shown.as_bytes()).is_some() => {
                    Ok(DateFormat::Pattern(text.to_owned()))
                }
                _ => Err(format!(
                    "\"{text}\" is not a pattern that gives a date: it needs year, month and day, as in %d.%m.%Y"
                )),
            },
            _ => Err(format!(
                "\"{text}\" is not a date format (dmy, mdy, ymd, excel or a pattern such as %d.%m.%Y)"
            )),
        }
    }
}

/// Three numbers with signs between them.
pub(super) enum Numeric {
    YearFirst {
        year: i16,
        month: u32,
        day: u32,
    },
    YearLast {
        first: u32,
        second: u32,
        year: i16,
    },
    /// A year of two digits in front or behind, as far as there are two digits.
    Short {
        parts: [u32; 3],
        may_lead: bool,
        may_end: bool,
    },
}

/// Reads a date; none if the cell is not one, or lies outside 1900–2199 (a placeholder, surely).
pub(super) fn parse_day(cell: &[u8], format: &DateFormat) -> Option<Day> {
    let date = match format {
        DateFormat::Pattern(pattern) => by_pattern(pattern, cell)?,
        DateFormat::Serial => return by_serial(cell),
        DateFormat::MonthFirst | DateFormat::DayFirst | DateFormat::YearFirst => {
            if let Some(day) = iso_day(cell) {
                return Some(day);
            }
            match numeric_parts(cell) {
                Some(Numeric::YearFirst { year, month, day }) => date_of(year, month, day)?,
                Some(Numeric::Short { parts: [year, month, day], may_lead: true, .. })
                    if *format == DateFormat::YearFirst =>
                {
                    date_of(long_year(year), month, day)?
                }
                Some(Numeric::Short { parts: [first, second, year], may_end: true, .. }) => {
                    year_last(first, second, long_year(year), format)?
                }
                Some(Numeric::YearLast { first, second, year }) => year_last(first, second, year, format)?,
                Some(Numeric::Short { .. }) => return None,
                None => with_month_name(cell)?,
            }
        }
    };
    (1900..2200).contains(&date.year()).then(|| Day::from_date(date))
}

/// True for `YYYY-…`: such a cell tells nothing of the order of day and month.
pub(super) fn is_iso(cell: &[u8]) -> bool {
    cell.get(4) == Some(&b'-')
}

/// True for a day in 1900–2199, counted from 1970-01-01.
#[cfg(feature = "parquet")]
pub(super) fn plausible_day(day: i32) -> bool {
    (-25_567..84_006).contains(&day)
}

fn year_last(first: u32, second: u32, year: i16, format: &DateFormat) -> Option<Date> {
    if *format == DateFormat::DayFirst { date_of(year, second, first) } else { date_of(year, first, second) }
}

/// POSIX: 69–99 are 19xx.
fn long_year(short: u32) -> i16 {
    (if short >= 69 { 1900 + short } else { 2000 + short }) as i16
}

fn date_of(year: i16, month: u32, day: u32) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `YYYY-MM-DD`, with or without a time behind it: nearly every cell there is.
fn iso_day(cell: &[u8]) -> Option<Day> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, time @ ..] = cell else { return None };
    if !time.is_empty() && !is_time(time) {
        return None;
    }
    if ![y1, y2, y3, y4, m1, m2, d1, d2].into_iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |tens: &u8, ones: &u8| u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
    civil_day(number(y1, y2) * 100 + number(y3, y4), number(m1, m2), number(d1, d2))
}

/// Days since 1970-01-01 of a proleptic Gregorian date in 1900–2199 (Hinnant 2013,
/// "chrono-compatible low-level date algorithms"), without a calendar object for each row.
fn civil_day(year: u32, month: u32, day: u32) -> Option<Day> {
    const LENGTHS: [u32; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1900..2200).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if day == 0 || day > LENGTHS[month as usize] + u32::from(leap && month == 2) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era_year = year % 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = era_year * 365 + era_year / 4 - era_year / 100 + day_of_year;
    Some(Day((year / 400 * 146_097 + day_of_era) as i32 - 719_468))
}

fn is_time(rest: &[u8]) -> bool {
    matches!(rest.first(), Some(b' ' | b'T' | b't'))
        && rest[1..].iter().all(|byte| byte.is_ascii_digit() || b":.+-Z APMapm".contains(byte))
}

pub(super) fn numeric_parts(cell: &[u8]) -> Option<Numeric> {
    let text = std::str::from_utf8(cell).ok()?;
    let mut numbers = [0u32; 3];
    let mut widths = [0usize; 3];
    let mut place = 0;
    let mut signs = text.char_indices();
    let mut rest = "";
    let (mut separated, mut names_year) = (false, false);
    for (index, sign) in signs.by_ref() {
        if let Some(digit) = half_width(sign).to_digit(10) {
            if widths[place] >= 8 {
                return None;
            }
            numbers[place] = numbers[place] * 10 + digit;
            widths[place] += 1;
        } else if matches!(half_width(sign), '-' | '/' | '.' | '年' | '月') && place < 2 && widths[place] > 0
        {
            names_year |= place == 0 && sign == '年';
            place += 1;
            separated = true;
        } else {
            rest = &text[index..];
            break;
        }
    }
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    if !rest.is_empty() && !is_time(rest.as_bytes()) {
        return None;
    }
    if !separated {
        // 20220309
        let number = numbers[0];
        return (widths[0] == 8 && place == 0).then_some(Numeric::YearFirst {
            year: (number / 10_000) as i16,
            month: number / 100 % 100,
            day: number % 100,
        });
    }
    if place != 2 || widths[2] == 0 {
        return None;
    }
    if widths[0] == 4 || (names_year && widths[0] == 2) {
        return (widths[1] <= 2 && widths[2] <= 2).then_some(Numeric::YearFirst {
            year: if widths[0] == 4 { numbers[0] as i16 } else { long_year(numbers[0]) },
            month: numbers[1],
            day: numbers[2],
        });
    }
    if widths[0] > 2 || widths[1] > 2 {
        return None;
    }
    let [first, second, year] = numbers;
    match widths[2] {
        4 => Some(Numeric::YearLast { first, second, year: year as i16 }),
        // Nobody writes a year with one digit.
        1 | 2 if widths[0] == 2 || widths[2] == 2 => {
            Some(Numeric::Short { parts: numbers, may_lead: widths[0] == 2, may_end: widths[2] == 2 })
        }
        _ => None,
    }
}

/// `9-Mar-2022`, `Mar 9, 2022`, `9 March 2022`.
fn with_month_name(cell: &[u8]) -> Option<Date> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = std::str::from_utf8(cell).ok()?.to_ascii_lowercase();
    let mut words = text.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let (first, second, year) = (words.next()?, words.next()?, words.next()?);
    let month_of = |word: &str| {
        (word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
            .then(|| MONTHS.iter().position(|month| word.starts_with(month)))
            .flatten()
    };
    let (month, day) = match (month_of(first), month_of(second)) {
        (Some(month), None) => (month, second),
        (None, Some(month)) => (month, first),
        _ => return None,
    };
    let year: i16 = match year.len() {
        4 => year.parse().ok()?,
        2 => year.parse().ok().map(long_year)?,
        _ => return None,
    };
    date_of(year, month as u32 + 1, day.parse().ok()?)
}

/// A day written by the pattern, with day, month and year all different.
fn shown(pattern: &str) -> Result<String, jiff::Error> {
    strtime::format(pattern, &date(2024, 11, 23).to_zoned(TimeZone::UTC)?)
}

fn by_pattern(pattern: &str, cell: &[u8]) -> Option<Date> {
    strtime::parse(pattern, cell).ok()?.to_date().ok()
}

fn by_serial(cell: &[u8]) -> Option<Day> {
    let text = std::str::from_utf8(cell).ok()?;
    let serial: f64 = text.trim().parse().ok()?;
    // 1900-03-01 to 2199-12-31; before that spreadsheets count a day that never was.
    (61.0..109_573.0).contains(&serial).then(|| Day(serial.floor() as i32 - 25_569))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month_first(cell: &str) -> Option<String> {
        parse_day(cell.as_bytes(), &DateFormat::MonthFirst).map(|day| day.to_string())
    }

    #[test]
    fn full_width_digits_are_digits() {
        let day = parse_day("2022-03-09".as_bytes(), &DateFormat::MonthFirst);
        assert!(day.is_some());
        for cell in ["２０２２－０３－０９", "２０２２／３／９", "２０２２年３月９日", "２０２２０３０９"]
        {
            assert_eq!(parse_day(cell.as_bytes(), &DateFormat::MonthFirst), day, "{cell}");
        }
    }

    #[test]
    fn dates_that_read_one_way() {
        for cell in [
            "2022-03-09",
            "2022-03-09 08:26:00",
            "2022-03-09T08:26:00Z",
            "2022/3/9",
            "2022.03.09",
            "20220309",
            "2022年3月9日",
            "22年3月9日",
            "9-Mar-2022",
            "Mar 9, 2022",
            "9 March 2022",
            "3/9/2022",
            "03-09-22 8:26",
            "3/9/2022 1:05 PM",
        ] {
            assert_eq!(month_first(cell).as_deref(), Some("2022-03-09"), "{cell}");
        }
        assert_eq!(
            parse_day(b"09.03.2022", &DateFormat::DayFirst),
            parse_day(b"2022-03-09", &DateFormat::DayFirst)
        );
        assert_eq!(
            parse_day(b"44629", &DateFormat::Serial).map(|day| day.to_string()).as_deref(),
            Some("2022-03-09")
        );
        let pattern = DateFormat::Pattern("%d|%m|%Y".into());
        assert_eq!(
            parse_day(b"09|03|2022", &pattern).map(|day| day.to_string()).as_deref(),
            Some("2022-03-09")
        );
    }

    #[test]
    fn what_is_not_a_date_is_refused() {
        for cell in [
            "2022-02-29",
            "2022-13-01",
            "0001-01-01",
            "9999-12-31",
            "abc",
            "2022-03",
            "1/2",
            "2022-03-09x",
            "",
            "99999999999",
            "31/31/2022",
            "12.5",
            "2022--01",
            "-2022-01-01",
            "5 Foo 2022",
        ] {
            assert_eq!(month_first(cell), None, "{cell}");
        }
    }

    #[test]
    fn every_day_of_three_centuries_agrees_with_the_calendar() {
        let mut date = jiff::civil::date(1900, 1, 1);
        while date.year() < 2200 {
            assert_eq!(
                parse_day(date.to_string().as_bytes(), &DateFormat::MonthFirst),
                Some(Day::from_date(date))
            );
            date = date.tomorrow().unwrap();
        }
    }

    #[test]
    #[cfg(feature = "parquet")]
    fn days_are_plausible_where_their_text_is() {
        for day in [-25_568, -25_567, 84_005, 84_006] {
            let text = Day(day).to_string();
            let read = parse_day(text.as_bytes(), &DateFormat::MonthFirst);
            assert_eq!(plausible_day(day), read.is_some(), "{text}");
        }
    }
}
