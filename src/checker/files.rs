//! The files of a result, as read.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::decimal::parts;
use super::findings::Findings;
use super::not_a_result;
use crate::domain::{CustomerType, Tier};
use crate::error::Result;

/// A CSV file: headers, and rows with their lines.
pub(super) struct Sheet {
    pub(super) file: &'static str,
    pub(super) headers: Vec<String>,
    pub(super) rows: Vec<(u64, csv::StringRecord)>,
}

/// A row of `customers.csv`; what cannot be read is none or NaN and has been told.
pub(super) struct Customer {
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) tier: Option<Tier>,
    pub(super) reason: String,
    pub(super) kind: Option<CustomerType>,
    pub(super) confidence: f64,
    pub(super) flag: String,
    pub(super) value: Option<i128>,
    pub(super) value_share: f64,
    pub(super) cumulative_share: f64,
    pub(super) rank: Option<u64>,
    pub(super) potential: Option<f64>,
    pub(super) channel: String,
    pub(super) visits: f64,
    pub(super) budget: Option<i128>,
    pub(super) rep: String,
    pub(super) name: Option<String>,
    pub(super) tier_by_value: Option<String>,
    /// Minutes of a visit, where the file tells them.
    pub(super) minutes: Option<f64>,
    /// The rule that set the visits, where the file tells it.
    pub(super) rule: String,
}

/// A result folder.
pub(super) struct Folder {
    pub(super) dir: PathBuf,
    pub(super) customers: Vec<Customer>,
    /// Where they come from, for the columns behind the contract's.
    pub(super) customer_sheet: Option<Sheet>,
    pub(super) plan: Option<Sheet>,
    pub(super) rejects: Option<Sheet>,
    pub(super) visits: Option<Sheet>,
    pub(super) not_planned: Option<Sheet>,
    pub(super) visit_log: Option<Sheet>,
    pub(super) summary: Json,
    /// The recipe that was used, if the folder tells it.
    pub(super) recipe: Option<toml::Table>,
}

pub(super) const CUSTOMERS: &str = "customers.csv";
pub(super) const PLAN: &str = "plan.csv";
pub(super) const REJECTS: &str = "rejects.csv";
pub(super) const SUMMARY: &str = "summary.json";
pub(super) const VISITS: &str = "visits.csv";
pub(super) const NOT_PLANNED: &str = "not_planned.csv";
pub(super) const VISIT_LOG: &str = "visit_log.csv";

const CUSTOMER_COLUMNS: &str = "customer_id tier tier_reason type type_confidence type_flag value value_share \
    cumulative_share rank potential innovativeness days_since_last orders channel visits_per_period budget rep";
const PLAN_COLUMNS: &str = "tier type customers customer_share value value_share channel visits_per_customer \
    visits minutes budget budget_share";
const REJECT_COLUMNS: &str = "file line column value reason";
const VISIT_COLUMNS: &str = "date sequence rep customer_id name tier type state last_visit days_since_visit \
    interval_days due_date minutes value reason message";
const NOT_PLANNED_COLUMNS: &str = "customer_id rep tier why_not";
const VISIT_LOG_COLUMNS: &str = "customer_id date rep outcome";

impl Folder {
    /// Reads everything; tells missing files and columns.
    pub(super) fn open(dir: &Path, findings: &mut Findings) -> Result<Self> {
        if !dir.is_dir() {
            return Err(not_a_result(dir, "this is not a folder"));
        }
        let summary = fs::read_to_string(dir.join(SUMMARY))
            .map_err(|fault| not_a_result(dir, format!("{SUMMARY}: {fault}")))?;
        let summary: Json = serde_json::from_str(&summary)
            .map_err(|fault| not_a_result(dir, format!("{SUMMARY}: {fault}")))?;
        if !dir.join(CUSTOMERS).is_file() {
            return Err(not_a_result(dir, format!("there is no {CUSTOMERS}")));
        }
        let mut read = |file, columns, must: bool| sheet(dir, file, columns, must, findings);
        let customers = read(CUSTOMERS, CUSTOMER_COLUMNS, true);
        let plan = read(PLAN, PLAN_COLUMNS, true);
        let rejects = read(REJECTS, REJECT_COLUMNS, true);
        let visits = read(VISITS, VISIT_COLUMNS, dir.join(NOT_PLANNED).exists());
        let not_planned = read(NOT_PLANNED, NOT_PLANNED_COLUMNS, visits.is_some());
        let visit_log = read(VISIT_LOG, VISIT_LOG_COLUMNS, false);
        let customer_sheet = customers;
        let customers =
            customer_sheet.as_ref().map(|sheet| customer_rows(sheet, findings)).unwrap_or_default();
        let recipe = recipe(dir, &summary);
        Ok(Folder {
            dir: dir.to_owned(),
            customers,
            customer_sheet,
            plan,
            rejects,
            visits,
            not_planned,
            visit_log,
            summary,
            recipe,
        })
    }

    /// True if a model fitted before made this, not the data themselves.
    pub(super) fn is_scored(&self) -> bool {
        self.summary.get("model").is_some_and(|model| !model.is_null())
    }

    /// The recipe's value at a path such as `tiering.promote.max_share`.
    pub(super) fn setting(&self, path: &str) -> Option<&toml::Value> {
        let mut keys = path.split('.');
        let first = self.recipe.as_ref()?.get(keys.next()?)?;
        keys.try_fold(first, |value, key| value.get(key))
    }

    /// The recipe's number at a path.
    pub(super) fn number(&self, path: &str) -> Option<f64> {
        let value = self.setting(path)?;
        value.as_float().or_else(|| value.as_integer().map(|number| number as f64))
    }
}

