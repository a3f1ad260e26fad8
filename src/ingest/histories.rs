//! Summaries of purchase histories: one row a customer, as lifetime models read them.

use std::path::Path;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Fault, Result};

use super::account::{InputRecord, Reject, RowCounts};
use super::header::RoleMap;
use super::ids::normal_id;
use super::params::ReadOptions;
use super::roles::{ColumnRef, Role};
use super::scan::{Record, RecordPlace, Sheet, Verdict};

/// Purchase histories as a table gives them, in the order of the file.
#[derive(Clone, Debug)]
pub struct HistoryTable {
    /// One per customer, ids unique.
    pub rows: Vec<HistoryRow>,
    /// True if there is a column of mean spend.
    pub has_spend: bool,
    /// The file.
    pub input: InputRecord,
    /// Where every row went.
    pub counts: RowCounts,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

/// One customer of a [`HistoryTable`]; times are in whatever unit the file has.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// The customer.
    pub id: Box<str>,
    /// Line of the file.
    pub line: u64,
    /// Repeat purchases.
    pub x: u32,
    /// Time from the first purchase to the last.
    pub t_x: f64,
    /// Time from the first purchase to the end of the observation.
    pub total: f64,
    /// Mean spend of a repeat purchase, currency units; none where blank.
    pub mean_spend: Option<f64>,
}

struct Columns {
    /// None if customers are numbered by row.
    id: Option<usize>,
    x: usize,
    t_x: usize,
    total: usize,
    mean_spend: Option<usize>,
}

impl HistoryTable {
    /// Reads a summary on all threads.
    ///
    /// # Errors
    /// E201–E211; E206 without a row, E207 naming both lines of an id that occurs twice.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self> {
        let sheet = Sheet::open(path, options, "summary")?;
        let wanted =
            [Role::CustomerId, Role::RepeatPurchases, Role::LastPurchase, Role::Observed, Role::MeanSpend];
        let roles = RoleMap::find(path, &sheet.header, &wanted, &options.mappings)?;
        options.mappings.check_all_used(&[&sheet.header])?;
        let columns = Columns::find(path, &sheet.header, &roles)?;
        let folded =
            sheet.fold(
                options,
                Vec::new,
                |rows: &mut Vec<(RecordPlace, HistoryRow)>, record| match columns.read(record, options) {
                    Ok(Some(row)) => {
                        rows.push((record.place(), row));
                        Verdict::Used
                    }
                    Ok(None) => Verdict::Filtered("no_customer"),
                    Err((column, reason)) => Verdict::Rejected(column, reason),
                },
            )?;
        let mut rows = Vec::with_capacity(folded.rows.used as usize);
        let above = folded;
        let (states, counts, rejects) = {
            let lines: Vec<Vec<u64>> = above
                .states
                .iter()
                .map(|state| state.iter().map(|(place, _)| above.line(*place)).collect())
                .collect();
            (above.states.into_iter().zip(lines), above.rows, above.rejects)
        };
        for (state, lines) in states {
            rows.extend(state.into_iter().zip(lines).map(|((_, row), line)| HistoryRow { line, ..row }));
        }
        rows.par_sort_unstable_by_key(|row| row.line);
        if counts.read == 0 {
            let fault = Fault::new(206, "has no rows below its header").in_file(path);
            return Err(fault.hint("give one row for each customer").into());
        }
        if columns.id.is_none() {
            for (number, row) in rows.iter_mut().enumerate() {
                row.id = (number + 1).to_string().into();
            }
        }
        refuse_twins(path, &rows)?;
        let input = InputRecord {
            role: "summary",
            path: path.display().to_string(),
            sha256: sheet.source.sha256()?,
            rows: counts.read,
            columns: roles.words(&sheet.header),
        };
        Ok(HistoryTable { rows, has_spend: columns.mean_spend.is_some(), input, counts, rejects })
    }
}

/// The column and what is wrong with its cell.
type CellFault = (usize, String);

impl Columns {
    fn find(path: &Path, header: &[String], roles: &RoleMap) -> Result<Self> {
        let mut faults = Vec::new();
        let mut single = |role: Role| {
            roles.column(role).unwrap_or_else(|| {
                faults.push(roles.fault_of_absent(path, header, role));
                0
            })
        };
        let numbered = roles.get(Role::CustomerId) == Some(&ColumnRef::RowNumber);
        let columns = Columns {
            id: (!numbered).then(|| single(Role::CustomerId)),
            x: single(Role::RepeatPurchases),
            t_x: single(Role::LastPurchase),
            total: single(Role::Observed),
            mean_spend: roles.column(Role::MeanSpend),
        };
        Error::unless_empty(faults)?;
        Ok(columns)
    }

