//! Small tables (customers, products, visits, reps), read whole.

use std::path::Path;

use csv::ByteRecord;

use crate::domain::{Day, Money};
use crate::error::{Fault, Result};

use super::account::{InputRecord, Reject, RowCounts};
use super::date_order::OrderEvidence;
use super::dates::{DateFormat, parse_day};
use super::header::RoleMap;
use super::ids::normal_id;
use super::numbers::{DecimalEvidence, DecimalSign, parse_money};
use super::params::ReadOptions;
use super::roles::{ColumnRef, Role};
use super::scan::{Sheet, Verdict, trim};

/// A table in memory: a header, roles, and rows that can be asked for cells.
#[derive(Debug)]
pub struct Table {
    sheet: Sheet,
    roles: RoleMap,
    rows: Vec<TableRow>,
    decimal: DecimalSign,
    missing: super::params::IngestValidParams,
    date: DateFormat,
    record: InputRecord,
    counts: RowCounts,
    rejects: Vec<Reject>,
}

/// One row of a [`Table`].
#[derive(Debug)]
pub struct TableRow {
    /// Position below the header, the first is 1.
    pub number: u64,
    /// Line of the file on which the row starts.
    pub line: u64,
    cells: ByteRecord,
}

/// Why a cell cannot be used: column index and reason; the row is then rejected with both.
pub type CellFault = (usize, String);

impl Table {
    /// Reads a table whole.
    ///
    /// `role` names the file in the record (`customers`, …); `needed` must be found in the header,
    /// `wanted` may be. Dates are read as the column given by the role [`Role::Date`] or
    /// [`Role::LaunchDate`] says.
    ///
    /// # Errors
    /// E201–E211.
    pub fn read(
        path: &Path,
        role: &'static str,
        needed: &[Role],
        wanted: &[Role],
        options: &ReadOptions,
    ) -> Result<Self> {
        let sheet = Sheet::open(path, options, role)?;
        let all: Vec<Role> = needed.iter().chain(wanted).copied().collect();
        let roles = RoleMap::find(path, &sheet.header, &all, &options.mappings)?;
        let missing = roles.absent(needed).map(|absent| {
            let fault = roles.fault_of_absent(path, &sheet.header, absent);
            if role == "customers" && absent == Role::CustomerId { offer_row_numbers(fault) } else { fault }
        });
        crate::error::Error::unless_empty(missing.collect())?;
        #[cfg(feature = "parquet")]
        sheet.refuse_unreadable(&roles)?;
        let sha256 = sheet.source.sha256()?;
        let one_thread = ReadOptions {
            mappings: options.mappings.clone(),
            date_format: options.date_format.clone(),
            params: options.params.clone(),
            threads: 1,
            ..*options
        };
        let folded = sheet.fold(&one_thread, Vec::new, |rows: &mut Vec<_>, record| {
            rows.push(record.owned());
            Verdict::Used
        })?;
        let record = InputRecord {
            role,
            path: sheet.source.label.clone(),
            sha256,
            rows: folded.rows.read,
            columns: roles.words(&sheet.header),
        };
        let mut rows = Vec::new();
        for (cells, place) in folded.states.iter().flatten() {
            rows.push(TableRow {
                number: rows.len() as u64 + 1,
                line: folded.line(*place),
                cells: cells.clone(),
            });
        }
        let mut table = Table {
            rows,
            roles,
            decimal: DecimalSign::Point,
            date: DateFormat::MonthFirst,
            missing: options.params.clone(),
            record,
            counts: RowCounts { read: folded.rows.read - folded.rows.used, used: 0, ..folded.rows },
            rejects: folded.rejects,
            sheet,
        };
        table.settle_numbers()?;
        table.settle_dates(options)?;
        Ok(table)
    }

    fn settle_numbers(&mut self) -> Result<()> {
        // The columns of one file are written on one machine: they share their decimal sign.
        let mut evidence = DecimalEvidence::default();
        let numeric = [Role::Sales, Role::Margin, Role::Potential];
        for role in numeric {
            if let Some(ColumnRef::Columns(columns)) = self.roles.get(role) {
                for row in &self.rows {
                    columns.iter().for_each(|column| evidence.see(row.cell(*column)));
                }
            }
        }
        self.decimal = evidence.verdict().ok_or_else(|| {
            Fault::new(210, "some amounts have a decimal comma, others a decimal point")
                .in_file(&self.sheet.source.path)
                .hint("write all amounts the same way")
        })?;
        Ok(())
    }

    fn settle_dates(&mut self, options: &ReadOptions) -> Result<()> {
        let column = self.roles.column(Role::Date).or_else(|| self.roles.column(Role::LaunchDate));
        self.date = match (&options.date_format, column) {
            (Some(format), _) => format.clone(),
            (None, None) => DateFormat::MonthFirst,
            (None, Some(column)) => {
                let mut evidence = OrderEvidence::default();
                self.rows.iter().for_each(|row| evidence.see(row.cell(column)));
                evidence.verdict().ok_or_else(|| {
                    evidence
                        .undecided()
                        .in_file(&self.sheet.source.path)
                        .in_column(&*self.sheet.header[column])
                })?
            }
        };
        Ok(())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.sheet.source.path
    }

    /// The header.
    pub fn header(&self) -> &[String] {
        &self.sheet.header
    }

    /// The rows, in the order of the file.
    pub fn rows(&self) -> &[TableRow] {
        &self.rows
    }

