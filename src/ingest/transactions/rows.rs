//! One row of a transaction file at a time.
//!
//! While rows are read, what they tell of the whole file is gathered beside them: how dates and amounts
//! are written, the first and the last day, the first sale of every product.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::{Day, Money};
use crate::ingest::date_order::OrderEvidence;
use crate::ingest::dates::{DateFormat, is_iso, parse_day};
use crate::ingest::ids::normal_id;
use crate::ingest::numbers::{DecimalEvidence, DecimalSign, multiply, parse_money};
use crate::ingest::params::IngestValidParams;
use crate::ingest::scan::{Record, Verdict};

use super::columns::{AmountColumns, Columns};
use super::{ProductKey, Transaction, product_key};

/// A row's cells, wherever they come from.
pub trait Cells {
    /// The cell without the blanks around it; empty if there is nothing.
    fn text(&self, column: usize) -> &[u8];

    /// A cell that is a date rather than the spelling of one, in the years that a date may have.
    fn day(&self, _column: usize) -> Option<Day> {
        None
    }

    /// A cell that is a number rather than the spelling of one.
    fn money(&self, _column: usize) -> Option<Money> {
        None
    }
}

impl Cells for Record<'_> {
    fn text(&self, column: usize) -> &[u8] {
        self.cell(column)
    }
}

/// How dates and amounts are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Style {
    pub(super) date: DateFormat,
    pub(super) decimal: DecimalSign,
}

/// A product met by one thread.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) key: ProductKey,
    pub(super) id: Box<str>,
    /// First day it was sold, if a row with a date named it.
    pub(super) first: Option<Day>,
}

/// What one thread has gathered.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) dates: OrderEvidence,
    pub(super) decimals: DecimalEvidence,
    pub(super) span: Option<(Day, Day)>,
    /// Products in the order in which this thread met them.
    pub(super) products: Vec<Met>,
    /// Where each is among them, by its key, which is a hash already.
    places: HashTable<u32>,
}

impl Gathered {
    /// Looks at how a row is written; nothing of the row is kept.
    pub(super) fn see_style(&mut self, columns: &Columns, row: &impl Cells) {
        // Only spellings tell how things are spelt.
        if row.day(columns.date).is_none() {
            let date = row.text(columns.date);
            if !is_iso(date) {
                self.dates.see(date);
            }
        }
        let mut see = |column: &usize| {
            if row.money(*column).is_none() {
                self.decimals.see(row.text(*column));
            }
        };
        match &columns.amount {
            AmountColumns::Given(amounts) => amounts.iter().for_each(see),
            AmountColumns::QuantityTimesPrice(_, price) => see(price),
        }
    }

    /// Adds what was gathered of other rows.
    pub(super) fn add(&mut self, other: Gathered) {
        self.dates.add(other.dates);
        self.decimals.add(other.decimals);
        if let Some((from, to)) = other.span {
            widen(&mut self.span, from, to);
        }
        for met in other.products {
            self.meet(met.id.as_bytes(), met.first);
        }
    }

    /// The place of a product among those met, and its first sale noted.
    pub(super) fn meet(&mut self, id: &[u8], day: Option<Day>) -> u32 {
        let key = product_key(id);
        let products = &mut self.products;
        let place = match self.places.find(key, |place| products[*place as usize].key == key) {
            Some(known) => *known,
            None => {
                let met = products.len() as u32;
                products.push(Met { key, id: String::from_utf8_lossy(id).into(), first: None });
                self.places.insert_unique(key, met, |place| products[*place as usize].key);
                met
            }
        };
        if let Some(day) = day {
            let first = &mut self.products[place as usize].first;
            *first = Some(first.map_or(day, |first| first.min(day)));
        }
        place
    }
}

/// Makes a span hold these days too.
pub(super) fn widen(span: &mut Option<(Day, Day)>, from: Day, to: Day) {
    let (first, last) = span.unwrap_or((from, to));
    *span = Some((first.min(from), last.max(to)));
}

/// Reads rows of one file.
pub(super) struct RowReader<'a> {
    pub(super) columns: &'a Columns,
    pub(super) style: &'a Style,
    /// Last day that counts; none if every day does.
    pub(super) as_of: Option<Day>,
    pub(super) params: &'a IngestValidParams,
}

