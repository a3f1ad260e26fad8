//! Reps, the visit log, the calendar and an earlier plan, from tables that were read.
//!
//! Faults name the line: what a rep or an appointment means cannot be guessed, so they stop the run.

use hashbrown::HashMap;

use crate::domain::cells::unescaped;
use crate::domain::{Day, Notice};
use crate::error::{Error, Fault, Result, nearest};
use crate::ingest::{Role, Table, TableRow};

use super::inputs::{Absence, Appointment, Calendar, EarlierVisit, Rep, VisitRecord};
use super::params::VisitsValidParams;

/// Columns of a table of reps: needed and wanted.
pub const REP_ROLES: (&[Role], &[Role]) =
    (&[Role::Rep], &[Role::HoursPerDay, Role::VisitsPerDay, Role::DaysPerWeek, Role::Lat, Role::Lon]);

/// Columns of a visit log: needed and wanted.
pub const LOG_ROLES: (&[Role], &[Role]) = (&[Role::CustomerId, Role::Date], &[Role::Rep, Role::Outcome]);

/// Columns of a calendar: needed and wanted; `kind` and `until` are found by their names.
pub const CALENDAR_ROLES: (&[Role], &[Role]) = (&[Role::Date], &[Role::CustomerId, Role::Rep]);

/// Columns of an earlier `visits.csv`: needed and wanted; `tier` is found by its name.
pub const PLAN_ROLES: (&[Role], &[Role]) = (&[Role::CustomerId, Role::Date, Role::Rep], &[]);

/// Faults of one kind told in full.
const TOLD: usize = 10;

/// The reps of a table, ascending by line.
///
/// # Errors
/// E203 for cells that are no numbers, E207 for a rep who stands there twice, E551 for coordinates out of range,
/// E552 for a rep without hours, visits or days; all collected.
pub fn reps(table: &mut Table, params: &VisitsValidParams) -> Result<Vec<Rep>> {
    let mut faults = Vec::new();
    let mut lines: HashMap<Box<str>, u64> = HashMap::new();
    let mut reps = Vec::new();
    for row in table.rows() {
        let Some(name) = table.text(row, Role::Rep) else {
            faults.push(at(table, row, 552, "the rep has no name"));
            continue;
        };
        let name = name.trim();
        if let Some(first) = lines.insert(name.into(), row.line) {
            faults.push(at(table, row, 207, format!("rep \"{name}\" stands in line {first} already")));
            continue;
        }
        let mut rep = Rep::new(name, params);
        let mut cells = Cells { table, row, name, faults: &mut faults };
        rep.hours_per_day = cells.within(Role::HoursPerDay, 24.0, "hours a day", rep.hours_per_day);
        rep.visits_per_day = cells.whole(Role::VisitsPerDay, 100.0, "visits a day", rep.visits_per_day);
        rep.days_per_week = cells.whole(Role::DaysPerWeek, 7.0, "days a week", rep.days_per_week);
        rep.home = cells.home();
        reps.push(rep);
    }
    Error::unless_empty(faults)?;
    if reps.is_empty() {
        return Err(Fault::new(206, "there are no reps below the header").in_file(table.path()).into());
    }
    for _ in &reps {
        table.take();
    }
    Ok(reps)
}

fn at(table: &Table, row: &TableRow, code: u16, cause: impl Into<String>) -> Fault {
    Fault::new(code, cause).in_file(table.path()).at_line(row.line)
}

struct Cells<'a> {
    table: &'a Table,
    row: &'a TableRow,
    name: &'a str,
    faults: &'a mut Vec<Fault>,
}

