//! Which part of a date is which, as the whole column tells.
//!
//! Of `09/03/2022` a cell with 13–31 in front or in the middle decides. Of `24-03-31` the year may stand in front or behind:
//! a number that cannot be a day is the year; if all can, the part of few different numbers is, since a log sees most days of
//! the month in few years. When nothing decides, the user must.

use serde::{Deserialize, Serialize};

use crate::error::Fault;

use super::dates::{DateFormat, Numeric, numeric_parts};

/// What the cells of a column tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OrderEvidence {
    long: Order,
    short: ShortYears,
}

/// Cells by what can only come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Order {
    day: u64,
    month: u64,
    either: u64,
}

/// Cells whose year has two digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ShortYears {
    /// If the year is behind.
    order: Order,
    /// Cells that can only have the year in front.
    in_front: u64,
    /// Cells that can only have it behind.
    behind: u64,
    firsts: Seen,
    lasts: Seen,
}

/// Which numbers from 0 to 99 have been seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen([u64; 2]);

/// Of how many different days a part must have been to be no year, and how many times as many as the year's.
const DAYS: u32 = 8;
const TIMES: u32 = 4;

impl Order {
    fn see(&mut self, first: u32, second: u32) {
        match (first > 12, second > 12) {
            (true, false) => self.day += 1,
            (false, true) => self.month += 1,
            (false, false) => self.either += u64::from(first != second),
            (true, true) => {}
        }
    }

    fn add(&mut self, other: Order) {
        self.day += other.day;
        self.month += other.month;
        self.either += other.either;
    }
}

impl Seen {
    fn see(&mut self, number: u32) {
        if let Some(half) = self.0.get_mut(number as usize / 64) {
            *half |= 1 << (number % 64);
        }
    }

    fn add(&mut self, other: Seen) {
        self.0[0] |= other.0[0];
        self.0[1] |= other.0[1];
    }

    fn count(self) -> u32 {
        self.0[0].count_ones() + self.0[1].count_ones()
    }
}

impl ShortYears {
    fn see(&mut self, [first, second, third]: [u32; 3], [may_lead, may_end]: [bool; 2]) {
        let (day, month) = (1..=31, 1..=12);
        let in_front = may_lead && month.contains(&second) && day.contains(&third);
        let orders = [[&first, &second], [&second, &first]];
        let behind = may_end && orders.iter().any(|[d, m]| day.contains(*d) && month.contains(*m));
        self.in_front += u64::from(in_front && !behind);
        self.behind += u64::from(behind && !in_front);
        self.order.see(first, second);
        self.firsts.see(first);
        self.lasts.see(third);
    }

    fn add(&mut self, other: ShortYears) {
        self.order.add(other.order);
        self.in_front += other.in_front;
        self.behind += other.behind;
        self.firsts.add(other.firsts);
        self.lasts.add(other.lasts);
    }

    /// Whether the year is in front; none if nothing tells.
    fn year_first(self) -> Option<bool> {
        let (firsts, lasts) = (self.firsts.count(), self.lasts.count());
        match (self.in_front, self.behind) {
            (0, 0) if firsts == 0 => Some(false),
            (0, 0) if lasts >= DAYS && firsts * TIMES <= lasts => Some(true),
            (0, 0) if firsts >= DAYS && lasts * TIMES <= firsts => Some(false),
            (0, 0) => None,
            (front, behind) if front * 100 <= behind => Some(false),
            (front, behind) if behind * 100 <= front => Some(true),
            _ => None,
        }
    }
}

impl OrderEvidence {
    /// Looks at one cell.
    pub(super) fn see(&mut self, cell: &[u8]) {
        match numeric_parts(cell) {
            Some(Numeric::YearLast { first, second, .. }) => self.long.see(first, second),
            Some(Numeric::Short { parts, may_lead, may_end }) => self.short.see(parts, [may_lead, may_end]),
            Some(Numeric::YearFirst { .. }) | None => {}
        }
    }

