//! Transaction logs: one pass that settles how to read them, one that reads them.
//!
//! The first pass (`survey`) finds out how dates and amounts are written, the first and last day
//! and the first sale of every product, because all of these need the whole file: without them
//! neither the window nor the launches would be known when rows are added up.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use crate::domain::{Day, Money};
use crate::error::{Error, Fault, Result};

use super::account::{InputRecord, Reject, RowCounts};
use super::dates::{DateFormat, OrderEvidence, parse_day};
use super::ids::normal_id;
use super::numbers::{DecimalEvidence, DecimalSign, multiply, parse_money};
use super::params::ReadOptions;
use super::roles::{ColumnRef, Role, RoleMap, missing_role};
use super::scan::{Record, Sheet, Verdict};

/// Hash of a product's id; the same on every machine.
pub type ProductKey = u64;

/// The key of a product id.
pub fn product_key(id: &[u8]) -> ProductKey {
    xxh3_64(id)
}

/// One line of a transaction log.
#[derive(Clone, Copy, Debug)]
pub struct Transaction<'a> {
    /// Who bought.
    pub customer: &'a str,
    /// When.
    pub day: Day,
    /// For how much; below zero for a return.
    pub amount: Money,
    /// Hash of the order's id, if there is such a column and the cell is not blank.
    pub order: Option<u64>,
    /// The product, likewise.
    pub product: Option<ProductKey>,
    /// What the line cost, likewise.
    pub cost: Option<Money>,
    /// The rep, likewise.
    pub rep: Option<&'a str>,
}

/// First sale of each product.
pub type FirstSales = HashMap<ProductKey, (Box<str>, Day), Xxh3DefaultBuilder>;

/// Transaction files ready to be read.
#[derive(Debug)]
pub struct TransactionLog {
    files: Vec<LogFile>,
    /// First and last day of all files; none if no row has one.
    pub span: Option<(Day, Day)>,
    /// First sale of every product; empty without a product column.
    pub first_sales: FirstSales,
    /// True if a file names products.
    pub has_products: bool,
    /// True if a file gives costs.
    pub has_cost: bool,
    /// True if a file gives order ids.
    pub has_orders: bool,
}

#[derive(Debug)]
struct LogFile {
    sheet: Sheet,
    roles: RoleMap,
    columns: Columns,
    style: Style,
    sha256: String,
}

/// Where each role's cells are.
#[derive(Clone, Debug)]
struct Columns {
    customer: usize,
    date: usize,
    amount: AmountColumns,
    order: Option<usize>,
    product: Option<usize>,
    cost: Option<usize>,
    rep: Option<usize>,
}

#[derive(Clone, Debug)]
enum AmountColumns {
    /// One column, or several to be added up.
    Given(Vec<usize>),
    QuantityTimesPrice(usize, usize),
}

/// How dates and amounts are written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Style {
    date: DateFormat,
    decimal: DecimalSign,
}

const WANTED: [Role; 9] = [
    Role::CustomerId,
    Role::Date,
    Role::Amount,
    Role::Quantity,
    Role::UnitPrice,
    Role::OrderId,
    Role::ProductId,
    Role::Cost,
    Role::Rep,
];

impl Columns {
    fn find(path: &Path, header: &[String], roles: &RoleMap) -> Result<Self> {
        let mut faults = roles.missing(path, header, &[Role::CustomerId, Role::Date]);
        let amount =
            match (roles.get(Role::Amount), roles.column(Role::Quantity), roles.column(Role::UnitPrice)) {
                (Some(ColumnRef::Columns(columns)), ..) => Some(AmountColumns::Given(columns.clone())),
                (_, Some(quantity), Some(price)) => Some(AmountColumns::QuantityTimesPrice(quantity, price)),
                _ => {
                    faults.push(missing_role(path, header, Role::Amount));
                    None
                }
            };
        let single = |role: Role, faults: &mut Vec<Fault>| match (roles.get(role), roles.column(role)) {
            (Some(_), None) => {
                faults.push(
                    Fault::new(202, format!("{} needs a column of its own", role.as_str()))
                        .in_file(path)
                        .hint("map it to one column"),
                );
                None
            }
            (_, column) => column,
        };
        let customer = single(Role::CustomerId, &mut faults);
        let date = single(Role::Date, &mut faults);
        match (customer, date, amount, faults.is_empty()) {
            (Some(customer), Some(date), Some(amount), true) => Ok(Columns {
                customer,
                date,
                amount,
                order: roles.column(Role::OrderId),
                product: roles.column(Role::ProductId),
                cost: roles.column(Role::Cost),
                rep: roles.column(Role::Rep),
            }),
            _ => Err(Error { faults }),
        }
    }
}

