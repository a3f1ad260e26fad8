//! Transaction logs, read once.
//!
//! How dates and amounts are written, the first and last day and the first sale of every product need
//! the whole file. A look at the first rows settles the writing, and every row then read is held against
//! it: where the whole file says otherwise it is read again the right way, which only a file that changes
//! its ways costs. Days and first sales are gathered beside the rows and known at the end.

mod columns;
mod foreign;
mod rows;

use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use crate::domain::{Day, Money};
use crate::error::{Error, Fault, Result};

use super::account::{InputRecord, Reject, RowCounts};
use super::dates::DateFormat;
use super::header::RoleMap;
use super::numbers::DecimalSign;
use super::params::ReadOptions;
use super::scan::{Folded, Sheet};
use columns::{Columns, WANTED};
pub use foreign::{Account, ForeignLog, LogRules, Products, Survey};
pub use rows::Cells;
use rows::{Gathered, RowReader, Style, widen};

/// Hash of a product's id; the same on every machine.
pub type ProductKey = u64;

/// The key of a product id.
pub fn product_key(id: &[u8]) -> ProductKey {
    xxh3_64(id)
}

/// One line of a transaction log.
#[derive(Clone, Copy, Debug)]
pub struct Transaction<'a> {
    /// Who bought: UTF-8.
    pub customer: &'a [u8],
    /// When.
    pub day: Day,
    /// For how much; below zero for a return.
    pub amount: Money,
    /// Hash of the order's id, if there is such a column and the cell is not blank.
    pub order: Option<u64>,
    /// The product likewise, as a place in [`Share::products`].
    pub product: Option<u32>,
    /// What the line cost, likewise.
    pub cost: Option<Money>,
    /// The rep, likewise: UTF-8.
    pub rep: Option<&'a [u8]>,
}

/// First sale of each product.
pub type FirstSales = HashMap<ProductKey, (Box<str>, Day), Xxh3DefaultBuilder>;

/// Transaction files ready to be read.
#[derive(Debug)]
pub struct TransactionLog {
    files: Vec<LogFile>,
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
}

/// Transactions folded, with what they tell of the whole log and the account of their rows.
#[derive(Debug)]
pub struct ReadLog<S> {
    /// One a thread and file.
    pub shares: Vec<Share<S>>,
    /// First and last day of all files, rows after `as_of` included; none if no row has one.
    pub span: Option<(Day, Day)>,
    /// First sale of every product; empty without a product column.
    pub first_sales: FirstSales,
    /// Where every row went.
    pub rows: RowCounts,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// The files.
    pub inputs: Vec<InputRecord>,
}

/// What one thread has folded of one file.
#[derive(Debug)]
pub struct Share<S> {
    /// The state.
    pub state: S,
    /// The products that its transactions name by their place.
    pub products: Vec<ProductKey>,
}