    /// True if there is nothing below the header, not even a row that cannot be read.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.counts.read == 0
    }

    /// True if the role has a column.
    pub fn has(&self, role: Role) -> bool {
        self.roles.get(role).is_some()
    }

    /// Columns without a role, with their headers.
    pub fn further_columns(&self) -> Vec<(usize, &str)> {
        let taken: Vec<usize> = self.roles.taken().collect();
        let columns = self.sheet.header.iter().enumerate();
        columns
            .filter(|(column, name)| !taken.contains(column) && !name.is_empty())
            .map(|(c, n)| (c, n.as_str()))
            .collect()
    }

    /// A cell as text; none where blank or missing by the recipe's words.
    pub fn text<'a>(&self, row: &'a TableRow, role: Role) -> Option<&'a str> {
        self.text_at(row, self.roles.column(role)?)
    }

    /// Likewise, by column.
    pub fn text_at<'a>(&self, row: &'a TableRow, column: usize) -> Option<&'a str> {
        let cell = std::str::from_utf8(row.cell(column)).ok()?;
        (!self.missing.is_missing(cell)).then_some(cell)
    }

    /// An id cell, without the tail `.0`; with `@row`, the number of the row.
    pub fn id(&self, row: &TableRow, role: Role) -> Option<Box<str>> {
        match self.roles.get(role)? {
            ColumnRef::RowNumber => Some(row.number.to_string().into()),
            ColumnRef::Columns(_) => {
                let cell = self.text(row, role)?;
                std::str::from_utf8(normal_id(cell.as_bytes())).ok().map(Into::into)
            }
        }
    }

    /// An amount, several columns added up; none where all are blank.
    ///
    /// # Errors
    /// The column and what is wrong with its cell.
    pub fn money(&self, row: &TableRow, role: Role) -> Result<Option<Money>, CellFault> {
        let Some(ColumnRef::Columns(columns)) = self.roles.get(role) else { return Ok(None) };
        let mut sum = None;
        for &column in columns {
            let Some(cell) = self.text_at(row, column) else { continue };
            let amount = parse_money(cell.as_bytes(), self.decimal)
                .map_err(|fault| (column, fault.words().to_owned()))?;
            let total = sum.unwrap_or(Money::ZERO).checked_add(amount);
            sum = Some(total.ok_or_else(|| (column, "is too large".to_owned()))?);
        }
        Ok(sum)
    }

    /// A number; none where blank.
    ///
    /// # Errors
    /// The column and what is wrong with its cell.
    pub fn number(&self, row: &TableRow, role: Role) -> Result<Option<f64>, CellFault> {
        let Some(column) = self.roles.column(role) else { return Ok(None) };
        let Some(cell) = self.text_at(row, column) else { return Ok(None) };
        number_in(cell, self.decimal).map(Some).ok_or_else(|| (column, "is not a number".to_owned()))
    }

    /// Any cell as a number, if it is one.
    pub fn number_at(&self, row: &TableRow, column: usize) -> Option<f64> {
        number_in(self.text_at(row, column)?, self.decimal)
    }

    /// A date; none where blank.
    ///
    /// # Errors
    /// The column and what is wrong with its cell.
    pub fn day(&self, row: &TableRow, role: Role) -> Result<Option<Day>, CellFault> {
        let Some(column) = self.roles.column(role) else { return Ok(None) };
        let Some(cell) = self.text_at(row, column) else { return Ok(None) };
        parse_day(cell.as_bytes(), &self.date).map(Some).ok_or_else(|| (column, "is not a date".to_owned()))
    }

    /// Counts a row as used.
    pub fn take(&mut self) {
        self.counts.take();
    }

    /// Counts a row as left out by rule.
    pub fn filter(&mut self, reason: &'static str) {
        self.counts.filter(reason);
    }

    /// Keeps a row as rejected.
    pub fn reject(&mut self, line: u64, column: Option<usize>, value: String, reason: String) {
        self.counts.reject();
        let column = column.and_then(|column| self.sheet.header.get(column)).cloned().unwrap_or_default();
        let (file, line) = self.sheet.source.located(line);
        self.rejects.push(Reject { file, line, column, value, reason });
    }

    /// Rejects a row for one of its cells.
    pub fn reject_cell(&mut self, row: usize, (column, reason): CellFault) {
        let value = String::from_utf8_lossy(self.rows[row].cell(column)).into_owned();
        let line = self.rows[row].line;
        self.reject(line, Some(column), value, reason);
    }

    /// The account of the file once every row has been judged.
    pub fn account(self) -> (InputRecord, RowCounts, Vec<Reject>) {
        let mut rejects = self.rejects;
        rejects.sort_unstable();
        (self.record, self.counts, rejects)
    }
}

impl TableRow {
    /// A cell without the blanks around it.
    pub fn cell(&self, column: usize) -> &[u8] {
        trim(self.cells.get(column).unwrap_or_default())
    }
}

/// One row a customer: where no column holds ids, the rows can be numbered.
fn offer_row_numbers(mut fault: Fault) -> Fault {
    let named = fault.action.take().unwrap_or_default();
    fault.hint(format!("number the rows: --map customer_id=@row; or {named}"))
}

/// A finite number that need not fit into money.
fn number_in(cell: &str, decimal: DecimalSign) -> Option<f64> {
    if decimal == DecimalSign::Point
        && cell.starts_with(|sign: char| sign.is_ascii_digit() || "+-.".contains(sign))
        && let Ok(number) = cell.parse::<f64>()
    {
        return number.is_finite().then_some(number);
    }
    parse_money(cell.as_bytes(), decimal).ok().map(Money::to_f64)
}
