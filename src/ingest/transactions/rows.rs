//! One row of a transaction file at a time.
//!
//! While rows are read, what they tell of the whole file is gathered beside them: how dates and amounts
//! are written, the first and the last day, the first sale of every product.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use crate::domain::{Day, Money};
use crate::ingest::dates::{DateFormat, OrderEvidence, is_iso, parse_day};
use crate::ingest::ids::normal_id;
use crate::ingest::numbers::{DecimalEvidence, DecimalSign, multiply, parse_money};
use crate::ingest::params::IngestValidParams;
use crate::ingest::scan::{Record, Verdict};

use super::columns::{AmountColumns, Columns};
use super::{ProductKey, Transaction, product_key};

/// How dates and amounts are written.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    places: HashMap<ProductKey, u32, Xxh3DefaultBuilder>,
}

impl Gathered {
    /// Looks at how a row is written; nothing of the row is kept.
    pub(super) fn see_style(&mut self, columns: &Columns, record: &Record) {
        let date = record.cell(columns.date);
        if !is_iso(date) {
            self.dates.see(date);
        }
        match &columns.amount {
            AmountColumns::Given(amounts) => {
                amounts.iter().for_each(|column| self.decimals.see(record.cell(*column)));
            }
            AmountColumns::QuantityTimesPrice(_, price) => self.decimals.see(record.cell(*price)),
        }
    }

    /// The place of a product among those met, and its first sale noted.
    fn meet(&mut self, id: &[u8], day: Option<Day>) -> u32 {
        let key = product_key(id);
        let place = match self.places.entry(key) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let met = self.products.len() as u32;
                let id = String::from_utf8_lossy(id).into();
                self.products.push(Met { key, id, first: None });
                *place.insert(met)
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
        record: &Record,
        take: impl FnOnce(&Transaction),
    ) -> Verdict {
        let columns = self.columns;
        gathered.see_style(columns, record);
        let day = parse_day(record.cell(columns.date), &self.style.date);
        if let Some(day) = day {
            widen(&mut gathered.span, day, day);
        }
        let filled =
            |column: Option<usize>| column.map(|column| record.cell(column)).filter(|cell| !cell.is_empty());
        // Guests and rows that will be rejected show when a product was first sold as well as any.
        let product = filled(columns.product).map(|id| gathered.meet(normal_id(id), day));
        let customer = record.cell(columns.customer);
        if self.params.is_missing(customer) {
            return Verdict::Filtered("no_customer");
        }
        let Some(day) = day else {
            return Verdict::Rejected(columns.date, "is not a date".to_owned());
        };
        let amount = match self.amount(record) {
            Ok(amount) => amount,
            Err(verdict) => return verdict,
        };
        let cost = match columns.cost.map(|column| (column, record.cell(column))) {
            Some((column, cell)) if !self.params.is_missing(cell) => {
                match parse_money(cell, self.style.decimal) {
                    Ok(cost) => Some(cost),
                    Err(fault) => return Verdict::Rejected(column, fault.words().to_owned()),
                }
            }
            _ => None,
        };
        if self.as_of.is_some_and(|as_of| day > as_of) {
            return Verdict::Filtered("after_as_of");
        }
        take(&Transaction {
            customer: normal_id(customer),
            day,
            amount,
            order: filled(columns.order).map(xxh3_64),
            product,
            cost,
            rep: filled(columns.rep),
        });
        Verdict::Used
    }

    fn amount(&self, record: &Record) -> Result<Money, Verdict> {
        let read = |column: usize| {
            let cell = record.cell(column);
            if cell.is_empty() {
                return Err(Verdict::Rejected(column, "is blank".to_owned()));
            }
            parse_money(cell, self.style.decimal)
                .map_err(|fault| Verdict::Rejected(column, fault.words().to_owned()))
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