    pub(super) fn add(&mut self, other: OrderEvidence) {
        self.long.add(other.long);
        self.short.add(other.short);
    }

    fn order(self) -> Order {
        let mut order = self.long;
        order.add(self.short.order);
        order
    }

    /// The order to read the column in; none if nothing decides. A few cells (1 %) that say
    /// otherwise are slips and will be rejected one by one.
    pub(super) fn verdict(self) -> Option<DateFormat> {
        if self.short.year_first()? {
            return (self.long == Order::default()).then_some(DateFormat::YearFirst);
        }
        let order = self.order();
        match (order.day, order.month) {
            (0, 0) if order.either == 0 => Some(DateFormat::MonthFirst),
            (0, 0) => None,
            (day, month) if month * 100 <= day => Some(DateFormat::DayFirst),
            (day, month) if day * 100 <= month => Some(DateFormat::MonthFirst),
            _ => None,
        }
    }

    /// Why the order is not known: nothing tells, or cells contradict each other.
    pub(super) fn undecided(self) -> Fault {
        if self.short.year_first() != Some(false) {
            return Fault::new(
                205,
                "dates have a year of two digits, and nothing tells which part is the year",
            )
            .hint("say which: --date-format ymd (year first), dmy or mdy; or write years with four digits");
        }
        let Order { day, month, .. } = self.order();
        if day > 0 && month > 0 {
            return Fault::new(205, format!("{day} dates can only be day first, {month} only month first")).hint(
                "write them one way; or give --date-format dmy or mdy: dates that cannot be read so are rejected",
            );
        }
        Fault::new(205, "day and month cannot be told apart: no date decides which comes first")
            .hint("say which: --date-format dmy (day first) or --date-format mdy (month first)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(cells: &[&str]) -> Option<DateFormat> {
        let mut evidence = OrderEvidence::default();
        cells.iter().for_each(|cell| evidence.see(cell.as_bytes()));
        evidence.verdict()
    }

    #[test]
    fn the_column_decides_the_order() {
        assert_eq!(verdict(&["01/02/2022", "25/02/2022"]), Some(DateFormat::DayFirst));
        assert_eq!(verdict(&["01/02/2022", "02/25/2022"]), Some(DateFormat::MonthFirst));
        assert_eq!(verdict(&["01/02/2022", "03/04/2022"]), None);
        assert_eq!(verdict(&["13/02/2022", "02/13/2022"]), None);
        assert_eq!(verdict(&["2022-02-13"]), Some(DateFormat::MonthFirst));
        assert_eq!(verdict(&["01/01/2022"]), Some(DateFormat::MonthFirst));
    }

    #[test]
    fn a_year_of_two_digits_is_where_no_day_can_be() {
        assert_eq!(verdict(&["99-03-31", "98-02-01"]), Some(DateFormat::YearFirst));
        assert_eq!(verdict(&["31/03/99", "01/02/98"]), Some(DateFormat::DayFirst));
        assert_eq!(verdict(&["12/25/21", "03/04/21"]), Some(DateFormat::MonthFirst));
        assert_eq!(verdict(&["3/9/22", "25/9/22"]), Some(DateFormat::DayFirst));
        assert_eq!(verdict(&["24/3/5", "24/12/25"]), Some(DateFormat::YearFirst));
        assert_eq!(verdict(&["24-03-31", "24-12-25", "25-01-05"]), None);
        let days = (1..=20).map(|day| format!("24-03-{day:02}")).collect::<Vec<_>>();
        assert_eq!(
            verdict(&days.iter().map(String::as_str).collect::<Vec<_>>()),
            Some(DateFormat::YearFirst)
        );
        let days = (1..=20).map(|day| format!("{day:02}.03.24")).collect::<Vec<_>>();
        assert_eq!(verdict(&days.iter().map(String::as_str).collect::<Vec<_>>()), Some(DateFormat::DayFirst));
    }
}