impl TransactionLog {
    /// Opens the files and reads their headers.
    ///
    /// # Errors
    /// E201–E203, E206, E208, E211: unreadable, or a role missing.
    pub fn open(paths: &[PathBuf], options: &ReadOptions) -> Result<Self> {
        let open = |path: &PathBuf| {
            let sheet = Sheet::open(path, options, "transactions")?;
            let roles = RoleMap::find(path, &sheet.header, &WANTED, &options.mappings)?;
            let columns = Columns::find(path, &sheet.header, &roles)?;
            #[cfg(feature = "parquet")]
            sheet.refuse_unreadable(&roles)?;
            Ok(LogFile { sheet, roles, columns })
        };
        let files = paths.iter().map(open).collect::<Result<Vec<_>>>()?;
        Ok(TransactionLog {
            has_products: files.iter().any(|file| file.columns.product.is_some()),
            has_cost: files.iter().any(|file| file.columns.cost.is_some()),
            has_orders: files.iter().any(|file| file.columns.order.is_some()),
            files,
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

    /// Folds every transaction up to `as_of` (all if none) into one state a thread and file.
    ///
    /// Rows without a customer are filtered (guest sales), as are rows after `as_of`; rows whose
    /// date or amount cannot be read are rejected.
    ///
    /// # Errors
    /// E205, E210 if dates or amounts read in two ways, E206 without a row, and whatever stops reading.
    pub fn read<S: Send>(
        &self,
        as_of: Option<Day>,
        options: &ReadOptions,
        new: impl Fn() -> S + Sync,
        push: impl Fn(&mut S, &Transaction) + Sync,
    ) -> Result<ReadLog<S>> {
        let mut log = ReadLog {
            shares: Vec::new(),
            span: None,
            first_sales: FirstSales::default(),
            rows: RowCounts::default(),
            rejects: Vec::new(),
            inputs: Vec::new(),
        };
        for file in &self.files {
            let (folded, sha256) = std::thread::scope(|scope| {
                let hash = scope.spawn(|| file.sheet.source.sha256());
                let folded = file.read(as_of, options, &new, &push)?;
                let stopped = || Err(Fault::new(902, "hashing stopped unexpectedly").into());
                Ok::<_, Error>((folded, hash.join().unwrap_or_else(|_| stopped())?))
            })?;
            log.inputs.push(InputRecord {
                role: "transactions",
                path: file.sheet.source.label.clone(),
                sha256,
                rows: folded.rows.read,
                columns: file.roles.words(&file.sheet.header),
            });
            log.rows.add(&folded.rows);
            log.rejects.extend(folded.rejects);
            for (state, gathered) in folded.states {
                log.add(state, gathered);
            }
        }
        Ok(log)
    }
}

impl<S> ReadLog<S> {
    fn add(&mut self, state: S, gathered: Gathered) {
        if let Some((from, to)) = gathered.span {
            widen(&mut self.span, from, to);
        }
        let mut products = Vec::with_capacity(gathered.products.len());
        for met in gathered.products {
            products.push(met.key);
            // The earliest day is the same in any order.
            if let Some(day) = met.first {
                let first = self.first_sales.entry(met.key).or_insert((met.id, day));
                first.1 = first.1.min(day);
            }
        }
        self.shares.push(Share { state, products });
    }
}

impl LogFile {
    /// Reads the file as its first rows are written, and once more if the whole file says otherwise.
    fn read<S: Send>(
        &self,
        as_of: Option<Day>,
        options: &ReadOptions,
        new: &(impl Fn() -> S + Sync),
        push: &(impl Fn(&mut S, &Transaction) + Sync),
    ) -> Result<Folded<(S, Gathered)>> {
        let mut style = self.guess(options)?;
        loop {
            let folded = self.fold(&style, as_of, options, new, push)?;
            if folded.rows.read == 0 {
                return Err(Fault::new(206, "has no rows below its header")
                    .in_file(&self.sheet.source.path)
                    .hint("give a file with a header and rows")
                    .into());
            }
            let mut all = Gathered::default();
            for (_, gathered) in &folded.states {
                all.dates.add(gathered.dates);
                all.decimals.add(gathered.decimals);
            }
            // What is gathered does not depend on the style, so a second reading agrees with itself.
            let source = &self.sheet.source;
            let found = settle(&all, &source.path, &self.sheet.header[self.columns.date], options)?;
            if found == style {
                return Ok(folded);
            }
            style = found;
        }
    }

    fn fold<S: Send>(
        &self,
        style: &Style,
        as_of: Option<Day>,
        options: &ReadOptions,
        new: &(impl Fn() -> S + Sync),
        push: &(impl Fn(&mut S, &Transaction) + Sync),
    ) -> Result<Folded<(S, Gathered)>> {
        let new = || (new(), Gathered::default());
        let reader = RowReader { columns: &self.columns, style, as_of, params: &options.params };
        #[cfg(feature = "parquet")]
        if let Some(dataset) = self.sheet.source.dataset() {
            let (fetched, columns) = self.columns.narrowed();
            let reader = RowReader { columns: &columns, ..reader };
            return dataset.fold(&fetched, options, new, |(state, gathered), row, _| {
                reader.read(gathered, row, |transaction| push(state, transaction))
            });
        }
        self.sheet.fold(options, new, |(state, gathered), record| {
            reader.read(gathered, record, |transaction| push(state, transaction))
        })
    }

    fn guess(&self, options: &ReadOptions) -> Result<Style> {
        let mut seen = Gathered::default();
        #[cfg(feature = "parquet")]
        if let Some(dataset) = self.sheet.source.dataset() {
            let (fetched, columns) = self.columns.narrowed();
            dataset.look_ahead(&fetched, |row| seen.see_style(&columns, row))?;
            return Ok(guessed(&seen, options));
        }
        self.sheet.look_ahead(|record| seen.see_style(&self.columns, record))?;
        Ok(guessed(&seen, options))
    }
}

/// How a log is written, by everything seen of it.
///
/// * `dates`: name of the column of dates.
fn settle(seen: &Gathered, path: &Path, dates: &str, options: &ReadOptions) -> Result<Style> {
    let decimal = seen.decimals.verdict().ok_or_else(|| {
        Fault::new(210, "some amounts have a decimal comma, others a decimal point")
            .in_file(path)
            .hint("write all amounts the same way")
    })?;
    let date = options
        .date_format
        .clone()
        .or_else(|| seen.dates.verdict())
        .ok_or_else(|| seen.dates.undecided().in_file(path).in_column(dates))?;
    Ok(Style { date, decimal })
}

/// How a log is taken to be written before all of it has been seen.
fn guessed(seen: &Gathered, options: &ReadOptions) -> Style {
    let date = options.date_format.clone().or_else(|| seen.dates.verdict());
    Style {
        date: date.unwrap_or(DateFormat::MonthFirst),
        decimal: seen.decimals.verdict().unwrap_or(DecimalSign::Point),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    type Rows = Vec<(String, Day, Money)>;

    /// The rows in the order of the file, read by one thread.
    fn read(bytes: &[u8]) -> Result<(Rows, RowCounts)> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let options = ReadOptions::general();
        let log = TransactionLog::open(&[file.path().to_owned()], &options)?;
        let read = log.read(None, &options, Vec::new, |rows: &mut Vec<_>, row| {
            rows.push((String::from_utf8(row.customer.to_vec()).unwrap(), row.day, row.amount));
        })?;
        let rows = read.shares.into_iter().flat_map(|share| share.state).collect();
        Ok((rows, read.rows))
    }

    /// More than the first block of rows that tell nothing.
    fn start() -> String {
        let mut text = String::from("customer_id,date,amount\n");
        (0..20_000).for_each(|row| text.push_str(&format!("C{row:05},01/02/2025,1.125\n")));
        text
    }

    #[test]
    fn what_only_the_end_of_a_file_tells_holds_for_its_start() {
        // The 31st comes first: so does the day everywhere.
        let (rows, counts) = read(format!("{}C1,31/01/2025,2\n", start()).as_bytes()).unwrap();
        assert_eq!(counts.used, 20_001);
        assert_eq!(rows[0].1, "2025-02-01".parse().unwrap());
        // The last amount has a comma: the points before group thousands.
        let commas = format!("{}C1;31/01/2025;2,5\n", start().replace(',', ";"));
        let (rows, _) = self::read(commas.as_bytes()).unwrap();
        assert_eq!(rows[0].2, Money(1_125 * Money::SCALE));
    }

    #[test]
    fn an_encoding_that_shows_late_is_found() {
        let mut bytes = start().replace("01/02", "13/02").into_bytes();
        bytes.extend_from_slice(&encoding_rs::GB18030.encode("康祥源,13/02/2025,7\n").0);
        let (rows, counts) = read(&bytes).unwrap();
        assert_eq!((counts.used, rows[20_000].0.as_str()), (20_001, "康祥源"));
        bytes.extend_from_slice(b"\xFF\xFF,13/02/2025,7\n");
        assert!(self::read(&bytes).unwrap_err().has_code(208));
    }
}
