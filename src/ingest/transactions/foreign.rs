//! A transaction log whose cells another engine fetches: what its rows mean is decided here all the same.
//!
//! The engine looks at every row twice. The first look ([`Survey`]) tells how dates and amounts are written,
//! the first and last day, and when each product was first sold; the second, by [`LogRules::read`], gives
//! the rows that count and the [`Account`] of those that do not. Rules, survey and account travel as bytes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::error::{Fault, Result};
use crate::ingest::account::{InputRecord, Reject, RowCounts};
use crate::ingest::date_order::OrderEvidence;
use crate::ingest::header::RoleMap;
use crate::ingest::ids::normal_id;
use crate::ingest::numbers::DecimalEvidence;
use crate::ingest::params::{IngestValidParams, ReadOptions};
use crate::ingest::scan::Verdict;

use super::columns::{Columns, WANTED};
use super::rows::{Cells, Gathered, RowReader, Style};
use super::{FirstSales, ProductKey, Transaction, guessed, settle};

/// Rejects of an account that are kept with their cells; the rest is only counted.
const KEPT: usize = 100;

/// A log with its header understood.
#[derive(Clone, Debug)]
pub struct ForeignLog {
    label: String,
    header: Vec<String>,
    roles: RoleMap,
    /// The columns that play a role, by their places in the header.
    fetched: Vec<usize>,
    /// Where each role's cells are among those fetched.
    columns: Columns,
}

/// How a row is read: all that a machine far away needs to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogRules {
    columns: Columns,
    style: Style,
    as_of: Option<Day>,
    params: IngestValidParams,
}

/// What rows tell of the whole log.
#[derive(Default)]
pub struct Survey(Gathered);

/// Products met by one reader, each with a place.
#[derive(Default)]
pub struct Products(Gathered);

#[derive(Serialize, Deserialize)]
struct SurveyRecord {
    dates: OrderEvidence,
    decimals: DecimalEvidence,
    span: Option<(Day, Day)>,
    products: BTreeMap<Box<str>, Option<Day>>,
}

/// Where rows went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Rows that made the result.
    pub used: u64,
    no_customer: u64,
    after_as_of: u64,
    rejected: u64,
    /// By place of the column, cell and reason: the first of them, the same whatever was read first.
    rejects: Vec<((usize, String, String), u64)>,
}

impl ForeignLog {
    /// Finds the columns of a log by its header.
    ///
    /// # Errors
    /// E202, E209 if a role is missing or claimed twice.
    pub fn find(label: &str, header: Vec<String>, options: &ReadOptions) -> Result<Self> {
        let roles = RoleMap::find(Path::new(label), &header, &WANTED, &options.mappings)?;
        let (fetched, columns) = Columns::find(Path::new(label), &header, &roles)?.narrowed();
        Ok(ForeignLog { label: label.to_owned(), header, roles, fetched, columns })
    }

    /// The columns to fetch, in the order in which [`Cells`] are to hold them.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        self.fetched.iter().map(|place| self.header[*place].as_str())
    }

    /// Places, among those wanted, of the cells that a survey looks at: dates, products, and amounts that are spelt.
    ///
    /// * `is_number`: true of a column that holds numbers, which say nothing of how numbers are spelt.
    pub fn surveyed(&self, is_number: impl Fn(&str) -> bool) -> Vec<usize> {
        let columns = &self.columns;
        let always = [Some(columns.date), columns.product];
        let idle = [Some(columns.customer), columns.order, columns.cost, columns.rep];
        let wanted = self.wanted().enumerate().filter(|(place, name)| {
            always.contains(&Some(*place)) || !idle.contains(&Some(*place)) && !is_number(name)
        });
        wanted.map(|(place, _)| place).collect()
    }

    /// The name of a column fetched.
    fn column(&self, place: usize) -> &str {
        self.fetched.get(place).map_or("", |place| self.header[*place].as_str())
    }

    /// The place of the customer's id among the cells wanted.
    pub fn customer(&self) -> usize {
        self.columns.customer
    }

    /// The header.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// True if rows name products, give costs, give order ids.
    pub fn has(&self) -> [bool; 3] {
        let columns = &self.columns;
        [columns.product.is_some(), columns.cost.is_some(), columns.order.is_some()]
    }

    /// How rows are read as far as anything is known yet.
    pub fn guess(&self, as_of: Option<Day>, options: &ReadOptions) -> LogRules {
        self.rules(guessed(&Gathered::default(), options), as_of, options)
    }

    /// How rows are read once all of them have been looked at; what a survey by other rules has seen of
    /// days does not hold.
    ///
    /// # Errors
    /// E205, E210 if dates or amounts read in two ways.
    pub fn settle(&self, survey: &Survey, as_of: Option<Day>, options: &ReadOptions) -> Result<LogRules> {
        let style = settle(&survey.0, Path::new(&self.label), self.column(self.columns.date), options)?;
        Ok(self.rules(style, as_of, options))
    }

    fn rules(&self, style: Style, as_of: Option<Day>, options: &ReadOptions) -> LogRules {
        LogRules { columns: self.columns.clone(), style, as_of, params: options.params.clone() }
    }

    /// The record of the log's files.
    pub fn record(&self, sha256: String, rows: u64) -> InputRecord {
        InputRecord {
            role: "transactions",
            path: self.label.clone(),
            sha256,
            rows,
            columns: self.roles.words(&self.header),
        }
    }

    /// The account in the words of a run. Which line a row stands on no engine says: it is left at 0.
    ///
    /// # Errors
    /// E206 without a row.
    pub fn settle_account(&self, account: Account) -> Result<(RowCounts, Vec<Reject>)> {
        let Account { used, no_customer, after_as_of, rejected, rejects } = account;
        let filters = [("no_customer", no_customer), ("after_as_of", after_as_of)];
        let filters: BTreeMap<_, _> = filters.into_iter().filter(|(_, rows)| *rows > 0).collect();
        let filtered = no_customer + after_as_of;
        let read = used + filtered + rejected;
        if read == 0 {
            return Err(Fault::new(206, "has no rows")
                .in_file(Path::new(&self.label))
                .hint("give files with rows")
                .into());
        }
        let rejects = rejects.into_iter().flat_map(|((column, value, reason), rows)| {
            let reject = Reject {
                file: self.label.clone(),
                line: 0,
                column: self.column(column).to_owned(),
                value,
                reason,
            };
            std::iter::repeat_n(reject, rows as usize)
        });
        let rejects = rejects.take(rejected as usize).collect();
        Ok((RowCounts { read, used, filtered, rejected, filters }, rejects))
    }
}

