//! The customer table.

use std::path::Path;

use hashbrown::HashMap;

use crate::domain::Money;
use crate::error::{Error, Fault, Result};

use super::account::{InputRecord, Reject, RowCounts};
use super::further::spoken_of;
use super::params::ReadOptions;
use super::profile::{Attribute, AttributeValues, Profile};
use super::roles::Role;
use super::table::{CellFault, Table, TableRow};

/// Customers as a table gives them, ascending by id (byte order).
#[derive(Clone, Debug, Default)]
pub struct CustomerTable {
    /// Ids, unique.
    pub ids: Vec<Box<str>>,
    /// One per id.
    pub profiles: Vec<Profile>,
    /// Columns without a role, in the order of the header, then those the recipe speaks of.
    pub attributes: Vec<Attribute>,
    /// Stated sales, none where blank; one per id.
    pub sales: Vec<Option<Money>>,
    /// Stated margin, likewise.
    pub margin: Vec<Option<Money>>,
    /// True if there is a sales column.
    pub has_sales: bool,
    /// True if there is a margin column.
    pub has_margin: bool,
    /// The header.
    pub header: Vec<String>,
    /// The file.
    pub input: Option<InputRecord>,
    /// Where every row went.
    pub rows: RowCounts,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

const WANTED: [Role; 9] = [
    Role::Name,
    Role::Sales,
    Role::Margin,
    Role::Potential,
    Role::Rep,
    Role::Region,
    Role::Lat,
    Role::Lon,
    Role::PurchaseStage,
];

struct Entry {
    id: Box<str>,
    row: usize,
    profile: Profile,
    sales: Option<Money>,
    margin: Option<Money>,
}

impl CustomerTable {
    /// Reads a customer table.
    ///
    /// # Errors
    /// E201–E211; E202 also for a mapped column that is not there; E207 names both lines of every id that occurs twice.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self> {
        let mut table = Table::read(path, "customers", &[Role::CustomerId], &WANTED, options)?;
        if table.is_empty() {
            return Err(Fault::new(206, "has no rows below its header")
                .in_file(path)
                .hint("give a file with a header and rows")
                .into());
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(table.rows().len());
        for row in 0..table.rows().len() {
            match read_entry(&table, &table.rows()[row], row) {
                Ok(Some(entry)) => {
                    entries.push(entry);
                    table.take();
                }
                Ok(None) => table.filter("no_customer"),
                Err(fault) => table.reject_cell(row, fault),
            }
        }
        refuse_twins(&table, &entries)?;
        entries.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let order: Vec<usize> = entries.iter().map(|entry| entry.row).collect();
        let further = spoken_of(path, table.header(), options)?;
        let attributes = read_attributes(&table, &order, &further);
        let mut customers = CustomerTable {
            has_sales: table.has(Role::Sales),
            has_margin: table.has(Role::Margin),
            header: table.header().to_vec(),
            attributes,
            ..CustomerTable::default()
        };
        for entry in entries {
            customers.ids.push(entry.id);
            customers.profiles.push(entry.profile);
            customers.sales.push(entry.sales);
            customers.margin.push(entry.margin);
        }
        let (mut input, rows, rejects) = table.account();
        input
            .columns
            .extend(further.into_iter().map(|(name, place)| (name, customers.header[place].clone())));
        customers.input = Some(input);
        customers.rows = rows;
        customers.rejects = rejects;
        Ok(customers)
    }
}

fn read_entry(table: &Table, row: &TableRow, place: usize) -> Result<Option<Entry>, CellFault> {
    let Some(id) = table.id(row, Role::CustomerId) else { return Ok(None) };
    let words = |role: Role| table.text(row, role).map(Into::into);
    let mut profile = Profile {
        name: words(Role::Name),
        rep: words(Role::Rep),
        region: words(Role::Region),
        lat: table.number(row, Role::Lat)?,
        lon: table.number(row, Role::Lon)?,
        purchase_stage: words(Role::PurchaseStage),
        potential: table.money(row, Role::Potential)?,
    };
    // A place needs both; half of one is as good as none.
    if profile.lat.is_none() || profile.lon.is_none() {
        (profile.lat, profile.lon) = (None, None);
    }
    Ok(Some(Entry {
        id,
        row: place,
        profile,
        sales: table.money(row, Role::Sales)?,
        margin: table.money(row, Role::Margin)?,
    }))
}

fn refuse_twins(table: &Table, entries: &[Entry]) -> Result<()> {
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    let mut faults = Vec::new();
    for entry in entries {
        if let Some(earlier) = first.insert(&entry.id, entry.row) {
            let lines = (table.rows()[earlier].line, table.rows()[entry.row].line);
            faults.push(
                Fault::new(
                    207,
                    format!(
                        "customer \"{}\" stands in line {} and again in line {}",
                        entry.id, lines.0, lines.1
                    ),
                )
                .in_file(table.path())
                .at_line(lines.1)
                .hint("keep one line for each customer, or give the file as --transactions"),
            );
        }
    }
    // Ten show the pattern; a thousand would only hide it.
    let more = faults.len().saturating_sub(10);
    faults.truncate(10);
    if more > 0
        && let Some(last) = faults.last_mut()
    {
        last.cause.push_str(&format!(" ({more} more like this)"));
    }
    Error::unless_empty(faults)
}

fn read_attributes(table: &Table, order: &[usize], further: &[(String, usize)]) -> Vec<Attribute> {
    let rows = table.rows();
    let read = |(column, name): (usize, &str)| {
        let all_numbers = order.iter().all(|row| {
            table.text_at(&rows[*row], column).is_none() || table.number_at(&rows[*row], column).is_some()
        });
        let values = if all_numbers {
            AttributeValues::Number(order.iter().map(|row| table.number_at(&rows[*row], column)).collect())
        } else {
            AttributeValues::Text(
                order.iter().map(|row| table.text_at(&rows[*row], column).map(Into::into)).collect(),
            )
        };
        Attribute { name: name.into(), values }
    };
    let named: Vec<(usize, &str)> = further.iter().map(|(name, column)| (*column, name.as_str())).collect();
    let own = table.further_columns().into_iter().filter(|(_, name)| named.iter().all(|(_, n)| n != name));
    own.chain(named.iter().copied()).map(read).collect()
}