impl RowReader<'_> {
    /// Gathers what the row tells of the file and, if it counts, hands it on.
    pub(super) fn read(
        &self,
        gathered: &mut Gathered,
        row: &impl Cells,
        take: impl FnOnce(&Transaction),
    ) -> Verdict {
        let (day, product) = self.gather(gathered, row);
        self.judge(row, day, product, take)
    }

    /// Gathers what the row tells of the file; the row's day and the place of its product.
    pub(super) fn gather(&self, gathered: &mut Gathered, row: &impl Cells) -> (Option<Day>, Option<u32>) {
        gathered.see_style(self.columns, row);
        let day = self.day(row);
        if let Some(day) = day {
            widen(&mut gathered.span, day, day);
        }
        // Guests and rows that will be rejected show when a product was first sold as well as any.
        (day, self.product(row).map(|id| gathered.meet(id, day)))
    }

    /// The row's day, if its cell is one.
    pub(super) fn day(&self, row: &impl Cells) -> Option<Day> {
        let column = self.columns.date;
        row.day(column).or_else(|| parse_day(row.text(column), &self.style.date))
    }

    /// The row's product, if it names one.
    pub(super) fn product<'r>(&self, row: &'r impl Cells) -> Option<&'r [u8]> {
        filled(row, self.columns.product).map(normal_id)
    }

    /// Hands the row on if it counts.
    pub(super) fn judge(
        &self,
        row: &impl Cells,
        day: Option<Day>,
        product: Option<u32>,
        take: impl FnOnce(&Transaction),
    ) -> Verdict {
        let columns = self.columns;
        let customer = row.text(columns.customer);
        if self.params.is_missing(customer) {
            return Verdict::Filtered("no_customer");
        }
        let Some(day) = day else {
            return Verdict::Rejected(columns.date, "is not a date".to_owned());
        };
        let amount = match self.amount(row) {
            Ok(amount) => amount,
            Err(verdict) => return verdict,
        };
        let cost = match columns.cost.map(|column| self.cost(row, column)).transpose() {
            Ok(cost) => cost.flatten(),
            Err(verdict) => return verdict,
        };
        if self.as_of.is_some_and(|as_of| day > as_of) {
            return Verdict::Filtered("after_as_of");
        }
        take(&Transaction {
            customer: normal_id(customer),
            day,
            amount,
            order: filled(row, columns.order).map(xxh3_64),
            product,
            cost,
            rep: filled(row, columns.rep),
        });
        Verdict::Used
    }

    fn cost(&self, row: &impl Cells, column: usize) -> Result<Option<Money>, Verdict> {
        let number = row.money(column);
        let may_be_missing = number.is_none() || self.params.has_missing_numbers();
        if may_be_missing && self.params.is_missing(row.text(column)) {
            return Ok(None);
        }
        number.map_or_else(|| self.money(row.text(column), column), Ok).map(Some)
    }

    fn money(&self, cell: &[u8], column: usize) -> Result<Money, Verdict> {
        parse_money(cell, self.style.decimal)
            .map_err(|fault| Verdict::Rejected(column, fault.words().to_owned()))
    }

    fn amount(&self, row: &impl Cells) -> Result<Money, Verdict> {
        let read = |column: usize| {
            if let Some(number) = row.money(column) {
                return Ok(number);
            }
            let cell = row.text(column);
            if cell.is_empty() {
                return Err(Verdict::Rejected(column, "is blank".to_owned()));
            }
            self.money(cell, column)
        };
        match &self.columns.amount {
            AmountColumns::Given(amounts) => match amounts.as_slice() {
                [amount] => read(*amount),
                amounts => amounts.iter().try_fold(Money::ZERO, |sum, column| {
                    sum.checked_add(read(*column)?)
                        .ok_or_else(|| Verdict::Rejected(*column, "is too large".to_owned()))
                }),
            },
            AmountColumns::QuantityTimesPrice(quantity, price) => multiply(read(*quantity)?, read(*price)?)
                .ok_or_else(|| Verdict::Rejected(*quantity, "times the price is too large".to_owned())),
        }
    }
}

/// The cell of a column that there is, if there is something in it.
fn filled(row: &impl Cells, column: Option<usize>) -> Option<&[u8]> {
    column.map(|column| row.text(column)).filter(|cell| !cell.is_empty())
}
