//! Reads a panel of periods and fits the response of sales to visits.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::error::{Error, Fault, Result};
use crate::ingest::PlainTable;
use crate::service::allocate::{Fit, History, Prior, fit};

use super::LARGEST;
use super::period::Period;

/// Faults told in full.
const FAULTS_TOLD: usize = 20;

const COLUMNS: [&str; 5] = ["customer_id", "period", "sales", "visits", "segment"];

/// A fitted response, and which segment each customer of the panel is in.
pub(super) struct Responses {
    pub(super) fit: Fit,
    segments: HashMap<Box<str>, Box<str>>,
}

impl Responses {
    /// The elasticity of a customer; the pooled one for those who are not in the panel.
    pub(super) fn of(&self, customer: &str) -> f64 {
        self.fit.of(self.segments.get(customer).map_or("", |segment| segment))
    }
}

/// Reads `customer_id, period, sales, visits[, segment]`, one row per customer and period; periods are of equal length
/// and sort as numbers, or as texts whose runs of digits compare as numbers.
///
/// # Errors
/// E201 to E211, all cells with their lines.
pub(super) fn responses(path: &Path, prior: Prior) -> Result<Responses> {
    let PlainTable { header, rows } = PlainTable::read(path)?;
    let place = |name: &str| header.iter().position(|have| have.eq_ignore_ascii_case(name));
    let places = COLUMNS.map(place);
    let mut faults = Vec::new();
    for (name, _) in COLUMNS.iter().zip(places).take(4).filter(|(_, place)| place.is_none()) {
        let have: Vec<&str> = header.iter().collect();
        let cause = format!("column \"{name}\" is missing; there are {}", have.join(", "));
        faults.push(Fault::new(202, cause).in_file(path));
    }
    Error::unless_empty(faults)?;
    let mut panel = Panel::default();
    for (line, record) in &rows {
        let cell = |column: usize| places[column].and_then(|at| record.get(at)).unwrap_or_default();
        panel.push([cell(0), cell(1), cell(2), cell(3), cell(4)], *line, path);
    }
    let more = panel.faults.len().saturating_sub(FAULTS_TOLD);
    panel.faults.truncate(FAULTS_TOLD);
    if more > 0
        && let Some(last) = panel.faults.last_mut()
    {
        last.cause.push_str(&format!(" ({more} more faults)"));
    }
    Error::unless_empty(std::mem::take(&mut panel.faults))?;
    if panel.customers.is_empty() {
        return Err(Fault::new(206, "there are no rows below the header").in_file(path).into());
    }
    Ok(panel.fit(prior))
}

/// What a period holds: its line, sales and visits.
type Held = (u64, f64, f64);

#[derive(Default)]
struct Panel {
    customers: BTreeMap<Box<str>, BTreeMap<Period, Held>>,
    segments: HashMap<Box<str>, Box<str>>,
    faults: Vec<Fault>,
}

impl Panel {
    fn push(&mut self, [id, period, sales, visits, segment]: [&str; 5], line: u64, path: &Path) {
        let at = |code, cause: String| Fault::new(code, cause).in_file(path).at_line(line);
        let mut number = |column: &str, cell: &str| match cell.parse::<f64>() {
            Ok(number)
                if (0.0..=LARGEST).contains(&number) && (column == "sales" || number.fract() == 0.0) =>
            {
                Some(number)
            }
            Ok(number) if number.is_finite() && number > LARGEST => {
                let cause = format!("\"{cell}\" is too large: no number here is above {LARGEST:e}");
                self.faults.push(at(203, cause).in_column(column));
                None
            }
            _ => {
                let may =
                    if column == "sales" { "a number of 0 or more" } else { "a whole number of 0 or more" };
                let cause = format!("\"{cell}\" is not {may}");
                self.faults.push(at(203, cause).in_column(column));
                None
            }
        };
        let (Some(sales), Some(visits)) = (number("sales", sales), number("visits", visits)) else { return };
        if id.is_empty() || period.is_empty() {
            self.faults.push(at(203, "the customer or the period is blank".to_owned()));
            return;
        }
        let key = match Period::read(period) {
            Ok(key) => key,
            Err(why) => {
                let fault =
                    at(203, format!("\"{period}\" {why}: its place among the periods cannot be told"));
                self.faults.push(
                    fault
                        .in_column("period")
                        .hint("write periods as 1, 2, 3 or with the year first: 2024-02, 2024-02-29"),
                );
                return;
            }
        };
        let periods = self.customers.entry(id.into()).or_default();
        if let Some((first, ..)) = periods.insert(key, (line, sales, visits)) {
            let cause = format!("period {period} of \"{id}\" stands in line {first} already");
            self.faults.push(at(207, cause));
        }
        self.segments.entry(id.into()).or_insert_with(|| segment.into());
    }

    fn fit(self, prior: Prior) -> Responses {
        let histories: Vec<History> = self
            .customers
            .iter()
            .map(|(id, periods)| History {
                segment: self.segments.get(id).cloned().unwrap_or_default(),
                sales: periods.values().map(|(_, sales, _)| *sales).collect(),
                visits: periods.values().map(|(.., visits)| *visits).collect(),
            })
            .collect();
        Responses { fit: fit(&histories, prior), segments: self.segments }
    }
}
