//! Reads the table of answers; every fault is told with its line.

use std::collections::HashMap;
use std::path::Path;

use csv::StringRecord;

use crate::domain::Money;
use crate::error::{Error, Fault, Result, nearest};
use crate::ingest::PlainTable;
use crate::service::allocate::{
    Account, Adbudg, Limits, MOST_VISITS, Response, TICKS_PER_MINUTE, account_fault,
};

use super::LARGEST;

/// Faults told in full; a file of a million bad lines needs no million messages.
const FAULTS_TOLD: usize = 50;

/// Beyond four times the visits of today a response is guessed, not known.
const MOST_TIMES_NOW: f64 = 4.0;

/// The first three are needed.
const COLUMNS: [&str; 11] = [
    "customer_id",
    "minutes_per_visit",
    "sales_now",
    "visits_now",
    "sales_zero",
    "sales_half_more",
    "sales_max",
    "margin",
    "min_visits",
    "max_visits",
    "cost_per_visit",
];
const NEEDED: usize = 3;

/// The table of answers.
pub(super) struct Input {
    pub(super) ids: Vec<Box<str>>,
    pub(super) accounts: Vec<Account>,
    /// Visits a period today, one per account.
    pub(super) visits_now: Vec<f64>,
    /// Responses of the accounts without answers.
    pub(super) elasticities: Vec<f64>,
}

/// The accounts of a file, in its order.
///
/// # Errors
/// E201 to E211 for the file; E510 and E511 for accounts that make no sense.
pub(super) fn accounts(path: &Path, elasticity: &dyn Fn(&str) -> f64, limits: Limits) -> Result<Input> {
    let PlainTable { header, rows } = PlainTable::read(path)?;
    let columns = Columns::find(&header, path)?;
    let mut table = Table {
        path,
        elasticity,
        limits,
        faults: Vec::new(),
        lines: HashMap::new(),
        input: Input {
            ids: Vec::new(),
            accounts: Vec::new(),
            visits_now: Vec::new(),
            elasticities: Vec::new(),
        },
    };
    for (line, record) in &rows {
        table.push(&Row { columns: &columns, record, line: *line, path });
    }
    table.finish()
}

/// Says in which file a fault of the whole table is.
pub(super) fn name_file(error: Error, path: &Path) -> Error {
    Error { faults: error.faults.into_iter().map(|fault| fault.in_file(path)).collect() }
}

/// Where each column of [`COLUMNS`] is.
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn find(header: &StringRecord, path: &Path) -> Result<Self> {
        let found = COLUMNS.map(|name| header.iter().position(|have| have.eq_ignore_ascii_case(name)));
        let mut faults = Vec::new();
        for (name, _) in COLUMNS.iter().zip(found).take(NEEDED).filter(|(_, place)| place.is_none()) {
            let have: Vec<&str> = header.iter().collect();
            let cause = format!("column \"{name}\" is missing; there are {}", have.join(", "));
            let mut fault = Fault::new(202, cause).in_file(path);
            if let Some(near) = nearest(name, have.iter().copied()) {
                fault = fault.hint(format!("rename \"{near}\" to \"{name}\""));
            }
            faults.push(fault);
        }
        Error::unless_empty(faults)?;
        Ok(Columns(found))
    }

    fn place(&self, name: &str) -> Option<usize> {
        COLUMNS.iter().position(|column| *column == name).and_then(|index| self.0[index])
    }
}

struct Row<'a> {
    columns: &'a Columns,
    record: &'a StringRecord,
    line: u64,
    path: &'a Path,
}

impl Row<'_> {
    fn text(&self, name: &str) -> &str {
        self.columns.place(name).and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    fn fault(&self, code: u16, cause: impl Into<String>) -> Fault {
        Fault::new(code, cause).in_file(self.path).at_line(self.line)
    }

    /// A number; none if the cell is blank.
    fn number(&self, name: &str) -> Result<Option<f64>> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(number) if number.abs() <= LARGEST => Ok(Some(number)),
            Ok(number) if number.is_finite() => {
                let cause = format!("\"{text}\" is too large: no number here is above {LARGEST:e}");
                Err(self.fault(203, cause).in_column(name).into())
            }
            _ => Err(self.fault(203, format!("\"{text}\" is not a number")).in_column(name).into()),
        }
    }

    fn needed(&self, name: &str) -> Result<f64> {
        self.number(name)?
            .ok_or_else(|| self.fault(203, "the cell is blank, a number is needed").in_column(name).into())
    }

    /// A count of visits; none if the cell is blank.
    fn count(&self, name: &str) -> Result<Option<u32>> {
        match self.number(name)? {
            None => Ok(None),
            Some(number) if number.fract() == 0.0 && (0.0..=f64::from(MOST_VISITS)).contains(&number) => {
                Ok(Some(number as u32))
            }
            Some(_) => {
                let cause = format!("\"{}\" is not a whole number from 0 to {MOST_VISITS}", self.text(name));
                Err(self.fault(511, cause).in_column(name).into())
            }
        }
    }
}