impl Cells<'_> {
    fn number(&mut self, role: Role) -> Option<f64> {
        match self.table.number(self.row, role) {
            Ok(number) => number,
            Err((column, reason)) => {
                let cell = self.table.text_at(self.row, column).unwrap_or_default();
                let fault = at(self.table, self.row, 203, format!("\"{cell}\" {reason}"));
                self.faults.push(fault.in_column(role.as_str()));
                None
            }
        }
    }

    /// A number above 0 up to `most`; the recipe's if there is no such column.
    fn within(&mut self, role: Role, most: f64, what: &str, silent: f64) -> f64 {
        if !self.table.has(role) {
            return silent;
        }
        let before = self.faults.len();
        let number = self.number(role);
        match number {
            Some(number) if number > 0.0 && number <= most => number,
            _ if self.faults.len() > before => silent,
            other => {
                let has = other.map_or("none".to_owned(), |number| number.to_string());
                let name = self.name;
                let cause =
                    format!("rep \"{name}\" needs {what}, more than 0 and at most {most}, and has {has}");
                let fault = at(self.table, self.row, 552, cause).in_column(role.as_str());
                self.faults.push(fault);
                silent
            }
        }
    }

    fn whole(&mut self, role: Role, most: f64, what: &str, silent: u32) -> u32 {
        self.within(role, most, what, f64::from(silent)).ceil() as u32
    }

    fn home(&mut self) -> Option<(f64, f64)> {
        let (lat, lon) = (self.number(Role::Lat)?, self.number(Role::Lon)?);
        if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) {
            return Some((lat, lon));
        }
        let cause =
            format!("the home of \"{}\" at {lat}, {lon} is out of range (−90 to 90, −180 to 180)", self.name);
        self.faults.push(at(self.table, self.row, 551, cause));
        None
    }
}

/// The visits of a log up to `as_of`, in the order of the file.
///
/// A row without a customer is left out, one whose date cannot be read is rejected.
///
/// # Errors
/// E554 for visits after `as_of`, with their lines.
pub fn log(table: &mut Table, as_of: Day) -> Result<Vec<VisitRecord>> {
    let mut visits = Vec::new();
    let mut future = Vec::new();
    for index in 0..table.rows().len() {
        let row = &table.rows()[index];
        let Some(customer) = table.id(row, Role::CustomerId) else {
            table.filter("no_customer");
            continue;
        };
        match table.day(row, Role::Date) {
            Err(fault) => table.reject_cell(index, fault),
            Ok(None) => {
                let line = row.line;
                table.reject(line, None, String::new(), "has no date".to_owned());
            }
            Ok(Some(day)) if day > as_of => {
                let cause = format!("the visit to \"{customer}\" on {day} lies after {as_of}");
                future.push(at(table, row, 554, cause).hint(
                    "a log holds visits that took place; give --as-of a later day, or put agreed visits into --calendar",
                ));
            }
            Ok(Some(day)) => {
                // The log of an earlier run guards cells that look like formulas.
                let words = |role: Role| table.text(row, role).map(|text| unescaped(text.trim()).into());
                let customer = unescaped(&customer).into();
                let visit =
                    VisitRecord { customer, day, rep: words(Role::Rep), outcome: words(Role::Outcome) };
                visits.push(visit);
                table.take();
            }
        }
    }
    Error::unless_empty(shortened(future))?;
    Ok(visits)
}

/// The first faults, the last of them saying how many more there are.
fn shortened(mut faults: Vec<Fault>) -> Vec<Fault> {
    let more = faults.len().saturating_sub(TOLD);
    faults.truncate(TOLD);
    if more > 0
        && let Some(last) = faults.last_mut()
    {
        last.cause.push_str(&format!(" ({more} more like this)"));
    }
    faults
}

