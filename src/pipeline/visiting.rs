//! From the tables of reps, visits and days to a visit plan.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Recipe;
use crate::domain::{CustomerType, Day, Notice};
use crate::error::{Fault, Result};
use crate::features::FeatureTable;
use crate::ingest::{InputRecord, ReadOptions, Reject, Role, RowCounts, SheetTable, Table};
use crate::scoring::Value;
use crate::service::{Force, ServicePlan};
use crate::tiering::Tiering;
use crate::visits::events::{EarlierEvent, events};
use crate::visits::returned::returned;
use crate::visits::tables::{
    CALENDAR_ROLES, LOG_ROLES, PLAN_ROLES, REP_ROLES, calendar, customers, earlier, log, reps,
};
use crate::visits::{
    Calendar, EarlierPlan, Field, Planning, Rep, UnknownReps, VisitPlan, VisitRecord, force, plan,
};

use super::Request;

/// Everything known of reps and visits, and where the rows went.
#[derive(Debug, Default)]
pub(super) struct Visiting {
    reps: Vec<Rep>,
    log: Vec<VisitRecord>,
    calendar: Calendar,
    earlier: Option<EarlierPlan>,
    pub(super) inputs: Vec<InputRecord>,
    pub(super) rows: RowCounts,
    pub(super) rejects: Vec<Reject>,
    pub(super) warnings: Vec<Notice>,
    as_of: Option<Day>,
}

/// Reads the tables of reps, visits and days; none without a table of reps and a log.
///
/// # Errors
/// Those of reading; E101 if there are days or returned workbooks but no table of reps, or no day to plan from;
/// E102 for a workbook given twice; E550 to E555 with their lines.
pub(super) fn read(
    request: &Request,
    table: &FeatureTable,
    options: &ReadOptions,
) -> Result<Option<Visiting>> {
    let files = &request.visiting;
    let mut visiting = Visiting { as_of: table.as_of.or(request.as_of), ..Visiting::default() };
    if let Some(path) = &files.visits {
        let mut log_table = Table::read(path, "visits", LOG_ROLES.0, LOG_ROLES.1, options)?;
        visiting.log = log(&mut log_table, visiting.as_of.unwrap_or(Day(i32::MAX)))?;
        visiting.account(log_table);
    }
    let Some(path) = &files.reps else {
        if let Some(idle) = files.calendar.iter().chain(&files.returned).next() {
            return Err(Fault::new(101, "visits cannot be planned without a table of reps")
                .in_file(idle)
                .hint("give --reps FILE with a column rep")
                .into());
        }
        visiting.warnings.push(Notice::new("visits-without-reps"));
        return Ok(files.visits.is_some().then_some(visiting));
    };
    let params = &request.recipe.visits;
    let mut rep_table = Table::read(path, "reps", REP_ROLES.0, REP_ROLES.1, options)?;
    visiting.reps = reps(&mut rep_table, params)?;
    visiting.account(rep_table);
    if let Some(path) = &request.customers {
        let wanted = [Role::Rep, Role::Lat, Role::Lon];
        let known = Table::read(path, "customers", &[Role::CustomerId], &wanted, options)?;
        customers(&known, &visiting.reps, params.unknown_reps == UnknownReps::Refuse)?;
    }
    if let Some(path) = &files.calendar {
        let mut days = Table::read(path, "calendar", CALENDAR_ROLES.0, CALENDAR_ROLES.1, options)?;
        visiting.calendar = calendar(&mut days, &visiting.reps, &table.ids)?;
        visiting.account(days);
    }
    if let Some(path) = &files.plan_before {
        let before = Table::read(path, "plan", PLAN_ROLES.0, PLAN_ROLES.1, options)?;
        let (visits, unreadable) = earlier(&before);
        let events = calendars_beside(path)?;
        visiting.earlier = Some(EarlierPlan { visits, events, ..EarlierPlan::default() });
        visiting.warnings.extend(unreadable);
    }
    visiting.take_back(&files.returned, table)?;
    // Without any date in the customers, planning starts after the last visit known.
    visiting.as_of = visiting.as_of.or_else(|| visiting.log.iter().map(|visit| visit.day).max());
    if visiting.as_of.is_none() {
        return Err(Fault::new(101, "there is no day to plan visits from")
            .hint("the input has no dates: give --as-of YYYY-MM-DD")
            .into());
    }
    Ok(Some(visiting))
}