#[derive(Default)]
struct Survey {
    dates: OrderEvidence,
    decimals: DecimalEvidence,
    span: Option<(Day, Day)>,
    first_sales: FirstSales,
}

impl Survey {
    fn see(&mut self, columns: &Columns, style: &Style, record: &Record) {
        let date = record.cell(columns.date);
        if date.get(4) != Some(&b'-') {
            self.dates.see(date);
        }
        match &columns.amount {
            AmountColumns::Given(amounts) => {
                amounts.iter().for_each(|column| self.decimals.see(record.cell(*column)));
            }
            AmountColumns::QuantityTimesPrice(_, price) => self.decimals.see(record.cell(*price)),
        }
        let Some(day) = parse_day(date, &style.date) else { return };
        self.widen(day, day);
        let Some(product) = columns.product.map(|column| record.cell(column)).filter(|cell| !cell.is_empty())
        else {
            return;
        };
        let id = normal_id(product);
        let first = self
            .first_sales
            .entry(product_key(id))
            .or_insert_with(|| (String::from_utf8_lossy(id).into(), day));
        first.1 = first.1.min(day);
    }

    fn widen(&mut self, from: Day, to: Day) {
        let (first, last) = self.span.unwrap_or((from, to));
        self.span = Some((first.min(from), last.max(to)));
    }

    fn merge(&mut self, other: Survey) {
        self.dates.add(other.dates);
        self.decimals.add(other.decimals);
        if let Some((from, to)) = other.span {
            self.widen(from, to);
        }
        // The earliest day is the same in any order.
        for (key, (id, day)) in other.first_sales {
            let first = self.first_sales.entry(key).or_insert((id, day));
            first.1 = first.1.min(day);
        }
    }
}

impl TransactionLog {
    /// Opens the files and makes the first pass over them.
    ///
    /// # Errors
    /// E201–E211: unreadable, a role missing, dates or amounts that read in two ways.
    pub fn survey(paths: &[PathBuf], options: &ReadOptions) -> Result<Self> {
        let mut total = Survey::default();
        let mut files = Vec::new();
        for path in paths {
            let sheet = Sheet::open(path, options)?;
            let roles = RoleMap::find(path, &sheet.header, &WANTED, &options.mappings)?;
            let columns = Columns::find(path, &sheet.header, &roles)?;
            let (style, survey, sha256) = survey_file(&sheet, &columns, options)?;
            total.merge(survey);
            files.push(LogFile { sheet, roles, columns, style, sha256 });
        }
        Ok(TransactionLog {
            has_products: files.iter().any(|file| file.columns.product.is_some()),
            has_cost: files.iter().any(|file| file.columns.cost.is_some()),
            has_orders: files.iter().any(|file| file.columns.order.is_some()),
            files,
            span: total.span,
            first_sales: total.first_sales,
        })
    }

    /// The headers of all files.
    pub fn headers(&self) -> impl Iterator<Item = &[String]> + Clone {
        self.files.iter().map(|file| file.sheet.header.as_slice())
    }

    /// Bytes on disk, for progress.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.sheet.source.size()).sum()
    }

    /// Folds every transaction up to `as_of` into one state a thread.
    ///
    /// Rows without a customer are filtered (guest sales), as are rows after `as_of`; rows whose
    /// date or amount cannot be read are rejected.
    ///
    /// # Errors
    /// Whatever stops reading.
    pub fn fold<S: Send>(
        &self,
        as_of: Day,
        options: &ReadOptions,
        new: impl Fn() -> S + Sync,
        push: impl Fn(&mut S, &Transaction) + Sync,
    ) -> Result<ReadLog<S>> {
        let mut log = ReadLog {
            states: Vec::new(),
            rows: RowCounts::default(),
            rejects: Vec::new(),
            inputs: Vec::new(),
        };
        for file in &self.files {
            let folded = file.sheet.fold(options, &new, |state, record| {
                let columns = &file.columns;
                read_row(columns, &file.style, as_of, options, record, |transaction| push(state, transaction))
            })?;
            log.inputs.push(InputRecord {
                role: "transactions",
                path: file.sheet.source.label.clone(),
                sha256: file.sha256.clone(),
                rows: folded.rows.read,
                columns: file.roles.words(&file.sheet.header),
            });
            log.states.extend(folded.states);
            log.rows.add(&folded.rows);
            log.rejects.extend(folded.rejects);
        }
        Ok(log)
    }
}

/// Transactions folded, with the account of their rows.
#[derive(Debug)]
pub struct ReadLog<S> {
    /// One state a thread and file.
    pub states: Vec<S>,
    /// Where every row went.
    pub rows: RowCounts,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// The files.
    pub inputs: Vec<InputRecord>,
}