/// Judges the reps and the coordinates of a customer table.
///
/// # Errors
/// E550 for reps that are not in the table of reps (if `refuse`), E551 for coordinates out of range; with their lines.
pub fn customers(table: &Table, reps: &[Rep], refuse: bool) -> Result<()> {
    let known: hashbrown::HashSet<&str> = reps.iter().map(|rep| &*rep.name).collect();
    let mut strangers = Vec::new();
    let mut astray = Vec::new();
    for row in table.rows() {
        if let Some(name) = table.text(row, Role::Rep).map(str::trim)
            && refuse
            && !known.contains(name)
        {
            let fault = at(table, row, 550, format!("rep \"{name}\" is not in the table of reps"));
            let near = nearest(name, reps.iter().map(|rep| &*rep.name));
            let near = near.map_or(String::new(), |name| format!("did you mean \"{name}\"? "));
            strangers.push(fault.in_column(Role::Rep.as_str()).hint(format!(
                "{near}add the rep to the table, or set visits.unknown_reps = \"leave\" to plan without such customers"
            )));
        }
        for (role, most) in [(Role::Lat, 90.0), (Role::Lon, 180.0)] {
            if let Ok(Some(degrees)) = table.number(row, role)
                && !(-most..=most).contains(&degrees)
            {
                let cause = format!("{degrees} is out of range: it must be −{most} to {most} degrees");
                astray.push(at(table, row, 551, cause).in_column(role.as_str()));
            }
        }
    }
    Error::unless_empty([shortened(strangers), shortened(astray)].concat())
}

/// Days off and appointments of a table.
///
/// `kind` is `holiday` (everybody), `absence` (one rep) or `appointment`; without it a row with a customer is an
/// appointment, one with a rep an absence, another a holiday. `until` is the last day off, the first if blank.
///
/// * `ids`: the customers of the input.
///
/// # Errors
/// E550 for a rep and E553 for a customer that is not there, E555 for entries that make no sense; with their lines.
pub fn calendar(table: &mut Table, reps: &[Rep], ids: &[Box<str>]) -> Result<Calendar> {
    let column = |names: &[&str]| {
        let columns = table.further_columns();
        columns
            .iter()
            .find(|(_, name)| names.contains(&name.trim().to_lowercase().as_str()))
            .map(|(at, _)| *at)
    };
    let (kind, until) =
        (column(&["kind", "type", "类型"]), column(&["until", "to", "end", "截止", "结束日期"]));
    let mut calendar = Calendar::default();
    let mut faults = Vec::new();
    for row in table.rows() {
        // Looking for names that are near takes long among a million customers: only what is told gets a hint.
        let hints = faults.len() < TOLD;
        let entry = Entry { table, row, reps, ids, hints, kind, until };
        if let Err(fault) = entry.add_to(&mut calendar) {
            faults.push(fault);
        }
    }
    Error::unless_empty(shortened(faults))?;
    for _ in 0..table.rows().len() {
        table.take();
    }
    Ok(calendar)
}

struct Entry<'a> {
    table: &'a Table,
    row: &'a TableRow,
    reps: &'a [Rep],
    /// Ascending.
    ids: &'a [Box<str>],
    hints: bool,
    kind: Option<usize>,
    until: Option<usize>,
}