/// Events of the calendars that were written together with a `visits.csv`.
fn calendars_beside(plan: &Path) -> Result<Vec<EarlierEvent>> {
    let Ok(entries) = fs::read_dir(plan.with_file_name("ics")) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "ics"));
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = fs::read(&file).map_err(|fault| Fault::new(201, fault.to_string()).in_file(&file))?;
        let calendar = file.file_stem().unwrap_or_default().to_string_lossy();
        found.extend(events(&calendar, &String::from_utf8_lossy(&text)));
    }
    Ok(found)
}

impl Visiting {
    fn account(&mut self, table: Table) {
        let (input, rows, rejects) = table.account();
        self.inputs.push(input);
        self.rows.add(&rows);
        self.rejects.extend(rejects);
    }

    /// What reps filled in counts as visits and answers, once if a workbook is there under two names.
    fn take_back(&mut self, files: &[PathBuf], table: &FeatureTable) -> Result<()> {
        let (mut places, mut read): (HashSet<PathBuf>, Vec<Vec<SheetTable>>) = Default::default();
        for path in files {
            if path.canonicalize().is_ok_and(|place| !places.insert(place)) {
                return Err(Fault::new(102, "the file is given twice as --returned")
                    .in_file(path)
                    .hint("give each file once")
                    .into());
            }
            let file = path.display().to_string();
            let sheets = SheetTable::read_all(path)?;
            let mut found = returned(path, &sheets, self.as_of.unwrap_or(Day(i32::MAX)))?;
            if read.contains(&sheets) {
                self.warnings.push(Notice::new("returned-again").with("file", file));
                continue;
            }
            read.push(sheets);
            let known = |id: &str| table.ids.binary_search_by(|have| (**have).cmp(id)).is_ok();
            let strangers = found.customers.iter().filter(|id| !known(id)).count();
            if strangers > 0 {
                self.warnings.push(
                    Notice::new("returned-strangers")
                        .with("file", file.clone())
                        .with("rows", strangers)
                        .with("filled", found.customers.len()),
                );
            }
            // Told above by file; the log would tell them again.
            found.visits.retain(|visit| known(&visit.customer));
            for visit in found.visits {
                self.know(visit);
            }
            let earlier = self.earlier.get_or_insert_default();
            earlier.overrides.append(&mut found.overrides);
            earlier.notes.append(&mut found.notes);
            for (sheet, line, cause) in found.unclear {
                self.warnings.push(cause.with("file", file.clone()).with("sheet", sheet).with("line", line));
            }
        }
        Ok(())
    }

    /// Adds a visit to the log; one that is there already, since the workbook was given before, learns what came of it.
    fn know(&mut self, visit: VisitRecord) {
        let same = |known: &&mut VisitRecord| known.customer == visit.customer && known.day == visit.day;
        match self.log.iter_mut().find(same) {
            Some(known) => known.outcome = known.outcome.take().or(visit.outcome),
            None => self.log.push(visit),
        }
    }

    /// The reps' time and visits so far.
    pub(super) fn force(&self, table: &FeatureTable, types: &[CustomerType], recipe: &Recipe) -> Force {
        let field = Field {
            table,
            types,
            log: &self.log,
            reps: &self.reps,
            absences: &self.calendar.absences,
            as_of: self.as_of.unwrap_or(Day(0)),
        };
        force(&field, recipe.service.period_days(), &recipe.visits)
    }

    /// Plans the visits; none without reps.
    ///
    /// # Errors
    /// Those of [`plan`].
    pub(super) fn plan(
        &self,
        table: &FeatureTable,
        value: &Value,
        tiering: &Tiering,
        service: &ServicePlan,
        recipe: &Recipe,
    ) -> Result<Option<VisitPlan>> {
        if self.reps.is_empty() {
            return Ok(None);
        }
        let planned = plan(
            &Planning {
                table,
                value,
                tiering,
                service,
                log: &self.log,
                reps: &self.reps,
                calendar: &self.calendar,
                earlier: self.earlier.as_ref(),
                as_of: self.as_of.unwrap_or(Day(0)),
            },
            &recipe.visits,
        )?;
        Ok(Some(planned))
    }
}