impl LogRules {
    /// True if rows are read the same way.
    pub fn same_style(&self, other: &LogRules) -> bool {
        self.style == other.style
    }

    /// The customer that a cell names; none if it names nobody.
    pub fn customer<'c>(&self, cell: &'c [u8]) -> Option<&'c [u8]> {
        let cell = crate::ingest::scan::trim(cell);
        (!self.params.is_missing(cell)).then(|| normal_id(cell))
    }

    fn reader(&self) -> RowReader<'_> {
        RowReader { columns: &self.columns, style: &self.style, as_of: self.as_of, params: &self.params }
    }

    /// Takes a first look at a row.
    pub fn look(&self, survey: &mut Survey, row: &impl Cells) {
        self.reader().gather(&mut survey.0, row);
    }

    /// Reads a row; hands it on if it counts and takes account of it in any case.
    pub fn read(
        &self,
        products: &mut Products,
        account: &mut Account,
        row: &impl Cells,
        take: impl FnOnce(&Transaction, Option<ProductKey>),
    ) {
        let reader = self.reader();
        let product = reader.product(row).map(|id| products.0.meet(id, None));
        let key = product.and_then(|place| products.0.products.get(place as usize)).map(|met| met.key);
        match reader.judge(row, reader.day(row), product, |transaction| take(transaction, key)) {
            Verdict::Used => account.used += 1,
            Verdict::Filtered("no_customer") => account.no_customer += 1,
            Verdict::Filtered(_) => account.after_as_of += 1,
            Verdict::Rejected(column, reason) => {
                let value = String::from_utf8_lossy(row.text(column)).into_owned();
                account.reject((column, value, reason), 1);
            }
        }
    }
}

impl Survey {
    /// Adds the survey of other rows.
    pub fn merge(&mut self, other: Survey) {
        self.0.add(other.0);
    }

    /// First and last day seen.
    pub fn span(&self) -> Option<(Day, Day)> {
        self.0.span
    }

    /// First sale of every product that a row with a date names.
    pub fn first_sales(&self) -> FirstSales {
        let met = self.0.products.iter();
        met.filter_map(|met| Some((met.key, (met.id.clone(), met.first?)))).collect()
    }

    /// Bytes taken in memory, about.
    pub fn room(&self) -> usize {
        self.0.products.len() * 96
    }

    /// The survey as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Gathered { dates, decimals, span, products, .. } = &self.0;
        let products = products.iter().map(|met| (met.id.clone(), met.first)).collect();
        let record = SurveyRecord { dates: *dates, decimals: *decimals, span: *span, products };
        serde_json::to_vec(&record).unwrap_or_default()
    }

    /// The survey that bytes were made of; none if they are not one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let SurveyRecord { dates, decimals, span, products } = serde_json::from_slice(bytes).ok()?;
        let mut gathered = Gathered::default();
        (gathered.dates, gathered.decimals, gathered.span) = (dates, decimals, span);
        for (id, first) in products {
            gathered.meet(id.as_bytes(), first);
        }
        Some(Survey(gathered))
    }
}

impl Account {
    fn reject(&mut self, key: (usize, String, String), rows: u64) {
        self.rejected += rows;
        self.keep(key, rows);
    }

    /// Keeps the first by order: those kept of any split together hold those of the whole.
    fn keep(&mut self, key: (usize, String, String), rows: u64) {
        match self.rejects.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(place) => self.rejects[place].1 += rows,
            Err(place) if place < KEPT => {
                self.rejects.insert(place, (key, rows));
                self.rejects.truncate(KEPT);
            }
            Err(_) => {}
        }
    }

    /// Adds the account of other rows.
    pub fn merge(&mut self, other: Account) {
        self.used += other.used;
        self.no_customer += other.no_customer;
        self.after_as_of += other.after_as_of;
        self.rejected += other.rejected;
        for (key, rows) in other.rejects {
            self.keep(key, rows);
        }
    }

    /// True if every row made the result.
    pub fn is_plain(&self) -> bool {
        self.no_customer + self.after_as_of + self.rejected == 0
    }

    /// The account as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The account that bytes were made of; none if they are not one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