impl Entry<'_> {
    fn fault(&self, code: u16, cause: impl Into<String>) -> Fault {
        at(self.table, self.row, code, cause)
    }

    fn add_to(&self, calendar: &mut Calendar) -> Result<(), Fault> {
        let day = match self.table.day(self.row, Role::Date) {
            Ok(Some(day)) => day,
            Ok(None) => return Err(self.fault(555, "the entry has no date")),
            Err((_, reason)) => return Err(self.fault(555, format!("the date {reason}"))),
        };
        let rep = self.rep()?;
        let customer = self.table.id(self.row, Role::CustomerId);
        let word = self.kind.and_then(|column| self.table.text_at(self.row, column));
        let kind = match (word.map(|word| word.trim().to_lowercase()), &customer, &rep) {
            (Some(word), ..) => word,
            (None, Some(_), _) => "appointment".to_owned(),
            (None, None, Some(_)) => "absence".to_owned(),
            (None, None, None) => "holiday".to_owned(),
        };
        match kind.as_str() {
            "appointment" | "visit" | "预约" | "约定拜访" => {
                let Some(customer) = customer else {
                    return Err(self.fault(555, "the appointment names no customer"));
                };
                if self.ids.binary_search(&customer).is_err() {
                    let fault = self.fault(553, format!("there is no customer \"{customer}\" to meet"));
                    let ids = self.ids.iter().filter(|_| self.hints).map(|id| &**id);
                    let near = nearest(&customer, ids);
                    return Err(match near {
                        Some(near) => fault.hint(format!("did you mean \"{near}\"?")),
                        None => fault,
                    });
                }
                if self.last_day(day)? != day {
                    let fault =
                        self.fault(555, "an appointment is on one day, and this one has a later last day");
                    return Err(fault.hint("leave until blank, or give each day its line"));
                }
                calendar.appointments.push(Appointment { customer, day, rep, line: self.row.line });
            }
            "absence" | "leave" | "请假" | "休假" if rep.is_none() => {
                return Err(self.fault(555, "the absence names no rep").hint("for everybody write holiday"));
            }
            "absence" | "leave" | "请假" | "休假" => {
                calendar.absences.push(Absence { rep, from: day, to: self.last_day(day)? });
            }
            "holiday" | "节假日" | "假日" => {
                calendar.absences.push(Absence { rep: None, from: day, to: self.last_day(day)? });
            }
            other => {
                return Err(self
                    .fault(555, format!("\"{other}\" is not a kind of entry"))
                    .hint("kinds are holiday, absence and appointment"));
            }
        }
        Ok(())
    }

    fn rep(&self) -> Result<Option<Box<str>>, Fault> {
        let Some(name) = self.table.text(self.row, Role::Rep).map(str::trim) else { return Ok(None) };
        if self.reps.iter().any(|rep| *rep.name == *name) {
            return Ok(Some(name.into()));
        }
        let fault = self.fault(550, format!("rep \"{name}\" is not in the table of reps"));
        Err(match nearest(name, self.reps.iter().map(|rep| &*rep.name)) {
            Some(near) => fault.hint(format!("did you mean \"{near}\"?")),
            None => fault,
        })
    }

    fn last_day(&self, first: Day) -> Result<Day, Fault> {
        let Some(cell) = self.until.and_then(|column| self.table.text_at(self.row, column)) else {
            return Ok(first);
        };
        match cell.trim().parse::<Day>() {
            Ok(last) if last >= first => Ok(last),
            Ok(last) => Err(self.fault(555, format!("the last day {last} lies before the first, {first}"))),
            Err(_) => {
                Err(self.fault(555, format!("the last day \"{cell}\" is not a date such as 2025-06-30")))
            }
        }
    }
}

/// The visits of an earlier `visits.csv`, and a notice if rows without a customer or a readable date were left out.
pub fn earlier(table: &Table) -> (Vec<EarlierVisit>, Option<Notice>) {
    let column =
        |name: &str| table.further_columns().iter().find(|(_, other)| *other == name).map(|(at, _)| *at);
    let (tier, known) = (column("tier"), column("last_visit"));
    let read = |row: &TableRow| {
        Some(EarlierVisit {
            customer: unescaped(&table.id(row, Role::CustomerId)?).into(),
            rep: unescaped(table.text(row, Role::Rep).unwrap_or_default()).into(),
            day: table.day(row, Role::Date).ok()??,
            tier: tier.and_then(|column| table.text_at(row, column)).unwrap_or_default().into(),
            known: known.and_then(|column| table.text_at(row, column)?.trim().parse().ok()),
        })
    };
    let (mut visits, mut unreadable) = (Vec::new(), Vec::new());
    for row in table.rows() {
        match read(row) {
            Some(visit) => visits.push(visit),
            None => unreadable.push(row.line),
        }
    }
    let notice = unreadable.first().map(|line| {
        Notice::new("plan-before-unreadable")
            .with("rows", unreadable.len())
            .with("file", table.path().display().to_string())
            .with("line", line.to_string())
    });
    (visits, notice)
}