/// Surveys until the way dates and amounts were read is the way the whole file says.
fn survey_file(sheet: &Sheet, columns: &Columns, options: &ReadOptions) -> Result<(Style, Survey, String)> {
    let given = options.date_format.clone();
    let mut style =
        Style { date: given.clone().unwrap_or(DateFormat::MonthFirst), decimal: DecimalSign::Point };
    let (mut survey, sha256) = std::thread::scope(|scope| {
        let hash = scope.spawn(|| sheet.source.sha256());
        let survey = survey_once(sheet, columns, &style, options)?;
        let sha256 =
            hash.join().unwrap_or_else(|_| Err(Fault::new(902, "hashing stopped unexpectedly").into()))?;
        Ok::<_, Error>((survey, sha256))
    })?;
    let path = &sheet.source.path;
    let decimal = survey.decimals.verdict().ok_or_else(|| {
        Fault::new(210, "some amounts have a decimal comma, others a decimal point")
            .in_file(path)
            .hint("write all amounts the same way")
    })?;
    let date = match given {
        Some(format) => format,
        None => survey.dates.verdict().ok_or_else(|| {
            Fault::new(205, "day and month cannot be told apart: no date decides which comes first")
                .in_file(path)
                .in_column(&*sheet.header[columns.date])
                .hint("say which: --date-format dmy (day first) or --date-format mdy (month first)")
        })?,
    };
    style.decimal = decimal;
    if date != style.date {
        style.date = date;
        survey = survey_once(sheet, columns, &style, options)?;
    }
    Ok((style, survey, sha256))
}

fn survey_once(sheet: &Sheet, columns: &Columns, style: &Style, options: &ReadOptions) -> Result<Survey> {
    let folded = sheet.fold(options, Survey::default, |survey, record| {
        survey.see(columns, style, record);
        Verdict::Used
    })?;
    if folded.rows.read == 0 {
        return Err(Fault::new(206, "has no rows below its header")
            .in_file(&sheet.source.path)
            .hint("give a file with a header and rows")
            .into());
    }
    let mut states = folded.states.into_iter();
    let mut survey = states.next().unwrap_or_default();
    states.for_each(|state| survey.merge(state));
    Ok(survey)
}

fn read_row(
    columns: &Columns,
    style: &Style,
    as_of: Day,
    options: &ReadOptions,
    record: &Record,
    take: impl FnOnce(&Transaction),
) -> Verdict {
    let customer = text(record.cell(columns.customer));
    if customer.is_empty() || options.params.is_missing(customer) {
        return Verdict::Filtered("no_customer");
    }
    let Some(day) = parse_day(record.cell(columns.date), &style.date) else {
        return Verdict::Rejected(columns.date, "is not a date".to_owned());
    };
    let amount = match read_amount(columns, style, record) {
        Ok(amount) => amount,
        Err(verdict) => return verdict,
    };
    let cost = match columns.cost.map(|column| (column, record.cell(column))) {
        Some((column, cell)) if !options.params.is_missing(text(cell)) => {
            match parse_money(cell, style.decimal) {
                Ok(cost) => Some(cost),
                Err(fault) => return Verdict::Rejected(column, fault.words().to_owned()),
            }
        }
        _ => None,
    };
    if day > as_of {
        return Verdict::Filtered("after_as_of");
    }
    let filled =
        |column: Option<usize>| column.map(|column| record.cell(column)).filter(|cell| !cell.is_empty());
    take(&Transaction {
        customer: text(normal_id(customer.as_bytes())),
        day,
        amount,
        order: filled(columns.order).map(xxh3_64),
        product: filled(columns.product).map(|id| product_key(normal_id(id))),
        cost,
        rep: filled(columns.rep).map(text),
    });
    Verdict::Used
}

fn read_amount(columns: &Columns, style: &Style, record: &Record) -> Result<Money, Verdict> {
    let read = |column: usize| {
        let cell = record.cell(column);
        if cell.is_empty() {
            return Err(Verdict::Rejected(column, "is blank".to_owned()));
        }
        parse_money(cell, style.decimal).map_err(|fault| Verdict::Rejected(column, fault.words().to_owned()))
    };
    match &columns.amount {
        AmountColumns::Given(amounts) => amounts.iter().try_fold(Money::ZERO, |sum, column| {
            sum.checked_add(read(*column)?)
                .ok_or_else(|| Verdict::Rejected(*column, "is too large".to_owned()))
        }),
        AmountColumns::QuantityTimesPrice(quantity, price) => multiply(read(*quantity)?, read(*price)?)
            .ok_or_else(|| Verdict::Rejected(*quantity, "times the price is too large".to_owned())),
    }
}

/// Blocks are checked to be UTF-8 before they are parsed, and cells end at ASCII bytes.
fn text(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default()
}