struct Table<'a> {
    path: &'a Path,
    /// Of a customer without answers.
    elasticity: &'a dyn Fn(&str) -> f64,
    limits: Limits,
    faults: Vec<Fault>,
    lines: HashMap<Box<str>, u64>,
    input: Input,
}

impl Table<'_> {
    fn push(&mut self, row: &Row) {
        let id: Box<str> = row.text("customer_id").into();
        if id.is_empty() {
            self.faults.push(row.fault(203, "the customer id is blank").in_column("customer_id"));
            return;
        }
        if let Some(first) = self.lines.insert(id.clone(), row.line) {
            let cause = format!("customer \"{id}\" stands in line {first} already");
            self.faults.push(row.fault(207, cause).in_column("customer_id"));
        }
        match self.account(row) {
            Ok((account, visits_now)) => {
                if let Response::Elastic { elasticity, .. } = account.response {
                    self.input.elasticities.push(elasticity);
                }
                self.input.ids.push(id);
                self.input.accounts.push(account);
                self.input.visits_now.push(visits_now);
            }
            Err(error) => self.faults.extend(error.faults),
        }
    }

    fn account(&self, row: &Row) -> Result<(Account, f64)> {
        let minutes = row.needed("minutes_per_visit")?;
        let ticks = (minutes * TICKS_PER_MINUTE as f64).ceil();
        if !(1.0..=f64::from(u32::MAX)).contains(&ticks) {
            let cause = format!("a visit must take more than 0 minutes, not {minutes}");
            return Err(row.fault(511, cause).in_column("minutes_per_visit").into());
        }
        let visits_now = row.number("visits_now")?.unwrap_or(0.0);
        if visits_now < 0.0 {
            let cause = format!("visits_now must be 0 or more, not {visits_now}");
            return Err(row.fault(511, cause).in_column("visits_now").into());
        }
        let min_visits = row.count("min_visits")?.unwrap_or(0);
        let usual = (visits_now * MOST_TIMES_NOW).ceil().clamp(MOST_TIMES_NOW, f64::from(MOST_VISITS)) as u32;
        let margin = if row.columns.place("margin").is_some() { row.needed("margin")? } else { 1.0 };
        let account = Account {
            response: self.response(row, visits_now)?,
            margin,
            ticks: ticks as u32,
            cost: self.cost(row)?,
            min_visits,
            max_visits: row.count("max_visits")?.unwrap_or(usual.max(min_visits)),
        };
        match account_fault(&account) {
            Some(cause) => Err(row.fault(511, cause).into()),
            None => Ok((account, visits_now)),
        }
    }

    /// The curve through the four answers, or the prior if only sales now are known.
    fn response(&self, row: &Row, visits_now: f64) -> Result<Response> {
        let now = row.needed("sales_now")?;
        let others = [row.number("sales_zero")?, row.number("sales_half_more")?, row.number("sales_max")?];
        match others {
            [Some(zero), Some(half_more), Some(max)] => {
                Adbudg::from_answers(visits_now, zero, now, half_more, max)
                    .map(Response::Adbudg)
                    .map_err(|cause| row.fault(510, cause).into())
            }
            [None, None, None] if now >= 0.0 => Ok(Response::Elastic {
                sales: now,
                visits: visits_now,
                elasticity: (self.elasticity)(row.text("customer_id")),
            }),
            [None, None, None] => {
                let cause = format!("sales_now must be 0 or more, not {now}");
                Err(row.fault(511, cause).in_column("sales_now").into())
            }
            _ => Err(row
                .fault(510, "some of the four answers are blank")
                .hint("give sales_zero, sales_now, sales_half_more and sales_max, or sales_now alone")
                .into()),
        }
    }

    fn cost(&self, row: &Row) -> Result<Money> {
        match row.number("cost_per_visit")? {
            Some(cost) => Money::from_f64(cost)
                .ok_or_else(|| row.fault(511, "the cost is too large").in_column("cost_per_visit").into()),
            None if self.limits.money.is_some() => Err(row
                .fault(203, "with --budget every visit needs a cost")
                .in_column("cost_per_visit")
                .into()),
            None => Ok(Money::ZERO),
        }
    }

    fn finish(mut self) -> Result<Input> {
        if self.faults.len() > FAULTS_TOLD {
            let more = self.faults.len() - FAULTS_TOLD;
            self.faults.truncate(FAULTS_TOLD);
            let code = self.faults.last().map_or(203, |fault| fault.code);
            self.faults.push(Fault::new(code, format!("and {more} more faults")).in_file(self.path));
        }
        Error::unless_empty(self.faults)?;
        if self.input.accounts.is_empty() {
            return Err(Fault::new(206, "there are no rows below the header").in_file(self.path).into());
        }
        Ok(self.input)
    }
}
