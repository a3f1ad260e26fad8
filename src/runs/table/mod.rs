//! Reading a side from a result folder or from any table with a customer and a tier.

mod columns;
mod provenance;
mod words;

use std::fs;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use rayon::slice::ParallelSliceMut;

pub use columns::SideColumns;

use super::parts::{Parts, Rank};
use super::side::{Assignment, Side};
use crate::domain::cells::unescaped;
use crate::error::{Error, Fault, Result};
use crate::ingest::{normal_id, read_text};
use columns::Columns;

/// Faulty cells told one by one; the rest of them only counted.
const FAULTS_TOLD: usize = 20;

/// Reads a result folder (its `customers.csv` and `summary.json`) or a table: CSV in any encoding that can be told, or a
/// workbook.
///
/// Customers without a tier are left out and types that are not Erba's are not compared; the side's notes say so.
///
/// # Errors
/// E201 if it cannot be read, E202 without a column for customer and tier, E203 for a cell
/// that cannot be read, E206 without rows, E207 for a customer that stands there twice.
pub fn read_side(path: &Path, columns: &SideColumns) -> Result<Side> {
    let name = path.display().to_string();
    if !path.is_dir() {
        return Ok(Side { name, ..read_table(path, columns)? });
    }
    let provenance = provenance::read(&path.join("summary.json"));
    // The folder's columns are Erba's own, whatever the user says of the other side.
    Ok(Side { name, provenance, ..read_table(&path.join("customers.csv"), &SideColumns::default())? })
}

fn read_table(path: &Path, named: &SideColumns) -> Result<Side> {
    let text = text(path)?;
    let mut reader = ReaderBuilder::new().delimiter(delimiter(&text)).flexible(true).from_reader(&*text);
    let header = reader.byte_headers().map_err(|fault| broken(path, &fault))?.clone();
    let columns = Columns::find(&header, path, named)?;
    let mut rows: Vec<(Assignment, u64)> = Vec::with_capacity(text.len() / 120);
    let mut account = Account { path, told: Vec::new(), untold: 0, untiered: 0, untyped: 0, odd_type: None };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|fault| broken(path, &fault))? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() == header.len() {
            rows.extend(columns.assignment(&record, line, &mut account).map(|assignment| (assignment, line)));
        } else {
            let cause = format!("the row has {} cells where the header has {}", record.len(), header.len());
            account.tell(Fault::new(203, cause).in_file(path).at_line(line));
        }
    }
    if rows.is_empty() && account.told.is_empty() {
        return Err(Fault::new(206, "there are no customers with a tier below the header")
            .in_file(path)
            .into());
    }
    let rows = sorted(rows);
    for pair in rows.windows(2).filter(|pair| pair[0].0.customer_id == pair[1].0.customer_id) {
        let cause = format!("customer \"{}\" stands in line {} already", pair[1].0.customer_id, pair[0].1);
        account.tell(Fault::new(207, cause).in_file(path).at_line(pair[1].1).in_column("customer_id"));
    }
    let notes = account.into_notes()?;
    let assignments = rows.into_iter().map(|(assignment, _)| assignment).collect();
    Ok(Side { assignments, notes, ..Side::default() })
}

/// The file's text. UTF-8, as Erba writes it, is taken as it lies; anything else goes the way of every input.
fn text(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = fs::read(path).map_err(|fault| {
        Fault::new(201, format!("the file cannot be read: {fault}")).in_file(path).hint(
            "a side is a run id, \"latest\", a name, a result folder, or a CSV with customer_id and tier",
        )
    })?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let is_text = !bytes.is_empty() && memchr::memchr(0, &bytes[..bytes.len().min(4096)]).is_none();
    if is_text && !bytes.starts_with(b"PK\x03\x04") && std::str::from_utf8(&bytes).is_ok() {
        return Ok(bytes);
    }
    read_text(path)
}

/// Ascending by id, then by line. Most ids differ within their first sixteen bytes, and keys that lie side by side
/// are compared several times as fast as ids that lie anywhere.
fn sorted(rows: Vec<(Assignment, u64)>) -> Vec<(Assignment, u64)> {
    let key = |id: &str| {
        let mut bytes = [0; 16];
        let length = id.len().min(16);
        bytes[..length].copy_from_slice(&id.as_bytes()[..length]);
        u128::from_be_bytes(bytes)
    };
    let mut keys: Vec<(u128, u32)> =
        rows.iter().zip(0_u32..).map(|((row, _), place)| (key(&row.customer_id), place)).collect();
    if keys.len() < rows.len() {
        // More rows than 32 bits can number.
        let mut rows = rows;
        rows.par_sort_by(|a, b| a.0.customer_id.cmp(&b.0.customer_id));
        return rows;
    }
    let id = |place: u32| &*rows[place as usize].0.customer_id;
    keys.par_sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))).then_with(|| a.1.cmp(&b.1))
    });
    let mut rows: Vec<Option<(Assignment, u64)>> = rows.into_iter().map(Some).collect();
    keys.into_iter().filter_map(|(_, place)| rows[place as usize].take()).collect()
}