    fn read(&self, record: &Record, options: &ReadOptions) -> Result<Option<HistoryRow>, CellFault> {
        let text = |column: usize| std::str::from_utf8(record.cell(column)).unwrap_or_default();
        let mut id = "";
        if let Some(column) = self.id {
            id = std::str::from_utf8(normal_id(record.cell(column))).unwrap_or_default();
            if options.params.is_missing(id) {
                return Ok(None);
            }
        }
        let number = |column: usize| match text(column).parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
            Ok(_) => Err((column, "is negative or not finite".to_owned())),
            Err(_) => Err((column, "is not a number".to_owned())),
        };
        let x = number(self.x)?;
        if x.fract() > 0.0 || x > f64::from(u32::MAX) {
            return Err((self.x, "is not a whole number of purchases".to_owned()));
        }
        let mean_spend = match self.mean_spend {
            Some(column) if !options.params.is_missing(text(column)) => Some(
                text(column)
                    .parse::<f64>()
                    .ok()
                    .filter(|spend| spend.is_finite())
                    .ok_or_else(|| (column, "is not a number".to_owned()))?,
            ),
            _ => None,
        };
        let (t_x, total) = (number(self.t_x)?, number(self.total)?);
        Ok(Some(HistoryRow { id: id.into(), line: 0, x: x as u32, t_x, total, mean_spend }))
    }
}

/// E207 for ids that occur twice, ten at most: they show the pattern.
fn refuse_twins(path: &Path, rows: &[HistoryRow]) -> Result<()> {
    let mut keys: Vec<(u64, u32)> =
        rows.par_iter().enumerate().map(|(place, row)| (xxh3_64(row.id.as_bytes()), place as u32)).collect();
    keys.par_sort_unstable();
    let mut faults: Vec<Fault> = Vec::new();
    for pair in keys.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let (first, second) = (&rows[pair[0].1 as usize], &rows[pair[1].1 as usize]);
        if first.id == second.id && faults.len() < 10 {
            let cause = format!(
                "customer \"{}\" stands in line {} and again in line {}",
                first.id, first.line, second.line
            );
            faults.push(
                Fault::new(207, cause)
                    .in_file(path)
                    .at_line(second.line)
                    .hint("keep one line for each customer"),
            );
        }
    }
    Error::unless_empty(faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Mappings;
    use std::io::Write;

    fn read(text: &str, mappings: &[&str]) -> Result<HistoryTable> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let options = ReadOptions {
            mappings: Mappings::parse(mappings, &[]).unwrap(),
            threads: 2,
            ..ReadOptions::general()
        };
        HistoryTable::read(file.path(), &options)
    }

    #[test]
    fn synonyms_and_mappings_find_the_columns() {
        for (text, mappings) in [
            ("ID,frequency,recency,T\n1.0,2,30.43,38.86\n", vec![]),
            ("ID,x,t_x,T,zbar\n1,2,30.43,38.86,22.35\n", vec![]),
            ("who;n;end;T\n1;2.0;30.43;38.86\n", vec!["customer_id=who", "x=n", "t_x=end"]),
            ("x,t_x,T\n2,30.43,38.86\n", vec!["customer_id=@row"]),
        ] {
            let table = read(text, &mappings).unwrap();
            let row = &table.rows[0];
            assert_eq!((&*row.id, row.x, row.line), ("1", 2, 2), "{text}");
            assert!((row.t_x - 30.43).abs() < 1e-12 && (row.total - 38.86).abs() < 1e-12);
            assert_eq!(row.mean_spend.is_some(), table.has_spend);
        }
    }

    #[test]
    fn bad_cells_are_rejected_with_their_line_and_twins_refused() {
        let table = read("id,x,t_x,T\na,1.5,1,2\nb,one,1,2\nc,1,-1,2\nd,0,0,2\n", &[]).unwrap();
        assert_eq!((table.rows.len(), table.counts.rejected), (1, 3));
        assert_eq!(table.rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [2, 3, 4]);
        let error = read("id,x,t_x,T\na,0,0,2\nb,0,0,2\na,1,1,2\n", &[]).unwrap_err();
        assert!(error.has_code(207) && error.to_string().contains("line 2 and again in line 4"));
        assert!(read("id,x,t_x\na,0,0\n", &[]).unwrap_err().has_code(202));
    }
}