/// The recipe of a run: `recipe.toml` in the folder, or the text in `summary.json`.
fn recipe(dir: &Path, summary: &Json) -> Option<toml::Table> {
    let text = match fs::read_to_string(dir.join("recipe.toml")) {
        Ok(text) => text,
        Err(_) => summary.get("recipe_text")?.as_str()?.to_owned(),
    };
    toml::from_str(&text).ok()
}

impl Sheet {
    fn has(&self, column: &str) -> bool {
        self.headers.iter().any(|header| header == column)
    }

    /// The cell under a header; empty if there is no such column.
    pub(super) fn cell<'a>(&self, row: &'a csv::StringRecord, column: &str) -> &'a str {
        self.headers.iter().position(|header| header == column).and_then(|at| row.get(at)).unwrap_or("")
    }

    /// A number, telling if there is none.
    pub(super) fn number(
        &self,
        row: &(u64, csv::StringRecord),
        column: &str,
        findings: &mut Findings,
    ) -> f64 {
        let cell = self.cell(&row.1, column);
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() && !cell.contains(['e', 'E', '+']) => number,
            _ => {
                self.unreadable(row.0, column, cell, "a number", findings);
                f64::NAN
            }
        }
    }

    /// A number or nothing.
    pub(super) fn maybe(
        &self,
        row: &(u64, csv::StringRecord),
        column: &str,
        findings: &mut Findings,
    ) -> Option<f64> {
        if self.cell(&row.1, column).is_empty() {
            return None;
        }
        Some(self.number(row, column, findings)).filter(|number| !number.is_nan())
    }

    /// An exact amount, telling if there is none.
    pub(super) fn amount(
        &self,
        row: &(u64, csv::StringRecord),
        column: &str,
        findings: &mut Findings,
    ) -> Option<i128> {
        let cell = self.cell(&row.1, column);
        let amount = parts(cell);
        if amount.is_none() {
            self.unreadable(row.0, column, cell, "an amount with at most four decimals", findings);
        }
        amount
    }

    fn unreadable(&self, line: u64, column: &str, cell: &str, what: &str, findings: &mut Findings) {
        findings.at("V103", self.file, line, format!("{column}: \"{cell}\" is not {what}"));
    }
}

fn sheet(
    dir: &Path,
    file: &'static str,
    columns: &str,
    must: bool,
    findings: &mut Findings,
) -> Option<Sheet> {
    let path = dir.join(file);
    if !path.exists() {
        if must {
            findings.add("V101", file, "the file is missing");
        }
        return None;
    }
    let mut reader = csv::Reader::from_path(&path).map_err(|fault| fault.to_string());
    let read = reader.as_mut().map_err(|fault| fault.clone()).and_then(|reader| {
        let headers = reader.headers().map_err(|fault| fault.to_string())?;
        let headers: Vec<String> = headers.iter().map(str::to_owned).collect();
        let rows: Result<Vec<_>, String> = reader
            .records()
            .map(|record| {
                let record = record.map_err(|fault| fault.to_string())?;
                Ok((record.position().map_or(0, csv::Position::line), record))
            })
            .collect();
        Ok((headers, rows?))
    });
    let (headers, rows) = match read {
        Ok(read) => read,
        Err(fault) => {
            findings.add("V101", file, format!("the file cannot be read: {fault}"));
            return None;
        }
    };
    let promised: Vec<&str> = columns.split_whitespace().collect();
    if headers.len() < promised.len() || headers.iter().zip(&promised).any(|(header, name)| header != name) {
        let message =
            format!("the columns are {}; they should begin with {}", headers.join(", "), promised.join(", "));
        findings.add("V102", file, message);
        return None;
    }
    Some(Sheet { file, headers, rows })
}

fn customer_rows(sheet: &Sheet, findings: &mut Findings) -> Vec<Customer> {
    sheet.rows.iter().map(|row| customer(sheet, row, findings)).collect()
}

fn customer(sheet: &Sheet, row: &(u64, csv::StringRecord), findings: &mut Findings) -> Customer {
    let (line, cells) = row;
    let text = |column| sheet.cell(cells, column).to_owned();
    let rank = sheet.number(row, "rank", findings);
    for column in ["innovativeness", "days_since_last"] {
        sheet.maybe(row, column, findings);
    }
    if sheet.maybe(row, "orders", findings).is_some_and(|orders| orders < 0.0 || orders.fract() != 0.0) {
        findings.at("V206", CUSTOMERS, *line, format!("orders is {}", text("orders")));
    }
    let budget = match sheet.cell(cells, "budget") {
        "" => None,
        _ => sheet.amount(row, "budget", findings),
    };
    Customer {
        line: *line,
        id: text("customer_id"),
        tier: Tier::ALL.into_iter().find(|tier| tier.as_str() == sheet.cell(cells, "tier")),
        reason: text("tier_reason"),
        kind: CustomerType::ALL.into_iter().find(|kind| kind.as_str() == sheet.cell(cells, "type")),
        confidence: sheet.number(row, "type_confidence", findings),
        flag: text("type_flag"),
        value: sheet.amount(row, "value", findings),
        value_share: sheet.number(row, "value_share", findings),
        cumulative_share: sheet.number(row, "cumulative_share", findings),
        rank: (rank >= 0.0 && rank.fract() == 0.0).then_some(rank as u64),
        potential: sheet.maybe(row, "potential", findings),
        channel: text("channel"),
        visits: sheet.number(row, "visits_per_period", findings),
        budget,
        rep: text("rep"),
        name: sheet.has("name").then(|| text("name")),
        tier_by_value: sheet.has("tier_by_value").then(|| text("tier_by_value")),
        minutes: sheet.cell(cells, "minutes_per_visit").parse().ok(),
        rule: text("service_rule"),
    }
}