/// The delimiter that the header uses most.
fn delimiter(text: &[u8]) -> u8 {
    let header = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| memchr::memchr_iter(*delimiter, header).count();
    // The last of equals wins in `max_by_key`, so the comma stands last.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn broken(path: &Path, fault: &csv::Error) -> Error {
    let line = fault.position().map_or(1, csv::Position::line);
    Fault::new(203, format!("the record cannot be read: {fault}")).in_file(path).at_line(line).into()
}

impl Columns {
    /// The assignment of one record; none if a cell is at fault or it has no tier.
    fn assignment(&self, record: &ByteRecord, line: u64, account: &mut Account<'_>) -> Option<Assignment> {
        let told = account.count();
        let mut fault = |text: &str, name: &str, wanted: &str| {
            account.fault(line, name, format!("\"{text}\" is not {wanted}"));
        };
        let id = cell(record, self.id).unwrap_or_default();
        if id.is_empty() {
            fault(&lossy(record, self.id), "customer_id", "a customer id in UTF-8");
        }
        let said = cell(record, self.tier).unwrap_or_default();
        let tier = words::tier(said);
        if tier.is_none() && !words::is_blank(said) {
            fault(said, "tier", "a tier (I, II or III; A, B or C)");
        }
        let mut optional = |column: Option<usize>, name: &str| {
            let text = cell(record, column?).filter(|text| !words::is_blank(text))?;
            let number = words::number(text);
            if number.is_none() {
                fault(text, name, "a number");
            }
            number
        };
        let potential = optional(self.potential, "potential");
        let orders = optional(self.orders, "orders");
        let ranks = self.components.map(|column| Rank::of(optional(column, "potential_…")));
        let value = self.value.and_then(|column| {
            let text = cell(record, column).filter(|text| !words::is_blank(text))?;
            let value = words::money(text);
            if value.is_none() {
                fault(text, "value", "a number");
            }
            value
        });
        if account.count() > told {
            return None;
        }
        let Some(tier) = tier else {
            account.untiered += 1;
            return None;
        };
        Some(Assignment {
            reason: self.reason.and_then(|column| words::reason(cell(record, column)?)),
            customer_type: self.customer_type.and_then(|column| {
                let text = cell(record, column).filter(|text| !words::is_blank(text))?;
                let found = text.parse().ok();
                if found.is_none() {
                    account.untyped += 1;
                    account.odd_type.get_or_insert_with(|| (line, text.to_owned()));
                }
                found
            }),
            value,
            potential,
            parts: Parts { orders: orders.map(|orders| orders as u32), ranks },
            ..Assignment::bare(std::str::from_utf8(normal_id(unescaped(id).as_bytes())).ok()?, tier)
        })
    }
}

/// A cell without the blanks around it; none if it is not UTF-8.
fn cell(record: &ByteRecord, column: usize) -> Option<&str> {
    std::str::from_utf8(record.get(column).unwrap_or_default()).map(str::trim).ok()
}

fn lossy(record: &ByteRecord, column: usize) -> String {
    String::from_utf8_lossy(record.get(column).unwrap_or_default()).into_owned()
}

/// The first faults, how many more there are, and what is left out without being one.
struct Account<'a> {
    path: &'a Path,
    told: Vec<Fault>,
    untold: usize,
    /// Rows without a tier.
    untiered: u64,
    /// Types that are not Erba's, and the first of them with its line.
    untyped: u64,
    odd_type: Option<(u64, String)>,
}

impl Account<'_> {
    fn count(&self) -> usize {
        self.told.len() + self.untold
    }

    fn fault(&mut self, line: u64, column: &str, cause: String) {
        self.tell(Fault::new(203, cause).in_file(self.path).at_line(line).in_column(column));
    }

    fn tell(&mut self, fault: Fault) {
        if self.told.len() < FAULTS_TOLD {
            self.told.push(fault);
        } else {
            self.untold += 1;
        }
    }

    /// What the reader of the comparison should know; or the faults.
    fn into_notes(mut self) -> Result<Vec<String>> {
        if let (Some(last), true) = (self.told.last_mut(), self.untold > 0) {
            last.action = Some(format!("{} more rows are at fault", self.untold));
        }
        Error::unless_empty(self.told)?;
        let mut notes = Vec::new();
        if self.untiered > 0 {
            notes.push(format!("rows without a tier, which are left out: {}", self.untiered));
        }
        if let Some((line, text)) = self.odd_type {
            notes.push(format!(
                "types that are neither innovative nor conservative, which are not compared: {}; the first is \"{text}\" in \
                 line {line}",
                self.untyped
            ));
        }
        Ok(notes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::domain::{CustomerType, Money, Tier, TierReason};

    fn read(text: &str) -> Result<Side> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_side(file.path(), &SideColumns::default())
    }

    #[test]
    fn a_bare_table_is_sorted_by_id() {
        let side = read("customer_id,tier\nb,III\na,Ⅰ\nc,B\n").unwrap();
        let found: Vec<_> =
            side.assignments.iter().map(|a| (&*a.customer_id, a.tier, a.customer_type)).collect();
        assert_eq!(found, [("a", Tier::I, None), ("b", Tier::III, None), ("c", Tier::II, None)]);
        assert!(side.provenance.is_none() && !side.has_types());
    }

    #[test]
    fn long_ids_and_ids_that_begin_alike_are_sorted_by_bytes() {
        let ids =
            ["", "a", "a\u{0}", "customer-0000000000", "customer-0000000001", "customer-000000000", "客户"];
        let rows = ids.iter().rev().map(|&id| (Assignment::bare(id, Tier::I), 1));
        let found: Vec<Box<str>> =
            sorted(rows.collect()).into_iter().map(|(row, _)| row.customer_id).collect();
        let mut expected = ids.map(Box::<str>::from);
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_table_with_everything() {
        let side = read(
            "\u{feff}Tier;customer_id;type;value;potential;tier_reason\nⅠ类;'=x;创新型;12.5;0.25;potential\n",
        )
        .unwrap();
        assert_eq!(
            side.find("=x").unwrap(),
            &Assignment {
                reason: Some(TierReason::Potential),
                customer_type: Some(CustomerType::Innovative),
                value: Some(Money(125_000)),
                potential: Some(0.25),
                ..Assignment::bare("=x", Tier::I)
            }
        );
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let fault = read("customer_id,tier,value\na,IV,1\n,I,1\nb,II,x\n").unwrap_err();
        let lines: Vec<_> = fault.faults.iter().filter_map(|f| f.place.as_ref()?.line).collect();
        assert_eq!(lines, [2, 3, 4]);
        assert!(fault.faults.iter().all(|fault| fault.code == 203));
    }

    #[test]
    fn missing_columns_duplicates_and_empty_tables() {
        let fault = read("key,tiers\na,I\n").unwrap_err();
        assert_eq!(fault.faults.len(), 2);
        assert!(fault.to_string().contains("is it \"tiers\"?"), "{fault}");
        assert!(read("customer_id,tier\na,I\nb,I\na,II\n").unwrap_err().has_code(207));
        assert!(read("customer_id,tier\n").unwrap_err().has_code(206));
        assert!(read_side(Path::new("no such file.csv"), &SideColumns::default()).unwrap_err().has_code(201));
    }

    #[test]
    fn columns_of_other_tools() {
        let side = read("Customer ID,ABC Class,Revenue\n17850.0,A,\"1,200.50\"\n").unwrap();
        let row = &side.assignments[0];
        assert_eq!((&*row.customer_id, row.tier, row.value), ("17850", Tier::I, Some(Money(12_005_000))));
        assert!(read("客户编号;客户等级\n甲;Ⅱ类\n").unwrap().find("甲").is_some());
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"who,what,customer_id\na,II,7\n").unwrap();
        let columns = SideColumns::parse(&["customer_id=who", "tier=What"]).unwrap();
        assert_eq!(read_side(file.path(), &columns).unwrap().find("a").unwrap().tier, Tier::II);
        for pair in ["tier", "tier=", "amount=x"] {
            assert!(SideColumns::parse(&[pair]).unwrap_err().has_code(102), "{pair}");
        }
    }

    #[test]
    fn rows_without_a_tier_and_foreign_types_are_noted() {
        let side =
            read("customer_id,tier,type\na,I,explorer\nb,,innovative\nc,II,NA\nd,III,innovative\n").unwrap();
        assert_eq!(side.assignments.len(), 3);
        assert_eq!(side.notes.len(), 2);
        assert!(side.notes[1].contains("\"explorer\" in line 2"), "{:?}", side.notes);
        assert!(side.has_types() && side.find("a").unwrap().customer_type.is_none());
        assert!(read("customer_id,tier\na,\n").unwrap_err().has_code(206));
        assert!(read("customer_id,tier\na,I,more\n").unwrap_err().to_string().contains("3 cells"));
        assert!(read("").unwrap_err().has_code(206));
    }

    #[test]
    fn encodings_of_spreadsheets() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[0xff, 0xfe]).unwrap();
        let text: Vec<u8> = "customer_id\ttier\n甲\tⅠ\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        file.write_all(&text).unwrap();
        assert!(read_side(file.path(), &SideColumns::default()).unwrap().find("甲").is_some());
        let mut file = tempfile::NamedTempFile::new().unwrap();
        // 甲 and 类 in GBK.
        file.write_all(b"customer_id,tier\n\xbc\xd7,A\xc0\xe0\n").unwrap();
        assert!(read_side(file.path(), &SideColumns::default()).unwrap().find("甲").is_some());
    }
}
